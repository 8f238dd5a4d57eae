/* SPDX-License-Identifier: Apache-2.0 */
/* program_words.c - snippets of YAML in messages as a program writes them. */
#include "compiler/hpc/program_words.h"

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"

/* Messages are short: what has more is no snippet. */
enum { MOST_PARTS = 16, MOST_DEPTH = 8 };

enum part_kind { PART_SCALAR, PART_LIST, PART_MAP };

/* A value of a snippet. */
struct part {
	enum part_kind kind;
	struct str text; /* SCALAR: as a program writes it */
	struct part *items;
	struct str *keys; /* MAP: as a program writes them; empty for `…` */
	size_t n;
};

struct snippet {
	struct arena *a;
	const struct program_names *names;
	struct str s;
	size_t i;
};

static const struct str ELLIPSIS = STR_INIT("…");

/* ---- references ---- */

/* HeadSubnet is head_subnet, as hpcc import has it. */
static struct str own_name(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < s.n; i++) {
		if (is_upper(s.s[i]) && i > 0)
			buf_char(&b, '_');
		buf_char(&b, is_upper(s.s[i]) ? (char)(s.s[i] - 'A' + 'a') : s.s[i]);
	}
	return buf_str(&b);
}

/* What stands between `${` and `}` as an expression of a program; false when it is no reference. */
static bool reference_expression(const struct snippet *p, struct str body, struct str *ret)
{
	const struct program_names *names = p->names;
	struct reference r;
	const struct str *own;
	struct str index = STR("");

	if (reference_read(body, &r) != REFERENCE_OK)
		return false;
	if (r.has_index)
		index = arena_fmt(p->a, "[%u]", r.index);
	if (r.kind == REFERENCE_PARAMETER) {
		own = names != NULL ? map_get(&names->parameters, r.name) : NULL;
		*ret = arena_fmt(p->a, STR_F STR_F,
				 STR_A(own != NULL ? *own : own_name(p->a, r.name)), STR_A(index));
		return true;
	}
	own = names != NULL && r.kind == REFERENCE_STACK ? map_get(&names->stacks, r.stack) : NULL;
	if (names != NULL && r.kind == REFERENCE_ENVIRONMENT && names->ground.n > 0)
		own = &names->ground;
	if (own != NULL)
		*ret = arena_fmt(p->a, STR_F ".Outputs." STR_F STR_F, STR_A(*own), STR_A(r.name),
				 STR_A(index));
	else
		*ret = arena_fmt(p->a, "reference(\"" STR_F "\")", STR_A(body));
	return true;
}

/* Is s one reference and nothing else? Then *ret is its expression. */
static bool is_reference(const struct snippet *p, struct str s, struct str *ret)
{
	if (!str_starts(s, STR("${")) || str_find(s, '}', 0) + 1 != s.n)
		return false;
	return reference_expression(p, str_slice(s, 2, s.n - 1), ret);
}

/* ---- scalars ---- */

/* A text in quotes, its references as expressions. */
static struct str quoted(const struct snippet *p, struct str s)
{
	struct buf b = buf_in(p->a);

	buf_char(&b, '"');
	for (size_t i = 0; i < s.n; i++) {
		size_t end = str_find(s, '}', i);
		struct str inner;

		if (str_starts(str_slice(s, i, s.n), STR("${"))) {
			if (end < s.n &&
			    reference_expression(p, str_slice(s, i + 2, end), &inner)) {
				buf_fmt(&b, "${" STR_F "}", STR_A(inner));
				i = end;
				continue;
			}
			buf_char(&b, '\\');
		} else if (s.s[i] == '"' || s.s[i] == '\\') {
			buf_char(&b, '\\');
		}
		buf_char(&b, s.s[i]);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

static bool is_number(struct str s)
{
	size_t i = s.n > 0 && s.s[0] == '-';
	size_t first = i;

	while (i < s.n && (is_digit(s.s[i]) || (s.s[i] == '.' && i > first)))
		i++;
	return i == s.n && i > first && s.s[i - 1] != '.';
}

/* What both languages write without quotes, and what is written as in a program already. */
static bool is_same(struct str s)
{
	size_t blank = str_find(s, ' ', 0);

	return str_eq(s, STR("true")) || str_eq(s, STR("false")) || str_eq(s, STR("null")) ||
	       is_number(s) || (blank < s.n && is_number(str_slice(s, 0, blank))) ||
	       (str_ends(s, STR(")")) && str_find(s, '(', 0) < s.n);
}

static struct str scalar(const struct snippet *p, struct str s, bool plain)
{
	struct str expression;

	if (plain && (str_eq(s, ELLIPSIS) || str_eq(s, STR("..."))))
		return ELLIPSIS;
	if (is_reference(p, s, &expression))
		return expression;
	return plain && is_same(s) ? s : quoted(p, s);
}

/* ---- reading ---- */

static void skip_blanks(struct snippet *p)
{
	while (p->i < p->s.n && p->s.s[p->i] == ' ')
		p->i++;
}

static char next(const struct snippet *p)
{
	return p->i < p->s.n ? p->s.s[p->i] : '\0';
}

/* A text in quotes at p, without them; false when it has no end. */
static bool read_quoted(struct snippet *p, struct str *ret)
{
	char quote = next(p);
	struct buf b = buf_in(p->a);

	for (p->i++; p->i < p->s.n && p->s.s[p->i] != quote; p->i++) {
		if (quote == '"' && p->s.s[p->i] == '\\' && p->i + 1 < p->s.n)
			p->i++;
		buf_char(&b, p->s.s[p->i]);
	}
	*ret = buf_str(&b);
	return p->i++ < p->s.n;
}

/* A word without quotes: to the end, or between brackets to what ends it there. */
static struct str read_plain(struct snippet *p, bool inside)
{
	size_t first = p->i;

	while (p->i < p->s.n) {
		if (str_starts(str_slice(p->s, p->i, p->s.n), STR("${")))
			p->i = str_find(p->s, '}', p->i);
		else if (inside && str_find(STR(",]}[{"), next(p), 0) < 5)
			break;
		p->i += p->i < p->s.n;
	}
	return str_trim(str_slice(p->s, first, p->i));
}

static bool read_value(struct snippet *p, bool inside, unsigned depth, struct part *ret);

static bool is_name(struct str s)
{
	bool start = true; /* of a step */

	for (size_t i = 0; i < s.n; i++) {
		if (start ? !is_letter(s.s[i]) && s.s[i] != '_'
			  : !is_alnum(s.s[i]) && s.s[i] != '_' && s.s[i] != '.')
			return false;
		start = s.s[i] == '.';
	}
	return !start;
}

/* `Key: ` at p, as a program writes it; false, and p as it was, when none stands there. */
static bool read_key(struct snippet *p, struct str *ret)
{
	size_t first = p->i, colon;
	struct str key;

	if (next(p) == '"') {
		if (!read_quoted(p, &key) || next(p) != ':')
			return false;
		colon = p->i;
	} else {
		colon = str_find_str(p->s, STR(": "), p->i);
		if (colon == SIZE_MAX)
			return false;
		key = str_slice(p->s, first, colon);
		for (size_t i = 0; i < key.n; i++)
			if (str_find(STR(" ,[]{}\"'$"), key.s[i], 0) < 9)
				return false;
	}
	p->i = colon + 1;
	skip_blanks(p);
	*ret = is_name(key) ? key : quoted(p, key);
	return key.n > 0;
}

/* `…` alone among entries or items. */
static bool read_rest(struct snippet *p)
{
	struct str rest = str_slice(p->s, p->i, p->s.n);
	size_t n = str_starts(rest, ELLIPSIS) ? ELLIPSIS.n : str_starts(rest, STR("...")) ? 3 : 0;
	char after = n < rest.n ? rest.s[n] : '\0';

	if (n == 0 || (after != ' ' && after != '}' && after != ',' && after != ']'))
		return false;
	p->i += n;
	return true;
}

/* What stands between brackets or braces, the opening one at p. */
static bool read_group(struct snippet *p, unsigned depth, struct part *ret)
{
	bool map = next(p) == '{';
	char close = map ? '}' : ']';

	*ret = (struct part){.kind = map ? PART_MAP : PART_LIST,
			     .items = NEW_ARRAY(p->a, struct part, MOST_PARTS),
			     .keys = NEW_ARRAY(p->a, struct str, MOST_PARTS)};
	for (p->i++, skip_blanks(p); next(p) != close; skip_blanks(p)) {
		struct part *item = &ret->items[ret->n];

		if (ret->n + 1 == MOST_PARTS || p->i >= p->s.n)
			return false;
		if (read_rest(p))
			item->text = ELLIPSIS;
		else if ((map && !read_key(p, &ret->keys[ret->n])) ||
			 !read_value(p, true, depth + 1, item))
			return false;
		ret->n++;
		skip_blanks(p);
		if (next(p) == ',')
			p->i++;
		else if (next(p) != close)
			return false;
	}
	p->i++;
	return true;
}

/* Depth: at most MOST_DEPTH. */
static bool read_value(struct snippet *p, bool inside, unsigned depth, struct part *ret)
{
	struct str text;

	if (depth > MOST_DEPTH)
		return false;
	if (next(p) == '[' || next(p) == '{')
		return read_group(p, depth, ret);
	*ret = (struct part){.kind = PART_SCALAR};
	if (next(p) == '"' || next(p) == '\'') {
		if (!read_quoted(p, &text))
			return false;
		ret->text = scalar(p, text, false);
		return true;
	}
	text = read_plain(p, inside);
	ret->text = scalar(p, text, true);
	return text.n > 0;
}

/* ---- writing ---- */

static void write_value(struct buf *b, const struct part *v);

/* An entry; a section with one property is opened by a dotted key. Depth: at most MOST_DEPTH. */
static void write_entry(struct buf *b, struct str key, const struct part *v)
{
	buf_add(b, key);
	if (key.n == 0) {
		buf_add(b, v->text);
	} else if (v->kind != PART_MAP) {
		buf_add(b, STR(": "));
		write_value(b, v);
	} else if (v->n == 1 && v->keys[0].n > 0) {
		buf_char(b, '.');
		write_entry(b, v->keys[0], &v->items[0]);
	} else {
		buf_char(b, ' ');
		write_value(b, v);
	}
}

/* Depth: at most MOST_DEPTH. */
static void write_value(struct buf *b, const struct part *v)
{
	bool map = v->kind == PART_MAP;

	if (v->kind == PART_SCALAR) {
		buf_add(b, v->text);
		return;
	}
	buf_add(b, map ? v->n > 0 ? STR("{ ") : STR("{") : STR("["));
	for (size_t i = 0; i < v->n; i++) {
		if (i > 0)
			buf_add(b, STR(", "));
		if (map)
			write_entry(b, v->keys[i], &v->items[i]);
		else
			write_value(b, &v->items[i]);
	}
	buf_add(b, map ? v->n > 0 ? STR(" }") : STR("}") : STR("]"));
}

/* ---- snippets ---- */

/* `[a-z]`, which is no list. */
static bool is_range_of_signs(struct str s)
{
	enum { LENGTH = 5 };

	return s.n == LENGTH && s.s[0] == '[' && s.s[2] == '-';
}

/* What stands between two backticks. */
static struct str snippet_words(struct arena *a, const struct program_names *names, struct str s,
				bool ours)
{
	struct snippet p = {.a = a, .names = names, .s = s};
	struct buf b = buf_in(a);
	struct str key, expression;
	struct part v;
	bool item = str_starts(s, STR("- ")) && s.n > 2, entry;

	if (is_reference(&p, s, &expression))
		return expression;
	if (s.n == 0 || is_range_of_signs(s) || str_starts(s, STR("Kind: ")))
		return s;
	p.i = item ? 2 : 0;
	entry = (is_upper(next(&p)) || item) && read_key(&p, &key);
	if (!entry && !ours)
		return s;
	if (!entry && next(&p) != '[' && next(&p) != '{' && !str_starts(s, STR("\"${")))
		return s;
	if (!read_value(&p, false, 0, &v) || p.i != s.n)
		return s;
	if (item && entry)
		buf_add(&b, STR("{ "));
	if (entry)
		write_entry(&b, key, &v);
	else
		write_value(&b, &v);
	if (item && entry)
		buf_add(&b, STR(" }"));
	return buf_str(&b);
}

struct str program_words(struct arena *a, const struct program_names *names, struct str text,
			 bool ours)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < text.n;) {
		size_t open = str_find(text, '`', i);
		size_t close = open < text.n ? str_find(text, '`', open + 1) : text.n;

		if (close == text.n) {
			buf_add(&b, str_slice(text, i, text.n));
			break;
		}
		buf_add(&b, str_slice(text, i, open + 1));
		buf_add(&b, snippet_words(a, names, str_slice(text, open + 1, close), ours));
		buf_char(&b, '`');
		i = close + 1;
	}
	return buf_str(&b);
}

bool program_value(struct arena *a, struct str yaml, struct str *ret)
{
	struct snippet p = {.a = a, .s = yaml};
	struct buf b = buf_in(a);
	struct part v;

	if (!read_value(&p, false, 0, &v) || p.i != yaml.n)
		return false;
	write_value(&b, &v);
	*ret = buf_str(&b);
	return true;
}

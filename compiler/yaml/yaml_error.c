/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_error.c - what libyaml refuses, said in the words of somebody who writes cluster files.
 *
 * libyaml says which token it had hoped for, at the place where hope ended. What the writer did wrong is
 * often a line earlier: a missing blank after a colon, a quote that is not closed. Each refusal that real
 * mistakes lead to has a row; a row's function looks at the lines around and tells the likely cause.
 */
#include "compiler/yaml/yaml_error.h"

#include "compiler/base/lookalike.h"
#include "compiler/base/utf8.h"

#include <string.h>

/* One report. */
struct report {
	struct diags *ds;
	const struct source *src;
	struct yaml_fault fault;
};

/* A line of the source, by bytes: [lo, hi) without its end, text begins at `first`. */
struct line {
	size_t lo, first, hi;
	uint32_t number; /* 0: there is no such line */
};

static struct diag *say(struct report *r, size_t lo, size_t hi, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* Adds the finding over bytes [lo, hi). */
static struct diag *say(struct report *r, size_t lo, size_t hi, const char *fmt, ...)
{
	struct str text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vfmt(r->ds->arena, fmt, ap);
	va_end(ap);
	return diag_yaml_syntax(r->ds, span_in(r->src, lo, hi), text);
}

static char char_at(const struct report *r, size_t i)
{
	return i < r->src->text.n ? r->src->text.s[i] : '\0';
}

/* Index after the character at i; i itself at a line's end and at the end of the text. */
static size_t after(const struct report *r, size_t i)
{
	if (char_at(r, i) == '\n' || char_at(r, i) == '\r')
		return i;
	return i + utf8_decode(r->src->text, i, NULL);
}

static struct line line_number(const struct report *r, uint32_t number)
{
	struct str text = source_line(r->src, number);
	struct line l = {.number = number};

	l.lo = l.first = source_line_start(r->src, number);
	l.hi = l.lo + text.n;
	while (l.first < l.hi && (char_at(r, l.first) == ' ' || char_at(r, l.first) == '\t'))
		l.first++;
	return l;
}

static struct line line_at(const struct report *r, size_t i)
{
	return line_number(r, source_place(r->src, (uint32_t)i).line);
}

/* The last line before l that has more than a comment. */
static struct line line_before(const struct report *r, struct line l)
{
	for (uint32_t n = l.number - 1; n > 0; n--) {
		struct line p = line_number(r, n);

		if (p.first < p.hi && char_at(r, p.first) != '#')
			return p;
	}
	return (struct line){0};
}

static struct str text_between(const struct report *r, size_t lo, size_t hi)
{
	return str_trim(str_slice(r->src->text, lo, hi));
}

static bool is_blank_or_end(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

/* The first colon of [lo, hi) that ends a key: a blank or the end follows. SIZE_MAX when there is none. */
static size_t key_colon(const struct report *r, size_t lo, size_t hi)
{
	for (size_t i = lo; i < hi; i++)
		if (char_at(r, i) == ':' && (i + 1 == hi || is_blank_or_end(char_at(r, i + 1))))
			return i;
	return SIZE_MAX;
}

/* The look-alike of `c` in bytes [lo, hi), and its length; SIZE_MAX when there is none before a comment. */
static size_t find_like(const struct report *r, size_t lo, size_t hi, char c, unsigned *ret_len)
{
	struct lookalike like;
	uint32_t cp = 0;

	for (size_t i = lo; i < hi && char_at(r, i) != '#'; i += *ret_len) {
		*ret_len = utf8_decode(r->src->text, i, &cp);
		*ret_len = *ret_len > 0 ? *ret_len : 1;
		if (cp >= 0x80 && lookalike_find(cp, &like) && like.ascii[0] == c)
			return i;
	}
	return SIZE_MAX;
}

/* A character of l that only looks like a colon, or like the blank behind one. */
static bool say_lookalike(struct report *r, struct line l)
{
	struct str text = r->src->text;
	unsigned len = 1, blank = 0;
	size_t colon = find_like(r, l.first, l.hi, ':', &len), end;
	struct lookalike like;
	uint32_t cp = 0;
	struct diag *d;

	if (colon == SIZE_MAX && (colon = str_find(text, ':', l.first)) >= l.hi)
		return false;
	end = colon + (len = utf8_decode(text, colon, &cp));
	if (find_like(r, end, end + 1, ' ', &blank) == end)
		end += blank;
	if (cp < 0x80 && blank == 0)
		return false;
	if (cp >= 0x80 && lookalike_find(cp, &like))
		d = say(r, colon, end, "`" STR_F "` is U+%04X, %s, and ends no key",
			STR_A(str_slice(text, colon, colon + len)), cp, like.what);
	else if (utf8_decode(text, end - blank, &cp) > 0 && lookalike_find(cp, &like))
		d = say(r, colon, end, "a blank must follow the colon of a key, not U+%04X, %s", cp,
			like.what);
	else
		return false;
	diag_help(r->ds, d, "write `" STR_F ": " STR_F "`", STR_A(text_between(r, l.first, colon)),
		  STR_A(text_between(r, end, l.hi)));
	diag_fix(r->ds, d, span_in(r->src, colon, end),
		 is_blank_or_end(char_at(r, end)) ? STR(":") : STR(": "), true);
	return true;
}

/* A `-` without a blank behind it, or what only looks like one or the other, at the beginning of l. */
static bool say_item_mark(struct report *r, struct line l)
{
	struct lookalike like = {.what = ""};
	uint32_t cp = 0;
	size_t at = l.first, len;
	struct diag *d;

	if (char_at(r, at) == '-') {
		at++;
		if (is_blank_or_end(char_at(r, at)) || char_at(r, at) == '-')
			return false;
		len = utf8_decode(r->src->text, at, &cp);
		if (cp >= 0x80 && lookalike_find(cp, &like) && like.ascii[0] == ' ') {
			d = say(r, at, at + len,
				"a blank must follow the `-` of a list item, not U+%04X, %s", cp,
				like.what);
			diag_fix(r->ds, d, span_in(r->src, at, at + len), STR(" "), true);
			return true;
		}
		d = say(r, l.first, at, "a blank must follow the `-` of a list item");
		diag_fix(r->ds, d, span_in(r->src, at, at), STR(" "), false);
		return true;
	}
	len = utf8_decode(r->src->text, at, &cp);
	if (cp < 0x80 || !lookalike_find(cp, &like))
		return false;
	if (like.ascii[0] == '-')
		d = say(r, at, at + len, "`" STR_F "` is U+%04X, %s, and begins no list item",
			STR_A(str_slice(r->src->text, at, at + len)), cp, like.what);
	else if (like.ascii[0] == ' ')
		d = say(r, at, at + len, "a line is indented by blanks, not by U+%04X, %s", cp,
			like.what);
	else
		return false;
	diag_fix(r->ds, d, span_in(r->src, at, at + len), str_c(like.ascii[0] == '-' ? "-" : " "),
		 like.ascii[0] == '-');
	return true;
}

/* A line that is no `key: value` but was meant as one; what is wrong with it. */
static void say_no_key(struct report *r, struct line l)
{
	size_t colon = str_find(str_slice(r->src->text, 0, l.hi), ':', l.first);
	struct diag *d;

	if (say_lookalike(r, l) || say_item_mark(r, l))
		return;
	if (colon < l.hi) {
		d = say(r, colon, colon + 1, "a blank must follow the colon of a key");
		diag_help(r->ds, d, "write `" STR_F ": " STR_F "`",
			  STR_A(text_between(r, l.first, colon)),
			  STR_A(text_between(r, colon + 1, l.hi)));
		diag_fix(r->ds, d, span_in(r->src, colon + 1, colon + 1), STR(" "), false);
	} else {
		say(r, l.first, l.hi, "this line is no `key: value`: it has no colon");
	}
}

/* "mapping values are not allowed": a colon where no key can be. */
static void on_colon(struct report *r)
{
	size_t at = r->fault.at;
	struct line l = line_at(r, at), before = line_before(r, l);
	size_t colon = key_colon(r, l.first, at), indent;
	struct diag *d;

	if (colon != SIZE_MAX) {
		d = say(r, at, at + 1, "a second `: ` stands in the value of `" STR_F "`",
			STR_A(text_between(r, l.first, colon)));
		diag_help(r->ds, d, "put the value in quotes");
		return;
	}
	if (at - l.first > 1024) {
		say(r, l.first, at, "a key is longer than 1024 characters");
		return;
	}
	if (before.number == 0) {
		say(r, at, at + 1, "a key cannot stand here");
		return;
	}
	colon = key_colon(r, before.first, before.hi);
	if (colon == SIZE_MAX) {
		say_no_key(r, before);
		return;
	}
	if (say_item_mark(r, before))
		return;
	indent = l.first - l.lo;
	d = say(r, l.first, at,
		"`" STR_F "` is indented like a part of `" STR_F "`, which has a value",
		STR_A(text_between(r, l.first, at)), STR_A(text_between(r, before.first, colon)));
	diag_label(r->ds, d, span_in(r->src, before.first, before.hi), "has a value already");
	diag_help(r->ds, d, "indent it by %zu instead of %zu", before.first - before.lo, indent);
}

/* "could not find expected ':'": a key of which only the name is there. */
static void on_simple_key(struct report *r)
{
	say_no_key(r, line_at(r, r->fault.context));
}

/* Something follows a quoted value, or a bracket, on its line. */
static void say_text_after(struct report *r, struct line l, char last)
{
	struct diag *d;

	if (last == '}' || last == ']') {
		say(r, r->fault.at, l.hi, "nothing may follow the closing `%c`", last);
		return;
	}
	if (last != '"' && last != '\'') {
		say(r, r->fault.at, l.hi, "this cannot follow what is before it on the line");
		return;
	}
	d = say(r, r->fault.at, l.hi, "nothing may follow the closing quote of a value");
	if (last == '"')
		diag_help(r->ds, d, "inside double quotes, write `\\\"` for a quote");
	else
		diag_help(r->ds, d, "inside single quotes, write `''` for an apostrophe");
	diag_note(r->ds, d, "a quote that is not closed on an earlier line leads here as well");
}

/* How far the keys of a line are indented: after the `- ` of a list item. */
static size_t key_indent(const struct report *r, struct line l)
{
	size_t i = l.first;

	while (char_at(r, i) == '-' && char_at(r, i + 1) == ' ')
		for (i++; char_at(r, i) == ' ';)
			i++;
	return i - l.lo;
}

static void say_wrong_indent(struct report *r, struct line l)
{
	size_t indent = l.first - l.lo;
	struct line before = line_before(r, l), block = line_at(r, r->fault.context);
	struct diag *d;

	/* `key:value` is a text; with a comment behind, it ends there, and this line cannot go on with it. */
	if (before.number > 0 && key_indent(r, before) == indent &&
	    key_colon(r, before.first, before.hi) == SIZE_MAX) {
		say_no_key(r, before);
		return;
	}
	if (before.number > 0 && say_item_mark(r, before))
		return;
	d = say(r, l.first, after(r, l.first),
		"the indentation of this line, %zu, fits no line above", indent);
	if (before.number == 0)
		return;
	if (r->fault.context < r->fault.at && block.first != before.first)
		diag_help(r->ds, d, "indent it by %zu like line %u, or by %zu like line %u",
			  key_indent(r, before), before.number, block.first - block.lo,
			  block.number);
	else
		diag_help(r->ds, d, "indent it by %zu like line %u", key_indent(r, before),
			  before.number);
}

/* "did not find expected key" and its like: a block ended, and what follows fits nowhere. */
static void on_block_end(struct report *r)
{
	size_t at = r->fault.at, prev = at;
	struct line l = line_at(r, at);
	size_t context_indent = r->fault.context - line_at(r, r->fault.context).lo;
	struct diag *d;

	while (prev > l.first && is_blank_or_end(char_at(r, prev - 1)))
		prev--;
	if (prev > l.first) {
		say_text_after(r, l, char_at(r, prev - 1));
	} else if (r->fault.context == at || l.first - l.lo != context_indent) {
		say_wrong_indent(r, l);
	} else if (char_at(r, at) == '-') {
		d = say(r, at, at + 1, "a list item stands among the keys of a mapping");
		diag_label(r->ds, d, span_in(r->src, r->fault.context, r->fault.context),
			   "the mapping begins here");
	} else {
		d = say(r, at, after(r, at), "a key stands among the items of a list");
		diag_label(r->ds, d, span_in(r->src, r->fault.context, r->fault.context),
			   "the list begins here");
		diag_help(r->ds, d, "indent it so that it belongs to an item, or end the list");
	}
}

/* "did not find expected <document start>": something follows the whole document. */
static void on_document_end(struct report *r)
{
	struct line l = line_at(r, r->fault.at), before = line_before(r, l);

	r->fault.context = r->fault.at; /* libyaml names no block here */
	if (l.first == r->fault.at && str_eq(text_between(r, before.lo, before.hi), STR("...")))
		say(r, l.first, l.hi, "`...` ended the document on line %u", before.number);
	else
		on_block_end(r);
}

/* A tab that indents, or that stands where a blank must. */
static void say_tab(struct report *r, size_t at)
{
	struct line l = line_at(r, at);
	size_t end = at;
	struct diag *d;

	while (char_at(r, end) == '\t')
		end++;
	d = say(r, at, end,
		at < l.first ? "a tab indents this line"
			     : "a tab stands where YAML takes only blanks");
	diag_help(r->ds, d, at < l.first ? "indent with blanks" : "write a blank instead");
}

/* "cannot start any token" */
static void on_bad_start(struct report *r)
{
	size_t at = r->fault.at, end = after(r, at);
	struct diag *d;

	if (char_at(r, at) == '\t') {
		say_tab(r, at);
		return;
	}
	d = say(r, at, end, "text cannot begin with `" STR_F "` in YAML",
		STR_A(str_slice(r->src->text, at, end)));
	diag_help(r->ds, d, "put the value in quotes");
}

static void on_tab(struct report *r)
{
	say_tab(r, r->fault.at);
}

static void on_open_quote(struct report *r)
{
	size_t at = r->fault.context;

	say(r, at, at + 1, "the quote that opens here is not closed");
}

static void on_escape(struct report *r)
{
	size_t at = r->fault.at;
	struct diag *d;

	while (at > 0 &&
	       char_at(r, at) != '\\') /* libyaml may point at the backslash or after it */
		at--;
	d = say(r, at, after(r, at + 1),
		"`\\%.*s` is no escape that YAML knows, or has too few digits",
		(int)(after(r, at + 1) - at - 1), r->src->text.s + at + 1);
	diag_help(r->ds, d, "write `\\\\` for a backslash, or use single quotes");
}

/* `*` and `&` in front of something that is no name. */
static void on_anchor(struct report *r)
{
	size_t at = r->fault.context;
	char c = char_at(r, at);
	struct diag *d = say(r, at, at + 1, "`%c` begins %s, which needs a name", c,
			     c == '*' ? "an alias" : "an anchor");

	diag_help(r->ds, d, "put text that begins with `%c` in quotes", c);
}

/* Does c end a word inside of `[` and `{`? */
static bool ends_word(char c)
{
	return c == ' ' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '\n' ||
	       c == '\r' || c == '\t';
}

/*
 * A reference `${…}` without quotes inside of `[` and `{`, whose brace at `at` YAML takes for a mapping. False when it
 * is none.
 */
static bool on_reference(struct report *r, size_t at)
{
	struct str text = r->src->text;
	size_t lo = at, hi = str_find(text, '}', at);
	struct str word;
	struct diag *d;

	if (at == 0 || char_at(r, at) != '{' || char_at(r, at - 1) != '$' || hi == text.n ||
	    str_find(str_slice(text, at, hi), '\n', 0) != hi - at)
		return false;
	while (lo > 0 && !ends_word(text.s[lo - 1]))
		lo--;
	for (hi++; hi < text.n && !ends_word(text.s[hi]); hi++)
		if (text.s[hi] == '$' && hi + 1 < text.n && text.s[hi + 1] == '{' &&
		    str_find(text, '}', hi) < text.n)
			hi = str_find(text, '}', hi);
	word = str_slice(text, lo, hi);
	d = say(r, lo, hi, "`" STR_F "` needs quotes inside of `[` and `{`", STR_A(word));
	diag_note(r->ds, d, "YAML takes its brace for the begin of a mapping");
	diag_help(r->ds, d, "write `\"" STR_F "\"`", STR_A(word));
	return true;
}

/* "did not find expected ',' or ']'" */
static void on_flow(struct report *r)
{
	size_t at = r->fault.at, open = r->fault.context;
	char bracket = char_at(r, open), closing = bracket == '[' ? ']' : '}';
	struct diag *d;

	if (on_reference(r, at))
		return;
	if (line_at(r, at).number != line_at(r, open).number) {
		d = say(r, open, open + 1, "the `%c` that opens here is not closed", bracket);
		diag_label(r->ds, d, span_in(r->src, at, after(r, at)),
			   "`,` or `%c` should be here", closing);
		return;
	}
	d = say(r, at, after(r, at), "`,` or `%c` must stand before this", closing);
	diag_label(r->ds, d, span_in(r->src, open, open + 1), "inside what opens here");
}

static void on_no_content(struct report *r)
{
	size_t at = r->fault.at;

	if (text_between(r, at, r->src->text.n).n == 0)
		say(r, at, at, "the file ends inside a `[` or `{`");
	else
		say(r, at, after(r, at), "a value must stand before this");
}

static void on_dash(struct report *r)
{
	struct diag *d =
		say(r, r->fault.at, r->fault.at + 1, "a list cannot begin on the line of its key");

	diag_help(r->ds, d, "put each `- item` on a line of its own, or write `[item, item]`");
}

static void on_tag(struct report *r)
{
	struct line l = line_at(r, r->fault.at);
	struct diag *d = say(r, r->fault.at, l.hi,
			     "text that begins with `!` is a tag, and this one is unknown");

	diag_help(r->ds, d, "put the text in quotes");
}

static void on_block_header(struct report *r)
{
	struct line l = line_at(r, r->fault.at);
	struct diag *d =
		say(r, r->fault.at, l.hi, "only a comment may follow `|` or `>` on its line");

	diag_help(r->ds, d, "the text begins on the next line, indented");
}

/* libyaml's words -> who explains them. */
static const struct row {
	const char *problem;
	void (*explain)(struct report *r);
} rows[] = {
	{"mapping values are not allowed in this context", on_colon},
	{"could not find expected ':'", on_simple_key},
	{"did not find expected key", on_block_end},
	{"did not find expected '-' indicator", on_block_end},
	{"did not find expected <document start>", on_document_end},
	{"found character that cannot start any token", on_bad_start},
	{"found a tab character that violates indentation", on_tab},
	{"found a tab character where an indentation space is expected", on_tab},
	{"found unexpected end of stream", on_open_quote},
	{"found unexpected document indicator", on_open_quote},
	{"found unknown escape character", on_escape},
	{"did not find expected hexdecimal number", on_escape},
	{"found invalid Unicode character escape code", on_escape},
	{"did not find expected alphabetic or numeric character", on_anchor},
	{"did not find expected ',' or ']'", on_flow},
	{"did not find expected ',' or '}'", on_flow},
	{"did not find expected node content", on_no_content},
	{"block sequence entries are not allowed in this context", on_dash},
	{"found undefined tag handle", on_tag},
	{"did not find expected comment or line break", on_block_header},
};

/* Is the text the INI file that ParallelCluster 2 had: a `[section]`, then `name = value`? */
static bool is_ini(const struct report *r, struct line *ret)
{
	bool section = false;

	for (uint32_t n = 1; n <= source_place(r->src, (uint32_t)r->src->text.n).line; n++) {
		struct line l = line_number(r, n);
		char c = char_at(r, l.first);

		if (l.first == l.hi || c == '#' || c == ';')
			continue;
		if (section)
			return key_colon(r, l.first, l.hi) == SIZE_MAX &&
			       str_find(str_slice(r->src->text, 0, l.hi), '=', l.first) < l.hi;
		*ret = l;
		ret->hi = str_find(str_slice(r->src->text, 0, l.hi), ']', l.first) + 1;
		if (c != '[' || ret->hi > l.hi)
			return false;
		section = true;
	}
	return false;
}

void yaml_error_report(struct diags *ds, const struct source *src, struct yaml_fault fault)
{
	struct report r = {ds, src, fault};
	struct line l = {0};
	struct diag *d;

	if (is_ini(&r, &l)) {
		d = say(&r, l.first, l.hi, "this is an INI file of ParallelCluster 2, not YAML");
		diag_help(ds, d, "`pcluster3-config-converter` makes a cluster file of it");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!str_eq(fault.problem, str_c(rows[i].problem)))
			continue;
		rows[i].explain(&r);
		return;
	}
	say(&r, fault.at, after(&r, fault.at), STR_F, STR_A(fault.problem)); /* rare: as it is */
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_words.c - what messages show between backticks, as a program writes it.
 *
 * Checks and tables never know whether a file is YAML or a program, and show YAML in one line: keys, sections and lists
 * in brackets, words without quotes.
 */
#include "compiler/hpc/yaml_words.h"

#include "compiler/base/buf.h"

static bool is_at(struct str s, size_t i, char c)
{
	return i < s.n && s.s[i] == c;
}

enum { DEEPEST = 16 };

/* YAML in one line on its way into a program. */
struct line {
	struct str s;
	size_t at;
	struct buf out;
	char open[DEEPEST]; /* the brackets around */
	size_t nopen;
};

/* Does s begin as `Key: ` does? *ret_n: how long the key is. */
static bool begins_with_key(struct str s, size_t *ret_n)
{
	size_t n = 0;

	while (n < s.n && (is_alnum(s.s[n]) || s.s[n] == '-' || s.s[n] == '_'))
		n++;
	*ret_n = n;
	return n > 0 && is_at(s, n, ':') && is_at(s, n + 1, ' ');
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.s[i]) && (s.s[i] != '.' || i == 0 || i + 1 == s.n))
			return false;
	return s.n > 0;
}

/* Is the word one in programs, too? So are those that stand for others: `…`, `N`. */
static bool is_plain(struct str s)
{
	return s.n < 2 || is_number(s) || str_eq(s, STR("true")) || str_eq(s, STR("false")) ||
	       str_eq(s, STR("null")) || str_eq(s, STR("...")) || str_eq(s, STR("…")) ||
	       str_starts(s, STR("${"));
}

static void add_key(struct line *l, size_t n)
{
	struct str key = str_slice(l->s, l->at, l->at + n);
	bool quoted = str_find(key, '-', 0) < key.n;

	buf_fmt(&l->out, "%s" STR_F "%s: ", quoted ? "\"" : "", STR_A(key), quoted ? "\"" : "");
	l->at += n + 2;
}

/* Goes over a text in quotes. */
static void add_quoted(struct line *l)
{
	size_t end = str_find(l->s, l->s.s[l->at], l->at + 1);

	end = end < l->s.n ? end + 1 : l->s.n;
	buf_add(&l->out, str_slice(l->s, l->at, end));
	l->at = end;
}

static void add_word(struct line *l)
{
	size_t end = l->at;
	struct str word;

	while (end < l->s.n && l->s.s[end] != ',' && l->s.s[end] != ']' &&
	       (l->s.s[end] != '}' || (l->s.s[l->at] == '$' && l->s.s[end - 1] != '}')))
		end++;
	word = str_slice(l->s, l->at, end);
	if (is_plain(word))
		buf_add(&l->out, word);
	else
		buf_fmt(&l->out, "\"" STR_F "\"", STR_A(word));
	l->at = end;
}

static void add_bracket(struct line *l, char c)
{
	bool empty = is_at(l->s, l->at + 1, '}');

	l->at++;
	if (c == '{' || c == '[') {
		if (l->nopen < DEEPEST)
			l->open[l->nopen] = c;
		l->nopen++;
		buf_fmt(&l->out, "%c%s", c, c == '{' && !empty ? " " : "");
		return;
	}
	if (l->nopen > 0)
		l->nopen--;
	buf_fmt(&l->out, "%s%c",
		c == '}' && l->out.n > 0 && l->out.s[l->out.n - 1] != '{' ? " " : "", c);
}

/* Is it a key with its value, a section, or a list? */
static bool is_yaml(struct str s)
{
	size_t n;

	if (is_at(s, 0, '['))
		return is_at(s, s.n - 1, ']');
	if (is_at(s, 0, '{'))
		return begins_with_key(str_slice(s, 1, s.n), &n);
	return begins_with_key(s, &n) && is_upper(s.s[0]);
}

/* An item of a list behind its dash, as a section; other text as it is. */
static struct str without_dash(struct arena *a, struct str s)
{
	struct str item = str_starts(s, STR("- ")) ? str_slice(s, 2, s.n) : (struct str){0};
	size_t n;

	if (is_at(item, 0, '{'))
		return item;
	return begins_with_key(item, &n) ? arena_fmt(a, "{" STR_F "}", STR_A(item)) : s;
}

/* YAML in one line as a program has it; other text as it is. */
static struct str line_of_program(struct arena *a, struct str s)
{
	struct line l = {.s = without_dash(a, s), .out = buf_in(a)};
	size_t n;

	if (!is_yaml(l.s))
		return s;
	while (l.at < l.s.n) {
		char c = l.s.s[l.at];
		bool list = l.nopen > 0 && l.nopen <= DEEPEST && l.open[l.nopen - 1] == '[';

		if (c == '{' || c == '[' || c == '}' || c == ']') {
			add_bracket(&l, c);
		} else if (c == ',' || c == ' ') {
			buf_char(&l.out, c);
			l.at++;
		} else if (c == '"' || c == '\'') {
			add_quoted(&l);
		} else if (!list && begins_with_key(str_slice(l.s, l.at, l.s.n), &n)) {
			add_key(&l, n);
		} else {
			add_word(&l);
		}
	}
	return buf_str(&l.out);
}

struct str yaml_words(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);
	size_t done = 0, at;

	while ((at = str_find(s, '`', done)) < s.n) {
		size_t end = str_find(s, '`', at + 1);

		if (end >= s.n)
			break;
		buf_add(&b, str_slice(s, done, at + 1));
		buf_fmt(&b, STR_F "`", STR_A(line_of_program(a, str_slice(s, at + 1, end))));
		done = end + 1;
	}
	if (done == 0)
		return s;
	buf_add(&b, str_slice(s, done, s.n));
	return buf_str(&b);
}

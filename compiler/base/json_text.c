/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.c - JSON written piece by piece. */
#include "compiler/base/json_text.h"

#include "compiler/base/utf8.h"

#include <string.h>

enum { FIRST_GAPS = 8192 };

struct json_text json_text_new(struct arena *a, size_t room, int indent, size_t limit)
{
	return (struct json_text){.a = a,
				  .s = arena_room(a, room),
				  .cap = room,
				  .indent = indent,
				  .limit = limit,
				  .first = true};
}

/* Makes room for n bytes more. Apart from extend, which then is short enough to stand in its callers. */
static void grow(struct json_text *o, size_t n)
{
	char *s;

	while (n > o->cap - o->n)
		o->cap *= 2;
	s = arena_room(o->a, o->cap);
	memcpy(s, o->s, o->n);
	o->s = s;
}

/* Where n bytes more go; they count as written. */
static inline char *extend(struct json_text *o, size_t n)
{
	if (n > o->cap - o->n)
		grow(o, n);
	o->n += n;
	return o->s + o->n - n;
}

static void add(struct json_text *o, const char *s, size_t n)
{
	if (n > 0)
		memcpy(extend(o, n), s, n);
}

static void add_char(struct json_text *o, char c)
{
	*extend(o, 1) = c;
}

/* Room for twice as many gaps. */
static void grow_gaps(struct json_text *o)
{
	size_t cap = o->gaps_cap == 0 ? FIRST_GAPS : o->gaps_cap * 2;
	struct json_gap *gaps = (struct json_gap *)(void *)arena_room(o->a, cap * sizeof(*gaps));

	if (o->ngaps > 0)
		memcpy(gaps, o->gaps, o->ngaps * sizeof(*gaps));
	o->gaps = gaps;
	o->gaps_cap = cap;
}

/* What the shorter form of a text saves. */
static size_t saved(const struct json_text *o)
{
	return o->shorter.n > 0 ? o->either_n - o->shorter.n : 0;
}

/* The last n bytes are a gap; a line end has a level above 0. */
static void add_gap(struct json_text *o, size_t n, unsigned level)
{
	if (o->limit == 0 || o->in_aside)
		return;
	if (o->ngaps == o->gaps_cap)
		grow_gaps(o);
	if (level >= JSON_TEXT_LEVELS)
		level = JSON_TEXT_LEVELS - 1;
	o->gaps[o->ngaps++] = (struct json_gap){(uint32_t)(o->n - n), n & 0xffffff, level & 0xff};
	o->spare += n;
	o->lines[level] += n;
	if (o->n - o->spare - saved(o) > o->limit) /* they help no more */
		o->limit = 0;
}

/* A line end before what stands at, or ends, the level. */
static void new_line(struct json_text *o, unsigned level)
{
	size_t n = (size_t)o->depth * (size_t)o->indent + 1;
	char *s;

	if (o->indent < 0)
		return;
	s = extend(o, n);
	memset(s, ' ', n);
	*s = '\n';
	add_gap(o, n, level);
}

/* What stands before a value or key: a comma, a line end; nothing between a key and its value. */
static void separate(struct json_text *o)
{
	if (o->after_key) {
		o->after_key = false;
		return;
	}
	if (!o->first) {
		add_char(o, ',');
		if (o->comma_aside)
			add_gap(o, 1, 0);
	}
	o->comma_aside = false;
	if (o->depth > 0)
		new_line(o, o->depth);
	o->first = false;
}

static void add_unit(struct json_text *o, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = {
		'\\',	       'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
		hex[unit & 15]};

	add(o, text, sizeof(text));
}

/*
 * What stays out of the text as it is: controls, characters that some readers take for the end of a line or for the
 * order of bytes, and those that let a text look like another one ("Trojan Source", CVE-2021-42574). All are below
 * U+10000.
 */
static bool needs_escape(uint32_t cp)
{
	return cp < 0xa0 ? cp < ' ' || cp > '~'
			 : cp == 0x2028 || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e) ||
				   (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff || cp == 0xfffe ||
				   cp == 0xffff;
}

/* The code point at s[at], escaped where it has to be; returns its length in bytes. */
static size_t add_code_point(struct json_text *o, struct str s, size_t at)
{
	uint32_t cp;
	unsigned n = utf8_decode(s, at, &cp);

	if (n == 0)
		BUG("text that is not UTF-8 in the graph");
	if (needs_escape(cp))
		add_unit(o, cp);
	else
		add(o, s.s + at, n);
	return n;
}

/* The character after the backslash of a short escape, or 0 when c has none. */
static char short_escape(char c)
{
	static const char from[] = "\"\\\n\t\r\b\f", to[] = "\"\\ntrbf";

	for (size_t i = 0; i < sizeof(from) - 1; i++)
		if (from[i] == c)
			return to[i];
	return 0;
}

/* Vectors of gcc and clang: one register, or what the target has for it. */
typedef unsigned char chars16 __attribute__((vector_size(16)));
typedef unsigned char chars8 __attribute__((vector_size(8)));

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Where one of a vector of characters is not plain all bits of its place are set. */
#define ODD(x) (((x) - ' ' > '~' - ' ') | ((x) == '"') | ((x) == '\\'))

static bool are_plain16(const char *p)
{
	chars16 x;
	uint64_t odd[2];

	memcpy(&x, p, sizeof(x));
	x = (chars16)ODD(x);
	memcpy(odd, &x, sizeof(odd));
	return (odd[0] | odd[1]) == 0;
}

static bool are_plain8(const char *p)
{
	chars8 x;
	uint64_t odd;

	memcpy(&x, p, sizeof(x));
	x = (chars8)ODD(x);
	memcpy(&odd, &x, sizeof(odd));
	return odd == 0;
}

/* The end of the run of characters at s[at] that stand for themselves. */
static size_t plain_run(struct str s, size_t at)
{
	while (s.n - at >= 16 && are_plain16(s.s + at))
		at += 16;
	/* The rest, looked at together with what stands before it. */
	if ((s.n - at < 16 && s.n >= 16 && are_plain16(s.s + s.n - 16)) ||
	    (s.n - at < 8 && s.n >= 8 && are_plain8(s.s + s.n - 8)))
		return s.n;
	if (s.n - at >= 8 && are_plain8(s.s + at))
		at += 8;
	while (at < s.n && is_plain(s.s[at]))
		at++;
	return at;
}

static void add_quoted(struct json_text *o, struct str s)
{
	size_t at = 0;

	add_char(o, '"');
	for (;;) {
		size_t end = plain_run(s, at);
		char e;

		if (end > at) /* an empty text may have no address */
			add(o, s.s + at, end - at);
		at = end;
		if (at == s.n)
			break;
		e = short_escape(s.s[at]);
		if (e != 0) {
			add(o, (char[]){'\\', e}, 2);
			at++;
		} else {
			at += add_code_point(o, s, at);
		}
	}
	add_char(o, '"');
}

/* ---- the pieces ---- */

void json_text_open(struct json_text *o, bool list)
{
	separate(o);
	add_char(o, list ? '[' : '{');
	o->depth++;
	o->first = true;
}

void json_text_close(struct json_text *o, bool list, bool empty)
{
	o->depth--;
	if (!empty)
		new_line(o, o->depth + 1);
	add_char(o, list ? ']' : '}');
	o->first = false;
}

void json_text_key(struct json_text *o, struct str name)
{
	separate(o);
	add_quoted(o, name);
	add_char(o, ':');
	if (o->indent >= 0) {
		add_char(o, ' ');
		add_gap(o, 1, 0);
	}
	o->after_key = true;
}

void json_text_string(struct json_text *o, struct str s)
{
	separate(o);
	add_quoted(o, s);
}

void json_text_either(struct json_text *o, struct str s, struct str shorter)
{
	struct json_text quoted;

	separate(o);
	o->either_at = o->n;
	add_quoted(o, s);
	if (o->limit == 0)
		return;
	quoted = json_text_new(o->a, shorter.n + 16, JSON_TEXT_MINIFIED, 0);
	add_quoted(&quoted, shorter);
	o->either_n = o->n - o->either_at;
	o->shorter = (struct str){quoted.s, quoted.n};
	INVARIANT(quoted.n > 0 && quoted.n <= o->either_n);
}

void json_text_word(struct json_text *o, struct str s)
{
	separate(o);
	add(o, s.s, s.n);
}

void json_text_aside(struct json_text *o, bool begins)
{
	if (begins) {
		o->aside_from = o->n;
		o->in_aside = true;
		o->aside_is_first = o->first;
		return;
	}
	o->in_aside = false;
	o->comma_aside = o->aside_is_first;
	add_gap(o, o->n - o->aside_from, 0);
}

/* Moves the text from `from` to `end` down to `to`; where the next goes. */
static size_t move(struct json_text *o, size_t to, size_t from, size_t end)
{
	memmove(o->s + to, o->s + from, end - from);
	return to + end - from;
}

/* Takes the gaps out of the text but line ends down to `level`, and the longer text where `shorter` is to stand. */
static void close_gaps(struct json_text *o, unsigned level, bool shorter)
{
	size_t to = 0, from = 0;

	for (size_t i = 0; i < o->ngaps; i++) {
		const struct json_gap *gap = &o->gaps[i];

		if (shorter && gap->at > o->either_at) {
			to = move(o, to, from, o->either_at);
			memcpy(o->s + to, o->shorter.s, o->shorter.n);
			to += o->shorter.n;
			from = o->either_at + o->either_n;
			shorter = false;
		}
		if (gap->level > 0 && gap->level <= level)
			continue;
		to = move(o, to, from, gap->at);
		from = (size_t)gap->at + gap->n;
	}
	o->n = move(o, to, from, o->n);
}

struct str json_text_end(struct json_text *o)
{
	size_t least;
	unsigned level = 0;
	bool shorter;

	add_char(o, '\n');
	least = o->n - o->spare;
	shorter = least > o->limit;
	if (shorter)
		least -= saved(o);
	if (o->n <= o->limit || o->ngaps == 0 || least > o->limit)
		return (struct str){o->s, o->n};
	while (level + 1 < JSON_TEXT_LEVELS && least + o->lines[level + 1] <= o->limit)
		least += o->lines[++level];
	close_gaps(o, level, shorter);
	return (struct str){o->s, o->n};
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfn_json.c - the graph as JSON.
 *
 * The bytes are written straight from the graph, once. What minified text does without (struct gap) is remembered on the
 * way, so that EMIT_AUTO can take it out where that keeps the template within its limit.
 * Rules of RFC 8259: text is UTF-8. Readers of YAML, as which cfn-lint reads a template, know no pairs of surrogates, so
 * escapes are for what no reader should meet as it is: see needs_escape().
 *
 * compiler/base/json.h could write it too, by way of two more trees. For a template of 131 KB that took
 * 920 us, 11.1 million instructions and 890 KB of touched memory; this takes 135 us, 1.7 million
 * and 132 KB.
 * jansson is the judge in the tests, which read the text back with it.
 */
#include "compiler/base/utf8.h"
#include "lowering/emit/document.h"
#include "lowering/emit/emit.h"
#include "lowering/emit/formats.h"

#include <string.h>

/*
 * Room at the beginning: what CloudFormation takes. Pages that are not written are not touched, so the text
 * costs its own size, where growing step by step would copy and touch several times as much.
 */
enum { FIRST_ROOM = CFN_LIMIT, FIRST_GAPS = 8192 };

/* n bytes of the text at `at` that minified text does without. */
struct gap {
	uint32_t at, n;
};

struct json_out {
	struct document doc;
	char *s; /* n bytes of text in room for cap */
	size_t n, cap;
	struct gap *gaps; /* in the order of the text; only where EMIT_AUTO may want them */
	size_t ngaps, gaps_cap;
	size_t spare;	   /* bytes in gaps */
	size_t aside_from; /* where the member began that terse text leaves out */
	unsigned depth;	   /* open objects and lists */
	int indent;	   /* blanks a level, or EMIT_MINIFIED */
	bool automatic;	   /* gaps are remembered, as long as they may help */
	bool first;	   /* nothing stands yet in the open object or list */
	bool after_key;
	bool first_aside; /* the comma that comes next belongs to the member that was left out */
	bool in_aside;	  /* all of it is one gap */
	bool aside_is_first;
};

/* Makes room for n bytes more. Apart from extend, which then is short enough to stand in its callers. */
static void grow(struct json_out *o, size_t n)
{
	char *s;

	while (n > o->cap - o->n)
		o->cap *= 2;
	s = arena_room(o->doc.a, o->cap);
	memcpy(s, o->s, o->n);
	o->s = s;
}

/* Where n bytes more go; they count as written. */
static inline char *extend(struct json_out *o, size_t n)
{
	if (n > o->cap - o->n)
		grow(o, n);
	o->n += n;
	return o->s + o->n - n;
}

static void add(struct json_out *o, const char *s, size_t n)
{
	if (n > 0)
		memcpy(extend(o, n), s, n);
}

static void add_char(struct json_out *o, char c)
{
	*extend(o, 1) = c;
}

/* Room for twice as many gaps. */
static void grow_gaps(struct json_out *o)
{
	size_t cap = o->gaps_cap == 0 ? FIRST_GAPS : o->gaps_cap * 2;
	struct gap *gaps = (struct gap *)(void *)arena_room(o->doc.a, cap * sizeof(*gaps));

	if (o->ngaps > 0)
		memcpy(gaps, o->gaps, o->ngaps * sizeof(*gaps));
	o->gaps = gaps;
	o->gaps_cap = cap;
}

/* The last n bytes are a gap. */
static void add_gap(struct json_out *o, size_t n)
{
	if (!o->automatic || o->in_aside)
		return;
	if (o->ngaps == o->gaps_cap)
		grow_gaps(o);
	o->gaps[o->ngaps++] = (struct gap){(uint32_t)(o->n - n), (uint32_t)n};
	o->spare += n;
	o->automatic = o->n - o->spare <= CFN_DIRECT_LIMIT; /* else they help no more */
}

static void new_line(struct json_out *o)
{
	size_t n = (size_t)o->depth * (size_t)o->indent + 1;
	char *s;

	if (o->indent < 0)
		return;
	s = extend(o, n);
	memset(s, ' ', n);
	*s = '\n';
	add_gap(o, n);
}

/* What stands before a value or key: a comma, a line end; nothing between a key and its value. */
static void separate(struct json_out *o)
{
	if (o->after_key) {
		o->after_key = false;
		return;
	}
	if (!o->first) {
		add_char(o, ',');
		if (o->first_aside)
			add_gap(o, 1);
	}
	o->first_aside = false;
	if (o->depth > 0)
		new_line(o);
	o->first = false;
}

static void add_unit(struct json_out *o, uint32_t unit)
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
static size_t add_code_point(struct json_out *o, struct str s, size_t at)
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
	if (s.n - at >= 8 && are_plain8(s.s + at))
		at += 8;
	while (at < s.n && is_plain(s.s[at]))
		at++;
	return at;
}

static void add_quoted(struct json_out *o, struct str s)
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

/* ---- the pieces of the document ---- */

static struct json_out *out_of(struct document *d)
{
	return (struct json_out *)d; /* its first member */
}

static void json_open(struct document *d, bool list)
{
	struct json_out *o = out_of(d);

	separate(o);
	add_char(o, list ? '[' : '{');
	o->depth++;
	o->first = true;
}

static void json_close(struct document *d, bool list, bool empty)
{
	struct json_out *o = out_of(d);

	o->depth--;
	if (!empty)
		new_line(o);
	add_char(o, list ? ']' : '}');
	o->first = false;
}

static void json_key(struct document *d, struct str name)
{
	struct json_out *o = out_of(d);

	separate(o);
	add_quoted(o, name);
	add_char(o, ':');
	if (o->indent >= 0) {
		add_char(o, ' ');
		add_gap(o, 1);
	}
	o->after_key = true;
}

static void json_text(struct document *d, struct str s)
{
	separate(out_of(d));
	add_quoted(out_of(d), s);
}

static void json_word(struct document *d, struct str s)
{
	separate(out_of(d));
	add(out_of(d), s.s, s.n);
}

static void json_function(struct document *d, struct str name, bool nested)
{
	(void)nested;
	json_open(d, false);
	json_key(d, name);
}

static void json_function_end(struct document *d, struct str name, bool nested)
{
	(void)name;
	(void)nested;
	json_close(d, false, false);
}

static void json_getatt(struct document *d, struct str resource, struct str attribute)
{
	json_function(d, STR("Fn::GetAtt"), false);
	json_open(d, true);
	json_text(d, resource);
	json_text(d, attribute);
	json_close(d, true, false);
	json_function_end(d, STR("Fn::GetAtt"), false);
}

static void json_aside(struct document *d, bool begins)
{
	struct json_out *o = out_of(d);

	if (begins) {
		o->aside_from = o->n;
		o->in_aside = true;
		o->aside_is_first = o->first;
		return;
	}
	o->in_aside = false;
	o->first_aside = o->aside_is_first;
	add_gap(o, o->n - o->aside_from);
}

static const struct document_ops json_ops = {
	.open = json_open,
	.close = json_close,
	.key = json_key,
	.text = json_text,
	.word = json_word,
	.function = json_function,
	.function_end = json_function_end,
	.getatt = json_getatt,
	.aside = json_aside,
};

/* Takes the gaps out of the text. */
static void close_gaps(struct json_out *o)
{
	size_t to = o->gaps[0].at;

	for (size_t i = 0; i < o->ngaps; i++) {
		size_t from = (size_t)o->gaps[i].at + o->gaps[i].n;
		size_t end = i + 1 < o->ngaps ? o->gaps[i + 1].at : o->n;

		memmove(o->s + to, o->s + from, end - from);
		to += end - from;
	}
	o->n = to;
}

struct str emit_cfn_json(struct arena *a, const struct ir *g, struct emit_style style)
{
	struct json_out o = {
		.doc = {.ops = &json_ops, .a = a, .terse = style.indent == EMIT_MINIFIED},
		.s = arena_room(a, FIRST_ROOM),
		.cap = FIRST_ROOM,
		.indent = style.indent == EMIT_AUTO ? 2 : style.indent,
		.automatic = style.indent == EMIT_AUTO,
		.first = true};

	document_write(&o.doc, g);
	add_char(&o, '\n');
	if (o.automatic && o.n > CFN_DIRECT_LIMIT && o.n - o.spare <= CFN_DIRECT_LIMIT)
		close_gaps(&o);
	return (struct str){o.s, o.n};
}

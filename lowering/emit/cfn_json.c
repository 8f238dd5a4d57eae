/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfn_json.c - the graph as JSON.
 *
 * The bytes are written straight from the graph. What minified text does without is counted on the way, so that it
 * is known whether that would stay within the limit for which EMIT_AUTO gives up its layout.
 * Rules of RFC 8259: text is escaped to printable ASCII, with surrogate pairs above U+FFFF.
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
enum { FIRST_ROOM = CFN_LIMIT };

struct json_out {
	struct document doc;
	char *s; /* n bytes of text in room for cap */
	size_t n, cap;
	size_t blanks;	/* of the text, line ends and indentation */
	unsigned depth; /* open objects and lists */
	int indent;	/* blanks a level, or EMIT_MINIFIED */
	bool first;	/* nothing stands yet in the open object or list */
	bool after_key;
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

static void new_line(struct json_out *o)
{
	size_t n = (size_t)o->depth * (size_t)o->indent + 1;
	char *s;

	if (o->indent < 0)
		return;
	s = extend(o, n);
	memset(s, ' ', n);
	*s = '\n';
	o->blanks += n;
}

/* What stands before a value or key: a comma, a line end; nothing between a key and its value. */
static void separate(struct json_out *o)
{
	if (o->after_key) {
		o->after_key = false;
		return;
	}
	if (!o->first)
		add_char(o, ',');
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

/* The code point at s[at] as one or two \u escapes; returns its length in bytes. */
static size_t add_code_point(struct json_out *o, struct str s, size_t at)
{
	uint32_t cp;
	unsigned n = utf8_decode(s, at, &cp);

	if (n == 0)
		BUG("text that is not UTF-8 in the graph");
	if (cp < 0x10000) {
		add_unit(o, cp);
		return n;
	}
	add_unit(o, 0xd800 + ((cp - 0x10000) >> 10));
	add_unit(o, 0xdc00 + ((cp - 0x10000) & 0x3ff));
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

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/*
 * Are all of the 8 characters at p plain? Tests for a zero byte, and for one below a bound, in a whole word;
 * Sean Eron Anderson, "Bit Twiddling Hacks".
 */
static bool are_plain(const char *p)
{
	const uint64_t ones = UINT64_MAX / 255, highs = ones << 7;
	uint64_t x, quote, slash, del, odd;

	memcpy(&x, p, sizeof(x));
	quote = x ^ ones * '"';
	slash = x ^ ones * '\\';
	del = x ^ ones * 0x7f;
	odd = x | ((x - ones * ' ') & ~x) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
	      ((del - ones) & ~del);
	return (odd & highs) == 0;
}

/* The end of the run of characters at s[at] that stand for themselves. */
static size_t plain_run(struct str s, size_t at)
{
	while (s.n - at >= sizeof(uint64_t) && are_plain(s.s + at))
		at += sizeof(uint64_t);
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
		o->blanks++;
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

static const struct document_ops json_ops = {
	.open = json_open,
	.close = json_close,
	.key = json_key,
	.text = json_text,
	.word = json_word,
	.function = json_function,
	.function_end = json_function_end,
	.getatt = json_getatt,
};

static struct json_out run(struct arena *a, const struct ir *g, int indent)
{
	struct json_out o = {.doc = {.ops = &json_ops, .a = a, .terse = indent == EMIT_MINIFIED},
			     .s = arena_room(a, FIRST_ROOM),
			     .cap = FIRST_ROOM,
			     .indent = indent,
			     .first = true};

	document_write(&o.doc, g);
	add_char(&o, '\n');
	return o;
}

struct str emit_cfn_json(struct arena *a, const struct ir *g, struct emit_style style)
{
	struct json_out o = run(a, g, style.indent == EMIT_AUTO ? 2 : style.indent);

	if (style.indent == EMIT_AUTO && o.n > CFN_DIRECT_LIMIT &&
	    o.n - o.blanks - o.doc.spare <= CFN_DIRECT_LIMIT)
		o = run(a, g, EMIT_MINIFIED);
	return (struct str){o.s, o.n};
}

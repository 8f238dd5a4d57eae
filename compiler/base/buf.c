/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - text that grows. */
#include "compiler/base/buf.h"

#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"

#include <stdio.h>
#include <string.h>

struct buf buf_in(struct arena *a)
{
	return (struct buf){.a = a};
}

/* Makes room for `more` bytes and one NUL. */
static void reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap == 0 ? 256 : b->cap;
	char *s;

	if (more < b->cap - b->n)
		return;
	while (cap - b->n <= more)
		cap *= 2;
	s = arena_room(b->a, cap);
	if (b->n > 0)
		memcpy(s, b->s, b->n);
	b->s = s;
	b->cap = cap;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0)
		return;
	reserve(b, s.n);
	memcpy(b->s + b->n, s.s, s.n);
	b->n += s.n;
}

void buf_char(struct buf *b, char c)
{
	reserve(b, 1);
	b->s[b->n++] = c;
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	reserve(b, 64);
	n = vsnprintf(b->s + b->n, b->cap - b->n, fmt, ap);
	INVARIANT(n >= 0);
	if ((size_t)n >= b->cap - b->n) {
		reserve(b, (size_t)n);
		vsnprintf(b->s + b->n, b->cap - b->n, fmt, again);
	}
	b->n += (size_t)n;
	va_end(again);
	va_end(ap);
}

void buf_pad(struct buf *b, char c, size_t n)
{
	if (n == 0)
		return;
	reserve(b, n);
	memset(b->s + b->n, c, n);
	b->n += n;
}

void buf_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		uint32_t cp;

		if (c == '\n')
			buf_add(b, STR("\\n"));
		else if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			buf_fmt(b, "\\x%02x", c);
		else if (c >= 0x80 && utf8_decode(s, i, &cp) > 0 && is_shown_escaped(cp))
			buf_fmt(b, "\\u%04X", cp), i += utf8_decode(s, i, &cp) - 1;
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

void buf_words(struct buf *b, const char *const *words, size_t n, const char *between,
	       const char *last)
{
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "%s%s", i == 0 ? "" : i + 1 == n ? last : between, words[i]);
}

void buf_pascal(struct buf *b, struct str s)
{
	bool begins = true;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (is_lower(c) && begins)
			c = (char)(c - 'a' + 'A');
		begins = !is_lower(c) && !is_upper(c) && !is_digit(c);
		if (!begins)
			buf_char(b, c);
	}
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->s, b->n};
}

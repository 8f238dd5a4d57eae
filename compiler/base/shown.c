/* SPDX-License-Identifier: Apache-2.0 */
/* shown.c - text of others on a terminal or in a log. Source: Unicode 15, PropList.txt, Bidi_Control. */
#include "compiler/base/shown.h"

#include "compiler/base/buf.h"
#include "compiler/base/utf8.h"

bool is_shown_escaped(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e ||
	       cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static void add_escape(struct buf *b, uint32_t cp)
{
	if (cp == '\n')
		buf_add(b, STR("\\n"));
	else if (cp == '\t')
		buf_add(b, STR("\\t"));
	else if (cp == '\r')
		buf_add(b, STR("\\r"));
	else
		buf_fmt(b, "\\u%04X", cp);
}

static const struct str key_begin = STR_INIT("PRIVATE KEY-----");

bool has_private_key(struct str s)
{
	return str_find_str(s, key_begin, 0) != SIZE_MAX;
}

/* s without what follows the first line of a private key, up to the quote or backtick behind it. */
static struct str without_key(struct arena *a, struct str s)
{
	size_t begin = str_find_str(s, key_begin, 0), end;

	if (begin == SIZE_MAX)
		return s;
	begin += key_begin.n;
	for (end = begin; end < s.n && s.s[end] != '`' && s.s[end] != '"';)
		end++;
	return arena_fmt(a, STR_F "\xe2\x80\xa6" STR_F, STR_A(str_slice(s, 0, begin)),
			 STR_A(str_slice(s, end, s.n)));
}

struct str shown_line(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);
	size_t kept = 0;

	s = without_key(a, s);
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(s, i, &cp);

		if (len > 0 && is_shown_escaped(cp)) {
			buf_add(&b, str_slice(s, kept, i));
			add_escape(&b, cp);
			kept = i + len;
		}
		i += len > 0 ? len : 1;
	}
	if (kept == 0)
		return s;
	buf_add(&b, str_slice(s, kept, s.n));
	return buf_str(&b);
}

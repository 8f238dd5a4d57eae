/* SPDX-License-Identifier: Apache-2.0 */
/* shell_quote.c - text as one word of a POSIX shell. Source: POSIX.1-2017, XCU 2.2. */
#include "compiler/base/shell_quote.h"

#include "compiler/base/buf.h"

#include <string.h>

static bool is_plain(struct str s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_@%+=:,./-";

	for (size_t i = 0; i < s.n; i++)
		if (memchr(plain, s.s[i], sizeof(plain) - 1) == NULL)
			return false;
	return s.n > 0;
}

struct str shell_quote(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);

	if (is_plain(s))
		return s;
	buf_char(&b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c == '\'')
			buf_add(&b, STR("'\\''"));
		else if (c == '\n')
			buf_add(&b, STR("'\"\n\"'"));
		else if (c < ' ' || c > '~')
			buf_fmt(&b, "'\"$(printf '\\%03o')\"'", c);
		else
			buf_char(&b, (char)c);
	}
	buf_char(&b, '\'');
	return buf_str(&b);
}

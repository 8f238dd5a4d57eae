/* SPDX-License-Identifier: Apache-2.0 */
/* lookalike.c - characters that are taken for ASCII ones. */
#include "compiler/base/lookalike.h"

#include "compiler/base/search.h"
#include "compiler/base/utf8.h"

static const struct row {
	uint32_t first, last;
	const char *ascii, *what;
} rows[] = {
#define LOOKALIKE(first, last, ascii, what) {first, last, ascii, what},
#include "compiler/base/lookalike.def"
#undef LOOKALIKE
};

static uint32_t last_of(const void *table, size_t i)
{
	return ((const struct row *)table)[i].last;
}

bool lookalike_find(uint32_t cp, struct lookalike *ret)
{
	size_t i = search_least(cp, rows, ARRAY_LEN(rows), last_of);

	if (i == ARRAY_LEN(rows) || cp < rows[i].first)
		return false;
	*ret = (struct lookalike){.what = rows[i].what};
	if (rows[i].ascii[0] != '\0')
		ret->ascii[0] = (char)(rows[i].ascii[0] + (char)(cp - rows[i].first));
	return true;
}

bool has_non_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return true;
	return false;
}

struct str lookalike_plain(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		struct lookalike like;
		uint32_t cp = 0;
		unsigned len = utf8_decode(s, i, &cp);

		len = len > 0 ? len : 1;
		if (n + len > size)
			return s;
		if (lookalike_find(cp, &like)) {
			if (like.ascii[0] != '\0')
				buf[n++] = like.ascii[0];
		} else {
			for (unsigned k = 0; k < len; k++)
				buf[n++] = s.s[i + k];
		}
		i += len;
	}
	return (struct str){buf, n};
}

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

/* Is it Greek or Cyrillic? All of these take two bytes of UTF-8. */
static bool is_other_script(uint32_t cp)
{
	return cp >= 0x370 && cp < 0x530;
}

static bool is_ascii_letter(uint32_t cp)
{
	return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z');
}

/* Words are no longer, in bytes to either side. */
enum { MOST_WORD = 64 };

/* Where the word around text[i] begins. */
static size_t word_begin(struct str text, size_t i)
{
	size_t least = i > MOST_WORD ? i - MOST_WORD : 0;
	uint32_t cp = 0;

	while (i > least) {
		size_t before = i - 1;

		while (before > least && ((unsigned char)text.s[before] & 0xc0) == 0x80)
			before--;
		if (utf8_decode(text, before, &cp) == 0 ||
		    (!is_other_script(cp) && !is_ascii_letter(cp)))
			break;
		i = before;
	}
	return i;
}

bool lookalike_in(struct str text, size_t i, struct lookalike *ret)
{
	size_t k = word_begin(text, i);
	struct lookalike other;
	bool own = false;
	uint32_t cp = 0;

	if (utf8_decode(text, i, &cp) == 0 || !lookalike_find(cp, ret))
		return false;
	if (!is_other_script(cp))
		return true;
	for (unsigned len = 1; k < text.n && k < i + MOST_WORD && len > 0; k += len) {
		len = utf8_decode(text, k, &cp);
		if (is_ascii_letter(cp))
			return true;
		if (len == 0 || !is_other_script(cp))
			break;
		own |= !lookalike_find(cp, &other);
	}
	return !own;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c - the little we need to know about UTF-8. */
#include "compiler/base/utf8.h"

#include "compiler/base/bug.h"

/* The well-formed byte sequences of RFC 3629 section 4, by lead byte: range of the second byte, length. */
static const struct lead {
	unsigned char lo, hi, second_lo, second_hi, len;
} leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

unsigned utf8_decode(struct str s, size_t at, uint32_t *ret_cp)
{
	const struct lead *l = NULL;
	const unsigned char *p;
	uint32_t cp;

	if (at >= s.n)
		return 0;
	p = (const unsigned char *)s.s + at;
	if (p[0] < 0x80) {
		if (ret_cp != NULL)
			*ret_cp = p[0];
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(leads) && l == NULL; i++)
		if (p[0] >= leads[i].lo && p[0] <= leads[i].hi)
			l = &leads[i];
	if (l == NULL || s.n - at < l->len || p[1] < l->second_lo || p[1] > l->second_hi)
		return 0;
	cp = p[0] & (0xffu >> (l->len + 1));
	for (unsigned i = 1; i < l->len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (ret_cp != NULL)
		*ret_cp = cp;
	return l->len;
}

size_t utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; n++) {
		unsigned len = (unsigned char)s.s[i] < 0x80 ? 1 : utf8_decode(s, i, NULL);

		i += len > 0 ? len : 1;
	}
	return n;
}

size_t utf8_count16(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		unsigned len = (unsigned char)s.s[i] < 0x80 ? 1 : utf8_decode(s, i, NULL);

		n += len == 4 ? 2 : 1;
		i += len > 0 ? len : 1;
	}
	return n;
}

struct range {
	uint32_t lo, hi;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].lo && cp <= r[i].hi)
			return true;
	return false;
}

unsigned utf8_width(uint32_t cp)
{
	static const struct range zero[] = {
		{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f},
		{0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20f0},
		{0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
	};
	static const struct range wide[] = {
		{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0xa4cf},   {0xac00, 0xd7a3},
		{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},   {0xffe0, 0xffe6},
		{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};

	if (cp < 0x300)
		return 1;
	if (in_ranges(cp, zero, ARRAY_LEN(zero)))
		return 0;
	return in_ranges(cp, wide, ARRAY_LEN(wide)) ? 2 : 1;
}

bool utf8_is_allowed(uint32_t cp)
{
	if (cp < 0x20)
		return cp == '\t' || cp == '\n' || cp == '\r';
	if (cp >= 0x7f && cp < 0xa0)
		return cp == 0x85;
	return cp != 0xfeff && cp != 0xfffe && cp != 0xffff;
}

bool utf8_has_control(struct str s, uint32_t *ret_cp)
{
	for (size_t i = 0; i < s.n;) {
		unsigned len;

		if ((unsigned char)(s.s[i] - 0x20) < 0x5f) {
			i++;
			continue;
		}
		len = utf8_decode(s, i, ret_cp);
		if (len == 0)
			*ret_cp = 0xfffd;
		if (len == 0 || *ret_cp == '\r' || *ret_cp == 0x85 || !utf8_is_allowed(*ret_cp))
			return true;
		i += len;
	}
	return false;
}

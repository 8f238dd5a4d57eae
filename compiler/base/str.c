/* SPDX-License-Identifier: Apache-2.0 */
/* str.c - counted, borrowed strings. */
#include "compiler/base/str.h"

#include <string.h>

struct str str_c(const char *s)
{
	return (struct str){s, s != NULL ? strlen(s) : 0};
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.s[i]) != lower(b.s[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.s, b.s, n) : 0;

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

struct str str_slice(struct str s, size_t lo, size_t hi)
{
	if (hi > s.n)
		hi = s.n;
	if (lo >= hi)
		return (struct str){0};
	return (struct str){s.s + lo, hi - lo};
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	size_t lo = 0, hi = s.n;

	while (lo < hi && is_space(s.s[lo]))
		lo++;
	while (hi > lo && is_space(s.s[hi - 1]))
		hi--;
	return str_slice(s, lo, hi);
}

size_t str_find(struct str s, char c, size_t from)
{
	const char *p = from < s.n ? memchr(s.s + from, c, s.n - from) : NULL;

	return p != NULL ? (size_t)(p - s.s) : s.n;
}

size_t str_find_str(struct str s, struct str needle, size_t from)
{
	if (needle.n == 0)
		return from <= s.n ? from : SIZE_MAX;
	while (from + needle.n <= s.n) {
		size_t i = str_find(s, needle.s[0], from);

		if (i + needle.n > s.n)
			break;
		if (memcmp(s.s + i, needle.s, needle.n) == 0)
			return i;
		from = i + 1;
	}
	return SIZE_MAX;
}

bool str_glob(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.s[p] == '*') {
			star = p++;
			resume = t;
		} else if (p < pattern.n && (pattern.s[p] == '?' || pattern.s[p] == text.s[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.s[p] == '*')
		p++;
	return p == pattern.n;
}

struct str str_cut(struct str *rest, char sep)
{
	size_t i = str_find(*rest, sep, 0);
	struct str field = {rest->s, i};

	*rest = i < rest->n ? (struct str){rest->s + i + 1, rest->n - i - 1} : (struct str){0};
	return field;
}

uint64_t str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.s[i]) * 0x100000001b3u;
	return h;
}

bool str_to_int(struct str s, int64_t *ret)
{
	bool negative = s.n > 0 && s.s[0] == '-';
	uint64_t v = 0, max = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	size_t i = s.n > 0 && (s.s[0] == '-' || s.s[0] == '+') ? 1 : 0;

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		unsigned d = (unsigned)(unsigned char)s.s[i] - '0';

		if (d > 9 || v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*ret = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

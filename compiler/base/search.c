/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - where in a table something stands. */
#include "compiler/base/search.h"

size_t search_name(struct str name, const void *table, size_t n, row_name *name_of)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(name_of(table, mid), name);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return n;
}

size_t search_least(uint32_t least, const void *table, size_t n, row_number *number_of)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (number_of(table, mid) < least)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t search_word(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_c(words[i])))
			return i;
	return n;
}

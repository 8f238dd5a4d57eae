/* SPDX-License-Identifier: Apache-2.0 */
/* test_search.c - look-ups find each row, and nothing between them. */
#include "compiler/base/search.h"

#include <criterion/criterion.h>

static const struct str names[] = {STR_INIT(""), STR_INIT("a"), STR_INIT("aa"), STR_INIT("b"),
				   STR_INIT("c")};
static const uint32_t numbers[] = {1, 3, 3, 3, 8};

static struct str name_of(const void *table, size_t i)
{
	return ((const struct str *)table)[i];
}

static uint32_t number_of(const void *table, size_t i)
{
	return ((const uint32_t *)table)[i];
}

Test(search, every_name_of_a_sorted_table)
{
	for (size_t n = 0; n <= ARRAY_LEN(names); n++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			cr_expect_eq(search_name(names[i], names, n, name_of), i < n ? i : n);
}

Test(search, a_name_that_is_not_there)
{
	static const char *const others[] = {"A", "aaa", "bb", "d", "\xff"};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		cr_expect_eq(search_name(str_c(others[i]), names, ARRAY_LEN(names), name_of),
			     ARRAY_LEN(names));
}

Test(search, the_first_number_that_is_large_enough)
{
	for (size_t n = 0; n <= ARRAY_LEN(numbers); n++)
		for (uint32_t least = 0; least < 10; least++) {
			size_t want = 0;

			while (want < n && numbers[want] < least)
				want++;
			cr_expect_eq(search_least(least, numbers, n, number_of), want);
		}
}

Test(search, words_in_any_order)
{
	static const char *const words[] = {"never", "auto", "always", "auto"};

	cr_expect_eq(search_word(STR("auto"), words, ARRAY_LEN(words)), 1);
	cr_expect_eq(search_word(STR("aut"), words, ARRAY_LEN(words)), ARRAY_LEN(words));
	cr_expect(AMONG(STR("always"), words));
	cr_expect_not(AMONG((struct str){0}, words));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_hpc_number.c - numbers of programs: exact, reduced, within 64 bits; their units and how they are shown. */
#include "compiler/hpc/number.h"

#include <criterion/criterion.h>

static struct number read(const char *digits)
{
	struct number n = {0};

	cr_assert(number_read(str_c(digits), &n), "%s", digits);
	return n;
}

static struct number quantity(const char *digits, const char *unit)
{
	const struct unit *u = unit_named(str_c(unit));
	struct number n;

	cr_assert_not_null(u, "%s", unit);
	cr_assert(number_mul(read(digits), u->value, &n));
	return n;
}

static bool is(struct number n, int64_t num, int64_t den)
{
	return n.num == num && n.den == den;
}

static void shows(struct number n, const char *want)
{
	struct arena a = {0};
	struct str got = number_shown(&a, n);

	cr_expect(str_eq(got, str_c(want)), STR_F " is not %s", STR_A(got), want);
	arena_release(&a);
}

Test(hpc_number, reads_digits)
{
	struct number n;

	cr_expect(is(read("0"), 0, 1));
	cr_expect(is(read("1_200"), 1200, 1));
	cr_expect(is(read("0.25"), 1, 4));
	cr_expect(is(read("999999999999999999"), 999999999999999999, 1));
	cr_expect(is(read("0.00000000000000001"), 1, 100000000000000000));
	cr_expect_not(number_read(STR("1234567890123456789"), &n));
	cr_expect_not(number_read(STR("0.123456789012345678"), &n));
}

Test(hpc_number, calculates_exactly)
{
	struct number n;

	cr_expect(number_add(read("0.1"), read("0.2"), &n) && is(n, 3, 10));
	cr_expect(number_sub(read("1"), read("1.5"), &n) && is(n, -1, 2));
	cr_expect(number_mul(read("0.5"), read("4"), &n) && is(n, 2, 1));
	cr_expect(number_div(read("1"), number_int(-3), &n) && is(n, -1, 3));
	cr_expect(number_add(n, n, &n) && is(n, -2, 3));
	cr_expect(number_mod(number_int(-7), number_int(3), &n) && is(n, 2, 1));
	cr_expect(number_mod(number_int(7), number_int(-3), &n) && is(n, -2, 1));
	cr_expect(number_mod(read("5.5"), read("0.5"), &n) && is(n, 0, 1));
}

Test(hpc_number, says_what_does_not_fit)
{
	struct number most = number_int(INT64_MAX), n = number_int(0);
	struct number small = {1, INT64_MAX, {0, 0, 0}}, tiny = {1, INT64_MAX - 1, {0, 0, 0}};

	cr_expect_not(number_add(most, number_int(1), &n));
	cr_expect_not(number_sub(number_int(-INT64_MAX), number_int(1), &n));
	cr_expect_not(number_mul(most, most, &n));
	cr_expect_not(number_add(small, tiny, &n));
	cr_expect(number_mul(most, small, &n) && is(n, 1, 1));
	cr_expect_eq(number_cmp(small, tiny), -1);
	cr_expect_eq(number_cmp(most, number_int(-INT64_MAX)), 1);
	cr_expect_eq(number_cmp(read("0.50"), read("0.5")), 0);
}

Test(hpc_number, rounds)
{
	struct number n;

	cr_expect(is(number_floor(read("2.5")), 2, 1));
	cr_expect(is(number_ceil(read("2.5")), 3, 1));
	cr_expect(number_sub(number_int(0), read("2.5"), &n));
	cr_expect(is(number_floor(n), -3, 1));
	cr_expect(is(number_ceil(n), -2, 1));
	cr_expect(number_round(n, 0, &n) && is(n, -3, 1));
	cr_expect(number_round(read("0.125"), 2, &n) && is(n, 13, 100));
	cr_expect(number_div(number_int(1), number_int(3), &n));
	cr_expect(number_round(n, 3, &n) && is(n, 333, 1000));
}

Test(hpc_number, dimensions_multiply)
{
	struct arena a = {0};
	struct number n;

	cr_expect(number_div(quantity("2", "TiB"), quantity("1", "TiB"), &n));
	cr_expect(number_is_int(n) && n.num == 2);
	cr_expect(number_mul(quantity("98", "USD/h"), quantity("24", "h"), &n));
	cr_expect(str_eq(dimension_words(&a, n.of), STR("money")));
	shows(n, "2352 USD");
	cr_expect(number_mul(quantity("3", "B"), quantity("1", "B"), &n));
	cr_expect(str_eq(dimension_words(&a, n.of), STR("a quantity in B^2")));
	shows(n, "(3 * 1 B * 1 B)");
	n.of = (struct dimension){-1, 0, 2};
	cr_expect(str_eq(dimension_words(&a, n.of), STR("a quantity in USD^2/B")));
	n.of = (struct dimension){INT8_MAX, 0, 0};
	cr_expect_not(number_mul(n, quantity("1", "B"), &n));
	arena_release(&a);
}

Test(hpc_number, shows_what_a_program_writes)
{
	struct number n;

	shows(read("0.25"), "0.25");
	shows(quantity("1200", "GiB"), "1200 GiB");
	shows(quantity("1.2", "TiB"), "1.2 TiB");
	shows(quantity("512", "GiB"), "512 GiB");
	shows(quantity("500", "GB"), "500 GB");
	shows(quantity("600", "s"), "10 min");
	shows(quantity("90", "min"), "90 min");
	shows(quantity("24", "h"), "1 d");
	shows(quantity("250", "MB/s"), "250 MB/s");
	shows(quantity("100", "Gbit/s"), "100 Gbit/s");
	shows(quantity("125", "MB/s/TiB"), "125 MB/s/TiB");
	shows(quantity("0.5", "USD/h"), "0.5 USD/h");
	shows(quantity("0", "GiB"), "0 B");
	cr_expect(number_div(quantity("1", "GiB"), number_int(3), &n));
	shows(n, "(1/3) * 1 GiB");
	cr_expect(number_div(number_int(-1), number_int(3), &n));
	shows(n, "-1/3");
}

Test(hpc_number, knows_units)
{
	size_t n;
	const struct unit *all = unit_all(&n);
	static const char *const pairs[][2] = {
		{"GIB", "GiB"},	       {"minutes", "min"}, {"20m", "min"},   {"500G", "GiB"},
		{"Gi", "GiB"},	       {"days", "d"},	   {"mb/s", "MB/s"}, {"Gbps", "Gbit/s"},
		{"USD/hour", "USD/h"}, {"Gbit/", "Gbit/s"}};

	for (size_t i = 0; i < n; i++)
		cr_expect_eq(unit_named(all[i].word), &all[i]);
	cr_expect_null(unit_named(STR("gib")));
	cr_expect_null(unit_meant(STR("zebra")));
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct unit *meant = unit_meant(str_c(pairs[i][0]));

		cr_assert_not_null(meant, "%s", pairs[i][0]);
		cr_expect(str_eq(meant->word, str_c(pairs[i][1])), "%s", pairs[i][0]);
	}
	cr_expect_eq(unit_stored(STR("MB/s per TiB")), unit_named(STR("MB/s/TiB")));
	cr_expect_eq(unit_stored(STR("minutes")), unit_named(STR("min")));
	cr_expect_null(unit_stored(STR("vCPUs")));
}

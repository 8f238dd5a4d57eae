/* SPDX-License-Identifier: Apache-2.0 */
/* test_str.c - counted strings, and what we know about UTF-8. */
#include "compiler/base/nearest.h"
#include "compiler/base/utf8.h"
#include "front.h"

#include <criterion/criterion.h>

Test(str, equality_and_order)
{
	cr_expect(str_eq(STR(""), (struct str){0}));
	cr_expect(str_eq(STR("ab"), STR("ab")));
	cr_expect_not(str_eq(STR("ab"), STR("abc")));
	cr_expect(str_eq_nocase(STR("SubnetId"), STR("sUBNETiD")));
	cr_expect_not(str_eq_nocase(STR("a["), STR("a{")));
	cr_expect_lt(str_cmp(STR("a"), STR("b")), 0);
	cr_expect_lt(str_cmp(STR("a"), STR("aa")), 0);
	cr_expect_gt(str_cmp(STR("\xff"), STR("a")), 0);
	cr_expect_eq(str_cmp((struct str){0}, STR("")), 0);
	cr_expect(str_starts(STR("subnet-1"), STR("subnet-")));
	cr_expect_not(str_starts(STR("sub"), STR("subnet-")));
	cr_expect(str_ends(STR("a.yaml"), STR(".yaml")));
	cr_expect_not(str_ends(STR("yaml"), STR(".yaml")));
}

Test(str, slices_are_clamped)
{
	assert_text(str_slice(STR("abc"), 1, 2), "b");
	assert_text(str_slice(STR("abc"), 1, 99), "bc");
	assert_text(str_slice(STR("abc"), 9, 99), "");
	assert_text(str_slice(STR("abc"), 2, 1), "");
	assert_text(str_trim(STR(" \t a b\r\n")), "a b");
	assert_text(str_trim(STR(" \n")), "");
}

Test(str, search)
{
	cr_expect_eq(str_find(STR("a:b:c"), ':', 0), 1);
	cr_expect_eq(str_find(STR("a:b:c"), ':', 2), 3);
	cr_expect_eq(str_find(STR("a:b:c"), '=', 0), 5);
	cr_expect_eq(str_find(STR("a"), 'a', 7), 1);
	cr_expect_eq(str_find_str(STR("${${"), STR("${"), 1), 2);
	cr_expect_eq(str_find_str(STR("abc"), STR("cd"), 0), SIZE_MAX);
	cr_expect_eq(str_find_str(STR(""), STR("a"), 0), SIZE_MAX);
}

Test(str, cut_gives_every_field)
{
	struct str rest = STR("a,,b,");

	assert_text(str_cut(&rest, ','), "a");
	assert_text(str_cut(&rest, ','), "");
	assert_text(str_cut(&rest, ','), "b");
	cr_assert_not_null(rest.s);
	assert_text(str_cut(&rest, ','), "");
	cr_expect_null(rest.s);
}

Test(str, hash_is_fnv_1a)
{
	/* Vectors of draft-eastlake-fnv: the hash decides bytes of output, so it may never change. */
	cr_expect_eq(str_hash(STR("")), 0xcbf29ce484222325u);
	cr_expect_eq(str_hash(STR("a")), 0xaf63dc4c8601ec8cu);
	cr_expect_eq(str_hash(STR("foobar")), 0x85944171f73967e8u);
}

Test(str, integers)
{
	static const struct row {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
		{"0", true, 0},
		{"-1", true, -1},
		{"+12", true, 12},
		{"007", true, 7},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"99999999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"1 ", false, 0},
		{"0x1", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t v = 42;

		cr_expect_eq(str_to_int(str_c(rows[i].text), &v), rows[i].ok, "%s", rows[i].text);
		cr_expect_eq(v, rows[i].ok ? rows[i].value : 42, "%s", rows[i].text);
	}
}

Test(utf8, only_well_formed_sequences_decode)
{
	static const struct row {
		struct str text;
		unsigned len;
		uint32_t cp;
	} rows[] = {
		{STR_INIT("a"), 1, 'a'},
		{STR_INIT("\0"), 1, 0},
		{STR_INIT("\xc2\x80"), 2, 0x80},
		{STR_INIT("\xdf\xbf"), 2, 0x7ff},
		{STR_INIT("\xe0\xa0\x80"), 3, 0x800},
		{STR_INIT("\xed\x9f\xbf"), 3, 0xd7ff},
		{STR_INIT("\xee\x80\x80"), 3, 0xe000},
		{STR_INIT("\xf0\x90\x80\x80"), 4, 0x10000},
		{STR_INIT("\xf4\x8f\xbf\xbf"), 4, 0x10ffff},
		{STR_INIT("\x80"), 0, 0},
		{STR_INIT("\xc0\x80"), 0, 0},
		{STR_INIT("\xc1\xbf"), 0, 0},
		{STR_INIT("\xe0\x9f\xbf"), 0, 0},
		{STR_INIT("\xed\xa0\x80"), 0, 0},
		{STR_INIT("\xf0\x8f\xbf\xbf"), 0, 0},
		{STR_INIT("\xf4\x90\x80\x80"), 0, 0},
		{STR_INIT("\xf5\x80\x80\x80"), 0, 0},
		{STR_INIT("\xe2\x82"), 0, 0},
		{STR_INIT("\xe2\x82x"), 0, 0},
		{STR_INIT("\xff"), 0, 0},
		{STR_INIT(""), 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t cp = 0;

		cr_expect_eq(utf8_decode(rows[i].text, 0, &cp), rows[i].len, "row %zu", i);
		cr_expect_eq(cp, rows[i].cp, "row %zu", i);
	}
}

Test(utf8, counts)
{
	cr_expect_eq(utf8_count(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
	cr_expect_eq(utf8_count16(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 5);
	cr_expect_eq(utf8_count(STR("\xff\xfe")), 2);
	cr_expect_eq(utf8_width('a'), 1);
	cr_expect_eq(utf8_width(0x4e2d), 2);
	cr_expect_eq(utf8_width(0x301), 0);
}

Test(nearest, distance_counts_edits)
{
	static const struct row {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"MinCount", "mincount", 0},
		{"MinCount", "MaxCount", 2},
		{"SubnetId", "SubnetIds", 1},
		{"SubnetId", "SubentId", 1},
		{"abcd", "acbd", 1},
		{"ca", "abc", 3}, /* the restricted form edits no part twice */
		{"kitten", "sitting", 3},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str a = str_c(rows[i].a), b = str_c(rows[i].b);

		cr_expect_eq(edit_distance(a, b, 9), rows[i].distance, "%s %s", rows[i].a,
			     rows[i].b);
		cr_expect_eq(edit_distance(b, a, 9), rows[i].distance, "%s %s", rows[i].b,
			     rows[i].a);
	}
}

Test(nearest, distance_stops_at_its_limit)
{
	cr_expect_eq(edit_distance(STR("kitten"), STR("sitting"), 2), 3);
	cr_expect_eq(edit_distance(STR("a"), STR("abcdefgh"), 2), 3);
	cr_expect_eq(
		edit_distance(STR("0123456789012345678901234567890123456789012345678901234567890123"
				  "4"),
			      STR("x"), 99),
		100);
	cr_expect_eq(near_limit(STR("Os")), 1);
	cr_expect_eq(near_limit(STR("SubnetIds")), 3);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_coerce.c - scalars are taken as ParallelCluster takes them. */
#include "compiler/check/coerce.h"
#include "front.h"

#include <criterion/criterion.h>

/* The value of `v: <text>`; end f when done with it. */
static const struct node *value(struct front *f, const char *text)
{
	*f = (struct front){0};
	front_read(f, arena_fmt(&f->a, "v: %s\n", text), NULL);
	return front_at(f, "v");
}

struct int_row {
	const char *text;
	bool ok;
	int64_t value;
};

Test(coerce, whole_numbers)
{
	static const struct int_row rows[] = {
		{"5", true, 5},
		{"+5", true, 5},
		{"0x10", true, 16},
		{"0b11", true, 3},
		{"010", true, 8},
		{"1_000", true, 1000},
		{"1:30", true, 90},
		{"'5'", true, 5},
		{"' 5 '", true, 5},
		{"'+5'", true, 5},
		{"'-5'", true, -5},
		{"'010'", true, 10},
		{"'1_000'", true, 1000},
		{"5.0", true, 5},
		{"5.7", true, 5},
		{"-5.7", true, -5},
		{"08", true, 8}, /* text in YAML 1.1, and then decimal */
		{"99999999999999999999", true, INT64_MAX},
		{"'99999999999999999999'", true, INT64_MAX},
		{"'-99999999999999999999'", true, INT64_MIN},
		{"1.0e+300", true, INT64_MAX},
		{"true", false, 0},
		{"no", false, 0},
		{"'5.0'", false, 0},
		{"'0x10'", false, 0},
		{"1e2", false, 0},
		{"0o10", false, 0},
		{"''", false, 0},
		{"' '", false, 0},
		{"'+'", false, 0},
		{"'_1'", false, 0},
		{"'1_'", false, 0},
		{"'1__0'", false, 0},
		{"five", false, 0},
		{".inf", false, 0},
		{".nan", false, 0},
		{"[5]", false, 0},
		{"{}", false, 0},
		{"", false, 0},
		{"2024-01-01", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f;
		int64_t got = 0;
		bool ok = coerce_int(value(&f, rows[i].text), &got);

		cr_expect_eq(ok, rows[i].ok, "%s", rows[i].text);
		cr_expect_eq(got, rows[i].value, "%s: %lld", rows[i].text, (long long)got);
		front_end(&f);
	}
}

Test(coerce, numbers)
{
	static const struct {
		const char *text;
		bool ok;
		double value;
	} rows[] = {
		{"1", true, 1},	      {"1.5", true, 1.5},      {"'1.5'", true, 1.5},
		{"1e3", true, 1000},  {"'1_0.5'", true, 10.5}, {"'.5'", true, 0.5},
		{"'5.'", true, 5},    {"true", false, 0},      {".inf", false, 0},
		{"'inf'", false, 0},  {"'nan'", false, 0},     {".nan", false, 0},
		{"'0x10'", false, 0}, {"'1e999'", false, 0},   {"'1,5'", false, 0},
		{"'1 2'", false, 0},  {"'e3'", false, 0},      {"''", false, 0},
		{"[1]", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct front f;
		double got = 0;
		bool ok = coerce_number(value(&f, rows[i].text), &got);

		cr_expect_eq(ok, rows[i].ok, "%s", rows[i].text);
		cr_expect(got == rows[i].value, "%s: %g", rows[i].text, got);
		front_end(&f);
	}
}

/* Each list is what is taken for true, for false, and refused. */
Test(coerce, booleans)
{
	static const char *const yes[] = {"true", "yes", "on",	"t",	"T",	 "y",	   "Y",
					  "1",	  "1.0", "'1'", "'On'", "'YES'", "'true'", "ON"};
	static const char *const no[] = {"false", "no",	 "off", "f",	 "F",	 "n",	   "N",
					 "0",	  "0.0", "'0'", "'Off'", "'NO'", "'false'"};
	static const char *const neither[] = {"tRuE", "oN", "'oN'", "2", "'2'",	  "'1.0'", "''",
					      "[]",   "{}", "0.5",  "",	 "maybe", "-1"};
	struct front f;
	bool got;

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		got = false;
		cr_expect(coerce_bool(value(&f, yes[i]), &got) && got, "%s", yes[i]);
		front_end(&f);
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		got = true;
		cr_expect(coerce_bool(value(&f, no[i]), &got) && !got, "%s", no[i]);
		front_end(&f);
	}
	for (size_t i = 0; i < ARRAY_LEN(neither); i++) {
		cr_expect_not(coerce_bool(value(&f, neither[i]), &got), "%s", neither[i]);
		front_end(&f);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock.c - what schedules of EventBridge are, and what they are not. */
#include "compiler/base/bug.h"
#include "compiler/base/clock.h"

#include <criterion/criterion.h>

static enum clock_fault read(const char *text, struct clock *c, struct clock_fault_at *at)
{
	return clock_read(str_c(text), c, at);
}

Test(clock, what_the_scheduler_takes)
{
	static const char *const good[] = {
		"cron(0 22 ? * MON-FRI *)",
		"cron(0/15 * * * ? *)",
		"cron(*/5 8-17 ? * 2-6 *)",
		"cron(0 18 L * ? 2026)",
		"cron(0 18 LW * ? *)",
		"cron(0 18 15W JAN,jul ? *)",
		"cron(0 9 ? * 2#1 *)",
		"cron(0 9 ? * FRIL *)",
		"cron(0 9 ? * 6L *)",
		"cron(0 9 ? * TUE#5 *)",
		"cron(59 23 31 12 ? 2199)",
		"cron(0 22-2 * * ? *)",
		"cron(0  9   ? 1-12/3 L *)",
		"cron(0,30 9 1,15 * ? 2026-2030)",
		"cron(1-10/2 9 1 * ? *)",
		"rate(1 minute)",
		"rate(1 day)",
		"rate(5 minutes)",
		"rate(12 hours)",
		"at(2028-02-29T23:59:59)",
	};
	struct clock_fault_at at;
	struct clock c;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		cr_expect_eq(read(good[i], &c, &at), CLOCK_OK, "%s", good[i]);
}

Test(clock, what_it_does_not_take_and_why)
{
	static const struct {
		const char *text;
		enum clock_fault fault;
		const char *part;
		enum cron_field field;
	} bad[] = {
		{"0 22 * * *", CLOCK_NO_FORM, "0 22 * * *", 0},
		{"cron(0 22 ? * MON", CLOCK_NOT_CLOSED, "cron(0 22 ? * MON", 0},
		{"cron(", CLOCK_NOT_CLOSED, "cron(", 0},
		{"cron()", CLOCK_COUNT, "", 0},
		{"cron(0 22 * * 1-5)", CLOCK_COUNT, "0 22 * * 1-5", 0},
		{"cron(0 24 ? * MON-FRI *)", CLOCK_RANGE, "24", CRON_HOUR},
		{"cron(60 2 ? * MON *)", CLOCK_RANGE, "60", CRON_MINUTE},
		{"cron(0 2 32 * ? *)", CLOCK_RANGE, "32", CRON_DAY},
		{"cron(0 2 0 * ? *)", CLOCK_RANGE, "0", CRON_DAY},
		{"cron(0 2 ? 13 MON *)", CLOCK_RANGE, "13", CRON_MONTH},
		{"cron(0 2 ? * 0-4 *)", CLOCK_RANGE, "0", CRON_WEEKDAY},
		{"cron(0 2 ? * 8#1 *)", CLOCK_RANGE, "8", CRON_WEEKDAY},
		{"cron(0 2 ? * 2#6 *)", CLOCK_SIGN, "2#6", CRON_WEEKDAY},
		{"cron(0 2 ? * MON 1969)", CLOCK_RANGE, "1969", CRON_YEAR},
		{"cron(0 2 ? * MON 2030-2026)", CLOCK_RANGE, "2030-2026", CRON_YEAR},
		{"cron(0 L ? * MON *)", CLOCK_SIGN, "L", CRON_HOUR},
		{"cron(? 2 ? * MON *)", CLOCK_SIGN, "?", CRON_MINUTE},
		{"cron(0 2 ? * MONDAY *)", CLOCK_SIGN, "MONDAY", CRON_WEEKDAY},
		{"cron(0 2 ? * MON,,FRI *)", CLOCK_SIGN, "", CRON_WEEKDAY},
		{"cron(0 2 ? * 3W *)", CLOCK_SIGN, "3W", CRON_WEEKDAY},
		{"cron(0/0 2 ? * MON *)", CLOCK_STEP, "0/0", CRON_MINUTE},
		{"cron(0/ 2 ? * MON *)", CLOCK_STEP, "0/", CRON_MINUTE},
		{"cron(0 99999999999 ? * MON *)", CLOCK_SIGN, "99999999999", CRON_HOUR},
		{"cron(0 2 * * * *)", CLOCK_TWO_DAYS, "*", CRON_WEEKDAY},
		{"cron(0 2 1 * MON *)", CLOCK_TWO_DAYS, "MON", CRON_WEEKDAY},
		{"cron(0 2 ? * ? *)", CLOCK_NO_DAY, "?", CRON_WEEKDAY},
		{"rate(0 minutes)", CLOCK_RATE_ZERO, "0 minutes", 0},
		{"rate(1 minutes)", CLOCK_RATE_UNIT, "1 minutes", 0},
		{"rate(5 minute)", CLOCK_RATE_UNIT, "5 minute", 0},
		{"rate(5 weeks)", CLOCK_NO_RATE, "5 weeks", 0},
		{"rate(5minutes)", CLOCK_NO_RATE, "5minutes", 0},
		{"rate()", CLOCK_NO_RATE, "", 0},
		{"rate(5 minutes or so)", CLOCK_NO_RATE, "5 minutes or so", 0},
		{"at(2026-12-01)", CLOCK_NO_DATE, "2026-12-01", 0},
		{"at(2026-12-01T10:00:00Z)", CLOCK_NO_DATE, "2026-12-01T10:00:00Z", 0},
		{"at(2026-02-29T10:00:00)", CLOCK_DATE_RANGE, "2026-02-29T10:00:00", 0},
		{"at(2026-13-01T10:00:00)", CLOCK_DATE_RANGE, "2026-13-01T10:00:00", 0},
		{"at(2026-12-01T24:00:00)", CLOCK_DATE_RANGE, "2026-12-01T24:00:00", 0},
	};
	struct clock_fault_at at;
	struct clock c;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_expect_eq(read(bad[i].text, &c, &at), bad[i].fault, "%s", bad[i].text);
		cr_expect(str_eq(at.part, str_c(bad[i].part)), "%s: %.*s", bad[i].text,
			  STR_A(at.part));
		cr_expect_eq(at.field, bad[i].field, "%s", bad[i].text);
	}
}

Test(clock, hours_that_want_a_zone)
{
	static const struct {
		const char *text;
		bool hours;
	} rows[] = {
		{"cron(0 22 ? * MON-FRI *)", true},
		{"cron(0 * * * ? *)", false},
		{"cron(0/10 */1 * * ? *)", false},
		{"cron(0 */2 * * ? *)", true},
		{"rate(1 day)", false},
		{"at(2028-02-29T23:59:59)", true},
	};
	struct clock_fault_at at;
	struct clock c;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_assert_eq(read(rows[i].text, &c, &at), CLOCK_OK);
		cr_expect_eq(clock_has_hours(&c), rows[i].hours, "%s", rows[i].text);
	}
}

Test(clock, two_that_meet)
{
	static const struct {
		const char *a, *b;
		bool meet;
	} rows[] = {
		{"cron(0 22 ? * MON-FRI *)", "cron(0 22 ? * FRI *)", true},
		{"cron(0 22 ? * MON-FRI *)", "cron(0 22 ? * SAT,SUN *)", false},
		{"cron(0 22 ? * FRI-MON *)", "cron(0 22 ? * SUN *)", true},
		{"cron(0 22 ? * MON *)", "cron(0 8 ? * MON *)", false},
		{"cron(0 22 ? * MON *)", "cron(30 22 ? * MON *)", false},
		{"cron(0 22 ? * MON *)", "cron(0/30 * * * ? *)", true},
		{"cron(0 22 1 * ? *)", "cron(0 22 ? * MON *)", false},
		{"cron(0 22 L * ? *)", "cron(0 22 31 * ? *)", false},
		{"cron(0 22 1 1 ? 2027)", "cron(0 22 1 1 ? 2028)", false},
		{"rate(1 day)", "rate(1 day)", false},
	};
	struct clock_fault_at at;
	struct clock a, b;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_assert_eq(read(rows[i].a, &a, &at), CLOCK_OK);
		cr_assert_eq(read(rows[i].b, &b, &at), CLOCK_OK);
		cr_expect_eq(clock_meets(&a, &b), rows[i].meet, "%s %s", rows[i].a, rows[i].b);
		cr_expect_eq(clock_meets(&b, &a), rows[i].meet, "%s %s", rows[i].b, rows[i].a);
	}
}

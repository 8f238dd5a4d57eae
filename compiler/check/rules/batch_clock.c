/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_clock.c - rules about when schedules of a batch file run.
 *
 * Source: EventBridge Scheduler user guide, Schedule types.
 */
#include "compiler/base/clock.h"
#include "compiler/check/rules/rule.h"

#define FIVE_FIELDS                                                              \
	"write MINUTES HOURS DAY MONTH WEEKDAY YEAR; every weekday at 22:00 is " \
	"`cron(0 22 ? * MON-FRI *)`"

/* A part of the expression as a place; the whole of it where it is written in another way, as with escapes. */
static struct span part_of(const struct schedule *m, struct str part)
{
	struct span at = m->at.schedule_expression.value;
	struct str text = m->schedule_expression;
	size_t from;

	if (part.s < text.s || part.s > text.s + text.n || at.hi - at.lo != text.n)
		return at;
	from = (size_t)(part.s - text.s);
	at.hi = at.lo + (uint32_t)(from + part.n);
	at.lo += (uint32_t)from;
	return at;
}

/* ---- its form ---- */

static void no_form(const struct rules *r, const struct schedule *m, const char *why,
		    const char *help)
{
	diag_help(r->ds,
		  diag_schedule_form(r->ds, m->at.schedule_expression.value, m->schedule_expression,
				     why),
		  "%s", help);
}

static void no_count(const struct rules *r, const struct schedule *m, unsigned n)
{
	no_form(r, m, arena_fmt(r->a, "cron has six fields, not %u", n).s, FIVE_FIELDS);
}

static void no_value(const struct rules *r, const struct schedule *m,
		     const struct clock_fault_at *at, bool range)
{
	struct diag *d =
		diag_cron_value(r->ds, part_of(m, at->part), at->part, cron_field_name(at->field));

	diag_help(r->ds, d, "%s: %s", cron_field_name(at->field), cron_field_values(at->field));
	if (range && at->field == CRON_WEEKDAY)
		diag_note(r->ds, d, "1 is Sunday, 7 is Saturday");
	if (!range && (at->field == CRON_MINUTE || at->field == CRON_HOUR))
		diag_note(r->ds, d, "`?`, `L`, `W` and `#` are for days alone");
}

/* Monday to Friday as names, where who counts from Monday wrote them as numbers; else the words of the field. */
static struct str weekdays_meant(const struct clock *c)
{
	struct str days = c->text[CRON_WEEKDAY];

	if (str_eq(days, STR("1-5")) || str_eq(days, STR("1,2,3,4,5")))
		return STR("MON-FRI");
	return str_eq(days, STR("6,7")) || str_eq(days, STR("6-7")) ? STR("SUN,SAT") : days;
}

static void no_days(const struct rules *r, const struct schedule *m, const struct clock *c,
		    bool both)
{
	struct diag *d = diag_cron_days(r->ds, m->at.schedule_expression.value,
					both ? "neither day of month nor day of week is `?`"
					     : "day of month and day of week are both `?`");
	bool weekdays = both && !str_eq(c->text[CRON_WEEKDAY], STR("*"));
	struct str day = weekdays ? STR("?") : both ? c->text[CRON_DAY] : STR("*");
	struct str weekday = weekdays ? weekdays_meant(c) : STR("?");

	diag_help(r->ds, d,
		  "one of the two says the days, the other is `?`: `cron(" STR_F " " STR_F " " STR_F
		  " " STR_F " " STR_F " " STR_F ")`",
		  STR_A(c->text[CRON_MINUTE]), STR_A(c->text[CRON_HOUR]), STR_A(day),
		  STR_A(c->text[CRON_MONTH]), STR_A(weekday), STR_A(c->text[CRON_YEAR]));
}

static void no_rate(const struct rules *r, const struct schedule *m, const char *why)
{
	struct diag *d =
		diag_rate_unit(r->ds, m->at.schedule_expression.value, m->schedule_expression, why);

	diag_help(r->ds, d, "`rate(1 hour)`, `rate(5 minutes)`, `rate(7 days)`");
}

static void tell(const struct rules *r, const struct schedule *m, enum clock_fault what,
		 const struct clock *c, const struct clock_fault_at *at)
{
	switch (what) {
	case CLOCK_OK:
		break;
	case CLOCK_NO_FORM:
		no_form(r, m, "it begins neither with cron( nor rate( nor at(",
			"write `cron(0 22 ? * MON-FRI *)`, `rate(1 hour)` or "
			"`at(2030-01-31T22:00:00)`");
		break;
	case CLOCK_NOT_CLOSED:
		no_form(r, m, "it does not end with )",
			"put it in quotes where it stands within braces or brackets: a comma ends "
			"a text there");
		break;
	case CLOCK_COUNT:
		no_count(r, m, at->count);
		break;
	case CLOCK_SIGN:
	case CLOCK_STEP:
		no_value(r, m, at, false);
		break;
	case CLOCK_RANGE:
		no_value(r, m, at, true);
		break;
	case CLOCK_TWO_DAYS:
		no_days(r, m, c, true);
		break;
	case CLOCK_NO_DAY:
		no_days(r, m, c, false);
		break;
	case CLOCK_NO_RATE:
		no_rate(r, m, "it wants a number and minutes, hours or days");
		break;
	case CLOCK_RATE_ZERO:
		no_rate(r, m, "the number is at least 1");
		break;
	case CLOCK_RATE_UNIT:
		no_rate(r, m,
			"it is minute, hour or day for 1, and minutes, hours or days for more");
		break;
	case CLOCK_NO_DATE:
		no_form(r, m, "at wants a date and a time of day",
			"write `at(2030-01-31T22:00:00)`; ScheduleExpressionTimezone says the "
			"zone");
		break;
	case CLOCK_DATE_RANGE:
		no_form(r, m, "there is no such day or time of day",
			"write `at(2030-01-31T22:00:00)`");
		break;
	}
}

void rule_schedules_formed(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];
		struct clock_fault_at at;
		struct clock c;

		if (WRITTEN(m, schedule_expression))
			tell(r, m, clock_read(m->schedule_expression, &c, &at), &c, &at);
	}
}

/* ---- weekdays by number ---- */

/* Monday to Friday, or Saturday and Sunday, as who counts from Monday writes them. */
static bool counts_from_monday(const struct clock *c)
{
	enum { SUN_TO_THU = 0x1f, FRI_SAT = 0x60 };
	uint64_t days = c->values[CRON_WEEKDAY].bits[0];

	return c->by_number && !c->is_special && (days == SUN_TO_THU || days == FRI_SAT);
}

void rule_weekdays_meant(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];
		struct clock_fault_at at;
		struct clock c;
		struct str days;
		bool ends;
		struct diag *d;

		if (!WRITTEN(m, schedule_expression) ||
		    clock_read(m->schedule_expression, &c, &at) != CLOCK_OK ||
		    c.kind != CLOCK_CRON || !counts_from_monday(&c))
			continue;
		days = c.text[CRON_WEEKDAY];
		ends = c.values[CRON_WEEKDAY].bits[0] != 0x1f;
		d = diag_cron_weekdays(r->ds, part_of(m, days), days,
				       ends ? "Friday and Saturday" : "Sunday to Thursday");
		diag_note(r->ds, d, "1 is Sunday, 7 is Saturday");
		diag_help(r->ds, d, "names leave no doubt: `%s`; those days are `%s`",
			  ends ? "SUN,SAT" : "MON-FRI", ends ? "FRI,SAT" : "SUN-THU");
	}
}

/* ---- time zones ---- */

static void zone_known(const struct rules *r, const struct schedule *m)
{
	enum { MOST = 3 };
	struct str name = m->schedule_expression_timezone, near[MOST];
	struct diag *d;
	unsigned n;

	if (facts_time_zone(r->facts, name))
		return;
	d = diag_unknown_time_zone(r->ds, m->at.schedule_expression_timezone.value, name);
	n = facts_time_zone_near(r->facts, name, near, MOST);
	if (n > 0)
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
	else
		diag_help(r->ds, d,
			  "names are those of the time zone database, as `Asia/Tokyo`, "
			  "`America/New_York`, `UTC`");
	if (n == 1)
		diag_fix(r->ds, d, m->at.schedule_expression_timezone.value, near[0], false);
}

static void zone_said(const struct rules *r, const struct schedule *m)
{
	struct clock_fault_at at;
	struct clock c;
	struct diag *d;

	if (m->at.schedule_expression_timezone.state != FIELD_ABSENT ||
	    !WRITTEN(m, schedule_expression) ||
	    clock_read(m->schedule_expression, &c, &at) != CLOCK_OK || !clock_has_hours(&c))
		return;
	d = diag_schedule_zone(r->ds, m->at.schedule_expression.value);
	diag_note(r->ds, d, "22:00 UTC is 07:00 in Tokyo");
	diag_help(r->ds, d,
		  "add `ScheduleExpressionTimezone: Asia/Tokyo`, with your zone; `UTC` if that is "
		  "meant");
}

void rule_schedule_zones(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];

		if (WRITTEN(m, schedule_expression_timezone))
			zone_known(r, m);
		zone_said(r, m);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - when a schedule of EventBridge runs: cron(…) with six fields, rate(…) and at(…).
 *
 * Source: EventBridge Scheduler user guide, Schedule types; the fields as EventBridge user guide, Cron expressions.
 */
#ifndef HPCC_CLOCK_H
#define HPCC_CLOCK_H

#include "compiler/base/str.h"

enum clock_kind { CLOCK_CRON, CLOCK_RATE, CLOCK_AT };

enum cron_field {
	CRON_MINUTE,
	CRON_HOUR,
	CRON_DAY,
	CRON_MONTH,
	CRON_WEEKDAY,
	CRON_YEAR,
	CRON_FIELDS
};

enum { CRON_FIRST_YEAR = 1970, CRON_LAST_YEAR = 2199 };

/* The values of a field, a bit each: counted from 0, years from CRON_FIRST_YEAR. */
struct cron_values {
	uint64_t bits[4];
};

struct clock {
	enum clock_kind kind;
	/* CLOCK_CRON */
	struct cron_values values[CRON_FIELDS];
	struct str text[CRON_FIELDS];
	bool is_open[CRON_FIELDS]; /* `?` */
	bool is_special;	   /* days by L, W or #, which `values` does not tell */
	bool by_number;		   /* weekdays are numbers, of which 1 is Sunday */
};

enum clock_fault {
	CLOCK_OK,
	CLOCK_NO_FORM,	  /* neither cron(…) nor rate(…) nor at(…) */
	CLOCK_NOT_CLOSED, /* no `)` at the end */
	CLOCK_COUNT,	  /* not six fields */
	CLOCK_SIGN,	  /* a sign or a word that the field does not take */
	CLOCK_RANGE,	  /* a value out of range */
	CLOCK_STEP,	  /* a step of 0, or none */
	CLOCK_TWO_DAYS,	  /* neither day of month nor day of week is `?` */
	CLOCK_NO_DAY,	  /* both are */
	CLOCK_NO_RATE,	  /* not a number and a unit */
	CLOCK_RATE_ZERO,
	CLOCK_RATE_UNIT,  /* minute for 1, minutes for more */
	CLOCK_NO_DATE,	  /* at() without YYYY-MM-DDTHH:MM:SS */
	CLOCK_DATE_RANGE, /* at() with a day or an hour that there is not */
};

/* What was wrong: the part of the text; of which field; how many fields there were. */
struct clock_fault_at {
	struct str part;
	enum cron_field field;
	unsigned count;
};

/* Reads a schedule. `at` tells more where it is not CLOCK_OK. Texts are parts of `text`. */
enum clock_fault clock_read(struct str text, struct clock *ret, struct clock_fault_at *at);

/* "minutes", "hours" … Static. */
const char *cron_field_name(enum cron_field f);
/* "0-59", "1-12 or JAN-DEC" … Static. */
const char *cron_field_values(enum cron_field f);
/* Does it run in some hours of a day alone, so that the time zone matters? Also at(…). */
bool clock_has_hours(const struct clock *c);
/* Do two run at the same time, for certain and again and again, when both are of one time zone? */
bool clock_meets(const struct clock *a, const struct clock *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - when a schedule of EventBridge runs. */
#include "compiler/base/clock.h"

#include "compiler/base/arena.h"

#include <string.h>

/* ---- fields ---- */

static const struct field {
	const char *name, *values;
	uint16_t low, high;
	const char *signs; /* beside digits, commas, dashes and names */
	const char *names; /* of the values from `low` on, three letters each, or NULL */
} fields[CRON_FIELDS] = {
	[CRON_MINUTE] = {"minutes", "0-59", 0, 59, "*/", NULL},
	[CRON_HOUR] = {"hours", "0-23", 0, 23, "*/", NULL},
	[CRON_DAY] = {"day of month", "1-31", 1, 31, "*/?LW", NULL},
	[CRON_MONTH] = {"month", "1-12 or JAN-DEC", 1, 12, "*/",
			"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
	[CRON_WEEKDAY] = {"day of week", "1-7 or SUN-SAT", 1, 7, "*/?L#", "SUNMONTUEWEDTHUFRISAT"},
	[CRON_YEAR] = {"year", "1970-2199", CRON_FIRST_YEAR, CRON_LAST_YEAR, "*/", NULL},
};

const char *cron_field_name(enum cron_field f)
{
	return fields[f].name;
}

const char *cron_field_values(enum cron_field f)
{
	return fields[f].values;
}

/* ---- numbers ---- */

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* All of s as a number up to 99999; false when it is none. */
static bool number(struct str s, unsigned *ret)
{
	*ret = 0;
	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.s[i]))
			return false;
		*ret = *ret * 10 + (unsigned)(s.s[i] - '0');
	}
	return true;
}

/* The value that a name of the field stands for. */
static bool named(const struct field *f, struct str s, unsigned *ret)
{
	if (f->names == NULL || s.n != 3)
		return false;
	for (size_t i = 0; f->names[i] != '\0'; i += 3) {
		size_t k = 0;

		while (k < 3 && f->names[i + k] == upper(s.s[k]))
			k++;
		if (k == 3) {
			*ret = f->low + (unsigned)(i / 3);
			return true;
		}
	}
	return false;
}

/* ---- one field ---- */

/* A field under way. */
struct reader {
	const struct field *f;
	enum cron_field field;
	struct clock *c;
	struct clock_fault_at *at;
};

static enum clock_fault fault(struct reader *r, enum clock_fault what, struct str part)
{
	*r->at = (struct clock_fault_at){.part = part, .field = r->field};
	return what;
}

static bool takes(const struct reader *r, char sign)
{
	return strchr(r->f->signs, sign) != NULL;
}

static enum clock_fault value(struct reader *r, struct str s, unsigned *ret)
{
	if (named(r->f, s, ret))
		return CLOCK_OK;
	if (!number(s, ret))
		return fault(r, CLOCK_SIGN, s);
	if (r->field == CRON_WEEKDAY)
		r->c->by_number = true;
	if (*ret < r->f->low || *ret > r->f->high)
		return fault(r, CLOCK_RANGE, s);
	return CLOCK_OK;
}

static void set(struct reader *r, unsigned v)
{
	unsigned bit = v - r->f->low;

	r->c->values[r->field].bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* Every `step`-th from low on; a range may go over the end: 22-2. */
static void set_range(struct reader *r, unsigned low, unsigned high, unsigned step)
{
	unsigned n = r->f->high - r->f->low + 1u;
	unsigned span = high >= low ? high - low : high + n - low;

	for (unsigned i = 0; i <= span; i += step)
		set(r, r->f->low + (low - r->f->low + i) % n);
}

/* Days that are counted from the end of the month or by weeks: "L", "LW", "15W", "6L", "FRIL", "2#1". */
static enum clock_fault special(struct reader *r, struct str item)
{
	char last = upper(item.s[item.n - 1]);
	struct str head = str_slice(item, 0, item.n - 1);
	size_t hash = str_find(item, '#', 0);
	unsigned v;

	r->c->is_special = true;
	if (hash < item.n) {
		struct str week = str_slice(item, hash + 1, item.n);

		if (!number(week, &v) || v < 1 || v > 5)
			return fault(r, CLOCK_SIGN, item);
		return value(r, str_slice(item, 0, hash), &v);
	}
	if (last == 'W' && head.n == 1 && upper(head.s[0]) == 'L')
		return CLOCK_OK;
	if (last == 'L' && head.n == 0)
		return CLOCK_OK;
	if ((last == 'L') == (r->field == CRON_WEEKDAY) && head.n > 0)
		return value(r, head, &v);
	return fault(r, CLOCK_SIGN, item);
}

static bool is_special(const struct reader *r, struct str item)
{
	unsigned v;
	char last = upper(item.s[item.n - 1]);

	if (named(r->f, item, &v))
		return false;
	return (last == 'L' && takes(r, 'L')) || (last == 'W' && takes(r, 'W')) ||
	       (takes(r, '#') && str_find(item, '#', 0) < item.n);
}

/* "5", "MON-FRI", "*", and behind it perhaps "/2". */
static enum clock_fault item(struct reader *r, struct str text)
{
	size_t slash = str_find(text, '/', 0), dash;
	struct str head = str_slice(text, 0, slash < text.n ? slash : text.n);
	unsigned low = r->f->low, high = r->f->high, step = 1;
	enum clock_fault what;

	if (text.n == 0)
		return fault(r, CLOCK_SIGN, text);
	if (is_special(r, text))
		return special(r, text);
	if (slash < text.n && (!number(str_slice(text, slash + 1, text.n), &step) || step == 0))
		return fault(r, CLOCK_STEP, text);
	dash = str_find(head, '-', 0);
	if (head.n == 1 && head.s[0] == '*') {
		set_range(r, low, high, step);
		return CLOCK_OK;
	}
	what = value(r, str_slice(head, 0, dash < head.n ? dash : head.n), &low);
	if (what != CLOCK_OK)
		return what;
	if (dash < head.n)
		what = value(r, str_slice(head, dash + 1, head.n), &high);
	else if (slash >= text.n)
		high = low;
	if (what == CLOCK_OK && r->field == CRON_YEAR && high < low)
		return fault(r, CLOCK_RANGE, head);
	if (what == CLOCK_OK)
		set_range(r, low, high, step);
	return what;
}

static enum clock_fault field(struct reader *r, struct str text)
{
	enum clock_fault what = CLOCK_OK;
	struct str rest = text;

	r->c->text[r->field] = text;
	if (text.n == 1 && text.s[0] == '?' && takes(r, '?')) {
		r->c->is_open[r->field] = true;
		return CLOCK_OK;
	}
	while (rest.s != NULL && what == CLOCK_OK)
		what = item(r, str_cut(&rest, ','));
	return what;
}

/* ---- cron ---- */

/* The next word, without the blanks before it; empty at the end. */
static struct str word(struct str *rest)
{
	size_t from = 0, to;

	while (from < rest->n && rest->s[from] == ' ')
		from++;
	to = from;
	while (to < rest->n && rest->s[to] != ' ')
		to++;
	{
		struct str ret = str_slice(*rest, from, to);

		*rest = str_slice(*rest, to, rest->n);
		return ret;
	}
}

static unsigned words(struct str text)
{
	unsigned n = 0;

	while (word(&text).n > 0)
		n++;
	return n;
}

static enum clock_fault cron(struct str text, struct clock *c, struct clock_fault_at *at)
{
	struct str rest = text;
	enum clock_fault what = CLOCK_OK;

	c->kind = CLOCK_CRON;
	if (words(text) != CRON_FIELDS) {
		*at = (struct clock_fault_at){.part = text, .count = words(text)};
		return CLOCK_COUNT;
	}
	for (int i = 0; i < CRON_FIELDS && what == CLOCK_OK; i++) {
		struct reader r = {&fields[i], (enum cron_field)i, c, at};

		what = field(&r, word(&rest));
	}
	if (what != CLOCK_OK || c->is_open[CRON_DAY] != c->is_open[CRON_WEEKDAY])
		return what;
	*at = (struct clock_fault_at){.part = c->text[CRON_WEEKDAY], .field = CRON_WEEKDAY};
	return c->is_open[CRON_DAY] ? CLOCK_NO_DAY : CLOCK_TWO_DAYS;
}

/* ---- rate ---- */

static enum clock_fault rate(struct str text, struct clock *c, struct clock_fault_at *at)
{
	static const char *const units[] = {"minute", "hour", "day"};
	struct str rest = text, count = word(&rest), unit = word(&rest);
	bool zero = count.n > 0, plural;

	c->kind = CLOCK_RATE;
	*at = (struct clock_fault_at){.part = text};
	for (size_t i = 0; i < count.n; i++) {
		if (!is_digit(count.s[i]))
			return CLOCK_NO_RATE;
		zero = zero && count.s[i] == '0';
	}
	if (count.n == 0 || word(&rest).n > 0)
		return CLOCK_NO_RATE;
	if (zero)
		return CLOCK_RATE_ZERO;
	plural = unit.n > 0 && unit.s[unit.n - 1] == 's';
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq(str_slice(unit, 0, unit.n - plural), str_c(units[i])))
			return plural == (count.n > 1 || count.s[0] != '1') ? CLOCK_OK
									    : CLOCK_RATE_UNIT;
	return CLOCK_NO_RATE;
}

/* ---- at ---- */

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_date(const unsigned v[6])
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (v[1] < 1 || v[1] > 12 || v[3] > 23 || v[4] > 59 || v[5] > 59)
		return false;
	return v[2] >= 1 && v[2] <= days[v[1] - 1] + (unsigned)(v[1] == 2 && is_leap(v[0]));
}

static enum clock_fault date(struct str text, struct clock *c, struct clock_fault_at *at)
{
	static const char form[] = "0000-00-00T00:00:00";
	unsigned v[6] = {0};
	size_t k = 0;

	c->kind = CLOCK_AT;
	*at = (struct clock_fault_at){.part = text};
	if (text.n != sizeof(form) - 1)
		return CLOCK_NO_DATE;
	for (size_t i = 0; i < text.n; i++) {
		if (form[i] != '0' && text.s[i] != form[i])
			return CLOCK_NO_DATE;
		if (form[i] != '0') {
			k++;
			continue;
		}
		if (!is_digit(text.s[i]))
			return CLOCK_NO_DATE;
		v[k] = v[k] * 10 + (unsigned)(text.s[i] - '0');
	}
	return is_date(v) ? CLOCK_OK : CLOCK_DATE_RANGE;
}

/* ---- all of them ---- */

enum clock_fault clock_read(struct str text, struct clock *ret, struct clock_fault_at *at)
{
	static const struct {
		struct str head;
		enum clock_fault (*read)(struct str text, struct clock *c,
					 struct clock_fault_at *at);
	} forms[] = {
		{STR_INIT("cron("), cron},
		{STR_INIT("rate("), rate},
		{STR_INIT("at("), date},
	};

	*ret = (struct clock){0};
	*at = (struct clock_fault_at){.part = text};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (!str_starts(text, forms[i].head))
			continue;
		if (text.s[text.n - 1] != ')')
			return CLOCK_NOT_CLOSED;
		return forms[i].read(str_slice(text, forms[i].head.n, text.n - 1), ret, at);
	}
	return CLOCK_NO_FORM;
}

/* ---- what follows ---- */

bool clock_has_hours(const struct clock *c)
{
	if (c->kind != CLOCK_CRON)
		return c->kind == CLOCK_AT;
	return c->values[CRON_HOUR].bits[0] != (((uint64_t)1 << 24) - 1);
}

static bool share(const struct clock *a, const struct clock *b, enum cron_field f)
{
	for (size_t i = 0; i < ARRAY_LEN(a->values[f].bits); i++)
		if ((a->values[f].bits[i] & b->values[f].bits[i]) != 0)
			return true;
	return false;
}

/* Every day, said by either field. */
static bool is_daily(const struct clock *c)
{
	enum cron_field f = c->is_open[CRON_DAY] ? CRON_WEEKDAY : CRON_DAY;
	uint64_t all = f == CRON_DAY ? 0x7fffffff : 0x7f;

	return c->values[f].bits[0] == all;
}

bool clock_meets(const struct clock *a, const struct clock *b)
{
	if (a->kind != CLOCK_CRON || b->kind != CLOCK_CRON || a->is_special || b->is_special)
		return false;
	if (!share(a, b, CRON_MINUTE) || !share(a, b, CRON_HOUR) || !share(a, b, CRON_MONTH) ||
	    !share(a, b, CRON_YEAR))
		return false;
	if (is_daily(a) || is_daily(b))
		return true;
	return a->is_open[CRON_DAY] == b->is_open[CRON_DAY] &&
	       share(a, b, a->is_open[CRON_DAY] ? CRON_WEEKDAY : CRON_DAY);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c - what type a scalar has: exact matchers for the forms of YAML 1.1. */
#include "compiler/tree/scalar.h"

#include "compiler/base/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A place in a scalar; the take_ functions move it over what they match. */
struct cursor {
	struct str s;
	size_t i;
};

static char peek(const struct cursor *c)
{
	return c->i < c->s.n ? c->s.s[c->i] : '\0';
}

static bool at_end(const struct cursor *c)
{
	return c->i == c->s.n;
}

/* Moves over one character of `set`, if the next one is of it. */
static bool take(struct cursor *c, const char *set)
{
	char next = peek(c);

	if (next == '\0' || strchr(set, next) == NULL)
		return false;
	c->i++;
	return true;
}

/* Moves over characters of `set`, at most `max` of them; tells how many. */
static size_t take_run(struct cursor *c, const char *set, size_t max)
{
	size_t n = 0;

	while (n < max && take(c, set))
		n++;
	return n;
}

#define DIGITS "0123456789"
#define UNLIMITED SIZE_MAX

/* (:[0-5]?[0-9])+ */
static bool take_sexagesimal(struct cursor *c)
{
	size_t parts = 0;

	while (take(c, ":")) {
		size_t start = c->i, n = take_run(c, DIGITS, 2);

		if (n == 0 || (n == 2 && c->s.s[start] > '5'))
			return false;
		parts++;
	}
	return parts > 0;
}

/* ([eE][-+][0-9]+)? to the end */
static bool ends_in_exponent(struct cursor *c)
{
	if (take(c, "eE"))
		return take(c, "-+") && take_run(c, DIGITS, UNLIMITED) > 0 && at_end(c);
	return at_end(c);
}

static bool resolve_word(struct node *scalar)
{
	static const char *const yes[] = {"yes",  "Yes", "YES", "true", "True",
					  "TRUE", "on",	 "On",	"ON"};
	static const char *const no[] = {"no",	  "No",	 "NO",	"false", "False",
					 "FALSE", "off", "Off", "OFF"};
	static const char *const null[] = {"", "~", "null", "Null", "NULL"};

	if (scalar->text.n > 5)
		return false;
	if (AMONG(scalar->text, null)) {
		scalar->kind = NODE_NULL;
		return true;
	}
	if (!AMONG(scalar->text, yes) && !AMONG(scalar->text, no))
		return false;
	scalar->kind = NODE_BOOL;
	scalar->boolean = AMONG(scalar->text, yes);
	return true;
}

/* Integers: digits of one base, perhaps in groups of base 60. */
struct integer {
	uint64_t value;
	bool overflow;
};

static void shift_in(struct integer *v, unsigned base, unsigned digit)
{
	if (v->value > (UINT64_MAX - digit) / base)
		v->overflow = true;
	else
		v->value = v->value * base + digit;
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a') + 10;
}

/* The value of digits of `base`, where `_` is dropped; false when there is no digit at all. */
static bool read_digits(struct str digits, unsigned base, struct integer *ret)
{
	size_t n = 0;

	*ret = (struct integer){0};
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.s[i] == '_')
			continue;
		shift_in(ret, base, digit_value(digits.s[i]));
		n++;
	}
	return n > 0;
}

/* 1:30 and 1:00:00; each part but the first is 0 to 59. */
static void read_sexagesimal(struct str text, struct integer *ret)
{
	struct integer part;

	read_digits(str_cut(&text, ':'), 10, ret);
	while (text.s != NULL) {
		read_digits(str_cut(&text, ':'), 10, &part);
		shift_in(ret, 60, (unsigned)part.value);
	}
}

static void set_integer(struct node *scalar, struct integer v, bool negative)
{
	uint64_t max = (uint64_t)INT64_MAX + (negative ? 1 : 0);

	scalar->kind = NODE_INT;
	scalar->big = v.overflow || v.value > max;
	if (scalar->big)
		v.value = max;
	scalar->integer = negative ? (int64_t)(0 - v.value) : (int64_t)v.value;
}

/* 0b[01_]+, 0x[0-9a-fA-F_]+, 0[0-7_]* ; `c` is at the zero */
static bool read_prefixed(struct cursor *c, struct integer *ret)
{
	static const struct form {
		const char *prefix, *digits;
		unsigned base;
	} forms[] = {
		{"b", "01_", 2},
		{"x", "0123456789abcdefABCDEF_", 16},
		{"", "01234567_", 8},
	};

	c->i++;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct form *f = &forms[i];
		size_t start = c->i - 1;

		if (f->base != 8) {
			if (!take(c, f->prefix))
				continue;
			start = c->i;
		}
		take_run(c, f->digits, UNLIMITED);
		return at_end(c) && read_digits(str_slice(c->s, start, c->i), f->base, ret);
	}
	return false;
}

static bool resolve_int(struct node *scalar)
{
	struct cursor c = {scalar->text, 0};
	struct integer v;
	size_t start;
	bool negative = peek(&c) == '-';

	take(&c, "-+");
	start = c.i;
	if (peek(&c) == '0') {
		if (!read_prefixed(&c, &v))
			return false;
	} else {
		if (!take(&c, "123456789"))
			return false;
		take_run(&c, DIGITS "_", UNLIMITED);
		if (!at_end(&c) && (!take_sexagesimal(&c) || !at_end(&c)))
			return false;
		read_sexagesimal(str_slice(c.s, start, c.i), &v);
	}
	set_integer(scalar, v, negative);
	return true;
}

/* .inf with a sign, .nan without */
static bool resolve_special(struct node *scalar)
{
	static const char *const inf[] = {".inf", ".Inf", ".INF"};
	static const char *const nan[] = {".nan", ".NaN", ".NAN"};
	struct str s = scalar->text;
	bool negative = s.n > 0 && s.s[0] == '-', has_sign = negative || (s.n > 0 && s.s[0] == '+');

	if (AMONG(str_slice(s, has_sign ? 1 : 0, s.n), inf))
		scalar->number = negative ? -(double)INFINITY : (double)INFINITY;
	else if (AMONG(s, nan))
		scalar->number = (double)NAN;
	else
		return false;
	scalar->kind = NODE_FLOAT;
	return true;
}

/* Longer ones are text: nobody means a number by them, and the conversion has a fixed buffer. */
enum { MAX_FLOAT = 400 };

/* The value of digits with a dot, without sign; `_` is dropped. */
static double decimal(struct str s)
{
	char digits[MAX_FLOAT + 1];
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != '_')
			digits[n++] = s.s[i];
	digits[n] = '\0';
	return strtod(digits, NULL); /* nobody calls setlocale: the decimal point is a dot */
}

static bool looks_like_float(struct cursor *c)
{
	if (take(c, "."))
		return c->i == 1 && take(c, DIGITS) && /* no sign before a leading dot */
		       (take_run(c, DIGITS "_", UNLIMITED), ends_in_exponent(c));
	if (!take(c, DIGITS))
		return false;
	take_run(c, DIGITS "_", UNLIMITED);
	if (peek(c) == ':') {
		if (!take_sexagesimal(c) || !take(c, "."))
			return false;
		take_run(c, DIGITS "_", UNLIMITED);
		return at_end(c);
	}
	if (!take(c, "."))
		return false;
	take_run(c, DIGITS "_", UNLIMITED);
	return ends_in_exponent(c);
}

static bool resolve_float(struct node *scalar)
{
	struct cursor c = {scalar->text, 0};
	struct str rest;
	double v = 0;

	if (scalar->text.n > MAX_FLOAT)
		return false;
	take(&c, "-+");
	rest = str_slice(c.s, c.i, c.s.n);
	if (!looks_like_float(&c))
		return false;
	while (rest.s != NULL)
		v = v * 60 + decimal(str_cut(&rest, ':'));
	scalar->kind = NODE_FLOAT;
	scalar->number = scalar->text.s[0] == '-' ? -v : v;
	return true;
}

/* [ \t]*(Z|[-+][0-9][0-9]?(:[0-9][0-9])?) or nothing, to the end */
static bool ends_in_zone(struct cursor *c)
{
	if (at_end(c))
		return true;
	take_run(c, " \t", UNLIMITED);
	if (take(c, "Z"))
		return at_end(c);
	if (!take(c, "-+") || take_run(c, DIGITS, 2) == 0)
		return false;
	if (take(c, ":") && take_run(c, DIGITS, 2) != 2)
		return false;
	return at_end(c);
}

/* hh?:mm:ss(.f*)? and a zone */
static bool ends_in_time(struct cursor *c)
{
	if (take_run(c, DIGITS, 2) == 0 || !take(c, ":") || take_run(c, DIGITS, 2) != 2 ||
	    !take(c, ":") || take_run(c, DIGITS, 2) != 2)
		return false;
	if (take(c, "."))
		take_run(c, DIGITS, UNLIMITED);
	return ends_in_zone(c);
}

static bool is_timestamp(struct str s)
{
	struct cursor c = {s, 0};
	size_t month, day;

	if (take_run(&c, DIGITS, 4) != 4 || !take(&c, "-"))
		return false;
	month = take_run(&c, DIGITS, 2);
	if (month == 0 || !take(&c, "-"))
		return false;
	day = take_run(&c, DIGITS, 2);
	if (at_end(&c))
		return month == 2 && day == 2;
	if (day == 0 || (!take(&c, "Tt") && take_run(&c, " \t", UNLIMITED) == 0))
		return false;
	return ends_in_time(&c);
}

void yaml_resolve_plain(struct node *scalar)
{
	char first = scalar->text.n > 0 ? scalar->text.s[0] : '\0';

	if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
		if (resolve_int(scalar) || resolve_float(scalar) || resolve_special(scalar))
			return;
		scalar->kind = is_timestamp(scalar->text) ? NODE_TIMESTAMP : NODE_STRING;
		return;
	}
	if (!resolve_word(scalar))
		scalar->kind = NODE_STRING;
}

bool yaml_resolve_as(struct node *scalar, enum node_kind want)
{
	bool same;

	if (want == NODE_NULL || want == NODE_STRING) { /* both take any text */
		scalar->kind = want;
		return true;
	}
	yaml_resolve_plain(scalar);
	if (want == NODE_FLOAT && scalar->kind == NODE_INT) {
		int64_t v = scalar->integer;

		scalar->kind = NODE_FLOAT;
		scalar->number = (double)v;
	}
	same = scalar->kind == want;
	if (!same)
		scalar->kind = NODE_STRING;
	return same;
}

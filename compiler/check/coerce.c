/* SPDX-License-Identifier: Apache-2.0 */
/* coerce.c - the conversions of marshmallow's Integer, Float and Boolean fields. */
#include "compiler/check/coerce.h"

#include "compiler/base/search.h"

#include <math.h>
#include <stdlib.h>

/* Longest number text that is read; what is longer is no number anybody means. */
enum { LONGEST_NUMBER = 63 };

/*
 * Copies s into `out` without blanks around and without `_`, which must stand between digits. False when
 * it is empty, too long or has a misplaced `_`.
 */
static bool squeeze(struct str s, char out[LONGEST_NUMBER + 1], size_t *ret_n)
{
	size_t n = 0;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '_') {
			if (i == 0 || i + 1 == s.n || !is_digit(s.s[i - 1]) ||
			    !is_digit(s.s[i + 1]))
				return false;
			continue;
		}
		if (n == LONGEST_NUMBER)
			return false;
		out[n++] = s.s[i];
	}
	out[n] = '\0';
	*ret_n = n;
	return n > 0;
}

/* Optional sign and digits only. */
static bool is_integer_text(struct str s)
{
	size_t i = s.n > 0 && (s.s[0] == '+' || s.s[0] == '-') ? 1 : 0;
	size_t first = i;

	while (i < s.n && is_digit(s.s[i]))
		i++;
	return i == s.n && i > first;
}

static bool text_to_int(struct str text, int64_t *ret)
{
	char digits[LONGEST_NUMBER + 1];
	size_t n;
	struct str s;

	if (!squeeze(text, digits, &n))
		return false;
	s = (struct str){digits, n};
	if (!is_integer_text(s))
		return false;
	if (!str_to_int(s, ret))
		*ret = digits[0] == '-' ? INT64_MIN : INT64_MAX;
	return true;
}

static int64_t clamp_to_int(double x)
{
	if (x >= 0x1p63)
		return INT64_MAX;
	return x < -0x1p63 ? INT64_MIN : (int64_t)x;
}

bool coerce_int(const struct node *v, int64_t *ret)
{
	switch (v->kind) {
	case NODE_INT:
		*ret = v->integer;
		return true;
	case NODE_FLOAT:
		if (!isfinite(v->number))
			return false;
		*ret = clamp_to_int(v->number);
		return true;
	case NODE_STRING:
		return text_to_int(v->text, ret);
	case NODE_NULL:
	case NODE_BOOL:
	case NODE_TIMESTAMP:
	case NODE_LIST:
	case NODE_MAP:
		return false;
	}
	BUG("node kind %d", (int)v->kind);
}

static bool text_to_number(struct str text, double *ret)
{
	char digits[LONGEST_NUMBER + 1], *end;
	size_t n;
	double x;

	if (!squeeze(text, digits, &n))
		return false;
	for (size_t i = 0; i < n; i++) /* strtod would also read 0x10, inf and nan */
		if (!is_digit(digits[i]) && digits[i] != '.' && digits[i] != '+' &&
		    digits[i] != '-' && digits[i] != 'e' && digits[i] != 'E')
			return false;
	x = strtod(digits, &end);
	if (*end != '\0' || !isfinite(x))
		return false;
	*ret = x;
	return true;
}

bool coerce_number(const struct node *v, double *ret)
{
	if (v->kind == NODE_INT) {
		*ret = (double)v->integer;
		return true;
	}
	if (v->kind == NODE_FLOAT && isfinite(v->number)) {
		*ret = v->number;
		return true;
	}
	return v->kind == NODE_STRING && text_to_number(v->text, ret);
}

static bool text_to_bool(struct str text, bool *ret)
{
	static const char *const yes[] = {"t",	"T", "true", "True", "TRUE", "on",  "On",
					  "ON", "y", "Y",    "yes",  "Yes",  "YES", "1"};
	static const char *const no[] = {"f",	"F", "false", "False", "FALSE", "off", "Off",
					 "OFF", "n", "N",     "no",    "No",	"NO",  "0"};

	bool is_yes = AMONG(text, yes);

	if (!is_yes && !AMONG(text, no))
		return false;
	*ret = is_yes;
	return true;
}

bool coerce_bool(const struct node *v, bool *ret)
{
	double number = v->kind == NODE_INT ? (double)v->integer : 0.5;

	if (v->kind == NODE_BOOL) {
		*ret = v->boolean;
		return true;
	}
	if (v->kind == NODE_FLOAT)
		number = v->number;
	if (number == 0.0 || number == 1.0) {
		*ret = number == 1.0;
		return true;
	}
	return v->kind == NODE_STRING && text_to_bool(v->text, ret);
}

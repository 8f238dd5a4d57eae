/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.c - text where a number or a boolean must be: what number was meant by `500GB`, `10m`, `1,200` or `1.200`.
 *
 * Sizes count as binary ones, whatever letter stands there: who writes 500GB for a volume of 500 GiB means
 * the figure. The help names the unit of the property, so that a reader sees it.
 */
#include "compiler/base/lookalike.h"
#include "compiler/base/nearest.h"
#include "compiler/check/walk.h"
#include "compiler/schema/limits.h"

#include <math.h>
#include <stdlib.h>

enum { LONGEST_FIGURE = 31 };

/* What a unit measures; PLAIN ones only repeat what is counted. */
enum dimension { PLAIN, SIZE, TIME };

/* A word behind a figure, in any case of letters; `factor` is its worth in MiB or seconds. */
static const struct unit {
	struct str word;
	enum dimension dimension;
	double factor;
} units[] = {
	{STR_INIT("k"), SIZE, 1.0 / 1024},
	{STR_INIT("kb"), SIZE, 1.0 / 1024},
	{STR_INIT("kib"), SIZE, 1.0 / 1024},
	{STR_INIT("m"), SIZE, 1},
	{STR_INIT("mb"), SIZE, 1},
	{STR_INIT("mi"), SIZE, 1},
	{STR_INIT("mib"), SIZE, 1},
	{STR_INIT("g"), SIZE, 1024},
	{STR_INIT("gb"), SIZE, 1024},
	{STR_INIT("gi"), SIZE, 1024},
	{STR_INIT("gib"), SIZE, 1024},
	{STR_INIT("t"), SIZE, 1024 * 1024},
	{STR_INIT("tb"), SIZE, 1024 * 1024},
	{STR_INIT("ti"), SIZE, 1024 * 1024},
	{STR_INIT("tib"), SIZE, 1024 * 1024},
	{STR_INIT("mb/s"), SIZE, 1},
	{STR_INIT("mib/s"), SIZE, 1},
	{STR_INIT("mbps"), SIZE, 1},
	{STR_INIT("gb/s"), SIZE, 1024},
	{STR_INIT("gib/s"), SIZE, 1024},
	{STR_INIT("mb/s/tib"), SIZE, 1},
	{STR_INIT("s"), TIME, 1},
	{STR_INIT("sec"), TIME, 1},
	{STR_INIT("secs"), TIME, 1},
	{STR_INIT("second"), TIME, 1},
	{STR_INIT("seconds"), TIME, 1},
	{STR_INIT("m"), TIME, 60},
	{STR_INIT("min"), TIME, 60},
	{STR_INIT("mins"), TIME, 60},
	{STR_INIT("minute"), TIME, 60},
	{STR_INIT("minutes"), TIME, 60},
	{STR_INIT("h"), TIME, 3600},
	{STR_INIT("hr"), TIME, 3600},
	{STR_INIT("hrs"), TIME, 3600},
	{STR_INIT("hour"), TIME, 3600},
	{STR_INIT("hours"), TIME, 3600},
	{STR_INIT("d"), TIME, 86400},
	{STR_INIT("day"), TIME, 86400},
	{STR_INIT("days"), TIME, 86400},
	{STR_INIT("w"), TIME, 604800},
	{STR_INIT("week"), TIME, 604800},
	{STR_INIT("weeks"), TIME, 604800},
	{STR_INIT("%"), PLAIN, 1},
	{STR_INIT("percent"), PLAIN, 1},
	{STR_INIT("iops"), PLAIN, 1},
	{STR_INIT("k"), PLAIN, 1000},
	{STR_INIT("node"), PLAIN, 1},
	{STR_INIT("nodes"), PLAIN, 1},
	{STR_INIT("cpus"), PLAIN, 1},
	{STR_INIT("vcpu"), PLAIN, 1},
	{STR_INIT("vcpus"), PLAIN, 1},
	{STR_INIT("x"), PLAIN, 1},
	{STR_INIT("$"), PLAIN, 1},
	{STR_INIT("usd"), PLAIN, 1},
	{STR_INIT("usd/h"), PLAIN, 1},
	{STR_INIT("usd/hour"), PLAIN, 1},
	{STR_INIT("$/h"), PLAIN, 1},
	{STR_INIT("volumes"), PLAIN, 1},
};

/* What the unit of a row of stdlib/schema measures, and its worth. */
static enum dimension dimension_of(struct str unit, double *ret_factor)
{
	struct str word = str_slice(unit, 0, str_find(unit, ' ', 0)); /* of "MB/s per TiB" */

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq_nocase(units[i].word, word)) {
			*ret_factor = units[i].factor;
			return units[i].dimension;
		}
	*ret_factor = 1;
	return PLAIN;
}

/* Does `c` part the digits of a figure? */
static bool is_separator(char c)
{
	return c == '.' || c == ',' || c == ' ' || c == '\'';
}

/* The length of the digits with single separators between them that s begins with. */
static size_t figure_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && i < LONGEST_FIGURE &&
	       (is_digit(s.s[i]) ||
		(i > 0 && is_separator(s.s[i]) && i + 1 < s.n && is_digit(s.s[i + 1]))))
		i++;
	while (i > 0 && is_separator(s.s[i - 1]))
		i--;
	return i;
}

/* Is s nothing but groups of three digits, the first of them perhaps shorter, that `by` parts? */
static bool is_grouped(struct str s, char by)
{
	size_t first = str_find(s, by, 0);

	if (first == 0 || first > 3 || first == s.n || s.s[0] == '0' || (s.n - first) % 4 != 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i >= first && (i - first) % 4 == 0 ? s.s[i] != by : !is_digit(s.s[i]))
			return false;
	return true;
}

/* Where the fraction of s begins, its separator included: s.n without one, SIZE_MAX when s is no number. */
static size_t fraction_of(struct str s, bool whole)
{
	size_t last = s.n, first = 0;

	while (last > 0 && is_digit(s.s[last - 1]))
		last--;
	if (last-- == 0)
		return s.n;
	while (is_digit(s.s[first]))
		first++;
	/* One point is that of a fraction, where there may be one. */
	if (is_grouped(s, s.s[first]) && (s.s[first] != '.' || first < last || whole))
		return s.n;
	if ((s.s[last] == '.' || s.s[last] == ',') &&
	    (first == last ||
	     (s.s[first] != s.s[last] && is_grouped(str_slice(s, 0, last), s.s[first]))))
		return last;
	return SIZE_MAX;
}

/*
 * Reads a figure from the begin of s: digits, perhaps in groups of three that commas, points, blanks or
 * apostrophes part, and a fraction. `whole`: a bare one has no fraction of three digits, but a group. Returns the
 * length of what was read, 0 when there is none.
 */
static size_t read_figure(struct str s, bool whole, double *ret)
{
	char digits[LONGEST_FIGURE + 1];
	size_t start = s.n > 0 && s.s[0] == '$' ? 1 : 0, n = 0, fraction;
	struct str figure = str_slice(s, start, s.n);

	figure.n = figure_length(figure);
	fraction = fraction_of(figure, whole && start + figure.n == s.n);
	if (figure.n == 0 || fraction == SIZE_MAX)
		return 0;
	for (size_t i = 0; i < figure.n; i++) {
		if (is_digit(figure.s[i]))
			digits[n++] = figure.s[i];
		else if (i == fraction)
			digits[n++] = '.';
	}
	digits[n] = '\0';
	*ret = strtod(digits, NULL);
	return start + figure.n;
}

/* Versions of a launch template have names too, which ParallelCluster does not take. */
static bool is_version_name(const struct prop *prop, struct str text)
{
	return prop == &schema_props[PROP_LaunchTemplateOverrides_Version] &&
	       (str_eq(text, STR("$Latest")) || str_eq(text, STR("$Default")));
}

/* Does the word behind a figure measure what prop holds? */
static bool fits_unit(const struct prop *prop, const struct unit *unit, enum dimension dimension)
{
	bool percent = str_eq(unit->word, STR("%")) || str_eq(unit->word, STR("percent"));

	if (percent)
		return str_eq(prop->unit, STR("percent"));
	return prop->unit.n == 0 || unit->dimension == dimension;
}

/* The figure of v in the unit of prop; false when v is none. *ret_bare: there is no unit in it. */
static bool figure_of(const struct prop *prop, struct str text, double *ret, bool *ret_bare)
{
	double own;
	enum dimension dimension = dimension_of(prop->unit, &own);
	size_t end = read_figure(text, prop->kind != PROP_NUMBER, ret);
	struct str word = str_trim(str_slice(text, end, text.n));

	*ret_bare = word.n == 0;
	if (end == 0 || word.n == 0)
		return end > 0;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!str_eq_nocase(units[i].word, word) || !fits_unit(prop, &units[i], dimension))
			continue;
		if (units[i].dimension != PLAIN && prop->unit.n > 0)
			*ret = *ret * units[i].factor / own;
		else if (units[i].dimension == PLAIN)
			*ret *= units[i].factor;
		return true;
	}
	return false;
}

/* Is x one of the values of prop, where these are listed, and within its limits? */
static bool in_range(const struct prop *prop, double x)
{
	bool listed = prop->kind != PROP_INT_ENUM;
	int64_t value;

	for (size_t i = 0; i < prop->nvalues && !listed; i++)
		listed = str_to_int(prop->values[i].name, &value) && (double)value == x;
	return listed && ((prop->has & HAS_MIN) == 0 || x >= prop->min) &&
	       ((prop->has & HAS_MAX) == 0 || x <= prop->max);
}

void help_thousands(struct check *c, struct diag *d, const struct prop *prop, const struct node *v)
{
	double x;

	if (c->program || v->kind != NODE_FLOAT || !is_grouped(v->text, '.') ||
	    read_figure(v->text, true, &x) == 0 || !in_range(prop, x))
		return;
	diag_help(c->ds, d,
		  "write `" STR_F "` if the point groups thousands: YAML reads a fraction",
		  STR_A(decimal_text(c->a, x)));
}

void remark_fraction(struct check *c, const struct prop *prop, const struct node *v, int64_t i)
{
	/* Nobody writes 1.000 for what ParallelCluster reads, which is 1. */
	if (v->kind != NODE_FLOAT || (v->number == (double)i && !is_grouped(v->text, '.')))
		return;
	help_thousands(
		c, diag_fraction_dropped(c->ds, v->at, prop->name, shown(c, v->text), (long long)i),
		prop, v);
}

void wrong_number(struct check *c, const struct prop *prop, const char *want, const struct node *v)
{
	struct diag *d = wrong_type(c, prop, prop->name, want, v);
	bool whole = prop->kind != PROP_NUMBER, bare, known;
	char plain[4 * LONGEST_FIGURE];
	struct str text = str_trim(lookalike_plain(v->text, plain, sizeof(plain))), number;
	double x = 0;

	if (v->kind != NODE_STRING)
		return;
	if (is_version_name(prop, text)) {
		diag_help(c->ds, d, "write the number of a version");
		return;
	}
	known = figure_of(prop, text, &x, &bare);
	if (known && in_range(prop, x) && (!whole || x == floor(x))) {
		number = decimal_text(c->a, x);
		if (prop->unit.n > 0 && !bare)
			diag_help(c->ds, d,
				  "write `" STR_F "`: the unit, " STR_F ", is not written",
				  STR_A(number), STR_A(prop->unit));
		else
			diag_help(c->ds, d, "write `" STR_F "`: digits alone", STR_A(number));
		diag_fix(c->ds, d, v->at, number, has_non_ascii(v->text) && str_eq(text, number));
	} else if (prop->kind == PROP_INT_ENUM) {
		help_values(c, d, prop,
			    &(struct node){.text = known ? decimal_text(c->a, x) : v->text});
	} else if (known && !bare && prop->unit.n > 0) {
		diag_help(c->ds, d,
			  "that is " STR_F " " STR_F "; write a %snumber without its unit",
			  STR_A(decimal_text(c->a, x)), STR_A(prop->unit), whole ? "whole " : "");
	} else if (prop->unit.n > 0 && read_figure(text, whole, &x) > 0) {
		diag_help(c->ds, d, "write the number alone; its unit is " STR_F,
			  STR_A(prop->unit));
	}
}

void wrong_bool(struct check *c, const struct prop *prop, const struct node *v)
{
	static const struct word {
		struct str word;
		struct str meant;
	} words[] = {
		{STR_INIT("true"), STR_INIT("true")},	 {STR_INIT("false"), STR_INIT("false")},
		{STR_INIT("yes"), STR_INIT("true")},	 {STR_INIT("no"), STR_INIT("false")},
		{STR_INIT("on"), STR_INIT("true")},	 {STR_INIT("off"), STR_INIT("false")},
		{STR_INIT("enabled"), STR_INIT("true")}, {STR_INIT("disabled"), STR_INIT("false")},
		{STR_INIT("enable"), STR_INIT("true")},	 {STR_INIT("disable"), STR_INIT("false")},
	};
	struct diag *d = wrong_type(c, prop, prop->name, "true or false", v);
	unsigned least = near_limit(v->text);
	const struct word *near = NULL;
	bool tie = false;

	if (v->kind != NODE_STRING)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		unsigned distance = edit_distance(v->text, words[i].word, least);

		if (distance > least)
			continue;
		tie = near != NULL && distance == least && !str_eq(near->meant, words[i].meant);
		if (near == NULL || distance < least)
			near = &words[i];
		least = distance;
	}
	if (near == NULL || tie)
		return;
	diag_help(c->ds, d, "did you mean `" STR_F "`?", STR_A(near->meant));
	diag_fix(c->ds, d, v->at, near->meant, v->text.n >= 4 && least <= 1);
}

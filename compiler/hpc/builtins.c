/* SPDX-License-Identifier: Apache-2.0 */
/* builtins.c - the table of built-in functions, their arguments, and those of numbers. */
#include "compiler/base/search.h"
#include "compiler/hpc/builtins_of.h"

#define P(name, type) {STR_INIT(name), false, STR_INIT(type)},
#define D(name, type) {STR_INIT(name), true, STR_INIT(type)},
#define BUILTIN(name, variadic, parameters) \
	static const struct builtin_parameter name##_parameters[] = {parameters};
#include "compiler/hpc/builtins.def"
#undef BUILTIN
#undef P
#undef D

static const struct builtin builtins[] = {
#define BUILTIN(name, variadic, parameters) \
	{STR_INIT(#name), name##_parameters, ARRAY_LEN(name##_parameters), variadic, run_##name},
#include "compiler/hpc/builtins.def"
#undef BUILTIN
};

static struct str name_of(const void *table, size_t i)
{
	return ((const struct builtin *)table)[i].name;
}

const struct builtin *builtin_named(struct str name)
{
	size_t i = search_name(name, builtins, ARRAY_LEN(builtins), name_of);

	return i < ARRAY_LEN(builtins) ? &builtins[i] : NULL;
}

const struct builtin *builtin_all(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(builtins);
	return builtins;
}

/* ---- arguments ---- */

struct span argument_at(const struct builtin_call *call, size_t i)
{
	const struct value *v = call->arguments[i];

	return v != NULL && span_is_set(v->at) ? v->at : call->places[i];
}

static struct str parameter_name_of(const struct builtin_call *call, size_t i)
{
	size_t n = call->builtin->nparameters;

	return call->builtin->parameters[i < n ? i : n - 1].name;
}

const struct value *wrong_argument(struct builtin_call *call, size_t i, const char *want)
{
	struct evaluator *ev = call->ev;
	const struct value *v = call->arguments[i];
	struct str what = arena_fmt(ev->a, "`" STR_F "` of `" STR_F "`",
				    STR_A(parameter_name_of(call, i)), STR_A(call->builtin->name));
	struct span at = argument_at(call, i);
	struct diag *d =
		diag_wrong_value_type(ev->ds, at, what, str_c(want), value_kind_words(ev->a, v));

	if (at.src != call->at.src || at.lo < call->at.lo || at.hi > call->at.hi)
		diag_label(ev->ds, d, call->at, "`" STR_F "` is called here",
			   STR_A(call->builtin->name));
	if (v->kind == VALUE_NULL)
		diag_help(ev->ds, d, "say what counts where it is absent: `… ?? …`");
	return &value_poison;
}

bool argument_known(struct builtin_call *call, size_t i)
{
	return known(call->ev, call->arguments[i], call->places[i],
		     arena_fmt(call->ev->a, "`" STR_F "`", STR_A(call->builtin->name)).s);
}

bool argument_text(struct builtin_call *call, size_t i, struct str *ret)
{
	if (!argument_known(call, i))
		return false;
	if (call->arguments[i]->kind != VALUE_TEXT) {
		wrong_argument(call, i, "a text");
		return false;
	}
	*ret = call->arguments[i]->text;
	return text_steps(call->ev, call->at, *ret);
}

bool argument_number(struct builtin_call *call, size_t i, struct number *ret)
{
	if (!argument_known(call, i))
		return false;
	if (call->arguments[i]->kind != VALUE_NUMBER) {
		wrong_argument(call, i, "a number");
		return false;
	}
	*ret = call->arguments[i]->number;
	return true;
}

bool argument_int(struct builtin_call *call, size_t i, int64_t least, int64_t most, int64_t *ret)
{
	struct evaluator *ev = call->ev;
	const struct value *v = call->arguments[i];

	if (!argument_known(call, i))
		return false;
	if (v->kind != VALUE_NUMBER || !number_is_int(v->number)) {
		wrong_argument(call, i, "an int");
		return false;
	}
	*ret = v->number.num;
	if (*ret >= least && *ret <= most)
		return true;
	diag_value_out_of_range(
		ev->ds, argument_at(call, i),
		arena_fmt(ev->a, "`" STR_F "` of `" STR_F "`", STR_A(parameter_name_of(call, i)),
			  STR_A(call->builtin->name)),
		number_shown(ev->a, v->number),
		arena_fmt(ev->a, "between %lld and %lld", (long long)least, (long long)most));
	return false;
}

bool argument_list(struct builtin_call *call, size_t i, const struct value **ret)
{
	static const struct value nothing = {.kind = VALUE_LIST};
	const struct value *v = call->arguments[i];

	if (!argument_known(call, i))
		return false;
	if (v->kind == VALUE_NULL && call->ev->policy != NULL)
		v = &nothing; /* absent from a file that was checked: an empty list */
	if (v->kind != VALUE_LIST) {
		wrong_argument(call, i, "a list");
		return false;
	}
	*ret = v;
	return steps(call->ev, call->at, v->list.n);
}

bool argument_section(struct builtin_call *call, size_t i, const struct value **ret)
{
	if (!argument_known(call, i))
		return false;
	if (!is_section(call->arguments[i]) ||
	    (call->arguments[i]->kind == VALUE_DECLARATION && call->arguments[i]->open)) {
		wrong_argument(call, i, "a section");
		return false;
	}
	*ret = call->arguments[i];
	return steps(call->ev, call->at, (*ret)->section.n);
}

const struct value *number_result(struct builtin_call *call, bool fits, struct number n)
{
	if (fits)
		return value_of_number(call->ev->a, n, call->at);
	diag_overflow(call->ev->ds, call->at);
	return &value_poison;
}

const struct value *text_result(struct builtin_call *call, struct str s)
{
	return new_text(call->ev, s, call->at);
}

/* ---- numbers ---- */

const struct value *run_abs(struct builtin_call *call)
{
	struct number n, zero = number_int(0);

	if (!argument_number(call, 0, &n))
		return &value_poison;
	if (n.num >= 0)
		return number_result(call, true, n);
	zero.of = n.of;
	return number_result(call, number_sub(zero, n, &n), n);
}

/*
 * The quantity that is counted when n is rounded: argument `i`, a quantity or the word of a unit; without one what n
 * has one unit of alone. False after a finding.
 */
static bool rounding_unit(struct builtin_call *call, size_t i, struct number n, struct number *ret)
{
	static const char *const single[] = {"USD", "USD/h", "MB/s/TiB"};
	const struct value *v = call->arguments[i];
	const struct unit *unit = NULL;

	*ret = number_int(1);
	if (v == NULL && dimension_is_plain(n.of))
		return true;
	for (size_t k = 0; v == NULL && k < ARRAY_LEN(single); k++)
		if (dimension_eq(unit_named(str_c(single[k]))->value.of, n.of))
			unit = unit_named(str_c(single[k]));
	if (v == NULL && unit == NULL) {
		wrong_argument(
			call, 0,
			"a plain number where no `unit` is given, as in `ceil(x, unit: 1 GiB)`");
		return false;
	}
	if (v != NULL && !argument_known(call, i))
		return false;
	if (v != NULL && v->kind == VALUE_TEXT)
		unit = unit_named(v->text);
	if (unit != NULL)
		*ret = unit->value;
	else if (v != NULL && v->kind == VALUE_NUMBER)
		*ret = v->number;
	else
		return wrong_argument(call, i, "a quantity such as `1 GiB`, or the word of a unit"),
		       false;
	if (!dimension_eq(ret->of, n.of) || ret->num <= 0) {
		wrong_argument(call, i, "more than nothing, and of the kind of what is rounded");
		return false;
	}
	if (!dimension_is_plain(n.of))
		return true;
	diag_help(call->ev->ds,
		  diag_too_many_arguments(call->ev->ds, argument_at(call, i), call->builtin->name,
					  i == 1 ? STR("1 argument") : STR("2 arguments"), i + 1),
		  "a unit is for quantities, as in `" STR_F "(x, unit: 1 GiB)`",
		  STR_A(call->builtin->name));
	return false;
}

/* What rounding makes of a plain number; false: it does not fit. */
typedef bool rounding(struct number n, unsigned digits, struct number *ret);

static bool up(struct number n, unsigned digits, struct number *ret)
{
	(void)digits;
	*ret = number_ceil(n);
	return true;
}

static bool down(struct number n, unsigned digits, struct number *ret)
{
	(void)digits;
	*ret = number_floor(n);
	return true;
}

/* n counted in a unit, which is argument number `unit_at`, and rounded there. */
static const struct value *rounded(struct builtin_call *call, size_t unit_at, unsigned digits,
				   rounding *round)
{
	struct number n, unit;

	if (!argument_number(call, 0, &n))
		return &value_poison;
	if (call->arguments[unit_at] != NULL && !value_quantity(call->arguments[0], &n))
		return number_result(call, false, n);
	if (!rounding_unit(call, unit_at, n, &unit))
		return &value_poison;
	return number_result(
		call, number_div(n, unit, &n) && round(n, digits, &n) && number_mul(n, unit, &n),
		n);
}

const struct value *run_ceil(struct builtin_call *call)
{
	return rounded(call, 1, 0, up);
}

const struct value *run_floor(struct builtin_call *call)
{
	return rounded(call, 1, 0, down);
}

const struct value *run_round(struct builtin_call *call)
{
	int64_t digits = 0;

	if (call->arguments[1] != NULL && !argument_int(call, 1, 0, MAX_DIGITS, &digits))
		return &value_poison;
	return rounded(call, 2, (unsigned)digits, number_round);
}

const struct value *run_sum(struct builtin_call *call)
{
	const struct value *list, *sum = NULL;

	if (!argument_list(call, 0, &list))
		return &value_poison;
	for (size_t i = 0; i < list->list.n; i++) {
		const struct value *v = list->list.items[i];

		if (sum == NULL && v->kind != VALUE_NUMBER)
			sum = value_of_number(call->ev->a, number_int(0), call->at);
		sum = sum == NULL ? v
				  : apply_arithmetic(call->ev, OP_PLUS, sum, v, call->places[0],
						     call->at);
		if (is_poison(sum))
			return sum;
	}
	return sum != NULL ? value_at(call->ev->a, sum, call->at)
			   : value_of_number(call->ev->a, number_int(0), call->at);
}

/* min and max: of a list, or of the arguments. sign: 1 keeps the greater one. */
static const struct value *extreme(struct builtin_call *call, int sign)
{
	const struct value *const *items = call->arguments;
	size_t n = call->n;
	const struct value *best = NULL, *list;
	int cmp;

	if (n == 1 && call->arguments[0] != NULL && call->arguments[0]->kind != VALUE_NUMBER) {
		if (!argument_list(call, 0, &list))
			return &value_poison;
		items = list->list.items;
		n = list->list.n;
	}
	for (size_t i = 0; i < n; i++) {
		if (items[i] == NULL)
			continue;
		if (items == call->arguments && !argument_known(call, i))
			return &value_poison;
		if (best == NULL) {
			best = items[i];
			if (!compare_values(call->ev, best, best, call->places[0],
					    sign > 0 ? "max" : "min", &cmp))
				return &value_poison;
			continue;
		}
		if (!compare_values(call->ev, items[i], best, call->places[0],
				    sign > 0 ? "max" : "min", &cmp))
			return &value_poison;
		if (cmp * sign > 0)
			best = items[i];
	}
	if (best != NULL)
		return best;
	diag_value_out_of_range(
		call->ev->ds, call->at,
		arena_fmt(call->ev->a, "the list of `" STR_F "`", STR_A(call->builtin->name)),
		STR("empty"), STR("one item long or longer"));
	return &value_poison;
}

const struct value *run_min(struct builtin_call *call)
{
	return extreme(call, -1);
}

const struct value *run_max(struct builtin_call *call)
{
	return extreme(call, 1);
}

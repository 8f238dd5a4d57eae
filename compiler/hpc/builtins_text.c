/* SPDX-License-Identifier: Apache-2.0 */
/* builtins_text.c - built-in functions of texts and of blocks of addresses. */
#include "compiler/base/cidr.h"
#include "compiler/hpc/builtins_of.h"

static const struct value *empty_text(struct builtin_call *call, size_t i)
{
	struct evaluator *ev = call->ev;

	diag_value_out_of_range(ev->ds, argument_at(call, i),
				arena_fmt(ev->a, "`" STR_F "` of `" STR_F "`",
					  STR_A(call->builtin->parameters[i].name),
					  STR_A(call->builtin->name)),
				STR("empty"), STR("one character long or longer"));
	return &value_poison;
}

/* Room for n items in a list. */
static bool add_piece(struct builtin_call *call, struct growing *g, struct str piece)
{
	return steps(call->ev, call->at, 1) &&
	       grow(call->ev, g, value_of_text(call->ev->a, piece, call->at), call->at);
}

const struct value *run_split(struct builtin_call *call)
{
	struct str text, separator;
	struct growing g = {0};
	size_t from = 0;

	if (!argument_text(call, 0, &text) || !argument_text(call, 1, &separator))
		return &value_poison;
	if (separator.n == 0)
		return empty_text(call, 1);
	for (;;) {
		size_t at = str_find_str(text, separator, from);

		if (!add_piece(call, &g, str_slice(text, from, at == SIZE_MAX ? text.n : at)))
			return &value_poison;
		if (at == SIZE_MAX)
			break;
		from = at + separator.n;
	}
	return new_list(call->ev, g.items, g.n, call->at);
}

const struct value *run_replace(struct builtin_call *call)
{
	struct str text, old, new;
	struct buf b = buf_in(call->ev->a);
	size_t from = 0;

	if (!argument_text(call, 0, &text) || !argument_text(call, 1, &old) ||
	    !argument_text(call, 2, &new))
		return &value_poison;
	if (old.n == 0)
		return empty_text(call, 1);
	for (;;) {
		size_t at = str_find_str(text, old, from);

		buf_add(&b, str_slice(text, from, at == SIZE_MAX ? text.n : at));
		if (at == SIZE_MAX)
			break;
		buf_add(&b, new);
		if (b.n > HPC_MAX_TEXT)
			break;
		from = at + old.n;
	}
	return text_result(call, buf_str(&b));
}

/* The text with each letter of ASCII changed by `change`. */
static const struct value *letters(struct builtin_call *call, bool upper)
{
	struct str text;
	char *s;

	if (!argument_text(call, 0, &text))
		return &value_poison;
	s = arena_room(call->ev->a, text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.s[i];

		if (upper && is_lower(c))
			c = (char)(c - 'a' + 'A');
		else if (!upper && is_upper(c))
			c = (char)(c - 'A' + 'a');
		s[i] = c;
	}
	return text_result(call, (struct str){s, text.n});
}

const struct value *run_lower(struct builtin_call *call)
{
	return letters(call, false);
}

const struct value *run_upper(struct builtin_call *call)
{
	return letters(call, true);
}

const struct value *run_trim(struct builtin_call *call)
{
	struct str text;

	return argument_text(call, 0, &text) ? text_result(call, str_trim(text)) : &value_poison;
}

const struct value *run_pad(struct builtin_call *call)
{
	enum { MOST_WIDTH = 100 };
	int64_t n, width;

	if (!argument_int(call, 0, INT64_MIN, INT64_MAX, &n) ||
	    !argument_int(call, 1, 0, MOST_WIDTH, &width))
		return &value_poison;
	return text_result(call, arena_fmt(call->ev->a, "%0*lld", (int)width, (long long)n));
}

const struct value *run_text(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	const struct value *v = call->arguments[0];
	const struct unit *unit;
	struct str word, digits;
	struct number n;

	if (!argument_known(call, 0))
		return &value_poison;
	if (call->arguments[1] == NULL) {
		if (v->kind == VALUE_NUMBER && !dimension_is_plain(v->number.of))
			return text_result(call, number_shown(ev->a, v->number));
		return value_text(ev, v, call->places[0], &digits) ? text_result(call, digits)
								   : &value_poison;
	}
	if (!argument_text(call, 1, &word) || !argument_number(call, 0, &n))
		return &value_poison;
	unit = unit_named(word);
	if (!value_quantity(v, &n))
		return number_result(call, false, n);
	if (unit == NULL || !dimension_eq(unit->value.of, n.of))
		return wrong_argument(call, 1,
				      unit == NULL ? "a unit such as \"GiB\" or \"min\""
						   : "a unit of the quantity");
	if (!number_div(n, unit->value, &n))
		return number_result(call, false, n);
	if (!number_text(ev->a, n, &digits)) {
		diag_help(ev->ds, diag_endless_decimal(ev->ds, call->at, number_shown(ev->a, n)),
			  "round it: `round(x / 1 " STR_F ", 2)`", STR_A(word));
		return &value_poison;
	}
	return text_result(call, arena_fmt(ev->a, STR_F " " STR_F, STR_A(digits), STR_A(word)));
}

const struct value *run_match(struct builtin_call *call)
{
	enum { MOST_GROUPS = 32 };
	struct evaluator *ev = call->ev;
	struct str text, pattern, why, groups[MOST_GROUPS];
	struct growing g = {0};
	const struct regex *x;
	int n;

	if (!argument_text(call, 0, &text) || !argument_text(call, 1, &pattern))
		return &value_poison;
	/* The matcher may work for long: so much is a part of all the steps that a program has. */
	if (!steps(ev, call->at, 1 + text.n / 64))
		return &value_poison;
	x = regex_of(ev, pattern, &why);
	if (x == NULL) {
		if (!ev->stopped)
			diag_bad_regex(ev->ds, argument_at(call, 1), pattern, why);
		return &value_poison;
	}
	n = regex_find(ev->regexes, x, text, groups, MOST_GROUPS);
	if (n < 0) {
		steps(ev, call->at, STEPS_OF_SEARCH);
		diag_bad_regex(ev->ds, argument_at(call, 1), pattern,
			       STR("it takes too long on this text"));
		return &value_poison;
	}
	if (n == 0)
		return value_new(ev->a, VALUE_NULL, call->at);
	for (int i = 0; i < n && i < MOST_GROUPS; i++)
		if (!add_piece(call, &g, groups[i].s != NULL ? groups[i] : STR("")))
			return &value_poison;
	return new_list(ev, g.items, g.n, call->at);
}

const struct value *run_fail(struct builtin_call *call)
{
	struct evaluator *ev = call->ev;
	struct str text;

	if (argument_known(call, 0) && value_text(ev, call->arguments[0], call->places[0], &text))
		diag_failed(ev->ds, call->at, text_shown(ev->a, text));
	return &value_poison;
}

const struct value *run_cidr_subnet(struct builtin_call *call)
{
	enum { MASK = 32 };
	struct evaluator *ev = call->ev;
	struct str text, part;
	int64_t bits, index;
	struct cidr block, made;
	enum cidr_fault fault;
	char *room;
	struct diag *d;

	if (!argument_text(call, 0, &text) || !argument_int(call, 1, 0, MASK, &bits) ||
	    !argument_int(call, 2, 0, UINT32_MAX, &index))
		return &value_poison;
	fault = cidr_parse(text, &block, &part);
	if (fault != CIDR_OK) {
		d = diag_bad_cidr(
			ev->ds, argument_at(call, 0),
			arena_fmt(ev->a, "`" STR_F "` is not an IPv4 block", STR_A(text)));
		room = arena_room(ev->a, CIDR_TEXT);
		if (fault == CIDR_HOST_BITS)
			diag_help(ev->ds, d,
				  "bits behind the mask are set; the block is `" STR_F "`",
				  STR_A(cidr_text(block, room)));
		else
			diag_help(ev->ds, d, "write it as `10.0.0.0/16`");
		return &value_poison;
	}
	if (block.bits + bits > MASK ||
	    !cidr_part(block, (unsigned)(block.bits + bits), (uint64_t)index, &made)) {
		diag_bad_cidr(ev->ds, argument_at(call, block.bits + bits > MASK ? 1 : 2),
			      arena_fmt(ev->a,
					"`" STR_F "` has no part number %lld with %lld more bits",
					STR_A(text), (long long)index, (long long)bits));
		return &value_poison;
	}
	room = arena_room(ev->a, CIDR_TEXT);
	return text_result(call, arena_str(ev->a, cidr_text(made, room)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* eval_op.c - operators. Chains of them, however long, cost no depth. */
#include "compiler/hpc/eval.h"

static const char *op_word(enum operator op)
{
	static const char *const words[] = {
		[OP_NOT] = "!",	     [OP_MINUS] = "-", [OP_OR] = "||",	[OP_AND] = "&&",
		[OP_DEFAULT] = "??", [OP_EQ] = "==",   [OP_NE] = "!=",	[OP_LT] = "<",
		[OP_LE] = "<=",	     [OP_GT] = ">",    [OP_GE] = ">=",	[OP_IN] = "in",
		[OP_PLUS] = "+",     [OP_TIMES] = "*", [OP_OVER] = "/", [OP_REST] = "%",
	};

	return words[op];
}

bool known(struct evaluator *ev, const struct value *v, struct span at, const char *what)
{
	const struct value *open;
	struct diag *d;

	if (is_poison(v))
		return false;
	if (v->kind != VALUE_OPEN_LIST && !(v->kind == VALUE_TEXT && v->open))
		return true;
	open = v;
	d = diag_known_at_deployment(ev->ds, at, open_name(ev->a, open), what);
	if (span_is_set(open->declared))
		diag_label(ev->ds, d, open->declared, "it is declared here");
	diag_help(ev->ds, d, "what must be known when compiling is a `param` without `deploy`");
	return false;
}

/* Are all parts of v known? */
static bool known_within(struct evaluator *ev, const struct value *v, struct span at,
			 const char *what)
{
	const struct value *open = is_poison(v) ? NULL : value_open_part(v);

	return open != NULL ? known(ev, open, at, what) : !is_poison(v);
}

/* ---- conditions ---- */

static int as_condition(struct evaluator *ev, const struct value *v, struct span at)
{
	struct diag *d;
	struct str kind;

	if (!known(ev, v, at, "a condition"))
		return -1;
	if (v->kind == VALUE_BOOL)
		return v->boolean;
	kind = value_kind_words(ev->a, v);
	d = diag_not_a_condition(ev->ds, at, kind);
	if (v->kind == VALUE_NULL)
		diag_help(ev->ds, d, "ask whether it is there: `!= null`");
	else if (v->kind == VALUE_LIST || is_section(v))
		diag_help(ev->ds, d, "ask whether something is in it: `len(…) > 0`");
	else if (v->kind == VALUE_NUMBER)
		diag_help(ev->ds, d, "compare it: `!= 0`");
	else
		diag_help(ev->ds, d, "compare it: `== \"…\"`");
	return -1;
}

int eval_condition(struct evaluator *ev, struct frame *f, const struct expr *e)
{
	return as_condition(ev, eval(ev, f, e, NULL), place(f, e->at));
}

/* ---- arithmetic ---- */

static void bad_operand(struct evaluator *ev, const struct value *a, const struct value *b,
			enum operator op, struct span op_at)
{
	const struct value *bad = a->kind == VALUE_NUMBER ? b : a;
	struct str kind = value_kind_words(ev->a, bad);
	struct diag *d = diag_bad_operand(ev->ds, op_at, op_word(op), kind);

	if (span_is_set(bad->at))
		diag_label(ev->ds, d, bad->at, "this is " STR_F, STR_A(kind));
	if (op != OP_PLUS)
		return;
	if (bad->kind == VALUE_TEXT)
		diag_help(ev->ds, d, "put texts together as `\"${a}${b}\"`");
	else if (bad->kind == VALUE_LIST)
		diag_help(ev->ds, d, "put lists together as `[...a, ...b]`");
	else if (is_section(bad))
		diag_help(ev->ds, d, "put sections together as `{ ...a, ...b }`");
}

static void dimensions_differ(struct evaluator *ev, struct number a, struct number b,
			      enum operator op, struct span op_at)
{
	const char *verb = op == OP_PLUS ? "added" : op == OP_MINUS ? "subtracted" : "divided";
	struct diag *d = diag_dimensions_differ(ev->ds, op_at, dimension_words(ev->a, a.of),
						dimension_words(ev->a, b.of), verb);
	bool plain = dimension_is_plain(a.of) || dimension_is_plain(b.of);

	if (plain)
		diag_help(ev->ds, d, "give the plain number a unit, as in `1 GiB` or `10 min`");
}

/*
 * The numbers of a and b for the operator, and what the result is counted in, or NULL. What a property stores is a
 * plain number beside plain ones, so that twice of it is counted as it is. False: they do not fit.
 */
static bool operand_numbers(enum operator op, const struct value *a, const struct value *b,
			    struct number *ret_a, struct number *ret_b,
			    const struct unit **ret_unit)
{
	bool plain = (a->unit == NULL && dimension_is_plain(a->number.of)) ||
		     (b->unit == NULL && dimension_is_plain(b->number.of));
	bool fits;

	if (op != OP_TIMES && op != OP_OVER)
		return value_numbers(a, b, ret_a, ret_b, ret_unit);
	if (op == OP_TIMES && !plain) {
		*ret_unit = NULL;
		return value_quantity(a, ret_a) && value_quantity(b, ret_b);
	}
	fits = value_numbers(a, b, ret_a, ret_b, ret_unit);
	if (op == OP_OVER && b->unit != NULL)
		*ret_unit = NULL;
	return fits;
}

const struct value *apply_arithmetic(struct evaluator *ev, enum operator op, const struct value *a,
				     const struct value *b, struct span op_at, struct span at)
{
	const struct unit *unit;
	struct number x, y, r;
	struct value *made;
	bool fits = false;

	if (!known(ev, a, op_at, "an operator") || !known(ev, b, op_at, "an operator"))
		return &value_poison;
	if (a->kind != VALUE_NUMBER || b->kind != VALUE_NUMBER) {
		bad_operand(ev, a, b, op, op_at);
		return &value_poison;
	}
	fits = operand_numbers(op, a, b, &x, &y, &unit);
	if (fits && op != OP_TIMES && op != OP_OVER && !dimension_eq(x.of, y.of)) {
		dimensions_differ(ev, x, y, op, op_at);
		return &value_poison;
	}
	if ((op == OP_OVER || op == OP_REST) && b->number.num == 0) {
		diag_division_by_zero(ev->ds, op_at);
		return &value_poison;
	}
	if (fits && op == OP_PLUS)
		fits = number_add(x, y, &r);
	else if (fits && op == OP_MINUS)
		fits = number_sub(x, y, &r);
	else if (fits && op == OP_TIMES)
		fits = number_mul(x, y, &r);
	else if (fits && op == OP_OVER)
		fits = number_div(x, y, &r);
	else if (fits)
		fits = number_mod(x, y, &r);
	if (!fits) {
		diag_overflow(ev->ds, op_at);
		return &value_poison;
	}
	made = value_of_number(ev->a, r, at);
	made->unit = unit;
	return made;
}

const struct value *eval_unary(struct evaluator *ev, struct frame *f, const struct expr *e)
{
	const struct expr *inner = e;
	size_t n = 0;
	enum operator op = e->op.op;
	const struct value *v;
	struct value *made;
	struct number zero, r;

	for (; inner->kind == EXPR_UNARY && inner->op.op == op; inner = inner->op.right)
		n++;
	if (!steps(ev, place(f, e->at), n))
		return &value_poison;
	v = eval(ev, f, inner, NULL);
	if (op == OP_NOT) {
		int holds = as_condition(ev, v, place(f, inner->at));

		return holds < 0
			       ? &value_poison
			       : value_of_bool(ev->a, (n % 2 == 1) != (holds > 0), place(f, e->at));
	}
	if (!known(ev, v, place(f, inner->at), "an operator"))
		return &value_poison;
	if (v->kind != VALUE_NUMBER) {
		bad_operand(ev, v, v, OP_MINUS, place(f, e->op.op_at));
		return &value_poison;
	}
	if (n % 2 == 0)
		return v;
	zero = number_int(0);
	zero.of = v->number.of;
	if (!number_sub(zero, v->number, &r)) {
		diag_overflow(ev->ds, place(f, e->op.op_at));
		return &value_poison;
	}
	made = value_of_number(ev->a, r, place(f, e->at));
	made->unit = v->unit;
	return made;
}

/* ---- comparisons ---- */

/* Is the text none of the values of the choice that `other` was declared to be? Then E0809 says so. */
static bool outside_of_choice(struct evaluator *ev, const struct value *other,
			      const struct value *text, struct span op_at)
{
	const struct type *t = other->type;
	struct diag *d;

	if (other->kind != VALUE_TEXT || text->kind != VALUE_TEXT || text->type != NULL ||
	    t == NULL || t->kind != TYPE_CHOICE)
		return false;
	if (type_has_text(t, text->text))
		return false;
	d = diag_never_equal(
		ev->ds, op_at, type_words(ev->a, t),
		arena_fmt(ev->a, "`" STR_F "`", STR_A(value_shown(ev->a, text, true))));
	if (span_is_set(t->at))
		diag_label(ev->ds, d, t->at, "these are its values");
	return true;
}

int equal_values(struct evaluator *ev, const struct value *a, const struct value *b,
		 struct span op_at, const char *op)
{
	uint32_t wa = value_weight(a), wb = value_weight(b);
	bool comparable, eq;
	struct diag *d;

	if (is_poison(a) || is_poison(b))
		return -1;
	if (a->kind == VALUE_NULL || b->kind == VALUE_NULL)
		return a->kind == b->kind;
	if (!known_within(ev, a, op_at, op) || !known_within(ev, b, op_at, op))
		return -1;
	if (!steps(ev, op_at, (wa < wb ? wa : wb) / 4))
		return -1;
	eq = value_eq(a, b, &comparable);
	if (eq)
		return 1;
	if (!comparable) {
		struct str ka = value_kind_words(ev->a, a), kb = value_kind_words(ev->a, b);

		d = diag_never_equal(ev->ds, op_at, ka, kb);
		if (a->kind == VALUE_TEXT || b->kind == VALUE_TEXT)
			diag_help(ev->ds, d, "a value in quotes is a text");
		return -1;
	}
	if (outside_of_choice(ev, a, b, op_at) || outside_of_choice(ev, b, a, op_at))
		return -1;
	return 0;
}

bool compare_values(struct evaluator *ev, const struct value *a, const struct value *b,
		    struct span op_at, const char *op, int *ret)
{
	const struct unit *unit;
	struct number x, y;

	if (!known(ev, a, op_at, "a comparison") || !known(ev, b, op_at, "a comparison"))
		return false;
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
		if (!text_steps(ev, op_at, a->text.n < b->text.n ? a->text : b->text))
			return false;
		*ret = str_cmp(a->text, b->text); /* the order of bytes is that of code points */
		return true;
	}
	if (a->kind != VALUE_NUMBER || b->kind != VALUE_NUMBER) {
		bool ordered = a->kind == VALUE_NUMBER || a->kind == VALUE_TEXT;
		const struct value *bad = ordered ? b : a;
		struct str kind = value_kind_words(ev->a, bad);

		if (ordered && (b->kind == VALUE_NUMBER || b->kind == VALUE_TEXT))
			kind = arena_fmt(ev->a, STR_F " and " STR_F,
					 STR_A(value_kind_words(ev->a, a)), STR_A(kind));
		diag_bad_operand(ev->ds, op_at, op, kind);
		return false;
	}
	if (!value_numbers(a, b, &x, &y, &unit)) {
		diag_overflow(ev->ds, op_at);
		return false;
	}
	if (!dimension_eq(x.of, y.of)) {
		diag_dimensions_differ(ev->ds, op_at, dimension_words(ev->a, x.of),
				       dimension_words(ev->a, y.of), "compared");
		return false;
	}
	*ret = number_cmp(x, y);
	return true;
}

/* Is a in the range b? -1 after an error. */
static int in_range(struct evaluator *ev, const struct value *a, const struct value *b,
		    struct span op_at)
{
	struct value end = {.kind = VALUE_NUMBER};
	int cmp;

	if (b->range.has_from) {
		end.number = b->range.from;
		if (!compare_values(ev, a, &end, op_at, "in", &cmp))
			return -1;
		if (cmp < 0)
			return 0;
	}
	if (b->range.has_to) {
		end.number = b->range.to;
		if (!compare_values(ev, a, &end, op_at, "in", &cmp))
			return -1;
		if (cmp > 0)
			return 0;
	}
	return 1;
}

static int is_in(struct evaluator *ev, const struct value *a, const struct value *b,
		 struct span op_at)
{
	if (!known(ev, a, op_at, "`in`") || !known(ev, b, op_at, "`in`"))
		return -1;
	if (b->kind == VALUE_NULL)
		return 0;
	if (b->kind == VALUE_RANGE)
		return in_range(ev, a, b, op_at);
	if (is_section(b)) {
		if (a->kind == VALUE_TEXT && !text_steps(ev, op_at, a->text))
			return -1;
		if (a->kind == VALUE_TEXT)
			return value_find(b, a->text) != NULL;
		diag_bad_operand(ev->ds, op_at, "in", value_kind_words(ev->a, a));
		return -1;
	}
	if (b->kind != VALUE_LIST) {
		struct diag *d = diag_bad_operand(ev->ds, op_at, "in", value_kind_words(ev->a, b));

		if (b->kind == VALUE_TEXT)
			diag_help(ev->ds, d, "for a part of a text: `match(text, 'part') != null`");
		return -1;
	}
	if (!steps(ev, op_at, b->list.n / 8))
		return -1;
	for (size_t i = 0; i < b->list.n; i++) {
		int eq = equal_values(ev, a, b->list.items[i], op_at, "`in`");

		if (eq != 0)
			return eq;
	}
	return 0;
}

static const struct value *apply_comparison(struct evaluator *ev, const struct expr *e,
					    const struct value *a, const struct value *b,
					    struct span op_at, struct span at)
{
	int r;

	if (e->op.op == OP_EQ || e->op.op == OP_NE) {
		r = equal_values(ev, a, b, op_at, "a comparison");
		return r < 0 ? &value_poison
			     : value_of_bool(ev->a, (r > 0) == (e->op.op == OP_EQ), at);
	}
	if (e->op.op == OP_IN) {
		r = is_in(ev, a, b, op_at);
		return r < 0 ? &value_poison : value_of_bool(ev->a, r > 0, at);
	}
	if (!compare_values(ev, a, b, op_at, op_word(e->op.op), &r))
		return &value_poison;
	return value_of_bool(ev->a,
			     e->op.op == OP_LT	 ? r < 0
			     : e->op.op == OP_LE ? r <= 0
			     : e->op.op == OP_GT ? r > 0
						 : r >= 0,
			     at);
}

/* ---- chains ---- */

/* Are both operands of e known, as far as it asks for them? The finding stands at the one that is not. */
static bool operands_known(struct evaluator *ev, struct frame *f, const struct expr *e,
			   const struct value *left, const struct value *right)
{
	struct span left_at = place(f, e->op.left->at), right_at = place(f, e->op.right->at);

	switch (e->op.op) {
	case OP_EQ:
	case OP_NE:
		if (left->kind == VALUE_NULL || right->kind == VALUE_NULL)
			return true;
		return known_within(ev, left, left_at, "a comparison") &&
		       known_within(ev, right, right_at, "a comparison");
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return known(ev, left, left_at, "a comparison") &&
		       known(ev, right, right_at, "a comparison");
	case OP_IN:
		return known(ev, left, left_at, "`in`") && known(ev, right, right_at, "`in`");
	case OP_PLUS:
	case OP_MINUS:
	case OP_TIMES:
	case OP_OVER:
	case OP_REST:
		return known(ev, left, left_at, "an operator") &&
		       known(ev, right, right_at, "an operator");
	case OP_DEFAULT:
	case OP_OR:
	case OP_AND:
	case OP_NOT:
		break;
	}
	return true;
}

/* e, of which the left side is `left`. */
static const struct value *apply(struct evaluator *ev, struct frame *f, const struct expr *e,
				 const struct value *left, const struct type *want)
{
	struct span at = place(f, e->at), op_at = place(f, e->op.op_at);
	const struct value *right;
	int holds;

	INVARIANT(e->op.left != NULL);
	switch (e->op.op) {
	case OP_DEFAULT:
		if (left->kind != VALUE_NULL)
			return left;
		return eval(ev, f, e->op.right, want);
	case OP_OR:
	case OP_AND:
		holds = as_condition(ev, left, place(f, e->op.left->at));
		if (holds < 0)
			return &value_poison;
		if (holds == (e->op.op == OP_OR))
			return value_of_bool(ev->a, holds > 0, at);
		holds = eval_condition(ev, f, e->op.right);
		return holds < 0 ? &value_poison : value_of_bool(ev->a, holds > 0, at);
	case OP_PLUS:
	case OP_MINUS:
	case OP_TIMES:
	case OP_OVER:
	case OP_REST:
		right = eval(ev, f, e->op.right, NULL);
		if (is_poison(left) || is_poison(right) || !operands_known(ev, f, e, left, right))
			return &value_poison;
		return apply_arithmetic(ev, e->op.op, left, right, op_at, at);
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
	case OP_IN:
		right = eval(ev, f, e->op.right, NULL);
		if (is_poison(left) || is_poison(right) || !operands_known(ev, f, e, left, right))
			return &value_poison;
		return apply_comparison(ev, e, left, right, op_at, at);
	case OP_NOT:
		break;
	}
	BUG("the operator stands between two values");
}

/* What stands left of all operators of the chain; behind `??` absence is forgiven. */
static const struct value *eval_leftmost(struct evaluator *ev, struct frame *f,
					 const struct expr *parent, const struct type *want)
{
	const struct expr *e = parent->op.left;
	bool forgiving = parent->op.op == OP_DEFAULT;

	INVARIANT(e != NULL);
	if (forgiving && (e->kind == EXPR_MEMBER || e->kind == EXPR_INDEX)) {
		const struct value *v =
			steps(ev, place(f, e->at), 1) ? eval_postfix(ev, f, e, NULL, true) : NULL;

		return v == NULL || ev->stopped ? &value_poison : v;
	}
	return eval(ev, f, e, forgiving ? want : NULL);
}

const struct value *eval_binary(struct evaluator *ev, struct frame *f, const struct expr *e,
				const struct type *want)
{
	const struct expr **chain;
	const struct expr *at = e;
	const struct value *v;
	size_t n = 1;

	for (; at->op.left != NULL && at->op.left->kind == EXPR_BINARY; at = at->op.left)
		n++;
	if (!steps(ev, place(f, e->at), n - 1))
		return &value_poison;
	chain = NEW_ARRAY(ev->a, const struct expr *, n);
	at = e;
	for (size_t i = n; i > 0; i--, at = at->op.left)
		chain[i - 1] = at;
	v = eval_leftmost(ev, f, chain[0], want);
	for (size_t i = 0; i < n && !ev->stopped; i++)
		v = apply(ev, f, chain[i], v, want);
	return ev->stopped ? &value_poison : v;
}

/* ---- ranges ---- */

/* One end of a range; false after an error. */
static bool range_end(struct evaluator *ev, struct frame *f, const struct expr *e, bool *ret_has,
		      struct number *ret)
{
	const struct value *v;

	if (e == NULL)
		return true;
	v = eval(ev, f, e, NULL);
	if (!known(ev, v, place(f, e->at), "a range"))
		return false;
	if (v->kind != VALUE_NUMBER) {
		diag_bad_range(ev->ds, place(f, e->at),
			       arena_fmt(ev->a, "an end of a range is a number, not " STR_F,
					 STR_A(value_kind_words(ev->a, v))));
		return false;
	}
	*ret_has = true;
	*ret = v->number;
	return true;
}

const struct value *eval_range(struct evaluator *ev, struct frame *f, const struct expr *e)
{
	struct value *v = value_new(ev->a, VALUE_RANGE, place(f, e->at));

	if (!range_end(ev, f, e->range.from, &v->range.has_from, &v->range.from) ||
	    !range_end(ev, f, e->range.to, &v->range.has_to, &v->range.to))
		return &value_poison;
	if (v->range.has_from && v->range.has_to &&
	    !dimension_eq(v->range.from.of, v->range.to.of)) {
		diag_dimensions_differ(
			ev->ds, place(f, e->range.op_at), dimension_words(ev->a, v->range.from.of),
			dimension_words(ev->a, v->range.to.of), "the ends of one range");
		return &value_poison;
	}
	return v;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_value.c - constants in places of known type.
 *
 * What is said of a constant here is what the evaluator would say of it: it is held against types of programs by the
 * same function. Properties, which the check of the whole file judges after the evaluation, are static_prop.c's.
 */
#include "compiler/hpc/eval.h"
#include "compiler/hpc/static_state.h"
#include "compiler/schema/limits.h"

void values_begin(struct statics *s)
{
	struct evaluator *ev = NEW(s->a, struct evaluator);
	struct hpc_options *o = NEW(s->a, struct hpc_options);

	o->facts = s->facts;
	ev->a = s->a;
	ev->ds = s->ds;
	ev->o = o;
	ev->types = s->types;
	ev->patterns = s->patterns = pattern_cache_new(s->a);
	ev->regexes = regex_room_new(s->a);
	ev->memory_base = s->a->total;
	s->values = ev;
}

bool constant_text(const struct expr *e, struct str *ret)
{
	if (e == NULL || e->kind != EXPR_TEXT || e->text.n > 1 ||
	    (e->text.n == 1 && e->text.parts[0].expr != NULL))
		return false;
	*ret = e->text.n == 1 ? e->text.parts[0].text : STR("");
	return true;
}

/* The constant that e writes, or NULL; not null itself, which means that there is nothing. */
static const struct value *constant(struct statics *s, const struct expr *e)
{
	const struct span at = e->at;
	struct number n;
	struct str text;
	bool minus = false;

	if (e->kind == EXPR_BOOL)
		return value_of_bool(s->a, e->boolean, e->at);
	if (constant_text(e, &text))
		return value_of_text(s->a, text, e->at);
	if (e->kind == EXPR_UNARY && e->op.op == OP_MINUS) {
		e = e->op.right;
		minus = true;
	}
	if (e->kind != EXPR_NUMBER)
		return NULL;
	n = e->number;
	if (minus)
		n.num = -n.num;
	return value_of_number(s->a, n, at);
}

static void fit_into(struct statics *s, const struct value *v, const struct wanted *w)
{
	const struct fit_for why = {w->what, w->declared, w->call, w->callee, w->item_of};

	fit(s->values, v, w->type, &why);
}

void judge_constant(struct statics *s, const struct expr *e, const struct wanted *w)
{
	const struct value *v = constant(s, e);
	const struct value *stored;
	const struct type *t;
	unsigned errors = s->ds->errors;

	if (v == NULL || w == NULL || w->type == NULL)
		return;
	t = v->kind == VALUE_TEXT && w->type->alone != NULL ? w->type->alone : w->type;
	if (t->kind != TYPE_PROP) {
		fit_into(s, v, w);
		return;
	}
	stored = v;
	if (v->kind == VALUE_NUMBER && !dimension_is_plain(v->number.of)) {
		const struct fit_for why = {w->what, w->declared, w->call, w->callee, w->item_of};

		stored = fit(s->values, v, t, &why);
	}
	if (s->ds->errors == errors && !is_poison(stored))
		judge_prop(s, stored, t);
}

bool judge_shape(struct statics *s, const struct expr *e, const struct wanted *w)
{
	const struct type *t = w->type;
	bool list = e->kind == EXPR_LIST;
	struct value v = {.kind = list ? VALUE_LIST : VALUE_SECTION, .at = e->at};

	if (t == NULL || t->kind == TYPE_ANY || (list ? type_is_list(t) : type_is_mapping(t)) ||
	    (t->kind == TYPE_PROP && t->prop->kind == PROP_ANY))
		return true;
	if (t->kind == TYPE_PROP)
		wrong_kind_of_prop(s, e->at, t, list ? STR("a list") : STR("a section"));
	else
		fit_into(s, &v, w);
	return false;
}

void judge_builtin_argument(struct statics *s, const struct builtin *f, size_t i,
			    const struct expr *e)
{
	struct str text;

	if (i > 0 || !constant_text(e, &text))
		return;
	if (str_eq(f->name, STR("instance")))
		catalogue_has(s->values, CATALOGUE_INSTANCE_TYPE, text, e->at);
	else if (str_eq(f->name, STR("region")))
		catalogue_has(s->values, CATALOGUE_REGION, text, e->at);
}

/* ---- comparisons ---- */

static bool is_enum(const struct type *t)
{
	return t->kind == TYPE_PROP && t->prop->kind == PROP_ENUM;
}

/* Is the constant one of the values of t, which has a list of them? */
static bool is_of_choice(const struct type *t, const struct value *v)
{
	for (size_t i = 0; t->kind == TYPE_PROP && i < t->prop->nvalues; i++)
		if (str_eq(t->prop->values[i].name, v->text))
			return true;
	/* Of numbers nothing is said. */
	return t->kind == TYPE_CHOICE && (v->kind != VALUE_TEXT || type_has_text(t, v->text));
}

/* Texts alone: of numbers, and of other kinds, the evaluator says what it has to. */
static void compare(struct statics *s, const struct expr *comparison, const struct type *t,
		    const struct expr *e)
{
	const struct value *v = constant(s, e);
	struct diag *d;
	struct str words;

	if (v == NULL || v->kind != VALUE_TEXT ||
	    (t->kind == TYPE_CHOICE && t->nchoices > 0 && t->choices[0]->kind != EXPR_TEXT) ||
	    is_of_choice(t, v))
		return;
	words = t->kind == TYPE_CHOICE ? type_words(s->a, t)
				       : arena_fmt(s->a, "a `" STR_F "`", STR_A(t->prop->name));
	d = diag_never_equal(s->ds, comparison->op.op == OP_IN ? e->at : comparison->op.op_at,
			     words,
			     arena_fmt(s->a, "`" STR_F "`", STR_A(value_shown(s->a, v, true))));
	if (t->kind == TYPE_CHOICE && span_is_set(t->at))
		diag_label(s->ds, d, t->at, "these are its values");
	else if (t->kind == TYPE_PROP)
		diag_help(s->ds, d, STR_F, STR_A(values_words(s->a, t->prop, v->text)));
}

void judge_comparison(struct statics *s, const struct expr *comparison, const struct type *t,
		      const struct expr *e)
{
	if (t == NULL || (t->kind != TYPE_CHOICE && !is_enum(t)))
		return;
	if (comparison->op.op != OP_IN) {
		compare(s, comparison, t, e);
		return;
	}
	for (size_t i = 0; e->kind == EXPR_LIST && i < e->list.n; i++)
		if (!e->list.items[i].spread && e->list.items[i].nclauses == 0)
			compare(s, comparison, t, e->list.items[i].value);
}

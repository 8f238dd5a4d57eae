/* SPDX-License-Identifier: Apache-2.0 */
/* check_run.c - `assert` and `warn`, in programs and in policies. */
#include "compiler/hpc/eval.h"
#include "compiler/hpc/parse.h"

enum { PARTS_DEPTH = 16, SHOWN_PARTS = 4 };

struct parts {
	struct evaluator *ev;
	struct frame *f;
	part_function *part;
	void *data;
	bool done;
};

/* The operands of e, which is no chain of properties. */
static size_t operands(const struct expr *e, const struct expr **ret, size_t max)
{
	size_t n = 0;

#define ADD(x)                              \
	do {                                \
		if ((x) != NULL && n < max) \
			ret[n++] = (x);     \
	} while (0)
	switch (e->kind) {
	case EXPR_UNARY:
		ADD(e->op.right);
		break;
	case EXPR_BINARY:
		ADD(e->op.left);
		ADD(e->op.right);
		break;
	case EXPR_IF:
		ADD(e->branch.condition);
		break;
	case EXPR_CALL:
		for (size_t i = 0; i < e->call.n; i++)
			ADD(e->call.arguments[i].value);
		break;
	case EXPR_LIST:
		for (size_t i = 0; i < e->list.n; i++)
			if (e->list.items[i].nclauses > 0)
				ADD(e->list.items[i].clauses[0].source);
			else
				ADD(e->list.items[i].value);
		break;
	case EXPR_FAULTY:
	case EXPR_NULL:
	case EXPR_BOOL:
	case EXPR_NUMBER:
	case EXPR_TEXT:
	case EXPR_NAME:
	case EXPR_SECTION:
	case EXPR_RANGE:
	case EXPR_MEMBER:
	case EXPR_INDEX:
		break;
	}
#undef ADD
	return n;
}

/* Names and chains of properties in e, left to right; deeper ones are left out. */
static void parts_of(struct parts *p, const struct expr *e, unsigned depth)
{
	enum { MOST = 8 };
	const struct expr *inner[MOST];
	size_t n;

	if (p->done || depth > PARTS_DEPTH || p->ev->stopped)
		return;
	if (e->kind == EXPR_NAME || e->kind == EXPR_MEMBER || e->kind == EXPR_INDEX) {
		struct diags *all = p->ev->ds, aside = {.arena = p->ev->a};
		const struct value *v;

		p->ev->ds =
			&aside; /* what is wrong in it was said when the condition was evaluated */
		v = eval(p->ev, p->f, e, NULL);
		p->ev->ds = all;
		if (!is_poison(v))
			p->done = !p->part(p->data, e, v);
		return;
	}
	n = operands(e, inner, MOST);
	for (size_t i = 0; i < n; i++)
		parts_of(p, inner[i], depth + 1);
}

void condition_parts(struct evaluator *ev, struct frame *f, const struct expr *condition,
		     part_function *part, void *data)
{
	struct parts p = {ev, f, part, data, false};

	parts_of(&p, condition, 0);
}

struct showing {
	struct evaluator *ev;
	struct diag *d;
	struct str seen[SHOWN_PARTS];
	unsigned n;
};

static bool show_part(void *data, const struct expr *e, const struct value *v)
{
	struct showing *s = data;
	struct str name = expr_shown(s->ev->a, e);

	for (unsigned i = 0; i < s->n; i++)
		if (str_eq(s->seen[i], name))
			return true;
	diag_note(s->ev->ds, s->d, "`" STR_F "` is " STR_F, STR_A(name),
		  STR_A(value_shown(s->ev->a, v, true)));
	s->seen[s->n++] = name;
	return s->n < SHOWN_PARTS;
}

/* The message of the check, or that its condition does not hold. */
static struct str message_of(struct evaluator *ev, struct frame *f, const struct check *c)
{
	struct str text;

	if (c->message != NULL) {
		const struct value *v = eval(ev, f, c->message, NULL);

		if (value_text(ev, v, place(f, c->message->at), &text) &&
		    text_steps(ev, place(f, c->message->at), text))
			return text_shown(ev->a, text);
	}
	return arena_fmt(ev->a, "`" STR_F "` does not hold",
			 STR_A(expr_shown(ev->a, c->condition)));
}

void eval_check(struct evaluator *ev, struct frame *f, const struct check *c)
{
	int holds = eval_condition(ev, f, c->condition);
	struct showing s = {.ev = ev};
	struct span at = place(f, c->condition->at);
	struct str text;

	if (holds != 0)
		return;
	text = message_of(ev, f, c);
	if (c->place != NULL) {
		const struct value *v = eval(ev, f, c->place, NULL);

		at = !is_poison(v) && span_is_set(v->at) ? v->at : place(f, c->place->at);
	}
	if (ev->stopped)
		return;
	if (ev->policy != NULL) {
		policy_failed(ev, f, c, text, c->place != NULL ? at : (struct span){0});
		return;
	}
	s.d = c->warn ? diag_condition_warning(ev->ds, at, text)
		      : diag_assertion_failed(ev->ds, at, text);
	condition_parts(ev, f, c->condition, show_part, &s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* eval_list.c - lists, and the loops of comprehensions and sections. */
#include "compiler/hpc/eval.h"

bool grow(struct evaluator *ev, struct growing *g, const struct value *v, struct span at)
{
	if (g->n >= HPC_MAX_ITEMS) {
		stop_size(ev, at, "a list has more than 10,000 items");
		return false;
	}
	g->items = arena_grow(ev->a, g->items, sizeof(*g->items), g->n, &g->cap);
	g->items[g->n++] = v;
	return true;
}

/* ---- rounds ---- */

struct rounds {
	struct evaluator *ev;
	struct frame *f;
	struct loop *loop;
};

static bool go_on(const struct rounds *r, size_t i);

static void bind_loop(const struct rounds *r, const struct binding *b, const struct value *v)
{
	if (b != NULL)
		r->f->cells[b->slot] = (struct cell){CELL_DONE, v};
}

/* A round of clause i: first and second are the values of its names, in the order of the text. */
static bool one_round(const struct rounds *r, size_t i, const struct value *first,
		      const struct value *second)
{
	const struct clause *c = &r->loop->clauses[i];

	if (!steps(r->ev, place(r->f, c->at), 1))
		return false;
	bind_loop(r, c->first_binding, first);
	if (c->second.text.n > 0)
		bind_loop(r, c->second_binding, second);
	return go_on(r, i + 1);
}

/* A round over item number k of a list or range: `for x`, or `for k, x`. */
static bool item_round(const struct rounds *r, size_t i, int64_t k, const struct value *x)
{
	const struct clause *c = &r->loop->clauses[i];
	const struct value *position;

	if (c->second.text.n == 0)
		return one_round(r, i, x, NULL);
	position = value_of_number(r->ev->a, number_int(k), place(r->f, c->first.at));
	return one_round(r, i, position, x);
}

static bool range_rounds(const struct rounds *r, size_t i, const struct value *v)
{
	struct evaluator *ev = r->ev;
	struct span at = place(r->f, r->loop->clauses[i].source->at);
	int64_t k = 0, to;

	if (!v->range.has_from || !v->range.has_to) {
		diag_bad_range(ev->ds, at,
			       v->range.has_from ? STR("this range has no end")
						 : STR("this range has no beginning"));
		r->loop->faulty = true;
		return true;
	}
	if (!number_is_int(v->range.from) || !number_is_int(v->range.to)) {
		diag_bad_range(ev->ds, at, STR("`for` goes over ranges of whole numbers"));
		r->loop->faulty = true;
		return true;
	}
	to = v->range.to.num;
	for (int64_t x = v->range.from.num; x <= to; x++, k++) {
		const struct value *n = value_of_number(ev->a, number_int(x), at);

		if (!item_round(r, i, k, n))
			return false;
		if (x == INT64_MAX)
			break;
	}
	return true;
}

static bool section_rounds(const struct rounds *r, size_t i, const struct value *v)
{
	const struct clause *c = &r->loop->clauses[i];

	if (c->second.text.n == 0) {
		struct diag *d = diag_not_iterable(
			r->ev->ds, place(r->f, c->source->at),
			STR("`for` over a section has two names, of the key and of the value"));

		diag_help(r->ev->ds, d, "write `for key, " STR_F " in …`, or go over `values(…)`",
			  STR_A(c->first.text));
		r->loop->faulty = true;
		return true;
	}
	for (size_t k = 0; k < v->section.n; k++) {
		const struct value_entry *e = &v->section.entries[k];
		const struct value *key = value_of_text(r->ev->a, e->key, e->key_at);

		if (!one_round(r, i, key, e->value))
			return false;
	}
	return true;
}

static bool source_rounds(const struct rounds *r, size_t i)
{
	struct evaluator *ev = r->ev;
	const struct clause *c = &r->loop->clauses[i];
	struct span at = place(r->f, c->source->at);
	const struct value *v = eval(ev, r->f, c->source, NULL);

	if (!known(ev, v, at, "`for`")) {
		r->loop->faulty = true;
		return !ev->stopped;
	}
	if (v->kind == VALUE_NULL && ev->policy != NULL)
		return true;
	if (v->kind == VALUE_RANGE)
		return range_rounds(r, i, v);
	if (is_section(v))
		return section_rounds(r, i, v);
	if (v->kind != VALUE_LIST) {
		struct diag *d = diag_not_iterable(
			ev->ds, at,
			arena_fmt(ev->a,
				  "`for` goes over lists, sections and ranges, not over " STR_F,
				  STR_A(value_kind_words(ev->a, v))));

		if (v->kind == VALUE_NULL)
			diag_help(ev->ds, d, "for what may be absent: `… ?? []`");
		if (v->kind == VALUE_NUMBER)
			diag_help(ev->ds, d, "so many times: `for i in 1.." STR_F "`",
				  STR_A(number_shown(ev->a, v->number)));
		r->loop->faulty = true;
		return true;
	}
	for (size_t k = 0; k < v->list.n; k++)
		if (!item_round(r, i, (int64_t)k, v->list.items[k]))
			return false;
	return true;
}

/* Clauses from number `i` on, then the round itself. Depth: the number of clauses, see eval_rounds(). */
static bool go_on(const struct rounds *r, size_t i)
{
	/* `if` clauses behind each other take no depth. */
	for (; i < r->loop->n && r->loop->clauses[i].first.text.n == 0; i++) {
		int holds = eval_condition(r->ev, r->f, r->loop->clauses[i].source);

		r->loop->faulty |= holds < 0;
		if (holds <= 0)
			return !r->ev->stopped;
	}
	if (r->ev->stopped)
		return false;
	if (i == r->loop->n)
		return r->loop->round(r->ev, r->f, r->loop->data);
	return source_rounds(r, i);
}

bool eval_rounds(struct evaluator *ev, struct frame *f, struct loop *l)
{
	struct rounds r = {ev, f, l};
	size_t loops = 0;
	bool ok;

	for (size_t i = 0; i < l->n; i++)
		loops += l->clauses[i].first.text.n > 0;
	if (loops > MOST_NESTING - ev->nesting) {
		stop_steps(ev, place(f, l->clauses[0].at), "too many loops are nested");
		return false;
	}
	ev->nesting += (unsigned)loops;
	ok = go_on(&r, 0);
	ev->nesting -= (unsigned)loops;
	return ok;
}

/* ---- lists ---- */

struct filling {
	struct growing *g;
	const struct element *element;
	const struct type *item;
	struct span at; /* the list */
	bool faulty;
};

/* Takes the items of `...value`. */
static bool take_spread(struct evaluator *ev, struct filling *fill, const struct value *v,
			struct span at)
{
	if (!known(ev, v, at, "`...`")) {
		fill->faulty = true;
		return !ev->stopped;
	}
	if (v->kind == VALUE_NULL)
		return true;
	if (v->kind != VALUE_LIST) {
		struct diag *d =
			diag_bad_spread(ev->ds, at, "list", "a list", value_kind_words(ev->a, v));

		if (is_section(v))
			diag_help(ev->ds, d, "without `...` it is one item of the list");
		fill->faulty = true;
		return true;
	}
	for (size_t i = 0; i < v->list.n; i++)
		if (!grow(ev, fill->g, v->list.items[i], fill->at))
			return false;
	return true;
}

static bool take_element(struct evaluator *ev, struct frame *f, void *data)
{
	struct filling *fill = data;
	const struct element *e = fill->element;
	const struct value *v = eval(ev, f, e->value, fill->item);

	if (e->spread)
		return take_spread(ev, fill, v, place(f, e->value->at));
	if (is_poison(v))
		fill->faulty = true;
	if (v->kind == VALUE_NULL || is_poison(v))
		return !ev->stopped;
	return grow(ev, fill->g, v, fill->at);
}

const struct value *eval_list(struct evaluator *ev, struct frame *f, const struct expr *e,
			      const struct type *want)
{
	struct growing g = {0};
	const struct type *item = want != NULL ? type_item(ev->types, want) : NULL;
	bool faulty = false;

	for (size_t i = 0; i < e->list.n && !ev->stopped; i++) {
		const struct element *element = &e->list.items[i];
		struct filling fill = {&g, element, element->spread ? want : item, place(f, e->at),
				       false};

		struct loop loop = {.clauses = element->clauses,
				    .n = element->nclauses,
				    .round = take_element,
				    .data = &fill};

		if (element->nclauses > 0)
			eval_rounds(ev, f, &loop);
		else
			take_element(ev, f, &fill);
		faulty |= fill.faulty || loop.faulty;
	}
	/* One faulty item makes the list faulty: whatever counts or compares its items would say so again. */
	if (faulty || ev->stopped)
		return &value_poison;
	return new_list(ev, g.items, g.n, place(f, e->at));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - which stack must be there before which. */
#include "compiler/compile/order.h"

#include "compiler/base/map.h"
#include "compiler/base/open_text.h"
#include "compiler/schema/schema.h"

/* ---- what a file needs ---- */

struct finder {
	struct arena *a;
	struct map known; /* names of stacks */
	struct stack_need *items;
	size_t n, cap;
};

static void add(struct finder *f, struct str stack, struct span at)
{
	if (stack.n == 0 || map_get(&f->known, stack) != NULL)
		return;
	map_put(&f->known, f->a, stack, f);
	f->items = arena_grow(f->a, f->items, sizeof *f->items, f->n, &f->cap);
	f->items[f->n++] = (struct stack_need){stack, at};
}

/* Goes through a tree, which is no deeper than its reader allows. */
static void find(struct finder *f, const struct node *n)
{
	struct str rest = n->kind == NODE_STRING && n->open ? n->text : (struct str){0};
	struct reference r;

	for (size_t i = 0; n->kind == NODE_LIST && i < n->list.n; i++)
		find(f, n->list.items[i]);
	for (size_t i = 0; n->kind == NODE_MAP && i < n->map.n; i++)
		find(f, n->map.entries[i].value);
	while (text_next_reference(&rest, &r))
		if (r.kind == REFERENCE_STACK)
			add(f, r.stack, n->at);
}

struct stack_needs stack_needs_of(struct arena *a, const struct node *tree)
{
	struct finder f = {.a = a};
	const struct node *stack;

	if (tree == NULL)
		return (struct stack_needs){0};
	stack = tree_get(tree_get(tree, schema_props[PROP_Cluster_Environment].name), STR("Stack"));
	if (stack != NULL && stack->kind == NODE_STRING && !stack->open)
		add(&f, stack->text, stack->at);
	find(&f, tree);
	return (struct stack_needs){f.items, f.n};
}

/* ---- in which order ---- */

enum visit { VISIT_NONE, VISIT_UNDER_WAY, VISIT_DONE };

/* A stack whose needs are looked at, one after the other. */
struct step {
	size_t i, next;
};

struct ordering {
	const struct ordered_stack *stacks;
	struct map by_name; /* of struct step: where each stands */
	enum visit *visits;
	struct step *way; /* from a stack to what it needs, and on */
	size_t nway;
	size_t *done, ndone;
	struct stack_circles circles;
	size_t n;
};

static void enter(struct ordering *o, size_t i)
{
	o->visits[i] = VISIT_UNDER_WAY;
	o->way[o->nway++] = (struct step){i, 0};
}

/* Looks at what the last stack of the way needs next, or takes it as done. */
static void go_on(struct ordering *o)
{
	struct step *last = &o->way[o->nway - 1];
	const struct stack_needs *needs = &o->stacks[last->i].needs;
	const struct step *to;

	if (last->next == needs->n) {
		o->visits[last->i] = VISIT_DONE;
		o->done[o->ndone++] = last->i;
		o->nway--;
		return;
	}
	to = map_get(&o->by_name, needs->items[last->next].stack);
	last->next++;
	if (to == NULL)
		return;
	if (o->visits[to->i] == VISIT_NONE) {
		enter(o, to->i);
	} else if (o->visits[to->i] == VISIT_UNDER_WAY && o->circles.n < o->n) {
		o->circles.items[o->circles.n++] =
			(struct stack_circle){last->i, to->i, needs->items[last->next - 1].at};
	}
}

struct stack_circles stacks_order(struct arena *a, const struct ordered_stack *stacks, size_t n,
				  size_t *ret)
{
	struct ordering o = {.stacks = stacks,
			     .visits = NEW_ARRAY(a, enum visit, n + 1),
			     .way = NEW_ARRAY(a, struct step, n + 1),
			     .done = ret,
			     .circles = {NEW_ARRAY(a, struct stack_circle, n + 1), 0},
			     .n = n};

	for (size_t i = 0; i < n; i++) {
		struct step *at;

		if (stacks[i].stack.n == 0 || map_get(&o.by_name, stacks[i].stack) != NULL)
			continue;
		at = NEW(a, struct step);
		at->i = i;
		map_put(&o.by_name, a, stacks[i].stack, at);
	}
	for (size_t i = 0; i < n; i++) {
		if (o.visits[i] == VISIT_NONE)
			enter(&o, i);
		while (o.nway > 0)
			go_on(&o);
	}
	return o.circles;
}

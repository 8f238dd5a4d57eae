/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.h - which stack must be there before which: a stack imports what another one exports.
 *
 * CloudFormation refuses to make a stack whose imports are not there yet, so what is deployed together is deployed in
 * an order, and two that import from each other can never be made.
 */
#ifndef HPCC_ORDER_H
#define HPCC_ORDER_H

#include "compiler/tree/tree.h"

/* A stack that another one imports from, and the first place that says so. */
struct stack_need {
	struct str stack;
	struct span at;
};

struct stack_needs {
	const struct stack_need *items;
	size_t n;
};

/*
 * What the stack of a file imports from, each stack once, in the order of its tree: by `${stack.NAME.X}`, and the
 * Stack of its section Environment.
 */
struct stack_needs stack_needs_of(struct arena *a, const struct node *tree);

/* A stack among those that are deployed together. */
struct ordered_stack {
	struct str stack; /* its name, or empty: nobody can name it */
	struct stack_needs needs;
};

/* Two stacks of which the first imports from the second at `at`, which needs the first: by way of others, or itself. */
struct stack_circle {
	size_t from, to;
	struct span at;
};

struct stack_circles {
	struct stack_circle *items;
	size_t n;
};

/*
 * Puts the order of n stacks into `ret`, as their indices: each behind those that it needs, else as they come. Of
 * stacks in a circle one stands before what it needs: those are returned, at most n.
 */
struct stack_circles stacks_order(struct arena *a, const struct ordered_stack *stacks, size_t n,
				  size_t *ret);

#endif

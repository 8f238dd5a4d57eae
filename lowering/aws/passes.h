/* SPDX-License-Identifier: Apache-2.0 */
/* passes.h - runs the passes of a lowering, one after the other, over the graph of a stack. */
#ifndef HPCC_PASSES_H
#define HPCC_PASSES_H

#include "lowering/aws/stack.h"

/* A row of a passes.def. */
struct pass {
	uint16_t variants; /* of files that it is for */
	struct str name;
	void (*run)(struct stack *st); /* the stack that the struct of the lowering begins with */
};

/*
 * Runs those of a variant up to `until`, or all where none is called so; then keeps what kept resources need, where the
 * stack says so, and verifies the graph; in debug builds after each.
 * False when one of them, or the graph, has errors (reported).
 */
bool passes_run(struct stack *st, const struct pass *passes, size_t n, uint16_t variant,
		struct str until);

#endif

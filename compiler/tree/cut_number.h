/* SPDX-License-Identifier: Apache-2.0 */
/* cut_number.h - what the builder of trees shares with cut_number.c; nobody else includes it. */
#ifndef HPCC_CUT_NUMBER_H
#define HPCC_CUT_NUMBER_H

#include "compiler/tree/tree_build.h"

/* An entry or item of an open list or mapping. Lists use only entry.value. */
struct pending {
	struct entry entry;
	bool merge;   /* a plain `<<` */
	bool dropped; /* reported: not to become an entry */
};

/*
 * Reports numbers that a comma between braces cut in two, as in `{MaxCount: 1,200}`, where 200 is a key without a
 * value (E0052). The keys are dropped and the number is poisoned. p: the n entries of one mapping.
 */
void join_cut_numbers(struct builder *b, struct pending *p, size_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h - several graphs of one stack as one, in which parameters decide.
 *
 * Each graph is the stack with other values of some parameters. What is the same in all stays; a value that differs is
 * the parameter itself where it is its text, else an Fn::If on conditions that compare the parameter; a resource that
 * is not in all has a condition. What depends on such a resource, and is there without it, refers to it in the list
 * `Order` of its metadata.
 */
#ifndef HPCC_IR_MERGE_H
#define HPCC_IR_MERGE_H

#include "lowering/ir/ir.h"

struct ir_merge {
	struct arena *arena;
	const struct ir *const
		*graphs; /* n of them, each verified; the first decides about orders */
	size_t n;
	const struct str *parameters; /* names of those that differ; each is in all graphs */
	size_t nparameters;
	const struct str *values; /* of graph k: nparameters of them from k * nparameters on */
	struct str fault;	  /* set where they cannot be one graph: what differs */
};

/*
 * The one graph, to be verified; parameters that nothing depends on are left out of it. NULL, and in->fault set, where
 * something differs that CloudFormation lets no parameter decide: a mapping, a type, a default.
 */
struct ir *ir_merge(struct ir_merge *in);

#endif

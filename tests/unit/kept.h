/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept.h - what of a stack stays, for tests of graphs.
 */
#ifndef HPCC_TEST_KEPT_H
#define HPCC_TEST_KEPT_H

#include "tests/unit/graph_of.h"

/* Does it stay when the stack is deleted? */
bool stays(const struct ir_resource *r);
/* How many resources of a type do. */
size_t kept(const struct ir *g, const char *type);
/* The types of all that do, in the order of the graph, with blanks between and without "AWS::". */
struct str kept_types(struct arena *a, const struct ir *g);
/* Fails the test when r needs what goes. `next` is what the stack is after an update; NULL: it is deleted. */
void all_that_it_needs_stays(struct arena *a, const struct ir *g, const struct ir *next,
			     const struct ir_resource *r);
/* The same of all that stays; which must not cost by the hour, nor be in the way of another try to create the stack. */
void nothing_dangles(struct arena *a, const struct ir *g, const struct ir *next);

/* The same of examples/NAME.yaml, from the root; fails the test where it cannot be read. */
void nothing_dangles_of(struct arena *a, const char *name);

#endif

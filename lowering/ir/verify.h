/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - the parts of ir_verify; private to lowering/ir and its tests.
 *
 * Each part looks for one kind of fault and keeps the first it finds: a graph with a fault is never
 * emitted, so one is enough.
 */
#ifndef HPCC_VERIFY_H
#define HPCC_VERIFY_H

#include "lowering/ir/walk.h"

struct verify {
	struct arena *a;
	const struct ir *g;
	struct str fault;		    /* the first one, or empty */
	struct diags *ds;		    /* what a file can cause; NULL: nobody asks */
	const struct ir_resource *reported; /* the last resource with too long user data */
};

/* Notes a fault unless there is one. */
void verify_fault(struct verify *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * One walk over all values, for them and the two functions below. Names: form of ids; every Ref, GetAtt,
 * placeholder, DependsOn, Condition and FindInMap leads somewhere.
 */
void verify_references(struct verify *v);
/* No resource waits for itself; the fault names the whole circle. */
void verify_cycles(struct verify *v);
/* Types, properties, kinds and values against stdlib/resources. */
void verify_properties(struct verify *v);
/* How many operands the function `value` has; the walk is at it. */
void verify_operands(struct verify *v, const struct ir_walk *walk, const struct ir_value *value);
/* Reports user data that EC2 refuses (E0542); the walk is at `value`. */
void verify_user_data(struct verify *v, const struct ir_walk *walk, const struct ir_value *value);
/* Reports what exceeds limits of CloudFormation (E0541), and of the policies of a role (E0546). */
void verify_limits(const struct ir *g, struct diags *ds);

/* The first fault of the graph, or an empty text; in `a`. */
struct str ir_fault(struct arena *a, const struct ir *g);

#endif

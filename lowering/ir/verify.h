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
	struct str fault; /* the first one, or empty */
};

/* Notes a fault unless there is one. */
void verify_fault(struct verify *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Names: form of ids; every Ref, GetAtt, placeholder, DependsOn, Condition and FindInMap leads somewhere. */
void verify_references(struct verify *v);
/* No resource waits for itself; the fault names the whole circle. */
void verify_cycles(struct verify *v);
/* Types, properties, kinds and values against stdlib/resources; operands of functions. */
void verify_properties(struct verify *v);

/* The first fault of the graph, or an empty text; in `a`. */
struct str ir_fault(struct arena *a, const struct ir *g);

/* Reports what in the graph exceeds limits of CloudFormation and EC2 (E0541, E0542). */
void verify_limits(const struct ir *g, struct diags *ds);

#endif

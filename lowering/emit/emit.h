/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit.h - the graph as bytes.
 *
 * An emitter is a function of the graph alone: it sees no model, no file and no clock. One row in
 * emitters.def makes a format known to --emit, its help text and the fuzzers.
 */
#ifndef HPCC_EMIT_H
#define HPCC_EMIT_H

#include "lowering/ir/ir.h"

/* Layout of JSON: -1 minified, -2 indented unless only minified text stays below the limit, else blanks. */
struct emit_style {
	int indent;
};

/* Largest template that `aws cloudformation deploy` sends without a bucket, in bytes. */
enum { CFN_DIRECT_LIMIT = 51200, CFN_LIMIT = 1 << 20 };

typedef struct str emit_function(struct arena *a, const struct ir *g, struct emit_style style);

struct emitter {
	struct str name; /* as in --emit=NAME */
	struct str help;
	emit_function *emit;
};

extern const struct emitter emitters[];
extern const size_t emitters_n;

/* The emitter called name, or NULL. */
const struct emitter *emitter_find(struct str name);

#endif

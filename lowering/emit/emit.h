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

/* Values of emit_style.indent beside a number of blanks a level. */
enum {
	/*
	 * As short as can be: no blank or line end between the pieces, no description of parameters and
	 * outputs, no Sid of statements, no policy that says what CloudFormation does anyway, the code of
	 * functions packed.
	 */
	EMIT_MINIFIED = -1,
	/*
	 * 2 blanks, with the code of functions as text. Where only less than that stays within
	 * CFN_DIRECT_LIMIT, the first of these that does: the code as text, lines as deep as there is room
	 * for, no blanks and descriptions; the same with the code packed. Where nothing does, all stays.
	 */
	EMIT_AUTO = -2,
};

/*
 * Layout of the text. YAML has lines anyway: there EMIT_AUTO chooses between code as text and packed alone, and
 * EMIT_MINIFIED means the code packed and no descriptions.
 */
struct emit_style {
	int indent;
};

/* Largest template that `aws cloudformation deploy` sends without a bucket, in bytes. */
enum { CFN_DIRECT_LIMIT = 51200, CFN_LIMIT = 1 << 20 };

/*
 * The whole graph, verified, as UTF-8 text with a final newline; in the arena. The bytes are a function
 * of g and style.
 */
typedef struct str emit_function(struct arena *a, const struct ir *g, struct emit_style style);

struct emitter {
	struct str name; /* as in --emit=NAME */
	emit_function *emit;
};

extern const struct emitter emitters[];
extern const size_t emitters_n;

/* Reports a template that CloudFormation refuses (E0543). */
void emit_check_size(struct diags *ds, struct str text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sub.h - reads the formats of Fn::Sub, the one place that knows how they are written.
 *
 * Source: AWS CloudFormation Template Reference, Fn::Sub.
 */
#ifndef HPCC_IR_SUB_H
#define HPCC_IR_SUB_H

#include "lowering/ir/ir.h"

/* A piece of a format: literal text, or a placeholder ${name} or ${name.attribute}. */
struct ir_sub_piece {
	bool placeholder;
	struct str raw;	 /* as the format has it */
	struct str text; /* literal: as the result has it; placeholder: with its braces */
	struct str name, attribute;
};

/*
 * Cuts the next piece off *rest; false at its end. A literal "${!X}" comes as the pieces "${" and "X}…". A
 * "${" without end is a placeholder with an empty name.
 */
bool ir_sub_next(struct str *rest, struct ir_sub_piece *ret);

/* What the Sub itself gives for the piece: the value of its variable, or NULL for text and names of the graph. */
const struct ir_value *ir_sub_variable(const struct ir_value *sub, const struct ir_sub_piece *p);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* equal.h - values compared and hashed by what they say, wherever they stand. */
#ifndef HPCC_IR_EQUAL_H
#define HPCC_IR_EQUAL_H

#include "lowering/ir/ir.h"

/*
 * Do two values say the same: kind, texts, and what they hold in the same order? A shorter form of a text (ir_text_or)
 * does not count.
 */
bool ir_same(const struct ir_value *a, const struct ir_value *b);

/* A hash of what a value says, folded into `h`; the same on every machine and in every release. */
uint64_t ir_hash(uint64_t h, const struct ir_value *v);

/* To begin an ir_hash with. */
#define IR_HASH_SEED 0xcbf29ce484222325u

#endif

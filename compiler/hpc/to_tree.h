/* SPDX-License-Identifier: Apache-2.0 */
/* to_tree.h - values of the deployment in trees; seen by the evaluator alone. */
#ifndef HPCC_HPC_TO_TREE_H
#define HPCC_HPC_TO_TREE_H

#include "compiler/hpc/eval.h"

/* What stands between the marks of a reference, without the mark of a list. */
struct str reference_word(struct str piece);

/* Reports E0004 at a text with the character that no file can hold. */
void report_control(struct diags *ds, struct span at, uint32_t cp);

#endif

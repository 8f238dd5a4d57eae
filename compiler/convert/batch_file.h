/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_file.h - the batch file that says what a cluster with the scheduler awsbatch says, as far as there is one.
 *
 * Compute environment, queue and two kinds of jobs become what they were; what a batch file has no word for, such as
 * the head node, is told in comments, so that nothing is lost without a word.
 */
#ifndef HPCC_CONVERT_BATCH_FILE_H
#define HPCC_CONVERT_BATCH_FILE_H

#include "compiler/base/buf.h"
#include "compiler/facts/facts.h"
#include "compiler/tree/tree.h"
#include "model.h" /* generated from stdlib/schema */

/*
 * Appends that file, in YAML with comments. `tree` and `c` are of one file without errors, whose scheduler is awsbatch;
 * `name` is what the file is called. Memory is of the buffer's arena.
 */
void batch_file(struct buf *out, struct str name, const struct node *tree, const struct cluster *c,
		const struct facts *facts);

#endif

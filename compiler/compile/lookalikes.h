/* SPDX-License-Identifier: Apache-2.0 */
/* lookalikes.h - findings at text with characters that only look like ASCII. */
#ifndef HPCC_LOOKALIKES_H
#define HPCC_LOOKALIKES_H

#include "compiler/tree/tree.h"

/*
 * Adds to each finding whose place holds characters that are taken for ASCII ones: which, with their code
 * points, and what to write; ds is sorted. Where only ASCII can be right and the edit is clear, it becomes the fix.
 * In a program what is no text stands without quotes. Where a variable or an escape brought the characters, they are
 * named without one; `root` is the tree, or NULL.
 */
void lookalikes_explain(struct diags *ds, const struct node *root, bool program);

#endif

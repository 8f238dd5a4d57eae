/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - which lines of a text must change to make another of it. */
#ifndef HPCC_LINES_H
#define HPCC_LINES_H

#include "compiler/source/fix.h"

/*
 * Edits of whole lines that make `after` of `before`, in `a`. Made for texts that differ in blanks and line ends: lines
 * meet by the number of other bytes in front of them. Of any other two texts it gives edits too, only more of them.
 */
struct edits lines_between(struct arena *a, struct str before, struct str after);

#endif

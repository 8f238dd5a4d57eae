/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.h - how near two words are: the base of every "did you mean". */
#ifndef HPCC_NEAREST_H
#define HPCC_NEAREST_H

#include "compiler/base/str.h"

/*
 * Damerau-Levenshtein distance of a and b in the restricted form (insert, delete, replace, swap of
 * neighbours), in bytes, ignoring ASCII case; characters of a that look like ASCII count as what they look
 * like (lookalike.h). Counts no further than `limit`: a larger distance, or a word of more than 64 bytes,
 * gives limit + 1.
 */
unsigned edit_distance(struct str a, struct str b, unsigned limit);

/* The distance up to which `word` counts as a misspelling: a third of its length, at least 1. */
unsigned near_limit(struct str word);

#endif

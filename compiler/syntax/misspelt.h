/* SPDX-License-Identifier: Apache-2.0 */
/* misspelt.h - comments that were meant to suppress a finding, and do not. */
#ifndef HPCC_MISSPELT_H
#define HPCC_MISSPELT_H

#include "compiler/base/str.h"

/* What stands behind the # of a comment. */
struct meant_mark {
	size_t lo, hi; /* its bytes, up to where the codes begin */
	bool file;     /* the form for the whole file was meant */
};

/*
 * Is the comment whose # is text[hash] meant as `# hpcc:ignore CODE`, but written otherwise: `# hpcc: ignore`,
 * `#hpcc ignore`, `# hpcc:ignor`? A comment in words about hpcc is not: a colon or a code must be there.
 */
bool misspelt_mark(struct str text, size_t hash, struct meant_mark *ret);

/* The code or name that word, which is none, was meant for: a slip in a name, a letter for a digit in a code. */
bool near_code(struct str word, struct str *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* misspelt.h - comments that were meant to suppress a finding, and do not. */
#ifndef HPCC_MISSPELT_H
#define HPCC_MISSPELT_H

#include "compiler/base/str.h"

/* What stands behind the # of a comment. */
struct meant_mark {
	size_t lo,
		hi; /* its bytes, up to the codes; from the # on where that is a part of the fault */
	bool file;  /* the form for the whole file was meant */
	bool certain; /* a code follows, and the form that is written instead holds for the same line */
};

/*
 * Is the comment whose # is text[hash] meant as `# hpcc:ignore CODE`, but written otherwise: `# hpcc: ignore`,
 * `#hpcc ignore`, `# hpcc:ignor`, `# hpcc: E0401`? A comment in words about hpcc is not: a code or a reason must
 * follow, or the verb stand close to `hpcc:`.
 */
bool misspelt_mark(struct str text, size_t hash, struct meant_mark *ret);

/* The code or name that word, which is none, was meant for: a slip in a name, a letter for a digit in a code. */
bool near_code(struct str word, struct str *ret);

#endif

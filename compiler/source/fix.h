/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix.h - applies the fixes of findings to the text.
 *
 * Only the bytes that a fix names change; comments and layout stay. Only certain fixes are applied, all of a
 * finding or none, and none that touches one before it: what is left is found again by the next run. Lines that
 * are inserted end as those of the file do.
 */
#ifndef HPCC_FIX_H
#define HPCC_FIX_H

#include "compiler/source/diag.h"

/* One edit that was chosen. */
struct edit {
	uint32_t lo, hi; /* bytes [lo, hi) of the old text */
	struct str text;
};

struct edits {
	struct edit *items; /* by lo, without overlap */
	size_t n;
	size_t findings; /* how many findings they mend */
};

/* The edits of all certain fixes of ds (sorted) that lie in src. */
struct edits fixes_choose(struct arena *a, const struct diags *ds, const struct source *src);
/* What `first` and then `second` do to a text, as one; `between` is the text after `first`. */
struct edits fixes_then(struct arena *a, const struct edits *first, struct str between,
			const struct edits *second);
/* The text of src with the edits made. */
struct str fixes_apply(struct arena *a, const struct source *src, const struct edits *e);
/* The edits as a unified diff with three lines of context; empty when there are none. */
struct str fixes_diff(struct arena *a, const struct source *src, const struct edits *e);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppress.h - comments that take findings back.
 *
 *     InstanceType: p3.2xlarge   # hpcc:ignore W0410 -- our licence is bound to it
 *     # hpcc:ignore W0410, W0601 -- reasons, for the next line that is no comment
 *     # hpcc:ignore-file W0601 -- a reason for the whole file
 *
 * A code may be written as its name. Errors of reading, of the schema, of lowering and of references, and a few others
 * (diag_may_change) cannot be taken back, because nothing can be made of a file that has them. A suppression that takes
 * nothing back is a finding itself.
 */
#ifndef HPCC_SUPPRESS_H
#define HPCC_SUPPRESS_H

#include "compiler/tree/tree.h"

struct suppression {
	enum diag_id id;
	struct span at; /* of the code in the comment */
	uint32_t line;	/* line it is for; 0: the whole file */
	bool used;
	const struct suppression
		*same; /* an earlier one for the same line and code, which is marked instead */
	struct suppression *next;
};

/*
 * The suppressions in the comments of src, in the order of the text; faults in them are reported (W0041 to
 * W0044). What stands in quotes or in a block of text is no comment: `root` is the tree of src. NULL when
 * there are none. Cost: one search through the text when it has none.
 */
struct suppression *suppressions_read(struct arena *a, struct diags *ds, const struct source *src,
				      const struct node *root);

/* May there be one, or a comment that was meant as one, in src? One search through the text. */
bool suppressions_are_meant(const struct source *src);
/* The same as suppressions_read() of a text whose comments are at hand, in their order. */
struct suppression *suppressions_among(struct arena *a, struct diags *ds, const struct source *src,
				       const struct span *comments, size_t n);

/*
 * Takes the findings back that `list`, which is of one text, names: those in that text, and those without a place.
 * `off` tells codes that were switched off before they could be reported, so that nothing is said of them. The rest of
 * `list` is reported as unused (W0040). ds is sorted afterwards.
 */
void suppress(struct diags *ds, struct suppression *list,
	      bool (*off)(enum diag_id id, const void *data), const void *data);

/* May the code be taken back, or its severity changed? */
bool diag_may_change(enum diag_id id);
/* Why not, for messages. Static. */
const char *diag_why_fixed(enum diag_id id);

#endif

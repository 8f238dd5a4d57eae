/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - the value tree against the schema: types, ranges, enums, patterns, names, counts.
 *
 * One generic walk over the tables of stdlib/schema; it knows no property by name and no kind of
 * file. What passes is bound into the typed model with defaults filled in; what fails is
 * reported and its field poisoned, so that nothing later reports it again.
 */
#ifndef HPCC_CHECK_H
#define HPCC_CHECK_H

#include "compiler/schema/pattern.h"
#include "compiler/tree/tree.h"
#include "model.h" /* generated from stdlib/schema */

/* How a file is judged. The zero value: by any 3.x, with patterns of its own, its environment unknown. */
struct check_options {
	release knows; /* the ParallelCluster release to judge by, or 0 for "any 3.x" */
	struct pattern_cache
		*patterns;	     /* lives as long as the caller has files to check, or NULL */
	const struct foundation *on; /* the environment that the file stands on, or NULL */
	const struct foundation *others; /* a list of those that it imports from as well */
	/*
	 * For each parameter of the file, the index of the one of its AllowedValues that it has where its value must
	 * be known; NULL: its default, or the first.
	 */
	const size_t *choices;
	const struct diags *read;     /* what was found as the tree was read, or NULL */
	const struct file_kind *kind; /* where that is certain; NULL: the tree tells */
	/* The stack of the environment that the file stands on, where its tree does not say, and where that is said. */
	struct str stack;
	struct span stack_at;
};

/* As check_tree(), with options. */
const struct model *check_tree_as(struct arena *a, struct diags *ds, const struct node *root,
				  const struct check_options *o);
/*
 * The model of the file `root`, of the kind that kind_of tells. Never NULL: after errors (see ds) it is as complete
 * as the file allowed. `knows` is the ParallelCluster release to judge by, or 0 for "any 3.x". `patterns` lives as
 * long as the caller has files to check; NULL: this file has one of its own.
 */
const struct model *check_tree(struct arena *a, struct diags *ds, const struct node *root,
			       release knows, struct pattern_cache *patterns);

#endif

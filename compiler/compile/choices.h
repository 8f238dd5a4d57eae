/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choices.h - files with parameters whose value must be known: checked and lowered once for each combination of the
 * values that these may have.
 *
 * A finding that does not hold for all of them says for which. The graphs of all become one, in which the value of a
 * parameter decides (lowering/ir/merge.h).
 */
#ifndef HPCC_CHOICES_H
#define HPCC_CHOICES_H

#include "compiler/check/check.h"
#include "compiler/check/rules/rule.h"
#include "lowering/lower.h"

/* So many combinations are checked; E1615 is reported where there are more. */
enum { MOST_CHOICES = 64 };

/* How to check a file, once or several times. */
struct choices_call {
	struct arena *a;
	struct diags *ds;
	const struct node *tree;
	struct check_options check;
	const struct foundation *on;	 /* the environment that it stands on, or NULL */
	const struct foundation *others; /* a list of those that it imports from as well */
	const struct facts *facts;
	const struct code_set *off; /* codes that are switched off, or NULL */
};

/* A file with one combination of values. */
struct choice {
	const struct model *model;
	size_t *values; /* for each parameter, the index of the one of its values that is taken */
};

/* All combinations; the first is that of the defaults. */
struct choices {
	struct choice *items;
	size_t n;
};

/* Checks the file; n is 1 where no parameter stands at a value that must be known. */
struct choices choices_check(const struct choices_call *call);
/* The graph of a file that was checked without errors, or NULL (reported). */
const struct ir *choices_lower(struct arena *a, struct diags *ds, const struct choices *choices,
			       const struct lower_options *o);

/* Does a finding of choices_check() hold with some values of parameters alone? */
bool depends_on_choice(const struct diag *d);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_check.h - what is wrong whatever is evaluated: section 10.2 of doc/language.md.
 *
 * Every literal in a place whose type is known is held against it: bodies of declarations, values of properties, of
 * `let`, parameters, results and arguments with a type, in all branches, items and rounds, also of functions that
 * nobody calls. What is missing, and what only a run knows, is the evaluator's.
 */
#ifndef HPCC_HPC_STATIC_CHECK_H
#define HPCC_HPC_STATIC_CHECK_H

#include "compiler/hpc/modules.h"
#include "compiler/hpc/type.h"

/*
 * Sets the `type` of items, parameters and lets, and reports E0101 to E0107, E0401, E0402, E0746 and those of E08xx
 * that constants show. Bound files without errors of names. `facts` may be NULL: then names of the catalogue are not
 * judged.
 */
void static_check(struct arena *a, struct diags *ds, struct type_maker *types,
		  const struct module_set *files, const struct facts *facts);

/* The same of an expression that stands alone. */
void static_check_expression(struct arena *a, struct diags *ds, struct type_maker *types,
			     struct expr *e, const struct facts *facts);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_eval.c - any bytes as a program that is run: values, trees, policies.
 *
 * It holds the evaluator to its word: it ends within its limits, each finding has a place within a text, a program
 * without findings gives whole trees, and what is poison was reported.
 */
#include "compiler/hpc/hpc.h"
#include "fuzz.h"

static enum hpc_read read_nothing(void *data, struct str from, struct str path,
				  const struct source **ret, struct str *ret_why)
{
	(void)data;
	(void)from;
	(void)path;
	(void)ret;
	*ret_why = STR("no such file");
	return HPC_READ_FAILED;
}

static void check_findings(const struct diags *ds)
{
	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		INVARIANT(span_is_set(d->at) && d->at.lo <= d->at.hi &&
			  d->at.hi <= d->at.src->text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct hpc_host host = {.read = read_nothing};
	struct hpc_options o = {.facts = facts_bundled(), .host = &host};
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct str text = {(const char *)data, n};
	struct hpc_program *p = hpc_run(&a, &ds, source_new(&a, STR("fuzz.hpc"), text), &o);

	size_t steps = 0;

	INVARIANT(p->faulty == (ds.errors > p->apart));
	for (size_t i = 0; i < p->ndeclarations; i++) {
		const struct hpc_declaration *d = &p->declarations[i];

		INVARIANT(ds.errors > 0 ||
			  (d->value->kind == VALUE_DECLARATION && d->tree != NULL));
		if (d->tree != NULL)
			tree_print(&a, d->tree);
		if (d->value->kind == VALUE_DECLARATION && p->evaluator != NULL)
			hpc_apply_policies(&ds, p, d->value, d->kind_word, d->name, &steps);
	}
	check_findings(&ds);
	diags_sort(&ds);
	arena_release(&a);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_import.c - any bytes as a YAML file that becomes a program.
 *
 * There is a program exactly when there is no error; it has no error of syntax, and two runs give the same one. Where it
 * can be evaluated, it has one declaration, with a tree.
 */
#include "compiler/hpc/hpc.h"
#include "compiler/hpc/parse.h"
#include "compiler/import/import.h"
#include "fuzz.h"

static struct import_result import(struct arena *a, struct diags *ds, struct str text, bool ids)
{
	struct import_options o = {.name = STR("fuzz"), .deploy_ids = ids};

	ds->arena = a;
	return import_program(a, ds, source_new(a, STR("fuzz.yaml"), text), &o);
}

static void evaluate(struct arena *a, const struct source *src)
{
	struct hpc_options o = {.facts = facts_bundled()};
	struct diags ds = {.arena = a};
	const struct hpc_program *p = hpc_run(a, &ds, src, &o);

	INVARIANT(p->faulty == (ds.errors > p->apart));
	INVARIANT(p->faulty || (p->ndeclarations == 1 && p->declarations[0].tree != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct diags ds = {0}, again = {0}, syntax = {.arena = &a};
	struct str text = {(const char *)data, n};
	bool ids = n > 0 && (data[n - 1] & 1) != 0;
	struct import_result one = import(&a, &ds, text, ids), two = import(&a, &again, text, ids);
	const struct source *src;

	INVARIANT((one.text.n == 0) == (ds.errors > 0));
	INVARIANT(str_eq(one.text, two.text) && ds.warnings == again.warnings);
	if (one.text.n > 0 && one.text.n <= HPC_MAX_BYTES) {
		src = source_new(&a, STR("fuzz.hpc"), one.text);
		INVARIANT(!hpc_parse(&a, &syntax, src)->faulty);
		evaluate(&a, src);
	}
	arena_release(&a);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_hpc.c - any bytes as the text of a program, and as an expression.
 *
 * A file is faulty exactly if an error was reported, places lie inside the text, and an expression that is shown reads
 * as the same again.
 */
#include "compiler/hpc/parse.h"
#include "fuzz.h"

static void check_places(const struct diags *ds, const struct source *src)
{
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		INVARIANT(d->at.src == NULL || (d->at.src == src && d->at.hi <= src->text.n));
		for (const struct diag_fix *f = d->fixes; f != NULL; f = f->next)
			INVARIANT(f->at.src == src && f->at.lo <= f->at.hi);
	}
}

static void try_file(struct str text)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct source *src = source_new(&a, STR("fuzz.hpc"), text);
	const struct program_file *file = hpc_parse(&a, &ds, src);

	INVARIANT(file->faulty == (ds.errors > 0));
	check_places(&ds, src);
	if (!file->faulty)
		INVARIANT(hpc_ast_print(&a, file).n > 0);
	arena_release(&a);
}

static void try_expression(struct str text)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct source *src = source_new(&a, STR("fuzz"), text);
	const struct expr *e = hpc_parse_expression(&a, &ds, src);

	INVARIANT((e->kind == EXPR_FAULTY) == (ds.errors > 0));
	check_places(&ds, src);
	if (e->kind != EXPR_FAULTY) {
		struct str shown = expr_shown(&a, e);

		e = hpc_parse_expression(&a, &ds, source_new(&a, STR("shown"), shown));
		INVARIANT(shown.n > HPC_MAX_BYTES ||
			  (ds.errors == 0 && str_eq(shown, expr_shown(&a, e))));
	}
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};

	try_file(text);
	try_expression(text);
	return 0;
}

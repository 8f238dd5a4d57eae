/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_names.c - any bytes as a program: its modules, names, types and checks without running.
 *
 * A text is compiled as it is and as a module of one that uses it. It holds the passes to their word: places inside the
 * text, names bound or reported, slots within the frames.
 */
#include "compiler/hpc/names.h"
#include "compiler/hpc/static_check.h"
#include "compiler/hpc/value.h"
#include "compiler/source/render.h"
#include "fuzz.h"

static const struct source *module;

static enum hpc_read read_module(void *data, struct str from, struct str path,
				 const struct source **ret, struct str *ret_why)
{
	(void)data;
	(void)from;
	*ret_why = STR("no such file");
	*ret = module;
	return str_eq(path, STR("./fuzz.hpc")) ? HPC_READ_OK : HPC_READ_FAILED;
}

static void check_slots(const struct item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct item *item = &items[i];

		for (size_t k = 0; k < item->nparameters; k++)
			INVARIANT(item->parameters[k].binding != NULL &&
				  item->parameters[k].binding->slot < item->nslots);
		check_slots(item->items, item->nitems);
		check_slots(item->otherwise, item->notherwise);
	}
}

static void bind_and_check(const char *text, struct str given)
{
	struct hpc_host host = {.read = read_module};
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct module_set files;

	module = source_new(&a, STR("fuzz.hpc"), given);
	files = modules_load(&a, &ds,
			     text == NULL ? module : source_new(&a, STR("main.hpc"), str_c(text)),
			     &host);
	INVARIANT(files.n > 0 && (!files.faulty || ds.errors > 0));
	if (!files.faulty) {
		names_bind(&a, &ds, &files);
		for (size_t i = 0; i < files.n; i++)
			check_slots(files.files[i]->items, files.files[i]->nitems);
		if (ds.errors == 0)
			static_check(&a, &ds, type_maker_new(&a, &ds), &files, facts_bundled());
		if (ds.errors == 0)
			names_unused(&ds, &files);
	}
	for (const struct diag *d = ds.first; d != NULL; d = d->next)
		INVARIANT(span_is_set(d->at) && d->at.lo <= d->at.hi &&
			  d->at.hi <= d->at.src->text.n);
	diags_sort(&ds);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};

	bind_and_check(NULL, text);
	bind_and_check("use \"./fuzz.hpc\" as m\nlet a = m.a\nlet b: m.T = m.f(1)\n", text);
	return 0;
}

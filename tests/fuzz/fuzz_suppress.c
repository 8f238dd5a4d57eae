/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_suppress.c - any cluster file with comments that take findings back.
 *
 * What may not be suppressed stays; nothing but findings about the comments is new; none about a comment that was of
 * use; a second run over what is left takes nothing more back.
 */
#include "compiler/compile/suppress.h"
#include "fuzz.h"

static bool nothing_off(enum diag_id id, const void *data)
{
	(void)data;
	return id == DIAG_COUNT;
}

/* Is it about a comment, or about findings as such? */
static bool about_comments(enum diag_id id)
{
	return str_starts(diag_code(id), STR("W004")) || id == DIAG_too_many_findings;
}

/* Findings of code `id`. */
static size_t count_of(const struct diags *ds, enum diag_id id)
{
	size_t n = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		n += d->id == id;
	return n;
}

static void check(const struct diags *before, const struct diags *after)
{
	for (int i = 0; i < DIAG_COUNT; i++) {
		enum diag_id id = (enum diag_id)i;
		size_t was = count_of(before, id), is = count_of(after, id);

		if (about_comments(id))
			continue;
		INVARIANT(is <= was);
		INVARIANT(is == was || diag_may_change(id));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct diags said = {.arena = &a};
	struct compile_options o = {.facts = facts_bundled(), .limits = limits};
	struct config config = config_default();
	const struct source *src = source_new(&a, STR("f"), (struct str){(const char *)data, n});
	struct compilation plain, c;
	size_t left = 0, again = 0;

	compile(&o, &a, &config, src, STAGE_MODEL, &c);
	o.no_suppressions = true;
	compile(&o, &a, &config, src, STAGE_MODEL, &plain);
	if (c.tree != NULL) {
		check(&plain.ds, &c.ds);
		for (const struct diag *d = c.ds.first; d != NULL; d = d->next)
			left += !about_comments(d->id);
		suppress(&c.ds, suppressions_read(&a, &said, src, c.tree), nothing_off, NULL);
		for (const struct diag *d = c.ds.first; d != NULL; d = d->next)
			again += !about_comments(d->id);
		INVARIANT(left == again);
	}
	arena_release(&a);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_summary.c - the line about the stack of any cluster file that passes the schema, with all rules off that can be.
 *
 * Sums never overflow and never fall below zero; the line ends once, at its end; two runs say the same.
 */
#include "compiler/check/check.h"
#include "compiler/check/rules/rule.h"
#include "compiler/driver/driver.h"
#include "compiler/facts/facts.h"
#include "fuzz.h"
#include "lowering/lower.h"

static bool compile(struct arena *a, const struct source *src, struct compilation *c)
{
	*c = (struct compilation){.a = a, .ds = {.arena = a}, .src = src};
	c->tree = yaml_read(a, &c->ds, src, NULL, limits);
	if (c->tree == NULL)
		return false;
	c->model = check_cluster(a, &c->ds, c->tree, 0, NULL);
	check_rules(a, &c->ds, c->model, facts_bundled(), 0, NULL);
	drop_changeable(&c->ds);
	if (c->ds.errors > 0)
		return false;
	c->graph = lower_cluster(a, &c->ds, c->model, facts_bundled());
	return c->graph != NULL && c->ds.errors == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct source *src = source_new(&a, STR("f"), (struct str){(const char *)data, n});
	struct compilation c;
	struct str line, again;

	if (compile(&a, src, &c)) {
		line = summary_line(&a, facts_bundled(), &c, 1000);
		again = summary_line(&a, facts_bundled(), &c, 1000);
		INVARIANT(str_eq(line, again));
		INVARIANT(str_find_str(line, STR(" -"), 0) == SIZE_MAX ||
			  c.model->shared_storage.n > 0);
		INVARIANT(str_find(line, '\n', 0) == line.n - 1 || c.model->shared_storage.n > 0);
	}
	arena_release(&a);
	return 0;
}

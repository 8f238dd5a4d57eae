/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_summary.c - the line about the stack of any cluster file that passes the schema, with all rules off that can be.
 *
 * Sums never overflow and never fall below zero; the line ends once, at its end; two runs say the same.
 */
#include "compiler/driver/driver.h"
#include "compiler/model/each.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct source *src = source_new(&a, STR("f"), (struct str){(const char *)data, n});
	struct compile_options o = {.facts = facts_bundled(), .limits = limits};
	struct config off = all_off();
	struct compilation c;
	struct str line, again;

	if (compile(&o, &a, &off, src, STAGE_GRAPH, &c)) {
		line = summary_line(&a, facts_bundled(), &c, 1000);
		again = summary_line(&a, facts_bundled(), &c, 1000);
		INVARIANT(str_eq(line, again));
		INVARIANT(str_find_str(line, STR(" -"), 0) == SIZE_MAX ||
			  storage_list(c.model)->n > 0);
		INVARIANT(str_find(line, '\n', 0) == line.n - 1 || storage_list(c.model)->n > 0);
	}
	arena_release(&a);
	return 0;
}

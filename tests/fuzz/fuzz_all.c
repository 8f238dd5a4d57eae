/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_all.c - any bytes through the whole compiler: reader, checks, lowering, every emitter and dump.
 *
 * The first byte picks the release of ParallelCluster that is assumed and the layout; the rest is the file.
 * Beyond what the sanitizers see: a graph exists exactly when there is no error, two runs give the same bytes,
 * and what goes to CloudFormation is ASCII.
 */
#include "compiler/check/check.h"
#include "compiler/check/rules/rule.h"
#include "compiler/facts/facts.h"
#include "compiler/model/model_print.h"
#include "compiler/schema/schema.h"
#include "compiler/source/render.h"
#include "compiler/syntax/yaml_read.h"
#include "lowering/cluster/cluster.h"
#include "lowering/emit/emit.h"
#include "lowering/lower.h"

#include <stdlib.h>

_Noreturn void __wrap__Exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* How a BUG ends the process (the linker's --wrap): here so that the fuzzer keeps the input. */
_Noreturn void __wrap__Exit(int status)
{
	(void)status;
	abort();
}

static const struct yaml_limits limits = {.depth = 20, .nodes = 5000};

/* All findings and all outputs of one compilation, one after the other. */
static void compile(struct arena *a, unsigned choice, struct str text, struct buf *out)
{
	struct diags ds = {.arena = a};
	struct render_style style = {.width = 80};
	release knows = (choice & 1) != 0 ? schema_release_number : 0;
	const struct source *src = source_new(a, STR("fuzz.yaml"), text);
	const struct node *root = yaml_read(a, &ds, src, NULL, limits);
	const struct cluster *model = NULL;
	const struct ir *graph = NULL;

	if (root != NULL) {
		model = check_cluster(a, &ds, root, knows);
		check_rules(a, &ds, model, facts_bundled(), knows, NULL);
		buf_add(out, model_print(a, model));
	}
	if (model != NULL && ds.errors == 0)
		graph = lower_cluster(a, &ds, model, facts_bundled());
	for (size_t i = 0; graph != NULL && ds.errors == 0 && i < emitters_n; i++) {
		struct emit_style layout = {.indent = (choice & 2) != 0 ? EMIT_MINIFIED : 2};
		struct str made = emitters[i].emit(a, graph, layout);

		for (size_t k = 0; k < made.n; k++)
			INVARIANT((unsigned char)made.s[k] < 0x80);
		buf_add(out, made);
	}
	if (graph != NULL)
		buf_add(out, ir_print(a, graph));
	diags_sort(&ds);
	for (size_t i = 0; i < renderers_n; i++)
		renderers[i].render(&ds, &style, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct buf first = buf_in(&a), second = buf_in(&a);
	struct str text = {(const char *)data, n};
	unsigned choice = n > 0 ? data[0] : 0;

	if (n > 0)
		text = str_slice(text, 1, n);
	compile(&a, choice, text, &first);
	compile(&a, choice, text, &second);
	INVARIANT(str_eq(buf_str(&first), buf_str(&second)));
	arena_release(&a);
	return 0;
}

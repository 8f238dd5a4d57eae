/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_all.c - any bytes through the whole compiler: reader, checks, rules, suppressions, fixes, lowering, every
 * emitter, renderer and dump.
 *
 * The last byte, which is a line end in most files, picks the options: release of ParallelCluster, layout, and
 * whether rules may stop lowering (users can switch them off). Beyond what the sanitizers see: a graph exists
 * exactly when there is no error, two runs give the same bytes, what goes to CloudFormation is UTF-8, and fixes
 * leave a text that can be read as well as before.
 */
#include "compiler/base/utf8.h"
#include "compiler/check/check.h"
#include "compiler/check/rules/rule.h"
#include "compiler/facts/facts.h"
#include "compiler/model/model_print.h"
#include "compiler/schema/schema.h"
#include "compiler/source/fix.h"
#include "compiler/source/render.h"
#include "fuzz.h"
#include "lowering/emit/emit.h"

/* Bits of the last byte. */
enum { OLD_RELEASE = 1, MINIFIED = 2, RULES_OFF = 4, NEW_RELEASE = 16 };

static release release_of_choice(unsigned choice)
{
	return (choice & OLD_RELEASE) != 0   ? 30000
	       : (choice & NEW_RELEASE) != 0 ? schema_release_number
					     : 0;
}

/* Compiles the text up to `to`. */
static void judge(struct arena *a, unsigned choice, struct str text, enum stage to,
		  struct compilation *c)
{
	struct compile_options o = {
		.facts = facts_bundled(), .limits = limits, .knows = release_of_choice(choice)};
	struct config *config = NEW(a, struct config);

	*config = (choice & RULES_OFF) != 0 ? all_off() : config_default();
	compile(&o, a, config, source_new(a, STR("fuzz.yaml"), text), to, c);
}

/* How many findings say that the text cannot be read right (E00xx)? */
static unsigned reading_errors(const struct diags *ds)
{
	unsigned n = 0;

	for (const struct diag *d = ds->first; d != NULL; d = d->next)
		n += str_starts(diag_code(d->id), STR("E00"));
	return n;
}

static void check_edits(const struct source *src, const struct edits *e)
{
	for (size_t i = 0; i < e->n; i++) {
		INVARIANT(e->items[i].lo <= e->items[i].hi && e->items[i].hi <= src->text.n);
		INVARIANT(i == 0 || e->items[i - 1].hi < e->items[i].lo);
	}
}

/* Fixes round after round, as --fix does. What came out is added to out. */
static void fix(struct arena *a, unsigned choice, const struct compilation *first, struct buf *out)
{
	enum { ROUNDS = 10 };
	struct edits all = {0};
	struct compilation c = *first;

	for (int i = 0; i < ROUNDS && c.tree != NULL; i++) {
		struct edits e = fixes_choose(a, &c.ds, c.src);
		unsigned before = reading_errors(&c.ds);
		struct str text;

		if (e.n == 0)
			break;
		check_edits(c.src, &e);
		text = fixes_apply(a, c.src, &e);
		all = i == 0 ? e : fixes_then(a, &all, c.src->text, &e);
		check_edits(first->src, &all);
		judge(a, choice, text, STAGE_MODEL, &c);
		INVARIANT(c.tree != NULL && reading_errors(&c.ds) <= before);
		INVARIANT(str_eq(fixes_apply(a, first->src, &all), text));
	}
	buf_add(out, fixes_diff(a, first->src, &all));
}

/* All outputs of a graph. */
static void emit(struct arena *a, unsigned choice, const struct ir *graph, struct buf *out)
{
	struct emit_style layout = {.indent = (choice & MINIFIED) != 0 ? EMIT_MINIFIED : 2};

	for (size_t i = 0; i < emitters_n; i++) {
		struct str made = emitters[i].emit(a, graph, layout);

		for (size_t k = 0; k < made.n;) {
			unsigned len = utf8_decode(made, k, NULL);

			INVARIANT(len > 0);
			k += len;
		}
		buf_add(out, made);
	}
	buf_add(out, ir_print(a, graph));
}

/* All findings and all outputs of one compilation, one after the other. */
static void make_all(struct arena *a, unsigned choice, struct str text, struct buf *out)
{
	struct str file = STR("fuzz.yaml");
	struct render_style style = {.width = 80, .files = &file, .nfiles = 1};
	struct compilation model, c;

	judge(a, choice, text, STAGE_MODEL, &model);
	fix(a, choice, &model, out);
	judge(a, choice, text, STAGE_GRAPH, &c);
	INVARIANT((c.graph != NULL && c.ds.errors == 0) || c.ds.errors > 0);
	if (c.model != NULL)
		buf_add(out, model_print(a, c.model));
	if (c.graph != NULL && c.ds.errors == 0)
		emit(a, choice, c.graph, out);
	for (size_t i = 0; i < renderers_n; i++)
		renderers[i].render(&c.ds, &style, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct buf first = buf_in(&a), second = buf_in(&a);
	struct str text = {(const char *)data, n > 0 ? n - 1 : 0};
	unsigned choice = n > 0 ? data[n - 1] ^ (unsigned)'\n' : 0; /* a line end: none of them */

	make_all(&a, choice, text, &first);
	make_all(&a, choice, text, &second);
	INVARIANT(str_eq(buf_str(&first), buf_str(&second)));
	arena_release(&a);
	return 0;
}

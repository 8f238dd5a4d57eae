/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.c - the compiler as a list: read, check, lower.
 *
 * bytes -> yaml_read (tree) -> check_tree (model) -> lower_model (graph) -> an emitter. Each pass adds
 * its findings to one list; lowering begins only when there is no error.
 */
#include "compiler/compile/compile.h"

#include "compiler/base/lookalike.h"
#include "compiler/compile/choices.h"
#include "compiler/compile/lookalikes.h"
#include "compiler/compile/suppress.h"
#include "compiler/model/deployment.h"
#include "compiler/schema/kind.h"
#include "compiler/source/render.h"
#include "lowering/lower.h"

/* ---- what becomes of findings ---- */

/* Codes of lowering and emission, which most calls never reach. */
static bool is_late(enum diag_id id)
{
	return str_starts(str_slice(diag_code(id), 1, 3), STR("05"));
}

/* No wonder when a suppression of the code takes nothing back. */
static bool is_off(enum diag_id id, const void *data)
{
	const struct config *c = data;

	return c->verdicts[id] == VERDICT_OFF || is_late(id);
}

static bool always(enum diag_id id, const void *data)
{
	(void)id;
	(void)data;
	return true;
}

static void leave_out_known(const struct map *baseline, struct compilation *c)
{
	struct str *prints = diag_fingerprints(c->a, &c->ds);
	struct diag **link = &c->ds.first;

	for (size_t i = 0; *link != NULL; i++) {
		if (map_get(baseline, prints[i]) != NULL)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
	diags_sort(&c->ds);
}

/* The comments of the file that count: none for a platform that compiles what others wrote. */
static struct suppression *suppressions_of(const struct compile_options *o, struct compilation *c,
					   struct diags *said)
{
	if (o->no_suppressions)
		return NULL;
	return suppressions_read(c->a, said, c->src, c->tree);
}

static void settle(const struct compile_options *o, struct compilation *c)
{
	origins_tell(c);
	diags_sort(&c->ds);
	suppress(&c->ds, suppressions_of(o, c, &c->ds), is_off, c->config);
	config_apply(c->config, &c->ds);
	if (o->baseline != NULL && o->baseline->n > 0)
		leave_out_known(o->baseline, c);
}

void compile_settle_late(const struct compile_options *o, struct compilation *c)
{
	struct diags said_before = {.arena = c->a};

	origins_tell(c);
	suppress(&c->ds, suppressions_of(o, c, &said_before), always, NULL);
	config_apply(c->config, &c->ds);
}

/* ---- the passes ---- */

/* The codes that the settings switch off. */
static struct code_set codes_off(const struct config *c)
{
	struct code_set off = {{0}};

	for (int i = 0; c->any_verdict && i < DIAG_COUNT; i++)
		if (c->verdicts[i] == VERDICT_OFF)
			code_add(&off, (enum diag_id)i);
	return off;
}

static void lower(const struct compile_options *o, struct compilation *c,
		  const struct choices *choices)
{
	c->graph = choices_lower(c->a, &c->ds, choices,
				 &(struct lower_options){.facts = o->facts, .until = o->until});
	compile_settle_late(o, c);
}

/*
 * What only a graph tells of parameters: that they are called as its parts are, or decide more than values of it.
 * Whoever asks for no graph wants to know that as well.
 */
static void check_parameters(const struct compile_options *o, struct compilation *c,
			     const struct choices *choices)
{
	const struct deployment *d = c->model->deployment;
	struct diags found = {.arena = c->a};
	struct diag *next;

	if (d == NULL || d->nparameters == 0)
		return;
	choices_lower(c->a, &found, choices, &(struct lower_options){.facts = o->facts});
	for (struct diag *one = found.first; one != NULL; one = next) {
		next = one->next;
		one->next = NULL;
		if (!is_late(one->id))
			diags_take(&c->ds, &(struct diags){.first = one});
	}
	compile_settle_late(o, c);
}

static void run_passes(const struct compile_options *o, enum stage to, struct compilation *c)
{
	release knows = o->knows != 0 ? o->knows : c->config->parallelcluster;
	struct vars vars = o->vars;
	struct choices choices;
	struct code_set off;

	vars.uses = &c->uses;
	c->tree = yaml_read(c->a, &c->ds, c->src, &vars,
			    o->limits.depth > 0 ? o->limits : YAML_LIMITS);
	c->foreign = o->pass_over && !kind_is_known(c->a, c->src, c->tree);
	if (c->tree == NULL || to == STAGE_TREE || c->foreign)
		return;
	off = codes_off(c->config);
	choices = choices_check(&(struct choices_call){
		.a = c->a,
		.ds = &c->ds,
		.tree = c->tree,
		.check = {.knows = knows, .patterns = o->patterns, .read = &c->ds},
		.on = foundation_find(o, c),
		.facts = o->facts,
		.off = c->config->any_verdict ? &off : NULL,
	});
	c->model = choices.items[0].model;
	settle(o, c);
	if (c->ds.errors > 0)
		return;
	if (to == STAGE_MODEL)
		check_parameters(o, c, &choices);
	else
		lower(o, c, &choices);
}

/* Did an escape or a variable bring characters into the tree that do not stand in the text as such? */
static bool brings_characters(const struct compilation *c)
{
	if (str_find(c->src->text, '\\', 0) < c->src->text.n)
		return true;
	for (size_t i = 0; i < c->uses.n; i++)
		if (has_non_ascii(c->uses.items[i].variable.value))
			return true;
	return false;
}

bool compile(const struct compile_options *o, struct arena *a, const struct config *config,
	     const struct source *src, enum stage to, struct compilation *ret)
{
	*ret = (struct compilation){.a = a, .ds = {.arena = a}, .src = src, .config = config};
	run_passes(o, to, ret);
	diags_sort(&ret->ds);
	lookalikes_explain(&ret->ds, brings_characters(ret) ? ret->tree : NULL);
	return ret->ds.errors == 0;
}

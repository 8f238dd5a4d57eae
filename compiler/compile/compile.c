/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.c - the compiler as a list: read, check, lower.
 *
 * bytes -> yaml_read or hpc_run (tree) -> check_tree (model) -> lower_model (graph) -> an emitter. Each pass adds
 * its findings to one list; lowering begins only when there is no error.
 */
#include "compiler/compile/compile.h"

#include "compiler/base/lookalike.h"
#include "compiler/compile/lookalikes.h"
#include "compiler/compile/passes.h"
#include "compiler/compile/suppress.h"
#include "compiler/hpc/lex.h"
#include "compiler/model/deployment.h"
#include "compiler/schema/kind.h"
#include "compiler/source/render.h"
#include "lowering/lower.h"

#include <inttypes.h>

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

/* The suppressions in a file of a program. */
static struct suppression *suppressions_in(struct arena *a, struct diags *said,
					   const struct source *src)
{
	struct span *comments;
	struct lex *l;

	if (!suppressions_are_meant(src))
		return NULL;
	l = lex_text(a, src);
	comments = NEW_ARRAY(a, struct span, l->ncomments + 1);
	for (size_t i = 0; i < l->ncomments; i++)
		comments[i] = span_in(src, l->comments[i].lo, l->comments[i].hi);
	return suppressions_among(a, said, src, comments, l->ncomments);
}

/*
 * Takes findings of a program back that comments of its files name. What is wrong with a comment is said where its own
 * file is compiled, and that it is of no use where that declares something.
 */
static void suppress_in_program(struct compilation *c, struct diags *said,
				bool (*off)(enum diag_id id, const void *data))
{
	const struct hpc_program *p = c->program;
	struct diags of_others = {.arena = c->a};

	for (size_t i = 0; i < p->nfiles; i++) {
		const struct program_file *f = p->files[i];

		if (f->is_std || f->faulty)
			continue;
		suppress(&c->ds, suppressions_in(c->a, f == p->main ? said : &of_others, f->src),
			 f == p->main && c->declaration != NULL ? off : always, c->config);
	}
}

/* Takes findings back that comments name: none for a platform that compiles what others wrote. */
static void take_back(const struct compile_options *o, struct compilation *c, struct diags *said,
		      bool (*off)(enum diag_id id, const void *data))
{
	if (o->no_suppressions)
		diags_sort(&c->ds);
	else if (c->program != NULL)
		suppress_in_program(c, said, off);
	else
		suppress(&c->ds, suppressions_read(c->a, said, c->src, c->tree), off, c->config);
}

void pass_settle(const struct compile_options *o, struct compilation *c)
{
	origins_tell(c);
	diags_sort(&c->ds);
	take_back(o, c, &c->ds, is_off);
	config_apply(c->config, &c->ds);
	if (o->baseline != NULL && o->baseline->n > 0)
		leave_out_known(o->baseline, c);
}

void compile_settle_late(const struct compile_options *o, struct compilation *c)
{
	struct diags said_before = {.arena = c->a};

	origins_tell(c);
	take_back(o, c, &said_before, always);
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

struct choices pass_check(const struct compile_options *o, struct compilation *c, struct diags *ds,
			  const struct ground *g)
{
	release knows = o->knows != 0 ? o->knows : c->config->parallelcluster;
	struct code_set off = codes_off(c->config);
	struct choices choices = choices_check(&(struct choices_call){
		.a = c->a,
		.ds = ds,
		.tree = c->tree,
		.check = {.knows = knows,
			  .patterns = o->patterns,
			  .read = ds,
			  .kind = c->kind,
			  .stack = g->stack,
			  .stack_at = g->at},
		.on = g->on,
		.others = g->others,
		.facts = o->facts,
		.off = c->config->any_verdict ? &off : NULL,
	});

	c->model = choices.items[0].model;
	return choices;
}

void pass_lower(const struct compile_options *o, struct compilation *c, struct diags *ds,
		const struct choices *choices)
{
	c->graph = choices_lower(c->a, ds, choices,
				 &(struct lower_options){.facts = o->facts, .until = o->until});
}

bool pass_parameters(const struct compile_options *o, struct compilation *c, struct diags *ds,
		     const struct choices *choices)
{
	const struct deployment *d = c->model->deployment;
	struct diags found = {.arena = c->a};
	struct diag *next;

	if (d == NULL || d->nparameters == 0)
		return false;
	choices_lower(c->a, &found, choices, &(struct lower_options){.facts = o->facts});
	for (struct diag *one = found.first; one != NULL; one = next) {
		next = one->next;
		one->next = NULL;
		if (!is_late(one->id))
			diags_take(ds, &(struct diags){.first = one});
	}
	return true;
}

static void run_passes(const struct compile_options *o, enum stage to, struct compilation *c)
{
	struct vars vars = o->vars;
	struct choices choices;
	size_t steps = 0;

	vars.uses = &c->uses;
	c->tree = yaml_read(c->a, &c->ds, c->src, &vars,
			    o->limits.depth > 0 ? o->limits : YAML_LIMITS);
	c->foreign = o->pass_over && !kind_is_known(c->a, c->src, c->tree);
	if (c->tree == NULL || to == STAGE_TREE || c->foreign)
		return;
	choices = pass_check(o, c, &c->ds, &(struct ground){.on = foundation_find(o, c)});
	pass_settle(o, c);
	if (c->ds.errors == 0)
		pass_policies(o, c, &c->ds, &choices, &steps);
	if (c->ds.errors > 0)
		return;
	if (to == STAGE_MODEL && !pass_parameters(o, c, &c->ds, &choices))
		return;
	if (to == STAGE_GRAPH)
		pass_lower(o, c, &c->ds, &choices);
	compile_settle_late(o, c);
}

/* What somebody wrote about one thing each: of these two may stand at one place. */
static bool is_by_message(enum diag_id id)
{
	return id == DIAG_assertion_failed || id == DIAG_condition_warning || id == DIAG_failed ||
	       id == DIAG_policy_failed || id == DIAG_policy_warning;
}

/* What findings about one mistake share: their code and place, of some their text as well. */
static struct str mistake(struct arena *a, const struct diag *d)
{
	struct span at = span_plain(d->at);

	return arena_fmt(a, "%d %p %" PRIu32 " %" PRIu32 " " STR_F, (int)d->id,
			 (const void *)at.src, at.lo, at.hi,
			 STR_A(is_by_message(d->id) ? d->text : (struct str){0}));
}

/* A finding that stands for those of other calls and rounds. */
struct repeated {
	struct diag *first;
	unsigned others;
};

/*
 * A line of a program may be used many times, in calls and rounds: what is wrong with it is said once. Whoever wrote
 * the choices of a parameter wrote one mistake each, so what holds for some of these stays apart.
 */
static void join_repeated(struct compilation *c)
{
	struct map seen = {0};
	struct diag **link = &c->ds.first;

	while (*link != NULL) {
		struct diag *d = *link;
		struct str key = mistake(c->a, d);
		const struct repeated *before = map_get(&seen, key);
		struct repeated *r;

		if (!span_is_set(d->at) || depends_on_choice(d)) {
			link = &d->next;
			continue;
		}
		r = NEW(c->a, struct repeated);
		*r = before != NULL ? *before : (struct repeated){.first = d};
		if (before != NULL)
			*link = d->next;
		else
			link = &d->next;
		r->others += before != NULL;
		map_put(&seen, c->a, key, r);
	}
	for (size_t i = 0; i < seen.n; i++) {
		const struct repeated *r = seen.items[i].value;

		if (r->others > 0)
			diag_note(&c->ds, r->first,
				  "the same is wrong %u more time%s, in other calls or rounds",
				  r->others, r->others == 1 ? "" : "s");
	}
	diags_sort(&c->ds);
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
	bool program = hpc_is_program(src->name);

	*ret = (struct compilation){.a = a, .ds = {.arena = a}, .src = src, .config = config};
	if (program)
		compile_program(o, to, ret);
	else
		run_passes(o, to, ret);
	diags_sort(&ret->ds);
	if (program)
		join_repeated(ret);
	lookalikes_explain(&ret->ds, !program && brings_characters(ret) ? ret->tree : NULL,
			   program);
	return ret->ds.errors == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - checks that a platform team writes, applied to what was checked already. */
#include "compiler/hpc/eval.h"
#include "compiler/hpc/parse.h"

#include <string.h>

/* Does the policy look at declarations of the kind? */
static bool looks_at(const struct evaluator *ev, const struct item *item, struct str kind_word)
{
	const struct type *own = item->nparameters > 0 ? item->parameters[0].type : NULL;
	const struct type *kind = type_of_kind(ev->types, kind_word);

	if (own == NULL || own->kind == TYPE_ANY)
		return true;
	return kind != NULL && type_section(own) != NULL && type_section(own) == type_section(kind);
}

unsigned hpc_policies_for(const struct hpc_program *policies, struct str kind_word)
{
	unsigned n = 0;

	if (policies == NULL || policies->evaluator == NULL)
		return 0;
	for (size_t i = 0; i < policies->main->nitems; i++)
		n += policies->main->items[i].kind == ITEM_POLICY &&
		     looks_at(policies->evaluator, &policies->main->items[i], kind_word);
	return n;
}

/* ---- where a failure stands ---- */

struct finding_place {
	const struct evaluator *ev;
	struct span at;
	bool any; /* what a name of the policy stands for counts as of the declaration */
};

static bool same_text(const struct source *a, const struct source *b)
{
	return (a->base != NULL ? a->base : a) == (b->base != NULL ? b->base : b);
}

/* Was the value written in the program of the policies, outside of the declaration? */
static bool is_of_policies(const struct evaluator *ev, struct span at)
{
	const struct span whole = ev->policy->checked->at;

	/* Policies of the compiled file look at its own declarations: those are not of the policies. */
	if (span_is_set(whole) && same_text(whole.src, at.src) && at.lo >= whole.lo &&
	    at.hi <= whole.hi)
		return false;
	for (size_t i = 0; i < ev->program->nfiles; i++)
		if (same_text(ev->program->files[i]->src, at.src))
			return true;
	return false;
}

/* What a chain of properties begins with; NULL: with no name of the policy itself. */
static const struct binding *own_name(const struct expr *e)
{
	while (e->kind == EXPR_MEMBER || e->kind == EXPR_INDEX)
		e = e->kind == EXPR_MEMBER ? e->member.of : e->index.of;
	return e->kind == EXPR_NAME && e->name.binding != NULL && !e->name.binding->file_level
		       ? e->name.binding
		       : NULL;
}

/* Is e a part of the declaration, wherever in the file its value was written? */
static bool is_of_declaration(const struct finding_place *p, const struct expr *e, struct span at)
{
	const struct binding *b = own_name(e);
	struct span policy = p->ev->policy->policy->at;
	bool inside = same_text(policy.src, at.src) && at.lo >= policy.lo && at.hi <= policy.hi;

	return b != NULL && !inside && (b->kind == BIND_ARGUMENT || p->any);
}

static bool place_of_part(void *data, const struct expr *e, const struct value *v)
{
	struct finding_place *p = data;

	if (!span_is_set(v->at) || v == p->ev->policy->checked ||
	    (is_of_policies(p->ev, v->at) && !is_of_declaration(p, e, v->at)))
		return true;
	p->at = v->at;
	return false;
}

void policy_failed(struct evaluator *ev, struct frame *f, const struct check *c, struct str message,
		   struct span at)
{
	struct finding_place p = {ev, at, false};
	struct diag *d;
	struct str text =
		arena_fmt(ev->a, STR_F ": " STR_F, STR_A(ev->policy->name), STR_A(message));

	if (!span_is_set(p.at))
		condition_parts(ev, f, c->condition, place_of_part, &p);
	p.any = true;
	if (!span_is_set(p.at))
		condition_parts(ev, f, c->condition, place_of_part, &p);
	if (!span_is_set(p.at))
		p.at = ev->policy->checked->at;
	d = c->warn ? diag_policy_warning(ev->ds, p.at, text)
		    : diag_policy_failed(ev->ds, p.at, text);
	diag_label(ev->ds, d, c->condition->at, "the policy `" STR_F "` asks for this",
		   STR_A(ev->policy->policy->name.text));
}

/* ---- applying them ---- */

static void apply_policy(struct evaluator *ev, const struct item *item, const struct value *checked,
			 struct str name)
{
	struct policy_run run = {item, checked, name};
	struct frame f = frame_of_file(ev, ev->program->main, item->nslots);
	struct builder *none = builder_new(ev, NULL, NULL, item->at, false);

	if (item->nparameters > 0)
		f.cells[0] = (struct cell){CELL_DONE, checked};
	ev->policy = &run;
	build_entries(ev, &f, none, item->body);
	ev->policy = NULL;
}

/*
 * What the evaluator keeps of values that it made. What a declaration makes it remember is forgotten with its memory.
 */
struct memory {
	struct arena *a;
	struct arena own; /* of one declaration */
	struct cell **cells;
	struct named_declaration **named;
	struct map regexes, instances, names, unknown;
	size_t base;
};

static void forget_from_here(struct evaluator *ev, struct memory *m)
{
	size_t n = ev->program->nfiles;

	*m = (struct memory){.a = ev->a,
			     .regexes = ev->regex_cache,
			     .instances = ev->instance_cache,
			     .names = ev->names,
			     .unknown = ev->unknown_parameters,
			     .base = ev->memory_base};
	m->cells = ev->file_cells;
	m->named = ev->named;
	ev->a = &m->own;
	ev->memory_base = 0;
	ev->file_cells = NEW_ARRAY(ev->a, struct cell *, n + 1);
	ev->named = NEW_ARRAY(ev->a, struct named_declaration *, n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t slots = ev->program->files[i]->nslots;

		ev->file_cells[i] = NEW_ARRAY(ev->a, struct cell, slots + 1);
		memcpy(ev->file_cells[i], m->cells[i], slots * sizeof(struct cell));
		if (m->named[i] == NULL)
			continue;
		ev->named[i] = NEW_ARRAY(ev->a, struct named_declaration, slots);
		memcpy(ev->named[i], m->named[i], slots * sizeof(struct named_declaration));
	}
	ev->regex_cache = ev->instance_cache = (struct map){0};
	ev->names = ev->unknown_parameters = (struct map){0};
}

/* `told`: something was reported, whose places are in that memory. */
static void forget(struct evaluator *ev, struct memory *m, bool told)
{
	ev->a = m->a;
	ev->file_cells = m->cells;
	ev->named = m->named;
	ev->regex_cache = m->regexes;
	ev->instance_cache = m->instances;
	ev->names = m->names;
	ev->unknown_parameters = m->unknown;
	ev->memory_base = m->base;
	if (told)
		arena_take(m->a, &m->own);
	else
		arena_release(&m->own);
}

void hpc_apply_policies(struct diags *ds, struct hpc_program *policies, const struct value *checked,
			struct str kind_word, struct str name, size_t *used)
{
	struct evaluator *ev = policies->evaluator;
	const struct diag *last = ds->last;
	struct memory memory;

	if (ev == NULL)
		return;
	ev->ds = ds;
	/*
	 * Each declaration has all of the steps: policies that hold for one hold beside a hundred others. Together they
	 * have a bound as well.
	 */
	ev->steps = 0;
	ev->bytes = 0;
	ev->stopped = false;
	forget_from_here(ev, &memory);
	if (*used > HPC_MAX_POLICY_STEPS)
		stop_steps(ev, checked->at,
			   "the policies take more than 10,000,000 steps for all declarations");
	for (size_t i = 0; i < policies->main->nitems && !ev->stopped; i++) {
		const struct item *item = &policies->main->items[i];

		if (item->kind == ITEM_POLICY && looks_at(ev, item, kind_word))
			apply_policy(ev, item, checked, name);
	}
	*used += ev->steps;
	forget(ev, &memory, ds->last != last);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - checks that a platform team writes, applied to what was checked already. */
#include "compiler/hpc/eval.h"
#include "compiler/hpc/parse.h"

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

static bool place_of_part(void *data, const struct expr *e, const struct value *v)
{
	struct finding_place *p = data;

	(void)e;
	if (!span_is_set(v->at) || is_of_policies(p->ev, v->at) || v == p->ev->policy->checked)
		return true;
	p->at = v->at;
	return false;
}

void policy_failed(struct evaluator *ev, struct frame *f, const struct check *c, struct str message,
		   struct span at)
{
	struct finding_place p = {ev, at};
	struct diag *d;
	struct str text =
		arena_fmt(ev->a, STR_F ": " STR_F, STR_A(ev->policy->name), STR_A(message));

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

void hpc_apply_policies(struct arena *a, struct diags *ds, struct hpc_program *policies,
			const struct value *checked, struct str kind_word, struct str name)
{
	struct evaluator *ev = policies->evaluator;

	if (ev == NULL)
		return;
	(void)a; /* values of files are kept for the next declaration: they stay in the memory of the program */
	ev->ds = ds;
	/* Each declaration has all of the steps: policies that hold for one hold beside a hundred others. */
	ev->steps = 0;
	ev->bytes = 0;
	ev->stopped = false;
	for (size_t i = 0; i < policies->main->nitems; i++) {
		const struct item *item = &policies->main->items[i];

		if (item->kind == ITEM_POLICY && looks_at(ev, item, kind_word))
			apply_policy(ev, item, checked, name);
	}
}

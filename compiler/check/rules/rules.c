/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the table of rules and the loop that runs them. */
#include "compiler/check/rules/rule.h"
#include "compiler/model/batch.h"
#include "compiler/model/network.h"
#include "compiler/schema/kind.h"

/* A rule: for which files it is, and the codes it may report, with blanks between. */
static const struct rule_row {
	uint16_t variants;
	struct str codes;
	rule_function *run;
} rule_rows[] = {
#define RULE(variants, name, codes, promise) {variants, STR_INIT(codes), rule_##name},
#include "compiler/check/rules/rules.def"
#undef RULE
};

/* Is there a code of the rule that is not switched off? */
static bool wanted(const struct rule_row *row, const struct code_set *off)
{
	struct str rest = row->codes;

	if (off == NULL)
		return true;
	while (rest.s != NULL) {
		struct str code = str_cut(&rest, ' ');
		enum diag_id id;

		if (!diag_find(code, &id))
			BUG("rules.def names the unknown code " STR_F, STR_A(code));
		if (!code_in(off, id))
			return true;
	}
	return false;
}

static void run_all(const struct rules *r, const struct code_set *off)
{
	for (size_t i = 0; i < ARRAY_LEN(rule_rows); i++)
		if ((rule_rows[i].variants & r->variant) != 0 && wanted(&rule_rows[i], off))
			rule_rows[i].run(r);
}

static bool is_among(const struct diags *ds, const struct diag *d)
{
	for (const struct diag *e = ds->first; e != NULL; e = e->next)
		if (e->id == d->id && span_cmp(e->at, d->at) == 0 && str_eq(e->text, d->text))
			return true;
	return false;
}

/*
 * Adds findings about a further environment. Rules that do not look at it say what they said before. Files that import
 * from several environments have few findings, so each is compared with all.
 */
static void take_new(struct diags *ds, struct diags *found)
{
	struct diag *next;

	for (struct diag *d = found->first; d != NULL; d = next) {
		next = d->next;
		d->next = NULL;
		if (!is_among(ds, d))
			diags_take(ds, &(struct diags){.first = d});
	}
}

void check_rules(struct arena *a, struct diags *ds, const struct model *m,
		 const struct facts *facts, release knows, const struct code_set *off)
{
	const struct section *root = &schema_sections[m->kind->root];
	struct rules r = {
		.a = a,
		.ds = ds,
		.c = (m->variant & CLUSTER) != 0 ? m->cluster : NULL,
		.e = (m->variant & ENVIRONMENT) != 0 ? m->environment : NULL,
		.b = (m->variant & BATCH) != 0 ? m->batch : NULL,
		.deployment = m->deployment,
		.on = m->foundation,
		.first = m->foundation,
		.kind = m->kind,
		.variant = m->variant,
		.program = m->program,
		.facts = facts,
		.region_name = region_of(m),
		.region_at = region_at(m),
		.storage = storage_list(m),
		.knows = knows,
		.demand = demand_nodes_of(a, m),
	};

	if (r.b != NULL)
		r.batch = batch_of(a, r.b);
	if (r.e != NULL)
		r.net = net_of(a, &r.e->network);
	else if (r.b != NULL && is_written(&r.b->at.network))
		r.net = net_of(a, &r.b->network);
	else if (r.c != NULL && is_written(&r.c->at.network))
		r.net = net_of(a, &r.c->network);
	r.region = facts_region(facts, r.region_name);
	r.sections = sections_below(a, (struct any_section){root, (const char *)m->at});
	run_all(&r, off);
	for (const struct foundation *f = m->others; f != NULL; f = f->next) {
		struct diags found = {.arena = a};

		r.on = f;
		r.ds = &found;
		run_all(&r, off);
		take_new(ds, &found);
	}
}

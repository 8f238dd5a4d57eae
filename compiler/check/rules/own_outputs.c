/* SPDX-License-Identifier: Apache-2.0 */
/* own_outputs.c - `${self.NAME}` in a batch file against the outputs of its stack. */
#include "compiler/check/rules/rule.h"
#include "compiler/model/deployment.h"
#include "compiler/model/exports.h"

/* Lists of the file whose rows give outputs by their names. */
static const enum prop_id named_lists[] = {
	PROP_Batch_SharedStorage,	PROP_Batch_Buckets,
	PROP_Batch_Repositories,	PROP_Batch_JobRoles,
	PROP_Batch_JobQueues,		PROP_Batch_JobDefinitions,
	PROP_Batch_ComputeEnvironments, PROP_Batch_Workflows,
};

/* Does each row of the list have its name? */
static bool is_whole(const struct rules *r, const struct prop *p)
{
	const struct section *s = &schema_sections[p->section];
	const struct prop *key = schema_find(s, p->key);
	const char *root = (const char *)r->b;
	const struct field_at *at = (const void *)(root + p->at_offset);
	const struct any_list *list = (const void *)(root + p->value_offset);

	if (is_poisoned(at))
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const char *item = (const char *)list->items + i * s->size;

		if (!is_written((const struct field_at *)(const void *)(item + key->at_offset)))
			return false;
	}
	return true;
}

/* Is it known which outputs there are? Where a name is faulty, that is told already. */
static bool all_named(const struct rules *r)
{
	for (size_t i = 0; i < ARRAY_LEN(named_lists); i++)
		if (!is_whole(r, &schema_props[named_lists[i]]))
			return false;
	return true;
}

static void no_own_output(const struct rules *r, const struct exports *x,
			  const struct reference_use *u)
{
	struct str near = export_nearest(x, u->to.name);
	struct diag *d = diag_no_own_output(r->ds, u->at, u->to.name);

	if (near.n > 0)
		diag_help(r->ds, d, "did you mean `${self." STR_F "}`?", STR_A(near));
	else
		diag_help(r->ds, d,
			  "outputs are buckets by their names, and what else the stack makes: "
			  "`RepositoryNAME`, `JobQueueNAME`, `JobDefinitionNAME`, `JobRoleNAME`");
}

static void wrong_kind(const struct rules *r, const struct env_export *e,
		       const struct reference_use *u)
{
	struct str want =
		u->prop->pattern != NULL ? u->prop->pattern->article : STR("something else");
	struct diag *d = diag_output_does_not_fit(r->ds, u->at, e->name, export_words(e->what),
						  u->prop->name, want);

	diag_label(r->ds, d, section_span(e->at), "the output comes from here");
}

void rule_own_outputs_known(const struct rules *r)
{
	const struct deployment *d = r->deployment;
	struct exports x = exports_of_batch(r->a, r->batch);
	bool named = all_named(r);

	for (size_t i = 0; d != NULL && i < d->nuses; i++) {
		const struct reference_use *u = &d->uses[i];
		const struct env_export *e;

		if (u->to.kind != REFERENCE_SELF || !u->prop->open)
			continue;
		e = export_named(&x, u->to.name);
		if (e == NULL && named)
			no_own_output(r, &x, u);
		else if (e != NULL && u->whole && !export_fits(e->what, u->prop))
			wrong_kind(r, e, u);
	}
}

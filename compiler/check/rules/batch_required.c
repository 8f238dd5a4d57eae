/* SPDX-License-Identifier: Apache-2.0 */
/* batch_required.c - what a batch file cannot be without, and what has no effect in it. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/network.h"
#include "compiler/schema/kind.h"

/* Are there workflows, each with a compute environment of its own, or perhaps where that is faulty? */
static bool workflows_have_own(const struct rules *r)
{
	const struct workflow_list *list = &r->b->workflows;

	for (size_t i = 0; i < list->n; i++)
		if (ABSENT(&list->items[i], compute_environment))
			return false;
	return list->n > 0 || !USABLE(r->b, workflows);
}

static void missing(const struct rules *r, struct str name, const char *example)
{
	const struct section_at *root = &r->b->section;
	struct diag *d = diag_missing_property(
		r->ds, r->program ? root->span : span_in(root->span.src, 0, 0),
		arena_fmt(r->a, "the " STR_F, STR_A(r->kind->bare)), name);

	diag_help(r->ds, d, "add `%s`", example);
}

void rule_batch_lists_there(const struct rules *r)
{
	if (workflows_have_own(r))
		return;
	if (ABSENT(r->b, compute_environments))
		missing(r, PROP_NAME(Batch_ComputeEnvironments),
			"ComputeEnvironments: [{Name: ..., InstanceTypes: [default_x86_64], "
			"MaxvCpus: 256}]");
	if (ABSENT(r->b, job_queues))
		missing(r, PROP_NAME(Batch_JobQueues),
			"JobQueues: [{Name: ..., ComputeEnvironmentOrder: [...]}]");
}

/* A workflow's own environment needs no name, so the rows of the section do not ask for it. */
void rule_batch_environments_named(const struct rules *r)
{
	const struct compute_environment_list *list = &r->b->compute_environments;

	for (size_t i = 0; i < list->n; i++) {
		const struct compute_environment *m = &list->items[i];

		if (ABSENT(m, name))
			diag_help(r->ds,
				  diag_missing_property(r->ds, section_span(&m->section),
							m->section.path,
							PROP_NAME(ComputeEnvironment_Name)),
				  "add `Name: cpu`");
	}
}

static void no_effect(const struct rules *r, const struct any_section *s)
{
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];
		const struct field_at *at = any_field(s, (enum prop_id)(p - schema_props));

		if ((p->idle & r->variant) != 0 && is_written(at))
			diag_note(r->ds, diag_no_effect_in_batch(r->ds, at->key, p->name), STR_F,
				  STR_A(p->no_effect));
	}
}

/* Which properties they are, and why, is the column `no_effect` of stdlib/schema/. */
void rule_batch_no_effect(const struct rules *r)
{
	each_section(r, no_effect);
}

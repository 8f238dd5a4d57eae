/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_names.c - names in a batch file lead to things of the file.
 *
 * Which property names what is a table; a property that takes the ARN of a thing elsewhere as well says so.
 */
#include "compiler/check/rules/network.h"
#include "compiler/model/batch.h"

#include <string.h>

static const struct named_thing {
	enum prop_id property; /* a text, or a list of texts */
	enum prop_id list;     /* of Batch: what has things of that name */
	const char *what;
	bool or_arn;
} named_things[] = {
	{PROP_ComputeEnvironment_SharedStorage, PROP_Batch_SharedStorage, "shared storage", false},
	{PROP_ComputeEnvironmentOrder_ComputeEnvironment, PROP_Batch_ComputeEnvironments,
	 "compute environment", true},
	{PROP_JobQueue_SchedulingPolicy, PROP_Batch_SchedulingPolicies, "scheduling policy", true},
	{PROP_JobDefinition_JobQueues, PROP_Batch_JobQueues, "job queue", false},
	{PROP_ContainerProperties_Repository, PROP_Batch_Repositories, "repository", false},
	{PROP_ContainerProperties_JobRole, PROP_Batch_JobRoles, "job role", false},
	{PROP_ConsumableResourceRequirement_ConsumableResource, PROP_Batch_ConsumableResources,
	 "consumable resource", true},
	{PROP_S3Access_Bucket, PROP_Batch_Buckets, "bucket", false},
	{PROP_DataRepositoryAssociation_Bucket, PROP_Batch_Buckets, "bucket", false},
	{PROP_Workflow_JobQueue, PROP_Batch_JobQueues, "job queue", false},
	{PROP_Workflow_JobDefinition, PROP_Batch_JobDefinitions, "job definition", false},
	{PROP_Schedule_ComputeEnvironment, PROP_Batch_ComputeEnvironments, "compute environment",
	 false},
	{PROP_Schedule_JobQueue, PROP_Batch_JobQueues, "job queue", false},
	{PROP_Schedule_Workflow, PROP_Batch_Workflows, "workflow", false},
	{PROP_ScheduledJob_JobDefinition, PROP_Batch_JobDefinitions, "job definition", false},
	{PROP_ScheduledJob_JobQueue, PROP_Batch_JobQueues, "job queue", false},
};

/* The names of the things in one list of the file. */
struct names_of_list {
	struct map map;
	struct choice all;
	bool whole; /* none of them is faulty */
};

static struct names_of_list names_of(const struct rules *r, enum prop_id list)
{
	const struct prop *p = &schema_props[list];
	const struct section *s = &schema_sections[p->section];
	const struct prop *key = schema_find(s, p->key);
	const char *root = (const char *)r->b;
	const struct field_at *at = (const void *)(root + p->at_offset);
	const struct any_list *items = (const void *)(root + p->value_offset);
	struct str *names = NEW_ARRAY(r->a, struct str, items->n);
	struct names_of_list ret = {.whole = !is_poisoned(at)};

	for (size_t i = 0; i < items->n; i++) {
		const char *item = (const char *)items->items + i * s->size;
		const struct field_at *name_at = (const void *)(item + key->at_offset);

		ret.whole = ret.whole && is_written(name_at);
		names[i] = *(const struct str *)(const void *)(item + key->value_offset);
		map_put(&ret.map, r->a, names[i], item);
	}
	ret.all = (struct choice){names, items->n,
				  arena_fmt(r->a, "add it to `" STR_F "`", STR_A(p->name)).s};
	return ret;
}

struct names_of_file {
	struct names_of_list lists[ARRAY_LEN(named_things)];
	bool read[ARRAY_LEN(named_things)];
};

static void name_known(const struct rules *r, struct names_of_file *f, size_t i, struct str name,
		       struct span at)
{
	struct names_of_list *list = &f->lists[i];

	if ((named_things[i].or_arn && is_arn(name)) || name.n == 0)
		return;
	if (!f->read[i])
		*list = names_of(r, named_things[i].list);
	f->read[i] = true;
	if (list->whole && map_get(&list->map, name) == NULL)
		offer_names(r, diag_unknown_name(r->ds, at, named_things[i].what, name), at, name,
			    list->all);
}

static void section_known(const struct rules *r, struct names_of_file *f,
			  const struct any_section *s, size_t i)
{
	enum prop_id id = named_things[i].property;
	const struct field_at *at;

	if (!any_has(s, id))
		return;
	at = any_field(s, id);
	if (!is_written(at))
		return;
	if (schema_props[id].kind == PROP_STRING) {
		name_known(r, f, i, any_text(s, id), at->value);
		return;
	}
	for (size_t k = 0; k < any_strings(s, id)->n; k++)
		name_known(r, f, i, any_strings(s, id)->items[k].text,
			   any_strings(s, id)->items[k].at);
}

void rule_batch_names_known(const struct rules *r)
{
	struct names_of_file *f = NEW(r->a, struct names_of_file);

	for (size_t k = 0; k < r->sections.n; k++)
		for (size_t i = 0; i < ARRAY_LEN(named_things); i++)
			section_known(r, f, &r->sections.items[k], i);
}

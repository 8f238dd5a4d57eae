/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_physical_names.c - names at AWS, of which each can stand once in an account and region.
 *
 * Which properties they are is a table; those of buckets have a rule of their own in buckets.c.
 */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"

static const struct {
	enum prop_id prop;
	const char *what;
} names[] = {
	{PROP_JobQueue_JobQueueName, "job queues"},
	{PROP_JobDefinition_JobDefinitionName, "job definitions"},
	{PROP_Repository_RepositoryName, "repositories"},
};

static void name_once(const struct rules *r, struct map *seen, const struct any_section *s,
		      size_t i)
{
	const struct field_at *at = any_field(s, names[i].prop), *before;
	struct str name = any_text(s, names[i].prop);
	struct diag *d;

	if (!is_written(at) || !text_is_known(name) || name.n == 0)
		return;
	before = map_get(seen, name);
	if (before == NULL) {
		map_put(seen, r->a, name, (void *)(uintptr_t)at);
		return;
	}
	d = diag_name_taken_twice(r->ds, at->value, names[i].what, schema_props[names[i].prop].name,
				  name);
	diag_label(r->ds, d, before->value, "the other one");
	diag_help(r->ds, d, "leave it out: the name is then made of those of stack and file");
}

void rule_physical_names(const struct rules *r)
{
	struct map seen[ARRAY_LEN(names)] = {0};

	for (size_t k = 0; k < r->sections.n; k++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (any_has(&r->sections.items[k], names[i].prop))
				name_once(r, &seen[i], &r->sections.items[k], i);
}

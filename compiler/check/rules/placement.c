/* SPDX-License-Identifier: Apache-2.0 */
/* placement.c - rules about placement groups. */
#include "compiler/check/rules/types.h"

static bool clusters(const struct instance_type *t, uint64_t least)
{
	(void)least;
	return (t->placement & PLACE_CLUSTER) != 0;
}

/* ParallelCluster: InstanceTypePlacementGroupValidator. */
void rule_placement_group_types(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		struct placement p = effective_placement(&it.at);

		for (size_t i = 0; is_placed(p) && i < it.n; i++) {
			const struct named_type *t = &it.types[i];
			struct diag *d;

			if (clusters(t->type, 0))
				continue;
			d = diag_type_not_for_placement_group(r->ds, t->at, t->name);
			diag_label(r->ds, d, section_span(&p.from->section), "the placement group");
			suggest_type(r, d, t, (struct wish){t->type->arch, clusters, 0, "can"});
		}
	}
}

/*
 * ParallelCluster: MultiAzPlacementGroupValidator. A cluster placement group lies in one zone. Silent where
 * EFA in the same queue gives the same finding.
 */
void rule_placement_group_one_zone(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		struct placement p = effective_placement(&it);
		const struct slurm_queue *q = it.queue;
		struct diag *d;

		if (!is_placed(p) || told == q || !spans_zones(q) || queue_uses_efa(q))
			continue;
		told = q;
		d = diag_placement_group_several_zones(r->ds, q->networking.at.subnet_ids.key,
						       STR("queue"), distinct_subnets(r->a, q));
		diag_label(r->ds, d, section_span(&p.from->section), "the placement group");
		diag_note(r->ds, d, "subnets of one queue lie in different zones");
		diag_help(r->ds, d, "keep one subnet, or do without the placement group");
	}
}

static void group_naming(const struct rules *r, const struct any_section *s)
{
	const struct placement_group *p = (const void *)s->model;
	struct diag *d;
	bool named, has_id;

	if (s->schema != &schema_sections[SECTION_PlacementGroup])
		return;
	named = WRITTEN(p, name) && p->name.n > 0;
	has_id = WRITTEN(p, id) && p->id.n > 0;

	if (named && has_id) {
		d = diag_placement_group_two_names(r->ds, p->at.id.key);
		diag_label(r->ds, d, p->at.name.key, "the other one");
		diag_help(r->ds, d, "keep `Name`; `Id` is the older way to write it");
	}
	if ((named || has_id) && WRITTEN(p, enabled) && !p->enabled) {
		d = diag_placement_group_named_but_off(r->ds, p->at.enabled.value,
						       named ? PROP_NAME(PlacementGroup_Name)
							     : PROP_NAME(PlacementGroup_Id));
		diag_label(r->ds, d, named ? p->at.name.key : p->at.id.key, "the group");
		diag_help(r->ds, d, "drop `Enabled: false` to use the group, or drop its name");
	}
}

/* ParallelCluster: PlacementGroupNamingValidator. */
void rule_placement_group_naming(const struct rules *r)
{
	each_section(r, group_naming);
}

/* ParallelCluster: PlacementGroupCapacityTypeValidator. Once for each section that asks for a group. */
void rule_placement_group_capacity_block(const struct rules *r)
{
	const struct placement_group *told = NULL;
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		struct placement p = effective_placement(&it);
		struct diag *d;

		if (!is_placed(p) || told == p.from ||
		    capacity_of(it.queue) != SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK)
			continue;
		told = p.from;
		d = diag_placement_group_capacity_block(r->ds, section_span(&p.from->section));
		diag_label(r->ds, d, it.queue->at.capacity_type.value, "the capacity type");
		diag_help(r->ds, d, "drop it: the instances of a block lie close together already");
	}
}

/* ParallelCluster: InstancesNetworkingValidator. */
void rule_placement_group_mixed(const struct rules *r)
{
	const struct placement_group *told = NULL;
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		struct placement p = effective_placement(&it);
		struct diag *d;

		if (!is_placed(p) || told == p.from || it.resource->instances.n < 2)
			continue;
		told = p.from;
		d = diag_placement_group_mixed(r->ds, section_span(&p.from->section));
		diag_label(r->ds, d, it.resource->at.instances.key, "%zu instance types",
			   it.resource->instances.n);
		diag_note(r->ds, d,
			  "EC2 finds room in a group for one type more easily than for several");
	}
}

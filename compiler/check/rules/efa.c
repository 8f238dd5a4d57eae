/* SPDX-License-Identifier: Apache-2.0 */
/* efa.c - rules about Elastic Fabric Adapter: which types have it, where it works, what goes with it. */
#include "compiler/check/rules/types.h"

/* ParallelCluster: EfaValidator, InstancesEFAValidator. */
static void types_have_efa(const struct rules *r, const struct typed_compute *it)
{
	for (size_t i = 0; i < it->n; i++) {
		const struct named_type *t = &it->types[i];

		if (!has_efa(t->type, 0))
			suggest_type(r, diag_efa_unsupported(r->ds, t->at, t->name), t,
				     (struct wish){t->type->arch, has_efa, 0, "has EFA"});
	}
}

void rule_efa_supported(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (efa_of(it.at.resource) == EFA_ON)
			types_have_efa(r, &it);
}

/* Could EFA be turned on, and would it carry anything? All types have it, and a node has another to talk to. */
static bool efa_would_serve(const struct typed_compute *it)
{
	const struct slurm_compute_resource *c = it->at.resource;

	if (efa_of(c) != EFA_OFF || spans_zones(it->at.queue) || it->n == 0 ||
	    (USABLE(c, max_count) && c->max_count <= 1))
		return false;
	for (size_t i = 0; i < it->n; i++)
		if (!has_efa(it->types[i].type, 0))
			return false;
	return true;
}

/* The same validators: a type has EFA, it costs nothing, and is not used. One finding a compute resource. */
void rule_efa_used(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		struct diag *d;

		if (!efa_would_serve(&it))
			continue;
		d = diag_efa_off(r->ds, it.types[0].at, it.types[0].name);
		if (WRITTEN(&it.at.resource->efa, enabled))
			diag_label(r->ds, d, VALUE_AT(&it.at.resource->efa, enabled),
				   "turned off here");
		diag_help(r->ds, d,
			  "`Efa: {Enabled: true}` costs nothing and speeds up jobs over "
			  "several nodes");
	}
}

/* ParallelCluster: EfaValidator; a compute resource with Instances is let through there. */
void rule_gdr_needs_efa(const struct rules *r)
{
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		const struct efa *efa = &it.resource->efa;
		struct diag *d;

		if (!WRITTEN(efa, gdr_support) || !efa->gdr_support ||
		    efa_of(it.resource) != EFA_OFF)
			continue;
		if (is_flexible(it.resource))
			d = diag_gdr_no_effect(r->ds, efa->at.gdr_support.value);
		else
			d = diag_gdr_without_efa(r->ds, efa->at.gdr_support.value);
		if (WRITTEN(efa, enabled))
			diag_label(r->ds, d, efa->at.enabled.value, "EFA is off");
		diag_help(r->ds, d, "write `Enabled: true` beside it, or drop `GdrSupport`");
	}
}

/*
 * ParallelCluster: EfaMultiAzValidator. EC2: EFA traffic does not cross availability zones. One finding a
 * queue; a placement group of the same queue is not told apart.
 */
void rule_efa_one_zone(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct compute it = {0};
	struct diag *d = NULL;

	while (next_compute(r->c, &it)) {
		const struct slurm_queue *q = it.queue;

		if (efa_of(it.resource) != EFA_ON || !spans_zones(q))
			continue;
		if (told != q) {
			told = q;
			d = diag_efa_several_zones(r->ds, q->networking.at.subnet_ids.key,
						   STR("queue"), distinct_subnets(r->a, q));
			diag_note(r->ds, d,
				  "subnets of one queue lie in different zones, and EFA does "
				  "not reach over a zone");
			diag_help(r->ds, d, "keep one subnet, or turn EFA off");
		}
		diag_label(r->ds, d, it.resource->efa.at.enabled.value, "EFA is turned on here");
	}
}

/*
 * Instances start in a reservation that was made in a placement group only where they are in that group, and with
 * another one they lack its capacity. Source: EC2 user guide, Capacity Reservations in cluster placement groups.
 */
static void group_off(const struct rules *r, const struct placement_group *group,
		      const struct compute *it)
{
	struct reservation held = effective_reservation(it);
	struct span at = group->at.enabled.value;
	struct diag *d;

	if (held.kind != RESERVATION_NONE) {
		d = diag_efa_placement_group_left_to_reservation(r->ds, at);
		diag_label(r->ds, d, section_span(&held.from->section), "the reservation");
		diag_note(
			r->ds, d,
			"usual where the reservation was made near together; one that was made in "
			"a group wants that group by `Name`");
	} else {
		d = diag_efa_placement_group_off(r->ds, at);
		diag_note(r->ds, d,
			  "nodes far from each other answer more slowly; a group costs nothing, "
			  "but may lack capacity");
	}
	diag_label(r->ds, d, section_span(&it->resource->efa.section), "EFA is on");
}

/*
 * ParallelCluster: EfaPlacementGroupValidator. Not for capacity blocks, which lie close together anyway, and
 * not over several zones, where EFA is refused already.
 */
void rule_efa_placed(const struct rules *r)
{
	const struct placement_group *told[2] = {NULL, NULL}; /* without reservation, with */
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		struct placement p = effective_placement(&it);
		const struct efa *efa = &it.resource->efa;
		bool reserved = effective_reservation(&it).kind != RESERVATION_NONE;
		struct diag *d;

		if (efa_of(it.resource) != EFA_ON || spans_zones(it.queue) ||
		    !USABLE(it.queue, capacity_type) ||
		    capacity_of(it.queue) == SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK)
			continue;
		if (p.kind == PLACEMENT_NONE) {
			d = diag_efa_without_placement_group(r->ds, section_span(&efa->section));
			diag_help(r->ds, d,
				  "write `Networking: {PlacementGroup: {Enabled: true}}`, or "
				  "`Enabled: false` to do without one");
		} else if (p.kind == PLACEMENT_OFF && told[reserved] != p.from) {
			told[reserved] = p.from;
			group_off(r, p.from, &it);
		}
	}
}

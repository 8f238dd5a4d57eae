/* SPDX-License-Identifier: Apache-2.0 */
/* efa.c - rules about Elastic Fabric Adapter: which types have it, where it works, what goes with it. */
#include "compiler/check/rules/types.h"

static bool has_efa(const struct instance_type *t)
{
	return t->efa_max > 0;
}

/* ParallelCluster: EfaValidator, InstancesEFAValidator. */
static void types_have_efa(const struct rules *r, const struct typed_compute *it)
{
	for (size_t i = 0; i < it->n; i++) {
		const struct instance_type *t = it->types[i].type, *near;
		struct diag *d;

		if (has_efa(t))
			continue;
		d = diag_efa_unsupported(r->ds, it->types[i].at, t->name);
		near = nearest_type(r, t, t->arch, has_efa);
		if (near != NULL)
			diag_help(r->ds, d, "`" STR_F "` has EFA", STR_A(near->name));
	}
}

void rule_efa_supported(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (efa_of(it.at.resource) == EFA_ON)
			types_have_efa(r, &it);
}

/* The same validators: a type has EFA, it costs nothing, and is not used. One finding a compute resource. */
void rule_efa_used(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		size_t i = 0;
		struct diag *d;

		if (efa_of(it.at.resource) != EFA_OFF || spans_zones(it.at.queue))
			continue;
		while (i < it.n && !has_efa(it.types[i].type))
			i++;
		if (i == it.n)
			continue;
		d = diag_efa_off(r->ds, it.types[i].at, it.types[i].name);
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

	while (next_compute(r, &it)) {
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

	while (next_compute(r, &it)) {
		const struct slurm_queue *q = it.queue;

		if (efa_of(it.resource) != EFA_ON || !spans_zones(q))
			continue;
		if (told != q) {
			told = q;
			d = diag_efa_several_zones(r->ds, q->networking.at.subnet_ids.key,
						   distinct_subnets(q));
			diag_note(r->ds, d,
				  "subnets of one queue lie in different zones, and EFA does "
				  "not reach over a zone");
			diag_help(r->ds, d, "keep one subnet, or turn EFA off");
		}
		diag_label(r->ds, d, it.resource->efa.at.enabled.value, "EFA is turned on here");
	}
}

/*
 * ParallelCluster: EfaPlacementGroupValidator. Not for capacity blocks, which lie close together anyway, and
 * not over several zones, where EFA is refused already.
 */
void rule_efa_placed(const struct rules *r)
{
	const struct placement_group *told = NULL;
	struct compute it = {0};

	while (next_compute(r, &it)) {
		struct placement p = effective_placement(it.queue, it.resource);
		const struct efa *efa = &it.resource->efa;
		struct diag *d;

		if (efa_of(it.resource) != EFA_ON || spans_zones(it.queue) ||
		    p.from->section.poisoned ||
		    capacity_of(it.queue) == SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK)
			continue;
		if (p.kind == PLACEMENT_NONE) {
			d = diag_efa_without_placement_group(r->ds, section_span(&efa->section));
			diag_help(r->ds, d,
				  "write `Networking: {PlacementGroup: {Enabled: true}}`, or "
				  "`Enabled: false` to do without one");
		} else if (p.kind == PLACEMENT_OFF && told != p.from) {
			told = p.from;
			d = diag_efa_placement_group_off(r->ds, p.from->at.enabled.value);
			diag_label(r->ds, d, section_span(&efa->section), "EFA is on");
			diag_note(r->ds, d,
				  "nodes far from each other answer more slowly; a group costs "
				  "nothing");
		}
	}
}

static bool is_mixing_shy(struct str type)
{
	struct str family = family_of(type);

	return str_eq(family, STR("p4d")) || str_eq(family, STR("p4de")) ||
	       str_eq(family, STR("dl1"));
}

/* EC2: EFA traffic between P4d, P4de or DL1 and other types is not supported. */
void rule_efa_same_types(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		if (!is_flexible(it.at.resource) || efa_of(it.at.resource) != EFA_ON)
			continue;
		for (size_t i = 1; i < it.n; i++) {
			struct str a = it.types[0].name, b = it.types[i].name;
			struct diag *d;

			if (str_eq(family_of(a), family_of(b)) ||
			    (!is_mixing_shy(a) && !is_mixing_shy(b)))
				continue;
			d = diag_efa_types_apart(r->ds, it.types[i].at, a, b);
			diag_label(r->ds, d, it.types[0].at, "the other type");
			diag_help(r->ds, d, "put them into two compute resources");
			break;
		}
	}
}

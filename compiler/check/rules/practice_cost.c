/* SPDX-License-Identifier: Apache-2.0 */
/* practice_cost.c - good practice: what costs more than it needs to, or will hardly be had. */
#include "compiler/check/rules/ebs.h"

/* vCPUs of all static nodes of a compute resource: worth a note, and worth a warning. */
enum { SOME_VCPUS = 32, MANY_VCPUS = 192 };

static bool has_accelerators(const struct instance_type *t)
{
	return t->gpu.count > 0 || t->neuron.count > 0;
}

/* Is the capacity paid for in advance anyway? */
static bool is_reserved(const struct compute *c)
{
	return !USABLE(c->queue, capacity_type) ||
	       capacity_of(c->queue) == SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK ||
	       effective_reservation(c).kind != RESERVATION_NONE;
}

/* ---- nodes that always run ---- */

/* How many nodes have that many vCPUs together. */
static int64_t nodes_of(const struct instance_type *t, int64_t vcpus)
{
	return (vcpus + t->vcpus - 1) / t->vcpus;
}

static void static_nodes(const struct rules *r, const struct demand *d)
{
	const struct instance_type *t =
		d->ntypes > 0 ? facts_instance(r->facts, d->types[0].text) : NULL;
	struct span at = d->min_at->value;

	if (!is_written(d->min_at) || d->min <= 0 || t == NULL || d->reserved)
		return;
	if (has_accelerators(t) || d->min >= nodes_of(t, MANY_VCPUS))
		diag_label(r->ds, diag_costly_static_nodes(r->ds, at, (long long)d->min, t->name),
			   d->types[0].at, "%u vCPUs%s each", t->vcpus,
			   has_accelerators(t) ? " and accelerators" : "");
	else if (d->min >= nodes_of(t, SOME_VCPUS))
		diag_static_nodes(r->ds, at, (long long)d->min, t->name);
}

void rule_static_nodes_cheap(const struct rules *r)
{
	for (size_t i = 0; i < r->demand.n; i++)
		if (r->demand.items[i].what == DEMAND_COMPUTE_NODES)
			static_nodes(r, &r->demand.items[i]);
}

/* ---- scarce types ---- */

void rule_scarce_types_reserved(const struct rules *r)
{
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		struct named_type types[MAX_TYPES];
		size_t n = compute_types(r, it.resource, types);

		if (it.queue->capacity_type == SLURM_QUEUE_CAPACITY_TYPE_SPOT || is_reserved(&it))
			continue;
		for (size_t i = 0; i < n; i++)
			if (types[i].type != NULL && has_accelerators(types[i].type) &&
			    (types[i].type->usage & USAGE_CAPACITY_BLOCK) != 0) {
				diag_help(r->ds,
					  diag_scarce_on_demand(r->ds, types[i].at, types[i].name),
					  "name a capacity block or an on-demand reservation in "
					  "CapacityReservationTarget");
				break;
			}
	}
}

/* ---- old types ---- */

/* Families before Nitro only: AWS counts many as previous that are still the common choice. */
static void generation_current(const struct rules *r, const struct typed_node *n)
{
	const struct instance_type *t = n->type.type;

	if (t != NULL && !t->current_generation && !t->nitro && !t->withdrawn)
		diag_note(r->ds, diag_old_generation(r->ds, n->type.at, n->type.name),
			  "newer types do more for the same money, and capacity for old ones "
			  "shrinks");
}

void rule_generation_current(const struct rules *r)
{
	each_typed_node(r, generation_current);
}

static void volume_current(const struct rules *r, const struct ebs_volume *v)
{
	struct diag *d;

	if (!is_written(v->type_at) ||
	    (!str_eq(v->type, STR("gp2")) && !str_eq(v->type, STR("standard"))))
		return;
	d = diag_old_volume_type(r->ds, v->type_at->value, v->type);
	diag_note(r->ds, d, "gp3 costs less for each GiB and has 3000 IOPS at any size from 6 GiB");
	diag_fix(r->ds, d, v->type_at->value, STR("gp3"), false);
}

void rule_volume_type_current(const struct rules *r)
{
	each_volume(r, volume_current);
}

/* ---- logs ---- */

void rule_logs_end(const struct rules *r)
{
	const struct cloud_watch_logs *logs = &r->c->monitoring.logs.cloud_watch;

	if (WRITTEN(logs, retention_in_days) && logs->retention_in_days == 0 && logs->enabled)
		diag_help(r->ds, diag_logs_for_ever(r->ds, logs->at.retention_in_days.value),
			  "the default is 180 days");
}

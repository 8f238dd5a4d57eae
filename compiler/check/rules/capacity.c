/* SPDX-License-Identifier: Apache-2.0 */
/* capacity.c - rules about how instances are bought: on demand, Spot, capacity blocks and reservations. */
#include "compiler/check/rules/types.h"

#define CAPACITY(x) SLURM_QUEUE_CAPACITY_TYPE_##x

static uint8_t usage_bit(enum slurm_queue_capacity_type c)
{
	switch (c) {
	case CAPACITY(SPOT):
		return USAGE_SPOT;
	case CAPACITY(CAPACITY_BLOCK):
		return USAGE_CAPACITY_BLOCK;
	case CAPACITY(UNSET):
	case CAPACITY(ONDEMAND):
		return USAGE_ONDEMAND;
	}
	BUG("no such capacity type: %d", (int)c);
}

/* At the capacity type where one is written: all types of the queue that lack it go into one finding. */
static struct diag *say_usage(const struct rules *r, const struct slurm_queue *q,
			      const struct named_type *t)
{
	enum slurm_queue_capacity_type c = capacity_of(q);
	bool written = WRITTEN(q, capacity_type);
	struct diag *d;

	d = diag_usage_unsupported(r->ds, written ? q->at.capacity_type.value : t->at, t->name,
				   enum_text(PROP_SlurmQueue_CapacityType, (int)c));
	if (c == CAPACITY(SPOT)) {
		diag_inner(r->ds, d, "only as ONDEMAND");
		if (written)
			diag_fix(r->ds, d, d->at, STR("ONDEMAND"), false);
	}
	if (c == CAPACITY(CAPACITY_BLOCK))
		diag_help(r->ds, d,
			  "`hpcc instances --capacity-block` lists the types sold in "
			  "capacity blocks");
	return d;
}

/* ParallelCluster: CapacityTypeValidator. */
void rule_capacity_type_of_types(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct typed_compute it = {0};
	struct diag *d = NULL;

	while (next_typed(r, &it)) {
		const struct slurm_queue *q = it.at.queue;

		for (size_t i = 0; USABLE(q, capacity_type) && i < it.n; i++) {
			const struct instance_type *t = it.types[i].type;

			if (t->usage == 0 || (t->usage & usage_bit(capacity_of(q))) != 0)
				continue;
			if (told == q && WRITTEN(q, capacity_type))
				diag_label(r->ds, d, it.types[i].at, "neither is this one");
			else
				d = say_usage(r, q, &it.types[i]);
			told = q;
		}
	}
}

/* The same validator: a capacity block is always named by its reservation. One finding a queue. */
void rule_capacity_block_reserved(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct compute it = {0};
	struct diag *d = NULL;

	while (next_compute(r->c, &it)) {
		const struct slurm_queue *q = it.queue;
		struct reservation held = effective_reservation(&it);

		if (capacity_of(q) != CAPACITY(CAPACITY_BLOCK) || held.kind == RESERVATION_FAULTY ||
		    WRITTEN(held.from, capacity_reservation_id))
			continue;
		if (told != q) {
			told = q;
			d = diag_capacity_block_without_reservation(
				r->ds, q->at.capacity_type.value, STR("CAPACITY_BLOCK"));
			diag_help(r->ds, d,
				  "write `CapacityReservationTarget: {CapacityReservationId: "
				  "cr-...}`");
		}
		diag_label(r->ds, d, section_span(&it.resource->section), "has no reservation");
	}
}

/* ParallelCluster: CapacityReservationValidator. One reservation is for one type. */
void rule_reservation_one_type(const struct rules *r)
{
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		const struct slurm_compute_resource *c = it.resource;
		const struct capacity_reservation_target *t = effective_reservation(&it).from;
		struct diag *d;

		if (!is_flexible(c) || !WRITTEN(t, capacity_reservation_id))
			continue;
		d = diag_reservation_with_instances(r->ds, section_span(&t->section));
		diag_label(r->ds, d, c->at.instances.key, "several types");
		diag_help(r->ds, d,
			  "name one `InstanceType`, or a group by "
			  "`CapacityReservationResourceGroupArn`");
	}
}

/* EC2: Spot instances do not run in capacity reservations. */
void rule_reservation_not_spot(const struct rules *r)
{
	const struct capacity_reservation_target *told = NULL;
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		const struct capacity_reservation_target *t = effective_reservation(&it).from;
		struct diag *d;

		if (capacity_of(it.queue) != CAPACITY(SPOT) || !t->section.written || told == t)
			continue;
		told = t;
		d = diag_reservation_with_spot(r->ds, section_span(&t->section));
		diag_label(r->ds, d, it.queue->at.capacity_type.value, "Spot is asked for here");
		diag_help(r->ds, d, "drop it, or write `CapacityType: ONDEMAND`");
	}
}

void rule_spot_price_used(const struct rules *r)
{
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		const struct slurm_compute_resource *c = it.resource;
		const struct slurm_queue *q = it.queue;
		struct diag *d;

		if (!WRITTEN(c, spot_price) || !USABLE(q, capacity_type) ||
		    capacity_of(q) == CAPACITY(SPOT))
			continue;
		d = diag_spot_price_without_spot(
			r->ds, c->at.spot_price.value,
			enum_text(PROP_SlurmQueue_CapacityType, (int)capacity_of(q)));
		if (WRITTEN(q, capacity_type))
			diag_label(r->ds, d, q->at.capacity_type.value, "the capacity type");
		diag_help(r->ds, d, "write `CapacityType: SPOT`, or drop `SpotPrice`");
	}
}

/* Spot instances end when EC2 wants them back; static ones are then started again, if there are any. */
void rule_spot_static_nodes(const struct rules *r)
{
	for (size_t i = 0; i < r->demand.n; i++) {
		const struct demand *d = &r->demand.items[i];
		struct diag *said;

		if (d->market != MARKET_SPOT || !is_written(d->min_at) || d->min <= 0)
			continue;
		said = diag_spot_static_nodes(r->ds, d->min_at->value, (long long)d->min);
		diag_label(r->ds, said, d->market_at->value, "Spot is asked for here");
	}
}

#define STRATEGY(x) SLURM_QUEUE_ALLOCATION_STRATEGY_##x

static bool strategy_ok(enum slurm_queue_capacity_type c, enum slurm_queue_allocation_strategy s)
{
	switch (c) {
	case CAPACITY(CAPACITY_BLOCK):
		return false;
	case CAPACITY(SPOT):
		return s != STRATEGY(PRIORITIZED);
	case CAPACITY(UNSET):
	case CAPACITY(ONDEMAND):
		return s == STRATEGY(LOWEST_PRICE) || s == STRATEGY(PRIORITIZED);
	}
	BUG("no such capacity type: %d", (int)c);
}

static void help_strategy(const struct rules *r, struct diag *d, enum slurm_queue_capacity_type c)
{
	if (c == CAPACITY(CAPACITY_BLOCK))
		diag_help(r->ds, d, "drop it: a capacity block is of one type");
	else if (c == CAPACITY(SPOT))
		diag_help(r->ds, d, "SPOT takes `capacity-optimized-prioritized`");
	else
		diag_help(r->ds, d, "ONDEMAND takes `lowest-price` (the default) or `prioritized`");
}

/* ParallelCluster: InstancesAllocationStrategyValidator; without Instances the strategy is not looked at. */
void rule_allocation_strategy(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct compute it = {0};

	while (next_compute(r->c, &it)) {
		const struct slurm_queue *q = it.queue;
		enum slurm_queue_capacity_type c = capacity_of(q);
		struct diag *d;

		if (told == q || !is_flexible(it.resource) || !WRITTEN(q, allocation_strategy) ||
		    !USABLE(q, capacity_type) || strategy_ok(c, q->allocation_strategy))
			continue;
		told = q;
		d = diag_allocation_strategy(
			r->ds, q->at.allocation_strategy.value,
			enum_text(PROP_SlurmQueue_AllocationStrategy, (int)q->allocation_strategy),
			enum_text(PROP_SlurmQueue_CapacityType, (int)c));
		if (WRITTEN(q, capacity_type))
			diag_label(r->ds, d, q->at.capacity_type.value, "the capacity type");
		help_strategy(r, d, c);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_strategy.c - how a compute environment picks and buys its instances. */
#include "compiler/check/rules/batch_compute.h"

#define STRATEGY(x) COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_##x

/* Source: AWS Batch API, ComputeResource.allocationStrategy, botocore 1.44.8. */
static bool goes_with(enum compute_environment_allocation_strategy s, bool spot)
{
	switch (s) {
	case STRATEGY(SPOT_CAPACITY_OPTIMIZED):
	case STRATEGY(SPOT_PRICE_CAPACITY_OPTIMIZED):
	case STRATEGY(SPOT_CAPACITY_OPTIMIZED_PRIORITIZED):
		return spot;
	case STRATEGY(BEST_FIT_PROGRESSIVE_ORDERED):
		return !spot;
	case STRATEGY(BEST_FIT):
	case STRATEGY(BEST_FIT_PROGRESSIVE):
	case STRATEGY(UNSET):
		return true;
	}
	BUG("no such strategy: %d", (int)s);
}

/* The one that is most like it and goes with the type. */
static struct str instead(enum compute_environment_allocation_strategy s, bool spot)
{
	if (spot)
		return STR("SPOT_CAPACITY_OPTIMIZED_PRIORITIZED");
	return s == STRATEGY(SPOT_CAPACITY_OPTIMIZED_PRIORITIZED)
		       ? STR("BEST_FIT_PROGRESSIVE_ORDERED")
		       : STR("BEST_FIT_PROGRESSIVE");
}

static struct str strategy_text(const struct batch_environment *e)
{
	return enum_text(PROP_ComputeEnvironment_AllocationStrategy,
			 (int)e->m->allocation_strategy);
}

void rule_compute_strategy(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct str other = instead(e->strategy, e->spot);
		struct diag *d;

		if (!WRITTEN(e->m, allocation_strategy) || goes_with(e->strategy, e->spot))
			continue;
		d = diag_allocation_strategy(r->ds, e->m->at.allocation_strategy.value,
					     strategy_text(e), batch_type_text(e));
		label_batch_type(r, d, e, "the Type");
		if (!WRITTEN(e->m, type))
			diag_note(r->ds, d, "Type is not written; its default is EC2");
		diag_help(r->ds, d, "%s takes `" STR_F "`", e->spot ? "SPOT" : "EC2", STR_A(other));
		diag_fix(r->ds, d, e->m->at.allocation_strategy.value, other, false);
	}
}

/* Source: AWS Batch user guide, Allocation strategies. */
void rule_compute_spot_strategy(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!e->spot || !WRITTEN(e->m, allocation_strategy) ||
		    e->strategy != STRATEGY(BEST_FIT_PROGRESSIVE))
			continue;
		d = diag_spot_progressive(r->ds, e->m->at.allocation_strategy.value);
		label_batch_type(r, d, e, "the Type");
		diag_help(r->ds, d,
			  "`SPOT_PRICE_CAPACITY_OPTIMIZED`, the default, looks at price and at "
			  "how long the capacity may last");
		diag_fix(r->ds, d, d->at, STR("SPOT_PRICE_CAPACITY_OPTIMIZED"), false);
	}
}

/* Source: AWS Batch user guide, Infrastructure updates. */
void rule_compute_best_fit(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, allocation_strategy) || e->strategy != STRATEGY(BEST_FIT))
			continue;
		d = diag_best_fit(r->ds, e->m->at.allocation_strategy.value);
		diag_note(r->ds, d,
			  "every later change of types, image or storage makes a new environment, "
			  "and running jobs end with the old one");
		diag_help(r->ds, d, "leave it out: the default can be updated in place");
	}
}

void rule_compute_ordered(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, allocation_strategy) || !WRITTEN(e->m, instance_types) ||
		    e->m->instance_types.n != 1 ||
		    batch_word_of(r->facts, e->m->instance_types.items[0].text) != BATCH_TYPE ||
		    (e->strategy != STRATEGY(BEST_FIT_PROGRESSIVE_ORDERED) &&
		     e->strategy != STRATEGY(SPOT_CAPACITY_OPTIMIZED_PRIORITIZED)))
			continue;
		d = diag_order_of_one(r->ds, e->m->at.allocation_strategy.value, strategy_text(e));
		diag_label(r->ds, d, e->m->at.instance_types.value, "one type has no order");
		diag_help(r->ds, d, "name further types behind it, or leave the strategy out");
	}
}

void rule_compute_fleet_role(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, spot_iam_fleet_role) || !USABLE(e->m, allocation_strategy) ||
		    (e->spot && e->strategy == STRATEGY(BEST_FIT)))
			continue;
		d = diag_fleet_role_unused(r->ds, e->m->at.spot_iam_fleet_role.key);
		label_batch_type(r, d, e, "the Type");
		diag_note(r->ds, d,
			  "Batch asks for Spot by a fleet only with `Type: SPOT` and "
			  "`AllocationStrategy: BEST_FIT`");
		diag_help(r->ds, d, "leave it out");
	}
}

/* Source: AWS Batch API, ComputeResource.bidPercentage: most customers leave it out. */
void rule_compute_bid(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, bid_percentage))
			continue;
		if (!e->spot) {
			d = diag_bid_without_spot(r->ds, e->m->at.bid_percentage.key,
						  batch_type_text(e));
			label_batch_type(r, d, e, "the Type");
			diag_help(r->ds, d, "leave it out, or write `Type: SPOT`");
		} else if (e->m->bid_percentage < 100) {
			d = diag_bid_low(r->ds, e->m->at.bid_percentage.value,
					 (long long)e->m->bid_percentage);
			diag_note(r->ds, d,
				  "Spot never costs more than on demand; a lower limit only keeps "
				  "instances from starting, or ends them");
			diag_help(r->ds, d, "leave it out");
		}
	}
}

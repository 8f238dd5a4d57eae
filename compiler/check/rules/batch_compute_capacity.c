/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_capacity.c - how capacity is bought: on demand, Spot, reservations and capacity blocks. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/types.h"

/* ---- types are sold that way ---- */

static uint8_t usage_bit(const struct batch_environment *e)
{
	if (in_block(e))
		return USAGE_CAPACITY_BLOCK;
	return e->spot ? USAGE_SPOT : USAGE_ONDEMAND;
}

/* Of a family that was withdrawn nothing is there to be sold, which is another finding. */
static bool has_types(const struct rules *r, struct str word)
{
	size_t it = 0;

	return batch_next_type(r->facts, word, &it) != NULL;
}

/* Is one of the types that the word stands for sold so? Where the table does not tell, it may be. */
static bool sold_so(const struct rules *r, struct str word, uint8_t usage)
{
	const struct instance_type *t;
	size_t it = 0;

	while ((t = batch_next_type(r->facts, word, &it)) != NULL)
		if (t->usage == 0 || (t->usage & usage) != 0)
			return true;
	return !has_types(r, word);
}

static struct diag *not_sold_so(const struct rules *r, const struct batch_environment *e)
{
	const struct model_string *w = &e->m->instance_types.items[0];
	struct diag *d;

	d = diag_usage_unsupported(r->ds, w->at, w->text,
				   in_block(e) ? STR("CAPACITY_BLOCK")
				   : e->spot   ? STR("SPOT")
					       : STR("ONDEMAND"));
	if (in_block(e)) {
		diag_label(r->ds, d, e->m->at.capacity_block.value, "a block is asked for here");
		diag_help(r->ds, d,
			  "`hpcc instances --capacity-block` lists the types sold in capacity "
			  "blocks");
	} else if (e->spot) {
		label_batch_type(r, d, e, "Spot is asked for here");
		diag_help(r->ds, d, "write `Type: EC2`, or take other types");
	} else {
		diag_help(r->ds, d,
			  "`CapacityBlock: true` with a CapacityReservationTarget starts them in "
			  "a block");
	}
	return d;
}

void rule_compute_types_sold_so(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct model_strings *words = &e->m->instance_types;
		bool some = !USABLE(e->m, capacity_block) || (in_block(e) && e->spot);
		struct diag *d;

		for (size_t i = 0; !some && i < words->n; i++)
			some = sold_so(r, words->items[i].text, usage_bit(e));
		if (some)
			continue;
		d = not_sold_so(r, e);
		for (size_t i = 1; i < words->n; i++)
			diag_label(r->ds, d, words->items[i].at, "neither is this one");
	}
}

/* ---- reservations ---- */

/* EC2: Spot instances do not run in capacity reservations. */
void rule_compute_reservation(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		const struct capacity_reservation_target *t = &e->m->capacity_reservation_target;
		struct diag *d;

		if (!t->section.written || !e->spot || in_block(e))
			continue;
		d = diag_spot_reserved(r->ds, section_span(&t->section));
		label_batch_type(r, d, e, "Spot is asked for here");
		diag_help(r->ds, d, "drop it, or write `Type: EC2`");
	}
}

/* ---- capacity blocks ---- */

static void block_reserved(const struct rules *r, const struct batch_environment *e)
{
	const struct capacity_reservation_target *t = &e->m->capacity_reservation_target;
	struct diag *d;

	if (!USABLE(e->m, capacity_reservation_target) ||
	    t->at.capacity_reservation_id.state != FIELD_ABSENT)
		return;
	d = diag_capacity_block_without_reservation(r->ds, e->m->at.capacity_block.value,
						    STR("`CapacityBlock`"));
	if (t->section.written)
		diag_label(r->ds, d, section_span(&t->section),
			   "it names no reservation by its id");
	diag_help(r->ds, d, "write `CapacityReservationTarget: {CapacityReservationId: cr-...}`");
}

static void block_bought(const struct rules *r, const struct batch_environment *e)
{
	struct diag *d = diag_block_on_spot(r->ds, e->m->at.capacity_block.value);

	label_batch_type(r, d, e, "Spot is asked for here");
	diag_help(r->ds, d, "write `Type: EC2`");
	if (WRITTEN(e->m, type))
		diag_fix(r->ds, d, e->m->at.type.value, STR("EC2"), false);
}

/* Has the list one word that is one type? */
static bool is_one_type(const struct rules *r, const struct model_strings *words)
{
	return words->n == 1 && batch_word_of(r->facts, words->items[0].text) <= BATCH_TYPE;
}

/* Source: EC2 user guide, Capacity Blocks for ML; EC2 API, RunInstances. */
void rule_compute_block(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!in_block(e))
			continue;
		block_reserved(r, e);
		if (e->spot)
			block_bought(r, e);
		if (!WRITTEN(e->m, instance_types) || is_one_type(r, &e->m->instance_types))
			continue;
		d = diag_block_several_types(r->ds, e->m->at.instance_types.value);
		diag_label(r->ds, d, e->m->at.capacity_block.value, "a block is asked for here");
		diag_help(r->ds, d, "name the type that the block was bought for, and no other");
	}
}

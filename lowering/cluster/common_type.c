/* SPDX-License-Identifier: Apache-2.0 */
/* common_type.c - what all instance types of a compute resource have. */
#include "lowering/cluster/queues.h"

/* Instance store disks that are there only when the launch asks for them. */
static unsigned mapped_disks(const struct instance_type *t)
{
	return t->disk_nvme ? 0 : t->disks;
}

/* Does the type take EFA on the card? With fewer EFA interfaces than cards the first goes without. */
static bool takes_efa(const struct instance_type *t, unsigned card)
{
	return t->cards[card].efa && (card > 0 || t->efa_max >= t->ncards);
}

/* Takes from `common`, whose cards are `cards`, what t has not. */
static void meet(struct instance_type *common, struct network_card *cards,
		 const struct instance_type *t)
{
	if (t->ncards < common->ncards)
		common->ncards = t->ncards;
	if (t->efa_max < common->efa_max)
		common->efa_max = t->efa_max;
	for (unsigned i = 0; i < common->ncards; i++) {
		cards[i].efa = cards[i].efa && takes_efa(t, i);
		if (t->cards[i].max_interfaces < cards[i].max_interfaces)
			cards[i].max_interfaces = t->cards[i].max_interfaces;
	}
	common->ebs_optimized = common->ebs_optimized && t->ebs_optimized;
	if (mapped_disks(t) > common->disks)
		common->disks = t->disks;
}

/* A copy of t that meet() can work on. */
static struct instance_type *copy_of(struct lowering *l, const struct instance_type *t,
				     struct network_card **ret_cards)
{
	struct instance_type *copy = NEW(l->st.a, struct instance_type);
	struct network_card *cards = NEW_ARRAY(l->st.a, struct network_card, t->ncards);

	*copy = *t;
	for (unsigned i = 0; i < t->ncards; i++) {
		cards[i] = t->cards[i];
		cards[i].efa = takes_efa(t, i);
	}
	copy->cards = *ret_cards = cards;
	copy->disks = (uint16_t)mapped_disks(t);
	copy->disk_nvme = false;
	return copy;
}

const struct instance_type *common_type(struct lowering *l, const struct slurm_compute_resource *r)
{
	struct instance_type *common = NULL;
	struct network_card *cards = NULL;
	bool all_known = true;

	if (r->instances.n <= 1)
		return type_of(&l->st, compute_type_name(r));
	for (size_t i = 0; i < r->instances.n; i++) {
		const struct instance_type *t =
			type_of(&l->st, r->instances.items[i].instance_type);

		if (t == NULL)
			all_known = false;
		else if (common == NULL)
			common = copy_of(l, t, &cards);
		else
			meet(common, cards, t);
	}
	if (common != NULL && !all_known)
		common->ebs_optimized = false;
	return common;
}

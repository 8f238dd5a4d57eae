/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interfaces.c - which network interfaces an instance gets, by its cards.
 *
 * EC2's rules (user guide, "Elastic Fabric Adapter" and "Maximize network bandwidth"): the primary
 * interface is device 0 of card 0 and carries IP, so it is never EFA-only; a card takes one EFA or EFA-only
 * interface; every interface counts against the limit of its card. Since 3.15 ParallelCluster puts an ENA
 * interface for IP beside an EFA-only one, which saves an address for each further card; before, each card had one
 * EFA interface that carried both. With one card nothing is saved, and two interfaces cost the public address: there
 * one interface carries both still. Further cards use device 1, or 0 where a card holds one interface only.
 */
#include "lowering/aws/interfaces.h"

static void add(struct nic_layout *l, unsigned card, unsigned device, enum nic_kind kind)
{
	INVARIANT(l->n < ARRAY_LEN(l->nics));
	l->nics[l->n++] = (struct nic){(uint8_t)card, (uint8_t)device, kind};
}

/* The device index of the only interface of a card other than the first. */
static unsigned device_on(const struct network_card *card)
{
	return card->max_interfaces == 1 ? 0 : 1;
}

/* Card 0, which has to do without EFA where there are fewer EFA interfaces than cards. Returns how many it took. */
static unsigned first_card(struct nic_layout *l, const struct instance_type *type, bool combined)
{
	if (!type->cards[0].efa || type->efa_max < type->ncards) {
		add(l, 0, 0, NIC_ENA);
		return 0;
	}
	if (combined || type->cards[0].max_interfaces == 1) {
		add(l, 0, 0, NIC_EFA);
		return 1;
	}
	add(l, 0, 0, NIC_ENA);
	add(l, 0, 1, NIC_EFA_ONLY);
	return 1;
}

/* On GB200 cards come in pairs that share a port, and the odd ones take EFA-only interfaces alone. */
static bool takes_efa_only(const struct instance_type *type, unsigned card)
{
	return card % 2 == 1 && str_starts(type->name, STR("p6e-gb200"));
}

static void with_efa(struct nic_layout *l, const struct instance_type *type, bool combined)
{
	unsigned efas = first_card(l, type, combined);

	for (unsigned i = 1; i < type->ncards; i++) {
		const struct network_card *card = &type->cards[i];
		bool efa = card->efa && efas < type->efa_max;

		if (efa)
			add(l, i, device_on(card),
			    combined && !takes_efa_only(type, i) ? NIC_EFA : NIC_EFA_ONLY);
		else if (combined && !takes_efa_only(type, i))
			add(l, i, device_on(card), NIC_ENA);
		efas += efa;
	}
}

static void without_efa(struct nic_layout *l, const struct instance_type *type)
{
	add(l, 0, 0, NIC_ENA);
	for (unsigned i = 1; i < type->ncards; i++)
		if (!takes_efa_only(type, i))
			add(l, i, device_on(&type->cards[i]), NIC_ENA);
}

struct nic_layout nic_layout(const struct instance_type *type, bool efa, bool combined)
{
	struct nic_layout l = {.n = 0};

	if (type == NULL || type->ncards == 0)
		add(&l, 0, 0, efa ? NIC_EFA : NIC_ENA);
	else if (efa && type->efa_max > 0)
		with_efa(&l, type, combined);
	else
		without_efa(&l, type);
	return l;
}

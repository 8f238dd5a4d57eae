/* SPDX-License-Identifier: Apache-2.0 */
/* network_cards.c - rules about instance types with several network cards. */
#include "compiler/check/rules/types.h"

#include <limits.h>

/* Network cards that a compute resource uses: those that all of its types have; 0 unknown. */
static unsigned cards_of(const struct typed_compute *it)
{
	unsigned least = 0;

	for (size_t i = 0; i < it->n; i++)
		if (least == 0 || it->types[i].type->ncards < least)
			least = it->types[i].type->ncards;
	return least;
}

/* The release from which on EFA on one card counts as two interfaces when a file is judged by it. */
enum { EFA_REFUSED = 31600 };

/*
 * Would ParallelCluster start the nodes with several interfaces although they have one card: an ordinary one, and one
 * for EFA alone? hpcc makes one of the two. Source: the validator below, 3.16.1.
 */
static bool has_second_interface(const struct rules *r, const struct typed_compute *it)
{
	unsigned places = UINT_MAX;

	if (r->knows < EFA_REFUSED || cards_of(it) != 1 || efa_of(it->at.resource) != EFA_ON ||
	    str_eq(r->c->dev_settings.efa_interface_type, STR("efa")))
		return false;
	for (size_t i = 0; i < it->n; i++) {
		const struct instance_type *t = it->types[i].type;

		if (t->efa_max == 0)
			return false;
		if (t->cards[0].max_interfaces < places)
			places = t->cards[0].max_interfaces;
	}
	return places > 1;
}

bool has_several_cards(const struct rules *r, const struct slurm_queue *q)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (it.at.queue == q && (cards_of(&it) > 1 || has_second_interface(r, &it)))
			return true;
	return false;
}

/*
 * ParallelCluster: MultiNetworkInterfacesInstancesValidator. EC2 gives no public address to an instance that
 * starts with several interfaces, and refuses the request. One finding a queue.
 */
void rule_public_ip_several_cards(const struct rules *r)
{
	const struct slurm_queue *told = NULL;
	struct typed_compute it = {0};
	struct diag *d = NULL;

	while (next_typed(r, &it)) {
		const struct slurm_queue_networking *n = &it.at.queue->networking;
		unsigned cards = cards_of(&it);

		bool second = has_second_interface(r, &it);

		if (!WRITTEN(n, assign_public_ip) || !n->assign_public_ip || (cards < 2 && !second))
			continue;
		if (told != it.at.queue) {
			told = it.at.queue;
			d = diag_public_ip_several_cards(r->ds, n->at.assign_public_ip.value,
							 it.types[0].name);
			diag_help(r->ds, d, "use a private subnet with a NAT gateway");
		}
		if (second)
			diag_label(r->ds, d, section_span(&it.at.resource->efa.section),
				   "EFA takes an interface of its own in ParallelCluster 3.16 and "
				   "newer");
		else
			diag_label(r->ds, d, it.types[0].at, "%u network cards", cards);
	}
}

/* EC2: the same holds for the head node; only an elastic address makes it reachable from outside. */
void rule_head_node_several_cards(const struct rules *r)
{
	const struct head_node_networking *n = &r->c->head_node.networking;
	struct named_type head = head_type(r);
	struct diag *d;

	if (head.type == NULL || head.type->ncards < 2 || !USABLE(n, elastic_ip) ||
	    WRITTEN(n, elastic_ip))
		return;
	d = diag_head_node_several_cards(r->ds, head.at, head.name, head.type->ncards);
	diag_note(r->ds, d, "EC2 gives none to an instance with several interfaces");
	diag_help(
		r->ds, d,
		"write `ElasticIp: true` under `Networking` when it must be reached from outside, "
		"else `false`");
}

/* ParallelCluster: InstancesNetworkingValidator. */
void rule_mixed_network_cards(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		unsigned least = cards_of(&it);
		struct diag *d;

		for (size_t i = 0; is_flexible(it.at.resource) && i < it.n; i++) {
			const struct instance_type *t = it.types[i].type;

			if (t->ncards == least)
				continue;
			d = diag_mixed_network_cards(r->ds, it.types[i].at, t->name, t->ncards,
						     least);
			diag_label(r->ds, d, it.at.resource->at.instances.key, "one of these");
			break;
		}
	}
}

/* The release from which on ParallelCluster warns of them, whether EFA is on or not. */
enum { MIXED_EFA_TOLD = 31500 };

/* With fewer EFA interfaces than cards, the first card takes none. */
static bool first_card_takes_efa(const struct instance_type *t)
{
	return t->efa_max == t->ncards;
}

static struct str efa_count(const struct rules *r, const struct instance_type *t)
{
	return arena_fmt(r->a, "has %u interface%s for EFA", t->efa_max,
			 t->efa_max == 1 ? "" : "s");
}

/* Reports that two types differ; a is the one with more. */
static void differ_in_efa(const struct rules *r, const struct typed_compute *it,
			  const struct named_type *a, const struct named_type *b)
{
	bool counts = a->type->efa_max != b->type->efa_max;
	struct diag *d = diag_mixed_efa(
		r->ds, a->at, a->name,
		counts ? efa_count(r, a->type) : STR("takes EFA on its first network card"),
		b->name, counts ? arena_fmt(r->a, "%u", b->type->efa_max) : STR("does not"));

	diag_label(r->ds, d, b->at, "the other");
	diag_note(r->ds, d,
		  "all nodes start with the interfaces that every one of the types can "
		  "have");
	if (efa_of(it->at.resource) == EFA_ON)
		diag_help(r->ds, d,
			  "make a compute resource of its own for the types that are alike");
}

/* The first types of the resource that differ; one finding. */
static void efa_alike(const struct rules *r, const struct typed_compute *it)
{
	const struct named_type *first = &it->types[0];

	for (size_t i = 1; i < it->n; i++) {
		const struct named_type *t = &it->types[i];
		bool more =
			t->type->efa_max > first->type->efa_max ||
			(t->type->efa_max == first->type->efa_max && first_card_takes_efa(t->type));

		if (t->type->efa_max == first->type->efa_max &&
		    first_card_takes_efa(t->type) == first_card_takes_efa(first->type))
			continue;
		differ_in_efa(r, it, more ? t : first, more ? first : t);
		return;
	}
}

/* Where EFA is on and a type has none, that is an error already. */
static bool some_lacks_efa(const struct typed_compute *it)
{
	for (size_t i = 0; i < it->n; i++)
		if (it->types[i].type->efa_max == 0)
			return true;
	return false;
}

/*
 * ParallelCluster: InstancesNetworkingValidator, 3.15.0 to 3.16.1. Types without EFA do not mind: without a release to
 * judge by only where it is on.
 */
void rule_mixed_efa(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		bool on = efa_of(it.at.resource) == EFA_ON;

		if (is_flexible(it.at.resource) && it.n > 1 &&
		    (on ? !some_lacks_efa(&it) : r->knows >= MIXED_EFA_TOLD))
			efa_alike(r, &it);
	}
}

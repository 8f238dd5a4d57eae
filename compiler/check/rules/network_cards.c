/* SPDX-License-Identifier: Apache-2.0 */
/* network_cards.c - rules about instance types with several network cards. */
#include "compiler/check/rules/types.h"

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
	const struct instance_type *t = it->n > 0 ? it->types[0].type : NULL;

	return r->knows >= EFA_REFUSED && t != NULL && efa_of(it->at.resource) == EFA_ON &&
	       t->ncards == 1 && t->efa_max == 1 && t->cards[0].max_interfaces > 1 &&
	       !str_eq(r->c->dev_settings.efa_interface_type, STR("efa"));
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

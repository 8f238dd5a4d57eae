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

bool has_several_cards(const struct rules *r, const struct slurm_queue *q)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (it.at.queue == q && cards_of(&it) > 1)
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

		if (!WRITTEN(n, assign_public_ip) || !n->assign_public_ip || cards < 2)
			continue;
		if (told != it.at.queue) {
			told = it.at.queue;
			d = diag_public_ip_several_cards(r->ds, n->at.assign_public_ip.value,
							 it.types[0].name);
			diag_help(r->ds, d, "use a private subnet with a NAT gateway");
		}
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

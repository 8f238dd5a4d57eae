/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_network.c - the network that a cluster makes for itself.
 *
 * Fields of the model that name no subnet refer to those of the section (compiler/check/placed.c). What stands in the
 * network waits for its ways out: else the head node would boot before it can call AWS, and would be deleted after its
 * routes. The addresses of a fleet are no resources of the stack, so what ends the fleet waits as well.
 */
#include "compiler/base/open_text.h"
#include "lowering/cluster/cluster.h"

void pass_own_network(struct lowering *l)
{
	const struct network *m = &l->c->network;

	if (!m->section.written)
		return;
	l->st.keep_needs = true;
	l->own_network = network_add(&l->st, net_of(l->st.a, m), NULL);
	l->st.network = l->own_network;
}

const struct lowered_subnet *own_subnet(const struct lowering *l, struct str subnet_id)
{
	const struct lowered_subnet *s;
	struct text_piece piece;
	struct reference r;

	if (l->own_network == NULL || !text_next(&subnet_id, &piece) || !piece.open)
		return NULL;
	r = reference_of(piece.text);
	if (r.kind != REFERENCE_SUBNET)
		return NULL;
	s = network_named(l->own_network, r.name);
	return s->resource.n > 0 ? s : NULL;
}

/* A public address is refused before the internet gateway is attached, and keeps it attached while it is there. */
static void wait_for_internet(struct lowering *l, struct str id)
{
	struct ir_resource *r = ir_find(l->st.g, id);

	if (r != NULL && ir_find(l->st.g, STR(NETWORK_ATTACHMENT)) != NULL)
		ir_depend(l->st.g, r, STR(NETWORK_ATTACHMENT));
}

void pass_ways_out(struct lowering *l)
{
	if (l->own_network == NULL)
		return;
	wait_for_internet(l, STR("HeadNodeAddress"));
	wait_for_internet(l, STR("HeadNodeAddressAssociation"));
	/* The head node waits for the end of the fleet, and login nodes for the head node. */
	network_wait(&l->st, l->fleet.n > 0 ? l->fleet : l->head_node);
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		wait_for_internet(l, l->pools[i].balancer);
}

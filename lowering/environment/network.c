/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - where an environment stands. */
#include "lowering/environment/environment.h"

void pass_env_region(struct ground *l)
{
	stack_stands_in(&l->st);
}

void pass_env_network(struct ground *l)
{
	const struct net *net = net_of(l->st.a, &l->e->network);

	if (net->nsubnets == 0)
		diag_help(l->st.ds, diag_network_without_subnets(l->st.ds, l->e->at.network.key),
			  "describe one: `Subnets: [{Name: Nodes, Type: PRIVATE, CidrBlock: …}]`");
	l->network = network_add(&l->st, net, l->flow_logs);
}

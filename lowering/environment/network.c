/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - where an environment stands. */
#include "lowering/environment/environment.h"

void pass_env_region(struct ground *l)
{
	stack_stands_in(&l->st);
}

void pass_env_network(struct ground *l)
{
	l->network = network_add(&l->st, net_of(l->st.a, &l->e->network), l->flow_logs);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* network_existing.c - rules about what an existing VPC does not tell of its routes. */
#include "compiler/check/rules/network.h"

/* A VPC has one internet gateway. Source: EC2 API, AttachInternetGateway. */
void rule_public_by_main_table(const struct rules *r)
{
	const struct net *n = network(r);

	for (size_t i = 0; n != NULL && !n->is_new && i < n->nsubnets; i++) {
		const struct net_subnet *s = &n->subnets[i];
		struct diag *d;

		if (s->type != SUBNET_TYPE_PUBLIC || subnet_exists(s))
			continue;
		d = diag_main_route_table(r->ds, subnet_span(s), s->name);
		diag_note(r->ds, d,
			  "an existing VPC may have its one internet gateway already, and nothing "
			  "here names it: no route to it is made");
		diag_help(r->ds, d,
			  "make sure that the main route table leads there, or name a public "
			  "subnet that exists with `SubnetId`");
	}
}

void rule_tables_by_zone(const struct rules *r)
{
	const struct net *n = network(r);
	struct diag *d;

	if (n == NULL || n->is_new || !WRITTEN(n->m, nat_gateway) ||
	    n->nat != NETWORK_NAT_GATEWAY_PER_AZ || n->m->route_table_ids.n == 0)
		return;
	d = diag_tables_of_one_zone(r->ds, n->m->at.nat_gateway.value);
	diag_label(r->ds, d, n->m->at.route_table_ids.value, "which zone each is for is not known");
	diag_help(r->ds, d, "write `NatGateway: REGIONAL`: one gateway that spans the zones");
}

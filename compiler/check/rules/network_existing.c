/* SPDX-License-Identifier: Apache-2.0 */
/* network_existing.c - rules about what an existing VPC does not tell of its routes. */
#include "compiler/base/map.h"
#include "compiler/check/rules/network.h"
#include "compiler/model/hybrid.h"

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

/* ---- subnets ---- */

/* Source: EC2 API; a second mount target, attachment or endpoint in one subnet is refused. */
void rule_subnets_distinct(const struct rules *r)
{
	const struct net *n = network(r);
	struct map seen = {0};

	for (size_t i = 0; n != NULL && i < n->nsubnets; i++) {
		const struct net_subnet *s = &n->subnets[i], *first;
		struct diag *d;

		if (s->row == NULL || !WRITTEN(s->row, subnet_id))
			continue;
		first = map_get(&seen, s->id);
		if (first == NULL) {
			map_put(&seen, r->a, s->id, s);
			continue;
		}
		d = diag_subnet_twice(r->ds, s->row->at.subnet_id.value, text_shown(r->a, s->id),
				      first->name);
		diag_label(r->ds, d, first->row->at.subnet_id.value, "the first one");
	}
}

/* ---- its route tables ---- */

static bool routes_to_data_centre(const struct rules *r)
{
	const struct hybrid_network *h = r->e != NULL ? &r->e->hybrid_network : NULL;

	return h != NULL && has_hybrid(h) && gateway_is_transit(&h->gateway);
}

/* Source: EC2 API, CreateRoute and CreateVpcEndpoint, RouteAlreadyExists. */
void rule_tables_of_existing_vpc(const struct rules *r)
{
	const struct net *n = network(r);
	struct str routes[4];
	size_t k = 0;
	struct diag *d;

	if (n == NULL || n->is_new || !WRITTEN(n->m, route_table_ids) || !USABLE(n->m, endpoints) ||
	    !USABLE(n->m, nat_gateway) || n->m->section.poisoned)
		return;
	if (n->nat != NETWORK_NAT_GATEWAY_NONE)
		routes[k++] = STR("the default route");
	if (n->s3)
		routes[k++] = STR("that to S3");
	if (n->dynamodb)
		routes[k++] = STR("that to DynamoDB");
	if (routes_to_data_centre(r))
		routes[k++] = STR("those to the data centre");
	if (k == 0)
		return;
	d = diag_tables_may_have_routes(r->ds, n->m->at.route_table_ids.value,
					names_in_line(r, routes, k));
	diag_note(r->ds, d, "a table has one route to a place: the deployment fails at a second");
	diag_help(r->ds, d, "`aws ec2 describe-route-tables` with their ids lists what they have");
	if (n->s3 && !WRITTEN(&n->m->endpoints, s3))
		diag_help(r->ds, d,
			  "the endpoint of S3 is made by default: `Endpoints: {S3: false}` leaves "
			  "it out");
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

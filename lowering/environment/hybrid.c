/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hybrid.c - the gateway to a data centre, and the routes there.
 *
 * A virtual private gateway writes the routes that it learns into the tables by itself; for a transit gateway each
 * table has a route for each block of the data centre. Both need the attachment of the gateway to the VPC, which
 * nothing that they refer to says: they wait for it.
 */
#include "lowering/environment/hybrid.h"

/* ---- the VPC ---- */

static const struct net_subnet *next_zone(const struct net *net, bool inner, size_t *it)
{
	if (inner)
		return net_next_inner_zone(net, it);
	while (*it < net->nsubnets) {
		const struct net_subnet *s = &net->subnets[(*it)++];
		bool first = true;

		for (const struct net_subnet *k = net->subnets; k < s; k++)
			first = first && (k->zone != s->zone || s->zone == NET_NO_ZONE);
		if (first)
			return s;
	}
	return NULL;
}

static struct ir_value *subnet_of_each_zone(const struct ground *l)
{
	const struct net *net = l->network->net;
	struct ir_value *ids = ir_list(l->st.g);
	const struct net_subnet *s;
	size_t it = 0;

	while ((s = next_zone(net, net_first_inner(net) != NULL, &it)) != NULL)
		ir_push(l->st.g, ids, network_subnet(l->network, s)->id);
	return ids;
}

/* ---- a virtual private gateway ---- */

static struct ir_value *vpn_gateway(const struct hybrid *h)
{
	const struct hybrid_gateway *m = &h->m->gateway;
	struct ir *g = h->l->st.g;
	struct ir_resource *r;

	if (m->vpn_gateway_id.n > 0)
		return ir_text(g, m->vpn_gateway_id);
	r = named_resource(&h->l->st, STR("VpnGateway"), "AWS::EC2::VPNGateway", STR(""),
			   origin_of_section(&m->section));
	ir_put_text(g, r->properties, "Type", STR("ipsec.1"));
	ir_put_int(g, r->properties, "AmazonSideAsn", m->amazon_side_asn);
	return ir_ref(g, r->id);
}

static void vpn_gateway_attach(struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_resource *r =
		ir_add(g, STR("VpnGatewayAttachment"), "AWS::EC2::VPCGatewayAttachment",
		       origin_of_section(&h->m->gateway.section));

	ir_put(g, r->properties, "VpcId", h->l->network->vpc);
	ir_put(g, r->properties, "VpnGatewayId", h->l->gateway);
	h->attachment = r->id;
}

/* Into the tables of private and isolated subnets; into those of public ones where there are no others. */
static void routes_propagate(const struct hybrid *h)
{
	const struct lowered_network *n = h->l->network;
	struct ir *g = h->l->st.g;
	struct ir_value *tables = n->inner_tables->n > 0 ? n->inner_tables : n->public_tables;
	struct ir_resource *r;

	if (tables->n == 0)
		return;
	r = ir_add(g, STR("RoutePropagation"), "AWS::EC2::VPNGatewayRoutePropagation",
		   origin_of_section(&h->m->gateway.section));
	ir_put(g, r->properties, "RouteTableIds", tables);
	ir_put(g, r->properties, "VpnGatewayId", h->l->gateway);
	ir_depend(g, r, h->attachment);
}

/* ---- a transit gateway ---- */

static struct ir_value *transit_gateway(const struct hybrid *h)
{
	const struct hybrid_gateway *m = &h->m->gateway;
	struct ir *g = h->l->st.g;
	struct ir_resource *r;

	if (m->transit_gateway_id.n > 0)
		return ir_text(g, m->transit_gateway_id);
	r = named_resource(&h->l->st, STR("TransitGateway"), "AWS::EC2::TransitGateway", STR(""),
			   origin_of_section(&m->section));
	ir_put(g, r->properties, "Description",
	       ir_sub(g, STR("Way to the data centre of ${AWS::StackName}")));
	ir_put_int(g, r->properties, "AmazonSideAsn", m->amazon_side_asn);
	return ir_ref(g, r->id);
}

/* The subnets of this type of attachment change in place; those of a TransitGatewayVpcAttachment replace it. */
static void transit_gateway_attach(struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_resource *r = named_resource(&h->l->st, STR("TransitGatewayAttachment"),
					       "AWS::EC2::TransitGatewayAttachment", STR(""),
					       origin_of_section(&h->m->gateway.section));

	ir_put(g, r->properties, "TransitGatewayId", h->l->gateway);
	ir_put(g, r->properties, "VpcId", h->l->network->vpc);
	ir_put(g, r->properties, "SubnetIds", h->subnets);
	h->attachment = r->id;
}

/* "Public" of a table that is made, the id of one that exists. */
static struct str table_name(const struct ir_value *table)
{
	struct str prefix = STR("RouteTable");

	if (table->kind == IR_REF && str_starts(table->text, prefix))
		return str_slice(table->text, prefix.n, table->text.n);
	return table->text;
}

static void routes_add(const struct hybrid *h, const struct ir_value *tables)
{
	const struct model_strings *blocks = &h->m->on_premises_cidrs;
	struct ir *g = h->l->st.g;

	for (size_t i = 0; i < tables->n; i++)
		for (size_t k = 0; k < blocks->n; k++) {
			struct str parts[] = {table_name(tables->items[i]), blocks->items[k].text};
			struct str id = ir_unique_id(g, "RouteOnPremises", parts, ARRAY_LEN(parts));
			struct ir_resource *r =
				ir_add(g, id, "AWS::EC2::Route",
				       origin_of(&h->m->section, &h->m->at.on_premises_cidrs));

			ir_put(g, r->properties, "RouteTableId", tables->items[i]);
			ir_put_text(g, r->properties, "DestinationCidrBlock",
				    blocks->items[k].text);
			ir_put(g, r->properties, "TransitGatewayId", h->l->gateway);
			ir_depend(g, r, h->attachment);
		}
}

/* ---- the whole ---- */

void hybrid_add_gateway(struct hybrid *h)
{
	if (!h->transit) {
		h->l->gateway = vpn_gateway(h);
		vpn_gateway_attach(h);
		routes_propagate(h);
		return;
	}
	h->l->gateway = transit_gateway(h);
	transit_gateway_attach(h);
	routes_add(h, h->l->network->public_tables);
	routes_add(h, h->l->network->inner_tables);
}

void pass_env_hybrid(struct ground *l)
{
	struct hybrid h = {.l = l, .m = &l->e->hybrid_network};

	if (!has_hybrid(h.m))
		return;
	h.transit = gateway_is_transit(&h.m->gateway);
	h.subnets = subnet_of_each_zone(l);
	hybrid_add_gateway(&h);
	if (h.m->direct_connect.section.written)
		hybrid_add_direct_connect(&h);
	hybrid_add_vpn(&h);
	if (h.m->resolver_rules.n > 0)
		hybrid_add_names(&h);
}

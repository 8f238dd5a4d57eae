/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid.c - rules about the ways to a data centre: which there are, and what they hang on. */
#include "compiler/check/rules/hybrid.h"

const struct hybrid_network *hybrid(const struct rules *r)
{
	return r->e != NULL && has_hybrid(&r->e->hybrid_network) ? &r->e->hybrid_network : NULL;
}

bool item_block(const struct model_string *item, struct cidr *ret)
{
	struct str part;
	enum cidr_fault fault = cidr_parse(item->text, ret, &part);

	return fault == CIDR_OK || fault == CIDR_HOST_BITS;
}

bool is_default_route(struct cidr c)
{
	return c.bits == 0;
}

/* ---- which ways there are ---- */

/* An empty list is none. */
static bool surely_without_vpn(const struct hybrid_network *h)
{
	return USABLE(h, vpn_connections) && h->vpn_connections.n == 0 && !h->section.poisoned;
}

/* Direct Connect over two connections outlives the failure of one of them. */
static bool has_two_connections(const struct direct_connect *d)
{
	struct virtual_interface_list l = virtual_interfaces(d);

	for (size_t i = 1; i < l.n; i++)
		if (!str_eq(l.items[i].connection_id, l.items[0].connection_id))
			return true;
	return false;
}

/* Source: AWS Direct Connect user guide, Resiliency Toolkit, backup by a VPN connection. */
void rule_hybrid_ways(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct diag *d;

	if (h == NULL || !surely_without_vpn(h) || gateway_exists(&h->gateway) ||
	    h->gateway.section.poisoned)
		return;
	if (NOT_THERE(h, direct_connect)) {
		d = diag_hybrid_without_way(r->ds, section_span(&h->section));
		diag_help(r->ds, d,
			  "add DirectConnect, VpnConnections or both, or name the existing gateway "
			  "that has them: `VpnGatewayId` or `TransitGatewayId`");
	} else if (USABLE(h, direct_connect) && !has_two_connections(&h->direct_connect)) {
		d = diag_direct_connect_alone(r->ds, section_span(&h->direct_connect.section));
		diag_help(r->ds, d,
			  "add VpnConnections for the time when it is down, or a virtual "
			  "interface on a second connection");
	}
}

/* ---- the gateway ---- */

struct existing {
	const struct field_at *at;
	struct str name, type, other;
};

static void existing_fits(const struct rules *r, const struct hybrid_gateway *g,
			  const struct existing *e)
{
	struct diag *d = diag_gateway_of_other_type(r->ds, e->at->key, e->name, e->other);

	if (WRITTEN(g, type)) {
		diag_label(r->ds, d, g->at.type.value, "the type is set here");
		diag_fix(r->ds, d, g->at.type.value, e->type, false);
	} else {
		diag_note(r->ds, d, STR_F " is the type where none is written", STR_A(e->other));
	}
	diag_help(r->ds, d, "write `Type: " STR_F "`", STR_A(e->type));
}

void rule_hybrid_gateway_type(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const struct hybrid_gateway *g;
	const struct str vgw =
		enum_text(PROP_HybridGateway_Type, HYBRID_GATEWAY_TYPE_VIRTUAL_PRIVATE_GATEWAY);
	const struct str tgw =
		enum_text(PROP_HybridGateway_Type, HYBRID_GATEWAY_TYPE_TRANSIT_GATEWAY);

	if (h == NULL || h->gateway.section.poisoned)
		return;
	g = &h->gateway;
	/* Both ids beside each other are a fault of their own. */
	if (g->at.vpn_gateway_id.state != FIELD_ABSENT &&
	    g->at.transit_gateway_id.state != FIELD_ABSENT)
		return;
	if (WRITTEN(g, vpn_gateway_id) && g->type == HYBRID_GATEWAY_TYPE_TRANSIT_GATEWAY)
		existing_fits(r, g,
			      &(struct existing){&g->at.vpn_gateway_id,
						 PROP_NAME(HybridGateway_VpnGatewayId), vgw, tgw});
	if (WRITTEN(g, transit_gateway_id) &&
	    g->type == HYBRID_GATEWAY_TYPE_VIRTUAL_PRIVATE_GATEWAY)
		existing_fits(r, g,
			      &(struct existing){&g->at.transit_gateway_id,
						 PROP_NAME(HybridGateway_TransitGatewayId), tgw,
						 vgw});
}

/*
 * Source: EC2 API, CreateTransitGatewayVpcAttachment; Transit Gateway guide, attachments and route tables.
 */
void rule_existing_transit_gateway(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct diag *d;

	if (h == NULL || !WRITTEN(&h->gateway, transit_gateway_id) ||
	    !gateway_is_transit(&h->gateway))
		return;
	d = diag_existing_transit_gateway(r->ds, h->gateway.at.transit_gateway_id.value);
	diag_note(r->ds, d,
		  "a gateway of another account has to accept the attachment first; until then "
		  "the deployment waits");
	diag_note(r->ds, d,
		  "its default association and propagation must be on, or be done by hand, for "
		  "VPN connections as well");
	if (!r->net->is_new)
		diag_note(r->ds, d,
			  "an existing VPC may have an attachment to it already: a second one is "
			  "refused");
}

/* Source: EC2 API, AttachVpnGateway; Direct Connect API, CreateDirectConnectGatewayAssociation. */
void rule_existing_vpn_gateway(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const struct hybrid_gateway *g;
	struct diag *d;

	if (h == NULL || r->net->is_new || !WRITTEN(&h->gateway, vpn_gateway_id) ||
	    gateway_is_transit(&h->gateway))
		return;
	g = &h->gateway;
	d = diag_existing_vpn_gateway(r->ds, g->at.vpn_gateway_id.value);
	diag_note(r->ds, d,
		  "it is attached to one VPC, and a VPC has one: a second attachment is refused");
	if (WRITTEN(&h->direct_connect, direct_connect_gateway_id))
		diag_label(r->ds, d, h->direct_connect.at.direct_connect_gateway_id.value,
			   "it is bound to this here, and may be so already");
	if (text_is_known(g->vpn_gateway_id))
		diag_help(r->ds, d,
			  "`aws ec2 describe-vpn-gateways --vpn-gateway-ids " STR_F "` tells",
			  STR_A(g->vpn_gateway_id));
}

/* ---- what it hangs on in the VPC ---- */

/* Subnets that are made have route tables that are made. */
static bool makes_subnets(const struct net *n)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].id.n == 0)
			return true;
	return false;
}

void rule_hybrid_route_tables(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const struct network *m;
	struct diag *d;

	if (h == NULL || r->net->is_new || makes_subnets(r->net))
		return;
	m = r->net->m;
	if (!NOT_THERE(m, route_table_ids) || !USABLE(m, subnets))
		return;
	d = diag_hybrid_without_tables(r->ds, section_span(&h->section));
	if (WRITTEN(m, vpc_id))
		diag_label(r->ds, d, m->at.vpc_id.value,
			   "its route tables are not known to this file");
	diag_help(r->ds, d,
		  "add `RouteTableIds: [rtb-0123456789abcdef0]` to Network, with the tables "
		  "of the subnets that reach the data centre");
}

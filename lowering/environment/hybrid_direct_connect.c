/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hybrid_direct_connect.c - Direct Connect: its gateway, what is bound to it, and virtual interfaces.
 *
 * Ref of a Direct Connect gateway is its ARN; everything else wants the id. A gateway is bound to it once it is
 * attached to the VPC. Source: Direct Connect API, CreateDirectConnectGatewayAssociation.
 */
#include "lowering/aws/lookup.h"
#include "lowering/environment/hybrid.h"

static struct ir_value *gateway_of(const struct hybrid *h)
{
	const struct direct_connect *m = &h->m->direct_connect;
	struct ir *g = h->l->st.g;
	struct ir_resource *r;

	if (m->direct_connect_gateway_id.n > 0)
		return ir_text(g, m->direct_connect_gateway_id);
	r = named_resource(&h->l->st, STR("DirectConnectGateway"),
			   "AWS::DirectConnect::DirectConnectGateway", STR(""),
			   origin_of_section(&m->section));
	ir_put(g, r->properties, "DirectConnectGatewayName", ir_ref(g, STR("AWS::StackName")));
	ir_put(g, r->properties, "AmazonSideAsn",
	       ir_textf(g, "%lld", (long long)m->amazon_side_asn));
	return ir_getatt(g, r->id, STR("DirectConnectGatewayId"));
}

/* What AWS announces; without it a virtual private gateway announces the VPC that it is attached to. */
static struct ir_value *prefixes(const struct hybrid *h)
{
	const struct model_strings *given = &h->m->direct_connect.allowed_prefixes;

	return given->n > 0 ? text_list(&h->l->st, given) : h->l->network->blocks;
}

static void associate(const struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_value *allowed = prefixes(h);
	struct ir_resource *r = ir_add(g, STR("DirectConnectGatewayAssociation"),
				       "AWS::DirectConnect::DirectConnectGatewayAssociation",
				       origin_of_section(&h->m->direct_connect.section));

	ir_put(g, r->properties, "DirectConnectGatewayId", h->l->direct_connect_gateway);
	ir_put(g, r->properties, "AssociatedGatewayId", h->l->gateway);
	if (allowed->n > 0)
		ir_put(g, r->properties, "AllowedPrefixesToDirectConnectGateway", allowed);
	ir_depend(g, r, h->attachment);
}

/*
 * CloudFormation reads SecureStrings for few types by itself, and these are not among them: a look-up does. Source:
 * CloudFormation user guide, dynamic references, resources that support secure strings.
 */
static struct ir_value *key_of(const struct hybrid *h, const struct virtual_interface *m)
{
	return lookup_secure_string(&h->l->st, m->auth_key_parameter,
				    origin_of(&m->section, &m->at.auth_key_parameter));
}

static struct ir_value *peer_of(const struct hybrid *h, const struct virtual_interface *m)
{
	struct ir *g = h->l->st.g;
	struct ir_value *peer = ir_object(g);

	ir_put_text(g, peer, "AddressFamily", STR("ipv4"));
	ir_put(g, peer, "Asn", ir_textf(g, "%lld", (long long)m->bgp_asn));
	if (m->amazon_address.n > 0)
		ir_put_text(g, peer, "AmazonAddress", m->amazon_address);
	if (m->customer_address.n > 0)
		ir_put_text(g, peer, "CustomerAddress", m->customer_address);
	if (m->auth_key_parameter.n > 0)
		ir_put(g, peer, "AuthKey", key_of(h, m));
	return peer;
}

/*
 * Another connection or VLAN is another interface, which has to be made before the old one goes: both are in the
 * logical id. So is the type, which CloudFormation cannot change under one id. Its name is of small letters, digits
 * and hyphens. Source: Direct Connect API, virtualInterfaceName.
 */
static void interface_add(const struct hybrid *h, const struct virtual_interface *m)
{
	struct ir *g = h->l->st.g;
	struct str vlan = arena_fmt(h->l->st.a, "%lld", (long long)m->vlan);
	struct str parts[] = {m->connection_id, vlan};
	const char *prefix = h->transit ? "TransitVirtualInterface" : "PrivateVirtualInterface";
	struct ir_resource *r = named_resource(
		&h->l->st, ir_unique_id(g, prefix, parts, ARRAY_LEN(parts)),
		h->transit ? "AWS::DirectConnect::TransitVirtualInterface"
			   : "AWS::DirectConnect::PrivateVirtualInterface",
		arena_fmt(h->l->st.a, "vlan-" STR_F, STR_A(vlan)), origin_of_section(&m->section));

	ir_put(g, r->properties, "VirtualInterfaceName", ir_textf(g, "vlan-" STR_F, STR_A(vlan)));
	ir_put_text(g, r->properties, "ConnectionId", m->connection_id);
	ir_put(g, r->properties, "DirectConnectGatewayId", h->l->direct_connect_gateway);
	ir_put_int(g, r->properties, "Vlan", m->vlan);
	ir_put_int(g, r->properties, "Mtu", m->mtu);
	ir_put(g, r->properties, "BgpPeers", ir_push(g, ir_list(g), peer_of(h, m)));
}

void hybrid_add_direct_connect(const struct hybrid *h)
{
	struct virtual_interface_list l = virtual_interfaces(&h->m->direct_connect);

	h->l->direct_connect_gateway = gateway_of(h);
	associate(h);
	for (size_t i = 0; i < l.n; i++)
		interface_add(h, &l.items[i]);
}

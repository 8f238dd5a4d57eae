/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid.c - a section HybridNetwork, with what it leaves out. */
#include "compiler/model/hybrid.h"

bool has_hybrid(const struct hybrid_network *h)
{
	return h->section.written;
}

bool gateway_exists(const struct hybrid_gateway *g)
{
	return g->at.vpn_gateway_id.state != FIELD_ABSENT ||
	       g->at.transit_gateway_id.state != FIELD_ABSENT;
}

bool gateway_is_transit(const struct hybrid_gateway *g)
{
	return g->type == HYBRID_GATEWAY_TYPE_TRANSIT_GATEWAY;
}

struct virtual_interface_list virtual_interfaces(const struct direct_connect *d)
{
	if (d->virtual_interface.section.written)
		return (struct virtual_interface_list){&d->virtual_interface, 1};
	return d->virtual_interfaces;
}

struct model_strings vpn_routes(const struct hybrid_network *h, const struct vpn_connection *v)
{
	if (!v->static_routes_only)
		return (struct model_strings){0};
	return v->at.static_routes.state == FIELD_ABSENT ? h->on_premises_cidrs : v->static_routes;
}

enum vpn_tunnel_tunnel_bandwidth vpn_bandwidth(const struct vpn_connection *v)
{
	for (size_t i = 0; i < v->tunnels.n; i++)
		if (v->tunnels.items[i].tunnel_bandwidth == VPN_TUNNEL_TUNNEL_BANDWIDTH_LARGE)
			return VPN_TUNNEL_TUNNEL_BANDWIDTH_LARGE;
	return VPN_TUNNEL_TUNNEL_BANDWIDTH_STANDARD;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_vpn.c - rules about VPN connections and their tunnels. */
#include "compiler/base/map.h"
#include "compiler/check/rules/hybrid.h"

static void each_vpn(const struct rules *r,
		     void (*f)(const struct rules *r, const struct hybrid_network *h,
			       const struct vpn_connection *v))
{
	const struct hybrid_network *h = hybrid(r);

	for (size_t i = 0; h != NULL && i < h->vpn_connections.n; i++)
		f(r, h, &h->vpn_connections.items[i]);
}

/* ---- static routes ---- */

static void routes_are_static(const struct rules *r, const struct hybrid_network *h,
			      const struct vpn_connection *v)
{
	struct diag *d;

	(void)h;
	if (!WRITTEN(v, static_routes) || !USABLE(v, static_routes_only) || v->static_routes_only ||
	    (!WRITTEN(v, static_routes_only) && v->section.poisoned))
		return;
	d = diag_static_routes_with_bgp(r->ds, v->at.static_routes.key);
	if (WRITTEN(v, static_routes_only))
		diag_label(r->ds, d, v->at.static_routes_only.value, "here BGP is chosen");
	diag_help(r->ds, d, "write `StaticRoutesOnly: true`, or leave `StaticRoutes` out");
}

void rule_static_routes_only(const struct rules *r)
{
	each_vpn(r, routes_are_static);
}

/* The block of the data centre that the route is a part of. */
static const struct model_string *wider(const struct hybrid_network *h, struct cidr route)
{
	for (size_t i = 0; i < h->on_premises_cidrs.n; i++) {
		struct cidr block;

		if (item_block(&h->on_premises_cidrs.items[i], &block) &&
		    cidr_contains(block, route) && block.bits < route.bits)
			return &h->on_premises_cidrs.items[i];
	}
	return NULL;
}

static void not_more_specific(const struct rules *r, const struct hybrid_network *h,
			      const struct vpn_connection *v)
{
	if (!h->direct_connect.section.written || !v->static_routes_only ||
	    !USABLE(v, static_routes) || !USABLE(h, on_premises_cidrs))
		return;
	for (size_t i = 0; i < v->static_routes.n; i++) {
		const struct model_string *route = &v->static_routes.items[i], *block;
		struct cidr c;
		struct diag *d;

		if (!item_block(route, &c) || (block = wider(h, c)) == NULL)
			continue;
		d = diag_static_more_specific(r->ds, route->at, route->text, block->text);
		diag_label(r->ds, d, block->at, "what Direct Connect leads to");
		diag_note(r->ds, d, "the longer prefix wins: for it the VPN would be the main way");
		diag_help(r->ds, d, "write `" STR_F "`", STR_A(block->text));
	}
}

/* Source: Amazon VPC user guide, route priority: the longest prefix first. */
void rule_static_more_specific(const struct rules *r)
{
	each_vpn(r, not_more_specific);
}

static void falls_back_by_itself(const struct rules *r, const struct hybrid_network *h,
				 const struct vpn_connection *v)
{
	struct diag *d;

	if (!h->direct_connect.section.written || !WRITTEN(v, static_routes_only) ||
	    !v->static_routes_only)
		return;
	d = diag_static_beside_direct_connect(r->ds, v->at.static_routes_only.value);
	diag_label(r->ds, d, section_span(&h->direct_connect.section), "the main way");
	diag_note(r->ds, d,
		  "with BGP both ends change over by themselves; with static routes the "
		  "data centre has to be switched by hand");
}

/* Source: AWS Site-to-Site VPN user guide, static and dynamic routing. */
void rule_static_fallback(const struct rules *r)
{
	each_vpn(r, falls_back_by_itself);
}

/* Does any route of any connection reach into the block? */
static bool is_routed(const struct hybrid_network *h, struct cidr block)
{
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		struct model_strings routes = vpn_routes(h, &h->vpn_connections.items[i]);
		struct cidr route;

		for (size_t k = 0; k < routes.n; k++)
			if (item_block(&routes.items[k], &route) && cidr_overlaps(route, block))
				return true;
	}
	return false;
}

static bool all_static(const struct hybrid_network *h)
{
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		const struct vpn_connection *v = &h->vpn_connections.items[i];

		if (!v->static_routes_only || !USABLE(v, static_routes) || v->section.poisoned)
			return false;
	}
	return h->vpn_connections.n > 0;
}

/* Where nothing but static routes leads to the data centre. */
void rule_on_premises_routed(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL || !NOT_THERE(h, direct_connect) || gateway_exists(&h->gateway) ||
	    !USABLE(h, on_premises_cidrs) || !USABLE(h, vpn_connections) || !all_static(h))
		return;
	for (size_t i = 0; i < h->on_premises_cidrs.n; i++) {
		const struct model_string *s = &h->on_premises_cidrs.items[i];
		struct cidr block;
		struct diag *d;

		if (!item_block(s, &block) || is_routed(h, block))
			continue;
		d = diag_on_premises_not_routed(r->ds, s->at, s->text);
		diag_help(r->ds, d,
			  "add it to `StaticRoutes`, or leave them out: then they are "
			  "`OnPremisesCidrs`");
	}
}

/* Where the route was written, or why it is there. */
static struct span route_at(const struct vpn_connection *v, const struct model_string *route)
{
	return WRITTEN(v, static_routes) ? route->at : v->at.static_routes_only.value;
}

/* The connection before number `n` that has the route as well, or NULL. */
static const struct vpn_connection *routed_before(const struct hybrid_network *h, size_t n,
						  struct cidr route,
						  const struct model_string **ret)
{
	for (size_t i = 0; i < n; i++) {
		struct model_strings routes = vpn_routes(h, &h->vpn_connections.items[i]);
		struct cidr other;

		for (size_t k = 0; k < routes.n; k++)
			if (item_block(&routes.items[k], &other) && other.first == route.first &&
			    other.bits == route.bits) {
				*ret = &routes.items[k];
				return &h->vpn_connections.items[i];
			}
	}
	return NULL;
}

/* A table of a transit gateway has one static route to a block. Source: EC2 API, CreateTransitGatewayRoute. */
void rule_transit_routes_apart(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL || !gateway_is_transit(&h->gateway) || !USABLE(h, on_premises_cidrs))
		return;
	for (size_t i = 1; i < h->vpn_connections.n; i++) {
		const struct vpn_connection *v = &h->vpn_connections.items[i], *other;
		struct model_strings routes = vpn_routes(h, v);
		const struct model_string *first;

		for (size_t k = 0; USABLE(v, static_routes) && k < routes.n; k++) {
			struct cidr route;
			struct diag *d;

			if (!item_block(&routes.items[k], &route) ||
			    (other = routed_before(h, i, route, &first)) == NULL)
				continue;
			d = diag_duplicate_name(r->ds, route_at(v, &routes.items[k]),
						PROP_NAME(VpnConnection_StaticRoutes),
						routes.items[k].text);
			diag_label(r->ds, d, route_at(other, first), "the first one");
			diag_note(r->ds, d,
				  "a transit gateway has one static route to a block; with BGP "
				  "it may have several");
		}
	}
}

/* ---- the device ---- */

static void reachable(const struct rules *r, const struct hybrid_network *h,
		      const struct vpn_connection *v)
{
	const struct customer_gateway *g = &v->customer_gateway;
	enum cidr_range range;
	struct cidr address;
	struct str part;
	struct diag *d;

	(void)h;
	if (!WRITTEN(g, ip_address) ||
	    cidr_parse_address(g->ip_address, &address, &part) != CIDR_OK)
		return;
	range = cidr_range(address);
	if (range == CIDR_PUBLIC)
		return;
	d = diag_customer_not_public(r->ds, g->at.ip_address.value, g->ip_address,
				     cidr_range_text(range));
	diag_note(r->ds, d, "the tunnels go over the internet");
	if (cidr_is_private(range))
		diag_help(r->ds, d,
			  "write the public address of the device, or that of the NAT "
			  "before it");
}

/* Source: EC2 API, CreateCustomerGateway, IpAddress. */
void rule_customer_public(const struct rules *r)
{
	each_vpn(r, reachable);
}

/* Source: AWS Site-to-Site VPN user guide, redundant connections for failover. */
void rule_two_devices(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const struct customer_gateway *first, *second;
	struct diag *d;

	if (h == NULL || h->vpn_connections.n < 2)
		return;
	first = &h->vpn_connections.items[0].customer_gateway;
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		const struct customer_gateway *g = &h->vpn_connections.items[i].customer_gateway;

		if (!WRITTEN(g, ip_address) || !str_eq(g->ip_address, first->ip_address))
			return;
	}
	second = &h->vpn_connections.items[1].customer_gateway;
	d = diag_one_device(r->ds, second->at.ip_address.value, second->ip_address);
	diag_label(r->ds, d, first->at.ip_address.value, "the same");
	diag_note(r->ds, d,
		  "a connection has two tunnels already; a second one is for another device");
}

/* ---- tunnels ---- */

static void inside(const struct rules *r, const struct hybrid_network *h,
		   const struct vpn_connection *v)
{
	(void)h;
	for (size_t i = 0; i < v->tunnels.n; i++) {
		const struct vpn_tunnel *t = &v->tunnels.items[i];
		char buffer[CIDR_TEXT];
		enum cidr_fault fault;
		struct cidr block;
		struct str part, right;
		struct diag *d;

		if (!WRITTEN(t, tunnel_inside_cidr))
			continue;
		fault = cidr_parse(t->tunnel_inside_cidr, &block, &part);
		if (fault != CIDR_HOST_BITS && cidr_tunnel(block) == TUNNEL_OK)
			continue;
		d = diag_tunnel_inside(r->ds, t->at.tunnel_inside_cidr.value,
				       t->tunnel_inside_cidr);
		if (cidr_tunnel(block) == TUNNEL_RESERVED) {
			diag_note(r->ds, d, "AWS uses this one itself");
			diag_help(r->ds, d, "write another /30, as in `169.254.10.0/30`");
		} else if (cidr_tunnel(block) == TUNNEL_OK) {
			right = cidr_text(block, buffer);
			diag_help(r->ds, d, "write `" STR_F "`: its /30 begins there",
				  STR_A(right));
			diag_fix(r->ds, d, t->at.tunnel_inside_cidr.value, right, false);
		} else {
			diag_help(r->ds, d,
				  "write a /30 out of 169.254.0.0/16, as in "
				  "`169.254.10.0/30`");
		}
	}
}

/* Source: EC2 API, VpnTunnelOptionsSpecification, TunnelInsideCidr. */
void rule_tunnel_inside(const struct rules *r)
{
	each_vpn(r, inside);
}

static void apart(const struct rules *r, const struct vpn_tunnel *t, struct map *seen)
{
	const struct vpn_tunnel *first;
	struct cidr block;
	struct str part;
	struct diag *d;

	/* Blocks without a fault of their own are of one size, and each has one text. */
	if (!WRITTEN(t, tunnel_inside_cidr) ||
	    cidr_parse(t->tunnel_inside_cidr, &block, &part) != CIDR_OK)
		return;
	first = map_get(seen, t->tunnel_inside_cidr);
	if (first == NULL) {
		map_put(seen, r->a, t->tunnel_inside_cidr, t);
		return;
	}
	d = diag_tunnel_inside_twice(r->ds, t->at.tunnel_inside_cidr.value, t->tunnel_inside_cidr);
	diag_label(r->ds, d, first->at.tunnel_inside_cidr.value, "the first one");
}

/* Source: as above: unique over all connections of a gateway. */
void rule_tunnels_apart(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct map seen = {0};

	for (size_t i = 0; h != NULL && i < h->vpn_connections.n; i++) {
		const struct vpn_tunnel_list *l = &h->vpn_connections.items[i].tunnels;

		for (size_t k = 0; k < l->n; k++)
			apart(r, &l->items[k], &seen);
	}
}

static void versions(const struct rules *r, const struct hybrid_network *h,
		     const struct vpn_connection *v)
{
	(void)h;
	for (size_t i = 0; i < v->tunnels.n; i++) {
		const struct vpn_tunnel *t = &v->tunnels.items[i];

		for (size_t k = 0; USABLE(t, ikeversions) && k < t->ikeversions.n; k++)
			if (str_eq(t->ikeversions.items[k].text, STR("ikev1")))
				diag_help(r->ds, diag_ikev1(r->ds, t->ikeversions.items[k].at),
					  "write `IKEVersions: [ikev2]`, or leave it out");
	}
}

/* Source: RFC 9395: version 1 is historic, and its algorithms are not to be used. */
void rule_ike_versions(const struct rules *r)
{
	each_vpn(r, versions);
}

/* ---- bandwidth ---- */

static void bandwidth(const struct rules *r, const struct hybrid_network *h,
		      const struct vpn_connection *v)
{
	const struct vpn_tunnel *first = NULL;

	for (size_t i = 0; i < v->tunnels.n; i++) {
		const struct vpn_tunnel *t = &v->tunnels.items[i];
		struct diag *d;

		if (!WRITTEN(t, tunnel_bandwidth))
			continue;
		if (t->tunnel_bandwidth == VPN_TUNNEL_TUNNEL_BANDWIDTH_LARGE &&
		    h->gateway.type == HYBRID_GATEWAY_TYPE_VIRTUAL_PRIVATE_GATEWAY) {
			d = diag_large_tunnel(r->ds, t->at.tunnel_bandwidth.value);
			diag_note(r->ds, d,
				  "a tunnel has 1.25 Gbit/s there, 5 Gbit/s with `large` "
				  "at a transit gateway");
		} else if (first != NULL && first->tunnel_bandwidth != t->tunnel_bandwidth) {
			d = diag_tunnels_differ(r->ds, t->at.tunnel_bandwidth.value);
			diag_label(r->ds, d, first->at.tunnel_bandwidth.value, "the other one");
			diag_help(r->ds, d, "give both the same, or say it in one of them");
		}
		if (first == NULL)
			first = t;
	}
}

/* Source: EC2 API, VpnConnectionOptionsSpecification, TunnelBandwidth. */
void rule_tunnel_bandwidth(const struct rules *r)
{
	each_vpn(r, bandwidth);
}

static bool any_standard(const struct hybrid_network *h)
{
	for (size_t i = 0; i < h->vpn_connections.n; i++)
		if (vpn_bandwidth(&h->vpn_connections.items[i]) ==
		    VPN_TUNNEL_TUNNEL_BANDWIDTH_STANDARD)
			return true;
	return false;
}

/* Source: AWS Site-to-Site VPN user guide, quotas. */
void rule_fallback_bandwidth(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct diag *d;

	if (h == NULL || !h->direct_connect.section.written || !WRITTEN(h, vpn_connections) ||
	    !any_standard(h))
		return;
	d = diag_slower_fallback(r->ds, h->at.vpn_connections.key);
	diag_note(r->ds, d, "packets over a VPN have at most 1446 bytes, fewer with some ciphers");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* demand_network.c - what networks and environments come to: gateways, endpoints, connections, buckets. */
#include "compiler/model/demand_list.h"
#include "compiler/model/hybrid.h"
#include "compiler/model/network.h"

#include <string.h>

/* ---- NAT gateways ---- */

static bool has_subnet(const struct net *net, enum subnet_type type, size_t zone, bool is_new)
{
	for (size_t i = 0; i < net->nsubnets; i++) {
		const struct net_subnet *s = &net->subnets[i];

		if (s->type == type && s->zone == zone && (!is_new || s->id.n == 0))
			return true;
	}
	return false;
}

/*
 * As lowering/aws/network_routes.c makes them: one in each zone that has a public subnet and new private ones, or one.
 * A regional one is paid for in each zone in which it stands. Source: VPC pricing page, regional NAT gateways.
 */
static int64_t nat_gateways(const struct net *net)
{
	int64_t n = 0;

	for (size_t i = 0; i < net->nzones && net->nat != NETWORK_NAT_GATEWAY_NONE; i++)
		n += net->nat == NETWORK_NAT_GATEWAY_REGIONAL
			     ? has_subnet(net, SUBNET_TYPE_PRIVATE, i, true)
			     : has_subnet(net, SUBNET_TYPE_PUBLIC, i, false) &&
				       has_subnet(net, SUBNET_TYPE_PRIVATE, i, true);
	switch (net->nat) {
	case NETWORK_NAT_GATEWAY_PER_AZ:
		return n > 0 ? n : net_first(net, SUBNET_TYPE_PUBLIC) != NULL;
	case NETWORK_NAT_GATEWAY_SINGLE:
		return net_first(net, SUBNET_TYPE_PUBLIC) != NULL;
	case NETWORK_NAT_GATEWAY_REGIONAL:
		return n > 0 ? n : 1;
	case NETWORK_NAT_GATEWAY_NONE:
	case NETWORK_NAT_GATEWAY_UNSET:
		return 0;
	}
	BUG("no such NAT gateway: %d", (int)net->nat);
}

/* ---- endpoints ---- */

static int64_t inner_zones(const struct net *net)
{
	int64_t n = 0;
	size_t it = 0;

	while (net_next_inner_zone(net, &it) != NULL)
		n++;
	return n;
}

/* Subnets that are named, each once. */
static int64_t named_subnets(const struct net *net, const struct model_strings *names)
{
	int64_t n = 0;

	for (size_t i = 0; i < names->n; i++) {
		bool again = net_subnet(net, names->items[i].text) == NULL;

		for (size_t k = 0; k < i && !again; k++)
			again = str_eq(names->items[i].text, names->items[k].text);
		n += !again;
	}
	return n;
}

static void add_endpoints(struct demands *l, const struct net *net)
{
	const struct endpoints *m = &net->m->endpoints;
	size_t n = m->preset.n + m->interfaces.n;
	struct model_string *words = NEW_ARRAY(l->a, struct model_string, n + 1);
	int64_t zones =
		m->subnet_names.n > 0 ? named_subnets(net, &m->subnet_names) : inner_zones(net);

	if (n == 0 || zones == 0)
		return;
	for (size_t i = 0; i < n; i++)
		words[i] =
			i < m->preset.n ? m->preset.items[i] : m->interfaces.items[i - m->preset.n];
	demand_add(l, (struct demand){.what = DEMAND_ENDPOINTS,
				      .name = STR("interface endpoints"),
				      .types = words,
				      .ntypes = n,
				      .min = zones,
				      .max = zones});
	demand_use(l, DEMAND_ENDPOINT_DATA);
}

void demand_network(struct demands *l, const struct network *m)
{
	const struct net *net = net_of(l->a, m);
	int64_t gateways = nat_gateways(net);
	struct parts p = {0};

	part_add(&p, DEMAND_NAT_GATEWAY, 1);
	part_add(&p, DEMAND_PUBLIC_ADDRESS, 1);
	demand_service(l, STR("NAT gateway"), gateways, &p);
	if (gateways > 0)
		demand_use(l, DEMAND_NAT_DATA);
	add_endpoints(l, net);
	if (m->flow_logs.section.written && m->flow_logs.enabled) {
		demand_use(l, DEMAND_LOG_DATA);
		demand_use(l, DEMAND_LOG_STORAGE);
	}
	demand_use(l, DEMAND_ZONE_TRAFFIC);
	demand_use(l, DEMAND_INTERNET_TRAFFIC);
}

/* ---- the way to a data centre ---- */

/* Addresses of a resolver endpoint at least: Route 53 Resolver API, CreateResolverEndpoint. */
enum { LEAST_ADDRESSES = 2 };

/* A VPC, each VPN and each Direct Connect gateway is an attachment. Source: Transit Gateway pricing page. */
static int64_t attachments(const struct hybrid_network *h)
{
	if (!gateway_is_transit(&h->gateway))
		return 0;
	return 1 + (int64_t)h->vpn_connections.n + h->direct_connect.section.written;
}

static void add_hybrid(struct demands *l, const struct hybrid_network *h, const struct net *net)
{
	int64_t standard = 0, large = 0, addresses = inner_zones(net);

	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		if (vpn_bandwidth(&h->vpn_connections.items[i]) ==
		    VPN_TUNNEL_TUNNEL_BANDWIDTH_LARGE)
			large++;
		else
			standard++;
	}
	demand_item(l, DEMAND_VPN_CONNECTION, standard);
	demand_item(l, DEMAND_VPN_LARGE, large);
	demand_item(l, DEMAND_TRANSIT_ATTACHMENT, attachments(h));
	if (h->resolver_rules.n > 0)
		demand_item(l, DEMAND_RESOLVER_ADDRESS,
			    addresses > LEAST_ADDRESSES ? addresses : LEAST_ADDRESSES);
	demand_item(l, DEMAND_ALARM, standard + large); /* one watches each connection */
	if (gateway_is_transit(&h->gateway))
		demand_use(l, DEMAND_TRANSIT_DATA);
	if (h->direct_connect.section.written)
		demand_use(l, DEMAND_DIRECT_CONNECT);
	if (standard + large > 0) {
		demand_use(l, DEMAND_LOG_DATA);
		demand_use(l, DEMAND_LOG_STORAGE);
	}
}

void demand_environment(struct demands *l, const struct environment *e)
{
	demand_storage(l, &e->shared_storage);
	if (l->nodes_only)
		return;
	if (e->network.section.written)
		demand_network(l, &e->network);
	if (has_hybrid(&e->hybrid_network) && e->network.section.written)
		add_hybrid(l, &e->hybrid_network, net_of(l->a, &e->network));
	demand_item(l, DEMAND_KMS_KEY, e->kms_key.section.written);
	if (e->buckets.n > 0)
		demand_use(l, DEMAND_BUCKET);
	if (e->notifications.section.written)
		demand_use(l, DEMAND_MESSAGES);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_blocks.c - rules about the addresses of a data centre, and of those that are told of to it. */
#include "compiler/base/map.h"
#include "compiler/check/rules/hybrid.h"

/* ---- against the VPC ---- */

/* The block of the VPC that overlaps, or of a subnet that is made in an existing one. */
static bool overlaps_network(const struct net *n, struct cidr block, struct cidr *ret)
{
	for (size_t i = 0; i < n->nblocks; i++)
		if (cidr_overlaps(block, n->blocks[i])) {
			*ret = n->blocks[i];
			return true;
		}
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].has_block && cidr_overlaps(block, n->subnets[i].block)) {
			*ret = n->subnets[i].block;
			return true;
		}
	return false;
}

/* A default route is for what nothing else is for: it says nothing of the VPC. */
static void apart(const struct rules *r, const struct model_strings *items)
{
	const struct network *m = r->net->m;
	char buffer[CIDR_TEXT];

	for (size_t i = 0; i < items->n; i++) {
		struct cidr block, ours;
		struct str text;
		struct diag *d;

		if (!item_block(&items->items[i], &block) || is_default_route(block) ||
		    !overlaps_network(r->net, block, &ours))
			continue;
		text = cidr_text(ours, buffer);
		d = diag_on_premises_overlaps(r->ds, items->items[i].at, items->items[i].text,
					      text);
		if (WRITTEN(m, cidr_block))
			diag_label(r->ds, d, m->at.cidr_block.value, "addresses of the VPC");
		else if (r->net->is_new)
			diag_label(r->ds, d, section_span(&m->section),
				   "without `CidrBlock` the VPC has 10.0.0.0/16");
		diag_note(r->ds, d,
			  "what is sent to an address of the VPC never leaves it, so that those of "
			  "the data centre cannot be reached");
	}
}

/* Source: Amazon VPC user guide, route tables: the local route, route priority. */
void rule_on_premises_apart(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL)
		return;
	if (USABLE(h, on_premises_cidrs))
		apart(r, &h->on_premises_cidrs);
	for (size_t i = 0; i < h->vpn_connections.n; i++)
		if (USABLE(&h->vpn_connections.items[i], static_routes))
			apart(r, &h->vpn_connections.items[i].static_routes);
}

/* ---- all the world ---- */

/* What else is the default route of subnets: the internet, or a NAT gateway; NULL where nothing is. */
static const char *other_default_route(const struct net *n)
{
	if (n->nat != NETWORK_NAT_GATEWAY_NONE)
		return "a NAT gateway";
	return n->is_new && net_first(n, SUBNET_TYPE_PUBLIC) != NULL ? "the internet" : NULL;
}

/*
 * Sources: EC2 API, CreateRoute; Amazon VPC user guide, route priority: a static route wins over one that is
 * propagated.
 */
void rule_one_default_route(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const char *other =
		h != NULL && USABLE(r->net->m, subnets) ? other_default_route(r->net) : NULL;

	if (other == NULL || !USABLE(h, on_premises_cidrs) || !USABLE(&h->gateway, type))
		return;
	for (size_t i = 0; i < h->on_premises_cidrs.n; i++) {
		const struct model_string *item = &h->on_premises_cidrs.items[i];
		struct cidr block;
		struct diag *d;

		if (!item_block(item, &block) || !is_default_route(block))
			continue;
		if (gateway_is_transit(&h->gateway))
			d = diag_two_default_routes(r->ds, item->at, item->text, other);
		else
			d = diag_default_route_unused(r->ds, item->at, item->text, other);
		diag_note(r->ds, d, "a route table has one route for what no other is for");
		diag_help(r->ds, d,
			  "name the blocks of the data centre, or write `NatGateway: NONE` and no "
			  "subnet of Type PUBLIC");
	}
}

/* ---- addresses that no route leads to ---- */

static void routable(const struct rules *r, struct str text, struct span at, struct cidr block)
{
	enum cidr_range range = cidr_range(block);

	if (!is_default_route(block) && cidr_is_reserved(range))
		diag_unroutable(r->ds, at, text, cidr_range_text(range));
}

/* A block begins where its mask says. */
static void aligned(const struct rules *r, const struct model_string *item)
{
	char buffer[CIDR_TEXT];
	struct cidr block;
	struct str part, right;
	struct diag *d;

	if (cidr_parse(item->text, &block, &part) != CIDR_HOST_BITS)
		return;
	right = cidr_text(block, buffer);
	d = diag_host_bits(r->ds, item->at, item->text, right);
	diag_help(r->ds, d, "write `" STR_F "`, or another mask", STR_A(right));
	diag_fix(r->ds, d, item->at, right, false);
}

static void all_routable(const struct rules *r, const struct model_strings *items)
{
	struct cidr block;

	for (size_t i = 0; i < items->n; i++) {
		aligned(r, &items->items[i]);
		if (item_block(&items->items[i], &block))
			routable(r, items->items[i].text, items->items[i].at, block);
	}
}

static void servers_routable(const struct rules *r, const struct resolver_rule *rule)
{
	for (size_t i = 0; USABLE(rule, target_ips) && i < rule->target_ips.n; i++) {
		const struct model_string *ip = &rule->target_ips.items[i];
		struct cidr block;
		struct str part;

		if (cidr_parse_address(ip->text, &block, &part) == CIDR_OK)
			routable(r, ip->text, ip->at, block);
	}
}

/* Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890). */
void rule_hybrid_routable(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL)
		return;
	if (USABLE(h, on_premises_cidrs))
		all_routable(r, &h->on_premises_cidrs);
	if (USABLE(&h->direct_connect, allowed_prefixes))
		all_routable(r, &h->direct_connect.allowed_prefixes);
	for (size_t i = 0; i < h->vpn_connections.n; i++)
		if (USABLE(&h->vpn_connections.items[i], static_routes))
			all_routable(r, &h->vpn_connections.items[i].static_routes);
	for (size_t i = 0; i < h->resolver_rules.n; i++)
		servers_routable(r, &h->resolver_rules.items[i]);
}

/* ---- what AWS tells the data centre of ---- */

/* Source: AWS Direct Connect user guide, allowed prefixes interactions. */
void rule_allowed_prefixes_given(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct diag *d;

	if (h == NULL || !gateway_is_transit(&h->gateway) || !h->direct_connect.section.written ||
	    !USABLE(h, direct_connect) || !NOT_THERE(&h->direct_connect, allowed_prefixes))
		return;
	d = diag_prefixes_missing(r->ds, section_span(&h->direct_connect.section));
	if (WRITTEN(&h->gateway, type))
		diag_label(r->ds, d, h->gateway.at.type.value, "the gateway is a transit gateway");
	diag_note(r->ds, d, "through a transit gateway exactly these blocks are announced");
	diag_help(r->ds, d, "add the blocks of the VPC, as in `AllowedPrefixes: [10.0.0.0/16]`");
}

static bool covers_a_block(const struct net *n, struct cidr prefix)
{
	for (size_t i = 0; i < n->nblocks; i++)
		if (cidr_contains(prefix, n->blocks[i]))
			return true;
	return false;
}

/* Through a virtual private gateway they only choose among the blocks of the VPC: equal ones, or those inside. */
void rule_allowed_prefixes_announce(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	const struct model_strings *l;

	if (h == NULL || h->gateway.type != HYBRID_GATEWAY_TYPE_VIRTUAL_PRIVATE_GATEWAY ||
	    r->net->nblocks == 0 || !USABLE(&h->direct_connect, allowed_prefixes) ||
	    !USABLE(r->net->m, cidr_block) || !USABLE(r->net->m, additional_cidr_blocks))
		return;
	l = &h->direct_connect.allowed_prefixes;
	for (size_t i = 0; i < l->n; i++) {
		char buffer[CIDR_TEXT];
		struct str first = cidr_text(r->net->blocks[0], buffer);
		struct cidr prefix;
		struct diag *d;

		if (!item_block(&l->items[i], &prefix) || covers_a_block(r->net, prefix) ||
		    cidr_is_reserved(cidr_range(prefix)))
			continue;
		d = diag_prefix_announces_nothing(r->ds, l->items[i].at, l->items[i].text);
		diag_note(r->ds, d,
			  "a virtual private gateway announces whole blocks of its VPC, those that "
			  "lie in an allowed prefix");
		diag_help(r->ds, d, "write `" STR_F "` or a wider block", STR_A(first));
	}
}

/* ---- the ends of a virtual interface ---- */

enum { POINT_TO_POINT_BITS = 31 }; /* RFC 3021: both addresses are of hosts */

/* An address with its mask. */
struct peer {
	struct cidr network;
	uint32_t address;
};

static bool peer_of(struct str text, struct peer *ret)
{
	struct str part, rest = text;
	struct cidr address;
	enum cidr_fault fault = cidr_parse(text, &ret->network, &part);

	if ((fault != CIDR_OK && fault != CIDR_HOST_BITS) ||
	    cidr_parse_address(str_cut(&rest, '/'), &address, &part) != CIDR_OK)
		return false;
	ret->address = address.first;
	return true;
}

static bool is_host(const struct peer *p)
{
	return p->network.bits >= POINT_TO_POINT_BITS ||
	       (p->address != p->network.first && p->address != cidr_last(p->network));
}

/* NULL, or what is wrong with the two. */
static const char *peers_fault(const struct peer *amazon, const struct peer *customer)
{
	if (amazon->network.bits != customer->network.bits ||
	    amazon->network.first != customer->network.first)
		return "they are of two networks";
	if (amazon->address == customer->address)
		return "they are the same";
	if (!is_host(amazon) || !is_host(customer))
		return "the first and the last address of a network are of no host";
	return NULL;
}

static void companion(const struct rules *r, const struct field_at *at, struct str name,
		      struct str other)
{
	struct diag *d = diag_missing_companion(r->ds, at->key, name, other);

	diag_help(r->ds, d, "write both, or none: then AWS picks them");
}

static void peers(const struct rules *r, const struct virtual_interface *v)
{
	struct peer amazon, customer;
	const char *fault;
	struct diag *d;

	if (WRITTEN(v, amazon_address) && NOT_THERE(v, customer_address))
		companion(r, &v->at.amazon_address, PROP_NAME(VirtualInterface_AmazonAddress),
			  PROP_NAME(VirtualInterface_CustomerAddress));
	if (WRITTEN(v, customer_address) && NOT_THERE(v, amazon_address))
		companion(r, &v->at.customer_address, PROP_NAME(VirtualInterface_CustomerAddress),
			  PROP_NAME(VirtualInterface_AmazonAddress));
	if (!WRITTEN(v, amazon_address) || !WRITTEN(v, customer_address) ||
	    !peer_of(v->amazon_address, &amazon) || !peer_of(v->customer_address, &customer))
		return;
	fault = peers_fault(&amazon, &customer);
	if (fault == NULL)
		return;
	d = diag_peer_addresses(r->ds, v->at.customer_address.value, v->customer_address,
				v->amazon_address);
	diag_inner(r->ds, d, "%s", fault);
	diag_label(r->ds, d, v->at.amazon_address.value, "the end of AWS");
	diag_help(r->ds, d,
		  "write the two hosts of one /30, as in `169.254.255.1/30` and "
		  "`169.254.255.2/30`");
}

void rule_peer_addresses(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct virtual_interface_list l;

	if (h == NULL)
		return;
	l = virtual_interfaces(&h->direct_connect);
	for (size_t i = 0; i < l.n; i++)
		peers(r, &l.items[i]);
}

/* A VLAN of a connection carries one virtual interface. Source: Direct Connect user guide, virtual interfaces. */
void rule_vlans_distinct(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct virtual_interface_list l = {0};
	struct map seen = {0};

	if (h != NULL)
		l = virtual_interfaces(&h->direct_connect);
	for (size_t i = 0; i < l.n; i++) {
		const struct virtual_interface *v = &l.items[i], *first;
		struct str key =
			arena_fmt(r->a, "%lld " STR_F, (long long)v->vlan, STR_A(v->connection_id));
		struct diag *d;

		if (!WRITTEN(v, vlan) || !WRITTEN(v, connection_id))
			continue;
		first = map_get(&seen, key);
		if (first == NULL) {
			map_put(&seen, r->a, key, v);
			continue;
		}
		d = diag_vlan_twice(r->ds, v->at.vlan.value, (long long)v->vlan,
				    text_shown(r->a, v->connection_id));
		diag_label(r->ds, d, first->at.vlan.value, "the first one");
	}
}

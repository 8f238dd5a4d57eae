/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - zones, blocks and subnets of a section Network. */
#include "compiler/model/network.h"

/* ---- addresses ---- */

static bool block_of(struct str text, const struct field_at *at, struct cidr *ret)
{
	struct str fault;

	return text.n > 0 && !is_poisoned(at) && cidr_parse(text, ret, &fault) == CIDR_OK;
}

static bool has_block(const struct net *n, struct cidr c)
{
	for (size_t i = 0; i < n->nblocks; i++)
		if (n->blocks[i].first == c.first && n->blocks[i].bits == c.bits)
			return true;
	return false;
}

static void blocks_of(struct arena *a, struct net *n)
{
	const struct network *m = n->m;
	struct cidr *blocks = NEW_ARRAY(a, struct cidr, NET_MAX_BLOCKS);
	struct str first =
		m->at.cidr_block.state == FIELD_ABSENT ? STR("10.0.0.0/16") : m->cidr_block;

	n->blocks = blocks;
	if (!n->is_new)
		return;
	if (block_of(first, &m->at.cidr_block, &blocks[0]))
		n->nblocks++;
	for (size_t i = 0; i < m->additional_cidr_blocks.n && n->nblocks < NET_MAX_BLOCKS; i++) {
		struct str text = m->additional_cidr_blocks.items[i].text;

		if (block_of(text, &m->at.additional_cidr_blocks, &blocks[n->nblocks]) &&
		    !has_block(n, blocks[n->nblocks]))
			n->nblocks++;
	}
}

/* ---- zones ---- */

static size_t zone_named(const struct net_zone *zones, size_t nzones, struct str name)
{
	for (size_t i = 0; i < nzones; i++)
		if (str_eq(zones[i].name, name))
			return i;
	return NET_NO_ZONE;
}

/* Those that AvailabilityZones names, else those of the subnets; or a number of them without names. */
static void zones_of(struct arena *a, struct net *n)
{
	const struct network *m = n->m;
	size_t most = m->availability_zones.n + m->subnets.n + (size_t)m->availability_zone_count;
	struct net_zone *zones = NEW_ARRAY(a, struct net_zone, most);

	n->zones = zones;
	for (size_t i = 0; i < m->availability_zones.n; i++)
		zones[n->nzones++].name = m->availability_zones.items[i].text;
	if (n->nzones > 0)
		return;
	n->zones_counted = m->availability_zone_count > 0;
	if (n->zones_counted) {
		n->nzones = (size_t)m->availability_zone_count;
		return;
	}
	for (size_t i = 0; i < m->subnets.n; i++) {
		struct str name = m->subnets.items[i].availability_zone;

		if (name.n > 0 && zone_named(zones, n->nzones, name) == NET_NO_ZONE)
			zones[n->nzones++].name = name;
	}
}

/* ---- subnets ---- */

static struct net_subnet subnet_of(const struct net *n, const struct subnet *row)
{
	struct net_subnet s = {
		.row = row,
		.at = &row->section,
		.name = row->name,
		.type = row->type,
		.id = row->subnet_id,
		.zone = NET_NO_ZONE,
		.map_public_ip = is_written(&row->at.map_public_ip_on_launch)
					 ? row->map_public_ip_on_launch
					 : row->type == SUBNET_TYPE_PUBLIC,
	};

	s.has_block = block_of(row->cidr_block, &row->at.cidr_block, &s.block);
	if (row->availability_zone.n > 0)
		s.zone = zone_named(n->zones, n->nzones, row->availability_zone);
	else if (row->at.availability_zone.state == FIELD_ABSENT && n->nzones > 0 && s.id.n == 0)
		s.zone = 0;
	return s;
}

static struct net_subnet default_subnet(const struct net *n, enum subnet_type type, struct str name,
					struct cidr block, size_t zone)
{
	return (struct net_subnet){.at = &n->m->section,
				   .name = name,
				   .type = type,
				   .has_block = true,
				   .block = block,
				   .zone = zone,
				   .map_public_ip = type == SUBNET_TYPE_PUBLIC};
}

/* In each zone a public subnet and a private one. The division is that of NET_MAX_ZONES: a zone more moves nothing. */
static void divide(struct arena *a, struct net *n)
{
	struct net_subnet *subnets = NEW_ARRAY(a, struct net_subnet, 2 * n->nzones);
	struct cidr_division d;

	n->subnets = subnets;
	if (n->nblocks == 0 || !cidr_divide(n->blocks[0], NET_PUBLIC_BITS, NET_MAX_ZONES, &d) ||
	    d.zones < n->nzones)
		return;
	for (size_t i = 0; i < n->nzones; i++) {
		struct str number = i == 0 ? STR("") : arena_fmt(a, "%zu", i + 1);
		struct str public = arena_fmt(a, "PublicSubnet" STR_F, STR_A(number));
		struct str private = arena_fmt(a, "%sPrivateSubnet" STR_F, i == 0 ? "Primary" : "",
					       STR_A(number));

		subnets[n->nsubnets++] = default_subnet(n, SUBNET_TYPE_PUBLIC, public,
							cidr_front(&d, (unsigned)i), i);
		subnets[n->nsubnets++] = default_subnet(n, SUBNET_TYPE_PRIVATE, private,
							cidr_rest(&d, (unsigned)i), i);
	}
}

static void subnets_of(struct arena *a, struct net *n)
{
	const struct subnet_list *rows = &n->m->subnets;
	struct net_subnet *subnets;

	if (n->m->at.subnets.state == FIELD_ABSENT && n->is_new) {
		divide(a, n);
		return;
	}
	subnets = NEW_ARRAY(a, struct net_subnet, rows->n);
	n->subnets = subnets;
	for (size_t i = 0; i < rows->n; i++)
		subnets[n->nsubnets++] = subnet_of(n, &rows->items[i]);
}

/* ---- ways out ---- */

/* Of an existing VPC only the route tables that the file names get routes. */
static bool has_tables(const struct net *n)
{
	return n->is_new || n->m->route_table_ids.n > 0;
}

/* Is a subnet made that needs a way out? One that exists has its own. */
static bool makes_private(const struct net *n)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == SUBNET_TYPE_PRIVATE && n->subnets[i].id.n == 0)
			return true;
	return false;
}

static void ways_out_of(struct net *n)
{
	const struct network *m = n->m;
	const struct endpoints *e = &m->endpoints;

	n->nat = m->nat_gateway;
	if (n->nat == NETWORK_NAT_GATEWAY_UNSET)
		n->nat = has_tables(n) && makes_private(n) ? NETWORK_NAT_GATEWAY_SINGLE
							   : NETWORK_NAT_GATEWAY_NONE;
	n->s3 = is_written(&e->at.s3) ? e->s3 : has_tables(n);
	n->dynamodb = e->dynamo_db;
}

/* ---- the whole ---- */

const struct net *net_of(struct arena *a, const struct network *m)
{
	struct net *n = NEW(a, struct net);

	n->m = m;
	n->is_new = m->at.vpc_id.state == FIELD_ABSENT;
	n->ipv6 = n->is_new && m->ipv6;
	blocks_of(a, n);
	zones_of(a, n);
	subnets_of(a, n);
	ways_out_of(n);
	return n;
}

const struct net_subnet *net_subnet(const struct net *n, struct str name)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (str_eq(n->subnets[i].name, name))
			return &n->subnets[i];
	return NULL;
}

bool net_in_zone(const struct net *n, const struct net_subnet *s, struct str zone)
{
	return zone.n > 0 && s->zone != NET_NO_ZONE && str_eq(n->zones[s->zone].name, zone);
}

const struct net_subnet *net_first(const struct net *n, enum subnet_type type)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == type)
			return &n->subnets[i];
	return NULL;
}

const struct net_subnet *net_first_inner(const struct net *n)
{
	const struct net_subnet *s = net_first(n, SUBNET_TYPE_PRIVATE);

	return s != NULL ? s : net_first(n, SUBNET_TYPE_ISOLATED);
}

/* Is it a subnet for endpoints and mount targets: one that is not public, unless all are? */
static bool is_inner(const struct net *n, enum subnet_type type)
{
	if (type == SUBNET_TYPE_PUBLIC)
		return net_first_inner(n) == NULL;
	return type == SUBNET_TYPE_PRIVATE || type == SUBNET_TYPE_ISOLATED;
}

/* Does an earlier subnet, or a private one where this is none, stand for the zone of number i? */
static bool is_stood_for(const struct net *n, size_t i)
{
	const struct net_subnet *s = &n->subnets[i];

	for (size_t k = 0; s->zone != NET_NO_ZONE && k < n->nsubnets; k++) {
		const struct net_subnet *other = &n->subnets[k];

		if (k == i || other->zone != s->zone)
			continue;
		if (other->type == s->type ? k < i : other->type == SUBNET_TYPE_PRIVATE)
			return true;
	}
	return false;
}

const struct net_subnet *net_next_inner_zone(const struct net *n, size_t *it)
{
	while (*it < n->nsubnets) {
		size_t i = (*it)++;

		if (is_inner(n, n->subnets[i].type) && !is_stood_for(n, i))
			return &n->subnets[i];
	}
	return NULL;
}

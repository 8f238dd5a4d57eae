/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.c - a VPC with its blocks and subnets.
 *
 * Logical ids come from names, zones and blocks of addresses: a subnet or a zone more renames nothing. A subnet waits
 * for the block that it is a part of, since it names the VPC alone.
 */
#include "lowering/aws/network.h"

#include "lowering/aws/network_parts.h"
#include "lowering/aws/tags.h"

enum {
	IPV6_PARTS = 256, /* that a VPC, a /56 of Amazon, has for subnets; each is a /64 */
	IPV6_HOST_BITS = 64,
};

/* "UsEast1a" of "us-east-1a": no two zones have the same letters and digits. */
static struct str words_of(struct stack *st, struct str zone)
{
	char *words = arena_room(st->a, zone.n);
	size_t n = 0;
	bool begins = true;

	for (size_t i = 0; i < zone.n; i++) {
		char c = zone.s[i];

		if (c != '-')
			words[n++] = begins && is_lower(c) ? (char)(c - 'a' + 'A') : c;
		begins = c == '-';
	}
	return (struct str){words, n};
}

struct str network_zone_id(struct stack *st, const struct lowered_network *n, const char *prefix,
			   size_t zone)
{
	if (zone == NET_NO_ZONE)
		return str_c(prefix);
	if (n->net->zones_counted)
		return arena_fmt(st->a, "%s%zu", prefix, zone + 1);
	return arena_fmt(st->a, "%s" STR_F, prefix, STR_A(words_of(st, n->net->zones[zone].name)));
}

/* ---- the VPC ---- */

static struct ir_value *block_text(struct stack *st, struct cidr block)
{
	char buffer[CIDR_TEXT];

	return ir_text(st->g, arena_str(st->a, cidr_text(block, buffer)));
}

/* "VpcCidrBlock10x1x0x0": blocks of one VPC begin at different addresses. */
static struct str block_id(struct stack *st, struct cidr block)
{
	uint32_t a = block.first;

	return arena_fmt(st->a, "VpcCidrBlock%ux%ux%ux%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
			 a & 255);
}

static void blocks_add(struct stack *st, struct lowered_network *n)
{
	const struct network *m = n->net->m;
	struct ir_resource *r;

	for (size_t i = 0; i < n->net->nblocks; i++) {
		struct ir_value *text = block_text(st, n->net->blocks[i]);

		ir_push(st->g, n->blocks, text);
		if (i == 0)
			continue;
		r = ir_add(st->g, block_id(st, n->net->blocks[i]), "AWS::EC2::VPCCidrBlock",
			   origin_of(&m->section, &m->at.additional_cidr_blocks));
		ir_put(st->g, r->properties, "VpcId", n->vpc);
		ir_put(st->g, r->properties, "CidrBlock", text);
	}
	if (!n->net->ipv6)
		return;
	r = ir_add(st->g, STR(NETWORK_IPV6_BLOCK), "AWS::EC2::VPCCidrBlock",
		   origin_of(&m->section, &m->at.ipv6));
	ir_put(st->g, r->properties, "VpcId", n->vpc);
	ir_put_bool(st->g, r->properties, "AmazonProvidedIpv6CidrBlock", true);
}

static void vpc_add(struct stack *st, struct lowered_network *n)
{
	const struct network *m = n->net->m;
	struct ir_resource *r;

	n->blocks = ir_list(st->g);
	if (!n->net->is_new) {
		n->vpc = ir_text(st->g, m->vpc_id);
		return;
	}
	r = named_resource(st, STR("Vpc"), "AWS::EC2::VPC", STR(""),
			   origin_of(&m->section, &m->at.cidr_block));
	ir_put(st->g, r->properties, "CidrBlock", block_text(st, n->net->blocks[0]));
	/* Names of file systems and endpoints resolve with both. */
	ir_put_bool(st->g, r->properties, "EnableDnsHostnames", true);
	ir_put_bool(st->g, r->properties, "EnableDnsSupport", true);
	n->vpc_resource = r->id;
	n->vpc = ir_ref(st->g, r->id);
	blocks_add(st, n);
}

/* ---- what instances are told ---- */

/* The domain of AWS. Source: Amazon VPC user guide, "DHCP option sets". */
static struct ir_value *domain_of_aws(struct stack *st)
{
	struct str first = STR("us-east-1");
	struct ir_value *test, *choice;

	if (str_eq(st->region, first))
		return ir_text(st->g, STR("ec2.internal"));
	if (st->region.n > 0)
		return ir_textf(st->g, STR_F ".compute.internal", STR_A(st->region));
	test = ir_func(st->g, IR_EQUALS, STR(""));
	ir_push(st->g, test, ir_ref(st->g, STR("AWS::Region")));
	ir_push(st->g, test, ir_text(st->g, first));
	ir_add_condition(st->g, STR("InUsEast1"), test);
	choice = ir_func(st->g, IR_IF, STR("InUsEast1"));
	ir_push(st->g, choice, ir_text(st->g, STR("ec2.internal")));
	return ir_push(st->g, choice, ir_sub(st->g, STR("${AWS::Region}.compute.internal")));
}

/* Options that are left out would be none, and not those of AWS. */
static void dhcp_options_add(struct stack *st, struct lowered_network *n)
{
	const struct dhcp_options *m = &n->net->m->dhcp_options;
	struct ir_origin origin = origin_of_section(&m->section);
	struct ir_value *servers = text_list(st, &m->domain_name_servers);
	struct ir_resource *r;

	if (!m->section.written)
		return;
	if (servers->n == 0)
		ir_push(st->g, servers, ir_text(st->g, STR("AmazonProvidedDNS")));
	r = named_resource(st, STR("DhcpOptions"), "AWS::EC2::DHCPOptions", STR(""), origin);
	ir_put(st->g, r->properties, "DomainName",
	       m->domain_name.n > 0 ? ir_text(st->g, m->domain_name) : domain_of_aws(st));
	ir_put(st->g, r->properties, "DomainNameServers", servers);
	r = ir_add(st->g, STR("DhcpOptionsAssociation"), "AWS::EC2::VPCDHCPOptionsAssociation",
		   origin);
	ir_put(st->g, r->properties, "DhcpOptionsId", ir_ref(st->g, STR("DhcpOptions")));
	ir_put(st->g, r->properties, "VpcId", n->vpc);
}

/* ---- subnets ---- */

static void put_zone(struct stack *st, const struct lowered_network *n, struct ir_value *properties,
		     size_t zone)
{
	struct ir_value *select, *zones;

	if (zone == NET_NO_ZONE)
		return;
	if (!n->net->zones_counted) {
		struct str name = n->net->zones[zone].name;

		ir_put_text(st->g, properties,
			    zone_is_id(name) ? "AvailabilityZoneId" : "AvailabilityZone", name);
		return;
	}
	zones = ir_func(st->g, IR_GETAZS, STR(""));
	select = ir_func(st->g, IR_SELECT, STR(""));
	select->integer = (int64_t)zone;
	ir_push(st->g, zones, ir_text(st->g, STR("")));
	ir_put(st->g, properties, "AvailabilityZone", ir_push(st->g, select, zones));
}

/* The number of the block that the subnet is a part of; the first one where it is of none. */
static size_t block_of_subnet(const struct net *net, struct cidr subnet)
{
	for (size_t i = 0; i < net->nblocks; i++)
		if (cidr_contains(net->blocks[i], subnet))
			return i;
	return 0;
}

/*
 * Which /64 of the VPC is the subnet's: the part of the 256 of its IPv4 block that it begins in. Where a subnet before
 * it has that one, a place that its own block and Name tell, or the next that none before it has. So a subnet that is
 * added behind the others moves none, and one that is taken out moves those alone that would have had its part. A
 * template is full long before the VPC is.
 */
static int64_t ipv6_part(struct stack *st, const struct net *net, const struct net_subnet *subnet,
			 bool *taken)
{
	struct cidr block = net->blocks[block_of_subnet(net, subnet->block)];
	uint64_t first =
		(uint64_t)(subnet->block.first - block.first) * IPV6_PARTS / cidr_size(block);
	char buffer[CIDR_TEXT];
	uint64_t own =
		str_hash(arena_fmt(st->a, STR_F " " STR_F, STR_A(cidr_text(subnet->block, buffer)),
				   STR_A(subnet->name)));
	size_t k = (size_t)first % IPV6_PARTS;

	for (size_t i = 0; i < IPV6_PARTS && taken[k]; i++)
		k = (size_t)(own + i) % IPV6_PARTS;
	taken[k] = true;
	return (int64_t)k;
}

static void put_ipv6(struct stack *st, const struct lowered_network *n, struct ir_resource *r,
		     int64_t part)
{
	struct ir_value *block = ir_func(st->g, IR_SELECT, STR(""));
	struct ir_value *parts = ir_func(st->g, IR_CIDR, STR(""));
	struct ir_value *select = ir_func(st->g, IR_SELECT, STR(""));

	ir_push(st->g, block, ir_getatt(st->g, n->vpc_resource, STR("Ipv6CidrBlocks")));
	ir_push(st->g, parts, block);
	ir_push(st->g, parts, ir_int(st->g, IPV6_PARTS));
	ir_push(st->g, parts, ir_int(st->g, IPV6_HOST_BITS));
	select->integer = part;
	ir_put(st->g, r->properties, "Ipv6CidrBlock", ir_push(st->g, select, parts));
	ir_put_bool(st->g, r->properties, "AssignIpv6AddressOnCreation", true);
	ir_depend(st->g, r, STR(NETWORK_IPV6_BLOCK));
}

static struct str subnet_add(struct stack *st, const struct lowered_network *n,
			     const struct net_subnet *m, bool *ipv6_taken)
{
	struct ir_resource *r = named_resource(
		st, arena_fmt(st->a, "Subnet" STR_F, STR_A(m->name)), "AWS::EC2::Subnet", m->name,
		m->row != NULL ? origin_of_section(m->at)
			       : origin_of(m->at, &n->net->m->at.subnets));
	size_t block = block_of_subnet(n->net, m->block);

	ir_put(st->g, r->properties, "VpcId", n->vpc);
	ir_put(st->g, r->properties, "CidrBlock", block_text(st, m->block));
	put_zone(st, n, r->properties, m->zone);
	ir_put_bool(st->g, r->properties, "MapPublicIpOnLaunch", m->map_public_ip);
	if (block > 0)
		ir_depend(st->g, r, block_id(st, n->net->blocks[block]));
	if (n->net->ipv6)
		put_ipv6(st, n, r, ipv6_part(st, n->net, m, ipv6_taken));
	return r->id;
}

static void subnets_add(struct stack *st, struct lowered_network *n)
{
	bool *ipv6_taken = NEW_ARRAY(st->a, bool, IPV6_PARTS);

	n->subnets = NEW_ARRAY(st->a, struct lowered_subnet, n->net->nsubnets);
	for (size_t i = 0; i < n->net->nsubnets; i++) {
		const struct net_subnet *m = &n->net->subnets[i];
		struct lowered_subnet *s = &n->subnets[i];

		s->m = m;
		if (m->id.n > 0) {
			s->id = ir_text(st->g, m->id);
			continue;
		}
		s->resource = subnet_add(st, n, m, ipv6_taken);
		s->id = ir_ref(st->g, s->resource);
	}
}

/* ---- the whole ---- */

struct lowered_network *network_add(struct stack *st, const struct net *net,
				    const struct lowered_bucket *bucket)
{
	struct lowered_network *n = NEW(st->a, struct lowered_network);

	n->net = net;
	vpc_add(st, n);
	dhcp_options_add(st, n);
	subnets_add(st, n);
	network_add_routes(st, n);
	network_add_endpoints(st, n);
	network_add_flow_logs(st, n, bucket);
	return n;
}

const struct lowered_subnet *network_subnet(const struct lowered_network *n,
					    const struct net_subnet *m)
{
	return &n->subnets[m - n->net->subnets];
}

const struct lowered_subnet *network_named(const struct lowered_network *n, struct str name)
{
	const struct net_subnet *m = net_subnet(n->net, name);

	if (m == NULL)
		BUG("there is no subnet " STR_F, STR_A(name));
	return network_subnet(n, m);
}

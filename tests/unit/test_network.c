/* SPDX-License-Identifier: Apache-2.0 */
/* test_network.c - what a section Network comes to. */
#include "compiler/base/buf.h"
#include "compiler/check/check.h"
#include "compiler/model/network.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

/* The network of a file whose section Network is `section`, in the memory of f. */
static const struct net *network(struct front *f, const char *section)
{
	const struct model *m;

	front_read(f, arena_fmt(&f->a, "Kind: Environment\nNetwork:\n%s", section), NULL);
	m = check_tree(&f->a, &f->ds, f->root, 0, NULL);
	return net_of(&f->a, &m->environment->network);
}

/* A line a subnet: name, type, block, zone. */
static struct str lines_of(struct arena *a, const struct net *n)
{
	static const char *const types[] = {[SUBNET_TYPE_UNSET] = "unset",
					    [SUBNET_TYPE_PUBLIC] = "public",
					    [SUBNET_TYPE_PRIVATE] = "private",
					    [SUBNET_TYPE_ISOLATED] = "isolated"};
	struct buf b = buf_in(a);

	for (size_t i = 0; i < n->nsubnets; i++) {
		const struct net_subnet *s = &n->subnets[i];
		char buffer[CIDR_TEXT];

		buf_fmt(&b, STR_F " %s", STR_A(s->name), types[s->type]);
		if (s->has_block)
			buf_fmt(&b, " " STR_F, STR_A(cidr_text(s->block, buffer)));
		if (s->zone == NET_NO_ZONE)
			buf_add(&b, STR(" anywhere"));
		else
			buf_fmt(&b, " %zu " STR_F, s->zone, STR_A(n->zones[s->zone].name));
		if (s->map_public_ip)
			buf_add(&b, STR(" mapped"));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void expect(const char *section, const char *want)
{
	struct front f = {0};
	const struct net *n = network(&f, section);

	assert_text(lines_of(&f.a, n), want);
	front_end(&f);
}

Test(network, a_zone_more_moves_no_subnet)
{
	const char *one = "PublicSubnet public 10.0.0.0/24 0  mapped\n"
			  "PrimaryPrivateSubnet private 10.0.32.0/19 0 \n";

	expect("  AvailabilityZoneCount: 1\n", one);
	expect("  AvailabilityZoneCount: 2\n", "PublicSubnet public 10.0.0.0/24 0  mapped\n"
					       "PrimaryPrivateSubnet private 10.0.32.0/19 0 \n"
					       "PublicSubnet2 public 10.0.1.0/24 1  mapped\n"
					       "PrivateSubnet2 private 10.0.64.0/19 1 \n");
}

/* Whatever the VPC: the subnets of n zones are the first ones of those of n + 1. */
Test(network, no_block_is_divided_anew)
{
	for (unsigned bits = 16; bits <= 23; bits++) {
		struct str before = STR("");
		struct front f = {0};

		for (unsigned zones = 1; zones <= NET_MAX_ZONES; zones++) {
			struct front g = {0};
			struct str section = arena_fmt(
				&f.a, "  CidrBlock: 172.16.0.0/%u\n  AvailabilityZoneCount: %u\n",
				bits, zones);
			const struct net *n = network(&g, section.s);
			struct str lines = arena_str(&f.a, lines_of(&g.a, n));

			cr_assert(n->nsubnets == 0 || n->nsubnets == (size_t)2 * zones);
			cr_assert(n->nsubnets == 0 || str_starts(lines, before), "/%u, %u zones",
				  bits, zones);
			cr_assert(zones > 1 || n->nsubnets > 0, "/%u", bits);
			before = lines;
			front_end(&g);
		}
		arena_release(&f.a);
	}
}

Test(network, zones_are_those_of_the_list_or_of_the_subnets)
{
	expect("  AvailabilityZones: [us-east-1b, use1-az4]\n"
	       "  Subnets:\n"
	       "    - {Name: A, Type: PUBLIC, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: false}\n"
	       "    - {Name: B, Type: PRIVATE, CidrBlock: 10.0.1.0/24, AvailabilityZone: "
	       "use1-az4}\n",
	       "A public 10.0.0.0/24 0 us-east-1b\nB private 10.0.1.0/24 1 use1-az4\n");
	expect("  Subnets:\n"
	       "    - {Name: A, Type: ISOLATED, CidrBlock: 10.0.0.0/24}\n"
	       "    - {Name: B, Type: PRIVATE, CidrBlock: 10.0.1.0/24, AvailabilityZone: "
	       "us-east-1c}\n",
	       "A isolated 10.0.0.0/24 0 us-east-1c\nB private 10.0.1.0/24 0 us-east-1c\n");
	expect("  VpcId: vpc-0123456789abcdef0\n"
	       "  Subnets:\n"
	       "    - {Name: A, Type: PUBLIC, SubnetId: subnet-0123456789abcdef0}\n",
	       "A public anywhere mapped\n");
}

static void expect_ways(const char *section, enum network_nat_gateway nat, bool s3)
{
	struct front f = {0};
	const struct net *n = network(&f, section);

	cr_assert_eq(n->nat, nat, "%s", section);
	cr_assert_eq(n->s3, s3, "%s", section);
	cr_assert(!n->dynamodb);
	front_end(&f);
}

#define EXISTING                                                              \
	"  VpcId: vpc-0123456789abcdef0\n"                                    \
	"  Subnets:\n"                                                        \
	"    - {Name: A, Type: PUBLIC, SubnetId: subnet-0123456789abcdef0}\n" \
	"    - {Name: B, Type: PRIVATE, SubnetId: subnet-0123456789abcdef1}\n"
#define MADE "    - {Name: C, Type: PRIVATE, CidrBlock: 10.0.1.0/24}\n"
#define TABLES "  RouteTableIds: [rtb-0123456789abcdef0]\n"

Test(network, ways_out_that_nobody_wrote)
{
	expect_ways("  AvailabilityZoneCount: 1\n", NETWORK_NAT_GATEWAY_SINGLE, true);
	expect_ways("  AvailabilityZones: [us-east-1a]\n"
		    "  Subnets: [{Name: A, Type: ISOLATED, CidrBlock: 10.0.0.0/24}]\n",
		    NETWORK_NAT_GATEWAY_NONE, true);
	expect_ways(EXISTING, NETWORK_NAT_GATEWAY_NONE, false);
	expect_ways(EXISTING TABLES, NETWORK_NAT_GATEWAY_NONE, true);
	expect_ways(EXISTING MADE TABLES, NETWORK_NAT_GATEWAY_SINGLE, true);
	expect_ways(EXISTING TABLES "  NatGateway: REGIONAL\n  Endpoints: {S3: false}\n",
		    NETWORK_NAT_GATEWAY_REGIONAL, false);
}

/* The names of what net_next_inner_zone steps over, with blanks between. */
static void expect_inner(const char *subnets, const char *want)
{
	struct front f = {0};
	const struct net *n = network(
		&f, arena_fmt(&f.a, "  AvailabilityZones: [us-east-1a, us-east-1b]\n  Subnets:\n%s",
			      subnets)
			    .s);
	struct buf b = buf_in(&f.a);
	const struct net_subnet *s;
	size_t it = 0;

	while ((s = net_next_inner_zone(n, &it)) != NULL)
		buf_fmt(&b, STR_F " ", STR_A(s->name));
	assert_text(buf_str(&b), want);
	front_end(&f);
}

#define ROW(name, type, third, zone)                                    \
	"    - {Name: " name ", Type: " type ", CidrBlock: 10.0." third \
	".0/24, AvailabilityZone: us-east-1" zone "}\n"

Test(network, one_inner_subnet_stands_for_a_zone)
{
	expect_inner(ROW("A", "PUBLIC", "0", "a") ROW("B", "ISOLATED", "1", "a")
			     ROW("C", "PRIVATE", "2", "a") ROW("D", "PRIVATE", "3", "a")
				     ROW("E", "ISOLATED", "4", "b"),
		     "C E ");
	expect_inner(ROW("A", "PUBLIC", "0", "a") ROW("B", "PUBLIC", "1", "b")
			     ROW("C", "PUBLIC", "2", "b"),
		     "A B ");
	expect_inner(ROW("A", "PUBLIC", "0", "a") ROW("B", "PRIVATE", "1", "b"), "B ");
}

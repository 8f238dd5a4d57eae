/* SPDX-License-Identifier: Apache-2.0 */
/* test_ground.c - the network of an environment as resources. */
#include "compiler/base/buf.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>

/* The graph of an environment with this section Network, and what else stands behind it. */
static const struct ir *graph(struct arena *a, const char *network)
{
	return graph_of(
		a, arena_fmt(a, "Kind: Environment\nRegion: us-east-1\nNetwork:\n%s", network).s);
}

/* Fails unless the property of the resource is this text, Ref or number. */
static void expect(struct arena *a, const struct ir *g, const char *id, const char *path,
		   const char *want)
{
	const char *got = text_at(a, found(g, id)->properties, path);

	cr_assert_str_eq(got, want, "%s.%s is `%s`", id, path, got);
}

/* The ids of all resources of a type, with blanks between. */
static void expect_all(struct arena *a, const struct ir *g, const char *type, const char *want)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, str_c(type)))
			buf_fmt(&b, STR_F " ", STR_A(r->id));
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.s, want);
}

#define ROW(name, type, block, zone)                               \
	"    - {Name: " name ", Type: " type ", CidrBlock: " block \
	", AvailabilityZone: us-east-1" zone "}\n"
#define ROWS                                        \
	ROW("Door", "PUBLIC", "10.0.0.0/24", "a")   \
	ROW("Gate", "PUBLIC", "10.0.1.0/24", "b")   \
	ROW("Work", "PRIVATE", "10.0.16.0/20", "a") \
	ROW("More", "PRIVATE", "10.0.32.0/20", "b") \
	ROW("Vault", "ISOLATED", "10.0.48.0/20", "a")
#define SUBNETS "  Subnets:\n" ROWS
#define EXISTING                                                                 \
	"  VpcId: vpc-0123456789abcdef0\n"                                       \
	"  Subnets:\n"                                                           \
	"    - {Name: Door, Type: PUBLIC, SubnetId: subnet-0123456789abcdef0}\n" \
	"    - {Name: Work, Type: PRIVATE, SubnetId: subnet-0123456789abcdef1}\n"
#define TABLES "  RouteTableIds: [rtb-0123456789abcdef0, rtb-0123456789abcdef1]\n"

/* ---- names ---- */

static void expect_more(const struct ir *less, const struct ir *more)
{
	cr_assert_lt(less->resources.n, more->resources.n);
	for (size_t i = 0; i < less->resources.n; i++) {
		const struct ir_resource *r = less->resources.items[i].value;
		const struct ir_resource *other = ir_find(more, r->id);

		cr_assert_not_null(other, STR_F, STR_A(r->id));
		cr_assert(str_eq(r->type, other->type));
	}
}

Test(ground, a_zone_or_a_subnet_more_renames_nothing)
{
	struct arena a = {0};

	expect_more(graph(&a, "  AvailabilityZoneCount: 2\n  Ipv6: true\n  NatGateway: PER_AZ\n"),
		    graph(&a, "  AvailabilityZoneCount: 3\n  Ipv6: true\n  NatGateway: PER_AZ\n"));
	expect_more(graph(&a, SUBNETS),
		    graph(&a, "  Subnets:\n" ROW("First", "PRIVATE", "10.0.64.0/20", "c") ROWS));
	expect_more(graph(&a, SUBNETS),
		    graph(&a, SUBNETS "  AdditionalCidrBlocks: [10.1.0.0/16]\n"));
	arena_release(&a);
}

/* ---- the VPC ---- */

Test(ground, subnets_stand_in_their_zones_and_wait_for_their_block)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, "  CidrBlock: 10.7.0.0/16\n  AdditionalCidrBlocks: [10.8.0.0/16]\n"
			  "  AvailabilityZones: [use1-az4, us-east-1b]\n"
			  "  Subnets:\n"
			  "    - {Name: A, Type: ISOLATED, CidrBlock: 10.7.0.0/24}\n"
			  "    - {Name: B, Type: ISOLATED, CidrBlock: 10.8.0.0/24, "
			  "AvailabilityZone: us-east-1b}\n");

	expect(&a, g, "Vpc", "CidrBlock", "10.7.0.0/16");
	expect(&a, g, "Vpc", "EnableDnsSupport", "true");
	expect(&a, g, "Vpc", "EnableDnsHostnames", "true");
	expect(&a, g, "SubnetA", "AvailabilityZoneId", "use1-az4");
	expect(&a, g, "SubnetA", "MapPublicIpOnLaunch", "false");
	expect(&a, g, "SubnetB", "AvailabilityZone", "us-east-1b");
	expect(&a, g, "VpcCidrBlock10x8x0x0", "CidrBlock", "10.8.0.0/16");
	cr_assert_eq(found(g, "SubnetA")->ndepends, 0);
	cr_assert(waits_for(found(g, "SubnetB"), STR("VpcCidrBlock10x8x0x0")));
	cr_assert_eq(count_of(g, "AWS::EC2::InternetGateway"), 0);
	expect_all(&a, g, "AWS::EC2::RouteTable", "RouteTableIsolated ");
	cr_assert_eq(count_of(g, "AWS::EC2::Route"), 0);
	arena_release(&a);
}

static const char *part_of(struct arena *a, const struct ir *g, const char *subnet)
{
	const struct ir_value *v = at(found(g, subnet)->properties, "Ipv6CidrBlock");

	cr_assert_eq(v->kind, IR_SELECT);
	cr_assert_eq(v->items[0]->kind, IR_CIDR);
	cr_assert(waits_for(found(g, subnet), STR("VpcIpv6CidrBlock")));
	return arena_fmt(a, "%d", (int)v->integer).s;
}

/* Each subnet has a part of its own: the one of its IPv4 addresses, or one that its block and Name tell. */
Test(ground, ipv6)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, "  Ipv6: true\n  AdditionalCidrBlocks: [10.1.0.0/16]\n" SUBNETS ROW(
				  "Over", "ISOLATED", "10.1.0.0/28", "a")
				  ROW("Next", "ISOLATED", "10.1.0.16/28", "a"));

	cr_assert_str_eq(part_of(&a, g, "SubnetDoor"), "0");
	cr_assert_str_eq(part_of(&a, g, "SubnetWork"), "16");
	cr_assert_str_eq(part_of(&a, g, "SubnetOver"), "86");
	cr_assert_str_eq(part_of(&a, g, "SubnetNext"), "84");
	expect(&a, g, "SubnetWork", "AssignIpv6AddressOnCreation", "true");
	expect(&a, g, "VpcIpv6CidrBlock", "AmazonProvidedIpv6CidrBlock", "true");
	expect(&a, g, "RoutePublicIpv6", "GatewayId", "InternetGateway");
	expect(&a, g, "RoutePublicIpv6", "DestinationIpv6CidrBlock", "::/0");
	expect(&a, g, "RoutePrivateUsEast1aIpv6", "EgressOnlyInternetGatewayId",
	       "EgressOnlyInternetGateway");
	cr_assert_eq(count_of(g, "AWS::EC2::Route"), 6);
	arena_release(&a);
}

#define FIRST ROW("First", "ISOLATED", "10.0.0.0/28", "a")
#define SECOND ROW("Second", "ISOLATED", "10.0.0.16/28", "a")
#define THIRD ROW("Third", "ISOLATED", "10.0.0.32/28", "a")
#define OTHER ROW("Other", "ISOLATED", "10.0.1.0/24", "a")

/* Three begin in one part; the first of them has it. */
Test(ground, ipv6_of_a_subnet_does_not_depend_on_those_that_go)
{
	static const char *const left[] = {FIRST THIRD OTHER, SECOND THIRD OTHER, THIRD OTHER,
					   FIRST SECOND THIRD OTHER};
	static const char *const ids[] = {"SubnetFirst", "SubnetSecond", "SubnetThird",
					  "SubnetOther"};
	/* In each, "" of those that went. */
	static const char *const want[][ARRAY_LEN(ids)] = {{"0", "", "167", "1"},
							   {"", "0", "167", "1"},
							   {"", "", "0", "1"},
							   {"0", "76", "167", "1"}};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		const struct ir *g =
			graph(&a, arena_fmt(&a, "  Ipv6: true\n  Subnets:\n%s", left[i]).s);

		for (size_t k = 0; k < ARRAY_LEN(ids); k++)
			if (want[i][k][0] != '\0')
				cr_assert_str_eq(part_of(&a, g, ids[k]), want[i][k], "%s of %zu",
						 ids[k], i);
	}
	arena_release(&a);
}

/* ---- ways out ---- */

/* What leads through the internet gateway is refused before it is attached. */
Test(ground, ways_out_wait_for_the_attachment)
{
	static const char *const nats[] = {"SINGLE", "PER_AZ", "REGIONAL"};
	struct str attachment = STR("InternetGatewayAttachment");
	struct arena a = {0};

	for (size_t k = 0; k < ARRAY_LEN(nats); k++) {
		const struct ir *g = graph(
			&a,
			arena_fmt(&a, "%s  Ipv6: true\n  NatGateway: %s\n", SUBNETS, nats[k]).s);

		for (size_t i = 0; i < g->resources.n; i++) {
			const struct ir_resource *r = g->resources.items[i].value;
			bool needs = str_eq(r->type, STR("AWS::EC2::EIP")) ||
				     str_eq(r->type, STR("AWS::EC2::NatGateway")) ||
				     (str_eq(r->type, STR("AWS::EC2::Route")) &&
				      ir_get(r->properties, STR("GatewayId")) != NULL);

			cr_assert_eq(waits_for(r, attachment), needs, STR_F, STR_A(r->id));
		}
	}
	arena_release(&a);
}

/* Where the private tables of both zones lead to. */
static const struct ir *expect_nat(struct arena *a, const char *nat, const char *gateways,
				   const char *first, const char *second)
{
	const struct ir *g = graph(a, arena_fmt(a, "%s  NatGateway: %s\n", SUBNETS, nat).s);

	expect_all(a, g, "AWS::EC2::NatGateway", gateways);
	expect(a, g, "RoutePrivateUsEast1a", "NatGatewayId", first);
	expect(a, g, "RoutePrivateUsEast1b", "NatGatewayId", second);
	expect(a, g, "RoutePrivateUsEast1b", "RouteTableId", "RouteTablePrivateUsEast1b");
	expect(a, g, "RouteTableOfMore", "RouteTableId", "RouteTablePrivateUsEast1b");
	expect(a, g, "RouteTableOfVault", "RouteTableId", "RouteTableIsolated");
	expect(a, g, "RouteTableOfDoor", "RouteTableId", "RouteTablePublic");
	expect(a, g, "RoutePublic", "GatewayId", "InternetGateway");
	return g;
}

static const char *address_of_nat(struct arena *a, const char *subnet)
{
	struct str network =
		arena_fmt(a,
			  "  AvailabilityZones: [us-east-1a]\n  Subnets:\n    - {Name: %s}\n"
			  "    - {Name: Work, Type: PRIVATE, CidrBlock: 10.0.64.0/20}\n",
			  subnet);
	const struct ir *g = graph(a, network.s);

	return text_at(a, ir_find(g, STR("NatGatewayUsEast1a"))->properties, "AllocationId");
}

/* While the old gateway has the address, no other can take it. */
Test(ground, a_gateway_that_is_replaced_has_another_address)
{
	struct arena a = {0};
	const char *before = address_of_nat(&a, "Door, Type: PUBLIC, CidrBlock: 10.0.0.0/24");

	cr_expect_str_eq(address_of_nat(&a, "Door, Type: PUBLIC, CidrBlock: 10.0.0.0/24"), before);
	cr_expect_str_neq(address_of_nat(&a, "Door, Type: PUBLIC, CidrBlock: 10.0.1.0/24"), before);
	cr_expect_str_neq(address_of_nat(&a, "Gate, Type: PUBLIC, CidrBlock: 10.0.0.0/24"), before);
	arena_release(&a);
}

Test(ground, kinds_of_nat_gateways)
{
	struct arena a = {0};
	const struct ir *g;

	g = expect_nat(&a, "SINGLE", "NatGatewayUsEast1a ", "NatGatewayUsEast1a",
		       "NatGatewayUsEast1a");
	expect(&a, g, "NatGatewayUsEast1a", "SubnetId", "SubnetDoor");
	expect_all(&a, g, "AWS::EC2::EIP", "EipUsEast1aDoor10000247PSB01 ");
	expect(&a, g, "NatGatewayUsEast1a", "AllocationId",
	       "EipUsEast1aDoor10000247PSB01.AllocationId");
	g = expect_nat(&a, "PER_AZ", "NatGatewayUsEast1a NatGatewayUsEast1b ", "NatGatewayUsEast1a",
		       "NatGatewayUsEast1b");
	expect(&a, g, "NatGatewayUsEast1b", "SubnetId", "SubnetGate");
	g = expect_nat(&a, "REGIONAL", "NatGateway ", "NatGateway", "NatGateway");
	expect(&a, g, "NatGateway", "AvailabilityMode", "regional");
	expect(&a, g, "NatGateway", "VpcId", "Vpc");
	expect(&a, g, "NatGateway", "SubnetId", "");
	cr_assert_eq(count_of(g, "AWS::EC2::EIP"), 0);
	g = graph(&a, SUBNETS "  NatGateway: NONE\n");
	cr_assert_eq(count_of(g, "AWS::EC2::NatGateway"), 0);
	expect_all(&a, g, "AWS::EC2::Route", "RoutePublic ");
	arena_release(&a);
}

Test(ground, of_an_existing_vpc_nothing_is_touched_that_the_file_does_not_name)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, EXISTING);

	cr_assert_eq(count_of(g, "AWS::EC2::Subnet"), 0);
	cr_assert_eq(count_of(g, "AWS::EC2::InternetGateway"), 0);
	cr_assert_eq(count_of(g, "AWS::EC2::Route"), 0);
	cr_assert_eq(count_of(g, "AWS::EC2::VPCEndpoint"), 0);
	g = graph(&a, EXISTING TABLES);
	cr_assert_eq(count_of(g, "AWS::EC2::NatGateway"), 0);
	g = graph(&a, EXISTING TABLES "  NatGateway: SINGLE\n");
	expect(&a, g, "NatGateway", "SubnetId", "subnet-0123456789abcdef0");
	expect_all(&a, g, "AWS::EC2::Route",
		   "RouteRtb0123456789abcdef0G8KPA7 RouteRtb0123456789abcdef1Z6HPA7 ");
	expect(&a, g, "RouteRtb0123456789abcdef1Z6HPA7", "RouteTableId", "rtb-0123456789abcdef1");
	expect(&a, g, "RouteRtb0123456789abcdef1Z6HPA7", "NatGatewayId", "NatGateway");
	expect(&a, g, "S3Endpoint", "RouteTableIds.1", "rtb-0123456789abcdef1");
	arena_release(&a);
}

/* New subnets have tables of their own, but for public ones: the VPC may have its one internet gateway already. */
Test(ground, new_subnets_of_an_existing_vpc)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, EXISTING ROW("New", "PRIVATE", "10.0.0.0/24", "a")
					       ROW("Open", "PUBLIC", "10.0.1.0/24", "a") TABLES);

	expect(&a, g, "SubnetNew", "VpcId", "vpc-0123456789abcdef0");
	expect(&a, g, "RoutePrivateUsEast1a", "NatGatewayId", "NatGateway");
	expect_all(&a, g, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableOfNew ");
	cr_assert_eq(count_of(g, "AWS::EC2::InternetGateway"), 0);
	cr_assert_eq(at(found(g, "S3Endpoint")->properties, "RouteTableIds")->n, 3);
	arena_release(&a);
}

/* ---- security groups ---- */

static const struct ir *groups(struct arena *a, const char *rest)
{
	return graph(a, arena_fmt(a, "  AvailabilityZoneCount: 1\n%s", rest).s);
}

Test(ground, one_group_where_none_is_written)
{
	struct arena a = {0};
	const struct ir *g = groups(&a, "");

	expect_all(&a, g, "AWS::EC2::SecurityGroup", "SecurityGroupCluster ");
	expect(&a, g, "SecurityGroupCluster", "SecurityGroupEgress.0.CidrIp", "0.0.0.0/0");
	expect(&a, g, "SelfIngressCluster", "GroupId", "SecurityGroupCluster");
	expect(&a, g, "SelfIngressCluster", "SourceSecurityGroupId", "SecurityGroupCluster");
	expect(&a, g, "SelfIngressCluster", "IpProtocol", "-1");
	expect(&a, g, "SelfEgressCluster", "DestinationSecurityGroupId", "SecurityGroupCluster");
	g = groups(&a, "  Ipv6: true\n");
	expect(&a, g, "SecurityGroupCluster", "SecurityGroupEgress.1.CidrIpv6", "::/0");
	arena_release(&a);
}

Test(ground, rules_for_addresses_stand_inside_of_the_group)
{
	struct arena a = {0};
	const struct ir *g =
		groups(&a, "SecurityGroups:\n"
			   "  - Name: A\n"
			   "    AllowSelf: false\n"
			   "    Ingress:\n"
			   "      - {FromPort: 22, CidrIp: 10.0.0.0/8}\n"
			   "      - {FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}\n"
			   "      - {Protocol: udp, FromPort: 1, ToPort: 9, PrefixListId: "
			   "pl-0123456789abcdef0}\n"
			   "      - {Protocol: icmp, CidrIp: 10.0.0.0/8}\n"
			   "      - {Protocol: all, SecurityGroup: sg-0123456789abcdef0}\n");

	cr_assert_eq(at(found(g, "SecurityGroupA")->properties, "SecurityGroupIngress")->n, 4);
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.0.ToPort", "22");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.1.SourcePrefixListId",
	       "pl-0123456789abcdef0");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.1.IpProtocol", "udp");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.2.FromPort", "-1");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.3.IpProtocol", "-1");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.3.FromPort", "");
	expect(&a, g, "SecurityGroupA", "SecurityGroupIngress.3.SourceSecurityGroupId",
	       "sg-0123456789abcdef0");
	cr_assert_eq(count_of(g, "AWS::EC2::SecurityGroupIngress"), 0);
	cr_assert_eq(count_of(g, "AWS::EC2::SecurityGroupEgress"), 0);
	arena_release(&a);
}

/* Two groups that name each other make no circle; what the group's own rule says is not said again. */
Test(ground, rules_for_groups_of_the_file_are_resources)
{
	struct arena a = {0};
	const struct ir *g = groups(&a, "SecurityGroups:\n"
					"  - Name: A\n"
					"    AllowEgress: false\n"
					"    Ingress:\n"
					"      - {FromPort: 80, SecurityGroup: B}\n"
					"      - {FromPort: 80, SecurityGroup: B}\n"
					"      - {Protocol: all, SecurityGroup: A}\n"
					"    Egress:\n"
					"      - {FromPort: 443, SecurityGroup: B}\n"
					"  - Name: B\n"
					"    AllowSelf: false\n"
					"    AllowEgress: false\n"
					"    Ingress: [{FromPort: 443, SecurityGroup: A}]\n"
					"    Egress: [{FromPort: 443, CidrIp: 0.0.0.0/0}]\n");

	cr_assert_eq(count_of(g, "AWS::EC2::SecurityGroupIngress"), 3);
	cr_assert_eq(count_of(g, "AWS::EC2::SecurityGroupEgress"), 2);
	/* Nothing goes out but what rules of their own let out: EC2 takes no empty list for that. */
	cr_assert_eq(at(found(g, "SecurityGroupA")->properties, "SecurityGroupEgress")->n, 1);
	expect(&a, g, "SecurityGroupA", "SecurityGroupEgress.0.CidrIp", "127.0.0.1/32");
	cr_assert_eq(at(found(g, "SecurityGroupB")->properties, "SecurityGroupEgress")->n, 1);
	expect(&a, g, "SecurityGroupB", "SecurityGroupEgress.0.FromPort", "443");
	arena_release(&a);
}

/* The ids of all rules of their own with these two groups, with blanks between. */
static const char *rules_of(struct arena *a, const char *first)
{
	const struct ir *g = groups(
		a,
		arena_fmt(a, "SecurityGroups:\n  - Name: A\n%s  - Name: B\n    AllowSelf: false\n",
			  first)
			.s);
	struct buf b = buf_in(a);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")))
			buf_fmt(&b, STR_F " ", STR_A(r->id));
	}
	buf_char(&b, '\0');
	return b.s;
}

/* An update makes what has a new id before the old one goes, and EC2 refuses the same rule twice. */
Test(ground, the_same_rule_has_the_same_id_however_it_is_said)
{
	struct arena a = {0};

	cr_assert_str_eq(rules_of(&a, "    AllowSelf: true\n"), "SelfIngressA ");
	cr_assert_str_eq(rules_of(&a, "    AllowSelf: false\n"
				      "    Ingress: [{Protocol: all, SecurityGroup: A}]\n"),
			 "SelfIngressA ");
	cr_assert_str_eq(rules_of(&a, "    Ingress: [{FromPort: 22, SecurityGroup: B}]\n"),
			 rules_of(&a, "    Ingress:\n"
				      "      - {Protocol: udp, FromPort: 9, CidrIp: 10.0.0.0/8}\n"
				      "      - {Protocol: tcp, FromPort: 22, ToPort: 22, "
				      "SecurityGroup: B}\n"));
	arena_release(&a);
}

/* ---- endpoints ---- */

#define ONE_ZONE "  AvailabilityZoneCount: 1\n"

/* The ServiceNames of all interface endpoints, with blanks between. */
static void expect_services(struct arena *a, const struct ir *g, const char *want)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::VPCEndpoint")) &&
		    str_eq(str_c(text_at(a, r->properties, "VpcEndpointType")), STR("Interface")))
			buf_fmt(&b, "%s ", text_at(a, r->properties, "ServiceName"));
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.s, want, "%s", b.s);
}

#define AWS_NAME(service) "com.amazonaws.${AWS::Region}." service " "

Test(ground, services_of_presets_and_of_the_file_are_one_set)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, ONE_ZONE "  Endpoints: {Preset: [FARGATE, NONE], "
				   "Interfaces: [fsx, logs, fsx, of-our-own, ecr.api]}\n");

	expect_services(&a, g,
			AWS_NAME("ecr.api") AWS_NAME("ecr.dkr") AWS_NAME("fsx") AWS_NAME("logs")
				AWS_NAME("secretsmanager") AWS_NAME("ssm") AWS_NAME("of-our-own"));
	expect(&a, g, "EndpointEcrApi", "PrivateDnsEnabled", "true");
	expect(&a, g, "EndpointEcrApi", "SecurityGroupIds.0", "EndpointSecurityGroup");
	expect(&a, g, "EndpointEcrApi", "SubnetIds.0", "SubnetPrimaryPrivateSubnet");
	expect(&a, g, "EndpointSecurityGroup", "SecurityGroupIngress.0.CidrIp", "10.0.0.0/16");
	expect(&a, g, "EndpointSecurityGroup", "SecurityGroupIngress.0.FromPort", "443");
	expect(&a, g, "EndpointSecurityGroup", "SecurityGroupIngress.0.ToPort", "443");
	arena_release(&a);
}

/* Its service is in one region and one partition. */
Test(ground, the_endpoint_of_route_53)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, ONE_ZONE "  Endpoints: {Preset: CLUSTER}\n");

	expect(&a, g, "EndpointRoute53", "ServiceName", "com.amazonaws.route53");
	expect(&a, g, "EndpointRoute53", "ServiceRegion", "us-east-1");
	g = graph_of(&a, "Kind: Environment\nRegion: cn-north-1\nNetwork:\n" ONE_ZONE
			 "  Endpoints: {Preset: CLUSTER}\n");
	cr_assert_null(ir_find(g, STR("EndpointRoute53")));
	expect(&a, g, "EndpointEc2", "ServiceName", "cn.com.amazonaws.${AWS::Region}.ec2");
	arena_release(&a);
}

/* What a gateway reaches keeps its names: those of S3 and DynamoDB lead to the gateway. */
Test(ground, gateway_endpoints_are_in_every_table)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, SUBNETS "  Endpoints: {DynamoDb: true, Interfaces: [s3]}\n");

	cr_assert_eq(at(found(g, "S3Endpoint")->properties, "RouteTableIds")->n, 4);
	cr_assert_eq(at(found(g, "DynamoDbEndpoint")->properties, "RouteTableIds")->n, 4);
	expect(&a, g, "DynamoDbEndpoint", "VpcEndpointType", "Gateway");
	expect(&a, g, "EndpointS3", "PrivateDnsEnabled", "false");
	g = graph(&a, ONE_ZONE "  Endpoints: {S3: false}\n");
	cr_assert_eq(count_of(g, "AWS::EC2::VPCEndpoint"), 0);
	cr_assert_null(ir_find(g, STR("EndpointSecurityGroup")));
	arena_release(&a);
}

Test(ground, interface_endpoints_stand_once_in_a_zone_or_where_the_file_says)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, SUBNETS "  Endpoints: {Interfaces: [ec2]}\n");

	cr_assert_eq(at(found(g, "EndpointEc2")->properties, "SubnetIds")->n, 2);
	expect(&a, g, "EndpointEc2", "SubnetIds.1", "SubnetMore");
	g = graph(&a, SUBNETS "  Endpoints: {Interfaces: [ec2], SubnetNames: [Vault, Vault]}\n");
	cr_assert_eq(at(found(g, "EndpointEc2")->properties, "SubnetIds")->n, 1);
	expect(&a, g, "EndpointEc2", "SubnetIds.0", "SubnetVault");
	g = graph(&a, EXISTING "  Endpoints: {Interfaces: [ec2]}\n");
	expect(&a, g, "EndpointEc2", "SubnetIds.0", "subnet-0123456789abcdef1");
	cr_assert_eq(at(found(g, "EndpointSecurityGroup")->properties, "SecurityGroupIngress")->n,
		     4);
	arena_release(&a);
}

/* ---- what instances are told ---- */

Test(ground, dhcp_options_that_are_left_out_are_those_of_aws)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, ONE_ZONE "  DhcpOptions: {DomainName: hpc.example.com}\n");

	expect(&a, g, "DhcpOptions", "DomainName", "hpc.example.com");
	expect(&a, g, "DhcpOptions", "DomainNameServers.0", "AmazonProvidedDNS");
	expect(&a, g, "DhcpOptionsAssociation", "DhcpOptionsId", "DhcpOptions");
	g = graph(&a, ONE_ZONE "  DhcpOptions: {DomainNameServers: [10.0.0.2, 10.0.0.3]}\n");
	expect(&a, g, "DhcpOptions", "DomainName", "ec2.internal");
	expect(&a, g, "DhcpOptions", "DomainNameServers.1", "10.0.0.3");
	g = graph_of(&a, "Kind: Environment\nRegion: eu-west-1\nNetwork:\n" ONE_ZONE
			 "  DhcpOptions: {DomainNameServers: [10.0.0.2]}\n");
	expect(&a, g, "DhcpOptions", "DomainName", "eu-west-1.compute.internal");
	g = graph_of(&a, "Kind: Environment\nNetwork:\n" ONE_ZONE
			 "  DhcpOptions: {DomainNameServers: [10.0.0.2]}\n");
	cr_assert_eq(at(found(g, "DhcpOptions")->properties, "DomainName")->kind, IR_IF);
	g = graph(&a, ONE_ZONE);
	cr_assert_eq(count_of(g, "AWS::EC2::DHCPOptions"), 0);
	arena_release(&a);
}

/* ---- flow logs ---- */

Test(ground, flow_logs_to_a_log_group)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, ONE_ZONE
		      "  FlowLogs: {Enabled: true, TrafficType: ALL, RetentionInDays: 30}\n");
	const struct ir_value *trust, *right;

	expect(&a, g, "FlowLog", "ResourceType", "VPC");
	expect(&a, g, "FlowLog", "ResourceId", "Vpc");
	expect(&a, g, "FlowLog", "TrafficType", "ALL");
	expect(&a, g, "FlowLog", "LogDestinationType", "cloud-watch-logs");
	expect(&a, g, "FlowLog", "LogGroupName", "FlowLogGroup");
	expect(&a, g, "FlowLog", "DeliverLogsPermissionArn", "FlowLogRole.Arn");
	expect(&a, g, "FlowLogGroup", "RetentionInDays", "30");
	expect(&a, g, "FlowLogGroup", "LogGroupName", "");
	cr_assert_eq(found(g, "FlowLogGroup")->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_assert_eq(found(g, "FlowLogGroup")->update_replace_policy, IR_RETAIN);
	trust = at(found(g, "FlowLogRole")->properties, "AssumeRolePolicyDocument.Statement.0");
	cr_assert_str_eq(text_at(&a, trust, "Principal.Service"), "vpc-flow-logs.amazonaws.com");
	cr_assert_str_eq(text_at(&a, trust, "Condition.StringEquals.aws:SourceAccount"),
			 "AWS::AccountId");
	cr_assert_not_null(at(trust, "Condition.ArnLike.aws:SourceArn"));
	right = at(found(g, "FlowLogRole")->properties, "Policies.0.PolicyDocument.Statement");
	cr_assert_eq(right->n, 1);
	cr_assert_str_eq(text_at(&a, right, "0.Resource"), "FlowLogGroup.Arn");
	arena_release(&a);
}

/* The bucket has the policy that lets the service in: before, nothing may be written there. */
Test(ground, flow_logs_to_a_bucket)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, ONE_ZONE "  FlowLogs: {Enabled: true, Destination: S3, Bucket: Records}\n"
				   "Buckets: [{Name: Other}, {Name: Records}]\n");

	expect(&a, g, "FlowLog", "TrafficType", "REJECT");
	expect(&a, g, "FlowLog", "LogDestinationType", "s3");
	expect(&a, g, "FlowLog", "LogDestination", "BucketRecords.Arn");
	cr_assert(waits_for(found(g, "FlowLog"), STR("PolicyOfBucketRecords")));
	cr_assert_eq(count_of(g, "AWS::Logs::LogGroup"), 0);
	cr_assert_eq(count_of(g, "AWS::IAM::Role"), 0);
	g = graph(&a, ONE_ZONE "  FlowLogs: {Enabled: false}\n");
	cr_assert_eq(count_of(g, "AWS::EC2::FlowLog"), 0);
	arena_release(&a);
}

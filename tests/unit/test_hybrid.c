/* SPDX-License-Identifier: Apache-2.0 */
/* test_hybrid.c - the ways to a data centre as resources. */
#include "compiler/base/buf.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

#define MADE                                                                          \
	"  CidrBlock: 10.20.0.0/16\n"                                                 \
	"  AdditionalCidrBlocks: [10.21.0.0/16]\n"                                    \
	"  Subnets:\n"                                                                \
	"    - {Name: Door, Type: PUBLIC, AvailabilityZone: us-east-1a, CidrBlock: "  \
	"10.20.0.0/24}\n"                                                             \
	"    - {Name: Work, Type: PRIVATE, AvailabilityZone: us-east-1a, CidrBlock: " \
	"10.20.16.0/20}\n"                                                            \
	"    - {Name: More, Type: PRIVATE, AvailabilityZone: us-east-1b, CidrBlock: " \
	"10.20.32.0/20}\n"
#define EXISTING                                                            \
	"  VpcId: vpc-0123456789abcdef0\n"                                  \
	"  RouteTableIds: [rtb-0123456789abcdef0, rtb-0123456789abcdef1]\n" \
	"  Subnets:\n"                                                      \
	"    - {Name: Work, Type: PRIVATE, AvailabilityZone: us-east-1a, "  \
	"SubnetId: subnet-0123456789abcdef0}\n"
#define VIRTUAL "  Gateway: {AmazonSideAsn: 64520}\n"
#define TRANSIT "  Gateway: {Type: TRANSIT_GATEWAY, AmazonSideAsn: 64520}\n"
#define EXISTING_VIRTUAL "  Gateway: {VpnGatewayId: vgw-0123456789abcdef0}\n"
#define EXISTING_TRANSIT \
	"  Gateway: {Type: TRANSIT_GATEWAY, TransitGatewayId: tgw-0123456789abcdef0}\n"
#define VPN                   \
	"  VpnConnections:\n" \
	"    - Name: Main\n"  \
	"      CustomerGateway: {IpAddress: 203.0.113.10, BgpAsn: 65010}\n"
#define STATIC "      StaticRoutesOnly: true\n"
#define DIRECT                                                                   \
	"  DirectConnect:\n"                                                     \
	"    AllowedPrefixes: [10.20.0.0/15]\n"                                  \
	"    VirtualInterfaces:\n"                                               \
	"      - {ConnectionId: dxcon-fg1234ab, Vlan: 101, BgpAsn: 65010}\n"     \
	"      - {ConnectionId: dxcon-fg1234ab, Vlan: 102, BgpAsn: 4200000001, " \
	"Mtu: 8500, AmazonAddress: 169.254.255.1/30, CustomerAddress: 169.254.255.2/30}\n"

/* The graph of an environment with this section Network, these lines in HybridNetwork, and what stands behind it. */
static const struct ir *graph(struct arena *a, const char *network, const char *hybrid)
{
	return graph_of(
		a,
		arena_fmt(a,
			  "Kind: Environment\nRegion: us-east-1\nNetwork:\n%s"
			  "HybridNetwork:\n  OnPremisesCidrs: [192.168.0.0/16, 172.20.0.0/16]\n%s",
			  network, hybrid)
			.s);
}

static const struct ir_value *of(const struct ir *g, const char *id)
{
	const struct ir_resource *r = ir_find(g, str_c(id));

	cr_assert_not_null(r, "%s", id);
	return r->properties;
}

static void expect(const struct ir_value *v, const char *path, const char *want)
{
	struct arena a = {0};
	const char *got = text_at(&a, v, path);

	cr_assert_str_eq(got, want, "%s is `%s`", path, got);
	arena_release(&a);
}

static void expect_waiting(const struct ir *g, const char *type, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (!str_eq(r->type, str_c(type)))
			continue;
		cr_assert(waits_for(r, str_c(id)), STR_F, STR_A(r->id));
		n++;
	}
	cr_assert_gt(n, 0);
}

/* "table>block " of each route to the data centre. */
static const char *routes(struct arena *a, const struct ir *g)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (!str_eq(r->type, STR("AWS::EC2::Route")) ||
		    at(r->properties, "TransitGatewayId") == NULL)
			continue;
		cr_assert(waits_for(r, STR("TransitGatewayAttachment")));
		buf_fmt(&b, "%s>%s ", text_at(a, r->properties, "RouteTableId"),
			text_at(a, r->properties, "DestinationCidrBlock"));
	}
	buf_char(&b, '\0');
	return b.s;
}

/* ---- gateways ---- */

Test(hybrid, a_virtual_gateway_writes_into_inner_tables)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, VIRTUAL VPN);
	const struct ir_value *p;

	expect(of(g, "VpnGateway"), "AmazonSideAsn", "64520");
	expect(of(g, "VpnGatewayAttachment"), "VpcId", "Vpc");
	expect(of(g, "VpnGatewayAttachment"), "VpnGatewayId", "VpnGateway");
	p = of(g, "RoutePropagation");
	cr_assert_eq(at(p, "RouteTableIds")->n, 2);
	expect(p, "RouteTableIds.0", "RouteTablePrivateUsEast1a");
	expect(p, "RouteTableIds.1", "RouteTablePrivateUsEast1b");
	expect_waiting(g, "AWS::EC2::VPNGatewayRoutePropagation", "VpnGatewayAttachment");
	cr_assert_eq(count_of(g, "AWS::EC2::TransitGatewayAttachment"), 0);
	arena_release(&a);
}

Test(hybrid, without_inner_subnets_it_writes_into_the_public_table)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a,
		"  AvailabilityZones: [us-east-1a]\n  NatGateway: NONE\n"
		"  Subnets:\n    - {Name: Door, Type: PUBLIC, CidrBlock: 10.0.0.0/24}\n",
		VIRTUAL VPN "  ResolverRules:\n"
			    "    - {DomainName: corp.example.com, TargetIps: [192.168.0.2]}\n");

	expect(of(g, "RoutePropagation"), "RouteTableIds.0", "RouteTablePublic");
	expect(of(g, "ResolverEndpoint"), "IpAddresses.0.SubnetId", "SubnetDoor");
	expect(of(g, "ResolverEndpoint"), "IpAddresses.1.SubnetId", "SubnetDoor");
	arena_release(&a);
}

Test(hybrid, a_transit_gateway_has_a_route_for_each_block_in_each_table)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, TRANSIT VPN);
	const struct ir_value *p = of(g, "TransitGatewayAttachment");

	expect(of(g, "TransitGateway"), "AmazonSideAsn", "64520");
	expect(p, "TransitGatewayId", "TransitGateway");
	expect(p, "VpcId", "Vpc");
	cr_assert_eq(at(p, "SubnetIds")->n, 2);
	expect(p, "SubnetIds.0", "SubnetWork");
	expect(p, "SubnetIds.1", "SubnetMore");
	cr_assert_str_eq(routes(&a, g),
			 "RouteTablePublic>192.168.0.0/16 RouteTablePublic>172.20.0.0/16 "
			 "RouteTablePrivateUsEast1a>192.168.0.0/16 "
			 "RouteTablePrivateUsEast1a>172.20.0.0/16 "
			 "RouteTablePrivateUsEast1b>192.168.0.0/16 "
			 "RouteTablePrivateUsEast1b>172.20.0.0/16 ");
	cr_assert_eq(count_of(g, "AWS::EC2::VPNGatewayRoutePropagation"), 0);
	expect(of(g, "VpnConnectionMain"), "TransitGatewayId", "TransitGateway");
	arena_release(&a);
}

Test(hybrid, existing_gateways_are_attached)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, EXISTING, EXISTING_VIRTUAL);

	expect(of(g, "VpnGatewayAttachment"), "VpnGatewayId", "vgw-0123456789abcdef0");
	expect(of(g, "RoutePropagation"), "RouteTableIds.1", "rtb-0123456789abcdef1");
	cr_assert_eq(count_of(g, "AWS::EC2::VPNGateway"), 0);
	g = graph(&a, EXISTING, EXISTING_TRANSIT);
	expect(of(g, "TransitGatewayAttachment"), "TransitGatewayId", "tgw-0123456789abcdef0");
	expect(of(g, "TransitGatewayAttachment"), "SubnetIds.0", "subnet-0123456789abcdef0");
	cr_assert_str_eq(routes(&a, g), "rtb-0123456789abcdef0>192.168.0.0/16 "
					"rtb-0123456789abcdef0>172.20.0.0/16 "
					"rtb-0123456789abcdef1>192.168.0.0/16 "
					"rtb-0123456789abcdef1>172.20.0.0/16 ");
	cr_assert_eq(count_of(g, "AWS::EC2::TransitGateway"), 0);
	arena_release(&a);
}

/* ---- Direct Connect ---- */

Test(hybrid, direct_connect_is_bound_by_its_id)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, MADE, VIRTUAL "  DirectConnect: {AmazonSideAsn: 64600}\n" VPN);
	const struct ir_value *p = of(g, "DirectConnectGatewayAssociation");

	expect(of(g, "DirectConnectGateway"), "AmazonSideAsn", "64600");
	expect(p, "DirectConnectGatewayId", "DirectConnectGateway.DirectConnectGatewayId");
	expect(p, "AssociatedGatewayId", "VpnGateway");
	cr_assert_eq(at(p, "AllowedPrefixesToDirectConnectGateway")->n, 2);
	expect(p, "AllowedPrefixesToDirectConnectGateway.0", "10.20.0.0/16");
	expect(p, "AllowedPrefixesToDirectConnectGateway.1", "10.21.0.0/16");
	expect_waiting(g, "AWS::DirectConnect::DirectConnectGatewayAssociation",
		       "VpnGatewayAttachment");
	g = graph(&a, EXISTING,
		  VIRTUAL "  DirectConnect: {DirectConnectGatewayId: "
			  "01234567-89ab-cdef-0123-456789abcdef}\n" VPN);
	p = of(g, "DirectConnectGatewayAssociation");
	expect(p, "DirectConnectGatewayId", "01234567-89ab-cdef-0123-456789abcdef");
	cr_assert_null(at(p, "AllowedPrefixesToDirectConnectGateway"));
	arena_release(&a);
}

Test(hybrid, virtual_interfaces_are_of_the_gateways_kind)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, TRANSIT DIRECT VPN);
	const struct ir_value *second = NULL;

	cr_assert_eq(count_of(g, "AWS::DirectConnect::TransitVirtualInterface"), 2);
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_starts(r->id, STR("TransitVirtualInterfaceDxconFg1234ab102")))
			second = r->properties;
	}
	expect(second, "VirtualInterfaceName", "vlan-102");
	expect(second, "Mtu", "8500");
	expect(second, "BgpPeers.0.Asn", "4200000001");
	expect(second, "BgpPeers.0.AmazonAddress", "169.254.255.1/30");
	expect(second, "BgpPeers.0.CustomerAddress", "169.254.255.2/30");
	cr_assert_null(at(second, "BgpPeers.0.AuthKey"));
	g = graph(&a, MADE, VIRTUAL DIRECT VPN);
	cr_assert_eq(count_of(g, "AWS::DirectConnect::PrivateVirtualInterface"), 2);
	arena_release(&a);
}

Test(hybrid, one_interface_is_a_list_of_one)
{
	struct arena a = {0};
	const char *row = "ConnectionId: dxcon-fg1234ab, Vlan: 101, BgpAsn: 65010";
	const struct ir *list = graph(
		&a, MADE,
		arena_fmt(&a, VIRTUAL "  DirectConnect: {VirtualInterfaces: [{%s}]}\n" VPN, row).s);
	const struct ir *one = graph(
		&a, MADE,
		arena_fmt(&a, VIRTUAL "  DirectConnect: {VirtualInterface: {%s}}\n" VPN, row).s);

	cr_assert(str_eq(only(list, "AWS::DirectConnect::PrivateVirtualInterface")->id,
			 only(one, "AWS::DirectConnect::PrivateVirtualInterface")->id));
	arena_release(&a);
}

/* ---- VPN ---- */

Test(hybrid, a_connection_has_two_tunnels_whatever_is_written)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, MADE,
		      VIRTUAL VPN "      Tunnels:\n        - {TunnelInsideCidr: 169.254.10.0/30, "
				  "StartupAction: start, LogEnabled: false}\n");
	const struct ir_value *p = of(g, "VpnConnectionMain");

	cr_assert_eq(at(p, "VpnTunnelOptionsSpecifications")->n, 2);
	expect(p, "VpnTunnelOptionsSpecifications.0.TunnelInsideCidr", "169.254.10.0/30");
	expect(p, "VpnTunnelOptionsSpecifications.0.StartupAction", "start");
	cr_assert_null(at(p, "VpnTunnelOptionsSpecifications.0.LogOptions"));
	cr_assert_null(at(p, "VpnTunnelOptionsSpecifications.1.TunnelInsideCidr"));
	expect(p, "VpnTunnelOptionsSpecifications.1.IKEVersions.0.Value", "ikev2");
	expect(p, "VpnTunnelOptionsSpecifications.1.LogOptions.CloudwatchLogOptions.LogGroupArn",
	       "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
	       "${VpnTunnelLogs}");
	expect(p, "StaticRoutesOnly", "false");
	expect(p, "PreSharedKeyStorage", "SecretsManager");
	cr_assert_null(at(p, "TunnelBandwidth"));
	g = graph(&a, MADE,
		  TRANSIT VPN "      Tunnels: [{LogEnabled: false}, "
			      "{TunnelBandwidth: large, LogEnabled: false}]\n");
	expect(of(g, "VpnConnectionMain"), "TunnelBandwidth", "large");
	cr_assert_eq(count_of(g, "AWS::Logs::LogGroup"), 0);
	arena_release(&a);
}

Test(hybrid, large_asns_have_a_property_of_their_own)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, MADE,
		      VIRTUAL "  VpnConnections:\n"
			      "    - {Name: A, CustomerGateway: {IpAddress: 203.0.113.10, "
			      "BgpAsn: 2147483647}}\n"
			      "    - {Name: B, CustomerGateway: {IpAddress: 203.0.113.11, "
			      "BgpAsn: 2147483648}}\n");

	expect(of(g, "CustomerGatewayA"), "BgpAsn", "2147483647");
	cr_assert_null(at(of(g, "CustomerGatewayA"), "BgpAsnExtended"));
	expect(of(g, "CustomerGatewayB"), "BgpAsnExtended", "2147483648");
	cr_assert_null(at(of(g, "CustomerGatewayB"), "BgpAsn"));
	expect(of(g, "CustomerGatewayB"), "DeviceName", "${AWS::StackName}-B");
	arena_release(&a);
}

Test(hybrid, static_routes_are_those_of_the_data_centre_or_written)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, VIRTUAL VPN STATIC);

	cr_assert_eq(count_of(g, "AWS::EC2::VPNConnectionRoute"), 2);
	g = graph(&a, MADE, VIRTUAL VPN STATIC "      StaticRoutes: [0.0.0.0/0]\n");
	expect(only(g, "AWS::EC2::VPNConnectionRoute")->properties, "DestinationCidrBlock",
	       "0.0.0.0/0");
	expect(only(g, "AWS::EC2::VPNConnectionRoute")->properties, "VpnConnectionId",
	       "VpnConnectionMain");
	expect(of(g, "VpnConnectionMain"), "StaticRoutesOnly", "true");
	g = graph(&a, MADE, VIRTUAL VPN);
	cr_assert_eq(count_of(g, "AWS::EC2::VPNConnectionRoute"), 0);
	arena_release(&a);
}

Test(hybrid, an_alarm_tells_who_is_to_hear_of_it)
{
	struct arena a = {0};
	const struct ir *g =
		graph(&a, MADE, VIRTUAL VPN "Notifications: {Emails: [net@example.com]}\n");
	const struct ir_value *p = of(g, "VpnDownMain");

	expect(p, "Dimensions.0.Value", "VpnConnectionMain");
	expect(p, "Statistic", "Maximum");
	expect(p, "Threshold", "1");
	expect(p, "ComparisonOperator", "LessThanThreshold");
	expect(p, "AlarmActions.0", "Topic");
	g = graph(&a, MADE, VIRTUAL VPN);
	cr_assert_null(at(of(g, "VpnDownMain"), "AlarmActions"));
	arena_release(&a);
}

/* ---- what the account is asked ---- */

static const struct ir_value *statement(const struct ir *g, const char *sid)
{
	const struct ir_value *all =
		at(of(g, "LifecycleRole"), "Policies.0.PolicyDocument.Statement");
	struct arena a = {0};
	const struct ir_value *found = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(text_at(&a, all->items[i], "Sid"), sid) == 0)
			found = all->items[i];
	cr_assert_not_null(found, "%s", sid);
	arena_release(&a);
	return found;
}

Test(hybrid, a_key_is_read_by_a_look_up)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE,
				   VIRTUAL "  DirectConnect: {VirtualInterfaces: ["
					   "{ConnectionId: dxcon-fg1234ab, Vlan: 1, BgpAsn: 65010, "
					   "AuthKeyParameter: /hpc/bgp-key},"
					   "{ConnectionId: dxcon-fg1234ac, Vlan: 1, BgpAsn: 65010, "
					   "AuthKeyParameter: other}]}\n" VPN);
	const struct ir_value *read = statement(g, "ReadKey"),
			      *decrypt = statement(g, "DecryptKey");
	size_t keys = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;
		const struct ir_value *key = at(r->properties, "BgpPeers.0.AuthKey");

		if (key == NULL)
			continue;
		cr_assert_eq(key->kind, IR_GETATT);
		cr_assert(str_eq(key->attribute, STR("Key")));
		cr_assert_not_null(at(of(g, arena_str(&a, key->text).s), "KeyParameter"));
		keys++;
	}
	cr_assert_eq(keys, 2);
	expect(read, "Resource.0",
	       "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/hpc/bgp-key");
	expect(read, "Resource.1",
	       "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/other");
	expect(decrypt, "Condition.StringEquals.kms:ViaService",
	       "ssm.${AWS::Region}.${AWS::URLSuffix}");
	arena_release(&a);
}

Test(hybrid, static_routes_of_a_transit_gateway_stand_in_its_table)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, TRANSIT VPN STATIC);
	const struct ir_value *p = of(g, "LookupTransitMain");
	size_t n = 0;

	expect(p, "TransitGatewayId", "TransitGateway");
	expect(p, "VpcId", "Vpc");
	expect(p, "VpnConnectionId", "VpnConnectionMain");
	cr_assert(waits_for(ir_find(g, STR("LookupTransitMain")), STR("TransitGatewayAttachment")));
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (!str_eq(r->type, STR("AWS::EC2::TransitGatewayRoute")))
			continue;
		expect(r->properties, "TransitGatewayRouteTableId", "LookupTransitMain.Table");
		expect(r->properties, "TransitGatewayAttachmentId", "LookupTransitMain.Attachment");
		n++;
	}
	cr_assert_eq(n, 2);
	cr_assert_eq(count_of(g, "AWS::EC2::VPNConnectionRoute"), 0);
	/* Who asks nothing has no function. */
	g = graph(&a, MADE, TRANSIT VPN);
	cr_assert_eq(count_of(g, "AWS::Lambda::Function"), 0);
	arena_release(&a);
}

/* ---- names ---- */

Test(hybrid, questions_go_to_the_name_servers_alone)
{
	struct arena a = {0};
	const struct ir *g = graph(
		&a, MADE,
		VIRTUAL VPN
		"  ResolverRules:\n"
		"    - {DomainName: corp.example.com, TargetIps: [192.168.0.2, 192.168.0.3]}\n"
		"    - {DomainName: lab.example.com, TargetIps: [192.168.0.2]}\n");
	const struct ir_value *p = of(g, "ResolverSecurityGroup");

	cr_assert_eq(at(p, "SecurityGroupEgress")->n, 4);
	expect(p, "SecurityGroupEgress.0.CidrIp", "192.168.0.2/32");
	expect(p, "SecurityGroupEgress.1.IpProtocol", "udp");
	cr_assert_null(at(p, "SecurityGroupIngress"));
	p = of(g, "ResolverEndpoint");
	cr_assert_eq(at(p, "IpAddresses")->n, 2);
	expect(p, "IpAddresses.0.SubnetId", "SubnetWork");
	expect(p, "IpAddresses.1.SubnetId", "SubnetMore");
	cr_assert_eq(count_of(g, "AWS::Route53Resolver::ResolverRule"), 2);
	cr_assert_eq(count_of(g, "AWS::Route53Resolver::ResolverRuleAssociation"), 2);
	arena_release(&a);
}

/* ---- outputs ---- */

static void expect_output(const struct ir *g, const char *name, const char *want)
{
	const struct ir_output *o = map_get(&g->outputs, str_c(name));

	cr_assert_not_null(o, "%s", name);
	cr_assert(str_eq(o->value->text, str_c(want)), STR_F, STR_A(o->value->text));
}

Test(hybrid, ids_are_given_out)
{
	struct arena a = {0};
	const struct ir *g = graph(&a, MADE, VIRTUAL DIRECT VPN);

	expect_output(g, "VpnGatewayId", "VpnGateway");
	expect_output(g, "DirectConnectGatewayId", "DirectConnectGateway");
	expect_output(g, "Main", "VpnConnectionMain");
	expect_output(graph(&a, MADE, TRANSIT VPN), "TransitGatewayId", "TransitGateway");
	expect_output(graph(&a, EXISTING, EXISTING_TRANSIT), "TransitGatewayId",
		      "tgw-0123456789abcdef0");
	arena_release(&a);
}

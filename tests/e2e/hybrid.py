#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ways to a data centre on the tests' own AWS: each is deployed, looked at through the API, and deleted. What the stack
asks the account for, keys of BGP sessions and the attachments of a transit gateway, is answered by its own function.
usage: hybrid.py HPCC; prints TAP.
"""
import json

from common import Tap, hpcc, in_venv

in_venv("boto3")

from world import World  # noqa: E402

REGION = "eu-west-1"
NETWORK = """Kind: Environment
Region: eu-west-1
Network:
  CidrBlock: 10.20.0.0/16
  Subnets:
    - {Name: WorkA, Type: ISOLATED, AvailabilityZone: eu-west-1a, CidrBlock: 10.20.0.0/18}
    - {Name: WorkB, Type: ISOLATED, AvailabilityZone: eu-west-1b, CidrBlock: 10.20.64.0/18}
HybridNetwork:
  OnPremisesCidrs: [192.168.0.0/16, 172.20.0.0/16]
"""
VIRTUAL = NETWORK + """
  Gateway: {AmazonSideAsn: 64520}
  DirectConnect:
    VirtualInterface: {ConnectionId: dxcon-fg1234ab, Vlan: 101, BgpAsn: 65000, AuthKeyParameter: /hpc/bgp-key}
  VpnConnections:
    - {Name: Backup, CustomerGateway: {IpAddress: 203.0.113.10, BgpAsn: 65010}}
  ResolverRules:
    - {DomainName: corp.example.com, TargetIps: [192.168.0.2]}
Notifications: {Emails: [network@example.com]}
"""
TRANSIT = NETWORK + """
  Gateway: {Type: TRANSIT_GATEWAY, AmazonSideAsn: 64520}
  VpnConnections:
    - {Name: Main, CustomerGateway: {IpAddress: 203.0.113.10}, StaticRoutesOnly: true}
"""


class Stack:
    """A deployed environment."""

    def __init__(self, world, name):
        self.api, self.name = world.client("cloudformation", REGION), name

    def deploy(self, text):
        body = hpcc("-", "--quiet", "--minify", input=text.encode()).stdout.decode()
        known = any(s["StackName"] == self.name for s in self.api.describe_stacks()["Stacks"])
        call = self.api.update_stack if known else self.api.create_stack
        call(StackName=self.name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        return self.api.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]

    def ids(self):
        found = self.api.list_stack_resources(StackName=self.name)["StackResourceSummaries"]
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}

    def outputs(self):
        return {o["OutputKey"]: o["OutputValue"] for o in self.api.describe_stacks(StackName=self.name)["Stacks"][0]["Outputs"]}

    def delete(self):
        self.api.delete_stack(StackName=self.name)
        return [s["StackStatus"] for s in self.api.describe_stacks()["Stacks"] if s["StackName"] == self.name]


def recorded(world, kind):
    return [r["properties"] for r in world.get("recorded") if r["type"] == kind]


def virtual(tap, world):
    ec2, stack = world.client("ec2", REGION), Stack(world, "virtual")
    world.client("ssm", REGION).put_parameter(Name="/hpc/bgp-key", Value="known-to-two", Type="SecureString")
    tap.equal(stack.deploy(VIRTUAL), "CREATE_COMPLETE", "a virtual private gateway is deployed")
    ids, outputs = stack.ids(), stack.outputs()
    gateway = ec2.describe_vpn_gateways(VpnGatewayIds=[ids["VpnGateway"]])["VpnGateways"][0]
    tap.equal(([a["VpcId"] for a in gateway["VpcAttachments"]], outputs["VpnGatewayId"]), ([ids["Vpc"]], ids["VpnGateway"]),
              "it is attached, and told")
    peers = [p["BgpPeers"] for p in recorded(world, "AWS::DirectConnect::PrivateVirtualInterface")]
    tap.equal([p["AuthKey"] for p in peers[0]], ["known-to-two"], "the key of the BGP session is the SecureString")
    template = json.dumps(stack.api.get_template(StackName="virtual")["TemplateBody"])
    tap.ok("known-to-two" not in template, "which is not in the template", template)
    said = [c["answer"] for c in world.get("calls") if "KeyParameter" in c["event"]["ResourceProperties"]]
    tap.equal([s["NoEcho"] for s in said], [True], "nor shown by CloudFormation")
    vpn = ec2.describe_vpn_connections(VpnConnectionIds=[outputs["Backup"]])["VpnConnections"][0]
    tap.equal(vpn["VpnGatewayId"], ids["VpnGateway"], "the VPN ends at the gateway")
    alarm = recorded(world, "AWS::CloudWatch::Alarm")[0]
    tap.equal((alarm["MetricName"], alarm["Dimensions"][0]["Value"], alarm["AlarmActions"]),
              ("TunnelState", outputs["Backup"], [ids["Topic"]]), "an alarm watches it")
    endpoint = world.client("route53resolver", REGION).list_resolver_endpoints()["ResolverEndpoints"][0]
    tap.equal((endpoint["Direction"], endpoint["IpAddressCount"]), ("OUTBOUND", 2), "names are asked for")
    tap.equal(stack.delete(), [], "it is deleted")
    left = [g for g in ec2.describe_vpn_gateways()["VpnGateways"] if g["State"] != "deleted"]
    tap.equal((left, recorded(world, "AWS::DirectConnect::PrivateVirtualInterface")), ([], []), "and nothing that costs is left")


def transit(tap, world):
    ec2, stack = world.client("ec2", REGION), Stack(world, "transit")
    tap.equal(stack.deploy(TRANSIT), "CREATE_COMPLETE", "a transit gateway is deployed")
    ids, outputs = stack.ids(), stack.outputs()
    tables = ec2.describe_route_tables(RouteTableIds=[ids["RouteTableIsolated"]])["RouteTables"][0]["Routes"]
    tap.equal(sorted(r["DestinationCidrBlock"] for r in tables if r.get("TransitGatewayId") == outputs["TransitGatewayId"]),
              ["172.20.0.0/16", "192.168.0.0/16"], "the VPC has routes to it")
    found = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    attached = {a["ResourceType"]: a for a in found if a["State"] == "available"}
    table = attached["vpc"]["Association"]["TransitGatewayRouteTableId"]
    routes = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=[{"Name": "type", "Values": ["static"]}])["Routes"]
    tap.equal(sorted(r["DestinationCidrBlock"] for r in routes), ["172.20.0.0/16", "192.168.0.0/16"], "its table has routes")
    tap.equal({r["TransitGatewayAttachmentId"] for r in recorded(world, "AWS::EC2::TransitGatewayRoute")},
              {attached["vpn"]["TransitGatewayAttachmentId"]}, "which lead to the VPN")
    tap.equal(attached["vpn"]["ResourceId"], outputs["Main"], "that the stack tells of")
    tap.equal(stack.delete(), [], "it is deleted")


def main():
    tap, world = Tap(), World()
    virtual(tap, world)
    transit(tap, world)
    world.end()
    tap.end()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tests' own AWS makes the types of a network and its storage: a template with each of them is deployed, read back
through the API of its service, updated, and deleted in order; what is retained stays.
usage: moto_types.py; prints TAP.
"""
import ipaddress
import json

from common import Tap, in_venv

in_venv("boto3")

from world import ACCOUNT, World  # noqa: E402

REGION = "us-west-2"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO5K4tmSl7ZhLFqLIhI4UCLBZl0hPBQGKoVyJQ0PCPkO test"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                                                 "Action": "sts:AssumeRole"}]}


def everyone(action, resource, effect="Deny"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Principal": "*", "Action": action,
                                                    "Resource": resource}]}


def ref(name):
    return {"Ref": name}


def att(name, attribute):
    return {"Fn::GetAtt": [name, attribute]}


def subnet(cidr, zone, **more):
    return ("AWS::EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": cidr, "AvailabilityZone": REGION + zone, **more})


NETWORK = {
    "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": True, "EnableDnsHostnames": True}),
    "More": ("AWS::EC2::VPCCidrBlock", {"VpcId": ref("Vpc"), "CidrBlock": "10.1.0.0/16"}),
    "Igw": ("AWS::EC2::InternetGateway", {}),
    "IgwAttachment": ("AWS::EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Igw")}),
    "Six": ("AWS::EC2::VPCCidrBlock", {"VpcId": ref("Vpc"), "AmazonProvidedIpv6CidrBlock": True}),
    "Public": (*subnet("10.0.0.0/24", "a", MapPublicIpOnLaunch=True, Ipv6CidrBlock={"Fn::Select": [
        1, {"Fn::Cidr": [{"Fn::Select": [0, att("Vpc", "Ipv6CidrBlocks")]}, 6, 64]}]}), "Six"),
    "Private": (*subnet("10.1.0.0/19", "b"), "More"),
    "Table": ("AWS::EC2::RouteTable", {"VpcId": ref("Vpc")}),
    "Route": ("AWS::EC2::Route", {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0",
                                  "GatewayId": ref("Igw")}, "IgwAttachment"),
    "InTable": ("AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": ref("Public"), "RouteTableId": ref("Table")}),
    "Address": ("AWS::EC2::EIP", {"Domain": "vpc"}),
    "Nat": ("AWS::EC2::NatGateway", {"SubnetId": ref("Public"), "AllocationId": att("Address", "AllocationId")}),
    "RegionalNat": ("AWS::EC2::NatGateway", {"AvailabilityMode": "regional", "VpcId": ref("Vpc")}),
    "EgressOnly": ("AWS::EC2::EgressOnlyInternetGateway", {"VpcId": ref("Vpc")}),
    "OutwardSix": ("AWS::EC2::Route", {"RouteTableId": ref("Table"), "DestinationIpv6CidrBlock": "::/0",
                                       "EgressOnlyInternetGatewayId": ref("EgressOnly")}),
    "PrivateTable": ("AWS::EC2::RouteTable", {"VpcId": ref("Vpc")}),
    "RegionalRoute": ("AWS::EC2::Route", {"RouteTableId": ref("PrivateTable"), "DestinationCidrBlock": "0.0.0.0/0",
                                          "NatGatewayId": ref("RegionalNat")}),
    "S3Endpoint": ("AWS::EC2::VPCEndpoint", {"VpcId": ref("Vpc"), "VpcEndpointType": "Gateway", "RouteTableIds": [ref("Table")],
                                             "ServiceName": f"com.amazonaws.{REGION}.s3"}),
    "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "cluster", "VpcId": ref("Vpc")}),
    "LogsEndpoint": ("AWS::EC2::VPCEndpoint", {
        "VpcId": ref("Vpc"), "VpcEndpointType": "Interface", "SubnetIds": [ref("Private")], "PrivateDnsEnabled": True,
        "SecurityGroupIds": [ref("Group")], "ServiceName": f"com.amazonaws.{REGION}.logs"}),
    "Options": ("AWS::EC2::DHCPOptions", {"DomainName": "example.com", "DomainNameServers": ["192.168.0.2"]}),
    "InOptions": ("AWS::EC2::VPCDHCPOptionsAssociation", {"VpcId": ref("Vpc"), "DhcpOptionsId": ref("Options")}),
    "FlowLogs": ("AWS::Logs::LogGroup", {"RetentionInDays": 90}),
    "FlowRole": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST}),
    "Flow": ("AWS::EC2::FlowLog", {"ResourceType": "VPC", "ResourceId": ref("Vpc"), "TrafficType": "REJECT",
                                   "LogGroupName": ref("FlowLogs"), "DeliverLogsPermissionArn": att("FlowRole", "Arn")}),
    "Outbound": ("AWS::Route53Resolver::ResolverEndpoint", {
        "Direction": "OUTBOUND", "SecurityGroupIds": [ref("Group")],
        "IpAddresses": [{"SubnetId": ref("Public")}, {"SubnetId": ref("Private")}]}),
    "Rule": ("AWS::Route53Resolver::ResolverRule", {"RuleType": "FORWARD", "DomainName": "corp.example.com",
                                                    "ResolverEndpointId": att("Outbound", "ResolverEndpointId"),
                                                    "TargetIps": [{"Ip": "192.168.0.2"}]}),
    "InRule": ("AWS::Route53Resolver::ResolverRuleAssociation", {"ResolverRuleId": att("Rule", "ResolverRuleId"),
                                                                 "VPCId": ref("Vpc")}),
}
HYBRID = {
    "Gateway": ("AWS::EC2::VPNGateway", {"Type": "ipsec.1", "AmazonSideAsn": 64512}),
    "GatewayAttachment": ("AWS::EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "VpnGatewayId": ref("Gateway")}),
    "Propagation": ("AWS::EC2::VPNGatewayRoutePropagation", {"RouteTableIds": [ref("Table")], "VpnGatewayId": ref("Gateway")},
                    "GatewayAttachment"),
    "Customer": ("AWS::EC2::CustomerGateway", {"Type": "ipsec.1", "IpAddress": "203.0.113.10", "BgpAsn": 65010}),
    "Vpn": ("AWS::EC2::VPNConnection", {"Type": "ipsec.1", "CustomerGatewayId": ref("Customer"), "StaticRoutesOnly": True,
                                        "VpnGatewayId": ref("Gateway")}),
    "VpnRoute": ("AWS::EC2::VPNConnectionRoute", {"VpnConnectionId": ref("Vpn"), "DestinationCidrBlock": "192.168.0.0/16"}),
    "Transit": ("AWS::EC2::TransitGateway", {"Description": "hybrid", "AmazonSideAsn": 64520}),
    "Attached": ("AWS::EC2::TransitGatewayAttachment", {"TransitGatewayId": ref("Transit"), "VpcId": ref("Vpc"),
                                                        "SubnetIds": [ref("Private")]}),
    "OverTransit": ("AWS::EC2::Route", {"RouteTableId": ref("Table"), "DestinationCidrBlock": "192.168.0.0/16",
                                        "TransitGatewayId": ref("Transit")}, "Attached"),
    "Direct": ("AWS::DirectConnect::DirectConnectGateway", {"DirectConnectGatewayName": "hybrid"}),
}
STORAGE = {
    "Key": ("AWS::KMS::Key", {"EnableKeyRotation": True, "KeyPolicy": everyone("kms:*", "*", "Allow")}),
    "Alias": ("AWS::KMS::Alias", {"AliasName": "alias/hpc", "TargetKeyId": ref("Key")}),
    "Data": ("AWS::S3::Bucket", {
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True,
                                           "RestrictPublicBuckets": True},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": att("Key", "Arn")}}]},
        "LifecycleConfiguration": {"Rules": [
            {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
            {"Status": "Enabled", "Prefix": "old/", "ExpirationInDays": 30,
             "Transitions": [{"TransitionInDays": 10, "StorageClass": "GLACIER_IR"}]}]}}),
    "DataPolicy": ("AWS::S3::BucketPolicy", {"Bucket": ref("Data"), "PolicyDocument": everyone("s3:*", att("Data", "Arn"))}),
    "Pair": ("AWS::EC2::KeyPair", {"KeyName": "admin", "PublicKeyMaterial": KEY}),
    "Topic": ("AWS::SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"}),
    "Mail": ("AWS::SNS::Subscription", {"TopicArn": ref("Topic"), "Protocol": "email", "Endpoint": "a@example.com"}),
    "TopicPolicy": ("AWS::SNS::TopicPolicy", {"Topics": [ref("Topic")],
                                              "PolicyDocument": everyone("sns:Publish", ref("Topic"), "Allow")}),
    "Budget": ("AWS::Budgets::Budget", {
        "Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 500, "Unit": "USD"}},
        "NotificationsWithSubscribers": [{
            "Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80},
            "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}]}]}),
}
RETAINED = ("Vpc", "Data", "Key")


def template(rows, **policies):
    resources = {}
    for name, (kind, properties, *after) in rows.items():
        resources[name] = {"Type": kind, "Properties": properties, **({"DependsOn": after} if after else {})}
        if name in policies:
            resources[name].update(DeletionPolicy=policies[name], UpdateReplacePolicy="Retain")
    outputs = {name: {"Value": ref(name), "Export": {"Name": f"ground-{name}"}} for name in rows}
    return {"Resources": resources, "Outputs": outputs}


class Stack:
    """A stack of this world, and the names its resources got."""

    def __init__(self, world, name):
        self.api, self.name = world.client("cloudformation", REGION), name

    def put(self, body):
        known = any(s["StackName"] == self.name for s in self.api.describe_stacks()["Stacks"])
        call = self.api.update_stack if known else self.api.create_stack
        call(StackName=self.name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_NAMED_IAM"])
        return self

    def status(self):
        return self.api.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]

    def outputs(self):
        return {o["OutputKey"]: o["OutputValue"] for o in self.api.describe_stacks(StackName=self.name)["Stacks"][0]["Outputs"]}

    def delete(self):
        self.api.delete_stack(StackName=self.name)
        return [s["StackStatus"] for s in self.api.describe_stacks()["Stacks"] if s["StackName"] == self.name]


def network(tap, world, ids):
    ec2, resolver = world.client("ec2", REGION), world.client("route53resolver", REGION)
    vpc = ec2.describe_vpcs(VpcIds=[ids["Vpc"]])["Vpcs"][0]
    tap.equal(sorted(b["CidrBlock"] for b in vpc["CidrBlockAssociationSet"]), ["10.0.0.0/16", "10.1.0.0/16"], "blocks of a VPC")
    tap.equal(vpc["DhcpOptionsId"], ids["Options"], "DHCP options of a VPC")
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        found = ec2.describe_vpc_attribute(VpcId=ids["Vpc"], Attribute=name)
        tap.ok(found[name[0].upper() + name[1:]]["Value"], name, found)
    found = {s["SubnetId"]: s for s in ec2.describe_subnets(SubnetIds=[ids["Public"], ids["Private"]])["Subnets"]}
    tap.equal([found[ids[name]]["MapPublicIpOnLaunch"] for name in ("Public", "Private")], [True, False], "public addresses")
    blocks = [found[ids["Public"]]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"],
              vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]]
    tap.ok(ipaddress.ip_network(blocks[0]).subnet_of(ipaddress.ip_network(blocks[1])), "IPv6 of a subnet", blocks)
    routes = ec2.describe_route_tables(RouteTableIds=[ids["Table"]])["RouteTables"][0]["Routes"]
    tap.equal([r.get("EgressOnlyInternetGatewayId") for r in routes if r.get("DestinationIpv6CidrBlock") == "::/0"],
              [ids["EgressOnly"]], "IPv6 route")
    tap.equal(ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"][0]["EgressOnlyInternetGatewayId"],
              ids["EgressOnly"], "egress-only gateway")
    found = {e["VpcEndpointId"]: e for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    tap.equal([found[ids[name]]["VpcEndpointType"] for name in ("S3Endpoint", "LogsEndpoint")], ["Gateway", "Interface"],
              "endpoints")
    tap.equal(ec2.describe_flow_logs()["FlowLogs"][0]["TrafficType"], "REJECT", "flow log")
    tap.equal(resolver.list_resolver_rule_associations()["ResolverRuleAssociations"][0]["VPCId"], ids["Vpc"], "rule of a VPC")
    tap.equal(resolver.get_resolver_rule(ResolverRuleId=ids["Rule"])["ResolverRule"]["TargetIps"][0]["Ip"], "192.168.0.2",
              "target of a rule")


def hybrid(tap, world, ids):
    ec2 = world.client("ec2", REGION)
    gateway = ec2.describe_customer_gateways(CustomerGatewayIds=[ids["Customer"]])["CustomerGateways"][0]
    tap.equal((gateway["IpAddress"], gateway["BgpAsn"]), ("203.0.113.10", "65010"), "customer gateway")
    vpn = ec2.describe_vpn_connections(VpnConnectionIds=[ids["Vpn"]])["VpnConnections"][0]
    tap.equal((vpn["CustomerGatewayId"], vpn["VpnGatewayId"]), (ids["Customer"], ids["Gateway"]), "VPN connection")
    found = ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"][0]
    tap.equal((found["TransitGatewayAttachmentId"], found["SubnetIds"]), (ids["Attached"], [ids["Private"]]), "transit gateway")
    tap.equal({r["type"] for r in world.get("recorded") if r["type"].startswith(("AWS::DirectConnect", "AWS::EC2::VPNC"))},
              {"AWS::DirectConnect::DirectConnectGateway", "AWS::EC2::VPNConnection", "AWS::EC2::VPNConnectionRoute"},
              "what no API of moto has is recorded")


def storage(tap, world, ids):
    s3, sns, budgets = (world.client(name, REGION) for name in ("s3", "sns", "budgets"))
    bucket = {"Bucket": ids["Data"]}
    tap.equal(s3.get_bucket_versioning(**bucket)["Status"], "Enabled", "versions")
    tap.equal(set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()), {True}, "public access")
    tap.equal(s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
              "BucketOwnerEnforced", "ACLs are off")
    rules = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    tap.equal((rules[0]["AbortIncompleteMultipartUpload"], rules[1]["Expiration"], rules[1]["Transitions"][0]["Days"]),
              ({"DaysAfterInitiation": 7}, {"Days": 30}, 10), "lifecycle")
    tap.equal(json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"][0]["Effect"], "Deny", "bucket policy")
    found = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    tap.equal(found["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms", "encryption")
    tap.ok(world.client("kms", REGION).get_key_rotation_status(KeyId=ids["Key"])["KeyRotationEnabled"], "key is rotated", ids)
    tap.equal(world.client("ec2", REGION).describe_key_pairs()["KeyPairs"][0]["KeyName"], "admin", "key pair")
    tap.equal([s["Endpoint"] for s in sns.list_subscriptions_by_topic(TopicArn=ids["Topic"])["Subscriptions"]],
              ["a@example.com"], "subscription")
    found = sns.get_topic_attributes(TopicArn=ids["Topic"])["Attributes"]
    tap.equal((json.loads(found["Policy"])["Statement"][0]["Action"], found["KmsMasterKeyId"]),
              ("sns:Publish", "alias/aws/sns"), "topic")
    found = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=ids["Budget"])["Budget"]
    tap.equal(float(found["BudgetLimit"]["Amount"]), 500.0, "budget")


def retention(tap, world, ground):
    ec2, ids = world.client("ec2", REGION), ground.outputs()
    user = Stack(world, "user").put({"Resources": {
        "Kept": {"Type": "AWS::EC2::SecurityGroup", "DeletionPolicy": "Retain", "Properties": {
            "GroupDescription": "user", "VpcId": {"Fn::ImportValue": "ground-Vpc"}}},
        "Gone": {"Type": "AWS::SNS::Topic", "Properties": {}}}})
    tap.equal(ground.delete(), ["DELETE_FAILED"], "a stack whose exports are imported is not deleted")
    tap.ok(ec2.describe_transit_gateways()["TransitGateways"], "and nothing of it is gone", "")
    user.put({"Resources": {"Gone": {"Type": "AWS::SNS::Topic", "Properties": {}}}})
    groups = [g["Description"] for g in ec2.describe_security_groups()["SecurityGroups"]]
    tap.ok("user" in groups, "what an update takes out stays when it is retained", groups)
    tap.equal(user.delete() + ground.delete(), [], "then both are deleted")
    tap.equal([b["Name"] for b in world.client("s3", REGION).list_buckets()["Buckets"]], [ids["Data"]], "a retained bucket stays")
    tap.ok(ec2.describe_vpcs(VpcIds=[ids["Vpc"]])["Vpcs"], "a retained network stays", "")
    tap.equal((ec2.describe_key_pairs()["KeyPairs"], ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"],
               world.client("budgets", REGION).describe_budgets(AccountId=ACCOUNT)["Budgets"],
               [r["id"] for r in world.get("recorded") if r["id"] not in RETAINED]),
              ([], [], [], []), "the rest is gone")


def main():
    tap, world = Tap(), World()
    rows = {**NETWORK, **HYBRID, **STORAGE}
    body = template(rows, **dict.fromkeys(RETAINED, "RetainExceptOnCreate"))
    ground = Stack(world, "ground").put(body)
    tap.equal(ground.status(), "CREATE_COMPLETE", f"{len(rows)} resources are made")
    ids = ground.outputs()
    network(tap, world, ids)
    hybrid(tap, world, ids)
    storage(tap, world, ids)
    body["Resources"]["Public"]["Properties"]["MapPublicIpOnLaunch"] = False
    ground.put(body)
    tap.equal({name: value for name, value in ground.outputs().items() if ids[name] != value}, {}, "an update keeps the names")
    tap.equal(world.client("ec2", REGION).describe_subnets(SubnetIds=[ids["Public"]])["Subnets"][0]["MapPublicIpOnLaunch"],
              False, "and changes what was edited")
    retention(tap, world, ground)
    world.end()
    tap.end()


if __name__ == "__main__":
    main()

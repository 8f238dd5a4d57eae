#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every property of an environment's own sections has its effect: two files that differ in it alone give two templates.

The sections and their properties are those of stdlib/schema: one without a row here fails. From one template to the other no
logical id has another type, which CloudFormation refuses. Where the new resource would claim what the old one still has, the
column `update` says TAKE_OUT_FIRST, and says it nowhere else.
usage: effects.py HPCC; prints TAP.
"""
import json
import os
import sys

from common import ROOT, Tap, create_only, hpcc, in_venv

in_venv("cfnlint", pinned=True)
import yaml  # noqa: E402 - after the right interpreter is found

NEW = {"CidrBlock": "10.0.0.0/16", "AvailabilityZones": ["us-east-1a"], "Subnets": [
    {"Name": "Door", "Type": "PUBLIC", "CidrBlock": "10.0.0.0/24"},
    {"Name": "Work", "Type": "PRIVATE", "CidrBlock": "10.0.1.0/24"}]}
EXISTING = {"VpcId": "vpc-0123456789abcdef0", "Subnets": [
    {"Name": "Door", "Type": "PUBLIC", "SubnetId": "subnet-0123456789abcdef0"},
    {"Name": "Work", "Type": "PRIVATE", "SubnetId": "subnet-0123456789abcdef1"}]}
LOGS = {"FlowLogs": {"Enabled": True}}
TO_BUCKET = {"FlowLogs": {"Enabled": True, "Destination": "S3", "Bucket": "Records"}}
INTERFACE = {"Endpoints": {"Interfaces": ["ec2"]}}
GROUP = {"Name": "A", "AllowEgress": False, "Ingress": [{"FromPort": 22, "CidrIp": "10.0.0.0/8"}]}
RULE = ["SecurityGroups", 0, "Ingress", 0]

VIF = {"ConnectionId": "dxcon-fg1234ab", "Vlan": 101, "BgpAsn": 65000, "AmazonAddress": "169.254.255.1/30",
       "CustomerAddress": "169.254.255.2/30"}
JUMBO = {"VirtualInterface": VIF, "AllowedPrefixes": ["10.0.0.0/16"]}
VPN = {"Name": "Backup", "CustomerGateway": {"IpAddress": "203.0.113.10"}}
STATIC = {**VPN, "StaticRoutesOnly": True}
TUNNEL = [{"TunnelInsideCidr": "169.254.10.0/30"}]
TRANSIT = {"Type": "TRANSIT_GATEWAY"}
RULE_OF_NAMES = {"DomainName": "corp.example.com", "TargetIps": ["192.168.0.2"]}
ALIAS = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def way(gateway=None, direct=None, vpn=None, names=None):
    """A section HybridNetwork."""
    return {"HybridNetwork": {"OnPremisesCidrs": ["192.168.0.0/16"], "Gateway": gateway or {"Type": "VIRTUAL_PRIVATE_GATEWAY"},
                              **({"DirectConnect": direct} if direct is not None else {}),
                              **({"ResolverRules": [names]} if names else {}), "VpnConnections": [vpn or VPN]}}


HYBRID, CONNECTION, RULES = "HybridNetwork", ["HybridNetwork", "VpnConnections", 0], ["Buckets", 0, "Lifecycle"]
DIRECT, BUDGET = ["HybridNetwork", "DirectConnect"], {"Budget": {"Amount": 100, "Emails": ["a@example.com"]}}
LARGE = [{"TunnelBandwidth": "large"}, {"TunnelBandwidth": "large"}]
OLD = {"Buckets": [{"Name": "Records", "Lifecycle": [{"TransitionInDays": 30, "StorageClass": "GLACIER"}]}]}

# (section, property): what stands beside it below Network, where it stands below Network, or in the file, another value, and
# what else stands in the file. A value of None takes the property out.
ROWS = {
    ("Bucket", "Name"): (NEW, ["Buckets", 1, "Name"], "Third"),
    ("Bucket", "BucketName"): (NEW, ["Buckets", 0, "BucketName"], "amzn-s3-demo-bucket"),
    ("Bucket", "Versioning"): (NEW, ["Buckets", 0, "Versioning"], True),
    ("Bucket", "KmsKeyId"): (NEW, ["Buckets", 0, "KmsKeyId"], ALIAS),
    ("Bucket", "Lifecycle"): (NEW, RULES, [{"ExpirationInDays": 9}]),
    ("Bucket", "DeletionPolicy"): (NEW, ["Buckets", 0, "DeletionPolicy"], "Delete"),
    ("LifecycleRule", "Prefix"): (NEW, [*RULES, 0, "Prefix"], "old/", OLD),
    ("LifecycleRule", "TransitionInDays"): (NEW, [*RULES, 0, "TransitionInDays"], 60, OLD),
    ("LifecycleRule", "StorageClass"): (NEW, [*RULES, 0, "StorageClass"], "DEEP_ARCHIVE", OLD),
    ("LifecycleRule", "ExpirationInDays"): (NEW, [*RULES, 0, "ExpirationInDays"], 365, OLD),
    ("LifecycleRule", "NoncurrentVersionExpirationInDays"): (NEW, [*RULES, 0, "NoncurrentVersionExpirationInDays"], 9, OLD),
    ("LifecycleRule", "AbortIncompleteMultipartUploadInDays"): (NEW, [*RULES, 0, "AbortIncompleteMultipartUploadInDays"], 3, OLD),
    ("KmsKey", "Alias"): (NEW, ["KmsKey", "Alias"], "alias/other", {"KmsKey": {}}),
    ("KmsKey", "EnableKeyRotation"): (NEW, ["KmsKey", "EnableKeyRotation"], False, {"KmsKey": {}}),
    ("KmsKey", "PendingWindowInDays"): (NEW, ["KmsKey", "PendingWindowInDays"], 7, {"KmsKey": {}}),
    # A key stays with what is kept under it.
    ("KmsKey", "DeletionPolicy"): (NEW, ["KmsKey", "DeletionPolicy"], "Delete",
                                   {"KmsKey": {}, "Buckets": [{"Name": "Records", "DeletionPolicy": "Delete"}]}),
    ("KeyPair", "KeyName"): (NEW, ["KeyPair", "KeyName"], "other", {"KeyPair": {"KeyName": "key"}}),
    ("KeyPair", "PublicKeyMaterial"): (NEW, ["KeyPair", "PublicKeyMaterial"],
                                       "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
                                       {"KeyPair": {"KeyName": "key"}}),
    ("KeyPair", "KeyType"): (NEW, ["KeyPair", "KeyType"], "rsa", {"KeyPair": {"KeyName": "key"}}),
    (HYBRID, "Gateway"): (NEW, [HYBRID, "Gateway"], TRANSIT, way(direct=JUMBO)),
    (HYBRID, "OnPremisesCidrs"): (NEW, [HYBRID, "OnPremisesCidrs"], ["192.168.0.0/17"], way(vpn=STATIC)),
    (HYBRID, "DirectConnect"): (NEW, DIRECT, {}, way()),
    (HYBRID, "VpnConnections"): (NEW, CONNECTION, {**VPN, "Name": "Second"}, way()),
    (HYBRID, "ResolverRules"): (NEW, [HYBRID, "ResolverRules"], [RULE_OF_NAMES], way()),
    ("HybridGateway", "Type"): (NEW, [HYBRID, "Gateway", "Type"], "TRANSIT_GATEWAY", way(direct=JUMBO)),
    ("HybridGateway", "AmazonSideAsn"): (NEW, [HYBRID, "Gateway", "AmazonSideAsn"], 64600, way()),
    ("HybridGateway", "VpnGatewayId"): (NEW, [HYBRID, "Gateway", "VpnGatewayId"], "vgw-0123456789abcdef0", way()),
    ("HybridGateway", "TransitGatewayId"): (NEW, [HYBRID, "Gateway", "TransitGatewayId"], "tgw-0123456789abcdef0", way(TRANSIT)),
    ("DirectConnect", "DirectConnectGatewayId"): (NEW, [*DIRECT, "DirectConnectGatewayId"], "12345678-1234-1234-1234-123456789012",
                                                  way(direct=JUMBO)),
    ("DirectConnect", "AmazonSideAsn"): (NEW, [*DIRECT, "AmazonSideAsn"], 64700, way(direct=JUMBO)),
    ("DirectConnect", "AllowedPrefixes"): (NEW, [*DIRECT, "AllowedPrefixes"], ["10.0.0.0/17"], way(direct={})),
    ("DirectConnect", "VirtualInterfaces"): (NEW, [*DIRECT, "VirtualInterfaces"], [VIF], way(direct={})),
    ("DirectConnect", "VirtualInterface"): (NEW, [*DIRECT, "VirtualInterface"], VIF, way(direct={})),
    **{("VirtualInterface", name): (NEW, [*DIRECT, "VirtualInterface", name], value, way(direct={"VirtualInterface": VIF}))
       for name, value in {"ConnectionId": "dxcon-fg1234ac", "Vlan": 102, "BgpAsn": 65001, "Mtu": 8500,
                           "AuthKeyParameter": "/hpc/bgp"}.items()},
    **{("VirtualInterface", name): (NEW, [*DIRECT, "VirtualInterface"], {**VIF, "AmazonAddress": "169.254.255.5/30",
                                                                         "CustomerAddress": "169.254.255.6/30"},
                                    way(direct={"VirtualInterface": VIF})) for name in ("AmazonAddress", "CustomerAddress")},
    ("VpnConnection", "Name"): (NEW, [*CONNECTION, "Name"], "Second", way()),
    ("VpnConnection", "CustomerGateway"): (NEW, [*CONNECTION, "CustomerGateway"], {"IpAddress": "203.0.113.11"}, way()),
    ("VpnConnection", "StaticRoutesOnly"): (NEW, [*CONNECTION, "StaticRoutesOnly"], True, way()),
    ("VpnConnection", "StaticRoutes"): (NEW, [*CONNECTION, "StaticRoutes"], ["192.168.0.0/17"], way(vpn=STATIC)),
    ("VpnConnection", "Tunnels"): (NEW, [*CONNECTION, "Tunnels"], TUNNEL, way()),
    ("VpnConnection", "PreSharedKeyStorage"): (NEW, [*CONNECTION, "PreSharedKeyStorage"], "Standard", way()),
    ("CustomerGateway", "IpAddress"): (NEW, [*CONNECTION, "CustomerGateway", "IpAddress"], "203.0.113.11", way()),
    ("CustomerGateway", "BgpAsn"): (NEW, [*CONNECTION, "CustomerGateway", "BgpAsn"], 65010, way()),
    ("VpnTunnel", "TunnelInsideCidr"): (NEW, [*CONNECTION, "Tunnels"], TUNNEL, way()),
    ("VpnTunnel", "TunnelBandwidth"): (NEW, [*CONNECTION, "Tunnels"], LARGE, way(TRANSIT)),
    **{("VpnTunnel", name): (NEW, [*CONNECTION, "Tunnels", 0, name], value, way(vpn={**VPN, "Tunnels": TUNNEL}))
       for name, value in {"StartupAction": "start", "IKEVersions": ["ikev1"], "LogEnabled": False}.items()},
    ("ResolverRule", "DomainName"): (NEW, [HYBRID, "ResolverRules", 0, "DomainName"], "lab.example.com", way(names=RULE_OF_NAMES)),
    ("ResolverRule", "TargetIps"): (NEW, [HYBRID, "ResolverRules", 0, "TargetIps"], ["192.168.0.3"], way(names=RULE_OF_NAMES)),
    ("Notifications", "TopicArn"): (NEW, ["Notifications"], {"TopicArn": "arn:aws:sns:us-east-1:111122223333:alarms"},
                                    {**way(), "Notifications": {"Emails": ["a@example.com"]}}),
    ("Notifications", "Emails"): (NEW, ["Notifications", "Emails"], ["b@example.com"],
                                  {**way(), "Notifications": {"Emails": ["a@example.com"]}}),
    **{("Budget", name): (NEW, ["Budget", name], value, BUDGET)
       for name, value in {"Amount": 200, "TimeUnit": "QUARTERLY", "ActualPercent": [50], "ForecastPercent": [90],
                           "Emails": ["b@example.com"], "AllCosts": True}.items()},
    ("Network", "VpcId"): (EXISTING, ["VpcId"], "vpc-0123456789abcdef1"),
    ("Network", "CidrBlock"): ({"AvailabilityZoneCount": 1}, ["CidrBlock"], "10.9.0.0/16"),
    ("Network", "AdditionalCidrBlocks"): (NEW, ["AdditionalCidrBlocks"], ["10.1.0.0/16"]),
    ("Network", "Ipv6"): (NEW, ["Ipv6"], True),
    ("Network", "AvailabilityZones"): ({"AvailabilityZones": ["us-east-1a", "us-east-1b"]},
                                       ["AvailabilityZones"], ["us-east-1b", "us-east-1a"]),
    ("Network", "AvailabilityZoneCount"): ({"AvailabilityZoneCount": 1}, ["AvailabilityZoneCount"], 2),
    ("Network", "Subnets"): (NEW, ["Subnets"], None),
    ("Network", "RouteTableIds"): (EXISTING, ["RouteTableIds"], ["rtb-0123456789abcdef0"]),
    ("Network", "NatGateway"): (NEW, ["NatGateway"], "REGIONAL"),
    ("Network", "DhcpOptions"): (NEW, ["DhcpOptions"], {"DomainName": "example.com"}),
    ("Network", "Endpoints"): (NEW, ["Endpoints"], {"S3": False}),
    ("Network", "FlowLogs"): (NEW, ["FlowLogs"], {"Enabled": True}),
    ("Subnet", "Name"): (NEW, ["Subnets", 1, "Name"], "Third"),
    ("Subnet", "Type"): (NEW, ["Subnets", 1, "Type"], "ISOLATED"),
    ("Subnet", "SubnetId"): ({**EXISTING, **INTERFACE}, ["Subnets", 1, "SubnetId"], "subnet-0123456789abcdef2"),
    ("Subnet", "CidrBlock"): (NEW, ["Subnets", 1, "CidrBlock"], "10.0.2.0/24"),
    ("Subnet", "AvailabilityZone"): ({**NEW, "AvailabilityZones": ["us-east-1a", "us-east-1b"]},
                                     ["Subnets", 1, "AvailabilityZone"], "us-east-1b"),
    ("Subnet", "MapPublicIpOnLaunch"): (NEW, ["Subnets", 0, "MapPublicIpOnLaunch"], False),
    ("DhcpOptions", "DomainName"): ({**NEW, "DhcpOptions": {"DomainNameServers": ["10.0.0.2"]}},
                                    ["DhcpOptions", "DomainName"], "example.com"),
    ("DhcpOptions", "DomainNameServers"): ({**NEW, "DhcpOptions": {"DomainName": "example.com"}},
                                           ["DhcpOptions", "DomainNameServers"], ["10.0.0.2"]),
    ("Endpoints", "S3"): (NEW, ["Endpoints", "S3"], False),
    ("Endpoints", "DynamoDb"): (NEW, ["Endpoints", "DynamoDb"], True),
    ("Endpoints", "Preset"): (NEW, ["Endpoints", "Preset"], "FARGATE"),
    ("Endpoints", "Interfaces"): (NEW, ["Endpoints", "Interfaces"], ["ec2"]),
    ("Endpoints", "SubnetNames"): ({**NEW, **INTERFACE}, ["Endpoints", "SubnetNames"], ["Door"]),
    ("FlowLogs", "Enabled"): ({**NEW, **LOGS}, ["FlowLogs", "Enabled"], False),
    ("FlowLogs", "TrafficType"): ({**NEW, **LOGS}, ["FlowLogs", "TrafficType"], "ALL"),
    ("FlowLogs", "Destination"): ({**NEW, **TO_BUCKET}, ["FlowLogs"], LOGS["FlowLogs"]),
    ("FlowLogs", "Bucket"): ({**NEW, **TO_BUCKET}, ["FlowLogs", "Bucket"], "Other"),
    ("FlowLogs", "RetentionInDays"): ({**NEW, **LOGS}, ["FlowLogs", "RetentionInDays"], 30),
    ("EnvSecurityGroup", "Name"): (NEW, ["SecurityGroups", 0, "Name"], "C"),
    ("EnvSecurityGroup", "AllowSelf"): (NEW, ["SecurityGroups", 0, "AllowSelf"], False),
    ("EnvSecurityGroup", "AllowEgress"): (NEW, ["SecurityGroups", 0, "AllowEgress"], True),
    ("EnvSecurityGroup", "Ingress"): (NEW, ["SecurityGroups", 0, "Ingress"], None),
    ("EnvSecurityGroup", "Egress"): (NEW, ["SecurityGroups", 0, "Egress"], [{"FromPort": 443, "CidrIp": "10.0.0.0/8"}]),
    ("SecurityGroupRule", "Protocol"): (NEW, [*RULE, "Protocol"], "udp"),
    ("SecurityGroupRule", "FromPort"): (NEW, [*RULE, "FromPort"], 21),
    ("SecurityGroupRule", "ToPort"): (NEW, [*RULE, "ToPort"], 23),
    ("SecurityGroupRule", "CidrIp"): (NEW, [*RULE, "CidrIp"], "10.0.0.0/9"),
    ("SecurityGroupRule", "PrefixListId"): (NEW, RULE, {"FromPort": 22, "PrefixListId": "pl-0123456789abcdef0"}),
    ("SecurityGroupRule", "SecurityGroup"): (NEW, RULE, {"FromPort": 22, "SecurityGroup": "B"}),
}

LINK = {"Name": "in", "FileSystemPath": "/in", "Bucket": "Records", "Prefix": "in/"}
LUSTRE = {"SharedStorage": [{"Name": "work", "StorageType": "FsxLustre", "FsxLustreSettings": {
    "StorageCapacity": 1200, "DataRepositoryAssociations": [LINK]}}]}
ELSEWHERE = {"SharedStorage": [{"Name": "work", "StorageType": "FsxLustre", "FsxLustreSettings": {
    "StorageCapacity": 1200, "DataRepositoryAssociations": [
        {"Name": "in", "FileSystemPath": "/in", "DataRepositoryPath": "s3://amzn-s3-demo-bucket/in"}]}}]}
FIRST = ["SharedStorage", 0, "FsxLustreSettings", "DataRepositoryAssociations", 0]

# The same of sections that clusters have too: those of their properties that make another resource.
SHARED = {
    ("SharedStorage", "Name"): (NEW, ["SharedStorage", 0, "Name"], "other", LUSTRE),
    ("SharedStorage", "StorageType"): (NEW, ["SharedStorage", 0], {"Name": "work", "StorageType": "Efs"}, LUSTRE),
    **{("DataRepositoryAssociation", name): (NEW, [*FIRST, name], value, LUSTRE)
       for name, value in {"Name": "other", "Bucket": "Other", "Prefix": "more/", "FileSystemPath": "/more",
                           "BatchImportMetaDataOnCreate": True}.items()},
    ("DataRepositoryAssociation", "DataRepositoryPath"): (NEW, [*FIRST, "DataRepositoryPath"], "s3://amzn-s3-demo-bucket/b", ELSEWHERE),
}

# What of a resource no second one may have at the same time. Of a link to S3 it is either place, on which paths may not overlap.
# A subnet has one route table too, but EC2 replaces an association in one call.
# Sources: EC2, Direct Connect, EFS, FSx, S3 and KMS APIs, errors of the calls that create them.
CLAIMS = {
    "AWS::DirectConnect::DirectConnectGatewayAssociation": [["AssociatedGatewayId"]],
    "AWS::DirectConnect::PrivateVirtualInterface": [["ConnectionId", "Vlan"]],
    "AWS::DirectConnect::TransitVirtualInterface": [["ConnectionId", "Vlan"]],
    "AWS::EC2::KeyPair": [["KeyName"]],
    "AWS::EC2::NatGateway": [["AllocationId"]],
    "AWS::EC2::Route": [["RouteTableId", "DestinationCidrBlock"]],
    "AWS::EC2::Subnet": [["VpcId", "CidrBlock"]],
    "AWS::EC2::TransitGatewayAttachment": [["VpcId", "TransitGatewayId"]],
    "AWS::EC2::VPCCidrBlock": [["VpcId", "CidrBlock"]],
    "AWS::EC2::VPCEndpoint": [["VpcId", "ServiceName", "VpcEndpointType"]],
    "AWS::EC2::VPCGatewayAttachment": [["VpcId", "InternetGatewayId"], ["VpcId", "VpnGatewayId"]],
    "AWS::EC2::VPNConnectionRoute": [["VpnConnectionId", "DestinationCidrBlock"]],
    "AWS::EFS::MountTarget": [["FileSystemId", "SubnetId"]],
    "AWS::FSx::DataRepositoryAssociation": [["FileSystemId", "FileSystemPath"], ["FileSystemId", "DataRepositoryPath"]],
    "AWS::KMS::Alias": [["AliasName"]],
    "AWS::Logs::LogGroup": [["LogGroupName"]],
    "AWS::S3::Bucket": [["BucketName"]],
}


def references(value):
    """Logical ids, and other names, that a value refers to."""
    if isinstance(value, list):
        return set().union(*map(references, value), set())
    if not isinstance(value, dict):
        return set()
    found = references(list(value.values()))
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    if isinstance(value.get("Fn::GetAtt"), list):
        found.add(value["Fn::GetAtt"][0])
    return found


def properties(resource):
    return resource.get("Properties", {})


def replaced(before, after, region="us-east-1"):
    """Logical ids that both have, and behind which there is another resource afterwards."""
    found, more = set(), True
    while more:
        more = {name for name in before.keys() & after.keys() - found for key in create_only(before[name]["Type"], region)
                if properties(before[name]).get(key) != properties(after[name]).get(key)
                or references(properties(after[name]).get(key)) & found}
        found |= more
    return found


def claims(resources, ids):
    """(type's kind, properties, values) of each claim, without those that name what is not there yet."""
    for name in ids:
        values = properties(resources[name])
        for keys in CLAIMS.get(resources[name]["Type"], []):
            if all(key in values for key in keys):
                yield name, (tuple(keys), json.dumps([values[key] for key in keys], sort_keys=True)), references([values[k] for k in keys])


def collisions(before, after):
    """What of the new resources would claim what old ones still have."""
    other = replaced(before, after)
    old = {claim: name for name, claim, _ in claims(before, (before.keys() - after.keys()) | other)}
    fresh = (after.keys() - before.keys()) | other
    return [f"{name} as {old[claim]}" for name, claim, needs in claims(after, fresh) if claim in old and not needs & fresh]


def retyped(before, after):
    return [name for name in before.keys() & after.keys() if before[name]["Type"] != after[name]["Type"]]


def changed(value, path, other):
    """A copy of `value` with `other` at the path; None takes it out."""
    copy = list(value) if isinstance(value, list) else dict(value)
    key = path[0]
    if len(path) > 1:
        copy[key] = changed(copy[key] if isinstance(copy, list) else copy.get(key, {}), path[1:], other)
    elif other is None:
        del copy[key]
    else:
        copy[key] = other
    return copy


def files_of(network, path, other, more=None):
    """The file, and the one that differs in the property."""
    file = {"Kind": "Environment", "Region": "us-east-1", "Network": network,
            "SecurityGroups": [GROUP, {"Name": "B"}], "Buckets": [{"Name": "Records"}, {"Name": "Other"}], **(more or {})}
    return file, changed(file, path if path[0] in file else ["Network", *path], other)


def template_of(file):
    result = hpcc("-", "--quiet", input=json.dumps(file).encode())
    return result.stdout if result.returncode == 0 else b"", result.stderr.decode()


def check_update(tap, schema, key, before, after):
    """What CloudFormation makes of an update from one template to the other, and what the reference says of it."""
    section, name = key
    row = schema[section]["properties"][name]
    word = row.get("update_for", {}).get("ENVIRONMENT", row["update"])
    before, after = (json.loads(text or b"{}").get("Resources", {}) for text in (before, after))
    tap.equal(retyped(before, after), [], f"{section}.{name}: no logical id has another type")
    if row["kind"] in ("section", "sections"):
        return  # rows of what is in it say it
    found = collisions(before, after)
    tap.ok(bool(found) == (word == "TAKE_OUT_FIRST"), f"{section}.{name}: an update of {word} goes through", str(found))


def main():
    tap = Tap()
    with open(os.path.join(ROOT, "stdlib/schema/environment.yaml"), encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    sections = {section for section, _ in ROWS}
    rows = {(section, name) for section in sections for name, row in schema[section]["properties"].items()
            if "ENVIRONMENT" in row.get("for", ["ENVIRONMENT"])}
    tap.equal(sorted(rows ^ set(ROWS)), [], "each property has a row here")
    for (section, name), row in ROWS.items():
        (before, wrong), (after, wrong_too) = map(template_of, files_of(*row))
        tap.ok(before and after and before != after, f"{section}.{name}", wrong + wrong_too)
        check_update(tap, schema, (section, name), before, after)
    with open(os.path.join(ROOT, "stdlib/schema/shared_storage.yaml"), encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    for key, row in SHARED.items():
        (before, wrong), (after, wrong_too) = map(template_of, files_of(*row))
        tap.ok(before and after and before != after, ".".join(key), wrong + wrong_too)
        check_update(tap, schema, key, before, after)
    before, after = map(template_of, files_of(NEW, ["NatGateway"], "SINGLE"))
    tap.equal(before, after, "control: a default that is written has none")
    vpc = {"Vpc": {"Type": "AWS::EC2::VPC"}}
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}}
    tap.equal(collisions({**vpc, "A": subnet}, {**vpc, "B": subnet}), ["B as A"], "control: what is taken is found")
    tap.equal(collisions({"A": subnet}, {**vpc, "B": subnet}), [], "control: in a new VPC nothing is taken")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

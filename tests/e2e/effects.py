#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every property of an environment's own sections has its effect: two files that differ in it alone give two templates.

The sections and their properties are those of stdlib/schema: one without a row here fails.
usage: effects.py HPCC; prints TAP.
"""
import json
import os
import sys

from common import ROOT, Tap, hpcc, in_venv

in_venv("yaml")
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
    (HYBRID, "Gateway"): (NEW, [HYBRID, "Gateway"], TRANSIT, way()),
    (HYBRID, "OnPremisesCidrs"): (NEW, [HYBRID, "OnPremisesCidrs"], ["192.168.0.0/17"], way(vpn=STATIC)),
    (HYBRID, "DirectConnect"): (NEW, DIRECT, {}, way()),
    (HYBRID, "VpnConnections"): (NEW, CONNECTION, {**VPN, "Name": "Second"}, way()),
    (HYBRID, "ResolverRules"): (NEW, [HYBRID, "ResolverRules"], [RULE_OF_NAMES], way()),
    ("HybridGateway", "Type"): (NEW, [HYBRID, "Gateway", "Type"], "TRANSIT_GATEWAY", way()),
    ("HybridGateway", "AmazonSideAsn"): (NEW, [HYBRID, "Gateway", "AmazonSideAsn"], 64600, way()),
    ("HybridGateway", "VpnGatewayId"): (NEW, [HYBRID, "Gateway", "VpnGatewayId"], "vgw-0123456789abcdef0", way()),
    ("HybridGateway", "TransitGatewayId"): (NEW, [HYBRID, "Gateway", "TransitGatewayId"], "tgw-0123456789abcdef0", way(TRANSIT)),
    ("DirectConnect", "DirectConnectGatewayId"): (NEW, [*DIRECT, "DirectConnectGatewayId"], "12345678-1234-1234-1234-123456789012",
                                                  way(direct={})),
    ("DirectConnect", "AmazonSideAsn"): (NEW, [*DIRECT, "AmazonSideAsn"], 64700, way(direct={})),
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
    ("Network", "AvailabilityZones"): (NEW, ["AvailabilityZones"], ["us-east-1b"]),
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


def main():
    tap = Tap()
    with open(os.path.join(ROOT, "stdlib/schema/environment.yaml"), encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    sections = {section for section, _ in ROWS}
    rows = {(section, name) for section in sections for name in schema[section]["properties"]}
    tap.equal(sorted(rows ^ set(ROWS)), [], "each property has a row here")
    for (section, name), row in ROWS.items():
        (before, wrong), (after, wrong_too) = map(template_of, files_of(*row))
        tap.ok(before and after and before != after, f"{section}.{name}", wrong + wrong_too)
    before, after = map(template_of, files_of(NEW, ["NatGateway"], "SINGLE"))
    tap.equal(before, after, "control: a default that is written has none")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

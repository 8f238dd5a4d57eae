#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every property of a network and of security groups has its effect: two files that differ in it alone give two templates.

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

# (section, property): what stands beside it, where it stands below Network, or in the file, and another value.
# A value of None takes the property out.
ROWS = {
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


def files_of(network, path, other):
    """The file, and the one that differs in the property."""
    file = {"Kind": "Environment", "Region": "us-east-1", "Network": network,
            "SecurityGroups": [GROUP, {"Name": "B"}], "Buckets": [{"Name": "Records"}, {"Name": "Other"}]}
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

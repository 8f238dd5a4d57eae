#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cfn-lint reads the template of every example, as JSON and as YAML, for the example's own region; and of environments
with each kind of NAT gateway, of zones, with IPv6 and without, in VPCs that exist; and of files in which a parameter
decides whether a part is there that others wait for.

A finding that is wrong or meant goes into cfn_lint_waivers.txt: example, rule, and why. Waivers that match
nothing fail too. Two spoilt templates must be found out, so that a linter that sees nothing fails here.
usage: cfn_lint.py HPCC; prints TAP.
"""
import itertools
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor

from common import Example, Tap, batches, declarations, environments, examples, hpcc, in_venv

in_venv("cfnlint", pinned=True)
from cfnlint.api import ManualArgs, lint  # noqa: E402 - after the right interpreter is found
from cfnlint.decode import decode_str  # noqa: E402

WAIVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cfn_lint_waivers.txt")


def waivers():
    """{(example, rule): reason}"""
    found = {}
    with open(WAIVERS, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                example, rule, reason = line.strip().split(None, 2)
                found[example, rule] = reason
    return found


def judge(text, region):
    """[(rule id, where and what)] of one template."""
    return [(m.rule.id, f"{m.linenumber}: {'/'.join(map(str, getattr(m, 'path', None) or []))}: {m.message}")
            for m in lint(text, config=ManualArgs(regions=[region]))]


def loaded(text):
    """The template as cfn-lint's own reader has it, in one form."""
    template, faults = decode_str(text)
    return json.dumps(template, sort_keys=True) if template and not faults else None


def judge_example(example):
    """{form: findings}. Rules see what the reader has: where it has the same of both forms they are asked once."""
    done = {emit: hpcc(example.path, *example.args, "--emit=" + emit) for emit in ("json", "yaml")}
    failed = [("hpcc", result.stderr.decode()) for result in done.values() if result.returncode != 0]
    if failed:
        return {emit: failed for emit in done}
    texts = {emit: result.stdout.decode() for emit, result in done.items()}
    found = judge(texts["json"], example.region)
    same = loaded(texts["json"]) is not None and loaded(texts["json"]) == loaded(texts["yaml"])
    return {"json": found, "yaml": found if same else judge(texts["yaml"], example.region)}


def spoilt(change):
    """The tutorial's template with `change` made to it."""
    example = [e for e in examples() if e.name == "tutorial/cluster"][0]
    template = json.loads(hpcc(example.path).stdout)
    change(template["Resources"])
    return json.dumps(template), example.region


# ---- environments ----

# A zone that the file names stands in the template: whoever names it wants it.
MEANT = {"W3010"}
ZONES = {"one zone": "AvailabilityZones: [us-east-1a]", "zones by name and id": "AvailabilityZones: [us-east-1a, use1-az6]",
         "counted zones": "AvailabilityZoneCount: 3"}
SUBNETS = """Subnets:
    - {Name: Door, Type: PUBLIC, CidrBlock: 10.0.0.0/24}
    - {Name: Work, Type: PRIVATE, CidrBlock: 10.0.1.0/24}
    - {Name: Vault, Type: ISOLATED, CidrBlock: 10.1.0.0/28}
  AdditionalCidrBlocks: [10.1.0.0/16]"""
EXISTING = """VpcId: vpc-0123456789abcdef0
  Subnets:
    - {Name: Door, Type: PUBLIC, SubnetId: subnet-0123456789abcdef0}
    - {Name: Work, Type: PRIVATE, SubnetId: subnet-0123456789abcdef1}"""
NEW_THERE = """
    - {Name: More, Type: PRIVATE, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}
    - {Name: Vault, Type: ISOLATED, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}"""
TABLES = """
  RouteTableIds: [rtb-0123456789abcdef0]"""
ENDPOINTS = """
  Endpoints: {Preset: [CLUSTER, BATCH, FARGATE], Interfaces: [s3, dynamodb, ecr.api], DynamoDb: true}
  FlowLogs: {Enabled: true}
  DhcpOptions: {DomainNameServers: [10.0.0.2]}"""
GROUPS = """
SecurityGroups:
  - Name: A
    AllowEgress: false
    Ingress:
      - {FromPort: 22, CidrIp: 10.0.0.0/8}
      - {Protocol: icmp, PrefixListId: pl-0123456789abcdef0}
      - {Protocol: all, SecurityGroup: B}
    Egress: [{FromPort: 443, SecurityGroup: sg-0123456789abcdef0}]
  - {Name: B, AllowSelf: false, AllowEgress: false, Egress: [{Protocol: udp, FromPort: 1, ToPort: 9, SecurityGroup: A}]}"""

VPN = """
  VpnConnections:
    - {Name: A, CustomerGateway: {IpAddress: 203.0.113.10, BgpAsn: 4200000000}}
    - Name: B
      CustomerGateway: {IpAddress: 203.0.113.11}
      StaticRoutesOnly: true
      PreSharedKeyStorage: Standard
      Tunnels: [{TunnelInsideCidr: 169.254.10.0/30, IKEVersions: [ikev1, ikev2]}, {StartupAction: start, LogEnabled: false}]
  ResolverRules: [{DomainName: Corp.example.com., TargetIps: [192.168.0.2]}]"""
DIRECT = """
  DirectConnect:
    AllowedPrefixes: [10.0.0.0/16]
    VirtualInterfaces:
      - {ConnectionId: dxcon-fg1234ab, Vlan: 1, BgpAsn: 65001, Mtu: 8500, AuthKeyParameter: bgp-key}
      - {ConnectionId: dxlag-fg1234ab, Vlan: 1, BgpAsn: 4200000000, AmazonAddress: 10.9.0.0/31, CustomerAddress: 10.9.0.1/31}"""
GATEWAYS = {"a virtual private gateway": "{}", "a transit gateway": "{Type: TRANSIT_GATEWAY, AmazonSideAsn: 4200000001}",
            "an existing virtual private gateway": "{VpnGatewayId: vgw-0123456789abcdef0}",
            "an existing transit gateway": "{Type: TRANSIT_GATEWAY, TransitGatewayId: tgw-0123456789abcdef0}"}


def ways():
    """(name, section) of ways to a data centre."""
    for (name, gateway), (more, rest) in itertools.product(GATEWAYS.items(), (("VPN", VPN), ("Direct Connect", DIRECT + VPN))):
        yield f"{more} at {name}", ("\nHybridNetwork:\n  OnPremisesCidrs: [192.168.0.0/16, 172.20.0.0/16]\n"
                                    f"  Gateway: {gateway}{rest}")


def variants():
    """(name, text) of environments that no example is like."""
    for (zones, nat), ipv6 in zip(itertools.product(ZONES, ("NONE", "SINGLE", "PER_AZ", "REGIONAL")),
                                  itertools.cycle(("true", "false", "false"))):
        yield f"{zones}, NAT {nat}, IPv6 {ipv6}", f"{ZONES[zones]}\n  NatGateway: {nat}\n  Ipv6: {ipv6}"
    yield "subnets in two blocks, with IPv6", ZONES["one zone"] + "\n  " + SUBNETS + "\n  Ipv6: true"
    yield "no region", None
    yield "existing VPC", EXISTING
    for nat in ("SINGLE", "PER_AZ", "REGIONAL"):
        yield f"existing VPC, tables, NAT {nat}", EXISTING + NEW_THERE + TABLES + f"\n  NatGateway: {nat}"
    yield "endpoints and records", ZONES["counted zones"] + ENDPOINTS
    yield "endpoints and records in an existing VPC", EXISTING + TABLES + ENDPOINTS
    yield "groups", ZONES["one zone"] + GROUPS
    for (name, section), network in zip(ways(), itertools.cycle((ZONES["counted zones"], ZONES["one zone"] + "\n  " + SUBNETS, EXISTING + TABLES))):
        yield name, network + section


# ---- what a parameter switches ----

# In each file ON, or COUNT, is left to the deployment. What it switches, others wait for.
SWITCHED = """Region: us-east-1
Parameters: {On: {Type: bool, AllowedValues: [true, false]}, Count: {Type: int, AllowedValues: [0, 2]}}
"""
SWITCHED_PARTS = {
    "IPv6": "Ipv6: ON", "endpoints": "Endpoints: {S3: ON, DynamoDb: ON}", "flow logs": "FlowLogs: {Enabled: ON}",
    "all of these": "NatGateway: PER_AZ\n  Ipv6: ON\n  Endpoints: {S3: ON, DynamoDb: ON}\n  FlowLogs: {Enabled: ON}"}
SWITCHED_CLUSTER = """Image: {Os: alinux2023}
HeadNode:
  InstanceType: m5.large
  Networking: {%s}
  Ssh: {KeyName: k, AllowedIps: 192.0.2.0/24}
Scheduling:
  Scheduler: slurm
  SlurmSettings: {%s}
  SlurmQueues:
    - Name: compute
      Networking: {%s}
      ComputeResources: [{Name: c5n, InstanceType: c5n.18xlarge}]
"""
HEAD, QUEUE = "SubnetId: subnet-0123456789abcdef0", "SubnetIds: [subnet-0123456789abcdef1]"


def switched():
    """(name, text) of files in which a parameter decides whether a part is there."""
    for name, part in SWITCHED_PARTS.items():
        yield name, "Kind: Environment\nNetwork:\n  AvailabilityZoneCount: 2\n  " + part + "\n"
    for name, head, settings, queue in (
            ("an elastic IP", ", ElasticIp: ON", "", ""), ("a placement group", "", "", ", PlacementGroup: {Enabled: ON}"),
            ("names of nodes", "", "Dns: {DisableManagedDns: ON}", ""),
            ("all of a cluster", ", ElasticIp: ON", "Dns: {DisableManagedDns: ON}", ", PlacementGroup: {Enabled: ON}")):
        yield name, SWITCHED_CLUSTER % (HEAD + head, settings, QUEUE + queue)
    own = SWITCHED_CLUSTER % ("ElasticIp: ON", "", "PlacementGroup: {Enabled: ON}")
    for name, part in SWITCHED_PARTS.items():
        yield name + " of a cluster", "Network:\n  AvailabilityZoneCount: 2\n  " + part + "\n" + own
    yield "login nodes", (SWITCHED_CLUSTER % (HEAD, "", QUEUE)).replace("HeadNode:", f"""LoginNodes:
  Pools:
    - {{Name: a, InstanceType: t3.small, Count: COUNT, Networking: {{{QUEUE}}}}}
HeadNode:""", 1)


def switched_texts():
    """{name: text} of these files, with a parameter for ON."""
    return {f"a parameter switches {name}":
            SWITCHED + re.sub(r"\b(ON|COUNT)\b", lambda m: f'"${{param.{m.group().capitalize()}}}"', text)
            for name, text in switched()}


def judge_text(text):
    """Findings of the template of a file, but for those that are meant."""
    result = hpcc("-", "--quiet", input=text.encode())
    if result.returncode != 0:
        return [("hpcc", result.stderr.decode())]
    region = re.search(r"^Region: *(\S+)", text, re.M)
    return [found for found in judge(result.stdout.decode(), region.group(1) if region else "us-east-1")
            if found[0] not in MEANT]


def environment_texts():
    """{name: text} of the examples and the variants."""
    texts = {os.path.relpath(path): open(path, encoding="utf-8").read() for path in environments()}
    for name, network in variants():
        if network is None:
            texts[name] = "Kind: Environment\nNetwork: {AvailabilityZoneCount: 1, DhcpOptions: {DomainNameServers: [10.0.0.2]}}\n"
        else:
            texts[name] = f"Kind: Environment\nRegion: us-east-1\nNetwork:\n  {network}\n"
    return texts


def misspell(resources):
    """a misspelt property"""
    resources["HeadNode"]["Properties"]["InstanceTyp"] = resources["HeadNode"]["Properties"].pop("InstanceType")


def dangle(resources):
    """a dependency on nothing"""
    resources["HeadNode"]["DependsOn"] = "Nobody"


def main():
    tap, waived, used = Tap(), waivers(), set()
    with ProcessPoolExecutor(2) as pool:
        jobs = [(e, pool.submit(judge_example, e)) for e in
                examples() + examples("awsbatch") + examples(on_environment=True) + [Example(p) for p in batches()] +
                [d for d in declarations() if d.text.startswith("Kind: Batch")]]
        texts = environment_texts()
        judged = [(f"environment: {name}", pool.submit(judge_text, text)) for name, text in texts.items()]
        judged += [(name, pool.submit(judge_text, text)) for name, text in switched_texts().items()]
        for change in (misspell, dangle):
            found = judge(*spoilt(change))
            tap.ok(any(rule.startswith("E") for rule, _ in found), f"control: {change.__doc__} is found")
        for example, emit, findings in [(e, emit, found) for e, job in jobs for emit, found in job.result().items()]:
            left = []
            for rule, text in findings:
                if (example.name, rule) in waived:
                    used.add((example.name, rule))
                else:
                    left.append(f"{rule} {text}")
            tap.ok(not left, f"{example.name} as {emit}", "\n".join(left))
        for name, job in judged:
            tap.ok(not job.result(), name, "\n".join(" ".join(found) for found in job.result()))
        tap.ok(len(texts) > len(environments()) > 3, "environments are judged", len(texts))
    tap.equal(sorted(set(waived) - used), [], "every waiver is needed")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

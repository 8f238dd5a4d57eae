#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What holds in the template of every example, whatever kind of file it is.

A stack is deleted without a fault: what a kept resource refers to is kept as well, since EC2 deletes neither a subnet nor a group in
which a file system still has an address. Services are called the same in every partition, but EC2: in China it is
`ec2.amazonaws.com.cn` that takes a role. usage: templates.py HPCC; prints TAP.
"""
import json
import re

from common import ROOT, Example, Tap, batches, environments, examples, hpcc

# Begins of types that go all the same: nothing of AWS keeps them from being deleted while the kept resource is there.
MAY_GO = ("AWS::IAM::", "AWS::Lambda::", "Custom::")
# Where a policy names services.
SERVICE_KEYS = {"Service", "iam:PassedToService", "iam:AWSServiceName"}


def templates():
    """[(name, template)] of all examples that become one."""
    found = [e for on in (False, True) for e in examples(on_environment=on)]
    found += [Example(path) for path in [*environments(), *batches()]]
    for example in sorted(found, key=lambda e: e.name):
        result = hpcc("--quiet", *example.args, example.path, cwd=ROOT)
        if result.returncode:
            raise RuntimeError(f"{example.name}: {result.stderr.decode()}")
        yield example.name, json.loads(result.stdout)


def referred(value):
    """Logical ids, and names of parameters, that a value refers to."""
    if isinstance(value, list):
        return set().union(*map(referred, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(referred, value.values()))
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    if "Fn::GetAtt" in value:
        of = value["Fn::GetAtt"]
        found.add(of.split(".")[0] if isinstance(of, str) else of[0])
    if "Fn::Sub" in value:
        of = value["Fn::Sub"]
        found |= set(re.findall(r"\$\{(\w+)", of if isinstance(of, str) else of[0]))
    return found


def is_kept(resource):
    return resource.get("DeletionPolicy", "Delete").startswith("Retain")


def left_hanging(template):
    """Kept resources with what they refer to, where that goes."""
    resources = template["Resources"]
    return [f"{name} stays and refers to {other}, which goes" for name, r in resources.items() if is_kept(r)
            for other in sorted(referred(r.get("Properties", {})) & resources.keys())
            if not is_kept(resources[other]) and not resources[other]["Type"].startswith(MAY_GO)]


def services(value, key=""):
    """Names of services in policies: who may take a role, whom it may be passed to, whose role may be made."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from services(part, key if name.startswith("Fn::") else name)
    elif isinstance(value, list):
        for part in value:
            yield from services(part, key)
    elif isinstance(value, str) and (key in SERVICE_KEYS or "aws-service-role/" in value):
        yield value


def strange_services(template):
    """Names that are wrong in some partition."""
    found = sorted(set(services([r.get("Properties", {}) for r in template["Resources"].values()])))
    return [f"{name}: no such service in China" for name in found
            if ("URLSuffix" in name) != (re.match(r"ec2\.", name) is not None)]


SWEEPS = [(left_hanging, "what stays refers to nothing that goes"), (strange_services, "services are known in every partition")]


def controls(tap):
    """Each look finds what it looks for."""
    bad = {"A": {"Type": "AWS::EFS::MountTarget", "DeletionPolicy": "Retain", "Properties": {"SubnetId": {"Fn::Sub": "${B}"}}},
           "B": {"Type": "AWS::EC2::Subnet"}}
    tap.equal(len(left_hanging({"Resources": bad})), 1, "a subnet that goes is found")
    names = ["ecs-tasks.${AWS::URLSuffix}", "ec2.amazonaws.com", "ec2.${AWS::URLSuffix}", "ecs-tasks.amazonaws.com"]
    passed = {"iam:PassedToService": [{"Fn::Sub": name} if "$" in name else name for name in names]}
    tap.equal(len(strange_services({"Resources": {"A": {"Properties": passed}}})), 2, "a service of no partition is found")


def main():
    tap, n = Tap(), 0
    controls(tap)
    for name, template in templates():
        n += 1
        for look, what in SWEEPS:
            faults = look(template)
            tap.ok(not faults, f"{name}: {what}", "\n".join(faults))
    tap.ok(n > 30, "there are examples", n)
    tap.end()


main()

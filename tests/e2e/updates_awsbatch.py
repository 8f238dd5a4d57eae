#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An update of a cluster with the scheduler awsbatch changes what ParallelCluster allowed and refuses the rest.

Each property of examples/everything/awsbatch.yaml and its neighbours is given another value, alone, and taken out. The function of the
stack is asked as CloudFormation would, with what both templates hold: it refuses where the row of the property has a policy that is
never, and lets all else through. Rows are read from stdlib/schema; that the program has the same is what is tried.
usage: updates_awsbatch.py HPCC; prints TAP.
"""
import contextlib
import copy
import io
import json
import os
import re
import sys

from common import ROOT, Tap, examples, hpcc, in_venv

in_venv("boto3")
import yaml  # noqa: E402 - after the right interpreter is found

sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
sys.path.insert(0, os.path.join(ROOT, "tests", "runtime"))
from function import event, program, told  # noqa: E402
from properties_used import sections_of  # noqa: E402
from updates import at, other_value, put  # noqa: E402

SCHEMA = sections_of(ROOT)
with open(os.path.join(ROOT, "stdlib/schema/update.yaml"), encoding="utf-8") as rows:
    NEVER = {name for name, row in yaml.safe_load(rows).items() if row.get("never")}
HELD, FUNCTION = "Fleet", "images"
# Types of what a change would stop, replace or make anew.
WAITS = ("AWS::Batch::", "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::NetworkInterface", "AWS::EFS::", "Custom::HpccImage")

# What no example of this scheduler writes, and the file needs it: way, value.
MORE = [
    (("HeadNode", "DisableSimultaneousMultithreading"), False), (("HeadNode", "Networking", "ElasticIp"), True),
    (("HeadNode", "Networking", "Proxy"), {"HttpProxyAddress": "http://proxy.example:8080"}),
    (("HeadNode", "LocalStorage"), {"RootVolume": {"VolumeType": "gp3", "Size": 50, "Iops": 4000, "Encrypted": True,
                                                  "KmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "DeleteOnTermination": True},
                                   "EphemeralVolume": {"MountDir": "/fast"}}),
    (("HeadNode", "Dcv"), {"Enabled": True, "Port": 8444, "AllowedIps": "192.0.2.0/24"}),
    (("HeadNode", "Imds", "DefaultUser"), True),
    (("HeadNode", "CustomActions"), {"OnNodeStart": {"Script": "s3://amzn-s3-demo-bucket/start.sh", "Args": ["a", "b"]},
                                     "OnNodeConfigured": {"Sequence": [{"Script": "s3://amzn-s3-demo-bucket/one.sh", "Args": ["c"]},
                                                                       {"Script": "s3://amzn-s3-demo-bucket/two.sh"}]}}),
    (("Scheduling", "SchedulerSettings"), {"a": "b"}), (("Scheduling", "SchedulerQueues"), [{"a": "b"}, {"c": 1}]),
    (("Imds",), {"ImdsSupport": "v2.0"}), (("Iam",), {"ResourcePrefix": "/path/"}),
    (("Image", "CustomAmi"), "ami-0123456789abcdef0"),
    (("Monitoring",), {"Logs": {"CloudWatch": {"Enabled": True, "RetentionInDays": 30}, "Rotation": {"Enabled": True}}}),
    (("DeploymentSettings",), {"LambdaFunctionsVpcConfig": {"SecurityGroupIds": ["sg-0123456789abcdef0"],
                                                            "SubnetIds": ["subnet-0123456789abcdef0"]}}),
    (("DevSettings", "Timeouts"), {"HeadNodeBootstrapTimeout": 2400}),
    (("Tags",), [{"Key": "team", "Value": "a"}]),
]
# Likewise, what has no place beside that, or beside what the example says.
SCRIPT, KEY = "s3://amzn-s3-demo-bucket/a.sh", "1234abcd-12ab-34cd-56ef-1234567890ab"
ALONE = [
    (("HeadNode", "LocalStorage"), {"RootVolume": {"Throughput": 250}}),
    (("HeadNode", "CustomActions"), {"OnNodeStart": {"Sequence": [{"Script": SCRIPT}]}, "OnNodeConfigured": {"Script": SCRIPT, "Args": ["a"]}}),
    (("HeadNode", "Iam"), {"InstanceProfile": "arn:aws:iam::123456789012:instance-profile/own"}),
    (("HeadNode", "Image"), {"CustomAmi": "ami-0123456789abcdef0"}),
    (("HeadNode", "SharedStorageType"), "Efs"),
    (("DeploymentSettings",), {"DefaultUserHome": "Local"}),
    (("DevSettings", "AmiSearchFilters"), {"Owner": "123456789012", "NamePrefix": "own-", "Tags": [{"Key": "a", "Value": "b"}]}),
    (("DevSettings", "NodePackage"), "s3://amzn-s3-demo-bucket/node.tgz"),
    (("DevSettings", "Cookbook"), {"ChefCookbook": "s3://amzn-s3-demo-bucket/cookbook.tgz"}),
    (("SharedStorage", 0, "EbsSettings"), {"Encrypted": False}), (("SharedStorage", 0, "EbsSettings"), {"VolumeType": "gp2"}),
    (("SharedStorage", 0, "EbsSettings"), {"KmsKeyId": KEY}), (("SharedStorage", 0, "EbsSettings"), {"SnapshotId": "snap-0123456789abcdef0"}),
    (("SharedStorage", 0, "EbsSettings"), {"VolumeId": "vol-0123456789abcdef0"}),
    (("SharedStorage", 1, "EfsSettings"), {"FileSystemId": "fs-0123456789abcdef0", "EncryptionInTransit": True, "IamAuthorization": True,
                                           "AccessPointId": "fsap-0123456789abcdef0"}),
    (("SharedStorage", 1, "EfsSettings"), {"Encrypted": True, "KmsKeyId": KEY}),
    (("SharedStorage", 1, "EfsSettings"), {"Encrypted": True, "PerformanceMode": "maxIO"}),
]
# Another value that is right together with the rest of the file.
VALUES = {
    "HeadNode/InstanceType": "c5.2xlarge", "Scheduling/SchedulerQueues": [{"a": "b"}, {"c": 2}], "HeadNode/LocalStorage/RootVolume/VolumeType": "io2", "Imds/ImdsSupport": "v1.0",
    "SharedStorage/StorageType": None,  # its settings are others as well
    "Region": "us-east-2", "SharedStorage/EbsSettings/Raid/Type": 1, "Scheduling/AwsBatchQueues/CapacityType": "ONDEMAND",
    "Scheduling/AwsBatchQueues/ComputeResources/InstanceTypes": ["c5.xlarge"], "Scheduling/Scheduler": None,
    "HeadNode/Imds/Secured": None, "HeadNode/SharedStorageType": None,  # there is no other
    "HeadNode/Iam/S3Access/BucketName": "amzn-s3-demo-other", "DevSettings/AwsBatchCliPackage": "s3://amzn-s3-demo-bucket/other.tgz",
    "SharedStorage/EfsSettings/DeletionPolicy": "Delete", "Monitoring/Logs/CloudWatch/RetentionInDays": 60,
}
# Held, and never written in a file of this scheduler without an error, or with another file alone.
UNTRIED = {"AdditionalPackages/IntelSoftware/IntelHpcPlatform", "Environment/Stack"}
# Without these the file is faulty, though the rows do not require them.
NEEDED = {("HeadNode/Imds", "taken out"), ("HeadNode/Imds/Secured", "taken out"),
          ("HeadNode/SharedStorageType", "taken out"), ("HeadNode/CustomActions/OnNodeStart/Script", "taken out"),
          ("HeadNode/CustomActions/OnNodeConfigured/Sequence", "taken out")}


def is_held(row, within):
    policy = row.get("update", within)
    policy = within if policy == "BY_PLACE" else policy
    return policy, policy in NEVER


def walk(value, section, way, within, found):
    """[(names, way, row, is it never changed)] of all that a file says."""
    for key, inner in value.items():
        row = SCHEMA[section][key]
        policy, never = is_held(row, within)
        found.append(("/".join(k for k in [*way, key] if isinstance(k, str)), [*way, key], row, never))
        if "of" in row and inner:
            for number, item in enumerate(inner) if isinstance(inner, list) else [(None, inner)]:
                walk(item, row["of"], [*way, key] + ([] if number is None else [number]), row.get("update_within") or policy, found)
    return found


def compiled(file):
    result = hpcc("-", "--quiet", "--no-config", input=json.dumps(file).encode())
    return json.loads(result.stdout) if result.returncode == 0 else None, result.stderr.decode()


def resolved(template):
    """What is held, as the function gets it."""
    def value(v):
        return template["Parameters"][v["Ref"]]["Default"] if isinstance(v, dict) else v
    return {key: value(v) for key, v in template["Resources"][HELD]["Properties"]["Held"].items()}


def refusal(function, before, after):
    """The reason for which an update is refused, or None."""
    old, new = resolved(before), resolved(after)
    with contextlib.redirect_stdout(io.StringIO()):  # its log
        made = told(function, None, event("HpccHeld", "Create", {"Held": old}))
        answer = told(function, None, event("HpccHeld", "Update", {"Held": new}, PhysicalResourceId=made["PhysicalResourceId"],
                                            OldResourceProperties={"Held": old}))
        back = told(function, None, event("HpccHeld", "Update", {"Held": old}, PhysicalResourceId=answer["PhysicalResourceId"],
                                          OldResourceProperties={"Held": new}))
    if back["Status"] != "SUCCESS":
        raise AssertionError(back["Reason"])
    return None if answer["Status"] == "SUCCESS" else answer["Reason"]


def edits(file, names, way, row):
    """Files in which the property is another one, or not there."""
    value = at(file, way)
    if names in VALUES:
        if VALUES[names] is not None:
            yield "another value", put(file, way, VALUES[names])
    elif "of" not in row:
        other = other_value(row, value)
        if other is not None and other != value:
            yield "another value", put(file, way, other)
    elif isinstance(value, list) and len(value) > 1:
        yield "one less", put(file, way, value[:-1])
    if not row.get("required"):
        gone = copy.deepcopy(file)
        del at(gone, way[:-1])[way[-1]]
        yield "taken out", gone


def refuses(file, names, way, edit, rows):
    """Is an update refused: is one of the properties that become others one that never changes?"""
    row, never = next((row, never) for n, w, row, never in rows if w == way)
    if "of" not in row:
        return never and not (edit == "taken out" and row.get("default", ...) == at(file, way))
    if isinstance(at(file, way), list):
        return never
    return any(refuses(file, n, w, edit, rows) for n, w, r, _ in rows if w[:len(way)] == way and w != way and "of" not in r)


def sweep(tap, function, file, label):
    """Each property of the file, alone. Returns [(names, never)]."""
    before, wrong = compiled(file)
    if not tap.ok(before is not None, f"{label}: compiles", wrong):
        return []
    rows = walk(file, "Cluster", [], None, [])
    for names, way, row, _ in rows:
        for edit, edited in edits(file, names, way, row):
            after, wrong = compiled(edited)
            if after is None:
                tap.ok(edit == "taken out" and (names, edit) in NEEDED, f"{label}: {names}, {edit}: compiles", wrong)
                continue
            reason, wanted = refusal(function, before, after), refuses(file, names, way, edit, rows)
            tap.equal(reason is not None, wanted, f"{label}: {names}, {edit}: {'is refused' if wanted else 'goes through'}")
            if wanted and reason and "of" not in row:
                tap.ok(f"{way[-1]} is " in reason or " at " in reason, f"{label}: {names}, {edit}: the reason names it", reason)
    return rows


def added(tap, function, file):
    """What a file says that did not say it, or said something else. Returns the names of what is held of that."""
    before, tried = compiled(file)[0], set()
    for way, value in MORE + ALONE:
        edited, label = with_more(file, [(way, value)]), f"{'/'.join(k for k in way if isinstance(k, str))}, added"
        after, wrong = compiled(edited)
        if tap.ok(after is not None, f"{label}: compiles", wrong):
            rows = walk(edited, "Cluster", [], None, [])
            wanted = refuses(edited, "", list(way), "taken out", rows)
            reason = refusal(function, before, after)
            tap.equal(reason is not None, wanted, f"{label}: {'is refused' if wanted else 'goes through'}")
            tried |= {names for names, w, row, never in rows if never and w[:len(way)] == list(way)}
    return tried


def with_more(file, more):
    file = copy.deepcopy(file)
    for way, value in more:
        at(file, way[:-1])[way[-1]] = copy.deepcopy(value)
    return file


def structure(tap, template):
    """What a change would touch waits until it is allowed, and clusters with Slurm have another type of the same id."""
    resources = template["Resources"]
    early = [name for name, r in resources.items() if r["Type"].startswith(WAITS) and HELD not in json.dumps(r.get("DependsOn", []))]
    tap.equal(early, [], "what an update would stop, replace or make anew waits for what is held")
    for example in examples():
        other = json.loads(hpcc("-q", *example.args, example.path).stdout)["Resources"]
        tap.ok(other[HELD]["Type"] != resources[HELD]["Type"], f"{example.name}: another scheduler is another type of {HELD}")


def complete(tap, file, rows, added_too):
    """Everything that is held was tried, and the other way round."""
    tried = {names for names, _, row, never in rows if never} | added_too
    held = {re.sub(r"\[[^]]*\]", "", key) for key in resolved(compiled(with_more(file, MORE))[0]) if " at " not in key}
    tap.equal(sorted(held - tried), sorted(UNTRIED), "all that is held is tried")
    tap.equal(sorted(names for names, _, row, never in rows if never and "of" not in row and names not in held), [], "all that never changes is held")


def left_open(tap, file):
    """A value that comes with the deployment is held as it comes."""
    file = {**put(file, ["HeadNode", "Ssh", "KeyName"], "${param.Key}"), "Parameters": {"Key": {"Type": "string"}}}
    template, wrong = compiled(file)
    if tap.ok(template is not None, "with a parameter: compiles", wrong):
        tap.equal(template["Resources"][HELD]["Properties"]["Held"]["HeadNode/Ssh/KeyName"], {"Ref": "Key"}, "its value is held")


def main():
    tap, function = Tap(), program(FUNCTION)
    with open(os.path.join(ROOT, "examples/everything/awsbatch.yaml"), encoding="utf-8") as source:
        file = yaml.safe_load(source)
    file["Scheduling"]["AwsBatchQueues"][0]["ComputeResources"][0]["DesiredvCpus"] = 4  # there is room for another MinvCpus
    rows = sweep(tap, function, file, "as it is")
    rows += sweep(tap, function, with_more(file, MORE), "with more")
    rows += sweep(tap, function, with_more(file, [(("HeadNode", "SharedStorageType"), "Efs"),
                                                  (("HeadNode", "SharedStorageEfsSettings"), {"Encrypted": True})]), "homes on EFS")
    tap.equal(sorted(set(VALUES) - {names for names, _, _, _ in rows}), [], "every value of the table is tried")
    complete(tap, file, rows, added(tap, function, file))
    left_open(tap, file)
    structure(tap, compiled(file)[0])
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

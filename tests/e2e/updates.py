#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an update does when one property of a batch file changes, and that nothing else comes of it.

Each property that an example of AWS Batch has is given another value, alone. The two templates are compared as CloudFormation and
AWS Batch would: which resources change, by which of their properties, and whether another one must be made. That is the word in the
column `update` of stdlib/schema. What changes beside it, as another compute environment or job definition, is a fault.
Source: AWS Batch user guide, Updating a compute environment; createOnlyProperties of the types in cfn-lint.
usage: updates.py HPCC [SECTION.PROPERTY…]; prints TAP.
"""
import copy
import json
import os
import re
import sys

from common import ROOT, Tap, batches, create_only_paths, hpcc, in_venv

in_venv("cfnlint", pinned=True)
import yaml  # noqa: E402 - after the right interpreter is found

sys.path.insert(0, os.path.join(ROOT, "tests", "lint"))
from effects import CLAIMS, properties, references  # noqa: E402
from properties_used import sections_of  # noqa: E402

SCHEMA = sections_of(ROOT)
ENVIRONMENT, QUEUE, JOB = "AWS::Batch::ComputeEnvironment", "AWS::Batch::JobQueue", "AWS::Batch::JobDefinition"
# What AWS Batch changes without an instance, by the kind of environment; all else of ComputeResources is of instances.
SCALING = {"MinvCpus", "MaxvCpus", "DesiredvCpus", "ScalingPolicy"}
OF_FARGATE = SCALING | {"Subnets", "SecurityGroupIds", "Type"}
# What no second one may have at the same time, as in CLAIMS.
NAMES = {**CLAIMS, QUEUE: [["JobQueueName"]], "AWS::Batch::SchedulingPolicy": [["Name"]], "AWS::ECR::Repository": [["RepositoryName"]],
         "AWS::Batch::ConsumableResource": [["ConsumableResourceName"]], "AWS::Scheduler::Schedule": [["Name"]],
         "AWS::StepFunctions::StateMachine": [["StateMachineName"]], "AWS::DynamoDB::Table": [["TableName"]]}
# What CloudFormation alone reads, when something goes.
OF_CLOUDFORMATION = {"DeletionPolicy", "UpdateReplacePolicy", "EmptyOnDelete"}
# Create-only by CloudFormation's user guide, though not by the schema of the type.
MORE_CREATE_ONLY = {"AWS::FSx::FileSystem": {("LustreConfiguration", "DeploymentType")}}
# Parts of something else: that one of them is another one is seen at what it belongs to.
ASIDE = {"AWS::S3::BucketPolicy", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress", "AWS::SNS::Subscription"}
DATA = {"AWS::FSx::FileSystem", "AWS::EFS::FileSystem", "AWS::S3::Bucket", "AWS::ECR::Repository"}
# Types of which one takes the place of the other.
SAME = {"AWS::SecretsManager::Secret": "AWS::SSM::Parameter"}
# Strongest first.
STRENGTH = ["TAKE_OUT_FIRST", "REPLACEMENT_DATA", "REPLACEMENT", "INFRASTRUCTURE", "REVISION", "SCALING", "IN_PLACE", "NONE"]


# ---- what a change of templates is ----

def part(value, path):
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def anew(before, after, region):
    """Logical ids that both templates have, behind which there is another resource afterwards."""
    found, more = set(), True
    while more:
        more = {name for name in before.keys() & after.keys() - found
                for path in create_only_paths(before[name]["Type"], region) | MORE_CREATE_ONLY.get(before[name]["Type"], set())
                if part(properties(before[name]), path) != part(properties(after[name]), path)
                or references(part(properties(after[name]), path)) & found}
        found |= more
    return found


def environment_effect(old, new):
    """The word for an environment that stays the same resource for CloudFormation."""
    a, b = old["ComputeResources"], new["ComputeResources"]
    changed = {key for key in {**a, **b} if a.get(key) != b.get(key)}
    if changed - (OF_FARGATE if a["Type"].startswith("FARGATE") else SCALING):
        return "INFRASTRUCTURE"  # or another environment, where the file, or BEST_FIT, says ReplaceComputeEnvironment
    return "SCALING" if changed else "IN_PLACE"


def takes(resources, names, fresh):
    """{(type, values): logical id} of what these resources claim, but for what refers to a resource that is not there yet."""
    found = {}
    for name in names:
        values = properties(resources[name])
        for keys in NAMES.get(resources[name]["Type"], []):
            if all(key in values for key in keys) and not references([values[key] for key in keys]) & fresh:
                found[resources[name]["Type"], json.dumps([values[key] for key in keys])] = name
    return found


def says(resource):
    """A resource without what CloudFormation alone reads."""
    return {key: {name: value for name, value in inner.items() if name not in OF_CLOUDFORMATION} if key == "Properties" else inner
            for key, inner in resource.items() if key not in OF_CLOUDFORMATION}


def looked_up(value, lookups):
    """A template in which it is the same which subnet was asked for its VPC."""
    if isinstance(value, list):
        return [looked_up(item, lookups) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("Fn::GetAtt"), list) and value["Fn::GetAtt"][0] in lookups:
        return {"looked up": value["Fn::GetAtt"][1]}
    return {key: looked_up(inner, lookups) for key, inner in value.items()}


def effects(before, after, region):
    """{logical id: word} of everything that changes."""
    before, after = (looked_up({name: r for name, r in resources.items() if not r["Type"].startswith("Custom::")},
                               {name for name, r in resources.items() if r["Type"].startswith("Custom::")}) for resources in (before, after))
    other, found = anew(before, after, region), {}
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    old, fresh = takes(before, gone | other, set()), takes(after, new | other, new | other)
    taken = {name for claim in old.keys() & fresh.keys() for name in (old[claim], fresh[claim])}
    for name in gone | new | other:
        resource = before.get(name) or after[name]
        kind = resource["Type"]
        pair = all(any(SAME.get(side[n]["Type"], side[n]["Type"]) == SAME.get(kind, kind) for n in names)
                   for side, names in ((before, gone), (after, new)))
        if name in taken:
            found[name] = "TAKE_OUT_FIRST"
        elif (name in other or pair) and kind not in ASIDE:
            kept = resource.get("UpdateReplacePolicy", "Delete") != "Delete"
            found[name] = "REPLACEMENT_DATA" if kind in DATA and kept else "REPLACEMENT"
        else:
            found[name] = "IN_PLACE"  # of the whole: something comes or goes beside what is there
    for name in before.keys() & after.keys() - other:
        if says(before[name]) != says(after[name]):
            old, now = properties(before[name]), properties(after[name])
            found[name] = environment_effect(old, now) if before[name]["Type"] == ENVIRONMENT else \
                "REVISION" if before[name]["Type"] == JOB and old != now else "IN_PLACE"
    for name in follow(before, after, found):  # a new version of a launch template is another one for its environment
        found[name] = "INFRASTRUCTURE"
    return found


def follow(before, after, found):
    """Environments that say nothing else, but whose launch template, or what they refer to, is another."""
    changed = {name for name, word in found.items() if after.get(name, {}).get("Type") in ("AWS::EC2::LaunchTemplate",)
               or word in ("REPLACEMENT", "REPLACEMENT_DATA")}
    for name in before.keys() & after.keys():
        if after[name]["Type"] == ENVIRONMENT and found.get(name, "IN_PLACE") in ("IN_PLACE", "SCALING") and \
                references(properties(after[name])["ComputeResources"]) & changed:
            yield name


# ---- files in which one property differs ----

def walk(value, section, path, found):
    """[(section, property, way)] of all that a file says."""
    for key, inner in value.items():
        row = SCHEMA[section].get(key)
        found.append((section, key, [*path, key]))
        items = list(enumerate(inner)) if isinstance(inner, list) else [(None, inner)]
        for number, item in items if row and "of" in row and not row.get("by_name") else []:
            if isinstance(item, dict):
                walk(item, row["of"], [*path, key] + ([number] if number is not None else []), found)
    return found


def at(file, path):
    for key in path:
        file = file[key]
    return file


def put(file, path, value):
    file = copy.deepcopy(file)
    at(file, path[:-1])[path[-1]] = value
    return file


def renamed(value, old, new):
    """The file with another name everywhere: also in what refers to it."""
    if isinstance(value, dict):
        return {key: renamed(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(item, old, new) for item in value]
    if isinstance(value, str):
        return new if value == old else re.sub(rf"(\$\{{self\.){re.escape(old)}\}}", rf"\g<1>{new}}}", value)
    return value


def other_text(text):
    """Another text of the same form: one letter or digit at the end is another."""
    for place in range(len(text) - 1, -1, -1):
        letter = text[place]
        if letter.isdigit() or letter.isalpha():
            other = {"9": "8", "f": "e", "e": "d", "z": "y"}.get(letter, chr(ord(letter) + 1))
            return text[:place] + other + text[place + 1:]
    return text + "x"


def other_value(row, value):
    """Another value, or None where the kind has no other that is right by itself."""
    kind = row["kind"]
    if kind in ("string", "strings") and "values" in row:
        first = next((v for v in row["values"] if v not in value), None)
        if first is None:
            return value[:-1] or None
        return [first] if kind == "strings" else first
    if kind == "bool":
        return not value
    if kind in ("enum", "int_enum"):
        values = [v for v in row["values"] if v != value and not isinstance(v, dict)]
        return values[0] if values else None
    if kind in ("int", "number"):
        return value + 1 if value + 1 <= row.get("max", value + 1) else value - 1
    if kind == "string":
        return other_text(value)
    if kind in ("strings", "ints") and isinstance(value, list):
        return value[:-1] if len(value) > 1 else [other_text(value[0])]
    if kind == "map":
        return {**value, next(iter(value)): "other"}
    return None


def template_of(file):
    result = hpcc("-", "--quiet", "--no-config", input=json.dumps(file).encode())
    return (json.loads(result.stdout)["Resources"] if result.returncode == 0 else None), result.stderr.decode()


# ---- values that are right only together with others, and places of which there is no other value ----

def among(file, value):
    """The list at the top of the file of which an item is called so, or None."""
    lists = [inner for inner in file.values() if isinstance(inner, list) and all(isinstance(i, dict) for i in inner)]
    return next((found for found in lists if any(item.get("Name") == value for item in found)), None)


def referred(file, way, value):
    """The file with one more thing like the one that is called so, and the same with a reference to that one."""
    file = copy.deepcopy(file)
    found = among(file, value)
    more = {k: v for k, v in next(i for i in found if i["Name"] == value).items() if k not in ("JobQueueName", "RepositoryName", "BucketName")}
    more["Name"] = other_text(value)
    if "MountDir" in more:
        more["MountDir"] += "2"
    found.append(more)
    return file, put(file, way, more["Name"])


def setting(*values):
    """One of these values: the first that is another."""
    def function(file, way):
        other = [v for v in values if v != at(file, way)]
        return (file, put(file, way, other[0])) if other else None
    return function


def without(*names):
    """Another text, where the thing has none of these names."""
    def function(file, way):
        file = copy.deepcopy(file)
        for name in names:
            at(file, way[:-1]).pop(name, None)
        return file, put(file, way, other_text(at(file, way)))
    return function


def gone(file, way):
    """The property is taken out."""
    other = copy.deepcopy(file)
    del at(other, way[:-1])[way[-1]]
    return file, other


def other_queue(file, way):
    """A definition for another queue with the same environments."""
    file = copy.deepcopy(file)
    old = next((q for q in file.get("JobQueues", []) if q["Name"] == at(file, way)[0]), None)
    if old is None:
        return None
    file["JobQueues"].append({**old, "Name": "second", "JobQueueName": "second-queue"})
    return file, put(file, way, ["second"])


def single_node(file, way):
    """A job over several nodes becomes one of one node, and the other way round."""
    other, job = copy.deepcopy(file), at(file, way[:-1])
    if job["Type"] != "multinode":
        return None
    changed = at(other, way[:-1])
    changed["Type"], changed["ContainerProperties"] = "container", changed.pop("NodeProperties")["NodeRangeProperties"][0]["Container"]
    return file, other


def trimmed(file, way, *names):
    """The file without these neighbours of a property."""
    file = copy.deepcopy(file)
    for name in names:
        at(file, way[:-1]).pop(name, None)
    return file


def scratch(file, way):
    file = put(file, way, "SCRATCH_2")
    at(file, way[:-1]).pop("PerUnitStorageThroughput", None)
    at(file, way[:-1])["DataRepositoryAssociations"] = []
    return file


def other_environment(file, way):
    """Another compute environment of the file; that of a workflow belongs to it alone."""
    tried = {entry["ComputeEnvironment"] for entry in at(file, way[:-2])}
    names = [e["Name"] for e in file["ComputeEnvironments"] if e["Name"] not in tried]
    return (file, put(file, way, names[0])) if names and "Workflows" not in file else None


# (section, property) -> (file before, file after) of the file and the way of the property, or None where this place is none for it.
SPECIAL = {
    ("BatchSsh", "KeyName"): setting("other-key"),
    ("Budget", "TimeUnit"): setting("ANNUALLY", "QUARTERLY"),
    ("CloudWatchLogs", "Enabled"): setting(False, True),
    ("ComputeEnvironment", "AllocationStrategy"): setting("BEST_FIT_PROGRESSIVE_ORDERED"),
    ("ComputeEnvironment", "Type"): setting("SPOT", "EC2"),
    ("ComputeEnvironment", "ServiceRole"): gone,
    ("ComputeEnvironmentOrder", "ComputeEnvironment"): other_environment,
    ("EbsSettings", "VolumeType"): lambda file, way: (file, trimmed(put(file, way, "gp2"), way, "Iops", "Throughput")),
    ("EfsSettings", "ThroughputMode"): setting("bursting"),
    ("EfsVolumeConfiguration", "RootDirectory"): lambda file, way: (
        trimmed(file, way, "AuthorizationConfig"), put(trimmed(file, way, "AuthorizationConfig"), way, "/other")),
    ("EfsVolumeConfiguration", "TransitEncryption"): lambda file, way: (
        trimmed(file, way, "AuthorizationConfig"), put(trimmed(file, way, "AuthorizationConfig"), way, "DISABLED")),
    ("FsxLustreSettings", "DeploymentType"): lambda file, way: (file, scratch(file, way)),
    ("FsxLustreSettings", "PerUnitStorageThroughput"): setting(250),
    ("FsxLustreSettings", "StorageCapacity"): setting(2400),
    ("JobDefinition", "JobQueues"): other_queue,
    ("JobDefinition", "Type"): single_node,
    ("JobQueue", "SchedulingPolicy"): lambda file, way: gone(put(file, [*way[:-1], "JobQueueName"], "fixed"), way),
    ("Network", "AvailabilityZones"): lambda file, way: (file, put(file, way, at(file, way)[::-1])),
    ("NodeProperties", "NumNodes"): lambda file, way: (file, put(file, way, at(file, way) - 1)),
    ("NodeRange", "InstanceTypes"): gone,
    ("NodeRange", "TargetNodes"): setting("0:"),
    ("QueueRootVolume", "VolumeType"): lambda file, way: (file, trimmed(put(file, way, "gp2"), way, "Iops", "Throughput")),
    ("RuntimePlatform", "OperatingSystemFamily"): lambda file, way: (
        put(put(file, [*way[:-2], "Vcpus"], 1), [*way[:-2], "Memory"], 2048),
        put(put(put(file, [*way[:-2], "Vcpus"], 1), [*way[:-2], "Memory"], 2048), way, "WINDOWS_SERVER_2022_CORE")),
    ("Schedule", "ScheduleExpressionTimezone"): setting("Asia/Tokyo", "Europe/Paris"),
    ("ScratchVolume", "VolumeType"): lambda file, way: (file, trimmed(put(file, way, "gp2"), way, "Iops", "Throughput")),
    ("SharedStorage", "SubnetName"): setting("PrimaryPrivateSubnet", "PrivateSubnet2"),
    ("Ulimit", "SoftLimit"): lambda file, way: (file, put(file, way, at(file, way) - 1)),
    ("Repository", "KmsKeyId"): without("RepositoryName"),
}
# Of these there is no other value: one word, a kind that takes the place of the whole section, what is read beside others alone.
ONLY = {("JobStateTimeLimitAction", "Action"), ("JobStateTimeLimitAction", "State"), ("JobDefinition", "PlatformCapabilities"),
        ("SharedStorage", "StorageType"), ("Schedule", "Workflow"), ("Workflow", "JobQueue"), ("Workflow", "Mode")}
# Written, and read by nothing until the stack runs, or said by words of their own: no word to hold them to.
UNTOUCHED = {"Kind", "Region"}


def change(file, section, key, way):
    """The file, and the one with another value of the property, or None."""
    value, row = at(file, way), SCHEMA[section][key]
    if (section, key) in SPECIAL:
        return SPECIAL[section, key](file, way)
    if key == "Name" and isinstance(value, str) and "values" not in row:
        return file, renamed(file, value, other_text(value))
    if row["kind"] in ("string", "strings") and row.get("pattern") != "single_line":
        first = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(first, str) and among(file, first) is not None:
            return referred(file, [*way, 0] if isinstance(value, list) else way, first)
    other = other_value(row, value)
    return None if other is None or other == value else (file, put(file, way, other))


# ---- what else may change ----

# Properties of an environment that are said to jobs too: devices, addresses, directories, platform.
SAID_TO_JOBS = {"Efa", "Networking", "LocalStorage", "Type", "Name"}


def strays(way, before, after, found):
    """What changes although the property is none of its."""
    kinds = {name: (after.get(name) or before[name])["Type"] for name in found}
    count = {kind: sum(k == kind and name in before for name, k in kinds.items()) for kind in set(kinds.values())}
    wrong = []
    if way[0] == "ComputeEnvironments":
        if count.get(ENVIRONMENT, 0) > 1:
            wrong.append("another compute environment")
        if way[2] not in SAID_TO_JOBS and JOB in count:
            wrong.append("a job definition")
    elif way[0] == "JobDefinitions":
        wrong += [kind for kind in (ENVIRONMENT, QUEUE, "AWS::EC2::LaunchTemplate") if kind in count]
        if count.get(JOB, 0) > 1:
            wrong.append("another job definition")
    elif way[0] == "JobQueues":
        wrong += [kind for kind in (ENVIRONMENT, "AWS::EC2::LaunchTemplate") if kind in count]
        if count.get(QUEUE, 0) > 1:
            wrong.append("another queue")
    elif way[0] in ("Repositories", "Buckets", "JobRoles", "SchedulingPolicies", "ConsumableResources"):
        wrong += [kind for kind in (ENVIRONMENT, "AWS::EC2::LaunchTemplate") if kind in count]
    return wrong


def word_of(section, key):
    row = SCHEMA[section][key]
    return row.get("update_for", {}).get("BATCH", row.get("update"))


def compiled(files, section, key, ways):
    """(way, template before, template after) of the first place where another value is right; the faults of the last else."""
    wrong = "nothing to change it to"
    for name, way in ways:
        pair = change(files[name], section, key, way)
        if pair is None:
            continue
        (before, wrong), (after, wrong_too) = map(template_of, pair)
        wrong += wrong_too
        if before and after:
            return way, before, after, files[name]["Region"]
    return None, None, None, wrong


def inside_workflow(way):
    """Is it a property of storage that a workflow makes when it runs? Then the machine alone knows it."""
    return way[0] == "Workflows" and ("FsxLustreSettings" in way or "EbsSettings" in way)


def fixed(file, way):
    """Is the way one of an environment of which each change makes another one, or of a file of Fargate?"""
    if way[0] == "ComputeEnvironments" and len(way) > 2:
        environment = file["ComputeEnvironments"][way[1]]
        return environment.get("AllocationStrategy") == "BEST_FIT" or environment.get("Type", "EC2").startswith("FARGATE")
    return all(e.get("Type", "EC2").startswith("FARGATE") for e in file["ComputeEnvironments"])


def judge(tap, files, section, key, ways):
    row, name = SCHEMA[section][key], f"{section}.{key}"
    if row["kind"] in ("section", "sections", "any") or (section, key) in ONLY:
        return  # what is in it says it
    way, before, after, region = compiled(files, section, key, ways)
    if not tap.ok(way is not None, f"{name} has another value", region):
        return
    found = effects(before, after, region)
    if way[0] == "JobDefinitions":  # its role is a part of it
        found = {name: word for name, word in found.items() if (after.get(name) or before[name])["Type"] != "AWS::IAM::Role" or
                 word == "IN_PLACE"}
    strongest = min(found.values(), key=STRENGTH.index, default="NONE")
    word = word_of(section, key)
    if inside_workflow(way):
        tap.ok(strongest in ("IN_PLACE", "NONE"), f"{name}: of a workflow, in place", f"{way}: it is {strongest}: {found}")
    elif word != "BY_PLACE":
        tap.ok(strongest == {"IGNORED": "NONE"}.get(word, word), f"{name}: an update of {word}", f"{way}: it is {strongest}: {found}")
    tap.equal(strays(way, before, after, found), [], f"{name}: nothing else changes")


def controls(tap):
    """Two templates of which it is known what the update does."""
    def environment(most, kind="EC2", **more):
        return {"Type": ENVIRONMENT, "Properties": {"Type": "MANAGED", "ComputeResources": {"Type": kind, "MaxvCpus": most}, **more}}

    def queue(name):
        return {"Type": QUEUE, "Properties": {"JobQueueName": name}}

    job = {"Type": JOB, "Properties": {"JobDefinitionName": "a", "Timeout": {"AttemptDurationSeconds": 60}}}
    other = {"Type": JOB, "Properties": {"JobDefinitionName": "a"}}
    template = {"A": environment(8), "T": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {}}}
    template["A"]["Properties"]["ComputeResources"]["LaunchTemplate"] = {"Version": {"Fn::GetAtt": ["T", "LatestVersionNumber"]}}
    newer = {**template, "T": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"UserData": "x"}}}}
    for what, before, after, word in (
            ("more vCPUs", {"A": environment(8)}, {"A": environment(16)}, {"A": "SCALING"}),
            ("another market", {"A": environment(8)}, {"A": environment(8, "SPOT")}, {"A": "INFRASTRUCTURE"}),
            ("tags of the environment itself", {"A": environment(8)}, {"A": environment(8, Tags={"a": "b"})}, {"A": "REPLACEMENT"}),
            ("other user data", template, newer, {"A": "INFRASTRUCTURE", "T": "IN_PLACE"}),
            ("a queue of the same name", {"A": queue("q")}, {"B": queue("q")}, {"A": "TAKE_OUT_FIRST", "B": "TAKE_OUT_FIRST"}),
            ("a queue of another name", {"A": queue("q")}, {"B": queue("r")}, {"A": "REPLACEMENT", "B": "REPLACEMENT"}),
            ("a job without a limit", {"A": job}, {"A": other}, {"A": "REVISION"})):
        tap.equal(effects(before, after, "us-east-1"), word, f"control: {what}")
    both = {"A": "REVISION", "B": "REVISION"}
    tap.equal(strays(["JobDefinitions", 0, "Timeout"], {"A": job, "B": job}, {"A": other, "B": other}, both), ["another job definition"],
              "control: what else changes is found")


def main():
    tap, files, places = Tap(), {}, {}
    controls(tap)
    for path in batches():
        with open(path, encoding="utf-8") as file:
            name, files[os.path.basename(path)] = os.path.basename(path), yaml.safe_load(file)
        if "Environment" in files[name]:
            continue  # its neighbour is not there on standard input
        for section, key, way in walk(files[name], "Batch", [], []):
            places.setdefault((section, key), []).append((name, way))
    wanted = sys.argv[2:]
    for ways in places.values():  # an environment that takes no infrastructure update, or is of Fargate, is the last to look at
        ways.sort(key=lambda place: (fixed(files[place[0]], place[1]), inside_workflow(place[1])))
    for (section, key), ways in sorted(places.items()):
        if key not in UNTOUCHED and (not wanted or f"{section}.{key}" in wanted):
            judge(tap, files, section, key, ways)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas that `hpcc schema` prints: are they some, and do they take the files that hpcc takes?

usage: json_schema.py HPCC FOLDER…     folders with cluster files; those that are not there are passed over

Skipped (status 77) without the Python packages jsonschema and yaml. Where a folder has bad cases with their rules
(cases.tsv), those of the simple rules must be refused.
"""
import csv
import glob
import json
import os
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(error)
    sys.exit(77)

RULES = {"schema:" + word for word in "type range enum pattern unknown-field required null length".split()}
# Values of older releases, which hpcc takes with a note.
WAIVED = {"bad/184-enum-centos7-image-os.yaml", "bad/185-enum-ubuntu1804-image-os.yaml"}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def bad_cases(folder):
    path = os.path.join(folder, "cases.tsv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["file"] for row in table
            if row["rule"] in RULES and row["file"].startswith("bad/") and row["file"] not in WAIVED]


def good_files(folder):
    """Cluster files of a folder and what is below, or of its `good` when it is sorted."""
    sorted_cases = os.path.exists(os.path.join(folder, "cases.tsv"))
    where = os.path.join(folder, "good") if sorted_cases else folder
    for path in sorted(glob.glob(os.path.join(where, "**", "*.yaml"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            document = yaml.safe_load(file)
        if isinstance(document, dict) and ("Scheduling" in document or "Kind" in document):
            yield path, document


# Region and head node's type, and whether an editor may mark them.
VALUES = [("us-east-1", "c7i.large", True), ("${REGION}", "${TYPE:-c7i.large}", True), ("xx-new-9", "z9z-flex.12xlarge", True),
          ("us-east-1", "c7i", False), ("us east 1", "c7i.large", False), ("us-east-1", "$TYPE", False), (1, "c7i.large", False)]


def values(schema, validator, folder):
    """Faults of single values: what is offered, and what is taken beside that."""
    with open(os.path.join(folder, "tutorial", "cluster.yaml"), encoding="utf-8") as file:
        document, faults = yaml.safe_load(file), 0
    for region, kind, right in VALUES:
        document["Region"], document["HeadNode"]["InstanceType"] = region, kind
        if validator.is_valid(document) != right:
            faults += 1
            print(f"Region {region}, InstanceType {kind}: {'refused' if right else 'taken'}")
    for name, word in (("region", "eu-central-1"), ("instanceType", "hpc7a.96xlarge")):
        offered = schema["$defs"][name]["anyOf"][0]["enum"]
        if word not in offered:
            faults += 1
            print(f"{name}: {word} is not offered")
    for path, bad in ((["Image", "Os"], "alinux${"), (["HeadNode", "Imds", "Secured"], "$SECURED"),
                      (["HeadNode", "LocalStorage", "RootVolume", "Size"], "{SIZE}")):
        changed = json.loads(json.dumps(document))
        place = changed
        for key in path[:-1]:
            place = place.setdefault(key, {})
        for value, right in ((bad, False), ("${NAME}", True), ("${NAME:-x}", True)):
            place[path[-1]] = value
            wrong = [e for e in validator.iter_errors(changed) if list(e.absolute_path) == path]
            if (not wrong) != right:
                faults += 1
                print(f"{'.'.join(path)}: {value}: {'refused' if right else 'taken'}")
    return faults


# What is put into a good file of another kind, and whether an editor may mark it.
OTHERS = [({}, True), ({"Kind": "Batch"}, False), ({"Scheduling": {}}, False), ({"Network": {"NatGateway": "ONE"}}, False),
          ({"Network": {"Endpoints": {"Preset": "CLUSTER"}}}, True), ({"Network": {"Endpoints": {"Preset": ["BATCH"]}}}, True),
          ({"Network": {"Endpoints": {"Preset": "CLUSTERS"}}}, False), ({"Network": {"AvailabilityZones": ["us-east-1a"] * 2}}, False),
          ({"SharedStorage": [{"Name": "a", "StorageType": "Efs", "EfsSettings": {"ThroughputMode": "elastic"}}]}, True)]


BATCH = [({}, True), ({"Kind": "Environment"}, False), ({"Scheduling": {}}, False), ({"ComputeEnvironments": {}}, False),
         ({"ComputeEnvironments": [{"Name": "a", "Type": "EKS", "MaxvCpus": 4}]}, False),
         ({"ComputeEnvironments": [{"Name": "a", "MaxvCpus": "${MOST}", "InstanceTypes": ["c7i"]}]}, True),
         ({"Network": {"Subnets": [{"Name": "Open", "Type": "PUBLIC"}]}}, True), ({"SecurityGroups": []}, False),
         ({"SharedStorage": [{"Name": "a", "MountDir": "/a", "StorageType": "Efs", "EfsSettings": {"ThroughputMode": "elastic"}}]}, True),
         ({"Monitoring": {"Alarms": {"QueueWaitMinutes": 30}}}, True), ({"Monitoring": {"Alarms": {"Enabled": "maybe"}}}, False)]


def others(path, own, changes, validators):
    """Faults of a file of another kind, for the schema of all kinds and for its own; those of the rest refuse it."""
    faults = 0
    for change, right in changes:
        document = {**load(path), **change}
        for of, validator in validators.items():
            if validator.is_valid(document) != (right and of in ("", own)):
                faults += 1
                print(f"schema of {of or 'all kinds'}: {path}: {change}: {'refused' if right else 'taken'}")
    return faults


MOST_BYTES = 300_000  # an editor loads it with every file


def main():
    validators, taken, refused = {}, 0, 0
    for of in ("", "cluster", "environment", "batch"):
        text = subprocess.run([sys.argv[1], "schema", *of.split()], stdout=subprocess.PIPE, check=True).stdout
        schema = json.loads(text)
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        validators[of] = kind(schema)
    text = subprocess.run([sys.argv[1], "schema"], stdout=subprocess.PIPE, check=True).stdout
    schema, validator = json.loads(text), validators[""]
    faults = values(schema, validator, sys.argv[2])
    for path, own, changes in (("environment/environment.yaml", "environment", OTHERS), ("batch/fargate.yaml", "batch", BATCH)):
        faults += others(os.path.join(sys.argv[2], path), own, changes, validators)
    if len(text) > MOST_BYTES:
        faults += 1
        print(f"the schema has {len(text)} bytes, more than {MOST_BYTES}")
    for folder in sys.argv[2:]:
        for path, document in good_files(folder):
            taken += 1
            for error in validator.iter_errors(document):
                faults += 1
                print(f"{path}: {list(error.absolute_path)}: {error.message}")
        for name in bad_cases(folder):
            refused += 1
            if validator.is_valid(load(os.path.join(folder, name))):
                faults += 1
                print(f"{name}: is taken")
    print(f"# {kind.__name__}: {taken} files to take, {refused} to refuse, {faults} faults")
    sys.exit(1 if faults else 0)


main()

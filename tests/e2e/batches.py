#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deploys every example of AWS Batch with the AWS CLI to a local AWS, and looks at what came of it through the API.

As deploy.py does with clusters: created, compared with the file as PyYAML reads it, deployed again without a change set, edited,
deleted. The edits are those that people make: more vCPUs, a larger disk, another command, another priority. Each may change just
what it names: compute environments and queues stay, a job definition gets a revision. At the end each comparison is tried against
a template that was tampered with, and must complain.
usage: batches.py HPCC [EXAMPLE…]; prints TAP.
"""
import json
import os
import re
import sys

from common import HPCC, ROOT, Example, batches, hpcc, in_venv, need_tools, run, temporary

in_venv("boto3")
need_tools("aws")

import yaml  # noqa: E402 - from the virtual environment

from compare_batch import BatchComparison  # noqa: E402
from deploy import Stack, read, run_parts, said, update_unchanged  # noqa: E402
from environments import delete, resources_of  # noqa: E402
from world import BUCKET  # noqa: E402

ON_GROUND = "batch/on-environment"
# What a new revision, a new version or another layer is: everything else must stay the same thing.
MAY_BE_NEW = {"AWS::Batch::JobDefinition"}
# What moto makes anew in place of a change.
ANEW_HERE = {"AWS::Events::Rule"}


def compared(tap, world, stack, label, file, path, ground=None, when=""):
    for name, faults in BatchComparison(world, stack, file, path, ground).all():
        tap.ok(not faults, f"{label}: {name}{when}", "\n".join(faults))


def made(tap, stack, path, label):
    result = stack.deploy(path)
    return tap.ok(result.returncode == 0 and stack.status() == "CREATE_COMPLETE", f"{label}: CREATE_COMPLETE", said(result) + events(stack))


def events(stack):
    found = stack.cloudformation().describe_stack_events(StackName=stack.name)["StackEvents"]
    return "\n".join(f"{e['LogicalResourceId']} {e.get('ResourceStatusReason')}" for e in found if "FAILED" in e["ResourceStatus"])


# ---- edits ----

def edited(file):
    """The file after a day of work: more vCPUs, a larger root volume, one more variable, another priority, a queue more."""
    file = json.loads(json.dumps(file))
    for row in file["ComputeEnvironments"]:
        row["MaxvCpus"] += 64
        if not row.get("Type", "EC2").startswith("FARGATE") and row.get("AllocationStrategy") != "BEST_FIT":
            row.setdefault("LocalStorage", {}).setdefault("RootVolume", {})["Size"] = 250
    for row in file.get("JobDefinitions", []):
        if "ContainerProperties" in row:
            row["ContainerProperties"].setdefault("Environment", []).append({"Name": "EDITED", "Value": "yes"})
    file["JobQueues"][0]["Priority"] = 77
    if "Workflows" not in file:  # they let nobody else into their environments
        first = file["JobQueues"][0]["ComputeEnvironmentOrder"]
        file["JobQueues"].append({"Name": "another", "ComputeEnvironmentOrder": first})
        for row in file.get("JobDefinitions", []):  # else the queue more would be one for them too
            row.setdefault("JobQueues", [q["Name"] for q in file["JobQueues"][:-1]])
    return file


def update_edited(tap, world, stack, label, path, file, ground=None):
    there, batch = resources_of(stack), world.client("batch", stack.region)
    file = edited(file)
    with open(path, "w", encoding="utf-8") as out:
        yaml.safe_dump(file, out, sort_keys=False)
    result = stack.deploy(path)
    if not tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", f"{label}: an edited file is an update",
                  said(result) + events(stack)):
        return
    now = resources_of(stack)
    other = {name: row[0] for name, row in there.items() if now.get(name, row)[1] != row[1]}
    other = {name: kind for name, kind in other.items() if kind not in ANEW_HERE}
    tap.equal({kind for kind in other.values()} - MAY_BE_NEW, set(), f"{label}: what was there stays the same")
    tap.equal(sorted(there.keys() - now.keys()), [], f"{label}: nothing goes")
    fresh = now.keys() - there.keys()  # with the alarms of a queue, where the file has some
    tap.ok(("JobQueueAnother" in fresh) == ("Workflows" not in file) and all(name.endswith("Another") for name in fresh),
           f"{label}: the new queue comes", fresh)
    jobs = [row for row in file.get("JobDefinitions", []) if "ContainerProperties" in row]
    tap.equal(len(other), len(jobs), f"{label}: each job that was edited has a revision")
    states = {d["jobDefinitionArn"]: d["status"] for d in batch.describe_job_definitions()["jobDefinitions"]}
    kept = sum(row.get("SkipDeregisterOnUpdate", False) for row in jobs)
    old = [states[there[name][1]] for name in other]
    tap.equal((old.count("ACTIVE"), old.count("INACTIVE")), (kept, len(jobs) - kept), f"{label}: old revisions go, but where the file keeps them")
    compared(tap, world, stack, label, file, path, ground, " after the edit")


# ---- examples ----

def prepare(world, example, folder):
    """As for clusters, with key pairs of instances, and the roles that AWS Batch is told of."""
    path, text = world.prepare(example, folder)
    ec2 = world.client("ec2", example.region)
    if "my-key" in text and "my-key" not in {k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]}:
        ec2.create_key_pair(KeyName="my-key")
    return path, text


def deploy_example(tap, world, example, number):
    label, stack = example.name, Stack(world, example.region, f"batch-{number}")
    world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
    with temporary() as folder:
        path, text = prepare(world, example, folder)
        file = read(text)
        if not made(tap, stack, path, label):
            return
        compared(tap, world, stack, label, file, path)
        update_unchanged(tap, stack, label, path)
        update_edited(tap, world, stack, label, path, file)
        delete(tap, world, stack, label)


def on_ground(tap, world):
    """A batch file of which an environment of its own stack is the ground, in several files."""
    folder, region = os.path.join(ROOT, "examples"), "us-east-1"
    ground, work = Stack(world, region, "ground"), Stack(world, region, "work")
    path = f"{folder}/{ON_GROUND}.yaml"
    if not (made(tap, ground, f"{folder}/environment/environment.yaml", "the environment") and made(tap, work, path, ON_GROUND)):
        return
    outputs = {o["OutputKey"]: o["OutputValue"] for o in ground.cloudformation().describe_stacks(StackName="ground")["Stacks"][0]["Outputs"]}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    known = re.sub(r"\$\{env\.(\w+)\}", lambda m: outputs[m.group(1)], text)
    compared(tap, world, work, ON_GROUND, yaml.safe_load(known), path, outputs)
    update_unchanged(tap, work, ON_GROUND, path)
    delete(tap, world, work, ON_GROUND)
    tap.equal(ground.status(), "CREATE_COMPLETE", "the environment is left as it was")


# ---- changes that are made by another resource ----

SMALL = """Kind: Batch
Region: us-east-1
Networking: {SubnetIds: [subnet-0123456789abcdef0]}
ComputeEnvironments:
  - {Name: main, InstanceTypes: [m5.large], MaxvCpus: 64}
SchedulingPolicies:
  - {Name: teams, FairsharePolicy: {ShareDistribution: [{ShareIdentifier: a, WeightFactor: 1}]}}
JobQueues:
  - {Name: main, ComputeEnvironmentOrder: [main]}
"""
# Each is refused as an update, so another one is made in place of it: by another logical id.
TURNS = [
    ("an environment becomes one of Fargate", "InstanceTypes: [m5.large], ", "Type: FARGATE, ", "ComputeEnvironmentMain"),
    ("and one of instances again", "Type: FARGATE, ", "InstanceTypes: [m5.large], ", "FargateEnvironmentMain"),
    ("the strategy becomes BEST_FIT", "Name: main, Inst", "Name: main, AllocationStrategy: BEST_FIT, Inst", "ComputeEnvironmentMain"),
    ("and another again", "AllocationStrategy: BEST_FIT, ", "", "BestFitEnvironmentMain"),
    ("a queue gets a policy", "{Name: main, Comp", "{Name: main, JobQueueName: shared, SchedulingPolicy: teams, Comp", "JobQueueMain"),
    ("and loses it", "JobQueueName: shared, SchedulingPolicy: teams, ", "JobQueueName: plain, ", "SharedQueueMain"),
]


def turns(tap, world):
    stack = Stack(world, "us-east-1", "turns")
    with temporary() as folder:
        path, text = os.path.join(folder, "batch.yaml"), SMALL
        text = text.replace("subnet-0123456789abcdef0", world.network("us-east-1", {"a"})[1]["a"])
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        if not made(tap, stack, path, "a small file"):
            return
        for what, old, new, goes in TURNS:
            tap.ok(old in text, f"{what}: there is something to edit", text)
            text = text.replace(old, new, 1)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            before, result = resources_of(stack), stack.deploy(path)
            if not tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", what, said(result) + events(stack)):
                return
            now = resources_of(stack)
            tap.ok(goes in before and goes not in now, f"{what}: by another logical id", sorted(now))
            compared(tap, world, stack, what, yaml.safe_load(text), path)


# ---- the page ----

# Stands in for Docker: notes what it is asked for.
DOCKER = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/asked"
[ "$1" != login ] || cat >/dev/null
"""


def follow_page(tap, world):
    """doc/batch.md: the file under the name in its first line, then all commands as printed, in one shell."""
    with open(os.path.join(ROOT, "doc/batch.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```(yaml|sh)[^\n]*\n(.*?)^```$", file.read(), re.M | re.S)
    with temporary() as folder:
        os.symlink(HPCC, os.path.join(folder, "hpcc"))
        with open(os.path.join(folder, "docker"), "w", encoding="utf-8") as out:
            out.write(DOCKER)
        os.chmod(os.path.join(folder, "docker"), 0o755)
        with open(os.path.join(folder, "batch.yaml"), "w", encoding="utf-8") as out:
            out.write(next(text for kind, text in blocks if text.startswith("# batch.yaml\n")))
        environment = world.environment("us-east-2")
        environment["PATH"] = folder + ":" + environment["PATH"]
        shown = [text for kind, text in blocks if kind == "sh"]
        tap.ok(len(shown) >= 6, "the page has commands", len(shown))
        script = "".join(f"{text}echo 'block {number} of {len(shown)}'\n" for number, text in enumerate(shown, 1))
        result = run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, timeout=300)
        tap.ok(result.returncode == 0 and f"block {len(shown)} of".encode() in result.stdout, "the page: each command works", said(result))
        with open(os.path.join(folder, "asked"), encoding="utf-8") as file:
            asked = file.read().splitlines()
        ecr = world.client("ecr", "us-east-2")  # examples of this region leave repositories as well
        left = [r for r in ecr.describe_repositories()["repositories"]
                if {"Key": "hpcc:stack", "Value": "work"} in ecr.list_tags_for_resource(resourceArn=r["repositoryArn"])["tags"]]
        uri = left[0]["repositoryUri"] if len(left) == 1 else "?"
        tap.equal([asked[0], asked[-1]], [f"login --username AWS --password-stdin {uri.split('/')[0]}", f"push {uri}:1"],
                  "the page: the image goes to the repository, which stays")
        jobs = re.findall(rb"^(\w+)\t", result.stdout, re.M)
        tap.ok(jobs and jobs[0] in (b"SUBMITTED", b"PENDING", b"RUNNABLE", b"STARTING", b"RUNNING", b"FAILED", b"SUCCEEDED"),
               "the page: the job is known", result.stdout.decode())
    stacks = [s["StackName"] for s in world.client("cloudformation", "us-east-2").describe_stacks()["Stacks"]]
    tap.equal([name for name in stacks if name == "work"], [], "the page: the stack is gone in the end")


# ---- controls ----

def of_type(resources, kind, has=None):
    return [r for r in resources.values() if r["Type"] == kind and (has is None or has in json.dumps(r["Properties"]))]


def compute(resources):
    return of_type(resources, "AWS::Batch::ComputeEnvironment", '"EC2"')[0]["Properties"]["ComputeResources"]


def container(resources):
    return of_type(resources, "AWS::Batch::JobDefinition", "train-model")[0]["Properties"]["ContainerProperties"]


def other_most(resources):
    compute(resources)["MaxvCpus"] = 8


def other_types(resources):
    compute(resources)["InstanceTypes"] = ["c5.large"]


def newest_template(resources):
    compute(resources)["LaunchTemplate"]["Version"] = "$Default"


def open_metadata(resources):
    of_type(resources, "AWS::EC2::LaunchTemplate")[0]["Properties"]["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"] = "optional"


def other_priority(resources):
    of_type(resources, "AWS::Batch::JobQueue")[0]["Properties"]["Priority"] = 999


def less_memory(resources):
    container(resources)["ResourceRequirements"][1]["Value"] = "1000"


def other_image(resources):
    container(resources)["Image"] = "public.ecr.aws/docker/library/busybox"


def no_role(resources):
    container(resources).pop("JobRoleArn")


def no_mount(resources):
    container(resources)["MountPoints"].pop()


def always_again(resources):
    of_type(resources, "AWS::Batch::JobDefinition", "train-model")[0]["Properties"]["RetryStrategy"]["EvaluateOnExit"][-1]["Action"] = "RETRY"


def any_account(resources):
    role = of_type(resources, "AWS::IAM::Role", "ecs-tasks")[0]
    del role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]


def all_images(resources):
    of_type(resources, "AWS::ECR::Repository")[0]["Properties"].pop("LifecyclePolicy")


CONTROLS = [other_most, other_types, newest_template, open_metadata, other_priority, less_memory, other_image, no_role, no_mount,
            always_again, any_account, all_images]


def controls(tap, world):
    example = [e for e in map(Example, batches()) if e.name == "everything/batch-jobs"][0]
    with temporary() as folder:
        path, text = prepare(world, example, folder)
        text = text.replace("    JobDefinitionName: train-model\n", "").replace("    RepositoryName: team/app\n", "")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        template = hpcc("--minify", "--quiet", path).stdout.replace(b'-train"', b'-train-model"')
        file = read(text)
        file["JobDefinitions"][0]["JobDefinitionName"] = ""
        for number, tamper in enumerate(CONTROLS):
            changed, stack = json.loads(template), Stack(world, example.region, f"control-{number}")
            tamper(changed["Resources"])
            file["JobDefinitions"][0]["JobDefinitionName"] = f"{stack.name}-train-model"
            stack.cloudformation().create_stack(StackName=stack.name, TemplateBody=json.dumps(changed), Capabilities=["CAPABILITY_NAMED_IAM"])
            faults = [f for _, found in BatchComparison(world, stack, file, path).all() for f in found]
            tap.ok(len(faults) in (1, 2), f"control: {tamper.__name__.replace('_', ' ')} is found out, and nothing else", "\n".join(faults))


def main():
    alone = [e for e in map(Example, batches()) if e.name != ON_GROUND]
    run_parts([(e.name, lambda tap, world, e=e, n=n: deploy_example(tap, world, e, n)) for n, e in enumerate(alone)]
              + [("ground", on_ground), ("turns", turns), ("page", follow_page), ("controls", controls)])


if __name__ == "__main__":
    sys.exit(main())

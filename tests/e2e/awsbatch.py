#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deploys every example of the scheduler awsbatch with the AWS CLI to a local AWS, and looks at what came of it through the API.

As deploy.py does with clusters of Slurm: created, compared with the file, deployed again without a change set, edited, deleted. Then
the commands of aws-parallelcluster-awsbatch-cli from PyPI submit, list, show and kill jobs there, which run as processes, with the
configuration that the stack gives. At the end each comparison is tried against a template that was tampered with, and must complain.
usage: awsbatch.py HPCC [EXAMPLE…]; prints TAP.
"""
import copy
import json
import os
import re
import sys
import time

from common import AWSBATCH, examples, hpcc, in_venv, need_tools, run, temporary

in_venv("boto3")
need_tools("aws")

import yaml  # noqa: E402 - from the virtual environment

from compare_awsbatch import AwsbatchComparison  # noqa: E402
from deploy import Stack, read, run_parts, said, update_unchanged  # noqa: E402
from environments import delete, resources_of  # noqa: E402
from patience import Patience  # noqa: E402
from world import BUCKET  # noqa: E402

# What an edit of vCPUs, of the bid and of groups may make anew: the template of instances by number, and what stands for the
# configuration of the head node.
MAY_BE_NEW = re.compile(r"HeadNodeWait(Handle|Condition)[0-9a-f]+$")


def compared(tap, world, stack, label, file, path, when=""):
    comparison = AwsbatchComparison(world, stack, file, path)
    for name, faults in comparison.all():
        tap.ok(not faults, f"{label}: {name}{when}", "\n".join(faults))
    return comparison


def bring(world, example, text):
    """The bucket that the file names."""
    for name in re.findall(r"^CustomS3Bucket: (\S+)", text, re.M):
        world.client("s3", "us-east-1").create_bucket(Bucket=name)


# ---- edits ----

def edited(file):
    """What ParallelCluster lets through in an update of what runs."""
    file = copy.deepcopy(file)
    resource = file["Scheduling"]["AwsBatchQueues"][0]["ComputeResources"][0]
    resource["MaxvCpus"] = resource.get("MaxvCpus", 10) + 64
    resource["MinvCpus"] = resource.get("MinvCpus", 0) + 2
    if file["Scheduling"]["AwsBatchQueues"][0].get("CapacityType") == "SPOT":
        resource["SpotBidPercentage"] = 55
    if "DesiredvCpus" in resource:
        resource["DesiredvCpus"] += 2
    return file


def update_edited(tap, world, stack, label, path, file):
    """More vCPUs and another bid are an update of the same compute environment, queue, definitions and head node."""
    there, file = resources_of(stack), edited(file)
    with open(path, "w", encoding="utf-8") as out:
        yaml.safe_dump(file, out, sort_keys=False)
    result = stack.deploy(path)
    if not tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", f"{label}: an edited file is an update", said(result)):
        return
    now = resources_of(stack)
    other = sorted(name for name in there.keys() | now.keys() if there.get(name, (0, 0))[1] != now.get(name, (0, 0))[1])
    tap.equal([name for name in other if not MAY_BE_NEW.match(name)], [], f"{label}: what was there stays the same")
    builds = world.client("codebuild", stack.region).list_builds()["ids"]
    compared(tap, world, stack, label, file, path, " after the edit")
    tap.equal(world.client("codebuild", stack.region).list_builds()["ids"], builds, f"{label}: no image is made again")


def update_refused(tap, stack, label, path, file):
    """What it never let through is refused by the function of the stack, and no other resource has begun to change."""
    new = edited(file)
    new["HeadNode"]["Ssh"]["KeyName"] += "2"
    there = resources_of(stack)
    with open(path, "w", encoding="utf-8") as out:
        yaml.safe_dump(new, out, sort_keys=False)
    result = stack.deploy(path)
    tap.ok(result.returncode != 0, f"{label}: another key of the head node is refused", said(result))
    tap.equal(resources_of(stack), there, f"{label}: and all stays as it was")


# ---- the commands of the package ----

class Commands:
    """awsbsub and so on of a user with this configuration, and nothing else of AWS's configuration."""

    def __init__(self, world, stack, home, config):
        self.environment = {**world.environment(stack.region), "HOME": home, "PATH": f"{AWSBATCH}/bin:{os.environ['PATH']}"}
        os.makedirs(home + "/.parallelcluster")
        with open(home + "/.parallelcluster/awsbatch-cli.cfg", "w", encoding="utf-8") as file:
            file.write(config)

    def __call__(self, command, *args, text=None):
        """(status, what it prints)"""
        # Without a terminal awsbsub takes its standard input for the script of the job.
        words = [f"{AWSBATCH}/bin/{command}", *args]
        if command == "awsbsub" and text is None:
            words = [f"{AWSBATCH}/bin/python", "-c", "import sys; sys.stdin.isatty = lambda: True; from awsbatch.awsbsub import main; main()", *args]
        done = run(words, env=self.environment, **({"input": text.encode()} if text is not None else {}))
        return done.returncode, (done.stdout + done.stderr).decode()

    def submit(self, *args, text=None):
        """Id of the job."""
        status, told = self("awsbsub", *args, text=text)
        found = re.search(r"^Job ([\w-]+) \(.*\) has been submitted\.$", told, re.M)
        if status != 0 or not found:
            raise RuntimeError(told)
        return found.group(1)

    def until(self, identifier, *states):
        """The state of a job when it is one of these, or the last one."""
        state, patience = None, Patience(60)
        while state not in states and not patience.ended():
            told = self("awsbstat", "-d", identifier)[1]
            found = re.search(r"^status +: (\w+)", told, re.M)
            state = found.group(1) if found else told
            time.sleep(0.2)
        return state


def plain_jobs(tap, label, commands, world, stack):
    job = commands.submit("-jn", "hello", "-p", "2", "-m", "640", "echo", "hello", "from", "a job")
    tap.equal(commands.until(job, "SUCCEEDED", "FAILED"), "SUCCEEDED", f"{label}: awsbsub submits a command, and it runs")
    status, told = commands("awsbout", job)
    tap.ok(status == 0 and told.rstrip().endswith(": hello from a job"), f"{label}: awsbout shows what it prints", told)
    found = world.client("batch", stack.region).describe_jobs(jobs=[job])["jobs"][0]["container"]
    tap.equal((found["vcpus"], found["memory"]), (2, 640), f"{label}: its vCPUs and memory are those it asked for")
    status, told = commands("awsbstat", "-s", "ALL")
    tap.ok(status == 0 and job in told and "SUCCEEDED" in told, f"{label}: awsbstat lists it", told)


def sent_jobs(tap, label, commands):
    """A script, with an input file and a variable of the submitter, goes by way of the bucket."""
    folder = commands.environment["HOME"]
    with open(folder + "/data.txt", "w", encoding="utf-8") as file:
        file.write("of a file\n")
    with open(folder + "/job.sh", "w", encoding="utf-8") as file:
        file.write("#!/bin/bash\ncat data.txt\necho \"$WORD $1 $PCLUSTER_SHARED_DIRS\"\n")
    commands.environment["WORD"] = "it's said"
    job = commands.submit("-jn", "sent", "-cf", "-e", "WORD", "-if", folder + "/data.txt", "-w", folder + "/work", folder + "/job.sh", "one")
    tap.equal(commands.until(job, "SUCCEEDED", "FAILED"), "SUCCEEDED", f"{label}: awsbsub sends a script", )
    told = commands("awsbout", job)[1]
    tap.ok(": of a file\n" in told and ": it's said one " in told, f"{label}: with its input file, a variable and an argument", told)


def array_jobs(tap, label, commands):
    job = commands.submit("-jn", "many", "-a", "3", "printenv", "AWS_BATCH_JOB_ARRAY_INDEX")
    states = {commands.until(f"{job}:{i}", "SUCCEEDED", "FAILED") for i in range(3)}
    tap.equal(states, {"SUCCEEDED"}, f"{label}: an array of jobs")
    told = "".join(commands("awsbout", f"{job}:{i}")[1] for i in range(3))
    tap.equal(re.findall(r": (\d)$", told, re.M), ["0", "1", "2"], f"{label}: each with its number")


def node_jobs(tap, label, commands):
    job = commands.submit("-jn", "nodes", "-n", "2", "printenv", "AWS_BATCH_JOB_NODE_INDEX", "AWS_BATCH_JOB_NUM_NODES")
    states = {commands.until(f"{job}#{i}", "SUCCEEDED", "FAILED") for i in range(2)}
    tap.equal(states, {"SUCCEEDED"}, f"{label}: a job of two nodes")
    told = "".join(commands("awsbout", f"{job}#{i}")[1] for i in range(2))
    tap.equal(re.findall(r": (\d)$", told, re.M), ["0", "2", "1", "2"], f"{label}: both of them ran")


def killed_jobs(tap, label, commands):
    job = commands.submit("-jn", "long", "sleep", "600")
    tap.equal(commands.until(job, "RUNNING", "FAILED"), "RUNNING", f"{label}: a long job runs")
    status, told = commands("awsbkill", "-r", "enough", job)
    tap.ok(status == 0, f"{label}: awsbkill takes it", told)
    tap.equal(commands.until(job, "FAILED", "SUCCEEDED"), "FAILED", f"{label}: and it ends")


def commands_work(tap, world, stack, label, comparison, folder):
    if not os.path.exists(f"{AWSBATCH}/bin/awsbsub"):
        tap.skip(f"{label}: the commands of the package", "tests/requirements-awsbatch.txt is not installed")
        return
    if "ResourcesS3Bucket" not in comparison.parameters:  # the bucket refuses plain HTTP, which this AWS speaks
        world.client("s3", "us-east-1").delete_bucket_policy(Bucket=comparison.outputs["JobBucket"])
    commands = Commands(world, stack, folder + "/home", comparison.outputs["AwsBatchCliConfig"])
    status, told = commands("awsbqueues")
    tap.ok(status == 0 and f"{stack.name}-" in told, f"{label}: awsbqueues shows the queue", told)
    status, told = commands("awsbhosts")
    tap.ok(status == 0, f"{label}: awsbhosts asks for the hosts", told)
    plain_jobs(tap, label, commands, world, stack)
    sent_jobs(tap, label, commands)
    array_jobs(tap, label, commands)
    node_jobs(tap, label, commands)
    killed_jobs(tap, label, commands)
    if "ResourcesS3Bucket" in comparison.parameters:
        os.remove(folder + "/home/.parallelcluster/awsbatch-cli.cfg")
        status, told = commands("awsbqueues", "-c", stack.name)
        tap.ok(status == 0 and f"{stack.name}-" in told, f"{label}: without a configuration they ask the stack", told)


# ---- examples ----

def deploy_example(tap, world, example, number):
    label, stack = example.name, Stack(world, example.region, f"awsbatch-{number}")
    world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
    with temporary() as folder:
        path, text = world.prepare(example, folder)
        bring(world, example, text)
        file = read(text)
        result = stack.deploy(path)
        if not tap.ok(result.returncode == 0 and stack.status() == "CREATE_COMPLETE", f"{label}: CREATE_COMPLETE", said(result)):
            return
        comparison = compared(tap, world, stack, label, file, path)
        update_unchanged(tap, stack, label, path)
        commands_work(tap, world, stack, label, comparison, folder)
        update_edited(tap, world, stack, label, path, file)
        update_refused(tap, stack, label, path, file)
        delete(tap, world, stack, label)


# ---- controls ----

def environment_of(resources):
    return next(r for r in resources.values() if r["Type"] == "AWS::Batch::ComputeEnvironment")["Properties"]


def container_of(resources):
    return resources["JobDefinitionSerial"]["Properties"]["ContainerProperties"]


def other_figure(resources):
    environment_of(resources)["ComputeResources"]["MaxvCpus"] += 1


def other_type(resources):
    environment_of(resources)["ComputeResources"]["InstanceTypes"] = ["c5"]


def new_members(resources):
    c = container_of(resources)
    del c["Vcpus"], c["Memory"]
    c["ResourceRequirements"] = [{"Type": "VCPU", "Value": "1"}, {"Type": "MEMORY", "Value": "512"}]


def privilege(resources):
    container_of(resources)["Privileged"] = True


def no_home(resources):
    c = container_of(resources)
    c["MountPoints"] = [m for m in c["MountPoints"] if m["ContainerPath"] != "/home"]


def own_log_group(resources):
    container_of(resources)["LogConfiguration"] = {"LogDriver": "awslogs"}


def other_variable(resources):
    container_of(resources)["Environment"][2]["Value"] = "/elsewhere"


def no_policy(resources):
    del resources["HeadNodeRole"]["Properties"]["ManagedPolicyArns"]


def other_head(resources):
    resources["HeadNode"]["Properties"]["InstanceType"] = "t3.micro"


def all_rights(resources):
    role = [r for r in resources.values() if r["Type"] == "AWS::IAM::Role"][0]
    role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})


def output_of_others(resources):
    for statement in resources["BatchUserPolicy"]["Properties"]["PolicyDocument"]["Statement"]:
        if "logs:GetLogEvents" in statement["Action"]:
            statement["Resource"] = "*"


def no_wait_for_the_image(resources):
    del resources["JobDefinitionMnp"]["DependsOn"]


CONTROLS = [other_figure, other_type, new_members, privilege, no_home, own_log_group, other_variable, no_policy, other_head, all_rights,
            output_of_others, no_wait_for_the_image]


def controls(tap, world):
    example = [e for e in examples("awsbatch") if e.name == "awsbatch/cluster"][0]
    world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
    with temporary() as folder:
        path, text = world.prepare(example, folder)
        template = hpcc("--minify", "--quiet", path).stdout
        for number, tamper in enumerate(CONTROLS):
            changed = json.loads(template)
            tamper(changed["Resources"])
            stack = Stack(world, example.region, f"control-{number}")
            world.client("s3", "us-east-1").put_object(Bucket=f"{BUCKET}-{example.region}", Key="t.json", Body=json.dumps(changed).encode())
            stack.cloudformation().create_stack(StackName=stack.name, TemplateURL=f"{world.url}/{BUCKET}-{example.region}/t.json",
                                                Capabilities=["CAPABILITY_NAMED_IAM"])
            faults = [fault for _, found in AwsbatchComparison(world, stack, yaml.safe_load(text), path).all() for fault in found]
            tap.ok(faults, f"control: {tamper.__name__.replace('_', ' ')} is found out")


def main():
    run_parts([(e.name, lambda tap, world, e=e, n=n: deploy_example(tap, world, e, n)) for n, e in enumerate(examples("awsbatch"))]
              + [("controls", controls)])


if __name__ == "__main__":
    sys.exit(main())

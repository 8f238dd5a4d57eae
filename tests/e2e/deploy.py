#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deploys every example with the AWS CLI to a local AWS, and looks at what came of it through the API.

`hpcc exec FILE -- aws cloudformation deploy …` is run for real. What the file says is read here again, by
PyYAML, so a property that is lost or misread on the way to AWS shows up. Then: the same file again makes no
change set, an edited one is an update, deleting leaves nothing. At the end each comparison is tried against a
template that was tampered with, and must complain.
usage: deploy.py HPCC [EXAMPLE…]; prints TAP.
"""
import json
import re
import sys

from common import HPCC, Tap, examples, hpcc, in_venv, need_tools, run, temporary

in_venv("boto3")
need_tools("aws")

import yaml  # noqa: E402 - from the virtual environment

from compare import Comparison  # noqa: E402
from world import BUCKET, World  # noqa: E402


class Stack:
    """One deployed file."""

    def __init__(self, world, region, name):
        self.world, self.region, self.name = world, region, name

    def deploy(self, path, *more, emit=()):
        """hpcc exec … aws cloudformation deploy, with the arguments that hpcc says are needed."""
        return run([HPCC, "exec", "--quiet", f"--bucket={BUCKET}-{self.region}", *emit, path, "--", "aws",
                    "cloudformation", "deploy", "--template-file", "{}", "--stack-name", self.name, "{args}", *more],
                   env=self.world.environment(self.region))

    def cloudformation(self):
        return self.world.client("cloudformation", self.region)

    def status(self):
        return self.cloudformation().describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]

    def change_sets(self):
        return self.cloudformation().list_change_sets(StackName=self.name)["Summaries"]


def run_parts(parts):
    """Calls function(tap, world) of each (name, function), or of those that the command line names."""
    tap, world = Tap(), World()
    wanted = sys.argv[2:]
    try:
        for name, function in parts:
            if not wanted or name in wanted:
                function(tap, world)
    finally:
        world.end()
    tap.end()


def said(result):
    return f"exit status {result.returncode}\n{result.stdout.decode()}\n{result.stderr.decode()}"


def deployed(value, given):
    """What a file means to a stack: parameters replaced by these values."""
    if isinstance(value, dict):
        return {key: deployed(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [deployed(inner, given) for inner in value]
    whole = re.fullmatch(r"\$\{param\.(\w+)\}", value) if isinstance(value, str) else None
    if whole:
        return given[whole.group(1)]
    return re.sub(r"\$\{param\.(\w+)\}", lambda m: str(given[m.group(1)]), value) if isinstance(value, str) else value


def read(text, **other):
    """The file as the stack has it with the defaults of its parameters, and other values for some."""
    document = yaml.safe_load(text)
    given = {name: body.get("Default") for name, body in document.pop("Parameters", {}).items()}
    return deployed(document, {**given, **other})


# Values for parameters of an example, other than its defaults.
OVERRIDES = {"parameters/cluster": {"NodeType": "c7i.8xlarge", "Results": "amzn-s3-demo-bucket1"}}


def update_parameters(tap, world, stack, label, path, text):
    """Other values of parameters are an update of the same template, and what becomes of it is what the file says then."""
    other = OVERRIDES[label]
    result = stack.deploy(path, "--parameter-overrides", *[f"{name}={value}" for name, value in other.items()])
    tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", f"{label}: other values are an update",
           said(result))
    comparison = Comparison(world, stack, read(text, **other), path, other)
    for name, faults in comparison.all():
        tap.ok(not faults, f"{label}: {name}, with other values", "\n".join(faults))
    return comparison


def update_unchanged(tap, stack, label, path):
    before = stack.cloudformation().describe_stack_events(StackName=stack.name)["StackEvents"]
    result = stack.deploy(path)
    tap.ok(result.returncode == 0 and b"No changes to deploy" in result.stderr + result.stdout,
           f"{label}: the same file again has no changes to deploy", said(result))
    after = stack.cloudformation().describe_stack_events(StackName=stack.name)["StackEvents"]
    tap.equal(len(after), len(before), f"{label}: and nothing happens to the stack")


def update_changed(tap, stack, label, path, text):
    """A queue may hold one node more: the head node is told, and stays."""
    edited = re.sub(r"MaxCount: (\d+)", lambda m: f"MaxCount: {int(m.group(1)) + 1}", text, 1)
    if not tap.ok(edited != text, f"{label}: there is a MaxCount to edit"):
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(edited)
    head = [r for r in stack.cloudformation().list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
            if r["LogicalResourceId"] == "HeadNode"][0]["PhysicalResourceId"]
    result = stack.deploy(path)
    tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", f"{label}: an edited file is an update",
           said(result))
    now = [r for r in stack.cloudformation().list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
           if r["LogicalResourceId"] == "HeadNode"][0]["PhysicalResourceId"]
    tap.equal(now, head, f"{label}: the head node is the same instance")


def delete(tap, world, stack, label, before, comparison):
    """A compute node that still runs must be ended by the stack's own function."""
    ec2 = world.client("ec2", stack.region)
    node = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[{
        "ResourceType": "instance", "Tags": [{"Key": "hpcc:cluster", "Value": stack.name},
                                             {"Key": "hpcc:node-type", "Value": "Compute"}]}])["Instances"][0]
    stranger = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]
    result = world.aws(stack.region, "cloudformation", "delete-stack", "--stack-name", stack.name)
    states = {i["InstanceId"]: i["State"]["Name"] for r in ec2.describe_instances()["Reservations"]
              for i in r["Instances"]}
    tap.ok(result.returncode == 0 and states[node["InstanceId"]] == "terminated",
           f"{label}: deleting ends the compute nodes", said(result) + str(states))
    tap.equal(states[stranger["InstanceId"]], "running", f"{label}: and nobody else's")
    ec2.terminate_instances(InstanceIds=[stranger["InstanceId"]])
    kept = comparison.kept()
    kept |= {g["GroupId"] for g in ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
             if g["VpcId"] in kept}  # a VPC that stays has its own
    left = [name for name in sorted(set(what_is_there(world, stack.region)) - set(before))
            if name.split()[1] not in kept]
    tap.equal(left, [], f"{label}: and leaves nothing behind that is not to be kept")
    recorded = [f"{r['type']} {r['id']}" for r in world.get("recorded") if f"/{stack.name}/" in r["stack"]]
    tap.equal([r for r in recorded if "FSx" not in r], [], f"{label}: nor of what was recorded only")


def what_is_there(world, region):
    """Names of everything of the kinds that a stack makes."""
    def client(service):
        return world.client(service, region)

    found = ["instance " + i["InstanceId"] for r in client("ec2").describe_instances(Filters=[
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}])["Reservations"]
        for i in r["Instances"]]
    found += ["template " + t["LaunchTemplateId"] for t in client("ec2").describe_launch_templates()["LaunchTemplates"]]
    found += ["group " + g["GroupId"] for g in client("ec2").describe_security_groups()["SecurityGroups"]]
    found += ["role " + r["RoleName"] for r in client("iam").list_roles()["Roles"]]
    found += ["profile " + p["InstanceProfileName"] for p in client("iam").list_instance_profiles()["InstanceProfiles"]]
    found += ["function " + f["FunctionName"] for f in client("lambda").list_functions()["Functions"]]
    found += ["scaling " + g["AutoScalingGroupName"]
              for g in client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]]
    found += ["balancer " + b["LoadBalancerName"] for b in client("elbv2").describe_load_balancers()["LoadBalancers"]]
    found += ["interface " + i["NetworkInterfaceId"] for i in client("ec2").describe_network_interfaces(Filters=[
        {"Name": "tag-key", "Values": ["hpcc:cluster"]}])["NetworkInterfaces"]]
    return found


def deploy_example(tap, world, example, number):
    label = example.name
    stack = Stack(world, example.region, f"stack-{number}")
    world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
    with temporary() as folder:
        path, text = world.prepare(example, folder)
        before = what_is_there(world, example.region)
        result = stack.deploy(path)
        if not tap.ok(result.returncode == 0 and stack.status() == "CREATE_COMPLETE", f"{label}: CREATE_COMPLETE",
                      said(result)):
            return
        comparison = Comparison(world, stack, read(text), path)
        for name, faults in comparison.all():
            tap.ok(not faults, f"{label}: {name}", "\n".join(faults))
        update_unchanged(tap, stack, label, path)
        if example.name in ("tutorial/cluster", "genomics/cluster"):
            update_changed(tap, stack, label, path, text)
        if example.name in OVERRIDES:
            comparison = update_parameters(tap, world, stack, label, path, text)
        delete(tap, world, stack, label, before, comparison)


# ---- controls: a template that says something else than the file must be found out ----

def launch_data(resources):
    return [r["Properties"]["LaunchTemplateData"] for r in resources.values()
            if r["Type"] == "AWS::EC2::LaunchTemplate" and "NetworkInterfaces" in r["Properties"]["LaunchTemplateData"]]


def other_type(resources):
    launch_data(resources)[0]["InstanceType"] = "c5.large"


def one_interface_less(resources):
    [data for data in launch_data(resources) if len(data["NetworkInterfaces"]) > 1][0]["NetworkInterfaces"].pop()


def no_market(resources):
    [data for data in launch_data(resources) if "InstanceMarketOptions" in data][0].pop("InstanceMarketOptions")


def open_metadata(resources):
    launch_data(resources)[0]["MetadataOptions"]["HttpTokens"] = "optional"


def small_volume(resources):
    [data for data in launch_data(resources) if "VolumeSize" in data["BlockDeviceMappings"][0]["Ebs"]][0][
        "BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] = 35


def no_tag(resources):
    launch_data(resources)[0]["TagSpecifications"][0]["Tags"] = []


def other_user_data(resources):
    launch_data(resources)[0]["UserData"] = {"Fn::Base64": "#!/bin/sh\n"}


def other_head(resources):
    resources["HeadNode"]["Properties"]["InstanceType"] = "t3.micro"


def all_rights(resources):
    role = [r for r in resources.values() if r["Type"] == "AWS::IAM::Role"][0]
    role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "*", "Resource": "*"})


CONTROLS = [other_type, one_interface_less, no_market, open_metadata, small_volume, no_tag, other_user_data,
            other_head, all_rights]


def controls(tap, world):
    example = [e for e in examples() if e.name == "everything/scheduling"][0]
    with temporary() as folder:
        path, text = world.prepare(example, folder)
        template = hpcc("--minify", "--quiet", path).stdout
        for number, tamper in enumerate(CONTROLS):
            changed = json.loads(template)
            tamper(changed["Resources"])
            stack = Stack(world, example.region, f"control-{number}")
            world.client("s3", "us-east-1").put_object(Bucket=f"{BUCKET}-{example.region}", Key="t.json",
                                                       Body=json.dumps(changed).encode())
            stack.cloudformation().create_stack(
                StackName=stack.name, TemplateURL=f"{world.url}/{BUCKET}-{example.region}/t.json",
                Capabilities=["CAPABILITY_NAMED_IAM"])
            faults = [fault for _, found in Comparison(world, stack, yaml.safe_load(text), path).all()
                      for fault in found]
            tap.ok(faults, f"control: {tamper.__name__.replace('_', ' ')} is found out")


def main():
    run_parts([(e.name, lambda tap, world, e=e, n=n: deploy_example(tap, world, e, n)) for n, e in enumerate(examples())]
              + [("controls", controls)])


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deploys every example of an environment with the AWS CLI to a local AWS, and looks at what came of it through the API.

As deploy.py does with clusters: created, compared with the file as PyYAML reads it, deployed again without a change set,
edited, deleted. What the template says is to be kept must stay, all else must go. An edit may replace nothing: neither in the
local AWS nor by the create-only properties in AWS's schemas. At the end each comparison is tried against a template that
was tampered with, and must complain.
usage: environments.py HPCC [EXAMPLE…]; prints TAP.
"""
import json
import os
import re
import sys

from common import HPCC, ROOT, create_only, environments, hpcc, in_venv, need_tools, run, temporary

in_venv("boto3")
need_tools("aws")

import yaml  # noqa: E402 - from the virtual environment

from compare_environment import AUTH_KEY, EnvironmentComparison  # noqa: E402
from deploy import Stack, run_parts, said, update_unchanged  # noqa: E402
from world import BUCKET  # noqa: E402

KEPT = ("Retain", "RetainExceptOnCreate")
# Parts of something else, which go and stay with it.
PARTS = {"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::Route", "AWS::EC2::VPCCidrBlock",
         "AWS::EC2::SecurityGroupIngress", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription",
         "AWS::EC2::VPNGatewayRoutePropagation", "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::KMS::Alias", "AWS::IAM::Policy",
         "AWS::Lambda::Permission"}


class Example:
    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)[:-len(".yaml")]
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.region = re.search(r"^Region: (\S+)", self.text, re.M).group(1)


def grounds():
    return [Example(path) for path in environments() if "/parameters/" not in path]


# ---- what a file expects to find ----

def expected(world, example, text):
    """{id in the file: id here} of what the file does not make."""
    ec2, names = world.client("ec2", example.region), {}
    if re.search(r"\bvpc-\w+", text):
        zone_of = {s["SubnetId"]: s["AvailabilityZone"] for s in yaml.safe_load(text)["Network"]["Subnets"] if "SubnetId" in s}
        vpc, names = world.network(example.region, set(zone_of), zone_of)
        names[re.search(r"\bvpc-\w+", text).group(0)] = vpc
        table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
        names.update(dict.fromkeys(re.findall(r"\brtb-\w+", text), table))
    for name in set(re.findall(r"\btgw-\w+", text)):
        names[name] = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for name in set(re.findall(r"\bvgw-\w+", text)):
        names[name] = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    for name in set(re.findall(r"\bpl-\w+", text)):
        names[name] = ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=1, AddressFamily="IPv4")[
            "PrefixList"]["PrefixListId"]
    for name in set(re.findall(r"AuthKeyParameter: (\S+)", text)):
        world.client("ssm", example.region).put_parameter(Name=name, Value=AUTH_KEY, Type="SecureString", Overwrite=True)
    for name in set(re.findall(r"KmsKeyId: (\S+)", text)):
        names[name] = world.client("kms", example.region).create_key()["KeyMetadata"]["KeyId"]
    return names


def prepare(world, example, folder):
    """Makes what the example refers to, and writes a copy that refers to it. Returns (path of the copy, its text)."""
    world.roles(example.text)
    text = example.text
    for old, new in expected(world, example, text).items():
        text = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", new, text)
    path = os.path.join(folder, "environment.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path, text


# ---- what is there ----

def identifiers(world, region):
    """Physical ids of everything of the kinds that an environment makes and an API of the local AWS lists."""
    def client(service):
        return world.client(service, region)

    ec2 = client("ec2")
    found = [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"]]
    found += [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]]
    found += [g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"]]
    found += [t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"]]
    found += [g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]]
    found += [g["NatGatewayId"] for g in ec2.describe_nat_gateways()["NatGateways"] if g["State"] != "deleted"]
    found += [a["PublicIp"] for a in ec2.describe_addresses()["Addresses"]]
    found += [e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"] != "deleted"]
    found += [f["FlowLogId"] for f in ec2.describe_flow_logs()["FlowLogs"]]
    found += [k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]]
    found += [g["VpnGatewayId"] for g in ec2.describe_vpn_gateways()["VpnGateways"] if g["State"] != "deleted"]
    found += [g["TransitGatewayId"] for g in ec2.describe_transit_gateways()["TransitGateways"] if g["State"] != "deleted"]
    found += [b["Name"] for b in client("s3").list_buckets()["Buckets"]]
    found += [k["KeyId"] for k in client("kms").list_keys()["Keys"]
              if client("kms").describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"]
    found += [f["FileSystemId"] for f in client("efs").describe_file_systems()["FileSystems"]]
    found += [t["MountTargetId"] for f in client("efs").describe_file_systems()["FileSystems"]
              for t in client("efs").describe_mount_targets(FileSystemId=f["FileSystemId"])["MountTargets"]]
    found += [g["logGroupName"] for g in client("logs").describe_log_groups()["logGroups"]]
    found += [f["FunctionName"] for f in client("lambda").list_functions()["Functions"]]
    found += [t["TopicArn"] for t in client("sns").list_topics()["Topics"]]
    found += [r["RoleName"] for r in client("iam").list_roles()["Roles"]]
    found += [p["InstanceProfileName"] for p in client("iam").list_instance_profiles()["InstanceProfiles"]]
    found += [p["Arn"] for p in client("iam").list_policies(Scope="Local")["Policies"]]
    found += [r["Name"] for r in client("events").list_rules()["Rules"]]
    found += [d["DashboardName"] for d in client("cloudwatch").list_dashboards()["DashboardEntries"]]
    found += [p["Name"] for p in client("ssm").describe_parameters()["Parameters"]]
    found += client("dynamodb").list_tables()["TableNames"]
    found += [m["stateMachineArn"] for m in client("stepfunctions").list_state_machines()["stateMachines"]]
    found += [t["LaunchTemplateId"] for t in ec2.describe_launch_templates()["LaunchTemplates"]]
    found += [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"] if i["State"]["Name"] != "terminated"]
    found += [v["VolumeId"] for v in ec2.describe_volumes()["Volumes"]]
    found += [i["NetworkInterfaceId"] for i in ec2.describe_network_interfaces()["NetworkInterfaces"]]
    found += [a["AlarmName"] for a in client("cloudwatch").describe_alarms()["MetricAlarms"]]
    return set(found)


def resources_of(stack):
    """{logical id: (type, physical id, is it to be kept)}"""
    pages = stack.cloudformation().get_paginator("list_stack_resources").paginate(StackName=stack.name)
    template = template_of(stack)["Resources"]
    return {r["LogicalResourceId"]: (r["ResourceType"], r["PhysicalResourceId"],
                                     template[r["LogicalResourceId"]].get("DeletionPolicy") in KEPT)
            for page in pages for r in page["StackResourceSummaries"]}


def template_of(stack):
    body = stack.cloudformation().get_template(StackName=stack.name)["TemplateBody"]
    return json.loads(body) if isinstance(body, str) else body


# ---- edits ----

def replaced(before, after, region):
    """What of the first template the second one would replace."""
    found = []
    for name, old in before["Resources"].items():
        new = after["Resources"].get(name)
        if new is None or new["Type"] != old["Type"]:
            found.append(f"{name} is gone")
            continue
        a, b = old.get("Properties", {}), new.get("Properties", {})
        changed = {p for p in {**a, **b} if a.get(p) != b.get(p)}
        found += [f"{name}: {p}" for p in sorted(changed & create_only(old["Type"], region))]
    return found


def edited(file):
    """A subnet more, a rule more, a bucket more, each where the file can take it."""
    file, more = json.loads(json.dumps(file)), 0
    network = file["Network"]
    if "CidrBlock" in network and "Subnets" in network:
        base = network["CidrBlock"].rsplit(".", 2)[0]
        network["Subnets"].append({"Name": "One", "Type": "ISOLATED", "CidrBlock": f"{base}.250.0/24"})
        more += 1
    elif "AvailabilityZoneCount" in network:
        network["AvailabilityZoneCount"] += 1
        more += 1
    file.setdefault("SecurityGroups", [{"Name": "Cluster"}])[0].setdefault("Ingress", []).append(
        {"FromPort": 8443, "CidrIp": "192.0.2.0/24"})
    file.setdefault("Buckets", []).append({"Name": "More"})
    return file, more + 2


def update_edited(tap, world, stack, label, path, file):
    before, there = template_of(stack), resources_of(stack)
    file, more = edited(file)
    with open(path, "w", encoding="utf-8") as out:
        yaml.safe_dump(file, out, sort_keys=False)
    result = stack.deploy(path)
    if not tap.ok(result.returncode == 0 and stack.status() == "UPDATE_COMPLETE", f"{label}: an edited file is an update",
                  said(result)):
        return
    tap.equal(replaced(before, template_of(stack), stack.region), [], f"{label}: the edit replaces nothing")
    now = resources_of(stack)
    tap.equal({n: row for n, row in there.items() if now.get(n, row)[1] != row[1]}, {}, f"{label}: what was there stays the same")
    tap.ok(len(now) >= len(there) + more, f"{label}: and more has come", sorted(set(now) - set(there)))
    for name, faults in EnvironmentComparison(world, stack, file).all():
        tap.ok(not faults, f"{label}: {name} after the edit", "\n".join(faults))


def delete(tap, world, stack, label):
    """What the template says is kept stays, all else goes."""
    there = resources_of(stack)
    known = identifiers(world, stack.region)
    records = {r["id"] for r in world.get("recorded") if f"/{stack.name}/" in r["stack"]}
    unseen = sorted(f"{name} {kind}" for name, (kind, physical, _) in there.items()
                    if physical not in known and name not in records and kind not in PARTS
                    and not kind.startswith("Custom::"))
    tap.equal(unseen, [], f"{label}: the API knows every resource")
    result = world.aws(stack.region, "cloudformation", "delete-stack", "--stack-name", stack.name)
    gone = world.aws(stack.region, "cloudformation", "describe-stacks", "--stack-name", stack.name)
    tap.ok(result.returncode == 0 and gone.returncode != 0, f"{label}: the stack is deleted", said(result) + said(gone))
    now = identifiers(world, stack.region)
    records = {r["id"] for r in world.get("recorded") if f"/{stack.name}/" in r["stack"]}
    looked = {n: row for n, row in there.items() if row[0] not in PARTS}
    left = {n for n, (_, physical, _) in looked.items() if physical in now or n in records}
    kept = {n for n, (_, _, keep) in looked.items() if keep}
    tap.equal(sorted(kept - left), [], f"{label}: what is to be kept stays ({len(kept)} resources)")
    tap.equal(sorted(left - kept), [], f"{label}: the rest is gone ({len(looked) - len(kept)} resources)")
    holding = {n for n, (kind, _, _) in looked.items() if kind in ("AWS::FSx::FileSystem", "AWS::EFS::FileSystem", "AWS::S3::Bucket",
                                                                  "AWS::KMS::Key")}
    tap.equal(sorted(holding - left), [], f"{label}: what holds data is among it")


def deploy_example(tap, world, example, number):
    label, stack = example.name, Stack(world, example.region, f"ground-{number}")
    world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
    with temporary() as folder:
        path, text = prepare(world, example, folder)
        file = yaml.safe_load(text)
        result = stack.deploy(path)
        if not tap.ok(result.returncode == 0 and stack.status() == "CREATE_COMPLETE", f"{label}: CREATE_COMPLETE", said(result)):
            return
        for name, faults in EnvironmentComparison(world, stack, file).all():
            tap.ok(not faults, f"{label}: {name}", "\n".join(faults))
        update_unchanged(tap, stack, label, path)
        update_edited(tap, world, stack, label, path, file)
        delete(tap, world, stack, label)


# ---- the page: an environment, and a cluster on it ----

def page():
    """[(first word of the fence, text)] of doc/environment.md."""
    with open(os.path.join(ROOT, "doc/environment.md"), encoding="utf-8") as file:
        return re.findall(r"^```(yaml|sh)[^\n]*\n(.*?)^```$", file.read(), re.M | re.S)


def follow_page(tap, world):
    """Files are written under the names in their first line, commands are run as printed."""
    region = "us-east-2"
    with temporary() as folder:
        os.symlink(HPCC, os.path.join(folder, "hpcc"))
        environment = world.environment(region)
        environment["PATH"] = folder + ":" + environment["PATH"]
        for kind, text in page():
            name = re.match(r"# (\w+\.yaml)\n", text)
            if name:
                with open(os.path.join(folder, name.group(1)), "w", encoding="utf-8") as file:
                    file.write(text)
            if kind == "sh":
                if "--bucket" in text:  # its policy refuses what comes without TLS, as all does that comes to a local AWS
                    s3 = world.client("s3", region)
                    for bucket in s3.list_buckets()["Buckets"]:
                        s3.delete_bucket_policy(Bucket=bucket["Name"])
                result = run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment)
                tap.ok(result.returncode == 0, "the page: " + text.split("\n")[0][:70], said(result))
            if "--stack-name work {args}" in text:
                cluster_on_ground(tap, world, region)
        left = [s["StackName"] for s in world.client("cloudformation", region).describe_stacks()["Stacks"]]
        tap.equal([name for name in left if name in ("ground", "work", "imports")], [], "the page: all stacks are gone in the end")


def cluster_on_ground(tap, world, region):
    """The head node stands in the public subnet, with the group, and mounts the file system."""
    outputs = {o["OutputKey"]: o["OutputValue"] for o in world.client("cloudformation", region).describe_stacks(
        StackName="ground")["Stacks"][0]["Outputs"]}
    heads = [i for r in world.client("ec2", region).describe_instances(Filters=[
        {"Name": "tag:hpcc:cluster", "Values": ["work"]}])["Reservations"] for i in r["Instances"]]
    tap.equal([i["SubnetId"] for i in heads], [outputs["PublicSubnet"]], "the page: the head node stands on the environment")
    groups = {g["GroupId"] for i in heads for n in i["NetworkInterfaces"] for g in n["Groups"]}
    tap.ok(outputs["SecurityGroup"] in groups, "the page: and is in its group", groups)
    body = world.client("cloudformation", region).get_template(StackName="work")["TemplateBody"]
    tap.ok(outputs["EfsFileSystemId"] in (body if isinstance(body, str) else json.dumps(body)), "the page: and mounts its file system")


# ---- clusters on an environment ----

def head_of(world, stack):
    """The head node of a cluster's stack."""
    return [i for r in world.client("ec2", stack.region).describe_instances(Filters=[
        {"Name": "tag:hpcc:cluster", "Values": [stack.name]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]}])["Reservations"] for i in r["Instances"]]


def made(tap, stack, path, what):
    result = stack.deploy(path)
    return tap.ok(result.returncode == 0 and stack.status() == "CREATE_COMPLETE", f"{what}: CREATE_COMPLETE", said(result))


def delete_stack(tap, world, stack, what):
    result = world.aws(stack.region, "cloudformation", "delete-stack", "--stack-name", stack.name)
    gone = world.aws(stack.region, "cloudformation", "describe-stacks", "--stack-name", stack.name)
    tap.ok(result.returncode == 0 and gone.returncode != 0, f"{what} is deleted", said(result) + said(gone))


def imported_cluster(tap, world):
    """The cluster imports what it stands on; the environment cannot go before it."""
    examples = os.path.join(ROOT, "examples")
    ground, work = Stack(world, "us-east-1", "ground"), Stack(world, "us-east-1", "work")
    if not (made(tap, ground, f"{examples}/environment/environment.yaml", "the environment")
            and made(tap, work, f"{examples}/on-environment/cluster.yaml", "a cluster that imports from it")):
        return
    outputs = {o["OutputKey"]: o["OutputValue"] for o in ground.cloudformation().describe_stacks(
        StackName="ground")["Stacks"][0]["Outputs"]}
    heads = head_of(world, work)
    tap.equal([i["SubnetId"] for i in heads], [outputs["PublicSubnet"]], "the head node stands in the public subnet")
    tap.equal([i.get("KeyName") for i in heads], [outputs["KeyPairName"]], "and has the key pair")
    groups = {g["GroupId"] for i in heads for n in i["NetworkInterfaces"] for g in n["Groups"]}
    tap.ok(outputs["SecurityGroup"] in groups, "and is in the group", groups)
    names = set(re.findall(r"\$\{EnvironmentStack\}-(\w+)", json.dumps(template_of(work)["Resources"])))
    wanted = {"PublicSubnet", "PrimaryPrivateSubnet", "SecurityGroup", "KeyPairName", "S3BucketName", "FSxORootVolumeId",
              "FSxLustreFilesystemId"}
    tap.ok(wanted <= names, "each reference is an import", sorted(wanted - names))
    update_unchanged(tap, work, "a cluster that imports", f"{examples}/on-environment/cluster.yaml")
    before = resources_of(ground)
    world.aws("us-east-1", "cloudformation", "delete-stack", "--stack-name", "ground")
    tap.equal(ground.status(), "DELETE_FAILED", "the environment is not deleted before the cluster")
    known = identifiers(world, "us-east-1")
    tap.equal(sorted(n for n, (kind, physical, _) in before.items() if kind.startswith("AWS::EC2::V") and kind not in PARTS
                     and physical not in known), [], "and all of it is there")
    delete_stack(tap, world, work, "the cluster")
    delete_stack(tap, world, ground, "then the environment")


def own_network(tap, world):
    """The network is part of the cluster's stack, and goes with it."""
    work = Stack(world, "us-east-1", "alone")
    world.client("ec2", "us-east-1").create_key_pair(KeyName="my-key")
    if not made(tap, work, os.path.join(ROOT, "examples/on-environment/own-network.yaml"), "a cluster with its own network"):
        return
    there = resources_of(work)
    subnets = {n: physical for n, (kind, physical, _) in there.items() if kind == "AWS::EC2::Subnet"}
    tap.equal([i["SubnetId"] for i in head_of(world, work)], [subnets["SubnetPublicSubnet"]], "the head node is in its public subnet")
    tap.ok(subnets["SubnetPrimaryPrivateSubnet"] and "SubnetPrimaryPrivateSubnet" in json.dumps(template_of(work)["Resources"]["HeadNode"]),
           "and starts nodes in the private one", subnets)
    delete_stack(tap, world, work, "a cluster with its own network")
    now = identifiers(world, "us-east-1")
    tap.equal(sorted(n for n, (kind, physical, _) in there.items() if kind.startswith("AWS::EC2::") and kind not in PARTS
                     and physical in now), [], "and its network with it")


# ---- controls ----

def of_type(resources, kind, has=None):
    return [r for r in resources.values() if r["Type"] == kind and (has is None or has in r["Properties"])]


def other_block(resources):
    of_type(resources, "AWS::EC2::Subnet")[0]["Properties"]["CidrBlock"] = "10.0.9.0/24"


def no_way_out(resources):
    name = [n for n, r in resources.items() if r["Type"] == "AWS::EC2::Route" and "NatGatewayId" in r["Properties"]][0]
    del resources[name]


def open_group(resources):
    of_type(resources, "AWS::EC2::SecurityGroup")[0]["Properties"]["SecurityGroupIngress"] = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]


def plain_bucket(resources):
    del of_type(resources, "AWS::S3::Bucket")[0]["Properties"]["PublicAccessBlockConfiguration"]


def plain_http(resources):
    of_type(resources, "AWS::S3::BucketPolicy")[0]["Properties"]["PolicyDocument"]["Statement"][0]["Effect"] = "Allow"


def small_store(resources):
    of_type(resources, "AWS::FSx::FileSystem")[0]["Properties"]["StorageCapacity"] = 1200


def other_link(resources):
    of_type(resources, "AWS::FSx::DataRepositoryAssociation")[0]["Properties"]["DataRepositoryPath"] = "s3://elsewhere"


def no_endpoint(resources):
    del resources[[n for n, r in resources.items() if r["Type"] == "AWS::EC2::VPCEndpoint"][0]]


def dear_budget(resources):
    of_type(resources, "AWS::Budgets::Budget")[0]["Properties"]["Budget"]["BudgetLimit"]["Amount"] = 50000


CONTROLS = [other_block, no_way_out, open_group, plain_bucket, plain_http, small_store, other_link, no_endpoint, dear_budget]


def controls(tap, world):
    example = [e for e in grounds() if e.name == "environment"][0]
    with temporary() as folder:
        path, text = prepare(world, example, folder)
        template = hpcc("--minify", "--quiet", path).stdout
    for number, tamper in enumerate(CONTROLS):
        changed = json.loads(template)
        tamper(changed["Resources"])
        changed["Resources"]["KeyPair"]["Properties"]["KeyName"] += str(number)
        stack = Stack(world, example.region, f"control-{number}")
        stack.cloudformation().create_stack(StackName=stack.name, TemplateBody=json.dumps(changed),
                                            Capabilities=["CAPABILITY_NAMED_IAM"])
        file = yaml.safe_load(text)
        file["KeyPair"]["KeyName"] += str(number)
        faults = [f for _, found in EnvironmentComparison(world, stack, file).all() for f in found]
        tap.ok(len(faults) in (1, 2), f"control: {tamper.__name__.replace('_', ' ')} is found out, and nothing else", "\n".join(faults))


def main():
    run_parts([(e.name, lambda tap, world, e=e, n=n: deploy_example(tap, world, e, n)) for n, e in enumerate(grounds())]
              + [("page", follow_page), ("imported", imported_cluster), ("alone", own_network), ("controls", controls)])


if __name__ == "__main__":
    sys.exit(main())

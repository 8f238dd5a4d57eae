# SPDX-License-Identifier: Apache-2.0
"""Custom resources of a Batch stack with workflows: look-ups at creation, a question before deletion.

Custom::HpccLookup answers once; CloudFormation keeps the answer until a property of the look-up changes.
Custom::HpccWorkflows does nothing until it is deleted, before all else of the stack: it fails while executions of
workflows run, which would go on without their role and lock, and while storage that they made is still there, since
groups and subnets in use cannot be deleted. Storage that is being deleted is waited for.
"""
import json
import time
import urllib.request

import boto3

MARGIN = 20  # seconds kept back to send the answer before Lambda ends the function
PAUSE = 5  # seconds between two tries
PATIENCE = 60  # seconds until a policy that was just made must have taken effect


def subnet(client, subnet_id):
    """VPC and zone of a subnet."""
    found = client("ec2").describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    return {"VpcId": found["VpcId"], "AvailabilityZone": found["AvailabilityZone"]}


def storage(client, stack):
    """What executions of workflows of the stack left: a list of texts, and whether all of it is being deleted."""
    left, going = [], True
    for page in client("fsx").get_paginator("describe_file_systems").paginate():
        for found in page["FileSystems"]:
            tags = {t["Key"]: t["Value"] for t in found.get("Tags", [])}
            if tags.get("hpcc:stack") == stack and "hpcc:workflow" in tags:
                left.append(f"file system {found['FileSystemId']} of workflow {tags['hpcc:workflow']}")
                going = going and found.get("Lifecycle") == "DELETING"
    filters = [{"Name": "tag:hpcc:stack", "Values": [stack]}, {"Name": "tag-key", "Values": ["hpcc:workflow"]}]
    for page in client("ec2").get_paginator("describe_volumes").paginate(Filters=filters):
        for found in page["Volumes"]:
            tags = {t["Key"]: t["Value"] for t in found["Tags"]}
            left.append(f"volume {found['VolumeId']} of workflow {tags['hpcc:workflow']}")
            going = going and found["State"] == "deleting"
    return left, going


def running(client, machines):
    """Executions of the machines that run, as texts; of a machine that is gone none does."""
    states, found = client("stepfunctions"), []
    for machine in machines:
        try:
            for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING"):
                found += [f"execution {e['name']} of {machine.rsplit(':', 1)[-1]}" for e in page["executions"]]
        except states.exceptions.StateMachineDoesNotExist:
            print(f"{machine} is gone")
    return found


def end(client, stack, machines, deadline):
    """Returns when nothing runs and nothing is left; RuntimeError when something does, or is."""
    under_way = running(client, machines)
    if under_way:
        raise RuntimeError(f"{', '.join(under_way)} is running: the stack cannot be deleted before it has ended")
    while True:
        left, going = storage(client, stack)
        if not left:
            return
        if not going or time.monotonic() + PAUSE > deadline:
            raise RuntimeError(f"{', '.join(left)} is still there: the stack cannot be deleted before")
        time.sleep(PAUSE)


def patiently(ask, deadline):
    """What ask returns; what fails is tried again for a while, since a new policy needs some seconds to be known."""
    deadline = min(deadline, time.monotonic() + PATIENCE)
    while True:
        try:
            return ask()
        except Exception as fault:  # pylint: disable=broad-except
            if time.monotonic() + PAUSE > deadline:
                raise
            print(f"{fault!r}: once more")
        time.sleep(PAUSE)


def act(event, deadline, client):
    """Does what the event asks; returns the attributes of the resource."""
    kind, deleted = event["ResourceType"], event["RequestType"] == "Delete"
    properties = event["ResourceProperties"]
    if kind == "Custom::HpccLookup":
        return {} if deleted else patiently(lambda: subnet(client, properties["SubnetId"]), deadline)
    if kind != "Custom::HpccWorkflows":
        raise ValueError(f"unknown resource type {kind}")
    if deleted:
        end(client, properties["Stack"], properties.get("Machines", []), deadline)
    return {}


# @answer.py@

# SPDX-License-Identifier: Apache-2.0
"""Custom resources of a Batch stack with workflows: look-ups at creation, a question before deletion.

Custom::HpccLookup answers once; CloudFormation keeps the answer until a property of the look-up changes.
Custom::HpccWorkflows does nothing until it is deleted, before all else of the stack: it fails while storage that
executions of workflows made is still there, since groups and subnets in use cannot be deleted.
"""
import json
import time
import urllib.request

import boto3

MARGIN = 20  # seconds kept back to send the answer before Lambda ends the function
PAUSE = 5  # seconds between two tries
PATIENCE = 60  # seconds until a policy that was just made must have taken effect
GOING = 240  # seconds that storage under deletion is waited for


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


def end(client, stack, deadline):
    """Returns when nothing is left; RuntimeError while something is."""
    deadline = min(deadline, time.monotonic() + GOING)
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
        end(client, properties["Stack"], deadline)
    return {}


def answer(event, status, reason, data):
    """Tells CloudFormation how it went."""
    own = f"{event['StackId'].rsplit('/', 1)[-1]}-{event['LogicalResourceId']}"
    body = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": event.get("PhysicalResourceId", own),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data,
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def handler(event, context):
    """Lambda's way in. Whatever happens, CloudFormation hears of it; else it would wait for an hour."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN
    try:
        data = act(event, deadline, boto3.client)
        answer(event, "SUCCESS", "done", data)
    except Exception as fault:  # pylint: disable=broad-except
        print(f"{event['RequestType']} {event['LogicalResourceId']}: {fault!r}")
        answer(event, "FAILED", f"{type(fault).__name__}: {fault}", {})

# SPDX-License-Identifier: Apache-2.0
"""Custom resources of an hpcc cluster: look-ups at creation, the end of the fleet at deletion.

Custom::HpccLookup answers from what the account knows; CloudFormation keeps the answer until a property of
the look-up changes. Custom::HpccFleet does nothing until it is deleted: then it terminates the compute nodes
of the cluster, waits until they are gone, and removes their names from the hosted zone.
"""
import json
import time
import urllib.request

import boto3
import botocore.exceptions

MARGIN = 20  # seconds kept back to send the answer before Lambda ends the function
PAUSE = 5  # seconds between looks at the fleet, and before a refusal is tried again
PATIENCE = 60  # seconds until a policy that was just made must have taken effect
REFUSALS = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]
ALIVE = ["pending", "running", "shutting-down", "stopping", "stopped"]


def subnet(client, subnet_id):
    """VPC, zone, and whether a load balancer in the subnet can face the internet."""
    ec2 = client("ec2")
    found = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]

    def tables(name, value):
        return ec2.describe_route_tables(Filters=[{"Name": name, "Values": [value]}])["RouteTables"]

    # A subnet without a table of its own uses the main one of the VPC.
    routes = tables("association.subnet-id", subnet_id) or [
        table
        for table in tables("vpc-id", found["VpcId"])
        if any(a.get("Main") for a in table["Associations"])
    ]
    public = any(
        route.get("GatewayId", "").startswith("igw-") for table in routes for route in table["Routes"]
    )
    return {
        "VpcId": found["VpcId"],
        "AvailabilityZone": found["AvailabilityZone"],
        "Scheme": "internet-facing" if public else "internal",
    }


def image(client, owners, name):
    """The newest image with a name like `name`; `owners` are account ids with commas."""
    pages = client("ec2").get_paginator("describe_images").paginate(
        Owners=owners.split(","), Filters=[{"Name": "name", "Values": [name]}]
    )
    found = [i for page in pages for i in page["Images"]]
    if not found:
        raise LookupError(f"no image is named like {name}")
    return max(found, key=lambda i: i["CreationDate"])["ImageId"]


def look_up(client, wanted):
    """The attributes of a look-up, by the properties it has."""
    answer = {}
    if "SubnetId" in wanted:
        answer.update(subnet(client, wanted["SubnetId"]))
    if "ImageParameter" in wanted:
        parameter = client("ssm").get_parameter(Name=wanted["ImageParameter"])
        answer["ImageId"] = parameter["Parameter"]["Value"]
    if "ImageName" in wanted:
        answer["ImageId"] = image(client, wanted["ImageOwners"], wanted["ImageName"])
    if "InstanceProfile" in wanted:
        profile = client("iam").get_instance_profile(InstanceProfileName=wanted["InstanceProfile"])
        answer["RoleArn"] = profile["InstanceProfile"]["Roles"][0]["Arn"]
    if "PublicIp" in wanted:
        found = client("ec2").describe_addresses(PublicIps=[wanted["PublicIp"]])
        answer["AllocationId"] = found["Addresses"][0]["AllocationId"]
    if "HostedZoneId" in wanted:
        zone = client("route53").get_hosted_zone(Id=wanted["HostedZoneId"])
        # Route 53 keeps small letters, and rights over names are compared with what it keeps.
        answer["Domain"] = f"{wanted['Cluster']}.{zone['HostedZone']['Name'].rstrip('.')}".lower()
    return answer


def look_up_once_allowed(client, wanted, deadline):
    """look_up; what IAM refuses is tried again for a while, for a new policy needs some seconds to be known."""
    deadline = min(deadline, time.monotonic() + PATIENCE)
    while True:
        try:
            return look_up(client, wanted)
        except botocore.exceptions.ClientError as fault:
            if fault.response["Error"]["Code"] not in REFUSALS or time.monotonic() + PAUSE > deadline:
                raise
        time.sleep(PAUSE)


def nodes(ec2, cluster):
    """Ids of the compute nodes that still exist, in two lists: to be terminated, and already ending."""
    tags = {"hpcc:cluster": cluster, "hpcc:node-type": "Compute"}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    filters.append({"Name": "instance-state-name", "Values": ALIVE})
    alive, ending = [], []
    for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
        for reservation in page["Reservations"]:
            for node in reservation["Instances"]:
                gone = node["State"]["Name"] == "shutting-down"
                (ending if gone else alive).append(node["InstanceId"])
    return alive, ending


def end_fleet(client, cluster, deadline, zone=None, domain=""):
    """Terminates the compute nodes, and returns when none is left and none has a name; at the deadline the last refusal,
    or TimeoutError."""
    ec2 = client("ec2")
    while True:
        fault, left = None, 0
        try:
            alive, ending = nodes(ec2, cluster)
            left = len(alive) + len(ending)
            if not left:
                if zone:
                    clean_zone(client, zone, domain)
                return
            for i in range(0, len(alive), 500):
                ec2.terminate_instances(InstanceIds=alive[i : i + 500])
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as refusal:
            fault = refusal
        if time.monotonic() + PAUSE > deadline:
            raise fault or TimeoutError(f"{left} compute nodes are still shutting down; delete the stack again")
        time.sleep(PAUSE)


def clean_zone(client, zone, domain):
    """Removes the addresses of nodes: A records below the domain of the cluster."""
    route53 = client("route53")
    # Whatever letters a name was made with, Route 53 keeps small ones.
    end = "." + domain.rstrip(".").lower() + "."
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    found = [r for page in pages for r in page["ResourceRecordSets"]]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": r}
        for r in found
        if r["Type"] == "A" and r["Name"].endswith(end)
    ]
    for i in range(0, len(changes), 100):
        batch = {"Changes": changes[i : i + 100]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def act(event, deadline, client):
    """Does what the event asks; returns the attributes of the resource."""
    kind, request = event["ResourceType"], event["RequestType"]
    properties = event["ResourceProperties"]
    if kind == "Custom::HpccLookup":
        return {} if request == "Delete" else look_up_once_allowed(client, properties, deadline)
    if kind != "Custom::HpccFleet":
        raise ValueError(f"unknown resource type {kind}")
    if request == "Delete":
        end_fleet(client, properties["Cluster"], deadline, properties.get("HostedZoneId"), properties.get("Domain"))
    return {}


# @answer.py@

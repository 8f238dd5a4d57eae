# SPDX-License-Identifier: Apache-2.0
# What programs of custom resources look up for every stack.
import json
import time
import urllib.request

import boto3
import botocore.exceptions

MARGIN = 20  # seconds kept back to send the answer before Lambda ends the function
PAUSE = 5  # seconds between looks at the fleet, and before a refusal is tried again
PATIENCE = 60  # seconds until a policy that was just made must have taken effect
REFUSALS = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]


def subnet(client, wanted):
    """VPC, zone, and whether a load balancer in the subnet can face the internet."""
    ec2 = client("ec2")
    subnet_id = wanted["SubnetId"]
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


def parameter(client, wanted):
    """The newest image, by a public parameter."""
    return {"ImageId": client("ssm").get_parameter(Name=wanted["ImageParameter"])["Parameter"]["Value"]}


# By the property that asks: what answers.
LOOK_UPS = {"SubnetId": subnet, "ImageParameter": parameter}


def look_up(client, wanted):
    """The attributes of a look-up, by the properties it has."""
    answer = {}
    for name in LOOK_UPS.keys() & wanted:
        answer.update(LOOK_UPS[name](client, wanted))
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

# SPDX-License-Identifier: Apache-2.0
"""Custom resources of an hpcc environment: what its way to a data centre needs and only the account knows.

Custom::HpccLookup answers once; CloudFormation keeps the answer until a property of the look-up changes. An answer with
a secret is marked, so that CloudFormation shows it to nobody.
"""
import json
import time
import urllib.request

import boto3

MARGIN = 20  # seconds kept back to send the answer before Lambda ends the function
PAUSE = 5  # seconds between two tries
PATIENCE = 240  # seconds until a new policy has taken effect, and a gateway knows its attachments


def key(client, name):
    """The text of a SecureString."""
    parameter = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    if parameter["Type"] != "SecureString":
        raise LookupError(f"the parameter {name} is no SecureString")
    return {"Key": parameter["Value"]}


def transit(client, gateway, vpc, vpn):
    """The attachment of the VPN connection, and the route table of the gateway that the VPC looks into."""
    found = client("ec2").describe_transit_gateway_attachments(
        Filters=[
            {"Name": "transit-gateway-id", "Values": [gateway]},
            {"Name": "resource-id", "Values": [vpc, vpn]},
            {"Name": "state", "Values": ["available"]},
        ]
    )["TransitGatewayAttachments"]
    attached = {a["ResourceId"]: a for a in found}
    missing = [name for name in (vpc, vpn) if name not in attached]
    if missing:
        raise LookupError(f"{gateway} has no attachment of {missing[0]}")
    table = attached[vpc].get("Association", {}).get("TransitGatewayRouteTableId")
    if not table:
        raise LookupError(f"{gateway} has not associated the attachment of {vpc} with a route table")
    return {"Table": table, "Attachment": attached[vpn]["TransitGatewayAttachmentId"]}


def look_up(client, wanted):
    """The attributes of a look-up, by the properties it has."""
    if "KeyParameter" in wanted:
        return key(client, wanted["KeyParameter"])
    return transit(client, wanted["TransitGatewayId"], wanted["VpcId"], wanted["VpnConnectionId"])


def look_up_patiently(client, wanted, deadline):
    """look_up; what fails is tried again for a while, since policies and attachments need some time to be known."""
    deadline = min(deadline, time.monotonic() + PATIENCE)
    while True:
        try:
            return look_up(client, wanted)
        except Exception as fault:  # pylint: disable=broad-except
            if time.monotonic() + PAUSE > deadline:
                raise
            print(f"{fault!r}: once more")
        time.sleep(PAUSE)


def act(event, deadline, client):
    """Does what the event asks; returns the attributes of the resource."""
    if event["RequestType"] == "Delete":
        return {}
    return look_up_patiently(client, event["ResourceProperties"], deadline)


# @answer.py "NoEcho": "Key" in data,@

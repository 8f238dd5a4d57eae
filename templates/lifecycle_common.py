# SPDX-License-Identifier: Apache-2.0
# What lifecycle.py and lifecycle_few.py share, behind lookups.py.
ALIVE = ["pending", "running", "shutting-down", "stopping", "stopped"]


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

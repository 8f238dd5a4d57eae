# SPDX-License-Identifier: Apache-2.0
# What few stacks look up.
def image(client, owners, name):
    """The newest image with a name like `name`; `owners` are account ids with commas."""
    pages = client("ec2").get_paginator("describe_images").paginate(
        Owners=owners.split(","), Filters=[{"Name": "name", "Values": [name]}]
    )
    found = [i for page in pages for i in page["Images"]]
    if not found:
        raise LookupError(f"no image is named like {name}")
    return max(found, key=lambda i: i["CreationDate"])["ImageId"]


def image_like(client, wanted):
    return {"ImageId": image(client, wanted["ImageOwners"], wanted["ImageName"])}


def role(client, wanted):
    """The role in an instance profile."""
    profile = client("iam").get_instance_profile(InstanceProfileName=wanted["InstanceProfile"])
    return {"RoleArn": profile["InstanceProfile"]["Roles"][0]["Arn"]}


def address(client, wanted):
    """The allocation id of an Elastic IP address."""
    found = client("ec2").describe_addresses(PublicIps=[wanted["PublicIp"]])
    return {"AllocationId": found["Addresses"][0]["AllocationId"]}


def domain(client, wanted):
    """The domain of the cluster in a hosted zone."""
    zone = client("route53").get_hosted_zone(Id=wanted["HostedZoneId"])
    # Route 53 keeps small letters, and rights over names are compared with what it keeps.
    return {"Domain": f"{wanted['Cluster']}.{zone['HostedZone']['Name'].rstrip('.')}".lower()}


LOOK_UPS.update(ImageName=image_like, InstanceProfile=role, PublicIp=address, HostedZoneId=domain)

# SPDX-License-Identifier: Apache-2.0
"""AWS Batch, ECR and CodeBuild for the server of moto_server.py: made through their APIs, whose words botocore's models check.

moto makes compute environments with a service role alone and of types that it knows, and changes little of them. What the service
itself refuses is refused here: a member that no call has, words of updates with Fargate, an infrastructure update with BEST_FIT.
Source: AWS Batch user guide, Updating compute environments; CloudFormation schemas of AWS::Batch, cfn-lint 1.58.0.
"""
import itertools
import json

import boto3
import botocore.session
from moto.batch import models
from moto.batch.models import batch_backends

ACCOUNT = "123456789012"  # moto's
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
# What CloudFormation itself reads, and no call of the service takes.
OF_CLOUDFORMATION = {"ReplaceComputeEnvironment", "ResourceRetentionPolicy", "EmptyOnDelete", "LifecyclePolicy", "UpdatePolicy"}
NOT_FOR_FARGATE = {"AllocationStrategy", "BidPercentage", "DesiredvCpus", "Ec2Configuration", "Ec2KeyPair", "ImageId", "InstanceRole",
                   "InstanceTypes", "LaunchTemplate", "MinvCpus", "PlacementGroup", "SpotIamFleetRole", "Tags",
                   "UpdateToLatestImageVersion", "ScalingPolicy"}
SCALING = {"MinvCpus", "MaxvCpus", "DesiredvCpus", "ScalingPolicy"}
# Fargate takes these in an update without another environment.
OF_FARGATE = SCALING | {"Subnets", "SecurityGroupIds", "Type"}
session = botocore.session.get_session()
numbers = itertools.count(1)


def spoken(value, shape, at=""):
    """Properties in the words of the API: members by their letters, whatever their case; keys of mappings as they are."""
    if shape.type_name == "structure":
        members = {name.lower(): name for name in shape.members}
        wrong = [name for name in value if name.lower() not in members]
        if wrong:
            raise RuntimeError(f"{shape.name}{at} has no member {', '.join(wrong)}")
        return {members[name.lower()]: spoken(inner, shape.members[members[name.lower()]], f"{at}.{name}")
                for name, inner in value.items()}
    if shape.type_name == "list":
        return [spoken(item, shape.member, at) for item in value]
    if shape.type_name == "map":
        return {key: spoken(item, shape.value, at) for key, item in value.items()}
    plain = {"integer": int, "long": int, "float": float, "double": float, "boolean": bool}.get(shape.type_name, str)
    return value if isinstance(value, bool) else plain(value)


def request(service, operation, properties):
    shape = session.get_service_model(service).operation_model(operation).input_shape
    return spoken({name: value for name, value in properties.items() if name not in OF_CLOUDFORMATION}, shape)


def without(properties, *names):
    return {name: value for name, value in properties.items() if name not in names}


# ---- compute environments ----

def linked_role(batch):
    """The service makes its role with the first compute environment."""
    iam = boto3.client("iam", region_name="us-east-1", endpoint_url=batch.meta.endpoint_url)
    if not any(role["RoleName"] == "AWSServiceRoleForBatch" for role in iam.list_roles()["Roles"]):
        iam.create_role(RoleName="AWSServiceRoleForBatch", Path="/aws-service-role/batch.amazonaws.com/",
                        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    return LINKED


def know_types(names):
    """moto knows types until its own release, and no bundles."""
    for name in names:
        if "." not in name:
            models.EC2_INSTANCE_FAMILIES.append(name)
        models.EC2_INSTANCE_TYPES.setdefault(name, models.EC2_INSTANCE_TYPES["m5.large"])


def is_fargate(p):
    return p["ComputeResources"]["Type"].startswith("FARGATE")


def groups_of(batch, resources):
    """Those of the interfaces of its launch template, where it names none itself."""
    ec2 = boto3.client("ec2", region_name=batch.meta.region_name, endpoint_url=batch.meta.endpoint_url)
    template = resources["LaunchTemplate"]
    data = ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"], Versions=[str(template["Version"])])[
        "LaunchTemplateVersions"][0]["LaunchTemplateData"]
    return data["NetworkInterfaces"][0]["Groups"]


def refused(p):
    """What the service would not take."""
    resources = p["ComputeResources"]
    if is_fargate(p):
        wrong = sorted(NOT_FOR_FARGATE & set(resources)) + sorted({"UpdatePolicy"} & set(p))
        if wrong:
            raise RuntimeError(f"{', '.join(wrong)} cannot be there with Fargate")
    elif "SecurityGroupIds" not in resources and "LaunchTemplate" not in resources:
        raise RuntimeError("securityGroupIds is required")
    if resources["Type"] == "SPOT" and resources["AllocationStrategy"] == "BEST_FIT" and "SpotIamFleetRole" not in resources:
        raise RuntimeError("spotIamFleetRole is required with BEST_FIT")


def described(batch, p):
    """The compute resources as the API shows them."""
    resources = without(p["ComputeResources"], "UpdateToLatestImageVersion")
    return request("batch", "CreateComputeEnvironment", {"ComputeResources": resources})["computeResources"]


def environment(batch, p):
    refused(p)
    call = request("batch", "CreateComputeEnvironment", {**p, "ComputeResources": without(p["ComputeResources"],
                                                                                          "UpdateToLatestImageVersion")})
    request("batch", "UpdateComputeEnvironment", {"ComputeResources": without(p["ComputeResources"], "SpotIamFleetRole")})
    know_types(call["computeResources"].get("instanceTypes", []))
    call.setdefault("serviceRole", linked_role(batch))
    call["computeEnvironmentName"] = f"environment-{next(numbers)}"
    if "securityGroupIds" not in call["computeResources"]:
        call["computeResources"]["securityGroupIds"] = groups_of(batch, p["ComputeResources"])
    made = batch.create_compute_environment(**without(call, "ecsSettings"))["computeEnvironmentArn"]
    return {"id": made, "ComputeEnvironmentArn": made}


def update_environment(batch, name, before, p):
    """False where CloudFormation makes another one."""
    old, new = before["ComputeResources"], p["ComputeResources"]
    changed = {key for key in {**old, **new} if old.get(key) != new.get(key)}
    if before.get("Tags") != p.get("Tags") or before["Type"] != p["Type"] or "SpotIamFleetRole" in changed:
        return False
    refused(p)
    if is_fargate(before) != is_fargate(p):
        raise RuntimeError("an environment cannot become one of Fargate, nor cease to be one")
    infrastructure = changed - (OF_FARGATE if is_fargate(p) else SCALING)
    if infrastructure and p.get("ReplaceComputeEnvironment", True):
        return False
    if infrastructure and (p.get("ServiceRole", LINKED) != LINKED or "BEST_FIT" in (old.get("AllocationStrategy"),
                                                                                    new.get("AllocationStrategy"))):
        raise RuntimeError(f"{', '.join(sorted(infrastructure))}: no infrastructure update with BEST_FIT, nor with a role of one's own")
    request("batch", "UpdateComputeEnvironment", {"ComputeResources": without(new, "SpotIamFleetRole")})
    batch.update_compute_environment(computeEnvironment=name, state=p["State"])
    know_types(new.get("InstanceTypes", []))
    made = batch_backends[ACCOUNT][batch.meta.region_name].get_compute_environment(name)
    made.compute_resources = {"securityGroupIds": made.compute_resources["securityGroupIds"], **described(batch, p)}
    return True


def delete_environment(batch, name, p):
    batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
    batch.delete_compute_environment(computeEnvironment=name)


# ---- queues, policies, resources ----

def queue(batch, p):
    made = batch.create_job_queue(**request("batch", "CreateJobQueue", p))["jobQueueArn"]
    return {"id": made, "JobQueueArn": made}


def update_queue(batch, name, before, p):
    """False where its name changes."""
    if before["JobQueueName"] != p["JobQueueName"]:
        return False
    if ("SchedulingPolicyArn" in before) != ("SchedulingPolicyArn" in p):
        raise RuntimeError("a queue can neither get nor lose a scheduling policy")
    batch.update_job_queue(**request("batch", "UpdateJobQueue", {"JobQueue": name, **without(p, "JobQueueName", "Tags", "JobQueueType")}))
    return True


def delete_queue(batch, name, p):
    batch.update_job_queue(jobQueue=name, state="DISABLED")
    batch.delete_job_queue(jobQueue=name)


def policy(batch, p):
    made = batch.create_scheduling_policy(**request("batch", "CreateSchedulingPolicy", p))["arn"]
    return {"id": made, "Arn": made}


def update_policy(batch, name, before, p):
    if before["Name"] != p["Name"]:
        return False
    batch.update_scheduling_policy(**request("batch", "UpdateSchedulingPolicy", {"Arn": name, "FairsharePolicy": p["FairsharePolicy"]}))
    return True


def consumable(batch, p):
    """moto has none: its words are looked at, and it is recorded."""
    request("batch", "CreateConsumableResource", p)
    made = f"arn:aws:batch:{batch.meta.region_name}:{ACCOUNT}:consumable-resource/{p['ConsumableResourceName']}"
    return {"id": made, "ConsumableResourceArn": made}


# ---- job definitions ----

def definition(batch, p):
    made = batch.register_job_definition(**request("batch", "RegisterJobDefinition", p))["jobDefinitionArn"]
    return {"id": made, "JobDefinitionArn": made}


def retire_definition(batch, name, p):
    """What becomes of a revision when there is a newer one."""
    if not p.get("ResourceRetentionPolicy", {}).get("SkipDeregisterOnUpdate"):
        batch.deregister_job_definition(jobDefinition=name)


# ---- repositories ----

def repository(ecr, p):
    call = {"RepositoryName": f"repository-{next(numbers)}", **p}
    made = ecr.create_repository(**request("ecr", "CreateRepository", call))["repository"]
    if "LifecyclePolicy" in p:
        ecr.put_lifecycle_policy(repositoryName=made["repositoryName"], lifecyclePolicyText=p["LifecyclePolicy"]["LifecyclePolicyText"])
    return {"id": made["repositoryName"], "Arn": made["repositoryArn"], "RepositoryUri": made["repositoryUri"]}


def update_repository(ecr, name, before, p):
    if any(before.get(key) != p.get(key) for key in ("RepositoryName", "EncryptionConfiguration")):
        return False
    ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability=p["ImageTagMutability"])
    ecr.put_image_scanning_configuration(repositoryName=name, imageScanningConfiguration={
        "scanOnPush": p["ImageScanningConfiguration"]["ScanOnPush"]})
    if "LifecyclePolicy" in p:
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=p["LifecyclePolicy"]["LifecyclePolicyText"])
    elif "LifecyclePolicy" in before:
        ecr.delete_lifecycle_policy(repositoryName=name)
    return True


def delete_repository(ecr, name, p):
    ecr.delete_repository(repositoryName=name, force=p.get("EmptyOnDelete", False))


# ---- what makes images ----

def project(codebuild, p):
    call = request("codebuild", "CreateProject", {"Name": f"project-{next(numbers)}", **p})
    call["source"].setdefault("location", "none")  # moto wants one of a project without a source, too
    made = codebuild.create_project(**call)["project"]
    return {"id": made["name"], "Arn": made["arn"], "Id": made["name"]}


def delete_project(codebuild, name, p):
    codebuild.delete_project(name=name)


# type -> (service, create, delete, update or None, what becomes of the old one or None)
BATCH = {
    "AWS::Batch::ComputeEnvironment": ("batch", environment, delete_environment, update_environment, None),
    "AWS::Batch::JobQueue": ("batch", queue, delete_queue, update_queue, None),
    "AWS::Batch::SchedulingPolicy": ("batch", policy, lambda batch, name, p: batch.delete_scheduling_policy(arn=name), update_policy, None),
    "AWS::Batch::ConsumableResource": (
        "batch", consumable, lambda batch, name, p: None,
        lambda batch, name, before, p: before["ConsumableResourceName"] == p["ConsumableResourceName"], None),
    "AWS::Batch::JobDefinition": (
        "batch", definition, lambda batch, name, p: batch.deregister_job_definition(jobDefinition=name),
        lambda batch, name, before, p: False, retire_definition),
    "AWS::CodeBuild::Project": ("codebuild", project, delete_project, None, None),
    "AWS::ECR::Repository": ("ecr", repository, delete_repository, update_repository, None),
}

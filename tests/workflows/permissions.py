# SPDX-License-Identifier: Apache-2.0
"""Whether the role of a workflow may do what its states did, each call on its own things and with its own tags, and whether it
may do more.

needs() says what IAM asks for a call. Source: Service Authorization Reference of each service; for .sync the Step Functions
Developer Guide, "IAM policies for AWS Batch".
"""
import fnmatch

from account import tags_of
from interpreter import ACCOUNT, REGION

# What no state calls by name, and why the role has it all the same.
BESIDE = {
    "logs": ("the log of executions", ["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery",
                                       "ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"]),
    "s3": ("FSx checks a link with the rights of who makes it", ["Get*", "List*", "PutObject", "GetBucketAcl",
                                                                 "GetBucketLocation", "ListBucket", "GetObject",
                                                                 "DeleteObject", "GetBucketNotification", "PutBucketNotification"]),
    "events": (".sync hears of the job's end by a rule", ["PutTargets", "PutRule", "DescribeRule"]),
    "kms": ("volumes and file systems under a key", ["CreateGrant", "Decrypt", "DescribeKey",
                                                     "GenerateDataKeyWithoutPlaintext", "ReEncrypt*"]),
}

OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/%s"
LINKS = "s3.data-source.lustre.fsx.amazonaws.com"


def listed(value):
    return value if isinstance(value, list) else [value]


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def requested(tags):
    return {f"aws:RequestTag/{key}": value for key, value in tags_of(tags).items()} | {"aws:TagKeys": list(tags_of(tags))}


def existing(tags):
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def needs(call, account):
    """(action, ARN, condition keys) that IAM asks for a call."""
    service, action, p = call.service, call.action, call.parameters
    name = {"ssm": "ssm", "sfn": "states"}.get(service, service) + ":" + action[0].upper() + action[1:]
    if service == "dynamodb":
        item = p.get("Item", p.get("Key"))
        yield name, arn("dynamodb", "table/" + p["TableName"]), {"dynamodb:LeadingKeys": [item["Id"]["S"]]}
    elif service == "ssm":
        yield name, arn("ssm", "parameter/" + p["Name"].lstrip("/")), {}
    elif service == "secretsmanager":
        yield name, p["SecretId"], {}
    elif service == "sfn":
        yield name, p.get("executionArn", p.get("stateMachineArn")), {}
    elif service == "sns":
        yield name, p["TopicArn"], {}
    elif action.startswith(("describe", "list", "getMetric")):
        yield name, "*", {}
    else:
        yield from {"fsx": fsx, "ec2": ec2, "batch": batch}[service](name, p, account)


def fsx(name, p, account):
    system = account.lustre.systems.get(p.get("FileSystemId"))
    theirs = existing(system["tags"]) if system else {}
    kind = {"fsx:CreateFileSystem": "file-system", "fsx:CreateDataRepositoryAssociation": "association",
            "fsx:CreateDataRepositoryTask": "task"}.get(name)
    if kind:
        yield name, arn("fsx", kind + "/*"), requested(p.get("Tags"))
        if p.get("Tags"):
            yield "fsx:TagResource", arn("fsx", kind + "/*"), requested(p["Tags"])
    if system:
        yield name, arn("fsx", "file-system/" + system["id"]), {**theirs, **requested(p.get("Tags"))}
    # FSx makes roles of its own with the rights of its caller. Source: FSx for Lustre User Guide, "Using service-linked roles".
    if name == "fsx:CreateFileSystem":
        yield "iam:CreateServiceLinkedRole", OWN_ROLE % ("fsx.amazonaws.com/AWSServiceRoleForAmazonFSx"), {
            "iam:AWSServiceName": "fsx.amazonaws.com"}
    if name == "fsx:CreateDataRepositoryAssociation":
        role = OWN_ROLE % f"{LINKS}/AWSServiceRoleForFSxS3Access_{p['FileSystemId']}"
        yield "iam:CreateServiceLinkedRole", role, {"iam:AWSServiceName": LINKS}
        yield "iam:AttachRolePolicy", role, {}
        yield "iam:PutRolePolicy", role, {}
    if "AssociationId" in p:
        link = account.lustre.links[p["AssociationId"]]
        yield name, arn("fsx", "association/" + link["id"]), existing(link["tags"])


def ec2(name, p, account):
    made = {"ec2:CreateVolume": "volume", "ec2:CreateSnapshot": "snapshot"}.get(name)
    if made:
        tags = [tag for spec in p.get("TagSpecifications", []) for tag in spec["Tags"]]
        whole = arn("ec2", made + "/*") if made == "volume" else f"arn:aws:ec2:{REGION}::snapshot/*"  # no account
        yield name, whole, requested(tags)
        yield "ec2:CreateTags", whole, {**requested(tags), "ec2:CreateAction": name[4:]}
    volume = account.ebs.volumes.get(p.get("VolumeId"))
    if volume:
        yield name, arn("ec2", "volume/" + volume["id"]), existing(volume["tags"])
    if name == "ec2:DetachVolume":
        yield name, arn("ec2", "instance/i-0123456789abcdef0"), existing({"hpcc:stack": "demo"})
    if "LaunchTemplateId" in p:
        yield name, arn("ec2", "launch-template/" + p["LaunchTemplateId"]), existing({"hpcc:stack": "demo"})


def batch(name, p, account):
    queue, definition = p.get("jobQueue"), p.get("jobDefinition", "")
    if name == "batch:UpdateComputeEnvironment":
        yield name, p["computeEnvironment"], {}
    elif name == "batch:RegisterJobDefinition":
        whole = arn("batch", "job-definition/" + p["jobDefinitionName"])
        yield name, whole, requested(p.get("tags"))
        if p.get("tags"):
            yield "batch:TagResource", whole + ":1", requested(p["tags"])
        properties = p.get("containerProperties", {})
        for key in ("jobRoleArn", "executionRoleArn"):
            if key in properties:
                yield "iam:PassRole", properties[key], {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    elif name == "batch:DeregisterJobDefinition":
        yield name, definition, existing(account.batch.tags_of_definition(definition))
    elif name == "batch:SubmitJob":
        yield name, queue if queue.startswith("arn:") else arn("batch", "job-queue/" + queue), {}
        yield name, definition if definition.startswith("arn:") else arn("batch", "job-definition/" + definition), {}
        if p.get("tags"):
            yield "batch:TagResource", arn("batch", "job/0"), requested(p["tags"])
        yield "batch:DescribeJobs", "*", {}
        yield "batch:TerminateJob", arn("batch", "job/0"), existing(p.get("tags", {}))
    elif name == "batch:TerminateJob":
        tags = account.batch.jobs[p["jobId"]]["asked"].get("tags", {})
        yield name, arn("batch", "job/" + p["jobId"]), existing(tags)
    else:
        raise AssertionError(f"what does IAM ask for {name}?")


# What an instance asks for to attach the volume of an execution (templates/batch/run.sh).
OWN = {"hpcc:stack": "demo", "hpcc:workflow": "nightly"}
ATTACHES = [("ec2:DescribeVolumes", "*", {}), ("ec2:AttachVolume", arn("ec2", "volume/vol-0123456789abcdef0"), existing(OWN)),
            ("ec2:AttachVolume", arn("ec2", "instance/i-0123456789abcdef0"),
             {**existing({"hpcc:stack": "demo"}), "ec2:SourceInstanceARN": arn("ec2", "instance/i-0123456789abcdef0"),
              "aws:PrincipalTag/hpcc:stack": "demo"})]


# ---- what a policy says ----

def holds(operator, wanted, found):
    """One condition: `found` is the value of the request, a list of values, or None."""
    every, some = operator.startswith("ForAllValues:"), operator.startswith("ForAnyValue:")
    operator = operator.split(":")[-1]
    if operator == "Null":
        return (found is None) == (str(listed(wanted)[0]).lower() == "true")
    if found is None:
        return every or operator.endswith("IfExists")
    test = {"StringEquals": lambda a, b: a == b, "StringLike": fnmatch.fnmatchcase, "ArnLike": fnmatch.fnmatchcase,
            "ArnEquals": fnmatch.fnmatchcase, "Bool": lambda a, b: str(a).lower() == str(b).lower()}[
                operator.removesuffix("IfExists")]
    hits = [any(test(value, pattern) for pattern in listed(wanted)) for value in listed(found)]
    return any(hits) if some else all(hits)


def allows(statement, action, resource, keys):
    return (any(fnmatch.fnmatchcase(action, pattern) for pattern in listed(statement["Action"])) and
            any(resource == pattern or fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"])) and
            all(holds(operator, wanted, keys.get(key)) for operator, tests in statement.get("Condition", {}).items()
                for key, wanted in tests.items()))


def statements(template, role):
    """Those of a role, by its ARN, wherever they stand."""
    found = []
    for name, r in template.resources.items():
        p = template.value(r.get("Properties", {}))
        if r["Type"] == "AWS::IAM::Role" and template.attribute(name, "Arn") == role:
            found += [s for policy in p.get("Policies", []) for s in policy["PolicyDocument"]["Statement"]]
        if r["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            roles = p.get("Roles", [p.get("RoleName")])
            if role.split("/")[-1] in roles:
                found += p["PolicyDocument"]["Statement"]
    return found


def compared(template, role, wanted):
    """(what is refused, what nobody needs); `wanted` is of needs()."""
    have, refused, used = statements(template, role), [], set()
    for action, resource, keys in wanted:
        hits = [i for i, statement in enumerate(have) if allows(statement, action, resource, keys)]
        if not hits:
            refused.append(f"{action} on {resource} with {keys}")
        used |= {(i, pattern) for i in hits for pattern in listed(have[i]["Action"]) if fnmatch.fnmatchcase(action, pattern)}
    spare = []
    for i, statement in enumerate(have):
        for pattern in listed(statement["Action"]):
            service, _, name = pattern.partition(":")
            if (i, pattern) not in used and name not in BESIDE.get(service, ("", []))[1]:
                spare.append(f"{pattern} on {statement['Resource']}")
    return refused, spare

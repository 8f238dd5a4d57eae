#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No statement of a role is wider than it has to be.

A statement names the things it is about, or has a condition; where AWS allows neither, a row of WIDE says why. Actions
by which rights could grow have a condition of their own in each statement (CONDITIONS). Rows that match nothing fail.
As a control each condition is taken away, and each resource made "*": the judge must see it.

Then each text of the same cluster files gets a wildcard in turn: where it reaches the Resource of a statement, a warning
says so at its line (W0619; of an id, that it is none).
usage: rights.py HPCC; prints TAP.
"""
import copy
import fnmatch
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import ROOT, Example, Tap, batches, examples, hpcc, in_venv, temporary  # noqa: E402

in_venv("yaml")
import yaml  # noqa: E402

# Patterns of (action, resource) that no condition narrows, and why. The prefix of ARNs is left out.
WIDE = {
    (r"ec2:Describe\w+", r"\*"): "knows no resource",
    (r"fsx:Describe\w+", r"\*"): "what is asked for is found by a volume, whose file system is not known before",
    (r"ssm:UpdateInstanceInformation", r"\*"): "Session Manager's agent: an instance speaks for itself alone",
    (r"ssmmessages:\w+", r"\*"): "knows no resource",
    (r"cloudformation:DescribeStackResource", r"stack/\$\{AWS::StackName\}/\*"): "the star is the stack's own id",
    (r"autoscaling:CompleteLifecycleAction", r"autoScalingGroup:\*:autoScalingGroupName/\$\{G\}"):
        "the star stands for the group's own id",
    (r"ec2:(RunInstances|CreateFleet)", r"spot-instances-request/\*"): "knows no key of templates; launches nothing",
    (r"ec2:CreateFleet", r"(image|instance|volume|network-interface|placement-group|subnet|security-group|fleet)/\*"):
        "CreateFleet is promised no key of launch templates; what it launches is a RunInstances, which has them",
    (r"ec2:CreateFleet", r"capacity-reservation/\*"): "which reservations a group of them holds is not known before",
    (r"batch:(Describe\w+|ListJobs)", r"\*"): "knows no resource",
    (r"batch:(Register|Deregister)JobDefinition|batch:SubmitJob|batch:TagResource", r"job-definition/\*"):
        "Nextflow and others name their definitions as they like",
    (r"batch:(SubmitJob|(Register|Deregister)JobDefinition|TagResource)", r"job-definition/[^*]+:\*"): "the star is the revision",
    (r"logs:((Create|Get|Update|Delete)LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups))", r"\*"):
        "the log of executions: Step Functions wants them, and they know no resource",
    (r"cloudwatch:GetMetricData", r"\*"): "knows no resource",
    (r"states:DescribeExecution", r"execution:\$\{AWS::StackName\}-[^*:]+:\*"): "the star is the name of an execution",
    (r"iam:(Attach|Put)RolePolicy", r"role/aws-service-role/s3\.data-source\.lustre\.fsx\.amazonaws\.com/\*"):
        "their requests bring no key that names a service; the star is the role of one link",
    (r"logs:GetLogEvents", r"log-group:/aws/batch/job:log-stream:\$\{AWS::StackName\}-(serial|mnp)/\*"): "the star is the task",
    (r"cloudformation:DescribeStacks", r"stack/\$\{AWS::StackName\}/\*"): "the star is the id behind the name of the stack",
    (r"ecs:(List|Describe)ContainerInstances", r"(cluster|container-instance)/AWSBatch-\*"):
        "AWS Batch makes the cluster of an environment, and tells its name when it is there",
    (r"ecr:GetAuthorizationToken", r"\*"): "knows no resource",
    (r"batch:(TagResource|CancelJob|TerminateJob)", r"job/\*"): "jobs have no name before they are there",
    (r"s3:(Get|List|Put|Delete|Abort|Restore)\w*\*?", r".+"): "S3Access of the file",
}
# Whom a role may be handed to: instances of clusters, tasks of AWS Batch.
SERVICES = ({"Fn::Sub": "ec2.${AWS::URLSuffix}"}, "ecs-tasks.amazonaws.com")
# By action: {operator: {key: test of the value}} that each statement with it has, but for resources that WIDE names.
OWN_TAG = {"StringEquals": {"aws:ResourceTag/hpcc:cluster": lambda v: v == {"Ref": "AWS::StackName"}}}
OF_STACK = {"StringEquals": {"aws:ResourceTag/hpcc:stack": lambda v: v == {"Ref": "AWS::StackName"}}}  # of a batch file


def a_template(value):
    """Is it any launch template? Which one is said where launch templates are allowed."""
    return texts(value) == ["arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:launch-template/*"]


def of_lustre(value):
    """The services whose roles FSx makes with the rights of who makes a file system or a link: see NEVER."""
    return texts(value) == ["fsx.amazonaws.com", "s3.data-source.lustre.fsx.amazonaws.com"]


# What a launch comes with: by a template as it stands, or by one that the request may overrule.
AS_IT_STANDS = {"Bool": {"ec2:IsLaunchTemplateResource": lambda v: v == "true"}}
BY_TEMPLATE = {"ArnLike": {"ec2:LaunchTemplate": a_template}}
LAUNCHES = ("ec2:RunInstances", "ec2:CreateFleet")
CONDITIONS = {
    "ec2:TerminateInstances": OWN_TAG,
    "ec2:CreateTags": {"StringEquals": {"ec2:CreateAction": lambda v: set(v) <= {"RunInstances", "CreateFleet"} or
                                        set(v) <= {"CreateVolume", "CreateSnapshot"}}},
    "iam:PassRole": {"StringEquals": {"iam:PassedToService": lambda v: v in SERVICES}},
    "iam:CreateServiceLinkedRole": {"StringEquals": {"iam:AWSServiceName": lambda v: v == "spot.amazonaws.com" or of_lustre(v)}},
    "route53:ChangeResourceRecordSets": {
        "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": lambda v: v == "A"},
        "ForAllValues:StringLike": {"route53:ChangeResourceRecordSetsNormalizedRecordNames":
                                    lambda v: all(text.startswith("*.") for text in texts(v))}},
    "cloudwatch:PutMetricData": {"StringEquals": {"cloudwatch:namespace": lambda v: v in ("CWAgent", "hpcc/Batch")}},
    "kms:CreateGrant": {"Bool": {"kms:GrantIsForAWSResource": lambda v: v == "true"}},
    "kms:*": {"StringLike": {"kms:ViaService": lambda v: v == {"Fn::Sub": "ec2.${AWS::Region}.*"}}},
}
# The same for roles of workflows: (action, resource), and that it is their own row of the table, their own jobs.
def own(key):
    return {"StringEquals": {f"aws:{key}/hpcc:stack": lambda v: v == {"Ref": "AWS::StackName"},
                             f"aws:{key}/hpcc:workflow": lambda v: isinstance(v, str) and v != "" and "*" not in v}}


WORKFLOWS = {
    (r"dynamodb:\w+", r".*"): {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": lambda v: len(v) == 1}},
    (r"batch:TerminateJob", r"job/\*"): own("ResourceTag"),
    (r"batch:DeregisterJobDefinition", r"job-definition/.*"): own("ResourceTag"),
    (r"batch:TagResource", r"job/\*"): own("RequestTag"),
    (r"batch:(RegisterJobDefinition|TagResource)", r"job-definition/.*"): own("RequestTag"),
}
# What must not be named anew in a launch: these types of resources want the template as it stands.
KEPT = ("image", "volume", "placement-group", "key-pair", "snapshot")
SERVICE_ROLES = ("iam:AttachRolePolicy", "iam:PutRolePolicy")  # of roles of AWS itself, for links of Lustre
OF_LINKS = "role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/"
NEVER = re.compile(r"iam:(Put|Attach|Update|Add|CreatePolicy|CreateRole|CreateUser)\w*|.*\*:.*|\w+:\*|\*")


def texts(value):
    """All texts in a value of a policy; references as they stand."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict) and "Fn::Sub" in value:
        sub = value["Fn::Sub"]
        return [sub if isinstance(sub, str) else sub[0]]
    if isinstance(value, dict) and "Fn::Join" in value.get("Fn::Split", [None, {}])[1]:
        return texts(value["Fn::Split"][1]["Fn::Join"][1])  # one of them stands for all items of a list
    if isinstance(value, dict) and "Fn::Split" in value:
        separator, (text, given) = value["Fn::Split"][0], value["Fn::Split"][1]["Fn::Sub"]
        for key, prefix in given.items():
            text = text.replace("${" + key + "}", prefix["Fn::Sub"])
        return text.split(separator)
    if isinstance(value, dict):
        return [json.dumps(value)]
    return [text for item in value for text in texts(item)]


def name(resource):
    """A resource without the prefix of its ARN: `instance/*` of `arn:…:ec2:…:instance/*`."""
    if not resource.startswith("arn:"):
        return resource
    rest = resource.replace("${AWS::", "${AWS__")
    return ":".join(rest.split(":")[5:]).replace("AWS__", "AWS::")


def listed(value):
    return value if isinstance(value, list) else [value]


def policies(template):
    """(where, statement) of all that the template allows."""
    for where, resource in template["Resources"].items():
        p = resource.get("Properties", {})
        documents = [q["PolicyDocument"] for q in p.get("Policies", [])] if resource["Type"] == "AWS::IAM::Role" else []
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            documents.append(p["PolicyDocument"])
        for document in documents:
            for statement in document["Statement"]:
                if statement["Effect"] == "Allow":
                    yield where, statement


def wide(action, resource, used):
    """Is there a row of WIDE for the pair?"""
    rows = {row for row in WIDE if re.fullmatch(row[0], action) and re.fullmatch(row[1], name(resource))}
    used |= rows
    return bool(rows)


def has(statement, conditions):
    have = statement.get("Condition", {})
    return all(test(have.get(operator, {}).get(key, ())) for operator, keys in conditions.items()
               for key, test in keys.items())


def covers(resource, kinds):
    """Those of the kinds that an ARN of EC2 may stand for."""
    pattern = name(resource).split("/")[0].split(":")[0]
    return [kind for kind in kinds if fnmatch.fnmatchcase(kind, pattern)]


def launch_lacks(action, statement):
    """What a statement that launches has not: launch templates go by the tag, all else by a launch template."""
    for resource in texts(statement["Resource"]):
        if covers(resource, ["launch-template"]) and not has(statement, OWN_TAG):
            yield f"the cluster's tag for {name(resource)}"
        if action == "ec2:RunInstances" and not any(has(statement, c) for c in (AS_IT_STANDS, BY_TEMPLATE, OWN_TAG)):
            yield f"a launch template for {name(resource)}"
        if action == "ec2:RunInstances" and covers(resource, KEPT) and not has(statement, AS_IT_STANDS):
            yield f"the template as it stands for {name(resource)}"


def lacking(action, statement):
    """The conditions that an action wants and its statement has not."""
    have = statement.get("Condition", {})
    for pattern, wanted in CONDITIONS.items():
        if not fnmatch.fnmatchcase(action, pattern):
            continue
        for operator, keys in wanted.items():
            for key, test in keys.items():
                if key not in have.get(operator, {}) or not test(have[operator][key]):
                    yield f"{operator} {key}"
    if action == "ec2:AttachVolume" and any(name(r).startswith("instance/") for r in texts(statement["Resource"])):
        if not has(statement, OWN_TAG) and not has(statement, OF_STACK):
            yield "a tag of the stack"
    if action in LAUNCHES:
        yield from launch_lacks(action, statement)


def faults(template, used):
    """What is wrong with the statements of a template, one line each."""
    found = []
    for where, statement in policies(template):
        at = f"{where} {statement.get('Sid')}"
        for action in listed(statement["Action"]):
            resources = texts(statement["Resource"])
            if NEVER.fullmatch(action) and not (action in SERVICE_ROLES and all(name(r).startswith(OF_LINKS) for r in resources)):
                found.append(f"{at}: {action} is never needed")
            pairs = [r for r in resources if not wide(action, r, used)]
            if action == "ec2:RunInstances" and all(":resource-groups:" in r for r in resources):
                pairs = []
            for (pattern, what), conditions in WORKFLOWS.items() if where.startswith("WorkflowRole") else ():
                if re.fullmatch(pattern, action) and any(re.fullmatch(what, name(r)) for r in resources) and not has(statement, conditions):
                    found.append(f"{at}: {action} on what is not the workflow's")
            if pairs:
                found += [f"{at}: {action} without {lack}" for lack in lacking(action, statement)]
            if not statement.get("Condition"):
                found += [f"{at}: {action} on {r} without a condition" for r in pairs if "*" in r]
            if "*" in pairs and action != "cloudwatch:PutMetricData":
                found.append(f"{at}: {action} on everything")
    return found


def compiled(example):
    return json.loads(hpcc("--quiet", *example.args, example.path).stdout)


def controls(tap, example):
    """Each statement of a template, spoilt, is found."""
    template = compiled(example)
    for i, (where, statement) in enumerate(policies(template)):
        for what in ("Condition", "Resource"):
            if what not in statement or what == "Resource" and texts(statement["Resource"]) == ["*"]:
                continue
            spoilt = copy.deepcopy(template)
            victim = [s for _, s in policies(spoilt)][i]
            if what == "Condition":
                del victim["Condition"]
            else:
                victim["Resource"] = "*"
            if what == "Resource" and any(a.startswith("s3:") for a in listed(victim["Action"])):
                continue
            tap.ok(faults(spoilt, set()), f"control: {example.name}: {where} {statement.get('Sid')} without its {what}")


def scalars(node, path=()):
    """(path, node) of the texts in a YAML document."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(value, path + (key.value,))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item, path)
    elif node.tag == "tag:yaml.org,2002:str":
        yield path, node


def reaches_a_right(template, text):
    return any(text in resource for _, s in policies(template) for resource in texts(s["Resource"]))


def wildcards(tap, files):
    """A wildcard that the file brings is remarked, unless it is the part of a bucket that S3Access means."""
    seen, refused, reached = set(), set(), 0
    with temporary() as folder:
        mutant = os.path.join(folder, "cluster.yaml")
        for example in files:
            for path, node in scalars(yaml.compose(example.resolved)):
                if path in seen:
                    continue
                text = example.resolved[:node.start_mark.index] + json.dumps(node.value + "*") + example.resolved[
                    node.end_mark.index:]
                with open(mutant, "w", encoding="utf-8") as file:
                    file.write(text)
                done = hpcc("--quiet", "--no-config", mutant)
                if done.returncode != 0:
                    refused.add(path[-1])
                    continue
                seen.add(path)
                if path[-1] == "KeyName" or not reaches_a_right(json.loads(done.stdout), node.value + "*"):
                    continue
                reached += 1
                said = hpcc("lint", "--no-config", "--format=short", mutant).stdout.decode()
                tap.ok(re.search(rf":{node.start_mark.line + 1}:.*\[W0(619|209)\]", said),
                       f"a wildcard in {'.'.join(path)} is remarked", said)
    tap.ok(reached >= 9, "wildcards were tried where they count", reached)
    tap.ok("HostedZoneId" in refused, "the id of a zone takes none", refused)


def main():
    tap, used = Tap(), set()
    files = examples() + [Example(os.path.join(ROOT, "tests", "runtime", "rights.yaml"))]
    schedules = os.path.join(ROOT, "tests", "runtime", "schedules.yaml")
    for example in files + examples("awsbatch") + [Example(path) for path in [*batches(), schedules]]:
        found = faults(compiled(example), used)
        tap.ok(not found, f"{example.name}: no statement is wider than it has to be", "\n".join(found))
    for row in sorted(set(WIDE) - used):
        tap.ok(False, f"{row} is needed by no template")
    for example in files:
        if example.name in ("everything/cluster", "tutorial/cluster") or example is files[-1]:
            controls(tap, example)
    for path in [*batches(), schedules]:
        template = compiled(Example(path))
        if any(role in template["Resources"] for role in ("SchedulerRole", "QueueMonitorRole", "WorkflowFinisherRole")):
            controls(tap, Example(path))
    wildcards(tap, [f for f in files if f.name.startswith("everything/")] + files[-1:] + [Example(path) for path in batches()])
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

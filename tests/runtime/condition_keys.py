#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each condition of a policy has a key that requests of all of its actions bring: a key that a request does not have makes
StringEquals false, and the action is never allowed. All templates of all kinds; a key or an action that the table does not
know fails, so that somebody looks it up.
usage: condition_keys.py HPCC; prints TAP.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import ROOT, Example, Tap, batches, environments, examples, hpcc  # noqa: E402
from rights import listed, policies  # noqa: E402

MADE = (r"batch:(TagResource|SubmitJob|RegisterJobDefinition)|ec2:Create(Volume|Snapshot|Tags|Fleet)|ec2:RunInstances|"
        r"fsx:(Create(FileSystem|DataRepositoryAssociation|DataRepositoryTask)|TagResource)")
THERE = (r"batch:((Cancel|Terminate)Job|DeregisterJobDefinition)|ec2:(Attach|Detach|Delete|Create)Volume|ec2:CreateSnapshot|ec2:CreateFleet|"
         r"ec2:(Run|Terminate)Instances|fsx:(DeleteFileSystem|UpdateDataRepositoryAssociation|CreateDataRepository\w+)")
# Which actions bring a key. Source: Service Authorization Reference, the column "Condition keys" of each service; of tags
# that something has, the keys of its type of resource.
BRINGS = {
    "aws:RequestTag": MADE,
    "aws:ResourceTag": THERE,
    "cloudwatch:namespace": r"cloudwatch:PutMetricData",
    "dynamodb:LeadingKeys": r"dynamodb:(Get|Put|Update|Delete)Item",
    "ec2:CreateAction": r"ec2:CreateTags",
    "ec2:IsLaunchTemplateResource": r"ec2:(RunInstances|CreateFleet)",
    "ec2:LaunchTemplate": r"ec2:(RunInstances|CreateFleet)",
    "ec2:SourceInstanceARN": r".*",  # of whoever calls with the credentials of an instance
    "iam:AWSServiceName": r"iam:CreateServiceLinkedRole",
    "iam:PassedToService": r"iam:PassRole",
    "kms:GrantIsForAWSResource": r"kms:CreateGrant",
    "kms:ResourceAliases": r"kms:(CreateGrant|Decrypt|DescribeKey|GenerateDataKey\w*|ReEncrypt\*)",
    "kms:ViaService": r"kms:(CreateGrant|Decrypt|DescribeKey|GenerateDataKey\w*|ReEncrypt\*)",
    "s3:prefix": r"s3:ListBucket(Versions)?",
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": r"route53:ChangeResourceRecordSets",
    "route53:ChangeResourceRecordSetsRecordTypes": r"route53:ChangeResourceRecordSets",
}
GLOBAL = re.compile(r"aws:(SourceAccount|SourceArn|PrincipalAccount|PrincipalTag/.*|SecureTransport|CalledVia)", re.I)


def absent_is_true(operator):
    """Does it hold without the key?"""
    return operator.startswith("ForAllValues:") or operator.endswith("IfExists") or operator == "Null" or "Not" in operator


def faults(template):
    for where, statement in policies(template):
        for operator, tests in statement.get("Condition", {}).items():
            for key in tests:
                if GLOBAL.fullmatch(key) or absent_is_true(operator):
                    continue
                brings = BRINGS.get(key.split("/")[0], r"(?!)")
                yield from (f"{where} {statement.get('Sid')}: {action} brings no {key}" for action in listed(statement["Action"])
                            if not re.fullmatch(brings, action))


def main():
    tap, seen = Tap(), set()
    for example in examples() + examples("awsbatch") + [Example(path) for path in environments() + batches()] + [
            Example(os.path.join(ROOT, "tests", "runtime", "rights.yaml"))]:
        template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
        found = list(faults(template))
        tap.ok(not found, f"{example.name}: conditions have keys that requests bring", "\n".join(found))
        seen |= {key.split("/")[0] for _, s in policies(template) for tests in s.get("Condition", {}).values() for key in tests}
    tap.ok({"iam:AWSServiceName", "aws:RequestTag", "aws:ResourceTag"} <= seen, f"{len(seen)} keys were seen")
    spoilt = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [
        {"Sid": "Link", "Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:PutRolePolicy"], "Resource": "*",
         "Condition": {"StringEquals": {"iam:AWSServiceName": "fsx.amazonaws.com"}}}]}}]}}}}
    tap.equal(list(faults(spoilt)), ["Role Link: iam:PutRolePolicy brings no iam:AWSServiceName"], "control: a key of another action is found")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

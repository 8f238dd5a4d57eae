#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/deployer/policy.json allows what deploying needs, and little more.

What is needed comes from three places: the calls that the AWS CLI makes of a local AWS while it follows the guide, the
permissions that AWS's own schemas of the resource types name for making, reading, changing and deleting them (in the
package cfn-lint), and the services to which the templates' roles are passed. examples/smoke/smoke.sh needs
examples/smoke/policy.json besides; it is run with an AWS CLI that only answers.
usage: deployer.py HPCC; prints TAP.
"""
import copy
import fnmatch
import glob
import json
import os
import re
import sys

from common import HPCC, ROOT, Tap, batches, examples, hpcc, in_venv, need_tools, run, temporary, tool

in_venv("boto3", pinned=True)  # of what is pinned together, cfn-lint's schemas are looked at
in_venv("cfnlint")
need_tools("aws")

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # noqa: E402

from world import ACCOUNT, World  # noqa: E402

POLICY = os.path.join(ROOT, "examples/deployer/policy.json")
# What the schemas name for properties that no template of hpcc has.
NOT_NEEDED = {
    "managed-fleets:*": "fleets that EC2 manages", "vpc-lattice:*": "target groups of VPC Lattice",
    "cognito-idp:*": "listeners that ask for a password", "firehose:*": "logs to a delivery stream",
    "s3files:*": "functions with a file system", "ec2:AcceptAddressTransfer": "addresses of another account",
    "ec2:CopyVolumes": "copies of volumes", "ssm:CreateAssociation": "documents for an instance",
    "ssm:DeleteAssociation": "the same", "ssm:DescribeAssociation": "the same", "ssm:ListAssociations": "the same",
    "ssm:Get*": "images by parameter: GetParameter is there", "iam:*GroupPolicy": "policies of groups",
    "iam:*UserPolicy": "policies of users", "s3:GetBucketPolicy": "FSx changes no policy of a bucket here",
    "s3:PutBucketPolicy": "the same", "s3:GetObjectVersion": "code of functions in a bucket",
    "s3:REST.PUT.OBJECT": "no action of IAM",
}
# Allowed without a schema that says so.
EXTRA = {
    "fsx:*": "the schema of FSx file systems names none", "kms:*": "keys of the user's own",
    "sts:GetCallerIdentity": "the guide asks for the account", "ec2:CreateKeyPair": "the guide makes one",
    "cloudformation:*": "the stack itself; nested ones", "s3:*": "the bucket for templates",
    "ssm:GetParameter*": "AWS::SSM::Parameter::Value parameters", "iam:PassRole": "roles of instances and function",
    "route53:*": "the hosted zone",
}


# What the schemas name for properties that environments do not have: tables and metadata of buckets, IPAM, encryption controls,
# endpoints to other regions; objects, which are the user's; and what AWS calls itself.
NOT_OF_ENVIRONMENTS = ["s3tables:*", "s3:*Metadata*", "s3:*Object*", "s3:*ReplicationConfiguration", "billing:*", "sts:AssumeRole", "vpce:*",
                       "ec2:AllocateIpamPoolCidr", "ec2:CreateVpcEncryptionControl", "sns:PutDataProtectionPolicy"]

# The same of batch files: clusters of EKS; items, replicas, imports, streams and policies of tables; copies and passwords
# of secrets; policies of repositories.
NOT_OF_BATCH = NOT_OF_ENVIRONMENTS + [
    "eks:*", "dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan", "dynamodb:*Replica", "dynamodb:*Import*", "dynamodb:*Kinesis*", "kinesis:*",
    "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy", "secretsmanager:*Replic*", "secretsmanager:GetRandomPassword", "kms:RetireGrant",
    "kms:RevokeGrant", "ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "dynamodb:*Backups", "dynamodb:*Insights"]


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(action, pattern):
    return fnmatch.fnmatchcase(action.lower(), pattern.lower())


def allows(policy, action):
    return any(matches(action, pattern) for s in policy["Statement"] for pattern in listed(s["Action"]))


def schema_needs(types):
    """Actions that the schemas of the types name; a pattern such as ec2:Describe* counts as itself."""
    found = set()
    for name in types:
        if name.startswith("Custom::"):
            found.add("lambda:InvokeFunction")
            continue
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema.get("handlers", {})
        for what in ("create", "read", "update", "delete"):
            found |= set(handlers.get(what, {}).get("permissions", []))
    return found


def missing(policy, needs):
    """A pattern is allowed by a pattern that is as wide."""
    return sorted(action for action in needs if not allows(policy, action.replace("*", "Anything")) and
                  not any(matches(action, known) for known in NOT_NEEDED))


def idle(policy, needs):
    """Patterns of the policy that nothing needs."""
    return sorted(pattern for s in policy["Statement"] for pattern in listed(s["Action"])
                  if not any(matches(action, pattern) or matches(pattern, action) for action in needs) and
                  not any(matches(pattern, known) for known in EXTRA))


def guide_calls(folder):
    """What the AWS CLI asks for, and the ARNs of the roles that are made."""
    world = World()
    try:
        example = [e for e in examples() if e.name == "genomics/cluster"][0]
        path, _ = world.prepare(example, folder)
        environment = world.environment(example.region)
        run([tool("aws"), "s3", "mb", f"s3://hpcc-{ACCOUNT}-x", "--region", example.region], env=environment)
        before = {r["Arn"] for r in world.client("iam", example.region).list_roles()["Roles"]}
        for _ in range(2):
            result = run([HPCC, "exec", "-q", f"--bucket=hpcc-{ACCOUNT}-x", path, "--", "aws", "cloudformation",
                          "deploy", "--template-file", "{}", "--stack-name", "work-1", "{args}"], env=environment)
            if result.returncode != 0:
                raise RuntimeError(result.stderr.decode())
        roles = {r["Arn"] for r in world.client("iam", example.region).list_roles()["Roles"]} - before
        run([tool("aws"), "cloudformation", "delete-stack", "--stack-name", "work-1"], env=environment)
        return set(world.get("asked")), roles
    finally:
        world.end()


def has_network(template):
    return any(r["Type"] == "AWS::EC2::VPC" for r in template["Resources"].values())


def templates():
    """{name: template} of the examples of clusters: those that make no network, and those that do."""
    made = {e.name: json.loads(hpcc("-q", e.path, *e.args).stdout) for e in examples()}
    return ({name: t for name, t in made.items() if not has_network(t)}, {name: t for name, t in made.items() if has_network(t)})


def environments():
    """The templates of the examples of environments."""
    return [json.loads(hpcc("-q", path).stdout) for path in sorted(glob.glob(os.path.join(ROOT, "examples/environment/*.yaml")))]


def judge_networks(tap, policy, networks):
    """Who makes networks and environments needs examples/deployer/environment-policy.json besides."""
    with open(os.path.join(ROOT, "examples/deployer/environment-policy.json"), encoding="utf-8") as file:
        text = file.read()
    more = json.loads(text)
    tap.ok(len(re.sub(r"\s", "", text)) <= 6144, "a managed policy takes the one of environments: at most 6,144 characters")
    made = [*networks.values(), *environments()]
    tap.ok(len(made) > 5 and all(map(has_network, networks.values())), "there are networks and environments", len(made))
    needs = {a for a in schema_needs({r["Type"] for t in made for r in t["Resources"].values()})
             if not any(matches(a, known) for known in NOT_OF_ENVIRONMENTS)}
    both = {"Statement": policy["Statement"] + more["Statement"]}
    tap.equal(missing(both, needs), [], "all resource types of networks and environments can be made, changed and deleted")
    tap.equal(idle(more, needs), [], "every action of the policy of environments is needed")
    tap.ok("ec2:CreateVpc" in missing(policy, needs), "control: without it a VPC cannot be made")


def judge_batch(tap, policy):
    """Who makes batch files needs examples/deployer/batch-policy.json besides."""
    texts = {}
    for name in ("environment", "batch"):
        with open(os.path.join(ROOT, f"examples/deployer/{name}-policy.json"), encoding="utf-8") as file:
            texts[name] = file.read()
    more = json.loads(texts["batch"])
    tap.ok(len(re.sub(r"\s", "", texts["batch"])) <= 6144, "a managed policy takes the one of batch files: at most 6,144 characters")
    made = [json.loads(hpcc("-q", path).stdout) for path in batches()]
    tap.ok(len(made) > 4, "there are batch files", len(made))
    needs = {a for a in schema_needs({r["Type"] for t in made for r in t["Resources"].values()})
             if not any(matches(a, known) for known in NOT_OF_BATCH)}
    both = {"Statement": policy["Statement"] + json.loads(texts["environment"])["Statement"] + more["Statement"]}
    tap.equal(missing(both, needs), [], "all resource types of batch files can be made, changed and deleted")
    tap.equal(idle(more, needs), [], "every action of the policy of batch files is needed")
    passed = {service.split(".")[0] for s in both["Statement"] if s["Action"] == "iam:PassRole"
              for service in listed(s["Condition"]["StringEquals"]["iam:PassedToService"])}
    tap.equal(sorted(set().union(*map(services, made)) - passed), [], "their roles can be passed to all services that they trust")
    tap.ok("batch:CreateJobQueue" in {a[0].lower() + a[1:] for a in missing(policy, needs)}, "control: without it a queue cannot be made")


# CloudFormation's schema of AWS::CodeBuild::Project names none. Source: Service authorization reference, AWS CodeBuild.
PROJECTS = {"codebuild:CreateProject", "codebuild:UpdateProject", "codebuild:DeleteProject", "codebuild:BatchGetProjects"}


def judge_awsbatch(tap, policy):
    """Who makes clusters with the scheduler awsbatch needs those of environments and of batch files, and one more."""
    more = {}
    for name in ("environment", "batch", "awsbatch"):
        with open(os.path.join(ROOT, f"examples/deployer/{name}-policy.json"), encoding="utf-8") as file:
            more[name] = json.load(file)
    made = [json.loads(hpcc("-q", e.path).stdout) for e in examples("awsbatch")]
    tap.ok(len(made) > 2, "there are clusters of AWS Batch", len(made))
    needs = {a for a in schema_needs({r["Type"] for t in made for r in t["Resources"].values()})
             if not any(matches(a, known) for known in NOT_OF_BATCH)} | PROJECTS
    before = policy["Statement"] + more["environment"]["Statement"] + more["batch"]["Statement"]
    every = {"Statement": before + more["awsbatch"]["Statement"]}
    tap.equal(missing(every, needs), [], "all resource types of clusters of AWS Batch can be made, changed and deleted")
    tap.equal(idle(more["awsbatch"], needs), [], "every action of the policy of clusters of AWS Batch is needed")
    passed = {service.split(".")[0] for s in every["Statement"] if s["Action"] == "iam:PassRole"
              for service in listed(s["Condition"]["StringEquals"]["iam:PassedToService"])}
    tap.equal(sorted(set().union(*map(services, made)) - passed), [], "their roles can be passed to all services that they trust, too")
    tap.equal(missing({"Statement": before}, PROJECTS), sorted(PROJECTS), "control: without it no project can be made")


def services(template):
    """Services that the template's roles trust."""
    text = json.dumps([r["Properties"]["AssumeRolePolicyDocument"] for r in template["Resources"].values()
                       if r["Type"] == "AWS::IAM::Role"])
    return set(re.findall(r"([\w-]+)\.(?:amazonaws\.com|\$\{AWS::URLSuffix\})", text))


# An AWS CLI that has no account: writes down what it is asked, knows no stack but that of SMOKE_THERE.
FAKE_AWS = """#!/bin/sh
echo "$*" >> "$SMOKE_ASKED"
case "$1 $2" in
"cloudformation describe-stacks")
	case " $SMOKE_THERE " in *" $4 "*) echo '{}'; exit 0 ;; esac
	echo "Stack with id $4 ${SMOKE_SAYS:-does not exist}" >&2; exit 254 ;;
"ec2 describe-subnets") echo subnet-0123456789abcdef0 ;;
"ec2 describe-instances") grep -q delete-stack "$SMOKE_ASKED" || echo i-0123456789abcdef0 ;;
"ssm send-command") echo 11111111-2222-3333-4444-555555555555 ;;
"ssm get-command-invocation") case "$*" in *Status*) echo Success ;; *) echo smoke-dy-t3-1 smoke-dy-t3-2 ;; esac ;;
esac
"""


def smoke(folder, **settings):
    """One run of smoke.sh: its status, what it said, the calls of the AWS CLI."""
    for name, text in (("aws", FAKE_AWS), ("sleep", "#!/bin/sh\n")):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{folder}/{name}", 0o755)
    with open(f"{folder}/asked", "w", encoding="utf-8"):
        pass
    result = run(["sh", os.path.join(ROOT, "examples/smoke/smoke.sh"), "us-east-1"],
                 env={"PATH": f"{folder}:{os.environ['PATH']}", "HPCC": HPCC, "SMOKE_ASKED": f"{folder}/asked", **settings})
    with open(f"{folder}/asked", encoding="utf-8") as file:
        return result.returncode, (result.stdout + result.stderr).decode(), file.read().splitlines()


def action(call):
    """"ssm:SendCommand" of "ssm send-command --…"; None for commands of the CLI itself, which ask several things."""
    service, command = call.split()[:2]
    if command in ("deploy", "wait"):
        return None
    return f"{service}:{''.join(word.capitalize() for word in command.split('-'))}"


def judge_smoke(tap, policy):
    with open(os.path.join(ROOT, "examples/smoke/policy.json"), encoding="utf-8") as file:
        besides = json.load(file)
    with temporary() as folder:
        status, said, calls = smoke(folder)
        names = set(re.findall(r"--stack-name (\S+)", "\n".join(calls)))
        _, _, again = smoke(folder)
        tap.ok(status == 0 and "PASSED" in said and len(names) == 1, "smoke.sh, with an AWS that only answers", said)
        tap.ok(not names & set(re.findall(r"--stack-name (\S+)", "\n".join(again))), "two runs have stacks of two names", names)
        needs = {action(call) for call in calls} - {None}
        tap.equal(sorted(a for a in needs if not allows(policy, a) and not allows(besides, a)), [], "its calls are allowed")
        tap.equal(sorted(a for s in besides["Statement"] for a in listed(s["Action"]) if a not in needs or allows(policy, a)), [],
                  "its policy allows nothing beyond, and nothing twice")
        status, said, calls = smoke(folder, HPCC_SMOKE_STACK="work-smoke")
        tap.ok(status == 0 and any("deploy" in c and "--stack-name work-smoke" in c for c in calls), "a name of one's own", said)
        for name, settings in (("a stack that is there", {"SMOKE_THERE": "work-1"}), ("one that nobody may see", {"SMOKE_SAYS": "AccessDenied"})):
            status, said, calls = smoke(folder, HPCC_SMOKE_STACK="work-1", **settings)
            tap.ok(status == 1 and "FAILED" in said and len(calls) == 1, f"{name} stays as it is", said)


def main():
    tap = Tap()
    with open(POLICY, encoding="utf-8") as file:
        text = file.read()
    policy = json.loads(text)
    tap.ok(len(re.sub(r"\s", "", text)) <= 6144, "a managed policy takes it: at most 6,144 characters")
    made, networks = templates()
    types = {r["Type"] for t in made.values() for r in t["Resources"].values()}
    needs = schema_needs(types)
    tap.ok(len(needs) > 200, "the schemas name what they need", len(needs))
    tap.equal(missing(policy, needs), [], "all resource types of the examples can be made, changed and deleted")
    with temporary() as folder:
        asked, roles = guide_calls(folder)
    tap.ok({"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "s3:PutObject"} <= asked,
           "the calls of the AWS CLI were seen", asked)
    tap.equal(missing(policy, asked), [], "all calls of the AWS CLI are allowed")
    tap.equal(idle(policy, needs | asked), [], "every action of the policy is needed")
    statement = {s["Sid"]: s for s in policy["Statement"]}
    patterns = [p.replace("111122223333", ACCOUNT) for p in listed(statement["PassRoles"]["Resource"])]
    tap.ok(roles and all(any(fnmatch.fnmatchcase(role, p) for p in patterns) for role in roles),
           "roles of a stack work… can be passed", roles)
    foreign = [f"arn:aws:iam::{ACCOUNT}:{kind}/{name}" for kind in ("role", "instance-profile") for name in (
        "NetworkAdmin", "work", "work-admin", "hpcc/network/network-ComputeRole-1", "aws-reserved/sso.amazonaws.com/work")]
    reached = [arn for s in policy["Statement"] if any(a.startswith("iam:") for a in listed(s["Action"]))
               for p in listed(s["Resource"]) for arn in foreign
               if p != "*" and fnmatch.fnmatchcase(arn, p.replace("111122223333", ACCOUNT))]
    tap.equal(reached, [], "and no role or profile that is not of such a stack is reached")
    links = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-1"
    needed = {"iam:AttachRolePolicy", "iam:PutRolePolicy"}  # which FSx calls for who links, says its guide
    tap.equal({a for s in policy["Statement"] for a in listed(s["Action"]) for p in listed(s["Resource"]) if p != "*"
               and fnmatch.fnmatchcase(links, p.replace("111122223333", ACCOUNT))} & needed, needed, "a Lustre can be linked to a bucket")
    passed = {s.split(".")[0] for s in statement["PassRoles"]["Condition"]["StringEquals"]["iam:PassedToService"]}
    tap.equal(sorted(set().union(*map(services, made.values())) - passed), [], "to all services that they trust")
    for needed in ("iam:PassRole", "cloudformation:ExecuteChangeSet", "ec2:RunInstances"):
        less = copy.deepcopy(policy)
        for s in less["Statement"]:
            s["Action"] = [a for a in listed(s["Action"]) if a != needed]
        tap.ok(needed in missing(less, needs | asked), f"control: without {needed} it is found out")
    judge_smoke(tap, policy)
    judge_networks(tap, policy, networks)
    judge_batch(tap, policy)
    judge_awsbatch(tap, policy)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

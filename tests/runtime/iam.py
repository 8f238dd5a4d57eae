#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every call of an AWS API that a cluster's scripts make is allowed to the role that makes it, and no role may more.
What a statement is about, and on which condition, is judged by rights.py.

The calls come from the text of the scripts that the compiled template carries: which functions each kind of node can
reach from its entry points, and what they ask of AWS. What the role allows comes from the template's policies. Calls of
programs that are not ours (the CloudWatch and Systems Manager agents, EC2's own checks) are in a table below.
usage: iam.py HPCC; prints TAP.
"""
import glob
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import AWSBATCH, ROOT, Example, Tap, batches, environments, examples, hpcc  # noqa: E402

# Entry points of each kind of node; all else is reached from them.
ENTRIES = {
    "head": r"userdata/fetch\.py|boot/head\.sh|minute/(awsbatch|reconcile|update)\.sh|slurm/(resume|suspend|prolog|epilog|fleet)\.sh",
    "compute": r"boot/compute\.sh|minute/watchdog\.sh|slurm/(prolog|epilog)\.sh",
    "login": r"boot/login\.sh|minute/(lifecycle|follow)\.sh"}
ROLES = {"head": "HeadNodeProfile", "compute": "ComputeProfile", "login": "LoginProfile"}

# EC2 checks these of who starts instances: tags of the launch template, the instances' role, Spot's own role.
IMPLIED = {"ec2:RunInstances": {"ec2:CreateTags", "iam:PassRole", "iam:CreateServiceLinkedRole",
                                "resource-groups:ListGroupResources"},
           "ec2:CreateFleet": {"ec2:CreateTags", "ec2:RunInstances", "iam:PassRole", "iam:CreateServiceLinkedRole"}}
# Whether the scripts make the call depends on a setting; then it may be missing without it.
OPTIONAL = {"iam:PassRole", "iam:CreateServiceLinkedRole", "resource-groups:ListGroupResources",
            "secretsmanager:GetSecretValue", "ssm:GetParameter", "s3:GetObject", "route53:ChangeResourceRecordSets",
            "ec2:AttachVolume"} | {f"fsx:Describe{kind}" for kind in (
                "FileSystems", "FileCaches", "Volumes", "StorageVirtualMachines")}
# Disks lie at the head node: others come to storage_block and its like, and go on to the mount.
HEAD_ONLY = {"ec2:AttachVolume", "ec2:DetachVolume", "ec2:DescribeInstances"}
AGENTS = {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", "cloudwatch:PutMetricData"}
# Session Manager on the head node; the managed policy, where it is attached, allows all of it.
SESSION = {"ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
           "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"}
SESSION_POLICY = re.compile(r"arn:[\w-]+:iam::aws:policy/AmazonSSMManagedInstanceCore")
# S3Access of the cluster file is the user's decision.
USERS = re.compile(r"s3:")
# EBS asks KMS for these in the name of who attaches a volume with a key of its own.
KEYS = {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"}
# The mount helper of EFS signs for these.
EFS = {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess",
       "elasticfilesystem:DescribeMountTargets"}


# What the function of the custom resources asks for, by the property that makes it.
LIFECYCLE = {
    "Custom::HpccLookup": {
        "SubnetId": {"ec2:DescribeSubnets", "ec2:DescribeRouteTables"}, "ImageParameter": {"ssm:GetParameter"},
        "ImageName": {"ec2:DescribeImages"}, "InstanceProfile": {"iam:GetInstanceProfile"},
        "PublicIp": {"ec2:DescribeAddresses"}, "HostedZoneId": {"route53:GetHostedZone"},
        "KeyParameter": {"ssm:GetParameter", "kms:Decrypt"},
        "TransitGatewayId": {"ec2:DescribeTransitGatewayAttachments"}},
    "Custom::HpccImage": {"Project": {"codebuild:StartBuild", "codebuild:BatchGetBuilds"}},
    "Custom::HpccHeld": {},  # it compares
    "Custom::HpccWorkflows": {"Stack": {"ec2:DescribeVolumes", "fsx:DescribeFileSystems"}, "Machines": {"states:ListExecutions"}},
    "Custom::HpccFleet": {
        "Cluster": {"ec2:DescribeInstances", "ec2:TerminateInstances"},
        "HostedZoneId": {"route53:ListResourceRecordSets", "route53:ChangeResourceRecordSets"}}}
# Lambda itself asks for these for a function in a VPC.
LAMBDA_VPC = {"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"}


def original(path):
    """The source of a script of the payload, where indentation tells the end of a function."""
    found = glob.glob(os.path.join(ROOT, "templates", "*", path))
    with open(found[0], encoding="utf-8") as file:
        return re.sub(r"^\s*#.*$", "", file.read(), flags=re.M)


def payload(template):
    """{path: text} of the scripts that the template carries."""
    def find(value):
        if isinstance(value, dict):
            if "Payload" in value:
                return value["Payload"]
            return next(filter(None, map(find, value.values())), None)
        if isinstance(value, list):
            return next(filter(None, map(find, value)), None)
        return None

    with open(os.path.join(ROOT, "templates/userdata/fetch.py"), encoding="utf-8") as file:
        source = file.read()
    files = {"userdata/fetch.py": source}
    sys.dont_write_bytecode = True  # nothing but templates stands among templates
    sys.path.insert(0, os.path.join(ROOT, "templates/userdata"))
    fetch = {}
    exec(compile(source.split("\nos.umask")[0], "fetch.py", "exec"), fetch)  # noqa: S102 - all but its main()
    fetch["write"] = lambda path, data, mode: files.__setitem__(path, original(path))
    core = None
    for packed in find(template["Resources"]["HeadNode"]["Metadata"]):
        text = fetch["unpack"](packed, "", core)
        core = core or text
    return files


def functions(files):
    """
    {(path or "", name): body} of the shell functions: those of libraries are known everywhere, others in their file;
    what lies outside of functions has the name of its file.
    """
    found = {}
    for path, text in files.items():
        outside, name = [], None
        for line in text.splitlines() if path.endswith(".sh") else []:
            start = re.match(r"(\w+)\(\) \{$", line)
            if start and name is None:
                name, body = start.group(1), []
            elif name and line == "}":
                found["" if path.startswith("lib/") else path, name] = "\n".join(body)
                name = None
            else:
                (body if name else outside).append(line)
        found[path, path] = "\n".join(outside) if path.endswith(".sh") else text
    return found


def calls(text):
    """What a piece of a script asks of AWS."""
    found = {f"{service}:{action}" for service, action in
             re.findall(r"\baws (ec2|autoscaling|cloudformation) ([A-Z]\w+)", text)}
    found |= {f"cloudformation:{action}" for action in re.findall(r'"Action": "(\w+)"', text)}
    found |= {f"fsx:{action}" for action in re.findall(r'\bdescribe\("(Describe\w+)"', text)}
    found |= {"autoscaling:CompleteLifecycleAction"} if "CompleteLifecycleAction" in text else set()
    if re.search(r"\baws s3 ", text):
        found.add("s3:GetObject")
    if re.search(r"\baws route53 ", text):
        found.add("route53:ChangeResourceRecordSets")
    if re.search(r"\baws secretsmanager ", text):
        found |= {"secretsmanager:GetSecretValue", "ssm:GetParameter"}
    for action in list(found):
        found |= IMPLIED.get(action, set())
    return found


def reached(files, entry):
    """The text of all that the entry points of a kind of node can come to."""
    pieces = functions(files)
    todo = [key for key in pieces if key[0] == key[1] and re.fullmatch(entry, key[1])]
    seen = set()
    while todo:
        key = todo.pop()
        if key in seen or key not in pieces:
            continue
        seen.add(key)
        path, text = key[0], pieces[key]
        for word in set(re.findall(r"[\w./-]+", text)):
            todo += [(path, word), ("", word)]
            todo += [(other, other) for other in files if "/" in word and word.endswith("/" + other)]
        todo += [(f"lib/{name}.py",) * 2 for name in re.findall(r"^ *(?:from|import) (\w+)", text, re.M)]
    return "\n".join(pieces[key] for key in sorted(seen))


def statements(template, role):
    """The allowing statements of a role, attached policies included."""
    documents = [p["PolicyDocument"] for p in template["Resources"][role]["Properties"].get("Policies", [])]
    managed = [arn.get("Ref") for arn in template["Resources"][role]["Properties"].get("ManagedPolicyArns", []) if isinstance(arn, dict)]
    for name, resource in template["Resources"].items():
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") and (name in managed or {"Ref": role} in resource[
                "Properties"].get("Roles", [])):
            documents.append(resource["Properties"]["PolicyDocument"])
    return [s for d in documents for s in d["Statement"] if s["Effect"] == "Allow"]


def allowed(template, role):
    return allowed_of(statements(template, role))


def allowed_of(statements_):
    found = set()
    for statement in statements_:
        actions = statement["Action"]
        found |= set(actions if isinstance(actions, list) else [actions])
    return found


def role_of(template, profile):
    """Logical id of the role in an instance profile, or None where it is the user's own."""
    value = template["Resources"].get(profile, {}).get("Properties", {}).get("Roles", [None])[0]
    return value.get("Ref") if isinstance(value, dict) else None


def lifecycle_methods():
    """{"service:Action"} of all that the functions can ask for, by their text."""
    source = ""
    for name in ("lookups.py", "lookups_more.py", "lifecycle_common.py", "images.py", "hybrid.py", "workflows.py"):
        with open(os.path.join(ROOT, "templates", name), encoding="utf-8") as file:
            source += file.read()
    found = {"kms:Decrypt"} if "WithDecryption=True" in source else set()
    for service in ("codebuild", "ec2", "ssm", "iam", "route53", "fsx", "states"):
        for page, method in re.findall(rf'\b(?:{service}|client\("{service}"\))\.'
                                       r'(?:get_paginator\(\s*"(\w+)"|(?!get_paginator)(\w+)\()', source):
            found.add(f"{service}:{''.join(part.title() for part in (page or method).split('_'))}")
    return found


def lifecycle_needs(template):
    """What the function asks for on behalf of this template's custom resources."""
    needs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    for resource in template["Resources"].values():
        if resource["Type"].startswith("Custom::"):
            for name in {"Cluster", *resource["Properties"]} & set(LIFECYCLE[resource["Type"]]):
                needs |= LIFECYCLE[resource["Type"]][name]
    return needs


def same(tap, name, needs, has):
    spare = {a for a in has - needs if not USERS.match(a)}
    missing = {a for a in needs - has if a not in OPTIONAL}
    tap.ok(not missing, f"{name}: every call is allowed", f"not allowed: {sorted(missing)}")
    tap.ok(not spare, f"{name}: nothing more is allowed", f"nobody calls: {sorted(spare)}")


def judge(tap, example):
    template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
    files = payload(template)
    for kind, profile in ROLES.items():
        roles = {role_of(template, name) for name in template["Resources"] if re.match(
            {"head": "HeadNodeProfile", "compute": "ComputeProfile", "login": "LoginNode.*Profile|LoginProfile"}[kind],
            name)} - {None}
        for role in sorted(roles):
            text = reached(files, ENTRIES[kind])
            has = allowed(template, role)
            needs = calls(text) | (AGENTS & has) | (EFS & has)
            needs -= HEAD_ONLY if kind != "head" else set()
            attached = template["Resources"][role]["Properties"].get("ManagedPolicyArns", [])
            if kind == "head" and not any(SESSION_POLICY.fullmatch(str(arn)) for arn in attached):
                needs |= SESSION
            if kind == "head" and any("KmsKeyId" in r["Properties"] for r in template["Resources"].values()
                                      if r["Type"] == "AWS::EC2::Volume"):
                needs |= KEYS
            same(tap, f"{example.name}: {role}", needs, has)


def lifecycle(tap):
    """The table above says all that the function can do; each template allows what its resources make it do."""
    known = {action for kinds in LIFECYCLE.values() for actions in kinds.values() for action in actions}
    tap.equal(sorted(lifecycle_methods()), sorted(known), "the calls of all functions are those of the table")
    for example in examples() + examples("awsbatch") + [Example(path) for path in environments() + batches()]:
        template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
        if "LifecycleRole" in template["Resources"]:
            has = allowed(template, "LifecycleRole")
            same(tap, f"{example.name}: LifecycleRole", lifecycle_needs(template) | LAMBDA_VPC & has, has)


def method_calls(path, services):
    """{"service:Action"} of a program that calls `SERVICE.method(…)` of boto3, pages included."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    return {f"{service}:{''.join(part.title() for part in (page or method).split('_'))}" for service in services
            for page, method in re.findall(rf'\b{service}\.(?:get_paginator\("(\w+)"|(?!get_paginator)(\w+)\()', source)}


NAMES = {"sfn": "states"}  # services that IAM knows by another name than their clients


def clock(template):
    """{(action, logical id)} of what schedules do; what a job runs is named, so it has no id."""
    found = set()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Scheduler::Schedule":
            target = resource["Properties"]["Target"]
            service, action = target["Arn"]["Fn::Sub"].split(":")[-2:]
            told = target["Input"]["Fn::Sub"]
            found |= {(f"{NAMES.get(service, service)}:{action[0].upper()}{action[1:]}", name) for name in
                      re.findall(r'"(?:ComputeEnvironment|JobQueue|StateMachineArn)":"\$\{(\w+)\}"', told if isinstance(told, str) else told[0])}
    return found


# What a workflow's role has for what its states bring about: tags of what they make, the log of executions, rights that FSx and
# EC2 have from who calls them, the look at a job whose end a state waits for. tests/workflows/permissions.py asks for each
# whether a run of the machine needs it.
BROUGHT_ABOUT = re.compile(r"logs:\w+|s3:\w+\*?|kms:\w+\*?|iam:\w+|(fsx|batch):TagResource|ec2:CreateTags|"
                           r"events:(PutTargets|PutRule|DescribeRule)|batch:(DescribeJobs|TerminateJob)")


def calls_of_states(machine):
    """{"service:Action"} of the states of a machine."""
    found = set()
    for state in machine["Properties"]["Definition"]["States"].values():
        if state["Type"] == "Task":
            service, action = state["Resource"].removesuffix(".sync").split(":")[-2:]
            found.add(f"{NAMES.get(service, service)}:{action[0].upper()}{action[1:]}")
    return found


def workflows(tap, name, template):
    """Roles of machines: what their states call. Of what finishes executions: to start those that rules start."""
    seen = set()
    for machine in template["Resources"].values():
        if machine["Type"] != "AWS::StepFunctions::StateMachine":
            continue
        role = machine["Properties"]["RoleArn"]["Fn::GetAtt"][0]
        calls, has = calls_of_states(machine), set(allowed(template, role))
        tap.equal(sorted(calls - has), [], f"{name}: {role} may do all that its states call")
        spare = {action for action in has - calls if not BROUGHT_ABOUT.fullmatch(action)}
        tap.equal(sorted(spare), [], f"{name}: {role} may do nothing that no state calls")
        seen.add(role)
    starts = {target["Arn"]["Ref"] for rule in template["Resources"].values() if rule["Type"] == "AWS::Events::Rule"
              for target in rule["Properties"]["Targets"] if target.get("RoleArn") == {"Fn::GetAtt": ["WorkflowFinisherRole", "Arn"]}}
    if starts or "WorkflowFinisherRole" in template["Resources"]:
        has = {(action, resource["Ref"]) for s in statements(template, "WorkflowFinisherRole") for action in s["Action"]
               for resource in s["Resource"]}
        tap.equal(has, {("states:StartExecution", machine) for machine in starts},
                  f"{name}: WorkflowFinisherRole: the machines that rules start")
        seen.add("WorkflowFinisherRole")
    return seen


def batch(tap):
    """The function that looks at queues, the role of schedules, those of workflows; and that each role is judged somewhere."""
    looks = method_calls(os.path.join(ROOT, "templates", "queue_monitor.py"), ("batch", "cloudwatch"))
    tap.ok(looks, "the function that looks at queues calls something")
    seen = set()
    for path in batches() + [os.path.join(ROOT, "tests", "runtime", "schedules.yaml")]:
        template = json.loads(hpcc("--quiet", path).stdout)
        name = Example(path).name
        if "QueueMonitorRole" in template["Resources"]:
            same(tap, f"{name}: QueueMonitorRole", looks | {
                "logs:CreateLogStream", "logs:PutLogEvents"}, allowed(template, "QueueMonitorRole"))
            seen.add("QueueMonitorRole")
        if "SchedulerRole" in template["Resources"]:
            has = {(action, resource["Ref"]) for s in statements(template, "SchedulerRole") for action in s["Action"]
                   for resource in s["Resource"] if "Ref" in resource}
            tap.equal(sorted(has), sorted(clock(template)), f"{name}: SchedulerRole: what schedules do, on what they do it")
            seen.add("SchedulerRole")
        judged = workflows(tap, name, template)
        seen |= {re.sub("(?<=^WorkflowRole).*", "", role) for role in judged}
        roles = {n for n, r in template["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
        others = re.compile("LifecycleRole|QueueMonitorRole|SchedulerRole|ExecutionRole|Instance.*Role|(Named)?JobRole.*")
        tap.equal(sorted(role for role in roles - judged if not others.fullmatch(role)), [], f"{name}: each role is judged")
    tap.equal(sorted(seen), ["QueueMonitorRole", "SchedulerRole", "WorkflowFinisherRole", "WorkflowRole"], "examples have all")


# ---- AWS Batch ----

# What the CloudWatch agent asks for, beside what the managed policy of instances of ECS allows.
AGENT_OF_BATCH = {"cloudwatch:PutMetricData"}


def has_volumes(template, environment):
    """Do workflows give volumes to the instances of a compute environment?"""
    return any("CreateVolume" in machine["Properties"]["Definition"]["States"] and json.dumps({"Ref": environment}) in json.dumps(machine)
               for machine in template["Resources"].values() if machine["Type"] == "AWS::StepFunctions::StateMachine")


def batch_calls(text, volumes):
    """What the user data of an instance asks of AWS: what the calls at its end reach; with or without a volume to attach."""
    bodies = dict(re.findall(r"^(\w+)\(\) \{\n(.*?)^\}", text, re.M | re.S))
    rest = re.sub(r"^\w+\(\) \{\n.*?^\}", "", text, flags=re.M | re.S)
    todo, seen, found = [word for word in re.findall(r"^\w+", rest, re.M) if word in bodies], set(), set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [word for word in re.findall(r"\w+", bodies[name]) if word in bodies]
    for name in seen:
        found |= {"fsx:" + "".join(part.capitalize() for part in action.split("-"))
                  for action in re.findall(r"\bask ([\w-]+)", bodies[name])}
        found |= {"ec2:" + "".join(part.capitalize() for part in action.split("-"))
                  for action in re.findall(r"\baws .*\bec2 ([\w-]+)", bodies[name])} if volumes else set()
    if "agent" in seen:
        found |= AGENT_OF_BATCH
    if re.search(r"^efs .*\biam\b", rest, re.M):
        found |= {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
                  "elasticfilesystem:ClientRootAccess"}  # containers are root where they do not say otherwise
    return found


def named(value):
    """The texts of an ARN in a template."""
    return json.dumps(value)


def secrets_of(template):
    """What the job definitions of a template name, without the parts of it that are read."""
    found = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Batch::JobDefinition":
            containers = [resource["Properties"].get("ContainerProperties", {})] + [
                r["Container"] for r in resource["Properties"].get("NodeProperties", {}).get("NodeRangeProperties", [])]
            for c in containers:
                if c.get("ExecutionRoleArn") != {"Fn::GetAtt": ["ExecutionRole", "Arn"]}:
                    continue
                found += [s["ValueFrom"] for s in c.get("Secrets", []) + c.get("LogConfiguration", {}).get("SecretOptions", [])]
                found += [c["RepositoryCredentials"]["CredentialsParameter"]] if "RepositoryCredentials" in c else []
    return found


def judge_batch(tap, path):
    """Instances: what their user data asks for. The role that starts jobs: the secrets that they name. Jobs: what the file gives."""
    name, template = os.path.relpath(path, ROOT), json.loads(hpcc("--quiet", path).stdout)
    roles = {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
    for environment in hpcc("userdata", "-q", path).stdout.decode().split():
        word = "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]", environment))
        role = f"Instance{word}Role"
        if role in roles:
            text = hpcc("userdata", "-q", path, "--node", environment).stdout.decode()
            wanted = batch_calls(text, has_volumes(template, f"ComputeEnvironment{word}"))
            same(tap, f"{name}: {role}", wanted, allowed(template, role))
    for role in [n for n in roles if n.startswith("Instance") and n not in {
            "Instance" + "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]", e)) + "Role"
            for e in hpcc("userdata", "-q", path).stdout.decode().split()}]:
        same(tap, f"{name}: {role}, without user data", set(), allowed(template, role))
    if "ExecutionRole" in roles:
        wanted = secrets_of(template)
        services = {"secretsmanager" if ":secretsmanager:" in named(w) else "ssm" for w in wanted}
        same(tap, f"{name}: ExecutionRole", {{"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}[s]
                                             for s in services}, allowed(template, "ExecutionRole"))
        pieces = [named(r).strip('"{}') for s in statements(template, "ExecutionRole")
                  for r in (s["Resource"] if isinstance(s["Resource"], list) else [s["Resource"]])]
        tap.ok(all("*" not in piece for piece in pieces), f"{name}: ExecutionRole names each secret", pieces)
        tap.ok(len(pieces) <= len(wanted), f"{name}: and no other", f"{pieces}\n{wanted}")
    for role in [n for n in roles if "JobRole" in n]:
        spare = {a for a in allowed(template, role) if not USERS.match(a) and a not in EFS and not a.startswith("kms:")
                 and a not in ("secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters")}
        tap.equal(spare, set(), f"{name}: {role} may what the file gives it")


# ---- the scheduler awsbatch ----

# What the commands of aws-parallelcluster-awsbatch-cli ask for: awsbsub, awsbstat, awsbout, awsbkill, awsbqueues, awsbhosts. Its source
# is compared with this where it is installed.
COMMANDS = {"batch:SubmitJob", "batch:DescribeJobs", "batch:ListJobs", "batch:TerminateJob", "batch:DescribeJobQueues",
            "batch:DescribeComputeEnvironments", "logs:GetLogEvents", "ecs:ListContainerInstances", "ecs:DescribeContainerInstances",
            "ec2:DescribeInstances", "s3:PutObject", "cloudformation:DescribeStacks"}
# What people ask for by `aws batch` besides.
PLAIN = {"batch:CancelJob", "batch:DescribeJobDefinitions"}
# What `docker push` asks of a repository, and the login before it. Source: ECR user guide, Required IAM permissions for pushing an image.
PUSH = {"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"}


def commands_of_package(tap):
    sources = glob.glob(f"{AWSBATCH}/lib/python3*/site-packages/awsbatch/*.py")
    if not sources:
        tap.skip("the calls of the commands are those of the table", "tests/requirements-awsbatch.txt is not installed")
        return
    found = set()
    for path in sources:
        with open(path, encoding="utf-8") as file:
            for service, page, method in re.findall(r'\b(?:self\.)?(batch|ecs|ec2|logs|s3|cfn)_client\.(?:get_paginator\("(\w+)"|(?!get_paginator)(\w+)\()',
                                                    file.read()):
                action = "".join(part.title() for part in (page or method).split("_")).replace("UploadFile", "PutObject")
                found.add(f"{'cloudformation' if service == 'cfn' else service}:{action}")
    tap.equal(sorted(found), sorted(COMMANDS), "the calls of the commands are those of the table")


def judge_awsbatch(tap, example):
    """The head node: its scripts, and what its users ask for. Instances: user data. The project: to push. Jobs: what was sent."""
    template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
    files, name = payload(template), example.name
    has = allowed(template, "HeadNodeRole")
    text = reached(files, ENTRIES["head"])
    needs = calls(text) | (AGENTS & has) | (EFS & has) | SESSION | COMMANDS | PLAIN
    same(tap, f"{name}: HeadNodeRole", needs - {"s3:GetObject"}, has)
    own = allowed_of(template["Resources"]["BatchUserPolicy"]["Properties"]["PolicyDocument"]["Statement"])
    tap.equal(sorted(own), sorted(COMMANDS | PLAIN), f"{name}: BatchUserPolicy is what the commands need")
    node = example.resolved.split("ComputeResources:")[1].split("Name:")[1].split()[0]
    for role in [n for n in template["Resources"] if re.fullmatch("Instance.*Role", n)]:
        told = hpcc("userdata", "-q", example.path, "--node", node).stdout.decode()
        same(tap, f"{name}: {role}", batch_calls(told, False), allowed(template, role))
    same(tap, f"{name}: ImageRole", PUSH | {"logs:CreateLogStream", "logs:PutLogEvents"}, allowed(template, "ImageRole"))
    tap.equal(allowed(template, "JobRole"), {"s3:GetObject", "s3:ListBucket"}, f"{name}: JobRole reads what was sent")
    roles = {n for n, r in template["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
    others = re.compile("HeadNodeRole|LifecycleRole|ImageRole|JobRole|Instance.*Role")
    tap.equal(sorted(role for role in roles if not others.fullmatch(role)), [], f"{name}: each role is judged")


def main():
    tap = Tap()
    commands_of_package(tap)
    for example in examples("awsbatch"):
        judge_awsbatch(tap, example)
    for path in batches():
        judge_batch(tap, path)
    for example in examples() + [Example(os.path.join(ROOT, "tests", "runtime", "rights.yaml"))]:
        judge(tap, example)
    lifecycle(tap)
    batch(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""What hpcc makes of a file with workflows, with the template's functions worked out, and an account in which its stack
stands."""
import base64
import functools
import hashlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import hpcc, temporary  # noqa: E402

from account import Account  # noqa: E402
from guard import Guard  # noqa: E402
from interpreter import ACCOUNT, REGION, Machine  # noqa: E402

STACK = "demo"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::StackName": STACK,
          "AWS::URLSuffix": "amazonaws.com",
          "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0c9f1a30-0000-11f0-8000-0123456789ab"}
# What Ref of a resource is, where it is not the name below: %s is that name.
REFS = {"AWS::Batch::ComputeEnvironment": "arn:aws:batch:{r}:{a}:compute-environment/%s",
        "AWS::Batch::JobQueue": "arn:aws:batch:{r}:{a}:job-queue/%s",
        "AWS::Batch::JobDefinition": "arn:aws:batch:{r}:{a}:job-definition/%s:1",
        "AWS::Batch::SchedulingPolicy": "arn:aws:batch:{r}:{a}:scheduling-policy/%s",
        "AWS::SNS::Topic": "arn:aws:sns:{r}:{a}:%s",
        "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{r}:{a}:secret:%s-AbCdEf",
        "AWS::StepFunctions::StateMachine": "arn:aws:states:{r}:{a}:stateMachine:%s"}
IDS = {"AWS::EC2::SecurityGroup": "sg", "AWS::EC2::LaunchTemplate": "lt", "AWS::EC2::Subnet": "subnet", "AWS::EC2::VPC": "vpc"}
ARNS = {**REFS, "AWS::IAM::Role": "arn:aws:iam::{a}:role/%s", "AWS::S3::Bucket": "arn:aws:s3:::%s",
        "AWS::IAM::InstanceProfile": "arn:aws:iam::{a}:instance-profile/%s",
        "AWS::DynamoDB::Table": "arn:aws:dynamodb:{r}:{a}:table/%s", "AWS::SSM::Parameter": "arn:aws:ssm:{r}:{a}:parameter/%s",
        "AWS::Logs::LogGroup": "arn:aws:logs:{r}:{a}:log-group:%s:*", "AWS::Lambda::Function": "arn:aws:lambda:{r}:{a}:function:%s",
        "AWS::Events::Rule": "arn:aws:events:{r}:{a}:rule/%s", "AWS::KMS::Key": "arn:aws:kms:{r}:{a}:key/%s"}
NAMES = ("ComputeEnvironmentName", "JobQueueName", "JobDefinitionName", "StateMachineName", "TableName", "RoleName", "TopicName",
         "FunctionName", "LogGroupName", "BucketName")


class Template:
    """A compiled template; value() works out what CloudFormation would."""

    def __init__(self, text):
        with temporary() as folder:
            path = os.path.join(folder, "batch.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = hpcc("--quiet", "--no-config", path)
        assert done.returncode == 0, done.stderr.decode()
        self.text = text
        self.template = json.loads(done.stdout)
        self.resources = self.template["Resources"]

    @functools.lru_cache(None)
    def of_type(self, kind):
        return {name: self.value(r.get("Properties", {})) for name, r in self.resources.items() if r["Type"] == kind}

    def name(self, logical):
        properties = self.resources[logical].get("Properties", {})
        given = next((properties[key] for key in NAMES if key in properties), None)
        if given is None and self.resources[logical]["Type"] in ("AWS::SSM::Parameter", "AWS::SecretsManager::Secret"):
            given = properties.get("Name")
        return f"{STACK}-{logical}" if given is None else self.value(given)

    def made_of(self, forms, logical):
        form = forms.get(self.resources[logical]["Type"], "%s")
        if form.startswith("arn:aws:ssm"):
            return (form % self.name(logical).lstrip("/")).format(r=REGION, a=ACCOUNT)
        return form.format(r=REGION, a=ACCOUNT) % self.name(logical)

    def ref(self, name):
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.template.get("Parameters", {}):
            return self.template["Parameters"][name].get("Default", "parameter-" + name)
        kind = self.resources[name]["Type"]
        if kind in IDS:
            return f"{IDS[kind]}-{hashlib.sha1(name.encode()).hexdigest()[:17]}"
        return self.made_of(REFS, name)

    def attribute(self, logical, attribute):
        if attribute in ("Arn", "ARN") or attribute.endswith("Arn"):
            return self.made_of(ARNS, logical)
        if attribute in ("GroupId", "SubnetId", "VpcId"):
            return self.ref(logical)
        if attribute == "LatestVersionNumber":
            return "1"
        return f"{logical}.{attribute}"

    def value(self, v):
        if isinstance(v, list):
            return [self.value(item) for item in v if item != {"Ref": "AWS::NoValue"}]
        if not isinstance(v, dict):
            return v
        if len(v) == 1:
            (function, argument), = v.items()
            if function == "Ref":
                return self.ref(argument)
            if function == "Fn::GetAtt":
                return self.attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            if function == "Fn::Sub":
                return self.sub(argument)
            if function == "Fn::Join":
                return argument[0].join(self.value(argument[1]))
            if function == "Fn::Split":
                return self.value(argument[1]).split(argument[0])
            if function == "Fn::Select":
                return self.value(argument[1])[int(argument[0])]
            if function == "Fn::Base64":
                return base64.b64encode(self.value(argument).encode()).decode()
            if function == "Fn::FindInMap":
                found = self.template["Mappings"]
                for key in argument:
                    found = found[self.value(key)]
                return found
            if function.startswith("Fn::"):
                raise ValueError(function)
        return {key: self.value(item) for key, item in v.items() if item != {"Ref": "AWS::NoValue"}}

    def sub(self, argument):
        form, given = (argument, {}) if isinstance(argument, str) else argument

        def one(match):
            if match.group(1):
                return "${%s}" % match.group(2)
            name = match.group(2)
            if name in given:
                return str(self.value(given[name]))
            return str(self.attribute(*name.split(".", 1)) if "." in name and name not in PSEUDO else self.ref(name))
        return re.sub(r"\$\{(!?)([^}]*)\}", one, form)

    # ---- workflows ----

    @functools.cached_property
    def guard(self):
        """What is asked before the stack is deleted."""
        return Guard(self)

    def definition(self, logical):
        """The machine as Step Functions gets it."""
        properties = self.resources[logical]["Properties"]
        given = {key: self.value(v) for key, v in properties.get("DefinitionSubstitutions", {}).items()}
        text = self.value(properties["DefinitionString"]) if "DefinitionString" in properties else json.dumps(
            self.value(properties["Definition"]))
        text = re.sub(r"\$\{(\w+)\}", lambda m: json.dumps(given[m.group(1)])[1:-1] if isinstance(given[m.group(1)], str)
                      else str(given[m.group(1)]), text)
        return json.loads(text)

    @functools.lru_cache(None)
    def machines(self):
        return {name: Machine(self.name(name), self.definition(name), self.value(r["Properties"]["RoleArn"]))
                for name, r in self.resources.items() if r["Type"] == "AWS::StepFunctions::StateMachine"}

    def account(self, clock):
        """A new account with the stack; moto's DynamoDB has to be on."""
        account = Account(clock)
        for name, p in self.of_type("AWS::EC2::LaunchTemplate").items():
            account.templates.add(self.ref(name), p["LaunchTemplateData"])
        environments = self.of_type("AWS::Batch::ComputeEnvironment")
        for name, p in self.of_type("AWS::Batch::JobQueue").items():
            environment = p["ComputeEnvironmentOrder"][0]["ComputeEnvironment"].split("/")[-1]
            p = next(e for n, e in environments.items() if self.name(n) == environment)
            template = p["ComputeResources"].get("LaunchTemplate", {"LaunchTemplateId": None})
            account.batch.add(environment, self.name(name), template["LaunchTemplateId"])
        for name, p in self.of_type("AWS::Batch::JobDefinition").items():
            account.batch.register_job_definition(**decapitalized({**p, "JobDefinitionName": self.name(name)}))
        for name, p in self.of_type("AWS::SSM::Parameter").items():
            account.parameters[self.name(name)] = p["Value"]
        for name, p in self.of_type("AWS::SecretsManager::Secret").items():
            account.secrets[self.ref(name)] = p["SecretString"]
        for name, p in self.of_type("AWS::DynamoDB::Table").items():
            account.services["dynamodb"][0].stands(
                self.name(name), BillingMode="PAY_PER_REQUEST", KeySchema=p["KeySchema"],
                AttributeDefinitions=p["AttributeDefinitions"])
        return account


def decapitalized(value):
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: decapitalized(item) for key, item in value.items() if key != "Tags"}
    return [decapitalized(item) for item in value] if isinstance(value, list) else value

# SPDX-License-Identifier: Apache-2.0
"""The services that workflows call, as far as workflows see them: what they make and change is kept, and what takes time in
AWS takes time of the simulation's clock. Answers and requests have the services' own keys (botocore's)."""
import functools
import heapq
import itertools
import json
import os
import re

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from interpreter import ACCOUNT, REGION, ServiceError


@functools.lru_cache(None)
def dynamodb():
    """A client of moto's DynamoDB, which is on from now."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        os.environ[f"AWS_{name}"] = "test"
    mock_aws().start()
    return boto3.client("dynamodb", region_name=REGION)


def snake(name):
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def tags_of(tags):
    """{key: value} of a list of tags, whatever its keys."""
    if isinstance(tags, dict):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags or []}


class Account:
    """{service: its fake} in `services`; events that are due happen before each call."""

    def __init__(self, clock):
        from jobs import Batch, LaunchTemplates
        from storage import Ebs, Lustre

        self.clock, self.events, self.numbers = clock, [], itertools.count(1)
        self.calls = []  # (execution or None, state or None, service, action, parameters), in order
        self.lost = []  # results that went with their storage
        self.told = []  # what was published
        self.buckets = {}  # name: set of keys
        self.parameters, self.secrets = {}, {}
        self.starts = None  # (machine's ARN, name, input) begins an execution
        self.executions = {}  # ARN: status, for those who ask
        lustre, ebs, batch = Lustre(self), Ebs(self), Batch(self)
        self.lustre, self.ebs, self.batch, self.templates = lustre, ebs, batch, LaunchTemplates(self)
        self.services = {"fsx": [lustre], "cloudwatch": [lustre.metrics], "ec2": [ebs, self.templates], "batch": [batch],
                         "ssm": [Parameters(self)], "secretsmanager": [Parameters(self)], "sns": [Topics(self)],
                         "dynamodb": [Tables(self)], "sfn": [States(self)], "states": [States(self)],
                         "stepfunctions": [States(self)]}

    def id(self, prefix):
        return f"{prefix}-{next(self.numbers):017x}"

    def arn(self, service, rest):
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"

    def after(self, seconds, what):
        """what() happens so many seconds from now."""
        heapq.heappush(self.events, (self.clock.now + seconds, next(self.numbers), what))

    def catch_up(self):
        """All that is due by now happens, at its own time."""
        now = self.clock.now
        while self.events and self.events[0][0] <= now:
            self.clock.now, _, what = heapq.heappop(self.events)
            what()
        self.clock.now = now

    def call(self, service, action, parameters):
        self.catch_up()
        name = snake(action)
        for fake in self.services.get(service, []):
            if hasattr(fake, name):
                return getattr(fake, name)(**parameters) or {}
        raise AssertionError(f"the test has no {service}:{action}")


class Parameters:
    """Parameter Store and Secrets Manager."""

    def __init__(self, account):
        self.account = account

    def get_parameter(self, Name, WithDecryption=False):
        key = Name.split(":parameter")[-1]
        if key not in self.account.parameters and key.lstrip("/") in self.account.parameters:
            key = key.lstrip("/")
        if key not in self.account.parameters:
            raise ServiceError("ParameterNotFound", f"Parameter {Name} not found.")
        return {"Parameter": {"Name": key, "Type": "String", "Value": self.account.parameters[key]}}

    def get_secret_value(self, SecretId, **_):
        if SecretId not in self.account.secrets:
            raise ServiceError("ResourceNotFoundException", f"Secrets Manager can't find the specified secret {SecretId}.")
        return {"Name": SecretId, "SecretString": self.account.secrets[SecretId]}


class Topics:
    def __init__(self, account):
        self.account = account

    def publish(self, Message, Subject="", **_):
        if len(Subject) > 99 or not Subject.isascii() or "\n" in Subject:
            raise ServiceError("InvalidParameter", "Invalid parameter: Subject")
        self.account.told.append(Subject + "\n" + Message)
        return {"MessageId": self.account.id("m")}


EMPTY = {}  # tables by name, with what they were made of


class Tables:
    """DynamoDB is moto's own, which reads condition expressions."""

    def __init__(self, account):
        self.account, self.client = account, dynamodb()
        self.refused = {}  # {request: the error}, since the last write: it would be refused again
        dynamodb_backends[ACCOUNT][REGION].reset()

    def stands(self, name, **p):
        """A table of the stack, without rows; made by moto once in a process, which takes longer than a run."""
        backend = dynamodb_backends[ACCOUNT][REGION]
        if name not in EMPTY:
            self.client.create_table(TableName=name, **p)
            EMPTY[name] = p, backend.tables[name]
        assert EMPTY[name][0] == p, f"another table {name}"
        EMPTY[name][1].items.clear()
        backend.tables[name] = EMPTY[name][1]

    @staticmethod
    def rows(name):
        return [item.to_json()["Attributes"] for item in dynamodb_backends[ACCOUNT][REGION].tables[name].all_items()]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def ask(**parameters):
            request = name + json.dumps(parameters)
            try:
                if request in self.refused:
                    raise self.refused[request]
                answer = getattr(self.client, name)(**parameters)
            except ClientError as error:
                self.refused[request] = error
                raise ServiceError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
            self.refused.clear()
            answer.pop("ResponseMetadata")
            return answer
        return ask


class States:
    """What is asked of executions."""

    def __init__(self, account):
        self.account = account

    def describe_execution(self, executionArn, **_):
        if executionArn not in self.account.executions:
            raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{executionArn}'")
        machine = executionArn.replace(":execution:", ":stateMachine:").rsplit(":", 1)[0]
        return {"executionArn": executionArn, "stateMachineArn": machine, "status": self.account.executions[executionArn],
                "name": executionArn.split(":")[-1], "startDate": self.account.clock.date()}

    def start_execution(self, stateMachineArn, name, input):  # pylint: disable=redefined-builtin
        arn = stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + name
        if arn in self.account.executions:
            raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        self.account.starts(stateMachineArn, name, json.loads(input))
        return {"executionArn": arn, "startDate": self.account.clock.date()}

    def list_executions(self, stateMachineArn, statusFilter=None, **_):
        found = [self.describe_execution(arn) for arn in self.account.executions
                 if arn.startswith(stateMachineArn.replace(":stateMachine:", ":execution:") + ":")]
        return {"executions": [e for e in found if statusFilter in (None, e["status"])]}

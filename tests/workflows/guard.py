# SPDX-License-Identifier: Apache-2.0
"""What asks before a stack is deleted whether executions of its workflows run or storage of theirs is left: the function as it
is emitted, in front of an account of a run. It may say yes only where nothing is, and has to name all that runs, or all that
is left."""
import types
from collections import Counter

import faults
import wire
from interpreter import ServiceError

CALLS = {"list_executions": ("sfn", "listExecutions"), "describe_file_systems": ("fsx", "describeFileSystems"),
         "describe_volumes": ("ec2", "describeVolumes")}
# What may become of each of its calls. Whatever is not known, the stack stays.
FAULTS = (faults.Refused, faults.Throttled, faults.ThrottledForEver, faults.Broken, faults.LostAnswer, faults.LostForEver,
          faults.TimedOut)


class MachineGone(ServiceError):
    """What a machine that was deleted by hand says."""

    def __init__(self):
        super().__init__("StateMachineDoesNotExist", "State Machine Does Not Exist", 400)


class Gone(faults.Fault):
    label = "the machine is gone"

    def answer(self, call, n, ask):
        raise MachineGone


class Client:
    """boto3's, with a service of the account behind it, that gives one thing on each page."""

    exceptions = types.SimpleNamespace(StateMachineDoesNotExist=MachineGone)

    def __init__(self, guard, name):
        self.guard, self.name = guard, name

    def get_paginator(self, operation):
        service, action = CALLS[operation]
        assert wire.NAMES.get(service, service) == self.name, f"{operation} of {self.name}"

        def paginate(**parameters):
            token = {}
            while token is not None:
                answer = self.guard.ask(service, action, {**parameters, **token})
                token = {key: answer.pop(key) for key in list(answer) if key.lower() == "nexttoken"} or None
                for key, things in answer.items():
                    yield {key: []}
                    for thing in things:
                        yield {key: [thing]}
        return types.SimpleNamespace(paginate=paginate)


class Guard:
    """Its time is its own: while it waits, nothing comes to an end."""

    def __init__(self, template):
        self.said, self.account, self.counts, self.fault, self.now = None, None, Counter(), faults.Fault(), 0
        self.properties = template.value(template.resources["WorkflowGuard"]["Properties"])
        program = types.ModuleType("guard")
        code = template.value(template.resources["LifecycleFunction"]["Properties"]["Code"]["ZipFile"])
        exec(compile(code, "index.py", "exec"), program.__dict__)  # pylint: disable=exec-used # it is the project's own
        program.time = types.SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep)
        program.boto3 = types.SimpleNamespace(client=lambda name: Client(self, name))
        program.answer = lambda event, status, reason, data: setattr(self, "said", (status, reason))
        program.print = lambda *_: None
        self.handler = program.handler

    def sleep(self, seconds):
        self.now += seconds

    def ask(self, service, action, parameters):
        self.counts[action] += 1
        if self.fault.state == action:
            return self.fault.answer(types.SimpleNamespace(service=service, action=action), self.counts[action],
                                     lambda: self.account.call(service, action, parameters))
        return self.account.call(service, action, parameters)

    def deletion(self, account, fault=faults.Fault(), **other):
        """(status, reason) when the stack of the account is to be deleted now; `other` are properties of the resource."""
        self.account, self.fault, self.counts, self.said = account, fault, Counter(), None
        self.handler({"RequestType": "Delete", "ResourceType": "Custom::HpccWorkflows", "LogicalResourceId": "WorkflowGuard",
                      "ResourceProperties": {**self.properties, **other}},
                     types.SimpleNamespace(get_remaining_time_in_millis=lambda: 900000))
        return self.said

    @staticmethod
    def left(account):
        """All storage of the account, whatever tells that it is the workflow's."""
        return [system["id"] for system in account.lustre.alive()] + [volume["id"] for volume in account.ebs.alive()]

    @staticmethod
    def running(account):
        return [arn.split(":")[-1] for arn, status in account.executions.items() if status == "RUNNING"]

    def complaints(self, account, **other):
        """What is wrong with what it says of an account. Of storage it speaks when nothing runs."""
        (status, reason), there = self.deletion(account, **other), self.running(account) or self.left(account)
        if not there and status != "SUCCESS":
            return [f"nothing is left, but the stack cannot be deleted: {reason}"]
        return ([f"the stack can be deleted while {name} is there" for name in there if status != "FAILED"] +
                [f"the deletion does not name {name}: {reason}" for name in there if name not in reason])

    def under_way(self, account):
        """The same while an execution runs; and of its storage, as if the execution had just ended."""
        found, executions = self.complaints(account), account.executions
        account.executions = dict.fromkeys(executions, "SUCCEEDED")
        found += self.complaints(account)
        account.executions = executions
        return found

    def weather(self, account):
        """Each fault of each of its calls, in front of an account in which something runs and is left; and as controls, that it
        is seen when it looks for those of another stack, or asks no machine."""
        executions, calls = account.executions, [action for _, action in CALLS.values()]
        for left in (executions, dict.fromkeys(executions, "SUCCEEDED")):
            account.executions = left
            for action in calls:
                for kind in FAULTS:
                    status, reason = self.deletion(account, kind(action))
                    if status != "FAILED":
                        yield f"{kind.label} in {action}: {status} {reason}"
        for name in self.left(account):
            if name not in self.deletion(account, Gone("listExecutions"))[1]:
                yield f"{Gone.label}, and the deletion does not name {name}"
        if not self.complaints(account, Stack="other"):
            yield "control: one that sees no storage is not found out"
        account.executions = executions
        if not self.complaints(account, Machines=[]):
            yield "control: one that asks no machine is not found out"

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What schedules tell AWS is what the called APIs take.

EventBridge Scheduler wants the members of a request with a capital letter, and keeps keys of mappings as they are. It
refuses a request that lacks a required member, and passes over one that it does not know: so each name is looked up
in AWS's own model of the service.
usage: schedules.py HPCC; prints TAP.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import ROOT, Example, Tap, batches, hpcc, in_venv  # noqa: E402

in_venv("botocore")
import botocore.session  # noqa: E402

SERVICES = {"batch": "batch", "sfn": "stepfunctions"}


def faults(shape, value, path):
    """What of a value the shape has not, and what it needs."""
    if shape.type_name == "structure":
        known = {name[0].upper() + name[1:]: member for name, member in shape.members.items()}
        yield from (f"{path}.{name}: unknown" for name in value if name not in known)
        yield from (f"{path}.{name}: missing" for name in shape.required_members
                    if name[0].upper() + name[1:] not in value)
        for name in set(value) & set(known):
            yield from faults(known[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for i, item in enumerate(value):
            yield from faults(shape.member, item, f"{path}[{i}]")
    elif not isinstance(value, {"string": str, "integer": int, "boolean": bool, "map": dict}[shape.type_name]):
        yield f"{path}: {value!r} is no {shape.type_name}"


def plain(text):
    """The text of an Fn::Sub with a word for each reference."""
    return re.sub(r"\$\{[^!}][^}]*\}", "x", text if isinstance(text, str) else text[0])


def judge(session, schedule):
    """Faults of one schedule's call."""
    target = schedule["Properties"]["Target"]
    service, action = target["Arn"]["Fn::Sub"].split(":")[-2:]
    model = session.get_service_model(SERVICES[service])
    operation = action[0].upper() + action[1:]
    if operation not in model.operation_names:
        return [f"{service} has no {operation}"]
    given = json.loads(plain(target["Input"]["Fn::Sub"]))
    found = list(faults(model.operation_model(operation).input_shape, given, operation))
    return found + ([] if len(json.dumps(given)) < 262144 else ["more than 256 KB"])


def schedules(path):
    template = json.loads(hpcc("--quiet", path).stdout)
    return {name: r for name, r in template["Resources"].items() if r["Type"] == "AWS::Scheduler::Schedule"}


def main():
    tap, session, actions = Tap(), botocore.session.get_session(), set()
    paths = batches() + [os.path.join(ROOT, "tests", "runtime", "schedules.yaml")]
    for path in paths:
        for name, schedule in schedules(path).items():
            actions.add(schedule["Properties"]["Target"]["Arn"]["Fn::Sub"].split(":")[-1])
            tap.equal(judge(session, schedule), [], f"{Example(path).name}: {name} says what the API takes")
    tap.ok(actions >= {"updateComputeEnvironment", "updateJobQueue", "submitJob"}, "calls of all kinds were seen")
    broken = json.loads(json.dumps(next(iter(schedules(paths[-1]).values()))))
    for old, new in (("MinvCpus", "MinVCpus"), ('"ComputeEnvironment":', '"computeEnvironment":')):
        changed = json.loads(json.dumps(broken))
        sub = changed["Properties"]["Target"]["Input"]
        sub["Fn::Sub"] = sub["Fn::Sub"].replace(old, new)
        tap.ok(judge(session, changed), f"control: {new}")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

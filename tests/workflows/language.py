#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each state machine that hpcc emits, for the files here and for all examples, as others read it: statelint (a reader of
Amazon States Language that is not ours) and the grammar of moto's interpreter find nothing; requests have the keys and
types of the services' models; and by our own rules no state is out of reach or without an end, each choice has a default,
each call a way out that keeps what is known, and no retry submits a job twice. As a control each rule is broken once.
usage: language.py HPCC; prints TAP.
"""
import copy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import Tap, batches, in_venv  # noqa: E402

in_venv("moto", pinned=True)
in_venv("statelint", pinned=True)
from statelint.config import Config  # noqa: E402
from statelint.linter import Linter  # noqa: E402

import files  # noqa: E402
import query  # noqa: E402
import wire  # noqa: E402
from emitted import Template  # noqa: E402

FINAL = ("Succeed", "Fail")
# What a machine may ask for beside AWS's SDK.
OPTIMISED = {"batch:submitJob", "batch:submitJob.sync", "dynamodb:putItem", "dynamodb:deleteItem", "dynamodb:getItem",
             "dynamodb:updateItem", "sns:publish"}


def nexts(state):
    """All states that may follow."""
    found = [state.get("Next"), state.get("Default")]
    found += [choice["Next"] for choice in state.get("Choices", [])]
    found += [catch["Next"] for catch in state.get("Catch", [])]
    return [name for name in found if name]


def reached(start, edges):
    seen, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += edges.get(name, [])
    return seen


def without_newlines(value):
    """statelint takes no newline in a text of an intrinsic function; Step Functions does."""
    if isinstance(value, dict):
        return {key: without_newlines(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_newlines(item) for item in value]
    return value.replace("\n", " ") if isinstance(value, str) else value


def keys(value, shape, where):
    """What is wrong with the keys of a request, whose values may be paths."""
    if shape.type_name == "structure" and isinstance(value, dict):
        known = {wire.capital(name): member for name, member in shape.members.items()}
        for key, item in value.items():
            name = key.removesuffix(".$")  # of a path, in JSONPath
            if name not in known:
                yield f"{where} has no {name}"
            elif name == key:
                yield from keys(item, known[name], f"{where}.{name}")
        for name in shape.required_members:
            if not {wire.capital(name), wire.capital(name) + ".$"} & set(value):
                yield f"{where} lacks {wire.capital(name)}"
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from keys(item, shape.member, where)
    elif shape.type_name == "map" and isinstance(value, dict):
        for item in value.values():
            yield from keys(item, shape.value, where)


def call_of(state):
    """(service, action, is it of the AWS SDK) of a task."""
    rest = re.fullmatch(r"arn:aws[\w-]*:states:::(aws-sdk:)?(\w+):(\w+)(\.sync)?", state["Resource"])
    return rest and (rest[2], rest[3], bool(rest[1]), rest[2] + ":" + rest[3] + (rest[4] or ""))


def asked(state):
    """What a task sends: Arguments in JSONata, Parameters in JSONPath."""
    return state.get("Arguments", state.get("Parameters", {}))


def task_faults(name, state, paths):
    call = call_of(state)
    if call is None or not call[2] and call[3] not in OPTIMISED:
        yield f"{name} calls {state['Resource']}"
        return
    try:
        op = wire.operation(call[0], call[1])
    except wire.Refused as refused:
        yield f"{name}: {refused}"
        return
    if op.input_shape is not None:
        yield from (f"{name}: {fault}" for fault in keys(asked(state), op.input_shape, op.name))
    catches = state.get("Catch", [])
    if not any("States.ALL" in catch["ErrorEquals"] for catch in catches):
        yield f"{name} has no way out"
    for catch in catches:
        if paths and catch.get("ResultPath", "$") == "$":
            yield f"{name} forgets all that is known when it fails"
    for retry in state.get("Retry", []):
        if call[1] == "submitJob" and {"States.ALL", "States.TaskFailed"} & set(retry["ErrorEquals"]) and retry.get(
                "MaxAttempts", 3) > 0:
            yield f"{name} runs a failed job again"
        if retry.get("MaxAttempts", 3) > 1 and retry.get("BackoffRate", 2) > 1 and "MaxDelaySeconds" not in retry:
            if retry.get("IntervalSeconds", 1) * retry.get("BackoffRate", 2) ** retry.get("MaxAttempts", 3) > 3600:
                yield f"{name} waits for hours between tries"


def machine_faults(machine):
    """What is wrong with a machine by our own rules, one line each."""
    states = machine["States"]
    edges = {name: nexts(state) for name, state in states.items()}
    for name in sorted({n for found in edges.values() for n in found} - set(states)):
        yield f"{name} does not exist"
        return
    for name in sorted(set(states) - reached(machine["StartAt"], edges)):
        yield f"{name} is out of reach"
    back = {}
    for name, found in edges.items():
        for other in found:
            back.setdefault(other, []).append(name)
    ends = set().union(*(reached(name, back) for name, state in states.items() if state["Type"] in FINAL or state.get("End")))
    for name in sorted(set(states) - ends):
        yield f"{name} never comes to an end"
    if "TimeoutSeconds" not in machine:
        yield "the execution has no limit of time"
    yield from variables(machine)
    for name, state in states.items():
        if len(name) > 80:
            yield f"{name} is too long a name"
        if state["Type"] == "Choice" and "Default" not in state:
            yield f"{name} has no default"
        if state["Type"] == "Task":
            yield from task_faults(name, state, machine.get("QueryLanguage", "JSONPath") == "JSONPath")
            if not state.get("Retry") and not any(name in reached(other, edges) for other in edges[name]):
                yield f"{name} is tried once"
        if state["Type"] == "Fail" and not (state.get("Error") and ("Cause" in state or "CausePath" in state)):
            yield f"{name} does not say why"


def expressions(value):
    """(expression, names that its own functions and blocks give values to) of all JSONata in a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions(item)
    elif isinstance(value, str) and value.startswith("{%"):
        bare = re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", "''", value)
        local = set(re.findall(r"\$(\w+)\s*:=", bare))
        for names in re.findall(r"function\s*\(([^)]*)\)", bare):
            local |= set(re.findall(r"\$(\w+)", names))
        yield value[2:-2].strip(), set(re.findall(r"\$(\w+)(?!\w*\s*\()", bare)) - local - {"states"}


def variables(machine):
    """What is wrong with the expressions: those that nobody can read, and variables that no state assigns."""
    def assigned(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if key == "Assign":
                    yield from item
                yield from assigned(item)
        elif isinstance(value, list):
            for item in value:
                yield from assigned(item)
    known = set(assigned(machine["States"]))
    for name, state in machine["States"].items():
        for text, used in expressions(state):
            try:
                query.compiled(text)
            except query.Unanswered as error:
                yield f"{name}: {error}"
            for variable in sorted(used - known):
                yield f"{name}: nobody assigns ${variable}"


# What statelint says and the developer guide does not: JSON's writers need not end a number with .0, and Seconds of a
# Wait may be an expression ("Wait workflow state").
MISTAKES = re.compile(r"should be a Float|\.Seconds is \"\{% .* %\}\" but should be an Integer")


def lint(machine):
    """What statelint finds."""
    return [fault for fault in Linter.validate(without_newlines(machine), Config()) if not MISTAKES.search(fault)]


def spoilt(machine):
    """(what, a machine with that fault)."""
    def changed(what, change):
        copied = copy.deepcopy(machine)
        change(copied["States"])
        return what, copied
    states = machine["States"]
    choice = next(name for name, s in states.items() if s["Type"] == "Choice")
    task = next(name for name, s in states.items() if s["Type"] == "Task" and asked(s))
    edges = {name: nexts(s) for name, s in states.items()}
    once = next(name for name, s in states.items() if s["Type"] == "Task" and not any(name in reached(other, edges) for other in edges[name]))
    job = next(name for name, s in states.items() if s["Type"] == "Task" and call_of(s)[1] == "submitJob")
    yield changed("a state that nobody goes to", lambda s: s.update(Nowhere={"Type": "Pass", "Next": next(iter(s))}))
    yield changed("two states that go to each other", lambda s: s.update(
        {"Ping": {"Type": "Pass", "Next": "Pong"}, "Pong": {"Type": "Pass", "Next": "Ping"}, task: {**s[task], "Next": "Ping"}}))
    yield changed("a choice without a default", lambda s: s[choice].pop("Default"))
    yield changed("a call without a way out", lambda s: s[task].pop("Catch"))
    yield changed("a call that is tried once", lambda s: s[once].pop("Retry"))
    if machine.get("QueryLanguage") == "JSONata":
        yield changed("an expression that nobody can read", lambda s: s[task].update(Assign={"x": "{% $c.( %}"}))
        yield changed("a variable that nobody assigns", lambda s: s[task].update(Assign={"x": "{% $nowhere & '' %}"}))
    else:
        yield changed("a failure that forgets", lambda s: s[task]["Catch"][0].pop("ResultPath"))
    yield changed("a parameter that nobody knows", lambda s: asked(s[task]).update(Colour="red"))
    yield changed("a job that is run again", lambda s: s[job].update(Retry=[{"ErrorEquals": ["States.ALL"]}]))
    yield changed("an action that does not exist", lambda s: s[task].update(Resource="arn:aws:states:::aws-sdk:fsx:mount"))


def judge(tap, label, template):
    for name, machine in template.machines().items():
        found = lint(machine.definition)
        tap.ok(not found, f"{label}: {name}: statelint finds nothing in {len(machine.definition['States'])} states", "\n".join(found))
        found = list(machine_faults(machine.definition))
        tap.ok(not found, f"{label}: {name}: reached, ended, caught, known to the services", "\n".join(found))
    return template.machines()


def main():
    tap, seen = Tap(), 0
    for label, text in files.EVERY.items():
        machines = judge(tap, label, Template(text))
        tap.ok(machines, f"{label}: {len(machines)} machines, which the interpreter reads")
        if label in files.MODES:
            for what, machine in spoilt(next(m for n, m in machines.items() if n.startswith("Workflow")).definition):
                tap.ok(list(machine_faults(machine)), f"control: {label}: {what} is found")
            broken = copy.deepcopy(machine)
            broken["States"][broken["StartAt"]]["Typo"] = 1
            tap.ok(lint(broken), f"control: {label}: statelint finds a field that does not exist")
    for path in batches():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if re.search(r"^Workflows:", text, re.M):
            seen += len(judge(tap, os.path.basename(path), Template(text)))
    tap.ok(seen >= 3, f"{seen} machines of the examples")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

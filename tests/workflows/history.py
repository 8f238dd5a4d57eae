# SPDX-License-Identifier: Apache-2.0
"""How many events the history of an execution may have: Step Functions ends one that has 25,000."""
import re

LIMIT = 25000
# Of one visit of a state; a task is scheduled, started and has ended between entered and exited. Source: Step Functions
# API, HistoryEvent.
EVENTS = {"Task": 5}
AGAIN = 3  # of each try after the first


def nexts(state):
    found = [state.get("Next"), state.get("Default")] + [c["Next"] for c in state.get("Choices", []) + state.get("Catch", [])]
    return [name for name in found if name]


def way(states, start, end):
    """The shortest way from one state to another, both of them with it; None where there is none."""
    todo, seen = [[start]], {start}
    while todo:
        path = todo.pop(0)
        if path[-1] == end:
            return path
        for name in nexts(states[path[-1]]):
            if name not in seen:
                seen.add(name)
                todo.append(path + [name])
    return None


def weight(states, names):
    return sum(EVENTS.get(states[name]["Type"], 2) for name in names)


def waits(state):
    """Tries that wait for something that is not wrong."""
    return sum(retry.get("MaxAttempts", 3) for retry in state.get("Retry", []) if "States.ALL" not in retry["ErrorEquals"])


def looks(machine):
    """Looks at a job, whose pauses grow until the longest one: in all of the time that the execution has."""
    text = machine["States"]["GetJob"]["Assign"]["wait"]
    growth, most = map(float, re.search(r"\* ([\d.]+), (\d+)", text).groups())
    wait, n, passed = machine["States"]["Begin"]["Assign"]["wait"], 0, 0.0
    while passed < machine["TimeoutSeconds"]:
        passed, wait, n = passed + wait, min(wait * growth, most), n + 1
    return n


def rounds(machine):
    """(choice, where it goes back to, how often) of all loops."""
    for name, state in machine["States"].items():
        for choice in state.get("Choices", []):
            found = re.search(r"\$(?:rounds|looks|unseen|tries) < (\d+)", choice["Condition"])
            if found:
                yield name, choice["Next"], int(found[1])
    yield "IsJobDone", "WatchJob", looks(machine)


def most(machine):
    """Of an execution that goes through each loop as often as it can, and tries each call as often as it can once."""
    states = machine["States"]
    total = weight(states, states)
    for choice, back, n in rounds(machine):
        path = way(states, back, choice) or [choice]
        total += n * (weight(states, path) + AGAIN * sum(waits(states[name]) for name in path))
    for state in states.values():
        total += AGAIN * sum(retry.get("MaxAttempts", 3) for retry in state.get("Retry", []))
    return total

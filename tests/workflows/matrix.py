#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Workflows under all weather: each machine is executed as it is emitted, against services that answer as AWS does, with a
fault at every state in turn (faults.py). Whatever happens, nothing is left that costs money and that nobody keeps, no
result is lost, the lock is free, no job runs on, and the failure says what is left and why.

Base runs (SCENARIOS) bring the machine to every state; a state that none of them reaches fails the test. Faults of a state
are tried in the first base run that comes there. What an abort or a timeout leaves is the sweeper's.
usage: matrix.py HPCC [WORD...], with words of the names in files.py; prints TAP.
"""
import gc
import json
import os
import sys
import time
from collections import Counter
from multiprocessing import Pool

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import Tap, in_venv  # noqa: E402

in_venv("moto", pinned=True)
import faults  # noqa: E402
import files  # noqa: E402
import permissions  # noqa: E402
import wire  # noqa: E402
from emitted import Template  # noqa: E402
from interpreter import Machine, Simulation  # noqa: E402
from weather import Run  # noqa: E402


def patient(account):
    """Whoever waits for ever looks once an hour, until the execution's time is over."""
    for kept in (account.parameters, account.secrets):
        for name, text in kept.items():
            kept[name] = json.dumps({**json.loads(text), "pollStorageSeconds": 3600, "pollExportSeconds": 3600})


def outcomes(*words):
    return lambda account: setattr(account.batch, "outcomes", list(words))


def becomes(what, lifecycle):
    """New file systems, links or tasks end there."""
    def scenario(account):
        account.lustre.fates[what] = lifecycle
    return scenario


def together(*scenarios):
    def scenario(account):
        for one in scenarios:
            one(account)
    return scenario


def api_keys(_account):
    wire.AS_IN_JAVA = False


def swift(account):
    """A job is over before it is first looked at: who is then told that it has ended hears no lie."""
    account.batch.boot = account.batch.taken = 10


def days(account):
    account.batch.taken = 200000


def held(account):
    """An instance keeps its volume for longer than an execution waits for it."""
    account.batch.idle = 1800


def slow(account):
    account.lustre.slowness = 12
    account.batch.taken = 9000


def ghost(account):
    """An execution that nobody knows any more holds the lock."""
    tables, holder = account.services["dynamodb"][0], account.arn("states", "execution:demo-nightly:ghost")
    for name in tables.client.list_tables()["TableNames"]:
        tables.put_item(TableName=name, Item={key: {"S": value} for key, value in {
            "Id": "nightly", "Holder": holder, "Root": holder, "Input": "{}"}.items()})


HELD = "the instance does not end"
# What the world is like: name, scenario, modes ("" is all), the status at the end, what a failure has to tell.
SCENARIOS = [
    ("all goes well", lambda account: None, "", "SUCCEEDED", ""),
    ("all is slow", slow, "", "SUCCEEDED", ""),
    ("keys of answers are the API's", api_keys, "", "SUCCEEDED", ""),
    ("two at once", lambda account: None, "", "SUCCEEDED", ""),
    ("two at once, and one takes days", days, "", "SUCCEEDED", ""),
    ("who holds the lock is gone", ghost, "", None, ""),
    ("an instance is lost", outcomes("spot", "ok"), "", "SUCCEEDED", ""),
    ("the job fails", outcomes("fail"), "", "FAILED", "Essential container in task exited"),
    ("all instances are lost", outcomes("spot"), "", "FAILED", "Host EC2"),
    ("the file system fails", becomes("system", "FAILED"), "Lustre", "FAILED", "FAILED"),
    ("the link is misconfigured", becomes("link", "MISCONFIGURED"), "Lustre", "FAILED", "MISCONFIGURED"),
    ("the export fails", becomes("task", "FAILED"), "TaskExport TASK", "FAILED", "FAILED"),
    ("the export is not complete", lambda account: account.lustre.fates.update(left=1), "TaskExport TASK", "FAILED", "fs-0"),
    ("the job fails and the export too", together(outcomes("fail"), becomes("task", "FAILED")), "TaskExport TASK", "FAILED", ""),
    ("the export never ends", together(patient, lambda account: account.lustre.fates.update(stuck=True)), "AutoExport", None, ""),
    ("no metric comes", lambda account: account.lustre.fates.update(silent=True), "AutoExport", "FAILED", "did not come to its end"),
    ("the volume fails", lambda account: account.ebs.fates.update(volume="error"), "Ebs", "FAILED", "error"),
    (HELD, held, "Ebs", "FAILED", "it is in-use"),
    ("the snapshot fails", lambda account: account.ebs.fates.update(snapshot="error"), "snapshot", "FAILED", "snapshot"),
    ("the environment is invalid", lambda account: account.batch.fates.update(environment="INVALID"), "", "FAILED", "INVALID"),
]


# Who cleans up is stopped as well, three times.
STOPS = (faults.Stopped(30, "run-1"), *(faults.Stopped(7, f"sweep-{n}") for n in range(1, 4)))


LONG = ("two at once, and one takes days", "the export never ends", "no metric comes")  # seconds of our own; once a mode


def of_mode(label):
    """The scenarios that mean something to a file."""
    def fits(name, modes):
        if name in LONG and label not in files.MODES and label not in files.AUTO_TASK:
            return False
        if modes == "AutoExport" and "TASK" in label or name == HELD and label.endswith(", kept"):
            return False  # there is nothing to wait for
        return not modes or any(word in label for word in modes.split())
    return [s for s in SCENARIOS if fits(s[0], s[2])]


def workflow(template):
    """(logical id, machine) of the workflow, beside whatever else has a machine."""
    return next((name, machine) for name, machine in template.machines().items() if name.startswith("Workflow"))


class Judge:
    """All runs of one file. `said` are (good, name, why) for TAP; `wanted` is what IAM was asked for in all of them."""

    def __init__(self, label, text):
        self.label, self.template = label, Template(text)
        self.logical, self.machine = workflow(self.template)
        self.said, self.kinds, self.runs, self.wanted = [], Counter(), 0, {}
        self.ways = {}  # state: (what leads there, scenario, faults, execution, the run)
        self.late = []  # runs that lead somewhere, but take long: only what nothing else leads to is tried in them
        self.good = []  # the states of the run in which all goes well

    def run(self, scenario, *weather, names=("run-1",), look=None):
        wire.AS_IN_JAVA = True
        run = Run(self.template, self.machine, scenario, [fault.again(fault.who) for fault in weather], names, look=look)
        self.runs += 1
        for call, wanted in run.wanted:
            self.wanted.setdefault(json.dumps(wanted), (call.state, wanted))
        return run

    def found(self, what, scenario, weather, run):
        """States that nobody came to before."""
        for execution in run.executions:
            for state in execution.visited:
                self.ways.setdefault(state, (what, scenario, weather, execution.name, run))

    def say(self, found, name, run=None):
        if found and run:
            found = found + way(run)
        self.said.append((not found, f"{self.label}: {name}", "\n".join(found)))

    def base_runs(self):
        for name, scenario, _, status, tells in of_mode(self.label):
            run = self.run(scenario, names=("run-1", "run-2") if name.startswith("two") else ("run-1",))
            found = run.complaints()
            if status == "FAILED" and tells not in str(run.execution.cause):
                found.append(f"the failure does not tell `{tells}`")
            if status and run.execution.status != status:
                found.append(f"ends as {run.execution.status}, not {status}")
            self.say(found, name, run)
            if name in LONG:
                self.late.append((name, scenario, (), run))
            else:
                self.found(name, scenario, (), run)
            self.good = self.good or run.execution.visited

    def weather(self, known=None):
        """Each fault at each state, until no new state is found; with another judge, who tries the others, only at states
        that differ, or that all goes by here alone."""
        states = self.machine.definition["States"]
        done = set(known.same(self)) if known else set()

        def all_that_are_new():
            while set(self.ways) - done:
                for state in [state for state in states if state in self.ways and state not in done]:
                    done.add(state)
                    self.state(state, states[state])
        all_that_are_new()
        what, scenario = "who cleans up is stopped each time", outcomes("fail")
        run = self.run(scenario, *STOPS)
        self.say(run.complaints(), what, run)
        for long in (*self.late, (what, scenario, STOPS, run)):
            self.found(*long)
            all_that_are_new()
        for state in states:
            if state not in done:
                self.say(["no run comes here"], f"{state} is reached")

    def same(self, other):
        """The states of the other machine that are those of this one, and that all goes by there only where it does here."""
        ours, theirs = (judge.machine.definition["States"] for judge in (self, other))
        return [state for state in theirs if ours.get(state) == theirs[state] and (state in other.good) <= (state in self.good)]

    def deletion(self):
        """The stack is to be deleted at each state of a run in which all goes well; once something is there, what is asked
        before has its own faults."""
        found, guard = {}, self.template.guard

        def look(run, state):
            found.setdefault(state, []).extend(guard.under_way(run.account))
            if guard.left(run.account) and "faults" not in found:
                found["faults"] = list(guard.weather(run.account))
        self.run(lambda account: None, look=look)
        self.say([] if "faults" in found else ["nothing was ever there"], "storage was there to be guarded")
        self.say([f"{at}: {one}" for at, complaints in found.items() for one in complaints],
                 f"a deletion of the stack at each of {len(found) - 1} states, and its own faults")

    def permissions(self, whole):
        """What was called against what the role allows; of all states, also that it allows nothing more."""
        wanted = [needs for _, needs in self.wanted.values()]
        refused, spare = permissions.compared(self.template, self.machine.role, wanted)
        self.say(refused, f"the role allows what {len(wanted)} kinds of calls need")
        if self.label == "Ebs":
            self.say(permissions.compared(self.template, self.template.attribute("InstanceSpotRole", "Arn"), permissions.ATTACHES)[0],
                     "instances may attach the volume of an execution")
        if not whole:
            return
        self.say(spare, "the role allows nothing that no state calls")
        less = [needs for needs in wanted if needs[0] not in ("ec2:CreateTags", "batch:TerminateJob")]
        self.say([] if permissions.compared(self.template, self.machine.role, less)[1] else ["nothing was missed"],
                 "control: what nobody calls is found")
        other = [[action, resource, {k: "other" for k in keys}] for action, resource, keys in wanted if keys]
        found = permissions.compared(self.template, self.machine.role, other)[0]
        self.say([] if len(found) > 4 else [f"only {found} are refused"], f"control: {len(found)} calls on what is not the workflow's are refused")

    def state(self, state, definition):
        what, scenario, before, who, base = self.ways[state]
        call, answer = base.answers.get((who, state), (None, None))
        complaints, tried = [], 0
        for fault in faults.of_state(state, definition, call, answer):
            fault = fault.again(who)
            world = together(patient, scenario) if isinstance(fault, (faults.Value, faults.Nothing)) else scenario
            if isinstance(fault, faults.Value) and fault.value in ("SUCCEEDED", "FAILED") and call.action == "describeJobs":
                world = together(world, swift)
            run = self.run(world, *before, fault, names=("run-1", "run-2") if who == "run-2" else ("run-1",))
            found = run.complaints(base)
            if fault.recovers and run.execution.status != base.execution.status:
                found.append(f"ends as {run.execution.status}, not {base.execution.status}")
            tried += 1
            self.kinds[type(fault).__name__] += 1
            self.found(f"{fault.label} in {state}", scenario, (*before, fault), run)
            if found:
                complaints += [f"{fault.label}: {one}" for one in found] + ["  " + line for line in way(run)]
        self.say(complaints, f"{state}: {tried} faults ({what})")


def way(run):
    """How a run came to its end."""
    lines = []
    for e in run.executions:
        lines += [f"{e.name} {e.status}: {e.cause or e.output}"[:400], "by way of " + " ".join(short(e.visited))]
    return lines


def short(visited):
    """A path without its rounds."""
    found = []
    for state in visited:
        if state not in found[-6:]:
            found.append(state)
    return found[-25:]


def without_catch(machine):
    """For the control: a machine that does not look after itself."""
    states = {name: {k: v for k, v in state.items() if k not in ("Catch", "Retry")}
              for name, state in machine.definition["States"].items()}
    return Machine(machine.name, {**machine.definition, "States": states}, machine.role)


def controls(judge):
    """A machine without ways out and tries, and one whose end nobody sweeps: the judge must see what they leave."""
    calls = [state for state, d in judge.machine.definition["States"].items() if d["Type"] == "Task" and state in judge.ways]
    careless = without_catch(judge.machine)
    left = sum(bool(Run(judge.template, careless, weather=[faults.Refused(state)], sweeps=False).complaints()) for state in calls)
    judge.say([] if left > 9 else ["that is too few"], f"control: without ways out {left} of {len(calls)} refused calls are seen")
    left = sum(bool(Run(judge.template, judge.machine, weather=[faults.Ended(state, "ABORTED")], sweeps=False).complaints())
               for state in calls)
    judge.say([] if left > 9 else ["that is too few"], f"control: without a sweeper {left} of {len(calls)} aborts are seen")


def judged(job):
    """In a process of its own: all of a mode, or the base runs of a variant."""
    label, text = job
    gc.freeze()
    gc.set_threshold(100000)  # what a program is parsed to is large, and stays
    began = time.monotonic()
    judge = Judge(label, text)
    judge.base_runs()
    if label in files.MODES or label in files.AUTO_TASK:
        judge.weather()
        judge.deletion()
    elif label in files.NODES:
        plain = Judge(*next((name, text) for name, text in files.MODES.items() if label.startswith(name)))
        plain.good = plain.run(SCENARIOS[0][1]).execution.visited
        judge.weather(plain)
    judge.permissions(label in files.MODES or label in files.AUTO_TASK)
    if label in files.MODES:
        controls(judge)
    return judge.said, judge.kinds, judge.runs, time.monotonic() - began


def main():
    tap = Tap()
    wanted = sys.argv[2:]
    jobs = [(label, text) for label, text in files.EVERY.items() if not wanted or any(word in label for word in wanted)]
    runs, kinds = 0, Counter()
    with Pool(max(2, os.cpu_count() or 2)) as pool:
        for said, found, n, seconds in pool.imap(judged, jobs, chunksize=1):
            for good, name, why in said:
                tap.ok(good, name, why)
            runs, kinds = runs + n, kinds + found
            print(f"# {n} executions in {seconds:.0f} s", flush=True)
    print(f"# {runs} executions; faults: " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())), flush=True)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""One execution of a workflow under a scenario and a fault, what sweeps behind it, and what is wrong with what is left."""
import json
import re
from collections import Counter, namedtuple

from moto.events.models import EventPattern

import faults
import permissions
from interpreter import REGION, ACCOUNT, Simulation

Call = namedtuple("Call", "execution state service action parameters")


class Run:
    """Executes a machine of a template in an account of its own, and what sweeps behind it. The last of `weather` is the one
    that is judged; others lead to it. Without `sweeps` no rule starts anything; look(run, state) is called at each state. What
    came: executions, calls, answers, complaints()."""

    def __init__(self, template, machine, scenario=lambda account: None, weather=(), names=("run-1",), apart=60, sweeps=True, look=None):
        self.sweeps, self.look = sweeps, look
        self.template, self.machine, self.weather = template, machine, list(weather)
        self.fault = self.weather[-1] if weather else faults.Fault()
        self.simulation = Simulation(self.service)
        self.simulation.entered = self.entered
        self.account = template.account(self.simulation.clock)
        self.account.starts = self.starts
        self.calls, self.answers, self.counts, self.wanted = [], {}, Counter(), []
        scenario(self.account)
        self.told_of = 0
        self.simulation.ended = self.ended
        self.simulation.run(*[self.started(name, None, i * apart) for i, name in enumerate(names)])
        self.settle()

    def started(self, name, data, seconds, machine=None):
        execution = self.simulation.start(machine or self.machine, name, data, seconds)
        self.account.executions[execution.arn] = "RUNNING"
        return execution

    def starts(self, arn, name, data):
        machine = next(m for m in self.template.machines().values() if m.arn == arn)
        self.simulation.begin(self.started(name, data, 0, machine))

    @property
    def executions(self):
        return list(self.simulation.executions.values())

    @property
    def execution(self):
        return self.executions[0]

    def at(self, execution, state):
        return [fault for fault in self.weather if fault.state == state and fault.who == execution.name]

    def entered(self, execution, state):
        if self.look:
            self.look(self, state)
        for fault in self.at(execution, state) + self.at(execution, None):
            fault.enters(execution)

    def service(self, execution, state, service, action, parameters):
        call = Call(execution.name, state, service, action, parameters)
        self.calls.append(call)
        self.counts[execution.name, state] += 1

        if state is not None:
            self.wanted += [(call, list(needs)) for needs in permissions.needs(call, self.account)]

        def ask():
            self.answers.setdefault((execution.name, state), (call, {}))  # a refusal is an answer, too
            found = self.account.call(service, action, parameters)
            if not self.answers[execution.name, state][1]:
                self.answers[execution.name, state] = (call, found)
            return found
        for fault in self.at(execution, state) if state else ():
            self.account.catch_up()
            fault.since = bool(self.account.batch.jobs) if fault.since is None else fault.since
            return fault.answer(call, self.counts[execution.name, state], ask)
        return ask()

    # ---- what comes behind ----

    def ended(self, execution):
        """EventBridge tells of the end half a minute later, and what the template's rules start then runs beside all others;
        it may end in a way that is told again."""
        self.account.executions[execution.arn] = execution.status
        for target, data in self.targets(event_of(execution)) if self.sweeps else ():
            self.told_of += 1
            assert self.told_of < 40, "the sweeper starts itself for ever"
            machine = next(m for m in self.template.machines().values() if m.arn == target)
            self.simulation.begin(self.started(f"sweep-{self.told_of}", data, 30, machine))

    def targets(self, event):
        """(ARN, input) of what the rules of the template start for an event."""
        for rule in self.template.of_type("AWS::Events::Rule").values():
            if "EventPattern" not in rule or not EventPattern.load(json.dumps(rule["EventPattern"])).matches_event(event):
                continue
            for target in rule["Targets"]:
                if ":sns:" in target["Arn"]:
                    self.account.told.append(json.dumps(transformed(target, event)))
                else:
                    yield target["Arn"], transformed(target, event)

    def settle(self, seconds=3600):
        """Time goes by, and what was on its way comes to its end."""
        self.simulation.clock.now += seconds
        self.account.catch_up()

    # ---- what is left ----

    def storage(self):
        """{id: tags} of what costs money and is not being deleted."""
        account = self.account
        found = {s["id"]: s["tags"] for s in account.lustre.alive() if s["lifecycle"] != "DELETING"}
        found.update({v["id"]: v["tags"] for v in account.ebs.alive() if v["state"] != "deleting"})
        return found

    def unsaved(self, name):
        """What storage holds that is nowhere else: results on a file system; on a volume only where a snapshot is asked for,
        since a job there brings its results home itself."""
        system = self.account.lustre.systems.get(name)
        if any(task["system"] == name and task["type"].startswith("EXPORT") and (task["failed"] or task["lifecycle"] in ("FAILED", "CANCELED"))
               for task in self.account.lustre.tasks.values()):
            return ["what an export task has missed"]
        if system:
            return sorted(set(system["files"]) - system["exported"])
        done = any(s["volume"] == name and s["state"] == "completed" for s in self.account.ebs.snapshots.values())
        return [] if done or "SnapshotOnSuccess: true" not in self.template.text else sorted(self.account.ebs.volumes[name]["files"])

    def locks(self):
        tables = self.account.services["dynamodb"][0]
        return [item for name in self.template.of_type("AWS::DynamoDB::Table")
                for item in tables.rows(self.template.name(name))
                if self.fault.state != "StartFinisher" or not item["Holder"]["S"].endswith(":ghost")]  # the next one's affair

    def jobs(self):
        return [job["id"] for job in self.account.batch.jobs.values() if job["status"] not in ("SUCCEEDED", "FAILED")]

    def told(self):
        """All that somebody may read about the end."""
        return "\n".join([f"{e.cause} {e.output}" for e in self.executions] + self.account.told)

    def complaints(self, base=None):
        """What is wrong, one line each. The sweeper has run where it has to. `base` is the run without the judged fault."""
        execution, found = self.execution, []
        self.as_ever = base is not None and base.execution.status == "FAILED"
        if execution.status in ("RUNNING", "ENDLESS"):
            found.append("the execution does not end")
        if execution.status == "FAILED":
            if not execution.cause or not execution.error or execution.error.startswith("States."):
                found.append(f"fails with {execution.error}: {execution.cause}")
            elif self.fault.tells and self.fault.tells not in self.told() and not self.as_ever:
                found.append(f"the failure does not tell `{self.fault.tells}`: {execution.cause}")
        for name in self.storage():
            why = self.unsaved(name)
            if not why and self.may_go():
                found.append(f"{name} is left, and nothing keeps it")
            if not any(word in self.told() for word in (name, "hpcc:execution " + self.storage()[name].get("hpcc:execution", "-"))):
                found.append(f"{name} is left, and nobody tells")
        for name, what in self.account.lost:
            if not self.may_be_lost():
                found.append(f"lost with {name}: {what}")
        if self.locks():
            found.append(f"the lock is held: {self.locks()}")
        if self.jobs() and not self.blind():
            found.append(f"jobs still run: {self.jobs()}")
        return found + self.template.guard.complaints(self.account)

    def may_go(self):
        """Should the workflow have deleted its storage? Not where the file says so, nor where its end is refused for good:
        whoever cannot look at a job or at storage leaves it, and says so."""
        text, failed = self.template.text, any(job["status"] == "FAILED" for job in self.account.batch.jobs.values())
        if "DeleteStorage: false" in text or failed and "OnJobFailure: KEEP" in text or any(
                isinstance(fault, faults.Stopped) for fault in self.weather):
            return False
        if isinstance(self.fault, faults.Ended) or self.fault.recovers:
            return True
        return not self.fault.since and not any(call.state == self.fault.state and re.match(
            "(delete|detach)(FileSystem|Volume)", call.action) for call in self.calls)

    def blind(self):
        """Is it the looking at jobs, or their end, that is refused for good?"""
        return not self.fault.recovers and any(call.state == self.fault.state and call.action in (
            "listJobs", "describeJobs", "terminateJob") for call in self.calls)

    def may_be_lost(self):
        """Did the file say so, or did somebody stop a job that was not done?"""
        jobs = self.account.batch.jobs.values()
        if any(job["status"] == "SUCCEEDED" for job in jobs):
            return False
        return "OnJobFailure: DELETE" in self.template.text or self.execution.status in ("ABORTED", "TIMED_OUT")


def event_of(execution):
    return {"version": "0", "id": "0", "detail-type": "Step Functions Execution Status Change", "source": "aws.states",
            "account": ACCOUNT, "region": REGION, "time": "2026-11-02T03:00:00Z", "resources": [execution.arn],
            "detail": {"executionArn": execution.arn, "stateMachineArn": execution.machine.arn, "name": execution.name,
                       "status": execution.status, "input": json.dumps(execution.data), "output": None,
                       "error": execution.error, "cause": execution.cause}}


def transformed(target, event):
    """The input of a target."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputTransformer" not in target:
        return event
    text, paths = target["InputTransformer"]["InputTemplate"], target["InputTransformer"].get("InputPathsMap", {})
    for name, path in paths.items():
        found = event
        for key in path.removeprefix("$.").split("."):
            found = found[key]
        found = "" if found is None else found
        text = text.replace(f"<{name}>", found if f'"<{name}>"' in text or '"' in text.split(f"<{name}>")[0][-1:] else json.dumps(found))
    try:
        return json.loads(text)
    except ValueError:
        return text

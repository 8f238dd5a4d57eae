#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Single histories that are more than one fault at one state, each with what has to become of it.
usage: incidents.py HPCC [WORD...], with words of the names below; prints TAP.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from common import Tap, in_venv  # noqa: E402

in_venv("moto", pinned=True)
import faults  # noqa: E402
import files  # noqa: E402
import history  # noqa: E402
from emitted import Template  # noqa: E402
from interpreter import ServiceError, Simulation  # noqa: E402
from weather import Run  # noqa: E402


class Outage(faults.Fault):
    """A service answers nothing but errors for so many seconds, from the first call of a state on."""

    recovers = True

    def __init__(self, state, who, seconds):
        super().__init__(state)
        self.who, self.seconds, self.until = who, seconds, None

    def answer(self, call, n, ask):
        now = Simulation.current.clock.now
        self.until = self.until or now + self.seconds
        if now < self.until:
            raise ServiceError(faults.BROKEN[call.service], faults.MARK, 500)
        return ask()


class Unlisted(faults.Fault):
    """The queue shows no jobs, though there are."""

    recovers = True

    def __init__(self, who):
        super().__init__("FindJob")
        self.who = who

    def answer(self, call, n, ask):
        return {**ask(), "jobSummaryList": []}


def many_deployments(account):
    """So many versions of each template that no answer can hold them all."""
    for name, versions in account.templates.templates.items():
        for _ in range(100):
            versions.append(versions[0])
            account.templates.descriptions[name].append(None)


def deployment(status, seconds):
    """So long after a job has come to this status, the template is changed."""
    def scenario(account):
        def look():
            if not any(job["status"] == status for job in account.batch.jobs.values()):
                account.after(10, look)
                return
            for name in list(account.templates.templates):
                account.after(seconds, lambda name=name: account.templates.deployed(name))
        account.after(10, look)
    return scenario


def slow_import(account):
    account.lustre.slowness = 12


def failed_import(account):
    account.lustre.fates["import"] = "FAILED"


def job_fails(account):
    account.batch.outcomes = ["fail"]


def versions_left(run):
    """Versions of executions that nobody deleted, and environments that do not have the newest of the stack's own."""
    found = []
    for name, words in run.account.templates.descriptions.items():
        data = run.account.templates.templates[name]
        found += [f"version {i + 1} is left" for i, word in enumerate(words) if word and data[i] is not None]
        newest = max(i + 1 for i, word in enumerate(words) if not word and data[i] is not None)
        for environment in run.account.batch.environments.values():
            template = environment["template"]
            if template["launchTemplateId"] == name and template["version"] != str(newest):
                found.append(f"the environment has version {template['version']}, not {newest}")
    return found


def ends_as(run, status, tells=""):
    found = [] if run.execution.status == status else [f"ends as {run.execution.status}, not {status}: {run.execution.cause}"]
    return found + ([] if tells in run.told() else [f"nobody tells `{tells}`"])


def nothing_left(run):
    return [f"{name} is left" for name in run.storage()]


def kept(run):
    return [] if run.storage() else ["the storage is gone"]


def nothing_deleted_early(run):
    """The lock outlives the storage: who comes next finds none of it."""
    gone = [s for s in run.account.lustre.systems.values() if s["lifecycle"] == "DELETING"]
    return [f"{s['id']} is still being deleted" for s in gone]


def turns(run, most):
    return [] if len(run.executions) <= most else [f"{len(run.executions)} executions"]


ABORT = faults.Ended("RunJob", "ABORTED")


def refused_to(state, who):
    fault = faults.Refused(state)
    fault.who = who
    return fault


# name, modes ("" is all), scenario, weather, what is wrong with the run
INCIDENTS = [
    ("a hundred deployments before", "", many_deployments, (), lambda run: ends_as(run, "SUCCEEDED") + versions_left(run)),
    ("a deployment while the job runs", "", deployment("RUNNING", 300), (), lambda run: ends_as(run, "SUCCEEDED") + versions_left(run)),
    ("a deployment before an instance is there", "", deployment("RUNNABLE", 0), (), lambda run: nothing_left(run)),
    ("the import takes an hour", "Lustre", slow_import, (), lambda run: ends_as(run, "SUCCEEDED")),
    ("the import fails", "Lustre", failed_import, (), lambda run: ends_as(run, "FAILED", "import") + nothing_left(run)),
    ("DynamoDB is away for ten minutes when a finisher begins", "", None, (ABORT, Outage("TakeOver", "sweep-1", 600)), nothing_left),
    ("nobody hears of an end, and another execution comes", "", None, (faults.Ended("WaitEnvironment", "ABORTED"),),
     lambda run: nothing_left(run) + [f"{e.name} ends as {e.status}" for e in run.executions[1:] if e.status != "SUCCEEDED"
                                      and not e.name.startswith("finish")]),
    ("a queue that does not show the job", "", None, (faults.Ended("JobDone", "ABORTED"), Unlisted("sweep-1")),
     lambda run: ends_as(run, "ABORTED")),
    ("a deletion that is refused once by both", "Lustre", None, (refused_to("DeleteFileSystem", "run-1"),),
     lambda run: ends_as(run, "FAILED") + nothing_left(run)),
    ("a deletion that is refused for ever", "Lustre", None,
     tuple(refused_to("DeleteFileSystem", who) for who in ("run-1", "sweep-1", "sweep-2", "sweep-3", "sweep-4")),
     lambda run: kept(run) + turns(run, 6)),
]


def judge(tap, label, text, words):
    template = Template(text)
    machine = next(m for n, m in template.machines().items() if n.startswith("Workflow"))
    for name, modes, scenario, weather, wrong in INCIDENTS:
        if modes not in label or words and not any(word in name for word in words):
            continue
        deaf = "nobody hears" in name
        run = Run(template, machine, scenario or (lambda account: None), [fault.again(fault.who) for fault in weather],
                  names=("run-1", "run-2") if deaf else ("run-1",), apart=3600 if deaf else 60, sweeps=not deaf)
        found = wrong(run) + [f"lost: {lost}" for lost in run.account.lost] + ([f"the lock is held: {run.locks()}"] if run.locks() else []) + nothing_deleted_early(run)
        found += [f"{e.name} {e.status}: {e.cause or e.output} by way of {' '.join(e.visited[-30:])}" for e in run.executions] if found else []
        tap.ok(not found, f"{label}: {name}", "\n".join(found))
    events = history.most(machine.definition)
    tap.ok(events < history.LIMIT, f"{label}: at most {events} events in a history")


def main():
    tap = Tap()
    for label, text in {**files.MODES, **files.AUTO_TASK, "Ebs, snapshot": files.VARIANTS["Ebs, snapshot"]}.items():
        judge(tap, label, text, sys.argv[2:])
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""checkov and AWS's cloudformation-validate read the template of every example.

Errors and warnings count. A finding that is wrong, meant or not worth its cure goes into scanner_waivers.txt: rule,
example, resource (both may have `*`), and why. Waivers that match nothing fail too. Spoilt templates must be found out by
each judge, so that one that sees nothing fails here.
usage: scanners.py HPCC; prints TAP.
"""
import fnmatch
import json
import os
import re
import sys

from common import ROOT, SCANNERS, Example, Tap, examples, hpcc, in_venv, temporary

in_venv("checkov", venv=SCANNERS)
os.environ.update(LOG_LEVEL="CRITICAL", CHECKOV_SHOW_PROGRESS_BAR="FALSE")
from checkov.cloudformation.runner import Runner  # noqa: E402 - after the right interpreter is found
from checkov.runner_filter import RunnerFilter  # noqa: E402
from cloudformation_validate import RegoEngine  # noqa: E402

WAIVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scanner_waivers.txt")


def waivers():
    """[(rule, example, resource)], each with a reason behind it."""
    found = []
    with open(WAIVERS, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                rule, example, resource, reason = line.split(None, 3)
                assert reason.strip(), line
                found.append((rule, example, resource))
    return found


def checkov(paths):
    """{path: [(rule, resource, what)]}; one run over all, for it takes long to start."""
    report = Runner().run(root_folder=None, files=paths,
                          runner_filter=RunnerFilter(framework=["cloudformation"], show_progress_bar=False))
    found = {path: [] for path in paths}
    unread = [str(name) for name in report.parsing_errors]
    for record in report.failed_checks:
        found[record.file_abs_path].append((record.check_id, record.resource.split(".", 1)[1], record.check_name))
    return found, unread, len(report.passed_checks)


def validate(paths):
    """The same by cloudformation-validate, without what only informs."""
    engine, found = RegoEngine(), {}
    for path in paths:
        found[path] = [(d.rule_id, d.entity.logical_id if d.entity else "-", f"{d.property_path}: {d.message}")
                       for d in engine.validate_template(path).diagnostics if d.severity.name in ("FATAL", "ERROR", "WARN")]
    return found


def unencrypt(resources):
    """a volume without encryption"""
    resources["StateVolume"]["Properties"]["Encrypted"] = False


def administer(resources):
    """a role that may do all"""
    resources["HeadNodeRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "*", "Resource": "*"})


def misspell(resources):
    """a misspelt property"""
    resources["HeadNode"]["Properties"]["InstanceTyp"] = resources["HeadNode"]["Properties"].pop("InstanceType")


CONTROLS = {unencrypt: "CKV_", administer: "CKV_", misspell: "F"}


def compiled(folder):
    """{path: name} of the templates of the examples, and of the tutorial's spoilt."""
    names = {}

    def keep(name, text):
        path = os.path.join(folder, re.sub(r"\W", "-", name) + ".json")
        names[path] = name
        with open(path, "wb") as file:
            file.write(text)

    for example in examples() + examples("awsbatch") + [Example(os.path.join(ROOT, "tests", "runtime", "rights.yaml"))]:
        text = hpcc("--quiet", *example.args, example.path).stdout
        keep(example.name.replace("../tests/runtime/", "tests/"), text)
        if example.name == "tutorial/cluster":
            for change in CONTROLS:
                template = json.loads(text)
                change(template["Resources"])
                keep("control/" + change.__name__, json.dumps(template).encode())
    return names


def main():
    tap, waived, used = Tap(), waivers(), set()
    with temporary() as folder:
        names = compiled(folder)
        found, unread, passed = checkov(sorted(names))
        more = validate(sorted(names))
        tap.equal(unread, [], "checkov reads all templates")
        tap.ok(passed > 50 * len(names), "checkov has checks for them", passed)
    plain = {(rule, resource) for path, name in names.items() if name == "tutorial/cluster"
             for rule, resource, _ in found[path] + more[path]}
    for path, name in names.items():
        left = []
        for rule, resource, what in found[path] + more[path]:
            rows = {w for w in waived if w[0] == rule and fnmatch.fnmatchcase(name, w[1]) and
                    fnmatch.fnmatchcase(resource, w[2])}
            used |= rows
            left += [] if rows else [f"{rule} {resource}: {what}"]
        if name.startswith("control/"):
            change = next(c for c in CONTROLS if c.__name__ == name.split("/")[1])
            new = {rule for rule, resource, _ in found[path] + more[path] if (rule, resource) not in plain}
            tap.ok(any(rule.startswith(CONTROLS[change]) for rule in new), f"control: {change.__doc__} is found", new)
        else:
            tap.ok(not left, f"{name}", "\n".join(left))
    tap.equal(sorted(set(waived) - used), [], "every waiver is needed")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

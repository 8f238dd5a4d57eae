#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cfn-lint reads the template of every example, as JSON and as YAML, for the example's own region.

A finding that is wrong or meant goes into cfn_lint_waivers.txt: example, rule, and why. Waivers that match
nothing fail too. Two spoilt templates must be found out, so that a linter that sees nothing fails here.
usage: cfn_lint.py HPCC; prints TAP.
"""
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from common import Tap, examples, hpcc, in_venv

in_venv("cfnlint")
from cfnlint.api import ManualArgs, lint  # noqa: E402 - after the right interpreter is found

WAIVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cfn_lint_waivers.txt")


def waivers():
    """{(example, rule): reason}"""
    found = {}
    with open(WAIVERS, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                example, rule, reason = line.strip().split(None, 2)
                found[example, rule] = reason
    return found


def judge(text, region):
    """[(rule id, where and what)] of one template."""
    return [(m.rule.id, f"{m.linenumber}: {'/'.join(map(str, getattr(m, 'path', None) or []))}: {m.message}")
            for m in lint(text, config=ManualArgs(regions=[region]))]


def judge_example(example, emit):
    result = hpcc(example.path, *example.args, "--emit=" + emit)
    if result.returncode != 0:
        return [("hpcc", result.stderr.decode())]
    return judge(result.stdout.decode(), example.region)


def spoilt(change):
    """The tutorial's template with `change` made to it."""
    example = [e for e in examples() if e.name == "tutorial/cluster"][0]
    template = json.loads(hpcc(example.path).stdout)
    change(template["Resources"])
    return json.dumps(template), example.region


def misspell(resources):
    """a misspelt property"""
    resources["HeadNode"]["Properties"]["InstanceTyp"] = resources["HeadNode"]["Properties"].pop("InstanceType")


def dangle(resources):
    """a dependency on nothing"""
    resources["HeadNode"]["DependsOn"] = "Nobody"


def main():
    tap, waived, used = Tap(), waivers(), set()
    with ProcessPoolExecutor(2) as pool:
        jobs = [(e, emit, pool.submit(judge_example, e, emit)) for e in examples() for emit in ("json", "yaml")]
        for change in (misspell, dangle):
            found = judge(*spoilt(change))
            tap.ok(any(rule.startswith("E") for rule, _ in found), f"control: {change.__doc__} is found")
        for example, emit, job in jobs:
            left = []
            for rule, text in job.result():
                if (example.name, rule) in waived:
                    used.add((example.name, rule))
                else:
                    left.append(f"{rule} {text}")
            tap.ok(not left, f"{example.name} as {emit}", "\n".join(left))
    tap.equal(sorted(set(waived) - used), [], "every waiver is needed")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

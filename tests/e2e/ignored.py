#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files whose errors are all ignored: hpcc compiles them or tells what more is wrong, but never ends of itself.

Each faulty file of tests/ui is built with --ignore for all errors that may be ignored, and again for those that then
come up. What is built is JSON without a mark of a reference that was left in it.
usage: ignored.py HPCC; prints TAP.
"""
import glob
import json
import os
import re
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor

from common import ROOT, Tap, hpcc, temporary

sys.path.insert(0, os.path.join(ROOT, "tests"))
from cases import directives  # noqa: E402

ROUNDS = 4  # an ignored error may bring up others
MARKS = re.compile(r"[\x01\x02]|\\+u000[12]")
FIXED = {}  # code: whether it can be ignored


def may_be_ignored(code):
    if code not in FIXED:
        FIXED[code] = hpcc("lint", "--no-config", "--ignore=" + code, os.devnull).returncode != 2
    return FIXED[code]


def build(path, codes, out):
    args = [a for line in directives(path, "args") for a in shlex.split(line)]
    return hpcc("--no-config", "--format=short", "--max-errors=0", *args, "--ignore=" + ",".join(sorted(codes)), "-o", out,
                os.path.basename(path), cwd=os.path.dirname(path))


def tried(path, out):
    """(codes that were ignored, what is wrong or None) of a file."""
    with open(path[:-5] + ".txt", encoding="utf-8", errors="replace") as file:
        codes = set(filter(may_be_ignored, re.findall(r"error: .*\[(E\d{4})\]", file.read())))
    for _ in range(ROUNDS if codes else 0):
        if os.path.exists(out):
            os.unlink(out)
        done = build(path, codes, out)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode == 0:
            with open(out, encoding="utf-8") as file:
                text = file.read()
            json.loads(text)
            return codes, "a mark is left in the template" if MARKS.search(text) else None
        if done.returncode != 1 or "bug in hpcc" in said or os.path.exists(out):
            return codes, f"status {done.returncode} with --ignore={','.join(sorted(codes))}: {said[-300:]}"
        more = set(filter(may_be_ignored, re.findall(r" error: .*\[(E\d{4})\]", said))) - codes
        if not more:
            break
        codes |= more
    return codes, None


def main():
    tap = Tap()
    paths = [path for path in sorted(glob.glob(os.path.join(ROOT, "tests/ui/**/*.yaml"), recursive=True))
             if os.path.exists(path[:-5] + ".txt")]
    with temporary() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda n: tried(paths[n], os.path.join(folder, f"{n}.json")), range(len(paths))))
    for path, (_, wrong) in zip(paths, found):
        if wrong:
            tap.ok(False, os.path.relpath(path, ROOT), wrong)
    codes = set().union(*(codes for codes, _ in found))
    tap.ok(len(paths) > 1000 and len(codes) > 250, f"{len(paths)} files with {len(codes)} errors ignored")
    tap.ok(not may_be_ignored("E0103"), "control: what cannot be ignored is known")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real cluster files and small ones with a verdict, where they lie beside the project (../shared).

Files known to be good must not be refused, and compile where there is a scheduler for it. Of the files with one
defect each the share that hpcc judges right is printed; it must not fall below FLOOR.
usage: corpus.py HPCC; prints TAP, and skips where there are no such files.
"""
import csv
import os
import re
import subprocess
import sys

from common import HPCC, SHARED, Tap

# Share of right verdicts on bad cases, in per cent. Only ever raised.
FLOOR = 99

# Refused on purpose.
WAIVED = {
    "v3_dpastoor__aws-parallelcluster-rsw_001": "a `Name` twice in one mapping: the last would win unseen",
}
# Judged bad by an older release; right the other way round since: it must be taken.
TAKEN = {
    "bad/430-feature-lustre-us-isob.yaml": "ParallelCluster 3.15.1 and 3.16.1 have Lustre in us-isob-east-1",
}


def call(*args):
    return subprocess.run([HPCC, *args], capture_output=True, stdin=subprocess.DEVNULL, timeout=600)


def findings(path):
    """(exit status, [(line, severity, message, code)]) of hpcc lint."""
    result = call("lint", "--format=short", path)
    found = []
    for line in result.stdout.decode("utf-8", "replace").splitlines():
        match = re.match(r".*?:(\d+):\d+: (\w+): (.*) \[(\w+)\]$", line)
        if match:
            found.append((int(match.group(1)), match.group(2), match.group(3), match.group(4)))
    return result.returncode, found


def rows(name):
    with open(os.path.join(SHARED, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def scheduler_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        match = re.search(r"Scheduler[\"']?\s*:\s*[\"']?(\w+)", file.read())
    return match.group(1) if match else ""


def judge_good(tap, name, path):
    """A good file has no error, and compiles when it can."""
    status, found = findings(path)
    errors = [f"{line}: {message} [{code}]" for line, severity, message, code in found if severity == "error"]
    good = status == 0 and not errors
    why = "\n".join(errors) or f"exit status {status}"
    if good and scheduler_of(path) in ("slurm", "awsbatch"):
        result = call(path, "-o", "/dev/null")
        good, why = result.returncode == 0, result.stderr.decode()
    tap.ok(good, name, why)


def corpus(tap):
    for row in rows("corpus/manifest.tsv"):
        if row["valid"] == "yes" and row["kind"] == "v3" and row["id"] not in WAIVED:
            judge_good(tap, "corpus " + row["id"], os.path.join(SHARED, "corpus", row["rendered"] or row["file"]))


def right(row, found):
    """Is there an error at the line of the defect, or anywhere when the row allows that?"""
    lines = {row["line"], *filter(None, re.split(r"[ ,]+", row.get("alt_lines") or ""))}
    return any(severity == "error" and ("*" in lines or str(line) in lines) for line, severity, _, _ in found)


def cases(tap):
    bad = []
    for row in rows("cases/cases.tsv"):
        path = os.path.join(SHARED, "cases", row["file"])
        if row["file"].startswith("good/"):
            judge_good(tap, "case " + row["file"], path)
        elif row["file"] in TAKEN:
            judge_good(tap, "case " + row["file"], path)
        elif row["file"].startswith("bad/"):
            status, found = findings(path)
            tap.ok(status in (0, 1), f"case {row['file']} is judged", f"exit status {status}")
            bad.append((row, right(row, found), any(f[1] == "error" for f in found)))
    if not bad:
        return
    hits = sum(hit for _, hit, _ in bad)
    share = 100 * hits / len(bad)
    print(f"# bad cases: {hits} of {len(bad)} found at their line ({share:.1f} %), "
          f"{sum(any_ for _, _, any_ in bad)} refused at all")
    for row, hit, refused in bad:
        if not hit:
            print(f"# missed: {row['file']}:{row['line']} {row['rule']}{' (refused elsewhere)' if refused else ''}")
    tap.ok(share >= FLOOR, f"at least {FLOOR} % of the bad cases are found at their line", f"{share:.1f} %")


def main():
    if not os.path.exists(os.path.join(SHARED, "corpus/manifest.tsv")):
        print("1..0 # SKIP no collection of cluster files beside the project")
        return 0
    tap = Tap()
    corpus(tap)
    cases(tap)
    tap.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `hpcc lint` against judged files of the kinds beside the Slurm cluster.

usage: kind_cases.py HPCC FOLDER

FOLDER holds cases.tsv and a folder for each kind; without it the test is skipped (status 77). It passes when

- a file that is judged ok gets neither an error nor a warning;
- one with an error gets it on the right line, in words that fit, and at most one more;
- one with a warning gets that there, and no error.
"""
import collections
import csv
import os
import re
import subprocess
import sys

KINDS = ("environment", "batch", "awsbatch")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["file"].split("/")[0] in KINDS]


def findings(hpcc, folder, files):
    """{file: {severity: [(line, text)]}}"""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    out = subprocess.run([hpcc, "lint", "--no-config", "--format=short", "--max-errors=0", *files], cwd=folder,
                         capture_output=True, encoding="utf-8", errors="replace")
    if out.returncode not in (0, 1):
        sys.exit(f"hpcc ended with status {out.returncode}: {out.stderr}")
    for name, line, severity, text in re.findall(r"^(.*?):(\d+):\d+: (\w+): (.*)$", out.stdout, re.M):
        found[name][severity].append((int(line), text))
    return found


def is_hit(row, said):
    lines = {row["line"], *row["alt_lines"].split(",")} - {""}
    return any((not lines or "*" in lines or str(line) in lines) and re.search(row["keyword"], text) for line, text in said)


def holds(row, said):
    errors, warnings = said["error"], said["warning"]
    if row["verdict"] == "ok":
        return not errors and not warnings
    if row["verdict"] == "warning":
        return not errors and is_hit(row, warnings)
    return is_hit(row, errors) and len(errors) <= 2


def main():
    hpcc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not os.path.exists(os.path.join(folder, "cases.tsv")):
        print("no collection of cases here")
        sys.exit(77)
    table = rows(os.path.join(folder, "cases.tsv"))
    found, faults = findings(hpcc, folder, [row["file"] for row in table]), []
    for row in table:
        if not holds(row, found[row["file"]]):
            faults.append(f"{row['file']}: {row['rule']} at line {row['line']}: {dict(found[row['file']])}")
    print("\n".join(faults))
    print(f"# {len(table)} files, {len(faults)} faults")
    sys.exit(1 if faults or not table else 0)


main()

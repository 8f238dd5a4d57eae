#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `hpcc lint` over a collection of judged cluster files and counts.

usage: shared_cases.py HPCC FOLDER [--all]

FOLDER holds cases/cases.tsv and corpus/manifest.tsv; without it the test is skipped (status 77). It passes when

- no good or warn case, and no corpus file that is marked valid, gets an error (but for WAIVED);
- every bad case whose rule is one of the schema gets an error on the right line, in words that fit.

--all also lists the bad cases that no rule catches yet.
"""
import collections
import csv
import os
import re
import subprocess
import sys

# Rules that the type check decides alone; the others relate properties or need facts.
SCHEMA = {"schema:" + word for word in (
    "type range enum pattern unknown-field required null length cidr-or-prefix-list duplicate-tag "
    "no_coexist_schedulers right_scheduler_schema").split()} | {"yaml:duplicate-key"}

WAIVED = {
    # Releases before 3.7 and 3.10 take these systems, and so does hpcc, with a note.
    "bad/184-enum-centos7-image-os.yaml", "bad/185-enum-ubuntu1804-image-os.yaml",
    # One `Name` twice in a mapping: the reference refuses it as well.
    "rendered/v3_dpastoor__aws-parallelcluster-rsw_001.yaml",
}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def errors_of(hpcc, folder, files):
    """Mapping of file to its errors (line, text)."""
    found = collections.defaultdict(list)
    for at in range(0, len(files), 200):
        out = subprocess.run([hpcc, "lint", "--format", "short", *files[at:at + 200]], cwd=folder,
                             capture_output=True, encoding="utf-8", errors="replace")
        if out.returncode not in (0, 1):
            sys.exit(f"hpcc ended with status {out.returncode}: {out.stderr}")
        for line in (out.stdout + out.stderr).splitlines():
            match = re.match(r"(.*?):(\d+):\d+: error: (.*)", line)
            if match:
                found[match[1]].append((int(match[2]), match[3]))
    return found


def is_hit(row, errors):
    lines = {row["line"], *row["alt_lines"].split(",")} - {""}
    return any(("*" in lines or not lines or str(line) in lines) and re.search(row["keyword"], text)
               for line, text in errors)


def check_cases(hpcc, folder, show_all):
    table = rows(os.path.join(folder, "cases.tsv"))
    found = errors_of(hpcc, folder, [row["file"] for row in table])
    faults, count, left = [], collections.Counter(), collections.Counter()
    for row in table:
        name, errors = row["file"], found[row["file"]]
        kind = name.split("/")[0]
        if kind in ("good", "warn"):
            count[kind] += 1
            if errors and name not in WAIVED:
                faults.append(f"{name}: accepted elsewhere, here {errors}")
        elif kind == "bad" and is_hit(row, errors):
            count["caught"] += 1
        elif kind == "bad":
            left[row["rule"]] += 1
            if row["rule"] in SCHEMA and name not in WAIVED:
                faults.append(f"{name}: {row['rule']} at line {row['line']}, here {errors}")
    print(f"# cases: {count['good']} good, {count['warn']} warn, "
          f"{count['caught']} of {count['caught'] + sum(left.values())} bad ones caught")
    if show_all:
        for rule, n in sorted(left.items()):
            print(f"# left: {n} {rule}")
    return faults


def check_corpus(hpcc, folder):
    files = [row["rendered"] or row["file"] for row in rows(os.path.join(folder, "manifest.tsv"))
             if row["kind"] == "v3" and row["valid"] == "yes"]
    found = errors_of(hpcc, folder, files)
    clean = [name for name in files if not found[name]]
    print(f"# corpus: {len(clean)} of {len(files)} valid files without an error")
    return [f"{name}: {found[name]}" for name in files if found[name] and name not in WAIVED]


def main():
    hpcc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not os.path.exists(os.path.join(folder, "cases", "cases.tsv")):
        print("no collection of cases here")
        sys.exit(77)
    faults = check_cases(hpcc, os.path.join(folder, "cases"), "--all" in sys.argv)
    faults += check_corpus(hpcc, os.path.join(folder, "corpus"))
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


main()

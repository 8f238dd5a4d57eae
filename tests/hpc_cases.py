#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds hpcc against programs that others wrote and judged.

usage: hpc_cases.py HPCC FOLDER [NAME…]; prints TAP.

FOLDER/good/NAME.hpc has no error, and expands to what FOLDER/good/NAME.yaml says: the same documents, entries and
values in the same order, under the same comments. NAME.args holds options for both. FOLDER/bad/cases.tsv names a file,
line, column, code, a regular expression for the message, and options: the program gives this one error and no other.
NO_PLACE are codes whose place is in another file, or in none. OTHER_CATALOGUE are programs that list what the catalogue
has, and were judged with a smaller one: each type that is wanted must be there, and what stands around the lists be alike.
"""
import csv
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

NO_PLACE = {"E0754", "E0826", "E0827"}
OTHER_CATALOGUE = {"34-genomics"}


def run(hpcc, folder, *args):
    result = subprocess.run([hpcc, *args], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    return result.returncode, result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")


def documents(text):
    """The documents of a text."""
    return re.split(r"^---\n", text, flags=re.M)


def normal(hpcc, text):
    """A YAML document as hpcc writes it, under its comment."""
    comment = "".join(re.findall(r"\A(?:#.*\n)*", text))
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "x.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        status, out, err = run(hpcc, folder, "expand", "x.yaml")
    return comment + (out if status == 0 else err)


def with_more_types(got, wanted):
    """`wanted` with the types of `got` in place of its own, where each of its own is among them."""
    item = re.compile(r"(?:^ +- InstanceType: .*\n)+", re.M)
    lists = list(zip(item.findall(got), item.findall(wanted)))
    if len(lists) != len(item.findall(wanted)) or any(set(w.splitlines()) - set(g.splitlines()) for g, w in lists):
        return wanted
    rest = iter(g for g, _ in lists)
    return item.sub(lambda _: next(rest), wanted)


def good(hpcc, folder, name):
    args = []
    if os.path.exists(os.path.join(folder, name + ".args")):
        with open(os.path.join(folder, name + ".args"), encoding="utf-8") as file:
            args = shlex.split(file.read())
    status, out, err = run(hpcc, folder, "expand", *args, name + ".hpc")
    if status != 0:
        return f"expand ends with {status}:\n{err}"
    with open(os.path.join(folder, name + ".yaml"), encoding="utf-8") as file:
        wanted = documents(file.read())
    got = documents(out)
    for one, other in zip(got, wanted):
        other = normal(hpcc, other)
        if name in OTHER_CATALOGUE:
            other = with_more_types(one, other)
        if one != other:
            import difflib
            return "\n".join(difflib.unified_diff(other.splitlines(), one.splitlines(), "wanted", "expanded", lineterm=""))
    if len(got) != len(wanted):
        return f"{len(got)} documents, not {len(wanted)}"
    status, out, err = run(hpcc, folder, "lint", "--format=short", *args, name + ".hpc")
    return "" if status == 0 else f"lint ends with {status}:\n{out}{err}"


def bad(hpcc, folder, row):
    args = [] if row["args"] == "-" else shlex.split(row["args"])
    status, out, err = run(hpcc, folder, "lint", "--format=short", *args, row["file"])
    errors = [line for line in (out + err).splitlines() if ": error: " in line]
    if status != 1 or len(errors) != 1:
        return f"status {status}, {len(errors)} errors:\n{out}{err}"
    found = re.match(r"(?:(.*?):(\d+):(\d+): |hpcc: )error: (.*) \[(E\d{4})\]$", errors[0])
    if not found or found[5] != row["code"] or not re.search(row["regex"], found[4]):
        return errors[0]
    if row["code"] not in NO_PLACE and found.group(1, 2, 3) != (row["file"], row["line"], row["column"]):
        return f"at {found[2]}:{found[3]}: {errors[0]}"
    return ""


def main():
    hpcc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    names = sys.argv[3:]
    with open(os.path.join(folder, "bad", "cases.tsv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    programs = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(folder, "good", "*.hpc")))
    cases = [("good/" + name, lambda n=name: good(hpcc, os.path.join(folder, "good"), n)) for name in programs]
    cases += [(f"bad/{row['file']} {row['code']}", lambda r=row: bad(hpcc, os.path.join(folder, "bad"), r)) for row in rows]
    cases = [case for case in cases if not names or any(name in case[0] for name in names)]
    print(f"1..{len(cases)}")
    failed = 0
    for n, (name, judge) in enumerate(cases, 1):
        why = judge()
        failed += bool(why)
        print(f"{'not ok' if why else 'ok'} {n} - {name}")
        for line in why.splitlines()[:30]:
            print("# " + line)
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

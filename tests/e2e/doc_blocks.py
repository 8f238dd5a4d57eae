#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs what the documentation shows. In doc/**/*.md and README.md

    ```yaml hpcc                 the block compiles without a finding above a note
    ```yaml hpcc-fail=E0101      it is refused with exactly that code (several with commas)
    ```yaml hpcc-warn=W0115      it compiles, with exactly that warning or note
    ```yaml hpcc-file=env.yaml   a file of that name, which lies beside the blocks that follow on the page and is judged with them

Options behind the mark are given to hpcc.

    ```hpc                       the program compiles without a warning but those on what is not used
    ```hpc fails=E0801           it gives exactly that one error and no other finding
    ```hpc finds=W0829           it has no error, and exactly that warning or note but for those on what is not used
    ```hpc file=lib.hpc          a file of that name beside the programs that follow on the page

args="…" behind these is given to hpcc.

A block that is not a whole cluster file is laid over a small one: its top-level sections take the place of
those of the same name.
usage: doc_blocks.py HPCC; prints TAP.
"""
import glob
import os
import re
import shlex
import sys

from common import ROOT, Tap, hpcc, temporary

BASE = {
    "Region": "Region: us-east-1\n",
    "Image": "Image:\n  Os: alinux2023\n",
    "HeadNode": "HeadNode:\n  InstanceType: m5.xlarge\n  Networking:\n    SubnetId: subnet-0123456789abcdef0\n"
                "  Ssh:\n    KeyName: my-key\n",
    "Scheduling": "Scheduling:\n  Scheduler: slurm\n  SlurmQueues:\n    - Name: queue\n      ComputeResources:\n"
                  "        - Name: resource\n          InstanceType: c5.xlarge\n      Networking:\n"
                  "        SubnetIds:\n          - subnet-0123456789abcdef0\n",
}
FENCE = re.compile(r"^( *)```yaml (hpcc(?:-(?:fail|warn|file)=[\w,.]+)?)((?: [^\n`]*)?)\n(.*?)^\1```", re.M | re.S)


PROGRAM = re.compile(r"^( *)```hpc((?: [^\n`]*)?)\n(.*?)^\1```", re.M | re.S)
UNUSED = {"W0760", "W0761", "W0762"}


def programs(path):
    """(line, words behind the mark, text) of each program."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for match in PROGRAM.finditer(text):
        indent, words, body = match.groups()
        words = dict(word.split("=", 1) for word in shlex.split(words))
        yield text.count("\n", 0, match.start()) + 1, words, re.sub(f"^{indent}", "", body, flags=re.M)


def judge_program(tap, name, words, text, beside=()):
    """`beside`: names and texts of files in the same folder."""
    wrong = set(words) - {"fails", "finds", "args"}
    with temporary() as folder:
        for other, content in [*beside, ("program.hpc", text)]:
            with open(os.path.join(folder, other), "w", encoding="utf-8") as file:
                file.write(content)
        result = hpcc("lint", "--format=short", *shlex.split(words.get("args", "")), "program.hpc", cwd=folder)
    lines = (result.stdout + result.stderr).decode().splitlines()
    codes = [m.group(1) for m in (re.search(r"\[([EWN]\d{4})\]$", line) for line in lines) if m]
    if "fails" in words:
        good = codes == [words["fails"]] and result.returncode == 1
    else:
        wanted = [words["finds"]] if "finds" in words else []
        good = [c for c in codes if c in wanted or (c not in UNUSED and (wanted or c[0] != "N"))] == wanted
        good = good and result.returncode == 0
    tap.ok(good and not wrong, f"{name}: {words or 'compiles'}", "\n".join([*map(str, wrong), *lines]))


def blocks(path):
    """(line, wanted, arguments, text) of each block."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for match in FENCE.finditer(text):
        indent, wanted, args, body = match.groups()
        body = re.sub(f"^{indent}", "", body, flags=re.M)
        yield text.count("\n", 0, match.start()) + 1, wanted, args.split(), body


def whole(text):
    """The block as a cluster file: sections it lacks come from BASE."""
    if re.search(r"^Kind: (?!Cluster)", text, re.M):
        return text
    if re.search(r"^HeadNode:", text, re.M) and re.search(r"^Scheduling:", text, re.M):
        return text
    if re.search(r"^Kind: Environment$", text, re.M):
        return text
    if not re.search(r"^[A-Z]\w*:", text, re.M):
        return text  # about the syntax itself
    return text + "".join(section for name, section in BASE.items() if not re.search(f"^{name}:", text, re.M))


def judge(tap, name, wanted, args, text, beside=()):
    """`beside`: names and texts of files in the same folder."""
    with temporary() as folder:
        for other, content in beside:
            with open(os.path.join(folder, other), "w", encoding="utf-8") as file:
                file.write(content)
        path = os.path.join(folder, "cluster.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        # What lowering finds is said when a template is built.
        verb = ["build", "-o", "/dev/null"] if re.search("=(?:[EN]05|E1614|E1617|E1648|E1666)", wanted) else ["lint"]
        result = hpcc(*verb, "--format=short", *args, path)
        lines = (result.stdout + result.stderr).decode().splitlines()
        codes = sorted({m.group(1) for m in (re.search(r"\[([EWN]\d{4})\]$", line) for line in lines) if m})
        if "=" in wanted:
            tap.ok(codes == sorted(wanted.split("=")[1].split(",")), f"{name}: {wanted}", "\n".join(lines))
            return
        result = hpcc(path, *args, "-o", "/dev/null")
        bad = [code for code in codes if not code.startswith("N")]
        tap.ok(result.returncode == 0 and not bad, f"{name}: compiles",
               "\n".join(lines) + result.stderr.decode())


def main():
    tap = Tap()
    judge(tap, "control", "hpcc-fail=E0101", [], whole("Regoin: us-east-1\n"))
    for path in sorted(glob.glob(ROOT + "/doc/**/*.md", recursive=True)) + [ROOT + "/README.md"]:
        beside = {}
        for line, wanted, args, text in blocks(path) if os.path.exists(path) else ():
            if "-file=" in wanted:
                beside[wanted.split("=")[1]] = text
            else:
                judge(tap, f"{os.path.relpath(path, ROOT)}:{line}", wanted, args, whole(text), beside.items())
        beside = {}
        for line, words, text in programs(path) if os.path.exists(path) else ():
            if "file" in words:
                beside[words["file"]] = text
            else:
                judge_program(tap, f"{os.path.relpath(path, ROOT)}:{line}", words, text, beside.items())
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs hpcc on test inputs and compares what it says and makes with files beside them.

tests/ui/<area>/<name>.yaml      one mistake (or none) each. `#~ E0101` at the end of a line says that a finding
                                 with that code begins on this line; every finding must be expected.
                                 <name>.txt holds the findings as people see them.
                                 First lines `# args: …` add arguments (variables, options).
tests/stages/<name>/in.yaml      a file without errors; beside it tree.txt, model.txt, ir.txt and stack.json
                                 hold what each pass makes of it.

usage: cases.py ui|stages HPCC [--bless] [NAME…]     prints TAP; --bless rewrites the expected files.
"""
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STAGES = {"tree.txt": ["--dump=tree"], "model.txt": ["--dump=model"], "ir.txt": ["--dump=ir"],
          "stack.json": ["--indent=1"]}


def run(hpcc, args, cwd):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run([hpcc, *args], cwd=cwd, capture_output=True, env=environment, timeout=60,
                          stdin=subprocess.DEVNULL)


def arguments(path):
    args = []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            match = re.match(r"# args: (.*)", line)
            if match:
                args += shlex.split(match.group(1))
    return args


def expected_codes(path):
    """(line, code) of each `#~` mark."""
    found = []
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        for number, line in enumerate(re.split("\r\n|\r|\n", file.read()), 1):
            match = re.search(r"#~ ((?:[EWN]\d{4} ?)+)", line)
            if match:
                found += [(number, code) for code in match.group(1).split()]
    return sorted(found)


def compare(path, actual, bless):
    """Why the file at path differs from actual, or an empty string."""
    if bless:
        if not os.path.exists(path) or open(path, "rb").read() != actual:
            with open(path, "wb") as file:
                file.write(actual)
        return ""
    if not os.path.exists(path):
        return "no " + os.path.basename(path)
    with open(path, "rb") as file:
        wanted = file.read()
    if wanted == actual:
        return ""
    import difflib
    lines = difflib.unified_diff(wanted.decode("utf-8", "replace").splitlines(),
                                 actual.decode("utf-8", "replace").splitlines(), "expected", "actual", lineterm="")
    return "\n".join(list(lines)[:60])


def ui_case(hpcc, path, bless):
    folder, name = os.path.split(path)
    args = arguments(path)
    short = run(hpcc, ["lint", "--format=short", name, *args], folder)
    found = []
    for line in short.stdout.decode("utf-8", "replace").splitlines():
        match = re.match(r".*?:(\d+):\d+: \w+: .* \[([EWN]\d{4})\]$", line) or \
            re.match(r"hpcc: (\w+): .* \[([EWN]\d{4})\]$", line)
        if not match:
            return "not a short finding: " + line
        found.append((int(match.group(1)) if match.group(1).isdigit() else 0, match.group(2)))
    if sorted(found) != expected_codes(path):
        return f"expected {expected_codes(path)}, found {sorted(found)}"
    errors = any(code.startswith("E") for _, code in found)
    if short.returncode != (1 if errors else 0):
        return f"exit status {short.returncode}: {short.stderr.decode()}"
    text = run(hpcc, ["lint", "--format=text", name, *args], folder)
    return compare(os.path.splitext(path)[0] + ".txt", text.stdout, bless)


def stage_case(hpcc, folder, bless):
    wrong = []
    for name, args in STAGES.items():
        result = run(hpcc, ["in.yaml", *args, *arguments(os.path.join(folder, "in.yaml"))], folder)
        if result.returncode != 0:
            return f"{name}: exit status {result.returncode}: {result.stderr.decode()}"
        difference = compare(os.path.join(folder, name), result.stdout, bless)
        if difference:
            wrong.append(f"{name}:\n{difference}")
    return "\n".join(wrong)


def inputs(kind):
    root = os.path.join(HERE, kind)
    if kind == "stages":
        return sorted(os.path.join(root, name) for name in os.listdir(root)
                      if os.path.exists(os.path.join(root, name, "in.yaml")))
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names
                  if name.endswith(".yaml"))


def main():
    kind, hpcc = sys.argv[1], os.path.abspath(sys.argv[2])
    bless = "--bless" in sys.argv
    names = [arg for arg in sys.argv[3:] if not arg.startswith("-")]
    cases = [path for path in inputs(kind) if not names or any(name in path for name in names)]
    print("1..%d" % len(cases))
    failed = 0
    for number, path in enumerate(cases, 1):
        why = (ui_case if kind == "ui" else stage_case)(hpcc, path, bless)
        label = os.path.relpath(path, HERE)
        print(f"{'not ok' if why else 'ok'} {number} - {label}")
        for line in why.splitlines():
            print("# " + line)
        failed += bool(why)
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

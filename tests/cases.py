#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs hpcc on test inputs and compares what it says and makes with files beside them.

tests/ui/<area>/<name>.yaml      (or .hpc) one mistake (or none) each. `#~ E0101` at the end of a line says that a finding
                                 with that code begins on this line, `#~~ E0001` that one without a place is
                                 given, `#~^ E0703` that one begins on the line above; every finding must be expected. <name>.txt holds the findings as people
                                 see them. First lines `# args: …` add arguments (variables, options); files
                                 named there may hold marks too, and those of `# with: FILE`. `# verb: build`
                                 builds instead of linting, `# verb: import` makes a program of it, `# status: 2`
                                 expects that exit status. What stands in a folder called lib is used by others and
                                 no case.
tests/stages/<name>/in.yaml      a file without errors; beside it tree.txt, model.txt, ir.txt and stack.json
                                 hold what each pass makes of it.

usage: cases.py ui|stages HPCC [--bless] [--every N] [NAME…]     prints TAP; --bless rewrites the expected files;
--every N runs a sample of them, an N-th of each area and always the same.
"""
import collections
import os
import re
import shlex
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
STAGES = {"tree.txt": ["--dump=tree"], "model.txt": ["--dump=model"], "ir.txt": ["--dump=ir"],
          "stack.json": ["--indent=1"]}


def run(hpcc, args, cwd):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run([hpcc, *args], cwd=cwd, capture_output=True, env=environment, timeout=600,
                          stdin=subprocess.DEVNULL)


def directives(path, word):
    """What stands behind each `# word: `."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return [match.group(1) for match in (re.match(f"# {word}: (.*)", line) for line in file) if match]


def arguments(path):
    return [arg for line in directives(path, "args") for arg in shlex.split(line)]


def expected_codes(path):
    """(line, code) of each mark, line 0 without a place; in files that the arguments name too."""
    found = []
    folder = os.path.dirname(path)
    others = [os.path.join(folder, arg) for arg in arguments(path) + directives(path, "with")]
    for name in [path] + [other for other in others if os.path.isfile(other)]:
        with open(name, encoding="utf-8", errors="surrogateescape", newline="") as file:
            for number, line in enumerate(re.split("\r\n|\r|\n", file.read()), 1):
                match = re.search(r"#~([~^]?) ((?:[EWN]\d{4} ?)+)", line)
                if match:
                    at = {"": number, "^": number - 1, "~": 0}[match.group(1)]
                    found += [(at, code) for code in match.group(2).split()]
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


def ui_run(hpcc, path, form):
    """(exit status, findings): those of lint go to standard output, those of other verbs to standard error."""
    folder, name = os.path.split(path)
    verb = (directives(path, "verb") or ["lint"])[0]
    output = [] if verb == "lint" else ["-o", "/dev/null"]
    result = run(hpcc, [verb, "--format=" + form, *output, name, *arguments(path)], folder)
    return result.returncode, result.stdout + result.stderr


def without_totals(text, path):
    """
    What is alike everywhere. The last line of lint sums up; a test of its own looks at it (tests/e2e/suppress.py).
    """
    folder = os.path.relpath(os.path.dirname(path), HERE)
    text = text.replace(os.fsencode(HERE), b"<tests>")  # where the tests stand differs
    text = text.replace(b"the root is `.`", os.fsencode(f"the root is `<tests>/{folder}`"))  # all that WASI knows of it
    return re.sub(rb"(?m)^hpcc: (?:\d+ \w+(?:, )?)+ in \d+ files?; `hpcc explain \w+` tells more\n\Z", b"", text)


def ui_case(hpcc, path, bless):
    status, short = ui_run(hpcc, path, "short")
    found = []
    for line in short.decode("utf-8", "replace").splitlines():
        match = re.match(r".*?:(\d+):\d+: \w+: .* \[([EWN]\d{4})\]$", line) or \
            re.match(r"hpcc: (\w+): .* \[([EWN]\d{4})\]$", line)
        if not match:
            return "not a short finding: " + line
        placed = match.group(1).isdigit() and not line.startswith("--set ")
        found.append((int(match.group(1)) if placed else 0, match.group(2)))
    if sorted(found) != expected_codes(path):
        return f"expected {expected_codes(path)}, found {sorted(found)}"
    wanted = directives(path, "status") or ["1" if any(code.startswith("E") for _, code in found) else "0"]
    if status != int(wanted[0]):
        return f"exit status {status}"
    return compare(os.path.splitext(path)[0] + ".txt", without_totals(ui_run(hpcc, path, "text")[1], path), bless)


def stage_case(hpcc, folder, bless):
    wrong = []
    for name, args in STAGES.items():
        result = run(hpcc, ["in.yaml", *args, *arguments(os.path.join(folder, "in.yaml"))], folder)
        if result.returncode != 0:
            return f"{name}: exit status {result.returncode}: {result.stderr.decode()}"
        # What nodes run is tested elsewhere; here a change of a script should not change every case.
        # The function's code has its own tests (tests/runtime/test_lifecycle.py, tests/e2e/userdata.py).
        shown = re.sub(rb'("ZipFile": ")(?:[^"\\]|\\.)*', rb'\1<code>', result.stdout)
        shown = re.sub(rb'(ZipFile text\n)(\t+\| ).*\n(?:\2.*\n)+', rb'\1\2<code>\n', shown)
        shown = re.sub(rb'(?<![^\s"\\])(?!\{`)[^\s"\\]{160,}', b"<packed>", shown)  # no dashboard: it begins so
        shown = re.sub(rb"((?:WaitHandle|WaitCondition|Version)(?: text)?\W{0,4})[0-9a-f]{12}", rb"\1<hash>", shown)
        difference = compare(os.path.join(folder, name), shown, bless)
        if difference:
            wrong.append(f"{name}:\n{difference}")
    return "\n".join(wrong)


def inputs(kind):
    root = os.path.join(HERE, kind)
    if kind == "stages":
        return sorted(os.path.join(root, name) for name in os.listdir(root)
                      if os.path.exists(os.path.join(root, name, "in.yaml")))
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names
                  if name.endswith((".yaml", ".hpc")) and os.path.basename(folder) != "lib")


def sample(paths, every):
    """An every-th of the cases in each folder, at least one; by their names, so that another case changes nothing."""
    if every == 1:
        return paths
    folders = collections.defaultdict(list)
    for path in sorted(paths, key=lambda path: zlib.crc32(os.path.basename(path).encode())):
        folders[os.path.dirname(path)].append(path)
    return sorted(path for some in folders.values() for path in some[:-(-len(some) // every)])


def main():
    kind, hpcc = sys.argv[1], os.path.abspath(sys.argv[2])
    options = sys.argv[3:]
    every = int(options.pop(options.index("--every") + 1)) if "--every" in options else 1
    bless = "--bless" in options
    names = [arg for arg in options if not arg.startswith("-")]
    cases = sample([path for path in inputs(kind) if not names or any(name in path for name in names)], every)
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

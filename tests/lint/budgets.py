#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the code to the budgets of the house: length of functions and files, parameters, documented headers.

Hard limits fail; the figures below them are printed for people to look at. A function whose body says
`flat` in a comment (one line a case) may be longer.
usage: budgets.py [ROOT]
"""
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

FUNCTION_LINES = 80
FILE_LINES = 700
PARAMETERS = 6
LINE_COLUMNS = 120  # clang-format breaks code at 100; .def rows and long strings may run over
MEDIAN_LINES = 15


def source_files(root):
    return sorted(path for top in ("compiler", "lowering", "stdlib") for kind in ("*.c", "*.h")
                  for path in glob.glob(f"{root}/{top}/**/{kind}", recursive=True))


def functions(paths):
    """ctags' rows of function definitions."""
    result = subprocess.run(["ctags", "--languages=C", "--langmap=C:.c.h", "--c-kinds=f", "--fields=+neS",
                             "--output-format=json", "-f", "-", "--sort=no", "-L", "-"],
                            input="\n".join(paths), capture_output=True, text=True, check=True)
    return [row for row in map(json.loads, result.stdout.splitlines()) if "end" in row]


def parameters(signature):
    """How many parameters "(struct arena *a, int (*f)(void), …)" has."""
    inner, depth, n = signature.strip()[1:-1].strip(), 0, 1
    if inner in ("", "void"):
        return 0
    for c in inner:
        depth += (c == "(") - (c == ")")
        n += c == "," and depth == 0
    return n


def header_prototypes(path):
    """(line, name, documented) of each function prototype in a header."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        if re.match(r"[A-Za-z_][\w\s*]*\b\w+\s*\(", line) and not re.match(
                r"(typedef|return|if|for|while|switch|else|static|DIAG|OPTION|VERB|PASS|EMITTER)\b", line):
            j = i
            while j < len(lines) - 1 and not lines[j].rstrip().endswith((";", "{", "\\")):
                j += 1
            if lines[j].rstrip().endswith(";"):
                k = i - 1
                if re.fullmatch(r"[A-Za-z_][\w\s]*\*?", lines[k]):  # the type has a line of its own
                    k -= 1
                documented = "/*" in " ".join(lines[i:j + 1]) or lines[k].rstrip().endswith("*/")
                yield i + 1, re.search(r"(\w+)\s*\(", line).group(1), documented
            i = j
        i += 1


def main():
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.."))
    if not shutil.which("ctags"):
        print("SKIPPED: no ctags")
        return 77
    paths, faults = source_files(root), []
    lengths = []
    for row in functions(paths):
        length, name = row["end"] - row["line"] + 1, os.path.relpath(row["path"], root)
        with open(row["path"], encoding="utf-8") as file:
            body = file.read().split("\n")[row["line"] - 1:row["end"]]
        lengths.append((length, f"{name}:{row['line']}: {row['name']}"))
        if length > FUNCTION_LINES and "/* flat */" not in "\n".join(body):
            faults.append(f"{name}:{row['line']}: {row['name']} has {length} lines, the most is {FUNCTION_LINES}")
        count = parameters(row.get("signature", "()"))
        if count > PARAMETERS:
            faults.append(f"{name}:{row['line']}: {row['name']} takes {count} parameters, the most is {PARAMETERS}")
    prototypes = documented = 0
    for path in paths:
        name = os.path.relpath(path, root)
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        if len(lines) - 1 > FILE_LINES:
            faults.append(f"{name}: {len(lines) - 1} lines, the most is {FILE_LINES}")
        for number, line in enumerate(lines, 1):
            if len(line.expandtabs(8)) > LINE_COLUMNS:
                faults.append(f"{name}:{number}: {len(line.expandtabs(8))} columns, the most is {LINE_COLUMNS}")
            if line != line.rstrip():
                faults.append(f"{name}:{number}: blanks at the end of the line")
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                faults.append(f"{name}:{number}: left unfinished")
        if path.endswith(".h"):
            for number, function, good in header_prototypes(path):
                prototypes += 1
                documented += good
                if not good:
                    faults.append(f"{name}:{number}: {function} has no comment that says what it promises")
    for fault in faults:
        print(fault)
    sizes = sorted(length for length, _ in lengths)
    median = statistics.median(sizes)
    if median > MEDIAN_LINES:
        faults.append("median")
        print(f"the median function has {median} lines, the most is {MEDIAN_LINES}")
    print(f"{len(paths)} files; {len(sizes)} functions: median {median:.0f}, p90 {sizes[len(sizes) * 9 // 10]}, "
          f"longest {sizes[-1]}; {documented} of {prototypes} prototypes documented; {len(faults)} faults")
    print("longest: " + "; ".join(f"{length} {where}" for length, where in sorted(lengths, reverse=True)[:5]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

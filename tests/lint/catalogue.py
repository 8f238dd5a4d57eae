#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every diagnostic has its page, is tried by a test, and is used.

For each row of compiler/source/diag.def: doc/diagnostics/<code>.md with a failing and a mended example, a file
of tests/ui (or another test, see ELSEWHERE) that expects it, and code that reports it.
Codes are in order and none is used twice; no page or expectation speaks of a code that is not there.
usage: catalogue.py [ROOT]
"""
import glob
import os
import re
import sys

# No small cluster file causes these: what tries them instead. The named file must speak of the code.
ELSEWHERE = {
    "E0002": "tests/e2e/cli.py", "E0025": "tests/e2e/cli.py", "E0026": "tests/e2e/cli.py", "E0403": "tests/e2e/cli.py",
    "E0404": "tests/e2e/cli.py", "E0541": "tests/unit/test_verify.c", "E0542": "tests/unit/test_verify.c",
    "E0543": "tests/e2e/cli.py", "N0544": "tests/e2e/cli.py", "E0545": "tests/e2e/cli.py",
}
# Rows about the data that hpcc is built from are for its developers; tablegen's own tests try them.
OWN_DATA = re.compile(r"E09\d\d")


def rows(root):
    """(code, id) of each row, in order."""
    with open(root + "/compiler/source/diag.def", encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return re.findall(r"^\s*DIAG0?\((\w\d{4}), (\w+),", text, re.M)


def read_all(root, *patterns):
    found = {}
    for pattern in patterns:
        for path in glob.glob(f"{root}/{pattern}", recursive=True):
            if os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    found[os.path.relpath(path, root)] = file.read()
    return found


def main():
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.."))
    faults, table = [], rows(root)
    codes = [code for code, _ in table]
    pages = read_all(root, "doc/diagnostics/*.md")
    ui = "\n".join(text for name, text in read_all(root, "tests/ui/**/*").items())
    reported = set(re.findall(r"\b(?:diag|DIAG)_\w+", "\n".join(
        read_all(root, "compiler/**/*.c", "lowering/**/*.c", "stdlib/tablegen/*.c").values())))
    for code in sorted({c for c in codes if codes.count(c) > 1}):
        faults.append(f"diag.def: {code} is used twice")
    expected = set(re.findall(r"#~[~^]? (?:[EWN]\d{4} )*([EWN]\d{4})", ui)) | set(
        code for group in re.findall(r"#~[~^]? ((?:[EWN]\d{4} ?)+)", ui) for code in group.split()) | \
        set(re.findall(r"\[([EWN]\d{4})\]", ui))
    for code, name in table:
        if not reported & {f"diag_{name}", f"DIAG_{name}", f"DIAG_{code}"}:
            faults.append(f"diag.def: nothing reports {code} ({name})")
        if OWN_DATA.match(code):
            continue
        page = pages.get(f"doc/diagnostics/{code}.md")
        if page is None:
            faults.append(f"doc/diagnostics/{code}.md is missing ({name})")
        elif not page.startswith(f"# {code}"):
            faults.append(f"doc/diagnostics/{code}.md: the first line must name {code}")
        if code in expected:
            continue
        other = ELSEWHERE.get(code)
        if other is None:
            faults.append(f"tests/ui: no file expects {code} ({name})")
        elif code not in open(f"{root}/{other}", encoding="utf-8").read():
            faults.append(f"{other} says nothing of {code} ({name})")
    for code in sorted(expected - set(codes)):
        faults.append(f"tests/ui: {code} is not in diag.def")
    for path in sorted(pages):
        code = os.path.basename(path)[:-3]
        if re.fullmatch(r"[EWN]\d{4}", code) and code not in codes:
            faults.append(f"{path}: {code} is not in diag.def")
    for fault in faults:
        print(fault)
    print(f"{len(codes)} diagnostics, {len(pages)} pages, {len(faults)} faults")
    return 1 if faults or not codes else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows doc/language-tutorial.md as a newcomer would: each change goes into the program, which stays without a finding; each mistake
gives the words that the page shows, and is taken back.

usage: language_tutorial.py HPCC [--bless]; prints TAP. --bless writes what hpcc says into the page.
"""
import os
import re
import sys

from common import ROOT, Tap, hpcc, temporary

PAGE = os.path.join(ROOT, "doc", "language-tutorial.md")
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.M | re.S)


def apply(program, diff):
    """The program with the changes, or None where one does not fit at exactly one place."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines()
        before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
        after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
        if program.count(before) != 1:
            return None
        program = program.replace(before, after)
    return program


def lint(folder, program):
    with open(os.path.join(folder, "work.hpc"), "w", encoding="utf-8") as file:
        file.write(program)
    return hpcc("lint", "--no-config", "work.hpc", cwd=folder)


def follow(tap, text):
    """Follows the page; what is to stand in its blocks of words, in their order."""
    program, words = "", []
    blocks = [(m.group(1), m.group(2)) for m in BLOCK.finditer(text)]
    with temporary() as folder:
        for i, (kind, body) in enumerate(blocks):
            if kind == "hpc":
                program = body
                result = lint(folder, program)
                tap.equal((result.returncode, result.stdout), (0, b""), "the program of the beginning")
            elif kind == "diff":
                changed = apply(program, body)
                if not tap.ok(changed is not None, f"change {i} fits", body):
                    continue
                result = lint(folder, changed)
                if i + 1 < len(blocks) and blocks[i + 1][0] == "text":
                    words.append(result.stdout.decode())
                    tap.ok(result.returncode == 1 and words[-1].count("error:") == 1, f"mistake {i} gives one error", words[-1])
                    tap.equal(words[-1], blocks[i + 1][1], f"mistake {i} says what the page says")
                else:
                    program = changed
                    tap.equal((result.returncode, result.stdout), (0, b""), f"change {i} leaves no finding")
        built = [hpcc("--no-config", "-q", *args, "work.hpc", cwd=folder).stdout for args in ([], ["--set", "size=large"])
                 if lint(folder, program).returncode == 0]
    tap.ok(len(built) == 2 and built[0] and built[1] and built[0] != built[1], "both sizes are built, and differ")
    return words


def main():
    tap = Tap()
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    words = iter(follow(tap, text))
    if "--bless" in sys.argv:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^```text\n.*?^```$", lambda _: f"```text\n{next(words)}```", text, flags=re.M | re.S))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

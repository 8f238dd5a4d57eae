#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The numbers of lines in the tables of doc/comparison.md and doc/import.md are those of the blocks below them: lines that are
neither empty nor comments.

usage: doc_lines.py HPCC; prints TAP.
"""
import os
import re
import sys

from common import ROOT, Tap

BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.M | re.S)


def lines(text):
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#") and line != "---")


def sections(page, level):
    """Title and blocks, as (language, lines), of each section."""
    with open(os.path.join(ROOT, "doc", page), encoding="utf-8") as file:
        text = file.read()
    for part in re.split(rf"^{level} ", text, flags=re.M)[1:]:
        yield part.split("\n")[0], [(m.group(1), lines(m.group(2))) for m in BLOCK.finditer(part)]


def rows(page):
    """Cells of the tables of a page that begin with a name and have numbers of lines."""
    with open(os.path.join(ROOT, "doc", page), encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(cells) > 1 and re.match(r"\d+", cells[1]):
                yield cells[0], [int(n) for cell in cells[1:3] for n in re.findall(r"\d+", cell)]


def comparison(tap):
    found = dict(sections("comparison.md", "##"))
    checked = 0
    for name, numbers in rows("comparison.md"):
        title = next((t for t in found if t.lower() == name.lower()), None)
        if not tap.ok(title is not None and found[title], f"comparison: {name} has a block"):
            continue
        blocks = [n for _, n in found[title]]
        # The file, and a file of values for each of the two sizes.
        want = [blocks[0] + 2 * blocks[1], blocks[0], blocks[1]] if len(blocks) > 1 else blocks
        tap.equal(numbers, want, f"comparison: lines of {name}")
        checked += 1
    tap.equal(checked, 5, "comparison: five ways")


def pairs(tap):
    found = {re.sub(r"^\d+ ", "", title): blocks for title, blocks in sections("import.md", "###")}
    checked = 0
    for name, numbers in rows("import.md"):
        blocks = dict(found.get(name, []))
        tap.equal(numbers, [blocks.get("yaml"), blocks.get("hpc")], f"import: lines of {name}")
        checked += 1
    tap.equal(checked, 5, "import: five pairs")


def main():
    tap = Tap()
    tap.equal(lines("# a\n\n  # b\nc: 1  # d\n"), 1, "lines are counted without comments and empty ones")
    comparison(tap)
    pairs(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

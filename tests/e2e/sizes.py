#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No template grows unseen: each example's, minified, is at most as long as sizes.tsv says.

Of an account without a bucket 51,200 bytes is the end, so bytes that every template carries are dear. SLACK is for other
versions of the compression libraries, which pack the scripts. A template that grew on purpose: --bless writes the table
anew, and CHANGELOG.md names what the bytes are for. usage: sizes.py HPCC [--bless]; prints TAP.
"""
import os
import sys

from common import ROOT, Tap, examples, hpcc

TABLE = os.path.join(ROOT, "tests/e2e/sizes.tsv")
SLACK = 128


def measured():
    """{example: bytes of its minified template}."""
    return {e.name: len(hpcc("--quiet", "--minify", *e.args, e.path, text=False).stdout) for e in examples() + examples("awsbatch")}


def main():
    sizes = measured()
    if "--bless" in sys.argv:
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write("example\tbytes\n" + "".join(f"{name}\t{n}\n" for name, n in sorted(sizes.items())))
        return
    with open(TABLE, encoding="utf-8") as file:
        rows = dict(line.rstrip("\n").split("\t") for line in file.readlines()[1:])
    tap = Tap()
    tap.equal(sorted(rows), sorted(sizes), "the table has a row for each example")
    for name, n in sorted(sizes.items()):
        most = int(rows.get(name, 0)) + SLACK
        tap.ok(0 < n <= most, f"{name}: {n} bytes, at most {most}")
    tap.end()


main()

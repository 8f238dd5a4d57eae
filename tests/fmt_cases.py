#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layout that `hpcc fmt` gives: each tests/fmt/NAME.in.yaml becomes NAME.out.yaml, which stays as it is; and the
blocks of doc/fmt.md: each ```yaml before becomes the ```yaml after below it.

usage: fmt_cases.py HPCC [--bless]; prints TAP. --bless writes the .out.yaml files anew.
"""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HPCC = os.path.abspath(sys.argv[1])


def fmt(text):
    return subprocess.run([HPCC, "fmt", "--no-config", "-"], input=text, capture_output=True, timeout=60, check=False)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def pairs():
    """Name, text, and the text in the layout."""
    for path in sorted(glob.glob(HERE + "/fmt/*.in.yaml")):
        out = path[:-len(".in.yaml")] + ".out.yaml"
        if "--bless" in sys.argv:
            with open(out, "wb") as file:
                file.write(fmt(read(path)).stdout)
        yield os.path.basename(path)[:-len(".in.yaml")], read(path), read(out) if os.path.exists(out) else b""
    page = read(os.path.dirname(HERE) + "/doc/fmt.md")
    blocks = re.findall(rb"^```yaml (before|after)\n(.*?)^```$", page, re.M | re.S)
    for i in range(0, len(blocks), 2):
        assert [word for word, _ in blocks[i:i + 2]] == [b"before", b"after"], blocks[i]
        yield f"doc/fmt.md {i // 2 + 1}", blocks[i][1], blocks[i + 1][1]


def main():
    failures = n = 0
    for name, text, want in pairs():
        result, again = fmt(text), fmt(want)
        signs = [sorted(re.sub(rb"\s", b"", t)) for t in (text, want)]
        for good, what, why in (
                (result.returncode == 0 and result.stdout == want, "the layout", result.stdout + result.stderr),
                (again.returncode == 0 and again.stdout == want, "a second time", again.stdout + again.stderr),
                (signs[0] == signs[1] and want != text, "the same signs", b"")):
            n += 1
            failures += not good
            print(f"{'ok' if good else 'not ok'} {n} - {name}: {what}")
            for line in why.decode("utf-8", "replace").splitlines()[:100] if not good else ():
                print("# " + line)
    print(f"1..{n}")
    return 1 if failures or not n else 0


if __name__ == "__main__":
    sys.exit(main())

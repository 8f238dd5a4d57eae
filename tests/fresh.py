#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares a file that is kept in the repository with what a command prints today.

usage: fresh.py FILE COMMAND…        --bless as the last argument rewrites FILE
"""
import subprocess
import sys

path, command = sys.argv[1], [word for word in sys.argv[2:] if word != "--bless"]
text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
if "--bless" in sys.argv:
    with open(path, "wb") as file:
        file.write(text)
with open(path, "rb") as file:
    kept = file.read().splitlines()
for number, (old, new) in enumerate(zip(kept, text.splitlines()), 1):
    if old != new:
        sys.exit(f"{path}:{number}: is {old!r}, should be {new!r}; run this with --bless")
if len(kept) != len(text.splitlines()):
    sys.exit(f"{path}: {len(kept)} lines, should be {len(text.splitlines())}; run this with --bless")

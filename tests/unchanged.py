#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows whether a change of the source changes anything that hpcc makes of files.

usage: unchanged.py HPCC [--output NAME]      holds hpcc against the sums in tests/data/unchanged.tsv, all or those of one
                                              kind of output; prints TAP
       unchanged.py HPCC --bless              writes the sums anew, for a change that is meant
       unchanged.py HPCC --against OTHER [FOLDER…]   names each file of which two programs make different things;
                                              FOLDERs with more files may stand behind

A sum is made for each folder and each kind of output, over examples, tests/ui and tests/stages. What is compared is the
exit status and all that is printed.
"""
import concurrent.futures
import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(ROOT, "tests", "data", "unchanged.tsv")
FOLDERS = ["examples", "tests/ui", "tests/stages"]
OUTPUTS = {
    "findings": ["lint", "--format=json"],
    "template": [],
    "tree": ["--dump=tree"],
    "model": ["--dump=model"],
    "ir": ["--dump=ir"],
    "slurm-conf": ["slurm-conf"],
    "userdata": ["userdata", "--node=head"],
}


def made(hpcc, path, output):
    """All that hpcc makes of a file, as bytes. Findings come with each output, and are compared once."""
    result = subprocess.run([hpcc, *OUTPUTS[output], "--no-config", path], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    said = result.stderr if output == "findings" else b""
    return b"%d\n" % result.returncode + result.stdout + said


def files(folders):
    found = []
    for folder in folders:
        for where, below, names in os.walk(os.path.join(ROOT, folder)):
            below.sort()
            found += [os.path.relpath(os.path.join(where, n), ROOT) for n in sorted(names) if n.endswith((".yaml", ".yml"))]
    return found


def over(pool, function, paths, outputs=tuple(OUTPUTS)):
    """function(path, output) of all, in order."""
    pairs = [(path, output) for path in paths for output in outputs]
    return zip(pairs, pool.map(lambda pair: function(*pair), pairs))


def against(hpcc, other, folders):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        different = [pair for pair, same in over(pool, lambda p, o: made(hpcc, p, o) == made(other, p, o), files(folders)) if not same]
    for path, output in different:
        print(f"{path}: {output}")
    print(f"{len(different)} of {len(files(folders)) * len(OUTPUTS)} outputs differ")
    return 1 if different else 0


def sums(hpcc, outputs):
    """(folder, output) -> sum, of each folder that has files."""
    found = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for (path, output), text in over(pool, lambda p, o: made(hpcc, p, o), files(FOLDERS), outputs):
            found.setdefault((os.path.dirname(path), output), hashlib.sha256()).update(path.encode() + b"\n" + text)
    return {key: value.hexdigest()[:16] for key, value in found.items()}


def main():
    hpcc = os.path.abspath(sys.argv[1])
    if "--against" in sys.argv:
        other, *more = sys.argv[sys.argv.index("--against") + 1:]
        return against(hpcc, os.path.abspath(other), FOLDERS + more)
    outputs = [sys.argv[sys.argv.index("--output") + 1]] if "--output" in sys.argv else list(OUTPUTS)
    now = sums(hpcc, outputs)
    if "--bless" in sys.argv:
        with open(TABLE, "w", encoding="ascii") as file:
            file.write("# Sums of what hpcc makes of the files of each folder; see tests/unchanged.py.\n")
            file.writelines(f"{folder}\t{output}\t{value}\n" for (folder, output), value in sorted(now.items()))
        return 0
    with open(TABLE, encoding="ascii") as file:
        rows = (line.rstrip("\n").split("\t") for line in file if not line.startswith("#"))
        before = {(folder, output): value for folder, output, value in rows if output in outputs}
    failed = 0
    print(f"1..{len(now.keys() | before.keys())}")
    for n, key in enumerate(sorted(now.keys() | before.keys()), 1):
        good = now.get(key) == before.get(key)
        failed += not good
        print(("ok" if good else "not ok") + f" {n} - {key[0]}: {key[1]}")
    if failed:
        print("# a program of before the change names the files: tests/unchanged.py build/hpcc --against OTHER")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

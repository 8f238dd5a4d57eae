#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repairs of programs: what a YAML file is offered, the program that is made of it is offered as well, in its language.

Every file of tests/ui whose findings have fixes goes through `hpcc import`. Of the program each fix alone is made:
its finding is gone, and the result is a program. `lint --fix` makes all certain ones, in both languages: where the
YAML file has no error any more, both give the same template. The programs of tests/ui go through the same, by
themselves.
usage: program_fixes.py HPCC [NAME…]; prints TAP.
"""
import glob
import os
import re
import shutil
import sys

from common import Tap, hpcc, temporary
from through import UI, arguments, findings, of_first_stage, read, write

# What a YAML file is offered and a program is not, by file and code: the fault is gone with the import.
GONE = {
    "files/storage-policy E0102": "a word that YAML takes for another kind is a text",
    "schema/wrong-type-time E0102": "likewise",
    "schema/wrong-type E0102": "likewise", "schema/mistyped-environment E0102": "likewise",
    "kind/misspelt E1601": "the kind is a word of the program", "kind/not-suppressible E1601": "likewise",
    "kind/unknown E1601": "likewise", "lookalike/list E0102": "a list of YAML that was read as text",
    "schema/unknown-section E0101": "the name that is near is there already, and a program must not say it twice",
    "schema/thousands E0102": "no number with signs between its digits is read",
}
# What becomes another file: a key that was to be indented stands where it stood, a list in quotes is a text.
OTHER = {"reading/indent-ideographic", "lookalike/list"}


def made(text, fixes):
    data = text.encode(errors="surrogateescape")
    for fix in sorted(fixes, key=lambda fix: -fix["start"]):
        data = data[:fix["start"]] + fix["replacement"].encode() + data[fix["end"]:]
    return data.decode(errors="surrogateescape")


def alike(found, one):
    return [f for f in found if (f["code"], f["message"]) == (one["code"], one["message"])]


def each_alone(program, found, args, cwd, verb):
    """Why one of the fixes does not do, or an empty string; and how many there are."""
    count = 0
    for finding in found:
        if not finding["fixes"] or finding.get("file") != "p.hpc":
            continue
        count += 1
        write(cwd + "/q.hpc", made(program, finding["fixes"]))
        after = findings("q.hpc", args, cwd, verb)
        if len(alike(after, finding)) >= len(alike(found, finding)):
            return f"{finding['code']} is there after {finding['fixes']}: {finding['message']}", count
        if hpcc("fmt", "--check", "q.hpc", cwd=cwd).returncode not in (0, 1):
            return f"{finding['code']}: no program after {finding['fixes']}", count
        new = {f["code"] for f in after if f["code"][:3] in ("E07", "E08")} - {f["code"] for f in found} - \
            {"E0750"}  # a module of that name is not there
        if new:
            return f"{finding['code']}: {' '.join(new)} after {finding['fixes']}", count
    return "", count


def certain_left(found):
    return [f for f in found if f["fixes"] and f.get("file") == "p.hpc" and all(fix["certain"] for fix in f["fixes"])]


def template(name, args, cwd):
    result = hpcc("build", name, *args, cwd=cwd)
    return result.stdout if result.returncode == 0 else None


def fixed(name, args, cwd):
    """What `lint --fix` makes of the program p.hpc, beside what it makes of the YAML file `name`, if that is one."""
    hpcc("lint", "--fix", "p.hpc", *args, cwd=cwd)
    left = certain_left(findings("p.hpc", args, cwd, "lint"))
    if left:
        return f"certain fixes are left: {left[0]['code']} {left[0]['fixes']}"
    if name == "p.hpc":
        return ""
    hpcc("lint", "--fix", name, *args, cwd=cwd)
    wanted = template(name, arguments(read(os.path.join(cwd, name))), cwd)
    if wanted is not None and template("p.hpc", args, cwd) != wanted:
        return "the fixed program gives another template than the fixed file"
    return ""


def one_file(path, label):
    """(why it is wrong, number of fixes, codes that have them)"""
    source, cwd, name = read(path), os.path.dirname(path), os.path.basename(path)
    args, verb = arguments(source), (arguments(source, "verb") or ["lint"])[0]
    if verb not in ("lint", "build"):
        return "", 0, set()
    before = findings(name, args, cwd, verb)
    if not any(f["fixes"] for f in before):
        return "", 0, set()
    program = source
    if name.endswith(".yaml"):
        imported = hpcc("import", name, cwd=cwd)
        if imported.returncode != 0:
            return "", 0, set()
        program = imported.stdout.decode("utf-8", "surrogateescape")
        args = [re.sub(r"^[A-Z_]+=", lambda match: match.group().lower(), arg) for arg in args]
    write(cwd + "/p.hpc", program)
    found = findings("p.hpc", args, cwd, verb)
    codes = {f["code"] for f in found if f["fixes"]}
    for code in {f["code"] for f in of_first_stage(before) if f["fixes"] and f.get("file") == name} - codes:
        if f"{label} {code}" not in GONE:
            return f"the program has no fix for {code}", 0, codes
    why, count = each_alone(program, found, args, cwd, verb)
    if label in OTHER:
        return why, count, codes
    return why or fixed(name if name.endswith(".yaml") else "p.hpc", args, cwd), count, codes


def main():
    tap, pick, wrong, count, codes = Tap(), sys.argv[2:], [], 0, set()
    with temporary() as folder:
        for area in glob.glob(UI + "/*"):
            if os.path.isdir(area):
                shutil.copytree(area, os.path.join(folder, os.path.basename(area)))
        for path in sorted(glob.glob(folder + "/*/*.yaml") + glob.glob(folder + "/*/*.hpc")):
            label = os.path.splitext(os.path.relpath(path, folder))[0]
            if pick and not any(word in label for word in pick):
                continue
            why, n, those = one_file(path, label)
            count += n
            codes |= those
            if why:
                wrong.append(f"{label}: {why}")
    tap.ok(not wrong, f"{count} fixes of programs do what they say", "\n".join(wrong))
    tap.ok(pick or (count > 150 and len(codes) > 50), f"{len(codes)} codes have fixes")
    tap.end()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The words of editors/ are those of the compiler: reserved words, words of items, types, units, built-in functions.

usage: editors.py ROOT
"""
import json
import os
import re
import shutil
import subprocess
import sys


def read(root, *parts):
    with open(os.path.join(root, *parts), encoding="utf-8") as file:
        return file.read()


def compiler_words(root):
    """What the tables of compiler/hpc and the specification say."""
    page = read(root, "doc", "language.md")
    reserved = set(re.search(r"\*\*Reserved\*\* are `([^`]*)`", page).group(1).split())
    items = set(re.search(r"`(use param [^`]*)`", page).group(1).split())
    kinds = set(re.findall(r'"(\w+)"', re.search(r"KIND_WORDS\[\] = \{(.*?)\}", read(root, "compiler/hpc/parse.c")).group(1)))
    types = set(re.findall(r'\.name = STR_INIT\("([a-z_]+)"\)', read(root, "compiler/hpc/type_names.c")))
    return {
        "reserved": reserved - {"true", "false", "null"},
        "constants": {"true", "false", "null"},
        "items": items | kinds | {"at"},
        "types": types,
        "units": set(re.findall(r'^UNIT\("([^"]+)"', read(root, "compiler/hpc/units.def"), re.M)),
        "builtins": set(re.findall(r"^BUILTIN\((\w+),", read(root, "compiler/hpc/builtins.def"), re.M)),
    }


def vim_words(root):
    text = read(root, "editors/vim/syntax/hpc.vim")
    found = {name: set(re.search(rf"^syntax keyword {group} (.*)$", text, re.M).group(1).split())
             for name, group in (("reserved", "hpcReserved"), ("constants", "hpcConstant"), ("items", "hpcItem"),
                                 ("types", "hpcType"), ("builtins", "hpcBuiltin"))}
    units = re.search(r"^syntax match hpcUnit /\\v\((.*?)\)\(", text, re.M).group(1)
    found["units"] = set(units.replace("\\/", "/").split("|"))
    return found


def alternatives(pattern):
    return set(re.search(r"\(\?:([^()]*)\)", pattern).group(1).split("|"))


def textmate_words(root):
    grammar = json.loads(read(root, "editors/textmate/hpc.tmLanguage.json"))["repository"]
    words = {rule["name"]: alternatives(rule["match"]) for rule in grammar["words"]["patterns"]}
    units = re.search(r"\\s\*\(([^()]*)\)", grammar["number"]["match"]).group(1)
    return {
        "reserved": words["keyword.control.hpc"],
        "constants": words["constant.language.hpc"],
        "items": words["storage.type.hpc"] | words["keyword.other.hpc"],
        "types": words["support.type.hpc"],
        "builtins": words["support.function.hpc"],
        "units": set(units.split("|")),
    }


def main():
    root = sys.argv[1]
    faults = []
    want = compiler_words(root)
    for name, found in (("vim", vim_words(root)), ("TextMate", textmate_words(root))):
        for group, words in want.items():
            if found[group] != words:
                faults.append(f"{name}: {group}: missing {sorted(words - found[group])}, too many {sorted(found[group] - words)}")
    vim = shutil.which("vim")
    if vim:  # else the words alone were compared, and the test says that it skipped the rest
        result = subprocess.run([vim, "-es", "-u", "NONE", "-c", f"source {root}/editors/vim/syntax/hpc.vim", "-c", "qa!"],
                                capture_output=True, text=True, check=False, timeout=30)
        if result.returncode:
            faults.append("vim: " + result.stdout + result.stderr)
    print("\n".join(faults) or f"{sum(map(len, want.values()))} words, 0 faults")
    if not vim:
        print("SKIPPED: no vim to read its file with")
    return 1 if faults else 0 if vim else 77


if __name__ == "__main__":
    sys.exit(main())

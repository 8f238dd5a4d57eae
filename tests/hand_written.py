#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what hpcc emits for environments and batch files against templates that were written by hand for the same files.

usage: hand_written.py HPCC FOLDER

FOLDER holds examples/ (files) and proof/ (templates); without it the test is skipped (status 77). Both templates are compared
resource by resource and property by property. Logical ids may differ: tests/data/hand-written-ids.tsv says which is which.
Every other difference stands in tests/data/hand-written.tsv with the reason why ours is as it is: a row that is missing is a
fault, and so is one that is not needed. `*` in a row's resource or property stands for any.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
FILES = {"prerequisites": "examples/prerequisites/env.yaml", "hybrid-network": "examples/hybrid-network.yaml",
         "gpu-operations": "examples/gpu-operations.yaml"}


def table(name):
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return lines[1:]


def renamed(value, ids):
    """References by our logical ids. The id of a group is one text, by Ref and by GroupId."""
    if isinstance(value, list):
        return [renamed(item, ids) for item in value]
    if not isinstance(value, dict):
        return re.sub(r"\$\{(\w+)(?=[}.])", lambda m: "${" + ids.get(m.group(1), m.group(1)), value) if isinstance(value, str) else value
    if set(value) == {"Ref"}:
        return {"Ref": ids.get(value["Ref"], value["Ref"])}
    if set(value) == {"Fn::GetAtt"}:
        name, attribute = value["Fn::GetAtt"]
        name = ids.get(name, name)
        return {"Ref": name} if attribute == "GroupId" else {"Fn::GetAtt": [name, attribute]}
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str) and re.fullmatch(r"\$\{\w+\}", value["Fn::Sub"]):
        return renamed({"Ref": value["Fn::Sub"][2:-1]}, ids)
    return {key: renamed(item, ids) for key, item in value.items()}


def flat(resource, ids):
    """{path: value} of what a resource says; lists of texts are one value, DependsOn a set."""
    found = {"Type": resource["Type"]}
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        if name in resource:
            found[name] = resource[name]
    after = resource.get("DependsOn", [])
    for name in [after] if isinstance(after, str) else after:
        found[f"DependsOn {ids.get(name, name)}"] = True

    def walk(path, value):
        if isinstance(value, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
            for key, item in value.items():
                walk(f"{path}.{key}" if path else key, item)
        elif isinstance(value, list) and any(isinstance(item, dict) and not any(
                key == "Ref" or key.startswith("Fn::") for key in item) for item in value):
            for number, item in enumerate(value):
                walk(f"{path}[{number}]", item)
        else:
            value = value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else value
            found[path] = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else value
    walk("", renamed(resource.get("Properties") or {}, ids))
    return found


def differences(theirs, ours, ids):
    """[(resource, property, what)]"""
    found = []
    for name in sorted(set(theirs) | set(ours)):
        if name not in ours or name not in theirs:
            found.append((name, "-", "not ours" if name not in ours else "ours alone"))
            continue
        a, b = flat(theirs[name], ids), flat(ours[name], {})
        found += [(name, p, "not ours") for p in sorted(set(a) - set(b))]
        found += [(name, p, "ours alone") for p in sorted(set(b) - set(a))]
        found += [(name, p, "another value") for p in sorted(set(a) & set(b)) if a[p] != b[p]]
    return found


def outputs(template, ids):
    return {name: json.dumps(renamed(row["Value"], ids), sort_keys=True) + json.dumps(row.get("Export", {}), sort_keys=True)
            for name, row in template["Outputs"].items()}


def compare(hpcc, folder, name):
    result = subprocess.run([hpcc, "--quiet", os.path.join(folder, FILES[name])], capture_output=True, timeout=600)
    if result.returncode != 0:
        return [(name, "-", result.stderr.decode())]
    ours = json.loads(result.stdout)
    with open(os.path.join(folder, "proof", name + ".json"), encoding="utf-8") as file:
        theirs = json.load(file)
    ids = {row[1]: row[2] for row in table("hand-written-ids.tsv") if row[0] == name}
    found = differences({ids.get(n, n): r for n, r in theirs["Resources"].items()}, ours["Resources"], ids)
    a, b = outputs(theirs, ids), outputs(ours, {})
    found += [("Outputs", n, "not ours" if n not in b else "another value") for n in sorted(a) if a[n] != b.get(n)]
    return found + [("Outputs", n, "ours alone") for n in sorted(set(b) - set(a))]


def main():
    hpcc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not os.path.isdir(os.path.join(folder, "proof")):
        print("no templates written by hand here")
        sys.exit(77)
    rows, used, faults, n = table("hand-written.tsv"), set(), [], 0
    for name in FILES:
        for resource, prop, what in compare(hpcc, folder, name):
            n += 1
            hits = [i for i, row in enumerate(rows) if row[0] in (name, "*") and fnmatch.fnmatchcase(resource, row[1])
                    and re.fullmatch(re.escape(row[2]).replace(r"\*", ".*"), prop) and row[3] == what]
            used.update(hits[:1])
            if not hits:
                faults.append(f"{name}: {resource} {prop}: {what}")
    faults += [f"not needed: {' '.join(row[:4])}" for i, row in enumerate(rows) if i not in used]
    print("\n".join(faults))
    print(f"# {n} differences, {len(rows)} reasons, {len(faults)} faults")
    sys.exit(1 if faults or n == 0 else 0)


main()

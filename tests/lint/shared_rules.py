#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a rule about a section that kinds of files share holds for all of them, or says here why not.

A section is shared where the sections below two kinds have it (stdlib/schema). A rule is about it when its function, or one
that it calls in its file, goes over all sections or over the list SharedStorage, or names a property of the section.
Rules of ALONE are for some kinds only, and the reason stands beside them; one that is for all, or about nothing that is
shared, has to leave the list.
usage: shared_rules.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import glob
import os
import re
import sys

import yaml

from layers import without_comments

ALONE = {
    "storage_count": "the numbers are those of a cluster of ParallelCluster; FSx and EFS have quotas of the account",
    "new_fsx_one_subnet": "subnets are those of queues; one of an environment is in a subnet that the file names",
    "storage_subnets_counted": "subnets are those of queues; one of an environment is in subnets that the file names",
    "file_cache_not_home": "no environment has one",
    "mount_dirs_off_local_disks": "local disks are those of nodes",
    "existing_volume_alone": "no environment has volumes",
    "shared_ebs_load": "no environment has volumes",
    "storage_ids": "environments make what they have",
    "batch_storage": "it tells what the scheduler awsbatch takes",
    "proxy_address": "proxies are those of nodes",
    "dark_services": "nodes call them",
}
SOME_KIND = ("CLUSTER", "SLURM", "AWSBATCH")
EVERYWHERE = re.compile(r"\b(each_section\(|each_storage\(|r->storage\b|r->sections\b)")


def rows(root):
    """Sections by name, and the root of each kind."""
    sections, kinds = {}, {}
    for path in glob.glob(f"{root}/stdlib/schema/*.yaml"):
        with open(path, encoding="utf-8") as file:
            data = yaml.safe_load(file) or {}
        if os.path.basename(path) == "kinds.yaml":
            kinds = data
        sections.update({name: row for name, row in data.items() if isinstance(row, dict) and ("properties" in row or "like" in row)})
    return sections, {name: row["root"] for name, row in kinds.items()}


def below(sections, name, found):
    if name not in found:
        found.add(name)
        if "like" in sections[name]:
            below(sections, sections[name]["like"], found)
        for row in sections[name].get("properties", {}).values():
            if "of" in row:
                below(sections, row["of"], found)
    return found


def functions(text):
    """Name to body of each function of a file."""
    return {match.group(1): match.group(2) for match in
            re.finditer(r"^[a-z][^;{}=]*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}", text, re.M | re.S)}


def reach(bodies, name):
    """The text of a function and of those of its file that it names."""
    seen, todo = set(), [name]
    while todo:
        seen.add(todo[-1])
        body = bodies[todo.pop()]
        todo += [word for word in set(re.findall(r"\w+", body)) if word in bodies and word not in seen]
    return "\n".join(bodies[word] for word in sorted(seen))


def faults_of(rules, bodies, shared):
    """What is wrong, and the rules about shared sections."""
    faults, about, names = [], set(), re.compile(r"PROP_([A-Za-z0-9]+)_")
    for rule, mask in rules.items():
        text = bodies["rule_" + rule]
        if not EVERYWHERE.search(text) and not shared & set(names.findall(text)):
            continue
        about.add(rule)
        if mask in SOME_KIND and rule not in ALONE:
            faults.append(f"{rule} is about a section that kinds share, and for {mask}: make it ANY_KIND, or say here why not")
    faults += [f"ALONE names {rule}, which is for all kinds, or about nothing that they share" for rule in sorted(ALONE)
               if rule not in about or rules[rule] not in SOME_KIND]
    return faults, about


def main():
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.."))
    sections, kinds = rows(root)
    of_kind = {kind: below(sections, name, set()) for kind, name in kinds.items()}
    shared = {name for name in sections if sum(name in found for found in of_kind.values()) > 1}
    bodies = {}
    for path in glob.glob(f"{root}/compiler/check/rules/*.c"):
        with open(path, encoding="utf-8") as file:
            own = functions(without_comments(file.read()))
        bodies.update({name: reach(own, name) for name in own if name.startswith("rule_")})
    with open(f"{root}/compiler/check/rules/rules.def", encoding="utf-8") as file:
        rules = {rule: mask for mask, rule in re.findall(r"^RULE\(([^,]+), (\w+),", file.read(), re.M)}
    faults, about = faults_of(rules, bodies, shared)
    if not any("efs_throughput_mode" in fault for fault in faults_of({**rules, "efs_throughput_mode": "CLUSTER"}, bodies, shared)[0]):
        faults.append("a rule about EFS for clusters alone is not found")
    for fault in faults:
        print(fault)
    print(f"{len(shared)} sections that kinds share, {len(about)} of {len(rules)} rules about them, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

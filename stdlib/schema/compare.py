#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the rows of this folder with the schema of ParallelCluster.

    compare.py                      rows against reference.tsv; fails on a difference that differences.tsv has no reason for
    compare.py --package PYTHON     what a newer package changes in reference.tsv; PYTHON is an interpreter that has
                                    aws-parallelcluster installed, best in a virtual environment of its own
    compare.py --package PYTHON --write    also writes reference.tsv

reference.tsv holds each property of the newest release that was looked at: kind, whether it is required, limits, values,
pattern, update policy, key. Of patterns only whether there is one is compared with the rows, which write them in their
own way and have more of them; a pattern that changes shows in what --package prints. differences.tsv names each
difference that remains, with its reason.
"""
import argparse
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "reference.tsv")
REASONS = os.path.join(HERE, "differences.tsv")
COLUMNS = ("kind", "required", "limits", "length", "items", "values", "pattern", "update", "key")
COMPARED = tuple(c for c in COLUMNS if c != "pattern")

# Runs where the package is: prints one line a property.
DUMP = r'''
from marshmallow import fields, validate
from pcluster.schemas.cluster_schema import ClusterSchema
from pcluster.utils import get_installed_version

KINDS = {"String": "string", "Integer": "int", "Float": "number", "Boolean": "bool", "Dict": "map", "Raw": "any",
         "OneOrManyCustomActionField": "section"}

def flat(validators):
    for v in validators:
        if isinstance(v, validate.And):
            yield from flat(v.validators)
        else:
            yield v

def span(low, high, open_low=False):
    return "%s%s..%s" % ("" if low is None else low, "<" if open_low else "", "" if high is None else high)

def facts(f):
    out = {"kind": KINDS.get(type(f).__name__, type(f).__name__), "required": "yes" if f.required else "-"}
    policy = f.metadata.get("update_policy")
    out["update"] = policy.name if policy else "-"
    out["key"] = f.metadata.get("update_key") or "-"
    own = list(flat(f.validators))
    if isinstance(f, fields.Nested):
        out["kind"] = "sections" if f.many else "section"
    if isinstance(f, fields.List):
        inner = f.inner
        out["kind"] = "maps" if isinstance(inner, fields.Dict) else "strings"
        own += [v for v in flat(inner.validators)]
    many = out["kind"] in ("sections", "strings", "maps")
    for v in own:
        if isinstance(v, validate.Range):
            out["limits"] = span(v.min, v.max, v.min is not None and not v.min_inclusive)
        elif isinstance(v, validate.Length):
            equal = v.equal
            out["items" if many else "length"] = span(v.min if equal is None else equal, v.max if equal is None else equal)
        elif isinstance(v, validate.OneOf):
            out["values"] = ",".join(sorted(str(c) for c in v.choices))
            if out["kind"] in ("string", "int"):
                out["kind"] = "enum" if out["kind"] == "string" else "int_enum"
        elif isinstance(v, validate.Regexp):
            out["pattern"] = v.regex.pattern
        else:
            out["pattern"] = getattr(v, "__name__", type(v).__name__)
    return out

def walk(schema, path):
    for name, f in schema.fields.items():
        here = path + [f.data_key or name]
        out = facts(f)
        print("\t".join([".".join(here)] + [out.get(c, "-") for c in %r]))
        if isinstance(f, fields.Nested):
            walk(f.schema, here)

print("# release: " + get_installed_version())
walk(ClusterSchema(cluster_name="x"), [])
'''


def release(text):
    return tuple(int(part) for part in text.split("."))


def read_table(path):
    """(release, {path: {column: text}})"""
    with open(path, encoding="utf-8") as file:
        return parse(file.read())


def parse(text):
    found, version = {}, None
    for line in text.splitlines():
        if line.startswith("# release: "):
            version = line.split(": ")[1]
        if line and not line.startswith("#"):
            cells = line.split("\t")
            found[cells[0]] = dict(zip(COLUMNS, cells[1:]))
    return version, found


# ---- the rows of this folder ----

def sections():
    import yaml
    found = {}
    for path in glob.glob(os.path.join(HERE, "*.yaml")):
        if os.path.basename(path) not in ("kinds.yaml", "patterns.yaml", "releases.yaml", "update.yaml"):
            with open(path, encoding="utf-8") as file:
                found.update(yaml.safe_load(file))
    return found


def span(low, high, open_low=False):
    if low is None and high is None:
        return "-"
    return f"{'' if low is None else low}{'<' if open_low else ''}..{'' if high is None else high}"


def variants():
    """The words of `for` that mean cluster files."""
    import yaml
    with open(os.path.join(HERE, "kinds.yaml"), encoding="utf-8") as file:
        return {"CLUSTER", *yaml.safe_load(file)["Cluster"]["variants"].values()}


def of_row(row, within):
    kind = {"bool_or_string": "any"}.get(row["kind"], row["kind"])
    policy = row["update"] if row["update"] != "BY_PLACE" else within
    values = row.get("values_for", {}).get("CLUSTER", row.get("values"))
    if values is not None:
        gone = row.get("values_removed", {})
        values = ",".join(sorted(str(v) for v in values if v not in gone))
    return {"kind": kind, "required": "yes" if row.get("required") else "-",
            "limits": span(row.get("min"), row.get("max"), row.get("min_exclusive", False)),
            "length": span(row.get("min_length"), row.get("max_length")),
            "items": span(row.get("min_items"), row.get("max_items")),
            "values": values or "-", "pattern": "yes" if "pattern" in row else "-",
            "update": policy, "key": row.get("key") or "-"}


def rows_of(version):
    """{path: {column: text}} of the rows that a release has. The list of a custom action is a form of its field there."""
    every, found, ours = sections(), {}, variants()

    def walk(name, path, within):
        for key, row in every[name]["properties"].items():
            if release(row.get("removed", "9.0.0")) <= version or release(row.get("since", "3.0.0")) > version:
                continue
            if not ours & set(row.get("for", ours)):
                continue
            if (name, key) == ("CustomAction", "Sequence"):
                continue
            found[".".join(path + [key])] = of_row(row, within)
            if row["kind"] in ("section", "sections"):
                walk(row["of"], path + [key], row.get("update_within", within))

    walk("Cluster", [], "-")
    return found


# ---- comparing ----

def differences(ours, theirs, columns):
    """Lines (path, column, ours, theirs) in the order of paths."""
    for path in sorted({*ours, *theirs}):
        if path not in theirs or path not in ours:
            yield path, "property", "there" if path in ours else "-", "there" if path in theirs else "-"
            continue
        for column in columns:
            a, b = ours[path][column], theirs[path][column]
            if a != b:
                yield path, column, a, b
        if "pattern" not in columns and theirs[path]["pattern"] != "-" and ours[path]["pattern"] == "-":
            yield path, "pattern", "-", theirs[path]["pattern"]


def reasons():
    with open(REASONS, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return {tuple(cells[:4]): cells[4] for cells in lines if len(cells) == 5 and cells[4]}


def hold():
    version, theirs = read_table(TABLE)
    known = reasons()
    found = list(differences(rows_of(release(version)), theirs, COMPARED))
    faults = ["no reason: " + "\t".join(d) for d in found if d not in known]
    faults += ["no difference any more: " + "\t".join(d) for d in known if d not in found]
    print("\n".join(faults))
    print(f"# {len(theirs)} properties of ParallelCluster {version}, {len(found)} differences, {len(faults)} faults")
    return 1 if faults or not theirs else 0


def look_at(python, write):
    text = subprocess.run([python, "-c", DUMP.replace("%r", repr(COLUMNS))], check=True, capture_output=True,
                          encoding="utf-8").stdout
    version, new = parse(text)
    _, old = read_table(TABLE) if os.path.exists(TABLE) else (None, {})
    for difference in differences(new, old, COLUMNS):
        print("\t".join(difference))
    print(f"# {len(new)} properties of ParallelCluster {version}")
    if write:
        head = ["# What the cluster schema of ParallelCluster says. Written by compare.py: do not edit.",
                "# source: aws-parallelcluster, pcluster/schemas/cluster_schema.py", f"# release: {version}",
                "# path\t" + "\t".join(COLUMNS)]
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write("\n".join(head + sorted(line for line in text.splitlines() if not line.startswith("#"))) + "\n")
    return 0


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--package", metavar="PYTHON")
    options.add_argument("--write", action="store_true")
    o = options.parse_args()
    return look_at(o.package, o.write) if o.package else hold()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that every property of stdlib/schema is written in at least one file of examples/.

Walks each example along the schema, so a property counts for the section it stands in. Properties that a
release removed need no example unless they belong to the awsbatch scheduler, which examples/awsbatch has.
Usage: properties_used.py [ROOT]; prints the missing ones and ends with 1 when there are any.
"""
import glob
import os
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Scalars as text: the check is about keys."""


Loader.yaml_implicit_resolvers = {}


def sections_of(root):
    """{section: {property: row}} of all schema files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(root, "stdlib/schema/*.yaml"))):
        with open(path, encoding="utf-8") as file:
            if os.path.basename(path) == "kinds.yaml":
                continue
            for name, body in (yaml.safe_load(file) or {}).items():
                if isinstance(body, dict) and ("properties" in body or "like" in body):
                    found[name] = body
    return {name: rows_of(body, found) for name, body in found.items()}


def rows_of(body, sections):
    """The rows of a section; one that is like another has those of that, but for some."""
    if "like" not in body:
        return body["properties"] or {}
    return {name: {**row, "elsewhere": True} for name, row in sections[body["like"]]["properties"].items()
            if name not in body.get("without", [])}


def kinds_of(root):
    """The rows of kinds.yaml."""
    with open(os.path.join(root, "stdlib/schema/kinds.yaml"), encoding="utf-8") as file:
        return list(yaml.safe_load(file).values())


def root_of(tree, kinds):
    """The root section of a file, or None: a file of variables has no sign of a kind."""
    for kind in kinds:
        if tree.get("Kind", "") == kind.get("kind"):
            return kind["root"]
    for kind in kinds:
        if any(sign in tree for sign in kind.get("signs", [])):
            return kind["root"]
    return None


def walk(value, section, schema, used, where):
    """Notes the properties of `value`, which is a `section`; a key without a row is a fault of the example."""
    for key, inner in value.items():
        row = schema[section].get(key)
        if row is None:
            raise SystemExit(f"{where}: {section} has no property {key}")
        used.add((section, key))
        if "of" not in row or inner is None:
            continue
        if row.get("by_name"):  # names of the file, which stand for the property that is the key
            used.add((row["of"], row["key"]))
            inner = list(inner.values())
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                walk(item, row["of"], schema, used, where)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../..")
    schema, kinds = sections_of(root), kinds_of(root)
    used = set()
    for path in sorted(glob.glob(os.path.join(root, "examples/*/*.yaml"))):
        with open(path, encoding="utf-8") as file:
            tree = yaml.load(file, Loader)
        top = root_of(tree, kinds)
        if top:
            walk(tree, top, schema, used, os.path.relpath(path, root))
    missing = [
        f"{section}.{name}"
        for section, rows in schema.items()
        for name, row in rows.items()
        if (section, name) not in used
        and "elsewhere" not in row  # of a section that is like another: that one has the example
        and not ("removed" in row and "AWSBATCH" not in row.get("for", []))
    ]
    for name in missing:
        print(f"examples/: no file uses {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Refreshes the factual columns of stdlib/resources/*.yaml.

    python3 stdlib/resources/refresh.py DATE [FILE...]      (needs: pip install cfn-lint)

The facts are AWS's resource provider schemas as the package cfn-lint bundles them: names, kinds, required
properties, values, attributes of Fn::GetAtt, and what an update replaces. DATE (YYYY-MM-DD) is the day of
the refresh. Columns written by people are kept: doc, ref, snapshot, creation_policy, update_policy, open.

A new resource type: add `AWS::Service::Type: {doc: ..., ref: ...}` under `resources:` of its service's file
and run this. The columns are explained in doc/ir.md.
"""
import importlib.metadata
import pathlib
import re
import sys

import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION = "us-east-1"
OURS = ("doc", "ref", "snapshot", "creation_policy", "update_policy", "open")
KINDS = {"array": "list"}
# Longer lists change with every release of the service and are checked elsewhere (stdlib/facts).
MAX_VALUES = 40


class Shapes:
    """The nested objects of one resource type, collected while its properties are described."""

    def __init__(self, schema):
        self.definitions = schema.get("definitions", {})
        self.rows = {}

    def resolve(self, spec):
        """The schema behind $ref, and the name of the definition (or None)."""
        name = None
        while "$ref" in spec:
            name = spec["$ref"].rsplit("/", 1)[-1]
            spec = self.definitions[name]
        return spec, name

    def describe(self, spec, place):
        """The row of a property: kind, of, items, values."""
        spec, name = self.resolve(spec)
        kinds = spec.get("type", "object" if "properties" in spec else None)
        if not isinstance(kinds, str):
            return {"kind": "any"}
        row = {"kind": KINDS.get(kinds, kinds)}
        if row["kind"] == "object" and spec.get("properties"):
            row["of"] = self.shape(name or place, spec)
        elif row["kind"] == "list":
            self.describe_items(row, spec.get("items", {}), place)
        elif 0 < len(spec.get("enum", [])) <= MAX_VALUES and row["kind"] == "string":
            row["values"] = sorted(spec["enum"])
        return row

    def describe_items(self, row, items, place):
        inner = self.describe(items, place + "Item")
        row["items"] = inner["kind"]
        for column in ("of", "values"):
            if column in inner:
                row[column] = inner[column]

    def shape(self, name, spec):
        """Adds the object `name` and everything it holds; returns its name."""
        if name not in self.rows:
            self.rows[name] = {}
            required = spec.get("required", [])
            for prop, inner in sorted(spec["properties"].items()):
                row = self.describe(inner, name + prop)
                if prop in required:
                    row["required"] = True
                self.rows[name][prop] = row
        return name


def top_level(pointers):
    """{property: [path below it, ...]} of JSON pointers such as /properties/Code/S3Key."""
    found = {}
    for pointer in pointers or []:
        name, _, rest = pointer.removeprefix("/properties/").partition("/")
        found.setdefault(name, [])
        if rest:
            found[name].append(rest.replace("properties/", ""))
        else:
            found[name].append("")
    return found


def update_columns(name, replaces, conditional):
    below = replaces.get(name, [])
    if "" in below:
        return {"update": "replace"}
    columns = {}
    if "" in conditional.get(name, []):
        columns["update"] = "conditional"
    if below:
        columns["replace_within"] = sorted(below)
    return columns


def refresh_type(name, old):
    row = {column: old[column] for column in OURS if column in old}
    slug = "-".join(name.lower().split("::")[1:])
    row["source"] = ("https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
                     f"aws-resource-{slug}.html")
    wrapper = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, name)
    schema, shapes = wrapper.schema, Shapes(wrapper.schema)
    read_only = set(schema.get("readOnlyProperties", []))
    replaces = top_level(schema.get("createOnlyProperties"))
    conditional = top_level(schema.get("conditionalCreateOnlyProperties"))
    row["attributes"] = sorted(a for a in wrapper.get_atts if re.fullmatch(r"[A-Za-z0-9.]+", a))
    row["properties"] = {}
    for prop, spec in sorted(schema.get("properties", {}).items()):
        if f"/properties/{prop}" in read_only or prop == "CfnLintAllTypes":
            continue
        columns = shapes.describe(spec, prop)
        if prop in schema.get("required", []):
            columns["required"] = True
        columns.update(update_columns(prop, replaces, conditional))
        row["properties"][prop] = columns
    row["types"] = dict(sorted(shapes.rows.items()))
    return row


def flow(value):
    """One value in flow style on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6)
    return text.replace("\n...", "").strip()


def write_rows(out, rows, indent):
    for name, row in rows.items():
        out.append(f"{indent}{flow(name)}: {flow(row)}")


def render(package, date, resources):
    out = ["# SPDX-License-Identifier: Apache-2.0",
           "# Facts refreshed by refresh.py; doc, ref and the policies are kept.",
           f"source: {flow('AWS resource provider schemas as bundled with ' + package)}",
           f"date: {flow(date)}",
           "resources:"]
    for name, row in resources.items():
        out.append(f"  {name}:")
        for column, value in row.items():
            if column not in ("properties", "types"):
                out.append(f"    {column}: {flow(value)}")
        out.append("    properties:" if row["properties"] else "    properties: {}")
        write_rows(out, row["properties"], "      ")
        if row["types"]:
            out.append("    types:")
        for shape, rows in row["types"].items():
            out.append(f"      {shape}:")
            write_rows(out, rows, "        ")
    return "\n".join(out) + "\n"


def main():
    date = sys.argv[1]
    package = "cfn-lint " + importlib.metadata.version("cfn-lint")
    files = [pathlib.Path(f) for f in sys.argv[2:]]
    for path in files or sorted(pathlib.Path(__file__).parent.glob("*.yaml")):
        old = yaml.safe_load(path.read_text(encoding="utf-8"))["resources"]
        new = {name: refresh_type(name, row) for name, row in sorted(old.items())}
        path.write_text(render(package, date, new), encoding="utf-8")


if __name__ == "__main__":
    main()

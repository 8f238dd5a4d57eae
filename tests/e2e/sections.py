#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replaces each section of the examples by a word, a number, a list and nothing, and expects exactly one error, there.

What a faulty section would have said is not known, so no rule may hold it against the rest of the file.
usage: sections.py HPCC; prints TAP, one line a file.
"""
import collections
import glob
import os
import re
import sys

from common import ROOT, Tap, hpcc, in_venv, temporary

in_venv("yaml")
import yaml  # noqa: E402

from mutate import OPEN, File, Schema, types_of  # noqa: E402

INSTEAD = ["wolpertinger", "[wolpertinger]", "7", ""]


def replaced(f, node, by):
    """The text of the file with something else for the node; the line of it."""
    a, b = node.start_mark, node.end_mark
    rest = ("\n" + " " * b.column if not node.flow_style else "") + f.text[b.index:]
    return f.text[:a.index] + by + rest, a.line + 1


def sections_of(f, schema):
    """(path, node) of each section of the file: mappings, lists of them, and each of such a list."""
    for e in f.entries:
        if e.schema is None or isinstance(e.value, yaml.ScalarNode) or set(e.path) & OPEN:
            continue
        items = schema.resolve(e.schema.get("items", {}))
        if "object" in types_of(e.schema) | types_of(items):
            yield ".".join(e.path), e.value
        if isinstance(e.value, yaml.SequenceNode) and "object" in types_of(items):
            for i, item in enumerate(e.value.value):
                yield f"{'.'.join(e.path)}[{i}]", item


def lint(folder, names):
    """(line, message) of the errors of each file."""
    result = hpcc("lint", "--no-config", "--no-suppressions", "--format=short", "--max-errors=0", *names, cwd=folder)
    if result.returncode not in (0, 1):
        raise SystemExit(f"exit status {result.returncode}: {result.stderr.decode()}")
    found = collections.defaultdict(list)
    for name, line, message in re.findall(r"^([^:\n]+):(\d+):\d+: error: (.*)$", result.stdout.decode(), re.M):
        found[name].append((int(line), message))
    return found


def examples(schemas, folder):
    for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        name = os.path.relpath(path, ROOT).replace("/", "-")
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        kind = re.search("^Kind: (.*)", text, re.M)
        schema = schemas[kind.group(1).lower() if kind else "cluster"]
        if (kind or re.search("^HeadNode:", text, re.M)) and not lint(folder, [name])[name]:
            yield File(os.path.relpath(path, ROOT), text, schema), schema


def judge(tap, f, schema, folder):
    expected, what = {}, {}
    for path, node in sections_of(f, schema):
        for by in INSTEAD:
            if not by and node.flow_style and path.endswith("]"):
                continue  # a list in brackets may end with a comma
            text, line = replaced(f, node, by)
            name = f"{len(what)}.yaml"
            # Nothing is told of at the key before it.
            expected[name] = {line} if by else {line, f.key_of.get(id(node), node).start_mark.line + 1}
            what[name] = f"{path}: {by or 'nothing'}"
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
    found = lint(folder, list(what))
    wrong = [f"{what[name]} in line {lines}: {found[name]}" for name, lines in expected.items()
             if len(found[name]) != 1 or found[name][0][0] not in lines]
    tap.ok(what and not wrong, f"{f.name}: {len(what) - len(wrong)} of {len(what)} give one error", "\n".join(wrong))


def main():
    tap, schemas = Tap(), {kind: Schema(kind) for kind in ("cluster", "environment", "batch")}
    with temporary() as folder:
        files = list(examples(schemas, folder))
        tap.ok(len(files) >= 10, f"{len(files)} examples to break")
        for f, schema in files:
            judge(tap, f, schema, folder)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

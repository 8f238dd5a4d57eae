#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc model: the outputs of all examples against `hpcc schema --of=model`, their sources against the files.

What a source calls a place is read there again with PyYAML, which knows nothing of us; what it calls a default is absent
from the file and has the default of the JSON Schema of files. usage: model.py HPCC; prints TAP.
"""
import json
import os
import re
import sys

from common import ROOT, Tap, hpcc, in_venv

in_venv("jsonschema")
in_venv("yaml")
import glob  # noqa: E402

import jsonschema  # noqa: E402
import yaml  # noqa: E402

KINDS = ["Cluster", "Environment", "Batch"]
ABSENT = object()


def printed(*args, **kwargs):
    result = hpcc(*args, **kwargs)
    return result, json.loads(result.stdout) if result.returncode == 0 else None


SCHEMA = printed("schema", "--of=model")[1]
FILES = {kind: printed("schema", kind)[1] for kind in KINDS}


def steps(pointer):
    """The names and numbers of a JSON Pointer (RFC 6901)."""
    return [word.replace("~1", "/").replace("~0", "~") for word in pointer.split("/")[1:]]


def at(document, path):
    """What is there, or ABSENT. A text or section alone stands for a list of one."""
    for word in path:
        if isinstance(document, dict):
            document = document.get(word, ABSENT)
        elif isinstance(document, list) and word.isdigit() and int(word) < len(document):
            document = document[int(word)]
        else:
            return ABSENT
        if document is ABSENT:
            return ABSENT
    return document


def pointers(value, prefix=""):
    """All pointers into a value, below free values as well."""
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return
    for key, inner in items:
        pointer = prefix + "/" + str(key).replace("~", "~0").replace("/", "~1")
        yield pointer, inner
        yield from pointers(inner, pointer)


def default_of(kind, path):
    """What the JSON Schema of files says a property has when it is absent."""
    schema, definitions = FILES[kind], FILES[kind]["$defs"]
    node = schema["allOf"][0]

    def resolved(node):
        while True:
            if "$ref" in node:
                node = definitions[node["$ref"].rsplit("/", 1)[1]]
            elif len(node.get("allOf", ())) == 1 and "properties" not in node:
                node = {**node["allOf"][0], **{k: v for k, v in node.items() if k != "allOf"}}
            else:
                return node
    for word in path:
        node = resolved(node)
        if word in node.get("properties", {}):
            node = node["properties"][word]
        elif "items" in node:
            node = node["items"]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        else:
            return ABSENT
    return node.get("default", ABSENT)


def plain(value):
    return isinstance(value, (str, int, float, bool)) or value is None


def faults(text, told):
    """What is wrong with the sources of a model."""
    document, value, lines = yaml.safe_load(text), told["value"], text.split("\n")
    below = dict(pointers(value))
    for pointer in sorted(set(told["sources"]) - set(below)):
        yield f"{pointer}: a source of nothing"
    for pointer, inner in below.items():
        source, written = told["sources"].get(pointer, ABSENT), at(document, steps(pointer))
        if source is ABSENT:
            if not any(pointer.startswith(outer + "/") for outer in told["sources"] if outer != pointer):
                yield f"{pointer}: no source"
        elif source == "default":
            if written is not ABSENT and written is not None:
                yield f"{pointer}: called a default, but written as {written!r:.60}"
            want = default_of(told["kind"], steps(pointer))
            if plain(inner) and want is not ABSENT and want != inner:
                yield f"{pointer}: {inner!r} is not the default {want!r}"
        elif not 1 <= source["line"] <= len(lines) or not 1 <= source["column"] <= len(lines[source["line"] - 1]) + 1:
            yield f"{pointer}: no such place: {source}"
        elif written is not ABSENT and plain(written) and plain(inner) and "${" not in str(written):
            if written != inner and str(written) != str(inner):
                yield f"{pointer}: {inner!r} is not {written!r}"
            there = re.sub("^(- +|[\"'])+", "", lines[source["line"] - 1][source["column"] - 1:])
            if isinstance(written, str) and "\n" not in written and written and not there.startswith((written[:8], "&", "*", "!", "${")) \
                    and "\\" not in there:
                yield f"{pointer}: {there[:30]!r} stands there, not {written!r}"


def written_alone(value, sources, prefix=""):
    """The value without what is a default."""
    if isinstance(value, list):
        return [written_alone(inner, sources, f"{prefix}/{i}") for i, inner in enumerate(value)]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, inner in value.items():
        pointer = prefix + "/" + key.replace("~", "~0").replace("/", "~1")
        if sources.get(pointer) != "default":
            found[key] = written_alone(inner, sources, pointer)
    return found


def judge_again(tap, name, told):
    """A file of what the file says, and of no default, means the same."""
    again = hpcc("model", "-q", "--no-config", "-", input=json.dumps(written_alone(told["value"], told["sources"]), ensure_ascii=False).encode())
    tap.ok(again.returncode == 0 and json.loads(again.stdout)["value"] == told["value"], f"{name}: a file of what it says means the same",
           again.stderr.decode())


def judge(tap, path, args):
    result, told = printed("model", "-q", "--no-config", *args, path)
    name = os.path.relpath(path, ROOT)
    if not tap.ok(told is not None, f"{name}: has a model", result.stderr.decode()):
        return set()
    tap.equal([error.message[:200] for error in VALIDATOR.iter_errors(told)], [], f"{name}: fits its schema")
    with open(path, encoding="utf-8") as file:
        found = list(faults(file.read(), told))
    tap.ok(not found, f"{name}: sources and defaults", "\n".join(found))
    # The file of an environment is beside this one, not beside standard input; a list that a deployment gives is no item.
    if not {"Environment", "Parameters"} & set(told["value"]):
        judge_again(tap, name, told)
    return {pointer for pointer, source in told["sources"].items() if source != "default"}


def judge_schema(tap):
    for kind in KINDS:
        one = printed("schema", kind, "--of=model")[1]
        jsonschema.Draft7Validator.check_schema(one)
        tap.equal([branch["properties"]["kind"]["const"] for branch in one["oneOf"]], [kind], f"the schema of {kind} is of it alone")
        tap.ok(set(one["$defs"]) < set(SCHEMA["$defs"]), f"that of all kinds has the definitions of {kind}")
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    result = hpcc("schema", "--of=model", "--emit=markdown")
    tap.ok(result.returncode == 2 and not result.stdout, "there is no manual of the model")


def judge_refusals(tap):
    """The schema is no rubber stamp."""
    told = printed("model", "-q", "--no-config", os.path.join(ROOT, "examples/tutorial/cluster.yaml"))[1]
    changes = {
        "another version": lambda m: m.update(hpcc_model=2),
        "another kind": lambda m: m.update(kind="Batch"),
        "an unknown property": lambda m: m["value"]["HeadNode"].update(Colour="red"),
        "a default that is missing": lambda m: m["value"]["HeadNode"].pop("SharedStorageType"),
        "a number as text": lambda m: m["value"]["Scheduling"]["SlurmSettings"].update(ScaledownIdletime="10"),
        "a word that is none": lambda m: m["value"]["Image"].update(Os="plan9"),
        "a source without a line": lambda m: m["sources"]["/Region"].pop("line"),
    }
    for name, change in changes.items():
        changed = json.loads(json.dumps(told))
        change(changed)
        tap.ok(not VALIDATOR.is_valid(changed), f"the schema refuses {name}")


def judge_calls(tap):
    text = "Region: us-east-1\nImage: {Os: alinux2023}\nHeadNode: {InstanceType: c6i.large}\n"
    result = hpcc("model", "-", input=text.encode())
    tap.ok(result.returncode == 1 and not result.stdout and b"error" in result.stderr, "a file with an error has no model")
    result = hpcc("model", "a.yaml", "b.yaml")
    tap.ok(result.returncode == 2 and b"takes one file" in result.stderr, "one file a call")
    with open(os.path.join(ROOT, "examples/tutorial/cluster.yaml"), "rb") as file:
        told = printed("model", "-q", "--stdin-filename=x.yaml", "-", input=file.read())[1]
    tap.equal((told["file"], told["sources"]["/Region"]["file"]), ("x.yaml", "x.yaml"), "standard input has the name that is given")


def main():
    tap = Tap()
    judge_schema(tap)
    judge_refusals(tap)
    judge_calls(tap)
    written = set()
    paths = [path for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))) if os.path.basename(path) != "config.yaml"]
    for path in paths:
        config = os.path.join(os.path.dirname(path), "config.yaml")
        written |= judge(tap, path, ["--vars", config] if os.path.exists(config) else [])
    tap.ok(len(paths) > 30 and len(written) > 800, f"{len(paths)} files with {len(written)} different places")
    tap.end()


VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
if __name__ == "__main__":
    sys.exit(main())

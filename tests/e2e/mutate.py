#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks valid files in one place, and expects an error at that place.

Files: examples/ and, where there is a collection beside the source, its good cases. Each class of mistakes below
is made wherever it can be, by what `hpcc schema` and PyYAML say of a file; a seeded sample of the mutants is judged.
An error must stand on a line of the change, or where the class says so on the key of the section around it, and be the
only one where the class breaks one thing; a batch file gets no warning then that it did not get before.
usage: mutate.py HPCC [--all] [--show CLASS]; prints TAP, one line a class. --all: the whole set, not a sample.
"""
import collections
import glob
import json
import os
import random
import re
import sys

from common import ROOT, SHARED, Tap, hpcc, in_venv, temporary

in_venv("yaml")
import yaml  # noqa: E402

SAMPLE = 2400  # mutants
SEED = 31
OPEN = {"CustomSlurmSettings", "ExtraChefAttributes", "BatchSettings"}  # what stands in them is free, or nearly

# warned: the codes of warnings that the whole file gets, or None where they are not asked.
Mutant = collections.namedtuple("Mutant", "kind file text lines what warned", defaults=[None])
# One entry of a mapping: its nodes, its schema (or None), the section around it and that section's schema.
Entry = collections.namedtuple("Entry", "key value schema section owner path")


# ---- the schema ----

class Schema:
    def __init__(self, kind="cluster"):
        self.root = json.loads(hpcc("schema", kind).stdout)

    def resolve(self, schema):
        while schema:
            if "$ref" in schema:
                schema = self.root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
            elif len(schema.get("anyOf", [])) == 2 and schema["anyOf"][1] == {"$ref": "#/$defs/variable"}:
                schema = schema["anyOf"][0]  # else a variable stands there
            elif "properties" not in schema and "items" not in schema and len(schema.get("allOf", [])) == 1:
                schema = schema["allOf"][0]
            else:
                break
        return schema

    def top(self):
        return self.resolve(self.root["allOf"][0])


def types_of(schema):
    kind = schema.get("type", [])
    return set(kind if isinstance(kind, list) else [kind])


def entries(schema_set, node, schema, path=(), owner=None):
    """Every entry of the mappings below `node` that the schema knows."""
    if isinstance(node, yaml.MappingNode) and schema:
        for key, value in node.value:
            below = schema_set.resolve(schema.get("properties", {}).get(key.value))
            yield Entry(key, value, below, node, schema, path + (key.value,))
            if below and key.value not in OPEN:
                yield from entries(schema_set, value, below, path + (key.value,), node)
    elif isinstance(node, yaml.SequenceNode) and schema:
        for item in node.value:
            yield from entries(schema_set, item, schema_set.resolve(schema.get("items")), path + ("[]",), owner)


# ---- places ----

class File:
    """A valid file: its lines (1-based), its nodes, and where the section around a node is named."""

    def __init__(self, name, text, schema):
        self.name, self.text = name, text
        self.lines = [""] + text.split("\n")
        self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        self.entries = list(entries(schema, self.root, schema.top()))
        self.key_of = {id(e.value): e.key for e in self.entries}
        self.lists = {}
        for e in self.entries:
            if isinstance(e.value, yaml.SequenceNode):
                for item in e.value.value:
                    self.lists[id(item)] = e.key

    def section_lines(self, section):
        """Lines on which a finding about the section may stand: its key, or its first line."""
        key = self.key_of.get(id(section)) or self.lists.get(id(section))
        return {section.start_mark.line + 1, *({key.start_mark.line + 1} if key else {1})}

    def replaced(self, node, text):
        a, b = node.start_mark.index, node.end_mark.index
        return self.text[:a] + text + self.text[b:]

    def block_lines(self, entry):
        """First line and line after the last of an entry in block style; None for flow style."""
        first, start = entry.key.start_mark.line + 1, entry.key.start_mark.column
        if entry.section.flow_style or self.lines[first][:start].strip() not in ("", "-"):
            return None
        last = first + 1
        while last < len(self.lines) and (not self.lines[last].strip() or re.match(r"\s*#", self.lines[last]) or
                                          indent(self.lines[last]) > start or
                                          (indent(self.lines[last]) == start and self.lines[last][start:start + 2] == "- "
                                           and isinstance(entry.value, yaml.SequenceNode))):
            last += 1
        while not self.lines[last - 1].strip() or re.match(r"\s*#", self.lines[last - 1]):
            last -= 1
        return first, last

    def with_lines(self, first, last, new):
        return "\n".join(self.lines[1:first] + new + self.lines[last:])


def indent(line):
    return len(line) - len(line.lstrip(" "))


def line_of(node):
    return node.start_mark.line + 1


def is_plain(node):
    return isinstance(node, yaml.ScalarNode) and node.start_mark.line == node.end_mark.line and node.value and \
        "$" not in node.value


# ---- the classes: each yields (text, lines that an error may stand on, what was done) ----

def misspelt_key(f, e, schema):
    if e.schema is None or len(e.key.value) < 4 or e.path[-2:-1] and e.path[-2] in OPEN:
        return
    key = e.key.value
    i = len(key) // 2
    wrong = key[:i] + key[i + 1] + key[i] + key[i + 2:] if key[i] != key[i + 1] else key[:i] + key[i + 1:]
    if wrong not in e.owner["properties"]:
        yield f.replaced(e.key, wrong), {line_of(e.key)}, f"{key} -> {wrong}"


def foreign_key(f, e, schema):
    if e.schema is not None and not e.section.flow_style:
        yield f.replaced(e.key, "Wolpertinger"), {line_of(e.key)}, e.key.value


def wrong_enum(f, e, schema):
    if e.schema and "enum" in e.schema and is_plain(e.value) and isinstance(e.schema["enum"][0], str):
        yield f.replaced(e.value, e.value.value[:-1] + "QQ"), {line_of(e.value)}, e.value.value


def unknown_instance_type(f, e, schema):
    if e.key.value not in ("InstanceType", "InstanceTypes"):
        return
    for value in e.value.value if isinstance(e.value, yaml.SequenceNode) else [e.value]:
        for wrong in ("c5.lrage", "z99.large", "t3micro"):
            if is_plain(value):
                yield f.replaced(value, wrong), {line_of(value)}, wrong


def unknown_region(f, e, schema):
    if e.path == ("Region",) and is_plain(e.value):
        yield f.replaced(e.value, "us-esat-1"), {line_of(e.value)}, e.value.value


def required_key(f, e, schema):
    lines = f.block_lines(e)
    if lines is None or e.key.value not in e.owner.get("required", []):
        return
    first, last = lines
    kept = []
    if re.match(r"\s*- ", f.lines[first]):  # the item's dash goes to its next key
        following = f.lines[last] if last < len(f.lines) else ""
        if not following.strip() or indent(following) != e.key.start_mark.column:
            return
        kept = [f.lines[first][:e.key.start_mark.column] + following.lstrip()]
        last += 1
    if not kept and len(e.section.value) == 1:
        return
    yield f.with_lines(first, last, kept), f.section_lines(e.section) | {first}, ".".join(e.path)


def wrong_type(f, e, schema):
    if e.schema is None:
        return
    kinds, here = types_of(e.schema), f.section_lines(e.section) | {line_of(e.key), line_of(e.value)}
    if is_plain(e.value):
        if "array" not in kinds and "anyOf" not in e.schema:  # a text, or a list of such
            yield f.replaced(e.value, "[a, b]"), {line_of(e.value)}, f"{e.key.value}: list"
        if "object" not in kinds:
            yield f.replaced(e.value, "{a: b}"), {line_of(e.value)}, f"{e.key.value}: mapping"
        if kinds & {"integer", "boolean", "number"} and ("string" not in kinds or "pattern" in e.schema):
            yield f.replaced(e.value, "wolpertinger"), {line_of(e.value)}, f"{e.key.value}: word"
    lines = f.block_lines(e)
    if lines and not isinstance(e.value, yaml.ScalarNode) and e.key.value not in OPEN:
        first, last = lines
        begin = f.lines[first][:e.key.end_mark.column]
        yield f.with_lines(first, last, [begin + ": wolpertinger"]), here, f"{e.key.value}: text for a section"


def out_of_range(f, e, schema):
    if e.schema is None or not is_plain(e.value) or not re.fullmatch(r"-?\d+", e.value.value):
        return
    if "boolean" in types_of(e.schema):
        return
    for limit, step in (("minimum", -1), ("maximum", 1)):
        if limit in e.schema:
            wrong = str(int(e.schema[limit]) + step)
            yield f.replaced(e.value, wrong), {line_of(e.value)}, f"{e.key.value}: {wrong}"


def empty_value(f, e, schema):
    if e.schema is not None and is_plain(e.value) and not e.section.flow_style and e.owner.get("required", []) and \
            e.key.value in e.owner["required"]:
        yield f.replaced(e.value, ""), {line_of(e.key), line_of(e.value)}, e.key.value


def duplicate_key(f, e, schema):
    lines = f.block_lines(e)
    if lines is None or e.key.value in OPEN:
        return
    first, last = lines
    copy = f.lines[first:last]
    copy[0] = " " * e.key.start_mark.column + copy[0][e.key.start_mark.column:]
    yield f.with_lines(last, last, copy), {last, first}, e.key.value


def duplicate_name(f, e, schema):
    if not isinstance(e.value, yaml.SequenceNode) or len(e.value.value) < 2:
        return
    names = []
    for item in e.value.value:
        if isinstance(item, yaml.MappingNode):
            names += [value for key, value in item.value if key.value == "Name" and is_plain(value)]
    if len(names) >= 2 and e.path[-1] != "DataRepositoryAssociations":  # these may have one name
        yield f.replaced(names[1], names[0].value), {line_of(names[0]), line_of(names[1])}, names[0].value


# Properties that name a part of the file, and what the root of such a file has.
NAMES = {"Network": {"SubnetName", "SubnetNames", "SecurityGroup", "Bucket"},
         "ComputeEnvironments": {"Bucket", "ComputeEnvironment", "ComputeEnvironmentOrder", "ConsumableResource", "JobDefinition", "JobQueue",
                                 "JobQueues", "JobRole", "Repository", "SchedulingPolicy", "SourceVolume", "Workflow"}}


def unknown_name(f, e, schema):
    root = schema.top()["properties"]
    if "HeadNode" not in root and any(part in root and e.key.value in names for part, names in NAMES.items()):
        for value in e.value.value if isinstance(e.value, yaml.SequenceNode) else [e.value]:
            if is_plain(value) and not value.value.startswith("sg-"):
                yield f.replaced(value, "Wolpertinger"), {line_of(value)}, f"{e.key.value}: {value.value}"


def unknown_zone(f, e, schema):
    if e.key.value in ("AvailabilityZone", "AvailabilityZones"):
        for value in e.value.value if isinstance(e.value, yaml.SequenceNode) else [e.value]:
            if is_plain(value):
                yield f.replaced(value, "ap-east-1q"), {line_of(value)}, f"{e.key.value}: {value.value}"


def indentation(f, e, schema):
    lines = f.block_lines(e)
    if lines is None or not isinstance(e.value, yaml.ScalarNode):
        return
    first, _ = lines
    if re.match(r"\s*- ", f.lines[first]) or e.section.value[0][0] is e.key:
        return
    near = {first - 1, first, first + 1} | f.section_lines(e.section)
    yield f.with_lines(first, first + 1, [" " + f.lines[first]]), near, f"{e.key.value} deeper"
    yield f.with_lines(first, first + 1, [f.lines[first][1:]]), near, f"{e.key.value} less deep"
    yield f.with_lines(first, first + 1, ["\t" + f.lines[first].lstrip()]), near, f"{e.key.value} after a tab"


def wrong_id(f, e, schema):
    values = e.value.value if isinstance(e.value, yaml.SequenceNode) else [e.value]
    for value in values:
        if isinstance(value, yaml.ScalarNode) and is_plain(value) and \
                re.fullmatch(r"(subnet|sg|ami|snap|vol|fs|eipalloc|fsvol|fc|eni)-[0-9a-f]{8,}", value.value):
            prefix, digits = value.value.split("-", 1)
            for wrong in (f"{prefix}-{digits}g", prefix + digits, f"{prefix}-{digits.upper()[:-1]}Z", f"xy-{digits}"):
                yield f.replaced(value, wrong), {line_of(value)}, wrong


def moved_key(f, e, schema):
    """A key of a section, at the end of the file and so in the outermost mapping; and in the one beside it."""
    lines = f.block_lines(e)
    if lines is None or e.schema is None or len(e.path) < 2 or not isinstance(e.value, yaml.ScalarNode):
        return
    if e.key.value in schema.top()["properties"]:
        return
    text = f.text.rstrip("\n") + f"\n{e.key.value}: {f.text[e.value.start_mark.index:e.value.end_mark.index]}\n"
    yield text, {text.count("\n")}, f"{e.key.value} at the end"


# Keys that may not stand together: key that is there, section's path ends with, lines to add.
PAIRS = [
    ("InstanceType", ("ComputeResources", "[]", "InstanceType"), ["Instances:", "  - InstanceType: c5.large"]),
    ("Instances", ("ComputeResources", "[]", "Instances"), ["InstanceType: c5.large"]),
    ("S3Access", ("Iam", "S3Access"), ["InstanceRole: arn:aws:iam::123456789012:role/x"]),
    ("InstanceRole", ("Iam", "InstanceRole"), ["S3Access:", "  - BucketName: bucket"]),
    ("InstanceRole", ("Iam", "InstanceRole"), ["InstanceProfile: arn:aws:iam::123456789012:instance-profile/x"]),
    ("SlurmQueues", ("Scheduling", "SlurmQueues"), ["AwsBatchQueues:", "  - Name: q"]),
    ("FileSystemId", ("EfsSettings", "FileSystemId"), ["PerformanceMode: generalPurpose"]),
    ("FileSystemId", ("FsxLustreSettings", "FileSystemId"), ["StorageCapacity: 1200"]),
    ("ImportPath", ("FsxLustreSettings", "ImportPath"), ["BackupId: backup-0123456789abcdef0"]),
    ("CapacityReservationId", ("CapacityReservationTarget", "CapacityReservationId"),
     ["CapacityReservationResourceGroupArn: arn:aws:resource-groups:us-east-1:123456789012:group/x"]),
]


def exclusive_pair(f, e, schema):
    lines = f.block_lines(e)
    for key, path, more in PAIRS:
        there = {k.value for k, _ in e.section.value}
        if lines is None or e.key.value != key or e.path[-len(path):] != path or more[0].split(":")[0] in there:
            continue
        first, last = lines
        new = [" " * e.key.start_mark.column + line for line in more]
        near = set(range(first, last + len(new))) | f.section_lines(e.section) | {line_of(k) for k, _ in e.section.value}
        yield f.with_lines(last, last, new), near, f"{key} and {more[0]}"


CLASSES = [misspelt_key, foreign_key, wrong_enum, unknown_instance_type, unknown_region, required_key, wrong_type,
           out_of_range, empty_value, duplicate_key, duplicate_name, unknown_name, unknown_zone, indentation, wrong_id, moved_key, exclusive_pair]
# One mistake, one message. The others may break more than one thing.
ONCE = {"misspelt_key", "wrong_enum", "unknown_instance_type", "unknown_region", "required_key", "wrong_type", "out_of_range",
        "empty_value", "duplicate_key", "duplicate_name", "unknown_name", "unknown_zone", "wrong_id", "moved_key"}


# ---- running ----

def good_files(schemas, folder):
    """The files that hpcc has no error for, without open variables, each with the schema of its kind."""
    paths = sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))) + \
        sorted(glob.glob(os.path.join(SHARED, "cases/good/*.yaml"))) + sorted(glob.glob(os.path.join(SHARED, "cases/kinds/*/good/*.yaml")))
    found = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"#~.*", "", text)
        kind = re.search("^Kind: (.*)", text, re.M)
        if not (kind or re.search("^HeadNode:", text, re.M)) or "${" in text or re.search(r"[&*]\w+\s*$", text, re.M):
            continue
        copy = os.path.join(folder, "good.yaml")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text)
        if hpcc("lint", "--no-config", copy).returncode == 0:
            schema = schemas[kind.group(1).lower() if kind else "cluster"]
            file = File(os.path.relpath(path, ROOT), text, schema)
            file.warned = warnings_of(copy) if kind and kind.group(1) == "Batch" else None
            found.append((file, schema))
    return found


def warnings_of(path):
    return set(re.findall(r": warning: .*\[(\w+)\]$", hpcc("lint", "--no-config", "--format=short", path).stdout.decode(), re.M))


def mutants_of(f, schema):
    for e in f.entries:
        for make in CLASSES:
            for text, lines, what in make(f, e, schema):
                if text != f.text:
                    yield Mutant(make.__name__, f.name, text, lines, what, f.warned)


def sample(mutants):
    """At most SAMPLE, of each class about as many."""
    by_kind = collections.defaultdict(list)
    for m in mutants:
        by_kind[m.kind].append(m)
    chosen, generator = [], random.Random(SEED)
    left = SAMPLE
    for n, kind in enumerate(sorted(by_kind, key=lambda k: len(by_kind[k]))):
        take = min(len(by_kind[kind]), left // (len(by_kind) - n))
        chosen += generator.sample(by_kind[kind], take)
        left -= take
    return chosen


def judge(mutants, folder):
    """[(mutant, errors)] of those that survive: no error on an expected line, a second one or a new warning where one says
    it all, or a finding about a name that is empty because it is faulty."""
    survivors = []
    for start in range(0, len(mutants), 400):
        part = mutants[start:start + 400]
        for i, m in enumerate(part):
            with open(os.path.join(folder, f"{i}.yaml"), "w", encoding="utf-8") as file:
                file.write(m.text)
        result = hpcc("lint", "--no-config", "--format=short", "--max-errors=0",
                      *[f"{i}.yaml" for i in range(len(part))], cwd=folder)
        found = collections.defaultdict(list)
        for name, line, severity, message in re.findall(r"^(\d+)\.yaml:(\d+):\d+: (\w+): (.*)$",
                                                        result.stdout.decode("utf-8", "replace"), re.M):
            found[int(name)].append((int(line), severity, message))
        if result.returncode not in (0, 1):
            raise SystemExit(f"exit status {result.returncode}: {result.stderr.decode()}")
        for i, m in enumerate(part):
            errors = [f for f in found[i] if f[1] == "error"]
            warned = {f[2].rsplit("[", 1)[-1].rstrip("]") for f in found[i] if f[1] == "warning"}
            if (not any(line in m.lines for line, _, _ in errors) or (m.kind in ONCE and len(errors) > 1)
                    or (m.kind in ONCE and m.warned is not None and warned - m.warned)
                    or any("``" in message for _, severity, message in found[i] if severity != "error")):
                survivors.append((m, found[i]))
    return survivors


def proposals(tap, mutants, folder):
    """A misspelt key is met with the right one, as a fix."""
    mine = [m for m in mutants if m.kind == "misspelt_key"]
    for i, m in enumerate(mine):
        with open(os.path.join(folder, f"{i}.yaml"), "w", encoding="utf-8") as file:
            file.write(m.text)
    result = hpcc("lint", "--no-config", "--format=json", *[f"{i}.yaml" for i in range(len(mine))], cwd=folder)
    proposed = {(f["file"], fix["replacement"]) for f in json.loads(result.stdout) for fix in f["fixes"]
                if f["code"] == "E0101"}
    left = [m for i, m in enumerate(mine) if (f"{i}.yaml", m.what.split(" ")[0]) not in proposed]
    tap.ok(len(left) <= len(mine) // 50, f"{len(mine) - len(left)} of {len(mine)} misspelt keys are met with the right one",
           "\n".join(f"{m.file}: {m.what}" for m in left))
    print(f"# the others: {sorted({m.what for m in left})}")


def main():
    tap, schemas = Tap(), {kind: Schema(kind) for kind in ("cluster", "environment", "batch")}
    with temporary() as folder:
        files = good_files(schemas, folder)
        tap.ok(len(files) >= 10, f"{len(files)} valid files to break")
        mutants = [m for f, schema in files for m in mutants_of(f, schema)]
        if "--all" not in sys.argv:
            mutants = sample(mutants)
        survivors = judge(mutants, folder)
        harmless = [Mutant("control", f.name, f.text + "\n# a comment\n", {1}, "a comment") for f, _ in files]
        tap.equal(len(judge(harmless, folder)), len(files), "control: a comment breaks nothing")
        proposals(tap, mutants, folder)
    for make in CLASSES:
        kind = make.__name__
        mine = [m for m in mutants if m.kind == kind]
        left = [(m, found) for m, found in survivors if m.kind == kind]
        if "--show" in sys.argv and kind == sys.argv[sys.argv.index("--show") + 1]:
            for m, found in left[:3]:
                print(m.text)
        tap.ok(mine and not left, f"{kind}: {len(mine) - len(left)} of {len(mine)} found at their place",
               "\n".join(f"{m.file}: {m.what}, lines {sorted(m.lines)}: {found}"[:400] for m, found in left))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

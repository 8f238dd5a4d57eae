#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows the advice of findings: what an error says to write, written, is no error.

Each value of the examples and each item of a list gives way to what people write in its place: a word, a number, an
id, a list, a mapping. Then what the errors propose (their fixes, the uncertain ones as well) is done, and the value
that stands there must have the right type and form. What it means beside other values, or whether there is such a
thing, only rules know. A value that a help shows without a fix is tried in the place of the error.
usage: advice.py HPCC [--all]; prints TAP, one line a value.
"""
import collections
import glob
import json
import os
import random
import re
import sys

from common import ROOT, Tap, hpcc, in_venv, temporary

in_venv("yaml")
import yaml  # noqa: E402

from mutate import OPEN, File, Schema  # noqa: E402

INSTEAD = ["7", "-1", "true", "no", "1.5", "12:30", "2024-01-01", "wolpertinger", "my-bucket", "10.0.0.0/8", "us-east-1a",
           "subnet-0123456789abcdef0", "sg-0123456789abcdef0", "fs-0123456789abcdef0", "arn:aws:s3:::my-bucket",
           "https://example.com/a.sh", "1,200", "7 GB", "NaN", "[wolpertinger]", "[7]", "[subnet-0123456789abcdef0]",
           "[{Name: wolpertinger}]", "{Name: wolpertinger}", "{}", "[]"]
FORM = re.compile("E00|E01|E0202")  # codes of what a value is by itself
NOT_ASKED = {"E0052"}  # a number cut by a comma: it is met before anybody knows what its key takes
SAMPLE, SEED = 8000, 5  # mutants

Mutant = collections.namedtuple("Mutant", "file path by text")


def values_of(f):
    """(path, node) of each value of the file, and of each item of its lists."""
    for e in f.entries:
        if e.schema is None or set(e.path) & OPEN:
            continue
        yield ".".join(e.path), e.value
        if isinstance(e.value, yaml.SequenceNode):
            for i, item in enumerate(e.value.value):
                yield f"{'.'.join(e.path)}[{i}]", item


def replaced(f, node, by):
    a, b = node.start_mark, node.end_mark
    block = not isinstance(node, yaml.ScalarNode) and not node.flow_style
    return f.text[:a.index] + by + ("\n" + " " * b.column if block else "") + f.text[b.index:]


def mutants(schemas):
    for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        kind = re.search("^Kind: (.*)", text, re.M)
        if not kind and not re.search("^HeadNode:", text, re.M):
            continue
        f = File(os.path.relpath(path, ROOT), text, schemas[kind.group(1).lower() if kind else "cluster"])
        for where, node in values_of(f):
            for by in INSTEAD:
                yield Mutant(f.name, where, by, replaced(f, node, by))


def errors_of(texts, folder):
    """The errors of each text, as JSON has them."""
    found = [[] for _ in texts]
    for start in range(0, len(texts), 300):
        part = texts[start:start + 300]
        for i, text in enumerate(part):
            with open(os.path.join(folder, f"{i}.yaml"), "w", encoding="utf-8") as file:
                file.write(text)
        result = hpcc("lint", "--no-config", "--format=json", "--max-errors=0", *[f"{i}.yaml" for i in range(len(part))],
                      cwd=folder)
        if result.returncode not in (0, 1):
            raise SystemExit(f"exit status {result.returncode}: {result.stderr.decode()}")
        for finding in json.loads(result.stdout or "[]"):
            if finding["severity"] == "error" and "file" in finding:
                found[start + int(finding["file"].split(".")[0])].append(finding)
    return found


def followed(text, finding):
    """(what the finding says to write, the text with it, the bytes where that stands) of each piece of advice."""
    data = text.encode()
    for fix in finding["fixes"] if len(finding["fixes"]) == 1 and finding["code"] not in NOT_ASKED else []:
        yield fix["replacement"], fix["start"], fix["end"]
    if finding["fixes"] or finding["code"] != "E0102":
        return
    for shown in finding["helps"]:
        said = re.fullmatch(r"write (?:it in quotes: (\".*\")|`([^`]*)`)", shown)
        if said and "…" not in shown and data[finding["start"]:finding["end"]].strip():
            yield said.group(1) or said.group(2), finding["start"], finding["end"]


def main():
    tap, schemas = Tap(), {kind: Schema(kind) for kind in ("cluster", "environment", "batch")}
    every = list(mutants(schemas))
    if "--all" not in sys.argv:
        every = random.Random(SEED).sample(every, min(SAMPLE, len(every)))
    with temporary() as folder:
        tried = []
        for m, found in zip(every, errors_of([m.text for m in every], folder)):
            for finding in found:
                for words, start, end in followed(m.text, finding):
                    data = m.text.encode()
                    text = (data[:start] + words.encode() + data[end:]).decode()
                    tried.append((m, finding, words, (start, start + len(words.encode())), text))
        after = errors_of([t[-1] for t in tried], folder)
    wrong = collections.defaultdict(dict)
    for (m, finding, words, (start, end), _), found in zip(tried, after):
        left = [f for f in found if f["start"] <= end and start <= f["end"] and FORM.match(f["code"])]
        if left:
            key = re.sub(r"\[\d+\]", "[]", m.path)
            wrong[m.by][key, finding["code"]] = f"{m.file}: {key}: {finding['message']}: {words!r}: {left[0]['message']}"
    tap.ok(len(tried) > 500, f"{len(every)} values, {len(tried)} pieces of advice")
    for by in INSTEAD:
        n = sum(t[0].by == by for t in tried)
        tap.ok(not wrong[by], f"`{by}`: {n} pieces of advice followed", "\n".join(wrong[by].values()))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

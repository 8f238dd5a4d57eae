#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc import: YAML files become programs that say the same.

- the pairs of doc/import.md that are as `import` prints them;
- for each file of examples/, and of the collection beside the project where there is one, that has no error: the program
  expands to the same tree, and no comment is lost;
- what import refuses.

usage: import_.py HPCC; prints TAP.
"""
import glob
import os
import re
import sys

from common import ROOT, SHARED, Tap, hpcc, in_venv, temporary

in_venv("yaml")
import yaml  # noqa: E402

PAGE = os.path.join(ROOT, "doc", "import.md")
# What stands above the pairs that are made by hand.
BY_HAND = "By hand"
OPTIONS = {"1": ["--name", "tutorial"], "2": ["--name", "anchors"], "3": ["--name", "template", "--deploy", "ids"]}


def pairs():
    """(number, YAML, program) of each pair of the page that import makes."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        source = re.search(r"```yaml\n(.*?)```", part, re.S).group(1)
        program = re.search(r"```hpc[^\n]*\n(.*?)```", part, re.S).group(1)
        if BY_HAND not in part.split("```")[0]:
            yield part[0], source, program


# ---- trees ----


class Loader(yaml.SafeLoader):
    """Keeps scalars as (kind, value, text) and mappings as lists of pairs, own keys before those of merge keys."""

    def construct_any(self, node):
        if isinstance(node, yaml.SequenceNode):
            return ["list", [self.construct_any(item) for item in node.value]]
        if isinstance(node, yaml.MappingNode):
            return ["map", self.entries(node)]
        try:
            value = yaml.SafeLoader.construct_object(self, node, deep=True)
        except (ValueError, OverflowError, yaml.YAMLError):
            value = node.value
        if not isinstance(value, (str, int, float, bool, type(None))):
            value = node.value
        return ["scalar", value, node.value]

    def entries(self, node):
        own, merged = [], []
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    merged += self.entries(source)
            else:
                own.append((key.value, self.construct_any(value)))
        seen = {key for key, _ in own}
        for key, value in merged:
            if key not in seen:
                seen.add(key)
                own.append((key, value))
        return own


# What ParallelCluster's reader, and hpcc, do otherwise than PyYAML does by itself.
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:value"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def variables(text):
    """Defaults in the place of variables, as hpcc reads a file without settings."""
    return re.sub(r"(?<!\$)\$\{[A-Za-z_]\w*:-([^{}]*)\}", r"\1", text)


def tree(text):
    loader = Loader(text)
    try:
        return loader.construct_any(loader.get_single_node())
    finally:
        loader.dispose()


def dropped(value):
    return value[0] == "scalar" and value[1] is None


def same(a, b, ordered, path=""):
    """Why tree b is another one than a, or nothing. Numbers may have become the text that they were written as."""
    if a[0] != b[0]:
        return f"{path}: {a[0]} and {b[0]}"
    if a[0] == "list":
        left, right = [x for x in a[1] if not dropped(x)], b[1]
        if len(left) != len(right):
            return f"{path}: {len(left)} items and {len(right)}"
        return next(filter(None, (same(x, y, ordered, f"{path}[{i}]") for i, (x, y) in enumerate(zip(left, right)))), "")
    if a[0] == "map":
        left = [(k, v) for k, v in a[1] if not dropped(v) and not (path == "" and k in ("Kind", "Parameters"))]
        right = [(k, v) for k, v in b[1] if not (path == "" and k in ("Kind", "Parameters"))]
        if sorted(k for k, _ in left) != sorted(k for k, _ in right):
            return f"{path}: keys {[k for k, _ in left]} and {[k for k, _ in right]}"
        if ordered and [k for k, _ in left] != [k for k, _ in right]:
            return f"{path}: order {[k for k, _ in left]} and {[k for k, _ in right]}"
        other = dict(right)
        return next(filter(None, (same(v, other[k], ordered, f"{path}.{k}") for k, v in left)), "")
    if a[1] == b[1] and isinstance(a[1], bool) == isinstance(b[1], bool):
        return ""
    if isinstance(a[1], str) and not isinstance(b[1], str):  # a number in quotes, where a number is wanted
        return same(tree(a[2]), b, ordered, path)
    return "" if isinstance(b[1], str) and a[2] == b[2] else f"{path}: {a[1]!r} and {b[1]!r}"


# ---- comments ----


def comments_of_yaml(text):
    """How many comments a YAML file has: `#` between its scalars."""
    covered, found = bytearray(len(text)), 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            begin, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):
                begin = text.index("\n", begin) if "\n" in text[begin:] else end
            covered[begin:end] = b"x" * max(0, end - begin)
    at = 0
    while at < len(text):
        if text[at] == "#" and not covered[at] and (at == 0 or text[at - 1] in " \t\r\n,[]{}"):
            found += 1
            at = len(text) if "\n" not in text[at:] else text.index("\n", at)
        at += 1
    return found


TEXTS = re.compile(r'"""\n.*?^ *"""|\'\'\'\n.*?^ *\'\'\'|"(?:[^"\\$]|\\.|\$\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}|\$)*"|\'[^\']*\'', re.S | re.M)


def comments_of_program(text):
    """How many a program has: `#` outside of texts."""
    found, at = 0, 0
    while at < len(text):
        if text[at] == "#":
            found += 1
            at = len(text) if "\n" not in text[at:] else text.index("\n", at)
        elif text[at] in "\"'":
            at = TEXTS.match(text, at).end()
        else:
            at += 1
    return found


def descriptions(root):
    """Lines of comments that descriptions of parameters became."""
    params = next((value for key, value in root[1] if key == "Parameters"), ["map", []])
    return sum(len(text[2].rstrip("\n").split("\n")) for _, p in params[1] if p[0] == "map"
               for key, text in p[1] if key == "Description" and text[2])


# ---- files ----


def files():
    found = glob.glob(ROOT + "/examples/**/*.yaml", recursive=True)
    for part in ("cases", "corpus"):
        found += glob.glob(f"{SHARED}/{part}/**/*.y*ml", recursive=True)
    return sorted(found)


def text_of(path):
    with open(path, encoding="utf-8-sig", newline=None) as file:
        return file.read()


def judge(folder, path):
    """Why what import makes of the file is not right, or nothing; None where the file is faulty by itself."""
    if hpcc("lint", "--no-config", path).returncode != 0:
        return None
    result = hpcc("import", path)
    if result.returncode != 0:
        return "import: " + result.stderr.decode()
    program = os.path.join(folder, "x.hpc")
    with open(program, "wb") as file:
        file.write(result.stdout)
    source, made = text_of(path), result.stdout.decode()
    want = tree(variables(source))
    if comments_of_program(made) - descriptions(want) != comments_of_yaml(source):
        return f"{comments_of_yaml(source)} comments, in the program {comments_of_program(made) - descriptions(want)}"
    expanded = hpcc("expand", "--no-config", program)
    if expanded.returncode != 0:
        return "expand: " + (expanded.stdout + expanded.stderr).decode()
    return same(want, tree(expanded.stdout.decode()), "<<" not in source)


def sweep(tap):
    good, wrong = 0, []
    with temporary() as folder:
        for path in files():
            why = judge(folder, path)
            good += why == ""
            if why:
                wrong.append(f"{path}: {why}")
    tap.ok(not wrong and good > 40, f"{good} files: the same tree, and all comments", "\n".join(wrong))


def refusals(tap):
    with temporary() as folder:
        path = os.path.join(folder, "in.yaml")
        for text, codes, name in (
                ("Image:\n  Os: a\n  Os: b\n", ["E0010", "E0851"], "a key twice"),
                ("Image:\n  Os: ~\n", ["E0104", "E0851"], "a property without a value"),
                ("HeadNode:\n  InstanceType: ${A}\nScheduling:\n  SlurmQueues:\n    - Name: ${A}\n",
                 ["W0853"], "a variable of two types"),
                ("Kind: Batch\nJobDefinitions: [{Name: a, Parameters: {b: }}]\n", ["W0852"], "an empty value of a free mapping"),
                ("- a\n", ["E0851"], "a list")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            result = hpcc("import", "--format=short", path)
            found = sorted(set(re.findall(r"\[([EWN]\d{4})\]$", result.stderr.decode(), re.M)))
            tap.equal(found, codes, name)
            tap.equal(result.stdout == b"", codes[-1] == "E0851", name + ": output")


def controls(tap):
    """The judges see what is wrong."""
    one = tree("A: 1\nB: [x, y]\n")
    tap.equal([bool(same(one, tree(text), True)) for text in ("A: 1\nB: [x, y]\n", "B: [x, y]\nA: 1\n", "A: 2\nB: [x, y]\n",
                                                               "A: 1\nB: [x]\n", "A: true\nB: [x, y]\n")],
              [False, True, True, True, True], "trees that differ are told apart")
    tap.equal(comments_of_yaml("# a\nb: '#' # c\nd: |  # e\n  # f\n  g\n# h\n"), 4, "comments of YAML are counted")
    tap.equal(comments_of_program('# a\nb: "#${x("#")}" # c\nd: """\n  # no\n  """\n'), 2, "comments of programs are counted")


def main():
    tap = Tap()
    controls(tap)
    for number, source, program in pairs():
        result = hpcc("import", "-", *OPTIONS[number], input=source.encode())
        tap.equal(result.stdout.decode(), program, f"pair {number} of doc/import.md")
    refusals(tap)
    sweep(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc import: YAML files become programs that say the same.

- the pairs of doc/import.md that are as `import` prints them;
- for each file of examples/, and of the collection beside the project where there is one, that has no error: the program
  expands to the same tree, and no comment is lost;
- what a program expands to, imported and expanded once more, is the same text; so for each program of examples/, tests/, the
  pages, and the collection;
- import of what an imported file expands to is the same program, comments and names for values apart;
- the files of tests/import/, and files made at random (import_odd.py), with all that is odd in YAML, the same;
- what import refuses.

usage: import_.py HPCC; prints TAP.
"""
import difflib
import glob
import os
import random
import re
import shutil
import sys

from common import ROOT, SHARED, Tap, hpcc, in_venv, temporary

in_venv("yaml")
import yaml  # noqa: E402

import import_odd  # noqa: E402

PAGE = os.path.join(ROOT, "doc", "import.md")
# What stands above the pairs that are made by hand.
BY_HAND = "By hand"
OPTIONS = {"1": ["--name", "tutorial"], "2": ["--name", "anchors"], "3": ["--name", "template", "--deploy", "ids"]}


def pairs(by_hand=False):
    """(number, YAML, program) of each pair of the page that import makes, or of those made by hand."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        source = re.search(r"```yaml\n(.*?)```", part, re.S).group(1)
        program = re.search(r"```hpc[^\n]*\n(.*?)```", part, re.S).group(1)
        if (BY_HAND in part.split("```")[0]) == by_hand:
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


def comment_places(text):
    """(begin, end) of each comment of a YAML file: `#` between its scalars."""
    covered, found = bytearray(len(text)), []
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            begin, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):
                begin = text.index("\n", begin) if "\n" in text[begin:] else end
            covered[begin:end] = b"x" * max(0, end - begin)
    at = 0
    while at < len(text):
        if text[at] == "#" and not covered[at] and (at == 0 or text[at - 1] in " \t\r\n,[]{}"):
            end = len(text) if "\n" not in text[at:] else text.index("\n", at)
            found.append((at, end))
            at = end
        at += 1
    return found


def comments_of_yaml(text):
    return len(comment_places(text))


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
    found = glob.glob(ROOT + "/examples/**/*.yaml", recursive=True) + glob.glob(ROOT + "/tests/import/*.yaml")
    for part in ("cases", "corpus"):
        found += glob.glob(f"{SHARED}/{part}/**/*.y*ml", recursive=True)
    return sorted(found)


def text_of(path):
    with open(path, encoding="utf-8-sig", newline=None) as file:
        return file.read()


def without_notes(name, text):
    """What import makes of a YAML file without its comments and empty lines."""
    kept, at = "", 0
    for begin, end in comment_places(text):
        kept, at = kept + text[at:begin].rstrip(" \t"), end
    result = hpcc("import", "--name", name, "-", input=(kept + text[at:]).encode())
    return re.sub(r"\n\n+", "\n", result.stdout.decode())


def again(folder, expanded, program=None, source=None):
    """Why the import of what a program expands to is not what import made of the source, or nothing."""
    path = os.path.join(folder, "x.yaml")
    with open(path, "wb") as file:
        file.write(expanded)
    name = re.search(r"^(?:cluster|batch|environment|image) (\w+)", program or "cluster x", re.M)
    result = hpcc("import", "--name", name.group(1), path)
    if result.returncode != 0:
        return "import of expand: " + result.stderr.decode()
    with open(os.path.join(folder, "y.hpc"), "wb") as file:
        file.write(result.stdout)
    once_more = hpcc("expand", "--no-config", os.path.join(folder, "y.hpc"))
    if once_more.stdout != expanded:
        return "expand of import of expand: " + diff(expanded.decode(), once_more.stdout.decode() + once_more.stderr.decode())
    made = result.stdout.decode()
    # Names for values are not in what it expands to.
    if program is None or "<<" in source or re.search(r"^(let|deploy param|param) ", program, re.M):
        return ""
    wanted = without_notes(name.group(1), source)
    return "" if re.sub(r"\n\n+", "\n", made) == wanted else "import of expand: " + diff(wanted, made)


def diff(a, b):
    return "\n".join(difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm=""))


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
    return same(want, tree(expanded.stdout.decode()), "<<" not in source) or again(folder, expanded.stdout, made, source)


def sweep(tap):
    good, wrong = 0, []
    with temporary() as folder:
        for path in files():
            why = judge(folder, path)
            if why is None and path.startswith(ROOT + "/tests/import/"):
                why = "it has an error"
            good += why == ""
            if why:
                wrong.append(f"{path}: {why}")
    tap.ok(not wrong and good > 40, f"{good} files: the same tree, and all comments", "\n".join(wrong))


def programs():
    """(name, folder, arguments, file) of programs; those with errors are among them."""
    for folder in (ROOT + "/examples/language", SHARED + "/cases/hpc/good", *sorted(glob.glob(ROOT + "/tests/ui/program*"))):
        for path in sorted(glob.glob(folder + "/*.hpc")):
            args = []
            if os.path.exists(path[:-4] + ".args"):
                with open(path[:-4] + ".args", encoding="utf-8") as file:
                    args = file.read().split()
            yield os.path.relpath(path, ROOT), folder, args, os.path.basename(path)


def blocks(folder):
    """The programs of the pages, as files of the folder."""
    for page in sorted(glob.glob(ROOT + "/doc/*.md")):
        with open(page, encoding="utf-8") as file:
            found = re.findall(r"^```hpc((?: [^\n`]*)?)\n(.*?)^```", file.read(), re.S | re.M)
        for i, (words, text) in enumerate(found):
            name = f"{os.path.basename(page)[:-3]}-{i}.hpc"
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
            args = re.search('args="([^"]*)"', words)
            yield os.path.basename(page), folder, args.group(1).split() if args else [], name


def programs_sweep(tap):
    done, wrong = 0, []
    with temporary() as folder:
        for name, place, args, file in [*programs(), *blocks(folder)]:
            out = os.path.join(folder, "out", "")
            if hpcc("expand", "--no-config", *args, file, "-o", out, cwd=place).returncode == 0 and os.path.isdir(out):
                for made in sorted(os.listdir(out)):
                    with open(out + made, "rb") as expanded:
                        why = again(folder, expanded.read())
                    done += 1
                    wrong += [f"{name}, {made}: {why}"] if why else []
            shutil.rmtree(out, ignore_errors=True)
    tap.ok(not wrong and done > 60, f"{done} declarations: expand, import and expand give the same", "\n".join(wrong))


def odd(tap, n):
    random_, faults, good = random.Random(3), [], 0
    with temporary() as folder:
        path = os.path.join(folder, "in.yaml")
        for _ in range(n):
            text = import_odd.file(random_)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            why = judge(folder, path)
            good += why == ""
            faults += [f"{why}\n{text}"] if why else []
    tap.ok(not faults and good > n * 0.9, f"{good} files made at random: the same tree, and all comments", "\n".join(faults[:3]))


def refusals(tap):
    with temporary() as folder:
        path = os.path.join(folder, "in.yaml")
        for text, codes, name in (
                ("Image:\n  Os: a\n  Os: b\n", ["E0010", "E0851"], "a key twice"),
                ("Image:\n  Os: ~\n", ["E0104", "E0851"], "a property without a value"),
                ("HeadNode:\n  InstanceType: ${A}\nScheduling:\n  SlurmQueues:\n    - Name: ${A}\n",
                 ["W0853"], "a variable of two types"),
                ("Kind: Batch\nJobDefinitions: [{Name: a, Parameters: {b: }}]\n", ["W0852"], "an empty value of a free mapping"),
                ("A: " + "[" * 101 + "]" * 101 + "\n", ["E0008", "E0851"], "too deep"),
                ("A: &a [*a]\n", ["E0019", "E0851"], "an alias in its own anchor"),
                ("A: 1\n---\nB: 2\n", ["E0007", "E0851"], "two documents"),
                ("HeadNode: ${A-B}\n", ["E0017", "E0851"], "no variable"),
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
    for number, source, program in pairs(by_hand=True):
        result = hpcc("expand", "--no-config", "-", "--stdin-filename=x.hpc", input=program.encode())
        texts = [re.split(r"^---\n", text, flags=re.M) for text in (source, result.stdout.decode())]
        why = [same(tree(a), tree(b), False) for a, b in zip(*texts)]
        tap.ok(len(texts[0]) == len(texts[1]) and not any(why), f"pair {number} of doc/import.md, by hand: the same trees", why)
    refusals(tap)
    programs_sweep(tap)
    odd(tap, 300)
    sweep(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

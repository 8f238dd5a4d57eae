#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that look at a file and the environment it stands on: the same findings by every way of writing the two.

Each case of tests/ui/files in which a file names the file of its environment is linted alone, with that file in one call,
as declarations of one program, on a program, as a program, and out of a function of a module. Codes and the text that each
finding stands at must be those of the case. Then: what Environment.File may name, and in which order stacks are deployed.
usage: grounds.py HPCC [CASE…]; prints TAP.
"""
import json
import os
import re
import sys

from common import ROOT, Tap, temporary
from several import ENVIRONMENT, Folder, cluster, codes, told

CASES = os.path.join(ROOT, "tests/ui/files")
NAMED = re.compile(r"File: ([\w-]+\.yaml)")
# What a program says by itself, before any rule: of an output that there is not, and of an item of what is no list.
SAID_BEFORE = {"output.yaml": "E0839", "item-of-one.yaml": "E0822", "lists-said-once.yaml": "E0822"}
# A list that programs refuse to number where YAML only finds it out of place: the number is what they stand at.
AT_NUMBER = {"item-for-list.yaml", "item-number.yaml"}
# That the other file is faulty is said where it is named; in one program it is seen.
OTHER = {"on-faulty.yaml"}


def cases(wanted):
    for name in sorted(os.listdir(CASES)):
        path = os.path.join(CASES, name)
        if not name.endswith(".yaml") or (wanted and name not in wanted):
            continue
        with open(path, encoding="utf-8") as file:
            text = re.sub(r" *#~.*", "", file.read()).replace("Name: off", "Name: shut")  # a bool in YAML alone
        named = NAMED.search(text)
        if named and named[1] != name and os.path.exists(os.path.join(CASES, named[1])):
            with open(os.path.join(CASES, named[1]), encoding="utf-8") as file:
                yield name, re.sub(r"Stack: \w+", "Stack: hpc", text), named[1], re.sub(r" *#~.*", "", file.read())


def plain(text):
    """A value as it is whatever it was written in."""
    text = re.sub(r"\$\{(?:env|stack\.\w+)\.([\w\[\]]+)\}", r"\1", text)
    text = re.sub(r"reference\(\"(?:env|stack\.\w+)\.([\w\[\]]+)\"\)", r"\1", text)
    return re.sub(r"[\"'\s]", "", re.sub(r"\b(?:hpc|net)\.Outputs\.", "", text))


def shown(folder, place):
    if not place.get("file"):
        return ""
    return plain(folder.read(place["file"])[place["start"]:place["end"]].decode())


def lint(folder, *paths):
    result = folder.call("lint", "--format=json", "--no-config", *paths)
    try:
        return json.loads(result.stdout)
    except ValueError:
        return [{"code": "none", "message": told(result), "labels": [], "file": None}]


def found(folder, *paths):
    return sorted((f["code"], shown(folder, f)) for f in lint(folder, *paths))


def program(folder, path, name):
    return folder.call("import", path, "--name", name).stdout.decode()


def with_outputs(text, name):
    text = re.sub(r'"\$\{reference\("env\.(\w+)"\)\}"', rf"{name}.Outputs.\1", text)
    return re.sub(r'reference\("env\.([\w\[\]]+)"\)', rf"{name}.Outputs.\1", text)


def in_function(text):
    """The body of the declaration as a function of a module, and the declaration that spreads it."""
    before, kind, body = re.match(r"(.*?)^(\w+) work (\{.*)", text, re.S | re.M).groups()
    return f"{before}fn work(net) {with_outputs(body, 'net')}", kind + ' work {\n  ...lib.work(hpc)\n}\n'


def ways(folder, name, beside):
    """(what, paths, are findings of the environment among them) for each way."""
    ground, work = program(folder, beside, "hpc"), program(folder, name, "work")
    section = work.replace(f', File: "{beside}"', "")
    yield "both", [name, beside], True
    folder.write("one.hpc", ground + "\n" + section)
    yield "two declarations, by env", ["one.hpc"], True
    folder.write("outputs.hpc", ground + "\n" + with_outputs(section, "hpc"))
    yield "two declarations, by Outputs", ["outputs.hpc"], True
    folder.write("alone.hpc", work)
    yield "a program on YAML", ["alone.hpc"], False
    folder.write("ground.hpc", ground)
    folder.write("on.yaml", folder.read(name).decode().replace(beside, "ground.hpc"))
    yield "YAML on a program", ["on.yaml"], False
    folder.write("on.hpc", work.replace(beside, "ground.hpc"))
    yield "a program on a program", ["on.hpc"], False
    yield "both programs", ["on.hpc", "ground.hpc"], True
    made, main = in_function(section)
    folder.write("lib.hpc", made)
    folder.write("main.hpc", 'use "./lib.hpc"\n\n' + ground + "\n" + main)
    yield "out of a function", ["main.hpc"], True


def rules(tap, wanted):
    judged = 0
    for name, text, beside, environment in cases(wanted):
        if name in OTHER:
            continue
        judged += 1
        with temporary() as path:
            f = Folder(path)
            f.write(name, text)
            f.write(beside, environment)
            own, ground = found(f, name), found(f, beside)
            for what, paths, with_ground in ways(f, name, beside):
                got = [x for x in found(f, *paths) if x != ("W0761", "net")]  # one of the cases needs nothing
                want = sorted(own + (ground if with_ground else []))
                by_outputs = "Outputs" in what or "function" in what
                if by_outputs and name in SAID_BEFORE:
                    tap.equal(sorted({c for c, _ in got}), [SAID_BEFORE[name]], f"{name}: {what}")
                elif by_outputs and name in AT_NUMBER:
                    tap.equal([c for c, _ in got], [c for c, _ in want], f"{name}: {what}")
                else:
                    tap.equal(got, want, f"{name}: {what}")
                if what == "out of a function" and name not in SAID_BEFORE:
                    bare = [x["code"] for x in lint(f, *paths) if x["file"] == "lib.hpc" and x["code"] != "W0761" and
                            not any(l["file"] == "main.hpc" and "lib.work(hpc)" in shown(f, l) for l in x["labels"])]
                    tap.equal(bare, [], f"{name}: each finding in the function names the call")
    tap.ok(wanted or judged > 40, f"{judged} cases")


# ---- what may be named ----

NET = 'environment net {\n  Region: "us-east-1"\n  Network.AvailabilityZones: ["us-east-1a"]\n}\n'
NETS = 'for n in ["a", "b"] {\n  environment "net_${n}" { Region: "us-east-1", Network.AvailabilityZones: ["us-east-1${n}"] }\n}\n'


def on(file, stack="net", output="PublicSubnet"):
    """A cluster that names `file`: (its YAML, the same as a program)."""
    text = cluster(file, "${env.%s}" % output).replace("Stack: ground", "Stack: " + stack)
    with temporary() as path:
        f = Folder(path)
        f.write("it.yaml", text)
        return text, program(f, "it.yaml", "it")


def names(tap):
    """Environment.File names a program as it names a YAML file, from both."""
    work = on("net.hpc")[1]
    with temporary() as path:
        f = Folder(path)
        for name, text in (("net", NET), ("nets", NETS), ("faulty", NET.replace("Region", "Regoin")), ("syntax", "environment net {\n"), ("value", NET.replace('"us-east-1a"', "1 + true")),
                           ("nothing", "let a = 1\n"), ("empty", ""), ("work", work), ("beside", NET + work.replace("it {", "work {").replace(', File: "net.hpc"', "")),
                           ("lib", "let zone = \"us-east-1a\"\n"), ("sub/uses", 'use "./zone.hpc"\n' + NET.replace('"us-east-1a"', "zone.zone")), ("sub/zone", "let zone = \"us-east-1a\"\n"),
                           ("sub/above", 'use "../lib.hpc"\n' + NET.replace('"us-east-1a"', "lib.zone")), ("param", "param zone: string\n" + NET.replace('"us-east-1a"', "zone"))):
            f.write(name + ".hpc", text)
        os.mkdir(f.at("folder.hpc"))
        os.mkfifo(f.at("pipe.hpc"))
        with open(f.at("large.hpc"), "wb") as file:
            file.truncate(1 << 30)
        cases = [("net.hpc", {}, [], []), ("./sub/../net.hpc", {}, [], []), (f.at("net.hpc"), {}, [], []), ("beside.hpc", {}, [], []),
                 ("net.hpc", {"stack": "any-name"}, [], []), ("net.hpc", {"output": "PublicSubnte"}, [], ["E1645"]),
                 ("nets.hpc", {"stack": "net-b"}, [], []), ("nets.hpc", {}, [], ["E1667"]), ("nets.hpc", {"stack": "net_b"}, [], ["E0107"]),
                 ("nets.hpc", {"stack": "prod"}, ["--stack=net_a=prod"], []), ("nets.hpc", {"stack": "net-a"}, ["--stack=net_a=prod"], ["E1667"]),
                 ("none.hpc", {}, [], ["E1641"]), ("folder.hpc", {}, [], ["E1641"]), ("pipe.hpc", {}, [], ["E1641"]), ("large.hpc", {}, [], ["E1641"]),
                 ("faulty.hpc", {}, [], ["E1643"]), ("syntax.hpc", {}, [], ["E1643"]), ("value.hpc", {}, [], ["E1643"]), ("work.hpc", {}, [], ["E1642"]),
                 ("nothing.hpc", {}, [], ["E1642"]), ("empty.hpc", {}, [], ["E1642"]), ("it.hpc", {}, [], ["E1642"]), ("./it.hpc", {}, [], ["E1642"]),
                 ("sub/uses.hpc", {}, [], []), ("sub/above.hpc", {}, [], ["E1643"]), ("sub/above.hpc", {}, ["--root=."], []), ("net.hpc", {}, ["--root=sub"], ["E1641"]),
                 ("param.hpc", {}, [], ["E1643"]), ("param.hpc", {}, ["--set=zone=us-east-1a"], []), ("param.hpc", {}, ["--only=it", "--set=zone=us-east-1a"], [])]
        for file, words, args, wanted in cases:
            texts = dict(zip(("it.yaml", "it.hpc"), on(file, **words)))
            for name, text in texts.items():
                if name == "it.yaml" and ("it.hpc" in file or "--only=it" in args):
                    continue
                if name == "it.hpc" and "--root=sub" in args:
                    continue  # it does not lie there itself
                f.write(name, text)
                before = f.state()
                for verb in (["--bucket=my-templates"], ["lint"]):
                    result = f.call(*verb, "--format=short", name, *args)
                    tap.ok(codes(result) == wanted and result.returncode == (1 if wanted else 0) and (verb == ["lint"] or (result.stdout == b"") == bool(wanted)),
                           f"{' '.join([*verb, name, *args])}: {file} {words or ''}", told(result))
                tap.equal(f.state(), before, "and nothing is written")
                os.unlink(f.at(name))
        f.write("it.hpc", on("net.hpc")[1])
        for args in (["it.hpc", "-o", "net.hpc"], ["-", "--stdin-filename=it.hpc", "-o", "net.hpc"]):
            result = f.call(*args, **({"input": f.read("it.hpc")} if "-" in args else {}))
            tap.ok(result.returncode == 2 and b"read by this call" in result.stderr and f.read("net.hpc") == NET.encode(), f"not written over: {' '.join(args)}", told(result))
        tap.equal(f.call("it.hpc", "--only=it").stdout, f.call("it.hpc").stdout, "what --only leaves out of this file stays in the other")


# ---- in which order ----

def order_in(result):
    return re.findall(r"^order of deployment: (.*)$", result.stderr.decode(), re.M)


def tagged(name, *needs):
    tags = ", ".join(f'{{ Key: "t{i}", Value: {need} }}' for i, need in enumerate(needs))
    return NET.replace(" net {", f" {name} {{").replace("}\n", f"  Tags: [{tags}]\n}}\n" if needs else "}\n")


def orders(tap):
    def out(name):
        return f"{name}.Outputs.VPC"

    with temporary() as path:
        f = Folder(path)
        f.write("one.hpc", NET)
        f.write("free.hpc", "".join(tagged(n) for n in "cab"))
        f.write("line.hpc", tagged("a", out("b")) + tagged("b", out("c")) + tagged("c"))
        f.write("star.hpc", tagged("a", out("c"), out("b")) + tagged("b") + tagged("c") + tagged("d", out("a")))
        f.write("words.hpc", tagged("a", 'reference("stack.b.VPC")') + tagged("b"))
        f.write("named.hpc", tagged("a_b", out("c")) + tagged("c"))
        f.write("env.yaml", ENVIRONMENT)
        f.write("on.yaml", cluster("env.yaml"))
        f.write("net.hpc", NET)
        f.write("work.hpc", on("net.hpc")[1])
        f.write("work.yaml", on("net.hpc")[0])
        f.write("x.hpc", tagged("x", 'reference("stack.y.VPC")'))
        f.write("y.hpc", tagged("y"))
        f.write("z.hpc", tagged("y", 'reference("stack.x.VPC")'))
        for args, wanted in ((["one.hpc"], []), (["free.hpc"], ["c, a, b"]), (["line.hpc"], ["c, b, a"]), (["star.hpc"], ["c, b, a, d"]), (["words.hpc"], ["b, a"]),
                             (["named.hpc"], ["c, a_b (stack a-b)"]), (["named.hpc", "--stack=c=prod"], ["c (stack prod), a_b (stack a-b)"]),
                             (["line.hpc", "--only=a"], []), (["line.hpc", "--only=a", "--only=c"], ["a, c"]),
                             (["on.yaml", "env.yaml"], ["env.yaml, on.yaml"]), (["work.hpc", "net.hpc"], ["net.hpc net, work.hpc it"]),
                             (["work.yaml", "on.yaml", "net.hpc", "env.yaml"], ["net.hpc net, work.yaml, env.yaml, on.yaml"]), (["x.hpc", "y.hpc"], ["y.hpc y, x.hpc x"])):
            result = f.call(*args, "-o", "out/", "--summary", "--ignore", "N,W")
            tap.ok(result.returncode == 0 and order_in(result) == wanted, f"order: {' '.join(args)}", told(result))
            tap.equal(order_in(f.call(*args, "-o", "out/")), [], "and it is not said unasked")
        tap.equal(order_in(f.call("line.hpc", "-o", "out/", "--summary", "-q")), [], "nor with --quiet")
        tap.equal(order_in(f.call("line.hpc", "--dump=tree", "--summary")), [], "nor where nothing is made to be deployed")
        for args in (["lint", "x.hpc", "z.hpc"], ["x.hpc", "z.hpc", "-o", "out/", "--summary"]):
            result = f.call(*args, "--format=short")
            tap.ok(result.returncode == 1 and codes(result) == ["E0840"] and order_in(result) == [], f"in a circle: {' '.join(args)}", told(result))
        for name, text in (("two", tagged("a", 'reference("stack.b.VPC")') + tagged("b", out("a"))), ("self", tagged("a", 'reference("stack.a.VPC")')),
                           ("three", tagged("a", 'reference("stack.b.VPC")') + tagged("b", out("c")) + tagged("c", out("a")))):
            f.write(name + ".hpc", text)
            result = f.call(name + ".hpc", "-o", "none/", "--format=short")
            tap.ok(result.returncode == 1 and codes(result) == ["E0840"] and not os.path.exists(f.at("none")), f"a circle of {name}: nothing is written", told(result))
        for step, first in ((-1, 300), (1, 40)):  # what stands first is needed by the next one, or needs it
            ends = range(first, -1, -1) if step < 0 else range(first + 1)
            many = "".join(tagged(f"n{i}", *[out(f"n{i + 1}")] if i < first else []) for i in ends)
            f.write("many.hpc", many)
            result = f.call("many.hpc", "-o", "many/", "--summary", "--ignore", "N,W")
            tap.equal(order_in(result), [", ".join(f"n{i}" for i in range(first, -1, -1))], f"a line of {first + 1}")


def main():
    tap = Tap()
    rules(tap, sys.argv[2:])
    if not sys.argv[2:]:
        names(tap)
        orders(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The limits of section 11 of doc/language.md, and those that the other sections name: what is as large as may be goes, what is
larger gets the finding; and whatever a program does to be slow or large, it ends in bounded time and memory.

usage: language_limits.py HPCC; prints TAP.
"""
import os
import re
import resource
import subprocess
import sys

from common import HPCC, Tap, temporary

SECONDS = 20  # of the processor; the slowest takes about 3
MEBIBYTES = 768  # the largest takes about 370
MIB = 1 << 20
PAGE = 'let t = join([for i in 1..1024 => "' + "x" * 1024 + '"], "")\n'  # a mebibyte
HEAD = ('Region: "us-east-1"\nImage.Os: "alinux2023"\nHeadNode { InstanceType: "c6i.4xlarge", '
        'Networking.SubnetId: "subnet-0123456789abcdef0", Ssh.KeyName: "key" }\n')


def bound():
    """The machine is not to suffer from what this test is to find."""
    resource.setrlimit(resource.RLIMIT_CPU, (4 * SECONDS, 4 * SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def lint(files):
    """(status, codes, seconds, mebibytes, output) of `lint main.hpc`."""
    with temporary() as folder:
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        with subprocess.Popen([HPCC, "lint", "--no-config", "--format=short", "main.hpc"], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=bound) as process:
            said = process.stdout.read().decode()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    codes = set(re.findall(r"\[(E\d{4})\]$", said, re.M))
    return process.returncode, codes, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, said


def properties(n):
    return "{" + "\n".join(f"K{i}: 1" for i in range(n)) + "}"


def nested(opening, inner, closing):
    return lambda n: f"fn f(x) = x\nlet a = {opening * n}{inner}{closing * n}\nassert a == a\n"


def values(n):
    """A declaration of n values: itself, two lists, 9,900 sections of nine properties, and the rest."""
    return ("let a: any = [for a in 1..9900 => { A: 1, B: 1, C: 1, D: 1, E: 1, F: 1, G: 1, H: 1, I: 1 }]\n"
            f"let b: any = [for a in 1..{n - 99003} => 1]\ncluster c {{\n  Tags: a\n  DevSettings: b\n}}\n")


# What is limited, the largest that goes, one that does not, code, and the program of a size: its text, or its files.
LIMITS = [
    ("steps", 1500, 4000, "E0836", lambda n: f"assert len([for a in 1..100 for b in 1..{n} if a == 0 => a]) == 0\n"),
    ("nested calls", 60, 61, "E0836",
     lambda n: "".join(f"fn f{i}(x) = f{i + 1}(x)\n" for i in range(1, n)) + f"fn f{n}(x) = x\nassert f1(1) == 1\n"),
    ("items of a comprehension", 10000, 10001, "E0838", lambda n: f"assert len([for a in 1..{n} => a]) == {n}\n"),
    ("items that are written", 10000, 10001, "E0838", lambda n: f"let a = [{'1,' * n}]\nassert len(a) == {n}\n"),
    ("items that are appended", 10000, 10001, "E0838", lambda n: f"let a = {{ for i in 1..{n} {{ A[+]: i }} }}\nassert len(a.A) == {n}\n"),
    ("items of spreads", 10000, 10001, "E0838", lambda n: f"let b = [for a in 1..{n - 5000} => a]\nassert len([...b, ...b[0..4999]]) == {n}\n"),
    ("parts of a text", 10000, 10001, "E0838", lambda n: f'assert len(split("{"a," * (n - 1)}", ",")) == {n}\n'),
    ("keys", 10000, 10001, "E0838", lambda n: f"assert len(keys({properties(n)})) == {n}\n"),
    ("values of a section", 10000, 10001, "E0838", lambda n: f"assert len(values({properties(n)})) == {n}\n"),
    ("rounds over a section", 10000, 10001, "E0838", lambda n: f"assert len([for k, _v in {properties(n)} => k]) == {n}\n"),
    ("items of a file", 10000, 10001, "E0838", lambda n: {"main.hpc": f'assert len(data("d.yaml")) == {n}\n', "d.yaml": "- 1\n" * n}),
    ("a text in a text", MIB, MIB + 1, "E0838", lambda n: f'{PAGE}assert len("${{t}}{"y" * (n - MIB)}") == {n}\n'),
    ("a block text", MIB, MIB + 1, "E0838", lambda n: f'{PAGE}let u = """\n  ${{t}}{"y" * (n - MIB)}\\\n  """\nassert len(u) == {n}\n'),
    ("a joined text", MIB, MIB + 1, "E0838", lambda n: f'{PAGE}assert len(join([t, "{"y" * (n - MIB)}"], "")) == {n}\n'),
    ("a text with replacements", 1024, 1025, "E0838",
     lambda n: f'{PAGE}assert len(replace(t, "{"x" * 1024}", "{"y" * n}")) == {MIB}\n'),
    ("the text of a file", MIB, MIB + 1, "E0757", lambda n: {"main.hpc": f'assert len(file("f.txt")) == {n}\n', "f.txt": "x" * n}),
    ("the program", MIB, MIB + 1, "E0002", lambda n: "#" + "x" * (n - 2) + "\n"),
    ("bytes of values", 55, 70, "E0838",
     lambda n: f'let t = join([for i in 1..1000 => "{"x" * 1024}"], "")\nassert len([for i in 1..{n} => "${{t}}${{i}}"]) == {n}\n'),
    ("files beside each other", 64, 65, "E0750",
     lambda n: {"main.hpc": "".join(f'use "./m{i}.hpc"\n' for i in range(1, n)) + "assert " + " + ".join(f"m{i}.x" for i in range(1, n)) + f" == {n - 1}\n",
                **{f"m{i}.hpc": "let x = 1\n" for i in range(1, n)}}),
    ("files that use each other", 64, 65, "E0750",
     lambda n: {"main.hpc": 'use "./m1.hpc"\nassert m1.x == 1\n', f"m{n - 1}.hpc": "let x = 1\n",
                **{f"m{i}.hpc": f'use "./m{i + 1}.hpc"\nlet x = m{i + 1}.x\n' for i in range(1, n - 1)}}),
    ("open [", 100, 101, "E0008", nested("[", "1", "]")), ("open (", 100, 101, "E0008", nested("(", "1", ")")),
    ("open {", 100, 101, "E0008", nested("{ A: ", "1", " }")), ("open { of entries", 99, 100, "E0008", lambda n: nested("A { ", "B: 1", " }")(n).replace(
        "let a = ", "let a = { ").replace("\nassert", " }\nassert")),
    ("texts in texts", 100, 101, "E0008", nested('"${', '"x"', '}"')), ("calls in calls", 60, 101, "E0008", nested("f(", "1", ")")),
    ("if in if", 100, 101, "E0008", nested("if true then ", "1", "")), ("signs", 100, 101, "E0008", nested("-", "1", "")),
    ("negations", 100, 101, "E0008", nested("!", "true", "")),
    ("types in types", 99, 101, "E0008", lambda n: f"type T = {'[' * n}any{']' * n}\nfn f(x: T?) = x\nassert f() == null\n"),
    ("for around for", 99, 101, "E0008", lambda n: "".join(f"for i{i} in 1..0 {{ " for i in range(n)) + 'cluster "c" {}' + " }" * n + "\n"),
    ("a dotted key", 100, 101, "E0838", lambda n: f"let a = {{ {'.'.join(['A'] * n)}: 1 }}\nassert a == a\n"),
    ("lists in lists", 100, 101, "E0838", lambda n: "let v0 = 1\n" + "".join(f"let v{i + 1} = [v{i}]\n" for i in range(n)) + f"assert v{n} == v{n}\n"),
    ("brackets of a file", 100, 101, "E0757", lambda n: {"main.hpc": 'let a = data("d.yaml")\nassert a == a\n', "d.yaml": "[" * n + "1" + "]" * n}),
    ("operators", 5000, 5001, "E0008", lambda n: f"assert {'1 + ' * n}1 > 0\n".replace("1 > 0", "1", 1).replace("assert ", "let a = ") + "assert a > 0\n"),
    ("members", 4999, 5001, "E0008", lambda n: f"let b: any = {{}}\nlet a = b{'.A' * n} ?? 1\nassert a == 1\n"),
    ("else if", 5000, 5001, "E0008", lambda n: f"let a = {'if false then 1 else ' * n}2\nassert a == 2\n"),
    ("digits", 18, 19, "E0709", lambda n: f"assert {'9' * n} > 0\n"),
    ("digits behind the point", 17, 18, "E0709", lambda n: f"assert 0.{'9' * n} > 0\n"),
    ("backtracks", 10, 40, "E0832", lambda n: f"assert match(\"{'a' * n}b\", '(a+)+$') == null\n"),
    ("values of a declaration", 100000, 100001, "E0009", values),
]
# Programs that ask for much by little; each ends by itself or by a limit.
GREEDY = {
    "lists in a list": "let a = [for a in 1..90 => [for b in 1..10000 => b]]\nassert len(a) == 90\n",
    "copies of a list": "let b = [for b in 1..10000 => b]\nlet a = [for a in 1..10000 => [...b]]\nassert len(a) == 10000\n",
    "long texts": f'let a = [for a in 1..10000 => "${{a}}{"x" * 10000}"]\nassert len(a) == 10000\n',
    "many sections": "let a = [for b in 1..9 => [for a in 1..9000 => { A: a, B: a, C: a, D: a, E: a, F: a, G: a, H: a, I: a }]]\nassert len(a) == 9\n",
    "merges": "let s = {" + "\n".join(f"K{i}: {{ A: 1 }}" for i in range(5000)) + "}\nassert len([for b in 1..10000 => merge(s, s)]) == 1\n",
    "sorts": 'let b = [for b in 1..10000 => "x${10000 - b}"]\nassert len([for a in 1..1000 => sort(b)]) == 1\n',
    "unique": 'let b = [for b in 1..10000 => "x${10000 - b}"]\nassert len([for a in 1..1000 => unique(b)]) == 1\n',
    "comparisons": "let b = [for b in 1..10000 => b]\nassert len([for a in 1..10000 => b == b]) == 1\n",
    "types of the catalogue": "assert len([for a in 1..10000 => instances()]) == 1\n",
    "costs": "cluster c {\n" + HEAD + "}\nassert len([for a in 1..10000 => cost(c)]) == 1\n",
    "clusters": 'for i in 1..10000 { cluster "c${i}" {\n' + HEAD + 'Tags: [for a in 1..40 => { Key: "k${a}", Value: "v" }]\n} }\n',
    "regular expressions": "assert len([for a in 1..10000 => match(\"" + "a" * 40 + "b${a}\", '(a+)+$')]) == 1\n",
    "a large expression of those": "assert len([for i in 1..10000 => match(\"a\", \"(a{1,600}){1,600}${i}\")]) == 1\n",
    "long searches": PAGE + "assert len([for a in 1..10000 => match(t, '(.*)(.*)y')]) == 1\n",
    "replacements": PAGE + 'assert len([for a in 1..10000 => replace(t, "x", "")]) == 1\n',
    **{f"a long text, {e}": PAGE + f"let u = replace(t, 'y', '')\nfn f(x: string('(x+)+$')) = x\nfn g(x: SubnetId) = x\nfn h(x: \"a\" | \"b\") = x\nassert len([for a in 1..3000 if ({e}) == null => a]) == 1\n" for e in (
        "len(t)", "t == u", "t < u", "t in [u]", "t in { A: 1 }", "[u] == [t]", "unique([t, u])", "sort([t, u])", "split(t, 'y')", "{ A: 1 }[t] ?? 1",
        "[{ Name: t }][u] ?? 1", "instances(t)", "region(t)", "instance(t)", "cidr_subnet(t, 1, 1)", "reference(t)", "text(1 GiB, t)", "f(t)", "g(t)", "h(t)")},
    **{f"a long text, {e}": PAGE + f"assert len([for a in 1..10000 => {{ {e}, A: a }}]) == 1\n" for e in ("warn a == 0: t", "warn a == 0 && t != null")},
    "names that are near": "".join(f"let {'a' * 23}{i} = 1\n" for i in range(16000)) + "".join(f"let b{i} = {'a' * 25}{i}\n" for i in range(2000)),
    "errors": "".join(f"let a{i} = b{i}\n" for i in range(20000)), "warnings": "".join(f"warn {i} == -1\n" for i in range(20000)),
    "a choice of many": "type T = " + " | ".join(f'"{i}"' for i in range(20000)) + '\nfn f(x: T) = x\nassert len([for b in 1..10000 => f("19999")]) == 1\n',
    "types of the catalogue in lists": 'let a = [for i in 1..5000 => instances("*")]\nassert len(a) == 1\n',
    "declarations": 'for i in 1..999999999 {\n  cluster "a${i}" {}\n}\n',
    "unique ints": "let a = [for i in 1..90 => unique([for k in 1..9999 => k])]\nassert len(a) == 1\n",
    "a policy of many declarations": "policy p(c: Cluster) {\n  for i in 1..9000 {\n    assert i > 0 && c.Region != null\n  }\n}\n"
        'for i in 1..1000 {\n  cluster "c${i}" {\n' + HEAD + 'Scheduling { Scheduler: "slurm", SlurmQueues: [{ Name: "q", Networking.SubnetIds: ["subnet-0123456789abcdef0"], '
        'ComputeResources: [{ Name: "r", InstanceType: "c5.large" }] }] }\n  }\n}\n',
    "checks of a policy": "policy p(c: Cluster) {\n  for i in 1..10000 for k in 1..10000 {\n    assert i == k && c.Region != null\n  }\n}\ncluster c {\n" + HEAD + "}\n",
}


def ends(tap, name, used):
    status, _, seconds, mebibytes, said = used
    tap.ok(status in (0, 1, 2) and seconds < SECONDS and mebibytes < MEBIBYTES and len(said) < 4 * MIB, f"{name}: bounded",
           f"status {status}, {seconds:.1f} s, {mebibytes} MiB, {len(said)} bytes\n{said[:500]}")
    return seconds, mebibytes


def main():
    tap, most = Tap(), []
    for name, good, bad, code, make in LIMITS:
        for n in (good, bad):
            made = make(n)
            used = lint({"main.hpc": made} if isinstance(made, str) else made)
            if n == bad:
                tap.ok(code in used[1] and used[0] != 0, f"{name}: {n} are {code}", used[4][:500])
            else:
                # A declaration of so many values has other errors.
                tap.ok(used[0] == 0 or (code == "E0009" and code not in used[1]), f"{name}: {n} go", used[4][:500])
            most.append(ends(tap, f"{name}, {n}", used))
    for name, text in GREEDY.items():
        used = lint({"main.hpc": text})
        tap.ok(used[1], f"{name}: an end by a finding", used[4][:500])
        most.append(ends(tap, name, used))
    print(f"# at most {max(s for s, _ in most):.1f} s and {max(m for _, m in most)} MiB")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

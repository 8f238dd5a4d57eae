#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The modules of stdlib/std: each function is documented, typed and used by an example; each assert is tripped; examples deploy.

usage: std_library.py HPCC; prints TAP.
"""
import glob
import os
import re
import sys

from common import ROOT, Tap, hpcc, temporary

SITE = 'let site: network.Site = { region: "us-east-1", head: "subnet-0123456789abcdef0", compute: ["subnet-0123456789abcdef1"] }\n'
# Programs that trip the asserts: module -> {words of the message: program}.
TRIPPED = {
    "mpi": {
        "has no EFA": 'use std/network\nuse std/mpi\n' + SITE + 'let q = mpi.queue("a", "t3.micro", 4, site)\nassert q.Name == "a"\n',
        "more than max": 'use std/network\nuse std/mpi\n' + SITE +
                         'let q = mpi.queue("a", "hpc6a.48xlarge", 4, site, min: 5)\nassert q.Name == "a"\n',
    },
    "gpu": {
        "has no GPU": 'use std/network\nuse std/gpu\n' + SITE + 'let q = gpu.queue("a", "c7i.large", 4, site)\nassert q.Name == "a"\n',
    },
    "accounting": {
        "`enforce` is empty": 'use std/accounting\nlet d = accounting.database("db.example.com:3306", '
                              'secret: "arn:aws:secretsmanager:us-east-2:111122223333:secret:a-AbCdEf", enforce: [])\n'
                              'assert d.Database.UserName == "slurm"\n',
    },
}
# Values that functions give: an expression, and what it is.
VALUES = {
    'network.two_tier(2).AvailabilityZoneCount': "2",
    'network.two_tier(1, "10.1.0.0/16").CidrBlock': '"10.1.0.0/16"',
    'storage.ebs("/data/a", keep: false).EbsSettings.DeletionPolicy': '"Delete"',
    'storage.ebs("/data/a").Name': '"data-a"',
    'storage.efs("/x").EfsSettings.ThroughputMode ?? "none"': '"none"',
    'storage.lustre_scratch("/x", s3: "s3://b/c").FsxLustreSettings.DataRepositoryAssociations[0].Name': '"x-s3"',
    'len(spot.matching(16, 8 GiB, most: 2))': "2",
    'containers.docker("s3://b/scripts")[0].Script': '"s3://b/scripts/docker.sh"',
    'len(containers.pyxis("s3://b/scripts"))': "2",
    'batch.job("a", "example.com/i:1", 4, 8 GiB, command: ["run"]).ContainerProperties.Command[0]': '"run"',
    'batch.environments("a", ["c7i.large"], 10)[1].MaxvCpus': "3",
}


def modules():
    for path in sorted(glob.glob(ROOT + "/stdlib/std/*.hpc")):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path)[:-4], file.read()


def closing(text, at):
    """Where the parenthesis at `at` is closed."""
    depth = 0
    while True:
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at
        at += 1


def functions(text):
    """(name, parameters, has a result type, documented) of each function."""
    for match in re.finditer(r"^fn (\w+)\(", text, re.M):
        before = text[:match.start()].rstrip("\n").split("\n")[-1]
        end = closing(text, match.end() - 1)
        yield match.group(1), text[match.end():end], text[end + 1] == ":", before.startswith("##")


def forms(tap):
    used = "".join(open(path, encoding="utf-8").read() for path in glob.glob(ROOT + "/examples/language/*.hpc"))
    used += " ".join(VALUES) + "".join(text for _, text in modules())
    faults = []
    for module, text in modules():
        for name, parameters, result, documented in functions(text):
            if name.startswith("_"):
                continue
            faults += [f"{module}.{name}: not documented"] if not documented else []
            faults += [f"{module}.{name}: no type of its result"] if not result else []
            faults += [f"{module}.{name}: {p.strip()} has no type" for p in re.split(r",\s*(?![^(]*\))", parameters)
                       if p.strip() and ":" not in p]
            faults += [f"{module}.{name}: no example uses it"] if f"{module}.{name}(" not in used else []
        faults += [f"{module}: does not tell what it is for"] if not text.startswith("## ") else []
        faults += [f"{module}: {text.count('  assert ')} asserts, {len(TRIPPED.get(module, {}))} tripped"] \
            if len(re.findall(r"^  assert ", text, re.M)) != len(TRIPPED.get(module, {})) else []
    tap.equal(faults, [], "functions are documented, typed and used, asserts tripped")


def asserts(tap):
    with temporary() as folder:
        for module, programs in TRIPPED.items():
            for words, program in programs.items():
                path = os.path.join(folder, "p.hpc")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(program)
                said = hpcc("lint", "--no-config", "--format=short", path).stdout.decode()
                errors = [line for line in said.splitlines() if " error: " in line]
                tap.ok(len(errors) == 1 and words in errors[0] and errors[0].endswith("[E0828]"), f"{module}: {words}", said)


def values(tap):
    with temporary() as folder:
        path = os.path.join(folder, "p.hpc")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"use std/{module}\n" for module, _ in modules()))
            file.write("".join(f"let v{n} = {expression}\n" for n, expression in enumerate(VALUES)))
        for n, (expression, want) in enumerate(VALUES.items()):
            result = hpcc("eval", "--no-config", f"v{n}", path)
            tap.equal(result.stdout.decode().strip(), want, expression)


def manuals(tap):
    listed = hpcc("doc").stdout.decode().splitlines()
    tap.equal([line.split()[0] for line in listed], ["std/" + name for name, _ in modules()], "hpcc doc lists the modules")
    for name, text in modules():
        page = hpcc("doc", "std/" + name).stdout.decode()
        shown = re.findall(r"^## (?:type )?(\w+)$", page, re.M)
        want = re.findall(r"^(?:fn|type) ([A-Za-z]\w*)", text, re.M)
        tap.equal(shown, want, f"hpcc doc std/{name} tells of all in it")
    result = hpcc("doc", "std/netwrok")
    tap.ok(result.returncode == 2 and b"did you mean `std/network`" in result.stderr, "a misspelt module", result.stderr)
    with temporary() as folder:
        with open(os.path.join(folder, "x.hpc"), "w", encoding="utf-8") as file:
            file.write("## Mine.\n\n## Twice n.\nfn twice(n: int): int = 2 * n\nfn _hidden() = 1\n")
        result = hpcc("doc", "x.hpc", cwd=folder)
        tap.equal(result.stdout.decode(), "# x.hpc\n\nMine.\n\n## twice\n\n```text\nfn twice(n: int): int\n```\n\nTwice n.\n", "of a file")


def examples(tap):
    for path in sorted(glob.glob(ROOT + "/examples/language/*.hpc")):
        result = hpcc("lint", "--no-config", "--format=short", path)
        bad = [line for line in result.stdout.decode().splitlines() if " note: " not in line and not line.endswith("[W0610]")]
        tap.ok(result.returncode == 0 and not bad, os.path.relpath(path, ROOT), result.stdout.decode())


def main():
    tap = Tap()
    forms(tap)
    asserts(tap)
    values(tap)
    manuals(tap)
    examples(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several files in one call, and a file that names another: a cluster on an environment.

How the other file is found, what is said when it cannot be used, what is refused to be written over, and that every report
names the file that it speaks of. Calls are bounded in time: what a name leads to may be a pipe that nobody fills.
usage: several.py HPCC; prints TAP.
"""
import json
import os
import re
import sys
import urllib.parse

from common import CLUSTER, Tap, hpcc, in_venv, temporary, tool
from patience import patient

if tool("python3"):
    in_venv("pydantic_sarif")
try:
    import pydantic
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog
except ImportError:
    SarifLog = None

ENVIRONMENT = """\
Kind: Environment
Region: us-east-1
Network: {AvailabilityZones: [us-east-1a]}
SharedStorage:
  - {Name: home, StorageType: Efs}
"""
FAULTY = ENVIRONMENT.replace("Region:", "Regoin:")
SECONDS = 20


def cluster(file, subnet="${env.PublicSubnet}", region="us-east-1", key="key"):
    """A cluster whose head node stands in a subnet of the environment in `file`, or of the stack alone for None."""
    place = "{Stack: ground}" if file is None else f"{{Stack: ground, File: {json.dumps(file)}}}"
    text = CLUSTER.replace("subnet-0123456789abcdef0", subnet, 1).replace("us-east-1", region).replace("KeyName: key", "KeyName: " + key)
    return text.partition("      Networking:\n        SubnetIds:")[0] + f"Environment: {place}\n"


class Folder:
    """A folder with files, and hpcc in it."""

    def __init__(self, path, **files):
        self.path = path
        for name, text in files.items():
            self.write(name + ".yaml", text)

    def at(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "w", encoding="utf-8") as file:
            file.write(text)

    def call(self, *args, **kwargs):
        """hpcc with these words; what is built is for a bucket, without which it would say how large templates are."""
        bucket = ["--bucket=my-templates"] if args[0].startswith("-") or os.path.splitext(args[0])[1] else []
        return hpcc(*args, *bucket, cwd=self.path, timeout=patient(SECONDS), **kwargs)

    def read(self, name):
        with open(self.at(name), "rb") as file:
            return file.read()

    def state(self):
        """What is in each file of the folder; of pipes, dangling links and files that nobody can want the name."""
        found = {}
        for top, _, names in os.walk(self.path):
            for name in (os.path.relpath(os.path.join(top, n), self.path) for n in names):
                small = os.path.isfile(self.at(name)) and os.path.getsize(self.at(name)) < 1 << 20
                found[name] = self.read(name) if small else None
        return found


def told(result):
    return f"exit status {result.returncode}\n{result.stderr.decode()}\nstandard output: {result.stdout[:500]!r}"


def codes(result):
    return [m.decode() for m in re.findall(rb"\[([EWN]\d{4})\]$", result.stdout + result.stderr, re.M)]


# ---- both together ----

def imports_of(template):
    return set(re.findall(r"\$\{EnvironmentStack\}-(\w+)", json.dumps(template["Resources"])))


def exports_of(template):
    return set(re.findall(r"\$\{AWS::StackName\}-(\w+)", json.dumps([o.get("Export") for o in template["Outputs"].values()])))


def side_by_side(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT, cluster=cluster("env.yaml"), bare=cluster(None, "${env.PublicSubnet}"))
        for order in (["env.yaml", "cluster.yaml"], ["cluster.yaml", "env.yaml"]):
            result = f.call(*order, "-o", "out/")
            tap.ok(result.returncode == 0 and result.stdout + result.stderr == b"",
                   f"{' '.join(order)} compile together", told(result))
            tap.equal(sorted(os.listdir(f.at("out"))), ["cluster.json", "env.json"], "a template of each")
            ground, work = json.loads(f.read("out/env.json")), json.loads(f.read("out/cluster.json"))
            tap.ok({"PublicSubnet", "PrimaryPrivateSubnet", "SecurityGroup"} <= imports_of(work) <= exports_of(ground),
                   "what the one imports the other exports", (imports_of(work), exports_of(ground)))
            for name in order:
                tap.ok(f.call(name).stdout == f.read(f"out/{name[:-5]}.json"), f"{name} alone gives the same template")
        tap.ok(f.call("bare.yaml").stdout == f.read("out/cluster.json"), "nor does File change it")


def found_by_any_name(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT)
        os.symlink("env.yaml", f.at("soft.yaml"))
        os.link(f.at("env.yaml"), f.at("hard.yaml"))
        os.makedirs(f.at("sub/deep"))
        os.symlink("sub/deep", f.at("folder"))
        names = {"plain": "env.yaml", "by-link": "soft.yaml", "by-hard": "hard.yaml", "dots": "./sub/../env.yaml", "whole": f.at("env.yaml"),
                 "sub/up": "../env.yaml", "folder/far": "../../env.yaml"}
        for name, file in names.items():
            f.write(name + ".yaml", cluster(file))
        paths = [name + ".yaml" for name in names]
        result = f.call("lint", *paths, "env.yaml")
        tap.ok(result.returncode == 0 and result.stdout == b"", "an environment is found by any name", told(result))
        for name in names:
            f.call(name + ".yaml", "-o", "one.json")
            tap.equal(f.read("one.json"), f.call("plain.yaml").stdout, f"{name}: the template does not tell the name")
        for name, file in names.items():
            f.write(name + ".yaml", cluster(file, "${env.PublicSubnte}"))
        found = codes(f.call("lint", "--format=short", *paths))
        tap.equal(found, ["E1645"] * len(paths), "and each is checked against it")


# ---- what cannot be stood on ----

def not_usable(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT, faulty=FAULTY, other=cluster(None), two=FAULTY.replace("Kind", "Kimd"))
        os.mkdir(f.at("folder"))
        os.mkfifo(f.at("pipe"))
        os.symlink("pipe", f.at("to-pipe"))
        os.symlink("round", f.at("round"))
        os.symlink("nowhere", f.at("dangling"))
        f.write("broken.yaml", "Kind: [Environment\n")
        f.write("list.yaml", "- Kind: Environment\n")
        f.write("nothing.yaml", "")
        with open(f.at("bytes.yaml"), "wb") as file:
            file.write(b"Kind: Environment\nRegion: \xff\n")
        with open(f.at("large.yaml"), "wb") as file:
            file.truncate(1 << 30)
        f.write("first.yaml", cluster("second.yaml"))
        f.write("second.yaml", cluster("first.yaml"))
        cases = [("none.yaml", "E1641", "no such file"), ("folder", "E1641", "a directory"), ("folder/", "E1641", "a directory"),
                 ("pipe", "E1641", "no regular file"), ("to-pipe", "E1641", "no regular file"), ("/dev/zero", "E1641", "no regular file"),
                 ("round", "E1641", "cannot be reached"), ("dangling", "E1641", "no such file"), ("env.yaml/x", "E1641", "no such file"), ("x" * 5000, "E1641", "cannot be reached"),
                 ("large.yaml", "E1641", "too large"), ("it.yaml", "E1642", "is no environment"), ("other.yaml", "E1642", "is no environment"),
                 ("second.yaml", "E1642", "is no environment"), ("nothing.yaml", "E1642", "is no environment"),
                 ("list.yaml", "E1642", "is no environment"), ("faulty.yaml", "E1643", "has 1 error"),
                 ("bytes.yaml", "", ""), ("broken.yaml", "", ""), ("two.yaml", "", "")]
        for name, code, words in cases:
            f.write("it.yaml", cluster(name).replace("x" * 5000, "x" * 4999 + "y"))
            before = f.state()
            for verb in ([], ["lint"]):
                result = f.call(*verb, "--format=short", "it.yaml")
                said, found = (result.stdout if verb else result.stderr).decode(), [c for c in codes(result) if c != "W0111"]
                tap.ok(result.returncode == 1 and len(found) == 1 and found[0].startswith(code or "E164") and words in said and
                       said.startswith("it.yaml:") and (verb or result.stdout == b""),
                       f"{'lint' if verb else 'build'}: {name[:40]}", told(result))
            tap.equal(f.state(), before, f"{name[:40]}: nothing is written")
        f.write("it.yaml", cluster(""))
        result = f.call("--format=short", "it.yaml")
        tap.ok(result.returncode == 1 and result.stdout == b"" and len(codes(result)) == 1,
               "a File without a name is refused", told(result))


def secret(tap):
    """The name comes out of a file that others may have written: what is no environment is not shown."""
    with temporary() as path:
        f = Folder(path, secret="password: of-somebody\nkey: [\n", it=cluster("secret.yaml"))
        for form in ("text", "short", "json", "sarif"):
            result = f.call("lint", "--format=" + form, "it.yaml")
            tap.ok(result.returncode == 1 and b"of-somebody" not in result.stdout + result.stderr,
                   f"{form}: no word of another's file", told(result))


def settings(tap):
    """Settings beside a file that another one names are not looked for: the ones of who names it hold."""
    with temporary() as path:
        f = Folder(path)
        f.write("theirs/env.yaml", ENVIRONMENT.replace("[us-east-1a]", "[us-east-1a, us-east-1b]"))
        f.write("ours/it.yaml", cluster("../theirs/env.yaml"))
        f.write("more/it.yaml", cluster("../theirs/env.yaml"))
        tap.equal(codes(f.call("lint", "--format=short", "theirs/env.yaml")), ["N1018"], "control: a note of the environment")
        for text in ("severity: [of-somebody\n", "of-somebody: 1\n", "fail-on: of-somebody\n"):
            f.write("theirs/.hpcc.yaml", text)
            for args in (["ours/it.yaml"], ["ours/it.yaml", "more/it.yaml"]):
                result = f.call("lint", "--format=short", *args)
                tap.ok(result.returncode == 0 and b"of-somebody" not in result.stdout + result.stderr,
                       f"{text.strip()}: {' '.join(args)}", told(result))
            tap.ok(f.call("lint", "theirs/env.yaml").returncode == 2, "they are read for a file of the call")
        os.unlink(f.at("theirs/.hpcc.yaml"))
        f.write("ours/.hpcc.yaml", "severity: {N1018: error}\n")
        for args, wanted in ((["ours/it.yaml"], ["E1643"]), (["more/it.yaml"], []), (["more/it.yaml", "ours/it.yaml"], ["E1643"]),
                             (["ours/it.yaml", "more/it.yaml"], ["E1643"])):
            tap.equal(codes(f.call("lint", "--format=short", *args)), wanted, f"settings of who names it: {' '.join(args)}")


def across(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT)
        for name, text, wanted in (("another region", cluster("env.yaml", region="us-east-2"), "E1644"),
                                   ("an output nobody makes", cluster("env.yaml", "${env.Nope}"), "E1645"),
                                   ("the same, by the stack's name", cluster("env.yaml", "${stack.ground.Nope}"), "E1645"),
                                   ("an output of another kind", cluster("env.yaml", "${env.EfsFileSystemId}"), "E1646"),
                                   ("another stack's output", cluster("env.yaml", "${stack.other.Nope}"), None)):
            f.write("it.yaml", text)
            for args in (["it.yaml"], ["env.yaml", "it.yaml"], ["it.yaml", "env.yaml"]):
                result = f.call("--format=short", *args, "-o", "out/")
                tap.ok(codes(result) == ([wanted] if wanted else []) and result.returncode == (1 if wanted else 0),
                       f"{name}: {' '.join(args)}", told(result))
                tap.equal(sorted(os.listdir(f.at("out"))) if os.path.exists(f.at("out")) else [],
                          (["env.json"] if len(args) > 1 else []) + ([] if wanted else ["it.json"]), f"{name}: what has no error is written")
                for left in os.listdir(f.at("out")) if os.path.exists(f.at("out")) else []:
                    os.unlink(f.at("out/" + left))
        f.write("env.yaml", FAULTY)
        f.write("it.yaml", cluster("env.yaml", "${env.Nope}"))
        for args, wanted in ((["it.yaml"], ["E1643"]), (["env.yaml", "it.yaml"], ["E0101", "E1643"]),
                             (["it.yaml", "env.yaml"], ["E1643", "E0101"])):
            result = f.call("lint", "--format=short", *args)
            tap.ok(result.returncode == 1 and codes(result) == wanted,
                   f"errors of the environment stay with it: {' '.join(args)}", told(result))


def statuses(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT, good=cluster("env.yaml"), bad=cluster("env.yaml", "${env.Nope}"), lost=cluster("none.yaml"))
        for args, wanted in ((["good.yaml", "env.yaml"], 0), (["bad.yaml", "good.yaml"], 1), (["good.yaml", "lost.yaml"], 1),
                             (["good.yaml", "none.yaml"], 2), (["none.yaml", "bad.yaml", "good.yaml"], 2)):
            for verb in (["-o", "out/"], ["lint"]):
                result = f.call(*verb[-1:] if verb == ["lint"] else [], *args, *verb if verb != ["lint"] else [])
                tap.equal(result.returncode, wanted, f"exit status {wanted}: {verb[0]} {' '.join(args)}")


# ---- nothing is written over ----

def written_over(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT, it=cluster("env.yaml"), linked=cluster("soft.yaml"))
        os.symlink("env.yaml", f.at("soft.yaml"))
        os.link(f.at("env.yaml"), f.at("hard.yaml"))
        f.write("out/on.json", ENVIRONMENT)
        f.write("on.yaml", cluster("out/on.json"))
        before = f.state()
        text = f.read("it.yaml")
        for args in (["it.yaml", "-o", "env.yaml"], ["it.yaml", "-o", "soft.yaml"], ["it.yaml", "-o", "hard.yaml"],
                     ["it.yaml", "-o", "./out/../env.yaml"], ["linked.yaml", "-o", "env.yaml"], ["on.yaml", "-o", "out/"],
                     ["lint", "it.yaml", "--format=json", "--output-file=env.yaml"], ["-", "-o", "env.yaml"],
                     ["-", "--stdin-filename=it.yaml", "-o", "soft.yaml"]):
            result = f.call(*args, **({"input": text} if "-" in args else {}))
            tap.ok(result.returncode == 2 and b"read by this call" in result.stderr and result.stdout == b"",
                   f"the environment is not written over: {' '.join(args)}", told(result))
            tap.equal(f.state(), before, "and all is as it was")


def standard_input(tap):
    with temporary() as path:
        # From the current folder the path leads out of it, where others may have files of the usual names.
        f = Folder(path)
        f.write("ground-of-this-test.yaml", ENVIRONMENT)
        f.write("sub/it.yaml", cluster("../ground-of-this-test.yaml"))
        text, alone = f.read("sub/it.yaml"), f.call("sub/it.yaml").stdout
        result = f.call("-", "--stdin-filename=sub/it.yaml", input=text)
        tap.ok(result.returncode == 0 and result.stdout == alone,
               "standard input stands where --stdin-filename says", told(result))
        result = f.call("-", "--stdin-filename=sub/not-there.yaml", input=text)
        tap.ok(result.returncode == 0 and result.stdout == alone, "also where no such file is", told(result))
        result = f.call("lint", "--format=short", "-", input=text)
        tap.ok(result.returncode == 1 and result.stdout.startswith(b"<stdin>:") and codes(result) == ["E1641"],
               "else in the current folder", told(result))
        result = f.call("lint", "--format=short", "-", input=cluster("ground-of-this-test.yaml", "${env.Nope}").encode())
        tap.ok(codes(result) == ["E1645"], "whose files are found", told(result))


# ---- variables ----

def variables(tap):
    with temporary() as path:
        f = Folder(path, env=ENVIRONMENT.replace("us-east-1a", '"${ZONE}"'), it=cluster("env.yaml", key="${KEY}"),
                   vars="ZONE: us-east-1b\nKEY: mine\n")
        both = ["env.yaml", "it.yaml"]
        for args in (both, both[::-1], ["it.yaml"]):
            for values in (["--vars", "vars.yaml"], ["--set", "ZONE=us-east-1b", "--set", "KEY=mine"]):
                result = f.call("--format=short", *args, *values, "-o", "out/")
                tap.ok(result.returncode == 0 and codes(result) == [], f"{values[0]} is for {' '.join(args)}", told(result))
        tap.ok(b"us-east-1b" in f.read("out/env.json") and b'"mine"' in f.read("out/it.json"), "each has its value")
        for args, values, wanted in (
                (["it.yaml"], ["KEY=mine"], ["E1643"]), (both, ["KEY=mine"], ["E0016", "E1643"]), (both, ["ZONE=us-east-1b"], ["E0016"]),
                (["env.yaml"], ["ZONE=us-east-1b", "KEY=mine"], ["W0045"]), (both, ["ZONE=us-east-1b", "KEY=mine", "OTHER=x"], ["W0045"]),
                (["it.yaml"], ["ZONE=us-east-1b", "KEY=mine", "OTHER=x"], ["W0045"])):
            result = f.call("lint", "--format=short", *args, *(word for value in values for word in ("--set", value)))
            tap.equal(sorted(codes(result)), sorted(wanted), f"{' '.join(args)} with {' '.join(values)}")


# ---- reports ----

def at(text, wanted):
    """(line, column) of the only `wanted` in a text."""
    before = text.partition(wanted)[0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def reports(tap):
    """A finding in the cluster, a label in the environment, in a folder of its own with a name that must be escaped."""
    with temporary() as path:
        f = Folder(path)
        text = cluster("../the ground/env#1.yaml", region="us-east-2")
        f.write("the ground/env#1.yaml", ENVIRONMENT)
        f.write("work/it.yaml", text)
        there = ("work/../the ground/env#1.yaml", *at(ENVIRONMENT, "us-east-1"))
        here = ("work/it.yaml", *at(text, "us-east-2"))
        for args in (["work/it.yaml"], ["the ground/env#1.yaml", "work/it.yaml"], ["work/it.yaml", "the ground/env#1.yaml"]):
            finding = json.loads(f.call("lint", "--format=json", *args).stdout)
            tap.equal([(x["code"], x["file"], x["line"], x["column"]) for x in finding], [("E1644", *here)], f"json: {' '.join(args)}")
            tap.equal([(x["file"], x["line"], x["column"]) for x in finding[0]["labels"]], [there], "json: the label is in the other file")
            label = finding[0]["labels"][0]
            tap.equal(ENVIRONMENT.encode()[label["start"]:label["end"]], b"us-east-1", "json: bytes of the other file")
            log = f.call("lint", "--format=sarif", *args).stdout
            if SarifLog is None:
                tap.skip("sarif: valid", "no pydantic-sarif")
            else:
                try:
                    SarifLog.model_validate(json.loads(log))
                    tap.ok(True, "sarif: valid")
                except pydantic.ValidationError as error:
                    tap.ok(False, "sarif: valid", error)
            result = json.loads(log)["runs"][0]["results"][0]
            places = [location["physicalLocation"] for key in ("locations", "relatedLocations") for location in result[key]]
            tap.equal([(urllib.parse.unquote(p["artifactLocation"]["uri"]), p["region"]["startLine"], p["region"]["startColumn"])
                       for p in places], [here, there], "sarif: the related location is in the other file")
            tap.ok(all(re.fullmatch(r"[\w./%-]+", p["artifactLocation"]["uri"]) for p in places), "sarif: the names are URIs", places)
            shown = f.call("lint", *args).stdout.decode()
            tap.ok(f"--> {there[0]}:{there[1]}\n" in shown and "Region: us-east-1\n" in shown,
                   "text: the other line, under the other name", shown)
            for form in ("short", "jsonl", "junit", "github", "gitlab"):
                result = f.call("lint", "--format=" + form, *args)
                tap.ok(result.returncode == 1 and result.stdout.count(b"E1644") >= 1 and b"work/it.yaml" in result.stdout,
                       f"{form}: {' '.join(args)}", told(result))


def main():
    tap = Tap()
    for test in (side_by_side, found_by_any_name, not_usable, secret, settings, across, statuses, written_over, standard_input, variables, reports):
        test(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

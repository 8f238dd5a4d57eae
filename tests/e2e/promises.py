#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is promised of a file holds however it is written: one table over YAML files and programs.

A file of each kind is a YAML file, a program that declares it alone, and one of three declarations of a program. For each:
no output goes over a file that is read, nothing is written beside an error, policies look at it, every verb and option
works on it or says why not.
usage: promises.py HPCC; prints TAP.
"""
import json
import os
import re
import sys

from common import Tap, temporary
from several import Folder, codes, told

NET = 'environment net {\n  Region: "us-east-1"\n  Network.AvailabilityZones: ["us-east-1a"]\n}\n'
WORK = """\
cluster work {
  Region: "us-east-1"
  Image.Os: "alinux2023"
  HeadNode {
    InstanceType: "m5.xlarge"
    Networking.SubnetId: "subnet-0123456789abcdef0"
    Ssh { KeyName: "key", AllowedIps: "192.0.2.0/24" }
  }
  Scheduling {
    Scheduler: "slurm"
    SlurmQueues: [{
      Name: "q"
      Networking.SubnetIds: ["subnet-0123456789abcdef0"]
      ComputeResources: [{ Name: "r", InstanceType: "c5.xlarge" }]
    }]
  }
}
"""
JOBS = """\
batch jobs {
  Region: "us-east-1"
  Networking.SubnetIds: ["subnet-0123456789abcdef0"]
  ComputeEnvironments: [{ Name: "cpu", InstanceTypes: ["c6i.large"], MaxvCpus: 64 }]
  JobQueues: [{ Name: "main", ComputeEnvironmentOrder: [{ ComputeEnvironment: "cpu" }] }]
}
"""
KINDS = {"net": NET, "work": WORK, "jobs": JOBS}
TYPES = {"net": "Environment", "work": "Cluster", "jobs": "Batch"}
# A policy file for each kind, a module, settings of a folder and values of variables are files that a call reads, too.
POLICY = 'use "./words.hpc"\npolicy p(x: %s) { assert x.Region == words.region: "a region" }\n'


def folder_with_all(path):
    f = Folder(path)
    for name, text in KINDS.items():
        f.write(name + ".hpc", text)
        f.write(name + ".yaml", f.call("expand", name + ".hpc").stdout.decode())
        f.write(f"policy-{name}.hpc", POLICY % TYPES[name])
    f.write("three.hpc", NET + WORK + JOBS)
    f.write("words.hpc", 'let region = "us-east-1"\n')
    f.write("values.yaml", "{}\n")
    f.write("faulty.yaml", f.read("work.yaml").decode().replace("Scheduler: slurm", "Scheduler: slrum"))
    f.write("faulty.hpc", WORK.replace('"slurm"', '"slrum"'))
    f.write("late.hpc", NET + WORK.replace('"c5.xlarge"', '"c5.xlrage"') + JOBS)
    return f


def inputs():
    """(name of the declaration, words of the call) of each way."""
    for name in KINDS:
        yield name, [name + ".yaml"]
        yield name, [name + ".hpc"]
        yield name, ["three.hpc", "--only=" + name]


# ---- outputs ----

VERBS = {"build": [], "expand": ["expand"], "model": ["model"], "cost": ["cost"]}


def written_over(tap):
    with temporary() as path:
        f = folder_with_all(path)
        for file in ("three.hpc", "work.hpc", "work.yaml"):
            os.symlink(file, f.at("soft-" + file))
            os.link(f.at(file), f.at("hard-" + file))
        before = f.state()
        for name, words in inputs():
            files = [words[0], "./" + words[0]] + (["soft-" + words[0], "hard-" + words[0]] if name == "work" else [])
            for verb, first in VERBS.items():
                for over in [*files, "values.yaml", f"policy-{name}.hpc", "words.hpc"]:
                    result = f.call(*first, *words, "--vars=values.yaml", f"--policy=policy-{name}.hpc", "-o", over, "-q")
                    tap.ok(result.returncode == 2 and b"read by this call" in result.stderr and result.stdout == b"",
                           f"{verb} {' '.join(words)} -o {over}: refused", told(result))
                    tap.equal(f.state() == before, True, "and all is as it was")


def beside_errors(tap):
    with temporary() as path:
        f = folder_with_all(path)
        f.write("old.json", "old")
        f.write("out/work.json", "old")
        f.write("out/net.json", "old")
        f.write("nothing.hpc", "let a = 1\n")
        f.write("refused.hpc", 'policy p(c: Cluster) { assert c.Region == "x": "no" }\n')
        before = f.state()
        cases = [["faulty.yaml"], ["faulty.hpc"], ["late.hpc"], ["late.hpc", "--only=work"], ["none.yaml"], ["none.hpc"], ["nothing.hpc"], ["work.yaml", "--policy=refused.hpc"],
                 ["work.hpc", "--policy=refused.hpc"], ["three.hpc", "--policy=refused.hpc"], ["three.hpc", "--only=wrok"], ["three.hpc", "--stack=wrok=x"], ["work.hpc", "--set=a=1"],
                 ["three.hpc", "--only=work", "--set=a=1"], ["three.hpc", "--root=none"], ["work.yaml", "--vars=none.yaml"], ["work.hpc", "--vars=none.yaml"]]
        for words in cases:
            for verb, first in VERBS.items():
                if verb == "expand" and (words[0].startswith(("faulty", "late")) or "refused" in words[-1]):
                    continue  # prints what a file says, and judges no rule
                for where in ("old.json", "out/"):
                    if where == "out/" and verb in ("model", "cost"):
                        continue
                    result = f.call(*first, *words, "-o", where)
                    tap.ok(result.returncode in (1, 2) and result.stdout == b"" and f.state() == before, f"{verb} {' '.join(words)} -o {where}: nothing is written", told(result))
        for words, code in ((["three.hpc", "--only=wrok"], "E0758"), (["three.hpc", "--stack=wrok=x"], "E0758"), (["work.yaml", "--only=wrok"], "E0758")):
            result = f.call("lint", *words)
            near = b"did you mean `work`" in result.stdout if "hpc" in words[0] else True
            tap.ok(code in codes(result) and near and result.returncode == 1, f"{' '.join(words)}: the nearest name", told(result))
        # One of several that cannot be written keeps the others from being.
        os.mkdir(f.at("part"))
        os.symlink("../three.hpc", f.at("part/jobs.json"))
        result = f.call("three.hpc", "-o", "part/", "-q")
        tap.ok(result.returncode == 2 and os.listdir(f.at("part")) == ["jobs.json"], "of several outputs none is written when one may not be", told(result))
        result = f.call("work.yaml", "work.hpc", "-o", "both/", "-q")
        tap.ok(result.returncode == 2 and b"two results" in result.stderr, "one output of two files", told(result))
        for words in (["work.yaml"], ["work.hpc"], ["three.hpc", "--only=work"]):
            tap.ok(f.call(*words, "-o", "/dev/full", "-q").returncode == 2, f"a full disk: {words[0]}")
            result = f.call(*words, "-o", "old.json", "-q")
            tap.ok(result.returncode == 0 and json.loads(f.read("old.json"))["Resources"], f"an old file is replaced: {words[0]}", told(result))


# ---- policies ----

def policies(tap):
    with temporary() as path:
        f = folder_with_all(path)
        for name in KINDS:
            f.write(f"no-{name}.hpc", f'policy p(x: {TYPES[name]}) {{ assert x.Region == "x": "no region" }}\n')
            f.write(f"settings-{name}/.hpcc.yaml", "policy: rules/no.hpc\n")
            f.write(f"settings-{name}/rules/no.hpc", f.read(f"no-{name}.hpc").decode())
            for file in ("net.yaml", "net.hpc", "work.yaml", "work.hpc", "jobs.yaml", "jobs.hpc", "three.hpc"):
                f.write(f"settings-{name}/{file}", f.read(file).decode())
        for name, words in inputs():
            for other, kind in TYPES.items():
                wanted = ["E0830"] if other == name else []
                for how, call in (("--policy", [*words, f"--policy=no-{other}.hpc"]), ("settings", [f"settings-{other}/{words[0]}", *words[1:]])):
                    result = f.call("lint", "--format=short", "--select=E0830", *call)
                    tap.ok(codes(result) == wanted, f"{how}: {' '.join(words)} by a policy of {kind}", told(result))
                    result = f.call(*call, "-o", "x/", "--summary", "--ignore", "N,W")
                    said = b"no policy looks at" in result.stderr
                    tap.ok(said == (other != name) and result.returncode == (1 if wanted else 0), f"{how}: --summary says whether it is looked at", told(result))
        result = f.call("three.hpc", "-o", "x/", "--summary", "--policy=no-net.hpc", "--policy=no-jobs.hpc", "--format=short", "--ignore", "N,W")
        tap.equal(re.findall(r"error: (\w+): no region", result.stderr.decode()), ["net", "jobs"], "each declaration is named")
        f.write("same/.hpcc.yaml", "policy: [a.hpc, b.hpc]\n")
        for letter in "ab":
            f.write(f"same/{letter}.hpc", f'use "./words.hpc"\npolicy same(x: Cluster) {{ assert x.Region == words.other: "{letter} says no" }}\n')
        f.write("same/words.hpc", 'let other = "x"\n')
        for file in ("work.yaml", "work.hpc"):
            f.write("same/" + file, f.read(file).decode())
            result = f.call("lint", "--format=short", "--select=E0830", "same/" + file)
            tap.equal(re.findall(r"([ab]) says no", result.stdout.decode()), ["a", "b"], f"two policies of one name in two files, with a module: {file}")
        for what, text, code in (("an error of syntax", "policy p(", "E07"), ("an unknown property", 'policy p(x: Cluster) { assert x.Regoin == "x" }', "E0101"),
                                 ("an unknown type", "policy p(x: Clutser) { assert true }", "E0746"), ("two of one name", "policy p(x: Cluster) { assert true }\n" * 2, "E0732"),
                                 ("a module above", 'use "../words.hpc"\npolicy p(x: Cluster) { assert words.region == "x" }', "E0751"),
                                 ("a circle of modules", 'use "./b.hpc"\npolicy p(x: Cluster) { assert b.x }', "E0752"), ("no policy", "let a = 1", "E0031")):
            f.write("bad/.hpcc.yaml", "policy: a.hpc\n")
            f.write("bad/a.hpc", text + "\n")
            f.write("bad/b.hpc", 'use "./a.hpc"\nlet x = true\n')
            for file in ("work.yaml", "work.hpc"):
                f.write("bad/" + file, f.read(file).decode())
                for verb in (["lint"], ["-o", "bad/x.json"]):
                    result = f.call(*verb, "--format=short", "bad/" + file)
                    tap.ok(result.returncode == 2 and any(c.startswith(code) for c in codes(result)) and not os.path.exists(f.at("bad/x.json")), f"{what} in a policy of settings: {verb[0]} {file}", told(result))


# ---- verbs ----

def verbs(tap):
    with temporary() as path:
        f = folder_with_all(path)
        f.write("nothing.hpc", "let a = 1\n")
        f.write("open.hpc", "deploy param key: KeyName\n" + WORK.replace('"key"', "key"))
        f.write("import.hpc", WORK.replace('"key"', 'reference("env.KeyPairName")').replace("  Image", '  Environment.Stack: "net"\n  Image'))
        f.write("outputs.hpc", NET + WORK.replace('SubnetId: "subnet-0123456789abcdef0"', "SubnetId: net.Outputs.PublicSubnet"))
        several = {"build": ["three.hpc"], "model": ["model", "three.hpc"], "cost": ["cost", "three.hpc"], "cost as JSON": ["cost", "three.hpc", "--emit=json"], "userdata": ["userdata", "three.hpc"],
                   "slurm-conf": ["slurm-conf", "three.hpc"], "exec": ["exec", "three.hpc", "--", "cat", "{}"], "--deploy-args": ["three.hpc", "--deploy-args"]}
        for what, args in several.items():
            result = f.call(*args[:2], "-q", *args[2:])
            tap.ok(result.returncode == 2 and b"declares net, work and jobs" in result.stderr and b"--only=NAME" in result.stderr and result.stdout == b"", f"{what} of several: says how to choose", told(result))
            one = [a.replace("three.hpc", "nothing.hpc") for a in args]
            result = f.call(*one)
            tap.ok(result.returncode == 2 and b"declares nothing" in result.stderr and result.stdout == b"", f"{what} of none", told(result))
        for name in KINDS:
            for verb in (["model"], ["cost"], ["cost", "--emit=json"], ["--dump=model"], ["--dump=tree"], ["--minify"], ["--emit=yaml"]):
                def made(*words):
                    text = f.call(*verb, *words, "-q").stdout.decode()
                    text = re.sub(r"\b[\w-]+\.(hpc|yaml)\b", "FILE", text)
                    return re.sub(r'@\d+:\d+(?:-\d+:\d+|-\d+)?|"(line|column)": \d+', "AT", text)

                alone, chosen = made(name + ".hpc"), made("three.hpc", "--only=" + name)
                tap.ok(alone and alone == chosen, f"{' '.join(verb) or 'build'} of {name}: chosen of three as alone", (alone[:300], chosen[:300]))
            tap.equal(f.call(name + ".hpc", "-q").stdout, f.call(name + ".yaml", "-q").stdout, f"the template of {name} is that of its YAML")
            tap.ok(f.call("three.hpc", "--only=" + name, "--deploy-args", "--bucket=my-templates").stdout.startswith(f"--stack-name {name} ".encode()), f"--deploy-args of {name} names its stack")
        for file, places in (("open.hpc", 1), ("import.hpc", 1), ("outputs.hpc", 1)):
            result = f.call("expand", "--for=parallelcluster", "--only=work", "--format=short", file)
            tap.ok(result.returncode == 1 and result.stdout == b"" and b"Parameters" not in result.stderr and len(codes(result)) == places, f"for ParallelCluster: {file} has values of the deployment", told(result))
        result = f.call("expand", "--for=parallelcluster", "three.hpc")
        tap.ok(result.returncode == 2 and b"`net` is an environment file" in result.stderr, "for ParallelCluster: an environment", told(result))
        result = f.call("import", "three.hpc")
        tap.ok(result.returncode == 2 and b"is a program" in result.stderr, "import of a program", told(result))
        for verb in (["lint"], ["fmt", "--check"], ["doc"]):
            result = f.call(*verb, "three.hpc", "-q") if verb != ["doc"] else f.call("doc", "three.hpc")
            tap.ok(result.returncode == 0, f"{verb[0]} of several", told(result))
        for shell in ("bash", "zsh", "fish"):
            script = f.call("completion", shell).stdout.decode()
            tap.ok("hpc" in script and "only" in script and "policy" in script, f"completion of {shell}")


def main():
    tap = Tap()
    for part in (written_over, beside_errors, policies, verbs):
        part(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

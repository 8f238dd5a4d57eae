#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verbs on programs: what they print and write, which status they end with, which files they read.

usage: programs.py HPCC; prints TAP.
"""
import json
import os
import re
import stat
import sys

from common import CLUSTER, Tap, hpcc, temporary

BODY = """{
  Region: "us-east-1"
  Image.Os: "alinux2023"
  HeadNode {
    InstanceType: "c6i.4xlarge"
    Networking.SubnetId: "subnet-0123456789abcdef0"
    Ssh.KeyName: "key"
  }
  Scheduling {
    Scheduler: "slurm"
    SlurmQueues: [{
      Name: "compute"
      Networking.SubnetIds: ["subnet-0123456789abcdef0"]
      ComputeResources: [{ Name: "nodes", InstanceType: "c6i.large", MaxCount: %s }]
    }]
  }
}
"""
ONE = "cluster one " + BODY % "2"
TWO = "cluster a " + BODY % "1" + "cluster b_c " + BODY % "2"
NODES = "param nodes: int(1..64) = 3\ncluster one " + BODY % "nodes"
POLICY = 'policy small(c: Cluster) {\n  assert c.Scheduling.SlurmQueues[0].ComputeResources[0].MaxCount <= %s: "too many nodes"\n}\n'


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


class Place:
    """A scratch folder with files, and calls of hpcc in it."""

    def __init__(self, tap, folder, files):
        self.tap, self.folder = tap, folder
        write(folder, files)

    def call(self, *args, **kwargs):
        return hpcc(*args, cwd=self.folder, **kwargs)

    def gives(self, name, status, words, *args, **kwargs):
        """The call ends with the status, and all words stand in what it prints."""
        result = self.call(*args, **kwargs)
        text = (result.stdout + result.stderr).decode("utf-8", "replace")
        missing = [word for word in ([words] if isinstance(words, str) else words) if word not in text]
        self.tap.ok(result.returncode == status and not missing, name, f"status {result.returncode}, without {missing}:\n{text}")
        return result

    def holds(self, *names):
        return all(os.path.exists(os.path.join(self.folder, name)) for name in names)


def building(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"one.hpc": ONE, "two.hpc": TWO, "none.hpc": "let a = 1\nassert a == 1\n", "bad.hpc": "let a = \n",
                                "cluster.yaml": CLUSTER, "faulty.hpc": TWO.replace('"slurm"', '"slrum"')})
        program = p.gives("build of one declaration", 0, "Resources", "one.hpc")
        yaml = p.call("cluster.yaml")
        tap.equal(program.stdout, yaml.stdout, "the same template as of the YAML file that says the same")
        p.gives("several declarations need a directory", 2, ["two.hpc", "a and b_c", "--output=DIR/", "--only=NAME"], "two.hpc")
        tap.equal(p.call("two.hpc").stdout, b"", "nothing is printed then")
        p.gives("--output=DIR/", 0, "", "two.hpc", "-o", "out/")
        tap.equal(sorted(os.listdir(folder + "/out")), ["a.json", "b_c.json"], "a template for each declaration")
        p.gives("--only", 0, "Resources", "two.hpc", "--only", "b_c")
        p.gives("--only, twice", 0, "", "two.hpc", "--only", "b_c", "--only=a", "-o", "both/", "--emit=yaml")
        tap.equal(sorted(os.listdir(folder + "/both")), ["a.yaml", "b_c.yaml"], "both, as YAML")
        p.gives("--only of what is not there", 1, ["no file declares `nothing`", "[E0758]", "`a`, `b_c`"], "two.hpc", "--only=nothing")
        p.gives("a slip in --only", 1, "did you mean `b_c`", "lint", "two.hpc", "--only=b_d")
        p.gives("--only of a YAML file", 1, "[E0758]", "cluster.yaml", "--only=c", "--format=short")
        p.gives("a program that declares nothing", 2, "declares nothing", "none.hpc")
        p.gives("but it may be judged", 0, "", "lint", "none.hpc")
        p.gives("an error of syntax", 1, "error", "bad.hpc", "-o", "bad.json")
        p.gives("an error in one of two", 1, "E0106", "faulty.hpc", "-o", "faulty/", "--format=short")
        tap.ok(not p.holds("bad.json") and not p.holds("faulty"), "nothing is written then")
        p.gives("a template over its program", 2, "is read by this call", "one.hpc", "-o", "one.hpc")
        p.gives("two results of one name", 2, "two results", "one.hpc", "./one.hpc", "-o", "same/")
        p.gives("--dump of several", 0, ["# cluster a\n", "# cluster b_c\n"], "two.hpc", "--dump=tree")
        p.gives("--summary names the declaration", 0, ["two.hpc a: ", "two.hpc b_c: "], "two.hpc", "--summary", "-o", "out/")
        p.gives("--deploy-args of one", 0, "--stack-name b-c ", "two.hpc", "--only=b_c", "--deploy-args", "--bucket=my-templates")
        p.gives("--deploy-args with a name of the call", 0, "--stack-name prod", "two.hpc", "--only=a", "--stack=a=prod", "--deploy-args", "--bucket=my-templates")
        p.gives("--stack of what is not there", 1, "[E0758]", "one.hpc", "--stack=c=x", "--format=short")
        p.gives("--stack without a name", 2, "--stack takes NAME=STACK", "one.hpc", "--stack=one")
        p.gives("exec of several", 2, "--only=NAME", "exec", "two.hpc", "--", "cat", "{}")
        p.gives("exec of one", 0, "Resources", "exec", "two.hpc", "--only=a", "--", "cat", "{}")
        p.gives("userdata", 0, "head", "userdata", "one.hpc")
        p.gives("slurm-conf of several", 2, "--only=NAME", "slurm-conf", "two.hpc")
        p.gives("slurm-conf", 0, "slurm.conf", "slurm-conf", "two.hpc", "--only=a")


def unwritable(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"two.hpc": TWO, "closed/x": "", "half/b_c.json": "old"})
        os.chmod(folder + "/closed", stat.S_IRUSR | stat.S_IXUSR)
        if os.geteuid() != 0:
            p.gives("a directory that may not be written", 2, "cannot write", "two.hpc", "-o", "closed/")
        os.chmod(folder + "/closed", stat.S_IRWXU)
        os.symlink("../two.hpc", folder + "/half/a.json")
        p.gives("one of two results would go over the program", 2, "is read by this call", "two.hpc", "-o", "half/")
        with open(folder + "/half/b_c.json", encoding="ascii") as file:
            tap.equal(file.read(), "old", "the other one is not written then")
        p.gives("a full disk", 2, "cannot write", "two.hpc", "--only=a", "-o", "/dev/full")


def settings(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"n.hpc": NODES, "prod.yaml": "nodes: 64\n", "slip.yaml": "nods: 64\n", "one.hpc": ONE, "c.yaml": CLUSTER})
        p.gives("a default", 0, "MaxCount: 3", "expand", "n.hpc")
        p.gives("--set", 0, "MaxCount: 7", "expand", "n.hpc", "--set", "nodes=7")
        p.gives("--vars", 0, "MaxCount: 64", "expand", "n.hpc", "--vars", "prod.yaml")
        p.gives("--set goes before --vars", 0, "MaxCount: 5", "expand", "n.hpc", "--vars", "prod.yaml", "--set", "nodes=5")
        p.gives("no value of the type", 1, "[E0827]", "lint", "n.hpc", "--set", "nodes=many", "--format=short")
        for at, text in (("a let", 'let n = "5"'), ("a text that is put together", 'let n = "${2 + 3}"'), ("data", 'let n = data("d.yaml").n')):
            write(folder, {"quoted.hpc": text + "\ncluster one " + BODY % "n", "d.yaml": 'n: "5"\n'})
            p.gives(f"a text at a number, from {at}", 1, "[E0102]", "lint", "quoted.hpc", "--format=short")
        p.gives("an unknown name", 1, ["no file has a parameter `nods`", "did you mean `nodes`"], "n.hpc", "--set", "nods=5", "-o", "x.json")
        tap.ok(not p.holds("x.json"), "nothing is written then")
        p.gives("an unknown name of --vars", 1, "slip.yaml:1:7: error", "lint", "n.hpc", "--vars", "slip.yaml", "--format=short")
        p.gives("names of several programs", 0, "", "lint", "n.hpc", "one.hpc", "--set", "nodes=5")
        p.gives("an unknown name of several programs", 1, "[E0826]", "lint", "n.hpc", "one.hpc", "--set", "nods=5", "--format=short")
        p.gives("beside YAML it is a warning", 0, "[W0045]", "lint", "n.hpc", "c.yaml", "--set", "nods=5", "--format=short")
        p.gives("the environment is out of reach", 0, "MaxCount: 3", "expand", "n.hpc", "--env", env={"nodes": "9", "PATH": os.environ["PATH"]})


def files(tap):
    lib = "fn nodes() = 4\n"
    use = 'use "%s"\ncluster one ' + BODY % "lib.nodes()"
    with temporary() as folder:
        p = Place(tap, folder, {"lib.hpc": lib, "in/lib.hpc": lib, "in/near.hpc": use % "./lib.hpc", "in/above.hpc": use % "../lib.hpc",
                                "out/lib.hpc": lib, "in/none.hpc": use % "./lib/lib.hpc", "in/absolute.hpc": use % (folder + "/lib.hpc"),
                                "in/etc.hpc": 'let a = file("/etc/passwd")\nassert len(a) > 0\n', "in/folder.hpc": 'use "./sub.hpc"\n'})
        os.mkdir(folder + "/in/sub.hpc")
        os.symlink("../out/lib.hpc", folder + "/in/link.hpc")
        write(folder, {"in/linked.hpc": (use % "./link.hpc").replace("lib.nodes", "link.nodes")})
        p.gives("a module beside it", 0, "MaxCount: 4", "expand", "in/near.hpc")
        p.gives("a module above", 1, "[E0751]", "lint", "in/above.hpc", "--format=short")
        p.gives("--root", 0, "MaxCount: 4", "expand", "in/above.hpc", "--root=.")
        p.gives("a link to outside", 1, "[E0751]", "lint", "in/linked.hpc", "--format=short")
        p.gives("a link to below the root", 0, "MaxCount: 4", "expand", "in/linked.hpc", "--root", folder)
        p.gives("an absolute path", 1, "[E0751]", "lint", "in/absolute.hpc", "--format=short")
        p.gives("the same below the root", 1, ["[E0750]", "from the folder of its file on"], "lint", "in/absolute.hpc", "--root", folder, "--format=short")
        p.gives("a module that is not there", 1, ["[E0750]", "No such file"], "lint", "in/none.hpc", "--format=short")
        p.gives("a module that is a folder", 1, ["[E0750]", "it is a folder"], "lint", "in/folder.hpc", "--format=short")
        write(folder, {"in/nul.hpc": 'let a = file("lib.hpc\\u{0}.txt")\nassert len(a) > 0\n'})
        p.gives("a name that the system would end before its end", 1, "[E0004]", "lint", "in/nul.hpc", "--format=short")
        write(folder, {"in/here.hpc": 'let a = file(".")\nassert len(a) > 0\n', "in/bytes.txt": "a\0b",
                       "in/bytes.hpc": 'let a = file("bytes.txt")\nassert len(a) > 0\n', "in/data.json": '{"a": 1.5e3, "b": 2E-2}',
                       "in/data.hpc": 'let a = data("data.json")\nassert a == { a: 1500, b: 0.02 }\n'})
        p.gives("the root itself", 1, ["[E0757]", "it is a folder"], "lint", "in/here.hpc", "--format=short")
        p.gives("a file with bytes of no text", 1, ["[E0757]", "U+0000"], "lint", "in/bytes.hpc", "--format=short")
        p.gives("numbers with an exponent", 0, "", "lint", "in/data.hpc")
        p.gives("a file of the system", 1, "[E0756]", "lint", "in/etc.hpc", "--format=short")
        p.gives("a program outside of the root", 2, "lies outside of the root", "lint", "in/near.hpc", "--root=out")
        p.gives("a root that is not there", 2, "cannot be used", "lint", "in/near.hpc", "--root=nowhere")
        p.gives("an output that is a module", 2, "read by this call", "in/near.hpc", "-o", "in/lib.hpc")
        with open(folder + "/in/lib.hpc", encoding="ascii") as file:
            tap.equal(file.read(), lib, "the module is as it was")
        write(folder, {"tree/a.hpc": use % "./sub/lib.hpc", "tree/sub/lib.hpc": 'use "../base.hpc"\nfn nodes() = base.n\n', "tree/base.hpc": "let n = 4\n"})
        p.gives("a folder is the root of all files in it", 0, "", "lint", "tree")
        sub = ["lint", "tree/sub/lib.hpc", "--format=short"]
        p.gives("a file is not", 1, "[E0751]", *sub)


def policies(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"one.hpc": ONE, "c.yaml": CLUSTER, "team.hpc": POLICY % 1, "easy.hpc": POLICY % 9, "let.hpc": "let a = 1\n",
                                "own.hpc": POLICY % 1 + ONE, "broken.hpc": "policy x(\n", "hush.yaml": "# hpcc:ignore-file E0830 -- no\n" + CLUSTER})
        for name in ("one.hpc", "c.yaml"):
            p.gives(f"a policy of the call: {name}", 1, [f"{name}:", "too many nodes", "[E0830]"], "lint", name, "--policy", "team.hpc", "--format=short")
            p.gives(f"one that holds: {name}", 0, "", "lint", name, "--policy", "easy.hpc")
        p.gives("several", 1, "[E0830]", "lint", "c.yaml", "--policy", "easy.hpc", "--policy=team.hpc", "--format=short")
        p.gives("nothing is built", 1, "E0830", "c.yaml", "--policy=team.hpc", "-o", "x.json")
        tap.ok(not p.holds("x.json"), "and nothing written")
        p.gives("policies of the program itself", 1, "[E0830]", "lint", "own.hpc", "--format=short")
        p.gives("comments take nothing back", 1, "[E0830]", "lint", "hush.yaml", "--policy=team.hpc", "--format=short")
        write(folder, {"soft.hpc": (POLICY % 1).replace("assert", "warn"), "soft/c.yaml": "# hpcc:ignore-file W0831 -- no\n" + CLUSTER,
                       "soft/.hpcc.yaml": "severity: {W0831: off}\n"})
        p.gives("nor do they take warnings back", 0, ["[W0831]", "[W0043]", "a policy says it"], "lint", "soft/c.yaml", "--policy=soft.hpc", "--format=short")
        p.gives("nor does the call", 2, "a policy says it", "lint", "c.yaml", "--policy=soft.hpc", "--ignore=W0831")
        p.gives("a policy with errors", 2, "broken.hpc:1", "lint", "c.yaml", "--policy=broken.hpc", "--format=short")
        p.gives("a file without policies", 2, "has no policy", "lint", "c.yaml", "--policy=let.hpc")
        p.gives("no program", 2, "--policy takes a program", "lint", "c.yaml", "--policy=c.yaml")
        p.gives("no such file", 2, "No such file", "lint", "c.yaml", "--policy=none.hpc")
    with temporary() as folder:
        p = Place(tap, folder, {".hpcc.yaml": "policy: rules/team.hpc\n", "rules/team.hpc": POLICY % 1, "easy.hpc": POLICY % 9, "deep/c.yaml": CLUSTER,
                                "two/.hpcc.yaml": "policy: [a.hpc, b.hpc]\n", "two/a.hpc": POLICY % 9, "two/b.hpc": POLICY % 1, "two/c.yaml": CLUSTER,
                                "up/.hpcc.yaml": "policy: ../easy.hpc\n", "up/c.yaml": CLUSTER,
                                "none/.hpcc.yaml": "policy: none.hpc\n", "none/c.yaml": CLUSTER,
                                "odd/.hpcc.yaml": "policy: {a: b}\n", "odd/c.yaml": CLUSTER})
        p.gives("policies of settings above", 1, "[E0830]", "lint", "deep/c.yaml", "--format=short")
        p.gives("the call may add and not take away", 1, "[E0830]", "lint", "deep/c.yaml", "--policy=easy.hpc", "--format=short")
        p.gives("--no-config", 0, "", "lint", "deep/c.yaml", "--no-config")
        p.gives("a list", 1, "[E0830]", "lint", "two/c.yaml", "--format=short")
        p.gives("above the settings", 2, "[E0031]", "lint", "up/c.yaml", "--format=short")
        p.gives("not there", 2, "No such file", "lint", "none/c.yaml", "--format=short")
        p.gives("no name", 2, "[E0031]", "lint", "odd/c.yaml", "--format=short")
    with temporary() as folder:
        p = Place(tap, folder, {"c.yaml": CLUSTER, "team.hpc": POLICY % 1, "np.hpc": "param n: int = 9\n" + POLICY % "n", "b/team.hpc": POLICY % 1, "b/c.yaml": CLUSTER,
                                "b/.hpcc.yaml": "policy: team.hpc\nfail-on: never\n", ".hpcc.yaml": ""})
        for fail_on in ("never", "note", "warning", "error"):
            write(folder, {".hpcc.yaml": f"fail-on: {fail_on}\n"})
            p.gives(f"a policy of the call fails with fail-on: {fail_on} in settings", 1, "[E0830]", "lint", "c.yaml", "--policy=team.hpc", "--format=short")
        p.gives("not where the call says so", 0, "[E0830]", "lint", "c.yaml", "--policy=team.hpc", "--fail-on=never", "--format=short")
        p.gives("settings may soften their own policies", 0, "[E0830]", "lint", "b/c.yaml", "--format=short")
        write(folder, {".hpcc.yaml": "severity: {E0830: off}\n"})
        p.gives("settings switch no policies off", 1, ["[E0830]", "a policy says it"], "lint", "c.yaml", "--policy=team.hpc", "--format=short")
        write(folder, {".hpcc.yaml": ""})
        p.gives("parameters of a policy are set", 1, "[E0830]", "lint", "c.yaml", "--policy=np.hpc", "--set=n=1", "--format=short")
        result = p.gives("and have a value", 0, "", "lint", "c.yaml", "--policy=np.hpc", "--set=n=9")
        tap.equal(result.stdout + result.stderr, b"", "nothing is said of a parameter that there is")
        write(folder, {"one.hpc": ONE})
        for verb in ("expand", "build", "model", "cost"):
            p.gives(f"policies hold for {verb}", 1, "[E0830]", verb, "one.hpc", "--policy=team.hpc", "--format=short")
        for of in ("SlurmQueue", "HeadNode", "string", "int", "[Cluster]", "{ Region: string }", "network.Site", "Os", '"a" | "b"', "T"):
            write(folder, {"odd.hpc": f"use std/network\ntype T = SlurmQueue\npolicy p(c: {of}) {{\n  assert true\n}}\n" + ONE})
            p.gives(f"a policy of a {of}: by itself", 2, "odd.hpc:3:13: error", "lint", "c.yaml", "--policy=odd.hpc", "--format=short")
            p.gives(f"a policy of a {of}: in its file", 1, ["odd.hpc:3:13: error", "[E0712]"], "lint", "odd.hpc", "--format=short")
        for of in ("Cluster", "Cluster?", "any", "Batch", "Environment"):
            write(folder, {"odd.hpc": f"policy p(_c: {of}) {{\n  assert true\n}}\n" + ONE})
            p.gives(f"a policy of a {of}", 0, "", "lint", "odd.hpc")


def characters(tap):
    """Whatever a text is made of, it holds no character that a text of YAML may not hold."""
    odd = [c for c in (*range(0x20), 0x7f, *range(0x80, 0xa0), 0xfeff, 0xfffe, 0xffff) if chr(c) not in "\t\n"]
    with temporary() as folder:
        p = Place(tap, folder, {})
        sources = {"an escape": '"a\\u{%x}"', "a part": '"${"\\u{%x}"}b"', "join": 'join(["a", "b"], "\\u{%x}")', "replace": 'replace("x", "x", "\\u{%x}")'}
        for name, form in sources.items():
            for c in odd:
                for place in ("Key: %s, Value: 'v'", "Key: 'k', Value: %s"):
                    write(folder, {"c.hpc": ONE + "\n"})
                    with open(folder + "/c.hpc", "a", encoding="utf-8") as file:
                        file.write("cluster other {\n  ...one\n  Tags: [{ " + place % (form % c) + " }]\n}\n")
                    result = p.call("expand", "c.hpc", "--only=other", "--format=short")
                    if not (result.returncode == 1 and b"[E0004]" in result.stderr and result.stdout == b""):
                        tap.ok(False, f"{name} of U+{c:04X} is E0004", result.stderr.decode())
            tap.ok(True, f"{name}: {len(odd)} characters")
        for c in odd:
            write(folder, {"c.hpc": "cluster other {\n  ...one\n  Tags: [{ Key: 'k', Value: file('t.txt') }]\n}\n" + ONE, "d.json": '{"a": "\\u%04x"}' % c,
                           "d.hpc": "cluster other {\n  ...one\n  Tags: [{ Key: 'k', Value: data('d.json').a }]\n}\n" + ONE})
            with open(folder + "/t.txt", "w", encoding="utf-8", newline="") as file:
                file.write("a" + chr(c))
            for name in ("c.hpc", "d.hpc"):
                result = p.call("expand", name, "--only=other", "--format=short")
                if result.returncode != 1 or not (b"[E0004]" in result.stderr or b"[E0757]" in result.stderr):
                    tap.ok(False, f"{name}: U+{c:04X} of a file", result.stderr.decode())
        tap.ok(True, "texts of files")


def same_trees(tap):
    """What `expand` writes of a declaration makes the template of the program, whatever it stands on."""
    net = 'environment net_a {\n  Region: "us-east-1"\n  Network.AvailabilityZones: ["us-east-1a"]\n}\n'
    with temporary() as folder:
        p = Place(tap, folder, {})
        for output in ("PublicSubnet", "PrimaryPrivateSubnet"):
            text = re.sub(r"SubnetId: .*", f"SubnetId: net_a.Outputs.{output}", ONE, count=1)
            tap.ok("net_a" in text, "control: it stands on the environment")
            for stack in ([], ["--stack=net_a=other"]):
                write(folder, {"p.hpc": net + text})
                program = p.gives(f"{output} {stack}", 0, "Resources", "p.hpc", "--only=one", *stack)
                write(folder, {"p.yaml": p.call("expand", "p.hpc", "--only=one", *stack).stdout.decode()})
                tap.equal(p.call("p.yaml").stdout, program.stdout, f"{output} {stack}: the same template")


def reading(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"lib.hpc": "fn nodes() = 4\n", "folder/a.hpc": ONE, "folder/b.yaml": CLUSTER, "folder/c.txt": "x"})
        p.gives("standard input", 0, "Resources", "-", "--stdin-filename=x.hpc", input=ONE.encode())
        p.gives("modules beside its name", 0, "MaxCount: 4", "expand", "-", "--stdin-filename", "x.hpc",
                input=('use "./lib.hpc"\ncluster one ' + BODY % "lib.nodes()").encode())
        p.gives("its name in findings", 1, "x.hpc:1:8", "lint", "-", "--stdin-filename=x.hpc", "--format=short", input=b"let a =\n")
        p.gives("without a name it is YAML", 1, "<stdin>", "lint", "-", input=ONE.encode())
        p.gives("a folder with both", 0, "", "lint", "folder")
        found = json.loads(p.call("lint", "folder", "--format=json").stdout)
        tap.ok(isinstance(found, (dict, list)), "JSON of both")
        p.gives("more than 1 MiB", 2, "[E0002]", "lint", "-", "--stdin-filename=x.hpc", "--format=short", input=b"#" * (1 << 20) + b"\n")
        p.gives("bytes that are no text", 1, "[E0003]", "lint", "-", "--stdin-filename=x.hpc", "--format=short", input=b"let a = \"\xff\"\n")


def expanding(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"one.hpc": ONE, "two.hpc": TWO, "open.hpc": "deploy param key: KeyName\n" + ONE.replace('"key"', "key"),
                                "text.hpc": ONE.replace('Region: "us-east-1"', 'Region: "us-east-1"\n  Tags: [{ Key: "a", Value: "x \\${y}" }]'),
                                "net.hpc": "environment net { Region: \"us-east-1\", Network.AvailabilityZoneCount: 1 }\n", "v.yaml": "A: ${X:-1}\nB: {c: [d]}\n"})
        one = p.gives("one declaration has no comment", 0, "HeadNode:\n  InstanceType: c6i.4xlarge\n", "expand", "one.hpc")
        write(folder, {"one.yaml": one.stdout.decode()})
        tap.equal(p.call("one.yaml").stdout, p.call("one.hpc").stdout, "its YAML comes to the same template")
        tap.equal(p.call("expand", "one.yaml").stdout, one.stdout, "and is printed as it is")
        p.gives("several are documents", 0, ["# cluster a\nRegion", "---\n# cluster b_c\nRegion"], "expand", "two.hpc")
        p.gives("--output=DIR/", 0, "", "expand", "two.hpc", "-o", "out/")
        tap.equal(sorted(os.listdir(folder + "/out")), ["a.yaml", "b_c.yaml"], "a file for each")
        p.gives("variables of YAML", 0, "A: 1\nB:\n  c:\n    - d\n", "expand", "v.yaml")
        p.gives("`${` for hpcc", 0, "Value: x $${y}\n", "expand", "text.hpc")
        p.gives("`${` for others", 0, "Value: x ${y}\n", "expand", "text.hpc", "--for=parallelcluster")
        p.gives("values of the deployment", 0, "${param.Key}", "expand", "open.hpc")
        p.gives("which others do not have", 1, "error", "expand", "open.hpc", "--for=parallelcluster")
        p.gives("nor other kinds", 2, "an environment file", "expand", "net.hpc", "--for=parallelcluster")
        p.gives("over the YAML that is read", 2, "read by this call", "expand", "v.yaml", "-o", "v.yaml")


def evaluating(tap):
    with temporary() as folder:
        p = Place(tap, folder, {"one.hpc": "let sizes = [1, 2]\nlet room = 3 * 400 GiB\n" + ONE + "assert len(sizes) == 2 && room > 1 GiB\n",
                                "bad.hpc": "let a = 1 +\n", "c.yaml": CLUSTER, "spot.hpc": "use std/spot\nlet a = 1\n"})
        tap.equal(p.call("eval", "1 + 2 * 3").stdout, b"7\n", "a number")
        tap.equal(p.call("eval", "room", "one.hpc").stdout, b"1200 GiB\n", "a quantity of a program")
        tap.equal(p.call("eval", "one.Scheduling.SlurmQueues[0].Name", "one.hpc").stdout, b'"compute"\n', "a property")
        tap.equal(json.loads(p.call("eval", "{ a: sizes }", "one.hpc", "--emit=json").stdout), {"a": [1, 2]}, "JSON")
        tap.equal(p.call("eval", "{ a: sizes }", "one.hpc", "--emit=yaml").stdout, b"a:\n  - 1\n  - 2\n", "YAML")
        tap.equal(p.call("eval", "null", "--emit=json").stdout, b"null\n", "null")
        p.gives("an error", 1, "error", "eval", "1 +")
        p.gives("an unknown name", 1, "[E0717]", "eval", "nope", "--format=short")
        p.gives("a program with errors", 1, "bad.hpc:1", "eval", "1", "bad.hpc", "--format=short")
        p.gives("a module that only the expression uses", 0, '"r6i', "eval", "[for t in spot.matching(16, 8 GiB, most: 30) if match(t, '^r6i') != null => t]", "spot.hpc")
        p.gives("a YAML file", 2, "NAME.hpc", "eval", "1", "c.yaml")
        p.gives("two files", 2, "one file", "eval", "1", "one.hpc", "bad.hpc")
        p.gives("no expression", 2, "needs", "eval")


def prices(tap):
    """cost() counts what `hpcc cost` does; what has no price is said."""
    dear = ONE.replace('Name: "compute"', 'Name: "compute"\n      CapacityType: "SPOT"')
    with temporary() as folder:
        p = Place(tap, folder, {"one.hpc": ONE, "nodes.hpc": NODES, "dear.hpc": dear, "big.hpc": ONE + "assert cost(one).max < 0.5 USD/h\n",
                                "faulty.hpc": ONE.replace('"slurm"', '"slrum"') + "assert cost(one).max < 5 USD/h\n",
                                "loop.hpc": ONE + "assert [for i in 1..5000 => cost(one).max] != []\n"})
        month = json.loads(p.call("cost", "one.hpc", "--emit=json").stdout)
        tap.ok(month, "the table of the same file")
        p.gives("a price", 0, "min: ", "eval", "cost(one)", "one.hpc")
        p.gives("more nodes cost more", 0, "true", "eval", "cost(one).max > cost(one).min && cost(one).min > 0.5 USD/h", "nodes.hpc")
        p.gives("for so many nodes", 0, "true", "eval", "cost(one).max < 2 USD/h", "nodes.hpc", "--set=nodes=1")
        p.gives("and for so many", 0, "true", "eval", "cost(one).max > 5 USD/h", "nodes.hpc", "--set=nodes=64")
        p.gives("a type without a price", 1, ["[E0833]", "c6i.large as Spot"], "eval", "cost(one)", "dear.hpc")
        p.gives("counts what is said", 0, "true", "eval", "cost(one, unpriced: 100 USD/h).max > cost(one, unpriced: 0 USD/h).min", "dear.hpc")
        p.gives("no price", 1, "[E0801]", "eval", "cost(one, unpriced: 0 USD)", "dear.hpc", "--format=short")
        p.gives("less than nothing", 1, "[E0801]", "eval", "cost(one, unpriced: -1 USD/h)", "dear.hpc", "--format=short")
        p.gives("no declaration", 1, "[E0801]", "eval", "cost({ ...one })", "one.hpc", "--format=short")
        p.gives("an assertion of it", 1, "[E0828]", "lint", "big.hpc", "--format=short")
        p.gives("of a declaration with errors the errors are said", 1, "E0106", "lint", "faulty.hpc", "--format=short")
        p.gives("also where nothing else would be", 1, "E0106", "eval", "cost(one)", "faulty.hpc", "--only=one", "--format=short")
        p.gives("without end", 1, "[E0836]", "lint", "loop.hpc", "--format=short")


def outputs(tap):
    """Outputs of an environment of the program are known by name and kind."""
    net = 'environment net { Region: "us-east-1", Network.AvailabilityZoneCount: 2 }\n'
    with temporary() as folder:
        p = Place(tap, folder, {"net.hpc": net, "slip.hpc": net + (ONE.replace('"subnet-0123456789abcdef0"', "net.Outputs.PublicSubnt", 1)),
                                "item.hpc": net + ONE.replace('"subnet-0123456789abcdef0"', "net.Outputs.PrivateSubnets[1]", 1)})
        p.gives("also of one that is left out", 0, "Resources", "item.hpc", "--only=one")
        p.gives("a slip in an output", 1, ["[E0839]", "did you mean `PublicSubnet`"], "lint", "slip.hpc")
        p.gives("an item of a list", 0, "SubnetId: ${stack.net.PrivateSubnets[1]}", "expand", "item.hpc", "--only=one")
        write(folder, {"way.hpc": net + "fn sub(e) = e.Outputs.VPC\nfn typed(e: Environment) = e.Outputs.VPC\nlet one: Environment = net\n"
                       "let ways = [sub(net), typed(net), one.Outputs.VPC, for e in [net] => e.Outputs.VPC]\n", "copy.hpc": net + "let a = { ...net }\n"})
        tap.equal(p.call("eval", "ways", "way.hpc", "--emit=json").stdout, b'[\n' + b",\n".join([b'  "${stack.net.VPC}"'] * 4) + b"\n]\n", "by whatever way")
        p.gives("a copy makes no stack", 1, "[E0813]", "eval", "a.Outputs.VPC", "copy.hpc", "--format=short")
        p.gives("nothing of that name", 1, "[E0839]", "eval", "net.Outputs.Vpc", "net.hpc", "--format=short")


def limits(tap):
    """Whatever a program says, the end comes soon."""
    long = "let t = join([for i in 1..10000 => \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"], \"\")\n"
    names = [f"a{i}" for i in range(20000)]
    texts = {
        "holes": ("let b = \"" + "${" * 500000, "E0702"),
        "holes of a block": ('let b = """\n  ' + "${" * 500000 + '\n  """', "E0705"),
        "expressions": ("let t = [for i in 1..10000 => match(\"a\", \"(a{1,600}){1,600}${i}\")]\nassert t == []\n", "E083"),
        "spreads": ("let a = {" + "\n".join(f"K{i}: {i}" for i in range(5000)) + "}\nlet b = {" + "...a\n" * 10000 + "}\nassert b == {}\n", "E0836"),
        "parameters": ("fn f(" + ",".join(f"{n} = 0" for n in names) + ") = 1\nassert f(" + ",".join(f"{n}: 1" for n in reversed(names)) + ") == 2\n", "E0828"),
        "missing arguments": ("fn f(" + ",".join(names) + ") = 1\nlet a = [" + "f(), " * 20000 + "]\n", "E0741"),
        "doubled texts": ('let t0 = "xxxxxxxx"\n' + "".join(f'let t{i + 1} = "${{t{i}}}${{t{i}}}"\n' for i in range(60)) + 'assert t60 != ""\n', "E0838"),
        "doubled lists": ("let t0: any = 1\n" + "".join(f"let t{i + 1} = [t{i}, t{i}]\n" for i in range(40)) + "assert t40 == []\n", "E0828"),
        "replaced texts": (long + 'assert [for i in 1..10000 => replace(t, "a", "b")] == []\n', "E0836"),
    }
    with temporary() as folder:
        p = Place(tap, folder, {f"{name}.hpc": text for name, (text, _) in texts.items()})
        for name, (_, code) in texts.items():
            result = p.gives(f"{name} without end", 1, code, "lint", f"{name}.hpc", "--format=short", timeout=120)
            tap.ok(len(result.stdout) < 1 << 22, f"{name}: findings of some length")


def comments(tap):
    many = ONE.replace('InstanceType: "c6i.4xlarge"', 'InstanceType: "c6i.4xlarge"  # hpcc:ignore W0601 -- ours')
    with temporary() as folder:
        p = Place(tap, folder, {"a.hpc": many, "b.hpc": many.replace("W0601", "W0410"), "text.hpc": 'let a = "# hpcc:ignore W0410 -- no"\nassert len(a) > 0\n'})
        p.gives("a comment of no use", 0, "[W0040]", "lint", "b.hpc", "--format=short")
        tap.equal(p.call("lint", "text.hpc").stdout, b"", "in a text it is none")
        p.gives("a code that cannot be taken back", 0, "[W0043]", "lint", "-", "--stdin-filename=x.hpc", "--format=short",
                input=("# hpcc:ignore-file E0801 -- no\n" + ONE).encode())


def main():
    tap = Tap()
    for part in (building, unwritable, settings, files, policies, characters, same_trees, reading, expanding, evaluating, prices, outputs, limits, comments):
        part(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

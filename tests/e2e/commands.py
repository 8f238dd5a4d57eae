#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every command that the documentation prints is run, as printed, against a local AWS.

README.md, doc/guide.md and doc/troubleshooting.md are followed from top to bottom in a folder of their own: each whole
cluster file of a page becomes cluster.yaml (with ids that exist there), and each ```sh block is one script that must
succeed. What deploys is followed a second time with a file whose template needs a bucket. Output that stands below a
command must be what the command prints. Then the commands that ./bootstrap ends with.

    ```sh head      runs on the head node of a cluster: only its syntax is looked at
    ```sh build     builds or installs hpcc: likewise

usage: commands.py HPCC [--bless]; prints TAP. --bless runs nothing, and writes what `hpcc --summary` says into the pages.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

from common import HPCC, ROOT, Example, Tap, examples, hpcc, in_venv, need_tools, temporary, tool

in_venv("boto3")
need_tools("aws")

from world import World  # noqa: E402

PAGES = ["README.md", "doc/guide.md", "doc/troubleshooting.md"]
PIECE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$|(?P<shown>(?:^    [^\n]*\n(?:\n(?=    ))?)+)", re.M | re.S)
LARGE = "genomics/cluster"
REGION = "us-east-2"  # of the files in the pages
VALUES = {"site.yaml": "NODES: 20\n"}  # files that a reader is told to have


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


class Reader:
    """Somebody who follows a page: a folder, a home, a path with hpcc and the AWS CLI in it."""

    def __init__(self, world, folder):
        self.world, self.folder, self.home = world, os.path.join(folder, "work"), os.path.join(folder, "home")
        self.status = {0}  # that a block may end with
        os.makedirs(self.folder)
        os.makedirs(os.path.join(self.home, ".aws/cli"))
        os.makedirs(os.path.join(folder, "bin"))
        os.symlink(HPCC, os.path.join(folder, "bin/hpcc"))
        shutil.copy(os.path.join(ROOT, "examples/aws-cli/alias"), os.path.join(self.home, ".aws/cli/alias"))
        for name, text in VALUES.items():
            self.write(name, text)
        self.path = os.path.join(folder, "bin")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def take(self, text, good=True):
        """A cluster file of the page, with ids that the local AWS has."""
        self.write("cluster.yaml", text)
        self.status = {0} if good else {0, 1}
        if not good:
            return
        example = Example(os.path.join(self.folder, "cluster.yaml"))
        example.name = os.path.basename(os.path.dirname(self.folder))
        self.world.prepare(example, self.folder)
        self.resolved, path = example.resolved, os.path.join(self.folder, "cluster.yaml")
        if "${" in text:  # prepare writes what the variables stand for
            for old, new in zip(re.findall(r"\bsubnet-\w+", example.resolved), re.findall(
                    r"\bsubnet-\w+", open(path, encoding="utf-8").read())):
                text = text.replace(old, new)
            self.write("cluster.yaml", text)

    def bucket(self, region):
        """A bucket for templates that is there already, and is named in the settings."""
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        self.world.empty_buckets()
        self.world.client("s3", region).create_bucket(Bucket="my-templates", **where)
        self.write(".hpcc.yaml", "bucket: my-templates\n")

    def run(self, script):
        for name in re.findall(r"create-key-pair --key-name (\S+)", script):
            self.world.client("ec2", REGION).delete_key_pair(KeyName=name)
        environment = self.world.environment(REGION)
        environment.update(HOME=self.home, PATH=self.path + ":" + environment["PATH"], COLUMNS="200")
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=environment,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300, check=False)


def said(result):
    return f"exit status {result.returncode}\n{result.stdout.decode()}\n{result.stderr.decode()}"


def dedent(text):
    return re.sub(r"^    ", "", text, flags=re.M).rstrip("\n")


def check_shown(tap, name, shown, output):
    """Text below a command is part of what it printed."""
    return tap.ok(shown in output, f"{name}: prints what stands below it", f"wanted\n{shown}\ngot\n{output}")


def syntax(tap, name, script):
    result = subprocess.run(["bash", "-n", "-c", script], capture_output=True, check=False)
    tap.ok(result.returncode == 0, f"{name}: is a script", result.stderr.decode())


def summary_of(body, folder):
    """The line about the stack of a cluster file as the page prints it; empty when it does not compile."""
    with open(os.path.join(folder, "cluster.yaml"), "w", encoding="utf-8") as file:
        file.write(body)
    result = hpcc("--summary", "cluster.yaml", "-o", os.devnull, cwd=folder)
    return "".join(re.findall(r"^cluster\.yaml: .* bytes.*$", result.stderr.decode(), re.M)) if result.returncode == 0 else ""


def bless(page):
    """Writes the lines about stacks into the page as they are now."""
    text, summary = read(page), ""
    with temporary() as folder:
        for _, info, body, shown in pieces(page):
            if shown:
                for old in re.findall(r"cluster\.yaml: .*resources, \d+ bytes.*", shown):
                    text = text.replace(old, summary)
            elif is_whole(info, body):
                summary = summary_of(body, folder) or summary
    with open(os.path.join(ROOT, page), "w", encoding="utf-8") as file:
        file.write(text)


def pieces(page):
    text = read(page)
    for match in PIECE.finditer(text):
        yield f"{page}:{text.count(chr(10), 0, match.start()) + 1}", match["info"], match["body"], match["shown"]


def is_whole(info, body):
    return info.startswith("yaml hpcc") and re.search(r"^HeadNode:", body, re.M) and re.search(r"^Region:", body, re.M)


def follow(tap, world, page):
    """All of the page; returns the Reader, who has its last file."""
    with temporary() as folder:
        reader, output, name_before, summary = Reader(world, folder), "", None, ""
        world.empty_buckets()  # a page makes its own
        if page == "doc/troubleshooting.md":  # it begins with the stack of the guide
            first = next(body for _, info, body, _ in pieces("doc/guide.md") if is_whole(info, body))
            reader.take(first)
            reader.bucket(REGION)
            reader.run("hpcc exec -q cluster.yaml -- aws cloudformation deploy --template-file {} --stack-name work {args}")
        for name, info, body, shown in pieces(page):
            if shown:
                shown_command(tap, name, dedent(shown), (output, summary), name_before)
            elif is_whole(info, body):
                reader.take(body, good="fail" not in info)
                summary = summary_of(body, folder) or summary
                output, name_before = hpcc("lint", "cluster.yaml", cwd=folder).stdout.decode(), name
            elif info in ("sh head", "sh build"):
                syntax(tap, name, body)
            elif info.split()[:1] == ["sh"]:
                result = reader.run(body)
                tap.ok(result.returncode in reader.status, f"{name}: {body.strip().splitlines()[0]}", said(result))
                output, name_before = result.stdout.decode() + result.stderr.decode(), name


# What a page tells in words of its last file, before it shows what `hpcc lint` says: what is replaced by what.
SPOILT = {
    "README.md": (("c7i.large", "c7g.larg"), ("MaxCount", "Maxcount"),
                  ("      Networking:\n        SubnetIds", "      CapacityType: SPOT\n      Networking:\n        SubnetIds")),
}


def told(tap, page):
    """`$ hpcc lint` of a file that is told in words prints what stands below it, of the block as it stands."""
    body = ""
    for name, info, block, shown in pieces(page):
        if not shown:
            body = block if is_whole(info, block) else body
            continue
        if not dedent(shown).startswith("$ hpcc lint"):
            continue
        for old, new in SPOILT[page]:
            tap.equal(body.count(old), 1, f"{name}: {old!r} is there once")
            body = body.replace(old, new)
        with temporary() as folder:
            with open(os.path.join(folder, "cluster.yaml"), "w", encoding="utf-8") as file:
                file.write(body)
            result = hpcc("lint", "cluster.yaml", cwd=folder)
        check_shown(tap, name, re.sub(r"^\$ .*\n", "", dedent(shown)), (result.stdout + result.stderr).decode())


def installs(tap):
    """A build for a place of one's own has a folder of its own: that of ./bootstrap is configured already."""
    taken = re.search(r"meson setup (\S+)$", read("bootstrap"), re.M).group(1)
    for page in ("README.md", "doc/guide.md"):
        found = re.findall(r"meson (?:setup|configure) --prefix \S+ (\S+)", read(page))
        tap.ok(len(found) == 1 and taken not in found, f"{page}: sets up a folder of its own", found)
        tap.ok(f"ninja -C {found[0]} install" in read(page), f"{page}: and installs from it", found)


def shown_command(tap, name, text, outputs, before):
    """`outputs`: what the last command printed, and the line about the stack of the file as it is printed."""
    if text.startswith(("$ hpcc lint", "./bootstrap")) or before is None:
        return  # of a file that is told in words; of a clone
    output, summary = outputs
    if re.search(r"resources, \d+ bytes", text):
        output = summary
    check_shown(tap, name, re.sub(r"^\$ .*\n", "", text, flags=re.M), output)


def large(tap, world, page):
    """What deploys, with a template that needs a bucket."""
    example = [e for e in examples() if e.name == LARGE][0]
    text = re.sub(r"^Region: .*", f"Region: {REGION}", example.text, flags=re.M)
    with temporary() as folder:
        reader = Reader(world, folder)
        reader.take(text)
        size = len(hpcc("-q", "--minify", os.path.join(reader.folder, "cluster.yaml")).stdout)
        if not tap.ok(size > 51200, f"{page}: the second file needs a bucket", size):
            return
        result = reader.run("hpcc exec -q cluster.yaml -- aws cloudformation deploy --template-file {} --stack-name x {args}")
        made = re.search(r"to make one: (aws s3 mb .*)", result.stderr.decode())
        if not tap.ok(result.returncode == 1 and made, f"{page}: without one the command says how to make one", said(result)):
            return
        world.empty_buckets()
        made = reader.run(made.group(1))
        tap.ok(made.returncode == 0, f"{page}: which works", said(made))
        bucket = re.search(r"make_bucket: (\S+)", made.stdout.decode()).group(1)
        reader.write(".hpcc.yaml", f"bucket: {bucket}\n")
        for name, info, body, _ in pieces(page):
            body = re.sub(r"^(aws s3 mb|echo .*>> \.hpcc\.yaml).*\n", "", body or "", flags=re.M)  # it is there
            if info != "sh" or not re.search(r"cloudformation deploy|hpcc-deploy", body):
                continue
            body = re.sub(r"(aws hpcc-deploy.*) --bucket .*", r"\1", body).replace("aws hpcc-deploy", f"aws hpcc-deploy --bucket {bucket}")
            body = re.sub(r"--stack-name (\w+)", r"--stack-name \1-large", body)
            result = reader.run(body)
            tap.ok(result.returncode == 0, f"{name}: the same with a large template", said(result))
        body = world.client("s3", "us-east-1").list_objects_v2(Bucket=bucket)
        tap.ok(body["KeyCount"] > 0, f"{page}: by way of the bucket", body)


def region_refused(tap, world):
    """The stack stands nowhere else, and a file without Region anywhere."""
    example = [e for e in examples() if e.name == "tutorial/cluster"][0]
    with temporary() as folder:
        reader = Reader(world, folder)
        reader.take(example.text)
        reader.bucket(example.region)
        deploy = "hpcc exec -q cluster.yaml -- aws cloudformation deploy --template-file {} --stack-name there {args}"
        result = reader.run(deploy + " --region eu-west-3")
        tap.ok(result.returncode != 0 and b"deploy with --region " + example.region.encode() in result.stderr,
               "another region is refused", said(result))
        stacks = world.client("cloudformation", "eu-west-3").describe_stacks()["Stacks"]
        tap.equal([s["StackName"] for s in stacks], [], "and nothing is made there")
        reader.take(re.sub(r"^Region:.*", f"Region: {REGION}", example.text, flags=re.M))
        reader.bucket(REGION)
        path = os.path.join(reader.folder, "cluster.yaml")
        text = open(path, encoding="utf-8").read()
        reader.write("cluster.yaml", re.sub(r"^Region:.*\n", "", text, flags=re.M))
        for way in (deploy, "hpcc -q cluster.yaml | aws hpcc-deploy --bucket my-templates --stack-name there"):
            result = reader.run(way)
            tap.ok(result.returncode == 0, "without Region the default one is taken", said(result))
        reader.write("cluster.yaml", re.sub(r"^Region:.*\n", "Region: ${WHERE}\n", "Region: x\n" + re.sub(
            r"^Region:.*\n", "", text, flags=re.M), flags=re.M))
        result = reader.run(deploy.replace("exec -q", f"exec -q --set WHERE={REGION}"))
        tap.ok(result.returncode == 0, "a Region that is a variable is said once", said(result))


def examples_tried(tap):
    """What examples/README.md and the first comment of each example tell to type, as far as hpcc alone runs."""
    table = re.findall(r"\| `(hpcc [^`]*)` \|$", read("examples/README.md"), re.M)
    heads = [(os.path.dirname(example.path), "\n".join(re.findall(r"^#   (.*)", example.text, re.M)))
             for example in examples() + examples("awsbatch")]
    with temporary() as folder:
        shutil.copytree(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        for where, script in [("", command) for command in table] + [
                (os.path.relpath(path, ROOT), line) for path, script in heads
                for line in re.sub(r"\\\n", "", script).splitlines() if line.startswith("hpcc ")]:
            words = shlex.split(script)
            result = hpcc(*words[1:], cwd=os.path.join(folder, where))
            tap.ok(words[0] == "hpcc" and result.returncode == 0, f"examples: {where} {script}", said(result))
    for path, script in heads:
        if script:
            syntax(tap, f"{os.path.relpath(path, ROOT)}: what its comment says", script)
    linked = set(re.findall(r"\]\(([^)#]*)\)", read("examples/README.md")))
    files = {os.path.relpath(path, os.path.join(ROOT, "examples")) for path in glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))}
    tap.equal(sorted(path for path in files - linked if os.path.basename(path) != "config.yaml"), [], "examples/README.md has every example")
    tap.ok(len(table) >= 15 and sum(bool(script) for _, script in heads) >= 2, f"{len(table)} commands of the tables")


def bootstrap(tap, world):
    """What ./bootstrap suggests, in a copy of the project's examples."""
    text = re.search(r"^cat <<'TEXT'\n(.*?)^TEXT$", read("bootstrap"), re.M | re.S).group(1)
    commands = re.sub(r"\\\n", "", "".join(re.findall(r"^  .*\n", text, re.M)))
    example = [e for e in examples() if e.name == "tutorial/cluster"][0]
    with temporary() as folder:
        reader = Reader(world, folder)
        shutil.copytree(os.path.join(ROOT, "examples"), os.path.join(reader.folder, "examples"))
        os.makedirs(os.path.join(reader.folder, "build"))
        os.symlink(HPCC, os.path.join(reader.folder, "build/hpcc"))
        reader.bucket(example.region)
        world.prepare(example, os.path.join(reader.folder, "examples/tutorial"))
        for command in filter(None, map(str.strip, commands.splitlines())):
            if command.startswith(("sudo ninja", "tests/run-all")):
                syntax(tap, f"bootstrap: {command}", command)
                continue
            result = reader.run(command)
            tap.ok(result.returncode == 0, f"bootstrap: {command[:60]}", said(result))


def users(tap):
    """The table of login users is that of the facts."""
    facts = {}
    for line in read("stdlib/facts/os-images.tsv").splitlines():
        cells = line.split("\t")
        if len(cells) > 5 and cells[0] != "os":
            facts[cells[0]] = cells[4]
    table = re.search(r"\| `Image.Os` \| login user \|\n\| --- \| --- \|\n((?:\|.*\n)+)", read("doc/guide.md")).group(1)
    for names, user in re.findall(r"\| ([\w, ]+) \| `([\w-]+)` \|", table):
        for name in names.split(", "):
            tap.equal(user, facts.get(name), f"the login user of {name}")


def main():
    if "--bless" in sys.argv:
        for page in PAGES:
            bless(page)
        return
    tap, world = Tap(), World()
    tap.ok(tool("aws") is not None, "there is an AWS CLI")
    try:
        bootstrap(tap, world)
        for page in PAGES:
            follow(tap, world, page)
            told(tap, page)
        installs(tap)
        for page in PAGES[:2]:
            large(tap, world, page)
        region_refused(tap, world)
    finally:
        world.end()
    users(tap)
    examples_tried(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

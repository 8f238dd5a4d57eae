#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hook of .pre-commit-hooks.yaml, run by pre-commit itself in a scratch repository, with git commit. The steps of
the workflow doc/ci/github.yml, run there too.

usage: pre_commit.py HPCC; prints TAP.
"""
import functools
import hashlib
import http.server
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tarfile
import threading

from common import CLUSTER, HPCC, ROOT, Tap, run, temporary, tool

HOOKS = os.path.join(ROOT, ".pre-commit-hooks.yaml")
BAD = CLUSTER.replace("c6i.large", "c99.large")  # line 16
FOREIGN = {
    ".github/workflows/build.yml": "on: [push]\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n"
                                   "      - run: make\n      - run: echo ${{ github.sha }}\n",
    "compose.yaml": "services:\n  web:\n    image: nginx:1\n    ports: ['80:80']\n",
    "k8s/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n"
                           "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
    "template.yaml": "Resources:\n  HeadNode:\n    Type: AWS::EC2::Instance\n    Properties:\n"
                     "      SubnetId: !Ref Subnet\n      UserData: !Sub |\n        #!/bin/sh\n",
    "playbook.yml": "- hosts: all\n  tasks:\n    - name: ping\n      ansible.builtin.ping:\n      vars:\n"
                    "        secret: !vault |\n          $ANSIBLE_VAULT;1.1\n",
    "chart/templates/x.yaml": "{{- if .Values.on }}\nimage: {{ .Values.image }}\n{{- end }}\n",
    "image-config.yaml": "Build:\n  InstanceType: c6i.large\n  ParentImage: ami-0123456789abcdef0\nImage:\n  Name: x\n",
    "list.yaml": "- 1\n- 2\n",
    "empty.yaml": "",
    ".clang-format": "BasedOnStyle: LLVM\n",
    "notes.txt": "HeadNode: no YAML\nScheduling: none\n",
}


class Repository:
    """A scratch repository with the hook, cut off from the caller's settings of git."""

    def __init__(self, folder, pre_commit):
        self.path, self.source = folder + "/user", folder + "/hooks"
        self.pre_commit = pre_commit
        os.makedirs(folder + "/bin")
        os.symlink(HPCC, folder + "/bin/hpcc")
        self.env = {**os.environ, "PATH": folder + "/bin:" + os.environ["PATH"], "HOME": folder,
                    "PRE_COMMIT_HOME": folder + "/cache", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
                    "GIT_CONFIG_GLOBAL": folder + "/gitconfig", "PRE_COMMIT_COLOR": "never"}
        for name in list(self.env):
            if re.match("GIT_(DIR|WORK_TREE|INDEX_FILE)|PRE_COMMIT_(?!HOME|COLOR)", name):
                del self.env[name]
        with open(folder + "/gitconfig", "w", encoding="ascii") as file:
            file.write("[user]\n\tname = A\n\temail = a@example.com\n[init]\n\tdefaultBranch = main\n"
                       "[protocol \"file\"]\n\tallow = always\n[core]\n\tquotePath = false\n")
        for path in (self.path, self.source):
            os.makedirs(path)
            self.git("init", "-q", cwd=path)

    def git(self, *args, cwd=None):
        return run(["git", *args], cwd=cwd or self.path, env=self.env)

    def call(self, *args):
        return run([self.pre_commit, *args], cwd=self.path, env=self.env)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def config(self, revision, more=""):
        self.write(".pre-commit-config.yaml", f"repos:\n  - repo: {self.source}\n    rev: {revision}\n    hooks:\n"
                                              f"      - id: hpcc-lint\n{more}")

    def commit(self, files):
        """Writes and commits; (exit status, the findings and what else was printed)."""
        for name, text in files.items():
            self.write(name, text)
        self.git("add", "-A")
        result = self.git("commit", "-q", "-m", "x")
        return result.returncode, (result.stdout + result.stderr).decode("utf-8", "replace")


def findings(said):
    return re.findall(r"^(.*):(\d+):\d+: \w+: .* \[([EWN]\d{4})\]$", said, re.M)


def commits(tap, repo):
    status, said = repo.commit({"c.yaml": CLUSTER})
    tap.ok(status == 0 and not findings(said) and "Passed" in said, "a good commit passes", said)
    status, said = repo.commit({"c.yaml": BAD})
    tap.ok(status != 0 and findings(said) == [("c.yaml", "16", "E0401")] and "exit code: 1" in said,
           "a bad commit is stopped, with the place", said)
    tap.equal(repo.git("log", "--oneline").stdout.count(b"\n"), 1, "nothing was committed")
    status, said = repo.commit({"c.yaml": CLUSTER.replace("  Ssh:\n    KeyName: key\n", "")})
    tap.ok(status == 0, "a warning stops no commit", said)
    status, said = repo.commit(FOREIGN)
    tap.ok(status == 0 and not findings(said), "foreign files are left alone", said)
    status, said = repo.commit({**{"again/" + name: text for name, text in FOREIGN.items()},
                                "with blank/my cluster.yaml": BAD, "-dash.yaml": BAD, "\u00fcml.yml": BAD})
    tap.ok(status != 0 and sorted(findings(said)) == sorted((n, "16", "E0401") for n in (
        "with blank/my cluster.yaml", "-dash.yaml", "\u00fcml.yml")), "bad files among foreign ones, odd names", said)
    repo.git("rm", "-rfq", "--cached", ".")
    repo.git("reset", "-q", "--hard")
    repo.git("clean", "-fdq")
    status, said = repo.commit({"c.yaml": CLUSTER.replace("Scheduling:", "Schedulin:")})
    tap.ok(status != 0 and ("c.yaml", "10", "E0101") in findings(said), "a misspelt section makes no file foreign", said)
    status, said = repo.commit({"c.yaml": CLUSTER.replace("  Os: alinux2023", "  Os: [alinux2023")})
    tap.ok(status != 0 and "[E0005]" in said, "a cluster file that is no YAML is stopped", said)
    status, said = repo.commit({"c.yaml": CLUSTER.replace("us-east-1", "us-west-2"),
                                ".hpcc.yaml": "severity: {W0206: error}\n"})
    tap.ok(status == 0, "a good commit with settings passes", said)
    status, said = repo.commit({"c.yaml": CLUSTER.replace("  Ssh:\n    KeyName: key\n", "")})
    tap.ok(status != 0 and ("c.yaml", "4", "W0206") in findings(said), "the settings of the repository hold", said)
    status, said = repo.commit({"c.yaml": CLUSTER, ".hpcc.yaml": "severity: bad\n"})
    tap.ok(status != 0 and "[E0031]" in said and "exit code: 2" in said, "broken settings stop a commit", said)
    os.unlink(repo.path + "/.hpcc.yaml")
    repo.commit({"c.yaml": CLUSTER})


def layout(tap, repo, revision):
    """The hook hpcc-fmt: a commit stops once, and the files have the layout then."""
    untidy = CLUSTER.replace(": ", ":   ").replace("    - Name", "   -  Name")
    foreign = {"fmt/" + name: text for name, text in FOREIGN.items()}
    repo.config(revision, "      - id: hpcc-fmt\n")
    status, said = repo.commit({"fmt/-c d.yaml": untidy.replace("us-east-1", "us-east-1 # near"), **foreign})
    with open(repo.path + "/fmt/-c d.yaml", encoding="utf-8") as file:
        now = file.read()
    tap.ok(status != 0 and "files were modified by this hook" in said and now == CLUSTER.replace("us-east-1", "us-east-1  # near"),
           "hpcc-fmt writes the layout and stops the commit", said + now)
    left = [name for name, text in foreign.items() if open(repo.path + "/" + name, encoding="utf-8").read() != text]
    tap.equal(left, [], "hpcc-fmt passes over foreign files")
    status, said = repo.commit({"fmt/p.hpc": "let a=1  # one\nassert   a==1\n"})
    with open(repo.path + "/fmt/p.hpc", encoding="utf-8") as file:
        tap.ok(status != 0 and file.read() == "let a = 1  # one\nassert a == 1\n", "hpcc-fmt lays programs out, too", said)
    status, said = repo.commit({})
    tap.ok(status == 0, "what has the layout passes", said)
    status, said = repo.commit({"fmt/x.yaml": CLUSTER.replace("Os: alinux2023", "Os: [alinux2023")})
    tap.ok(status != 0 and "fmt/x.yaml:" in said and "[E0005]" in said, "hpcc-fmt tells what cannot be read", said)
    repo.git("rm", "-rfq", "fmt")
    repo.git("commit", "-q", "-n", "-m", "x")
    repo.config(revision)
    repo.commit({})


def staged(tap, repo):
    """What is staged counts, not what lies in the folder."""
    repo.write("c.yaml", BAD)
    repo.git("add", "c.yaml")
    repo.write("c.yaml", CLUSTER)
    result = repo.git("commit", "-q", "-m", "x")
    tap.ok(result.returncode != 0 and b"[E0401]" in result.stdout + result.stderr,
           "a staged mistake that was mended afterwards is found")
    repo.git("add", "c.yaml")
    repo.write("unstaged.yaml", BAD)
    repo.write("c.yaml", BAD)
    result = repo.git("commit", "-q", "--allow-empty", "-m", "x")
    tap.ok(result.returncode == 0, "what is not staged is not judged", result.stdout.decode())
    repo.git("checkout", "-q", ".")
    os.unlink(repo.path + "/unstaged.yaml")


def many(tap, repo):
    """Order and batches make no difference."""
    for i in range(300):
        repo.write(f"many/{i:03}/cluster of {i}.yaml", BAD if i % 3 == 0 else CLUSTER)
    for i in range(300):
        repo.write(f"many/{i:03}/foreign.yaml", FOREIGN["compose.yaml"])
    repo.git("add", "-A")
    result = repo.call("run", "--all-files")
    said = result.stdout.decode("utf-8", "replace")
    wanted = [(f"many/{i:03}/cluster of {i}.yaml", "16", "E0401") for i in range(0, 300, 3)]
    tap.ok(result.returncode == 1 and findings(said) == wanted, "600 files, findings in the order of their names",
           said[:2000])
    names = [f"many/{i:03}/cluster of {i}.yaml" for i in range(300)]
    random.Random(3).shuffle(names)
    one = run([HPCC, "lint", "--only-clusters", "--format=short", "--", *names], cwd=repo.path)
    order = [name for name, _, _ in findings(one.stdout.decode())]
    tap.equal(order, [n for n in names if int(n[5:8]) % 3 == 0], "findings come in the order of the arguments")
    parts = b"".join(run([HPCC, "lint", "--only-clusters", "--format=short", "--", *names[i:i + 7]],
                         cwd=repo.path).stdout for i in range(0, 300, 7))
    tap.equal(parts, one.stdout, "batches of seven say the same")
    repo.git("reset", "-q")
    shutil.rmtree(repo.path + "/many")


def uses(tap, repo, revision):
    """Options of the user."""
    warned = CLUSTER.replace("  Ssh:\n    KeyName: key\n", "")
    repo.config(revision, "        args: [--fail-on=warning]\n")
    status, said = repo.commit({"c.yaml": warned})
    tap.ok(status != 0 and "[W0206]" in said, "args: [--fail-on=warning]", said)
    repo.config(revision, "        exclude: ^drafts/\n")
    status, said = repo.commit({"c.yaml": CLUSTER, "drafts/c.yaml": BAD})
    tap.ok(status == 0, "exclude: leaves files out", said)
    repo.config(revision)


class Release(http.server.ThreadingHTTPServer):
    """A release on a port of its own: an archive with this hpcc, and SHA256SUMS."""

    def __init__(self, folder):
        handler = functools.partial(Quiet, directory=folder)
        super().__init__(("127.0.0.1", 0), handler)
        self.asked = []
        self.folder = folder
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        os.makedirs(folder)
        with open(ROOT + "/meson.build", encoding="utf-8") as file:
            version = re.search(r"version: '([^']+)'", file.read()).group(1)
        name = f"hpcc-{version}-linux-{platform.machine()}"
        with tarfile.open(f"{folder}/{name}.tar.gz", "w:gz") as tar:
            tar.add(HPCC, name + "/bin/hpcc")
        self.archive = f"{folder}/{name}.tar.gz"
        self.sums()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def sums(self, spoilt=""):
        with open(self.archive, "rb") as file:
            digest = hashlib.sha256(file.read() + spoilt.encode()).hexdigest()
        with open(self.folder + "/SHA256SUMS", "w", encoding="ascii") as file:
            file.write(f"{digest}  {os.path.basename(self.archive)}\n")
        return digest


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        self.server.asked.append(os.path.basename(self.path))


def released(tap, repo, folder):
    """A machine without hpcc takes the released program once, and only with the right checksum."""
    repo.env["PATH"] = os.environ["PATH"]
    if shutil.which("hpcc", path=repo.env["PATH"]):
        tap.skip("without hpcc in the path", "hpcc is installed")
        return
    release = Release(folder + "/release")
    repo.env["HPCC_RELEASE"] = release.address
    release.sums("spoilt")
    status, said = repo.commit({"c.yaml": CLUSTER + "\n"})
    tap.ok(status != 0 and "the checksum of hpcc-" in said and "building" not in said,
           "a wrong checksum stops the commit and builds nothing", said)
    good = release.sums()
    repo.env["HPCC_SHA256"] = good[:-1] + ("0" if good[-1] != "0" else "1")
    status, said = repo.commit({"c.yaml": CLUSTER + "\n"})
    tap.ok(status != 0 and "the checksum of hpcc-" in said, "so does one that is not the pinned one", said)
    repo.env["HPCC_SHA256"] = good
    status, said = repo.commit({"c.yaml": CLUSTER + "\n"})
    tap.ok(status == 0 and "Passed" in said, "the pinned program is taken", said)
    release.shutdown()
    release.server_close()
    status, said = repo.commit({"c.yaml": BAD})
    tap.ok(status != 0 and findings(said) == [("c.yaml", "16", "E0401")], "once: the next commit asks nobody", said)
    tap.equal(release.asked.count(os.path.basename(release.archive)), 3, "requests for the archive")


def built(tap, folder):
    """Where there is neither hpcc nor a release, the revision is built."""
    clone = folder + "/clone"
    shutil.copytree(ROOT, clone, ignore=lambda where, names: [
        name for name in names if where == ROOT and (name == ".git" or name.startswith("build"))])
    with open(folder + "/c.yaml", "w", encoding="utf-8") as file:
        file.write(BAD)
    # What is proven needs no fast program.
    env = {**os.environ, "HPCC_RELEASE": "http://127.0.0.1:1", "CFLAGS": "-O0 -g0"}
    for what in ("built", "kept"):
        result = subprocess.run([clone + "/doc/ci/pre-commit-hook", "--", "c.yaml"], cwd=folder, env=env,
                                capture_output=True, timeout=570, check=False)
        said = result.stderr.decode("utf-8", "replace")
        tap.ok(result.returncode == 1 and findings(result.stdout.decode()) == [("c.yaml", "16", "E0401")]
               and ("building" in said) == (what == "built"), f"without a release the program is {what}", said)


def steps(path):
    """{name: shell} of the steps of a workflow that run something."""
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"- name: (.*)\n(?:        (?!run:)\S.*\n)*        run: \|\n((?: {10}.*\n)+)", file.read())
    return {name: re.sub("(?m)^ {10}", "", text) for name, text in found}


def workflow(tap, repo, folder):
    """doc/ci/github.yml: what its steps do in a shell of bash -e, as GitHub calls it."""
    shell = steps(ROOT + "/doc/ci/github.yml")
    tap.ok(len(shell) == 4, "the steps of the workflow", list(shell))
    first = repo.git("rev-parse", "HEAD", cwd=repo.source).stdout.decode().strip()
    repo.git("tag", "v0", cwd=repo.source)
    repo.git("commit", "-q", "--allow-empty", "-m", "later", cwd=repo.source)
    last = repo.git("rev-parse", "HEAD", cwd=repo.source).stdout.decode().strip()
    for revision, commit in (("main", last), ("v0", first), (first, first)):
        place = f"{folder}/runner-{len(revision)}"
        os.makedirs(place)
        result = run(["bash", "-e", "-c", shell["fetch hpcc"]], cwd=place, env={
            **repo.env, "RUNNER_TEMP": place, "GITHUB_OUTPUT": place + "/output", "HPCC_REPOSITORY": "file://" + repo.source,
            "HPCC_REVISION": revision})
        said = (result.stdout + result.stderr).decode()
        with open(place + "/output", encoding="utf-8") as file:
            tap.ok(result.returncode == 0 and file.read() == f"commit={commit}\n" and
                   os.path.exists(place + "/hpcc/doc/ci/install-hpcc"), f"fetched by {revision}", said)
    os.makedirs(folder + "/.local/bin")
    os.symlink(HPCC, folder + "/.local/bin/hpcc")
    repo.write("bad one.yaml", BAD)
    for i in range(1500):  # more than xargs puts into one call by itself
        repo.write(f"{'n' * 150}/{i}.yaml", "a: 1\n")
    repo.git("add", "-A")
    result = run(["bash", "-e", "-c", shell["report"]], cwd=repo.path, env=repo.env)
    with open(repo.path + "/hpcc.sarif", encoding="utf-8") as file:
        tap.ok(result.returncode == 0 and file.read().count('"E0401"') >= 1, "one report of many files", result.stderr.decode())
    result = run(["bash", "-e", "-c", shell["annotate, and stop when there are errors"]], cwd=repo.path, env=repo.env)
    tap.ok(result.returncode != 0 and b"::error file=bad one.yaml,line=16" in result.stdout, "annotations", result.stdout.decode())


def main():
    tap = Tap()
    pre_commit = tool("pre-commit") or shutil.which("pre-commit")
    if pre_commit is None or shutil.which("git") is None:
        print("1..0 # SKIP no pre-commit or no git")
        return 0
    result = run([pre_commit, "validate-manifest", HOOKS])
    tap.ok(result.returncode == 0, "pre-commit accepts .pre-commit-hooks.yaml", result.stdout.decode())
    with temporary() as folder:
        repo = Repository(os.path.realpath(folder), pre_commit)
        shutil.copy(HOOKS, repo.source)
        shutil.copy(ROOT + "/meson.build", repo.source)
        shutil.copytree(ROOT + "/doc/ci", repo.source + "/doc/ci")
        repo.git("add", "-A", cwd=repo.source)
        repo.git("commit", "-q", "-m", "hooks", cwd=repo.source)
        revision = repo.git("rev-parse", "HEAD", cwd=repo.source).stdout.decode().strip()
        repo.config(revision)
        result = repo.call("install")
        if tap.ok(result.returncode == 0, "pre-commit install", (result.stdout + result.stderr).decode()):
            commits(tap, repo)
            layout(tap, repo, revision)
            staged(tap, repo)
            many(tap, repo)
            result = repo.call("try-repo", repo.source, "hpcc-lint", "--all-files")
            tap.ok(result.returncode == 0, "pre-commit try-repo", (result.stdout + result.stderr).decode())
            uses(tap, repo, revision)
            released(tap, repo, os.path.realpath(folder))
            workflow(tap, repo, os.path.realpath(folder))
            if not shutil.which("hpcc"):
                built(tap, folder)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

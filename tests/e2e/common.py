# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: TAP, running hpcc, the examples, tools from the virtual environment."""
import glob
import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("HPCC_VENV", os.path.join(ROOT, "build", "venv"))
AWSBATCH = os.environ.get("HPCC_AWSBATCH", VENV + "-awsbatch")  # of tests/requirements-awsbatch.txt
SCANNERS = os.environ.get("HPCC_SCANNERS", VENV + "-scanners")  # of tests/requirements-scanners.txt
with open(os.path.join(ROOT, "tests", "requirements.txt"), encoding="utf-8") as pins:
    REQUIREMENTS = pins.read()
SHARED = os.path.join(os.path.dirname(ROOT), "shared")  # files of others, beside the project where they exist
HPCC = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "build", "hpcc")
# A cluster file without a finding.
CLUSTER = """\
Region: us-east-1
Image:
  Os: alinux2023
HeadNode:
  InstanceType: c6i.4xlarge
  Networking:
    SubnetId: subnet-0123456789abcdef0
  Ssh:
    KeyName: key
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - Name: compute
      ComputeResources:
        - Name: nodes
          InstanceType: c6i.large
          MaxCount: 2
      Networking:
        SubnetIds:
          - subnet-0123456789abcdef0
"""


class Tap:
    """Prints the Test Anything Protocol; the plan comes last, so tests can be made as they come."""

    def __init__(self):
        self.n = self.failures = 0

    def ok(self, good, name, why=""):
        self.n += 1
        self.failures += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            for line in str(why).splitlines()[:60]:
                print("# " + line)
        sys.stdout.flush()
        return good

    def equal(self, got, want, name):
        return self.ok(got == want, name, f"got {got!r:.2000}\nnot {want!r:.2000}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}", flush=True)

    def end(self):
        """Prints the plan and leaves; nothing tested is a failure."""
        print(f"1..{self.n}", flush=True)
        sys.exit(1 if self.failures or self.n == 0 else 0)


def tool(name, venv=VENV):
    """Path of a program in a virtual environment, or None."""
    path = os.path.join(venv, "bin", name)
    return path if os.path.exists(path) else None


def need_tools(*names):
    """Ends the test as skipped unless all are there."""
    missing = [name for name in names if not tool(name)]
    if missing:
        print(f"1..0 # SKIP no {', '.join(missing)} in the virtual environment", flush=True)
        sys.exit(0)


def in_venv(module, pinned=False, venv=VENV):
    """Runs this program again with the virtual environment's Python when `module` is not at hand, or not in the
    version of tests/requirements.txt where that matters."""
    try:
        __import__(module)
        name = {"cfnlint": "cfn-lint"}.get(module, module)
        if pinned and not re.search(rf"^{name}\b.*=={re.escape(importlib.metadata.version(name))}$", REQUIREMENTS, re.M):
            raise ImportError
    except ImportError:
        if not tool("python3", venv):
            print(f"1..0 # SKIP no virtual environment {os.path.relpath(venv, ROOT)}", flush=True)
            sys.exit(0)
        if os.environ.get("HPCC_IN_VENV"):
            print(f"1..0 # SKIP no Python module {module}", flush=True)
            sys.exit(0)
        os.environ["HPCC_IN_VENV"] = "1"
        python = tool("python3", venv)
        os.execv(python, [python, "-u", *sys.argv])


def run(command, **kwargs):
    """subprocess.run with captured bytes, no standard input and a generous limit of time."""
    kwargs.setdefault("timeout", 600)
    if "input" not in kwargs:
        kwargs.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(command, capture_output=True, **kwargs)


def hpcc(*args, **kwargs):
    return run([HPCC, *args], **kwargs)


class Example:
    """A file of examples/ with the arguments it is compiled with."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.splitext(os.path.relpath(path, os.path.join(ROOT, "examples")))[0]
        config = os.path.join(os.path.dirname(path), "config.yaml")
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.args = ["--vars", config] if "${" in self.text and os.path.exists(config) else []
        self.variables = {}
        if self.args:
            with open(config, encoding="utf-8") as file:
                self.variables = dict(re.findall(r"^(\w+): *(.*)$", file.read(), re.M))
        scheduler = re.search(r"^\s*Scheduler:\s*(\w+)", self.text, re.M)
        self.scheduler = scheduler and scheduler.group(1)  # None: it is not a cluster
        self.resolved = re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda m: self.variables.get(
            m.group(1), m.group(0) if m.group(2) is None else m.group(2)), self.text)
        self.region = re.search(r"^Region:\s*(\S+)", self.resolved, re.M).group(1)


class Declaration(Example):
    """A declaration of a program of examples/: what it expands to, and the arguments that pick it."""

    def __init__(self, path, name, text):
        self.path, self.text, self.resolved, self.variables = path, text, text, {}
        stem = os.path.splitext(os.path.relpath(path, os.path.join(ROOT, "examples")))[0]
        self.name = f"{stem}-{name}"
        self.args = ["--no-config", "--only", name]
        scheduler = re.search(r"^\s*Scheduler:\s*(\w+)", text, re.M)
        self.scheduler = scheduler and scheduler.group(1)
        self.region = re.search(r"^Region:\s*(\S+)", text, re.M).group(1)


def declarations():
    """All declarations of the programs of examples/, by path."""
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.hpc"))):
        with open(path, encoding="utf-8") as file:
            names = re.findall(r"^(?:cluster|batch|environment) (\w+) \{", file.read(), re.M)
        text = hpcc("expand", "--no-config", path).stdout.decode()
        parts = re.findall(r"^# \w+ ([\w-]+)\n(.*?)(?=^---$|\Z)", text, re.M | re.S) or [(names[0], text)]
        found += [Declaration(path, *part) for part in parts]
    return found


def examples(scheduler="slurm", on_environment=False):
    """All examples for one scheduler; files of variables are left out. With on_environment those instead that need another
    file or bring a network of their own, which environments.py deploys."""
    found = [path for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml")))
             if re.search(r"^HeadNode:", open(path, encoding="utf-8").read(), re.M)]
    return [e for e in [*map(Example, found), *declarations()]
            if e.scheduler == scheduler and (e.name.startswith("on-environment/") or "${stack." in e.text) == on_environment]


def environments():
    """All examples of environments, by path."""
    return [path for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml")))
            if re.search(r"^Kind: Environment$", open(path, encoding="utf-8").read(), re.M)]


def batches():
    """All examples of AWS Batch environments, by path."""
    return [path for path in sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml")))
            if re.search(r"^Kind: Batch$", open(path, encoding="utf-8").read(), re.M)]


def by_default(template, value):
    """The branch of an Fn::If that the defaults of the parameters choose."""
    while isinstance(value, dict) and "Fn::If" in value:
        name, then, otherwise = value["Fn::If"]
        parameter, wanted = template["Conditions"][name]["Fn::Equals"]
        value = then if template["Parameters"][parameter["Ref"]]["Default"] == wanted else otherwise
    return value


def temporary():
    return tempfile.TemporaryDirectory(prefix="hpcc-test-")


def create_only_paths(kind, region):
    """The same with those below others: ways of names."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    return {tuple(path.split("/")[2:]) for path in schema.get("createOnlyProperties", [])}


def create_only(kind, region):
    """Names of the properties of a type that cannot change without a replacement, from AWS's schemas in cfn-lint."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    return {path.split("/")[2] for path in schema.get("createOnlyProperties", [])}

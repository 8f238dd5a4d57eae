#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`hpcc expand --kind=batch`: the batch file that says what a cluster with the scheduler awsbatch says.

usage: batch_equal.py HPCC [--bless] [COLLECTION]

Of tests/convert/NAME.yaml it is tests/convert/NAME.batch, byte for byte (--bless writes that). Of these, and of every
awsbatch file without errors in COLLECTION, it has no finding above a note, compiles, and has the words and figures of
the cluster. Whatever is no such cluster is refused. Prints TAP.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_VCPUS = 1000000  # of a batch file: tests/convert/bounds.batch shows what is said of more
SLURM = """Region: us-east-1
Image: {Os: alinux2023}
HeadNode: {InstanceType: c6i.large, Networking: {SubnetId: subnet-0123456789abcdef0}, Ssh: {KeyName: my-key}}
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - {Name: q, ComputeResources: [{Name: c, InstanceType: c6i.large}], Networking: {SubnetIds: [subnet-0123456789abcdef0]}}
"""
results = []


def ok(good, name, why=""):
    results.append(good)
    print(("ok" if good else "not ok"), len(results), "-", name)
    if not good:
        print("\n".join("# " + line for line in str(why).splitlines()[:30]))


def hpcc(*args, cwd=None):
    return subprocess.run([HPCC, *args], cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)


def says_the_same(cluster, batch, text):
    """What of the cluster is missing in the batch file."""
    queue = cluster["Scheduling"]["AwsBatchQueues"][0]
    resource, environment = queue["ComputeResources"][0], batch["ComputeEnvironments"][0]
    spot = queue.get("CapacityType") == "SPOT"
    wrong = []
    # Too few for any of the types: a batch file with so many is refused, and says why it has more.
    few = re.search(r"# MaxvCpus: (\d+), as in the cluster file, starts none of these types\n +MaxvCpus: (\d+)\n", text)
    if few and int(few[2]) <= int(few[1]):
        wrong.append(few[0])
    for name, is_so, wanted in (
            ("Name", environment["Name"], resource["Name"]),
            ("MaxvCpus", int(few[1]) if few else environment["MaxvCpus"], min(int(resource.get("MaxvCpus", 10)), MOST_VCPUS)),
            ("MinvCpus", environment.get("MinvCpus", 0), min(int(resource.get("MinvCpus", 0)), MOST_VCPUS)),
            ("Type", environment["Type"], "SPOT" if spot else "EC2"),
            ("BidPercentage", environment.get("BidPercentage"), resource.get("SpotBidPercentage") if spot else None),
            ("Networking", environment.get("Networking"), queue.get("Networking")),
            ("queue", batch["JobQueues"], [{"Name": queue["Name"], "ComputeEnvironmentOrder": [resource["Name"]]}]),
            ("Region", batch.get("Region"), cluster.get("Region")),
            ("Tags", batch.get("Tags"), cluster.get("Tags"))):
        if is_so != wanted:
            wrong.append(f"{name} is {is_so}, not {wanted}")
    if not set(environment["InstanceTypes"]) <= set(resource["InstanceTypes"]):
        wrong.append("types that the cluster has not")
    jobs = [job["Name"] for job in batch["JobDefinitions"]]
    if "serial" not in jobs or (spot and "mnp" in jobs):
        wrong.append(f"jobs {jobs}")
    return wrong


def judge(name, text, source, folder):
    path = os.path.join(folder, "batch.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    lint = hpcc("lint", "--no-config", "--format=short", "batch.yaml", cwd=folder)
    above = [line for line in lint.stdout.splitlines() if ": note: " not in line]
    ok(lint.returncode == 0 and not above, f"{name}: nothing above a note", "\n".join(above) + lint.stderr)
    build = hpcc("--no-config", "batch.yaml", "-o", os.devnull, cwd=folder)
    ok(build.returncode == 0, f"{name}: compiles", build.stderr)
    try:
        wrong = says_the_same(yaml.safe_load(source), yaml.safe_load(text), text)
    except (yaml.YAMLError, KeyError, TypeError) as fault:
        wrong = [repr(fault)]
    ok(not wrong, f"{name}: says the same", "\n".join(wrong))


def own(folder, bless):
    for path in sorted(glob.glob(HERE + "/convert/*.yaml")):
        name = os.path.basename(path)
        out = hpcc("expand", "--kind=batch", "--no-config", name, cwd=os.path.dirname(path))
        wanted = os.path.splitext(path)[0] + ".batch"
        if bless:
            with open(wanted, "w", encoding="utf-8") as file:
                file.write(out.stdout)
        with open(wanted, encoding="utf-8") as file:
            ok(out.returncode == 0 and out.stdout == file.read(), f"{name}: as it was written down", out.stdout + out.stderr)
        with open(path, encoding="utf-8") as file:
            judge(name, out.stdout, file.read(), folder)


def others(folder, collection):
    for path in sorted(glob.glob(collection + "/**/*.yaml", recursive=True)):
        with open(path, encoding="utf-8", errors="replace") as file:
            source = file.read()
        if not re.search(r"Scheduler: *awsbatch", source) or hpcc("lint", "--no-config", path).returncode != 0:
            continue
        out = hpcc("expand", "--kind=batch", "--no-config", path)
        name = os.path.relpath(path, collection)
        ok(out.returncode == 0, f"{name}: has an equal", out.stderr)
        judge(name, out.stdout, source, folder)


def refused(folder):
    path = os.path.join(folder, "slurm.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SLURM)
    good = os.path.join(HERE, "convert/plain.yaml")
    for args, words in (([path, "--kind=batch"], "clusters with the scheduler awsbatch have an equal batch file"),
                        ([good, "--kind=batch", "--for=parallelcluster"], "ParallelCluster reads no file of the kind"),
                        ([good, "--kind=slurm"], "batch")):
        out = hpcc("expand", "--no-config", *args)
        ok(out.returncode == 2 and words in out.stderr and not out.stdout, f"refused: {' '.join(args[1:])} {args[0][-10:]}",
           f"{out.returncode} {out.stderr}")


def main():
    global HPCC
    HPCC = os.path.abspath(sys.argv[1])
    rest = [arg for arg in sys.argv[2:] if arg != "--bless"]
    with tempfile.TemporaryDirectory() as folder:
        own(folder, "--bless" in sys.argv)
        refused(folder)
        for collection in rest:
            others(folder, collection)
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)


main()

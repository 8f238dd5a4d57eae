#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc instances, each option against the same question put to an answer of DescribeInstanceTypes in Python.

The answer is moto's copy, of the version that the bundled table was made from. Types that AWS has withdrawn are in
the table alone and are left out. usage: instances.py HPCC; prints TAP.
"""
import json
import os
import subprocess
import sys

from common import ROOT, Tap, hpcc, in_venv, temporary

in_venv("moto", pinned=True)
CATALOG = json.loads(subprocess.run([sys.executable, os.path.join(ROOT, "tests/unit/moto_catalog.py")],
                                    capture_output=True, check=True).stdout)["InstanceTypes"]
TYPES = {t["InstanceType"]: t for t in CATALOG}


def gpus(t):
    found = t.get("GpuInfo", {}).get("Gpus", [])
    return sum(g["Count"] or 1 for g in found)  # a part of a GPU counts as one


def cards(t):
    return t["NetworkInfo"].get("NetworkCards", [])


FILTERS = {
    "--efa": lambda t: t["NetworkInfo"].get("EfaSupported", False),
    "--gpu": lambda t: gpus(t) > 0,
    "--neuron": lambda t: "NeuronInfo" in t or any(a["Manufacturer"] == "AWS" for a in
                                                   t.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])),
    "--spot": lambda t: "spot" in t["SupportedUsageClasses"],
    "--capacity-block": lambda t: "capacity-block" in t["SupportedUsageClasses"],
    "--current": lambda t: t["CurrentGeneration"],
    "--disks": lambda t: "InstanceStorageInfo" in t,
    "--arch=arm64": lambda t: "arm64" in t["ProcessorInfo"]["SupportedArchitectures"],
    "--min-vcpus=96": lambda t: t["VCpuInfo"]["DefaultVCpus"] >= 96,
    "--max-vcpus=2": lambda t: t["VCpuInfo"]["DefaultVCpus"] <= 2,
    "--min-memory=1024": lambda t: t["MemoryInfo"]["SizeInMiB"] >= 1024 * 1024,
    "--min-gpus=4": lambda t: gpus(t) >= 4,
    "--min-efa=2": lambda t: t["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces", 0) >= 2,
    "--gpu-name=h100": lambda t: any("h100" in g["Name"].lower() for g in t.get("GpuInfo", {}).get("Gpus", [])),
}


def names(*args):
    result = hpcc("instances", "--emit=json", *args)
    listed = json.loads(result.stdout)
    return [t["name"] for t in listed if not t["withdrawn"]]


def judge_filters(tap):
    for option, holds in FILTERS.items():
        want = {name for name, t in TYPES.items() if holds(t)}
        tap.ok(0 < len(want) < len(TYPES), f"{option} divides the types")
        got = set(names(option))
        tap.equal((sorted(got - want), sorted(want - got)), ([], []), f"{option}: the types of the API answer")
    both = names("--efa", "--arch=arm64", "--max-vcpus=64")
    want = {n for n, t in TYPES.items() if FILTERS["--efa"](t) and FILTERS["--arch=arm64"](t) and
            t["VCpuInfo"]["DefaultVCpus"] <= 64}
    tap.equal(set(both), want, "options together mean all of them")
    tap.equal(set(names("hpc7*.*xlarge")), {n for n in TYPES if n.startswith("hpc7")}, "a pattern of names")
    for row in json.loads(hpcc("instances", "--emit=json", "--min-network=400").stdout):
        tap.ok(row["network_gbps"] >= 400, f"--min-network: {row['name']}")
    got = [TYPES[n]["VCpuInfo"]["DefaultVCpus"] for n in names("--sort=vcpus")]
    tap.equal(got, sorted(got), "--sort=vcpus")
    got = [TYPES[n]["MemoryInfo"]["SizeInMiB"] for n in names("--sort=memory")]
    tap.equal(got, sorted(got), "--sort=memory")


def judge_formats(tap):
    table = hpcc("instances", "p5.48xlarge", "t3.micro").stdout.decode().splitlines()
    tap.equal([line.split()[0] for line in table], ["NAME", "p5.48xlarge", "t3.micro"], "a table with a head")
    rows = [line.split("\t") for line in hpcc("instances", "--emit=tsv", "hpc7*").stdout.decode().splitlines()]
    tap.equal({len(row) for row in rows}, {len(rows[0])}, "TSV has the same columns in each row")
    tap.ok("hpc7a.96xlarge" in {row[0] for row in rows}, "TSV begins with the name")


def judge_catalog(tap):
    new = json.loads(json.dumps(TYPES["c7i.large"]))
    new["InstanceType"] = "zz9.large"
    with temporary() as folder:
        path = os.path.join(folder, "catalog.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"InstanceTypes": [new]}, file)
        tap.equal(names("zz9.large", "--catalog", path), ["zz9.large"], "--catalog adds a type")
        tap.equal(hpcc("instances", "zz9.large").returncode, 1, "without it there is none")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"InstanceTypes": [{"InstanceType": 7}]}')
        result = hpcc("instances", "--catalog", path)
        tap.ok(result.returncode != 0 and b"E002" in result.stderr and not result.stdout, "a broken catalog is refused",
               result.stderr)


def judge_faults(tap):
    for args, status, words in ((["t3.mirco"], 1, b"t3.micro"), (["--region=us-east-11"], 1, b"us-east-1"),
                                (["--zone=use1-az9"], 1, b"E0403"), (["--arch=mips"], 2, b"x86_64"),
                                (["--min-vcpus=many"], 2, b"whole number"), (["--sort=age"], 2, b"name")):
        result = hpcc("instances", *args)
        tap.ok(result.returncode == status and words in result.stderr and not result.stdout, f"{args[0]} is refused",
               f"{result.returncode} {result.stderr}")


CLUSTER = """Region: us-east-1
Image: {Os: rhel9}
HeadNode: {InstanceType: m5.xlarge, Networking: {SubnetId: subnet-0123456789abcdef0}}
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - Name: q
      ComputeResources: [{Name: c, InstanceType: TYPE}]
      Networking: {SubnetIds: [subnet-0123456789abcdef0]}
"""


def judge_drivers(tap):
    """No type with an accelerator comes out without a word where the image has no driver, and no other type with one."""
    having = {name for name, t in TYPES.items()
              if any(k in t for k in ("GpuInfo", "NeuronInfo", "FpgaInfo", "MediaAcceleratorInfo", "InferenceAcceleratorInfo"))}
    with temporary() as folder:
        for name in TYPES:
            with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as file:
                file.write(CLUSTER.replace("TYPE", name))
        said = hpcc("lint", "--format=short", folder).stdout.decode()
    told = {line.split(".yaml:")[0].rsplit("/", 1)[1] for line in said.splitlines() if "[W0409]" in line}
    tap.ok(len(having) > 80, "types with accelerators", len(having))
    tap.equal((sorted(having - told), sorted(told - having)), ([], []), "W0409 speaks of each accelerator, and of nothing else")


def main():
    tap = Tap()
    judge_drivers(tap)
    judge_filters(tap)
    judge_formats(tap)
    judge_catalog(tap)
    judge_faults(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program costs at most twice what the YAML it comes to costs, in instructions.

Three programs of 50 queues, each against the YAML that `expand` writes of it: written out entry by entry, made by a function in
rounds, and of 2,000 lines. usage: programs.py HPCC; prints TAP.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from common import HPCC, hpcc, temporary  # noqa: E402
from bench import Report, instructions  # noqa: E402

MOST, AIM = 2, 2
HEAD = """cluster c {
  Region: "us-east-1"
  Image.Os: "alinux2023"
  HeadNode { InstanceType: "m5.4xlarge", Networking.SubnetId: "subnet-0123456789abcdef0", Ssh.KeyName: "key" }
  Scheduling {
    Scheduler: "slurm"
    SlurmQueues: [
"""
QUEUE = """      {
        Name: "q%d"
        CapacityType: "SPOT"
        ComputeResources: [%s]
        Networking.SubnetIds: ["subnet-0123456789abcdef0"]
      }
"""
RESOURCE = '{ Name: "r%d", InstanceType: "%s", MaxCount: 3 }'
LONG = """
          {
            Name: "r%d"
            InstanceType: "%s"
            MinCount: 0
            MaxCount: 3
          }
"""
FUNCTION = """let types = ["c5.xlarge", "c5.2xlarge", "m5.xlarge", "m5.2xlarge", "r5.xlarge"]

fn queue(n: int, type: InstanceType, nodes: int(1..10)): SlurmQueue {
  let facts = instance(type)
  Name: "q${n}"
  CapacityType: if facts.vcpus > 4 then "SPOT" else "ONDEMAND"
  ComputeResources: [{ Name: "r${n}", InstanceType: type, MaxCount: nodes }]
  Networking.SubnetIds: ["subnet-0123456789abcdef0"]
}

"""
TYPES = ("c5.xlarge", "c5.2xlarge", "m5.xlarge", "m5.2xlarge", "r5.xlarge", "r5.2xlarge", "c6i.xlarge")


def written_out(resources=1, form=RESOURCE):
    queues = (QUEUE % (n, ", ".join(form % (i, TYPES[i]) for i in range(resources))) for n in range(50))
    return HEAD + "".join(queues) + "    ]\n  }\n}\n"


def in_rounds():
    return FUNCTION + HEAD + "      for n in 0..49 => queue(n, types[n % 5], 1 + n % 9)\n    ]\n  }\n}\n"


def long_one():
    text = written_out(5, LONG)
    return text + "# a line more\n" * (2000 - text.count("\n"))


def main():
    report = Report()
    with temporary() as folder:
        for name, text in (("written out", written_out()), ("in rounds", in_rounds()), ("2,000 lines", long_one())):
            program, beside = (os.path.join(folder, "c." + ending) for ending in ("hpc", "yaml"))
            with open(program, "w", encoding="utf-8") as file:
                file.write(text)
            expanded = hpcc("expand", "--no-config", program)
            if expanded.returncode != 0:
                raise SystemExit(expanded.stderr.decode())
            with open(beside, "wb") as file:
                file.write(expanded.stdout)
            mine, other = (instructions([HPCC, "lint", "-q", "--no-config", path]) for path in (program, beside))
            if mine is None:
                report.skip(name, "no valgrind")
                continue
            nothing = instructions([HPCC, "--version"])
            print(f"# {name}: {text.count(chr(10))} lines, {mine:,} instructions; as YAML {other:,}; --version {nothing:,}")
            report.check(f"50 queues, {name}, against the YAML: instructions", (mine - nothing) / (other - nothing), AIM, MOST)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())

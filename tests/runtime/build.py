#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A cluster whose distribution has no Slurm that is new enough, in the laboratory: the head node builds one from its real
source, with the real compiler, and compute and login nodes run it.

usage: build.py HPCC SUITE GROUP|TEST…, with the release of Debian of which make-image has the tools; prints TAP, after a
failure the logs of machines.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter, images  # noqa: E402
from cluster_base import Cluster, run_tests  # noqa: E402
from common import in_venv  # noqa: E402

in_venv("boto3")
enter(5000, sys.argv[2])

CLUSTER = """
Region: us-east-1
Image: {{Os: ubuntu2204}}
HeadNode:
  InstanceType: m5.large
  Networking: {{SubnetId: {subnet}}}
LoginNodes:
  Pools:
    - Name: pool
      InstanceType: m5.large
      Count: 1
      Networking: {{SubnetIds: [{subnet}]}}
Scheduling:
  Scheduler: slurm
  SlurmSettings:
    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf
  SlurmQueues:
    - Name: q
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: r, InstanceType: c5.large, MinCount: 1, MaxCount: 2}}
"""
# What is proven needs no fast Slurm: the compiler is the real one, and is told so behind all that configure tells it.
COMPILER = """#!/bin/sh
exec /usr/bin/gcc "$@" -O0 -g0
"""
INSTALLED = 'DPkg::Post-Invoke { "[ ! -x /usr/bin/gcc ] || ln -sf ../lab/gcc /usr/local/bin/gcc"; };\n'
PLUGINS = "accounting_storage_mysql auth_munge cgroup_v2 mpi_pmix select_cons_tres task_affinity task_cgroup"


def make(tap, suite):
    c = Cluster(tap, suite, images(suite) + "/source/slurm.tar.gz")
    image, stock = c.lab.hypervisor.layers[None]
    c.lab.hypervisor.layers[None] = [image, images(suite) + "/build", stock]
    c.lab.put("usr/local/lab/gcc", COMPILER, 0o755)
    c.lab.put("etc/apt/apt.conf.d/99-lab-gcc", INSTALLED)
    c.lab.hypervisor.boots = lambda tags: "hpcc:login-pool" not in tags  # its group waits for the head node's signal
    c.create(CLUSTER.format(**c.subnets))
    return c


def builds(c):
    """The head node builds Slurm and is ready."""
    c.lab.wait("a signal", 1500, lambda: c.lab.signals())
    signal = c.lab.signals()[0]
    c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal)
    c.tap.equal(c.slurm("readlink /proc/$(pidof slurmctld)/exe"), "/opt/slurm/sbin/slurmctld", "slurmctld is its own")
    c.tap.equal(c.slurm("apt-cache policy slurmd slurm-client"), "", "no package server has one")
    for plugin in PLUGINS.split():
        c.tap.ok(c.slurm(f"ls /opt/slurm/lib/slurm/{plugin}.so"), f"it has the plugin {plugin}")
    found = c.slurm("/opt/slurm/bin/scontrol show config | grep ^MpiDefault")
    c.tap.equal(found.split()[-1:], ["pmix"], "PMIx is the way of MPI")


def runs(c):
    """Compute nodes mount it, and have what it needs."""
    found = c.slurm("cd /home/ubuntu && . /etc/profile.d/hpcc-slurm.sh && "
                    "srun -N2 sh -c 'echo $PMIX_RANK $(hostname)' | sort", user="ubuntu", timeout=300)
    c.tap.equal(found, "0 q-dy-r-1\n1 q-st-r-1",
                "a job runs on two nodes, with PMIx")
    for node in c.machines("Compute"):
        name = node.run("hostname").stdout.strip()
        c.tap.equal(node.run("readlink /proc/$(systemctl show -p MainPID --value slurmd)/exe").stdout, "/opt/slurm/sbin/slurmd\n",
                    f"{name} runs the head node's slurmd")
        lacks = node.run("ldd /opt/slurm/*bin/* /opt/slurm/lib/slurm/*.so | grep 'not found'").stdout
        c.tap.equal(lacks, "", "it has the libraries for all of it")
        c.tap.equal(node.run("command -v gcc").stdout, "", "but no compiler")


def login(c):
    """A login node asks the controller by sackd."""
    c.lab.hypervisor.boots = lambda tags: True
    node = c.lab.wait("the login node", 30, lambda: c.machines("LoginNode"))[0]
    c.lab.wait("its word", 120, lambda: [node.access_key, "autoscaling", "CompleteLifecycleAction"] in
               c.lab.world.get("requests"))
    c.tap.equal(node.run("systemctl is-active sackd").stdout, "active\n", "sackd runs")
    c.tap.equal(node.run("ls /etc/slurm/slurm.conf").stdout, "", "no copy of the configuration is needed")
    found = node.run("cd /home/ubuntu && bash -lc 'sinfo -h -o %R; srun hostname'", user="ubuntu", timeout=60)
    c.tap.equal(found.stdout, "q\nq-st-r-1\n", "its users see the queue and run jobs")
    c.lab.wait("its last word", 30, lambda: node.read("/var/log/hpcc/boot.log").endswith("login.sh: ready\n"))


GROUPS = {"build": [builds, runs, login]}

if __name__ == "__main__":
    run_tests(make, GROUPS)

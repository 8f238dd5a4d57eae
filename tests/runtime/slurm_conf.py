#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slurmctld takes the configuration of every example, made as a head node makes it, and refuses a broken one.

usage: slurm_conf.py HPCC; prints TAP.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter  # noqa: E402
from common import ROOT, Tap, examples, hpcc  # noqa: E402

enter(300)

# What a head node does (lib/slurm.sh), with the paths of a laboratory.
CONFIGURE = """set -eu
HPCC=/opt/hpcc HPCC_CLUSTER=demo HPCC_HEAD=10.0.0.1
export HPCC HPCC_CLUSTER HPCC_HEAD
. "$1/templates/core/lib/slurm.sh"
slurm_configure
"""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
COMPLAINTS = ("Parsing error", "unrecognized", "Unable to parse", "invalid value", "Bad value", "Unknown")


def sh(*words, **kwargs):
    return subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT, **kwargs)


def prepare():
    """Folders of our own in place of the machine's, a network, MUNGE."""
    for folder in ("/opt", "/srv", "/run", "/etc/munge", "/var/log", "/var/spool", "/var/lib/munge"):
        os.makedirs(folder, exist_ok=True)
        sh("mount", "-t", "tmpfs", "tmpfs", folder)
    os.makedirs("/etc/slurm", exist_ok=True)
    sh("mount", "-t", "tmpfs", "tmpfs", "/etc/slurm")
    for command in ("link set lo up", "addr add 10.0.0.1/32 dev lo"):
        sh("ip", *command.split())
    with open("/run/hosts", "w", encoding="ascii") as file:
        file.write("127.0.0.1 localhost\n10.0.0.1 head\n")
    sh("mount", "--bind", "/run/hosts", "/etc/hosts")
    sh("hostname", "head")
    for folder, owner in (("/run/munge", "munge"), ("/var/log/munge", "munge"), ("/var/log/hpcc", "slurm"),
                          ("/run/slurmctld", "slurm"), ("/srv/hpcc/state/slurmctld", "slurm"),
                          ("/var/spool/slurmctld", "slurm")):
        os.makedirs(folder)
        sh("chown", owner, folder)
    sh("chown", "munge", "/var/lib/munge", "/etc/munge")
    sh("chmod", "700", "/var/lib/munge", "/etc/munge")
    sh("sh", "-c", "head -c 128 /dev/urandom >/etc/munge/munge.key; chmod 400 /etc/munge/munge.key; "
       "chown munge /etc/munge/munge.key")
    sh("runuser", "-u", "munge", "--", "munged")


def files_of(example):
    template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
    return template["Resources"]["HeadNode"]["Metadata"]["Files"]


def judge(files, extra=""):
    """What slurmctld says of a configuration: "" when it runs and complains of nothing."""
    sh("rm", "-rf", "/opt/hpcc")
    for name, text in files.items():
        path = os.path.join("/opt/hpcc/etc", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text if isinstance(text, str) else "")
    sh("sh", "-c", f"rm -rf /srv/hpcc/state/slurmctld/* /var/log/hpcc/*; "
       f"cp -r {ROOT}/templates/core/slurm /opt/hpcc/")
    made = sh("sh", "-c", CONFIGURE, "sh", ROOT)
    if made.returncode != 0:
        return made.stdout
    with open("/etc/slurm/custom.conf", "a", encoding="utf-8") as file:
        file.write(extra)
    with open("/run/slurmctld/out", "wb") as out:
        daemon = subprocess.Popen(["runuser", "-u", "slurm", "--", "slurmctld", "-D", "-f", "/etc/slurm/slurm.conf"],
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=ENVIRONMENT)
    end = time.monotonic() + 10
    while daemon.poll() is None and time.monotonic() < end:
        if "is UP" in sh("timeout", "2", "scontrol", "ping").stdout:
            break
        time.sleep(0.1)
    runs = daemon.poll() is None and time.monotonic() < end
    sh("timeout", "5", "scontrol", "shutdown")
    daemon.terminate()
    daemon.wait(10)
    with open("/run/slurmctld/out", encoding="utf-8", errors="replace") as file:
        lines = file.readlines()
    said = [line for line in lines if any(word in line for word in COMPLAINTS) or "fatal" in line]
    if len(said) == 1 and "database" in said[0]:  # all was read; there is no database here
        return ""
    return "".join(lines if said else []) or ("" if runs else "slurmctld does not run")


def main():
    tap = Tap()
    prepare()
    version = sh("slurmctld", "-V").stdout.strip()
    for example in examples():
        said = judge(files_of(example))
        tap.ok(not said, f"{version} takes {example.name}", said)
    files = files_of(examples()[0])
    for wrong in ("NodeName=x CPUs=many", "PartitionName=x Nodes=nobody", "NoSuchSetting=1"):
        tap.ok(judge(files, wrong + "\n"), f"{version} refuses {wrong}")
    tap.ok(not judge(files), f"{version} takes the same without")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

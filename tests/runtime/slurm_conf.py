#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slurmctld takes the configuration of every example, made as a head node makes it, and refuses a broken one.

usage: slurm_conf.py HPCC SUITE, with the release of Debian whose Slurm judges; prints TAP.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter, images  # noqa: E402
from common import ROOT, Tap, by_default, examples, hpcc  # noqa: E402
from patience import Patience  # noqa: E402

enter(1200, sys.argv[2])

# What a head node does (lib/slurm.sh), with the paths of a laboratory.
CONFIGURE = """set -eu
HPCC=/opt/hpcc HPCC_CLUSTER=demo HPCC_HEAD=10.0.0.1
export HPCC HPCC_CLUSTER HPCC_HEAD
. /templates/core/lib/base.sh
. /templates/slurm/lib/slurm.sh
slurm_configure
"""
# What an update does before it touches anything; custom.conf is what the user wrote.
CHECK = """set -eu
HPCC=/opt/hpcc HPCC_CLUSTER=demo HPCC_HEAD=10.0.0.1
. /templates/core/lib/base.sh
. /templates/slurm/lib/slurm.sh
. /templates/custom/lib/custom.sh
slurm_make "$HPCC/etc"
slurm_check
"""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
COMPLAINTS = ("Parsing error", "unrecognized", "Unable to parse", "invalid value", "Bad value", "Unknown")
WAITS_FOR_DATABASE = ("must be up at slurmctld start time", "You are running with a database but",
                      "Still don't know my ClusterID")


def sh(*words, **kwargs):
    return subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT, **kwargs)


def prepare(suite):
    """Goes into an image that has Slurm, with a network and MUNGE."""
    work = tempfile.mkdtemp(prefix="hpcc-conf-")
    sh("mount", "-t", "tmpfs", "tmpfs", work)
    for folder in ("up", "work", "root"):
        os.mkdir(f"{work}/{folder}")
    root, layers = work + "/root", f"{images(suite)}/slurm:{images(suite)}/stock"
    sh("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={layers},upperdir={work}/up,workdir={work}/work", root)
    sh("mount", "-t", "proc", "proc", root + "/proc")
    sh("mount", "--rbind", "/dev", root + "/dev")
    for module in ("core", "slurm", "custom"):
        shutil.copytree(f"{ROOT}/templates/{module}", f"{root}/templates/{module}")
    os.makedirs(root + "/etc/hpcc", exist_ok=True)
    with open(root + "/etc/hpcc/env", "w", encoding="utf-8") as file:
        file.write("HPCC_KIND=head\nHPCC_PROXY=\n")
    os.chroot(root)
    os.chdir("/")
    for command in ("link set lo up", "addr add 10.0.0.1/32 dev lo"):
        sh("ip", *command.split())
    with open("/etc/hosts", "w", encoding="utf-8") as file:
        file.write("127.0.0.1 localhost\n10.0.0.1 head\n")
    sh("hostname", "head")
    for folder, owner in (("/run/munge", "munge"), ("/var/log/munge", "munge"), ("/var/log/hpcc", "slurm"),
                          ("/run/slurmctld", "slurm"), ("/srv/hpcc/state/slurmctld", "slurm"),
                          ("/var/spool/slurmctld", "slurm")):
        os.makedirs(folder, exist_ok=True)
        sh("chown", owner, folder)
    sh("chown", "munge", "/var/lib/munge", "/etc/munge")
    sh("chmod", "700", "/var/lib/munge", "/etc/munge")
    sh("sh", "-c", "head -c 128 /dev/urandom >/etc/munge/munge.key; chmod 400 /etc/munge/munge.key; "
       "chown munge /etc/munge/munge.key")
    sh("runuser", "-u", "munge", "--", "munged")


def files_of(example):
    template = json.loads(hpcc("--quiet", *example.args, example.path).stdout)
    return {name: by_default(template, text) for name, text in template["Resources"]["HeadNode"]["Metadata"]["Files"].items()}


def text_of(value):
    """A file of the template with something in the place of what AWS fills in."""
    if isinstance(value, dict):
        value = value["Fn::Sub"]
        value = value if isinstance(value, str) else value[0]
    return re.sub(r"\$\{[\w.:]+\}", "value", value)


def slurmctld():
    """Runs it until it answers, has ended, or asks for its database in vain: (did it get there, its lines)."""
    sh("sh", "-c", "rm -rf /srv/hpcc/state/slurmctld/*")
    with open("/run/slurmctld/out", "wb") as out:
        daemon = subprocess.Popen(["runuser", "-u", "slurm", "--", "slurmctld", "-D", "-f", "/etc/slurm/slurm.conf"],
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=ENVIRONMENT)
    runs, lines, patience = False, [], Patience(20)
    while not runs and not patience.ended():
        ended = daemon.poll() is not None
        with open("/run/slurmctld/out", encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
        runs = any(word in line for line in lines for word in WAITS_FOR_DATABASE)
        if ended:
            break
        runs = runs or "is UP" in sh("timeout", "2", "scontrol", "ping").stdout
        time.sleep(0.1)
    if "is UP" in sh("timeout", "2", "scontrol", "ping").stdout:
        sh("timeout", "5", "scontrol", "shutdown")
    daemon.kill()
    daemon.wait()
    sh("pkill", "-9", "-x", "slurmctld")
    return runs, lines


def judge(files, extra=""):
    """What slurmctld says of a configuration: "" when it runs and complains of nothing."""
    sh("sh", "-c", "rm -rf /opt/hpcc /var/log/hpcc/*; mkdir -p /opt/hpcc /etc/slurm; "
       "cp -r /templates/slurm/slurm /opt/hpcc/")
    for name, text in files.items():
        path = os.path.join("/opt/hpcc/etc", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text_of(text))
    made = sh("sh", "-c", CONFIGURE)
    if made.returncode != 0:
        return made.stdout
    with open("/etc/slurm/slurm.conf", "a", encoding="utf-8") as file:
        file.write(extra)
    # There is no database here, and slurmctld makes no nodes before it has one: so once with it and once without.
    while True:
        runs, lines = slurmctld()
        if not runs or any(word in line for line in lines for word in COMPLAINTS):
            return "".join(lines) or "slurmctld does not run"
        if sh("grep", "-q", "^AccountingStorage", "-r", "/etc/slurm").returncode:
            return ""
        sh("sh", "-c", "sed -i '/^AccountingStorage/d' /etc/slurm/*.conf")


def checked(files, custom):
    """What an update says of a configuration with this of the user's: "" when it goes on."""
    judge(files)
    with open("/opt/hpcc/etc/slurm/custom.conf", "w", encoding="utf-8") as file:
        file.write(custom)
    before = sh("sh", "-c", "cat /etc/slurm/*.conf").stdout
    said = sh("sh", "-c", CHECK)
    assert sh("sh", "-c", "cat /etc/slurm/*.conf").stdout == before
    assert not sh("sh", "-c", "sleep 2; ps -o stat= -C slurmctld | grep -v Z").stdout
    return said.stdout if said.returncode else ""


def main():
    tap = Tap()
    configurations = {example.name: files_of(example) for example in examples()}
    prepare(sys.argv[2])
    version = sh("slurmctld", "-V").stdout.strip()
    for name, files in configurations.items():
        said = judge(files)
        tap.ok(not said, f"{version} takes {name}", said)
    for wrong in ("NodeName=x CPUs=many", "PartitionName=x Nodes=nobody", "NoSuchSetting=1"):
        tap.ok(judge(files, wrong + "\n"), f"{version} refuses {wrong}")
        said = checked(files, wrong + "\n")
        tap.ok("refuses the configuration" in said, f"and an update with {wrong} is refused before it begins", said)
        tap.ok(re.search(r"refuses.*(CPUs=many|partition x|NoSuchSetting)", said, re.S), "which says why", said)
    tap.ok(not judge(files), f"{version} takes the same without")
    for right in ("SlurmctldDebug=debug\n", "NodeName=own-[1-2] CPUs=2 State=CLOUD\nPartitionName=own Nodes=own-[1-2]\n"):
        said = checked(files, right)
        tap.ok(not said, f"an update with {right.split()[0]} goes on", said)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

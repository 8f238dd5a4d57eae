#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instances of AWS Batch in the laboratory: real systemd and cloud-init, the user data as it is, mounts stood in for.

The agent, a stand-in of that name, starts only when all is mounted, also after a reboot, also on an image whose agent
would not wait; an instance that lacks something ends by itself, says why on its console, and its agent never starts.
All boot at once, since most of the time is that of their pauses.
usage: batch.py HPCC SUITE, with a release of Debian; prints TAP.
"""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter, fsx_answers  # noqa: E402
from common import ROOT, Tap, in_venv, need_tools  # noqa: E402

in_venv("boto3")
need_tools("aws")
enter(3000, sys.argv[2])

from batch_base import CLUSTER, Batch  # noqa: E402

FILE = """Kind: Batch
Region: us-east-1
Networking: {{SubnetIds: [{subnet}]}}
SharedStorage:
  - {{Name: fsx, MountDir: /fsx, StorageType: FsxLustre, FsxLustreSettings: {{StorageCapacity: 1200}}}}
  - {{Name: efs, MountDir: /efs, StorageType: Efs}}
  - Name: disks
    MountDir: /disks
    StorageType: Ebs
    EbsSettings: {{Size: 100, Raid: {{Type: 1, NumberOfVolumes: 2}}}}
  - {{Name: gone, MountDir: /gone, StorageType: Efs, EfsSettings: {{FileSystemId: fs-0000000000000dead}}}}
  - {{Name: own, MountDir: /own, StorageType: Efs, EfsSettings: {{FileSystemId: fs-0000000000000a110}}}}
  - {{Name: late, MountDir: /late, StorageType: Efs, EfsSettings: {{FileSystemId: fs-0000000000001a7e0}}}}
  - {{Name: silent, MountDir: /silent, StorageType: Efs, EfsSettings: {{FileSystemId: fs-000000000000511e0}}}}
ComputeEnvironments:
  - Name: array
    InstanceTypes: [m5d.12xlarge]
    MaxvCpus: 96
    SharedStorage: [fsx, efs, disks]
    LocalStorage: {{EphemeralVolume: {{MountDir: /store}}}}
    CustomActions:
      OnNodeStart: {{Script: "s3://lab-files/note.sh", Args: [start]}}
      OnNodeConfigured:
        Sequence:
          - {{Script: "s3://lab-files/note.sh", Args: [two words]}}
          - {{Script: "s3://lab-files/note.sh", Args: [last]}}
  - {{Name: own, InstanceTypes: [m5.large], MaxvCpus: 96, SharedStorage: [own], Ec2Configuration: [{own}]}}
  - {{Name: gone, InstanceTypes: [m5.large], MaxvCpus: 96, SharedStorage: [efs, gone], Ec2Configuration: [{own}]}}
  - {{Name: late, InstanceTypes: [m5.large], MaxvCpus: 96, SharedStorage: [late]}}
  - {{Name: silent, InstanceTypes: [m5.large], MaxvCpus: 96, SharedStorage: [silent]}}
  - Name: missing
    InstanceTypes: [m5.large]
    MaxvCpus: 96
    SharedStorage: [efs]
    LocalStorage: {{ScratchVolume: {{Size: 10, MountDir: /scratch}}}}
  - Name: refused
    InstanceTypes: [m5.large]
    MaxvCpus: 96
    SharedStorage: [efs]
    CustomActions: {{OnNodeStart: {{Script: "s3://lab-files/refuse.sh"}}}}
  - Name: full
    InstanceTypes: [m5.large]
    MaxvCpus: 96
    SharedStorage: [efs]
    CustomActions: {{OnNodeStart: {{Script: "s3://lab-files/fill.sh"}}}}
JobQueues:
  - {{Name: q, ComputeEnvironmentOrder: [array, gone, late]}}
  - {{Name: r, ComputeEnvironmentOrder: [own, silent, missing]}}
  - {{Name: s, ComputeEnvironmentOrder: [refused, full]}}
"""
OWN = "{ImageType: ECS_AL2023, ImageIdOverride: ami-0123456789abcdef0}"
# Each call is a line: how many of the file's directories are mounted, and the arguments in brackets.
NOTE = """#!/bin/sh
mounted=0
for place in $(awk '$2 ~ "^/" { print $2 }' /etc/fstab); do
	! mountpoint -q "$place" || mounted=$((mounted + 1))
done
printf '%s' "$mounted" >>/var/log/notes
printf ' [%s]' "$@" >>/var/log/notes
echo >>/var/log/notes
"""
SCRIPTS = {"note.sh": NOTE, "limits.sh": NOTE, "refuse.sh": "#!/bin/sh\nexit 3\n",
           "fill.sh": "#!/bin/sh\ncat /dev/zero >/fill\ntrue\n"}
WHOLE = ["/local", "/scratch", "/work", "/home/shared", "/reference", "/tools", "/projects", "/archive", "/cache"]
SOURCES = [
    "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com@tcp:/abcd1234 /reference lustre noatime,flock,user_xattr,",
    "fc-0123456789abcdef0.fsx.us-east-1.amazonaws.com@tcp:/cache123 /cache lustre ",
    "fs-0123456789abcdef4.fsx.us-east-1.amazonaws.com:/fsx/projects /projects nfs nfsvers=4.2,",
    "svm-0123456789abcdef0.fs-0123456789abcdef5.fsx.us-east-1.amazonaws.com:/vol1 /archive nfs ",
    "fs-0123456789abcdef1:/ /tools efs noatime,_netdev,noresvport,tls,iam,accesspoint=fsap-0123456789abcdef0"]
ARRAY = ["/store", "/disks", "/fsx", "/efs"]
# Of the file systems that examples/batch/storage.yaml names.
FILE_SYSTEMS = fsx_answers("fs-0123456789abcdef0", "/fsx/projects")
# Why instances end, as their consoles have it; others must not.
REASONS = {"gone": "the mount of fs-0000000000000dead:/ on /gone has failed",
           "missing": "the search for disk sdf has failed",
           "refused": "OnNodeStart1, s3://lab-files/refuse.sh, has failed",
           "full": "the installation of amazon-efs-utils has failed",
           "silent": "the mount of fs-000000000000511e0:/ on /silent has not ended in half an hour",
           "own": "the mount of fs-0000000000000a110:/ on /own has failed"}
BOOTHOOK = re.compile(r"\n--==HPCC==\nContent-Type: text/cloud-boothook.*?(?=\n--==HPCC==)", re.S)


def example():
    with open(ROOT + "/examples/batch/storage.yaml", encoding="utf-8") as file:
        return file.read().replace("eu-west-1", "us-east-1")


def prepare(batch):
    """Stacks of both files, with what they want to find, and an instance of each environment."""
    lab = batch.lab
    s3 = lab.world.client("s3", lab.region)
    for bucket in ("lab-files", "amzn-s3-demo-bucket"):
        s3.create_bucket(Bucket=bucket)
        for name, text in SCRIPTS.items():
            s3.put_object(Bucket=bucket, Key=name, Body=text.encode())
    lab.world.tell("fsx", FILE_SYSTEMS)
    batch.filers.refused = {"fs-0000000000000dead", "fs-0000000000001a7e0"}
    batch.deploy("demo", FILE.format(own=OWN, **batch.subnets))
    batch.deploy("example", example())
    for name in REASONS.keys() | {"late"}:
        batch.start(name, image="own" if name in ("gone", "own") else "ecs")
    batch.start("hasty", environment="own", image="own", change=lambda text: BOOTHOOK.sub("", text))
    batch.start("array", "m5d.12xlarge")
    batch.start("large", "m6id.4xlarge")


def late(tap, batch):
    """A file system that does not answer is asked again, and so is one that refuses."""
    batch.lab.wait("a mount without an answer", 180, lambda: batch.happened("late", "asked"))
    batch.filers.asked.discard("fs-0000000000001a7e0")
    open(batch.machine("late").dir + "/host/awake", "w", encoding="ascii").close()
    batch.lab.wait("a mount that is refused", 120, lambda: "fs-0000000000001a7e0" in batch.filers.asked)
    tap.ok(not batch.happened("late", "agent"), "while a file system does not answer the agent waits")
    batch.filers.refused.discard("fs-0000000000001a7e0")


def silent(tap, batch):
    """The time limit of an instance, when it has passed: half an hour is not waited for here."""
    batch.lab.wait("a mount that takes no signal", 180, lambda: batch.happened("silent", "asked"))
    machine = batch.machine("silent")
    limit = machine.run("systemctl show -p TimersMonotonic --value hpcc-limit.timer").stdout
    tap.ok("OnActiveUSec=30min" in limit, "an instance has half an hour to get ready", limit)
    machine.run("systemctl --no-block start hpcc-limit.service")


def whole(tap, batch):
    """The example, by the real AWS CLI."""
    tap.equal(batch.agent_of("large", 300), [" ".join([CLUSTER, *WHOLE])],
              "storage.yaml: the agent starts when all nine are mounted")
    machine = batch.machine("large")
    if machine is None:
        return
    tap.equal(machine.read("/var/log/notes"), "0 [nofile=65536]\n9 [/work/results]\n",
              "one action ran before the mounts, one behind them")
    fstab = machine.read("/etc/fstab")
    for part in SOURCES:
        tap.ok(part in fstab, f"fstab has {part}", fstab)
    flags = [set(machine.run(f"findmnt -no OPTIONS --mountpoint {p}").stdout.strip().split(",")) for p in WHOLE]
    tap.ok(all({"nosuid", "nodev"} <= f for f in flags), "no program of root's and no device counts on them", flags)
    asked = [[service, action] for key, service, action in batch.lab.world.get("requests") if key == machine.access_key]
    asked = sorted({action for service, action in asked if service == "fsx"})
    tap.equal(asked, sorted(FILE_SYSTEMS), "FSx was asked in the role of the instance")
    # The agent of ECS has started, so all of the user data has run: what is not there now does not come later.
    tap.ok('"mem_used_percent"' in machine.read("/var/log/lab-agent.json"), "the CloudWatch agent is configured",
           machine.run("grep -B12 CloudWatch /var/log/cloud-init-output.log").stdout)


def array(tap, batch):
    """RAID, a reboot with other names of disks, and the script by hand."""
    seen = [" ".join([CLUSTER, *ARRAY])]
    if not tap.equal(batch.agent_of("array", 300), seen, "RAID: the agent starts when all is mounted"):
        return
    machine = batch.machine("array")
    notes = "0 [start]\n4 [two words]\n4 [last]\n"
    tap.equal(machine.read("/var/log/notes"), notes, "the actions ran in their order")
    tap.equal(machine.run("stat -c %a /store /disks").stdout.split(), ["1777"] * 2, "everybody may write to the disks")
    tap.equal(machine.run("systemctl show -p AssertResult --value ecs").stdout, "yes\n",
              "the agent was let go by the mark")
    machine.run("for place in /store /disks /fsx; do echo $place >$place/mark; done; sync")
    kept = machine.read("/etc/fstab"), machine.read("/var/log/dnf")

    def same(when):
        marks = machine.run("cat /store/mark /disks/mark /fsx/mark").stdout.split()
        tap.equal((marks, machine.read("/var/log/notes")), (["/store", "/disks", "/fsx"], notes),
                  f"{when} data is there, and no action ran again")
        tap.equal((machine.read("/etc/fstab"), machine.read("/var/log/dnf")), kept, f"{when} nothing was done twice")
    batch.lab.hypervisor.reboot(machine)
    tap.equal(batch.agent_of("array"), seen, "after a reboot the agent starts when all is mounted")
    same("after a reboot")
    again = machine.run("sh /var/lib/cloud/instance/scripts/hpcc.sh", timeout=120)
    tap.equal((again.returncode, batch.seen(machine)), (0, seen), "the script may run again under the agent")
    same("then")


def own(tap, batch):
    """An image whose agent comes with the multi-user target."""
    seen = [f"{CLUSTER} /own"]
    tap.equal(batch.agent_of("hasty"), ["none"], "control: without the boothook such an agent waits for nothing")
    tap.equal(batch.agent_of("own"), seen, "own image: the agent starts when all is mounted, and knows its cluster")
    machine = batch.machine("own")
    if machine is None:
        return
    batch.lab.hypervisor.reboot(machine)
    tap.equal(batch.agent_of("own"), seen, "own image: so it does after a reboot")
    batch.filers.refused.add("fs-0000000000000a110")  # the next reboot does not find it
    batch.lab.hypervisor.reboot(machine)


def ends(tap, batch):
    for name, why in REASONS.items():
        try:
            batch.lab.wait(f"the end of {name}", 400, lambda n=name: n in batch.ended)
        except TimeoutError as error:
            tap.ok(False, f"{name}: the instance ends", error)
            continue
        console, seen, log = batch.ended[name]
        tap.ok(re.search(f"hpcc: {why}, this instance ends", console), f"{name}: the instance ends, and says why",
               console[-2000:] + log[-2000:])
        tap.equal(seen, [], f"{name}: its agent has never started")
    tap.equal(sorted(batch.ended.keys() - REASONS.keys()), [], "no other instance has ended")


def main():
    tap = Tap()
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as script:
        script.write(NOTE)
        script.flush()
        batch = Batch(sys.argv[2], {"example.com/warm-cache.sh": script.name})
        try:
            prepare(batch)
            silent(tap, batch)
            late(tap, batch)
            own(tap, batch)
            whole(tap, batch)
            array(tap, batch)
            tap.equal(batch.agent_of("late"), [f"{CLUSTER} /late"], "a mount that comes late lets the agent start")
            ends(tap, batch)
        finally:
            batch.end()
    tap.end()


if __name__ == "__main__":
    main()

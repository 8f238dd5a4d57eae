#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instances of AWS Batch in the laboratory: real systemd and cloud-init with the user data as it is, mounts stood in for.

The agent, a stand-in of that name, starts only when all is mounted, also after a reboot; an instance that cannot mount ends.
usage: batch.py HPCC SUITE, with a release of Debian; prints TAP.
"""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import HERE, Lab, enter  # noqa: E402
from common import HPCC, Tap, in_venv, run  # noqa: E402

in_venv("boto3")
enter(1500, sys.argv[2])

FILE = """Kind: Batch
Region: us-east-1
Networking: {SubnetIds: [subnet-0123456789abcdef0]}
SharedStorage:
  - {Name: fsx, MountDir: /fsx, StorageType: FsxLustre, FsxLustreSettings: {StorageCapacity: 1200}}
  - {Name: efs, MountDir: /efs, StorageType: Efs}
ComputeEnvironments:
  - Name: all
    InstanceTypes: [m5.large]
    MaxvCpus: 64
    CustomActions:
      OnNodeConfigured: {Script: "s3://lab-files/note.sh", Args: [two words]}
JobQueues:
  - {Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: all}]}
"""
LUSTRE, EFS = "fs-0123456789abcdef1.fsx.us-east-1.amazonaws.com", "fs-0123456789abcdef2"
# As AWS's image has it, but for its target: Debian has cloud-final behind multi-user.target.
AGENT = """[Unit]
Description=Stand-in for the ECS agent
After=cloud-final.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for d in /fsx /efs; do mountpoint -q $$d && echo $$d || echo bare; done >>/lab/agent'
"""
PROGRAMS = {
    "usr/bin/dnf": "#!/bin/sh\nexit 1\n",  # all that is needed is in the image
    "usr/sbin/mount.efs": "#!/bin/sh\nexec mount.nfs \"$@\"\n",
    "usr/bin/aws": "#!/bin/sh\nfor last; do :; done\n"
                   "printf '#!/bin/sh\\nmountpoint -q /efs && echo \"$# $*\" >>/var/log/notes\\n' >\"$last\"\n",
}


def user_data(lustre):
    result = run([HPCC, "userdata", "--quiet", "--node=all", "-"], input=FILE.encode())
    text = result.stdout.decode()
    for name, value in ((r"AWS::StackName", "demo"), (r"AWS::Region", "us-east-1"), (r"AWS::URLSuffix", "amazonaws.com"),
                        (r"\w+\.DNSName", lustre), (r"\w+\.LustreMountName", "abcd1234"), (r"FileSystemEfs", EFS),
                        (r"\w+\.IpAddress", "10.0.0.9")):
        text = re.sub(r"\$\{%s\}" % name, value, text)
    return text


def start(lab, subnet, lustre):
    """The machine of a new instance, which has told its console nothing yet."""
    image = lab.ec2.register_image(Name="ecs-" + lustre, RootDeviceName="/dev/xvda")["ImageId"]
    found = lab.ec2.run_instances(ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1, SubnetId=subnet,
                                  UserData=user_data(lustre), InstanceInitiatedShutdownBehavior="terminate")
    name = found["Instances"][0]["InstanceId"]
    return lab.wait("its machine", 60, lambda: lab.hypervisor.machines.get(name))


def agent(machine):
    """What the agent saw, each time it started since the last boot; None before it has."""
    path = machine.dir + "/host/agent"
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as file:
        return file.read().split()


def mounts(tap, lab, subnet):
    machine = start(lab, subnet, LUSTRE)
    lab.wait("the agent", 180, lambda: agent(machine) or machine.id not in lab.hypervisor.machines)
    tap.equal(agent(machine), ["/fsx", "/efs"], "the agent starts when both are mounted")
    tap.equal(machine.read("/var/log/notes"), "1 two words\n", "the custom action ran before it, behind the mounts")
    tap.equal(machine.run("systemctl show -p AssertResult --value ecs").stdout, "yes\n", "it was let go by the mark")
    lines = machine.read("/etc/fstab")
    tap.equal([line.split()[1] for line in lines.splitlines() if "/fsx" in line or "/efs" in line], ["/fsx", "/efs"],
              "fstab has a line for each")
    lab.hypervisor.reboot(machine)
    lab.wait("the agent after a reboot", 180, lambda: agent(machine) or machine.id not in lab.hypervisor.machines)
    tap.equal(agent(machine), ["/fsx", "/efs"], "after a reboot the agent starts when both are mounted")
    tap.equal((machine.read("/var/log/notes"), machine.read("/etc/fstab")), ("1 two words\n", lines),
              "and nothing was done twice")


def ends(tap, lab, subnet):
    machine, seen = start(lab, subnet, "nowhere.fsx.us-east-1.amazonaws.com"), set()

    def gone():
        if machine.id in lab.hypervisor.machines:
            seen.add(str(agent(machine)))
            return False
        return True
    began = time.monotonic()
    lab.wait("its end", 300, gone)
    tap.equal(seen, {"None"}, "where a mount fails the agent never starts")
    state = lab.ec2.describe_instances(InstanceIds=[machine.id])["Reservations"][0]["Instances"][0]["State"]["Name"]
    tap.equal(state, "terminated", "and the instance is gone after %d s" % (time.monotonic() - began))


def main():
    tap, lab = Tap(), Lab(sys.argv[2])
    try:
        for path, text in PROGRAMS.items():
            lab.put(path, text, 0o755)
        with open(os.path.join(HERE, "packages/nfs-common/usr/sbin/mount.nfs"), encoding="utf-8") as file:
            lab.put("usr/sbin/mount.nfs", file.read(), 0o755)
        lab.put("etc/systemd/system/ecs.service", AGENT)
        wants = lab.work + "/image/etc/systemd/system/cloud-init.target.wants"
        os.makedirs(wants)
        os.symlink("../ecs.service", wants + "/ecs.service")
        lab.hypervisor.filers.update({name: f"{lab.work}/filers/{name}" for name in (LUSTRE, EFS)})
        _, subnets = lab.world.network(lab.region, {"subnet"})
        mounts(tap, lab, subnets["subnet"])
        ends(tap, lab, subnets["subnet"])
    finally:
        lab.end()
    tap.end()


if __name__ == "__main__":
    main()

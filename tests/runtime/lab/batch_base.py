# SPDX-License-Identifier: Apache-2.0
"""AWS Batch in the laboratory: an image with a stand-in for the agent of ECS, and instances as the service starts them.

An instance gets the user data of its launch template with a part of AWS Batch's own behind it, the volumes that the
template names, and the instance store of its type.
"""
import base64
import os
import subprocess

import boto3
from lab import HERE, Lab

CLUSTER = "AWSBatch-demo"
# AWS Batch tells the agent its cluster in a part of its own, and looks at nothing of ours.
PART = f"""
--==HPCC==
Content-Type: text/x-shellscript

#!/bin/bash
echo ECS_CLUSTER={CLUSTER} >>/etc/ecs/ecs.config
"""
# The agent's unit as AWS's images have it; Debian has cloud-final behind multi-user.target, so it is another target's.
AGENT = """[Unit]
Description=Stand-in for the ECS agent
After=docker.service cloud-final.service

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=-/etc/ecs/ecs.config
ExecStart=/usr/local/lab/agent

[Install]
WantedBy={target}
"""
DOCKER = """[Unit]
Description=Stand-in for Docker
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
"""
# What the agent sees, a line each time it starts: its cluster, and what of fstab is mounted.
SEES = """#!/bin/sh
seen=${ECS_CLUSTER:-none}
for place in $(awk '$2 ~ "^/" { print $2 }' /etc/fstab); do
	! mountpoint -q "$place" || seen="$seen $place"
done
echo "$seen" >>/lab/agent
"""
DNF = """#!/bin/sh
for package; do :; done
echo "$package" >>/var/log/dnf
cp -a "/usr/local/lab/dnf/$package/." /
"""
CONTROL = "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
MOUNT_EFS = """#!/bin/sh
# One file system says nothing until the test wakes it, another never, and takes no signal for an answer.
case $1 in
fs-0000000000001a7e0:*) [ -e /lab/awake ] || { : >/lab/asked; exec sleep 600; } ;;
fs-000000000000511e0:*)
	trap '' TERM
	: >/lab/asked
	exec sleep 3600
	;;
esac
exec mount.nfs "$@"
"""
EBSNVME_ID = """#!/bin/sh
awk -v disk="${2#/dev/}" '$1 == disk { print $2; found = 1 } END { exit !found }' /lab/volumes
"""
# The array is its first disk. It is found again by all its disks.
MDADM = """#!/bin/sh
array='' disks='' at=/var/lib/lab-mdadm
for word; do
	case $word in
	/dev/md/*) array=$word ;;
	/dev/*) disks="$disks $(readlink -f "$word")" ;;
	esac
done
line="${array##*/}$disks"
case $1 in
--create) echo "$line" >>"$at" ;;
*) grep -qxF "$line" "$at" 2>/dev/null || exit 1 ;;
esac
mkdir -p /dev/md
set -- $disks
ln -sf "$1" "$array"
"""
MKFS = """#!/bin/sh
for disk; do :; done
exec mkfs.ext4 -q "$disk"
"""
SETTINGS = """[default]
s3 =
  addressing_style = path
  us_east_1_regional_endpoint = regional
"""
AWS = """#!/bin/sh
export PYTHONPATH=/site-packages AWS_CONFIG_FILE=/usr/local/lab/aws AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
exec python3 -P -m awscli "$@"
"""


class Filers(dict):
    """A folder for every name from which something is mounted, but those that refuse."""

    def __init__(self, folder):
        super().__init__()
        self.folder, self.refused, self.asked = folder, set(), set()

    def __contains__(self, name):
        self.asked.add(name)
        return name not in self.refused

    def __getitem__(self, name):
        return f"{self.folder}/{name}"


class Batch:
    """The laboratory with stacks of batch files, and an image "own" beside that of AWS."""

    def __init__(self, suite, downloads):
        self.lab = lab = Lab(suite, downloads=downloads)
        self.image()
        packages = os.path.dirname(os.path.dirname(boto3.__file__))
        lab.hypervisor.shown["/site-packages"] = packages  # the AWS CLI
        layers = [lab.work + "/image", lab.stock]
        self.images = {name: lab.ec2.register_image(Name=name, RootDeviceName="/dev/xvda")["ImageId"]
                       for name in ("ecs", "own")}
        lab.hypervisor.layers[self.images["ecs"]] = layers
        lab.hypervisor.layers[self.images["own"]] = [lab.work + "/own", *layers]
        self.filers = lab.hypervisor.filers = Filers(lab.work + "/filers")
        lab.hypervisor.boots = lambda tags: "lab" in tags  # moto starts some for each compute environment
        lab.hypervisor.prepare, lab.hypervisor.gone = self.prepare, self.gone
        _, self.subnets = lab.world.network(lab.region, {"subnet"})
        self.templates, self.profiles = {}, {}
        self.started, self.ended, self.boots = {}, {}, {}

    # ---- images ----

    def package(self, name, **programs):
        for path, text in programs.items():
            self.lab.put(f"usr/local/lab/dnf/{name}/{path}", text, 0o755)

    def image(self):
        lab = self.lab
        with open(HERE + "/packages/nfs-common/usr/sbin/mount.nfs", encoding="utf-8") as file:
            nfs = file.read()
        with open(f"{HERE}/downloads/amazon-cloudwatch-agent/{CONTROL}", encoding="utf-8") as file:
            control = file.read()
        client = "usr/sbin/mount.lustre"
        with open(f"{lab.work}/image/{client}", encoding="utf-8") as file:
            lustre = file.read()
        os.remove(f"{lab.work}/image/{client}")
        self.package("nfs-utils", **{"usr/sbin/mount.nfs": nfs})
        self.package("lustre-client", **{client: lustre, "usr/sbin/mount.nfs": nfs})
        self.package("amazon-efs-utils", **{"usr/sbin/mount.efs": MOUNT_EFS, "usr/sbin/mount.nfs": nfs})
        self.package("amazon-ec2-utils", **{"usr/sbin/ebsnvme-id": EBSNVME_ID})
        self.package("mdadm", **{"usr/sbin/mdadm": MDADM})
        self.package("xfsprogs", **{"usr/sbin/mkfs.xfs": MKFS})
        self.package("awscli-2", **{"usr/bin/aws": AWS})
        self.package("amazon-cloudwatch-agent", **{
            CONTROL: control, "opt/aws/amazon-cloudwatch-agent/etc/common-config.toml": ""})
        lab.put("usr/bin/dnf", DNF, 0o755)
        lab.put("usr/local/lab/aws", SETTINGS)
        lab.put("usr/local/lab/agent", SEES, 0o755)
        lab.put("etc/systemd/system/docker.service", DOCKER)
        lab.put("etc/ecs/ecs.config", "")
        # What is mounted after a reboot is the script's doing alone; a stop that is not heard is waited for shortly.
        lab.put("etc/systemd/system/lab-disks.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
        lab.put("etc/systemd/system.conf.d/lab.conf", "[Manager]\nDefaultTimeoutStopSec=5s\n")
        self.agent("image", AGENT.format(target="cloud-init.target"))
        # As the packages of amazon-ecs-init for other distributions have it.
        self.agent("own", AGENT.format(target="multi-user.target").replace(" cloud-final.service", ""))

    def agent(self, layer, text):
        folder = f"{self.lab.work}/{layer}/etc/systemd/system"
        wants = f"{folder}/{text.split('WantedBy=')[1].strip()}.wants"
        os.makedirs(wants)
        with open(folder + "/ecs.service", "w", encoding="ascii") as file:
            file.write(text)
        os.symlink("../ecs.service", wants + "/ecs.service")

    # ---- instances ----

    def deploy(self, stack, text):
        """A stack; its compute environments are known by their names from now on."""
        self.lab.deploy(stack, text)
        batch = self.lab.world.client("batch", self.lab.region)
        for row in batch.describe_compute_environments()["computeEnvironments"]:
            resources = row["computeResources"]
            template = self.lab.ec2.describe_launch_template_versions(
                LaunchTemplateId=resources["launchTemplate"]["launchTemplateId"], Versions=["$Latest"])
            data = template["LaunchTemplateVersions"][0]["LaunchTemplateData"]
            tags = {t["Key"]: t["Value"] for t in data["TagSpecifications"][0]["Tags"]}
            self.templates[tags["hpcc:compute-environment"]] = data
            self.profiles[tags["hpcc:compute-environment"]] = resources["instanceRole"].split("/")[-1]

    def start(self, name, instance_type="m5.large", environment=None, image="ecs", change=lambda text: text):
        """An instance of the environment, which is called like it unless that is given."""
        data = self.templates[environment or name]
        text = base64.b64decode(data["UserData"]).decode()
        head, close, _ = text.rpartition("\n--==HPCC==--\n")
        tags = [*data["TagSpecifications"][0]["Tags"], {"Key": "lab", "Value": name}]
        found = self.lab.ec2.run_instances(
            ImageId=self.images[image], InstanceType=instance_type, MinCount=1, MaxCount=1,
            SubnetId=self.subnets["subnet"], UserData=change(head + PART + close),
            IamInstanceProfile={"Name": self.profiles[environment or name]},
            InstanceInitiatedShutdownBehavior=data["InstanceInitiatedShutdownBehavior"],
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
        self.started[name] = found["Instances"][0]["InstanceId"]

    def machine(self, name):
        return self.lab.hypervisor.machines.get(self.started[name])

    def stores(self, machine):
        types = self.lab.ec2.describe_instance_types(InstanceTypes=[machine.instance["InstanceType"]])["InstanceTypes"]
        return sum(disk["Count"] for disk in types[0].get("InstanceStorageInfo", {}).get("Disks", []))

    def prepare(self, machine):
        """Disks, whose names in /dev are others at each boot, and whether the root volume is a small one."""
        name, disk = machine.tags["lab"], self.lab.hypervisor.disk
        boot = self.boots[name] = self.boots.get(name, 0) + 1
        if name == "full" and boot == 1:
            self.small(machine.dir)
        found = {}
        for number in range(self.stores(machine)):
            by_id = f"disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_AWS{number}"
            found[by_id] = found[by_id + "_1"] = disk(f"{machine.id}-store{number}", 1)
        mapped = self.templates[machine.tags["hpcc:compute-environment"]]["BlockDeviceMappings"][1:]
        volumes = [m["DeviceName"].removeprefix("/dev/") for m in mapped if name != "missing"]
        lines = []
        for number, volume in enumerate(volumes):
            node = f"nvme{number + 1 if boot == 1 else len(volumes) - number}n1"
            found[node] = disk(f"{machine.id}-{volume}", 1)
            lines.append(f"{node} {volume}\n")
        with open(machine.dir + "/host/volumes", "w", encoding="ascii") as file:
            file.write("".join(lines))
        return found

    @staticmethod
    def small(folder):
        os.makedirs(folder + "/disk")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", folder + "/disk"], check=True)
        for name in ("up", "work"):
            os.makedirs(f"{folder}/disk/{name}")
            os.symlink("disk/" + name, f"{folder}/{name}")

    def gone(self, machine):
        name, text = machine.tags["lab"], {}
        for which, path in (("console", "console"), ("log", "up/var/log/cloud-init-output.log")):
            with open(f"{machine.dir}/{path}", encoding="utf-8", errors="replace") as file:
                text[which] = file.read()
        self.ended[name] = text["console"], self.seen(machine), text["log"]
        subprocess.run(["umount", "-l", machine.dir + "/disk"], check=False, stderr=subprocess.DEVNULL)

    @staticmethod
    def seen(machine):
        """What the agent saw each time it started since the last boot."""
        try:
            with open(machine.dir + "/host/agent", encoding="ascii") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def happened(self, name, file):
        """Has a program of the machine made the file /lab/FILE?"""
        machine = self.machine(name)
        return machine and os.path.exists(f"{machine.dir}/host/{file}")

    def agent_of(self, name, seconds=180):
        """What the agent sees when it starts, or why it does not."""
        self.lab.wait(f"the agent of {name}", seconds, lambda: self.happened(name, "agent") or name in self.ended)
        lines = self.seen(self.machine(name)) if self.machine(name) else [self.ended[name][2][-3000:]]
        return lines

    def end(self):
        self.lab.end()

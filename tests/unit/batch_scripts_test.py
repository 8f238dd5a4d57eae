#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The user data of instances of AWS Batch, run with stand-ins for what it calls.

Whatever fails, is cut off or comes late: in the end either everything is mounted and the agent may start, or the instance has
been told to end; never neither, and never an agent without the mounts.
usage: batch_scripts_test.py HPCC
"""
import email
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

FILE = """Kind: Batch
Region: us-east-1
Networking: {SubnetIds: [subnet-0123456789abcdef0]}
Parameters:
  Word: {Type: string}
  Many: {Type: "[string]"}
SharedStorage:
  - {Name: home, MountDir: /shared/home, StorageType: Efs}
  - Name: fast
    MountDir: /shared/fast
    StorageType: FsxLustre
    FsxLustreSettings: {StorageCapacity: 1200}
  - Name: old
    MountDir: /shared/old
    StorageType: FsxLustre
    FsxLustreSettings: {FileSystemId: fs-0123456789abcdef1}
  - {Name: zfs, MountDir: /shared/zfs, StorageType: FsxOpenZfs, FsxOpenZfsSettings: {VolumeId: fsvol-0123456789abcdef0}}
  - {Name: ontap, MountDir: /shared/ontap, StorageType: FsxOntap, FsxOntapSettings: {VolumeId: fsvol-0123456789abcdef1}}
  - {Name: cache, MountDir: /shared/cache, StorageType: FileCache, FileCacheSettings: {FileCacheId: fc-0123456789abcdef0}}
  - Name: disks
    MountDir: /shared/disks
    StorageType: Ebs
    EbsSettings: {Size: 100, Raid: {Type: 1, NumberOfVolumes: 2}}
ComputeEnvironments:
  - Name: all
    InstanceTypes: [g5.12xlarge]
    MaxvCpus: 64
    LocalStorage:
      ScratchVolume: {Size: 10, MountDir: /shared/work}
      EphemeralVolume: {MountDir: /shared/store}
    CustomActions:
      OnNodeStart: {Script: "s3://amzn-s3-demo-bucket/a b.sh", Args: ["${param.Word}", "it's $HOME $${x} `id`", ""]}
      OnNodeConfigured:
        Sequence: [{Script: "https://example.com/a.sh", Args: [a]}, {Script: "https://example.com/b.sh", Args: "${param.Many}"}]
  - Name: none
    Type: FARGATE
    MaxvCpus: 64
Monitoring: {Alarms: {MemoryUtilizationPercent: 90, GpuUtilizationPercent: 50}}
JobQueues:
  - {Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: all}]}
  - {Name: r, ComputeEnvironmentOrder: [{ComputeEnvironment: none}]}
"""
DIRECTORIES = ["store", "work", "disks", "home", "fast", "old", "zfs", "ontap", "cache"]
HOSTILE = "two words; $(touch /tmp/x) 'q\" `id`"

# Each program logs its call; `fail` says after which calls it fails: lines "CALLS PROGRAM", CALLS at most so often. `cut`
# names a signal and the number of the call at which the script gets it.
BEGIN = """#!/bin/sh
name=${0##*/}
echo "$name $*" >>@/log
if [ -s @/cut ]; then
	read -r signal at <@/cut
	[ "$(wc -l <@/log)" != "$at" ] || { kill -"$signal" "$(cat @/script)"; exit 1; }
fi
if [ -s @/fail ]; then
	read -r times call <@/fail
	[ "$call" != "$name $*" ] || [ "$(grep -cxF "$call" @/log)" -gt "$times" ] || exit 1
fi
"""
PROGRAMS = {
    "timeout": 'shift; "$@"',
    "sleep": "",
    "dnf": 'case $* in *lustre-client) made=mount.lustre ;; *efs-utils) made=mount.efs ;; *nfs-utils) made=mount.nfs ;;'
           ' *awscli-2) made=aws ;; *mdadm) made=mdadm ;; *xfsprogs) made=mkfs.xfs ;; *ec2-utils) made=ebsnvme-id ;;'
           ' *agent) ln -s @/later/amazon-cloudwatch-agent-ctl @/opt/aws/amazon-cloudwatch-agent/bin/; exit ;; esac\n'
           "ln -s @/later/$made @/bin/",
    "mountpoint": 'grep -qxF "$2" @/mounted',
    # Only what stands in fstab, with the helper of its type, on a directory; and never after the agent may start.
    "mount": '[ ! -e @/run/hpcc-ready ] && [ -d "$1" ] || exit 32\n'
             'type=$(awk -v at="$1" \'$2 == at { print $3; exit }\' @/etc/fstab)\n'
             '[ "$type" = auto ] || [ -e "@/bin/mount.$type" ] || exit 32\n'
             'echo "$1" >>@/mounted',
    "mount.lustre": "", "mount.efs": "", "mount.nfs": "",
    "systemctl": "", "systemd-run": "", "tee": "cat", "chmod": '/bin/chmod "$@"',
    "shutdown": ": >@/ended", "poweroff": ": >@/ended",
    "getent": "exit 2",
    "lsblk": "",
    "readlink": '[ "$1" != -m ] || exec /usr/bin/readlink "$@"\nshift; echo "@/disk/${1##*/}"',
    "blkid": 'case $* in *UUID*) echo 0123 ;; *) exit 2 ;; esac',
    "mkfs.xfs": "", "mdadm": 'case $1 in --assemble) exit 1 ;; esac',
    "ebsnvme-id": 'case $2 in *nvme1n1) echo sdf ;; *nvme2n1) echo /dev/sdg ;; *nvme3n1) echo sdh ;; *) exit 1 ;; esac',
    "amazon-cloudwatch-agent-ctl": "",
    "curl": 'printf \'#!/bin/sh\\necho "https $# $*" >>@/ran\\n\' >"$3"',
    "aws": 'case "$*" in\n'
           '*s3*cp*) for last; do :; done\nprintf \'#!/bin/sh\\necho s3 >>@/ran\\nprintf "%%s\\\\n" "$@" >>@/words\\n\' >"$last" ;;\n'
           "*describe-file-*) printf 'host\\tname\\n' ;;\n*OpenZFS*) printf 'fs-1\\t/vol/a\\n' ;;\n"
           "*Ontap*) printf 'svm-1\\t/vol/b\\n' ;;\n*describe-storage*) echo svm.host ;;\n*) exit 9 ;;\nesac",
}
LATER = {"mount.lustre", "mount.efs", "mount.nfs", "aws", "mdadm", "mkfs.xfs", "ebsnvme-id", "amazon-cloudwatch-agent-ctl"}  # of packages
# What may fail without harm: it is asked whether something is so, or is only said, or is there for the worst case.
ASKED = ("mountpoint ", "systemctl --no-block start ecs.service", "systemd-run ", "tee ", "getent ", "mdadm --assemble ", "ebsnvme-id ", "amazon-cloudwatch-agent-ctl ", "dnf -y -q install amazon-cloudwatch-agent", "blkid -p ", "lsblk ", "sleep ")
RETRIED = ("dnf ", "mount ", "aws ", "curl ")


def script(folder):
    """The script of the environment `all`, with values in place of what the deployment fills in."""
    with open(folder + "/file.yaml", "w", encoding="ascii") as file:
        file.write(FILE)

    def hpcc(*words):
        return subprocess.run([sys.argv[1], "userdata", "-q", folder + "/file.yaml", *words], check=True,
                              capture_output=True, text=True).stdout
    names = hpcc().split()
    assert names == ["all"], names  # what needs nothing has no user data
    part, = email.message_from_string(hpcc("--node", "all")).get_payload()
    assert part.get_content_type() == "text/x-shellscript" and part.get_filename() == "hpcc.sh"
    assert hpcc("--scripts").count("========") == 22, hpcc("--scripts")
    text = part.get_payload()
    encoded = subprocess.run(["base64", "-w0"], input=HOSTILE.encode(), capture_output=True, check=True).stdout.decode()
    text = text.replace("${AWS::StackName}", "demo").replace("${AWS::Region}", "us-east-1")
    text = text.replace("${AWS::URLSuffix}", "amazonaws.com").replace("echo ${Word}", "echo " + encoded)
    text = text.replace("echo ${Many}", "echo eAp5IHo=")  # x, y z
    text = re.sub(r"\$\{\w+\.(\w+)\}", r"\1", text)
    return re.sub(r"\$\{FileSystemHome\}", "fs-1", text)


class Machine:
    """A folder in place of the root of an instance."""

    def __init__(self, text):
        self.root = tempfile.mkdtemp(prefix="hpcc-batch-")
        for name in ("bin", "later", "run", "etc", "disk", "dev/disk/by-id", "var/lib/cloud/instance/scripts",
                     "opt/aws/amazon-cloudwatch-agent/bin", "opt/aws/amazon-cloudwatch-agent/etc"):
            os.makedirs(self.path(name))
        for name in ("mounted", "etc/fstab", "log", "ran", "words", "dev/nvme1n1", "dev/nvme2n1", "dev/nvme3n1", "dev/nvme0n1",
                     *("dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_AWS" + n for n in ("1", "1_1-ns-1", "2"))):
            open(self.path(name), "w", encoding="ascii").close()
        for name, body in PROGRAMS.items():
            path = self.path("later" if name in LATER else "bin", name)
            with open(path, "w", encoding="ascii") as file:
                file.write((BEGIN + body + "\n").replace("@", self.root).replace(self.root + '"', '@"'))
            os.chmod(path, 0o755)
        for name in ("sh", "cat", "mkdir", "printf", "awk", "grep", "echo", "base64", "tr", "rm", "cp", "wc", "kill", "ln", "env"):
            os.symlink(shutil.which(name), self.path("bin", name))
        # Directories of the file stand at the root of the instance; what the script keeps, and devices, too.
        text = re.sub(r"(?<![\w:/.#-])/(run|etc|dev|var|opt|shared|mnt)(?=/)", lambda m: self.path(m.group(1)), text)
        text = re.sub(r"^PATH=.*$", "PATH=" + self.path("bin"), text, flags=re.M).replace("[ ! -b ", "[ ! -f ")
        self.script = self.path("var/lib/cloud/instance/scripts/hpcc.sh")
        with open(self.script, "w", encoding="ascii") as file:
            file.write(text.replace("set -eu\n", 'set -eu\necho $$ >%s/script\n' % self.root, 1))
        os.chmod(self.script, 0o755)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def text(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def lines(self, name):
        return self.text(name).splitlines()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def boot(self, program=None):
        return subprocess.run([SHELL, program or self.script], capture_output=True, check=False, timeout=600, stdin=subprocess.DEVNULL,
                              env={"PATH": self.path("bin"), "HOME": "/"})

    def reboot(self):
        """Mounts, processes and /run are gone; cloud-init runs what stands in per-boot."""
        shutil.rmtree(self.path("run"))
        os.mkdir(self.path("run"))
        for name in ("mounted", "log"):
            self.write(name, "")
        for name in ("ended", "fail", "cut"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        return self.boot(self.path("var/lib/cloud/scripts/per-boot/hpcc"))

    def state(self):
        """"ready" or "ended"; anything else is a fault."""
        ready, ended = (os.path.exists(self.path(name)) for name in ("run/hpcc-ready", "ended"))
        mounted = sorted(line.rsplit("/", 1)[1] for line in self.lines("mounted"))
        assert ready != ended, (ready, ended, self.lines("log"))
        assert not ready or mounted == sorted(DIRECTORIES), (mounted, self.lines("log"))
        return "ready" if ready else "ended"

    def close(self):
        shutil.rmtree(self.root)


def check_unit(m, unit):
    """systemd itself reads the drop-in: the agent starts with the mark, and not without it."""
    folder = m.path("run/systemd/system")
    m.write("run/systemd/system/ecs.service", "[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(["systemd-analyze", "verify", folder + "/ecs.service"], capture_output=True, check=False, text=True,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": folder + ":"})
    assert "hpcc.conf" not in done.stderr, done.stderr
    condition, = [line for line in unit.splitlines() if line.startswith("Assert")]

    def starts():
        done = subprocess.run(["systemd-analyze", "condition", condition], capture_output=True, check=False, text=True)
        assert "Failed to parse" not in done.stderr, done.stderr
        return done.returncode == 0
    assert starts()
    os.remove(m.path("run/hpcc-ready"))
    assert not starts()
    m.write("run/hpcc-ready", "")


def check_good(text):
    """One good run: what is mounted how, in which order, and what the agent waits for."""
    m = Machine(text)
    done = m.boot()
    assert done.returncode == 0 and m.state() == "ready", (done, m.lines("log"))
    with open(m.path("run/systemd/system/ecs.service.d/hpcc.conf"), encoding="ascii") as file:
        unit = file.read()
    assert unit == "[Unit]\nAfter=cloud-final.service\nAssertPathExists=%s/run/hpcc-ready\n" % m.root, unit
    if shutil.which("systemd-analyze"):
        check_unit(m, unit)
    log = [line.replace(m.root, "") for line in m.lines("log")]
    reload = log.index("systemctl daemon-reload")
    assert reload < min(i for i, line in enumerate(log) if line.startswith(("mount ", "dnf ", "aws "))), log
    assert any(line.startswith("systemd-run --unit=hpcc-limit --on-active=1800 ") for line in log), log
    fstab = [line.replace(m.root, "") for line in m.lines("etc/fstab")]
    assert fstab == [
        "UUID=0123 /shared/store auto noatime,nosuid,nodev,nofail 0 0",
        "UUID=0123 /shared/work auto noatime,nosuid,nodev,nofail 0 0",
        "UUID=0123 /shared/disks auto noatime,nosuid,nodev,nofail 0 0",
        "fs-1:/ /shared/home efs noatime,_netdev,noresvport,tls,mounttargetip=IpAddress,nosuid,nodev,nofail 0 0",
        "DNSName@tcp:/LustreMountName /shared/fast lustre noatime,flock,user_xattr,_netdev,nosuid,nodev,nofail 0 0",
        "host@tcp:/name /shared/old lustre noatime,flock,user_xattr,_netdev,nosuid,nodev,nofail 0 0",
        "fs-1.fsx.us-east-1.amazonaws.com:/vol/a /shared/zfs nfs nfsvers=4.2,noatime,_netdev,nosuid,nodev,nofail 0 0",
        "svm.host:/vol/b /shared/ontap nfs noatime,_netdev,nosuid,nodev,nofail 0 0",
        "host@tcp:/name /shared/cache lustre noatime,flock,user_xattr,_netdev,nosuid,nodev,nofail 0 0"], fstab
    assert [line for line in log if line.startswith("mdadm --create")] == [
        "mdadm --create --run --quiet --metadata=1.2 --homehost=any /dev/md/hpcc-store --level=0 --raid-devices=2 "
        "/disk/nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1 /disk/nvme-Amazon_EC2_NVMe_Instance_Storage_AWS2",
        "mdadm --create --run --quiet --metadata=1.2 --homehost=any /dev/md/hpcc-sdg --level=1 --raid-devices=2 "
        "/dev/nvme2n1 /dev/nvme3n1"], log
    assert [line for line in log if line.startswith("mkfs.xfs")] == [
        "mkfs.xfs -q -K /dev/md/hpcc-store", "mkfs.xfs -q -K /dev/nvme1n1", "mkfs.xfs -q -K /dev/md/hpcc-sdg"], log
    # Custom actions: before the storage, and behind it; each text of the file is one word.
    assert m.lines("words") == [HOSTILE, "it's $HOME ${x} `id`", ""], m.lines("words")
    assert m.lines("ran") == ["s3", "https 1 a", "https 2 x y z"], m.lines("ran")
    watches = {"append_dimensions": {"Stack": "demo", "Environment": "all"}}
    assert json.loads(m.text("opt/aws/amazon-cloudwatch-agent/etc/hpcc.json")) == {
        "agent": {"omit_hostname": True},
        "metrics": {"namespace": "hpcc/Batch", "aggregation_dimensions": [["Stack", "Environment"]], "metrics_collected": {
            "mem": {"measurement": ["mem_used_percent"], **watches},
            "nvidia_gpu": {"measurement": ["utilization_gpu"], **watches}}}}
    assert any(line.startswith("amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt") for line in log), log
    m.close()
    return log


def check_held(text, log):
    """An image of one's own may start the agent early: it is held from the beginning of each boot, and started at the end."""
    assert log[-1] == "systemctl --no-block start ecs.service", log
    with tempfile.TemporaryDirectory() as folder:
        own = FILE.replace("InstanceTypes: [g5.12xlarge]",
                           "InstanceTypes: [g5.12xlarge]\n    Ec2Configuration: [{ImageType: ECS_AL2023, ImageIdOverride: ami-0123456789abcdef0}]")
        done = subprocess.run([sys.argv[1], "userdata", "-q", "-", "--node", "all"], check=True, capture_output=True, text=True, input=own)
        parts = email.message_from_string(done.stdout).get_payload()
        assert [part.get_content_type() for part in parts] == ["text/x-shellscript", "text/cloud-boothook"]
        hook = parts[1].get_payload().replace("/run/", folder + "/run/").replace("systemctl", "echo")
        done = subprocess.run([SHELL], input=hook, check=True, capture_output=True, text=True)
        assert done.stdout == "daemon-reload\n", done
        with open(folder + "/run/systemd/system/ecs.service.d/hpcc.conf", encoding="ascii") as file:
            unit = file.read()
    # Without an order: cloud-final may come behind the target that waits for the agent.
    assert unit == "[Unit]\nAssertPathExists=%s/run/hpcc-ready\n" % folder, unit


def check_step(text):
    """The step that is told is the one that failed, also behind an installation that went well."""
    for call, step in (("aws --output text s3 cp --only-show-errors s3://amzn-s3-demo-bucket/a b.sh "
                        "@/var/lib/cloud/instance/hpcc/OnNodeStart1", "the download of s3://amzn-s3-demo-bucket/a b.sh for OnNodeStart1"),
                       ("dnf -y -q install awscli-2", "the installation of awscli-2"),
                       ("mkfs.xfs -q -K @/dev/md/hpcc-store", "the volume for @/shared/store")):
        m = Machine(text)
        m.write("fail", "999 %s\n" % call.replace("@", m.root))
        done = m.boot()
        said = "hpcc: %s has failed, this instance ends\n" % step.replace("@", m.root)
        assert said.encode() in done.stdout and m.state() == "ended", (said, done)
        m.close()


def check_reboot(text):
    """A reboot mounts all again, runs no action again, and adds no line to fstab."""
    m = Machine(text)
    m.boot()
    fstab, ran = m.lines("etc/fstab"), m.lines("ran")
    done = m.reboot()
    assert done.returncode == 0 and m.state() == "ready", done
    assert (m.lines("etc/fstab"), m.lines("ran")) == (fstab, ran)
    # What was cut off in the first boot is made good in the second.
    m.close()
    m = Machine(text)
    m.write("cut", "KILL 40\n")
    m.boot()
    assert not os.path.exists(m.path("run/hpcc-ready"))
    assert m.reboot().returncode == 0 and m.state() == "ready", m.lines("log")
    m.close()


def check_failures(text, log, machine):
    """Every call fails for good, or once: the instance ends, or has everything."""
    ends, heals = [], []
    for call in sorted(call for call in set(log) if not call.startswith("timeout ")):
        again = call.startswith(RETRIED)
        for times in (999, 1) if again else (999,):
            m = machine(text)
            m.write("fail", "%d %s\n" % (times, re.sub(r"(?<![\w:/.-])/(run|etc|dev|var|opt|shared|mnt|disk)(?=/)",
                                                     lambda f: m.path(f.group(1)), call)))
            m.boot()
            if m.state() == "ready":
                (heals if times == 1 else ends).append(call)
            m.close()
    harmless = [call for call in ends if not call.startswith(ASKED)]
    assert harmless == [], harmless
    # What passes in time is tried again: downloads, questions, mounts.
    missing = [call for call in log if call.startswith(RETRIED) and call not in heals]
    assert missing == [], missing


def check_cuts(text, log, machine):
    """Ended by a signal at each call, it ends the instance; killed, it leaves an agent that does not start."""
    calls = [at for at in range(1, len(log) + 1) if not log[at - 1].startswith("timeout ")]
    for signal, some in (("TERM", calls[::5]), ("KILL", calls[::9])):
        for at in some:
            m = machine(text)
            m.write("cut", "%s %d\n" % (signal, at))
            m.boot()
            if signal == "TERM":
                assert m.state() == "ended", (at, log[at - 1])
            else:
                assert not os.path.exists(m.path("run/hpcc-ready")), (at, log[at - 1])
            m.close()


def check_full_disk(text):
    """Files that cannot be written, each that the script writes: something else stands there."""
    for name in ("etc/fstab", "run/systemd/system/ecs.service.d/hpcc.conf", "var/lib/cloud/scripts/per-boot/hpcc",
                 "var/lib/cloud/instance/hpcc/OnNodeStart1"):
        m = Machine(text)
        if os.path.exists(m.path(name)):
            os.remove(m.path(name))
        os.makedirs(m.path(name))
        m.boot()
        assert m.state() == "ended", name
        m.close()
    # The mark itself, at the end.
    m = Machine(text)
    m.write("bin/curl", m.text("bin/curl").replace("printf", "rm -rf %s/run\nprintf" % m.root, 1))
    m.boot()
    assert m.state() == "ended"
    m.close()


def check_late(text):
    """A mount is tried ten times within five minutes, and no more."""
    m = Machine(text)
    m.write("fail", "999 mount %s/shared/fast\n" % m.root)
    m.boot()
    calls = [line for line in m.lines("log") if line.startswith(("timeout", "sleep")) and "dnf" not in line]
    tries = [line for line in calls if line.endswith("mount %s/shared/fast" % m.root)]
    waits = calls[calls.index(tries[0]):]
    assert len(tries) == 10 and all(line.startswith("timeout 25 ") for line in tries), tries
    seconds = sum(int(line.split()[1]) for line in waits)
    assert m.state() == "ended" and seconds <= 300, seconds
    m.close()


def check_data(text):
    """A disk that holds something keeps it; one of which nobody knows ends the instance."""
    for status, wanted in (("0", "ready"), ("8", "ended"), ("4", "ended")):
        m = Machine(text)
        m.write("bin/blkid", "#!/bin/sh\ncase $* in *UUID*) echo 0123 ;; *) exit %s ;; esac\n" % status)
        m.boot()
        assert m.state() == wanted and not any(line.startswith("mkfs") for line in m.lines("log")), status
        m.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        text = script(folder)
    log = check_good(text)
    check_held(text, log)
    check_step(text)
    check_reboot(text)
    check_data(text)
    check_late(text)
    check_full_disk(text)
    check_failures(text, log, Machine)
    check_cuts(text, log, Machine)


SHELL = shutil.which("dash") or "sh"
if __name__ == "__main__":
    main()

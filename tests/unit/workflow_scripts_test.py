#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The user data of a workflow's instances, run with stand-ins for what it calls, and where its job writes.

The volume of an execution may be on another instance yet, blank, formatted, or hold what nobody knows; its attachment may be
refused, its device come late; the instance may boot again. In the end it is mounted and the agent may start, or the instance
ends; nothing that holds data is formatted. What a job writes at MountDir lies where the export looks.
usage: workflow_scripts_test.py HPCC
"""
import email
import json
import os
import posixpath
import re
import subprocess
import sys
import tempfile

import batch_scripts_test as batch

FILE = """Kind: Batch
Region: us-east-1
Networking: {SubnetIds: [subnet-0123456789abcdef0]}
Buckets: [{Name: Results}]
ComputeEnvironments:
  - {Name: spot, Type: SPOT, InstanceTypes: [c6i.4xlarge], MaxvCpus: 16}
JobQueues:
  - {Name: work, ComputeEnvironmentOrder: [spot]}
JobDefinitions:
  - Name: simulate
    ContainerProperties: {Image: "public.ecr.aws/amazonlinux/amazonlinux:2023", Vcpus: 4, Memory: 4096}
Workflows:
  - Name: nightly
"""
EBS = FILE + """    Mode: Ebs
    EbsSettings: {Size: 500}
"""
LUSTRE = FILE + """    Mode: %s
    MountDir: %s
    FsxLustreSettings:
      StorageCapacity: 1200
      DataRepositoryAssociations: [{Name: results, Bucket: Results, Prefix: runs%s}]
"""
HERE, VOLUME = "i-0123456789abcdef0", "volume vol-0123456789abcdef0"
FILE_SYSTEM = "lustre fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com abcdefgh"
# @/holder: who has the volume; @/looks: after so many looks the other one lets go of it; @/device: its device comes after
# so many pauses; @/formatted: what it holds.
PROGRAMS = {
    "aws": 'case "$*" in\n'
           '*describe-volumes*)\n'
           '[ ! -s @/looks ] || [ "$(grep -c "^aws.*describe-volumes" @/log)" -le "$(cat @/looks)" ] || { rm @/looks; echo None >@/holder; }\n'
           'cat @/holder ;;\n'
           f'*attach-volume*) grep -qx None @/holder || exit 1; echo {HERE} >@/holder\n'
           '[ -s @/device ] || : >@/dev/nvme9n1 ;;\n*) exit 9 ;;\nesac',
    "sleep": '[ ! -s @/device ] || [ "$(grep -c ^sleep @/log)" -lt "$(cat @/device)" ] || : >@/dev/nvme9n1',
    "ebsnvme-id": 'case $2 in *nvme9n1) echo sdz ;; *) exit 1 ;; esac',
    "blkid": 'case $* in *UUID*) echo 0123; exit ;; esac\nexit "$(cat @/formatted)"',
    "mkfs.xfs": 'grep -qx 2 @/formatted || exit 1\necho 0 >@/formatted',
}


class Machine(batch.Machine):
    """The same, with a volume that is somewhere."""

    mounts = ["nightly"]

    def __init__(self, text):
        kept = dict(batch.PROGRAMS)
        batch.PROGRAMS.update(PROGRAMS)
        super().__init__(text)
        batch.PROGRAMS.clear()
        batch.PROGRAMS.update(kept)
        os.makedirs(self.path("var/lib/cloud/data"))
        for name, value in (("var/lib/cloud/data/instance-id", HERE), ("holder", "None"), ("formatted", "2")):
            self.write(name, value + "\n")

    def state(self):
        ready, ended = (os.path.exists(self.path(name)) for name in ("run/hpcc-ready", "ended"))
        mounted = [line.rsplit("/", 1)[1] for line in self.lines("mounted")]
        assert ready != ended, (ready, ended, self.lines("log"))
        assert not ready or mounted == self.mounts, (mounted, self.lines("log"))
        return "ready" if ready else "ended"

    def formats(self):
        return [line.replace(self.root, "") for line in self.lines("log") if line.startswith("mkfs")]


def hpcc(text, *words):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return subprocess.run([sys.argv[1], *words, path], check=True, capture_output=True, text=True).stdout


def script(text, storage):
    """The user data of an instance that an execution with this storage starts."""
    part, = email.message_from_string(hpcc(text, "userdata", "-q", "--node", "spot")).get_payload()
    found = re.sub(r"\$\{AWS::(\w+)\}", r"\1", part.get_payload())
    assert found.count("HPCC_RUN=\n") == 1, found
    return found.replace("HPCC_RUN=\n", 'HPCC_RUN="%s"\n' % storage)


def check_volume(text):
    """(what is so, files that say it, the end, what is formatted)."""
    for what, files, wanted, formatted in (
            ("blank", {}, "ready", ["mkfs.xfs -q -K /dev/nvme9n1"]),
            ("formatted", {"formatted": "0"}, "ready", []),
            ("ambivalent", {"formatted": "8"}, "ended", []),
            ("unreadable", {"formatted": "4"}, "ended", []),
            ("elsewhere for a while", {"holder": "i-0fedcba9876543210", "looks": "7", "formatted": "0"}, "ready", []),
            ("elsewhere for ever", {"holder": "i-0fedcba9876543210"}, "ended", []),
            ("a late device", {"device": "9"}, "ready", ["mkfs.xfs -q -K /dev/nvme9n1"]),
            ("no device", {"device": "9999"}, "ended", [])):
        m = Machine(text)
        for name, value in files.items():
            m.write(name, value + "\n")
        m.boot()
        assert (m.state(), m.formats()) == (wanted, formatted), (what, m.state(), m.formats(), m.lines("log")[-9:])
        m.close()


def check_reboot(text):
    """The instance boots again: the same volume, nothing formatted, no line of fstab more."""
    m = Machine(text)
    m.boot()
    fstab = m.lines("etc/fstab")
    assert len(fstab) == 1 and " /mnt/hpcc/nightly auto " in fstab[0].replace(m.root, ""), fstab
    m.reboot()
    assert (m.state(), m.formats(), m.lines("etc/fstab")) == ("ready", [], fstab), m.lines("log")
    m.close()
    # Lost meanwhile to another instance, it ends.
    m = Machine(text)
    m.boot()
    m.write("holder", "i-0fedcba9876543210\n")
    m.reboot()
    assert m.state() == "ended", m.lines("log")
    m.close()


def check_patience(text):
    """How long an instance waits for a volume that another one has: ten minutes at least, half an hour at most."""
    m = Machine(text)
    m.write("holder", "i-0fedcba9876543210\n")
    m.boot()
    seconds = sum(int(line.split()[1]) for line in m.lines("log") if line.startswith("sleep"))
    assert m.state() == "ended" and 300 <= seconds <= 1800, seconds
    m.close()


def check_layout(mode, mount_dir, path):
    """A job writes at MountDir of its container: the file lies in the directory of the association, and the export task
    names it. FileSystemPath "" is the whole file system."""
    more = ", AutoExportPolicy: [NEW]" if mode == "LustreAutoExport" else ""
    text = LUSTRE % (mode, mount_dir, (f", FileSystemPath: {path}" if path else "") + more)
    states = json.loads(hpcc(text, "-q"))["Resources"]["WorkflowNightly"]["Properties"]["Definition"]["States"]
    container = states["RegisterJob"]["Arguments"]["ContainerProperties"]
    point, = [p for p in container["MountPoints"] if p["ContainerPath"] == mount_dir]
    source, = [v["Host"]["SourcePath"] for v in container["Volumes"] if v["Name"] == point["SourceVolume"]]
    m = Machine(script(text, FILE_SYSTEM))
    m.boot()
    assert m.state() == "ready", m.lines("log")
    mount, = [line.split()[1] for line in m.lines("etc/fstab")]
    assert mount_dir not in (mount.replace(m.root, ""), source), "the host mounts it elsewhere"
    job = f"set -e; cd {m.root}{source}; mkdir a; echo result >a/b"
    subprocess.run(["sh", "-c", job], check=True)
    written = ["/" + os.path.relpath(os.path.join(at, name), mount) for at, _, names in os.walk(mount) for name in names]
    linked = states["CreateAssociation"]["Arguments"]["FileSystemPath"]
    assert written == [posixpath.join(linked, "a/b")], (written, linked)
    if "CreateExport" in states:
        paths = ["/" + p.strip("/") for p in states["CreateExport"]["Arguments"].get("Paths", ["/"])]
        assert any((written[0] + "/").startswith(p.rstrip("/") + "/") for p in paths), (written, paths)
    m.close()


def check_lustre():
    """A mount that is late is tried ten times; one that never comes ends the instance."""
    text = script(LUSTRE % ("LustreTaskExport", "/scratch", ""), FILE_SYSTEM)
    for times, wanted in ((9, "ready"), (999, "ended")):
        m = Machine(text)
        m.write("fail", "%d mount %s/mnt/hpcc/nightly\n" % (times, m.root))
        m.boot()
        assert m.state() == wanted, (times, m.lines("log"))
        m.close()


def check_idle():
    """An instance that is started between executions has no storage: a job there would write to the root volume."""
    for text in (EBS, LUSTRE % ("LustreTaskExport", "/scratch", "")):
        m = Machine(script(text, ""))
        m.boot()
        assert m.state() == "ended" and not m.lines("mounted"), m.lines("log")
        m.close()


def main():
    text = script(EBS, VOLUME)
    check_idle()
    check_volume(text)
    check_reboot(text)
    check_patience(text)
    m = Machine(text)
    m.boot()
    log = [line.replace(m.root, "") for line in m.lines("log")]
    m.close()
    batch.check_failures(text, log, Machine)
    batch.check_cuts(text, log, Machine)
    check_lustre()
    for mode in ("LustreTaskExport", "LustreAutoExport"):
        for path in ("", "/", "/out", "/out/deep"):
            check_layout(mode, "/scratch", path)
    check_layout("LustreTaskExport", "/work/results", "/out")


main()

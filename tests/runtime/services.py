#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a cluster offers besides jobs, in the laboratory: login nodes, storage, custom actions, names, logs, a directory.

usage: services.py HPCC SUITE GROUP|TEST…, with a release of Debian; prints TAP, after a failure the logs of machines.
"""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter, fsx_answers  # noqa: E402
from cluster_base import Cluster, run_tests  # noqa: E402
from common import in_venv  # noqa: E402

in_venv("boto3")
enter(3000, sys.argv[2])

CLUSTER = """
Region: us-east-1
Image: {{Os: ubuntu2404}}
HeadNode:
  InstanceType: m5.large
  Networking: {{SubnetId: {subnet}}}
  Iam: {{S3Access: [{{BucketName: lab-files}}]}}
  CustomActions:
    OnNodeStart: {{Script: s3://lab-files/note.sh, Args: [start, two words, it's]}}
    OnNodeConfigured:
      Sequence:
        - {{Script: s3://lab-files/note.sh, Args: [first]}}
        - {{Script: s3://lab-files/note.sh, Args: [second]}}
    OnNodeUpdated: {{Script: s3://lab-files/note.sh, Args: [updated]}}
LoginNodes:
  Pools:
    - Name: pool
      InstanceType: m5.large
      Count: 1
      GracetimePeriod: 3
      Networking: {{SubnetIds: [{subnet}]}}
      Iam: {{AdditionalIamPolicies: [{{Policy: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'}}]}}
      CustomActions:
        OnNodeConfigured: {{Script: s3://lab-files/note.sh, Args: [login]}}
DirectoryService:
  DomainName: lab.example.com
  DomainAddr: ldaps://directory.lab.example.com
  PasswordSecretArn: {password}
  DomainReadOnlyUser: cn=reader,dc=lab,dc=example,dc=com
  LdapTlsReqCert: never
SharedStorage:
  - {{Name: homes, StorageType: FsxOpenZfs, MountDir: /home, FsxOpenZfsSettings: {{VolumeId: fsvol-0123456789abcdef0}}}}
  - {{Name: disk, StorageType: Ebs, MountDir: /disk, EbsSettings: {{Size: 40}}}}
  - {{Name: array, StorageType: Ebs, MountDir: /array, EbsSettings: {{Raid: {{Type: 0, NumberOfVolumes: 2}}}}}}
  - {{Name: efs, StorageType: Efs, MountDir: /efs, EfsSettings: {{FileSystemId: fs-0123456789abcdef2}}}}
  - Name: sealed
    StorageType: Efs
    MountDir: /sealed
    EfsSettings: {{FileSystemId: fs-0123456789abcdef3, EncryptionInTransit: true, IamAuthorization: true}}
  - Name: lustre
    StorageType: FsxLustre
    MountDir: /lustre
    FsxLustreSettings: {{FileSystemId: fs-0123456789abcdef1}}
  - {{Name: cache, StorageType: FileCache, MountDir: /cache, FileCacheSettings: {{FileCacheId: fc-0123456789abcdef0}}}}
  - {{Name: ontap, StorageType: FsxOntap, MountDir: /ontap, FsxOntapSettings: {{VolumeId: fsvol-0123456789abcdef1}}}}
{late}Scheduling:
  Scheduler: slurm
  SlurmSettings:
    ScaledownIdletime: 1
    MungeKeySecretArn: {munge}
    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf
  SlurmQueues:
    - Name: q1
      Networking: {{SubnetIds: [{subnet}]}}
      Iam: {{S3Access: [{{BucketName: lab-files}}]}}
      CustomActions:
        OnNodeStart: {{Script: s3://lab-files/note.sh, Args: [start]}}
        OnNodeConfigured: {{Script: s3://lab-files/note.sh, Args: [configured]}}
      ComputeResources:
        - {{Name: st, InstanceType: c5.large, MinCount: 1, MaxCount: 1}}
"""
LATE = "  - {Name: late, StorageType: Ebs, MountDir: /late, EbsSettings: {Size: 40}}\n"
# Each call is a line: what Slurm's and storage's state is then, and the arguments in brackets.
NOTE = """#!/bin/sh
printf '%s %s' "$(mountpoint -q /efs && echo mounted || echo bare)" "$(command -v sinfo >/dev/null && echo slurm)" \
    >>/var/log/notes
printf ' [%s]' "$@" >>/var/log/notes
echo >>/var/log/notes
"""
PLACES = ["/home", "/disk", "/array", "/efs", "/sealed", "/lustre", "/cache", "/ontap"]
FILE_SYSTEMS = fsx_answers("fs-0123456789abcdef1", "/fsx/homes")
FILERS = ["fs-0123456789abcdef1.fsx.us-east-1.amazonaws.com", "fc-0123456789abcdef0.fsx.us-east-1.amazonaws.com",
          "fs-0123456789abcdef4.fsx.us-east-1.amazonaws.com", "fs-0123456789abcdef2.efs.us-east-1.amazonaws.com",
          "fs-0123456789abcdef3", "svm-0123456789abcdef0.fs-0123456789abcdef5.fsx.us-east-1.amazonaws.com"]
KEY = os.urandom(128)


def make(tap, suite):
    c = Cluster(tap, suite)
    c.file("note.sh", NOTE)
    c.lab.world.tell("fsx", FILE_SYSTEMS)
    c.lab.hypervisor.filers.update({name: f"{c.lab.work}/filers/{name}" for name in FILERS})
    secrets = c.lab.world.client("secretsmanager", "us-east-1")
    c.values = {"munge": secrets.create_secret(Name="munge", SecretString=base64.b64encode(KEY).decode())["ARN"],
                "password": secrets.create_secret(Name="directory", SecretString="pass'w#rd")["ARN"], **c.subnets}
    # CloudFormation makes the login nodes when the head node has signalled; moto waits for nothing.
    c.lab.hypervisor.boots = lambda tags: tags.get("hpcc:node-type") != "LoginNode" or c.lab.signals()
    c.create(CLUSTER.format(late="", **c.values))
    return c


def nodes(c):
    """{kind: machine} of the three kinds."""
    return {"head": c.head, "compute": machine(c, "Compute"), "login": machine(c, "LoginNode")}


def machine(c, kind):
    return next(iter(c.machines(kind)), None)


def boots(c):
    """All three kinds of nodes boot."""
    c.lab.wait("a signal", 180, lambda: c.lab.signals())
    signal = c.lab.signals()[0]
    if not c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal):
        return
    c.reaches("q1-st-st-1", ["idle"], 120, "a compute node joins")
    c.lab.wait("a login node", 60, lambda: machine(c, "LoginNode"))
    key = machine(c, "LoginNode").access_key
    c.lab.wait("the login node's word", 120, lambda: [key, "autoscaling", "CompleteLifecycleAction"] in
               c.lab.world.get("requests"))
    c.tap.ok(True, "a login node tells its group that it is ready")
    for kind, node in nodes(c).items():
        c.tap.equal(node.run("systemctl --failed --plain --no-legend | cut -d ' ' -f 1").stdout.split(), [],
                    f"{kind}: no unit has failed")


def storage(c):
    """Each storage is one on all nodes."""
    for place in PLACES:
        c.head.run(f"echo {place} >{place}/mark")
    for kind, node in nodes(c).items():
        seen = node.run("; ".join(f"mountpoint -q {place} && cat {place}/mark" for place in PLACES)).stdout.split()
        c.tap.equal(seen, PLACES, f"{kind}: all eight storages are mounted, and the same")
        flags = [set(line.split(",")) for line in
                 node.run("; ".join(f"findmnt -no OPTIONS --mountpoint {place}" for place in PLACES)).stdout.split()]
        c.tap.ok(len(flags) == len(PLACES) and all({"nosuid", "nodev"} <= f for f in flags),
                 f"{kind}: no program of root's and no device counts on them", flags)
    sources = c.head.run("cat /etc/fstab").stdout
    for part in ("fs-0123456789abcdef1.fsx.us-east-1.amazonaws.com@tcp:/abcd1234 /lustre lustre ",
                 "fc-0123456789abcdef0.fsx.us-east-1.amazonaws.com@tcp:/cache123 /cache lustre ",
                 "fs-0123456789abcdef4.fsx.us-east-1.amazonaws.com:/fsx/homes /home nfs ",
                 "svm-0123456789abcdef0.fs-0123456789abcdef5.fsx.us-east-1.amazonaws.com:/vol1 /ontap nfs ",
                 "fs-0123456789abcdef3:/ /sealed efs _netdev,nofail,noresvport,tls,iam"):
        c.tap.ok(part in sources, f"fstab has {part}", sources)


def homes(c):
    """The user's home is on the shared storage, with what the image had in it, and opens the way to other nodes."""
    c.tap.equal(c.slurm("stat -c %U /home/ubuntu"), "ubuntu", "the user has a home on storage that was empty")
    c.tap.equal(c.slurm("ls /home/ubuntu/.bashrc"), "/home/ubuntu/.bashrc", "with the files of the image")
    found = c.slurm("ssh -o BatchMode=yes q1-st-st-1 hostname", user="ubuntu")
    c.tap.equal(found, "q1-st-st-1", "ssh reaches a node by its name, without a question", )
    addresses = c.slurm("getent hosts q1-st-st-1").split()
    c.tap.ok(addresses and addresses[0] == machine(c, "Compute").address, "DNS knows the node", addresses)


def login(c):
    """Work from the login node."""
    node = machine(c, "LoginNode")
    found = node.run("timeout 60 sinfo -h -o %R", user="ubuntu")
    c.tap.equal(found.stdout.split(), ["q1"], "sinfo on the login node")
    found = node.run("cd /home/ubuntu && timeout 180 srun hostname", user="ubuntu", timeout=200)
    c.tap.equal(found.stdout.split(), ["q1-st-st-1"], "a job from the login node runs")
    token = "curl -s -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 9' http://169.254.169.254/latest/api/token"
    node.run("id stranger || useradd stranger")
    c.tap.equal([node.run(token, user=name).stdout for name in ("ubuntu", "stranger")], ["TOKEN", ""],
                "its default user may ask the metadata service, its other users may not")


def actions(c):
    """Custom actions: which, when, with which arguments."""
    for kind, lines in {"head": ["bare  [start] [two words] [it's]", "mounted slurm [first]", "mounted slurm [second]"],
                        "compute": ["bare  [start]", "mounted slurm [configured]"],
                        "login": ["mounted slurm [login]"]}.items():
        node = nodes(c)[kind]
        c.tap.equal(node.read("/var/log/notes").splitlines(), lines, f"{kind}: actions in their order")
        names = node.run("bash -c '. /opt/parallelcluster/cfnconfig; echo $cfn_node_type $cfn_cluster_user $cfn_head_node_private_ip'; "
                         "cut -d - -f 3 /opt/parallelcluster/.bootstrapped; ls -d /opt/slurm/bin/scontrol /opt/slurm/etc/slurm.conf").stdout
        want = [{"head": "HeadNode", "compute": "ComputeFleet", "login": "LoginNode"}[kind], "ubuntu", c.head.address, "cookbook",
                "/opt/slurm/bin/scontrol", "/opt/slurm/etc/slurm.conf"]
        c.tap.equal(names.split(), want, f"{kind}: scripts find ParallelCluster's names")


def secrets(c):
    """The key of the cluster is that of the secret."""
    for kind, node in nodes(c).items():
        found = node.run("base64 -w0 /etc/munge/munge.key; stat -c ' %a %U' /etc/munge/munge.key").stdout.split()
        c.tap.equal(found, [base64.b64encode(KEY).decode(), "400", "munge"], f"{kind}: MUNGE's key is the secret's")


def directory(c):
    """sssd runs with what the cluster file says."""
    for kind, node in nodes(c).items():
        c.tap.equal(node.run("systemctl is-active sssd").stdout.strip(), "active", f"{kind}: sssd runs")
        text = node.run("cat /etc/sssd/sssd.conf; stat -c '%a %U' /etc/sssd/sssd.conf").stdout
        c.tap.ok("ldap_uri = ldaps://directory.lab.example.com" in text and "pass'w#rd" in text and
                 text.split()[-2].endswith("0"), f"{kind}: its configuration, which users may not read", text)


def logs_and_metrics(c):
    """The CloudWatch agent is told of the logs of each kind of node."""
    for kind, node in nodes(c).items():
        agent = json.loads(node.read("/var/log/lab-agent.json") or "{}")
        files = [f["file_path"] for f in agent.get("logs", {}).get("logs_collected", {}).get("files", {}).get(
            "collect_list", [])]
        want = {"head": "slurmctld", "compute": "slurmd", "login": "boot"}[kind]
        c.tap.ok(any(f"/{want}.log" in f for f in files), f"{kind}: the agent reads {want}.log", files)
        c.tap.equal(node.run("logrotate -d /etc/logrotate.d/hpcc").returncode, 0, f"{kind}: logrotate takes its part")


def update(c):
    """A storage comes while the cluster runs."""
    before = len(c.lab.signals())
    c.lab.deploy("demo", CLUSTER.format(late=LATE, **c.values), update=True)
    c.head.run("/opt/hpcc/minute/update.sh", timeout=120)
    c.lab.wait("a signal", 30, lambda: len(c.lab.signals()) > before)
    c.tap.equal(c.lab.signals()[-1]["Status"], "SUCCESS", "the update is taken over")
    c.tap.equal(c.slurm("mountpoint -q /late && echo yes"), "yes", "the head node mounts the new storage")
    c.tap.equal(c.head.read("/var/log/notes").splitlines()[-1:], ["mounted slurm [updated]"], "and runs OnNodeUpdated")
    node = machine(c, "LoginNode")
    node.run("/opt/hpcc/minute/follow.sh", timeout=60)
    c.tap.equal(node.run("mountpoint -q /late && echo yes").stdout.strip(), "yes", "the login node follows")
    c.slurm("scontrol update nodename=q1-st-st-1 state=power_down_force")
    c.lab.wait("the node's end", 60, lambda: machine(c, "Compute") is None)
    c.comes_back("q1-st-st-1", "a compute node that starts after it joins")
    c.tap.equal(machine(c, "Compute").run("mountpoint -q /late && echo yes").stdout.strip(), "yes", "and mounts it too")


GROUPS = {"services": [boots, storage, homes, login, actions, secrets, directory, logs_and_metrics, update]}

if __name__ == "__main__":
    run_tests(make, GROUPS)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A whole cluster in the laboratory: what hpcc compiled boots, runs jobs, grows, shrinks, survives and goes.

usage: cluster.py HPCC SUITE GROUP|TEST…, with a release of Debian; prints TAP, after a failure the logs of machines.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter  # noqa: E402
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
Scheduling:
  Scheduler: slurm
  SlurmSettings:
    ScaledownIdletime: 1
    QueueUpdateStrategy: DRAIN
    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf{database}
  SlurmQueues:
    - Name: q1
      CapacityType: SPOT
      Image: {{CustomAmi: {image}}}
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: st, InstanceType: c5.large, MinCount: 1, MaxCount: 1}}
        - {{Name: dy, InstanceType: c5.xlarge, MinCount: 0, MaxCount: 4}}
    - Name: q2
      Networking: {{SubnetIds: [{subnet}, {other}]}}
      ComputeResources:
        - {{Name: flex, Instances: [{{InstanceType: m5.large}}, {{InstanceType: m5a.large}}], MinCount: 0, MaxCount: 4}}
    - Name: big
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: b, InstanceType: m5.4xlarge, MinCount: 0, MaxCount: 200}}
    - Name: gpu
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: g, InstanceType: g4dn.12xlarge, MinCount: 0, MaxCount: 1}}"""
QUEUE = """
    - Name: q3
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: r, InstanceType: c5.large, MinCount: 0, MaxCount: 2}}
"""
DATABASE = """
    Database:
      Uri: {uri}
      UserName: slurm
      PasswordSecretArn: {secret}"""


def make(tap, suite):
    c = Cluster(tap, suite)
    c.accounting = c.lab.database("slurm", "pass'w#r\\d")
    database = ""
    if c.accounting:
        secret = c.lab.world.client("secretsmanager", "us-east-1").create_secret(
            Name="database", SecretString="pass'w#r\\d")["ARN"]
        database = DATABASE.format(uri=c.accounting, secret=secret)
    c.create(CLUSTER.format(database=database, image=c.lab.custom, **c.subnets))
    return c


def boots(c):
    """The head node boots to a running controller from its user data alone, and says so to the stack."""
    c.lab.wait("a signal", 120, lambda: c.lab.signals())
    signal = c.lab.signals()[0]
    c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal)
    c.tap.ok("UP" in c.slurm("scontrol ping"), "slurmctld answers", c.slurm("scontrol ping"))
    token = "curl -s -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 9' http://169.254.169.254/latest/api/token"
    c.head.run("useradd -m stranger")
    c.tap.equal([c.slurm(token), c.slurm(token, user="ubuntu"), c.slurm(token, user="stranger")], ["TOKEN", "TOKEN", ""],
                "root and the default user read the metadata service, other users do not")
    c.tap.equal(c.slurm("sinfo -h -o %R | sort -u"), "big\ngpu\nq1\nq2", "all partitions are there")


def static(c):
    """A static node comes up by itself, and its user reaches it."""
    c.reaches("q1-st-st-1", ["idle"], 60, "a static node comes up")
    c.tap.equal(c.slurm("ssh -o BatchMode=yes q1-st-st-1 hostname", user="ubuntu"), "q1-st-st-1",
                "the default user reaches it by ssh without a question")


def dynamic(c):
    """A job wakes dynamic nodes, runs across them, and idle nodes are suspended."""
    job = c.submit("-p q1 -N3 -C dy", "srun hostname | sort")
    state = c.finished(job, 150)
    c.tap.equal(state, "COMPLETED", "a job on three dynamic nodes completes")
    c.tap.equal(c.output(job), "q1-dy-dy-1\nq1-dy-dy-2\nq1-dy-dy-3", "it ran across them, by their names")
    c.tap.equal(len(c.lab.alive("demo", queue="q1")), 4, "EC2 has an instance for each node")
    c.reaches("q1-dy-dy-1", ["idle~"], 60, "an idle node is suspended")
    try:
        c.lab.wait("termination", 60, lambda: len(c.lab.alive("demo", queue="q1")) == 1)
        c.tap.ok(True, "and their instances are terminated, but for the static node's")
    except TimeoutError as late:
        c.tap.ok(False, "instances are terminated", f"{late} {c.lab.alive('demo')}")


def second_partition(c):
    """A queue of several types and subnets: an instant fleet, one type and one zone for one job."""
    found = c.slurm("cd /home/ubuntu && srun -p q2 -N2 hostname | sort", user="ubuntu", timeout=90)
    c.tap.equal(found, "q2-dy-flex-1\nq2-dy-flex-2", "a job of the second partition runs on a fleet's instances")
    places = {(i["InstanceType"], i["SubnetId"]) for i in c.lab.hypervisor.instances().values()
              if {"Key": "hpcc:queue", "Value": "q2"} in i["Tags"]}
    c.tap.equal(len(places), 1, "both are of one type and in one subnet")


def gpus(c):
    """A GPU job sees its own devices."""
    found = c.slurm("srun -p gpu --gres=gpu:2 sh -c 'echo $CUDA_VISIBLE_DEVICES; ls /dev/nvidia?'", user="ubuntu",
                    timeout=90).split()
    c.tap.equal(found, ["0,1", "/dev/nvidia0", "/dev/nvidia1", "/dev/nvidia2", "/dev/nvidia3"],
                "a job that wants two GPUs of four gets two")
    found = c.slurm("srun -p gpu --gres=gpu:2 sh -c 'for n in 0 1 2 3; do head -c 1 /dev/nvidia$n 2>&1; done'",
                    user="ubuntu", timeout=90)
    c.tap.equal([line.split(": ")[-1] for line in found.splitlines()],
                ["No such device or address"] * 2 + ["Operation not permitted"] * 2,
                "and may not open the others, by its control group")


def shortage(c):
    """Without capacity nodes go down with the reason, jobs go elsewhere or wait, and reconcile brings nodes back."""
    c.lab.world.tell("capacity", {"c5.xlarge": 0})
    c.asleep()
    job = c.submit("-p q1,q2 -C 'dy|flex'", "hostname")
    alone = c.submit("-p q1 -C dy", "hostname")
    c.reaches("q1-dy-dy-1", ["down", "down~", "down#", "down*", "down$"], 30, "a node without capacity goes down")
    reason = c.slurm("sinfo -h -n q1-dy-dy-1 -o %E")
    c.tap.ok("(Code:InsufficientInstanceCapacity)" in reason, "with EC2's reason", reason)
    states = {c.state(f"q1-dy-dy-{n}").rstrip("~#*%$!") for n in range(1, 5)}
    c.tap.equal(states, {"down"}, "its neighbours are not tried one by one")
    c.tap.equal(c.finished(job, 150), "COMPLETED", "a job that may run elsewhere does")
    c.tap.ok(c.output(job).startswith("q2-dy-flex"), "in the other queue", c.output(job))
    c.tap.ok("PENDING" in c.job(alone) and "q1-dy-dy-[1-4]" in c.job(alone, "%R"), "another waits, and says why",
             c.job(alone, "%T %r %R"))
    c.lab.world.tell("capacity", {})
    c.reconcile()
    c.head.run("touch -d '11 minutes ago' /run/hpcc-shortage/*")
    c.reconcile()
    c.tap.equal(c.finished(alone, 150), "COMPLETED", "when there is capacity again, it runs")


def spot(c):
    """A Spot instance is taken away under a job."""
    job = c.submit("-p q1 -C dy --requeue", "[ \"${SLURM_RESTART_COUNT:-0}\" != 0 ] || sleep 300; echo again")
    c.begins(job)
    node = c.job(job, "%N")
    machine = next(m for m in c.lab.hypervisor.machines.values() if m.run("hostname").stdout.strip() == node)
    machine.leaving = "2030-01-01T00:00:00Z"
    machine.run("/opt/hpcc/minute/watchdog.sh")
    c.lab.wait("the drain", 20, lambda: c.state(node).startswith("dr"))
    c.tap.ok(True, "a node that EC2 will take back is drained")
    c.lab.ec2.terminate_instances(InstanceIds=[machine.id])
    c.lab.wait("the machine's end", 10, lambda: machine.id not in c.lab.hypervisor.machines)
    c.head.run(f"touch -d '3 minutes ago' /opt/hpcc/nodes/{machine.id}")
    c.reconcile()
    c.tap.equal(c.finished(job, 180), "COMPLETED", "the job starts again and completes")
    c.tap.equal(c.output(job), "again", "on its second start")
    c.reconcile()
    c.reaches(node, ["idle~"], 60, "the node may be used again")


def killed_resume(c):
    """The resume program dies between EC2's doing and its own notes."""
    c.asleep()
    c.lab.world.tell("delay", {"RunInstances": 30})
    before = set(c.lab.alive("demo", queue="q1"))
    job = c.submit("-p q1 -N2 -C dy --requeue", "srun hostname | sort")
    c.lab.wait("instances", 100, lambda: len(set(c.lab.alive("demo", queue="q1")) - before) >= 2)
    orphans = set(c.lab.alive("demo", queue="q1")) - before
    for line in c.head.run("grep -l resume.sh /proc/[0-9]*/cmdline").stdout.split():
        c.head.run(f"kill -9 {line.split('/')[2]}")
    c.lab.world.tell("delay", {})
    c.tap.equal(len(orphans), 2, "two instances were started")
    c.reconcile()
    c.tap.ok(orphans <= set(c.lab.alive("demo")), "which reconcile leaves alone while they are young")
    c.lab.world.tell("older", {i: 600 for i in orphans})
    c.head.run("touch -d '3 minutes ago' /run/hpcc-unclaimed/*")
    c.reconcile()
    c.tap.ok(not orphans & set(c.lab.alive("demo")), "later they are terminated: no orphan stays", orphans)
    c.tap.ok(len(set(c.lab.alive("demo", queue="q1")) - before) <= 2, "asking EC2 again starts nothing twice")
    c.reconcile()
    c.tap.equal(c.finished(job, 180), "COMPLETED", "the job runs on other instances")


def restart(c):
    """The head node is switched off and on under a running and a waiting job."""
    running = c.submit("-p q1 -C dy", "until [ -e /tmp/go ]; do sleep 1; done")
    c.begins(running)
    name = c.job(running, "%N")
    waiting = c.submit(f"-p q1 -d afterok:{running} -C dy", "echo after")
    conf = c.head.read("/etc/slurm/slurm.conf")
    c.head.run("touch /run/lab-submitted")  # slurmctld writes what is new every five seconds
    c.lab.wait("the state on disk", 30, lambda: c.slurm(
        "find /srv/hpcc/state/slurmctld -name job_state -newer /run/lab-submitted"))
    c.lab.hypervisor.reboot(c.head)
    c.lab.wait("slurmctld", 60, lambda: "is UP" in c.slurm("timeout 5 scontrol ping"))
    states = [c.job(running), c.job(waiting)]
    c.tap.equal(states, ["RUNNING", "PENDING"], "after a restart of the head node its jobs are there")
    c.tap.equal(c.head.read("/etc/slurm/slurm.conf"), conf, "with the same configuration")
    next(m for m in c.machines("Compute") if m.run("hostname").stdout.strip() == name).run("touch /tmp/go")
    c.tap.equal(c.finished(running, 60), "COMPLETED", "the running job completes")
    c.tap.equal(c.finished(waiting, 150), "COMPLETED", "so does the waiting one")


def many(c):
    """Two hundred nodes at once."""
    c.reaches("q1-st-st-1", ["idle"], 90, "(the static node is there)")
    c.lab.hypervisor.boots = lambda tags: tags.get("hpcc:queue") != "big"
    before = len([r for r in c.lab.world.get("requests") if r[2] == "RunInstances"])
    job = c.submit("-p big -N200", "hostname")
    c.lab.wait("instances", 100, lambda: len(c.lab.alive("demo", queue="big")) == 200)
    calls = len([r for r in c.lab.world.get("requests") if r[2] == "RunInstances"]) - before
    c.tap.equal(calls, 1, "200 nodes are one call to EC2")
    c.lab.wait("names", 60, lambda: c.slurm("grep -h big /opt/hpcc/nodes/i-* | sort -u | wc -l") == "200")
    c.tap.ok(True, "each of them has a name")
    c.slurm(f"scancel {job}; scontrol update nodename=big-dy-b-[1-200] state=power_down_force")
    c.lab.wait("the end of all", 60, lambda: not c.lab.alive("demo", queue="big"))
    c.tap.ok(True, "and all of them end when they are not wanted")
    c.lab.hypervisor.boots = lambda tags: True


def update(c):
    """The stack is updated under running jobs: a queue comes, one compute resource is of another type, one grows."""
    job = c.submit("-p q1 -C dy -w q1-dy-dy-1", "until [ -e go ]; do sleep 1; done")
    other = c.submit("-p q2", "until [ -e go ]; do sleep 1; done")
    c.begins(job)
    c.begins(other)
    before = len(c.lab.signals())
    text = c.text.replace("c5.xlarge, MinCount: 0, MaxCount: 4}", "c5a.xlarge, MinCount: 0, MaxCount: 3}")
    text = text.replace("m5a.large}], MinCount: 0, MaxCount: 4}", "m5a.large}], MinCount: 0, MaxCount: 5}")
    text += QUEUE.format(**c.subnets)
    c.lab.deploy("demo", text, update=True)
    c.tap.equal(c.lab.head("demo").id, c.head.id, "the head node stays")
    c.head.run("/opt/hpcc/minute/update.sh", timeout=120)
    c.lab.wait("a signal", 30, lambda: len(c.lab.signals()) > before)
    c.tap.equal(c.lab.signals()[-1]["Status"], "SUCCESS", "the update is taken over, and the stack hears of it")
    c.tap.equal(c.slurm("sinfo -h -o %R | sort -u | paste -sd ' '"), "big gpu q1 q2 q3", "there is one queue more")
    states = c.state("q1-dy-dy-1"), c.state("q2-dy-flex-1")
    c.tap.ok(states[0].startswith("dr") and not states[1].startswith("dr"),
             "a running node that changed is drained, one that did not is left alone", states)
    known = [c.slurm(f"scontrol show node {n} 2>&1 | grep -c NodeName") for n in ("q1-dy-dy-4", "q2-dy-flex-5")]
    c.tap.equal(known, ["0", "1"], "of one resource there is a node less, of one there is one more")
    c.slurm("touch /home/ubuntu/go")
    c.tap.equal([c.finished(job, 60), c.finished(other, 60)], ["COMPLETED"] * 2, "the running jobs complete")
    c.tap.equal(c.slurm("srun -p q3 hostname", user="ubuntu", timeout=90), "q3-dy-r-1", "the new queue runs jobs")
    c.lab.wait("the drained node's end", 120, lambda: c.reconcile() and c.state("q1-dy-dy-1") == "idle~")
    c.tap.equal(c.slurm("srun -p q1 -w q1-dy-dy-1 hostname", user="ubuntu", timeout=120), "q1-dy-dy-1",
                "the drained node comes back")
    claims = c.slurm("cd /opt/hpcc/nodes && grep -lx q1-dy-dy-1 i-*").split()
    types = [i["InstanceType"] for name, i in c.lab.hypervisor.instances().items() if name in claims]
    c.tap.equal(types, ["c5a.xlarge"], "as what the update says")


def accounts(c):
    """Accounting knows the jobs of the user."""
    if not c.accounting:
        return c.tap.skip("accounting", "no MariaDB")
    found = c.slurm("sacctmgr -n -P list user ubuntu format=user,defaultaccount")
    c.tap.equal(found, "ubuntu|hpcc", "the user has an account")
    jobs = c.slurm("sacct -X -n -P -a -o user,partition,state").splitlines()
    c.tap.ok("ubuntu|q1|COMPLETED" in jobs, "sacct tells of a job", "\n".join(jobs))
    return None


def delete(c):
    """The stack goes, and takes every instance along."""
    c.tap.ok(len(c.lab.alive("demo")) > 0, "compute nodes run")
    c.lab.world.client("cloudformation", "us-east-1").delete_stack(StackName="demo")
    c.tap.equal(c.lab.alive("demo"), {}, "deleting the stack leaves no compute node")
    c.tap.equal(c.lab.alive("demo", "HeadNode"), {}, "nor the head node")
    c.lab.wait("the machines", 60, lambda: not c.lab.hypervisor.machines)
    c.tap.ok(True, "and no machine runs")


# Two clusters, so that they can be tried side by side: most of the time is Slurm's own waiting.
GROUPS = {"growth": [boots, static, dynamic, second_partition, gpus, shortage, many, accounts, delete],
          "faults": [boots, spot, killed_resume, restart, update, delete]}


if __name__ == "__main__":
    run_tests(make, GROUPS)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A whole cluster in the laboratory: what hpcc compiled boots, runs jobs, grows, shrinks, survives and goes.

usage: cluster.py HPCC [TEST…]; prints TAP. HPCC_LAB_KEEP=1 prints the logs of the machines at the end.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import Lab, enter  # noqa: E402
from common import Tap, in_venv  # noqa: E402

in_venv("boto3")
enter(540)

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
    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf
  SlurmQueues:
    - Name: q1
      CapacityType: SPOT
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: st, InstanceType: c5.large, MinCount: 1, MaxCount: 1}}
        - {{Name: dy, InstanceType: c5.xlarge, MinCount: 0, MaxCount: {most}}}
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
        - {{Name: g, InstanceType: g4dn.12xlarge, MinCount: 0, MaxCount: 1}}
"""
# The machines have two processors, no control groups and little patience.
SETTINGS = """SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SuspendTime=15
SuspendTimeout=5
SchedulerParameters=nohold_on_prolog_fail,batch_sched_delay=0
SlurmctldParameters=idle_on_node_suspend,enable_configless,cloud_reg_addrs,power_save_interval=1,power_save_min_interval=0
"""


class Cluster:
    def __init__(self, tap):
        self.tap = tap
        self.lab = Lab()
        s3 = self.lab.world.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lab-files")
        s3.put_object(Bucket="lab-files", Key="slurm.conf", Body=SETTINGS.encode())
        _, names = self.lab.world.network("us-east-1", {"subnet", "other"})
        self.text = CLUSTER.format(most=4, **names)
        self.template = self.lab.deploy("demo", self.text)
        self.head = self.lab.head("demo")

    # ---- asking Slurm ----

    def slurm(self, command, **kwargs):
        return self.head.run(command, **kwargs).stdout.strip()

    def state(self, node):
        return self.slurm(f"timeout 10 sinfo -h -N -n {node} -o %t").split("\n")[0]

    def reaches(self, node, states, seconds, what):
        """One test: the node gets into one of the states in time."""
        end, seen = time.monotonic() + seconds, []
        while time.monotonic() < end:
            state = self.state(node)
            if not seen or seen[-1] != state:
                seen.append(state)
            if state in states:
                return self.tap.ok(True, what)
            time.sleep(0.5)
        return self.tap.ok(False, what, f"{node}: {' '.join(seen)}\n" + self.slurm(f"scontrol show node {node}"))

    def submit(self, options, script):
        """A job of the user; its id."""
        return self.slurm(f"cd /home/ubuntu && sbatch --parsable -o job-%j.out {options} --wrap '{script}'", user="ubuntu")

    def job(self, number, form="%T"):
        return self.slurm(f"timeout 10 squeue -h -t all -j {number} -o '{form}'")

    def finished(self, number, seconds):
        """The state in which a job ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.job(number)
            if state and state not in ("PENDING", "RUNNING", "CONFIGURING", "COMPLETING"):
                return state
            time.sleep(0.5)
        return state + " " + self.job(number, "%r %N")

    def output(self, number):
        return self.slurm(f"cat /home/ubuntu/job-{number}.out")

    def reconcile(self):
        return self.head.run("/opt/hpcc/minute/reconcile.sh")


def boots(c):
    """The head node boots to a running controller from its user data alone, and says so to the stack."""
    c.lab.wait("a signal", 90, lambda: c.lab.signals())
    signal = c.lab.signals()[0]
    c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal)
    c.tap.ok("UP" in c.slurm("scontrol ping"), "slurmctld answers", c.slurm("scontrol ping"))
    c.tap.equal(c.slurm("sinfo -h -o %R | sort -u"), "big\ngpu\nq1\nq2", "all partitions are there")


def static(c):
    """A static node comes up by itself."""
    c.reaches("q1-st-st-1", ["idle"], 60, "a static node comes up")


def dynamic(c):
    """A job wakes dynamic nodes, runs across them, and idle nodes are suspended."""
    job = c.submit("-p q1 -N3 -C dy", "srun hostname | sort")
    state = c.finished(job, 90)
    c.tap.equal(state, "COMPLETED", "a job on three dynamic nodes completes")
    c.tap.equal(c.output(job), "q1-dy-dy-1\nq1-dy-dy-2\nq1-dy-dy-3", "it ran across them, by their names")
    c.tap.equal(len(c.lab.alive("demo", queue="q1")), 4, "EC2 has an instance for each node")
    c.reaches("q1-dy-dy-1", ["idle~"], 60, "an idle node is suspended")
    try:
        c.lab.wait("termination", 30, lambda: len(c.lab.alive("demo", queue="q1")) == 1)
        c.tap.ok(True, "and their instances are terminated, but for the static node's")
    except TimeoutError as late:
        c.tap.ok(False, "instances are terminated", f"{late} {c.lab.alive('demo')}")


TESTS = [boots, static, dynamic]


def logs(c):
    for machine in c.lab.hypervisor.machines.values():
        print(f"# ==== {machine.id} {machine.tags.get('hpcc:node-type')}")
        names = "/var/log/cloud-init-output.log /var/log/hpcc/*.log /var/log/lab-*"
        for line in machine.run(f"tail -n 40 {names}").stdout.splitlines():
            print("# " + line)
        for line in open(machine.dir + "/console", encoding="utf-8", errors="replace").read().splitlines()[-20:]:
            print("# console: " + line)
    os.system(f"tail -20 {c.lab.work}/aws.log | sed 's/^/# aws: /'")


def main():
    tap = Tap()
    cluster = Cluster(tap)
    wanted = sys.argv[2:]
    try:
        for test in TESTS:
            if not wanted or test.__name__ in wanted:
                start = time.monotonic()
                try:
                    test(cluster)
                except Exception as error:  # noqa: BLE001 - the next test may still tell something
                    tap.ok(False, test.__name__, repr(error))
                print(f"# {test.__name__}: {time.monotonic() - start:.1f} s", flush=True)
    finally:
        if tap.failures or os.environ.get("HPCC_LAB_KEEP"):
            logs(cluster)
        cluster.lab.end()
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

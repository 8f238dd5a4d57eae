# SPDX-License-Identifier: Apache-2.0
"""A cluster in the laboratory, as its user and its administrator see it, and how tests of it are run."""
import os
import sys
import time

from common import Tap
from lab import Lab
from patience import Patience, patient

# The machines have two processors; clocks are short, for the tests wait for them, but not too short for a busy machine:
# a credential that is older than cred_expire starts no job, and a job that starts again waits as long.
SETTINGS = """SlurmdParameters=config_overrides
AuthInfo=cred_expire={short}
SuspendTime=15
SuspendTimeout={short}
SlurmdTimeout={long}
SchedulerParameters=nohold_on_prolog_fail,batch_sched_delay=0
SlurmctldParameters=idle_on_node_suspend,enable_configless,cloud_reg_addrs,power_save_interval=1,\
power_save_min_interval=0
"""


class Cluster:
    """A stack "demo" and its head node. The text of the cluster file has {names} for the subnets it wants."""

    def __init__(self, tap, suite, source=None, downloads=None):
        self.tap = tap
        self.lab = Lab(suite, source=source, downloads=downloads)
        s3 = self.lab.world.client("s3", self.lab.region)
        s3.create_bucket(Bucket="lab-files")
        self.file("slurm.conf", SETTINGS.format(short=round(max(9, patient(3))), long=round(max(45, patient(15)))))
        _, self.subnets = self.lab.world.network(self.lab.region, {"subnet", "other"})

    def file(self, name, text):
        """A file at s3://lab-files/NAME."""
        self.lab.world.client("s3", self.lab.region).put_object(Bucket="lab-files", Key=name, Body=text.encode())

    def create(self, text):
        self.text = text
        self.template = self.lab.deploy("demo", text)
        self.head = self.lab.head("demo")

    def machines(self, kind):
        """The machines of a kind of node: HeadNode, Compute, LoginNode."""
        return [m for m in list(self.lab.hypervisor.machines.values()) if m.tags.get("hpcc:node-type") == kind]

    # ---- asking Slurm ----

    def slurm(self, command, **kwargs):
        return self.head.run(command, **kwargs).stdout.strip()

    def state(self, node):
        return self.slurm(f"timeout 10 sinfo -h -N -n {node} -o %t").split("\n")[0]

    def reaches(self, node, states, seconds, what, meanwhile=lambda: None):
        """One test: the node gets into one of the states in time, while something is done over and over."""
        patience, seen = Patience(seconds), []
        while not patience.ended():
            state = self.state(node)
            if not seen or seen[-1] != state:
                seen.append(state)
            if state in states:
                return self.tap.ok(True, what)
            meanwhile()
            time.sleep(0.5)
        return self.tap.ok(False, what, f"{node}: {' '.join(seen)}\n" + self.slurm(f"scontrol show node {node}"))

    def submit(self, options, script):
        """A job of the user; its id."""
        return self.slurm(f"cd /home/ubuntu && sbatch --parsable -o job-%j.out {options} --wrap '{script}'",
                          user="ubuntu")

    def job(self, number, form="%T"):
        return self.slurm(f"timeout 10 squeue -h -t all -j {number} -o '{form}'")

    def finished(self, number, seconds):
        """The state in which a job ends."""
        patience, state = Patience(seconds), ""
        while not patience.ended():
            state = self.job(number)
            if state and state not in ("PENDING", "RUNNING", "CONFIGURING", "COMPLETING"):
                return state
            time.sleep(0.5)
        return state + " " + self.job(number, "%r %N")

    def output(self, number):
        return self.slurm(f"cat /home/ubuntu/job-{number}.out")

    def reconcile(self):
        return self.head.run("/opt/hpcc/minute/reconcile.sh")

    def begins(self, number, seconds=150):
        self.lab.wait(f"job {number}", seconds, lambda: self.job(number) == "RUNNING")

    def comes_back(self, node, what):
        """One test: a static node whose machine is gone is started again, once Slurm takes it for switched off."""
        return self.reaches(node, ["idle"], 180, what, self.reconcile)

    def asleep(self):
        """Sends the idle dynamic nodes of q1 to sleep, and waits until all have gone."""
        idle = self.slurm("sinfo -h -N -n q1-dy-dy-[1-4] -o '%N %t' | awk '$2 == \"idle\" { print $1 }' | paste -sd ,")
        if idle:
            self.slurm(f"scontrol update nodename={idle} state=power_down_asap")
        self.lab.wait("the nodes' sleep", 120, lambda: self.slurm("sinfo -h -p q1 -o %t -n q1-dy-dy-[1-4]") ==
                      "idle~" and len(self.lab.alive("demo", queue="q1")) <= 1)


def logs(c):
    for machine in c.lab.hypervisor.machines.values():
        print(f"# ==== {machine.id} {machine.tags.get('hpcc:node-type')}")
        names = "/var/log/cloud-init-output.log /var/log/hpcc/*.log"
        for line in machine.run(f"tail -n 30 {names} | grep -v 'more than once'").stdout.splitlines():
            print("# " + line)
        for line in open(machine.dir + "/console", encoding="utf-8", errors="replace").read().splitlines()[-20:]:
            print("# console: " + line)
    os.system(f"tail -20 {c.lab.work}/aws.log | sed 's/^/# aws: /'")


def attempt(cluster, test):
    tap, start = cluster.tap, time.monotonic()
    before = tap.failures
    try:
        test(cluster)
    except Exception as error:  # noqa: BLE001 - the next test may still tell something
        tap.ok(False, test.__name__, f"{error!r}\n" + cluster.slurm("timeout 5 squeue -a; timeout 5 sinfo -N"))
    print(f"# {test.__name__}: {time.monotonic() - start:.1f} s", flush=True)
    if tap.failures > before:
        logs(cluster)
    return tap.failures == before


def run_tests(make, groups):
    """Runs the tests that the command line names on the cluster that make(tap, suite) gives; ends the program.

    Without a head node that boots the others tell nothing.
    """
    tap = Tap()
    cluster = make(tap, sys.argv[2])
    named = {test.__name__: [test] for group in groups.values() for test in group}
    first = True
    try:
        for test in [test for name in sys.argv[3:] for test in groups.get(name) or named[name]]:
            if not attempt(cluster, test) and first:
                break
            first = False
    finally:
        cluster.lab.end()
    tap.end()

# SPDX-License-Identifier: Apache-2.0
"""A cluster in bad weather: what scenarios (weather.py) make of it, do to it, and expect of it afterwards."""
import re
import time

from cluster_base import SETTINGS, Cluster
from patience import Patience, patient

CLUSTER = """
Region: us-east-1
Image: {{Os: ubuntu2404}}
HeadNode:
  InstanceType: m5.large
  Networking: {{SubnetId: {subnet}}}
{more}{storage}Scheduling:
  Scheduler: slurm
  SlurmSettings:
    ScaledownIdletime: 1
    QueueUpdateStrategy: {strategy}
    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf{settings}
  SlurmQueues:{queues}
"""
QUEUE = """
    - Name: {name}
      Networking: {{SubnetIds: [{subnet}]}}{image}{more}
      ComputeResources:{resources}"""
RESOURCE = """
        - {{Name: {0}, InstanceType: {1}, MinCount: {2}, MaxCount: {3}}}"""
DISK = "  - {{Name: {0}, StorageType: Ebs, MountDir: /{0}, EbsSettings: {{Size: 40}}}}\n"
# As a queue that most scenarios have: a static and four dynamic nodes of one type each, on an image that has Slurm.
PLAIN = {"q1": [("st", "c5.large", 1, 1), ("dy", "c5.xlarge", 0, 4)]}


class Weather(Cluster):
    """The stack "demo", made of parts that updates change one by one."""

    def __init__(self, tap, suite, queues=None, settings="", slurm="", more="", boots=None):
        super().__init__(tap, suite)
        self.file("slurm.conf", SETTINGS.format(short=round(max(9, patient(3))), long=round(max(45, patient(15)))) + slurm)
        self.parts = {"queues": dict(queues or PLAIN), "disks": [], "strategy": "DRAIN", "settings": settings,
                      "more": more, "options": {}}
        self.lab.hypervisor.boots = boots or (lambda tags: True)

    def words(self, **changes):
        """The cluster file with changed parts: queues {name: resources}, disks [name], options {queue: lines}."""
        parts = {**self.parts, **changes}
        queues = "".join(QUEUE.format(
            name=name, image=f"\n      Image: {{CustomAmi: {self.lab.custom}}}", more=parts["options"].get(name, ""),
            resources="".join(RESOURCE.format(*r) for r in resources), **self.subnets)
            for name, resources in parts["queues"].items())
        storage = "SharedStorage:\n" + "".join(map(DISK.format, parts["disks"])) if parts["disks"] else ""
        return CLUSTER.format(queues=queues, storage=storage, strategy=parts["strategy"], settings=parts["settings"],
                              more=parts["more"].format(**self.subnets), **self.subnets)

    def start(self):
        self.create(self.words())
        return self

    # ---- weather ----

    def weather(self, *rules):
        """From now on; none: fair."""
        return self.lab.world.tell("weather", list(rules))

    def hits(self):
        """How often each rule struck."""
        return [rule["hits"] for rule in self.lab.world.get("rules")]

    def calls(self, action):
        return len([r for r in self.lab.world.get("requests") if r[2] == action])

    def older(self, seconds=600):
        """All instances, claims and marks of the head node are so much older."""
        self.lab.world.tell("older", {i: seconds for i in self.lab.alive("demo")})
        self.age("/opt/hpcc/nodes/i-* /run/hpcc-*/*", seconds)

    def age(self, files, seconds):
        self.head.run(f"for f in {files}; do [ ! -e $f ] || touch -d @$(($(stat -c %Y $f) - {seconds})) $f; done")

    def saved(self):
        """What slurmctld was told is on its disk: it writes every five seconds, so it is told one thing more."""
        self.head.run("touch /run/lab-told")
        job = self.slurm("cd /tmp && sbatch --parsable -H -o /dev/null --wrap true", user="ubuntu")
        folder = "$(scontrol show config | awk '$1 == \"StateSaveLocation\" { print $3 }')"
        self.lab.wait("the state on disk", 60, lambda: self.slurm(f"find {folder} -name job_state -newer /run/lab-told"))
        self.slurm(f"scancel {job}")

    # ---- updates ----

    def change(self, **changes):
        """Updates the stack; the head node has not heard of it. The name of the handle that waits for it."""
        self.parts.update(changes)
        self.template = self.lab.deploy("demo", self.words(), update=True)
        return self.handle()

    def handle(self):
        """The name of the handle of the stack as it is."""
        name = next(name for name, r in self.template["Resources"].items()
                    if r["Type"] == "AWS::CloudFormation::WaitConditionHandle")
        found = self.lab.world.client("cloudformation", self.lab.region).describe_stack_resource(
            StackName="demo", LogicalResourceId=name)["StackResourceDetail"]["PhysicalResourceId"]
        return found.split(".com/")[1]

    def heard(self, handle):
        """What the handle heard: [(Status, time)]."""
        return [(s["signal"]["Status"], s["time"]) for s in self.lab.world.get("signals") if s["handle"] == handle]

    def run_update(self, wait=True):
        return self.head.run(f"systemctl {'' if wait else '--no-block '}start hpcc-minute@update", timeout=300)

    def up(self, seconds=60):
        """The head node's controller answers, and has what it is to have after its start."""
        self.lab.wait("slurmctld", seconds, lambda: self.head.running and "is UP" in self.slurm("timeout 5 scontrol ping")
                      and self.slurm("systemctl is-active slurmctld") == "active")

    def taken_over(self, handle, what, seconds=120):
        """One test: the stack hears SUCCESS of the update, whatever was heard before."""
        patience = Patience(seconds)
        while not patience.ended():
            found = self.heard(handle)
            if found and found[-1][0] == "SUCCESS":
                return self.tap.ok(True, what)
            if self.head.running:
                self.run_update()
            time.sleep(1)
        return self.tap.ok(False, what, f"{handle} heard {self.heard(handle)}\n" +
                           self.slurm("tail -n 20 /var/log/hpcc/update.log; cd /opt/hpcc/etc; head fetched applied version"))

    # ---- what is expected ----

    def wanted_nodes(self):
        return {f"{queue}-{kind}-{name}-{n}" for queue, resources in self.parts["queues"].items()
                for name, _, least, most in resources
                for kind, count in (("st", least), ("dy", most - least)) for n in range(1, count + 1)}

    def as_the_stack_says(self, what):
        """One test: Slurm's nodes, queues and the list for launches are those of the stack; both versions are one."""
        nodes = set(self.slurm("sinfo -ahN -o %N").split())
        queues = set(self.slurm("sinfo -ah -o %R").split())
        launch = {tuple(line.split()[:2]) for line in self.head.read("/opt/hpcc/etc/launch").splitlines()}
        wanted = {(queue, r[0]) for queue, resources in self.parts["queues"].items() for r in resources}
        fetched, applied = self.head.read("/opt/hpcc/etc/fetched"), self.head.read("/opt/hpcc/etc/applied")
        good = (nodes == self.wanted_nodes() and queues == set(self.parts["queues"]) and launch == wanted and
                fetched == applied != "")
        return self.tap.ok(good, what, f"Slurm has {sorted(nodes ^ self.wanted_nodes())} more or less, queues {queues}, "
                           f"launch {launch}, fetched {fetched!r}, applied {applied!r}")

    def tidy(self, what, seconds=120):
        """One test: each instance has a claim of a node that is awake, and each claim an instance."""
        patience = Patience(seconds)
        while True:
            found = set(self.lab.alive("demo"))
            claims = dict(line.split(":") for line in self.slurm(
                "cd /opt/hpcc/nodes && grep . i-* /dev/null").splitlines() if ":" in line)
            awake = set(self.slurm("sinfo -ahN -o '%N %t' | awk '$2 !~ /[~%]$/ { print $1 }'").split())
            if found == set(claims) and set(claims.values()) <= awake and len(set(claims.values())) == len(claims):
                return self.tap.ok(True, what)
            if patience.ended():
                return self.tap.ok(False, what, f"instances {sorted(found)}\nclaims {claims}\nawake {sorted(awake)}\n" +
                                   self.slurm("tail -n 20 /var/log/hpcc/reconcile.log"))
            self.older(300)
            self.reconcile()
            time.sleep(1)

    def works(self, options, what, seconds=180):
        """One test: a job completes."""
        job = self.submit(options, "srun hostname")
        return self.tap.equal(self.finished(job, seconds), "COMPLETED", what)

    def steps(self, log):
        """Names of the steps in a log, in their order."""
        found = re.findall(r": step (\S+(?: \S+)*)$", self.head.read(log), re.M)
        return list(dict.fromkeys(found))

    def node(self, name):
        """The machine of a node."""
        for machine in self.machines("Compute"):
            if machine.running and machine.run("hostname").stdout.strip() == name:
                return machine
        return None


def boots(c):
    """The head node boots and says so."""
    c.lab.wait("a signal", 120, c.lab.signals)
    signal = c.lab.signals()[0]
    c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal)
    c.up()

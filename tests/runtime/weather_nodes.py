# SPDX-License-Identifier: Apache-2.0
"""Bad weather between Slurm, EC2 and compute nodes: what EC2 refuses, half answers or takes away, and nodes that fail.

Machines of the queue "many" are never made: EC2's word is enough there.
"""
import time

from patience import patient
from weather_base import Weather

MANY = {"q1": [("st", "c5.large", 1, 1), ("dy", "c5.xlarge", 0, 4)], "many": [("m", "m5.4xlarge", 0, 60)],
        "pend": [("p", "m5.4xlarge", 0, 10)]}
# A machine of the user's own, under a desk, that is switched off.
OWN = "NodeName=desk CPUs=1 NodeAddr=10.0.255.250 State=UNKNOWN\nPartitionName=desk Nodes=desk\n"


def no_machines(tags):
    return tags.get("hpcc:queue") not in ("many", "pend", "thousand")


def make(tap, suite):
    return Weather(tap, suite, MANY, slurm=OWN, boots=no_machines).start()


def make_hasty(tap, suite):
    """Nodes must come in time, but not too soon for a busy machine."""
    slurm = f"{OWN}ResumeTimeout={round(max(60, patient(30)))}\n"
    return Weather(tap, suite, MANY, slurm=slurm, boots=no_machines).start()


def make_strict(tap, suite):
    """Nodes must have the processors that they are said to have: those of "large" have not."""
    c = Weather(tap, suite, {"q1": [("st", "c5.large", 1, 1), ("dy", "c5.large", 0, 2)],
                             "large": [("l", "c5.2xlarge", 0, 1)], "fixed": [("f", "c5.2xlarge", 1, 1)]})
    text = c.lab.world.client("s3", "us-east-1").get_object(Bucket="lab-files", Key="slurm.conf")["Body"].read().decode()
    c.file("slurm.conf", text.replace("SlurmdParameters=config_overrides\n", ""))
    return c.start()


def powered_down(c, queue, count, what):
    """All nodes of a queue without machines end."""
    c.slurm(f"scancel -p {queue}; scontrol update nodename={queue}-dy-{queue[0]}-[1-{count}] state=power_down_force")
    try:
        c.lab.wait("their end", 180, lambda: not c.lab.alive("demo", queue=queue) or c.reconcile() and False)
        c.tap.ok(True, what)
    except TimeoutError:
        c.tap.ok(False, what, c.lab.alive("demo", queue=queue))
    c.lab.wait("sleep", 90, lambda: c.slurm(f"sinfo -h -p {queue} -o %t") == "idle~")


def names(c, queue):
    return c.slurm(f"grep -h ^{queue}- /opt/hpcc/nodes/i-* | sort").split()


def throttled(c):
    """A third of the calls is throttled while fifty nodes start for ten jobs, and while all of them end."""
    c.weather({"action": "ec2:.*", "does": "throttle", "every": 3})
    for _ in range(10):
        c.submit("-p many -N5 --exclusive", "hostname")
    c.lab.wait("names", 240, lambda: len(names(c, "many")) == 50)
    c.tap.ok(c.hits()[0] > 0, "calls were throttled", c.hits())
    c.tap.equal((len(set(names(c, "many"))), len(c.lab.alive("demo", queue="many"))), (50, 50),
                "fifty nodes have an instance each")
    c.tap.equal(c.slurm("sinfo -hN -p many -t down,drain -o %N"), "", "no node is down")
    powered_down(c, "many", 60, "all of them end under the same weather")
    c.weather()


def refused_for_a_while(c):
    """EC2 has no time for two minutes: that is no shortage, and soon tried again."""
    c.weather({"action": "ec2:RunInstances", "does": "throttle"})
    job = c.submit("-p many -N2 --exclusive", "hostname")
    c.lab.wait("tries", 240, lambda: c.hits()[0] >= 7)
    c.lab.wait("the refusal", 60, lambda: "many-dy-m" in c.slurm("sinfo -hN -p many -t down,drain -o %N") or
               c.slurm("sinfo -h -p many -o %t") == "idle~")
    c.weather()
    start = time.monotonic()
    c.age("/run/hpcc-*/* /run/hpcc-*", 90)
    c.lab.wait("instances", 150, lambda: len(names(c, "many")) == 2 or c.reconcile() and False)
    c.tap.ok(True, f"once it has, the job gets its nodes ({time.monotonic() - start:.0f} s)")
    c.tap.ok(c.job(job) in ("CONFIGURING", "PENDING", "RUNNING"), "and was not lost", c.job(job, "%T %r"))
    powered_down(c, "many", 60, "(they end)")


def half_answers(c):
    """What RunInstances says is lost, late or not whole: nothing starts twice, nothing stays behind."""
    for number, kind in enumerate(("lost", "empty", "half", "error", "page", "reset", "late")):
        c.weather({"action": "ec2:RunInstances", "does": kind, "times": 1, "wait": 5})
        c.submit(f"-p many -N3 --exclusive -w many-dy-m-[{3 * number + 1}-{3 * number + 3}]", "hostname")
        c.lab.wait("the stroke", 60, lambda: c.hits() == [1])
    c.lab.wait("names", 240, lambda: len(names(c, "many")) == 21)
    c.tap.equal((len(set(names(c, "many"))), len(c.lab.alive("demo", queue="many"))), (21, 21),
                "each node has one instance, whatever became of the answer")
    c.weather()
    powered_down(c, "many", 60, "(they end)")


def no_answer(c):
    """EC2 says nothing, or half of it, to who asks which instances there are: nothing is concluded from it."""
    job = c.submit("-p q1 -C dy", "until [ -e go ]; do sleep 1; done")
    c.begins(job)
    before = set(c.lab.alive("demo"))
    for kind in ("throttle", "error", "page", "reset", "empty", "half", "pages"):
        c.weather({"action": "ec2:Describe.*", "does": kind, "times": 2})
        c.older()
        c.reconcile()
        c.tap.ok(c.hits()[0] > 0, f"{kind}: it struck")
    c.weather({"action": "ec2:Describe.*", "does": "reset"})
    c.older()
    c.reconcile()
    c.weather()
    c.tap.equal((c.job(job), set(c.lab.alive("demo"))), ("RUNNING", before), "the job runs on, and so do all instances")
    machine = c.node(c.job(job, "%N"))
    c.weather({"action": "ec2:DescribeInstances", "does": "partial", "missing": [machine.id], "times": 1})
    c.older()
    c.reconcile()
    c.tap.equal(c.hits(), [1], "an instance is missing in one answer")
    c.tap.equal(c.job(job), "RUNNING", "which ends no job: it is there in the next one")
    c.weather()
    c.slurm("touch /home/ubuntu/go")
    c.tap.equal(c.finished(job, 60), "COMPLETED", "the job completes")
    c.slurm("rm /home/ubuntu/go")
    c.tidy("nothing is left over")


def suspend_killed(c):
    """The suspend program and slurmctld are killed while EC2 refuses to end twenty instances."""
    c.submit("-p many -N20 --exclusive", "hostname")
    c.lab.wait("names", 120, lambda: len(names(c, "many")) == 20)
    c.weather({"action": "ec2:TerminateInstances", "does": "throttle"})
    c.slurm("scancel -p many; scontrol update nodename=many-dy-m-[1-20] state=power_down_force")
    c.saved()
    c.lab.wait("the program", 60, lambda: c.hits()[0] > 0)
    c.head.run("pkill -9 -f suspen[d].sh; pkill -9 -x slurmctld")
    c.weather()
    c.up()
    before = c.calls("TerminateInstances")
    c.older(300)
    c.reconcile()
    c.lab.wait("their end", 120, lambda: not c.lab.alive("demo", queue="many") or c.older(300) or c.reconcile() and False)
    c.tap.ok(c.calls("TerminateInstances") - before <= 6, "all of them end, many in one call",
             c.calls("TerminateInstances") - before)
    c.lab.wait("sleep", 150, lambda: c.slurm("sinfo -h -p many -o %t") == "idle~" or c.reconcile() and False)
    c.tap.ok(True, "their nodes may be used again")


def all_or_nothing(c):
    """There is room for four, and two jobs want three each."""
    c.asleep()
    c.lab.world.tell("capacity", {"m5.4xlarge": 4})
    jobs = [c.submit("-p many -N3 --exclusive", "hostname") for _ in range(2)]
    c.lab.wait("names", 120, lambda: len(names(c, "many")) >= 3)
    c.lab.wait("the other's refusal", 60, lambda: "InsufficientInstanceCapacity" in c.slurm("sinfo -h -p many -o %E"))
    c.tap.equal(len(c.lab.alive("demo", queue="many")), 3, "one has three, the other has none")
    c.tap.ok(all(c.job(j) in ("PENDING", "CONFIGURING", "RUNNING") for j in jobs), "both are still there",
             [c.job(j) for j in jobs])
    c.lab.world.tell("capacity", {})
    c.age("/run/hpcc-*/* /run/hpcc-*", 700)
    powered_down(c, "many", 60, "(they end)")


def pending(c):
    """Ten instances that EC2 says run, and that never boot."""
    c.submit("-p pend -N10 --exclusive --requeue", "hostname")
    c.lab.wait("names", 120, lambda: len(names(c, "pend")) == 10)
    first = set(c.lab.alive("demo", queue="pend"))
    c.lab.wait("their end", 180, lambda: not first & set(c.lab.alive("demo", queue="pend")) or c.reconcile() and False)
    c.tap.ok(True, "they are terminated once their time is over")
    c.lab.wait("protection", 120, lambda: c.slurm("sinfo -h -p pend -o %a").startswith("inact") or c.reconcile() and False)
    c.tap.ok(True, "and their queue takes no more jobs")


def closed_queue(c):
    """A queue that is closed, by protection or by its administrator, stays closed whatever restarts."""
    c.slurm("scontrol update partitionname=pend state=inactive; scontrol update partitionname=many state=down")
    c.head.run("systemctl restart slurmctld")
    c.up()
    closed = "sinfo -ah -o '%R %a' | grep -E 'many|pend' | sed 's/inactive/inact/' | sort"
    c.tap.equal(c.slurm(closed), "many down\npend inact", "after slurmctld")
    c.lab.hypervisor.reboot(c.head)
    c.up()
    c.tap.equal(c.slurm(closed), "many down\npend inact", "and after the head node")
    c.slurm("scontrol update partitionname=many state=up; scontrol update partitionname=pend state=up")


def stopped(c):
    """EC2 stops the instance of a static node, as for its retirement, and terminates none."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    machine = c.node("q1-st-st-1")
    c.lab.ec2.stop_instances(InstanceIds=[machine.id])
    c.lab.wait("its power", 60, lambda: not machine.running)
    c.lab.wait("its end", 120, lambda: c.older(300) or c.reconcile() and
               machine.id not in c.lab.hypervisor.states("pending", "running", "stopping", "stopped"))
    c.tap.ok(True, "an instance that EC2 stopped is terminated")
    c.comes_back("q1-st-st-1", "and its node gets another")


def drained(c):
    """Drained nodes are replaced once they are free; those in a reservation for maintenance are not."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    job = c.submit("-p q1 -C dy", "true")
    c.finished(job, 150)
    dynamic = c.slurm("sinfo -hN -p q1 -t idle -o %N | grep dy | head -1") or "q1-dy-dy-1"
    old = {m.id for m in (c.node("q1-st-st-1"), c.node(dynamic)) if m}
    c.slurm(f"scontrol update nodename=q1-st-st-1,{dynamic} state=drain reason='Kill task failed'")
    c.lab.wait("their end", 150, lambda: not old & set(c.lab.alive("demo")) or c.reconcile() and False)
    c.tap.ok(True, "drained by Slurm, a static and a dynamic node end")
    c.comes_back("q1-st-st-1", "the static one comes new")
    c.reaches(dynamic, ["idle~", "idle"], 120, "the dynamic one may be used again", c.reconcile)
    # As in ParallelCluster, whoever drained it; what is to be looked at is kept by a reservation.
    c.slurm("scontrol create reservation=look nodes=q1-st-st-1 starttime=now duration=infinite flags=maint user=root; "
            "scontrol update nodename=q1-st-st-1 state=drain reason='bad fan, root'")
    machine = c.node("q1-st-st-1")
    c.reconcile()  # Slurm 22.05 puts the reservation to the node some seconds later
    c.lab.wait("the reservation", 10, lambda: "MAINT" in c.slurm("scontrol show node q1-st-st-1"))
    for _ in range(3):
        c.older(300)
        c.reconcile()
    said = c.slurm("scontrol show node q1-st-st-1 | grep -o 'State=[^ ]*'")  # sinfo of Slurm 22.05 says maint alone
    c.tap.ok("DRAIN" in said and machine.running, "in a reservation for maintenance it stays as it is", said)
    c.slurm("scontrol delete reservation=look; scontrol update nodename=q1-st-st-1 state=resume")


def spool_full(c):
    """The spool of a static node is full: jobs run elsewhere, and the node comes new."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    machine = c.node("q1-st-st-1")
    machine.small("/var/spool/slurmd", "64k")
    machine.fill("/var/spool/slurmd")
    job = c.submit("-p q1 --requeue -w q1-st-st-1", "true")
    c.lab.wait("its failure", 60, lambda: c.state("q1-st-st-1") not in ("idle", "alloc", "mix", "comp"))
    c.lab.wait("the job's return", 60, lambda: c.job(job) in ("PENDING", "CONFIGURING"))
    c.slurm(f"scontrol update jobid={job} reqnodelist=")
    c.tap.equal(c.finished(job, 240), "COMPLETED", "a job that met it completes")
    c.lab.wait("its end", 240, lambda: machine.id not in c.lab.alive("demo") or c.older(300) or c.reconcile() and False)
    c.tap.ok(True, "the node is given up")
    c.comes_back("q1-st-st-1", "and comes new")


def invalid(c):
    """A node registers with fewer processors than EC2 promised, as with one that failed."""
    c.slurm("echo large 8 >/srv/hpcc/state/boot-failures")
    job = c.submit("-p large --requeue", "true")
    c.lab.wait("the judgement", 240, lambda: "large" in c.slurm("cat /srv/hpcc/state/closed") or c.older(300) or
               c.reconcile() and False)
    c.tap.ok(True, "such nodes count as failed boots, which protected mode ends")
    c.tap.ok(c.slurm("sinfo -h -p large -o %a").startswith("inact"), "the queue takes no more jobs",
             c.slurm("sinfo -a"))
    c.slurm(f"scancel {job}")
    c.tap.ok(c.slurm("sinfo -h -n q1-st-st-1 -o %t") in ("idle", "alloc", "mix"), "other nodes are left alone",
             c.slurm("sinfo -aN"))


def head_gone(c):
    """The head node has no power, and its mounts hang: compute nodes end themselves all the same."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    job = c.submit("-p q1 -C dy --requeue", "sleep 1000")
    c.begins(job)
    nodes = [c.node("q1-st-st-1"), c.node(c.job(job, "%N"))]
    c.lab.hypervisor.power_off(c.head)
    for machine in nodes:
        hung = machine.run("timeout -k 1 3 ls /opt/hpcc/etc; echo $?").stdout.split()[-1]
        c.tap.ok(hung in ("124", "137"), "the mount of its scripts hangs", hung)
        machine.run("touch -d '20 minutes ago' /run/hpcc-seen-* /run/hpcc-head-seen; "
                    "systemctl --no-block start hpcc-minute@watchdog")
    c.lab.wait("their end", 300, lambda: not any(m.running for m in nodes) or [
        m.run("touch -d '20 minutes ago' /run/hpcc-seen-*; systemctl --no-block start hpcc-minute@watchdog")
        for m in nodes if m.running] and False)
    c.tap.ok(True, "an idle and a busy node end themselves")
    c.lab.wait("EC2", 60, lambda: not {m.id for m in nodes} & set(c.lab.alive("demo")))
    c.tap.ok(True, "and their instances are terminated")
    c.lab.hypervisor.power_on(c.head)
    c.up()
    c.older(300)
    c.comes_back("q1-st-st-1", "when the head node is back, so is the static node")
    c.lab.wait("the job", 240, lambda: c.job(job) == "RUNNING" or c.older(300) or c.reconcile() and False)
    c.tap.ok(True, "and the job starts again")
    c.slurm(f"scancel {job}")


def controller_away(c):
    """slurmctld alone is away: nodes with jobs go on, and what they do then is not lost."""
    job = c.submit("-p q1 -C st", "until [ -e /tmp/go ]; do sleep 1; done")
    c.begins(job, 240)
    machine = c.node(c.job(job, "%N"))
    c.head.run("systemctl stop slurmctld")
    machine.run("touch -d '20 minutes ago' /run/hpcc-seen-* /run/hpcc-head-seen; systemctl start hpcc-minute@watchdog; "
                "systemctl start hpcc-minute@watchdog", timeout=120)
    c.tap.ok(machine.running and machine.run("pgrep -f slurmstepd").stdout, "a job outlives a controller that is mended")
    c.head.run("systemctl start slurmctld")
    c.up()
    machine.run("touch /tmp/go")
    c.tap.equal(c.finished(job, 120), "COMPLETED", "and completes when it is back")


def reboot_compute(c):
    """A compute node reboots: all is mounted again, slurmd and the scripts of each minute run."""
    c.reaches("q1-st-st-1", ["idle"], 180, "(the static node is there)")
    machine = c.node("q1-st-st-1")
    machine.run("touch /run/lab-first-life; systemctl --no-block reboot")
    c.lab.wait("the end of its first life", 60, lambda: machine.run("cat /run/lab-first-life").returncode != 0)
    c.lab.wait("mounts", 120, lambda: machine.running and machine.run(
        "mountpoint -q /opt/hpcc && mountpoint -q /home && systemctl is-active slurmd").stdout.strip() == "active")
    c.tap.ok(True, "its mounts are there, and slurmd runs")
    c.tap.ok("waiting" in machine.run("systemctl status hpcc-minute@watchdog.timer").stdout, "so does its watchdog")
    c.reaches("q1-st-st-1", ["idle"], 120, "it serves again", c.reconcile)
    c.tap.equal(c.node("q1-st-st-1").id, machine.id, "as the same instance")
    c.works("-p q1 -w q1-st-st-1", "a job runs on it")


def unknown_resource(c):
    """A node that Slurm knows and the stack does not: who wants it is told, at once."""
    c.head.run("cp -p /opt/hpcc/etc/launch /run/lab-launch; sed -i '/^many /d' /opt/hpcc/etc/launch")
    job = c.submit("-p many -N1", "hostname")
    c.lab.wait("a word", 90, lambda: "NoLaunchTemplate" in c.slurm("sinfo -h -p many -o %E; cat /var/log/hpcc/resume.log"))
    c.tap.ok(True, "the node goes down with the reason")
    c.tap.ok(c.job(job) != "CONFIGURING", "and its job does not hang", c.job(job, "%T %r"))
    c.slurm(f"scancel {job}; cp -p /run/lab-launch /opt/hpcc/etc/launch")
    c.lab.wait("sleep", 90, lambda: c.slurm("sinfo -h -p many -o %t") == "idle~" or
               c.age("/run/hpcc-*/*", 700) or c.reconcile() and False)


def own_nodes(c):
    """Nodes that EC2 gave no instance are nobody's business but the administrator's."""
    c.slurm("scontrol update nodename=desk state=down reason=mine")
    for _ in range(3):
        c.older(300)
        c.reconcile()
    found = c.slurm("scontrol show node desk | grep -o 'State=[^ ]*\\|Reason=[^ ]*'")
    c.tap.ok("State=DOWN" in found and "POWER" not in found and "Reason=mine" in found, "it stays as it was left", found)


def fleet_stopped(c):
    """The fleet is stopped under a job and a static node, over a restart of the head node, and started again."""
    c.reaches("q1-st-st-1", ["idle"], 180, "(the static node is there)")
    job = c.submit("-p q1 -C dy --requeue", "until [ -e go ]; do sleep 1; done")
    c.begins(job)
    c.slurm("touch go; scontrol update partitionname=pend state=down")
    c.head.run("/opt/hpcc/slurm/fleet.sh stop")
    c.lab.wait("the end of all", 120, lambda: not c.lab.alive("demo") or c.reconcile() and False)
    c.tap.ok(True, "no instance is left")
    c.lab.hypervisor.reboot(c.head)
    c.up()
    for _ in range(3):
        c.older(300)
        c.reconcile()
    closed = c.slurm("sinfo -ah -o '%R %a' | grep -E 'q1|many' | sed 's/inactive/inact/' | sort")
    c.tap.equal((c.lab.alive("demo"), closed, c.job(job)), ({}, "many inact\nq1 inact", "PENDING"),
                "and none comes while it is stopped, whatever restarts; the job waits")
    c.tap.equal(c.head.run("/opt/hpcc/slurm/fleet.sh status").stdout.strip(), "STOPPED", "it says so")
    c.head.run("/opt/hpcc/slurm/fleet.sh start")
    c.tap.equal(c.slurm("sinfo -ah -o '%R %a' | grep -v desk | sort"), "many up\npend down\nq1 up",
                "started, it opens what it closed, and no more")
    c.comes_back("q1-st-st-1", "the static node comes")
    c.lab.wait("the job", 300, lambda: c.job(job) in ("COMPLETED", "RUNNING") or c.older(300) or c.reconcile() and False)
    c.tap.ok(True, "and the job starts again")
    c.slurm("scontrol update partitionname=pend state=up")


def delete_while_starting(c):
    """The stack goes while EC2 still works on thirty instances and others run."""
    c.lab.world.tell("delay", {"RunInstances": 10})
    c.submit("-p many -N30 --exclusive", "hostname")
    c.lab.wait("instances", 90, lambda: len(c.lab.alive("demo", queue="many")) >= 30)
    client = c.lab.world.client("cloudformation", "us-east-1")
    client.delete_stack(StackName="demo")
    c.lab.wait("the end", 90, lambda: not c.lab.alive("demo") and not c.lab.alive("demo", "HeadNode"))
    c.tap.ok(True, "nothing is left")
    stacks = [s["StackStatus"] for s in client.list_stacks()["StackSummaries"] if s["StackName"] == "demo"]
    c.tap.equal(stacks[-1:], ["DELETE_COMPLETE"], "and the stack says so")
    c.lab.world.tell("delay", {})

# SPDX-License-Identifier: Apache-2.0
"""Bad weather over the head node: cut off in its first boot, stopped overnight, its disk full, its database or key gone."""
import base64
import os
import re
import time

from weather_base import PLAIN, Weather

GO = "until [ -e /tmp/go ]; do sleep 1; done"
LOGIN = """LoginNodes:
  Pools:
    - {{Name: pool, InstanceType: m5.large, Count: 1, GracetimePeriod: 3, Networking: {{SubnetIds: [{subnet}]}}}}
"""
DATABASE = """
    Database: {{Uri: '{}', UserName: slurm, PasswordSecretArn: '{}'}}"""
THOUSAND = {"thousand": [("t", "m5.4xlarge", 0, 1000)]}


def make(tap, suite):
    return Weather(tap, suite).start()


def make_empty(tap, suite):
    """Nothing runs yet: the scenario makes its stacks itself."""
    return Weather(tap, suite, {"q1": [("dy", "c5.large", 0, 1)]})


def make_login(tap, suite):
    c = Weather(tap, suite, {"q1": [("st", "c5.large", 1, 1), ("dy", "c5.large", 0, 3)]}, more=LOGIN)
    # CloudFormation makes the login nodes when the head node has signalled; moto waits for nothing.
    c.lab.hypervisor.boots = lambda tags: tags.get("hpcc:node-type") != "LoginNode" or c.lab.signals()
    return c.start()


def make_secrets(tap, suite):
    """With a database and a key of MUNGE's from outside."""
    c = Weather(tap, suite, {"q1": [("st", "c5.large", 1, 1)]})
    secrets = c.lab.world.client("secretsmanager", "us-east-1")
    uri = c.lab.database("slurm", "password")
    c.key = secrets.create_secret(Name="munge", SecretString=base64.b64encode(os.urandom(128)).decode())["ARN"]
    c.parts["settings"] = f"\n    MungeKeySecretArn: '{c.key}'"
    if uri:
        c.parts["settings"] += DATABASE.format(uri, secrets.create_secret(Name="database", SecretString="password")["ARN"])
    c.accounting = bool(uri)
    return c.start()


def make_thousand(tap, suite):
    c = Weather(tap, suite, THOUSAND, boots=lambda tags: tags.get("hpcc:node-type") == "HeadNode")
    return c.start()


# ---- the first boot ----

def boot_cut(c, pick):
    """The head node is cut off at steps of its first boot, one after the other: each time it goes on, and says so once."""
    c.template = c.lab.deploy("demo", c.words())
    c.head = c.lab.head("demo")
    c.lab.wait("a signal", 120, lambda: c.heard(c.handle()))
    names = [name.removesuffix(" " + c.slurm("hostname -s")) for name in c.steps("/var/log/hpcc/boot.log")]
    c.tap.ok(len(names) >= 12, f"a boot has steps: {'; '.join(names)}", names)
    remove(c)
    steps = os.environ.get("HPCC_STEPS")  # who looks for a fault at one names it
    names = [name for number, name in enumerate(names) if (re.match(steps, name) if steps else pick(number))]
    # What is cut off when it is ready goes on with the next update, so that it comes to no other step.
    while names:
        last = next((n for n, name in enumerate(names) if re.match("head_ready|signal_stack", name)), len(names) - 1)
        cut_one_boot(c, names[:last + 1])
        names = names[last + 1:]


def cut_one_boot(c, names):
    cuts = []

    def prepare(machine):  # before each of its boots: the next cut
        if len(cuts) < len(names):
            cuts.append(c.lab.hypervisor.cut(machine, f": step {re.escape(names[len(cuts)])}\\b"))
        return {}
    c.lab.hypervisor.prepare = prepare
    before = len(c.lab.signals())
    c.template = c.lab.deploy("demo", c.words())
    c.head = c.lab.head("demo")
    try:
        for number, name in enumerate(names):
            c.lab.wait(f"the cut at {name}", 150, lambda: len(cuts) > number and cuts[number].is_set())  # noqa: B023
            c.tap.ok(True, f"{name}: cut off")
        c.lab.wait("a signal", 150, lambda: len(c.lab.signals()) > before)
        c.up()
        heard = c.lab.signals()[before:]
        c.tap.ok([s["Status"] for s in heard] == ["SUCCESS"], "it goes on after each, and says so once",
                 f"{heard}\n" + c.slurm("tail -n 25 /var/log/hpcc/boot.log"))
        c.as_the_stack_says("it has what the stack says")
        c.tap.equal(c.slurm("systemctl --failed --plain --no-legend | cut -d ' ' -f 1"), "", "no unit has failed")
        c.tap.equal(c.slurm("awk '!/^#/ && NF { print $2 }' /etc/fstab | sort | uniq -d"), "", "nothing is there twice")
    except TimeoutError as late:
        c.tap.ok(False, "it goes on after each, and says so once", f"{late}\n" +
                 c.slurm("tail -n 20 /var/log/hpcc/boot.log; systemctl list-jobs; systemctl --failed"))
    c.lab.hypervisor.prepare = lambda machine: {}
    remove(c)


def remove(c):
    c.lab.world.client("cloudformation", "us-east-1").delete_stack(StackName="demo")
    c.lab.wait("the end", 60, lambda: not c.lab.hypervisor.machines)
    for volume in c.lab.ec2.describe_volumes(Filters=[{"Name": "status", "Values": ["available"]}])["Volumes"]:
        c.lab.ec2.delete_volume(VolumeId=volume["VolumeId"])


def boot_cut_some(c):
    boot_cut(c, lambda number: number % 3 == 1)


def boot_cut_rest(c):
    boot_cut(c, lambda number: number % 3 != 1)


def boot_in_a_storm(c):
    """AWS throttles, fails, says half and nothing while the head node boots."""
    for kind in ("throttle", "error", "half", "reset"):
        c.weather({"action": "(ec2|cloudformation):.*", "does": kind, "every": 2})
        before = len(c.lab.signals())
        c.template = c.lab.deploy("demo", c.words())
        c.head = c.lab.head("demo")
        try:
            c.lab.wait("a signal", 240, lambda: len(c.lab.signals()) > before)
            c.tap.equal(c.lab.signals()[-1]["Status"], "SUCCESS", f"{kind}: it boots")
        except TimeoutError as late:
            c.tap.ok(False, f"{kind}: it boots", f"{late}\n" + c.slurm("tail -n 20 /var/log/hpcc/boot.log"))
        c.tap.ok(c.hits()[0] > 0, f"{kind}: it struck", c.hits())
        remove(c)
    c.weather()


# ---- the night ----

def overnight(c):
    """The head node is stopped for a night, by EC2's button: a running, a waiting and an array job, a static node."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    running = c.submit("-p q1 -C dy --requeue", f"{GO}; echo done")
    c.begins(running, 240)
    array = c.submit("-p q1 -C dy --requeue -a 1-3%1", f"{GO}; echo array")
    waiting = c.submit(f"-p q1 -d afterok:{running}", "echo after")
    c.lab.wait("the array", 150, lambda: "RUNNING" in c.job(array))  # and no node boots any more
    c.saved()
    login = (c.machines("LoginNode") or [None])[0]
    nodes, address = [m for m in c.machines("Compute") if m.running], c.head.address
    for machine in nodes:  # they have seen the head node in the evening
        machine.run("systemctl start hpcc-minute@watchdog", timeout=120)
    c.lab.ec2.stop_instances(InstanceIds=[c.head.id])
    c.lab.wait("its power", 90, lambda: c.head.off)
    c.lab.hypervisor.move_clock(16 * 3600)
    for machine in nodes:
        machine.run("systemctl --no-block start hpcc-minute@watchdog")
    c.lab.wait("their end", 300, lambda: not any(m.running for m in nodes) or [
        m.run("systemctl --no-block start hpcc-minute@watchdog") for m in nodes if m.running] and False)
    c.tap.ok(True, "compute nodes end themselves in the night")
    if login:
        c.tap.ok(login.running, "a login node waits")
    c.lab.ec2.start_instances(InstanceIds=[c.head.id])
    c.lab.wait("its power", 60, lambda: c.head.running)
    c.up(120)
    c.tap.equal(c.head.address, address, "in the morning the head node has its address")
    # Of the evening it is known as running, on a node that is gone.
    c.lab.wait("the morning", 400, lambda: c.job(running) == "RUNNING" and re.search(
        "Restarts=[1-9]", c.slurm(f"scontrol show job {running}")) or c.older(300) or c.reconcile() and False)
    c.tap.ok(True, "the job that ran starts again")
    for machine in c.machines("Compute"):
        machine.run("touch /tmp/go")
    c.lab.wait("all jobs", 400, lambda: all(c.job(j) in ("", "COMPLETED", "COMPLETED\nCOMPLETED\nCOMPLETED")
               for j in (running, array, waiting)) or [m.run("touch /tmp/go") for m in c.machines("Compute")
                                                      if m.running] and c.reconcile() and False)
    c.tap.equal([c.slurm(f"cat /home/ubuntu/job-{n}.out") for n in (running, waiting)], ["done", "after"],
                "it completes, and so does what waited for it")
    c.tap.equal(c.slurm("cat /home/ubuntu/job-*.out | grep -c array"), "3", "and each of the array")
    c.comes_back("q1-st-st-1", "the static node is there again")
    c.tidy("each instance has a node")
    if login:
        found = login.run("timeout 60 sinfo -h -o %R", user="ubuntu")
        c.tap.equal(found.stdout.split(), ["q1"], "the login node works on without a reboot")


def reboot_login(c):
    """A login node reboots: commands, homes and the scripts of each minute are there again."""
    c.lab.wait("a login node", 120, lambda: c.machines("LoginNode"))
    machine = c.machines("LoginNode")[0]
    c.lab.wait("its word", 180, lambda: [machine.access_key, "autoscaling", "CompleteLifecycleAction"] in
               c.lab.world.get("requests"))
    machine.run("touch /run/lab-first; systemctl --no-block reboot")
    c.lab.wait("its second life", 120, lambda: machine.running and machine.run("test ! -e /run/lab-first").returncode == 0)
    c.lab.wait("mounts", 120, lambda: machine.run("mountpoint -q /opt/hpcc && mountpoint -q /home").returncode == 0)
    c.tap.ok(True, "its mounts are there")
    c.lab.wait("sinfo", 120, lambda: machine.run("timeout 60 sinfo -h -o %R", user="ubuntu").stdout.split() == ["q1"])
    c.tap.ok(True, "sinfo works")
    for script in ("follow", "lifecycle"):
        c.tap.equal(machine.run(f"systemctl start hpcc-minute@{script}").returncode, 0, f"{script} runs")
        c.tap.equal(machine.run(f"systemctl is-active hpcc-minute@{script}.timer").stdout.strip(), "active", "each minute")


def login_without_head(c):
    """The head node's file server stops and comes back: sessions wait, and go on."""
    machine = c.machines("LoginNode")[0]
    c.head.run("systemctl stop nfs-server")
    hung = machine.run("timeout -k 1 3 ls /home/ubuntu; echo $?").stdout.split()[-1:]
    c.tap.ok(hung in (["124"], ["137"]), "what wants a file waits", hung)
    before = machine.run("systemctl start hpcc-minute@lifecycle", timeout=240).returncode
    c.tap.equal(before, 0, "the scripts of each minute do not")
    c.head.run("systemctl start nfs-server")
    c.tap.equal(machine.run("timeout 30 touch /home/ubuntu/back; ls /home/ubuntu/back").stdout.strip(), "/home/ubuntu/back",
                "then all goes on")


def controller_full(c):
    """A user fills /home: the scheduler goes on, submits, starts nodes, restarts, and forgets nothing."""
    running = c.submit("-p q1 -C st -o /tmp/out", GO)
    c.begins(running, 240)
    c.head.fill("/home/ubuntu", "ubuntu")
    c.tap.ok(c.head.run("dd if=/dev/zero of=/home/ubuntu/more bs=1M count=1", user="ubuntu").returncode != 0,
             "(/home is full for users)")
    before = len(c.lab.alive("demo"))
    done = c.head.run("cd /tmp && sbatch --parsable -p q1 -C dy -o /tmp/o -e /tmp/o --wrap hostname", user="ubuntu")
    job = done.stdout.strip()
    c.tap.ok(job.isdigit(), "a job can be submitted", done.stderr + c.slurm("tail -n 5 /var/log/hpcc/slurmctld.log; df /srv/hpcc; df -i /srv/hpcc"))
    c.lab.wait("an instance", 120, lambda: len(c.lab.alive("demo")) > before)
    c.tap.equal(c.slurm("find /opt/hpcc/nodes -name 'i-*' -size 0"), "", "no node gets an empty name")
    c.tap.equal(c.finished(job, 240), "COMPLETED", "it runs on a new node")
    c.head.run("systemctl restart slurmctld")
    c.up()
    c.tap.equal(c.job(running), "RUNNING", "a restart of slurmctld loses no job")
    late = c.slurm("cd /tmp && sbatch --parsable -p q1 -H -o /tmp/o --wrap hostname", user="ubuntu")
    c.saved()
    c.lab.hypervisor.reboot(c.head)
    c.up()
    c.tap.equal([c.job(running), c.job(late)], ["RUNNING", "PENDING"], "nor does a reboot of the head node")
    job = c.slurm("cd /tmp && sbatch --parsable -p q1 -H -o /tmp/o --wrap true", user="ubuntu")
    c.tap.ok(job.isdigit(), "after which it takes jobs as before", job)
    c.saved()
    c.head.empty("/home/ubuntu")
    c.node(c.job(running, "%N")).run("touch /tmp/go")
    c.tap.equal(c.finished(running, 90), "COMPLETED", "the job completes")
    c.slurm(f"scancel {late} {job}")
    handle = c.change(queues={**PLAIN, "q3": [("r", "c5.large", 0, 2)]})
    c.taken_over(handle, "and updates work")


def readable(c):
    """What users may read: no secret, no argument of an action."""
    for kind, machine in (("head", c.head), ("compute", c.node("q1-st-st-1"))):
        if machine is None:
            continue
        found = machine.run("find /etc/hpcc /var/lib/hpcc /opt/hpcc /etc/munge /var/log/hpcc -xdev -type f -readable "
                            "-path '*secret*' -o -type f -readable -name '*.key' -o -readable -name boot.log", user="ubuntu")
        c.tap.equal(found.stdout.split(), [], f"{kind}: no secret and no log of the boot")


# ---- what others keep ----

def database_away(c):
    """slurmdbd and its database are away: jobs run, and accounting hears of them later."""
    if not c.accounting:
        return c.tap.skip("a database that is away", "no MariaDB")
    c.reaches("q1-st-st-1", ["idle"], 180, "(the static node is there)")
    c.head.run("systemctl stop slurmdbd")
    job = c.submit("-p q1", "true")
    c.tap.equal(c.finished(job, 120), "COMPLETED", "jobs run without slurmdbd")
    c.head.run("systemctl restart slurmctld")
    c.up(90)
    c.tap.ok(True, "slurmctld starts without it")
    other = c.submit("-p q1", "true")
    c.tap.equal(c.finished(other, 120), "COMPLETED", "and runs jobs")
    c.taken_over(c.change(queues={**c.parts["queues"], "q3": [("r", "c5.large", 0, 1)]}), "an update is taken over", 240)
    c.head.run("systemctl start slurmdbd")
    c.lab.wait("accounting", 120, lambda: {job, other} <= set(c.slurm("sacct -X -n -P -a -o jobid").split()))
    c.tap.ok(True, "accounting hears of the jobs when it is back")
    return None


def key_replaced(c):
    """The secret with MUNGE's key gets another value, and the cluster an update: all nodes keep one key, the old one."""
    c.reaches("q1-st-st-1", ["idle"], 180, "(the static node is there)")
    key = os.urandom(128)
    c.lab.world.client("secretsmanager", "us-east-1").put_secret_value(
        SecretId=c.key, SecretString=base64.b64encode(key).decode())
    old = c.slurm("base64 -w0 /etc/munge/munge.key")
    c.works("-p q1", "jobs run with the old key")
    c.lab.hypervisor.reboot(c.head)
    c.up(90)
    handle = c.change(queues={**c.parts["queues"], "q4": [("r", "c5.large", 0, 1)]})
    c.taken_over(handle, "an update is taken over", 240)
    kept = c.slurm("base64 -w0 /etc/munge/munge.key")
    shown = c.slurm("base64 -w0 /opt/hpcc/secret/munge.key")
    c.tap.equal([kept, shown], [old, old], "the head node's key stays, and is the one that nodes get")
    c.slurm("scontrol update nodename=q1-st-st-1 state=power_down_force")
    c.lab.wait("its end", 120, lambda: c.node("q1-st-st-1") is None or c.reconcile() and False)
    c.comes_back("q1-st-st-1", "a new node joins")
    c.works("-p q1", "and jobs run on it")


# ---- many ----

def thousand(c):
    """A thousand nodes at once, and their end: a bounded number of calls, and of seconds."""
    start = time.monotonic()
    job = c.submit("-p thousand -N1000", "hostname")
    c.lab.wait("instances", 120, lambda: len(c.lab.alive("demo")) == 1000)
    c.lab.wait("names", 180, lambda: c.slurm("grep -h . /opt/hpcc/nodes/i-* | sort -u | wc -l") == "1000")
    c.tap.ok(c.calls("RunInstances") <= 3, f"started with few calls, in {time.monotonic() - start:.0f} s",
             c.calls("RunInstances"))
    before, start = c.calls("DescribeInstances"), time.monotonic()
    c.older(300)
    c.reconcile()
    c.tap.ok(c.calls("DescribeInstances") - before <= 12, f"looked at with few, in {time.monotonic() - start:.0f} s",
             c.calls("DescribeInstances") - before)
    c.tap.equal(len(c.lab.alive("demo")), 1000, "none is taken for lost")
    start = time.monotonic()
    c.slurm(f"scancel {job}; scontrol update nodename=thousand-dy-t-[1-1000] state=power_down_force")
    c.lab.wait("the end of all", 240, lambda: not c.lab.alive("demo") or c.reconcile() and False)
    c.tap.ok(c.calls("TerminateInstances") <= 8, f"ended with few, in {time.monotonic() - start:.0f} s",
             c.calls("TerminateInstances"))
    c.lab.wait("sleep", 180, lambda: c.slurm("sinfo -h -p thousand -o %t") == "idle~" or c.reconcile() and False)
    # The resume program dies before it wrote a name: all of them are orphans.
    before = c.calls("TerminateInstances")
    c.lab.world.tell("delay", {"RunInstances": 20})
    c.submit("-p thousand -N1000", "hostname")
    c.lab.wait("instances", 120, lambda: len(c.lab.alive("demo")) >= 500)
    c.head.run("pkill -9 -f resum[e].sh; pkill -9 -f aws.p[y]")
    c.lab.world.tell("delay", {})
    c.slurm("scancel -p thousand")
    orphans = set(c.lab.alive("demo"))
    start = time.monotonic()
    c.older(600)
    c.lab.wait("their end", 240, lambda: not orphans & set(c.lab.alive("demo")) or c.older(600) or c.reconcile() and False)
    c.tap.ok(c.calls("TerminateInstances") - before <= 12,
             f"{len(orphans)} orphans end with few calls, in {time.monotonic() - start:.0f} s",
             c.calls("TerminateInstances") - before)

# SPDX-License-Identifier: Apache-2.0
"""Updates of a stack in bad weather: cut off at each step, refused, rolled back, twice at once, without an answer."""
import os
import re
import time

from weather_base import PLAIN, Weather

MORE = {"q3": [("r", "c5.large", 0, 2)]}
QUIET = {"q1": [("dy", "c5.large", 0, 2)]}
GO = "until [ -e go ]; do sleep 1; done"


def make(tap, suite):
    return Weather(tap, suite).start()


def make_quick(tap, suite):
    """No node runs, so that updates have to wait for none."""
    return Weather(tap, suite, QUIET).start()


def make_disks(tap, suite):
    c = Weather(tap, suite, {"q1": [("st", "c5.large", 1, 1), ("dy", "c5.large", 0, 2)]})
    c.parts["disks"] = ["one"]
    return c.start()


def change_queues(c, **more):
    return c.change(queues={**c.parts["queues"], **more})


def without(c, *names):
    return c.change(queues={name: r for name, r in c.parts["queues"].items() if name not in names})


def three(c):
    """Three updates in a row, each before the one before it is done with; jobs run on."""
    job = c.submit("-p q1 -C st", GO)
    c.begins(job, 240)
    handles = []
    for name in ("a1", "b1", "c1"):
        handles.append(change_queues(c, **{name: [("r", "c5.large", 0, 2)]}))
        c.run_update(wait=name == "c1")
    c.taken_over(handles[-1], "the last of three updates is taken over")
    c.as_the_stack_says("what it says is there")
    c.tap.ok(all(status == "SUCCESS" for h in handles for status, _ in c.heard(h)), "none of them failed",
             [c.heard(h) for h in handles])
    c.tap.equal(c.job(job), "RUNNING", "the job runs on")
    c.slurm("touch /home/ubuntu/go")
    c.tap.equal(c.finished(job, 60), "COMPLETED", "and completes")
    c.slurm("rm /home/ubuntu/go")
    c.taken_over(without(c, "a1", "b1", "c1"), "queues go as well")
    c.as_the_stack_says("they are gone")


def two_at_once(c):
    """One update is under way by hand as the next arrives with the timer: each condition hears of its own."""
    first = change_queues(c, q6=MORE["q3"])
    c.head.run("(/opt/hpcc/minute/update.sh >/dev/null 2>&1 &)")
    second = change_queues(c, q7=MORE["q3"])
    c.head.run("(/opt/hpcc/minute/update.sh >/dev/null 2>&1 &)")
    c.run_update()
    c.taken_over(second, "the second is taken over")
    c.as_the_stack_says("what it says is there")
    heard = c.heard(first), c.heard(second)
    c.tap.ok(len(heard[1]) >= 1 and all(s == "SUCCESS" for h in heard for s, _ in h), "no condition hears of a failure",
             heard)
    c.tap.ok(len(heard[0]) <= 1, "nor of what is not its own", heard)
    third = change_queues(c, q8=MORE["q3"])
    c.head.run("for n in 1 2 3; do /opt/hpcc/minute/update.sh & done; wait", timeout=180)
    c.taken_over(third, "three runs for one version take it over once")
    c.tap.equal([s for s, _ in c.heard(third)], ["SUCCESS"], "and say so once")
    c.taken_over(without(c, "q6", "q7", "q8"), "(they go)")


def cut_off(c):
    """The head node loses its power right after it has read what is new: the update is taken up again."""
    c.head.run("systemctl stop hpcc-minute@update.timer")  # until the next boot; it would come before the cut
    handle = change_queues(c, **MORE)
    done = c.lab.hypervisor.cut(c.head, "configuration .* in place of", "/var/log/hpcc/update.log")
    c.run_update(wait=False)
    c.lab.wait("the cut", 60, done.is_set)
    c.up()
    c.taken_over(handle, "after its reboot the head node goes on")
    c.as_the_stack_says("all of it is done")
    c.taken_over(without(c, "q3"), "and the next one works")


def cut_at(c, remainder):
    """The same at steps of an update that brings a queue and a disk, and of one that takes them away."""
    handle = c.change(queues={**QUIET, **MORE}, disks=["late"])
    c.run_update()
    c.taken_over(handle, "(in fair weather)")
    names = list(dict.fromkeys(step.split()[0] for step in c.steps("/var/log/hpcc/update.log")))
    c.tap.ok(len(names) >= 5, f"an update has steps: {' '.join(names)}", names)
    there = True
    steps = os.environ.get("HPCC_STEPS")  # who looks for a fault at one names it
    for name in [name for name in names if re.match(steps, name)] if steps else names[remainder::2]:
        there = not there
        c.head.run("systemctl stop hpcc-minute@update.timer")  # until the next boot; it would come before the cut
        handle = c.change(queues={**QUIET, **(MORE if there else {})}, disks=["late"] if there else [])
        done = c.lab.hypervisor.cut(c.head, f": step {name}\\b", "/var/log/hpcc/update.log")
        c.run_update(wait=False)
        try:
            c.lab.wait("the cut", 90, lambda: done.is_set() or c.heard(handle))
        except TimeoutError:
            pass
        time.sleep(0.5)  # the last step is over when the stack has heard of it
        c.tap.ok(done.line is not None, f"{name}: cut off")
        if done.line is None:
            done.set()
        c.lab.wait("its power", 60, done.is_set)
        c.up()
        c.taken_over(handle, f"{name}: taken up again")
        c.as_the_stack_says(f"{name}: all of it is done")
        mounted = c.slurm("mountpoint -q /late && echo yes") == "yes"
        c.tap.equal(mounted, there, f"{name}: the disk is {'there' if there else 'gone'}")
    c.works("-p q1", "jobs run")


def cut_at_odd_steps(c):
    cut_at(c, 0)


def cut_at_even_steps(c):
    cut_at(c, 1)


def blind(c):
    """An update drops a node with a job while nobody can be asked whether it has one."""
    c.change(strategy="COMPUTE_FLEET_STOP")
    c.taken_over(c.handle(), "(the strategy is taken over)")
    job = c.submit("-p q1 -C dy -w q1-dy-dy-3", GO)
    c.begins(job, 240)
    c.head.run("systemctl stop slurmctld")
    handle = c.change(queues={"q1": [("st", "c5.large", 1, 1), ("dy", "c5.xlarge", 0, 2)]})
    c.run_update()
    c.tap.ok("SUCCESS" not in [s for s, _ in c.heard(handle)], "nothing is taken over without an answer", c.heard(handle))
    c.head.run("systemctl start slurmctld")
    c.up()
    c.run_update()
    c.tap.equal(c.job(job), "RUNNING", "the job lives")
    c.tap.ok("SUCCESS" not in [s for s, _ in c.heard(handle)], "and its node is not dropped while it runs", c.heard(handle))
    c.slurm(f"scancel {job}; scontrol update nodename=q1-dy-dy-3 state=power_down_force")
    c.lab.wait("sleep", 120, lambda: c.state("q1-dy-dy-3") == "idle~" or c.reconcile() and False)
    c.taken_over(handle, "once it sleeps, the update is taken over by itself")
    c.as_the_stack_says("as the stack says")
    c.taken_over(c.change(queues=dict(PLAIN), strategy="DRAIN"), "(back again)")


def terminate(c):
    """QueueUpdateStrategy TERMINATE: jobs of changed and of dropped nodes start again, and no instance stays."""
    c.taken_over(c.change(strategy="TERMINATE"), "(the strategy is taken over)")
    jobs = [c.submit(f"-p q1 --requeue -w q1-dy-dy-{n}", "[ \"${SLURM_RESTART_COUNT:-0}\" != 0 ] || sleep 600; echo again")
            for n in (1, 3)]
    for job in jobs:
        c.begins(job, 240)
    old = {c.node(f"q1-dy-dy-{n}").id for n in (1, 3)}
    handle = c.change(queues={"q1": [("st", "c5.large", 1, 1), ("dy", "c5a.xlarge", 0, 2)]})
    c.taken_over(handle, "the update is taken over")
    c.lab.wait("the end of the old ones", 60, lambda: not old & set(c.lab.alive("demo")) or c.reconcile() and False)
    c.tap.ok(True, "both instances end at once")
    c.tap.ok(all(c.job(j) in ("PENDING", "CONFIGURING", "RUNNING", "COMPLETED") for j in jobs), "no job failed",
             [c.job(j, "%T %r") for j in jobs])
    c.tap.equal([c.finished(j, 240) for j in jobs], ["COMPLETED"] * 2, "both start again and complete")
    c.as_the_stack_says("as the stack says")
    c.taken_over(c.change(queues=dict(PLAIN), strategy="DRAIN"), "(back again)")


def rolled_back(c, strategy):
    """An update is taken over and rolled back while a job runs in the queue that it brought."""
    c.taken_over(c.change(strategy=strategy), f"{strategy}: (taken over)")
    before = dict(c.parts["queues"])
    c.taken_over(c.change(queues={**before, **MORE}), f"{strategy}: a queue comes")
    job = c.submit("-p q3 --requeue", GO)
    c.begins(job, 240)
    node = c.job(job, "%N")
    handle = c.change(queues=before)
    c.run_update()
    if strategy == "TERMINATE":
        c.taken_over(handle, "TERMINATE: the way back is taken at once")
        c.tap.equal(c.job(job), "PENDING", "TERMINATE: the job waits, should its queue come again")
        c.slurm(f"scancel {job}")
    else:
        c.tap.equal(c.job(job), "RUNNING", f"{strategy}: its job is not killed")
        c.slurm("touch /home/ubuntu/go")
        c.tap.equal(c.finished(job, 60), "COMPLETED", f"{strategy}: and completes")
        c.slurm(f"scontrol update nodename={node} state=power_down_force")
        c.taken_over(handle, f"{strategy}: once its node has gone, the way back is taken", 180)
    c.slurm("rm -f /home/ubuntu/go")
    c.as_the_stack_says(f"{strategy}: Slurm's queues are those of the stack")
    c.tidy(f"{strategy}: no instance of it is left")
    c.works("-p q1 -C st", f"{strategy}: jobs run")


def rollback_drain(c):
    rolled_back(c, "DRAIN")


def rollback_terminate(c):
    rolled_back(c, "TERMINATE")


def rollback_stop(c):
    rolled_back(c, "COMPUTE_FLEET_STOP")


def bad_setting(c):
    """An update brings what slurmctld does not take: the way back works, jobs go on."""
    job = c.submit("-p q1 -C st", GO)
    c.begins(job, 240)
    options = c.parts["options"]
    handle = c.change(options={"q1": "\n      CustomSlurmSettings: {PriorityTier: surely}"})
    c.run_update()
    c.lab.wait("a word", 200, lambda: c.heard(handle))
    c.tap.equal(c.heard(handle)[-1][0], "FAILURE", "the stack hears of the failure")
    c.tap.ok("PriorityTier" in c.slurm("grep -A3 refuses /var/log/hpcc/update.log"), "and the log says of which setting")
    c.taken_over(c.change(options=options), "rolled back, it is as it was")
    c.as_the_stack_says("as the stack says")
    c.tap.equal(c.job(job), "RUNNING", "the job ran on meanwhile")
    c.slurm("touch /home/ubuntu/go")
    c.tap.equal(c.finished(job, 60), "COMPLETED", "and completes")
    c.slurm("rm /home/ubuntu/go")


def late_answers(c):
    """CloudFormation and the signal's address answer badly: the update comes through all the same."""
    for number, (action, kind) in enumerate((("cloudformation:.*", "error"), ("cloudformation:.*", "half"),
                                             ("cloudformation:.*", "empty"), ("cloudformation:.*", "reset"),
                                             ("signal:PUT", "error"), ("signal:PUT", "lost"))):
        c.weather({"action": action, "does": kind, "times": 2})
        c.taken_over(change_queues(c, **{f"w{number}": MORE["q3"]}), f"{action} {kind}: taken over")
        c.tap.ok(c.hits()[0] > 0, f"{action} {kind}: it struck")
    c.weather()
    c.taken_over(c.change(queues=dict(PLAIN)), "(they go)")
    c.as_the_stack_says("as the stack says")


# ---- disks ----

def letters(c):
    """Disks that come after a reboot of the head node take names that no other has."""
    c.tap.equal(c.slurm("mountpoint -q /one && echo yes"), "yes", "the first disk is there")
    c.slurm("echo data >/one/data")
    c.lab.hypervisor.reboot(c.head)
    c.up()
    c.taken_over(c.change(disks=["one", "two"]), "another comes after a reboot")
    devices = sorted(a["Device"] for v in c.lab.ec2.describe_volumes()["Volumes"] for a in v["Attachments"]
                     if a["InstanceId"] == c.head.id and a["Device"] >= "/dev/sdf")
    c.tap.ok(len(set(devices)) == len(devices), "each has a name of its own", devices)
    c.lab.hypervisor.power_off(c.head)
    c.lab.hypervisor.power_on(c.head)
    c.up()
    c.tap.equal(c.slurm("cat /one/data; mountpoint -q /two && echo yes"), "data\nyes", "both are there after a reboot")
    c.weather({"action": "ec2:AttachVolume", "does": "throttle", "times": 2})
    c.taken_over(c.change(disks=["one", "two", "three"]), "a third comes in spite of refusals")
    c.tap.equal(c.hits(), [2], "EC2 refused twice")
    c.weather()


def disk_away(c):
    """The head node boots without a disk that it exports: what else there is is served, and the disk once it is there again."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    c.slurm("echo data >/one/data")
    disk = c.slurm("grep -o 'vol-[0-9a-f]*' /opt/hpcc/etc/storage")
    place = c.lab.ec2.describe_volumes(VolumeIds=[disk])["Volumes"][0]["Attachments"][0]["Device"]
    # No systemd in a container has units for the disks of fstab; here is what the generator of nfs-utils makes of them.
    c.slurm("mkdir -p /etc/systemd/system/nfs-server.service.d; printf '[Service]\\nExecStartPre=/bin/sh -c \"! grep -qs ^/one "
            "/etc/exports.d/*.exports || mountpoint -q /one\"\\n' >/etc/systemd/system/nfs-server.service.d/one.conf")
    c.saved()
    c.lab.ec2.detach_volume(VolumeId=disk, Force=True)
    c.lab.wait("its end", 60, lambda: disk not in c.head.disks)
    c.lab.hypervisor.reboot(c.head)
    c.up()
    serves = lambda: c.slurm("systemctl is-active nfs-server") == "active"
    c.lab.wait("its file server", 240, lambda: c.head.run("systemctl start hpcc-minute@update", timeout=120) and serves())
    c.tap.equal(c.slurm("mountpoint -q /one || echo away; cat /etc/exports.d/*.exports | sed 's/ .*//' | sort").split(),
                ["away", "/home", "/opt/hpcc"], "what is there is served, what is away is not")
    c.tap.ok("no export, for it is not mounted: /one" in c.slurm("cat /var/log/hpcc/update.log"), "and the log says so")
    c.works("-p q1 -w q1-st-st-1", "a node that had it runs jobs")
    c.lab.ec2.attach_volume(VolumeId=disk, InstanceId=c.head.id, Device=place)
    c.lab.wait("the disk", 120, lambda: c.head.run("systemctl start hpcc-minute@update", timeout=120) and
               c.slurm("cat /one/data; cat /etc/exports.d/*.exports | grep -c ^/one").split() == ["data", "1"])
    c.tap.ok(serves(), "it is mounted and served when it is there again")
    c.tap.equal(c.node("q1-st-st-1").run("timeout 60 cat /one/data").stdout.strip(), "data", "nodes read it")


def storage_removed(c):
    """Disks that an update takes away are let go: unmounted, no longer exported, detached; not under a running job."""
    c.reaches("q1-st-st-1", ["idle"], 120, "(the static node is there)")
    volumes = lambda: {v["VolumeId"] for v in c.lab.ec2.describe_volumes()["Volumes"]
                       if any(a["InstanceId"] == c.head.id for a in v["Attachments"])}
    before = volumes()
    handle = c.change(disks=["two", "three"])
    c.run_update()
    if "SUCCESS" not in [status for status, _ in c.heard(handle)]:  # not under the feet of a node that has it
        c.tap.equal(c.slurm("cat /one/data"), "data", "while a node has it mounted, a disk stays")
        c.slurm("scontrol update nodename=q1-st-st-1 state=power_down_force")
    c.taken_over(handle, "one of three disks goes", 240)
    c.tap.equal(c.slurm("findmnt -n /one; grep /one /etc/fstab /etc/exports.d/*"), "",
                "it is neither mounted nor listed nor exported")
    gone = before - volumes()
    c.tap.equal(len(gone), 1, "and detached, so that it can be deleted")
    c.tap.equal(gone & {v["VolumeId"] for v in c.lab.ec2.describe_volumes()["Volumes"]}, set(), "which the stack does")
    c.tap.equal(c.slurm("mountpoint -q /two && mountpoint -q /three && echo yes"), "yes", "the others stay")
    static = c.node("q1-st-st-1")
    if static:
        c.tap.equal(static.run("timeout 20 df >/dev/null; echo $?").stdout.strip(), "0", "df does not hang on nodes")
    c.lab.hypervisor.reboot(c.head)
    c.up()
    c.tap.equal(c.slurm("mountpoint -q /two && mountpoint -q /three && echo yes"), "yes", "so it is after a reboot")
    c.taken_over(c.change(disks=["two", "three", "four"]), "there is room for another")
    c.works("-p q1", "jobs run")

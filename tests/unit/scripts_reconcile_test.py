# SPDX-License-Identifier: Apache-2.0
# scripts_reconcile_test.py SOURCE: what is done with nodes and instances (templates/slurm/lib/states, reconcile.sh, launch.sh,
# protect.sh, resume.sh, fleet.sh), with their commands replaced by ones that say what they were asked, fail, or say nothing.
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = sys.argv[1]
TEMPLATES = os.path.join(SOURCE, "templates")
PLACES = re.compile(r"/srv/hpcc/state|/(opt|etc|var/log)/hpcc(?!/slurm/resum)|/etc/slurm|/run(?=[/ ]|$)", re.M)


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def write(text, *parts):
    os.makedirs(os.path.dirname(os.path.join(*parts)), exist_ok=True)
    with open(os.path.join(*parts), "w", encoding="utf-8") as file:
        file.write(text)


def here(text, folder):
    """A script of a head node whose places all lie below `folder`."""
    return PLACES.sub(lambda place: folder + place.group(0), text).replace("/proc/[0-9]", folder + "/proc/[0-9]")


class Head:
    """A head node below a folder: its scripts, and commands that note what they are asked in the file said."""

    # Commands say what they are told, and answer with the file of their name; without one they fail.
    BASE = """
HPCC=%(hpcc)s HPCC_CLUSTER=demo SLURM_CONF_DIR=%(etc)s PYTHON=true
log() { echo "log $*" >&2; }
die() { log "$*"; exit 1; }
optional() { ! command -v "$1" >/dev/null || "$@"; }
retry() { shift 2; "$@"; }
load_libraries() { for l in %(hpcc)s/lib/*.sh; do case $l in */base.sh) ;; *) . "$l" ;; esac; done; }
say() { echo "$*" >>%(root)s/said; }
sinfo() { cat %(root)s/sinfo; }
scontrol() {
	case "$1 $2" in
	"show hostnames")
		echo "$3" | tr , '\\n' | while read -r w; do
			case $w in
			*\\[*) seq "$(echo "$w" | sed 's/.*\\[\\(.*\\)-.*/\\1/')" "$(echo "$w" | sed 's/.*-\\(.*\\)]/\\1/')" | sed "s/^/${w%%%%[[]*}/" ;;
			*) echo "$w" ;;
			esac
		done ;;
	"-o show") cat %(root)s/reservations ;;
	*) say "scontrol $*"; [ ! -e %(root)s/refused ] ;;
	esac
}
aws() {
	case $2 in
	Describe* | RunInstances) [ "$2" != RunInstances ] || say "aws $*"; cat "%(root)s/$2" ;;
	TerminateInstances)
		[ $# -lt 12 ] && say "aws $*" || say "aws $2 $(($# - 2))"
		for gone in $(cat %(root)s/gone 2>/dev/null); do
			case " $* " in *"=$gone "*) printf 'Code\\tInvalidInstanceID.NotFound\\n'; return 1 ;; esac
		done
		[ ! -e %(root)s/throttled ] || { printf 'Code\\tRequestLimitExceeded\\n'; return 1; } ;;
	esac
}
"""

    def __init__(self, folder, shell="sh"):
        self.root, self.shell = folder, shell
        self.hpcc = folder + "/opt/hpcc"
        for name in ("core/lib", "core/minute", "slurm/lib", "slurm/minute", "slurm/slurm"):
            source, name = os.path.join(TEMPLATES, name), os.path.basename(name)
            for file in os.listdir(source):
                if file.endswith((".sh", ".awk", "states", "jobs.py")):
                    write(here(read(source, file), folder), self.hpcc, name, file)
        for module in ("fleet/lib/fleet.sh", "overrides/lib/overrides.sh", "capacity/lib/capacity.sh"):
            write(here(read(TEMPLATES, module), folder), self.hpcc, "lib", os.path.basename(module))
        for name in ("base", "node", "pkg", "nfs", "signal", "storage", "volume", "slurm"):
            os.path.exists(f"{self.hpcc}/lib/{name}.sh") and os.remove(f"{self.hpcc}/lib/{name}.sh")
        write(self.BASE % {"hpcc": self.hpcc, "root": folder, "etc": folder + "/etc/slurm"}, self.hpcc, "lib", "base.sh")
        write("", self.hpcc, "nodes", ".keep")
        for name in ("run/x", "srv/hpcc/state/x", "var/log/hpcc/x"):
            write("", folder, name)
        self.conf("q-st-a-[1-9]", "q-dy-a-[1-2000]")
        self.launch("q a lt-1 7 ONDEMAND lowest-price m5.large subnet-1")
        self.file("sinfo", "")
        self.file("DescribeInstanceStatus", "")
        self.file("reservations", "No reservations in the system\n")
        self.instances({})

    def file(self, name, text):
        write(text, self.root, name)

    def conf(self, *ranges):
        self.file("etc/slurm/hpcc_nodes.conf", "".join(f"NodeName={r} CPUs=2\n" for r in ranges))

    def launch(self, *rows):
        self.file("opt/hpcc/etc/launch", "".join(row + "\n" for row in rows))

    def nodes(self, *rows):
        """Rows "name state [reason]", or "name state complete queue avail reason"."""
        lines = []
        for row in rows:
            words = row.split(" ", 2)
            queue = words[0].split("-")[0]
            lines.append("%-80s%-64s%-12s%-200s%-80s%-8s%-120s\n" % (
                words[0], words[0], words[1], self.complete(words[1]), queue, "up", words[2] if len(words) > 2 else "none"))
        self.file("sinfo", "".join(lines))

    @staticmethod
    def complete(word):
        """As StateComplete says it; "inval/alloc+drain" says it itself."""
        return {"~": "idle+cloud+powered_down", "#": "idle+cloud+powering_up"}.get(word[-1], "idle+cloud")

    def instances(self, states, at=None):
        text = ""
        for i, state in states.items():
            item = "reservationSet/item/instancesSet/item/"
            text += f"{item}instanceId\t{i}\n{item}instanceState/name\t{state}\n"
            text += f"{item}privateIpAddress\t{(at or {}).get(i, '10.9.9.9')}\n{item}launchTime\t2020-01-01T00:00:00.000Z\n"
        self.file("DescribeInstances", text)

    def claims(self, claims, age=1000):
        for i, node in claims.items():
            write(node and node + "\n", self.hpcc, "nodes", i)
            self.older(f"{self.hpcc}/nodes/{i}", age)

    def left(self):
        return sorted(n for n in os.listdir(self.hpcc + "/nodes") if n.startswith("i-"))

    def drained(self, *nodes):
        """For a while, as reconcile remembers."""
        for node in nodes:
            self.file(f"run/hpcc-drained/{node}", "")
            self.older(f"{self.root}/run/hpcc-drained/{node}", 20)

    @staticmethod
    def older(path, seconds):
        then = os.stat(path).st_mtime - seconds
        os.utime(path, (then, then))

    def run(self, script, *words, status=0):
        """What was said to Slurm and AWS; the log is in self.log."""
        self.file("said", "")
        done = subprocess.run([self.shell, f"{self.hpcc}/{script}", *words], capture_output=True, check=False, text=True,
                              timeout=120)
        log = f"{self.root}/var/log/hpcc/{os.path.basename(script)[:-3]}.log"
        self.log = done.stderr + (read(log) if os.path.exists(log) else "")
        self.out = done.stdout
        assert done.returncode == status, (done, self.log)
        strange = [x for x in self.log.splitlines() if not x.startswith("log ")]
        assert not strange, self.log
        return read(self.root, "said").splitlines()

    def call(self, text):
        write("set -u\n. %s/lib/base.sh\nload_libraries\n%s" % (self.hpcc, text), self.hpcc, "minute", "call.sh")
        return self.run("minute/call.sh")

    def reconcile(self, **how):
        return self.run("minute/reconcile.sh", **how)

    def marks(self):
        return sorted(os.listdir(self.root + "/run/hpcc-shortage") + os.listdir(self.root + "/run/hpcc-unclaimed")
                      + os.listdir(self.root + "/run/hpcc-drained"))


# ---- the table of states ----

SIGNS = ["", "$", "^", "@", "#", "%", "~", "!", "*"]
# Whatever node_state_string_compact of Slurm 22.05 to 25.11 may say, and what states.awk makes of inval and of drained nodes
# in a reservation.
WORDS = [base + sign for base in ("drain", "drng", "down", "alloc", "comp", "idle", "mix", "futr") for sign in SIGNS] + [
    "maint", "maint*", "boot", "boot^", "boot*", "fail", "fail*", "failg", "failg*", "canc_r", "cloud", "ext", "pow_dn",
    "pow_up", "powring_dn", "powered_dn", "powering_up", "alloc+", "resv", "block", "plnd", "mix-", "resm", "unk", "unk*",
    "npc", "?", "inval", "inval%", "inval~", "inval!", "inval#", "invalg", "invalg!", "drain&"]
REASONS = ["none", "ResumeTimeout reached", "did not boot", "not started", "Not responding", "Kill task failed",
           "Spot interruption", "update of the cluster", "broken fan", "(Code:InsufficientInstanceCapacity)",
           "(Code:RequestLimitExceeded)", "(Code:NoAnswer)", "Low RealMemory"]
EC2 = {"pending": "alive", "running": "alive", "stopping": "gone", "stopped": "gone", "shutting-down": "gone",
       "terminated": "gone", "unlisted": "gone", "none": "none", "?": "?"}
UNKNOWN = {"canc_r", "cloud", "ext", "pow_dn", "pow_up", "powring_dn", "powered_dn", "powering_up", "npc", "?"}


def wanted(word, kind, instance, reason):
    """(what is done, after how many seconds): written from the rules, not from the table."""
    base, sign = re.fullmatch(r"([a-z_]+|\?)([~%!#$@^*+&-]?)", word).groups()
    refused = reason.startswith("(Code:")
    soon = "RequestLimit" in reason or "NoAnswer" in reason
    lost = "lost" if instance == "gone" else "-"
    if kind == "own":
        return "-", 0
    if word in UNKNOWN:
        return "unknown", 0
    if word == "down~" and (refused or reason == "update of the cluster"):
        return "resume", 60 if soon else 600
    if word == "down~" and "ResumeTimeout" in reason:
        return "count-resume", 0
    if word == "down~" and reason == "not started":
        return "resume", 0
    if word in ("alloc~", "mix~", "comp~") and instance == "none":
        return "unstarted", 300
    if word == "drain~" and re.search("Spot|update", reason):
        return "resume", 0
    if word == "idle~":
        return ("start" if kind == "st" else "-"), 0
    if word == "idle%" and refused and instance == "none":
        return "resume", 0
    if base == "invalg" or base in ("fail", "failg", "boot") or sign and sign in "@^":
        return lost, 0
    if sign and sign in "~%!$" or base == "maint":
        return "-", 0
    if base == "down":
        if refused:
            return "end", 0 if soon else 600
        return ("count-end" if reason in ("ResumeTimeout reached", "did not boot", "not started") else "end"), 0
    if base == "inval":
        return "count-end", 0
    if sign == "#":
        return {"gone": ("unbooted", 0), "none": ("unstarted", 120)}.get(instance, ("-", 0))
    if base == "drain" and sign != "&":
        return "end", 10
    if base in ("unk", "futr", "resm"):
        return "-", 0
    return {"gone": ("lost", 0), "none": ("lost", 120)}.get(instance, ("-", 0))


def judge(folder, cases, answered=True, marked=None, stopped="", busy=-1, awk="awk"):
    """What states.awk says of nodes "word kind ec2 reason": the action of each, and the folders that remember."""
    nodes, claims, instances, marks = [], [], [], []
    for n, (word, kind, instance, reason) in enumerate(cases):
        name = {"st": f"q-st-a-{n}", "dy": f"q-dy-a-{n}", "own": f"lab{n}"}[kind]
        compact, complete = word, "idle+cloud"
        if word == "drain&":
            compact, complete = "drain", "idle+cloud+drain+reserved"
        elif word.startswith("inval"):
            compact = "inval"
            complete = ("allocated" if "g" in word else "idle") + "+cloud+drain+invalid_reg" + {
                "%": "+powering_down", "~": "+powered_down", "!": "+power_down", "#": "+powering_up"}.get(word[-1], "")
        nodes.append(f"{name} {name} {compact} {complete} q up {reason}")
        if instance not in ("none", "?"):
            claims.append(f"i-{n} 1000 {name}")
            if instance != "unlisted":
                instances.append(f"i-{n} {instance} 2020-01-01T00:00:00.000Z 10.0.0.1")
        if marked is not None:
            marks += [f"hpcc-{folder_of}/{name} {marked}" for folder_of in ("shortage", "drained", "unclaimed")]
            marks += [f"hpcc-unclaimed/i-{n} {marked}"]
    for name, lines in (("nodes", nodes), ("claims", claims), ("instances", instances), ("marks", marks),
                        ("conf", ["NodeName=q-st-a-[1-9] CPUs=2", "NodeName=q-dy-a-[1-9] CPUs=2"])):
        write("".join(line + "\n" for line in lines), folder, name)
    said = subprocess.run(
        [awk, "-v", f"answered={1 if answered else ''}", "-v", f"busy={busy}", "-v", "old=2026", "-v", f"stopped={stopped}", "-f",
         f"{TEMPLATES}/slurm/lib/states.awk", "part=1", f"{TEMPLATES}/slurm/lib/states", "part=2", f"{folder}/conf", "part=3",
         f"{folder}/marks", "part=4", f"{folder}/claims", "part=5", f"{folder}/instances", "part=6", f"{folder}/nodes"],
        capture_output=True, check=True, text=True)
    assert said.stderr == "", said.stderr
    done, waits = {}, set()
    for line in said.stdout.splitlines():
        words = line.split(" ")
        if words[0] == "wait":
            waits.add(words[1].split("/")[1])
        elif words[0] not in ("drop", "end-instance", "adopt"):
            done[words[1]] = words[0]
    return [done.get(line.split(" ")[0], "-") for line in nodes], [line.split(" ")[0] in waits for line in nodes]


def check_states(folder):
    """Every state x kind x reason x state of EC2: what is done, and that it is done when it has lasted and not before."""
    awks = [a for a in ("mawk", "gawk", "awk") if shutil.which(a)]
    for ec2 in EC2:
        cases = [(w, k, ec2, r) for w in WORDS for k in ("st", "dy", "own") for r in REASONS]
        for awk in awks[:2]:
            for seconds in (None, 9, 11, 59, 61, 119, 121, 299, 301, 599, 601) if awk == awks[0] and ec2 in ("running", "none") else (None, 601):
                # What one answer leaves out is gone only if the next ones do, too.
                means = "alive" if ec2 == "unlisted" and (seconds or 0) <= 60 else EC2[ec2]
                want = [wanted(w, k, means, r) for w, k, _, r in cases]
                said, waits = judge(folder, cases, ec2 != "?", seconds, awk=awk)
                for case, got, waiting, (action, after) in zip(cases, said, waits, want):
                    due = not after or (seconds or 0) > after
                    assert got == (action if due else "-"), (awk, case, seconds, got, action)
                    assert waiting == bool(after), (case, seconds, waiting)
    # A stopped fleet: whatever is not asleep, going, or not ours, ends.
    cases = [(w, k, "running", "none") for w in WORDS if w not in UNKNOWN for k in ("st", "dy", "own")]
    said, _ = judge(folder, cases, stopped="1")
    for (word, kind, _, _), got in zip(cases, said):
        assert got in (["-", "start"] if word[-1] in "~%!" or kind == "own" else ["end"]), (word, kind, got)
    # A resume program at work may still come to its nodes.
    for busy, action in ((200, "-"), (100, "unstarted")):
        assert judge(folder, [("idle#", "dy", "none", "none")], True, 150, busy=busy)[0] == [action]


def check_rows(_):
    """No row of the table is in vain, and the page shows them all."""
    rows = [line.split(" ", 5) for line in read(TEMPLATES, "slurm/lib/states").splitlines() if line[0] != "#"]
    page = read(SOURCE, "doc/states.md")
    shown = re.search(r"```text\n(.*?)```", page, re.S)[1]
    assert [" ".join(row) for row in rows] == shown.splitlines(), "doc/states.md shows other rows"
    rows = [row for row in rows if row[0] != "ec2"]
    first = set()
    for word in WORDS:
        for kind in ("st", "dy", "own"):
            for ec2 in ("alive", "gone", "none", "?"):
                for reason in REASONS:
                    for i, (state, sort, instance, _, _, why) in enumerate(rows):
                        if re.fullmatch(state, word) and sort in ("any", kind) and instance in ("any", ec2) and \
                                re.search(why, reason):
                            first.add(i)
                            break
    assert len(first) == len(rows), [rows[i] for i in range(len(rows)) if i not in first]


# ---- reconcile ----

def check_reconcile(folder):
    for shell in ("dash", "bash"):
        if not shutil.which(shell):
            continue
        head = Head(f"{folder}/{shell}", shell)
        head.nodes("q-st-a-1 idle~", "q-dy-a-1 idle", "q-dy-a-2 down~ ResumeTimeout reached", "q-dy-a-3 drain Kill task failed",
                   "q-dy-a-4 idle", "q-dy-a-5 idle#", "q-dy-a-6 idle~", "lab1 down* Not responding", "q-dy-a-7 odd")
        head.claims({"i-1": "q-dy-a-1", "i-4": "q-dy-a-4", "i-5": "q-dy-a-5", "i-6": "q-dy-a-6", "i-0": ""})
        head.claims({"i-8": "q-dy-a-8"}, 10)  # younger than what Slurm says
        head.instances({"i-1": "running", "i-4": "stopped", "i-5": "terminated", "i-6": "running", "i-7": "running",
                        "i-8": "pending", "i-9": "terminated", "i-0": "running"})
        head.drained("q-dy-a-3")
        said = head.reconcile()
        assert sorted(said) == sorted([
            "scontrol update nodename=q-dy-a-5 state=down reason=did not boot",
            "scontrol update nodename=q-dy-a-3,q-dy-a-4 state=power_down_force",
            "scontrol update nodename=q-dy-a-2 state=resume", "scontrol update nodename=q-st-a-1 state=power_up",
            said[-1]]), said
        ended = set(re.findall(r"=(i-\d)", said[-1]))
        assert said[-1].startswith("aws ec2 TerminateInstances") and ended == {"i-0", "i-4", "i-6", "i-7"}, said
        assert head.left() == ["i-0", "i-1", "i-4", "i-6", "i-8"], head.left()  # until EC2 says that they are ended
        assert "log unknown q-dy-a-7 q odd" in head.log, head.log
        assert read(folder, shell, "srv/hpcc/state/boot-failures") == "q 1\n"


def check_silence(folder):
    """Neither Slurm nor EC2 answers, or one of them says nothing: nothing is concluded from it."""
    head = Head(folder)
    head.nodes("q-dy-a-1 idle", "q-dy-a-2 idle#", "q-dy-a-3 down (Code:InsufficientInstanceCapacity)", "q-dy-a-4 drain x")
    head.claims({"i-1": "q-dy-a-1"})
    head.instances({"i-1": "running"})
    end = ["scontrol update nodename=q-dy-a-4 state=power_down_force"]
    assert head.reconcile() == []  # it may be in a reservation that Slurm has not yet put to it
    head.drained("q-dy-a-4")
    assert head.reconcile() == end
    assert head.marks() == ["q-dy-a-2", "q-dy-a-3", "q-dy-a-4"], head.marks()
    for where in ("shortage/q-dy-a-3", "unclaimed/q-dy-a-2"):
        head.older(f"{folder}/run/hpcc-{where}", 1000)
    # EC2 does not answer: what Slurm alone knows is done, claims and marks stay.
    os.rename(folder + "/DescribeInstances", folder + "/kept")
    base = read(head.hpcc, "lib/base.sh")
    write(base.replace('cat "%s/$2" ;;' % folder, 'cat "%s/$2" 2>/dev/null ;;' % folder), head.hpcc, "lib/base.sh")
    said = head.reconcile()
    assert said == ["scontrol update nodename=q-dy-a-3,q-dy-a-4 state=power_down_force"], said
    assert head.left() == ["i-1"] and "q-dy-a-2" in head.marks()
    # Now it does: what was remembered counts.
    os.rename(folder + "/kept", folder + "/DescribeInstances")
    assert "scontrol update nodename=q-dy-a-2 state=down reason=not started" in head.reconcile()
    # An empty table and no table at all: nothing, whatever EC2 says.
    head.instances({"i-5": "running"})
    head.file("sinfo", "")
    assert head.reconcile() == [] and head.left() == ["i-1"]
    write(read(head.hpcc, "lib/base.sh").replace(f"sinfo() {{ cat {folder}/sinfo; }}", "sinfo() { echo half; return 1; }"),
          head.hpcc, "lib/base.sh")
    assert head.reconcile() == [] and head.left() == ["i-1"]


def check_refused(folder):
    """A part that fails keeps no other from its work, and what was not done is done by the next run."""
    head = Head(folder)
    head.nodes("q-dy-a-1 alloc", "q-dy-a-2 drain x")
    head.claims({"i-1": "q-dy-a-1"})
    head.instances({"i-7": "running"})
    head.file("refused", "")
    head.reconcile()  # one answer without an instance is not enough
    head.older(folder + "/run/hpcc-unclaimed/i-1", 90)
    head.drained("q-dy-a-2")
    said = head.reconcile()
    assert said == ["scontrol update nodename=q-dy-a-1,q-dy-a-2 state=power_down_force" if "q-dy-a-1,q" in said[0] else
                    "scontrol update nodename=q-dy-a-2,q-dy-a-1 state=power_down_force",
                    "aws ec2 TerminateInstances InstanceId.1=i-7"], said
    os.remove(folder + "/refused")
    os.remove(folder + "/run/hpcc-unclaimed/i-7")
    head.reconcile()
    head.older(folder + "/run/hpcc-unclaimed/q-dy-a-1", 200)
    assert any("q-dy-a-1" in x and "power_down_force" in x for x in head.reconcile())
    # Without the state volume nothing is known of any instance.
    shutil.rmtree(head.hpcc + "/nodes")
    assert head.reconcile() == []


def check_claims(folder):
    """Which claims count, and what becomes of instances without one."""
    head = Head(folder)
    head.nodes("q-dy-a-1 idle", "q-dy-a-2 mix", "q-dy-a-3 idle%")
    # Two claims for one node: the younger one counts. One that goes to sleep keeps its claim.
    head.claims({"i-1": "q-dy-a-1", "i-3": "q-dy-a-3"}, 2000)
    head.claims({"i-2": "q-dy-a-1"}, 300)
    head.instances({i: "running" for i in ("i-1", "i-2", "i-3")})
    head.claims({"i-9": "q-dy-a-2"}, 10)  # EC2 does not list it yet
    assert head.reconcile() == ["aws ec2 TerminateInstances InstanceId.1=i-1"]
    head.instances({"i-1": "shutting-down", "i-2": "running", "i-3": "running"})
    assert head.reconcile() == [] and head.left() == ["i-2", "i-3", "i-9"], head.left()
    # A claim that was lost, of a node that Slurm has at the address of the instance.
    os.remove(head.hpcc + "/nodes/i-9")
    head.file("sinfo", read(folder, "sinfo").replace("%-80s%-64s" % (("q-dy-a-2",) * 2), "%-80s%-64s" % ("q-dy-a-2", "10.0.0.2")))
    head.instances({"i-2": "running", "i-3": "running", "i-9": "running"}, {"i-9": "10.0.0.2"})
    assert head.reconcile() == [] and read(head.hpcc, "nodes/i-9") == "q-dy-a-2\n"
    # One whose name was not on the disk yet when the power went; one of an instance that is no more goes.
    for name in ("i-9", "i-8"):
        write("", head.hpcc, "nodes/" + name)
        os.utime(head.hpcc + "/nodes/" + name, (0, 0))
    assert head.reconcile() == [] and read(head.hpcc, "nodes/i-9") == "q-dy-a-2\n" and "i-8" not in head.left(), head.log
    # A resume program that is at work keeps instances without a name; a name without instance likewise.
    head.instances({"i-2": "running", "i-3": "running", "i-9": "running", "i-7": "running"})
    up = float(read("/proc/uptime").split()[0])
    for age, spared in ((5, True), (1900, False)):  # one that hangs for half an hour brings nothing
        write("sh\0/opt/hpcc/slurm/resume.sh\0q-dy-a-7\0", folder, "proc/77/cmdline")
        write("77 (resume.sh x) S " + "0 " * 18 + f"{int((up - age) * 100)} 0 0\n", folder, "proc/77/stat")
        assert (head.reconcile() == []) == spared, age
    shutil.rmtree(folder + "/proc")
    assert head.reconcile() == ["aws ec2 TerminateInstances InstanceId.1=i-7"]


def check_strange(folder):
    """A state of EC2 that nobody knows: the instance is left alone, with a claim and without, and said."""
    head = Head(folder)
    head.nodes("q-dy-a-1 idle", "q-dy-a-2 idle~")
    head.claims({"i-1": "q-dy-a-1", "i-2": "q-dy-a-2"})
    head.instances({"i-1": "dreaming", "i-2": "dreaming", "i-3": "dreaming"})
    assert head.reconcile() == [] and head.left() == ["i-1", "i-2"] and "log unknown i-3 - dreaming" in head.log, head.log


def check_many(folder):
    """Two thousand of each: a handful of calls, and no argument that is too long."""
    head = Head(folder)
    name = "a-queue-with-a-long-name2"
    head.conf(f"{name}-dy-a-resource-of-long-name-[1-4000]")
    rows = []
    for i in range(1, 4001):
        node = f"{name}-dy-a-resource-of-long-name-{i}"
        rows.append("%-80s%-64s%-12s%-200s%-80s%-8s%-120s\n" % (node, node, "drain", "idle+drain", name, "up", "x"))
    head.file("sinfo", "".join(rows))
    head.drained(*(row.split()[0] for row in rows))
    head.instances({f"i-{n:017}": "running" for n in range(2000)})
    said = head.reconcile()
    assert len([x for x in said if x.startswith("scontrol")]) == 4 and max(map(len, said)) < 128 * 1024, len(said)
    assert [x for x in said if x.startswith("aws")] == ["aws TerminateInstances 500"] * 4, said[-5:]
    assert read(folder, "srv/hpcc/state/boot-failures") == ""


# ---- instances ----

def check_ends(folder):
    """One id that EC2 does not know keeps none of the others from their end; throttling is no reason to ask for each."""
    head = Head(folder)
    head.file("gone", "i-3")
    said = head.call("told() { say \"told $1\"; }\nseq 5 | sed 's/^/i-/' | end_instances told")
    assert sorted(x for x in said if x.startswith("told")) == [f"told i-{n}" for n in range(1, 6)], said
    assert len([x for x in said if x.startswith("aws")]) <= 7, said
    head.file("throttled", "")
    os.remove(folder + "/gone")
    said = head.call("told() { say \"told $1\"; }\nseq 1200 | sed 's/^/i-/' | end_instances told || :")
    assert said == ["aws TerminateInstances 500"] * 2 + ["aws TerminateInstances 200"], said
    # Slurm's suspend program keeps the claims of what was not ended.
    head.claims({"i-1": "q-dy-a-1", "i-2": "q-dy-a-2"})
    head.run("slurm/suspend.sh", "q-dy-a-[1-2]")
    assert head.left() == ["i-1", "i-2"]
    os.remove(folder + "/throttled")
    head.file("gone", "i-1")
    head.run("slurm/suspend.sh", "q-dy-a-[1-2]")
    assert head.left() == []


def run_instances(n, code=None):
    item = "instancesSet/item/"
    return "".join(f"{item}instanceId\ti-{k}\n{item}privateIpAddress\t10.0.0.{k}\n" for k in range(1, n + 1)) + (
        f"Code\t{code}\nMessage\tno\n" if code else "")


def check_launch(folder):
    for shell in ("dash", "bash"):
        if not shutil.which(shell):
            continue
        head = Head(f"{folder}/{shell}", shell)
        down = "scontrol update nodename=%s state=down reason=(Code:%s)"
        ask = "aws ec2 RunInstances LaunchTemplate.LaunchTemplateId=lt-1 LaunchTemplate.Version=7 MinCount=%d MaxCount=%d"
        # Units are whole or not there; what is left over ends.
        head.file("RunInstances", run_instances(4))
        said = head.call("launch_group q/a 'n1,n2;n3,n4,n5;n6' </dev/null\n")
        assert said == [ask % (1, 6),
                        "scontrol update nodename=n1,n2,n6 nodeaddr=10.0.0.1,10.0.0.2,10.0.0.3",
                        "aws ec2 TerminateInstances InstanceId.1=i-4",
                        down % ("n3,n4,n5", "InsufficientInstanceCapacity")], said
        assert head.left() == ["i-1", "i-2", "i-3"]
        # A refusal; an answer that nobody gave; neither is a shortage that others suffer from.
        head.file("sinfo", "q-dy-a-5 idle~\nq-dy-a-6 idle\n")
        head.file("RunInstances", run_instances(0, "RequestLimitExceeded"))
        assert head.call("launch_group q/a 'n1,n2' </dev/null\n") == [ask % (2, 2), down % ("n1,n2", "RequestLimitExceeded")]
        head.file("RunInstances", run_instances(0, "InsufficientInstanceCapacity"))
        assert head.call("launch_group q/a 'n1' </dev/null\n")[1:] == [
            down % ("n1", "InsufficientInstanceCapacity"), down % ("q-dy-a-5", "InsufficientInstanceCapacity")]
        said = head.call("aws() { return 1; }\nlaunch_group q/a 'n1' </dev/null\n")
        assert said == [down % ("n1", "NoAnswer")], said
        # What is not in etc/launch; interfaces of an override that EC2 does not tell: nothing is launched without them.
        assert head.call("launch_group -/- 'n1;n2' </dev/null\n") == [down % ("n1,n2", "NoLaunchTemplate")]
        head.launch("q a lt-1 7 ONDEMAND - m5.large subnet-1 lt-9/1")
        said = head.call("aws() { say \"aws $2\"; printf 'Code\\tThrottling\\n'; return 1; }\nlaunch_group q/a 'n1' </dev/null\n")
        assert said == ["aws DescribeLaunchTemplateVersions", down % ("n1", "Throttling")], said
        # A full disk: no name, no instance, and a reason; no file of 0 bytes.
        head.launch("q a lt-1 7 ONDEMAND - m5.large subnet-1")
        for i in head.left():
            os.remove(f"{head.hpcc}/nodes/{i}")
        head.file("RunInstances", run_instances(2))
        os.symlink("/dev/full", head.hpcc + "/nodes/.i-2")
        write(read(head.hpcc, "lib/launch.sh").replace('printf \'%s\\n\' "$2" >"$HPCC', 'printf \'%s\\n\' "$2" 2>/dev/null >"$HPCC'),
              head.hpcc, "lib/launch.sh")
        said = head.call("launch_group q/a 'n1,n2' </dev/null\n")
        assert said == [ask % (2, 2), down % ("n2", "NameNotWritten"),
                        "scontrol update nodename=n1 nodeaddr=10.0.0.1", "aws ec2 TerminateInstances InstanceId.1=i-2"], said
        assert head.left() == ["i-1"] and read(head.hpcc, "nodes/i-1") == "n1\n"


def resume(head, nodes, jobs=(), **variables):
    """The groups that resume.sh makes."""
    text = read(TEMPLATES, "slurm/slurm/resume.sh")
    text = here(text[text.index("# Lines \"job queue"):text.index("# Some calls at a time")], head.root)
    write(json.dumps({"jobs": [{"job_id": n, "nodes_resume": w} for n, w in jobs]}), head.root, "jobs")
    settings = "".join(f"{name}={value}\n" for name, value in variables.items())
    head.call(f"HPCC_SCALING=\nPYTHON={sys.executable}\njobs={head.root}/jobs\n{settings}{text}\nwanted '{nodes}' | groups")
    return [line.split(" ") for line in head.out.splitlines()]


def check_resume(folder):
    head = Head(folder)
    head.conf("q-dy-a-[1-2000]", "f-dy-x-[1-9]", "old-dy-r-[1-2]")
    head.launch("q a lt-1 7 ONDEMAND - m5.large subnet-1", "f x lt-2 7 ONDEMAND - m5.large,m6i.large subnet-1")
    # Jobs share a call where nothing is chosen for each; in a fleet each has its own.
    got = resume(head, "q-dy-a-[1-7],f-dy-x-[1-4]", [(7, "q-dy-a-[1-2]"), (8, "q-dy-a-[3-5],f-dy-x-1"), (9, "f-dy-x-[2-3]")])
    assert sorted(got) == sorted([["q/a", "q-dy-a-6;q-dy-a-7;q-dy-a-1,q-dy-a-2;q-dy-a-3,q-dy-a-4,q-dy-a-5"], ["f/x", "f-dy-x-4"],
                                  ["f/x", "f-dy-x-1"], ["f/x", "f-dy-x-2,f-dy-x-3"]]), got
    got = resume(head, "q-dy-a-[1-3]", [(7, "q-dy-a-[1-3]")], HPCC_SCALING="best-effort")
    assert got == [["q/a", "q-dy-a-1;q-dy-a-2;q-dy-a-3"]], got
    # A thousand at once; a job is not torn between calls where it fits into one.
    assert [len(u.split(";")) for _, u in resume(head, "q-dy-a-[1-1000]")] == [500, 500]
    assert [len(u.split(",")) for _, u in resume(head, "x", [(1, "q-dy-a-[1-1200]")])] == [500, 500, 200]
    got = resume(head, "x", [(n, f"q-dy-a-[{300 * n + 1}-{300 * n + 300}]") for n in range(3)])
    assert len(resume(head, "x", [(n + 1, f"q-dy-a-[{2 * n + 1}-{2 * n + 2}]") for n in range(500)])) == 2
    got = resume(head, "x", [(n + 1, f"q-dy-a-[{300 * n + 1}-{300 * n + 300}]") for n in range(3)])
    assert [len(re.split("[,;]", u)) for _, u in got] == [300, 300, 300], got
    # Nodes of a queue that etc/launch does not know are not passed over; those that are not ours are.
    assert resume(head, "old-dy-r-[1-2],lab1") == [["-/-", "old-dy-r-1;old-dy-r-2"]]
    said = head.run("slurm/resume.sh", "old-dy-r-1,lab2")
    assert said == ["scontrol update nodename=old-dy-r-1 state=down reason=(Code:NoLaunchTemplate)"], said


def check_capacity(folder):
    """Until a capacity block is active, and after it, no job starts there; without an answer all stays."""
    head = Head(folder)
    head.conf("q-st-a-[1-1]", "q-dy-a-[1-7]", "q-dy-a-b-[1-9]", "q-dy-b-[1-2]")
    item = "capacityReservationSet/item/"

    def watch(kept=(), **states):
        head.file("DescribeCapacityReservations", "".join(f"{item}capacityReservationId\tcr-{i}\n{item}state\t{state}\n"
                                                          for i, state in states.items()))
        head.file("reservations", "".join(f"ReservationName=hpcc-block-{name} StartTime=x\n" for name in kept) or
                  "No reservations in the system\n")
        return head.call("HPCC_BLOCKS='q/a/cr-1 q/b/cr-2'\ncapacity_watch || say failed\n")

    made = ("scontrol create reservationname=hpcc-block-%s user=root starttime=now duration=infinite "
            "flags=maint,ignore_jobs nodes=%s")
    nodes = {"q-a": "q-st-a-[1-1],q-dy-a-[1-7]", "q-b": "q-dy-b-[1-2]"}
    for state in ("scheduled", "payment-pending", "delayed", "expired", "cancelled"):
        assert watch(**{"1": state, "2": "active"}) == [made % ("q-a", nodes["q-a"])], state
        assert watch(["q-a", "q-b"], **{"1": state, "2": "active"}) == ["scontrol delete reservationname=hpcc-block-q-b"]
    assert watch(["q-a"], **{"2": "active"}) == [], "of one that is not told nothing is known"
    assert watch(["q-a", "old-x"], **{"1": "scheduled", "2": "active"}) == ["scontrol delete reservationname=hpcc-block-old-x"]
    head.file("refused", "")
    assert watch(**{"1": "scheduled", "2": "scheduled"}) == [made % row for row in nodes.items()]
    os.remove(folder + "/refused")
    watch(["q-a"], **{"1": "active", "2": "active"})
    text = "aws() { return 1; }\nHPCC_BLOCKS='q/a/cr-1'\ncapacity_watch || say failed\n"
    assert head.call(text) == ["failed"]
    assert head.call("scontrol() { return 1; }\nHPCC_BLOCKS='q/a/cr-1'\ncapacity_watch || say failed\n") == ["failed"]
    # The cluster has no block any more.
    assert head.call("HPCC_BLOCKS=\ncapacity_watch\n") == ["scontrol delete reservationname=hpcc-block-q-a"]


def check_thousand(folder):
    """A thousand nodes at once, of jobs of two: two calls that launch, two that tell addresses, and every node has a name."""
    head = Head(folder)
    base = read(head.hpcc, "lib/base.sh").replace("*) say \"scontrol $*\"", "*) say \"scontrol $2\"")
    item = "instancesSet/item/"
    answer = f"seq 500 | sed \"s|.*|{item}instanceId\ti-$$-&\\n{item}privateIpAddress\t10.0.0.1|\""
    write(base.replace('cat "%s/$2" ;;' % folder, "i=$(cut -d' ' -f1 /proc/self/stat); %s ;;" % answer.replace("$$", "$i")) +
          f"PYTHON={sys.executable}\n", head.hpcc, "lib/base.sh")
    write(json.dumps({"jobs": [{"job_id": n + 1, "nodes_resume": f"q-dy-a-[{2 * n + 1}-{2 * n + 2}]"} for n in range(500)]}),
          folder, "resume.json")
    os.environ["SLURM_RESUME_FILE"] = folder + "/resume.json"
    said = head.run("slurm/resume.sh", "q-dy-a-[1-1000]")
    del os.environ["SLURM_RESUME_FILE"]
    assert len([x for x in said if "RunInstances" in x]) == 2 and len(said) == 4, said[:5]
    assert sorted({read(head.hpcc, "nodes", i).strip() for i in head.left()}) == sorted(f"q-dy-a-{n}" for n in range(1, 1001))


# ---- protected mode, the fleet ----

def check_protect(folder):
    head = Head(folder)
    state = folder + "/srv/hpcc/state"

    def protect(failed, works="", up="q\nb"):
        return head.call(f"protect_queues '{failed}' '{works}' '{up}'\n")

    assert protect("q\nq\nb") == [] and sorted(read(state, "boot-failures").split("\n")) == ["", "b 1", "q 2"]
    assert protect("") == [] and "q 2" in read(state, "boot-failures")
    # A node at work ends the count of its queue.
    protect("", "b")
    assert read(state, "boot-failures").strip() == "q 2"
    # Slurm does not answer: the queue is closed by a later run.
    head.file("refused", "")
    close = "scontrol update partitionname=q state=inactive"
    assert protect("\n".join(["q"] * 8)) == [close] and read(state, "boot-failures").strip() == "q 10"
    os.remove(folder + "/refused")
    assert protect("") == [close] and read(state, "boot-failures").strip() == "" and read(state, "closed") == "q\n"
    # Closed it stays, until an update, or somebody, opens it; what an administrator closed is his.
    protect("", "", "b")
    assert read(state, "closed") == "q\n"
    head.launch("q a lt 1", "b a lt 1", "c a lt 1")
    head.file("sinfo", "q inact\nb inact\nc up\n")
    head.file("refused", "")
    assert head.call("protect_open || say failed\n") == ["scontrol update partitionname=q state=up", "failed"]
    os.remove(folder + "/refused")
    assert head.call("protect_open || say failed\n") == ["scontrol update partitionname=q state=up"]
    assert not os.path.exists(state + "/closed")
    assert head.call("protect_open || say failed\n") == []
    write("q\n", state, "closed")
    protect("", "", "q\nb")
    assert read(state, "closed") == ""


def check_fleet_command(folder):
    head = Head(folder)
    head.launch("q a lt 1", "b a lt 1")
    state = folder + "/srv/hpcc/state"
    write("#!/bin/sh\necho reconcile >>%s/said\n" % folder, head.hpcc, "minute/reconcile.sh")
    os.chmod(head.hpcc + "/minute/reconcile.sh", 0o755)
    assert head.run("slurm/fleet.sh", "status") == [] and head.out == "RUNNING\n"
    head.file("sinfo", "q up\nb inact\nlab up\n")
    for word in ("stop", "STOP_REQUESTED"):
        assert head.run("slurm/fleet.sh", word) == ["scontrol update partitionname=q state=inactive", "reconcile"]
        assert read(state, "closed") == "q\n" and os.path.exists(state + "/stopped")
    head.claims({"i-1": "q-dy-a-1"})
    head.run("slurm/fleet.sh", "status")
    assert head.out == "STOPPING\n"
    os.remove(head.hpcc + "/nodes/i-1")
    head.run("slurm/fleet.sh", "status")
    assert head.out == "STOPPED\n"
    # An update opens nothing, and the queue that it brings is closed.
    head.file("sinfo", "q inact\nb up\nlab up\n")
    assert head.call("protect_open\nfleet_close\n") == ["scontrol update partitionname=b state=inactive"]
    head.file("sinfo", "q inact\nb inact\n")
    said = head.run("slurm/fleet.sh", "START_REQUESTED")
    assert said == ["scontrol update partitionname=q state=up", "scontrol update partitionname=b state=up", "reconcile"], said
    assert not os.path.exists(state + "/stopped")
    assert head.run("slurm/fleet.sh", "halt", status=1) == []


def check_partitions(folder):
    """What is closed when slurmctld stops is closed once it is back, and nothing else; no answer is not one of open partitions."""
    head = Head(folder)
    state = folder + "/srv/hpcc/state"
    assert head.call("partitions_restore\n") == []
    head.file("sinfo", "q inact\nb down\nlab up\nc drain\n")
    head.run("slurm/partitions.sh", "keep")
    assert read(state, "partitions") == "q inact\nb down\nc drain\n"
    os.remove(folder + "/sinfo")
    head.call("sinfo() { return 1; }\npartitions_keep || :\n")
    assert read(state, "partitions") == "q inact\nb down\nc drain\n"
    head.file("sinfo", "q up\nb inact\nlab up\nd up\n")  # c is gone, b another than it was
    restored = ["scontrol update partitionname=q state=inactive"]
    assert head.run("slurm/partitions.sh", "restore") == restored
    late = "sinfo() { echo >>%s/asked; [ $(wc -l <%s/asked) -gt 2 ] && cat %s/sinfo; }\n" % (folder, folder, folder)
    assert head.call(late + "sleep() { :; }\npartitions_restore\n") == restored
    head.file("sinfo", "q up\n")
    head.run("slurm/partitions.sh", "keep")
    assert read(state, "partitions") == "" and head.run("slurm/partitions.sh", "restore") == []


for check in (check_states, check_rows, check_reconcile, check_silence, check_refused, check_claims, check_strange, check_many, check_ends,
              check_launch, check_resume, check_thousand, check_capacity, check_protect, check_fleet_command,
              check_partitions):
    if sys.argv[2:] and check.__name__ not in sys.argv[2:]:
        continue
    with tempfile.TemporaryDirectory() as scratch:
        check(scratch)
        print("ok", check.__name__, flush=True)

# SPDX-License-Identifier: Apache-2.0
# scripts_update_test.py SOURCE [all]: first boots and updates of a head node that are cut off at any place, refused, rolled
# back, throttled, or find no room, end as those that were left alone, and each handle hears one answer.
#
# The scripts run as they are, in a folder that stands for the root of a machine; programs that touch a machine are stand-ins
# that keep its state in files (a "world": mounts, volumes, nodes, what slurmctld was started with, what the stack heard).
import base64
import hashlib
import json
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE = sys.argv[1]
ALL = "all" in sys.argv[2:]
MODULES = ("core", "slurm", "custom", "block", "raid", "actions", "login", "fsx", "terminate", "packages", "debian")
PLACES = re.compile(r"(?<![\w}.$\"'*/])/(?:(?:opt|etc|run|var|srv|proc|dev)(?=/)(?!/null|/console|/full|/urandom)|home\b)")
QUOTED = re.compile(r"(?<=[\"'])/(?:opt|etc|run|var|srv|proc|dev)(?=/)(?!/sd|/md|/null|/console)")

# What every stand-in begins with: the machine may lose its power just here, or the program has no answer, or no room.
CUT = """#!/bin/sh
world=@W
read n <$world/count
n=$((n + 1))
echo $n >$world/count
at=
[ ! -e $world/cut ] || read at <$world/cut
[ "$at" != $n ] || { kill -9 -$(cat $world/group); sleep 9; }
at=
[ ! -e $world/fail ] || read at <$world/fail
[ "$at" != $n ] || exit 1
"""
# The disk is full from the file with this number on.
ROOM = """
def room(left="@W/room"):
    if os.path.exists(left):
        n = int(open(left).read()) - 1
        open(left, "w").write(str(n))
        if n < 0:
            raise OSError(28, "No space left on device")
"""
PROGRAMS = {
    "mv": "exec /bin/mv \"$@\"",
    "cp": "exec /bin/cp \"$@\"",
    "mountpoint": "grep -q \"^[^ ]* $2 \" $world/proc/mounts",
    "mount": """
case $1 in
-o) case $2 in remount*)
	echo "$2" >$world/reserve
	sed "\\| $3 |{/resgid/!s/nodev/&,${2##*,}/}" $world/proc/mounts >$world/left
	/bin/mv $world/left $world/proc/mounts
	exit ;;
esac ;;
--bind) exit ;;
esac
grep -q "^[^ ]* $1 " $world/proc/mounts || grep "^[^ ]* $1 " @R/etc/fstab >>$world/proc/mounts""",
    "umount": """
for place; do :; done
[ ! -e $world/busy ] || [ "$place" != "$(cat $world/busy)" ] || exit 32
grep -v "^[^ ]* $place " $world/proc/mounts >$world/left; /bin/mv $world/left $world/proc/mounts""",
    "findmnt": "echo /dev/state",
    "tune2fs": "case $1 in -l) echo 'Reserved block count: 9' ;; *) echo \"$*\" >$world/tuned ;; esac",
    "blkid": """
case $1 in
-p) [ -e "$world/made$2" ] || exit 2 ;;
*) case $2 in UUID) echo "uuid-of-$5" | tr / - ;; *) echo ext4 ;; esac ;;
esac""",
    "lsblk": "echo \"$4 disk\"",
    "mkfs.ext4": "mkdir -p $world/made$2",
    "exportfs": "cat @R/etc/exports.d/*.exports | sort >$world/exported 2>/dev/null || :",
    "slurmctld": "echo slurm 24.11.5",
    "sinfo": "[ ! -e $world/mute ] || exit 1\nexec python3 $world/slurm.py sinfo",
    "squeue": "[ ! -e $world/mute ] || exit 1\ncat $world/wishes 2>/dev/null || :",
    "scontrol": "[ ! -e $world/mute ] || exit 1\nexec python3 $world/slurm.py \"$@\"",
    "systemctl": """
case "$*" in
is-system-running) cat $world/system ;;
'restart slurmctld.service' | 'restart hpcc-slurmctld.service') exec python3 $world/slurm.py start ;;
*enable*) for unit; do :; done; touch "$world/units/$unit" ;;
esac""",
    "curl": """
[ ! -e $world/deaf ] || exit 7
for word; do
	case ${last:-} in -K) url=$(cat $word) ;; --data-binary) body=$word ;; esac
	last=$word
done
printf "%s %s\\n" "$url" "$body" >>$world/heard
echo 200""",
    "sync": "",
    "sleep": "",
    "runuser": "",
    "hostname": "echo head",
    "id": "echo 7",
    "ldconfig": "",
    "chown": "",
    "install": """
case $1 in -d) for place; do :; done; exec mkdir -p "$place" ;; esac
for word; do case $word in -*|[0-9]*|slurm) ;; *) set -- "$@" "$word" ;; esac; shift; done
exec cp "$@\"""",
    "timeout": """
while :; do case $1 in -*) shift 2 ;; *) break ;; esac; done
shift
exec "$@\"""",
}
# Slurm, as far as updates see it: nodes of what it was started with, their states, and jobs that die with their node.
SLURM = r"""
import os, re, sys
W, R = "@W", "@R"
def lines(path):
    return open(path).read().split("\n") if os.path.exists(path) else []
def nodes(path):
    found = []
    for line in lines(path):
        m = re.match(r"NodeName=(\S+)\[(\d+)-(\d+)\]", line)
        found += [m[1] + str(i) for i in range(int(m[2]), int(m[3]) + 1)] if m else []
    return found
states = dict(line.split() for line in lines(W + "/states") if line)
def keep():
    with open(W + "/states", "w") as out:
        out.write("".join("%s %s\n" % pair for pair in sorted(states.items())))
if sys.argv[1] == "sinfo":
    for node in nodes(W + "/runs"):
        print(node, states.get(node, "idle~"))
elif sys.argv[1] == "start":
    text = open(R + "/etc/slurm/slurm.conf").read()
    with open(W + "/runs", "w") as out:
        out.write(text)
    for node in set(states) - set(nodes(W + "/runs")):
        open(W + "/killed", "a").write(node + "\n")
        del states[node]
    keep()
    for line in lines(W + "/wishes"):
        if line and line.split()[1][0] != "(" and not set(line.split()[1].split(",")) <= set(nodes(W + "/runs")):
            open(W + "/killed", "a").write("job " + line.split()[0] + "\n")
elif sys.argv[1] == "show":
    print(sys.argv[3].replace(",", "\n"))
elif sys.argv[1:2] == ["update"] and sys.argv[2].startswith("jobid="):
    kept = [line for line in lines(W + "/wishes") if line and line.split()[0] != sys.argv[2][6:]]
    open(W + "/wishes", "w").write("".join(line + "\n" for line in kept))
elif sys.argv[1] == "update":
    given = dict(word.split("=", 1) for word in sys.argv[2:])
    for node in given["nodename"].split(","):
        if given["state"] == "drain":
            states[node] = "drain"
        elif given["state"] == "power_down_force":
            states.pop(node, None)
            for claim in os.listdir(R + "/opt/hpcc/nodes"):
                if open(R + "/opt/hpcc/nodes/" + claim).read().strip() == node:
                    os.remove(R + "/opt/hpcc/nodes/" + claim)
        open(W + "/told", "a").write("%s %s\n" % (node, given["state"]))
    keep()
"""
# AWS and the metadata service.
SIGV4 = r"""
import io, json, os, urllib.error, urllib.parse
W = "@W"
def imds(path):
    return {"meta-data/instance-id": "i-head", "meta-data/mac": "m"}.get(path) or open(W + "/cidrs").read()
def leaf(**values):
    return "".join("<%s>%s</%s>" % (k, v, k) for k, v in values.items())
def request(service, region, method, url, headers, body=b""):
    if service == "fsx":
        left = json.load(open(W + "/fsx"))
        json.dump(left[1:], open(W + "/fsx", "w"))
        if left:
            raise urllib.error.HTTPError("", left[0], "", {}, io.BytesIO(b"{}"))
        return io.BytesIO(json.dumps({"Volumes": [{"FileSystemId": "fs-1", "OpenZFSConfiguration": {
            "VolumePath": "/v"}}]}).encode())
    form = dict(urllib.parse.parse_qsl(body.decode()))
    disks = json.load(open(W + "/disks"))
    if form["Action"] == "DescribeStackResource":
        return io.BytesIO(("<r><Metadata>%s</Metadata></r>" % open(W + "/stack").read()
                           .replace("&", "&amp;").replace("<", "&lt;")).encode())
    if form["Action"] == "DescribeInstances":
        return io.BytesIO(("<r><s><blockDeviceMapping>%s</blockDeviceMapping></s></r>" % "".join(
            "<item>%s<ebs><volumeId>%s</volumeId></ebs></item>" % (leaf(deviceName=name), volume)
            for volume, name in disks.items())).encode())
    if form["Action"] == "AttachVolume":
        if form["Device"] in disks.values() or form["Device"] in open(W + "/taken").read():
            raise urllib.error.HTTPError("", 400, "", {}, io.BytesIO(b"<r><Code>InvalidParameterValue</Code></r>"))
        disks[form["VolumeId"]] = form["Device"]
    if form["Action"] == "DetachVolume":
        disks.pop(form["VolumeId"], None)
    json.dump(disks, open(W + "/disks", "w"))
    return io.BytesIO(b"<r><ok>1</ok></r>")
"""
# What is not looked at here; a library that is read last. By id a disk is there while its volume is attached.
OTHERS = """
for name in node_calm node_compat slurm_names node_name node_open node_user node_ssh node_imds_guard slurm_install slurm_key_make slurm_munge_start; do
	eval "$name() { :; }"
done
pkg_need() { :; }
pkg_mend() { :; }
login_keys() { :; }
node_timer() { systemctl enable "$1.timer"; }
node_rotate() { :; }
volume_device() {
	grep -q "\\"$1\\"" @W/disks && echo "/dev/disk-$1"
}
"""
ACTION = "#!/bin/sh\necho \"$1\" >>@W/actions\n"


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


class Machine:
    """A head node in a folder."""

    def __init__(self, folder):
        self.root, self.world = folder + "/root", folder + "/world"
        for place in ("root/etc/hpcc", "root/var/lib/cloud/instance", "root/etc/exports.d", "root/etc/systemd/system", "root/run", "root/opt/hpcc",
                      "root/var/log/hpcc", "root/proc", "world/units", "world/proc", "root/etc/nfs.conf.d", "root/home"):
            os.makedirs(folder + "/" + place)
        os.symlink(self.world + "/proc/mounts", self.root + "/proc/mounts")
        for name, text in PROGRAMS.items():
            write(self.world + "/bin/" + name, self.here(CUT + text + "\n"), 0o755)
        for name, text in {"slurm.py": SLURM, "action": ACTION}.items():
            write(self.world + "/" + name, self.here(text), 0o755)
        for name, text in {"count": "0", "disks": "{}", "taken": "", "cidrs": "10.0.0.0/16", "proc/mounts": "",
                           "system": "running", "fsx": "[]"}.items():
            write(self.world + "/" + name, text)
        write(self.root + "/etc/fstab", "/dev/root / ext4 defaults 0 0\n")
        write(self.root + "/etc/hpcc/env", "HPCC_KIND=head\nHPCC_CLUSTER=c\nHPCC_REGION=r\nHPCC_SUFFIX=s\n"
              "HPCC_METADATA=HeadNode\nHPCC_HEAD=10.0.0.4\nHPCC_SMT=on\nHPCC_PROXY=\n")
        write(self.root + "/etc/hpcc/sigv4.py", self.here(SIGV4))
        write(self.root + "/etc/systemd/system/hpcc-again.service", "")
        with open(SOURCE + "/templates/userdata/fetch.py", encoding="utf-8") as file:
            write(self.root + "/etc/hpcc/fetch.py", self.placed(file.read()))

    def here(self, text):
        return text.replace("@W", self.world).replace("@R", self.root)

    def placed(self, text):
        text = text.replace("\nexport PATH\n", "\nexport PATH=%s/bin:$PATH\n" % self.world)
        text = QUOTED.sub(lambda m: self.root + m[0], PLACES.sub(lambda m: self.root + m[0], text))
        text = text.replace('"/run"', '"%s/run"' % self.root).replace("HPCC=/opt/hpcc", "HPCC=%s/opt/hpcc" % self.root)
        text = text.replace("def write(", self.here(ROOM).lstrip("\n") + "\n\ndef write(", 1).replace("os.fsync(", "room() or os.fsync(")
        return text.replace("time.sleep(", "str(")

    def payload(self, marks="", others=()):
        """The scripts, as the stack's metadata carries them; the mark tells one release from another."""
        archive = b""
        files = {"lib/zz.sh": self.here(OTHERS), "lib/mark.sh": "# " + marks + "\n", "minute/reconcile.sh": "#!/bin/sh\n", **dict(others)}
        for module in MODULES:
            for folder, _, names in os.walk(f"{SOURCE}/templates/{module}"):
                for name in names:
                    path = os.path.relpath(os.path.join(folder, name), f"{SOURCE}/templates/{module}")
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        files.setdefault(path, self.placed(file.read()))
        files["lib/base.sh"] = files["lib/base.sh"].replace('	log "step $*"\n	"$@"\n', '	log "step $*"\n	%s\n' % self.here(
            "echo x >>@W/steps\n	[ \"$(wc -l <@W/steps)\" != \"$(cat @W/cut-before 2>/dev/null)\" ] || "
            "{ kill -9 -$(cat @W/group); /bin/sleep 9; }\n	\"$@\""))
        assert "cut-before" in files["lib/base.sh"]
        for path, text in files.items():
            data = text.encode()
            archive += b"%s %d\n" % (path.encode(), len(data)) + data
        return [base64.b85encode(lzma.compress(archive, format=lzma.FORMAT_ALONE, preset=0)).decode().replace("$", ",")]

    def stack(self, version, nodes="NodeName=q-dy-a-[1-3] CPUs=2\n", strategy="COMPUTE_FLEET_STOP", storage=("a", "b"), handle=None,
              **more):
        """What the stack says from now on."""
        entries = [{"Kind": "Ebs", "Name": name, "MountDir": self.root + "/" + name, "VolumeIds": ["vol-" + name]} for name in storage]
        action = [["file://" + self.world + "/action", version]]
        data = {"Version": version, "WaitHandle": "https://handle/" + (handle or version), "Settings": {"HPCC_USER": "u"},
                "Kinds": {"head": {"Settings": {"HPCC_UPDATE_STRATEGY": strategy, "HPCC_STATE_VOLUME": "vol-state"},
                                   "Actions": {"OnNodeConfigured": action, "OnNodeUpdated": action}}},
                "Storage": entries, "Launch": ["q a lt 1"],
                "Files": {"slurm/" + name: text for name, text in (
                    ("hpcc_settings.conf", "# of " + version + "\n"), ("hpcc_nodes.conf", nodes), ("gres.conf", "#\n"),
                    ("cgroup.conf", "#\n"))}, "Payload": self.payload(version), **more}
        write(self.world + "/stack", json.dumps(data))

    def run(self, script, cut=None, before=None, fail=None, room=None, fails=False):
        """Runs it to its end, or until the power goes; True when it came to its end."""
        for name, value in (("cut", cut), ("cut-before", before), ("fail", fail), ("room", room)):
            if value is None:
                if os.path.exists(self.world + "/" + name):
                    os.remove(self.world + "/" + name)
            else:
                write(self.world + "/" + name, str(value))
        write(self.world + "/count", "0")
        write(self.world + "/steps", "")
        env = {"PATH": self.world + "/bin:" + os.environ["PATH"], "HPCC_PYTHON": sys.executable}
        with open(self.world + "/log", "a", encoding="utf-8") as out:
            done = subprocess.Popen(["sh", "-c", f"echo $$ >{self.world}/group; exec sh -c '{script}'"], env=env, stdout=out,
                                    stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
            try:
                status = done.wait(timeout=60)
            finally:
                try:
                    os.killpg(done.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        if status != -signal.SIGKILL:
            assert fails or status == 0, self.log()
        return status != -signal.SIGKILL

    def log(self):
        text = ""
        for path in (self.world + "/log", self.root + "/var/log/hpcc/boot.log", self.root + "/var/log/hpcc/update.log"):
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    text += "---- " + path + "\n" + "".join(file.readlines()[-60:])
        return text

    def boot(self, **kwargs):
        """What cloud-init and, after a cut, hpcc-again.service run."""
        return self.run(f"set -a; . {self.root}/etc/hpcc/env; set +a; "
                        f"python3 {self.root}/etc/hpcc/fetch.py {self.root}/opt/hpcc && "
                        f"cp {self.root}/etc/hpcc/sigv4.py {self.root}/opt/hpcc/lib/ && "
                        f"exec sh {self.root}/opt/hpcc/boot/head.sh", **kwargs)

    def update(self, **kwargs):
        return self.run(f"exec {self.root}/opt/hpcc/minute/update.sh >>{self.root}/var/log/hpcc/update.log 2>&1", **kwargs)

    def restart(self):
        """The machine goes down and comes up."""
        shutil.rmtree(self.root + "/run")
        os.mkdir(self.root + "/run")
        with open(self.root + "/etc/fstab", encoding="utf-8") as file:
            write(self.world + "/proc/mounts", "".join(line for line in file if "/dev/root" not in line))
        if os.path.exists(self.world + "/units/slurmctld.service") and os.path.exists(self.root + "/etc/slurm/slurm.conf"):
            subprocess.run([sys.executable, self.world + "/slurm.py", "start"], check=True)

    def read(self, path):
        path = path.replace("WORLD", self.world) if path.startswith("WORLD") else self.root + path
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()

    def heard(self):
        """(handle, status) of all that the stack heard."""
        return [(line.split('"')[1].rsplit("/", 1)[1], json.loads(line.split('" ', 1)[1])["Status"])
                for line in (self.read("WORLD/heard") or "").splitlines()]

    def node(self, name, state="mix"):
        """A node that runs, on an instance."""
        with open(self.world + "/states", "a", encoding="utf-8") as out:
            out.write(f"{name} {state}\n")
        write(f"{self.root}/opt/hpcc/nodes/i-{name}", name + "\n")

    def end(self):
        """All that counts after it is over, as text: what the scripts left, and the world."""
        found = {}
        for top in ("etc", "opt", "var/lib"):
            for folder, _, names in os.walk(f"{self.root}/{top}"):
                for name in names:
                    path = os.path.join(folder, name)
                    if re.search(r"__pycache__|\.new$|/etc\.new/|/slurm/new/|/actions/[^/]*$|protect|/closed", path):
                        continue
                    if os.path.islink(path):
                        found[path[len(self.root):]] = os.readlink(path)
                        continue
                    with open(path, "rb") as file:
                        found[path[len(self.root):]] = hashlib.sha256(file.read()).hexdigest()[:9] if "/lib/" in path or len(
                            path) > 400 else open(path, encoding="utf-8").read()
        for name in ("proc/mounts", "disks", "runs", "exported", "killed", "reserve", "tuned", "states", "actions"):
            found["WORLD/" + name] = self.read("WORLD/" + name)
        found["WORLD/disks"] = sorted(json.loads(found["WORLD/disks"]).items())
        for name in ("/etc/fstab", "WORLD/proc/mounts"):  # what is taken away and comes back comes last
            found[name] = sorted(found[name].splitlines())
        found["units"] = sorted(os.listdir(self.world + "/units"))
        found["answered"] = sorted(set(self.heard()))
        found.pop("/var/lib/cloud/instance/hpcc-answered", None)
        return json.loads(json.dumps(found).replace(self.root, "ROOT").replace(self.world, "WORLD"))


def fresh(folder):
    """Always at the same place, for sums of paths stand in files."""
    shutil.rmtree(folder + "/m", ignore_errors=True)
    machine = Machine(folder + "/m")
    machine.stack("v1", storage=["a", "b"])
    return machine


def same(machine, end, what):
    found = machine.end()
    other = "".join("%s: %s, not %s\n" % (key, found.get(key), end.get(key)) for key in {**found, **end}
                    if found.get(key) != end.get(key))
    assert other == "", f"{what}\n{other}{machine.log()}"


def once(machine):
    """No handle heard anything twice."""
    assert len(machine.heard()) == len(set(machine.heard())), machine.heard()


def cuts(count, step):
    return range(1, count + 1) if ALL else range(1, count + 1, step)


def check_boot(folder):
    good = fresh(folder)
    assert good.boot()
    steps, commands = len(good.read("WORLD/steps").splitlines()), int(good.read("WORLD/count"))
    assert steps > 20 and good.heard() == [("v1", "SUCCESS")], (steps, good.log())
    assert good.read("/opt/hpcc/etc/applied") == "v1\n" and good.read("/var/lib/cloud/instance/hpcc-ready") == ""
    assert set(json.loads(good.read("WORLD/disks"))) == {"vol-state", "vol-a", "vol-b"}
    assert good.read("WORLD/actions") == "v1\n"
    reserve = [line.split()[1:4] for line in good.read("/etc/fstab").splitlines() if "resgid" in line]
    assert reserve == [[good.root + "/srv/hpcc", "ext4", "defaults,_netdev,nofail,nosuid,nodev,resgid=7"]], reserve
    end = good.end()
    for kind, points in (("before", cuts(steps, 6)), ("cut", cuts(commands, 41))):
        for point in points:
            machine = fresh(folder)
            assert not machine.boot(**{kind: point}), (kind, point)
            machine.restart()
            if machine.read("/var/lib/cloud/instance/hpcc-ready") is None:
                assert machine.boot()
            assert machine.update()
            same(machine, end, (kind, point))
            once(machine)


def booted(folder, **more):
    """A head node that runs v1."""
    machine = fresh(folder)
    if not os.path.exists(folder + "/booted"):
        assert machine.boot()
        shutil.copytree(folder + "/m", folder + "/booted", symlinks=True)
    shutil.rmtree(folder + "/m")
    shutil.copytree(folder + "/booted", folder + "/m", symlinks=True)
    for name, text in more.items():
        write(f"{machine.world}/{name}", text)
    return machine


FEWER = "NodeName=q-dy-a-[1-2] CPUs=2\n"
OTHER = "NodeName=q-dy-a-[1-3] CPUs=4\n"
MORE = "NodeName=q-dy-a-[1-3] CPUs=2\nNodeName=q5-dy-r-[1-2] CPUs=2\n"


def check_update(folder):
    """An update that is cut off anywhere, by a restart or without one, comes to the end of one that is not."""
    def begin():
        machine = booted(folder)
        machine.stack("v2", nodes=MORE, storage=["b", "c"])
        return machine
    good = begin()
    assert good.update(), good.log()
    steps, commands = len(good.read("WORLD/steps").splitlines()), int(good.read("WORLD/count"))
    assert good.heard() == [("v1", "SUCCESS"), ("v2", "SUCCESS")], good.log()
    assert good.read("/opt/hpcc/etc/applied") == good.read("/opt/hpcc/etc/fetched") == "v2\n"
    mounted = [line.split()[1].rsplit("/", 1)[1] for line in good.read("WORLD/proc/mounts").splitlines()]
    assert sorted(mounted) == ["b", "c", "home", "hpcc", "hpcc"], mounted
    assert sorted(json.loads(good.read("WORLD/disks"))) == ["vol-b", "vol-c", "vol-state"]
    exported = [line.split()[0].rsplit("/", 1)[1] for line in good.read("WORLD/exported").splitlines()]
    assert sorted(exported) == ["b", "c", "home", "hpcc"], exported
    assert "/a " not in good.read("/etc/fstab") and "q5-dy-r-[1-2]" in good.read("WORLD/runs")
    assert good.read("WORLD/actions") == "v1\nv2\n" and "# v2" in good.read("/opt/hpcc/lib/mark.sh")
    assert good.update() and len(good.heard()) == 2 and good.read("WORLD/steps") == ""
    end = good.end()
    for kind, points in (("before", cuts(steps, 3)), ("cut", cuts(commands, 29))):
        for point in points:
            machine = begin()
            assert not machine.update(**{kind: point}), (kind, point)
            if point % 2:
                machine.restart()
            assert machine.update()
            same(machine, end, (kind, point))
            once(machine)
    # A program that fails, or a disk that is full: the stack may hear of it; the next call comes to the same end.
    files = len(list(os.scandir(good.root + "/opt/hpcc/lib"))) + 30
    for kind, points in (("fail", cuts(commands, 37)), ("room", cuts(files, 11))):
        for point in points:
            machine = begin()
            scripts = machine.read("/opt/hpcc/lib/mark.sh")
            machine.update(**{kind: point}, fails=True)
            if machine.read("/opt/hpcc/etc/fetched") is None:
                assert machine.read("/opt/hpcc/lib/mark.sh") == scripts, "half of the scripts are new"
            machine.update(fails=True)
            machine.update()
            found = machine.end()
            found["answered"] = [answer for answer in found["answered"] if answer != ["v2", "FAILURE"]]
            machine.end = lambda found=found: found
            same(machine, end, (kind, point))
            once(machine)
    # Cut off, and rolled back by the stack: as if nothing had been, and nobody is told a second time.
    machine = booted(folder)
    machine.stack("v2", nodes=MORE, storage=["b", "c"])
    machine.stack("v1", storage=["a", "b"])
    machine.update()
    end = machine.end()
    for point in cuts(steps, 6):
        machine = begin()
        assert not machine.update(before=point)
        machine.restart()
        machine.stack("v1", storage=["a", "b"])
        assert machine.update()
        found, machine_end = machine.end(), dict(end)
        # Volume c is EC2's to take: its mount is gone.
        found["WORLD/actions"] = machine_end["WORLD/actions"] = None
        machine.end = lambda: found
        same(machine, machine_end, ("rollback", point))
        assert machine.heard() == [("v1", "SUCCESS")]


def check_refused(folder):
    """Nodes that run are not taken from under their jobs; what was refused goes on by itself."""
    for strategy in ("COMPUTE_FLEET_STOP", "DRAIN"):
        machine = booted(folder)
        machine.node("q-dy-a-3")
        machine.stack("v2", nodes=FEWER, strategy=strategy)
        before = machine.read("/etc/slurm/slurm.conf"), machine.read("/opt/hpcc/etc/settings")
        assert machine.update(fails=True)
        if strategy == "DRAIN":  # whose jobs may be short
            assert machine.heard() == [("v1", "SUCCESS")] and machine.read("WORLD/told") == "q-dy-a-3 drain\n"
            os.utime(machine.root + "/run/hpcc-since", (0, 0))
        for _ in range(2):
            assert machine.update(fails=True)
        assert machine.heard() == [("v1", "SUCCESS"), ("v2", "FAILURE")], machine.log()
        assert (machine.read("/etc/slurm/slurm.conf"), machine.read("/opt/hpcc/etc/settings")) == before
        assert machine.read("/opt/hpcc/etc/applied") == "v1\n" and machine.read("WORLD/killed") is None
        # When the stack has its answer the node takes no more jobs.
        assert set(machine.read("WORLD/told").splitlines()) == {"q-dy-a-3 drain"}
        write(machine.world + "/states", "")
        os.remove(machine.root + "/opt/hpcc/nodes/i-q-dy-a-3")
        assert machine.update() and machine.read("/opt/hpcc/etc/applied") == "v2\n"
        assert machine.read("WORLD/killed") is None and machine.heard()[2:] == [("v2", "SUCCESS")]
    # Changed nodes: drained, stopped, or refused.
    for strategy, told in (("DRAIN", "q-dy-a-3 drain\n"), ("TERMINATE", "q-dy-a-3 power_down_force\n"), ("COMPUTE_FLEET_STOP", None)):
        machine = booted(folder)
        machine.node("q-dy-a-3")
        machine.stack("v2", nodes=OTHER, strategy=strategy)
        assert machine.update(fails=not told)
        assert machine.read("WORLD/told") == told and machine.heard()[1:] == [("v2", "SUCCESS" if told else "FAILURE")]
    # Ended nodes are gone before Slurm forgets them, and their jobs, which start again, do not wait for them.
    machine = booted(folder)
    machine.node("q-dy-a-3")
    write(machine.world + "/wishes", "7 q-dy-a-1\n8 q-dy-a-2,q-dy-a-3\n9 (null)\n")
    machine.stack("v2", nodes=FEWER, strategy="TERMINATE")
    assert machine.update() and machine.read("WORLD/wishes") == "7 q-dy-a-1\n9 (null)\n"
    assert machine.read("WORLD/killed") is None and machine.read("WORLD/told").startswith("q-dy-a-3 power_down_force\n")
    # A rollback while a job runs in what the update brought: nobody listens, so the queue empties, then it is gone.
    for strategy in ("COMPUTE_FLEET_STOP", "DRAIN", "TERMINATE"):
        machine = booted(folder)
        machine.stack("v2", nodes=MORE, strategy=strategy)
        assert machine.update()
        machine.node("q5-dy-r-1")
        machine.stack("v1", strategy=strategy, storage=["a", "b"])
        assert machine.update(fails=True)
        if strategy != "TERMINATE":
            assert machine.read("/opt/hpcc/etc/applied") == "v2\n" and machine.read("WORLD/told") == "q5-dy-r-1 drain\n"
            write(machine.world + "/states", "")
            assert machine.update()
        assert machine.read("/opt/hpcc/etc/applied") == "v1\n" and "q5" not in machine.read("WORLD/runs")
        assert machine.read("WORLD/killed") is None and "# v1" in machine.read("/opt/hpcc/lib/mark.sh")
        assert machine.heard() == [("v1", "SUCCESS"), ("v2", "SUCCESS")]


def check_blind(folder):
    """Without Slurm's word nodes that have an instance run."""
    machine = booted(folder, mute="")
    machine.node("q-dy-a-3")
    machine.stack("v2", nodes=FEWER)
    assert machine.update(fails=True) and machine.read("/opt/hpcc/etc/applied") == "v1\n"
    assert machine.heard() == [("v1", "SUCCESS")], "a restart of Slurm's is no refusal"
    os.utime(machine.root + "/run/hpcc-since", (0, 0))
    assert machine.update(fails=True) and machine.heard()[1:] == [("v2", "FAILURE")]
    assert machine.read("WORLD/killed") is None
    os.remove(machine.world + "/mute")
    write(machine.world + "/states", "")
    os.remove(machine.root + "/opt/hpcc/nodes/i-q-dy-a-3")
    assert machine.update() and machine.read("/opt/hpcc/etc/applied") == "v2\n"


def check_storage(folder):
    """Storage goes when no node has it and nobody works in it."""
    machine = booted(folder)
    machine.node("q-dy-a-1", "idle")
    machine.stack("v2", storage=["a"])
    assert machine.update(fails=True) and "vol-b" in machine.read("WORLD/disks")
    assert machine.heard()[1:] == [("v2", "FAILURE")] and "have b mounted (q-dy-a-1)" in machine.read("WORLD/heard")
    machine = booted(folder)
    machine.node("q-dy-a-1")
    machine.stack("v2", storage=["a"], strategy="TERMINATE")
    assert machine.update() and "vol-b" not in machine.read("WORLD/disks")
    machine = booted(folder)
    write(machine.world + "/busy", machine.root + "/b")
    machine.stack("v2", storage=["a"])
    assert machine.update(fails=True) and "vol-b" in machine.read("WORLD/disks")
    assert "b is in use on the head node" in machine.read("WORLD/heard")
    machine.stack("v1", storage=["a", "b"])  # rolled back: it is exported again
    assert machine.update() and "/b " in machine.read("WORLD/exported") and len(machine.heard()) == 2
    # Another file system at the same place.
    machine = booted(folder)
    machine.stack("v2", storage=["a"])
    text = json.loads(machine.read("WORLD/stack"))
    text["Storage"][0]["VolumeIds"] = ["vol-x"]
    write(machine.world + "/stack", json.dumps(text))
    assert machine.update() and set(json.loads(machine.read("WORLD/disks"))) == {"vol-state", "vol-x"}
    # What mounts it comes with the update itself.
    machine = booted(folder)
    entries = [{"Kind": "Ebs", "Name": name, "MountDir": machine.root + "/" + name, "VolumeIds": ["vol-" + name]} for name in ("a", "b")]
    entries += [{"Kind": "New", "Name": "n", "MountDir": machine.root + "/n"}]
    machine.stack("v2", Storage=entries, Payload=machine.payload("v2\nstorage_New() { echo $fs_Name >%s/new; }" % machine.world))
    assert machine.update() and machine.read("WORLD/new") == "n\n" and machine.heard()[1:] == [("v2", "SUCCESS")], machine.log()
    # EC2 knows of names that the machine does not show.
    machine = booted(folder, taken=f"{folder}/m/root/dev/sdi {folder}/m/root/dev/sdj")
    machine.stack("v2", storage=["a", "b", "c"])
    assert machine.update() and {volume: at[-1] for volume, at in json.loads(machine.read("WORLD/disks")).items()} == {
        "vol-state": "f", "vol-a": "g", "vol-b": "h", "vol-c": "k"}


def check_answers(folder):
    """Each handle hears one answer, of its own update, and hears it later when it cannot be told."""
    machine = booted(folder, deaf="")
    machine.stack("v2", nodes=MORE)
    assert machine.update() and machine.read("/opt/hpcc/etc/applied") == "v2\n" and len(machine.heard()) == 1
    os.remove(machine.world + "/deaf")
    assert machine.update() and machine.heard()[1:] == [("v2", "SUCCESS")]
    # The same configuration again, of a stack that asks anew.
    machine.stack("v2", nodes=MORE, handle="v2-again")
    assert machine.update() and machine.update() and machine.heard()[2:] == [("v2-again", "SUCCESS")]
    # Two at once, and one that comes while another is at work.
    machine.stack("v3")
    script = f"{machine.root}/opt/hpcc/minute/update.sh >>{machine.root}/var/log/hpcc/update.log 2>&1"
    assert machine.run(f"{script} & {script} & {script}; wait") and machine.heard()[3:] == [("v3", "SUCCESS")]
    # What FSx does not say at once, and what it never says.
    later = {"Kind": "FsxOpenZfs", "Name": "z", "MountDir": machine.root + "/z", "VolumeId": "fsvol-1"}
    for answers, status in (([503, 400, 503], "SUCCESS"), ([400] * 9, "FAILURE")):
        machine = booted(folder, fsx=json.dumps(answers))
        machine.stack("v2", Storage=[later])
        assert machine.update(fails=True) and machine.heard()[1:] == [("v2", status)], machine.log()
    # The machine goes down in the middle of it: that is no failure.
    machine = booted(folder, system="stopping", fsx=json.dumps([400] * 9))
    machine.stack("v2", Storage=[later])
    assert machine.update(fails=True) and len(machine.heard()) == 1


def old_fetch(machine):
    """The head node has a fetch.py of an earlier release."""
    with open(SOURCE + "/templates/userdata/fetch.py", encoding="utf-8") as file:
        text = machine.placed(file.read())
    start = text.index("    write(\"" + machine.root + "/run/hpcc-handle")
    text = (text[:start] + text[text.index("    print(data"):]).replace("hpcc-handle", "")  # it said nothing of one
    write(machine.root + "/etc/hpcc/fetch.py", text)


def check_earlier(folder):
    """A cluster of an earlier release: its own update.sh hands over, and what runs there counts as applied."""
    machine = booted(folder)
    os.rename(machine.root + "/opt/hpcc/etc/applied", machine.root + "/opt/hpcc/etc/version")
    for path in ("/opt/hpcc/etc/fetched", "/var/lib/cloud/instance/hpcc-ready", "/var/lib/cloud/instance/hpcc-answered",
                 "/etc/systemd/system/hpcc-again.service", "/run/hpcc-handle"):
        if os.path.exists(machine.root + path):
            os.remove(machine.root + path)
    old_fetch(machine)
    assert machine.update() and len(machine.heard()) <= 2 and machine.heard()[-1] == ("v1", "SUCCESS")
    assert machine.read("/opt/hpcc/etc/applied") == machine.read("/opt/hpcc/etc/fetched") == "v1\n"
    os.rename(machine.root + "/opt/hpcc/etc/applied", machine.root + "/opt/hpcc/etc/version")
    os.remove(machine.root + "/opt/hpcc/etc/fetched")
    machine.stack("v2", nodes=MORE, storage="a")
    write(machine.root + "/opt/hpcc/minute/update.sh", machine.placed("""#!/bin/sh
set -eu
. /opt/hpcc/lib/base.sh
old=$(cat "$HPCC/etc/version")
new=$("$PYTHON" /etc/hpcc/fetch.py "$HPCC" "$old") || die "the configuration cannot be read"
[ "$new" != "$old" ] || exit 0
load_libraries
die "the old script went on"
"""), 0o755)
    assert machine.update(), machine.log()
    assert machine.read("/opt/hpcc/etc/applied") == "v2\n" and machine.heard()[-1] == ("v2", "SUCCESS")
    # What its login nodes have mounted, and have no note of.
    assert "vol-b" in machine.read("/opt/hpcc/etc/before/storage") and "vol-b" not in machine.read("/opt/hpcc/etc/storage")
    machine.stack("v3", nodes=MORE, storage="a")
    assert machine.update() and "vol-b" in machine.read("/opt/hpcc/etc/before/storage")
    machine.stack("v2", nodes=MORE, storage="a", handle="again")
    assert machine.update() and machine.read("/opt/hpcc/etc/applied") == "v2\n", machine.log()
    assert machine.read("/opt/hpcc/etc/version") is None and machine.read("WORLD/reserve") == "remount,nosuid,nodev,resgid=7\n"


CHECKS = [check_boot, check_update, check_refused, check_blind, check_storage, check_answers, check_earlier]
if __name__ == "__main__":
    names = [name for name in sys.argv[2:] if name != "all"]
    for check in CHECKS:
        if not names or check.__name__ in names:
            with tempfile.TemporaryDirectory() as scratch:
                check(scratch)

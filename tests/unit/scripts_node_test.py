# SPDX-License-Identifier: Apache-2.0
# scripts_node_test.py SOURCE: what compute and login nodes run, whatever the head node does meanwhile.
import os
import re
import socket
import subprocess
import tempfile
import time
from scripts_base import STAND_INS, programs, shell, template

def check_boot(folder):
    """What runs at each boot is a file that is there, where scripts were copied to."""
    os.makedirs(folder + "/boot")
    os.makedirs(folder + "/systemd")
    for name in ("boot/smt.sh", "systemd/hpcc-boot@.service"):
        open(folder + "/" + name, "w", encoding="ascii").close()
    said = shell('install() { echo "$*"; }\nsystemctl() { echo "$*"; }\nnode_boot smt\n', folder, "core/lib/node.sh")
    copied = said[0].split()[-1].replace(folder, "/etc/hpcc")
    runs = re.search(r"^ExecStart=(.*)$", template("core/systemd/hpcc-boot@.service"), re.M)[1].replace("%i", "smt")
    assert "-D" in said[0].split(), said
    assert runs.split() == ["/bin/sh", copied], (runs, copied)



def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


BASE = STAND_INS + """
PYTHON=${PY:-python3}
die() { log "$*"; exit 1; }
load_libraries() { :; }
mounts() { mount -a; }
imds() { cat "$FOLDER/notice"; }
HPCC_HEAD=127.0.0.1
"""


def check_slurmd(folder):
    """slurmd starts behind the mounts and NVIDIA's devices, where there are any; only once does it say that it booted."""
    write(folder + "/lib/base.sh", BASE + "nvidia_devices() { echo devices; return ${NVIDIA:-0}; }\n")
    write(folder + "/slurmd", "HPCC_NODE_NAME=n\nHPCC_SLURMD_OPTIONS=\n")
    script = template("slurm/boot/slurmd.sh", folder)

    def start(mount, **more):
        environment = programs(folder, mount=mount, slurmd="echo $*")
        done = subprocess.run(["sh"], input=script, env={**environment, **more}, capture_output=True, check=False, text=True)
        return done.returncode, done.stdout.splitlines()

    assert start("exit 32") == (1, ["log not all is mounted yet"])
    first = "-D -N n --conf-server 127.0.0.1:6820 -b"
    assert start("exit 0") == (0, ["devices", first]), "the first that starts says so, not the first that tries"
    assert start("exit 0") == (0, ["devices", first.removesuffix(" -b")])
    assert start("exit 0", NVIDIA="1")[1] == ["devices", "log no devices of NVIDIA", first.removesuffix(" -b")]


def check_watchdog(folder):
    """A node ends itself without a head node, or without both controller and job; not because something does not answer."""
    script = template("slurm/minute/watchdog.sh", folder).replace("/proc/", folder + "/proc/")
    script = script.replace("/run/", folder + "/run/").replace("timeout -k 5 20", "timeout -k 1 2")
    write(folder + "/lib/base.sh", BASE)
    write(folder + "/end.sh", 'echo "end $1"\n')
    write(folder + "/slurmd", "HPCC_NODE_NAME=n\n")
    write(folder + "/proc/1/cmdline", "slurmstepd infinity")
    os.makedirs(folder + "/run")
    places = folder + "-seen-head", folder + "-seen-controller"

    def look(port, scontrol, age=1000, job=False, connects="exec python3 \"$@\"", **more):
        """Prints what the script did; `age` is how long ago head and controller were seen."""
        for path in places:
            open(path, "w", encoding="ascii").close()
            os.utime(path, (time.time() - age,) * 2)
        write(folder + "/proc/7/cmdline", "slurmstepd: [7.batch]" if job else "sleep")
        environment = programs(folder, scontrol=scontrol, connects=connects, **more)
        write(folder + "/lib/base.sh", BASE.replace('scontrol() { echo "scontrol $*"; }', ""))
        done = subprocess.run(["sh"], input=script.replace("6820", str(port)), capture_output=True, check=True, text=True,
                              env={**environment, "FOLDER": folder, "PY": "connects"})
        assert done.stderr.replace("cat: %s/notice: No such file or directory\n" % folder, "") == "", done
        return done.stdout.splitlines()

    up, down, hangs = "echo UP", "exit 1", "sleep 60"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert look(port, up) == []
        for answer in (down, hangs):
            assert look(port, answer, job=True) == [], "a job outlives its controller"
            assert look(port, answer) == ["end no job, and no controller for 900 s"]
            assert look(port, answer, age=600) == []
        write(folder + "/etc-maintenance", "")
    assert look(port, up) == [] and look(port, down, job=True) == [], "a port that is shut is an answer"
    for nobody in (down, hangs):
        for answer in (up, down, hangs):
            assert look(port, answer, job=True, connects=nobody) == ["end no head node for 900 s"]
    assert look(port, up, age=600, connects=down) == []
    for path in places:
        os.remove(path)
    done = subprocess.run(["sh"], input=script.replace("6820", str(port)), capture_output=True, check=True, text=True,
                          env={**os.environ, "FOLDER": folder})
    assert done.stdout == "", "at its first look it has seen both just now"
    # Spot: drained once, and tried again when the controller did not take it.
    write(folder + "/notice", "{}")
    tells = 'case $1 in ping) echo UP ;; *) echo "scontrol $*"; exit ${STATUS:-0} ;; esac'
    drains = ["scontrol update nodename=n state=drain reason=Spot interruption"]
    assert look(port, tells.replace("${STATUS:-0}", "1")) == drains
    assert look(port, tells) == drains
    assert look(port, tells) == []


def check_end(folder):
    """A node that ends itself does so by force when it has not ended in time, whatever hangs."""
    script = template("userdata/node-bootstrap.sh")
    end = re.search(r"<<'END'\n(.*?)^END$", script, re.S | re.M)[1].replace("/dev/console", folder + "/console")
    environment = programs(folder, shutdown='echo "shutdown $*"', systemctl='[ -e "$ENDS" ]',
                           **{"systemd-run": 'printf "%s|" "$@"; echo'})
    environment["ENDS"] = folder + "/ends"
    done = subprocess.run(["sh", "-c", end, "end.sh", "it's over; $(id)"], env=environment, capture_output=True, check=True,
                          text=True)
    assert read(folder + "/console") == "hpcc: it's over; $(id): this node ends itself\n"
    forced, orderly = done.stdout.splitlines()
    assert "DefaultDependencies=no" in forced and "poweroff -fn" in forced, forced
    assert orderly == "shutdown -h +1 hpcc: it's over; $(id)"
    write(folder + "/ends", "")
    done = subprocess.run(["sh", "-c", end, "end.sh", "again"], env=environment, capture_output=True, check=True, text=True)
    assert done.stdout == "", "who says so again puts its end off"


def check_bootstrap(folder):
    """The bootstrap of a node mounts /opt/hpcc now and at each boot, runs again after a cut, and gives up with a word."""
    script = template("userdata/node-bootstrap.sh").replace("/var/l", folder + "/var/l")
    script = script.replace("/opt/hpcc", folder + "/opt/hpcc").replace("/etc/", folder + "/etc/").replace("/dev/console", folder + "/console")
    script = script.replace(folder + "/opt/hpcc nfs", "/opt/hpcc nfs").replace("|" + " " + folder, "| ")
    write(folder + "/etc/systemd/system/x", "")
    write(folder + "/etc/fstab", "old:/opt/hpcc /opt/hpcc nfs x 0 0\nUUID=1 / ext4 x 0 1\n")
    write(folder + "/opt/hpcc/boot/compute.sh", "#!/bin/sh\necho booted\n")
    os.chmod(folder + "/opt/hpcc/boot/compute.sh", 0o755)
    write(folder + "/script", script)

    def boot(kind="compute", **more):
        write(folder + "/etc/hpcc/env", "HPCC_KIND=%s\nHPCC_HEAD=10.0.0.1\nHPCC_PROXY=\nHPCC_TIMEOUT=1800\n" % kind)
        found = {"mount.nfs": "", "mountpoint": "exit 1", "mount": "exit 0", "sleep": "exit 0", "systemctl": '[ "$2" != is-active ]',
                 "systemd-run": 'echo "$*"', "shutdown": "echo ends", "apt-get": "exit 1", "dpkg": "exit 0", **more}
        programs(folder, **found)
        if found["mount.nfs"] is None:
            os.remove(folder + "/bin/mount.nfs")
        path = folder + "/bin:" + ("/usr/bin:/bin" if found["mount.nfs"] is not None else folder + "/tools")
        done = subprocess.run(["/bin/sh", folder + "/script"], env={"PATH": path}, capture_output=True, check=False, text=True)
        return done.returncode, done.stdout.splitlines()

    for _ in range(2):  # the second time is after a cut
        status, said = boot()
        assert status == 0 and said[-1] == "booted" and "--on-active=1800" in said[0], said
        lines = read(folder + "/etc/fstab").splitlines()
        assert lines[0].startswith("UUID=1 /") and len(lines) == 2, lines
        assert lines[1].startswith("10.0.0.1:%s/opt/hpcc /opt/hpcc nfs vers=4,ro,hard," % folder) and "nofail" in lines[1], lines
        assert read(folder + "/var/lib/hpcc/bootstrap.sh") == script
        unit = read(folder + "/etc/systemd/system/hpcc-again.service")
        assert "ConditionPathExists=!%s/var/lib/cloud/instance/hpcc-ready" % folder in unit and "bootstrap.sh" in unit, unit
    assert os.stat(folder + "/var/log/hpcc/boot.log").st_mode & 0o077 == 0
    status, said = boot(mount="exit 32")
    assert status == 1 and said[-1] == "ends" and "does not export" in said[-3], said
    write(folder + "/opt/hpcc/boot/login.sh", "#!/bin/sh\necho login\n")
    os.chmod(folder + "/opt/hpcc/boot/login.sh", 0o755)
    status, said = boot("login", mount="exit 32")
    assert status == 1 and "ends" not in said, "a login node is its group's to replace"
    assert boot("login") == (0, ["login"])


def check_finish(folder):
    """A boot is over when all is done, timers too; one that fails gives its node up, unless the machine is on its way down."""
    write(folder + "/end.sh", "echo given up: $1\n")
    stand_ins = """
%s
log() { echo "log $*"; }
load_libraries() { :; }
systemctl() { echo "$SYSTEM"; }
imds() { echo i-1; }
aws() { echo "asked $*" >>asked; [ -z "$DEAF" ] || { echo "Message	No active Lifecycle Action found"; return 1; }; }
tail() { :; }
step() {
	echo "$1 ${2:-}"
	[ "$1" != "$FAILS" ] || return 1
	[ "$1" != answer_group ] || answer_group "$2"
	[ ! -e ready ] || echo "ready too soon"
}
"""
    base = template("core/lib/base.sh")
    stand_ins %= base[base.index("stopping() {"):].split("}\n")[0] + "}"
    for kind, name in (("compute", "slurm/boot/compute.sh"), ("login", "login/boot/login.sh")):
        script = template(name).replace(". /opt/hpcc/lib/base.sh", stand_ins).replace("exec >>", ": ").replace("/dev/console", "/dev/null")
        script = script.replace("/var/lib/cloud/instance/hpcc-ready", "ready").replace("/var/lib/hpcc", folder)

        def boot(fails="", system="running", deaf="", script=script, kind=kind):
            done = subprocess.run(["sh"], input=script, cwd=folder, capture_output=True, check=False, text=True,
                                  env={**os.environ, "FAILS": fails, "SYSTEM": system, "DEAF": deaf, "HPCC_GROUP": "g",
                                       "HPCC_HOOK_LAUNCHING": "h", "node": "n"})
            assert done.stderr == "", done
            ready = os.path.exists(folder + "/ready")
            if ready:
                os.remove(folder + "/ready")
            asked = read(folder + "/asked") if os.path.exists(folder + "/asked") else ""
            write(folder + "/asked", "")
            given_up = "given up" in done.stdout if kind == "compute" else "=ABANDON" in asked
            return done.returncode == 0, ready, given_up, "too soon" in done.stdout
        assert boot() == (True, True, False, False)
        assert boot(deaf="yes") == (True, True, False, False)  # a login node that boots again was answered for before
        for fails in ("node_open", "node_timer"):
            assert boot(fails) == (False, False, True, False), (kind, fails)
            for system in ("stopping", "unknown", ""):  # systemd says so, or no longer answers
                assert boot(fails, system) == (False, False, False, False), (kind, fails, system)


def check_local(folder):
    """A node has copies of what it runs; the unit of its timers runs them, that of the head node runs its own."""
    code = template("core/lib/node.sh").replace("/var/lib/hpcc", folder + "/local").replace("/etc/systemd", folder + "/units")
    os.makedirs(folder + "/local")
    os.makedirs(folder + "/units/system")
    for name in ("lib/base.sh", "lib/sub/x.py", "boot/slurmd.sh", "minute/watchdog.sh", "etc/settings", "etc/kinds/queue/q/settings"):
        write(folder + "/" + name, name)
    for name in ("service", "timer"):
        write(folder + "/systemd/hpcc-minute@." + name, template("core/systemd/hpcc-minute@." + name))
    text = """
systemctl() { :; }
KIND_FOLDER=$HPCC/etc/kinds/queue/q
node_local
node_local
HPCC_KIND=%s
node_timer watchdog
"""
    for kind, where in (("compute", folder + "/local"), ("head", folder)):
        shell(code + text % kind, folder)
        for name in ("lib/base.sh", "lib/sub/x.py", "boot/slurmd.sh", "minute/watchdog.sh", "etc/settings",
                     "etc/kinds/queue/q/settings"):
            assert read(folder + "/local/" + name) == name
        unit = read(folder + "/units/system/hpcc-minute@.service")
        assert "exec sh %s/minute/%%i.sh " % where in unit, unit
    # A script that runs while it is replaced goes on with what it was.
    write(folder + "/minute/watchdog.sh", "new")
    with open(folder + "/local/minute/watchdog.sh", encoding="ascii") as running:
        shell(code + text % "compute", folder)
        assert running.read() == "minute/watchdog.sh" and read(folder + "/local/minute/watchdog.sh") == "new"


def check_calm(folder):
    """Nothing upgrades itself under jobs, and clocks go by Amazon's time."""
    code = (template("core/lib/node.sh") + template("clock/lib/clock.sh")).replace("/etc/", folder + "/etc/").replace("/etc/chrony*", "/etc/chrony*")
    write(folder + "/etc/chrony/chrony.conf", "pool x\n")
    text = 'systemctl() { echo "$*"; return 1; }\nset -e\nnode_calm\n'
    for _ in range(2):
        said = shell(code + text, folder)
        assert "disable --now apt-daily-upgrade.timer" in said and "disable --now unattended-upgrades" in said, said
        assert read(folder + "/etc/chrony/chrony.conf").count("169.254.169.123") == 1
        assert read(folder + "/etc/systemd/timesyncd.conf.d/hpcc.conf") == "[Time]\nNTP=169.254.169.123\n"


def check_base(folder):
    """What lies on the node finds its own parts, and looks for programs nowhere else; mounts has an end."""
    write(folder + "/etc/hpcc/env", "HPCC_KIND=compute\nHPCC_QUEUE=q\nHPCC_PROXY=\n")
    write(folder + "/local/etc/settings", "A=local\n")
    write(folder + "/local/etc/kinds/queue/q/settings", "B=mine\n")
    write(folder + "/hpcc/etc/settings", "A=shared\n")
    code = template("core/lib/base.sh").replace("/opt/hpcc", folder + "/hpcc").replace("/etc/hpcc", folder + "/etc/hpcc")
    for here, first, slurm in (("HERE=%s/local\n" % folder, "local mine", False), ("", "shared ", True)):
        done = subprocess.run(["sh"], input="set -u\n" + here + code + 'echo "$A ${B:-}"; echo "$PATH"\n', text=True,
                              capture_output=True, check=True)
        said, path = done.stdout.splitlines()
        assert said == first and ("/opt/slurm" in path) == slurm, done
    # Names of what packages brought lead to /usr/bin, which is not to come before /usr/local.
    os.makedirs(folder + "/opt/slurm")
    os.symlink("/usr/bin", folder + "/opt/slurm/bin")
    assert "/slurm" not in shell(code.replace("/opt/slurm", folder + "/opt/slurm") + 'echo "$PATH"\n', folder)[-1]
    environment = programs(folder, mount='echo "$*"; sleep 60')
    code = code.replace("timeout -k 5 300", "timeout -k 1 1").replace("PATH=/usr/local/sbin", "PATH=%s/bin:/usr/local/sbin" % folder)
    begun = time.monotonic()
    done = subprocess.run(["sh"], input=code + "mounts || echo late\n", env=environment, text=True, capture_output=True, check=True)
    assert done.stdout.splitlines() == ["-a -t nfs,nfs4,efs,lustre,none", "late"] and time.monotonic() - begun < 50, done


for check in (check_boot, check_slurmd, check_watchdog, check_end, check_bootstrap, check_finish, check_local, check_calm, check_base):
    with tempfile.TemporaryDirectory() as scratch:
        check(scratch)

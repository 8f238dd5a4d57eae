# SPDX-License-Identifier: Apache-2.0
# scripts_weather_test.py SOURCE: machines of earlier releases under new scripts and the way back, boots that are cut off between two
# steps, full disks, answers that got lost.
import os
import subprocess
import sys
import tempfile
import scripts_update_test as update
from scripts_base import STAND_INS, programs, shell, template


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def placed(text, root):
    """The text with its places below a folder."""
    text = update.QUOTED.sub(lambda m: root + m[0], update.PLACES.sub(lambda m: root + m[0], text))
    return text.replace("HPCC=/opt/hpcc", f"HPCC={root}/opt/hpcc").replace("HERE=/var/lib", f"HERE={root}/var/lib").replace(
        "HERE=/opt", f"HERE={root}/opt")


# A library that is read last: what a node does to itself, said and not done.
SAYS = """
for name in %s; do
	eval "$name() { echo $name \\$*; }"
done
log() { echo "log $*"; }
"""


def node(folder, kind, said=""):
    """A node with the scripts of today in a folder; the environment that finds its programs."""
    os.makedirs(folder + "/run", exist_ok=True)
    for module in ("core", "slurm", "login"):
        for place, _, names in os.walk(f"{update.SOURCE}/templates/{module}"):
            for name in names:
                path = os.path.relpath(os.path.join(place, name), f"{update.SOURCE}/templates/{module}")
                text = placed(template(f"{module}/{path}"), folder).replace("\nexport PATH\n", f"\nexport PATH={folder}/bin:$PATH\n")
                write(f"{folder}/opt/hpcc/{path}", text, 0o755)
    write(folder + "/opt/hpcc/lib/zz.sh", SAYS % said)
    write(folder + "/opt/hpcc/etc/settings", "HPCC_USER=u\n")
    write(folder + "/opt/hpcc/etc/storage", "")
    write(folder + "/opt/hpcc/etc/applied", "v2\n")
    write(folder + "/opt/hpcc/nodes/i-1", "q-dy-a-1\n")
    write(folder + "/etc/hpcc/env", f"HPCC_KIND={kind}\nHPCC_CLUSTER=c\nHPCC_REGION=r\nHPCC_SUFFIX=s\nHPCC_HEAD=10.0.0.4\nHPCC_SMT=on\n"
          "HPCC_PROXY=\nHPCC_QUEUE=q\nHPCC_RESOURCE=a\nHPCC_POOL=p\nHPCC_GROUP=g\nHPCC_HOOK_LAUNCHING=h\n")
    write(folder + "/etc/hpcc/slurmd", "HPCC_NODE_NAME=q-dy-a-1\nHPCC_SLURMD_OPTIONS=\n")
    write(folder + "/etc/fstab", "/dev/root / ext4 defaults 0 0\n")
    os.makedirs(folder + "/etc/systemd/system", exist_ok=True)
    os.makedirs(folder + "/var/lib/cloud/instance", exist_ok=True)
    os.makedirs(folder + "/var/log/hpcc", exist_ok=True)
    return programs(folder, systemctl='echo "systemctl $*"', shutdown='echo "shutdown $*"', mount="", sackd="", tail="",
                    timeout='while :; do case $1 in -*) shift 2 ;; *) break ;; esac; done; shift; exec "$@"')


def run(folder, script, environment):
    done = subprocess.run(["sh", f"{folder}/opt/hpcc/{script}"], env=environment, capture_output=True, check=False, text=True)
    log = f"{folder}/var/log/hpcc/boot.log"
    said = done.stdout + (read(log) if os.path.exists(log) else "")
    if os.path.exists(log):
        os.remove(log)
    return done.returncode, said.splitlines(), done.stderr


BOOT = ("node_compat node_calm run_actions node_smt node_proxy logs_start node_open node_search node_user node_homes storage_mount_all "
        "node_ssh node_ephemeral slurm_install slurm_names node_containers node_efa node_directory node_rotate node_nvidia slurm_join "
        "slurm_client node_imds_guard node_dcv login_keys_take node_name")


def check_boots(folder):
    """Nodes boot the scripts of today off a launch template of an earlier release, and are ready once all of it is there."""
    for kind, failing in (("compute", "node_timer"), ("login", "answer_group")):
        place = f"{folder}/{kind}"
        environment = node(place, kind, BOOT)
        # Functions of the boot script itself are behind the libraries.
        script = read(f"{place}/opt/hpcc/boot/{kind}.sh")
        for name in ("slurm_join", "slurm_client"):
            script = script.replace(f"{name}() {{", f"{name}_() {{")
        write(f"{place}/opt/hpcc/boot/{kind}.sh", script.replace('imds meta-data/instance-id', "echo i-1"), 0o755)
        ready = f"{place}/var/lib/cloud/instance/hpcc-ready"
        write(f"{place}/opt/hpcc/lib/zzz.sh", "aws() { :; }\n")
        status, said, error = run(place, f"boot/{kind}.sh", environment)
        assert status == 0 and os.path.exists(ready), (said, error)
        # The old template's limit of the boot looks for this one.
        assert kind == "login" or os.path.exists(place + "/run/hpcc-ready")
        assert os.path.exists(place + "/var/lib/hpcc/minute/watchdog.sh"), said
        # What is behind the mark would never be done after a cut.
        os.remove(ready)
        write(f"{place}/opt/hpcc/lib/zzz.sh", "aws() { return 1; }\n" + ("node_timer() { return 1; }\n" if kind == "compute" else ""))
        status, said, error = run(place, f"boot/{kind}.sh", environment)
        assert status != 0 and not os.path.exists(ready), (said, error)
        if kind == "compute":  # there is no end.sh
            assert any(line.startswith("shutdown -h +1") for line in said), (said, error)
        else:
            assert any("hpcc-minute@follow" in line for line in said), "its timers do not wait for the group"
            # The answer to the first call was lost.
            write(f"{place}/opt/hpcc/lib/zzz.sh", "aws() { echo 'Code	ValidationError\nMessage	No active Lifecycle Action found'; return 1; }\n")
            assert run(place, f"boot/{kind}.sh", environment)[0] == 0 and os.path.exists(ready)


def check_watchdog(folder):
    """A compute node of an earlier release gets copies of its own, and ends without end.sh."""
    environment = node(folder, "compute")
    for name in ("head", "controller"):
        write(f"{folder}/run/hpcc-seen-{name}", "")
        os.utime(f"{folder}/run/hpcc-seen-{name}", (0, 0))
    environment = {**environment, **programs(folder, python3="exit 1")}
    script = read(folder + "/opt/hpcc/minute/watchdog.sh").replace('"$PYTHON"', "false")
    write(folder + "/opt/hpcc/minute/watchdog.sh", script)
    status, said, error = run(folder, "minute/watchdog.sh", environment)
    assert status == 0 and "shutdown -h now" in said, (said, error)
    unit = read(folder + "/etc/systemd/system/hpcc-minute@.service")
    assert f"exec sh {folder}/var/lib/hpcc/minute/%i.sh" in unit and os.path.exists(folder + "/var/lib/hpcc/boot/slurmd.sh"), unit
    # From then on off the copy.
    subprocess.run(["rm", "-r", folder + "/opt/hpcc/lib"], check=True)
    write(folder + "/var/lib/hpcc/end.sh", "echo \"end $1\"\n")
    status, said, error = run(folder, "minute/watchdog.sh", environment)
    assert status == 0 and said == ["end no head node for 900 s"], (said, error)


def check_follow(folder):
    """A login node of an earlier release follows the new one, with units and mounts of today."""
    environment = node(folder, "login", "slurm_unit storage_mount_all")
    for _ in range(2):
        write(folder + "/etc/hpcc/followed", "v1\n")
        status, said, error = run(folder, "minute/follow.sh", environment)
        assert status == 0 and read(folder + "/etc/hpcc/followed") == "v2\n", (said, error)
        assert "slurm_unit sackd" in said, said
        assert read(folder + "/etc/fstab").count("10.0.0.4:") == 1 and "nofail 0 0\n" in read(folder + "/etc/fstab")
        assert f"exec sh {folder}/var/lib/hpcc/minute/%i.sh" in read(folder + "/etc/systemd/system/hpcc-minute@.service")
    # What the update drops that brings the new release is unmounted, of what the head node says it had before; later ones go
    # by what the node itself has noted.
    for place, there in (("opt/hpcc/etc/before", "old"), ("etc/hpcc", "new")):
        write(f"{folder}/{place}/storage", f"(\nfs_Name={there} fs_Kind=Ebs fs_MountDir=/{there} fs_VolumeIds=v\nstorage_mount\n)\n")
    write(folder + "/opt/hpcc/lib/zzz.sh", "fstab_drop() { echo drop $*; }\n")
    for dropped in ("new", "old"):
        write(folder + "/etc/hpcc/followed", "v1\n")
        status, said, error = run(folder, "minute/follow.sh", environment)
        assert status == 0 and [line for line in said if line.startswith("drop ")] == [f"drop /{dropped} -fl"], (said, error)
        os.remove(folder + "/etc/hpcc/storage")
    os.remove(folder + "/opt/hpcc/etc/before/storage")
    # Without sackd there is no such unit.
    os.remove(folder + "/bin/sackd")
    write(folder + "/etc/hpcc/followed", "v1\n")
    write(folder + "/bin/systemctl", "#!/bin/sh\ncase $* in *sackd*) exit 5 ;; esac\n", 0o755)
    status, said, error = run(folder, "minute/follow.sh", environment)
    assert status == 0 and read(folder + "/etc/hpcc/followed") == "v2\n", (said, error)


def check_local_full(folder):
    """A disk that gets full while copies are made leaves those that were there."""
    node(folder, "login")
    copy = folder + "/var/lib/hpcc/lib/base.sh"
    code = "set -e\n" + STAND_INS + f"HPCC={folder}/opt/hpcc\nKIND_FOLDER=$HPCC/x\n" + placed(template("core/lib/node.sh"), folder)
    write(copy, "old\n")
    full = 'case $1 in -r) for to; do :; done; /bin/cp "$@"; : >$to/lib/base.sh; exit 1 ;; esac; exec /bin/cp "$@"'
    for program, found in ((full, "old\n"), ('exec /bin/cp "$@"', read(folder + "/opt/hpcc/lib/base.sh"))):
        done = subprocess.run(["sh"], input=code + "node_local\n", env=programs(folder, cp=program), check=False, text=True, capture_output=True)
        assert (done.returncode == 0) == (found != "old\n") and read(copy) == found, done


EARLIER = """#!/bin/sh
set -eu
. /opt/hpcc/lib/base.sh
old=$(cat "$HPCC/etc/version")
new=$("$PYTHON" /etc/hpcc/fetch.py "$HPCC" "$old") || die "the configuration cannot be read"
[ "$new" != "$old" ] || exit 0
load_libraries
rm -f /run/hpcc-handle # it had one of its own
"$PYTHON" "$HPCC/lib/configure.py" /etc/hpcc/metadata.json "$HPCC/etc"
load_settings
slurm_configure
systemctl restart hpcc-slurmctld.service
retry 30 2 scontrol ping || die "slurmctld does not answer"
signal_stack SUCCESS "head node runs the new configuration"
echo "$new" >"$HPCC/etc/version"
"""


def earlier(machine, version):
    """What a stack of an earlier release carries: its scripts know of etc/version and of hpcc-slurmctld alone."""
    storage = template("core/lib/storage.sh")
    storage = storage[:storage.index("case ${0##*/}")] + storage[storage.index("esac\n") + 5:]
    configure = "import sys\nsys.argv[2]\n" + template("core/lib/configure.py")  # the folder was no choice
    return machine.payload(version, {name: machine.placed(text) for name, text in (
        ("minute/update.sh", EARLIER), ("lib/storage.sh", storage), ("lib/configure.py", configure))})


def check_back(folder):
    """A stack that is rolled back to an earlier release goes on being updated, whatever was taken over before."""
    for agreed in (False, True):
        machine = update.booted(folder)
        if agreed:
            update.old_fetch(machine)
        if not agreed:  # nodes run that the new release changes
            machine.node("q-dy-a-3")
        machine.stack("v2", nodes=update.FEWER)
        assert machine.update(fails=True) and machine.read("/opt/hpcc/etc/applied") == ("v2\n" if agreed else "v1\n")
        machine.stack("v1", Payload=earlier(machine, "v1"))
        assert machine.update(), machine.log()
        assert machine.read("/opt/hpcc/etc/version") == "v1\n" and "q-dy-a-[1-3]" in machine.read("WORLD/runs"), machine.log()
        assert machine.read("WORLD/killed") is None
        # Later updates, of the old release and of the new one.
        machine.stack("v3", Payload=earlier(machine, "v3"), nodes=update.MORE)
        assert machine.update() and machine.read("/opt/hpcc/etc/version") == "v3\n" and machine.heard()[-1] == ("v3", "SUCCESS")
        machine.stack("v4", nodes=update.MORE)
        assert machine.update() and machine.read("/opt/hpcc/etc/applied") == "v4\n" and machine.heard()[-1] == ("v4", "SUCCESS")
        assert machine.read("/opt/hpcc/etc/version") is None


def check_units(folder):
    """Scripts of earlier releases restart hpcc-slurmctld: that is our unit's other name, which is not taken for their own."""
    assert "\nAlias=hpcc-slurmctld.service\n" in template("slurm/systemd/slurmctld.service")
    os.makedirs(folder + "/units/system")
    write(folder + "/systemd/slurmctld.service", "new")
    code = template("slurm/lib/slurm.sh").replace("/etc/systemd", folder + "/units")
    text = code + 'systemctl() { echo "$*"; }\nslurm_unit slurmctld\n'
    os.symlink("slurmctld.service", folder + "/units/system/hpcc-slurmctld.service")
    new = ["daemon-reload", "enable slurmctld.service", "restart slurmctld.service"]
    assert shell(text, folder) == new and os.path.islink(folder + "/units/system/hpcc-slurmctld.service")
    os.remove(folder + "/units/system/hpcc-slurmctld.service")
    write(folder + "/units/system/hpcc-slurmctld.service", "old")
    assert shell(text, folder) == ["disable --now hpcc-slurmctld.service", *new]
    assert not os.path.exists(folder + "/units/system/hpcc-slurmctld.service")


def check_log(folder):
    """A log without room: instances get their names, and updates go on."""
    os.makedirs(folder + "/nodes")
    base = template("core/lib/base.sh")
    log = base[base.index("log() {"):base.index("\ndie()")]
    code = log + template("slurm/lib/launch.sh")
    done = subprocess.run(["sh"], input=f"set -eu\nHPCC={folder}\n" + code + "exec 2>/dev/full\nlog begin\nnode_claim i-1 q-dy-a-1\necho done\n",
                          capture_output=True, check=False, text=True)
    assert done.stdout == "done\n" and read(folder + "/nodes/i-1") == "q-dy-a-1\n", done


def check_fstab(folder):
    """A line that cannot be mounted by does not stay; one that somebody mounts by does."""
    write(folder + "/etc/fstab", "/dev/root / ext4 defaults 0 0\nLABEL=home /home ext4 x 0 0\n")
    code = placed(template("core/lib/volume.sh"), folder) + """
die() { echo "die $*"; exit 1; }
retry() { shift 2; "$@"; }
mount() { grep -q "UUID=1 " %s/etc/fstab; }
mounted() { [ "$1" = /home ]; }
""" % folder
    silent, answers = "blkid() { return 1; }\n", "blkid() { echo 1; }\n"
    at = folder + "/a b"
    assert shell(code + silent + f"(volume_mount /dev/x '{at}') || :\n", folder) == ["die nobody knows what /dev/x holds"]
    shell(code + f"(fstab_add UUID= '{at}' ext4 x) || :\n", folder)
    shell(code + answers + f"volume_mount /dev/x '{at}'\nfstab_add /srv/home /home none bind\n", folder)
    word = at.replace(" ", "\\040")
    assert read(folder + "/etc/fstab") == ("/dev/root / ext4 defaults 0 0\nLABEL=home /home ext4 x 0 0\n"
                                           f"UUID=1 {word} 1 defaults,_netdev,nofail,nosuid,nodev 0 0\n")
    # Without room all of it stays.
    before = read(folder + "/etc/fstab")
    shell(code + f"printf() {{ command printf \"$@\"; return 1; }}\nfstab_set '{at}' x || :\n", folder)
    assert read(folder + "/etc/fstab") == before


def check_hung(folder):
    """Who asks for a mount whose server is gone gets no answer: it is mounted, and what else is to be done is done."""
    write(folder + "/etc/fstab", "fs:/ /a nfs hard 0 0\n")
    # As timeout ends it; a hard mount may need the second signal.
    environment = {"hung": programs(folder + "/hung", timeout="case $* in *mountpoint*/a) exit $STATUS ;; esac\nexit 1", mount='echo "mount $*"'),
                   "slow": programs(folder + "/slow", mountpoint="exec /bin/sleep 9", mount='echo "mount $*"')}
    code = "set -eu\n" + STAND_INS + placed(template("core/lib/volume.sh"), folder)
    for status in ("124", "137"):
        done = subprocess.run(["sh"], input=code + "fstab_add fs:/ /a nfs hard\n", env={**environment["hung"], "STATUS": status},
                              check=False, text=True, capture_output=True)
        assert done.returncode == 0 and done.stdout == "", done
    done = subprocess.run(["sh"], input=code + "retry() { shift 2; \"$@\"; }\nmounted /b || fstab_add fs:/ /b nfs hard\n",
                          env={**environment["hung"], "STATUS": "0"}, check=False, text=True, capture_output=True)
    assert done.returncode == 0 and done.stdout == "mount /b\n", done
    # That it is asked with a limit.
    done = subprocess.run(["sh"], input=code.replace("-k 5 20", "-k 5 .2") + "mounted /a && echo yes\n", env=environment["slow"], timeout=8,
                          check=False, text=True, capture_output=True)
    assert done.stdout == "yes\n", done
    for name in ("core/lib/storage.sh", "core/lib/volume.sh"):
        assert template(name).count("mountpoint") == (name == "core/lib/volume.sh"), "all ask by mounted"


def check_console(folder):
    """A console that takes nothing keeps no node from its end, and no stack from hearing of it."""
    for kind, ends in (("compute", "end the boot of this node failed"), ("login", "answer_group ABANDON")):
        place = f"{folder}/{kind}"
        environment = {**node(place, kind, BOOT), **programs(place, tail="exit 1")}
        write(place + "/var/lib/hpcc/end.sh", "echo \"end $1\"\n")
        write(place + "/opt/hpcc/lib/zzz.sh", "node_calm() { return 1; }\nstopping() { return 1; }\n")
        script = read(f"{place}/opt/hpcc/boot/{kind}.sh").replace("trap finish", "answer_group() { echo answer_group $1; }\ntrap finish")
        write(f"{place}/opt/hpcc/boot/{kind}.sh", script.replace("imds meta-data/instance-id", "echo i-1"), 0o755)
        status, said, error = run(place, f"boot/{kind}.sh", environment)
        assert status != 0 and ends in said, (said, error)
    code = template("core/boot/head.sh")
    finish = code[code.index("finish() {"):code.index("\nhead_configure()")].replace("/run/hpcc-failed", folder + "/no/failed")
    write(folder + "/etc/fetched", "v1\n")
    done = subprocess.run(["sh"], input=f"set -eu\nHPCC={folder}\nsignal_failure() {{ echo told; }}\n{finish}\ntrap finish EXIT\nfalse\n",
                          env=programs(folder, tail="exit 1"), check=False, text=True, capture_output=True)
    assert done.stdout == "told\n", done


def check_order(folder):
    """What a unit needs of a mount is there before it, and until it has ended; what is not there yet is tried until it is."""
    def values(unit, name):
        return [word for line in template(unit).split("\n") if line.startswith(name + "=") for word in line[len(name) + 1:].split()]
    # Mounts with nofail are not ordered before remote-fs.target, systemd.mount(5).
    code = template("core/boot/head.sh")
    assert "fstab_add /srv/hpcc/opt /opt/hpcc none bind,nofail,x-systemd.requires-mounts-for=/srv/hpcc" in code
    assert "opt-hpcc.mount" in values("slurm/systemd/slurmctld.service", "After"), "its last save goes to a volume that is there"
    # Five starts in ten seconds are the end of a unit's restarts, systemd.unit(5).
    for unit in ("slurm/systemd/slurmctld.service", "slurm/systemd/slurmd.service", "login/systemd/sackd.service",
                 "accounting/systemd/slurmdbd.service", "build/systemd/munge.service"):
        assert values(unit, "Restart") == ["on-failure"] and int(values(unit, "RestartSec")[0]) >= 5, unit
    # sackd ends where slurmctld does not answer.
    script = template("login/boot/login.sh")
    start, end = script.index("slurm_client() {"), script.index("\n# What minute/follow.sh compares")
    code = "set -eu\n" + STAND_INS + placed(template("core/lib/base.sh"), folder)
    code = code[:code.index("\n# put FILE")].replace("\nexport PATH\n", f"\nexport PATH={folder}/bin:$PATH\n") + script[start:end] + f"""
slurm_munge_start() {{ :; }}
slurm_own() {{ :; }}
sleep() {{ :; }}
scontrol() {{ :; }}
slurm_unit() {{ echo "$1"; set -- $(cat {folder}/left); echo $(($1 - 1)) >{folder}/left; [ "$1" -eq 0 ]; }}
slurm_client
echo ready
"""
    for left, expected in ((2, ["sackd"] * 3 + ["ready"]), (99, ["sackd"] * 12)):
        write(folder + "/left", f"{left}\n")
        done = subprocess.run(["sh"], input=code, env=programs(folder, sackd=""), check=False, text=True, capture_output=True)
        assert done.stdout.splitlines() == expected and (done.returncode == 0) == (left == 2), done


def check_zero(folder):
    """What was not on the disk yet when the power went is made again; what is so already is not written each minute."""
    programs(folder, **{"ssh-keygen": 'for to; do :; done; [ ! -e "$to" ] || { echo "asks for $to"; exit 1; }; echo key >"$to"'})
    said = f"set -e\nPATH={folder}/bin:$PATH\n"
    write(folder + "/secret/login/ssh_host_rsa_key", "")
    assert shell(said + "login_keys\n", folder, "login/lib/hostkeys.sh") == []
    assert read(folder + "/secret/login/ssh_host_rsa_key") == "key\n"
    write(folder + "/secret/user", "")
    write(folder + "/ssh/ssh_config", "")
    assert shell(said + "runuser() { :; }\nHPCC_USER=u\nnode_ssh\n", folder, "core/lib/node.sh") == []
    assert read(folder + "/secret/user") == "key\n"
    base = template("core/lib/base.sh")
    put = base[base.index("put() {"):base.index("\n# Slurm answers within")]
    write(folder + "/etc/exports.d/hpcc1.exports", "/home 10.0.0.0/16(rw,fsid=1)\n")
    write(folder + "/etc/exports.d/hpcc2.exports", "")
    code = put + template("core/lib/nfs.sh").replace("/etc/exports.d", folder + "/etc/exports.d")
    code += 'exportfs() { :; }\nimds() { case $1 in */mac) echo m ;; *) cat "%s/cidrs" ;; esac; }\nnfs_follow\n' % folder
    write(folder + "/cidrs", "10.0.0.0/16\n")
    was = os.stat(folder + "/etc/exports.d/hpcc1.exports").st_ino
    shell(code, folder)
    assert os.stat(folder + "/etc/exports.d/hpcc1.exports").st_ino == was and read(folder + "/etc/exports.d/hpcc2.exports") == ""
    write(folder + "/cidrs", "10.0.0.0/16\n10.1.0.0/16\n")
    shell(code, folder)
    assert read(folder + "/etc/exports.d/hpcc1.exports") == "/home 10.0.0.0/16(rw,fsid=1) 10.1.0.0/16(rw,fsid=1)\n"


def check_missing(folder):
    """A head node that boots without one of its volumes serves the others, and that one when it is there."""
    places = {"etc/fstab": "UUID=a /a\\040b xfs nofail 0 0\nUUID=b /b xfs nofail 0 0\n", "proc/mounts": "x / xfs rw 0 0\nx /b xfs rw 0 0\n",
              "etc/exports.d/hpcc1.exports": "/a\\040b 10.0.0.0/16(rw,fsid=1)\n", "etc/exports.d/hpcc2.exports": "/b 10.0.0.0/16(rw,fsid=2)\n",
              "etc/exports.d/hpcc3.exports": "/home 10.0.0.0/16(rw,fsid=3)\n"}
    for name, text in places.items():
        write(f"{folder}/{name}", text)
    write(folder + "/up", "")
    code = placed(template("core/lib/nfs.sh"), folder) + f"""
log() {{ printf 'log %s\\n' "$*"; }}
timeout() {{ while [ "$1" != mount ] && [ "$1" != systemctl ]; do shift; done; "$@"; }}
mount() {{ echo mount "$@"; }}
systemctl() {{
	case $1 in
	is-active) [ -e {folder}/up ] && return; return 3 ;;
	list-jobs) cat {folder}/jobs ;;
	start) echo "start $2"; : >{folder}/up ;;
	*) echo "$1" ;;
	esac
}}
set -eu
nfs_serve 2>&1
"""

    def minute():
        return shell(code, folder), sorted(os.listdir(folder + "/etc/exports.d"))
    names = [f"hpcc{i}.exports" for i in (1, 2, 3)]
    write(folder + "/jobs", "")
    assert minute() == ([], names)  # it is up, whatever somebody unmounted
    os.remove(folder + "/up")
    write(folder + "/jobs", "12 nfs-server.service start waiting\n")
    assert minute() == ([], names)  # it waits for what comes late
    write(folder + "/jobs", "")
    without = ["hpcc1.away", *names[1:]]
    assert minute() == (["log no export, for it is not mounted: /a\\040b", "mount -a", "daemon-reload", "start nfs-server"], without)
    assert minute() == (["mount -a"], without)
    write(folder + "/proc/mounts", places["proc/mounts"] + "x /a\\040b xfs rw 0 0\n")
    assert minute() == (["mount -a"], names)
    os.remove(folder + "/up")
    assert minute() == ([], names)  # somebody stopped it
    # An export to no network would be one to all.
    code_of_cidrs = placed(template("core/lib/nfs.sh"), folder) + "imds() { case $1 in */mac) echo m ;; esac; }\nnfs_cidrs || echo none\n"
    assert shell(code_of_cidrs, folder) == ["none"]


def check_mend(folder):
    """Packages that a cut left half installed are mended on all kinds of nodes; that somebody else installs stops no boot."""
    for kind in ("core/boot/head", "slurm/boot/compute", "login/boot/login"):
        assert "\nstep pkg_mend\n" in template(kind + ".sh"), kind
    for name in ("core/minute/update.sh", "login/minute/follow.sh"):  # they install, too, and may be cut off
        text = template(name)
        mend, mount, install = (text.index("step " + step) for step in ("pkg_mend", "storage_mount_all" if "core" in name else
                                                                        "storage_each storage_one", "node_containers"))
        assert mend < mount < install, name
    code = template("debian/lib/debian.sh").replace("/usr/sbin", folder)
    text = "set -e\nretry() { shift 2; \"$@\" || \"$@\"; }\npkg_mend\necho on\n"
    said = shell("dpkg() { echo locked; return 2; }\n" + code + text, folder)
    assert said == ["locked", "locked", "log dpkg --configure -a has failed", "on"], said


def check_half_built(folder):
    """What was cut off while it was installed does not count."""
    for path in ("opt/slurm/sbin/slurmd", "opt/slurm/bin/x"):
        write(folder + "/" + path, "#!/bin/sh\n", 0o755)
    code = template("slurm/lib/slurm.sh").replace("/opt/slurm", folder + "/opt/slurm") + template("build/lib/build.sh").replace(
        "/opt/slurm", folder + "/opt/slurm") + f"""
slurm_user() {{ :; }}
slurm_munge_install() {{ :; }}
mountpoint() {{ return 1; }}
slurm_version() {{ echo 2411; }}
HPCC_KIND=head HPCC={folder}
PATH={folder}/opt/slurm/sbin:$PATH
slurm_install slurmd
"""
    write(folder + "/slurm/build.sh", f"#!/bin/sh\n: >{folder}/built\n", 0o755)
    code = code.replace("/etc/profile.d", folder)
    shell(code, folder)
    assert not os.path.exists(folder + "/built"), "an image's own"
    write(folder + "/opt/slurm/unfinished", "")
    shell(code, folder)
    assert os.path.exists(folder + "/built")
    script = template("build/slurm/build.sh")
    assert script.index(": >unfinished\n") < script.index("make -s -C") < script.index("\nrm unfinished\n")
    # The EFA software likewise.
    os.makedirs(folder + "/efa")
    os.makedirs(folder + "/archive")
    code = template("efa/lib/efa.sh").replace("/opt/amazon/efa", folder + "/efa").replace("/var/lib/hpcc", folder + "/archive")
    code += "node_efa_profile() { :; }\nHPCC_EFA=yes\ndie() { echo die; exit; }\nfetch() { echo fetch; return 1; }\nnode_efa\n"
    assert shell(code, folder) == []
    write(folder + "/archive/efa", "")
    assert shell(code, folder) == ["fetch", "die"] and os.path.exists(folder + "/archive/efa")


def check_ephemeral(folder):
    """A boot that was cut off before the file system was made leaves a node that makes it at the next one; after a reboot
    volumes may not be active yet."""
    script = placed(template("ephemeral/boot/ephemeral.sh"), folder)
    write(folder + "/etc/hpcc/ephemeral", f"HPCC_EPHEMERAL={folder}/scratch\n")
    write(folder + "/dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_1", "")
    environment = programs(folder, mountpoint="exit 1", timeout="exit 1", lsblk="", vgchange=f"mkdir -p {folder}/dev/hpcc; : >{folder}/dev/hpcc/ephemeral",
                           blkid=f"case $2 in */hpcc/ephemeral) [ -e {folder}/made ] || exit 2 ;; esac", mount='echo "mount $*"',
                           **{"mkfs.ext4": f": >{folder}/made", "lvcreate": "exit 1", "pvcreate": "exit 1"})
    for _ in range(2):
        done = subprocess.run(["sh"], input=script, env=environment, capture_output=True, check=False, text=True)
        assert done.returncode == 0 and "mount -o noatime" in done.stdout and os.path.exists(folder + "/made"), done


def check_update(folder):
    """What an update leaves alone, takes along, and keeps jobs from."""
    machine = update.booted(folder)
    write(machine.root + "/opt/hpcc/etc/maintenance", "")
    write(machine.root + "/var/log/hpcc/boot.log", "", 0o644)
    mark = "v2\nnode_imds_guard() { echo guard >>%s/units_told; }\n" % machine.world
    machine.stack("v2", nodes=update.FEWER, Payload=machine.payload("v2", {"lib/zzz.sh": mark[3:]}))
    assert machine.update(), machine.log()
    assert machine.read("/opt/hpcc/etc/maintenance") == "" and machine.read("WORLD/units_told") == "guard\n"
    assert machine.read("WORLD/told") == "q-dy-a-3 down\n", "no job wakes it while Slurm forgets it"
    assert os.stat(machine.root + "/var/log/hpcc/boot.log").st_mode & 0o077 == 0
    # The default user's credentials follow the file both ways; rotation that is switched off is.
    code = "systemctl() { :; }\ninstall() { :; }\niptables() { :; }\nHPCC_USER=u\nHPCC_IMDS_GUARD=yes\n"
    code += template("core/lib/node.sh").replace("/etc/logrotate.d", folder).replace("/etc/hpcc/imds", folder + "/imds")
    for setting, there in (("", True), ("HPCC_IMDS_USER=no\n", False), ("", True)):
        shell(code + setting + "node_imds_guard\n", folder)
        assert os.path.exists(folder + "/imds-users") == there
    for setting, there in (("", True), ("HPCC_LOG_ROTATION=no\n", False), ("HPCC_LOG_ROTATION=no\n", False)):
        shell("set -e\n" + code + setting + "node_rotate\n", folder)
        assert os.path.exists(folder + "/hpcc") == there


CHECKS = [check_boots, check_watchdog, check_follow, check_local_full, check_back, check_units, check_log, check_fstab, check_hung,
          check_console, check_order, check_missing, check_zero, check_mend, check_half_built, check_ephemeral, check_update]
if __name__ == "__main__":
    for check in CHECKS:
        if not sys.argv[2:] or check.__name__ in sys.argv[2:]:
            with tempfile.TemporaryDirectory() as scratch:
                check(scratch)

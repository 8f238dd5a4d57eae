# SPDX-License-Identifier: Apache-2.0
# scripts_compat_test.py SOURCE: what scripts written for ParallelCluster find on a node.
import os
import subprocess
import tempfile
from scripts_base import programs, shell, template

# The names of ParallelCluster 3.12, as its cookbook writes them into cfnconfig.
NAMES = """stack_name cfn_preinstall cfn_preinstall_args cfn_postinstall cfn_postinstall_args cfn_postupdate cfn_postupdate_args
cfn_region cfn_scheduler cfn_scheduler_slots cfn_instance_slots cfn_ephemeral_dir cfn_ebs_shared_dirs cfn_proxy cfn_node_type
cfn_cluster_user""".split()
STORAGE = """(
fs_Name=e
fs_Kind=Ebs
fs_MountDir=/data
fs_VolumeIds=vol-1
storage_mount
)
(
fs_MountDir='/raid'
fs_VolumeIds='vol-2 vol-3'
fs_Kind=Raid
storage_mount
)
(
fs_Kind=Efs
fs_MountDir=/efs
storage_mount
)
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def check_cfnconfig(folder):
    """The file has the names and values that ParallelCluster writes, for the shell and for programs that read its lines."""
    code = template("actions/lib/compat.sh").replace("/opt/parallelcluster", folder + "/opt").replace("/etc/parallelcluster", folder + "/etc")
    code = code.replace("/var/log", folder + "/log")
    os.makedirs(folder + "/log")
    write(folder + "/etc/storage", STORAGE)
    text = """
quoted() { printf "'%%s'\\n" "$1"; }
HPCC_KIND=%s HPCC_CLUSTER=c HPCC_REGION=r HPCC_USER=ubuntu HPCC_HEAD=10.0.0.9 HPCC_QUEUE=q1
HPCC_PROXY=%s HPCC_EPHEMERAL=%s
node_compat
node_compat
"""
    for kind, named, more in (("head", "HeadNode", {"cfn_volume": "vol-1,vol-2,vol-3"}), ("login", "LoginNode", {}),
                              ("compute", "ComputeFleet", {"cfn_scheduler_queue_name": "q1"})):
        assert shell(code + text % (kind, "", ""), folder) == []
        with open(folder + "/opt/cfnconfig", encoding="ascii") as file:
            lines = dict(line.rstrip("\n").split("=", 1) for line in file)
        assert set(NAMES) <= set(lines) and os.path.islink(folder + "/opt/cfnconfig"), lines
        said = subprocess.run(["bash", "-euc", ". $1; echo $stack_name $cfn_node_type $cfn_cluster_user $cfn_ebs_shared_dirs "
                               "$cfn_ephemeral_dir $cfn_proxy ${#cfn_postinstall_args[@]} $cfn_head_node "
                               "$cfn_head_node_private_ip", "-", folder + "/opt/cfnconfig"], capture_output=True, check=True, text=True)
        assert said.stdout == "c %s ubuntu /data,/raid /scratch NONE 0 ip-10-0-0-9 10.0.0.9\n" % named, said.stdout
        for name, value in more.items():
            assert lines[name] == value
        # Programs such as multi-runner take what stands behind the sign as it is.
        assert lines["cfn_proxy"] == "NONE" and all(line.count("=") == 1 for line in read(folder + "/opt/cfnconfig").splitlines())
    links = {name: os.readlink(folder + "/log/" + name) for name in os.listdir(folder + "/log")}
    assert links == {"parallelcluster": "hpcc", "slurmctld.log": "hpcc/slurmctld.log", "slurmd.log": "hpcc/slurmd.log"}, links
    write(folder + "/etc/storage", "")
    shell(code + text % ("head", "'http://u:p&x@proxy:1/'", "/fast"), folder)
    said = subprocess.run(["bash", "-euc", ". $1; echo $cfn_proxy $cfn_ebs_shared_dirs $cfn_ephemeral_dir", "-",
                           folder + "/opt/cfnconfig"], capture_output=True, check=True, text=True)
    assert said.stdout == "http://u:p&x@proxy:1/ /fast\n", said.stdout
    with open(folder + "/opt/.bootstrapped", encoding="ascii") as file:
        name, version = file.read().strip().rsplit("-", 1)
    assert name == "aws-parallelcluster-cookbook" and len(version.split(".")) == 3


def check_names(folder):
    """Slurm of packages stands below /opt/slurm, too; one that was built there stays as it is."""
    code = template("slurm/lib/slurm.sh") + template("packages/lib/packages.sh")
    for path in ("/opt/slurm", "/usr/lib", "/run/slurm", "/etc/slurm"):
        code = code.replace(path, folder + path)
    code = code.replace("/usr/lib64", folder + "/none")
    write(folder + "/usr/lib/m/libslurm.so.42", "")
    listed = "printf '%s\\n' /usr/bin /usr/bin/srun /usr/bin/scontrol /usr/sbin/slurmd /usr/share/doc/slurmd"
    environment = programs(folder, dpkg=listed)
    run = "set -eu\nHPCC_KIND=KIND\n" + code + "\nslurm_names\nslurm_names\nif slurm_own; then echo own; fi\n"
    write(folder + "/etc/slurm/slurm.conf", "")
    names = folder + "/opt/slurm/"

    def boot(kind):
        done = subprocess.run(["sh"], input=run.replace("KIND\n", kind + "\n"), env=environment, capture_output=True, check=True, text=True)
        assert done.stderr == "", done
        return done.stdout

    # Links to whole folders, as there were once, hide no programs of others any more.
    os.makedirs(names)
    for name in ("bin", "etc"):
        os.symlink(folder + "/run/slurm/conf", names + name)
    for kind in ("head", "compute", "head"):
        if kind == "compute":
            os.remove(folder + "/etc/slurm/slurm.conf")
        elif os.path.isdir(names + "etc") and not os.path.islink(names + "etc"):
            subprocess.run(["rm", "-r", names], check=True)
        assert boot(kind) == ""
        found = {name: os.path.islink(names + name) and os.readlink(names + name) for name in os.listdir(names)}
        assert found == {"bin": False, "sbin": False, "lib": folder + "/usr/lib/m", "include": "/usr/include",
                         "etc": kind == "head" and folder + "/etc/slurm"}, found
        assert sorted(os.listdir(names + "bin") + os.listdir(names + "sbin")) == ["scontrol", "slurmd", "srun"]
        assert os.readlink(names + "sbin/slurmd") == "/usr/sbin/slurmd"
        # Scripts write there on each kind of node, before slurmd runs.
        write(names + "etc/plugstack.conf.d/one", "")
    subprocess.run(["rm", "-r", names, folder + "/etc/slurm/plugstack.conf.d"], check=True)
    # A boot that was cut off behind the first of them makes the others.
    os.makedirs(names + "bin")
    assert boot("compute") == "" and os.readlink(names + "etc/slurm.conf") == folder + "/run/slurm/conf/slurm.conf"
    assert os.path.islink(names + "bin/scontrol")
    subprocess.run(["rm", "-r", names], check=True)
    write(names + "bin/scontrol", "")
    assert boot("head") == "own\n" and os.listdir(names) == ["bin"]


def check_built(folder):
    """Where Slurm is built: the same names; one that was cut off is built again, and no library is forgotten."""
    code = template("slurm/lib/slurm.sh") + template("build/lib/build.sh")
    for path in ("/opt/slurm", "/etc/slurm", "/etc/profile.d"):
        code = code.replace(path, folder + path)
    os.makedirs(folder + "/etc/profile.d")
    environment = programs(folder, mountpoint='[ -e %s/mounted ]' % folder, dpkg="exit 1", rpm="exit 1")
    code = """set -eu
HPCC_KIND=KIND HPCC=%s HPCC_HEAD=10.0.0.9
die() { echo "die $*"; exit 1; }
fstab_add() { [ -e @/mounted ] || { rm -r @/opt; mv @/server @/opt; }; : >@/mounted; }
pkg_install() { echo "install $*"; }
""".replace("@", folder) % folder + code + """
slurm_user() { :; }
slurm_munge_install() { :; }
slurm_version() { echo 2511; }
slurm_install slurmd
slurm_names
slurm_names
"""
    write(folder + "/slurm/build.sh", "#!/bin/sh\necho build\nmkdir -p {0}/opt/slurm/sbin {0}/opt/slurm/bin\n: >{0}/opt/slurm/bin/scontrol\n: >{0}/opt/slurm/sbin/slurmd\n"
          "chmod 755 {0}/opt/slurm/sbin/slurmd\n: >{0}/opt/slurm/unfinished\n[ -z \"${{CUT:-}}\" ] || exit 1\nrm {0}/opt/slurm/unfinished\n"
          "echo libone >{0}/opt/slurm/packages\n".format(folder))
    os.chmod(folder + "/slurm/build.sh", 0o755)

    def boot(kind, **more):
        done = subprocess.run(["sh"], input=code.replace("KIND ", kind + " "), env={**environment, **more}, capture_output=True, check=False, text=True)
        assert done.stderr == "", done
        return done.stdout.split("\n")[:-1]

    # Nodes have programs of a Slurm that is mounted, and of none else.
    environment["PATH"] = "%s/opt/slurm/sbin:%s/bin:/usr/bin:/bin" % (folder, folder)
    assert boot("head", CUT="yes") == ["build", "die Slurm cannot be built"]
    assert boot("head") == ["build"] and boot("head") == []
    assert os.readlink(folder + "/opt/slurm/etc") == folder + "/etc/slurm"
    subprocess.run(["rm", "-r", folder + "/etc/slurm"], check=True)
    os.rename(folder + "/opt", folder + "/server")
    assert boot("compute") == boot("compute") == ["install libone"]
    write(folder + "/opt/slurm/etc/plugstack.conf.d/one", "")


def check_around(folder):
    """The folders of prolog and epilog hold a program of ours and those of the user, whatever is made again."""
    code = template("slurm/lib/slurm.sh").replace("/etc/slurm", folder + "/slurm-etc") + """
slurm_adapt() { :; }
slurm_make %s/etc
"""
    for name in ("core", "etc"):
        os.makedirs(folder + "/" + name + "/slurm")
    for turn, (gpu, program) in enumerate((("", "/bin/true"), (template("gpu/lib/gpu.sh"), folder + "/slurm/gpu-check.sh"), ("", "/bin/true"))):
        assert shell(gpu + code.replace("%s/etc\n", folder + "/etc\n"), folder) == []
        assert os.readlink(folder + "/slurm-etc/scripts") == folder + "/share"
        assert os.readlink(folder + "/share/prolog.d/90_hpcc") == program
        assert os.readlink(folder + "/share/epilog.d/90_hpcc") == "/bin/true"
        if turn:
            assert os.path.exists(folder + "/share/prolog.d/10_mine")
        write(folder + "/slurm-etc/scripts/prolog.d/10_mine", "")
    conf = template("slurm/slurm/slurm.conf").splitlines()
    assert "Prolog=/opt/hpcc/share/prolog.d/*" in conf and "Epilog=/opt/hpcc/share/epilog.d/*" in conf


def check_packages(folder):
    """What packages bring starts at no boot by itself."""
    text = "pkg_install() { echo \"install $*\"; }\npkg_try() { :; }\nsystemctl() { echo \"$*\"; return 1; }\nset -e\n"
    for roles, said in (("slurmctld slurmd", ["install munge slurm-client slurmctld slurmd", "disable slurmctld slurmd"]),
                        ("client", ["install munge slurm-client", "disable client"])):
        found = shell(text + "slurm_packages " + roles + "\n", folder, "packages/lib/packages.sh")
        assert found == said, found


def check_guard(folder):
    """The default user may ask for credentials unless the file says no; others may not."""
    code = template("core/lib/node.sh").replace("/etc/hpcc", folder)
    for setting, users in (("yes", ["ubuntu"]), ("no", [])):
        path = folder + "/imds-users"
        if os.path.exists(path):
            os.remove(path)
        shell(code + "iptables() { :; }\nnode_boot() { :; }\nHPCC_IMDS_GUARD=yes HPCC_IMDS_USER=%s HPCC_USER=ubuntu\n"
              "node_imds_guard\n" % setting, folder)
        rules = template("core/boot/imds-guard.sh").replace("/etc/hpcc", folder)
        environment = programs(folder, iptables='echo "$*"', getent='echo "$2"')
        done = subprocess.run(["sh"], input=rules, env=environment, capture_output=True, check=True, text=True)
        accepted = [line.split()[-3] for line in done.stdout.splitlines() if line.endswith("ACCEPT")]
        assert accepted == ["root", "slurm", *users] and "-j REJECT" in done.stdout, done


def check_containers(folder):
    """Files are taken by their sums alone; the head node builds Pyxis once, the others take what it built."""
    files = folder + "/files"
    for name in ("tmpfiles.d", "sysctl.d"):
        os.makedirs(folder + "/etc/" + name)
    write(folder + "/source/pyxis-1.tar.gz", "sources")
    write(folder + "/source/enroot_1_amd64.deb", "enroot")
    sums = {name: subprocess.run(["sha256sum", folder + "/source/" + name], capture_output=True, check=True, text=True).stdout[:64]
            for name in os.listdir(folder + "/source")}
    code = template("slurm/lib/slurm.sh") + template("containers/lib/containers.sh")
    for path in ("/etc/", "/opt/", "/usr/local/", "/var/tmp", "/proc/sys", "/usr/share"):
        code = code.replace(path, folder + path)
    code = code.replace("/var/lib/hpcc/containers", files)
    code = """set -eu
HPCC=%s/opt/hpcc HPCC_USER=ubuntu HPCC_KIND=@KIND@ HPCC_CONTAINERS='docker enroot pyxis' HPCC_PACKAGES='@FILES@' HPCC_ENROOT=@VERSION@
die() { echo "die $*"; exit 1; }
retry() { shift 2; "$@"; }
fetch() { echo "fetch $2"; cp "%s/source/${2##*/}" "$1"; echo "$3  $1" | sha256sum -c --status; }
aws() { echo "s3 $2"; cp "%s/source/${2##*/}" "$3"; }
pkg_tool() { echo apt-get; }
pkg_install() { echo "install $*"; }
pkg_need() { echo "need $*"; }
slurm_own() { false; }
run_action() { :; }
enroot() { echo 3.5.0; }
srun() { echo slurm @SLURM@; }
""" % (folder, folder, folder) + code.replace("slurm_own() {\n", "slurm_own_() {\n") + "node_containers\n"
    environment = programs(folder, systemctl='[ "$1" = daemon-reload ] || echo "systemctl $*"', usermod='echo "user $*"', tar="cat \"$2\" >/dev/null", mountpoint="exit 1",
                           make='for last; do :; done; echo plugin >"$last/spank_pyxis.so"; echo make', sysctl="exit 0")
    environment = programs(folder, **{"systemd-tmpfiles": "sed 's/^d/folder/' \"$2\""})
    urls = {"pyxis-1.tar.gz": "s3://b/k/pyxis-1.tar.gz", "enroot_1_amd64.deb": "https://h/enroot_1_amd64.deb"}
    good = " ".join(urls[name] + " " + sums[name] for name in sorted(sums))

    def run(kind, packages=good, version="3.5.0", slurm="24.11.5"):
        text = code.replace("@SLURM@", slurm).replace("@KIND@", kind).replace("@FILES@", packages).replace("@VERSION@", version)
        done = subprocess.run(["sh"], input=text, env=environment, capture_output=True, check=False, text=True)
        return done.returncode, done.stdout.splitlines(), done.stderr

    status, said, errors = run("head")
    assert status == 0, (said, errors)
    assert "fetch https://h/enroot_1_amd64.deb" in said and "s3 s3://b/k/pyxis-1.tar.gz" in said, said
    assert "install %s/enroot_1_amd64.deb" % files in said and "install libslurm-dev" in said and "make" in said + errors.split(), said
    assert "user -aG docker ubuntu" in said and "need dockerd docker.io docker" in said, said
    plugin = folder + "/usr/local/lib/slurm/spank_pyxis.so"
    with open(folder + "/etc/slurm/plugstack.conf", encoding="ascii") as file:
        assert file.read() == "optional %s\n" % plugin
    with open(folder + "/etc/enroot/enroot.conf", encoding="ascii") as file:
        text = file.read()
    assert "ENROOT_RUNTIME_PATH /run/enroot/user-$(id -u)\n" in text and folder + "/var/tmp/enroot/data/" in text, text
    for room in ("/run/enroot", folder + "/var/tmp/enroot/cache", folder + "/var/tmp/enroot/data"):
        assert "folder %s 1777 root root" % room in said, said
    assert read(folder + "/etc/systemd/system/hpcc-boot@ephemeral.service.d/enroot.conf").endswith("/etc/tmpfiles.d/enroot.conf\n")
    # Whoever set up Docker's runtime, containers that run outlive the next update.
    assert "systemctl enable --now docker" in said and "systemctl restart docker" not in said, said
    for name in ("enroot/enroot.conf", "spank/plugstack.conf", "pyxis/pyxis.conf"):
        assert os.path.exists(folder + "/opt/parallelcluster/examples/" + name)
    # Once more, after a cut: nothing is fetched or built again, and what an action wrote stays.
    write(folder + "/etc/enroot/enroot.conf", "ENROOT_RUNTIME_PATH /mine\n")
    os.remove(plugin)
    for kind in ("head", "compute"):
        status, said, errors = run(kind)
        assert status == 0 and not [line for line in said if line.startswith(("fetch", "s3"))] and "make" not in errors, (said, errors)
        assert not [line for line in said if line.startswith("install /")], said
        assert os.path.exists(plugin)
        with open(folder + "/etc/enroot/enroot.conf", encoding="ascii") as file:
            assert file.read() == "ENROOT_RUNTIME_PATH /mine\n"
    with open(folder + "/etc/slurm/plugstack.conf", encoding="ascii") as file:
        assert file.read().count("spank_pyxis") == 1
    # Another Slurm has another plugin; one that was cut off while it was built does not count; that of a node lies on the node.
    shared = folder + "/opt/hpcc/share/"
    before = os.listdir(shared)
    write(shared + before[0].replace("24.11.5", "25.11.8") + ".new", "half")
    status, _, errors = run("compute", slurm="25.11.8")
    assert status == 0 and "make" in errors.split() and not [name for name in os.listdir(shared) if name.endswith("25.11.8.so")]
    status, _, errors = run("compute", slurm="25.11.8")
    assert status == 0 and "make" not in errors.split() and [name for name in os.listdir(files) if name.endswith("slurm25.11.8.so")]
    status, _, errors = run("head", slurm="25.11.8")
    assert status == 0 and "make" in errors.split() and len([name for name in os.listdir(shared) if name.endswith(".so")]) == 2
    # A file for SPANK that a script wrote is the one.
    write(folder + "/etc/slurm/plugstack.conf", "include x\n")
    write(folder + "/etc/slurm/plugstack.conf.d/pyxis.conf", "required %s\n" % plugin)
    status, said, errors = run("head")
    assert status == 0 and read(folder + "/etc/slurm/plugstack.conf") == "include x\n", (said, errors)
    # Docker's daemon starts anew for a new runtime alone.
    environment = programs(folder, **{"nvidia-ctk": "mkdir -p %s/etc/docker; echo ctk >%s/etc/docker/daemon.json" % (folder, folder)})
    assert "systemctl restart docker" in run("head")[1] and "systemctl restart docker" not in run("head")[1]
    # Another file under the same name is installed.
    write(folder + "/source/enroot_1_amd64.deb", "newer")
    sums["enroot_1_amd64.deb"] = subprocess.run(["sha256sum", folder + "/source/enroot_1_amd64.deb"], capture_output=True, check=True, text=True).stdout[:64]
    newer = " ".join(urls[name] + " " + sums[name] for name in sorted(sums))
    assert [line for line in run("head", newer)[1] if line.startswith("install /")] == ["install %s/enroot_1_amd64.deb" % files]
    # A file with another sum is not taken and does not stay; another version of Enroot is refused.
    subprocess.run(["rm", "-r", files], check=True)
    for name in sums:
        status, said, _ = run("head", urls[name] + " " + "0" * 64)
        assert status == 1 and said[-1].startswith("die %s cannot be fetched" % urls[name]), said
        assert not os.path.exists(files + "/" + name)
    status, said, _ = run("head", newer, version="4.0")
    assert status == 1 and said[-1] == "die this node has Enroot 3.5.0, the cluster file says 4.0", said


for check in (check_cfnconfig, check_names, check_packages, check_built, check_around, check_guard, check_containers):
    with tempfile.TemporaryDirectory() as scratch:
        check(scratch)

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
storage_mount
)
(
fs_MountDir='/raid'
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


def check_cfnconfig(folder):
    """The file has the names and values that ParallelCluster writes, for the shell and for programs that read its lines."""
    code = template("actions/lib/compat.sh").replace("/opt/parallelcluster", folder + "/opt").replace("/etc/parallelcluster", folder + "/etc")
    code = code.replace("/var/log", folder + "/log")
    os.makedirs(folder + "/log")
    write(folder + "/etc/storage", STORAGE)
    text = """
quoted() { printf "'%%s'\\n" "$1"; }
HPCC_KIND=%s HPCC_CLUSTER=c HPCC_REGION=r HPCC_USER=ubuntu HPCC_HEAD=10.0.0.9 HPCC_QUEUE=q1 HPCC_STATE_VOLUME=vol-1
HPCC_PROXY=%s HPCC_EPHEMERAL=%s
node_compat
node_compat
"""
    for kind, named, more in (("head", "HeadNode", {"cfn_volume": "vol-1"}), ("login", "LoginNode", {}),
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
    links = {name: os.readlink(folder + "/log/" + name) for name in os.listdir(folder + "/log")}
    assert links == {"parallelcluster": "hpcc", "slurmctld.log": "hpcc/slurmctld.log", "slurmd.log": "hpcc/slurmd.log"}, links
    write(folder + "/etc/storage", "")
    shell(code + text % ("head", "'http://u:p&x@proxy:1/'", "/fast"), folder)
    said = subprocess.run(["bash", "-euc", ". $1; echo $cfn_proxy $cfn_ebs_shared_dirs $cfn_ephemeral_dir", "-",
                           folder + "/opt/cfnconfig"], capture_output=True, check=True, text=True)
    assert said.stdout == "http://u:p&x@proxy:1/ NONE /fast\n", said.stdout
    with open(folder + "/opt/.bootstrapped", encoding="ascii") as file:
        name, version = file.read().strip().rsplit("-", 1)
    assert name == "aws-parallelcluster-cookbook" and len(version.split(".")) == 3


def check_names(folder):
    """Slurm of packages stands below /opt/slurm, too; one that was built there stays as it is."""
    code = template("core/lib/slurm.sh") + template("packages/lib/packages.sh")
    for path in ("/opt/slurm", "/usr/lib", "/run/slurm", "/etc/slurm"):
        code = code.replace(path, folder + path)
    code = code.replace("/usr/lib64", folder + "/none")
    write(folder + "/usr/lib/m/libslurm.so.42", "")
    environment = programs(folder, srun="", scontrol="", slurmd="")
    run = "set -eu\nHPCC_KIND=KIND\nscontrol() { :; }\n" + code + "\nPATH=%s:$PATH\nslurm_names\nslurm_names\n" % ":".join(
        folder + "/opt/slurm/" + name for name in ("bin", "sbin"))
    run += 'case $PATH in\n*/opt/slurm/*) echo "$PATH" ;;\nesac\nif slurm_own; then echo own; fi\n'
    write(folder + "/etc/slurm/slurm.conf", "")
    for kind, etc in (("head", "/etc/slurm"), ("compute", "/run/slurm/conf")):
        if kind == "compute":
            os.remove(folder + "/etc/slurm/slurm.conf")
        done = subprocess.run(["sh"], input=run.replace("KIND\n", kind + "\n"), env=environment, capture_output=True, check=True, text=True)
        assert done.stdout == "" and done.stderr == "", done
        found = {name: os.readlink(folder + "/opt/slurm/" + name) for name in os.listdir(folder + "/opt/slurm")}
        assert found == {"bin": folder + "/bin", "sbin": folder + "/bin", "lib": folder + "/usr/lib/m", "etc": folder + etc,
                         "include": "/usr/include"}, found
    subprocess.run(["rm", "-r", folder + "/opt/slurm"], check=True)
    os.makedirs(folder + "/opt/slurm/bin")
    done = subprocess.run(["sh"], input=run.replace("KIND\n", "head\n"), env=environment, capture_output=True, check=True, text=True)
    assert done.stdout.endswith(":%s\nown\n" % environment["PATH"]) and os.listdir(folder + "/opt/slurm") == ["bin"], done


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
    code = template("core/lib/slurm.sh") + template("containers/lib/containers.sh")
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
enroot() { echo 3.5.0; }
""" % (folder, folder, folder) + code.replace("slurm_own() {\n", "slurm_own_() {\n") + "node_containers\n"
    environment = programs(folder, systemctl="exit 0", usermod='echo "user $*"', tar="cat \"$2\" >/dev/null", mountpoint="exit 1",
                           make='for last; do :; done; echo plugin >"$last/spank_pyxis.so"; echo make', sysctl="exit 0")
    environment = programs(folder, **{"systemd-tmpfiles": "exit 0"})
    urls = {"pyxis-1.tar.gz": "s3://b/k/pyxis-1.tar.gz", "enroot_1_amd64.deb": "https://h/enroot_1_amd64.deb"}
    good = " ".join(urls[name] + " " + sums[name] for name in sorted(sums))

    def run(kind, packages=good, version="3.5.0"):
        text = code.replace("@KIND@", kind).replace("@FILES@", packages).replace("@VERSION@", version)
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
    for name in ("enroot/enroot.conf", "spank/plugstack.conf", "pyxis/pyxis.conf"):
        assert os.path.exists(folder + "/opt/parallelcluster/examples/" + name)
    # Once more, after a cut: nothing is fetched or built again, and what an action wrote stays.
    write(folder + "/etc/enroot/enroot.conf", "ENROOT_RUNTIME_PATH /mine\n")
    os.remove(plugin)
    for kind in ("head", "compute"):
        status, said, errors = run(kind)
        assert status == 0 and not [line for line in said if line.startswith(("fetch", "s3"))] and "make" not in errors, (said, errors)
        assert os.path.exists(plugin)
        with open(folder + "/etc/enroot/enroot.conf", encoding="ascii") as file:
            assert file.read() == "ENROOT_RUNTIME_PATH /mine\n"
    with open(folder + "/etc/slurm/plugstack.conf", encoding="ascii") as file:
        assert file.read().count("spank_pyxis") == 1
    # A file with another sum is not taken and does not stay; another version of Enroot is refused.
    subprocess.run(["rm", "-r", files], check=True)
    for name in sums:
        status, said, _ = run("head", urls[name] + " " + "0" * 64)
        assert status == 1 and said[-1].startswith("die %s cannot be fetched" % urls[name]), said
        assert not os.path.exists(files + "/" + name)
    status, said, _ = run("head", version="4.0")
    assert status == 1 and said[-1] == "die this node has Enroot 3.5.0, the cluster file says 4.0", said


for check in (check_cfnconfig, check_names, check_guard, check_containers):
    with tempfile.TemporaryDirectory() as scratch:
        check(scratch)

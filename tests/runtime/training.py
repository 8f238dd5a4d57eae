#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/training with the scripts that people publish for ParallelCluster, in the laboratory.

usage: training.py HPCC SUITE GROUP|TEST…, with a release of Debian; prints TAP, after a failure the logs of machines.

The cluster file is the example's; texts of our own (lab/actions) make the calls of the public scripts, from the URLs that it
names. What they install are stand-ins, in repositories of their own and among the packages of the file.
"""
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import HERE, enter, fsx_answers  # noqa: E402
from cluster_base import Cluster, run_tests  # noqa: E402
from common import ROOT, in_venv  # noqa: E402

in_venv("boto3")
enter(3000, sys.argv[2])

SCRIPTS = "raw.githubusercontent.com/aws-samples/aws-parallelcluster-post-install-scripts/main/"
BUCKET = "amzn-s3-demo-bucket.s3.us-west-2.amazonaws.com/"
RECIPE = ("raw.githubusercontent.com/aws/aws-parallelcluster-cookbook/refs/heads/develop/cookbooks/aws-parallelcluster-slurm/"
          "templates/default/compute_node_finalize/slurm/slurm.sysconfig.erb")
FILERS = ["fs-0123456789abcdef1.fsx.us-east-1.amazonaws.com", "fs-0123456789abcdef4.fsx.us-east-1.amazonaws.com"]
UNIT = "[Unit]\nDescription=docker\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"
TRUE = "#!/bin/sh\n"
# What the laboratory's image has no packages of: {name: {path: text}}.
PACKAGES = {
    "gnupg": {}, "lsb-release": {}, "gcc": {}, "libc6-dev": {}, "libslurm-dev": {}, "containerd.io": {}, "docker-ce-cli": {},
    "docker-buildx-plugin": {}, "docker-compose-plugin": {},
    # "make -s -C FOLDER" takes what lies there ready; NCCL's make is told nothing of that kind.
    "make": {"usr/bin/make": "#!/bin/sh\n[ \"$1 $2\" != '-s -C' ] || exec cp \"$3/ready\" \"$3/spank_pyxis.so\"\necho \"$PWD: $*\" >>/var/log/makes\n"},
    "bc": {"usr/bin/bc": "#!/bin/sh\nread -r text\nexec awk \"BEGIN { print ($text) + 0 }\"\n"},
    "wget": {"usr/bin/wget": "#!/bin/sh\n[ \"$1\" != -O ] || exec curl -gfsSLo \"$2\" \"$3\"\nexec curl -gfsSL \"$2\"\n"},
    "docker-ce": {"usr/bin/docker": TRUE, "usr/bin/dockerd": TRUE, "usr/lib/systemd/system/docker.service": UNIT},
    "nvidia-container-toolkit": {"usr/bin/nvidia-ctk": "#!/bin/sh\necho \"$*\" >>/var/log/nvidia-ctk\n"},
    "enroot": {"usr/bin/enroot": "#!/bin/sh\necho 3.5.0\n", "etc/enroot/enroot.conf": "", "usr/share/enroot/hooks.d/50-slurm-pmi.sh": TRUE,
               "usr/share/enroot/hooks.d/50-slurm-pytorch.sh": TRUE},
}
# The image for GPUs has CUDA, Git, make and the EFA software; what is cloned is a folder with programs that say yes.
IMAGE = {**PACKAGES["make"], "usr/bin/git": "#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last\" && cd \"$last\" && for f in autogen.sh configure; do\n"
                        "printf '#!/bin/sh\\n' >$f; chmod 755 $f; done\n",
         "usr/local/cuda/bin/nvcc": TRUE, "opt/amazon/openmpi/bin/mpirun": TRUE, "opt/amazon/efa/bin/fi_info": TRUE}
USERS = "#!/bin/sh\n[ \"$*\" = '--file /home/users.csv' ] && useradd -m -d /home/anna anna\n"


def package(name, files, target):
    """A Debian package; Docker's makes a group."""
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        for path, text in files.items():
            write(os.path.join(tree, path), text, 0o755 if "bin/" in path or path.endswith(".sh") else 0o644)
        write(tree + "/DEBIAN/control", f"Package: {name}\nVersion: 99:1\nArchitecture: all\nMaintainer: hpcc\nDescription: stand-in\n")
        if name == "docker-ce":
            write(tree + "/DEBIAN/postinst", "#!/bin/sh\ngroupadd -f -r docker\n", 0o755)
        subprocess.run(["dpkg-deb", "-b", "--root-owner-group", tree, target], check=True, stdout=subprocess.DEVNULL)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def repository(folder, names):
    """A flat one; all of it."""
    os.makedirs(folder)
    for name in names:
        package(name, PACKAGES[name], f"{folder}/{name}_99_all.deb")
    found = subprocess.run(["dpkg-scanpackages", "-m", "."], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    with open(folder + "/Packages", "wb") as file:
        file.write(found)
    with gzip.open(folder + "/Packages.gz", "wb") as file:
        file.write(found)


def slurm_version(suite):
    """The number that Slurm compares with those of plugins."""
    from lab import images
    names = os.listdir(images(suite) + "/stock/usr/local/lab/repository")
    major, minor, micro = next(re.match(r"slurmd_(\d+)\.(\d+)\.(\d+)", name) for name in names if name.startswith("slurmd_")).groups()
    return int(major) << 16 | int(minor) << 8 | int(micro)


def make(tap, suite):
    folder = tempfile.mkdtemp(prefix="hpcc-training-")
    docker = ["docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin"]
    repository(folder + "/docker", docker)
    repository(folder + "/more", [name for name in PACKAGES if name not in (*docker, "enroot")])
    package("enroot", PACKAGES["enroot"], folder + "/enroot_3.5.0-1_amd64.deb")
    os.mkdir(folder + "/pyxis")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", f"-DSLURM={slurm_version(suite)}", "-o", folder + "/pyxis/ready", HERE + "/pyxis.c"], check=True)
    with tarfile.open(folder + "/pyxis-0.20.0.tar.gz", "w:gz") as archive:
        archive.add(folder + "/pyxis", "pyxis-0.20.0")
    write(folder + "/key", subprocess.run(["openssl", "rand", "-hex", "64"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    write(folder + "/users", USERS)
    downloads = {SCRIPTS + name + "/postinstall.sh": f"{HERE}/actions/{name}.sh" for name in ("docker", "nccl", "pyxis")}
    downloads |= {BUCKET + "head/add-users.sh": folder + "/users", RECIPE: folder + "/key",
                  "download.docker.com/linux/ubuntu/gpg": folder + "/key", "nvidia.github.io/libnvidia-container/gpgkey": folder + "/key"}
    c = Cluster(tap, suite, downloads=downloads)
    c.folder = folder
    for name in ("docker", "more"):
        shutil.copytree(f"{folder}/{name}", f"{c.lab.work}/image/usr/local/lab/{name}")
    c.lab.put("etc/apt/sources.list.d/more.list", "deb [trusted=yes] file:/usr/local/lab/more ./\n")
    for path, text in IMAGE.items():
        c.lab.put(path, text, 0o755)
    # The key of a maker is what it is: nothing here is signed.
    c.lab.put("usr/local/sbin/gpg", "#!/bin/sh\ncase $* in --dearmor*) exec cat >\"$3\" ;; esac\nexec /usr/bin/gpg \"$@\"\n", 0o755)
    c.lab.world.tell("fsx", fsx_answers("fs-0123456789abcdef1", "/fsx/homes"))
    c.lab.hypervisor.filers.update({name: f"{c.lab.work}/filers/{name}" for name in FILERS})
    s3 = c.lab.world.client("s3", "us-east-1")
    s3.create_bucket(Bucket="amzn-s3-demo-bucket")
    with open(ROOT + "/examples/training/cluster.yaml", encoding="utf-8") as file:
        text = file.read()
    for name in ("enroot_3.5.0-1_amd64.deb", "pyxis-0.20.0.tar.gz"):
        s3.upload_file(f"{folder}/{name}", "amzn-s3-demo-bucket", name)
        with open(f"{folder}/{name}", "rb") as file:
            found = hashlib.sha256(file.read()).hexdigest()
        text = re.sub(rf"(Url: \S+/{re.escape(name)}\n +Sha256: )\w+", rf"\g<1>{found}", text)
    # One node is enough, and the laboratory has subnets and times of its own.
    for old, new in (("Region: us-west-2", "Region: us-east-1"), ("Count: 4", "Count: 1"),
                     ("subnet-0123456789abcdef0", c.subnets["subnet"]), ("subnet-0123456789abcdef1", c.subnets["subnet"]),
                     ("  SlurmSettings:\n", "  SlurmSettings:\n    CustomSlurmSettingsIncludeFile: s3://lab-files/slurm.conf\n")):
        assert old in text, old
        text = text.replace(old, new)
    c.create(text)
    return c


def node(c):
    return next(iter(c.machines("Compute")), None)


def boots(c):
    """Head and compute node run docker, nccl and pyxis, and are ready."""
    c.lab.wait("a signal", 240, c.lab.signals)
    signal = c.lab.signals()[0]
    if c.tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal):
        c.reaches("train-st-nodes-1", ["idle"], 240, "the compute node joins")


def scripts(c):
    """What the scripts have done."""
    for kind, machine in (("head", c.head), ("compute", node(c))):
        ran = re.findall(r"running \S+/(\w+)/\S+$", machine.read("/var/log/hpcc/boot.log"), re.M)
        c.tap.equal(ran, ["docker", "pyxis", "head"] if kind == "head" else ["docker", "nccl", "pyxis"], f"{kind}: all ran, in order")
        found = machine.run("systemctl is-active docker; stat -c %G /usr/bin/docker; cat /var/log/nvidia-ctk").stdout
        c.tap.equal(found, "active\ndocker\nruntime configure --runtime=docker\n", f"{kind}: Docker runs")
        room = "/tmp/enroot" if kind == "head" else "/local_scratch/enroot"
        found = machine.run("grep ENROOT_DATA_PATH /etc/enroot/enroot.conf; ls /usr/local/lib/slurm/spank_pyxis.so /etc/enroot/hooks.d").stdout
        c.tap.equal(found.split(), ["ENROOT_DATA_PATH", f"{room}/data/user-$(id", "-u)", "/usr/local/lib/slurm/spank_pyxis.so",
                                    "/etc/enroot/hooks.d:", "50-slurm-pmi.sh", "50-slurm-pytorch.sh"], f"{kind}: Enroot as the script says")
        c.tap.equal(machine.run("systemctl --failed --plain --no-legend | cut -d ' ' -f 1").stdout.split(), [], f"{kind}: no unit has failed")
    c.tap.equal(c.slurm("ls -A /opt/slurm/etc/plugstack.conf.d; id -un anna"), "pyxis.conf\nanna", "the head node has the file for SPANK, and a user")
    built = node(c).read("/var/log/makes").splitlines()
    c.tap.ok(built[:2] == ["/opt/nccl: -j src.build NVCC_GENCODE=-gencode=arch=compute_80,code=sm_80", built[1]] and
             built[1].startswith("/opt/nccl-tests: ") and built[-1] == "/opt/aws-ofi-nccl: install", "NCCL was made on the compute node", built)
    c.tap.equal(c.head.read("/var/log/makes"), "", "and not on the head node")


def container(c, what):
    found = c.slurm("cd /home/ubuntu && timeout 100 srun --container-image=lab printenv LAB_IMAGE", user="ubuntu", timeout=120)
    c.tap.equal(found, "lab", what)


def containers(c):
    """Jobs name an image, on the head node and in a job; those that name none are as ever."""
    container(c, "a job in a container")
    job = c.submit("-N1", "srun --container-image=inside printenv LAB_IMAGE; srun printenv LAB_IMAGE || echo none")
    c.tap.equal(c.finished(job, 100), "COMPLETED", "a job with steps")
    said = c.output(job).splitlines()
    c.tap.ok(said[0] == "inside" and said[-1] == "none", "each of which says whether it is in one", said)


def names(c):
    """Paths and variables that scripts know."""
    for kind, machine in (("HeadNode", c.head), ("ComputeFleet", node(c))):
        for path in ("/etc/parallelcluster/cfnconfig", "/opt/parallelcluster/cfnconfig"):
            found = machine.run(f"bash -euc 'source {path}; echo $cfn_node_type $cfn_region $cfn_cluster_user $cfn_scheduler $stack_name "
                                "$cfn_ephemeral_dir ${cfn_ebs_shared_dirs:-none}'").stdout
            c.tap.equal(found, f"{kind} us-east-1 ubuntu slurm demo /scratch none\n", f"{kind}: {path}")
        found = machine.run("readlink -f /opt/slurm/bin/srun /opt/slurm/lib; ls -L /opt/slurm/etc/slurm.conf; ls -d /var/log/parallelcluster/boot.log").stdout
        c.tap.ok(found.startswith("/usr/bin/srun\n/usr/lib/") and found.endswith("/opt/slurm/etc/slurm.conf\n/var/log/parallelcluster/boot.log\n"),
                 f"{kind}: Slurm and logs where scripts look for them", found)


def around(c):
    """Programs in prolog.d and epilog.d run around each job; a prolog that fails takes the node out of service."""
    place = "/opt/slurm/etc/scripts"
    for kind in ("prolog", "epilog"):
        c.head.run(f"printf '#!/bin/sh\\necho {kind} $SLURM_JOB_ID >>/var/log/around\\n' >{place}/{kind}.d/50_mine; chmod 755 {place}/{kind}.d/50_mine")
    job = c.submit("-N1", "srun hostname")
    c.tap.equal(c.finished(job, 100), "COMPLETED", "a job completes")
    c.lab.wait("the epilog", 30, lambda: "epilog" in node(c).read("/var/log/around"))
    c.tap.equal(node(c).read("/var/log/around").splitlines(), [f"prolog {job}", f"epilog {job}"], "with the programs of the administrator around it")
    c.head.run(f"printf '#!/bin/sh\\nexit 1\\n' >{place}/prolog.d/60_bad; chmod 755 {place}/prolog.d/60_bad")
    job = c.submit("-N1", "srun hostname")
    c.lab.wait("the drain", 60, lambda: c.state("train-st-nodes-1").startswith("drain"))
    c.tap.ok(True, "a prolog that fails drains the node")
    c.head.run(f"rm {place}/prolog.d/60_bad; scontrol update nodename=train-st-nodes-1 state=resume")
    c.tap.equal(c.finished(job, 200), "COMPLETED", "the job starts once it is mended")
    c.head.run(f"rm {place}/*/50_mine")


def reboot(c):
    """A node that Slurm reboots has all of it again."""
    machine = node(c)
    machine.run("touch /run/before")
    c.head.run("scontrol reboot asap nextstate=resume train-st-nodes-1")
    c.lab.wait("the reboot", 200, lambda: machine.running and machine.run("[ -e /run/before ] || pidof slurmd").stdout.strip())
    c.reaches("train-st-nodes-1", ["idle"], 100, "the node comes back")
    c.tap.equal(node(c).id, machine.id, "on the same instance")
    container(c, "a job in a container runs on it")
    c.tap.equal(machine.run("systemctl is-active docker").stdout, "active\n", "and Docker")


def before(c):
    """As for releases of ParallelCluster whose images lack both: the script configures Slurm by itself, on each node."""
    with open(HERE + "/actions/pyxis.sh", encoding="utf-8") as file:
        text = file.read()
    for kind, machine in (("head", c.head), ("compute", node(c))):
        machine.run("echo aws-parallelcluster-cookbook-3.11.1 >/opt/parallelcluster/.bootstrapped")
        found = machine.run(f"cat >/root/before.sh <<'HPCC_END'\n{text}\nHPCC_END\nbash /root/before.sh", timeout=100)
        c.tap.ok(found.returncode == 0, f"{kind}: it ends well", found.stdout + found.stderr)
        c.tap.equal(machine.run("systemctl is-active slurmctld slurmd").stdout.split(),
                    ["active", "inactive"] if kind == "head" else ["inactive", "active"], f"{kind}: its daemon runs")
    c.lab.wait("the controller", 60, lambda: "is UP" in c.slurm("timeout 5 scontrol ping"))
    c.reaches("train-st-nodes-1", ["idle"], 100, "the node is there")
    container(c, "a job in a container")


GROUPS = {"training": [boots, scripts, containers, names, around, reboot, before]}

if __name__ == "__main__":
    run_tests(make, GROUPS)

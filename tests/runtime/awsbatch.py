#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A cluster with the scheduler awsbatch in the laboratory: its head node boots with the user data of its stack, and a user submits
jobs there with the commands of aws-parallelcluster-awsbatch-cli, in the role of the machine and with the configuration that it wrote.

Machines are of Debian: an action of the cluster file makes the one that it is take packages as Amazon Linux does. PyPI is not here, so
the package that tests/requirements-awsbatch.txt names is shown to the machine, and a stand-in for pip makes its commands. Jobs run as
processes beside the local AWS (tests/e2e/moto_jobs.py).
usage: awsbatch.py HPCC SUITE; prints TAP.
"""
import glob
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter, skip  # noqa: E402
from common import AWSBATCH, Tap, in_venv  # noqa: E402

in_venv("boto3")
PACKAGES = glob.glob(f"{AWSBATCH}/lib/python3*/site-packages")
if not PACKAGES:
    skip("tests/requirements-awsbatch.txt is not installed")
enter(1500, sys.argv[2])

from lab import Lab  # noqa: E402
from patience import Patience  # noqa: E402

FILE = """Region: us-east-1
Image: {{Os: alinux2023}}
CustomS3Bucket: lab-files
HeadNode:
  InstanceType: m5.large
  Networking: {{SubnetId: {subnet}}}
  Imds: {{Secured: false}}
  Iam: {{S3Access: [{{BucketName: lab-files}}]}}
  CustomActions:
    OnNodeStart: {{Script: "s3://lab-files/amazon.sh"}}
    OnNodeConfigured: {{Script: "s3://lab-files/note.sh", Args: [first]}}
Monitoring: {{Logs: {{CloudWatch: {{Enabled: false}}}}}}
SharedStorage:
  - {{Name: shared, MountDir: /shared, StorageType: Ebs, EbsSettings: {{Size: 40}}}}
{storage}Scheduling:
  Scheduler: awsbatch
  AwsBatchQueues:
    - Name: jobs
      CapacityType: {capacity}
      Networking: {{SubnetIds: [{subnet}]}}
      ComputeResources:
        - {{Name: c5, InstanceTypes: [c5.xlarge], MaxvCpus: {most}}}
"""
# A user, and a tool for packages, as Amazon Linux has them; those of Debian, by other names.
AMAZON = """#!/bin/sh
set -eu
useradd -m -s /bin/bash ec2-user
useradd -m -s /bin/bash ann
runuser -u ann -- sh -c 'mkdir ~/.parallelcluster; echo "[main]" >~/.parallelcluster/awsbatch-cli.cfg'
mv /usr/bin/apt-get /usr/bin/apt-get.debian
cat >/usr/bin/dnf <<'END'
#!/bin/sh
for package; do :; done
case $package in
nfs-utils) package=nfs-kernel-server ;;
esac
echo "$package" >>/var/log/dnf
apt-get.debian -q update >&2
exec apt-get.debian -q -y install "$package" >&2
END
chmod 755 /usr/bin/dnf
"""
NOTE = "#!/bin/sh\necho \"$*\" >>/var/log/notes\n"
# The interpreter that the head node finds first. Its virtual environments have a pip that knows one package.
PYTHON = """#!/bin/sh
[ "$1" != -c ] || exit 0
mkdir -p "$3/bin"
cat >"$3/bin/python" <<'END'
#!/bin/sh
case $1 in
-m)
	echo "$*" >>/var/log/pip
	for name in awsbsub awsbstat awsbout awsbkill awsbqueues awsbhosts; do
		printf '#!%s/bin/python\\n%s\\n' "${0%/bin/python}" "$name" >"${0%/*}/$name"
		chmod 755 "${0%/*}/$name"
	done
	;;
*)
	export PYTHONPATH=/awsbatch-packages AWS_CONFIG_FILE=/usr/local/lab/aws AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
	name=$(sed -n 2p "$1")
	shift
	exec python3 -P -c "import sys; sys.argv[0] = '$name'; sys.stdin.isatty = lambda: True; from awsbatch.$name import main; main()" "$@"
	;;
esac
END
chmod 755 "$3/bin/python"
"""
SETTINGS = "[default]\ns3 =\n  addressing_style = path\n  us_east_1_regional_endpoint = regional\n"


class Cluster:
    def __init__(self, suite):
        self.lab = lab = Lab(suite)
        s3 = lab.world.client("s3", lab.region)
        s3.create_bucket(Bucket="lab-files")
        for name, text in (("amazon.sh", AMAZON), ("note.sh", NOTE)):
            s3.put_object(Bucket="lab-files", Key=name, Body=text.encode())
        lab.put("usr/local/bin/python3.12", PYTHON, 0o755)
        lab.put("usr/local/lab/aws", SETTINGS)
        lab.hypervisor.shown["/awsbatch-packages"] = PACKAGES[0]
        lab.hypervisor.boots = lambda tags: tags.get("hpcc:node-type") == "HeadNode"  # moto starts some for each compute environment
        _, self.subnets = lab.world.network(lab.region, {"subnet"})

    def deploy(self, update=False, **words):
        self.lab.deploy("demo", FILE.format(**self.subnets, **words), update)

    def run(self, command, user="ec2-user"):
        return self.head.run(f"cd; export HOME=~{user} && eval HOME=$HOME; {command}", user=user, timeout=120)

    def submit(self, words):
        for _ in range(5):  # the server of the laboratory ends connections without a word at times
            done = self.run(f"awsbsub {words}")
            found = re.search(r"^Job ([\w-]+) ", done.stdout, re.M)
            if found:
                return found.group(1)
        raise RuntimeError(done.stdout + done.stderr)

    def until(self, job, *states):
        state, patience = None, Patience(60)
        while state not in states and not patience.ended():
            told = self.run(f"awsbstat -d '{job}'")
            found = re.search(r"^status +: (\w+)", told.stdout, re.M)
            state = found.group(1) if found else told.stdout + told.stderr
            time.sleep(0.3)
        return state


def exports(c):
    """What the head node exports."""
    return sorted(re.findall(r"^(/\S+) ", c.head.run("cat /etc/exports.d/*.exports").stdout, re.M))


def boots(tap, c):
    """The head node comes up without Slurm, and says so."""
    c.deploy(capacity="ONDEMAND", most=16, storage="")
    c.head = c.lab.head("demo")
    c.lab.wait("a signal", 300, c.lab.signals)
    signal = c.lab.signals()[0]
    if not tap.ok(signal["Status"] == "SUCCESS", "the head node signals success", signal):
        return False
    log = c.head.read("/var/log/hpcc/boot.log")
    tap.ok("step slurm" not in log and "step scheduler_start" in log, "its boot has steps of AWS Batch, and none of Slurm", log[-3000:])
    tap.equal(c.head.run("ls /opt/hpcc/slurm /etc/slurm 2>/dev/null | wc -l").stdout.strip(), "0", "no script of Slurm is there")
    tap.equal(c.head.read("/var/log/notes"), "first\n", "its actions ran")
    tap.equal(exports(c), ["/home", "/shared"], "it exports homes and the shared volume")
    return True


def configured(tap, c):
    """All homes name one configuration, which is that of the output."""
    stack = c.lab.world.client("cloudformation", c.lab.region).describe_stacks(StackName="demo")["Stacks"][0]
    output = next(o["OutputValue"] for o in stack["Outputs"] if o["OutputKey"] == "AwsBatchCliConfig")
    c.head.run("useradd -m later")
    for user in ("ec2-user", "ann", "later"):
        tap.equal(c.run("cat ~/.parallelcluster/awsbatch-cli.cfg", user).stdout, output, f"{user} has the configuration of the stack")
    tap.equal(c.run("cat ~/.parallelcluster/awsbatch-cli.cfg.before", "ann").stdout, "[main]\n", "what ann had before is beside it")
    asked = c.head.read("/var/log/pip").splitlines()
    tap.ok(len(asked) == 1 and "--require-hashes" in asked[0], "pip was asked once, for what has sums", asked)


def jobs(tap, c):
    """One, several, over several nodes; seen, shown and killed. In the role of the head node."""
    job = c.submit("-jn hello -p 2 echo hello from the lab")
    tap.equal(c.until(job, "SUCCEEDED", "FAILED"), "SUCCEEDED", "awsbsub submits")
    tap.ok(": hello from the lab" in c.run(f"awsbout {job}").stdout, "awsbout shows", c.run(f"awsbout {job}").stderr)
    tap.ok(job in c.run("awsbstat -s ALL").stdout, "awsbstat lists")
    tap.ok("demo-jobs" in c.run("awsbqueues").stdout, "awsbqueues shows the queue")
    many = c.submit("-jn many -a 2 printenv AWS_BATCH_JOB_ARRAY_INDEX")
    tap.equal([c.until(f"{many}:{i}", "SUCCEEDED", "FAILED") for i in range(2)], ["SUCCEEDED"] * 2, "an array")
    nodes = c.submit("-jn nodes -n 2 printenv AWS_BATCH_JOB_NODE_INDEX")
    tap.equal([c.until(f"{nodes}#{i}", "SUCCEEDED", "FAILED") for i in range(2)], ["SUCCEEDED"] * 2, "two nodes")
    long = c.submit("-jn long sleep 600")
    tap.equal(c.until(long, "RUNNING", "FAILED"), "RUNNING", "a long one runs")
    tap.equal(c.run(f"awsbkill {long}").returncode, 0, "awsbkill takes it")
    tap.equal(c.until(long, "FAILED", "SUCCEEDED"), "FAILED", "and it ends")
    asked = {(service, action) for key, service, action in c.lab.world.get("requests") if key == c.head.access_key}
    tap.ok(any(service == "batch" for service, _ in asked), "AWS was asked in the role of the head node", sorted(asked))


def updates(tap, c):
    """Storage that comes is an update that the head node takes over and reports; users keep their configuration."""
    before = c.run("cat ~/.parallelcluster/awsbatch-cli.cfg").stdout
    seen = len(c.lab.signals())
    c.deploy(update=True, capacity="ONDEMAND", most=64,
             storage="  - {Name: more, MountDir: /more, StorageType: Ebs, EbsSettings: {Size: 10}}\n")
    c.head.run("/opt/hpcc/minute/update.sh", timeout=120)
    c.lab.wait("another signal", 120, lambda: len(c.lab.signals()) > seen)
    signal = c.lab.signals()[-1]
    tap.ok(signal["Status"] == "SUCCESS", "the head node takes an update over", str(signal) + c.head.read("/var/log/hpcc/update.log")[-2000:])
    tap.equal(exports(c), ["/home", "/more", "/shared"], "it exports the new volume")
    tap.equal(c.head.read("/var/log/notes"), "first\n", "no action runs again")
    tap.equal(c.run("cat ~/.parallelcluster/awsbatch-cli.cfg").stdout, before, "the configuration is the same")
    tap.equal(len(c.head.read("/var/log/pip").splitlines()), 1, "and nothing was installed again")
    job = c.submit("-jn again true")
    tap.equal(c.until(job, "SUCCEEDED", "FAILED"), "SUCCEEDED", "jobs run behind it")


def main():
    tap, cluster, told = Tap(), Cluster(sys.argv[2]), False
    try:
        if boots(tap, cluster):
            configured(tap, cluster)
            jobs(tap, cluster)
            updates(tap, cluster)
        told = True
    finally:
        if tap.failures or not told:
            for machine in cluster.lab.hypervisor.machines.values():
                print("".join("# " + line + "\n" for line in machine.run(
                    "tail -n 40 /var/log/cloud-init-output.log /var/log/hpcc/*.log").stdout.splitlines()))
            subprocess.run(f"tail -40 {cluster.lab.work}/aws.log | sed 's/^/# aws: /'", shell=True, check=False)
        cluster.lab.end()
    tap.end()


if __name__ == "__main__":
    main()

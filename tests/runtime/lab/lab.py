# SPDX-License-Identifier: Apache-2.0
"""A laboratory: namespaces, an AWS in them, an image for machines, and a stack that is deployed into it.

enter() runs the program again in namespaces of its own, so that nothing survives it: when the program or its time ends,
the kernel ends every process inside.
"""
import fcntl
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "e2e")]
from common import HPCC, ROOT, run, tool  # noqa: E402
from patience import LEAST, Patience  # noqa: E402
from world import World  # noqa: E402

AWS_ADDRESS = "10.0.255.253"
SERVICES = "ec2 cloudformation s3 secretsmanager autoscaling fsx ssm logs monitoring sts route53 batch ecs".split()
PROGRAMS = "unshare nsenter ip mount losetup openssl gpg runuser mmdebstrap dpkg-scanpackages".split()
BUILT = os.path.join(os.path.dirname(os.path.abspath(HPCC)), "tests", "runtime")
CLOCK = os.path.join(BUILT, "lab-clock.so")
IMAGES = os.environ.get("HPCC_IMAGES", os.path.join(ROOT, "build", "images"))
MODULES = """datasource_list: [ Ec2 ]
datasource: {Ec2: {strict_id: false, metadata_urls: ['http://169.254.169.254'], timeout: 5, max_wait: 10}}
network: {config: disabled}
cloud_init_modules: [bootcmd, write-files, set_hostname, update_hostname, ssh]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user]
"""
# In a container systemd mounts no disks of fstab.
DISKS = """[Unit]
Description=Stand-in for the mounts of disks
DefaultDependencies=no
Wants=local-fs-pre.target
Before=local-fs-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c "grep ^UUID= /etc/fstab | while read -r device where rest; do mount $$where; done"
"""


def skip(why):
    print(f"1..0 # SKIP {why}", flush=True)
    sys.exit(0)


def images(suite):
    """Where those of a release of Debian are. Trees with other files may keep theirs in the same place."""
    found = hashlib.sha256()
    for path in sorted(glob.glob(HERE + "/make-*") + glob.glob(HERE + "/packages/**", recursive=True)):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found.update(path[len(HERE):].encode() + file.read())
    return os.path.join(IMAGES, f"{suite}-{found.hexdigest()[:8]}")


def make_images(suite):
    """Tests that want them at the same time wait for the first."""
    os.makedirs(IMAGES, exist_ok=True)
    with open(images(suite) + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log = open(images(suite) + ".log", "wb")
        if subprocess.run([HERE + "/make-image", suite, images(suite)], check=False,
                          stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode == 0:
            return
    with open(log.name, encoding="utf-8", errors="replace") as text:
        print("".join("# " + line for line in text.readlines()[-20:]))
    skip(f"no image of Debian {suite} can be made")


def raise_limits():
    """Each systemd takes eight instances of inotify. Kernels give 128 to all of a user, which two clusters use up."""
    try:
        with open("/proc/sys/fs/inotify/max_user_instances", "r+", encoding="ascii") as limit:
            if int(limit.read()) < 1024:
                limit.seek(0)
                limit.write("1024\n")
    except OSError:
        pass  # settings of the kernel are not ours in a container; few machines run at one time do without


def enter(seconds, suite):
    """Goes on in namespaces of its own, for at most so many seconds, once there are images of the suite."""
    if os.environ.get("HPCC_IN_LAB"):
        return
    if os.geteuid() != 0:
        skip("the laboratory needs root for its namespaces")
    missing = [name for name in PROGRAMS if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    missing += [name for name in ("lab-nfs", "lab-clock.so") if not os.path.exists(os.path.join(BUILT, name))]
    if missing:
        skip("no " + ", ".join(missing))
    if not os.access("/dev/fuse", os.W_OK):
        skip("file systems in user space cannot be made here")
    space = ["unshare", "-n", "-m", "-u", "-i", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child"]
    if subprocess.run([*space, "true"], check=False).returncode != 0:
        skip("namespaces cannot be made here")
    if not os.access("/sys/fs/cgroup", os.W_OK):
        skip("control groups cannot be made here")
    make_images(suite)
    raise_limits()
    os.environ["HPCC_IN_LAB"] = "1"
    command = ["timeout", "-k", "3", str(seconds), *space, sys.executable, "-u", *sys.argv]
    os.execvp(command[0], command)


def fsx_answers(lustre, openzfs_path):
    """What FSx says of file systems that are there, by its API reference: one Lustre by its id, a cache, two volumes."""
    host = "fsx.us-east-1.amazonaws.com"
    return {
        "DescribeFileSystems": {lustre: {"DNSName": f"{lustre}.{host}", "LustreConfiguration": {"MountName": "abcd1234"}}},
        "DescribeFileCaches": {"fc-0123456789abcdef0": {
            "DNSName": f"fc-0123456789abcdef0.{host}", "LustreConfiguration": {"MountName": "cache123"}}},
        "DescribeVolumes": {
            "fsvol-0123456789abcdef0": {"FileSystemId": "fs-0123456789abcdef4", "OpenZFSConfiguration": {"VolumePath": openzfs_path}},
            "fsvol-0123456789abcdef1": {"OntapConfiguration": {
                "StorageVirtualMachineId": "svm-0123456789abcdef0", "JunctionPath": "/vol1"}}},
        "DescribeStorageVirtualMachines": {"svm-0123456789abcdef0": {
            "Endpoints": {"Nfs": {"DNSName": f"svm-0123456789abcdef0.fs-0123456789abcdef5.{host}"}}}}}


class LabWorld(World):
    """The World of the end-to-end tests with the server of the laboratory."""

    def __init__(self, certificate, log, downloads, clock):
        self.server = subprocess.Popen(
            [tool("python3") or sys.executable, HERE + "/aws_server.py"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=open(log, "wb"),
            env={**os.environ, "LAB_ADDRESS": AWS_ADDRESS, "LAB_CERTIFICATE": certificate,
                 "LAB_DOWNLOADS": json.dumps(downloads), "LD_PRELOAD": CLOCK, "LAB_CLOCK": clock})
        self.url = f"http://127.0.0.1:{int(self.server.stdout.readline())}"
        self.clients = {}

    def tell(self, what, body):
        import urllib.request
        request = urllib.request.Request(f"{self.url}/hpcc-test/{what}", data=json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)


class Lab:
    """Everything, in a folder that goes with it; {"HOST/PATH": FILE} are `downloads` more that others offer."""

    def __init__(self, suite, region="us-east-1", source=None, downloads=None):
        import hypervisor
        import makers
        import metadata_service
        import name_service
        self.region = region
        self.stock = images(suite) + "/stock"
        self.work = tempfile.mkdtemp(prefix="hpcc-lab-")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8g,mode=755", "tmpfs", self.work], check=True)
        self.network()
        self.makers = makers.Makers(self.work + "/makers", source)
        self.makers.downloads.update(downloads or {})
        self.certificate()
        self.image()
        self.world = LabWorld(self.work + "/tls", self.work + "/aws.log", self.makers.downloads, self.work + "/clock")
        self.hypervisor = hypervisor.Hypervisor(self.world, region, self.work, [self.work + "/image", self.stock])
        metadata_service.serve(self.hypervisor.machine_of)
        name_service.serve("169.254.169.253", self.address_of)
        self.makers.upload(self.world.client("s3", region))
        self.ec2 = self.world.client("ec2", region)
        self.custom = self.ec2.register_image(Name="with Slurm", RootDeviceName="/dev/xvda")["ImageId"]
        self.hypervisor.layers[self.custom] = [self.work + "/image", images(suite) + "/slurm", self.stock]

    @staticmethod
    def network():
        """A bridge. Without an address of its own it would take a new one from its ports as machines come and go."""
        for command in ("link set lo up", "link add br0 address 02:00:00:00:00:01 type bridge",
                        f"addr add {AWS_ADDRESS}/16 dev br0",
                        "addr add 169.254.169.253/32 dev br0", "addr add 169.254.169.254/32 dev br0",
                        "link set br0 up"):
            subprocess.run(["ip", *command.split()], check=True)

    def names(self):
        return [f"{s}.{self.region}.amazonaws.com" for s in SERVICES] + [
            *sorted({address.split("/")[0] for address in self.makers.downloads} | {"download.schedmd.com"}),
            "route53.amazonaws.com", f"amazoncloudwatch-agent-{self.region}.s3.{self.region}.amazonaws.com",
            f"cloudformation-waitcondition-{self.region}.s3.amazonaws.com"]

    def certificate(self):
        names = ",".join("DNS:" + name for name in self.names())
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab",
                        "-keyout", self.work + "/tls.key", "-out", self.work + "/tls.pem", "-addext",
                        "subjectAltName=" + names], check=True, stderr=subprocess.DEVNULL)

    def database(self, user, password):
        """A MariaDB outside of the cluster: its host:port, or None where there is none."""
        if not shutil.which("mariadbd", path="/usr/sbin"):
            return None
        folder = self.work + "/mariadb"
        os.makedirs(folder)
        shutil.chown(folder, "mysql", "mysql")
        subprocess.run(["mariadb-install-db", "--no-defaults", "--user=mysql", "--datadir=" + folder, "--skip-test-db",
                        "--tmpdir=" + folder, "--auth-root-authentication-method=normal"], check=True,
                       stdout=subprocess.DEVNULL)
        setup = self.work + "/setup.sql"
        quoted = password.replace("\\", "\\\\").replace("'", "''")
        with open(setup, "w", encoding="utf-8") as file:
            file.write(f"create user '{user}'@'%' identified by '{quoted}';\ngrant all on *.* to '{user}'@'%';\n")
        subprocess.Popen(["mariadbd", "--no-defaults", "--user=mysql", "--datadir=" + folder, "--tmpdir=" + folder,
                          "--socket=" + folder + "/s", "--bind-address=" + AWS_ADDRESS, "--port=3307",
                          "--innodb-buffer-pool-size=64M", "--skip-name-resolve", "--init-file=" + setup],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=open(self.work + "/mariadb.log", "wb"))
        return f"{AWS_ADDRESS}:3307"

    def address_of(self, name):
        """What Route 53 knows of a name, or None."""
        dns = self.world.client("route53", self.region)
        for zone in dns.list_hosted_zones()["HostedZones"]:
            if name.endswith("." + zone["Name"].rstrip(".")):
                for record in dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
                    if record["Type"] == "A" and record["Name"].rstrip(".") == name:
                        return record["ResourceRecords"][0]["Value"]
        return None

    def put(self, path, text, mode=0o644):
        path = os.path.join(self.work, "image", path.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def image(self):
        """What is different on the machines of this laboratory: the uppermost layer of all images."""
        image = self.work + "/image"
        os.makedirs(image + "/usr/local/lib")
        self.put("etc/hosts", f"127.0.0.1 localhost\n{AWS_ADDRESS} {' '.join(self.names())}\n")
        self.put("etc/resolv.conf", "search ec2.internal\nnameserver 169.254.169.253\n")
        self.put("etc/hostname", "ubuntu\n")
        shutil.copy(CLOCK, image + "/usr/local/lib/lab-clock.so")
        self.put("etc/ld.so.preload", "/usr/local/lib/lab-clock.so\n")
        self.put("etc/machine-id", "")
        self.put("etc/cloud/cloud.cfg.d/99-lab.cfg", MODULES)
        for client in ("dhclient", "dhcpcd"):  # there is no DHCP server; the hypervisor has set the address
            self.put("usr/sbin/" + client, "#!/bin/sh\nexit 1\n", 0o755)
        self.put("etc/systemd/system/lab-disks.service", DISKS)
        os.makedirs(image + "/etc/systemd/system/local-fs.target.wants")
        os.symlink("../lab-disks.service", image + "/etc/systemd/system/local-fs.target.wants/lab-disks.service")
        os.symlink("/dev/null", image + "/etc/systemd/system/console-getty.service")  # the console is a pipe
        self.put("usr/sbin/mount.lustre", "#!/bin/sh\nexec mount.nfs \"$@\"\n", 0o755)  # not for this kernel
        for path, text in self.makers.files().items():
            self.put(path, text, 0o755)
        self.trust()

    def trust(self):
        """The laboratory's certificate among those that machines trust, for OpenSSL and for curl."""
        with open(self.work + "/tls.pem", encoding="ascii") as file:
            text = file.read()
        digest = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", self.work + "/tls.pem"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout.strip()
        self.put(f"etc/ssl/certs/{digest}.0", text)
        with open(self.stock + "/etc/ssl/certs/ca-certificates.crt", encoding="ascii") as file:
            self.put("etc/ssl/certs/ca-certificates.crt", file.read() + text)

    def deploy(self, name, text, update=False):
        """Compiles a cluster file and creates or updates the stack; {subnet} and such are filled in by the caller."""
        path = os.path.join(self.work, name + ".yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = run([HPCC, "--minify", "--quiet", path])
        if result.returncode != 0:
            raise RuntimeError(result.stderr.decode())
        s3 = self.world.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lab-templates")
        s3.put_object(Bucket="lab-templates", Key=name, Body=result.stdout)
        client = self.world.client("cloudformation", self.region)
        call = client.update_stack if update else client.create_stack
        call(StackName=name, Capabilities=["CAPABILITY_NAMED_IAM"],
             TemplateURL=self.world.url.replace("127.0.0.1", "localhost") + "/lab-templates/" + name)
        return json.loads(result.stdout)

    def head(self, name):
        """The head node's machine."""
        return self.wait(f"head node of {name}", 30, lambda: next(
            (m for m in list(self.hypervisor.machines.values())
             if m.tags.get("hpcc:cluster") == name and m.tags.get("hpcc:node-type") == "HeadNode"), None))

    def alive(self, name, node_type="Compute", **more):
        """Instances of a cluster that the API shows pending or running, as {id: tags}."""
        wanted = {"cluster": name, "node-type": node_type, **more}
        return {i: tags for i, (_, tags) in self.hypervisor.states("pending", "running").items()
                if all(tags.get("hpcc:" + key) == value for key, value in wanted.items())}

    def signals(self):
        return [s["signal"] for s in self.world.get("signals")]

    def wait(self, what, seconds, condition):
        """The first true value of the condition; an error when there is none in the seconds of an idle machine."""
        patience = Patience(seconds)
        while True:
            start = time.monotonic()
            value = condition()
            if value:
                return value
            if patience.ended():
                raise TimeoutError(f"{what}: not within {max(seconds, LEAST)} s of an idle machine")
            time.sleep(max(0.3, time.monotonic() - start))

    def end(self):
        self.hypervisor.end()
        self.world.end()

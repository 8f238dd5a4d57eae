# SPDX-License-Identifier: Apache-2.0
"""EC2's part: when the API shows an instance running, its machine boots; when it is terminated, it dies.

A machine is a set of namespaces with a copy-on-write root and systemd in it (machine.sh). Its network card hangs on the
bridge br0, its disks are loop devices, what it mounts by NFS are folders of the machine with the server's address. A
machine that shuts itself down is terminated in the API when its instance says so.
"""
import base64
import ctypes
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time

from patience import patient

HERE = os.path.dirname(os.path.abspath(__file__))
PAUSE = 0.4  # seconds between looks at the API
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
libc = ctypes.CDLL(None, use_errno=True)
SYS_OPEN_TREE, SYS_MOVE_MOUNT = 428, 429
OPEN_TREE_CLONE, AT_RECURSIVE, MOVE_EMPTY_PATH = 1, 0x8000, 4
CLONE_NEWNS = 0x00020000


def sh(*words, check=True):
    return subprocess.run(words, check=check, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def bind_across(server, source, client, target):
    """Mounts a folder of one mount namespace in another. Runs in a process of its own: it changes its namespace."""
    child = os.fork()
    if child == 0:
        try:
            client_namespace = os.open(f"/proc/{client}/ns/mnt", os.O_RDONLY)
            libc.setns(os.open(f"/proc/{server}/ns/mnt", os.O_RDONLY), CLONE_NEWNS)
            tree = libc.syscall(SYS_OPEN_TREE, -100, source.encode(), OPEN_TREE_CLONE | AT_RECURSIVE)
            libc.setns(client_namespace, CLONE_NEWNS)
            os._exit(0 if tree >= 0 and libc.syscall(
                SYS_MOVE_MOUNT, tree, b"", -100, target.encode(), MOVE_EMPTY_PATH) == 0 else 1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


class Machine:
    """One instance and the processes that play it."""

    def __init__(self, hypervisor, instance):
        self.hypervisor, self.instance, self.region = hypervisor, instance, hypervisor.region
        self.id, self.address = instance["InstanceId"], instance["PrivateIpAddress"]
        self.mac = instance["NetworkInterfaces"][0]["MacAddress"]
        self.tags = {t["Key"]: t["Value"] for t in instance.get("Tags", [])}
        self.access_key = "ASIA" + self.id[2:].upper()
        self.leaving = None
        self.dir = os.path.join(hypervisor.work, self.id)
        self.profile = hypervisor.profile(instance)
        self.user_data = hypervisor.user_data(self.id)
        self.disks = {}
        self.console = None  # read end of the pipe that is the machine's console
        self.cgroup = "hpcc-lab-" + self.id
        self.process = self.pid = None

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def boot(self):
        host = self.dir + "/host"
        shutil.rmtree(host, ignore_errors=True)
        os.makedirs(host)
        self.listen(host + "/host")
        self.gpus()
        more = self.hypervisor.prepare(self)
        self.open_console()
        with open(self.dir + "/console", "ab") as console:
            self.process = subprocess.Popen(
                [HERE + "/machine.sh", self.cgroup, self.dir, ":".join(self.hypervisor.layers_of(self.instance))],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, env={"PATH": PATH, "SHOWN": "\n".join(
                    f"{folder}\t{where}" for where, folder in self.hypervisor.shown.items())})
        while not self.pid and self.running:
            self.pid = self.first_process()
            time.sleep(0.01)
        if not self.pid:
            return  # it ended at once; its console says why
        self.connect()
        while not os.path.exists(host + "/waiting") and self.running:
            time.sleep(0.02)
        for volume, loop in self.disks.items():
            self.plug(volume, loop)
        for name, loop in more.items():
            self.link(loop, name)
        open(host + "/network", "w", encoding="ascii").close()

    def open_console(self):
        """What is written to the console goes behind what is there, however it was opened: it is no file."""
        if self.console is None:
            os.mkfifo(self.dir + "/tty")
            self.console = os.open(self.dir + "/tty", os.O_RDWR | os.O_NONBLOCK)

    def copy_console(self):
        """To the file "console"."""
        try:
            while self.console is not None:
                text = os.read(self.console, 1 << 16)
                with open(self.dir + "/console", "ab") as file:
                    file.write(text)
        except BlockingIOError:
            pass

    def first_process(self):
        """The process that is number 1 in the machine: the one that machine.sh starts in other namespaces."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            for pid in file.read().split():
                try:
                    if os.readlink(f"/proc/{pid}/ns/pid") != os.readlink("/proc/self/ns/pid"):
                        return int(pid)
                except OSError:
                    pass  # it was a command of the script, or is on its way out
        return None

    def gpus(self):
        """A file for each GPU of the type."""
        found = self.hypervisor.ec2.describe_instance_types(InstanceTypes=[self.instance["InstanceType"]])
        number = sum(g["Count"] for g in found["InstanceTypes"][0].get("GpuInfo", {}).get("Gpus", []))
        with open(self.dir + "/host/gpus", "w", encoding="ascii") as file:
            file.write(f"{number}\n")

    def connect(self):
        """A network card on the bridge."""
        name = "v" + self.id[-10:]
        sh("ip", "link", "del", name, check=False)  # of the time before a restart
        sh("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        sh("ip", "link", "set", name, "master", "br0", "up")
        inside = ("nsenter", "-n", "-t", str(self.pid), "ip")
        sh(*inside, "link", "set", "eth0", "address", self.mac)
        sh(*inside, "addr", "add", self.address + "/16", "dev", "eth0")
        sh(*inside, "link", "set", "eth0", "up")
        sh(*inside, "route", "add", "169.254.169.252/30", "dev", "eth0")

    def listen(self, path):
        """What the stand-ins of the machine ask for."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()

        def loop():
            while True:
                connection, _ = server.accept()
                with connection:
                    try:
                        wanted = json.loads(connection.makefile().readline())
                        connection.sendall((self.nfs(**wanted) + "\n").encode())
                    except (OSError, ValueError, TypeError) as error:
                        print("hypervisor:", error)
        threading.Thread(target=loop, daemon=True).start()

    def nfs(self, source, target, options):
        answer = self.nfs_folder(source, target, options.split(","))
        kept = [word for word in options.split(",") if word in ("nosuid", "nodev")]
        if answer == "ok" and kept:
            words = ",".join(["remount", "bind", *kept] + ["ro"] * ("ro" in options.split(",")))
            sh("nsenter", "-t", str(self.pid), "-m", "mount", "-o", words, target)
        return answer

    def nfs_folder(self, source, target, options):
        address, folder = source.split(":", 1)
        if address in self.hypervisor.filers:  # a file system of AWS
            folder = self.hypervisor.filers[address] + folder
            os.makedirs(folder, exist_ok=True)
            return "ok" if bind_across(os.getpid(), folder, self.pid, target) else "the laboratory cannot bind"
        server = self.hypervisor.machine_of(address)
        if server is None or not server.running:
            return f"{address}: no route to host"
        lines = server.run("cat /etc/exports.d/*.exports 2>/dev/null; systemctl is-active nfs-server >/dev/null; true")
        line = next((li for li in lines.stdout.splitlines() if li.split()[0] == folder), None)
        if line is None:
            return f"access denied by server while mounting {source}"
        if not bind_across(server.pid, folder, self.pid, target):
            return "the laboratory cannot bind"
        if "(ro," in line or "ro" in options:
            sh("nsenter", "-t", str(self.pid), "-m", "mount", "-o", "remount,bind,ro", target)
        return "ok"

    def attach(self, volume, size):
        """A volume appears as a disk, by the id that Nitro disks carry."""
        if volume in self.disks or not self.running:
            return
        self.disks[volume] = self.hypervisor.disk(volume, size)
        self.plug(volume, self.disks[volume])

    def plug(self, volume, loop):
        self.link(loop, f"disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}")

    def link(self, loop, name):
        number = os.minor(os.stat(loop).st_rdev)
        self.run(f"[ -e {loop} ] || mknod {loop} b 7 {number}; ln -sf {loop} /dev/{name}")

    def run(self, command, user=None, timeout=60):
        """A command in the machine."""
        words = ["sh", "-c", command]
        if user:
            words = ["runuser", "-u", user, "--", *words]
        return subprocess.run(["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "env", "-i",
                               "PATH=" + PATH, "LC_ALL=C", "HOME=/root", *words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=patient(timeout),
                              check=False)

    def read(self, path):
        return self.run(f"cat {path}").stdout

    def kill(self):
        """Power goes off."""
        if self.process is None:
            return
        if self.pid:
            try:
                os.kill(self.pid, 9)
            except ProcessLookupError:
                pass
        self.process.kill()
        self.process.wait()
        self.process = self.pid = None
        for root in glob.glob(f"/sys/fs/cgroup/{self.cgroup}") + glob.glob(f"/sys/fs/cgroup/*/{self.cgroup}"):
            for folder, _, _ in os.walk(root, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass  # a process is still on its way out; an empty group does no harm


class Hypervisor:
    """All machines; one thread looks at the API."""

    def __init__(self, world, region, work, layers):
        self.world, self.region, self.work = world, region, work
        self.filers = {}  # folders of file systems outside of all machines, by the names they are mounted from
        self.layers = {None: layers}  # of images by their ids, uppermost first; None: of all others
        self.shown = {}  # folders from outside of all machines that they see as well, by where
        self.ec2, self.groups = world.client("ec2", region), world.client("autoscaling", region)
        self.machines, self.loops = {}, {}
        self.boots = lambda tags: True  # which instances get a machine
        self.prepare = lambda machine: {}  # before each boot; {name in /dev: loop device} of more disks
        self.gone = lambda machine: None  # before the folder of a machine goes
        self.lock = threading.RLock()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()

    def layers_of(self, instance):
        return self.layers.get(instance["ImageId"], self.layers[None])

    def machine_of(self, address):
        return next((m for m in list(self.machines.values()) if m.address == address), None)

    def profile(self, instance):
        found = self.ec2.describe_iam_instance_profile_associations(
            Filters=[{"Name": "instance-id", "Values": [instance["InstanceId"]]}])["IamInstanceProfileAssociations"]
        return found[0]["IamInstanceProfile"]["Arn"].split("/")[-1] if found else self.profile_of_template(instance)

    def profile_of_template(self, instance):
        """That of the launch template, which moto forgets."""
        tags = {t["Key"]: t["Value"] for t in instance.get("Tags", [])}
        template, version = tags.get("aws:ec2launchtemplate:id"), tags.get("aws:ec2launchtemplate:version")
        for member in self.groups.describe_auto_scaling_instances(InstanceIds=[instance["InstanceId"]])[
                "AutoScalingInstances"]:
            template, version = member["LaunchTemplate"]["LaunchTemplateId"], member["LaunchTemplate"]["Version"]
        if not template:
            return None
        data = self.ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=[version])[
            "LaunchTemplateVersions"][0]["LaunchTemplateData"]
        return data.get("IamInstanceProfile", {}).get("Name")

    def user_data(self, instance_id):
        value = self.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
        return base64.b64decode(value.get("UserData", {}).get("Value", ""))

    def disk(self, volume, size):
        """The loop device of a volume. It outlives machines, as volumes do."""
        if volume not in self.loops:
            path = os.path.join(self.work, volume)
            with open(path, "wb") as file:
                file.truncate(min(size, 1) << 30)
            loop = sh("losetup", "-f", "--show", path).stdout.strip()
            self.loops[volume] = loop, os.open(loop, os.O_RDONLY)
            sh("losetup", "-d", loop)  # goes when its last user goes: we hold it open
        return self.loops[volume][0]

    def loop(self):
        while not self.ended.wait(PAUSE):
            try:
                with self.lock:
                    self.look()
            except Exception as error:  # noqa: BLE001 - the machines go on
                if not self.ended.is_set():
                    print("# hypervisor:", repr(error), flush=True)

    def instances(self):
        pages = self.ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
        return {i["InstanceId"]: i for page in pages for r in page["Reservations"] for i in r["Instances"]}

    def look(self):
        found = self.instances()
        for name, instance in found.items():
            tags = {t["Key"]: t["Value"] for t in instance.get("Tags", [])}
            if name not in self.machines and self.boots(tags):
                machine = self.machines[name] = Machine(self, instance)
                machine.boot()
        for name, machine in list(self.machines.items()):
            machine.copy_console()
            if name not in found:
                machine.kill()
                machine.copy_console()
                self.gone(machine)
                os.close(machine.console)
                del self.machines[name]
                shutil.rmtree(machine.dir, ignore_errors=True)
            elif not machine.running:  # it shut itself down
                with open(machine.dir + "/console", encoding="utf-8", errors="replace") as console:
                    print(f"# {name} ended by itself\n# " + "# ".join(console.readlines()[-12:]), flush=True)
                self.ec2.terminate_instances(InstanceIds=[name])
            else:
                self.volumes(machine)

    def volumes(self, machine):
        if machine.tags.get("hpcc:node-type") != "HeadNode":
            return
        for volume in self.ec2.describe_volumes(
                Filters=[{"Name": "attachment.instance-id", "Values": [machine.id]}])["Volumes"]:
            device = volume["Attachments"][0]["Device"]
            if re.match(r"/dev/sd[f-z]", device):
                machine.attach(volume["VolumeId"], volume["Size"])

    def reboot(self, machine):
        """Off and on again: the root and the disks stay."""
        with self.lock:
            machine.kill()
            machine.boot()

    def end(self):
        self.ended.set()
        with self.lock:
            for machine in self.machines.values():
                machine.kill()
            for _, handle in self.loops.values():
                os.close(handle)

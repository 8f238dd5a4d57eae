# SPDX-License-Identifier: Apache-2.0
"""EC2's part: when the API shows an instance running, its machine boots; when it is terminated, it dies.

A machine is a set of namespaces with a copy-on-write root and systemd in it (machine.sh). Its network card hangs on the
bridge br0, its disks are loop devices, what it mounts by NFS are folders of the machine with the server's address
(network_files.py). A machine that shuts itself down is terminated or stopped in the API, as its instance says; one that
is stopped and started again has its disks and its address, and nothing that was in memory.
"""
import base64
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from network_files import Shares
from patience import patient

HERE = os.path.dirname(os.path.abspath(__file__))
PAUSE = 0.4  # seconds between looks at the API
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENDED_BY_REBOOT = -signal.SIGHUP  # how the kernel ends who asks it for a reboot from within a namespace

# The times of files move with the clock, see clock.c.
OLDER = """import os, sys, time
time.sleep(0.2)
for top in sys.argv[2:]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            try:
                found = os.lstat(path)
                os.utime(path, (found.st_atime, found.st_mtime - int(sys.argv[1])), follow_symlinks=False)
            except OSError:
                pass
"""


def sh(*words, check=True):
    return subprocess.run(words, check=check, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def beside(pid):
    """The others in the process's space."""
    space = os.readlink(f"/proc/{pid}/ns/pid")
    for other in sorted((int(name) for name in os.listdir("/proc") if name.isdecimal()), reverse=True):
        with contextlib.suppress(OSError):
            if other != pid and os.readlink(f"/proc/{other}/ns/pid") == space:
                yield other


def processes_beside(pid):
    """What they do, and what they wait for."""
    try:
        return [sh("ps", "-o", "pid,stat,wchan:30,etimes,args", "--no-headers", "-p", str(other), check=False).stdout.rstrip()
                for other in [pid, *beside(pid)]]
    except OSError:
        return ["it has ended"]


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
        self.off = False  # without power, whatever the API says
        self.leave_by = None  # when a machine that was told to stop loses its power

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def boot(self):
        self.off, self.leave_by = False, None
        self.hypervisor.left.discard(self.cgroup)
        host = self.dir + "/host"
        shutil.rmtree(host, ignore_errors=True)
        os.makedirs(host)
        self.listen(host + "/host")
        self.move_clock(self.hypervisor.clock)
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

    def last_words(self, lines):
        with open(self.dir + "/console", encoding="utf-8", errors="replace") as console:
            return console.readlines()[-lines:]

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
                        connection.sendall((self.asked(**wanted) + "\n").encode())
                    except (OSError, ValueError, TypeError) as error:
                        print("hypervisor:", error)
        threading.Thread(target=loop, daemon=True).start()

    def asked(self, server=None, source=None, target=None, options=""):
        """The answer to a stand-in: a server of files, or a client that mounts."""
        shares = self.hypervisor.shares
        return shares.served(self, server) if server else shares.mount(self, source, target, options.split(","))

    def attach(self, volume, size):
        """A volume appears as a disk, by the id that Nitro disks carry."""
        if volume in self.disks or not self.running:
            return
        self.disks[volume] = self.hypervisor.disk(volume, size)
        self.plug(volume, self.disks[volume])

    def detach(self, volume):
        """The disk is pulled out."""
        del self.disks[volume]
        self.run(f"rm -f /dev/{self.name_of(volume)}")

    @staticmethod
    def name_of(volume):
        return f"disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"

    def plug(self, volume, loop):
        self.link(loop, self.name_of(volume))

    def link(self, loop, name):
        number = os.minor(os.stat(loop).st_rdev)
        self.run(f"[ -e {loop} ] || mknod {loop} b 7 {number}; ln -sf {loop} /dev/{name}")

    def run(self, command, user=None, timeout=60):
        """A command in the machine."""
        words = ["sh", "-c", command]
        if user:
            words = ["runuser", "-u", user, "--", *words]
        first = self.pid
        try:
            return subprocess.run(["nsenter", "-t", str(first), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "env", "-i",
                                   "PATH=" + PATH, "LC_ALL=C", "HOME=/root", *words], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=patient(timeout),
                                  check=False)
        except subprocess.TimeoutExpired:
            print(f"# {self.id}: no end of: {command}\n# " + "\n# ".join(processes_beside(first)), flush=True)
            raise

    def read(self, path):
        return self.run(f"cat {path}").stdout

    # ---- weather ----

    def move_clock(self, seconds):
        """What its programs take for the time is so many seconds ahead, if the laboratory was made with clocks."""
        with open(self.dir + "/host/clock", "w", encoding="ascii") as file:
            file.write(f"{seconds}\n")

    def fill(self, folder, user=None):
        """The file system of a folder has no room any more, for nobody but, if a user fills it, root."""
        name = f"{folder}/fills"
        done = self.run(f"""for size in 4096M 1024M 256M 64M 16M 4M 1M 256K 64K 16K 4K; do
            while fallocate -l $size {name}.$(date +%s%N) 2>/dev/null; do :; done; rm -f {name}.*[!0-9]*; done
            n=0; while echo >{name}.x$n; do n=$((n + 1)); [ $n -lt 3000 ] || break; done 2>/dev/null; df {folder}""", user)
        return done.stdout

    def empty(self, folder):
        self.run(f"rm -f {folder}/fills.*")

    def small(self, folder, size, owner="root"):
        """A file system of its own for a folder, so that it can get full; what is in it stays."""
        self.run(f"mkdir -p {folder} /run/lab-small && mount -t tmpfs -o size={size} tmpfs /run/lab-small && "
                 f"cp -a {folder}/. /run/lab-small/ && mount --move /run/lab-small {folder} && chown {owner} {folder}")

    def log_size(self, log):
        try:
            return os.stat(f"{self.dir}/up{log}").st_size
        except OSError:
            return 0

    def strike(self):
        """Ends all that runs there at once. The kernel ends the others only after the first process has let go of all that
        it had open, of which they would hear, so that one is stopped before."""
        try:
            os.kill(self.pid, signal.SIGSTOP)
            for process in beside(self.pid):
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass  # it has ended

    def kill(self):
        """Power goes off."""
        self.hypervisor.shares.gone(self)
        if self.process is None:
            return
        if self.pid:
            self.strike()
        self.process.kill()
        self.process.wait()
        self.process = self.pid = None
        self.hypervisor.left.add(self.cgroup)
        self.hypervisor.remove_groups()


class Hypervisor:
    """All machines; one thread looks at the API."""

    def __init__(self, world, region, work, layers):
        self.world, self.region, self.work = world, region, work
        self.filers = {}  # {name they are mounted from: folder} of file systems outside of all machines
        self.layers = {None: layers}  # of images by their ids, uppermost first; None: of all others
        self.shown = {}  # folders from outside of all machines that they see as well, by where
        self.ec2, self.groups = world.client("ec2", region), world.client("autoscaling", region)
        self.machines, self.loops = {}, {}
        self.left = set()  # control groups of machines that are off
        self.shares = Shares(self)
        self.clock = 0  # seconds that the time of all machines is ahead
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
        """{id: what DescribeInstances says} of those that are pending or running."""
        pages = self.ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
        return {i["InstanceId"]: i for page in pages for r in page["Reservations"] for i in r["Instances"]}

    def states(self, *states):
        """{id: [state, {tag: value}]} of the instances in these states."""
        return self.world.tell("states", states)

    def look(self):
        found = self.states("pending", "running", "stopping", "stopped")
        self.remove_groups()
        for name, (state, tags) in found.items():
            if name not in self.machines and self.boots(tags) and state in ("pending", "running"):
                told = self.ec2.describe_instances(InstanceIds=[name])
                machine = self.machines[name] = Machine(self, told["Reservations"][0]["Instances"][0])
                machine.boot()
        for name, machine in list(self.machines.items()):
            machine.copy_console()
            if name not in found:
                self.remove(machine)
            elif found[name][0] in ("stopping", "stopped"):
                self.stop(machine)
            elif machine.off:
                if machine.leave_by is not None:  # it was stopped, and is started
                    machine.boot()
            elif not machine.running:
                self.ended_by_itself(machine)
            else:
                self.volumes(machine)

    def remove_groups(self):
        """Those whose processes have all ended; what stays for good slows down all that the kernel does with groups."""
        for name in list(self.left):
            roots = glob.glob(f"/sys/fs/cgroup/{name}") + glob.glob(f"/sys/fs/cgroup/*/{name}")
            for folder in (folder for root in roots for folder, _, _ in os.walk(root, topdown=False)):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            if not any(map(os.path.exists, roots)):
                self.left.discard(name)

    def remove(self, machine):
        machine.kill()
        machine.copy_console()
        self.gone(machine)
        os.close(machine.console)
        del self.machines[machine.id]
        shutil.rmtree(machine.dir, ignore_errors=True)

    def stop(self, machine):
        """EC2 presses the button, and takes the power away when that did not help."""
        if machine.off:
            machine.leave_by = machine.leave_by or 0
            return
        if machine.leave_by is None:
            machine.leave_by = time.monotonic() + patient(15)
            machine.run("systemctl --no-block poweroff")
        if not machine.running or time.monotonic() > machine.leave_by:
            machine.kill()
            machine.off = True

    def ended_by_itself(self, machine):
        status = machine.process.poll()
        print(f"# {machine.id} ended by itself ({status})\n# " + "# ".join(machine.last_words(12)), flush=True)
        machine.kill()
        if status == ENDED_BY_REBOOT:
            machine.boot()
            return
        machine.off, machine.leave_by = True, 0
        wanted = self.ec2.describe_instance_attribute(
            InstanceId=machine.id, Attribute="instanceInitiatedShutdownBehavior")["InstanceInitiatedShutdownBehavior"]
        ends = wanted.get("Value") == "terminate" or machine.tags.get("hpcc:node-type") != "HeadNode"
        (self.ec2.terminate_instances if ends else self.ec2.stop_instances)(InstanceIds=[machine.id])

    def volumes(self, machine):
        if machine.tags.get("hpcc:node-type") != "HeadNode":
            return
        attached = set()
        for volume in self.ec2.describe_volumes(
                Filters=[{"Name": "attachment.instance-id", "Values": [machine.id]}])["Volumes"]:
            device = volume["Attachments"][0]["Device"]
            if re.match(r"/dev/sd[f-z]", device):
                attached.add(volume["VolumeId"])
                machine.attach(volume["VolumeId"], volume["Size"])
        for volume in set(machine.disks) - attached:
            machine.detach(volume)

    def reboot(self, machine):
        """Off and on again: the root and the disks stay."""
        with self.lock:
            machine.kill()
            machine.boot()

    def power_off(self, machine):
        """The machine fails; nobody tells the API."""
        with self.lock:
            machine.off = True
            machine.kill()

    def power_on(self, machine):
        with self.lock:
            if not machine.running:
                machine.boot()

    def cut(self, machine, pattern, log="/var/log/hpcc/boot.log", again=True):
        """Takes the power away the moment a line of the log, written from now on, matches; then gives it again. The
        event that it returns is set after that, with the line in .line; who sets it gives up."""
        done, seen = threading.Event(), machine.log_size(log)
        done.line = None

        def look():
            at, rest = seen, ""
            while not self.ended.is_set() and not machine.off and not done.is_set():
                if machine.log_size(log) <= at:
                    time.sleep(0.002)
                    continue
                with open(f"{machine.dir}/up{log}", encoding="utf-8", errors="replace") as file:
                    file.seek(at)
                    *lines, rest = (rest + file.read()).split("\n")
                    at = file.tell()
                done.line = next((line for line in lines if re.search(pattern, line)), None)
                if done.line is not None:
                    machine.off = True
                    machine.strike()
                    self.power_off(machine)
                    if again:
                        self.power_on(machine)
                    done.set()
                    return
        threading.Thread(target=look, daemon=True).start()
        return done

    def move_clock(self, seconds):
        """Of EC2 and all machines at once; what was done before is so much older then."""
        self.clock += seconds
        with open(self.work + "/clock", "w", encoding="ascii") as file:
            file.write(f"{self.clock}\n")
        with self.lock:
            running = [machine for machine in self.machines.values() if machine.running]
            for machine in running:
                machine.move_clock(self.clock)
            for machine in running:  # what others mount is older by itself
                head = machine.tags.get("hpcc:node-type") == "HeadNode"
                machine.run(f"python3 -c '{OLDER}' {seconds} /run /var /etc/hpcc /tmp {'/srv /opt/hpcc' if head else ''}")

    def end(self):
        self.ended.set()
        with self.lock:
            for machine in self.machines.values():
                machine.kill()
            until = time.monotonic() + patient(5)
            while self.left and time.monotonic() < until:
                time.sleep(0.1)
                self.remove_groups()
            if self.left:
                print("# hypervisor: processes stay in", *self.left, flush=True)
            for _, handle in self.loops.values():
                os.close(handle)

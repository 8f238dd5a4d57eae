# SPDX-License-Identifier: Apache-2.0
"""Folders that machines mount from each other, or from file systems of AWS, as NFS does it: a mount outlives its server,
and who looks at it meanwhile waits until the server is back.

Each mount is a process of lab-nfs (nfs.c). It serves the folder of a machine, stands still when that machine is off or
no longer serves, and goes on with the folder of the machine as it is after that.
"""
import os
import signal
import subprocess
import threading

from common import HPCC

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(HPCC)), "tests", "runtime", "lab-nfs")
FLAGS = {"ro": 1, "nosuid": 2, "nodev": 4, "noexec": 8, "noatime": 1024}


def place(source):
    """(server, folder)"""
    server, folder = source.split(":", 1)
    return server.removesuffix("@tcp"), folder


class Share:
    """One mount: the folder `source` ("SERVER:FOLDER", with Lustre "SERVER@tcp:FOLDER") at `target` of the machine
    `client`."""

    def __init__(self, client, source, target, options, read_only):
        self.client, self.source, self.target = client, source, target
        self.server, self.folder = place(source)
        self.lock = threading.Lock()
        self.still = self.stale = False
        flags = sum(FLAGS.get(word, 0) for word in {*options, *(["ro"] if read_only else [])})
        self.process = subprocess.Popen([PROGRAM, str(client.pid), target, source, str(flags)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    @property
    def mounted(self):
        return self.process.poll() is None

    def tell(self, words):
        """Its answer; None when it is gone, for the client unmounted it."""
        try:
            self.process.stdin.write(words + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().strip() or None
        except (OSError, ValueError):
            return None

    def open(self, pid, folder=None):
        """Whose process has the folder answers from now on."""
        with self.lock:
            self.go_on()
            self.stale = False
            return self.tell(f"open {pid} {folder or self.folder}")

    def go_on(self):
        if self.still:
            self.process.send_signal(signal.SIGCONT)
            self.still = False

    def close(self):
        """No server answers."""
        with self.lock:
            if not self.still:
                self.tell("close")
                self.process.send_signal(signal.SIGSTOP)
                self.still = True

    def forbid(self):
        """The server says that there is no such folder, until it exports it again."""
        with self.lock:
            self.go_on()
            self.stale = True
            self.tell("stale")

    def end(self):
        self.process.kill()
        self.process.wait()


class Shares:
    """All mounts of a laboratory."""

    def __init__(self, hypervisor):
        self.hypervisor, self.all, self.mounting = hypervisor, [], threading.Lock()
        self.serving = set()  # machines whose server runs
        self.dead = set()  # names of filers that do not answer

    def of(self, **wanted):
        """Those with such a client or server."""
        for share in [s for s in self.all if not s.mounted]:
            share.process.wait()
            self.all.remove(share)
        return [s for s in self.all if all(getattr(s, name) == value for name, value in wanted.items())]

    def exported(self, server):
        """{folder: is it read-only} of a machine."""
        lines = server.run("cat /etc/exports.d/*.exports 2>/dev/null").stdout.splitlines()
        return {line.split()[0]: "(ro," in line for line in lines if line.strip()}

    def mount(self, client, source, target, options):
        """What the client hears. As the kernel does, nothing is mounted twice on one place."""
        with self.mounting:
            if any(s.source == source and s.target == target for s in self.of(client=client)):
                return f"{target} is busy or already mounted"
            return self.mount_once(client, source, target, options)

    def mount_once(self, client, source, target, options):
        address, folder = place(source)
        filers = self.hypervisor.filers
        if address in filers:
            if address in self.dead:
                return f"no answer of {address}"
            pid, folder, read_only = os.getpid(), filers[address] + folder, False
            os.makedirs(folder, exist_ok=True)
        elif not address.replace(".", "").isdigit():
            return f"Failed to resolve server {address}"
        else:
            server = self.hypervisor.machine_of(address)
            if server is None or not server.running or server not in self.serving:
                return f"no answer of {address}"
            exported = self.exported(server)
            if folder not in exported:
                return f"access denied by server while mounting {source}"
            pid, read_only = server.pid, exported[folder]
        share = Share(client, source, target, options, read_only)
        answer = share.open(pid, folder)
        if answer != "ok":
            share.end()
            return answer or "the laboratory cannot mount"
        self.all.append(share)
        return "ok"

    def served(self, server, what):
        """A machine says what its server does: start, stop, exports."""
        shares = self.of(server=server.address)
        if what == "stop":
            self.lost(server)
        elif what == "start" or server in self.serving:
            self.serving.add(server)
            exported = self.exported(server)
            for share in shares:
                if share.folder not in exported:
                    share.forbid()
                elif what == "start" or share.stale:
                    share.open(server.pid)
        return "ok"

    def lost(self, server):
        self.serving.discard(server)
        for share in self.of(server=server.address):
            share.close()

    def gone(self, client):
        """A client has no power; it may serve others as well."""
        self.lost(client)
        for share in self.of(client=client):
            share.end()

    def filer(self, name, answers):
        """A file system of AWS is gone, or is there again."""
        (self.dead.discard if answers else self.dead.add)(name)
        for share in self.of(server=name):
            if answers:
                share.open(os.getpid(), self.hypervisor.filers[name] + share.folder)
            else:
                share.close()

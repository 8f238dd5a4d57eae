# SPDX-License-Identifier: Apache-2.0
"""No output is lost or replaced unseen: each option that writes, at each place where writing could go wrong.

usage: outputs.py HPCC; prints TAP. An existing file is afterwards either as it was or replaced whole, no temporary
file is left, and the exit status is what doc/guide.md says.
"""
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

from common import CLUSTER, HPCC, Tap
from patience import patient

MISSPELT = CLUSTER.replace("MaxCount: 2", "MaxCoun: 2")  # a certain fix
UNTIDY = MISSPELT.replace(": ", ":  ")
OLD = b"the old text\n"


def call(*args, cwd=None, **kwargs):
    return subprocess.run([HPCC, *args], capture_output=True, cwd=cwd, timeout=600, **kwargs)


def write(path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def describe(result):
    return f"exit status {result.returncode}\n{result.stdout[-500:]!r}\n{result.stderr[-500:]!r}"


# (name, arguments before, arguments after the name of the output). IN is the cluster file.
WRITERS = [
    ("build -o", ["IN", "-o"], []),
    ("build --output-file", ["IN", "--output-file"], []),
    ("lint --output-file", ["lint", "--no-config", "IN", "--output-file"], []),
    ("lint --write-baseline", ["lint", "--no-config", "IN", "--write-baseline"], []),
    ("instances -o", ["instances", "--catalog", "CATALOG", "-o"], []),
    ("schema -o", ["schema", "-o"], []),
    ("userdata --output-file", ["userdata", "IN", "--output-file"], []),
    ("exec --output-file", ["exec", "IN", "--output-file"], ["--", "true", "{}"]),
]
# What writes over the file that it reads.
IN_PLACE = [("lint --fix", ["lint", "--no-config", "--fix"], []), ("fmt", ["fmt", "--no-config"], [])]
CATALOG = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "describe-instance-types.json")


class Folder:
    """A new folder with a cluster file, removed at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="hpcc-outputs-")
        self.file = write(self.path + "/cluster.yaml", MISSPELT.replace("MaxCoun:", "MaxCount:"))
        self.catalog = self.path + "/catalog.json"
        shutil.copy(CATALOG, self.catalog)
        return self

    def __exit__(self, *_):
        subprocess.run(["chmod", "-R", "u+rwx", self.path], check=False)
        shutil.rmtree(self.path, ignore_errors=True)

    def args(self, writer, output):
        _, before, after = writer
        names = {"IN": self.file, "CATALOG": self.catalog}
        return [names.get(a, a) for a in before] + [output] + after

    def left(self):
        """Names of temporary files."""
        return [name for _, _, names in os.walk(self.path) for name in names if name.startswith(".hpcc-")]


def input_as_output(tap):
    for writer in WRITERS:
        if writer[0] == "schema -o":
            continue
        for how in ("itself", "a link", "a hard link", "another spelling"):
            with Folder() as f:
                victim = f.catalog if "CATALOG" in writer[1] else f.file
                before = read(victim)
                name = {"itself": victim, "another spelling": f.path + "/../" + victim[1 + victim.index("/", 1):]}.get(
                    how, f.path + "/other")
                if how == "another spelling":
                    name = os.path.join(f.path, "..", os.path.basename(f.path), os.path.basename(victim))
                if how == "a link":
                    os.symlink(victim, name)
                elif how == "a hard link":
                    os.link(victim, name)
                result = call(*f.args(writer, name))
                tap.ok(result.returncode == 2 and b"is read by this call too" in result.stderr and
                       read(victim) == before and not f.left(), f"{writer[0]} at its input: {how}", describe(result))


def other_inputs(tap):
    for option, text in (("--vars", "A: b\n"), ("--config", "fail-on: never\n"), ("--baseline", '{"fingerprints": []}')):
        with Folder() as f:
            other = write(f.path + "/other", text)
            for name, args in (("--output-file", ["lint", f.file, option, other, "--output-file", other]),
                               ("--write-baseline", ["lint", f.file, option, other, "--write-baseline", other])):
                result = call(*args)
                tap.ok(result.returncode == 2 and read(other) == text.encode(), f"{name} at the file of {option}",
                       describe(result))
    with Folder() as f:
        settings = write(f.path + "/.hpcc.yaml", "fail-on: never\n")
        for verb, args in (("build -o", [f.file, "-o", settings]), ("--output-file", ["lint", f.file, "--output-file", settings]),
                           ("--write-baseline", ["lint", f.file, "--write-baseline", settings])):
            result = call(*args)
            tap.ok(result.returncode == 2 and read(settings) == b"fail-on: never\n" and result.stdout == b"",
                   f"{verb} at the settings that were found", describe(result))
    with Folder() as f:
        with open(f.file, "rb") as text:
            result = call("-", "-o", f.file, stdin=text)
        tap.ok(result.returncode == 2 and read(f.file), "-o at the file that is standard input", describe(result))


def one_place_twice(tap):
    with Folder() as f:
        for folder in ("a", "b"):
            os.mkdir(f.path + "/" + folder)
            shutil.copy(f.file, f"{f.path}/{folder}/cluster.yaml")
        shutil.copy(f.file, f.path + "/a/cluster.yml")
        for name, files in (("two folders", ["a/cluster.yaml", "b/cluster.yaml"]), ("two endings", ["a/cluster.yaml", "a/cluster.yml"])):
            for out in ("new/", "there"):
                os.makedirs(f.path + "/there", exist_ok=True)
                write(f.path + "/there/cluster.json", OLD)
                result = call(*files, "-o", out, cwd=f.path)
                tap.ok(result.returncode == 2 and b"two results" in result.stderr and not os.path.exists(f.path + "/new")
                       and read(f.path + "/there/cluster.json") == OLD, f"two inputs with one output: {name}, {out}", describe(result))
        result = call("a/cluster.yaml", "-o", "x", "--output-file", "./x", cwd=f.path)
        tap.ok(result.returncode == 2 and not os.path.exists(f.path + "/x"), "template and findings to one file", describe(result))
        os.symlink("x", f.path + "/y")
        result = call("a/cluster.yaml", "-o", "x", "--output-file", "y", cwd=f.path)
        tap.ok(result.returncode == 2 and not os.path.exists(f.path + "/x"), "template and findings to one file by a link",
               describe(result))
        result = call("lint", "a/cluster.yaml", "--write-baseline", "x", "--output-file", "x", cwd=f.path)
        tap.ok(result.returncode == 2 and not os.path.exists(f.path + "/x"), "baseline and findings to one file", describe(result))
        result = call("--dump=tree", "a/cluster.yaml", "b/cluster.yaml", "-o", "x", cwd=f.path)
        tap.ok(result.returncode == 2 and not os.path.exists(f.path + "/x"), "two dumps to one file", describe(result))
    with Folder() as f:
        bad = [write(f"{f.path}/{i}.yaml", "Region: 5\n") for i in range(2)]
        for form, count in (("short", lambda text: text.count(b"[E0103]")), ("json", lambda text: len([
                x for x in json.loads(text) if x["code"] == "E0103"]))):
            result = call(*bad, "-o", f.path + "/out/", "--format=" + form, "--output-file", f.path + "/found")
            text = read(f.path + "/found")
            tap.ok(result.returncode == 1 and b"0.yaml" in text and b"1.yaml" in text and count(text) == 6,
                   f"--output-file has the findings of all files: {form}", describe(result) + str(text))


def links(tap):
    for writer in WRITERS:
        with Folder() as f:
            os.mkdir(f.path + "/sub")
            os.symlink("sub/new", f.path + "/dangling")
            os.symlink("loop", f.path + "/loop")
            result = call(*f.args(writer, f.path + "/dangling"))
            tap.ok(result.returncode == 0 and os.path.islink(f.path + "/dangling") and os.path.isfile(f.path + "/sub/new"),
                   writer[0] + " through a link that leads nowhere yet", describe(result))
            result = call(*f.args(writer, f.path + "/loop"))
            tap.ok(result.returncode == 2 and os.path.islink(f.path + "/loop") and b"Too many levels" in result.stderr and
                   not f.left(), writer[0] + " through a loop of links", describe(result))
            result = call(*f.args(writer, f.path + "/sub"))
            tap.ok(result.returncode == 2 if writer[1][-1] != "-o" or writer[0] in ("schema -o", "instances -o")
                   else result.returncode == 0, writer[0] + " to a directory", describe(result))


def permissions(tap):
    for writer in WRITERS:
        with Folder() as f:
            out = write(f.path + "/out", OLD)
            os.chmod(out, 0o4751)
            if os.geteuid() == 0:
                os.chown(out, 1234, 1235)
                os.chmod(out, 0o4751)
            result = call(*f.args(writer, out))
            st = os.stat(out)
            tap.ok(result.returncode == 0 and read(out) != OLD and st.st_mode & 0o7777 == 0o751 and
                   (os.geteuid() != 0 or (st.st_uid, st.st_gid) == (1234, 1235)),
                   writer[0] + " keeps owner and permissions, and no set-user-id", f"{oct(st.st_mode)} {st.st_uid}\n{describe(result)}")


def as_nobody(f, args, **kwargs):
    """The call by one who is not root, where we are."""
    if os.geteuid() != 0:
        return call(*args, **kwargs)
    return subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", HPCC, *args], capture_output=True,
                          timeout=600, check=False, **kwargs)


def read_only(tap):
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        tap.skip("folders that cannot be written", "root writes everywhere, and there is no setpriv")
        return
    for writer in WRITERS:
        with Folder() as f:
            os.mkdir(f.path + "/ro")
            out = write(f.path + "/ro/out", OLD)
            if os.geteuid() == 0:
                os.chown(out, 65534, 65534)
            os.chmod(f.path, 0o755)
            os.chmod(f.path + "/ro", 0o555)
            result = as_nobody(f, f.args(writer, out))
            tap.ok(result.returncode == 0 and read(out) != OLD and b"in place" in result.stderr and not f.left(),
                   writer[0] + " into a folder that cannot be written: in place, and says so", describe(result))
            result = as_nobody(f, f.args(writer, f.path + "/ro/new"))
            tap.ok(result.returncode == 2 and b"Permission denied" in result.stderr, writer[0] + " of a new file there",
                   describe(result))
            os.chmod(f.path + "/ro", 0o777)
            write(out, OLD)
            os.chmod(out, 0o444)
            result = as_nobody(f, f.args(writer, out))
            tap.ok(result.returncode == 2 and read(out) == OLD, writer[0] + " over a file that cannot be written",
                   describe(result))
    for name, args, _ in IN_PLACE:
        with Folder() as f:
            os.mkdir(f.path + "/ro")
            out = write(f.path + "/ro/c.yaml", UNTIDY)
            if os.geteuid() == 0:
                os.chown(out, 65534, 65534)
            os.chmod(f.path, 0o755)
            os.chmod(f.path + "/ro", 0o555)
            result = as_nobody(f, [*args, out])
            tap.ok(result.returncode == 0 and read(out) != UNTIDY.encode() and b"in place" in result.stderr,
                   name + " in a folder that cannot be written", describe(result))
            write(out, UNTIDY)
            os.chmod(out, 0o444)
            result = as_nobody(f, [*args, out])
            tap.ok(result.returncode == 2 and read(out) == UNTIDY.encode() and b"cannot write" in result.stderr,
                   name + " of a file that cannot be written", describe(result))


def mounts(tap):
    """One file mounted over another, as into a container: it cannot be renamed over."""
    script = 'mount --bind "$1/real" "$1/out" || exit 99; shift; "$@"'
    for writer in WRITERS + IN_PLACE:
        with Folder() as f:
            text = UNTIDY.encode() if writer in IN_PLACE else OLD
            write(f.path + "/real", text)
            out = write(f.path + "/out", b"")
            result = subprocess.run(["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", f.path, HPCC,
                                     *f.args(writer, out)], capture_output=True, timeout=600, check=False)
            if result.returncode in (99, 127) or b"unshare" in result.stderr:
                tap.skip(writer[0] + " over a mounted file", "no name space for mounts can be made here")
                continue
            tap.ok(result.returncode == 0 and read(f.path + "/real") != text and b"in place" in result.stderr,
                   writer[0] + " over a mounted file: in place, and says so", describe(result))


def hard_links(tap):
    """A file with two names: both hold the new text, by whichever one it came."""
    for writer in WRITERS + IN_PLACE:
        for way in ("out", "link"):
            with Folder() as f:
                text = UNTIDY.encode() if writer in IN_PLACE else OLD
                out = write(f.path + "/out", text)
                os.link(out, f.path + "/other")
                os.symlink("other", f.path + "/link")
                result = call(*f.args(writer, f"{f.path}/{way}"))
                tap.ok(result.returncode == 0 and read(out) != text and os.path.samefile(out, f.path + "/other") and
                       b"in place" in result.stderr and b"hard links" in result.stderr and not f.left(),
                       f"{writer[0]} over a file with two names, by {way}: both have it, and a line says so", describe(result))
                again = call(*f.args(writer, f"{f.path}/{way}"))
                tap.ok(again.returncode == 0 and b"in place" not in again.stderr, writer[0] + " again: nothing to write",
                       describe(again))


def full_disk(tap):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
    long = CLUSTER + "Tags:\n" + "".join(f"  - {{Key: key{i}, Value: {'v' * 100}}}\n" for i in range(30))
    bad = "Region: us-east-1\n" + "".join(f"Unknown{i}: 1\n" for i in range(100))
    for writer in WRITERS:
        with Folder() as f:
            write(f.file, bad if "build" not in writer[0] and "IN" in writer[1] and writer[0] != "exec --output-file" else long)
            if "--output-file" in writer[0]:
                write(f.file, bad)
            out = write(f.path + "/out", OLD)
            result = call(*f.args(writer, out), preexec_fn=limited)
            tap.ok(result.returncode == 2 and read(out) == OLD and b"File too large" in result.stderr and not f.left(),
                   writer[0] + " above the largest size of a file", describe(result))
            result = call(*f.args(writer, "/dev/full"))
            tap.ok(result.returncode == 2 and b"No space left" in result.stderr, writer[0] + " to /dev/full", describe(result))
    with Folder() as f, open("/dev/full", "wb") as full:
        write(f.file, MISSPELT)
        result = subprocess.run([HPCC, "lint", "--no-config", "--fix", "--diff", f.file], stdout=full, stderr=subprocess.PIPE,
                                timeout=600, check=False)
        tap.ok(result.returncode == 2 and b"No space left" in result.stderr, "lint --fix --diff to /dev/full says so",
               str(result.stderr))
        before = write(f.file, UNTIDY + "Tags:\n" + "".join(f"  - {{Key: key{i}, Value: {'v' * 100}}}\n" for i in range(30)))
        before = read(before)
        for name, args, _ in IN_PLACE:
            result = call(*args, f.file, preexec_fn=limited)
            tap.ok(result.returncode == 2 and read(f.file) == before and not f.left(), name + " above the largest size of a file",
                   describe(result))


def signals(tap):
    """At whatever moment a signal comes, the old file is there whole or the new one, and nothing beside it."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        with Folder() as f:
            for i in range(100):
                write(f"{f.path}/f{i}.yaml", CLUSTER)
            files = [f"{f.path}/f{i}.yaml" for i in range(100)]
            plain = call(f.file).stdout
            torn = late = 0
            for round_ in range(8):
                out = f"{f.path}/out{round_}"
                os.mkdir(out)
                for i in range(100):
                    write(f"{out}/f{i}.json", OLD)
                process = subprocess.Popen([HPCC, *files, "-o", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                           preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # nohup ignores it
                time.sleep(0.003 * round_)
                process.send_signal(getattr(signal, name))
                late += process.wait(600) != -getattr(signal, name)
                torn += sum(read(f"{out}/f{i}.json") not in (OLD, plain) for i in range(100))
            tap.ok(torn == 0 and not f.left() and late < 8, f"{name} leaves whole files and no others",
                   f"{torn} torn, {late} too late, left {f.left()[:3]}")


def pipes(tap):
    with Folder() as f:
        os.mkfifo(f.path + "/pipe")
        for name, args in (("file", ["lint", f.path + "/pipe"]), ("--vars", ["lint", f.file, "--vars", f.path + "/pipe"]),
                           ("--config", ["lint", f.file, "--config", f.path + "/pipe"]),
                           ("--baseline", ["lint", f.file, "--baseline", f.path + "/pipe"]),
                           ("--catalog", ["instances", "--catalog", f.path + "/pipe"])):
            start = time.monotonic()
            result = call(*args)
            tap.ok(result.returncode == 2 and b"nothing writes to this pipe" in result.stdout + result.stderr and
                   time.monotonic() - start < patient(20), "a pipe without a writer: " + name, describe(result))
        writer = subprocess.Popen(["sh", "-c", 'exec >"$1"; sleep 4; cat "$2"', "sh", f.path + "/pipe", f.file])
        result = call("lint", "--no-config", f.path + "/pipe")
        writer.wait(600)
        tap.ok(result.returncode == 0, "a pipe whose writer is slow", describe(result))
        writer = subprocess.Popen(["sh", "-c", 'exec >"$1"', "sh", f.path + "/pipe"])
        result = call("lint", "--no-config", f.path + "/pipe")
        writer.wait(600)
        tap.ok(result.returncode == 1 and b"[E0006]" in result.stdout, "a pipe whose writer says nothing", describe(result))
        start = time.monotonic()
        try:
            result = subprocess.run([HPCC, "lint", "--no-config", "--fix", f.path + "/pipe"], capture_output=True, timeout=600,
                                    check=False, env=os.environ)
            tap.ok(result.returncode == 2, "--fix of a pipe", describe(result))
        except subprocess.TimeoutExpired:
            tap.ok(False, "--fix of a pipe", "it waits")


def within(mib):
    resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20))


def memory(tap):
    """One status and one message, wherever memory ends."""
    said, statuses = set(), set()
    # Below what the program itself takes the system does not start it.
    least = next(mib for mib in range(4, 16) if call("--version", preexec_fn=lambda: within(mib)).returncode >= 0)
    for mib in range(least, 60, 3):
        def limited():
            within(mib)
        for text in ("a: [" + "x, " * 300000 + "]\n", "{" + "".join(f"k{i}: {i}, " for i in range(100000)) + "}\n"):
            result = call("lint", "--no-config", "--format=json", "-", input=text.encode(), preexec_fn=limited)
            if result.returncode != 1:
                statuses.add(result.returncode)
                said.add(result.stderr)
    tap.ok(statuses == {71} and said == {b"hpcc: out of memory\n"}, "no more memory: status 71 and one line", f"{statuses} {said}")


def descriptors(tap):
    with Folder() as f:
        out = write(f.path + "/out", b"")
        with open(out, "ab") as file:
            file.write(b"before\n")
            file.flush()
            subprocess.run([HPCC, f.file, "-o", "/dev/stdout"], stdout=file, check=True, timeout=600)
            file.write(b"after\n")
        text = read(out)
        tap.ok(text.startswith(b"before\n{") and text.endswith(b"}\nafter\n"), "-o /dev/stdout writes where standard output is",
               str(text[:80]))


def main():
    tap = Tap()
    for test in (input_as_output, other_inputs, one_place_twice, links, permissions, read_only, mounts, hard_links, full_disk, signals, pipes,
                 memory, descriptors):
        test(tap)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

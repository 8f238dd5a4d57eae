#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a release as a user does: compares sums, installs, runs each program that can run here.

usage: proof.py HPCC FOLDER [--all]    HPCC: the build that the release must agree with; FOLDER: what .ci/release made.
Prints TAP. macOS is not here: its programs are looked at, not run. --all: every file of ui, not a sample of them, with the
programs that are emulated.
"""
import glob
import gzip
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from common import CLUSTER, HPCC, ROOT, Tap, examples, run, temporary  # noqa: E402

DIST = os.path.abspath(sys.argv[2])
VENV = os.path.join(ROOT, "build", "release", "venv", "bin")
EXAMPLES = examples() + examples("awsbatch")
BAD = CLUSTER.replace("c6i.large", "c99.large")
# Programs for macOS: what Mach-O's header says of the processor (mach/machine.h).
MACH_O = {"macos-x86_64": 0x01000007, "macos-arm64": 0x0100000C}


def one(pattern):
    """The one file of the release with this name."""
    found = glob.glob(os.path.join(DIST, pattern))
    if len(found) != 1:
        sys.exit(f"{DIST}: {len(found)} files {pattern}: make the whole release")
    return found[0]


def wrapper(path, *command):
    """A program that runs another one with its arguments."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in command) + ' "$@"\n')
    os.chmod(path, 0o755)
    return path


def said(result):
    return (result.stdout + result.stderr).decode("utf-8", "replace")


def papers(tap):
    result = run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=DIST)
    tap.ok(result.returncode == 0, "the checksums are right", said(result))
    with open(DIST + "/SHA256SUMS", encoding="ascii") as file:
        listed = {line.split()[1] for line in file}
    tap.equal(sorted(listed | {"SHA256SUMS"}), sorted(os.listdir(DIST)), "each file has one")
    with open(one("*.spdx.json"), encoding="utf-8") as file:
        document = json.load(file)
    names = {p["name"]: p for p in document["packages"]}
    tap.ok({"hpcc", "libyaml", "jansson", "pcre2", "musl"} <= set(names) and "checksums" in names["pcre2"],
           "the bill of materials names what is linked", names)
    result = run([VENV + "/pyspdxtools", "--infile", one("*.spdx.json")])
    tap.ok(result.returncode == 0, "it is SPDX", said(result))
    with temporary() as folder:
        del document["packages"][0]["downloadLocation"]
        with open(folder + "/x.spdx.json", "w", encoding="utf-8") as file:
            json.dump(document, file)
        tap.ok(run([VENV + "/pyspdxtools", "--infile", folder + "/x.spdx.json"]).returncode != 0, "a spoilt one is not")
    with open(one("*-notes.md"), encoding="utf-8") as file:
        notes = file.read()
    tap.ok(notes.startswith("# hpcc ") and "### Diagnostics" in notes and "\n## " not in notes,
           "the notes are the version's part of the changes", notes[:400])


def unpack(name, folder):
    """bin/ and share/ of a target's archive."""
    with tarfile.open(one(f"hpcc-*-{name}.tar.gz")) as tar:
        tar.extractall(folder)
    return glob.glob(f"{folder}/hpcc-*-{name}")[0]


def templates(tap, program, what):
    """The same bytes and the same words for each example as the build here."""
    wrong = []
    for example in EXAMPLES:
        ours, theirs = (run([p, os.path.basename(example.path), *example.args], cwd=os.path.dirname(example.path))
                        for p in (HPCC, program))
        if (ours.returncode, ours.stdout, ours.stderr) != (theirs.returncode, theirs.stdout, theirs.stderr):
            wrong.append(f"{example.name}: exit status {theirs.returncode}, {len(theirs.stdout)} bytes, {theirs.stderr[:300]}")
    tap.ok(len(EXAMPLES) > 8 and not wrong, f"{what}: {len(EXAMPLES)} examples give the same bytes", "\n".join(wrong))


def cases(tap, *programs):
    """Cases of tests/ui and those of tests/stages with each (program, name, kinds), side by side."""
    def one_run(row):
        program, what, kind = row
        some = ["--every", "6"] if kind == "ui" and "--all" not in sys.argv else []
        result = subprocess.run([sys.executable, ROOT + "/tests/cases.py", kind, program, *some], capture_output=True, text=True,
                                timeout=1800, check=False)
        lines = result.stdout.splitlines()
        good = sum(line.startswith("ok ") for line in lines)
        return (result.returncode == 0 and good > 4, f"{what}: {good} cases of {kind}",
                "\n".join(line for line in lines if not line.startswith("ok "))[:4000] + result.stderr)
    rows = [(program, what, kind) for program, what, kinds in programs for kind in kinds]
    with ThreadPoolExecutor(2) as pool:
        for good, name, why in pool.map(one_run, rows):
            tap.ok(good, name, why)


def programs_for_linux(tap, folder):
    """Yields what cases() takes."""
    native = unpack("linux-x86_64", folder)
    with open(native + "/bin/hpcc", "rb") as file:
        image = file.read()
    tap.ok(image[:5] == b"\x7fELF\x02" and b"/ld-" not in image and b"/ld-musl" not in image and ROOT.encode() not in image,
           "linux-x86_64 is static and tells nothing of where it was built")
    templates(tap, native + "/bin/hpcc", "linux-x86_64")
    with gzip.open(native + "/share/man/man1/hpcc.1.gz") as file:
        tap.equal(file.read(), run([HPCC, "man"]).stdout, "the manual page is the program's")
    yield native + "/bin/hpcc", "linux-x86_64", ["stages"]
    foreign = unpack("linux-aarch64", folder)
    qemu = shutil.which("qemu-aarch64")
    if not qemu:
        tap.skip("linux-aarch64", "no qemu-aarch64")
        return
    program = wrapper(folder + "/aarch64", qemu, foreign + "/bin/hpcc")
    result = run([program, "--version"])
    tap.equal(result.stdout, run([HPCC, "--version"]).stdout, "linux-aarch64 runs, and knows the same facts")
    templates(tap, program, "linux-aarch64")
    yield program, "linux-aarch64", ["ui", "stages"]


def node():
    """node from version 20 on, or None."""
    version = re.match(r"v(\d+)", run(["node", "--version"]).stdout.decode()) if shutil.which("node") else None
    return "node" if version and int(version.group(1)) >= 20 else None


def module(tap, folder):
    """WebAssembly: the same, and what a sandbox cannot do is refused in words. Yields what cases() takes."""
    if not node():
        tap.skip("WebAssembly", "no node from version 20 on")
        return
    # A thousand short runs: V8's first compiler alone takes a third of the time. Node 20 may end while another thread of
    # V8's sweeps its heap, and dies of SIGSEGV then (ConcurrentSweepTask), so garbage is collected in one thread.
    program = wrapper(folder + "/wasi", shutil.which("node"), "--no-warnings", "--liftoff-only", "--single-threaded-gc",
                      HERE + "/wasi.mjs", one("hpcc-*.wasm"))
    templates(tap, program, "WebAssembly")
    yield program, "WebAssembly", ["ui", "stages"]
    scratch = folder + "/scratch"
    os.makedirs(scratch + "/below")
    for name, text in (("c.yaml", CLUSTER), ("below/c.yaml", CLUSTER.replace("  Ssh:\n    KeyName: key\n", "")),
                       ("target.json", "old"), (".hpcc.yaml", "severity: {W0206: error}\n")):
        with open(os.path.join(scratch, name), "w", encoding="utf-8") as file:
            file.write(text)
    os.symlink("target.json", scratch + "/link.json")
    want = run([HPCC, "c.yaml"], cwd=scratch).stdout
    for name in ("new.json", "link.json"):
        result = run([program, "c.yaml", "-o", name], cwd=scratch)
        with open(os.path.join(scratch, name), "rb") as file:
            tap.ok(result.returncode == 0 and file.read() == want, f"WebAssembly writes {name}", said(result))
    tap.ok(os.path.islink(scratch + "/link.json") and len(os.listdir(scratch)) == 6, "a link stays a link, nothing else is left",
           os.listdir(scratch))
    result = run([program, "lint", "below/c.yaml"], cwd=scratch)
    tap.ok(result.returncode == 1 and b"error" in result.stdout, "WebAssembly finds settings in a folder above", said(result))
    result = run([program, "exec", "c.yaml", "--", "cat", "{}"], cwd=scratch)
    tap.ok(result.returncode == 2 and b"WebAssembly starts no programs" in result.stderr, "exec is refused", said(result))
    result = run([program, "c.yaml", "-o", "none/x.json"], cwd=scratch)
    tap.ok(result.returncode == 2 and b"none/x.json" in result.stderr, "a folder that is not there is named", said(result))


def programs_for_macos(tap, folder):
    for name, processor in MACH_O.items():
        with open(unpack(name, folder) + "/bin/hpcc", "rb") as file:
            magic, cpu = struct.unpack("<II", file.read(8))
        tap.ok(magic == 0xFEEDFACF and cpu == processor, f"{name} is linked (nothing here can run it)")


def files_below(root):
    """All files but the package manager's own, below var/."""
    found = [os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names]
    return sorted(path for path in found if not path.startswith("var/"))


def installed(tap, what, root, commands, runs):
    """Installs a package below an empty root, runs the program there, removes it: nothing may be left."""
    install, remove = commands
    result = run(install)
    there = files_below(root)
    wanted = {"usr/bin/hpcc", "usr/share/man/man1/hpcc.1.gz", "usr/share/bash-completion/completions/hpcc",
              "usr/share/doc/hpcc/licences.txt"}
    tap.ok(result.returncode == 0 and wanted <= set(there), f"{what} installs", said(result) + "\n".join(there))
    if runs:
        with open(root + "/c.yaml", "w", encoding="utf-8") as file:
            file.write(BAD)
        result = run(["chroot", root, "/usr/bin/hpcc", "lint", "/c.yaml"])
        tap.ok(result.returncode == 1 and b"[E0401]" in result.stdout, f"{what} runs where nothing else is", said(result))
        os.unlink(root + "/c.yaml")
    result = run(remove)
    tap.ok(result.returncode == 0 and files_below(root) == [], f"{what} leaves nothing behind",
           said(result) + "\n".join(files_below(root)))


def debs(tap, folder):
    for path in sorted(glob.glob(DIST + "/*.deb")):
        root = f"{folder}/{os.path.basename(path)}"
        for name in ("info", "updates"):
            os.makedirs(f"{root}/var/lib/dpkg/{name}")
        open(root + "/var/lib/dpkg/status", "w", encoding="ascii").close()
        dpkg = ["dpkg", "--root=" + root, "--log=/dev/null", "--force-architecture"]
        installed(tap, os.path.basename(path), root, ([*dpkg, "-i", path], [*dpkg, "--purge", "hpcc"]), "amd64" in path)


def rpms(tap, folder):
    paths = sorted(glob.glob(DIST + "/*.rpm"))
    if paths and not shutil.which("rpm"):
        return tap.skip(".rpm", "no rpm")
    for path in paths:
        root = f"{folder}/{os.path.basename(path)}"
        os.makedirs(root)
        rpm = ["rpm", "--root", root, "--dbpath", "/var/lib/rpm"]
        run([*rpm, "--initdb"])
        installed(tap, os.path.basename(path), root, ([*rpm, "-i", "--ignorearch", "--nosignature", path],
                                                     [*rpm, "-e", "hpcc"]), "x86_64" in path)


def image(tap, folder):
    path = one("*-image.oci.tar")
    if not shutil.which("skopeo"):
        return tap.skip("the image", "no skopeo")
    for architecture in ("amd64", "arm64"):
        copy = f"{folder}/image-{architecture}"
        result = run(["skopeo", "--insecure-policy", "--override-arch", architecture, "copy", "oci-archive:" + path,
                      "dir:" + copy])
        if not tap.ok(result.returncode == 0, f"skopeo reads the image for {architecture}", said(result)):
            continue
        with open(copy + "/manifest.json", encoding="utf-8") as file:
            manifest = json.load(file)
        with open(f"{copy}/{manifest['config']['digest'][7:]}", encoding="utf-8") as file:
            settings = json.load(file)
        root = copy + "-root"
        for layer in manifest["layers"]:
            with tarfile.open(f"{copy}/{layer['digest'][7:]}") as tar:
                tar.extractall(root)
        tap.ok(settings["architecture"] == architecture and settings["config"]["Entrypoint"] == ["/usr/bin/hpcc"] and
               files_below(root) == ["usr/bin/hpcc", "usr/share/doc/hpcc/licences.txt"], "it holds hpcc alone", settings)
        if architecture == "amd64":
            result = run(["chroot", "--userspec=" + settings["config"]["User"], root,
                          *settings["config"]["Entrypoint"], "--version"])
            tap.equal(result.stdout, run([HPCC, "--version"]).stdout, "its entry point runs as nobody")


def main():
    tap = Tap()
    if os.getuid() != 0:
        tap.skip("packages and the image", "roots are made by root")
    with temporary() as folder:
        os.chmod(folder, 0o755)
        papers(tap)
        programs_for_macos(tap, folder)
        cases(tap, *programs_for_linux(tap, folder), *module(tap, folder))
        if os.getuid() == 0:
            debs(tap, folder)
            rpms(tap, folder)
            image(tap, folder)
    tap.end()


if __name__ == "__main__":
    main()

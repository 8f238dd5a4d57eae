#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc lint --fix and --fix --diff: what they change, and all that they must not.

Every file of tests/ui goes through: its certain fixes, made here again from the JSON findings, give the same bytes;
none is left, none breaks anything; the diff, given to patch(1) and to git apply, does the same.
usage: fixes.py HPCC; prints TAP.
"""
import glob
import json
import os
import re
import shlex
import shutil
import stat
import sys

from common import HPCC, ROOT, Tap, hpcc, run, temporary

UI = os.path.join(ROOT, "tests", "ui")
WRONG = """\
Region: us-east-1
Image:
  Os: alinux2023   # the system
HeadNode:
  InstanceTyp: c6i.4xlarge
  Networking:
    SubnetId: subnet-0123456789abcdef0
  Ssh: {KeyNam:   key}   # one line
Schedulng:
  Scheduler: Slurm
  SlurmQueues:
    - Name: compute
      CapacityTyp: ONDEMAND

      ComputeResources:
        - Name: nodes
          InstanceTyp: c6i.large\t# tab
          MaxCount: 2

      Networking:
        SubnetIds:
            - subnet-0123456789abcdef0
# the end"""
RIGHT = WRONG
for wrong, right in (("InstanceTyp:", "InstanceType:"), ("KeyNam:", "KeyName:"), ("Schedulng:", "Scheduling:"),
                     ("Scheduler: Slurm", "Scheduler: slurm"), ("CapacityTyp:", "CapacityType:")):
    RIGHT = RIGHT.replace(wrong, right)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def findings(path, args=(), cwd=None):
    result = hpcc("lint", "--format=json", path, *args, cwd=cwd)
    return json.loads(result.stdout) if result.stdout else []


# ---- the certain fixes, made again ----

def chosen(found):
    """[(start, end, text)] of the findings whose fixes are all certain, without those that touch an earlier one."""
    edits = []
    for finding in found:
        fixes = finding["fixes"]
        if not fixes or not all(fix["certain"] for fix in fixes):
            continue
        mine = []
        for fix in fixes:
            if any(fix["start"] <= end and start <= fix["end"] for start, end, _ in edits + mine):
                break
            mine.append((fix["start"], fix["end"], fix["replacement"]))
        else:
            edits += mine
    return sorted(edits)


def apply(data, edits):
    crlf = re.match(rb"[^\n]*\r\n", data)
    for start, end, text in reversed(edits):
        text = text.encode()
        data = data[:start] + (text.replace(b"\n", b"\r\n") if crlf else text) + data[end:]
    return data


def all_made(path, args, cwd):
    """The bytes of the file at path with all certain fixes made, and how many rounds that took."""
    data, copy = read(path), path + ".again.yaml"
    for rounds in range(11):
        write(copy, data)
        edits = chosen(findings(copy, args, cwd))
        if not edits:
            break
        data = apply(data, edits)
    os.unlink(copy)
    return data, rounds


def errors_of(found):
    return [f for f in found if f["severity"] == "error"]


def lost(data, found):
    """The fixes, certain or not, that write another text where a reference to a value of the deployment is."""
    word = re.compile(rb"\$\{(param|env|stack)\.")
    return [fix for finding in found for fix in finding["fixes"]
            if fix["replacement"] and word.search(data[fix["start"]:fix["end"]]) and not word.search(fix["replacement"].encode())]


def ui_args(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return [arg for line in re.findall("^# args: (.*)", file.read(), re.M) for arg in shlex.split(line)]


def ui_file(folder, path):
    """(wrong, number of fixes) for one file of tests/ui, in a copy of its area."""
    args, name = ui_args(path), os.path.basename(path)
    copy = os.path.join(folder, os.path.basename(os.path.dirname(path)), name)
    cwd = os.path.dirname(copy)
    old, before = read(copy), findings(copy, args, cwd)
    if lost(old, before):
        return f"a reference is lost: {lost(old, before)}", 0
    if not chosen(before):
        result = hpcc("lint", "--fix", "--format=short", name, *args, cwd=cwd)
        return ("" if read(copy) == old and b"bug in hpcc" not in result.stderr else "--fix changed the file"), 0
    wanted, rounds = all_made(copy, args, cwd)
    diff = hpcc("lint", "--fix", "--diff", name, *args, cwd=cwd)
    if read(copy) != old:
        return "--diff changed the file", 0
    if bool(diff.stdout) != (wanted != old) or (diff.stdout and diff.returncode != 1 and not any(
            arg.startswith("--fail-on") for arg in args)):
        return f"--diff: exit status {diff.returncode}, {len(diff.stdout)} bytes", rounds
    if diff.stdout:
        patched = run(["patch", "-s", "-p0", "--binary", "-o", "patched"], input=diff.stdout, cwd=cwd)
        if patched.returncode != 0 or read(cwd + "/patched") != wanted:
            return f"patch: {patched.stdout + patched.stderr}\n{diff.stdout.decode('utf-8', 'replace')}", rounds
    result = hpcc("lint", "--fix", "--format=json", name, *args, cwd=cwd)
    if read(copy) != wanted:
        return f"--fix made {read(copy)!r}, not {wanted!r}", rounds
    after = findings(copy, args, cwd)
    if json.loads(result.stdout or "[]") != [{**f, "file": name} if f.get("file") == copy else f for f in
                                     findings(name, args, cwd)]:
        return "what --fix prints is not what is left", rounds
    if chosen(after):
        return f"certain fixes are left: {chosen(after)}", rounds
    if len(errors_of(after)) > len(errors_of(before)):
        return f"more errors than before: {errors_of(after)}", rounds
    return "", rounds


def ui_files(tap, folder):
    for area in glob.glob(UI + "/*"):
        if os.path.isdir(area):
            shutil.copytree(area, os.path.join(folder, os.path.basename(area)))
    paths = sorted(glob.glob(UI + "/*/*.yaml"))
    wrong, fixed = [], 0
    for path in paths:
        if not os.path.isfile(path):
            continue
        why, rounds = ui_file(folder, path)
        fixed += rounds > 0
        if why:
            wrong.append(f"{os.path.relpath(path, UI)}: {why}")
    tap.ok(not wrong, f"{len(paths)} files of tests/ui: fixes are made, and nothing else", "\n".join(wrong))
    tap.ok(fixed >= 2, f"{fixed} of them have certain fixes")


# ---- programs ----

# What a program lacks shows only when it can be read: no fix brings that in.
LATER = {"E0103", "E0750"}


def programs():
    """(folder, its programs with mistakes)"""
    for folder in (os.path.join(ROOT, "tests", "programs"), os.path.join(ROOT, "..", "shared", "cases", "hpc")):
        if os.path.isdir(folder):
            yield folder, sorted(glob.glob(folder + "/bad/*.hpc"))
    yield UI, sorted(glob.glob(UI + "/*/*.hpc"))


def fixes_of_program(path):
    """(wrong, number of fixes): each certain fix of an error, made alone, leaves fewer errors than there were."""
    args, cwd = ui_args(path), os.path.dirname(path)
    data, before, wrong, n = read(path), findings(path, args, cwd), [], 0
    for finding in before:
        fixes = finding["fixes"]
        if finding["severity"] != "error" or not fixes or not all(fix["certain"] and fix["file"] == path for fix in fixes):
            continue
        n += 1
        write(path, apply(data, sorted((fix["start"], fix["end"], fix["replacement"]) for fix in fixes)))
        after = [f for f in errors_of(findings(path, args, cwd)) if f["code"] not in LATER]
        if len(after) >= len(errors_of(before)):
            wrong.append(f"{finding['line']}: {finding['message']}, {[fix['replacement'] for fix in fixes]}: "
                         f"{[(f['line'], f['code'], f['message']) for f in after]}")
        write(path, data)
    return wrong, n


def fixes_of_programs(tap, folder):
    for k, (source, paths) in enumerate(programs()):
        copy, wrong, fixed = os.path.join(folder, str(k)), [], 0
        shutil.copytree(source, copy)
        for path in paths:
            name = os.path.relpath(path, source)
            if not os.path.isfile(path):
                continue
            bad, n = fixes_of_program(os.path.join(copy, name))
            wrong += [f"{name}:{why}" for why in bad]
            fixed += n
        tap.ok(not wrong and fixed > 2, f"{fixed} certain fixes of {len(paths)} programs of {os.path.basename(source)} mend what they are for",
               "\n".join(wrong))
    path = write(folder + "/c.hpc", 'let _a = “abc”; let _b = { a: 1; b:: 2 }\n')
    hpcc("lint", "--fix", path)
    tap.equal(read(path).decode(), 'let _a = "abc"\n let _b = { a: 1, b: 2 }\n', "several fixes on one line")


# ---- one file with many ----

def layouts(tap, folder):
    for name, change in (("plain", lambda text: text), ("CR LF", lambda text: text.replace("\n", "\r\n")),
                         ("CR", lambda text: text.replace("\n", "\r")), ("byte order mark", lambda text: "\ufeff" + text),
                         ("line end at the end", lambda text: text + "\n"), ("many line ends", lambda text: text + "\n\n\n"),
                         ("far apart", lambda text: text.replace("Schedul", "# x\n" * 40 + "Schedul", 1)),
                         ("astral", lambda text: text.replace("# ", "# \U0001d49c\u00e9 ").replace("{KeyNam", "{ KeyNam"))):
        path = write(f"{folder}/c.yaml", change(WRONG))
        diff = hpcc("lint", "--fix", "--diff", "c.yaml", cwd=folder)
        tap.ok(diff.returncode == 1 and read(path) == change(WRONG).encode(), f"{name}: --diff changes nothing")
        result = hpcc("lint", "--fix", "c.yaml", cwd=folder)
        tap.equal(read(path).decode(), change(RIGHT), f"{name}: fixed, and nothing else changed")
        tap.ok(result.returncode == 0, f"{name}: nothing is left", result.stdout.decode())
        before = os.stat(path)
        hpcc("lint", "--fix", "c.yaml", cwd=folder)
        after = os.stat(path)
        tap.equal((after.st_mtime_ns, after.st_ino), (before.st_mtime_ns, before.st_ino), f"{name}: idempotent")
        write(path, change(WRONG))
        patched = run(["patch", "-s", "-p0", "--binary"], input=diff.stdout, cwd=folder)
        tap.equal((patched.returncode, read(path).decode()), (0, change(RIGHT)), f"{name}: patch(1) makes the same")
        if name != "CR":  # one line to git
            write(path, change(WRONG))
            applied = run(["git", "apply", "-p0", "-"], input=diff.stdout, cwd=folder)
            tap.equal((applied.returncode, read(path).decode()), (0, change(RIGHT)), f"{name}: git apply makes the same")


def names(tap, folder):
    for name in ("with blank.yaml", "deep er/c.yaml", "\u00fcml.yaml", "-c.yaml"):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, WRONG)
        diff = hpcc("lint", "--fix", "--diff", "--", name, cwd=folder)
        patched = run(["patch", "-s", "-p0", "--binary"], input=diff.stdout, cwd=folder)
        tap.equal((patched.returncode, read(path).decode()), (0, RIGHT), f"patch finds {name}")
    for name in ("a.yaml", "b.yaml"):
        write(f"{folder}/{name}", WRONG)
    diff = hpcc("lint", "--fix", "--diff", "a.yaml", "b.yaml", cwd=folder)
    run(["patch", "-s", "-p0"], input=diff.stdout, cwd=folder)
    tap.ok(read(folder + "/a.yaml") == read(folder + "/b.yaml") == RIGHT.encode(), "one diff of two files")
    write(folder + "/a.yaml", WRONG)
    hpcc("lint", "--fix", "a.yaml", "a.yaml", "b.yaml", cwd=folder)
    tap.equal(read(folder + "/a.yaml").decode(), RIGHT, "the same file twice")
    diff = hpcc("lint", "--fix", "--diff", "-", "--stdin-filename=b.yaml", cwd=folder, input=WRONG.encode())
    write(folder + "/b.yaml", WRONG)
    run(["patch", "-s", "-p0"], input=diff.stdout, cwd=folder)
    tap.equal(read(folder + "/b.yaml").decode(), RIGHT, "the diff of standard input")


def nested(tap, folder):
    """A fix that uncovers others: the contents of a section with a misspelt name."""
    text = WRONG.replace("Schedulng:", "Schedulin:")
    path = write(folder + "/c.yaml", text)
    first = chosen(findings(path))
    tap.ok(0 < len(first) < 6, "control: the first round does not see all", first)
    hpcc("lint", "--fix", path)
    tap.equal(read(path).decode(), RIGHT, "what a fix uncovers is fixed as well")


def on_another(tap, folder):
    """A cluster on an environment that is mended after it."""
    cluster, environment = os.path.join(folder, "a.yaml"), os.path.join(folder, "b.yaml")
    write(cluster, WRONG.replace("Region: us-east-1\n", "Region: us-east-1\nEnvironment: {Stack: hpc, File: b.yaml}\n", 1).replace(
        "subnet-0123456789abcdef0\n  Ssh", "${env.PublicSubnet}\n  Ssh").replace("- subnet-0123456789abcdef0", "- ${env.PrimaryPrivateSubnet}"))
    write(environment, "Kind: Environment\nRegion: us-east-1\nNetwrok:\n  AvailabilityZones: [us-east-1a]\n")
    result = hpcc("lint", "--fix", "--fail-on=error", cluster, environment)
    tap.ok(result.returncode == 0 and b"error" not in result.stdout, "one call mends a cluster and what it stands on", result.stdout.decode())


def uncertain(tap, folder):
    for name, text in (("instance type", RIGHT.replace("c6i.large", "c6i.lrage")),
                       ("far from any key", RIGHT.replace("MaxCount", "Xyzzy")),
                       ("another value", RIGHT.replace("ONDEMAND", "SPOTTY"))):
        path = write(folder + "/c.yaml", text)
        result = hpcc("lint", "--fix", "--format=short", path)
        tap.ok(result.returncode == 1 and read(path).decode() == text, f"not touched: {name}", result.stdout.decode())
    for name, data in (("not YAML", b"a: [\n"), ("not UTF-8", b"\xff"), ("empty", b""), ("a list", b"- a\n")):
        path = write(folder + "/c.yaml", data)
        for args in (["--fix"], ["--fix", "--diff"]):
            result = hpcc("lint", *args, path)
            tap.ok(result.returncode == 1 and read(path) == data and b"bug in hpcc" not in result.stderr,
                   f"not touched: {name} {args[-1]}")
    suppressed = WRONG.replace("InstanceTyp: c6i.4xlarge", "InstanceTyp: c6i.4xlarge # hpcc:ignore E0401 -- why")
    path = write(folder + "/c.yaml", suppressed)
    hpcc("lint", "--fix", path)
    tap.ok(b"InstanceType: c6i.4xlarge # hpcc:ignore E0401 -- why" in read(path), "a suppression is no obstacle")
    path = write(folder + "/foreign.yaml", "instancetype: x\n")
    hpcc("lint", "--fix", "--only-clusters", path)
    tap.equal(read(path), b"instancetype: x\n", "files that are passed over are not touched")


def stays_text(tap, folder):
    """Typographic quotes around what would be no text without any; and such that have no partner."""
    path = folder + "/c.yaml"
    for value, mended in (("true", '"true"'), ("4", '"4"'), ("yes", '"yes"'), ("null", '"null"'), ("0x10", '"0x10"'),
                          ("1.0", '"1.0"'), ("12:30", '"12:30"'), ("2024-01-01", '"2024-01-01"'), ("lab", "lab")):
        write(path, RIGHT.replace("KeyName:   key", f"KeyName: \u201c{value}\u201d"))
        hpcc("lint", "--fix", path)
        tap.equal(read(path).decode(), RIGHT.replace("KeyName:   key", f"KeyName: {mended}"), f"{value} stays text")
    block = "  Ssh:\n    KeyName: "
    for value in ("\u201ca #b\u201d", "it\u2019s"):
        text = RIGHT.replace("  Ssh: {KeyName:   key}   # one line", block + value)
        write(path, text)
        hpcc("lint", "--fix", path)
        tap.equal(read(path).decode(), text, f"{value}: a quote without a partner")


def places(tap, folder):
    """Links, permissions, places that cannot be written."""
    path, link = write(folder + "/c.yaml", WRONG), folder + "/link.yaml"
    os.chmod(path, 0o640)
    os.symlink("c.yaml", link)
    hpcc("lint", "--fix", link)
    tap.ok(os.path.islink(link) and read(path) == RIGHT.encode(), "a symbolic link stays one")
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o640, "permissions stay")
    tap.equal(sorted(os.listdir(folder)), ["c.yaml", "link.yaml"], "no temporary file is left")
    result = hpcc("lint", "--fix", "-", input=WRONG.encode())
    tap.ok(result.returncode == 2 and b"standard input" in result.stderr and result.stdout == b"",
           "standard input cannot be fixed", result.stderr.decode())
    result = hpcc("lint", "--fix", path, folder + "/none.yaml")
    tap.equal(result.returncode, 2, "a file that is not there")
    read_only = folder + "/ro"
    os.mkdir(read_only)
    locked = write(read_only + "/c.yaml", WRONG)
    os.chmod(folder, 0o755)
    os.chmod(locked, 0o644)
    os.chmod(read_only, 0o555)
    command = [HPCC, "lint", "--fix", "--format=short", locked]
    if os.geteuid() == 0:
        if run(["setpriv", "--version"]).returncode != 0:
            tap.skip("a file that cannot be written", "root writes everywhere, and there is no setpriv")
            return
        command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
    result = run(command)
    tap.ok(result.returncode == 2 and f"cannot write `{locked}`: Permission denied".encode() in result.stderr and
           read(locked) == WRONG.encode(), "a file that cannot be written", result.stderr.decode())
    os.chmod(read_only, 0o755)


def statuses(tap, folder):
    path = write(folder + "/c.yaml", WRONG)
    tap.equal(hpcc("lint", "--fix", "--diff", path).returncode, 1, "--diff with a change ends with 1")
    tap.equal(hpcc("lint", "--fix", path).returncode, 0, "--fix that mends all ends with 0")
    result = hpcc("lint", "--fix", "--diff", path)
    tap.equal((result.returncode, result.stdout), (0, b""), "--diff without a change ends with 0")
    write(path, WRONG.replace("c6i.large", "c99.large"))
    result = hpcc("lint", "--fix", "--format=short", path)
    tap.ok(result.returncode == 1 and result.stdout.count(b"\n") == 1 and b"[E0401]" in result.stdout,
           "--fix prints what is left and ends with 1", result.stdout.decode())
    many = RIGHT.replace("MaxCount: 2\n", "MaxCount: 2\n" + "".join(
        f"        - {{Name: n{i}, InstanceType: c6i.large, MaxCoun: 1}}\n" for i in range(20000)))
    write(path, many)
    result = hpcc("lint", "--fix", "--format=short", path, timeout=600)
    tap.equal(read(path).decode() == many.replace("MaxCoun:", "MaxCount:"), True, "20,000 fixes in one file, in time")


def main():
    tap = Tap()
    for part in (layouts, names, nested, on_another, uncertain, stays_text, places, statuses, ui_files, fixes_of_programs):
        with temporary() as folder:
            part(tap, os.path.realpath(folder))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc fmt: what it changes, and all that it must not.

Every file of examples/, tests/ and the collection beside the project goes through, and the same files broken at random:
PyYAML reads the same events before and after, the same comments stand between its tokens, every sign is there as often,
the layout holds line for line, `lint` finds the same, and a second time changes nothing. Then the options, folders, links
and places that cannot be written.
usage: fmt.py HPCC; prints TAP, with the bytes and files that changed.
"""
import collections
import glob
import json
import os
import random
import re
import shutil
import stat
import sys

from common import CLUSTER, HPCC, ROOT, SHARED, Tap, hpcc, in_venv, run, temporary
from fmt_files import fmt, read, write

in_venv("yaml")

import yaml  # noqa: E402

UNTIDY = CLUSTER.replace(": ", ":  ").replace("          - ", "        - ") + "\n\n# the end\n"
UNTIDY = UNTIDY.replace("us-east-1", "us-east-1   # near")
TIDY = CLUSTER.replace("us-east-1", "us-east-1  # near") + "\n# the end\n"
OTHER = "services:\n    web:\n        image:  nginx\n"
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


# ---- what a text says, as PyYAML reads it ----

def events(text):
    """All that a reader is told of a text but the places; None where it cannot be read."""
    told = []
    try:
        for event in yaml.parse(text, Loader=yaml.CLoader):
            told.append((type(event).__name__, *(getattr(event, name, None) for name in ("anchor", "tag", "value", "style",
                                                                                       "flow_style", "implicit"))))
    except yaml.YAMLError:
        return None
    return told


def comments(text):
    """The comments between the tokens, and those in the first lines of block scalars."""
    found, at = [], 0
    text = text.removeprefix("\ufeff")

    def gap(lo, hi):
        for line in BREAK.split(text[lo:hi]):
            if "#" in line:
                found.append(line[line.index("#"):].rstrip(" \t"))

    for token in yaml.scan(text, Loader=yaml.CLoader):
        lo, hi = token.start_mark.index, token.end_mark.index
        if hi <= lo:
            continue
        gap(at, lo)
        at = hi
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            header = BREAK.split(text[lo:])[0]
            gap(lo, lo + len(header))
    gap(at, len(text))
    return found


def inside(text):
    """Numbers of lines that are, or may be, inside of a scalar."""
    lines = set()
    for token in yaml.scan(text, Loader=yaml.CLoader):
        if isinstance(token, yaml.ScalarToken) and token.end_mark.line > token.start_mark.line:
            lines |= set(range(token.start_mark.line + 1, token.end_mark.line + 1))
    return lines


def ill_laid(text):
    """What of the layout does not hold, looked at line by line."""
    faults = []
    lines = text.removeprefix("\ufeff").split("\n")
    scalars = inside(text)
    if text and (not text.endswith("\n") or text.startswith("\n")):
        return ["the begin or the end"] if "|" not in text and ">" not in text else []
    for i, line in enumerate(lines[:-1]):
        if i in scalars:
            continue
        blanks = len(line) - len(line.lstrip(" "))
        if line != line.rstrip(" \t\r"):
            faults.append(f"{i + 1}: blanks at the end: {line!r}")
        if not line and i and not lines[i - 1] and i - 1 not in scalars:
            faults.append(f"{i + 1}: two empty lines")
        if blanks % 2:
            faults.append(f"{i + 1}: {blanks} blanks in front: {line!r}")
        if re.match(r" *- ?  +[^# ]", line) or re.match(r"""[^'"#{\[&*]*: (?: +[^# ]|\t)""", line):
            faults.append(f"{i + 1}: blanks behind a sign: {line!r}")
    return faults


def compare(before, after):
    """Why `after` is not the same text in another layout, or None."""
    try:
        old, new = before.decode(), after.decode()
    except UnicodeDecodeError:
        return "no UTF-8"
    if events(old.removeprefix("\ufeff")) != events(new.removeprefix("\ufeff")):
        return "PyYAML reads something else"
    if comments(old) != comments(new):
        return f"comments: {comments(old)} {comments(new)}"
    if collections.Counter(re.sub(r"\s", "", old)) != collections.Counter(re.sub(r"\s", "", new)):
        return "other signs"
    return "; ".join(ill_laid(new)) or None


# ---- many files ----

def in_parts(paths):
    return [paths[i:i + 500] for i in range(0, len(paths), 500)]


def findings(paths):
    """What `lint` says of each file, without places."""
    said = collections.defaultdict(list)
    for part in in_parts(paths):
        for finding in json.loads(hpcc("lint", "--no-config", "--format=json", "--", *part).stdout):
            said[finding["file"]].append((finding["code"], finding["message"]))
    return {path: sorted(said[path]) for path in paths}


def format_all(tap, paths, name):
    """Formats files in place; those that were refused, and whether all went as it should."""
    refused = set()
    for part in in_parts(paths):
        result = fmt("--format=json", "--", *part)
        if not tap.ok(result.returncode in (0, 1), f"{name}: {len(part)} files", result.stderr[-2000:]):
            return None
        refused |= {finding["file"] for finding in json.loads(result.stderr or b"[]")}
    return refused


def sweep(tap, name, texts, lint=True):
    """Everything about a list of texts."""
    with temporary() as folder:
        paths = [write(f"{folder}/{i}.yaml", text) for i, text in enumerate(texts)]
        before = findings(paths) if lint else {}
        refused = format_all(tap, paths, name)
        if refused is None:
            return
        faults, changed, size, lost, spoken = [], 0, [0, 0], 0, [0, 0]
        for path, text in zip(paths, texts):
            now = read(path)
            if path in refused:
                lost += now != text
                continue
            changed += now != text
            size[0] += len(text)
            size[1] += len(now)
            why = compare(text, now)
            if why:
                faults.append(f"{path}: {why}\n{text[:600]}\n{now[:600]}")
                continue
            spoken[0] += len(comments(text.decode()))
            spoken[1] += len(comments(now.decode()))
        done = [path for path in paths if path not in refused]
        tap.ok(not faults and done, f"{name}: the same events, comments and signs, in the layout", "\n".join(faults[:5]))
        tap.equal(lost, 0, f"{name}: what is refused stays as it was")
        again = [fmt("--check", "--", *part) for part in in_parts(done)]
        tap.ok(all(r.returncode == 0 and not r.stdout for r in again), f"{name}: a second time changes nothing",
               b"".join(r.stdout + r.stderr for r in again)[:2000])
        if lint:
            after = findings(paths)
            other = [f"{p}: {before[p]} {after[p]}\n{read(p)[:500]}" for p in done if before[p] != after[p]]
            tap.ok(not other, f"{name}: lint finds the same, elsewhere", "\n".join(other[:5]))
        print(f"# {name}: {changed} of {len(done)} files changed, {len(refused)} refused; {size[0]} bytes before, {size[1]} "
              f"after; {spoken[0]} comments before, {spoken[1]} after")


def collected(folders):
    paths = sorted(path for folder in folders for path in glob.glob(folder + "/**/*", recursive=True)
                   if path.endswith((".yaml", ".yml")) and os.path.isfile(path) and os.path.getsize(path) < 100000)
    return list(dict.fromkeys(read(path) for path in paths))


def other_layout(random_, text):
    """The same text with other blanks and line ends; None where that is not known to be the same."""
    if inside(text) or "[" in text or "{" in text:
        return None
    step = random_.choice([2, 3, 4, 8])
    out = []
    for line in text.split("\n"):
        body = line.lstrip(" ")
        level = (len(line) - len(body)) // 2
        body = re.sub("^((?:- )+)", lambda m: m.group(1).replace("- ", "-" + " " * (step - 1)), body)
        out.append(" " * (level * step) + body + " " * random_.choice([0, 0, 0, 3]))
        if not body and random_.random() < 0.5:
            out.append("")
    end = random_.choice(["\n", "\r\n", "\r"])
    return end.join(out) + end * random_.choice([0, 1, 3])


def relaid(tap):
    """Files in other layouts come out the same."""
    random_, faults, n = random.Random(1), [], 0
    with temporary() as folder:
        pairs = []
        for path in sorted(glob.glob(ROOT + "/examples/*/*.yaml")):
            text = fmt("-", input=read(path)).stdout.decode()
            for _ in range(4):
                other = other_layout(random_, text)
                if other is not None and events(other) == events(text):
                    pairs.append((write(f"{folder}/{len(pairs)}.yaml", other), text))
        fmt("--", *[path for path, _ in pairs])
        for path, text in pairs:
            n += 1
            if read(path).decode() != text:
                faults.append(run(["diff", "-u", "-", path], input=text.encode()).stdout.decode())
    tap.ok(n > 50 and not faults, f"{n} files with other blanks and line ends become one layout", "\n".join(faults[:3]))


PIECES = ["# c", " # c\n", "\n# c\n", "\n", "\n\n", "  ", " ", "\t", "\r\n", "- ", "? ", ": ", ":", ",", "[", "]", "{", "}", "&a ", "*a",
          "!!str ", "|", "|+\n", ">-\n", "'", '"', "\\\n", "x", "${V}", "---\n", "...\n", "# hpcc:ignore W0601 -- why\n", "\u00e4",
          "\x85", "\u2028"]


def broken(texts, n):
    """Files with a few changes at random."""
    random_ = random.Random(7)
    made = []
    for _ in range(n):
        text = random_.choice(texts).decode("utf-8", "replace")[:3000]
        for _ in range(random_.choice([1, 1, 2, 4])):
            at = random_.randrange(len(text) + 1)
            text = text[:at] + random_.choice(PIECES) + text[at + random_.choice([0, 0, 0, 1, 5]):]
        made.append(text.encode())
    return made


# ---- options ----

def options(tap):
    with temporary() as folder:
        path, good = write(folder + "/a b.yaml", UNTIDY), write(folder + "/good.yaml", TIDY)
        old = os.stat(good)
        result = fmt("--check", "a b.yaml", "good.yaml", cwd=folder)
        tap.equal((result.returncode, result.stdout, result.stderr, read(path)), (1, b"a b.yaml\n", b"", UNTIDY.encode()),
                  "--check names what would change")
        result = fmt("--diff", "a b.yaml", "good.yaml", cwd=folder)
        tap.ok(result.returncode == 1 and result.stdout.startswith(b"--- a b.yaml\t\n+++ ") and read(path) == UNTIDY.encode(),
               "--diff changes nothing", result.stdout)
        patched = run(["patch", "-s", "-o", folder + "/patched", path], input=result.stdout)
        tap.ok(patched.returncode == 0 and read(folder + "/patched") == TIDY.encode(), "the diff, given to patch", patched.stdout)
        os.chmod(path, 0o640)
        result = fmt("a b.yaml", "good.yaml", "./a b.yaml", cwd=folder)
        tap.equal((result.returncode, result.stdout, result.stderr, read(path)), (0, b"", b"", TIDY.encode()), "files are rewritten")
        tap.equal((stat.S_IMODE(os.stat(path).st_mode), os.stat(good).st_mtime_ns, os.stat(good).st_ino),
                  (0o640, old.st_mtime_ns, old.st_ino), "rights stay, and a file that has the layout is left alone")
        for args in (["--check"], ["--diff"], []):
            result = fmt(*args, "a b.yaml", cwd=folder)
            tap.equal((result.returncode, result.stdout), (0, b""), f"{args}: nothing to do")
        tap.equal(sorted(os.listdir(folder)), ["a b.yaml", "good.yaml", "patched"], "no other file is left")
    for args, status, out in ((["-"], 0, TIDY), (["-", "--check", "--stdin-filename=x/y.yaml"], 1, "x/y.yaml\n"),
                              (["-", "--check"], 1, "<stdin>\n")):
        result = fmt(*args, input=UNTIDY.encode())
        tap.equal((result.returncode, result.stdout.decode()), (status, out), f"standard input: {args}")
    result = fmt("-", "--diff", "--stdin-filename=b.yaml", input=UNTIDY.encode())
    tap.ok(result.returncode == 1 and result.stdout.startswith(b"--- b.yaml\n+++ b.yaml\n@@"), "standard input: --diff", result.stdout)
    for text in (b"", b"\n\n", b"# only a comment"):
        result = fmt("-", input=text)
        tap.equal((result.returncode, result.stdout), (0, text.strip() + b"\n" * bool(text.strip())), f"{text!r} is no fault")
    result = fmt("-", "--set=A=1", "--vars=/dev/null", "--env", "--ignore=W0601", "--quiet", "--parallelcluster=3.11",
                 input=b"a:  ${A} ${B}\n")
    tap.ok(result.stdout == b"" or result.stdout == b"a: ${A} ${B}\n", "options of other verbs are taken", result.stderr)
    result = fmt("-", "--set=A=1", "--env", "--ignore=W0601", "--quiet", "--parallelcluster=3.11", "--no-suppressions",
                 input=b"a:  ${A} ${B}\n")
    tap.equal((result.returncode, result.stdout, result.stderr), (0, b"a: ${A} ${B}\n", b""), "variables stay as they are")
    for args in ([], ["--check", "--nonsense"], ["--fix", "x"]):
        tap.equal(fmt(*args).returncode, 2, f"{args} is wrong use")


def refused(tap):
    """Files with faults of reading: told, and left; the others are done."""
    bad = {"syntax.yaml": ("a: [1,\n", "E0005"), "twice.yaml": ("a: 1\na:  2\n", "E0010"), "two.yaml": ("a:  1\n---\nb: 1\n", "E0007"),
           "tag.yaml": ("a:  !Ref x\n", "E0012"), "latin1.yaml": (b"a:  \xe4\n", "E0003"),
           "deep.yaml": ("[" * 101 + "]" * 101, "E0008")}
    with temporary() as folder:
        for name, (text, _) in bad.items():
            write(f"{folder}/{name}", text)
        path = write(folder + "/z.yaml", UNTIDY)
        result = fmt("--format=short", *bad, "z.yaml", cwd=folder)
        said = result.stderr.decode()
        tap.ok(result.returncode == 1 and all(re.search(rf"^{name}:.*\[{code}\]", said, re.M) for name, (_, code) in bad.items()),
               "faults are told", said)
        tap.ok(read(path) == TIDY.encode() and all(read(f"{folder}/{name}") == (t if isinstance(t, bytes) else t.encode())
                                                   for name, (t, _) in bad.items()), "files with faults stay, others change")
        result = fmt("--format=json", "syntax.yaml", "tag.yaml", "--output-file=out.json", cwd=folder)
        tap.ok(result.returncode == 1 and [f["code"] for f in json.loads(read(folder + "/out.json"))] == ["E0005", "E0012"],
               "findings of all files are one document", result.stderr)
        result = fmt("-", input=b"a: [")
        tap.ok(result.returncode == 1 and not result.stdout and b"E0005" in result.stderr, "nothing is printed of a text with faults")
        tap.equal(fmt("none.yaml", cwd=folder).returncode, 2, "a file that is not there")
        result = fmt("z.yaml", "none.yaml", cwd=folder)
        tap.ok(result.returncode == 2 and b"E0001" in result.stderr, "beside others", result.stderr)
    deep = "- " * 90 + "a\n" + "# c\n" * 150000 + "b: 1"
    comment = "# c\n" * 150000
    deep = "".join(" " * i + "a:\n" for i in range(97)) + comment + " " * 97 + "a: 1\n"
    result = fmt("-", input=deep.encode())
    tap.ok(result.returncode == 1 and b"E0002" in result.stderr and len(result.stdout) == 0, "a text that would be too large",
           result.stderr[-500:])


def folders(tap):
    with temporary() as folder:
        for name in ("a.yaml", "sub/b.yml", "sub/deep/c.yaml", ".hidden/d.yaml", ".e.yaml", "f.txt", "g.json"):
            write(f"{folder}/t/{name}", UNTIDY)
        write(folder + "/t/other.yaml", OTHER)
        write(folder + "/t/faulty-other.yaml", "x: [\n")
        write(folder + "/t/large.yaml", UNTIDY + "# " + "x" * (1 << 20) + "\n")
        write(folder + "/elsewhere.yaml", UNTIDY)
        os.symlink("../elsewhere.yaml", folder + "/t/link.yaml")
        os.symlink("sub", folder + "/t/linked")
        result = fmt("--check", "t", cwd=folder)
        tap.equal((result.returncode, result.stdout.decode().split()), (1, ["t/a.yaml", "t/sub/b.yml", "t/sub/deep/c.yaml"]),
                  "a folder stands for the files in it that are for hpcc")
        tap.equal(fmt("t", cwd=folder).returncode, 0, "and all of them are rewritten")
        left = [name for name in (".hidden/d.yaml", ".e.yaml", "f.txt", "g.json", "../elsewhere.yaml") if read(f"{folder}/t/{name}")
                != UNTIDY.encode()]
        tap.ok(not left and read(folder + "/t/other.yaml") == OTHER.encode() and read(folder + "/t/sub/b.yml") == TIDY.encode(),
               "hidden files, links, large files and files of others stay", left)
        result = fmt("--check", "--only-known", "t/other.yaml", "t/faulty-other.yaml", cwd=folder)
        tap.equal((result.returncode, result.stdout), (0, b""), "--only-known passes over files of others")
        result = fmt("t/other.yaml", cwd=folder)
        tap.ok(result.returncode == 0 and read(folder + "/t/other.yaml") == OTHER.replace("    ", "  ").replace(":  n", ": n").encode(),
               "one that is named itself is formatted", result.stderr)
        os.mkdir(folder + "/empty")
        tap.equal(fmt("empty", cwd=folder).returncode, 2, "a folder without files for hpcc")


def places(tap):
    with temporary() as folder:
        path = write(folder + "/a.yaml", UNTIDY)
        os.symlink("a.yaml", folder + "/link.yaml")
        result = fmt("link.yaml", cwd=folder)
        tap.ok(result.returncode == 0 and os.path.islink(folder + "/link.yaml") and read(path) == TIDY.encode(),
               "a link stays one, and its file is rewritten", result.stderr)
        write(path, UNTIDY)
        result = fmt("a.yaml", "--output-file=a.yaml", cwd=folder)
        tap.ok(result.returncode == 2 and read(path) == UNTIDY.encode(), "findings do not go over an input", result.stderr)
        os.mkfifo(folder + "/pipe.yaml")
        result = run(["sh", "-c", '"$1" fmt --no-config pipe.yaml & cat a.yaml > pipe.yaml; wait $!', "sh", HPCC], cwd=folder)
        tap.ok(result.returncode == 2 and b"pipe.yaml" in result.stderr, "what is no file cannot be rewritten", result.stderr)
        if os.path.exists("/dev/full"):
            for args in (["--diff"], ["--check"], []):
                operand = "a.yaml" if args else "-"
                result = run(["sh", "-c", '"$0" "$@" < a.yaml > /dev/full', HPCC, "fmt", "--no-config", *args, operand], cwd=folder)
                tap.ok(result.returncode == 2 and b"No space left" in result.stderr, f"{args}: a full disk is told", result.stderr)


def main():
    tap = Tap()
    result = fmt("--check", ROOT + "/examples")
    tap.equal((result.returncode, result.stdout), (0, b""), "the examples have the layout")
    options(tap)
    refused(tap)
    folders(tap)
    places(tap)
    relaid(tap)
    own = collected([ROOT + "/examples"])
    cases = collected([ROOT + "/tests/ui", ROOT + "/tests/stages", ROOT + "/tests/fuzz", ROOT + "/tests/fmt"])
    sweep(tap, "examples", own)
    sweep(tap, "tests", cases)
    for name in ("cases", "corpus"):
        if os.path.isdir(f"{SHARED}/{name}"):
            sweep(tap, name, collected([f"{SHARED}/{name}"]))
    sweep(tap, "broken at random", broken(own + cases + collected([ROOT + "/tests/fmt"]) * 20, 1500))
    sweep(tap, "broken again", broken(collected([ROOT + "/tests/fmt"]), 1500), lint=False)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

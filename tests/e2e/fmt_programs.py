#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc fmt on programs: what it changes, and all that it must not.

Every program of examples/, of the library, of tests/ and of the collection beside the project goes through, the same
programs broken at random and laid out otherwise, and programs made of the grammar (hpc_grammar.py): a reader apart from the compiler (hpc_text.py) finds the same tokens and the
same comments in their order, `lint` finds the same, `expand` prints the same, the layout holds line for line, and a second time
changes nothing. Then the options, folders, links, line ends and places that cannot be written.
usage: fmt_programs.py HPCC; prints TAP, with the programs and bytes that changed.
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

import hpc_grammar
import hpc_text
from common import HPCC, ROOT, SHARED, Tap, hpcc, run, temporary
from fmt_files import fmt, read, write

UNTIDY = b"""# head


let a=1  # one
let  b = {
    A :[1,2,],  B:"x"}
fn f(x)={ C :x }
   # the end"""
TIDY = b"""# head

let a = 1  # one
let b = {
  A: [1, 2]
  B: "x"
}
fn f(x) { C: x }
# the end
"""


# ---- what holds ----

def inside(text):
    """Numbers of lines that are, or may be, inside of a block text."""
    lines, at = set(), 0
    for quotes in re.finditer(r'"""|\'\'\'', text):
        if quotes.start() < at:
            continue
        end = re.compile(rf"\n[ \t]*{quotes.group()}").search(text, quotes.end())
        at = end.end() if end else len(text)
        lines |= set(range(text.count("\n", 0, quotes.start()) + 1, text.count("\n", 0, at) + 1))
    return lines


def ill_laid(text):
    """What of the layout does not hold, looked at line by line."""
    if not text:
        return []
    lines, skip, faults = text.split("\n"), inside(text), []
    if "\r" in text or "\ufeff" in text or lines[0] == "" or lines[-1] != "" or len(lines) > 1 and lines[-2] == "":
        faults.append("the begin, the end, or line ends")
    for i, line in enumerate(lines[:-1]):
        if i in skip:
            continue
        before = lines[i - 1] if i else ""
        if line != line.rstrip(" \t\r"):
            faults.append(f"{i + 1}: blanks at the end: {line!r}")
        if (len(line) - len(line.lstrip(" "))) % 2:
            faults.append(f"{i + 1}: blanks in front: {line!r}")
        if not line and not before:
            faults.append(f"{i + 1}: two empty lines")
        if not line and re.search(r"[{(\[]$", before) and "#" not in before:
            faults.append(f"{i + 1}: an empty line behind an opening: {before!r}")
        if not before and i and re.match(r" *[])}]", line):
            faults.append(f"{i + 1}: an empty line before a closing: {line!r}")
    return faults


def compare(before, after):
    """Why `after` is not the same program in another layout, or None."""
    try:
        old, new = hpc_text.read(before.decode()), hpc_text.read(after.decode())
    except hpc_text.Unreadable:
        return "a text that the tests cannot read"
    if old[1] != new[1]:
        return f"comments: {old[1]} {new[1]}"
    if old[0] != new[0]:
        at = next((i for i, (x, y) in enumerate(zip(*(side[0] for side in (old, new)))) if x != y), -1)
        return f"tokens: {old[0][at:at + 8]} {new[0][at:at + 8]}"
    return "; ".join(ill_laid(after.decode())) or None


def in_parts(paths):
    return [paths[i:i + 500] for i in range(0, len(paths), 500)]


def findings(paths):
    """What `lint` says of each program, without places."""
    said = collections.defaultdict(list)
    for part in in_parts(paths):
        for finding in json.loads(hpcc("lint", "--no-config", "--root=/", "--format=json", "--", *part).stdout):
            said[finding["file"]].append((finding["code"], finding["message"]))
    return {path: sorted(said[path]) for path in paths}


def judge(tap, name, paths, expand=True):
    """Formats the programs in place, and holds them to all of the above."""
    before, meant = {path: read(path) for path in paths}, findings(paths)
    values = {path: hpcc("expand", "--no-config", path).stdout for path in paths} if expand else {}
    refused = set()
    for part in in_parts(paths):
        result = fmt("--format=json", "--", *part)
        if not tap.ok(result.returncode in (0, 1), f"{name}: {len(part)} programs", result.stderr[-2000:]):
            return
        refused |= {finding["file"] for finding in json.loads(result.stderr or b"[]")}
    done = [path for path in paths if path not in refused]
    now = {path: read(path) for path in paths}
    tap.equal([path for path in refused if now[path] != before[path]], [], f"{name}: what is refused stays as it was")
    faults = [f"{path}: {why}\n{before[path].decode()[:700]}\n{now[path].decode()[:700]}"
              for path in done for why in [compare(before[path], now[path])] if why]
    tap.ok(done and not faults, f"{name}: the same tokens and comments, in the layout", "\n".join(faults[:4]))
    again = [fmt("--check", "--", *part) for part in in_parts(done)]
    tap.ok(all(r.returncode == 0 and not r.stdout for r in again), f"{name}: a second time changes nothing",
           b"".join(r.stdout + r.stderr for r in again)[:2000])
    after = findings(paths)
    # Of a text without quotes, `us-east-1`, the operators get blanks; then it is no word any more.
    other = [f"{p}: {meant[p]} {after[p]}\n{before[p].decode()[:500]}" for p in done
             if meant[p] != after[p] and "E0717" not in dict(meant[p] + after[p])]
    tap.ok(not other, f"{name}: lint finds the same", "\n".join(other[:4]))
    if expand:
        other = [path for path in done if values[path] != hpcc("expand", "--no-config", path).stdout]
        tap.ok(not other, f"{name}: expand prints the same", "\n".join(other[:4]))
    comments = [sum(len(hpc_text.read(texts[path].decode())[1]) for path in done) for texts in (before, now)]
    print(f"# {name}: {sum(now[path] != before[path] for path in done)} of {len(done)} changed, {len(refused)} refused; "
          f"{sum(len(before[path]) for path in done)} bytes before, {sum(len(now[path]) for path in done)} after; "
          f"{comments[0]} comments before, {comments[1]} after")


# ---- many programs ----

def collected(folders):
    return sorted(path for folder in folders for path in glob.glob(folder + "/**/*.hpc", recursive=True)
                  if os.path.isfile(path) and os.path.getsize(path) < 100000)


def sweep(tap, name, folder):
    """A folder with all that its programs use is copied, and formatted there."""
    with temporary() as place:
        shutil.copytree(folder, place + "/t", ignore=lambda _, names: [n for n in names if n.endswith(".txt")])
        judge(tap, name, collected([place + "/t"]))


BLOCK = re.compile(r"^```hpc[^\n]*\n(.*?)^```", re.S | re.M)
LAYOUT = [" ", "  ", "\t", "\n", "\n\n\n", " # c\n", "\n# c\n", "\r\n", " \n"]
PIECES = LAYOUT + [",", ":", "{", "}", "[", "]", "(", ")", "=", "=>", "then ", "else ", "if ", "for x in y ", "...", "..", "?", "??", "!", "-",
                   "a", "A: 1", "1 GiB", '"', "'", '"""\n', "'''\n", "${a}", "\\", "# c", "let b = 1\n", "\u00e4", "null", "== 1", "| 2"]


def laid_out_otherwise(random_, text):
    """Blanks, newlines and comments where blanks are, at random; most still mean something."""
    parts = re.split(r"( +|\n)", text)
    for _ in range(random_.choice([1, 2, 5, 20])):
        i = random_.randrange(len(parts))
        if parts[i].strip(" \n") == "" and parts[i]:
            parts[i] = random_.choice(LAYOUT) if parts[i] != "\n" else random_.choice(["\n\n\n", " # c\n", "\n  # c\n", ",\n", "\r\n", " "])
    return "".join(parts)


def broken(random_, text):
    for _ in range(random_.choice([1, 1, 2, 4])):
        at = random_.randrange(len(text) + 1)
        text = text[:at] + random_.choice(PIECES) + text[at + random_.choice([0, 0, 0, 1, 5]):]
    return text


def at_random(tap, name, change, n):
    random_ = random.Random(11)
    texts = [read(path).decode("utf-8", "replace") for path in collected(
        [ROOT + "/examples", ROOT + "/stdlib/std", ROOT + "/tests/ui", SHARED + "/cases/hpc/good"])]
    texts += BLOCK.findall(read(ROOT + "/doc/language.md").decode())
    with temporary() as folder:
        judge(tap, name, [write(f"{folder}/{i}.hpc", change(random_, random_.choice(texts)[:4000])) for i in range(n)], expand=False)


def by_grammar(tap, n):
    random_ = random.Random(5)
    with temporary() as folder:
        paths = [write(f"{folder}/{i}.hpc", hpc_grammar.program(random_)) for i in range(n)]
        faults = [r.stderr.decode()[:500] for part in in_parts(paths) for r in [fmt("--check", "--format=short", "--", *part)] if r.stderr]
        tap.ok(not faults, f"{n} programs of the grammar parse", "\n".join(faults))
        judge(tap, "by the grammar", paths, expand=False)


# ---- options and places ----

def options(tap):
    with temporary() as folder:
        path, good = write(folder + "/a b.hpc", UNTIDY), write(folder + "/good.hpc", TIDY)
        old = os.stat(good)
        result = fmt("--check", "a b.hpc", "good.hpc", cwd=folder)
        tap.equal((result.returncode, result.stdout, result.stderr, read(path)), (1, b"a b.hpc\n", b"", UNTIDY), "--check names what would change")
        result = fmt("--diff", "a b.hpc", "good.hpc", cwd=folder)
        tap.ok(result.returncode == 1 and result.stdout.startswith(b"--- a b.hpc\t\n+++ ") and read(path) == UNTIDY, "--diff changes nothing",
               result.stdout)
        patched = run(["patch", "-s", "-o", folder + "/patched", path], input=result.stdout)
        tap.ok(patched.returncode == 0 and read(folder + "/patched") == TIDY, "the diff, given to patch", patched.stdout)
        os.chmod(path, 0o640)
        result = fmt("a b.hpc", "good.hpc", "./a b.hpc", cwd=folder)
        tap.equal((result.returncode, result.stdout, result.stderr, read(path)), (0, b"", b"", TIDY), "files are rewritten")
        tap.equal((stat.S_IMODE(os.stat(path).st_mode), os.stat(good).st_mtime_ns, os.stat(good).st_ino),
                  (0o640, old.st_mtime_ns, old.st_ino), "rights stay, and a file that has the layout is left alone")
        for args in (["--check"], ["--diff"], []):
            result = fmt(*args, "a b.hpc", cwd=folder)
            tap.equal((result.returncode, result.stdout, result.stderr), (0, b"", b""), f"{args}: nothing to do")
        tap.equal(sorted(os.listdir(folder)), ["a b.hpc", "good.hpc", "patched"], "no other file is left")
    name = "--stdin-filename=x/y.hpc"
    for args, status, out in ((["-", name], 0, TIDY), (["-", "--check", name], 1, b"x/y.hpc\n")):
        result = fmt(*args, input=UNTIDY)
        tap.equal((result.returncode, result.stdout, result.stderr), (status, out, b""), f"standard input: {args}")
    result = fmt("-", "--diff", name, input=UNTIDY)
    tap.ok(result.returncode == 1 and result.stdout.startswith(b"--- x/y.hpc\n+++ x/y.hpc\n@@"), "standard input: --diff", result.stdout)
    result = fmt("-", "--set=a=1", "--env", "--only=x", "--root=/", "--ignore=W0601", "--quiet", "--no-suppressions", name, input=UNTIDY)
    tap.equal((result.returncode, result.stdout, result.stderr), (0, TIDY, b""), "options of other verbs are taken")


def texts(tap):
    """Texts at the edge: line ends, the mark, nothing, comments alone, long lines."""
    long, wide = b"x" * 500000, b"[" + b"1, " * 200000 + b"1]"
    for text, want, name in (
            (UNTIDY.replace(b"\n", b"\r\n"), TIDY, "CRLF becomes LF"), (b"\xef\xbb\xbf" + UNTIDY, TIDY, "the mark goes"),
            (UNTIDY + b"\n\n\n", TIDY, "newlines at the end"), (b"", b"", "an empty text"), (b"\n \r\n\t\n", b"", "blanks alone"),
            (b"# only", b"# only\n", "a comment alone"), (b"\xef\xbb\xbf# only\r\n\r\n\r\n## b \t", b"# only\n\n## b\n", "comments alone"),
            (b"let a=1", b"let a = 1\n", "no newline at the end"), (b"#" + long, b"#" + long + b"\n", "a long comment"),
            (b'let a="' + long + b'"', b'let a = "' + long + b'"\n', "a long text"),
            (b"let a=" + wide, b"let a = [\n" + b"  1\n" * 200001 + b"]\n", "a list of one long line"),
            (b"let a=1;let b=2", None, "a syntax error"), (b"let a = [1 2]", None, "another"), (b"let a = \xff", None, "no UTF-8"),
            (b"let a = 1\x00", None, "a zero byte"), (b"let a = " + b"[" * 101 + b"]" * 101, None, "too deep"),
            (b"# c\n" * 262145, None, "more than a mebibyte")):
        result = fmt("-", "--stdin-filename=x.hpc", input=text)
        tap.ok((result.returncode, result.stdout) == (1 if want is None else 0, want or b"") and bool(result.stderr) == (want is None),
               name, (result.returncode, result.stdout[:500], result.stderr[:500]))
        with temporary() as folder:
            path = write(folder + "/x.hpc", text)
            old = os.stat(path)
            result = fmt("x.hpc", cwd=folder)
            tap.equal((result.returncode, result.stdout, read(path) == (text if want is None else want), os.listdir(folder)),
                      (1 if want is None else 0, b"", True, ["x.hpc"]), f"{name}, as a file")
            tap.ok(want is not None or os.stat(path).st_mtime_ns == old.st_mtime_ns, f"{name}: not touched for nothing")


def refused(tap):
    with temporary() as folder:
        for name, text in {"bad.hpc": b"let a  = \n", "open.hpc": b'let a  = "x\n', "z.hpc": UNTIDY, "bad.yaml": b"a: [\n", "good.yaml": b"a:  1\n"}.items():
            write(f"{folder}/{name}", text)
        result = fmt("--format=short", "bad.hpc", "open.hpc", "bad.yaml", "z.hpc", "good.yaml", cwd=folder)
        said = result.stderr.decode()
        tap.ok(result.returncode == 1 and all(re.search(rf"^{name}:.*\[E\d{{4}}\]", said, re.M) for name in ("bad.hpc", "open.hpc", "bad.yaml")),
               "faults of programs and YAML files are told in one call", said)
        tap.equal([read(f"{folder}/{name}") for name in ("bad.hpc", "open.hpc", "z.hpc", "good.yaml")],
                  [b"let a  = \n", b'let a  = "x\n', TIDY, b"a: 1\n"], "files with faults stay, others change")
        result = fmt("--check", "bad.hpc", cwd=folder)
        tap.ok(result.returncode == 1 and not result.stdout and b"error" in result.stderr, "--check of a fault", result.stderr)
        result = fmt("--format=json", "bad.hpc", "bad.yaml", "--output-file=out.json", cwd=folder)
        tap.ok(result.returncode == 1 and [f["file"] for f in json.loads(read(folder + "/out.json"))] == ["bad.hpc", "bad.yaml"],
               "findings of all files are one document", result.stderr)
        tap.equal(fmt("none.hpc", cwd=folder).returncode, 2, "a file that is not there")
        result = fmt("z.hpc", "--output-file=z.hpc", cwd=folder)
        tap.ok(result.returncode == 2 and read(folder + "/z.hpc") == TIDY, "findings do not go over an input", result.stderr)


def folders(tap):
    with temporary() as folder:
        for name in ("a.hpc", "sub/b.hpc", ".hidden/d.hpc", ".e.hpc", "f.txt"):
            write(f"{folder}/t/{name}", UNTIDY)
        write(folder + "/t/large.hpc", UNTIDY + b"\n# " + b"x" * (1 << 20) + b"\n")
        write(folder + "/elsewhere.hpc", UNTIDY)
        os.symlink("../elsewhere.hpc", folder + "/t/link.hpc")
        os.symlink("sub", folder + "/t/linked")
        result = fmt("--check", "t", cwd=folder)
        tap.equal((result.returncode, result.stdout.decode().split()), (1, ["t/a.hpc", "t/sub/b.hpc"]), "a folder stands for the programs in it")
        tap.equal(fmt("t", cwd=folder).returncode, 0, "and all of them are rewritten")
        left = [name for name in (".hidden/d.hpc", ".e.hpc", "f.txt", "../elsewhere.hpc") if read(f"{folder}/t/{name}") != UNTIDY]
        tap.ok(not left and read(folder + "/t/sub/b.hpc") == TIDY, "hidden files, links and others stay", left)
        result = fmt("t/link.hpc", cwd=folder)
        tap.ok(result.returncode == 0 and os.path.islink(folder + "/t/link.hpc") and read(folder + "/elsewhere.hpc") == TIDY,
               "a link that is named stays one, and its file is rewritten", result.stderr)


def places(tap):
    with temporary() as folder:
        path = write(folder + "/a.hpc", UNTIDY)
        os.mkfifo(folder + "/pipe.hpc")
        result = run(["sh", "-c", '"$1" fmt --no-config pipe.hpc & cat a.hpc > pipe.hpc; wait $!', "sh", HPCC], cwd=folder)
        tap.ok(result.returncode == 2 and b"pipe.hpc" in result.stderr, "what is no file cannot be rewritten", result.stderr)
        for args in (["--diff"], ["--check"], []) if os.path.exists("/dev/full") else ():
            operands = ["a.hpc"] if args else ["-", "--stdin-filename=a.hpc"]
            result = run(["sh", "-c", '"$0" "$@" < a.hpc > /dev/full', HPCC, "fmt", "--no-config", *args, *operands], cwd=folder)
            tap.ok(result.returncode == 2 and b"No space left" in result.stderr, f"{args}: a full disk is told", result.stderr)
        # A folder in which nothing can be made: the file is as it was. Root may write everywhere, but not into /proc.
        os.chmod(path, 0o444)
        os.chmod(folder, 0o555)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        os.chmod(path, 0o444)
        result = run([*user, HPCC, "fmt", "--no-config", "a.hpc"], cwd=folder)
        os.chmod(folder, 0o755)
        tap.ok(result.returncode == 2 and b"a.hpc" in result.stderr and read(path) == UNTIDY, "a place that cannot be written is told", result.stderr)


def controls(tap):
    """The judges see what is wrong."""
    text = b"# a\nlet a = { A: 1, B: [1 GiB, \"${f(\"}\")}\"] }  # b\n"
    tap.equal([compare(text, other) is None for other in (
        text, b"# a\nlet a = {\n  A: 1\n  B: [1 GiB, \"${f(\"}\")}\"]\n}  # b\n", text.replace(b"# b", b"# c"), text.replace(b"  # b", b""),
        text.replace(b"1 GiB", b"1 MiB"), text.replace(b"f(", b"f( "), text.replace(b": 1", b":  1") + b"\n", text[:-1])],
        [True, True, False, False, False, False, False, False], "programs that differ are told apart")


def main():
    tap = Tap()
    controls(tap)
    result = fmt("--check", ROOT + "/examples", ROOT + "/stdlib/std")
    tap.equal((result.returncode, result.stdout), (0, b""), "the examples and the library have the layout")
    for part in (options, texts, refused, folders, places):
        part(tap)
    sweep(tap, "examples", ROOT + "/examples")
    sweep(tap, "library", ROOT + "/stdlib/std")
    sweep(tap, "tests", ROOT + "/tests/ui")
    if os.path.isdir(SHARED + "/cases/hpc"):
        sweep(tap, "cases", SHARED + "/cases/hpc")
    by_grammar(tap, 1500)
    at_random(tap, "laid out otherwise", laid_out_otherwise, 1500)
    at_random(tap, "broken at random", broken, 1500)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

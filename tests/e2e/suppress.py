#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What becomes of findings: comments that suppress them, .hpcc.yaml, --parallelcluster, --fail-on and the baseline.

usage: suppress.py HPCC; prints TAP.
"""
import json
import os
import re
import sys

from common import CLUSTER, Tap, hpcc, temporary

BASE = CLUSTER.replace("c6i.large", "c99.large")
TYPE = "          InstanceType: c99.large\n"  # line 16, E0401


class Folder:
    """A folder of cluster files and settings."""

    def __init__(self, path):
        self.path = path

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def lint(self, *args, **kwargs):
        """(exit status, [(line, severity, code)], everything that was printed)."""
        kwargs.setdefault("cwd", self.path)
        result = hpcc("lint", "--format=short", *args, **kwargs)
        said = (result.stdout + result.stderr).decode("utf-8", "replace")
        found = re.findall(r"^(?:.*?:(\d+):\d+|hpcc): (\w+): .* \[([EWN]\d{4})\]$", said, re.M)
        return result.returncode, [(int(line or 0), severity, code) for line, severity, code in found], said

    def codes(self, text, *args):
        self.write("c.yaml", text)
        return [(line, code) for line, _, code in self.lint("c.yaml", *args)[1]]


# ---- comments ----

SUPPRESSED = {
    "on the line": TYPE.replace("\n", " # hpcc:ignore E0401 -- a reason\n"),
    "on the line, by name": TYPE.replace("\n", "   #hpcc:ignore unknown_instance_type -- a reason\n"),
    "by name with dashes, in a list": TYPE.replace("\n", " # hpcc:ignore unknown-instance-type, E0401 -- why\n"),
    "by a code in small letters": TYPE.replace("\n", "\t# hpcc:ignore e0401 -- a reason\n"),
    "on the line above": "# hpcc:ignore E0401 -- a reason\n" + TYPE,
    "above, with a comment and blank lines between": "\n   # hpcc:ignore E0401 -- a reason\n# more\n\n" + TYPE,
    "two dashes in the reason": TYPE.replace("\n", " # hpcc:ignore E0401 -- a -- b\n"),
    "a reason that speaks of the mark": TYPE.replace("\n", " # hpcc:ignore E0401 -- see # hpcc:ignore E0402 -- x\n"),
}
TEXT = "# hpcc:ignore-file E0401 -- no comment"  # what must not count where it is text
NO_COMMENT = {
    "in double quotes": f'    - Name: "{TEXT}"\n',
    "in single quotes": f"    - Name: 'x {TEXT}'\n",
    "in quotes over two lines": f'    - Name: "x\n        {TEXT}\n        y"\n',
    "in a literal block": f"    - Name: |\n        {TEXT}\n        x\n",
    "in a folded block": f"    - Name: >-\n        x\n        {TEXT}\n",
    "in a quoted key": f'    - "{TEXT}": x\n      Name: compute\n',
    "in a flow list": f"    - Name: ['a', '{TEXT}']\n",
    "without a blank before it": "    - Name: compute#hpcc:ignore-file E0401 -- no comment\n",
}


def comments(tap, folder):
    tap.equal(folder.codes(BASE), [(16, "E0401")], "control: the finding")
    for name, text in SUPPRESSED.items():
        for end in ("\n", "\r\n"):
            found = folder.codes(BASE.replace(TYPE, text).replace("\n", end))
            tap.equal(found, [], f"suppressed: {name}{', CR LF' if end != chr(10) else ''}")
    for name, text in (("at the top", TEXT + "\n" + BASE), ("at the end", BASE + TEXT + "\n"),
                       ("at the end without a line end", BASE + TEXT),
                       ("after a byte order mark", "\ufeff" + TEXT + "\n" + BASE),
                       ("beside a value", BASE.replace("us-east-1", "us-east-1 " + TEXT))):
        tap.equal(folder.codes(text), [], f"suppressed: in the whole file, {name}")
    for name, text in NO_COMMENT.items():
        found = folder.codes(BASE.replace("    - Name: compute\n", text))
        tap.ok("E0401" in [code for _, code in found] and not any(code.startswith("W004") for _, code in found),
               f"no comment: {name}", found)
    both = BASE.replace(TYPE, "          # hpcc:ignore E0401 -- why\n" + TYPE + TYPE.replace("InstanceType", "Foo"))
    tap.equal(folder.codes(both), [(18, "E0101")], "only the code that is named, on its line")
    two = BASE.replace(TYPE, "          # hpcc:ignore E0401 -- why\n" + TYPE +
                       "        - Name: more\n          InstanceType: c98.large\n")
    tap.equal(folder.codes(two), [(19, "E0401")], "only the next line")


def faults(tap, folder):
    def at_type(comment):
        return folder.codes(BASE.replace(TYPE, TYPE.replace("\n", f" # {comment}\n")))

    tap.equal(at_type("hpcc:ignore E0402 -- wrong code"), [(16, "E0401"), (16, "W0040")], "unused")
    tap.equal(at_type("hpcc:ignore E0401"), [(16, "W0041")], "without a reason, but in force")
    tap.equal(at_type("hpcc:ignore E0401 --"), [(16, "W0041")], "dashes without a reason")
    tap.equal(at_type("hpcc:ignore E0999 -- why"), [(16, "E0401"), (16, "W0042")], "unknown code")
    tap.equal(at_type("hpcc:ignore -- why"), [(16, "E0401"), (16, "W0044")], "without a code")
    tap.equal(at_type("hpcc:ignore"), [(16, "E0401"), (16, "W0041"), (16, "W0044")], "without anything")
    tap.equal(at_type("hpcc:ignore-flie E0401 -- why"), [(16, "E0401"), (16, "W0048")], "a misspelt mark is said to be one")
    schema = BASE.replace(TYPE, "          InstanceTyp: c5.large # hpcc:ignore E0101, E0103 -- why\n")
    tap.equal([f for f in folder.codes(schema) if f[0] == 16], [(16, "E0101"), (16, "W0043"), (16, "W0043")],
              "codes of the schema stay")
    folder.write("c.yaml", BASE.replace(TYPE, TYPE.replace("\n", " # hpcc:ignore E0401 -- why\n")))
    result = hpcc("c.yaml", "-o", "out.json", cwd=folder.path)
    tap.ok(result.returncode in (0, 1) and b"bug in hpcc" not in result.stderr, "a build takes suppressions too",
           result.stderr.decode())
    many = [f"  # hpcc:ignore E0401 -- {i}\n" for i in range(20000)]
    tap.equal(len(folder.codes("".join(many[:9000]) + BASE)), 9001, "9,000 comments above one line")
    codes = [code for _, code in folder.codes("".join(many) + BASE)]
    tap.equal((len(codes), "E0025" in codes), (10001, True), "20,000 are told of up to the bound, in time")


def late(tap, folder):
    """Findings of lowering come after those of the checks, and are settled as well."""
    text = BASE.replace("c99", "c6i").replace("Image:", "CustomS3Bucket: bucket\nImage:")
    mark = "CustomS3Bucket: bucket # hpcc:ignore N0503 -- from another file"
    plain = folder.write("c.yaml", text)

    def built():
        return hpcc("c.yaml", "--format=short", "--bucket=my-templates", "-o", "/dev/null", cwd=folder.path)

    tap.ok(b"[N0503]" in built().stderr, "control: a note of lowering", built().stderr)
    folder.write("c.yaml", text.replace("CustomS3Bucket: bucket", mark))
    tap.equal((built().returncode, built().stderr), (0, b""), "a note of lowering is suppressed on its line")
    tap.equal(folder.lint(plain)[:2], (0, []), "lint, which does not lower, does not call it unused")
    folder.write("c.yaml", text)
    for word, status, said in (("off", 0, False), ("warning", 0, True), ("error", 1, True)):
        folder.write(".hpcc.yaml", f"severity: {{N0503: {word}}}\n")
        result = built()
        tap.ok(result.returncode == status and (word.encode() + b": `CustomS3" in result.stderr) == said,
               f"a note of lowering as {word}", result.stderr)
    folder.write(".hpcc.yaml", "severity: {E0501: off}\n")
    tap.ok(b"[W0043]" in built().stderr, "errors of lowering stay", built().stderr)
    os.unlink(folder.path + "/.hpcc.yaml")


# ---- .hpcc.yaml ----

def settings(tap, folder):
    os.makedirs(folder.path + "/repo/.git")
    folder.write("repo/a/b/c.yaml", BASE)
    at = ["repo/a/b/c.yaml"]
    folder.write(".hpcc.yaml", "severity: {E0401: off}\n")
    tap.equal(folder.lint(*at)[0], 1, "settings above the root of the repository are not read")
    folder.write("repo/.hpcc.yaml", "severity: {E0401: warning}\n")
    tap.equal(folder.lint(*at)[:2], (0, [(16, "warning", "E0401")]), "settings at the root of the repository")
    folder.write("repo/a/.hpcc.yaml", "severity: {unknown-instance-type: note}\n")
    tap.equal(folder.lint(*at)[:2], (0, [(16, "note", "E0401")]), "the nearest settings count, alone")
    folder.write("repo/a/b/.hpcc.yaml", "severity:\n  E0401: off\n")
    tap.equal(folder.lint(*at)[:2], (0, []), "off, beside the file")
    tap.equal(folder.lint("c.yaml", cwd=folder.path + "/repo/a/b")[:2], (0, []), "from the file's own folder")
    tap.equal(folder.lint("../b/c.yaml", cwd=folder.path + "/repo/a/b")[:2], (0, []), "through ..")
    tap.equal(folder.lint(folder.path + "/repo/a/b/c.yaml", cwd="/")[:2], (0, []), "from elsewhere, by its whole path")
    tap.equal(folder.lint("-", "--stdin-filename=repo/a/b/x.yaml", input=BASE.encode())[:2], (0, []),
              "standard input has the settings of its name")
    tap.equal(folder.lint("--no-config", *at)[0], 1, "--no-config")
    other = folder.write("other.yaml", "severity: {E0401: warning}\nfail-on: warning\n")
    tap.equal(folder.lint("--config", other, *at)[:2], (1, [(16, "warning", "E0401")]), "--config instead of the nearest")
    tap.equal(folder.lint("--config", other, "--fail-on=error", *at)[0], 0, "--fail-on goes before fail-on")
    folder.write("repo/d/.hpcc.yaml", "fail-on: never\n")
    folder.write("repo/d/c.yaml", BASE)
    tap.equal(folder.lint("repo/d/c.yaml")[0], 0, "fail-on: never")
    tap.equal(folder.lint("repo/a/b/c.yaml", "repo/d/c.yaml")[:2], (0, [(16, "error", "E0401")]),
              "each file has the settings of its own folder")
    tap.equal(folder.lint("repo/d/c.yaml", "--fail-on=note")[0], 1, "an option for all files")
    raised = BASE.replace("c99.large", "c6i.large").replace("  Ssh:\n    KeyName: key\n", "")
    folder.write("repo/e/c.yaml", raised)
    tap.equal(folder.lint("repo/e/c.yaml")[:2], (0, [(4, "warning", "W0206")]), "control: a warning")
    folder.write("repo/e/.hpcc.yaml", "severity:\n  W0206: error\n")
    tap.equal(folder.lint("repo/e/c.yaml")[:2], (1, [(4, "error", "W0206")]), "a warning raised to an error")
    result = hpcc("repo/e/c.yaml", cwd=folder.path)
    tap.ok(result.returncode == 1 and result.stdout == b"", "it stops a build as well", result.stderr.decode())
    folder.write("repo/e/.hpcc.yaml", "# severity:\n#   W0206: error\n\n")
    tap.equal(folder.lint("repo/e/c.yaml")[0], 0, "settings of comments only set nothing")
    commented = raised.replace("HeadNode:", "HeadNode: # hpcc:ignore W0206 -- none")
    folder.write("repo/e/c.yaml", commented)
    folder.write("repo/e/.hpcc.yaml", "severity: {W0206: off}\n")
    tap.equal(folder.lint("repo/e/c.yaml")[:2], (0, []), "a suppression of a code that is off is not said to be unused")


BROKEN = {
    "unknown setting": ("fial-on: error\n", "E0030", 1),
    "unknown severity": ("severity:\n  W0206: warn\n", "E0031", 2),
    "severity that is a list": ("severity: [W0206]\n", "E0031", 1),
    "severity of a list": ("severity: {W0206: [off]}\n", "E0031", 1),
    "no severity": ("severity: {W0206: }\n", "E0031", 1),
    "release of another kind": ("parallelcluster: 2.11\n", "E0031", 1),
    "release that is a word": ("parallelcluster: newest\n", "E0031", 1),
    "release that is a list": ("parallelcluster: [3.11]\n", "E0031", 1),
    "fail-on of nothing": ("fail-on:\n", "E0031", 1),
    "a list": ("- a\n", "E0030", 1),
    "not YAML": ("a: [\n", "E0005", None),
    "a setting twice": ("fail-on: error\nfail-on: note\n", "E0010", 2),
}


def broken_settings(tap, folder):
    folder.write("x/c.yaml", BASE)
    for name, (text, code, line) in BROKEN.items():
        folder.write("x/.hpcc.yaml", text)
        status, found, said = folder.lint("x/c.yaml")
        tap.ok(status == 2 and [c for _, _, c in found] == [code] and (line is None or found[0][0] == line) and
               ".hpcc.yaml" in said and "``" not in said, f"settings: {name}", said)
        result = hpcc("x/c.yaml", cwd=folder.path)
        tap.ok(result.returncode == 2 and result.stdout == b"", f"settings: {name}, in a build", result.stderr.decode())
    folder.write("x/.hpcc.yaml", "fail-on: \u201cwarning\u201d\n")
    said = hpcc("lint", "x/c.yaml", cwd=folder.path).stderr.decode()
    tap.ok(said.count("U+201C, a typographic quote") == 1, "look-alikes in settings are named", said)
    ran = hpcc("exec", "x/c.yaml", "--", "touch", "ran", "{}", cwd=folder.path)
    tap.ok(ran.returncode == 2 and not os.path.exists(folder.path + "/ran"), "exec does not run with broken settings")
    tap.ok(folder.lint("--no-config", "x/c.yaml")[0] == 1, "broken settings can be left aside")
    for text, code in (("severity: {W9999: off}\n", "W0042"), ("severity: {E0101: off}\n", "W0043")):
        folder.write("x/.hpcc.yaml", text)
        status, found, said = folder.lint("x/c.yaml")
        tap.ok(status == 1 and sorted(c for _, _, c in found) == sorted(["E0401", code]),
               f"settings: {code} is a warning", said)
    for args, word in ((["--config=none.yaml"], "none.yaml"), (["--fail-on=warn"], "--fail-on takes"),
                       (["--parallelcluster=2"], "--parallelcluster takes"), (["--diff"], "--fix"),
                       (["--baseline=none.json"], "none.json")):
        status, _, said = folder.lint(*args, "c.yaml")
        tap.ok(status == 2 and word in said, f"wrong use: {args[0]}", said)


# ---- releases ----

def releases(tap, folder):
    good = BASE.replace("c99", "c6i")
    ubuntu = good.replace("alinux2023", "ubuntu2404")
    old = good.replace("alinux2023", "alinux2")
    sample = [(ubuntu, [], []), (ubuntu, ["--parallelcluster=3.12"], [(3, "E0114")]),
              (ubuntu, ["--parallelcluster=3.13"], []), (ubuntu, ["--parallelcluster=3.13.0"], []),
              (old, [], [(3, "N0113")]), (old, ["--parallelcluster=3.15"], []),
              (old, ["--parallelcluster=3.16"], [(3, "E0112")])]
    for text, args, wanted in sample:
        found = [f for f in folder.codes(text, *args) if f[1] in ("E0112", "E0114", "N0113")]
        tap.equal(found, wanted, f"{re.search('Os: (.*)', text).group(1)} {' '.join(args)}")
    folder.write(".hpcc.yaml", "parallelcluster: 3.10\n")
    tap.ok((3, "E0114") in folder.codes(ubuntu), "the settings name the release; 3.10 is not 3.1")
    folder.write(".hpcc.yaml", "parallelcluster: 3.12\n")
    tap.ok((3, "E0114") in folder.codes(ubuntu), "the settings name the release")
    tap.ok((3, "E0114") not in folder.codes(ubuntu, "--parallelcluster=3.13"), "--parallelcluster goes before them")
    os.unlink(folder.path + "/.hpcc.yaml")


def fail_on(tap, folder):
    warning = BASE.replace("c99", "c6i").replace("  Ssh:\n    KeyName: key\n", "")
    note = warning + "# lowered\n"
    rank = {"error": 3, "warning": 2, "note": 1, "never": 4}
    for text, kind in ((BASE, 3), (warning, 2), (note, 1), (BASE.replace("c99", "c6i"), 0)):
        folder.write("c.yaml", text)
        folder.write(".hpcc.yaml", "severity: {W0206: note}\n" if text == note else "")
        for word, least in rank.items():
            status, found, _ = folder.lint("c.yaml", "--fail-on=" + word)
            worst = max([rank[severity] for _, severity, _ in found], default=0)
            tap.ok(worst == kind and status == (worst >= least), f"--fail-on={word}, worst finding {kind}", found)
    folder.write("c.yaml", "a: [\n")
    tap.equal(folder.lint("c.yaml", "--fail-on=never")[0], 0, "--fail-on=never, a file that is no YAML")
    tap.equal(folder.lint("none.yaml", "--fail-on=never")[0], 2, "--fail-on=never, a file that is not there")


# ---- the baseline ----

def baseline(tap, folder):
    two = BASE.replace(TYPE, TYPE + "        - Name: more\n" + TYPE)
    folder.write("c.yaml", two)
    folder.write("d.yaml", BASE)
    status, found, said = folder.lint("c.yaml", "d.yaml", "--write-baseline=base.json")
    tap.ok(status == 0 and not found, "--write-baseline says nothing and ends with 0", said)
    with open(folder.path + "/base.json", encoding="ascii") as file:
        text = file.read()
    data = json.loads(text)
    tap.ok(data["version"] == 1 and len(set(data["fingerprints"])) == len(data["fingerprints"]) == 3,
           "one fingerprint a finding", text)
    before = os.stat(folder.path + "/base.json").st_mtime_ns
    folder.lint("c.yaml", "d.yaml", "--write-baseline=base.json")
    tap.equal(os.stat(folder.path + "/base.json").st_mtime_ns, before, "the same findings leave the file untouched")
    tap.equal(folder.lint("c.yaml", "d.yaml", "--baseline=base.json")[:2], (0, []), "what was there is left out")
    tap.equal(folder.lint("d.yaml", "--baseline=base.json")[:2], (0, []), "in any selection of the files")
    for form in ("sarif", "json", "gitlab"):
        out = hpcc("lint", "--format=" + form, "--baseline=base.json", "c.yaml", "d.yaml", cwd=folder.path)
        tap.ok(out.returncode == 0 and b"E0401" not in out.stdout, f"in {form} too")
    folder.write("c.yaml", "# moved\n\n" + two + "Foo: 1\n")
    tap.equal(folder.lint("c.yaml", "--baseline=base.json")[:2], (1, [(25, "error", "E0101")]),
              "lines that moved are known, a new finding is told")
    folder.write("c.yaml", two.replace("        - Name: more\n", "        - Name: third\n" + TYPE + "        - Name: more\n"))
    tap.equal([code for _, _, code in folder.lint("c.yaml", "--baseline=base.json")[1]], ["E0401"],
              "one more of the same kind is told")
    folder.write("c.yaml", two)
    for name, text in (("no JSON", "x"), ("another JSON", "[]"), ("wrong member", '{"fingerprints": 7}'), ("empty", "")):
        folder.write("bad.json", text)
        status, _, said = folder.lint("c.yaml", "--baseline=bad.json")
        tap.ok(status == 2 and "[E0032]" in said, f"baseline: {name}", said)
    tap.equal(folder.lint("c.yaml", "--write-baseline=none/x.json")[0], 2, "a baseline that cannot be written")
    tap.equal(folder.lint("c.yaml", "none.yaml", "--write-baseline=b.json")[0], 2,
              "a file that cannot be read is no success")
    folder.write("c.yaml", BASE.replace("c99", "c6i"))
    folder.lint("c.yaml", "--write-baseline=empty.json")
    folder.write("c.yaml", BASE)
    tap.equal(folder.lint("c.yaml", "--baseline=empty.json")[0], 1, "an empty baseline hides nothing")


# ---- cluster files among others ----

def only_clusters(tap, folder):
    foreign = {"list.yaml": "- a\n- b\n", "broken.yaml": "a: [\n", "helm.yaml": "image:\n  tag: {{ .Values.x }}\n",
               "two.yaml": "a: 1\n---\nb: 2\n", "empty.yaml": "", "bytes.yaml": "\udcff",
               "nested.yaml": "Resources:\n  HeadNode:\n    Type: x\n  Scheduling:\n    Type: y\n",
               "image.yaml": "Image:\n  Os: x\nBuild:\n  InstanceType: c5.large\n", "text.yaml": "HeadNode Scheduling\n",
               "chart.yaml": "image: x\nscheduler: y\nheadNode: z\n"}
    for name, text in foreign.items():
        with open(os.path.join(folder.path, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        tap.equal(folder.lint("--only-clusters", name)[:2], (0, []), f"passed over: {name}")
        tap.ok(folder.lint(name)[0] != 0, f"control: {name} is no cluster file")
    for name, text in {"misspelt.yaml": "Image:\n  Os: x\nHeadNodes: {}\nSchedulling: {}\n",
                       "quoted.yaml": '"HeadNode": {}\n"Scheduling": [\n', "indented.yaml": "  HeadNode: {}\n  Scheduling: [\n"}.items():
        folder.write(name, text)
        tap.equal(folder.lint("--only-clusters", name)[0], 1, f"taken for a cluster file: {name}")
    with open(folder.path + "/huge.yaml", "wb") as file:
        file.truncate(20 << 20)
    tap.equal(folder.lint("--only-clusters", "huge.yaml")[:2], (0, []), "passed over: a file too large to be one")
    for name, text in (("a cluster file", BASE), ("without HeadNode", re.sub("HeadNode:\n(  .*\n)+", "", BASE)),
                       ("without Scheduling", re.sub("Scheduling:\n( .*\n)+", "", BASE)),
                       ("Scheduling misspelt", BASE.replace("Scheduling:", "Schedulling:")),
                       ("not YAML", BASE + "x: [\n"), ("not UTF-8", BASE.encode() + b"# \xff\n"), ("as JSON", '{"HeadNode": 1, "Image": 2}'),
                       *((encoding, mark + BASE.encode(encoding)) for mark, encoding in (
                           (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be"),
                           (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"))),
                       ("not YAML, with a mark", b"\xef\xbb\xbfHeadNode: [\nScheduling:\n")):
        with open(folder.path + "/c.yaml", "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        tap.equal(folder.lint("--only-clusters", "c.yaml", *foreign)[0], 1, f"judged: {name}")
    tap.equal(folder.lint("--only-clusters", "none.yaml")[0], 2, "a file that is not there is no foreign one")
    result = hpcc("lint", "--only-clusters", "--format=junit", "list.yaml", "c.yaml", cwd=folder.path)
    tap.ok(b'tests="1"' in result.stdout and b"list.yaml" not in result.stdout, "reports are silent of them")


# ---- --ignore, --select, folders, totals ----

def chosen_codes(tap, folder):
    both = folder.codes(BASE + "Nope: 1\n")
    tap.equal([c for _, c in both], ["E0401", "E0101"], "control: two errors")
    line = both[1][0]
    for args, left in ((["--ignore", "E0401"], [(line, "E0101")]), (["--ignore=W0601,unknown-instance-type"], [(line, "E0101")]),
                       (["--ignore", "E04", "--ignore", "E01"], [(line, "E0101")]), (["--select", "W0601"], [(line, "E0101")]),
                       (["--select", "E0401"], both), (["--select=E", "--ignore=e0401"], [(line, "E0101")])):
        tap.equal(folder.codes(BASE + "Nope: 1\n", *args), left, " ".join(args))
    folder.write(".hpcc.yaml", "severity: {E0401: off}\n")
    tap.equal(folder.codes(BASE), [], "control: switched off by the settings")
    tap.equal(folder.codes(BASE, "--select", "E0401"), [(16, "E0401")], "--select goes before the settings")
    folder.write(".hpcc.yaml", "")
    for args, words in ((["--ignore", "E0101"], "cannot be ignored"), (["--ignore", "E04O1"], "did you mean `E0401`"),
                        (["--select", "unknown-instance-typ"], "did you mean `unknown_instance_type`"),
                        (["--ignore", ""], "there is no code ``")):
        folder.write("c.yaml", BASE)
        status, _, said = folder.lint("c.yaml", *args)
        tap.ok(status == 2 and words in said, f"refused: {args}", said)
    result = hpcc("c.yaml", "--ignore", "E0401", cwd=folder.path)
    tap.equal(result.returncode, 0, "an ignored error does not stop the build")


def folders(tap, folder):
    for name in ("a/c.yaml", "a/b/d.yml", "a/.hidden/e.yaml", "a/.f.yaml"):
        folder.write(name, BASE)
    folder.write("a/values.yaml", "replicas: 3\n")
    folder.write("a/broken.yaml", "x: [\n")
    folder.write("a/notes.txt", BASE)
    folder.write("a/large.yaml", BASE + "#" * (1 << 20) + "\n")
    os.symlink("c.yaml", os.path.join(folder.path, "a/link.yaml"))
    os.symlink("..", os.path.join(folder.path, "a/loop"))
    for operand in ("a", "a/", "."):
        result = hpcc("lint", operand, cwd=folder.path)
        said = result.stdout.decode()
        begin = "a" if operand == "." else operand.rstrip("/")
        begin = "./a" if operand == "." else begin
        tap.equal([line.split(":")[0] for line in said.splitlines() if "[E0401]" in line],
                  [f"{begin}/b/d.yml", f"{begin}/c.yaml"], f"{operand}: the files below, in order")
        tap.ok(said.endswith("hpcc: 2 errors in 2 files; 2 other files were passed over; `hpcc explain E0401` tells more\n"),
               f"{operand}: totals", said)
    os.symlink("c.yaml", os.path.join(folder.path, "a/other.yaml"))
    for operands, names in ((("a", "a/c.yaml"), ["a/b/d.yml", "a/c.yaml"]), (("a/c.yaml", "a"), ["a/c.yaml", "a/b/d.yml"]),
                            (("a/c.yaml", "./a/c.yaml", "a/../a//c.yaml", folder.path + "/a/c.yaml"), ["a/c.yaml"]),
                            (("a", "a/b", "a/", "."), ["a/b/d.yml", "a/c.yaml"]), (("a/c.yaml", "a/other.yaml"), ["a/c.yaml"]),
                            (("a/link.yaml", "a"), ["a/link.yaml", "a/b/d.yml"])):
        said = hpcc("lint", *operands, cwd=folder.path).stdout.decode()
        tap.ok([line.split(":")[0] for line in said.splitlines() if "[E0401]" in line] == names and
               f" in {len(names)} file" in said, f"{' '.join(operands)}: each file once", said)
    said = hpcc("lint", "a", "a/values.yaml", cwd=folder.path).stdout.decode()
    tap.ok("a/values.yaml:1:1" in said and "1 other file was passed over" in said, "a file that is named too is judged", said)
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        for name, text in (("c.yaml", BASE), ("values.yaml", "replicas: 3\n")):
            os.makedirs(f"{folder.path}/wide-{encoding}", exist_ok=True)
            with open(f"{folder.path}/wide-{encoding}/{name}", "wb") as file:
                file.write(mark + text.encode(encoding))
        said = hpcc("lint", f"wide-{encoding}", cwd=folder.path).stdout.decode()
        tap.ok(said.count("[E0003]") == 1 and f"wide-{encoding}/c.yaml:1:1" in said and "1 other file was passed over" in said,
               f"a cluster file in {encoding} is not passed over", said)
    os.mkdir(os.path.join(folder.path, "kinds"))
    for name, text in (("named", "Kind: Environment\n"), ("broken", "Kind: Environment\nNetwork: {\n"),
                       ("signs", "Network: {}\nBuckets: []\n"), ("other", "kind: List\nNetwork: {}\n"), ("small", "id: 1\nNetwork: {}\n")):
        folder.write(f"kinds/{name}.yaml", text)
    said = hpcc("lint", "kinds", "--format=short", cwd=folder.path).stdout.decode()
    tap.equal(sorted(set(re.findall(r"^kinds/(\w+)\.yaml", said, re.M))), ["broken", "named", "signs"], "files of other kinds are known")
    tap.equal(hpcc("lint", "a", "--only-known", "--quiet", cwd=folder.path).stdout.count(b"hpcc:"), 0, "no totals with --quiet")
    tap.equal(hpcc("lint", "a/values.yaml", cwd=folder.path).returncode, 1, "a file that is named is judged")
    os.mkdir(os.path.join(folder.path, "empty"))
    result = hpcc("lint", "empty", cwd=folder.path)
    tap.ok(result.returncode == 2 and b"no file for hpcc is in `empty`" in result.stderr, "a folder without any", result.stderr)
    tap.equal(hpcc("lint", "--only-known", "a/values.yaml", cwd=folder.path).returncode, 0, "--only-known passes over it")


def totals(tap, folder):
    good = folder.write("good.yaml", CLUSTER)
    tap.equal(hpcc("lint", "--ignore=W,N", good).stdout, b"", "a good file gives no output")
    folder.write("c.yaml", BASE + "Nope: 1\n")
    said = hpcc("lint", "--ignore=W,N", "c.yaml", good, cwd=folder.path).stdout.decode()
    tap.ok(said.endswith("hpcc: 2 errors in 2 files; `hpcc explain E0401` tells more\n"), "two files", said)
    for form in ("short", "json", "jsonl", "sarif", "junit", "github", "gitlab"):
        said = hpcc("lint", "--format=" + form, "c.yaml", cwd=folder.path).stdout.decode()
        tap.ok("tells more" not in said, f"no totals in {form}")
    said = hpcc("lint", "--set", "X=1", "--format=json", "c.yaml", cwd=folder.path)
    tap.ok("W0045" in [o["code"] for o in json.loads(said.stdout)] and said.stderr == b"",
           "a finding about the call is in the one document")
    folder.write("deploy.yaml", CLUSTER)
    said = hpcc("--deploy-args", "--bucket=my-templates", "deploy.yaml", cwd=folder.path)
    tap.ok(said.returncode == 0 and said.stderr == b"", "--deploy-args prints no warnings", said.stderr)


def main():
    tap = Tap()
    for part in (comments, faults, late, settings, broken_settings, releases, fail_on, baseline, only_clusters, chosen_codes,
                 folders, totals):
        with temporary() as path:
            part(tap, Folder(os.path.realpath(path)))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

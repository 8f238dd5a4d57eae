#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The machine formats of findings, each read by a reader that is not ours, over files with names and texts that hurt.

All formats must tell the same findings. Places are worked out again from the bytes of the files; SARIF is held to
the standard's JSON schema (as the classes that pydantic-sarif generates from it), and its fixes to what --fix does.
usage: formats.py HPCC; prints TAP.
"""
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

from common import CLUSTER, Tap, hpcc, in_venv, temporary

in_venv("pydantic_sarif")
import pydantic  # noqa: E402
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog  # noqa: E402

FAULTS = """\
Regoin: us-east-1
Image: {"\U0001d49c\u00e9\U0001f600": 1, Os: alinux2023, "e\u0301\U0001d49c": 2}
HeadNode:
  InstanceType:\tt3.micro
  InstanceType:\t"t3.small"
  Networking:
    SubnetId: subnet-0123456789abcdef0   # \U0001f600 hpcc:ignore is no comment of ours
  "new\\nline, 50%: <&>": "\\e[31m\\0\\u2028"
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - Name: compute   # hpcc:ignore W0601 -- nothing to ignore
      Name2: compute
      ComputeResources:
        - {Name: "\u00e4\U0001d49c", InstanceType: c6i.lrage, MaxCount: -1, MinCuont: 1}
      Networking:
        SubnetIds:
          - subnet-0123456789abcdef0
"""
NAMES = [b"plain.yaml", b"with blank.yaml", b"100%25.yaml", b"a,b:c=d;e.yaml", b"<&>\"'.yaml", b"sub dir/deep.yaml",
         "\u00fcml\U0001d49c.yaml".encode(), b"new\nline.yaml", b"latin\xe9.yaml", b"tab\tname.yaml", b"crlf.yaml",
         b"cr.yaml", b"bom.yaml", b"broken.yaml", b"bytes.yaml", b"missing.yaml", b"clean.yaml"]
SPECIAL = {b"crlf.yaml": FAULTS.replace("\n", "\r\n").encode(), b"cr.yaml": FAULTS.replace("\n", "\r").encode(),
           b"bom.yaml": b"\xef\xbb\xbf" + FAULTS.encode(), b"broken.yaml": "\u00e9: [\U0001d49c, 'x\n".encode(),
           b"bytes.yaml": b"Region: \xff\n", b"clean.yaml": CLUSTER.encode()}
FORMATS = ["short", "text", "json", "jsonl", "sarif", "junit", "github", "gitlab"]


def write_files(folder):
    os.mkdir(os.path.join(folder, b"sub dir"))
    for name in NAMES:
        if name == b"missing.yaml":
            continue
        with open(os.path.join(folder, name), "wb") as file:
            file.write(SPECIAL.get(name, FAULTS.encode()))


def shown(name):
    """A file name as findings show it: what is no text becomes U+FFFD."""
    return re.sub("[\x00-\x1f\x7f-\x9f]", "\ufffd", name.decode("utf-8", "replace"))


def strictly(text):
    """JSON without duplicate keys and without what only Python takes."""
    def unique(pairs):
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise ValueError(f"duplicate keys in {keys}")
        return dict(pairs)

    def refuse(word):
        raise ValueError(word)
    return json.loads(text.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)


# ---- places, worked out from the bytes ----

class Places:
    """Line and columns of byte offsets."""

    def __init__(self, data):
        self.data = data
        self.starts = [0] + [m.end() for m in re.finditer(b"\r\n|\r|\n", data)]

    def line(self, offset):
        return sum(start <= offset for start in self.starts)

    def before(self, offset):
        start = self.starts[self.line(offset) - 1]
        if start == 0 and self.data.startswith(b"\xef\xbb\xbf"):
            start = min(3, offset)
        return self.data[start:offset].decode("utf-8", "replace")

    def points(self, offset):
        return len(self.before(offset)) + 1

    def units(self, offset):
        return len(self.before(offset).encode("utf-16-le")) // 2 + 1


# ---- one reader a format; each gives [(file, line, column, severity, code, message)] ----

def read_short(text):
    found = []
    for line in text.decode("utf-8").splitlines():
        match = re.fullmatch(r"(?:(.*?):(\d+):(\d+)|hpcc): (error|warning|note): (.*) \[([EWN]\d{4})\]", line)
        if match is None:
            raise ValueError(line)
        file, row, column, severity, message, code = match.groups()
        found.append((file or "", int(row or 0), int(column or 0), severity, code, message))
    return found


def read_text(text):
    """Only the first lines, which begin in the first column; the rest is for people."""
    return read_short(b"".join(line + b"\n" for line in text.split(b"\n") if re.search(rb" \[[EWN]\d{4}\]$", line)))


def read_json(text):
    return [(o.get("file", ""), o.get("line", 0), o.get("column", 0), o["severity"], o["code"], o["message"])
            for o in strictly(text)]


def read_jsonl(text):
    return read_json(b"[" + b",".join(text.splitlines()) + b"]")


def read_sarif(text):
    found = []
    for result in strictly(text)["runs"][0]["results"]:
        file, line, column = "", 0, 0
        if "locations" in result:
            physical = result["locations"][0]["physicalLocation"]
            file = urllib.parse.unquote(physical["artifactLocation"]["uri"], errors="strict")
            line, column = physical["region"]["startLine"], physical["region"]["startColumn"]
        found.append((file, line, column, result["level"], result["ruleId"],
                      result["message"]["text"].split("\n")[0]))
    return found


def read_junit(text):
    found = []
    for case in ElementTree.fromstring(text).iter("testcase"):
        for part in case:
            found += read_short((part.text or "").encode())
    return found


def github_value(text, names):
    for escaped, plain in names:
        text = text.replace(escaped, plain)
    return text.replace("%25", "%")


def read_github(text):
    """As the runner reads workflow commands."""
    found = []
    for line in text.decode("utf-8").splitlines():
        match = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        if match is None:
            raise ValueError(line)
        escapes = [("%0D", "\r"), ("%0A", "\n")]
        properties = {}
        for pair in match.group(2).split(","):
            key, _, value = pair.partition("=")
            properties[key] = github_value(value, escapes + [("%3A", ":"), ("%2C", ",")])
        message = github_value(match.group(3), escapes).split("\n")[0]
        found.append((properties.get("file", ""), int(properties.get("line", 0)), int(properties.get("col", 0)),
                      match.group(1).replace("notice", "note"), properties["title"], message))
    return found


def read_gitlab(text):
    words = {"major": "error", "minor": "warning", "info": "note"}
    return [(o["location"]["path"], o["location"]["lines"]["begin"], None, words[o["severity"]], o["check_name"],
             o["description"]) for o in strictly(text)]


READERS = {"short": read_short, "text": read_text, "json": read_json, "jsonl": read_jsonl, "sarif": read_sarif,
           "junit": read_junit, "github": read_github, "gitlab": read_gitlab}


def lint(folder, form, *args, names=NAMES):
    return hpcc("lint", "--max-errors=0", "--format=" + form, *args, "--", *names, cwd=folder)


def same_findings(tap, folder):
    """Every format tells what JSON tells; returns the findings of JSON."""
    wanted = read_json(lint(folder, "json").stdout)
    tap.ok(len(wanted) > 100, f"{len(wanted)} findings in {len(NAMES)} files", wanted)
    files = {file for file, *_ in wanted} - {""}
    tap.equal(files, {shown(name) for name in NAMES} - {"missing.yaml", "clean.yaml"}, "names of files are shown")
    order = {shown(name): i for i, name in enumerate(NAMES)}
    tap.equal([f[0] for f in wanted if f[0]], sorted((f[0] for f in wanted if f[0]), key=order.get),
              "findings come in the order of the arguments")
    for form in FORMATS:
        result = lint(folder, form)
        tap.ok(result.returncode == 2 and result.stderr == b"", f"{form}: exit status 2 for the missing file",
               result.stderr)
        try:
            found = READERS[form](result.stdout)
        except (ValueError, KeyError, ElementTree.ParseError) as error:
            tap.ok(False, f"{form}: can be read", error)
            continue
        expected = wanted
        if form == "github":
            expected = [f for word in ("error", "warning", "note") for f in wanted if f[3] == word]
        if form == "gitlab":
            expected = [(f[0] or "hpcc", f[1] or 1, None, *f[3:]) for f in wanted]
        if form == "sarif":  # other columns
            expected, found = [f[:2] + f[3:] for f in wanted], [f[:2] + f[3:] for f in found]
        if form == "junit":  # by file, errors first
            expected, found = sorted(expected), sorted(found)
        tap.equal(found, expected, f"{form}: the same findings")
    return strictly(lint(folder, "json").stdout)


# ---- JSON ----

MEMBERS = {"code", "name", "severity", "message", "file", "line", "column", "end_line", "end_column", "start", "end",
           "label", "labels", "notes", "helps", "fixes"}
PLACE = ["line", "column", "end_line", "end_column"]


def all_places(finding):
    return [o for o in [finding, *finding["labels"], *finding["fixes"]] if "file" in o]


def judge_json(tap, folder, findings):
    tap.ok(all(set(f) <= MEMBERS and {"labels", "notes", "helps", "fixes"} <= set(f) for f in findings),
           "json: members of findings")
    by_name = {shown(name): Places(SPECIAL.get(name, FAULTS.encode())) for name in NAMES}
    wrong = []
    for o in (place for finding in findings for place in all_places(finding)):
        p = by_name[o["file"]]
        want = [p.line(o["start"]), p.points(o["start"]), p.line(o["end"]), p.points(o["end"])]
        if [o[key] for key in PLACE] != want:
            wrong.append((o, want))
    tap.equal(wrong, [], "json: lines and columns count code points")
    texts = {f["message"] for f in findings}
    tap.ok(not any(re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", t) for t in texts), "messages hold no control characters")
    tap.ok(any("\\n" in t for t in texts), "a line end in a key is shown as an escape", texts)


# ---- SARIF ----

def faults(text):
    """What the standard's schema has against a log. The classes are generated from it; they leave out that items
    of lists must differ, and that of some members one must be there, so these are asked for here."""
    found = []
    try:
        SarifLog.model_validate_json(text, strict=True)
    except pydantic.ValidationError as error:
        found = [f"{e['loc']}: {e['msg']}" for e in error.errors()]

    def look(value, at):
        if isinstance(value, list):
            texts = [json.dumps(item, sort_keys=True) for item in value]
            if len(set(texts)) < len(texts):
                found.append(f"{at}: items are repeated")
            for item in value:
                look(item, at)
        elif isinstance(value, dict):
            for name, one_of in (("message", ("text", "id")), ("region", ("startLine", "charOffset", "byteOffset")),
                                 ("physicalLocation", ("address", "artifactLocation"))):
                if name in value and isinstance(value[name], dict) and not set(one_of) & set(value[name]):
                    found.append(f"{at}.{name}: none of {', '.join(one_of)}")
            for name, item in value.items():
                look(item, f"{at}.{name}")

    look(strictly(text), "")
    return found


def judge_schema(tap, folder):
    text = lint(folder, "sarif").stdout
    for name, log in (("a log of many findings", text),
                      ("a log without findings", lint(folder, "sarif", names=[b"clean.yaml"]).stdout),
                      ("a log of a missing file alone", lint(folder, "sarif", names=[b"missing.yaml"]).stdout)):
        tap.equal(faults(log)[:10], [], f"sarif: {name} is valid by the standard's schema")
    result = ["runs", 0, "results", 0]
    for path, value in ((["version"], "2.2.0"), (["runs", 0, "tool", "driver", "name"], 7),
                        ([*result, "level"], "fatal"), ([*result, "ruleIndex"], -5), ([*result, "message"], {}),
                        ([*result, "extra"], 1), (["runs", 0, "tool", "driver", "rules"], [{"id": "a"}] * 2),
                        ([*result, "locations", 0, "physicalLocation", "region"], {"endLine": 3}),
                        ([*result, "locations", 0, "physicalLocation", "region", "startLine"], 0)):
        at = spoilt = json.loads(text)
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        tap.ok(faults(json.dumps(spoilt).encode()), f"control: the schema refuses {path[-1]} = {value}")


def judge_sarif(tap, folder, findings):
    log = strictly(lint(folder, "sarif").stdout)
    tap.equal([log["version"], len(log["runs"])], ["2.1.0", 1], "sarif: one run of version 2.1.0")
    sarif_run, = log["runs"]
    rules = sarif_run["tool"]["driver"]["rules"]
    results = sarif_run["results"]
    tap.ok(len({r["id"] for r in rules}) == len(rules) and {r["ruleId"] for r in results} == {r["id"] for r in rules},
           "sarif: the codes that occur are the rules, each once")
    tap.ok(all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results), "sarif: ruleIndex leads to the rule")
    tap.ok(all(re.fullmatch(r"([A-Z][a-z0-9]*)+", r["name"]) for r in rules), "sarif: rules have names",
           [r["name"] for r in rules])
    tap.equal([r["id"] for r in rules if not (r.get("help", {}).get("markdown") and "shortDescription" in r)], [],
              "sarif: rules have title and help")
    links = re.findall(r'"(?:information|help|download|\w*)U(?:ri|RI)": "[^"]*"|\]\([^)]*\)', json.dumps(sarif_run["tool"]))
    tap.equal(links, [], "sarif: no link of the tool and its rules, which could lead nowhere")
    prints = [r["partialFingerprints"]["hpccFinding/v1"] for r in results]
    tap.ok(len(set(prints)) == len(prints), "sarif: fingerprints are unique")
    tap.equal(sarif_run["columnKind"], "utf16CodeUnits", "sarif: columns are said to be UTF-16 units")
    by_name = {shown(name): Places(SPECIAL.get(name, FAULTS.encode())) for name in NAMES}
    wrong = []

    def compare(place, physical):
        p, region = by_name[place["file"]], physical["region"]
        want = [p.line(place["start"]), p.units(place["start"]), p.line(place["end"]), p.units(place["end"])]
        if [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] != want:
            wrong.append((place, physical, want))
        uri = physical["artifactLocation"]["uri"]
        if not uri.isascii() or urllib.parse.urlsplit(uri).scheme or urllib.parse.unquote(uri) != place["file"] or \
                physical["artifactLocation"]["uriBaseId"] not in sarif_run["originalUriBaseIds"]:
            wrong.append(uri)

    for finding, result in zip(findings, results):
        if "file" in finding:
            compare(finding, result["locations"][0]["physicalLocation"])
        related = result.get("relatedLocations", [])
        for label, location in zip([l for l in finding["labels"] if "file" in l], related):
            compare(label, location["physicalLocation"])
        if len({l["id"] for l in related}) != len(related):
            wrong.append(related)
        for fix in result.get("fixes", []):
            change, = fix["artifactChanges"]
            for edit, replacement in zip(finding["fixes"], change["replacements"], strict=True):
                compare(edit, {"artifactLocation": change["artifactLocation"], "region": replacement["deletedRegion"]})
                if edit["replacement"] != replacement["insertedContent"]["text"]:
                    wrong.append(replacement)
        if bool(finding["fixes"]) != ("fixes" in result):
            wrong.append(result)
    tap.equal(wrong, [], "sarif: places, related places and fixes are those of json, in UTF-16")
    tap.ok(any("relatedLocations" in r for r in results) and any("fixes" in r for r in results),
           "sarif: there are related places and fixes to compare")
    absolute = strictly(lint(folder, "sarif", names=[os.path.join(folder, b"with blank.yaml")]).stdout)
    uri = absolute["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    tap.equal(uri, {"uri": "file://" + urllib.parse.quote(os.fsdecode(folder) + "/with blank.yaml")},
              "sarif: an absolute path is a file URI")


# ---- JUnit, GitHub, GitLab ----

def judge_junit(tap, folder, findings):
    root = ElementTree.fromstring(lint(folder, "junit").stdout)
    suite, = root
    cases = list(suite)
    tap.equal([root.tag, suite.tag, {c.tag for c in cases}], ["testsuites", "testsuite", {"testcase"}],
              "junit: one suite of test cases")
    tap.equal([c.get("name") for c in cases], [shown(name) for name in NAMES], "junit: one test case a file")
    bad = {f["file"] for f in findings if f["severity"] == "error" and "file" in f} | {"missing.yaml"}
    tap.equal({c.get("name") for c in cases if c.find("failure") is not None}, bad, "junit: files with errors fail")
    for element in (root, suite):
        tap.equal([element.get(key) for key in ("tests", "failures", "errors")], [str(len(NAMES)), str(len(bad)), "0"],
                  f"junit: counts of {element.tag}")
    tap.ok(all([part.tag for part in case] in ([], ["failure"], ["system-out"], ["failure", "system-out"])
               for case in cases), "junit: at most one failure a case, then at most one output")
    tap.ok(all(f.get("message") and re.fullmatch(r"E\d{4}", f.get("type")) for f in root.iter("failure")),
           "junit: failures have type and message")
    clean = ElementTree.fromstring(lint(folder, "junit", names=[b"clean.yaml"]).stdout)
    tap.equal([clean.get("tests"), clean.get("failures"), len(list(clean[0][0]))], ["1", "0", 0],
              "junit: a clean file passes")


def judge_services(tap, folder):
    text = lint(folder, "github").stdout.decode()
    words = [re.match("::([a-z]+)", line).group(1) for line in text.splitlines()]
    tap.equal(words, sorted(words, key=["error", "warning", "notice"].index), "github: errors come first")
    tap.equal(lint(folder, "github", names=[b"clean.yaml"]).stdout, b"", "github: nothing for a clean file")
    issues = strictly(lint(folder, "gitlab").stdout)
    prints = [i["fingerprint"] for i in issues]
    tap.ok(len(set(prints)) == len(prints) > 0, "gitlab: fingerprints are unique")
    tap.ok(all(set(i) == {"description", "check_name", "fingerprint", "severity", "location"} and
               i["severity"] in ("info", "minor", "major", "critical", "blocker") and
               isinstance(i["location"]["lines"]["begin"], int) for i in issues), "gitlab: required members")
    tap.equal(strictly(lint(folder, "gitlab", names=[b"clean.yaml"]).stdout), [], "gitlab: an empty list")
    for form, prefix in (("gitlab", '"path": "plain.yaml"'), ("sarif", '"uri": "plain.yaml"'),
                         ("github", "file=plain.yaml,")):
        text = lint(folder, form, names=[b"./plain.yaml"]).stdout.decode()
        tap.ok(prefix in text and "./plain" not in text.replace("message", ""), f"{form}: ./ is not part of a path")


def fingerprints(folder, name):
    log = strictly(lint(folder, "sarif", names=[name]).stdout)
    gitlab = strictly(lint(folder, "gitlab", names=[name]).stdout)
    return ([r["partialFingerprints"]["hpccFinding/v1"] for r in log["runs"][0]["results"]],
            [i["fingerprint"] for i in gitlab])


def judge_fingerprints(tap, folder):
    path = os.path.join(folder, b"moving.yaml")
    for name, text in (("as it is", FAULTS), ("lines above", "# one\n\n# two\n" + FAULTS),
                       ("a line between", FAULTS.replace("Scheduling:", "# more\nScheduling:")),
                       ("CR LF", FAULTS.replace("\n", "\r\n"))):
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        found = fingerprints(folder, b"moving.yaml")
        if name == "as it is":
            wanted = found
        tap.equal(found, wanted, f"fingerprints: {name}")
    tap.equal(wanted[0], wanted[1], "fingerprints: the same in SARIF and for GitLab")
    with open(path, "w", encoding="utf-8") as file:
        file.write(FAULTS.replace("MaxCount: -1", "MaxCount: -2"))
    tap.ok(fingerprints(folder, b"moving.yaml") != wanted, "fingerprints: another finding has another")


# ---- names that are no text ----

ENVIRONMENT = b"Kind: Environment\nRegion: us-east-1\nNetwork: {AvailabilityZones: [us-east-1a]}\n"


def judge_strange_folder(tap, folder):
    """Whatever message names a file of a folder whose name is no text is told in each format."""
    strange = os.path.join(folder, b"caf\xe9 \x1b[31m")
    os.makedirs(os.path.join(strange, b"folder"))
    files = {b"env": ENVIRONMENT.replace(b"us-east-1", b"us-east-2"), b"faulty": ENVIRONMENT.replace(b"Kind", b"Kind: 1\nKind"),
             b"wrong": ENVIRONMENT.replace(b"Region", b"Regoin"), b"other": CLUSTER.encode(), b"vars": b"A: [1\n", b"broken": b"{",
             b"settings": b"severity: {E0001: off}\n"}
    for name, text in files.items():
        with open(os.path.join(strange, name + b".yaml"), "wb") as file:
            file.write(text)
    on = {}
    for name in (b"env.yaml", b"faulty.yaml", b"wrong.yaml", b"other.yaml", b"folder", b"none.yaml"):
        on[name] = os.path.join(strange, b"on-" + name)
        with open(on[name], "wb") as file:
            file.write(CLUSTER.encode() + b"Environment: {Stack: ground, File: %s}\n" % name)
    calls = [(1, [path]) for path in on.values()] + [(2, [os.path.join(strange, b"none.yaml")])]
    calls += [(0 if name == b"settings.yaml" else 2, [os.path.join(strange, b"other.yaml"), option, os.path.join(strange, name)]) for option, name in
              (("--vars", b"vars.yaml"), ("--vars", b"none"), ("--config", b"settings.yaml"), ("--config", b"folder"),
               ("--catalog", b"broken.yaml"), ("--baseline", b"broken.yaml"), ("--baseline", b"none"))]
    for status, args in calls:
        wrong, wanted = [], None
        for form in FORMATS:
            result = hpcc("lint", "--format=" + form, *args, cwd=folder)
            try:
                found = sorted(f[4] for f in READERS[form](re.sub(rb"hpcc: [^\n]* tells more\n\Z", b"", result.stdout or result.stderr)))
            except (ValueError, KeyError, ElementTree.ParseError) as error:
                found = error
            wanted = wanted or found
            if result.returncode != status or found != wanted or not wanted or b"\x1b" in result.stdout + result.stderr:
                wrong.append((form, result.returncode, found, result.stderr))
        tap.equal(wrong, [], f"a strange folder: {' '.join(os.path.basename(os.fsdecode(arg)) for arg in args)}")


# ---- where findings go ----

def judge_streams(tap, folder):
    for form in FORMATS:
        plain = lint(folder, form, names=[b"plain.yaml"])
        tap.ok(plain.returncode == 1 and plain.stderr == b"", f"{form}: exit status 1 for errors")
        result = lint(folder, form, "--output-file=found", names=[b"plain.yaml"])
        with open(os.path.join(folder, b"found"), "rb") as file:
            tap.ok(result.stdout == b"" and result.returncode == 1 and file.read() == plain.stdout,
                   f"{form}: --output-file takes it all")
        with open(os.path.join(folder, b"plain.yaml"), "rb") as file:
            piped = hpcc("lint", "--max-errors=0", "--format=" + form, "--stdin-filename=plain.yaml", "-", cwd=folder,
                         input=file.read())
        tap.equal(piped.stdout, plain.stdout, f"{form}: the same from standard input")
        build = hpcc("--max-errors=0", "--format=" + form, b"plain.yaml", cwd=folder)
        findings = re.sub(rb"hpcc: [^\n]* tells more\n\Z", b"", plain.stdout) if form == "text" else plain.stdout
        tap.ok(build.stdout == b"" and build.returncode == 1 and (READERS[form](build.stderr) == READERS[form](findings) if form == "junit" else build.stderr == findings),
               f"{form}: a build says the same on standard error", build.stderr)
        quiet = READERS[form](lint(folder, form, "--quiet", names=[b"plain.yaml"]).stdout)
        errors = [f for f in READERS[form](plain.stdout) if f[3] == "error"]
        tap.equal(quiet, errors, f"{form}: --quiet leaves errors")
        tap.equal(lint(folder, form, "--color=always").stdout == lint(folder, form).stdout, form != "text",
                  f"{form}: colour is for people only")
    result = lint(folder, "sarif", "--output-file=none/x", names=[b"plain.yaml"])
    tap.ok(result.returncode == 2 and b"cannot write `none/x`" in result.stderr, "--output-file that cannot be written")


def main():
    tap = Tap()
    with temporary() as name:
        folder = os.fsencode(name)
        write_files(folder)
        findings = same_findings(tap, folder)
        judge_json(tap, folder, findings)
        judge_schema(tap, folder)
        judge_sarif(tap, folder, findings)
        judge_junit(tap, folder, findings)
        judge_services(tap, folder)
        judge_fingerprints(tap, folder)
        judge_streams(tap, folder)
        judge_strange_folder(tap, folder)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

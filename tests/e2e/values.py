#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A fuzzer of values: what a file says at one place stays one value at that place, in everything that is made of it.

Each value of examples/everything, examples/environment and examples/batch, each member of a list and each key of a free mapping is replaced
by hostile text, alone and within the value that is there. hpcc refuses it with an error in that line and no output, or compiles; then the template is
read back (artefacts.py) and compared with that of a harmless word at the same place: all is the same but for the word.
Where a value may be left open it is tried the same way as `${param.Open}` with hostile text around it.
usage: values.py HPCC [--rounds N] [--seed N] [--only TEXT]; prints TAP. One round tries each property at one place, each
text at one position; more of them try the other places and positions.
"""
import argparse
import collections
import copy
import glob
import json
import os
import random
import re
import sys
import tempfile

from common import HPCC, ROOT, Tap, in_venv, run

in_venv("yaml")
import yaml  # noqa: E402 - after the right interpreter is found

sys.path.insert(0, os.path.join(ROOT, "tests"))
from open_values import KINDS, places as open_places, root_of  # noqa: E402
from artefacts import Broken, Reader, differences, need, read_text, slurm_lines, strict_json  # noqa: E402

SEED = 20261129
FOLDERS = ("everything", "environment", "batch")  # whose files are tried
RUN = "touch CANARY"
HOSTILE = [
    " ", "a b", "\n", "\na=b", "\r", "\r\n", "\t", "\0", "#", " # x", "\\#", ";", ";%s;" % RUN, "|%s" % RUN, "&%s&" % RUN, "$(%s)" % RUN,
    "`%s`" % RUN, "'", "'$(%s)'" % RUN, "';%s;'" % RUN, '"', '"x y"', '" A=1 "', "\\", "\\\\", "\\n", "\\040", " *(rw,no_root_squash)",
    "\n==HPCC==", "--==HPCC==", "\n--==HPCC==--\n", "HPCC_END", "\nHPCC_END\n%s\n" % RUN, "${Nope}", "${HeadNode}", "$${HeadNode}",
    "$${HeadNodeRole.Arn}", "$${AWS::StackName}", "$${Open}", "$${X}", "$${!X}", "$${", "$$${X}", "$", "{", "}", "$$", "{{resolve:ssm:x}}",
    "%n", "%s%s", "%", "=", ",", ":", "/", "..", "*", "?", "[x]", "A=1 B=2", " B=2", "\u0085", "\u00a0", "\u2028", "\u2029", "\u009b31m",
    "\x1b[31m", "\x7f", "\u202e", "\u200b", "\ufeff", "\U0001f600", "\u00fc", "x" * 5000, "-", "-rf", "x\n", "@HEAD_HOST@", "@head@",
    "<!--", "\\u0000", "~", "!", "null", "[x]\nid_provider=x", "^", "<%s" % RUN, ">CANARY",
    "{% $p %}", "{%", "%}", "$${aws:username}"]
WORDS = ("zqxword", "Zqxword", "707070707", "0123456789abcdef7", "zqx@word")  # harmless
POSITIONS = ("alone", "first", "middle", "last")
AROUND = ("first", "last")  # of a reference
LINE = re.compile(r"[^\0-\x1f\x7f]*?:(\d+):\d+: (error|warning|note): [^\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]*")


def place_in(original, position, text):
    half = len(original) // 2
    return {"alone": text, "first": text + original, "middle": original[:half] + text + original[half:], "last": original + text}[position]


def scalar(text):
    """A text as a double-quoted scalar of YAML, in ASCII."""
    return '"%s"' % "".join(c if " " <= c <= "~" and c not in '"\\' else
                            "\\x%02x" % ord(c) if c < "\x80" else "\\U%08x" % ord(c) for c in text)


def changed(place, text, word, to):
    """What becomes of a text when `to` stands in the place of a harmless word."""
    if place.path.endswith("S3Access/KeyName"):
        to = to.replace("${", "${$}{")  # else IAM would take it for a variable of a policy
    linked = re.search(r"Workflows/.*/(Prefix|DataRepositoryPath)$", place.path)
    if linked and text.endswith("/*"):  # the ARN of what lies there, in which no sign is a wildcard or a variable
        to = re.sub(r"[*?]", r"${\g<0>}", to.replace("${", "${$}{"))
    if not word or word not in text:
        return text
    found = text.replace(word, to)
    if place.path.endswith("Database/Uri"):
        found = found.partition("/")[0]  # a URL, of which the host is taken
    if linked or re.search(r"Workflows/.*/FileSystemPath$", place.path):
        # A path of S3, and of a container, without slashes at its end; that behind the bucket is none of the path.
        found = re.sub(r"(?s)^(s3://[^/]+/)?(.*?)/+(?=/[.]hpcc|/\*$)", r"\1\2", found) if linked else re.sub("/+$", "", found)
    if place.path.endswith(("AuthKeyParameter", "JobRole.Secrets", "JobRoles/Secrets", "ContainerSecret.ValueFrom")):
        found = found.replace(":parameter//", ":parameter/")  # the ARN has one slash, with which the name may begin
    # Of an ARN with a path IAM takes the last part as the name.
    return found.rpartition("/")[2] if "/" in to and re.search("Instance(Role|Profile)$", place.path) and ":" not in found else found


class Place:
    """One value or key of a file."""

    positions, hostile = POSITIONS, HOSTILE

    def __init__(self, file, path, node, free):
        self.file, self.node, self.free = file, node, free
        self.original = node.value
        if "${" in node.value:
            self.hostile = [text for text in HOSTILE if not text.endswith("$")]  # "$${param" is no reference
        if re.search("Workflows/.*/FileSystemPath$", path):
            self.positions = POSITIONS[2:]  # "/" alone is the whole file system, of which an export names no path
        if node.value.startswith("arn:") and path.endswith(("/CredentialsParameter", "/ValueFrom", "/Secrets")):
            self.hostile = [text for text in self.hostile if text != ":"]  # it makes another ARN, of whose end a right has nothing
        if path == "DirectoryService/DomainAddr":
            self.hostile = [text for text in self.hostile if text != ","]  # it parts addresses, each of which gets a protocol
        if path == "Iam/ResourcePrefix":
            self.hostile = [text for text in self.hostile if text != "/"]  # at its end it leaves the names to CloudFormation
        self.path = path  # without numbers
        self.line = node.start_mark.line + 1
        self.words = {}  # position: (word, world)

    def text(self, value):
        text = self.file.text
        return text[:self.node.start_mark.index] + scalar(value) + text[self.node.end_mark.index:]


class OpenPlace(Place):
    """One value that may be left open, and is."""
    positions = AROUND

    def __init__(self, file, path, node):
        super().__init__(file, path, node, False)
        self.original = "${param.Open}"
        # "$${param" is no reference; behind the name of a secret ":" begins what of it is read.
        self.hostile = [text for text in HOSTILE if not text.endswith("$") and (text != ":" or path not in ("ContainerSecret.ValueFrom", "JobRole.Secrets"))]

    def text(self, value):
        line_end = "\n" if self.node.style in ("|", ">") else ""
        return super().text(value)[:-1] + line_end + "\nParameters:\n  Open: {Type: string}\n"


class File:
    """A file of the examples, and where its values stand."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.world = None
        self.places = list(self.walk(yaml.compose(self.text), ()))
        tree = yaml.safe_load(self.text)
        root = root_of(tree, KINDS)
        self.kind = tree["Kind"] + "/" if "Kind" in tree else ""  # put before the paths
        self.open_places = [OpenPlace(self, path, node) for path, node in open_places(yaml.compose(self.text), root, [])]

    def walk(self, node, path):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                free = re.search(r"Custom\w*Settings$|AdditionalSssdConfigs$", "/".join(path))
                if free:
                    yield Place(self, "/".join(path) + "/KEY", key, True)
                yield from self.walk(value, path + ("VALUE" if free else key.value,))
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self.walk(item, path)
        else:
            yield Place(self, "/".join(path), node, False)


class Fuzzer:
    """Tries values; what is wrong is in `faults`."""

    def __init__(self, folder):
        self.folder, self.reader = folder, Reader(os.path.join(folder, "reader"))
        self.counts = collections.Counter()
        self.in_yaml = set()

    def compile(self, text, *options):
        path = os.path.join(self.folder, "cluster.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return run([HPCC, "--no-config", "--format=short", "--max-errors=0", *options, path], cwd=self.folder, close_fds=False)

    def harmless(self, place, position):
        """The word and the world of the same place with a harmless word in it, or the value that is there."""
        if position not in place.words:
            original = place.original
            place.words[position] = (None, None)
            for word in WORDS:
                done = self.compile(place.text(place_in(original, position, word)), "--minify")
                if done.returncode == 0:
                    place.words[position] = word, self.reader.world(strict_json(done.stdout))
                    break
        return place.words[position]

    def unchanged(self, place):
        """The world of the file as it is."""
        if place.file.world is None:
            place.file.world = self.reader.world(strict_json(self.compile(place.file.text, "--minify").stdout))
        return place.file.world

    def refused(self, place, done):
        need(done.returncode == 1, "status %d: %r" % (done.returncode, done.stderr[-300:]))
        need(not done.stdout, "an error and output")
        found = self.said(done)
        # A rule that relates values stands at one of them; rights are of a role, which may be written nowhere; a text with
        # a parameter in it is judged with its default, which is elsewhere.
        need((place.line, "error") in found or "${param." in place.original or re.search(rb"error: .*\[E(0([23]\d\d|546)|1\d\d\d)\]\n", done.stderr),
             "no error in line %d: %r" % (place.line, done.stderr[:300]))

    @staticmethod
    def said(done):
        """[(line, severity)] of the findings, each one line that steers no terminal."""
        found = []
        for line in done.stderr.decode("utf-8").split("\n")[:-1]:
            m = LINE.fullmatch(line)
            need(m or line.startswith("hpcc: "), "not a finding: %r" % line)
            if m:
                found.append((int(m[1]), m[2]))
        return found

    def as_yaml(self, text, template):
        """The other emitter says the same."""
        done = self.compile(text, "--minify", "--emit=yaml")
        try:
            again = yaml.load(done.stdout.decode("utf-8"), Tags)
        except yaml.YAMLError as error:
            raise Broken("YAML: %s" % error) from error
        found = differences(plain(template), plain(again), str)
        need(not found, "YAML: " + "; ".join(found))

    def accepted(self, place, position, value, done):
        template = strict_json(done.stdout)
        self.said(done)
        world = self.reader.world(template)
        need(not self.reader.executed(), "it was executed")
        wanted = place_in(place.original, position, value.replace("$${", "${"))
        number = re.fullmatch(r"[-0-9.]+|true|false", place.node.value) and not re.search("/Args$|/Command$|/Parameters/", place.path)
        if number and wanted.strip(" \t\r\n") == place.node.value:  # blanks around it
            word, other, lands = "", self.unchanged(place), [""]
        else:
            word, other = self.harmless(place, position)
            lands = [value.replace("$${", "${")]
            if re.search(r"/CustomSlurmSettings/VALUE$", place.path) and re.fullmatch(r'"[^"]*"', wanted):
                lands.append(lands[0].replace('"', ""))  # the user's own quotes
        if other is None:  # only another JSON or path: whole texts
            other = self.unchanged(place)
            found = [differences(other, world, lambda text: wanted if text == place.node.value else text)]
        else:
            found = [differences(other, world, lambda text, to=to: changed(place, text, word, to)) for to in lands]
        need([] in found, "; ".join(found[0][:4]))
        if value not in self.in_yaml or place.path not in self.in_yaml:
            self.in_yaml |= {value, place.path}
            self.as_yaml(place.text(place_in(place.original, position, value)), template)

    def attempt(self, place, position, value):
        """What is wrong with one value at one place, or None."""
        done = self.compile(place.text(place_in(place.original, position, value)), "--minify")
        self.counts["accepted" if done.returncode == 0 else "refused"] += 1
        try:
            if done.returncode == 0:
                self.accepted(place, position, value, done)
            else:
                self.refused(place, done)
            need(not os.path.exists(os.path.join(self.folder, "CANARY")), "hpcc executed it")
        except (Broken, UnicodeError) as error:
            return "%s %s %.60r: %s" % (place.file.path, position, value, error)
        return None


class Tags(yaml.CSafeLoader):
    """Short forms of functions as what they stand for."""


Tags.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in rows if not tag.endswith("timestamp")]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()}


def tagged(loader, suffix, node):
    value = loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else \
        loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


Tags.add_multi_constructor("!", tagged)


def plain(value):
    """A template with GetAtt in one form and without code, which may be packed in one of them."""
    if isinstance(value, dict):
        return {key: item.split(".", 1) if key == "Fn::GetAtt" and isinstance(item, str) else plain(item)
                for key, item in value.items() if key not in ("ZipFile", "Description")}
    return [plain(item) for item in value] if isinstance(value, list) else value


def words_of_scripts(reader):
    """What the shell functions of the nodes do with each text, whatever the patterns let through."""
    wrong = []
    for text in HOSTILE:
        text = "/a" + text.rstrip("\n")  # a shell takes off the line ends behind a text
        if "\0" not in text and len(text) < 200:
            try:
                got = reader.words(text)
                if got != [text] * 4:
                    wrong.append("%r: %r" % (text, got))
            except Broken as error:
                wrong.append("%r: %s" % (text, error))
    return wrong + reader.executed()


def controls(tap, fuzzer):
    """Artefacts that are broken on purpose, each of which must be found."""
    with open(os.path.join(ROOT, "examples/everything/scheduling.yaml"), encoding="utf-8") as file:
        good = strict_json(fuzzer.compile(file.read(), "--minify").stdout)
    wanted = fuzzer.reader.world(good)

    def finds(name, broken, reader=fuzzer.reader):
        try:
            found = differences(wanted, reader.world(broken), str)
        except Broken as error:
            found = [str(error)]
        executed = reader.executed()
        tap.ok(found or executed, "control: %s is found" % name, "nothing was found")

    def breaks(name, change):
        broken = copy.deepcopy(good)
        change(broken, broken["Resources"]["HeadNode"]["Metadata"])
        finds(name, broken)

    tap.equal(differences(wanted, fuzzer.reader.world(copy.deepcopy(good)), str), [], "control: the same is the same")
    breaks("a line more in slurm.conf", lambda t, m: m["Files"].update({"slurm/custom.conf": m["Files"]["slurm/custom.conf"] + "A=1\n"}))
    breaks("a setting more in a line", lambda t, m: m["Files"].update({
        "slurm/hpcc_nodes.conf": m["Files"]["slurm/hpcc_nodes.conf"].replace("CoreSpecCount=1", "CoreSpecCount=1 State=DOWN")}))
    breaks("a reference more in a Sub", lambda t, m: m["Launch"][0].update({"Fn::Sub": m["Launch"][0]["Fn::Sub"] + "${HeadNode}"}))
    breaks("a reference to nothing", lambda t, m: m["Launch"][0].update({"Fn::Sub": m["Launch"][0]["Fn::Sub"] + "${Nope}"}))
    breaks("a column more in the launch table", lambda t, m: m["Launch"][1].update({"Fn::Sub": m["Launch"][1]["Fn::Sub"] + " x"}))
    breaks("a member more of a resource", lambda t, m: t["Resources"]["HeadNode"]["Properties"].update({"X": ""}))
    breaks("a part more in user data", lambda t, m: t["Mappings"]["UserData"]["Node"].update({
        "Open": t["Mappings"]["UserData"]["Node"]["Open"] + "HPCC_END\n\n--==HPCC==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n"}))
    breaks("a command in the environment", lambda t, m: t["Mappings"]["UserData"]["Node"].update({
        "Open": t["Mappings"]["UserData"]["Node"]["Open"] + "X=$(%s)\n" % RUN}))
    careless = Reader(os.path.join(fuzzer.folder, "careless"), read_text("core/lib/configure.py").replace("shlex.quote", "str"))
    unquoted = copy.deepcopy(good)
    unquoted["Resources"]["HeadNode"]["Metadata"]["Settings"]["HPCC_USER"] = "x;%s" % RUN
    finds("a value without quotes", unquoted, careless)
    for name, text in (("an open quote", 'A="b c\n'), ("a word without a key", "A=1 b\n"), ("a line that goes on", "A=1\\\n")):
        try:
            tap.ok(not slurm_lines(text), "control: %s is found" % name, "slurm.conf was read")
        except Broken:
            tap.ok(True, "control: %s is found" % name)
    tap.equal(slurm_lines('A="b c" B+=x\\#y\\\\ # z\n\n'), [[("A", "", "b c"), ("B", "+", "x#y\\")]], "control: a line of slurm.conf")
    for name, text in (("a member twice", b'{"a": 1, "a": 2}'), ("bytes that are no UTF-8", b'"\xff"')):
        try:
            tap.ok(not strict_json(text), "control: %s is found" % name)
        except Broken:
            tap.ok(True, "control: %s is found" % name)


def main():
    words = argparse.ArgumentParser(usage=__doc__)
    words.add_argument("hpcc")
    words.add_argument("--rounds", type=int, default=1)
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--only", default="")
    chosen = words.parse_args()
    tap, chance = Tap(), random.Random(chosen.seed)
    print("# seed %d" % chosen.seed)
    places = collections.defaultdict(list)
    for path in sorted(path for folder in FOLDERS for path in glob.glob(os.path.join(ROOT, "examples", folder, "*.yaml"))):
        file = File(path)
        for place in file.places:
            places[file.kind + place.path].append(place)
        for place in file.open_places:
            places["open " + place.path].append(place)
    # In memory where there is such a folder: many small files.
    with tempfile.TemporaryDirectory(prefix="hpcc-test-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        fuzzer = Fuzzer(folder)
        controls(tap, fuzzer)
        wrong = words_of_scripts(fuzzer.reader)
        tap.ok(not wrong, "fstab_word, nfs_export and quoted keep every text", "\n".join(wrong))
        for path, all_places in places.items():
            if chosen.only in path:
                faults = []
                for _ in range(chosen.rounds):
                    place = chance.choice(all_places)
                    faults += [fuzzer.attempt(place, chance.choice(place.positions), value) for value in place.hostile]
                # What a shell takes off the end of what it reads is tried at that end, whatever is drawn.
                faults += [fuzzer.attempt(place, "last", value) for place in all_places[:1] if isinstance(place, OpenPlace)
                           for value in place.hostile if value.endswith("\n")]
                faults = [fault for fault in faults if fault]
                tap.ok(not faults, path, "\n".join(faults))
        print("# " + json.dumps(fuzzer.counts))
        tap.ok(fuzzer.counts["accepted"] and fuzzer.counts["refused"], "values are accepted and refused")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Everything that a template becomes, read back by readers that know nothing of hpcc's writers.

Reader(...).world(template) gives plain data: functions worked out with markers for what only a deployment knows, user data
as MIME and as what a shell has after it, the metadata as files by the real configure.py, each of those as its reader sees
it: a shell, Slurm, mount, exportfs, sssd. What cannot be read raises Broken.
"""
import base64
import configparser
import email
import functools
import io
import json
import os
import re
import shutil
import sys

from common import ROOT, run
from userdata import parts_of

TEMPLATES = os.path.join(ROOT, "templates")
PSEUDO = {"AWS::" + name for name in ("AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName",
                                      "URLSuffix")}
MADE = ("RoleName", "InstanceProfileName", "ManagedPolicyName")  # of names in the file, shortened where they are long
HOOK = "#!/bin/sh\nmkdir -p /etc/hpcc\ncat >/etc/hpcc/env <<'HPCC_END'\n"
TOOLS = ("awk", "base64", "cat", "cksum", "cut", "date", "env", "grep", "mv", "paste", "sed", "sh", "touch", "tr")
LIBRARIES = ("core/lib/base.sh", "core/lib/volume.sh", "core/lib/nfs.sh", "core/lib/storage.sh", "block/lib/block.sh",
             "raid/lib/raid.sh", "efs/lib/efs.sh", "lustre/lib/lustre.sh", "fsx/lib/fsx.sh", "directory/lib/directory.sh")
# What a node does and a test must not.
STUBS = """\
HPCC=$PWD/hpcc PYTHON=false
log() { :; }
die() { printf '%s\\n' "$*" >&2; exit 3; }
mountpoint() { return 1; }
timeout() { shift 3; "$@"; }
for stub in mkdir chmod mount umount cp systemctl exportfs pkg_need pkg_install getent storage_efs_helper \
	storage_lustre_client; do eval "$stub() { :; }"; done
nproc() { echo 2; }
retry() { shift 2; "$@"; }
imds() { case $1 in */mac) echo 00:11 ;; *cidr*) echo 192.0.2.0/24; echo 198.51.100.0/24 ;; *) echo subnet-0 ;; esac; }
aws() { echo password; }
volume_attach() { echo "/dev/$1"; }
volume_format() { echo "$1"; }
volume_raid() { echo /dev/md/0; }
blkid() { echo "0-$3"; }
"""


class Broken(Exception):
    """An artefact that its reader cannot read."""


# What the deployment writes in a text of JSON for a backslash and for a quote.
ESCAPES = (("\\\\", "\\"), ("\\\"", "\""))


def need(condition, why):
    if not condition:
        raise Broken(str(why)[:400])


def read_text(template):
    with open(os.path.join(TEMPLATES, template), encoding="ascii") as file:
        return file.read()


def strict_json(data):
    """JSON in UTF-8, each key once."""
    def members(pairs):
        need(len(dict(pairs)) == len(pairs), "a key stands twice: %s" % [key for key, _ in pairs])
        return dict(pairs)
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=members)
    except ValueError as error:
        raise Broken("JSON: %s" % error) from error


# ---- lines of text ----

def lines_of(text):
    need(text == "" or text.endswith("\n"), "the last line has no end: %r" % text[-80:])
    return text.split("\n")[:-1]


def slurm_lines(text):
    """[[(key, operator, value)]] as Slurm reads a file. Source: src/common/parse_config.c of Slurm, November 2026."""
    found, kept = [], ""
    for line in lines_of(text):
        line = kept + re.sub(r"(?<!\\)#.*", "", line, flags=re.S)
        if len(re.search(r"\\*$", line).group()) % 2:
            kept = line[:-1]
            continue
        kept, pairs = "", []
        line = re.sub(r"\\(.)", r"\1", line, flags=re.S)
        while line.strip(" \t\r\f\v"):  # of ASCII alone
            pair = re.match(r'\s*([A-Za-z0-9_.]+)\s*([-*+/]?)=\s*(?:"([^"]*)"|(\S+))(?=\s|$)', line, re.A)
            need(pair, "Slurm cannot read %r" % line)
            pairs.append((pair[1], pair[2], pair[4] if pair[3] is None else pair[3]))
            line = line[pair.end():]
        if pairs:
            found.append(pairs)
    need(not kept, "the last line goes on")
    return found


def unescape(word):
    return re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), word)


def fstab_entries(text):
    """Six columns a line, see fstab(5)."""
    rows = [re.split(r"[ \t]+", line) for line in lines_of(text)]
    for row in rows:
        need(len(row) == 6 and not row[0].startswith("#"), "fstab: %r" % row)
    return [[unescape(word) for word in row] for row in rows]


def export_entries(text):
    """A directory and its clients a line, see exports(5)."""
    rows = [line.split(" ") for line in lines_of(text)]
    for row in rows:
        need(not re.search(r'["#\t]', row[0]) and not row[0].startswith("-"), "exports: %r" % row)
        for client in row[1:]:
            need(re.fullmatch(r"[0-9./]+\((rw|ro),sync,no_root_squash,no_subtree_check,fsid=\d+\)", client), client)
    return [[unescape(row[0]), *(re.sub(r"fsid=\d+", "fsid", client) for client in row[1:])] for row in rows]


def sssd_lines(text):
    """Sections and settings, by the line and by configparser."""
    found = []
    for line in lines_of(text):
        pair = re.fullmatch(r"\[([^]]*)\]|([A-Za-z_]\w*) = (.*)", line, re.S | re.A)
        need(pair, "sssd.conf: %r" % line)
        found.append([pair[1]] if pair[2] is None else [pair[2], pair[3]])
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters="=", comment_prefixes=("#", ";"))
    try:
        parser.read_file(io.StringIO(text))
    except configparser.Error as error:
        raise Broken("sssd.conf: %s" % error) from error
    need({key.lower() for key, *value in found if value} == {key for name in parser.sections() for key in parser[name]},
         "two readers of sssd.conf see other keys")
    return found


def configuration(text):
    """{section: {member: value}} as the commands of aws-parallelcluster-awsbatch-cli read it."""
    config = configparser.ConfigParser()
    try:
        config.read_string(text)
        return {name: dict(config[name]) for name in config.sections()}
    except configparser.Error as error:
        raise Broken("awsbatch-cli.cfg: %s" % error) from error


def rename(text, ids):
    """A text with the logical ids of resources by number: they hold names of the file."""
    return ids.get(text, text)


class Reader:
    """Reads templates in a scratch folder, where nothing may make a file CANARY."""

    def __init__(self, folder, configure=None):
        self.folder, self.runs = folder, 0
        self.bin = os.path.join(folder, "bin")
        os.makedirs(self.bin)
        for name in TOOLS:
            os.symlink(shutil.which(name), os.path.join(self.bin, name))
        source = read_text("core/lib/configure.py") if configure is None else configure
        self.configure = compile(source, "configure.py", "exec")
        text = "".join(map(read_text, LIBRARIES)).replace("\nload_settings\n", "\n")
        self.libraries = re.sub(r"^(PATH|PYTHON|HPCC|export PATH).*\n", "", text.replace("/etc/", "$PWD/etc/"), flags=re.M) + STUBS
        # One text, one answer: most of a template does not change with a value.
        self.read_files = functools.cache(self.read_files)
        self.sourced = functools.cache(self.sourced)
        self.hooked = functools.cache(self.hooked)
        self.acted = functools.cache(self.acted)
        self.called = functools.cache(self.called)
        self.stored = functools.cache(self.stored)
        self.directory = functools.cache(self.directory)
        self.message = functools.cache(self.message)

    # ---- shells ----

    def scratch(self):
        """A new folder with what the scripts write into."""
        self.runs += 1
        root = os.path.join(self.folder, "run%d" % self.runs)
        for name in ("etc/exports.d", "etc/nfs.conf.d", "hpcc/etc", "hpcc/secret"):
            os.makedirs(os.path.join(root, name))
        return root

    def shell(self, script, root, **files):
        """What a script prints; it runs in `root` with a few tools and nothing of this environment."""
        for name, text in {**files, "script": script}.items():
            with open(os.path.join(root, name), "w", encoding="utf-8", newline="", errors="surrogateescape") as file:
                file.write(text)
        done = run([os.path.join(self.bin, "sh"), "./script"], cwd=root, env={"PATH": self.bin})
        need(done.returncode == 0 and not done.stderr, "a shell: %d %r" % (done.returncode, done.stderr[-300:]))
        return done.stdout.decode()

    def executed(self):
        """Did anything run what the file says? What was written is removed."""
        found = [top for top, _, names in os.walk(self.folder) if "CANARY" in names]
        for name in os.listdir(self.folder):
            if name.startswith("run"):
                shutil.rmtree(os.path.join(self.folder, name))
        return found

    @staticmethod
    def variables(printed):
        need(printed == "" or printed.endswith("\0"), "the environment: %r" % printed)
        pairs = dict(one.split("=", 1) for one in printed.split("\0")[:-1])
        return {name: value for name, value in pairs.items() if name not in ("PATH", "PWD", "OLDPWD", "SHLVL", "_")}

    def sourced(self, text):
        """The variables of a file of settings, as sh has them after reading it."""
        return self.variables(self.shell("set -aeu\n. ./settings\nexec env -0\n", self.scratch(), settings=text))

    def hooked(self, text):
        """The boothook run: what /etc/hpcc/env sets then."""
        need(text.startswith(HOOK), "the boothook begins otherwise")
        root = self.scratch()
        os.mkdir(os.path.join(root, "etc/hpcc"))
        hook = "cat >etc/hpcc/env <<'HPCC_END'\n" + text[len(HOOK):]
        return self.variables(self.shell("set -eu\n. ./hook\nset -a\n. ./etc/hpcc/env\nexec env -0\n", root, hook=hook))

    def acted(self, text):
        """[[word]] of the custom actions."""
        printed = self.shell("run_action() { printf '%s\\0' \"$@\"; printf '\\001\\0'; }\nset -eu\n. ./actions\n", self.scratch(),
                             actions=text)
        return [one.split("\0")[:-1] for one in printed.split("\1\0")[:-1]]

    def called(self, text):
        """The functions of an instance of AWS Batch, and [[word]]: what is called of them, with the environment each time."""
        functions, begin, calls = text.partition("\nexport HPCC_STACK=")
        names = re.findall(r"^(\w+)\(\) \{$", functions, re.M)
        need(begin and len(names) > 5 and calls.endswith("\nready\n"), "user data begins or ends otherwise")
        stubs = "".join("%s() { told %s \"$@\"; }\n" % (name, name) for name in names)
        printed = self.shell("set -eu\ntold() { printf '%s\\0' \"$@\"; env -0; printf '\\001\\0'; }\n" + stubs + ". ./calls\n", self.scratch(),
                             calls=begin[1:] + calls)
        own = re.compile("(PATH|PWD|OLDPWD|SHLVL|_)=")
        return [functions, [[word for word in one.split("\0")[:-1] if not own.match(word)] for one in printed.split("\1\0")[:-1]]]

    def stored(self, text, kind):
        """What the storage of the cluster leaves in fstab and exports of a node."""
        root = self.scratch()
        self.shell(self.libraries + ": >etc/fstab\nHPCC_KIND=%s HPCC_HEAD=192.0.2.9\nset -e\nstorage_each storage_one .\n" % kind, root, storage=text)
        return self.mounts(root)

    @staticmethod
    def mounts(root):
        with open(root + "/etc/fstab", encoding="utf-8", newline="") as file:
            found = {"fstab": fstab_entries(file.read()), "exports": []}
        for name in sorted(os.listdir(root + "/etc/exports.d")):
            with open(os.path.join(root, "etc/exports.d", name), encoding="utf-8", newline="") as file:
                found["exports"] += export_entries(file.read())
        # Names of these files are of the path; what is mounted first is told first, whatever its path is.
        mounted = [entry[1] for entry in found["fstab"]]
        found["exports"].sort(key=lambda entry: mounted.index(entry[0]) if entry[0] in mounted else len(mounted))
        return found

    def words(self, text):
        """A text through the functions that write columns of fstab and exports, and words of a shell."""
        root = self.scratch()
        self.shell(self.libraries + 'text=$(cat text; echo .)\ntext=${text%.}\n: >etc/fstab\nfstab_add "$text" "$text" nfs rw\n'
                   'nfs_export "$text" rw\nquoted "$text" >word\n', root, text=text)
        found = self.mounts(root)
        return [found["fstab"][0][0], found["fstab"][0][1], found["exports"][0][0],
                self.shell('eval "word=$(cat word)"\nprintf %s "$word"\n', root)]

    def directory(self, settings, extra):
        root = self.scratch()
        self.shell(self.libraries + "set -a\n. ./settings\nset +a\ndirectory_write\n", root, settings=settings, **{
            "hpcc/etc/sssd.extra": extra})
        with open(root + "/hpcc/secret/sssd.conf", encoding="utf-8", newline="") as file:
            return sssd_lines(file.read())

    # ---- files of the head node ----

    def configured(self, metadata):
        """{path: text} of what configure.py makes of the metadata, given as JSON."""
        root = self.scratch()
        with open(root + "/metadata.json", "w", encoding="ascii") as file:
            file.write(metadata)
        before, umask = sys.argv, os.umask(0o022)
        try:
            sys.argv = ["configure.py", root + "/metadata.json", root + "/out"]
            exec(self.configure, {"__name__": "configure"})  # pylint: disable=exec-used # it is the project's own
        finally:
            sys.argv = before
            os.umask(umask)
        found = {}
        for top, _, names in os.walk(root + "/out"):
            for name in names:
                with open(os.path.join(top, name), encoding="utf-8", newline="") as file:
                    found[os.path.relpath(os.path.join(top, name), root + "/out")] = file.read()
        shutil.rmtree(root)
        return found

    def read_files(self, metadata):
        """Files of the head node, each as its reader sees it."""
        files, world = self.configured(metadata), {}
        for path, text in files.items():
            name = path.rsplit("/", 1)[-1]
            if name == "settings":
                world[path] = self.sourced(text)
            elif name.startswith("OnNode"):
                world[path] = self.acted(text)
            elif path == "storage":
                world[path] = [self.stored(text, kind) for kind in ("head", "compute")]
            elif path == "launch":
                world[path] = [row.split(" ") for row in lines_of(text)]
            elif path.startswith("slurm/"):
                world[path] = slurm_lines(text)
            elif name == "awsbatch-cli.cfg":
                world[path] = configuration(text)
            elif path != "version":
                world[path] = text
        if "HPCC_AD_DOMAIN=" in files["kinds/head/settings"]:
            world["sssd.conf"] = self.directory(files["kinds/head/settings"], files.get("sssd.extra", ""))
        return world

    # ---- the template ----

    def message(self, text):
        """User data as cloud-init and a shell read it."""
        message = email.message_from_string(text)
        parts = parts_of(message)
        need(message.get_content_type() == "multipart/mixed" and not message.defects, "MIME: %s" % message.defects)
        if parts and parts[0][1] == "hpcc.sh":  # an instance of AWS Batch, with a second part for an image of one's own
            need([name for _, name, _ in parts[1:]] in ([], ["hold.sh"]), "MIME: parts of an instance of AWS Batch")
            return [self.called(parts[0][2]), *parts[1:]]
        need(len(parts) == 3, "MIME: %d parts" % len(parts))
        return [(kind, name, self.hooked(body) if kind == "text/cloud-boothook" else body) for kind, name, body in parts]

    def world(self, template):
        """All of a template as data; see the head of this file."""
        ids = {name: "R%d" % i for i, name in enumerate(template["Resources"])}
        known = PSEUDO | set(ids) | set(template.get("Parameters", {}))

        def refer(name, attribute=""):
            need(name in known, "a reference to %r, which is nothing" % name)
            return "REF.%s.%s." % (rename(name, ids).replace("::", "."), attribute)

        def sub(argument):
            text, variables = (argument, {}) if isinstance(argument, str) else argument
            used = set()

            def one(m):
                name = m[1]
                if name.startswith("!"):
                    return "${%s}" % name[1:]
                need(re.fullmatch(r"[A-Za-z0-9:.]+", name), "Fn::Sub refers to %r" % name)
                used.add(name)
                return joined(value(variables[name])) if name in variables else refer(*name.split(".", 1))
            text = re.sub(r"\$\{([^}]*)\}", one, text)
            need(used >= set(variables), "Fn::Sub has variables that are not in it")
            return text

        def joined(v):
            return re.sub(r"\W+", ".", json.dumps(v)) if isinstance(v, dict) else str(v)  # what only a deployment works out

        def made(name):
            need(re.fullmatch(r"[\w+=,.@-]+", name, re.A), "a name of IAM is %r" % name)
            return "name"

        def function(name, argument):
            if name == "Ref":
                return refer(argument)
            if name == "Fn::GetAtt":
                return refer(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            if name == "Fn::Sub":
                return sub(argument)
            if name == "Fn::Join" and isinstance(argument[1], dict) and (argument[0], argument[1].get("Fn::Split", [""])[0]) in ESCAPES:
                return value(argument[1]["Fn::Split"][1])  # no reference here has such a sign
            if name == "Fn::Join" and isinstance(argument[1], dict) and argument[1].get("Fn::Split", [""])[0] == "`":
                return argument[0].join(joined(value(argument[1]["Fn::Split"][1])).split("`"))  # of a dashboard
            if name == "Fn::Join" and isinstance(argument[1], list):
                return argument[0].join(map(joined, map(value, argument[1])))
            if name == "Fn::FindInMap":
                found = template["Mappings"]
                for key in argument:
                    if value(key) not in found:
                        return {name: value(argument)}
                    found = found[value(key)]
                return value(found)
            if name == "Fn::Base64":
                text = joined(value(argument))  # of user data, or of a word in it
                return self.message(text) if text.startswith("Content-Type: multipart/") else base64.b64encode(text.encode()).decode()
            return {name: value(argument)}

        def volumes(v):
            """A container whose volumes are known by number: their names are made of names of the file."""
            names = [one["Name"] for one in v.get("Volumes", [])]
            need(len(set(names)) == len(names) and all(re.fullmatch(r"[\w-]{1,255}", name, re.A) for name in names), "volumes: %s" % names)
            mounts = [{**one, "SourceVolume": names.index(one["SourceVolume"])} for one in v["MountPoints"]]
            return {**v, "Volumes": [{**one, "Name": i} for i, one in enumerate(v.get("Volumes", []))], "MountPoints": mounts}

        def is_input(key, item):
            """What a schedule sends is JSON; what a state gets may be an expression."""
            return key == "Input" and joined(value(item)).startswith('{"')

        def value(v):
            if isinstance(v, list):
                return [value(item) for item in v]
            if not isinstance(v, dict):
                return v
            if "MountPoints" in v:
                v = volumes(v)
            if len(v) == 1:
                (name, argument), = v.items()
                if name == "Ref" or name.startswith("Fn::"):
                    return function(name, argument)
            return {key: strict_json(joined(value(item)).encode()) if key == "DashboardBody" or is_input(key, item) else
                    [rename(one, ids) for one in item] if key == "DependsOn" and isinstance(item, list) else
                    rename(item, ids) if key == "DependsOn" else made(value(item)) if key in MADE else value(item)
                    for key, item in v.items()}

        world = value({key: part for key, part in template.items() if key != "Resources"})
        world["Resources"] = {ids[name]: value(resource) for name, resource in template["Resources"].items()}
        for resource in world["Resources"].values():
            if resource["Type"] == "AWS::StepFunctions::StateMachine":
                resource["Properties"]["Definition"] = states(resource["Properties"]["Definition"])
        metadata = world["Resources"].get(ids.get("HeadNode"), {}).get("Metadata")
        if metadata is not None:
            metadata["Version"] = "version"
            world["Files"] = self.read_files(json.dumps({key: part for key, part in metadata.items() if key != "Payload"}))
            metadata["Files"] = list(metadata["Files"])  # they are in world["Files"] as they are read
        # Their names are made of names in the file.
        world["Outputs"] = [{key: part for key, part in output.items() if key != "Export"} for output in world.get("Outputs", {}).values()]
        return world


def states(v):
    """A state machine in which texts stand for themselves, and expressions of JSONata for nothing that a file says."""
    if isinstance(v, dict):
        return {key: states(item) for key, item in v.items()}
    if isinstance(v, list):
        return [states(item) for item in v]
    if not isinstance(v, str) or not re.fullmatch(r"\{%.*%\}", v, re.S):
        return v
    try:
        return json.loads(v[2:-2].strip(), strict=False)  # the texts of JSON are some of JSONata's
    except ValueError:
        return "CODE " + v


def differences(one, two, change, where=""):
    """[text]: where `two` is not `one` with `change` done to its texts."""
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [change(key) for key in one]
        if keys != list(two):
            return ["%s has the keys %.300r, not %.300r" % (where, [k for k in two if k not in keys], [k for k in keys if k not in two])]
        pairs = zip(one.values(), two.values(), two)
    elif isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        if len(one) != len(two):
            return ["%s has %d members, not %d: %.300r" % (where, len(two), len(one), two)]
        pairs = zip(one, two, range(len(two)))
    else:
        want = change(one) if isinstance(one, str) else one
        return [] if want == two else ["%s is %.300r, not %.300r" % (where, two, want)]
    found = []
    for a, b, key in pairs:
        if a is not b:
            found += differences(a, b, change, "%s/%s" % (where, key))
    return found

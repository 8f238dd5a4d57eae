#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""User data and scripts of every example, as cloud-init, the shell and an independent reader see them.

- each message is MIME that Python's email package reads without a complaint, ASCII, and within EC2's limit
- cloud-config parts pass `cloud-init schema`, shell parts the shell's own reading and shellcheck
- the template's functions, worked out here again, give what `hpcc userdata` prints
- the packed scripts say the same as the files of templates/
- one input gives the same bytes, whatever folder and environment; edits of queues leave the head alone
- of AWS Batch: one script, the parts of templates/batch and then calls, clean and of one meaning with them
usage: userdata.py HPCC; prints TAP.
"""
import ast
import base64
import email
import glob
import gzip
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zlib

from common import HPCC, ROOT, Tap, batches, by_default, examples, hpcc, run, temporary

sys.path.append(os.path.join(ROOT, "tests/runtime"))
from function import text as program_text  # noqa: E402

LIMIT = 16384  # bytes of user data before base64 (EC2)
TEMPLATES = os.path.join(ROOT, "templates")


CLOUD_INIT = """import sys
from cloudinit import user_data
for part in user_data.UserDataProcessor(None).process(sys.stdin.buffer.read()).walk():
    if part.get_content_maintype() != "multipart":
        print(part.get_content_type(), part.get_filename())
"""


# ---- the template's functions, worked out independently ----

class Reader:
    """Values of a template as text: what only a deployment knows appears as ${Resource.Attribute}."""

    def __init__(self, template):
        self.template = template

    def value(self, v):
        if isinstance(v, (str, int)):
            return str(v)
        (function, argument), = v.items()
        if function == "Ref":
            return "${%s}" % argument
        if function == "Fn::GetAtt":
            return "${%s}" % (argument if isinstance(argument, str) else ".".join(argument))
        if function == "Fn::Base64":
            return self.value(argument)
        if function == "Fn::ImportValue":
            return "${%s}" % self.value(argument)
        if function == "Fn::FindInMap":
            found = self.template["Mappings"]
            for key in argument:
                found = found[self.value(key)]
            return self.value(found)
        if function == "Fn::Join":
            return argument[0].join(map(self.value, argument[1]))
        if function == "Fn::Sub":
            text, variables = (argument, {}) if isinstance(argument, str) else argument
            return re.sub(r"\$\{(!?)([^}]*)\}", lambda m: "${%s}" % m.group(2) if m.group(1) else
                          self.value(variables[m.group(2)]) if m.group(2) in variables else m.group(0), text)
        raise ValueError(function)


def user_data_of(template):
    """{node: (text, resource)} from the resources themselves, named by what the environment part says."""
    reader, found = Reader(template), {}
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        data = properties.get("UserData") or properties.get("LaunchTemplateData", {}).get("UserData")
        if data is None:
            continue
        text = reader.value(data)
        env = dict(re.findall(r"^(HPCC_\w+)=(.*)$", text, re.M))
        unquoted = {key: value.strip("'\"") for key, value in env.items()}
        if unquoted["HPCC_KIND"] == "head":
            found["head"] = text, name
        elif unquoted["HPCC_KIND"] == "compute":
            found[unquoted["HPCC_QUEUE"] + "/" + unquoted["HPCC_RESOURCE"]] = text, name
        else:
            found["login/" + unquoted["HPCC_POOL"]] = text, name
    return found


# ---- parts of a message ----

def parts_of(message):
    """[(content type, file name, text)] of the parts, gzip undone as cloud-init does."""
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        found.append((part.get_content_type(), part.get_filename(), data.decode("ascii")))
    return found


class Judges:
    """Outside programs; the same text is judged once."""

    def __init__(self):
        self.seen = {}

    def ask(self, command, text, suffix):
        key = (command[0], text)
        if key not in self.seen:
            with temporary() as folder:
                path = os.path.join(folder, "part" + suffix)
                with open(path, "w", encoding="ascii") as file:
                    file.write(text)
                result = run([*command, path])
            self.seen[key] = "" if result.returncode == 0 else (result.stdout + result.stderr).decode()
        return self.seen[key]

    def shell(self, text):
        interpreter = "bash" if re.match(r"#! ?\S*bash", text) else "dash" if shutil.which("dash") else "sh"
        faults = self.ask([interpreter, "-n"], text, ".sh")
        if shutil.which("shellcheck"):
            faults += self.ask(["shellcheck", "-S", "warning", "-x", "-e", "SC1091,SC1090"], text, ".sh")
        return faults

    def cloud_config(self, text):
        return self.ask(["cloud-init", "schema", "--config-file"], text, ".yaml")

    @staticmethod
    def cloud_init(message):
        """The parts that cloud-init itself finds in a message, a line each."""
        with open(shutil.which("cloud-init"), encoding="utf-8") as file:
            interpreter = file.readline()[2:].split()[0]
        return subprocess.run([interpreter, "-c", CLOUD_INIT], input=message.encode(), capture_output=True,
                              check=False).stdout.decode()


def judge_message(tap, label, text, judges):
    tap.ok(len(text.encode()) <= LIMIT and text.isascii(), f"{label}: {len(text)} bytes of ASCII, at most {LIMIT}")
    message = email.message_from_string(text)
    parts = parts_of(message)
    tap.ok(message.get_content_type() == "multipart/mixed" and not message.defects and len(parts) >= 3,
           f"{label}: MIME of {len(parts)} parts", f"{message.get_content_type()} {message.defects}")
    kinds = [kind for kind, _, _ in parts]
    tap.ok("text/cloud-boothook" in kinds and "text/cloud-config" in kinds, f"{label}: kinds of parts", kinds)
    for kind, name, body in parts:
        if kind == "text/cloud-config":
            if shutil.which("cloud-init"):
                why = judges.cloud_config(body)
                tap.ok(not why, f"{label}: {name} passes cloud-init's schema", why)
            else:
                tap.skip(f"{label}: {name} passes cloud-init's schema", "no cloud-init")
        else:
            tap.ok(body.startswith("#!"), f"{label}: {name} begins with #!", body[:80])
            why = judges.shell(re.sub(r"\$\{[\w:.]+\.?\w*\}", "x", body) if kind == "text/cloud-boothook" else body)
            tap.ok(not why, f"{label}: {name} is a clean shell script", why)
    unresolved = [m for kind, _, body in parts if kind != "text/cloud-boothook"
                  for m in re.findall(r"\$\{AWS::\w+\}|\$\{\w+\.\w+\}", body)]
    tap.equal(unresolved, [], f"{label}: values of the deployment are in the first part only")


# ---- the packed scripts ----

def archives(payload):
    """The archives of a payload: base 85 with "," for "$"; the first is the dictionary of the others."""
    first, *others = (base64.b85decode(packed.replace(",", "$")) for packed in payload)
    core = lzma.decompress(first)
    return [core] + [zlib.decompressobj(zdict=core).decompress(packed) for packed in others]


def unpack(payload):
    """{name: text} of all modules: for each file a line "name size" and its bytes."""
    found = {}
    for data in archives(payload):
        while data:
            line, _, data = data.partition(b"\n")
            name, size = line.decode().rsplit(" ", 1)
            found[name], data = data[:int(size)].decode("ascii"), data[int(size):]
    return found


def python_meaning(text):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body and \
                isinstance(node.body[0], ast.Expr) and isinstance(getattr(node.body[0], "value", None), ast.Constant) \
                and isinstance(node.body[0].value.value, str):
            node.body.pop(0)
    return ast.dump(tree)


def shell_meaning(text):
    """
    The script as the body of a function that bash prints as it read it: comments and layout are gone. Tabs that
    begin a line go first; they may stand inside quotes, where awk and sed do not mind them.
    """
    text = re.sub(r"^\t+", "", text, flags=re.M)
    result = subprocess.run(["bash", "--norc"], input=f"script() {{\n:\n{text}\n}}\ndeclare -f script\n".encode(),
                            capture_output=True, timeout=600)
    return result.stdout.decode() if result.returncode == 0 else "unreadable: " + result.stderr.decode() + text


def plain_meaning(text):
    text = re.sub(r"^\t+", "", text, flags=re.M)  # of awk
    return [line for line in text.split("\n") if line.strip() and not line.startswith("#")]


def judge_payload(tap, template, sources, label):
    packed = unpack(template["Resources"]["HeadNode"]["Metadata"]["Payload"])
    wrong = []
    for name, text in packed.items():
        fitting = [path for path in sources if path.split("/", 1)[-1] == name]
        if len(fitting) != 1:
            wrong.append(f"{name}: {len(fitting)} files of templates/ have this name")
            continue
        meaning = python_meaning if name.endswith(".py") else shell_meaning if name.endswith(".sh") else plain_meaning
        if meaning(text) != meaning(sources[fitting[0]]):
            wrong.append(f"{name}: says something else than templates/{fitting[0]}")
    tap.ok(packed and not wrong, f"{label}: {len(packed)} packed files say what templates/ says", "\n".join(wrong))
    return packed


def judge_slurm_conf(tap, example, template, packed):
    """`hpcc slurm-conf` prints what the template holds, all of it, and each file alone."""
    files = {"slurm.conf": packed["slurm/slurm.conf"]}
    files.update((name[len("slurm/"):], by_default(template, text))
                 for name, text in template["Resources"]["HeadNode"]["Metadata"]["Files"].items()
                 if name.startswith("slurm/"))
    printed = hpcc("slurm-conf", example.path, *example.args).stdout.decode()
    tap.equal(printed, "".join(f"======== {name} ========\n{text}" for name, text in files.items()),
              f"{example.name}: slurm-conf prints what the template holds")
    for name, text in files.items():
        tap.equal(hpcc("slurm-conf", example.path, *example.args, "--file", name).stdout.decode(), text,
                  f"{example.name}: slurm-conf --file {name}")


# ---- same input, same bytes; small edit, small difference ----

def compile_in(folder, example, environment, *args):
    for path in glob.glob(os.path.join(os.path.dirname(example.path), "*")):
        shutil.copy(path, folder)
    names = [os.path.basename(a) if os.path.isabs(a) else a for a in example.args]
    result = subprocess.run([HPCC, os.path.basename(example.path), *names, *args], cwd=folder, env=environment,
                            capture_output=True, stdin=subprocess.DEVNULL, timeout=600)
    return result.stdout + result.stderr


def judge_determinism(tap, example):
    one = {"PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC", "HOME": "/"}
    two = {"XYZ": "1", "COLUMNS": "33", "TERM": "xterm", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8",
           "LANG": "de_DE.UTF-8", "TMPDIR": "/nonexistent", "PWD": "/elsewhere", "MALLOC_PERTURB_": "170",
           "NO_COLOR": "1", "PATH": "/bin"}
    different = []
    for args in ([], ["--emit=yaml"], ["--minify"], ["--dump=model"], ["--dump=ir"]):
        with temporary() as first, temporary() as second:
            if compile_in(first, example, one, *args) != compile_in(second, example, two, *args):
                different.append(args)
    tap.equal(different, [], f"{example.name}: the same bytes in another folder and environment")


EDITS = {
    "a larger queue": lambda text: re.sub(r"MaxCount: (\d+)", lambda m: f"MaxCount: {int(m.group(1)) + 1}", text, 1),
    "another instance type": lambda text: text.replace("InstanceType: t3.micro\n          MinCount",
                                                       "InstanceType: t3.small\n          MinCount"),
    "a longer idle time": lambda text: text.replace("  SlurmQueues:", "  SlurmSettings:\n    ScaledownIdletime: 33\n"
                                                    "  SlurmQueues:"),
    "a first queue": lambda text: text.replace("  SlurmQueues:", """  SlurmQueues:
    - Name: first
      ComputeResources:
        - Name: large
          InstanceType: c5.large
          MaxCount: 3
      Networking:
        SubnetIds:
          - subnet-0123456789abcdef0"""),
}


def unpacked(code):
    """The program that the packed form of a function's code runs."""
    packed = re.search(r"b85decode\('(.*?)'", code)
    return zlib.decompress(base64.b85decode(packed.group(1).replace(",", "$"))).decode() if packed else code


def judge_function(tap, example):
    """The code of the function says what templates/lifecycle.py says, and can be read wherever there is room for it."""
    texts = {name: hpcc("-q", *option, example.path, *example.args).stdout.decode()
             for name, option in (("auto", []), ("minified", ["--minify"]), ("indented", ["--indent=2"]))}
    code = {name: json.loads(text)["Resources"]["LifecycleFunction"]["Properties"]["Code"]["ZipFile"]
            for name, text in texts.items()}
    asked = {name for r in json.loads(texts["auto"])["Resources"].values() if r["Type"] == "Custom::HpccLookup"
             for name in r["Properties"]}
    few = asked <= {"ServiceToken", "Generation", "SubnetId", "ImageParameter"}
    source = program_text("lifecycle_few.py" if few else "lifecycle.py")
    tap.equal({python_meaning(unpacked(c)) for c in code.values()}, {python_meaning(source)},
              f"{example.name}: the function is templates/lifecycle.py")
    # Comments stay; a reader finds each function as it stands in the source.
    comments = re.findall(r"^ *#.*$", source, re.M)
    tap.ok(all(c in code["indented"] for c in comments) and "exec(" in code["minified"],
           f"{example.name}: as text, or packed by --minify")
    small, more = len(texts["minified"]), len(json.dumps(code["indented"])) - len(json.dumps(code["minified"]))
    is_text = code["auto"] == code["indented"]
    tap.equal(is_text, small + more <= 51200 or small > 51200, f"{example.name}: as text where there is room")
    lines = texts["auto"].count("\n")
    tap.ok(small > 51200 or len(texts["auto"]) <= 51200, f"{example.name}: no bucket for the sake of layout", lines)
    tap.ok(lines > 40 or small > 50700, f"{example.name}: at least a line for each resource", lines)


def judge_edits(tap):
    tutorial = os.path.join(ROOT, "examples/tutorial/cluster.yaml")
    with open(tutorial, encoding="utf-8") as file:
        text = file.read()
    before = json.loads(hpcc("--minify", tutorial).stdout)["Resources"]  # where code is packed whatever the size
    data_before = hpcc("userdata", tutorial, "--node=head").stdout
    for name, edit in EDITS.items():
        edited = edit(text)
        if not tap.ok(edited != text, f"{name}: the edit changes the file"):
            continue
        result = hpcc("--minify", "-", input=edited.encode())
        after = json.loads(result.stdout)["Resources"] if result.returncode == 0 else {}
        if not tap.ok(after, f"{name}: compiles", result.stderr.decode()):
            continue
        tap.equal(hpcc("userdata", "-", "--node=head", input=edited.encode()).stdout, data_before,
                  f"{name}: the head node's user data stays")
        tap.equal(after["HeadNode"]["Properties"], before["HeadNode"]["Properties"],
                  f"{name}: so does every property of the head node")
        tap.ok(after["HeadNode"]["Metadata"] != before["HeadNode"]["Metadata"], f"{name}: its metadata changes")
        gone = sorted(n for n in before if n not in after and "Wait" not in n)
        tap.equal(gone, [], f"{name}: no resource changes its name")
        changed = sorted(n for n in before if n in after and before[n] != after[n])
        allowed = re.compile(r"HeadNode$|.*Role$|.*Policy\w*$|LaunchTemplate\w+$|Dashboard$|\w*SecurityGroup\w*$")
        tap.ok(all(allowed.match(n) for n in changed), f"{name}: only what it concerns changes", changed)


# ---- AWS Batch ----

def environment_of(data):
    """The compute environment that a launch template is for stands in a tag of its instances."""
    return {tag["Key"]: tag["Value"] for tag in data["TagSpecifications"][0]["Tags"]}["hpcc:compute-environment"]


def batch_user_data_of(template):
    """{compute environment: text}"""
    found = [row.get("Properties", {}).get("LaunchTemplateData", {}) for row in template["Resources"].values()]
    return {environment_of(data): Reader(template).value(data["UserData"]) for data in found if "UserData" in data}


def with_own_image(template):
    """The compute environments that name an image."""
    found = [resource["Properties"].get("ComputeResources", {}) for resource in template["Resources"].values()
             if resource["Type"] == "AWS::Batch::ComputeEnvironment"]
    templates = [row["LaunchTemplate"]["LaunchTemplateId"]["Ref"] for row in found
                 if any("ImageIdOverride" in image for image in row.get("Ec2Configuration", []))]
    return {environment_of(template["Resources"][name]["Properties"]["LaunchTemplateData"]) for name in templates}


def judge_awsbatch(tap, example, sources, judges):
    """The head node of a cluster with the scheduler awsbatch, and its instances. Returns the names of the files that it has."""
    template = json.loads(hpcc("-q", example.path).stdout)
    printed = hpcc("userdata", "-q", example.path, "--node", "head").stdout.decode()
    judge_message(tap, f"{example.name} head", printed, judges)
    carried = judge_payload(tap, template, sources, example.name)
    judge_determinism(tap, example)
    code = template["Resources"]["LifecycleFunction"]["Properties"]["Code"]["ZipFile"]
    tap.equal(python_meaning(unpacked(code)), python_meaning(program_text("images.py")), f"{example.name}: the function is templates/images.py")
    spec = json.loads(template["Resources"]["ImageProject"]["Properties"]["Source"]["BuildSpec"])
    found = dict(re.findall(r"^cat >(\S+) <<'HPCC_END'\n(.*)\nHPCC_END$", text, re.S)[0] for text in spec["phases"]["build"]["commands"] if "HPCC_END" in text)
    tap.equal(found["Dockerfile"] + "\n", re.sub(r"^#.*\n", "", sources["jobimage/Dockerfile"], flags=re.M),
              f"{example.name}: the Dockerfile of the image is that of templates/jobimage")
    tap.equal(shell_meaning(found["entrypoint.sh"] + "\n"), shell_meaning(sources["jobimage/entrypoint.sh"]),
              f"{example.name}: the entry point of the image is that of templates/jobimage")
    return carried, judge_batch(tap, example.path, sources, judges, ("head",)) | {f"jobimage/{name}" for name in found}


def judge_batch(tap, path, sources, judges, others=()):
    """The message of each environment of a file. Returns the names of the parts that it has."""
    name = os.path.relpath(path, os.path.join(ROOT, "examples"))
    template = json.loads(hpcc("-q", path).stdout)
    texts = batch_user_data_of(template)
    listed = [node for node in hpcc("userdata", "-q", path).stdout.decode().split() if node not in others]
    tap.equal(sorted(listed), sorted(texts), f"{name}: the environments that are listed")
    for environment, text in sorted(texts.items()):
        label = f"{name} {environment}"
        printed = hpcc("userdata", "-q", path, "--node", environment).stdout.decode()
        tap.equal(printed, text, f"{label}: what is printed is what the template holds")
        tap.ok(len(text) <= LIMIT and text.isascii(), f"{label}: {len(text)} bytes of ASCII, at most {LIMIT}")
        message = email.message_from_string(text)
        parts, want = parts_of(message), [("text/x-shellscript", "hpcc.sh")]
        if environment in with_own_image(template):
            want.append(("text/cloud-boothook", "hold.sh"))
        tap.ok(message.get_content_type() == "multipart/mixed" and not message.defects and
               [part[:2] for part in parts] == want, f"{label}: MIME of a script, and of a boothook", parts)
        for _, file, body in parts:
            why = judges.shell(re.sub(r"\$\{[A-Z][\w:]*(\.\w+)?\}", "x", body))
            tap.ok(not why and body.startswith("#!/bin/sh\n"), f"{label}: {file} is a clean shell script", why)
        body = parts[0][2]
        if shutil.which("cloud-init"):
            tap.equal(judges.cloud_init(text), "".join(f"{kind} {file}\n" for kind, file in want),
                      f"{label}: what cloud-init makes of it")
        else:
            tap.skip(f"{label}: what cloud-init makes of it", "no cloud-init")
        last = body.rstrip("\n").split("\n")[-1]
        tap.equal(last, "ready", f"{label}: the agent is let go at the end")
    row = template.get("Mappings", {}).get("UserData", {}).get("Instance", {})
    for key, text in row.items():
        body = text
        if key in ("Boot", "Hold"):
            head = "" if key == "Boot" else 'Content-Type: multipart/mixed; boundary="==HPCC=="\n'
            body = parts_of(email.message_from_string(head + text + "\n--==HPCC==--\n"))[0][2]
        tap.equal(shell_meaning(body), shell_meaning(sources[f"batch/{key.lower()}.sh"]),
                  f"{name}: {key} says what templates/batch says")
    tap.ok(row or not texts, f"{name}: {len(row)} parts, each stored once")
    return {f"batch/{key.lower()}.sh" for key in row}


def controls(tap, judges):
    """Judges that see nothing must not pass."""
    tap.ok(judges.shell("#!/bin/sh\nif true; then\n"), "control: an unfinished script is found")
    if shutil.which("shellcheck"):
        tap.ok(judges.shell("#!/bin/sh\ncd $1\nrm -rf $2/*\n[[ a == b ]]\n"), "control: a careless script is found")
    if shutil.which("cloud-init"):
        tap.ok(judges.cloud_config("#cloud-config\npackage_update: 7\n"), "control: a wrong cloud-config is found")
    tap.ok(shell_meaning("a; b # c\n") == shell_meaning("a\n\n\tb\n") != shell_meaning("a\nc\n"),
           "control: layout does not matter to the comparison of scripts, words do")


def main():
    tap, judges = Tap(), Judges()
    sources = {}
    for path in glob.glob(TEMPLATES + "/**/*", recursive=True):
        if os.path.isfile(path):
            with open(path, encoding="ascii") as file:
                sources[os.path.relpath(path, TEMPLATES)] = file.read()
    controls(tap, judges)
    packed = {}
    for example in examples():
        result = hpcc(example.path, *example.args)
        if not tap.ok(result.returncode == 0, f"{example.name}: compiles", result.stderr.decode()):
            continue
        template = json.loads(result.stdout)
        from_template = user_data_of(template)
        listed = hpcc("userdata", example.path, *example.args).stdout.decode().split()
        tap.equal(sorted(listed), sorted(from_template), f"{example.name}: the nodes that are listed")
        for node, (text, resource) in sorted(from_template.items()):
            printed = hpcc("userdata", example.path, *example.args, "--node", node).stdout.decode()
            tap.equal(printed, text, f"{example.name} {node}: what is printed is what {resource} holds")
            judge_message(tap, f"{example.name} {node}", printed, judges)
            clear = hpcc("userdata", example.path, *example.args, "--node", node, "--decode").stdout.decode()
            want = "".join(f"======== {name} ({kind}) ========\n{body.rstrip()}\n"
                           for kind, name, body in parts_of(email.message_from_string(printed)))
            tap.equal(re.sub(r"\n+(?=========|$)", "\n", clear), want, f"{example.name} {node}: --decode shows each part")
        carried = judge_payload(tap, template, sources, example.name)
        judge_slurm_conf(tap, example, template, carried)
        packed.update(carried)
        judge_determinism(tap, example)
        judge_function(tap, example)
        printed = hpcc("userdata", "--scripts", example.path, *example.args).stdout.decode()
        files = dict(re.findall(r"^======== (\S+) ========\n(.*?)(?=^======== |\Z)", printed, re.M | re.S))
        tap.equal(files, carried, f"{example.name}: --scripts prints what the template carries")
    carried = set()
    for example in examples("awsbatch"):
        files, parts = judge_awsbatch(tap, example, sources, judges)
        packed.update(files)
        carried |= parts
    for path in batches():
        carried |= judge_batch(tap, path, sources, judges)
    unused = [path for path in sources if path.split("/", 1)[-1] not in packed and path not in carried and
              not path.startswith("userdata/") and "/" in path]
    tap.equal(unused, [], "every packed file is used by an example")
    judge_edits(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Texts of the file stay text: texts.py HPCC.

Hostile values go into every text of a good file, and hpcc either refuses them with an error there or carries them as they are;
files beside the project that break out of their places are refused or harmless; a comment of the file does not count where
the caller says so; what is printed steers no terminal.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HPCC = sys.argv[1]
CASES = pathlib.Path(__file__).resolve().parents[3] / "shared/cases/field"
HOSTILE = ["a b", "a\nb", "a\r", "\t", "\x00", "x#y", "x;y", "$(id)", "`id`", "a'b", 'a"b', "a\\b", "/a *(rw)", "==HPCC==", "$${X}",
           "$${Nope}", "$${HeadNodeRole.Arn}", "%n", "a\u2028b", "\x85", "\x9b31m", "-x", "a,b", "a=b", "x" * 300, "{{resolve:ssm:x}}",
           "\u202eabc"]
GOOD = {
    "Region": "us-east-1", "Image": {"Os": "ubuntu2404"},
    "HeadNode": {"InstanceType": "m5d.xlarge", "Networking": {"SubnetId": "subnet-0123456789abcdef0",
                                                             "Proxy": {"HttpProxyAddress": "http://192.0.2.1:3128"}},
                 "Ssh": {"KeyName": "k"}, "LocalStorage": {"EphemeralVolume": {"MountDir": "/scratch"}},
                 "CustomActions": {"OnNodeStart": {"Script": "s3://bucket/a.sh", "Args": ["one"]}},
                 "Iam": {"S3Access": [{"BucketName": "bucket", "KeyName": "part/*"}]}},
    "Scheduling": {"Scheduler": "slurm",
                   "SlurmSettings": {"CustomSlurmSettings": [{"MaxJobCount": "20000"}],
                                     "Database": {"Uri": "db.example.com:3306", "UserName": "slurm",
                                                  "PasswordSecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a"}},
                   "SlurmQueues": [{"Name": "q1", "CustomSlurmSettings": {"GraceTime": "10"},
                                    "ComputeResources": [{"Name": "c1", "InstanceType": "m5d.xlarge"}],
                                    "Networking": {"SubnetIds": ["subnet-0123456789abcdef1"]}}]},
    "SharedStorage": [{"Name": "s", "MountDir": "/shared", "StorageType": "Ebs"}],
    "DirectoryService": {"DomainName": "corp.example.com", "DomainAddr": "ldaps://a", "DomainReadOnlyUser": "cn=x",
                         "PasswordSecretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a",
                         "LdapAccessFilter": "f", "LdapTlsCaCert": "/x", "AdditionalSssdConfigs": {"debug_level": "1"}},
    "Tags": [{"Key": "k", "Value": "v"}], "AdditionalResources": "s3://bucket/x.json"}
faults = []
count = 0


def check(what, ok, why=""):
    global count
    count += 1
    if not ok:
        faults.append("%s: %s" % (what, why))
    print("%s %d - %s" % ("ok" if ok else "not ok", count, what))


def run(*words):
    return subprocess.run([HPCC, *words], capture_output=True, timeout=600)


def leaves(value, path=()):
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from leaves(value[key], path + (key,))
    if isinstance(value, str):
        yield path


def put(path, text):
    copy = json.loads(json.dumps(GOOD))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = text
    return copy


def texts(value):
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(item)


def tell(path, text, folder):
    """What is wrong with what hpcc makes of one value, or nothing."""
    file = folder / "c.yaml"
    file.write_text(json.dumps(put(path, text)))
    made = run("--no-config", "--format=short", str(file))
    if made.returncode not in (0, 1):
        return "status %d: %s" % (made.returncode, made.stderr[-300:])
    if any(byte < 32 and byte != 10 or byte == 127 for byte in made.stderr):
        return "a control character on the terminal"
    if made.returncode == 1:
        return "" if b"error: " in made.stderr and not made.stdout else "refused without an error"
    plain = text.replace("$${", "${")
    for part in texts(json.loads(made.stdout)):
        for line in part.split("\n"):
            # The rest of a value behind a line end, or a reference that the file made.
            if "\n" in plain and line.strip() == plain.split("\n")[1] and "Args" not in path:
                return "a line of its own: %r" % line
    return ""


BODY = ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW", "QyNTUxOQAAACAchangedBYhandSOthatITisNOkeyOFanybody=="]
KEY = ["-----BEGIN OPENSSH PRIVATE KEY-----", *BODY, "-----END OPENSSH PRIVATE KEY-----"]
PASSWORD = "Wolpertinger-7x"
FORMATS = ("text", "short", "json", "jsonl", "sarif", "junit", "github", "gitlab")


def pasted():
    """(what, text of a file) with a private key or a password where neither belongs."""
    ground = "Kind: Environment\nRegion: us-east-1\nNetwork:\n  AvailabilityZones: [us-east-1a]\n"
    pair, quoted = ground + "KeyPair:\n  KeyName: k\n", json.dumps("\n".join(KEY))
    block = "".join("\n    " + line for line in KEY) + "\n"
    for key in ("PublicKeyMaterial", "KeyType", "PrivateKey"):
        yield "a key as block at %s" % key, pair + "  %s: |%s" % (key, block)
        yield "a key in quotes at %s" % key, pair + "  %s: %s\n" % (key, quoted)
        yield "a key as it is at %s" % key, pair + "  %s:%s" % (key, block)
        yield "a key that leaves %s" % key, pair + "  %s: %s\n" % (key, "\n".join(KEY))
        yield "a key below %s, not indented" % key, pair + "  %s: |\n%s\n" % (key, "\n".join(KEY))
    yield "a key for a section", ground + "KeyPair: %s\n" % quoted
    yield "a key below a section", ground + "KeyPair:%s" % block
    yield "a key in a list", ground.replace("us-east-1a", quoted)
    yield "a key as default", ground + "Parameters:\n  - {Name: K, Type: Number, Default: %s}\n" % quoted
    yield "a key alone", "\n".join(KEY) + "\n"
    database = ("Scheduling", "SlurmSettings", "Database")
    for path, text in (((*database, "PasswordSecretArn"), PASSWORD), ((*database, "Uri"), "mysql://u:%s@host" % PASSWORD),
                       ((*database, "Uri"), "u:%s;@host" % PASSWORD), (("Scheduling", "SlurmSettings", "MungeKeySecretArn"), PASSWORD),
                       (("DirectoryService", "PasswordSecretArn"), PASSWORD),
                       (("HeadNode", "Networking", "Proxy", "HttpProxyAddress"), "http://u:%s@host" % PASSWORD),
                       (("HeadNode", "Networking", "Proxy", "HttpProxyAddress"), "http://u: %s@host" % PASSWORD)):
        yield "a password at %s: %s" % (path[-1], text), json.dumps(put(path, text), indent=1)


def secrets(folder):
    """No finding shows a secret, in no format, nor its line."""
    for what, text in pasted():
        (folder / "secret.yaml").write_text(text)
        for shape in FORMATS:
            made = run("lint", "--no-config", "--format=" + shape, str(folder / "secret.yaml"))
            said = (made.stdout + made.stderr).decode()
            if shape == "text":
                check("%s is found" % what, "[" in said, text)
            shown = [word for word in (*BODY, PASSWORD) if word[:20] in said]
            check("%s: %s does not show it" % (what, shape), not shown, said[:400])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "good.yaml").write_text(json.dumps(GOOD))
        made = run("--no-config", str(folder / "good.yaml"))
        check("the good file compiles", made.returncode == 0, made.stderr.decode())
        for path in leaves(GOOD):
            why = [("%r" % text, tell(path, text, folder)) for text in HOSTILE]
            why = ["%s: %s" % pair for pair in why if pair[1]]
            check("/".join(map(str, path)), not why, "; ".join(why))
        bad = json.dumps(put(("Tags", 0, "Key"), "aws:x"))
        (folder / "c.yaml").write_text("# hpcc:ignore-file E0401 -- x\n" + json.dumps(
            put(("HeadNode", "InstanceType"), "m5.nosuch")) + "\n")
        args = ("lint", "--no-config", str(folder / "c.yaml"))
        check("a comment takes E0401 back", b"E0401" not in run(*args).stdout, bad)
        check("--no-suppressions brings it back", b"E0401" in run(*args, "--no-suppressions").stdout)
        for path, values in ((("Region",), ("--profile=evil", "-x", "../x", "a$(id)b", "*", "a;b", "a.b")),
                             (("HeadNode", "InstanceType"), ("m5.\u202ex", "m5\u3000.x", "-x", "m5.\u2067x")),
                             (("HeadNode", "Iam", "S3Access", 0, "BucketName"), (".", "..", "-", "b" * 64)),
                             (("HeadNode", "Iam", "S3Access", 0, "KeyName"), ("k" * 1025,))):
            for value in values:
                (folder / "c.yaml").write_text("# hpcc:ignore-file E0401 E0402 W0047 -- x\n" + json.dumps(put(path, value)) + "\n")
                check("%s %r is refused" % (path[-1], value[:20]), run("--no-config", str(folder / "c.yaml")).returncode == 1)
        (folder / "c.yaml").write_text(json.dumps(put(("HeadNode", "Iam", "S3Access", 0, "KeyName"), "$${aws:username}/*")))
        made = run("--no-config", str(folder / "c.yaml"))
        check("a KeyName has no variables of IAM", b'"${$}{aws:username}/*"' in made.stdout, made.stderr.decode())
        own = put(("Tags", 0), {"Key": "hpcc:Node-Type", "Value": "Compute"})
        own["Scheduling"]["SlurmQueues"][0]["Tags"] = [{"Key": "hpcc:cluster", "Value": "zz"}]
        (folder / "c.yaml").write_text(json.dumps(own))
        check("tags of hpcc are reserved", run("lint", "--no-config", "--format=short", str(folder / "c.yaml")).stdout.count(b"[E0204]") == 2)
        (folder / "c.yaml").write_text("# hpcc:ignore-file E0204 -- x\n" + json.dumps(own) + "\n")
        made = run("--no-config", str(folder / "c.yaml"))
        check("and those of the file never hold", made.returncode == 0 and b"Node-Type" not in made.stdout and b'"zz"' not in made.stdout)
        bidi = "\u202e\u2066\u2028\u200f"
        named = folder / ("ga%sb.yaml" % bidi)
        named.write_text(json.dumps(GOOD).replace('{"Name": "q1",', '{"Name": "q1", "CapacityTyp": "SPOT",') + " # %s\n" % bidi.replace("\u2028", ""))
        for words in (["--format=text"], ["--format=short"], ["--format=github"], ["--format=json"], ["--fix", "--diff"],
                      ["--stdin-filename", str(named), "-"], ["--config", str(named)]):
            made = subprocess.run([HPCC, "lint", *(["--no-config"] if words[0] != "--config" else []), *words,
                                   *([str(named)] if words[-1] != "-" else [])], input=named.read_bytes(), capture_output=True, timeout=600)
            said = (made.stdout + made.stderr).decode()
            told = "\n".join(line for line in said.split("\n") if words[0] != "--fix" or line[:4] in ("--- ", "+++ "))
            check("%s turns no line around" % words[0], told and not set(bidi) & set(told), told[:200])
        secrets(folder)
        (folder / "secret").write_text("root:x:0\n")
        (folder / ".hpcc.yaml").symlink_to("secret")
        linked = run("lint", str(folder / "good.yaml"))
        check("a linked .hpcc.yaml is passed over", b"root" not in linked.stdout)
        check("and a line says so, once", linked.stderr.count(b".hpcc.yaml` is passed over") == 1)
        check("usage errors are one line", run("lint", "--format=a\n::error::b").stderr.count(b"\n::error") == 0)
    for case in sorted(CASES.glob("s-*.yaml")) if CASES.is_dir() else []:
        made = run("--no-config", "--minify", str(case))
        check(case.name, made.returncode in (0, 1) and b"\x1b" not in made.stderr, made.stderr.decode()[-200:])
    print("1..%d" % count)
    for fault in faults:
        print("# " + fault[:600])
    return bool(faults)


sys.exit(main())

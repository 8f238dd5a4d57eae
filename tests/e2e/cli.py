#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input, bad places to write, exit statuses, streams: hpcc as a process among others.

Every call runs with a bound on memory and time, so that a file that blows one up fails here.
usage: cli.py HPCC; prints TAP.
"""
import json
import os
import random
import re
import resource
import signal
import stat
import subprocess
import sys
import time

from common import CLUSTER, HPCC, ROOT, Tap, hpcc, run, temporary
from patience import patient

TUTORIAL = os.path.join(ROOT, "examples/tutorial/cluster.yaml")
# What fits into a request: no bucket, and no note about one.
SMALL = CLUSTER.replace("us-east-1", "ap-northeast-1") + \
    "Monitoring: {Dashboards: {CloudWatch: {Enabled: false}}, Alarms: {Enabled: false}}\n"
MEMORY = 256 << 20  # far above what any file needs, far below what a blow-up takes
SECONDS = 10
# Sanitizers reserve terabytes of addresses and end with a status of their own.
SANITIZED = b"__asan_init" in open(HPCC, "rb").read()


def bounded():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def call(*args, **kwargs):
    """Runs hpcc within the bounds."""
    kwargs.setdefault("timeout", patient(SECONDS * (5 if SANITIZED else 1)))
    return hpcc(*args, preexec_fn=bounded, **kwargs)


def describe(result):
    return f"exit status {result.returncode}\n{result.stderr.decode('utf-8', 'replace')[:2000]}" \
           f"\nstandard output: {result.stdout[:300]!r}"


def one_line(text):
    return text.count(b"\n") == 1 and text.endswith(b"\n")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def refused(tap, name, args, status, words, **kwargs):
    """hpcc must end with `status`, print nothing to standard output and say `words`."""
    try:
        result = call(*args, **kwargs)
    except subprocess.TimeoutExpired:
        return tap.ok(False, name, f"ran longer than {SECONDS} s of an idle machine")
    said = result.stderr.decode("utf-8", "replace")
    good = result.returncode == status and result.stdout == b"" and words in said and "bug in hpcc" not in said
    return tap.ok(good, name, f"wanted exit status {status} and `{words}`\n{describe(result)}")


def fault_in(tap, name, path, code, **kwargs):
    """A file with a fault: build fails with 1, says the code, and lint says the same on standard output."""
    refused(tap, name, [path], 1, f"[{code}]", **kwargs)
    result = call("lint", "--format=short", path)
    tap.ok(result.returncode == 1 and f"[{code}]".encode() in result.stdout and result.stderr == b"",
           name + ", linted", describe(result))


def unreadable(tap, folder):
    refused(tap, "missing file", [folder + "/none.yaml"], 2, "No such file")
    refused(tap, "directory", [folder], 2, "[E0001]")
    refused(tap, "file below a file", [TUTORIAL + "/x"], 2, "[E0001]")
    refused(tap, "missing file of variables", [TUTORIAL, "--vars", folder + "/none.yaml"], 2, "No such file")
    refused(tap, "missing catalog", [TUTORIAL, "--catalog", folder + "/none.json"], 2, "No such file")
    path = write(folder + "/secret.yaml", b"Region: x\n")
    os.chmod(path, 0)
    if os.geteuid() != 0:
        refused(tap, "unreadable file", [path], 2, "Permission denied")
    elif run(["setpriv", "--version"]).returncode == 0:
        os.chmod(folder, 0o755)
        result = run(["setpriv", "--reuid=65534", "--clear-groups", HPCC, path])
        tap.ok(result.returncode == 2 and b"Permission denied" in result.stderr, "unreadable file", describe(result))
    else:
        tap.skip("unreadable file", "root reads everything, and there is no setpriv")
    os.chmod(path, 0o600)
    if os.path.exists("/proc/self/mem"):
        refused(tap, "file that fails while it is read", ["/proc/self/mem"], 2, "[E0001]")


def broken_bytes(tap, folder):
    def given(name, data):
        return write(f"{folder}/{name}.yaml", data)

    fault_in(tap, "empty file", given("empty", b""), "E0006")
    fault_in(tap, "comments only", given("comment", b"# nothing\n"), "E0006")
    fault_in(tap, "/dev/null", "/dev/null", "E0006")
    fault_in(tap, "invalid UTF-8", given("utf8", b"Region: us-east-1\nImage:\n  Os: \xff\xfe\n"), "E0003")
    fault_in(tap, "truncated UTF-8 at the end", given("cut", b"Region: \xe2\x82"), "E0003")
    fault_in(tap, "NUL byte", given("nul", b"Region: us\0east\n"), "E0004")
    fault_in(tap, "escape character", given("esc", b"Region: \x1b[31mred\n"), "E0004")
    generator = random.Random(7)
    fault_in(tap, "binary file", given("binary", bytes(generator.randrange(256) for _ in range(100000))), "E0003")
    result = call(HPCC)
    tap.ok(result.returncode in (1, 2) and result.stdout == b"", "hpcc's own program file", describe(result))
    result = call("lint", given("crlf", open(TUTORIAL, "rb").read().replace(b"\n", b"\r\n")))
    tap.ok(result.returncode == 0, "CR LF line ends are fine", describe(result))
    result = call("lint", given("bom", b"\xef\xbb\xbf" + open(TUTORIAL, "rb").read()))
    tap.ok(result.returncode == 0, "a byte order mark is fine", describe(result))


def too_much(tap, folder):
    sparse = folder + "/sparse.yaml"
    with open(sparse, "wb") as file:
        file.truncate(1 << 30)
    start = time.monotonic()
    refused(tap, "1 GiB file", [sparse], 2, "[E0002]")
    tap.ok(time.monotonic() - start < patient(SECONDS), "1 GiB file is refused in time")
    with open(sparse, "rb") as file:
        refused(tap, "1 GiB on standard input", ["-"], 2, "larger than 16 MiB", stdin=file)
    refused(tap, "endless input", ["/dev/zero"], 2, "larger than 16 MiB")
    refused(tap, "1 GiB of variables", [TUTORIAL, "--vars", sparse], 2, "larger than 16 MiB")
    os.unlink(sparse)
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for before, name in zip("abcdefghijkl", "bcdefghijklm"):
        bomb += f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    fault_in(tap, "alias bomb", write(folder + "/bomb.yaml", bomb.encode()), "E0009")
    merge = "a: &a {k0: 1}\n"
    for before, name in zip("abcdefghijkl", "bcdefghijklm"):
        merge += f"{name}: &{name} {{<<: [{','.join(['*' + before] * 9)}], {name}x: 1}}\n"
    result = call("lint", write(folder + "/merges.yaml", merge.encode()))
    tap.ok(result.returncode == 1, "merge bomb", describe(result))
    fault_in(tap, "nesting of 100,000 lists", write(folder + "/deep.yaml", b"a: " + b"[" * 100000), "E0008")
    deep = b"".join(b" " * i + b"a:\n" for i in range(2000))
    fault_in(tap, "nesting of 2,000 mappings", write(folder + "/deep2.yaml", deep), "E0008")
    fault_in(tap, "100,000 dashes", write(folder + "/dashes.yaml", b"a:\n" + b"- " * 100000 + b"x\n"), "E0008")
    def keys(n):
        return write(folder + "/keys.yaml", b"Region: us-east-1\n" + b"".join(b"Key%d: 1\n" % i for i in range(n)))

    fault_in(tap, "200,000 keys", keys(200000), "E0009")
    result = call("lint", "--format=short", keys(9000), timeout=patient(60))
    tap.ok(result.returncode == 1 and result.stdout.count(b"[E0101]") == 9000, "9,000 unknown keys are all found",
           describe(result))
    result = call("lint", "--format=short", keys(20000), timeout=patient(60))
    tap.ok(result.returncode == 1 and result.stdout.count(b"\n") == 10001 and result.stdout.count(b"[E0025]") == 1,
           "of 20,000 findings 10,000 are shown, and one says so", describe(result)[-500:])
    codes = write(folder + "/codes.yaml", b"a: 1 # hpcc:ignore " + b"X " * 8000000 + b"\n")
    result = call("lint", "--format=short", codes, timeout=patient(60))
    tap.ok(result.returncode == 1 and b"[E0025]" in result.stdout, "16 MB of unknown codes", describe(result)[-500:])
    for name, text, args in (("a long value", b"A: '" + b"${A}" * 20000 + b"'\n", ["--set", "A=" + "x" * 100000]),
                             ("the environment", b"A: '" + b"${PATH}" * 2000000 + b"'\n", ["--env"]),
                             ("many scalars", b"A:\n" + b"- ${A}\n" * 20000, ["--set", "A=" + "x" * 100000])):
        result = call("lint", "--format=short", *args, write(folder + "/much.yaml", text), timeout=patient(60))
        tap.ok(result.returncode == 1 and result.stdout.count(b"[E0026]") == 1, "too much by variables: " + name,
               describe(result)[-500:])
    long = b"Region: " + b"x" * (15 << 20) + b"\n"
    result = call("lint", write(folder + "/long.yaml", long))
    tap.ok(result.returncode == 1 and len(result.stdout) < 20000, "a line of 15 MiB is not printed whole",
           describe(result)[:500])
    anchors = "".join(f"k{i}: &a{i} x\n" for i in range(100000))
    result = call("lint", "--format=short", write(folder + "/anchors.yaml", anchors.encode()), timeout=patient(60))
    tap.ok(result.returncode == 1, "100,000 anchors", describe(result))


def wrong_use(tap, folder):
    refused(tap, "no operand", [], 2, "needs FILE")
    refused(tap, "unknown option", ["--frmat=json", TUTORIAL], 2, "did you mean `--format`?")
    refused(tap, "unknown letter", ["-z", TUTORIAL], 2, "unknown option `-z`")
    refused(tap, "abbreviated option", ["--form=json", TUTORIAL], 2, "did you mean `--format`?")
    refused(tap, "verb behind --", ["--", "lint"], 2, "`hpcc lint -- FILE`")
    refused(tap, "help of no verb", ["help", "lnt"], 2, "there is no verb `lnt`")
    refused(tap, "option without its argument", [TUTORIAL, "-o"], 2, "needs an argument")
    refused(tap, "argument too many", [TUTORIAL, "--summary=yes"], 2, "takes no argument")
    refused(tap, "misspelt verb", ["lnt", TUTORIAL], 2, "did you mean `lint`?")
    refused(tap, "option of another verb", ["lint", "--node=head", TUTORIAL], 2, "belongs to")
    refused(tap, "--emit of nothing we know", ["--emit=toml", TUTORIAL], 2, "--emit takes json")
    refused(tap, "--dump of no stage", ["--dump=ast", TUTORIAL], 2, "--dump takes")
    refused(tap, "--indent that is no number", ["--indent=two", TUTORIAL], 2, "--indent")
    refused(tap, "--indent out of range", ["--indent=99", TUTORIAL], 2, "--indent")
    refused(tap, "--set without =", ["--set", "NAME", TUTORIAL], 2, "NAME=VALUE")
    refused(tap, "--format of nothing we know", ["--format=xml", TUTORIAL], 2, "--format takes")
    refused(tap, "--color of nothing we know", ["--color=blue", TUTORIAL], 2, "--color takes")
    refused(tap, "several files to one", [TUTORIAL, TUTORIAL, "-o", folder + "/x.json"], 2, "several files need")
    refused(tap, "exec without a command", ["exec", TUTORIAL], 2, "needs a command")
    refused(tap, "exec without {}", ["exec", TUTORIAL, "--", "true"], 2, "{}")
    refused(tap, "exec of a missing command", ["exec", TUTORIAL, "--", folder + "/none", "{}"], 2, "cannot run")
    refused(tap, "userdata of no node", ["userdata", TUTORIAL, "--node=nobody/none"], 2, "there is no node")
    refused(tap, "slurm-conf of no file", ["slurm-conf", TUTORIAL, "--file=none.conf"], 2, "hpcc_nodes.conf")
    refused(tap, "completion of no shell", ["completion", "tcsh"], 2, "bash, zsh and fish")
    refused(tap, "operand that man does not take", ["man", "x"], 2, "takes no operand")
    refused(tap, "operand that schema does not take", ["schema", "x"], 2, "no kind of file")
    refused(tap, "two kinds", ["schema", "cluster", "environment"], 2, "one kind of file")
    refused(tap, "manual of one kind", ["schema", "cluster", "--emit=markdown"], 2, "of all kinds")
    for args in (["--help"], ["-h"], ["--version"], ["lint", "--help"], ["man"], ["schema"], ["help"], ["help", "lint"],
                 ["completion", "bash"], ["completion", "zsh"], ["completion", "fish"]):
        result = call(*args)
        tap.ok(result.returncode == 0 and result.stdout and result.stderr == b"", "hpcc " + " ".join(args),
               describe(result))
    version = call("--version").stdout.decode()
    tap.ok(version.startswith("hpcc ") and "2" in version and len(version.splitlines()) > 3,
           "--version tells the dates of the facts", version)


def passes_of_other_kinds(tap):
    """--dump=ir:PASS: a file prints its own passes, and names them where it is asked for one of another kind."""
    listed = call("--dump=ir:", TUTORIAL).stderr.decode()
    passes = re.findall(r"\bir:(\w+)", listed)
    ours = {"examples/tutorial/cluster.yaml": "head_node", "examples/environment/small.yaml": "env_network"}
    tap.ok(all(name in passes for name in ours.values()), "all passes are listed", listed)
    for path, own in ours.items():
        results = {name: call("--dump=ir:" + name, os.path.join(ROOT, path)) for name in passes}
        odd = [describe(r) for r in results.values()
               if not (r.returncode == 0 and r.stdout or
                       r.returncode == 2 and not r.stdout and own.encode() in r.stderr and r.stderr.count(b"hpcc: ") == 1)]
        tap.ok(not odd, f"each pass is printed or refused: {path}", "\n".join(odd))
        shown = [name for name in passes if results[name].returncode == 0]
        tap.ok(own in shown and len(shown) < len(passes), f"some are refused: {path}", shown)
    for verb in ("slurm-conf", "userdata"):
        refused(tap, f"{verb} of an environment", [verb, os.path.join(ROOT, "examples/environment/small.yaml")], 2,
                "nothing to show of an environment file")


def help_and_colours(tap, folder):
    tap.equal(call("help").stdout, call("--help").stdout, "`hpcc help` is `hpcc --help`")
    tap.equal(call("help", "lint").stdout, call("lint", "--help").stdout, "`hpcc help lint` is `hpcc lint --help`")
    every = ["--help"] + [f"help {verb}" for verb in re.findall(rb"^  ([a-z-]+)  +[a-z]", call("--help").stdout, re.M)
                          for verb in [verb.decode()]] + ["man", "completion bash"]
    told = [words for words in every if b"cluster file" in call(*words.split()).stdout]
    tap.ok(len(every) > 10 and not told, f"{len(every)} texts speak of no kind of file alone", told)
    manual = call("man").stdout
    tap.ok(all(f"\n.SH {name}\n".encode() in manual for name in ("FILES", "EXAMPLES", "ENVIRONMENT", "EXIT STATUS")),
           "the manual page has its sections")
    path = write(folder + "/colour.yaml", b"Regoin: us-east-1\n")
    for environment, args, coloured in (({}, [], False), ({"FORCE_COLOR": "1"}, [], True), ({"CLICOLOR_FORCE": "1"}, [], True),
                                        ({"FORCE_COLOR": "0"}, [], False), ({"CLICOLOR_FORCE": ""}, [], False),
                                        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
                                        ({"FORCE_COLOR": "1"}, ["--color=never"], False),
                                        ({"NO_COLOR": "1"}, ["--color=always"], True)):
        result = call("lint", *args, path, env=environment)
        tap.equal(b"\x1b[" in result.stdout, coloured, f"colour with {environment} {args}")


def large_templates(tap, folder):
    """CloudFormation's limits, met by clusters that are large."""
    tags = "".join(f"  - {{Key: key-{i}, Value: {'v' * 250}}}\n" for i in range(40))

    def cluster(queues, tags):
        text = open(TUTORIAL, encoding="utf-8").read().split("SharedStorage:")[0]
        head, _, _ = text.partition("    - Name: spot")
        for i in range(queues):
            head += (f"    - Name: q{i}\n      ComputeResources:\n        - Name: r{i}\n"
                     "          InstanceType: t3.micro\n      Networking:\n        SubnetIds:\n"
                     "          - subnet-0123456789abcdef0\n")
        return write(folder + "/large.yaml", (head + tags).encode())

    result = call("--format=short", cluster(30, ""))
    tap.ok(result.returncode == 0 and b"[N0544]" in result.stderr and len(result.stdout) > 51200,
           "a template that needs a bucket is noted", describe(result))
    for how in (["--deploy-args"], ["exec"]):
        command = ["--", "echo", "{}", "{args}"] if how == ["exec"] else []
        result = call(*how, "--format=short", cluster(30, ""), *command)
        tap.ok(result.returncode == 1 and b"[E0545]" in result.stderr and b"[N0544]" not in result.stderr and
               result.stdout == b"", f"{how[0]} without a bucket is refused", describe(result))
        result = call(*how, "--format=short", "--bucket=my-templates", cluster(30, ""), *command)
        tap.ok(result.returncode == 0 and result.stdout.endswith(b"--s3-bucket my-templates\n") and
               b"[N0544]" not in result.stderr, f"{how[0]} with one passes it on", describe(result))
    with open(folder + "/.hpcc.yaml", "w", encoding="utf-8") as file:
        file.write("bucket: of-the-project\n")
    result = call("--deploy-args", "-q", cluster(30, ""))
    tap.ok(result.stdout.endswith(b" --s3-bucket of-the-project\n"), "the settings name a bucket", describe(result))
    result = call("--deploy-args", "-q", "--bucket=mine", cluster(30, ""))
    tap.ok(result.stdout.endswith(b" --s3-bucket mine\n"), "--bucket goes before it", describe(result))
    bucket_of_environment(tap, folder, lambda tail: cluster(30, tail))
    os.remove(folder + "/.hpcc.yaml")
    result = call("--format=short", cluster(50, "Tags:\n" + tags))
    tap.ok(result.returncode == 1 and b"[E0543]" in result.stderr and result.stdout == b"",
           "a template above CloudFormation's limit is refused", describe(result))


def bucket_of_environment(tap, folder, large):
    """A large template goes through the first bucket of the environment, which the output S3BucketName names."""
    named = "  - {Name: Logs, BucketName: of-the-logs}\n"

    def environment(buckets):
        write(folder + "/env.yaml", ("Kind: Environment\nRegion: ap-northeast-1\nNetwork: {AvailabilityZones: [ap-northeast-1a]}\n"
                                     + ("Buckets:\n" + buckets if buckets else "")).encode())

    def asked(how=("--deploy-args",), reference="{Stack: ground, File: env.yaml}"):
        path = large("Environment: " + reference + "\n")
        return call(how[0], "--format=short", *how[1:], path, *(["--", "echo", "{}", "{args}"] if how[0] == "exec" else []))

    environment(named)
    tap.ok(asked().stdout.endswith(b" --s3-bucket of-the-project\n"), "the settings go before the environment")
    os.rename(folder + "/.hpcc.yaml", folder + "/aside.yaml")
    for how in (("--deploy-args",), ("exec",)):
        result = asked(how)
        tap.ok(result.returncode == 0 and result.stdout.endswith(b" --s3-bucket of-the-logs\n") and b"[N0544]" not in result.stderr,
               f"{how[0]} names the bucket of the environment", describe(result))
    tap.ok(asked(("--deploy-args", "--bucket=mine")).stdout.endswith(b" --s3-bucket mine\n"), "--bucket goes before it")
    environment("  - {Name: Results, BucketName: the-first}\n" + named)
    tap.ok(asked().stdout.endswith(b" --s3-bucket the-first\n"), "of several it is the first, as the output says")

    ask = """--bucket="$(aws cloudformation describe-stacks --stack-name ground --region ap-northeast-1 """ \
          """--query "Stacks[0].Outputs[?OutputKey=='S3BucketName'].OutputValue" --output text)\""""
    for words, buckets, reference, helps, makes in (
            ("whose name CloudFormation makes", "  - Name: Results\n" + named, "{Stack: ground, File: env.yaml}", True, False),
            ("without buckets", "", "{Stack: ground, File: env.yaml}", False, True),
            ("whose file is not named", "", "{Stack: ground}", True, True)):
        environment(buckets)
        for how in (("--deploy-args", "--format=text"), ("exec", "--format=text")):
            result = asked(how, reference)
            said = result.stderr.decode()
            tap.ok(result.returncode == 1 and result.stdout == b"" and "[E0545]" in said and (ask in said) == helps and
                   ("aws s3 mb" in said) == makes, f"{how[0]}, an environment {words}", describe(result))
    environment(named)
    small = SMALL + "Environment: {Stack: ground, File: env.yaml}\n"
    write(folder + "/small.yaml", small.encode())
    result = call("--deploy-args", folder + "/small.yaml")
    tap.ok(result.returncode == 0 and b"--s3-bucket" not in result.stdout, "a small template needs none", describe(result))
    os.rename(folder + "/aside.yaml", folder + "/.hpcc.yaml")


def facts_queries(tap):
    for args, code in ((["--region=us-moon-1"], "E0402"), (["--zone=use1-az99"], "E0403"),
                       (["--region=us-iso-east-1"], "E0404")):
        refused(tap, "instances " + args[0], ["instances", *args], 1, f"[{code}]")
    result = call("instances", "--efa", "--min-vcpus=96", "--emit=json")
    found = json.loads(result.stdout)
    tap.ok(result.returncode == 0 and len(found) > 5, "instances as JSON", describe(result))
    result = call("instances", "no-such-type*")
    tap.ok(result.returncode in (0, 1), "instances that match nothing", describe(result))


def state(path):
    status = os.stat(path)
    return open(path, "rb").read(), status.st_mtime_ns, status.st_ino


def outputs(tap, folder):
    path, small = folder + "/stack.json", write(folder + "/fits.yaml", SMALL.encode())
    plain = call(small)
    tap.ok(plain.returncode == 0 and json.loads(plain.stdout) and plain.stderr == b"",
           "the template goes to standard output and nothing else does", describe(plain))
    result = call(small, "-o", path)
    tap.ok(result.returncode == 0 and result.stdout == b"" and open(path, "rb").read() == plain.stdout, "-o FILE",
           describe(result))
    mode = stat.S_IMODE(os.stat(path).st_mode)
    old = os.umask(0)
    os.umask(old)
    tap.equal(mode, 0o666 & ~old, "a new file has the permissions of the umask")
    os.utime(path, (1000000000, 1000000000))
    before = state(path)
    call(small, "-o", path)
    tap.equal(state(path), before, "a file with the same bytes is not touched")
    broken = write(folder + "/broken.yaml", b"Region: 5\n")
    refused(tap, "build of a broken file", [broken, "-o", path], 1, "[E")
    tap.equal(state(path), before, "errors leave the old file as it was")
    os.chmod(path, 0o640)
    call(small, "--indent=4", "-o", path)
    tap.ok(open(path, "rb").read() != before[0] and stat.S_IMODE(os.stat(path).st_mode) == 0o640,
           "a file that is replaced keeps its permissions", oct(os.stat(path).st_mode))
    tap.equal(sorted(os.listdir(folder)), sorted(["broken.yaml", "fits.yaml", "stack.json"]), "no temporary file is left")
    link = folder + "/link.json"
    os.symlink("stack.json", link)
    result = call(small, "-o", link)
    tap.ok(os.path.islink(link) and open(path, "rb").read() == plain.stdout, "-o follows a symbolic link",
           describe(result))
    result = call(small, "-o", "-")
    tap.equal(result.stdout, plain.stdout, "-o - is standard output")
    result = call(small, "-o", "/dev/stdout")
    tap.ok(result.stdout == plain.stdout, "-o /dev/stdout", describe(result))


def bad_places(tap, folder):
    path = folder + "/stack.json"
    call(TUTORIAL, "-o", path)
    before = state(path)
    refused(tap, "-o below a file", [TUTORIAL, "-o", path + "/x.json"], 2, "cannot write")
    refused(tap, "-o into a missing directory", [TUTORIAL, "-o", folder + "/none/x.json"], 2, "cannot write")
    refused(tap, "-o /dev/full", [TUTORIAL, "-o", "/dev/full"], 2, "No space left")
    tap.ok(stat.S_ISCHR(os.stat("/dev/full").st_mode), "/dev/full is still a device")
    with open("/dev/full", "wb") as full:
        for args in ([TUTORIAL], ["--help"], ["--version"], ["schema"], ["man"], ["instances"],
                     ["lint", "--format=json", TUTORIAL], ["userdata", "--node=head", TUTORIAL],
                     ["slurm-conf", TUTORIAL]):
            result = subprocess.run([HPCC, *args], stdout=full, stderr=subprocess.PIPE, timeout=600)
            tap.ok(result.returncode == 2 and b"No space left" in result.stderr,
                   f"standard output is full: {' '.join(os.path.basename(a) for a in args)}",
                   f"exit status {result.returncode} {result.stderr}")
    result = subprocess.run(["sh", "-c", '"$0" "$1" >&-', HPCC, TUTORIAL], capture_output=True, timeout=600)
    tap.ok(result.returncode == 2 and b"Bad file descriptor" in result.stderr, "standard output is closed",
           describe(result))
    # A file size limit is a full disk that can be had without root; the old file must survive it.
    def small_disk():
        bounded()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    result = run([HPCC, "--indent=4", TUTORIAL, "-o", path], preexec_fn=small_disk)
    tap.ok(result.returncode == 2 and b"cannot write" in result.stderr, "the disk fills up", describe(result))
    tap.equal(state(path), before, "a full disk leaves the old file as it was")
    tap.equal(os.listdir(folder), ["stack.json"], "and no temporary file")
    read_only = folder + "/ro"
    os.mkdir(read_only, 0o555)
    if os.geteuid() != 0:
        refused(tap, "read-only directory", [TUTORIAL, "-o", read_only + "/x.json"], 2, "Permission denied")
    elif run(["setpriv", "--version"]).returncode == 0:
        os.chmod(folder, 0o755)
        result = run(["setpriv", "--reuid=65534", "--clear-groups", HPCC, "-o", read_only + "/x.json", "-"],
                     input=open(TUTORIAL, "rb").read())
        tap.ok(result.returncode == 2 and b"Permission denied" in result.stderr, "read-only directory",
               describe(result))
    else:
        tap.skip("read-only directory", "root writes everywhere, and there is no setpriv")


def closed_pipe(tap):
    """What reads has seen enough: end quietly, by the signal."""
    process = subprocess.Popen([HPCC, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=bounded)
    process.stdout.read(1)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    status = process.wait(600)
    tap.ok(status == -signal.SIGPIPE and said == b"", "closed pipe", f"exit status {status}: {said!r}")


def many_files(tap, folder):
    other = write(folder + "/two.yml", open(TUTORIAL, "rb").read())
    broken = write(folder + "/broken.yaml", b"Region: 5\n")
    result = call(TUTORIAL, broken, other, "-o", folder + "/out/")
    made = sorted(os.listdir(folder + "/out")) if os.path.isdir(folder + "/out") else []
    tap.ok(result.returncode == 1 and made == ["cluster.json", "two.json"],
           "one bad file of three does not keep the others from being built", f"{made}\n{describe(result)}")
    tap.equal(state(folder + "/out/two.json")[0], state(folder + "/out/cluster.json")[0],
              "the same cluster under two names gives the same bytes")
    result = call(TUTORIAL, other, "--emit=yaml", "-o", folder + "/out")
    tap.ok(result.returncode == 0 and os.path.exists(folder + "/out/two.yaml"), "-o DIRECTORY --emit=yaml",
           describe(result))
    last = write(folder + "/last.yaml", b"Region: 5\n")
    result = call("lint", "--format=short", broken, folder + "/none.yaml", last)
    lines = result.stdout.decode().splitlines()
    tap.ok(result.returncode == 2 and lines[0].startswith(broken) and lines[-1].startswith(last),
           "findings come in the order of the files, the worst status counts", describe(result))
    result = call("lint", "--format=json", broken, TUTORIAL)
    tap.ok(result.returncode == 1 and json.loads(result.stdout), "--format=json is one document", describe(result))


def standard_input(tap):
    text = open(TUTORIAL, "rb").read()
    plain = call(TUTORIAL).stdout
    tap.equal(call("-", input=text).stdout, plain, "- is standard input")
    result = call("-", "--stdin-filename=cluster.yaml", "--format=short", input=b"Region: 5\n")
    tap.ok(result.returncode == 1 and result.stderr.startswith(b"cluster.yaml:1:"), "--stdin-filename names it",
           describe(result))
    result = call("lint", "--format=short", "-", input=b"")
    tap.ok(result.returncode == 1 and b"[E0006]" in result.stdout, "empty standard input", describe(result))


def variables(tap, folder):
    path = write(folder + "/var.yaml", open(TUTORIAL, "rb").read().replace(b"ap-northeast-1", b"${WHERE}"))
    refused(tap, "unset variable", [path], 1, "[E0016]")
    os.environ["WHERE"] = "ap-northeast-1"
    refused(tap, "the environment is not read unasked", [path], 1, "[E0016]")
    plain = call(TUTORIAL).stdout
    tap.equal(call(path, "--env").stdout, plain, "--env")
    del os.environ["WHERE"]
    tap.equal(call(path, "--set", "WHERE=ap-northeast-1").stdout, plain, "--set")
    flat = write(folder + "/flat.yaml", b"WHERE: ap-northeast-1\n")
    tap.equal(call(path, "--vars", flat).stdout, plain, "--vars FILE")
    tap.equal(call(path, "--vars", write(folder + "/flat.json", b'{"WHERE": "ap-northeast-1"}')).stdout, plain,
              "--vars of JSON")
    refused(tap, "a broken file of variables", [path, "--vars", write(folder + "/bad.yaml", b"[1]")], 2, "[E0023]")


def exec_verb(tap):
    with temporary() as folder:
        small = write(folder + "/fits.yaml", SMALL.encode())
        result = call("exec", small, "--", "cat", "{}")
        tap.equal(result.stdout, call(small).stdout, "exec runs the command on the template")
        result = call("exec", small, "--", "sh", "-c", 'test -f "$1" && exit 42', "sh", "{}")
        tap.equal(result.returncode, 42, "exec's status is the command's, its file a regular one")
        result = call("exec", "/dev/null", "--", "sh", "-c", "echo ran {}")
        tap.ok(result.returncode == 1 and result.stdout == b"", "exec runs nothing when there are errors",
               describe(result))
        result = call("--deploy-args", small)
        tap.ok(result.stdout.startswith(b"--capabilities CAPABILITY_") and one_line(result.stdout), "--deploy-args",
               describe(result))
        words = result.stdout.decode().split()
        tap.equal(words[2:], ["--region", "ap-northeast-1", "--no-fail-on-empty-changeset"], "it names the file's region")
        result = call("exec", "-q", small, "--", "printf", "%s\\n", "{}x", "{args}", "a{args}", "-{}")
        said = result.stdout.decode().splitlines()
        tap.equal(said[1:-1], words + ["a{args}"], "{args} of exec gives the same words, each as an argument")
        tap.ok(said[0].startswith("/dev/fd/") and said[0].endswith("x") and said[-1] == "-" + said[0][:-1],
               "and {} the template", said)
        result = call("exec", small, "--", "echo", "{args}")
        tap.ok(result.returncode == 2 and result.stdout == b"" and b"{}" in result.stderr, "{args} without {} is refused",
               describe(result))
    for name in ("my bucket", "a", "$(id)", "Upper", "-x", "a..b", "s3://name", "b" * 64, "192.168.0.1",
                 "xn--foo", "sthree-x", "name-s3alias", "name--x-s3"):
        refused(tap, f"--bucket={name}", ["--deploy-args", TUTORIAL, "--bucket=" + name], 2, "--bucket takes")
    with temporary() as folder:
        text = open(TUTORIAL, "rb").read().replace(b"Region: ap-northeast-1", b"""# hpcc:ignore-file E0402
Region: "a;touch$HOME/x;$(id)#\"""")
        odd = write(folder + "/odd.yaml", text)
        refused(tap, "a Region for a shell, though E0402 is taken back", ["--deploy-args", odd], 1, "E0107")
        apart = write(folder + "/apart.yaml", text.replace(b"a;touch", b"a --template-file"))
        refused(tap, "a Region of two words, though E0402 is taken back", ["--deploy-args", apart], 1, "E0107")
        none = write(folder + "/none.yaml", open(TUTORIAL, "rb").read().replace(b"Region: ap-northeast-1", b""))
        result, template = call("-q", "--deploy-args", "--bucket=my-templates", none), json.loads(call("-q", none).stdout)
        tap.ok(result.returncode == 0 and b"--region" not in result.stdout and "Rules" not in template,
               "without a Region there is no --region, and no rule", describe(result))
    result = call("--summary", "--bucket=my-templates", TUTORIAL)
    tap.ok(one_line(result.stderr) and b"1 queue" in result.stderr and b"resources" in result.stderr,
           "--summary is one line on standard error", describe(result))


def main():
    tap = Tap()
    for test in (unreadable, broken_bytes, too_much, wrong_use, outputs, bad_places, many_files, variables, help_and_colours,
                 large_templates):
        with temporary() as folder:
            test(tap, folder)
    passes_of_other_kinds(tap)
    facts_queries(tap)
    closed_pipe(tap)
    standard_input(tap)
    exec_verb(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

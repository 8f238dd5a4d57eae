# SPDX-License-Identifier: Apache-2.0
# scripts_test.py SOURCE HPCC: functions of templates/ that decide something, with their commands replaced by ones that
# say what they were asked.
import glob
import hashlib
import http.server
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import types
import urllib.parse
from scripts_base import PLACES, SOURCE, STAND_INS, programs, shell, template  # noqa: E402


SIGV4 = """
import http.client, io, urllib.error, urllib.parse
PAGES = {None: "<r><id>1</id><nextToken>a</nextToken></r>", "a": "<r><id>2</id><nextToken>b</nextToken></r>",
         "b": "<r><id>3</id><nextToken/></r>"}
failures = [urllib.error.HTTPError("", 503, "", {}, io.BytesIO(b"<html>")), OSError("reset"),
            http.client.IncompleteRead(b""),
            urllib.error.HTTPError("", 503, "", {}, io.BytesIO(b"<r><Code>RequestLimitExceeded</Code></r>"))]
def request(service, region, method, url, headers, body):
    form = dict(urllib.parse.parse_qsl(body.decode()))
    if form["Action"] == "RunInstances":
        raise urllib.error.HTTPError("", 500, "", {}, io.BytesIO(
            b"<r><Code>InsufficientInstanceCapacity</Code><Message>none</Message></r>"))
    if form.get("NextToken") == "b" and failures:
        raise failures.pop()
    return io.BytesIO(PAGES[form.get("NextToken")].encode())
"""


def check_aws(folder):
    """Answers come whole or not at all; what passes is tried again."""
    with open(os.path.join(SOURCE, "templates/core/lib/aws.py"), encoding="ascii") as file:
        text = file.read().replace("time.sleep(", "str(")
    for name, body in (("aws.py", text), ("sigv4.py", SIGV4)):
        with open(folder + "/" + name, "w", encoding="ascii") as file:
            file.write(body)

    def run(action):
        return subprocess.run([sys.executable, folder + "/aws.py", "ec2", action], capture_output=True, check=False,
                              env={**os.environ, "HPCC_REGION": "r", "HPCC_SUFFIX": "s"}, text=True)
    said = run("DescribeInstances")
    assert (said.returncode, said.stdout) == (0, "id\t1\nnextToken\ta\nid\t2\nnextToken\tb\nid\t3\nnextToken\t\n"), said
    said = run("RunInstances")  # EC2's 500 for this is an answer
    assert (said.returncode, said.stdout) == (1, "Code\tInsufficientInstanceCapacity\nMessage\tnone\n"), said


def check_imds(folder):
    """The metadata service is asked again when it is busy, and not when there is nothing."""
    asked = []

    class Service(http.server.BaseHTTPRequestHandler):
        def answer(self):
            asked.append(self.path)
            status = 404 if self.path.endswith("nothing") else 503 if len(asked) <= 2 else 200
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"i-0" if status == 200 else b"")
        do_PUT = do_GET = answer

        def log_message(self, *_):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(os.path.join(SOURCE, "templates/userdata/sigv4.py"), encoding="ascii") as file:
        text = file.read().replace("time.sleep(", "str(")
    with open(folder + "/sigv4.py", "w", encoding="ascii") as file:
        file.write(text)
    shutil.copy(os.path.join(SOURCE, "templates/core/lib/imds.py"), folder)

    def ask(path):
        return subprocess.run([sys.executable, folder + "/imds.py", path], capture_output=True, check=False, text=True,
                              env={**os.environ, "AWS_EC2_METADATA_SERVICE_ENDPOINT":
                                   f"http://127.0.0.1:{server.server_port}"})
    assert ask("meta-data/instance-id").stdout == "i-0\n" and len(asked) == 4, asked
    assert ask("nothing").returncode == 1 and len(asked) == 6, asked
    server.shutdown()


SECRETS = """
import contextlib, io, json, sys
sys.path.insert(0, %r)
import aws_secretsmanager
class Aws:
    REGION = "r"
    url = staticmethod(lambda service: service)
    @staticmethod
    def request(service, region, method, url, headers, body):
        return contextlib.closing(io.BytesIO(json.dumps(json.loads(sys.stdin.read())).encode()))
aws_secretsmanager.call(Aws, *sys.argv[1:])
"""


def check_secrets(folder):
    """A password is the text of a secret, or what RDS calls so in its JSON; anything else is named."""
    library = os.path.join(SOURCE, "templates/secrets/lib")

    def ask(answer, *words):
        done = subprocess.run([sys.executable, "-B", "-c", SECRETS % library, *words], input=json.dumps(answer),
                              capture_output=True, check=False, text=True)
        assert done.returncode == 0 or done.stdout == "", done
        return done.stdout if done.returncode == 0 else done.stderr

    store, parameter = "arn:aws:secretsmanager:r:1:secret:x", "arn:aws:ssm:r:1:parameter/x"
    refusal = store + ": wanted is one line of text, or JSON with a password\n"
    for text in ("pass'w#rd", "12345", "null", '"x"', "[1]", "{no JSON", "with blank", "back\\slash"):
        assert ask({"SecretString": text}, store, "password") == text + "\n", text
        assert ask({"SecretString": text + "\n"}, store, "password") == text + "\n", text
        assert ask({"Parameter": {"Value": text}}, parameter, "password") == text + "\n", text
    rds = json.dumps({"username": "admin", "password": "{it's}"})
    assert ask({"SecretString": rds}, store, "password") == "{it's}\n"
    for text in ("", "\n", "two\nlines", "a\0b", '{"user": "x"}', '{"password": 5}', '{"password": "a\\nb"}', "{}"):
        assert ask({"SecretString": text}, store, "password") == refusal, text
    assert ask({"SecretBinary": "AAAA"}, store, "password") == refusal
    # A key may have many lines.
    assert ask({"SecretString": "a\nb"}, store) == "a\nb\n"
    # MUNGE's: base64 of enough bytes, wrapped or not.
    os.mkdir(folder + "/secret")
    for text, good in (("QUJD" * 11, True), ("QUJD" * 19 + "\n" + "QUJD" * 4, True), ("QUJD" * 10, False), ("", False),
                       (rds, False), ("QUJD" * 10 + "!QUJD", False)):
        said = shell("""
die() { echo "die $*"; exit; }
HPCC_MUNGE_SECRET=x
aws() { printf '%%s\\n' '%s'; }
set -e
slurm_key_make 2>/dev/null
cat %s/secret/munge.key
""" % (text.replace("'", ""), folder), folder, "slurm/lib/slurm.sh", "secrets/lib/munge.sh")
        assert said == (["ABC" * (len(text) // 4)] if good else
                        ["die the secret with the MUNGE key is not 32 bytes or more in base64"]), (text, said)


def slurm_reads(line):
    """What Slurm makes of the value in a line of a configuration file (src/common/parse_config.c)."""
    line = re.sub(r"^((?:[^\\#]|\\.)*)#.*", r"\1", line)
    line = re.sub(r"\\(.)", r"\1", line)
    return re.match(r'\w+=(?:"([^"]*)"|(\S+))(?:\s|$)', line).expand(r"\1\2")


def check_accounting(folder):
    """The database's password reaches slurmdbd as it is."""
    os.makedirs(folder + "/etc/slurm")
    for password in ("plain", "pass'w#rd", "back\\slash", "\\#\\\\#", "two words", "a#b c\\", "&/|$(x)`y`"):
        shell("""
SLURM_CONF_DIR=%s HPCC_DB_SECRET=x
die() { echo "die $*" >&2; exit; }
slurm_adapt() { :; }
for name in chown slurm_unit retry; do eval "$name() { :; }"; done
aws() { printf '%%s\\n' %s; }
slurm_accounting
""" % (folder, shlex.quote(password)), folder, "accounting/lib/accounting.sh")
        with open(folder + "/slurmdbd.conf", encoding="ascii") as file:
            line = file.read()
        assert line.count("\n") == 1 and slurm_reads(line) == password, (password, line)


def check_jobs(folder):
    """Jobs of one node go with all others."""
    with open(folder + "/resume", "w", encoding="ascii") as file:
        json.dump({"jobs": [{"job_id": 1, "nodes_resume": "a-[1-2]"}, {"job_id": 2, "nodes_resume": "a-3"},
                            {"job_id": 3, "nodes": "a-4,b-1"}, {"job_id": 4, "nodes_resume": ""}]}, file)
    said = subprocess.run([sys.executable, os.path.join(SOURCE, "templates/slurm/lib/jobs.py"), folder + "/resume"],
                          capture_output=True, check=True, text=True).stdout
    assert said == "1\ta-[1-2]\n3\ta-4,b-1\n", said


def check_fleet(folder):
    """A fleet says the highest price itself."""
    os.mkdir(folder + "/etc")
    with open(folder + "/etc/launch", "w", encoding="ascii") as file:
        file.write("q a lt-1 7 SPOT price-capacity-optimized m5.large,m6i.large subnet-1 - 0.5\n"
                   "q b lt-2 7 ONDEMAND lowest-price m5.large,m6i.large subnet-1\n")
    prices = []
    for target in ("q/a", "q/b"):
        said = shell("""
launch_row %s
aws() { printf '%%s\n' "$@" >&3; }
launch_fleet 1 2 3>&1 >/dev/null
""" % target, folder, "slurm/lib/launch.sh", "fleet/lib/fleet.sh")
        assert "LaunchTemplateConfigs.1.Overrides.2.InstanceType=m6i.large" in said, said
        prices.append([line for line in said if "MaxPrice" in line])
    assert prices == [["LaunchTemplateConfigs.1.Overrides.%d.MaxPrice=0.5" % n for n in (1, 2)], []], prices


STATUS = """
instanceStatusSet/item/instanceId\ti-1
instanceStatusSet/item/eventsSet/item/code\tsystem-reboot
instanceStatusSet/item/eventsSet/item/description\t[Completed] reboot
instanceStatusSet/item/systemStatus/status\tok
instanceStatusSet/item/systemStatus/details/item/status\tpassed
instanceStatusSet/item/instanceId\ti-2
instanceStatusSet/item/eventsSet/item/description\tthe instance retires
instanceStatusSet/item/instanceStatus/status\tok
instanceStatusSet/item/instanceId\ti-3
instanceStatusSet/item/instanceStatus/status\timpaired
instanceStatusSet/item/instanceId\ti-4
instanceStatusSet/item/systemStatus/status\timpaired
"""


def check_health(folder):
    os.mkdir(folder + "/nodes")
    for i in range(1, 5):
        with open(folder + "/nodes/i-%d" % i, "w", encoding="ascii") as file:
            file.write("q-st-r-%d\n" % i)
    with open(folder + "/status", "w", encoding="ascii") as file:
        file.write(STATUS)
    said = shell("""
aws() { echo "$*" >>%s/asked; cat %s/status; }
health_replace "$(printf 'i-%%d\\n' 1 2 3 4)" "$(printf 'q-st-r-%%d idle q up none\\n' 1 2 3; echo 'q-st-r-4 drng! q up x')"
""" % (folder, folder), folder, "slurm/lib/health.sh")
    assert [line for line in said if line.startswith("scontrol")] == [
        "scontrol update nodename=q-st-r-2 state=power_down_asap reason=instance-event",
        "scontrol update nodename=q-st-r-3 state=power_down_asap reason=instance-unhealthy"], said
    with open(folder + "/asked", encoding="ascii") as file:
        asked = file.read()
    assert asked == ("ec2 DescribeInstanceStatus InstanceId.1=i-1 InstanceId.2=i-2 InstanceId.3=i-3 "
                     "InstanceId.4=i-4\n"), asked
    # A hundred ids a call, and no call without any.
    said = shell("""
aws() { echo "InstanceStatusSet $#"; }
health_faults </dev/null
seq 150 | sed 's/^/i-/' | health_faults | cat
aws() { echo "$#" >>%s/counts; }
seq 150 | sed 's/^/i-/' | health_faults
""" % folder, folder, "slurm/lib/health.sh")
    with open(folder + "/counts", encoding="ascii") as file:
        assert file.read().split() == ["102", "52"]


VERSIONS = """
launchTemplateVersionSet/item/launchTemplateData/imageId\tami-1
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/deviceIndex\t0
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/interfaceType\tefa
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/groupSet/groupId\tsg-1
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/groupSet/groupId\tsg-2
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/networkCardIndex\t0
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/subnetId\tsubnet-9
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/deviceIndex\t1
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/groupSet/groupId\tsg-1
launchTemplateVersionSet/item/launchTemplateData/networkInterfaceSet/item/networkCardIndex\t1
"""


def check_signal(folder):
    """The stack hears of a configuration that cannot be made, again if need be, once, and nobody else sees the URL."""
    url = "https://bucket.example/%7Cid?Signature=a%2Bb%3D&Expires=9"
    for name in ("lib", "run", "var"):
        os.mkdir(folder + "/" + name)
    with open(os.path.join(SOURCE, "templates/core/lib/configure.py"), encoding="ascii") as file:
        text = file.read().replace('"/run', '"%s/run' % folder)
    with open(folder + "/lib/configure.py", "w", encoding="ascii") as file:
        file.write(text)
    with open(folder + "/lib/fsx.py", "w", encoding="ascii") as file:
        file.write("def resolve(entry):\n    raise OSError('AccessDenied')\n")
    data = {"Version": "v", "WaitHandle": url, "Storage": [{"Kind": "FsxOntap"}],
            "Kinds": {"head": {"Actions": {"OnNodeStart": [["s3://b/k", "secret's"]]}}}}
    with open(folder + "/metadata.json", "w", encoding="ascii") as file:
        json.dump(data, file)
    done = subprocess.run([sys.executable, folder + "/lib/configure.py", folder + "/metadata.json", folder + "/etc"],
                          capture_output=True, check=False)
    assert done.returncode != 0 and b"AccessDenied" in done.stderr, done
    assert not os.path.exists(folder + "/etc/fetched")  # the last file
    for path in ("/run/hpcc-handle", "/etc/kinds/head/OnNodeStart"):
        assert os.stat(folder + path).st_mode & 0o77 == 0, path
    with open(folder + "/run/hpcc-handle", encoding="ascii") as file:
        assert file.read() == 'url = "%s"\n' % url
    with open(folder + "/env", "w", encoding="ascii") as file:
        file.write("HPCC_KIND=head\nHPCC_PROXY=\nHPCC_HEAD=10.0.0.4\n")
    with open(os.path.join(SOURCE, "templates/core/lib/signal.sh"), encoding="ascii") as file:
        library = file.read().replace("/run/", folder + "/run/").replace("/var/lib/cloud/instance", folder + "/var")

    def say(curl):
        return shell(library + """
exec 2>&1
PYTHON=%s
sleep() { :; }
cd %s
rm -f tries
curl() { echo >>tries; tries=$(($(wc -l <tries))); printf '%%s\\n' "$tries" "$@" >&2; %s; }
signal_stack FAILURE '@no "quotes" \\ here' 2>&1 || echo untold
""" % (sys.executable, folder, curl), folder, "core/lib/base.sh")
    said = say("echo 000; return 7")
    assert said.count("--data-binary") == 5 and said[-1] == "untold", said
    # A server that is not itself has not heard it.
    said = say("echo 503; return 22")
    assert said.count("--data-binary") == 5 and said[-1] == "untold", said
    said = say('[ "$tries" -eq 2 ] && echo 200')
    first, second = said[1:said.index("2")], said[said.index("2") + 1:]
    assert first == second and len(first) > 5 and url not in said, said
    assert first[-2] == "--data-binary" and json.loads(first[-1]) == {
        "Status": "FAILURE", "Reason": '@no "quotes" \\ here', "UniqueId": "10.0.0.4", "Data": "10.0.0.4"}, first
    assert first[first.index("-K") + 1] == folder + "/run/hpcc-handle"
    assert say("echo 200") == []  # it has heard it
    assert say("echo 200; }; signal_stack SUCCESS x; signal_stack SUCCESS x; signal_stack FAILURE x; curl() { false").count("-K") == 1
    with open(folder + "/run/hpcc-handle", "w", encoding="ascii") as file:
        file.write('url = "another"\n')
    assert len(say("echo 403; return 22")) == len(first) + 1 and say("echo 200") == []  # what is too old is not asked again


def check_format(folder):
    """A disk gets a file system where it holds nothing, and in no other case."""
    text = """
die() { echo "die $*"; exit 1; }
lsblk() { printf '/dev/x disk\n%s'; }
blkid() { return %d; }
PATH=%s:$PATH
exec 2>&1
(volume_format /dev/x) || :
"""
    with open(folder + "/mkfs.ext4", "w", encoding="ascii") as file:
        file.write('#!/bin/sh\necho "made $2"\n')
    os.chmod(folder + "/mkfs.ext4", 0o755)
    for parts, status, expected in (("", 0, ["/dev/x"]), ("", 2, ["made /dev/x", "/dev/x"]),
                                    ("/dev/x1 part\n", 2, ["/dev/x1"]),
                                    ("", 4, ["die nobody knows what /dev/x holds"]),
                                    ("", 8, ["die nobody knows what /dev/x holds"])):
        assert shell(text % (parts, status, folder), folder, "core/lib/volume.sh") == expected, (parts, status)


def check_storage(folder):
    """Homes of the image are copied to storage that is mounted over them, by the head node, and mounted once."""
    text = """
HPCC_KIND=%s
mounted() { grep -qx "$1" %s/mounted; }
mkdir() { :; }
mount() { echo "mount $*"; }
umount() { echo "umount $*"; }
cp() { echo "cp $*"; }
storage_nfs() { echo "$1 on $fs_MountDir"; }
fs_Name=s fs_Kind=FsxOntap fs_DnsName=d fs_VolumePath=/v fs_MountDir=%s
storage_do=storage_one
storage_mount
"""
    root = folder + "-root"
    libraries = "core/lib/storage.sh", "fsx/lib/fsx.sh", "homes/lib/homes.sh"
    copied = ["mount --bind / " + root, "cp -an %s/home/. /home/" % root, "umount " + root]
    with open(folder + "/mounted", "w", encoding="ascii") as file:
        file.write("/there\n")
    for kind, place, more in (("head", "/home", copied), ("login", "/home", []), ("head", "/data", [])):
        said = shell(text % (kind, folder, place), folder, *libraries)
        assert said == ["log mounting s on " + place, "d:/v on " + place] + more, said
    # A first boot that was cut off goes through it again; an update leaves it alone, but for the export of a disk.
    again = ["log mounting s on /there", "d:/v on /there"]
    assert shell(text % ("head", folder, "/there"), folder, *libraries) == again
    assert shell(text % ("login", folder, "/there"), folder, *libraries) == again
    # So does another node's, which may not have the homes yet that lie on what is mounted.
    homes = text.replace("FsxOntap", "Efs fs_Internal=yes") + "fstab_add() { echo \"$2\"; }\nstorage_Efs() { :; }\nstorage_mount\n"
    assert shell(homes.replace("storage_mount\n", "", 1) % ("compute", folder, "/there"), folder, *libraries, "efs/lib/efs.sh") == [
        "log mounting s on /there", "/home"]
    with open(folder + "/hpcc-ready", "w", encoding="ascii"):
        pass
    for kind in ("head", "login"):
        assert shell(text % (kind, folder, "/there"), folder, "core/lib/storage.sh") == []
    text = "nfs_export() { echo export $*; }\n" + text.replace("FsxOntap", "Ebs")
    assert shell(text % ("head", folder, "/there"), folder, "core/lib/storage.sh", "block/lib/block.sh") == ["export /there rw"]


def check_ssh(folder):
    """The default user gets one key pair, in a shared home once, in homes of its own the same one each time."""
    if not shutil.which("ssh-keygen"):
        return
    os.mkdir(folder + "/secret")
    text = """
HPCC_USER=user HOME=%s/%s
mkdir -p "$HOME"
runuser() { sh -c "$3"; }
node_ssh
node_ssh
"""
    keys = []
    for home in ("shared", "local"):
        assert shell(text % (folder, home), folder, "core/lib/node.sh") == []
        ssh = "%s/%s/.ssh/" % (folder, home)
        for name in ("", "id_ed25519", "authorized_keys"):
            assert os.stat(ssh + name).st_mode & 0o77 == 0, name
        with open(ssh + "id_ed25519", encoding="ascii") as file:
            private = file.read()
        with open(ssh + "authorized_keys", encoding="ascii") as file:
            public = file.read().splitlines()
        keys.append(private)
        assert len(public) == 1 and public[0].startswith("ssh-ed25519 "), public
        with open(folder + "/secret/user.pub", encoding="ascii") as file:
            assert public[0].split()[:2] == file.read().split()[:2]
    assert keys[0] == keys[1]
    done = subprocess.run(["ssh", "-F", folder + "/ssh_config", "-G", "q-dy-r-1.c.pcluster"], capture_output=True,
                          check=True)
    assert b"stricthostkeychecking false" in done.stdout and b"userknownhostsfile /dev/null" in done.stdout, done
    done = subprocess.run(["ssh", "-F", folder + "/ssh_config", "-G", "elsewhere"], capture_output=True, check=True)
    assert b"stricthostkeychecking false" not in done.stdout, done


def check_search(folder):
    """What tells each distribution where to look for names, on a machine that has all of them."""
    said = shell("""
HPCC_DNS_DOMAIN=c.example
echo 'search old' >%s/resolv.conf
systemctl() { echo "$*"; }
nmcli() { case $* in -g*) printf 'u-1:eth0\\nu-2:lo\\n' ;; *) echo "$*"; case $* in *u-2*) return 1 ;; esac ;; esac; }
set -e
node_search
node_search # once more, after a boot that was cut off
cat %s/resolv.conf %s/resolved.conf %s/dhclient.conf
""" % ((folder,) * 4), folder, "dns/lib/dns.sh")
    assert said == [
        "connection modify u-1 +ipv4.dns-search c.example", "device reapply eth0",
        "connection modify u-2 +ipv4.dns-search c.example", "device reapply lo", "try-restart systemd-resolved",
        "search old c.example", "[Resolve]", "Domains=c.example", 'append domain-name " c.example";'], said


def check_passwords(folder):
    """Passwords of a directory are taken on nodes that people reach, whatever file of sshd forbids them."""
    os.mkdir(folder + "/sshd_config.d")
    text = {"sshd_config": "#PasswordAuthentication yes\n# PasswordAuthentication.  More\nUsePAM yes\n",
            "sshd_config.d/60-cloudimg-settings.conf": "PasswordAuthentication no\n",
            "sshd_config.d/readme": "PasswordAuthentication no\n", "ssh_config": "PasswordAuthentication no\n"}
    for kind, expected in (("compute", list(text.values())), (
            "login", [text["sshd_config"].replace("#P", "P"), "PasswordAuthentication yes\n",
                      *list(text.values())[2:]])):
        for name, content in text.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(content)
        shell("HPCC_KIND=%s\nsystemctl() { return 5; }\nset -e\ndirectory_passwords\n" % kind, folder,
              "directory/lib/directory.sh")
        found = []
        for name in text:
            with open(os.path.join(folder, name), encoding="ascii") as file:
                found.append(file.read())
        assert found == expected, (kind, found)


def check_login_keys(folder):
    """Login nodes take the host keys that the head node made, in place of their own."""
    if not shutil.which("ssh-keygen"):
        return
    os.mkdir(folder + "/secret")
    text = "systemctl() { return 5; }\nset -e\nlogin_keys%s\n"
    assert shell(text % "_take", folder, "login/lib/hostkeys.sh") == []
    made = []
    for _ in range(2):
        assert shell(text % "", folder, "login/lib/hostkeys.sh") == []
        with open(folder + "/secret/login/ssh_host_ed25519_key", encoding="ascii") as file:
            made.append(file.read())
    with open(folder + "/ssh_host_ed25519_key", "w", encoding="ascii") as file:
        file.write("its own\n")
    assert shell(text % "_take", folder, "login/lib/hostkeys.sh") == []
    with open(folder + "/ssh_host_ed25519_key", encoding="ascii") as file:
        assert made == [file.read()] * 2
    assert sorted(name for name in os.listdir(folder) if name.startswith("ssh_host")) == sorted(
        "ssh_host_%s_key%s" % (kind, end) for kind in ("rsa", "ecdsa", "ed25519") for end in ("", ".pub"))
    assert os.stat(folder + "/ssh_host_rsa_key").st_mode & 0o77 == 0


def check_actions(folder):
    """Custom actions run in the order of the file, of this kind of node alone."""
    with open(folder + "/OnNodeStart", "w", encoding="ascii") as file:
        file.write("echo one\necho two\n")
    said = shell("KIND_FOLDER=%s\nrun_actions OnNodeStart\nrun_actions OnNodeConfigured\n" % folder, folder,
                 "actions/lib/actions.sh")
    assert said == ["log OnNodeStart", "one", "two"], said
    # A URL is what it says: curl makes no list of it, and S3 gets the key whole.
    said = shell("curl() { echo \"curl $1\"; }\nactions_fetch 'https://h/a[1-3]{b}.sh' x\n", folder, "actions/lib/actions.sh")
    assert said in (["curl -gfsSLy"], ["curl -g"]), said
    with open(os.path.join(SOURCE, "templates/actions/lib/aws_s3.py"), encoding="ascii") as file:
        names = {}
        exec(compile(file.read(), "aws_s3.py", "exec"), names)  # pylint: disable=exec-used
    asked = []
    aws = types.SimpleNamespace(REGION="r", SUFFIX="s", url=lambda service, path: path,
                          request=lambda service, region, method, url, headers: asked.append(url) or io.BytesIO(b""))
    for key in ("a#b?c.sh", "a;b%20c d", "/a//b", "a/../b:c@[d]"):
        names["call"](aws, "s3://bucket/" + key, folder + "/object")
        assert asked[-1].startswith("/bucket/") and urllib.parse.unquote(asked[-1]) == "/bucket/" + key, asked
        assert not set("#?; ") & set(asked[-1]), asked


def check_exports(folder):
    """Each directory has an export of its own, however alike their names are, to the networks that the VPC has now."""
    text = """
imds() { case $1 in */mac) echo m ;; *) cat %s/cidrs ;; esac; }
fstab_word() { printf %%s "$1"; }
retry() { shift 2; "$@"; }
die() { echo "die $*"; exit; }
exportfs() { echo "exportfs $*"; }
put() { printf '%%s\\n' "$2" >"$1"; }
""" % folder
    with open(os.path.join(SOURCE, "templates/core/lib/nfs.sh"), encoding="ascii") as file:
        library = file.read().replace("/etc/", folder + "/")
    os.mkdir(folder + "/exports.d")
    places = ["/a/b", "/a-b", "/a/b/c", "/a/b-c", "/a"]

    def run(calls, networks="10.0.0.0/16"):
        if networks:
            with open(folder + "/cidrs", "w", encoding="ascii") as file:
                file.write(networks)
        elif os.path.exists(folder + "/cidrs"):
            os.remove(folder + "/cidrs")
        done = subprocess.run(["sh"], input=(STAND_INS + text + library + calls).encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        lines = []
        for name in os.listdir(folder + "/exports.d"):
            assert name.endswith(".exports"), name
            with open(folder + "/exports.d/" + name, encoding="ascii") as file:
                lines += file.read().splitlines()
        return sorted(lines), done.stdout.decode().splitlines()
    calls = "".join("nfs_export %s %s\n" % (place, "ro" if place == "/a" else "rw") for place in places * 2)
    lines, _ = run(calls)
    assert [line.split()[0] for line in lines] == sorted(places), lines
    assert run("nfs_follow\n") == (lines, ["exportfs -ra"])
    assert run("nfs_follow\n", "") == (lines, [])  # no answer is no network
    assert run("nfs_export /a ro\n", "") == (lines, ["die the metadata service does not answer"])
    more, _ = run("nfs_follow\n", "10.0.0.0/16\n10.1.0.0/16")
    assert len(more) == len(lines) and all(line.count("(") == 2 and "10.1.0.0/16(" in line for line in more), more
    assert [line.count("(ro,") for line in more if line.startswith("/a ")] == [2], more
    assert [line.count("(rw,") for line in more if line.startswith("/a/b ")] == [2], more
    left, said = run("nfs_unexport /a/b\n", "10.0.0.0/16")
    assert [line.split()[0] for line in left] == sorted(set(places) - {"/a/b"}) and said == ["exportfs -ra", "exportfs -f"]


def check_overrides(folder):
    text = """
launch_subnets=subnet-1
override_interfaces
launch_overrides=lt-1/7
aws() { [ "$*" = 'ec2 DescribeLaunchTemplateVersions LaunchTemplateId=lt-1 LaunchTemplateVersion.1=7' ] && cat <<'END'
%sEND
}
override_interfaces
""" % VERSIONS
    said = shell(text, folder, "overrides/lib/overrides.sh")
    one, two = "NetworkInterface.1.", "NetworkInterface.2."
    assert said == [one + "DeviceIndex=0", one + "InterfaceType=efa", one + "SecurityGroupId.1=sg-1",
                    one + "SecurityGroupId.2=sg-2", one + "NetworkCardIndex=0", one + "SubnetId=subnet-9",
                    two + "DeviceIndex=1", two + "SecurityGroupId.1=sg-1", two + "NetworkCardIndex=1",
                    two + "SubnetId=subnet-1"], said


def check_nvidia(folder):
    """A node without the GPUs that gres.conf names ends at once and says why."""
    os.makedirs(folder + "/etc/slurm")
    os.mkdir(folder + "/dev")
    with open(folder + "/etc/slurm/gres.conf", "w", encoding="ascii") as file:
        file.write("# GPUs of the nodes\n"
                   "NodeName=q-dy-a-b-[1-2] Name=gpu Type=t4 File=/dev/nvidia[0-3]\n"
                   "NodeName=q-st-a-[1-1] Name=gpu Type=t4 File=/dev/nvidia[0-11]\n"
                   "NodeName=q-dy-a-[1-9] Name=gpu Type=t4 File=/dev/nvidia[0-11]\n"
                   "NodeName=q-dy-one-[1-9] Name=gpu Type=h100 File=/dev/nvidia0\n")
    with open(os.path.join(SOURCE, "templates/nvidia/lib/nvidia.sh"), encoding="ascii") as file:
        library = PLACES.sub(folder, file.read().replace("/dev/nvidia", folder + "/dev/nvidia"))

    def join(resource):
        return shell(library + """
die() { echo "die $*"; exit; }
HPCC_QUEUE=q HPCC_RESOURCE=%s PATH=%s/bin:$PATH
set -e
node_nvidia 2>/dev/null
echo joins
""" % (resource, folder), folder)

    def devices(*numbers):
        for name in os.listdir(folder + "/dev"):
            os.remove(folder + "/dev/" + name)
        for number in numbers:
            with open(folder + "/dev/nvidia%s" % number, "w", encoding="ascii"):
                pass
    lacks = "die no %s/dev/nvidia%%d: use an image with NVIDIA's driver" % folder
    programs(folder, modprobe="exit 1")
    assert join("cpu") == ["joins"]
    for resource, last in (("a", 11), ("a-b", 3), ("one", 0)):
        devices("ctl", *range(last))
        assert join(resource) == [lacks % last], resource
        devices(*range(last + 1))
        assert join(resource) == ["joins"], resource
    # The driver makes the nodes when it is asked, now and at later boots; where it cannot, the node says so.
    devices()
    programs(folder, modprobe="true", **{"nvidia-smi": "touch %s/dev/nvidia0" % folder})
    assert join("one") == ["joins"]
    devices()
    programs(folder, **{"nvidia-smi": "touch %s/dev/nvidiactl; exit 9" % folder})
    assert join("one") == [lacks % 0]


def check_prolog(folder):
    """The status of the check of GPUs: 1 drains the node."""
    os.mkdir(folder + "/lib")
    os.mkdir(folder + "/bin")
    os.mkdir(folder + "/log")
    with open(folder + "/lib/base.sh", "w", encoding="ascii") as file:
        file.write(STAND_INS + "load_libraries() { :; }\nHPCC_RESOURCE=r HPCC_GPU_CHECK=${CHECK:-}\n")
    with open(os.path.join(SOURCE, "templates/gpu/slurm/gpu-check.sh"), encoding="ascii") as file:
        script = file.read().replace("/opt/hpcc", folder).replace("/var/log/hpcc", folder + "/log")

    def status(gpus, check="q r", **programs):
        for name in ("systemctl", "dcgmi", "nvidia-smi"):
            text = programs.get(name.replace("-", "_"), "exit 1")
            with open(folder + "/bin/" + name, "w", encoding="ascii") as file:
                file.write("#!/bin/sh\n%s\n" % text)
            os.chmod(folder + "/bin/" + name, 0o755)
        environment = {"PATH": folder + "/bin:" + os.environ["PATH"], "CHECK": check, "SLURM_JOB_ID": "7",
                       "SLURM_JOB_GPUS": gpus}
        return subprocess.run(["sh", "-c", script], env=environment, check=False).returncode

    healthy, broken = 'test "$1" = discovery || test "$*" = "diag -i 0,1 -r 2"', 'test "$1" = discovery'
    assert status("", dcgmi=broken) == 0  # the job has no GPU
    assert status("0,1", check="q", dcgmi=broken) == 0  # another compute resource is checked
    assert status("0,1", dcgmi=healthy) == 0
    assert status("0,1", dcgmi=broken) == 1
    assert status("0", nvidia_smi="echo 0; echo '[N/A]'") == 0
    assert status("0", nvidia_smi="echo 0; echo 3") == 1
    assert status("0", nvidia_smi="exit 9") == 1


def check_pyxis(folder):
    """The head node builds the plugin and tells Slurm; a compute node takes what the head built."""
    with open(os.path.join(SOURCE, "examples/custom-actions/enroot-pyxis.sh"), encoding="ascii") as file:
        script = file.read()
    for path in ("/etc/", "/opt/", "/usr/local/", "/var/tmp", "/proc/sys", "/usr/share"):
        script = script.replace(path, folder + path)
    os.makedirs(folder + "/etc/slurm")
    os.makedirs(folder + "/opt/hpcc")
    os.mkdir(folder + "/bin")
    with open(folder + "/etc/os-release", "w", encoding="ascii") as file:
        file.write("ID=amzn\nVERSION_ID=2023\n")
    with open(folder + "/etc/slurm/slurm.conf", "w", encoding="ascii"):
        pass
    programs = {"curl": "exit 0", "tar": "cat >/dev/null", "dnf": "exit 0", "systemctl": "exit 0",
                "systemd-tmpfiles": "exit 0", "mountpoint": "exit 1", "dpkg": "exit 1",
                "make": 'echo plugin >"$3/spank_pyxis.so"'}
    for name, text in programs.items():
        with open(folder + "/bin/" + name, "w", encoding="ascii") as file:
            file.write('#!/bin/sh\necho "%s $*" >>%s/calls\n%s\n' % (name, folder, text))
        os.chmod(folder + "/bin/" + name, 0o755)
    for tool in ("sh", "cat", "mkdir", "chmod", "install", "grep", "rm", "uname", "id", "mktemp", "sed"):
        os.symlink(shutil.which(tool), folder + "/bin/" + tool)

    def run():
        with open(folder + "/calls", "w", encoding="ascii"):
            pass
        done = subprocess.run([folder + "/bin/sh", "-c", script, "enroot-pyxis.sh", "3.5.0", "0.20.0"],
                              env={"PATH": folder + "/bin"}, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        with open(folder + "/calls", encoding="ascii") as file:
            return file.read()

    plugstack, line = folder + "/etc/slurm/plugstack.conf", "optional %s/usr/local/lib/slurm/spank_pyxis.so\n" % folder
    calls = run()
    assert "/enroot/releases/download/v3.5.0/enroot+caps-3.5.0-1.el8." in calls, calls
    assert "make " in calls and "systemctl restart slurmctld" in calls, calls
    with open(plugstack, encoding="ascii") as file:
        assert file.read() == line
    assert len(os.listdir(folder + "/opt/hpcc/share")) == 1
    os.remove(folder + "/usr/local/lib/slurm/spank_pyxis.so")
    assert "make " not in run()  # a second run takes the copy, and writes nothing twice
    with open(plugstack, encoding="ascii") as file:
        assert file.read() == line
    assert os.path.exists(folder + "/usr/local/lib/slurm/spank_pyxis.so")
    os.remove(folder + "/etc/slurm/slurm.conf")
    os.remove(plugstack)
    assert "slurmctld" not in run()  # a compute node has its configuration from the controller
    assert not os.path.exists(plugstack)


def check_slurm(folder):
    """Where the Slurm of a node comes from, and that an old one is not taken."""
    image = folder + "/slurm"

    def install(text=""):
        return shell("""
die() { echo "die $*"; exit; }
for name in getent munged; do eval "$name() { :; }"; done
pkg_install() { echo "install $*"; }
pkg_try() { :; }
systemctl() { :; }
PATH=%s/sbin:/usr/bin:/bin
%s
slurm_install slurmctld slurmd
""" % (image, text), folder, "slurm/lib/slurm.sh", "packages/lib/packages.sh")

    def bring(version):
        os.makedirs(image + "/sbin", exist_ok=True)
        with open(image + "/sbin/slurmd", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\necho %s\n" % version)
        os.chmod(image + "/sbin/slurmd", 0o755)
        os.makedirs(image + "/bin", exist_ok=True)
        shutil.copy(image + "/sbin/slurmd", image + "/bin/scontrol")

    assert install() == ["install munge slurm-client slurmctld slurmd"]
    assert install("slurm_build() { echo build; }") == ["build"]
    bring("slurm 23.11.10")
    os.mkdir(image + "/etc")
    for _ in range(2):  # its folder is put aside once
        assert install("slurm_build() { echo build; }") == []
        assert os.readlink(image + "/etc") == "/etc/slurm" and os.path.isdir(image + "/etc.image")
    bring("slurm-wlm 21.08.5")
    assert install() == ["die hpcc needs Slurm 22.05 or newer: slurm-wlm 21.08.5"]
    # A node mounts what the head node built and installs what it lacks of its libraries; one with packages does neither.
    text = """
HPCC_KIND=compute HPCC_HEAD=head PATH=/usr/bin:/bin
fstab_add() { echo "mount $1"; }
slurm_munge_install() { :; }
slurm_own() { false; }
dpkg() { [ "$2" != libhwloc15 ]; }
rpm() { false; }
pkg_install() { echo "install $*"; }
slurm_build
slurmd() { :; }
slurm_build
"""
    with open(image + "/packages", "w", encoding="ascii") as file:
        file.write("libc6\nlibhwloc15\n")
    assert shell(text, folder, "build/lib/build.sh") == ["mount head:%s" % image, "install libhwloc15"]


def check_builders(folder):
    """What builds Slurm and MUNGE finds the functions that it calls, those of Debian as well."""
    os.mkdir(folder + "/lib")
    for path in glob.glob(SOURCE + "/templates/core/lib/*.sh") + [SOURCE + "/templates/debian/lib/debian.sh"]:
        with open(folder + "/lib/" + os.path.basename(path), "w", encoding="ascii") as file:
            file.write(template(os.path.relpath(path, SOURCE + "/templates"), folder))
    with open(folder + "/env", "w", encoding="ascii") as file:
        file.write("HPCC_KIND=head HPCC_PROXY=\n")
    for name in ("build.sh", "build-munge.sh"):
        begin = template("build/slurm/" + name, folder).split("\nwork=")[0]
        done = subprocess.run(["sh"], input=begin + "\nfor name in fetch pkg_install pkg_apt; do command -v $name; done\n",
                              capture_output=True, check=False, text=True)
        assert done.stdout.split() == ["fetch", "pkg_install", "pkg_apt"], (name, done)


class Shelf(http.server.BaseHTTPRequestHandler):
    """What a maker offers: texts by name. One that is None is not there; a number in front cuts off so many answers."""
    texts = {}
    cuts = {}

    def do_GET(self):
        name = self.path.lstrip("/")
        text = self.texts.get(name)
        self.send_response(200 if text is not None else 404)
        self.send_header("Content-Length", str(len(text or b"")))
        self.end_headers()
        cut = self.cuts.get(name, 0)
        self.cuts[name] = cut - 1
        self.wfile.write((text or b"")[:3] if cut > 0 else text or b"")

    def log_message(self, *_):
        pass


class Keys:
    """Keys of the test, in a folder that has to stay short: the agent has a socket there."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(folder, 0o700)

    def gpg(self, *arguments, text=b""):
        return subprocess.run(["gpg", "--homedir", self.folder, "--batch", "-q", "--pinentry-mode", "loopback",
                               "--passphrase", "", *arguments], input=text, capture_output=True, check=True).stdout

    def make(self, name):
        """A new key's fingerprint."""
        self.gpg("--quick-gen-key", name, "rsa2048", "sign", "never")
        return self.gpg("--with-colons", "--list-keys", name).decode().split("\nfpr:::::::::")[1].split(":")[0]

    def public(self, *keys):
        return self.gpg("--armor", "--export", *keys)

    def sign(self, key, text):
        return self.gpg("-u", key, "--detach-sign", text=text)

    def end(self):
        subprocess.run(["gpgconf", "--homedir", self.folder, "--kill", "gpg-agent"], check=False)


def check_fetch(folder):
    """A download is there when its maker vouches for it, and in no other case."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    libraries = ["core/lib/base.sh", "core/lib/pkg.sh", "signed/lib/signed.sh"]
    with open(folder + "/env", "w", encoding="ascii") as file:
        file.write("HPCC_KIND=head\nHPCC_PROXY=\n")

    def fetch(texts, proof, cuts=0, key=""):
        """What is there afterwards. Only what is cut off is asked for again, for the sake of time."""
        Shelf.texts, Shelf.cuts = texts, dict.fromkeys(texts, cuts)
        url = f"http://127.0.0.1:{server.server_port}/"
        said = shell(f"""
sleep() {{ :; }}
{"" if cuts else 'retry() { shift 2; "$@"; }'}
exec 2>{folder}/log
fetch {folder}/got {url}file {proof} {url + key if key else ""} && echo fetched || echo "status $?"
""", folder, *libraries)
        got = None
        if os.path.exists(folder + "/got"):
            with open(folder + "/got", "rb") as file:
                got = file.read()
            os.remove(folder + "/got")
        with open(folder + "/log", encoding="utf-8") as file:
            assert (got is None) == ("cannot be had, or is not its maker's" in file.read())
        assert said == (["fetched"] if got is not None else ["status 1"]), said
        return got

    text = b"what the maker made"
    digest = hashlib.sha256(text).hexdigest()
    assert fetch({"file": text}, digest) == text
    assert fetch({"file": text}, digest, cuts=2) == text  # an answer that is cut off is asked for again
    for bad, proof in ((b"what another made", digest), (b"", digest), (text, digest[:-1] + "x"), (text, ""),
                       (text, "''"), (text, digest[:40])):
        assert fetch({"file": bad}, proof) is None, (bad, proof)
    assert fetch({}, digest) is None
    if shutil.which("gpg"):
        check_signed(fetch, text, digest)
        shutil.rmtree(folder + "-gpg")
    server.shutdown()


def check_signed(fetch, text, digest):
    with tempfile.TemporaryDirectory() as short:
        keys = Keys(short + "/g")
        try:
            maker, other = keys.make("maker"), keys.make("other")
            public, signature = keys.public(maker), keys.sign(maker, text)
            good = {"file": text, "file.sig": signature, "key": public}
            assert fetch(good, maker, key="key") == text
            assert fetch(good, maker, key="key", cuts=2) == text
            for change in ({"file": b"what another made"}, {"file": b""}, {"file.sig": keys.sign(other, text)},
                           {"file.sig": None}, {"file.sig": b""}, {"key": None}, {"key": b""}, {"key": b"<html>"},
                           {"key": keys.public(other), "file.sig": keys.sign(other, text)},
                           # A file of keys in which the maker's stands is not the maker's key.
                           {"key": keys.public(maker, other), "file.sig": keys.sign(other, text)}):
                assert fetch({**good, **change}, maker, key="key") is None, change
            assert fetch(good, other, key="key") is None
            assert fetch(good, digest, key="key") is None  # a sum is no fingerprint
        finally:
            keys.end()


def check_lustre(folder):
    """The Lustre client that fits the kernel, or a word of which there are; packages that a key vouches for."""
    for name in ("keyrings", "apt/sources.list.d", "yum.repos.d"):
        os.makedirs(folder + "/" + name)
    with open(folder + "/os-release", "w", encoding="ascii") as file:
        file.write('VERSION_CODENAME=noble\nVERSION_ID="8.10"\n')
    library = ""
    for name in ("lustre/lib/lustre.sh", "lustrerepo/lib/lustrerepo.sh"):
        with open(os.path.join(SOURCE, "templates", name), encoding="ascii") as file:
            library += file.read().replace("/usr/share/keyrings", folder + "/keyrings").replace("/etc/", folder + "/")

    def install(system, kernels="1 2", curl="true"):
        return shell(library + """
HPCC_OS=%s fs_Name=s fs_DnsName=d fs_MountName=m fs_MountDir=/m
die() { echo "die $*"; exit; }
retry() { shift 2; "$@"; }
uname() { echo 2-aws; }
curl() { %s; }
for name in pkg_apt pkg_install pkg_try fstab_add; do eval "$name() { echo $name \\$*; }"; done
apt_cache() {
	case $1 in
	madison) for k in %s; do [ "$2" != lustre-client-modules-$k-aws ] || echo "$2 | 1"; done ;;
	*) for k in %s; do echo lustre-client-modules-$k-aws; done ;;
	esac
}
dpkg_query() { printf 'linux-aws\\nlinux-image-2-aws\\n'; }
xargs() { echo "$* $(paste -sd ' ')"; }
set -e
storage_FsxLustre
""" % (system, curl, kernels, kernels), folder)

    library = library.replace("apt-cache", "apt_cache").replace("dpkg-query", "dpkg_query").replace(" >&2 || :", " || :")
    mounted = "fstab_add d@tcp:/m /m lustre defaults,_netdev,flock,user_xattr,noatime,nofail"
    assert install("ubuntu2404") == ["pkg_apt update", "pkg_install lustre-client-modules-2-aws",
                                     "pkg_try lustre-client-utils", "apt-mark hold linux-aws linux-image-2-aws", mounted]
    with open(folder + "/apt/sources.list.d/fsxlustreclient.list", encoding="ascii") as file:
        assert file.read() == ("deb [signed-by=%s/keyrings/fsx-ubuntu-public-key.asc] https://fsx-lustre-client-repo.s3."
                               "amazonaws.com/ubuntu noble main\n" % folder)
    lacks = "die s: no Lustre client for kernel 2-aws: use alinux2023 or a CustomAmi that has it"
    assert install("ubuntu2404", "1 3") == [
        "pkg_apt update", "log FSx has no lustre-client-modules-2-aws, but lustre-client-modules-1-aws",
        "lustre-client-modules-3-aws", lacks]
    assert install("ubuntu2404", "") == ["pkg_apt update", "log FSx has no lustre-client-modules-2-aws, but ", lacks]
    assert install("ubuntu2404", curl="return 18") == [lacks]
    assert install("alinux2023") == ["pkg_install lustre-client", mounted]
    assert install("rhel8") == ["pkg_install kmod-lustre-client lustre-client", mounted]
    with open(folder + "/yum.repos.d/aws-fsx.repo", encoding="ascii") as file:
        repository = file.read().splitlines()
    assert "baseurl=https://fsx-lustre-client-repo.s3.amazonaws.com/el/8.10/$basearch" in repository, repository
    assert "gpgcheck=1" in repository and any(line.startswith("gpgkey=https://") for line in repository), repository


def check_installers(folder):
    """What is not its maker's is neither unpacked nor installed."""
    root = folder + "/root"
    text = """
HPCC_OS=%s HPCC_EFA=yes HPCC_DCV=yes HPCC_REGION=eu-west-1 HPCC_SUFFIX=amazonaws.com fs_Name=s fs_Tls=yes
die() { echo "die $*"; exit; }
node_efa_profile() { :; }
uname() { echo aarch64; }
rm() { :; }
fetch() { echo "fetch $2 $3" >&3; return %d; }
mktemp() { echo %s; }
tar() { echo "tar $*" | sed 's| %s[^ ]*||g' >&3; }
for name in pkg_install pkg_apt_install rpm; do eval "$name() { echo $name >&3; }"; done
exec 3>&1
%s
"""
    for system, library, call, fetched, refused in (
            ("ubuntu2404", "efa/lib/efa.sh", "node_efa", "https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz ",
             ["die the EFA software cannot be installed: use an image that has it, or no Efa"]),
            ("ubuntu2404", "dcv/lib/dcv.sh", "node_dcv", "https://d1uj6qtbmh3dt5.cloudfront.net/2025.0/Servers/"
             "nice-dcv-2025.0-20103-ubuntu2404-aarch64.tgz ", ["log no DCV: this node has no remote desktops"]),
            ("rocky9", "efs/lib/efs.sh", "storage_Efs", "https://github.com/aws/efs-utils/archive/v1.34.1.tar.gz ",
             ["die s: the EFS mount helper cannot be installed: use an image that has it"]),
            ("rhel9", "signed/lib/signed.sh", "logs_agent || echo refused", "https://amazoncloudwatch-agent-eu-west-1.s3."
             "eu-west-1.amazonaws.com/redhat/arm64/latest/amazon-cloudwatch-agent.rpm ", ["refused"])):
        os.makedirs(root, exist_ok=True)
        with open(os.path.join(SOURCE, "templates", library), encoding="ascii") as file:
            code = file.read().replace("node_efa_profile() {", "unused() {").replace("/opt/amazon/efa", folder + "/none").replace("/var/lib/hpcc", folder)
        said = shell(code + text % (system, 1, root, root, call), folder)
        assert said[0].startswith("fetch " + fetched) and said[1:] == refused, (library, said)
    # DCV is of one release, for systems of which AWS publishes the sum.
    with open(os.path.join(SOURCE, "templates/dcv/lib/dcv.sh"), encoding="ascii") as file:
        said = shell(file.read() + text % ("ubuntu1804", 0, root, root, "node_dcv"), folder)
    assert said == ["log no DCV: this node has no remote desktops"], said


def check_makers(_):
    """What stands in the scripts as a sum or a fingerprint is one."""
    found = {}
    for path in glob.glob(os.path.join(SOURCE, "templates/**/*.sh"), recursive=True):
        with open(path, encoding="ascii") as file:
            text = file.read()
        for word in re.findall(r"(?<![\w/$])(?:[0-9a-f]{30,}|[0-9A-F]{30,})\b", text):
            assert len(word) in (40, 64), (path, word)
            assert word not in found, (path, word)
            found[word] = path
    assert len(found) > 10
    for system in ("ubuntu2404", "ubuntu2204", "amzn2023", "el8", "el9"):
        for machine in ("x86_64", "aarch64"):
            version, digest = shell("dcv_release %s-%s\n" % (system, machine), "/", "dcv/lib/dcv.sh")[0].split()
            assert re.fullmatch(r"20\d\d\.\d-\d+", version) and len(digest) == 64
    assert shell("dcv_release ubuntu1804-x86_64\n", "/", "dcv/lib/dcv.sh") == []


# Mounts that are no line of fstab, and why they take what the disk has: nothing else is mounted without nosuid.
BARE_MOUNTS = {
    "homes/lib/homes.sh": "the root file system once more, while homes are copied from under a mount",
    "core/lib/base.sh": "the lines of fstab, which say so themselves",
    "core/lib/nfs.sh": "the lines of fstab, which say so themselves",
}


def check_mounts(folder):
    """What users can write holds neither programs of root's nor devices, however it is mounted."""
    fstab = folder + "/fstab"
    open(fstab, "w", encoding="ascii").close()
    text = """
mounted() { false; }
mount() { echo "mount $*"; }
retry() { shift 2; "$@"; }
blkid() { echo "$3"; }
mkdir() { :; }
fstab_add fs:/ /a nfs hard,_netdev
volume_mount /dev/x /b
fstab_add /b/home /home none bind,nofail
"""
    with open(os.path.join(SOURCE, "templates/core/lib/volume.sh"), encoding="ascii") as file:
        library = file.read().replace("/etc/fstab", fstab)
    subprocess.run(["sh"], input=(STAND_INS + library + text).encode(), stdout=subprocess.DEVNULL, check=True)
    with open(fstab, encoding="ascii") as file:
        lines = [line.split() for line in file]
    assert [line[1] for line in lines] == ["/a", "/b", "/home"], lines
    assert all(line[3].endswith(",nosuid,nodev") for line in lines), lines
    bare = set()
    for path in glob.glob(os.path.join(SOURCE, "templates", "**", "*.sh"), recursive=True):
        with open(path, encoding="ascii") as file:
            for command in re.findall(r"^[^#\n]*?\bmount -[^;|&\n]*", file.read(), re.M):
                if "nosuid,nodev" not in command:
                    bare.add(os.path.relpath(path, os.path.join(SOURCE, "templates")))
    assert bare == set(BARE_MOUNTS), bare


# Places that scripts name although storage may cover them, and why that does no harm.
COVERED = {"/usr/local/sbin", "/usr/local/bin",  # of PATH: what is not there is looked for further on
           "/usr/local/lib/slurm/spank_pyxis.so", "/opt/awsbatch-cli"}  # installed when storage is mounted already


def check_covered(folder):
    """No storage can be mounted over what nodes run or keep: hpcc says so of every such directory."""
    named = set()
    for path in glob.glob(os.path.join(SOURCE, "templates", "**", "*.*"), recursive=True):
        with open(path, encoding="ascii") as file:
            text = re.sub(r"^\s*#.*", "", file.read(), flags=re.M)
        named.update(place.rstrip("./") for place in re.findall(r"(?<![\w}.:)-])/(?:usr/local|opt|srv)/[\w./-]+", text))
    named = {place.split("/*")[0] for place in named} - COVERED
    assert {"/opt/hpcc", "/opt/amazon/efa", "/srv/hpcc/home"} <= named, named
    parts = [place.split("/") for place in sorted(named)]
    around = sorted({"/".join(part[:n]) for part in parts for n in range(3, len(part) + 1)})
    with open(folder + "/c.yaml", "w", encoding="ascii") as file:
        file.write("SharedStorage:\n" + "".join("- {Name: s%d, StorageType: Efs, MountDir: %s}\n" % row
                                                for row in enumerate(around)))
    done = subprocess.run([sys.argv[2], "lint", "--format", "short", folder + "/c.yaml"], capture_output=True, text=True,
                          check=False)
    told = {int(line) - 2 for line in re.findall(r"c\.yaml:(\d+):.*(?:W0227|E0279|E0107)", done.stdout)}
    free = [place for i, place in enumerate(around) if i not in told]
    assert free == [], free


def check_examples(_):
    """The scripts of the examples are shell that the shell and shellcheck take."""
    scripts = sorted(glob.glob(os.path.join(SOURCE, "examples/custom-actions/*.sh")))
    assert len(scripts) >= 2
    for script in scripts:
        subprocess.run([shutil.which("dash") or "sh", "-n", script], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", *scripts], check=True)


for check in (check_aws, check_imds, check_secrets,
              check_accounting, check_jobs, check_fleet, check_health,
              check_overrides, check_nvidia, check_prolog, check_pyxis, check_slurm, check_signal, check_format, check_storage,
              check_ssh, check_search, check_passwords, check_login_keys, check_actions, check_exports, check_fetch,
              check_lustre, check_builders, check_installers, check_makers, check_mounts, check_covered, check_examples):
    with tempfile.TemporaryDirectory() as scratch:
        check(scratch)

# SPDX-License-Identifier: Apache-2.0
"""What the makers of software offer for download, and why machines believe it.

The scripts know the sums and keys of the real makers. Machines of the laboratory have a sha256sum and a gpg in front of
the system's, which show a sum of a stand-in, and the key of the laboratory, as those: all else is checked as ever.
"""
import hashlib
import os
import re
import subprocess
import tarfile

from common import ROOT

HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = "amazoncloudwatch-agent-us-east-1"
EFS_BUILD = """#!/bin/sh
set -eu
command -v ar
mkdir build
cp /usr/local/lab/repository/amazon-efs-utils_99_all.deb build/
"""
SHA256SUM = """#!/bin/sh
exec sed -f /usr/local/lab/sums | /usr/bin/sha256sum "$@"
"""
GPG = """#!/bin/sh
case " $* " in
*' --fingerprint '*) /usr/bin/gpg "$@" | sed -f /usr/local/lab/keys ;;
*) exec /usr/bin/gpg "$@" ;;
esac
"""


def in_script(name, pattern):
    with open(os.path.join(ROOT, "templates", name), encoding="ascii") as file:
        return re.search(pattern, file.read()).group(1)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Makers:
    """Files below `folder`; `source` is one of Slurm's, or None."""

    def __init__(self, folder, source=None):
        self.folder = folder
        os.makedirs(folder + "/gpg", 0o700)
        self.downloads = {}
        self.sums = {}
        if source:
            self.downloads["download.schedmd.com/slurm/slurm-%s.tar.bz2" % in_script(
                "build/slurm/build.sh", r"\nversion=(\S+)")] = source
            self.sums[in_script("build/slurm/build.sh", r"\nsum=(\w+)")] = digest(source)
        self.efs()
        self.sign()

    def efs(self):
        path = self.folder + "/efs-utils.tar.gz"
        with open(self.folder + "/build-deb.sh", "w", encoding="ascii") as file:
            file.write(EFS_BUILD)
        os.chmod(file.name, 0o755)
        with tarfile.open(path, "w:gz") as archive:
            archive.add(file.name, "efs-utils/build-deb.sh")
        self.downloads[in_script("efs/lib/efs.sh", r"https://(github\.com/aws/efs-utils/\S+)")] = path
        self.sums[in_script("efs/lib/efs.sh", r"\b([0-9a-f]{64})\b")] = digest(path)

    def gpg(self, *arguments):
        return subprocess.run(["gpg", "--homedir", self.folder + "/gpg", "--batch", "-q", "--pinentry-mode", "loopback",
                               "--passphrase", "", *arguments], check=True, stdout=subprocess.PIPE).stdout

    def sign(self):
        """The CloudWatch agent's package, its signature, and the key."""
        self.agent = self.folder + "/amazon-cloudwatch-agent.deb"
        subprocess.run([HERE + "/make-package", HERE + "/downloads/amazon-cloudwatch-agent", self.agent], check=True)
        self.gpg("--quick-gen-key", "lab", "rsa2048", "sign", "never")
        self.gpg("--output", self.agent + ".sig", "--detach-sign", self.agent)
        with open(self.folder + "/key", "wb") as file:
            file.write(self.gpg("--armor", "--export"))
        self.key = self.gpg("--with-colons", "--list-keys").decode().split("\nfpr:::::::::")[1].split(":")[0]

    def files(self):
        """Programs and their tables for the image, as {path: text}."""
        vendor = in_script("signed/lib/signed.sh", r"\b([0-9A-F]{40})\b")
        return {"usr/local/sbin/sha256sum": SHA256SUM, "usr/local/sbin/gpg": GPG,
                "usr/local/lab/sums": "".join(f"s/^{theirs}/{ours}/\n" for theirs, ours in self.sums.items()),
                "usr/local/lab/keys": f"s/{self.key}/{vendor}/\n"}

    def upload(self, s3):
        s3.create_bucket(Bucket=AGENT)
        for key, path in (("ubuntu/amd64/latest/amazon-cloudwatch-agent.deb", self.agent),
                          ("ubuntu/amd64/latest/amazon-cloudwatch-agent.deb.sig", self.agent + ".sig"),
                          ("assets/amazon-cloudwatch-agent.gpg", self.folder + "/key")):
            s3.upload_file(path, AGENT, key, ExtraArgs={"ACL": "public-read"})

# SPDX-License-Identifier: Apache-2.0
"""What the tests of scripts share: functions of templates/ run with their commands replaced by ones that say what they were
asked. The first argument of each test is the source."""
import os
import re
import subprocess
import sys

SOURCE = sys.argv[1]
STAND_INS = """
set -u
log() { echo "log $*"; }
scontrol() { echo "scontrol $*"; }
logs_event() { echo "event $*"; }
optional() { ! command -v "$1" >/dev/null || "$@"; }
"""


# Folders that scripts write to, and what they read there.
PLACES = re.compile(r"/srv/hpcc/state|/var/lib/(hpcc|cloud/instance)|/(opt|etc|run)/hpcc|/etc/(ssh|dhcp|systemd|parallelcluster)|/etc/profile\.d|"
                    r"/etc(?=/resolv)|/opt(?=/slurm)")


def shell(text, folder, *libraries):
    """Standard output of a script behind the stand-ins and the libraries, whose state folder is `folder`."""
    script = STAND_INS + "HPCC=%s\n" % folder
    for library in libraries:
        with open(os.path.join(SOURCE, "templates", library), encoding="ascii") as file:
            script += PLACES.sub(folder, file.read())
    done = subprocess.run(["sh"], input=(script + text).encode(), capture_output=True, check=False)
    assert done.stderr == b"" and done.returncode == 0, done
    return done.stdout.decode().splitlines()


def programs(folder, **texts):
    """Programs in front of those of the machine; the environment that finds them."""
    os.makedirs(folder + "/bin", exist_ok=True)
    for name, text in texts.items():
        with open(folder + "/bin/" + name, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n%s\n" % text)
        os.chmod(folder + "/bin/" + name, 0o755)
    return {**os.environ, "PATH": folder + "/bin:" + os.environ["PATH"]}


def template(name, folder=None):
    """The text of a file of templates/; with its places in `folder`."""
    with open(os.path.join(SOURCE, "templates", name), encoding="ascii") as file:
        text = file.read()
    return PLACES.sub(folder, text) if folder else text

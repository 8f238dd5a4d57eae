# SPDX-License-Identifier: Apache-2.0
"""Where an instance mounts what its user data names: the script as it is, with stand-ins for the programs that would change
the machine, and the system's folders moved away. What it enters into fstab, it mounts."""
import email
import functools
import os
import re
import subprocess
import tempfile

STANDS_IN = """
mount() { :; }; mountpoint() { return 1; }; systemctl() { :; }; shutdown() { exit 9; }; poweroff() { exit 9; }; dnf() { :; }
sleep() { :; }; chmod() { :; }; command() { echo "$2"; }; timeout() { shift; "$@"; }; tee() { cat; }
mkdir() { for each; do case $each in "$ROOT"/*) /bin/mkdir -p "$each" ;; esac; done; }
"""


def script(user_data):
    """The shell part of a message."""
    if not user_data.startswith("#!"):
        parts = [part for part in email.message_from_string(user_data).walk() if not part.is_multipart()]
        user_data = next(part.get_payload(decode=True).decode() for part in parts if "shellscript" in part.get_content_type())
    return user_data


@functools.lru_cache(None)
def fstab(text):
    """[(source, directory)] that the script of a Lustre workflow enters; None where it ends the instance."""
    with tempfile.TemporaryDirectory(prefix="hpcc-test-") as root:
        for folder in ("etc", "run", "var/lib", "dev", "bin"):
            os.makedirs(os.path.join(root, folder))
        os.symlink("/bin/true", os.path.join(root, "bin/systemd-run"))
        open(os.path.join(root, "etc/fstab"), "w", encoding="ascii").close()
        moved = re.sub(r"(?<![\w./$}])/(etc|run|var|dev)/", r"$ROOT/\1/", text)
        moved = re.sub(r"^PATH=.*$", "", moved, flags=re.M)
        done = subprocess.run(["sh", "-c", f"ROOT={root} PATH={root}/bin:$PATH\n{STANDS_IN}\n{moved}"], capture_output=True, timeout=600, check=False)
        with open(os.path.join(root, "etc/fstab"), encoding="ascii") as file:
            rows = [line.split() for line in file]
        return [(row[0], row[1]) for row in rows] if done.returncode == 0 else None


def boots(user_data):
    """Does an instance come up with it?"""
    return fstab(script(user_data)) is not None


def mounts(user_data, name):
    """Directories at which the script mounts the storage with this id."""
    text = script(user_data).replace(name, "fs-00000000000000000")
    text = re.sub(r"(?<=[ '\"/])m%s(?!\w)" % name[-7:], "mount000", text)
    return [directory for source, directory in fstab(text) or () if "fs-00000000000000000" in source]

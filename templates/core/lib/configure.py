# SPDX-License-Identifier: Apache-2.0
# configure.py METADATA [DIRECTORY] - the metadata of the head node as files for shell scripts.
#
# settings, kinds/<kind>/settings   lines NAME='value'
# kinds/<kind>/<event>              one line a custom action: run_action 'URL' 'argument'..., for root only
# storage                           for each shared storage lines fs_<Key>='value', then storage_mount, in brackets
# launch                            one line a compute resource, see launch_row in head_metadata.c
# fetched                           which configuration this is; the last file
# Files of the member Files lie at their own paths. Every file is replaced as a whole.
import json
import os
import shlex
import sys

try:
    from fsx import resolve
except ImportError:  # a module: see fsx/
    resolve = dict  # nothing that is not known already


# A value as one shell word; lists are joined by blanks.
def word(value):
    if isinstance(value, list):
        value = " ".join(str(item) for item in value)
    if isinstance(value, dict):
        value = " ".join("%s=%s" % item for item in value.items())
    return shlex.quote(str(value))


def settings(values):
    return "".join("%s=%s\n" % (name, word(values[name])) for name in values)


def storage(entries):
    text = ""
    for entry in entries:
        entry.update(resolve(entry))
        text += "(\n" + settings({"fs_" + key: entry[key] for key in entry}) + "storage_mount\n)\n"
    return text


def write(directory, name, text, mode=0o644):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", opener=lambda *to: os.open(*to, mode)) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.rename(path + ".new", path)


def main(source, directory=None):
    with open(source) as file:
        data = json.load(file)
    # A fetch.py of earlier releases has not said where to report.
    if not os.path.exists("/run/hpcc-handle"):
        write("/run", "hpcc-handle", 'url = "%s"\n' % data["WaitHandle"], 0o600)
    if directory is None:
        return
    write(directory, "settings", settings(data.get("Settings", {})))
    for kind, parts in data.get("Kinds", {}).items():
        folder = os.path.join(directory, "kinds", kind)
        write(folder, "settings", settings(parts.get("Settings", {})))
        for event, commands in parts.get("Actions", {}).items():
            write(folder, event, "".join("run_action %s\n" % " ".join(map(shlex.quote, command))
                                         for command in commands), 0o600)
    write(directory, "storage", storage(data.get("Storage", [])))
    write(directory, "launch", "".join(row + "\n" for row in data.get("Launch", [])))
    for name, text in data.get("Files", {}).items():
        write(directory, name, text)
    write(directory, "fetched", data["Version"] + "\n")


os.umask(0o022)
main(*sys.argv[1:])

# SPDX-License-Identifier: Apache-2.0
# configure.py METADATA DIRECTORY - the metadata of the head node as files for shell scripts.
#
# settings, kinds/<kind>/settings   lines NAME='value'
# kinds/<kind>/<event>              one line a custom action: run_action 'URL' 'argument'...
# storage                           for each shared storage lines fs_<Key>='value', then storage_mount, in brackets
# launch                            one line a compute resource, see launch_row in head_metadata.c
# handle (for root only), version   where to report, what this is
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
    handle = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    os.rename(path + ".new", path)


def main(source, directory):
    with open(source) as file:
        data = json.load(file)
    # First, so that the stack hears of what fails below; curl reads it, for its arguments are seen by all.
    write(directory, "handle", 'url = "%s"\n' % data["WaitHandle"], 0o600)
    write(directory, "settings", settings(data.get("Settings", {})))
    for kind, parts in data.get("Kinds", {}).items():
        folder = os.path.join(directory, "kinds", kind)
        write(folder, "settings", settings(parts.get("Settings", {})))
        for event in ("OnNodeStart", "OnNodeConfigured", "OnNodeUpdated"):
            write(folder, event, "".join("run_action %s\n" % " ".join(map(shlex.quote, command))
                                         for command in parts.get("Actions", {}).get(event, [])))
    write(directory, "storage", storage(data.get("Storage", [])))
    write(directory, "launch", "".join(row + "\n" for row in data.get("Launch", [])))
    for name, text in data.get("Files", {}).items():
        write(directory, name, text)
    write(directory, "version", data["Version"])


os.umask(0o022)
main(*sys.argv[1:])

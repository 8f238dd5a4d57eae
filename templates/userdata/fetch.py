# SPDX-License-Identifier: Apache-2.0
# fetch.py DIRECTORY [VERSION] - the configuration of the cluster, from the metadata of this node's resource.
#
# Writes metadata.json into /etc/hpcc and unpacks its Payload into DIRECTORY, unless the configuration is the
# VERSION that is there already. Prints the version of the configuration. Where to report stands in
# /run/hpcc-handle, for root only: curl reads it, for its arguments are seen by all. This file is part of the head
# node's user data: an edit restarts head nodes on their next update.
import base64
import json
import lzma
import os
import sys
import urllib.parse
import xml.etree.ElementTree
import zlib

sys.path.insert(0, "/etc/hpcc")
from sigv4 import request  # noqa: E402

WRITTEN = []


# The metadata of the stack's resource HPCC_METADATA, as it stands in the template, resolved.
def metadata():
    env = os.environ
    form = {"Action": "DescribeStackResource", "Version": "2010-05-15",
            "StackName": env["HPCC_CLUSTER"], "LogicalResourceId": env["HPCC_METADATA"]}
    host = "https://cloudformation.%s.%s/" % (env["HPCC_REGION"], env["HPCC_SUFFIX"])
    with request("cloudformation", env["HPCC_REGION"], "POST",
                 env.get("AWS_ENDPOINT_URL", host),
                 {"Content-Type": "application/x-www-form-urlencoded"},
                 urllib.parse.urlencode(form).encode()) as answer:
        tree = xml.etree.ElementTree.fromstring(answer.read())
    return json.loads(next(e.text for e in tree.iter() if e.tag.split("}")[-1] == "Metadata"))


# A file appears with all of its text, and together with the others: when all of them have found room.
def write(path, data, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb", opener=lambda *to: os.open(*to, mode)) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    WRITTEN.append(path)


def take():
    for path in WRITTEN:
        os.rename(path + ".new", path)


# Scripts of modules that the cluster has no more: others would call what they bring.
def tidy(directory):
    for folder in "boot lib minute slurm systemd".split():
        folder = os.path.join(directory, folder)
        for entry in os.scandir(folder) if os.path.isdir(folder) else ():
            if entry.is_file() and entry.path not in WRITTEN and entry.name != "sigv4.py":
                os.remove(entry.path)


# An archive: for each file a line with its name and its size in bytes, then its bytes. All but the first are
# compressed with the first, which is returned, as dictionary.
def unpack(packed, directory, core):
    data = base64.b85decode(packed.replace(",", "$"))
    text = rest = zlib.decompressobj(zdict=core).decompress(data) if core else lzma.decompress(data)
    while rest:
        line, rest = rest.split(b"\n", 1)
        name, size = line.decode().split()
        runs = name.endswith((".sh", ".py"))
        write(os.path.join(directory, name), rest[:int(size)], 0o755 if runs else 0o644)
        rest = rest[int(size):]
    return core or text


def main(directory, known=None):
    data = metadata()
    write("/run/hpcc-handle", ('url = "%s"\n' % data["WaitHandle"]).encode(), 0o600)
    take()
    WRITTEN.clear()
    print(data["Version"])
    if data["Version"] == known:
        return
    # Whoever is cut off here fetches all again.
    fetched = directory + "/etc/fetched"
    if os.path.exists(fetched):
        os.remove(fetched)
    core = None
    for packed in data.pop("Payload"):
        core = unpack(packed, directory, core)
    write("/etc/hpcc/metadata.json", json.dumps(data).encode(), 0o600)
    take()
    tidy(directory)


os.umask(0o022)
main(*sys.argv[1:])

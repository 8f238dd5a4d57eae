# SPDX-License-Identifier: Apache-2.0
# fetch.py DIRECTORY [VERSION] - the configuration of the cluster, from the metadata of this node's resource.
#
# Writes metadata.json into /etc/hpcc and unpacks its Payload into DIRECTORY, unless the configuration is the
# VERSION that is there already. Prints the version of the configuration. This file is part of the head node's
# user data: an edit restarts head nodes on their next update.
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

HOME = "/etc/hpcc/"


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
    for element in tree.iter():
        if element.tag.split("}")[-1] == "Metadata" and element.text:
            return json.loads(element.text)
    raise SystemExit("hpcc: the resource %s has no metadata" % env["HPCC_METADATA"])


# A file appears with all of its text or not at all.
def write(path, data, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    os.rename(path + ".new", path)


# An archive: for each file a line with its name and its size in bytes, then its bytes. All but the first are
# compressed with the first as dictionary. Returns the archive.
def unpack(packed, directory, core):
    data = base64.b85decode(packed.replace(",", "$"))
    text = rest = zlib.decompressobj(zdict=core).decompress(data) if core else lzma.decompress(data)
    while rest:
        line, rest = rest.split(b"\n", 1)
        name, size = line.decode().split()
        runs = name.endswith((".sh", ".py"))
        write(os.path.join(directory, name), rest[:int(size)], 0o755 if runs else 0o644)
        rest = rest[int(size):]
    return text


def main(directory, known=None):
    data = metadata()
    print(data["Version"])
    if data["Version"] == known:
        return
    payload = data.pop("Payload")
    core = unpack(payload[0], directory, None)
    for packed in payload[1:]:
        unpack(packed, directory, core)
    write(HOME + "metadata.json", json.dumps(data).encode(), 0o600)


os.umask(0o022)
main(*sys.argv[1:])

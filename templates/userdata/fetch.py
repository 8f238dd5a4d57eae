# SPDX-License-Identifier: Apache-2.0
"""fetch.py DIRECTORY [VERSION] - the configuration of the cluster, from the metadata of this node's resource.

Writes metadata.json into /etc/hpcc and unpacks its Payload into DIRECTORY, unless the configuration is
the VERSION that is there already. Prints the version of the configuration.
"""
import base64
import json
import os
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree

sys.path.insert(0, "/etc/hpcc")
from sigv4 import request  # noqa: E402

HOME = "/etc/hpcc/"


def metadata():
    """The metadata of the stack's resource HPCC_METADATA, as it stands in the template, resolved."""
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


def main(directory, known=None):
    """Nothing half-written is left where a reader might take it."""
    data = metadata()
    print(data["Version"])
    if data["Version"] == known:
        return
    packed = base64.b64decode(data.pop("Payload"))
    os.makedirs(directory, exist_ok=True)
    subprocess.run(["tar", "-xzC", directory], input=packed, check=True)
    handle = os.open(HOME + "metadata.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(data, out)
    os.rename(HOME + "metadata.new", HOME + "metadata.json")


main(*sys.argv[1:])

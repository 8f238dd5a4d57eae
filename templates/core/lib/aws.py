# SPDX-License-Identifier: Apache-2.0
# One call of an AWS service.
#
# aws.py ec2|autoscaling|cloudformation ACTION NAME=VALUE...   query protocol
# aws.py SERVICE ...                                           what aws_SERVICE.py describes, where it is there
#
# Answers in XML are printed one leaf a line: path without the root, a tab, the text; of an answer in pages all of them,
# or none. After an error the lines Code and Message are printed and the status is 1. Throttled calls are repeated, until
# HPCC_AWS_SECONDS have passed.
import importlib
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sigv4 import request  # noqa: E402

VERSIONS = {"ec2": "2016-11-15", "autoscaling": "2011-01-01", "cloudformation": "2010-05-15"}
# How codes begin after which a call is made again; EC2 says with 5xx, too, that it has no capacity.
AGAIN = ("RequestLimitExceeded", "Throttling", "ServiceUnavailable", "Internal", "Unavailable", "SlowDown",
         "PriorRequestNotComplete", "Unreachable", "Http5")
REGION = os.environ["HPCC_REGION"]
SUFFIX = os.environ["HPCC_SUFFIX"]


# Where the service is; AWS_ENDPOINT_URL stands in for all of them.
def url(service, path="/", host="https://%s.%s.%s"):
    found = os.environ.get("AWS_ENDPOINT_URL", host % (service, REGION, SUFFIX))
    return found.rstrip("/") + path


# (path, text) of every element without children; a text of tags is one line as any other.
def leaves(element, path=""):
    for child in element:
        name = path + child.tag.split("}")[-1]
        if len(child):
            yield from leaves(child, name + "/")
        else:
            yield name, " ".join((child.text or "").split())


# The leaves of an answer, with those of the pages that follow.
def query(service, action, pairs):
    form = {"Action": action, "Version": VERSIONS[service]}
    form.update(pair.split("=", 1) for pair in pairs)
    with request(service, REGION, "POST", url(service),
                 {"Content-Type": "application/x-www-form-urlencoded"},
                 urllib.parse.urlencode(form).encode()) as answer:
        found = list(leaves(xml.etree.ElementTree.fromstring(answer.read())))
    token = dict(found).get("nextToken")
    return found + query(service, action, pairs + ["NextToken=" + token]) if token else found


def call(words):
    if words[0] in VERSIONS:
        for leaf in query(words[0], words[1], words[2:]):
            print("%s\t%s" % leaf)
    else:
        importlib.import_module("aws_" + words[0]).call(sys.modules["__main__"], *words[1:])


# Code and message of a refusal, which is XML or JSON.
def reason(error):
    body = error.read().decode("utf-8", "replace")
    try:
        found = {path.split("/")[-1]: text
                 for path, text in leaves(xml.etree.ElementTree.fromstring(body))}
    except xml.etree.ElementTree.ParseError:
        try:
            data = json.loads(body)
            found = {"Code": data.get("__type", "").split("#")[-1],
                     "Message": data.get("message", data.get("Message", ""))}
        except ValueError:
            found = {}
    return found.get("Code", "Http%d" % error.code), found.get("Message", "")


def main(words):
    # Asked again, EC2 gives the same answer.
    if words[1] in ("RunInstances", "CreateFleet"):
        words.append("ClientToken=%032x" % random.getrandbits(128))
    end = time.time() + int(os.environ.get("HPCC_AWS_SECONDS", 240))
    for attempt in range(7):
        try:
            call(words)
            return 0
        except urllib.error.HTTPError as error:
            code, message = reason(error)
        # No answer, or half of one.
        except Exception as error:
            code, message = "Unreachable", str(error)
        if code.startswith(AGAIN) and attempt < 6 and time.time() < end:
            time.sleep(random.uniform(0, 2 ** attempt))
            continue
        print("Code\t%s\nMessage\t%s" % (code, message))
        print("aws: %s: %s %s" % (" ".join(words[:2]), code, message), file=sys.stderr)
        return 1
    return 1


sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
# One call of an AWS service.
#
# aws.py ec2|autoscaling|cloudformation ACTION NAME=VALUE...   query protocol
# aws.py secretsmanager GetSecretValue SecretId=ARN            prints the secret and nothing else
# aws.py route53 ZONE FILE                                     a change batch, XML
# aws.py s3 s3://BUCKET/KEY FILE                               downloads an object
#
# Answers in XML are printed one leaf a line: path without the root, a tab, the text. After an error the lines
# Code and Message are printed and the status is 1. Throttled calls are repeated.
import json
import os
import random
import shutil
import sys
import time
import urllib.error
import urllib.parse
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sigv4 import request  # noqa: E402

VERSIONS = {"ec2": "2016-11-15", "autoscaling": "2011-01-01", "cloudformation": "2010-05-15"}
THROTTLED = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "ServiceUnavailable",
             "InternalError", "Unavailable", "SlowDown", "PriorRequestNotComplete")
REGION = os.environ["HPCC_REGION"]
SUFFIX = os.environ["HPCC_SUFFIX"]


# Where the service is; AWS_ENDPOINT_URL stands in for all of them.
def url(service, path="/"):
    host = "https://%s.%s.%s" % (service, REGION, SUFFIX)
    if service == "route53":
        host = "https://route53.%s" % SUFFIX
    return os.environ.get("AWS_ENDPOINT_URL", host).rstrip("/") + path


# (path, text) of every element without children.
def leaves(element, path=""):
    for child in element:
        name = path + child.tag.split("}")[-1]
        if len(child):
            yield from leaves(child, name + "/")
        else:
            yield name, (child.text or "").strip()


def query(service, action, pairs):
    form = {"Action": action, "Version": VERSIONS[service]}
    form.update(pair.split("=", 1) for pair in pairs)
    with request(service, REGION, "POST", url(service),
                 {"Content-Type": "application/x-www-form-urlencoded"},
                 urllib.parse.urlencode(form).encode()) as answer:
        tree = xml.etree.ElementTree.fromstring(answer.read())
    for path, text in leaves(tree):
        print("%s\t%s" % (path, text))


def secret(action, pairs):
    body = json.dumps(dict(pair.split("=", 1) for pair in pairs)).encode()
    with request("secretsmanager", REGION, "POST", url("secretsmanager"),
                 {"Content-Type": "application/x-amz-json-1.1",
                  "X-Amz-Target": "secretsmanager." + action}, body) as answer:
        print(json.load(answer)["SecretString"])


def route53(zone, name):
    region = "cn-northwest-1" if SUFFIX.endswith(".cn") else "us-east-1"
    with open(name, "rb") as batch:
        request("route53", region, "POST", url("route53", "/2013-04-01/hostedzone/%s/rrset" % zone),
                {"Content-Type": "text/xml"}, batch.read()).close()


# The bucket may lie in another region: S3 says so in a header of its refusal.
def s3(source, target):
    parts = urllib.parse.urlsplit(source)
    path = "/%s/%s" % (parts.netloc, urllib.parse.quote(parts.path.lstrip("/")))
    try:
        answer = request("s3", REGION, "GET", url("s3", path), {})
    except urllib.error.HTTPError as error:
        region = error.headers.get("x-amz-bucket-region", REGION)
        if region == REGION:
            raise
        answer = request("s3", region, "GET", "https://s3.%s.%s%s" % (region, SUFFIX, path), {})
    with answer, open(target, "wb") as out:
        shutil.copyfileobj(answer, out)


def call(words):
    service = words[0]
    if service == "s3":
        s3(words[1], words[2])
    elif service == "route53":
        route53(words[1], words[2])
    elif service == "secretsmanager":
        secret(words[1], words[2:])
    else:
        query(service, words[1], words[2:])


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
    for attempt in range(5):
        try:
            call(words)
            return 0
        except urllib.error.HTTPError as error:
            code, message = reason(error)
            if code in THROTTLED and attempt < 4:
                time.sleep(random.uniform(0, 2 ** attempt))
                continue
        except OSError as error:
            code, message = "Unreachable", str(error)
        print("Code\t%s\nMessage\t%s" % (code, message))
        print("aws: %s: %s %s" % (" ".join(words[:2]), code, message), file=sys.stderr)
        return 1
    return 1


sys.exit(main(sys.argv[1:]))

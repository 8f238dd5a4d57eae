# SPDX-License-Identifier: Apache-2.0
# One signed request to AWS (Signature Version 4) with nothing but the standard library.
#
# Every image that runs cloud-init has Python; few have an AWS CLI or a curl that signs session tokens. The
# credentials of the instance role come from IMDSv2 and never enter a file, an argument or the environment.
# This file is part of the head node's user data as well: an edit restarts head nodes on their next update.
import hashlib
import hmac
import json
import os
import time
import urllib.parse
import urllib.request

IMDS = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254")


# Text of one path below latest/ of the instance metadata service; a proxy is never asked. The service throttles, and
# is to be asked again; only 404 says that there is nothing.
def imds(path):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(path, header, value, method="GET"):
        message = urllib.request.Request(
            IMDS + "/latest/" + path, method=method, headers={"X-aws-ec2-metadata-token" + header: value})
        with direct.open(message, timeout=10) as answer:
            return answer.read().decode()
    for pause in (1, 2, 4, 8, 0):
        try:
            return ask(path, "", ask("api/token", "-ttl-seconds", "300", "PUT"))
        except OSError as error:
            if not pause or getattr(error, "code", 0) == 404:
                raise
            time.sleep(pause)


# AccessKeyId, SecretAccessKey, Token of the instance role.
def credentials():
    base = "meta-data/iam/security-credentials/"
    return json.loads(imds(base + imds(base).split()[0]))


def _mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


# The headers of a request with its signature added.
def sign(keys, service, region, method, url, headers, body):
    parts = urllib.parse.urlsplit(url)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    digest = hashlib.sha256(body).hexdigest()
    signed = {name.lower(): value for name, value in headers.items()}
    signed.update({"host": parts.netloc, "x-amz-date": stamp, "x-amz-content-sha256": digest,
                   "x-amz-security-token": keys["Token"]})
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        [method, parts.path or "/", parts.query]
        + ["%s:%s" % pair for pair in sorted(signed.items())]
        + ["", names, digest])
    scope = "/".join([stamp[:8], region, service, "aws4_request"])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    signed["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        keys["AccessKeyId"], scope, names, _mac(key, text).hex())
    return signed


# The answer to one signed request, open for reading; urllib.error.HTTPError on a refusal.
def request(service, region, method, url, headers, body=b""):
    signed = sign(credentials(), service, region, method, url, headers, body)
    del signed["host"]
    message = urllib.request.Request(
        url, data=body if method != "GET" else None, method=method, headers=signed)
    return urllib.request.urlopen(message, timeout=60)

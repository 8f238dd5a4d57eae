# SPDX-License-Identifier: Apache-2.0
# aws.py route53 ZONE FILE - sends a change batch, XML. The service has one region a partition.
def call(aws, zone, name):
    region = "cn-northwest-1" if aws.SUFFIX.endswith(".cn") else "us-east-1"
    url = aws.url("route53", "/2013-04-01/hostedzone/%s/rrset" % zone, "https://%.0s%.0sroute53.%s")
    with open(name, "rb") as batch:
        body = batch.read()
    aws.request("route53", region, "POST", url, {"Content-Type": "text/xml"}, body).close()

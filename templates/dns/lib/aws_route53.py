# SPDX-License-Identifier: Apache-2.0
# aws.py route53 ZONE FILE - sends a change batch, XML. The service has one region and one host a partition.
def call(aws, zone, name):
    region, host = "us-east-1", "route53"
    if aws.SUFFIX.endswith(".cn"):
        region = "cn-northwest-1"
    elif aws.REGION.startswith("us-gov-"):
        region, host = "us-gov-west-1", "route53.us-gov"
    url = aws.url(host, "/2013-04-01/hostedzone/%s/rrset" % zone, "https://%s.%.0s%s")
    with open(name, "rb") as batch:
        body = batch.read()
    aws.request("route53", region, "POST", url, {"Content-Type": "text/xml"}, body).close()

# SPDX-License-Identifier: Apache-2.0
# aws.py s3 s3://BUCKET/KEY FILE - downloads an object.
import shutil
import urllib.error
import urllib.parse


# The bucket may lie in another region: S3 says so in a header of its refusal.
def call(aws, source, target):
    path = "/" + urllib.parse.quote(source[5:])
    try:
        answer = aws.request("s3", aws.REGION, "GET", aws.url("s3", path), {})
    except urllib.error.HTTPError as error:
        region = error.headers.get("x-amz-bucket-region", aws.REGION)
        if region == aws.REGION:
            raise
        url = "https://s3.%s.%s%s" % (region, aws.SUFFIX, path)
        answer = aws.request("s3", region, "GET", url, {})
    with answer, open(target, "wb") as out:
        shutil.copyfileobj(answer, out)

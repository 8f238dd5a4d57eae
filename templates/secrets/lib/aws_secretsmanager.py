# SPDX-License-Identifier: Apache-2.0
# aws.py secretsmanager ARN [password] - prints the text of a secret, or of a parameter of Systems Manager, and nothing
# else. A password is one line: the whole text, or what stands under that name in JSON, as RDS keeps it.
import json
import sys


def call(aws, arn, *password):
    service, target = "secretsmanager", "secretsmanager.GetSecretValue"
    wanted = {"SecretId": arn}
    if ":ssm:" in arn:
        service, target = "ssm", "AmazonSSM.GetParameter"
        wanted = {"Name": arn, "WithDecryption": True}
    with aws.request(service, aws.REGION, "POST", aws.url(service),
                     {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target},
                     json.dumps(wanted).encode()) as answer:
        found = json.load(answer)
    text = found.get("Parameter", {}).get("Value") or found.get("SecretString", "")
    if password:
        text = password_of(text.rstrip("\r\n"))
    if not text:
        sys.exit("%s: wanted is one line of text, or JSON with a password" % arn)
    print(text)


def password_of(text):
    try:
        text = json.loads(text).get("password")
    except (ValueError, AttributeError):
        pass  # no JSON, or a password that is all digits
    return isinstance(text, str) and text.isprintable() and text

# SPDX-License-Identifier: Apache-2.0
# aws.py secretsmanager ARN - prints the text of a secret, or of a parameter of Systems Manager, and nothing else.
import json


def call(aws, arn):
    service, target = "secretsmanager", "secretsmanager.GetSecretValue"
    wanted = {"SecretId": arn}
    if ":ssm:" in arn:
        service, target = "ssm", "AmazonSSM.GetParameter"
        wanted = {"Name": arn, "WithDecryption": True}
    with aws.request(service, aws.REGION, "POST", aws.url(service),
                     {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target},
                     json.dumps(wanted).encode()) as answer:
        found = json.load(answer)
    print(found["SecretString"] if service == "secretsmanager" else found["Parameter"]["Value"])

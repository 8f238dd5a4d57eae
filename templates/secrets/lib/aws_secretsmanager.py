# SPDX-License-Identifier: Apache-2.0
# aws.py secretsmanager ARN - prints the text of the secret and nothing else.
import json


def call(aws, arn):
    with aws.request("secretsmanager", aws.REGION, "POST", aws.url("secretsmanager"),
                     {"Content-Type": "application/x-amz-json-1.1",
                      "X-Amz-Target": "secretsmanager.GetSecretValue"},
                     json.dumps({"SecretId": arn}).encode()) as answer:
        print(json.load(answer)["SecretString"])

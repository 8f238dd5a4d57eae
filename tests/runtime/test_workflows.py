#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/workflows.py: look-ups of subnets, and what a stack says of storage before it is deleted, by a simulated AWS (moto)."""
import unittest

from function import program, simulated

simulated()
import boto3  # noqa: E402 - after the right interpreter is found
import moto  # noqa: E402

workflows = program("workflows")


def tags(stack, workflow=None):
    named = {"hpcc:stack": stack, "Name": "x", **({"hpcc:workflow": workflow} if workflow else {})}
    return [{"Key": k, "Value": v} for k, v in named.items()]


class Context:
    def get_remaining_time_in_millis(self):
        return 60000


class Workflows(unittest.TestCase):
    def setUp(self):
        for name, value in (("PAUSE", 0.001), ("PATIENCE", 0.5), ("GOING", 0.5)):
            self.addCleanup(setattr, workflows, name, getattr(workflows, name))
            setattr(workflows, name, value)
        self.sent = []
        mock = moto.mock_aws()
        mock.start()
        self.addCleanup(mock.stop)
        self.ec2, self.fsx = boto3.client("ec2"), boto3.client("fsx")
        self.subnet = self.ec2.describe_subnets()["Subnets"][0]

    def send(self, kind, properties, request="Create", client=boto3.client):
        event = {"ResourceType": kind, "RequestType": request, "ResourceProperties": {"ServiceToken": "x", **properties},
                 "StackId": "arn:aws:cloudformation:eu-west-1:1:stack/c/0a-0b", "RequestId": "r", "LogicalResourceId": "L",
                 "ResponseURL": "http://127.0.0.1/"}
        real_client, real_open = workflows.boto3.client, workflows.urllib.request.urlopen

        class Nothing:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

        def urlopen(call, timeout):
            self.sent.append(workflows.json.loads(call.data))
            return Nothing()

        workflows.boto3.client, workflows.urllib.request.urlopen = client, urlopen
        try:
            workflows.handler(event, Context())
        finally:
            workflows.boto3.client, workflows.urllib.request.urlopen = real_client, real_open
        return self.sent[-1]

    def delete(self):
        return self.send("Custom::HpccWorkflows", {"Stack": "demo"}, "Delete")

    def volume(self, *of):
        return self.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, TagSpecifications=[
            {"ResourceType": "volume", "Tags": tags(*of)}])["VolumeId"]

    def file_system(self, *of):
        return self.fsx.create_file_system(FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[self.subnet["SubnetId"]],
                                           Tags=tags(*of))["FileSystem"]["FileSystemId"]

    def test_a_subnet_is_looked_up(self):
        said = self.send("Custom::HpccLookup", {"SubnetId": self.subnet["SubnetId"]})
        self.assertEqual(said["Data"], {key: self.subnet[key] for key in ("VpcId", "AvailabilityZone")})
        self.assertEqual(self.send("Custom::HpccLookup", {"SubnetId": "subnet-0"})["Status"], "FAILED")
        self.assertEqual(self.send("Custom::HpccLookup", {"SubnetId": "subnet-0"}, "Delete")["Status"], "SUCCESS")

    def test_nothing_is_asked_before_deletion(self):
        self.volume("demo", "nightly")
        for request in ("Create", "Update"):
            self.assertEqual(self.send("Custom::HpccWorkflows", {"Stack": "demo"}, request)["Status"], "SUCCESS")

    def test_storage_of_the_stack_is_named(self):
        volume, system = self.volume("demo", "nightly"), self.file_system("demo", "weekly")
        said = self.delete()
        self.assertEqual(said["Status"], "FAILED")
        self.assertIn(f"volume {volume} of workflow nightly", said["Reason"])
        self.assertIn(f"file system {system} of workflow weekly", said["Reason"])
        self.ec2.delete_volume(VolumeId=volume)
        self.assertNotIn(volume, self.delete()["Reason"])
        self.fsx.delete_file_system(FileSystemId=system)
        self.assertEqual(self.delete()["Status"], "SUCCESS")

    def test_storage_of_others_is_not_meant(self):
        self.volume("demo2", "nightly"), self.volume("demo"), self.file_system("other", "nightly"), self.file_system("demo")
        self.assertEqual(self.delete()["Status"], "SUCCESS")

    def test_what_is_being_deleted_is_waited_for(self):
        going = [{"FileSystemId": "fs-1", "Lifecycle": "DELETING", "Tags": tags("demo", "nightly")}]
        answers = [going, going, []]

        class Pages:
            def paginate(self, **_):
                return [{"FileSystems": answers.pop(0) if len(answers) > 1 else answers[0], "Volumes": []}]

        class Client:
            def get_paginator(self, _):
                return Pages()

        answers = [going, [], going, [], []]  # volumes are asked for in between
        self.assertEqual(self.send("Custom::HpccWorkflows", {"Stack": "demo"}, "Delete", lambda _: Client())["Status"], "SUCCESS")
        answers = [going]
        said = self.send("Custom::HpccWorkflows", {"Stack": "demo"}, "Delete", lambda _: Client())
        self.assertIn("fs-1", said["Reason"])

    def test_an_unknown_question_fails(self):
        self.assertEqual(self.send("Custom::HpccFleet", {})["Status"], "FAILED")


if __name__ == "__main__":
    unittest.main()

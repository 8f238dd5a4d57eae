#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/workflows.py: look-ups of subnets, and what a stack says of executions and storage before it
is deleted, by a simulated AWS (moto)."""
import unittest

from function import event, program, simulated, told

simulated()
import boto3  # noqa: E402 - after the right interpreter is found
import moto  # noqa: E402

workflows = program("workflows")


def tags(stack, workflow=None):
    named = {"hpcc:stack": stack, "Name": "x", **({"hpcc:workflow": workflow} if workflow else {})}
    return [{"Key": k, "Value": v} for k, v in named.items()]


class Clock:
    """A clock that goes on while a program sleeps, and only then."""

    def __init__(self):
        self.now = 0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Workflows(unittest.TestCase):
    def setUp(self):
        for name, value in (("PAUSE", 0.1), ("PATIENCE", 0.5), ("time", Clock())):
            self.addCleanup(setattr, workflows, name, getattr(workflows, name))
            setattr(workflows, name, value)
        mock = moto.mock_aws()
        mock.start()
        self.addCleanup(mock.stop)
        self.states = boto3.client("stepfunctions")
        self.ec2, self.fsx = boto3.client("ec2"), boto3.client("fsx")
        self.subnet = self.ec2.describe_subnets()["Subnets"][0]

    def send(self, kind, properties, request="Create", client=boto3.client):
        return told(workflows, client, event(kind, request, properties), 900)

    def delete(self, client=boto3.client, **properties):
        return self.send("HpccWorkflows", {"Stack": "demo", **properties}, "Delete", client)

    def machine(self, name):
        return self.states.create_state_machine(name=name, roleArn="arn:aws:iam::123456789012:role/r", definition=workflows.json.dumps(
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": True}}}))["stateMachineArn"]

    def volume(self, *of):
        return self.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, TagSpecifications=[
            {"ResourceType": "volume", "Tags": tags(*of)}])["VolumeId"]

    def file_system(self, *of):
        return self.fsx.create_file_system(FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[self.subnet["SubnetId"]],
                                           Tags=tags(*of))["FileSystem"]["FileSystemId"]

    def test_a_subnet_is_looked_up(self):
        said = self.send("HpccLookup", {"SubnetId": self.subnet["SubnetId"]})
        self.assertEqual(said["Data"], {key: self.subnet[key] for key in ("VpcId", "AvailabilityZone")})
        self.assertEqual(self.send("HpccLookup", {"SubnetId": "subnet-0"})["Status"], "FAILED")
        self.assertEqual(self.send("HpccLookup", {"SubnetId": "subnet-0"}, "Delete")["Status"], "SUCCESS")

    def test_nothing_is_asked_before_deletion(self):
        self.volume("demo", "nightly")
        for request in ("Create", "Update"):
            self.assertEqual(self.send("HpccWorkflows", {"Stack": "demo"}, request)["Status"], "SUCCESS")

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
        clock, gone = workflows.time, 600  # seconds until the file system is gone

        class Client:
            def __init__(self, _):
                pass

            def get_paginator(self, _):
                return self

            def paginate(self, **_):
                return [{"FileSystems": going if clock.now < gone else [], "Volumes": []}]

        workflows.PAUSE = 5
        self.assertEqual(self.delete(Client)["Status"], "SUCCESS")
        self.assertLess(clock.now, gone + 60)
        clock.now, gone = 0, 100000
        said = self.delete(Client)
        self.assertIn("fs-1", said["Reason"])
        self.assertTrue(800 < clock.now < 900, clock.now)  # all the time of the function, and some to answer

    def test_executions_that_run_are_named(self):
        machine, other = self.machine("demo-nightly"), self.machine("other-nightly")
        machines = [machine, machine.replace("demo-nightly", "demo-gone")]
        run = self.states.start_execution(stateMachineArn=machine, name="first")["executionArn"]
        self.states.start_execution(stateMachineArn=other, name="second")
        said = self.delete(Machines=machines)
        self.assertEqual(said["Status"], "FAILED")
        self.assertIn("execution first of demo-nightly is running", said["Reason"])
        self.assertNotIn("second", said["Reason"])
        self.states.stop_execution(executionArn=run)
        self.assertEqual(self.delete(Machines=machines)["Status"], "SUCCESS")

    def test_an_unknown_question_fails(self):
        self.assertEqual(self.send("HpccFleet", {})["Status"], "FAILED")


if __name__ == "__main__":
    unittest.main()

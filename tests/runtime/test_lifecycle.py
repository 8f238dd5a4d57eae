#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/lifecycle.py against a simulated AWS (moto), with answers sent to a local HTTP server."""
import http.server
import json
import threading
import time
import unittest
from unittest import mock

from function import Context, event, program, simulated

simulated()
import boto3  # noqa: E402 - after the right interpreter is found
import botocore.exceptions  # noqa: E402
import moto  # noqa: E402

lifecycle = program("lifecycle")


class Listener:
    """Takes the answers that CloudFormation would get."""

    def __init__(self):
        self.answers = []
        answers = self.answers

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                size = int(self.headers["Content-Length"])
                answers.append((self.headers["Content-Type"], json.loads(self.rfile.read(size))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.aws = moto.mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1:.*"]}}})
        self.aws.start()
        self.addCleanup(self.aws.stop)
        self.listener = Listener()
        self.addCleanup(self.listener.close)
        self.pause, lifecycle.PAUSE = lifecycle.PAUSE, 0.01
        self.addCleanup(lambda: setattr(lifecycle, "PAUSE", self.pause))

    def send(self, kind, request, properties, context=Context(), **more):
        lifecycle.handler(event(kind, request, properties, ResponseURL=self.listener.url, **more), context)
        return self.listener.answers[-1][1]

    def subnet(self, public):
        ec2 = boto3.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1b")
        subnet = subnet["Subnet"]["SubnetId"]
        if public:
            gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return vpc, subnet

    def test_subnet(self):
        for public, scheme in ((False, "internal"), (True, "internet-facing")):
            vpc, subnet = self.subnet(public)
            answer = self.send("HpccLookup", "Create", {"SubnetId": subnet})
            self.assertEqual(answer["Status"], "SUCCESS", answer)
            self.assertEqual(
                answer["Data"], {"VpcId": vpc, "AvailabilityZone": "eu-west-1b", "Scheme": scheme}
            )

    def test_main_route_table_counts(self):
        vpc, subnet = self.subnet(False)
        ec2 = boto3.client("ec2")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        mine = [{"Name": "vpc-id", "Values": [vpc]}]
        table = ec2.describe_route_tables(Filters=mine)["RouteTables"][0]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        answer = self.send("HpccLookup", "Create", {"SubnetId": subnet})
        self.assertEqual(answer["Data"]["Scheme"], "internet-facing")

    def test_image_parameter(self):
        path = "/hpcc/test/image"
        boto3.client("ssm").put_parameter(Name=path, Value="ami-1", Type="String")
        answer = self.send("HpccLookup", "Update", {"ImageParameter": path}, PhysicalResourceId="p")
        self.assertEqual(answer["Data"], {"ImageId": "ami-1"})
        self.assertEqual(answer["PhysicalResourceId"], "p")

    def test_newest_image_by_name(self):
        pages = [
            {"Images": [{"ImageId": "ami-old", "CreationDate": "2024-01-01T00:00:00.000Z"}]},
            {"Images": [{"ImageId": "ami-new", "CreationDate": "2025-01-01T00:00:00.000Z"}]},
        ]
        asked = {}

        class Pages:
            def paginate(self, **wanted):
                asked.update(wanted)
                return pages

        class Client:
            def get_paginator(self, _):
                return Pages()

        self.assertEqual(lifecycle.image(lambda _: Client(), "1,2", "RHEL-9*"), "ami-new")
        self.assertEqual(asked["Owners"], ["1", "2"])
        pages.clear()
        with self.assertRaises(LookupError):
            lifecycle.image(lambda _: Client(), "1", "RHEL-9*")

    def test_profile_address_and_zone(self):
        iam = boto3.client("iam")
        iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        iam.create_instance_profile(InstanceProfileName="p")
        iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
        address = boto3.client("ec2").allocate_address(Domain="vpc")
        zone = boto3.client("route53").create_hosted_zone(Name="a.example.", CallerReference="1")
        wanted = {
            "InstanceProfile": "p",
            "PublicIp": address["PublicIp"],
            "HostedZoneId": zone["HostedZone"]["Id"],
            "Cluster": "Prod",
        }
        data = self.send("HpccLookup", "Create", wanted)["Data"]
        self.assertTrue(data["RoleArn"].endswith(":role/r"))
        self.assertEqual(data["AllocationId"], address["AllocationId"])
        self.assertEqual(data["Domain"], "prod.a.example")

    def test_answer_has_what_cloudformation_wants(self):
        answer = self.send("HpccFleet", "Create", {"Cluster": "c"})
        kind, _ = self.listener.answers[-1]
        self.assertEqual(kind, "")
        self.assertEqual(answer["PhysicalResourceId"], "0a-0b-L")
        self.assertEqual((answer["StackId"][-5:], answer["RequestId"]), ("0a-0b", "r"))
        self.assertEqual(answer["LogicalResourceId"], "L")

    def test_fault_is_answered(self):
        answer = self.send("HpccLookup", "Create", {"SubnetId": "subnet-00000000000000000"})
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("subnet-00000000000000000", answer["Reason"])
        self.assertEqual(self.send("Other", "Create", {})["Status"], "FAILED")

    def test_deleting_a_lookup_asks_nothing(self):
        wanted = {"SubnetId": "subnet-00000000000000000"}
        self.assertEqual(self.send("HpccLookup", "Delete", wanted)["Status"], "SUCCESS")

    def test_refusal_is_tried_again_until_a_policy_has_taken_effect(self):
        refused = botocore.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "GetHostedZone")
        answers = [refused, refused, {"HostedZone": {"Name": "a.example."}}]

        class Client:
            def get_hosted_zone(self, **_):
                answer = answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        def ask(seconds):
            deadline = time.monotonic() + seconds
            return lifecycle.look_up_once_allowed(lambda _: Client(), {"HostedZoneId": "Z", "Cluster": "c"}, deadline)

        self.assertEqual(ask(60), {"Domain": "c.a.example"})
        answers += [refused]
        with self.assertRaises(botocore.exceptions.ClientError):
            ask(0)

    def launch(self, cluster, node_type, n=2):
        tags = [{"Key": "hpcc:cluster", "Value": cluster}, {"Key": "hpcc:node-type", "Value": node_type}]
        _, subnet = self.subnet(False)
        run = boto3.client("ec2").run_instances(
            ImageId="ami-12c6146b",
            MinCount=n,
            MaxCount=n,
            SubnetId=subnet,
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )
        return [i["InstanceId"] for i in run["Instances"]]

    def states(self, ids):
        found = boto3.client("ec2").describe_instances(InstanceIds=ids)["Reservations"]
        return {i["State"]["Name"] for r in found for i in r["Instances"]}

    def test_end_of_fleet_ends_its_own_compute_nodes_only(self):
        mine, head, other = (
            self.launch("c", "Compute"),
            self.launch("c", "HeadNode", 1),
            self.launch("c2", "Compute"),
        )
        for request in ("Create", "Update"):
            self.send("HpccFleet", request, {"Cluster": "c"})
            self.assertEqual(self.states(mine), {"running"})
        self.assertEqual(self.send("HpccFleet", "Delete", {"Cluster": "c"})["Status"], "SUCCESS")
        self.assertEqual(self.states(mine), {"terminated"})
        self.assertEqual(self.states(head), {"running"})
        self.assertEqual(self.states(other), {"running"})

    def test_fleet_that_does_not_end_is_told_in_time(self):
        class Stubborn:
            def get_paginator(self, _):
                return self

            def paginate(self, **_):
                node = {"InstanceId": "i-1", "State": {"Name": "shutting-down"}}
                return [{"Reservations": [{"Instances": [node]}]}]

        began = time.monotonic()
        with self.assertRaisesRegex(TimeoutError, "1 compute nodes"):
            lifecycle.end_fleet(lambda _: Stubborn(), "c", began + 0.1)
        self.assertLess(time.monotonic() - began, 60)  # a stack waits an hour

    def test_zone_that_is_throttled_is_tried_again(self):
        refused = botocore.exceptions.ClientError({"Error": {"Code": "Throttling"}}, "ChangeResourceRecordSets")
        record = {"Name": "n.c.example.", "Type": "A"}
        calls = []

        class Throttled:
            def get_paginator(self, name):
                self.name = name
                return self

            def paginate(self, **_):
                return [{"Reservations": [], "ResourceRecordSets": [record]}]

            def change_resource_record_sets(self, **_):
                calls.append(1)
                if len(calls) < 3:
                    raise refused

        with mock.patch.object(lifecycle.time, "sleep"):
            lifecycle.end_fleet(lambda _: Throttled(), "c", time.monotonic() + 60, "Z", "c.example")
        self.assertEqual(len(calls), 3)

    def test_zone_keeps_what_is_not_of_the_cluster(self):
        route53 = boto3.client("route53")
        zone = route53.create_hosted_zone(Name="example.", CallerReference="1")["HostedZone"]["Id"]
        names = ["n1.c.example.", "n2.c.example.", "n1.xc.example.", "c.example."]
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": name,
                    "Type": "A",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": "10.0.0.1"}],
                },
            }
            for name in names
        ]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        self.send("HpccFleet", "Delete", {"Cluster": "C", "HostedZoneId": zone, "Domain": "C.example"})
        left = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        self.assertEqual({r["Name"] for r in left if r["Type"] == "A"}, set(names[2:]))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/hybrid.py: SecureStrings from a simulated AWS (moto), attachments as EC2 tells them."""
import unittest

from function import event, program, simulated, told

simulated()
import boto3  # noqa: E402 - after the right interpreter is found
import moto  # noqa: E402

hybrid = program("hybrid")

WANTED = {"TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "VpnConnectionId": "vpn-1"}


def attachment(resource, table=None):
    more = {"Association": {"TransitGatewayRouteTableId": table, "State": "associated"}} if table else {}
    return {"ResourceId": resource, "TransitGatewayAttachmentId": f"tgw-attach-{resource}", **more}


class Ec2:
    """Answers one list after the other, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, service):
        assert service == "ec2"
        return self

    def describe_transit_gateway_attachments(self, Filters):
        self.asked.append({f["Name"]: f["Values"] for f in Filters})
        return {"TransitGatewayAttachments": self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]}


class Hybrid(unittest.TestCase):
    def setUp(self):
        for name, value in (("PAUSE", 0.001), ("PATIENCE", 1)):
            self.addCleanup(setattr, hybrid, name, getattr(hybrid, name))
            setattr(hybrid, name, value)

    def send(self, client, properties, request="Create"):
        return told(hybrid, client, event("HpccLookup", request, properties))

    def test_a_secure_string_is_shown_to_nobody(self):
        with moto.mock_aws():
            client = boto3.client
            client("ssm").put_parameter(Name="/hpc/bgp-key", Value="secret-key", Type="SecureString")
            client("ssm").put_parameter(Name="/hpc/open", Value="secret-key", Type="String")
            said = self.send(client, {"KeyParameter": "/hpc/bgp-key"})
            self.assertEqual((said["Status"], said["Data"], said["NoEcho"]), ("SUCCESS", {"Key": "secret-key"}, True))
            said = self.send(client, {"KeyParameter": "/hpc/open"})
            self.assertEqual(said["Status"], "FAILED")
            self.assertIn("SecureString", said["Reason"])
            self.assertNotIn("secret-key", str(said))
            self.assertEqual(self.send(client, {"KeyParameter": "/hpc/none"})["Status"], "FAILED")

    def test_attachments(self):
        ec2 = Ec2([attachment("vpc-1", "tgw-rtb-1"), attachment("vpn-1", "tgw-rtb-2")])
        said = self.send(ec2, WANTED)
        self.assertEqual(said["Data"], {"Table": "tgw-rtb-1", "Attachment": "tgw-attach-vpn-1"})
        self.assertFalse(said["NoEcho"])
        self.assertEqual(ec2.asked[0]["resource-id"], ["vpc-1", "vpn-1"])
        self.assertEqual(ec2.asked[0]["transit-gateway-id"], ["tgw-1"])

    def test_what_is_not_there_yet_is_waited_for(self):
        both = [attachment("vpc-1", "tgw-rtb-1"), attachment("vpn-1")]
        ec2 = Ec2([], [attachment("vpc-1")], both)
        self.assertEqual(self.send(ec2, WANTED)["Status"], "SUCCESS")
        self.assertEqual(len(ec2.asked), 3)

    def test_what_is_missing_is_said(self):
        said = self.send(Ec2([attachment("vpc-1", "tgw-rtb-1")]), WANTED)
        self.assertEqual((said["Status"], said["Reason"]), ("FAILED", "LookupError: tgw-1 has no attachment of vpn-1"))
        said = self.send(Ec2([attachment("vpc-1"), attachment("vpn-1")]), WANTED)
        self.assertIn("route table", said["Reason"])

    def test_deletion_asks_nothing(self):
        ec2 = Ec2([])
        self.assertEqual(self.send(ec2, WANTED, "Delete")["Status"], "SUCCESS")
        self.assertEqual(ec2.asked, [])


if __name__ == "__main__":
    unittest.main()

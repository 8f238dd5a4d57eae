# SPDX-License-Identifier: Apache-2.0
"""A small AWS for the end-to-end tests: the server of moto_server.py and what a cluster file expects to find."""
import json
import os
import re
import subprocess
import urllib.request

from common import ROOT, run, tool

ACCOUNT = "123456789012"  # moto's
BUCKET = "hpcc-templates"


class World:
    """A server of its own; ends with this process."""

    def __init__(self):
        self.server = subprocess.Popen(
            [tool("python3"), os.path.join(ROOT, "tests/e2e/moto_server.py")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if not os.environ.get("HPCC_TEST_LOG")
            else open(os.environ["HPCC_TEST_LOG"], "wb"))
        port = int(self.server.stdout.readline())
        # moto takes a bucket out of the host name of a template's address, unless that is localhost.
        self.url = f"http://localhost:{port}"
        self.clients = {}

    def environment(self, region):
        """For the AWS CLI, with nothing of the user's own configuration in it."""
        return {"PATH": os.path.dirname(tool("aws")) + ":" + os.environ["PATH"], "HOME": "/nonexistent",
                "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": region, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": "/nonexistent", "no_proxy": "localhost,127.0.0.1"}

    def client(self, service, region):
        if (service, region) not in self.clients:
            import boto3
            self.clients[service, region] = boto3.client(
                service, region_name=region, endpoint_url=self.url, aws_access_key_id="test",
                aws_secret_access_key="test")
        return self.clients[service, region]

    def get(self, what):
        """What the stand-ins kept: "recorded", "calls" or "asked"."""
        with urllib.request.urlopen(f"{self.url}/hpcc-test/{what}", timeout=600) as answer:
            return json.load(answer)

    def aws(self, region, *args, **kwargs):
        return run([tool("aws"), *args], env=self.environment(region), **kwargs)

    def empty_buckets(self):
        """Deletes all buckets with what is in them."""
        s3 = self.client("s3", "us-east-1")
        for bucket in s3.list_buckets()["Buckets"]:
            for item in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
                s3.delete_object(Bucket=bucket["Name"], Key=item["Key"])
            s3.delete_bucket(Bucket=bucket["Name"])

    def end(self):
        self.server.stdin.close()
        self.server.wait(600)

    # ---- what a file expects to find ----

    def network(self, region, wanted, zone_of=None):
        """A VPC with a way out, and a subnet for each id in `wanted`, in the zone of `zone_of` where that says one;
        {id in the file: id here}."""
        ec2 = self.client("ec2", region)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
        ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        zones = [z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]]
        found = {}
        for number, name in enumerate(sorted(wanted)):
            zone = (zone_of or {}).get(name, zones[number % len(zones)])
            # Room for two thousand instances each.
            block = f"10.0.{number * 8}.0/21"
            found[name] = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        return vpc, found

    def roles(self, text):
        """Roles, instance profiles and policies that the file names by their ARN."""
        iam = self.client("iam", "us-east-1")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole"}]})
        names = set(re.findall(rf"arn:aws:iam::{ACCOUNT}:(?:role|instance-profile)/([\w/-]+)", text))
        have = {role["RoleName"] for role in iam.list_roles()["Roles"]}
        for name in sorted(names - have):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            iam.create_instance_profile(InstanceProfileName=name)
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        for name in re.findall(rf"arn:aws:iam::{ACCOUNT}:policy/([\w/-]+)", text):
            if name not in {p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]}:
                iam.create_policy(PolicyName=name, PolicyDocument=json.dumps({
                    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}))

    def prepare(self, example, folder):
        """
        Makes what the example refers to and writes a copy that refers to it. Returns (path of the copy, its
        text): every id that AWS gives out is replaced, all else stays.
        """
        region, text = example.region, example.resolved.replace("111122223333", ACCOUNT)
        ec2 = self.client("ec2", region)
        vpc, names = self.network(region, set(re.findall(r"\bsubnet-\w+", text)))
        for name in sorted(set(re.findall(r"\bsg-[0-9a-f]+", text))):
            names[name] = ec2.create_security_group(GroupName=name.replace("sg-", "group-") + example.name,
                                                    Description="of the user", VpcId=vpc)["GroupId"]
        for name in re.findall(r"\bsnap-\w+", text):
            zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
            volume = ec2.create_volume(AvailabilityZone=zone, Size=50)["VolumeId"]
            names[name] = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        for name in re.findall(r"ElasticIp: (\d+\.\d+\.\d+\.\d+)", text):
            names[name] = ec2.allocate_address(Domain="vpc")["PublicIp"]
        for name in re.findall(r"HostedZoneId: (Z\w+)", text):
            names[name] = self.client("route53", region).create_hosted_zone(
                Name="example.internal", CallerReference=example.name,
                VPC={"VPCRegion": region, "VPCId": vpc})["HostedZone"]["Id"].split("/")[-1]
        keys = {k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]}
        for name in set(re.findall(r"^ *Ssh:\s+KeyName: ([\w-]+)", text, re.M)) - keys:
            ec2.create_key_pair(KeyName=name)
        self.roles(text)
        for url, bucket, key in re.findall(r"(https://([\w-]+)\.s3\.[\w-]+\.amazonaws\.com/(\S+\.json))", text):
            s3 = self.client("s3", "us-east-1")
            s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({"AWSTemplateFormatVersion": "2010-09-09",
                          "Resources": {"More": {"Type": "AWS::SNS::Topic"}}}).encode())
        for old, new in names.items():
            text = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", new, text)
        path = os.path.join(folder, "cluster.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path, text

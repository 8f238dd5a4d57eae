# SPDX-License-Identifier: Apache-2.0
"""Compares a deployed stack, seen through AWS's API, with the cluster file it was made from.

The file is read by PyYAML and judged by what ParallelCluster's documentation says of its properties; what
instance types can do comes from the API's own describe-instance-types. Nothing of hpcc is used but
`hpcc userdata`, whose output is compared with the user data that came back.
"""
import ast
import base64
import copy
import json
import re

from common import hpcc

# Describe and list actions know no resources; anything else on "*" would be a right too many.
MAY_BE_ANYWHERE = re.compile(r"(\w+:(Describe|List|Get)\w*|cloudwatch:PutMetricData|ssm:UpdateInstanceInformation|"
                             r"ssmmessages:\w+|ec2:\w*NetworkInterface\w*|"
                             r"logs:((Create|Update|Delete)LogDelivery|PutResourcePolicy))$")  # of a state machine: AWS takes no resource there


def get(section, *path, default=None):
    """The value below a path of keys; `default` where one is missing or empty."""
    for key in path:
        section = (section or {}).get(key) if isinstance(section, dict) else None
    return default if section is None else section


def tags_of(rows):
    return {row["Key"]: row["Value"] for row in rows or []}


class Deployed:
    """A stack as the API shows it, and what was found wrong with it."""

    def __init__(self, world, stack):
        self.world, self.stack, self.faults = world, stack, []
        self.ec2 = world.client("ec2", stack.region)
        pages = stack.cloudformation().get_paginator("list_stack_resources").paginate(StackName=stack.name)
        self.resources = [r for page in pages for r in page["StackResourceSummaries"]]
        self.recorded = [r for r in world.get("recorded") if f"/{stack.name}/" in r["stack"]]

    def same(self, what, got, want):
        if got != want:
            self.faults.append(f"{what}: got {got!r}, the file says {want!r}")

    def true(self, what, good, why=""):
        if not good:
            self.faults.append(f"{what} {why}")

    def ids(self, kind):
        return [r["PhysicalResourceId"] for r in self.resources if r["ResourceType"] == kind]

    def records(self, kind):
        return [r["properties"] for r in self.recorded if r["type"] == kind]


class Comparison(Deployed):
    def __init__(self, world, stack, cluster, path, given=None):
        super().__init__(world, stack)
        self.given = given or {}  # values of parameters other than their defaults
        self.cluster, self.path = cluster, path
        self.iam = world.client("iam", stack.region)
        self.template = stack.cloudformation().get_template(StackName=stack.name)["TemplateBody"]
        if isinstance(self.template, str):
            self.template = json.loads(self.template)
        if "Network" in cluster:
            self.cluster = self.placed(copy.deepcopy(cluster))

    # ---- small helpers ----

    def placed(self, cluster):
        """The file with the subnets of its own network where it names none: nodes for people in the first public one, a queue
        in the first private one, or in all where it may start several types."""
        subnets = {kind: [self.physical(r["LogicalResourceId"]) for r in self.resources
                          if re.fullmatch(rf"Subnet(Primary)?{kind}Subnet\d*", r["LogicalResourceId"])] for kind in ("Public", "Private")}
        head = cluster["HeadNode"].setdefault("Networking", {})
        if "SubnetId" not in head:
            head.update({"SubnetId": subnets["Public"][0], "ElasticIp": head.get("ElasticIp", True)})
        for pool in cluster.get("LoginNodes", {}).get("Pools", []):
            pool.setdefault("Networking", {}).setdefault("SubnetIds", subnets["Public"][:1])
        for queue in cluster["Scheduling"]["SlurmQueues"]:
            several = all("Instances" in resource for resource in queue["ComputeResources"])
            queue.setdefault("Networking", {}).setdefault("SubnetIds", subnets["Private"][:None if several else 1])
        return cluster

    def physical(self, logical):
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in self.resources}[logical]

    def kept(self):
        """Physical ids of what the template says outlives the stack."""
        return {r["PhysicalResourceId"] for r in self.resources
                if self.template["Resources"][r["LogicalResourceId"]].get("DeletionPolicy", "").startswith("Retain")}

    def queues(self):
        for queue in self.cluster["Scheduling"]["SlurmQueues"]:
            for resource in queue["ComputeResources"]:
                yield queue, resource

    def head_address(self):
        interface = self.physical("HeadNodeInterface")
        return self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"][0]

    def chosen(self, value):
        """The branch of an Fn::If that the values of the parameters choose."""
        while isinstance(value, dict) and "Fn::If" in value:
            name, then, otherwise = value["Fn::If"]
            parameter, wanted = self.template["Conditions"][name]["Fn::Equals"]
            default = self.template["Parameters"][parameter["Ref"]].get("Default")
            value = then if self.given.get(parameter["Ref"], default) == wanted else otherwise
        return value

    def expected_user_data(self, node):
        text = hpcc("userdata", self.path, "--node", node).stdout.decode()
        values = {"AWS::StackName": self.stack.name, "AWS::Region": self.stack.region,
                  "AWS::URLSuffix": "amazonaws.com",
                  "HeadNodeInterface.PrimaryPrivateIpAddress": self.head_address()["PrivateIpAddress"]}
        return re.sub(r"\$\{([\w:.]+)\}", lambda m: values.get(m.group(1), m.group(0)), text)

    def launch_templates(self):
        """{(queue, resource) or ("login", pool): launch template data}"""
        found = {}
        for identifier in self.ids("AWS::EC2::LaunchTemplate"):
            version = self.ec2.describe_launch_template_versions(LaunchTemplateId=identifier, Versions=["$Latest"])
            data = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
            tags = {}
            for row in data.get("TagSpecifications", []):
                if row["ResourceType"] == "instance":
                    tags = tags_of(row["Tags"])
            if "hpcc:queue" in tags:
                found[tags["hpcc:queue"], tags["hpcc:compute-resource"]] = data
        return found

    def instance_type(self, name):
        return self.ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]

    # ---- compute resources ----

    def compute(self):
        templates = self.launch_templates()
        wanted = {(q["Name"], r["Name"]) for q, r in self.queues()}
        self.same("compute resources with a launch template", sorted(templates), sorted(wanted))
        for queue, resource in self.queues():
            data = templates.get((queue["Name"], resource["Name"]))
            if data is not None:
                where = f"{queue['Name']}/{resource['Name']}"
                for check in (self.types, self.market, self.placement, self.interfaces, self.metadata, self.volumes,
                              self.tags, self.user_data, self.profile, self.threads):
                    check(where, queue, resource, data)

    def types_of(self, resource):
        return [resource["InstanceType"]] if "InstanceType" in resource else \
            [i["InstanceType"] for i in resource["Instances"]]

    def types(self, where, queue, resource, data):
        self.true(where, data.get("InstanceType") in self.types_of(resource), f"has type {data.get('InstanceType')}")

    def market(self, where, queue, resource, data):
        kind = {"SPOT": "spot", "CAPACITY_BLOCK": "capacity-block"}.get(queue.get("CapacityType", "ONDEMAND"))
        self.same(f"{where} market", get(data, "InstanceMarketOptions", "MarketType"), kind)
        price = resource.get("SpotPrice")
        got = get(data, "InstanceMarketOptions", "SpotOptions", "MaxPrice")
        self.same(f"{where} spot price", None if got is None else float(got), None if price is None else float(price))
        target = resource.get("CapacityReservationTarget") or queue.get("CapacityReservationTarget") or {}
        self.same(f"{where} capacity reservation",
                  get(data, "CapacityReservationSpecification", "CapacityReservationTarget", default={}), target)

    def placement(self, where, queue, resource, data):
        group = get(resource, "Networking", "PlacementGroup", default=get(queue, "Networking", "PlacementGroup",
                                                                          default={}))
        name = group.get("Name") or group.get("Id")
        got = get(data, "Placement", "GroupName")
        if name:
            self.same(f"{where} placement group", got, name)
        elif group.get("Enabled"):
            made = [r["name"] for r in self.recorded if r["type"] == "AWS::EC2::PlacementGroup"]
            self.true(f"{where} placement group", got in made, f"{got} is none of {made}")
        elif group.get("Enabled") is False or not get(resource, "Efa", "Enabled"):
            self.same(f"{where} placement group", got, None)

    def interfaces(self, where, queue, resource, data):
        rows = data.get("NetworkInterfaces", [])
        if "LaunchTemplateOverrides" in resource:  # that template's interfaces take the place of ours
            self.same(f"{where} interfaces", rows, [])
            return
        efas = [row for row in rows if row.get("InterfaceType", "").startswith("efa")]
        info = self.instance_type(data["InstanceType"])["NetworkInfo"]
        most = get(info, "EfaInfo", "MaximumEfaInterfaces", default=0)
        self.same(f"{where} EFA interfaces", len(efas), most if get(resource, "Efa", "Enabled") else 0)
        cards = [row.get("NetworkCardIndex", 0) for row in efas]
        self.same(f"{where} EFA interfaces a card", len(set(cards)), len(cards))
        self.true(f"{where} network cards", all(card < info.get("MaximumNetworkCards", 1) for card in cards), cards)
        groups = get(queue, "Networking", "SecurityGroups")
        more = get(queue, "Networking", "AdditionalSecurityGroups", default=[])
        own = [self.physical("ComputeSecurityGroup")] if not groups else []
        for row in rows:
            self.same(f"{where} security groups", sorted(row.get("Groups", [])), sorted(groups or own + more))
            self.true(f"{where} subnet", row.get("SubnetId", queue["Networking"]["SubnetIds"][0])
                      in queue["Networking"]["SubnetIds"], row.get("SubnetId"))
        public = get(queue, "Networking", "AssignPublicIp")
        if public is not None:
            self.same(f"{where} public address", bool(rows and rows[0].get("AssociatePublicIpAddress")), public)

    def metadata(self, where, queue, resource, data):
        support = get(queue, "ComputeSettings", "Imds", "ImdsSupport", default=get(self.cluster, "Imds", "ImdsSupport"))
        want = "optional" if support == "v1.0" else "required"
        self.same(f"{where} IMDS", get(data, "MetadataOptions", "HttpTokens"), want)

    def root_volume(self, where, wanted, ebs):
        self.same(f"{where} root volume size", ebs.get("VolumeSize"), wanted.get("Size"))
        self.same(f"{where} root volume type", ebs.get("VolumeType"), wanted.get("VolumeType", "gp3"))
        self.same(f"{where} root volume IOPS", ebs.get("Iops"), wanted.get("Iops"))
        self.same(f"{where} root volume throughput", ebs.get("Throughput"), wanted.get("Throughput"))
        self.same(f"{where} root volume encryption", ebs.get("Encrypted"), wanted.get("Encrypted", True))

    def volumes(self, where, queue, resource, data):
        roots = [m["Ebs"] for m in data["BlockDeviceMappings"] if "Ebs" in m]
        self.same(f"{where} volumes", len(roots), 1)
        self.root_volume(where, get(queue, "ComputeSettings", "LocalStorage", "RootVolume", default={}), roots[0])

    def tags(self, where, queue, resource, data):
        want = {**tags_of(self.cluster.get("Tags")), **tags_of(queue.get("Tags")), **tags_of(resource.get("Tags"))}
        want.update({"hpcc:cluster": self.stack.name, "hpcc:node-type": "Compute", "hpcc:queue": queue["Name"],
                     "hpcc:compute-resource": resource["Name"]})
        for row in data["TagSpecifications"]:
            got = tags_of(row["Tags"])
            for key, value in want.items():
                self.same(f"{where} tag {key} of a {row['ResourceType']}", got.get(key), str(value))
        self.same(f"{where} tagged", sorted(row["ResourceType"] for row in data["TagSpecifications"]),
                  ["instance", "volume"])

    def user_data(self, where, queue, resource, data):
        got = base64.b64decode(data["UserData"]).decode()
        self.true(f"{where} user data", got == self.expected_user_data(where), "is not what `hpcc userdata` prints")

    def threads(self, where, queue, resource, data):
        off = resource.get("DisableSimultaneousMultithreading", False)
        cpu = self.instance_type(data["InstanceType"])["VCpuInfo"]
        if off and len(self.types_of(resource)) == 1 and 1 in cpu.get("ValidThreadsPerCore", []) and \
                cpu["DefaultThreadsPerCore"] == 2:
            self.same(f"{where} threads", data.get("CpuOptions"),
                      {"CoreCount": cpu["DefaultCores"], "ThreadsPerCore": 1})
        else:
            self.same(f"{where} threads", data.get("CpuOptions"), None)

    # ---- roles ----

    def profile_role(self, reference):
        """(name of an instance profile, its role) from {"Name": …} or {"Arn": …}."""
        name = reference.get("Name") or reference["Arn"].rsplit("/", 1)[-1]
        return name, self.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"][0]

    def profile(self, where, queue, resource, data):
        self.identity(where, queue.get("Iam") or {}, data["IamInstanceProfile"])

    def identity(self, where, wanted, reference):
        """A node's profile and role against an Iam section."""
        name, role = self.profile_role(reference)
        if "InstanceProfile" in wanted:
            self.same(f"{where} profile", name, wanted["InstanceProfile"].rsplit("/", 1)[-1])
            return
        if "InstanceRole" in wanted:
            self.same(f"{where} role", role["RoleName"], wanted["InstanceRole"].rsplit("/", 1)[-1])
            return
        self.same(f"{where} permissions boundary", get(self.iam.get_role(RoleName=role["RoleName"]), "Role",
                                                       "PermissionsBoundary", "PermissionsBoundaryArn"),
                  get(self.cluster, "Iam", "PermissionsBoundary"))
        statements = self.statements(role["RoleName"])
        for access in wanted.get("S3Access", []):
            self.s3_access(where, access, statements)
        logical = [r["LogicalResourceId"] for r in self.resources if r["PhysicalResourceId"] == role["RoleName"]]
        managed = self.template["Resources"][logical[0]]["Properties"].get("ManagedPolicyArns", [])
        for policy in wanted.get("AdditionalIamPolicies", []):
            self.true(f"{where} policy", policy["Policy"] in managed, f"{policy['Policy']} is not in {managed}")

    def statements(self, role):
        found = []
        for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            if isinstance(document, str):  # moto prints the policy of a stack in Python's way
                document = ast.literal_eval(document)
            found += document["Statement"]
        return found

    def s3_access(self, where, access, statements):
        key = access.get("KeyName") or "*"
        arn = f"arn:aws:s3:::{access['BucketName']}/{key}"
        actions = {action for s in statements for action in ([s["Action"]] if isinstance(s["Action"], str)
                                                             else s["Action"])
                   if arn in (s["Resource"] if isinstance(s["Resource"], list) else [s["Resource"]])}
        self.true(f"{where} reads {arn}", actions & {"s3:GetObject*"}, actions)
        self.true(f"{where} leaves the bucket itself alone",
                  not any(action.startswith(("s3:*", "s3:PutBucket", "s3:DeleteBucket", "s3:Put*", "s3:Delete*"))
                          for action in actions), actions)
        writes = any(action.startswith(("s3:Put", "s3:Delete")) for action in actions)
        self.same(f"{where} writes {arn}", writes, bool(access.get("EnableWriteAccess")))

    def rights(self):
        """Roles the stack made hold no right on everything but what knows no resources."""
        for role in self.ids("AWS::IAM::Role"):
            for s in self.statements(role):
                actions = [s["Action"]] if isinstance(s["Action"], str) else s["Action"]
                resources = [s["Resource"]] if isinstance(s["Resource"], str) else s["Resource"]
                self.true(role, "NotAction" not in s and "NotResource" not in s, "excludes instead of naming")
                for action in actions:
                    named = action.startswith("s3:") and "*" not in resources  # S3Access is given so
                    self.true(role, "*" not in action or action.endswith(":Describe*") or named or
                              action == "kms:ReEncrypt*", f"may do {action}")
                    self.true(role, "*" not in resources or MAY_BE_ANYWHERE.match(action) or "Condition" in s,
                              f"may do {action} on everything")

    # ---- the head node ----

    def head(self):
        wanted = self.cluster["HeadNode"]
        node = self.ec2.describe_instances(InstanceIds=[self.physical("HeadNode")])["Reservations"][0]["Instances"][0]
        self.same("type", node["InstanceType"], wanted["InstanceType"])
        self.same("key", node.get("KeyName"), get(wanted, "Ssh", "KeyName"))
        self.same("subnet", node["SubnetId"], wanted["Networking"]["SubnetId"])
        interface = self.head_address()
        groups = sorted(g["GroupId"] for g in interface["Groups"])
        given = get(wanted, "Networking", "SecurityGroups")
        more = get(wanted, "Networking", "AdditionalSecurityGroups", default=[])
        self.same("security groups", groups, sorted(given or [self.physical("HeadNodeSecurityGroup")] + more))
        want = "optional" if get(self.cluster, "Imds", "ImdsSupport") == "v1.0" else "required"
        self.same("IMDS", node["MetadataOptions"]["HttpTokens"], want)
        got = tags_of(node["Tags"])
        for key, value in {**tags_of(self.cluster.get("Tags")), "hpcc:cluster": self.stack.name}.items():
            self.same(f"tag {key}", got.get(key), str(value))
        self.same("image", node["ImageId"], get(wanted, "Image", "CustomAmi", default=get(
            self.cluster, "Image", "CustomAmi", default=node["ImageId"])))
        data = self.ec2.describe_instance_attribute(InstanceId=node["InstanceId"], Attribute="userData")
        text = base64.b64decode(data["UserData"]["Value"]).decode()
        self.true("user data", text == self.expected_user_data("head"), "is not what `hpcc userdata` prints")
        self.identity("head node", wanted.get("Iam") or {}, {"Arn": node["IamInstanceProfile"]["Arn"]})
        self.head_volume(node, get(wanted, "LocalStorage", "RootVolume", default={}))
        self.elastic_address(get(wanted, "Networking", "ElasticIp"), interface)

    def head_volume(self, node, wanted):
        volumes = [self.ec2.describe_volumes(VolumeIds=[m["Ebs"]["VolumeId"]])["Volumes"][0]
                   for m in node["BlockDeviceMappings"]]
        if "Size" in wanted:
            self.true("root volume size", wanted["Size"] in [v["Size"] for v in volumes],
                      [v["Size"] for v in volumes])
        self.true("root volume encryption", wanted.get("Encrypted", True) in [v["Encrypted"] for v in volumes], "")

    def elastic_address(self, wanted, interface):
        addresses = [a for a in self.ec2.describe_addresses()["Addresses"]
                     if a.get("NetworkInterfaceId") == interface["NetworkInterfaceId"]]
        self.same("elastic addresses", len(addresses), 1 if wanted else 0)
        if isinstance(wanted, str):
            self.same("elastic address", addresses[0]["PublicIp"], wanted)

    # ---- storage ----

    def storage(self):
        made = {"Ebs": [], "Efs": [], "FsxLustre": []}
        for s in self.cluster.get("SharedStorage") or []:
            settings = s.get(s["StorageType"] + "Settings") or {}
            if not any(k in settings for k in ("VolumeId", "FileSystemId", "FileCacheId")) and s["StorageType"] in made:
                made[s["StorageType"]].append(settings)
        self.block(made["Ebs"])
        self.network_file_systems(made["Efs"])
        self.lustre(made["FsxLustre"])

    def block(self, wanted):
        volumes = [self.ec2.describe_volumes(VolumeIds=[v])["Volumes"][0] for v in self.ids("AWS::EC2::Volume")
                   if v != self.physical("StateVolume")] if self.ids("AWS::EC2::Volume") else []
        rows = []
        for settings in wanted:
            row = (settings.get("VolumeType", "gp3"), settings.get("Size", 35), settings.get("Encrypted", True))
            rows += [row] * get(settings, "Raid", "NumberOfVolumes", default=2 if "Raid" in settings else 1)
        self.same("volumes", sorted((v["VolumeType"], v["Size"], v["Encrypted"]) for v in volumes), sorted(rows))
        for settings in wanted:
            if "Iops" in settings:
                self.true("volume IOPS", settings["Iops"] in [v.get("Iops") for v in volumes], settings["Iops"])

    def network_file_systems(self, wanted):
        efs = self.world.client("efs", self.stack.region)
        found = [efs.describe_file_systems(FileSystemId=f)["FileSystems"][0] for f in self.ids("AWS::EFS::FileSystem")]
        state = get(self.cluster, "HeadNode", "SharedStorageType", default="Ebs").lower() == "efs"
        self.same("EFS file systems", len(found), len(wanted) + state)
        for settings in wanted:
            row = (settings.get("Encrypted", False), settings.get("PerformanceMode", "generalPurpose"),
                   settings.get("ThroughputMode", "bursting"))
            self.true("EFS file system", row in [(f["Encrypted"], f["PerformanceMode"], f["ThroughputMode"])
                                                 for f in found], f"{row} is none of {found}")
        # One target a zone; the subnets of a queue are in zones of their own.
        queues = [q["Networking"]["SubnetIds"] for q in self.cluster["Scheduling"]["SlurmQueues"]]
        largest = max(queues, key=len)
        for f in found:
            targets = efs.describe_mount_targets(FileSystemId=f["FileSystemId"])["MountTargets"]
            zones = [t["AvailabilityZoneName"] for t in targets]
            self.same("EFS mount targets", sorted(t["SubnetId"] for t in targets), sorted(largest))
            self.same("EFS mount targets a zone", len(set(zones)), len(zones))

    def lustre(self, wanted):
        found = self.records("AWS::FSx::FileSystem")
        self.same("FSx for Lustre file systems", len(found), len(wanted))
        for settings in wanted:
            fitting = [f for f in found if all(self.lustre_has(f, key, settings[key]) for key in settings)]
            self.true("FSx for Lustre file system", fitting, f"{settings} is none of {found}")

    def lustre_has(self, made, key, value):
        """Does the file system have a property of FsxLustreSettings? Those that other resources have pass."""
        lustre = made.get("LustreConfiguration", {})
        if key in ("StorageCapacity", "KmsKeyId", "BackupId"):
            return str(made.get(key)) == str(value)
        if key == "FileSystemTypeVersion":
            return str(made.get(key)) == str(value)
        if key == "StorageType":
            return made.get(key) == value
        if key in ("DataRepositoryAssociations", "DeletionPolicy", "Tags"):
            return True
        return str(lustre.get(key)).lower() == str(value).lower()

    # ---- login nodes, logs, names ----

    def login(self):
        pools = get(self.cluster, "LoginNodes", "Pools", default=[])
        scaling = self.world.client("autoscaling", self.stack.region)
        groups = [scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[g])["AutoScalingGroups"][0]
                  for g in self.ids("AWS::AutoScaling::AutoScalingGroup")]
        got = []
        for group in groups:
            self.true("login nodes run", len(group["Instances"]) == group["DesiredCapacity"], "not all")
            version = self.ec2.describe_launch_template_versions(
                LaunchTemplateId=group["LaunchTemplate"]["LaunchTemplateId"], Versions=["$Latest"])
            data = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
            got.append((data["InstanceType"], group["DesiredCapacity"], group["VPCZoneIdentifier"]))
        self.same("login pools", sorted(got), sorted(
            (p["InstanceType"], p.get("Count", 1), ",".join(p["Networking"]["SubnetIds"])) for p in pools))
        self.same("load balancers", len(self.ids("AWS::ElasticLoadBalancingV2::LoadBalancer")), len(pools))

    def logs(self):
        client = self.world.client("logs", self.stack.region)
        enabled = get(self.cluster, "Monitoring", "Logs", "CloudWatch", "Enabled", default=True)
        groups = [g for g in client.describe_log_groups()["logGroups"]
                  if any(r["LogicalResourceId"] == "LogGroup" and r["PhysicalResourceId"] == g["logGroupName"]
                         for r in self.resources)]
        self.same("log groups", len(groups), int(enabled))
        if enabled and groups:
            self.same("log retention", groups[0].get("retentionInDays"),
                      get(self.cluster, "Monitoring", "Logs", "CloudWatch", "RetentionInDays", default=180))

    def names(self):
        settings = get(self.cluster, "Scheduling", "SlurmSettings", "Dns", default={})
        managed = not settings.get("DisableManagedDns") and not settings.get("HostedZoneId")
        zones = self.ids("AWS::Route53::HostedZone")
        self.same("hosted zones", len(zones), int(managed and not settings.get("UseEc2Hostnames")))

    def nodes(self):
        """Names and numbers of Slurm's nodes, in what the head node is told."""
        files = self.template["Resources"]["HeadNode"]["Metadata"]["Files"]
        text = self.chosen(files["slurm/hpcc_nodes.conf"])
        got = {m.group(1): int(m.group(2)) for m in re.finditer(r"^NodeName=(\S+?)-\[1-(\d+)\]", text, re.M)}
        want = {}
        for queue, resource in self.queues():
            low = resource.get("MinCount", 0)
            high = resource.get("MaxCount", max(10, low))
            for kind, count in (("st", low), ("dy", high - low)):
                if count:
                    want[f"{queue['Name']}-{kind}-{resource['Name']}"] = count
        self.same("Slurm's nodes", got, want)

    def all(self):
        """(name, faults) of each comparison."""
        for check in (self.compute, self.head, self.rights, self.storage, self.login, self.logs, self.names,
                      self.nodes):
            self.faults = []
            check()
            yield check.__name__, self.faults

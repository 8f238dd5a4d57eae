# SPDX-License-Identifier: Apache-2.0
"""Compares a deployed environment, seen through AWS's API, with the file it was made from.

The file is read by PyYAML and judged by what doc/environment.md says of it. Nothing of hpcc is used. Types that no API of the
local AWS has (FSx, Direct Connect, rules outwards among groups) are compared with what was recorded of them.
"""
import ipaddress
import json

from compare import Deployed, get, tags_of

FIRST_BLOCK = "10.0.0.0/16"
AUTH_KEY = "known-to-two-routers"  # what the SecureString of AuthKeyParameter holds
ANYWHERE = "0.0.0.0/0"
# Who calls what from a network without the internet: doc/environment.md.
COMMON = {"ec2", "logs", "monitoring", "secretsmanager", "ssm", "ssmmessages"}
PRESETS = {"NONE": set(), "FARGATE": {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"},
           "CLUSTER": COMMON | {"autoscaling", "cloudformation", "route53"},
           "BATCH": COMMON | {"batch", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry"}}


def listed(value):
    return value if isinstance(value, list) else [value]


def block_of(text):
    return ipaddress.ip_network(text)


class EnvironmentComparison(Deployed):
    def __init__(self, world, stack, file):
        super().__init__(world, stack)
        self.file, self.network_of_file = file, file["Network"]
        found = stack.cloudformation().describe_stacks(StackName=stack.name)["Stacks"][0]
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}
        self.vpc = self.outputs.get("VPC")

    def is_new(self):
        return "VpcId" not in self.network_of_file

    # ---- the network ----

    def addresses(self):
        n = self.network_of_file
        vpc = self.ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"][0]
        if not self.is_new():
            self.same("VPC", self.vpc, n["VpcId"])
            return
        self.same("blocks", sorted(b["CidrBlock"] for b in vpc["CidrBlockAssociationSet"]),
                  sorted([n.get("CidrBlock", FIRST_BLOCK), *n.get("AdditionalCidrBlocks", [])]))
        self.same("IPv6", bool(vpc.get("Ipv6CidrBlockAssociationSet")), n.get("Ipv6", False))
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            found = self.ec2.describe_vpc_attribute(VpcId=self.vpc, Attribute=name[0].lower() + name[1:])
            self.true(name, found[name]["Value"], "is off")
        self.same("tags of the VPC", {t["Key"]: t["Value"] for t in self.file.get("Tags", [])}.items() - tags_of(vpc["Tags"]).items(),
                  set())
        self.names_of_hosts(vpc)

    def names_of_hosts(self, vpc):
        wanted = self.network_of_file.get("DhcpOptions")
        if wanted:
            found = self.ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"][0]["DhcpConfigurations"]
            found = {c["Key"]: [v["Value"] for v in c["Values"]] for c in found}
            region = self.stack.region
            default = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
            self.same("domain", found.get("domain-name"), [wanted.get("DomainName", default)])
            self.same("name servers", found.get("domain-name-servers"), wanted.get("DomainNameServers", ["AmazonProvidedDNS"]))

    def wanted_subnets(self):
        n = self.network_of_file
        if "Subnets" in n:
            return n["Subnets"]
        zones = n.get("AvailabilityZones") or range(n["AvailabilityZoneCount"])
        return [{"Name": {"PUBLIC": "PublicSubnet", "PRIVATE": "PrivateSubnet"}[kind] + str(number + 1) if number else
                 {"PUBLIC": "PublicSubnet", "PRIVATE": "PrimaryPrivateSubnet"}[kind], "Type": kind, "zone": number}
                for number in range(len(zones)) for kind in ("PUBLIC", "PRIVATE")]

    def nat(self):
        private = any(s["Type"] == "PRIVATE" for s in self.wanted_subnets())
        return self.network_of_file.get("NatGateway", "SINGLE" if private and self.is_new() else "NONE")

    def subnet(self, name):
        return self.ec2.describe_subnets(SubnetIds=[self.outputs[name]])["Subnets"][0]

    def subnets(self):
        zones, taken = {}, []
        first_zone = (self.network_of_file.get("AvailabilityZones") or [None])[0]
        for wanted in self.wanted_subnets():
            name = wanted["Name"]
            if name not in self.outputs:
                self.faults.append(f"no output {name}")
                continue
            found = self.subnet(name)
            self.same(f"VPC of {name}", found["VpcId"], self.vpc)
            if "SubnetId" in wanted:
                self.same(name, found["SubnetId"], wanted["SubnetId"])
                continue
            self.same(f"public addresses of {name}", found["MapPublicIpOnLaunch"],
                      wanted.get("MapPublicIpOnLaunch", wanted["Type"] == "PUBLIC"))
            self.block(wanted, block_of(found["CidrBlock"]), taken)
            if "zone" in wanted:
                zones.setdefault(wanted["zone"], set()).add(found["AvailabilityZone"])
            else:
                self.same(f"zone of {name}", found["AvailabilityZone"], wanted.get("AvailabilityZone", first_zone))
            self.same(f"IPv6 of {name}", bool(found.get("Ipv6CidrBlockAssociationSet")), self.network_of_file.get("Ipv6", False))
            self.routes(wanted, found)
        self.true("zones", all(len(found) == 1 for found in zones.values()) and len(set().union(*zones.values())) == len(zones)
                  if zones else True, f"are {zones}")

    def block(self, wanted, block, taken):
        name = wanted["Name"]
        if "CidrBlock" in wanted:
            self.same(f"addresses of {name}", str(block), wanted["CidrBlock"])
        else:
            self.same(f"size of {name}", block.prefixlen, 24 if wanted["Type"] == "PUBLIC" else
                      block_of(self.network_of_file.get("CidrBlock", FIRST_BLOCK)).prefixlen + 3)
        self.true(f"addresses of {name}", not any(block.overlaps(other) for other in taken), "overlap others")
        taken.append(block)

    def routes(self, wanted, subnet):
        """PUBLIC leads to the internet gateway, PRIVATE to a NAT gateway, ISOLATED nowhere."""
        tables = self.ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}])
        name, tables = wanted["Name"], tables["RouteTables"]
        self.same(f"route tables of {name}", len(tables), 1)
        routes = [r for t in tables for r in t["Routes"] if r.get("DestinationCidrBlock") == ANYWHERE]
        internet = any((r.get("GatewayId") or "").startswith("igw-") for r in routes)
        self.same(f"{name} leads to the internet", internet, wanted["Type"] == "PUBLIC")
        translated = any("NatGatewayId" in r for r in routes)
        if self.nat() != "REGIONAL":
            self.same(f"{name} leads to a NAT gateway", translated, wanted["Type"] == "PRIVATE" and self.nat() != "NONE")
        six = [r for t in tables for r in t["Routes"] if r.get("DestinationIpv6CidrBlock") == "::/0"]
        self.same(f"{name} leads out with IPv6", bool(six),
                  bool(self.network_of_file.get("Ipv6")) and wanted["Type"] != "ISOLATED")

    def gateways(self):
        found = [g for g in self.ec2.describe_nat_gateways(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["NatGateways"]
                 if g["State"] != "deleted"]
        zones = {self.subnet(s["Name"])["AvailabilityZone"] for s in self.wanted_subnets() if s["Type"] == "PRIVATE"}
        self.same("NAT gateways", len(found), {"SINGLE": 1, "PER_AZ": len(zones)}.get(self.nat(), 0))
        public = {self.outputs[s["Name"]] for s in self.wanted_subnets() if s["Type"] == "PUBLIC"}
        for gateway in found:
            self.true("NAT gateway", gateway["SubnetId"] in public, f"stands in {gateway['SubnetId']}")
            self.true("NAT gateway", gateway["NatGatewayAddresses"][0]["AllocationId"], "has no address")

    def endpoints(self):
        wanted = self.network_of_file.get("Endpoints") or {}
        found = self.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["VpcEndpoints"]
        short = {e["ServiceName"].split(f".{self.stack.region}.")[-1].replace("com.amazonaws.", ""): e for e in found}
        gateways = {"s3"} if wanted.get("S3", self.is_new() or "RouteTableIds" in self.network_of_file) else set()
        gateways |= {"dynamodb"} if wanted.get("DynamoDb") else set()
        interfaces = set(wanted.get("Interfaces", [])).union(*(PRESETS[p] for p in listed(wanted.get("Preset", "NONE"))))
        self.same("gateway endpoints", {n for n, e in short.items() if e["VpcEndpointType"] == "Gateway"}, gateways)
        self.same("interface endpoints", {n for n, e in short.items() if e["VpcEndpointType"] == "Interface"}, interfaces)
        names = wanted.get("SubnetNames")
        for name in sorted(interfaces & set(short)):
            self.true(f"names of {name}", short[name].get("PrivateDnsEnabled"), "are public")
            if names:
                self.same(f"subnets of {name}", sorted(short[name]["SubnetIds"]), sorted(self.outputs[n] for n in names))
        for name in gateways & set(short):
            self.true(f"endpoint {name}", short[name].get("RouteTableIds"), "is in no route table")

    def flow_logs(self):
        wanted = self.network_of_file.get("FlowLogs") or {}
        found = [f for f in self.ec2.describe_flow_logs()["FlowLogs"] if f["ResourceId"] == self.vpc]
        self.same("flow logs", len(found), int(wanted.get("Enabled", False)))
        for log in found:
            self.same("traffic that is recorded", log["TrafficType"], wanted.get("TrafficType", "REJECT"))
            self.same("where to", log["LogDestinationType"],
                      "s3" if wanted.get("Destination") == "S3" else "cloud-watch-logs")

    # ---- groups ----

    def wanted_groups(self):
        return self.file.get("SecurityGroups") or [{"Name": "Cluster"}]

    def group_id(self, number, name):
        return self.outputs.get("SecurityGroup" if number == 0 else "SecurityGroup" + name)

    def groups(self):
        ids = {g["Name"]: self.group_id(number, g["Name"]) for number, g in enumerate(self.wanted_groups())}
        outward = self.records("AWS::EC2::SecurityGroupEgress")
        for wanted in self.wanted_groups():
            name, identifier = wanted["Name"], ids[wanted["Name"]]
            if not identifier:
                self.faults.append(f"no output for the group {name}")
                continue
            found = self.ec2.describe_security_groups(GroupIds=[identifier])["SecurityGroups"][0]
            own = {("all", None, None, identifier)} if wanted.get("AllowSelf", True) else set()
            self.same(f"what {name} lets in", self.rules(found["IpPermissions"]),
                      own | {self.said(r, ids) for r in wanted.get("Ingress", [])})
            everything = {("all", None, None, ANYWHERE)} if wanted.get("AllowEgress", True) else set()
            self.same(f"what {name} lets out", self.rules(found["IpPermissionsEgress"]),
                      everything | {self.said(r, ids) for r in wanted.get("Egress", [])})
            members = [r for r in outward if r["GroupId"] == identifier and r.get("DestinationSecurityGroupId") == identifier]
            self.same(f"{name} may call its members", len(members), int(wanted.get("AllowSelf", True)))

    @staticmethod
    def rules(permissions):
        """IPv4 addresses, prefix lists and groups; {(protocol, first port, last port, peer)}"""
        found = set()
        for p in permissions:
            ports = (None, None) if p["IpProtocol"] == "-1" else (p["FromPort"], p["ToPort"])
            for kind, key in (("IpRanges", "CidrIp"), ("PrefixListIds", "PrefixListId"), ("UserIdGroupPairs", "GroupId")):
                found |= {("all" if p["IpProtocol"] == "-1" else p["IpProtocol"], *ports, peer[key]) for peer in p[kind]}
        return found

    @staticmethod
    def said(rule, ids):
        peer = rule.get("CidrIp") or rule.get("PrefixListId") or ids.get(rule.get("SecurityGroup"), rule.get("SecurityGroup"))
        protocol = rule.get("Protocol", "tcp")
        if protocol == "all":
            return ("all", None, None, peer)
        return (protocol, rule.get("FromPort", -1), rule.get("ToPort", rule.get("FromPort", -1)), peer)

    # ---- what holds data ----

    def inner(self, storage):
        """Where a file system stands: the subnet that it names, or the first that is not public."""
        inner = [s["Name"] for kind in ("PRIVATE", "ISOLATED") for s in self.wanted_subnets() if s["Type"] == kind]
        return self.outputs[storage.get("SubnetName", inner[0])]

    def storage_group(self, storage):
        names = [g["Name"] for g in self.wanted_groups()]
        name = storage.get("SecurityGroup", names[0])
        return self.group_id(names.index(name), name)

    def storage(self):
        made = self.records("AWS::FSx::FileSystem")
        rows = self.file.get("SharedStorage") or []
        kinds = {"FsxLustre": "LUSTRE", "FsxOpenZfs": "OPENZFS"}
        self.same("kinds of FSx", sorted(p["FileSystemType"] for p in made),
                  sorted(kinds[s["StorageType"]] for s in rows if s["StorageType"] in kinds))
        for row in rows:
            {"FsxLustre": self.lustre, "FsxOpenZfs": self.openzfs, "Efs": self.efs}[row["StorageType"]](row, made)

    def fsx(self, storage, made, kind, settings, part, names):
        found = [p for p in made if p["FileSystemType"] == kind and storage["Name"] in json.dumps(p.get("Tags", []))]
        if len(found) != 1:
            self.faults.append(f"{len(found)} file systems are called {storage['Name']}")
            return {}
        p, name = found[0], storage["Name"]
        self.same(f"group of {name}", p["SecurityGroupIds"], [self.storage_group(storage)])
        self.same(f"subnet of {name}", p["SubnetIds"], [self.inner(storage)])
        self.same(f"size of {name}", p.get("StorageCapacity"), settings.get("StorageCapacity"))
        for setting in names:
            if setting in settings:
                self.same(f"{setting} of {name}", p[part].get(setting), settings[setting])
        return p

    def lustre(self, storage, made):
        settings = storage["FsxLustreSettings"]
        p = self.fsx(storage, made, "LUSTRE", settings, "LustreConfiguration",
                     ("DeploymentType", "PerUnitStorageThroughput", "DataCompressionType", "EfaEnabled", "ThroughputCapacity",
                      "MetadataConfiguration", "DataReadCacheConfiguration"))
        self.same(f"disks of {storage['Name']}", p.get("StorageType", "SSD"), settings.get("StorageType", "SSD"))
        self.same(f"version of {storage['Name']}", p.get("FileSystemTypeVersion"), settings.get("FileSystemTypeVersion", "2.15"))
        made = self.records("AWS::FSx::DataRepositoryAssociation")
        for row in settings.get("DataRepositoryAssociations", []):
            found = [a for a in made if a["FileSystemPath"] == row["FileSystemPath"]]
            self.same(f"associations of {row['FileSystemPath']}", len(found), 1)
            self.same("what is imported", get(found[0], "S3", "AutoImportPolicy", "Events"), row.get("AutoImportPolicy"))
            self.same("what is exported", get(found[0], "S3", "AutoExportPolicy", "Events"), row.get("AutoExportPolicy"))
            if "Bucket" in row:
                path = f"s3://{self.bucket(row['Bucket'])}/{row.get('Prefix', '')}"
                self.same("where to", found[0]["DataRepositoryPath"].rstrip("/"), path.rstrip("/"))

    def openzfs(self, storage, made):
        settings = storage["FsxOpenZfsSettings"]
        p = self.fsx(storage, made, "OPENZFS", settings, "OpenZFSConfiguration",
                     ("DeploymentType", "ThroughputCapacity", "AutomaticBackupRetentionDays", "DailyAutomaticBackupStartTime",
                      "WeeklyMaintenanceStartTime"))
        root = get(p, "OpenZFSConfiguration", "RootVolumeConfiguration", default={})
        self.same(f"compression of {storage['Name']}", root.get("DataCompressionType", "NONE"),
                  settings.get("DataCompressionType", "NONE"))
        exports = [(c["Clients"], c["Options"]) for e in root.get("NfsExports", []) for c in e["ClientConfigurations"]]
        options = settings.get("NfsOptions", ["rw", "no_root_squash", "crossmnt"])
        self.same(f"exports of {storage['Name']}", exports, [(c, options) for c in settings.get("NfsClients", ["*"])])

    def efs(self, storage, _):
        efs, settings = self.world.client("efs", self.stack.region), storage.get("EfsSettings", {})
        found = [f for f in efs.describe_file_systems()["FileSystems"] if f["FileSystemId"] in self.ids("AWS::EFS::FileSystem")
                 and storage["Name"] in json.dumps(f["Tags"])]
        self.same(f"file systems called {storage['Name']}", len(found), 1)
        for f in found:
            self.same("encryption", f["Encrypted"], settings.get("Encrypted", True))
            self.same("throughput", f["ThroughputMode"], settings.get("ThroughputMode", "elastic"))
            zone = settings.get("AvailabilityZoneName")
            self.same("zone", f.get("AvailabilityZoneName"), zone)
            targets = efs.describe_mount_targets(FileSystemId=f["FileSystemId"])["MountTargets"]
            zones = {self.subnet(s["Name"])["AvailabilityZone"] for s in self.wanted_subnets() if s["Type"] != "PUBLIC"}
            self.same("zones with a mount target", {t["AvailabilityZoneName"] for t in targets}, {zone} if zone else zones)

    def bucket(self, name):
        rows = self.file.get("Buckets") or []
        return self.outputs.get(name) or (self.outputs.get("S3BucketName") if rows and rows[0]["Name"] == name else None)

    def buckets(self):
        s3 = self.world.client("s3", self.stack.region)
        for row in self.file.get("Buckets") or []:
            name = self.bucket(row["Name"])
            if not name:
                self.faults.append(f"no output for the bucket {row['Name']}")
                continue
            bucket = {"Bucket": name}
            self.true("name", row.get("BucketName") in (None, name), f"is {name}")
            self.same("versions", s3.get_bucket_versioning(**bucket).get("Status") == "Enabled", row.get("Versioning", False))
            self.same("public access", set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()), {True})
            owner = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
            self.same("owner", owner, "BucketOwnerEnforced")
            self.transport(json.loads(s3.get_bucket_policy(**bucket)["Policy"]))
            rule = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
            keyed = row.get("KmsKeyId") or self.file.get("KmsKey") is not None
            self.same("encryption", rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms" if keyed else "AES256")
            self.lifecycle(row, s3.get_bucket_lifecycle_configuration(**bucket)["Rules"])

    def transport(self, policy):
        denied = [s for s in policy["Statement"] if s["Effect"] == "Deny" and s["Principal"] in ("*", {"AWS": "*"})
                  and get(s, "Condition", "Bool", "aws:SecureTransport") == "false"]
        self.same("plain HTTP is refused", [listed(s["Action"]) for s in denied], [["s3:*"]])

    def lifecycle(self, row, found):
        for wanted in row.get("Lifecycle", []):
            rule = [r for r in found if get(r, "Filter", "Prefix", default="") == wanted.get("Prefix", "")
                    and ("ExpirationInDays" not in wanted or get(r, "Expiration", "Days") == wanted["ExpirationInDays"])]
            self.same(f"rules for {wanted.get('Prefix', 'all')}", len(rule), 1)
            moved = [(t["Days"], t["StorageClass"]) for r in rule for t in r.get("Transitions", [])]
            self.same("moves", moved, [(wanted["TransitionInDays"], wanted["StorageClass"])] if "StorageClass" in wanted else [])
        ended = [r for r in found if get(r, "AbortIncompleteMultipartUpload", "DaysAfterInitiation")]
        self.true("unfinished uploads", ended, "are never ended")

    def key(self):
        wanted = self.file.get("KmsKey")
        self.same("keys", len(self.ids("AWS::KMS::Key")), int(wanted is not None))
        if wanted is not None:
            kms, identifier = self.world.client("kms", self.stack.region), self.ids("AWS::KMS::Key")[0]
            self.same("rotation", kms.get_key_rotation_status(KeyId=identifier)["KeyRotationEnabled"],
                      wanted.get("EnableKeyRotation", True))
            self.same("aliases", [a["AliasName"] for a in kms.list_aliases(KeyId=identifier)["Aliases"]],
                      [wanted.get("Alias", f"alias/{self.stack.name}")])
            self.true("KmsKeyArn", self.outputs.get("KmsKeyArn", "").endswith(identifier), self.outputs.get("KmsKeyArn"))

    def pair(self):
        wanted = self.file.get("KeyPair")
        self.same("key pairs", self.ids("AWS::EC2::KeyPair"), [wanted["KeyName"]] if wanted else [])
        self.same("KeyPairName", self.outputs.get("KeyPairName"), wanted["KeyName"] if wanted else None)

    # ---- who hears of it ----

    def messages(self):
        wanted = get(self.file, "Notifications", "Emails", default=[])
        topics = self.ids("AWS::SNS::Topic")
        self.same("topics", len(topics), int(bool(wanted)))
        for topic in topics:
            found = self.world.client("sns", self.stack.region).list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            self.same("who hears of it", sorted(s["Endpoint"] for s in found), sorted(wanted))

    def budget(self):
        wanted = self.file.get("Budget")
        made = self.records("AWS::Budgets::Budget")
        self.same("budgets", len(made), int(wanted is not None))
        for b in made:
            self.same("amount", float(b["Budget"]["BudgetLimit"]["Amount"]), float(wanted["Amount"]))
            self.same("by the tag of the stack", "CostFilters" in b["Budget"], not wanted.get("AllCosts", False))
            found = sorted((n["Notification"]["NotificationType"], n["Notification"]["Threshold"])
                           for n in b["NotificationsWithSubscribers"])
            said = [("ACTUAL", p) for p in wanted.get("ActualPercent", [80, 100])]
            self.same("when it speaks", found, sorted(said + [("FORECASTED", p) for p in wanted.get("ForecastPercent", [])]))

    # ---- the way to the data centre ----

    def hybrid(self):
        wanted = self.file.get("HybridNetwork") or {}
        self.gateway(wanted.get("Gateway") or {}, bool(wanted))
        self.direct(wanted.get("DirectConnect"))
        customers = self.ec2.describe_customer_gateways()["CustomerGateways"]
        by_id = {c["CustomerGatewayId"]: c for c in customers if c["State"] != "deleted"}
        mine = [c for c in self.ec2.describe_vpn_connections()["VpnConnections"]
                if c["VpnConnectionId"] in self.ids("AWS::EC2::VPNConnection")]
        rows = wanted.get("VpnConnections", [])
        self.same("VPN connections", sorted(by_id[c["CustomerGatewayId"]]["IpAddress"] for c in mine),
                  sorted(r["CustomerGateway"]["IpAddress"] for r in rows))
        for row in rows:
            self.true(f"output {row['Name']}", self.outputs.get(row["Name"]) in [c["VpnConnectionId"] for c in mine])
        self.same("alarms of tunnels", len(self.records("AWS::CloudWatch::Alarm")), len(rows))
        rules = [(p["DomainName"], [t["Ip"] for t in p["TargetIps"]]) for p in self.records("AWS::Route53Resolver::ResolverRule")]
        self.same("domains of the data centre", rules, [(r["DomainName"], r["TargetIps"]) for r in wanted.get("ResolverRules", [])])

    def gateway(self, wanted, there):
        transit = wanted.get("Type") == "TRANSIT_GATEWAY"
        made = {"VpnGatewayId": "AWS::EC2::VPNGateway", "TransitGatewayId": "AWS::EC2::TransitGateway"}
        for number, (name, kind) in enumerate(made.items()):
            here = there and transit == bool(number)
            self.same(kind, len(self.ids(kind)), int(here and name not in wanted))
            self.true(f"output {name}", (name in self.outputs) == here, "comes with the gateway")
            if here and name in wanted:
                self.same(name, self.outputs.get(name), wanted[name])
        if there and transit:
            found = self.ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
            self.true("attachment", any(a["VpcId"] == self.vpc for a in found), "of the VPC is missing")
        elif there:
            found = [p for p in self.ec2.describe_vpn_gateways()["VpnGateways"]
                     if any(a["VpcId"] == self.vpc for a in p.get("VpcAttachments", []))]
            self.same("attached gateways", len(found), 1)

    def direct(self, wanted):
        made = self.records("AWS::DirectConnect::DirectConnectGateway")
        self.same("Direct Connect gateways", len(made), int(wanted is not None and "DirectConnectGatewayId" not in wanted))
        if wanted is None:
            return
        associations = self.records("AWS::DirectConnect::DirectConnectGatewayAssociation")
        self.same("prefixes", [a.get("AllowedPrefixesToDirectConnectGateway") for a in associations], [wanted["AllowedPrefixes"]])
        rows = wanted.get("VirtualInterfaces") or ([wanted["VirtualInterface"]] if "VirtualInterface" in wanted else [])
        found = [r["properties"] for r in self.recorded if r["type"].endswith("VirtualInterface")]
        self.same("virtual interfaces", sorted((p["ConnectionId"], int(p["Vlan"]), int(p.get("Mtu", 1500))) for p in found),
                  sorted((r["ConnectionId"], r["Vlan"], r.get("Mtu", 1500)) for r in rows))
        self.same("keys of BGP sessions", sorted(p["BgpPeers"][0]["AuthKey"] for p in found if "AuthKey" in p["BgpPeers"][0]),
                  [AUTH_KEY for r in rows if "AuthKeyParameter" in r])

    # ---- outputs ----

    def named(self):
        pages = self.stack.cloudformation().get_paginator("list_exports").paginate()
        exports = {e["Name"]: e["Value"] for page in pages for e in page["Exports"]}
        lists = {"PublicSubnets", "PrivateSubnets", "PrivateKeyCommand"}  # a member or a command is no name for others
        for name, value in self.outputs.items():
            if name not in lists:
                self.same(f"export of {name}", exports.get(f"{self.stack.name}-{name}"), value)
        inner = "PRIVATE" if any(s["Type"] == "PRIVATE" for s in self.wanted_subnets()) else "ISOLATED"
        for name, kind in (("PublicSubnets", "PUBLIC"), ("PrivateSubnets", inner)):
            wanted = [self.outputs.get(s["Name"]) for s in self.wanted_subnets() if s["Type"] == kind]
            self.same(name, self.outputs.get(name, ""), ",".join(wanted) if name in self.outputs else "")
        for kind, name in (("FsxLustre", "FSxLustreFilesystemId"), ("FsxOpenZfs", "FSxORootVolumeId"), ("Efs", "EfsFileSystemId")):
            has = any(s["StorageType"] == kind for s in self.file.get("SharedStorage") or [])
            self.same(f"there is an output {name}", name in self.outputs, has)

    def all(self):
        """[(what was looked at, faults)]"""
        checks = (self.addresses, self.subnets, self.gateways, self.endpoints, self.flow_logs, self.groups, self.storage,
                  self.buckets, self.key, self.pair, self.messages, self.budget, self.hybrid, self.named)
        found = []
        for check in checks:
            self.faults = []
            try:
                check()
            except Exception as fault:  # a look-up that fails is a finding about the stack, not the end of the run
                self.faults.append(f"{type(fault).__name__}: {fault}")
            found.append((check.__name__.replace("_", " "), self.faults))
        return found

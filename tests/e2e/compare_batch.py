# SPDX-License-Identifier: Apache-2.0
"""Compares a deployed batch file, seen through AWS's API, with the file it was made from.

The file is read by PyYAML and judged by what the manual says of its properties. Nothing of hpcc is used but `hpcc userdata`, whose
output is compared with the user data that came back. What no API of the local AWS keeps is compared with what was recorded.
"""
import ast
import base64
import json
import re

from common import hpcc
from compare import MAY_BE_ANYWHERE, get, tags_of
from compare_operations import Operations
from moto_batch import request

INSTANCES = "AmazonEC2ContainerServiceforEC2Role"
TASKS = "AmazonECSTaskExecutionRolePolicy"
# What RetryOn stands for, in the file's own words: (what is looked at, text).
LOST = {False: [("onStatusReason", "Host EC2*")], True: [("onStatusReason", "Your Spot Task was interrupted*")]}


def camel(name):
    """As names of outputs are made of names of the file."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def united(defaults, job):
    """A job with what JobDefaults say: its own property wins whole, of mappings the keys are united."""
    both = {**defaults, **job}
    if "Parameters" in defaults or "Parameters" in job:
        both["Parameters"] = {**defaults.get("Parameters", {}), **job.get("Parameters", {})}
    return both


class BatchComparison(Operations):
    def __init__(self, world, stack, file, path, ground=None):
        super().__init__(world, stack)
        self.file, self.path, self.ground = file, path, ground or {}
        self.batch, self.iam = world.client("batch", stack.region), world.client("iam", stack.region)
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.cloudformation().describe_stacks(StackName=stack.name)[
            "Stacks"][0].get("Outputs", [])}
        body = stack.cloudformation().get_template(StackName=stack.name)["TemplateBody"]
        self.template = json.loads(body) if isinstance(body, str) else body

    # ---- small helpers ----

    def output(self, prefix, row):
        found = self.outputs.get(prefix + camel(row["Name"]))
        if found is None:
            raise LookupError(f"no output {prefix}{camel(row['Name'])}")
        return found

    def record_of(self, kind, physical):
        names = [r["id"] for r in self.recorded if r["type"] == kind]
        ours = [r["LogicalResourceId"] for r in self.resources if r["PhysicalResourceId"] == physical]
        return [r["properties"] for r in self.recorded if r["id"] in ours and r["id"] in names][0]

    def physical(self, logical):
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in self.resources}.get(logical)

    def tags(self, *own):
        """The tags of a thing, without those of hpcc."""
        return {row["Key"]: row["Value"] for rows in (self.file.get("Tags"), *own) for row in rows or []}

    def user_tags(self, found):
        return {key: value for key, value in (found or {}).items() if not key.startswith("hpcc:")}

    def networking(self, environment):
        """Networking of the file and of the environment, property by property."""
        own = environment.get("Networking") or {}
        both = {**(self.file.get("Networking") or {}), **own}
        if "SecurityGroups" in own:
            both.pop("AdditionalSecurityGroups", None)
        return both

    def is_fargate(self, environment):
        return environment.get("Type", "EC2").startswith("FARGATE")

    def private_subnets(self):
        """Of the network of the stack, or of the environment below it: those that are not public, one of each zone."""
        if self.ground:
            return [self.ground["PrimaryPrivateSubnet"]]
        found = self.ec2.describe_subnets(SubnetIds=self.ids("AWS::EC2::Subnet"))["Subnets"]
        return sorted(s["SubnetId"] for s in found if not s["MapPublicIpOnLaunch"])

    def groups(self, networking):
        if "SecurityGroups" in networking:
            return networking["SecurityGroups"]
        if self.ground and "AdditionalSecurityGroups" not in networking:
            return [self.ground["SecurityGroup"]]
        return [self.physical("ComputeSecurityGroup"), *networking.get("AdditionalSecurityGroups", [])]

    # ---- compute environments ----

    def strategy(self, row):
        default = "SPOT_PRICE_CAPACITY_OPTIMIZED" if row.get("Type") == "SPOT" else "BEST_FIT_PROGRESSIVE"
        return row.get("AllocationStrategy", default)

    def environments(self):
        found = {e["computeEnvironmentArn"]: e for e in self.batch.describe_compute_environments()["computeEnvironments"]}
        for row in self.file["ComputeEnvironments"]:
            name, made = row["Name"], found[self.output("ComputeEnvironment", row)]
            resources, networking = made["computeResources"], self.networking(row)
            self.same(f"state of {name}", made["state"], row.get("State", "ENABLED"))
            self.same(f"type of {name}", resources["type"], row.get("Type", "EC2"))
            self.same(f"most vCPUs of {name}", resources["maxvCpus"], row["MaxvCpus"])
            self.same(f"subnets of {name}", sorted(resources["subnets"]), sorted(networking.get("SubnetIds") or self.private_subnets()))
            self.same(f"groups of {name}", sorted(resources["securityGroupIds"]), sorted(self.groups(networking)))
            self.same(f"tags of {name} itself", made["tags"], {})
            recorded = self.record_of("AWS::Batch::ComputeEnvironment", made["computeEnvironmentArn"])
            if self.is_fargate(row):
                self.same(f"what {name} has", sorted(resources), ["maxvCpus", "securityGroupIds", "subnets", "type"])
                self.same(f"what is said of {name}", sorted(recorded), ["ComputeResources", "State", "Type"])
            else:
                self.instances(row, made, recorded)

    def instances(self, row, made, recorded):
        name, resources = row["Name"], made["computeResources"]
        self.same(f"strategy of {name}", resources["allocationStrategy"], self.strategy(row))
        self.same(f"least vCPUs of {name}", resources["minvCpus"], row.get("MinvCpus", 0))
        self.true(f"{name}", "desiredvCpus" not in resources, "says how many vCPUs are wanted")
        self.same(f"types of {name}", resources["instanceTypes"], row["InstanceTypes"])
        self.same(f"bid of {name}", resources.get("bidPercentage"), row.get("BidPercentage"))
        self.same(f"key of {name}", resources.get("ec2KeyPair"), get(row, "Ssh", "KeyName"))
        self.same(f"fleet role of {name}", resources.get("spotIamFleetRole"), row.get("SpotIamFleetRole"))
        self.same(f"tags of what {name} starts", self.user_tags(resources["tags"]), self.tags(row.get("Tags")))
        self.same(f"images of {name}", [(i["imageType"], i.get("imageIdOverride")) for i in resources["ec2Configuration"]],
                  [(i["ImageType"], i.get("ImageIdOverride")) for i in row.get("Ec2Configuration", [])]
                  or [("ECS_AL2023_NVIDIA" if self.has_gpus(row) else "ECS_AL2023", None)])
        fixed = self.strategy(row) == "BEST_FIT" or "ServiceRole" in row
        self.same(f"{name} is made anew", recorded["ReplaceComputeEnvironment"], row.get("ReplaceComputeEnvironment", False) or fixed)
        policy = row.get("UpdatePolicy") or {}
        self.same(f"updates of {name}", recorded["UpdatePolicy"],
                  {"JobExecutionTimeoutMinutes": policy.get("JobExecutionTimeoutMinutes", 30),
                   "TerminateJobsOnUpdate": policy.get("TerminateJobsOnUpdate", False)})
        self.same(f"newest image of {name}", recorded["ComputeResources"]["UpdateToLatestImageVersion"],
                  row.get("UpdateToLatestImageVersion", True))
        self.same(f"idle instances of {name}", recorded["ComputeResources"].get("ScalingPolicy"), row.get("ScalingPolicy"))
        self.same(f"insights of {name}", get(recorded, "EcsSettings", "ContainerInsights", default="DISABLED"),
                  row.get("ContainerInsights", "DISABLED"))
        self.same(f"service role of {name}", recorded.get("ServiceRole"), row.get("ServiceRole"))
        self.true(f"groups of {name}", ("SecurityGroupIds" in recorded["ComputeResources"]) != self.names_interfaces(row),
                  "stand in the launch template alone where that has interfaces")

    def has_gpus(self, row):
        return any(re.match(r"(g4dn|g5|g6|g6e|p4d|p5)\b", kind) for kind in row["InstanceTypes"])

    def names_interfaces(self, row):
        return bool(get(row, "Efa", "Enabled")) or "AssignPublicIp" in self.networking(row)

    def templates(self):
        """Root volume, scratch volume, metadata, interfaces, reservation, tags and user data of each environment of instances."""
        found = {e["computeEnvironmentArn"]: e for e in self.batch.describe_compute_environments()["computeEnvironments"]}
        for row in self.file["ComputeEnvironments"]:
            if self.is_fargate(row):
                continue
            resources = found[self.output("ComputeEnvironment", row)]["computeResources"]
            template = resources["launchTemplate"]
            newest = self.ec2.describe_launch_template_versions(LaunchTemplateId=template["launchTemplateId"], Versions=["$Latest"])
            newest = newest["LaunchTemplateVersions"][0]
            self.same(f"version of the template of {row['Name']}", template["version"], str(newest["VersionNumber"]))
            self.template_of(row, newest["LaunchTemplateData"])

    def template_of(self, row, data):
        name = row["Name"]
        for wrong in ("InstanceType", "ImageId", "IamInstanceProfile", "SecurityGroupIds", "KeyName"):
            self.true(f"template of {name}", wrong not in data, f"has {wrong}, which AWS Batch says itself")
        self.same(f"metadata of {name}", (data["MetadataOptions"]["HttpTokens"], data["MetadataOptions"]["HttpPutResponseHopLimit"]),
                  ("optional" if get(self.file, "Imds", "ImdsSupport") == "v1.0" else "required", 2))
        disks = {m["DeviceName"]: m["Ebs"] for m in data["BlockDeviceMappings"] if "Ebs" in m}
        self.volume(f"root volume of {name}", disks["/dev/xvda"], get(row, "LocalStorage", "RootVolume", default={}))
        scratch = get(row, "LocalStorage", "ScratchVolume")
        if scratch:
            self.volume(f"scratch volume of {name}", disks["/dev/sdf"], scratch)
        self.interfaces(row, data)
        target = get(data, "CapacityReservationSpecification", "CapacityReservationTarget")
        self.same(f"reservation of {name}", target, row.get("CapacityReservationTarget"))
        self.same(f"market of {name}", get(data, "InstanceMarketOptions", "MarketType"),
                  "capacity-block" if row.get("CapacityBlock") else None)
        for spec in data["TagSpecifications"]:
            found = tags_of(spec["Tags"])
            self.same(f"tags of each {spec['ResourceType']} of {name}", self.user_tags(found), self.tags(row.get("Tags")))
            self.same(f"stack of each {spec['ResourceType']}", found["hpcc:stack"], self.stack.name)
        self.same(f"what {name} tags", sorted(s["ResourceType"] for s in data["TagSpecifications"]),
                  ["instance", "network-interface", "volume"])
        self.user_data(name, data)

    def volume(self, what, ebs, wanted):
        self.same(f"encryption of the {what}", ebs["Encrypted"], wanted.get("Encrypted", True))
        self.same(f"kind of the {what}", ebs["VolumeType"], wanted.get("VolumeType", "gp3"))
        for ours, theirs in (("Size", "VolumeSize"), ("Iops", "Iops"), ("Throughput", "Throughput")):
            if ours in wanted:
                self.same(f"{ours} of the {what}", ebs.get(theirs), wanted[ours])
        self.same(f"end of the {what}", ebs["DeleteOnTermination"], True)

    def interfaces(self, row, data):
        name, found = row["Name"], data.get("NetworkInterfaces", [])
        self.same(f"interfaces of {name} are said", bool(found), self.names_interfaces(row))
        if get(row, "Efa", "Enabled"):
            kind = self.ec2.describe_instance_types(InstanceTypes=row["InstanceTypes"][:1])["InstanceTypes"][0]["NetworkInfo"]
            self.same(f"EFAs of {name}", len([i for i in found if i.get("InterfaceType", "").startswith("efa")]),
                      kind["EfaInfo"]["MaximumEfaInterfaces"])
        for interface in found:
            self.same(f"groups of interfaces of {name}", sorted(interface["Groups"]), sorted(self.groups(self.networking(row))))
        if "AssignPublicIp" in self.networking(row):
            self.same(f"addresses of {name}", found[0]["AssociatePublicIpAddress"], self.networking(row)["AssignPublicIp"])

    def user_data(self, name, data):
        answer = hpcc("userdata", "--quiet", f"--node={name}", self.path)
        self.same(f"there is user data of {name}", "UserData" in data, bool(answer.stdout))
        if "UserData" not in data:
            return
        text = base64.b64decode(data["UserData"]).decode()
        values = {"AWS::StackName": self.stack.name, "AWS::Region": self.stack.region, "AWS::URLSuffix": "amazonaws.com"}
        wanted = re.sub(r"\$\{(AWS::\w+)\}", lambda m: values[m.group(1)], answer.stdout.decode())
        wanted = re.escape(wanted)  # what is known of others only here
        wanted = re.sub(r"\\\$\\\{\\\$\\\{EnvironmentStack\\\}\\-\w+\\\}", r"[\\w+/=]+", wanted)  # of another stack, in base64
        wanted = re.sub(r"\\\$\\\{[A-Za-z]\w*(\\\.[A-Za-z]+)?\\\}", r"[\\w.:/-]+", wanted)
        self.true(f"user data of {name}", re.fullmatch(wanted, text), f"is another: {text[-600:]}")
        self.same(f"end of an instance of {name} that shuts down", data["InstanceInitiatedShutdownBehavior"], "terminate")

    # ---- queues ----

    def queues(self):
        found = {q["jobQueueArn"]: q for q in self.batch.describe_job_queues()["jobQueues"]}
        for row in self.file["JobQueues"]:
            name, made = row["Name"], found[self.output("JobQueue", row)]
            self.same(f"name of {name}", made["jobQueueName"], row.get("JobQueueName", f"{self.stack.name}-{name}"))
            self.same(f"priority of {name}", made["priority"], row.get("Priority", 1))
            self.same(f"state of {name}", made["state"], row.get("State", "ENABLED"))
            self.same(f"tags of {name}", self.user_tags(made["tags"]), self.tags(row.get("Tags")))
            order = [o if isinstance(o, str) else o["ComputeEnvironment"] for o in sorted(
                row["ComputeEnvironmentOrder"], key=lambda o: 0 if isinstance(o, str) else o.get("Order", 0))]
            self.same(f"environments of {name}",
                      [o["computeEnvironment"] for o in sorted(made["computeEnvironmentOrder"], key=lambda o: o["order"])],
                      [self.output("ComputeEnvironment", {"Name": o}) for o in order])
            recorded = self.record_of("AWS::Batch::JobQueue", made["jobQueueArn"])
            self.same(f"limits of {name}", recorded.get("JobStateTimeLimitActions", []),
                      [{"State": "RUNNABLE", "Action": "CANCEL", **limit} for limit in row.get("JobStateTimeLimitActions", [])])
            policy = row.get("SchedulingPolicy")
            self.same(f"policy of {name}", made.get("schedulingPolicyArn", "").rsplit("/", 1)[-1],
                      f"{self.stack.name}-{policy}" if policy else "")

    def shares(self):
        made = self.batch.describe_scheduling_policies(arns=self.ids("AWS::Batch::SchedulingPolicy") or ["none"])["schedulingPolicies"]
        found = {p["name"]: p["fairsharePolicy"] for p in made}
        rows = self.file.get("SchedulingPolicies", [])
        self.same("policies", sorted(found), sorted(f"{self.stack.name}-{row['Name']}" for row in rows))
        for row in rows:
            policy, wanted = found[f"{self.stack.name}-{row['Name']}"], row.get("FairsharePolicy", {})
            self.same("decay", policy["shareDecaySeconds"], wanted.get("ShareDecaySeconds", 0))
            self.same("reserve", policy["computeReservation"], wanted.get("ComputeReservation", 0))
            factors = {s["shareIdentifier"]: s["weightFactor"] for s in policy["shareDistribution"]}
            rows = {s["ShareIdentifier"]: s for s in wanted["ShareDistribution"]}
            self.same("who shares", set(factors), set(rows))
            total = sum(1 / f for f in factors.values())
            for name, share in rows.items():
                if "WeightFactor" in share:
                    self.same(f"factor of {name}", factors[name], share["WeightFactor"])
                elif "SharePercent" not in share:
                    self.same(f"factor of {name}", factors[name], 1)
                else:  # what it comes to, and not how
                    self.same(f"share of {name}", round(100 / factors[name] / total), share["SharePercent"])

    def stocks(self):
        found = {p["ConsumableResourceName"]: p for p in self.records("AWS::Batch::ConsumableResource")}
        self.same("consumable resources", {name: p["TotalQuantity"] for name, p in found.items()},
                  {f"{self.stack.name}-{r['Name']}": r["TotalQuantity"] for r in self.file.get("ConsumableResources", [])})

    # ---- job definitions ----

    def jobs(self):
        made = [d for d in self.batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
                if d["jobDefinitionArn"] in self.ids("AWS::Batch::JobDefinition")]
        found = {d["jobDefinitionName"]: d for d in made}
        rows = [united(self.file.get("JobDefaults") or {}, row) for row in self.file.get("JobDefinitions", [])]
        names = {row["Name"]: row.get("JobDefinitionName", f"{self.stack.name}-{row['Name']}") for row in rows}
        self.same("job definitions", sorted(found), sorted(names.values()))
        for row in rows:
            self.job(row, found[names[row["Name"]]])

    def queues_of(self, row):
        queues = self.file["JobQueues"]
        return [q for q in queues if q["Name"] in row["JobQueues"]] if "JobQueues" in row else queues

    def on_fargate(self, row):
        by_name = {e["Name"]: e for e in self.file["ComputeEnvironments"]}
        first = self.queues_of(row)[0]["ComputeEnvironmentOrder"][0]
        first = by_name[first if isinstance(first, str) else first["ComputeEnvironment"]]
        return row.get("PlatformCapabilities", ["FARGATE"] if self.is_fargate(first) else ["EC2"]) == ["FARGATE"]

    def job(self, row, made):
        name, fargate = row["Name"], self.on_fargate(row)
        self.same(f"platform of {name}", made["platformCapabilities"], ["FARGATE" if fargate else "EC2"])
        self.same(f"kind of {name}", made["type"], row.get("Type", "container"))
        self.same(f"parameters of {name}", made.get("parameters", {}), row.get("Parameters", {}))
        self.same(f"timeout of {name}", made.get("timeout"), {"attemptDurationSeconds": row["Timeout"]["AttemptDurationSeconds"]}
                  if "Timeout" in row else None)
        self.same(f"tags of {name}", self.user_tags(made["tags"]), self.tags(row.get("Tags")))
        self.retries(row, made, fargate)
        recorded = self.record_of("AWS::Batch::JobDefinition", made["jobDefinitionArn"])
        shares = any("SchedulingPolicy" in q for q in self.queues_of(row))
        self.same(f"priority of {name}", recorded.get("SchedulingPriority"), row.get("SchedulingPriority", 0 if shares else None))
        self.same(f"old revisions of {name} stay", get(recorded, "ResourceRetentionPolicy", "SkipDeregisterOnUpdate", default=False),
                  row.get("SkipDeregisterOnUpdate", False))
        taken = get(recorded, "ConsumableResourceProperties", "ConsumableResourceList", default=[])
        self.same(f"what {name} takes", [(t["ConsumableResource"].rsplit("-", 1)[-1], t["Quantity"]) for t in taken],
                  [(t["ConsumableResource"].rsplit("-", 1)[-1], t["Quantity"]) for t in row.get("ConsumableResources", [])])
        if row.get("Type") != "multinode":
            self.container(name, row["ContainerProperties"], made["containerProperties"], fargate)
            return
        # moto forgets it, so it is what was recorded, in the words of the API
        nodes, wanted = request("batch", "RegisterJobDefinition", recorded)["nodeProperties"], row["NodeProperties"]
        self.same(f"nodes of {name}", (nodes["numNodes"], nodes["mainNode"]), (wanted["NumNodes"], wanted.get("MainNode", 0)))
        for got, said in zip(nodes["nodeRangeProperties"], wanted["NodeRangeProperties"], strict=True):
            self.same(f"which nodes of {name}", got["targetNodes"], said["TargetNodes"])
            self.same(f"types of nodes of {name}", got.get("instanceTypes"), said.get("InstanceTypes"))
            self.container(name, said["Container"], got["container"], False)

    def retries(self, row, made, fargate):
        wanted, name = row.get("RetryStrategy"), row["Name"]
        self.same(f"attempts of {name}", get(made, "retryStrategy", "attempts"), get(wanted, "Attempts"))
        found = [tuple((key, value) for key, value in rule.items() if key != "action") + (rule["action"].upper(),)
                 for rule in get(made, "retryStrategy", "evaluateOnExit", default=[])]
        if get(wanted, "RetryOn", default="ANY") == "ANY":
            rules = [{k[0].lower() + k[1:]: v for k, v in rule.items()} for rule in get(wanted, "EvaluateOnExit", default=[])]
            self.same(f"retries of {name}", [dict(rule[:-1]) for rule in found],
                      [{key: value for key, value in rule.items() if key != "action"} for rule in rules])
            self.same(f"what becomes of {name}", [rule[-1] for rule in found], [rule["action"] for rule in rules])
            return
        self.same(f"first retry of {name}", list(found[0]), [LOST[fargate][0], "RETRY"])
        self.same(f"other ends of {name}", list(found[-1]), [("onReason", "*"), "EXIT"])
        self.same(f"rules of {name}", len(found), 2 if wanted["RetryOn"] == "SPOT_INTERRUPTION" else 5)

    def image(self, wanted):
        if "Image" in wanted:
            return wanted["Image"]
        return f"{self.output('Repository', {'Name': wanted['Repository']})}:{wanted.get('ImageTag', 'latest')}"

    def said(self, text):
        """A text of the file with what other stacks, and this one, are known to say."""
        return re.sub(r"\$\{(self|env)\.(\w+)\}", lambda m: (self.outputs if m.group(1) == "self" else self.ground)[m.group(2)], text)

    def container(self, name, wanted, made, fargate):
        self.same(f"image of {name}", made["image"], self.image(wanted))
        needs = {r["type"]: r["value"] for r in made["resourceRequirements"]}
        self.same(f"needs of {name}", needs, {"VCPU": str(wanted["Vcpus"]), "MEMORY": str(wanted["Memory"]),
                                             **({"GPU": str(wanted["Gpus"])} if "Gpus" in wanted else {})})
        self.same(f"command of {name}", made.get("command", []), [self.said(word) for word in wanted.get("Command", [])])
        self.same(f"variables of {name}", {e["name"]: e["value"] for e in made.get("environment", [])},
                  {e["Name"]: self.said(e["Value"]) for e in wanted.get("Environment", [])})
        self.same(f"secrets of {name}", sorted(s["name"] for s in made.get("secrets", [])),
                  sorted(s["Name"] for s in wanted.get("Secrets", [])))
        for property_, key in (("User", "user"), ("Privileged", "privileged"), ("ReadonlyRootFilesystem", "readonlyRootFilesystem")):
            self.same(f"{property_} of {name}", made.get(key) or None, wanted.get(property_) or None)
        limits = {u["name"]: (u["softLimit"], u["hardLimit"]) for u in made.get("ulimits", [])}
        for limit in wanted.get("Ulimits", []):
            self.same(f"{limit['Name']} of {name}", limits.get(limit["Name"]), (limit["SoftLimit"], limit["HardLimit"]))
        self.same(f"shared memory of {name}", get(made, "linuxParameters", "sharedMemorySize"),
                  get(wanted, "LinuxParameters", "SharedMemorySize"))
        self.mounts(name, wanted, made, fargate)
        self.log(name, wanted, made)
        self.roles_of(name, wanted, made, fargate)
        if fargate:
            self.same(f"address of {name}", made["networkConfiguration"]["assignPublicIp"],
                      "ENABLED" if get(wanted, "NetworkConfiguration", "AssignPublicIp") else "DISABLED")
            self.same(f"disk of {name}", get(made, "ephemeralStorage", "sizeInGiB"), get(wanted, "EphemeralStorage", "SizeInGiB"))

    def mounts(self, name, wanted, made, fargate):
        volumes = {v["name"]: v for v in made.get("volumes", [])}
        shared = {s["Name"]: s for s in self.file.get("SharedStorage", [])}
        self.same(f"mounts of {name}", len(made.get("mountPoints", [])), len(wanted.get("MountPoints", [])))
        for got, said in zip(made.get("mountPoints", []), wanted.get("MountPoints", [])):
            storage, volume = shared.get(said["SourceVolume"]), volumes[got["sourceVolume"]]
            if "ContainerPath" in said or storage:
                self.same(f"where {name} has {said['SourceVolume']}", got["containerPath"], said.get("ContainerPath") or storage["MountDir"])
            self.same(f"{said['SourceVolume']} is for reading alone", got.get("readOnly", False), said.get("ReadOnly", False))
            if storage and fargate:
                self.true(f"file system of {name}", volume["efsVolumeConfiguration"]["fileSystemId"] in self.ids("AWS::EFS::FileSystem"))
            elif storage:
                self.same(f"directory of {said['SourceVolume']}", volume["host"]["sourcePath"], storage["MountDir"])

    def log(self, name, wanted, made):
        driver = get(wanted, "LogConfiguration", "LogDriver", default="awslogs")
        self.same(f"log of {name}", made["logConfiguration"]["logDriver"], driver)
        if driver == "awslogs":
            self.same(f"log group of {name}", made["logConfiguration"]["options"]["awslogs-group"], self.physical("JobLogs"))

    def roles_of(self, name, wanted, made, fargate):
        own = made.get("jobRoleArn")
        if "JobRoleArn" in wanted:
            self.same(f"role of {name}", own, wanted["JobRoleArn"])
        elif "JobRole" in wanted:
            self.same(f"role of {name}", own, self.output("JobRole", {"Name": wanted["JobRole"]}))
        else:
            self.same(f"{name} has a role", own is not None, "Iam" in wanted)
        needed = fargate or any(key in wanted for key in ("Secrets", "RepositoryCredentials", "ExecutionRoleArn"))
        self.same(f"{name} has an execution role", "executionRoleArn" in made, needed)
        if "ExecutionRoleArn" in wanted:
            self.same(f"execution role of {name}", made["executionRoleArn"], wanted["ExecutionRoleArn"])

    # ---- the rest ----

    def repositories(self):
        ecr, rows = self.world.client("ecr", self.stack.region), self.file.get("Repositories", [])
        names = self.ids("AWS::ECR::Repository")
        self.same("repositories", len(names), len(rows))
        made = {r["repositoryUri"]: r for r in ecr.describe_repositories()["repositories"]}
        for row in rows:
            found = made[self.output("Repository", row)]
            if "RepositoryName" in row:
                self.same("name of a repository", found["repositoryName"], row["RepositoryName"])
            self.same("tags of images", found["imageTagMutability"], row.get("ImageTagMutability", "MUTABLE"))
            self.same("scans", found["imageScanningConfiguration"]["scanOnPush"], row.get("ScanOnPush", True))
            self.same("key", get(found, "encryptionConfiguration", "kmsKey"), row.get("KmsKeyId"))
            if "KeepImages" in row:
                text = json.loads(ecr.get_lifecycle_policy(repositoryName=found["repositoryName"])["lifecyclePolicyText"])
                self.same("images that stay", text["rules"][0]["selection"]["countNumber"], row["KeepImages"])

    def roles(self):
        """Who may take a role, and that what it may is said of something."""
        made = {r["RoleName"]: r for r in self.iam.list_roles()["Roles"] if r["RoleName"] in self.ids("AWS::IAM::Role")}
        for name, role in made.items():
            trust = role["AssumeRolePolicyDocument"]
            trust = (json.loads(trust) if isinstance(trust, str) else trust)["Statement"][0]
            service = trust["Principal"]["Service"]
            if service == "ecs-tasks.amazonaws.com":
                self.true(f"{name}", "aws:SourceAccount" in json.dumps(trust.get("Condition", {})), "may be taken from any account")
            for policy in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
                document = self.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                document = ast.literal_eval(document) if isinstance(document, str) else document  # as moto keeps it
                for statement in document["Statement"]:
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    if statement["Resource"] == "*":
                        self.true(f"{name}", all(MAY_BE_ANYWHERE.match(a) for a in actions), f"may {actions} on everything")
        instance = sum(not self.is_fargate(e) and not get(e, "Iam", "InstanceRole") and not get(e, "Iam", "InstanceProfile")
                       for e in [*self.file["ComputeEnvironments"], *(w["ComputeEnvironment"] for w in self.file.get("Workflows", [])
                                                                      if "ComputeEnvironment" in w)])
        attached = [r for r in self.template["Resources"].values() if r["Type"] == "AWS::IAM::Role"
                    and INSTANCES in json.dumps(r["Properties"].get("ManagedPolicyArns", []))]
        self.same("roles of instances", len(attached), instance)

    def log_group(self):
        settings = get(self.file, "Monitoring", "Logs", "CloudWatch", default={})
        name = self.physical("JobLogs")
        if name:
            found = self.world.client("logs", self.stack.region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
            self.same("retention of logs", found[0].get("retentionInDays"), settings.get("RetentionInDays", 180))
            self.true("name of the log group", name.startswith(f"/hpcc/{self.stack.name}/"), name)

    def storage(self):
        rows = self.file.get("SharedStorage", [])
        new = {"FsxLustre": ("FsxLustreSettings", "FileSystemId", self.records("AWS::FSx::FileSystem")),
               "Efs": ("EfsSettings", "FileSystemId", self.ids("AWS::EFS::FileSystem"))}
        for kind, (settings, existing, made) in new.items():
            wanted = [r for r in rows if r["StorageType"] == kind and not get(r, settings, existing)]
            self.same(f"new {kind}", len(made), len(wanted))
        for p in self.records("AWS::FSx::FileSystem"):
            wanted = [r for r in rows if r["StorageType"] == "FsxLustre" and r["Name"] in json.dumps(p["Tags"])][0]["FsxLustreSettings"]
            self.same("size of Lustre", p["StorageCapacity"], wanted["StorageCapacity"])
            self.same("group of Lustre", p["SecurityGroupIds"], [self.physical("ComputeSecurityGroup")])

    def own_network(self):
        """Instances find the internet: the subnets of compute environments lead to a NAT gateway."""
        if "Network" not in self.file:
            return
        for subnet in self.private_subnets():
            tables = self.ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["RouteTables"]
            self.true(f"{subnet}", any("NatGatewayId" in r for t in tables for r in t["Routes"]), "has no way out")
        waits = [r.get("DependsOn") for r in self.template["Resources"].values() if r["Type"] == "AWS::Batch::ComputeEnvironment"]
        self.true("compute environments", all(waits), "do not wait for their way out")

    def named(self):
        pages = self.stack.cloudformation().get_paginator("list_exports").paginate()
        exports = {e["Name"]: e["Value"] for page in pages for e in page["Exports"]}
        for name, value in self.outputs.items():
            self.same(f"export of {name}", exports.get(f"{self.stack.name}-{name}"), value)
        for row in self.file.get("JobDefinitions", []):
            self.true(f"output of {row['Name']}", not re.search(r":\d+$", self.output("JobDefinition", row)), "names one revision")

    def all(self):
        """[(what was looked at, faults)]"""
        found = []
        for check in (self.environments, self.templates, self.queues, self.shares, self.stocks, self.jobs, self.repositories, self.roles,
                      self.log_group, self.storage, self.own_network, self.named, self.schedules, self.alarms, self.rules, self.machines):
            self.faults = []
            try:
                check()
            except Exception as fault:  # a look-up that fails is a finding about the stack, not the end of the run
                self.faults.append(f"{type(fault).__name__}: {fault}")
            found.append((check.__name__.replace("_", " "), self.faults))
        return found

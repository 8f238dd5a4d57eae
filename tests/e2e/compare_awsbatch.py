# SPDX-License-Identifier: Apache-2.0
"""Compares a deployed cluster of the scheduler awsbatch, seen through AWS's API, with the file it was made from.

What is not of AWS Batch is compared as for any cluster (compare.py). The file is read by PyYAML and judged by what ParallelCluster
3.15 documents of its properties; names of outputs, parameters and variables are those that its package of commands and its users'
job scripts read.
"""
import configparser
import json
import re

from compare import Comparison, get

VARIABLES = {"PCLUSTER_AWS_REGION", "PCLUSTER_STACK_NAME", "PCLUSTER_SHARED_DIRS", "PCLUSTER_RAID_SHARED_DIR",
             "PCLUSTER_EFS_SHARED_DIRS", "PCLUSTER_EFS_FS_IDS", "PCLUSTER_HEAD_NODE_IP"}
# Source: Amazon ECR user guide, IAM permissions for pushing an image.
PUSH = {"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"}
# What awsbatch/common.py reads of a section, and the output or parameter that says the same.
SECTION = {"s3_bucket": "JobBucket", "artifact_directory": "ArtifactS3RootDirectory", "batch_cli_requirements": "BatchCliRequirements",
           "compute_environment": "BatchComputeEnvironmentArn", "job_queue": "BatchJobQueueArn", "head_node_ip": "HeadNodePrivateIP"}


def directory(mount):
    return "/" + mount.strip("/")


class AwsbatchComparison(Comparison):
    def __init__(self, world, stack, cluster, path, given=None):
        super().__init__(world, stack, cluster, path, given)
        self.queue = cluster["Scheduling"]["AwsBatchQueues"][0]
        self.resource = self.queue["ComputeResources"][0]
        self.batch = world.client("batch", stack.region)
        described = stack.cloudformation().describe_stacks(StackName=stack.name)["Stacks"][0]
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}
        self.parameters = {p["ParameterKey"]: p["ParameterValue"] for p in described.get("Parameters", [])}

    def shared(self, kind, raid=False):
        return [s for s in self.cluster.get("SharedStorage") or [] if s["StorageType"] == kind
                and ("Raid" in (s.get("EbsSettings") or {})) == raid]

    # ---- compute environment and queue ----

    def compute(self):
        found = self.batch.describe_compute_environments(computeEnvironments=[self.outputs["BatchComputeEnvironmentArn"]])["computeEnvironments"]
        self.same("compute environments", len(found), 1)
        self.same("of the stack", len(self.ids("AWS::Batch::ComputeEnvironment")), 1)
        got, spot = found[0]["computeResources"], self.queue.get("CapacityType") == "SPOT"
        wanted = {"type": "SPOT" if spot else "EC2", "instanceTypes": self.resource["InstanceTypes"],
                  "minvCpus": self.resource.get("MinvCpus", 0), "maxvCpus": self.resource.get("MaxvCpus", 10),
                  "bidPercentage": self.resource.get("SpotBidPercentage") if spot else None,
                  "subnets": self.queue["Networking"]["SubnetIds"],
                  "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED" if spot else "BEST_FIT_PROGRESSIVE"}
        for name, value in wanted.items():
            self.same(name, got.get(name), value)
        self.same("image", [row["imageType"].startswith("ECS_AL2023") for row in got["ec2Configuration"]], [True])
        self.same("fleet role", got.get("spotIamFleetRole"), None)
        self.template_of(got["launchTemplate"])

    def groups(self):
        n = self.queue["Networking"]
        return n.get("SecurityGroups") or [self.physical("ComputeSecurityGroup")] + n.get("AdditionalSecurityGroups", [])

    def template_of(self, reference):
        version = self.ec2.describe_launch_template_versions(LaunchTemplateId=reference["launchTemplateId"], Versions=[str(reference["version"])])
        data = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        self.same("IMDS", data["MetadataOptions"]["HttpTokens"],
                  "optional" if get(self.cluster, "Imds", "ImdsSupport") == "v1.0" else "required")
        public = self.queue["Networking"].get("AssignPublicIp")
        rows = data.get("NetworkInterfaces", [])
        self.same("public address", rows[0].get("AssociatePublicIpAddress") if rows else None, public)
        self.mounts(data)

    def mounts(self, data):
        """User data of the instances: a call for each directory, and `ready` last."""
        import base64

        text = base64.b64decode(data["UserData"]).decode()
        address = self.head_address()["PrivateIpAddress"]
        homes = [] if any(directory(s["MountDir"]) == "/home" for s in self.cluster.get("SharedStorage") or []) else ["/home"]
        exported = homes + [directory(s["MountDir"]) for s in self.cluster.get("SharedStorage") or [] if s["StorageType"] == "Ebs"]
        self.same("mounted from the head node", re.findall(r"^nfs (\S+) (\S+)$", text, re.M), [(address, d) for d in exported])
        self.same("EFS", re.findall(r"^efs (\S+) ", text, re.M), [directory(s["MountDir"]) for s in self.shared("Efs")])
        self.true("user data", "\nready\n" in text, "does not say ready")

    def job_queue(self):
        queue = self.batch.describe_job_queues(jobQueues=[self.outputs["BatchJobQueueArn"]])["jobQueues"][0]
        self.same("queue", (queue["jobQueueName"], queue["priority"], queue["state"]), (f"{self.stack.name}-{self.queue['Name']}", 1, "ENABLED"))
        self.same("its environments", [row["computeEnvironment"] for row in queue["computeEnvironmentOrder"]],
                  [self.outputs["BatchComputeEnvironmentArn"]])

    # ---- job definitions ----

    def definitions(self):
        for output, name, kind in (("BatchJobDefinitionArn", "serial", "container"), ("BatchJobDefinitionMnpArn", "mnp", "multinode")):
            self.true(output, re.search(rf":job-definition/{self.stack.name}-{name}:\d+$", self.outputs[output]), self.outputs[output])
            found = [d for d in self.batch.describe_job_definitions(jobDefinitionName=f"{self.stack.name}-{name}")["jobDefinitions"]
                     if d["status"] == "ACTIVE"]
            self.same(f"{name}: revisions", len(found), 1)
            self.same(f"{name}: type", found[0]["type"], kind)
            if kind == "multinode":
                nodes = found[0]["nodeProperties"]
                self.same("nodes", (nodes["numNodes"], nodes["mainNode"], [r["targetNodes"] for r in nodes["nodeRangeProperties"]]), (1, 0, ["0:"]))
            self.container(name, found[0].get("containerProperties") or found[0]["nodeProperties"]["nodeRangeProperties"][0]["container"])

    def container(self, name, c):
        """With the old members, which overrides of awsbsub are applied to, and no privilege."""
        self.same(f"{name}: vCPUs, memory", (c.get("vcpus"), c.get("memory")), (1, 512))
        self.true(f"{name}: old members", not c.get("resourceRequirements"), c.get("resourceRequirements"))
        self.true(f"{name}: privilege", not c.get("privileged"))
        self.true(f"{name}: log group of the service", not c.get("logConfiguration"))
        variables = {v["name"]: v["value"] for v in c["environment"]}
        self.same(f"{name}: variables", set(variables), VARIABLES)
        for variable, kind, raid in (("PCLUSTER_SHARED_DIRS", "Ebs", False), ("PCLUSTER_RAID_SHARED_DIR", "Ebs", True),
                                     ("PCLUSTER_EFS_SHARED_DIRS", "Efs", False)):
            want = ",".join(directory(s["MountDir"]) for s in self.shared(kind, raid)) or "NONE"
            self.same(f"{name}: {variable}", variables[variable], want)
        self.same(f"{name}: file systems", variables["PCLUSTER_EFS_FS_IDS"] == "NONE", not self.shared("Efs"))
        self.same(f"{name}: head node", variables["PCLUSTER_HEAD_NODE_IP"], self.head_address()["PrivateIpAddress"])
        shared = {"/home"} | {directory(s["MountDir"]) for s in self.cluster.get("SharedStorage") or []}
        self.same(f"{name}: directories", {v["host"]["sourcePath"] for v in c["volumes"]}, shared)
        self.same(f"{name}: mounts", {m["containerPath"] for m in c["mountPoints"]}, shared)
        repository, tag = c["image"].split(":")[-2].rsplit("/", 1)[-1], c["image"].rsplit(":", 1)[-1]
        self.same(f"{name}: image", (repository, tag.split("-")[0]), (self.outputs["ECRRepoName"], self.cluster["Image"]["Os"]))

    def image(self):
        """One project, which was started once for this tag."""
        client = self.world.client("codebuild", self.stack.region)
        project = client.batch_get_projects(names=[self.outputs["CodeBuildDockerImageBuilderProject"]])["projects"][0]
        spec = json.loads(project["source"]["buildspec"])
        commands = "\n".join(spec["phases"]["build"]["commands"])
        self.true("buildspec", "docker push" in commands and "ENTRYPOINT" in commands, commands)
        builds = client.list_builds_for_project(projectName=project["name"])["ids"]
        self.true("builds", len(builds) >= 1, builds)
        machine = self.instance_type(self.cluster["HeadNode"]["InstanceType"])["ProcessorInfo"]["SupportedArchitectures"]
        self.image_first()
        self.same("architecture", project["environment"]["type"], "ARM_CONTAINER" if "arm64" in machine else "LINUX_CONTAINER")

    def image_first(self):
        """What Amazon ECR asks of who pushes, and no job of a revision whose image is not there yet, nor one of an update that is
        refused."""
        resources = self.template["Resources"]
        statements = resources["ImageRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        self.same("rights to push", {a for s in statements for a in s["Action"] if a.startswith("ecr:")}, PUSH)
        for name in ("JobDefinitionSerial", "JobDefinitionMnp"):
            self.same(f"{name} waits for", sorted(resources[name].get("DependsOn", [])), ["Fleet", "Image"])

    # ---- the commands ----

    def commands(self):
        """The configuration of awsbsub, as Python's own reader has it, names what the stack has."""
        text = self.outputs["AwsBatchCliConfig"]
        config = configparser.ConfigParser()
        config.read_string(text)
        self.same("cluster", config["main"]["cluster_name"], self.stack.name)
        section = config[f"cluster {self.stack.name}"]
        self.same("region", section["region"], self.stack.region)
        self.same("proxy", section["proxy"], get(self.cluster, "HeadNode", "Networking", "Proxy", "HttpProxyAddress", default="NONE"))
        for name, output in SECTION.items():
            self.same(name, section[name], self.outputs.get(output, self.parameters.get(output)))
        for member, name in (("job_definition", "serial"), ("job_definition_mnp", "mnp")):
            self.same(member, section[member], f"{self.stack.name}-{name}")
        self.same("Scheduler", self.parameters["Scheduler"], "awsbatch")
        own = self.cluster.get("CustomS3Bucket")
        self.same("bucket", self.parameters.get("ResourcesS3Bucket"), own)
        self.same("a bucket of its own", len(self.ids("AWS::S3::Bucket")), 0 if own else 1)
        head = self.template["Resources"]["HeadNode"]["Metadata"]
        self.same("files of the head node", sorted(head["Files"]), ["awsbatch-cli.cfg"])
        package = get(self.cluster, "DevSettings", "AwsBatchCliPackage")
        self.same("package", get(head, "Kinds", "head", "Settings", "HPCC_AWSBATCH_PACKAGE"), package)

    def policy(self):
        """What users may do hangs on the head node's role, unless that is the user's own."""
        given = get(self.cluster, "HeadNode", "Iam", default={})
        if not {"InstanceRole", "InstanceProfile"} & set(given):
            managed = self.template["Resources"]["HeadNodeRole"]["Properties"].get("ManagedPolicyArns", [])  # moto attaches AWS's alone
            self.true("policy on the head node's role", {"Ref": "BatchUserPolicy"} in managed, managed)
        self.same("policy", self.outputs["BatchUserPolicy"], self.physical("BatchUserPolicy"))
        statements = self.template["Resources"]["BatchUserPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        on = {action: json.dumps(s["Resource"]) for s in statements for action in s["Action"]}
        # Asked by name, CloudFormation judges by a star in the place of the id.
        self.true("the stack", on["cloudformation:DescribeStacks"].endswith(':stack/${AWS::StackName}/*"}'), on["cloudformation:DescribeStacks"])
        self.same("output of jobs", re.findall(r'log-stream:([^"]+)', on["logs:GetLogEvents"]), ["${AWS::StackName}-serial/*", "${AWS::StackName}-mnp/*"])

    def network_file_systems(self, wanted):
        efs = self.world.client("efs", self.stack.region)
        found = [efs.describe_file_systems(FileSystemId=f)["FileSystems"][0] for f in self.ids("AWS::EFS::FileSystem")]
        self.same("EFS file systems", len(found), len(wanted))
        for f in found:
            targets = efs.describe_mount_targets(FileSystemId=f["FileSystemId"])["MountTargets"]
            self.same("EFS mount targets", [t["SubnetId"] for t in targets], self.queue["Networking"]["SubnetIds"])

    def all(self):
        for check in (self.compute, self.job_queue, self.definitions, self.image, self.commands, self.policy, self.head, self.rights,
                      self.storage, self.logs):
            self.faults = []
            check()
            yield check.__name__, self.faults

# SPDX-License-Identifier: Apache-2.0
"""Files with a workflow, one for each way that a machine may go."""

HEAD = """Kind: Batch
Region: us-east-1
Networking: {SubnetIds: [subnet-0123456789abcdef0]}
Buckets: [{Name: Results}]
Notifications: {Emails: [hpc@example.com]}
ComputeEnvironments:
  - {Name: spot, Type: SPOT, InstanceTypes: [c6i.4xlarge], MaxvCpus: 16}
JobQueues:
  - {Name: work, ComputeEnvironmentOrder: [spot]}
JobDefinitions:
  - Name: simulate
    ContainerProperties: {Image: "public.ecr.aws/amazonlinux/amazonlinux:2023", Vcpus: 4, Memory: 4096}
    RetryStrategy: {Attempts: 3, RetryOn: SPOT_INTERRUPTION}
Workflows:
  - Name: nightly
    Mode: %s
"""
LUSTRE = """    FsxLustreSettings:
      StorageCapacity: 1200
      DataRepositoryAssociations: [{Name: results, Bucket: Results, Prefix: runs%s}]
"""
EBS = """    EbsSettings: {Size: 500, Iops: 5000, Throughput: 500}
"""
# Each mode as it is when nothing else is said; all of the weather is tried on these.
MODES = {
    "LustreTaskExport": HEAD % "LustreTaskExport" + LUSTRE % "",
    "LustreAutoExport": HEAD % "LustreAutoExport" + LUSTRE % ", AutoExportPolicy: [NEW, CHANGED, DELETED]",
    "Ebs": HEAD % "Ebs" + EBS,
}
# A job on several nodes is started and looked at in another way: the weather is tried where its machine differs.
NODES = {"LustreTaskExport, several nodes": MODES["LustreTaskExport"].replace("Type: SPOT", "Type: EC2").replace(
    """    ContainerProperties: {Image: "public.ecr.aws/amazonlinux/amazonlinux:2023", Vcpus: 4, Memory: 4096}
""", """    Type: multinode
    NodeProperties:
      NumNodes: 2
      NodeRangeProperties:
        - TargetNodes: "0:"
          Container: {Image: "public.ecr.aws/amazonlinux/amazonlinux:2023", Vcpus: 4, Memory: 4096}
""").replace("SPOT_INTERRUPTION", "INFRASTRUCTURE").replace("MaxvCpus: 16", "MaxvCpus: 32")}
AUTO_TASK = {"LustreAutoExport, Barrier TASK": MODES["LustreAutoExport"] + "    Barrier: TASK\n"}
# What may be said besides; the good and the worst runs are tried on these.
VARIANTS = {
    "LustreTaskExport, below a path": HEAD % "LustreTaskExport" + LUSTRE % ", FileSystemPath: /out",
    "LustreTaskExport, secret": MODES["LustreTaskExport"] + "    ParametersIn: SECRETS_MANAGER\n",
    "LustreTaskExport, kept": MODES["LustreTaskExport"] + "    DeleteStorage: false\n",
    "LustreTaskExport, kept after a failure": MODES["LustreTaskExport"] + "    OnJobFailure: KEEP\n",
    "LustreTaskExport, deleted after a failure": MODES["LustreTaskExport"] + "    OnJobFailure: DELETE\n",
    "LustreAutoExport, kept after a failure": MODES["LustreAutoExport"] + "    OnJobFailure: KEEP\n",
    "LustreAutoExport, deleted after a failure": MODES["LustreAutoExport"] + "    OnJobFailure: DELETE\n",
    "LustreTaskExport, array": MODES["LustreTaskExport"] + "    ArraySize: 10\n",
    "LustreTaskExport, short lock": MODES["LustreTaskExport"] + "    MaxWaitForLockSeconds: 600\n",
    "LustreTaskExport, persistent": MODES["LustreTaskExport"].replace(
        "StorageCapacity: 1200", "StorageCapacity: 1200\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 125"),
    "Ebs, snapshot": MODES["Ebs"] + "    SnapshotOnSuccess: true\n",
    "Ebs, kept": MODES["Ebs"] + "    DeleteStorage: false\n",
    "Ebs, kept after a failure": MODES["Ebs"] + "    OnJobFailure: KEEP\n",
    "LustreTaskExport, no notifications": MODES["LustreTaskExport"].replace("Notifications: {Emails: [hpc@example.com]}\n", ""),
}
EVERY = {**MODES, **AUTO_TASK, **NODES, **VARIANTS}

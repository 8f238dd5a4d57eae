/* SPDX-License-Identifier: Apache-2.0 */
/* test_batch_jobs.c - job definitions, their roles, logs and repositories, as a batch file makes them. */
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(batch_jobs, .fini = free_all);

#define NETWORK "Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"
#define INSTANCES                                                          \
	"ComputeEnvironments: [{Name: nodes, InstanceTypes: [m6i.large], " \
	"MaxvCpus: 8}]\n"
#define FARGATE "ComputeEnvironments: [{Name: tasks, Type: FARGATE_SPOT, MaxvCpus: 8}]\n"
#define QUEUE(environment) "JobQueues: [{Name: work, ComputeEnvironmentOrder: [" environment "]}]\n"
#define SMALL "Image: busybox, Vcpus: 1, Memory: 2048"

/* The graph of a file whose one environment `where` is used by one queue, with what else it says. */
static const struct ir *graph(const char *where, const char *rest)
{
	const char *queue = strstr(where, "nodes") != NULL ? QUEUE("nodes") : QUEUE("tasks");

	return graph_of(&mem,
			arena_fmt(&mem, "Kind: Batch\nRegion: us-east-1\n" NETWORK "%s%s%s", where,
				  strstr(rest, "JobQueues:\n") != NULL ? "" : queue, rest)
				.s);
}

static const struct ir *on_instances(const char *rest)
{
	return graph(INSTANCES, rest);
}

static const struct ir *on_fargate(const char *rest)
{
	return graph(FARGATE, rest);
}

static const char *property(const struct ir *g, const char *id, const char *path)
{
	return text_at(&mem, found(g, id)->properties, path);
}

/* A property of the container of the one definition, `job`. */
static const char *container(const struct ir *g, const char *path)
{
	return property(g, "JobDefinitionJob", arena_fmt(&mem, "ContainerProperties.%s", path).s);
}

static void expect_all(const struct ir *g, const char *const is[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(container(g, is[i][0]), is[i][1], "%s", is[i][0]);
}

/* ---- what a container takes ---- */

Test(batch_jobs, requirements_are_texts_without_a_point_on_instances)
{
	static const char *const is[][2] = {
		{"Image", "busybox"},
		{"ResourceRequirements.0.Type", "VCPU"},
		{"ResourceRequirements.0.Value", "2"},
		{"ResourceRequirements.1.Type", "MEMORY"},
		{"ResourceRequirements.1.Value", "100000"},
		{"ResourceRequirements.2.Type", "GPU"},
		{"ResourceRequirements.2.Value", "4"},
		{"NetworkConfiguration", ""},
		{"ExecutionRoleArn", ""},
		{"JobRoleArn", ""},
		{"RuntimePlatform", ""},
		{"Ulimits", ""},
		{"LinuxParameters.Devices", ""},
	};
	const struct ir *g =
		on_instances("JobDefinitions: [{Name: job, ContainerProperties: {Image: busybox, "
			     "Vcpus: 2.0, Memory: 100000, Gpus: 4, RuntimePlatform: "
			     "{CpuArchitecture: X86_64}}}]\n");

	expect_all(g, is, ARRAY_LEN(is));
	cr_expect_str_eq(property(g, "JobDefinitionJob", "JobDefinitionName"),
			 "${AWS::StackName}-job");
	cr_expect_str_eq(property(g, "JobDefinitionJob", "Type"), "container");
	cr_expect_str_eq(property(g, "JobDefinitionJob", "PlatformCapabilities.0"), "EC2");
	cr_expect_str_eq(property(g, "JobDefinitionJob", "RetryStrategy"), "");
	cr_expect_str_eq(property(g, "JobDefinitionJob", "SchedulingPriority"), "");
	cr_expect_str_eq(property(g, "JobDefinitionJob", "Tags.hpcc:stack"), "AWS::StackName");
	cr_expect_null(ir_find(g, STR("ExecutionRole")));
}

Test(batch_jobs, parts_of_a_vcpu_on_fargate_and_what_only_fargate_takes)
{
	static const char *const is[][2] = {
		{"ResourceRequirements.0.Value", "0.25"},
		{"ResourceRequirements.1.Value", "512"},
		{"NetworkConfiguration.AssignPublicIp", "DISABLED"},
		{"ExecutionRoleArn", "ExecutionRole.Arn"},
		{"FargatePlatformConfiguration.PlatformVersion", "1.4.0"},
		{"EphemeralStorage.SizeInGiB", "50"},
		{"RuntimePlatform.CpuArchitecture", "ARM64"},
		{"RuntimePlatform.OperatingSystemFamily", "LINUX"},
	};
	const struct ir *g = on_fargate(
		"JobDefinitions:\n"
		"  - Name: job\n"
		"    ContainerProperties:\n"
		"      Image: busybox\n"
		"      Vcpus: 0.25\n"
		"      Memory: 512\n"
		"      FargatePlatformConfiguration: {PlatformVersion: 1.4.0}\n"
		"      EphemeralStorage: {SizeInGiB: 50}\n"
		"      RuntimePlatform: {CpuArchitecture: ARM64}\n"
		"  - {Name: half, ContainerProperties: {Image: b, Vcpus: 0.5, Memory: 1024}}\n"
		"  - {Name: many, ContainerProperties: {Image: b, Vcpus: 16, Memory: 32768}}\n");

	expect_all(g, is, ARRAY_LEN(is));
	cr_expect_str_eq(property(g, "JobDefinitionJob", "PlatformCapabilities.0"), "FARGATE");
	cr_expect_str_eq(property(g, "JobDefinitionHalf",
				  "ContainerProperties.ResourceRequirements.0.Value"),
			 "0.5");
	cr_expect_str_eq(property(g, "JobDefinitionMany",
				  "ContainerProperties.ResourceRequirements.0.Value"),
			 "16");
}

Test(batch_jobs, tasks_have_an_address_as_they_or_their_environments_say)
{
	static const char with[] = "ComputeEnvironments: [{Name: tasks, Type: FARGATE, MaxvCpus: "
				   "8, Networking: {AssignPublicIp: true}}]\n";
	static const char job[] =
		"JobDefinitions: [{Name: job, ContainerProperties: {" SMALL "}}]\n";
	static const char own[] = "JobDefinitions: [{Name: job, ContainerProperties: {" SMALL
				  ", NetworkConfiguration: {AssignPublicIp: false}}}]\n";

	cr_expect_str_eq(container(graph(with, job), "NetworkConfiguration.AssignPublicIp"),
			 "ENABLED");
	cr_expect_str_eq(container(graph(with, own), "NetworkConfiguration.AssignPublicIp"),
			 "DISABLED");
}

Test(batch_jobs, what_runs_in_it_and_how)
{
	static const char *const is[][2] = {
		{"Command.0", "sh"},
		{"Command.2", "echo Ref::what"},
		{"Environment.0.Name", "MODE"},
		{"Environment.0.Value", "fast"},
		{"Secrets.0.Name", "KEY"},
		{"Secrets.0.ValueFrom", "/app/key"},
		{"User", "1000:1000"},
		{"Privileged", "true"},
		{"ReadonlyRootFilesystem", "true"},
		{"EnableExecuteCommand", "true"},
		{"LinuxParameters.InitProcessEnabled", "false"},
		{"LinuxParameters.SharedMemorySize", "64"},
		{"LinuxParameters.MaxSwap", "0"},
		{"LinuxParameters.Swappiness", "0"},
		{"LinuxParameters.Tmpfs.0.ContainerPath", "/run"},
		{"LinuxParameters.Tmpfs.0.Size", "16"},
		{"LinuxParameters.Tmpfs.0.MountOptions.0", "noexec"},
		{"LinuxParameters.Devices.0.HostPath", "/dev/fuse"},
		{"LinuxParameters.Devices.0.ContainerPath", "/dev/fuse"},
		{"LinuxParameters.Devices.0.Permissions.0", "READ"},
		{"LinuxParameters.Devices.0.Permissions.1", ""},
		{"Ulimits.0.Name", "nofile"},
		{"Ulimits.0.SoftLimit", "1024"},
		{"Ulimits.0.HardLimit", "-1"},
		{"Ulimits.1.Name", ""},
	};
	const struct ir *g = on_instances(
		"JobDefinitions:\n"
		"  - Name: job\n"
		"    Parameters: {what: this}\n"
		"    ContainerProperties:\n"
		"      Image: busybox\n"
		"      Vcpus: 1\n"
		"      Memory: 512\n"
		"      Command: [sh, -c, \"echo Ref::what\"]\n"
		"      Environment: [{Name: MODE, Value: fast}]\n"
		"      Secrets: [{Name: KEY, ValueFrom: /app/key}]\n"
		"      User: \"1000:1000\"\n"
		"      Privileged: true\n"
		"      ReadonlyRootFilesystem: true\n"
		"      EnableExecuteCommand: true\n"
		"      LinuxParameters:\n"
		"        InitProcessEnabled: false\n"
		"        SharedMemorySize: 64\n"
		"        MaxSwap: 0\n"
		"        Swappiness: 0\n"
		"        Tmpfs: [{ContainerPath: /run, Size: 16, MountOptions: [noexec]}]\n"
		"        Devices: [{HostPath: /dev/fuse, Permissions: [READ]}]\n"
		"      Ulimits: [{Name: nofile, SoftLimit: 1024, HardLimit: -1}]\n");

	expect_all(g, is, ARRAY_LEN(is));
	cr_expect_str_eq(property(g, "JobDefinitionJob", "Parameters.what"), "this");
}

Test(batch_jobs, an_init_process_reaps_children_unless_the_file_says_no)
{
	const struct ir *g =
		on_instances("JobDefinitions: [{Name: job, ContainerProperties: {" SMALL "}}]\n");

	cr_expect_str_eq(container(g, "LinuxParameters.InitProcessEnabled"), "true");
	g = on_fargate("JobDefinitions: [{Name: job, ContainerProperties: {" SMALL
		       ", RuntimePlatform: {OperatingSystemFamily: WINDOWS_SERVER_2022_CORE}}}]\n");
	cr_expect_str_eq(container(g, "LinuxParameters"), "");
}

/* ---- the definition ---- */

Test(batch_jobs, only_what_lost_its_host_is_repeated)
{
	static const char what[] =
		"JobDefinitions: [{Name: job, ContainerProperties: {" SMALL
		"}, RetryStrategy: {Attempts: 3, RetryOn: SPOT_INTERRUPTION}}]\n";
	const struct ir_value *rules;
	const struct ir *g = on_instances(what);

	cr_expect_str_eq(property(g, "JobDefinitionJob", "RetryStrategy.Attempts"), "3");
	rules = at(found(g, "JobDefinitionJob")->properties, "RetryStrategy.EvaluateOnExit");
	cr_assert_eq(rules->n, 2);
	cr_expect_str_eq(text_at(&mem, rules, "0.Action"), "RETRY");
	cr_expect_str_eq(text_at(&mem, rules, "0.OnStatusReason"), "Host EC2*");
	cr_expect_str_eq(text_at(&mem, rules, "1.Action"), "EXIT");
	cr_expect_str_eq(text_at(&mem, rules, "1.OnReason"), "*");
	g = on_fargate(what);
	cr_expect_str_eq(
		property(g, "JobDefinitionJob", "RetryStrategy.EvaluateOnExit.0.OnStatusReason"),
		"Your Spot Task was interrupted*");
}

Test(batch_jobs, faults_of_the_ground_are_repeated_by_five_rules)
{
	static const char what[] = "JobDefinitions: [{Name: job, ContainerProperties: {" SMALL
				   "}, RetryStrategy: {Attempts: 3, RetryOn: INFRASTRUCTURE}}]\n";
	static const char *const of_instances[][2] = {
		{"0.OnStatusReason", "Host EC2*"},
		{"1.OnReason", "CannotPullContainerError*"},
		{"2.OnReason", "DockerTimeoutError*"},
		{"3.OnReason", "CannotStartContainerError*"},
		{"3.Action", "RETRY"},
		{"4.OnReason", "*"},
		{"4.Action", "EXIT"},
	};
	const struct ir *g = on_instances(what);
	const struct ir_value *rules =
		at(found(g, "JobDefinitionJob")->properties, "RetryStrategy.EvaluateOnExit");

	cr_assert_eq(rules->n, 5);
	for (size_t i = 0; i < ARRAY_LEN(of_instances); i++)
		cr_expect_str_eq(text_at(&mem, rules, of_instances[i][0]), of_instances[i][1]);
	rules = at(found(on_fargate(what), "JobDefinitionJob")->properties,
		   "RetryStrategy.EvaluateOnExit");
	cr_assert_eq(rules->n, 5);
}

Test(batch_jobs, rules_of_the_file_and_any_failure)
{
	const struct ir *g =
		on_instances("JobDefinitions:\n"
			     "  - Name: job\n"
			     "    ContainerProperties: {" SMALL "}\n"
			     "    RetryStrategy:\n"
			     "      Attempts: 2\n"
			     "      EvaluateOnExit:\n"
			     "        - {Action: RETRY, OnExitCode: \"137\", OnReason: \"Out*\"}\n"
			     "        - {Action: EXIT, OnStatusReason: \"*\"}\n"
			     "  - Name: any\n"
			     "    ContainerProperties: {" SMALL "}\n"
			     "    RetryStrategy: {Attempts: 4, RetryOn: ANY_FAILURE}\n");
	const struct ir_value *rules =
		at(found(g, "JobDefinitionJob")->properties, "RetryStrategy.EvaluateOnExit");

	cr_assert_eq(rules->n, 2);
	cr_expect_str_eq(text_at(&mem, rules, "0.OnExitCode"), "137");
	cr_expect_str_eq(text_at(&mem, rules, "0.OnReason"), "Out*");
	cr_expect_str_eq(text_at(&mem, rules, "1.OnStatusReason"), "*");
	cr_expect_str_eq(property(g, "JobDefinitionAny", "RetryStrategy.Attempts"), "4");
	cr_expect_str_eq(property(g, "JobDefinitionAny", "RetryStrategy.EvaluateOnExit"), "");
}

Test(batch_jobs, a_job_of_a_shared_queue_has_a_priority)
{
	const struct ir *g = on_instances(
		"SchedulingPolicies: [{Name: teams, FairsharePolicy: {ShareDistribution: "
		"[{ShareIdentifier: a, WeightFactor: 1}]}}]\n"
		"JobQueues:\n"
		"  - {Name: shared, SchedulingPolicy: teams, ComputeEnvironmentOrder: [nodes]}\n"
		"  - {Name: plain, ComputeEnvironmentOrder: [nodes]}\n"
		"JobDefinitions:\n"
		"  - {Name: job, ContainerProperties: {" SMALL "}}\n"
		"  - {Name: first, SchedulingPriority: 9, ContainerProperties: {" SMALL "}}\n"
		"  - {Name: other, JobQueues: [plain], ContainerProperties: {" SMALL "}}\n");

	cr_expect_str_eq(property(g, "JobDefinitionJob", "SchedulingPriority"), "0");
	cr_expect_str_eq(property(g, "JobDefinitionFirst", "SchedulingPriority"), "9");
	cr_expect_str_eq(property(g, "JobDefinitionOther", "SchedulingPriority"), "");
}

Test(batch_jobs, names_tags_times_and_what_is_counted)
{
	const struct ir *g =
		on_instances("Tags: [{Key: project, Value: all}, {Key: team, Value: one}]\n"
			     "ConsumableResources: [{Name: licence, TotalQuantity: 4}]\n"
			     "JobDefinitions:\n"
			     "  - Name: job\n"
			     "    JobDefinitionName: fixed\n"
			     "    ContainerProperties: {" SMALL "}\n"
			     "    Timeout: {AttemptDurationSeconds: 60}\n"
			     "    PropagateTags: true\n"
			     "    SkipDeregisterOnUpdate: true\n"
			     "    ConsumableResources:\n"
			     "      - {ConsumableResource: licence, Quantity: 2}\n"
			     "      - ConsumableResource: "
			     "arn:aws:batch:us-east-1:123456789012:consumable-resource/x\n"
			     "    Tags: [{Key: team, Value: two}]\n");
	static const char *const is[][2] = {
		{"JobDefinitionName", "fixed"},
		{"Timeout.AttemptDurationSeconds", "60"},
		{"PropagateTags", "true"},
		{"ResourceRetentionPolicy.SkipDeregisterOnUpdate", "true"},
		{"ConsumableResourceProperties.ConsumableResourceList.0.ConsumableResource",
		 "ConsumableResourceLicence"},
		{"ConsumableResourceProperties.ConsumableResourceList.0.Quantity", "2"},
		{"ConsumableResourceProperties.ConsumableResourceList.1.ConsumableResource",
		 "arn:aws:batch:us-east-1:123456789012:consumable-resource/x"},
		{"ConsumableResourceProperties.ConsumableResourceList.1.Quantity", "1"},
		{"Tags.project", "all"},
		{"Tags.team", "two"},
	};

	for (size_t i = 0; i < ARRAY_LEN(is); i++)
		cr_expect_str_eq(property(g, "JobDefinitionJob", is[i][0]), is[i][1], "%s",
				 is[i][0]);
}

/* ---- nodes ---- */

#define EFA                                                                               \
	"ComputeEnvironments: [{Name: nodes, InstanceTypes: [hpc7a.96xlarge], MaxvCpus: " \
	"768, Efa: {Enabled: true}}]\n"
#define NODES(more)                                   \
	"JobDefinitions:\n"                           \
	"  - Name: job\n"                             \
	"    Type: multinode\n"                       \
	"    NodeProperties:\n"                       \
	"      NumNodes: 4\n"                         \
	"      NodeRangeProperties:\n"                \
	"        - TargetNodes: \"0:0\"\n"            \
	"          Container: {" SMALL more "}\n"     \
	"        - TargetNodes: \"1:\"\n"             \
	"          InstanceTypes: [hpc7a.96xlarge]\n" \
	"          Container: {Image: worker, Vcpus: 192, Memory: 700000, Iam: {}}\n"

Test(batch_jobs, each_range_of_nodes_has_its_container)
{
	const struct ir *g = graph(EFA, NODES(""));
	const struct ir_value *p = found(g, "JobDefinitionJob")->properties;
	static const char *const is[][2] = {
		{"Type", "multinode"},
		{"ContainerProperties", ""},
		{"NodeProperties.NumNodes", "4"},
		{"NodeProperties.MainNode", "0"},
		{"NodeProperties.NodeRangeProperties.0.TargetNodes", "0:0"},
		{"NodeProperties.NodeRangeProperties.0.InstanceTypes", ""},
		{"NodeProperties.NodeRangeProperties.1.TargetNodes", "1:"},
		{"NodeProperties.NodeRangeProperties.1.InstanceTypes.0", "hpc7a.96xlarge"},
		{"NodeProperties.NodeRangeProperties.1.Container.Image", "worker"},
		{"NodeProperties.NodeRangeProperties.1.Container.NetworkConfiguration", ""},
		{"NodeProperties.NodeRangeProperties.0.Container.JobRoleArn", ""},
	};

	expect_texts(&mem, p, is, ARRAY_LEN(is));
	/* a range that names rights has a role of its own */
	cr_expect_neq(strlen(text_at(&mem, p,
				     "NodeProperties.NodeRangeProperties.1.Container.JobRoleArn")),
		      0);
}

Test(batch_jobs, nodes_with_efa_get_its_devices_and_lock_memory)
{
	static const char first[] = "NodeProperties.NodeRangeProperties.0.Container.";
	const struct ir *g = graph(EFA, NODES(""));
	const struct ir_value *devices = at(found(g, "JobDefinitionJob")->properties,
					    arena_fmt(&mem, "%sLinuxParameters.Devices", first).s);

	/* two cards with EFA */
	cr_assert_eq(devices->n, 2);
	cr_expect_str_eq(text_at(&mem, devices, "0.HostPath"), "/dev/infiniband/uverbs0");
	cr_expect_str_eq(text_at(&mem, devices, "1.HostPath"), "/dev/infiniband/uverbs1");
	cr_expect_str_eq(text_at(&mem, devices, "1.ContainerPath"), "/dev/infiniband/uverbs1");
	cr_expect_str_eq(text_at(&mem, devices, "1.Permissions.2"), "MKNOD");
	cr_expect_str_eq(
		property(g, "JobDefinitionJob", arena_fmt(&mem, "%sUlimits.0.Name", first).s),
		"memlock");
	cr_expect_str_eq(
		property(g, "JobDefinitionJob", arena_fmt(&mem, "%sUlimits.0.HardLimit", first).s),
		"-1");
	/* what the file says stays */
	g = graph(EFA, NODES(", LinuxParameters: {Devices: [{HostPath: "
			     "/dev/infiniband/uverbs7}]}, Ulimits: [{Name: memlock, SoftLimit: 5, "
			     "HardLimit: 5}]"));
	devices = at(found(g, "JobDefinitionJob")->properties,
		     arena_fmt(&mem, "%sLinuxParameters.Devices", first).s);
	cr_assert_eq(devices->n, 1);
	cr_expect_str_eq(text_at(&mem, devices, "0.HostPath"), "/dev/infiniband/uverbs7");
	cr_expect_str_eq(
		property(g, "JobDefinitionJob", arena_fmt(&mem, "%sUlimits.0.SoftLimit", first).s),
		"5");
	cr_expect_str_eq(property(g, "JobDefinitionJob", arena_fmt(&mem, "%sUlimits.1", first).s),
			 "");
}

Test(batch_jobs, no_device_is_asked_for_that_a_job_may_not_find)
{
	static const char two[] = "ComputeEnvironments:\n"
				  "  - {Name: nodes, InstanceTypes: [p4d.24xlarge, c5n.18xlarge], "
				  "MaxvCpus: 768, Efa: {Enabled: true}}\n"
				  "  - {Name: plain, InstanceTypes: [m6i.large], MaxvCpus: 8}\n";
	static const char jobs[] =
		"JobQueues:\n"
		"  - {Name: fast, ComputeEnvironmentOrder: [nodes]}\n"
		"  - {Name: slow, ComputeEnvironmentOrder: [plain]}\n"
		"JobDefinitions:\n"
		"  - {Name: job, ContainerProperties: {" SMALL "}}\n"
		"  - {Name: fast, JobQueues: [fast], ContainerProperties: {" SMALL "}}\n";
	const struct ir *g = graph(two, jobs);

	cr_expect_str_eq(container(g, "LinuxParameters.Devices"), "");
	cr_expect_str_eq(container(g, "Ulimits"), "");
	/* of two types the one with fewer */
	cr_expect_eq(at(found(g, "JobDefinitionFast")->properties,
			"ContainerProperties.LinuxParameters.Devices")
			     ->n,
		     1);
}

/* ---- storage ---- */

Test(batch_jobs, storage_of_instances_is_mounted_as_a_directory)
{
	static const char *const is[][2] = {
		{"Volumes.0.Name", "mine"},
		{"Volumes.0.Host.SourcePath", "/opt/mine"},
		{"Volumes.1.Name", "any"},
		{"Volumes.1.Host", ""},
		{"Volumes.2.Name", "fsx"},
		{"Volumes.2.Host.SourcePath", "/fsx"},
		{"Volumes.3.Name", "ScratchVolume"},
		{"Volumes.3.Host.SourcePath", "/tmp/work"},
		{"Volumes.4.Name", "EphemeralVolume"},
		{"Volumes.4.Host.SourcePath", "/scratch"},
		{"Volumes.5", ""},
		{"MountPoints.0.SourceVolume", "fsx"},
		{"MountPoints.0.ContainerPath", "/fsx"},
		{"MountPoints.0.ReadOnly", "false"},
		{"MountPoints.1.SourceVolume", "fsx"},
		{"MountPoints.1.ContainerPath", "/again"},
		{"MountPoints.1.ReadOnly", "true"},
		{"MountPoints.2.ContainerPath", "/tmp/work"},
		{"MountPoints.3.ContainerPath", "/scratch"},
		{"MountPoints.4.SourceVolume", "mine"},
		{"MountPoints.4.ContainerPath", "/mine"},
	};
	const struct ir *g = graph(
		"ComputeEnvironments: [{Name: nodes, InstanceTypes: [c5d.large], MaxvCpus: 8, "
		"LocalStorage: {ScratchVolume: {Size: 10, MountDir: /tmp/work}}}]\n",
		"SharedStorage: [{Name: fsx, MountDir: fsx, StorageType: FsxLustre, "
		"FsxLustreSettings: {StorageCapacity: 1200, DeploymentType: SCRATCH_2}}]\n"
		"JobDefinitions:\n"
		"  - Name: job\n"
		"    ContainerProperties:\n"
		"      Image: busybox\n"
		"      Vcpus: 1\n"
		"      Memory: 512\n"
		"      Volumes: [{Name: mine, Host: {SourcePath: /opt/mine}}, {Name: any}]\n"
		"      MountPoints:\n"
		"        - SourceVolume: fsx\n"
		"        - {SourceVolume: fsx, ContainerPath: /again, ReadOnly: true}\n"
		"        - SourceVolume: ScratchVolume\n"
		"        - SourceVolume: EphemeralVolume\n"
		"        - {SourceVolume: mine, ContainerPath: /mine}\n");

	expect_all(g, is, ARRAY_LEN(is));
}

Test(batch_jobs, names_that_aws_batch_does_not_take_are_made_fit)
{
	const struct ir *g = on_instances(
		"SharedStorage: [{Name: a.b, MountDir: /a, StorageType: Ebs, EbsSettings: {Size: "
		"10}}, {Name: a+b, MountDir: /b, StorageType: Ebs, EbsSettings: {Size: 10}}]\n"
		"JobDefinitions: [{Name: job, ContainerProperties: {" SMALL
		", MountPoints: [{SourceVolume: a.b}, {SourceVolume: a+b}]}}]\n");
	const char *one = container(g, "Volumes.0.Name"), *other = container(g, "Volumes.1.Name");

	cr_expect(strncmp(one, "a-b-", 4) == 0, "%s", one);
	cr_expect_str_neq(one, other);
	cr_expect_str_eq(container(g, "MountPoints.0.SourceVolume"), one);
	cr_expect_str_eq(container(g, "MountPoints.1.SourceVolume"), other);
}

#define EFS(settings)                                                      \
	"SharedStorage: [{Name: data, MountDir: /data, StorageType: Efs, " \
	"EfsSettings: {" settings "}}]\n"                                  \
	"JobDefinitions: [{Name: job, ContainerProperties: {" SMALL        \
	", MountPoints: [{SourceVolume: data}]}}]\n"

Test(batch_jobs, fargate_mounts_efs_by_itself)
{
	const struct ir *g = on_fargate(EFS("ThroughputMode: elastic"));

	cr_expect_str_eq(container(g, "Volumes.0.Host"), "");
	cr_expect_str_eq(container(g, "Volumes.0.EfsVolumeConfiguration.FileSystemId"),
			 "FileSystemData");
	cr_expect_str_eq(container(g, "Volumes.0.EfsVolumeConfiguration.TransitEncryption"),
			 "ENABLED");
	cr_expect_str_eq(container(g, "Volumes.0.EfsVolumeConfiguration.AuthorizationConfig"), "");
	cr_expect_str_eq(container(g, "MountPoints.0.ContainerPath"), "/data");
	cr_expect_str_eq(container(g, "JobRoleArn"), "");
}

Test(batch_jobs, a_file_system_for_known_roles_alone_gives_the_job_one)
{
	const struct ir *g = on_fargate(EFS("IamAuthorization: true"));
	const struct ir_value *s =
		at(found(g, "JobRoleJob")->properties, "Policies.0.PolicyDocument.Statement.0");

	cr_expect_str_eq(container(g, "Volumes.0.EfsVolumeConfiguration.AuthorizationConfig.Iam"),
			 "ENABLED");
	cr_expect_str_eq(container(g, "JobRoleArn"), "JobRoleJob.Arn");
	cr_expect_str_eq(text_at(&mem, s, "Action.0"), "elasticfilesystem:ClientMount");
	cr_expect_str_eq(text_at(&mem, s, "Action.1"), "elasticfilesystem:ClientWrite");
	cr_expect_eq(s->nmembers, 4); /* Sid, Effect, Action, Resource */
}

/* ---- roles ---- */

Test(batch_jobs, the_role_of_a_job_has_what_its_section_says_and_tasks_of_the_account_take_it)
{
	const struct ir *g =
		on_instances("Buckets: [{Name: Data}]\n"
			     "JobDefinitions:\n"
			     "  - Name: job\n"
			     "    ContainerProperties:\n"
			     "      Image: busybox\n"
			     "      Vcpus: 1\n"
			     "      Memory: 512\n"
			     "      Iam:\n"
			     "        AdditionalIamPolicies: [{Policy: "
			     "\"arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess\"}]\n"
			     "        S3Access:\n"
			     "          - {Bucket: Data, KeyName: out/*, EnableWriteAccess: true}\n"
			     "          - {Bucket: Data}\n"
			     "          - {BucketName: others}\n");
	const struct ir_value *p = found(g, "JobRoleJob")->properties;
	static const char *const is[][2] = {
		{"AssumeRolePolicyDocument.Statement.0.Principal.Service",
		 "ecs-tasks.amazonaws.com"},
		{"AssumeRolePolicyDocument.Statement.0.Condition.StringEquals.aws:SourceAccount",
		 "AWS::AccountId"},
		{"ManagedPolicyArns.0", "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"},
		{"Policies.0.PolicyDocument.Statement.0.Resource.0", "${BucketData.Arn}"},
		{"Policies.0.PolicyDocument.Statement.0.Resource.1", "${BucketData.Arn}/*"},
		{"Policies.0.PolicyDocument.Statement.0.Resource.2",
		 "arn:${AWS::Partition}:s3:::others"},
		{"Policies.0.PolicyDocument.Statement.1.Resource.0", "${BucketData.Arn}/${K}"},
	};

	cr_expect_str_eq(container(g, "JobRoleArn"), "JobRoleJob.Arn");
	expect_texts(&mem, p, is, ARRAY_LEN(is));
}

Test(batch_jobs, a_bucket_under_a_key_of_the_user_is_read_with_it)
{
	const struct ir *g = on_instances(
		"Buckets: [{Name: Data, KmsKeyId: 11111111-2222-3333-4444-555555555555}, {Name: "
		"Old, KmsKeyId: alias/old}]\n"
		"JobDefinitions:\n"
		"  - Name: job\n"
		"    ContainerProperties:\n"
		"      Image: busybox\n"
		"      Vcpus: 1\n"
		"      Memory: 512\n"
		"      Iam: {S3Access: [{Bucket: Data}, {Bucket: Data, KeyName: out/*, "
		"EnableWriteAccess: true}, {Bucket: Old}]}\n");
	const struct ir_value *s =
		at(found(g, "JobRoleJob")->properties, "Policies.0.PolicyDocument.Statement");
	static const char *const is[][2] = {
		{"2.Sid", "KeyOfData"},
		{"2.Action.0", "kms:Decrypt"},
		{"2.Action.1", "kms:GenerateDataKey"},
		{"2.Resource", "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
			       "11111111-2222-3333-4444-555555555555"},
		{"2.Condition.StringEquals.kms:ViaService", "s3.${AWS::Region}.${AWS::URLSuffix}"},
		{"3.Action.1", ""},
		{"3.Resource", "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"},
		{"3.Condition.ForAnyValue:StringEquals.kms:ResourceAliases", "alias/old"},
	};

	expect_texts(&mem, s, is, ARRAY_LEN(is));
}

#define SECRET "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"

Test(batch_jobs, who_starts_containers_reads_the_secrets_that_they_name_and_no_other)
{
	const struct ir *g = on_instances(
		"JobDefinitions:\n"
		"  - Name: job\n"
		"    ContainerProperties:\n"
		"      Image: busybox\n"
		"      Vcpus: 1\n"
		"      Memory: 512\n"
		"      Secrets:\n"
		"        - {Name: A, ValueFrom: \"" SECRET ":password::\"}\n"
		"        - {Name: B, ValueFrom: \"" SECRET "\"}\n"
		"        - {Name: C, ValueFrom: /app/key}\n"
		"        - {Name: D, ValueFrom: key}\n"
		"        - {Name: E, ValueFrom: "
		"\"arn:aws:ssm:us-east-1:123456789012:parameter/x\"}\n"
		"      RepositoryCredentials: {CredentialsParameter: registry}\n"
		"  - Name: own\n"
		"    ContainerProperties: {" SMALL
		", ExecutionRoleArn: \"arn:aws:iam::123456789012:role/x\", Secrets: [{Name: A, "
		"ValueFrom: theirs}]}\n");
	const struct ir_value *s =
		at(found(g, "ExecutionRole")->properties, "Policies.0.PolicyDocument.Statement");
	static const char *const is[][2] = {
		{"0.Action.0", "secretsmanager:GetSecretValue"},
		{"0.Resource.0", SECRET},
		{"0.Resource.1",
		 "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
		 "registry-??????"},
		{"0.Resource.2", ""},
		{"1.Action.0", "ssm:GetParameters"},
		{"1.Resource.0",
		 "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/app/key"},
		{"1.Resource.1",
		 "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/key"},
		{"1.Resource.2", "arn:aws:ssm:us-east-1:123456789012:parameter/x"},
		{"1.Resource.3", ""},
		{"2", ""},
	};

	cr_expect_str_eq(container(g, "ExecutionRoleArn"), "ExecutionRole.Arn");
	cr_expect_str_eq(container(g, "RepositoryCredentials.CredentialsParameter"), "registry");
	cr_expect_str_eq(property(g, "JobDefinitionOwn", "ContainerProperties.ExecutionRoleArn"),
			 "arn:aws:iam::123456789012:role/x");
	expect_texts(&mem, s, is, ARRAY_LEN(is));
}

Test(batch_jobs, of_a_secret_that_the_deployment_names_the_whole_is_read)
{
	const struct ir *g =
		on_instances("Parameters:\n"
			     "  Db: {Type: SecretReference, Default: \"" SECRET "\"}\n"
			     "JobDefinitions:\n"
			     "  - Name: job\n"
			     "    ContainerProperties:\n"
			     "      Image: busybox\n"
			     "      Vcpus: 1\n"
			     "      Memory: 512\n"
			     "      Secrets: [{Name: A, ValueFrom: \"${param.Db}:password::\"}, "
			     "{Name: B, ValueFrom: \"${param.Db}\"}]\n");
	const struct ir_value *s =
		at(found(g, "ExecutionRole")->properties, "Policies.0.PolicyDocument.Statement");

	cr_expect_str_eq(container(g, "Secrets.0.ValueFrom"), "${Db}:password::");
	cr_expect_str_eq(text_at(&mem, s, "0.Resource.0"), "Db");
	cr_expect_str_eq(text_at(&mem, s, "0.Resource.1"), "");
}

/* The value of an output; the test fails where there is none. */
static const char *output(const struct ir *g, const char *name)
{
	const struct ir_output *o = map_get(&g->outputs, str_c(name));
	struct ir_value *items[1];
	struct ir_value list = {.kind = IR_LIST, .items = items, .n = 1};

	cr_assert_not_null(o, "%s", name);
	items[0] = o->value;
	return text_at(&mem, &list, "0");
}

Test(batch_jobs, roles_for_other_tools_come_with_a_policy_and_outputs)
{
	const struct ir *g = on_instances(
		"JobRoles: [{Name: pipeline, Secrets: [key], S3Access: [{BucketName: data}]}]\n"
		"JobDefinitions:\n"
		"  - {Name: job, ContainerProperties: {" SMALL ", JobRole: pipeline}}\n"
		"  - {Name: pipeline, ContainerProperties: {" SMALL ", Iam: {}}}\n");
	const struct ir_value *s =
		at(found(g, "SubmitPolicy")->properties, "PolicyDocument.Statement");
	static const char *const outputs[][2] = {
		{"JobRolePipeline", "NamedJobRolePipeline.Arn"},
		{"SubmitPolicy", "SubmitPolicy"},
		{"JobLogs", "JobLogs"},
		{"InstanceRoleNodes", "InstanceNodesRole.Arn"},
		{"JobQueueWork", "JobQueueWork"},
		{"ComputeEnvironmentNodes", "ComputeEnvironmentNodes"},
		{"JobDefinitionJob", "arn:${AWS::Partition}:batch:${AWS::Region}:"
				     "${AWS::AccountId}:job-definition/${Name}"},
	};

	cr_expect_str_eq(container(g, "JobRoleArn"), "NamedJobRolePipeline.Arn");
	cr_expect_str_eq(property(g, "JobDefinitionPipeline", "ContainerProperties.JobRoleArn"),
			 "JobRolePipeline.Arn");
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++)
		cr_expect_str_eq(output(g, outputs[i][0]), outputs[i][1], "%s", outputs[i][0]);
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(text_at(&mem, s->items[i], "Sid"), "PassRole") == 0) {
			cr_expect_str_eq(text_at(&mem, s->items[i], "Resource.0"),
					 "NamedJobRolePipeline.Arn");
			cr_expect_str_eq(text_at(&mem, s->items[i],
						 "Condition.StringEquals.iam:PassedToService"),
					 "ecs-tasks.amazonaws.com");
		}
	cr_expect_null(ir_find(
		on_instances("JobDefinitions: [{Name: job, ContainerProperties: {" SMALL "}}]\n"),
		STR("SubmitPolicy")));
}

/* ---- logs ---- */

Test(batch_jobs, output_goes_to_a_group_of_the_stack_unless_the_file_says_where)
{
	const struct ir *g = on_instances(
		"Monitoring: {Logs: {CloudWatch: {RetentionInDays: 30}}}\n"
		"JobDefinitions:\n"
		"  - {Name: job, ContainerProperties: {" SMALL "}}\n"
		"  - {Name: own, ContainerProperties: {" SMALL
		", LogConfiguration: {Options: {awslogs-group: /own, mode: non-blocking}}}}\n"
		"  - {Name: mode, ContainerProperties: {" SMALL
		", LogConfiguration: {Options: {mode: non-blocking}}}}\n"
		"  - {Name: file, ContainerProperties: {" SMALL
		", LogConfiguration: {LogDriver: splunk, SecretOptions: [{Name: splunk-token, "
		"ValueFrom: /token}]}}}\n");
	const struct ir_resource *r = found(g, "JobLogs");
	static const char *const is[][3] = {
		{"JobDefinitionJob", "LogDriver", "awslogs"},
		{"JobDefinitionJob", "Options.awslogs-group", "JobLogs"},
		{"JobDefinitionJob", "Options.awslogs-stream-prefix", "job"},
		{"JobDefinitionOwn", "Options.awslogs-group", "/own"},
		{"JobDefinitionOwn", "Options.awslogs-stream-prefix", ""},
		{"JobDefinitionMode", "Options.awslogs-group", "JobLogs"},
		{"JobDefinitionMode", "Options.mode", "non-blocking"},
		{"JobDefinitionFile", "LogDriver", "splunk"},
		{"JobDefinitionFile", "SecretOptions.0.Name", "splunk-token"},
		{"JobDefinitionFile", "SecretOptions.0.ValueFrom", "/token"},
		{"JobDefinitionFile", "Options", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(is); i++)
		cr_expect_str_eq(property(g, is[i][0],
					  arena_fmt(&mem, "ContainerProperties.LogConfiguration.%s",
						    is[i][1])
						  .s),
				 is[i][2], "%s %s", is[i][0], is[i][1]);
	cr_expect_str_eq(property(g, "JobDefinitionFile", "ContainerProperties.ExecutionRoleArn"),
			 "ExecutionRole.Arn");
	cr_expect_str_eq(
		property(g, "ExecutionRole", "Policies.0.PolicyDocument.Statement.0.Resource.0"),
		"arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/token");
	cr_expect_str_eq(text_at(&mem, r->properties, "LogGroupName"),
			 "/hpcc/${AWS::StackName}/${Unique}/jobs");
	cr_expect_str_eq(text_at(&mem, r->properties, "RetentionInDays"), "30");
	cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_eq(r->update_replace_policy, IR_RETAIN);
}

Test(batch_jobs, without_logs_of_the_stack_aws_batch_writes_its_own)
{
	const struct ir *g =
		on_instances("Monitoring: {Logs: {CloudWatch: {Enabled: false}}}\n"
			     "JobDefinitions: [{Name: job, ContainerProperties: {" SMALL "}}]\n");

	cr_expect_null(ir_find(g, STR("JobLogs")));
	cr_expect_str_eq(container(g, "LogConfiguration"), "");
}

/* ---- repositories ---- */

Test(batch_jobs, a_repository_stays_without_a_name_and_its_images_are_counted)
{
	const struct ir *g = on_instances(
		"Repositories:\n"
		"  - {Name: app, KeepImages: 10, ImageTagMutability: IMMUTABLE}\n"
		"  - {Name: gone, RepositoryName: team/gone, ScanOnPush: false, DeletionPolicy: "
		"Delete, KmsKeyId: alias/mine}\n"
		"JobDefinitions: [{Name: job, ContainerProperties: {Repository: app, ImageTag: "
		"\"1.4\", Vcpus: 1, Memory: 512}}]\n");
	const struct ir_resource *app = found(g, "RepositoryApp"),
				 *gone = found(g, "RepositoryGone");

	cr_expect_str_eq(container(g, "Image"), "${RepositoryApp.RepositoryUri}:1.4");
	cr_expect_str_eq(text_at(&mem, app->properties, "RepositoryName"), "");
	cr_expect_str_eq(text_at(&mem, app->properties, "ImageTagMutability"), "IMMUTABLE");
	cr_expect_str_eq(text_at(&mem, app->properties, "ImageScanningConfiguration.ScanOnPush"),
			 "true");
	cr_expect_str_eq(text_at(&mem, app->properties, "EmptyOnDelete"), "");
	cr_expect_not_null(
		strstr(text_at(&mem, app->properties, "LifecyclePolicy.LifecyclePolicyText"),
		       "\"countNumber\":10}"));
	cr_expect_eq(app->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_eq(app->update_replace_policy, IR_RETAIN);
	cr_expect_str_eq(text_at(&mem, gone->properties, "RepositoryName"), "team/gone");
	cr_expect_str_eq(text_at(&mem, gone->properties, "EmptyOnDelete"), "true");
	cr_expect_str_eq(text_at(&mem, gone->properties, "EncryptionConfiguration.EncryptionType"),
			 "KMS");
	cr_expect_str_eq(text_at(&mem, gone->properties, "EncryptionConfiguration.KmsKey"),
			 "alias/mine");
	cr_expect_str_eq(text_at(&mem, gone->properties, "LifecyclePolicy"), "");
	cr_expect_eq(gone->deletion_policy, IR_DELETE);
	cr_expect_str_eq(output(g, "RepositoryApp"), "RepositoryApp.RepositoryUri");
}

Test(batch_jobs, names_of_outputs_are_read_off_the_names_in_the_file)
{
	const struct ir *g =
		on_instances("Buckets: [{Name: Results}]\n"
			     "Repositories: [{Name: My_App}, {Name: a-1}, {Name: a1}]\n"
			     "JobDefinitions: [{Name: job, ContainerProperties: {" SMALL "}}]\n");

	cr_expect_str_eq(output(g, "Results"), "BucketResults");
	cr_expect_neq(strlen(output(g, "RepositoryMyApp")), 0);
	cr_expect_neq(strlen(output(g, "RepositoryA1")), 0);
	cr_expect_eq(g->outputs.n, 9); /* two of the bucket, three, logs, environment, queue, job */
}

Test(batch_jobs, many_definitions_are_no_outputs)
{
	char jobs[200 * 80] = "JobDefinitions:\n";
	const struct ir *g;

	for (int i = 0; i < 200; i++)
		snprintf(jobs + strlen(jobs), sizeof(jobs) - strlen(jobs),
			 "  - {Name: j%d, ContainerProperties: {" SMALL "}}\n", i);
	g = on_instances(jobs);
	cr_expect_eq(count_of(g, "AWS::Batch::JobDefinition"), 200);
	cr_expect_eq(g->outputs.n, 3); /* logs, environment, queue */
}

/* ---- outputs in texts ---- */

Test(batch_jobs, texts_of_the_file_may_hold_what_the_stack_gives)
{
	static const char *const is[][2] = {
		{"Command.0", "BucketData"},
		{"Command.1", "s3://${Data}/${A}"},
		{"Command.2", "JobQueueWork"},
		{"Image", "${RepositoryApp2}:1"},
		{"Environment.0.Value", "a ${!b} ${Data}"},
	};
	const struct ir *g =
		on_instances("Parameters: {A: {Type: string}}\n"
			     "Buckets: [{Name: Data}]\n"
			     "Repositories: [{Name: app}]\n"
			     "JobDefinitions:\n"
			     "  - Name: job\n"
			     "    ContainerProperties:\n"
			     "      Image: \"${self.RepositoryApp}:1\"\n"
			     "      Vcpus: 1\n"
			     "      Memory: 512\n"
			     "      Command: [\"${self.Data}\", \"s3://${self.Data}/${param.A}\", "
			     "\"${self.JobQueueWork}\"]\n"
			     "      Environment: [{Name: X, Value: \"a $${b} ${self.Data}\"}]\n"
			     "      Iam: {S3Access: [{BucketName: \"${self.Data}\"}]}\n");

	expect_all(g, is, ARRAY_LEN(is));
	cr_expect_str_eq(
		property(g, "JobRoleJob", "Policies.0.PolicyDocument.Statement.0.Resource.1"),
		"arn:${AWS::Partition}:s3:::${Data}/*");
	cr_expect(str_eq(ir_get(at(found(g, "JobDefinitionJob")->properties,
				   "ContainerProperties.Command.1"),
				STR("Data"))
				 ->text,
			 STR("BucketData")));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(slurm_conf, .fini = free_all);

/* A cluster of its own: graph_with has a queue already. */
#define HEAD                                                                                     \
	"Region: us-east-1\nImage: {Os: ubuntu2204}\n"                                           \
	"HeadNode: {InstanceType: c5.large, Networking: {SubnetId: subnet-0123456789abcdef0}}\n" \
	"Scheduling:\n  Scheduler: slurm\n"
#define NET "      Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"

static struct str file_of(const char *cluster, const char *name)
{
	const struct ir *g = graph_of(&mem, cluster);
	const struct ir_value *v =
		ir_get(at(only(g, "AWS::EC2::Instance")->metadata, "Files"), str_c(name));

	return v != NULL ? v->text : STR("");
}

#define ASSERT_TEXT(got, want)                                                 \
	do {                                                                   \
		struct str got_ = (got);                                       \
		cr_assert(str_eq(got_, STR(want)), "got:\n%.*s", STR_A(got_)); \
	} while (0)

#define NODES(cluster) file_of(cluster, "slurm/hpcc_nodes.conf")

Test(slurm_conf, static_and_dynamic_nodes)
{
	ASSERT_TEXT(
		NODES(HEAD
		      "  SlurmQueues:\n"
		      "    - Name: q\n" NET "      ComputeResources:\n"
		      "        - {Name: c, InstanceType: c5.xlarge, MinCount: 2, MaxCount: 5}\n"),
		"NodeName=q-st-c-[1-2] CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 "
		"ThreadsPerCore=2 RealMemory=7782 State=CLOUD Feature=static,c5.xlarge,c "
		"Weight=1\n"
		"NodeName=q-dy-c-[1-3] CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 "
		"ThreadsPerCore=2 RealMemory=7782 State=CLOUD Feature=dynamic,c5.xlarge,c "
		"Weight=1000\n"
		"NodeSet=q_nodes Nodes=q-st-c-[1-2],q-dy-c-[1-3]\n"
		"PartitionName=q Nodes=q_nodes MaxTime=INFINITE State=UP Default=YES\n"
		"SuspendExcNodes=q-st-c-[1-2]\n");
}

Test(slurm_conf, threads_memory_priorities_and_exclusive_queues)
{
	ASSERT_TEXT(NODES(HEAD "  SlurmQueues:\n"
			       "    - Name: q\n" NET "      JobExclusiveAllocation: true\n"
			       "      ComputeResources:\n"
			       "        - {Name: c, InstanceType: c5.xlarge, MaxCount: 1,\n"
			       "           DisableSimultaneousMultithreading: true,\n"
			       "           SchedulableMemory: 5000, DynamicNodePriority: 7}\n"),
		    "NodeName=q-dy-c-[1-1] CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 "
		    "ThreadsPerCore=1 RealMemory=5000 State=CLOUD Feature=dynamic,c5.xlarge,c "
		    "Weight=7\n"
		    "NodeSet=q_nodes Nodes=q-dy-c-[1-1]\n"
		    "PartitionName=q Nodes=q_nodes MaxTime=INFINITE State=UP Default=YES "
		    "OverSubscribe=EXCLUSIVE\n");
}

Test(slurm_conf, flexible_resource_takes_the_least)
{
	ASSERT_TEXT(NODES(HEAD "  SlurmQueues:\n"
			       "    - Name: q\n" NET "      ComputeResources:\n"
			       "        - {Name: c, MaxCount: 1,\n"
			       "           Instances: [{InstanceType: c5.xlarge}, "
			       "{InstanceType: m5.xlarge}]}\n"),
		    "NodeName=q-dy-c-[1-1] CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 "
		    "ThreadsPerCore=2 RealMemory=7782 State=CLOUD Feature=dynamic,c Weight=1000\n"
		    "NodeSet=q_nodes Nodes=q-dy-c-[1-1]\n"
		    "PartitionName=q Nodes=q_nodes MaxTime=INFINITE State=UP Default=YES\n");
}

Test(slurm_conf, gpus)
{
	static const char cluster[] =
		HEAD "  SlurmQueues:\n"
		     "    - Name: q\n" NET "      ComputeResources:\n"
		     "        - {Name: c, InstanceType: p4d.24xlarge, MaxCount: 1}\n"
		     "        - {Name: d, InstanceType: g4dn.xlarge, MinCount: 1, MaxCount: 1}\n";

	cr_assert_neq(
		str_find_str(NODES(cluster), STR("dynamic,p4d.24xlarge,c,gpu Gres=gpu:a100:8"), 0),
		SIZE_MAX);
	ASSERT_TEXT(file_of(cluster, "slurm/gres.conf"),
		    "# GPUs of the nodes\n"
		    "NodeName=q-dy-c-[1-1] Name=gpu Type=a100 File=/dev/nvidia[0-7]\n"
		    "NodeName=q-st-d-[1-1] Name=gpu Type=t4 File=/dev/nvidia0\n");
}

Test(slurm_conf, user_settings_replace_ours_on_their_line)
{
	struct str text = NODES(HEAD "  SlurmQueues:\n"
				     "    - Name: q\n" NET
				     "      CustomSlurmSettings: {MaxTime: 60, AllowGroups: a}\n"
				     "      ComputeResources:\n"
				     "        - {Name: c, InstanceType: c5.xlarge, MaxCount: 1,\n"
				     "           CustomSlurmSettings: {Weight: 5}}\n");

	cr_assert_neq(str_find_str(text, STR("Feature=dynamic,c5.xlarge,c Weight=5\n"), 0),
		      SIZE_MAX);
	cr_assert_neq(str_find_str(text,
				   STR("PartitionName=q Nodes=q_nodes State=UP Default=YES "
				       "MaxTime=60 AllowGroups=a\n"),
				   0),
		      SIZE_MAX);
}

Test(slurm_conf, settings_of_the_cluster)
{
	static const char cluster[] =
		HEAD "  SlurmSettings:\n"
		     "    ScaledownIdletime: 3\n"
		     "    EnableMemoryBasedScheduling: true\n"
		     "    CustomSlurmSettings: [{MinJobAge: 60}, {NodeName: extra, CPUs: 2}]\n"
		     "  SlurmQueues:\n"
		     "    - Name: q\n" NET
		     "      ComputeResources: [{Name: c, InstanceType: c5.xlarge, MaxCount: 1}]\n";
	struct str settings = file_of(cluster, "slurm/hpcc_settings.conf");

	cr_assert_neq(str_find_str(settings, STR("SuspendTime=180\n"), 0), SIZE_MAX);
	cr_assert_neq(str_find_str(settings, STR("SelectTypeParameters=CR_CPU_Memory\n"), 0),
		      SIZE_MAX);
	ASSERT_TEXT(file_of(cluster, "slurm/cgroup.conf"),
		    "ConstrainCores=yes\nConstrainDevices=yes\nConstrainRAMSpace=yes\n");
	ASSERT_TEXT(file_of(cluster, "slurm/custom.conf"), "MinJobAge=60\nNodeName=extra CPUs=2\n");
}

Test(slurm_conf, never_idle_keeps_power_saving_on)
{
	struct str settings =
		file_of(HEAD "  SlurmSettings: {ScaledownIdletime: -1}\n"
			     "  SlurmQueues:\n"
			     "    - Name: q\n" NET
			     "      ComputeResources: [{Name: c, InstanceType: c5.xlarge}]\n",
			"slurm/hpcc_settings.conf");

	cr_assert(str_starts(settings, STR("SuspendTime=31536000\n")));
}

Test(slurm_conf, accounting)
{
	static const char cluster[] =
		HEAD "  SlurmSettings:\n"
		     "    Database:\n"
		     "      Uri: db.example.com:3307\n"
		     "      UserName: admin\n"
		     "      PasswordSecretArn: "
		     "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-Abc123\n"
		     "  SlurmQueues:\n"
		     "    - Name: q\n" NET
		     "      ComputeResources: [{Name: c, InstanceType: c5.xlarge}]\n";
	struct str dbd = file_of(cluster, "slurm/slurmdbd.conf");

	cr_assert_neq(str_find_str(dbd,
				   STR("StorageHost=db.example.com\nStoragePort=3307\n"
				       "StorageUser=admin\nStorageLoc=@CLUSTER_DB@\n"),
				   0),
		      SIZE_MAX);
	cr_assert_neq(str_find_str(file_of(cluster, "slurm/hpcc_settings.conf"),
				   STR("AccountingStorageHost=@HEAD_IP@\n"), 0),
		      SIZE_MAX);
}

/* What slurmdbd.conf makes of a Uri. */
Test(slurm_conf, places_of_the_database)
{
	static const struct {
		const char *uri, *want;
	} rows[] = {
		{"db", "StorageHost=db\nStoragePort=3306\n"},
		{"db:0", "StorageHost=db\nStoragePort=3306\n"},
		{"'db:'", "StorageHost=db\nStoragePort=3306\n"},
		{"db/", "StorageHost=db\nStoragePort=3306\n"},
		{"db/x", "StorageHost=db\nStoragePort=3306\n"},
		{"db:3307/x", "StorageHost=db\nStoragePort=3307\n"},
		{"'[::1]'", "StorageHost=::1\nStoragePort=3306\n"},
		{"'[2001:db8::2]:3307'", "StorageHost=2001:db8::2\nStoragePort=3307\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = {0};
		struct str cluster = arena_fmt(
			&a,
			HEAD "  SlurmSettings:\n"
			     "    Database: {Uri: %s, UserName: u, PasswordSecretArn: "
			     "'arn:aws:secretsmanager:us-east-1:123456789012:secret:a-Abc123'}\n"
			     "  SlurmQueues:\n"
			     "    - Name: q\n" NET
			     "      ComputeResources: [{Name: c, InstanceType: c5.xlarge}]\n%c",
			rows[i].uri, '\0');
		struct str dbd = file_of(cluster.s, "slurm/slurmdbd.conf");

		cr_expect_neq(str_find_str(dbd, str_c(rows[i].want), 0), SIZE_MAX, "%s: " STR_F,
			      rows[i].uri, STR_A(dbd));
		arena_release(&a);
	}
}

/* The resource's word goes before the queue's; one check for all, and each queue knows whom it concerns. */
Test(slurm_conf, checks_of_gpus)
{
	static const char cluster[] =
		HEAD "  SlurmQueues:\n"
		     "    - Name: q\n" NET "      HealthChecks: {Gpu: {Enabled: true}}\n"
		     "      ComputeResources:\n"
		     "        - {Name: c, InstanceType: g5.xlarge}\n"
		     "        - Name: d\n"
		     "          InstanceType: g5.2xlarge\n"
		     "          HealthChecks: {Gpu: {Enabled: false}}\n"
		     "    - Name: r\n" NET
		     "      ComputeResources: [{Name: e, InstanceType: g5.xlarge}]\n";
	const struct ir_value *kinds;

	cr_assert_neq(str_find_str(file_of(cluster, "slurm/hpcc_settings.conf"),
				   STR("PrologFlags=Alloc\n"), 0),
		      SIZE_MAX);
	kinds = at(only(graph_of(&mem, cluster), "AWS::EC2::Instance")->metadata, "Kinds");
	cr_assert_str_eq(text_at(&mem, ir_get(kinds, STR("queue/q")), "Settings.HPCC_GPU_CHECK"),
			 "c");
	cr_assert_str_eq(text_at(&mem, ir_get(kinds, STR("queue/r")), "Settings.HPCC_GPU_CHECK"),
			 "");
}

Test(slurm_conf, no_checks_without_gpus_to_check)
{
	cr_assert_eq(str_find_str(file_of(HEAD "  SlurmQueues:\n"
					       "    - Name: q\n" NET
					       "      ComputeResources: [{Name: c, InstanceType: "
					       "g5.xlarge}]\n",
					  "slurm/hpcc_settings.conf"),
				  STR("Prolog"), 0),
		     SIZE_MAX);
}

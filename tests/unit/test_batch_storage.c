/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/port.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

/* What instances of AWS Batch mount: what is made for it, and what their launch templates say. */

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(batch_storage, .fini = free_all);

#define PROPERTY(r, path) text_at(&mem, (r)->properties, path)
#define LUSTRE                                                      \
	"SharedStorage: [{Name: fsx, MountDir: /fsx, StorageType: " \
	"FsxLustre, FsxLustreSettings: {StorageCapacity: 1200"
#define ONE                                                                           \
	"ComputeEnvironments: [{Name: a, InstanceTypes: [m6i.large], MaxvCpus: 8}]\n" \
	"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}]}]\n"

/* Two subnets that are there, and what else the file says. */
static const struct ir *batch(const char *rest)
{
	return graph_of(&mem, arena_fmt(&mem,
					"Kind: Batch\n"
					"Region: us-east-1\n"
					"Networking: {SubnetIds: [subnet-0123456789abcdef0, "
					"subnet-0123456789abcdef1]}\n"
					"%s",
					rest)
				      .s);
}

/* The calls in the user data of an environment, with references as people write them. */
static const char *calls(const struct ir *g, const char *environment)
{
	struct str only = str_c(environment);
	struct stack_texts texts =
		batch_user_data(&(struct lowered_file){.a = &mem, .graph = g, .only = &only});

	for (size_t i = 0; i < texts.n; i++) {
		struct str text = texts.items[i].text;
		struct str begin = STR("HPCC_SUFFIX=${AWS::URLSuffix}\n");

		if (!str_eq(texts.items[i].name, only))
			continue;
		cr_assert(str_ends(text, STR("ready\n\n--==HPCC==--\n")));
		return arena_fmt(&mem, STR_F,
				 STR_A(str_slice(text, str_find_str(text, begin, 0) + begin.n,
						 text.n - STR("ready\n\n--==HPCC==--\n").n)))
			.s;
	}
	return "";
}

/* ---- file systems ---- */

Test(batch_storage, a_file_system_is_in_the_group_of_those_that_mount_it)
{
	const struct ir *g = batch(LUSTRE "}}]\n" ONE);
	const struct ir_resource *fs = found(g, "FileSystemFsx");

	cr_expect_eq(count_of(g, "AWS::EC2::SecurityGroup"), 1);
	cr_expect_str_eq(PROPERTY(fs, "SecurityGroupIds.0"), "ComputeSecurityGroup");
	cr_expect_str_eq(PROPERTY(fs, "SubnetIds.0"), "subnet-0123456789abcdef0");
	cr_expect_str_eq(PROPERTY(fs, "SubnetIds.1"), "");
	cr_expect(waits_for(fs, STR("ComputeFromCompute")));
	cr_expect(waits_for(fs, STR("ComputeToCompute")));
	cr_expect_str_eq(calls(g, "a"), "lustre /fsx ${FileSystemFsx.DNSName} "
					"${FileSystemFsx.LustreMountName}\n");
}

/* The servers call their clients: groups that are not ours let them in, too. */
Test(batch_storage, a_group_of_others_is_opened_for_lustre)
{
	const struct ir *g = batch(
		LUSTRE "}}]\n"
		       "ComputeEnvironments:\n"
		       "- {Name: a, InstanceTypes: [m6i.large], MaxvCpus: 8}\n"
		       "- {Name: b, InstanceTypes: [m6i.large], MaxvCpus: 8, Networking: "
		       "{SecurityGroups: [sg-0123456789abcdef0]}}\n"
		       "JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}, "
		       "{ComputeEnvironment: b}]}]\n");
	const struct ir_resource *fs = found(g, "FileSystemFsx");
	size_t outwards = 0, inwards = 0;

	cr_expect_str_eq(PROPERTY(fs, "SecurityGroupIds.0"), "StorageSecurityGroupFsx");
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (!str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")) ||
		    strcmp(PROPERTY(r, "FromPort"), "988") != 0)
			continue;
		cr_expect_str_eq(PROPERTY(r, "ToPort"), "1023");
		if (strcmp(PROPERTY(r, "GroupId"), "sg-0123456789abcdef0") == 0)
			outwards += strcmp(PROPERTY(r, "SourceSecurityGroupId"),
					   "StorageSecurityGroupFsx") == 0;
		else if (strcmp(PROPERTY(r, "GroupId"), "StorageSecurityGroupFsx") == 0) {
			cr_expect(waits_for(fs, r->id));
			inwards++;
		}
	}
	cr_expect_eq(outwards, 1);
	cr_expect_eq(inwards, 3); /* of the two groups, and of itself */
}

Test(batch_storage, a_scratch_file_system_goes_and_a_persistent_one_stays)
{
	static const struct {
		const char *settings;
		enum ir_policy policy;
	} rows[] = {
		{"", IR_DELETE},
		{", DeletionPolicy: Retain", IR_RETAIN_EXCEPT_ON_CREATE},
		{", DeploymentType: PERSISTENT_2, PerUnitStorageThroughput: 125",
		 IR_RETAIN_EXCEPT_ON_CREATE},
		{", DeploymentType: PERSISTENT_2, PerUnitStorageThroughput: 125, DeletionPolicy: "
		 "Delete",
		 IR_DELETE},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct ir *g =
			batch(arena_fmt(&mem, LUSTRE "%s}}]\n" ONE, rows[i].settings).s);
		bool kept = rows[i].policy != IR_DELETE;

		cr_expect_eq(found(g, "FileSystemFsx")->deletion_policy, rows[i].policy, "%s",
			     rows[i].settings);
		cr_expect_eq(found(g, "FileSystemFsx")->update_replace_policy, IR_RETAIN);
		/* What it needs stays with it. */
		cr_expect_eq(found(g, "ComputeSecurityGroup")->deletion_policy ==
				     IR_RETAIN_EXCEPT_ON_CREATE,
			     kept);
		cr_expect_eq(found(g, "ComputeFromCompute")->deletion_policy ==
				     IR_RETAIN_EXCEPT_ON_CREATE,
			     kept);
	}
}

Test(batch_storage, efs_is_elastic_encrypted_and_has_a_target_in_each_subnet)
{
	const struct ir *g =
		batch("SharedStorage: [{Name: home, MountDir: home, StorageType: Efs}]\n" ONE);
	const struct ir_resource *fs = found(g, "FileSystemHome");

	cr_expect_str_eq(PROPERTY(fs, "ThroughputMode"), "elastic");
	cr_expect_str_eq(PROPERTY(fs, "Encrypted"), "true");
	cr_expect_str_eq(PROPERTY(fs, "BackupPolicy.Status"), "ENABLED");
	cr_expect_str_eq(PROPERTY(fs, "FileSystemPolicy.Statement.1.Effect"), "Deny");
	cr_expect_eq(fs->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_eq(count_of(g, "AWS::EFS::MountTarget"), 2);
	cr_expect(str_starts(str_c(calls(g, "a")),
			     STR("efs /home ${FileSystemHome} noatime,_netdev,noresvport,tls "
				 "${MountTargetHomeSubnet0123456789abcdef0")));
}

Test(batch_storage, subnet_name_says_where_it_stands)
{
	const struct ir *g = graph_of(
		&mem,
		"Kind: Batch\nRegion: us-east-1\n"
		"Network: {AvailabilityZones: [us-east-1a, us-east-1b]}\n"
		"SharedStorage: [{Name: fsx, MountDir: /fsx, StorageType: FsxLustre, SubnetName: "
		"PrivateSubnet2, FsxLustreSettings: {StorageCapacity: 1200}},"
		"{Name: home, MountDir: /h, StorageType: Efs}]\n" ONE);

	cr_expect_str_eq(PROPERTY(found(g, "FileSystemFsx"), "SubnetIds.0"),
			 "SubnetPrivateSubnet2");
	cr_expect_eq(count_of(g, "AWS::EFS::MountTarget"), 2);
}

/* ---- what is mounted where ---- */

Test(batch_storage, an_environment_mounts_what_it_names)
{
	const struct ir *g = batch(
		"SharedStorage:\n"
		"- {Name: a, MountDir: /a, StorageType: Efs, EfsSettings: {FileSystemId: "
		"fs-0123456789abcdef0, EncryptionInTransit: false}}\n"
		"- {Name: b, MountDir: /b, StorageType: FsxLustre, FsxLustreSettings: "
		"{FileSystemId: fs-0123456789abcdef1}}\n"
		"- {Name: c, MountDir: /c, StorageType: FsxOpenZfs, FsxOpenZfsSettings: {VolumeId: "
		"fsvol-0123456789abcdef0}}\n"
		"ComputeEnvironments:\n"
		"- {Name: all, InstanceTypes: [m6i.large], MaxvCpus: 8}\n"
		"- {Name: one, InstanceTypes: [m6i.large], MaxvCpus: 8, SharedStorage: [a]}\n"
		"- {Name: none, InstanceTypes: [m6i.large], MaxvCpus: 8, SharedStorage: []}\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: all}, "
		"{ComputeEnvironment: one}, {ComputeEnvironment: none}]}]\n");
	const struct ir_value *data =
		at(found(g, "LaunchTemplateNone")->properties, "LaunchTemplateData");

	cr_expect_str_eq(calls(g, "all"), "efs /a fs-0123456789abcdef0 noatime,_netdev,noresvport\n"
					  "known_lustre /b fs-0123456789abcdef1\n"
					  "openzfs /c fsvol-0123456789abcdef0\n");
	cr_expect_str_eq(calls(g, "one"),
			 "efs /a fs-0123456789abcdef0 noatime,_netdev,noresvport\n");
	cr_expect_str_eq(calls(g, "none"), "");
	cr_expect_null(ir_get(data, STR("UserData")));
	cr_expect_null(ir_get(data, STR("InstanceInitiatedShutdownBehavior")));
	cr_expect_str_eq(PROPERTY(found(g, "LaunchTemplateOne"),
				  "LaunchTemplateData.InstanceInitiatedShutdownBehavior"),
			 "terminate");
	/* Only who asks where a file system is may ask. */
	cr_expect_str_eq(PROPERTY(found(g, "InstanceAllRole"),
				  "Policies.0.PolicyDocument.Statement.0.Action.1"),
			 "fsx:DescribeVolumes");
	cr_expect_str_eq(PROPERTY(found(g, "InstanceOneRole"), "Policies.0.PolicyName"), "");
}

Test(batch_storage, a_volume_comes_with_each_instance)
{
	const struct ir *g = batch(
		"SharedStorage:\n"
		"- {Name: d, MountDir: /d, StorageType: Ebs, EbsSettings: {Size: 100, VolumeType: "
		"io2, "
		"Raid: {Type: 1, NumberOfVolumes: 2}}}\n"
		"ComputeEnvironments:\n"
		"- {Name: a, InstanceTypes: [m6id.large], MaxvCpus: 8, LocalStorage: "
		"{ScratchVolume: "
		"{Size: 10, MountDir: /w, Throughput: 250}, EphemeralVolume: {MountDir: /e}}}\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}]}]\n");
	const struct ir_value *list = at(found(g, "LaunchTemplateA")->properties,
					 "LaunchTemplateData.BlockDeviceMappings");

	cr_assert_eq(list->n, 4);
	cr_expect_str_eq(text_at(&mem, list, "0.DeviceName"), "/dev/xvda");
	cr_expect_str_eq(text_at(&mem, list, "1.DeviceName"), "/dev/sdf");
	cr_expect_str_eq(text_at(&mem, list, "1.Ebs.VolumeSize"), "10");
	cr_expect_str_eq(text_at(&mem, list, "1.Ebs.VolumeType"), "gp3");
	cr_expect_str_eq(text_at(&mem, list, "1.Ebs.Throughput"), "250");
	cr_expect_str_eq(text_at(&mem, list, "1.Ebs.Encrypted"), "true");
	cr_expect_str_eq(text_at(&mem, list, "3.DeviceName"), "/dev/sdh");
	cr_expect_str_eq(text_at(&mem, list, "3.Ebs.Iops"), "100");
	cr_expect_str_eq(text_at(&mem, list, "3.Ebs.DeleteOnTermination"), "true");
	cr_expect_eq(count_of(g, "AWS::EC2::Volume"), 0);
	cr_expect_str_eq(calls(g, "a"), "store /e\nebs 0 /w sdf\nebs 1 /d sdg sdh\n");
}

/* Making a file system takes time: only where somebody can reach it. */
Test(batch_storage, the_instance_store_is_mounted_where_a_job_names_it)
{
	static const char environment[] =
		"ComputeEnvironments: [{Name: a, InstanceTypes: [m6id.large], MaxvCpus: 8}]\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}]}]\n";
	const struct ir *without = batch(environment);
	const struct ir *with =
		batch(arena_fmt(&mem,
				"%sJobDefinitions: [{Name: j, ContainerProperties: {Image: "
				"public.ecr.aws/docker/library/busybox, Vcpus: 1, Memory: 512, "
				"MountPoints: [{SourceVolume: EphemeralVolume}]}}]\n",
				environment)
			      .s);

	cr_expect_str_eq(calls(without, "a"), "");
	cr_expect_str_eq(calls(with, "a"), "store /scratch\n");
}

/* ---- texts of the file ---- */

Test(batch_storage, every_text_is_one_word)
{
	const struct ir *g = batch(
		"Parameters: {Word: {Type: string}}\n"
		"ComputeEnvironments:\n"
		"- Name: a\n  InstanceTypes: [m6i.large]\n  MaxvCpus: 8\n  CustomActions:\n"
		"    OnNodeStart: {Script: 'https://example.com/x', Args: [\"it's\", "
		"'$${AWS::Region}', "
		"'a$${b', '', \"two\\nlines\", '${param.Word}']}\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}]}]\n");
	const struct ir_value *sub =
		at(found(g, "LaunchTemplateA")->properties, "LaunchTemplateData.UserData");

	cr_expect_str_eq(
		calls(g, "a"),
		"wordText3=$(echo ${Word} | base64 -d; echo .)\n"
		"action OnNodeStart1 https://example.com/x 'it'\\''s' '${AWS::Region}' 'a${b' "
		"'' 'two'\"\n\"'lines' \"${wordText3%.}\"\n");
	cr_assert_eq(sub->kind, IR_BASE64);
	/* No text of the file is a part of the format where it could be taken for a reference. */
	cr_expect_eq(str_find_str(sub->items[0]->text, STR("'${"), 0), SIZE_MAX);
	cr_expect(str_eq(ir_get(sub->items[0], STR("Text1"))->text, STR("'${AWS::Region}'")));
	cr_expect_eq(ir_get(sub->items[0], STR("Text3"))->kind, IR_BASE64);
}

/* Of a list that only the deployment knows each item is an argument. */
Test(batch_storage, a_list_of_the_deployment_is_a_line_for_each)
{
	const struct ir *g = batch(
		"Parameters: {Words: {Type: '[string]'}}\n"
		"ComputeEnvironments:\n"
		"- Name: a\n  InstanceTypes: [m6i.large]\n  MaxvCpus: 8\n  CustomActions:\n"
		"    OnNodeStart: {Script: 'https://example.com/x', Args: '${param.Words}'}\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}]}]\n");
	const struct ir_value *sub =
		at(found(g, "LaunchTemplateA")->properties, "LaunchTemplateData.UserData")
			->items[0];
	const struct ir_value *join = ir_get(sub, STR("Text1"))->items[0];

	cr_expect_str_eq(calls(g, "a"),
			 "wordText1=$(echo ${Words} | base64 -d; echo .)\n"
			 "action_lines OnNodeStart1 https://example.com/x \"${wordText1%.}\"\n");
	cr_assert_eq(join->kind, IR_JOIN);
	cr_expect(str_eq(join->text, STR("\n")));
	cr_expect_eq(join->items[0]->kind, IR_REF);
}

/* What an environment exports is known by name; of its private subnets one a zone where its file is at hand. */
Test(batch_storage, on_an_environment_it_stands_in_the_primary_subnet)
{
	const struct ir *g = graph_of(
		&mem, "Kind: Batch\nRegion: us-east-1\nEnvironment: {Stack: net}\n"
		      "SharedStorage: [{Name: fsx, MountDir: /fsx, StorageType: FsxLustre, "
		      "FsxLustreSettings: {StorageCapacity: 1200}},"
		      "{Name: old, MountDir: /old, StorageType: FsxLustre, FsxLustreSettings: "
		      "{FileSystemId: '${env.FSxLustreFilesystemId}'}}]\n" ONE);
	const struct ir_value *subnet = at(found(g, "FileSystemFsx")->properties, "SubnetIds.0");

	cr_assert_eq(subnet->kind, IR_IMPORT);
	cr_expect(str_eq(subnet->items[0]->text, STR("${EnvironmentStack}-PrimaryPrivateSubnet")));
	cr_expect_str_eq(calls(g, "a"),
			 "lustre /fsx ${FileSystemFsx.DNSName} ${FileSystemFsx.LustreMountName}\n"
			 "wordText1=$(echo ${${EnvironmentStack}-FSxLustreFilesystemId} | base64 "
			 "-d; echo .)\n"
			 "known_lustre /old \"${wordText1%.}\"\n");
}

/* The parts stand once, however many environments have them. */
Test(batch_storage, environments_share_the_functions)
{
	const struct ir *g = batch(
		LUSTRE "}}]\n"
		       "ComputeEnvironments:\n"
		       "- {Name: a, InstanceTypes: [m6i.large], MaxvCpus: 8}\n"
		       "- {Name: b, InstanceTypes: [m6i.large], MaxvCpus: 8}\n"
		       "JobQueues: [{Name: q, ComputeEnvironmentOrder: [{ComputeEnvironment: a}, "
		       "{ComputeEnvironment: b}]}]\n");
	const struct ir_value *row = at(map_get(&g->mappings, STR("UserData")), "Instance");

	cr_assert_not_null(row);
	cr_expect_eq(row->nmembers, 2);
	cr_expect_str_eq(calls(g, "a"), calls(g, "b"));
}

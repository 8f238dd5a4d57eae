/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

#define FOR_EACH(r, g)                                                                           \
	for (size_t i_##r = 0; i_##r < (g)->resources.n; i_##r++)                                \
		for (const struct ir_resource *r = (g)->resources.items[i_##r].value; r != NULL; \
		     r = NULL)

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(storage, .fini = free_all);

#define SETTING(g, i, path) text_at(&mem, settings_of(g, i), path)
#define PROPERTY(r, path) text_at(&mem, (r)->properties, path)

/* The volume of the state of the head node is there in every cluster; the others are shared storage. */
static size_t shared_volumes(const struct ir *g)
{
	return count_of(g, "AWS::EC2::Volume") - count_of(graph_with(&mem, ""), "AWS::EC2::Volume");
}

Test(storage, none_makes_nothing)
{
	const struct ir *g = graph_with(&mem, "");

	cr_assert_eq(at(only(g, "AWS::EC2::Instance")->metadata, "Storage")->n, 0);
	cr_assert_eq(count_of(g, "AWS::EFS::FileSystem"), 0);
	cr_assert_eq(count_of(g, "AWS::FSx::FileSystem"), 0);
}

Test(storage, mount_dir_gets_its_slash)
{
	const struct ir *g = graph_with(
		&mem, "SharedStorage: [{Name: a, MountDir: shared, StorageType: Ebs}]\n");

	cr_assert_str_eq(SETTING(g, 0, "MountDir"), "/shared");
}

/* As it is mounted: a name without a slash would lie in whatever folder the boot is in. */
Test(storage, ephemeral_mount_dir_gets_its_slash)
{
	static const char text[] =
		"Region: us-east-1\n"
		"Image: {Os: alinux2023}\n"
		"HeadNode:\n"
		"  InstanceType: m5d.xlarge\n"
		"  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
		"  LocalStorage: {EphemeralVolume: {MountDir: local/head}}\n"
		"Scheduling:\n"
		"  Scheduler: slurm\n"
		"  SlurmQueues:\n"
		"    - Name: q\n"
		"      ComputeResources: [{Name: r, InstanceType: m5d.large}]\n"
		"      ComputeSettings: {LocalStorage: {EphemeralVolume: {MountDir: local}}}\n"
		"      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n";
	const struct ir_value *kinds =
		at(only(graph_of(&mem, text), "AWS::EC2::Instance")->metadata, "Kinds");

	cr_expect_str_eq(text_at(&mem, kinds, "head.Settings.HPCC_EPHEMERAL"), "/local/head");
	cr_expect_str_eq(text_at(&mem, kinds, "queue/q.Settings.HPCC_EPHEMERAL"), "/local");
}

/* ---- EBS ---- */

Test(storage, ebs_defaults)
{
	const struct ir *g = graph_with(
		&mem, "SharedStorage: [{Name: apps, MountDir: /apps, StorageType: Ebs}]\n");
	const struct ir_resource *r = ir_find(g, STR("VolumeApps"));

	cr_assert_not_null(r);
	cr_assert_str_eq(PROPERTY(r, "Size"), "40");
	cr_assert_str_eq(PROPERTY(r, "VolumeType"), "gp3");
	cr_assert_str_eq(PROPERTY(r, "Encrypted"), "true");
	cr_assert_str_eq(PROPERTY(r, "Iops"), "");
	cr_assert_str_eq(PROPERTY(r, "AvailabilityZone"), "Lookup.AvailabilityZone");
	cr_assert_eq(r->deletion_policy, IR_DELETE);
	cr_assert_eq(r->update_replace_policy, IR_DELETE);
	cr_assert_str_eq(SETTING(g, 0, "Kind"), "Ebs");
	cr_assert_str_eq(SETTING(g, 0, "VolumeIds.0"), "VolumeApps");
}

Test(storage, ebs_io2_gets_the_least_iops)
{
	const struct ir *g = graph_with(&mem, "SharedStorage:\n"
					      "  - {Name: a, MountDir: /a, StorageType: Ebs,\n"
					      "     EbsSettings: {VolumeType: io2}}\n");

	cr_assert_str_eq(PROPERTY(ir_find(g, STR("VolumeA")), "Iops"), "100");
}

Test(storage, ebs_deletion_policies)
{
	const struct ir *g = graph_with(&mem, "SharedStorage:\n"
					      "  - {Name: s, MountDir: /s, StorageType: Ebs, "
					      "EbsSettings: {DeletionPolicy: Snapshot}}\n"
					      "  - {Name: r, MountDir: /r, StorageType: Ebs, "
					      "EbsSettings: {DeletionPolicy: Retain}}\n"
					      "  - {Name: d, MountDir: /d, StorageType: Ebs, "
					      "EbsSettings: {DeletionPolicy: Delete}}\n");

	cr_assert_eq(ir_find(g, STR("VolumeS"))->deletion_policy, IR_SNAPSHOT);
	cr_assert_eq(ir_find(g, STR("VolumeR"))->deletion_policy, IR_RETAIN);
	cr_assert_eq(ir_find(g, STR("VolumeD"))->deletion_policy, IR_DELETE);
	cr_assert_eq(ir_find(g, STR("VolumeS"))->update_replace_policy, IR_SNAPSHOT);
}

Test(storage, ebs_existing_makes_no_volume)
{
	const struct ir *g =
		graph_with(&mem, "SharedStorage:\n"
				 "  - {Name: a, MountDir: /a, StorageType: Ebs,\n"
				 "     EbsSettings: {VolumeId: vol-0123456789abcdef0}}\n");

	cr_assert_eq(shared_volumes(g), 0);
	cr_assert_str_eq(SETTING(g, 0, "VolumeIds.0"), "vol-0123456789abcdef0");
}

Test(storage, raid_has_one_volume_for_each_member)
{
	const struct ir *g = graph_with(
		&mem, "SharedStorage:\n"
		      "  - {Name: fast, MountDir: /fast, StorageType: Ebs,\n"
		      "     EbsSettings: {Size: 7, Raid: {Type: 1, NumberOfVolumes: 3}}}\n");

	cr_assert_eq(shared_volumes(g), 3);
	cr_assert_str_eq(SETTING(g, 0, "Kind"), "Raid");
	cr_assert_str_eq(SETTING(g, 0, "RaidType"), "1");
	cr_assert_eq(at(settings_of(g, 0), "VolumeIds")->n, 3);
	cr_assert_str_eq(PROPERTY(ir_find(g, at(settings_of(g, 0), "VolumeIds.2")->text), "Size"),
			 "7");
}

/* ---- EFS ---- */

Test(storage, efs_default_policy_and_address)
{
	const struct ir *g = graph_with(
		&mem, "SharedStorage: [{Name: efs, MountDir: /efs, StorageType: Efs}]\n");
	const struct ir_resource *fs = only(g, "AWS::EFS::FileSystem");
	const struct ir_resource *target = only(g, "AWS::EFS::MountTarget");
	const char *address = SETTING(g, 0, "MountTargets.subnet-0123456789abcdef1");

	cr_assert_eq(fs->deletion_policy, IR_DELETE);
	cr_assert_eq(fs->update_replace_policy, IR_RETAIN);
	cr_assert_str_eq(PROPERTY(fs, "ThroughputMode"), "bursting");
	cr_assert_str_eq(PROPERTY(target, "SubnetId"), "subnet-0123456789abcdef1");
	cr_assert_str_eq(address, arena_fmt(&mem, STR_F ".IpAddress", STR_A(target->id)).s);
}

/* Subnets of one queue are in zones of their own; those of two queues may share one. */
Test(storage, efs_targets_are_in_the_queue_with_most_subnets)
{
	const struct ir *g = graph_of(
		&mem, "Region: us-east-1\n"
		      "Image: {Os: alinux2023}\n"
		      "HeadNode: {InstanceType: m5.xlarge, Networking: {SubnetId: "
		      "subnet-0123456789abcdef0}}\n"
		      "SharedStorage: [{Name: efs, MountDir: /efs, StorageType: Efs}]\n"
		      "Scheduling:\n"
		      "  Scheduler: slurm\n"
		      "  SlurmQueues:\n"
		      "    - Name: one\n"
		      "      ComputeResources: [{Name: a, InstanceType: m5.large}]\n"
		      "      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n"
		      "    - Name: two\n"
		      "      ComputeResources: [{Name: a, Instances: [{InstanceType: m5.large}]}]\n"
		      "      Networking: {SubnetIds: [subnet-0123456789abcdef2, "
		      "subnet-0123456789abcdef3]}\n"
		      "    - Name: also-two\n"
		      "      ComputeResources: [{Name: a, Instances: [{InstanceType: m5.large}]}]\n"
		      "      Networking: {SubnetIds: [subnet-0123456789abcdef4, "
		      "subnet-0123456789abcdef5]}\n");
	const struct ir_value *targets = at(settings_of(g, 0), "MountTargets");

	cr_assert_eq(count_of(g, "AWS::EFS::MountTarget"), 2);
	cr_assert_eq(targets->nmembers, 2);
	cr_assert_not_null(at(targets, "subnet-0123456789abcdef2"));
	cr_assert_not_null(at(targets, "subnet-0123456789abcdef3"));
}

Test(storage, efs_existing)
{
	const struct ir *g = graph_with(&mem, "SharedStorage:\n"
					      "  - Name: efs\n"
					      "    MountDir: /efs\n"
					      "    StorageType: Efs\n"
					      "    EfsSettings:\n"
					      "      FileSystemId: fs-0123456789abcdef0\n"
					      "      AccessPointId: fsap-0123456789abcdef0\n"
					      "      EncryptionInTransit: true\n"
					      "      IamAuthorization: true\n");

	cr_assert_eq(count_of(g, "AWS::EFS::FileSystem"), 0);
	cr_assert_str_eq(SETTING(g, 0, "FileSystemId"), "fs-0123456789abcdef0");
	cr_assert_str_eq(SETTING(g, 0, "DnsName"),
			 "fs-0123456789abcdef0.efs.${AWS::Region}.${AWS::URLSuffix}");
	cr_assert_str_eq(SETTING(g, 0, "AccessPointId"), "fsap-0123456789abcdef0");
	cr_assert_str_eq(SETTING(g, 0, "Tls"), "yes");
	cr_assert_str_eq(SETTING(g, 0, "Iam"), "yes");
}

/* What a file system stands on stays with it; rules that name groups of the stack do not. */
Test(storage, efs_retained_with_group_and_targets)
{
	const struct ir *g = graph_with(&mem, "SharedStorage:\n"
					      "  - {Name: efs, MountDir: /efs, StorageType: Efs,\n"
					      "     EfsSettings: {DeletionPolicy: Retain}}\n");
	const struct ir_resource *target = only(g, "AWS::EFS::MountTarget");
	struct str group = at(target->properties, "SecurityGroups.0")->text;

	cr_assert_eq(only(g, "AWS::EFS::FileSystem")->deletion_policy, IR_RETAIN);
	cr_assert_eq(target->deletion_policy, IR_RETAIN);
	cr_assert_eq(ir_find(g, group)->deletion_policy, IR_RETAIN);
	FOR_EACH(r, g)
	{
		if (str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")))
			cr_assert_neq(r->deletion_policy, IR_RETAIN);
	}
}

Test(storage, internal_efs_of_the_head_node)
{
	const struct ir *g =
		graph_of(&mem, "Region: us-east-1\n"
			       "Image: {Os: alinux2023}\n"
			       "HeadNode:\n"
			       "  InstanceType: m5.xlarge\n"
			       "  SharedStorageType: Efs\n"
			       "  SharedStorageEfsSettings: {Encrypted: true}\n"
			       "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
			       "Scheduling:\n"
			       "  Scheduler: slurm\n"
			       "  SlurmQueues:\n"
			       "    - Name: one\n"
			       "      ComputeResources: [{Name: a, InstanceType: m5.large}]\n"
			       "      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n");
	const struct ir_resource *fs = only(g, "AWS::EFS::FileSystem");

	cr_assert_str_eq(PROPERTY(fs, "Encrypted"), "true");
	cr_assert_str_eq(PROPERTY(fs, "ThroughputMode"), "elastic");
	cr_assert_str_eq(SETTING(g, 0, "Internal"), "yes");
}

/* ---- FSx for Lustre ---- */

static const struct ir *lustre(const char *settings)
{
	return graph_with(&mem, arena_fmt(&mem,
					  "SharedStorage:\n"
					  "  - Name: fsx\n"
					  "    MountDir: /fsx\n"
					  "    StorageType: FsxLustre\n"
					  "    FsxLustreSettings: {%s}\n",
					  settings)
					.s);
}

Test(storage, lustre_defaults)
{
	const struct ir *g = lustre("StorageCapacity: 1200");
	const struct ir_resource *fs = only(g, "AWS::FSx::FileSystem");

	cr_assert_str_eq(PROPERTY(fs, "FileSystemType"), "LUSTRE");
	cr_assert_str_eq(PROPERTY(fs, "FileSystemTypeVersion"), "2.15");
	cr_assert_str_eq(PROPERTY(fs, "StorageCapacity"), "1200");
	cr_assert_str_eq(PROPERTY(fs, "LustreConfiguration.DeploymentType"), "SCRATCH_2");
	cr_assert_str_eq(PROPERTY(fs, "SubnetIds.0"), "subnet-0123456789abcdef1");
	cr_assert_eq(fs->deletion_policy, IR_DELETE);
	cr_assert_str_eq(SETTING(g, 0, "MountName"), "FileSystemFsx.LustreMountName");
	cr_assert_str_eq(SETTING(g, 0, "DnsName"), "FileSystemFsx.DNSName");
}

Test(storage, lustre_linked_to_s3)
{
	const struct ir *g = lustre("StorageCapacity: 1200, DeploymentType: SCRATCH_1, "
				    "ImportPath: s3://bucket/in, ExportPath: s3://bucket/out, "
				    "AutoImportPolicy: NEW_CHANGED, ImportedFileChunkSize: 512");
	const struct ir_value *c =
		at(only(g, "AWS::FSx::FileSystem")->properties, "LustreConfiguration");

	cr_assert_str_eq(text_at(&mem, c, "DeploymentType"), "SCRATCH_1");
	cr_assert_str_eq(text_at(&mem, c, "ImportPath"), "s3://bucket/in");
	cr_assert_str_eq(text_at(&mem, c, "ExportPath"), "s3://bucket/out");
	cr_assert_str_eq(text_at(&mem, c, "AutoImportPolicy"), "NEW_CHANGED");
	cr_assert_str_eq(text_at(&mem, c, "ImportedFileChunkSize"), "512");
}

Test(storage, lustre_on_hdd_says_what_cache_it_has)
{
	const char *hdd = "DeploymentType: PERSISTENT_1, StorageType: HDD, StorageCapacity: 6000, "
			  "PerUnitStorageThroughput: 12";
	const char *cached = arena_fmt(&mem, "%s, DriveCacheType: READ", hdd).s;

	cr_assert_str_eq(PROPERTY(only(lustre(hdd), "AWS::FSx::FileSystem"),
				  "LustreConfiguration.DriveCacheType"),
			 "NONE");
	cr_assert_str_eq(PROPERTY(only(lustre(cached), "AWS::FSx::FileSystem"),
				  "LustreConfiguration.DriveCacheType"),
			 "READ");
}

Test(storage, lustre_from_backup_takes_its_kind_from_there)
{
	const struct ir_resource *fs =
		only(lustre("BackupId: backup-0123456789abcdef0"), "AWS::FSx::FileSystem");

	cr_assert_str_eq(PROPERTY(fs, "BackupId"), "backup-0123456789abcdef0");
	cr_assert_str_eq(PROPERTY(fs, "FileSystemTypeVersion"), "");
	cr_assert_str_eq(PROPERTY(fs, "StorageCapacity"), "");
	cr_assert_str_eq(PROPERTY(fs, "LustreConfiguration.DeploymentType"), "");
}

Test(storage, lustre_backups)
{
	const struct ir_value *c =
		at(only(lustre("DeploymentType: PERSISTENT_1, StorageCapacity: 1200, "
			       "PerUnitStorageThroughput: 50, AutomaticBackupRetentionDays: 7, "
			       "DailyAutomaticBackupStartTime: '01:30', CopyTagsToBackups: false, "
			       "WeeklyMaintenanceStartTime: '1:02:00'"),
			"AWS::FSx::FileSystem")
			   ->properties,
		   "LustreConfiguration");

	cr_assert_str_eq(text_at(&mem, c, "AutomaticBackupRetentionDays"), "7");
	cr_assert_str_eq(text_at(&mem, c, "DailyAutomaticBackupStartTime"), "01:30");
	cr_assert_str_eq(text_at(&mem, c, "CopyTagsToBackups"), "false");
	cr_assert_str_eq(text_at(&mem, c, "WeeklyMaintenanceStartTime"), "1:02:00");
}

/* FSx refuses a file system whose group does not let its own servers in. */
Test(storage, lustre_waits_for_its_rules)
{
	const struct ir *g = lustre("StorageCapacity: 1200");
	const struct ir_resource *fs = only(g, "AWS::FSx::FileSystem");
	struct str group = at(fs->properties, "SecurityGroupIds.0")->text;
	size_t into = 0, out_of = 0, self = 0;

	FOR_EACH(r, g)
	{
		const struct ir_value *to = ir_get(r->properties, STR("GroupId"));
		const struct ir_value *from = ir_get(r->properties, STR("SourceSecurityGroupId"));
		bool ends = to != NULL && from != NULL;

		if (!ends || !str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")))
			continue;
		into += str_eq(to->text, group);
		out_of += str_eq(from->text, group);
		self += str_eq(to->text, group) && str_eq(from->text, group);
		if (str_eq(to->text, group))
			cr_assert(waits_for(fs, r->id));
	}
	/* head, compute and itself; the same back */
	cr_assert_eq(into, 3);
	cr_assert_eq(out_of, 3);
	cr_assert_eq(self, 1);
}

/* Groups of the user are let in and get no rules from us. */
Test(storage, given_groups_are_not_changed)
{
	const struct ir *g = graph_of(
		&mem, "Region: us-east-1\n"
		      "Image: {Os: alinux2023}\n"
		      "HeadNode:\n"
		      "  InstanceType: m5.xlarge\n"
		      "  Networking: {SubnetId: subnet-0123456789abcdef0, SecurityGroups: "
		      "[sg-0123456789abcdef0]}\n"
		      "Scheduling:\n"
		      "  Scheduler: slurm\n"
		      "  SlurmQueues:\n"
		      "    - Name: one\n"
		      "      ComputeResources: [{Name: a, InstanceType: m5.large}]\n"
		      "      Networking:\n"
		      "        SubnetIds: [subnet-0123456789abcdef1]\n"
		      "        SecurityGroups: [sg-0123456789abcdef1, sg-0123456789abcdef2]\n"
		      "SharedStorage:\n"
		      "  - {Name: fsx, MountDir: /fsx, StorageType: FsxLustre,\n"
		      "     FsxLustreSettings: {StorageCapacity: 1200}}\n");
	size_t given = 0;

	FOR_EACH(r, g)
	{
		const struct ir_value *to = ir_get(r->properties, STR("GroupId"));
		const struct ir_value *from = ir_get(r->properties, STR("SourceSecurityGroupId"));

		if (to == NULL || from == NULL)
			continue;
		cr_assert_neq(to->kind, IR_STRING);
		given += from->kind == IR_STRING;
	}
	cr_assert_eq(given, 2); /* head and queue */
}

Test(storage, associations_come_one_after_the_other)
{
	const struct ir *g =
		lustre("DeploymentType: PERSISTENT_2, StorageCapacity: 1200, "
		       "PerUnitStorageThroughput: 125, "
		       "DeletionPolicy: Retain, DataRepositoryAssociations: ["
		       "{Name: in, DataRepositoryPath: s3://b/in, FileSystemPath: /in, "
		       "AutoImportPolicy: [NEW, NEW, DELETED]}, "
		       "{Name: out, DataRepositoryPath: s3://b/out, FileSystemPath: /out}]");
	const struct ir_resource *in = ir_find(g, STR("RepositoryFsxIn"));
	const struct ir_resource *out = ir_find(g, STR("RepositoryFsxOut"));

	cr_assert_not_null(in);
	cr_assert_not_null(out);
	cr_assert(waits_for(out, in->id));
	cr_assert(!waits_for(in, out->id));
	cr_assert_eq(in->deletion_policy, IR_RETAIN);
	cr_assert_str_eq(PROPERTY(in, "FileSystemId"), "FileSystemFsx");
	cr_assert_eq(at(in->properties, "S3.AutoImportPolicy.Events")->n, 2);
	cr_assert_null(at(out->properties, "S3"));
}

Test(storage, lustre_existing_is_left_to_ask)
{
	const struct ir *g = lustre("FileSystemId: fs-0123456789abcdef1");

	cr_assert_eq(count_of(g, "AWS::FSx::FileSystem"), 0);
	cr_assert_str_eq(SETTING(g, 0, "FileSystemId"), "fs-0123456789abcdef1");
	cr_assert_str_eq(SETTING(g, 0, "DnsName"),
			 "fs-0123456789abcdef1.fsx.${AWS::Region}.${AWS::URLSuffix}");
	cr_assert_null(at(settings_of(g, 0), "MountName"));
}

/* ---- kinds that are only mounted ---- */

Test(storage, volumes_and_caches_are_named)
{
	const struct ir *g =
		graph_with(&mem, "SharedStorage:\n"
				 "  - {Name: z, MountDir: /home, StorageType: FsxOpenZfs,\n"
				 "     FsxOpenZfsSettings: {VolumeId: fsvol-0123456789abcdef0}}\n"
				 "  - {Name: o, MountDir: /o, StorageType: FsxOntap,\n"
				 "     FsxOntapSettings: {VolumeId: fsvol-0123456789abcdef1}}\n"
				 "  - {Name: c, MountDir: /c, StorageType: FileCache,\n"
				 "     FileCacheSettings: {FileCacheId: fc-0123456789abcdef0}}\n");

	cr_assert_str_eq(SETTING(g, 0, "Kind"), "FsxOpenZfs");
	cr_assert_str_eq(SETTING(g, 0, "VolumeId"), "fsvol-0123456789abcdef0");
	cr_assert_str_eq(SETTING(g, 1, "Kind"), "FsxOntap");
	cr_assert_str_eq(SETTING(g, 1, "VolumeId"), "fsvol-0123456789abcdef1");
	cr_assert_str_eq(SETTING(g, 2, "Kind"), "FileCache");
	cr_assert_str_eq(SETTING(g, 2, "FileCacheId"), "fc-0123456789abcdef0");
}

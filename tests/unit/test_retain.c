/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_retain.c - data of an environment outlives what may happen to its stack, and so does all that it stands on.
 *
 * CloudFormation is played on graphs: a stack is deleted, a resource goes from the file, another takes its place, a
 * creation fails. What stays must never need what goes.
 */
#include "tests/unit/kept.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(retain, .fini = free_all);

#define HEAD                  \
	"Kind: Environment\n" \
	"Region: us-east-1\n" \
	"Network: {AvailabilityZones: [us-east-1a, us-east-1b]}\n"

static const char storage[] = HEAD "SharedStorage:\n"
				   "  - %s\n";

/* ---- every section that holds data ---- */

/* Each section with a DeletionPolicy, what it becomes, and a file with one of it that says nothing more. */
static const struct data {
	enum section_id section;
	const char *type, *file;
} data[] = {
	{SECTION_Bucket, "AWS::S3::Bucket", HEAD "Buckets: [{Name: Data}]\n"},
	{SECTION_KmsKey, "AWS::KMS::Key", HEAD "KmsKey: {}\n"},
	{SECTION_EfsSettings, "AWS::EFS::FileSystem",
	 HEAD "SharedStorage: [{Name: home, StorageType: Efs}]\n"},
	{SECTION_FsxLustreSettings, "AWS::FSx::FileSystem",
	 HEAD "SharedStorage:\n"
	      "  - Name: fsx\n"
	      "    StorageType: FsxLustre\n"
	      "    FsxLustreSettings: {DeploymentType: PERSISTENT_2, StorageCapacity: 1200,"
	      " PerUnitStorageThroughput: 250}\n"},
	{SECTION_FsxOpenZfsSettings, "AWS::FSx::FileSystem",
	 HEAD "SharedStorage:\n"
	      "  - Name: zfs\n"
	      "    StorageType: FsxOpenZfs\n"
	      "    FsxOpenZfsSettings: {DeploymentType: MULTI_AZ_1, StorageCapacity: 64,"
	      " ThroughputCapacity: 160}\n"},
};

/* The row of a section whose files may be environments; sections of clusters alone are not asked for. */
static bool is_listed(enum section_id section)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++)
		if (data[i].section == section)
			return true;
	return section == SECTION_EbsSettings; /* refused in an environment */
}

Test(retain, every_section_that_may_be_kept_is_known_here)
{
	for (uint16_t i = 0; i < schema_nsections; i++) {
		const struct prop *p = schema_find(&schema_sections[i], STR("DeletionPolicy"));

		if (p == NULL || (p->variants & ENVIRONMENT) == 0 ||
		    (schema_sections[i].variants & ENVIRONMENT) == 0)
			continue;
		cr_expect(is_listed((enum section_id)i), "" STR_F, STR_A(schema_sections[i].name));
	}
}

/* ---- what may happen ---- */

Test(retain, data_outlives_its_stack)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++) {
		const struct ir *g = graph_of(&mem, data[i].file);

		cr_expect_eq(kept(g, data[i].type), count_of(g, data[i].type), "%s", data[i].file);
		cr_expect_gt(kept(g, data[i].type), 0);
		nothing_dangles(&mem, g, NULL);
	}
}

Test(retain, data_outlives_its_row)
{
	for (size_t i = 0; i < ARRAY_LEN(data); i++)
		nothing_dangles(&mem, graph_of(&mem, data[i].file), graph_of(&mem, HEAD));
}

/* Whatever property replaces it: the policy is that of the resource, and holds even where it may go with the stack. */
Test(retain, data_outlives_its_replacement)
{
	static const char *const files[] = {
		HEAD "Buckets: [{Name: Data, DeletionPolicy: Delete}]\n",
		HEAD "KmsKey: {DeletionPolicy: Delete}\n",
		HEAD "SharedStorage: [{Name: home, StorageType: Efs, EfsSettings: "
		     "{DeletionPolicy: Delete}}]\n",
		HEAD "SharedStorage: [{Name: fsx, StorageType: FsxLustre, FsxLustreSettings: "
		     "{DeploymentType: SCRATCH_2, StorageCapacity: 1200}}]\n",
		HEAD "SharedStorage: [{Name: zfs, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
		     "{StorageCapacity: 64, ThroughputCapacity: 64, DeletionPolicy: Delete}}]\n",
	};
	static const char *const types[] = {"AWS::S3::Bucket", "AWS::KMS::Key",
					    "AWS::EFS::FileSystem", "AWS::FSx::FileSystem",
					    "AWS::FSx::FileSystem"};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct ir_resource *r = only(graph_of(&mem, files[i]), types[i]);

		cr_expect_eq(r->deletion_policy, IR_DELETE, "%s", files[i]);
		cr_expect_eq(r->update_replace_policy, IR_RETAIN, "%s", files[i]);
	}
}

/* Another subnet is another file system: the old one stays where it was. */
Test(retain, a_moved_file_system_leaves_all_that_the_old_one_needs)
{
	static const char file[] = HEAD "SharedStorage:\n"
					"  - Name: fsx\n"
					"    StorageType: FsxLustre\n"
					"    SubnetName: %s\n"
					"    FsxLustreSettings: {DeploymentType: PERSISTENT_2, "
					"StorageCapacity: 1200, PerUnitStorageThroughput: 250}\n";
	const struct ir *here = graph_of(&mem, arena_fmt(&mem, file, "PrimaryPrivateSubnet").s);
	const struct ir *there = graph_of(&mem, arena_fmt(&mem, file, "PrivateSubnet2").s);

	all_that_it_needs_stays(&mem, here, there, only(here, "AWS::FSx::FileSystem"));
	cr_expect(stays(ir_find(here, STR("SubnetPrimaryPrivateSubnet"))));
	cr_expect_not(stays(ir_find(there, STR("SubnetPrimaryPrivateSubnet"))));
}

Test(retain, nothing_is_kept_for_nobody)
{
	const struct ir *g = graph_of(&mem, HEAD "KeyPair: {KeyName: k}\n"
						 "Notifications: {Emails: [a@example.com]}\n"
						 "Budget: {Amount: 5}\n");

	for (size_t i = 0; i < g->resources.n; i++)
		cr_expect_not(stays(g->resources.items[i].value));
}

Test(retain, a_file_system_keeps_what_it_stands_on_and_no_more)
{
	const struct ir *g =
		graph_of(&mem, arena_fmt(&mem, storage,
					 "{Name: fsx, StorageType: FsxLustre, FsxLustreSettings: "
					 "{DeploymentType: PERSISTENT_2, StorageCapacity: 1200, "
					 "PerUnitStorageThroughput: 250}}")
				       .s);

	cr_expect_eq(kept(g, "AWS::EC2::VPC"), 1);
	cr_expect_eq(kept(g, "AWS::EC2::Subnet"), 1, "the one in which it stands");
	cr_expect_eq(kept(g, "AWS::EC2::SecurityGroup"), 1);
	cr_expect_eq(kept(g, "AWS::EC2::SecurityGroupIngress"), 1);
	cr_expect_eq(kept(g, "AWS::EC2::SecurityGroupEgress"), 1);
	cr_expect_eq(kept(g, "AWS::EC2::RouteTable"), 0);
	cr_expect_eq(kept(g, "AWS::EC2::Route"), 0);
}

Test(retain, efs_keeps_its_mount_targets_with_rules)
{
	const struct ir *g =
		graph_of(&mem, arena_fmt(&mem, storage, "{Name: home, StorageType: Efs}").s);

	cr_expect_eq(kept(g, "AWS::EFS::MountTarget"), 2);
	cr_expect_eq(kept(g, "AWS::EC2::Subnet"), 2);
	cr_expect_eq(kept(g, "AWS::EC2::SecurityGroupIngress"), 1);
}

/* Its address is reached by routes in these tables. */
Test(retain, openzfs_in_two_zones_keeps_route_tables_with_the_subnets_they_are_for)
{
	const struct ir *g =
		graph_of(&mem, arena_fmt(&mem, storage,
					 "{Name: zfs, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
					 "{DeploymentType: MULTI_AZ_1, StorageCapacity: 64, "
					 "ThroughputCapacity: 160}}")
				       .s);

	cr_expect_eq(kept(g, "AWS::EC2::RouteTable"), count_of(g, "AWS::EC2::RouteTable"));
	cr_expect_eq(kept(g, "AWS::EC2::SubnetRouteTableAssociation"), 2,
		     "the two of subnets that stay");
	cr_expect_eq(kept(g, "AWS::EC2::Route"), 0);
}

/* A key that may go is kept while something under it stays: that could never be read again. */
Test(retain, what_stays_keeps_its_key)
{
	const struct ir *g = graph_of(&mem, HEAD "KmsKey: {DeletionPolicy: Delete}\n"
						 "Buckets: [{Name: Data}]\n");

	cr_expect(stays(only(g, "AWS::KMS::Key")));
	cr_expect_eq(only(g, "AWS::KMS::Alias")->deletion_policy, IR_POLICY_NONE);
}

Test(retain, subnets_keep_their_block_of_the_vpc)
{
	const struct ir *g =
		graph_of(&mem, "Kind: Environment\n"
			       "Region: us-east-1\n"
			       "Network:\n"
			       "  CidrBlock: 10.0.0.0/16\n"
			       "  AdditionalCidrBlocks: [10.1.0.0/16]\n"
			       "  Ipv6: true\n"
			       "  AvailabilityZones: [us-east-1a]\n"
			       "  Subnets:\n"
			       "    - {Name: Open, Type: PUBLIC, CidrBlock: 10.0.0.0/24}\n"
			       "    - {Name: Work, Type: PRIVATE, CidrBlock: 10.1.0.0/24}\n"
			       "  Endpoints: {Preset: CLUSTER}\n"
			       "SharedStorage: [{Name: home, StorageType: Efs}]\n");

	nothing_dangles(&mem, g, NULL);
	cr_expect_eq(kept(g, "AWS::EC2::VPCCidrBlock"), count_of(g, "AWS::EC2::VPCCidrBlock"));
}

/* Else a stack that fails would keep a mount target and try to delete its subnet. */
Test(retain, in_a_network_of_a_cluster_nothing_stays_of_a_failed_creation)
{
	const struct ir *g = graph_of(
		&mem, "Region: us-east-1\n"
		      "Image: {Os: alinux2023}\n"
		      "Network: {AvailabilityZones: [us-east-1a]}\n"
		      "HeadNode: {InstanceType: m5.xlarge}\n"
		      "Scheduling:\n"
		      "  Scheduler: slurm\n"
		      "  SlurmQueues:\n"
		      "    - {Name: q, ComputeResources: [{Name: r, InstanceType: c5.large}]}\n"
		      "SharedStorage:\n"
		      "  - {Name: home, MountDir: /shared, StorageType: Efs, EfsSettings: "
		      "{DeletionPolicy: Retain}}\n"
		      "  - {Name: fsx, MountDir: /fsx, StorageType: FsxLustre, FsxLustreSettings: "
		      "{StorageCapacity: 1200, DeletionPolicy: Retain}}\n");
	static const char *const kept_with_it[] = {"AWS::EC2::VPC", "AWS::EC2::Subnet",
						   "AWS::EC2::SecurityGroup",
						   "AWS::EFS::", "AWS::FSx::"};
	size_t n = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		for (size_t k = 0; k < ARRAY_LEN(kept_with_it); k++) {
			if (!str_starts(r->type, str_c(kept_with_it[k])) ||
			    r->deletion_policy == IR_POLICY_NONE)
				continue;
			n++;
			cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE, STR_F,
				     STR_A(r->id));
		}
	}
	cr_expect_geq(n, 6);
}

/* ---- whole files ---- */

Test(retain, nothing_dangles_of_the_examples)
{
	nothing_dangles_of(&mem, "environment/environment");
	nothing_dangles_of(&mem, "environment/small");
	nothing_dangles_of(&mem, "environment/existing-vpc");
	nothing_dangles_of(&mem, "environment/hybrid");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_exports.c - the outputs of an environment, by its model. */
#include "compiler/base/buf.h"
#include "compiler/check/check.h"
#include "compiler/model/exports.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

static struct exports exports_in(struct front *f, const char *text)
{
	const struct environment *e;

	front_read(f, str_c(text), NULL);
	e = check_tree(&f->a, &f->ds, f->root, 0, NULL)->environment;
	return exports_of(&f->a, e, net_of(&f->a, &e->network));
}

/* A line for each output: its name, what it is, members of lists, and a star where it is no export. */
static void expect(const char *text, const char *want)
{
	struct front f = {0};
	struct exports x = exports_in(&f, text);
	struct buf b = buf_in(&f.a);

	for (size_t i = 0; i < x.n; i++) {
		const struct env_export *e = &x.items[i];

		cr_assert_not_null(e->at);
		buf_fmt(&b, STR_F ": " STR_F, STR_A(e->name), STR_A(export_words(e->what)));
		for (size_t k = 0; k < e->nmembers; k++)
			buf_fmt(&b, " " STR_F, STR_A(e->members[k]->name));
		buf_add(&b, e->exported ? STR("\n") : STR(" *\n"));
	}
	assert_text(buf_str(&b), want);
	front_end(&f);
}

Test(exports, of_the_default_division)
{
	expect("Kind: Environment\n"
	       "Network: {AvailabilityZones: [eu-west-1a, eu-west-1b]}\n",
	       "VPC: a VPC id\n"
	       "PublicSubnet: a subnet id\n"
	       "PrimaryPrivateSubnet: a subnet id\n"
	       "PublicSubnets: a list of subnet ids PublicSubnet PublicSubnet2 *\n"
	       "PrivateSubnets: a list of subnet ids PrimaryPrivateSubnet PrivateSubnet2 *\n"
	       "PublicSubnet2: a subnet id\n"
	       "PrivateSubnet2: a subnet id\n"
	       "SecurityGroup: a security group id\n");
}

Test(exports, of_all_sections)
{
	expect("Kind: Environment\n"
	       "Network:\n"
	       "  AvailabilityZones: [eu-west-1a]\n"
	       "  Subnets:\n"
	       "    - {Name: Dark, Type: ISOLATED, CidrBlock: 10.0.0.0/24}\n"
	       "    - {Name: Compute, Type: PRIVATE, CidrBlock: 10.0.1.0/24}\n"
	       "SecurityGroups: [{Name: Nodes}, {Name: Storage}]\n"
	       "SharedStorage:\n"
	       "  - {Name: fsx, StorageType: FsxLustre}\n"
	       "  - {Name: home, StorageType: Efs}\n"
	       "  - {Name: old-data, StorageType: FsxLustre}\n"
	       "  - {Name: zfs, StorageType: FsxOpenZfs}\n"
	       "Buckets: [{Name: Data}, {Name: Archive}]\n"
	       "KeyPair: {KeyName: me}\n"
	       "KmsKey: {Alias: alias/hpc}\n"
	       "HybridNetwork:\n"
	       "  OnPremisesCidrs: [192.168.0.0/16]\n"
	       "  Gateway: {Type: TRANSIT_GATEWAY}\n"
	       "  DirectConnect: {AllowedPrefixes: [10.0.0.0/16]}\n"
	       "  VpnConnections: [{Name: Backup, CustomerGateway: {IpAddress: 203.0.113.1}}]\n",
	       "VPC: a VPC id\n"
	       "PrimaryPrivateSubnet: a subnet id\n"
	       "PrivateSubnets: a list of subnet ids Compute *\n"
	       "Dark: a subnet id\n"
	       "Compute: a subnet id\n"
	       "SecurityGroup: a security group id\n"
	       "SecurityGroupStorage: a security group id\n"
	       "FSxLustreFilesystemId: the id of an FSx for Lustre file system\n"
	       "FSxLustreFilesystemDNSname: the DNS name of an FSx for Lustre file system\n"
	       "FSxLustreFilesystemMountname: the mount name of an FSx for Lustre file system\n"
	       "EfsFileSystemId: the id of an EFS file system\n"
	       "FSxLustreFilesystemIdolddata: the id of an FSx for Lustre file system\n"
	       "FSxLustreFilesystemDNSnameolddata: the DNS name of an FSx for Lustre file system\n"
	       "FSxLustreFilesystemMountnameolddata: the mount name of an FSx for Lustre file "
	       "system\n"
	       "FSxORootVolumeId: the id of an FSx for OpenZFS volume\n"
	       "FSxOpenZfsFilesystemId: the id of an FSx for OpenZFS file system\n"
	       "S3BucketName: the name of a bucket\n"
	       "Data: the name of a bucket\n"
	       "Archive: the name of a bucket\n"
	       "KeyPairName: the name of a key pair\n"
	       "PrivateKeyCommand: the command that prints the private key *\n"
	       "KmsKeyArn: the ARN of a KMS key\n"
	       "TransitGatewayId: the id of a transit gateway\n"
	       "DirectConnectGatewayId: the id of a Direct Connect gateway\n"
	       "Backup: the id of a VPN connection\n");
}

Test(exports, stand_twice_only_for_different_things)
{
	expect("Kind: Environment\n"
	       "Network:\n"
	       "  AvailabilityZones: [eu-west-1a]\n"
	       "  Subnets:\n"
	       "    - {Name: VPC, Type: PRIVATE, CidrBlock: 10.0.0.0/24}\n"
	       "    - {Name: PublicSubnet, Type: PUBLIC, CidrBlock: 10.0.1.0/24}\n"
	       "    - {Name: PrimaryPrivateSubnet, Type: PRIVATE, CidrBlock: 10.0.2.0/24}\n",
	       "VPC: a VPC id\n"
	       "PublicSubnet: a subnet id\n"
	       "PrimaryPrivateSubnet: a subnet id\n"
	       "PublicSubnets: a list of subnet ids PublicSubnet *\n"
	       "PrivateSubnets: a list of subnet ids VPC PrimaryPrivateSubnet *\n"
	       "VPC: a subnet id\n"
	       "PrimaryPrivateSubnet: a subnet id\n"
	       "SecurityGroup: a security group id\n");
}

Test(exports, leave_out_what_is_faulty)
{
	expect("Kind: Environment\n"
	       "Network: {AvailabilityZones: [eu-west-1a], Subnets: [{Name: a b}, {Type: "
	       "PUBLIC}]}\n"
	       "SharedStorage: [{Name: x, StorageType: Nfs}]\n"
	       "Buckets: [{Name: 7}, {}]\n",
	       "VPC: a VPC id\n"
	       "PublicSubnet: a subnet id\n"
	       "SecurityGroup: a security group id\n"
	       "S3BucketName: the name of a bucket\n");
}

Test(exports, are_found_by_name_and_nearly)
{
	struct front f = {0};
	struct exports x =
		exports_in(&f, "Kind: Environment\nNetwork: {AvailabilityZones: [eu-west-1a]}\n");

	cr_assert_eq(export_named(&x, STR("VPC"))->what, EXPORT_VPC);
	cr_assert_null(export_named(&x, STR("PrivateSubnet3")));
	assert_text(export_nearest(&x, STR("PrivatSubnets")), "PrivateSubnets");
	assert_text(export_nearest(&x, STR("securitygroup")), "SecurityGroup");
	assert_text(export_nearest(&x, STR("Bucket")), "");
	front_end(&f);
}

Test(exports, fit_where_their_kind_is_wanted)
{
	const struct prop *subnet = &schema_props[PROP_HeadNodeNetworking_SubnetId],
			  *subnets = &schema_props[PROP_SlurmQueueNetworking_SubnetIds],
			  *key = &schema_props[PROP_Ssh_KeyName],
			  *args = &schema_props[PROP_CustomAction_Args];

	cr_assert(export_fits(EXPORT_SUBNET, subnet));
	cr_assert(export_fits(EXPORT_SUBNET, subnets));
	cr_assert(export_fits(EXPORT_SUBNETS, subnets));
	cr_assert_not(export_fits(EXPORT_SUBNETS, subnet));
	cr_assert_not(export_fits(EXPORT_BUCKET, subnet));
	cr_assert(export_fits(EXPORT_KEY_PAIR, key));
	cr_assert_not(export_fits(EXPORT_BUCKET, key));
	cr_assert(export_fits(EXPORT_BUCKET, args));
	cr_assert(export_fits(EXPORT_LUSTRE_MOUNT_NAME, args));
	cr_assert_not(export_fits(EXPORT_SUBNETS, args));
}

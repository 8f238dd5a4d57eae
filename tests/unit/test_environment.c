/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/port.h"
#include "lowering/ir/resources.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

/* What an environment stores, and who hears of it. */

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(environment, .fini = free_all);

#define PROPERTY(r, path) text_at(&mem, (r)->properties, path)

/* One zone, with what else the file says. */
static const struct ir *ground(const char *rest)
{
	return graph_of(&mem, arena_fmt(&mem,
					"Kind: Environment\n"
					"Region: us-east-1\n"
					"Network: {AvailabilityZones: [us-east-1a, us-east-1b]}\n"
					"%s",
					rest)
				      .s);
}

/* ---- buckets ---- */

Test(environment, a_bucket_is_closed_and_encrypted)
{
	static const char *const is[][2] = {
		{"PublicAccessBlockConfiguration.BlockPublicAcls", "true"},
		{"PublicAccessBlockConfiguration.BlockPublicPolicy", "true"},
		{"PublicAccessBlockConfiguration.IgnorePublicAcls", "true"},
		{"PublicAccessBlockConfiguration.RestrictPublicBuckets", "true"},
		{"OwnershipControls.Rules.0.ObjectOwnership", "BucketOwnerEnforced"},
		{"BucketEncryption.ServerSideEncryptionConfiguration.0."
		 "ServerSideEncryptionByDefault.SSEAlgorithm",
		 "AES256"},
		{"BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled", ""},
		{"LifecycleConfiguration.Rules.0.AbortIncompleteMultipartUpload."
		 "DaysAfterInitiation",
		 "7"},
		{"VersioningConfiguration.Status", ""},
		{"BucketName", ""},
	};
	const struct ir *g = ground("Buckets: [{Name: Data}]\n");
	const struct ir_resource *r = found(g, "BucketData"), *p = found(g, "PolicyOfBucketData");
	const struct ir_value *s = at(p->properties, "PolicyDocument.Statement.0");

	expect_texts(&mem, r->properties, is, ARRAY_LEN(is));
	cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_eq(p->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_str_eq(PROPERTY(p, "Bucket"), "BucketData");
	cr_expect_str_eq(text_at(&mem, s, "Effect"), "Deny");
	cr_expect_str_eq(text_at(&mem, s, "Principal"), "*");
	cr_expect_str_eq(text_at(&mem, s, "Action.0"), "s3:*");
	cr_expect_str_eq(text_at(&mem, s, "Resource.0"), "BucketData.Arn");
	cr_expect_str_eq(text_at(&mem, s, "Resource.1"), "${BucketData.Arn}/*");
	cr_expect_str_eq(text_at(&mem, s, "Condition.Bool.aws:SecureTransport"), "false");
	cr_expect_eq(at(p->properties, "PolicyDocument.Statement")->n, 1);
}

Test(environment, a_bucket_that_may_go_leaves_its_objects_when_it_is_replaced)
{
	const struct ir *g = ground("Buckets: [{Name: Data, DeletionPolicy: Delete}]\n");

	cr_expect_eq(found(g, "BucketData")->deletion_policy, IR_DELETE);
	cr_expect_eq(found(g, "BucketData")->update_replace_policy, IR_RETAIN);
	cr_expect_eq(found(g, "PolicyOfBucketData")->deletion_policy, IR_DELETE);
}

static const char *key_of_bucket(const struct ir *g, const char *id)
{
	const struct ir_value *rule = at(found(g, id)->properties,
					 "BucketEncryption.ServerSideEncryptionConfiguration.0");

	cr_expect_str_eq(text_at(&mem, rule, "BucketKeyEnabled"), "true");
	cr_expect_str_eq(text_at(&mem, rule, "ServerSideEncryptionByDefault.SSEAlgorithm"),
			 "aws:kms");
	return text_at(&mem, rule, "ServerSideEncryptionByDefault.KMSMasterKeyID");
}

Test(environment, the_key_of_the_file_encrypts_buckets_that_name_none)
{
	const struct ir *g = ground("KmsKey: {}\n"
				    "Buckets: [{Name: A}, {Name: B, KmsKeyId: alias/own}]\n");

	cr_expect_str_eq(key_of_bucket(g, "BucketA"), "KmsKey.Arn");
	cr_expect_str_eq(key_of_bucket(g, "BucketB"), "alias/own");
}

/* A service that delivers into the bucket looks for an id in its own account. */
Test(environment, the_key_of_a_bucket_is_named_by_arn)
{
	const struct ir *g = ground(
		"Buckets:\n"
		"  - {Name: A, KmsKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab}\n"
		"  - {Name: B, KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234'}\n");

	cr_expect_str_eq(key_of_bucket(g, "BucketA"),
			 "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
			 "1234abcd-12ab-34cd-56ef-1234567890ab");
	cr_expect_str_eq(key_of_bucket(g, "BucketB"),
			 "arn:aws:kms:us-east-1:111122223333:key/mrk-1234");
}

/* EC2 takes both for the same rule, and refuses the second. */
Test(environment, a_block_with_bits_behind_its_mask_is_the_one_that_ec2_takes)
{
	const struct ir *g = ground("SecurityGroups:\n"
				    "  - Name: A\n"
				    "    Ingress:\n"
				    "      - {FromPort: 22, CidrIp: 192.0.2.7/24}\n"
				    "      - {FromPort: 22, CidrIp: 192.0.2.0/24}\n");
	const struct ir_value *rules =
		at(found(g, "SecurityGroupA")->properties, "SecurityGroupIngress");

	cr_assert_eq(rules->n, 1);
	cr_expect_str_eq(text_at(&mem, rules, "0.CidrIp"), "192.0.2.0/24");
}

Test(environment, rules_of_a_lifecycle_are_as_written)
{
	const struct ir *g =
		ground("Buckets:\n"
		       "  - Name: Data\n"
		       "    Versioning: true\n"
		       "    Lifecycle:\n"
		       "      - {Prefix: tmp/, ExpirationInDays: 30, "
		       "NoncurrentVersionExpirationInDays: 3}\n"
		       "      - {Prefix: raw/, TransitionInDays: 0, StorageClass: GLACIER}\n"
		       "  - Name: All\n"
		       "    Lifecycle: [{ExpirationInDays: 9, "
		       "AbortIncompleteMultipartUploadInDays: 2}]\n");
	const struct ir_value *all =
		at(found(g, "BucketAll")->properties, "LifecycleConfiguration.Rules");
	const struct ir_value *rules =
		at(found(g, "BucketData")->properties, "LifecycleConfiguration.Rules");

	cr_expect_str_eq(PROPERTY(found(g, "BucketData"), "VersioningConfiguration.Status"),
			 "Enabled");
	cr_assert_eq(rules->n, 3);
	cr_expect_str_eq(text_at(&mem, rules, "0.Prefix"), "tmp/");
	cr_expect_str_eq(text_at(&mem, rules, "0.ExpirationInDays"), "30");
	cr_expect_str_eq(text_at(&mem, rules, "0.NoncurrentVersionExpiration.NoncurrentDays"), "3");
	cr_expect_str_eq(text_at(&mem, rules, "1.Transitions.0.StorageClass"), "GLACIER");
	cr_expect_str_eq(text_at(&mem, rules, "1.Transitions.0.TransitionInDays"), "0");
	cr_expect_str_eq(text_at(&mem, rules, "1.ExpirationInDays"), "");
	cr_expect_str_eq(text_at(&mem, rules, "2.Prefix"), "");
	cr_assert_eq(all->n, 1, "a rule for all objects is there already");
	cr_expect_str_eq(text_at(&mem, all, "0.AbortIncompleteMultipartUpload.DaysAfterInitiation"),
			 "2");
}

/* S3 has one policy a bucket: who delivers flow logs stands beside who must use TLS. */
Test(environment, flow_logs_may_write_into_their_bucket_and_under_its_key)
{
	const struct ir *g =
		graph_of(&mem, "Kind: Environment\n"
			       "Region: us-east-1\n"
			       "Network:\n"
			       "  AvailabilityZones: [us-east-1a]\n"
			       "  FlowLogs: {Enabled: true, Destination: S3, Bucket: Logs}\n"
			       "KmsKey: {}\n"
			       "Buckets: [{Name: Data}, {Name: Logs}]\n");
	const struct ir_value *s =
		at(found(g, "PolicyOfBucketLogs")->properties, "PolicyDocument.Statement");
	const struct ir_value *key = at(found(g, "KmsKey")->properties, "KeyPolicy.Statement");

	cr_assert_eq(s->n, 3);
	cr_expect_str_eq(text_at(&mem, s, "1.Principal.Service"), "delivery.logs.amazonaws.com");
	cr_expect_str_eq(text_at(&mem, s, "1.Action.0"), "s3:PutObject");
	cr_expect_str_eq(text_at(&mem, s, "1.Resource"),
			 "${BucketLogs.Arn}/AWSLogs/${AWS::AccountId}/*");
	cr_expect_str_eq(text_at(&mem, s, "1.Condition.StringEquals.aws:SourceAccount"),
			 "AWS::AccountId");
	cr_expect_eq(at(found(g, "PolicyOfBucketData")->properties, "PolicyDocument.Statement")->n,
		     1);
	cr_expect_str_eq(text_at(&mem, key, "4.Principal.Service"), "delivery.logs.amazonaws.com");
}

/* ---- the key ---- */

Test(environment, a_key_lets_services_start_instances_under_it)
{
	static const char role[] =
		"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/"
		"autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
	const struct ir_resource *r = found(ground("KmsKey: {}\n"), "KmsKey");
	const struct ir_value *s = at(r->properties, "KeyPolicy.Statement");

	cr_assert_eq(s->n, 4, "no flow logs, no statement for them");
	cr_expect_str_eq(text_at(&mem, s, "0.Principal.AWS"),
			 "arn:${AWS::Partition}:iam::${AWS::AccountId}:root");
	cr_expect_str_eq(text_at(&mem, s, "0.Action.0"), "kms:*");
	for (size_t i = 1; i < 3; i++) {
		cr_expect_str_eq(text_at(&mem, s->items[i], "Principal.AWS"), "*",
				 "a role that is not there is no principal");
		cr_expect_str_eq(
			text_at(&mem, s->items[i], "Condition.ArnEquals.aws:PrincipalArn.0"), role);
	}
	cr_expect_str_eq(text_at(&mem, s, "2.Action.0"), "kms:CreateGrant");
	cr_expect_str_eq(text_at(&mem, s, "2.Condition.Bool.kms:GrantIsForAWSResource"), "true");
	cr_expect_str_eq(text_at(&mem, s, "3.Condition.StringEquals.kms:CallerAccount"),
			 "AWS::AccountId");
	cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
	cr_expect_eq(r->update_replace_policy, IR_RETAIN);
	cr_expect_str_eq(PROPERTY(r, "EnableKeyRotation"), "true");
	cr_expect_str_eq(PROPERTY(r, "PendingWindowInDays"), "30");
}

Test(environment, an_alias_is_the_name_of_the_stack_or_what_the_file_says)
{
	const struct ir_resource *r = found(ground("KmsKey: {}\n"), "KmsAlias");

	cr_expect_str_eq(PROPERTY(r, "AliasName"), "alias/${AWS::StackName}");
	cr_expect_str_eq(PROPERTY(r, "TargetKeyId"), "KmsKey");
	cr_expect_eq(r->deletion_policy, IR_POLICY_NONE, "the next stack takes the name again");
	r = found(ground("KmsKey: {Alias: alias/lab, DeletionPolicy: Delete}\n"), "KmsAlias");
	cr_expect_str_eq(PROPERTY(r, "AliasName"), "alias/lab");
	r = found(ground("KmsKey: {DeletionPolicy: Delete}\n"), "KmsKey");
	cr_expect_eq(r->deletion_policy, IR_DELETE);
}

/* ---- the key pair ---- */

Test(environment, a_key_pair_is_new_or_imported)
{
	const struct ir_resource *r = found(ground("KeyPair: {KeyName: lab}\n"), "KeyPair");

	cr_expect_str_eq(PROPERTY(r, "KeyName"), "lab");
	cr_expect_str_eq(PROPERTY(r, "KeyType"), "ed25519");
	cr_expect_str_eq(PROPERTY(r, "PublicKeyMaterial"), "");
	r = found(ground("Tags: [{Key: a, Value: b}]\n"
			 "KeyPair: {KeyName: lab, PublicKeyMaterial: "
			 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGY3 me}\n"),
		  "KeyPair");
	cr_expect_str_eq(PROPERTY(r, "KeyType"), "", "the key tells it");
	cr_expect_str_eq(PROPERTY(r, "PublicKeyMaterial"),
			 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGY3 me");
	cr_expect_null(at(r->properties, "Tags"), "a change of them would replace the key pair");
}

/* ---- who hears of it ---- */

Test(environment, a_topic_is_made_for_mail_alone)
{
	const struct ir *g = ground("Notifications: {Emails: [a@example.com, b@example.com]}\n");

	cr_expect_eq(count_of(g, "AWS::SNS::Subscription"), 2);
	cr_expect_str_eq(PROPERTY(only(g, "AWS::SNS::Topic"), "KmsMasterKeyId"), "");
	g = ground("Notifications: {TopicArn: 'arn:aws:sns:us-east-1:123456789012:lab'}\n");
	cr_expect_eq(count_of(g, "AWS::SNS::Topic") + count_of(g, "AWS::SNS::Subscription"), 0);
}

static const struct ir_value *told(const struct ir *g)
{
	return at(only(g, "AWS::Budgets::Budget")->properties, "NotificationsWithSubscribers");
}

Test(environment, a_budget_tells_those_whom_notifications_name)
{
	const struct ir *g = ground("Notifications: {Emails: [a@example.com]}\n"
				    "Budget: {Amount: 100.5}\n");
	const struct ir_resource *r = only(g, "AWS::Budgets::Budget");
	const struct ir_value *tag = at(r->properties, "Budget.CostFilters.TagKeyValue.0");

	cr_assert_eq(told(g)->n, 3);
	cr_expect_str_eq(text_at(&mem, told(g), "0.Notification.Threshold"), "80");
	cr_expect_str_eq(text_at(&mem, told(g), "1.Notification.Threshold"), "100");
	cr_expect_str_eq(text_at(&mem, told(g), "2.Notification.NotificationType"), "FORECASTED");
	cr_expect_str_eq(text_at(&mem, told(g), "2.Subscribers.0.Address"), "a@example.com");
	cr_expect_str_eq(PROPERTY(r, "Budget.BudgetLimit.Unit"), "USD");
	cr_expect_str_eq(PROPERTY(r, "Budget.BudgetName"), "", "it could not be replaced");
	cr_assert_eq(tag->kind, IR_JOIN);
	cr_expect(str_eq(tag->items[0]->text, STR("user:hpcc:stack$")));
	cr_expect(str_eq(tag->items[1]->text, STR("AWS::StackName")));
}

Test(environment, a_budget_tells_what_it_is_asked_for)
{
	const struct ir *g = ground("Budget: {Amount: 100, TimeUnit: DAILY, AllCosts: true, "
				    "ActualPercent: [50], Emails: [b@example.com]}\n");

	cr_assert_eq(told(g)->n, 1, "of a day nothing is foreseen");
	cr_expect_str_eq(text_at(&mem, told(g), "0.Notification.Threshold"), "50");
	cr_expect_str_eq(text_at(&mem, told(g), "0.Subscribers.0.Address"), "b@example.com");
	cr_expect_null(at(only(g, "AWS::Budgets::Budget")->properties, "Budget.CostFilters"));
}

/* The tags of a resource, whatever its type calls them; NULL where it takes none. */
static const char *tag_member(const struct ir_resource *r)
{
	static const char *const names[] = {"Tags", "FileSystemTags", "ResourceTags"};
	const struct resource_type *t = resource_type_find(r->type);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct resource_property *p =
			resource_property_find(t->shape, str_c(names[i]));

		if (p != NULL && p->kind == RESOURCE_LIST)
			return names[i];
	}
	return NULL;
}

static bool has_stack_tag(const struct ir_value *tags)
{
	for (size_t i = 0; tags != NULL && i < tags->n; i++)
		if (str_eq(ir_get(tags->items[i], STR("Key"))->text, STR("hpcc:stack")))
			return str_eq(ir_get(tags->items[i], STR("Value"))->text,
				      STR("AWS::StackName"));
	return false;
}

/* What has no tags on purpose: it costs nothing, and a change of them would replace a key pair. */
static bool goes_untagged(const struct ir_resource *r)
{
	return str_eq(r->type, STR("AWS::EC2::KeyPair")) || str_eq(r->type, STR("AWS::IAM::Role"));
}

static void all_is_tagged(const char *name)
{
	struct str path = arena_fmt(&mem, HPCC_SOURCE_ROOT "/examples/environment/%s.yaml", name);
	const struct ir *g;
	struct str text;
	const char *why;

	cr_assert_eq(port_read(&mem, path.s, 1 << 20, &text, &why), PORT_OK, "%s", path.s);
	g = graph_of(&mem, arena_str(&mem, text).s);
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;
		const char *member = tag_member(r);

		if (member == NULL || goes_untagged(r))
			continue;
		cr_expect(has_stack_tag(ir_get(r->properties, str_c(member))),
			  "%s: " STR_F " (" STR_F ")", name, STR_A(r->id), STR_A(r->type));
	}
}

/* Whatever costs something must be seen by the budget. */
Test(environment, all_that_takes_tags_has_the_one_of_the_stack)
{
	all_is_tagged("environment");
	all_is_tagged("small");
	all_is_tagged("existing-vpc");
	all_is_tagged("hybrid");
}

Test(environment, tags_of_the_file_stand_beside_the_one_of_the_stack)
{
	const struct ir_value *tags =
		at(only(ground("Tags: [{Key: owner, Value: lab}]\n"), "AWS::EC2::VPC")->properties,
		   "Tags");

	cr_assert_not_null(tags);
	cr_expect(has_stack_tag(tags));
	cr_expect_str_eq(text_at(&mem, tags->items[tags->n - 1], "Key"), "owner");
}

/* ---- file systems ---- */

static const struct ir *with_storage(const char *entry)
{
	return ground(arena_fmt(&mem, "SharedStorage:\n  - %s\n", entry).s);
}

Test(environment, a_file_system_is_in_the_group_of_its_clients_and_waits_for_its_rules)
{
	const struct ir *g = with_storage("{Name: fsx, StorageType: FsxLustre, FsxLustreSettings: "
					  "{DeploymentType: PERSISTENT_2, StorageCapacity: 1200, "
					  "PerUnitStorageThroughput: 250}}");
	const struct ir_resource *r = only(g, "AWS::FSx::FileSystem");
	const struct ir_resource *in = only(g, "AWS::EC2::SecurityGroupIngress");
	const struct ir_resource *out = only(g, "AWS::EC2::SecurityGroupEgress");

	cr_expect_eq(at(r->properties, "SecurityGroupIds")->n, 1);
	cr_expect_eq(count_of(g, "AWS::EC2::SecurityGroup"), 1);
	cr_expect(waits_for(r, in->id));
	cr_expect(waits_for(r, out->id));
	cr_expect_str_eq(PROPERTY(r, "SubnetIds.0"), "SubnetPrimaryPrivateSubnet");
	cr_expect_str_eq(PROPERTY(r, "FileSystemTypeVersion"), "2.15");
	cr_expect_str_eq(PROPERTY(r, "LustreConfiguration.EfaEnabled"), "");
	cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE);
}

/* FSx edits the policy of the bucket for each: two at a time lose one's edit. */
Test(environment, links_of_several_file_systems_are_made_one_after_the_other)
{
	const struct ir *g = ground(
		"Buckets: [{Name: Data}]\n"
		"SharedStorage:\n"
		"  - {Name: a, StorageType: FsxLustre, FsxLustreSettings: {StorageCapacity: 1200, "
		"DataRepositoryAssociations: [{Name: x, FileSystemPath: /x, Bucket: Data}]}}\n"
		"  - {Name: b, StorageType: FsxLustre, FsxLustreSettings: {StorageCapacity: 1200, "
		"DataRepositoryAssociations: [{Name: y, FileSystemPath: /y, Bucket: Data}]}}\n");
	const struct ir_resource *second = found(g, "RepositoryBY");
	bool waits = false;

	for (size_t i = 0; i < second->ndepends; i++)
		waits |= str_eq(second->depends_on[i], STR("RepositoryAX"));
	cr_assert(waits);
}

Test(environment, lustre_has_what_only_environments_say)
{
	static const char *const is[][2] = {
		{"FileSystemTypeVersion", "2.15"},
		{"StorageType", "INTELLIGENT_TIERING"},
		{"StorageCapacity", ""},
		{"LustreConfiguration.ThroughputCapacity", "4000"},
		{"LustreConfiguration.EfaEnabled", "true"},
		{"LustreConfiguration.MetadataConfiguration.Mode", "USER_PROVISIONED"},
		{"LustreConfiguration.MetadataConfiguration.Iops", "6000"},
		{"LustreConfiguration.DataReadCacheConfiguration.SizingMode", "USER_PROVISIONED"},
		{"LustreConfiguration.DataReadCacheConfiguration.SizeGiB", "1024"},
	};
	const struct ir_resource *r = only(
		with_storage("{Name: a, StorageType: FsxLustre, FsxLustreSettings: "
			     "{DeploymentType: PERSISTENT_2, StorageType: INTELLIGENT_TIERING, "
			     "FileSystemTypeVersion: '2.15', ThroughputCapacity: 4000, EfaEnabled: "
			     "true, "
			     "MetadataConfiguration: {Mode: USER_PROVISIONED, Iops: 6000}, "
			     "DataReadCacheConfiguration: {SizingMode: USER_PROVISIONED, SizeGiB: "
			     "1024}}}"),
		"AWS::FSx::FileSystem");

	expect_texts(&mem, r->properties, is, ARRAY_LEN(is));
}

Test(environment, scratch_goes_unless_the_file_says_otherwise)
{
	static const char scratch[] = "{Name: a, StorageType: FsxLustre, FsxLustreSettings: "
				      "{DeploymentType: SCRATCH_2, StorageCapacity: 1200%s}}";

	cr_expect_eq(only(with_storage(arena_fmt(&mem, scratch, "").s), "AWS::FSx::FileSystem")
			     ->deletion_policy,
		     IR_DELETE);
	cr_expect_eq(only(with_storage(arena_fmt(&mem, scratch, ", DeletionPolicy: Retain").s),
			  "AWS::FSx::FileSystem")
			     ->deletion_policy,
		     IR_RETAIN_EXCEPT_ON_CREATE);
}

/* FSx has its own key for scratch types, and takes no other. */
Test(environment, the_key_of_the_file_encrypts_what_may_have_one)
{
	const struct ir *g =
		ground("KmsKey: {}\n"
		       "SharedStorage:\n"
		       "  - {Name: a, StorageType: FsxLustre, FsxLustreSettings: "
		       "{DeploymentType: SCRATCH_2, StorageCapacity: 1200}}\n"
		       "  - {Name: b, StorageType: FsxLustre, FsxLustreSettings: "
		       "{DeploymentType: PERSISTENT_2, StorageCapacity: 1200, "
		       "PerUnitStorageThroughput: 250}}\n"
		       "  - {Name: c, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
		       "{StorageCapacity: 64, ThroughputCapacity: 64}}\n"
		       "  - {Name: d, StorageType: Efs}\n"
		       "  - {Name: e, StorageType: Efs, EfsSettings: {KmsKeyId: alias/own}}\n"
		       "  - {Name: f, StorageType: Efs, EfsSettings: {Encrypted: false}}\n");
	static const char *const keys[] = {"",		 "KmsKey.Arn", "KmsKey.Arn",
					   "KmsKey.Arn", "alias/own",  ""};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		cr_expect_str_eq(PROPERTY(found(g, arena_fmt(&mem, i < 3 ? "FileSystem%c" : "Efs%c",
							     (char)('A' + i))
							   .s),
					  "KmsKeyId"),
				 keys[i], "%zu", i);
}

Test(environment, links_lead_to_buckets_of_the_file_and_wait_for_their_policy)
{
	const struct ir *g = ground(
		"Buckets: [{Name: Data}]\n"
		"SharedStorage:\n"
		"  - Name: fsx\n"
		"    StorageType: FsxLustre\n"
		"    FsxLustreSettings:\n"
		"      DeploymentType: PERSISTENT_2\n"
		"      StorageCapacity: 1200\n"
		"      PerUnitStorageThroughput: 250\n"
		"      AutomaticBackupRetentionDays: 0\n"
		"      DataRepositoryAssociations:\n"
		"        - {Name: a, FileSystemPath: /a, Bucket: Data}\n"
		"        - {Name: b, FileSystemPath: /b, Bucket: Data, Prefix: \"in $${put}/\"}\n"
		"        - {Name: c, FileSystemPath: /c, DataRepositoryPath: s3://other/x}\n");
	const struct ir_resource *a = found(g, "RepositoryFsxA"), *b = found(g, "RepositoryFsxB");

	cr_expect_str_eq(PROPERTY(a, "DataRepositoryPath"), "s3://${BucketData}");
	cr_expect(waits_for(a, STR("PolicyOfBucketData")));
	cr_expect_str_eq(PROPERTY(b, "DataRepositoryPath"), "s3://${BucketData}/${Prefix}");
	cr_expect(str_eq(at(b->properties, "DataRepositoryPath")->members[0].value->text,
			 STR("in ${put}/")));
	cr_expect_str_eq(PROPERTY(found(g, "RepositoryFsxC"), "DataRepositoryPath"),
			 "s3://other/x");
	cr_expect_eq(a->deletion_policy, IR_POLICY_NONE, "it goes when the file names it no more");
	cr_expect_str_eq(PROPERTY(only(g, "AWS::FSx::FileSystem"),
				  "LustreConfiguration.AutomaticBackupRetentionDays"),
			 "", "an update of what is linked would be refused");
}

Test(environment, openzfs_exports_its_root)
{
	static const char *const is[][2] = {
		{"FileSystemType", "OPENZFS"},
		{"StorageCapacity", "64"},
		{"OpenZFSConfiguration.DeploymentType", "SINGLE_AZ_HA_1"},
		{"OpenZFSConfiguration.ThroughputCapacity", "64"},
		{"OpenZFSConfiguration.AutomaticBackupRetentionDays", "30"},
		{"OpenZFSConfiguration.PreferredSubnetId", ""},
		{"OpenZFSConfiguration.RouteTableIds.0", ""},
		{"OpenZFSConfiguration.RootVolumeConfiguration.DataCompressionType", "NONE"},
		{"OpenZFSConfiguration.RootVolumeConfiguration.NfsExports.0."
		 "ClientConfigurations.0.Clients",
		 "*"},
		{"OpenZFSConfiguration.RootVolumeConfiguration.NfsExports.0."
		 "ClientConfigurations.0.Options.1",
		 "no_root_squash"},
	};
	const struct ir_resource *r =
		only(with_storage("{Name: home, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
				  "{StorageCapacity: 64, ThroughputCapacity: 64}}"),
		     "AWS::FSx::FileSystem");

	expect_texts(&mem, r->properties, is, ARRAY_LEN(is));
	r = only(with_storage("{Name: home, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
			      "{StorageCapacity: 64, ThroughputCapacity: 64, "
			      "NfsClients: [10.0.0.0/16, 10.1.0.9], NfsOptions: [ro]}}"),
		 "AWS::FSx::FileSystem");
	cr_expect_str_eq(PROPERTY(r, "OpenZFSConfiguration.RootVolumeConfiguration.NfsExports.0."
				     "ClientConfigurations.1.Clients"),
			 "10.1.0.9");
	cr_expect_str_eq(PROPERTY(r, "OpenZFSConfiguration.RootVolumeConfiguration.NfsExports.0."
				     "ClientConfigurations.1.Options.0"),
			 "ro");
}

Test(environment, openzfs_in_two_zones_has_two_subnets_and_all_route_tables)
{
	const struct ir *g = with_storage("{Name: home, StorageType: FsxOpenZfs, "
					  "SubnetName: PrivateSubnet2, FsxOpenZfsSettings: "
					  "{DeploymentType: MULTI_AZ_1, StorageCapacity: 64, "
					  "ThroughputCapacity: 160}}");
	const struct ir_resource *r = only(g, "AWS::FSx::FileSystem");

	cr_expect_str_eq(PROPERTY(r, "SubnetIds.0"), "SubnetPrivateSubnet2");
	cr_expect_str_eq(PROPERTY(r, "SubnetIds.1"), "SubnetPrimaryPrivateSubnet");
	cr_expect_str_eq(PROPERTY(r, "OpenZFSConfiguration.PreferredSubnetId"),
			 "SubnetPrivateSubnet2");
	cr_expect_eq(at(r->properties, "OpenZFSConfiguration.RouteTableIds")->n,
		     count_of(g, "AWS::EC2::RouteTable"));
}

Test(environment, efs_has_a_mount_target_in_each_zone_or_in_its_one)
{
	const struct ir *g = with_storage("{Name: home, StorageType: Efs}");
	const struct ir_resource *r = only(g, "AWS::EFS::FileSystem");

	cr_expect_eq(count_of(g, "AWS::EFS::MountTarget"), 2);
	cr_expect_str_eq(PROPERTY(r, "Encrypted"), "true");
	cr_expect_str_eq(PROPERTY(r, "ThroughputMode"), "elastic");
	cr_expect_str_eq(PROPERTY(r, "BackupPolicy.Status"), "ENABLED");
	g = with_storage("{Name: home, StorageType: Efs, EfsSettings: {BackupPolicy: DISABLED, "
			 "AvailabilityZoneName: us-east-1b, TransitionToIA: AFTER_7_DAYS}}");
	r = only(g, "AWS::EFS::FileSystem");
	cr_expect_str_eq(PROPERTY(only(g, "AWS::EFS::MountTarget"), "SubnetId"),
			 "SubnetPrivateSubnet2");
	cr_expect_str_eq(PROPERTY(r, "AvailabilityZoneName"), "us-east-1b");
	cr_expect_str_eq(PROPERTY(r, "BackupPolicy.Status"), "DISABLED");
	cr_expect_str_eq(PROPERTY(r, "LifecyclePolicies.0.TransitionToIA"), "AFTER_7_DAYS");
}

/* EFS takes names of zones alone; the subnet knows the name. */
Test(environment, efs_in_a_zone_by_id_asks_the_subnet_for_its_name)
{
	const struct ir *g =
		graph_of(&mem, "Kind: Environment\n"
			       "Region: us-east-1\n"
			       "Network: {AvailabilityZones: [use1-az4]}\n"
			       "SharedStorage: [{Name: home, StorageType: Efs, EfsSettings: "
			       "{AvailabilityZoneName: use1-az4}}]\n");

	cr_expect_str_eq(PROPERTY(only(g, "AWS::EFS::FileSystem"), "AvailabilityZoneName"),
			 "SubnetPublicSubnet.AvailabilityZone");
}

static const struct ir_value *client_policy(const char *settings)
{
	const struct ir *g = with_storage(
		arena_fmt(&mem, "{Name: home, StorageType: Efs, EfsSettings: {%s}}", settings).s);

	return at(only(g, "AWS::EFS::FileSystem")->properties, "FileSystemPolicy.Statement");
}

/* Whoever narrows the policy of AWS has to let clients in again. */
Test(environment, efs_refuses_clients_without_tls_and_takes_all_others)
{
	const struct ir_value *s = client_policy("DeletionPolicy: Retain");

	cr_assert_eq(s->n, 2);
	cr_expect_str_eq(text_at(&mem, s, "0.Effect"), "Allow");
	cr_expect_str_eq(text_at(&mem, s, "0.Principal.AWS"), "*");
	cr_expect_str_eq(text_at(&mem, s, "0.Action.0"), "elasticfilesystem:ClientMount");
	cr_expect_str_eq(text_at(&mem, s, "0.Action.1"), "elasticfilesystem:ClientWrite");
	cr_expect_str_eq(
		text_at(&mem, s, "0.Condition.Bool.elasticfilesystem:AccessedViaMountTarget"),
		"true");
	cr_expect_str_eq(text_at(&mem, s, "1.Effect"), "Deny");
	cr_expect_str_eq(text_at(&mem, s, "1.Condition.Bool.aws:SecureTransport"), "false");
	cr_expect_null(client_policy("EncryptionInTransit: false"));
	s = client_policy("IamAuthorization: true");
	cr_expect_str_eq(text_at(&mem, s, "0.Principal.AWS"),
			 "arn:${AWS::Partition}:iam::${AWS::AccountId}:root");
}

/* ---- outputs ---- */

static const char *output(const struct ir *g, const char *name)
{
	const struct ir_output *o = map_get(&g->outputs, str_c(name));

	struct ir *box = ir_new(&mem);

	return o == NULL ? "" : text_at(&mem, ir_put(box, ir_object(box), "v", o->value), "v");
}

Test(environment, outputs_have_the_names_that_clusters_read)
{
	static const char *const is[][2] = {
		{"VPC", "Vpc"},
		{"PublicSubnet", "SubnetPublicSubnet"},
		{"PrimaryPrivateSubnet", "SubnetPrimaryPrivateSubnet"},
		{"PrivateSubnet2", "SubnetPrivateSubnet2"},
		{"FSxLustreFilesystemId", "FileSystemFsx"},
		{"FSxLustreFilesystemDNSname", "FileSystemFsx.DNSName"},
		{"FSxLustreFilesystemMountname", "FileSystemFsx.LustreMountName"},
		{"FSxORootVolumeId", "FileSystemHome.RootVolumeId"},
		{"FSxOpenZfsFilesystemId", "FileSystemHome"},
		{"EfsFileSystemId", "EfsTools"},
		{"EfsFileSystemIdmore", "EfsMore"},
		{"S3BucketName", "BucketData"},
		{"Data", "BucketData"},
		{"Other", "BucketOther"},
		{"KeyPairName", "KeyPair"},
		{"KmsKeyArn", "KmsKey.Arn"},
	};
	const struct ir *g = ground("KmsKey: {}\n"
				    "KeyPair: {KeyName: lab}\n"
				    "Buckets: [{Name: Data}, {Name: Other}]\n"
				    "SharedStorage:\n"
				    "  - {Name: fsx, StorageType: FsxLustre, FsxLustreSettings: "
				    "{DeploymentType: SCRATCH_2, StorageCapacity: 1200}}\n"
				    "  - {Name: home, StorageType: FsxOpenZfs, FsxOpenZfsSettings: "
				    "{StorageCapacity: 64, ThroughputCapacity: 64}}\n"
				    "  - {Name: tools, StorageType: Efs}\n"
				    "  - {Name: more, StorageType: Efs}\n");

	for (size_t i = 0; i < ARRAY_LEN(is); i++) {
		const struct ir_output *o = map_get(&g->outputs, str_c(is[i][0]));

		cr_expect_str_eq(output(g, is[i][0]), is[i][1], "%s", is[i][0]);
		cr_assert_not_null(o, "%s", is[i][0]);
		cr_expect(str_eq(o->export_name->text,
				 arena_fmt(&mem, "${AWS::StackName}-%s", is[i][0])),
			  "%s", is[i][0]);
		cr_expect_gt(o->description.n, 0);
	}
}

/* An export in use cannot change: lists would be locked by the first who reads them. */
Test(environment, lists_and_commands_are_not_exported)
{
	const struct ir *g = ground("KeyPair: {KeyName: lab}\n");
	const struct ir_output *o = map_get(&g->outputs, STR("PrivateSubnets"));

	cr_assert_not_null(o);
	cr_expect_null(o->export_name);
	cr_expect_eq(o->value->kind, IR_JOIN);
	cr_expect_eq(o->value->n, 2);
	o = map_get(&g->outputs, STR("PrivateKeyCommand"));
	cr_assert_not_null(o);
	cr_expect_null(o->export_name);
	cr_expect(str_find_str(o->value->text, STR("/ec2/keypair/${KeyPair.KeyPairId} "), 0) !=
		  SIZE_MAX);
	g = ground(
		"KeyPair: {KeyName: lab, PublicKeyMaterial: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5}\n");
	cr_expect_null(map_get(&g->outputs, STR("PrivateKeyCommand")), "who imports a key has it");
}

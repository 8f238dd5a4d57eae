/* SPDX-License-Identifier: Apache-2.0 */
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

static const struct ir_resource *found(const struct ir *g, const char *id)
{
	const struct ir_resource *r = ir_find(g, str_c(id));

	cr_assert_not_null(r, "%s", id);
	return r;
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

	for (size_t i = 0; i < ARRAY_LEN(is); i++)
		cr_expect_str_eq(PROPERTY(r, is[i][0]), is[i][1], "%s", is[i][0]);
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
	const struct ir *g = ground("Notifications: {Emails: [a@example.com, b@example.com, "
				    "a@example.com]}\n");

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
				    "ActualPercent: [50, 50], Emails: [b@example.com]}\n");

	cr_assert_eq(told(g)->n, 1, "of a day nothing is foreseen");
	cr_expect_str_eq(text_at(&mem, told(g), "0.Notification.Threshold"), "50");
	cr_expect_str_eq(text_at(&mem, told(g), "0.Subscribers.0.Address"), "b@example.com");
	cr_expect_null(at(only(g, "AWS::Budgets::Budget")->properties, "Budget.CostFilters"));
}

/* Whatever costs something must be seen by the budget. */
Test(environment, all_that_takes_tags_has_the_one_of_the_stack)
{
	static const char *const types[] = {"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SNS::Topic",
					    "AWS::EC2::VPC"};
	const struct ir *g = ground("Tags: [{Key: owner, Value: lab}]\n"
				    "Buckets: [{Name: Data}]\n"
				    "KmsKey: {}\n"
				    "Notifications: {Emails: [a@example.com]}\n");

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const struct ir_value *tags = at(only(g, types[i])->properties, "Tags");

		cr_assert_not_null(tags, "%s", types[i]);
		cr_expect_str_eq(text_at(&mem, tags, "0.Key"), "hpcc:stack", "%s", types[i]);
		cr_expect_str_eq(text_at(&mem, tags, "0.Value"), "AWS::StackName");
		cr_expect_str_eq(text_at(&mem, tags->items[tags->n - 1], "Key"), "owner");
	}
}

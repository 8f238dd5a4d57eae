/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.c - a KMS key, and who may use it.
 *
 * The first statement leaves it to IAM who of the account may. The others are for those whom IAM gives nothing:
 * services that start instances with encrypted volumes, and S3 in the name of who reads and writes objects.
 */
#include "lowering/aws/keys.h"

#include "lowering/aws/arn.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

static const char use[] =
	"kms:Encrypt kms:Decrypt kms:ReEncrypt* kms:GenerateDataKey* kms:DescribeKey";

/*
 * Roles in whose name AWS starts instances. They are made with the first use of a service: a principal that is not
 * there is refused, a condition that names it is not.
 * Source: EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes"; EC2 user guide,
 * "Grant access to customer managed keys for use with encrypted AMIs and EBS snapshots".
 */
static const char *const starters[] = {
	"autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
	"ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet",
	"spot.amazonaws.com/AWSServiceRoleForEC2Spot",
};

static void for_starters(struct stack *st, struct ir_value *statement)
{
	struct ir_value *roles = ir_list(st->g);

	for (size_t i = 0; i < ARRAY_LEN(starters); i++)
		ir_push(st->g, roles,
			ir_subf(st->g,
				"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
				"aws-service-role/%s",
				starters[i]));
	for_aws(st, statement, any_resource(st));
	allow_if(st, statement, "ArnEquals", "aws:PrincipalArn", roles);
}

static void instances_start(struct stack *st, struct ir_value *statements)
{
	struct ir_value *s = allow(st, statements, "Instances", use, any_resource(st));

	for_starters(st, s);
	s = allow(st, statements, "InstancesGrant", "kms:CreateGrant", any_resource(st));
	for_starters(st, s);
	allow_if(st, s, "Bool", "kms:GrantIsForAWSResource", ir_text(st->g, STR("true")));
}

/*
 * As the key that S3 has by itself: who may read an object may decrypt it. FSx for Lustre, which reads and writes
 * linked buckets by a role of each file system, is let in as well.
 * Source: FSx for Lustre user guide, "Working with server-side encrypted Amazon S3 buckets".
 */
static void through_s3(struct stack *st, struct ir_value *statements)
{
	struct ir_value *s = allow(st, statements, "ThroughS3", use, any_resource(st));

	for_aws(st, s, any_resource(st));
	allow_when(st, s, "kms:CallerAccount", ir_ref(st->g, STR("AWS::AccountId")));
	allow_when(st, s, "kms:ViaService",
		   ir_sub(st->g, STR("s3.${AWS::Region}.${AWS::URLSuffix}")));
}

static struct ir_value *key_policy(struct stack *st, bool flow_logs)
{
	struct ir_value *statements = ir_list(st->g);
	struct ir_value *account =
		ir_sub(st->g, STR("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"));

	for_aws(st, allow(st, statements, "Account", "kms:*", any_resource(st)), account);
	instances_start(st, statements);
	through_s3(st, statements);
	/* Source: Amazon VPC user guide, "Required key policy for use with SSE-KMS". */
	if (flow_logs)
		for_flow_logs(st, allow(st, statements, "FlowLogs", use, any_resource(st)));
	return policy_document(st, statements);
}

struct ir_value *kms_key_arn(struct stack *st, struct str id)
{
	return arn(st, "kms", arena_fmt(st->a, "key/" STR_F, STR_A(sub_literal(st, id))));
}

static void alias_add(struct stack *st, const struct kms_key *m, struct str key)
{
	struct ir_resource *r = ir_add(st->g, STR("KmsAlias"), "AWS::KMS::Alias",
				       origin_of(&m->section, &m->at.alias));

	ir_put(st->g, r->properties, "AliasName",
	       m->alias.n > 0 ? ir_text(st->g, m->alias)
			      : ir_sub(st->g, STR("alias/${AWS::StackName}")));
	ir_put(st->g, r->properties, "TargetKeyId", ir_ref(st->g, key));
}

struct ir_value *kms_key_add(struct stack *st, const struct kms_key *m, bool flow_logs)
{
	struct ir_resource *r =
		ir_add(st->g, STR("KmsKey"), "AWS::KMS::Key", origin_of_section(&m->section));
	bool stays = m->deletion_policy == KMS_KEY_DELETION_POLICY_RETAIN;

	r->deletion_policy = stays ? IR_RETAIN_EXCEPT_ON_CREATE : IR_DELETE;
	r->update_replace_policy = IR_RETAIN; /* what it encrypted is read with it alone */
	ir_put_bool(st->g, r->properties, "EnableKeyRotation", m->enable_key_rotation);
	ir_put_int(st->g, r->properties, "PendingWindowInDays", m->pending_window_in_days);
	ir_put(st->g, r->properties, "KeyPolicy", key_policy(st, flow_logs));
	tags_put(st, r->properties, "Tags", ir_ref(st->g, STR("AWS::StackName")));
	alias_add(st, m, r->id);
	return ir_getatt(st->g, r->id, STR("Arn"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - S3 buckets and their policies. */
#include "lowering/aws/buckets.h"

#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/keys.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

/* Days until the parts of an upload that nobody finished are deleted, where no rule of the file is for all objects. */
enum { UNFINISHED_DAYS = 7 };

/* ---- encryption ---- */

/*
 * By ARN where the file has the id of a key: a service that delivers into the bucket looks for an id in its own
 * account. Source: Amazon S3 user guide, "Specifying server-side encryption with AWS KMS", which tells of flow logs.
 */
static struct ir_value *key_named(struct stack *st, struct str written)
{
	bool is_id = text_is_known(written) && !str_starts(written, STR("arn:")) &&
		     !str_starts(written, STR("alias/"));

	return is_id ? kms_key_arn(st, written) : ir_text(st->g, written);
}

static struct ir_value *encryption(struct stack *st, const struct bucket *m, struct ir_value *key)
{
	struct ir_value *by = ir_object(st->g), *rule = ir_object(st->g), *all = ir_object(st->g);

	if (m->kms_key_id.n > 0)
		key = key_named(st, m->kms_key_id);
	ir_put(st->g, rule, "ServerSideEncryptionByDefault", by);
	ir_put_text(st->g, by, "SSEAlgorithm", key != NULL ? STR("aws:kms") : STR("AES256"));
	if (key != NULL) {
		ir_put(st->g, by, "KMSMasterKeyID", key);
		/* One call to KMS for many objects, which else costs more than the objects. */
		ir_put_bool(st->g, rule, "BucketKeyEnabled", true);
	}
	return ir_put(st->g, all, "ServerSideEncryptionConfiguration",
		      ir_push(st->g, ir_list(st->g), rule));
}

/* ---- lifecycle ---- */

static struct ir_value *rule_new(struct stack *st, struct ir_value *rules, int64_t unfinished)
{
	struct ir_value *rule = ir_object(st->g), *abort = ir_object(st->g);

	ir_put_text(st->g, rule, "Status", STR("Enabled"));
	ir_put_int(st->g, abort, "DaysAfterInitiation", unfinished);
	ir_put(st->g, rule, "AbortIncompleteMultipartUpload", abort);
	ir_push(st->g, rules, rule);
	return rule;
}

static void put_transition(struct stack *st, struct ir_value *rule, const struct lifecycle_rule *m)
{
	struct ir_value *transition = ir_object(st->g);

	if (m->storage_class == LIFECYCLE_RULE_STORAGE_CLASS_UNSET)
		return;
	ir_put_text(st->g, transition, "StorageClass",
		    enum_text(PROP_LifecycleRule_StorageClass, m->storage_class));
	ir_put_int(st->g, transition, "TransitionInDays", m->transition_in_days);
	ir_put(st->g, rule, "Transitions", ir_push(st->g, ir_list(st->g), transition));
}

static void rule_of(struct stack *st, struct ir_value *rules, const struct lifecycle_rule *m)
{
	struct ir_value *rule = rule_new(st, rules, m->abort_incomplete_multipart_upload_in_days);
	struct ir_value *older = ir_object(st->g);

	if (m->prefix.n > 0)
		ir_put_text(st->g, rule, "Prefix", m->prefix);
	put_transition(st, rule, m);
	if (m->expiration_in_days > 0)
		ir_put_int(st->g, rule, "ExpirationInDays", m->expiration_in_days);
	if (m->noncurrent_version_expiration_in_days == 0)
		return;
	ir_put_int(st->g, older, "NoncurrentDays", m->noncurrent_version_expiration_in_days);
	ir_put(st->g, rule, "NoncurrentVersionExpiration", older);
}

static struct ir_value *lifecycle(struct stack *st, const struct bucket *m)
{
	struct ir_value *rules = ir_list(st->g);
	bool for_all = false;

	for (size_t i = 0; i < m->lifecycle.n; i++) {
		rule_of(st, rules, &m->lifecycle.items[i]);
		for_all = for_all || m->lifecycle.items[i].prefix.n == 0;
	}
	if (!for_all)
		rule_new(st, rules, UNFINISHED_DAYS);
	return ir_put(st->g, ir_object(st->g), "Rules", rules);
}

/* ---- the bucket ---- */

static struct ir_value *no_public_access(struct stack *st)
{
	static const char *const names[] = {"BlockPublicAcls", "BlockPublicPolicy",
					    "IgnorePublicAcls", "RestrictPublicBuckets"};
	struct ir_value *o = ir_object(st->g);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ir_put_bool(st->g, o, names[i], true);
	return o;
}

/* The owner of the bucket owns all objects, whoever wrote them; ACLs have no effect. */
static struct ir_value *no_acls(struct stack *st)
{
	struct ir_value *rule = ir_object(st->g);

	ir_put_text(st->g, rule, "ObjectOwnership", STR("BucketOwnerEnforced"));
	return ir_put(st->g, ir_object(st->g), "Rules", ir_push(st->g, ir_list(st->g), rule));
}

static struct ir_resource *stays_as_said(struct ir_resource *r, const struct bucket *m)
{
	bool stays = m->deletion_policy == BUCKET_DELETION_POLICY_RETAIN;

	r->deletion_policy = stays ? IR_RETAIN_EXCEPT_ON_CREATE : IR_DELETE;
	r->update_replace_policy = IR_RETAIN; /* the objects stay behind in the old one */
	return r;
}

struct str bucket_id(struct stack *st, struct str name)
{
	/* names are letters and digits: two of them never make one id */
	return arena_fmt(st->a, "Bucket" STR_F, STR_A(name));
}

static struct str bucket_resource(struct stack *st, const struct bucket *m, struct ir_value *key)
{
	struct str id = bucket_id(st, m->name);
	struct ir_resource *r =
		ir_add(st->g, id, "AWS::S3::Bucket", origin_of_section(&m->section));
	struct ir_value *p = stays_as_said(r, m)->properties, *versions = ir_object(st->g);

	if (m->bucket_name.n > 0)
		ir_put_text(st->g, p, "BucketName", m->bucket_name);
	ir_put(st->g, p, "PublicAccessBlockConfiguration", no_public_access(st));
	ir_put(st->g, p, "OwnershipControls", no_acls(st));
	ir_put(st->g, p, "BucketEncryption", encryption(st, m, key));
	if (m->versioning)
		ir_put(st->g, p, "VersioningConfiguration",
		       ir_put_text(st->g, versions, "Status", STR("Enabled")));
	ir_put(st->g, p, "LifecycleConfiguration", lifecycle(st, m));
	tags_put(st, p, "Tags", NULL);
	return id;
}

/* ---- its policy ---- */

static void refuse_plain_http(struct stack *st, const struct lowered_bucket *b)
{
	struct ir_value *all = ir_list(st->g), *s;

	ir_push(st->g, all, ir_getatt(st->g, b->resource, STR("Arn")));
	ir_push(st->g, all, ir_subf(st->g, "${" STR_F ".Arn}/*", STR_A(b->resource)));
	s = deny(st, b->statements, "TlsOnly", "s3:*", all);
	for_everybody(st, s);
	allow_if(st, s, "Bool", "aws:SecureTransport", ir_text(st->g, STR("false")));
}

struct lowered_bucket bucket_add(struct stack *st, const struct bucket *m, struct ir_value *key)
{
	struct lowered_bucket b = {m, bucket_resource(st, m, key), {0}, ir_list(st->g)};
	struct ir_resource *r;

	b.policy = arena_fmt(st->a, "PolicyOfBucket" STR_F, STR_A(m->name));
	r = ir_add(st->g, b.policy, "AWS::S3::BucketPolicy", origin_of_section(&m->section));
	stays_as_said(r, m);
	ir_put(st->g, r->properties, "Bucket", ir_ref(st->g, b.resource));
	refuse_plain_http(st, &b);
	ir_put(st->g, r->properties, "PolicyDocument", policy_document(st, b.statements));
	return b;
}

/* Source: Amazon VPC user guide, "Amazon S3 bucket permissions for flow logs". */
void bucket_takes_flow_logs(struct stack *st, const struct lowered_bucket *b)
{
	struct ir_value *bucket = ir_getatt(st->g, b->resource, STR("Arn"));
	struct ir_value *logs =
		ir_subf(st->g, "${" STR_F ".Arn}/AWSLogs/${AWS::AccountId}/*", STR_A(b->resource));
	struct ir_value *write = allow(st, b->statements, "FlowLogs", "s3:PutObject", logs);
	struct ir_value *look =
		allow(st, b->statements, "FlowLogsLook", "s3:GetBucketAcl s3:ListBucket", bucket);

	for_flow_logs(st, write);
	for_flow_logs(st, look);
	allow_when(st, write, "s3:x-amz-acl", ir_text(st->g, STR("bucket-owner-full-control")));
}

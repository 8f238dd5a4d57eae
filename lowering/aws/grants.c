/* SPDX-License-Identifier: Apache-2.0 */
/* grants.c - roles and profiles of machines, as their Iam sections wish. */
#include "lowering/aws/grants.h"

#include "lowering/aws/arn.h"
#include "lowering/aws/buckets.h"
#include "lowering/aws/lookup.h"
#include "lowering/aws/policy.h"

static struct ir_value *one(struct stack *st, struct ir_value *v)
{
	return ir_push(st->g, ir_list(st->g), v);
}

/*
 * S3Access: one bucket, or the part of it below KeyName; "*" is allowed in both. Objects may be read, and written with
 * their tags and ACLs; the bucket itself is only looked at. ParallelCluster allows s3:Get* and s3:*, thus also to
 * delete a bucket or write its policy.
 */
#define S3_READ "s3:GetObject* s3:GetBucketLocation s3:List*"
#define S3_WRITE "s3:PutObject* s3:DeleteObject* s3:AbortMultipartUpload s3:RestoreObject"

/* The ARN of what it names: the bucket, or with `below`, a format, what is in it; ${K} stands for its KeyName. */
static struct ir_value *s3_arn(struct stack *st, const struct s3_access *s, const char *below)
{
	struct str bucket = s->bucket.n > 0 ? arena_fmt(st->a, "${" STR_F ".Arn}",
							STR_A(bucket_id(st, s->bucket)))
					    : arena_fmt(st->a, "arn:${AWS::Partition}:s3:::" STR_F,
							STR_A(sub_literal(st, s->bucket_name)));

	return ir_subf(st->g, STR_F "%s", STR_A(bucket), below);
}

void allow_s3(struct stack *st, struct ir_value *statements, const struct s3_access_list *list)
{
	struct ir_value *read = ir_list(st->g), *write = ir_list(st->g);

	for (size_t i = 0; i < list->n; i++) {
		const struct s3_access *s = &list->items[i];
		struct ir_value *to = s->enable_write_access ? write : read;

		if (s->key_name.n > 0) {
			struct ir_value *objects = s3_arn(st, s, "/${K}");

			ir_put_text(st->g, objects, "K", iam_literal(st, s->key_name));
			ir_push(st->g, to, objects);
			continue;
		}
		ir_push(st->g, to, s3_arn(st, s, ""));
		ir_push(st->g, to, s3_arn(st, s, "/*"));
	}
	if (read->n > 0)
		allow(st, statements, "S3Read", S3_READ, read);
	if (write->n > 0)
		allow(st, statements, "S3ReadWrite", S3_READ " " S3_WRITE, write);
}

struct ir_value *managed_policies(struct stack *st, const struct iam_policy_list *list)
{
	struct ir_value *arns = ir_list(st->g);

	for (size_t i = 0; i < list->n; i++)
		list_add_distinct(st, arns, one(st, ir_text(st->g, list->items[i].policy)));
	return arns;
}

/* ---- profiles ---- */

/*
 * Fulfils a wish: the given profile; or a profile around the given role; or a role of our own with
 * `statements`. `id` begins the logical ids ("HeadNode" -> HeadNodeRole, HeadNodeProfile).
 */
struct granted grant(struct stack *st, struct str id, const struct wish *w,
		     struct ir_value *statements)
{
	struct str profile_id = arena_fmt(st->a, STR_F "Profile", STR_A(id));
	struct str role_id = arena_fmt(st->a, STR_F "Role", STR_A(id));
	struct ir_value *managed = ir_list(st->g);
	struct granted g;

	if (w->profile_arn.n > 0) {
		g.profile = ir_text(st->g, arn_name(w->profile_arn));
		g.role_arn = lookup_profile_role(st, w->profile_arn, w->origin);
		return g;
	}
	if (w->role_arn.n > 0) {
		g.profile = profile_add(st, profile_id, ir_text(st->g, arn_name(w->role_arn)),
					w->origin);
		g.role_arn = ir_text(st->g, w->role_arn);
		return g;
	}
	if (w->managed != NULL)
		list_add_distinct(st, managed, w->managed);
	list_add_distinct(st, managed, managed_policies(st, w->policies));
	role_add(st, role_id, "ec2", statements, managed, w->origin);
	g.profile = profile_add(st, profile_id, ir_ref(st->g, role_id), w->origin);
	g.role_arn = ir_getatt(st->g, role_id, STR("Arn"));
	return g;
}

/* Has the Iam section anything of its own in it? */
bool wants_own(const struct wish *w)
{
	return w->profile_arn.n > 0 || w->role_arn.n > 0 || w->policies->n > 0 ||
	       (w->s3 != NULL && w->s3->n > 0);
}

struct wish node_wish(const struct node_iam *iam)
{
	return (struct wish){.profile_arn = iam->instance_profile,
			     .role_arn = iam->instance_role,
			     .policies = &iam->additional_iam_policies,
			     .s3 = &iam->s3_access,
			     .origin = origin_of_section(&iam->section)};
}

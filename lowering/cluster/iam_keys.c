/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iam_keys.c - the keys of KMS that the file names, for whom they are needed.
 *
 * EBS uses a key in the name of who attaches a volume: the head node, for shared volumes with KmsKeyId (EBS user
 * guide, "Requirements for Amazon EBS encryption", permissions for users). Nobody else needs one: CloudFormation
 * makes volumes and file systems with the rights of who deploys the stack, and EFS and FSx use their key themselves.
 * Nodes' root volumes and the state volume have the account's own key for EBS.
 */
#include "lowering/aws/keys.h"
#include "lowering/cluster/iam.h"

#define USE "kms:Decrypt kms:DescribeKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncrypt*"
#define GRANT "kms:CreateGrant"

/* How KmsKeyId names a key: by id, by ARN, or by an alias in either form. */
struct key_name {
	struct ir_value *arn; /* for an alias: of all keys it may stand for */
	struct str alias;     /* with "alias/", or empty */
};

static struct key_name key_name(struct lowering *l, struct str written)
{
	struct key_name k = {0};
	size_t at = str_find_str(written, STR("alias/"), 0);

	if (!text_is_known(written)) { /* stdlib/schema says that it is an ARN then */
		k.arn = ir_text(l->st.g, written);
	} else if (at == 0) {
		k.alias = written;
		k.arn = arn(&l->st, "kms", STR("key/*"));
	} else if (str_starts(written, STR("arn:")) && at != SIZE_MAX) {
		k.alias = str_slice(written, at, written.n);
		k.arn = ir_text(l->st.g, arena_fmt(l->st.a, STR_F "key/*",
						   STR_A(str_slice(written, 0, at))));
	} else if (str_starts(written, STR("arn:"))) {
		k.arn = ir_text(l->st.g, written);
	} else {
		k.arn = kms_key_arn(&l->st, written);
	}
	return k;
}

/* Only what EC2 asks in the node's name. Its host ends in another way in other partitions. */
static void through_ec2(struct stack *st, struct ir_value *statement, struct ir_value *aliases)
{
	allow_if(st, statement, "StringLike", "kms:ViaService",
		 ir_sub(st->g, STR("ec2.${AWS::Region}.*")));
	if (aliases->n > 0)
		allow_if(st, statement, "ForAnyValue:StringEquals", "kms:ResourceAliases", aliases);
}

static void allow_keys(struct stack *st, struct ir_value *s, const char *sid, const char *grant_sid,
		       struct ir_value *keys, struct ir_value *aliases)
{
	struct ir_value *grant;

	if (keys->n == 0)
		return;
	through_ec2(st, allow(st, s, sid, USE, keys), aliases);
	grant = allow(st, s, grant_sid, GRANT, keys);
	through_ec2(st, grant, aliases);
	allow_if(st, grant, "Bool", "kms:GrantIsForAWSResource", ir_text(st->g, STR("true")));
}

void allow_volume_keys(struct lowering *l, struct ir_value *s)
{
	struct ir_value *keys = ir_list(l->st.g), *any = ir_list(l->st.g),
			*aliases = ir_list(l->st.g);

	for (size_t i = 0; i < l->nstorage; i++) {
		const struct shared_storage *m = l->storage[i].model;
		struct ir_value *one = ir_list(l->st.g);
		struct key_name k;

		/* A volume that exists keeps its key, which is not known here. */
		if (m == NULL || ir_get(l->storage[i].settings, STR("VolumeIds")) == NULL ||
		    m->ebs_settings.kms_key_id.n == 0 || l->storage[i].id.n == 0)
			continue;
		k = key_name(l, m->ebs_settings.kms_key_id);
		ir_push(l->st.g, one, k.arn);
		list_add_distinct(&l->st, k.alias.n > 0 ? any : keys, one);
		if (k.alias.n > 0)
			list_add_distinct(
				&l->st, aliases,
				ir_push(l->st.g, ir_list(l->st.g), ir_text(l->st.g, k.alias)));
	}
	allow_keys(&l->st, s, "VolumeKeys", "VolumeKeyGrants", keys, ir_list(l->st.g));
	allow_keys(&l->st, s, "VolumeKeyAliases", "VolumeKeyAliasGrants", any, aliases);
}

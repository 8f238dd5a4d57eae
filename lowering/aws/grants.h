/* SPDX-License-Identifier: Apache-2.0 */
/* grants.h - roles and profiles of machines, as their Iam sections wish. */
#ifndef HPCC_GRANTS_H
#define HPCC_GRANTS_H

#include "lowering/aws/stack.h"

/* What the Iam section of a node kind says, the same for all kinds. */
struct wish {
	struct str profile_arn, role_arn;
	const struct iam_policy_list *policies;
	struct ir_value *managed; /* IR_LIST of ARNs that a role of our own has besides, or NULL */
	const struct s3_access_list *s3; /* NULL: the kind has none */
	struct ir_origin origin;
};

struct granted {
	struct ir_value *profile;  /* name, or NULL */
	struct ir_value *role_arn; /* or NULL */
};

/* Appends what S3Access allows, on buckets of others and of the file. */
void allow_s3(struct stack *st, struct ir_value *statements, const struct s3_access_list *list);
/* An IR_LIST of the ARNs, each once. */
struct ir_value *managed_policies(struct stack *st, const struct iam_policy_list *list);
/* What an Iam section of a kind of node wishes. */
struct wish node_wish(const struct node_iam *iam);
/* Has the Iam section anything of its own in it? */
bool wants_own(const struct wish *w);
/*
 * Fulfils a wish: the given profile; or a profile around the given role; or a role of our own with
 * `statements`. `id` begins the logical ids ("HeadNode" -> HeadNodeRole, HeadNodeProfile).
 */
struct granted grant(struct stack *st, struct str id, const struct wish *w,
		     struct ir_value *statements);

#endif

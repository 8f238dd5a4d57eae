/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buckets.h - S3 buckets that a stack makes.
 *
 * Of every one: public access is blocked, ACLs are off, objects are encrypted, plain HTTP is refused, and what
 * unfinished uploads left is deleted.
 */
#ifndef HPCC_BUCKETS_H
#define HPCC_BUCKETS_H

#include "lowering/aws/stack.h"

struct lowered_bucket {
	const struct bucket *m;
	struct str resource;	     /* logical id */
	struct str policy;	     /* logical id of the one policy that a bucket has */
	struct ir_value *statements; /* of that policy; may grow */
};

/* Logical id of the one of Buckets that is called so. */
struct str bucket_id(struct stack *st, struct str name);
/*
 * A new bucket. `key` is the ARN of the key that the file makes, for a bucket that names none; NULL: S3's own. A bucket
 * that stays when the stack goes has IR_RETAIN_EXCEPT_ON_CREATE, and so has its policy.
 */
struct lowered_bucket bucket_add(struct stack *st, const struct bucket *m, struct ir_value *key);
/* Lets flow logs of VPCs of this account and region be written into it. */
void bucket_takes_flow_logs(struct stack *st, const struct lowered_bucket *b);

#endif

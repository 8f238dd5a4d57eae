/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - a KMS key that a stack makes. */
#ifndef HPCC_KEYS_H
#define HPCC_KEYS_H

#include "lowering/aws/stack.h"

/*
 * A new key with its alias; returns its ARN. Whoever may use S3 in this account may use it there, and so may instances
 * that others than their owner start. `flow_logs`: records of traffic are written into a bucket under it.
 */
struct ir_value *kms_key_add(struct stack *st, const struct kms_key *m, bool flow_logs);
/* The ARN of the key of this account and region that has the id. */
struct ir_value *kms_key_arn(struct stack *st, struct str id);

#endif

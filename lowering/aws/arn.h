/* SPDX-License-Identifier: Apache-2.0 */
/* arn.h - names of AWS resources, and texts that stand in them. */
#ifndef HPCC_ARN_H
#define HPCC_ARN_H

#include "lowering/aws/stack.h"

/*
 * text with every "${" written "${!": to stand inside the format of an ir_sub. A text whose pattern lets
 * through a "${" that nothing closes is the value of a variable instead.
 */
struct str sub_literal(struct stack *st, struct str text);
/*
 * A text of a policy, where "${" would begin a variable of IAM: `${$}` is a dollar sign there. It is the value of a
 * variable of an ir_sub. Source: IAM user guide, policy variables.
 */
struct str iam_literal(struct stack *st, struct str text);
/* The same, in which `*` and `?` stand for themselves. */
struct str iam_exact(struct stack *st, struct str text);
/*
 * "arn:${AWS::Partition}:<service>:${AWS::Region}:${AWS::AccountId}:<resource>" as a Sub; `resource` may
 * hold "${LogicalId}" references.
 */
struct ir_value *arn(struct stack *st, const char *service, struct str resource);
/* arn:${AWS::Partition}:iam::aws:policy/<name> */
struct ir_value *aws_managed_policy(struct stack *st, const char *name);
/* What stands after the last slash of an ARN: the name of a role or profile. */
struct str arn_name(struct str arn_text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - IAM roles, policies and instance profiles. */
#ifndef HPCC_POLICY_H
#define HPCC_POLICY_H

#include "lowering/aws/stack.h"

/* "*", for actions that take no other resource. The caller says why. */
struct ir_value *any_resource(struct stack *st);
/*
 * The statement `sid` of `statements`, a new one at the end where there is none, which allows `actions` (blanks
 * between) on `resources` (IR_LIST or one value; NULL: what the policy belongs to). What has been allowed by this name
 * before has the same actions or the same resources: else each action would be allowed on the resources of the others.
 */
struct ir_value *allow(struct stack *st, struct ir_value *statements, const char *sid,
		       const char *actions, struct ir_value *resources);
/* A new statement at the end that denies them. */
struct ir_value *deny(struct stack *st, struct ir_value *statements, const char *sid,
		      const char *actions, struct ir_value *resources);
/*
 * Whom a statement is for, of a policy that belongs to a resource: `who` of AWS, an ARN, or any_resource() for all that
 * the conditions leave.
 */
void for_aws(struct stack *st, struct ir_value *statement, struct ir_value *who);
/* For everybody, even without an account. */
void for_everybody(struct stack *st, struct ir_value *statement);
/* For a service of AWS ("events"), from any account unless conditions say more. */
void for_service(struct stack *st, struct ir_value *statement, const char *service);
/* For the service that delivers flow logs, of this account and region. */
void for_flow_logs(struct stack *st, struct ir_value *statement);
/* Adds {operator: {key: value}} to the Condition of a statement, beside those it has. */
void allow_if(struct stack *st, struct ir_value *statement, const char *operator, const char * key,
	      struct ir_value *value);
/* allow_if with StringEquals. */
void allow_when(struct stack *st, struct ir_value *statement, const char *key,
		struct ir_value *value);
/* The condition that a resource carries the tag hpcc:cluster of this stack. */
void allow_own(struct stack *st, struct ir_value *statement);
/* {"Version", "Statement"} */
struct ir_value *policy_document(struct stack *st, struct ir_value *statements);
/*
 * A role that `service` ("ec2", "lambda") may take, with statements (may be empty) inline and managed
 * policies (IR_LIST of ARNs, may be empty); it keeps the prefix and the boundary of the stack. `statements`
 * may grow after the call.
 */
struct ir_resource *role_add(struct stack *st, struct str id, const char *service,
			     struct ir_value *statements, struct ir_value *managed,
			     struct ir_origin origin);
/*
 * A role is for services of this account alone: one that acts for others may not be led to take it. Source: IAM user
 * guide, The confused deputy problem.
 */
void role_own_account(struct stack *st, struct ir_resource *role);
/* A policy of its own, which people and roles may be given; with the prefix of the stack, as roles. */
struct ir_resource *managed_policy_add(struct stack *st, struct str id, struct ir_value *statements,
				       struct ir_origin origin);
/* An instance profile with one role, given by name; returns the value of the profile's name. */
struct ir_value *profile_add(struct stack *st, struct str id, struct ir_value *role_name,
			     struct ir_origin origin);

#endif

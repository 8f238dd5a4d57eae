/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - IAM roles, policies and instance profiles as the graph spells them. */
#include "lowering/aws/policy.h"

#include "lowering/aws/arn.h"
#include "lowering/ir/equal.h"

struct ir_value *any_resource(struct stack *st)
{
	return ir_text(st->g, STR("*"));
}

static struct ir_value *find_statement(const struct ir_value *statements, struct str sid)
{
	for (size_t i = 0; i < statements->n; i++)
		if (str_eq(ir_get(statements->items[i], STR("Sid"))->text, sid))
			return statements->items[i];
	return NULL;
}

/* Makes a statement wider: by actions on what it has, or by resources for what it allows, never by both. */
static void widen(struct stack *st, struct ir_value *s, const struct ir_value *actions,
		  const struct ir_value *resources)
{
	struct ir_value *known = ir_get(s, STR("Action")), *on = ir_get(s, STR("Resource"));

	if (ir_same(on, resources)) {
		list_add_distinct(st, known, actions);
		return;
	}
	INVARIANT(ir_same(known, actions) && on->kind == IR_LIST && resources->kind == IR_LIST);
	list_add_distinct(st, on, resources);
}

static struct ir_value *action_list(struct stack *st, const char *actions)
{
	struct ir_value *list = ir_list(st->g);
	struct str rest = str_c(actions);

	while (rest.s != NULL)
		ir_push(st->g, list, ir_text(st->g, str_cut(&rest, ' ')));
	return list;
}

static struct ir_value *statement_new(struct stack *st, const char *sid, const char *effect,
				      struct ir_value *actions, struct ir_value *resources)
{
	struct ir_value *s = ir_object(st->g);

	ir_put_text(st->g, s, "Sid", str_c(sid));
	ir_put_text(st->g, s, "Effect", str_c(effect));
	ir_put(st->g, s, "Action", actions);
	return resources == NULL ? s : ir_put(st->g, s, "Resource", resources);
}

struct ir_value *allow(struct stack *st, struct ir_value *statements, const char *sid,
		       const char *actions, struct ir_value *resources)
{
	struct ir_value *s = find_statement(statements, str_c(sid));
	struct ir_value *list = action_list(st, actions);

	if (s != NULL) {
		widen(st, s, list, resources);
		return s;
	}
	s = statement_new(st, sid, "Allow", list, resources);
	ir_push(st->g, statements, s);
	return s;
}

struct ir_value *deny(struct stack *st, struct ir_value *statements, const char *sid,
		      const char *actions, struct ir_value *resources)
{
	struct ir_value *s = statement_new(st, sid, "Deny", action_list(st, actions), resources);

	ir_push(st->g, statements, s);
	return s;
}

/* ---- whom a statement of a resource's own policy is for ---- */

static void put_principal(struct stack *st, struct ir_value *statement, const char *kind,
			  struct ir_value *who)
{
	ir_put(st->g, statement, "Principal", ir_put(st->g, ir_object(st->g), kind, who));
}

void for_aws(struct stack *st, struct ir_value *statement, struct ir_value *who)
{
	put_principal(st, statement, "AWS", who);
}

void for_everybody(struct stack *st, struct ir_value *statement)
{
	ir_put_text(st->g, statement, "Principal", STR("*"));
}

void for_service(struct stack *st, struct ir_value *statement, const char *service)
{
	put_principal(st, statement, "Service", ir_textf(st->g, "%s.amazonaws.com", service));
}

void for_flow_logs(struct stack *st, struct ir_value *statement)
{
	for_service(st, statement, "delivery.logs");
	allow_when(st, statement, "aws:SourceAccount", ir_ref(st->g, STR("AWS::AccountId")));
	allow_if(st, statement, "ArnLike", "aws:SourceArn", arn(st, "logs", STR("*")));
}

void allow_if(struct stack *st, struct ir_value *statement, const char *operator, const char * key,
	      struct ir_value *value)
{
	struct ir_value *condition = ir_get(statement, STR("Condition"));
	struct ir_value *test;

	if (condition == NULL)
		ir_put(st->g, statement, "Condition", condition = ir_object(st->g));
	test = ir_get(condition, str_c(operator));
	if (test == NULL)
		ir_put(st->g, condition, operator, test = ir_object(st->g));
	ir_put(st->g, test, key, value);
}

void allow_when(struct stack *st, struct ir_value *statement, const char *key,
		struct ir_value *value)
{
	allow_if(st, statement, "StringEquals", key, value);
}

void allow_own(struct stack *st, struct ir_value *statement)
{
	allow_when(st, statement, "aws:ResourceTag/hpcc:cluster",
		   ir_ref(st->g, STR("AWS::StackName")));
}

struct ir_value *policy_document(struct stack *st, struct ir_value *statements)
{
	struct ir_value *d = ir_object(st->g);

	ir_put_text(st->g, d, "Version", STR("2012-10-17"));
	return ir_put(st->g, d, "Statement", statements);
}

/* ---- names ---- */

/* Iam.ResourcePrefix is "/path/", "name-prefix" or "/path/name-prefix": cuts it at the last slash. */
static void split_prefix(struct str prefix, struct str *ret_path, struct str *ret_name)
{
	size_t cut = prefix.n;

	while (cut > 0 && prefix.s[cut - 1] != '/')
		cut--;
	*ret_path = str_slice(prefix, 0, cut);
	*ret_name = str_slice(prefix, cut, prefix.n);
}

/*
 * A name that no other stack has. IAM allows 64 characters: 30 of the prefix, 12 digits of the stack, so a
 * long logical id is cut and told apart by its hash.
 */
static struct ir_value *own_name(struct stack *st, struct str prefix, struct str id)
{
	if (id.n > 20)
		id = arena_fmt(st->a, STR_F "%08x", STR_A(str_slice(id, 0, 12)),
			       (unsigned)(str_hash(id) & 0xffffffffu));
	return ir_put(
		st->g,
		ir_subf(st->g, STR_F STR_F "-${U}", STR_A(sub_literal(st, prefix)), STR_A(id)), "U",
		stack_id_part(st, 4));
}

/* Path and name of a role or profile; CloudFormation names it when no prefix is wanted. */
static void put_names(struct stack *st, struct ir_resource *r, const char *name_property)
{
	struct str path, name;

	split_prefix(st->iam_prefix, &path, &name);
	if (path.n > 0)
		ir_put_text(st->g, r->properties, "Path", path);
	else
		ir_put(st->g, r->properties, "Path",
		       ir_sub(st->g, STR("/hpcc/${AWS::StackName}/")));
	if (name.n > 0)
		ir_put(st->g, r->properties, name_property, own_name(st, name, r->id));
}

/* ---- resources ---- */

/* "ec2.amazonaws.com", in China "ec2.amazonaws.com.cn"; the principals of others are the same everywhere. */
static struct ir_value *trust(struct stack *st, const char *service)
{
	struct ir_value *s = ir_object(st->g);
	struct ir_value *who = ir_object(st->g);
	struct ir_value *statements = ir_list(st->g);

	if (str_eq(str_c(service), STR("ec2")))
		ir_put(st->g, who, "Service", ir_sub(st->g, STR("ec2.${AWS::URLSuffix}")));
	else
		ir_put(st->g, who, "Service", ir_textf(st->g, "%s.amazonaws.com", service));
	ir_put_text(st->g, s, "Effect", STR("Allow"));
	ir_put(st->g, s, "Principal", who);
	ir_put_text(st->g, s, "Action", STR("sts:AssumeRole"));
	ir_push(st->g, statements, s);
	return policy_document(st, statements);
}

struct ir_resource *role_add(struct stack *st, struct str id, const char *service,
			     struct ir_value *statements, struct ir_value *managed,
			     struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, "AWS::IAM::Role", origin);
	struct ir_value *policy = ir_object(st->g);
	struct ir_value *policies = ir_list(st->g);

	ir_put(st->g, r->properties, "AssumeRolePolicyDocument", trust(st, service));
	put_names(st, r, "RoleName");
	if (managed->n > 0)
		ir_put(st->g, r->properties, "ManagedPolicyArns", managed);
	if (statements->n > 0) {
		ir_put_text(st->g, policy, "PolicyName", STR("hpcc"));
		ir_put(st->g, policy, "PolicyDocument", policy_document(st, statements));
		ir_put(st->g, r->properties, "Policies", ir_push(st->g, policies, policy));
	}
	if (st->iam_boundary.n > 0)
		ir_put_text(st->g, r->properties, "PermissionsBoundary", st->iam_boundary);
	return r;
}

void role_own_account(struct stack *st, struct ir_resource *role)
{
	struct ir_value *document = ir_get(role->properties, STR("AssumeRolePolicyDocument"));

	allow_when(st, ir_get(document, STR("Statement"))->items[0], "aws:SourceAccount",
		   ir_ref(st->g, STR("AWS::AccountId")));
}

struct ir_resource *managed_policy_add(struct stack *st, struct str id, struct ir_value *statements,
				       struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, "AWS::IAM::ManagedPolicy", origin);

	put_names(st, r, "ManagedPolicyName");
	ir_put(st->g, r->properties, "PolicyDocument", policy_document(st, statements));
	return r;
}

struct ir_value *profile_add(struct stack *st, struct str id, struct ir_value *role_name,
			     struct ir_origin origin)
{
	struct ir_resource *r = ir_add(st->g, id, "AWS::IAM::InstanceProfile", origin);

	ir_put(st->g, r->properties, "Roles", ir_push(st->g, ir_list(st->g), role_name));
	put_names(st, r, "InstanceProfileName");
	return ir_ref(st->g, id);
}

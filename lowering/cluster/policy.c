/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - IAM roles, policies and instance profiles as the graph spells them. */
#include "lowering/cluster/cluster.h"
#include "lowering/ir/equal.h"

struct ir_value *any_resource(struct lowering *l)
{
	return ir_text(l->g, STR("*"));
}

static struct ir_value *find_statement(const struct ir_value *statements, struct str sid)
{
	for (size_t i = 0; i < statements->n; i++)
		if (str_eq(ir_get(statements->items[i], STR("Sid"))->text, sid))
			return statements->items[i];
	return NULL;
}

/* Makes a statement wider: by actions on what it has, or by resources for what it allows, never by both. */
static void widen(struct lowering *l, struct ir_value *s, const struct ir_value *actions,
		  const struct ir_value *resources)
{
	struct ir_value *known = ir_get(s, STR("Action")), *on = ir_get(s, STR("Resource"));

	if (ir_same(on, resources)) {
		list_add_distinct(l, known, actions);
		return;
	}
	INVARIANT(ir_same(known, actions) && on->kind == IR_LIST && resources->kind == IR_LIST);
	list_add_distinct(l, on, resources);
}

struct ir_value *allow(struct lowering *l, struct ir_value *statements, const char *sid,
		       const char *actions, struct ir_value *resources)
{
	struct ir_value *s = find_statement(statements, str_c(sid));
	struct ir_value *list = ir_list(l->g);
	struct str rest = str_c(actions);

	while (rest.s != NULL)
		ir_push(l->g, list, ir_text(l->g, str_cut(&rest, ' ')));
	if (s != NULL) {
		widen(l, s, list, resources);
		return s;
	}
	s = ir_object(l->g);
	ir_put_text(l->g, s, "Sid", str_c(sid));
	ir_put_text(l->g, s, "Effect", STR("Allow"));
	ir_put(l->g, s, "Action", list);
	ir_put(l->g, s, "Resource", resources);
	ir_push(l->g, statements, s);
	return s;
}

void allow_if(struct lowering *l, struct ir_value *statement, const char *operator,
	      const char * key, struct ir_value *value)
{
	struct ir_value *condition = ir_get(statement, STR("Condition"));
	struct ir_value *test;

	if (condition == NULL)
		ir_put(l->g, statement, "Condition", condition = ir_object(l->g));
	test = ir_get(condition, str_c(operator));
	if (test == NULL)
		ir_put(l->g, condition, operator, test = ir_object(l->g));
	ir_put(l->g, test, key, value);
}

void allow_when(struct lowering *l, struct ir_value *statement, const char *key,
		struct ir_value *value)
{
	allow_if(l, statement, "StringEquals", key, value);
}

void allow_own(struct lowering *l, struct ir_value *statement)
{
	allow_when(l, statement, "aws:ResourceTag/hpcc:cluster",
		   ir_ref(l->g, STR("AWS::StackName")));
}

struct ir_value *policy_document(struct lowering *l, struct ir_value *statements)
{
	struct ir_value *d = ir_object(l->g);

	ir_put_text(l->g, d, "Version", STR("2012-10-17"));
	return ir_put(l->g, d, "Statement", statements);
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
 * The last 12 hex digits of the stack's id, "arn:…:stack/name/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx". The name may
 * hold dashes, so the id is cut at slashes first.
 */
static struct ir_value *stack_digits(struct lowering *l)
{
	struct ir_value *parts = ir_func(l->g, IR_SPLIT, STR("/"));
	struct ir_value *uuid = ir_func(l->g, IR_SELECT, STR(""));
	struct ir_value *groups = ir_func(l->g, IR_SPLIT, STR("-"));
	struct ir_value *last = ir_func(l->g, IR_SELECT, STR(""));

	uuid->integer = 2;
	last->integer = 4;
	ir_push(l->g, parts, ir_ref(l->g, STR("AWS::StackId")));
	ir_push(l->g, uuid, parts);
	ir_push(l->g, groups, uuid);
	return ir_push(l->g, last, groups);
}

/*
 * A name that no other stack has. IAM allows 64 characters: 30 of the prefix, 12 digits of the stack, so a
 * long logical id is cut and told apart by its hash.
 */
static struct ir_value *own_name(struct lowering *l, struct str prefix, struct str id)
{
	if (id.n > 20)
		id = arena_fmt(l->a, STR_F "%08x", STR_A(str_slice(id, 0, 12)),
			       (unsigned)(str_hash(id) & 0xffffffffu));
	return ir_put(l->g,
		      ir_subf(l->g, STR_F STR_F "-${U}", STR_A(sub_literal(l, prefix)), STR_A(id)),
		      "U", stack_digits(l));
}

/* Path and name of a role or profile; CloudFormation names it when no prefix is wanted. */
static void put_names(struct lowering *l, struct ir_resource *r, const char *name_property)
{
	struct str path, name;

	split_prefix(l->c->iam.resource_prefix, &path, &name);
	if (path.n > 0)
		ir_put_text(l->g, r->properties, "Path", path);
	else
		ir_put(l->g, r->properties, "Path", ir_sub(l->g, STR("/hpcc/${AWS::StackName}/")));
	if (name.n > 0)
		ir_put(l->g, r->properties, name_property, own_name(l, name, r->id));
}

struct str arn_name(struct str arn_text)
{
	size_t cut = arn_text.n;

	while (cut > 0 && arn_text.s[cut - 1] != '/')
		cut--;
	return str_slice(arn_text, cut, arn_text.n);
}

/* ---- resources ---- */

/* "ec2.amazonaws.com", in China "ec2.amazonaws.com.cn"; Lambda's principal is the same everywhere. */
static struct ir_value *trust(struct lowering *l, const char *service)
{
	struct ir_value *s = ir_object(l->g);
	struct ir_value *who = ir_object(l->g);
	struct ir_value *statements = ir_list(l->g);

	if (str_eq(str_c(service), STR("ec2")))
		ir_put(l->g, who, "Service", ir_sub(l->g, STR("ec2.${AWS::URLSuffix}")));
	else
		ir_put(l->g, who, "Service", ir_textf(l->g, "%s.amazonaws.com", service));
	ir_put_text(l->g, s, "Effect", STR("Allow"));
	ir_put(l->g, s, "Principal", who);
	ir_put_text(l->g, s, "Action", STR("sts:AssumeRole"));
	ir_push(l->g, statements, s);
	return policy_document(l, statements);
}

struct ir_resource *role_add(struct lowering *l, struct str id, const char *service,
			     struct ir_value *statements, struct ir_value *managed,
			     struct ir_origin origin)
{
	struct ir_resource *r = ir_add(l->g, id, "AWS::IAM::Role", origin);
	struct ir_value *policy = ir_object(l->g);
	struct ir_value *policies = ir_list(l->g);

	ir_put(l->g, r->properties, "AssumeRolePolicyDocument", trust(l, service));
	put_names(l, r, "RoleName");
	if (managed->n > 0)
		ir_put(l->g, r->properties, "ManagedPolicyArns", managed);
	if (statements->n > 0) {
		ir_put_text(l->g, policy, "PolicyName", STR("hpcc"));
		ir_put(l->g, policy, "PolicyDocument", policy_document(l, statements));
		ir_put(l->g, r->properties, "Policies", ir_push(l->g, policies, policy));
	}
	if (l->c->iam.permissions_boundary.n > 0)
		ir_put_text(l->g, r->properties, "PermissionsBoundary",
			    l->c->iam.permissions_boundary);
	return r;
}

struct ir_value *profile_add(struct lowering *l, struct str id, struct ir_value *role_name,
			     struct ir_origin origin)
{
	struct ir_resource *r = ir_add(l->g, id, "AWS::IAM::InstanceProfile", origin);

	ir_put(l->g, r->properties, "Roles", ir_push(l->g, ir_list(l->g), role_name));
	put_names(l, r, "InstanceProfileName");
	return ir_ref(l->g, id);
}

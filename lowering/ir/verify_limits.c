/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_limits.c - what a user's file may exceed.
 *
 * Sources: AWS CloudFormation User Guide, "Understand CloudFormation quotas" (resources, parameters,
 * mappings, attributes of a mapping, outputs); EC2 User Guide, "Run commands when you launch
 * an EC2 instance with user data input" (16 KB before base64); IAM User Guide, "IAM and AWS STS quotas" (the inline
 * policies of a role, white space not counted).
 */
#include "lowering/ir/sub.h"
#include "lowering/ir/verify.h"

enum {
	MAX_RESOURCES = 500,
	MAX_PARTS = 200, /* parameters, mappings, attributes of one mapping, outputs: each */
	MAX_USER_DATA = 16384,
	MAX_ROLE_POLICIES = 10240, /* characters */
};

/*
 * How long the text behind a name may be. Stack names are at most 128 characters, the other pseudo
 * parameters as long as the longest we know; ids, addresses and names of resources stay below 64.
 */
static size_t name_size(struct str name)
{
	static const struct {
		struct str name;
		size_t size;
	} known[] = {
		{STR_INIT("AWS::AccountId"), 12},  {STR_INIT("AWS::Partition"), 10},
		{STR_INIT("AWS::Region"), 16},	   {STR_INIT("AWS::StackId"), 256},
		{STR_INIT("AWS::StackName"), 128}, {STR_INIT("AWS::URLSuffix"), 16},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(known[i].name, name))
			return known[i].size;
	return 64;
}

static size_t text_size(const struct ir *g, const struct ir_value *v);

static size_t sub_size(const struct ir *g, const struct ir_value *v)
{
	struct str rest = v->text;
	struct ir_sub_piece p;
	size_t n = 0;

	while (ir_sub_next(&rest, &p)) {
		const struct ir_value *given = ir_sub_variable(v, &p);

		if (!p.placeholder)
			n += p.text.n;
		else
			n += given != NULL ? text_size(g, given) : name_size(p.name);
	}
	return n;
}

static size_t join_size(const struct ir *g, const struct ir_value *v)
{
	size_t n = v->n > 0 ? (v->n - 1) * v->text.n : 0;

	for (uint32_t i = 0; i < v->n; i++)
		n += text_size(g, v->items[i]);
	return n;
}

static size_t mapped_size(const struct ir *g, const struct ir_value *v)
{
	const struct ir_value *found = map_get(&g->mappings, v->items[0]->text);

	for (uint32_t i = 1; i < v->n && found != NULL; i++)
		found = ir_get(found, v->items[i]->text);
	return found != NULL ? text_size(g, found) : 0;
}

/* Bytes of the text that v gives, at most; what only a deployment knows is estimated. */
static size_t text_size(const struct ir *g, const struct ir_value *v)
{
	size_t then, otherwise;

	if (v->kind == IR_STRING)
		return v->text.n;
	if (v->kind == IR_SUB)
		return sub_size(g, v);
	if (v->kind == IR_JOIN)
		return join_size(g, v);
	if (v->kind == IR_SPLIT && v->n == 1)
		return text_size(g, v->items[0]);
	if (v->kind == IR_FINDINMAP)
		return mapped_size(g, v);
	if (v->kind == IR_BASE64)
		return (text_size(g, v->items[0]) + 2) / 3 * 4;
	if (v->kind == IR_IF && v->n == 2) {
		then = text_size(g, v->items[0]);
		otherwise = text_size(g, v->items[1]);
		return then > otherwise ? then : otherwise;
	}
	return v->kind == IR_REF ? name_size(v->text) : 64;
}

/* Fn::Base64 is used for user data and for nothing else. */
void verify_user_data(struct verify *v, const struct ir_walk *walk, const struct ir_value *value)
{
	size_t n;

	if (v->ds == NULL || value->kind != IR_BASE64 || value->n != 1 || walk->resource == NULL)
		return;
	n = text_size(v->g, value->items[0]);
	if (n <= MAX_USER_DATA || v->reported == walk->resource)
		return;
	v->reported = walk->resource;
	diag_user_data_too_large(v->ds, walk->origin.at, walk->resource->id, n, MAX_USER_DATA);
}

/* ---- policies ---- */

static size_t json_size(const struct ir *g, const struct ir_value *v);

static size_t object_size(const struct ir *g, const struct ir_value *v)
{
	size_t n = 1;

	for (uint32_t i = 0; i < v->nmembers; i++)
		n += v->members[i].name.n + 4 + json_size(g, v->members[i].value);
	return n;
}

/* How often a text is cut. */
static size_t cuts(const struct ir_value *split)
{
	size_t n = 0;
	struct str rest = split->items[0]->text;

	while (str_cut(&rest, split->text.s[0]).s != NULL && rest.s != NULL)
		n++;
	return n;
}

/* Characters of a policy's value as JSON without white space; commas count as in a list that goes on. */
static size_t json_size(const struct ir *g, const struct ir_value *v)
{
	size_t n = 1;

	if (v->kind == IR_OBJECT)
		return object_size(g, v);
	if (v->kind == IR_SPLIT)
		return text_size(g, v) + 4 + 2 * cuts(v);
	if (v->kind != IR_LIST)
		return text_size(g, v) + 2;
	for (uint32_t i = 0; i < v->n; i++)
		n += json_size(g, v->items[i]) + 1;
	return n;
}

/* Is it a list of roles with this one? */
static bool names_role(const struct ir_value *roles, struct str id)
{
	for (uint32_t i = 0; roles != NULL && roles->kind == IR_LIST && i < roles->n; i++)
		if (roles->items[i]->kind == IR_REF && str_eq(roles->items[i]->text, id))
			return true;
	return false;
}

/* Characters of the policies that a resource puts into the role `id`, which may be itself. */
static size_t policies_size(const struct ir *g, const struct ir_resource *r, struct str id)
{
	const struct ir_value *list = ir_get(r->properties, STR("Policies"));
	size_t n = 0;

	if (str_eq(r->type, STR("AWS::IAM::Policy")) &&
	    names_role(ir_get(r->properties, STR("Roles")), id))
		return json_size(g, ir_get(r->properties, STR("PolicyDocument")));
	if (!str_eq(r->id, id) || list == NULL)
		return 0;
	for (uint32_t i = 0; i < list->n; i++)
		n += json_size(g, ir_get(list->items[i], STR("PolicyDocument")));
	return n;
}

static void check_role(const struct ir *g, struct diags *ds, const struct ir_resource *role)
{
	size_t n = 0;

	for (size_t i = 0; i < g->resources.n; i++)
		n += policies_size(g, g->resources.items[i].value, role->id);
	if (n > MAX_ROLE_POLICIES)
		diag_policy_too_large(ds, role->origin.at, role->id, n, MAX_ROLE_POLICIES);
}

static void check_roles(const struct ir *g, struct diags *ds)
{
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::IAM::Role")))
			check_role(g, ds, r);
	}
}

/* ---- parts ---- */

static void check_count(struct diags *ds, size_t n, unsigned max, const char *what, struct span at)
{
	if (n > max)
		diag_too_many_parts(ds, at, n, what, max);
}

/* The place of the first resource above the limit: what made the template too large. */
static void check_resources(const struct ir *g, struct diags *ds)
{
	const struct ir_resource *first;

	if (g->resources.n <= MAX_RESOURCES)
		return;
	first = g->resources.items[MAX_RESOURCES].value;
	check_count(ds, g->resources.n, MAX_RESOURCES, "resources", first->origin.at);
}

void verify_limits(const struct ir *g, struct diags *ds)
{
	const struct span nowhere = {0};

	check_resources(g, ds);
	check_roles(g, ds);
	check_count(ds, g->parameters.n, MAX_PARTS, "parameters", nowhere);
	check_count(ds, g->outputs.n, MAX_PARTS, "outputs", nowhere);
	check_count(ds, g->mappings.n, MAX_PARTS, "mappings", nowhere);
	for (size_t i = 0; i < g->mappings.n; i++) {
		const struct ir_value *m = g->mappings.items[i].value;

		check_count(ds, m->nmembers, MAX_PARTS, "rows of one mapping", nowhere);
	}
}

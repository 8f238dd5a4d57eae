/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_limits.c - what a user's file may exceed.
 *
 * Sources: AWS CloudFormation User Guide, "Understand CloudFormation quotas" (resources, parameters,
 * mappings, attributes of a mapping, outputs); EC2 User Guide, "Run commands when you launch
 * an EC2 instance with user data input" (16 KB before base64).
 */
#include "lowering/ir/verify.h"

enum {
	MAX_RESOURCES = 500,
	MAX_PARTS = 200, /* parameters, mappings, attributes of one mapping, outputs: each */
	MAX_USER_DATA = 16384,
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

static size_t text_size(const struct ir_value *v);

static size_t sub_size(const struct ir_value *v)
{
	struct str rest = v->text;
	struct ir_sub_piece p;
	size_t n = 0;

	while (ir_sub_next(&rest, &p)) {
		const struct ir_value *given = p.attribute.n == 0 ? ir_get(v, p.name) : NULL;

		if (!p.placeholder)
			n += p.text.n;
		else
			n += given != NULL ? text_size(given) : name_size(p.name);
	}
	return n;
}

static size_t join_size(const struct ir_value *v)
{
	size_t n = v->n > 0 ? (v->n - 1) * v->text.n : 0;

	for (uint32_t i = 0; i < v->n; i++)
		n += text_size(v->items[i]);
	return n;
}

/* Bytes of the text that v gives, at most; what only a deployment knows is estimated. */
static size_t text_size(const struct ir_value *v)
{
	size_t then, otherwise;

	if (v->kind == IR_STRING)
		return v->text.n;
	if (v->kind == IR_SUB)
		return sub_size(v);
	if (v->kind == IR_JOIN)
		return join_size(v);
	if (v->kind == IR_IF && v->n == 2) {
		then = text_size(v->items[0]);
		otherwise = text_size(v->items[1]);
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
	n = text_size(value->items[0]);
	if (n <= MAX_USER_DATA || v->reported == walk->resource)
		return;
	v->reported = walk->resource;
	diag_user_data_too_large(v->ds, walk->origin.at, walk->resource->id, n, MAX_USER_DATA);
}

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
	check_count(ds, g->parameters.n, MAX_PARTS, "parameters", nowhere);
	check_count(ds, g->outputs.n, MAX_PARTS, "outputs", nowhere);
	check_count(ds, g->mappings.n, MAX_PARTS, "mappings", nowhere);
	for (size_t i = 0; i < g->mappings.n; i++) {
		const struct ir_value *m = g->mappings.items[i].value;

		check_count(ds, m->nmembers, MAX_PARTS, "rows of one mapping", nowhere);
	}
}

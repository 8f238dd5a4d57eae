/* SPDX-License-Identifier: Apache-2.0 */
/* verify_references.c - every name in the graph leads somewhere. */
#include "compiler/base/search.h"
#include "lowering/ir/resources.h"
#include "lowering/ir/sub.h"
#include "lowering/ir/verify.h"

enum { MAX_ID = 255 };

struct reference_walk {
	struct ir_walk walk;
	struct verify *v;
};

/* Source: AWS CloudFormation User Guide, "Pseudo parameters reference". */
static bool is_pseudo(struct str name)
{
	static const char *const names[] = {
		"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue",   "AWS::Partition",
		"AWS::Region",	  "AWS::StackId",	   "AWS::StackName", "AWS::URLSuffix"};

	return AMONG(name, names);
}

/* Letters and digits only, 1 to 255 of them. */
static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			return false;
	}
	return s.n > 0 && s.n <= MAX_ID;
}

/* Where the walk is, for messages: "Properties of `Id`". */
static struct str place(struct reference_walk *w)
{
	if (w->walk.resource == NULL)
		return str_c(w->walk.part);
	return arena_fmt(w->v->a, "%s of `" STR_F "`", w->walk.part, STR_A(w->walk.resource->id));
}

static bool in_rules(const struct ir_walk *walk)
{
	return str_eq(str_c(walk->part), STR("Rules"));
}

/* Conditions and rules are worked out before there is a resource. */
static bool before_resources(const struct ir_walk *walk)
{
	return str_eq(str_c(walk->part), STR("Conditions")) || in_rules(walk);
}

static void check_ref(struct reference_walk *w, struct str name)
{
	const struct ir *g = w->v->g;

	if (is_pseudo(name) || map_get(&g->parameters, name) != NULL)
		return;
	if (ir_find(g, name) == NULL)
		verify_fault(w->v, STR_F " refers to `" STR_F "`, which is not there",
			     STR_A(place(w)), STR_A(name));
	else if (before_resources(&w->walk))
		verify_fault(w->v, "a %s refers to the resource `" STR_F "`",
			     in_rules(&w->walk) ? "rule" : "condition", STR_A(name));
}

static void refer(struct ir_walk *walk, struct str name, struct str attribute)
{
	struct reference_walk *w = (struct reference_walk *)walk; /* its first member */
	const struct resource_type *t;
	const struct ir_resource *r;

	if (attribute.n == 0) {
		check_ref(w, name);
		return;
	}
	r = ir_find(w->v->g, name);
	if (r == NULL || before_resources(walk)) {
		verify_fault(w->v, STR_F " refers to `" STR_F "." STR_F "`, which is not there",
			     STR_A(place(w)), STR_A(name), STR_A(attribute));
		return;
	}
	t = resource_type_find(r->type);
	if (t != NULL && !resource_has_attribute(t, attribute))
		verify_fault(w->v,
			     STR_F " refers to `" STR_F "." STR_F "`; " STR_F
				   " has no such attribute",
			     STR_A(place(w)), STR_A(name), STR_A(attribute), STR_A(r->type));
}

static void check_condition(struct verify *v, struct str name, struct str where)
{
	if (name.n > 0 && map_get(&v->g->conditions, name) == NULL)
		verify_fault(v, STR_F " names the condition `" STR_F "`, which is not there",
			     STR_A(where), STR_A(name));
}

/* The keys of a FindInMap, as far as they are texts. */
static void check_find(struct reference_walk *w, const struct ir_value *find)
{
	const struct ir_value *at;

	if (find->n != 3 || find->items[0]->kind != IR_STRING)
		return;
	at = map_get(&w->v->g->mappings, find->items[0]->text);
	for (uint32_t i = 1; at != NULL && i < 3; i++) {
		if (find->items[i]->kind != IR_STRING)
			return;
		at = ir_get(at, find->items[i]->text);
	}
	if (at == NULL)
		verify_fault(w->v, STR_F " looks for a row of `" STR_F "` that is not there",
			     STR_A(place(w)), STR_A(find->items[0]->text));
}

/* Source: AWS CloudFormation User Guide, "Rules syntax": rule functions, and Ref of what is not a resource. */
static bool may_stand_in_rule(enum ir_kind kind)
{
	return kind <= IR_REF || kind == IR_EQUALS || kind == IR_NOT;
}

/* Every variable of a Sub is used by its format. */
static void check_variables(struct reference_walk *w, const struct ir_value *sub)
{
	bool *used = NEW_ARRAY(w->v->a, bool, sub->nmembers + 1);
	struct str rest = sub->text;
	struct ir_sub_piece p;

	while (ir_sub_next(&rest, &p))
		for (uint32_t i = 0; p.placeholder && p.attribute.n == 0 && i < sub->nmembers; i++)
			used[i] |= str_eq(sub->members[i].name, p.name);
	for (uint32_t i = 0; i < sub->nmembers; i++)
		if (!used[i])
			verify_fault(w->v, STR_F " gives `" STR_F "` to a text without it",
				     STR_A(place(w)), STR_A(sub->members[i].name));
}

static void visit(struct ir_walk *walk, const struct ir_value *value)
{
	struct reference_walk *w = (struct reference_walk *)walk; /* its first member */

	if (in_rules(walk) && !may_stand_in_rule(value->kind))
		verify_fault(w->v, "a rule holds a function that rules do not know");
	verify_operands(w->v, walk, value);
	verify_user_data(w->v, walk, value);
	if (value->kind == IR_IF)
		check_condition(w->v, value->text, place(w));
	else if (value->kind == IR_FINDINMAP)
		check_find(w, value);
	else if (value->kind == IR_SUB && value->nmembers > 0)
		check_variables(w, value);
}

static void check_resource(struct verify *v, const struct ir_resource *r)
{
	check_condition(v, r->condition, r->id);
	for (size_t i = 0; i < r->ndepends; i++) {
		const struct ir_resource *on = ir_find(v->g, r->depends_on[i]);

		if (on == NULL)
			verify_fault(v, "`" STR_F "` depends on `" STR_F "`, which is not there",
				     STR_A(r->id), STR_A(r->depends_on[i]));
		else if (!ir_there_with(on, r))
			verify_fault(v, "`" STR_F "` depends on `" STR_F "`, which may be missing",
				     STR_A(r->id), STR_A(on->id));
	}
	if (map_get(&v->g->parameters, r->id) != NULL)
		verify_fault(v, "`" STR_F "` is a resource and a parameter", STR_A(r->id));
}

static void check_ids(struct verify *v, const struct map *items)
{
	for (size_t i = 0; i < items->n; i++)
		if (!is_id(items->items[i].key))
			verify_fault(v, "`" STR_F "` is not a logical id",
				     STR_A(items->items[i].key));
}

void verify_references(struct verify *v)
{
	struct reference_walk w = {.walk = {.visit = visit, .refer = refer}, .v = v};

	check_ids(v, &v->g->parameters);
	check_ids(v, &v->g->mappings);
	check_ids(v, &v->g->rules);
	check_ids(v, &v->g->conditions);
	check_ids(v, &v->g->resources);
	check_ids(v, &v->g->outputs);
	for (size_t i = 0; i < v->g->resources.n; i++)
		check_resource(v, v->g->resources.items[i].value);
	for (size_t i = 0; i < v->g->outputs.n; i++) {
		const struct ir_output *o = v->g->outputs.items[i].value;

		check_condition(v, o->condition, o->name);
	}
	ir_walk_graph(&w.walk, v->g);
}

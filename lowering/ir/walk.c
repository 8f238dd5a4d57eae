/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c - goes over all values of a graph. */
#include "lowering/ir/walk.h"

#include "lowering/ir/sub.h"

/* Deeper values contain themselves: what passes build is a few levels deep, and files have a limit of 100. */
enum { MAX_DEPTH = 500 };

static void walk_sub(struct ir_walk *w, const struct ir_value *v)
{
	struct str rest = v->text;
	struct ir_sub_piece p;

	while (ir_sub_next(&rest, &p))
		if (p.placeholder && ir_sub_variable(v, &p) == NULL)
			w->refer(w, p.name, p.attribute);
}

static void walk_value(struct ir_walk *w, const struct ir_value *v);

static void walk_members(struct ir_walk *w, const struct ir_value *v)
{
	for (uint32_t i = 0; i < v->nmembers; i++)
		walk_value(w, v->members[i].value);
}

static void walk_items(struct ir_walk *w, const struct ir_value *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		walk_value(w, v->items[i]);
}

static void walk_below(struct ir_walk *w, const struct ir_value *v)
{
	switch (v->kind) {
	case IR_NULL:
	case IR_BOOL:
	case IR_INT:
	case IR_NUMBER:
	case IR_STRING:
	case IR_NOVALUE:
		return;
	case IR_REF:
		if (w->refer != NULL)
			w->refer(w, v->text, (struct str){0});
		return;
	case IR_GETATT:
		if (w->refer != NULL)
			w->refer(w, v->text, v->attribute);
		return;
	case IR_SUB:
		if (w->refer != NULL)
			walk_sub(w, v);
		walk_members(w, v);
		return;
	case IR_OBJECT:
		walk_members(w, v);
		return;
	case IR_LIST:
	case IR_JOIN:
	case IR_SELECT:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_BASE64:
	case IR_IMPORT:
	case IR_EQUALS:
	case IR_NOT:
	case IR_GETAZS:
	case IR_CIDR:
		walk_items(w, v);
		return;
	}
	BUG("a value of kind %d", (int)v->kind);
}

/* v and all that it holds; NULL is nothing. */
static void walk_value(struct ir_walk *w, const struct ir_value *v)
{
	if (v == NULL)
		return;
	if (++w->depth > MAX_DEPTH)
		BUG("a value in %s contains itself", w->part);
	if (w->visit != NULL)
		w->visit(w, v);
	walk_below(w, v);
	w->depth--;
}

static void walk_part(struct ir_walk *w, const char *part, const struct ir_value *v)
{
	w->part = part;
	walk_value(w, v);
}

void ir_walk_resource(struct ir_walk *w, const struct ir_resource *r)
{
	w->resource = r;
	w->origin = r->origin;
	walk_part(w, "CreationPolicy", r->creation_policy);
	walk_part(w, "UpdatePolicy", r->update_policy);
	walk_part(w, "Metadata", r->metadata);
	walk_part(w, "Properties", r->properties);
	w->resource = NULL;
}

static void walk_values(struct ir_walk *w, const char *part, const struct map *values)
{
	for (size_t i = 0; i < values->n; i++)
		walk_part(w, part, values->items[i].value);
}

void ir_walk_graph(struct ir_walk *w, const struct ir *g)
{
	w->resource = NULL;
	w->origin = (struct ir_origin){0};
	walk_part(w, "template Metadata", g->metadata);
	for (size_t i = 0; i < g->parameters.n; i++) {
		const struct ir_parameter *p = g->parameters.items[i].value;

		w->origin = p->origin;
		walk_part(w, "Parameters", p->default_value);
	}
	w->origin = (struct ir_origin){0};
	walk_values(w, "Rules", &g->rules);
	walk_values(w, "Mappings", &g->mappings);
	walk_values(w, "Conditions", &g->conditions);
	for (size_t i = 0; i < g->resources.n; i++)
		ir_walk_resource(w, g->resources.items[i].value);
	for (size_t i = 0; i < g->outputs.n; i++) {
		const struct ir_output *o = g->outputs.items[i].value;

		w->origin = o->origin;
		walk_part(w, "Outputs", o->value);
		walk_part(w, "Outputs", o->export_name);
	}
}

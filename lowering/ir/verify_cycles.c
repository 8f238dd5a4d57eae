/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_cycles.c - no resource waits for itself.
 *
 * CloudFormation makes a resource after all that it refers to or depends on. A depth-first walk over these
 * edges; an edge to a resource on the path of the walk closes a circle, which the path then spells.
 */
#include "lowering/ir/verify.h"

enum colour { COLOUR_NEW, COLOUR_ON_PATH, COLOUR_DONE };

struct cycle_node {
	const struct ir_resource *r;
	enum colour colour;
	struct cycle_node *before; /* on the path */
};

struct cycle_walk {
	struct ir_walk walk;
	struct verify *v;
	struct map nodes; /* logical id -> struct cycle_node * */
	struct cycle_node *top;
};

static void enter(struct cycle_walk *c, struct cycle_node *n);

/* The circle that the edge from the top of the path to n closes: "A -> B -> A". */
static struct str circle(struct cycle_walk *c, const struct cycle_node *n)
{
	struct str text = n->r->id;

	for (const struct cycle_node *at = c->top; at != n; at = at->before)
		text = arena_fmt(c->v->a, STR_F " -> " STR_F, STR_A(at->r->id), STR_A(text));
	return arena_fmt(c->v->a, STR_F " -> " STR_F, STR_A(n->r->id), STR_A(text));
}

/* Follows the edge to `id`; names that are no resources are no edges. */
static void follow(struct cycle_walk *c, struct str id)
{
	union {
		const void *in;
		struct cycle_node *out;
	} node = {map_get(&c->nodes, id)};

	if (node.out == NULL || node.out->colour == COLOUR_DONE)
		return;
	if (node.out->colour == COLOUR_ON_PATH)
		verify_fault(c->v, "resources wait for each other: " STR_F,
			     STR_A(circle(c, node.out)));
	else
		enter(c, node.out);
}

static void refer(struct ir_walk *walk, struct str name, struct str attribute)
{
	(void)attribute;
	follow((struct cycle_walk *)walk, name); /* its first member */
}

static void enter(struct cycle_walk *c, struct cycle_node *n)
{
	struct ir_walk outer = c->walk;

	n->colour = COLOUR_ON_PATH;
	n->before = c->top;
	c->top = n;
	for (size_t i = 0; i < n->r->ndepends; i++)
		follow(c, n->r->depends_on[i]);
	c->walk.depth = 0;
	ir_walk_resource(&c->walk, n->r);
	c->walk = outer;
	c->top = n->before;
	n->colour = COLOUR_DONE;
}

void verify_cycles(struct verify *v)
{
	struct cycle_walk c = {.walk = {.refer = refer}, .v = v};
	size_t n = v->g->resources.n;
	struct cycle_node *nodes = NEW_ARRAY(v->a, struct cycle_node, n + 1);

	for (size_t i = 0; i < n; i++) {
		nodes[i].r = v->g->resources.items[i].value;
		map_put(&c.nodes, v->a, nodes[i].r->id, &nodes[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (nodes[i].colour == COLOUR_NEW)
			enter(&c, &nodes[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_cycles.c - no resource waits for itself.
 *
 * CloudFormation makes a resource after all that it refers to or depends on. A depth-first walk over these
 * edges; an edge to a resource on the path of the walk closes a circle, which the path then spells.
 */
#include "compiler/base/buf.h"
#include "lowering/ir/verify.h"

enum colour { COLOUR_NEW, COLOUR_ON_PATH, COLOUR_DONE };

struct cycle_node {
	const struct ir_resource *r;
	enum colour colour;
	struct cycle_node *before; /* on the path */
};

struct cycle_walk {
	struct ir_walk walk;
	struct arena *a;
	struct map nodes; /* logical id -> struct cycle_node * */
	struct cycle_node *top;
	struct map circle; /* the first one that was met: logical id -> resource */
};

static void enter(struct cycle_walk *c, struct cycle_node *n);

/* The circle that the edge from `at`, the top of the path, to n closes, from n on. */
static void add_circle(struct cycle_walk *c, const struct cycle_node *n,
		       const struct cycle_node *at)
{
	if (at != n)
		add_circle(c, n, at->before);
	map_put(&c->circle, c->a, at->r->id, at->r);
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
	if (node.out->colour == COLOUR_NEW)
		enter(c, node.out);
	else if (c->circle.n == 0)
		add_circle(c, node.out, c->top);
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

struct map ir_circle(struct arena *a, const struct ir *g)
{
	struct cycle_walk c = {.walk = {.refer = refer}, .a = a};
	size_t n = g->resources.n;
	struct cycle_node *nodes = NEW_ARRAY(a, struct cycle_node, n + 1);

	for (size_t i = 0; i < n; i++) {
		nodes[i].r = g->resources.items[i].value;
		map_put(&c.nodes, a, nodes[i].r->id, &nodes[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (nodes[i].colour == COLOUR_NEW)
			enter(&c, &nodes[i]);
	return c.circle;
}

struct str ir_circle_text(struct arena *a, const struct map *circle)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < circle->n; i++)
		buf_fmt(&b, STR_F " -> ", STR_A(circle->items[i].key));
	buf_add(&b, circle->items[0].key);
	return buf_str(&b);
}

void verify_cycles(struct verify *v)
{
	struct map circle = ir_circle(v->a, v->g);

	if (circle.n > 0)
		verify_fault(v, "resources wait for each other: " STR_F,
			     STR_A(ir_circle_text(v->a, &circle)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deploy_order.c - the stacks of a call, and in which order they are deployed.
 *
 * A declaration of a program has a name for its stack. A YAML file has none: it is known by itself to files that name
 * it as their environment.
 */
#include "compiler/base/port.h"
#include "compiler/base/shown.h"
#include "compiler/compile/order.h"
#include "compiler/driver/driver.h"
#include "compiler/schema/kind.h"

#include <string.h>

/* A stack of the call. */
struct call_stack {
	struct str label;	  /* what people call it */
	struct str stack;	  /* its name, or empty */
	struct stack_needs needs; /* by names of stacks, copied */
	struct str
		ground; /* what stands for the environment whose file it names, see id_of; or empty */
	struct str ground_stack; /* the name of that environment's stack in this file */
};

/* What stands for a declaration of the file with this key, or for a file that declares one thing. */
static struct str id_of(struct arena *a, struct str key, struct str declaration)
{
	return arena_fmt(a, STR_F "#" STR_F, STR_A(key), STR_A(declaration));
}

static struct str key_of(struct session *s, const char *path)
{
	struct port_place place;

	if (strcmp(path, "-") == 0 || port_look(&s->arena, path, &place) != PORT_REGULAR)
		return str_c(path);
	return arena_fmt(&s->arena, "%llx:%llx", (unsigned long long)place.device,
			 (unsigned long long)place.file);
}

static struct str text_in(const struct node *tree, enum prop_id id)
{
	const struct node *n = tree_get(tree_get(tree, schema_props[PROP_Cluster_Environment].name),
					schema_props[id].name);

	return n != NULL && n->kind == NODE_STRING && !n->open ? n->text : (struct str){0};
}

/* Finds out which environment of which file the file stands on. */
static void find_ground(struct session *s, const struct compilation *c, struct call_stack *to)
{
	struct str file = text_in(c->tree, PROP_EnvironmentReference_File);
	struct str stack = text_in(c->tree, PROP_EnvironmentReference_Stack);
	const struct neighbour *n = file.n > 0 ? neighbour_read(s, file) : NULL;

	if (n == NULL)
		return;
	for (size_t i = 0; i < n->ngrounds; i++)
		if (n->ngrounds == 1 || str_eq(n->grounds[i].stack, stack))
			to->ground =
				id_of(&s->arena, key_of(s, n->path), n->grounds[i].declaration);
	to->ground_stack = arena_str(&s->arena, stack);
}

static struct stack_needs copied(struct arena *a, struct stack_needs needs)
{
	struct stack_need *items = NEW_ARRAY(a, struct stack_need, needs.n + 1);

	for (size_t i = 0; i < needs.n; i++)
		items[i].stack = arena_str(a, needs.items[i].stack);
	return (struct stack_needs){items, needs.n};
}

static struct str label_of(struct session *s, const struct compilation *c, struct str stack)
{
	struct str name = c->declaration != NULL ? c->declaration->name : (struct str){0};
	struct buf b = buf_in(&s->arena);

	if (s->inputs.n > 1 || name.n == 0)
		buf_add(&b, shown_line(&s->arena, c->src->name));
	if (name.n > 0)
		buf_fmt(&b, "%s" STR_F, b.n > 0 ? " " : "", STR_A(name));
	if (name.n > 0 && !str_eq(name, stack))
		buf_fmt(&b, " (stack " STR_F ")", STR_A(stack));
	return buf_str(&b);
}

void stacks_note(struct session *s, const char *path, const struct compilation *c)
{
	struct str key;

	if (c->tree == NULL || (s->inputs.n < 2 && c->next == NULL))
		return;
	key = key_of(s, path);
	for (; c != NULL; c = c->next) {
		struct call_stack *one = NEW(&s->arena, struct call_stack);
		struct str name = {0};

		if (c->declaration != NULL) {
			name = c->declaration->name;
			one->stack = arena_str(&s->arena,
					       stack_of_declaration(&s->compile, &s->arena, name));
		}
		one->label = label_of(s, c, one->stack);
		one->needs = copied(&s->arena, stack_needs_of(&s->arena, c->tree));
		find_ground(s, c, one);
		map_put(&s->deployed, &s->arena, id_of(&s->arena, key, name), one);
	}
}

/*
 * The stacks of the call with one name for each, which those have that need them: a file is called by its own sign, a
 * declaration by its stack.
 */
static struct ordered_stack *nodes_of(struct session *s)
{
	struct ordered_stack *nodes = NEW_ARRAY(&s->arena, struct ordered_stack, s->deployed.n + 1);

	for (size_t i = 0; i < s->deployed.n; i++) {
		const struct call_stack *one = s->deployed.items[i].value;
		const struct call_stack *ground = map_get(&s->deployed, one->ground);
		struct stack_need *needs =
			NEW_ARRAY(&s->arena, struct stack_need, one->needs.n + 1);

		for (size_t k = 0; k < one->needs.n; k++) {
			needs[k] = one->needs.items[k];
			if (ground != NULL && str_eq(needs[k].stack, one->ground_stack))
				needs[k].stack = ground->stack.n > 0 ? ground->stack : one->ground;
		}
		nodes[i] = (struct ordered_stack){one->stack.n > 0 ? one->stack
								   : s->deployed.items[i].key,
						  {needs, one->needs.n}};
	}
	return nodes;
}

static struct str label_at(const struct session *s, size_t i)
{
	return ((const struct call_stack *)s->deployed.items[i].value)->label;
}

/* The order, and stacks of different files that need each other, as findings of the call. */
static size_t *order_of(struct session *s, struct stack_circles *ret)
{
	size_t *order = NEW_ARRAY(&s->arena, size_t, s->deployed.n + 1);

	*ret = stacks_order(&s->arena, nodes_of(s), s->deployed.n, order);
	return order;
}

void stacks_report(struct session *s)
{
	struct stack_circles circles;

	if (s->deployed.n < 2)
		return;
	order_of(s, &circles);
	for (size_t i = 0; i < circles.n; i++) {
		struct str from = label_at(s, circles.items[i].from);
		struct str to = label_at(s, circles.items[i].to);

		diag_stack_cycle(&s->ds, (struct span){0},
				 arena_fmt(&s->arena,
					   "`" STR_F "` uses an output of `" STR_F "`, and `" STR_F
					   "` needs one of `" STR_F "`",
					   STR_A(from), STR_A(to), STR_A(to), STR_A(from)));
	}
}

struct str order_line(struct session *s)
{
	struct buf b = buf_in(&s->arena);
	struct stack_circles circles;
	const size_t *order;

	if (s->deployed.n < 2)
		return (struct str){0};
	order = order_of(s, &circles);
	buf_add(&b, STR("order of deployment: "));
	for (size_t i = 0; i < s->deployed.n; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? ", " : "", STR_A(label_at(s, order[i])));
	buf_char(&b, '\n');
	return buf_str(&b);
}

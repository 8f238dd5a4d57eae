/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_keys.c - properties that one literal gives twice, in whatever spelling.
 *
 * A literal is a tree of the paths that its entries write: `A.B: 1` and `A { B: 2 }` meet at A.B. What stands in
 * spreads, branches and rounds overrides, so each of these is a literal of its own.
 */
#include "compiler/base/buf.h"
#include "compiler/hpc/static_state.h"

struct path_node {
	struct map *children;		 /* key -> struct child */
	const struct step *set, *opened; /* the step that did it first */
	struct span at;
	struct str path;
};

struct child {
	struct path_node *node;
};

/* The key under which a step is one with others; false: nobody knows before it is evaluated. */
static bool step_key(struct arena *a, const struct step *step, struct str *ret)
{
	struct str text;

	switch (step->kind) {
	case STEP_KEY:
		if (step->index != NULL)
			return false;
		*ret = arena_joined(a, STR("."), step->key, STR(""));
		return true;
	case STEP_EACH:
		*ret = STR("[*]");
		return true;
	case STEP_INDEX:
		if (constant_text(step->index, &text)) {
			*ret = arena_fmt(a, "[\"" STR_F "\"]", STR_A(text));
			return true;
		}
		if (step->index == NULL || step->index->kind != EXPR_NUMBER)
			return false;
		*ret = arena_fmt(a, "[" STR_F "]", STR_A(number_shown(a, step->index->number)));
		return true;
	case STEP_APPEND:
		break;
	}
	return false;
}

static struct path_node *child_of(struct statics *s, struct path_node *node, struct str key)
{
	const struct child *known;
	struct child *c;

	if (node->children == NULL)
		node->children = NEW(s->a, struct map);
	known = map_get(node->children, key);
	if (known != NULL)
		return known->node;
	c = NEW(s->a, struct child);
	c->node = NEW(s->a, struct path_node);
	c->node->path = node->path.n == 0 && key.n > 0 && key.s[0] == '.'
				? str_slice(key, 1, key.n)
				: arena_joined(s->a, node->path, key, STR(""));
	map_put(node->children, s->a, key, c);
	return c->node;
}

/* Long paths would cost the square of their length as texts: findings show so many bytes. */
enum { LONGEST_PATH = 200 };

static void both(struct statics *s, const struct path_node *node, const struct step *step,
		 bool opened_first)
{
	struct diag *d =
		diag_set_and_opened(s->ds, step->at, node->path, opened_first ? "opened" : "set",
				    opened_first ? "set" : "opened");

	diag_label(s->ds, d, opened_first ? node->opened->at : node->set->at, "it is %s here",
		   opened_first ? "opened" : "set");
	diag_help(s->ds, d,
		  "written with a colon, `Key: { … }` replaces the section; written with braces "
		  "alone, "
		  "`Key { … }` works on what is there");
}

static void set(struct statics *s, struct path_node *node, const struct step *step)
{
	if (node->set != NULL)
		diag_label(s->ds, diag_property_twice(s->ds, step->at, node->path), node->set->at,
			   "the first one");
	else if (node->opened != NULL)
		both(s, node, step, true);
	else
		node->set = step;
}

/* False: it is set as well, which was reported; what stands in it says nothing more. */
static bool open_section(struct statics *s, struct path_node *node, const struct step *step)
{
	if (node->set != NULL) {
		both(s, node, step, false);
		return false;
	}
	if (node->opened == NULL)
		node->opened = step;
	return true;
}

static void add_entries(struct statics *s, struct path_node *node, const struct entry_list *list);

static void add_entry(struct statics *s, struct path_node *node, const struct section_entry *e)
{
	for (size_t i = 0; i < e->npath; i++) {
		const struct step *step = &e->path[i];
		bool last = i + 1 == e->npath;
		struct str key;

		if (step->kind == STEP_APPEND || !step_key(s->a, step, &key)) {
			if (e->kind == ENTRY_OPEN)
				check_keys(s, e->body);
			return;
		}
		if (node->path.n > LONGEST_PATH)
			node->path = STR("…");
		node = child_of(s, node, key);
		if (last && e->kind == ENTRY_SET)
			set(s, node, step);
		else if (!open_section(s, node, step))
			return;
	}
	if (e->kind == ENTRY_OPEN)
		add_entries(s, node, e->body);
}

static void add_entries(struct statics *s, struct path_node *node, const struct entry_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i].kind == ENTRY_SET || list->entries[i].kind == ENTRY_OPEN)
			add_entry(s, node, &list->entries[i]);
}

void check_keys(struct statics *s, const struct entry_list *list)
{
	struct path_node root = {0};

	if (list != NULL && list->n > 0)
		add_entries(s, &root, list);
}

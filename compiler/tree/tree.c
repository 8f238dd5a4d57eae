/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - looking into what the user wrote, and printing it. */
#include "compiler/tree/tree.h"

#include "compiler/base/buf.h"
#include "compiler/base/map.h"
#include "compiler/base/open_text.h"
#include "compiler/base/shown.h"

const struct entry *tree_find(const struct node *map, struct str key)
{
	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->map.n; i++)
		if (str_eq(map->map.entries[i].key, key))
			return &map->map.entries[i];
	return NULL;
}

const struct node *tree_get(const struct node *map, struct str key)
{
	const struct entry *e = tree_find(map, key);

	return e != NULL ? e->value : NULL;
}

const char *node_kind_words(enum node_kind kind)
{
	static const char *const words[] = {
		[NODE_NULL] = "empty",	 [NODE_BOOL] = "true or false",
		[NODE_INT] = "a number", [NODE_FLOAT] = "a number with a fraction",
		[NODE_STRING] = "text",	 [NODE_TIMESTAMP] = "a date",
		[NODE_LIST] = "a list",	 [NODE_MAP] = "a mapping",
	};

	return words[kind];
}

/* One run of tree_print. */
struct printer {
	struct arena *a;
	struct buf out;
	struct map printed; /* address of a shared list or mapping -> itself */
};

static void print_place(struct printer *p, struct span at)
{
	struct place lo, hi;

	if (!span_is_set(at))
		return;
	lo = source_place(at.src, at.lo);
	hi = source_place(at.src, at.hi);
	buf_fmt(&p->out, "  @%u:%u-%u:%u", lo.line, lo.column, hi.line, hi.column);
}

static void print_scalar(struct printer *p, const struct node *n)
{
	switch (n->kind) {
	case NODE_NULL:
		buf_add(&p->out, STR("null "));
		break;
	case NODE_BOOL:
		buf_fmt(&p->out, "bool %s ", n->boolean ? "true" : "false");
		break;
	case NODE_INT:
		buf_fmt(&p->out, "int %lld%s ", (long long)n->integer, n->big ? " (clamped)" : "");
		break;
	case NODE_FLOAT:
		buf_fmt(&p->out, "float %.17g ", n->number);
		break;
	case NODE_TIMESTAMP:
		buf_add(&p->out, STR("date "));
		break;
	case NODE_STRING:
		buf_add(&p->out, STR("string "));
		break;
	case NODE_LIST:
	case NODE_MAP:
		BUG("a collection where a scalar stands");
	}
	buf_quoted(&p->out, text_shown(p->a, n->text));
}

/* True when n was printed before: then one line that points there is enough, and bounds the output. */
static bool printed_before(struct printer *p, const struct node *n)
{
	const struct node **key;

	if (!n->shared)
		return false;
	key = NEW(p->a, const struct node *);
	*key = n;
	return map_put(&p->printed, p->a, (struct str){(const char *)key, sizeof(*key)}, n) != NULL;
}

static void print_node(struct printer *p, const struct node *n, size_t indent);

static void print_children(struct printer *p, const struct node *n, size_t indent)
{
	if (n->kind == NODE_LIST) {
		for (size_t i = 0; i < n->list.n; i++) {
			buf_pad(&p->out, ' ', indent);
			buf_add(&p->out, STR("- "));
			print_node(p, n->list.items[i], indent);
		}
		return;
	}
	for (size_t i = 0; i < n->map.n; i++) {
		const struct entry *e = &n->map.entries[i];

		buf_pad(&p->out, ' ', indent);
		if (e->key.n > 0 && e->key_kind == NODE_STRING)
			buf_add(&p->out, shown_line(p->a, e->key));
		else
			buf_quoted(&p->out, e->key);
		buf_add(&p->out, STR(": "));
		print_node(p, e->value, indent);
	}
}

/* The rest of the line of n, and the lines of its children. Recursion is bounded by the reader's limit. */
static void print_node(struct printer *p, const struct node *n, size_t indent)
{
	bool nested = n->kind == NODE_LIST || n->kind == NODE_MAP;
	bool again = nested && printed_before(p, n);

	if (nested)
		buf_fmt(&p->out, "%s %zu", n->kind == NODE_LIST ? "list" : "map",
			n->kind == NODE_LIST ? n->list.n : n->map.n);
	else
		print_scalar(p, n);
	if (n->poisoned)
		buf_add(&p->out, STR(" poisoned"));
	if (again)
		buf_add(&p->out, STR(" repeated"));
	print_place(p, n->at);
	buf_char(&p->out, '\n');
	if (nested && !again)
		print_children(p, n, indent + 2);
}

struct str tree_print(struct arena *a, const struct node *root)
{
	struct printer p = {.a = a, .out = buf_in(a)};

	print_node(&p, root, 0);
	return buf_str(&p.out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_front.c - any bytes through the front end: reader, variables, findings in every format, dump.
 *
 * Beyond what the sanitizers see, it holds the reader to its word: a tree or an error; places inside the
 * text, children inside no later than their parents allow; nesting within the limit.
 */
#include "compiler/source/render.h"
#include "compiler/yaml/vars_file.h"
#include "fuzz.h"

#include <string.h>

static const char *environment(const char *name)
{
	return strcmp(name, "B") == 0 ? "env" : NULL;
}

static void check_span(struct span at)
{
	INVARIANT(span_is_set(at) && at.lo <= at.hi && at.hi <= at.src->text.n);
}

/* Walks over everything, as later passes do; the limits bound it. */
static void check_node(const struct node *n, unsigned depth)
{
	check_span(n->at);
	INVARIANT(depth <= limits.depth);
	if (n->kind == NODE_LIST)
		for (size_t i = 0; i < n->list.n; i++)
			check_node(n->list.items[i], depth + 1);
	if (n->kind != NODE_MAP)
		return;
	for (size_t i = 0; i < n->map.n; i++) {
		check_span(n->map.entries[i].key_at);
		check_node(n->map.entries[i].value, depth + 1);
	}
}

static void render_all(struct arena *a, struct diags *ds)
{
	struct render_style style = {.width = 80};

	diags_sort(ds);
	for (size_t i = 0; i < renderers_n; i++) {
		struct buf out = buf_in(a);

		renderers[i].render(ds, &style, &out);
	}
}

/* Reads text once; a part of it also gives the variables. */
static void read_once(struct str text, bool with_vars)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct vars v = {.environment = environment};
	const struct source *src = source_new(&a, STR("fuzz.yaml"), text);
	const struct node *root;

	if (with_vars) {
		vars_set(&a, &v, STR("A=1"));
		vars_load(&a, &ds, &v, src);
	}
	root = yaml_read(&a, &ds, src, with_vars ? &v : NULL, limits);
	INVARIANT(root != NULL || ds.errors > 0);
	if (root != NULL) {
		check_node(root, 0);
		tree_print(&a, root);
	}
	for (const struct diag *d = ds.first; d != NULL; d = d->next)
		check_span(d->at);
	render_all(&a, &ds);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};

	read_once(text, false);
	read_once(text, true);
	return 0;
}

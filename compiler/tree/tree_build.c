/* SPDX-License-Identifier: Apache-2.0 */
/* tree_build.c - puts a value tree together from what a reader meets. */
#include "compiler/tree/tree_build.h"

#include "compiler/tree/cut_number.h"

#include <stdlib.h>

/* What a name after `&` stands for. */
struct anchor {
	struct node *node;
	bool open;	     /* still being read: an alias to it would be a cycle */
	unsigned height;     /* levels of nesting below it, itself included; 0 for a scalar */
	unsigned long nodes; /* values in it, with what its own aliases repeat */
};

/* An open list or mapping. */
struct frame {
	struct node *node;
	struct anchor *anchor;
	size_t first;	     /* index of its first child in b->pending */
	unsigned height;     /* of the highest child so far */
	unsigned long nodes; /* b->nodes when it began */
	size_t end;	     /* byte where the last child ends */
	bool has_key;	     /* a key was read, its value not yet */
};

struct builder build_begin(struct arena *a, struct diags *ds, unsigned max_depth,
			   unsigned long max_nodes)
{
	struct builder b = {.a = a, .ds = ds, .max_depth = max_depth, .max_nodes = max_nodes};

	b.frames = NEW_ARRAY(&b.scratch, struct frame, max_depth);
	return b;
}

void build_end(struct builder *b)
{
	arena_release(&b->scratch);
	b->frames = NULL;
	b->pending = NULL;
}

static struct frame *top(const struct builder *b)
{
	return b->depth > 0 ? &b->frames[b->depth - 1] : NULL;
}

bool build_wants_key(const struct builder *b)
{
	const struct frame *f = top(b);

	return f != NULL && f->node->kind == NODE_MAP && !f->has_key;
}

struct span build_key_place(const struct builder *b)
{
	const struct frame *f = top(b);

	if (f == NULL || !f->has_key)
		return (struct span){0};
	return b->pending[b->npending - 1].entry.key_at;
}

/* A new child of the innermost frame. */
static struct pending *push(struct builder *b)
{
	b->pending = arena_grow(&b->scratch, b->pending, sizeof(*b->pending), b->npending, &b->cap);
	b->pending[b->npending] = (struct pending){0};
	return &b->pending[b->npending++];
}

/* Counts `n` values that stand at `at`; false when that is more than the limit. */
static bool count(struct builder *b, unsigned long n, struct span at)
{
	struct diag *d;

	if (n <= b->max_nodes - b->nodes) {
		b->nodes += n;
		return true;
	}
	d = diag_too_many_nodes(b->ds, at, b->max_nodes);
	if (n > 1)
		diag_note(b->ds, d, "this alias alone repeats %lu values", n);
	return false;
}

static bool too_deep(struct builder *b, struct span at)
{
	diag_too_deep(b->ds, at, b->max_depth);
	return false;
}

/* A list or mapping as a key of `in`: nearly always a template, or text that has no quotes. */
static void report_key(struct builder *b, struct node *in, const struct node *key, struct span at)
{
	struct diag *d;

	if (key->poisoned)
		return;
	d = diag_key_not_scalar(b->ds, at, node_kind_words(key->kind));
	if (at.lo > 0 && str_starts(str_slice(at.src->text, at.lo - 1, at.hi), STR("{{"))) {
		in->poisoned = true; /* it was not meant as a mapping */
		diag_help(b->ds, d,
			  "`{{ … }}` is filled in by a template engine: give hpcc its "
			  "result, or use `${NAME}` and `--set`");
		return;
	}
	diag_help(b->ds, d, "put text that begins with `{` or `[` in quotes");
}

/* Makes `key` the key of the next value of f, which stands at `at`. */
static void place_key(struct builder *b, struct frame *f, const struct node *key, struct span at)
{
	struct pending *p = push(b);

	f->has_key = true;
	p->entry.key_at = at;
	p->dropped = key->poisoned || key->kind == NODE_LIST || key->kind == NODE_MAP;
	if (p->dropped) {
		report_key(b, f->node, key, at);
		return;
	}
	p->entry.key = key->text;
	p->entry.key_kind = key->kind;
	p->merge = key->plain && str_eq(key->text, STR("<<"));
}

/* Gives a complete node its place in the innermost frame; `at` is where it, or the alias, stands. */
static void place(struct builder *b, const struct node *node, struct span at)
{
	struct frame *f = top(b);

	if (f == NULL) {
		b->root = node;
		return;
	}
	if (at.hi > f->end)
		f->end = at.hi;
	if (build_wants_key(b)) {
		place_key(b, f, node, at);
		return;
	}
	if (f->node->kind == NODE_LIST)
		push(b);
	f->has_key = false;
	b->pending[b->npending - 1].entry.value = node;
}

static struct anchor *add_anchor(struct builder *b, struct str name, struct node *node)
{
	struct anchor *anchor = NEW(&b->scratch, struct anchor);

	*anchor = (struct anchor){.node = node, .nodes = 1};
	map_put(&b->anchors, &b->scratch, arena_str(&b->scratch, name), anchor);
	return anchor;
}

bool build_open(struct builder *b, enum node_kind kind, struct span at, struct str anchor)
{
	struct frame *f;

	if (b->depth == b->max_depth)
		return too_deep(b, at);
	if (!count(b, 1, at))
		return false;
	f = &b->frames[b->depth++];
	*f = (struct frame){
		.node = NEW(b->a, struct node),
		.first = b->npending,
		.nodes = b->nodes - 1,
		.end = at.hi,
	};
	f->node->kind = kind;
	f->node->at = at;
	if (anchor.n > 0) {
		f->anchor = add_anchor(b, anchor, f->node);
		f->anchor->open = true;
	}
	return true;
}

static void report_duplicate(struct builder *b, struct pending *first, struct pending *again)
{
	struct diag *d = diag_duplicate_key(b->ds, again->entry.key_at, again->entry.key);

	diag_label(b->ds, d, first->entry.key_at, "first given here");
	again->dropped = true;
	/* The first value may lack what the second has: nothing more is said about it. */
	((struct node *)(uintptr_t)first->entry.value)->poisoned = true;
}

/* By key, then in the order of the text. */
static int pending_cmp(const void *pa, const void *pb)
{
	const struct pending *a = *(struct pending *const *)pa, *b = *(struct pending *const *)pb;
	int c = str_cmp(a->entry.key, b->entry.key);

	return c != 0 ? c : (a > b) - (a < b);
}

/* For large mappings: sorting has no bad case, as hashing has. */
static void drop_duplicates_sorted(struct builder *b, struct pending *p, size_t n)
{
	struct pending **sorted = NEW_ARRAY(&b->scratch, struct pending *, n), *first = NULL;
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (!p[i].dropped)
			sorted[m++] = &p[i];
	qsort(sorted, m, sizeof(*sorted), pending_cmp);
	for (size_t i = 0; i < m; i++) {
		if (first != NULL && str_eq(first->entry.key, sorted[i]->entry.key))
			report_duplicate(b, first, sorted[i]);
		else
			first = sorted[i];
	}
}

static const struct pending *find_pending(const struct pending *p, size_t n, struct str key)
{
	for (size_t i = 0; i < n; i++)
		if (!p[i].dropped && str_eq(p[i].entry.key, key))
			return &p[i];
	return NULL;
}

/* Reports keys that are given twice, and drops all but the first. */
static void drop_duplicates(struct builder *b, struct pending *p, size_t n)
{
	if (n > 16) {
		drop_duplicates_sorted(b, p, n);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const struct pending *first = find_pending(p, i, p[i].entry.key);

		if (first != NULL && !p[i].dropped)
			report_duplicate(b, &p[first - p], &p[i]);
	}
}

/* The entries of a mapping while merge keys add to it. */
struct merging {
	struct map seen; /* keys that are there */
	struct entry *entries;
	size_t n, cap;
};

static void add_entry(struct builder *b, struct merging *m, const struct entry *e)
{
	if (map_put(&m->seen, &b->scratch, e->key, e) != NULL)
		return;
	m->entries = arena_grow(b->a, m->entries, sizeof(*m->entries), m->n, &m->cap);
	m->entries[m->n++] = *e;
}

/* Adds the entries of `from`, the value of a merge key or an item of it, that are not there yet. */
static void merge_one(struct builder *b, struct merging *m, const struct node *from,
		      struct span key_at)
{
	if (from->poisoned && from->kind != NODE_MAP)
		return;
	if (from->kind != NODE_MAP) {
		diag_bad_merge(b->ds, from->at.src != NULL ? from->at : key_at,
			       node_kind_words(from->kind));
		return;
	}
	for (size_t i = 0; i < from->map.n; i++) {
		struct node *value = (struct node *)(uintptr_t)from->map.entries[i].value;

		value->shared = true;
		add_entry(b, m, &from->map.entries[i]);
	}
}

static void merge(struct builder *b, struct merging *m, const struct entry *key)
{
	const struct node *from = key->value;

	if (from->kind != NODE_LIST) {
		merge_one(b, m, from, key->key_at);
		return;
	}
	for (size_t i = 0; i < from->list.n; i++)
		merge_one(b, m, from->list.items[i], key->key_at);
}

static void close_merged(struct builder *b, struct node *node, struct pending *p, size_t n)
{
	struct merging m = {0};

	for (size_t i = 0; i < n; i++)
		if (!p[i].dropped && !p[i].merge)
			add_entry(b, &m, &p[i].entry);
	for (size_t i = 0; i < n; i++)
		if (!p[i].dropped && p[i].merge)
			merge(b, &m, &p[i].entry);
	node->map.entries = m.entries;
	node->map.n = m.n;
}

static void close_map(struct builder *b, struct node *node, struct pending *p, size_t n)
{
	struct entry *entries;
	bool merges = false;

	join_cut_numbers(b, p, n);
	drop_duplicates(b, p, n);
	for (size_t i = 0; i < n; i++)
		merges |= p[i].merge;
	if (merges) {
		close_merged(b, node, p, n);
		return;
	}
	entries = NEW_ARRAY(b->a, struct entry, n);
	node->map.entries = entries;
	node->map.n = 0;
	for (size_t i = 0; i < n; i++)
		if (!p[i].dropped)
			entries[node->map.n++] = p[i].entry;
}

static void close_list(struct builder *b, struct node *node, const struct pending *p, size_t n)
{
	const struct node **items = NEW_ARRAY(b->a, const struct node *, n);

	for (size_t i = 0; i < n; i++)
		items[i] = p[i].entry.value;
	node->list.items = items;
	node->list.n = n;
}

void build_close(struct builder *b, size_t end)
{
	struct frame f = b->frames[b->depth - 1], *outer;
	size_t n = b->npending - f.first;
	struct pending *p = n > 0 ? &b->pending[f.first] : NULL;

	f.node->at = span_in(f.node->at.src, f.node->at.lo, end > 0 ? end : f.end);
	if (f.node->poisoned)
		f.node->kind = NODE_NULL; /* {{ name }} */
	else if (f.node->kind == NODE_MAP)
		close_map(b, f.node, p, n);
	else
		close_list(b, f.node, p, n);
	b->npending = f.first;
	b->depth--;
	if (f.anchor != NULL) {
		f.anchor->open = false;
		f.anchor->height = f.height + 1;
		f.anchor->nodes = b->nodes - f.nodes;
	}
	outer = top(b);
	if (outer != NULL && f.height + 1 > outer->height)
		outer->height = f.height + 1;
	place(b, f.node, f.node->at);
}

bool build_scalar(struct builder *b, const struct node *scalar, struct str anchor)
{
	struct node *node;

	if (anchor.n == 0 && build_wants_key(b)) { /* only its text is kept: no value to count */
		place(b, scalar, scalar->at);
		return true;
	}
	if (!count(b, 1, scalar->at))
		return false;
	node = NEW(b->a, struct node);
	*node = *scalar;
	if (anchor.n > 0)
		add_anchor(b, anchor, node);
	place(b, node, node->at);
	return true;
}

/* Stands for an alias that has no value. */
static void place_poisoned(struct builder *b, struct span at)
{
	struct node *node = NEW(b->a, struct node);

	*node = (struct node){.kind = NODE_NULL, .at = at, .poisoned = true};
	place(b, node, at);
}

bool build_alias(struct builder *b, struct str name, struct span at)
{
	const struct anchor *anchor = map_get(&b->anchors, name);
	struct frame *f = top(b);

	if (anchor == NULL) {
		diag_unknown_alias(b->ds, at, name);
		place_poisoned(b, at);
		return true;
	}
	if (anchor->open) {
		struct diag *d = diag_alias_cycle(b->ds, at);

		diag_label(b->ds, d, span_in(at.src, anchor->node->at.lo, anchor->node->at.lo),
			   "the value begins here");
		place_poisoned(b, at);
		return true;
	}
	if (b->depth + anchor->height > b->max_depth)
		return too_deep(b, at);
	if (!count(b, anchor->nodes, at))
		return false;
	if (f != NULL && anchor->height > f->height)
		f->height = anchor->height;
	anchor->node->shared = true;
	place(b, anchor->node, at);
	return true;
}

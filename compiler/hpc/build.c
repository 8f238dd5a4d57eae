/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - sections and lists under construction. */
#include "compiler/hpc/eval.h"

static struct built *room(struct evaluator *ev, struct builder *b, struct span at)
{
	if (b->list && b->n >= HPC_MAX_ITEMS)
		stop_size(ev, at, "a list has more than 10,000 items");
	if (b->n == b->cap) {
		size_t cap = b->cap > 0 ? 2 * b->cap : 8;
		struct built *items;

		if (!bytes(ev, at, (cap - b->cap) * sizeof(struct built)))
			return NULL;
		items = NEW_ARRAY(ev->a, struct built, cap);
		for (size_t i = 0; i < b->n; i++)
			items[i] = b->items[i];
		b->items = items;
		b->cap = cap;
	}
	return ev->stopped ? NULL : &b->items[b->n++];
}

struct builder *builder_new(struct evaluator *ev, const struct value *from, const struct type *t,
			    struct span at, bool list)
{
	struct builder *b = NEW(ev->a, struct builder);

	b->list = list;
	b->type = t;
	b->at = at;
	if (from == NULL)
		return b;
	for (size_t i = 0; list && i < from->list.n; i++) {
		struct built *x = room(ev, b, at);

		if (x == NULL)
			return b;
		*x = (struct built){.value = from->list.items[i]};
	}
	for (size_t i = 0; !list && i < from->section.n; i++) {
		const struct value_entry *e = &from->section.entries[i];
		struct built *x = room(ev, b, at);

		if (x == NULL)
			return b;
		*x = (struct built){
			.value = e->value, .key = e->key, .key_at = e->key_at, .from_spread = true};
	}
	return b;
}

struct built *builder_find(struct builder *b, struct str key)
{
	if (b->indexed) {
		uintptr_t number = (uintptr_t)map_get(&b->index, key);

		return number > 0 ? &b->items[number - 1] : NULL;
	}
	for (size_t i = 0; i < b->n; i++)
		if (str_eq(b->items[i].key, key))
			return &b->items[i];
	return NULL;
}

/* Finds entries by a map from now on, where there are many. */
static void index_entries(struct evaluator *ev, struct builder *b)
{
	if (b->indexed || b->n < INDEX_FROM)
		return;
	for (size_t i = 0; i < b->n; i++)
		map_put(&b->index, ev->a, b->items[i].key, (const void *)(uintptr_t)(i + 1));
	b->indexed = true;
}

struct built *builder_entry(struct evaluator *ev, struct builder *b, struct str key,
			    struct span key_at)
{
	struct built *x;

	index_entries(ev, b);
	x = builder_find(b, key);
	if (x != NULL)
		return x;
	x = room(ev, b, key_at);
	if (x == NULL)
		return NULL;
	*x = (struct built){.key = key, .key_at = key_at};
	if (b->indexed)
		map_put(&b->index, ev->a, key, (const void *)(uintptr_t)b->n);
	return x;
}

struct built *builder_append(struct evaluator *ev, struct builder *b, struct span at)
{
	struct built *x = room(ev, b, at);

	if (x != NULL)
		*x = (struct built){.key_at = at};
	return x;
}

/* The value of x, or NULL: it was removed. */
static const struct value *finished(struct evaluator *ev, struct built *x)
{
	if (x->builder != NULL) {
		bool implied = x->builder->implied;

		x->value = builder_done(ev, x->builder);
		x->builder = NULL;
		if (implied && is_section(x->value) && x->value->section.n == 0)
			x->value = NULL;
	}
	return x->value;
}

static const struct value *list_done(struct evaluator *ev, struct builder *b)
{
	const struct value **items = NEW_ARRAY(ev->a, const struct value *, b->n + 1);
	struct value *typed;
	const struct value *v;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		v = finished(ev, &b->items[i]);
		if (v == NULL)
			continue;
		if (is_lost(v))
			b->faulty = true;
		items[n++] = v;
	}
	if (b->faulty)
		return &value_poison;
	v = new_list(ev, items, n, b->at);
	if (is_poison(v) || b->type == NULL)
		return v;
	typed = NEW(ev->a, struct value);
	*typed = *v;
	typed->type = b->type;
	typed->checked = true;
	return typed;
}

const struct value *builder_done(struct evaluator *ev, struct builder *b)
{
	struct value_entry *entries;
	size_t n = 0;

	if (b->list)
		return list_done(ev, b);
	entries = NEW_ARRAY(ev->a, struct value_entry, b->n + 1);
	for (size_t i = 0; i < b->n; i++) {
		struct built *x = &b->items[i];
		const struct value *v = finished(ev, x);

		if (v == NULL)
			continue;
		if (is_lost(v))
			b->faulty = true;
		entries[n++] = (struct value_entry){x->key, x->key_at, v};
	}
	return b->faulty || ev->stopped ? &value_poison
					: new_section(ev, entries, n, b->at, b->type);
}

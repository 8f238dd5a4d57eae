/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - one value laid over another in depth. Depth: that of values, at most HPC_MAX_DEPTH. */
#include "compiler/hpc/eval.h"

/* The text by which items of a list are told apart, or NULL: this one has none. */
static const struct value *item_name(const struct value *item, struct str key)
{
	const struct value *own = is_section(item) ? value_get(item, key) : NULL;

	return own != NULL && own->kind == VALUE_TEXT && !own->open ? own : NULL;
}

/* The same of an item that all_named() found to have one. */
static struct str name_text(const struct value *item, struct str key)
{
	const struct value *own = item_name(item, key);

	INVARIANT(own != NULL);
	return own->text;
}

static bool all_named(const struct value *list, struct str key)
{
	for (size_t i = 0; i < list->list.n; i++)
		if (item_name(list->list.items[i], key) == NULL)
			return false;
	return list->list.n > 0;
}

/* Are the items of a list with this type told apart by a name? *ret_key: which property it is. */
static bool has_key(const struct type *t, struct str *ret_key)
{
	if (t == NULL || t->kind != TYPE_PROP || t->prop->kind != PROP_SECTIONS ||
	    t->prop->key.n == 0) {
		if (t == NULL || t->kind != TYPE_LIST || t->item == NULL ||
		    type_section(t->item) == NULL)
			return false;
	}
	*ret_key = type_item_key(t);
	return ret_key->n > 0;
}

static const struct value *merge_lists(struct evaluator *ev, const struct value *a,
				       const struct value *b, const struct type *t, struct str key,
				       struct span at)
{
	struct growing g = {0};
	struct map names = {0};
	const struct type *item = type_item(ev->types, t);
	const struct value *list;
	struct value *typed;

	for (size_t i = 0; i < a->list.n; i++) {
		if (!grow(ev, &g, a->list.items[i], at))
			return &value_poison;
		map_put(&names, ev->a, name_text(a->list.items[i], key),
			(const void *)(uintptr_t)(i + 1));
	}
	for (size_t i = 0; i < b->list.n; i++) {
		const struct value *v = b->list.items[i];
		uintptr_t k = (uintptr_t)map_get(&names, name_text(v, key));

		if (k > 0)
			g.items[k - 1] = merge_values(ev, g.items[k - 1], v, item, at);
		else if (!grow(ev, &g, v, at))
			return &value_poison;
	}
	list = new_list(ev, g.items, g.n, b->at);
	if (is_poison(list))
		return list;
	typed = NEW(ev->a, struct value);
	*typed = *list;
	typed->type = t;
	return typed;
}

/* Says that the list a gets lost although its items have names: their type is not known. */
static void tell_lost(struct evaluator *ev, const struct value *a, const struct value *b,
		      struct span at)
{
	const char *key = all_named(a, STR("Name")) && all_named(b, STR("Name")) ? "Name"
			  : all_named(a, STR("Key")) && all_named(b, STR("Key")) ? "Key"
										 : NULL;
	struct diag *d;

	if (key == NULL)
		return;
	d = diag_list_replaced(ev->ds, at, key);
	if (span_is_set(a->at))
		diag_label(ev->ds, d, a->at, "this list is replaced");
	diag_help(ev->ds, d,
		  "give the value a type, as in `let x: SlurmQueue = …`: then items are merged by "
		  "name");
}

static const struct value *merge_sections(struct evaluator *ev, const struct value *a,
					  const struct value *b, const struct type *t,
					  struct span at)
{
	struct builder *out;

	if (!steps(ev, at, 1 + b->section.n))
		return &value_poison;
	out = builder_new(ev, a, t, a->at, false);
	for (size_t i = 0; i < b->section.n && !ev->stopped; i++) {
		const struct value_entry *e = &b->section.entries[i];
		struct built *x = builder_entry(ev, out, e->key, e->key_at);
		bool is_known;
		const struct type *member =
			t != NULL ? type_member(ev->types, t, e->key, &is_known) : NULL;

		if (x == NULL)
			break;
		if (x->value == NULL)
			x->key_at = e->key_at;
		x->value = x->value == NULL ? e->value
					    : merge_values(ev, x->value, e->value, member, at);
	}
	if (ev->stopped)
		return &value_poison;
	out->type = NULL; /* the place sees to the type */
	return builder_done(ev, out);
}

const struct value *merge_values(struct evaluator *ev, const struct value *a, const struct value *b,
				 const struct type *t, struct span at)
{
	struct str key;

	if (is_poison(a) || is_poison(b))
		return &value_poison;
	if (t == NULL || t->kind == TYPE_ANY)
		t = b->type != NULL ? b->type : a->type;
	if (is_section(a) && is_section(b))
		return merge_sections(ev, a, b, t, at);
	if (a->kind == VALUE_LIST && b->kind == VALUE_LIST) {
		if (has_key(t, &key)) {
			if (all_named(a, key) && all_named(b, key))
				return merge_lists(ev, a, b, t, key, at);
		} else if (t == NULL || t->kind == TYPE_ANY) {
			tell_lost(ev, a, b, at);
		}
	}
	return b;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* build_path.c - `A.B["x"][+].C: value` and `A.B { … }`: the way to what an entry sets or opens. */
#include "compiler/hpc/eval.h"

struct way {
	struct evaluator *ev;
	struct frame *f;
	const struct section_entry *entry;
	const struct value *value; /* SET: as soon as it was evaluated without a type, for `[*]` */
};

static const struct type *slot_type(struct evaluator *ev, const struct builder *b, struct str key)
{
	bool is_known;

	if (b->type == NULL)
		return NULL;
	return b->list ? type_item(ev->types, b->type)
		       : type_member(ev->types, b->type, key, &is_known);
}

static void cannot_open(struct evaluator *ev, const struct value *v, const struct step *next,
			struct span at, struct builder *b)
{
	struct diag *d;
	bool key = next == NULL || next->kind == STEP_KEY;

	b->faulty = true;
	if (v->kind == VALUE_OPEN_LIST || (v->kind == VALUE_TEXT && v->open)) {
		known(ev, v, at, "an entry that goes into it");
		return;
	}
	if (next != NULL && next->kind == STEP_EACH)
		d = diag_each_of_no_list(ev->ds, at, value_kind_words(ev->a, v));
	else
		d = diag_cannot_open(ev->ds, at, value_kind_words(ev->a, v),
				     key ? "a section can be opened" : "a list has items");
	if (span_is_set(v->at))
		diag_label(ev->ds, d, v->at, "it is written here");
	if (key && v->kind != VALUE_LIST)
		diag_help(ev->ds, d, "`:` replaces it");
	else if (key)
		diag_help(ev->ds, d,
			  "an item of it: `[0]` or `[\"name\"]`; each: `[*]`; one more: `[+]`");
}

/*
 * The builder in x, for the step `next` or the braces of an entry (NULL). NULL: there is nothing to change, or a
 * finding was made.
 */
static struct builder *open_slot(struct way *w, struct builder *b, struct built *x,
				 const struct type *t, const struct step *next, struct span at)
{
	struct evaluator *ev = w->ev;
	bool by_key = next == NULL || next->kind == STEP_KEY;
	bool must_list = next != NULL && (next->kind == STEP_APPEND || next->kind == STEP_EACH);

	if (x->builder == NULL && x->value != NULL && x->value->kind != VALUE_NULL) {
		bool list = x->value->kind == VALUE_LIST, section = is_section(x->value);

		if (is_poison(x->value))
			return NULL;
		if ((!list && !section) || (list && by_key) || (section && must_list)) {
			cannot_open(ev, x->value, next, at, b);
			return NULL;
		}
		x->builder = builder_new(ev, x->value, t != NULL ? t : x->value->type, x->value->at,
					 list);
	} else if (x->builder == NULL) {
		if (next != NULL && next->kind == STEP_EACH)
			return NULL;
		x->builder =
			builder_new(ev, NULL, t, at,
				    !by_key && (must_list || t == NULL || !type_is_mapping(t)));
		x->builder->implied = next != NULL;
	} else if ((x->builder->list && by_key) || (!x->builder->list && must_list)) {
		struct value v = {.kind = x->builder->list ? VALUE_LIST : VALUE_SECTION};

		cannot_open(ev, &v, next, at, b);
		return NULL;
	}
	x->value = NULL;
	x->builder->depth = b->depth + 1;
	if (x->builder->depth > HPC_MAX_DEPTH) {
		stop_size(ev, at, "a value has more than 100 levels of lists and sections");
		return NULL;
	}
	return x->builder;
}

/* ---- items ---- */

static const struct value *built_name(struct evaluator *ev, const struct built *x, struct str key)
{
	const struct built *own;

	(void)ev;
	if (x->builder != NULL) {
		own = x->builder->list ? NULL : builder_find(x->builder, key);
		return own != NULL ? own->value : NULL;
	}
	return x->value != NULL && is_section(x->value) ? value_get(x->value, key) : NULL;
}

/* What is in the list so far, for E0814. */
static void say_no_such_item(struct evaluator *ev, struct builder *b, struct str name,
			     struct str key, struct span at)
{
	struct value list = {.kind = VALUE_LIST, .at = b->at};
	const struct value **items = NEW_ARRAY(ev->a, const struct value *, b->n + 1);

	for (size_t i = 0; i < b->n; i++) {
		const struct value *own = built_name(ev, &b->items[i], key);
		struct value_entry *e = NEW(ev->a, struct value_entry);

		if (own == NULL)
			continue;
		*e = (struct value_entry){.key = key, .value = own};
		items[list.list.n++] = value_of_section(ev->a, e, 1, b->at);
	}
	list.list.items = items;
	no_such_item(ev, &list, name, key, at);
}

/* The item of the list that the step selects, or NULL after an error. */
static struct built *item_slot(struct way *w, struct builder *b, const struct step *s)
{
	struct evaluator *ev = w->ev;
	struct span at = place(w->f, s->index->at);
	const struct value *by = eval(ev, w->f, s->index, NULL);
	struct str key = b->type != NULL ? type_item_key(b->type) : STR("Name");

	if (!known(ev, by, at, "a selector"))
		return NULL;
	if (by->kind == VALUE_TEXT) {
		if (!b->list)
			return builder_entry(ev, b, by->text, at);
		if (!steps(ev, at, b->n / 8))
			return NULL;
		for (size_t i = 0; i < b->n; i++) {
			const struct value *own = built_name(ev, &b->items[i], key);

			if (own != NULL && own->kind == VALUE_TEXT && str_eq(own->text, by->text))
				return &b->items[i];
		}
		say_no_such_item(ev, b, by->text, key, at);
		return NULL;
	}
	if (!b->list || by->kind != VALUE_NUMBER || !number_is_int(by->number)) {
		diag_wrong_value_type(ev->ds, at, STR("a selector"),
				      b->list ? STR("a name or an int") : STR("a text"),
				      value_kind_words(ev->a, by));
		return NULL;
	}
	if (by->number.num >= 0 && (uint64_t)by->number.num < b->n)
		return &b->items[by->number.num];
	diag_help(ev->ds, diag_index_out_of_range(ev->ds, at, b->n, (long long)by->number.num),
		  "items are counted from 0");
	return NULL;
}

/* ---- what stands at the end of the way ---- */

/* N0763: which properties of the section that a spread brought are gone. */
static void tell_replaced(struct way *w, const struct built *x, const struct value *v)
{
	struct evaluator *ev = w->ev;
	struct buf gone = buf_in(ev->a);
	struct diag *d;
	size_t n = 0;

	if (!x->from_spread || x->value == NULL || !is_section(x->value) || !is_section(v) ||
	    w->entry->value->kind != EXPR_SECTION)
		return;
	for (size_t i = 0; i < x->value->section.n; i++) {
		struct str key = x->value->section.entries[i].key;

		if (value_find(v, key) != NULL)
			continue;
		if (n < 4)
			buf_fmt(&gone, "%s`" STR_F "`", n > 0 ? ", " : "", STR_A(key));
		else if (n == 4)
			buf_add(&gone, STR(" and others"));
		n++;
	}
	if (n == 0)
		return;
	d = diag_section_replaced(ev->ds, place(w->f, w->entry->path[w->entry->npath - 1].at),
				  buf_str(&gone));
	if (span_is_set(x->value->at))
		diag_label(ev->ds, d, x->value->at, "the section was written here");
	diag_help(ev->ds, d, "without the colon, only what is written changes");
}

static void remove_slot(struct way *w, struct builder *b, struct built *x)
{
	size_t i = (size_t)(x - b->items);

	if (!b->list) {
		*x = (struct built){.key = x->key, .key_at = x->key_at};
		return;
	}
	if (!steps(w->ev, place(w->f, w->entry->at), (b->n - i) / 8))
		return;
	for (; i + 1 < b->n; i++)
		b->items[i] = b->items[i + 1];
	b->n--;
}

static void set_slot(struct way *w, struct builder *b, struct built *x, const struct type *t,
		     const struct step *s, struct str name)
{
	struct evaluator *ev = w->ev;
	struct fit_for why = {.what = arena_joined(ev->a, STR("`"), name, STR("`"))};
	const struct value *v = w->value;
	size_t i = (size_t)(x - b->items);

	if (v == NULL)
		v = eval(ev, w->f, w->entry->value, t);
	if (w->entry->value->kind != EXPR_SECTION && w->entry->value->kind != EXPR_LIST)
		v = value_through(ev, v, place(w->f, w->entry->at),
				  arena_joined(ev->a, STR("it becomes `"), name, STR("` here")));
	if (v->kind != VALUE_NULL) /* which removes, whatever the type */
		v = fit(ev, v, t, &why);
	if (ev->stopped)
		return;
	if (is_lost(v))
		b->faulty = true;
	x = &b->items[i]; /* evaluation does not build here, but it may look like it */
	if (v->kind == VALUE_NULL) {
		remove_slot(w, b, x);
		return;
	}
	tell_replaced(w, x, v);
	*x = (struct built){.value = v,
			    .key = x->key,
			    .key_at = b->list ? x->key_at : place(w->f, s->at),
			    .written = true};
}

static void open_end(struct way *w, struct builder *b, struct built *x, const struct type *t,
		     const struct step *s)
{
	struct builder *inner = open_slot(w, b, x, t, NULL, place(w->f, s->at));
	size_t i = (size_t)(x - b->items);

	if (inner == NULL)
		return;
	b->items[i].written = true;
	inner->implied = false;
	build_entries(w->ev, w->f, inner, w->entry->body);
}

/* ---- the way ---- */

static void follow(struct way *w, struct builder *b, size_t i);

/* `[*]`: the rest of the way from each item. */
static void follow_each(struct way *w, struct builder *b, size_t i)
{
	const struct step *s = &w->entry->path[i];
	struct str name = STR("the item");

	if (w->entry->kind == ENTRY_SET && w->value == NULL)
		w->value = eval(w->ev, w->f, w->entry->value, NULL);
	for (size_t k = 0; k < b->n && !w->ev->stopped;) {
		size_t n = b->n;
		struct built *x = &b->items[k];
		const struct type *t = slot_type(w->ev, b, name);

		if (!steps(w->ev, place(w->f, s->at), 1))
			return;
		if (i + 1 == w->entry->npath && w->entry->kind == ENTRY_SET) {
			set_slot(w, b, x, t, s, name);
		} else if (i + 1 == w->entry->npath) {
			open_end(w, b, x, t, s);
		} else {
			struct builder *next =
				open_slot(w, b, x, t, &w->entry->path[i + 1], place(w->f, s->at));

			if (next != NULL)
				follow(w, next, i + 1);
		}
		k += b->n == n; /* an item that was set to null is gone */
	}
}

/* The property whose key is a text with expressions in it, or NULL after an error. */
static struct built *computed_slot(struct way *w, struct builder *b, const struct step *s)
{
	struct evaluator *ev = w->ev;
	struct span at = place(w->f, s->at);
	const struct value *key = eval(ev, w->f, s->index, NULL);
	bool is_known = true;

	if (!known(ev, key, at, "a key"))
		return NULL;
	if (b->type != NULL && type_is_mapping(b->type))
		type_member(ev->types, b->type, key->text, &is_known);
	if (is_known)
		return builder_entry(ev, b, key->text, at);
	diag_unknown_property(ev->ds, at, key->text, type_words(ev->a, b->type));
	return NULL;
}

/* The slot of step i in b; NULL: a finding was made, or there is nothing to change. */
static struct built *step_slot(struct way *w, struct builder *b, const struct step *s)
{
	switch (s->kind) {
	case STEP_KEY:
		return s->index != NULL ? computed_slot(w, b, s)
					: builder_entry(w->ev, b, s->key, place(w->f, s->at));
	case STEP_INDEX:
		return item_slot(w, b, s);
	case STEP_APPEND:
		return builder_append(w->ev, b, place(w->f, s->at));
	case STEP_EACH:
		break;
	}
	BUG("no such step");
}

/* From step i of the path on, which stands on b. Depth: the number of `[*]`, at most the levels of lists. */
static void follow(struct way *w, struct builder *b, size_t i)
{
	struct str name = STR("the item");

	for (; !w->ev->stopped; i++) {
		const struct step *s = &w->entry->path[i];
		bool last = i + 1 == w->entry->npath;
		struct built *x;
		const struct type *t;

		if (s->kind == STEP_EACH) {
			follow_each(w, b, i);
			return;
		}
		x = step_slot(w, b, s);
		if (x == NULL) {
			b->faulty = true;
			return;
		}
		name = s->kind == STEP_KEY ? x->key : name;
		t = slot_type(w->ev, b, b->list ? name : x->key);
		if (last && w->entry->kind == ENTRY_SET) {
			set_slot(w, b, x, t, s, name);
			return;
		}
		if (last) {
			open_end(w, b, x, t, s);
			return;
		}
		b = open_slot(w, b, x, t, s + 1, place(w->f, s->at));
		if (b == NULL)
			return;
	}
}

void build_entry(struct evaluator *ev, struct frame *f, struct builder *b,
		 const struct section_entry *entry)
{
	struct way w = {ev, f, entry, NULL};

	if (entry->npath == 0 || !steps(ev, place(f, entry->at), entry->npath - 1))
		return;
	if (entry->path[0].kind != STEP_KEY)
		return; /* no path of the grammar begins so */
	follow(&w, b, 0);
}

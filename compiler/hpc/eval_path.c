/* SPDX-License-Identifier: Apache-2.0 */
/* eval_path.c - `a.b[c].d`: properties and items. Chains of any length cost no depth. */
#include "compiler/base/nearest.h"
#include "compiler/hpc/eval.h"

/* Searches of near names cost the number of names; a program with more faults than these gets no more of them. */
enum { MOST_SEARCHES = 100 };

void near_name_try(struct near_name *near, struct str word, struct str name)
{
	unsigned limit = near->name.n > 0 ? near->distance - 1 : near_limit(word);
	unsigned distance;

	if (near->name.n > 0 && near->distance == 0)
		return;
	distance = edit_distance(name, word, limit);
	if (distance <= limit)
		*near = (struct near_name){name, distance};
}

/* ---- properties ---- */

static const struct value *absent_property(struct evaluator *ev, const struct value *of,
					   struct str name, struct span at)
{
	struct near_name near = {0};
	struct diag *d = diag_absent_property(ev->ds, at, name);

	for (size_t i = 0; i < of->section.n && ev->searches < MOST_SEARCHES; i++)
		near_name_try(&near, name, of->section.entries[i].key);
	ev->searches++;
	if (span_is_set(of->at))
		diag_label(ev->ds, d, of->at, "the section is written here");
	if (near.name.n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`?", STR_A(near.name));
	else
		diag_help(ev->ds, d, "where it may be absent: `… ?? null`");
	return &value_poison;
}

/* A null that stands for what is absent in `of`; t: the type that it would have. */
static const struct value *absent(struct evaluator *ev, const struct value *of,
				  const struct type *t)
{
	struct value *v = value_new(ev->a, VALUE_NULL, of->at);

	v->type = t;
	return v;
}

static const struct value *no_members(struct evaluator *ev, const struct value *of, struct str name,
				      struct span at)
{
	struct diag *d = diag_no_members(ev->ds, at, value_kind_words(ev->a, of), "properties");

	if (of->kind == VALUE_TEXT)
		diag_help(ev->ds, d, "facts of an instance type: `instance(…)." STR_F "`",
			  STR_A(name));
	else if (of->kind == VALUE_LIST)
		diag_help(ev->ds, d, "an item of a list: `[0]`, or `[\"name\"]`");
	else if (of->kind == VALUE_NULL)
		diag_help(ev->ds, d, "say what counts where it is absent: `… ?? …`");
	if (span_is_set(of->at))
		diag_label(ev->ds, d, of->at, "it is written here");
	return &value_poison;
}

static const struct value *member(struct evaluator *ev, const struct value *of, struct str name,
				  struct span at, bool forgiving)
{
	const struct value *v;

	if (of->kind == VALUE_NULL && (forgiving || (ev->policy != NULL && of->type != NULL)))
		return of;
	if (!known(ev, of, at, "a property"))
		return &value_poison;
	if (!is_section(of))
		return no_members(ev, of, name, at);
	v = value_get(of, name);
	if (v != NULL)
		return v;
	if (of->type != NULL && of->type->kind != TYPE_ANY) {
		bool is_known = true;
		const struct type *t = type_member(ev->types, of->type, name, &is_known);

		if (is_known && (t != NULL || of->type->kind != TYPE_FREE))
			return absent(ev, of, t);
		if (!is_known)
			return absent_property(ev, of, name, at);
	}
	return forgiving ? absent(ev, of, NULL) : absent_property(ev, of, name, at);
}

/* ---- items ---- */

struct str item_key_of(const struct value *list)
{
	return list->type != NULL ? type_item_key(list->type) : STR("Name");
}

const struct value *item_by_name(struct evaluator *ev, const struct value *list, struct str name,
				 struct str key, size_t *ret_i)
{
	(void)ev;
	for (size_t i = 0; i < list->list.n; i++) {
		const struct value *item = list->list.items[i];
		const struct value *own = is_section(item) ? value_get(item, key) : NULL;

		if (own != NULL && own->kind == VALUE_TEXT && str_eq(own->text, name)) {
			if (ret_i != NULL)
				*ret_i = i;
			return item;
		}
	}
	return NULL;
}

void no_such_item(struct evaluator *ev, const struct value *list, struct str name, struct str key,
		  struct span at)
{
	struct near_name near = {0};
	struct diag *d = diag_absent_item(ev->ds, at, name);
	struct buf all = buf_in(ev->a);
	size_t n = 0;

	for (size_t i = 0; list != NULL && i < list->list.n && ev->searches < MOST_SEARCHES; i++) {
		const struct value *item = list->list.items[i];
		const struct value *own = is_section(item) ? value_get(item, key) : NULL;

		if (own == NULL || own->kind != VALUE_TEXT)
			continue;
		near_name_try(&near, name, own->text);
		if (n < 6)
			buf_fmt(&all, "%s`" STR_F "`", n > 0 ? ", " : "", STR_A(own->text));
		n++;
	}
	ev->searches++;
	if (list != NULL && span_is_set(list->at))
		diag_label(ev->ds, d, list->at, "the list is written here");
	if (near.name.n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`?", STR_A(near.name));
	else if (n > 0)
		diag_help(ev->ds, d, "its items are " STR_F "%s", STR_A(buf_str(&all)),
			  n > 6 ? " …" : "");
	else
		diag_help(ev->ds, d, "no item of the list has a `" STR_F "`", STR_A(key));
}

static const struct value *no_number(struct evaluator *ev, const struct value *list, int64_t i,
				     struct span at)
{
	struct diag *d = diag_index_out_of_range(ev->ds, at, list->list.n, (long long)i);

	if (list->list.n > 0)
		diag_help(ev->ds, d, "items are counted from 0");
	return &value_poison;
}

static const struct value *slice(struct evaluator *ev, const struct value *list,
				 const struct value *range, struct span at)
{
	size_t from = 0, to = list->list.n;
	const struct value *v;
	struct value *copy;

	if ((range->range.has_from && !number_is_int(range->range.from)) ||
	    (range->range.has_to && !number_is_int(range->range.to))) {
		diag_bad_range(ev->ds, at, STR("items are selected by whole numbers"));
		return &value_poison;
	}
	if (range->range.has_from && range->range.from.num > 0)
		from = (uint64_t)range->range.from.num < to ? (size_t)range->range.from.num : to;
	if (range->range.has_to && range->range.to.num < (int64_t)to)
		to = range->range.to.num < 0 ? 0 : (size_t)range->range.to.num + 1;
	if (to < from)
		to = from;
	v = new_list(ev, to > from ? list->list.items + from : NULL, to - from, at);
	if (is_poison(v) || list->type == NULL)
		return v;
	copy = NEW(ev->a, struct value);
	*copy = *v;
	copy->type = list->type;
	return copy;
}

static const struct value *item_of_list(struct evaluator *ev, const struct value *of,
					const struct value *by, struct span at, bool forgiving)
{
	const struct value *v;
	struct str key = item_key_of(of);

	if (by->kind == VALUE_RANGE)
		return slice(ev, of, by, at);
	if (by->kind == VALUE_TEXT) {
		if (!steps(ev, at, of->list.n / 8))
			return &value_poison;
		v = item_by_name(ev, of, by->text, key, NULL);
		if (v == NULL && !forgiving)
			no_such_item(ev, of, by->text, key, at);
		return v != NULL ? v : forgiving ? absent(ev, of, NULL) : &value_poison;
	}
	if (by->kind != VALUE_NUMBER || !number_is_int(by->number)) {
		struct fit_for why = {.what = STR("a selector")};

		fit_labels(ev,
			   diag_wrong_value_type(ev->ds, at, why.what,
						 STR("a name, an int or a range"),
						 value_kind_words(ev->a, by)),
			   &why);
		return &value_poison;
	}
	if (by->number.num >= 0 && (uint64_t)by->number.num < of->list.n)
		return of->list.items[by->number.num];
	return forgiving ? absent(ev, of, NULL) : no_number(ev, of, by->number.num, at);
}

static const struct value *item(struct evaluator *ev, const struct value *of,
				const struct value *by, struct span at, bool forgiving)
{
	if (is_poison(of) || is_poison(by))
		return &value_poison;
	if (of->kind == VALUE_NULL && (forgiving || (ev->policy != NULL && of->type != NULL)))
		return of;
	if (!known(ev, by, at, "a selector"))
		return &value_poison;
	if (by->kind == VALUE_TEXT && !text_steps(ev, at, by->text))
		return &value_poison;
	if (of->kind == VALUE_OPEN_LIST && by->kind == VALUE_NUMBER && number_is_int(by->number))
		return open_item(ev, of, by->number.num, at);
	if (!known(ev, of, at, "a selector"))
		return &value_poison;
	if (is_section(of) && by->kind == VALUE_TEXT)
		return member(ev, of, by->text, at, forgiving);
	if (of->kind == VALUE_LIST)
		return item_of_list(ev, of, by, at, forgiving);
	diag_no_members(ev->ds, at, value_kind_words(ev->a, of), "items");
	return &value_poison;
}

/* ---- chains ---- */

/* Is e a step that stands on a value, so that the chain goes on below it? */
static bool is_step(const struct expr *e)
{
	return e->kind == EXPR_INDEX || (e->kind == EXPR_MEMBER && e->member.binding == NULL);
}

static const struct value *outputs_value(struct evaluator *ev, const struct item *declaration,
					 struct span at)
{
	struct value *v = value_new(ev->a, VALUE_DECLARATION, at);

	v->open = true;
	v->section.declaration = declaration;
	return v;
}

/* Does `.Outputs` of the value mean those of its stack? A declaration in a loop has no name of its own. */
static bool has_outputs(const struct value *of)
{
	return of->kind == VALUE_DECLARATION && !of->open && of->section.declaration != NULL &&
	       of->section.declaration->title == NULL && of->section.declaration->binding != NULL &&
	       of->section.declaration->binding->file_level;
}

/* NAME.Outputs of a declaration, or NULL: the name means something else, or is no such. */
static const struct value *outputs_of(struct evaluator *ev, struct frame *f, const struct expr *e)
{
	const struct expr *of = e->kind == EXPR_MEMBER ? e->member.of : NULL;
	const struct binding *b;

	if (of == NULL || e->member.binding != NULL ||
	    !str_eq(e->member.name.text, STR("Outputs")) || of->kind != EXPR_NAME)
		return NULL;
	b = of->name.binding;
	if (b == NULL || b->kind != BIND_DECLARATION)
		return NULL;
	return outputs_value(ev, b->item, place(f, e->at));
}

static const struct value *apply_step(struct evaluator *ev, struct frame *f, const struct expr *e,
				      const struct value *of, bool forgiving)
{
	const struct value *by;
	bool forgiven = of->kind == VALUE_DECLARATION || of->kind == VALUE_NULL;

	if (e->kind == EXPR_MEMBER) {
		struct span at = place(f, e->member.name.at);

		if (!forgiven && !known(ev, of, place(f, e->member.of->at), "a property"))
			return &value_poison;
		if (of->kind == VALUE_DECLARATION && of->open)
			return output_value(ev, of->section.declaration, e->member.name.text, at,
					    place(f, e->at));
		if (has_outputs(of) && str_eq(e->member.name.text, STR("Outputs")))
			return outputs_value(ev, of->section.declaration, place(f, e->at));
		return member(ev, of, e->member.name.text, at, forgiving);
	}
	by = eval(ev, f, e->index.at, NULL);
	if (!forgiven && by->kind != VALUE_NUMBER && !is_poison(by) &&
	    !known(ev, by->open ? by : of, place(f, by->open ? e->index.at->at : e->index.of->at),
		   "a selector"))
		return &value_poison;
	if (of->kind == VALUE_DECLARATION && of->open && by->kind == VALUE_TEXT && !by->open)
		return output_value(ev, of->section.declaration, by->text,
				    place(f, e->index.at->at), place(f, e->at));
	return item(ev, of, by, place(f, e->index.at->at), forgiving);
}

const struct value *eval_postfix(struct evaluator *ev, struct frame *f, const struct expr *e,
				 const struct type *want, bool forgiving)
{
	const struct expr **chain;
	const struct expr *at = e;
	const struct value *v = NULL;
	size_t n = 0, i = 0;

	(void)want;
	for (; is_step(at); at = at->kind == EXPR_MEMBER ? at->member.of : at->index.of)
		n++;
	if (n == 0)
		return eval_binding(ev, f, e->member.binding, place(f, e->at));
	if (!steps(ev, place(f, e->at), n - 1))
		return &value_poison;
	chain = NEW_ARRAY(ev->a, const struct expr *, n);
	at = e;
	for (size_t k = n; k > 0; k--) {
		chain[k - 1] = at;
		at = at->kind == EXPR_MEMBER ? at->member.of : at->index.of;
	}
	v = outputs_of(ev, f, chain[0]);
	if (v != NULL)
		i = 1;
	else
		v = eval(ev, f, at, NULL);
	for (; i < n && !ev->stopped && !is_poison(v); i++)
		v = apply_step(ev, f, chain[i], v, forgiving);
	return ev->stopped ? &value_poison : v;
}

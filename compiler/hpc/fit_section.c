/* SPDX-License-Identifier: Apache-2.0 */
/* fit_section.c - lists, sections and properties of the schema held against their types. */
#include "compiler/hpc/eval.h"
#include "compiler/hpc/fit_open.h"
#include "compiler/hpc/static_state.h"

/*
 * What judges values of the schema as literals are judged; NULL: what belongs to a declaration is left to its check,
 * which sees all of it, and what a policy makes was checked.
 */
static struct statics *judge(struct evaluator *ev)
{
	if (ev->statics == NULL || ev->running != NULL || ev->policy != NULL)
		return NULL;
	ev->statics->ds = ev->ds;
	return ev->statics;
}

/* v with the type t, which it fits. */
static const struct value *typed(struct evaluator *ev, const struct value *v, const struct type *t)
{
	struct value *copy;

	if (v->checked && v->type == t)
		return v;
	copy = NEW(ev->a, struct value);
	*copy = *v;
	copy->type = t;
	copy->checked = true;
	return copy;
}

const struct value *fit_items(struct evaluator *ev, const struct value *v, const struct type *item,
			      const struct type *t, const struct fit_for *why)
{
	struct fit_for inner = *why;
	const struct value **items = NULL;
	const struct value *list;
	bool faulty = false;

	if (item == NULL || item->kind == TYPE_ANY)
		return typed(ev, v, t);
	inner.item_of = t != NULL && t->kind == TYPE_PROP ? t->prop : NULL;
	inner.what = arena_joined(ev->a, STR("an item of "), why->what, STR(""));
	if (!steps(ev, v->at, v->list.n / 8))
		return &value_poison;
	for (size_t i = 0; i < v->list.n && !ev->stopped; i++) {
		const struct value *old = v->list.items[i], *new = fit(ev, old, item, &inner);

		faulty |= is_lost(new);
		if (new != old && items == NULL) {
			items = NEW_ARRAY(ev->a, const struct value *, v->list.n);
			for (size_t k = 0; k < i; k++)
				items[k] = v->list.items[k];
		}
		if (items != NULL)
			items[i] = new;
	}
	if (faulty || ev->stopped)
		return &value_poison;
	list = items != NULL ? new_list(ev, items, v->list.n, v->at) : v;
	return is_poison(list) ? list : typed(ev, list, t);
}

/* ---- sections ---- */

const struct value *without_unit(struct evaluator *ev, const struct value *v)
{
	struct value *made;

	if (v->kind != VALUE_NUMBER || dimension_is_plain(v->number.of))
		return v;
	made = value_new(ev->a, VALUE_POISON, v->at);
	made->apart = true;
	return made;
}

static struct diag *unknown_key(struct evaluator *ev, const struct value_entry *e,
				const struct type *t, const struct fit_for *why)
{
	struct near_name near = {0};
	struct str called = t->name.n > 0 ? arena_fmt(ev->a, "`" STR_F "`", STR_A(t->name))
					  : arena_str(ev->a, why->what);
	struct diag *d = diag_unknown_property(ev->ds, e->key_at, e->key, called);

	for (size_t i = 0; i < t->nfields; i++)
		near_name_try(&near, e->key, t->fields[i].name.text);
	if (near.name.n > 0)
		diag_help(ev->ds, d, "did you mean `" STR_F "`?", STR_A(near.name));
	return fit_labels(ev, d, why);
}

/* The default of a field that is absent, or NULL where it has none. False: it must be given, which is reported. */
static bool absent_field(struct evaluator *ev, const struct value *v, const struct type *t,
			 const struct record_field *field, const struct fit_for *why,
			 const struct value **ret)
{
	struct frame f;

	*ret = NULL;
	if (field->otherwise != NULL) {
		const struct program_file *file = NULL;

		for (size_t i = 0; i < ev->program->nfiles && file == NULL; i++)
			if (ev->program->files[i]->src == field->otherwise->at.src)
				file = ev->program->files[i];
		if (file == NULL)
			file = ev->program->main;
		f = frame_of_file(ev, file, field->nslots);
		*ret = fit(ev, eval(ev, &f, field->otherwise, field->type), field->type, why);
		return true;
	}
	if (field->type == NULL || field->type->optional)
		return true;
	fit_labels(ev,
		   diag_missing_property(ev->ds, span_is_set(v->at) ? v->at : why->call,
					 t->name.n > 0
						 ? arena_fmt(ev->a, "`" STR_F "`", STR_A(t->name))
						 : why->what,
					 field->name.text),
		   why);
	return false;
}

/* The fields that v lacks: entries for those with a default. */
static bool add_fields(struct evaluator *ev, const struct value *v, const struct type *t,
		       const struct fit_for *why, struct value_entry *entries, size_t *n)
{
	bool faulty = false;

	for (size_t i = 0; i < t->nfields && !ev->stopped; i++) {
		const struct record_field *field = &t->fields[i];
		const struct value *made;

		if (value_find(v, field->name.text) != NULL)
			continue;
		if (!absent_field(ev, v, t, field, why, &made))
			faulty = true;
		else if (made != NULL && made->kind != VALUE_NULL)
			entries[(*n)++] =
				(struct value_entry){field->name.text, field->name.at, made};
		faulty |= made != NULL && is_poison(made);
	}
	return !faulty;
}

/* A copy of the first n entries of v, with room for those of a record that are absent. */
static struct value_entry *copied(struct evaluator *ev, const struct value *v, const struct type *t,
				  size_t n)
{
	struct value_entry *entries =
		NEW_ARRAY(ev->a, struct value_entry, v->section.n + t->nfields + 1);

	for (size_t i = 0; i < n; i++)
		entries[i] = v->section.entries[i];
	return entries;
}

const struct value *fit_section(struct evaluator *ev, const struct value *v, const struct type *t,
				const struct fit_for *why)
{
	struct value_entry *entries = t->kind == TYPE_RECORD ? copied(ev, v, t, 0) : NULL;
	size_t n = v->section.n;
	bool faulty = false;
	const struct value *made;

	if (v->kind == VALUE_DECLARATION && v->open)
		return &value_poison;
	if (!steps(ev, v->at, n / 8))
		return &value_poison;
	for (size_t i = 0; i < v->section.n && !ev->stopped; i++) {
		const struct value_entry *e = &v->section.entries[i];
		bool is_known = true;
		const struct type *member = type_member(ev->types, t, e->key, &is_known);
		struct fit_for inner = {
			.declared = why->declared, .call = why->call, .callee = why->callee};
		const struct value *new;

		if (!is_known && t->kind == TYPE_RECORD) {
			unknown_key(ev, e, t, why);
			faulty = true;
		} else if (!is_known && judge(ev) != NULL) {
			unknown_property(judge(ev), e->key_at, e->key, t);
			faulty = true;
		}
		inner.what = arena_joined(ev->a, STR("`"), e->key, STR("`"));
		new = is_known ? fit(ev, e->value, member, &inner) : without_unit(ev, e->value);
		faulty |= is_lost(new);
		if (new != e->value && entries == NULL)
			entries = copied(ev, v, t, i);
		if (entries != NULL)
			entries[i] = (struct value_entry){e->key, e->key_at, new};
	}
	if (t->kind == TYPE_RECORD)
		faulty |= !add_fields(ev, v, t, why, entries, &n);
	if (faulty || ev->stopped)
		return &value_poison;
	if (entries == NULL)
		return typed(ev, v, t);
	made = new_section(ev, entries, n, v->at, t);
	if (v->kind == VALUE_DECLARATION && !is_poison(made)) {
		struct value *copy = NEW(ev->a, struct value);

		*copy = *made;
		copy->kind = VALUE_DECLARATION;
		copy->section.declaration = v->section.declaration;
		made = copy;
	}
	return is_poison(made) ? made : typed(ev, made, t);
}

/* ---- properties ---- */

const struct value *value_apart(struct evaluator *ev, const struct value *v)
{
	struct value *made = value_new(ev->a, VALUE_POISON, v->at);

	made->apart = true;
	ev->apart++;
	return made;
}

/* Is the stored number of this property whole? */
static bool stores_whole(const struct prop *p)
{
	return p->kind == PROP_INT || p->kind == PROP_INTS || p->kind == PROP_INT_ENUM ||
	       p->kind == PROP_INT_OR_STRING;
}

static const struct value *bad_quantity(struct evaluator *ev, const struct value *v,
					const struct type *t, const struct unit *unit,
					const struct fit_for *why)
{
	struct str want =
		unit != NULL ? dimension_words(ev->a, unit->value.of) : STR("a plain number");
	struct diag *d = diag_wrong_dimension(ev->ds, v->at, why->what, want,
					      dimension_words(ev->a, v->number.of),
					      number_shown(ev->a, v->number));

	if (unit != NULL)
		diag_help(ev->ds, d, "it is stored in " STR_F, STR_A(t->prop->unit));
	else if (t->prop->unit.n > 0)
		diag_help(ev->ds, d, "it is counted in " STR_F ", which is no unit of a program",
			  STR_A(t->prop->unit));
	fit_labels(ev, d, why);
	return value_apart(ev, v);
}

/* What FSx for Lustre has next: 1200 GiB and multiples of 2400. Source: FSx API Reference, StorageCapacity. */
static struct number next_of_lustre(struct number gib)
{
	enum { LEAST = 1200, STEP = 2400 };
	struct number steps, whole = number_int(LEAST);

	if (number_cmp(gib, whole) <= 0 || !number_div(gib, number_int(STEP), &steps) ||
	    !number_mul(number_ceil(steps), number_int(STEP), &whole))
		return number_int(LEAST);
	return whole;
}

static const struct value *not_whole(struct evaluator *ev, const struct value *v,
				     const struct prop *prop, const struct unit *unit,
				     struct number stored, const struct fit_for *why)
{
	bool lustre = prop == &schema_props[PROP_FsxLustreSettings_StorageCapacity];
	struct number next = lustre ? next_of_lustre(stored) : number_ceil(stored);
	struct str word = unit->word;
	struct str shown = number_written(ev->a, v->at);
	struct str n;
	struct diag *d;

	if (shown.n == 0)
		shown = number_shown(ev->a, v->number);
	if (!number_text(ev->a, stored, &n))
		n = number_shown(ev->a, stored);
	d = diag_not_whole(ev->ds, v->at, why->what, word, shown, n);
	fit_labels(ev, d, why);
	if (lustre)
		diag_note(ev->ds, d, "what AWS calls 1.2 TiB of Lustre is 1200 GiB");
	diag_help(ev->ds, d, "the next %s is `" STR_F " " STR_F "`",
		  lustre ? "that Lustre has" : "whole one", STR_A(number_shown(ev->a, next)),
		  STR_A(word));
	return value_apart(ev, v);
}

static const struct value *fraction(struct evaluator *ev, const struct value *v,
				    const struct type *t, const struct fit_for *why)
{
	fit_labels(ev,
		   diag_wrong_type(ev->ds, v->at, t->prop->name, "a whole number", "a fraction"),
		   why);
	return value_apart(ev, v);
}

/* v as the number of a property that is counted in the unit. */
static const struct value *counted(struct evaluator *ev, const struct value *v,
				   struct number stored, const struct unit *unit)
{
	struct value *made = NEW(ev->a, struct value);

	*made = *v;
	made->number = stored;
	made->unit = unit;
	return made;
}

/* A quantity as the property stores it; a plain number is that already. */
static const struct value *fit_quantity(struct evaluator *ev, const struct value *v,
					const struct type *t, const struct fit_for *why)
{
	const struct unit *unit = unit_stored(t->prop->unit);
	struct number stored;

	/* The number of a property that counts in another unit is a quantity. */
	if (dimension_is_plain(v->number.of) &&
	    (unit == NULL || v->unit == NULL || v->unit == unit ||
	     !dimension_eq(v->unit->value.of, unit->value.of))) {
		if (stores_whole(t->prop) && !number_is_int(v->number))
			return fraction(ev, v, t, why);
		return unit == NULL || v->unit == unit ? v : counted(ev, v, v->number, unit);
	}
	if (v->unit == NULL && (unit == NULL || !dimension_eq(unit->value.of, v->number.of)))
		return bad_quantity(ev, v, t, unit, why);
	if (!value_quantity(v, &stored) || !number_div(stored, unit->value, &stored)) {
		diag_overflow(ev->ds, v->at);
		return &value_poison;
	}
	if (stores_whole(t->prop) && !number_is_int(stored))
		return not_whole(ev, v, t->prop, unit, stored, why);
	return counted(ev, v, stored, unit);
}

/* What the row takes instead of a text in quotes, or NULL. */
static const char *wants_no_text(const struct prop *p)
{
	if (p->kind == PROP_INT || p->kind == PROP_INT_ENUM)
		return "a whole number";
	if (p->kind == PROP_NUMBER)
		return "a number";
	return p->kind == PROP_BOOL ? "true or false" : NULL;
}

/* YAML reads "5" as it reads 5; here the two differ, however the text came about. */
static const struct value *text_at_prop(struct evaluator *ev, const struct value *v,
					const struct type *t, const struct fit_for *why)
{
	const char *want = wants_no_text(t->prop);
	struct diag *d;

	if (want == NULL)
		return v;
	d = diag_wrong_type(ev->ds, v->at, t->prop->name, want, "a text");
	fit_labels(ev, d, why);
	diag_help(ev->ds, d, "a value in quotes is a text; write it without them");
	return value_apart(ev, v);
}

static const struct value *as_prop(struct evaluator *ev, const struct value *v,
				   const struct type *t, const struct fit_for *why)
{
	const struct type *item;

	if (v->kind == VALUE_RANGE || (v->kind == VALUE_DECLARATION && v->open)) {
		diag_wrong_value_type(ev->ds, v->at, why->what, type_words(ev->a, t),
				      value_kind_words(ev->a, v));
		return value_apart(ev, v);
	}
	if (v->kind == VALUE_NUMBER)
		return fit_quantity(ev, v, t, why);
	if (v->kind == VALUE_TEXT)
		return text_at_prop(ev, v, t, why);
	if (v->kind == VALUE_LIST) {
		item = type_item(ev->types, t);
		if (item == NULL && !type_is_list(t))
			return v; /* the check of the whole file says what it must be */
		return fit_items(ev, v, item, t, why);
	}
	if (is_section(v) && type_is_mapping(t))
		return fit_section(ev, v, t, why);
	return v;
}

/* Holds a scalar, or the kind of anything else, against what the row takes. False after a finding. */
static bool judged(struct evaluator *ev, const struct value *v, const struct type *t)
{
	struct statics *s = judge(ev);
	unsigned errors = ev->ds->errors;
	bool list = v->kind == VALUE_LIST;

	if (s == NULL || t->prop->kind == PROP_ANY)
		return true;
	if (v->kind == VALUE_BOOL || v->kind == VALUE_NUMBER || v->kind == VALUE_TEXT)
		judge_prop(s, v, t);
	else if ((list && !type_is_list(t)) || (is_section(v) && !type_is_mapping(t)))
		wrong_kind_of_prop(s, v->at, t, list ? STR("a list") : STR("a section"));
	return ev->ds->errors == errors;
}

const struct value *fit_prop(struct evaluator *ev, const struct value *v, const struct type *t,
			     const struct fit_for *why)
{
	const struct value *made = as_prop(ev, v, t, why);

	return is_poison(made) || judged(ev, made, t) ? made : &value_poison;
}

/* ---- values of the deployment ---- */

static const struct value *must_be_known(struct evaluator *ev, const struct value *v,
					 const struct fit_for *why)
{
	struct diag *d = diag_known_when_compiling(ev->ds, v->at, why->what);

	if (span_is_set(v->declared) && span_cmp(span_plain(v->declared), span_plain(v->at)) != 0)
		diag_label(ev->ds, d, v->declared, "it is declared here");
	fit_labels(ev, d, why);
	diag_help(
		ev->ds, d,
		"make it a `param` without `deploy`, or give it a type of values: `\"a\" | \"b\"`");
	return &value_poison;
}

/* May a value declared as `own` (NULL: a text put together) stand where a text of `t` is wanted? */
static bool open_fits(const struct type *own, const struct type *t)
{
	if (own == NULL || t->kind == TYPE_ANY)
		return true;
	if (t->kind == TYPE_PATTERN)
		return own->kind != TYPE_PATTERN || own->schema_pattern == t->schema_pattern;
	if (t->kind == TYPE_CATALOGUE)
		return own->kind == TYPE_CATALOGUE && own->catalogue == t->catalogue;
	if (t->kind == TYPE_STRING)
		return own->kind != TYPE_INT && own->kind != TYPE_NUMBER;
	if (t->kind == TYPE_NUMBER)
		return own->kind == TYPE_INT || own->kind == TYPE_NUMBER;
	return own->kind == t->kind;
}

static const struct value *fit_open_prop(struct evaluator *ev, const struct value *v,
					 const struct type *t, const struct fit_for *why)
{
	const struct type *own = v->open_type;

	if (t->prop->open || (own != NULL && own->kind == TYPE_CHOICE) ||
	    (own != NULL && own->kind == TYPE_LIST && own->item != NULL &&
	     own->item->kind == TYPE_CHOICE))
		return v;
	if (t->prop->kind == PROP_ANY || t->prop->kind == PROP_MAP || t->prop->kind == PROP_MAPS)
		return v; /* judged where it is used */
	must_be_known(ev, v, why);
	return value_apart(ev, v);
}

const struct value *fit_open(struct evaluator *ev, const struct value *v, const struct type *t,
			     const struct fit_for *why)
{
	const struct type *own = v->open_type;

	if (t->kind == TYPE_PROP)
		return fit_open_prop(ev, v, t, why);
	if (t->kind == TYPE_ANY)
		return v;
	if (v->kind == VALUE_OPEN_LIST) {
		if (t->kind == TYPE_LIST && (t->item == NULL || own == NULL || own->item == NULL ||
					     open_fits(own->item, t->item)))
			return v;
	} else if (t->kind == TYPE_CHOICE || (t->kind == TYPE_STRING && t->pattern.n > 0) ||
		   t->kind == TYPE_BOOL || t->kind == TYPE_QUANTITY || t->has_from || t->has_to) {
		return own != NULL && own == t ? v : must_be_known(ev, v, why);
	} else if (t->kind != TYPE_LIST && t->kind != TYPE_RECORD && t->kind != TYPE_FREE &&
		   t->kind != TYPE_SECTION && open_fits(own, t)) {
		return v;
	}
	fit_labels(ev,
		   diag_wrong_value_type(ev->ds, v->at, why->what, type_words(ev->a, t),
					 own != NULL ? type_words(ev->a, own)
						     : value_kind_words(ev->a, v)),
		   why);
	return &value_poison;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* model_value.c - walks the model by the generated tables; it knows no property by name. */
#include "compiler/compile/model_value.h"

#include "compiler/base/open_text.h"
#include "compiler/schema/kind.h"

#include <math.h>
#include <string.h>

struct maker {
	struct arena *a;
	const struct model *model;
	struct type_maker *types;
};

static const struct value *section_value(struct maker *m, const struct section *s,
					 const char *model, struct span around);

/* ---- scalars ---- */

static struct value *new_value(struct maker *m, enum value_kind kind, struct span at)
{
	struct value *v = NEW(m->a, struct value);

	v->kind = kind;
	v->at = at;
	v->checked = true;
	return v;
}

static const struct value *text_value(struct maker *m, struct str text, struct span at)
{
	bool list = text_is_list(text);
	struct value *v = new_value(m, list ? VALUE_OPEN_LIST : VALUE_TEXT, at);

	v->text = text;
	v->open = !text_is_known(text);
	v->declared = at;
	return v;
}

static const struct value *bool_value(struct maker *m, bool b, struct span at)
{
	struct value *v = new_value(m, VALUE_BOOL, at);

	v->boolean = b;
	return v;
}

static struct value *number_value(struct maker *m, struct number n, struct span at)
{
	struct value *v = new_value(m, VALUE_NUMBER, at);

	v->number = n;
	return v;
}

/* The decimal that a person writes for x, as a fraction; false when it has too many digits. */
static bool number_of(struct arena *a, double x, struct number *ret)
{
	struct str digits = arena_fmt(a, "%.15g", fabs(x));

	if (!isfinite(x) || str_find(digits, 'e', 0) < digits.n || !number_read(digits, ret))
		return false;
	if (x < 0)
		ret->num = -ret->num;
	return true;
}

/* unit: what it is counted in, or NULL. */
static const struct value *real_value(struct maker *m, double x, const struct unit *unit,
				      struct span at)
{
	struct number n;

	if (number_of(m->a, x, &n)) {
		struct value *v = number_value(m, n, at);

		v->unit = unit;
		return v;
	}
	return text_value(m, arena_fmt(m->a, "%.17g", x), at);
}

/* ---- lists and free mappings ---- */

/* A list of n items, which the caller fills in. */
static struct value *list_value(struct maker *m, size_t n, struct span at,
				const struct value ***ret_items)
{
	struct value *v = new_value(m, VALUE_LIST, at);

	*ret_items = NEW_ARRAY(m->a, const struct value *, n + 1);
	v->list.items = *ret_items;
	v->list.n = n;
	return v;
}

static const struct value *strings_value(struct maker *m, const struct model_strings *l,
					 struct span at)
{
	const struct value **items;
	struct value *v;

	if (l->n == 1 && text_is_list(l->items[0].text))
		return text_value(m, l->items[0].text, l->items[0].at);
	v = list_value(m, l->n, at, &items);
	for (size_t i = 0; i < l->n; i++)
		items[i] = text_value(m, l->items[i].text, l->items[i].at);
	return v;
}

static const struct value *ints_value(struct maker *m, const struct model_ints *l, struct span at)
{
	const struct value **items;
	struct value *v = list_value(m, l->n, at, &items);

	for (size_t i = 0; i < l->n; i++)
		items[i] = number_value(m, number_int(l->items[i].value), l->items[i].at);
	return v;
}

/* Entries for n keys, which the caller fills in. */
static struct value *mapping_value(struct maker *m, size_t n, struct span at,
				   struct value_entry **ret_entries)
{
	struct value *v = new_value(m, VALUE_SECTION, at);

	*ret_entries = NEW_ARRAY(m->a, struct value_entry, n + 1);
	v->section.entries = *ret_entries;
	return v;
}

static const struct value *pair_value(struct maker *m, const struct model_pair *p)
{
	int64_t i;
	struct number n;

	if (p->value_is_bool)
		return bool_value(m, str_eq(p->value, STR("true")), p->value_at);
	if (p->value_is_number && str_to_int(p->value, &i))
		return number_value(m, number_int(i), p->value_at);
	if (p->value_is_number && number_read(p->value, &n))
		return number_value(m, n, p->value_at);
	return text_value(m, p->value, p->value_at);
}

static const struct value *map_value(struct maker *m, const struct model_map *map, struct span at)
{
	struct value_entry *entries;
	struct value *v = mapping_value(m, map->n, at, &entries);

	for (size_t i = 0; i < map->n; i++)
		entries[v->section.n++] = (struct value_entry){
			map->items[i].key, map->items[i].key_at, pair_value(m, &map->items[i])};
	return v;
}

static const struct value *maps_value(struct maker *m, const struct model_maps *l, struct span at)
{
	const struct value **items;
	struct value *v = list_value(m, l->n, at, &items);

	for (size_t i = 0; i < l->n; i++)
		items[i] = map_value(m, &l->items[i],
				     l->items[i].n > 0 ? l->items[i].items[0].key_at : at);
	return v;
}

/* Anything that the file says; its depth is bounded by the reader. NULL for null. */
static const struct value *any_value(struct maker *m, const struct node *n)
{
	struct value_entry *entries;
	const struct value **items;
	struct value *v;

	switch (n->kind) {
	case NODE_NULL:
		return NULL;
	case NODE_BOOL:
		return bool_value(m, n->boolean, n->at);
	case NODE_INT:
		return number_value(m, number_int(n->integer), n->at);
	case NODE_FLOAT:
		return real_value(m, n->number, NULL, n->at);
	case NODE_STRING:
	case NODE_TIMESTAMP:
		return text_value(m, n->text, n->at);
	case NODE_LIST:
		v = list_value(m, n->list.n, n->at, &items);
		v->list.n = 0;
		for (size_t i = 0; i < n->list.n; i++)
			if ((items[v->list.n] = any_value(m, n->list.items[i])) != NULL)
				v->list.n++;
		return v;
	case NODE_MAP:
		v = mapping_value(m, n->map.n, n->at, &entries);
		for (size_t i = 0; i < n->map.n; i++) {
			const struct entry *e = &n->map.entries[i];
			const struct value *inner = any_value(m, e->value);

			if (inner != NULL)
				entries[v->section.n++] =
					(struct value_entry){e->key, e->key_at, inner};
		}
		return v;
	}
	BUG("kind %d of a value", (int)n->kind);
}

/* ---- sections ---- */

/* How every generated list begins. */
struct any_list {
	const char *items;
	size_t n;
};

static struct any_list list_in(const char *field)
{
	struct any_list list;

	memcpy(&list, field, sizeof(list));
	return list;
}

/* The text of the property that names an item, or an empty one. */
static struct str key_of(const struct prop *prop, const char *item)
{
	const struct prop *key = schema_find(&schema_sections[prop->section], prop->key);

	return key != NULL && key->kind == PROP_STRING
		       ? *(const struct str *)(const void *)(item + key->value_offset)
		       : (struct str){0};
}

static const struct value *sections_value(struct maker *m, const struct prop *prop,
					  const char *field, struct span at)
{
	const struct section *s = &schema_sections[prop->section];
	struct any_list list = list_in(field);
	struct value_entry *entries;
	const struct value **items;
	struct value *v;

	if (!prop->by_name) {
		v = list_value(m, list.n, at, &items);
		v->type =
			type_of_prop(m->types, prop, m->model->variant); /* how items are called */
		for (size_t i = 0; i < list.n; i++)
			items[i] = section_value(m, s, list.items + i * s->size, at);
		return v;
	}
	v = mapping_value(m, list.n, at, &entries);
	for (size_t i = 0; i < list.n; i++) {
		const char *item = list.items + i * s->size;

		entries[v->section.n++] = (struct value_entry){
			key_of(prop, item), ((const struct section_at *)(const void *)item)->key,
			section_value(m, s, item, at)};
	}
	return v;
}

static bool has_default(const struct maker *m, const struct prop *prop)
{
	for (size_t i = 0; i < prop->ndefaults_for; i++)
		if ((prop->defaults_for[i].variants & m->model->kind->variants) != 0)
			return true;
	return (prop->has & HAS_DEFAULT) != 0;
}

/* Does the property exist in this file? */
static bool is_there(const struct maker *m, const struct prop *prop)
{
	return (prop->variants & m->model->variant) != 0;
}

/* Is the absent section one that is there all the same: it needs nothing, and has a default in it? */
static bool is_of_defaults(const struct maker *m, const struct prop *prop)
{
	const struct section *s = &schema_sections[prop->section];
	bool found = false;

	for (size_t i = 0; i < s->ndue; i++)
		if ((s->props[s->due[i]].required & m->model->variant) != 0)
			return false;
	for (size_t i = 0; i < s->nprops && !found; i++) {
		const struct prop *p = &s->props[i];

		if (is_there(m, p))
			found = has_default(m, p) ||
				(p->kind == PROP_SECTION && is_of_defaults(m, p));
	}
	return found && prop->choice == 0 && s->none_of == 0;
}

static const struct value *inner_section(struct maker *m, const struct prop *prop,
					 const char *field, struct span around)
{
	const struct section_at *at = (const struct section_at *)(const void *)field;

	if (!at->written && !is_of_defaults(m, prop))
		return NULL;
	return section_value(m, &schema_sections[prop->section], field,
			     at->written ? at->span : around);
}

static const struct value *flex_value(struct maker *m, const struct prop *prop,
				      const struct model_flex *f, struct span at)
{
	if (f->is_text)
		return text_value(m, f->text, at);
	if (prop->kind == PROP_BOOL_OR_STRING)
		return bool_value(m, f->flag, at);
	return number_value(m, number_int(f->integer), at);
}

/* The value of a field that is written or has a default. */
static const struct value *field_value(struct maker *m, const struct prop *prop, const char *field,
				       struct span at)
{
	const void *f = field;
	struct value *number;
	int choice;

	switch (prop->kind) {
	case PROP_STRING:
		return text_value(m, *(const struct str *)f, at);
	case PROP_INT:
	case PROP_INT_ENUM:
		number = number_value(m, number_int(*(const int64_t *)f), at);
		number->unit = unit_stored(prop->unit);
		return number;
	case PROP_NUMBER:
		return real_value(m, *(const double *)f, unit_stored(prop->unit), at);
	case PROP_BOOL:
		return bool_value(m, *(const bool *)f, at);
	case PROP_ENUM:
		memcpy(&choice, f, sizeof(choice));
		return text_value(m, enum_text((enum prop_id)(prop - schema_props), choice), at);
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		return flex_value(m, prop, f, at);
	case PROP_STRINGS:
		return strings_value(m, f, at);
	case PROP_INTS:
		return ints_value(m, f, at);
	case PROP_MAP:
		return map_value(m, f, at);
	case PROP_MAPS:
		return maps_value(m, f, at);
	case PROP_ANY:
		return *(const struct node *const *)f != NULL
			       ? any_value(m, *(const struct node *const *)f)
			       : NULL;
	case PROP_SECTIONS:
		return sections_value(m, prop, field, at);
	case PROP_SECTION:
		break;
	}
	BUG("kind %d of a property", (int)prop->kind);
}

static bool is_list_or_map(const struct prop *prop)
{
	return prop->kind == PROP_STRINGS || prop->kind == PROP_INTS || prop->kind == PROP_MAP ||
	       prop->kind == PROP_MAPS || prop->kind == PROP_SECTIONS;
}

static const struct value *prop_value(struct maker *m, const struct prop *prop, const char *model,
				      struct span around)
{
	const struct field_at *at =
		(const struct field_at *)(const void *)(model + prop->at_offset);

	if (prop->kind == PROP_SECTION)
		return inner_section(m, prop, model + prop->value_offset, around);
	if (at->state == FIELD_ABSENT && !has_default(m, prop) && !is_list_or_map(prop))
		return NULL;
	return field_value(m, prop, model + prop->value_offset,
			   span_is_set(at->value) ? at->value : around);
}

/* The section as a value; `around`: its place where it is not written. */
static const struct value *section_value(struct maker *m, const struct section *s,
					 const char *model, struct span around)
{
	const struct section_at *at = (const struct section_at *)(const void *)model;
	struct value_entry *entries;
	struct span place = at->written && span_is_set(at->span) ? at->span : around;
	struct value *v = mapping_value(m, s->nprops, place, &entries);

	v->type = type_of_section(m->types, s, m->model->variant);
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *prop = &s->props[i];
		const struct field_at *f =
			(const struct field_at *)(const void *)(model + prop->at_offset);
		const struct value *inner =
			is_there(m, prop) ? prop_value(m, prop, model, place) : NULL;

		if (inner != NULL)
			entries[v->section.n++] = (struct value_entry){
				prop->name, span_is_set(f->key) ? f->key : place, inner};
	}
	return v;
}

const struct value *model_value(struct arena *a, const struct model *model,
				const struct source *src)
{
	struct diags none = {.arena = a};
	struct maker m = {.a = a, .model = model, .types = type_maker_new(a, &none)};

	return section_value(&m, &schema_sections[model->kind->root], (const char *)model->at,
			     span_in(src, 0, 0));
}

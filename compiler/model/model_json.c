/* SPDX-License-Identifier: Apache-2.0 */
/* model_json.c - walks the model by the generated tables; it knows no property by name. */
#include "compiler/model/model_json.h"

#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/base/open_text.h"
#include "compiler/model/model_walk.h"

struct writer {
	struct arena *a;
	const struct file_kind *kind;
	uint16_t variant; /* of the file: properties of others are not shown */
	struct json_value *sources;
};

/* ---- where values come from ---- */

/* The pointer to a member or an item: "~" and "/" of its name are escaped (RFC 6901). */
static struct str inside(struct writer *w, struct str pointer, struct str name)
{
	struct buf b = buf_in(w->a);

	buf_add(&b, pointer);
	buf_char(&b, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.s[i] == '~')
			buf_add(&b, STR("~0"));
		else if (name.s[i] == '/')
			buf_add(&b, STR("~1"));
		else
			buf_char(&b, name.s[i]);
	}
	return arena_str(w->a, buf_str(&b));
}

static struct str item_pointer(struct writer *w, struct str pointer, size_t i)
{
	return arena_fmt(w->a, STR_F "/%zu", STR_A(pointer), i);
}

static void tell_source(struct writer *w, struct str pointer, struct span at)
{
	struct json_value *o;
	struct place place;

	if (!span_is_set(at)) {
		json_put(w->sources, pointer, json_new_text(w->a, STR("default")));
		return;
	}
	place = source_place(at.src, at.lo);
	o = json_put(w->sources, pointer, json_new_object(w->a));
	json_put(o, STR("file"), json_new_text(w->a, at.src->name));
	json_put(o, STR("line"), json_new_int(w->a, place.line));
	json_put(o, STR("column"), json_new_int(w->a, place.column));
}

/* ---- values ---- */

/* References in a text stand as the user wrote them. */
static struct json_value *text_value(struct writer *w, struct str text)
{
	return json_new_text(w->a, text_shown(w->a, text));
}

static struct json_value *real_value(struct writer *w, double x)
{
	bool whole = x > -1e15 && x < 1e15 && (double)(int64_t)x == x;

	return whole ? json_new_int(w->a, (int64_t)x) : json_new_real(w->a, x);
}

static struct json_value *strings_value(struct writer *w, const struct model_strings *list,
					struct str pointer)
{
	struct json_value *v = json_new_array(w->a);

	for (size_t i = 0; i < list->n; i++) {
		json_push(v, text_value(w, list->items[i].text));
		tell_source(w, item_pointer(w, pointer, i), list->items[i].at);
	}
	return v;
}

static struct json_value *ints_value(struct writer *w, const struct model_ints *list,
				     struct str pointer)
{
	struct json_value *v = json_new_array(w->a);

	for (size_t i = 0; i < list->n; i++) {
		json_push(v, json_new_int(w->a, list->items[i].value));
		tell_source(w, item_pointer(w, pointer, i), list->items[i].at);
	}
	return v;
}

static struct json_value *pair_value(struct writer *w, const struct model_pair *pair)
{
	struct str why;
	const struct json_value *read =
		pair->value_is_number ? json_read(w->a, pair->value, &why) : NULL;

	if (pair->value_is_bool)
		return json_new_bool(w->a, str_eq(pair->value, STR("true")));
	if (read != NULL && read->kind == JSON_KIND_INT)
		return json_new_int(w->a, read->integer);
	if (read != NULL && read->kind == JSON_KIND_REAL)
		return json_new_real(w->a, read->real);
	return text_value(w, pair->value);
}

static struct json_value *map_value(struct writer *w, const struct model_map *map,
				    struct str pointer)
{
	struct json_value *v = json_new_object(w->a);

	for (size_t i = 0; i < map->n; i++) {
		const struct model_pair *pair = &map->items[i];

		json_put(v, pair->key, pair_value(w, pair));
		tell_source(w, inside(w, pointer, pair->key), pair->value_at);
	}
	return v;
}

static struct json_value *maps_value(struct writer *w, const struct model_maps *maps,
				     struct str pointer)
{
	struct json_value *v = json_new_array(w->a);

	for (size_t i = 0; i < maps->n; i++)
		json_push(v, map_value(w, &maps->items[i], item_pointer(w, pointer, i)));
	return v;
}

static struct json_value *flex_value(struct writer *w, const struct prop *prop,
				     const struct model_flex *f)
{
	if (f->is_text)
		return text_value(w, f->text);
	return prop->kind == PROP_BOOL_OR_STRING ? json_new_bool(w->a, f->flag)
						 : json_new_int(w->a, f->integer);
}

/* A value of any form. Recursion is bounded by the reader's limit of depth. */
static struct json_value *any_value(struct writer *w, const struct node *n)
{
	struct json_value *v;

	if (n == NULL)
		return json_new_null(w->a);
	switch (n->kind) {
	case NODE_NULL:
		return json_new_null(w->a);
	case NODE_BOOL:
		return json_new_bool(w->a, n->boolean);
	case NODE_INT:
		return json_new_int(w->a, n->integer);
	case NODE_FLOAT:
		return real_value(w, n->number);
	case NODE_STRING:
	case NODE_TIMESTAMP:
		return text_value(w, n->text);
	case NODE_LIST:
		v = json_new_array(w->a);
		for (size_t i = 0; i < n->list.n; i++)
			json_push(v, any_value(w, n->list.items[i]));
		return v;
	case NODE_MAP:
		v = json_new_object(w->a);
		for (size_t i = 0; i < n->map.n; i++)
			json_put(v, n->map.entries[i].key, any_value(w, n->map.entries[i].value));
		return v;
	}
	BUG("node kind %d", (int)n->kind);
}

static struct json_value *value_of(struct writer *w, const struct prop *prop, const void *field,
				   struct str pointer)
{
	switch (prop->kind) {
	case PROP_STRING:
		return text_value(w, *(const struct str *)field);
	case PROP_INT:
	case PROP_INT_ENUM:
		return json_new_int(w->a, *(const int64_t *)field);
	case PROP_NUMBER:
		return real_value(w, *(const double *)field);
	case PROP_BOOL:
		return json_new_bool(w->a, *(const bool *)field);
	case PROP_ENUM:
		return json_new_text(
			w->a, enum_text((enum prop_id)(prop - schema_props), walk_enum(field)));
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		return flex_value(w, prop, field);
	case PROP_STRINGS:
		return strings_value(w, field, pointer);
	case PROP_INTS:
		return ints_value(w, field, pointer);
	case PROP_MAP:
		return map_value(w, field, pointer);
	case PROP_MAPS:
		return maps_value(w, field, pointer);
	case PROP_ANY:
		return any_value(w, *(const struct node *const *)field);
	case PROP_SECTION:
	case PROP_SECTIONS:
		break;
	}
	BUG("property kind %d", (int)prop->kind);
}

/* ---- sections ---- */

static struct json_value *fields(struct writer *w, const struct section *s, const char *model,
				 struct str pointer, const struct prop *without);

/* The items of a list; of one that is a mapping in the file, by the names that are its keys. */
static struct json_value *sections_value(struct writer *w, const struct prop *prop,
					 const void *field, struct str pointer)
{
	const struct section *s = &schema_sections[prop->section];
	const struct prop *key = prop->by_name ? schema_find(s, prop->key) : NULL;
	struct json_value *v = key != NULL ? json_new_object(w->a) : json_new_array(w->a);
	size_t n;
	const char *items = walk_items(field, &n);

	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * s->size;
		struct str name = {0}, to;

		if (key != NULL)
			name = *(const struct str *)(const void *)(item + key->value_offset);
		to = key != NULL ? inside(w, pointer, name) : item_pointer(w, pointer, i);
		tell_source(w, to, ((const struct section_at *)(const void *)item)->span);
		if (key != NULL)
			json_put(v, name, fields(w, s, item, to, key));
		else
			json_push(v, fields(w, s, item, to, NULL));
	}
	return v;
}

/* Does the section need a property that the file would have to say? */
static bool needs_more(const struct writer *w, const struct section *s)
{
	for (size_t i = 0; i < s->nprops; i++)
		if ((s->props[i].required & w->variant) != 0)
			return true;
	return false;
}

/*
 * A property that is absent and has no default says nothing; nor does a section that is absent and could not be written
 * with its defaults alone.
 */
static void put_field(struct writer *w, struct json_value *o, const struct prop *prop,
		      const char *model, struct str pointer)
{
	const struct field_at *at = walk_at(prop, model);
	const char *field = model + prop->value_offset;
	struct str to;

	if ((prop->variants & w->variant) == 0 || is_poisoned(at))
		return;
	to = inside(w, pointer, prop->name);
	if (prop->kind == PROP_SECTION) {
		const struct section *s = &schema_sections[prop->section];

		if (!walk_has_fields(w->kind, s, field) ||
		    (at->state == FIELD_ABSENT && needs_more(w, s)))
			return;
		tell_source(w, to, at->key);
		json_put(o, prop->name, fields(w, s, field, to, NULL));
		return;
	}
	if (at->state == FIELD_ABSENT && !walk_has_default(w->kind, prop))
		return;
	tell_source(w, to, at->value);
	json_put(o, prop->name,
		 prop->kind == PROP_SECTIONS ? sections_value(w, prop, field, to)
					     : value_of(w, prop, field, to));
}

static struct json_value *fields(struct writer *w, const struct section *s, const char *model,
				 struct str pointer, const struct prop *without)
{
	struct json_value *o = json_new_object(w->a);

	for (size_t i = 0; i < s->nprops; i++)
		if (&s->props[i] != without)
			put_field(w, o, &s->props[i], model, pointer);
	return o;
}

/* "slurm"; null where the kind has one variant. */
static struct json_value *variant_of(struct writer *w)
{
	for (size_t i = 0; i < w->kind->nvariants; i++)
		if (w->kind->variant_rows[i].bit == w->variant)
			return json_new_text(w->a, w->kind->variant_rows[i].word);
	return json_new_null(w->a);
}

struct str model_json(struct arena *a, const struct model *m, struct str name)
{
	struct writer w = {a, m->kind, m->variant, json_new_object(a)};
	struct json_value *o = json_new_object(a), *value;

	value = fields(&w, &schema_sections[m->kind->root], (const char *)m->at, STR(""), NULL);
	json_put(o, STR("hpcc_model"), json_new_int(a, MODEL_JSON_VERSION));
	json_put(o, STR("kind"), json_new_text(a, m->kind->name));
	json_put(o, STR("variant"), variant_of(&w));
	json_put(o, STR("file"), json_new_text(a, name));
	json_put(o, STR("value"), value);
	json_put(o, STR("sources"), w.sources);
	return arena_fmt(a, STR_F "\n", STR_A(json_write(a, o, 1, 0)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* each.c - loops over a model. */
#include "compiler/model/each.h"

#include "compiler/schema/kind.h"

#include <string.h>

bool next_compute(const struct cluster *c, struct compute *it)
{
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;
	size_t q = it->q, i = it->resource == NULL ? 0 : it->r + 1;

	while (q < queues->n && i >= queues->items[q].compute_resources.n) {
		q++;
		i = 0;
	}
	if (q >= queues->n)
		return false;
	*it = (struct compute){&queues->items[q], &queues->items[q].compute_resources.items[i], q,
			       i};
	return true;
}

/* ---- sections, by the rows of the schema ---- */

const struct shared_storage_list *storage_list(const struct model *m)
{
	static const struct shared_storage_list none;
	const struct section *root = &schema_sections[m->kind->root];

	for (size_t i = 0; i < root->nprops; i++)
		if (root->props[i].kind == PROP_SECTIONS &&
		    root->props[i].section == SECTION_SharedStorage)
			return (const void *)((const char *)m->at + root->props[i].value_offset);
	return &none;
}

static const struct prop *region_prop(const struct model *m)
{
	return schema_find(&schema_sections[m->kind->root], STR("Region"));
}

const struct field_at *region_at(const struct model *m)
{
	const struct prop *p = region_prop(m);

	return p != NULL ? (const void *)((const char *)m->at + p->at_offset) : NULL;
}

struct str region_of(const struct model *m)
{
	const struct field_at *at = region_at(m);

	if (at == NULL || is_poisoned(at))
		return STR("");
	return *(const struct str *)(const void *)((const char *)m->at +
						   region_prop(m)->value_offset);
}

const struct section_at *any_at(const struct any_section *s)
{
	return (const struct section_at *)(const void *)s->model;
}

bool any_has(const struct any_section *s, enum prop_id id)
{
	return id >= s->schema->first && id < s->schema->first + s->schema->nprops;
}

static const void *value_of(const struct any_section *s, enum prop_id id)
{
	INVARIANT(any_has(s, id));
	return s->model + schema_props[id].value_offset;
}

const struct field_at *any_field(const struct any_section *s, enum prop_id id)
{
	INVARIANT(any_has(s, id));
	return (const struct field_at *)(const void *)(s->model + schema_props[id].at_offset);
}

struct str any_text(const struct any_section *s, enum prop_id id)
{
	INVARIANT(schema_props[id].kind == PROP_STRING);
	return *(const struct str *)value_of(s, id);
}

int any_enum(const struct any_section *s, enum prop_id id)
{
	int value;

	INVARIANT(schema_props[id].kind == PROP_ENUM);
	memcpy(&value, value_of(s, id),
	       sizeof(value)); /* whichever enum it is, it is an int of size */
	return value;
}

const struct model_strings *any_strings(const struct any_section *s, enum prop_id id)
{
	INVARIANT(schema_props[id].kind == PROP_STRINGS);
	return value_of(s, id);
}

struct model_maps any_maps(const struct any_section *s, enum prop_id id)
{
	if (schema_props[id].kind == PROP_MAPS)
		return *(const struct model_maps *)value_of(s, id);
	if (schema_props[id].kind == PROP_MAP)
		return (struct model_maps){.items = value_of(s, id), .n = 1};
	return (struct model_maps){.n = 0};
}

bool any_says(const struct any_section *s, enum prop_id id)
{
	const void *v = value_of(s, id);

	if (!is_written(any_field(s, id)))
		return false;
	switch (schema_props[id].kind) {
	case PROP_STRING:
		return ((const struct str *)v)->n > 0;
	case PROP_INT:
	case PROP_INT_ENUM:
		return *(const int64_t *)v != 0;
	case PROP_NUMBER:
		return *(const double *)v != 0;
	case PROP_BOOL:
		return *(const bool *)v;
	case PROP_SECTIONS:
	case PROP_STRINGS:
	case PROP_INTS:
	case PROP_MAP:
	case PROP_MAPS:
		return ((const struct any_list *)v)->n > 0;
	case PROP_ENUM:
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
	case PROP_SECTION:
	case PROP_ANY:
		break;
	}
	return true;
}

/* The sections so far, in an array that doubles. */
struct collected {
	struct arena *a;
	struct any_section *items;
	size_t n, cap;
};

static void add(struct collected *c, const struct any_section *s)
{
	if (c->n == c->cap) {
		struct any_section *more = NEW_ARRAY(c->a, struct any_section, c->cap * 2 + 32);

		if (c->n > 0)
			memcpy(more, c->items, c->n * sizeof(*more));
		c->items = more;
		c->cap = c->cap * 2 + 32;
	}
	c->items[c->n++] = *s;
}

/*
 * Does the section stand in the other one? One that was taken over (compiler/model/inherit.h) does not: it stands where
 * it was written, and is seen there.
 */
static bool stands_in(const struct any_section *inner, const struct any_section *outer)
{
	struct str path = any_at(inner)->path, in = any_at(outer)->path;

	return str_starts(path, in) && (in.n == 0 || (path.n > in.n && path.s[in.n] == '.'));
}

static void collect(struct collected *c, const struct any_section *s)
{
	if (!any_at(s)->written)
		return;
	add(c, s);
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];
		const char *v = s->model + p->value_offset;
		struct any_section inner = {&schema_sections[p->section], v};

		if (p->kind == PROP_SECTION) {
			if (stands_in(&inner, s))
				collect(c, &inner);
		} else if (p->kind == PROP_SECTIONS) {
			const struct any_list *list = (const struct any_list *)(const void *)v;

			for (size_t k = 0; k < list->n; k++) {
				inner.model = (const char *)list->items + k * inner.schema->size;
				if (!stands_in(&inner, s))
					break; /* the whole list is of another place */
				collect(c, &inner);
			}
		}
	}
}

struct section_list sections_below(struct arena *a, struct any_section root)
{
	struct collected c = {.a = a};

	collect(&c, &root);
	return (struct section_list){c.items, c.n};
}

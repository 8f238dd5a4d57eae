/* SPDX-License-Identifier: Apache-2.0 */
/* inherit.c - properties that a section takes from another one where it says nothing itself. */
#include "compiler/model/inherit.h"

#include "compiler/model/each.h"

#include <string.h>

/* The bytes that the value of p takes in the struct of its section. */
static size_t value_size(const struct prop *p)
{
	switch (p->kind) {
	case PROP_STRING:
		return sizeof(struct str);
	case PROP_INT:
	case PROP_INT_ENUM:
		return sizeof(int64_t);
	case PROP_NUMBER:
		return sizeof(double);
	case PROP_BOOL:
		return sizeof(bool);
	case PROP_ENUM:
		return sizeof(int);
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		return sizeof(struct model_flex);
	case PROP_STRINGS:
		return sizeof(struct model_strings);
	case PROP_INTS:
		return sizeof(struct model_ints);
	case PROP_MAP:
		return sizeof(struct model_map);
	case PROP_MAPS:
		return sizeof(struct model_maps);
	case PROP_ANY:
		return sizeof(const struct node *);
	case PROP_SECTION:
		return schema_sections[p->section].size;
	case PROP_SECTIONS:
		return sizeof(struct model_maps); /* as all lists: items and how many */
	}
	BUG("no such kind");
}

static bool has_key(const struct model_map *map, struct str key)
{
	for (size_t i = 0; i < map->n; i++)
		if (str_eq(map->items[i].key, key))
			return true;
	return false;
}

/* All of `own`, then what `base` has beyond it. */
static struct model_map united(struct arena *a, const struct model_map *own,
			       const struct model_map *base)
{
	struct model_pair *items = NEW_ARRAY(a, struct model_pair, own->n + base->n);
	size_t n = 0;

	for (size_t i = 0; i < own->n; i++)
		items[n++] = own->items[i];
	for (size_t i = 0; i < base->n; i++)
		if (!has_key(own, base->items[i].key))
			items[n++] = base->items[i];
	return (struct model_map){items, n};
}

static const struct field_at *field_of(const void *item, const struct prop *p)
{
	return (const void *)((const char *)item + p->at_offset);
}

bool section_excludes(const struct section *s, const void *item, const struct prop *p)
{
	for (size_t i = 0; i < s->nexclude; i++) {
		const struct relation *r = &s->exclude[i];
		bool concerned = false, other = false;

		for (size_t k = 0; k < r->n; k++) {
			const struct prop *q = &schema_props[r->props[k]];
			const struct field_at *at = field_of(item, q);

			concerned = concerned || q == p;
			other = other || (q != p && at->state != FIELD_ABSENT);
		}
		if (concerned && other)
			return true;
	}
	return false;
}

/* Belongs p, of section s, to another value of the property that chooses than the one that item has, or means? */
static bool is_foreign(const struct section *s, const void *item, const struct prop *p)
{
	const struct prop *chooser = &schema_props[s->chooser];
	int value;

	if (!s->has_settings || p->choice == 0)
		return false;
	if (is_written(field_of(item, chooser))) {
		memcpy(&value, (const char *)item + chooser->value_offset, sizeof(value));
		return p->choice != value;
	}
	for (size_t i = 0; i < s->nprops;
	     i++) /* what it says without the chooser shows what it means */
		if (s->props[i].choice != 0 && s->props[i].choice != p->choice &&
		    field_of(item, &s->props[i])->state != FIELD_ABSENT)
			return true;
	return false;
}

void section_inherit(struct arena *a, enum section_id to, void *item, enum section_id from,
		     const void *base)
{
	const struct section *s = &schema_sections[from];

	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i],
				  *own = schema_find(&schema_sections[to], p->name);
		const struct field_at *given = (const void *)((const char *)base + p->at_offset);
		struct field_at *at = (void *)((char *)item + own->at_offset);
		const void *value = (const char *)base + p->value_offset;
		void *field = (char *)item + own->value_offset;

		INVARIANT(own->kind == p->kind && own->section == p->section);
		if (given->state == FIELD_ABSENT ||
		    section_excludes(&schema_sections[to], item, own) ||
		    is_foreign(&schema_sections[to], item, own))
			continue;
		if (at->state == FIELD_ABSENT) {
			memcpy(field, value, value_size(p));
			*at = *given;
		} else if (p->kind == PROP_MAP && is_written(at) && is_written(given)) {
			*(struct model_map *)field = united(a, field, value);
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_defaults.c - what JobDefaults says and a job definition puts aside without a word: a section or list that it
 * has itself counts whole (compiler/model/inherit.h).
 */
#include "compiler/base/buf.h"
#include "compiler/check/rules/rule.h"
#include "compiler/model/inherit.h"

enum { MOST_NAMED = 6, MOST_COMPARED = 200 };

/* Names in backticks, the first few of them. */
struct name_list {
	struct buf words;
	size_t n;
};

static void add_name(struct name_list *l, struct str name)
{
	if (l->n++ < MOST_NAMED)
		buf_fmt(&l->words, "%s`" STR_F "`", l->n > 1 ? ", " : "", STR_A(name));
}

/* The text that an item of the list p is told apart by; empty where it has none. */
static struct str key_of(const struct prop *p, const char *item)
{
	const struct prop *key = schema_find(&schema_sections[p->section], p->key);

	if (key == NULL || key->kind != PROP_STRING)
		return STR("");
	return any_text(&(struct any_section){&schema_sections[p->section], item},
			(enum prop_id)(key - schema_props));
}

/* Of the list p, the items of `base` with a key that none of `own` has. Long lists are not compared. */
static void lost_items(struct name_list *l, const struct prop *p, const void *base_list,
		       const void *own_list)
{
	const struct any_list *base = base_list, *own = own_list;
	size_t size = schema_sections[p->section].size;

	if (p->kind != PROP_SECTIONS || base->n > MOST_COMPARED || own->n > MOST_COMPARED)
		return;
	for (size_t i = 0; i < base->n; i++) {
		struct str key = key_of(p, (const char *)base->items + i * size);
		bool there = key.n == 0;

		for (size_t k = 0; k < own->n && !there; k++)
			there = str_eq(key, key_of(p, (const char *)own->items + k * size));
		if (!there)
			add_name(l, key);
	}
}

/* What the section `base` says and `own` neither says nor excludes; of lists the items. */
static void lost_properties(struct name_list *l, const struct any_section *base,
			    const struct any_section *own)
{
	for (size_t i = 0; i < base->schema->nprops; i++) {
		enum prop_id id = (enum prop_id)(base->schema->first + i);
		const struct prop *p = &schema_props[id];

		if (!is_written(any_field(base, id)))
			continue;
		if (any_field(own, id)->state != FIELD_ABSENT)
			lost_items(l, p, base->model + p->value_offset,
				   own->model + p->value_offset);
		else if (!section_excludes(own->schema, own->model, p))
			add_name(l, p->name);
	}
}

/* What is lost of the property p of JobDefaults, which the definition has as q. */
static struct name_list lost(const struct rules *r, const struct prop *p, const struct prop *q,
			     const struct job_definition *job)
{
	const char *base = (const char *)&r->b->job_defaults + p->value_offset;
	const char *own = (const char *)job + q->value_offset;
	struct name_list l = {buf_in(r->a), 0};

	if (p->kind == PROP_SECTION) {
		const struct section *s = &schema_sections[p->section];

		lost_properties(&l, &(struct any_section){s, base}, &(struct any_section){s, own});
	} else {
		lost_items(&l, p, base, own);
	}
	return l;
}

static void tell(const struct rules *r, const struct prop *p, const struct field_at *base)
{
	const struct prop *q = schema_find(&schema_sections[SECTION_JobDefinition], p->name);
	struct diag *d = NULL;
	size_t more = 0;

	for (size_t i = 0; i < r->b->job_definitions.n; i++) {
		const struct job_definition *job = &r->b->job_definitions.items[i];
		const struct field_at *own = (const void *)((const char *)job + q->at_offset);
		struct name_list l;

		if (!is_written(own) || own->key.lo == base->key.lo)
			continue;
		l = lost(r, p, q, job);
		more += l.n > 0 && d != NULL;
		if (l.n == 0 || d != NULL)
			continue;
		d = diag_defaults_put_aside(
			r->ds, own->key, p->name,
			l.n > MOST_NAMED ? arena_fmt(r->a, STR_F " …", STR_A(buf_str(&l.words)))
					 : buf_str(&l.words));
		diag_label(r->ds, d, base->key, "nothing of this is taken over");
	}
	if (more > 0)
		diag_note(r->ds, d, "so do %zu other job definition%s", more, more > 1 ? "s" : "");
	if (d != NULL)
		diag_help(r->ds, d, "repeat here what should hold");
}

void rule_job_defaults_kept(const struct rules *r)
{
	const struct section *s = &schema_sections[SECTION_JobDefaults];

	for (size_t i = 0; i < s->nprops; i++) {
		const struct field_at *base =
			any_field(&(struct any_section){s, (const char *)&r->b->job_defaults},
				  (enum prop_id)(s->first + i));

		if (is_written(base))
			tell(r, &s->props[i], base);
	}
}

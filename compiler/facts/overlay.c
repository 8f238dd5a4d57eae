/* SPDX-License-Identifier: Apache-2.0 */
/* overlay.c - lays the answer of describe-instance-types over the bundled types. */
#include "compiler/facts/overlay.h"

#include "compiler/base/json.h"
#include "compiler/base/map.h"
#include "compiler/facts/facts_tables.h"

#include <stdlib.h>

struct overlay {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	size_t cursor;	  /* see instance_type_read */
	struct map types; /* name to struct instance_type */
	bool failed;
};

static void foreign(struct overlay *o, struct str why)
{
	struct diag *d = diag_bad_catalog(o->ds, span_in(o->src, 0, 0), o->src->name, why);

	diag_help(o->ds, d,
		  "write the file with `aws ec2 describe-instance-types --region REGION`");
	o->failed = true;
}

static void add_type(struct overlay *o, const struct json_value *info)
{
	const struct instance_type *t = instance_type_read(o->a, o->ds, o->src, &o->cursor, info);

	if (t != NULL)
		map_put(&o->types, o->a, t->name, t);
	else
		o->failed = true;
}

/* An answer, or one description as `--query InstanceTypes` leaves it. */
static void add_answer(struct overlay *o, const struct json_value *v)
{
	const struct json_value *list = json_get(v, STR("InstanceTypes"));

	if (list == NULL && json_get(v, STR("InstanceType")) != NULL) {
		add_type(o, v);
		return;
	}
	if (list == NULL || list->kind != JSON_KIND_ARRAY) {
		foreign(o, STR("it has no list `InstanceTypes`"));
		return;
	}
	for (const struct json_value *i = list->first; i != NULL; i = i->next)
		add_type(o, i);
}

static void add_answers(struct overlay *o, const struct json_value *root)
{
	if (root->kind != JSON_KIND_ARRAY) {
		add_answer(o, root);
		return;
	}
	for (const struct json_value *i = root->first; i != NULL && !o->failed; i = i->next)
		add_answer(o, i);
}

static int by_name(const void *a, const void *b)
{
	const struct instance_type *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

/* Overlaid types first, then the bundled ones that they do not replace; sorted at the end. */
static const struct facts *merge(struct overlay *o)
{
	struct facts *f = NEW(o->a, struct facts);

	f->types = NEW_ARRAY(o->a, const struct instance_type *, o->types.n + facts_types_n);
	for (size_t i = 0; i < o->types.n; i++)
		f->types[f->n++] = o->types.items[i].value;
	for (size_t i = 0; i < facts_types_n; i++)
		if (map_get(&o->types, facts_types[i].name) == NULL)
			f->types[f->n++] = &facts_types[i];
	qsort(f->types, f->n, sizeof(f->types[0]), by_name);
	return f;
}

const struct facts *facts_overlay(struct arena *a, struct diags *ds, const struct source *json)
{
	struct overlay o = {.a = a, .ds = ds, .src = json};
	struct str why = {0};
	const struct json_value *root = json_read(a, json->text, &why);

	if (root == NULL) {
		foreign(&o, arena_fmt(a, "it is not JSON (" STR_F ")", STR_A(why)));
		return NULL;
	}
	add_answers(&o, root);
	if (!o.failed && o.types.n == 0)
		foreign(&o, STR("it describes no instance type"));
	return o.failed ? NULL : merge(&o);
}

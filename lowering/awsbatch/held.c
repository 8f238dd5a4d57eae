/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held.c - what an update of the stack may not change, and who refuses it.
 *
 * ParallelCluster compared an edited file with the one before and refused what stdlib/schema/update.yaml calls never.
 * CloudFormation sees templates alone. So a custom resource holds the values of all such properties, with defaults
 * filled in, and the function of the stack refuses an update of it in which one is another (templates/images.py). What
 * a change would stop, replace or make anew waits for it, and so nothing has happened then.
 *
 * Items of a list are told apart by their names: one that comes or goes is no change of its properties.
 */
#include "compiler/base/open_text.h"
#include "compiler/model/effective.h"
#include "compiler/model/model_walk.h"
#include "lowering/awsbatch/awsbatch.h"

struct holder {
	struct lowering *l;
	struct ir_value *values; /* path of a property: its value, or "" where it has none */
};

static struct ir_value *text(struct holder *h, struct str s)
{
	return ir_text(h->l->st.g, s);
}

static struct ir_value *whole(struct holder *h, long long n)
{
	return ir_textf(h->l->st.g, "%lld", n);
}

static struct ir_value *flag(struct holder *h, bool b)
{
	return text(h, b ? STR("true") : STR("false"));
}

/* ---- values ---- */

static struct ir_value *flex_value(struct holder *h, const struct prop *p,
				   const struct model_flex *f)
{
	if (f->is_text)
		return text(h, f->text);
	return p->kind == PROP_BOOL_OR_STRING ? flag(h, f->flag) : whole(h, f->integer);
}

static struct ir_value *map_value(struct holder *h, const struct model_map *m)
{
	struct ir_value *list = ir_list(h->l->st.g);

	for (size_t i = 0; i < m->n; i++)
		ir_push(h->l->st.g, list,
			text(h, arena_fmt(h->l->st.a, STR_F ": " STR_F, STR_A(m->items[i].key),
					  STR_A(m->items[i].value))));
	return list;
}

static struct ir_value *maps_value(struct holder *h, const struct model_maps *m)
{
	struct ir_value *list = ir_list(h->l->st.g);

	for (size_t i = 0; i < m->n; i++)
		ir_push(h->l->st.g, list, map_value(h, &m->items[i]));
	return list;
}

static struct ir_value *value_of(struct holder *h, const struct prop *p, const void *field)
{
	switch (p->kind) {
	case PROP_STRING:
		return text(h, *(const struct str *)field);
	case PROP_INT:
	case PROP_INT_ENUM:
		return whole(h, *(const int64_t *)field);
	case PROP_NUMBER:
		return ir_textf(h->l->st.g, "%.15g", *(const double *)field);
	case PROP_BOOL:
		return flag(h, *(const bool *)field);
	case PROP_ENUM:
		return text(h, enum_text((enum prop_id)(p - schema_props), walk_enum(field)));
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		return flex_value(h, p, field);
	case PROP_STRINGS:
		return text_list(&h->l->st, field);
	case PROP_MAP:
		return map_value(h, field);
	case PROP_MAPS:
		return maps_value(h, field);
	case PROP_INTS:
	case PROP_ANY: /* none of these never changes */
	case PROP_SECTION:
	case PROP_SECTIONS:
		break;
	}
	BUG("property kind %d", (int)p->kind);
}

static struct ir_value *value_or_none(struct holder *h, const struct prop *p, const char *model)
{
	const struct field_at *at = walk_at(p, model);

	/* Its name may come with the deployment. */
	if (p == &schema_props[PROP_Cluster_CustomS3Bucket] && is_written(at))
		return h->l->awsbatch.bucket;
	if (is_written(at) || (at->state == FIELD_ABSENT && walk_has_default(&schema_kinds[0], p)))
		return value_of(h, p, model + p->value_offset);
	return text(h, (struct str){0});
}

/* ---- properties ---- */

static const struct update_policy *policy_of(const struct prop *p,
					     const struct update_policy *within)
{
	for (size_t i = 0; i < p->nupdates_for; i++)
		if ((p->updates_for[i].variants & AWSBATCH) != 0)
			return p->updates_for[i].policy;
	return p->update != NULL ? p->update : within;
}

static void hold(struct holder *h, struct str path, struct ir_value *value)
{
	ir_put_str(h->l->st.g, h->values, path, value);
}

static void hold_section(struct holder *h, const struct section *s, const char *model,
			 struct str path, const struct update_policy *within);

/* Are these the settings of another value of the property that chooses, as of another StorageType? */
static bool of_another(const struct section *s, const struct prop *p, const char *model)
{
	return p->choice != 0 &&
	       walk_enum(model + schema_props[s->chooser].value_offset) != p->choice;
}

/* The one item where there can be but one, else each by its key, or by its place where the list as a whole is held. */
static void hold_items(struct holder *h, const struct prop *p, const void *field, struct str path,
		       const struct update_policy *policy, const struct update_policy *within)
{
	const struct section *s = &schema_sections[p->section];
	const struct prop *key = p->key.n > 0 ? schema_find(s, p->key) : NULL;
	bool one = (p->has & HAS_MAX_ITEMS) != 0 && p->max_items == 1;
	size_t n;
	const char *items = walk_items(field, &n);

	if (policy->never)
		hold(h, path, whole(h, (long long)n));
	else if (key == NULL && !one)
		return;
	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * s->size;
		struct str to = arena_fmt(h->l->st.a, STR_F "[%zu]", STR_A(path), i);

		if (key != NULL) {
			const struct str *name =
				(const struct str *)(const void *)(item + key->value_offset);

			to = arena_fmt(h->l->st.a, STR_F "[" STR_F "]", STR_A(path),
				       STR_A(text_shown(h->l->st.a, *name)));
		}
		hold_section(h, s, item, one ? path : to, within);
	}
}

static void hold_property(struct holder *h, const struct section *s, const struct prop *p,
			  const char *model, struct str path, const struct update_policy *outer)
{
	const struct update_policy *policy = policy_of(p, outer);
	const struct update_policy *within = p->update_within != NULL ? p->update_within : policy;

	if (p->kind == PROP_SECTION) {
		if (!of_another(s, p, model))
			hold_section(h, &schema_sections[p->section], model + p->value_offset, path,
				     within);
	} else if (p->kind == PROP_SECTIONS) {
		hold_items(h, p, model + p->value_offset, path, policy, within);
	} else if (policy->never) {
		hold(h, path, value_or_none(h, p, model));
	}
}

/* Recursion is bounded by the depth of the schema. */
static void hold_section(struct holder *h, const struct section *s, const char *model,
			 struct str path, const struct update_policy *within)
{
	for (size_t i = 0; i < s->nprops; i++) {
		const struct prop *p = &s->props[i];

		if ((p->variants & AWSBATCH) != 0)
			hold_property(h, s, p, model,
				      path.n == 0 ? p->name
						  : arena_fmt(h->l->st.a, STR_F "/" STR_F,
							      STR_A(path), STR_A(p->name)),
				      within);
	}
}

/* Which storage is at a directory. Homes never move; a name alone is no other storage, and data would be lost by it. */
static void hold_directories(struct holder *h)
{
	const struct shared_storage_list *list = &h->l->c->shared_storage;
	bool home = false;

	for (size_t i = 0; i < list->n; i++) {
		struct str dir = mount_dir(h->l->st.a, list->items[i].mount_dir);

		home |= str_eq(dir, STR("/home"));
		hold(h, arena_fmt(h->l->st.a, "SharedStorage at " STR_F, STR_A(dir)),
		     text(h, list->items[i].name));
	}
	if (!home)
		hold(h, STR("SharedStorage at /home"), text(h, (struct str){0}));
}

/*
 * Its id is that of a resource of clusters with Slurm, which is of another type: CloudFormation takes no other type for
 * an id, and so no other scheduler either.
 */
void pass_awsbatch_held(struct lowering *l)
{
	struct holder h = {l, ir_object(l->st.g)};
	struct ir_resource *r = ir_add(l->st.g, STR("Fleet"), "Custom::HpccHeld",
				       origin_of_section(&l->c->scheduling.section));

	hold_section(&h, &schema_sections[schema_kinds[0].root], (const char *)l->c,
		     (struct str){0}, NULL);
	hold_directories(&h);
	ir_put(l->st.g, r->properties, "ServiceToken", lookup_service(&l->st, r->origin));
	ir_put(l->st.g, r->properties, "Held", h.values);
}

/* ---- what waits ---- */

void pass_awsbatch_wait(struct lowering *l)
{
	/* Beginnings of types */
	static const char *const types[] = {
		"AWS::Batch::",	      "AWS::EC2::EIP",
		"AWS::EC2::Instance", "AWS::EC2::NetworkInterface",
		"AWS::EC2::Volume",   "AWS::EFS::",
		"AWS::S3::Bucket",    "Custom::HpccImage",
	};

	for (size_t i = 0; i < l->st.g->resources.n; i++) {
		const struct ir_resource *r = l->st.g->resources.items[i].value;

		for (size_t k = 0; k < ARRAY_LEN(types); k++)
			if (str_starts(r->type, str_c(types[k])))
				ir_depend(l->st.g, ir_find(l->st.g, r->id), STR("Fleet"));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_by_kind.c - columns that say something else for some kinds: required_for, default_for, values_for, update_for.
 *
 * Each is a mapping of a variant, or of a kind in capitals, to what holds there in place of the column without `_for`.
 */
#include "stdlib/tablegen/schema.h"

/* Calls f with the bits and the value of each entry of a column. */
static void each_kind(struct schema_data *d, struct schema_row *r, const char *name,
		      void (*f)(struct schema_data *d, struct schema_row *r, unsigned bits,
				const struct node *value))
{
	const struct node *map = typed(d, r->node, name, NODE_MAP);

	for (size_t i = 0; map != NULL && i < map->map.n; i++) {
		const struct entry *e = &map->map.entries[i];
		unsigned bits = variant_mask(d, e->key);

		if (bits == 0)
			data_fault(d, e->key_at, "`%s`: there is no variant `" STR_F "`", name,
				   STR_A(e->key));
		else if ((bits & r->variants) != bits)
			data_fault(d, e->key_at, "`%s`: `" STR_F "` has no `" STR_F "`", name,
				   STR_A(e->key), STR_A(r->name));
		else
			f(d, r, bits, e->value);
	}
}

static void require(struct schema_data *d, struct schema_row *r, unsigned bits,
		    const struct node *value)
{
	if (value->kind != NODE_BOOL)
		data_fault(d, value->at, "`required_for` gives true or false");
	r->required = value->kind == NODE_BOOL && value->boolean ? r->required | bits
								 : r->required & ~bits;
}

static void set_default(struct schema_data *d, struct schema_row *r, unsigned bits,
			const struct node *value)
{
	struct row_default *own = &r->defaults_for[r->ndefaults_for++];

	*own = (struct row_default){.variants = bits, .node = value};
	if (!default_ok(r, value, &own->value))
		data_fault(d, value->at,
			   "the default of `" STR_F "` does not fit its kind, limits or values",
			   STR_A(r->name));
}

/* The values that are listed remain, of those of the row. */
static void keep_values(struct schema_data *d, struct schema_row *r, unsigned bits,
			const struct node *value)
{
	if (value->kind != NODE_LIST) {
		data_fault(d, value->at, "`values_for` gives lists of values");
		return;
	}
	for (size_t i = 0; i < r->nvalues; i++)
		r->values[i].variants &= ~bits;
	for (size_t n = 0; n < value->list.n; n++) {
		struct str name = value->list.items[n]->text;
		bool found = false;

		for (size_t i = 0; i < r->nvalues; i++) {
			if (!str_eq(r->values[i].name, name))
				continue;
			r->values[i].variants |= bits;
			found = true;
		}
		if (!found)
			data_fault(d, value->list.items[n]->at, "`" STR_F "` is not among `values`",
				   STR_A(name));
	}
}

static void set_update(struct schema_data *d, struct schema_row *r, unsigned bits,
		       const struct node *value)
{
	struct schema_policy *policy = find_policy(d, value->text);

	if (policy == NULL)
		data_fault(d, value->at, "`update_for`: there is no policy `" STR_F "`",
			   STR_A(value->text));
	r->updates_for[r->nupdates_for++] = (struct row_update){bits, policy};
}

/* The number of entries of a column that is a mapping. */
static size_t entries(const struct schema_row *r, const char *name)
{
	const struct node *map = tree_get(r->node, str_c(name));

	return map != NULL && map->kind == NODE_MAP ? map->map.n : 0;
}

void schema_link_by_kind(struct schema_data *d, struct schema_row *r)
{
	unsigned own = r->default_node != NULL ? r->variants : 0;

	r->required = r->required != 0 ? r->variants : 0;
	for (size_t i = 0; i < r->nvalues; i++)
		r->values[i].variants = r->variants;
	r->defaults_for = NEW_ARRAY(d->tg->a, struct row_default, entries(r, "default_for"));
	r->updates_for = NEW_ARRAY(d->tg->a, struct row_update, entries(r, "update_for"));
	each_kind(d, r, "required_for", require);
	each_kind(d, r, "default_for", set_default);
	each_kind(d, r, "values_for", keep_values);
	each_kind(d, r, "update_for", set_update);
	for (size_t i = 0; i < r->ndefaults_for; i++)
		own |= r->defaults_for[i].variants;
	if ((own & r->required) != 0)
		data_fault(d, r->at, "`" STR_F "` is required and has a default", STR_A(r->name));
}

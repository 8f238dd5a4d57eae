/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exclusions.c - properties of one section of which at most one, or at least one, may be written.
 *
 * The relations are the columns `exclude` and `one_of` of stdlib/schema/, and hold wherever their section stands.
 */
#include "compiler/check/rules/rule.h"

/*
 * Does the i-th property of x take part? Where a row says so, it does even when it is empty: with one beside it
 * ParallelCluster loads no file.
 */
static bool takes_part(const struct any_section *s, const struct relation *x, size_t i)
{
	enum prop_id id = (enum prop_id)x->props[i];

	if ((x->even_empty >> i & 1) != 0)
		return is_written(any_field(s, id));
	return any_says(s, id);
}

/* Index of the property of x that takes part and stands first in the file; x->n for less than two. */
static size_t first_of(const struct relation *x, const struct any_section *s)
{
	size_t first = x->n, n = 0;
	unsigned lo = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct field_at *f = any_field(s, (enum prop_id)x->props[i]);

		if (!takes_part(s, x, i))
			continue;
		if (n++ == 0 || f->key.lo < lo) {
			first = i;
			lo = f->key.lo;
		}
	}
	return n >= 2 ? first : x->n;
}

static void exclude(const struct rules *r, const struct relation *x, const struct any_section *s)
{
	size_t first = first_of(x, s);

	for (size_t i = 0; first < x->n && i < x->n; i++) {
		struct str name = schema_props[x->props[i]].name;
		struct str other = schema_props[x->props[first]].name;
		struct diag *d;

		if (i == first || !takes_part(s, x, i))
			continue;
		d = diag_exclusive_properties(r->ds, any_field(s, (enum prop_id)x->props[i])->key,
					      name, other);
		diag_label(r->ds, d, any_field(s, (enum prop_id)x->props[first])->key,
			   "`" STR_F "` is given here", STR_A(other));
		diag_note(r->ds, d, STR_F, STR_A(x->words));
		diag_help(r->ds, d, "keep one of the two");
	}
}

static void exclude_all(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < s->schema->nexclude; i++)
		exclude(r, &s->schema->exclude[i], s);
}

/* Sources: ParallelCluster cluster_schema.py, no_coexist_*; slurm_settings_validator.py. */
void rule_exclusive_properties(const struct rules *r)
{
	each_section(r, exclude_all);
}

static bool is_met(const struct relation *x, const struct any_section *s, size_t i)
{
	const struct field_at *f = any_field(s, (enum prop_id)x->props[i]);

	return is_poisoned(f) || any_says(s, (enum prop_id)x->props[i]) ||
	       ((x->even_empty >> i & 1) != 0 && is_written(f));
}

/* Is the property of a section inside there, with which none of the two is needed? A faulty section may have it. */
static bool is_needless(const struct relation *x, const struct any_section *s)
{
	const struct prop *in = &schema_props[x->unless_in];
	struct any_section inner = {&schema_sections[in->section], s->model + in->value_offset};

	return x->has_unless && (is_poisoned(any_field(s, (enum prop_id)x->unless_in)) ||
				 any_field(&inner, (enum prop_id)x->unless)->state != FIELD_ABSENT);
}

/* The key of the one that is there but empty, else the section. */
static struct span choice_at(const struct relation *x, const struct any_section *s)
{
	for (size_t i = x->n; i-- > 0;)
		if (is_written(any_field(s, (enum prop_id)x->props[i])))
			return any_field(s, (enum prop_id)x->props[i])->key;
	return section_span(any_at(s));
}

static void choose_all(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < s->schema->none_of; i++) {
		const struct relation *x = &s->schema->one_of[i];
		struct str name = schema_props[x->props[0]].name;
		struct diag *d;

		if (is_met(x, s, 0) || is_met(x, s, 1) || is_needless(x, s))
			continue;
		d = diag_missing_choice(r->ds, choice_at(x, s), any_at(s)->path, name,
					schema_props[x->props[1]].name);
		diag_help(r->ds, d, "for example `" STR_F ": " STR_F "`", STR_A(name),
			  STR_A(x->words));
	}
}

/* Sources: ParallelCluster cluster_schema.py, custom actions, CapacityReservationTarget, instance types. */
void rule_one_of_two(const struct rules *r)
{
	each_section(r, choose_all);
}

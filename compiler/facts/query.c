/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - which instance types meet conditions. */
#include "compiler/facts/query.h"

#include <stdlib.h>

static bool is_pattern(struct str name)
{
	return str_find(name, '*', 0) < name.n || str_find(name, '?', 0) < name.n;
}

/* A word without a dot is a family: "c5" means c5.large and its like, not c5n.large. */
static bool name_matches(struct str word, struct str name)
{
	bool family = str_find(word, '.', 0) == word.n;

	return str_glob(word, family ? facts_family(name) : name) || str_glob(word, name);
}

static bool names_match(const struct instance_filter *q, const struct instance_type *t)
{
	for (size_t i = 0; i < q->nnames; i++)
		if (name_matches(q->names[i], t->name))
			return true;
	return q->nnames == 0 && !t->withdrawn;
}

static bool contains_nocase(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (str_eq_nocase(str_slice(s, i, i + part.n), part))
			return true;
	return false;
}

static bool has_devices(const struct instance_type *t, const struct instance_filter *q)
{
	return (!q->efa || t->efa_max > 0) && (!q->gpu || t->gpu.count > 0) &&
	       (!q->neuron || t->neuron.count > 0) && (!q->disks || t->disks > 0) &&
	       (q->gpu_name.n == 0 ||
		(t->gpu.count > 0 && contains_nocase(t->gpu.name, q->gpu_name)));
}

static bool is_sold(const struct instance_type *t, const struct facts *f,
		    const struct instance_filter *q)
{
	return (!q->spot || (t->usage & USAGE_SPOT) != 0) &&
	       (!q->capacity_block || (t->usage & USAGE_CAPACITY_BLOCK) != 0) &&
	       (!q->current || t->current_generation) &&
	       (q->region.n == 0 || facts_offered(f, t->name, q->region) == KNOWN_YES) &&
	       (q->zone.n == 0 || facts_offered_in_zone(f, t->name, q->zone) == KNOWN_YES);
}

static bool is_large_enough(const struct instance_type *t, const struct instance_filter *q)
{
	return t->vcpus >= q->min_vcpus && (q->max_vcpus == 0 || t->vcpus <= q->max_vcpus) &&
	       t->memory_mib >= q->min_memory_gib * 1024 && t->gpu.count >= q->min_gpus &&
	       t->efa_max >= q->min_efa && t->network_gbps >= q->min_network_gbps;
}

/* Orders by family, vCPUs, name: total, since names differ. */
static int by_name(const void *a, const void *b)
{
	const struct instance_type *x = *(const struct instance_type *const *)a;
	const struct instance_type *y = *(const struct instance_type *const *)b;
	int c = str_cmp(facts_family(x->name), facts_family(y->name));

	if (c == 0)
		c = (x->vcpus > y->vcpus) - (x->vcpus < y->vcpus);
	return c != 0 ? c : str_cmp(x->name, y->name);
}

static int by_vcpus(const void *a, const void *b)
{
	const struct instance_type *x = *(const struct instance_type *const *)a;
	const struct instance_type *y = *(const struct instance_type *const *)b;
	int c = (x->vcpus > y->vcpus) - (x->vcpus < y->vcpus);

	return c != 0 ? c : by_name(a, b);
}

static int by_memory(const void *a, const void *b)
{
	const struct instance_type *x = *(const struct instance_type *const *)a;
	const struct instance_type *y = *(const struct instance_type *const *)b;
	int c = (x->memory_mib > y->memory_mib) - (x->memory_mib < y->memory_mib);

	return c != 0 ? c : by_name(a, b);
}

struct instance_list facts_query(struct arena *a, const struct facts *f,
				 const struct instance_filter *q)
{
	static int (*const orders[])(const void *, const void *) = {[QUERY_BY_NAME] = by_name,
								    [QUERY_BY_VCPUS] = by_vcpus,
								    [QUERY_BY_MEMORY] = by_memory};
	const struct instance_type **items =
		NEW_ARRAY(a, const struct instance_type *, facts_instance_count(f));
	size_t n = 0;

	for (size_t i = 0; i < facts_instance_count(f); i++) {
		const struct instance_type *t = facts_instance_at(f, i);

		if (names_match(q, t) && (q->arch == 0 || (t->arch & q->arch) != 0) &&
		    has_devices(t, q) && is_large_enough(t, q) && is_sold(t, f, q))
			items[n++] = t;
	}
	qsort(items, n, sizeof(items[0]), orders[q->sort]);
	return (struct instance_list){items, n};
}

static void check_name(struct diags *ds, const struct facts *f, struct str name)
{
	struct str near[3];
	struct diag *d;
	unsigned n;

	if (is_pattern(name) || facts_instance(f, name) != NULL)
		return;
	for (size_t i = 0; i < facts_instance_count(f); i++)
		if (name_matches(name, facts_instance_at(f, i)->name))
			return;
	d = diag_unknown_instance_type(ds, (struct span){0}, name);
	n = facts_instance_near(f, name, near, ARRAY_LEN(near));
	for (unsigned i = 0; i < n; i++)
		diag_help(ds, d, "did you mean `" STR_F "`?", STR_A(near[i]));
}

static void check_region(struct diags *ds, const struct facts *f, struct str name)
{
	const struct region *r = facts_region(f, name);
	struct str near[1];
	struct diag *d;

	if (r == NULL) {
		d = diag_unknown_region(ds, (struct span){0}, name);
		if (facts_region_near(f, name, near, 1) > 0)
			diag_help(ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
	} else if (r->nzones == 0) {
		d = diag_no_offerings(ds, (struct span){0}, name);
		diag_note(ds, d, "the bundled offerings do not cover this region");
	}
}

static void check_zone(struct diags *ds, const struct facts *f, struct str zone)
{
	const struct region *r = facts_region(f, str_slice(zone, 0, zone.n > 0 ? zone.n - 1 : 0));
	struct diag *d;

	if (facts_zone_region(f, zone) != NULL)
		return;
	d = diag_unknown_zone(ds, (struct span){0}, zone);
	if (r == NULL || r->nzones == 0)
		diag_help(ds, d, "zone ids look like `use1-az4`");
	else /* a zone name such as us-east-1a */
		diag_help(ds, d,
			  "names of zones differ between accounts; give an id, such as `" STR_F "`",
			  STR_A(r->zones[0]));
}

bool query_check(struct diags *ds, const struct facts *f, const struct instance_filter *q)
{
	unsigned before = ds->errors;

	for (size_t i = 0; i < q->nnames; i++)
		check_name(ds, f, q->names[i]);
	if (q->region.n > 0)
		check_region(ds, f, q->region);
	if (q->zone.n > 0)
		check_zone(ds, f, q->zone);
	return ds->errors == before;
}

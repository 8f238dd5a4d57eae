/* SPDX-License-Identifier: Apache-2.0 */
/* lustre.c - which FSx for Lustre file systems there may be. */
#include "compiler/facts/facts_tables.h"

static bool has_throughput(const struct lustre *l, unsigned throughput)
{
	for (size_t i = 0; i < l->nthroughput; i++)
		if (l->throughput[i] == throughput)
			return true;
	return l->nthroughput == 0 && throughput == 0;
}

const struct lustre *facts_lustre(const struct facts *f, struct str deployment, struct str storage,
				  unsigned throughput, bool efa)
{
	struct str kind = storage.n > 0 ? storage : STR("SSD");

	(void)f;
	for (size_t i = 0; i < facts_lustre_kinds_n; i++) {
		const struct lustre *l = &facts_lustre_kinds[i];

		if (str_eq(l->deployment, deployment) && str_eq(l->storage, kind) &&
		    l->efa == efa && has_throughput(l, throughput))
			return l;
	}
	return NULL;
}

size_t facts_lustre_count(const struct facts *f)
{
	(void)f;
	return facts_lustre_kinds_n;
}

const struct lustre *facts_lustre_at(const struct facts *f, size_t i)
{
	(void)f;
	return &facts_lustre_kinds[i];
}

bool lustre_capacity_ok(const struct lustre *l, int64_t gib)
{
	for (size_t i = 0; i < l->nsizes; i++)
		if (l->sizes[i] == gib)
			return true;
	return l->step > 0 && gib > 0 && gib % l->step == 0;
}

void lustre_capacity_near(const struct lustre *l, int64_t gib, int64_t *ret_below,
			  int64_t *ret_above)
{
	int64_t step = l->step;
	int64_t down = step > 0 && gib > 0 ? gib - gib % step : 0;
	int64_t up = step == 0 ? 0 : down == gib && gib > 0 ? gib : down + step;

	for (size_t i = 0; i < l->nsizes; i++) {
		if (l->sizes[i] <= gib && l->sizes[i] > down)
			down = l->sizes[i];
		if (l->sizes[i] >= gib && (up == 0 || l->sizes[i] < up))
			up = l->sizes[i];
	}
	*ret_below = down;
	*ret_above = up;
}

static const struct lustre_region *find_region(struct str name)
{
	for (size_t i = 0; i < facts_lustre_regions_n; i++)
		if (str_eq(facts_lustre_regions[i].region, name))
			return &facts_lustre_regions[i];
	return NULL;
}

static bool in_list(const uint16_t *list, unsigned throughput)
{
	for (; *list != 0; list++)
		if (*list == throughput)
			return true;
	return false;
}

enum known facts_lustre_sold(const struct facts *f, const struct lustre *l, unsigned throughput,
			     struct str region)
{
	const struct lustre_region *r = find_region(region);
	const uint16_t *tiers;

	(void)f;
	if (r == NULL || l->step == 0)
		return KNOWN_UNKNOWN;
	if (str_starts(l->deployment, STR("SCRATCH_")))
		return r->scratch ? KNOWN_YES : KNOWN_NO;
	if (str_eq(l->deployment, STR("PERSISTENT_2")))
		tiers = r->persistent_2_ssd;
	else
		tiers = str_eq(l->storage, STR("HDD")) ? r->persistent_1_hdd : r->persistent_1_ssd;
	return in_list(tiers, throughput) ? KNOWN_YES : KNOWN_NO;
}

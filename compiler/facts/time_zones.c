/* SPDX-License-Identifier: Apache-2.0 */
/* time_zones.c - names of time zones. */
#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/facts/near.h"

static struct str zone_name(const void *zones, size_t i)
{
	return ((const struct time_zone *)zones)[i].name;
}

bool facts_time_zone(const struct facts *f, struct str name)
{
	(void)f;
	return search_name(name, facts_time_zones, facts_time_zones_n, zone_name) <
	       facts_time_zones_n;
}

/* Is `word` the place in "Asia/Tokyo", in any case? */
static bool is_place(struct str name, struct str word)
{
	size_t cut = name.n;

	while (cut > 0 && name.s[cut - 1] != '/')
		cut--;
	return cut > 0 && str_eq_nocase(str_slice(name, cut, name.n), word);
}

unsigned facts_time_zone_near(const struct facts *f, struct str name, struct str *ret, unsigned max)
{
	struct near_list l = near_list(ret, max);
	unsigned limit = near_limit(name);

	(void)f;
	for (size_t i = 0; i < facts_time_zones_n; i++) {
		struct str other = facts_time_zones[i].name;
		unsigned d = is_place(other, name) || str_eq_nocase(other, name)
				     ? 0
				     : edit_distance(name, other, limit);

		if (d <= limit)
			near_add(&l, other, d);
	}
	return l.n;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - lookups in the generated property tables. */
#include "compiler/schema/schema.h"

#include "compiler/base/nearest.h"
#include "compiler/base/search.h"

static struct str sorted_name(const void *section, size_t i)
{
	const struct section *s = section;

	return s->props[s->sorted[i]].name;
}

const struct prop *schema_find(const struct section *s, struct str name)
{
	size_t i = search_name(name, s, s->nprops, sorted_name);

	return i < s->nprops ? &s->props[s->sorted[i]] : NULL;
}

const struct prop *schema_nearest(const struct section *s, struct str name, uint16_t variants)
{
	unsigned best = near_limit(name) + 1;
	const struct prop *found = NULL;

	for (size_t i = 0; i < s->nprops; i++) {
		unsigned distance;

		if ((s->props[i].variants & variants) == 0)
			continue;
		distance = edit_distance(name, s->props[i].name, best - 1);
		if (distance < best) {
			best = distance;
			found = &s->props[i];
		}
		if (best == 0)
			break;
	}
	return found;
}

unsigned schema_owners(struct str name, enum section_id than, uint16_t variants,
		       enum section_id *ret, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < schema_nsections && n < max; i++) {
		const struct section *s = &schema_sections[i];
		const struct prop *p;

		if (i == (unsigned)than || (s->variants & variants) == 0)
			continue;
		p = schema_find(s, name);
		if (p != NULL && (p->variants & variants) != 0)
			ret[n++] = (enum section_id)i;
	}
	return n;
}

bool schema_says_where(const struct prop *p)
{
	return p->kind == PROP_SECTION &&
	       (p->section == SECTION_Network || p->section == SECTION_EnvironmentReference);
}

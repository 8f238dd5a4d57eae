/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - look-ups in the bundled tables, and in the instance types of an overlay. */
#include "compiler/facts/facts.h"

#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/facts/near.h"
#include "compiler/facts/overlay.h"

#include <string.h>

const struct facts *facts_bundled(void)
{
	static const struct facts bundled = {0};

	return &bundled;
}

/* The name of a type, from the compact index of the bundled ones. */
static struct str bundled_name(const void *keys, size_t i)
{
	const char *key = (const char *)keys + i * FACTS_KEY_SIZE;
	const char *end = memchr(key, '\0', FACTS_KEY_SIZE);

	return (struct str){key, end != NULL ? (size_t)(end - key) : FACTS_KEY_SIZE};
}

static struct str merged_name(const void *types, size_t i)
{
	return ((const struct instance_type *const *)types)[i]->name;
}

static struct str offering_place(const void *offerings, size_t i)
{
	return ((const struct offering *)offerings)[i].place;
}

/*
 * Rules ask this more often than anything else; the first 8 bytes of the padded keys decide nearly always.
 */
size_t facts_bundled_row(struct str name)
{
	char key[FACTS_KEY_SIZE] = {0};
	size_t lo = 0, hi = facts_types_n;
	uint64_t want;

	if (name.n == 0 || name.n >= FACTS_KEY_SIZE)
		return facts_types_n;
	memcpy(key, name.s, name.n);
	want = word_at(key);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		uint64_t got = word_at(facts_type_keys[mid]);

		if (got < want ||
		    (got == want && memcmp(facts_type_keys[mid], key, FACTS_KEY_SIZE) < 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < facts_types_n && memcmp(facts_type_keys[lo], key, FACTS_KEY_SIZE) == 0
		       ? lo
		       : facts_types_n;
}

const struct instance_type *facts_instance(const struct facts *f, struct str name)
{
	size_t n = facts_instance_count(f);
	size_t i = f->types != NULL ? search_name(name, f->types, n, merged_name)
				    : facts_bundled_row(name);

	return i < n ? facts_instance_at(f, i) : NULL;
}

size_t facts_instance_count(const struct facts *f)
{
	return f->types != NULL ? f->n : facts_types_n;
}

const struct instance_type *facts_instance_at(const struct facts *f, size_t i)
{
	return f->types != NULL ? f->types[i] : &facts_types[i];
}

struct str facts_family(struct str type)
{
	return str_slice(type, 0, str_find(type, '.', 0));
}

/*
 * Does the name of a type speak of Graviton? "c7gn.large": family letters, generation, then attributes, of
 * which the first is g. Source: EC2 user guide, "Instance type naming conventions". a1 came before it.
 */
static bool graviton_name(struct str name)
{
	size_t i = 0;

	if (str_starts(name, STR("a1.")))
		return true;
	while (i < name.n && name.s[i] >= 'a' && name.s[i] <= 'z')
		i++;
	while (i < name.n && name.s[i] >= '0' && name.s[i] <= '9')
		i++;
	return i > 0 && i < name.n && name.s[i] == 'g';
}

enum arch facts_arch(const struct facts *f, struct str type)
{
	const struct instance_type *t = facts_instance(f, type);

	if (t != NULL)
		return (t->arch & ARCH_ARM64) != 0 ? ARCH_ARM64 : ARCH_X86_64;
	return graviton_name(type) ? ARCH_ARM64 : ARCH_X86_64;
}

unsigned facts_instance_near(const struct facts *f, struct str name, struct str *ret, unsigned max)
{
	struct near_list l = near_list(ret, max);
	unsigned limit = near_limit(name);

	for (size_t i = 0; i < facts_instance_count(f); i++) {
		struct str other = f->types != NULL ? facts_instance_at(f, i)->name
						    : bundled_name(facts_type_keys, i);
		unsigned d = edit_distance(name, other, limit);

		/* Of two equally near names the one of the same family is meant. */
		if (d <= limit)
			near_add(&l, other,
				 2 * d + !str_eq(facts_family(name), facts_family(other)));
	}
	return l.n;
}

const struct region *facts_region(const struct facts *f, struct str name)
{
	(void)f;
	for (size_t i = 0; i < facts_regions_n; i++)
		if (str_eq(facts_regions[i].name, name))
			return &facts_regions[i];
	return NULL;
}

unsigned facts_region_near(const struct facts *f, struct str name, struct str *ret, unsigned max)
{
	struct near_list l = near_list(ret, max);
	unsigned limit = near_limit(name);

	(void)f;
	for (size_t i = 0; i < facts_regions_n; i++) {
		unsigned d = edit_distance(name, facts_regions[i].name, limit);

		if (d <= limit)
			near_add(&l, facts_regions[i].name, d);
	}
	return l.n;
}

/* The row of a region or zone, or NULL. */
static const struct offering *find_offering(struct str place)
{
	size_t i = search_name(place, facts_offerings, facts_offerings_n, offering_place);

	return i < facts_offerings_n ? &facts_offerings[i] : NULL;
}

const struct region *facts_zone_region(const struct facts *f, struct str zone_id)
{
	const struct offering *o = find_offering(zone_id);

	if (o == NULL || str_eq(o->place, o->region))
		return NULL;
	return facts_region(f, o->region);
}

size_t facts_zone_count(const struct facts *f, struct str region)
{
	const struct region *r = facts_region(f, region);

	return r != NULL ? r->nzones : 0;
}

bool zone_is_id(struct str zone)
{
	size_t at = str_find_str(zone, STR("-az"), 0);

	return at > 0 && at + 4 == zone.n && zone.s[at + 3] >= '1' && zone.s[at + 3] <= '9';
}

/* Is it the name of a zone, "us-east-1a", of this region? A name says its region, and nobody knows its letters. */
static bool is_zone_name(struct str zone, struct str region)
{
	return zone.n == region.n + 1 && str_starts(zone, region) && zone.s[region.n] >= 'a' &&
	       zone.s[region.n] <= 'z';
}

enum known facts_is_zone(const struct facts *f, struct str region, struct str zone)
{
	const struct region *r = facts_region(f, region);

	if (r == NULL)
		return KNOWN_UNKNOWN;
	for (size_t i = 0; i < facts_regions_n; i++)
		if (is_zone_name(zone, facts_regions[i].name))
			return &facts_regions[i] == r ? KNOWN_YES : KNOWN_NO;
	for (size_t i = 0; i < r->nzones; i++)
		if (str_eq(r->zones[i], zone))
			return KNOWN_YES;
	if (facts_zone_region(f, zone) != NULL)
		return KNOWN_NO;
	return r->nzones > 0 && zone_is_id(zone) ? KNOWN_NO : KNOWN_UNKNOWN;
}

static enum known offered(const struct offering *o, struct str type)
{
	size_t i = facts_bundled_row(type);

	if (o == NULL || i == facts_types_n)
		return KNOWN_UNKNOWN;
	return (o->types[i / 8] >> i % 8 & 1) != 0 ? KNOWN_YES : KNOWN_NO;
}

enum known facts_offered(const struct facts *f, struct str type, struct str region)
{
	const struct offering *o = find_offering(region);

	(void)f;
	return o != NULL && str_eq(o->place, o->region) ? offered(o, type) : KNOWN_UNKNOWN;
}

enum known facts_offered_in_zone(const struct facts *f, struct str type, struct str zone_id)
{
	const struct offering *o = find_offering(zone_id);

	(void)f;
	return o != NULL && !str_eq(o->place, o->region) ? offered(o, type) : KNOWN_UNKNOWN;
}

const struct os_image *facts_image(const struct facts *f, struct str os, enum arch arch)
{
	(void)f;
	for (size_t i = 0; i < facts_images_n; i++)
		if (facts_images[i].arch == arch && str_eq(facts_images[i].os, os))
			return &facts_images[i];
	return NULL;
}

const struct ebs_type *facts_ebs(const struct facts *f, struct str name)
{
	(void)f;
	for (size_t i = 0; i < facts_ebs_types_n; i++)
		if (str_eq(facts_ebs_types[i].name, name))
			return &facts_ebs_types[i];
	return NULL;
}

/* The last part of the path, which loses it. */
static struct str last_part(struct str *path)
{
	size_t at = path->n;
	struct str part;

	while (at > 0 && path->s[at - 1] != '/')
		at--;
	part = str_slice(*path, at, path->n);
	*path = str_slice(*path, 0, at > 0 ? at - 1 : 0);
	return part;
}

static bool script_fits(struct str pattern, struct str path)
{
	while (pattern.n > 0) {
		struct str want = last_part(&pattern), is = last_part(&path);

		if (is.n == 0 || (!str_eq(want, STR("*")) && !str_eq(want, is)))
			return false;
	}
	return true;
}

const struct public_script *facts_script(const struct facts *f, struct str url)
{
	struct str path = str_slice(url, 0, str_find(url, '?', 0));

	(void)f;
	path = str_slice(path, 0, str_find(path, '#', 0));
	for (size_t i = 0; i < facts_scripts_n; i++)
		if (script_fits(facts_scripts[i].pattern, path))
			return &facts_scripts[i];
	return NULL;
}

bool facts_lacks(const struct facts *f, struct str region, struct str feature, uint32_t knows)
{
	(void)f;
	for (size_t i = 0; i < facts_region_gaps_n; i++) {
		const struct region_gap *gap = &facts_region_gaps[i];

		if (str_eq(gap->feature, feature) && str_starts(region, gap->region) &&
		    (gap->until == 0 || (knows != 0 && knows < gap->until)))
			return true;
	}
	return false;
}

bool facts_lists(struct str list, struct str word)
{
	while (list.s != NULL)
		if (str_eq(str_cut(&list, ','), word))
			return true;
	return false;
}

enum known facts_type_offered(const struct facts *f, struct str type, struct str region)
{
	(void)f;
	for (size_t i = 0; i < facts_type_regions_n; i++) {
		const struct type_regions *t = &facts_type_regions[i];

		if (str_eq(t->type, type) && facts_lists(t->lacked, region))
			return KNOWN_NO;
		if (str_eq(t->type, type) && facts_lists(t->offered, region))
			return KNOWN_YES;
	}
	return KNOWN_UNKNOWN;
}

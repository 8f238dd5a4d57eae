/* SPDX-License-Identifier: Apache-2.0 */
/* network_zones.c - rules about the zones of a network. */
#include "compiler/check/rules/network.h"

/* ---- some are said ---- */

/* Is it a subnet that is made, in a zone that it does not name? Those that are made have a block. */
static bool needs_zone(const struct subnet *s)
{
	return ABSENT(s, availability_zone) && s->at.subnet_id.state == FIELD_ABSENT &&
	       s->at.cidr_block.state != FIELD_ABSENT;
}

static bool zones_said(const struct network *m)
{
	return !ABSENT(m, availability_zones) || !ABSENT(m, availability_zone_count);
}

void rule_zones_said(const struct rules *r)
{
	const struct net *n = network(r);
	const struct network *m;
	struct diag *d;

	if (n == NULL || zones_said(n->m) || !USABLE(n->m, subnets))
		return;
	m = n->m;
	if (ABSENT(m, subnets) && n->is_new) {
		d = diag_no_zone(r->ds, section_span(&m->section), STR("the network"));
		diag_help(r->ds, d,
			  "add `AvailabilityZoneCount: 1`, or `AvailabilityZones` with "
			  "their names");
	}
	for (size_t i = 0; i < n->nsubnets; i++) {
		const struct net_subnet *s = &n->subnets[i];

		if (s->row == NULL || !needs_zone(s->row))
			continue;
		d = diag_no_zone(r->ds, subnet_span(s), subnet_words(r, s));
		diag_help(r->ds, d,
			  "add `AvailabilityZone` to it, or `AvailabilityZones` to the "
			  "network");
		return; /* the others want the same */
	}
}

/* ---- they are of the region ---- */

/* A zone that the network names, or that a subnet names where the network names none. */
struct named_zone {
	struct str name;
	struct span at;
};

/* Those that are of the region, and of which another one is said to be foreign. */
struct home {
	struct str region;
	struct span at; /* what tells it: the region of the file, or a zone */
	bool by_zone;
};

/* In the order of the file, into *ret; how many. */
static size_t zones_named(const struct rules *r, const struct net *n, struct named_zone **ret)
{
	const struct model_strings *zones = &n->m->availability_zones;
	size_t count = 0;

	*ret = NEW_ARRAY(r->a, struct named_zone, zones->n + n->m->subnets.n);
	for (size_t i = 0; i < zones->n; i++)
		(*ret)[count++] = (struct named_zone){zones->items[i].text, zones->items[i].at};
	for (size_t i = 0; zones->n == 0 && i < n->m->subnets.n; i++) {
		const struct subnet *s = &n->m->subnets.items[i];

		if (WRITTEN(s, availability_zone))
			(*ret)[count++] = (struct named_zone){s->availability_zone,
							      s->at.availability_zone.value};
	}
	return count;
}

/* The region that the zone tells: of a name all through its first number; empty where nothing is known of it. */
static struct str region_of_zone(const struct rules *r, struct str zone)
{
	const struct region *region;
	size_t i = 0;

	if (zone_is_id(zone)) {
		region = facts_zone_region(r->facts, zone);
		return region != NULL ? region->name : STR("");
	}
	while (i < zone.n && (zone.s[i] < '0' || zone.s[i] > '9'))
		i++;
	while (i < zone.n && zone.s[i] >= '0' && zone.s[i] <= '9')
		i++;
	return str_slice(zone, 0, i);
}

/*
 * Where the file says no region, most zones do, else the first one: more than half of them if the region that is left
 * when those that differ are struck out by twos is that of so many.
 */
static struct home home_of_zones(const struct rules *r, const struct named_zone *zones, size_t n)
{
	struct home first = {.by_zone = true}, most = {.by_zone = true};
	size_t votes = 0, known = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		struct home h = {region_of_zone(r, zones[i].name), zones[i].at, true};

		if (h.region.n == 0)
			continue;
		if (known++ == 0)
			first = h;
		if (votes == 0)
			most = h;
		if (str_eq(h.region, most.region))
			votes++;
		else
			votes--;
	}
	for (size_t i = 0; i < n; i++)
		count += str_eq(region_of_zone(r, zones[i].name), most.region);
	return 2 * count > known ? most : first;
}

static struct home home_of(const struct rules *r, const struct named_zone *zones, size_t n)
{
	if (r->region != NULL)
		return (struct home){.region = r->region->name, .at = r->region_at->value};
	return home_of_zones(r, zones, n);
}

/* A name of a zone, unlike an id, begins with that of its region; that of a Local Zone does too. */
static bool is_foreign(const struct rules *r, struct str home, struct str zone)
{
	if (zone.n == 0 || home.n == 0)
		return false;
	switch (facts_is_zone(r->facts, home, zone)) {
	case KNOWN_NO:
		return true;
	case KNOWN_YES:
		return false;
	case KNOWN_UNKNOWN:
		break;
	}
	return !zone_is_id(zone) && !str_starts(zone, home);
}

static void of_region(const struct rules *r, const struct home *home, const struct named_zone *zone)
{
	const struct region *region = facts_region(r->facts, home->region);
	struct diag *d;

	if (!is_foreign(r, home->region, zone->name))
		return;
	d = diag_foreign_zone(r->ds, zone->at, zone->name, home->region);
	diag_label(r->ds, d, home->at,
		   home->by_zone ? "this one is, and a network is in one region"
				 : "the region is set here");
	if (zone_is_id(zone->name) && region != NULL && region->nzones > 0)
		diag_help(r->ds, d, "its zones are " STR_F,
			  STR_A(names_in_line(r, region->zones, region->nzones)));
	else
		diag_help(r->ds, d, "names of its zones are `" STR_F "a` and so on",
			  STR_A(home->region));
}

void rule_zones_of_region(const struct rules *r)
{
	const struct net *n = network(r);
	struct named_zone *zones;
	struct home home;
	size_t count;

	if (n == NULL || (r->region != NULL && !is_written(r->region_at)) ||
	    (n->m->availability_zones.n > 0 && !USABLE(n->m, availability_zones)))
		return;
	count = zones_named(r, n, &zones);
	home = home_of(r, zones, count);
	for (size_t i = 0; i < count; i++)
		of_region(r, &home, &zones[i]);
}

bool network_zone_foreign(const struct rules *r, const struct net *n)
{
	struct named_zone *zones;
	size_t count = zones_named(r, n, &zones);
	struct home home = home_of(r, zones, count);

	for (size_t i = 0; i < count; i++)
		if (is_foreign(r, home.region, zones[i].name))
			return true;
	return false;
}

/* ---- there are as many ---- */

/* Zones of the region among those that are named: Local Zones are not counted. */
static size_t named_zones(const struct rules *r, const struct network *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->availability_zones.n; i++)
		n += facts_is_zone(r->facts, r->region->name,
				   m->availability_zones.items[i].text) == KNOWN_YES;
	return n;
}

/* Source: stdlib/facts/offerings.tsv: the zones that sell instances. */
void rule_zones_there(const struct rules *r)
{
	const struct net *n = network(r);
	const struct field_at *at;
	size_t wanted, has;
	struct diag *d;

	if (n == NULL || r->region == NULL || !is_written(r->region_at) ||
	    !USABLE(n->m, availability_zones))
		return;
	at = WRITTEN(n->m, availability_zones) ? &n->m->at.availability_zones
					       : &n->m->at.availability_zone_count;
	wanted = WRITTEN(n->m, availability_zones) ? named_zones(r, n->m)
						   : (size_t)n->m->availability_zone_count;
	has = facts_zone_count(r->facts, r->region->name);
	if (!is_written(at) || has == 0 || wanted <= has)
		return;
	d = diag_too_many_zones(r->ds, at->value, wanted, r->region->name, has);
	diag_label(r->ds, d, r->region_at->value, "the region is set here");
}

/* The first zone in which no subnet stands; NET_NO_ZONE where there is none, or the zone of a subnet is not known. */
static size_t unused_zone(const struct net *n)
{
	bool used[NET_MAX_ZONES] = {false};

	for (size_t i = 0; i < n->nsubnets; i++) {
		if (n->subnets[i].zone >= NET_MAX_ZONES)
			return NET_NO_ZONE;
		used[n->subnets[i].zone] = true;
	}
	for (size_t z = 0; z < n->nzones && z < NET_MAX_ZONES; z++)
		if (!used[z])
			return z;
	return NET_NO_ZONE;
}

/* A subnet stands in the first zone unless it names another, and zones that are counted have no names. */
void rule_zones_used(const struct rules *r)
{
	const struct net *n = network(r);
	struct diag *d;
	size_t zone;

	if (n == NULL || !WRITTEN(n->m, subnets) || n->nsubnets == 0 ||
	    !USABLE(n->m, availability_zones) || !zones_said(n->m))
		return;
	zone = unused_zone(n);
	if (zone == NET_NO_ZONE)
		return;
	d = diag_zone_unused(r->ds,
			     n->zones_counted ? n->m->at.availability_zone_count.value
					      : n->m->availability_zones.items[zone].at,
			     zone_words(r, n, zone));
	diag_note(r->ds, d, "a subnet stands in the first zone unless it names another");
	if (n->zones_counted)
		diag_help(r->ds, d,
			  "name the zones in `AvailabilityZones`, and one in each "
			  "subnet, or leave Subnets out");
}

/* ---- subnets stand in them ---- */

static void offer_zones(const struct rules *r, struct diag *d, const struct net *n,
			const struct subnet *s)
{
	struct str *names = NEW_ARRAY(r->a, struct str, n->nzones);

	for (size_t i = 0; i < n->nzones; i++)
		names[i] = n->zones[i].name;
	diag_label(r->ds, d, n->m->at.availability_zones.value, "the zones are these");
	offer_names(r, d, s->at.availability_zone.value, s->availability_zone,
		    (struct choice){names, n->nzones, "add it there"});
}

void rule_subnet_zones(const struct rules *r)
{
	const struct net *n = network(r);

	/* A listed one of another region is said to be that, and may be meant to be the one of the subnet. */
	if (n == NULL || !USABLE(n->m, availability_zones) || n->nzones == 0 ||
	    network_zone_foreign(r, n))
		return;
	for (size_t i = 0; i < n->nsubnets; i++) {
		const struct subnet *s = n->subnets[i].row;
		struct diag *d;

		if (s == NULL || n->subnets[i].zone != NET_NO_ZONE ||
		    !WRITTEN(s, availability_zone))
			continue;
		d = diag_zone_not_listed(r->ds, s->at.availability_zone.value,
					 s->availability_zone);
		if (!n->zones_counted) {
			offer_zones(r, d, n, s);
			continue;
		}
		diag_label(r->ds, d, n->m->at.availability_zone_count.value,
			   "zones are counted here, and have no names");
		diag_help(r->ds, d, "name the zones: `AvailabilityZones: [" STR_F "]`",
			  STR_A(s->availability_zone));
	}
}

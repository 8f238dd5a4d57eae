/* SPDX-License-Identifier: Apache-2.0 */
/* storage_places.c - where the file systems of an environment stand, and what their outputs are called. */
#include "compiler/base/map.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"

static void unknown_subnet(const struct rules *r, const struct shared_storage *s)
{
	struct str *names = NEW_ARRAY(r->a, struct str, r->net->nsubnets + 1);
	struct diag *d;

	for (size_t i = 0; i < r->net->nsubnets; i++) {
		names[i] = r->net->subnets[i].name;
		if (names[i].n == 0)
			return; /* its name is faulty, and may be the one that is meant */
	}
	d = diag_unknown_name(r->ds, s->at.subnet_name.value, "subnet", s->subnet_name);
	offer_names(r, d, s->at.subnet_name.value, s->subnet_name,
		    (struct choice){names, r->net->nsubnets, "Network has no subnets"});
}

static void place_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct net_subnet *subnet;

	if (!WRITTEN(s, subnet_name) || !WRITTEN(s, name))
		return;
	subnet = net_subnet(r->net, s->subnet_name);
	if (subnet == NULL)
		unknown_subnet(r, s);
	else if (subnet->type == SUBNET_TYPE_PUBLIC)
		diag_help(r->ds,
			  diag_storage_subnet_public(r->ds, s->at.subnet_name.value, s->name,
						     subnet->name),
			  "name a subnet of type PRIVATE or ISOLATED");
}

/* Without Network a batch file has subnets by their ids alone. */
static void no_subnets(const struct rules *r, const struct shared_storage *s)
{
	struct diag *d;

	if (!WRITTEN(s, subnet_name))
		return;
	d = diag_unknown_name(r->ds, s->at.subnet_name.value, "subnet", s->subnet_name);
	diag_help(
		r->ds, d,
		"subnets with names are those of `Network`; else a storage stands in SubnetIds of "
		"the compute environment that mounts it");
}

void rule_storage_subnet(const struct rules *r)
{
	if (r->b != NULL && r->b->at.network.state == FIELD_ABSENT)
		for (size_t i = 0; i < r->storage->n; i++)
			no_subnets(r, &r->storage->items[i]);
	for (size_t i = 0; network_known(r) && i < r->storage->n; i++)
		if (WRITTEN(&r->storage->items[i], storage_type))
			place_ok(r, &r->storage->items[i]);
}

/* Letters and digits of a name in small letters: what two names of outputs must differ in. */
static struct str bare_name(const struct rules *r, struct str name)
{
	char *bare = NEW_ARRAY(r->a, char, name.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++)
		if (is_alnum(name.s[i]))
			bare[n++] = is_upper(name.s[i]) ? (char)(name.s[i] - 'A' + 'a') : name.s[i];
	return (struct str){bare, n};
}

void rule_storage_outputs(const struct rules *r)
{
	struct map seen = {0};

	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i], *first;
		struct str bare;
		struct diag *d;

		if (!WRITTEN(s, name))
			continue;
		bare = bare_name(r, s->name);
		first = map_get(&seen, bare);
		if (first == NULL) {
			map_put(&seen, r->a, bare, s);
		} else if (!str_eq(first->name, s->name)) { /* the same twice is E0110 */
			d = diag_storage_output_clash(r->ds, s->at.name.value, s->name,
						      first->name);
			diag_label(r->ds, d, first->at.name.value, "the other one");
			diag_note(r->ds, d, "names of outputs have letters and digits alone");
		}
	}
}

/* ---- One Zone ---- */

/* What there is of subnets that are not public: in a zone, in further ones, in one that is not known. */
struct inner {
	bool found, others, unknown;
};

static struct inner inner_zones(const struct net *n, struct str zone)
{
	const struct net_subnet *s;
	struct inner in = {0};
	size_t it = 0;

	while ((s = net_next_inner_zone(n, &it)) != NULL) {
		bool same = net_in_zone(n, s, zone);

		in.found = in.found || same;
		in.others = in.others || !same;
		in.unknown = in.unknown || s->zone == NET_NO_ZONE;
	}
	return in;
}

/* A subnet that is made tells the name of its zone, once it is there. */
static bool tells_name(const struct net *n, struct str zone)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (net_in_zone(n, &n->subnets[i], zone) && !subnet_exists(&n->subnets[i]))
			return true;
	return false;
}

/* Source: EFS API, CreateFileSystem, AvailabilityZoneName. */
static void zone_by_id(const struct rules *r, struct str zone, struct span at)
{
	struct diag *d;

	if (!zone_is_id(zone) || tells_name(r->net, zone))
		return;
	d = diag_efs_zone_id(r->ds, at, zone);
	diag_note(r->ds, d, "no subnet is made in the zone, which would tell it");
	diag_help(r->ds, d,
		  "write the name here and in Network: `aws ec2 describe-availability-zones` has "
		  "both");
}

static void one_zone(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;
	struct str zone = e->availability_zone_name;
	struct span at = e->at.availability_zone_name.value;
	struct inner in;
	struct diag *d;

	if (!WRITTEN(e, availability_zone_name) || !WRITTEN(s, name))
		return;
	in = inner_zones(r->net, zone);
	if (in.found) {
		zone_by_id(r, zone, at);
		if (in.others)
			diag_help(r->ds, diag_efs_one_zone(r->ds, at, s->name, zone),
				  "leave AvailabilityZoneName out, or keep clusters in this zone");
		return;
	}
	if (network_zone_foreign(r, r->net))
		return; /* which may be meant to be this one */
	d = diag_efs_zone(r->ds, at, zone);
	if (r->net->zones_counted)
		diag_help(r->ds, d,
			  "name the zones with AvailabilityZones: those that are counted are not "
			  "known before the deployment");
	else if (in.unknown)
		diag_help(r->ds, d, "add `AvailabilityZone` to the existing subnet of this zone");
	else
		diag_help(r->ds, d, "write it as Network does, by name or by id");
}

/* Source: EFS user guide, EFS file system types; a mount target of a One Zone file system is in its zone alone. */
void rule_efs_zone(const struct rules *r)
{
	if (network_known(r))
		each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, one_zone);
}

/* ---- EFA ---- */

static void efa_group(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	const struct env_security_group *g = storage_group(r, s);
	struct diag *d;

	if (!is_efa_lustre(s) || g == NULL || !WRITTEN(g, allow_self) || g->allow_self)
		return;
	d = diag_efa_storage_group(r->ds, f->at.efa_enabled.value, g->name);
	diag_label(r->ds, d, g->at.allow_self.value, "members do not reach each other");
	diag_help(r->ds, d, "set AllowSelf to true, or name another group");
}

/* Source: FSx for Lustre user guide, limiting access with security groups. */
void rule_efa_storage_group(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, efa_group);
}

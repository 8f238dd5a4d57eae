/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network_each_zone.c - what has one subnet of each zone, in subnets whose zones are not known.
 *
 * Sources: EC2 API, CreateTransitGatewayVpcAttachment and CreateVpcEndpoint, SubnetIds; EFS API, CreateMountTarget; FSx
 * API, CreateFileSystem, SubnetIds.
 */
#include "compiler/check/rules/network.h"
#include "compiler/model/hybrid.h"

static const struct net_subnet *next_of(const struct net *n, const struct model_strings *names,
					size_t *it)
{
	if (names == NULL || names->n == 0)
		return net_next_inner_zone(n, it);
	while (*it < names->n) {
		const struct net_subnet *s = net_subnet(n, names->items[(*it)++].text);

		if (s != NULL)
			return s;
	}
	return NULL;
}

/* The last one of the subnets, those named or one of each zone, that may be in the zone of another; else NULL. */
static const struct net_subnet *in_doubt(const struct net *n, const struct model_strings *names)
{
	const struct net_subnet *s, *unknown = NULL;
	size_t it = 0, count = 0;

	while ((s = next_of(n, names, &it)) != NULL) {
		count++;
		if (subnet_exists(s) && s->zone == NET_NO_ZONE && ABSENT(s->row, availability_zone))
			unknown = s;
	}
	return count > 1 ? unknown : NULL;
}

/* Says it once for all uses of the subnets. */
static void doubt(const struct rules *r, struct diag **said, const struct net_subnet *unknown,
		  const char *why)
{
	if (unknown == NULL)
		return;
	if (*said == NULL)
		*said = diag_stood_zone_unknown(r->ds, section_span(&unknown->row->section),
						unknown->name);
	diag_note(r->ds, *said, "%s", why);
}

static bool has_target_in_each_zone(const struct shared_storage *s)
{
	return WRITTEN(s, storage_type) && s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS &&
	       ABSENT(&s->efs_settings, availability_zone_name);
}

static bool stands_in_two_zones(const struct shared_storage *s)
{
	return WRITTEN(s, storage_type) &&
	       s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS &&
	       s->fsx_open_zfs_settings.deployment_type ==
		       FSX_OPEN_ZFS_SETTINGS_DEPLOYMENT_TYPE_MULTI_AZ_1;
}

/* Once for all storage of a kind. */
static bool has_storage(const struct rules *r, bool (*is)(const struct shared_storage *s))
{
	for (size_t i = 0; r->e != NULL && i < r->storage->n; i++)
		if (is(&r->storage->items[i]))
			return true;
	return false;
}

void rule_existing_zones(const struct rules *r)
{
	const struct net *n = network(r);
	const struct endpoints *e;
	const struct net_subnet *unknown;
	struct diag *said = NULL;

	if (n == NULL || n->is_new || !subnet_types_known(n))
		return;
	e = &n->m->endpoints;
	unknown = in_doubt(n, NULL);
	if (r->e != NULL && has_hybrid(&r->e->hybrid_network) &&
	    gateway_is_transit(&r->e->hybrid_network.gateway))
		doubt(r, &said, unknown,
		      "a transit gateway is attached to one subnet of each zone; two of one zone "
		      "are refused");
	if (USABLE(n->m, endpoints) && USABLE(e, subnet_names) && has_interfaces(e))
		doubt(r, &said, in_doubt(n, &e->subnet_names),
		      "an interface endpoint stands in one subnet of each zone; two of one zone "
		      "are refused");
	if (has_storage(r, has_target_in_each_zone))
		doubt(r, &said, unknown,
		      "EFS has one mount target in each zone; a second one is refused");
	if (has_storage(r, stands_in_two_zones))
		doubt(r, &said, unknown,
		      "the two servers of OpenZFS in MULTI_AZ_1 stand in two zones");
	if (said != NULL)
		diag_help(r->ds, said, "add `AvailabilityZone` to each existing subnet");
}

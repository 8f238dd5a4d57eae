/* SPDX-License-Identifier: Apache-2.0 */
/* network_subnets.c - rules about subnets, and about a VPC that exists. */
#include "compiler/check/rules/network.h"

/* ---- what exists ---- */

/* Says once of all of them what is missing. */
static void needs_vpc(const struct rules *r, const struct field_at *f, struct str name,
		      struct diag **said)
{
	if (!is_written(f))
		return;
	if (*said != NULL) {
		diag_label(r->ds, *said, f->key, "this needs it as well");
		return;
	}
	*said = diag_missing_companion(r->ds, f->key, name, PROP_NAME(Network_VpcId));
	diag_note(r->ds, *said, "without VpcId the VPC is a new one, and all in it is made");
}

/* Subnets and route tables that exist are of a VPC that exists. */
void rule_existing_vpc_named(const struct rules *r)
{
	const struct net *n = network(r);
	const struct network *m;
	struct diag *said = NULL;

	if (n == NULL || !ABSENT(n->m, vpc_id))
		return;
	m = n->m;
	for (size_t i = 0; i < m->subnets.n; i++)
		needs_vpc(r, &m->subnets.items[i].at.subnet_id, PROP_NAME(Subnet_SubnetId), &said);
	needs_vpc(r, &m->at.route_table_ids, PROP_NAME(Network_RouteTableIds), &said);
}

void rule_vpc_has_subnets(const struct rules *r)
{
	const struct net *n = network(r);
	struct diag *d;

	if (n == NULL || n->is_new || !USABLE(n->m, vpc_id) || !USABLE(n->m, subnets) ||
	    n->m->section.poisoned || n->m->subnets.n > 0)
		return;
	d = diag_vpc_without_subnets(r->ds, section_span(&n->m->section));
	diag_label(r->ds, d, n->m->at.vpc_id.value, "the VPC is given here");
	diag_help(r->ds, d,
		  "add `Subnets`, each with the `SubnetId` of one that exists, or with the "
		  "`CidrBlock` of a new one");
}

/* ---- which there are ---- */

/* Source: hpcc; the nodes that compute have no public address. */
void rule_private_subnet(const struct rules *r)
{
	const struct net *n = network(r);
	struct diag *d;

	if (n == NULL || !WRITTEN(n->m, subnets) || n->nsubnets == 0 || !subnet_types_known(n) ||
	    net_first_inner(n) != NULL)
		return;
	d = diag_no_private_subnet(r->ds, n->m->at.subnets.key);
	diag_note(r->ds, d,
		  "compute nodes would stand in public subnets, each with an address of "
		  "the internet");
	diag_help(r->ds, d, "add a subnet of Type PRIVATE");
}

/* ---- each by itself ---- */

enum { SMALL_BITS = 27, RESERVED_ADDRESSES = 5 };

static void large(const struct rules *r, const struct net_subnet *s)
{
	unsigned long long n = cidr_size(s->block);
	struct diag *d;

	if (s->row == NULL || s->type != SUBNET_TYPE_PRIVATE || !s->has_block ||
	    s->block.bits < SMALL_BITS || s->block.bits > 28)
		return;
	d = diag_small_subnet(r->ds, s->row->at.cidr_block.value, subnet_words(r, s),
			      n - RESERVED_ADDRESSES);
	diag_note(r->ds, d,
		  "a /%u has %llu, of which AWS keeps %d; nodes, endpoints and file systems share "
		  "the others",
		  (unsigned)s->block.bits, n, RESERVED_ADDRESSES);
}

static void addressed(const struct rules *r, const struct net_subnet *s)
{
	struct diag *d;

	if (s->row == NULL || s->type != SUBNET_TYPE_PUBLIC || s->map_public_ip ||
	    !WRITTEN(s->row, map_public_ip_on_launch) || subnet_exists(s))
		return;
	d = diag_public_no_address(r->ds, s->row->at.map_public_ip_on_launch.value,
				   subnet_words(r, s));
	diag_note(r->ds, d,
		  "a head node there needs `ElasticIp`, or it reaches nothing and "
		  "nobody reaches it");
}

/* Source: Amazon VPC user guide, subnet sizing: the first four addresses and the last one are AWS's. */
void rule_subnet_addresses(const struct rules *r)
{
	const struct net *n = network(r);

	for (size_t i = 0; n != NULL && i < n->nsubnets; i++) {
		large(r, &n->subnets[i]);
		addressed(r, &n->subnets[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - the file systems of an environment.
 *
 * Each is in a group of the file, together with its clients, and waits for the rules of that group: FSx looks at them
 * when it makes a file system.
 */
#include "lowering/aws/file_systems.h"
#include "lowering/environment/environment.h"

/* ---- where ---- */

static struct ir_value *id_of(const struct ground *l, const struct net_subnet *s)
{
	return network_subnet(l->network, s)->id;
}

/* The subnet of a file system that stands in one. */
static const struct net_subnet *home_of(const struct ground *l, const struct shared_storage *m)
{
	const struct net *n = l->network->net;
	const struct net_subnet *inner = net_first_inner(n);

	if (m->subnet_name.n > 0)
		return net_subnet(n, m->subnet_name);
	return inner != NULL ? inner : &n->subnets[0];
}

/* Of OpenZFS in two zones: where the server is that works, and a subnet of another zone. */
static struct ir_value *two_subnets(const struct ground *l, const struct net_subnet *home)
{
	struct ir_value *list = ir_push(l->st.g, ir_list(l->st.g), id_of(l, home));
	const struct net_subnet *s;
	size_t it = 0;

	while (list->n < 2 && (s = net_next_inner_zone(l->network->net, &it)) != NULL)
		if (s != home && (s->zone != home->zone || s->zone == NET_NO_ZONE))
			ir_push(l->st.g, list, id_of(l, s));
	return list;
}

/* The one that stands for the zone of `s` among the mount targets: `home`, where it is of that zone. */
static const struct net_subnet *target_of(const struct net_subnet *s, const struct net_subnet *home)
{
	return s->zone != NET_NO_ZONE && s->zone == home->zone ? home : s;
}

/* One subnet of each zone, or of `zone` alone where it is not empty; at least one. */
static struct ir_value *target_subnets(const struct ground *l, const struct net_subnet *home,
				       struct str zone)
{
	const struct net *n = l->network->net;
	struct ir_value *list = ir_list(l->st.g);
	const struct net_subnet *s;
	size_t it = 0;

	while ((s = net_next_inner_zone(n, &it)) != NULL)
		if (zone.n == 0 || net_in_zone(n, s, zone))
			ir_push(l->st.g, list, id_of(l, target_of(s, home)));
	return list->n > 0 ? list : ir_push(l->st.g, list, id_of(l, home));
}

static const struct lowered_group *group_of(const struct ground *l, const struct shared_storage *m)
{
	const struct lowered_group *named = map_get(&l->groups_by_name, m->security_group);

	return named != NULL ? named : &l->groups[0];
}

/* Clients may be in any subnet. */
static struct ir_value *all_tables(struct ground *l)
{
	struct ir_value *list = ir_list(l->st.g);

	list_add_distinct(&l->st, list, l->network->public_tables);
	list_add_distinct(&l->st, list, l->network->inner_tables);
	return list;
}

static struct storage_place place_of(struct ground *l, const struct shared_storage *m,
				     struct ir_value *subnets)
{
	const struct lowered_group *group = group_of(l, m);

	return (struct storage_place){
		.vpc = l->network->vpc,
		.subnets = subnets,
		.group = group->id,
		.group_resource = group->resource,
		.first_rule = group->first_rule,
		.nrules = group->nrules,
		.tables = all_tables(l),
		.key = l->key,
		.buckets = l->buckets,
		.nbuckets = l->e->buckets.n,
		.keeps = {.policy = IR_RETAIN_EXCEPT_ON_CREATE, .persistent = true},
	};
}

/* ---- the types ---- */

static struct str add_lustre(struct ground *l, const struct shared_storage *m,
			     const struct net_subnet *home)
{
	struct ir_value *subnets = ir_push(l->st.g, ir_list(l->st.g), id_of(l, home));
	struct storage_place place = place_of(l, m, subnets);

	return lustre_add(&l->st, m, &place);
}

static struct str add_openzfs(struct ground *l, const struct shared_storage *m,
			      const struct net_subnet *home)
{
	bool pair = m->fsx_open_zfs_settings.deployment_type ==
		    FSX_OPEN_ZFS_SETTINGS_DEPLOYMENT_TYPE_MULTI_AZ_1;
	struct ir_value *one = ir_push(l->st.g, ir_list(l->st.g), id_of(l, home));
	struct storage_place place = place_of(l, m, pair ? two_subnets(l, home) : one);

	return openzfs_add(&l->st, m, &place);
}

/* EFS takes the name of a zone alone: where the file has the id, a subnet that is made tells the name (E1154). */
static struct ir_value *one_zone(const struct ground *l, struct str zone)
{
	const struct net *n = l->network->net;

	for (size_t i = 0; zone_is_id(zone) && i < n->nsubnets; i++)
		if (net_in_zone(n, &n->subnets[i], zone) && l->network->subnets[i].resource.n > 0)
			return ir_getatt(l->st.g, l->network->subnets[i].resource,
					 STR("AvailabilityZone"));
	return zone.n > 0 ? ir_text(l->st.g, zone) : NULL;
}

static struct str add_efs(struct ground *l, const struct shared_storage *m,
			  const struct net_subnet *home)
{
	struct str zone = m->efs_settings.availability_zone_name;
	struct efs efs = efs_of_all(m, IR_RETAIN_EXCEPT_ON_CREATE);
	struct storage_place place = place_of(l, m, target_subnets(l, home, zone));

	/* CloudFormation cannot change the type under one logical id, which of FSx is "FileSystem…". */
	efs.prefix = "Efs";
	efs.zone = one_zone(l, zone);
	return efs_add(&l->st, &efs, &place, ir_list(l->st.g));
}

static struct str add_one(struct ground *l, const struct shared_storage *m)
{
	const struct net_subnet *home = home_of(l, m);

	switch (m->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		return add_efs(l, m, home);
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		return add_lustre(l, m, home);
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		return add_openzfs(l, m, home);
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break;
	}
	BUG("a storage that rules refuse in an environment");
}

void pass_env_storage(struct ground *l)
{
	const struct shared_storage_list *list = &l->e->shared_storage;

	l->storage = NEW_ARRAY(l->st.a, struct str, list->n);
	for (size_t i = 0; i < list->n; i++)
		l->storage[i] = add_one(l, &list->items[i]);
}

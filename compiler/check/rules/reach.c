/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.c - nodes against the storage and the security groups of the environment that they stand on; whom its groups
 * let in is in admission.c.
 *
 * Source, EFA: EC2 user guide, "Prepare an EFA-enabled security group".
 */
#include "compiler/check/rules/reach.h"

#include "compiler/check/rules/storage.h"

/* The text by which the file names an existing file system. */
static struct str storage_id(const struct shared_storage *s)
{
	switch (s->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		return s->fsx_lustre_settings.file_system_id;
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		return s->fsx_open_zfs_settings.volume_id;
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		return s->efs_settings.file_system_id;
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break;
	}
	return (struct str){0};
}

bool ground_storage(const struct rules *r, const struct shared_storage *s,
		    struct ground_storage *ret)
{
	const struct env_export *e = standing_export(r, storage_id(s));

	if (e == NULL || e->storage == NULL)
		return false;
	*ret = (struct ground_storage){
		.name = s->name.n > 0 ? s->name : e->storage->name,
		.mount = s,
		.made = e->storage,
	};
	return true;
}

/* Calls f for each storage of the file that the environment makes, and all nodes. */
static void each_ground_storage(const struct rules *r,
				void (*f)(const struct rules *r, const struct standing_nodes *n,
					  const void *data))
{
	for (size_t i = 0; r->on != NULL && i < r->storage->n; i++) {
		struct ground_storage g;

		if (ground_storage(r, &r->storage->items[i], &g))
			each_standing(r, f, &g);
	}
}

/* ---- who may mount ---- */

static bool is_off(const struct field_at *at, bool value)
{
	return !is_poisoned(at) && !value;
}

static void label_wanted(const struct rules *r, struct diag *d, const struct shared_storage *made,
			 const struct field_at *at, const char *words)
{
	if (is_written(at))
		diag_label(r->ds, d, at->value, "%s", words);
	else
		diag_label(r->ds, d, section_span(&made->section), "%s, as by default", words);
}

static void help_on(const struct rules *r, struct diag *d, const struct field_at *at,
		    enum prop_id id)
{
	if (is_written(at))
		diag_fix(r->ds, d, at->value, STR("true"), false);
	diag_help(r->ds, d, "%s `" STR_F ": true`", is_written(at) ? "write" : "add",
		  STR_A(schema_props[id].name));
}

/*
 * The policy of a file system that an environment makes: lowering/aws/storage_efs.c, client_policy(). That one of the
 * two is on here and wants TLS as well is told already, by the rule efs_mount_options.
 */
static void let_mount(const struct rules *r, const struct ground_storage *g)
{
	const struct efs_settings *here = &g->mount->efs_settings, *there = &g->made->efs_settings;
	bool told = here->iam_authorization || is_written(&here->at.access_point_id);
	bool tls = there->encryption_in_transit && !told &&
		   is_off(&here->at.encryption_in_transit, here->encryption_in_transit);
	bool iam = there->iam_authorization &&
		   is_off(&here->at.iam_authorization, here->iam_authorization);
	const struct field_at *at = &here->at.file_system_id;
	struct diag *d;

	if (!tls && !iam)
		return;
	if (tls && is_written(&here->at.encryption_in_transit))
		at = &here->at.encryption_in_transit;
	else if (iam && is_written(&here->at.iam_authorization))
		at = &here->at.iam_authorization;
	d = diag_storage_refuses(r->ds, at->value, g->name,
				 tls && iam ? "`EncryptionInTransit` and `IamAuthorization`"
				 : tls	    ? "`EncryptionInTransit`"
					    : "`IamAuthorization`");
	if (tls)
		label_wanted(r, d, g->made, &there->at.encryption_in_transit,
			     "it refuses clients without TLS");
	if (iam)
		label_wanted(r, d, g->made, &there->at.iam_authorization,
			     "it refuses clients without an IAM role");
	if (tls)
		help_on(r, d, &here->at.encryption_in_transit,
			PROP_EfsSettings_EncryptionInTransit);
	if (iam)
		help_on(r, d, &here->at.iam_authorization, PROP_EfsSettings_IamAuthorization);
}

void rule_mounts_allowed(const struct rules *r)
{
	for (size_t i = 0; r->on != NULL && i < r->storage->n; i++) {
		struct ground_storage g;

		if (r->storage->items[i].storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS &&
		    ground_storage(r, &r->storage->items[i], &g) &&
		    g.made->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
			let_mount(r, &g);
	}
}

/* ---- EFA ---- */

/* Do members of the group reach each other with everything? A rule of the file may say so as well. */
static bool is_closed(const struct env_security_group *group)
{
	if (group->allow_self)
		return false;
	for (size_t i = 0; i < group->ingress.n; i++)
		if (group->ingress.items[i].protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL &&
		    str_eq(group->ingress.items[i].security_group, group->name))
			return false;
	return true;
}

/* The group by which nodes with EFA cannot talk, where all of theirs are such; else NULL. */
static const struct env_export *closed_group(const struct rules *r,
					     const struct model_strings *groups)
{
	const struct env_export *closed = NULL;

	for (size_t i = 0; i < groups->n; i++) {
		const struct env_export *e = standing_export(r, groups->items[i].text);

		if (e == NULL || e->what != EXPORT_SECURITY_GROUP || e->group == NULL ||
		    !is_closed(e->group))
			return NULL;
		closed = e;
	}
	return closed;
}

void rule_efa_groups(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; r->on != NULL && i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];
		const struct env_export *e = closed_group(r, &q->networking.security_groups);
		struct diag *d;

		if (e == NULL || !queue_uses_efa(q))
			continue;
		d = diag_efa_group_closed(r->ds, q->networking.at.security_groups.value,
					  e->group->name, q->name);
		diag_label(r->ds, d, VALUE_AT(e->group, allow_self), "its members may not talk");
		diag_note(r->ds, d, "EFA needs everything among members of one group, both ways");
		diag_help(
			r->ds, d,
			"write `AllowSelf: true` in the environment, or leave the groups out here");
	}
}

/* ---- zones ---- */

/* The only mount target, of a file system of EFS: in its zone, or one in each; NULL where there are more, or none. */
static const struct net_subnet *only_target(const struct net *n, const struct shared_storage *made)
{
	const struct net_subnet *home = net_subnet(n, made->subnet_name), *s, *only = NULL;
	struct str zone = made->efs_settings.availability_zone_name;
	size_t it = 0;

	while ((s = net_next_inner_zone(n, &it)) != NULL) {
		if (zone.n > 0 && !net_in_zone(n, s, zone))
			continue;
		if (only != NULL)
			return NULL;
		only = s;
	}
	return only != NULL && home != NULL && home->zone == only->zone ? home : only;
}

/* Where a file system of one zone stands; NULL for one that has an address in each. */
static const struct net_subnet *zonal_subnet(const struct rules *r,
					     const struct shared_storage *made)
{
	const struct net *n = r->on->net;

	if (made->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
		return only_target(n, made);
	if (made->fsx_open_zfs_settings.deployment_type ==
	    FSX_OPEN_ZFS_SETTINGS_DEPLOYMENT_TYPE_MULTI_AZ_1)
		return NULL;
	return made->subnet_name.n > 0 ? net_subnet(n, made->subnet_name) : net_first_inner(n);
}

static void same_zone(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	const struct ground_storage *g = data;
	const struct net_subnet *there = zonal_subnet(r, g->made), *s = NULL;
	struct diag *d;

	if (!standing_mounts(r, n, g->mount))
		return;
	for (size_t i = 0; there != NULL && i < n->subnets->n; i++) {
		s = standing_subnet(r, n->subnets->items[i].text);
		if (s == NULL || s->zone == NET_NO_ZONE || s->zone == there->zone)
			return;
	}
	if (s == NULL || there->zone == NET_NO_ZONE)
		return;
	d = diag_storage_elsewhere(r->ds, n->at, n->what, g->name);
	diag_label(r->ds, d, section_span(&g->made->section),
		   "the storage is in subnet `" STR_F "`", STR_A(there->name));
	diag_note(r->ds, d,
		  "traffic between zones is slower, is paid for, and ends with either zone");
	diag_help(r->ds, d, "take a subnet of the zone of `" STR_F "`", STR_A(there->name));
}

void rule_storage_zone(const struct rules *r)
{
	each_ground_storage(r, same_zone);
}

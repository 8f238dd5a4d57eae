/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_mount.c - file systems as the nodes of a cluster mount them: made here, or there before.
 *
 * A new one stands near the nodes that use it: FSx for Lustre in the first subnet of the first queue. EFS refuses a
 * second mount target in a zone. The zones of subnets are not known here, but the subnets of one queue are in zones of
 * their own (ParallelCluster checks that), so the mount targets stand in the subnets of the queue that has most of
 * them. Nodes elsewhere use the address of a mount target: a name would only resolve in a zone that has one.
 * Source: EFS user guide, "Mounting on Amazon EC2 with a DNS name".
 *
 * Of a volume or cache that the file names, where it is mounted from is known to the FSx API alone. So the settings
 * hold the id, and the head node asks once and tells the other nodes (storage_fsx_actions has what it must be allowed
 * to do).
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/file_systems.h"
#include "lowering/cluster/storage.h"

/* ---- new ones ---- */

/* The id of the group that stands for a kind of node: the first of its groups. */
static void add_client(struct stack *st, struct ir_value *clients, const struct ir_value *groups)
{
	struct ir_value *first = ir_list(st->g);

	if (groups == NULL || groups->n == 0)
		return;
	ir_push(st->g, first, groups->items[0]);
	list_add_distinct(st, clients, first);
}

/* One group for each kind of node, each group once. */
static struct ir_value *clients_of(struct lowering *l)
{
	struct ir_value *clients = ir_list(l->st.g);

	add_client(&l->st, clients, l->head_security_groups);
	for (size_t i = 0; i < l->nqueues; i++)
		add_client(&l->st, clients, l->queues[i].security_groups);
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		add_client(&l->st, clients, l->pools[i].security_groups);
	return clients;
}

/* A file system is kept with what it needs. In a network of the stack's own that goes when the creation fails. */
static enum ir_policy keep_policy(const struct lowering *l)
{
	return l->st.network != NULL ? IR_RETAIN_EXCEPT_ON_CREATE : IR_RETAIN;
}

static struct storage_place place_in(struct lowering *l, struct ir_value *subnets)
{
	return (struct storage_place){
		.vpc = l->vpc,
		.subnets = subnets,
		.clients = clients_of(l),
		.keeps = {.policy = keep_policy(l), .links = true, .linked_backups = true}};
}

/* The subnets of the queue that has most of them, the first of such queues; each subnet once. */
static struct ir_value *target_subnets(struct lowering *l)
{
	struct ir_value *best = ir_list(l->st.g);

	for (size_t i = 0; i < l->nqueues; i++) {
		struct ir_value *subnets = ir_list(l->st.g);

		list_add_distinct(&l->st, subnets, text_list(&l->st, queue_place(l->c, i).subnets));
		if (subnets->n > best->n)
			best = subnets;
	}
	return best;
}

/*
 * Where the mount targets of a file system are: subnet to address. Where a subnet is known to a deployment alone, it
 * can be no name of a member: then a list of such pairs, which nodes read alike (templates/core/lib/configure.py).
 */
static struct ir_value *target_addresses(struct ir *g, const struct ir_value *subnets,
					 const struct ir_value *addresses)
{
	struct ir_value *named = ir_object(g), *pairs = ir_list(g), *pair;
	bool known = true;

	for (size_t i = 0; i < subnets->n; i++)
		known &= text_is_known(subnets->items[i]->text);
	for (size_t i = 0; i < subnets->n; i++) {
		if (known) {
			ir_put_str(g, named, subnets->items[i]->text, addresses->items[i]);
			continue;
		}
		pair = ir_push(g, ir_func(g, IR_JOIN, STR("=")), subnets->items[i]);
		ir_push(g, pairs, ir_push(g, pair, addresses->items[i]));
	}
	return known ? named : pairs;
}

static void make_efs(struct lowering *l, struct lowered_storage *s, const struct efs *m)
{
	struct ir_value *subnets = target_subnets(l);
	struct ir_value *addresses = ir_list(l->st.g);
	struct storage_place place = place_in(l, subnets);

	s->id = efs_add(&l->st, m, &place, addresses);
	ir_put(l->st.g, s->settings, "FileSystemId", ir_ref(l->st.g, s->id));
	ir_put(l->st.g, s->settings, "DnsName",
	       ir_subf(l->st.g, "${" STR_F "}.efs.${AWS::Region}.${AWS::URLSuffix}", STR_A(s->id)));
	ir_put(l->st.g, s->settings, "MountTargets", target_addresses(l->st.g, subnets, addresses));
}

static void make_lustre(struct lowering *l, struct lowered_storage *s)
{
	struct str subnet = queue_place(l->c, 0).subnets->items[0].text;
	struct storage_place place =
		place_in(l, ir_push(l->st.g, ir_list(l->st.g), ir_text(l->st.g, subnet)));

	s->id = lustre_add(&l->st, s->model, &place);
	ir_put(l->st.g, s->settings, "FileSystemId", ir_ref(l->st.g, s->id));
	ir_put(l->st.g, s->settings, "DnsName", ir_getatt(l->st.g, s->id, STR("DNSName")));
	ir_put(l->st.g, s->settings, "MountName",
	       ir_getatt(l->st.g, s->id, STR("LustreMountName")));
}

/* ---- the types ---- */

void storage_efs(struct lowering *l, struct lowered_storage *s)
{
	const struct efs_settings *m = &s->model->efs_settings;

	if (m->file_system_id.n > 0) {
		ir_put_text(l->st.g, s->settings, "FileSystemId", m->file_system_id);
		ir_put(l->st.g, s->settings, "DnsName",
		       ir_subf(l->st.g, STR_F ".efs.${AWS::Region}.${AWS::URLSuffix}",
			       STR_A(m->file_system_id)));
	} else {
		struct efs efs = efs_of(s->model, keep_policy(l));

		make_efs(l, s, &efs);
	}
	if (m->access_point_id.n > 0)
		ir_put_text(l->st.g, s->settings, "AccessPointId", m->access_point_id);
	if (m->encryption_in_transit)
		ir_put_text(l->st.g, s->settings, "Tls", STR("yes"));
	if (m->iam_authorization)
		ir_put_text(l->st.g, s->settings, "Iam", STR("yes"));
}

void storage_internal_efs(struct lowering *l, struct lowered_storage *s)
{
	const struct head_node *head = &l->c->head_node;
	struct efs efs = {
		.name = STR("hpcc-internal"),
		.prefix = "FileSystem",
		.encrypted = head->shared_storage_efs_settings.encrypted,
		.performance_mode = STR("generalPurpose"),
		.throughput_mode = STR("elastic"),
		.policy = IR_DELETE,
		.origin = origin_of(&head->section, &head->at.shared_storage_type),
	};

	s->settings = ir_object(l->st.g);
	ir_put_text(l->st.g, s->settings, "Kind", STR("Efs"));
	ir_put_text(l->st.g, s->settings, "Name", efs.name);
	ir_put_text(l->st.g, s->settings, "MountDir", STR("/srv/hpcc/shared"));
	ir_put_text(l->st.g, s->settings, "Internal", STR("yes"));
	make_efs(l, s, &efs);
}

void storage_lustre(struct lowering *l, struct lowered_storage *s)
{
	struct str id = s->model->fsx_lustre_settings.file_system_id;

	if (id.n == 0) {
		make_lustre(l, s);
		return;
	}
	ir_put_text(l->st.g, s->settings, "FileSystemId", id);
	ir_put(l->st.g, s->settings, "DnsName",
	       ir_subf(l->st.g, STR_F ".fsx.${AWS::Region}.${AWS::URLSuffix}", STR_A(id)));
}

void storage_openzfs(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "VolumeId", s->model->fsx_open_zfs_settings.volume_id);
}

void storage_ontap(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "VolumeId", s->model->fsx_ontap_settings.volume_id);
}

void storage_file_cache(struct lowering *l, struct lowered_storage *s)
{
	ir_put_text(l->st.g, s->settings, "FileCacheId",
		    s->model->file_cache_settings.file_cache_id);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_efs.c - EFS file systems.
 *
 * Nodes reach a file system through a mount target in their zone, and EFS refuses a second one in a zone.
 * The zones of subnets are not known here, but the subnets of one queue are in zones of their own
 * (ParallelCluster checks that). So the mount targets stand in the subnets of the queue that has most of
 * them. Nodes elsewhere use the address of a mount target: a name would only resolve in a zone that has
 * one. Source: EFS user guide, "Managing mount targets", "Mounting on Amazon EC2 with a DNS name".
 */
#include "lowering/cluster/storage.h"

/* A file system to be made. */
struct efs {
	struct str name;
	bool encrypted;
	struct str kms_key; /* or empty */
	struct str performance_mode, throughput_mode;
	int64_t throughput; /* MiB/s, or 0 */
	enum ir_policy policy;
	struct ir_origin origin;
};

static const struct port_range nfs_port = {2049, 2049};

static struct str file_system(struct lowering *l, const struct efs *m)
{
	struct ir_resource *r = storage_resource(&l->st, "FileSystem", m->name,
						 "AWS::EFS::FileSystem", m->policy, m->origin);
	struct ir_value *p = r->properties;

	storage_outlives_replacement(r);
	ir_put_bool(l->st.g, p, "Encrypted", m->encrypted);
	if (m->kms_key.n > 0)
		ir_put_text(l->st.g, p, "KmsKeyId", m->kms_key);
	ir_put_text(l->st.g, p, "PerformanceMode", m->performance_mode);
	ir_put_text(l->st.g, p, "ThroughputMode", m->throughput_mode);
	if (m->throughput > 0)
		ir_put_int(l->st.g, p, "ProvisionedThroughputInMibps", m->throughput);
	tags_put(&l->st, p, "FileSystemTags", ir_text(l->st.g, m->name));
	return r->id;
}

/* The subnets of the queue that has most of them, the first of such queues; each subnet once. */
static struct ir_value *target_subnets(struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;
	struct ir_value *best = ir_list(l->st.g);

	for (size_t i = 0; i < queues->n; i++) {
		struct ir_value *subnets = ir_list(l->st.g);

		list_add_distinct(&l->st, subnets,
				  text_list(&l->st, &queues->items[i].networking.subnet_ids));
		if (subnets->n > best->n)
			best = subnets;
	}
	return best;
}

/* The address of a new mount target in a subnet. */
static struct ir_value *mount_target(struct stack *st, const struct efs *m, struct str fs,
				     struct str group, struct str subnet)
{
	struct str parts[] = {m->name, subnet};
	struct str id = ir_unique_id(st->g, "MountTarget", parts, ARRAY_LEN(parts));
	struct ir_resource *r = ir_add(st->g, id, "AWS::EFS::MountTarget", m->origin);
	struct ir_value *groups = ir_list(st->g);

	r->deletion_policy = r->update_replace_policy = m->policy;
	ir_push(st->g, groups, ir_ref(st->g, group));
	ir_put(st->g, r->properties, "FileSystemId", ir_ref(st->g, fs));
	ir_put_text(st->g, r->properties, "SubnetId", subnet);
	ir_put(st->g, r->properties, "SecurityGroups", groups);
	return ir_getatt(st->g, id, STR("IpAddress"));
}

static void make(struct lowering *l, struct lowered_storage *s, const struct efs *m)
{
	struct storage_access access = {.name = m->name,
					.ports = &nfs_port,
					.nports = 1,
					.policy = m->policy,
					.origin = m->origin};
	struct str group = storage_security_group(l, &access);
	struct ir_value *subnets = target_subnets(l);
	struct ir_value *targets = ir_object(l->st.g);

	s->id = file_system(l, m);
	for (size_t i = 0; i < subnets->n; i++)
		ir_put_str(l->st.g, targets, subnets->items[i]->text,
			   mount_target(&l->st, m, s->id, group, subnets->items[i]->text));
	ir_put(l->st.g, s->settings, "FileSystemId", ir_ref(l->st.g, s->id));
	ir_put(l->st.g, s->settings, "DnsName",
	       ir_subf(l->st.g, "${" STR_F "}.efs.${AWS::Region}.${AWS::URLSuffix}", STR_A(s->id)));
	ir_put(l->st.g, s->settings, "MountTargets", targets);
}

static void make_from(struct lowering *l, struct lowered_storage *s)
{
	const struct efs_settings *m = &s->model->efs_settings;
	bool retain = m->deletion_policy == EFS_SETTINGS_DELETION_POLICY_RETAIN;
	struct efs efs = {
		.name = s->model->name,
		.encrypted = m->encrypted,
		.kms_key = m->kms_key_id,
		.performance_mode =
			enum_text(PROP_EfsSettings_PerformanceMode, m->performance_mode),
		.throughput_mode = enum_text(PROP_EfsSettings_ThroughputMode, m->throughput_mode),
		.throughput = m->provisioned_throughput,
		.policy = retain ? IR_RETAIN : IR_DELETE,
		.origin = origin_of_section(&s->model->section),
	};

	make(l, s, &efs);
}

void storage_efs(struct lowering *l, struct lowered_storage *s)
{
	const struct efs_settings *m = &s->model->efs_settings;

	if (m->file_system_id.n > 0) {
		ir_put_text(l->st.g, s->settings, "FileSystemId", m->file_system_id);
		ir_put(l->st.g, s->settings, "DnsName",
		       ir_subf(l->st.g, STR_F ".efs.${AWS::Region}.${AWS::URLSuffix}",
			       STR_A(m->file_system_id)));
	} else {
		make_from(l, s);
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
	make(l, s, &efs);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_efs.c - EFS file systems.
 *
 * A file system is reached through a mount target in a subnet, at most one in each zone. Source: EFS user guide,
 * "Managing mount targets".
 */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/tags.h"

static const struct port_range nfs_port = {2049, 2049};

static struct str file_system(struct stack *st, const struct efs *m)
{
	struct ir_resource *r = storage_resource(st, "FileSystem", m->name, "AWS::EFS::FileSystem",
						 m->policy, m->origin);
	struct ir_value *p = r->properties;

	storage_outlives_replacement(r);
	ir_put_bool(st->g, p, "Encrypted", m->encrypted);
	if (m->kms_key.n > 0)
		ir_put_text(st->g, p, "KmsKeyId", m->kms_key);
	ir_put_text(st->g, p, "PerformanceMode", m->performance_mode);
	ir_put_text(st->g, p, "ThroughputMode", m->throughput_mode);
	if (m->throughput > 0)
		ir_put_int(st->g, p, "ProvisionedThroughputInMibps", m->throughput);
	tags_put(st, p, "FileSystemTags", ir_text(st->g, m->name));
	return r->id;
}

/* The address of a new mount target in a subnet. */
static struct ir_value *mount_target(struct stack *st, const struct efs *m, struct str fs,
				     struct str group, struct ir_value *subnet)
{
	struct str parts[] = {m->name, subnet->text};
	struct str id = ir_unique_id(st->g, "MountTarget", parts, ARRAY_LEN(parts));
	struct ir_resource *r = ir_add(st->g, id, "AWS::EFS::MountTarget", m->origin);
	struct ir_value *groups = ir_list(st->g);

	r->deletion_policy = r->update_replace_policy = m->policy;
	ir_push(st->g, groups, ir_ref(st->g, group));
	ir_put(st->g, r->properties, "FileSystemId", ir_ref(st->g, fs));
	ir_put(st->g, r->properties, "SubnetId", subnet);
	ir_put(st->g, r->properties, "SecurityGroups", groups);
	return ir_getatt(st->g, id, STR("IpAddress"));
}

struct str efs_add(struct stack *st, const struct efs *m, const struct storage_place *place,
		   struct ir_value *addresses)
{
	struct storage_access access = {.name = m->name,
					.ports = &nfs_port,
					.nports = 1,
					.policy = m->policy,
					.origin = m->origin};
	struct str group = storage_security_group(st, place, &access);
	struct str fs = file_system(st, m);

	for (size_t i = 0; i < place->subnets->n; i++)
		ir_push(st->g, addresses, mount_target(st, m, fs, group, place->subnets->items[i]));
	return fs;
}

struct efs efs_of(const struct shared_storage *model)
{
	const struct efs_settings *m = &model->efs_settings;
	bool retain = m->deletion_policy == EFS_SETTINGS_DELETION_POLICY_RETAIN;

	return (struct efs){
		.name = model->name,
		.encrypted = m->encrypted,
		.kms_key = m->kms_key_id,
		.performance_mode =
			enum_text(PROP_EfsSettings_PerformanceMode, m->performance_mode),
		.throughput_mode = enum_text(PROP_EfsSettings_ThroughputMode, m->throughput_mode),
		.throughput = m->provisioned_throughput,
		.policy = retain ? IR_RETAIN : IR_DELETE,
		.origin = origin_of_section(&model->section),
	};
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_efs.c - EFS file systems.
 *
 * A file system is reached through a mount target in a subnet, at most one in each zone. Source: EFS user guide,
 * "Managing mount targets".
 */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

static const struct port_range nfs_port = {2049, 2049};

/*
 * Who may be a client. The policy of AWS lets everybody mount who reaches a mount target; whoever narrows it says that
 * anew, else nobody may. Without Resource it is for the file system that has it.
 * Source: EFS user guide, "Resource-based policies within Amazon EFS".
 */
static struct ir_value *client_policy(struct stack *st, const struct efs *m)
{
	static const char may[] = "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite "
				  "elasticfilesystem:ClientRootAccess";
	struct ir_value *statements = ir_list(st->g), *s;

	s = allow(st, statements, "Clients", may, NULL);
	if (m->roles_only) {
		for_aws(st, s,
			ir_sub(st->g, STR("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")));
	} else {
		for_aws(st, s, any_resource(st));
		allow_if(st, s, "Bool", "elasticfilesystem:AccessedViaMountTarget",
			 ir_text(st->g, STR("true")));
	}
	if (!m->tls_only)
		return policy_document(st, statements);
	s = deny(st, statements, "TlsOnly", "*", NULL);
	for_aws(st, s, any_resource(st));
	allow_if(st, s, "Bool", "aws:SecureTransport", ir_text(st->g, STR("false")));
	return policy_document(st, statements);
}

/* What only environments say. */
static void put_more(struct stack *st, struct ir_value *p, const struct efs *m)
{
	struct ir_value *o = ir_object(st->g);

	if (m->zone != NULL)
		ir_put(st->g, p, "AvailabilityZoneName", m->zone);
	if (m->backup.n > 0)
		ir_put(st->g, p, "BackupPolicy",
		       ir_put_text(st->g, ir_object(st->g), "Status", m->backup));
	if (m->transition.n > 0)
		ir_put(st->g, p, "LifecyclePolicies",
		       ir_push(st->g, ir_list(st->g),
			       ir_put_text(st->g, o, "TransitionToIA", m->transition)));
	if (m->tls_only || m->roles_only)
		ir_put(st->g, p, "FileSystemPolicy", client_policy(st, m));
}

static struct str file_system(struct stack *st, const struct efs *m, struct ir_value *key)
{
	struct ir_resource *r = storage_resource(st, m->prefix, m->name, "AWS::EFS::FileSystem",
						 m->policy, m->origin);
	struct ir_value *p = r->properties;

	storage_outlives_replacement(r);
	ir_put_bool(st->g, p, "Encrypted", m->encrypted);
	if (m->kms_key.n > 0)
		ir_put_text(st->g, p, "KmsKeyId", m->kms_key);
	else if (m->encrypted && key != NULL)
		ir_put(st->g, p, "KmsKeyId", key);
	ir_put_text(st->g, p, "PerformanceMode", m->performance_mode);
	ir_put_text(st->g, p, "ThroughputMode", m->throughput_mode);
	if (m->throughput > 0)
		ir_put_int(st->g, p, "ProvisionedThroughputInMibps", m->throughput);
	put_more(st, p, m);
	tags_put(st, p, "FileSystemTags", ir_text(st->g, m->name));
	return r->id;
}

/* The address of a new mount target in a subnet. */
static struct ir_value *mount_target(struct stack *st, const struct efs *m, struct str fs,
				     struct ir_value *groups, struct ir_value *subnet)
{
	struct str parts[] = {m->name, subnet->text};
	struct str id = ir_unique_id(st->g, "MountTarget", parts, ARRAY_LEN(parts));
	struct ir_resource *r = ir_add(st->g, id, "AWS::EFS::MountTarget", m->origin);

	resource_goes(r, m->policy);
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
	struct str fs = file_system(st, m, place->key);

	for (size_t i = 0; i < place->subnets->n; i++)
		ir_push(st->g, addresses,
			mount_target(st, m, fs, storage_groups(st, place, group),
				     place->subnets->items[i]));
	return fs;
}

struct efs efs_of(const struct shared_storage *model, enum ir_policy stays)
{
	const struct efs_settings *m = &model->efs_settings;
	bool retain = m->deletion_policy == EFS_SETTINGS_DELETION_POLICY_RETAIN;

	return (struct efs){
		.name = model->name,
		.prefix = "FileSystem",
		.encrypted = m->encrypted,
		.kms_key = m->kms_key_id,
		.performance_mode =
			enum_text(PROP_EfsSettings_PerformanceMode, m->performance_mode),
		.throughput_mode = enum_text(PROP_EfsSettings_ThroughputMode, m->throughput_mode),
		.throughput = m->provisioned_throughput,
		.policy = retain ? stays : IR_DELETE,
		.origin = origin_of_section(&model->section),
	};
}

struct efs efs_of_all(const struct shared_storage *model, enum ir_policy stays)
{
	const struct efs_settings *m = &model->efs_settings;
	struct efs efs = efs_of(model, stays);

	efs.backup = enum_text(PROP_EfsSettings_BackupPolicy, m->backup_policy);
	efs.transition = enum_text(PROP_EfsSettings_TransitionToIA, m->transition_to_ia);
	efs.tls_only = m->encryption_in_transit;
	efs.roles_only = m->iam_authorization;
	return efs;
}

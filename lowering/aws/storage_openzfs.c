/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_openzfs.c - FSx for OpenZFS file systems.
 *
 * MULTI_AZ_1 has a server in each of two subnets, in two zones. Clients reach the one that works through an address
 * outside of both subnets, to which FSx makes routes in the tables that it is told of.
 * Source: FSx API, CreateFileSystemOpenZFSConfiguration, PreferredSubnetId and RouteTableIds.
 */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/tags.h"

static struct ir_value *texts_or(struct stack *st, const struct model_strings *written,
				 const char *const *usual)
{
	struct ir_value *list = ir_list(st->g);

	if (written->n > 0)
		return text_list(st, written);
	for (; *usual != NULL; usual++)
		ir_push(st->g, list, ir_text(st->g, str_c(*usual)));
	return list;
}

/* One line of exports(5): who may mount, and how. */
static struct ir_value *exports(struct stack *st, const struct fsx_open_zfs_settings *m)
{
	static const char *const all[] = {"*", NULL};
	static const char *const options[] = {"rw", "no_root_squash", "crossmnt", NULL};
	const struct ir_value *clients = texts_or(st, &m->nfs_clients, all);
	struct ir_value *list = ir_list(st->g), *one = ir_object(st->g);

	for (size_t i = 0; i < clients->n; i++) {
		struct ir_value *o = ir_object(st->g);

		ir_put(st->g, o, "Clients", clients->items[i]);
		ir_push(st->g, list,
			ir_put(st->g, o, "Options", texts_or(st, &m->nfs_options, options)));
	}
	ir_put(st->g, one, "ClientConfigurations", list);
	return ir_push(st->g, ir_list(st->g), one);
}

static struct ir_value *root_volume(struct stack *st, const struct fsx_open_zfs_settings *m)
{
	struct ir_value *o = ir_object(st->g);

	ir_put_text(
		st->g, o, "DataCompressionType",
		enum_text(PROP_FsxOpenZfsSettings_DataCompressionType, m->data_compression_type));
	return ir_put(st->g, o, "NfsExports", exports(st, m));
}

static struct ir_value *configuration(struct stack *st, const struct fsx_open_zfs_settings *m,
				      const struct storage_place *place)
{
	struct ir_value *o = ir_object(st->g);

	ir_put_text(st->g, o, "DeploymentType",
		    enum_text(PROP_FsxOpenZfsSettings_DeploymentType, m->deployment_type));
	ir_put_int(st->g, o, "ThroughputCapacity", m->throughput_capacity);
	ir_put_int(st->g, o, "AutomaticBackupRetentionDays", m->automatic_backup_retention_days);
	if (m->daily_automatic_backup_start_time.n > 0)
		ir_put_text(st->g, o, "DailyAutomaticBackupStartTime",
			    m->daily_automatic_backup_start_time);
	if (m->weekly_maintenance_start_time.n > 0)
		ir_put_text(st->g, o, "WeeklyMaintenanceStartTime",
			    m->weekly_maintenance_start_time);
	ir_put_bool(st->g, o, "CopyTagsToBackups", true);
	ir_put_bool(st->g, o, "CopyTagsToVolumes", true);
	if (place->subnets->n > 1)
		ir_put(st->g, o, "PreferredSubnetId", place->subnets->items[0]);
	if (place->subnets->n > 1 && place->tables->n > 0)
		ir_put(st->g, o, "RouteTableIds", place->tables);
	return ir_put(st->g, o, "RootVolumeConfiguration", root_volume(st, m));
}

/* The access of `place` is that of a group that is there: the file system makes none. */
struct str openzfs_add(struct stack *st, const struct shared_storage *model,
		       const struct storage_place *place)
{
	const struct fsx_open_zfs_settings *m = &model->fsx_open_zfs_settings;
	bool stays = m->deletion_policy == FSX_OPEN_ZFS_SETTINGS_DELETION_POLICY_RETAIN;
	struct ir_resource *r = storage_resource(
		st, "FileSystem", model->name, "AWS::FSx::FileSystem",
		stays ? place->keeps.policy : IR_DELETE, origin_of_section(&model->section));
	struct ir_value *p = r->properties;

	storage_outlives_replacement(r);
	ir_put_text(st->g, p, "FileSystemType", STR("OPENZFS"));
	ir_put_int(st->g, p, "StorageCapacity", m->storage_capacity);
	ir_put_text(st->g, p, "StorageType", STR("SSD"));
	if (m->kms_key_id.n > 0)
		ir_put_text(st->g, p, "KmsKeyId", m->kms_key_id);
	else if (place->key != NULL)
		ir_put(st->g, p, "KmsKeyId", place->key);
	ir_put(st->g, p, "SubnetIds", place->subnets);
	ir_put(st->g, p, "SecurityGroupIds", storage_groups(st, place, place->group_resource));
	ir_put(st->g, p, "OpenZFSConfiguration", configuration(st, m, place));
	tags_put(st, p, "Tags", ir_text(st->g, model->name));
	storage_wait_for_rules(st, r, place, place->group_resource);
	return r->id;
}

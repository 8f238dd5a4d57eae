/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_lustre.c - FSx for Lustre file systems and their data repository associations.
 *
 * A new file system lives in one subnet. Its servers listen on 988 and 1018-1023 and call the clients on the
 * same ports; CreateFileSystem fails when the group does not let them in, so the file system waits for the rules.
 * Source: FSx for Lustre user guide, "File system access control with Amazon VPC".
 */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/tags.h"

#define ASSOCIATION "AWS::FSx::DataRepositoryAssociation"

/* One rule for both: what lies between is the servers' own, and each rule costs 400 bytes of template. */
static const struct port_range lustre_ports[] = {{988, 1023}};

/*
 * The Lustre release of a new file system. The API's own default is 2.10 (2.12 for PERSISTENT_2), which the
 * clients of today's systems do not speak and which has no data repository associations; 2.15 goes with every
 * deployment type, and ParallelCluster has set it since 3.9. A restored file system keeps that of its backup.
 * Source: FSx API, CreateFileSystem, FileSystemTypeVersion.
 */
static const char lustre_release[] = "2.15";

/* Backups are made of persistent types alone. */
static bool is_persistent(const struct fsx_lustre_settings *m)
{
	return m->backup_id.n > 0 ||
	       m->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_1 ||
	       m->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_2;
}

static enum ir_policy policy_of(const struct fsx_lustre_settings *m,
				const struct storage_place *place)
{
	switch (m->deletion_policy) {
	case FSX_LUSTRE_SETTINGS_DELETION_POLICY_DELETE:
		return IR_DELETE;
	case FSX_LUSTRE_SETTINGS_DELETION_POLICY_RETAIN:
		return place->keeps.policy;
	case FSX_LUSTRE_SETTINGS_DELETION_POLICY_UNSET:
		break;
	}
	return place->keeps.persistent && is_persistent(m) ? place->keeps.policy : IR_DELETE;
}

static void put_text(struct stack *st, struct ir_value *o, const char *name, struct str value)
{
	if (value.n > 0)
		ir_put_text(st->g, o, name, value);
}

static void put_int(struct stack *st, struct ir_value *o, const char *name, int64_t value)
{
	if (value != 0)
		ir_put_int(st->g, o, name, value);
}

static bool is_linked(const struct fsx_lustre_settings *m)
{
	return m->data_repository_associations.n > 0 || m->import_path.n > 0;
}

/* What may be set of a file system that is made from a backup as well. */
static void put_upkeep(struct stack *st, struct ir_value *lustre,
		       const struct fsx_lustre_settings *m, const struct keeping *keeps)
{
	put_text(st, lustre, "WeeklyMaintenanceStartTime", m->weekly_maintenance_start_time);
	put_text(st, lustre, "DailyAutomaticBackupStartTime", m->daily_automatic_backup_start_time);
	/*
	 * FSx makes no backups of what is linked to S3, and refuses an update that says so: any change of such a file
	 * system would fail. Source: aws-cloudformation/cloudformation-coverage-roadmap issue 1687.
	 */
	if (is_written(&m->at.automatic_backup_retention_days) &&
	    (keeps->linked_backups || !is_linked(m)))
		ir_put_int(st->g, lustre, "AutomaticBackupRetentionDays",
			   m->automatic_backup_retention_days);
	if (is_written(&m->at.copy_tags_to_backups))
		ir_put_bool(st->g, lustre, "CopyTagsToBackups", m->copy_tags_to_backups);
	if (is_written(&m->at.data_compression_type))
		ir_put_text(st->g, lustre, "DataCompressionType",
			    enum_text(PROP_FsxLustreSettings_DataCompressionType,
				      m->data_compression_type));
}

/* What only environments say. */
static void put_more(struct stack *st, struct ir_value *lustre, const struct fsx_lustre_settings *m)
{
	const struct lustre_metadata *metadata = &m->metadata_configuration;
	const struct lustre_read_cache *cache = &m->data_read_cache_configuration;
	struct ir_value *o = ir_object(st->g), *c = ir_object(st->g);

	if (metadata->section.written) {
		ir_put_text(st->g, o, "Mode", enum_text(PROP_LustreMetadata_Mode, metadata->mode));
		put_int(st, o, "Iops", metadata->iops);
		ir_put(st->g, lustre, "MetadataConfiguration", o);
	}
	if (m->efa_enabled)
		ir_put_bool(st->g, lustre, "EfaEnabled", true);
	put_int(st, lustre, "ThroughputCapacity", m->throughput_capacity);
	if (cache->section.written) {
		ir_put_text(st->g, c, "SizingMode",
			    enum_text(PROP_LustreReadCache_SizingMode, cache->sizing_mode));
		put_int(st, c, "SizeGiB", cache->size_gi_b);
		ir_put(st->g, lustre, "DataReadCacheConfiguration", c);
	}
}

/* The link to S3 that older deployment types have; PERSISTENT_2 has associations instead. */
static void put_link(struct stack *st, struct ir_value *lustre, const struct fsx_lustre_settings *m)
{
	put_text(st, lustre, "ImportPath", m->import_path);
	put_text(st, lustre, "ExportPath", m->export_path);
	put_int(st, lustre, "ImportedFileChunkSize", m->imported_file_chunk_size);
	if (is_written(&m->at.auto_import_policy))
		ir_put_text(
			st->g, lustre, "AutoImportPolicy",
			enum_text(PROP_FsxLustreSettings_AutoImportPolicy, m->auto_import_policy));
}

struct ir_value *lustre_configuration(struct stack *st, const struct fsx_lustre_settings *m,
				      const struct keeping *keeps)
{
	struct ir_value *lustre = ir_object(st->g);
	bool hdd = m->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_HDD;
	bool cached = m->drive_cache_type == FSX_LUSTRE_SETTINGS_DRIVE_CACHE_TYPE_READ;
	bool given = m->deployment_type != FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_UNSET;

	if (m->backup_id.n == 0) /* ParallelCluster's default; the API's own is SCRATCH_1 */
		ir_put_text(
			st->g, lustre, "DeploymentType",
			given ? enum_text(PROP_FsxLustreSettings_DeploymentType, m->deployment_type)
			      : STR("SCRATCH_2"));
	put_int(st, lustre, "PerUnitStorageThroughput", m->per_unit_storage_throughput);
	if (hdd) /* required with HDD, forbidden with SSD */
		ir_put_text(st->g, lustre, "DriveCacheType", cached ? STR("READ") : STR("NONE"));
	put_more(st, lustre, m);
	put_link(st, lustre, m);
	put_upkeep(st, lustre, m, keeps);
	return lustre;
}

static struct str release_of(const struct fsx_lustre_settings *m)
{
	return is_written(&m->at.file_system_type_version)
		       ? enum_text(PROP_FsxLustreSettings_FileSystemTypeVersion,
				   m->file_system_type_version)
		       : str_c(lustre_release);
}

/* Scratch types are encrypted with the key of FSx. */
static void put_key(struct stack *st, struct ir_value *p, const struct fsx_lustre_settings *m,
		    struct ir_value *key)
{
	if (m->kms_key_id.n > 0)
		ir_put_text(st->g, p, "KmsKeyId", m->kms_key_id);
	else if (key != NULL && m->backup_id.n == 0 && is_persistent(m))
		ir_put(st->g, p, "KmsKeyId", key);
}

static struct ir_resource *file_system(struct stack *st, const struct shared_storage *model,
				       const struct storage_place *place, struct str group)
{
	const struct fsx_lustre_settings *m = &model->fsx_lustre_settings;
	struct ir_resource *r =
		storage_resource(st, "FileSystem", model->name, "AWS::FSx::FileSystem",
				 policy_of(m, place), origin_of_section(&model->section));
	struct ir_value *p = r->properties;

	storage_outlives_replacement(r);
	ir_put_text(st->g, p, "FileSystemType", STR("LUSTRE"));
	if (m->backup_id.n == 0)
		ir_put_text(st->g, p, "FileSystemTypeVersion", release_of(m));
	put_text(st, p, "BackupId", m->backup_id);
	put_int(st, p, "StorageCapacity", m->storage_capacity);
	if (is_written(&m->at.storage_type))
		ir_put_text(st->g, p, "StorageType",
			    enum_text(PROP_FsxLustreSettings_StorageType, m->storage_type));
	put_key(st, p, m, place->key);
	ir_put(st->g, p, "SubnetIds", place->subnets);
	ir_put(st->g, p, "SecurityGroupIds", storage_groups(st, place, group));
	ir_put(st->g, p, "LustreConfiguration", lustre_configuration(st, m, &place->keeps));
	tags_put(st, p, "Tags", ir_text(st->g, model->name));
	return r;
}

/* ---- data repository associations ---- */

static void put_events(struct stack *st, struct ir_value *s3, const char *name,
		       const struct model_strings *written)
{
	struct ir_value *policy = ir_object(st->g), *events = ir_list(st->g);

	if (written->n == 0)
		return;
	list_add_distinct(st, events, text_list(st, written));
	ir_put(st->g, policy, "Events", events);
	ir_put(st->g, s3, name, policy);
}

static const struct lowered_bucket *bucket_called(const struct storage_place *place,
						  struct str name)
{
	for (size_t i = 0; i < place->nbuckets; i++)
		if (str_eq(place->buckets[i].m->name, name))
			return &place->buckets[i];
	BUG("no bucket " STR_F, STR_A(name));
}

/*
 * The place in S3. A bucket of the stack has its policy first: FSx looks at it, and may change it.
 */
static void put_place_in_s3(struct stack *st, struct ir_resource *r,
			    const struct data_repository_association *m,
			    const struct storage_place *place)
{
	const struct lowered_bucket *bucket;
	struct ir_value *path;

	if (m->bucket.n == 0) {
		ir_put_text(st->g, r->properties, "DataRepositoryPath", m->data_repository_path);
		return;
	}
	bucket = bucket_called(place, m->bucket);
	path = ir_subf(st->g, "s3://${" STR_F "}%s", STR_A(bucket->resource),
		       m->prefix.n > 0 ? "/${Prefix}" : "");
	if (m->prefix.n > 0)
		ir_put_text(st->g, path, "Prefix", m->prefix);
	ir_put(st->g, r->properties, "DataRepositoryPath", path);
	ir_depend(st->g, r, bucket->policy);
}

static struct ir_resource *association(struct stack *st, const struct shared_storage *model,
				       struct str fs, const struct data_repository_association *m,
				       const struct storage_place *place)
{
	struct str parts[] = {model->name, m->name};
	struct str id = ir_unique_id(st->g, "Repository", parts, ARRAY_LEN(parts));
	struct ir_resource *r = ir_add(st->g, id, ASSOCIATION, origin_of_section(&m->section));
	struct ir_value *p = r->properties, *s3 = ir_object(st->g);

	if (place->keeps.links)
		resource_goes(r, policy_of(&model->fsx_lustre_settings, place));
	ir_put(st->g, p, "FileSystemId", ir_ref(st->g, fs));
	ir_put_text(st->g, p, "FileSystemPath", m->file_system_path);
	put_place_in_s3(st, r, m, place);
	ir_put_bool(st->g, p, "BatchImportMetaDataOnCreate", m->batch_import_meta_data_on_create);
	ir_put_int(st->g, p, "ImportedFileChunkSize", m->imported_file_chunk_size);
	put_events(st, s3, "AutoImportPolicy", &m->auto_import_policy);
	put_events(st, s3, "AutoExportPolicy", &m->auto_export_policy);
	if (s3->nmembers > 0)
		ir_put(st->g, p, "S3", s3);
	tags_put(st, p, "Tags", ir_text(st->g, m->name));
	return r;
}

/* The last association that there is so far, of whichever file system, or NULL. */
static const struct ir_resource *last_association(const struct stack *st)
{
	for (size_t i = st->g->resources.n; i > 0; i--) {
		const struct ir_resource *r = st->g->resources.items[i - 1].value;

		if (str_eq(r->type, STR(ASSOCIATION)))
			return r;
	}
	return NULL;
}

/*
 * One after the other: FSx edits the policy of the bucket for each, and two at a time lose one's edit ("does
 * not have the required permissions for the S3 bucket"). Several file systems may have one bucket.
 * Source: github.com/hashicorp/terraform-provider-aws/issues/24678.
 */
static void associations(struct stack *st, const struct shared_storage *model, struct str fs,
			 const struct storage_place *place)
{
	const struct data_repository_association_list *list =
		&model->fsx_lustre_settings.data_repository_associations;
	const struct ir_resource *before = list->n > 0 ? last_association(st) : NULL;

	for (size_t i = 0; i < list->n; i++) {
		struct ir_resource *r = association(st, model, fs, &list->items[i], place);

		if (before != NULL)
			ir_depend(st->g, r, before->id);
		before = r;
	}
}

/* ---- the whole ---- */

struct str lustre_group(struct stack *st, struct str name, const struct storage_place *place,
			enum ir_policy policy, struct ir_origin origin)
{
	struct storage_access access = {
		.name = name,
		.ports = lustre_ports,
		.nports = ARRAY_LEN(lustre_ports),
		.peers = true,
		.policy = policy,
		.origin = origin,
	};

	return storage_security_group(st, place, &access);
}

struct str lustre_add(struct stack *st, const struct shared_storage *m,
		      const struct storage_place *place)
{
	struct str group =
		lustre_group(st, m->name, place, policy_of(&m->fsx_lustre_settings, place),
			     origin_of_section(&m->section));
	struct ir_resource *fs = file_system(st, m, place, group);

	storage_wait_for_rules(st, fs, place, group);
	associations(st, m, fs->id, place);
	return fs->id;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* storage_existing.c - what may not stand beside the id of an existing file system or of a backup. */
#include "compiler/check/rules/storage.h"

/* Properties that describe a new EFS file system. */
static const enum prop_id efs_new[] = {
	PROP_EfsSettings_Encrypted,
	PROP_EfsSettings_KmsKeyId,
	PROP_EfsSettings_PerformanceMode,
	PROP_EfsSettings_ThroughputMode,
	PROP_EfsSettings_ProvisionedThroughput,
	PROP_EfsSettings_DeletionPolicy,
	PROP_EfsSettings_BackupPolicy,
	PROP_EfsSettings_TransitionToIA,
};

/* Properties that a backup decides. */
static const enum prop_id lustre_in_backup[] = {
	PROP_FsxLustreSettings_DeploymentType,	PROP_FsxLustreSettings_PerUnitStorageThroughput,
	PROP_FsxLustreSettings_StorageCapacity, PROP_FsxLustreSettings_ImportPath,
	PROP_FsxLustreSettings_ExportPath,	PROP_FsxLustreSettings_ImportedFileChunkSize,
	PROP_FsxLustreSettings_KmsKeyId,
};

/*
 * Reports the first of the properties that is written beside `id`, and labels the others. Presence counts,
 * not the value: `Encrypted: false` is refused as well.
 */
static void alone(const struct rules *r, const struct any_section *s, enum prop_id id,
		  const enum prop_id *props, size_t n)
{
	const struct field_at *at = any_field(s, id);
	struct diag *d = NULL;

	if (!is_written(at))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct field_at *f = any_field(s, props[i]);

		if (!is_written(f))
			continue;
		if (d != NULL) {
			diag_label(r->ds, d, f->key, "nor this");
			continue;
		}
		d = diag_beside_existing(r->ds, f->key, schema_props[props[i]].name,
					 schema_props[id].name);
		diag_label(r->ds, d, at->value,
			   id == PROP_FsxLustreSettings_BackupId ? "the backup decides it"
								 : "this exists already");
	}
}

static void efs_alone(const struct rules *r, const struct shared_storage *s)
{
	struct any_section any = {&schema_sections[SECTION_EfsSettings],
				  (const char *)&s->efs_settings};

	alone(r, &any, PROP_EfsSettings_FileSystemId, efs_new, ARRAY_LEN(efs_new));
}

/* `StorageType: SSD`, the default, may stand beside a backup; HDD may not. */
static void restored_alone(const struct rules *r, const struct any_section *s,
			   const struct fsx_lustre_settings *f)
{
	static const enum prop_id hdd[] = {PROP_FsxLustreSettings_StorageType};

	alone(r, s, PROP_FsxLustreSettings_BackupId, lustre_in_backup, ARRAY_LEN(lustre_in_backup));
	if (f->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_HDD)
		alone(r, s, PROP_FsxLustreSettings_BackupId, hdd, ARRAY_LEN(hdd));
}

/* Every property of FsxLustreSettings but FileSystemId. */
static void lustre_alone(const struct rules *r, const struct shared_storage *s)
{
	const struct section *schema = &schema_sections[SECTION_FsxLustreSettings];
	struct any_section any = {schema, (const char *)&s->fsx_lustre_settings};
	enum prop_id *others = NEW_ARRAY(r->a, enum prop_id, schema->nprops);
	size_t n = 0;

	for (unsigned i = 0; i < schema->nprops; i++)
		if (schema->first + i != PROP_FsxLustreSettings_FileSystemId)
			others[n++] = schema->first + i;
	alone(r, &any, PROP_FsxLustreSettings_FileSystemId, others, n);
	if (!GIVEN(&s->fsx_lustre_settings, file_system_id))
		restored_alone(r, &any, &s->fsx_lustre_settings);
}

void rule_existing_alone(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, efs_alone);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, lustre_alone);
}

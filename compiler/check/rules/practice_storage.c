/* SPDX-License-Identifier: Apache-2.0 */
/* practice_storage.c - good practice: encryption of volumes, and data that a cluster takes with it. */
#include "compiler/check/rules/storage.h"

/* ---- encryption ---- */

static void encrypted(const struct rules *r, const struct field_at *at, bool value)
{
	struct diag *d;

	if (!is_written(at) || value)
		return;
	d = diag_unencrypted(r->ds, at->value);
	diag_note(r->ds, d, "encryption costs nothing, and cannot be switched on afterwards");
	diag_fix(r->ds, d, at->value, STR("true"), false);
}

static void ebs_encrypted(const struct rules *r, const struct shared_storage *s)
{
	const struct ebs_settings *e = &s->ebs_settings;

	if (!GIVEN(e, volume_id) && !GIVEN(e, kms_key_id))
		encrypted(r, &e->at.encrypted, e->encrypted);
}

static void efs_encrypted(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;

	if (GIVEN(e, file_system_id) || GIVEN(e, kms_key_id))
		return;
	encrypted(r, &e->at.encrypted, e->encrypted);
	if (!GIVEN(e, encrypted) && !e->encrypted)
		diag_help(r->ds, diag_efs_unencrypted(r->ds, s->at.storage_type.value),
			  "add `Encrypted: true` to EfsSettings; it cannot be switched on "
			  "afterwards");
}

static void root_volumes_encrypted(const struct rules *r, const struct cluster *c)
{
	const struct head_node_root_volume *root = &c->head_node.local_storage.root_volume;
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;

	encrypted(r, &root->at.encrypted, root->encrypted);
	for (size_t i = 0; i < queues->n; i++) {
		const struct queue_root_volume *v =
			&queues->items[i].compute_settings.local_storage.root_volume;

		encrypted(r, &v->at.encrypted, v->encrypted);
	}
}

void rule_volumes_encrypted(const struct rules *r)
{
	if (r->c != NULL)
		root_volumes_encrypted(r, r->c);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EBS, ebs_encrypted);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, efs_encrypted);
}

/* ---- data that may be lost ---- */

static bool names_scratch(struct str text)
{
	static const char *const words[] = {"scratch", "tmp", "temp", "cache"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (size_t k = 0, n = str_c(words[i]).n; k + n <= text.n; k++)
			if (str_eq_nocase(str_slice(text, k, k + n), str_c(words[i])))
				return true;
	return false;
}

/* Does the name or the directory say that the data is not meant to last? */
static bool called_scratch(const struct shared_storage *s)
{
	return names_scratch(s->name) || names_scratch(s->mount_dir);
}

/* Is the name taken at its word? Not in an environment, which outlives those who use it. */
static bool meant_as_scratch(const struct rules *r, const struct shared_storage *s)
{
	return r->c != NULL && called_scratch(s);
}

static bool is_linked(const struct fsx_lustre_settings *f)
{
	return GIVEN(f, import_path) || GIVEN(f, export_path) ||
	       GIVEN(f, data_repository_associations);
}

/* Does what is written come to S3 by itself, or by the task of the older link? */
static bool is_exported(const struct fsx_lustre_settings *f)
{
	const struct data_repository_association_list *list = &f->data_repository_associations;

	for (size_t i = 0; i < list->n; i++)
		if (GIVEN(&list->items[i], auto_export_policy))
			return true;
	return GIVEN(f, import_path) || GIVEN(f, export_path) ||
	       !USABLE(f, data_repository_associations);
}

static void scratch_linked(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_new_lustre(s) || GIVEN(f, backup_id) || !USABLE(f, deployment_type) ||
	    is_persistent(f) || meant_as_scratch(r, s) ||
	    (r->c != NULL ? is_linked(f) : is_exported(f) || !lustre_goes(r, f)))
		return;
	d = diag_scratch_not_exported(r->ds,
				      WRITTEN(f, deployment_type) ? f->at.deployment_type.value
								  : s->at.storage_type.value,
				      WRITTEN(s, mount_dir)
					      ? mount_dir(r->a, s->mount_dir)
					      : arena_fmt(r->a, "`" STR_F "`", STR_A(s->name)));
	diag_help(
		r->ds, d,
		r->c != NULL
			? "link it to S3, take a persistent type, or call it scratch"
			: "export it to S3 with AutoExportPolicy, take a persistent type, or keep "
			  "it: `DeletionPolicy: Retain`");
}

void rule_scratch_exported(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, scratch_linked);
}

/* The data ends with the storage; `keeps` are the policies that keep it. */
static void deletion(const struct rules *r, const struct shared_storage *s,
		     const struct field_at *policy, bool deletes, const char *keeps)
{
	struct diag *d;

	if (is_poisoned(policy) || !WRITTEN(s, name) || !deletes || meant_as_scratch(r, s))
		return;
	d = r->c != NULL
		    ? diag_deletion_loses_data(
			      r->ds, is_written(policy) ? policy->value : s->at.storage_type.value,
			      s->name)
		    : diag_deletion_takes_data(r->ds, policy->value, s->name);
	diag_help(r->ds, d, "`DeletionPolicy: %s` keeps them", keeps);
}

/* In a batch file a volume is that of one instance, and scratch by its nature. */
static void ebs_deletion(const struct rules *r, const struct shared_storage *s)
{
	const struct ebs_settings *e = &s->ebs_settings;

	if (r->c != NULL && !GIVEN(e, volume_id))
		deletion(r, s, &e->at.deletion_policy,
			 !WRITTEN(e, deletion_policy) ||
				 e->deletion_policy == EBS_SETTINGS_DELETION_POLICY_DELETE,
			 "Snapshot` or `Retain");
}

/* Without a default, in a cluster, it goes. */
static void efs_deletion(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;

	if (!GIVEN(e, file_system_id))
		deletion(r, s, &e->at.deletion_policy,
			 e->deletion_policy != EFS_SETTINGS_DELETION_POLICY_RETAIN, "Retain");
}

static void lustre_deletion(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;

	if (is_new_lustre(s) && is_persistent(f) &&
	    (r->c == NULL || (!is_linked(f) && f->automatic_backup_retention_days == 0)))
		deletion(r, s, &f->at.deletion_policy, lustre_goes(r, f), "Retain");
}

static void openzfs_deletion(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;

	deletion(r, s, &f->at.deletion_policy,
		 f->deletion_policy == FSX_OPEN_ZFS_SETTINGS_DELETION_POLICY_DELETE, "Retain");
}

void rule_deletion_keeps_data(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EBS, ebs_deletion);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, efs_deletion);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, lustre_deletion);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, openzfs_deletion);
}

/* ---- data that is there once ---- */

static void lustre_elsewhere(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;

	if (is_new_lustre(s) && WRITTEN(f, deployment_type) && is_persistent(f) &&
	    USABLE(f, automatic_backup_retention_days) && f->automatic_backup_retention_days == 0 &&
	    !is_exported(f) && !called_scratch(s) && WRITTEN(s, name))
		diag_help(r->ds, diag_no_second_copy(r->ds, storage_span(s), s->name), "%s",
			  f->data_repository_associations.n > 0
				  ? "add AutoExportPolicy to its associations; a linked file "
				    "system has no backups"
				  : "add AutomaticBackupRetentionDays, or an association with "
				    "AutoExportPolicy");
}

static void openzfs_elsewhere(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;

	if (WRITTEN(f, automatic_backup_retention_days) &&
	    f->automatic_backup_retention_days == 0 && !called_scratch(s) && WRITTEN(s, name))
		diag_no_second_copy(r->ds, f->at.automatic_backup_retention_days.value, s->name);
}

static void efs_elsewhere(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;

	if (WRITTEN(e, backup_policy) && e->backup_policy == EFS_SETTINGS_BACKUP_POLICY_DISABLED &&
	    !called_scratch(s) && WRITTEN(s, name))
		diag_no_second_copy(r->ds, e->at.backup_policy.value, s->name);
}

void rule_data_elsewhere(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, efs_elsewhere);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, lustre_elsewhere);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, openzfs_elsewhere);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* lustre_links.c - rules about FSx for Lustre and S3: ImportPath, associations, and backups, which exclude both. */
#include "compiler/check/rules/storage.h"

static struct any_section any_lustre(const struct shared_storage *s)
{
	return (struct any_section){&schema_sections[SECTION_FsxLustreSettings],
				    (const char *)&s->fsx_lustre_settings};
}

/* What makes a file system one that is linked to S3 in the older way. */
static const enum prop_id link_props[] = {
	PROP_FsxLustreSettings_ImportPath,
	PROP_FsxLustreSettings_ExportPath,
	PROP_FsxLustreSettings_ImportedFileChunkSize,
	PROP_FsxLustreSettings_AutoImportPolicy,
};

static bool has_associations(const struct fsx_lustre_settings *f)
{
	return WRITTEN(f, data_repository_associations) && f->data_repository_associations.n > 0;
}

/* ---- the older link ---- */

/* Source: ParallelCluster, FsxS3Validator. With a backup ImportPath may not stand at all. */
static void link_has_import(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct any_section any = any_lustre(s);

	if (GIVEN(f, file_system_id) || GIVEN(f, import_path))
		return;
	for (size_t i = 1; i < ARRAY_LEN(link_props); i++) {
		struct diag *d;

		if (!any_says(&any, link_props[i]))
			continue;
		if (link_props[i] == PROP_FsxLustreSettings_ExportPath && has_associations(f))
			continue; /* reported as a second link */
		if (GIVEN(f, backup_id) && link_props[i] != PROP_FsxLustreSettings_AutoImportPolicy)
			continue; /* reported as what the backup decides */
		d = diag_lustre_needs_import_path(r->ds, any_field(&any, link_props[i])->key,
						  schema_props[link_props[i]].name);
		if (has_associations(f))
			diag_help(r->ds, d, "an association has properties of its own for this");
	}
}

void rule_lustre_link_has_import(const struct rules *r)
{
	each_lustre(r, link_has_import);
}

/* Source: FSx API, CreateFileSystemLustreConfiguration, ImportPath: "not supported for PERSISTENT_2". */
static void import_deployment(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!WRITTEN(f, import_path) || GIVEN(f, file_system_id) || GIVEN(f, backup_id) ||
	    f->deployment_type != FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_2 ||
	    has_associations(f))
		return;
	d = diag_lustre_import_persistent_2(r->ds, f->at.import_path.key);
	diag_inner(r->ds, d, "link with DataRepositoryAssociations");
}

void rule_lustre_import_deployment(const struct rules *r)
{
	each_lustre(r, import_deployment);
}

/* Source: Amazon S3 user guide, General purpose bucket naming rules. Clusters may have older buckets. */
static bool may_be_bucket(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_lower(name.s[i]) && !is_digit(name.s[i]) && name.s[i] != '-' &&
		    name.s[i] != '.')
			return false;
	return name.n >= 3 && name.n <= 63;
}

static bool has_bucket(const struct rules *r, const struct field_at *f, struct str uri)
{
	if (!is_written(f))
		return false;
	if (s3_bucket(uri).n > 0 && r->c == NULL && text_is_known(uri) &&
	    !may_be_bucket(s3_bucket(uri))) {
		diag_help(r->ds, diag_s3_uri_without_bucket(r->ds, f->value, uri),
			  "names of buckets have 3 to 63 lower-case letters, digits, dots and "
			  "dashes");
		return false;
	}
	if (s3_bucket(uri).n > 0)
		return true;
	if (str_starts(uri, STR("s3://")))
		diag_help(r->ds, diag_s3_uri_without_bucket(r->ds, f->value, uri),
			  "write `s3://BUCKET` or `s3://BUCKET/PREFIX`");
	return false;
}

static void export_beside_import(const struct rules *r, const struct fsx_lustre_settings *f)
{
	struct str import = s3_bucket(f->import_path), export = s3_bucket(f->export_path);
	struct diag *d;

	if (!str_eq(import, export)) {
		d = diag_lustre_export_bucket(r->ds, f->at.export_path.value, export, import);
		diag_label(r->ds, d, f->at.import_path.value, "imported from here");
	} else if (str_eq(s3_prefix(f->import_path), s3_prefix(f->export_path)) ||
		   s3_prefix(f->export_path).n == 0) {
		d = diag_lustre_export_over_import(r->ds, f->at.export_path.value);
		diag_label(r->ds, d, f->at.import_path.value, "imported from here");
		diag_help(r->ds, d, "give it a prefix of its own, such as s3://" STR_F "/export",
			  STR_A(export));
	}
}

static void uris_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	const struct data_repository_association_list *list = &f->data_repository_associations;
	bool import = has_bucket(r, &f->at.import_path, f->import_path);
	bool export = has_bucket(r, &f->at.export_path, f->export_path);

	if (import && export && KNOWN(f, import_path) && KNOWN(f, export_path))
		export_beside_import(r, f);
	for (size_t i = 0; WRITTEN(f, data_repository_associations) && i < list->n; i++)
		has_bucket(r, &list->items[i].at.data_repository_path,
			   list->items[i].data_repository_path);
}

void rule_lustre_s3_uris(const struct rules *r)
{
	each_lustre(r, uris_ok);
}

/* ---- associations ---- */

/* Is it of a workflow, which takes no paths at all? That another rule tells. */
static bool is_of_workflow(const struct rules *r, const struct fsx_lustre_settings *f)
{
	for (size_t i = 0; r->b != NULL && i < r->b->workflows.n; i++)
		if (r->b->workflows.items[i].fsx_lustre_settings.section.span.lo ==
		    f->section.span.lo)
			return true;
	return false;
}

static void associations_fit(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	bool listed = !is_of_workflow(r, f);
	struct diag *d = NULL;

	if (!has_associations(f) || GIVEN(f, file_system_id))
		return;
	if (WRITTEN(f, import_path) && listed && !GIVEN(f, backup_id))
		d = diag_lustre_two_links(r->ds, f->at.import_path.key,
					  PROP_NAME(FsxLustreSettings_ImportPath));
	else if (WRITTEN(f, export_path) && listed && !GIVEN(f, backup_id))
		d = diag_lustre_two_links(r->ds, f->at.export_path.key,
					  PROP_NAME(FsxLustreSettings_ExportPath));
	if (d != NULL)
		diag_label(r->ds, d, f->at.data_repository_associations.key,
			   "the associations link it already");
	if (f->deployment_type != FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_SCRATCH_1 || d != NULL)
		return;
	d = diag_dra_scratch_1(r->ds, f->at.data_repository_associations.key);
	diag_label(r->ds, d, f->at.deployment_type.value, "SCRATCH_2 takes them");
}

void rule_lustre_associations_fit(const struct rules *r)
{
	each_lustre(r, associations_fit);
}

/* A directory without slashes at its end; the root stays "/". */
static struct str trimmed(struct str dir)
{
	while (dir.n > 1 && dir.s[dir.n - 1] == '/')
		dir.n--;
	return dir;
}

static bool overlap(struct str a, struct str b)
{
	return str_eq(a, b) || dir_within(a, b) || dir_within(b, a);
}

static bool prefixes_overlap(struct str a, struct str b)
{
	return a.n == 0 || b.n == 0 || overlap(a, b);
}

/* A place in S3 as an association names it: by an address, or by a bucket of the file and a prefix. */
struct s3_place {
	const struct field_at
		*at; /* what names the bucket; not written: the association says none */
	struct str bucket, prefix; /* the prefix without slashes at its ends */
	struct str text;	   /* as the file says it */
	bool own;		   /* the bucket is one of the file, by its Name */
};

static struct s3_place place_of(const struct rules *r, const struct data_repository_association *a)
{
	struct str uri = a->data_repository_path;

	if (!WRITTEN(a, bucket))
		return (struct s3_place){&a->at.data_repository_path, s3_bucket(uri),
					 s3_prefix(uri), uri, false};
	uri = arena_fmt(r->a, "s3://" STR_F "/" STR_F, STR_A(a->bucket), STR_A(a->prefix));
	return (struct s3_place){&a->at.bucket, a->bucket, s3_prefix(uri), str_slice(uri, 5, uri.n),
				 true};
}

static void sources_apart(const struct rules *r, const struct data_repository_association *a,
			  const struct data_repository_association *b)
{
	struct s3_place x = place_of(r, a), y = place_of(r, b);
	struct diag *d;

	if (!is_written(x.at) || !is_written(y.at) || y.bucket.n == 0 || x.own != y.own ||
	    !str_eq(x.bucket, y.bucket) || !prefixes_overlap(x.prefix, y.prefix))
		return;
	d = r->c != NULL ? diag_dra_sources_overlap(r->ds, y.at->value, y.text, x.text)
			 : diag_dra_sources_refused(r->ds, y.at->value, y.text, x.text);
	diag_label(r->ds, d, x.at->value, "the other association");
}

/* Two associations of one file system. */
static void pair_ok(const struct rules *r, const struct data_repository_association *a,
		    const struct data_repository_association *b)
{
	struct str dir_a = trimmed(a->file_system_path), dir_b = trimmed(b->file_system_path);
	struct diag *d;

	if (WRITTEN(a, file_system_path) && WRITTEN(b, file_system_path) && overlap(dir_a, dir_b)) {
		d = diag_dra_paths_overlap(r->ds, b->at.file_system_path.value, dir_b, dir_a);
		diag_label(r->ds, d, a->at.file_system_path.value, "the other association");
	}
	sources_apart(r, a, b);
}

static void association_paths(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	const struct data_repository_association_list *list = &f->data_repository_associations;

	if (!has_associations(f) || GIVEN(f, file_system_id))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct data_repository_association *a = &list->items[i];

		if (WRITTEN(a, file_system_path) && !str_starts(a->file_system_path, STR("/")))
			diag_fix(r->ds,
				 diag_dra_path_slash(r->ds, a->at.file_system_path.value,
						     a->file_system_path),
				 a->at.file_system_path.value,
				 arena_fmt(r->a, "/" STR_F, STR_A(a->file_system_path)), false);
		for (size_t k = 0; k < i; k++)
			pair_ok(r, &list->items[k], a);
	}
}

void rule_lustre_association_paths(const struct rules *r)
{
	each_lustre(r, association_paths);
}

/* ---- backups ---- */

/* The options of backups stand only beside a retention; CopyTagsToBackups even when it is false. */
static void backup_options(const struct rules *r, const struct fsx_lustre_settings *f)
{
	static const enum prop_id options[] = {
		PROP_FsxLustreSettings_DailyAutomaticBackupStartTime,
		PROP_FsxLustreSettings_CopyTagsToBackups,
	};
	struct any_section any = {&schema_sections[SECTION_FsxLustreSettings], (const char *)f};

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct field_at *option = any_field(&any, options[i]);
		struct diag *d;

		if (!is_written(option))
			continue;
		d = diag_lustre_backup_retention(r->ds, option->key, schema_props[options[i]].name);
		if (WRITTEN(f, automatic_backup_retention_days))
			diag_label(r->ds, d, f->at.automatic_backup_retention_days.value,
				   "backups are off here");
		else
			diag_help(r->ds, d, "add AutomaticBackupRetentionDays, 1 to 35");
	}
}

/* A file system with backups: may it have them? */
static void backup_allowed(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct span at = f->at.automatic_backup_retention_days.key;
	struct any_section any = any_lustre(s);
	struct diag *d;

	if (!is_persistent(f)) {
		d = diag_lustre_backup_scratch(r->ds, at);
		if (GIVEN(f, backup_id))
			diag_label(r->ds, d, f->at.backup_id.value,
				   "with a backup ParallelCluster does not know the type");
		else if (WRITTEN(f, deployment_type))
			diag_label(r->ds, d, f->at.deployment_type.value, "the deployment type");
		else
			diag_help(r->ds, d, "the default of DeploymentType is SCRATCH_2");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(link_props); i++)
		if (any_says(&any, link_props[i])) {
			diag_label(r->ds, diag_lustre_backup_linked(r->ds, at),
				   any_field(&any, link_props[i])->key, "linked to S3 here");
			return;
		}
	if (!has_associations(f))
		return;
	d = r->c != NULL ? diag_lustre_backup_associated(r->ds, at)
			 : diag_lustre_backup_refused(r->ds, at);
	diag_label(r->ds, d, f->at.data_repository_associations.key, "linked to S3 here");
}

static void backups_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;

	if (GIVEN(f, file_system_id) || !USABLE(f, automatic_backup_retention_days) ||
	    !USABLE(f, deployment_type))
		return;
	if (f->automatic_backup_retention_days == 0)
		backup_options(r, f);
	else
		backup_allowed(r, s);
}

void rule_lustre_backups(const struct rules *r)
{
	each_lustre(r, backups_ok);
}

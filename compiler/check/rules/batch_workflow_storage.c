/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflow_storage.c - the storage of a workflow suits its mode, and is made and removed by its executions. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/batch_fleet.h"
#include "compiler/check/rules/batch_workflows.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"

/* ---- sections and settings of a mode ---- */

enum {
	TASK = 1 << WORKFLOW_MODE_LUSTRETASKEXPORT,
	AUTO = 1 << WORKFLOW_MODE_LUSTREAUTOEXPORT,
	EBS = 1 << WORKFLOW_MODE_EBS
};

static const struct {
	enum prop_id property;
	unsigned modes; /* that it is for */
	bool required;	/* by them */
} settings[] = {
	{PROP_Workflow_FsxLustreSettings, TASK | AUTO, true},
	{PROP_Workflow_EbsSettings, EBS, true},
	{PROP_Workflow_SnapshotOnSuccess, EBS, false},
	{PROP_Workflow_Barrier, AUTO, false},
};

static struct any_section any_workflow(const struct workflow *m)
{
	return (struct any_section){&schema_sections[SECTION_Workflow], (const char *)m};
}

static const struct field_at *setting_at(const struct workflow *m, size_t i)
{
	struct any_section any = any_workflow(m);

	return any_field(&any, settings[i].property);
}

static bool is_for_mode(const struct workflow *m, size_t i)
{
	return (settings[i].modes & 1u << m->mode) != 0;
}

/* The section that the mode needs, where it is missing; ARRAY_LEN(settings) where it is not. */
static size_t missing_section(const struct workflow *m)
{
	size_t i = 0;

	while (i < ARRAY_LEN(settings) && !(is_for_mode(m, i) && settings[i].required &&
					    setting_at(m, i)->state == FIELD_ABSENT))
		i++;
	return i;
}

/* Says it, and of a section of another mode in its place, which is the same mistake. */
static void section_missing(const struct rules *r, const struct workflow_walk *it, size_t missing)
{
	const struct workflow *m = it->w.m;
	struct diag *d = diag_workflow_storage_missing(
		r->ds, m->at.mode.value, it->mode, schema_props[settings[missing].property].name);

	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (settings[i].required && !is_for_mode(m, i) && is_written(setting_at(m, i)))
			diag_label(r->ds, d, setting_at(m, i)->key, "this is of another mode");
	diag_help(r->ds, d,
		  it->w.lustre ? "add `FsxLustreSettings: {StorageCapacity: 1200, …}`"
			       : "add `EbsSettings: {Size: 100}`");
}

static void modes_ok(const struct rules *r, const struct workflow_walk *it)
{
	const struct workflow *m = it->w.m;
	size_t missing = missing_section(m);

	if (missing < ARRAY_LEN(settings) && !m->section.poisoned)
		section_missing(r, it, missing);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct field_at *at = setting_at(m, i);
		struct diag *d;

		if (is_for_mode(m, i) || !is_written(at) ||
		    (settings[i].required && missing < ARRAY_LEN(settings)))
			continue;
		d = diag_workflow_setting_unused(r->ds, at->key,
						 schema_props[settings[i].property].name, it->mode);
		diag_label(r->ds, d, m->at.mode.value, "its mode");
		if (settings[i].required)
			diag_help(
				r->ds, d,
				it->w.lustre
					? "`Mode: Ebs` takes it; this one takes `FsxLustreSettings`"
					: "`Mode: LustreTaskExport` takes it; this one takes "
					  "`EbsSettings`");
	}
}

void rule_workflow_modes(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it))
		if (WRITTEN(it.w.m, mode))
			modes_ok(r, &it);
}

/* ---- what is made anew cannot be there already ---- */

static const enum prop_id lustre_of_others[] = {
	PROP_FsxLustreSettings_FileSystemId,   PROP_FsxLustreSettings_BackupId,
	PROP_FsxLustreSettings_DeletionPolicy, PROP_FsxLustreSettings_ImportPath,
	PROP_FsxLustreSettings_ExportPath,
};

static const enum prop_id ebs_of_others[] = {
	PROP_EbsSettings_VolumeId,
	PROP_EbsSettings_Raid,
	PROP_EbsSettings_DeletionPolicy,
};

static void nothing_of(const struct rules *r, struct any_section any, const enum prop_id *ids,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct field_at *at = any_field(&any, ids[i]);
		struct diag *d;

		if (at->state == FIELD_ABSENT)
			continue;
		d = diag_workflow_storage_existing(r->ds, at->key, schema_props[ids[i]].name);
		if (ids[i] == PROP_FsxLustreSettings_DeletionPolicy ||
		    ids[i] == PROP_EbsSettings_DeletionPolicy)
			diag_help(r->ds, d,
				  "`DeleteStorage` of the workflow says whether it stays");
		else if (ids[i] == PROP_FsxLustreSettings_ImportPath ||
			 ids[i] == PROP_FsxLustreSettings_ExportPath)
			diag_help(r->ds, d, "write the place under `DataRepositoryAssociations`");
	}
}

/* Source: EC2 API, CreateVolume: a volume from an encrypted snapshot is encrypted. */
static void snapshot_encrypted(const struct rules *r, const struct ebs_settings *e)
{
	struct diag *d;

	if (!WRITTEN(e, snapshot_id) || !WRITTEN(e, encrypted) || e->encrypted)
		return;
	d = diag_workflow_snapshot_plain(r->ds, e->at.encrypted.value);
	diag_label(r->ds, d, e->at.snapshot_id.value, "the snapshot may be encrypted");
	diag_help(r->ds, d, "leave `Encrypted` out");
}

void rule_workflow_storage_new(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow *m = it.w.m;

		if (WRITTEN(m, fsx_lustre_settings))
			nothing_of(r,
				   (struct any_section){&schema_sections[SECTION_FsxLustreSettings],
							(const char *)&m->fsx_lustre_settings},
				   lustre_of_others, ARRAY_LEN(lustre_of_others));
		if (!WRITTEN(m, ebs_settings))
			continue;
		nothing_of(r,
			   (struct any_section){&schema_sections[SECTION_EbsSettings],
						(const char *)&m->ebs_settings},
			   ebs_of_others, ARRAY_LEN(ebs_of_others));
		snapshot_encrypted(r, &m->ebs_settings);
	}
}

/* ---- links to S3 ---- */

static void automatic_export(const struct rules *r, const struct workflow_walk *it)
{
	const struct data_repository_association *a = it->w.link;
	bool automatic = it->w.m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT;
	struct diag *d;

	if (!USABLE(a, auto_export_policy))
		return;
	if (!automatic && a->auto_export_policy.n > 0) {
		d = diag_workflow_exports_twice(r->ds, a->at.auto_export_policy.key);
		diag_label(r->ds, d, it->w.m->at.mode.value, "exports by a task");
		diag_note(r->ds, d,
			  "FSx runs no export task for an association with automatic export");
	} else if (automatic && a->auto_export_policy.n == 0) {
		d = diag_workflow_exports_nothing(r->ds, section_span(&a->section), a->name);
		diag_label(r->ds, d, it->w.m->at.mode.value, "needs it");
		diag_help(r->ds, d, "write `AutoExportPolicy: [NEW, CHANGED, DELETED]`");
	}
}

void rule_workflow_links(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct fsx_lustre_settings *f = &it.w.m->fsx_lustre_settings;
		size_t n = f->data_repository_associations.n;
		struct diag *d;

		if (!it.w.lustre || !WRITTEN(it.w.m, fsx_lustre_settings) ||
		    !USABLE(f, data_repository_associations))
			continue;
		if (n == 1) {
			automatic_export(r, &it);
			continue;
		}
		d = diag_workflow_link_count(r->ds,
					     n > 0 ? f->at.data_repository_associations.key
						   : it.w.m->at.fsx_lustre_settings.key,
					     n);
		diag_note(r->ds, d,
			  "jobs see the directory of the one association at `MountDir`, "
			  "and what they leave there comes home");
	}
}

/* ---- zones and instances of a volume ---- */

/* One subnet, or several of which the file's own Network says that they stand in one zone. */
static bool in_one_zone(const struct rules *r, const struct batch_environment *e)
{
	const struct model_strings *ids = &e->m->networking.subnet_ids;

	return ids->n <= 1 || (r->net != NULL && !batch_spans_zones(r, e->m) &&
			       !WRITTEN(&e->m->networking, subnet_ids));
}

void rule_workflow_volume_zone(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct batch_environment *e = it.w.environment;
		struct diag *d;

		if (it.w.m->mode != WORKFLOW_MODE_EBS || e == NULL ||
		    !USABLE(&e->m->networking, subnet_ids) || in_one_zone(r, e))
			continue;
		d = diag_workflow_zones(r->ds, workflow_span(it.w.m), it.w.m->name,
					e->m->networking.subnet_ids.n);
		if (WRITTEN(&e->m->networking, subnet_ids))
			diag_label(r->ds, d, e->m->networking.at.subnet_ids.value,
				   "the subnets of its compute environment");
		diag_note(r->ds, d,
			  "a volume stands in one zone: instances of others cannot attach it");
		diag_help(r->ds, d, "give its compute environment one subnet in `Networking`");
	}
}

static unsigned largest_of(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type t = {0};
	unsigned most = 0;

	while (next_batch_type(r, e, &t))
		if (t.type->vcpus > most)
			most = t.type->vcpus;
	return most;
}

void rule_workflow_volume_instances(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct batch_environment *e = it.w.environment;
		unsigned most;
		struct diag *d;

		if (it.w.m->mode != WORKFLOW_MODE_EBS || e == NULL || e->fargate ||
		    (it.w.job != NULL && it.w.job->multinode) || !WRITTEN(e->m, maxv_cpus))
			continue;
		most = largest_of(r, e);
		if (most == 0 || e->m->maxv_cpus <= most)
			continue;
		d = diag_workflow_many_instances(r->ds, e->m->at.maxv_cpus.value,
						 (long long)e->m->maxv_cpus, most);
		diag_label(r->ds, d, workflow_span(it.w.m), "the workflow with the volume");
		diag_note(r->ds, d,
			  "a volume is attached to one instance: a second one would wait for "
			  "it, and be paid for");
		diag_help(r->ds, d, "write `MaxvCpus: %u`", most);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lustre_options.c - rules about what a new FSx for Lustre file system of PERSISTENT_2 may have besides its size:
 * IOPS for metadata, EFA, and storage type INTELLIGENT_TIERING.
 */
#include "compiler/check/rules/storage.h"

/* Is it a new one whose deployment and storage type are known? */
static bool is_told(const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;

	return is_new_lustre(s) && !GIVEN(f, backup_id) && USABLE(f, deployment_type) &&
	       USABLE(f, storage_type);
}

static bool persistent_2(const struct fsx_lustre_settings *f)
{
	return f->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_2;
}

static void label_deployment(const struct rules *r, struct diag *d,
			     const struct fsx_lustre_settings *f)
{
	if (WRITTEN(f, deployment_type))
		diag_label(r->ds, d, f->at.deployment_type.value, "the deployment type");
	else
		diag_help(r->ds, d, "the default of DeploymentType is SCRATCH_2");
}

/* ---- metadata ---- */

static void metadata_iops(const struct rules *r, const struct fsx_lustre_settings *f)
{
	const struct lustre_metadata *m = &f->metadata_configuration;
	bool automatic = m->mode == LUSTRE_METADATA_MODE_AUTOMATIC;
	struct diag *d = NULL;

	if (!WRITTEN(m, mode))
		return;
	if (automatic && is_tiering(f))
		d = diag_lustre_metadata(r->ds, m->at.mode.value,
					 "MetadataConfiguration of INTELLIGENT_TIERING takes Mode "
					 "`USER_PROVISIONED` alone");
	else if (automatic && WRITTEN(m, iops))
		d = diag_lustre_metadata(r->ds, m->at.iops.key,
					 "`Iops` of MetadataConfiguration needs Mode "
					 "`USER_PROVISIONED`");
	else if (!automatic && m->at.iops.state == FIELD_ABSENT && !m->section.poisoned)
		d = diag_lustre_metadata(r->ds, f->at.metadata_configuration.key,
					 "MetadataConfiguration with `USER_PROVISIONED` needs "
					 "`Iops`");
	else if (WRITTEN(m, iops) && is_tiering(f) && m->iops != 6000 && m->iops != 12000)
		d = diag_lustre_metadata(r->ds, m->at.iops.value,
					 "INTELLIGENT_TIERING has metadata `Iops` of 6000 or "
					 "12000");
	if (d != NULL && d->at.lo != m->at.mode.value.lo)
		diag_label(r->ds, d, m->at.mode.value, "the mode is set here");
}

static void metadata_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;

	if (!is_told(s) || !WRITTEN(f, metadata_configuration))
		return;
	if (!persistent_2(f))
		label_deployment(
			r,
			diag_lustre_metadata(
				r->ds, f->at.metadata_configuration.key,
				"`MetadataConfiguration` is for deployment type PERSISTENT_2"),
			f);
	else
		metadata_iops(r, f);
}

/* Source: FSx API, CreateFileSystemLustreMetadataConfiguration. */
void rule_lustre_metadata(const struct rules *r)
{
	each_lustre(r, metadata_ok);
}

/* ---- EFA ---- */

/* The capacity from which a file system with EFA is known to be made. */
static void efa_capacity(const struct rules *r, const struct fsx_lustre_settings *f)
{
	int64_t t = f->per_unit_storage_throughput;
	const struct lustre *l;

	if (is_tiering(f) || !WRITTEN(f, storage_capacity) ||
	    !WRITTEN(f, per_unit_storage_throughput) || t <= 0 || t > UINT16_MAX)
		return;
	l = facts_lustre(r->facts, STR("PERSISTENT_2"), STR("SSD"), (unsigned)t, true);
	if (l == NULL || f->storage_capacity >= l->step)
		return;
	diag_label(
		r->ds,
		diag_lustre_efa_small(r->ds, f->at.storage_capacity.value, l->step, (long long)t),
		f->at.efa_enabled.key, "EFA is on here");
}

static void efa_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_told(s) || !WRITTEN(f, efa_enabled) || !f->efa_enabled ||
	    !USABLE(f, metadata_configuration))
		return;
	if (!persistent_2(f)) {
		d = diag_lustre_efa(r->ds, f->at.efa_enabled.value, "deployment type PERSISTENT_2");
		label_deployment(r, d, f);
	} else if (!WRITTEN(f, metadata_configuration)) {
		d = diag_lustre_efa(r->ds, f->at.efa_enabled.value, "`MetadataConfiguration`");
		diag_help(r->ds, d, "add `MetadataConfiguration: {Mode: %s}`",
			  is_tiering(f) ? "USER_PROVISIONED, Iops: 6000" : "AUTOMATIC");
	} else {
		efa_capacity(r, f);
	}
}

/* Source: FSx for Lustre user guide, EFA-enabled file systems. */
void rule_lustre_efa(const struct rules *r)
{
	each_lustre(r, efa_ok);
}

/* ---- versions ---- */

static void version_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	bool efa = WRITTEN(f, efa_enabled) && f->efa_enabled;
	const struct field_at *why = efa ? &f->at.efa_enabled
				     : WRITTEN(f, metadata_configuration)
					     ? &f->at.metadata_configuration
				     : is_tiering(f) ? &f->at.storage_type
						     : NULL;
	struct diag *d;

	if (!is_told(s) || !WRITTEN(f, file_system_type_version) || why == NULL ||
	    !str_eq(enum_text(PROP_FsxLustreSettings_FileSystemTypeVersion,
			      f->file_system_type_version),
		    STR("2.12")))
		return;
	d = diag_lustre_version(r->ds, f->at.file_system_type_version.value,
				efa			     ? "`EfaEnabled`"
				: why == &f->at.storage_type ? "INTELLIGENT_TIERING"
							     : "`MetadataConfiguration`");
	diag_label(r->ds, d, why->key, "not in version 2.12");
	diag_fix(r->ds, d, d->at, STR("\"2.15\""), false);
}

/* Source: FSx API, CreateFileSystem, FileSystemTypeVersion. */
void rule_lustre_version(const struct rules *r)
{
	each_lustre(r, version_ok);
}

/* ---- INTELLIGENT_TIERING ---- */

static void label_storage(const struct rules *r, struct diag *d,
			  const struct fsx_lustre_settings *f)
{
	if (WRITTEN(f, storage_type))
		diag_label(r->ds, d, f->at.storage_type.value, "the storage type");
}

/* What only the one, or only the other kind of storage has. */
static void foreign_properties(const struct rules *r, const struct fsx_lustre_settings *f)
{
	static const struct {
		enum prop_id id;
		bool tiering; /* of INTELLIGENT_TIERING, else of SSD and HDD */
	} rows[] = {
		{PROP_FsxLustreSettings_StorageCapacity, false},
		{PROP_FsxLustreSettings_PerUnitStorageThroughput, false},
		{PROP_FsxLustreSettings_ThroughputCapacity, true},
		{PROP_FsxLustreSettings_DataReadCacheConfiguration, true},
	};
	struct any_section any = {&schema_sections[SECTION_FsxLustreSettings], (const char *)f};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct field_at *at = any_field(&any, rows[i].id);

		if (!is_written(at) || rows[i].tiering == is_tiering(f))
			continue;
		label_storage(r,
			      diag_lustre_tiering_foreign(
				      r->ds, at->key, schema_props[rows[i].id].name,
				      rows[i].tiering ? "INTELLIGENT_TIERING alone"
						      : "SSD and HDD; INTELLIGENT_TIERING grows by "
							"itself"),
			      f);
	}
}

static void needed_properties(const struct rules *r, const struct shared_storage *s,
			      const struct fsx_lustre_settings *f)
{
	bool throughput = f->at.throughput_capacity.state == FIELD_ABSENT;
	bool cache = f->at.data_read_cache_configuration.state == FIELD_ABSENT;
	struct diag *d;

	if (f->section.poisoned || (!throughput && !cache))
		return;
	d = diag_lustre_tiering_needs(r->ds, s->at.fsx_lustre_settings.key,
				      !throughput ? "`DataReadCacheConfiguration`"
				      : !cache	  ? "`ThroughputCapacity`"
						  : "`ThroughputCapacity` and "
						    "`DataReadCacheConfiguration`");
	label_storage(r, d, f);
	if (throughput)
		diag_help(r->ds, d, "add `ThroughputCapacity: 4000`, in MB/s");
	if (cache)
		diag_help(r->ds, d,
			  "add `DataReadCacheConfiguration: {SizingMode: "
			  "PROPORTIONAL_TO_THROUGHPUT_CAPACITY}`");
}

/* 1000, 2000, or a multiple of 4000; with EFA the last alone. */
static void tiering_throughput(const struct rules *r, const struct fsx_lustre_settings *f)
{
	int64_t t = f->throughput_capacity, above = (t / 4000 + 1) * 4000;
	bool efa = WRITTEN(f, efa_enabled) && f->efa_enabled;
	struct diag *d;

	if (!WRITTEN(f, throughput_capacity) || t % 4000 == 0 || (!efa && (t == 1000 || t == 2000)))
		return;
	if (!efa && t < 2000)
		above = t < 1000 ? 1000 : 2000;
	d = diag_lustre_tiering_throughput(
		r->ds, f->at.throughput_capacity.value,
		efa ? "a multiple of 4000" : "1000, 2000 or a multiple of 4000", (long long)t);
	if (t > 4000)
		diag_inner(r->ds, d, "%lld or %lld", (long long)(above - 4000), (long long)above);
	if (efa)
		diag_label(r->ds, d, f->at.efa_enabled.value, "EFA needs 4000 or more");
	diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%lld", (long long)above), false);
}

/* SizeGiB goes with USER_PROVISIONED, and with the throughput. */
static void read_cache(const struct rules *r, const struct fsx_lustre_settings *f)
{
	enum { LEAST = 8, MOST = 32768 }; /* GiB for each 1000 MB/s */
	const struct lustre_read_cache *c = &f->data_read_cache_configuration;
	bool provisioned = c->sizing_mode == LUSTRE_READ_CACHE_SIZING_MODE_USER_PROVISIONED;
	int64_t t = f->throughput_capacity / 1000;
	struct diag *d;

	if (!WRITTEN(c, sizing_mode))
		return;
	if (!provisioned && WRITTEN(c, size_gi_b)) {
		d = diag_lustre_cache(r->ds, c->at.size_gi_b.key,
				      STR("`SizeGiB` needs SizingMode `USER_PROVISIONED`"));
		diag_label(r->ds, d, c->at.sizing_mode.value, "the mode is set here");
	} else if (provisioned && c->at.size_gi_b.state == FIELD_ABSENT && !c->section.poisoned) {
		diag_lustre_cache(r->ds, f->at.data_read_cache_configuration.key,
				  STR("DataReadCacheConfiguration with `USER_PROVISIONED` needs "
				      "`SizeGiB`"));
	} else if (WRITTEN(c, size_gi_b) && WRITTEN(f, throughput_capacity) && t > 0 &&
		   (c->size_gi_b < LEAST * t || c->size_gi_b > MOST * t)) {
		d = diag_lustre_cache(
			r->ds, c->at.size_gi_b.value,
			arena_fmt(r->a,
				  "a read cache for %lld MB/s has a `SizeGiB` of %lld to %lld",
				  (long long)f->throughput_capacity, LEAST * (long long)t,
				  MOST * (long long)t));
		diag_label(r->ds, d, f->at.throughput_capacity.value, "the throughput");
	}
}

static void tiering_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_told(s))
		return;
	if (is_tiering(f) && !persistent_2(f)) {
		d = diag_lustre_tiering_deployment(r->ds, f->at.storage_type.value);
		label_deployment(r, d, f);
		return;
	}
	foreign_properties(r, f);
	if (!is_tiering(f))
		return;
	needed_properties(r, s, f);
	tiering_throughput(r, f);
	read_cache(r, f);
}

/* Sources: FSx API, CreateFileSystemLustreConfiguration, LustreReadCacheConfiguration; FSx for Lustre user guide. */
void rule_lustre_tiering(const struct rules *r)
{
	each_lustre(r, tiering_ok);
}

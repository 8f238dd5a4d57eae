/* SPDX-License-Identifier: Apache-2.0 */
/* lustre.c - rules about a new FSx for Lustre file system: deployment, capacity, throughput, disks, backups. */
#include "compiler/base/buf.h"
#include "compiler/check/rules/storage.h"

/* Is it one that is made from nothing, and whose deployment type is known? */
static bool is_known_new(const struct shared_storage *s)
{
	return is_new_lustre(s) && !GIVEN(&s->fsx_lustre_settings, backup_id) &&
	       USABLE(&s->fsx_lustre_settings, deployment_type);
}

/* The deployment type in the end; ParallelCluster's default is SCRATCH_2. */
static struct str deployment(const struct fsx_lustre_settings *f)
{
	return WRITTEN(f, deployment_type)
		       ? enum_text(PROP_FsxLustreSettings_DeploymentType, f->deployment_type)
		       : STR("SCRATCH_2");
}

static bool hdd(const struct fsx_lustre_settings *f)
{
	return WRITTEN(f, storage_type) && f->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_HDD;
}

/* The messages name the type; say where it comes from when it is not written. */
static void help_default(const struct rules *r, struct diag *d, const struct fsx_lustre_settings *f)
{
	if (!WRITTEN(f, deployment_type))
		diag_help(r->ds, d, "the default of DeploymentType is SCRATCH_2");
}

/* The values of PerUnitStorageThroughput for the kind: "50, 100 or 200"; empty when there are none. */
static struct str throughputs(const struct rules *r, struct str type, struct str storage)
{
	struct buf b = buf_in(r->a);
	uint16_t values[16];
	size_t n = 0;

	for (size_t i = 0; i < facts_lustre_count(r->facts); i++) {
		const struct lustre *l = facts_lustre_at(r->facts, i);

		if (l->efa || !str_eq(l->deployment, type) || !str_eq(l->storage, storage))
			continue;
		for (size_t k = 0; k < l->nthroughput && n < ARRAY_LEN(values); k++)
			values[n++] = l->throughput[k];
	}
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%u", i == 0 ? "" : i + 1 == n ? " or " : ", ", values[i]);
	return buf_str(&b);
}

/* ---- throughput ---- */

static void throughput_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct str storage = hdd(f) ? STR("HDD") : STR("SSD"), type = deployment(f);
	int64_t throughput = f->per_unit_storage_throughput;
	struct str values = throughputs(r, type, storage);
	struct diag *d;

	if (!is_known_new(s) || !USABLE(f, per_unit_storage_throughput) ||
	    !USABLE(f, storage_type) || is_tiering(f))
		return; /* what is elastic has a throughput of its own: lustre_options.c */
	if (!is_persistent(f)) {
		if (!WRITTEN(f, per_unit_storage_throughput) || throughput == 0)
			return;
		d = diag_lustre_throughput_scratch(r->ds, f->at.per_unit_storage_throughput.key,
						   type);
		help_default(r, d, f);
	} else if (throughput == 0) {
		d = diag_lustre_throughput_missing(r->ds, f->at.deployment_type.value, type);
		if (values.n > 0)
			diag_inner(r->ds, d, STR_F, STR_A(values));
	} else if (values.n > 0 &&
		   (throughput < 0 || throughput > UINT16_MAX ||
		    facts_lustre(r->facts, type, storage, (unsigned)throughput, false) == NULL)) {
		d = diag_lustre_throughput(r->ds, f->at.per_unit_storage_throughput.value, type,
					   storage, (long long)throughput, values);
		help_default(r, d, f);
	}
}

void rule_lustre_throughput(const struct rules *r)
{
	each_lustre(r, throughput_ok);
}

/* ---- capacity ---- */

static void suggest_capacity(const struct rules *r, struct diag *d, const struct lustre *l,
			     int64_t gib)
{
	int64_t below, above;

	lustre_capacity_near(l, gib, &below, &above);
	if (below > 0)
		diag_inner(r->ds, d, "%lld or %lld", (long long)below, (long long)above);
	else
		diag_inner(r->ds, d, "at least %lld", (long long)above);
	diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%lld", (long long)above), false);
}

/* "1200 or a multiple of 2400" */
static struct str capacity_words(const struct rules *r, const struct lustre *l)
{
	struct buf b = buf_in(r->a);

	for (size_t i = 0; i < l->nsizes; i++)
		buf_fmt(&b, "%u%s", l->sizes[i], i + 1 == l->nsizes ? " or " : ", ");
	buf_fmt(&b, "a multiple of %u", l->step);
	return buf_str(&b);
}

/*
 * The row whose capacities hold, or NULL where it cannot be told: with HDD the capacities depend on the
 * throughput, and on a deployment type that has HDD; what is wrong with those is reported of its own.
 */
static const struct lustre *row_of(const struct rules *r, const struct fsx_lustre_settings *f)
{
	struct str type = deployment(f);
	int64_t t = f->per_unit_storage_throughput;

	if (!USABLE(f, storage_type))
		return NULL;
	if (hdd(f))
		return t > 0 && t <= UINT16_MAX
			       ? facts_lustre(r->facts, type, STR("HDD"), (unsigned)t, false)
			       : NULL;
	for (size_t i = 0; i < facts_lustre_count(r->facts); i++) {
		const struct lustre *l = facts_lustre_at(r->facts, i);

		if (!l->efa && str_eq(l->deployment, type) && str_eq(l->storage, STR("SSD")))
			return l;
	}
	return NULL;
}

static void capacity_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	const struct lustre *l = row_of(r, f);
	struct diag *d;

	if (!is_known_new(s) || !USABLE(f, storage_capacity) || is_tiering(f))
		return;
	if (!WRITTEN(f, storage_capacity)) {
		if (f->section.poisoned)
			return; /* an unknown key may have been meant as this one */
		d = diag_lustre_capacity_missing(r->ds, WRITTEN(s, fsx_lustre_settings)
								? s->at.fsx_lustre_settings.key
								: s->at.storage_type.value);
		if (l != NULL)
			diag_help(r->ds, d, "add `StorageCapacity: %u`, in GiB",
				  l->nsizes > 0 ? l->sizes[0] : l->step);
		return;
	}
	if (l == NULL || lustre_capacity_ok(l, f->storage_capacity))
		return;
	d = diag_lustre_capacity(
		r->ds, f->at.storage_capacity.value,
		arena_fmt(r->a, STR_F "%s", STR_A(deployment(f)), hdd(f) ? " HDD" : ""),
		(long long)f->storage_capacity, capacity_words(r, l));
	suggest_capacity(r, d, l, f->storage_capacity);
}

void rule_lustre_capacity(const struct rules *r)
{
	each_lustre(r, capacity_ok);
}

/* ---- disks and keys ---- */

static void disks_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_known_new(s))
		return;
	if (hdd(f) && f->deployment_type != FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_1) {
		d = diag_lustre_hdd_deployment(r->ds, f->at.storage_type.value, deployment(f));
		help_default(r, d, f);
	}
	if (WRITTEN(f, kms_key_id) && f->kms_key_id.n > 0 && !is_persistent(f)) {
		d = diag_lustre_kms_scratch(r->ds, f->at.kms_key_id.key, deployment(f));
		help_default(r, d, f);
	}
}

void rule_lustre_disks(const struct rules *r)
{
	each_lustre(r, disks_ok);
}

/* With a backup as well: ParallelCluster takes the storage type of the file, not that of the backup. */
static void drive_cache(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (GIVEN(f, file_system_id) || !WRITTEN(f, drive_cache_type) || !USABLE(f, storage_type) ||
	    hdd(f))
		return;
	d = diag_lustre_drive_cache_ssd(r->ds, f->at.drive_cache_type.key);
	if (WRITTEN(f, storage_type))
		diag_label(r->ds, d, f->at.storage_type.value, "the storage type");
}

void rule_lustre_drive_cache(const struct rules *r)
{
	each_lustre(r, drive_cache);
}

/* ---- what a region sells ---- */

static void tier_sold(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct str storage = hdd(f) ? STR("HDD") : STR("SSD"), type = deployment(f);
	int64_t t = is_persistent(f) ? f->per_unit_storage_throughput : 0;
	const struct lustre *l;
	struct diag *d;
	struct str kind;

	if (!is_known_new(s) || r->region == NULL || t < 0 || t > UINT16_MAX ||
	    !USABLE(f, per_unit_storage_throughput) || !USABLE(f, storage_type) || is_tiering(f))
		return;
	l = facts_lustre(r->facts, type, storage, (unsigned)t, false);
	if (l == NULL || facts_lustre_sold(r->facts, l, (unsigned)t, r->region->name) != KNOWN_NO)
		return;
	kind = t > 0 ? arena_fmt(r->a, STR_F " " STR_F " with %lld MB/s per TiB", STR_A(type),
				 STR_A(storage), (long long)t)
		     : type;
	d = diag_lustre_not_sold(r->ds,
				 WRITTEN(f, deployment_type) ? f->at.deployment_type.value
							     : s->at.storage_type.value,
				 kind, r->region->name);
	diag_label(r->ds, d, r->region_at->value, "the region");
}

void rule_lustre_sold(const struct rules *r)
{
	each_lustre(r, tier_sold);
}

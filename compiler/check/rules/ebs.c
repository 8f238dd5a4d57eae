/* SPDX-License-Identifier: Apache-2.0 */
/* ebs.c - rules about size, IOPS and throughput of EBS volumes. */
#include "compiler/check/rules/ebs.h"

#include "compiler/check/rules/storage.h"

/* Adds where the type was written, when the finding stands elsewhere. */
static void label_type(const struct rules *r, struct diag *d, const struct ebs_volume *v)
{
	if (is_written(v->type_at) && v->type_at->value.lo != d->at.lo)
		diag_label(r->ds, d, v->type_at->value, "the type is set here");
}

/* Says when EBS itself would take the value: the limit is ParallelCluster's. */
static void note_limit(const struct rules *r, struct diag *d, bool ebs_takes_it)
{
	if (ebs_takes_it)
		diag_note(r->ds, d, "the limit is ParallelCluster's; EBS itself takes this value");
}

static bool within(int64_t value, int64_t lo, int64_t hi)
{
	return value >= lo && value <= hi;
}

/* ---- size ---- */

static void size_ok(const struct rules *r, const struct ebs_volume *v)
{
	const struct ebs_type *l = v->limits;
	struct diag *d;

	if (l == NULL || v->size.value == 0 ||
	    within(v->size.value, l->pcluster_min_gib, l->pcluster_max_gib))
		return;
	d = diag_ebs_size(r->ds, number_span(v, &v->size), v->type, (long long)l->pcluster_min_gib,
			  (long long)l->pcluster_max_gib, (long long)v->size.value);
	label_type(r, d, v);
	note_limit(r, d, within(v->size.value, l->min_gib, l->max_gib));
}

void rule_ebs_size(const struct rules *r)
{
	each_volume(r, size_ok);
}

/* ---- IOPS ---- */

static bool iops_in_range(const struct ebs_volume *v)
{
	return within(v->iops.value, v->limits->min_iops, v->limits->pcluster_max_iops);
}

static void iops_settable(const struct rules *r, const struct ebs_volume *v)
{
	struct diag *d;

	if (v->limits == NULL || v->limits->max_iops > 0 || !is_written(v->iops.at) ||
	    v->iops.value == 0)
		return;
	d = diag_ebs_iops_not_settable(r->ds, v->iops.at->key, v->type);
	label_type(r, d, v);
	diag_help(r->ds, d, "gp3, io1 and io2 take Iops");
}

static void iops_range(const struct rules *r, const struct ebs_volume *v)
{
	const struct ebs_type *l = v->limits;
	struct diag *d;

	if (l == NULL || l->max_iops == 0 || v->iops.value == 0 || iops_in_range(v))
		return;
	d = diag_ebs_iops(r->ds, number_span(v, &v->iops), v->type, (long long)l->min_iops,
			  (long long)l->pcluster_max_iops, (long long)v->iops.value);
	label_type(r, d, v);
	note_limit(r, d, within(v->iops.value, l->min_iops, l->max_iops));
}

/* The size of a root volume without Size: that of ParallelCluster's own images. */
enum { IMAGE_GIB = 35 };

static void iops_ratio(const struct rules *r, const struct ebs_volume *v)
{
	int64_t gib = v->size.value;
	struct diag *d;
	int64_t most;

	if (v->limits == NULL || v->limits->max_iops == 0 || is_poisoned(v->size.at) ||
	    !iops_in_range(v))
		return;
	if (v->root && v->size.at->state == FIELD_ABSENT)
		gib = IMAGE_GIB;
	most = gib * v->limits->iops_per_gib;
	if (v->iops.value <= most || gib <= 0)
		return;
	d = diag_ebs_iops_ratio(
		r->ds, is_written(v->iops.at) ? v->iops.at->value : number_span(v, &v->size),
		v->type, (long long)gib, (long long)most, (long long)v->iops.value);
	if (is_written(v->size.at) && is_written(v->iops.at))
		diag_label(r->ds, d, v->size.at->value, "at most %lld IOPS for each GiB",
			   (long long)v->limits->iops_per_gib);
	diag_help(r->ds, d, "make it at least %lld GiB",
		  (long long)((v->iops.value + v->limits->iops_per_gib - 1) /
			      v->limits->iops_per_gib));
}

static void iops_ok(const struct rules *r, const struct ebs_volume *v)
{
	iops_settable(r, v);
	iops_range(r, v);
	iops_ratio(r, v);
}

void rule_ebs_iops(const struct rules *r)
{
	each_volume(r, iops_ok);
}

/* ---- throughput ---- */

static void throughput_ratio(const struct rules *r, const struct ebs_volume *v)
{
	int64_t per_1000 = v->limits->mibps_per_1000_iops;
	int64_t most = v->iops.value * per_1000 / 1000;
	struct diag *d;

	if (is_poisoned(v->iops.at) || v->throughput.value * 1000 <= v->iops.value * per_1000 ||
	    (is_written(v->iops.at) && !iops_in_range(v)))
		return;
	d = diag_ebs_throughput_ratio(r->ds, number_span(v, &v->throughput),
				      (long long)v->throughput.value, (long long)v->iops.value,
				      (long long)most);
	if (is_written(v->iops.at))
		diag_label(r->ds, d, v->iops.at->value, "Iops is set here");
	diag_help(r->ds, d, "%lld MiB/s need at least %lld Iops", (long long)v->throughput.value,
		  (long long)((v->throughput.value * 1000 + per_1000 - 1) / per_1000));
}

static void throughput_ok(const struct rules *r, const struct ebs_volume *v)
{
	const struct ebs_type *l = v->limits;
	struct diag *d;

	if (l == NULL || !is_written(v->throughput.at))
		return;
	if (l->max_throughput == 0 && v->throughput.value != 0) {
		d = diag_ebs_throughput_not_settable(r->ds, v->throughput.at->key, v->type);
		label_type(r, d, v);
	} else if (l->max_throughput > 0 &&
		   !within(v->throughput.value, l->min_throughput, l->pcluster_max_throughput)) {
		d = diag_ebs_throughput(
			r->ds, v->throughput.at->value, v->type, (long long)l->min_throughput,
			(long long)l->pcluster_max_throughput, (long long)v->throughput.value);
		note_limit(r, d, within(v->throughput.value, l->min_throughput, l->max_throughput));
	} else if (l->max_throughput > 0) {
		throughput_ratio(r, v);
	}
}

void rule_ebs_throughput(const struct rules *r)
{
	each_volume(r, throughput_ok);
}

/* ---- root volumes ---- */

static void root_ok(const struct rules *r, const struct ebs_volume *v)
{
	const struct ebs_type *ebs = facts_ebs(r->facts, v->type);
	struct diag *d;

	if (!v->root || !is_written(v->type_at))
		return;
	if (ebs == NULL) {
		d = diag_unknown_volume_type(r->ds, v->type_at->value, v->type);
		diag_help(r->ds, d, "a root volume is gp3, gp2, io1, io2 or standard");
	} else if (!ebs->boot) {
		d = diag_root_not_bootable(r->ds, v->type_at->value, v->type);
		diag_help(r->ds, d, "gp3, gp2, io1, io2 and standard can");
	}
}

void rule_root_volume_type(const struct rules *r)
{
	each_volume(r, root_ok);
}

static void root_holds_image(const struct rules *r, const struct ebs_volume *v)
{
	if (v->root && is_written(v->size.at) && v->size.value < IMAGE_GIB && v->size.value > 0)
		diag_root_below_image(r->ds, v->size.at->value, (long long)v->size.value,
				      (unsigned)IMAGE_GIB);
}

void rule_root_volume_holds_image(const struct rules *r)
{
	each_volume(r, root_holds_image);
}

/* ---- existing volumes ---- */

static void volume_alone(const struct rules *r, const struct shared_storage *s)
{
	static const enum prop_id unused[] = {
		PROP_EbsSettings_VolumeType,	 PROP_EbsSettings_Iops,
		PROP_EbsSettings_Size,		 PROP_EbsSettings_KmsKeyId,
		PROP_EbsSettings_Throughput,	 PROP_EbsSettings_Encrypted,
		PROP_EbsSettings_SnapshotId,	 PROP_EbsSettings_Raid,
		PROP_EbsSettings_DeletionPolicy,
	};
	const struct ebs_settings *e = &s->ebs_settings;
	struct any_section any = {&schema_sections[SECTION_EbsSettings], (const char *)e};
	struct diag *d = NULL;

	if (!WRITTEN(e, volume_id))
		return;
	for (size_t i = 0; i < ARRAY_LEN(unused); i++) {
		const struct field_at *f = any_field(&any, unused[i]);

		if (!is_written(f))
			continue;
		if (d != NULL) {
			diag_label(r->ds, d, f->key, "nor has this");
			continue;
		}
		d = diag_volume_settings_ignored(r->ds, f->key, schema_props[unused[i]].name);
		diag_label(r->ds, d, e->at.volume_id.value, "this volume exists already");
	}
}

void rule_existing_volume_alone(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EBS, volume_alone);
}

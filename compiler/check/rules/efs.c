/* SPDX-License-Identifier: Apache-2.0 */
/* efs.c - rules about EFS file systems, and about KMS keys of volumes and file systems. */
#include "compiler/check/rules/storage.h"

/* ---- throughput ---- */

static void throughput_mode(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;
	bool provisioned = e->throughput_mode == EFS_SETTINGS_THROUGHPUT_MODE_PROVISIONED;
	struct diag *d;

	if (GIVEN(e, file_system_id) || !USABLE(e, throughput_mode))
		return;
	if (provisioned && !GIVEN(e, provisioned_throughput)) {
		d = diag_efs_throughput_missing(r->ds, e->at.throughput_mode.value);
		diag_help(r->ds, d, "add ProvisionedThroughput, 1 to 1024 MiB/s");
	} else if (!provisioned && WRITTEN(e, provisioned_throughput)) {
		d = diag_efs_throughput_mode(r->ds, e->at.provisioned_throughput.key);
		if (WRITTEN(e, throughput_mode)) {
			diag_label(r->ds, d, e->at.throughput_mode.value, "the mode is set here");
			diag_fix(r->ds, d, e->at.throughput_mode.value, STR("provisioned"), false);
		} else {
			diag_help(r->ds, d, "add `ThroughputMode: provisioned`");
		}
	}
}

void rule_efs_throughput_mode(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, throughput_mode);
}

static void max_io(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;
	struct span mode = e->at.performance_mode.value;
	struct diag *d;

	if (GIVEN(e, file_system_id) || !WRITTEN(e, performance_mode) ||
	    e->performance_mode != EFS_SETTINGS_PERFORMANCE_MODE_MAXIO)
		return;
	if (WRITTEN(e, availability_zone_name)) {
		d = diag_efs_max_io(r->ds, e->at.availability_zone_name.value,
				    "a file system with AvailabilityZoneName");
		diag_label(r->ds, d, mode, "the performance mode");
	} else if (USABLE(e, throughput_mode) &&
		   e->throughput_mode == EFS_SETTINGS_THROUGHPUT_MODE_ELASTIC) {
		bool said = WRITTEN(e, throughput_mode);

		d = diag_efs_max_io(r->ds, said ? e->at.throughput_mode.value : mode,
				    "ThroughputMode `elastic`");
		if (said)
			diag_label(r->ds, d, mode, "the performance mode");
		else
			diag_note(r->ds, d, "`elastic` is the default of ThroughputMode");
		diag_help(r->ds, d, "leave PerformanceMode out: elastic throughput carries more");
	}
}

/* Source: EFS user guide, performance modes. */
void rule_efs_max_io(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, max_io);
}

/* ---- how it is mounted ---- */

static void needs_transit(const struct rules *r, const struct efs_settings *e,
			  const struct field_at *f, struct str name)
{
	struct diag *d;

	if (!USABLE(e, encryption_in_transit) || e->encryption_in_transit)
		return;
	d = diag_efs_needs(r->ds, f->key, name, "`EncryptionInTransit: true`");
	if (WRITTEN(e, encryption_in_transit)) {
		diag_label(r->ds, d, e->at.encryption_in_transit.value, "it is off here");
		diag_fix(r->ds, d, e->at.encryption_in_transit.value, STR("true"), false);
	}
}

static void mount_options(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;

	if (WRITTEN(e, iam_authorization) && e->iam_authorization)
		needs_transit(r, e, &e->at.iam_authorization,
			      PROP_NAME(EfsSettings_IamAuthorization));
	if (!WRITTEN(e, access_point_id))
		return;
	if (!GIVEN(e, file_system_id))
		diag_efs_needs(r->ds, e->at.access_point_id.key,
			       PROP_NAME(EfsSettings_AccessPointId),
			       "`FileSystemId`, the file system it belongs to");
	else if (!WRITTEN(e, iam_authorization) || !e->iam_authorization)
		needs_transit(r, e, &e->at.access_point_id, PROP_NAME(EfsSettings_AccessPointId));
}

void rule_efs_mount_options(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, mount_options);
}

/* ---- keys ---- */

static void key_used(const struct rules *r, const struct field_at *key,
		     const struct field_at *encrypted, bool is_encrypted)
{
	struct diag *d;

	if (!is_written(key) || is_poisoned(encrypted) || is_encrypted)
		return;
	d = diag_kms_without_encryption(r->ds, key->key);
	if (is_written(encrypted)) {
		diag_label(r->ds, d, encrypted->value, "encryption is off here");
		diag_fix(r->ds, d, encrypted->value, STR("true"), false);
	} else {
		diag_help(r->ds, d, "add `Encrypted: true`; the default is false");
	}
}

static void ebs_key(const struct rules *r, const struct shared_storage *s)
{
	const struct ebs_settings *e = &s->ebs_settings;

	key_used(r, &e->at.kms_key_id, &e->at.encrypted, e->encrypted);
}

static void efs_key(const struct rules *r, const struct shared_storage *s)
{
	const struct efs_settings *e = &s->efs_settings;

	if (!GIVEN(e, file_system_id))
		key_used(r, &e->at.kms_key_id, &e->at.encrypted, e->encrypted);
}

void rule_kms_key_used(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EBS, ebs_key);
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_EFS, efs_key);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* lustre_buckets.c - rules about associations of FSx for Lustre with the buckets of the same file. */
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"

/* The place in S3 that an association names: a bucket by one of its names, and a prefix without slashes at its ends. */
static void source_there(const struct rules *r, const struct data_repository_association *a)
{
	if (a->section.poisoned || GIVEN(a, data_repository_path) || GIVEN(a, bucket))
		return;
	if (GIVEN(a, prefix))
		return; /* reported as one without a bucket */
	diag_help(r->ds, diag_dra_no_source(r->ds, section_span(&a->section)),
		  "write `Bucket: NAME`, a Name of Buckets, or "
		  "`DataRepositoryPath: s3://BUCKET/PREFIX`");
}

static void prefix_ok(const struct rules *r, const struct data_repository_association *a)
{
	struct diag *d;

	if (!WRITTEN(a, prefix) || GIVEN(a, bucket))
		return;
	d = diag_dra_prefix_alone(r->ds, a->at.prefix.key);
	if (WRITTEN(a, data_repository_path))
		diag_label(r->ds, d, a->at.data_repository_path.value, "write it into this path");
	else
		diag_help(r->ds, d, "add `Bucket: NAME`, a Name of Buckets");
}

static void sources_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct data_repository_association_list *list =
		&s->fsx_lustre_settings.data_repository_associations;

	for (size_t i = 0; i < list->n; i++) {
		source_there(r, &list->items[i]);
		prefix_ok(r, &list->items[i]);
		if (WRITTEN(&list->items[i], bucket))
			bucket_known(r, &list->items[i].at.bucket, list->items[i].bucket,
				     "add it to `Buckets`, or write DataRepositoryPath");
	}
}

void rule_lustre_link_sources(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, sources_ok);
}

/* ---- what storage types and buckets take ---- */

static void tiering_linked(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_new_lustre(s) || !is_tiering(f) || !WRITTEN(f, data_repository_associations) ||
	    f->data_repository_associations.n == 0)
		return;
	d = diag_dra_tiering(r->ds, f->at.data_repository_associations.key);
	diag_label(r->ds, d, f->at.storage_type.value, "the storage type");
	diag_help(r->ds, d, "take StorageType SSD, or copy what the file system needs");
}

/* Source: FSx API, DataRepositoryAssociation: "excluding Intelligent-Tiering and scratch_1 file systems". */
void rule_lustre_tiering_linked(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, tiering_linked);
}

/* The association with automatic export to the bucket of the file, of whichever storage; NULL for none. */
static const struct data_repository_association *exported_to(const struct rules *r,
							     const struct bucket *b)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct data_repository_association_list *list =
			&r->storage->items[i].fsx_lustre_settings.data_repository_associations;

		for (size_t k = 0; k < list->n; k++) {
			const struct data_repository_association *a = &list->items[k];

			if (WRITTEN(a, auto_export_policy) && names_bucket(a, b))
				return a;
		}
	}
	return NULL;
}

/* May an object under the prefix of the association begin with that of the rule? */
static bool prefixes_meet(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return str_eq(str_slice(a, 0, n), str_slice(b, 0, n));
}

static struct str prefix_of(const struct data_repository_association *a)
{
	return WRITTEN(a, data_repository_path) ? s3_prefix(a->data_repository_path) : a->prefix;
}

static void expiry_of_exported(const struct rules *r, const struct bucket *b)
{
	const struct data_repository_association *a = exported_to(r, b);

	for (size_t i = 0; a != NULL && i < b->lifecycle.n; i++) {
		const struct lifecycle_rule *x = &b->lifecycle.items[i];
		struct diag *d;

		if (!WRITTEN(b, name) || !WRITTEN(x, expiration_in_days) || !USABLE(x, prefix) ||
		    !prefixes_meet(x->prefix, prefix_of(a)))
			continue;
		d = diag_lifecycle_expires_exported(r->ds, x->at.expiration_in_days.value, b->name);
		diag_label(r->ds, d, a->at.auto_export_policy.key, "exported from here");
		diag_note(
			r->ds, d,
			"with DELETED in AutoImportPolicy, files go with the objects; without it, "
			"those that were released cannot be read again");
	}
}

void rule_lifecycle_of_exported(const struct rules *r)
{
	for (size_t i = 0; i < r->e->buckets.n; i++)
		expiry_of_exported(r, &r->e->buckets.items[i]);
}

static void foreign_key(const struct rules *r, const struct shared_storage *s)
{
	const struct data_repository_association_list *list =
		&s->fsx_lustre_settings.data_repository_associations;

	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < r->e->buckets.n; k++) {
			const struct bucket *b = &r->e->buckets.items[k];
			struct diag *d;

			if (!WRITTEN(b, name) || !WRITTEN(b, kms_key_id) ||
			    !names_bucket(&list->items[i], b))
				continue;
			d = diag_linked_bucket_key(r->ds, b->at.kms_key_id.value, b->name);
			diag_note(r->ds, d,
				  "its policy must let AWSServiceRoleForFSxS3Access_fs-* use "
				  "kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* "
				  "and kms:DescribeKey");
		}
}

/* Source: FSx for Lustre user guide, working with server-side encrypted Amazon S3 buckets. */
void rule_linked_bucket_key(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, foreign_key);
}

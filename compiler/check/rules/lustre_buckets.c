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

static void source_ok(const struct rules *r, void *buckets,
		      const struct data_repository_association *a)
{
	source_there(r, a);
	prefix_ok(r, a);
	if (WRITTEN(a, bucket) && r->b == NULL) /* else batch_names.c */
		bucket_known(r, buckets, &a->at.bucket, a->bucket);
}

void rule_lustre_link_sources(const struct rules *r)
{
	struct file_buckets b = file_buckets(r, "add it to `Buckets`, or write DataRepositoryPath");

	each_link(r, &b, source_ok);
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
	each_lustre(r, tiering_linked);
}

/* The bucket of the file that the association names, by its Name here or by its name at S3; NULL for none. */
static const struct bucket *bucket_of(const struct file_buckets *b,
				      const struct data_repository_association *a)
{
	if (WRITTEN(a, bucket))
		return map_get(&b->by_name, a->bucket);
	return WRITTEN(a, data_repository_path)
		       ? map_get(&b->by_bucket_name, s3_bucket(a->data_repository_path))
		       : NULL;
}

/* Buckets with automatic export, each looked at once: by the first association with it. */
struct exported {
	struct file_buckets buckets;
	struct map seen;
};

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

static void expiry_of_exported(const struct rules *r, void *exported,
			       const struct data_repository_association *a)
{
	struct exported *e = exported;
	const struct bucket *b = WRITTEN(a, auto_export_policy) ? bucket_of(&e->buckets, a) : NULL;

	if (b == NULL || map_put(&e->seen, r->a, b->name, b) != NULL)
		return;
	for (size_t i = 0; i < b->lifecycle.n; i++) {
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
	struct exported e = {.buckets = file_buckets(r, "")};

	each_link(r, &e, expiry_of_exported);
}

static void foreign_key(const struct rules *r, void *buckets,
			const struct data_repository_association *a)
{
	const struct bucket *b = bucket_of(buckets, a);
	struct diag *d;

	if (b == NULL || !WRITTEN(b, name) || !WRITTEN(b, kms_key_id))
		return;
	d = diag_linked_bucket_key(r->ds, b->at.kms_key_id.value, b->name);
	diag_note(r->ds, d,
		  "its policy must let AWSServiceRoleForFSxS3Access_fs-* use kms:Encrypt, "
		  "kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* and kms:DescribeKey");
}

/* Source: FSx for Lustre user guide, working with server-side encrypted Amazon S3 buckets. */
void rule_linked_bucket_key(const struct rules *r)
{
	struct file_buckets b = file_buckets(r, "");

	each_link(r, &b, foreign_key);
}

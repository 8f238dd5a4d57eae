/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - rules about new S3 buckets, but for what happens to objects with age (lifecycle.c). */
#include "compiler/base/map.h"
#include "compiler/check/rules/network.h"

static void dots(const struct rules *r, const struct bucket *b)
{
	if (!KNOWN(b, bucket_name) || str_find(b->bucket_name, '.', 0) == b->bucket_name.n)
		return;
	diag_note(r->ds, diag_bucket_dots(r->ds, b->at.bucket_name.value, b->bucket_name),
		  "the certificate of S3 is for `*.s3.REGION.amazonaws.com`, and a star stands for "
		  "no "
		  "dot");
}

/* Source: S3 user guide, general purpose bucket naming rules. */
void rule_bucket_dots(const struct rules *r)
{
	for (size_t i = 0; i < bucket_list(r)->n; i++)
		dots(r, &bucket_list(r)->items[i]);
}

void rule_bucket_names_distinct(const struct rules *r)
{
	struct map seen = {0};

	for (size_t i = 0; i < bucket_list(r)->n; i++) {
		const struct bucket *b = &bucket_list(r)->items[i], *first;

		if (!WRITTEN(b, bucket_name))
			continue;
		first = map_get(&seen, b->bucket_name);
		if (first == NULL)
			map_put(&seen, r->a, b->bucket_name, b);
		else
			diag_label(r->ds,
				   diag_bucket_name_twice(r->ds, b->at.bucket_name.value,
							  b->bucket_name),
				   first->at.bucket_name.value, "the first one");
	}
}

/* ---- what goes, and what stays for ever ---- */

static void goes(const struct rules *r, const struct bucket *b)
{
	if (!WRITTEN(b, name) || !WRITTEN(b, deletion_policy) ||
	    b->deletion_policy != BUCKET_DELETION_POLICY_DELETE)
		return;
	diag_help(r->ds, diag_bucket_deletion(r->ds, b->at.deletion_policy.value, b->name),
		  "empty it first: `aws s3 rm s3://BUCKET --recursive`%s",
		  b->versioning ? ", and delete older versions too" : "");
}

void rule_bucket_deletion(const struct rules *r)
{
	for (size_t i = 0; i < bucket_list(r)->n; i++)
		goes(r, &bucket_list(r)->items[i]);
}

static void versions(const struct rules *r, const struct bucket *b)
{
	if (!WRITTEN(b, name) || !WRITTEN(b, versioning) || !b->versioning || !USABLE(b, lifecycle))
		return;
	for (size_t i = 0; i < b->lifecycle.n; i++)
		if (b->lifecycle.items[i].at.noncurrent_version_expiration_in_days.state !=
		    FIELD_ABSENT)
			return;
	diag_help(r->ds, diag_versions_for_ever(r->ds, b->at.versioning.value, b->name),
		  "add to Lifecycle: `- NoncurrentVersionExpirationInDays: 30`");
}

/* Versions of a bucket that was changed stay behind, so that it is a note. */
static void no_versions(const struct rules *r, const struct bucket *b)
{
	for (size_t i = 0;
	     WRITTEN(b, name) && USABLE(b, versioning) && !b->versioning && i < b->lifecycle.n;
	     i++) {
		const struct lifecycle_rule *x = &b->lifecycle.items[i];

		if (WRITTEN(x, noncurrent_version_expiration_in_days))
			diag_help(r->ds,
				  diag_no_versions(r->ds,
						   x->at.noncurrent_version_expiration_in_days.key,
						   b->name),
				  "add `Versioning: true`, or leave this out");
	}
}

/* ---- prefixes ---- */

static void prefix_without_slash(const struct rules *r, const struct any_section *s,
				 enum prop_id id)
{
	const struct field_at *f;
	struct diag *d;

	if (!any_has(s, id))
		return;
	f = any_field(s, id);
	if (!is_written(f) || !str_starts(any_text(s, id), STR("/")))
		return;
	d = diag_prefix_slash(r->ds, f->value, any_text(s, id));
	diag_help(r->ds, d, "leave the slash at the beginning out");
}

static void prefixes(const struct rules *r, const struct any_section *s)
{
	prefix_without_slash(r, s, PROP_LifecycleRule_Prefix);
	prefix_without_slash(r, s, PROP_DataRepositoryAssociation_Prefix);
}

/* A key may begin with a slash, but tools that write paths do not make such. */
void rule_bucket_prefixes(const struct rules *r)
{
	each_section(r, prefixes);
}

void rule_bucket_versions_end(const struct rules *r)
{
	for (size_t i = 0; i < bucket_list(r)->n; i++)
		versions(r, &bucket_list(r)->items[i]);
	for (size_t i = 0; i < bucket_list(r)->n; i++)
		no_versions(r, &bucket_list(r)->items[i]);
}

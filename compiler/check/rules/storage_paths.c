/* SPDX-License-Identifier: Apache-2.0 */
/* storage_paths.c - directories of nodes and places in S3, taken apart. */
#include "compiler/check/rules/storage.h"

bool dir_within(struct str inner, struct str outer)
{
	return inner.n > outer.n && str_starts(inner, outer) &&
	       (inner.s[outer.n] == '/' || str_eq(outer, STR("/")));
}

/* What follows s3://, or an empty text. */
static struct str s3_rest(struct str uri)
{
	return str_starts(uri, STR("s3://")) ? str_slice(uri, 5, uri.n) : (struct str){0};
}

struct str s3_bucket(struct str uri)
{
	struct str rest = s3_rest(uri);

	return str_slice(rest, 0, str_find(rest, '/', 0));
}

struct str s3_prefix(struct str uri)
{
	struct str rest = s3_rest(uri);
	size_t lo = str_find(rest, '/', 0), hi = rest.n;

	while (lo < hi && rest.s[lo] == '/')
		lo++;
	while (hi > lo && rest.s[hi - 1] == '/')
		hi--;
	return str_slice(rest, lo, hi);
}

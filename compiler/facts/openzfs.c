/* SPDX-License-Identifier: Apache-2.0 */
/* openzfs.c - which FSx for OpenZFS file systems there may be. */
#include "compiler/base/search.h"
#include "compiler/facts/facts_tables.h"

static struct str deployment_name(const void *kinds, size_t i)
{
	return ((const struct openzfs *)kinds)[i].deployment;
}

const struct openzfs *facts_openzfs(const struct facts *f, struct str deployment)
{
	size_t i = search_name(deployment, facts_openzfs_kinds, facts_openzfs_kinds_n,
			       deployment_name);

	(void)f;
	return i < facts_openzfs_kinds_n ? &facts_openzfs_kinds[i] : NULL;
}

size_t facts_openzfs_count(const struct facts *f)
{
	(void)f;
	return facts_openzfs_kinds_n;
}

const struct openzfs *facts_openzfs_at(const struct facts *f, size_t i)
{
	(void)f;
	return &facts_openzfs_kinds[i];
}

bool openzfs_throughput_ok(const struct openzfs *z, int64_t mbps)
{
	for (size_t i = 0; i < z->nthroughput; i++)
		if (z->throughput[i] == mbps)
			return true;
	return false;
}

void openzfs_throughput_near(const struct openzfs *z, int64_t mbps, int64_t *ret_below,
			     int64_t *ret_above)
{
	*ret_below = *ret_above = 0;
	for (size_t i = 0; i < z->nthroughput; i++) {
		if (z->throughput[i] <= mbps)
			*ret_below = z->throughput[i];
		if (z->throughput[i] >= mbps && *ret_above == 0)
			*ret_above = z->throughput[i];
	}
}

static struct str region_name(const void *regions, size_t i)
{
	return ((const struct openzfs_region *)regions)[i].region;
}

enum known facts_openzfs_sold(const struct facts *f, const struct openzfs *z, struct str region)
{
	size_t i = search_name(region, facts_openzfs_regions, facts_openzfs_regions_n, region_name);

	(void)f;
	if (i == facts_openzfs_regions_n)
		return KNOWN_UNKNOWN;
	return (facts_openzfs_regions[i].deployments & z->bit) != 0 ? KNOWN_YES : KNOWN_NO;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_tables.h - the tables that tablegen writes from stdlib/facts/; seen by this folder alone.
 *
 * The program is linked without -pie, so that tables with pointers need no relocation at start and only
 * the pages that a look-up reads are touched.
 */
#ifndef HPCC_FACTS_TABLES_H
#define HPCC_FACTS_TABLES_H

#include "compiler/facts/facts.h"

/* Bytes of a key: the longest name with its NUL fits. */
enum { FACTS_KEY_SIZE = 24 };

/*
 * By name, in byte order. The keys are the names, NUL-padded, in the same order: a search over them reads few
 * pages, and then one row.
 */
extern const char facts_type_keys[][FACTS_KEY_SIZE];
extern const struct instance_type facts_types[];
extern const size_t facts_types_n;

extern const struct region facts_regions[];
extern const size_t facts_regions_n;

/* A region or a zone; bit i of `types` (byte i / 8, bit i % 8): it offers facts_types[i]. By place. */
struct offering {
	struct str place;
	struct str region;
	const uint8_t *types;
};
extern const struct offering facts_offerings[];
extern const size_t facts_offerings_n;

/* What EFA does on an instance family. By family. */
struct efa_family {
	struct str family;
	bool rdma_read, rdma_write, gpudirect;
};
extern const struct efa_family facts_efa[];
extern const size_t facts_efa_n;

extern const struct os_image facts_images[]; /* by OS, then architecture */
extern const size_t facts_images_n;
extern const struct ebs_type facts_ebs_types[]; /* by name */
extern const size_t facts_ebs_types_n;
extern const struct lustre facts_lustre_kinds[];
extern const size_t facts_lustre_kinds_n;

/* Tiers of FSx for Lustre that a region sells; each list ends in 0. By region. */
struct lustre_region {
	struct str region;
	bool scratch;
	uint16_t persistent_1_ssd[5], persistent_1_hdd[5], persistent_2_ssd[5];
};
extern const struct lustre_region facts_lustre_regions[];
extern const size_t facts_lustre_regions_n;

/* By the pattern of their path, see facts_script(). */
extern const struct public_script facts_scripts[];
extern const size_t facts_scripts_n;

/* A feature that regions lack whose names begin with `region`. */
struct region_gap {
	struct str region, feature;
	uint32_t until; /* as the releases of schema.h; 0: to this day */
};
extern const struct region_gap facts_region_gaps[];
extern const size_t facts_region_gaps_n;

extern const struct endpoint_service facts_endpoints[]; /* by name */
extern const size_t facts_endpoints_n;

/* How names of services begin in a partition, where they do not begin with com.amazonaws. */
struct endpoint_prefix {
	struct str partition, prefix;
};
extern const struct endpoint_prefix facts_endpoint_prefixes[];
extern const size_t facts_endpoint_prefixes_n;

struct time_zone {
	struct str name;
};
extern const struct time_zone facts_time_zones[]; /* by name */
extern const size_t facts_time_zones_n;

extern const struct openzfs facts_openzfs_kinds[]; /* by deployment type */
extern const size_t facts_openzfs_kinds_n;

/* The deployment types a region sells. By region. */
struct openzfs_region {
	struct str region;
	uint8_t deployments; /* bits of struct openzfs */
};
extern const struct openzfs_region facts_openzfs_regions[];
extern const size_t facts_openzfs_regions_n;

/* A CloudFormation type that not every region has; lists of regions, with commas. By type. */
struct type_regions {
	struct str type, offered, lacked;
};
extern const struct type_regions facts_type_regions[];
extern const size_t facts_type_regions_n;

/* A name and what belongs to it: a price or a factor, in millionths. */
struct named_amount {
	struct str name;
	uint32_t amount;
};

/* What types cost in a region. By region. */
struct instance_prices {
	struct str region, currency, date, source;
	const struct named_amount *factors; /* by class of types, over the prices of us-east-1 */
	size_t nfactors;
	const uint64_t *priced;	 /* bit i: facts_types[i] has a price */
	const uint32_t *amounts; /* of those, in their order, in millionths */
};
extern const struct instance_prices facts_instance_prices[];
extern const size_t facts_instance_prices_n;

/* What Spot saves in a region. By region. */
struct spot_savings {
	struct str region;
	const uint64_t *known;	/* bit i: facts_types[i] has a figure */
	const uint8_t *savings; /* of those, in their order, in percent of the price on demand */
};
extern const struct spot_savings facts_spot[];
extern const size_t facts_spot_n;
extern const struct str facts_spot_date; /* "2025-06-28" */

/* What an item costs, by region, in millionths of USD. By item. */
struct service_prices {
	struct str item, unit, date, source;
	const struct named_amount *amounts;
	size_t n;
};
extern const struct service_prices facts_service_prices[];
extern const size_t facts_service_prices_n;

/* Row of the bundled type called name in facts_types; facts_types_n when there is none. */
size_t facts_bundled_row(struct str name);

/* Is `word` one of a list with commas? */
bool facts_lists(struct str list, struct str word);

#endif

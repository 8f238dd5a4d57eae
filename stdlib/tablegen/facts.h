/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - tables of stdlib/facts/ on their way to C; seen by the facts files of tablegen alone.
 *
 * A table is text: lines that begin with # are comments, of which `# date: ` and `# source: ` are required;
 * the first other line names the columns; cells are separated by tabs, and `-` is "none". A fault is
 * reported at its cell (E0901) and the reading goes on, so that one build shows them all.
 */
#ifndef HPCC_TABLEGEN_FACTS_H
#define HPCC_TABLEGEN_FACTS_H

#include "compiler/base/map.h"
#include "stdlib/tablegen/tablegen.h"

enum { TABLE_COLUMNS = 32 };

struct table {
	struct tablegen *tg;
	const struct source *src;
	struct str name;	 /* of the file, without folder and ending: "instance-types" */
	struct str date, source; /* "2026-10-27"; free text */
	size_t ncolumns, nrows;
	struct table_row {
		struct str cell[TABLE_COLUMNS]; /* slices of src->text */
	} * rows;
};

/*
 * The table in the file at `path`, whose columns must be those of `columns` (separated by blanks) in their
 * order, or NULL (reported).
 */
const struct table *table_read(struct tablegen *tg, const char *path, struct str columns);

/* Says at a cell that it must be `want`. */
void table_fault(const struct table *t, struct str cell, const char *want);
/* The cell as an integer from 0 to max; 0 after a fault. */
uint32_t table_uint(const struct table *t, struct str cell, uint32_t max);
/* "yes" or "no". */
bool table_yes(const struct table *t, struct str cell);
/* The cell, or the empty string for "-". */
struct str table_text(struct str cell);
/* "3.13.1" as a release of compiler/schema/schema.h; "-" is 0. */
unsigned table_release(const struct table *t, struct str cell);
/* The cell as a C double literal: digits and a point. */
struct str table_number(const struct table *t, struct str cell);
/* The bits of the words of a cell, separated by commas; `words` lists them in the order of bits 1, 2, 4 … */
uint32_t table_bits(const struct table *t, struct str cell, struct str words);
/* Reports rows that are not in the order of column `column`, in byte order and each name once. */
void table_sorted(const struct table *t, size_t column);
/* Row number of the one whose first cell is `name`, in a table sorted by it; nrows when there is none. */
size_t table_find(const struct table *t, struct str name);

/* What facts.c writes: all definitions in one C file. */
struct facts_out {
	struct buf *code;
	const struct table *types; /* for offerings */
	const struct table *offerings;
};

/* Each of these appends the C tables made of `t`. */

/* Instance types, with their network cards; `efa` tells RDMA by family. */
void facts_write_types(struct facts_out *out, const struct table *t, const struct table *efa);
/* Regions, each with its zones from out->offerings. */
void facts_write_regions(struct facts_out *out, const struct table *t);
/* Which types a region or zone has, as bits in the order of out->types; checks places against `regions`. */
void facts_write_offerings(struct facts_out *out, const struct table *t,
			   const struct table *regions);
/* EFA by family of types. */
void facts_write_efa(struct facts_out *out, const struct table *t);
/* Images by operating system and architecture. */
void facts_write_images(struct facts_out *out, const struct table *t);
/* EBS volume types. */
void facts_write_ebs(struct facts_out *out, const struct table *t);
/* Kinds of FSx for Lustre. */
void facts_write_lustre(struct facts_out *out, const struct table *t);
/* Where they are sold. */
void facts_write_lustre_regions(struct facts_out *out, const struct table *t);
/* Scripts that are published, in the order of the rows. */
void facts_write_scripts(struct facts_out *out, const struct table *t);
/* What regions lack. */
void facts_write_region_gaps(struct facts_out *out, const struct table *t);
/* Services that VPC endpoints reach. */
void facts_write_endpoints(struct facts_out *out, const struct table *t);
/* How their names begin in other partitions. */
void facts_write_endpoint_prefixes(struct facts_out *out, const struct table *t);
/* Names of time zones. */
void facts_write_time_zones(struct facts_out *out, const struct table *t);
/* Deployment types of FSx for OpenZFS. */
void facts_write_openzfs(struct facts_out *out, const struct table *t);
/* Where they are sold. */
void facts_write_openzfs_regions(struct facts_out *out, const struct table *t);
/* CloudFormation types that not every region has. */
void facts_write_type_regions(struct facts_out *out, const struct table *t);
/* What types of out->types cost, by region. */
void facts_write_instance_prices(struct facts_out *out, const struct table *t);
/* What Spot saves of what they cost, by region. */
void facts_write_spot(struct facts_out *out, const struct table *t);
/* What services cost, by item. */
void facts_write_service_prices(struct facts_out *out, const struct table *t);

/* Columns that more than one file reads. */
enum { EFA_FAMILY, EFA_RDMA, EFA_GPUDIRECT };
enum { REGION_NAME, REGION_PARTITION, REGION_SUFFIX, REGION_LONG, REGION_OPT_IN, REGION_SERVICES };
enum { OFFER_KIND, OFFER_PLACE, OFFER_TYPES };

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* query.h - searches the instance types: the answer behind `hpcc instances`. */
#ifndef HPCC_QUERY_H
#define HPCC_QUERY_H

#include "compiler/facts/facts.h"

enum query_order {
	QUERY_BY_NAME, /* family, then vCPUs, so that c5.2xlarge stands before c5.12xlarge */
	QUERY_BY_VCPUS,
	QUERY_BY_MEMORY,
};

/*
 * What a type must have. The zero value takes all types but the withdrawn, which only `names` can ask for;
 * 0 and empty are "no condition".
 */
struct instance_filter {
	const struct str
		*names; /* any of: "p5.48xlarge", "c7*.large", or a family alone, "hpc7a" */
	size_t nnames;
	bool efa, gpu, neuron, disks;
	bool spot, capacity_block;
	bool current;		      /* generation */
	uint8_t arch;		      /* ARCH_… bits, any of them */
	struct str region, zone;      /* offered there; the zone is an id, "use1-az4" */
	struct str gpu_name;	      /* part of the GPU's name, case ignored: "h100" */
	int64_t min_vcpus, max_vcpus; /* default vCPUs */
	double min_memory_gib;
	int64_t min_gpus, min_efa; /* a part of a GPU counts as one; EFA interfaces */
	double min_network_gbps;   /* peak */
	enum query_order sort;
};

struct instance_list {
	const struct instance_type *const *items;
	size_t n;
};

enum query_format { QUERY_TABLE, QUERY_JSON, QUERY_TSV };

/*
 * Reports names that are no type, and regions and zones that nothing is known of (E0401 to E0404), each with
 * near words. Names with * or ? and families may match nothing. True when there was nothing to report.
 */
bool query_check(struct diags *ds, const struct facts *f, const struct instance_filter *q);

/* The types that meet all conditions, in the order asked for. A type with unknown offering is left out. */
struct instance_list facts_query(struct arena *a, const struct facts *f,
				 const struct instance_filter *q);

/*
 * The list as text, ending in a newline. The table is for people (GiB, Gbit/s as baseline-peak where they
 * differ, disks as COUNTxGB); TSV has a line of column names; JSON is a list of objects. All columns are
 * described in doc/facts.md. An empty list gives an empty table: the column names alone.
 */
struct str query_print(struct arena *a, struct instance_list list, enum query_format fmt);

#endif

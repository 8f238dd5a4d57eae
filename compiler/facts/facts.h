/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - what is known of AWS without asking it: instance types, regions, images, FSx for Lustre.
 *
 * The tables are built from stdlib/facts/ into the program image; --catalog FILE lays newer instance types
 * over them. Each table has a date. Look-ups cost a binary search and allocate nothing.
 */
#ifndef HPCC_FACTS_H
#define HPCC_FACTS_H

#include "compiler/source/diag.h"

enum arch { ARCH_X86_64 = 1, ARCH_ARM64 = 2, ARCH_I386 = 4 };

/* GPUs or other accelerators of a type. */
struct accelerator {
	struct str maker, name; /* "NVIDIA", "H100" */
	uint16_t count;		/* a fraction of a GPU counts as 1; see `fraction` */
	double fraction;	/* 1, or less where a type has part of a GPU (g6f) */
	uint32_t memory_mib;	/* of one */
};

enum { MAX_NETWORK_CARDS = 32 };

struct network_card {
	uint8_t max_interfaces;
	bool efa; /* an EFA interface may sit on this card */
	double baseline_gbps, peak_gbps;
};

enum { USAGE_ONDEMAND = 1, USAGE_SPOT = 2, USAGE_CAPACITY_BLOCK = 4 };
enum { PLACE_CLUSTER = 1, PLACE_PARTITION = 2, PLACE_SPREAD = 4 };

/* One EC2 instance type, as DescribeInstanceTypes describes it. Source: EC2 API, InstanceTypeInfo. */
struct instance_type {
	struct str name;
	uint8_t arch; /* ARCH_… bits */
	bool current_generation, bare_metal, burstable, nitro, hibernation;
	uint16_t vcpus, cores;
	uint8_t threads_per_core; /* default */
	bool smt_can_be_off;	  /* ThreadsPerCore 1 may be asked for */
	struct str
		cores_ok; /* CoreCount values CpuOptions takes, as "2-24/2,48"; empty: not settable */
	uint32_t memory_mib;
	struct accelerator gpu;		/* .count 0: none */
	struct accelerator neuron;	/* Inferentia, Trainium */
	uint16_t efa_max;		/* EFA interfaces at most; 0: no EFA */
	bool rdma_read, gpudirect_rdma; /* false also when not known */
	uint8_t ncards;
	struct network_card cards[MAX_NETWORK_CARDS];
	double network_gbps,
		network_base_gbps; /* of the whole instance, peak and baseline; 0 unknown */
	bool ebs_optimized;	   /* default or supported */
	bool ebs_optimized_default;
	uint32_t ebs_base_mbps, ebs_max_mbps; /* Mbit/s */
	uint32_t ebs_base_iops, ebs_max_iops;
	uint16_t disks;	  /* instance store volumes */
	uint32_t disk_gb; /* of all of them, GB */
	bool disk_nvme;
	uint8_t usage;	   /* USAGE_… bits */
	uint8_t placement; /* PLACE_… bits */
	uint8_t boot;	   /* bit 0 legacy-bios, bit 1 uefi */
};

struct region {
	struct str name, partition, dns_suffix; /* "us-east-1", "aws", "amazonaws.com" */
	struct str long_name;
	bool opt_in;
};

/* The image, login user and root device of an operating system on an architecture. */
struct os_image {
	struct str os; /* "alinux2023" */
	uint8_t arch;
	struct str ssm_parameter; /* path of the public parameter with the newest image, or empty */
	struct str gpu_ssm_parameter; /* deep learning base image, or empty */
	struct str user;	      /* login user */
	struct str root_device;	      /* "/dev/xvda" */
	struct str package_manager;   /* "dnf", "apt", "yum" */
};

struct facts; /* the bundled tables, with an overlay when one was loaded */

/* The bundled tables alone. */
const struct facts *facts_bundled(void);
/*
 * The bundled tables with the instance types of `json` laid over: the answer of
 * `aws ec2 describe-instance-types` (one page or the merged pages of the CLI). NULL after an error
 * (reported). Memory is the arena's.
 */
const struct facts *facts_overlay(struct arena *a, struct diags *ds, const struct source *json);

/* The type called name, or NULL. */
const struct instance_type *facts_instance(const struct facts *f, struct str name);
size_t facts_instance_count(const struct facts *f);
/* In the order of names. */
const struct instance_type *facts_instance_at(const struct facts *f, size_t i);
/* Up to `max` names near a misspelt one, best first; returns how many. */
unsigned facts_instance_near(const struct facts *f, struct str name, struct str *ret, unsigned max);

const struct region *facts_region(const struct facts *f, struct str name);
size_t facts_region_count(const struct facts *f);
const struct region *facts_region_at(const struct facts *f, size_t i);

enum known { KNOWN_NO, KNOWN_YES, KNOWN_UNKNOWN };
/* Is the type offered in the region? KNOWN_UNKNOWN where the region has no offerings data. */
enum known facts_offered(const struct facts *f, struct str type, struct str region);

/* The image of an OS on one architecture, or NULL. */
const struct os_image *facts_image(const struct facts *f, struct str os, enum arch arch);

/* Dates of the tables, "2026-05-01", and where they came from, for --version. */
struct fact_table {
	struct str name, date, source;
	size_t rows;
};
extern const struct fact_table fact_tables[];
extern const size_t fact_tables_n;

#endif

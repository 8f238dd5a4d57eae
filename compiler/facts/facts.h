/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - what is known of AWS without asking it: instance types, regions, images, EBS, FSx, endpoints.
 *
 * The tables are built from stdlib/facts/ into the program image; --catalog FILE lays newer instance types
 * over them. Each table has a date. Look-ups cost a binary search and allocate nothing. All pointers and
 * strings that come from here live as long as the facts: for ever, or as long as the arena of the overlay.
 */
#ifndef HPCC_FACTS_H
#define HPCC_FACTS_H

#include "compiler/source/diag.h"

/* Bits. ARCH_MAC: the hardware of Mac instances (x86_64_mac, arm64_mac), which runs no Linux image. */
enum arch { ARCH_X86_64 = 1, ARCH_ARM64 = 2, ARCH_I386 = 4, ARCH_MAC = 8 };

/* GPUs or other accelerators of a type. */
struct accelerator {
	struct str maker, name; /* "NVIDIA", "H100" */
	uint16_t count;		/* a fraction of a GPU counts as 1; see `fraction` */
	uint8_t cores;		/* NeuronCores of one device; 0 for other makers */
	double fraction;	/* 1, or less where a type has part of a GPU (g6f) */
	uint32_t memory_mib;	/* of one; 0 unknown */
};

enum { MAX_NETWORK_CARDS = 32 };

struct network_card {
	uint8_t max_interfaces;
	bool efa; /* an EFA (or EFA-only) interface may sit on this card */
	double baseline_gbps, peak_gbps;
};

enum { USAGE_ONDEMAND = 1, USAGE_SPOT = 2, USAGE_CAPACITY_BLOCK = 4 };
enum { PLACE_CLUSTER = 1, PLACE_PARTITION = 2, PLACE_SPREAD = 4 };
enum { BOOT_LEGACY_BIOS = 1, BOOT_UEFI = 2 };

/* One EC2 instance type, as DescribeInstanceTypes describes it. Source: EC2 API, InstanceTypeInfo. */
struct instance_type {
	struct str name;
	uint8_t arch; /* ARCH_… bits */
	bool current_generation, bare_metal, burstable, hibernation;
	bool nitro; /* also of bare metal, which has no hypervisor */
	/* Only an older answer of the API describes it: retired, or sold on request alone. */
	bool withdrawn;
	uint16_t vcpus, cores;
	uint8_t threads_per_core; /* default */
	bool smt_can_be_off;	  /* has SMT, and ThreadsPerCore 1 may be asked for */
	struct str
		cores_ok; /* CoreCount values CpuOptions takes, as "2-24/2,48"; empty: not settable */
	uint32_t memory_mib;
	struct accelerator gpu;		 /* .count 0: none */
	struct accelerator neuron;	 /* Inferentia, Trainium; .count 0: none */
	const struct accelerator *other; /* FPGA, media, another maker's; NULL: none */
	uint16_t
		efa_max; /* EFA interfaces at most; 0: no EFA. May be less than the cards that take one (i7ie) */
	bool rdma_read, rdma_write, gpudirect_rdma; /* false also when not known */
	uint8_t ncards;
	const struct network_card *cards; /* ncards of them, at most MAX_NETWORK_CARDS; by index */
	double network_gbps,
		network_base_gbps; /* of the whole instance, peak and baseline; 0 unknown */
	bool ebs_optimized;	   /* default or supported */
	bool ebs_optimized_default;
	uint32_t ebs_base_mbps, ebs_max_mbps; /* Mbit/s */
	uint32_t ebs_base_iops, ebs_max_iops;
	uint16_t
		ebs_volumes; /* attachments at most (with shared limits: of volumes and interfaces) */
	uint16_t disks;	     /* instance store volumes */
	uint32_t disk_gb;    /* of all of them, GB */
	bool disk_nvme;
	uint8_t usage;	   /* USAGE_… bits */
	uint8_t placement; /* PLACE_… bits */
	uint8_t boot;	   /* BOOT_… bits */
};

enum { SERVICE_BATCH = 1, SERVICE_EFS = 2, SERVICE_FSX = 4 };

struct region {
	struct str name, partition, dns_suffix; /* "us-east-1", "aws", "amazonaws.com" */
	struct str long_name;			/* "US East (N. Virginia)" */
	bool opt_in;
	uint8_t services;	 /* SERVICE_… bits: those with an endpoint there */
	const struct str *zones; /* zone ids ("use1-az4") with offerings data, in order */
	size_t nzones;		 /* 0: no offerings data */
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
	/* Without a parameter: accounts, with commas, and name pattern of the vendor's images; else empty. */
	struct str image_owners, image_name;
};

/* What CreateVolume takes for a volume type. 0: may not be set, or no such limit. */
struct ebs_type {
	struct str name;	   /* "gp3" */
	uint32_t min_gib, max_gib; /* size */
	uint32_t min_iops, max_iops;
	bool iops_required;
	uint32_t iops_per_gib;			 /* IOPS at most, for each GiB */
	uint32_t min_throughput, max_throughput; /* MiB/s */
	uint32_t mibps_per_1000_iops;		 /* throughput at most, for each 1000 IOPS */
	bool boot, multi_attach;
	/* What ParallelCluster takes, which is never more than EBS does. */
	uint32_t pcluster_min_gib, pcluster_max_gib, pcluster_max_iops, pcluster_max_throughput;
	uint32_t default_iops, default_throughput; /* what it fills in; 0 nothing */
};

enum lustre_feature {
	LUSTRE_DRA = 1,
	LUSTRE_IMPORT = 2, /* ImportPath, ExportPath, AutoImportPolicy */
	LUSTRE_COMPRESSION = 4,
	LUSTRE_BACKUP = 8,
	LUSTRE_KMS = 16,
	LUSTRE_DRIVE_CACHE = 32,
	LUSTRE_IN_TRANSIT_ENCRYPTION = 64,
	LUSTRE_METADATA = 128,
	LUSTRE_EFA = 256,
	LUSTRE_READ_CACHE = 512,
};

/*
 * One kind of FSx for Lustre file system: rows differ in deployment type, storage type, EFA, and where the
 * capacities depend on it, throughput.
 */
struct lustre {
	struct str deployment, storage; /* "PERSISTENT_2", "SSD" | "HDD" | "INTELLIGENT_TIERING" */
	uint16_t throughput[4];		/* PerUnitStorageThroughput values, ascending */
	uint8_t nthroughput;		/* 0: the property may not be set; else it is required */
	bool efa;			/* the row of file systems with EFA enabled */
	uint32_t sizes[2];		/* capacities in GiB besides the multiples of step */
	uint8_t nsizes;
	uint32_t step;	     /* 0 with no sizes: the capacity may not be set */
	struct str versions; /* Lustre versions, the default first: "2.12,2.15" */
	uint16_t features;   /* LUSTRE_… bits */
};

/* A deployment type of FSx for OpenZFS. */
struct openzfs {
	struct str deployment;	/* "SINGLE_AZ_HA_2" */
	uint16_t throughput[9]; /* values of ThroughputCapacity, MB/s, ascending */
	uint8_t nthroughput;
	uint8_t zones; /* zones that a file system stands in, a subnet in each */
	uint8_t bit;   /* its own bit among those of openzfs-regions.tsv */
};

enum { ENDPOINT_GATEWAY = 1, ENDPOINT_INTERFACE = 2 };
/* Who calls the service from a network without the internet: the words of Endpoints.Preset. */
enum { PRESET_CLUSTER = 1, PRESET_BATCH = 2, PRESET_FARGATE = 4 };

/* A service of AWS that a VPC endpoint reaches: PREFIX.REGION.NAME. */
struct endpoint_service {
	struct str name;	   /* the last part, "ecr.api" */
	uint8_t types;		   /* ENDPOINT_… bits */
	uint8_t presets;	   /* PRESET_… bits */
	bool regional;		   /* false: no region stands in the service name, PREFIX.NAME */
	struct str prefix;	   /* "com.amazonaws"; see facts_endpoint_prefix */
	struct str service_region; /* ServiceRegion of the endpoint, or empty: its own */
	struct str partition;	   /* the only partition that has it, or empty */
	struct str own_prefix;	   /* regions, with commas, where its partition's prefix counts */
};

struct facts; /* the bundled tables, with an overlay when one was loaded */

/* The bundled tables alone. */
const struct facts *facts_bundled(void);
/*
 * The bundled tables with the instance types of `json` laid over: the answer of
 * `aws ec2 describe-instance-types`, one page or the merged pages of the CLI, or a list of such answers.
 * A type of the same name replaces the bundled one whole; in the file the later one counts. NULL after an
 * error (reported: E0021, E0022). Memory is the arena's; `json` is not needed afterwards.
 */
const struct facts *facts_overlay(struct arena *a, struct diags *ds, const struct source *json);

/* "c5n" of "c5n.18xlarge"; the whole of a name without a dot. */
struct str facts_family(struct str type);
/* ARCH_ARM64 or ARCH_X86_64, the architecture that a type boots; of an unknown type what its name tells. */
enum arch facts_arch(const struct facts *f, struct str type);
/* The type called name, or NULL. */
const struct instance_type *facts_instance(const struct facts *f, struct str name);
/* How many types there are, those of an overlay included. */
size_t facts_instance_count(const struct facts *f);
/* In the order of names. */
const struct instance_type *facts_instance_at(const struct facts *f, size_t i);
/* Up to `max` (at most 8) names near a misspelt one, best first; returns how many. */
unsigned facts_instance_near(const struct facts *f, struct str name, struct str *ret, unsigned max);

/* The region called name, or NULL. */
const struct region *facts_region(const struct facts *f, struct str name);
/* Up to `max` (at most 8) region names near a misspelt one, best first; returns how many. */
unsigned facts_region_near(const struct facts *f, struct str name, struct str *ret, unsigned max);
/* The region that has the zone id ("use1-az4"), or NULL. Zone names ("us-east-1a") differ between accounts. */
const struct region *facts_zone_region(const struct facts *f, struct str zone_id);

/* How many zones the region has; 0 where nothing is known of it. */
size_t facts_zone_count(const struct facts *f, struct str region);

enum known { KNOWN_NO, KNOWN_YES, KNOWN_UNKNOWN };
/*
 * Is it a zone of the region, by name ("us-east-1a") or id ("use1-az4")? A name is judged by its region alone,
 * since its letter means another zone in each account. KNOWN_UNKNOWN of an id where nothing is known of the
 * region's zones, and of what looks like neither, such as Local Zones ("us-west-2-lax-1a").
 */
enum known facts_is_zone(const struct facts *f, struct str region, struct str zone);
/* Has it the form of the id of a zone ("use1-az4"), not of a name? */
bool zone_is_id(struct str zone);
/*
 * Is the type offered in the region? KNOWN_UNKNOWN where there is no offerings data for the place, or the
 * type came from an overlay only.
 */
enum known facts_offered(const struct facts *f, struct str type, struct str region);
/* The same of a zone, by its id. */
enum known facts_offered_in_zone(const struct facts *f, struct str type, struct str zone_id);

/* The image of an OS on one architecture, or NULL. */
const struct os_image *facts_image(const struct facts *f, struct str os, enum arch arch);

/* The EBS volume type called name, or NULL. */
const struct ebs_type *facts_ebs(const struct facts *f, struct str name);

/* A script that is published for ParallelCluster: stdlib/facts/public-scripts.tsv. */
struct public_script {
	struct str pattern; /* the last parts of its path, `*` for any one */
	bool works;	    /* whatever the nodes are */
	bool never;	    /* works on none */
	struct str
		needs; /* else what nodes must have: "os:NAMES", "gpu", "Pyxis", "aws", "image" */
	struct str why, cure;
};

/* The public script at this URL or path, or NULL; what stands behind `?` or `#` does not count. */
const struct public_script *facts_script(const struct facts *f, struct str url);

/*
 * Does ParallelCluster not offer the feature ("AWS Batch", "DCV", or a StorageType) in the region? `knows`: the release
 * to judge by, as in schema.h; 0 for any, which the newest answers.
 */
bool facts_lacks(const struct facts *f, struct str region, struct str feature, uint32_t knows);

/*
 * The row for a file system, or NULL when there is no such combination. throughput 0: not set. An empty
 * storage is "SSD", the default of the API.
 */
const struct lustre *facts_lustre(const struct facts *f, struct str deployment, struct str storage,
				  unsigned throughput, bool efa);
/* How many rows there are. */
size_t facts_lustre_count(const struct facts *f);
/* In the order of the table: rows of one deployment type stand together. */
const struct lustre *facts_lustre_at(const struct facts *f, size_t i);
/* May a file system of this kind have this capacity? False for every capacity of an elastic kind. */
bool lustre_capacity_ok(const struct lustre *l, int64_t gib);
/* The nearest capacities at most and at least gib, for "did you mean"; 0 where there is none. */
void lustre_capacity_near(const struct lustre *l, int64_t gib, int64_t *ret_below,
			  int64_t *ret_above);
/*
 * Does the region sell this kind of file system? Scratch has no throughput: give 0. KNOWN_UNKNOWN where the
 * table lacks the region, and for elastic storage. Source: see the date; later tiers are not in it.
 */
enum known facts_lustre_sold(const struct facts *f, const struct lustre *l, unsigned throughput,
			     struct str region);

/* The deployment type of FSx for OpenZFS called so, or NULL. */
const struct openzfs *facts_openzfs(const struct facts *f, struct str deployment);
/* How many there are. */
size_t facts_openzfs_count(const struct facts *f);
/* In the order of names. */
const struct openzfs *facts_openzfs_at(const struct facts *f, size_t i);
/* Is it a value of ThroughputCapacity, MB/s? */
bool openzfs_throughput_ok(const struct openzfs *z, int64_t mbps);
/* The nearest values at most and at least mbps, for "did you mean"; 0 where there is none. */
void openzfs_throughput_near(const struct openzfs *z, int64_t mbps, int64_t *ret_below,
			     int64_t *ret_above);
/* Does the region sell this deployment type? KNOWN_UNKNOWN where the table lacks the region. */
enum known facts_openzfs_sold(const struct facts *f, const struct openzfs *z, struct str region);

/* The endpoint service by the last part of its name, "ecr.api", or NULL. */
const struct endpoint_service *facts_endpoint(const struct facts *f, struct str name);
/* How many there are. */
size_t facts_endpoint_count(const struct facts *f);
/* In the order of names; presets are found by going through them. */
const struct endpoint_service *facts_endpoint_at(const struct facts *f, size_t i);
/*
 * How many interface endpoints these words come to in the region, each service once: words of Endpoints.Preset, of
 * whose services those of the region's partition count, and names of services, known or not. Cost: services times
 * words.
 */
size_t facts_endpoints_named(const struct facts *f, const struct str *words, size_t n,
			     struct str region);
/*
 * Up to `max` (at most 8) names near a misspelt one, best first; returns how many. First come those of which it
 * is the part before a dot: ecr.api and ecr.dkr of "ecr".
 */
unsigned facts_endpoint_near(const struct facts *f, struct str name, struct str *ret, unsigned max);
/* How the service's name begins in the region; as in most of them where the region is not known. */
struct str facts_endpoint_prefix(const struct facts *f, const struct endpoint_service *e,
				 struct str region);

/* Is it a name of the time zone database? */
bool facts_time_zone(const struct facts *f, struct str name);
/* Up to `max` (at most 8) names near one that is none, best first, or with its place: Asia/Tokyo of "tokyo". */
unsigned facts_time_zone_near(const struct facts *f, struct str name, struct str *ret,
			      unsigned max);

/*
 * Does CloudFormation know the resource type in the region? KNOWN_UNKNOWN of types without a row in
 * type-regions.tsv, and where the lists tell nothing of the region.
 */
enum known facts_type_offered(const struct facts *f, struct str type, struct str region);

/* Dates of the tables, "2026-05-01", and where they came from, for --version. */
struct fact_table {
	struct str name, date, source;
	size_t rows;
};
extern const struct fact_table fact_tables[];
extern const size_t fact_tables_n;

#endif

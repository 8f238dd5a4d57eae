/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_fleet.h - which instance types the compute environments of a batch file can start, and what of them a job can
 * have.
 */
#ifndef HPCC_RULES_BATCH_FLEET_H
#define HPCC_RULES_BATCH_FLEET_H

#include "compiler/check/rules/rule.h"
#include "compiler/facts/batch_types.h"
#include "compiler/model/batch.h"

/*
 * A type that an environment can start, and the word of InstanceTypes that stands for it. What EC2 never sells as Spot,
 * or not in the region, is left out where others remain.
 */
struct fleet_type {
	const struct instance_type *type;
	const struct model_string *word;
	bool named; /* the word is the type itself, no family or bundle */
};

struct fleet {
	const struct batch_environment *e;
	const struct fleet_type *types;
	size_t n;
	unsigned archs; /* ARCH_X86_64 and ARCH_ARM64 of its types */
	bool whole;	/* each word of InstanceTypes is known, and there are some */
	bool own_image; /* it has an image that is not one of AWS Batch's */
};

/* Those of all environments, in the order of the view; those of Fargate are empty. */
struct fleets {
	const struct fleet *items;
	const unsigned *
		archs; /* of each queue of the view those of its types; 0 where they are not all known */
	const struct batch_view *view;
	struct span *told; /* the container of JobDefaults, once a finding is about it */
};
/* Reads them, which takes a moment for families: once a rule. */
struct fleets fleets_of(const struct rules *r);
/* The one of an environment of the view. */
const struct fleet *fleet_of(const struct fleets *f, const struct batch_environment *e);

/* What one container needs. */
struct need {
	int64_t vcpus, memory, gpus; /* MiB; what is faulty or absent is 0 */
	uint8_t arch;		     /* ARCH_… bits of which one will do */
	bool spot;		     /* nearest_type(): only what is sold as Spot */
};

/* What a container says; both architectures where it does not say one: batch_fit.c. */
struct need batch_need(const struct container_properties *m);

/* What of a need an instance type does not have. */
enum lack {
	LACKS_ARCH = 1,
	LACKS_VCPUS = 2,
	LACKS_MEMORY = 4,	  /* even by its nominal size */
	LACKS_CERTAIN_MEMORY = 8, /* it may have it: that depends on the kernel */
	LACKS_GPUS = 16,
};
/* Bits of enum lack; `own_image` as above. */
unsigned lacks_of(const struct instance_type *t, const struct need *n, bool own_image);
/*
 * GPUs that jobs can have of the type: those of NVIDIA; with the images of AWS Batch none of types with Graviton.
 * Source: AWS Batch API, Ec2Configuration.imageType.
 */
unsigned job_gpus(const struct instance_type *t, bool own_image);

/*
 * The nearest type that fits for certain and is sold in the region: of a family that is there if any is, then the one
 * with the fewest GPUs, vCPUs and the least memory. NULL where none fits.
 */
const struct instance_type *nearest_type(const struct rules *r, const struct need *n,
					 const struct fleet_type *const *there, size_t nthere);

/*
 * A container of a job, and the environments that it could run in: those of its platform, of Spot not for several
 * nodes.
 */
struct job_place {
	const struct rules *r;
	const struct batch_container *c;
	const struct fleet **fleets; /* of its queues, each once */
	size_t n;
	bool open; /* a queue has an environment that is not in the file */
};
/* Calls `each` for each container of the file; what jobs take over from JobDefaults comes for each of them. */
void each_place(const struct rules *r, const struct fleets *f,
		void (*each)(const struct job_place *p, const struct fleets *f));

/* Was the same told of this container already, for another job? Then not again. */
bool told_of(const struct job_place *p, const struct fleets *f);

/*
 * Tells that a queue among those of a job cannot run it, though others can: a warning where the job names it, else a
 * note. `why` is a sentence without a stop: batch_fit.c.
 */
void batch_queue_unfit(const struct rules *r, const struct batch_job *j,
		       const struct batch_queue *q, struct str why);

/* "`high`", or "its queues" where there are several. */
struct str queues_words(const struct rules *r, const struct batch_job *j);
/* Does the job name its queues, itself or by JobDefaults? */
bool names_queues(const struct batch_job *j);
/* Is each compute environment of the file one of Fargate? What none of them mounts is told once then. */
bool all_on_fargate(const struct rules *r);
/* Does the name of a mount point stand for a storage, a volume of the container, or a disk of each instance? */
bool mount_source_known(const struct rules *r, const struct container_properties *m,
			struct str name);
/* A place for a finding about a whole container. */
struct span container_span(const struct batch_container *c);
/* A place for a finding about a whole job definition: its name. */
struct span job_span(const struct batch_job *j);
/* Do the subnets of the environment surely stand in several zones? Those of the file's own Network are known. */
bool batch_spans_zones(const struct rules *r, const struct compute_environment *m);

#endif

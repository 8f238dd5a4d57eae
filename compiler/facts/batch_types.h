/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_types.h - what the words of InstanceTypes of AWS Batch stand for: types, families and bundles of families.
 *
 * Source: AWS Batch API, ComputeResource.instanceTypes, botocore 1.44.8; user guide, Instance types of a compute
 * environment. Batch picks families of a bundle on its own, and may take newer ones at any time.
 */
#ifndef HPCC_BATCH_TYPES_H
#define HPCC_BATCH_TYPES_H

#include "compiler/facts/facts.h"

enum batch_word {
	BATCH_UNKNOWN, /* nothing that is known */
	BATCH_TYPE,    /* "g5.48xlarge" */
	BATCH_FAMILY,  /* "g5" */
	BATCH_BUNDLE,  /* "optimal", "default_x86_64", "default_arm64" */
};

/* What `word` is. */
enum batch_word batch_word_of(const struct facts *f, struct str word);
/* The families of a bundle with blanks between, "m6i c6i r6i c7i"; empty for what is no bundle. Static. */
struct str batch_bundle(struct str word);
/*
 * Steps over the types that `word` stands for, those that were withdrawn left out of families: start with *it = 0; NULL
 * at the end.
 */
const struct instance_type *batch_next_type(const struct facts *f, struct str word, size_t *it);
/* GPUs that AWS Batch can give to jobs: those of NVIDIA. */
unsigned batch_gpus(const struct instance_type *t);
/* May an instance of what `word` stands for have such GPUs? */
bool batch_word_has_gpus(const struct facts *f, struct str word);
/*
 * Memory for jobs of an instance in MiB. `certain`: what there is for certain; otherwise what there is at most. Between
 * the two it depends on the kernel. Source: AWS Batch user guide, Compute resource memory management.
 */
int64_t batch_memory(const struct instance_type *t, bool certain);

#endif

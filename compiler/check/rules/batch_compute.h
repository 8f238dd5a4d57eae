/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute.h - what the rules about compute environments of a batch file share. */
#ifndef HPCC_RULES_BATCH_COMPUTE_H
#define HPCC_RULES_BATCH_COMPUTE_H

#include "compiler/check/rules/rule.h"
#include "compiler/facts/batch_types.h"
#include "compiler/model/batch.h"

/*
 * Steps over the compute environments of instances, those of workflows too: start with *it = 0; NULL at the end. One
 * whose Type is faulty may be of Fargate and is left out.
 */
const struct batch_environment *next_instances(const struct rules *r, size_t *it);
/* The same, of those of which all words of InstanceTypes are known, and of which there is at least one. */
const struct batch_environment *next_typed_instances(const struct rules *r, size_t *it);

/* A type that a compute environment can start, and the word of InstanceTypes that stands for it. */
struct batch_type {
	const struct model_string *word;
	const struct instance_type *type;
	size_t w, i; /* where the step is */
};

/* Steps over the types of an environment: start with the zero value; false at the end. */
bool next_batch_type(const struct rules *r, const struct batch_environment *e,
		     struct batch_type *it);

/* "SPOT": what Type says, or its default. */
struct str batch_type_text(const struct batch_environment *e);
/* Adds to d where the Type is written, with `words`; nothing where it is the default. */
void label_batch_type(const struct rules *r, struct diag *d, const struct batch_environment *e,
		      const char *words);
/* "the compute environment `gpu`", or that of a workflow; in the arena of the rules. */
struct str environment_words(const struct rules *r, const struct batch_environment *e);

/* ARCH_X86_64 or ARCH_ARM64, that of the first type; 0 where none is known. */
uint8_t batch_arch_of(const struct rules *r, const struct batch_environment *e);
/* Has a type of the environment GPUs for jobs? */
bool batch_has_gpus(const struct rules *r, const struct batch_environment *e);
/* Does it start its instances in a capacity block? */
bool in_block(const struct batch_environment *e);
/* Has it a ServiceRole that is not the one that AWS Batch makes for itself? */
bool has_own_role(const struct batch_environment *e);
/* Has the type GPUs that the drivers of ECS_AL2023_NVIDIA do not know any more? */
bool batch_gpu_is_old(const struct instance_type *t);
/* Is it one that ECS_AL2023 does not run on? */
bool batch_lacks_image(const struct instance_type *t);
/* Is its capacity reserved, so that it is paid for in advance, or may it be, where that is faulty? */
bool is_reserved(const struct batch_environment *e);
/* May jobs of several nodes run in the environment? */
bool runs_multinode(const struct rules *r, const struct batch_environment *e);

#endif

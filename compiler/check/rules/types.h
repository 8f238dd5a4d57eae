/* SPDX-License-Identifier: Apache-2.0 */
/* types.h - what the rules about instance types share. */
#ifndef HPCC_RULES_TYPES_H
#define HPCC_RULES_TYPES_H

#include "compiler/check/rules/rule.h"

/* A compute resource with those of its instance types that the facts know, in the order of the file. */
struct typed_compute {
	struct compute at;
	struct named_type types[MAX_TYPES];
	size_t n; /* 0 where a capacity reservation decides, or no type is known */
};

/* Steps over all compute resources: start with the zero value; false at the end. */
bool next_typed(const struct rules *r, struct typed_compute *it);

/* The type of the head node; .type is NULL where it is absent, faulty or not known. */
struct named_type head_type(const struct rules *r);
/* The type of a login pool, likewise. */
struct named_type pool_type(const struct rules *r, const struct login_pool *p);

/* Does the resource list Instances rather than name one InstanceType? */
bool is_flexible(const struct slurm_compute_resource *c);

/* Are the subnets of the queue in several zones? Two subnets of one queue are never in the same zone. */
bool spans_zones(const struct slurm_queue *q);

/* Does a compute resource of the queue use several network cards? Then EC2 gives it no public address. */
bool has_several_cards(const struct rules *r, const struct slurm_queue *q);

/* Is the type of the head node too small for the system or for remote desktops, as W0407 and W0408 tell? */
bool is_small_head(const struct rules *r, struct str type);

/* A quality that a suggested type must have; `least` is an amount for those that count something. */
typedef bool type_quality(const struct instance_type *t, uint64_t least);

bool is_current(const struct instance_type *t, uint64_t least);	    /* least is not looked at */
bool has_memory_mib(const struct instance_type *t, uint64_t least); /* at least so much */
bool has_efa(const struct instance_type *t, uint64_t least); /* more than `least` interfaces */

/* What a suggested type must be: has(type, least) holds; and how it is praised: "has EFA". */
struct wish {
	uint8_t arch;
	type_quality *has;
	uint64_t least;
	const char *says;
};

/*
 * Adds to d, a finding about the type `like` named at `at`, what to write instead: the type most like it that
 * has the quality, one of the architectures `arch` and a place in the file's Region, and is of the current
 * generation: "`c5n.9xlarge` has EFA". Nothing when there is none.
 * Alike: accelerators or none; then the family, what it is for (the letters it begins with), vCPUs, memory.
 * Ties go by name.
 */
void suggest_type(const struct rules *r, struct diag *d, const struct named_type *like,
		  struct wish wish);

/*
 * Reports a type that the Region, which is known, does not offer: E0406. Types of the current generation still come to
 * new Regions, and some are sold there as capacity blocks alone: of them the table may know too little, so they are a
 * warning, W0448.
 */
void type_offered(const struct rules *r, const struct named_type *n);

/* Is it a Mac, which runs no Linux? Then E0413 says so of the name that stands at this place. The type may be NULL. */
bool type_is_mac(const struct rules *r, const struct instance_type *type, struct str name,
		 struct span at);

/* "x86_64", "arm64"; static. */
struct str arch_word(uint8_t arch);
/* "0.5 GiB", "384 GiB"; in the arena of the rules. */
struct str memory_text(const struct rules *r, uint64_t mib);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * effective.h - what holds in the end where a file may say it at two levels.
 *
 * A queue sets what its compute resources inherit; a node kind may override what the cluster sets. Checks and
 * lowering both ask here, so that they cannot disagree.
 */
#ifndef HPCC_EFFECTIVE_H
#define HPCC_EFFECTIVE_H

#include "model.h" /* generated from stdlib/schema */

enum placement_kind {
	PLACEMENT_NONE,	   /* nothing said: no placement group */
	PLACEMENT_OFF,	   /* Enabled: false, explicitly */
	PLACEMENT_MANAGED, /* a group made for this compute resource */
	PLACEMENT_NAMED,   /* an existing group, by Name or Id */
};

/* The placement group of a compute resource. */
struct placement {
	enum placement_kind kind;
	struct str name; /* PLACEMENT_NAMED */
	/* The section that decided, that of the resource or of the queue; never NULL. */
	const struct placement_group *from;
};

/*
 * A section written at the compute resource wins as a whole over the queue's, even when it says nothing;
 * inside, Name goes before Id before Enabled. Source: ParallelCluster user guide, PlacementGroup.
 */
struct placement effective_placement(const struct slurm_queue *q,
				     const struct slurm_compute_resource *r);

/* The capacity reservation section that holds for a compute resource: its own as a whole, else the queue's. */
const struct capacity_reservation_target *
effective_reservation(const struct slurm_queue *q, const struct slurm_compute_resource *r);

/*
 * Is it the key of a tag by which the cluster finds its own nodes? Those of the file never hold. IAM compares the keys
 * of tags without regard to case. Source: IAM user guide, aws:ResourceTag.
 */
bool is_own_tag(struct str key);

/* Number of different subnets a queue names, counted with memory from `a`. */
size_t distinct_subnets(struct arena *a, const struct slurm_queue *q);
/* Does a queue name more than one? That means several availability zones. */
bool has_several_subnets(const struct slurm_queue *q);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * effective.h - what a file says in the end, where it may say it at two levels or not at all.
 *
 * A queue sets what its compute resources inherit. Checks and lowering both ask here, so that they cannot disagree. The
 * lowering sees no faulty file, and so none of the answers …_FAULTY.
 */
#ifndef HPCC_EFFECTIVE_H
#define HPCC_EFFECTIVE_H

#include "compiler/model/each.h"

enum placement_kind {
	PLACEMENT_NONE,	   /* nothing said: no placement group */
	PLACEMENT_OFF,	   /* Enabled: false, explicitly */
	PLACEMENT_MANAGED, /* a group made for this compute resource */
	PLACEMENT_NAMED,   /* an existing group, by Name or Id */
	PLACEMENT_FAULTY,  /* not known, for what would say it is reported already */
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
struct placement effective_placement(const struct compute *c);

/* Are the nodes placed in a group? */
bool is_placed(struct placement p);

enum reservation_kind {
	RESERVATION_NONE,
	RESERVATION_TARGET, /* one, or a group of them */
	RESERVATION_FAULTY, /* not known, for what says it is reported already */
};

/* The capacity reservation that the nodes of a compute resource start in. */
struct reservation {
	enum reservation_kind kind;
	/* The section that decided, that of the resource or of the queue; never NULL. */
	const struct capacity_reservation_target *from;
};

/* What the section at the compute resource says as a whole, else that of the queue. */
struct reservation effective_reservation(const struct compute *c);

enum efa_use { EFA_OFF, EFA_ON, EFA_FAULTY };
/* Whether the resource asks for EFA; EFA_FAULTY where what it says is reported already. */
enum efa_use efa_of(const struct slurm_compute_resource *r);
/* Does some compute resource of the queue have EFA on? */
bool queue_uses_efa(const struct slurm_queue *q);

/* How the instances of the queue are bought, with the default filled in. */
enum slurm_queue_capacity_type capacity_of(const struct slurm_queue *q);

/* Do the nodes of the resource start in a capacity block whose id is written? */
bool in_capacity_block(const struct compute *c);

/* Are the GPUs of the resource checked before each job? What it says goes before what its queue says. */
bool checks_gpus(const struct compute *c);

/*
 * Do the nodes of a compute resource come by CreateFleet, for it chooses among instance types or subnets? RunInstances
 * takes one type and one subnet.
 */
bool launches_fleet(const struct compute *c);

/* A MountDir as nodes see it: with the leading slash that may be left out. */
struct str mount_dir(struct arena *a, struct str written);

/*
 * Is it the key of a tag by which the cluster finds its own nodes? Those of the file never hold. IAM compares the keys
 * of tags without regard to case. Source: IAM user guide, aws:ResourceTag.
 */
bool is_own_tag(struct str key);

/* Number of different subnets a queue names, counted with memory from `a`. */
size_t distinct_subnets(struct arena *a, const struct slurm_queue *q);
/* Are its subnets a list that a deployment gives? */
bool leaves_subnets_open(const struct slurm_queue *q);
/* Does a queue name more than one? That means several availability zones. */
bool has_several_subnets(const struct slurm_queue *q);

#endif

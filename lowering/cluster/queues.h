/* SPDX-License-Identifier: Apache-2.0 */
/* queues.h - one compute resource at its launch, between queues.c and launch_template.c. */
#ifndef HPCC_CLUSTER_QUEUES_H
#define HPCC_CLUSTER_QUEUES_H

#include "lowering/cluster/cluster.h"

/* What is launched of one compute resource, and how. */
struct launch {
	struct lowering *l;
	struct compute at;
	struct str type_name; /* the first instance type, which the launch template names */
	/* what all types of the resource have that the facts know, or NULL; see common_type */
	const struct instance_type *type;
};

/*
 * What an instance of a compute resource has whichever of its types it comes from: network cards, interfaces for
 * EFA, EBS optimization. A fleet starts all types from one launch template, and EC2 refuses a launch that asks for
 * more than the type has. `disks` counts the disks to be mapped, the most of any type: a mapping of more than an
 * instance has does no harm, for ParallelCluster maps 24 on every type. Other members are those of one type. NULL
 * where the facts know none. Memory is l->a's or the facts'.
 */
const struct instance_type *common_type(struct lowering *l, const struct slurm_compute_resource *r);

/* A logical id of the compute resource: prefix, queue, compute resource. */
struct str compute_id(const struct launch *c, const char *prefix);
/* Adds the launch template (and a managed placement group) of a compute resource; returns its logical id. */
struct str launch_template_add(struct launch *c);

#endif

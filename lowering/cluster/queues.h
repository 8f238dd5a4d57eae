/* SPDX-License-Identifier: Apache-2.0 */
/* queues.h - one compute resource at its launch, between queues.c and launch_template.c. */
#ifndef HPCC_CLUSTER_QUEUES_H
#define HPCC_CLUSTER_QUEUES_H

#include "lowering/cluster/cluster.h"

/* What is launched of one compute resource, and how. */
struct launch {
	struct lowering *l;
	struct compute at;
	struct str type_name; /* the first instance type */
	unsigned cards;	      /* network cards of that type */
};

/* A logical id of the compute resource: prefix, queue, compute resource. */
struct str compute_id(const struct launch *c, const char *prefix);
/* Adds the launch template (and a managed placement group) of a compute resource; returns its logical id. */
struct str launch_template_add(struct launch *c);

#endif

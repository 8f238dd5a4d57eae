/* SPDX-License-Identifier: Apache-2.0 */
/* each.h - loops over a model: each is written once, for checks and lowering alike. */
#ifndef HPCC_EACH_H
#define HPCC_EACH_H

#include "model.h" /* generated from stdlib/schema */

/* One compute resource of a Slurm cluster and its queue. */
struct compute {
	const struct slurm_queue *queue;
	const struct slurm_compute_resource *resource;
	size_t q, r; /* indices */
};

/* Steps over all compute resources in the order of the file: start with (struct compute){0}; false at the end. */
bool next_compute(const struct cluster *c, struct compute *it);

#endif

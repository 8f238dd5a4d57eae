/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slurm_conf.h - the parts of slurm.conf that depend on the cluster file.
 *
 * templates/slurm/slurm/slurm.conf holds what is the same for all clusters and includes these texts last.
 * Each function depends on the model and the facts only, so the same texts can be printed without a stack.
 * Nodes are called <queue>-st-<resource>-<n> when they always run and <queue>-dy-<resource>-<n> when they
 * come with load; n counts from 1. An unknown instance type is left out of the figures.
 * Texts are the arena's; every line ends in a newline.
 */
#ifndef HPCC_SLURM_CONF_H
#define HPCC_SLURM_CONF_H

#include "compiler/base/buf.h"
#include "compiler/facts/facts.h"
#include "compiler/model/effective.h"

/* Do all nodes of the resource have GPUs that gres.conf names: NVIDIA's, by the facts? */
bool slurm_has_gpus(const struct facts *f, const struct slurm_compute_resource *cr);

/* Appends the value of a setting (pattern slurm_value) so that Slurm reads exactly that, and what follows as before. */
void slurm_add_value(struct buf *b, struct str value);

/* hpcc_nodes.conf: nodes, node sets, partitions; the first queue is the default partition. */
struct str slurm_conf_nodes(struct arena *a, const struct facts *f, const struct cluster *c);
/* gres.conf: device files of the GPUs; without GPUs one comment line, for the file must be there. */
struct str slurm_conf_gres(struct arena *a, const struct facts *f, const struct cluster *c);

enum { SLURM_CONF_FILES = 6 };

struct slurm_conf_file {
	const char *name; /* "gres.conf" */
	struct str text;
};

/*
 * hpcc_settings.conf, hpcc_nodes.conf, gres.conf, cgroup.conf, custom.conf, slurmdbd.conf; those that are empty
 * for this cluster are left out. Returns how many of ret are filled.
 */
size_t slurm_conf_files(struct arena *a, const struct facts *f, const struct cluster *c,
			struct slurm_conf_file ret[SLURM_CONF_FILES]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slurm_conf.h - the parts of slurm.conf that depend on the cluster file.
 *
 * templates/core/slurm/slurm.conf holds what is the same for all clusters and includes these texts last.
 * Each function depends on the model and the facts only, so the same texts can be printed without a stack.
 * Nodes are called <queue>-st-<resource>-<n> when they always run and <queue>-dy-<resource>-<n> when they
 * come with load; n counts from 1. An unknown instance type is left out of the figures.
 * Texts are the arena's; every line ends in a newline.
 */
#ifndef HPCC_SLURM_CONF_H
#define HPCC_SLURM_CONF_H

#include "compiler/base/buf.h"
#include "compiler/facts/facts.h"
#include "model.h"

/* What Slurm is told of one node of a compute resource: what all its instance types have at least. */
struct node_shape {
	uint32_t cpus, cores, threads; /* cpus = cores * threads */
	uint32_t memory_mib;	       /* RealMemory */
	uint32_t gpus;		       /* NVIDIA GPUs only: others have no Slurm device file rule */
	struct str gpu_type;	       /* "h100"; empty when types differ */
};

/*
 * The shape of the nodes of cr. Threads are 1 when SMT is off. Memory is SchedulableMemory, or 95 % of the
 * smallest type's: the kernel keeps the rest. cpus is 0 when no type is known.
 */
struct node_shape node_shape(struct arena *a, const struct facts *f,
			     const struct slurm_compute_resource *cr);

/* "q1-st-cr1-[1-2]", or empty without such nodes. */
struct str slurm_static_nodes(struct arena *a, const struct slurm_queue *q,
			      const struct slurm_compute_resource *cr);
/* "q1-dy-cr1-[1-8]", or empty without such nodes. */
struct str slurm_dynamic_nodes(struct arena *a, const struct slurm_queue *q,
			       const struct slurm_compute_resource *cr);

/* Are the GPUs of the resource checked before each job? What it says goes before what its queue says. */
bool slurm_checks_gpus(const struct slurm_queue *q, const struct slurm_compute_resource *cr);

/* Appends a setting's value as one line: a line break in it would smuggle in another setting. */
void slurm_add_value(struct buf *b, struct str value);

/* hpcc_settings.conf: times, selection of resources, check of GPUs, accounting. */
struct str slurm_conf_settings(struct arena *a, const struct cluster *c);
/* hpcc_nodes.conf: nodes, node sets, partitions; the first queue is the default partition. */
struct str slurm_conf_nodes(struct arena *a, const struct facts *f, const struct cluster *c);
/* gres.conf: device files of the GPUs; without GPUs one comment line, for the file must be there. */
struct str slurm_conf_gres(struct arena *a, const struct facts *f, const struct cluster *c);
/* cgroup.conf. */
struct str slurm_conf_cgroup(struct arena *a, const struct cluster *c);
/* custom.conf: CustomSlurmSettings of the cluster, one mapping a line; empty without any. */
struct str slurm_conf_custom(struct arena *a, const struct cluster *c);
/*
 * slurmdbd.conf but for StoragePass, which the head node appends, and with @CLUSTER_DB@ where
 * DatabaseName is absent. Empty without SlurmSettings.Database.
 */
struct str slurm_conf_dbd(struct arena *a, const struct cluster *c);

enum { SLURM_CONF_FILES = 6 };

struct slurm_conf_file {
	const char *name; /* "gres.conf" */
	struct str text;
};

/*
 * All of the files above, in the order in which they are told here; those that are empty for this cluster
 * are left out. Returns how many of ret are filled.
 */
size_t slurm_conf_files(struct arena *a, const struct facts *f, const struct cluster *c,
			struct slurm_conf_file ret[SLURM_CONF_FILES]);

#endif

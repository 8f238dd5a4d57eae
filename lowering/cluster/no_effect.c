/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_effect.c - properties that steer ParallelCluster's own parts, which a cluster of ours does not have.
 *
 * They are read and checked, so that a file needs no edit; a note at each says that nothing comes of it.
 * doc/differences.md lists the same properties.
 */
#include "lowering/cluster/cluster.h"

/* Why nothing comes of a property: one row of each table below. */
struct without_effect {
	const struct field_at *at;
	const char *name, *why;
};

static void note(struct stack *st, const struct without_effect *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct diag *d;

		if (!is_written(rows[i].at))
			continue;
		d = diag_no_effect_here(st->ds, rows[i].at->key, str_c(rows[i].name));
		diag_note(st->ds, d, "%s", rows[i].why);
	}
}

static void of_cluster(struct lowering *l)
{
	const struct cluster *c = l->c;
	const struct dev_settings *d = &c->dev_settings;
	const struct without_effect rows[] = {
		{&c->at.custom_s3_bucket, "CustomS3Bucket", "nothing is put into a bucket"},
		{&c->at.additional_packages, "AdditionalPackages",
		 "Intel's HPC platform is not installed"},
		{&d->at.cookbook, "Cookbook", "nodes run no Chef recipes"},
		{&d->at.node_package, "NodePackage", "nodes run none of ParallelCluster's daemons"},
		{&d->at.cluster_template, "ClusterTemplate", "the template is made by hpcc"},
		{&d->at.ami_search_filters, "AmiSearchFilters",
		 "images are the distribution's own; CustomAmi names another"},
		{&d->at.instance_types_data, "InstanceTypesData",
		 "newer instance types are given with --catalog"},
		{&d->at.compute_startup_time_metric_enabled, "ComputeStartupTimeMetricEnabled",
		 "nodes report no such metric"},
		{&d->timeouts.at.compute_instance_info_timeout, "ComputeInstanceInfoTimeout",
		 "the answer to a launch names its instances"},
	};

	note(&l->st, rows, ARRAY_LEN(rows));
}

static void of_resource(struct stack *st, const struct slurm_compute_resource *r)
{
	const struct without_effect rows[] = {
		{&r->efa.at.gdr_support, "GdrSupport", "GPUDirect RDMA needs no switch any more"},
	};

	note(st, rows, ARRAY_LEN(rows));
}

void pass_no_effect(struct lowering *l)
{
	struct compute it = {0};

	of_cluster(l);
	while (next_compute(l->c, &it))
		of_resource(&l->st, it.resource);
}

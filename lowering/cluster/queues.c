/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queues.c - the compute resources of all queues, each a launch template.
 *
 * There is no Auto Scaling group: Slurm decides which node starts, and the head launches it. What makes one
 * compute resource differ from another is in launch_template.c.
 */
#include "lowering/cluster/queues.h"

struct str compute_id(const struct compute *c, const char *prefix)
{
	const struct slurm_queue *q = &c->l->c->scheduling.slurm_queues.items[c->queue];
	const struct str names[] = {q->name, q->compute_resources.items[c->resource].name};

	return ir_unique_id(c->l->g, prefix, names, ARRAY_LEN(names));
}

/* A fleet takes interfaces from its launch template alone, and that is ours. */
static bool can_override(struct lowering *l, const struct slurm_queue *q,
			 const struct slurm_compute_resource *r)
{
	if (r->launch_template_overrides.launch_template_id.n == 0 ||
	    (r->instances.n <= 1 && q->networking.subnet_ids.n <= 1))
		return true;
	diag_not_yet_lowered(l->ds, r->launch_template_overrides.section.key,
			     STR("LaunchTemplateOverrides with several instance types or subnets"));
	return false;
}

static void lower_resource(struct lowering *l, size_t queue, size_t resource)
{
	const struct slurm_queue *q = &l->c->scheduling.slurm_queues.items[queue];
	const struct slurm_compute_resource *r = &q->compute_resources.items[resource];
	struct compute c = {l, queue, resource, compute_type_name(r), common_type(l, r)};

	if (c.type_name.n == 0) {
		struct diag *d = diag_no_instance_type(l->ds, r->section.span, r->name);

		diag_note(l->ds, d, "the type of a capacity reservation is known to EC2 only");
		diag_help(l->ds, d, "write the type of the reservation as InstanceType");
		return;
	}
	if (!can_override(l, q, r))
		return;
	l->queues[queue].launch_templates[resource] = launch_template_add(&c);
}

void pass_queues(struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++) {
		size_t n = queues->items[i].compute_resources.n;

		l->queues[i].launch_templates = NEW_ARRAY(l->a, struct str, n);
		for (size_t k = 0; k < n; k++)
			lower_resource(l, i, k);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queues.c - the compute resources of all queues, each a launch template.
 *
 * There is no Auto Scaling group: Slurm decides which node starts, and the head launches it. What makes one
 * compute resource differ from another is in launch_template.c.
 */
#include "lowering/cluster/queues.h"

struct str compute_id(const struct launch *c, const char *prefix)
{
	const struct str names[] = {c->at.queue->name, c->at.resource->name};

	return ir_unique_id(c->l->st.g, prefix, names, ARRAY_LEN(names));
}

/* A fleet takes interfaces from its launch template alone, and that is ours. */
static bool can_override(struct stack *st, const struct compute *c)
{
	const struct slurm_compute_resource *r = c->resource;

	if (r->launch_template_overrides.launch_template_id.n == 0 || !launches_fleet(c))
		return true;
	diag_not_yet_lowered(st->ds, r->launch_template_overrides.section.key,
			     STR("LaunchTemplateOverrides with several instance types or subnets"));
	return false;
}

static void lower_resource(struct lowering *l, const struct compute *at)
{
	const struct slurm_compute_resource *r = at->resource;
	struct launch c = {l, *at, compute_type_name(r), common_type(l, r)};

	if (c.type_name.n == 0) {
		struct diag *d = diag_no_instance_type(l->st.ds, r->section.span, r->name);

		diag_note(l->st.ds, d, "the type of a capacity reservation is known to EC2 only");
		diag_help(l->st.ds, d, "write the type of the reservation as InstanceType");
		return;
	}
	if (can_override(&l->st, at))
		l->queues[at->q].launch_templates[at->r] = launch_template_add(&c);
}

void pass_queues(struct lowering *l)
{
	const struct slurm_queue_list *queues = &l->c->scheduling.slurm_queues;
	struct compute it = {0};

	for (size_t i = 0; i < queues->n; i++)
		l->queues[i].launch_templates =
			NEW_ARRAY(l->st.a, struct str, queues->items[i].compute_resources.n);
	while (next_compute(l->c, &it))
		lower_resource(l, &it);
}

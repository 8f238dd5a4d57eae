/* SPDX-License-Identifier: Apache-2.0 */
/* common.c - what several passes ask of the model. */
#include "lowering/cluster/cluster.h"

bool is_awsbatch(const struct cluster *c)
{
	return c->scheduling.scheduler == SCHEDULING_SCHEDULER_AWSBATCH;
}

size_t queue_count(const struct cluster *c)
{
	return is_awsbatch(c) ? c->scheduling.aws_batch_queues.n : c->scheduling.slurm_queues.n;
}

struct queue_place queue_place(const struct cluster *c, size_t i)
{
	const struct aws_batch_queue_networking *b;
	const struct slurm_queue_networking *s;

	if (is_awsbatch(c)) {
		b = &c->scheduling.aws_batch_queues.items[i].networking;
		return (struct queue_place){&b->subnet_ids, &b->security_groups,
					    &b->additional_security_groups};
	}
	s = &c->scheduling.slurm_queues.items[i].networking;
	return (struct queue_place){&s->subnet_ids, &s->security_groups,
				    &s->additional_security_groups};
}

struct str compute_type_name(const struct slurm_compute_resource *r)
{
	if (r->instance_type.n > 0)
		return r->instance_type;
	return r->instances.n > 0 ? r->instances.items[0].instance_type : STR("");
}

bool launches_fleets(const struct lowering *l)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (launches_fleet(&it))
			return true;
	return false;
}

bool has_capacity_blocks(const struct lowering *l)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (in_capacity_block(&it))
			return true;
	return false;
}

bool overrides_interfaces(const struct lowering *l)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (it.resource->launch_template_overrides.launch_template_id.n > 0)
			return true;
	return false;
}

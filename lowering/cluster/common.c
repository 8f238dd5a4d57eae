/* SPDX-License-Identifier: Apache-2.0 */
/* common.c - what several passes ask of the model. */
#include "lowering/cluster/cluster.h"

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

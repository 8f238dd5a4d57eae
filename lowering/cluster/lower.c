/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - runs the passes of passes.def over one cluster. */
#include "lowering/lower.h"

#include "lowering/cluster/cluster.h"

typedef void pass_function(struct lowering *l);

static pass_function *const passes[] = {
#define PASS(name, needs, gives) pass_##name,
#include "lowering/cluster/passes.def"
#undef PASS
};

/* False, and reported, for clusters that can be checked only. */
static bool can_lower(struct diags *ds, const struct cluster *c)
{
	const struct scheduling *s = &c->scheduling;

	if (s->scheduler == SCHEDULING_SCHEDULER_SLURM)
		return true;
	diag_not_yet_lowered(ds, s->at.scheduler.value,
			     STR("a cluster with the scheduler awsbatch"));
	return false;
}

const struct ir *lower_cluster(struct arena *a, struct diags *ds, const struct cluster *c,
			       const struct facts *facts)
{
	struct lowering l = {.a = a, .ds = ds, .c = c, .facts = facts};
	unsigned errors = ds->errors;

	if (!can_lower(ds, c))
		return NULL;
	l.g = ir_new(a);
	l.g->description = STR("HPC cluster made by hpcc " HPCC_VERSION);
	l.queues = NEW_ARRAY(a, struct lowered_queue, c->scheduling.slurm_queues.n);
	l.pools = NEW_ARRAY(a, struct lowered_pool, c->login_nodes.pools.n);
	for (size_t i = 0; i < ARRAY_LEN(passes); i++) {
		passes[i](&l);
		if (ds->errors > errors)
			return NULL;
	}
	ir_verify(l.g, ds);
	return ds->errors > errors ? NULL : l.g;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* each.c - loops over a model. */
#include "compiler/model/each.h"

bool next_compute(const struct cluster *c, struct compute *it)
{
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;
	size_t q = it->q, i = it->resource == NULL ? 0 : it->r + 1;

	while (q < queues->n && i >= queues->items[q].compute_resources.n) {
		q++;
		i = 0;
	}
	if (q >= queues->n)
		return false;
	*it = (struct compute){&queues->items[q], &queues->items[q].compute_resources.items[i], q,
			       i};
	return true;
}

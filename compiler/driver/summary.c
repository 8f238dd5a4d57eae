/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - one line about a stack: what it may grow to, and how large its template is. */
#include "compiler/base/shown.h"
#include "compiler/driver/driver.h"
#include "compiler/model/effective.h"

#include <inttypes.h>

/* What the queues of a cluster add up to when all are full. */
struct totals {
	int64_t nodes, always, vcpus, gpus, efa_nodes;
};

/* The largest of the types that a compute resource may start, by vCPUs; NULL when none is known. */
static const struct instance_type *largest_type(const struct facts *f,
						const struct slurm_compute_resource *r)
{
	const struct instance_type *best = facts_instance(f, r->instance_type);

	for (size_t i = 0; i < r->instances.n; i++) {
		const struct instance_type *t =
			facts_instance(f, r->instances.items[i].instance_type);

		if (t != NULL && (best == NULL || t->vcpus > best->vcpus))
			best = t;
	}
	return best;
}

static void add_resource(const struct facts *f, const struct slurm_compute_resource *r,
			 struct totals *t)
{
	const struct instance_type *type = largest_type(f, r);

	t->nodes += r->max_count;
	t->always += r->min_count;
	if (efa_of(r) == EFA_ON)
		t->efa_nodes += r->max_count;
	if (type == NULL)
		return;
	t->vcpus +=
		r->max_count * (r->disable_simultaneous_multithreading ? type->cores : type->vcpus);
	t->gpus += r->max_count * type->gpu.count;
}

static struct totals add_up(const struct facts *f, const struct cluster *c)
{
	struct totals t = {0};
	struct compute it = {0};

	while (next_compute(c, &it))
		add_resource(f, it.resource, &t);
	return t;
}

static void storage(struct buf *b, const struct cluster *c)
{
	for (size_t i = 0; i < c->shared_storage.n; i++) {
		const struct shared_storage *s = &c->shared_storage.items[i];

		buf_fmt(b, "%s" STR_F " on " STR_F, i == 0 ? "; storage " : ", ",
			STR_A(shown_line(b->a, span_text(s->at.storage_type.value))),
			STR_A(shown_line(b->a, s->mount_dir)));
	}
}

struct str summary_line(struct arena *a, const struct facts *facts, const struct compilation *c,
			size_t template_bytes)
{
	struct totals t = add_up(facts, c->model);
	size_t queues = c->model->scheduling.slurm_queues.n;
	struct buf b = buf_in(a);

	buf_fmt(&b, STR_F ": %zu %s, %" PRId64 " to %" PRId64 " nodes, at most %" PRId64 " vCPUs",
		STR_A(shown_line(a, c->src->name)), queues, queues == 1 ? "queue" : "queues",
		t.always, t.nodes, t.vcpus);
	if (t.gpus > 0)
		buf_fmt(&b, " and %" PRId64 " GPUs", t.gpus);
	if (t.efa_nodes > 0)
		buf_fmt(&b, ", EFA on %" PRId64, t.efa_nodes);
	storage(&b, c->model);
	buf_fmt(&b, "; %zu resources, %zu bytes%s\n", c->graph->resources.n, template_bytes,
		template_bytes > CFN_DIRECT_LIMIT ? " (over 51200: deploying needs a bucket)" : "");
	return buf_str(&b);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_names.c - every node has a name of its own.
 *
 * Nodes are called QUEUE-st-RESOURCE-N where they are static, QUEUE-dy-RESOURCE-N where not, and all of these parts may
 * hold dashes: the queue `a` with the resource `b-st-c` and the queue `a-st-b` with `c` both have `a-st-b-st-c-1`.
 */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"

/* Only a queue with a mark in its name can have the names of another. */
static bool has_mark(struct str name)
{
	return str_find_str(name, STR("-st-"), 0) != SIZE_MAX ||
	       str_find_str(name, STR("-dy-"), 0) != SIZE_MAX;
}

static bool some_queue_has_mark(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++)
		if (has_mark(queues->items[i].name))
			return true;
	return false;
}

static bool same_compute(const struct compute *a, const struct compute *b)
{
	return str_eq(a->queue->name, b->queue->name) &&
	       str_eq(a->resource->name, b->resource->name);
}

/* Takes the names that begin with `begin` for `it`; reports when they are taken. */
static void take(const struct rules *r, struct map *taken, struct str begin,
		 const struct compute *it)
{
	const struct compute *first = map_get(taken, begin);
	struct diag *d;

	if (first == NULL) {
		map_put(taken, r->a, begin, it);
		return;
	}
	if (same_compute(first, it)) /* said already: names must be unique */
		return;
	d = diag_same_node_names(r->ds, VALUE_AT(it->resource, name), it->resource->name,
				 first->resource->name, begin);
	diag_label(r->ds, d, VALUE_AT(first->resource, name), "the other one");
	diag_note(r->ds, d,
		  "nodes are called QUEUE-st-RESOURCE-N, those that come and go "
		  "QUEUE-dy-RESOURCE-N");
	diag_help(r->ds, d, "rename one of the queues or compute resources");
}

void rule_node_names_distinct(const struct rules *r)
{
	struct compute it = {0};
	struct map taken = {0};

	if (!some_queue_has_mark(r))
		return;
	while (next_compute(r, &it)) {
		const struct slurm_compute_resource *c = it.resource;
		struct compute *kept = NEW(r->a, struct compute);

		if (!WRITTEN(it.queue, name) || !WRITTEN(c, name) || !USABLE(c, min_count) ||
		    !USABLE(c, max_count))
			continue;
		*kept = it;
		if (c->min_count > 0)
			take(r, &taken,
			     arena_fmt(r->a, STR_F "-st-" STR_F, STR_A(it.queue->name),
				       STR_A(c->name)),
			     kept);
		if (c->max_count > c->min_count)
			take(r, &taken,
			     arena_fmt(r->a, STR_F "-dy-" STR_F, STR_A(it.queue->name),
				       STR_A(c->name)),
			     kept);
	}
}

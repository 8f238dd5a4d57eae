/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_names.c - every node has a name of its own.
 *
 * Nodes are called QUEUE-st-RESOURCE-N where they are static, QUEUE-dy-RESOURCE-N where not, and all of these parts may
 * hold dashes: the queue `a` with the resource `b-st-c` and the queue `a-st-b` with `c` both have `a-st-b-st-c-1`.
 *
 * That one of the two has no such nodes as yet does not help: what starts the other's finds queue and resource by the
 * name alone.
 */
#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"

/* Only a queue with a mark in its name, or at its end, can have the names of another. */
static bool has_mark(struct str name)
{
	return str_find_str(name, STR("-st-"), 0) != SIZE_MAX ||
	       str_find_str(name, STR("-dy-"), 0) != SIZE_MAX || str_ends(name, STR("-st")) ||
	       str_ends(name, STR("-dy"));
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

/* Names that a compute resource has, or could have with other counts. */
struct names {
	struct compute of;
	bool used;
};

/* Takes the names that begin with `begin`; reports when they are taken and somebody uses them. */
static void take(const struct rules *r, struct map *taken, struct str begin,
		 const struct names *names)
{
	const struct names *first = map_get(taken, begin);
	const struct compute *it = &names->of;
	const struct names *idle;
	struct diag *d;

	if (first == NULL) {
		map_put(taken, r->a, begin, names);
		return;
	}
	if (same_compute(&first->of, it)) /* said already: names must be unique */
		return;
	if (!first->used && !names->used)
		return;
	idle = !first->used ? first : !names->used ? names : NULL;
	d = diag_same_node_names(r->ds, VALUE_AT(it->resource, name), it->resource->name,
				 first->of.resource->name, idle == NULL ? "give" : "could give",
				 begin);
	diag_label(r->ds, d, VALUE_AT(first->of.resource, name), "the other one");
	diag_note(r->ds, d,
		  "nodes are called QUEUE-st-RESOURCE-N, those that come and go "
		  "QUEUE-dy-RESOURCE-N");
	if (idle != NULL)
		diag_note(r->ds, d,
			  "`" STR_F "` has no such nodes with these counts, but the name alone "
			  "tells what to start",
			  STR_A(idle->of.resource->name));
	diag_help(r->ds, d, "rename one of the queues or compute resources");
}

static void take_both(const struct rules *r, struct map *taken, const struct compute *it)
{
	const struct slurm_compute_resource *c = it->resource;
	const bool used[] = {c->min_count > 0, c->max_count > c->min_count};
	static const char *const marks[] = {"st", "dy"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		struct names *names = NEW(r->a, struct names);

		*names = (struct names){*it, used[i]};
		take(r, taken,
		     arena_fmt(r->a, STR_F "-%s-" STR_F, STR_A(it->queue->name), marks[i],
			       STR_A(c->name)),
		     names);
	}
}

void rule_node_names_distinct(const struct rules *r)
{
	struct compute it = {0};
	struct map taken = {0};

	if (!some_queue_has_mark(r))
		return;
	while (next_compute(r->c, &it))
		if (WRITTEN(it.queue, name) && WRITTEN(it.resource, name) &&
		    USABLE(it.resource, min_count) && USABLE(it.resource, max_count))
			take_both(r, &taken, &it);
}

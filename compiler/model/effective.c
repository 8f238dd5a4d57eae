/* SPDX-License-Identifier: Apache-2.0 */
/* effective.c - what holds in the end where a file may say it at two levels. */
#include "compiler/model/effective.h"

#include "compiler/base/map.h"

struct placement effective_placement(const struct slurm_queue *q,
				     const struct slurm_compute_resource *r)
{
	const struct placement_group *p = &r->networking.placement_group;
	struct placement e = {.kind = PLACEMENT_NONE};

	if (!p->section.written)
		p = &q->networking.placement_group;
	e.from = p;
	if (is_written(&p->at.name) || is_written(&p->at.id)) {
		e.kind = PLACEMENT_NAMED;
		e.name = is_written(&p->at.name) ? p->name : p->id;
	} else if (is_written(&p->at.enabled)) {
		e.kind = p->enabled ? PLACEMENT_MANAGED : PLACEMENT_OFF;
	}
	return e;
}

const struct capacity_reservation_target *
effective_reservation(const struct slurm_queue *q, const struct slurm_compute_resource *r)
{
	return r->capacity_reservation_target.section.written ? &r->capacity_reservation_target
							      : &q->capacity_reservation_target;
}

bool is_own_tag(struct str key)
{
	return str_eq_nocase(str_slice(key, 0, 5), STR("hpcc:"));
}

size_t distinct_subnets(struct arena *a, const struct slurm_queue *q)
{
	const struct model_strings *s = &q->networking.subnet_ids;
	struct map seen = {0};

	for (size_t i = 0; i < s->n; i++)
		map_put(&seen, a, s->items[i].text, s);
	return seen.n;
}

/* A subnet that is named twice is an error, so a queue with more equal ones than this is refused anyway. */
enum { MOST_EQUAL = 32 };

bool has_several_subnets(const struct slurm_queue *q)
{
	const struct model_strings *s = &q->networking.subnet_ids;

	/* Asked for each compute resource: a long list must not cost its length each time. */
	for (size_t i = 1; i < s->n && i < MOST_EQUAL; i++)
		if (!str_eq(s->items[i].text, s->items[0].text))
			return true;
	return false;
}

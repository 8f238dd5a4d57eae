/* SPDX-License-Identifier: Apache-2.0 */
/* effective.c - what a file says in the end, where it may say it at two levels or not at all. */
#include "compiler/model/effective.h"

#include "compiler/base/map.h"
#include "compiler/base/open_text.h"

/* Does the section decide: is there one, or something faulty in its place? */
static bool decides(const struct section_at *s)
{
	return s->written || s->poisoned;
}

struct placement effective_placement(const struct compute *c)
{
	const struct placement_group *own = &c->resource->networking.placement_group;
	const struct placement_group *p =
		decides(&own->section) ? own : &c->queue->networking.placement_group;
	struct placement e = {.kind = PLACEMENT_NONE, .from = p};

	if (p->name.n > 0 || p->id.n > 0) {
		e.kind = PLACEMENT_NAMED;
		e.name = p->name.n > 0 ? p->name : p->id;
	} else if (p->enabled) {
		e.kind = PLACEMENT_MANAGED;
	} else if (p->section.poisoned) {
		e.kind = PLACEMENT_FAULTY;
	} else if (is_written(&p->at.enabled)) {
		e.kind = PLACEMENT_OFF;
	}
	return e;
}

bool is_placed(struct placement p)
{
	return p.kind == PLACEMENT_MANAGED || p.kind == PLACEMENT_NAMED;
}

struct reservation effective_reservation(const struct compute *c)
{
	const struct capacity_reservation_target *own = &c->resource->capacity_reservation_target;
	const struct capacity_reservation_target *t =
		decides(&own->section) ? own : &c->queue->capacity_reservation_target;
	struct reservation r = {RESERVATION_NONE, t};

	if (is_written(&t->at.capacity_reservation_id))
		r.kind = RESERVATION_TARGET;
	else if (t->section.poisoned)
		r.kind = RESERVATION_FAULTY;
	else if (t->section.written)
		r.kind = RESERVATION_TARGET;
	return r;
}

enum efa_use efa_of(const struct slurm_compute_resource *r)
{
	if (is_poisoned(&r->at.efa) || is_poisoned(&r->efa.at.enabled))
		return EFA_FAULTY;
	return r->efa.enabled ? EFA_ON : EFA_OFF;
}

bool queue_uses_efa(const struct slurm_queue *q)
{
	for (size_t i = 0; i < q->compute_resources.n; i++)
		if (efa_of(&q->compute_resources.items[i]) == EFA_ON)
			return true;
	return false;
}

enum slurm_queue_capacity_type capacity_of(const struct slurm_queue *q)
{
	return q->capacity_type == SLURM_QUEUE_CAPACITY_TYPE_UNSET
		       ? SLURM_QUEUE_CAPACITY_TYPE_ONDEMAND
		       : q->capacity_type;
}

bool checks_gpus(const struct compute *c)
{
	const struct gpu_health_check *own = &c->resource->health_checks.gpu;

	return is_written(&own->at.enabled) ? own->enabled : c->queue->health_checks.gpu.enabled;
}

bool leaves_subnets_open(const struct slurm_queue *q)
{
	const struct model_strings *s = &q->networking.subnet_ids;

	return s->n == 1 && text_is_list(s->items[0].text);
}

bool in_capacity_block(const struct compute *c)
{
	return capacity_of(c->queue) == SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK &&
	       effective_reservation(c).from->capacity_reservation_id.n > 0;
}

bool launches_fleet(const struct compute *c)
{
	return c->queue->networking.subnet_ids.n > 1 || leaves_subnets_open(c->queue) ||
	       c->resource->instances.n > 1;
}

struct str mount_dir(struct arena *a, struct str written)
{
	return str_starts(written, STR("/")) ? written : arena_fmt(a, "/" STR_F, STR_A(written));
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

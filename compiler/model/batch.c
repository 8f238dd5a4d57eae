/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - what a batch file comes to. */
#include "compiler/model/batch_workflows.h"

bool is_arn(struct str text)
{
	return str_starts(text, STR("arn:"));
}

/* ---- compute environments ---- */

static enum compute_environment_allocation_strategy strategy_of(const struct batch_environment *e)
{
	if (e->fargate || is_poisoned(&e->m->at.allocation_strategy))
		return COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_UNSET;
	if (is_written(&e->m->at.allocation_strategy))
		return e->m->allocation_strategy;
	return e->spot ? COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_SPOT_PRICE_CAPACITY_OPTIMIZED
		       : COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT_PROGRESSIVE;
}

static void add_environment(struct batch_view *v, struct arena *a,
			    const struct compute_environment *m, const struct workflow *workflow)
{
	struct batch_environment *e = &v->environments[v->nenvironments++];
	enum compute_environment_type type = m->type;

	*e = (struct batch_environment){
		.number = (size_t)(e - v->environments),
		.m = m,
		.workflow = workflow,
		.name = workflow != NULL ? workflow->name : m->name,
		.fargate = type == COMPUTE_ENVIRONMENT_TYPE_FARGATE ||
			   type == COMPUTE_ENVIRONMENT_TYPE_FARGATE_SPOT,
		.spot = type == COMPUTE_ENVIRONMENT_TYPE_SPOT ||
			type == COMPUTE_ENVIRONMENT_TYPE_FARGATE_SPOT,
	};
	e->strategy = strategy_of(e);
	if (workflow == NULL && is_written(&m->at.name) &&
	    map_get(&v->by_environment, m->name) == NULL)
		map_put(&v->by_environment, a, m->name, e);
}

static bool has_own(const struct workflow *w)
{
	return w->compute_environment.section.written;
}

/* ---- queues ---- */

/* Where an entry stands in the order: what it says, else its place counted from 1. */
static int64_t order_of(const struct compute_environment_order_list *list, size_t i)
{
	return is_written(&list->items[i].at.order) ? list->items[i].order : (int64_t)i + 1;
}

static void look_at_order(struct batch_view *v, struct arena *a, struct batch_queue *q)
{
	const struct compute_environment_order_list *list = &q->m->compute_environment_order;
	int64_t *orders = NEW_ARRAY(a, int64_t, list->n);

	q->environments = NEW_ARRAY(a, const struct batch_environment *, list->n);
	for (size_t i = 0; i < list->n; i++) {
		struct str name = list->items[i].compute_environment;
		const struct batch_environment *e;
		size_t at = q->nenvironments;

		if (!is_written(&list->items[i].at.compute_environment))
			continue;
		e = map_get(&v->by_environment, name);
		q->foreign = q->foreign || is_arn(name);
		if (e == NULL)
			continue;
		for (; at > 0 && orders[at - 1] > order_of(list, i); at--) {
			orders[at] = orders[at - 1];
			q->environments[at] = q->environments[at - 1];
		}
		orders[at] = order_of(list, i);
		q->environments[at] = e;
		q->nenvironments++;
	}
}

static void look_at_queue(struct batch_queue *q)
{
	q->fargate = q->nenvironments > 0 && q->environments[0]->fargate;
	for (size_t i = 0; i < q->nenvironments; i++)
		q->spot = q->spot || q->environments[i]->spot;
}

static void add_queues(struct batch_view *v, struct arena *a)
{
	const struct job_queue_list *list = &v->m->job_queues;

	v->queues = NEW_ARRAY(a, struct batch_queue, list->n + v->nenvironments);
	v->implied = NEW_ARRAY(a, const struct batch_queue *, v->m->workflows.n);
	v->only_queue = list->n == 1 ? v->queues : NULL;
	for (size_t i = 0; i < list->n; i++) {
		struct batch_queue *q = &v->queues[v->nqueues++];

		*q = (struct batch_queue){.m = &list->items[i], .name = list->items[i].name};
		q->shares = is_written(&q->m->at.scheduling_policy);
		look_at_order(v, a, q);
		look_at_queue(q);
		if (is_written(&q->m->at.name) && map_get(&v->by_queue, q->name) == NULL)
			map_put(&v->by_queue, a, q->name, q);
	}
	for (size_t i = 0; i < v->nenvironments; i++) {
		struct batch_environment *e = &v->environments[i];
		struct batch_queue *q = &v->queues[v->nqueues];

		if (e->workflow == NULL)
			continue;
		v->nqueues++;
		*q = (struct batch_queue){.workflow = e->workflow, .name = e->name};
		q->environments = NEW_ARRAY(a, const struct batch_environment *, 1);
		q->environments[q->nenvironments++] = e;
		look_at_queue(q);
		v->implied[e->workflow - v->m->workflows.items] = q;
	}
}

/* ---- job definitions ---- */

/* Where nothing says the platform: Fargate when all queues that are named, or all of the file, are of Fargate. */
static bool is_fargate(const struct batch_view *v, const struct job_definition *m)
{
	bool any = false;

	if (is_written(&m->at.platform_capabilities) && m->platform_capabilities.n > 0)
		return str_eq(m->platform_capabilities.items[0].text, STR("FARGATE"));
	for (size_t i = 0; i < m->job_queues.n; i++) {
		const struct batch_queue *q = map_get(&v->by_queue, m->job_queues.items[i].text);

		if (q != NULL && !q->fargate)
			return false;
		any = any || q != NULL;
	}
	for (size_t i = 0; m->job_queues.n == 0 && i < v->nqueues; i++) {
		if (!v->queues[i].fargate)
			return false;
		any = true;
	}
	return any;
}

/* Is there a queue that starts something, and is everything of it known? */
static bool queue_whole(const struct batch_view *v, const struct job_queue *m)
{
	const struct compute_environment_order_list *list = &m->compute_environment_order;

	if (!is_written(&m->at.name) || !is_written(&m->at.compute_environment_order))
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const struct field_at *at = &list->items[i].at.compute_environment;
		struct str name = list->items[i].compute_environment;

		if (!is_written(at) || is_poisoned(&list->items[i].at.order) ||
		    (map_get(&v->by_environment, name) == NULL && !is_arn(name)))
			return false;
	}
	return true;
}

static bool is_whole(const struct batch_view *v)
{
	const struct batch *m = v->m;

	if (is_poisoned(&m->at.compute_environments) || is_poisoned(&m->at.job_queues) ||
	    is_poisoned(&m->at.workflows))
		return false;
	for (size_t i = 0; i < v->nenvironments; i++)
		if (is_poisoned(&v->environments[i].m->at.type) ||
		    (v->environments[i].workflow == NULL &&
		     !is_written(&v->environments[i].m->at.name)))
			return false;
	for (size_t i = 0; i < m->job_queues.n; i++)
		if (!queue_whole(v, &m->job_queues.items[i]))
			return false;
	return true;
}

static bool is_placed(const struct batch_view *v, const struct job_definition *m)
{
	bool known = v->whole && !is_poisoned(&m->at.job_queues) &&
		     !is_poisoned(&m->at.platform_capabilities);

	for (size_t i = 0; i < m->job_queues.n; i++)
		known = known && map_get(&v->by_queue, m->job_queues.items[i].text) != NULL;
	return known;
}

/* Queues of workflows take the job that the workflow names, or the only one there is, and no other. */
static bool takes(const struct batch_view *v, const struct batch_queue *q,
		  const struct batch_job *j)
{
	if (q->workflow == NULL)
		return q->fargate == j->fargate;
	if (q->workflow->at.job_definition.state == FIELD_ABSENT)
		return v->m->job_definitions.n == 1;
	return is_written(&q->workflow->at.job_definition) &&
	       str_eq(q->workflow->job_definition, j->m->name);
}

static void add_queue(struct batch_job *j, const struct batch_queue *q)
{
	j->queues[j->nqueues++] = q;
	j->spot = j->spot || q->spot;
	j->shares = j->shares || q->shares;
}

static void look_at_job(const struct batch_view *v, struct arena *a, struct batch_job *j)
{
	const struct model_strings *named = &j->m->job_queues;
	bool all = j->m->at.job_queues.state == FIELD_ABSENT;

	j->fargate = is_fargate(v, j->m);
	j->placed = is_placed(v, j->m);
	j->multinode = j->m->type == JOB_DEFINITION_TYPE_MULTINODE;
	j->queues = NEW_ARRAY(a, const struct batch_queue *, v->nqueues + named->n);
	for (size_t i = 0; !all && i < named->n; i++) {
		const struct batch_queue *q = map_get(&v->by_queue, named->items[i].text);

		if (q != NULL)
			add_queue(j, q);
	}
	for (size_t i = 0; i < v->nqueues; i++)
		if ((all || v->queues[i].workflow != NULL) && takes(v, &v->queues[i], j))
			add_queue(j, &v->queues[i]);
}

const struct shared_storage *batch_storage_named(const struct batch_view *v, struct str name)
{
	return map_get(&v->by_storage, name);
}

/* ---- what starts where ---- */

static bool has_bit(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> i % 64 & 1) != 0;
}

bool batch_tries(const struct batch_queue *q, const struct batch_environment *e)
{
	return has_bit(q->tries, e->number);
}

bool batch_runs_in(const struct batch_job *j, const struct batch_environment *e)
{
	return has_bit(j->runs, e->number);
}

/* Where each queue and job starts something, so that nobody has to look through lists of lists. */
static void find_starts(struct batch_view *v, struct arena *a)
{
	size_t words = v->nenvironments / 64 + 1;

	for (size_t i = 0; i < v->nqueues; i++) {
		struct batch_queue *q = &v->queues[i];

		q->tries = NEW_ARRAY(a, uint64_t, words);
		for (size_t k = 0; k < q->nenvironments; k++) {
			struct batch_environment *e = &v->environments[q->environments[k]->number];

			if (batch_tries(q, e))
				continue;
			q->tries[e->number / 64] |= UINT64_C(1) << e->number % 64;
			if (e->tried_by[0] == NULL)
				e->tried_by[0] = q;
			else if (e->tried_by[1] == NULL)
				e->tried_by[1] = q;
		}
	}
	for (size_t i = 0; i < v->njobs; i++) {
		struct batch_job *j = &v->jobs[i];

		j->runs = NEW_ARRAY(a, uint64_t, words);
		for (size_t k = 0; k < j->nqueues; k++)
			for (size_t w = 0; w < words; w++)
				j->runs[w] |= j->queues[k]->tries[w];
	}
}

const struct batch_view *batch_of(struct arena *a, const struct batch *m)
{
	struct batch_view *v = NEW(a, struct batch_view);

	v->m = m;
	v->environments =
		NEW_ARRAY(a, struct batch_environment, m->compute_environments.n + m->workflows.n);
	for (size_t i = 0; i < m->compute_environments.n; i++)
		add_environment(v, a, &m->compute_environments.items[i], NULL);
	for (size_t i = 0; i < m->workflows.n; i++)
		if (has_own(&m->workflows.items[i]))
			add_environment(v, a, &m->workflows.items[i].compute_environment,
					&m->workflows.items[i]);
	add_queues(v, a);
	v->whole = is_whole(v);
	v->jobs = NEW_ARRAY(a, struct batch_job, m->job_definitions.n);
	for (size_t i = 0; i < m->job_definitions.n; i++) {
		struct batch_job *j = &v->jobs[v->njobs++];

		j->m = &m->job_definitions.items[i];
		look_at_job(v, a, j);
		if (is_written(&j->m->at.name) && map_get(&v->by_job, j->m->name) == NULL)
			map_put(&v->by_job, a, j->m->name, j);
	}
	for (size_t i = 0; i < m->shared_storage.n; i++) {
		const struct shared_storage *s = &m->shared_storage.items[i];

		if (is_written(&s->at.name) && batch_storage_named(v, s->name) == NULL)
			map_put(&v->by_storage, a, s->name, s);
	}
	find_starts(v, a);
	batch_place_workflows(v);
	return v;
}

/* ---- containers ---- */

static bool in_job(const struct batch_job *j, size_t i, struct batch_container *ret)
{
	const struct node_range_list *ranges = &j->m->node_properties.node_range_properties;

	*ret = (struct batch_container){.job = j, .m = &j->m->container_properties};
	if (!j->multinode)
		return i == 0;
	if (i >= ranges->n)
		return false;
	ret->range = &ranges->items[i];
	ret->m = &ranges->items[i].container;
	return true;
}

bool next_container(const struct batch_view *v, struct batch_container *it)
{
	size_t job = it->job != NULL ? (size_t)(it->job - v->jobs) : 0, i = 0;

	if (it->range != NULL)
		i = (size_t)(it->range - it->job->m->node_properties.node_range_properties.items) +
		    1;
	else if (it->job != NULL)
		i = 1;
	for (; job < v->njobs; job++, i = 0)
		if (in_job(&v->jobs[job], i, it))
			return true;
	return false;
}

/* ---- storage ---- */

bool batch_mounts(const struct batch_environment *e, const struct shared_storage *m)
{
	const struct model_strings *names = &e->m->shared_storage;

	if (e->fargate)
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->items[i].text, m->name))
			return true;
	return !is_written(&e->m->at.shared_storage);
}

static bool names_store(const struct container_properties *m)
{
	for (size_t i = 0; i < m->mount_points.n; i++)
		if (str_eq(m->mount_points.items[i].source_volume, STR(BATCH_EPHEMERAL_VOLUME)))
			return true;
	return false;
}

bool batch_mounts_store(const struct batch_view *v, const struct batch_environment *e)
{
	struct batch_container c = {0};

	if (e->fargate || e->m->local_storage.ephemeral_volume.section.written)
		return !e->fargate;
	while (next_container(v, &c))
		if (names_store(c.m) && batch_runs_in(c.job, e))
			return true;
	return false;
}

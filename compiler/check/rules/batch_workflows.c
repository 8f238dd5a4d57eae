/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_workflows.c - a workflow has a queue, a compute environment and a job that its executions can use.
 *
 * An execution changes the launch template of the environment, which starts new instances for it: so the environment
 * is the workflow's alone, and takes such updates in place. Source: AWS Batch user guide, "Perform infrastructure
 * updates".
 */
#include "compiler/check/rules/batch_workflows.h"

#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/storage.h"

bool next_workflow(const struct rules *r, struct workflow_walk *it)
{
	if (it->next >= r->b->workflows.n)
		return false;
	it->w = workflow_of(r->a, r->batch, &r->b->workflows.items[it->next++]);
	it->mode = enum_text(PROP_Workflow_Mode, (int)it->w.m->mode);
	return true;
}

struct span workflow_span(const struct workflow *m)
{
	return WRITTEN(m, name) ? m->at.name.value : section_span(&m->section);
}

/* ---- queue ---- */

static struct span queue_span(const struct workflow *m)
{
	return WRITTEN(m, job_queue) ? m->at.job_queue.value : workflow_span(m);
}

static void queue_there(const struct rules *r, const struct workflow *m)
{
	size_t n = r->b->job_queues.n;
	struct diag *d;

	if (m->at.job_queue.state != FIELD_ABSENT ||
	    m->at.compute_environment.state != FIELD_ABSENT || is_poisoned(&r->b->at.job_queues) ||
	    n == 1)
		return;
	d = diag_workflow_without_queue(r->ds, workflow_span(m), m->name, n);
	diag_help(r->ds, d,
		  n == 0 ? "write `ComputeEnvironment` in it: its queue comes with that"
			 : "name one that no other workflow has in `JobQueue`, or write "
			   "`ComputeEnvironment` in it");
}

static void queue_order(const struct rules *r, const struct batch_workflow *w)
{
	const struct batch_queue *q = w->queue;
	struct diag *d;

	if (q == NULL || q->m == NULL || w->environment != NULL ||
	    !WRITTEN(q->m, compute_environment_order) || (q->nenvironments == 0 && !q->foreign))
		return;
	d = diag_workflow_queue_order(r->ds, queue_span(w->m), q->name);
	diag_label(r->ds, d, q->m->at.compute_environment_order.key, "its compute environments");
	diag_note(r->ds, d,
		  "an execution changes the launch template of its environment, and has to know "
		  "which one starts its job");
}

/* Another queue that tries the environment, or a workflow before this one that runs in it. */
static void environment_alone(const struct rules *r, const struct batch_workflow *w)
{
	const struct batch_environment *e = w->environment;
	const struct batch_queue *other;
	struct diag *d;

	if (e == NULL)
		return;
	other = e->tried_by[0] == w->queue ? e->tried_by[1] : e->tried_by[0];
	if (other != NULL)
		d = diag_workflow_shares(r->ds, queue_span(w->m), e->name, "queue", other->name);
	else if (e->taken_by != w->m)
		d = diag_workflow_shares(r->ds, queue_span(w->m), e->name, "workflow",
					 e->taken_by->name);
	else
		return;
	diag_help(r->ds, d, "give the workflow a compute environment of its own");
}

void rule_workflow_queues(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		queue_there(r, it.w.m);
		queue_order(r, &it.w);
		environment_alone(r, &it.w);
	}
}

/* ---- compute environment ---- */

/* What of it keeps updates from being made in place, with its place; NULL for nothing. */
static const char *fixed_by(const struct batch_environment *e, struct span *ret)
{
	const struct compute_environment *m = e->m;

	*ret = VALUE_AT(m, type);
	if (e->fargate)
		return "Fargate has no instances";
	if (e->strategy == COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT) {
		*ret = m->at.allocation_strategy.value;
		return "BEST_FIT takes none";
	}
	if (has_own_role(e)) {
		*ret = m->at.service_role.value;
		return "with a `ServiceRole` of its own it takes none";
	}
	if (WRITTEN(m, replace_compute_environment) && m->replace_compute_environment) {
		*ret = m->at.replace_compute_environment.value;
		return "with `ReplaceComputeEnvironment` it is made anew";
	}
	return NULL;
}

void rule_workflow_environments(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		struct span at;
		const char *why = it.w.environment != NULL ? fixed_by(it.w.environment, &at) : NULL;
		struct diag *d;

		if (why == NULL)
			continue;
		d = diag_workflow_environment_fixed(r->ds, at, it.w.m->name, why);
		if (it.w.environment->workflow == NULL)
			diag_label(r->ds, d, queue_span(it.w.m), "the workflow that runs there");
		diag_note(r->ds, d,
			  "each execution gives its instances another launch template, which is an "
			  "update of infrastructure");
	}
}

static void always_on(const struct rules *r, const struct workflow *m, struct span at, int64_t min)
{
	struct diag *d = diag_workflow_always_on(r->ds, at, m->name, (long long)min);

	diag_note(r->ds, d,
		  "an instance that is started between executions knows no storage to mount: it "
		  "ends, and AWS Batch starts the next one");
	diag_fix(r->ds, d, at, STR("0"), false);
}

void rule_workflow_idle(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct batch_environment *e = it.w.environment;

		if (e == NULL || e->fargate)
			continue;
		if (WRITTEN(e->m, minv_cpus) && e->m->minv_cpus > 0)
			always_on(r, it.w.m, e->m->at.minv_cpus.value, e->m->minv_cpus);
		for (size_t i = 0; i < list->n; i++) {
			const struct schedule *s = &list->items[i];

			if (WRITTEN(s, minv_cpus) && s->minv_cpus > 0 &&
			    str_eq(s->compute_environment, e->name))
				always_on(r, it.w.m, s->at.minv_cpus.value, s->minv_cpus);
		}
	}
}

/* ---- job ---- */

static void job_there(const struct rules *r, const struct workflow *m)
{
	size_t n = r->b->job_definitions.n;
	struct diag *d;

	if (m->at.job_definition.state != FIELD_ABSENT || n == 1 ||
	    is_poisoned(&r->b->at.job_definitions))
		return;
	d = diag_workflow_without_job(r->ds, workflow_span(m), m->name, n);
	if (n == 0)
		diag_help(r->ds, d, "write what it runs under `JobDefinitions`");
	else
		diag_help(r->ds, d, "name one in `JobDefinition`");
}

static void job_fits(const struct rules *r, const struct batch_workflow *w)
{
	struct span at =
		WRITTEN(w->m, job_definition) ? w->m->at.job_definition.value : workflow_span(w->m);
	struct diag *d;

	if (w->job->placed && w->job->fargate && w->environment != NULL && !w->environment->fargate)
		diag_workflow_on_fargate(r->ds, at, w->job->m->name);
	if (w->job->multinode && w->m->mode == WORKFLOW_MODE_EBS) {
		d = diag_workflow_nodes_on_volume(r->ds, at, w->job->m->name);
		diag_label(r->ds, d, w->m->at.mode.value, "a volume is attached to one instance");
		diag_help(r->ds, d, "take one of the Lustre modes");
	}
}

void rule_workflow_jobs(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		job_there(r, it.w.m);
		if (it.w.job != NULL)
			job_fits(r, &it.w);
	}
}

/* The definition that executions register is called STACK-NAME-workflow, and those of the file STACK-NAME. */
static void definition_alone(const struct rules *r, const struct workflow *m, struct str name,
			     struct span at)
{
	struct diag *d;

	if (m->name.n == 0 || name.n <= m->name.n || !str_ends(name, STR("-workflow")) ||
	    !str_eq(str_slice(name, 0, name.n - STR("-workflow").n), m->name))
		return;
	d = diag_workflow_definition_taken(r->ds, at, name, m->name);
	diag_label(r->ds, d, workflow_span(m), "the workflow");
	diag_note(
		r->ds, d,
		"its executions add revisions to the definition of that name, and take them away");
	diag_help(r->ds, d, "call one of them something else");
}

void rule_workflow_definition_alone(const struct rules *r)
{
	for (size_t i = 0; i < r->b->workflows.n; i++)
		for (size_t k = 0; k < r->b->job_definitions.n; k++) {
			const struct job_definition *j = &r->b->job_definitions.items[k];

			if (WRITTEN(j, name) && j->job_definition_name.n == 0)
				definition_alone(r, &r->b->workflows.items[i], j->name,
						 j->at.name.value);
		}
}

/* Source: AWS Batch API, SubmitJob, shareIdentifier: with a policy it must be there, without one it must not. */
void rule_workflow_shares_said(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow *m = it.w.m;
		struct diag *d;

		if (it.w.queue == NULL || !USABLE(m, share_identifier) ||
		    (it.w.queue->m != NULL && !USABLE(it.w.queue->m, scheduling_policy)))
			continue;
		if (it.w.queue->m != NULL && it.w.queue->shares && !WRITTEN(m, share_identifier)) {
			d = diag_workflow_without_share(r->ds, queue_span(m), it.w.queue->name,
							m->name);
			diag_label(r->ds, d, it.w.queue->m->at.scheduling_policy.value,
				   "its scheduling policy");
			diag_help(r->ds, d, "write `ShareIdentifier` in the workflow");
		} else if (!it.w.queue->shares && WRITTEN(m, share_identifier)) {
			d = diag_workflow_share_unused(r->ds, m->at.share_identifier.value,
						       it.w.queue->name);
			diag_note(r->ds, d,
				  "AWS Batch refuses a job that has one where no policy shares");
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_schedules.c - rules about what schedules of a batch file change.
 *
 * Source: AWS Batch API, UpdateComputeEnvironment and UpdateJobQueue, botocore 1.44.8; user guide, Updating compute
 * environments.
 */
#include "compiler/base/clock.h"
#include "compiler/check/rules/batch_compute.h"

/* ---- what it names ---- */

static const struct batch_environment *environment_of(const struct rules *r,
						      const struct schedule *m)
{
	return WRITTEN(m, compute_environment)
		       ? map_get(&r->batch->by_environment, m->compute_environment)
		       : NULL;
}

static bool is_enabled(const struct schedule *m)
{
	return USABLE(m, schedule_state) && m->schedule_state != SCHEDULE_SCHEDULE_STATE_DISABLED;
}

/* ---- settings that its kind has ---- */

static void foreign(const struct rules *r, const struct field_at *at, struct str name,
		    const char *why)
{
	if (at->state != FIELD_ABSENT)
		diag_help(r->ds,
			  diag_schedule_foreign(r->ds, is_written(at) ? at->value : at->key, name,
						why),
			  "leave it out");
}

static void foreign_all(const struct rules *r, const struct schedule *m, const char *why,
			bool state_too)
{
	foreign(r, &m->at.minv_cpus, PROP_NAME(Schedule_MinvCpus), why);
	foreign(r, &m->at.maxv_cpus, PROP_NAME(Schedule_MaxvCpus), why);
	if (state_too)
		foreign(r, &m->at.state, PROP_NAME(Schedule_State), why);
}

static bool lacks_all(const struct schedule *m)
{
	return m->at.minv_cpus.state == FIELD_ABSENT && m->at.maxv_cpus.state == FIELD_ABSENT &&
	       m->at.state.state == FIELD_ABSENT;
}

static void of_environment(const struct rules *r, const struct schedule *m)
{
	const struct batch_environment *e = environment_of(r, m);

	if (lacks_all(m)) {
		struct diag *d = diag_schedule_no_change(r->ds, section_span(&m->section),
							 m->compute_environment);

		diag_help(
			r->ds, d,
			"add `MaxvCpus`, `MinvCpus`, or `State: DISABLED`, which lets running jobs "
			"end");
	}
	if (e != NULL && e->fargate)
		foreign(r, &m->at.minv_cpus, PROP_NAME(Schedule_MinvCpus),
			"Fargate starts nothing in advance");
}

static void of_queue(const struct rules *r, const struct schedule *m)
{
	if (m->at.state.state == FIELD_ABSENT)
		diag_help(r->ds,
			  diag_schedule_queue(r->ds, section_span(&m->section), m->job_queue),
			  "add `State: DISABLED` or `State: ENABLED`");
	foreign_all(r, m, "a queue has no vCPUs of its own", false);
}

static void nothing(const struct rules *r, const struct schedule *m)
{
	struct diag *d = diag_schedule_nothing(r->ds, section_span(&m->section), m->name);

	if (m->at.minv_cpus.state != FIELD_ABSENT || m->at.maxv_cpus.state != FIELD_ABSENT)
		diag_help(r->ds, d, "add `ComputeEnvironment: NAME`, the one to change");
	else
		diag_help(r->ds, d,
			  "add one of `ComputeEnvironment`, `JobQueue`, `Workflow` and `Job`");
}

void rule_schedule_settings(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];
		bool environment = m->at.compute_environment.state != FIELD_ABSENT;
		bool queue = m->at.job_queue.state != FIELD_ABSENT;
		bool workflow = m->at.workflow.state != FIELD_ABSENT;
		bool job = m->at.job.state != FIELD_ABSENT;

		if (environment + queue + workflow + job == 0 && !m->section.poisoned)
			nothing(r, m);
		if (m->section.poisoned || environment + queue + workflow + job != 1)
			continue;
		if (WRITTEN(m, compute_environment))
			of_environment(r, m);
		else if (WRITTEN(m, job_queue))
			of_queue(r, m);
		else if (workflow || job)
			foreign_all(r, m,
				    job ? "it is for changes, not for a job"
					: "it is for changes, not for a workflow",
				    true);
	}
}

/* ---- order of Min and Max ---- */

/* Is there another schedule that sets this of the same environment? Then what it meets is not known. */
static bool sets_too(const struct rules *r, const struct schedule *m, bool max)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *o = &list->items[i];

		if (o != m && str_eq(o->compute_environment, m->compute_environment) &&
		    (max ? o->at.maxv_cpus.state : o->at.minv_cpus.state) != FIELD_ABSENT)
			return true;
	}
	return false;
}

static void in_order(const struct rules *r, const struct schedule *m,
		     const struct batch_environment *e)
{
	bool min = WRITTEN(m, minv_cpus), max = WRITTEN(m, maxv_cpus);
	int64_t low = min ? m->minv_cpus : e->m->minv_cpus;
	int64_t high = max ? m->maxv_cpus : e->m->maxv_cpus;
	struct diag *d;

	if (e->fargate || (!min && !max) || low <= high)
		return;
	if (min ? !max && (!WRITTEN(e->m, maxv_cpus) || sets_too(r, m, true))
		: !USABLE(e->m, minv_cpus) || sets_too(r, m, false))
		return;
	d = diag_min_above_max(r->ds, min ? m->at.minv_cpus.value : m->at.maxv_cpus.value,
			       PROP_NAME(Schedule_MinvCpus), (long long)low,
			       PROP_NAME(Schedule_MaxvCpus), (long long)high);
	if (min != max)
		diag_label(r->ds, d, max ? VALUE_AT(e->m, minv_cpus) : e->m->at.maxv_cpus.value,
			   "of the compute environment");
}

void rule_schedule_order(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct batch_environment *e = environment_of(r, &list->items[i]);

		if (e != NULL && USABLE(&list->items[i], minv_cpus) &&
		    USABLE(&list->items[i], maxv_cpus))
			in_order(r, &list->items[i], e);
	}
}

/* ---- what is never taken back ---- */

static bool is_lowered(const struct rules *r, const struct schedule *m)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *o = &list->items[i];

		if (o != m && is_enabled(o) &&
		    (is_poisoned(&o->at.compute_environment) ||
		     (WRITTEN(o, compute_environment) && environment_of(r, o) == NULL) ||
		     str_eq(o->compute_environment, m->compute_environment)) &&
		    (is_poisoned(&o->at.minv_cpus) ||
		     (WRITTEN(o, minv_cpus) && o->minv_cpus < m->minv_cpus)))
			return true;
	}
	return false;
}

void rule_minimum_lowered(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];
		const struct batch_environment *e = environment_of(r, m);
		struct diag *d;

		if (e == NULL || e->fargate || !WRITTEN(m, minv_cpus) || !USABLE(e->m, minv_cpus) ||
		    m->minv_cpus <= e->m->minv_cpus || !is_enabled(m) || is_lowered(r, m))
			continue;
		d = diag_schedule_stays_up(r->ds, m->at.minv_cpus.value, (long long)m->minv_cpus,
					   m->compute_environment);
		diag_note(r->ds, d,
			  "instances for that many vCPUs run, and are paid for, whether there are "
			  "jobs or not");
		diag_help(r->ds, d,
			  "add a schedule that lowers it again: `ComputeEnvironment: " STR_F
			  "`, `MinvCpus: %lld`",
			  STR_A(m->compute_environment), (long long)e->m->minv_cpus);
	}
}

/* ---- less than runs ---- */

/* vCPUs of its smallest type; 0 where none is known. */
static unsigned smallest(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type it = {0};
	unsigned least = 0;

	while (next_batch_type(r, e, &it))
		if (least == 0 || it.type->vcpus < least)
			least = it.type->vcpus;
	return least;
}

/* Is it less than what there may be before: by the file, or by another schedule? */
static bool lowers(const struct rules *r, const struct schedule *m,
		   const struct batch_environment *e)
{
	const struct schedule_list *list = &r->b->schedules;

	if (WRITTEN(e->m, maxv_cpus) && m->maxv_cpus < e->m->maxv_cpus)
		return true;
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].compute_environment, m->compute_environment) &&
		    WRITTEN(&list->items[i], maxv_cpus) && list->items[i].maxv_cpus > m->maxv_cpus)
			return true;
	return false;
}

static void below_one(const struct rules *r, const struct schedule *m,
		      const struct batch_environment *e, unsigned least)
{
	struct diag *d = diag_schedule_small(r->ds, m->at.maxv_cpus.value, (long long)m->maxv_cpus,
					     m->compute_environment, least);

	diag_note(r->ds, d,
		  "no instance starts then, and running ones keep the change from being made");
	diag_help(
		r->ds, d,
		"to let no job start write `State: DISABLED` in place of it: running jobs go on to "
		"their end");
	diag_label(r->ds, d, e->m->at.instance_types.value, "what it starts");
}

static void refused_while_busy(const struct rules *r, const struct schedule *m)
{
	struct diag *d = diag_schedule_lowers(r->ds, m->at.maxv_cpus.value, m->compute_environment,
					      (long long)m->maxv_cpus);

	diag_note(r->ds, d, "the call is repeated for six hours");
	diag_help(r->ds, d,
		  "`State: DISABLED` takes effect at once: running jobs go on to their end, and no "
		  "other "
		  "starts");
}

void rule_schedule_lowers(const struct rules *r)
{
	const struct schedule_list *list = &r->b->schedules;

	for (size_t i = 0; i < list->n; i++) {
		const struct schedule *m = &list->items[i];
		const struct batch_environment *e = environment_of(r, m);
		unsigned least;

		if (e == NULL || !WRITTEN(m, maxv_cpus) || !lowers(r, m, e))
			continue;
		least = e->fargate || !WRITTEN(e->m, instance_types) ? 0 : smallest(r, e);
		if (m->maxv_cpus < least)
			below_one(r, m, e, least);
		else if (!e->fargate)
			refused_while_busy(r, m);
	}
}

/* ---- at the same time ---- */

static bool same_target(const struct schedule *a, const struct schedule *b)
{
	if (WRITTEN(a, compute_environment))
		return str_eq(a->compute_environment, b->compute_environment);
	return WRITTEN(a, job_queue) && str_eq(a->job_queue, b->job_queue);
}

static bool same_zone(const struct schedule *a, const struct schedule *b)
{
	struct str utc = STR("UTC");
	struct str x = a->schedule_expression_timezone, y = b->schedule_expression_timezone;

	return str_eq(x.n > 0 ? x : utc, y.n > 0 ? y : utc);
}

static bool meet(const struct schedule *a, const struct schedule *b)
{
	struct clock_fault_at at;
	struct clock x, y;

	if (!WRITTEN(a, schedule_expression) || !WRITTEN(b, schedule_expression) ||
	    !is_enabled(a) || !is_enabled(b) || !same_target(a, b) || !same_zone(a, b))
		return false;
	if (clock_read(a->schedule_expression, &x, &at) != CLOCK_OK ||
	    clock_read(b->schedule_expression, &y, &at) != CLOCK_OK)
		return false;
	return str_eq(a->schedule_expression, b->schedule_expression) || clock_meets(&x, &y);
}

void rule_schedules_apart(const struct rules *r)
{
	enum { MOST = 100 }; /* that are compared: a file with more is not written by hand */
	const struct schedule_list *list = &r->b->schedules;
	struct diag *d;

	for (size_t i = 1; i < list->n && i < MOST; i++)
		for (size_t k = 0; k < i; k++) {
			const struct schedule *m = &list->items[i], *o = &list->items[k];

			if (!meet(m, o))
				continue;
			d = diag_schedules_meet(
				r->ds, m->at.schedule_expression.value, m->name, o->name,
				WRITTEN(m, job_queue) ? m->job_queue : m->compute_environment);
			diag_label(r->ds, d, o->at.schedule_expression.value, "the other one");
			diag_note(r->ds, d, "which of the two comes last is left to chance");
			diag_help(r->ds, d,
				  "make one schedule of them, or let one be a few minutes later");
			break;
		}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_retry.c - attempts of jobs: how many, when again, and for how long.
 *
 * What jobs take over from JobDefaults is judged by all of them: it has an effect where it has one for a single job.
 *
 * Source: AWS Batch API, RetryStrategy, EvaluateOnExit; AWS Batch user guide, Automated job retries.
 */
#include "compiler/check/rules/batch_fleet.h"

/* Is every queue, and every environment of it, one of the file? Then `spot` and `shares` of the job tell all. */
static bool queues_known(const struct rules *r, const struct batch_job *j)
{
	for (size_t i = 0; i < j->m->job_queues.n; i++)
		if (map_get(&r->batch->by_queue, j->m->job_queues.items[i].text) == NULL)
			return false;
	for (size_t i = 0; i < j->nqueues; i++)
		if (j->queues[i]->foreign || j->queues[i]->nenvironments == 0)
			return false;
	return j->nqueues > 0;
}

/* Is the Type of each environment of its queues known? Of one that is misspelt something was said. */
static bool types_known(const struct batch_job *j)
{
	for (size_t i = 0; i < j->nqueues; i++) {
		const struct batch_queue *q = j->queues[i];

		if (q->m != NULL && q->nenvironments < q->m->compute_environment_order.n &&
		    !q->foreign)
			return false;
		for (size_t k = 0; k < q->nenvironments; k++)
			if (!USABLE(q->environments[k]->m, type))
				return false;
	}
	return true;
}

/* Does a workflow run it? Then it is the workflow that tells of attempts on Spot. */
static bool in_workflow(const struct rules *r, const struct batch_job *j)
{
	for (size_t i = 0; i < r->b->workflows.n; i++)
		if (str_eq(r->b->workflows.items[i].job_definition, j->m->name))
			return true;
	return false;
}

/* ---- Spot ---- */

static const struct batch_queue *spot_queue(const struct batch_job *j)
{
	for (size_t i = 0; i < j->nqueues; i++)
		if (j->queues[i]->spot)
			return j->queues[i];
	return NULL;
}

static bool any_failure(const struct retry_strategy *m)
{
	return m->at.evaluate_on_exit.state == FIELD_ABSENT &&
	       (m->at.retry_on.state == FIELD_ABSENT ||
		(WRITTEN(m, retry_on) && m->retry_on == RETRY_STRATEGY_RETRY_ON_ANY_FAILURE));
}

/* Rules for attempts, and not how many there are: which is an error of its own. */
static bool lacks_attempts(const struct retry_strategy *m)
{
	return m->at.attempts.state == FIELD_ABSENT && WRITTEN(m, evaluate_on_exit);
}

static void one_attempt(const struct rules *r, const struct batch_job *j)
{
	const struct retry_strategy *m = &j->m->retry_strategy;
	struct diag *d =
		diag_spot_one_attempt(r->ds,
				      WRITTEN(m, attempts)	      ? m->at.attempts.value
				      : WRITTEN(j->m, retry_strategy) ? j->m->at.retry_strategy.key
								      : job_span(j),
				      spot_queue(j)->name);

	diag_help(r->ds, d, "add `RetryStrategy: {Attempts: 3, RetryOn: SPOT_INTERRUPTION}`");
}

/* Is it repeated on Spot whatever failed, and without an end? */
static bool repeats_for_ever(const struct batch_job *j)
{
	const struct retry_strategy *m = &j->m->retry_strategy;

	return j->spot && !j->multinode && WRITTEN(m, attempts) && m->attempts > 1 &&
	       any_failure(m) && j->m->at.timeout.state == FIELD_ABSENT;
}

static void retries_on_spot(const struct rules *r, const struct batch_job *j)
{
	const struct retry_strategy *m = &j->m->retry_strategy;
	struct diag *d;

	if (!j->spot || j->multinode || !USABLE(j->m, retry_strategy) || !USABLE(m, attempts) ||
	    lacks_attempts(m))
		return;
	if (m->attempts <= 1) {
		if (!in_workflow(r, j))
			one_attempt(r, j);
	} else if (repeats_for_ever(j)) {
		d = diag_retries_without_timeout(r->ds, m->at.attempts.value,
						 (long long)m->attempts);
		diag_help(
			r->ds, d,
			"add `RetryOn: SPOT_INTERRUPTION`, and `Timeout: {AttemptDurationSeconds: "
			"86400}`");
	}
}

void rule_retries_on_spot(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++)
		retries_on_spot(r, &r->batch->jobs[i]);
}

/* ---- settings without an effect, which another job may have ---- */

/* Has some job that has the very same words a queue with Spot, or one that is not known? */
static bool spot_elsewhere(const struct rules *r, struct span at)
{
	for (size_t i = 0; i < r->batch->njobs; i++) {
		const struct batch_job *j = &r->batch->jobs[i];

		if (j->m->retry_strategy.at.retry_on.value.lo == at.lo &&
		    (j->spot || !queues_known(r, j) || !types_known(j)))
			return true;
	}
	return false;
}

static void retry_on_spot_alone(const struct rules *r, const struct batch_job *j)
{
	const struct retry_strategy *m = &j->m->retry_strategy;
	struct diag *d;

	if (j->spot || !WRITTEN(m, retry_on) ||
	    m->retry_on != RETRY_STRATEGY_RETRY_ON_SPOT_INTERRUPTION ||
	    spot_elsewhere(r, m->at.retry_on.value))
		return;
	d = diag_retry_on_no_spot(r->ds, m->at.retry_on.value);
	diag_help(
		r->ds, d,
		j->fargate
			? "`Type: FARGATE_SPOT` of a compute environment takes Spot; without it "
			  "leave `RetryOn` out"
			: "`RetryOn: INFRASTRUCTURE` repeats what lost its instance on demand too");
}

void rule_retry_on_used(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++)
		retry_on_spot_alone(r, &r->batch->jobs[i]);
}

/* ---- rules of EvaluateOnExit ---- */

struct exit_texts {
	struct str texts[3]; /* those that are written */
	size_t n;
	bool faulty;
};

static struct exit_texts texts_of(const struct evaluate_on_exit *m)
{
	const struct {
		const struct field_at *at;
		struct str text;
	} all[] = {
		{&m->at.on_reason, m->on_reason},
		{&m->at.on_status_reason, m->on_status_reason},
		{&m->at.on_exit_code, m->on_exit_code},
	};
	struct exit_texts t = {.faulty = m->section.poisoned};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (is_written(all[i].at))
			t.texts[t.n++] = all[i].text;
		t.faulty = t.faulty || is_poisoned(all[i].at);
	}
	return t;
}

static bool fits_all(const struct evaluate_on_exit *m)
{
	struct exit_texts t = texts_of(m);

	for (size_t i = 0; i < t.n; i++)
		if (!str_eq(t.texts[i], STR("*")))
			return false;
	return t.n > 0 && !t.faulty;
}

/* Is it not known what it fits, or nothing, which is an error of its own? */
static bool fits_nothing(const struct evaluate_on_exit *m)
{
	struct exit_texts t = texts_of(m);

	return t.faulty || t.n == 0;
}

/* Returns the first rule that fits everything, or NULL. */
static const struct evaluate_on_exit *exit_rules(const struct rules *r,
						 const struct evaluate_on_exit_list *list)
{
	const struct evaluate_on_exit *all = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct evaluate_on_exit *m = &list->items[i];
		struct exit_texts t = texts_of(m);

		if (t.n == 0 && !t.faulty)
			diag_help(r->ds, diag_empty_exit_rule(r->ds, section_span(&m->section)),
				  "add OnExitCode, OnReason or OnStatusReason; `OnReason: \"*\"` "
				  "fits everything");
		if (all != NULL) {
			struct diag *d =
				diag_exit_rule_unreachable(r->ds, section_span(&m->section));

			diag_label(r->ds, d, section_span(&all->section),
				   "this one fits everything");
		} else if (fits_all(m)) {
			all = m;
		}
	}
	return all;
}

static void exit_rules_ok(const struct rules *r, const struct retry_strategy *m)
{
	const struct evaluate_on_exit *all;
	struct diag *d;

	if (!WRITTEN(m, evaluate_on_exit))
		return;
	all = exit_rules(r, &m->evaluate_on_exit);
	if (m->at.attempts.state == FIELD_ABSENT && !m->section.poisoned)
		diag_help(r->ds, diag_rules_without_attempts(r->ds, m->at.evaluate_on_exit.key),
			  "add `Attempts: 3`");
	for (size_t i = 0; i < m->evaluate_on_exit.n; i++)
		if (fits_nothing(&m->evaluate_on_exit.items[i]))
			return;
	if (all != NULL)
		return;
	d = diag_rules_without_exit(r->ds, m->at.evaluate_on_exit.key);
	diag_help(r->ds, d, "add as the last one: `- {Action: EXIT, OnReason: \"*\"}`");
}

static void once(const struct rules *r, const struct retry_strategy *m)
{
	if (WRITTEN(m, retry_on) && m->at.attempts.state == FIELD_ABSENT && !m->section.poisoned)
		diag_help(r->ds, diag_retry_on_once(r->ds, m->at.retry_on.key),
			  "add `Attempts: 3`");
}

void rule_exit_rules(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++) {
		const struct batch_job *j = &r->batch->jobs[i];

		exit_rules_ok(r, &j->m->retry_strategy);
		if (!j->spot || j->multinode)
			once(r, &j->m->retry_strategy);
	}
}

/* ---- time ---- */

static void long_timeout(const struct rules *r, const struct job_timeout *m)
{
	enum { DAY = 86400, MOST = 14 };
	int64_t days = m->attempt_duration_seconds / DAY;

	if (!WRITTEN(m, attempt_duration_seconds) ||
	    m->attempt_duration_seconds <= (int64_t)MOST * DAY)
		return;
	diag_note(r->ds,
		  diag_long_timeout(r->ds, m->at.attempt_duration_seconds.value, (long long)days),
		  "tasks of Fargate end after 14 days, and instances are replaced by updates");
}

/* A type with GPUs that a job may hold for ever; NULL for none. */
static const struct instance_type *gpu_type(const struct fleets *f, const struct batch_job *j)
{
	for (size_t i = 0; i < j->nqueues && !j->fargate; i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments; k++) {
			const struct fleet *own = fleet_of(f, j->queues[i]->environments[k]);

			for (size_t t = 0; t < own->n; t++)
				if (batch_gpus(own->types[t].type) > 0)
					return own->types[t].type;
		}
	return NULL;
}

/* Once a file: the first job on GPUs, else the first job. */
static void no_timeout(const struct rules *r, const struct fleets *f)
{
	const struct batch_job *first = NULL;
	struct diag *d = NULL;

	for (size_t i = 0; i < r->batch->njobs && d == NULL; i++) {
		const struct batch_job *j = &r->batch->jobs[i];
		const struct instance_type *gpu;

		if (j->m->at.timeout.state != FIELD_ABSENT || j->m->section.poisoned)
			continue;
		gpu = gpu_type(f, j);
		if (gpu != NULL)
			d = diag_no_timeout_gpu(r->ds, job_span(j), j->m->name, gpu->name);
		else if (first == NULL && !repeats_for_ever(j))
			first = j;
	}
	if (d == NULL && first != NULL)
		d = diag_no_timeout(r->ds, job_span(first), first->m->name);
	if (d != NULL)
		diag_help(r->ds, d,
			  "add `Timeout: {AttemptDurationSeconds: 86400}`, here or in JobDefaults");
}

void rule_job_timeouts(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	for (size_t i = 0; i < r->batch->njobs; i++)
		long_timeout(r, &r->batch->jobs[i].m->timeout);
	no_timeout(r, &f);
}

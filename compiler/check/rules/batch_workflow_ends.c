/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflow_ends.c - what an execution costs, keeps and loses at its end. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/batch_fleet.h"
#include "compiler/check/rules/batch_workflows.h"
#include "compiler/check/rules/storage.h"
#include "compiler/facts/prices.h"

/* ---- storage that nobody deletes ---- */

static void note_volume_price(const struct rules *r, struct diag *d, const struct ebs_settings *e)
{
	struct str type = enum_text(PROP_EbsSettings_VolumeType, (int)e->volume_type);
	struct price p =
		price_of(r->facts, arena_fmt(r->a, "ebs-" STR_F, STR_A(type)), r->region_name);

	if (p.known == PRICE_NONE)
		diag_note(r->ds, d, "each execution leaves one, until somebody deletes it");
	else
		diag_note(r->ds, d,
			  "each execution leaves one, at " STR_F
			  " a month for %lld GiB (list price of " STR_F ", " STR_F ")",
			  STR_A(price_text(r->a, &p, price_a_month(&p, (uint64_t)e->size))),
			  (long long)e->size, STR_A(p.date), STR_A(r->region_name));
}

void rule_workflow_storage_stays(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow *m = it.w.m;
		struct diag *d;

		if (!WRITTEN(m, delete_storage) || m->delete_storage)
			continue;
		d = diag_workflow_storage_stays(r->ds, m->at.delete_storage.value,
						it.w.lustre ? "file system" : "volume");
		if (!it.w.lustre)
			note_volume_price(r, d, &m->ebs_settings);
		else
			diag_note(r->ds, d,
				  "each execution leaves one, until somebody deletes it: "
				  "https://aws.amazon.com/fsx/lustre/pricing/");
		diag_note(r->ds, d, "while one is there, the stack cannot be deleted");
	}
}

/* ---- jobs that fail ---- */

void rule_workflow_failure_loses(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow *m = it.w.m;
		struct diag *d;

		if (!WRITTEN(m, on_job_failure) || it.w.environment == NULL ||
		    m->on_job_failure != WORKFLOW_ON_JOB_FAILURE_DELETE || !it.w.environment->spot)
			continue;
		d = diag_workflow_failure_loses(r->ds, m->at.on_job_failure.value);
		label_batch_type(r, d, it.w.environment, "its instances may be taken away");
		diag_help(r->ds, d,
			  it.w.lustre ? "EXPORT saves what there is, KEEP keeps it"
				      : "KEEP keeps the volume");
	}
}

/* ---- interruptions ---- */

/* The job of one attempt on Spot: each interruption is a failed execution, which has made its storage for nothing. */
void rule_workflow_attempts(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct retry_strategy *s;
		struct diag *d;

		if (it.w.job == NULL || it.w.environment == NULL || !it.w.environment->spot)
			continue;
		s = &it.w.job->m->retry_strategy;
		if (!USABLE(it.w.job->m, retry_strategy) || !USABLE(s, attempts) ||
		    s->attempts > 1 || it.w.job->multinode || it.w.job->fargate ||
		    (s->at.attempts.state == FIELD_ABSENT && WRITTEN(s, evaluate_on_exit)))
			continue;
		d = diag_workflow_one_attempt(r->ds, workflow_span(it.w.m), it.w.job->m->name);
		diag_label(r->ds, d,
			   WRITTEN(s, attempts) ? s->at.attempts.value
			   : WRITTEN(it.w.job->m, retry_strategy)
				   ? it.w.job->m->at.retry_strategy.key
				   : job_span(it.w.job),
			   "one attempt alone");
		label_batch_type(r, d, it.w.environment, "its instances may be taken away");
		diag_help(r->ds, d,
			  "add to the job: `RetryStrategy: {Attempts: 5, RetryOn: "
			  "SPOT_INTERRUPTION}`");
	}
}

/* ---- where the storage is mounted ---- */

static struct str at_of(const struct rules *r, const struct mount_point *m)
{
	if (WRITTEN(m, container_path))
		return m->container_path;
	for (size_t i = 0; i < r->storage->n; i++)
		if (WRITTEN(&r->storage->items[i], name) &&
		    str_eq(r->storage->items[i].name, m->source_volume))
			return mount_dir(r->a, r->storage->items[i].mount_dir);
	return (struct str){0};
}

static void mounts_apart(const struct rules *r, const struct batch_workflow *w,
			 const struct container_properties *c)
{
	for (size_t i = 0; i < c->mount_points.n; i++) {
		const struct mount_point *m = &c->mount_points.items[i];
		struct str at = at_of(r, m);
		struct diag *d;

		if (at.n == 0 || !str_eq(mount_dir(r->a, at), w->dir))
			continue;
		d = diag_workflow_mount_taken(r->ds, section_span(&m->section), w->dir);
		diag_label(r->ds, d,
			   WRITTEN(w->m, mount_dir) ? w->m->at.mount_dir.value
						    : workflow_span(w->m),
			   "the storage of this workflow is mounted there");
		diag_help(r->ds, d, "take it out, or write another `MountDir` in the workflow");
	}
}

void rule_workflow_mounts(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		struct batch_container c = {0};

		while (USABLE(it.w.m, mount_dir) && next_container(r->batch, &c))
			if (c.job == it.w.job)
				mounts_apart(r, &it.w, c.m);
	}
}

/* ---- how often is looked ---- */

enum { LONG = 2 * 24 * 60 * 60, OFTEN = 60 };

/* Source: Step Functions developer guide, Quotas: 25,000 events; a look is eight of them. */
void rule_workflow_history(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow_polls *p = &it.w.m->poll_seconds;
		struct diag *d;

		if (!it.w.lustre || !WRITTEN(p, export) || p->export >= OFTEN ||
		    !USABLE(it.w.m, timeout_seconds) || it.w.m->timeout_seconds <= LONG)
			continue;
		d = diag_workflow_history(r->ds, p->at.export.value, (long long)p->export);
		if (WRITTEN(it.w.m, timeout_seconds))
			diag_label(r->ds, d, it.w.m->at.timeout_seconds.value,
				   "an execution may take so long");
		diag_note(r->ds, d,
			  "the history of an execution ends at 25,000 events, and so does the "
			  "execution: each look is eight of them");
		diag_help(r->ds, d, "look every 60 seconds, or seldomer");
	}
}

/* ---- more capacity than the job takes ---- */

void rule_workflow_capacity(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct batch_environment *e = it.w.environment;
		const struct container_properties *c;
		struct diag *d;

		if (it.w.job == NULL || e == NULL || it.w.job->multinode || it.w.job->fargate ||
		    !it.w.lustre || it.w.m->at.array_size.state != FIELD_ABSENT ||
		    !WRITTEN(e->m, maxv_cpus))
			continue;
		c = &it.w.job->m->container_properties;
		if (!WRITTEN(c, vcpus) || (double)e->m->maxv_cpus < 2 * c->vcpus)
			continue;
		d = diag_workflow_capacity(r->ds, e->m->at.maxv_cpus.value,
					   (long long)e->m->maxv_cpus, c->vcpus);
		diag_label(r->ds, d, workflow_span(it.w.m),
			   "its executions run one after the other");
		diag_help(r->ds, d, "`ArraySize` makes the job one of many");
	}
}

/* ---- how long it takes ---- */

void rule_workflow_outlasts_job(const struct rules *r)
{
	struct workflow_walk it = {0};

	while (next_workflow(r, &it)) {
		const struct workflow *m = it.w.m;
		const struct job_timeout *t = it.w.job != NULL ? &it.w.job->m->timeout : NULL;
		struct diag *d;

		if (t == NULL || !USABLE(m, timeout_seconds) ||
		    !WRITTEN(t, attempt_duration_seconds) ||
		    t->attempt_duration_seconds <= m->timeout_seconds)
			continue;
		d = diag_workflow_ends_early(r->ds,
					     WRITTEN(m, timeout_seconds)
						     ? m->at.timeout_seconds.value
						     : workflow_span(m),
					     (long long)m->timeout_seconds, it.w.job->m->name,
					     (long long)t->attempt_duration_seconds);
		diag_label(r->ds, d, t->at.attempt_duration_seconds.value,
			   "the limit of an attempt");
		diag_note(r->ds, d,
			  "an execution also makes the storage, waits for capacity, repeats "
			  "what failed and brings results home");
		diag_help(r->ds, d,
			  "write a `TimeoutSeconds` well above it, or a shorter `Timeout`");
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_scheduled_jobs.c - rules about the jobs that schedules of a batch file submit.
 *
 * Source: AWS Batch API, SubmitJob, botocore 1.44.8; user guide, AWS Batch service quotas.
 */
#include "compiler/check/rules/rule.h"
#include "compiler/model/batch.h"

/* Characters of a command that overrides one. Source: ECS, TaskOverride: 8192 for all overrides together. */
enum { MOST_OVERRIDES = 8192 };

/* A job, and what it is made of; NULL where that is not known. */
struct submitted {
	const struct schedule *at;
	const struct scheduled_job *m;
	const struct batch_job *job;
	const struct batch_queue *queue; /* that it names, or the only one that takes it */
};

static bool next_submitted(const struct rules *r, size_t *i, struct submitted *ret)
{
	const struct schedule_list *list = &r->b->schedules;

	while (*i < list->n) {
		const struct schedule *at = &list->items[(*i)++];
		const struct scheduled_job *m = &at->job;

		if (!WRITTEN(at, job) || m->section.poisoned)
			continue;
		*ret = (struct submitted){.at = at, .m = m};
		if (WRITTEN(m, job_definition))
			ret->job = map_get(&r->batch->by_job, m->job_definition);
		if (WRITTEN(m, job_queue))
			ret->queue = map_get(&r->batch->by_queue, m->job_queue);
		else if (USABLE(m, job_queue) && ret->job != NULL)
			ret->queue = batch_only_queue(ret->job);
		return true;
	}
	return false;
}

/* ---- its queue ---- */

static void which_queue(const struct rules *r, const struct submitted *s)
{
	struct str line = {0};
	struct diag *d;
	size_t n = 0;

	if (s->queue != NULL)
		return;
	for (size_t i = 0; i < s->job->nqueues; i++)
		if (s->job->queues[i]->m != NULL)
			line = arena_fmt(r->a, STR_F "%s`" STR_F "`", STR_A(line),
					 n++ > 0 ? ", " : "", STR_A(s->job->queues[i]->name));
	d = diag_scheduled_which_queue(r->ds, section_span(&s->m->section), s->job->m->name, n);
	if (n > 0)
		diag_help(r->ds, d, "add `JobQueue`: one of " STR_F, STR_A(line));
	else
		diag_help(r->ds, d, "add a queue for it to `JobQueues`");
}

static void other_platform(const struct rules *r, const struct submitted *s)
{
	struct diag *d;

	if (s->queue == NULL || s->queue->nenvironments == 0 ||
	    s->queue->fargate == s->job->fargate)
		return;
	d = diag_scheduled_queue(r->ds, VALUE_AT(s->m, job_queue), s->job->m->name, s->queue->name,
				 s->queue->fargate ? "Fargate" : "instances",
				 s->job->fargate ? "Fargate" : "instances");
	for (size_t i = 0; i < r->batch->nqueues; i++)
		if (r->batch->queues[i].fargate == s->job->fargate &&
		    r->batch->queues[i].m != NULL) {
			diag_help(r->ds, d, "`" STR_F "` is such a queue",
				  STR_A(r->batch->queues[i].name));
			break;
		}
}

void rule_scheduled_queues(const struct rules *r)
{
	struct submitted s;

	for (size_t i = 0; next_submitted(r, &i, &s);) {
		if (s.job == NULL || !s.job->placed)
			continue;
		if (s.m->at.job_queue.state == FIELD_ABSENT)
			which_queue(r, &s);
		else
			other_platform(r, &s);
	}
}

/* ---- its share ---- */

static const struct scheduling_policy *policy_of(const struct rules *r, const struct batch_queue *q)
{
	const struct scheduling_policy_list *list = &r->b->scheduling_policies;

	for (size_t i = 0; q->m != NULL && i < list->n; i++)
		if (str_eq(list->items[i].name, q->m->scheduling_policy))
			return &list->items[i];
	return NULL;
}

static bool covers(struct str identifier, struct str share)
{
	if (identifier.n > 0 && identifier.s[identifier.n - 1] == '*')
		return str_starts(share, str_slice(identifier, 0, identifier.n - 1));
	return str_eq(identifier, share);
}

static void listed(const struct rules *r, const struct submitted *s)
{
	const struct scheduling_policy *p = policy_of(r, s->queue);
	const struct share_attributes_list *shares;
	struct diag *d;

	if (p == NULL || is_poisoned(&p->fairshare_policy.at.share_distribution))
		return;
	shares = &p->fairshare_policy.share_distribution;
	for (size_t i = 0; i < shares->n; i++)
		if (!WRITTEN(&shares->items[i], share_identifier) ||
		    covers(shares->items[i].share_identifier, s->m->share_identifier))
			return;
	d = diag_share_unlisted(r->ds, s->m->at.share_identifier.value, s->m->share_identifier,
				p->name);
	diag_note(r->ds, d, "its jobs have the factor 1");
	if (shares->n > 0)
		diag_help(r->ds, d, "the shares are those of `ShareDistribution`, as `" STR_F "`",
			  STR_A(shares->items[0].share_identifier));
}

static void needs_share(const struct rules *r, const struct submitted *s)
{
	const struct scheduling_policy *p = policy_of(r, s->queue);
	struct diag *d;

	if (s->m->at.share_identifier.state != FIELD_ABSENT)
		return;
	d = diag_scheduled_share(r->ds, section_span(&s->m->section), s->queue->name,
				 "needs a `ShareIdentifier`: the queue shares by them");
	if (p != NULL && p->fairshare_policy.share_distribution.n > 0)
		diag_help(r->ds, d, "add `ShareIdentifier: " STR_F "`, or another share",
			  STR_A(p->fairshare_policy.share_distribution.items[0].share_identifier));
	else
		diag_help(r->ds, d, "add `ShareIdentifier: NAME`");
}

void rule_scheduled_shares(const struct rules *r)
{
	struct submitted s;

	for (size_t i = 0; next_submitted(r, &i, &s);) {
		if (s.queue == NULL ||
		    (s.queue->m != NULL && !USABLE(s.queue->m, scheduling_policy)))
			continue;
		if (s.queue->shares && WRITTEN(s.m, share_identifier))
			listed(r, &s);
		else if (s.queue->shares)
			needs_share(r, &s);
		else if (WRITTEN(s.m, share_identifier))
			diag_help(r->ds,
				  diag_scheduled_share(
					  r->ds, s.m->at.share_identifier.value, s.queue->name,
					  "takes no `ShareIdentifier`: the queue has no "
					  "SchedulingPolicy"),
				  "leave it out");
	}
}

/* ---- what it runs ---- */

static void no_array(const struct rules *r, const struct submitted *s)
{
	if (s->m->at.array_size.state != FIELD_ABSENT && s->job != NULL && s->job->multinode)
		diag_help(r->ds,
			  diag_scheduled_array(r->ds, VALUE_AT(s->m, array_size), s->job->m->name),
			  "leave `ArraySize` out, or submit an array of jobs of one node");
}

/* As JSON: quotes, and a comma between. */
static void short_command(const struct rules *r, const struct submitted *s)
{
	const struct model_strings *words = &s->m->command;
	size_t n = 2;

	if (!WRITTEN(s->m, command))
		return;
	for (size_t i = 0; i < words->n; i++)
		n += words->items[i].text.n + 3;
	if (n <= MOST_OVERRIDES)
		return;
	diag_help(r->ds, diag_scheduled_command(r->ds, s->m->at.command.value, n, MOST_OVERRIDES),
		  "put the script into the image, or into a bucket from which the job takes it");
}

void rule_scheduled_runs(const struct rules *r)
{
	struct submitted s;

	for (size_t i = 0; next_submitted(r, &i, &s);) {
		no_array(r, &s);
		short_command(r, &s);
	}
}

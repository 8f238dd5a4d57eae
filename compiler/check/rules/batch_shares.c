/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_shares.c - fair-share policies, and what jobs take from a common stock.
 *
 * The factor of AWS is inverse: 0.125 gets 8 times as much as 1. Source: AWS Batch API, ShareAttributes, botocore
 * 1.44.8.
 */
#include "compiler/base/buf.h"
#include "compiler/check/rules/batch_compute.h"

/* ---- identifiers ---- */

static bool is_prefix(struct str id)
{
	return id.n > 0 && id.s[id.n - 1] == '*';
}

/* Does the identifier `a`, perhaps a prefix with a star, mean all that `b` means? */
static bool covers(struct str a, struct str b)
{
	return is_prefix(a) && !str_eq(a, b) && str_starts(b, str_slice(a, 0, a.n - 1));
}

/* `wide`: the rows of the list that end in a star. */
static void overlaps(const struct rules *r, const struct share_attributes *m,
		     const struct share_attributes *const *wide, size_t n)
{
	for (size_t i = 0; WRITTEN(m, share_identifier) && i < n; i++) {
		struct diag *d;

		if (!covers(wide[i]->share_identifier, m->share_identifier))
			continue;
		d = diag_shares_overlap(r->ds, m->at.share_identifier.value, m->share_identifier,
					wide[i]->share_identifier);
		diag_label(r->ds, d, wide[i]->at.share_identifier.value, "it begins so");
		diag_help(r->ds, d,
			  "name identifiers and prefixes of which none begins as another");
		return;
	}
}

static void shares_apart(const struct rules *r, const struct share_attributes_list *list)
{
	const struct share_attributes **wide =
		NEW_ARRAY(r->a, const struct share_attributes *, list->n);
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (WRITTEN(&list->items[i], share_identifier) &&
		    is_prefix(list->items[i].share_identifier))
			wide[n++] = &list->items[i];
	for (size_t i = 0; i < list->n; i++)
		overlaps(r, &list->items[i], wide, n);
}

void rule_shares_apart(const struct rules *r)
{
	const struct scheduling_policy_list *policies = &r->b->scheduling_policies;

	for (size_t i = 0; i < policies->n; i++)
		shares_apart(r, &policies->items[i].fairshare_policy.share_distribution);
}

/* ---- weights ---- */

/* What a row gets, as a number to compare: the inverse of its factor, or its percents. */
static double part_of(const struct share_attributes *m)
{
	if (is_written(&m->at.share_percent))
		return m->share_percent;
	return 1 / (is_written(&m->at.weight_factor) ? m->weight_factor : 1);
}

static bool weights_faulty(const struct share_attributes_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!WRITTEN(&list->items[i], share_identifier) ||
		    !USABLE(&list->items[i], weight_factor) ||
		    !USABLE(&list->items[i], share_percent))
			return true;
	return false;
}

enum { MOST_SHOWN = 8 };

static double sum_of(const struct share_attributes_list *list)
{
	double sum = 0;

	for (size_t i = 0; i < list->n; i++)
		sum += part_of(&list->items[i]);
	return sum;
}

static bool is_near(double a, double b)
{
	return a > b - b / 1000 && a < b + b / 1000;
}

/* Can everybody read from the rows what each gets: are all equal, or percents of 100? */
static bool speak_for_themselves(const struct share_attributes_list *list)
{
	bool equal = true, percents = true;

	for (size_t i = 0; i < list->n; i++) {
		equal = equal && is_near(part_of(&list->items[i]), part_of(&list->items[0]));
		percents = percents && is_written(&list->items[i].at.share_percent);
	}
	return equal || (percents && is_near(sum_of(list), 100));
}

static void show_parts(const struct rules *r, const struct scheduling_policy *m)
{
	const struct share_attributes_list *list = &m->fairshare_policy.share_distribution;
	struct buf b = buf_in(r->a);

	if (speak_for_themselves(list))
		return;
	for (size_t i = 0; i < list->n && i < MOST_SHOWN; i++)
		buf_fmt(&b, "%s`" STR_F "` %.3g %%", i > 0 ? ", " : "",
			STR_A(list->items[i].share_identifier),
			100 * part_of(&list->items[i]) / sum_of(list));
	if (list->n > MOST_SHOWN)
		buf_fmt(&b, " and %zu more", list->n - MOST_SHOWN);
	diag_note(
		r->ds,
		diag_parts_shown(r->ds, m->fairshare_policy.at.share_distribution.key, buf_str(&b)),
		"while jobs of all of them wait; one that waits alone gets everything");
}

/* Do the factors look as if a higher one were meant to get more: parts of 1 or 100, or all of them 2 and more? */
static bool look_direct(const struct share_attributes_list *list)
{
	double sum = 0;
	bool large = true;

	for (size_t i = 0; i < list->n; i++) {
		const struct share_attributes *m = &list->items[i];

		if (!WRITTEN(m, weight_factor))
			return false;
		sum += m->weight_factor;
		large = large && m->weight_factor >= 2;
	}
	return list->n > 1 &&
	       (large || (sum > 0.999 && sum < 1.001) || (sum > 99.9 && sum < 100.1));
}

void rule_share_weights(const struct rules *r)
{
	for (size_t p = 0; p < r->b->scheduling_policies.n; p++) {
		const struct scheduling_policy *m = &r->b->scheduling_policies.items[p];
		const struct share_attributes_list *list = &m->fairshare_policy.share_distribution;
		struct diag *d;

		if (!USABLE(&m->fairshare_policy, share_distribution) || list->n == 0 ||
		    weights_faulty(list))
			continue;
		show_parts(r, m);
		if (!look_direct(list) || speak_for_themselves(list))
			continue;
		d = diag_weights_direct(r->ds, m->fairshare_policy.at.share_distribution.key);
		diag_note(r->ds, d,
			  "AWS's factor is inverse: one with 0.5 gets twice as much as one with 1");
		diag_help(r->ds, d,
			  "write `SharePercent` in place of `WeightFactor`: hpcc writes "
			  "the factors that give it");
	}
}

/* Is it the name of no policy of the file, perhaps a misspelt one? */
static bool names_none(const struct rules *r, struct str policy)
{
	if (policy.n == 0 || is_arn(policy))
		return false;
	for (size_t i = 0; i < r->b->scheduling_policies.n; i++)
		if (str_eq(r->b->scheduling_policies.items[i].name, policy))
			return false;
	return true;
}

static bool is_used(const struct rules *r, struct str policy)
{
	for (size_t i = 0; i < r->b->job_queues.n; i++) {
		const struct job_queue *q = &r->b->job_queues.items[i];

		if (q->section.poisoned || !USABLE(q, scheduling_policy) ||
		    str_eq(q->scheduling_policy, policy) || names_none(r, q->scheduling_policy))
			return true;
	}
	return !USABLE(r->b, job_queues);
}

void rule_policy_used(const struct rules *r)
{
	for (size_t i = 0; i < r->b->scheduling_policies.n; i++) {
		const struct scheduling_policy *m = &r->b->scheduling_policies.items[i];
		struct diag *d;

		if (!WRITTEN(m, name) || is_used(r, m->name))
			continue;
		d = diag_policy_unused(r->ds, m->at.name.value, m->name);
		diag_help(r->ds, d,
			  "write `SchedulingPolicy: " STR_F "` at a queue, or leave it out",
			  STR_A(m->name));
	}
}

/* Has a queue of the job a policy that is faulty? */
static bool may_share(const struct batch_job *j)
{
	for (size_t i = 0; i < j->nqueues; i++) {
		const struct job_queue *m = j->queues[i]->m;

		if (m != NULL && (m->section.poisoned || !USABLE(m, scheduling_policy)))
			return true;
	}
	return false;
}

/* Source: AWS Batch API, JobDefinition.schedulingPriority. */
void rule_priority_used(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++) {
		const struct batch_job *j = &r->batch->jobs[i];
		struct diag *d;

		if (!WRITTEN(j->m, scheduling_priority) || j->shares || j->nqueues == 0 ||
		    may_share(j))
			continue;
		d = diag_priority_unused(r->ds, j->m->at.scheduling_priority.key);
		diag_note(r->ds, d,
			  "it orders the jobs of one share, and none of its queues has a "
			  "SchedulingPolicy");
		diag_help(r->ds, d, "leave it out, or give a queue a `SchedulingPolicy`");
	}
}

/* ---- consumable resources ---- */

static const struct consumable_resource *consumable(const struct rules *r, struct str name)
{
	for (size_t i = 0; i < r->b->consumable_resources.n; i++)
		if (str_eq(r->b->consumable_resources.items[i].name, name))
			return &r->b->consumable_resources.items[i];
	return NULL;
}

static void too_many(const struct rules *r, const struct consumable_resource_requirement *m)
{
	const struct consumable_resource *c = consumable(r, m->consumable_resource);
	struct diag *d;

	if (c == NULL || !WRITTEN(m, consumable_resource) || !USABLE(m, quantity) ||
	    !WRITTEN(c, total_quantity) || m->quantity <= c->total_quantity)
		return;
	d = diag_too_many_consumed(r->ds, VALUE_AT(m, quantity), (long long)m->quantity, c->name,
				   (long long)c->total_quantity);
	diag_label(r->ds, d, c->at.total_quantity.value, "TotalQuantity is set here");
	diag_note(r->ds, d, "the job would wait for ever");
}

/* Source: AWS Batch user guide, Resource-aware scheduling. */
void rule_consumables_enough(const struct rules *r)
{
	for (size_t i = 0; i < r->b->job_definitions.n; i++) {
		const struct consumable_resource_requirement_list *list =
			&r->b->job_definitions.items[i].consumable_resources;

		for (size_t k = 0; k < list->n; k++)
			too_many(r, &list->items[k]);
	}
}

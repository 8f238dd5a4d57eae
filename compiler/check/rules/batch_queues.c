/* SPDX-License-Identifier: Apache-2.0 */
/* batch_queues.c - which compute environments a queue tries, and in which order. */
#include "compiler/base/buf.h"
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/types.h"

/* Where an entry stands in the order: what it says, else its place counted from 1. */
static int64_t place_of(const struct compute_environment_order_list *list, size_t i)
{
	return is_written(&list->items[i].at.order) ? list->items[i].order : (int64_t)i + 1;
}

static bool has_faulty_place(const struct compute_environment_order_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_poisoned(&list->items[i].at.order))
			return true;
	return false;
}

/* The place of a finding about an entry: its Order, else all of it. */
static struct span place_span(const struct compute_environment_order *m)
{
	return VALUE_AT(m, order);
}

static void place_twice(const struct rules *r, const struct compute_environment_order_list *list,
			size_t i)
{
	for (size_t k = 0; k < i; k++) {
		struct diag *d;

		if (place_of(list, k) != place_of(list, i))
			continue;
		d = diag_order_twice(r->ds, place_span(&list->items[i]),
				     (long long)place_of(list, i));
		diag_label(r->ds, d, place_span(&list->items[k]), "the other one");
		if (!is_written(&list->items[i].at.order) || !is_written(&list->items[k].at.order))
			diag_note(r->ds, d,
				  "one without `Order` stands at its place in the list, counted "
				  "from 1");
		diag_help(r->ds, d,
			  "leave `Order` out everywhere: the environments are tried as they are "
			  "written");
		return;
	}
}

static void places_mixed(const struct rules *r, const struct compute_environment_order_list *list)
{
	const struct compute_environment_order *with = NULL, *without = NULL;
	struct diag *d;

	for (size_t i = 0; i < list->n; i++)
		if (is_written(&list->items[i].at.order))
			with = with != NULL ? with : &list->items[i];
		else
			without = without != NULL ? without : &list->items[i];
	if (with == NULL || without == NULL)
		return;
	d = diag_order_mixed(r->ds, place_span(without));
	diag_label(r->ds, d, with->at.order.value, "this one does");
	diag_note(r->ds, d, "one without `Order` stands at its place in the list, counted from 1");
	diag_help(r->ds, d, "write `Order` at each of them, or at none");
}

void rule_queue_order(const struct rules *r)
{
	for (size_t q = 0; q < r->b->job_queues.n; q++) {
		const struct compute_environment_order_list *list =
			&r->b->job_queues.items[q].compute_environment_order;

		if (has_faulty_place(list))
			continue;
		for (size_t i = 1; i < list->n; i++)
			place_twice(r, list, i);
		places_mixed(r, list);
	}
}

/* ---- what a queue tries goes together ---- */

/* The entry of a queue of the file that names an environment; NULL in the one that a workflow implies. */
static const struct compute_environment_order *entry_of(const struct batch_queue *q,
							const struct batch_environment *e)
{
	for (size_t i = 0; q->m != NULL && i < q->m->compute_environment_order.n; i++) {
		const struct compute_environment_order *m =
			&q->m->compute_environment_order.items[i];

		if (str_eq(m->compute_environment, e->name))
			return m;
	}
	return NULL;
}

static struct span entry_span(const struct batch_queue *q, const struct batch_environment *e)
{
	const struct compute_environment_order *m = entry_of(q, e);

	return m != NULL ? m->at.compute_environment.value : section_span(&e->m->section);
}

/* Source: AWS Batch API, CreateJobQueue.computeEnvironmentOrder, botocore 1.44.8. */
void rule_queue_platforms(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nqueues; i++) {
		const struct batch_queue *q = &r->batch->queues[i];
		const struct batch_environment *first =
			q->nenvironments > 0 ? q->environments[0] : NULL;

		for (size_t k = 1; k < q->nenvironments; k++) {
			const struct batch_environment *e = q->environments[k];
			struct diag *d;

			if (e->fargate == first->fargate || !USABLE(e->m, type) ||
			    !USABLE(first->m, type))
				continue;
			d = diag_queue_platforms(r->ds, q->m->at.compute_environment_order.key,
						 q->name);
			diag_label(r->ds, d, entry_span(q, e), "%s",
				   e->fargate ? "Fargate" : "instances");
			diag_label(r->ds, d, entry_span(q, first), "%s",
				   first->fargate ? "Fargate" : "instances");
			diag_help(r->ds, d, "make a queue for each");
			break;
		}
	}
}

/* Source: the same. */
void rule_queue_architectures(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nqueues; i++) {
		const struct batch_queue *q = &r->batch->queues[i];
		uint8_t first = q->nenvironments > 0 ? batch_arch_of(r, q->environments[0]) : 0;

		for (size_t k = 1; first != 0 && k < q->nenvironments; k++) {
			const struct batch_environment *e = q->environments[k];
			uint8_t arch = batch_arch_of(r, e);
			struct diag *d;

			if (arch == 0 || e->fargate || (arch & first) != 0)
				continue;
			d = diag_queue_architectures(r->ds, entry_span(q, e), q->name);
			diag_inner(r->ds, d, STR_F, STR_A(arch_word(arch)));
			diag_label(r->ds, d, entry_span(q, q->environments[0]), STR_F,
				   STR_A(arch_word(first)));
			diag_help(r->ds, d, "make a queue for each architecture");
			break;
		}
	}
}

/* Source: AWS Batch API, ComputeEnvironmentOrder.order: they are tried in ascending order. */
void rule_queue_spot_first(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nqueues; i++) {
		const struct batch_queue *q = &r->batch->queues[i];

		for (size_t k = 1; k < q->nenvironments; k++) {
			const struct batch_environment *e = q->environments[k],
						       *before = q->environments[k - 1];
			struct diag *d;

			if (!e->spot || before->spot || e->fargate != before->fargate ||
			    !USABLE(before->m, type))
				continue;
			d = diag_spot_behind(r->ds, entry_span(q, e), e->name, before->name);
			diag_label(r->ds, d, entry_span(q, before),
				   "on demand, and tried before it");
			diag_note(r->ds, d,
				  "Batch tries them in order: Spot starts only when the one before "
				  "is full");
			diag_help(r->ds, d, "put Spot first");
			break;
		}
	}
}

/* ---- one environment, several queues ---- */

static const struct batch_environment *common(const struct batch_queue *a,
					      const struct batch_queue *b)
{
	for (size_t i = 0; i < b->nenvironments; i++)
		if (batch_tries(a, b->environments[i]))
			return b->environments[i];
	return NULL;
}

static void say_equal(const struct rules *r, const struct batch_queue *q,
		      const struct batch_queue *other, const struct batch_environment *e)
{
	struct diag *d =
		diag_equal_priority(r->ds, VALUE_AT(q->m, priority), other->name, q->name, e->name);

	diag_label(r->ds, d, VALUE_AT(other->m, priority), "the same Priority: %lld",
		   (long long)other->m->priority);
	if (!WRITTEN(q->m, priority))
		diag_note(r->ds, d, "Priority is not written; its default is 1");
	diag_help(r->ds, d, "give the one that goes first a higher `Priority`");
}

/* One finding a queue, about the first one before it. */
void rule_queue_priorities(const struct rules *r)
{
	for (size_t i = 1; i < r->batch->nqueues; i++) {
		const struct batch_queue *q = &r->batch->queues[i];

		for (size_t k = 0; q->m != NULL && USABLE(q->m, priority) && k < i; k++) {
			const struct batch_queue *other = &r->batch->queues[k];
			const struct batch_environment *e = common(other, q);

			if (e == NULL || other->m == NULL || !USABLE(other->m, priority) ||
			    str_eq(other->name, q->name) || other->m->priority != q->m->priority)
				continue;
			say_equal(r, q, other, e);
			break;
		}
	}
}

/* ---- what nobody uses ---- */

/* Is an environment named where the file has a fault, so that it is not known which one? */
static bool queues_faulty(const struct rules *r)
{
	if (!USABLE(r->b, job_queues) || ABSENT(r->b, job_queues))
		return true;
	for (size_t i = 0; i < r->b->job_queues.n; i++) {
		const struct job_queue *m = &r->b->job_queues.items[i];

		if (m->section.poisoned || !USABLE(m, compute_environment_order))
			return true;
		for (size_t k = 0; k < m->compute_environment_order.n; k++) {
			const struct compute_environment_order *o =
				&m->compute_environment_order.items[k];

			if (!WRITTEN(o, compute_environment) ||
			    (!is_arn(o->compute_environment) &&
			     map_get(&r->batch->by_environment, o->compute_environment) == NULL))
				return true;
		}
	}
	return false;
}

void rule_compute_used(const struct rules *r)
{
	if (queues_faulty(r))
		return;
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		struct diag *d;

		if (e->workflow != NULL || !WRITTEN(e->m, name) || e->tried_by[0] != NULL)
			continue;
		d = diag_environment_unused(r->ds, e->m->at.name.value, e->name);
		diag_help(r->ds, d,
			  "name it in a queue: `ComputeEnvironmentOrder: [" STR_F "]`, or leave it "
			  "out",
			  STR_A(e->name));
	}
}

/* Does a schedule of the file turn the queue on? */
static bool turned_on(const struct rules *r, const struct job_queue *m)
{
	for (size_t i = 0; i < r->b->schedules.n; i++) {
		const struct schedule *s = &r->b->schedules.items[i];

		if (!USABLE(s, job_queue) ||
		    (str_eq(s->job_queue, m->name) && s->state != SCHEDULE_STATE_DISABLED))
			return true;
	}
	return false;
}

void rule_queue_enabled(const struct rules *r)
{
	for (size_t i = 0; i < r->b->job_queues.n; i++) {
		const struct job_queue *m = &r->b->job_queues.items[i];
		struct diag *d;

		if (!WRITTEN(m, state) || m->state != JOB_QUEUE_STATE_DISABLED || turned_on(r, m))
			continue;
		d = diag_queue_disabled(r->ds, m->at.state.value, m->name);
		diag_help(r->ds, d, "leave `State` out, or let one of `Schedules` turn it on");
	}
}

/* ---- jobs that can never start ---- */

/* Source: AWS Batch user guide, Troubleshooting: jobs stuck in RUNNABLE. */
void rule_queue_limits(const struct rules *r)
{
	const struct job_queue *without = NULL;
	size_t n = 0;
	struct diag *d;

	if (r->b->notifications.section.written || !USABLE(r->b, notifications))
		return;
	for (size_t i = 0; i < r->b->job_queues.n; i++)
		if (ABSENT(&r->b->job_queues.items[i], job_state_time_limit_actions)) {
			without = without != NULL ? without : &r->b->job_queues.items[i];
			n++;
		}
	if (without == NULL)
		return;
	d = diag_no_time_limit(r->ds, section_span(&without->section), without->name);
	if (n > 1)
		diag_note(r->ds, d, "so it is with %zu queues of this file", n);
	diag_note(r->ds, d, "such a job stays at the head of its queue, and those behind it wait");
	diag_help(r->ds, d,
		  "write `JobStateTimeLimitActions: [{Reason: "
		  "\"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT\", MaxTimeSeconds: 3600}]`, or "
		  "`Notifications`, which tell of it");
}

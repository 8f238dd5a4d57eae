/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queues.c - job queues, their scheduling policies, and what jobs take from a common stock.
 *
 * A queue can neither get nor lose a scheduling policy: whether it has one is a part of its logical id. Source: AWS
 * Batch API, UpdateJobQueue, botocore 1.44.8.
 */
#include "lowering/batch/batch.h"

/* ---- scheduling policies ---- */

/* The factor of a share; that of a percentage is its inverse, since a lower one gets more. */
static double factor_of(const struct share_attributes *m)
{
	if (is_written(&m->at.share_percent))
		return 100 / m->share_percent / 100;
	return is_written(&m->at.weight_factor) ? m->weight_factor : 1;
}

static struct str policy_add(struct batch_stack *l, const struct scheduling_policy *m)
{
	const struct fairshare_policy *f = &m->fairshare_policy;
	struct ir *g = l->st.g;
	struct ir_resource *r =
		ir_add(g, batch_id(l, "SchedulingPolicy", m->name), "AWS::Batch::SchedulingPolicy",
		       origin_of_section(&m->section));
	struct ir_value *policy = ir_object(g), *shares = ir_list(g);

	for (size_t i = 0; i < f->share_distribution.n; i++) {
		struct ir_value *row = ir_object(g);

		ir_put_text(g, row, "ShareIdentifier",
			    f->share_distribution.items[i].share_identifier);
		ir_put(g, row, "WeightFactor",
		       ir_number(g, factor_of(&f->share_distribution.items[i])));
		ir_push(g, shares, row);
	}
	ir_put_int(g, policy, "ShareDecaySeconds", f->share_decay_seconds);
	ir_put_int(g, policy, "ComputeReservation", f->compute_reservation);
	ir_put(g, policy, "ShareDistribution", shares);
	ir_put(g, r->properties, "Name", batch_name(l, STR(""), m->name));
	ir_put(g, r->properties, "FairsharePolicy", policy);
	batch_put_tags(l, r->properties, NULL);
	return r->id;
}

/* ---- consumable resources ---- */

static struct str consumable_add(struct batch_stack *l, const struct consumable_resource *m)
{
	struct ir *g = l->st.g;
	struct ir_resource *r =
		ir_add(g, batch_id(l, "ConsumableResource", m->name),
		       "AWS::Batch::ConsumableResource", origin_of_section(&m->section));

	ir_put(g, r->properties, "ConsumableResourceName", batch_name(l, STR(""), m->name));
	ir_put_int(g, r->properties, "TotalQuantity", m->total_quantity);
	ir_put_text(g, r->properties, "ResourceType",
		    enum_text(PROP_ConsumableResource_ResourceType, (int)m->resource_type));
	batch_put_tags(l, r->properties, NULL);
	return r->id;
}

/* ---- queues ---- */

static const struct lowered_environment *lowered(const struct batch_stack *l,
						 const struct batch_environment *e)
{
	return &l->environments[e - l->v->environments];
}

static void push_place(struct batch_stack *l, struct ir_value *order, int64_t place,
		       struct ir_value *environment)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_int(l->st.g, row, "Order", place);
	ir_push(l->st.g, order, ir_put(l->st.g, row, "ComputeEnvironment", environment));
}

/* The places as the file says them; ARNs of other environments stand among ours. */
static struct ir_value *order_of(struct batch_stack *l, const struct batch_queue *q)
{
	const struct compute_environment_order_list *list;
	struct ir_value *order = ir_list(l->st.g);

	if (q->m == NULL) {
		push_place(l, order, 1, ir_ref(l->st.g, lowered(l, q->environments[0])->resource));
		return order;
	}
	list = &q->m->compute_environment_order;
	for (size_t i = 0; i < list->n; i++) {
		const struct compute_environment_order *m = &list->items[i];
		const struct batch_environment *e =
			map_get(&l->v->by_environment, m->compute_environment);

		push_place(l, order, is_written(&m->at.order) ? m->order : (int64_t)i + 1,
			   e != NULL ? ir_ref(l->st.g, lowered(l, e)->resource)
				     : ir_text(l->st.g, m->compute_environment));
	}
	return order;
}

static void put_policy(struct batch_stack *l, const struct job_queue *m,
		       struct ir_value *properties)
{
	struct str name = m->scheduling_policy;

	if (name.n == 0)
		return;
	for (size_t i = 0; i < l->b->scheduling_policies.n; i++)
		if (str_eq(l->b->scheduling_policies.items[i].name, name)) {
			ir_put(l->st.g, properties, "SchedulingPolicyArn",
			       ir_ref(l->st.g, l->policies[i]));
			return;
		}
	ir_put_text(l->st.g, properties, "SchedulingPolicyArn", name);
}

static void put_limits(struct batch_stack *l, const struct job_queue *m,
		       struct ir_value *properties)
{
	struct ir_value *list = ir_list(l->st.g);

	for (size_t i = 0; i < m->job_state_time_limit_actions.n; i++) {
		const struct job_state_time_limit_action *row =
			&m->job_state_time_limit_actions.items[i];
		struct ir_value *limit = ir_object(l->st.g);

		ir_put_text(l->st.g, limit, "Reason",
			    enum_text(PROP_JobStateTimeLimitAction_Reason, (int)row->reason));
		ir_put_int(l->st.g, limit, "MaxTimeSeconds", row->max_time_seconds);
		ir_put_text(l->st.g, limit, "State", STR("RUNNABLE"));
		ir_put_text(l->st.g, limit, "Action", STR("CANCEL"));
		ir_push(l->st.g, list, limit);
	}
	if (list->n > 0)
		ir_put(l->st.g, properties, "JobStateTimeLimitActions", list);
}

static void queue_add(struct batch_stack *l, struct lowered_job_queue *q)
{
	const struct job_queue *m = q->m->m;
	struct ir *g = l->st.g;
	struct ir_value *p;
	struct ir_resource *r;

	q->resource = batch_id(l, q->m->shares ? "SharedQueue" : "JobQueue", q->m->name);
	r = ir_add(g, q->resource, "AWS::Batch::JobQueue",
		   origin_of_section(m != NULL ? &m->section
					       : &q->m->workflow->compute_environment.section));
	p = r->properties;
	ir_put(g, p, "JobQueueName",
	       batch_name(l, m != NULL ? m->job_queue_name : STR(""), q->m->name));
	ir_put_int(g, p, "Priority", m != NULL ? m->priority : 1);
	ir_put_text(g, p, "State",
		    m != NULL ? enum_text(PROP_JobQueue_State, (int)m->state) : STR("ENABLED"));
	ir_put(g, p, "ComputeEnvironmentOrder", order_of(l, q->m));
	if (m != NULL) {
		put_policy(l, m, p);
		put_limits(l, m, p);
	}
	batch_put_tags(l, p, m != NULL ? &m->tags : NULL);
}

void pass_batch_queues(struct batch_stack *l)
{
	const struct scheduling_policy_list *policies = &l->b->scheduling_policies;

	l->policies = NEW_ARRAY(l->st.a, struct str, policies->n);
	for (size_t i = 0; i < policies->n; i++)
		l->policies[i] = policy_add(l, &policies->items[i]);
	l->consumables = NEW_ARRAY(l->st.a, struct str, l->b->consumable_resources.n);
	for (size_t i = 0; i < l->b->consumable_resources.n; i++)
		l->consumables[i] = consumable_add(l, &l->b->consumable_resources.items[i]);
	l->queues = NEW_ARRAY(l->st.a, struct lowered_job_queue, l->v->nqueues);
	for (size_t i = 0; i < l->v->nqueues; i++) {
		l->queues[i].m = &l->v->queues[i];
		queue_add(l, &l->queues[i]);
	}
}

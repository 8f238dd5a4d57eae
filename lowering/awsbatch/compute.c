/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute.c - compute environment and job queue, as a batch file with the same figures gives them.
 *
 * What ParallelCluster made differs: it left the strategy to AWS Batch, which takes BEST_FIT, can then update little in
 * place, and needs a role of the Spot Fleet. Instances mount what the head node exports, and EFS, before a job comes:
 * so containers need no privilege to mount it themselves, as those of ParallelCluster do.
 */
#include "compiler/schema/schema.h"
#include "lowering/awsbatch/awsbatch.h"
#include "lowering/batch/storage.h"

/* ---- the file in the words of a batch file ---- */

static const struct field_at written = {.state = FIELD_WRITTEN};

static enum compute_environment_type type_of_capacity(const struct aws_batch_queue *q)
{
	return q->capacity_type == AWS_BATCH_QUEUE_CAPACITY_TYPE_SPOT
		       ? COMPUTE_ENVIRONMENT_TYPE_SPOT
		       : COMPUTE_ENVIRONMENT_TYPE_EC2;
}

static void fill_networking(struct batch_networking *n, const struct aws_batch_queue_networking *m)
{
	n->section = m->section;
	n->subnet_ids = m->subnet_ids;
	n->security_groups = m->security_groups;
	n->additional_security_groups = m->additional_security_groups;
	n->assign_public_ip = m->assign_public_ip;
	n->at.assign_public_ip = m->at.assign_public_ip;
}

/* DesiredvCpus is not passed on: AWS Batch sets it by itself from the first job on. */
static void fill_environment(struct lowering *l, struct compute_environment *e)
{
	const struct aws_batch_queue *q = awsbatch_queue(l);
	const struct aws_batch_compute_resource *r = awsbatch_resource(l);

	e->section = r->section;
	e->name = r->name;
	e->at.name = written;
	e->type = type_of_capacity(q);
	e->state = COMPUTE_ENVIRONMENT_STATE_ENABLED;
	e->instance_types = r->instance_types;
	e->minv_cpus = r->minv_cpus;
	e->maxv_cpus = r->maxv_cpus;
	if (e->type == COMPUTE_ENVIRONMENT_TYPE_SPOT) {
		e->bid_percentage = r->spot_bid_percentage;
		e->at.bid_percentage = r->at.spot_bid_percentage;
	}
	fill_networking(&e->networking, &q->networking);
	e->update_to_latest_image_version = true;
	e->local_storage.root_volume.encrypted = true;
	e->update_policy.job_execution_timeout_minutes =
		(int64_t)schema_props[PROP_BatchUpdatePolicy_JobExecutionTimeoutMinutes]
			.default_value;
	e->container_insights = COMPUTE_ENVIRONMENT_CONTAINER_INSIGHTS_DISABLED;
}

static void fill_queue(struct lowering *l, struct job_queue *q)
{
	struct compute_environment_order *place = NEW(l->st.a, struct compute_environment_order);

	q->section = awsbatch_queue(l)->section;
	q->name = awsbatch_queue(l)->name;
	q->at.name = written;
	q->priority = 1;
	q->state = JOB_QUEUE_STATE_ENABLED;
	place->compute_environment = awsbatch_resource(l)->name;
	place->at.compute_environment = written;
	q->compute_environment_order.items = place;
	q->compute_environment_order.n = 1;
}

/* Storage that instances mount by themselves: what the head node exports comes another way. */
static void fill_storage(struct lowering *l, struct batch *b)
{
	const struct shared_storage_list *list = &l->c->shared_storage;
	struct shared_storage *items = NEW_ARRAY(l->st.a, struct shared_storage, list->n);

	b->shared_storage.items = items;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS)
			items[b->shared_storage.n++] = list->items[i];
}

static const struct batch *batch_model(struct lowering *l)
{
	struct batch *b = NEW(l->st.a, struct batch);
	struct compute_environment *e = NEW(l->st.a, struct compute_environment);
	struct job_queue *q = NEW(l->st.a, struct job_queue);

	b->region = l->c->region;
	b->imds = l->c->imds;
	b->tags = l->c->tags;
	fill_environment(l, e);
	b->compute_environments.items = e;
	b->compute_environments.n = 1;
	fill_queue(l, q);
	b->job_queues.items = q;
	b->job_queues.n = 1;
	fill_storage(l, b);
	return b;
}

/* ---- what the cluster has made already ---- */

/* The first mount target of a file system that the cluster makes (target_addresses of storage_mount.c); else NULL. */
static struct ir_value *address_of(const struct lowered_storage *s)
{
	struct ir_value *targets = ir_get(s->settings, STR("MountTargets"));

	if (targets == NULL)
		return NULL;
	return targets->kind == IR_OBJECT ? targets->members[0].value : targets->items[0]->items[1];
}

static void take_storage(struct lowering *l, struct batch_stack *b)
{
	size_t n = 0;

	b->storage = NEW_ARRAY(l->st.a, struct ir_value *, b->b->shared_storage.n);
	b->stores = NEW_ARRAY(l->st.a, struct batch_storage, b->b->shared_storage.n);
	for (size_t i = 0; i < l->c->shared_storage.n; i++) {
		const struct lowered_storage *s = &l->storage[i];

		if (s->model->storage_type != SHARED_STORAGE_STORAGE_TYPE_EFS)
			continue;
		b->storage[n] = ir_get(s->settings, STR("FileSystemId"));
		b->stores[n] = (struct batch_storage){.m = &b->b->shared_storage.items[n],
						      .resource = s->id,
						      .address = address_of(s)};
		n++;
	}
}

void pass_awsbatch_compute(struct lowering *l)
{
	struct batch_stack b = {.st = l->st, .b = batch_model(l), .network = l->own_network};

	b.v = batch_of(l->st.a, b.b);
	b.vpc = l->vpc;
	b.group = l->compute_sg;
	b.exports = awsbatch_exports(l);
	b.server = l->head_address;
	b.st.stack_tag = true; /* launch templates need a tag to tag themselves with */
	take_storage(l, &b);
	pass_batch_environments(&b);
	pass_batch_queues(&b);
	l->st.lookups = b.st.lookups;
	l->queues[0].role_arn = b.environments[0].role_arn;
	l->awsbatch.environment = b.environments[0].resource;
	l->awsbatch.queue = b.queues[0].resource;
}

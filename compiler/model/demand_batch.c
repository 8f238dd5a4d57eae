/* SPDX-License-Identifier: Apache-2.0 */
/* demand_batch.c - what a batch file comes to: compute environments, alarms, what workflows need. */
#include "compiler/model/batch_workflows.h"
#include "compiler/model/demand_list.h"

/*
 * GB of memory that a task of Fargate has at most for each vCPU: 2 GB of 0.25, 30 GB of 4, 120 GB of 16. Source: AWS
 * Batch API, ResourceRequirement.
 */
enum { FARGATE_GB = 8 };

static void put_fargate(struct demands *l, struct demand *d, bool spot)
{
	struct parts p = {0};

	part_add(&p, spot ? DEMAND_FARGATE_SPOT : DEMAND_FARGATE_VCPU, 1);
	part_add(&p, DEMAND_FARGATE_MEMORY, spot ? 0 : FARGATE_GB);
	demand_put_parts(l, d, &p);
}

static void put_instances(struct demands *l, struct demand *d, const struct compute_environment *m)
{
	const struct queue_root_volume *root = &m->local_storage.root_volume;
	const struct scratch_volume *scratch = &m->local_storage.scratch_volume;
	struct volume_said v = {root->volume_type, demand_sound(&root->at.size, root->size),
				demand_sound(&root->at.iops, root->iops),
				demand_sound(&root->at.throughput, root->throughput)};
	struct volume_said s = {enum_text(PROP_ScratchVolume_VolumeType, (int)scratch->volume_type),
				demand_sound(&scratch->at.size, scratch->size),
				demand_sound(&scratch->at.iops, scratch->iops),
				demand_sound(&scratch->at.throughput, scratch->throughput)};
	struct parts p = {0};

	parts_volume(l, &p, &v, 1);
	if (scratch->section.written && s.gib > 0)
		parts_volume(l, &p, &s, 1);
	part_add(&p, DEMAND_PUBLIC_ADDRESS, m->networking.assign_public_ip);
	demand_put_parts(l, d, &p);
	d->gib = v.gib;
	d->types = m->instance_types.items;
	d->ntypes = m->instance_types.n;
}

/* What schedules make of the vCPUs: the least that always runs, and the most that may. */
static void put_schedules(struct demand *d, const struct batch *b)
{
	for (size_t i = 0; i < b->schedules.n; i++) {
		const struct schedule *s = &b->schedules.items[i];

		if (s->schedule_state == SCHEDULE_SCHEDULE_STATE_DISABLED ||
		    !str_eq(s->compute_environment, d->name))
			continue;
		if (is_written(&s->at.minv_cpus) && s->minv_cpus < d->min)
			d->min = s->minv_cpus;
		if (is_written(&s->at.maxv_cpus) && s->maxv_cpus > d->max)
			d->max = s->maxv_cpus;
	}
}

static void add_environment(struct demands *l, const struct batch *b,
			    const struct batch_environment *e)
{
	const struct compute_environment *m = e->m;
	bool reserved = m->capacity_block || m->capacity_reservation_target.section.written;
	struct demand d = {.what = DEMAND_ENVIRONMENT,
			   .name = e->name,
			   .max = demand_sound(&m->at.maxv_cpus, m->maxv_cpus),
			   .vcpus = true,
			   .reserved = reserved,
			   .market = m->capacity_block ? MARKET_CAPACITY_BLOCK
				     : e->spot	       ? MARKET_SPOT
						       : MARKET_ON_DEMAND};

	if (e->fargate) {
		put_fargate(l, &d, e->spot);
	} else {
		d.min = demand_sound(&m->at.minv_cpus, m->minv_cpus);
		put_instances(l, &d, m);
	}
	put_schedules(&d, b);
	demand_add(l, d);
}

/* ---- what is watched ---- */

/* An alarm that is there only if the instances have GPUs. */
static void add_gpu_alarm(struct demands *l, const struct batch_environment *e)
{
	struct demand d = {.what = DEMAND_SERVICE,
			   .name = demand_item_rows[DEMAND_ALARM].words,
			   .types = e->m->instance_types.items,
			   .ntypes = e->m->instance_types.n,
			   .only_gpus = true,
			   .min = 1,
			   .max = 1};
	struct parts p = {0};

	part_add(&p, DEMAND_ALARM, 1);
	demand_put_parts(l, &d, &p);
	demand_add(l, d);
}

/* Alarms as lowering/batch/alarms.c makes them. */
static void add_alarms(struct demands *l, const struct batch *b, const struct batch_view *v)
{
	const struct alarms *m = &b->monitoring.alarms;
	bool gpus = is_written(&m->at.gpu_utilization_percent);
	bool memory = is_written(&m->at.memory_utilization_percent);
	int64_t n = b->notifications.section.written && b->schedules.n > 0; /* dropped schedules */

	if (!batch_has_alarms(b)) {
		demand_item(l, DEMAND_ALARM, n);
		return;
	}
	n += 1 + 2 * (int64_t)v->nqueues; /* the function; waiting and failures of each queue */
	for (size_t i = 0; i < v->nenvironments; i++)
		n += memory && !v->environments[i].fargate;
	demand_item(l, DEMAND_ALARM, n);
	for (size_t i = 0; gpus && i < v->nenvironments; i++)
		add_gpu_alarm(l, &v->environments[i]);
	demand_use(l, DEMAND_METRICS);
	demand_use(l, DEMAND_FUNCTION);
}

/* ---- workflows ---- */

static void add_workflows(struct demands *l, const struct batch *b, const struct batch_view *v)
{
	int64_t secrets = 0;

	for (size_t i = 0; i < b->workflows.n; i++) {
		struct batch_workflow w = workflow_of(l->a, v, &b->workflows.items[i]);

		secrets += workflow_whole(&w) &&
			   w.m->parameters_in == WORKFLOW_PARAMETERS_IN_SECRETS_MANAGER;
	}
	demand_item(l, DEMAND_SECRET, secrets);
	if (b->workflows.n == 0)
		return;
	demand_use(l, DEMAND_WORKFLOW_STEP);
	demand_use(l, DEMAND_TABLE);
	demand_use(l, DEMAND_FUNCTION);
	demand_use(l, DEMAND_LOG_DATA);
	demand_use(l, DEMAND_LOG_STORAGE);
}

void demand_batch(struct demands *l, const struct batch *b)
{
	const struct batch_view *v = batch_of(l->a, b);

	for (size_t i = 0; i < v->nenvironments; i++)
		add_environment(l, b, &v->environments[i]);
	demand_storage(l, &b->shared_storage);
	if (l->nodes_only)
		return;
	if (b->network.section.written)
		demand_network(l, &b->network);
	add_alarms(l, b, v);
	demand_item(l, DEMAND_DASHBOARD, batch_has_dashboard(b));
	add_workflows(l, b, v);
	if (batch_logs_jobs(v)) {
		demand_use(l, DEMAND_LOG_DATA);
		demand_use(l, DEMAND_LOG_STORAGE);
	}
	if (b->buckets.n > 0)
		demand_use(l, DEMAND_BUCKET);
	if (b->repositories.n > 0)
		demand_use(l, DEMAND_REPOSITORY);
	if (b->notifications.section.written)
		demand_use(l, DEMAND_MESSAGES);
	demand_use(l, DEMAND_ZONE_TRAFFIC);
	demand_use(l, DEMAND_INTERNET_TRAFFIC);
}

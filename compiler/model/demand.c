/* SPDX-License-Identifier: Apache-2.0 */
/* demand.c - what the stack of a cluster will hold, and how the lists of all kinds of files are made. */
#include "compiler/base/open_text.h"
#include "compiler/model/demand_list.h"
#include "compiler/model/effective.h"

#include <string.h>

const struct demand_item_row demand_item_rows[DEMAND_ITEM_COUNT] = {
#define SIZED DEMAND_SIZED
#define SMALL DEMAND_SMALL
#define BY_USE DEMAND_BY_WHAT_IS_DONE
#define ITEM(id, key, words, unit, use) {STR_INIT(key), STR_INIT(words), STR_INIT(unit), use},
#include "compiler/model/demand_items.def"
#undef ITEM
#undef SIZED
#undef SMALL
#undef BY_USE
};

/* For what no property says. */
static const struct field_at unsaid;

/* ---- the list ---- */

int64_t demand_sound(const struct field_at *at, int64_t value)
{
	return is_poisoned(at) ? 0 : value;
}

void demand_add(struct demands *l, struct demand d)
{
	l->items = arena_grow(l->a, l->items, sizeof(*l->items), l->n, &l->cap);
	if (d.min_at == NULL)
		d.min_at = &unsaid;
	if (d.market_at == NULL)
		d.market_at = &unsaid;
	l->items[l->n++] = d;
}

void demand_put_type(struct demands *l, struct demand *d, const struct field_at *at,
		     struct str name)
{
	struct model_string *one;

	if (!is_written(at))
		return;
	one = NEW(l->a, struct model_string);
	*one = (struct model_string){name, at->value};
	d->types = one;
	d->ntypes = 1;
}

void part_add(struct parts *p, enum demand_item item, int64_t n)
{
	if (n <= 0)
		return;
	INVARIANT(p->n < DEMAND_PARTS);
	p->items[p->n++] = (struct demand_part){item, n};
}

void demand_put_parts(struct demands *l, struct demand *d, const struct parts *p)
{
	struct demand_part *items;

	if (l->nodes_only)
		return;
	items = NEW_ARRAY(l->a, struct demand_part, p->n + 1);
	memcpy(items, p->items, p->n * sizeof(*items));
	d->parts = items;
	d->nparts = p->n;
}

void demand_service(struct demands *l, struct str name, int64_t n, const struct parts *p)
{
	struct demand d = {.what = DEMAND_SERVICE, .name = name, .min = n, .max = n};

	if (n <= 0)
		return;
	demand_put_parts(l, &d, p);
	demand_add(l, d);
}

void demand_item(struct demands *l, enum demand_item item, int64_t n)
{
	struct parts p = {0};

	part_add(&p, item, 1);
	demand_service(l, demand_item_rows[item].words, n, &p);
}

void demand_use(struct demands *l, enum demand_item item)
{
	l->used[item] = true;
}

/* What is paid for by use comes last, in the order of the table. */
static void add_uses(struct demands *l)
{
	for (int i = 0; i < DEMAND_ITEM_COUNT; i++) {
		struct demand d = {.what = DEMAND_BY_USE, .name = demand_item_rows[i].words};
		struct parts p = {0};

		if (!l->used[i])
			continue;
		part_add(&p, (enum demand_item)i, 1);
		demand_put_parts(l, &d, &p);
		demand_add(l, d);
	}
}

/* ---- volumes ---- */

/* Every gp3 volume has these for nothing. Source: EBS user guide, General Purpose SSD volumes. */
enum { GP3_IOPS = 3000, GP3_MIBPS = 125 };
/* What ParallelCluster and hpcc fill in for io1 and io2: stdlib/facts/ebs.tsv. */
enum { IO_IOPS = 100 };
/* IOPS of io2 are cheaper above these. Source: EBS pricing page. */
enum { IO2_FIRST = 32000, IO2_SECOND = 64000 };

static int64_t between(int64_t n, int64_t from, int64_t to)
{
	n = n < to ? n : to;
	return n > from ? n - from : 0;
}

static void parts_iops(struct parts *p, struct str type, int64_t iops, int64_t throughput,
		       int64_t n)
{
	int64_t io = iops > 0 ? iops : IO_IOPS;

	if (str_eq(type, STR("gp3"))) {
		part_add(p, DEMAND_EBS_GP3_IOPS, between(iops, GP3_IOPS, INT32_MAX) * n);
		part_add(p, DEMAND_EBS_GP3_THROUGHPUT,
			 between(throughput, GP3_MIBPS, INT32_MAX) * n);
	} else if (str_eq(type, STR("io1"))) {
		part_add(p, DEMAND_EBS_IO1_IOPS, between(io, 0, INT32_MAX) * n);
	} else if (str_eq(type, STR("io2"))) {
		part_add(p, DEMAND_EBS_IO2_IOPS_1, between(io, 0, IO2_FIRST) * n);
		part_add(p, DEMAND_EBS_IO2_IOPS_2, between(io, IO2_FIRST, IO2_SECOND) * n);
		part_add(p, DEMAND_EBS_IO2_IOPS_3, between(io, IO2_SECOND, INT32_MAX) * n);
	}
}

void parts_volume(struct demands *l, struct parts *p, const struct volume_said *v, int64_t n)
{
	static const struct {
		struct str type;
		enum demand_item sized, of_image;
	} rows[] = {
		{STR_INIT("gp3"), DEMAND_EBS_GP3, DEMAND_EBS_GP3_OF_IMAGE},
		{STR_INIT("gp2"), DEMAND_EBS_GP2, DEMAND_EBS_GP2_OF_IMAGE},
		{STR_INIT("io1"), DEMAND_EBS_IO1, DEMAND_EBS_OTHER_OF_IMAGE},
		{STR_INIT("io2"), DEMAND_EBS_IO2, DEMAND_EBS_OTHER_OF_IMAGE},
		{STR_INIT("st1"), DEMAND_EBS_ST1, DEMAND_EBS_OTHER_OF_IMAGE},
		{STR_INIT("sc1"), DEMAND_EBS_SC1, DEMAND_EBS_OTHER_OF_IMAGE},
		{STR_INIT("standard"), DEMAND_EBS_STANDARD, DEMAND_EBS_OTHER_OF_IMAGE},
	};
	struct str type = v->type.n > 0 ? v->type : STR("gp3");

	if (l->nodes_only)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!str_eq(rows[i].type, type))
			continue;
		if (v->gib > 0)
			part_add(p, rows[i].sized, between(v->gib, 0, INT32_MAX) * n);
		else
			demand_use(l, rows[i].of_image);
	}
	parts_iops(p, type, v->iops, v->throughput, n);
}

/* ---- nodes ---- */

/* The volume with home directories and Slurm's state, which lowering/cluster/state.c makes. */
enum { STATE_MIN_GIB = 40 };

static void add_head_node(struct demands *l, const struct cluster *c)
{
	const struct head_node *h = &c->head_node;
	const struct head_node_root_volume *root = &h->local_storage.root_volume;
	const struct model_flex *ip = &h->networking.elastic_ip;
	int64_t gib = demand_sound(&root->at.size, root->size);
	struct demand d = {.what = DEMAND_HEAD_NODE,
			   .min = 1,
			   .max = 1,
			   .one_thread = h->disable_simultaneous_multithreading,
			   .gib = gib};
	struct volume_said v = {
		enum_text(PROP_HeadNodeRootVolume_VolumeType, (int)root->volume_type), gib,
		demand_sound(&root->at.iops, root->iops),
		demand_sound(&root->at.throughput, root->throughput)};
	struct volume_said state = {.gib = gib > STATE_MIN_GIB ? gib : STATE_MIN_GIB};
	struct parts p = {0};

	parts_volume(l, &p, &v, 1);
	parts_volume(l, &p, &state, 1);
	part_add(&p, DEMAND_PUBLIC_ADDRESS,
		 is_written(&h->networking.at.elastic_ip) && !ip->is_text && ip->flag);
	demand_put_parts(l, &d, &p);
	demand_put_type(l, &d, &h->at.instance_type, h->instance_type);
	demand_add(l, d);
}

static void add_login_nodes(struct demands *l, const struct login_pool *pool)
{
	int64_t count = demand_sound(&pool->at.count, pool->count);
	struct demand d = {.what = DEMAND_LOGIN_NODES,
			   .name = pool->name,
			   .min = count,
			   .max = count,
			   .min_at = &pool->at.count};

	demand_use(l, DEMAND_EBS_GP3_OF_IMAGE);
	demand_put_type(l, &d, &pool->at.instance_type, pool->instance_type);
	demand_add(l, d);
}

static enum market market_of(const struct slurm_queue *q)
{
	switch (capacity_of(q)) {
	case SLURM_QUEUE_CAPACITY_TYPE_SPOT:
		return MARKET_SPOT;
	case SLURM_QUEUE_CAPACITY_TYPE_CAPACITY_BLOCK:
		return MARKET_CAPACITY_BLOCK;
	case SLURM_QUEUE_CAPACITY_TYPE_ONDEMAND:
	case SLURM_QUEUE_CAPACITY_TYPE_UNSET:
		return MARKET_ON_DEMAND;
	}
	BUG("no such capacity type");
}

/* InstanceType, then those of Instances; a resource has one or the other when it has no fault. */
static void put_types(struct demands *l, struct demand *d, const struct slurm_compute_resource *r)
{
	struct model_string *types;

	demand_put_type(l, d, &r->at.instance_type, r->instance_type);
	if (r->instances.n == 0)
		return;
	types = NEW_ARRAY(l->a, struct model_string, r->instances.n + 1);
	if (d->ntypes > 0)
		types[0] = d->types[0];
	for (size_t i = 0; i < r->instances.n; i++) {
		const struct flexible_instance_type *t = &r->instances.items[i];

		if (is_written(&t->at.instance_type))
			types[d->ntypes++] =
				(struct model_string){t->instance_type, t->at.instance_type.value};
	}
	d->types = types;
}

static void add_compute_nodes(struct demands *l, const struct compute *c)
{
	const struct slurm_compute_resource *r = c->resource;
	const struct queue_root_volume *root =
		&c->queue->compute_settings.local_storage.root_volume;
	enum market market = market_of(c->queue);
	int64_t gib = demand_sound(&root->at.size, root->size);
	struct volume_said v = {root->volume_type, gib, demand_sound(&root->at.iops, root->iops),
				demand_sound(&root->at.throughput, root->throughput)};
	struct parts p = {0};
	struct demand d = {
		.what = DEMAND_COMPUTE_NODES,
		.name = r->name,
		.min = demand_sound(&r->at.min_count, r->min_count),
		.max = demand_sound(&r->at.max_count, r->max_count),
		.market = market,
		.reserved = market == MARKET_CAPACITY_BLOCK ||
			    effective_reservation(c).kind != RESERVATION_NONE,
		.efa = efa_of(r) == EFA_ON,
		.one_thread = r->disable_simultaneous_multithreading,
		.gib = gib,
		.min_at = &r->at.min_count,
		.market_at = &c->queue->at.capacity_type,
	};

	parts_volume(l, &p, &v, 1);
	part_add(&p, DEMAND_PUBLIC_ADDRESS, c->queue->networking.assign_public_ip);
	demand_put_parts(l, &d, &p);
	put_types(l, &d, r);
	demand_add(l, d);
}

static void add_queues(struct demands *l, const struct cluster *c)
{
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;

	for (size_t q = 0; q < queues->n; q++) {
		const struct slurm_queue *queue = &queues->items[q];

		demand_add(l,
			   (struct demand){
				   .what = DEMAND_QUEUE, .name = queue->name, .min = 1, .max = 1});
		for (size_t r = 0; r < queue->compute_resources.n; r++)
			add_compute_nodes(
				l,
				&(struct compute){queue, &queue->compute_resources.items[r], q, r});
	}
}

/* The one queue of AWS Batch in a cluster: its compute environment. */
static void add_aws_batch_queues(struct demands *l, const struct cluster *c)
{
	const struct aws_batch_queue_list *queues = &c->scheduling.aws_batch_queues;

	for (size_t q = 0; q < queues->n; q++) {
		const struct aws_batch_queue *queue = &queues->items[q];
		bool spot = queue->capacity_type == AWS_BATCH_QUEUE_CAPACITY_TYPE_SPOT;

		for (size_t i = 0; i < queue->compute_resources.n; i++) {
			const struct aws_batch_compute_resource *r =
				&queue->compute_resources.items[i];

			demand_use(l, DEMAND_EBS_OTHER_OF_IMAGE);
			demand_add(l, (struct demand){
					      .what = DEMAND_ENVIRONMENT,
					      .name = queue->name,
					      .types = r->instance_types.items,
					      .ntypes = r->instance_types.n,
					      .min = demand_sound(&r->at.minv_cpus, r->minv_cpus),
					      .max = demand_sound(&r->at.maxv_cpus, r->maxv_cpus),
					      .vcpus = true,
					      .market = spot ? MARKET_SPOT : MARKET_ON_DEMAND});
		}
	}
}

/* ---- what else a cluster holds ---- */

/* Alarms on the head node: lowering/cluster/alarms.c. Memory and disk are known to the agent, which comes with logs. */
enum { ALARMS = 2, ALARMS_OF_AGENT = 2 };

static void add_watching(struct demands *l, const struct cluster *c)
{
	const struct monitoring *m = &c->monitoring;
	bool logs = m->logs.cloud_watch.enabled;

	if (m->alarms.enabled) {
		demand_item(l, DEMAND_ALARM, ALARMS + (logs ? ALARMS_OF_AGENT : 0));
		demand_item(l, DEMAND_COMPOSITE_ALARM, 1);
	}
	demand_item(l, DEMAND_DASHBOARD, m->dashboards.cloud_watch.enabled);
	if (logs) {
		demand_use(l, DEMAND_LOG_DATA);
		demand_use(l, DEMAND_LOG_STORAGE);
		demand_use(l, DEMAND_METRICS);
	}
	if (m->detailed_monitoring)
		demand_use(l, DEMAND_METRICS);
}

static void add_services(struct demands *l, const struct cluster *c)
{
	const struct dns *dns = &c->scheduling.slurm_settings.dns;
	bool slurm = c->scheduling.scheduler == SCHEDULING_SCHEDULER_SLURM;

	if (c->network.section.written)
		demand_network(l, &c->network);
	demand_item(l, DEMAND_LOAD_BALANCER, (int64_t)c->login_nodes.pools.n);
	if (c->login_nodes.pools.n > 0)
		demand_use(l, DEMAND_BALANCER_USE);
	if (slurm && !dns->disable_managed_dns && dns->hosted_zone_id.n == 0)
		demand_item(l, DEMAND_HOSTED_ZONE, 1);
	add_watching(l, c);
	if (c->scheduling.aws_batch_queues.n >
	    0) { /* the image of the jobs, and what is sent to them */
		demand_use(l, DEMAND_REPOSITORY);
		demand_use(l, DEMAND_IMAGE_BUILD);
		demand_use(l, DEMAND_BUCKET);
	}
	if (c->head_node.shared_storage_type == HEAD_NODE_SHARED_STORAGE_TYPE_EFS)
		demand_use(l, DEMAND_EFS_STANDARD); /* what the nodes share of the cluster itself */
	demand_use(l, DEMAND_ZONE_TRAFFIC);
	demand_use(l, DEMAND_INTERNET_TRAFFIC);
	demand_use(l, DEMAND_FUNCTION);
}

static void of_cluster(struct demands *l, const struct cluster *c)
{
	add_head_node(l, c);
	add_queues(l, c);
	add_aws_batch_queues(l, c);
	for (size_t i = 0; i < c->login_nodes.pools.n; i++)
		add_login_nodes(l, &c->login_nodes.pools.items[i]);
	demand_storage(l, &c->shared_storage);
	if (!l->nodes_only)
		add_services(l, c);
}

static struct demand_list list_of(const struct model *m, struct demands *l)
{
	if ((m->variant & CLUSTER) != 0)
		of_cluster(l, m->cluster);
	else if ((m->variant & ENVIRONMENT) != 0)
		demand_environment(l, m->environment);
	else if ((m->variant & BATCH) != 0)
		demand_batch(l, m->batch);
	if (!l->nodes_only)
		add_uses(l);
	return (struct demand_list){l->items, l->n};
}

struct demand_list demand_of(struct arena *a, const struct model *m)
{
	return list_of(m, &(struct demands){.a = a});
}

struct demand_list demand_nodes_of(struct arena *a, const struct model *m)
{
	return list_of(m, &(struct demands){.a = a, .nodes_only = true});
}

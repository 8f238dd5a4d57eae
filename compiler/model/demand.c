/* SPDX-License-Identifier: Apache-2.0 */
/* demand.c - what the stack of a cluster or an environment will hold. */
#include "compiler/model/demand.h"

#include "compiler/model/effective.h"

/* For what no property says. */
static const struct field_at unsaid;

/* The list while it grows; there is room for all that a model can ask for. */
struct demands {
	struct arena *a;
	struct demand *items;
	size_t n;
};

static int64_t sound(const struct field_at *at, int64_t value)
{
	return is_poisoned(at) ? 0 : value;
}

static void add(struct demands *l, struct demand d)
{
	if (d.min_at == NULL)
		d.min_at = &unsaid;
	if (d.market_at == NULL)
		d.market_at = &unsaid;
	l->items[l->n++] = d;
}

/* One type, if it was written without fault. */
static void put_type(struct demands *l, struct demand *d, const struct field_at *at,
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

/* ---- nodes ---- */

static void add_head_node(struct demands *l, const struct head_node *h)
{
	const struct head_node_root_volume *root = &h->local_storage.root_volume;
	struct demand d = {.what = DEMAND_HEAD_NODE,
			   .min = 1,
			   .max = 1,
			   .one_thread = h->disable_simultaneous_multithreading,
			   .gib = sound(&root->at.size, root->size)};

	put_type(l, &d, &h->at.instance_type, h->instance_type);
	add(l, d);
}

static void add_login_nodes(struct demands *l, const struct login_pool *p)
{
	int64_t count = sound(&p->at.count, p->count);
	struct demand d = {.what = DEMAND_LOGIN_NODES,
			   .name = p->name,
			   .min = count,
			   .max = count,
			   .min_at = &p->at.count};

	put_type(l, &d, &p->at.instance_type, p->instance_type);
	add(l, d);
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

	put_type(l, d, &r->at.instance_type, r->instance_type);
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
	enum market market = market_of(c->queue);
	struct demand d = {
		.what = DEMAND_COMPUTE_NODES,
		.name = r->name,
		.min = sound(&r->at.min_count, r->min_count),
		.max = sound(&r->at.max_count, r->max_count),
		.market = market,
		.reserved = market == MARKET_CAPACITY_BLOCK ||
			    effective_reservation(c).kind != RESERVATION_NONE,
		.efa = efa_of(r) == EFA_ON,
		.one_thread = r->disable_simultaneous_multithreading,
		.min_at = &r->at.min_count,
		.market_at = &c->queue->at.capacity_type,
	};

	put_types(l, &d, r);
	add(l, d);
}

static void add_queues(struct demands *l, const struct cluster *c)
{
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;

	for (size_t q = 0; q < queues->n; q++) {
		const struct slurm_queue *queue = &queues->items[q];

		add(l,
		    (struct demand){.what = DEMAND_QUEUE, .name = queue->name, .min = 1, .max = 1});
		for (size_t r = 0; r < queue->compute_resources.n; r++)
			add_compute_nodes(
				l,
				&(struct compute){queue, &queue->compute_resources.items[r], q, r});
	}
}

/* ---- storage ---- */

/* Size and number of a new volume or file system; a given one is there already. */
static void put_made(struct demand *d, bool given, int64_t gib)
{
	if (given)
		return;
	d->min = d->max = 1;
	d->gib = gib;
}

static void put_ebs(struct demand *d, const struct ebs_settings *m)
{
	int64_t volumes = m->raid.section.written
				  ? sound(&m->raid.at.number_of_volumes, m->raid.number_of_volumes)
				  : 1;

	put_made(d, m->volume_id.n > 0, volumes * sound(&m->at.size, m->size));
}

static void add_storage(struct demands *l, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *lustre = &s->fsx_lustre_settings;
	const struct fsx_open_zfs_settings *zfs = &s->fsx_open_zfs_settings;
	struct demand d = {.what = DEMAND_STORAGE, .name = s->name, .mount_dir = s->mount_dir};

	put_type(l, &d, &s->at.storage_type,
		 enum_text(PROP_SharedStorage_StorageType, (int)s->storage_type));
	switch (s->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
		put_ebs(&d, &s->ebs_settings);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		put_made(&d, s->efs_settings.file_system_id.n > 0, 0);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		put_made(&d, lustre->file_system_id.n > 0,
			 sound(&lustre->at.storage_capacity, lustre->storage_capacity));
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		put_made(&d, zfs->volume_id.n > 0 || zfs->storage_capacity == 0,
			 sound(&zfs->at.storage_capacity, zfs->storage_capacity));
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break; /* given always */
	}
	add(l, d);
}

/* ---- the list ---- */

static size_t most(const struct cluster *c)
{
	size_t n = 1 + c->scheduling.slurm_queues.n + c->login_nodes.pools.n + c->shared_storage.n;

	for (size_t i = 0; i < c->scheduling.slurm_queues.n; i++)
		n += c->scheduling.slurm_queues.items[i].compute_resources.n;
	return n;
}

static struct demand_list of_cluster(struct arena *a, const struct cluster *c)
{
	struct demands l = {a, NEW_ARRAY(a, struct demand, most(c)), 0};

	add_head_node(&l, &c->head_node);
	add_queues(&l, c);
	for (size_t i = 0; i < c->login_nodes.pools.n; i++)
		add_login_nodes(&l, &c->login_nodes.pools.items[i]);
	for (size_t i = 0; i < c->shared_storage.n; i++)
		add_storage(&l, &c->shared_storage.items[i]);
	return (struct demand_list){l.items, l.n};
}

static struct demand_list of_environment(struct arena *a, const struct environment *e)
{
	struct demands l = {a, NEW_ARRAY(a, struct demand, e->shared_storage.n), 0};

	for (size_t i = 0; i < e->shared_storage.n; i++)
		add_storage(&l, &e->shared_storage.items[i]);
	return (struct demand_list){l.items, l.n};
}

struct demand_list demand_of(struct arena *a, const struct model *m)
{
	if ((m->variant & CLUSTER) != 0)
		return of_cluster(a, m->cluster);
	if ((m->variant & ENVIRONMENT) != 0)
		return of_environment(a, m->environment);
	return (struct demand_list){0};
}

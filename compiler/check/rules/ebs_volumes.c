/* SPDX-License-Identifier: Apache-2.0 */
/* ebs_volumes.c - finds the EBS volumes of a file and what holds for them. */
#include "compiler/check/rules/ebs.h"
#include "compiler/check/rules/storage.h"

static struct ebs_number number(int64_t value, int64_t or_else, const struct field_at *at)
{
	return (struct ebs_number){is_written(at) ? value : or_else, at};
}

/* Limits of a type: those of ParallelCluster are for clusters alone. */
static const struct ebs_type *limits_of(const struct rules *r, struct str type)
{
	const struct ebs_type *all = facts_ebs(r->facts, type);
	struct ebs_type *own;

	if (all == NULL || r->c != NULL)
		return all;
	own = NEW(r->a, struct ebs_type);
	*own = *all;
	own->pcluster_min_gib = all->min_gib;
	own->pcluster_max_gib = all->max_gib;
	own->pcluster_max_iops = all->max_iops;
	own->pcluster_max_throughput = all->max_throughput;
	return own;
}

/* Fills in what follows from the type. A faulty number makes the volume unfit for rules about it: 0. */
static void complete(const struct rules *r, struct ebs_volume *v)
{
	v->limits = is_poisoned(v->type_at) ? NULL : limits_of(r, v->type);
	if (v->limits == NULL)
		return;
	if (v->iops.at->state == FIELD_ABSENT)
		v->iops.value = v->limits->default_iops;
	if (v->throughput.at->state == FIELD_ABSENT)
		v->throughput.value = v->limits->default_throughput;
}

typedef void volume_function(const struct rules *r, const struct ebs_volume *v);

/* The volume that a section says: all have these properties. `kind` is the text of its type. */
#define VOLUME(e, kind, where, boots)                                          \
	((struct ebs_volume){                                                  \
		.type = (kind),                                                \
		.type_at = &(e)->at.volume_type,                               \
		.size = number((e)->size, 0, &(e)->at.size),                   \
		.iops = number((e)->iops, 0, &(e)->at.iops),                   \
		.throughput = number((e)->throughput, 0, &(e)->at.throughput), \
		.place = (where),                                              \
		.root = (boots),                                               \
	})

static void look_at(const struct rules *r, struct ebs_volume v, volume_function *f)
{
	complete(r, &v);
	f(r, &v);
}

static void settings_volume(const struct rules *r, const struct ebs_settings *e, struct span place,
			    volume_function *f)
{
	struct ebs_volume v = VOLUME(e, enum_text(PROP_EbsSettings_VolumeType, (int)e->volume_type),
				     place, false);

	if (!GIVEN(e, size))
		v.size.value = e->size; /* its default */
	look_at(r, v, f);
}

static void head_volume(const struct rules *r, volume_function *f)
{
	const struct head_node_root_volume *e = &r->c->head_node.local_storage.root_volume;

	if (e->section.written)
		look_at(r,
			VOLUME(e,
			       enum_text(PROP_HeadNodeRootVolume_VolumeType, (int)e->volume_type),
			       section_span(&e->section), true),
			f);
}

static void local_volumes(const struct rules *r, const struct queue_local_storage *m,
			  volume_function *f)
{
	const struct queue_root_volume *root = &m->root_volume;
	const struct scratch_volume *scratch = &m->scratch_volume;

	if (root->section.written)
		look_at(r, VOLUME(root, root->volume_type, section_span(&root->section), true), f);
	if (scratch->section.written)
		look_at(r,
			VOLUME(scratch,
			       enum_text(PROP_ScratchVolume_VolumeType, (int)scratch->volume_type),
			       section_span(&scratch->section), false),
			f);
}

static void shared_volumes(const struct rules *r, volume_function *f)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];
		const struct ebs_settings *e = &s->ebs_settings;

		if (WRITTEN(s, storage_type) && USABLE(s, ebs_settings) &&
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS)
			settings_volume(r, e,
					WRITTEN(s, ebs_settings) ? section_span(&e->section)
								 : storage_span(s),
					f);
	}
}

static void cluster_volumes(const struct rules *r, volume_function *f)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	head_volume(r, f);
	for (size_t i = 0; i < queues->n; i++)
		local_volumes(r, &queues->items[i].compute_settings.local_storage, f);
}

static void batch_volumes(const struct rules *r, volume_function *f)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++)
		local_volumes(r, &r->batch->environments[i].m->local_storage, f);
	for (size_t i = 0; i < r->b->workflows.n; i++) {
		const struct workflow *w = &r->b->workflows.items[i];

		if (WRITTEN(w, ebs_settings))
			settings_volume(r, &w->ebs_settings, section_span(&w->ebs_settings.section),
					f);
	}
}

void each_volume(const struct rules *r, volume_function *f)
{
	shared_volumes(r, f);
	if (r->c != NULL)
		cluster_volumes(r, f);
	if (r->b != NULL)
		batch_volumes(r, f);
}

struct span number_span(const struct ebs_volume *v, const struct ebs_number *n)
{
	return is_written(n->at)	? n->at->value
	       : is_written(v->type_at) ? v->type_at->value
					: v->place;
}

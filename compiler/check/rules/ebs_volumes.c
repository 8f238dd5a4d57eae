/* SPDX-License-Identifier: Apache-2.0 */
/* ebs_volumes.c - finds the EBS volumes of a file and what holds for them. */
#include "compiler/check/rules/ebs.h"
#include "compiler/check/rules/storage.h"

static struct ebs_number number(int64_t value, int64_t or_else, const struct field_at *at)
{
	return (struct ebs_number){is_written(at) ? value : or_else, at};
}

/* Fills in what follows from the type. A faulty number makes the volume unfit for rules about it: 0. */
static void complete(const struct rules *r, struct ebs_volume *v)
{
	v->limits = is_poisoned(v->type_at) ? NULL : facts_ebs(r->facts, v->type);
	if (v->limits == NULL)
		return;
	if (v->iops.at->state == FIELD_ABSENT)
		v->iops.value = v->limits->default_iops;
	if (v->throughput.at->state == FIELD_ABSENT)
		v->throughput.value = v->limits->default_throughput;
}

typedef void volume_function(const struct rules *r, const struct ebs_volume *v);

static void shared_volume(const struct rules *r, const struct shared_storage *s, volume_function *f)
{
	const struct ebs_settings *e = &s->ebs_settings;
	struct ebs_volume v = {
		.type = enum_text(PROP_EbsSettings_VolumeType, e->volume_type),
		.type_at = &e->at.volume_type,
		.size = number(e->size, GIVEN(e, size) ? 0 : e->size, &e->at.size),
		.iops = number(e->iops, 0, &e->at.iops),
		.throughput = number(e->throughput, 0, &e->at.throughput),
		.place = WRITTEN(s, ebs_settings) ? section_span(&e->section) : storage_span(s),
	};

	complete(r, &v);
	f(r, &v);
}

static void head_volume(const struct rules *r, volume_function *f)
{
	const struct head_node_root_volume *e = &r->c->head_node.local_storage.root_volume;
	struct ebs_volume v = {
		.type = enum_text(PROP_HeadNodeRootVolume_VolumeType, e->volume_type),
		.type_at = &e->at.volume_type,
		.size = number(e->size, 0, &e->at.size),
		.iops = number(e->iops, 0, &e->at.iops),
		.throughput = number(e->throughput, 0, &e->at.throughput),
		.place = section_span(&e->section),
		.root = true,
	};

	complete(r, &v);
	f(r, &v);
}

static void queue_volume(const struct rules *r, const struct slurm_queue *q, volume_function *f)
{
	const struct queue_root_volume *e = &q->compute_settings.local_storage.root_volume;
	struct ebs_volume v = {
		.type = e->volume_type,
		.type_at = &e->at.volume_type,
		.size = number(e->size, 0, &e->at.size),
		.iops = number(e->iops, 0, &e->at.iops),
		.throughput = number(e->throughput, 0, &e->at.throughput),
		.place = section_span(&e->section),
		.root = true,
	};

	complete(r, &v);
	f(r, &v);
}

void each_volume(const struct rules *r, volume_function *f)
{
	const struct shared_storage_list *list = r->storage;
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < list->n; i++)
		if (WRITTEN(&list->items[i], storage_type) &&
		    USABLE(&list->items[i], ebs_settings) &&
		    list->items[i].storage_type == SHARED_STORAGE_STORAGE_TYPE_EBS)
			shared_volume(r, &list->items[i], f);
	if (r->c->head_node.local_storage.root_volume.section.written)
		head_volume(r, f);
	for (size_t i = 0; i < queues->n; i++)
		if (queues->items[i].compute_settings.local_storage.root_volume.section.written)
			queue_volume(r, &queues->items[i], f);
}

struct span number_span(const struct ebs_volume *v, const struct ebs_number *n)
{
	return is_written(n->at)	? n->at->value
	       : is_written(v->type_at) ? v->type_at->value
					: v->place;
}

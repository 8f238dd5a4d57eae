/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - rules about memory and about what one head node can serve. */
#include "compiler/check/rules/types.h"

enum { EBS_NODES = 100, HEAD_MAX_GIB = 16, SLOW_EBS_MBPS = 200 };

/* The type with the least memory; NULL when one is not known. */
static const struct named_type *smallest(const struct rules *r, const struct typed_compute *it)
{
	const struct named_type *least = NULL;
	struct named_type all[MAX_TYPES];

	if (compute_types(r, it->at.resource, all) != it->n)
		return NULL;
	for (size_t i = 0; i < it->n; i++)
		if (least == NULL || it->types[i].type->memory_mib < least->type->memory_mib)
			least = &it->types[i];
	return least;
}

/* ParallelCluster: SchedulableMemoryValidator. Slurm drains a node that has less than it is told. */
static void memory_of(const struct rules *r, const struct slurm_compute_resource *c,
		      const struct named_type *t)
{
	struct span at = c->at.schedulable_memory.value;
	long long mib = (long long)c->schedulable_memory;
	uint32_t has = t->type->memory_mib;
	struct diag *d;

	if (mib > (long long)has) {
		d = diag_memory_above_type(r->ds, at, mib, t->name, has);
		diag_help(r->ds, d, "%u is 95 %% of it, the default",
			  (unsigned)(has * 95ull / 100));
	} else if (mib < (long long)(has * 95ull / 100)) {
		d = diag_memory_below_type(r->ds, at, mib, t->name, has);
		diag_note(r->ds, d, "jobs cannot use the rest; without it %u MiB are offered",
			  (unsigned)(has * 95ull / 100));
	} else {
		return;
	}
	diag_label(r->ds, d, t->at, "%u MiB", has);
}

void rule_schedulable_memory(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		const struct slurm_compute_resource *c = it.at.resource;
		const struct named_type *t = smallest(r, &it);

		if (t != NULL && t->type->memory_mib > 0 && WRITTEN(c, schedulable_memory))
			memory_of(r, c, t);
	}
}

/* Nodes the cluster can have at most, over all queues. */
static uint64_t most_nodes(const struct rules *r)
{
	struct compute it = {0};
	uint64_t n = 0;

	while (next_compute(r, &it))
		if (USABLE(it.resource, max_count) && it.resource->max_count > 0)
			n += (uint64_t)it.resource->max_count;
	return n;
}

/* ParallelCluster 3.13: HeadNodeMemorySizeValidator: 0.6 GiB, 0.04 GiB a node, 16 GiB at most. */
void rule_head_node_memory(const struct rules *r)
{
	struct named_type head = head_type(r);
	uint64_t nodes = most_nodes(r), hundredths = 60 + 4 * nodes;
	struct diag *d;

	if (hundredths > HEAD_MAX_GIB * 100)
		hundredths = HEAD_MAX_GIB * 100;
	if (head.type == NULL || nodes == 0 || head.type->memory_mib * 100ull >= hundredths * 1024)
		return;
	d = diag_head_node_memory(r->ds, head.at, head.name, memory_text(r, head.type->memory_mib),
				  (unsigned long long)nodes);
	diag_note(r->ds, d, "ParallelCluster 3.13 and newer refuse less than %llu.%llu GiB",
		  (unsigned long long)hundredths / 100, (unsigned long long)hundredths / 10 % 10);
	suggest_type(r, d, &head,
		     (struct wish){head.type->arch, has_memory_mib, (hundredths * 1024 + 99) / 100,
				   "has enough"});
}

/* ParallelCluster 3.13: SharedEbsPerformanceBottleNeckValidator. One finding a cluster. */
void rule_shared_ebs_load(const struct rules *r)
{
	const struct shared_storage_list *storage = &r->c->shared_storage;
	uint64_t nodes = most_nodes(r);
	struct diag *d = NULL;

	for (size_t i = 0; nodes > EBS_NODES && i < storage->n; i++) {
		const struct shared_storage *s = &storage->items[i];

		if (!WRITTEN(s, storage_type) || s->storage_type != SHARED_STORAGE_STORAGE_TYPE_EBS)
			continue;
		if (d != NULL) {
			diag_label(r->ds, d, s->at.storage_type.value, "and this one");
			continue;
		}
		d = diag_shared_ebs_load(r->ds, s->at.storage_type.value,
					 (unsigned long long)nodes);
		diag_note(r->ds, d, "the head node exports it over NFS; its network is the limit");
		diag_help(r->ds, d, "`Efs` and `FsxLustre` serve nodes directly");
	}
}

/* The hpc families reach EBS slowly, and the head node exports its root volume to all others. */
void rule_head_node_disk(const struct rules *r)
{
	struct named_type head = head_type(r);
	struct diag *d;

	if (head.type == NULL || head.type->burstable || head.type->ebs_base_mbps == 0 ||
	    head.type->ebs_base_mbps >= SLOW_EBS_MBPS)
		return;
	d = diag_head_node_slow_disk(r->ds, head.at, head.name, head.type->ebs_base_mbps);
	diag_note(r->ds, d, "the head node exports /home and the scheduler from its volumes");
}

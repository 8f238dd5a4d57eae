/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - rules about memory and about what one head node can serve. */
#include "compiler/check/rules/types.h"

enum { EBS_NODES = 100, HEAD_MAX_GIB = 16, SLOW_EBS_MBPS = 200, BUILD_MIB = 1024 };

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

/* Compute nodes that there can be at most, of all types. */
static uint64_t most_nodes(const struct rules *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->demand.n; i++)
		if (r->demand.items[i].what == DEMAND_COMPUTE_NODES && r->demand.items[i].max > 0)
			n += (uint64_t)r->demand.items[i].max;
	return n;
}

/* Memory that a head node needs for so many nodes, in hundredths of a GiB; 0 for none. */
static uint64_t head_needs(uint64_t nodes)
{
	uint64_t most = HEAD_MAX_GIB * 100, each = nodes < most ? 4 * nodes : most;

	return nodes == 0 ? 0 : 60 + each < most ? 60 + each : most;
}

/* The release from which on a head node with less memory is refused. */
enum { MEMORY_REFUSED = 31300 };

/*
 * ParallelCluster 3.13: HeadNodeMemorySizeValidator: 0.6 GiB, 0.04 GiB a node, 16 GiB at most. An error there; here
 * only where a file is judged by such a release, for hpcc's own head node does without.
 */
void rule_head_node_memory(const struct rules *r)
{
	struct named_type head = head_type(r);
	uint64_t nodes = most_nodes(r), hundredths = head_needs(nodes);
	struct str memory;
	struct diag *d;

	if (head.type == NULL || head.type->memory_mib * 100ull >= hundredths * 1024)
		return;
	memory = memory_text(r, head.type->memory_mib);
	d = r->knows >= MEMORY_REFUSED
		    ? diag_head_node_memory_refused(r->ds, head.at, head.name, memory,
						    (unsigned long long)nodes)
		    : diag_head_node_memory(r->ds, head.at, head.name, memory,
					    (unsigned long long)nodes);
	diag_note(r->ds, d, "ParallelCluster 3.13 and newer refuse less than %llu.%llu GiB",
		  (unsigned long long)hundredths / 100, (unsigned long long)hundredths / 10 % 10);
	suggest_type(r, d, &head,
		     (struct wish){head.type->arch, has_memory_mib, (hundredths * 1024 + 99) / 100,
				   "has enough"});
}

/* Is the memory said to be too small by W0407, W0408 or W0444 already? */
static bool said_small(const struct rules *r, const struct named_type *head)
{
	return head->type->memory_mib * 100ull < head_needs(most_nodes(r)) * 1024 ||
	       is_small_head(r, head->name);
}

/* Does the head node compile Slurm at its first boot? Packages that are new enough begin with Ubuntu 24.04. */
static bool builds_slurm(const struct rules *r)
{
	return WRITTEN(&r->c->image, os) && r->c->image.os != IMAGE_OS_UBUNTU2404 &&
	       r->c->image.at.custom_ami.state == FIELD_ABSENT &&
	       r->c->head_node.image.at.custom_ami.state == FIELD_ABSENT;
}

/* A compiler of C takes some hundred MiB for itself, beside the system and its packages. */
void rule_head_builds_slurm(const struct rules *r)
{
	struct named_type head = head_type(r);
	struct diag *d;

	if (head.type == NULL || head.type->memory_mib > BUILD_MIB || !builds_slurm(r) ||
	    said_small(r, &head))
		return;
	d = diag_head_builds_slurm(r->ds, head.at, head.name, memory_text(r, head.type->memory_mib),
				   enum_text(PROP_Image_Os, (int)r->c->image.os));
	diag_note(r->ds, d,
		  "the build may end for lack of memory, or not within HeadNodeBootstrapTimeout "
		  "(35 minutes unless set)");
	suggest_type(r, d, &head,
		     (struct wish){head.type->arch, has_memory_mib, 2 * BUILD_MIB, "has enough"});
}

/* ParallelCluster 3.13: SharedEbsPerformanceBottleNeckValidator. One finding a cluster. */
void rule_shared_ebs_load(const struct rules *r)
{
	const struct shared_storage_list *storage = r->storage;
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

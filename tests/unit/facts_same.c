/* SPDX-License-Identifier: Apache-2.0 */
/* facts_same.c - compares instance types member by member. */
#include "facts_same.h"

static bool same_accelerator(const struct accelerator *x, const struct accelerator *y)
{
	if (x == NULL || y == NULL)
		return x == y;
	if (x->count == 0 || y->count == 0)
		return x->count == y->count;
	return str_eq(x->maker, y->maker) && str_eq(x->name, y->name) && x->count == y->count &&
	       x->cores == y->cores && x->fraction == y->fraction && x->memory_mib == y->memory_mib;
}

static bool same_cards(const struct instance_type *x, const struct instance_type *y)
{
	for (size_t i = 0; i < x->ncards; i++) {
		const struct network_card *a = &x->cards[i], *b = &y->cards[i];

		if (a->max_interfaces != b->max_interfaces || a->efa != b->efa ||
		    a->baseline_gbps != b->baseline_gbps || a->peak_gbps != b->peak_gbps)
			return false;
	}
	return true;
}

#define NUMBERS(X)               \
	X(arch)                  \
	X(current_generation)    \
	X(withdrawn)             \
	X(bare_metal)            \
	X(burstable)             \
	X(nitro)                 \
	X(hibernation)           \
	X(vcpus)                 \
	X(cores)                 \
	X(threads_per_core)      \
	X(smt_can_be_off)        \
	X(memory_mib)            \
	X(efa_max)               \
	X(rdma_read)             \
	X(rdma_write)            \
	X(gpudirect_rdma)        \
	X(ncards)                \
	X(network_gbps)          \
	X(network_base_gbps)     \
	X(ebs_optimized)         \
	X(ebs_optimized_default) \
	X(ebs_base_mbps)         \
	X(ebs_max_mbps)          \
	X(ebs_base_iops)         \
	X(ebs_max_iops)          \
	X(ebs_volumes)           \
	X(disks)                 \
	X(disk_gb)               \
	X(disk_nvme)             \
	X(usage)                 \
	X(placement)             \
	X(boot)

const char *instance_type_difference(const struct instance_type *x, const struct instance_type *y)
{
#define X(member)                   \
	if (x->member != y->member) \
		return #member;
	NUMBERS(X)
#undef X
	if (!str_eq(x->name, y->name))
		return "name";
	if (!str_eq(x->cores_ok, y->cores_ok))
		return "cores_ok";
	if (!same_accelerator(&x->gpu, &y->gpu))
		return "gpu";
	if (!same_accelerator(&x->neuron, &y->neuron))
		return "neuron";
	if (!same_accelerator(x->other, y->other))
		return "other";
	return same_cards(x, y) ? NULL : "cards";
}

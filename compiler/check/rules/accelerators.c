/* SPDX-License-Identifier: Apache-2.0 */
/* accelerators.c - rules about GPUs and other accelerators of compute nodes. */
#include "compiler/base/search.h"
#include "compiler/check/rules/types.h"

/* The maker whose devices the images have no drivers for, or empty. FPGAs and media cards do not count. */
static struct str foreign_maker(const struct instance_type *t)
{
	if (t->gpu.count > 0 && !str_eq_nocase(t->gpu.maker, STR("NVIDIA")))
		return t->gpu.maker;
	if (t->other != NULL && !str_eq_nocase(t->other->maker, STR("Xilinx")))
		return t->other->maker;
	return STR("");
}

/* ParallelCluster: InstanceTypeAcceleratorManufacturerValidator. */
void rule_accelerator_maker(const struct rules *r)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		for (size_t i = 0; i < it.n; i++) {
			struct str maker = foreign_maker(it.types[i].type);
			struct diag *d;

			if (maker.n == 0)
				continue;
			d = diag_accelerator_maker(r->ds, it.types[i].at, it.types[i].name, maker);
			diag_help(r->ds, d, "bring the drivers with a `CustomAmi`");
		}
}

/* Families whose GPUs are older than the Turing generation. */
static bool is_before_turing(struct str type)
{
	static const char *const families[] = {"p3", "p3dn", "p2", "g3", "g3s", "g2"};

	return AMONG(family_of(type), families);
}

static void open_driver(const struct rules *r, const struct named_type *t,
			const struct node_image *image)
{
	struct diag *d;

	if (t->type == NULL || !is_before_turing(t->name) || WRITTEN(&r->c->image, custom_ami) ||
	    WRITTEN(image, custom_ami))
		return;
	d = diag_gpu_before_turing(r->ds, t->at, t->name);
	diag_note(r->ds, d, "NVIDIA's open kernel modules begin with the Turing generation");
	diag_help(r->ds, d, "bring the closed drivers with a `CustomAmi`");
}

/*
 * ParallelCluster: InstanceTypeBaseAMICompatibleValidator, an error from 3.11 on for its own images; older
 * releases came with the closed drivers.
 */
void rule_gpu_open_driver(const struct rules *r)
{
	struct named_type head = head_type(r);
	struct typed_compute it = {0};

	open_driver(r, &head, &r->c->head_node.image);
	while (next_typed(r, &it))
		for (size_t i = 0; i < it.n; i++)
			open_driver(r, &it.types[i], &it.at.queue->image);
}

static bool has_gpu(const struct typed_compute *it)
{
	for (size_t i = 0; i < it->n; i++)
		if (it->types[i].type->gpu.count > 0)
			return true;
	return false;
}

/* Does any compute resource of the queue have GPUs, or types that are not known? */
static bool queue_may_have_gpu(const struct rules *r, const struct slurm_queue *q)
{
	struct typed_compute it = {0};

	while (next_typed(r, &it))
		if (it.at.queue == q && (it.n == 0 || has_gpu(&it)))
			return true;
	return false;
}

static void idle_check(const struct rules *r, const struct gpu_health_check *gpu)
{
	diag_help(r->ds, diag_gpu_check_without_gpu(r->ds, gpu->at.enabled.value),
		  "drop it; the check runs only where there are GPUs");
}

void rule_gpu_check_used(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	struct typed_compute it = {0};

	for (size_t i = 0; i < queues->n; i++) {
		const struct gpu_health_check *gpu = &queues->items[i].health_checks.gpu;

		if (WRITTEN(gpu, enabled) && gpu->enabled &&
		    !queue_may_have_gpu(r, &queues->items[i]))
			idle_check(r, gpu);
	}
	while (next_typed(r, &it)) {
		const struct gpu_health_check *gpu = &it.at.resource->health_checks.gpu;

		if (WRITTEN(gpu, enabled) && gpu->enabled && it.n > 0 && !has_gpu(&it))
			idle_check(r, gpu);
	}
}

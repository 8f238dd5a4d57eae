/* SPDX-License-Identifier: Apache-2.0 */
/* mixed_types.c - how the types in Instances of one compute resource may differ: Slurm sees equal nodes. */
#include "compiler/check/rules/types.h"

enum { SPREAD_MIB = 4096, SPREAD_PERCENT = 20 };

/* Something the types must have in common. */
struct likeness {
	const char *what; /* "vCPU", one of them */
	uint64_t (*amount)(const struct instance_type *t);
	struct str (*maker)(const struct instance_type *t); /* must agree too; may be NULL */
};

static uint64_t vcpus(const struct instance_type *t)
{
	return t->vcpus;
}

static uint64_t cores(const struct instance_type *t)
{
	return t->cores;
}

/* GPUs that Slurm gets to see: ParallelCluster sets up those of NVIDIA alone. */
static uint64_t gpus(const struct instance_type *t)
{
	return str_eq_nocase(t->gpu.maker, STR("NVIDIA")) ? t->gpu.count : 0;
}

static struct str gpu_maker(const struct instance_type *t)
{
	return t->gpu.count > 0 ? t->gpu.maker : STR("");
}

static uint64_t neurons(const struct instance_type *t)
{
	return t->neuron.count;
}

static struct str neuron_maker(const struct instance_type *t)
{
	return t->neuron.count > 0 ? t->neuron.maker : STR("");
}

static bool alike(const struct likeness *k, const struct instance_type *a,
		  const struct instance_type *b)
{
	return k->amount(a) == k->amount(b) &&
	       (k->maker == NULL || str_eq(k->maker(a), k->maker(b)));
}

/* How many of the types are like the i-th. */
static size_t companions(const struct typed_compute *it, const struct likeness *k, size_t i)
{
	size_t n = 0;

	for (size_t j = 0; j < it->n; j++)
		n += alike(k, it->types[i].type, it->types[j].type) ? 1 : 0;
	return n;
}

/* The type that the others are to be compared with: one of the largest group of equals, the first of such. */
static size_t usual(const struct typed_compute *it, const struct likeness *k)
{
	size_t best = 0;

	for (size_t i = 1; i < it->n; i++)
		if (companions(it, k, i) > companions(it, k, best))
			best = i;
	return best;
}

/* "16 vCPUs", "no GPUs", "8 GPUs of AMD". */
static struct str has_text(const struct rules *r, const struct likeness *k,
			   const struct instance_type *t)
{
	struct str maker = k->maker != NULL ? k->maker(t) : STR("");
	uint64_t n = k->amount(t) == 0 && maker.n > 0 ? t->gpu.count : k->amount(t);
	struct str count = n == 0 ? STR("no") : arena_fmt(r->a, "%llu", (unsigned long long)n);

	return arena_fmt(r->a, STR_F " %s%s%s" STR_F, STR_A(count), k->what, n == 1 ? "" : "s",
			 maker.n > 0 ? " of " : "", STR_A(maker));
}

/* The first odd one out, with the label on the usual one. NULL when all are alike. */
static const struct named_type *odd_one(const struct typed_compute *it, const struct likeness *k,
					const struct named_type **ret_usual)
{
	size_t u = usual(it, k);

	for (size_t i = 0; i < it->n; i++)
		if (!alike(k, it->types[u].type, it->types[i].type)) {
			*ret_usual = &it->types[u];
			return &it->types[i];
		}
	return NULL;
}

/* ParallelCluster: InstancesCPUValidator. */
void rule_mixed_cpus(const struct rules *r)
{
	static const struct likeness by_cores = {"core", cores, NULL},
				     by_vcpus = {"vCPU", vcpus, NULL};
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		const struct slurm_compute_resource *c = it.at.resource;
		const struct likeness *k =
			c->disable_simultaneous_multithreading ? &by_cores : &by_vcpus;
		const struct named_type *odd, *other;
		struct diag *d;

		if (!is_flexible(c) || !USABLE(c, disable_simultaneous_multithreading) ||
		    (odd = odd_one(&it, k, &other)) == NULL)
			continue;
		d = diag_mixed_cpus(r->ds, odd->at, odd->name, has_text(r, k, odd->type),
				    other->name, has_text(r, k, other->type));
		diag_label(r->ds, d, other->at, STR_F, STR_A(has_text(r, k, other->type)));
		if (k == &by_cores)
			diag_note(r->ds, d,
				  "cores count, as DisableSimultaneousMultithreading is true");
		diag_help(r->ds, d, "make a compute resource of its own for it");
	}
}

/* ParallelCluster: InstancesAcceleratorsValidator. */
void rule_mixed_accelerators(const struct rules *r)
{
	static const struct likeness kinds[] = {{"GPU", gpus, gpu_maker},
						{"accelerator", neurons, neuron_maker}};
	struct typed_compute it = {0};

	while (next_typed(r, &it)) {
		for (size_t i = 0; is_flexible(it.at.resource) && i < 2; i++) {
			const struct likeness *k = &kinds[i];
			const struct named_type *odd, *other;
			struct diag *d;

			if ((odd = odd_one(&it, k, &other)) == NULL)
				continue;
			d = diag_mixed_accelerators(r->ds, odd->at, odd->name,
						    has_text(r, k, odd->type), other->name,
						    has_text(r, k, other->type));
			diag_label(r->ds, d, other->at, STR_F, STR_A(has_text(r, k, other->type)));
			diag_help(r->ds, d, "make a compute resource of its own for it");
			break;
		}
	}
}

/* The types with the least and the most memory. */
static void memory_range(const struct typed_compute *it, const struct named_type **ret_least,
			 const struct named_type **ret_most)
{
	*ret_least = *ret_most = &it->types[0];
	for (size_t i = 1; i < it->n; i++) {
		if (it->types[i].type->memory_mib < (*ret_least)->type->memory_mib)
			*ret_least = &it->types[i];
		if (it->types[i].type->memory_mib > (*ret_most)->type->memory_mib)
			*ret_most = &it->types[i];
	}
}

/* ParallelCluster: InstancesMemorySchedulingWarningValidator. */
void rule_mixed_memory(const struct rules *r)
{
	const struct slurm_settings *s = &r->c->scheduling.slurm_settings;
	struct typed_compute it = {0};

	if (!WRITTEN(s, enable_memory_based_scheduling) || !s->enable_memory_based_scheduling)
		return;
	while (next_typed(r, &it)) {
		const struct named_type *least, *most;
		uint64_t more;
		struct diag *d;

		if (!is_flexible(it.at.resource) || it.n < 2)
			continue;
		memory_range(&it, &least, &most);
		more = most->type->memory_mib - least->type->memory_mib;
		if (more <= SPREAD_MIB ||
		    more * 100 <= (uint64_t)least->type->memory_mib * SPREAD_PERCENT)
			continue;
		d = diag_mixed_memory(r->ds, it.at.resource->at.instances.key, least->name,
				      memory_text(r, least->type->memory_mib), most->name,
				      memory_text(r, most->type->memory_mib));
		diag_label(r->ds, d, least->at, "every node counts as having this much");
		diag_help(r->ds, d, "list types of like memory, or make two compute resources");
	}
}

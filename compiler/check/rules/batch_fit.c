/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_fit.c - a job fits on some instance type that its queues can start. One that fits on none waits for ever, and
 * keeps those behind it waiting.
 *
 * Source: AWS Batch user guide, Jobs stuck in a RUNNABLE status.
 */
#include "compiler/check/rules/batch_fleet.h"

#include <math.h>

/* ---- what a container needs, and what there is ---- */

struct need batch_need(const struct container_properties *m)
{
	const struct runtime_platform *p = &m->runtime_platform;
	struct need n = {.arch = ARCH_X86_64 | ARCH_ARM64};

	if (WRITTEN(m, vcpus))
		n.vcpus = (int64_t)ceil(m->vcpus);
	if (WRITTEN(m, memory))
		n.memory = m->memory;
	if (WRITTEN(m, gpus))
		n.gpus = m->gpus;
	if (WRITTEN(p, cpu_architecture))
		n.arch = p->cpu_architecture == RUNTIME_PLATFORM_CPU_ARCHITECTURE_ARM64
				 ? ARCH_ARM64
				 : ARCH_X86_64;
	return n;
}

/* The types that a container could run on, and the largest of them. */
struct sight {
	const struct fleet_type **there; /* of its architecture */
	size_t n;
	unsigned all; /* what each of them lacks, bits of enum lack */
	bool fits, certain, whole;
	const struct instance_type *vcpus, *memory, *gpus; /* those with the most */
	const struct fleet_type *foreign_gpu;		   /* with GPUs that jobs cannot have */
	const struct fleet *of_foreign;
	unsigned most_gpus;
};

static void see(struct sight *s, const struct fleet *f, const struct fleet_type *t,
		const struct need *n)
{
	unsigned lacks = lacks_of(t->type, n, f->own_image), gpus = job_gpus(t->type, f->own_image);

	if ((lacks & LACKS_ARCH) != 0)
		return;
	s->there[s->n++] = t;
	s->all &= lacks;
	s->fits = s->fits || (lacks & ~(unsigned)LACKS_CERTAIN_MEMORY) == 0;
	s->certain = s->certain || lacks == 0;
	if (s->vcpus == NULL || t->type->vcpus > s->vcpus->vcpus)
		s->vcpus = t->type;
	if (s->memory == NULL || t->type->memory_mib > s->memory->memory_mib)
		s->memory = t->type;
	if (s->gpus == NULL || gpus > s->most_gpus) {
		s->gpus = t->type;
		s->most_gpus = gpus;
	}
	if (t->type->gpu.count > 0 && gpus == 0 && s->foreign_gpu == NULL) {
		s->foreign_gpu = t;
		s->of_foreign = f;
	}
}

/* Does the word of a range of nodes leave the type to it? */
static bool range_takes(const struct job_place *p, const struct fleet_type *t)
{
	const struct node_range *range = p->c->range;
	struct str word;
	const struct instance_type *of;

	if (range == NULL || !WRITTEN(range, instance_types) || range->instance_types.n == 0)
		return true;
	word = range->instance_types.items[0].text;
	for (size_t it = 0; (of = batch_next_type(p->r->facts, word, &it)) != NULL;)
		if (of == t->type)
			return true;
	return false;
}

static struct sight sight_of(const struct job_place *p, const struct need *n)
{
	struct sight s = {.all = ~0u, .whole = !p->open};
	size_t most = 1;

	for (size_t i = 0; i < p->n; i++)
		most += p->fleets[i]->n;
	s.there = NEW_ARRAY(p->r->a, const struct fleet_type *, most);
	for (size_t i = 0; i < p->n; i++) {
		s.whole = s.whole && p->fleets[i]->whole;
		for (size_t k = 0; k < p->fleets[i]->n; k++)
			if (range_takes(p, &p->fleets[i]->types[k]))
				see(&s, p->fleets[i], &p->fleets[i]->types[k], n);
	}
	return s;
}

/* ---- what to write instead ---- */

static struct str type_words(const struct rules *r, const struct instance_type *t)
{
	struct str gpus = batch_gpus(t) > 0 ? arena_fmt(r->a, ", %u GPU%s", batch_gpus(t),
							batch_gpus(t) == 1 ? "" : "s")
					    : STR("");

	return arena_fmt(r->a, "%u vCPUs, %u GiB" STR_F, t->vcpus, t->memory_mib / 1024,
			 STR_A(gpus));
}

static void help_nearest(const struct job_place *p, const struct sight *s, const struct need *n,
			 struct diag *d)
{
	struct need wanted = *n;
	const struct instance_type *t;
	const struct rules *r = p->r;

	if (s->n > 0 && (wanted.arch & (wanted.arch - 1)) != 0)
		wanted.arch = s->there[0]->type->arch & wanted.arch;
	for (size_t i = 0; i < p->n; i++)
		wanted.spot = wanted.spot || p->fleets[i]->e->spot;
	t = nearest_type(r, &wanted, s->there, s->n);
	if (t == NULL)
		diag_help(r->ds, d,
			  "no type that EC2 sells%s has that: ask for less, or use several "
			  "nodes with `Type: multinode`",
			  wanted.spot ? " as Spot" : "");
	else if (p->n == 1 && p->fleets[0]->e->name.n > 0)
		diag_help(r->ds, d,
			  "the nearest type that takes it is `" STR_F "` (" STR_F
			  "): add it to InstanceTypes of `" STR_F "`, or ask for less",
			  STR_A(t->name), STR_A(type_words(r, t)), STR_A(p->fleets[0]->e->name));
	else
		diag_help(r->ds, d,
			  "the nearest type that takes it is `" STR_F "` (" STR_F
			  "): add it to InstanceTypes, or ask for less",
			  STR_A(t->name), STR_A(type_words(r, t)));
}

static void label_types(const struct job_place *p, const struct sight *s, struct diag *d)
{
	if (p->n == 1 && is_written(&p->fleets[0]->e->m->at.instance_types))
		diag_label(p->r->ds, d, p->fleets[0]->e->m->at.instance_types.value,
			   "the types that `" STR_F "` can start", STR_A(p->fleets[0]->e->name));
	else
		diag_label(p->r->ds, d, s->there[0]->word->at, "one of the types");
}

/* ---- one figure ---- */

static struct diag *vcpus_lack(const struct job_place *p, const struct sight *s)
{
	const struct container_properties *m = p->c->m;

	return diag_job_vcpus(p->r->ds, m->at.vcpus.value, queues_words(p->r, p->c->job),
			      (long long)ceil(m->vcpus), s->vcpus->name, s->vcpus->vcpus);
}

static struct diag *memory_lack(const struct job_place *p, const struct sight *s)
{
	const struct container_properties *m = p->c->m;
	struct diag *d = diag_job_memory(p->r->ds, m->at.memory.value,
					 queues_words(p->r, p->c->job), (long long)m->memory,
					 s->memory->name, (long long)batch_memory(s->memory, true));

	diag_note(p->r->ds, d,
		  "`" STR_F "` has %u GiB; the kernel and the ECS agent keep some of it",
		  STR_A(s->memory->name), s->memory->memory_mib / 1024);
	return d;
}

/* No type has GPUs that jobs can have: none at all, those of another maker, or no image that knows them. */
static struct diag *no_gpu(const struct job_place *p, const struct sight *s)
{
	const struct container_properties *m = p->c->m;
	const struct fleet_type *t = s->foreign_gpu;
	struct diag *d;

	if (t == NULL)
		return diag_job_no_gpu(p->r->ds, m->at.gpus.value, queues_words(p->r, p->c->job));
	if (batch_gpus(t->type) == 0) {
		d = diag_job_no_gpu(p->r->ds, m->at.gpus.value, queues_words(p->r, p->c->job));
		diag_note(p->r->ds, d,
			  "`" STR_F "` has GPUs of " STR_F "; AWS Batch gives jobs those of NVIDIA",
			  STR_A(t->type->name), STR_A(t->type->gpu.maker));
		return d;
	}
	return NULL; /* no image has a driver for them, which another rule tells: batch_compute_image.c */
}

static struct diag *gpus_lack(const struct job_place *p, const struct sight *s)
{
	const struct container_properties *m = p->c->m;

	if (s->most_gpus == 0)
		return no_gpu(p, s);
	return diag_job_gpus(p->r->ds, m->at.gpus.value, queues_words(p->r, p->c->job),
			     (long long)m->gpus, s->gpus->name, s->most_gpus);
}

static void lacks_one(const struct job_place *p, const struct sight *s, const struct need *n)
{
	struct diag *found[3] = {
		(s->all & LACKS_VCPUS) != 0 ? vcpus_lack(p, s) : NULL,
		(s->all & LACKS_MEMORY) != 0 ? memory_lack(p, s) : NULL,
		(s->all & LACKS_GPUS) != 0 ? gpus_lack(p, s) : NULL,
	};

	for (size_t i = 0; i < ARRAY_LEN(found); i++)
		if (found[i] != NULL) {
			label_types(p, s, found[i]);
			help_nearest(p, s, n, found[i]);
		}
}

/* ---- all figures at once ---- */

static struct str need_words(const struct rules *r, const struct need *n)
{
	if (n->gpus == 0)
		return arena_fmt(r->a, "%lld vCPUs and %lld MiB of memory", (long long)n->vcpus,
				 (long long)n->memory);
	return arena_fmt(r->a, "%lld vCPUs, %lld MiB of memory and %lld GPU%s", (long long)n->vcpus,
			 (long long)n->memory, (long long)n->gpus, n->gpus == 1 ? "" : "s");
}

static void fits_none(const struct job_place *p, const struct sight *s, const struct need *n)
{
	struct diag *d = diag_job_fits_none(p->r->ds, container_span(p->c),
					    queues_words(p->r, p->c->job), need_words(p->r, n));

	diag_note(p->r->ds, d, "each of these alone fits, on another type");
	label_types(p, s, d);
	help_nearest(p, s, n, d);
}

static void fits_tight(const struct job_place *p, const struct sight *s, const struct need *n)
{
	const struct container_properties *m = p->c->m;
	const struct instance_type *t = NULL;
	struct diag *d;

	for (size_t i = 0; i < s->n; i++)
		if ((lacks_of(s->there[i]->type, n, true) & ~(unsigned)LACKS_CERTAIN_MEMORY) == 0 &&
		    (t == NULL || s->there[i]->type->memory_mib > t->memory_mib))
			t = s->there[i]->type;
	if (t == NULL)
		return;
	d = diag_job_memory_tight(p->r->ds, m->at.memory.value, (long long)m->memory, t->name,
				  (long long)batch_memory(t, true));
	diag_note(p->r->ds, d,
		  "of its %u MiB the kernel keeps up to 3 percent, and the ECS agent 32 MiB",
		  t->memory_mib);
	diag_help(p->r->ds, d, "ask for %lld MiB or less, or take a type with more memory",
		  (long long)batch_memory(t, true));
}

/* ---- a queue among several ---- */

static bool queue_fits(const struct job_place *p, const struct fleets *f,
		       const struct batch_queue *q, const struct need *n, unsigned *ret_lack)
{
	unsigned all = ~0u;
	size_t types = 0;

	for (size_t i = 0; i < q->nenvironments; i++) {
		const struct fleet *own = fleet_of(f, q->environments[i]);

		if (!own->whole)
			return true;
		for (size_t k = 0; k < own->n; k++, types++) {
			unsigned lacks = lacks_of(own->types[k].type, n, own->own_image) &
					 ~(unsigned)LACKS_CERTAIN_MEMORY;

			if (lacks == 0 && range_takes(p, &own->types[k]))
				return true;
			all &= lacks;
		}
	}
	*ret_lack = all;
	return q->foreign || types == 0;
}

static struct str lack_words(const struct rules *r, unsigned lack, const struct need *n)
{
	if ((lack & LACKS_ARCH) != 0)
		return n->arch == ARCH_ARM64 ? STR("no type there is arm64")
					     : STR("no type there is x86_64");
	if ((lack & LACKS_GPUS) != 0)
		return arena_fmt(r->a, "no type there has %lld GPU%s for a job", (long long)n->gpus,
				 n->gpus == 1 ? "" : "s");
	if ((lack & LACKS_VCPUS) != 0)
		return arena_fmt(r->a, "no type there has %lld vCPUs", (long long)n->vcpus);
	if ((lack & LACKS_MEMORY) != 0)
		return arena_fmt(r->a, "no type there has %lld MiB for a job",
				 (long long)n->memory);
	return arena_fmt(r->a, "no type there has " STR_F " at once", STR_A(need_words(r, n)));
}

void batch_queue_unfit(const struct rules *r, const struct batch_job *j,
		       const struct batch_queue *q, struct str why)
{
	if (!WRITTEN(j->m, name) || q->m == NULL)
		return;
	for (size_t i = 0; names_queues(j) && i < j->m->job_queues.n; i++)
		if (str_eq(j->m->job_queues.items[i].text, q->name)) {
			diag_queue_never_starts(r->ds, j->m->job_queues.items[i].at, q->name,
						j->m->name, why);
			return;
		}
	diag_help(r->ds,
		  diag_queue_passed_over(r->ds, j->m->at.name.value, q->name, j->m->name, why),
		  "name its queues with JobQueues: what is submitted elsewhere waits for ever");
}

static void queues_fit(const struct job_place *p, const struct fleets *f, const struct need *n)
{
	const struct batch_job *j = p->c->job;

	for (size_t i = 0; i < j->nqueues; i++) {
		const struct batch_queue *q = j->queues[i];
		unsigned lack = 0;

		if (q->fargate || (j->multinode && q->spot) || queue_fits(p, f, q, n, &lack))
			continue;
		batch_queue_unfit(p->r, j, q, lack_words(p->r, lack, n));
	}
}

static void fit(const struct job_place *p, const struct fleets *f)
{
	struct need n = batch_need(p->c->m);
	struct sight s;

	if (p->c->job->fargate || !p->c->job->placed || is_poisoned(&p->c->m->at.runtime_platform))
		return;
	s = sight_of(p, &n);
	if (s.n == 0)
		return; /* no types, or of another architecture, which is another finding */
	if (s.fits) {
		queues_fit(p, f, &n);
		if (!s.certain && s.whole && !told_of(p, f))
			fits_tight(p, &s, &n);
	} else if (!s.whole || told_of(p, f)) {
		return;
	} else if ((s.all & (LACKS_VCPUS | LACKS_MEMORY | LACKS_GPUS)) != 0) {
		lacks_one(p, &s, &n);
	} else {
		fits_none(p, &s, &n);
	}
}

void rule_jobs_fit(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	each_place(r, &f, fit);
}

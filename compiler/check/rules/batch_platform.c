/* SPDX-License-Identifier: Apache-2.0 */
/* batch_platform.c - jobs and their queues: the platform, the architecture, the most that may run. */
#include "compiler/check/rules/batch_fleet.h"

static const char *platform_words(bool fargate)
{
	return fargate ? "Fargate" : "EC2";
}

/* ---- the platform ---- */

/* Queues that lead to nothing known have no platform. */
static bool other_platform(const struct batch_queue *q, const struct batch_job *j)
{
	return q->nenvironments > 0 && !q->foreign && q->fargate != j->fargate;
}

static void named_platform(const struct rules *r, const struct batch_job *j)
{
	const struct model_strings *named = &j->m->job_queues;

	for (size_t i = 0; USABLE(j->m, platform_capabilities) && i < named->n; i++) {
		const struct batch_queue *q = map_get(&r->batch->by_queue, named->items[i].text);
		struct diag *d;

		if (q == NULL || !other_platform(q, j))
			continue;
		d = diag_job_other_platform(r->ds, named->items[i].at, q->name,
					    platform_words(q->fargate), platform_words(j->fargate));
		if (WRITTEN(j->m, platform_capabilities))
			diag_label(r->ds, d, j->m->at.platform_capabilities.value,
				   "the platform is set here");
	}
}

static void some_platform(const struct rules *r, const struct batch_job *j)
{
	const struct batch_view *v = r->batch;
	struct diag *d;

	if (names_queues(j) || j->nqueues > 0 || (j->multinode && j->fargate) || v->nqueues == 0 ||
	    !USABLE(j->m, platform_capabilities) || !USABLE(r->b, job_queues))
		return;
	for (size_t i = 0; i < v->nqueues; i++)
		if (v->queues[i].nenvironments == 0 || v->queues[i].foreign)
			return; /* one that is not known may be of the platform */
	d = diag_job_no_queue(r->ds,
			      WRITTEN(j->m, platform_capabilities)
				      ? j->m->at.platform_capabilities.value
				      : job_span(j),
			      platform_words(j->fargate));
	diag_help(r->ds, d, "add a queue with a compute environment of %s",
		  j->fargate ? "Type FARGATE or FARGATE_SPOT" : "Type EC2 or SPOT");
}

void rule_jobs_have_queues(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++) {
		if (!r->batch->jobs[i].placed)
			continue;
		named_platform(r, &r->batch->jobs[i]);
		some_platform(r, &r->batch->jobs[i]);
	}
}

/* ---- MaxvCpus ---- */

/* Has no type of the environments so many vCPUs? Then that is told: batch_fit.c. */
static bool above_types(const struct job_place *p, double vcpus)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->fleets[i]->e->fargate || !p->fleets[i]->whole)
			return false;
		for (size_t k = 0; k < p->fleets[i]->n; k++)
			if (p->fleets[i]->types[k].type->vcpus >= vcpus)
				return false;
	}
	return true;
}

/* Can no environment start a single instance? Then that is told of each: batch_compute_size.c. */
static bool starts_none(const struct job_place *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->fleets[i]->e->fargate || !p->fleets[i]->whole)
			return false;
		for (size_t k = 0; k < p->fleets[i]->n; k++)
			if (p->fleets[i]->types[k].type->vcpus <= p->fleets[i]->e->m->maxv_cpus)
				return false;
	}
	return true;
}

static void below_max(const struct job_place *p, const struct fleets *f)
{
	const struct container_properties *m = p->c->m;
	int64_t most = 0;
	struct diag *d;

	if (!WRITTEN(m, vcpus) || p->n == 0 || p->open)
		return;
	for (size_t i = 0; i < p->n; i++) {
		const struct compute_environment *e = p->fleets[i]->e->m;

		if (!WRITTEN(e, maxv_cpus))
			return;
		if (e->maxv_cpus > most)
			most = e->maxv_cpus;
	}
	if (m->vcpus <= (double)most || above_types(p, m->vcpus) || (p->n > 1 && starts_none(p)) ||
	    told_of(p, f))
		return;
	d = diag_job_over_max(p->r->ds, m->at.vcpus.value, m->vcpus, queues_words(p->r, p->c->job),
			      (long long)most);
	diag_label(p->r->ds, d, p->fleets[0]->e->m->at.maxv_cpus.value, "the limit of `" STR_F "`",
		   STR_A(p->fleets[0]->e->name));
}

void rule_jobs_below_max(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	each_place(r, &f, below_max);
}

/* ---- GPUs that nobody uses ---- */

static void gpus_asked_for(const struct job_place *p, const struct fleets *f)
{
	const struct container_properties *m = p->c->m;
	struct diag *d;

	if (m->at.gpus.state != FIELD_ABSENT || !m->section.written || m->section.poisoned ||
	    p->n == 0 || p->open)
		return;
	for (size_t i = 0; i < p->n; i++) {
		if (!p->fleets[i]->whole)
			return;
		for (size_t k = 0; k < p->fleets[i]->n; k++)
			if (batch_gpus(p->fleets[i]->types[k].type) == 0)
				return;
	}
	if (told_of(p, f))
		return;
	d = diag_gpus_unused(p->r->ds, container_span(p->c), queues_words(p->r, p->c->job));
	diag_label(p->r->ds, d, p->fleets[0]->types[0].word->at, "a type with GPUs");
	diag_help(p->r->ds, d, "add `Gpus`, or give it a queue of types without GPUs");
}

void rule_gpus_asked_for(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	each_place(r, &f, gpus_asked_for);
}

/* ---- architecture ---- */

static struct str arch_words(unsigned arch)
{
	return (arch & ARCH_ARM64) != 0 ? STR("arm64") : STR("x86_64");
}

static void other_arch(const struct job_place *p, const struct fleets *f,
		       const struct batch_queue *q, unsigned wanted)
{
	unsigned archs = f->archs[q - f->view->queues];
	const struct runtime_platform *m = &p->c->m->runtime_platform;
	struct diag *d;

	if (told_of(p, f))
		return;
	if (WRITTEN(m, cpu_architecture)) {
		d = diag_job_architecture(p->r->ds, m->at.cpu_architecture.value, arch_words(archs),
					  q->name, arch_words(wanted));
		diag_help(p->r->ds, d, "an image runs on the processor that it was built for");
	} else {
		d = diag_job_architecture_unsaid(p->r->ds, container_span(p->c), q->name);
		diag_help(p->r->ds, d,
			  "when the image is built for it, say so: `RuntimePlatform: "
			  "{CpuArchitecture: ARM64}`");
	}
	if (q->environments[0]->m->at.instance_types.state == FIELD_WRITTEN)
		diag_label(p->r->ds, d, q->environments[0]->m->at.instance_types.value,
			   "the types of the queue");
}

static void architecture(const struct job_place *p, const struct fleets *f)
{
	const struct runtime_platform *m = &p->c->m->runtime_platform;
	const struct batch_job *j = p->c->job;
	bool arm = WRITTEN(m, cpu_architecture) &&
		   m->cpu_architecture == RUNTIME_PLATFORM_CPU_ARCHITECTURE_ARM64;
	unsigned wanted = arm ? ARCH_ARM64 : ARCH_X86_64;
	const struct batch_queue *other = NULL;
	size_t fit = 0;

	if (j->fargate || !j->placed || !USABLE(p->c->m, runtime_platform) ||
	    !USABLE(m, cpu_architecture) || !p->c->m->section.written)
		return;
	for (size_t i = 0; i < j->nqueues; i++) {
		const struct batch_queue *q = j->queues[i];
		unsigned archs = q->fargate ? 0 : f->archs[q - f->view->queues];

		if (archs == 0 || (archs & wanted) != 0) {
			fit++;
			continue;
		}
		if (other == NULL)
			other = j->queues[i];
		if (names_queues(j) && !WRITTEN(m, cpu_architecture) && fit > 0)
			break;
	}
	if (other == NULL || (WRITTEN(p->c->m, gpus) && !WRITTEN(m, cpu_architecture)))
		return; /* those of arm64 with GPUs are told of by their images: batch_compute_image.c */
	if (fit == 0 || names_queues(j))
		other_arch(p, f, other, wanted);
	else if (!WRITTEN(m, cpu_architecture))
		batch_queue_unfit(p->r, j, other,
				  STR("its types are arm64, and the job says no CpuArchitecture"));
}

void rule_jobs_architecture(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	each_place(r, &f, architecture);
}

/* ---- types that nobody uses ---- */

static bool used_by(const struct batch_container *c, const struct fleet *own,
		    const struct fleet_type *t)
{
	struct need n = batch_need(c->m);

	return (lacks_of(t->type, &n, own->own_image) & ~(unsigned)LACKS_CERTAIN_MEMORY) == 0;
}

/* What jobs of the file make of the types of one environment. */
struct usage {
	const struct fleet *of;
	struct batch_container first; /* that could run there; its job is NULL for none */
	bool *used;		      /* by place among the types */
	bool fits;		      /* some job fits on some type */
};

static void use(const struct rules *r, struct usage *u)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		if (c.job->fargate || !batch_runs_in(c.job, u->of->e))
			continue;
		if (u->first.job == NULL)
			u->first = c;
		for (size_t i = 0; i < u->of->n; i++) {
			bool used = used_by(&c, u->of, &u->of->types[i]);

			u->used[i] = u->used[i] || used;
			u->fits = u->fits || used;
		}
	}
}

/* Has it types of several architectures, which is an error of its own? */
static bool is_mixed(const struct fleet *own)
{
	uint8_t all = 0xff;

	for (size_t i = 0; i < own->n; i++)
		all &= own->types[i].type->arch;
	return all == 0;
}

static void types_used(const struct rules *r, const struct fleet *own)
{
	struct usage u = {.of = own, .used = NEW_ARRAY(r->a, bool, own->n + 1)};

	if (is_mixed(own))
		return;
	use(r, &u);
	for (size_t i = 0; u.first.job != NULL && u.fits && i < own->n; i++) {
		const struct fleet_type *t = &own->types[i];
		struct diag *d;

		if (u.used[i] || !t->named)
			continue;
		d = diag_type_never_used(r->ds, container_span(&u.first), t->type->name,
					 own->e->name);
		diag_label(r->ds, d, t->word->at, "no job of the file fits on this type");
		diag_help(r->ds, d, "take the type out, or give it a job that fits");
	}
}

/* Jobs that others submit may use a type: then the file has none, or roles for them. */
void rule_types_used(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	for (size_t i = 0; r->b->job_roles.n == 0 && i < r->batch->nenvironments; i++)
		types_used(r, &f.items[i]);
}

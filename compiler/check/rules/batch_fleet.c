/* SPDX-License-Identifier: Apache-2.0 */
/* batch_fleet.c - the instance types of compute environments, held against what a job needs. */
#include "compiler/check/rules/batch_fleet.h"

#include <string.h>

/* ---- what environments can start ---- */

static bool has_own_image(const struct batch_environment *e)
{
	const struct ec2_configuration_list *list = &e->m->ec2_configuration;

	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].at.image_id_override.state != FIELD_ABSENT)
			return true;
	return is_poisoned(&e->m->at.ec2_configuration);
}

static bool has_type(const struct fleet *f, const struct instance_type *t)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->types[i].type == t)
			return true;
	return false;
}

/*
 * As batch_next_type(); of a family of which all types were withdrawn those: some accounts still start them, and what
 * they lack is worth telling.
 */
static const struct instance_type *next_of(const struct rules *r, struct str word, size_t *it,
					   bool withdrawn)
{
	if (!withdrawn)
		return batch_next_type(r->facts, word, it);
	while (*it < facts_instance_count(r->facts)) {
		const struct instance_type *t = facts_instance_at(r->facts, (*it)++);

		if (str_eq(facts_family(t->name), word))
			return t;
	}
	return NULL;
}

/* Adds the types of a word; returns how many there are, also where `types` is NULL. */
static size_t read_word(const struct rules *r, struct fleet *f, struct fleet_type *types,
			const struct model_string *word)
{
	enum batch_word kind = batch_word_of(r->facts, word->text);
	const struct instance_type *t;
	size_t n = 0;

	for (int withdrawn = 0; withdrawn <= (kind == BATCH_FAMILY) && n == 0; withdrawn++)
		for (size_t it = 0; (t = next_of(r, word->text, &it, withdrawn != 0)) != NULL; n++)
			if (types != NULL && !has_type(f, t))
				types[f->n++] = (struct fleet_type){t, word, kind == BATCH_TYPE};
	f->whole = f->whole && kind != BATCH_UNKNOWN;
	return n;
}

/* Does EC2 not sell the type as the environment wants it? Then AWS Batch passes over it. */
static bool is_unsold(const struct rules *r, const struct batch_environment *e,
		      const struct instance_type *t)
{
	uint8_t as = e->spot ? USAGE_SPOT : USAGE_ONDEMAND;

	if (!e->m->capacity_block && t->usage != 0 && (t->usage & as) == 0)
		return true;
	return r->region != NULL && facts_offered(r->facts, t->name, r->region->name) == KNOWN_NO;
}

/* Leaves out what is not sold, unless nothing remains: that is another finding, and what it lacks is worth telling. */
static void drop_unsold(const struct rules *r, struct fleet *f, struct fleet_type *types)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += !is_unsold(r, f->e, types[i].type);
	if (n == 0)
		return;
	n = 0;
	for (size_t i = 0; i < f->n; i++)
		if (!is_unsold(r, f->e, types[i].type))
			types[n++] = types[i];
	f->n = n;
}

static struct fleet read_fleet(const struct rules *r, const struct batch_environment *e)
{
	const struct model_strings *words = &e->m->instance_types;
	struct fleet f = {.e = e, .own_image = has_own_image(e)};
	struct fleet_type *types;
	size_t most = 1;

	if (e->fargate || !is_written(&e->m->at.instance_types))
		return f;
	f.whole = words->n > 0;
	for (size_t i = 0; i < words->n; i++)
		most += read_word(r, &f, NULL, &words->items[i]);
	f.types = types = NEW_ARRAY(r->a, struct fleet_type, most);
	for (size_t i = 0; i < words->n; i++)
		read_word(r, &f, types, &words->items[i]);
	drop_unsold(r, &f, types);
	for (size_t i = 0; i < f.n; i++)
		f.archs |= types[i].type->arch & (ARCH_X86_64 | ARCH_ARM64);
	return f;
}

/* The architectures of the types that a queue starts; 0 where they are not all known. */
static unsigned archs_of(const struct fleet *items, const struct batch_queue *q)
{
	unsigned archs = 0;

	for (size_t i = 0; i < q->nenvironments; i++) {
		const struct fleet *own = &items[q->environments[i]->number];

		if (!own->whole)
			return 0;
		archs |= own->archs;
	}
	return q->foreign ? 0 : archs;
}

struct fleets fleets_of(const struct rules *r)
{
	const struct batch_view *v = r->batch;
	struct fleet *items = NEW_ARRAY(r->a, struct fleet, v->nenvironments + 1);
	unsigned *archs = NEW_ARRAY(r->a, unsigned, v->nqueues + 1);

	for (size_t i = 0; i < v->nenvironments; i++)
		items[i] = read_fleet(r, &v->environments[i]);
	for (size_t i = 0; i < v->nqueues; i++)
		archs[i] = archs_of(items, &v->queues[i]);
	return (struct fleets){items, archs, v, NEW(r->a, struct span)};
}

const struct fleet *fleet_of(const struct fleets *f, const struct batch_environment *e)
{
	return &f->items[e->number];
}

/* ---- does a type have what a job needs? ---- */

unsigned job_gpus(const struct instance_type *t, bool own_image)
{
	return (t->arch & ARCH_ARM64) != 0 && !own_image ? 0 : batch_gpus(t);
}

unsigned lacks_of(const struct instance_type *t, const struct need *n, bool own_image)
{
	unsigned ret = 0;

	if ((t->arch & n->arch) == 0)
		ret |= LACKS_ARCH;
	if (t->vcpus < n->vcpus)
		ret |= LACKS_VCPUS;
	if (batch_memory(t, false) < n->memory)
		ret |= LACKS_MEMORY;
	else if (batch_memory(t, true) < n->memory)
		ret |= LACKS_CERTAIN_MEMORY;
	if (job_gpus(t, own_image) < n->gpus)
		ret |= LACKS_GPUS;
	return ret;
}

/* ---- the nearest type ---- */

static bool has_accelerator(const struct instance_type *t)
{
	return t->gpu.count > 0 || t->neuron.count > 0 || t->other != NULL;
}

static bool of_family(const struct instance_type *t, const struct fleet_type *const *there,
		      size_t nthere)
{
	for (size_t i = 0; i < nthere; i++)
		if (str_eq(facts_family(there[i]->type->name), facts_family(t->name)))
			return true;
	return false;
}

/* GPUs that the driver in the images of AWS Batch does not know. Source: AWS Batch API, Ec2Configuration.imageType. */
static bool is_old_gpu(const struct instance_type *t)
{
	static const char *const families[] = {"p2", "p3", "p3dn", "g2", "g3", "g3s"};

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (str_eq(facts_family(t->name), str_c(families[i])))
			return true;
	return false;
}

/* Is it one to offer: sold, and without what the job does not ask for? */
static bool is_offered(const struct rules *r, const struct instance_type *t, const struct need *n)
{
	if (t->withdrawn || (t->usage & (n->spot ? USAGE_SPOT : USAGE_ONDEMAND)) == 0 ||
	    t->bare_metal || (n->gpus == 0 ? has_accelerator(t) : is_old_gpu(t)))
		return false;
	return lacks_of(t, n, false) == 0 &&
	       (r->region == NULL || facts_offered(r->facts, t->name, r->region->name) != KNOWN_NO);
}

/* Is a nearer than b, where one of both is of a family that is there, or none is? */
static bool is_nearer(const struct instance_type *a, const struct instance_type *b)
{
	if (a->gpu.count != b->gpu.count)
		return a->gpu.count < b->gpu.count;
	if (a->vcpus != b->vcpus)
		return a->vcpus < b->vcpus;
	return a->memory_mib < b->memory_mib;
}

const struct instance_type *nearest_type(const struct rules *r, const struct need *n,
					 const struct fleet_type *const *there, size_t nthere)
{
	const struct instance_type *best = NULL;
	bool best_family = false;

	for (size_t i = 0; i < facts_instance_count(r->facts); i++) {
		const struct instance_type *t = facts_instance_at(r->facts, i);
		bool family;

		if (!is_offered(r, t, n))
			continue;
		family = of_family(t, there, nthere);
		if (!family && !t->current_generation)
			continue;
		if (best == NULL || family > best_family ||
		    (family == best_family && is_nearer(t, best))) {
			best = t;
			best_family = family;
		}
	}
	return best;
}

/* ---- where containers could run ---- */

/* Most queues of a file try what another one tries: whether a queue brings a bit that is not in `seen`. */
static bool has_new(const uint64_t *seen, const struct batch_queue *q, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if ((q->tries[i] & ~seen[i]) != 0)
			return true;
	return false;
}

static void add_fleets(struct job_place *p, const struct fleets *f, uint64_t *seen,
		       const struct batch_queue *q)
{
	for (size_t k = 0; k < q->nenvironments; k++) {
		const struct batch_environment *e = q->environments[k];
		uint64_t bit = UINT64_C(1) << e->number % 64;

		if ((seen[e->number / 64] & bit) == 0 && e->fargate == p->c->job->fargate &&
		    !(p->c->job->multinode && e->spot))
			p->fleets[p->n++] = fleet_of(f, e);
		seen[e->number / 64] |= bit;
	}
}

void each_place(const struct rules *r, const struct fleets *f,
		void (*each)(const struct job_place *p, const struct fleets *f))
{
	struct batch_container c = {0};
	const struct fleet **room =
		NEW_ARRAY(r->a, const struct fleet *, r->batch->nenvironments + 1);
	size_t words = r->batch->nenvironments / 64 + 1;
	uint64_t *seen = NEW_ARRAY(r->a, uint64_t, words);

	while (next_container(r->batch, &c)) {
		struct job_place p = {.r = r, .c = &c, .fleets = room};

		memset(seen, 0, words * sizeof(*seen));
		for (size_t i = 0; i < c.job->nqueues; i++) {
			p.open = p.open || c.job->queues[i]->foreign;
			if (has_new(seen, c.job->queues[i], words))
				add_fleets(&p, f, seen, c.job->queues[i]);
		}
		each(&p, f);
	}
}

bool told_of(const struct job_place *p, const struct fleets *f)
{
	const struct span *at = &p->c->m->section.span;
	bool told = f->told->hi > 0 && f->told->lo == at->lo;

	*f->told = *at;
	return told;
}

struct str queues_words(const struct rules *r, const struct batch_job *j)
{
	return j->nqueues == 1 ? arena_fmt(r->a, "`" STR_F "`", STR_A(j->queues[0]->name))
			       : STR("its queues");
}

bool names_queues(const struct batch_job *j)
{
	return j->m->at.job_queues.state != FIELD_ABSENT;
}

struct span job_span(const struct batch_job *j)
{
	return WRITTEN(j->m, name) ? j->m->at.name.value : section_span(&j->m->section);
}

struct span container_span(const struct batch_container *c)
{
	return c->m->section.written ? section_span(&c->m->section) : job_span(c->job);
}

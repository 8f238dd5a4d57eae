/* SPDX-License-Identifier: Apache-2.0 */
/* batch_fleet.c - the instance types of compute environments, held against what a job needs. */
#include "compiler/check/rules/batch_fleet.h"

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
	return f;
}

struct fleets fleets_of(const struct rules *r)
{
	struct fleet *items = NEW_ARRAY(r->a, struct fleet, r->batch->nenvironments + 1);

	for (size_t i = 0; i < r->batch->nenvironments; i++)
		items[i] = read_fleet(r, &r->batch->environments[i]);
	return (struct fleets){items, r->batch, NEW(r->a, struct span)};
}

const struct fleet *fleet_of(const struct fleets *f, const struct batch_environment *e)
{
	return &f->items[e - f->view->environments];
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
	if (t->withdrawn || (t->usage & USAGE_ONDEMAND) == 0 || t->bare_metal ||
	    (n->gpus == 0 ? has_accelerator(t) : is_old_gpu(t)))
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

static void add_fleet(struct job_place *p, const struct fleet *f)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->fleets[i] == f)
			return;
	p->fleets[p->n++] = f;
}

static void look_at_place(struct job_place *p, const struct fleets *f)
{
	const struct batch_job *j = p->c->job;

	for (size_t i = 0; i < j->nqueues; i++) {
		const struct batch_queue *q = j->queues[i];

		p->open = p->open || q->foreign;
		for (size_t k = 0; k < q->nenvironments; k++)
			if (q->environments[k]->fargate == j->fargate &&
			    !(j->multinode && q->environments[k]->spot))
				add_fleet(p, fleet_of(f, q->environments[k]));
	}
}

void each_place(const struct rules *r, const struct fleets *f,
		void (*each)(const struct job_place *p, const struct fleets *f))
{
	struct batch_container c = {0};
	const struct fleet **room =
		NEW_ARRAY(r->a, const struct fleet *, r->batch->nenvironments + 1);

	while (next_container(r->batch, &c)) {
		struct job_place p = {.r = r, .c = &c, .fleets = room};

		look_at_place(&p, f);
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

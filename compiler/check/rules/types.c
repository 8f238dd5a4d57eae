/* SPDX-License-Identifier: Apache-2.0 */
/* types.c - what the rules about instance types share. */
#include "compiler/check/rules/types.h"

bool next_typed(const struct rules *r, struct typed_compute *it)
{
	size_t n, known = 0;

	if (!next_compute(r->c, &it->at))
		return false;
	n = compute_types(r, it->at.resource, it->types);
	for (size_t i = 0; i < n; i++)
		if (it->types[i].type != NULL)
			it->types[known++] = it->types[i];
	it->n = known;
	return true;
}

static struct named_type type_at(const struct rules *r, struct str name, const struct field_at *at)
{
	if (!is_written(at))
		return (struct named_type){0};
	return (struct named_type){name, at->value, facts_instance(r->facts, name)};
}

struct named_type head_type(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;

	return type_at(r, h->instance_type, &h->at.instance_type);
}

struct named_type pool_type(const struct rules *r, const struct login_pool *p)
{
	return type_at(r, p->instance_type, &p->at.instance_type);
}

bool is_flexible(const struct slurm_compute_resource *c)
{
	return c->instances.n > 0;
}

bool spans_zones(const struct slurm_queue *q)
{
	return USABLE(&q->networking, subnet_ids) && has_several_subnets(q);
}

struct str arch_word(uint8_t arch)
{
	if ((arch & ARCH_ARM64) != 0)
		return STR("arm64");
	return (arch & ARCH_X86_64) != 0 ? STR("x86_64") : STR("i386");
}

struct str memory_text(const struct rules *r, uint64_t mib)
{
	return arena_fmt(r->a, "%.4g GiB", (double)mib / 1024);
}

/* 100 for equal amounts, 200 for twice as much or half. */
static uint64_t ratio(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a == b ? 100 : 1000000;
	return a > b ? a * 100 / b : b * 100 / a;
}

/* "c" of "c5n.18xlarge", "hpc" of "hpc6a.48xlarge": what the family is for; burstable ones count as "m". */
static struct str kind_of(struct str type)
{
	size_t n = 0;

	if (type.n > 0 && type.s[0] == 't' && !str_starts(type, STR("trn")))
		return STR("m");

	while (n < type.n && type.s[n] >= 'a' && type.s[n] <= 'z')
		n++;
	return str_slice(type, 0, n);
}

/* 5 of "c5n.18xlarge": the generation of a family; 0 where it has no such number. */
static unsigned generation_of(struct str type)
{
	for (size_t i = 0; i < type.n && type.s[i] != '.' && type.s[i] != '-'; i++)
		if (type.s[i] >= '0' && type.s[i] <= '9')
			return (unsigned)(type.s[i] - '0');
	return 0;
}

/* How unlike two types are; smaller is nearer. `least` or more is not told apart. */
static uint64_t distance(const struct instance_type *a, const struct instance_type *b,
			 uint64_t least)
{
	uint64_t d = ratio(a->vcpus, b->vcpus) * 4 + ratio(a->memory_mib, b->memory_mib);
	unsigned ga, gb;

	if (d >= least)
		return d;
	ga = generation_of(a->name);
	gb = generation_of(b->name);

	d += 10 * (ga > gb ? ga - gb : gb - ga);

	if (str_eq(facts_family(a->name), facts_family(b->name)))
		return d;
	return d + (str_eq(kind_of(a->name), kind_of(b->name)) ? 1000 : 2000);
}

static bool same_accelerators(const struct instance_type *a, const struct instance_type *b)
{
	return (a->gpu.count > 0) == (b->gpu.count > 0) &&
	       (a->neuron.count > 0) == (b->neuron.count > 0) &&
	       (a->other != NULL) == (b->other != NULL);
}

static bool is_sold(const struct rules *r, const struct instance_type *t)
{
	return t->current_generation && !t->withdrawn && (t->arch & ARCH_MAC) == 0 &&
	       (r->region == NULL || facts_offered(r->facts, t->name, r->region->name) != KNOWN_NO);
}

bool is_current(const struct instance_type *t, uint64_t least)
{
	(void)least;
	return t->current_generation;
}

bool has_memory_mib(const struct instance_type *t, uint64_t least)
{
	return t->memory_mib >= least;
}

bool has_efa(const struct instance_type *t, uint64_t least)
{
	return t->efa_max > least;
}

static const struct instance_type *nearest(const struct rules *r, const struct instance_type *like,
					   const struct wish *wish)
{
	const struct instance_type *best = NULL;
	uint64_t nearest = UINT64_MAX;

	for (size_t i = 0; i < facts_instance_count(r->facts); i++) {
		const struct instance_type *t = facts_instance_at(r->facts, i);
		uint64_t d;

		if ((t->arch & wish->arch) == 0 || !same_accelerators(t, like) ||
		    !wish->has(t, wish->least))
			continue;
		d = distance(t, like, nearest);
		if (d < nearest && is_sold(r, t)) {
			nearest = d;
			best = t;
		}
	}
	return best;
}

void suggest_type(const struct rules *r, struct diag *d, const struct named_type *like,
		  struct wish wish)
{
	const struct instance_type *t = nearest(r, like->type, &wish);

	if (t == NULL)
		return;
	diag_inner(r->ds, d, "`" STR_F "` %s", STR_A(t->name), wish.says);
	diag_fix(r->ds, d, like->at, t->name, false);
}

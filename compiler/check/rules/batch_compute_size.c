/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_size.c - how many vCPUs a compute environment has, and what always runs. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/facts/prices.h"

void rule_compute_sizes(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct compute_environment *m = r->batch->environments[i].m;
		struct diag *d;

		if (!WRITTEN(m, minv_cpus) || !WRITTEN(m, maxv_cpus) ||
		    m->minv_cpus <= m->maxv_cpus)
			continue;
		d = diag_min_above_max(
			r->ds, m->at.minv_cpus.value, PROP_NAME(ComputeEnvironment_MinvCpus),
			(long long)m->minv_cpus, PROP_NAME(ComputeEnvironment_MaxvCpus),
			(long long)m->maxv_cpus);
		diag_label(r->ds, d, m->at.maxv_cpus.value, "MaxvCpus is set here");
	}
}

/* ---- what always runs ---- */

static const struct instance_type *smallest(const struct rules *r,
					    const struct batch_environment *e)
{
	const struct instance_type *least = NULL;
	struct batch_type t = {0};

	while (next_batch_type(r, e, &t))
		if (least == NULL || t.type->vcpus < least->vcpus)
			least = t.type;
	return least;
}

/* The price of that many vCPUs of the first type for a month, where it is known. */
static void note_price(const struct rules *r, struct diag *d, const struct batch_environment *e)
{
	struct batch_type t = {0};
	uint64_t n;
	struct price p;

	if (e->spot || !next_batch_type(r, e, &t) || t.type->vcpus == 0)
		return;
	n = ((uint64_t)e->m->minv_cpus + t.type->vcpus - 1) / t.type->vcpus;
	p = price_of(r->facts, t.type->name, r->region_name);
	if (p.known != PRICE_NONE)
		diag_note(r->ds, d,
			  "%llu `" STR_F "` %s about " STR_F " a month, on demand as of " STR_F,
			  (unsigned long long)n, STR_A(t.type->name), n == 1 ? "costs" : "cost",
			  STR_A(price_text(r->a, &p, price_a_month(&p, n))), STR_A(p.date));
}

void rule_compute_always_on(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, minv_cpus) || e->m->minv_cpus == 0 || is_reserved(e))
			continue;
		d = diag_always_on(r->ds, e->m->at.minv_cpus.value, (long long)e->m->minv_cpus);
		note_price(r, d, e);
		diag_help(r->ds, d,
			  "`MinvCpus: 0` starts instances when there are jobs; `Schedules` raise "
			  "it for the hours in which it must be quick");
		diag_fix(r->ds, d, d->at, STR("0"), false);
	}
}

/* ---- one instance has room ---- */

static void type_above_max(const struct rules *r, const struct batch_environment *e)
{
	for (size_t i = 0; i < e->m->instance_types.n; i++) {
		const struct model_string *w = &e->m->instance_types.items[i];
		const struct instance_type *t = facts_instance(r->facts, w->text);
		struct diag *d;

		if (t == NULL || t->vcpus <= e->m->maxv_cpus)
			continue;
		d = diag_type_above_max(r->ds, w->at, t->name, t->vcpus,
					(long long)e->m->maxv_cpus);
		diag_label(r->ds, d, e->m->at.maxv_cpus.value, "MaxvCpus is set here");
		diag_help(r->ds, d, "leave the type out, or raise MaxvCpus");
	}
}

void rule_compute_room(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct instance_type *least = smallest(r, e);
		struct diag *d;

		if (least == NULL || !WRITTEN(e->m, maxv_cpus))
			continue;
		if (least->vcpus <= e->m->maxv_cpus) {
			type_above_max(r, e);
			continue;
		}
		d = diag_batch_max_too_small(r->ds, e->m->at.maxv_cpus.value,
					     (long long)e->m->maxv_cpus, least->name, least->vcpus);
		diag_label(r->ds, d, e->m->at.instance_types.value, "the smallest of these");
		diag_help(r->ds, d, "raise MaxvCpus, or name smaller types");
	}
}

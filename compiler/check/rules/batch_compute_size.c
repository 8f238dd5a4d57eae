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

/* So many instances of a type, and what one of them costs. */
struct priced {
	const struct instance_type *type;
	uint64_t n;
	struct price price;
};

/* The fewest instances of t that have the vCPUs which always run. */
static struct priced priced_as(const struct rules *r, const struct batch_environment *e,
			       const struct instance_type *t)
{
	return (struct priced){t, ((uint64_t)e->m->minv_cpus + t->vcpus - 1) / t->vcpus,
			       price_of(r->facts, t->name, r->region_name)};
}

/* What the vCPUs that always run cost a month at least, where prices are known: by the cheapest of its types. */
static void note_price(const struct rules *r, struct diag *d, const struct batch_environment *e)
{
	struct priced best = {0};
	struct batch_type t = {0};

	while (!e->spot && next_batch_type(r, e, &t)) {
		struct priced x;

		if (t.type->vcpus == 0)
			continue;
		x = priced_as(r, e, t.type);
		if (x.price.known != PRICE_NONE &&
		    (best.type == NULL ||
		     price_a_month(&x.price, x.n) < price_a_month(&best.price, best.n)))
			best = x;
	}
	if (best.type != NULL)
		diag_note(r->ds, d,
			  "%llu `" STR_F "` %s about " STR_F " a month, on demand as of " STR_F,
			  (unsigned long long)best.n, STR_A(best.type->name),
			  best.n == 1 ? "costs" : "cost",
			  STR_A(price_text(r->a, &best.price, price_a_month(&best.price, best.n))),
			  STR_A(best.price.date));
}

void rule_compute_always_on(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!WRITTEN(e->m, minv_cpus) || e->m->minv_cpus == 0 || is_reserved(e) ||
		    e->run_by !=
			    NULL || /* of those of workflows it is an error: batch_workflows.c */
		    (WRITTEN(e->m, maxv_cpus) && e->m->minv_cpus > e->m->maxv_cpus))
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

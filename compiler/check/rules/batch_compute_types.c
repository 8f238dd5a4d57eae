/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_types.c - what stands in InstanceTypes of a compute environment. */
#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/types.h"

/* ---- there are some ---- */

void rule_compute_has_types(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		struct diag *d;

		if (!ABSENT(e->m, instance_types))
			continue;
		d = diag_compute_without_types(r->ds, section_span(&e->m->section),
					       batch_type_text(e));
		label_batch_type(r, d, e, "instances are asked for here");
		diag_help(r->ds, d,
			  "write for example `InstanceTypes: [default_x86_64]`, with families "
			  "`[c6i, m6i]`, or with types `[c6i.8xlarge]`");
		diag_help(r->ds, d, "`Type: FARGATE` has no instances to choose");
	}
}

/* ---- they are known ---- */

/* The family that is nearest to a word; empty where none is near. */
static struct str near_family(const struct rules *r, struct str word)
{
	unsigned best = near_limit(word) + 1;
	struct str ret = {0};

	for (size_t i = 0; i < facts_instance_count(r->facts); i++) {
		struct str family = facts_family(facts_instance_at(r->facts, i)->name);
		unsigned d = edit_distance(word, family, best);

		if (d < best) {
			best = d;
			ret = family;
		}
	}
	return ret;
}

static void unknown_word(const struct rules *r, const struct model_string *w)
{
	struct diag *d = diag_unknown_batch_type(r->ds, w->at, w->text);
	bool is_type = str_find(w->text, '.', 0) < w->text.n;
	struct str near = {0};

	if (!is_type)
		near = near_family(r, w->text);
	else if (facts_instance_near(r->facts, w->text, &near, 1) == 0)
		near = (struct str){0};
	if (near.n > 0) {
		diag_inner(r->ds, d, "did you mean `" STR_F "`?", STR_A(near));
		diag_fix(r->ds, d, w->at, near, false);
	}
	diag_help(r->ds, d,
		  "a type such as `c6i.8xlarge`, a family such as `c6i`, or `default_x86_64`, "
		  "`default_arm64`, `optimal`; `hpcc instances` lists the types");
}

/* Source: AWS Batch API, ComputeResource.instanceTypes, botocore 1.44.8. */
void rule_compute_types_known(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;)
		for (size_t i = 0; USABLE(e->m, instance_types) && i < e->m->instance_types.n;
		     i++) {
			const struct model_string *w = &e->m->instance_types.items[i];
			size_t first = 0;

			if (batch_word_of(r->facts, w->text) == BATCH_UNKNOWN)
				unknown_word(r, w);
			else
				type_is_mac(r, batch_next_type(r->facts, w->text, &first), w->text,
					    w->at);
		}
}

/* ---- they are sold in the Region ---- */

/* Is none of the types that the word stands for sold there? Where that is not known, they may be. */
static bool unsold(const struct rules *r, struct str word)
{
	const struct instance_type *t;

	for (size_t it = 0; (t = batch_next_type(r->facts, word, &it)) != NULL;)
		if (facts_offered(r->facts, t->name, r->region->name) != KNOWN_NO)
			return false;
	return true;
}

static size_t count_unsold(const struct rules *r, const struct model_strings *words)
{
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++)
		n += unsold(r, words->items[i].text) ? 1 : 0;
	return n;
}

static void not_sold(const struct rules *r, const struct model_string *w, bool all)
{
	struct named_type t = {w->text, w->at, facts_instance(r->facts, w->text)};
	struct diag *d;

	d = (all ? diag_not_offered_in_region : diag_not_listed_in_region)(r->ds, w->at, w->text,
									   r->region->name);
	diag_label(r->ds, d, r->region_at->value, "the Region");
	if (all)
		diag_note(r->ds, d,
			  "nothing of this list is: Batch would start no instance; "
			  "--catalog FILE tells of newer offers");
	else
		diag_note(r->ds, d, "Batch passes over it; --catalog FILE tells of newer offers");
	if (t.type != NULL)
		suggest_type(r, d, &t,
			     (struct wish){t.type->arch, is_current, 0, "is offered there"});
}

void rule_compute_types_offered(const struct rules *r)
{
	const struct batch_environment *e;

	if (r->region == NULL || !is_written(r->region_at))
		return;
	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct model_strings *words = &e->m->instance_types;
		bool all = count_unsold(r, words) == words->n;

		for (size_t i = 0; i < words->n; i++)
			if (unsold(r, words->items[i].text))
				not_sold(r, &words->items[i], all);
	}
}

/* ---- one architecture ---- */

static uint8_t arch_of_word(const struct rules *r, struct str word)
{
	size_t it = 0;
	const struct instance_type *t = batch_next_type(r->facts, word, &it);

	return t != NULL ? t->arch & (ARCH_X86_64 | ARCH_ARM64) : 0;
}

/* Source: AWS Batch API, ComputeResource.instanceTypes: x86 and ARM types cannot be mixed. */
void rule_compute_one_architecture(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct model_strings *words = &e->m->instance_types;
		uint8_t first = arch_of_word(r, words->items[0].text);

		for (size_t i = 1; i < words->n; i++) {
			uint8_t arch = arch_of_word(r, words->items[i].text);
			struct diag *d;

			if (arch == 0 || first == 0 || (arch & first) != 0)
				continue;
			d = diag_mixed_architectures(r->ds, words->items[i].at,
						     words->items[i].text, arch_word(arch),
						     words->items[0].text, arch_word(first));
			diag_label(r->ds, d, words->items[0].at, STR_F, STR_A(arch_word(first)));
			diag_help(r->ds, d, "make a compute environment for each architecture");
			break;
		}
	}
}

/* ---- nothing is named twice ---- */

/* With these the list is an order, and a type before its family says which size comes first. */
static bool is_ordered(const struct batch_environment *e)
{
	return e->strategy ==
		       COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_BEST_FIT_PROGRESSIVE_ORDERED ||
	       e->strategy ==
		       COMPUTE_ENVIRONMENT_ALLOCATION_STRATEGY_SPOT_CAPACITY_OPTIMIZED_PRIORITIZED;
}

static void in_family(const struct rules *r, const struct batch_environment *e, size_t i)
{
	const struct model_strings *words = &e->m->instance_types;
	const struct model_string *w = &words->items[i];
	struct str family = facts_family(w->text);

	for (size_t k = 0; k < words->n; k++) {
		struct diag *d;

		if (k == i || family.n == w->text.n || !str_eq(words->items[k].text, family))
			continue;
		d = diag_type_in_family(r->ds, w->at, w->text, family);
		diag_label(r->ds, d, words->items[k].at, "the family has all of its sizes");
		diag_help(r->ds, d, "keep the family, or name each size that may be started");
		return;
	}
}

void rule_compute_types_distinct(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;)
		for (size_t i = 0; USABLE(e->m, allocation_strategy) && !is_ordered(e) &&
				   i < e->m->instance_types.n;
		     i++)
			in_family(r, e, i);
}

/* ---- what Batch chooses itself ---- */

/* "m6i, c6i" of "m6i c6i". */
static struct str with_commas(const struct rules *r, struct str words)
{
	struct buf b = buf_in(r->a);

	while (words.s != NULL) {
		struct str word = str_cut(&words, ' ');

		buf_fmt(&b, "%s" STR_F, b.n > 0 ? ", " : "", STR_A(word));
	}
	return buf_str(&b);
}

void rule_compute_types_chosen(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;)
		for (size_t i = 0; USABLE(e->m, instance_types) && i < e->m->instance_types.n;
		     i++) {
			const struct model_string *w = &e->m->instance_types.items[i];
			struct str families = batch_bundle(w->text);
			struct diag *d;

			if (!str_eq(w->text, STR("optimal")))
				continue;
			d = diag_optimal_types(r->ds, w->at, with_commas(r, families));
			diag_note(r->ds, d,
				  "Batch takes newer families into it on its own, and then "
				  "starts other types");
			diag_fix(r->ds, d, w->at, STR("default_x86_64"), false);
		}
}

static bool never_spot(const struct rules *r, struct str type)
{
	const struct instance_type *t = facts_instance(r->facts, type);

	return t != NULL && t->usage != 0 && (t->usage & USAGE_SPOT) == 0;
}

/*
 * Spot capacity of one type in one zone goes and comes back together. Source: AWS Batch user guide, best practices for
 * Amazon EC2 Spot.
 */
void rule_compute_spot_choice(const struct rules *r)
{
	const struct batch_environment *e;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;) {
		const struct model_string *w = &e->m->instance_types.items[0];
		struct diag *d;

		if (!e->spot || e->m->capacity_block || e->m->instance_types.n != 1 ||
		    batch_word_of(r->facts, w->text) != BATCH_TYPE || never_spot(r, w->text))
			continue;
		d = diag_spot_one_type(r->ds, w->at, w->text);
		label_batch_type(r, d, e, "Spot is asked for here");
		diag_help(r->ds, d, "name several types or the family `" STR_F "`",
			  STR_A(facts_family(w->text)));
	}
}

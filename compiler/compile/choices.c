/* SPDX-License-Identifier: Apache-2.0 */
/* choices.c - checks and lowers a file for each combination of values that must be known. */
#include "compiler/compile/choices.h"

#include "compiler/check/placed.h"
#include "compiler/model/deployment.h"
#include "compiler/model/foundation.h"
#include "lowering/ir/merge.h"

#include <inttypes.h>
#include <string.h>

/* ---- one combination ---- */

static const struct model *check_one(const struct choices_call *call, struct diags *ds,
				     const size_t *values)
{
	struct check_options o = call->check;
	struct model *read = NEW(call->a, struct model);
	const struct model *m;

	o.choices = values;
	o.on = call->on;
	o.others = call->others;
	*read = *check_tree_as(call->a, ds, call->tree, &o);
	read->foundation = call->on;
	read->others = call->others;
	m = model_placed(call->a, read, call->facts);
	check_rules(call->a, ds, m, call->facts, o.knows, call->off);
	return m;
}

static const struct deployment *deployment(const struct choice *choice)
{
	return choice->model->deployment;
}

/* How many combinations there are, counted no further than one more than are checked. */
static size_t count(const struct deployment *d)
{
	size_t n = 1;

	for (size_t i = 0; d != NULL && i < d->nparameters && n <= MOST_CHOICES; i++)
		if (d->parameters[i].chosen)
			n *= d->parameters[i].nvalues;
	return n;
}

/* The indices of the values of a combination: those of the defaults, as the model of them says. */
static size_t *values_of(struct arena *a, const struct deployment *d)
{
	size_t *values = NEW_ARRAY(a, size_t, d->nparameters);

	for (size_t i = 0; i < d->nparameters; i++)
		values[i] = d->parameters[i].choice;
	return values;
}

/*
 * Goes on to the next combination: the last parameter turns fastest. Each begins at its default and comes back to it,
 * which is when the one before it goes on.
 */
static void advance(const struct deployment *d, size_t *values)
{
	for (size_t i = d->nparameters; i-- > 0;) {
		const struct stack_parameter *p = &d->parameters[i];

		if (!p->chosen)
			continue;
		values[i] = (values[i] + 1) % p->nvalues;
		if (values[i] != p->choice)
			return;
	}
}

/* ---- findings ---- */

/* A finding, and the combinations of which it holds: bit k for combination k. */
struct held {
	const struct diag *diag;
	uint64_t by;
};

/* What makes two findings one. */
static struct str identity(struct arena *a, const struct diag *d)
{
	return arena_fmt(a, "%d %p %" PRIu32 " %" PRIu32 " " STR_F, (int)d->id,
			 (const void *)d->at.src, d->at.lo, d->at.hi, STR_A(d->text));
}

/* The findings of all combinations, each once, in the order of the first that has it: struct held by identity. */
static struct map held_of(struct arena *a, const struct diags *lists, size_t n)
{
	struct map all = {0};

	for (size_t k = 0; k < n; k++) {
		for (const struct diag *d = lists[k].first; d != NULL; d = d->next) {
			struct str key = identity(a, d);
			const struct held *before = map_get(&all, key);
			struct held *h = NEW(a, struct held);

			*h = before != NULL ? *before : (struct held){.diag = d};
			h->by |= (uint64_t)1 << k;
			map_put(&all, a, key, h);
		}
	}
	return all;
}

/* Are two combinations the same but for the value of this parameter? */
static bool differ_in(const struct choices *all, size_t a, size_t b, size_t parameter)
{
	const struct deployment *d = deployment(&all->items[0]);

	for (size_t i = 0; i < d->nparameters; i++)
		if (i != parameter && all->items[a].values[i] != all->items[b].values[i])
			return false;
	return true;
}

/* Does it depend on the parameter whether a combination is among `found`? */
static bool depends_on(const struct choices *all, uint64_t found, size_t parameter)
{
	for (size_t a = 0; a < all->n; a++)
		for (size_t b = 0; b < all->n; b++)
			if ((found >> a & 1) != 0 && (found >> b & 1) == 0 &&
			    differ_in(all, a, b, parameter))
				return true;
	return false;
}

#define HOLDS_WHEN "it is so when the parameter `"

bool depends_on_choice(const struct diag *d)
{
	for (const struct diag_sub *s = d->subs; s != NULL; s = s->next)
		if (str_starts(s->text, STR(HOLDS_WHEN)))
			return true;
	return false;
}

/* Says with which values a finding holds that does not hold with all. */
static void tell_values(const struct choices_call *call, struct diag *d, const struct choices *all,
			uint64_t found)
{
	const struct deployment *dep = deployment(&all->items[0]);

	for (size_t i = 0; i < dep->nparameters; i++) {
		const struct stack_parameter *p = &dep->parameters[i];
		uint64_t told = 0;

		if (!p->chosen || !depends_on(all, found, i))
			continue;
		for (size_t k = 0; k < all->n; k++) {
			size_t value = all->items[k].values[i];
			struct span at = p->values[value]->at;

			if ((found >> k & 1) == 0 || (told >> value & 1) != 0)
				continue;
			told |= (uint64_t)1 << value;
			diag_note(call->ds, d, HOLDS_WHEN STR_F "` is `" STR_F "`", STR_A(p->name),
				  STR_A(p->values[value]->text));
			if (span_is_set(at) && span_cmp(at, d->at) != 0)
				diag_label(call->ds, d, at, "a value it may have");
		}
	}
}

/* The findings of all combinations, each once, with what those values are that bring it where not all do. */
static void gather(const struct choices_call *call, struct diags *lists, const struct choices *all)
{
	uint64_t every = all->n == 64 ? UINT64_MAX : ((uint64_t)1 << all->n) - 1;
	struct map found = held_of(call->a, lists, all->n);

	for (size_t i = 0; i < found.n; i++) {
		const struct held *h = found.items[i].value;
		struct diag *copy = NEW(call->a, struct diag);

		*copy = *h->diag;
		if (h->by != every)
			tell_values(call, copy, all, h->by);
		copy->next = NULL;
		diags_take(call->ds, &(struct diags){.first = copy});
	}
}

/* ---- all combinations ---- */

static void too_many(const struct choices_call *call, const struct deployment *d)
{
	unsigned long n = 1;
	struct span at = {0};

	for (size_t i = 0; i < d->nparameters; i++) {
		if (!d->parameters[i].chosen)
			continue;
		n = n > 1000000 ? n : n * d->parameters[i].nvalues;
		if (!span_is_set(at))
			at = d->parameters[i].at;
	}
	diag_help(call->ds, diag_too_many_choices(call->ds, at, n, MOST_CHOICES),
		  "take values out of %s, or write them where they must be known",
		  call->check.kind != NULL ? "their types" : "`AllowedValues`");
}

struct choices choices_check(const struct choices_call *call)
{
	struct choices all = {NEW(call->a, struct choice), 1};
	struct diags base = {.arena = call->a}, *lists;
	const struct deployment *d;

	all.items[0].model = check_one(call, &base, NULL);
	d = deployment(&all.items[0]);
	all.n = count(d);
	if (all.n == 1 || all.n > MOST_CHOICES) {
		diags_take(call->ds, &base);
		if (all.n > 1)
			too_many(call, d);
		all.n = 1;
		return all;
	}
	all.items = memcpy(NEW_ARRAY(call->a, struct choice, all.n), all.items, sizeof(*all.items));
	lists = NEW_ARRAY(call->a, struct diags, all.n);
	lists[0] = base;
	all.items[0].values = values_of(call->a, d);
	for (size_t i = 1; i < all.n; i++) {
		struct choice *choice = &all.items[i];

		choice->values =
			memcpy(NEW_ARRAY(call->a, size_t, d->nparameters), all.items[i - 1].values,
			       d->nparameters * sizeof(*choice->values));
		advance(d, choice->values);
		lists[i].arena = call->a;
		choice->model = check_one(call, &lists[i], choice->values);
	}
	gather(call, lists, &all);
	return all;
}

/* ---- graphs ---- */

/* What each combination says of the parameters that were chosen. */
static struct ir_merge merge_of(struct arena *a, const struct choices *choices)
{
	const struct deployment *d = deployment(&choices->items[0]);
	struct ir_merge m = {.arena = a, .n = choices->n};
	struct str *names = NEW_ARRAY(a, struct str, d->nparameters);
	struct str *values = NEW_ARRAY(a, struct str, d->nparameters * choices->n);

	for (size_t i = 0; i < d->nparameters; i++)
		if (d->parameters[i].chosen)
			names[m.nparameters++] = d->parameters[i].name;
	for (size_t k = 0; k < choices->n; k++) {
		size_t at = 0;

		for (size_t i = 0; i < d->nparameters; i++) {
			const struct stack_parameter *p = &d->parameters[i];

			if (p->chosen)
				values[k * m.nparameters + at++] =
					p->values[choices->items[k].values[i]]->text;
		}
	}
	m.parameters = names;
	m.values = values;
	return m;
}

/* Why the graphs that differ from graph `base` in this parameter alone cannot be one with it; empty when they can. */
static struct str fault_of(struct arena *a, const struct choices *choices,
			   const struct ir *const *graphs, size_t base, size_t parameter)
{
	const struct stack_parameter *p = &deployment(&choices->items[0])->parameters[parameter];
	const struct ir **some = NEW_ARRAY(a, const struct ir *, choices->n);
	struct str *values = NEW_ARRAY(a, struct str, choices->n);
	struct ir_merge m = {.arena = a,
			     .graphs = some,
			     .parameters = &p->name,
			     .nparameters = 1,
			     .values = values};

	for (size_t k = 0; k < choices->n; k++)
		if (differ_in(choices, base, k, parameter)) {
			some[m.n] = graphs[k];
			values[m.n++] = p->values[choices->items[k].values[parameter]]->text;
		}
	ir_merge(&m);
	return m.fault;
}

/*
 * Reports that the graphs cannot be one, at the first parameter that is to blame by itself. Where only several together
 * are, at the first of all, with the fault of the whole.
 */
static void report_undecidable(struct arena *a, struct diags *ds, const struct choices *choices,
			       const struct ir *const *graphs, struct str fault)
{
	const struct deployment *d = deployment(&choices->items[0]);
	const struct stack_parameter *blamed = NULL, *first = NULL;
	struct diag *diag;

	for (size_t i = 0; i < d->nparameters && blamed == NULL; i++) {
		if (!d->parameters[i].chosen)
			continue;
		if (first == NULL)
			first = &d->parameters[i];
		for (size_t k = 0; k < choices->n && blamed == NULL; k++) {
			struct str own = fault_of(a, choices, graphs, k, i);

			if (own.n > 0) {
				blamed = &d->parameters[i];
				fault = own;
			}
		}
	}
	if (blamed == NULL)
		blamed = first;
	INVARIANT(blamed != NULL);
	diag = diag_cannot_choose(ds, blamed->at, blamed->name);
	diag_note(ds, diag, STR_F, STR_A(fault));
	diag_help(ds, diag, "write one file for each value");
}

const struct ir *choices_lower(struct arena *a, struct diags *ds, const struct choices *choices,
			       const struct lower_options *o)
{
	const struct ir **graphs;
	const struct ir *merged;
	struct ir_merge m;

	if (choices->n == 1)
		return lower_model(a, ds, choices->items[0].model, o);
	graphs = NEW_ARRAY(a, const struct ir *, choices->n);
	for (size_t i = 0; i < choices->n; i++) {
		graphs[i] = lower_model(a, ds, choices->items[i].model, o);
		if (graphs[i] == NULL)
			return NULL;
	}
	m = merge_of(a, choices);
	m.graphs = graphs;
	merged = ir_merge(&m);
	if (merged == NULL)
		report_undecidable(a, ds, choices, graphs, m.fault);
	return merged;
}

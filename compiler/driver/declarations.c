/* SPDX-License-Identifier: Apache-2.0 */
/* declarations.c - what a program may ask of its own declarations: outputs of their stacks, and what they cost. */
#include "compiler/cost/cost.h"
#include "compiler/driver/driver.h"
#include "compiler/model/foundation.h"

/* Parts of a dollar that prices of compiler/cost/cost.h are counted in. */
enum { PARTS_DIGITS = 10 };

/* ---- outputs ---- */

/* What is known of a declaration, found out once: a program may ask in every round of a loop. */
struct asked {
	const struct model *model; /* NULL: it has errors */
	bool has_outputs;	   /* its kind has some */
	struct exports exports;
	struct str *names;
};

static void find_outputs(struct arena *a, struct asked *k)
{
	const struct model *m = k->model;

	k->has_outputs = (m->variant & (ENVIRONMENT | BATCH)) != 0;
	if ((m->variant & ENVIRONMENT) != 0)
		k->exports = foundation_of(a, STR(""), m->environment)->exports;
	else if ((m->variant & BATCH) != 0)
		k->exports = exports_of_batch(a, batch_of(a, m->batch));
	k->names = NEW_ARRAY(a, struct str, k->exports.n + 1);
	for (size_t i = 0; i < k->exports.n; i++)
		k->names[i] = k->exports.items[i].name;
}

static const struct asked *asked_of(struct session *s, struct arena *a, struct map *all,
				    const struct hpc_declaration *d)
{
	const struct asked *before = map_get(all, d->name);
	struct asked *k;

	if (before != NULL)
		return before;
	k = NEW(a, struct asked);
	if (d->tree != NULL && !d->apart)
		k->model = declaration_model(&s->compile, a, d->kind_word, d->tree);
	if (k->model != NULL)
		find_outputs(a, k);
	map_put(all, a, d->name, k);
	return k;
}

bool declaration_output(struct session *s, struct arena *a, struct map *known,
			const struct hpc_declaration *d, struct str output, struct hpc_output *ret)
{
	const struct asked *k = asked_of(s, a, known, d);
	const struct env_export *found;

	*ret = (struct hpc_output){0};
	if (k->model == NULL)
		return true; /* nobody knows */
	if (!k->has_outputs)
		return false;
	*ret = (struct hpc_output){.names = k->names, .nnames = k->exports.n};
	found = export_named(&k->exports, output);
	ret->list = found != NULL && found->what == EXPORT_SUBNETS;
	return found != NULL;
}

/* ---- prices ---- */

static struct number parts_of_dollar(void)
{
	int64_t parts = 1;

	for (int i = 0; i < PARTS_DIGITS; i++)
		parts *= 10;
	return number_int(parts);
}

/* `parts` an hour as a price; false: it does not fit. */
static bool as_price(int64_t parts, struct number *ret)
{
	struct number an_hour;

	return number_div(number_int(parts), parts_of_dollar(), &an_hour) &&
	       number_mul(an_hour, unit_named(STR("USD/h"))->value, ret);
}

/* A price in parts an hour; what is too much stays the most. */
static int64_t parts_of(struct number price)
{
	struct number an_hour, parts;

	if (!number_div(price, unit_named(STR("USD/h"))->value, &an_hour) ||
	    !number_mul(an_hour, parts_of_dollar(), &parts))
		return INT64_MAX;
	return number_floor(parts).num;
}

enum hpc_cost declaration_cost(struct session *s, struct arena *a, struct map *known,
			       const struct hpc_declaration *d, const struct number *unpriced,
			       struct hpc_cost_range *ret)
{
	const struct model *m = asked_of(s, a, known, d)->model;
	int64_t parts = unpriced != NULL ? parts_of(*unpriced) : 0;
	struct cost_range range;
	struct buf b = buf_in(a);

	if (m == NULL)
		return HPC_COST_FAULTY;
	range = cost_range(a, s->compile.facts, m, unpriced != NULL ? &parts : NULL);
	for (size_t i = 0; i < range.nunpriced; i++)
		buf_fmt(&b, "%s`" STR_F "`", i > 0 ? ", " : "", STR_A(range.unpriced[i]));
	ret->unpriced = buf_str(&b);
	if (range.nunpriced > 0)
		return HPC_COST_UNPRICED;
	return range.min < INT64_MAX && range.max < INT64_MAX && as_price(range.min, &ret->min) &&
			       as_price(range.max, &ret->max)
		       ? HPC_COST_OK
		       : HPC_COST_TOO_LARGE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* cost_range.c - the cost of a file for expressions: USD an hour. */
#include "compiler/cost/cost.h"

struct cost_range cost_range(struct arena *a, const struct facts *f, const struct model *m,
			     const int64_t *unpriced)
{
	struct cost_wish w = {
		.currency = STR("USD"), .listed_only = unpriced == NULL, .unpriced = unpriced};
	const struct cost *c = cost_of(a, f, m, &w);
	struct cost_range ret = {.min = cost_an_hour(c->sum.month[COST_FLOOR]),
				 .max = cost_an_hour(c->sum.month[COST_CEILING])};

	if (unpriced != NULL)
		return ret;
	ret.unpriced = c->unpriced;
	ret.nunpriced = c->nunpriced;
	return ret;
}

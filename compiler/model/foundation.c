/* SPDX-License-Identifier: Apache-2.0 */
/* foundation.c - the environment that a file stands on. */
#include "compiler/model/foundation.h"

const struct foundation *foundation_of(struct arena *a, struct str name,
				       const struct environment *e)
{
	struct foundation *f = NEW(a, struct foundation);

	f->name = name;
	f->e = e;
	f->net = net_of(a, &e->network);
	f->exports = exports_of(a, e, f->net);
	return f;
}

const struct foundation *foundation_of_stack(const struct foundation *others, struct str stack)
{
	while (others != NULL && !str_eq(others->stack, stack))
		others = others->next;
	return others;
}

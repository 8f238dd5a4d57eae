/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - rules about instance types themselves. */
#include "compiler/check/rules/rule.h"

enum { NEAR = 3 };

static void type_known(const struct rules *r, const struct typed_node *n)
{
	struct str near[NEAR];
	unsigned count;
	struct diag *d;

	if (n->type.type != NULL)
		return;
	d = diag_unknown_instance_type(r->ds, n->type.at, n->type.name);
	count = facts_instance_near(r->facts, n->type.name, near, NEAR);
	if (count == 1)
		diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
	else if (count > 1)
		diag_help(r->ds, d, "did you mean `" STR_F "` or `" STR_F "`?", STR_A(near[0]),
			  STR_A(near[1]));
	else
		diag_help(r->ds, d,
			  "`hpcc instances` lists the types; --catalog FILE adds newer ones");
	if (count > 0)
		diag_fix(r->ds, d, n->type.at, near[0], false);
}

void rule_instance_type_known(const struct rules *r)
{
	each_typed_node(r, type_known);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - runs the passes of passes.def over one environment. */
#include "lowering/lower.h"

#include "lowering/aws/passes.h"
#include "lowering/environment/environment.h"

#define PASS(variants, name, needs, gives)        \
	static void run_##name(struct stack *st)  \
	{                                         \
		pass_##name((struct ground *)st); \
	}
#include "lowering/environment/passes.def"
#undef PASS

static const struct pass passes[] = {
#define PASS(variants, name, needs, gives) {variants, STR_INIT(#name), run_##name},
#include "lowering/environment/passes.def"
#undef PASS
};

static struct stack stack_of(struct arena *a, struct diags *ds, const struct environment *e,
			     const struct facts *facts)
{
	return (struct stack){
		.a = a,
		.ds = ds,
		.facts = facts,
		.region = e->region,
		.tags = &e->tags,
		.stack_tag = true,
		.keep_needs = true,
		.iam_prefix = e->iam.resource_prefix,
		.iam_boundary = e->iam.permissions_boundary,
		.lookups = {.description = STR_INIT("Looks up what the stack needs"),
			    .program = STR_INIT("hybrid.py"),
			    .role = e->iam.roles.lambda_functions_role,
			    .role_origin = origin_of_section(&e->iam.roles.section)},
	};
}

const struct ir *lower_environment(struct arena *a, struct diags *ds, const struct model *m,
				   const struct lower_options *o)
{
	struct ground l = {.st = stack_of(a, ds, m->environment, o->facts), .e = m->environment};

	l.st.deployment = m->deployment;
	l.st.g = ir_new(a);
	l.st.g->description = STR("HPC environment made by hpcc " HPCC_VERSION);
	if (!passes_run(&l.st, passes, ARRAY_LEN(passes), m->variant, o->until))
		return NULL;
	return l.st.g;
}

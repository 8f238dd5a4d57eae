/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - runs the passes of passes.def over one batch file. */
#include "lowering/lower.h"

#include "lowering/aws/passes.h"
#include "lowering/aws/retain.h"
#include "lowering/batch/batch.h"

#define PASS(variants, name, needs, gives)             \
	static void run_##name(struct stack *st)       \
	{                                              \
		pass_##name((struct batch_stack *)st); \
	}
#include "lowering/batch/passes.def"
#undef PASS

static const struct pass passes[] = {
#define PASS(variants, name, needs, gives) {variants, STR_INIT(#name), run_##name},
#include "lowering/batch/passes.def"
#undef PASS
};

static struct stack stack_of(struct arena *a, struct diags *ds, const struct batch *b,
			     const struct facts *facts)
{
	return (struct stack){
		.a = a,
		.ds = ds,
		.facts = facts,
		.region = b->region,
		.tags = &b->tags,
		.stack_tag = true,
		.keep_needs = true,
		.iam_prefix = b->iam.resource_prefix,
		.iam_boundary = b->iam.permissions_boundary,
		.lookups = {.description = STR_INIT("Looks up what the stack needs"),
			    .program = b->workflows.n > 0 ? STR("workflows.py")
							  : STR("lifecycle_few.py"),
			    .all = b->workflows.n > 0 ? STR("") : STR("lifecycle.py"),
			    .role_origin = origin_of_section(&b->section)},
	};
}

const struct ir *lower_batch(struct arena *a, struct diags *ds, const struct model *m,
			     const struct lower_options *o)
{
	struct batch_stack l = {.st = stack_of(a, ds, m->batch, o->facts), .b = m->batch};

	l.v = batch_of(a, m->batch);
	l.st.deployment = m->deployment;
	l.st.g = ir_new(a);
	l.st.g->description = STR("AWS Batch environment made by hpcc " HPCC_VERSION);
	if (!passes_run(&l.st, passes, ARRAY_LEN(passes), m->variant, o->until))
		return NULL;
	stack_keep_needs(&l.st); /* references to subnets of its own network are values by now */
	return l.st.g;
}

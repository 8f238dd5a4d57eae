/* SPDX-License-Identifier: Apache-2.0 */
/* policies.c - holds a checked file against the policies of programs. */
#include "compiler/compile/model_value.h"
#include "compiler/compile/passes.h"
#include "compiler/schema/kind.h"

/* Does a policy of the program look at files of the kind? */
static bool looks_at(const struct hpc_program *p, const struct file_kind *kind)
{
	return p != NULL && !p->faulty && hpc_policies_for(p, kind_thing(kind)) > 0;
}

/* Each combination of values that parameters may have is held against them. */
static void apply(struct compilation *c, struct diags *ds, const struct choices *choices,
		  struct hpc_program *policies, size_t *used)
{
	struct str name = c->declaration != NULL ? c->declaration->name : c->src->name;
	const struct file_kind *kind = c->model->kind;

	for (size_t i = 0; i < choices->n && looks_at(policies, kind); i++)
		hpc_apply_policies(ds, policies, model_value(c->a, choices->items[i].model, c->src),
				   kind_thing(kind), name, used);
}

void pass_policies(const struct compile_options *o, struct compilation *c, struct diags *ds,
		   const struct choices *choices, size_t *used)
{
	if (c->program != NULL)
		apply(c, ds, choices, c->program, used);
	for (size_t i = 0; i < o->npolicies; i++)
		apply(c, ds, choices, o->policies[i], used);
}

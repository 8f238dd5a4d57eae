/* SPDX-License-Identifier: Apache-2.0 */
/* passes.c - the loop over passes. */
#include "lowering/aws/passes.h"

#include "lowering/aws/deployment.h"
#include "lowering/aws/retain.h"

bool passes_run(struct stack *st, const struct pass *passes, size_t n, uint16_t variant,
		struct str until)
{
	unsigned errors = st->ds->errors;

	for (size_t i = 0; i < n; i++) {
		if ((passes[i].variants & variant) == 0)
			continue;
		passes[i].run(st);
		if (st->ds->errors > errors)
			return false;
		/* The graph is whole after each pass: a fault is that of the pass just run. */
		if (HPCC_VERIFY_PASSES)
			ir_verify_after(st->g, passes[i].name);
		if (str_eq(passes[i].name, until)) {
			deployment_resolve(st);
			return true;
		}
	}
	deployment_resolve(st);
	if (st->ds->errors > errors)
		return false;
	/* References to subnets of the file and to outputs are values by now. */
	if (st->keep_needs)
		stack_keep_needs(st);
	ir_verify(st->g, st->ds);
	return st->ds->errors == errors;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - checks a graph before it is emitted. */
#include "lowering/ir/verify.h"

/* In bytes. The text is ours, whatever the file says. Source: CloudFormation quotas, "Template description". */
enum { MAX_DESCRIPTION = 1024 };

void verify_fault(struct verify *v, const char *fmt, ...)
{
	va_list ap;

	if (v->fault.n > 0)
		return;
	va_start(ap, fmt);
	v->fault = arena_vfmt(v->a, fmt, ap);
	va_end(ap);
}

static void verify_all(struct verify *v)
{
	if (v->g->description.n > MAX_DESCRIPTION)
		verify_fault(v, "the description has %zu bytes", v->g->description.n);
	verify_properties(v);
	verify_references(v);
	if (v->fault.n == 0)
		verify_cycles(v);
}

struct str ir_fault(struct arena *a, const struct ir *g)
{
	struct verify v = {.a = a, .g = g};

	verify_all(&v);
	return v.fault;
}

void ir_verify(struct ir *g, struct diags *ds)
{
	struct verify v = {.a = g->arena, .g = g, .ds = ds};

	if (g->resources.n == 0)
		verify_fault(&v, "the graph has no resource");
	verify_limits(g, ds);
	verify_all(&v);
	if (v.fault.n > 0)
		BUG(STR_F, STR_A(v.fault));
}

void ir_verify_after(const struct ir *g, struct str pass)
{
	struct arena a = {0};
	struct str fault = ir_fault(&a, g);

	if (fault.n > 0)
		BUG("after the pass " STR_F ": " STR_F, STR_A(pass), STR_A(fault));
	arena_release(&a);
}

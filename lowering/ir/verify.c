/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - checks a graph before it is emitted. */
#include "lowering/ir/verify.h"

#include "compiler/base/open_text.h"

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

/* ---- references of the file ---- */

struct text_walk {
	struct ir_walk walk;
	struct verify *v;
};

/*
 * Is no reference left in it, as it is marked or as JSON writes the marks? An expression of JSONata is code of ours, in
 * which texts of the file are texts of JSON: a mark there has an odd number of backslashes before its `u`.
 */
static bool is_closed(struct str text)
{
	bool code = str_starts(text, STR("{%"));
	size_t slashes = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == OPEN_BEGIN[0] || text.s[i] == OPEN_END[0])
			return false;
		if (code && slashes % 2 == 1 &&
		    (str_starts(str_slice(text, i, text.n), STR("u0001")) ||
		     str_starts(str_slice(text, i, text.n), STR("u0002"))))
			return false;
		slashes = text.s[i] == '\\' ? slashes + 1 : 0;
	}
	return true;
}

static void check_text(struct ir_walk *walk, const struct ir_value *value)
{
	struct text_walk *w = (struct text_walk *)walk; /* its first member */
	bool text = value->kind == IR_STRING || value->kind == IR_SUB;
	bool named = value->kind == IR_OBJECT || value->kind == IR_SUB;
	bool ok = !text || is_closed(value->text);

	for (uint32_t i = 0; named && i < value->nmembers; i++)
		ok = ok && is_closed(value->members[i].name);
	if (!ok)
		verify_fault(w->v, "a reference of the file is left in %s of `" STR_F "`",
			     walk->part,
			     STR_A(walk->resource != NULL ? walk->resource->id : STR("")));
}

/* At the end: passes before that have references in texts. */
static void verify_closed(struct verify *v)
{
	struct text_walk w = {.walk = {.visit = check_text}, .v = v};

	ir_walk_graph(&w.walk, v->g);
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
	verify_closed(&v);
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

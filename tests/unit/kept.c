/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - what of a stack stays when it is deleted or updated. */
#include "tests/unit/kept.h"

#include "compiler/base/buf.h"
#include "compiler/base/port.h"
#include "lowering/ir/walk.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>

bool stays(const struct ir_resource *r)
{
	return r->deletion_policy == IR_RETAIN || r->deletion_policy == IR_RETAIN_EXCEPT_ON_CREATE;
}

/* Looks at what one resource needs: that must stay, or be in the graph of what runs on. */
struct look {
	struct ir_walk walk;
	struct arena *a;
	const struct ir *g, *next; /* next: after the update; NULL: the stack is gone */
	const char *dangling;
};

static void need(struct look *l, struct str name)
{
	const struct ir_resource *r = ir_find(l->g, name);

	if (r == NULL || stays(r) || str_starts(r->type, STR("Custom::")) ||
	    /* an answer, no thing */ (l->next != NULL && ir_find(l->next, name) != NULL))
		return;
	l->dangling = arena_str(l->a, r->id).s;
}

static void refer(struct ir_walk *walk, struct str name, struct str attribute)
{
	(void)attribute;
	need((struct look *)walk, name);
}

void all_that_it_needs_stays(struct arena *a, const struct ir *g, const struct ir *next,
			     const struct ir_resource *r)
{
	struct look l = {.walk = {.refer = refer}, .a = a, .g = g, .next = next};

	ir_walk_resource(&l.walk, r);
	for (size_t i = 0; i < r->ndepends; i++)
		need(&l, r->depends_on[i]);
	cr_expect_null(l.dangling, "" STR_F " stays and needs %s, which goes", STR_A(r->id),
		       l.dangling);
}

/* What an hour of it costs. */
static bool costs(const struct ir_resource *r)
{
	static const char *const types[] = {"AWS::EC2::NatGateway",  "AWS::EC2::EIP",
					    "AWS::EC2::VPCEndpoint", "AWS::EC2::VPN",
					    "AWS::DirectConnect",    "AWS::EC2::TransitGateway"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_starts(r->type, str_c(types[i])))
			return true;
	return false;
}

void nothing_dangles(struct arena *a, const struct ir *g, const struct ir *next)
{
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (!stays(r))
			continue;
		cr_expect_not(costs(r), "" STR_F, STR_A(r->id));
		cr_expect_eq(r->deletion_policy, IR_RETAIN_EXCEPT_ON_CREATE,
			     "" STR_F " is in the way after a failed creation", STR_A(r->id));
		cr_expect_eq(r->update_replace_policy, IR_RETAIN, "" STR_F, STR_A(r->id));
		if (next == NULL || ir_find(next, r->id) == NULL)
			all_that_it_needs_stays(a, g, next, r);
	}
}

size_t kept(const struct ir *g, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		n += str_eq(r->type, str_c(type)) && stays(r);
	}
	return n;
}

struct str kept_types(struct arena *a, const struct ir *g)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (stays(r))
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? " " : "",
				STR_A(str_slice(r->type, STR("AWS::").n, r->type.n)));
	}
	return buf_str(&b);
}

void nothing_dangles_of(struct arena *a, const char *name)
{
	struct str path = arena_fmt(a, HPCC_SOURCE_ROOT "/examples/%s.yaml", name), text;
	const char *why;

	cr_assert_eq(port_read(a, path.s, 1 << 20, &text, &why), PORT_OK, "%s", path.s);
	nothing_dangles(a, graph_of(a, arena_str(a, text).s), NULL);
}

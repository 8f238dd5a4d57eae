/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retain.c - what is kept stands on something, and that is kept as well.
 *
 * Passes before this one keep what holds data: file systems and their mount targets, buckets, the key, logs. A file
 * system that outlives the stack has addresses in its subnets, so EC2 deletes neither these, nor its group, nor the
 * VPC, and the deletion of the stack would fail half way. So all that a kept resource refers to or waits for is kept,
 * and with it what only joins kept things: rules of a kept group, the route table of a kept subnet that is kept itself.
 *
 * What costs by the hour is never kept, nor the ways in and out, which nobody needs who is gone.
 */
#include "lowering/aws/retain.h"

#include "lowering/ir/walk.h"

/* Begins of types that go with the stack, whoever refers to them. */
static const char *const never[] = {
	"AWS::DirectConnect::",
	"AWS::EC2::EIP",
	"AWS::EC2::EgressOnlyInternet",
	"AWS::EC2::InternetGateway",
	"AWS::EC2::NatGateway",
	"AWS::EC2::TransitGateway",
	"AWS::EC2::VPCEndpoint",
	"AWS::EC2::VPCGatewayAttachment",
	"AWS::EC2::VPN",
	"AWS::IAM::",
	"AWS::Lambda::",
	"AWS::Route53Resolver::",
	"Custom::",
};

/* What has no life of its own: it stays where all that it joins stays. */
static const char *const joins[] = {
	"AWS::EC2::SecurityGroupEgress",
	"AWS::EC2::SecurityGroupIngress",
	"AWS::EC2::SubnetRouteTableAssociation",
};

static bool begins_with_one(struct str type, const char *const *begins, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(type, str_c(begins[i])))
			return true;
	return false;
}

static bool is_kept(const struct ir_resource *r)
{
	return r->deletion_policy == IR_RETAIN_EXCEPT_ON_CREATE || r->deletion_policy == IR_RETAIN;
}

/* Calls for each resource that one refers to. */
struct needs {
	struct ir_walk walk;
	struct ir *g;
	bool all_kept; /* so far */
	bool keep;     /* what is needed is kept from now on */
	bool changed;
};

static void need(struct needs *n, struct ir_resource *r)
{
	if (r == NULL || is_kept(r))
		return;
	n->all_kept = false;
	if (!n->keep || begins_with_one(r->type, never, ARRAY_LEN(never)))
		return;
	resource_goes(r, IR_RETAIN_EXCEPT_ON_CREATE);
	n->changed = true;
}

static void refer(struct ir_walk *walk, struct str name, struct str attribute)
{
	struct needs *n = (struct needs *)walk;

	(void)attribute;
	need(n, ir_find(n->g, name));
}

static void look_at(struct needs *n, const struct ir_resource *r)
{
	n->all_kept = true;
	ir_walk_resource(&n->walk, r);
	for (size_t i = 0; i < r->ndepends; i++)
		need(n, ir_find(n->g, r->depends_on[i]));
}

/* True when another resource is kept now. */
static bool keep_more(struct ir *g)
{
	struct needs n = {.walk = {.refer = refer}, .g = g};

	for (size_t i = 0; i < g->resources.n; i++) {
		struct ir_resource *r = ir_find(g, g->resources.items[i].key);
		bool kept = is_kept(r);

		if (!kept && !begins_with_one(r->type, joins, ARRAY_LEN(joins)))
			continue;
		n.keep = kept;
		look_at(&n, r);
		if (!kept && n.all_kept) {
			resource_goes(r, IR_RETAIN_EXCEPT_ON_CREATE);
			n.changed = true;
		}
	}
	return n.changed;
}

void stack_keep_needs(struct stack *st)
{
	while (keep_more(st->g))
		continue;
}

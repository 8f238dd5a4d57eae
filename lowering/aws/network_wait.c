/* SPDX-License-Identifier: Apache-2.0 */
/* network_wait.c - who needs the internet, or AWS, waits for the ways there. */
#include "lowering/aws/network.h"

/* Is the resource a part of the way from a subnet to the outside? */
static bool is_way_out(const struct ir_resource *r)
{
	static const char *const types[] = {"AWS::EC2::Route",
					    "AWS::EC2::SubnetRouteTableAssociation",
					    "AWS::EC2::VPCEndpoint"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(r->type, str_c(types[i])))
			return true;
	return false;
}

void network_wait(struct stack *st, struct str id)
{
	const struct map *all = &st->g->resources;

	for (size_t i = 0; i < all->n; i++) {
		const struct ir_resource *r = all->items[i].value;

		if (is_way_out(r))
			ir_depend(st->g, ir_find(st->g, id), r->id);
	}
}

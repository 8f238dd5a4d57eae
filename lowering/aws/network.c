/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - a VPC and its subnets. */
#include "lowering/aws/network.h"

#include "lowering/aws/tags.h"

static void vpc_add(struct stack *st, struct lowered_network *n)
{
	const struct network *m = n->net->m;
	char buffer[CIDR_TEXT];
	struct ir_resource *r;

	if (!n->net->is_new) {
		n->vpc = ir_text(st->g, m->vpc_id);
		return;
	}
	r = ir_add(st->g, STR("Vpc"), "AWS::EC2::VPC", origin_of(&m->section, &m->at.cidr_block));
	ir_put_text(st->g, r->properties, "CidrBlock",
		    arena_str(st->a, cidr_text(n->net->blocks[0], buffer)));
	/* Names of file systems and endpoints resolve with both. */
	ir_put_bool(st->g, r->properties, "EnableDnsHostnames", true);
	ir_put_bool(st->g, r->properties, "EnableDnsSupport", true);
	tags_put(st, r->properties, "Tags", ir_ref(st->g, STR("AWS::StackName")));
	n->vpc_resource = r->id;
	n->vpc = ir_ref(st->g, r->id);
}

struct lowered_network *network_add(struct stack *st, const struct net *net,
				    const struct flow_log_bucket *bucket)
{
	struct lowered_network *n = NEW(st->a, struct lowered_network);

	(void)bucket;
	n->net = net;
	vpc_add(st, n);
	return n;
}

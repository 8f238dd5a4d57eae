/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c - where a cluster stands, what it asks the account for that, and from which image its head node starts. */
#include "lowering/cluster/cluster.h"

void pass_region(struct lowering *l)
{
	stack_stands_in(&l->st);
}

/*
 * The function does more for a cluster than answer: it ends the fleet. Said first, as all else that the head node
 * needs comes with a question.
 */
static void allow_fleet_end(struct stack *st, struct ir_origin origin)
{
	struct ir_value *s = lookup_statements(st, origin);

	/* EC2's Describe actions know no resources. */
	allow(st, s, "Describe", "ec2:DescribeInstances", any_resource(st));
	allow_own(st, allow(st, s, "EndFleet", "ec2:TerminateInstances",
			    arn(st, "ec2", STR("instance/*"))));
}

/* The head's image: the user's, or the newest at the time of the first deployment. */
static struct ir_value *head_image(struct lowering *l, struct ir_resource *lookup)
{
	const struct head_node *h = &l->c->head_node;
	struct str path = image_parameter_path(&l->st, l->system.os, h->instance_type);

	if (h->image.custom_ami.n > 0 || l->system.custom_ami.n > 0 || path.n == 0)
		return node_image(&l->st, &l->system, h->image.custom_ami, h->instance_type);
	return lookup_parameter(&l->st, lookup, path);
}

void pass_lookup(struct lowering *l)
{
	const struct head_node_networking *n = &l->c->head_node.networking;
	struct ir_origin origin = origin_of(&n->section, &n->at.subnet_id);
	const struct lowered_subnet *own = own_subnet(l, n->subnet_id);
	struct ir_resource *r;

	if (!is_awsbatch(l->c))
		allow_fleet_end(&l->st, origin);
	if (own != NULL) {
		r = lookup_add(&l->st, STR("Lookup"), origin);
		l->vpc = l->own_network->vpc;
		l->head_zone = ir_getatt(l->st.g, own->resource, STR("AvailabilityZone"));
	} else {
		r = lookup_subnet_as(&l->st, STR("Lookup"), n->subnet_id, origin);
		l->vpc = ir_getatt(l->st.g, r->id, STR("VpcId"));
		l->head_zone = ir_getatt(l->st.g, r->id, STR("AvailabilityZone"));
	}
	l->head_image = head_image(l, r);
}

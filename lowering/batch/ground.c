/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ground.c - what compute environments stand on: region, buckets, network, VPC, and the group that the stack makes.
 *
 * Every compute environment without groups of its own is in one group, whose members may do everything with each other:
 * EFA takes no rule for addresses in place of it (EC2 user guide, "Prepare an EFA-enabled security group").
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/lookup.h"
#include "lowering/batch/batch.h"

#define GROUP "ComputeSecurityGroup"

struct str batch_id(struct batch_stack *l, const char *prefix, struct str name)
{
	return ir_unique_id(l->st.g, prefix, &name, 1);
}

struct ir_value *batch_name(struct batch_stack *l, struct str fixed, struct str name)
{
	return fixed.n > 0 ? ir_text(l->st.g, fixed)
			   : ir_subf(l->st.g, "${AWS::StackName}-" STR_F, STR_A(name));
}

struct ir_value *replaced(struct ir *g, struct ir_value *text, const char *from, const char *to)
{
	struct ir_value *parts = ir_push(g, ir_func(g, IR_SPLIT, str_c(from)), text);
	struct ir_value *joined = ir_push(g, ir_func(g, IR_JOIN, str_c(to)), parts);

	joined->boolean = true;
	return joined;
}

struct ir_value *json_escaped(struct ir *g, struct ir_value *text)
{
	return replaced(g, replaced(g, text, "\\", "\\\\"), "\"", "\\\"");
}

void batch_put_tags(struct batch_stack *l, struct ir_value *properties, const struct tag_list *own)
{
	struct ir_value *tags = ir_list(l->st.g), *map = ir_object(l->st.g);

	tag_add(&l->st, tags, STACK_TAG, ir_ref(l->st.g, STR("AWS::StackName")));
	tags_set(&l->st, tags, l->st.tags);
	if (own != NULL)
		tags_set(&l->st, tags, own);
	for (size_t i = 0; i < tags->n; i++)
		ir_put_str(l->st.g, map, ir_get(tags->items[i], STR("Key"))->text,
			   ir_get(tags->items[i], STR("Value")));
	ir_put(l->st.g, properties, "Tags", map);
}

void pass_batch_region(struct batch_stack *l)
{
	stack_stands_in(&l->st);
}

void pass_batch_buckets(struct batch_stack *l)
{
	const struct bucket_list *list = &l->b->buckets;
	const struct flow_logs *logs = &l->b->network.flow_logs;

	l->buckets = NEW_ARRAY(l->st.a, struct lowered_bucket, list->n);
	for (size_t i = 0; i < list->n; i++) {
		l->buckets[i] = bucket_add(&l->st, &list->items[i], NULL);
		if (!logs->enabled || logs->destination != FLOW_LOGS_DESTINATION_S3 ||
		    !str_eq(list->items[i].name, logs->bucket))
			continue;
		bucket_takes_flow_logs(&l->st, &l->buckets[i]);
		l->flow_logs = &l->buckets[i];
	}
}

/* ---- VPC ---- */

/* A text of the first subnet that is known by its id; empty where none is. */
static struct str known_subnet(const struct batch_view *v)
{
	for (size_t i = 0; i < v->nenvironments; i++) {
		const struct model_strings *ids = &v->environments[i].m->networking.subnet_ids;

		if (ids->n > 0)
			return ids->items[0].text;
	}
	return (struct str){0};
}

void pass_batch_network(struct batch_stack *l)
{
	const struct network *m = &l->b->network;
	struct str subnet = known_subnet(l->v);

	if (m->section.written) {
		l->network = network_add(&l->st, net_of(l->st.a, m), l->flow_logs);
		l->st.network = l->network;
		l->vpc = l->network->vpc;
	} else if (l->b->environment.section.written) {
		l->vpc = ir_text(l->st.g, text_refer(l->st.a, STR("env.VPC")));
	} else if (subnet.n > 0) {
		l->vpc = ir_getatt(l->st.g,
				   lookup_subnet(&l->st, subnet, origin_of_section(&l->b->section)),
				   STR("VpcId"));
	}
}

/* ---- the group ---- */

static struct ir_value *all_traffic(struct stack *st, struct ir_value *rule, const char *peer,
				    struct ir_value *whom)
{
	ir_put_text(st->g, rule, "IpProtocol", STR("-1"));
	return ir_put(st->g, rule, peer, whom);
}

/* Everything among the members, this way. */
static void self_rule(struct stack *st, const char *id, const char *type, const char *peer)
{
	struct ir_resource *r = ir_add(st->g, str_c(id), type, ir_find(st->g, STR(GROUP))->origin);

	ir_put(st->g, r->properties, "GroupId", ir_ref(st->g, STR(GROUP)));
	all_traffic(st, r->properties, peer, ir_ref(st->g, STR(GROUP)));
}

static bool needs_group(const struct batch_view *v)
{
	for (size_t i = 0; i < v->nenvironments; i++)
		if (v->environments[i].m->networking.security_groups.n == 0)
			return true;
	return false;
}

void pass_batch_groups(struct batch_stack *l)
{
	struct stack *st = &l->st;
	struct ir_value *outwards = ir_list(st->g);
	struct ir_resource *r;

	if (!needs_group(l->v))
		return;
	l->group = STR(GROUP);
	r = ir_add(st->g, l->group, "AWS::EC2::SecurityGroup", origin_of_section(&l->b->section));
	ir_put(st->g, r->properties, "GroupDescription",
	       ir_sub(st->g, STR("Compute environments of ${AWS::StackName}")));
	ir_put(st->g, r->properties, "VpcId", l->vpc);
	ir_push(st->g, outwards,
		all_traffic(st, ir_object(st->g), "CidrIp", ir_text(st->g, STR("0.0.0.0/0"))));
	ir_put(st->g, r->properties, "SecurityGroupEgress", outwards);
	tags_put(st, r->properties, "Tags", NULL);
	l->first_rule = st->g->resources.n;
	self_rule(st, "ComputeFromCompute", "AWS::EC2::SecurityGroupIngress",
		  "SourceSecurityGroupId");
	self_rule(st, "ComputeToCompute", "AWS::EC2::SecurityGroupEgress",
		  "DestinationSecurityGroupId");
	l->nrules = st->g->resources.n - l->first_rule;
}

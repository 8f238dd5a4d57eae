/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hybrid_names.c - names of a data centre: questions leave the VPC through an endpoint of Route 53 Resolver.
 *
 * The endpoint has an address in each zone, two at least. Source: Route 53 Resolver API, CreateResolverEndpoint.
 */
#include "compiler/base/bug.h"
#include "lowering/environment/hybrid.h"

enum { DNS_PORT = 53, LEAST_ADDRESSES = 2 };

static struct ir_value *rule_to(struct ir *g, struct str address, const char *protocol)
{
	struct ir_value *rule = ir_object(g);

	ir_put_text(g, rule, "IpProtocol", str_c(protocol));
	ir_put_int(g, rule, "FromPort", DNS_PORT);
	ir_put_int(g, rule, "ToPort", DNS_PORT);
	return ir_put(g, rule, "CidrIp", ir_textf(g, STR_F "/32", STR_A(address)));
}

/* Nothing comes in; what goes out are questions to the name servers. */
static struct ir_value *group_add(const struct hybrid *h)
{
	struct stack *st = &h->l->st;
	struct ir_resource *r = named_resource(&h->l->st, STR("ResolverSecurityGroup"),
					       "AWS::EC2::SecurityGroup", STR("resolver"),
					       origin_of(&h->m->section, &h->m->at.resolver_rules));
	struct ir_value *egress = ir_list(st->g);

	for (size_t i = 0; i < h->m->resolver_rules.n; i++) {
		const struct model_strings *ips = &h->m->resolver_rules.items[i].target_ips;

		for (size_t k = 0; k < ips->n; k++) {
			struct ir_value *both = ir_list(st->g);

			ir_push(st->g, both, rule_to(st->g, ips->items[k].text, "tcp"));
			ir_push(st->g, both, rule_to(st->g, ips->items[k].text, "udp"));
			list_add_distinct(st, egress, both);
		}
	}
	ir_put(st->g, r->properties, "GroupDescription",
	       ir_sub(st->g,
		      STR("Questions of ${AWS::StackName} to name servers of the data centre")));
	ir_put(st->g, r->properties, "VpcId", h->l->network->vpc);
	ir_put(st->g, r->properties, "SecurityGroupEgress", egress);
	return ir_getatt(st->g, r->id, STR("GroupId"));
}

static struct ir_value *endpoint_add(const struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_value *group = group_add(h), *addresses = ir_list(g);
	struct ir_resource *r = named_resource(
		&h->l->st, STR("ResolverEndpoint"), "AWS::Route53Resolver::ResolverEndpoint",
		STR("resolver"), origin_of(&h->m->section, &h->m->at.resolver_rules));

	INVARIANT(h->subnets->n > 0);
	for (size_t i = 0; i < h->subnets->n || i < LEAST_ADDRESSES; i++)
		ir_push(g, addresses,
			ir_put(g, ir_object(g), "SubnetId", h->subnets->items[i % h->subnets->n]));
	ir_put_text(g, r->properties, "Direction", STR("OUTBOUND"));
	ir_put(g, r->properties, "SecurityGroupIds", ir_push(g, ir_list(g), group));
	ir_put(g, r->properties, "IpAddresses", addresses);
	return ir_ref(g, r->id);
}

static void rule_add(const struct hybrid *h, const struct resolver_rule *m,
		     struct ir_value *endpoint)
{
	struct ir *g = h->l->st.g;
	struct ir_origin origin = origin_of_section(&m->section);
	struct str id = ir_unique_id(g, "ResolverRule", &m->domain_name, 1);
	struct ir_resource *r = named_resource(&h->l->st, id, "AWS::Route53Resolver::ResolverRule",
					       m->domain_name, origin);
	struct ir_value *targets = ir_list(g);

	for (size_t i = 0; i < m->target_ips.n; i++) {
		struct ir_value *target = ir_object(g);

		ir_put_text(g, target, "Ip", m->target_ips.items[i].text);
		ir_push(g, targets, ir_put(g, target, "Port", ir_textf(g, "%d", DNS_PORT)));
	}
	ir_put_text(g, r->properties, "RuleType", STR("FORWARD"));
	ir_put_text(g, r->properties, "DomainName", m->domain_name);
	ir_put(g, r->properties, "ResolverEndpointId", endpoint);
	ir_put(g, r->properties, "TargetIps", targets);
	r = ir_add(g, ir_unique_id(g, "ResolverRuleAssociation", &m->domain_name, 1),
		   "AWS::Route53Resolver::ResolverRuleAssociation", origin);
	ir_put(g, r->properties, "ResolverRuleId", ir_ref(g, id));
	ir_put(g, r->properties, "VPCId", h->l->network->vpc);
}

void hybrid_add_names(const struct hybrid *h)
{
	struct ir_value *endpoint = endpoint_add(h);

	for (size_t i = 0; i < h->m->resolver_rules.n; i++)
		rule_add(h, &h->m->resolver_rules.items[i], endpoint);
}

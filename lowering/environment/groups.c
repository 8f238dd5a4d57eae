/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups.c - security groups, and who may talk to whom.
 *
 * A rule that names a group of the file is a resource of its own: inside of the groups, two that name each other would
 * make a circle. What lets members of a group talk to each other is one for each way: EFA takes no rule for addresses
 * in place of it (EC2 user guide, "Prepare an EFA-enabled security group"). EC2 refuses a rule that is there already.
 */
#include "compiler/base/cidr.h"
#include "lowering/environment/environment.h"

/* One way of the traffic: how its rules are called. */
struct way {
	const char *type;	  /* of rules of their own */
	const char *id;		  /* begins their logical ids */
	const char *peer, *peers; /* members that name a group and a prefix list */
};

#define ALL "all-0-0" /* all traffic, as traffic_of() has it */

static const struct way inwards = {"AWS::EC2::SecurityGroupIngress", "Ingress",
				   "SourceSecurityGroupId", "SourcePrefixListId"};
static const struct way outwards = {"AWS::EC2::SecurityGroupEgress", "Egress",
				    "DestinationSecurityGroupId", "DestinationPrefixListId"};

static void put_all_traffic(struct stack *st, struct ir_value *rule)
{
	ir_put_text(st->g, rule, "IpProtocol", STR("-1"));
}

static int64_t last_port(const struct security_group_rule *m)
{
	return is_written(&m->at.to_port) ? m->to_port : m->from_port;
}

static void put_traffic(struct stack *st, struct ir_value *rule,
			const struct security_group_rule *m)
{
	if (m->protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL) {
		put_all_traffic(st, rule);
		return;
	}
	ir_put_text(st->g, rule, "IpProtocol",
		    enum_text(PROP_SecurityGroupRule_Protocol, (int)m->protocol));
	if (m->protocol == SECURITY_GROUP_RULE_PROTOCOL_ICMP) {
		ir_put_int(st->g, rule, "FromPort", -1); /* all types, all codes */
		ir_put_int(st->g, rule, "ToPort", -1);
		return;
	}
	ir_put_int(st->g, rule, "FromPort", m->from_port);
	ir_put_int(st->g, rule, "ToPort", last_port(m));
}

static const struct lowered_group *group_named(const struct ground *l, struct str name)
{
	return map_get(&l->groups_by_name, name);
}

/* ---- rules of their own ---- */

static struct ir_value *own_rule(struct stack *st, const struct way *way,
				 const struct lowered_group *group, struct ir_value *peer)
{
	struct ir_value *rule = ir_object(st->g);

	ir_put(st->g, rule, "GroupId", group->id);
	return ir_put(st->g, rule, way->peer, peer);
}

/* What a rule of its own lets through. */
struct flow {
	const struct way *way;
	const struct lowered_group *group, *peer;
	struct str traffic;
};

/* Is it the first rule of the file for this? Names are letters and digits. */
static bool is_first(struct ground *l, const struct flow *f)
{
	struct str key = arena_fmt(l->st.a, "%s " STR_F " " STR_F " " STR_F, f->way->id,
				   STR_A(f->group->name), STR_A(f->peer->name), STR_A(f->traffic));

	return map_put(&l->rules, l->st.a, key, f->group) == NULL;
}

static struct str self_id(struct stack *st, const struct way *way,
			  const struct lowered_group *group)
{
	return arena_fmt(st->a, "Self%s" STR_F, way->id, STR_A(group->name));
}

/* Everything among the members of the group, this way. */
static void self_rule_add(struct ground *l, const struct way *way,
			  const struct lowered_group *group)
{
	struct flow flow = {way, group, group, STR(ALL)};
	struct ir_value *rule = own_rule(&l->st, way, group, group->id);

	put_all_traffic(&l->st, rule);
	if (is_first(l, &flow))
		ir_add(l->st.g, self_id(&l->st, way, group), way->type,
		       ir_find(l->st.g, group->resource)->origin)
			->properties = rule;
}

/*
 * What the rule lets through makes its logical id, however the file says it. With another id an update would make the
 * rule anew before the old one goes, which EC2 refuses.
 */
static struct str rule_id(struct stack *st, const struct flow *f)
{
	struct str parts[] = {f->group->name, f->peer->name, f->traffic};

	if (f->peer == f->group && str_eq(f->traffic, STR(ALL)))
		return self_id(st, f->way, f->group);
	return ir_unique_id(st->g, f->way->id, parts, ARRAY_LEN(parts));
}

static struct str traffic_of(struct stack *st, const struct security_group_rule *m)
{
	struct str protocol = enum_text(PROP_SecurityGroupRule_Protocol, (int)m->protocol);

	return arena_fmt(st->a, STR_F "-%d-%d", STR_A(protocol), (int)m->from_port,
			 (int)last_port(m));
}

/* The rules of one way that name groups of the file. */
static void group_rules_add(struct ground *l, const struct way *way,
			    const struct lowered_group *group,
			    const struct security_group_rule_list *rows)
{
	struct stack *st = &l->st;

	for (size_t i = 0; i < rows->n; i++) {
		const struct security_group_rule *m = &rows->items[i];
		struct flow flow = {way, group, group_named(l, m->security_group),
				    traffic_of(st, m)};
		struct ir_value *rule;

		if (flow.peer == NULL || !is_first(l, &flow))
			continue;
		rule = own_rule(st, way, group, flow.peer->id);
		put_traffic(st, rule, m);
		ir_add(st->g, rule_id(st, &flow), way->type, origin_of_section(&m->section))
			->properties = rule;
	}
}

/* ---- rules inside of the group ---- */

static void push_rule(struct stack *st, struct ir_value *rules, struct ir_value *rule)
{
	list_add_distinct(st, rules, ir_push(st->g, ir_list(st->g), rule));
}

/* As EC2 keeps it: a rule that it takes for the same would be refused. */
static struct ir_value *block_of(struct stack *st, struct str text)
{
	char buffer[CIDR_TEXT];
	struct cidr block;
	struct str part;

	if (cidr_parse(text, &block, &part) != CIDR_HOST_BITS)
		return ir_text(st->g, text);
	return ir_text(st->g, arena_str(st->a, cidr_text(block, buffer)));
}

static void rules_inside(struct ground *l, const struct way *way, struct ir_value *rules,
			 const struct security_group_rule_list *rows)
{
	struct stack *st = &l->st;

	for (size_t i = 0; i < rows->n; i++) {
		const struct security_group_rule *m = &rows->items[i];
		struct ir_value *rule = ir_object(st->g);

		if (group_named(l, m->security_group) != NULL)
			continue;
		put_traffic(st, rule, m);
		if (m->cidr_ip.n > 0)
			ir_put(st->g, rule, "CidrIp", block_of(st, m->cidr_ip));
		if (m->prefix_list_id.n > 0)
			ir_put_text(st->g, rule, way->peers, m->prefix_list_id);
		if (m->security_group.n > 0)
			ir_put_text(st->g, rule, way->peer, m->security_group);
		push_rule(st, rules, rule);
	}
}

static void allow_everywhere(struct stack *st, struct ir_value *rules, const char *member,
			     const char *block)
{
	struct ir_value *rule = ir_object(st->g);

	put_all_traffic(st, rule);
	push_rule(st, rules, ir_put_text(st->g, rule, member, str_c(block)));
}

/*
 * What goes out. A group without a list of it lets everything out, and an empty list counts as none: where nothing may
 * go out, the list has the one rule that lets nothing out, to the machine itself.
 */
static struct ir_value *egress_of(struct ground *l, const struct env_security_group *m)
{
	struct ir_value *rules = ir_list(l->st.g);

	if (m == NULL || m->allow_egress) {
		allow_everywhere(&l->st, rules, "CidrIp", "0.0.0.0/0");
		if (l->network->net->m->ipv6)
			allow_everywhere(&l->st, rules, "CidrIpv6", "::/0");
		return rules;
	}
	rules_inside(l, &outwards, rules, &m->egress);
	if (rules->n == 0)
		allow_everywhere(&l->st, rules, "CidrIp", "127.0.0.1/32");
	return rules;
}

/* ---- the whole ---- */

static void group_add(struct ground *l, struct lowered_group *group)
{
	const struct env_security_group *m = group->m;
	struct stack *st = &l->st;
	struct ir_resource *r = ir_add(st->g, group->resource, "AWS::EC2::SecurityGroup",
				       origin_of_section(m != NULL ? &m->section : &l->e->section));
	struct ir_value *ingress = ir_list(st->g);

	ir_put(st->g, r->properties, "GroupDescription",
	       ir_subf(st->g, STR_F " of environment ${AWS::StackName}", STR_A(group->name)));
	ir_put(st->g, r->properties, "VpcId", l->network->vpc);
	if (m != NULL)
		rules_inside(l, &inwards, ingress, &m->ingress);
	if (ingress->n > 0)
		ir_put(st->g, r->properties, "SecurityGroupIngress", ingress);
	ir_put(st->g, r->properties, "SecurityGroupEgress", egress_of(l, m));
	tags_put(st, r->properties, "Tags",
		 ir_subf(st->g, "${AWS::StackName}-" STR_F, STR_A(group->name)));
}

static void rules_of(struct ground *l, const struct lowered_group *group)
{
	const struct env_security_group *m = group->m;

	if (m == NULL || m->allow_self) {
		self_rule_add(l, &inwards, group);
		self_rule_add(l, &outwards, group);
	}
	if (m == NULL)
		return;
	group_rules_add(l, &inwards, group, &m->ingress);
	if (!m->allow_egress)
		group_rules_add(l, &outwards, group, &m->egress);
}

static void own_rules_add(struct ground *l, struct lowered_group *group)
{
	group->first_rule = l->st.g->resources.n;
	rules_of(l, group);
	group->nrules = l->st.g->resources.n - group->first_rule;
}

static void groups_of_file(struct ground *l)
{
	const struct env_security_group_list *rows = &l->e->security_groups;
	struct stack *st = &l->st;

	l->ngroups = rows->n > 0 ? rows->n : 1;
	l->groups = NEW_ARRAY(st->a, struct lowered_group, l->ngroups);
	l->groups[0].name = STR("Cluster");
	for (size_t i = 0; i < rows->n; i++) {
		l->groups[i].m = &rows->items[i];
		l->groups[i].name = rows->items[i].name;
	}
	for (size_t i = 0; i < l->ngroups; i++) {
		struct lowered_group *g = &l->groups[i];

		g->resource = arena_fmt(st->a, "SecurityGroup" STR_F, STR_A(g->name));
		g->id = ir_ref(st->g, g->resource);
		map_put(&l->groups_by_name, st->a, g->name, g);
	}
}

void pass_env_groups(struct ground *l)
{
	groups_of_file(l);
	for (size_t i = 0; i < l->ngroups; i++)
		group_add(l, &l->groups[i]);
	for (size_t i = 0; i < l->ngroups; i++)
		own_rules_add(l, &l->groups[i]);
}

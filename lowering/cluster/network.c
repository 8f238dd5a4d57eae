/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.c - the address of the head node, and who may talk to whom.
 *
 * The head has an interface of its own, so that its private address is known before the instance is and can
 * be written into the launch templates, and survives the instance. Security groups are made for node kinds
 * that were given none; groups of the user get no rules from us, since they are not ours to change, but may
 * stand as peers in rules of ours.
 *
 * Rules between groups are resources of their own: written inside the groups they would make a circle.
 * Source of the rules: what ParallelCluster opens; Slurm's ports are those of our slurm.conf.
 */
#include "lowering/cluster/cluster.h"

#define LOGIN_GROUP "LoginSecurityGroup"

enum { PORT_SSH = 22, PORT_NFS = 2049, PORT_SLURMDBD = 6819, PORT_SLURMCTLD_LAST = 6829 };

/* Protocol and ports of a rule; protocol "-1": all of them. */
struct traffic {
	const char *protocol;
	int64_t from, to;
};

static const struct traffic ALL = {"-1", 0, 0};
static const struct traffic SSH = {"tcp", PORT_SSH, PORT_SSH};
static const struct traffic NFS = {"tcp", PORT_NFS, PORT_NFS};
static const struct traffic SLURM_DAEMONS = {"tcp", PORT_SLURMDBD, PORT_SLURMCTLD_LAST};

static void put_traffic(struct stack *st, struct ir_value *rule, struct traffic t)
{
	ir_put_text(st->g, rule, "IpProtocol", str_c(t.protocol));
	if (t.protocol[0] == '-')
		return;
	ir_put_int(st->g, rule, "FromPort", t.from);
	ir_put_int(st->g, rule, "ToPort", t.to);
}

/* A rule inside a group: from a CIDR block or a prefix list ("pl-…"). */
static void add_ingress(struct stack *st, struct ir_value *rules, struct str from, struct traffic t)
{
	struct ir_value *rule = ir_object(st->g);

	put_traffic(st, rule, t);
	if (str_starts(from, STR("pl-")))
		ir_put_text(st->g, rule, "SourcePrefixListId", from);
	else
		ir_put_text(st->g, rule, "CidrIp", from);
	ir_push(st->g, rules, rule);
}

/* A managed group; without an egress list EC2 lets everything out. */
static struct ir_resource *group_add(struct lowering *l, struct str id, const char *what,
				     struct ir_value *ingress, struct ir_origin origin)
{
	struct ir_resource *r = ir_add(l->st.g, id, "AWS::EC2::SecurityGroup", origin);

	ir_put(l->st.g, r->properties, "GroupDescription",
	       ir_subf(l->st.g, "%s of cluster ${AWS::StackName}", what));
	ir_put(l->st.g, r->properties, "VpcId", l->vpc);
	if (ingress->n > 0)
		ir_put(l->st.g, r->properties, "SecurityGroupIngress", ingress);
	tags_put(&l->st, r->properties, "Tags", NULL);
	return r;
}

/* Ref of a group in a VPC is its id. */
static struct ir_value *group_id(struct stack *st, struct str id)
{
	return ir_ref(st->g, id);
}

/* What tells one of our groups from others of its kind: the pool's part of a login group, else nothing. */
static struct str own_suffix(struct str group)
{
	struct str login = STR(LOGIN_GROUP);

	return str_starts(group, login) ? str_slice(group, login.n, group.n) : STR("");
}

/*
 * "<name>", told apart by the peer where there may be several. A group that the user gave stands for itself,
 * whatever nodes it has: its kind, behind the last "From", is cut, so that the rule keeps its id when an
 * update gives the group to more kinds of nodes.
 */
static struct str rule_id(struct stack *st, struct str name, const struct ir_value *peer)
{
	struct str from = STR("From"), prefix = name;

	if (peer->kind != IR_STRING)
		return arena_fmt(st->a, STR_F STR_F, STR_A(name), STR_A(own_suffix(peer->text)));
	while (prefix.n > 0 && !str_ends(prefix, from))
		prefix = str_slice(prefix, 0, prefix.n - 1);
	prefix = arena_str(st->a, prefix);
	return ir_unique_id(st->g, prefix.s, &peer->text, 1);
}

/* Is everything from `peer` let in already? EC2 refuses to add the same rule twice. */
static bool lets_all_in(struct stack *st, struct str on, const struct ir_value *peer)
{
	for (size_t i = 0; i < st->g->resources.n; i++) {
		const struct ir_resource *r = st->g->resources.items[i].value;
		const struct ir_value *from;

		if (!str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")) ||
		    !str_eq(ir_get(r->properties, STR("GroupId"))->text, on) ||
		    !str_eq(ir_get(r->properties, STR("IpProtocol"))->text, str_c(ALL.protocol)))
			continue;
		from = ir_get(r->properties, STR("SourceSecurityGroupId"));
		if (from->kind == peer->kind && str_eq(from->text, peer->text))
			return true;
	}
	return false;
}

/*
 * Rules of their own on the group `on`, which is ours: let every group of `peers` in. `name` begins their ids.
 * A group that the user gave to several kinds of nodes gets one rule.
 */
static void let_in(struct stack *st, struct str on, struct str name, const struct ir_value *peers,
		   struct traffic t)
{
	for (size_t i = 0; i < peers->n; i++) {
		struct ir_resource *r;

		if (lets_all_in(st, on, peers->items[i]))
			continue;
		r = ir_add(st->g, rule_id(st, name, peers->items[i]),
			   "AWS::EC2::SecurityGroupIngress", ir_find(st->g, on)->origin);
		ir_put(st->g, r->properties, "GroupId", group_id(st, on));
		put_traffic(st, r->properties, t);
		ir_put(st->g, r->properties, "SourceSecurityGroupId", peers->items[i]);
	}
}

/* The groups of a node kind: those given instead of ours, or ours (when `own` is set) and the additional ones. */
static struct ir_value *groups_of(struct stack *st, const struct model_strings *given,
				  struct str own, const struct model_strings *additional)
{
	struct ir_value *list;

	if (given->n > 0)
		return text_list(st, given);
	list = ir_push(st->g, ir_list(st->g), group_id(st, own));
	list_add_distinct(st, list, text_list(st, additional));
	return list;
}

/* ---- groups ---- */

/* The ways in from outside: SSH, and NICE DCV when it is on. */
static struct ir_value *outside_rules(struct stack *st, struct str ssh_from, const struct dcv *dcv)
{
	struct ir_value *rules = ir_list(st->g);

	add_ingress(st, rules, ssh_from, SSH);
	if (dcv->enabled)
		add_ingress(st, rules, dcv->allowed_ips,
			    (struct traffic){"tcp", dcv->port, dcv->port});
	return rules;
}

static void head_group(struct lowering *l)
{
	const struct head_node *h = &l->c->head_node;
	const struct head_node_networking *n = &h->networking;

	if (n->security_groups.n == 0) {
		l->head_sg = STR("HeadNodeSecurityGroup");
		group_add(l, l->head_sg, "Head node",
			  outside_rules(&l->st, h->ssh.allowed_ips, &h->dcv),
			  origin_of_section(&n->section));
	}
	l->head_security_groups =
		groups_of(&l->st, &n->security_groups, l->head_sg, &n->additional_security_groups);
}

/*
 * All queues without groups of their own share one. Its egress names the group itself as well: EFA traffic
 * does not match a rule for addresses (EC2 user guide, "Prepare an EFA-enabled security group").
 */
static void compute_group_add(struct lowering *l)
{
	struct str id = STR("ComputeSecurityGroup");
	struct ir_resource *group = group_add(l, id, "Compute nodes", ir_list(l->st.g),
					      origin_of_section(&l->c->scheduling.section));
	struct ir_value *everywhere = ir_object(l->st.g);
	struct ir_resource *self = ir_add(l->st.g, STR("ComputeToItself"),
					  "AWS::EC2::SecurityGroupEgress", group->origin);

	put_traffic(&l->st, everywhere, ALL);
	ir_put_text(l->st.g, everywhere, "CidrIp", STR("0.0.0.0/0"));
	ir_put(l->st.g, group->properties, "SecurityGroupEgress",
	       ir_push(l->st.g, ir_list(l->st.g), everywhere));
	ir_put(l->st.g, self->properties, "GroupId", group_id(&l->st, id));
	put_traffic(&l->st, self->properties, ALL);
	ir_put(l->st.g, self->properties, "DestinationSecurityGroupId", group_id(&l->st, id));
	l->compute_sg = id;
}

static void compute_groups(struct lowering *l)
{
	l->compute_security_groups = ir_list(l->st.g);
	for (size_t i = 0; i < l->nqueues; i++) {
		struct queue_place at = queue_place(l->c, i);

		if (at.groups->n == 0 && l->compute_sg.n == 0)
			compute_group_add(l);
		l->queues[i].security_groups =
			groups_of(&l->st, at.groups, l->compute_sg, at.additional_groups);
		if (at.groups->n == 0)
			list_add_distinct(&l->st, l->compute_security_groups,
					  ir_push(l->st.g, ir_list(l->st.g),
						  group_id(&l->st, l->compute_sg)));
		else
			list_add_distinct(&l->st, l->compute_security_groups,
					  l->queues[i].security_groups);
	}
}

/* "Login<Pool><what>" */
static struct str login_rule(struct stack *st, struct str group, const char *what)
{
	return arena_fmt(st->a, "Login" STR_F "%s", STR_A(own_suffix(group)), what);
}

/* Groups for a pool and for its load balancer, which stands where users knock. */
static void pool_groups(struct lowering *l, const struct login_pool *p, struct lowered_pool *out)
{
	struct ir_origin origin = origin_of_section(&p->section);
	const struct login_pool_networking *n = &p->networking;
	struct str name = p->name, balancer, own = STR("");
	struct str ssh_from =
		p->ssh.allowed_ips.n > 0 ? p->ssh.allowed_ips : l->c->head_node.ssh.allowed_ips;
	struct ir_value *rules = ir_list(l->st.g);

	if (n->security_groups.n == 0) {
		own = ir_unique_id(l->st.g, LOGIN_GROUP, &name, 1);
		group_add(l, own, "Login nodes", outside_rules(&l->st, ssh_from, &p->dcv), origin);
		balancer = ir_unique_id(l->st.g, "LoginBalancerSecurityGroup", &name, 1);
		add_ingress(&l->st, rules, ssh_from, SSH);
		group_add(l, balancer, "Login load balancer", rules, origin);
		out->balancer_security_groups =
			ir_push(l->st.g, ir_list(l->st.g), group_id(&l->st, balancer));
		let_in(&l->st, own, login_rule(&l->st, own, "FromBalancer"),
		       out->balancer_security_groups, SSH);
	}
	out->security_groups =
		groups_of(&l->st, &n->security_groups, own, &n->additional_security_groups);
	if (out->balancer_security_groups == NULL)
		out->balancer_security_groups = out->security_groups;
	out->security_group = own;
}

static void login_groups(struct lowering *l)
{
	const struct login_pool_list *pools = &l->c->login_nodes.pools;

	l->login_security_groups = ir_list(l->st.g);
	for (size_t i = 0; i < pools->n; i++) {
		struct ir_value *first = ir_list(l->st.g);

		pool_groups(l, &pools->items[i], &l->pools[i]);
		if (l->pools[i].security_group.n > 0)
			ir_push(l->st.g, first, group_id(&l->st, l->pools[i].security_group));
		else
			first = l->pools[i].security_groups;
		list_add_distinct(&l->st, l->login_security_groups, first);
	}
}

/* ---- rules between node kinds ---- */

/*
 * The groups by which the head is known in rules: our own, or those given. (Additional ones stand beside
 * our own on the same interface, so naming them too would change nothing.)
 */
static struct ir_value *head_peers(struct lowering *l)
{
	if (l->head_sg.n == 0)
		return l->head_security_groups;
	return ir_push(l->st.g, ir_list(l->st.g), group_id(&l->st, l->head_sg));
}

static void rules_between(struct lowering *l)
{
	struct ir_value *head = head_peers(l);

	if (l->head_sg.n > 0) {
		let_in(&l->st, l->head_sg, STR("HeadFromCompute"), l->compute_security_groups, ALL);
		let_in(&l->st, l->head_sg, STR("HeadSlurmFromLogin"), l->login_security_groups,
		       SLURM_DAEMONS);
		let_in(&l->st, l->head_sg, STR("HeadNfsFromLogin"), l->login_security_groups, NFS);
	}
	if (l->compute_sg.n > 0) {
		let_in(&l->st, l->compute_sg, STR("ComputeFromCompute"), l->compute_security_groups,
		       ALL);
		let_in(&l->st, l->compute_sg, STR("ComputeFromHead"), head, ALL);
		let_in(&l->st, l->compute_sg, STR("ComputeFromLogin"), l->login_security_groups,
		       ALL);
	}
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++) {
		struct str on = l->pools[i].security_group;

		if (on.n == 0)
			continue;
		let_in(&l->st, on, login_rule(&l->st, on, "FromHead"), head, ALL);
		let_in(&l->st, on, login_rule(&l->st, on, "FromCompute"),
		       l->compute_security_groups, ALL);
	}
}

/* ---- the head's interface ---- */

/* The allocation id of the address ElasticIp asks for, or NULL: made here, given by id, or by address. */
static struct ir_value *elastic_ip(struct lowering *l, struct ir_origin origin)
{
	const struct model_flex *want = &l->c->head_node.networking.elastic_ip;
	struct ir_resource *r;

	if (want->is_text && str_starts(want->text, STR("eipalloc-")))
		return ir_text(l->st.g, want->text);
	if (want->is_text)
		return lookup_address(&l->st, want->text, origin);
	if (!want->flag)
		return NULL;
	r = ir_add(l->st.g, STR("HeadNodeAddress"), "AWS::EC2::EIP", origin);
	ir_put_text(l->st.g, r->properties, "Domain", STR("vpc"));
	tags_put(&l->st, r->properties, "Tags", ir_text(l->st.g, STR("HeadNode")));
	return ir_getatt(l->st.g, r->id, STR("AllocationId"));
}

static void head_interface(struct lowering *l)
{
	const struct head_node_networking *n = &l->c->head_node.networking;
	struct ir_resource *r =
		ir_add(l->st.g, STR("HeadNodeInterface"), "AWS::EC2::NetworkInterface",
		       origin_of(&n->section, &n->at.subnet_id));
	struct ir_origin origin = origin_of(&n->section, &n->at.elastic_ip);
	struct ir_value *address = elastic_ip(l, origin);

	ir_put(l->st.g, r->properties, "Description",
	       ir_sub(l->st.g, STR("Head node of cluster ${AWS::StackName}")));
	ir_put_text(l->st.g, r->properties, "SubnetId", n->subnet_id);
	ir_put(l->st.g, r->properties, "GroupSet", l->head_security_groups);
	/* The head may route for compute nodes without a way out. */
	ir_put_bool(l->st.g, r->properties, "SourceDestCheck", false);
	tags_put(&l->st, r->properties, "Tags", ir_text(l->st.g, STR("HeadNode")));
	l->head_eni = r->id;
	l->head_address = ir_getatt(l->st.g, r->id, STR("PrimaryPrivateIpAddress"));
	if (address == NULL)
		return;
	r = ir_add(l->st.g, STR("HeadNodeAddressAssociation"), "AWS::EC2::EIPAssociation", origin);
	ir_put(l->st.g, r->properties, "AllocationId", address);
	ir_put(l->st.g, r->properties, "NetworkInterfaceId", ir_ref(l->st.g, l->head_eni));
}

void pass_network(struct lowering *l)
{
	head_group(l);
	compute_groups(l);
	login_groups(l);
	rules_between(l);
	head_interface(l);
}

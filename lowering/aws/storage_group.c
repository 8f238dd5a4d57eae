/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_group.c - the security group of a file system.
 *
 * A new file system gets a group of its own that lets in the nodes of the cluster on the ports of its
 * protocol. Each node has one group that stands for it: the one we made, or the first of those the user
 * gave. The rules are resources of their own, not part of the group: they go with the stack while the group
 * may stay with the file system, and a group cannot name itself in its own properties.
 *
 * In an environment the group is one that clients are members of, as the file says.
 *
 * In a cluster rules are only added to groups of the stack: groups that the user gave must let FSx for Lustre servers
 * in on their own. Source: FSx for Lustre user guide, "File system access control with Amazon VPC".
 */
#include "lowering/aws/file_systems.h"
#include "lowering/aws/tags.h"

/* A word for a group in logical ids: "HeadNode" of HeadNodeSecurityGroup, or the id of a given one. */
static struct str group_word(const struct ir_value *group)
{
	struct str suffix = STR("SecurityGroup");

	if (group->kind != IR_STRING && str_ends(group->text, suffix))
		return str_slice(group->text, 0, group->text.n - suffix.n);
	return group->text;
}

/* Who is let in where; `way` and `other` say it in the logical id: "From", the client. */
struct flow {
	struct ir_value *from, *into;
	const char *way;
	struct str other;
};

static struct ir_resource *rule(struct stack *st, const struct storage_access *access,
				struct port_range ports, const struct flow *flow)
{
	struct str parts[] = {access->name, str_c(flow->way), flow->other,
			      arena_fmt(st->a, "%u", ports.from)};
	struct str id = ir_unique_id(st->g, "Storage", parts, ARRAY_LEN(parts));
	struct ir_resource *r = ir_add(st->g, id, "AWS::EC2::SecurityGroupIngress", access->origin);

	ir_put(st->g, r->properties, "GroupId", flow->into);
	ir_put(st->g, r->properties, "SourceSecurityGroupId", flow->from);
	ir_put_text(st->g, r->properties, "IpProtocol", STR("tcp"));
	ir_put_int(st->g, r->properties, "FromPort", ports.from);
	ir_put_int(st->g, r->properties, "ToPort", ports.to);
	return r;
}

static void rules_for(struct stack *st, const struct storage_access *access,
		      const struct storage_place *place, struct port_range ports,
		      struct ir_value *self)
{
	struct flow itself = {self, self, "Itself", STR("")};

	for (size_t i = 0; i < place->clients->n; i++) {
		struct ir_value *client = place->clients->items[i];
		struct flow in = {client, self, "From", group_word(client)};
		struct flow out = {self, client, "To", group_word(client)};

		rule(st, access, ports, &in);
		if (access->peers && (client->kind != IR_STRING || place->opens_clients))
			rule(st, access, ports, &out);
	}
	if (access->peers) {
		struct ir_resource *r = rule(st, access, ports, &itself);

		resource_goes(r, access->policy);
	}
}

struct ir_value *storage_groups(struct stack *st, const struct storage_place *place,
				struct str group)
{
	return ir_push(st->g, ir_list(st->g),
		       place->group != NULL ? place->group : ir_ref(st->g, group));
}

static struct str group_add(struct stack *st, const struct storage_place *place,
			    const struct storage_access *access)
{
	struct ir_resource *group =
		storage_resource(st, "StorageSecurityGroup", access->name,
				 "AWS::EC2::SecurityGroup", access->policy, access->origin);
	struct ir_value *self = ir_ref(st->g, group->id);

	ir_put_text(st->g, group->properties, "GroupDescription",
		    arena_fmt(st->a, "Storage " STR_F, STR_A(access->name)));
	ir_put(st->g, group->properties, "VpcId", place->vpc);
	tags_put(st, group->properties, "Tags", ir_text(st->g, access->name));
	for (size_t i = 0; i < access->nports; i++)
		rules_for(st, access, place, access->ports[i], self);
	return group->id;
}

struct str storage_security_group(struct stack *st, const struct storage_place *place,
				  const struct storage_access *access)
{
	return place->group != NULL ? place->group_resource : group_add(st, place, access);
}

static bool is_rule_of(const struct ir_resource *r, struct str group)
{
	const struct ir_value *into;

	if (!str_eq(r->type, STR("AWS::EC2::SecurityGroupIngress")) &&
	    !str_eq(r->type, STR("AWS::EC2::SecurityGroupEgress")))
		return false;
	into = ir_get(r->properties, STR("GroupId"));
	return into->kind != IR_STRING && str_eq(into->text, group);
}

void storage_wait_for_rules(struct stack *st, struct ir_resource *r,
			    const struct storage_place *place, struct str group)
{
	size_t end = place->group != NULL ? place->first_rule + place->nrules : st->g->resources.n;

	for (size_t i = place->first_rule; i < end; i++) {
		const struct ir_resource *other = st->g->resources.items[i].value;

		if (is_rule_of(other, group))
			ir_depend(st->g, r, other->id);
	}
}

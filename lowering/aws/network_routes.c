/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network_routes.c - route tables, and the ways out: internet gateway, NAT gateways, egress-only gateway.
 *
 * A new VPC has one table for its public subnets, one in each zone for the private ones, one for the isolated ones.
 * What needs the internet gateway waits for its attachment: nothing else that it refers to does, and a route, an
 * address or a NAT gateway that comes first is refused.
 *
 * An existing VPC may have its one internet gateway already, and nothing of the file names it: a public subnet that is
 * made there stays with the main route table of the VPC. Which zone a table of RouteTableIds is for is not known
 * either: all of them lead to the first NAT gateway.
 */
#include "lowering/aws/network_parts.h"

#define EGRESS_ONLY "EgressOnlyInternetGateway"

/* What the routes are made of, while they are made. */
struct ways {
	struct ir_value *internet; /* the internet gateway that is made, or NULL */
	struct ir_value *egress;   /* the egress-only gateway, or NULL */
	struct ir_value **nat;	   /* by zone; of NONE all NULL */
	struct ir_value *any_nat;  /* the first one, or NULL */
};

static struct ir_origin origin_of_nat(const struct lowered_network *n)
{
	return origin_of(&n->net->m->section, &n->net->m->at.nat_gateway);
}

static void wait_for_internet(struct stack *st, const struct ways *w, struct ir_resource *r)
{
	if (w->internet != NULL)
		ir_depend(st->g, r, STR(NETWORK_ATTACHMENT));
}

/* ---- gateways of the VPC ---- */

static void internet_add(struct stack *st, const struct lowered_network *n, struct ways *w)
{
	struct ir_origin origin = origin_of_section(&n->net->m->section);
	struct ir_resource *r;

	if (!n->net->is_new || (net_first(n->net, SUBNET_TYPE_PUBLIC) == NULL &&
				n->net->nat == NETWORK_NAT_GATEWAY_NONE))
		return;
	r = named_resource(st, STR("InternetGateway"), "AWS::EC2::InternetGateway", STR(""),
			   origin);
	w->internet = ir_ref(st->g, r->id);
	r = ir_add(st->g, STR(NETWORK_ATTACHMENT), "AWS::EC2::VPCGatewayAttachment", origin);
	ir_put(st->g, r->properties, "VpcId", n->vpc);
	ir_put(st->g, r->properties, "InternetGatewayId", w->internet);
}

static void egress_only_add(struct stack *st, const struct lowered_network *n, struct ways *w)
{
	struct ir_resource *r;

	if (!n->net->ipv6 || net_first(n->net, SUBNET_TYPE_PRIVATE) == NULL)
		return;
	r = named_resource(st, STR(EGRESS_ONLY), "AWS::EC2::EgressOnlyInternetGateway", STR(""),
			   origin_of(&n->net->m->section, &n->net->m->at.ipv6));
	ir_put(st->g, r->properties, "VpcId", n->vpc);
	w->egress = ir_ref(st->g, r->id);
}

/* ---- NAT gateways ---- */

/* It spans the zones of the VPC, and takes its addresses by itself. Source: VPC user guide, regional NAT gateways. */
static void regional_nat_add(struct stack *st, const struct lowered_network *n, struct ways *w)
{
	struct ir_resource *r = named_resource(st, STR("NatGateway"), "AWS::EC2::NatGateway",
					       STR(""), origin_of_nat(n));

	ir_put_text(st->g, r->properties, "AvailabilityMode", STR("regional"));
	ir_put_text(st->g, r->properties, "ConnectivityType", STR("public"));
	ir_put(st->g, r->properties, "VpcId", n->vpc);
	wait_for_internet(st, w, r);
	w->any_nat = ir_ref(st->g, r->id);
}

/*
 * A gateway is replaced with its subnet, and the new one cannot take the address while the old one has it: so another
 * subnet, or one of other addresses, means another address. Source: EC2 API, CreateNatGateway,
 * Resource.AlreadyAssociated.
 */
static struct str address_id(struct stack *st, const struct lowered_network *n,
			     const struct net_subnet *in)
{
	char buffer[CIDR_TEXT];
	struct str parts[] = {in->name, in->id.n > 0 ? in->id : cidr_text(in->block, buffer)};

	return ir_unique_id(st->g, network_zone_id(st, n, "Eip", in->zone).s, parts,
			    ARRAY_LEN(parts));
}

/* One with an address of its own, in a public subnet. */
static struct ir_value *nat_add(struct stack *st, const struct lowered_network *n,
				const struct ways *w, const struct net_subnet *in)
{
	struct str eip_id = address_id(st, n, in);
	struct str id = network_zone_id(st, n, "NatGateway", in->zone);
	struct ir_resource *eip =
		named_resource(st, eip_id, "AWS::EC2::EIP", in->name, origin_of_nat(n));
	struct ir_resource *r =
		named_resource(st, id, "AWS::EC2::NatGateway", in->name, origin_of_nat(n));

	ir_put_text(st->g, eip->properties, "Domain", STR("vpc"));
	ir_put(st->g, r->properties, "AllocationId", ir_getatt(st->g, eip_id, STR("AllocationId")));
	ir_put(st->g, r->properties, "SubnetId", network_subnet(n, in)->id);
	wait_for_internet(st, w, eip);
	wait_for_internet(st, w, r);
	return ir_ref(st->g, id);
}

/* The first subnet of this type in the zone, or NULL. */
static const struct net_subnet *first_in(const struct net *net, enum subnet_type type, size_t zone)
{
	for (size_t i = 0; i < net->nsubnets; i++)
		if (net->subnets[i].type == type && net->subnets[i].zone == zone)
			return &net->subnets[i];
	return NULL;
}

/* Has the zone a table that may lead to a NAT gateway of its own: one for new private subnets? */
static bool has_private_table(const struct net *net, size_t zone)
{
	for (size_t i = 0; i < net->nsubnets; i++) {
		const struct net_subnet *s = &net->subnets[i];

		if (s->type == SUBNET_TYPE_PRIVATE && s->zone == zone && s->id.n == 0)
			return true;
	}
	return false;
}

static void nats_add(struct stack *st, const struct lowered_network *n, struct ways *w)
{
	const struct net *net = n->net;
	const struct net_subnet *first = net_first(net, SUBNET_TYPE_PUBLIC);

	w->nat = NEW_ARRAY(st->a, struct ir_value *, net->nzones);
	if (net->nat == NETWORK_NAT_GATEWAY_NONE)
		return;
	if (net->nat == NETWORK_NAT_GATEWAY_REGIONAL) {
		regional_nat_add(st, n, w);
		return;
	}
	for (size_t i = 0; net->nat == NETWORK_NAT_GATEWAY_PER_AZ && i < net->nzones; i++) {
		const struct net_subnet *in = first_in(net, SUBNET_TYPE_PUBLIC, i);

		if (in == NULL || !has_private_table(net, i))
			continue;
		w->nat[i] = nat_add(st, n, w, in);
		if (w->any_nat == NULL)
			w->any_nat = w->nat[i];
	}
	if (w->any_nat == NULL && first != NULL)
		w->any_nat = nat_add(st, n, w, first);
}

/* ---- tables ---- */

static struct ir_value *table_add(struct stack *st, const struct lowered_network *n, struct str id,
				  struct str name)
{
	struct ir_resource *r = named_resource(st, id, "AWS::EC2::RouteTable", name,
					       origin_of_section(&n->net->m->section));

	ir_put(st->g, r->properties, "VpcId", n->vpc);
	return ir_ref(st->g, id);
}

/* A way through a gateway, which the member `kind` of a route names. */
struct way {
	const char *kind;
	struct ir_value *gateway;
	struct ir_origin origin;
};

/* The route for all that no other route of the table is for, of IPv4 or IPv6. */
static struct ir_resource *route_add(struct stack *st, struct str id, struct ir_value *table,
				     bool ipv6, const struct way *way)
{
	struct ir_resource *r = ir_add(st->g, id, "AWS::EC2::Route", way->origin);

	ir_put(st->g, r->properties, "RouteTableId", table);
	if (ipv6)
		ir_put_text(st->g, r->properties, "DestinationIpv6CidrBlock", STR("::/0"));
	else
		ir_put_text(st->g, r->properties, "DestinationCidrBlock", STR("0.0.0.0/0"));
	ir_put(st->g, r->properties, way->kind, way->gateway);
	return r;
}

static struct ir_value *public_table(struct stack *st, const struct lowered_network *n,
				     const struct ways *w)
{
	struct way way = {"GatewayId", w->internet, origin_of_section(&n->net->m->section)};
	struct ir_value *table = table_add(st, n, STR("RouteTablePublic"), STR("Public"));

	wait_for_internet(st, w, route_add(st, STR("RoutePublic"), table, false, &way));
	if (n->net->ipv6)
		wait_for_internet(st, w, route_add(st, STR("RoutePublicIpv6"), table, true, &way));
	return table;
}

static struct ir_value *private_table(struct stack *st, const struct lowered_network *n,
				      const struct ways *w, size_t zone)
{
	struct str id = network_zone_id(st, n, "RouteTablePrivate", zone);
	struct str route = network_zone_id(st, n, "RoutePrivate", zone);
	struct ir_value *table = table_add(st, n, id, network_zone_id(st, n, "Private", zone));
	struct way nat = {"NatGatewayId", w->any_nat, origin_of_nat(n)};
	struct way egress = {"EgressOnlyInternetGatewayId", w->egress,
			     origin_of(&n->net->m->section, &n->net->m->at.ipv6)};

	if (zone != NET_NO_ZONE && w->nat[zone] != NULL)
		nat.gateway = w->nat[zone];
	if (nat.gateway != NULL)
		route_add(st, route, table, false, &nat);
	if (egress.gateway != NULL)
		route_add(st, arena_fmt(st->a, STR_F "Ipv6", STR_A(route)), table, true, &egress);
	return table;
}

static void associate(struct stack *st, const struct lowered_subnet *s, struct ir_value *table)
{
	struct ir_resource *r = ir_add(
		st->g, arena_fmt(st->a, "RouteTableOf" STR_F, STR_A(s->m->name)),
		"AWS::EC2::SubnetRouteTableAssociation", ir_find(st->g, s->resource)->origin);

	ir_put(st->g, r->properties, "SubnetId", s->id);
	ir_put(st->g, r->properties, "RouteTableId", table);
}

/* The tables of new subnets, each made when the first subnet needs it. */
struct tables {
	struct ir_value *public, *isolated;
	struct ir_value **private; /* by zone; behind the last one that of unknown zones */
};

/* The table of a new subnet, or NULL: it stays with the main table of an existing VPC. */
static struct ir_value *table_of(struct stack *st, struct lowered_network *n, const struct ways *w,
				 struct tables *t, const struct net_subnet *s)
{
	struct ir_value **table;

	if (s->type == SUBNET_TYPE_PUBLIC) {
		if (t->public == NULL && w->internet != NULL) {
			t->public = public_table(st, n, w);
			ir_push(st->g, n->public_tables, t->public);
		}
		return t->public;
	}
	if (s->type == SUBNET_TYPE_PRIVATE)
		table = &t->private[s->zone == NET_NO_ZONE ? n->net->nzones : s->zone];
	else
		table = &t->isolated;
	if (*table == NULL) {
		*table = s->type == SUBNET_TYPE_PRIVATE
				 ? private_table(st, n, w, s->zone)
				 : table_add(st, n, STR("RouteTableIsolated"), STR("Isolated"));
		ir_push(st->g, n->inner_tables, *table);
	}
	return *table;
}

static void tables_add(struct stack *st, struct lowered_network *n, const struct ways *w)
{
	struct tables t = {.private = NEW_ARRAY(st->a, struct ir_value *, n->net->nzones + 1)};

	for (size_t i = 0; i < n->net->nsubnets; i++) {
		const struct lowered_subnet *s = &n->subnets[i];
		struct ir_value *table;

		if (s->resource.n == 0)
			continue;
		table = table_of(st, n, w, &t, s->m);
		if (table != NULL)
			associate(st, s, table);
	}
}

/* The tables of an existing VPC that the file names. */
static void given_tables(struct stack *st, struct lowered_network *n, const struct ways *w)
{
	const struct model_strings *ids = &n->net->m->route_table_ids;
	struct way nat = {"NatGatewayId", w->any_nat, origin_of_nat(n)};

	list_add_distinct(st, n->inner_tables, text_list(st, ids));
	for (size_t i = 0; w->any_nat != NULL && i < n->inner_tables->n; i++) {
		struct ir_value *table = n->inner_tables->items[i];

		if (table->kind == IR_STRING)
			route_add(st, ir_unique_id(st->g, "Route", &table->text, 1), table, false,
				  &nat);
	}
}

void network_add_routes(struct stack *st, struct lowered_network *n)
{
	struct ways w = {0};

	n->public_tables = ir_list(st->g);
	n->inner_tables = ir_list(st->g);
	internet_add(st, n, &w);
	egress_only_add(st, n, &w);
	nats_add(st, n, &w);
	tables_add(st, n, &w);
	given_tables(st, n, &w);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network_endpoints.c - private ways to AWS services.
 *
 * Services of the presets and those that the file names are one set: EC2 refuses a second endpoint of a service with
 * private names. Names of services are those of the file's region; without one those of most regions.
 */
#include "lowering/aws/network_parts.h"
#include "lowering/aws/tags.h"

#define GROUP "EndpointSecurityGroup"

enum { PORT_HTTPS = 443 };

static struct ir_origin origin_of_endpoints(const struct lowered_network *n)
{
	const struct endpoints *e = &n->net->m->endpoints;

	return origin_of_section(e->section.written ? &e->section : &n->net->m->section);
}

/*
 * "com.amazonaws.${AWS::Region}.ecr.api". Names of gateways begin like that in all partitions: in China the interface
 * of S3 alone begins with "cn". Source: Amazon S3 user guide, AWS PrivateLink for Amazon S3; eksctl-io/eksctl#3081.
 */
static struct ir_value *service_name(struct stack *st, struct str name, bool gateway)
{
	const struct endpoint_service *e = facts_endpoint(st->facts, name);
	struct str prefix = STR("com.amazonaws");

	if (e != NULL && !gateway)
		prefix = facts_endpoint_prefix(st->facts, e, st->region);
	if (e != NULL && !e->regional)
		return ir_textf(st->g, STR_F "." STR_F, STR_A(prefix), STR_A(name));
	return ir_subf(st->g, STR_F ".${AWS::Region}." STR_F, STR_A(prefix), STR_A(name));
}

static struct ir_resource *endpoint_add(struct stack *st, const struct lowered_network *n,
					struct str id, const char *type, struct str service)
{
	struct ir_resource *r =
		named_resource(st, id, "AWS::EC2::VPCEndpoint", service, origin_of_endpoints(n));

	ir_put(st->g, r->properties, "VpcId", n->vpc);
	ir_put(st->g, r->properties, "ServiceName",
	       service_name(st, service, str_eq(str_c(type), STR("Gateway"))));
	ir_put_text(st->g, r->properties, "VpcEndpointType", str_c(type));
	return r;
}

/* ---- gateway endpoints ---- */

static void gateway_add(struct stack *st, const struct lowered_network *n, const char *id,
			struct str service)
{
	struct ir_resource *r = endpoint_add(st, n, str_c(id), "Gateway", service);
	struct ir_value *tables = ir_list(st->g);

	list_add_distinct(st, tables, n->public_tables);
	list_add_distinct(st, tables, n->inner_tables);
	if (tables->n > 0)
		ir_put(st->g, r->properties, "RouteTableIds", tables);
}

/* ---- interface endpoints ---- */

static uint8_t preset_bit(struct str word)
{
	if (str_eq(word, STR("CLUSTER")))
		return PRESET_CLUSTER;
	if (str_eq(word, STR("BATCH")))
		return PRESET_BATCH;
	return str_eq(word, STR("FARGATE")) ? PRESET_FARGATE : 0;
}

/* Is the service there, as far as the file tells? Without a region it is that of most: aws. */
static bool is_in_partition(const struct stack *st, const struct endpoint_service *e)
{
	const struct region *r = facts_region(st->facts, st->region);

	return e->partition.n == 0 || r == NULL || str_eq(r->partition, e->partition);
}

static bool is_named(const struct model_strings *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->items[i].text, name))
			return true;
	return false;
}

/* One subnet in each zone, or those that the file names. */
static struct ir_value *subnets_of(struct stack *st, const struct lowered_network *n)
{
	const struct model_strings *names = &n->net->m->endpoints.subnet_names;
	struct ir_value *list = ir_list(st->g);
	const struct net_subnet *s;
	size_t it = 0;

	for (size_t i = 0; i < names->n; i++) {
		s = net_subnet(n->net, names->items[i].text);
		if (s != NULL)
			list_add_distinct(st, list,
					  ir_push(st->g, ir_list(st->g), network_subnet(n, s)->id));
	}
	while (names->n == 0 && (s = net_next_inner_zone(n->net, &it)) != NULL)
		ir_push(st->g, list, network_subnet(n, s)->id);
	return list;
}

static void let_https_in(struct stack *st, struct ir_value *rules, struct ir_value *block)
{
	struct ir_value *rule = ir_object(st->g);

	ir_put_text(st->g, rule, "IpProtocol", STR("tcp"));
	ir_put_int(st->g, rule, "FromPort", PORT_HTTPS);
	ir_put_int(st->g, rule, "ToPort", PORT_HTTPS);
	ir_push(st->g, rules, ir_put(st->g, rule, "CidrIp", block));
}

/*
 * From where the endpoints may be called: all of the VPC. The blocks of an existing one are not known, and its other
 * members are led to the endpoints too, since these have the names of the services: so from all private addresses.
 */
static struct ir_value *group_add(struct stack *st, const struct lowered_network *n)
{
	static const char *const private_blocks[] = {"10.0.0.0/8", "172.16.0.0/12",
						     "192.168.0.0/16", "100.64.0.0/10"};
	struct ir_resource *r = named_resource(st, STR(GROUP), "AWS::EC2::SecurityGroup",
					       STR("endpoints"), origin_of_endpoints(n));
	struct ir_value *rules = ir_list(st->g);

	for (size_t i = 0; i < n->blocks->n; i++)
		let_https_in(st, rules, n->blocks->items[i]);
	for (size_t i = 0; !n->net->is_new && i < ARRAY_LEN(private_blocks); i++)
		let_https_in(st, rules, ir_text(st->g, str_c(private_blocks[i])));
	ir_put_text(st->g, r->properties, "GroupDescription", STR("Interface endpoints"));
	ir_put(st->g, r->properties, "VpcId", n->vpc);
	ir_put(st->g, r->properties, "SecurityGroupIngress", rules);
	return ir_push(st->g, ir_list(st->g), ir_ref(st->g, r->id));
}

/*
 * Services with a gateway too keep their public names: S3 and DynamoDB are reached by the gateway from inside, and
 * DynamoDB has no private names. Source: VPC user guide, AWS services that integrate with AWS PrivateLink.
 */
static bool has_private_names(const struct endpoint_service *e)
{
	return e == NULL || (e->types & ENDPOINT_GATEWAY) == 0;
}

/* "EndpointEcrApi" of "ecr.api". */
static struct str endpoint_id(struct stack *st, struct str service)
{
	char *dashes = arena_room(st->a, service.n);
	struct str words = {dashes, service.n};

	for (size_t i = 0; i < service.n; i++)
		dashes[i] = service.s[i] == '.' ? '-' : service.s[i];
	return ir_unique_id(st->g, "Endpoint", &words, 1);
}

static void interface_add(struct stack *st, const struct lowered_network *n, struct str service,
			  struct ir_value *subnets, struct ir_value *groups)
{
	const struct endpoint_service *e = facts_endpoint(st->facts, service);
	struct str id = endpoint_id(st, service);
	struct ir_resource *r = endpoint_add(st, n, id, "Interface", service);

	if (e != NULL && e->service_region.n > 0)
		ir_put_text(st->g, r->properties, "ServiceRegion", e->service_region);
	ir_put_bool(st->g, r->properties, "PrivateDnsEnabled", has_private_names(e));
	ir_put(st->g, r->properties, "SubnetIds", subnets);
	ir_put(st->g, r->properties, "SecurityGroupIds", groups);
}

/* Is the known service to be had by an interface endpoint? */
static bool is_wanted(const struct stack *st, const struct endpoints *m, uint8_t presets,
		      const struct endpoint_service *e)
{
	return is_named(&m->interfaces, e->name) ||
	       ((e->presets & presets) != 0 && is_in_partition(st, e));
}

/* Services by name, each once: those of the presets, and what the file names. */
static struct model_strings services_of(struct stack *st, const struct endpoints *m)
{
	size_t nknown = facts_endpoint_count(st->facts);
	struct model_string *items =
		NEW_ARRAY(st->a, struct model_string, nknown + m->interfaces.n);
	struct model_strings list = {.items = items};
	uint8_t presets = 0;

	for (size_t i = 0; i < m->preset.n; i++)
		presets |= preset_bit(m->preset.items[i].text);
	for (size_t i = 0; i < nknown; i++) {
		const struct endpoint_service *e = facts_endpoint_at(st->facts, i);

		if (is_wanted(st, m, presets, e))
			items[list.n++].text = e->name;
	}
	for (size_t i = 0; i < m->interfaces.n; i++)
		if (!is_named(&list, m->interfaces.items[i].text))
			items[list.n++] = m->interfaces.items[i];
	return list;
}

void network_add_endpoints(struct stack *st, const struct lowered_network *n)
{
	struct model_strings services = services_of(st, &n->net->m->endpoints);
	struct ir_value *subnets, *groups;

	if (n->net->s3)
		gateway_add(st, n, "S3Endpoint", STR("s3"));
	if (n->net->dynamodb)
		gateway_add(st, n, "DynamoDbEndpoint", STR("dynamodb"));
	if (services.n == 0)
		return;
	subnets = subnets_of(st, n);
	groups = group_add(st, n);
	for (size_t i = 0; i < services.n; i++)
		interface_add(st, n, services.items[i].text, subnets, groups);
}

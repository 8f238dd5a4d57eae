/* SPDX-License-Identifier: Apache-2.0 */
/* network_ways.c - rules about the ways out of a network: NAT gateways, routes, flow logs. */
#include "compiler/check/rules/network.h"

/* ---- what stands where ---- */

/* Is there a subnet of this type that is made, in this zone or, with NET_NO_ZONE, in any? */
static bool makes(const struct net *n, enum subnet_type type, size_t zone)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == type && !subnet_exists(&n->subnets[i]) &&
		    (zone == NET_NO_ZONE || n->subnets[i].zone == zone))
			return true;
	return false;
}

static bool has_type(const struct net *n, enum subnet_type type, size_t zone)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == type && n->subnets[i].zone == zone)
			return true;
	return false;
}

/* Zones with private subnets. */
static size_t private_zones(const struct net *n)
{
	size_t count = 0;

	for (size_t z = 0; z < n->nzones; z++)
		count += has_type(n, SUBNET_TYPE_PRIVATE, z);
	return count;
}

/* Where the way out is said, else the network. */
static struct span nat_at(const struct net *n)
{
	return VALUE_AT(n->m, nat_gateway);
}

/* May a rule look at the way out and the subnets that use it? */
static const struct net *judged(const struct rules *r)
{
	const struct net *n = network(r);

	return n != NULL && USABLE(n->m, nat_gateway) && !n->m->section.poisoned &&
			       n->nsubnets > 0 && subnet_types_known(n)
		       ? n
		       : NULL;
}

/* ---- NAT gateways ---- */

static void explain_default(const struct rules *r, const struct net *n, struct diag *d)
{
	if (!WRITTEN(n->m, nat_gateway))
		diag_note(r->ds, d, "`NatGateway` is SINGLE by default where a subnet is PRIVATE");
	diag_help(r->ds, d,
		  "add a subnet of Type PUBLIC, or write `NatGateway: REGIONAL` or `NONE`");
}

/*
 * Source: Amazon VPC user guide, NAT gateways: a zonal one stands in a public subnet; regional NAT gateways: such a one
 * needs none.
 */
void rule_nat_has_place(const struct rules *r)
{
	const struct net *n = judged(r);
	struct diag *d;

	if (n == NULL || n->nat == NETWORK_NAT_GATEWAY_NONE ||
	    n->nat == NETWORK_NAT_GATEWAY_REGIONAL)
		return;
	if (net_first(n, SUBNET_TYPE_PUBLIC) == NULL) {
		d = diag_nat_without_public(r->ds, nat_at(n), STR("the network"));

		explain_default(r, n, d);
		return;
	}
	for (size_t z = 0; n->nat == NETWORK_NAT_GATEWAY_PER_AZ && z < n->nzones; z++) {
		if (!has_type(n, SUBNET_TYPE_PRIVATE, z) || has_type(n, SUBNET_TYPE_PUBLIC, z) ||
		    has_type(n, SUBNET_TYPE_PUBLIC, NET_NO_ZONE)) /* it may be that one */
			continue;
		d = diag_nat_without_public(r->ds, nat_at(n), zone_words(r, n, z));
		diag_help(r->ds, d,
			  "add a subnet of Type PUBLIC there, or write `NatGateway: "
			  "SINGLE`");
	}
}

/* Does the data centre offer a way to everywhere? */
static bool goes_home(const struct rules *r)
{
	const struct model_strings *homes =
		r->e != NULL ? &r->e->hybrid_network.on_premises_cidrs : NULL;

	for (size_t i = 0; homes != NULL && i < homes->n; i++)
		if (str_ends(homes->items[i].text, STR("/0")))
			return true;
	return false;
}

static bool may_have_interfaces(const struct endpoints *e)
{
	return has_interfaces(e) || !USABLE(e, preset) || !USABLE(e, interfaces);
}

/* Of subnets that exist the routes are not known. */
void rule_private_way_out(const struct rules *r)
{
	const struct net *n = judged(r);
	const char *who = r->b != NULL ? "instances" : "nodes";
	struct diag *d;

	if (n == NULL || n->nat != NETWORK_NAT_GATEWAY_NONE ||
	    !makes(n, SUBNET_TYPE_PRIVATE, NET_NO_ZONE) || goes_home(r) ||
	    !USABLE(n->m, endpoints) || may_have_interfaces(&n->m->endpoints))
		return;
	d = diag_no_way_out(r->ds, nat_at(n), who);
	diag_note(r->ds, d,
		  "%s call AWS when they boot: without a NAT gateway they need "
		  "endpoints",
		  who);
	diag_help(r->ds, d, "write `NatGateway: SINGLE`, or `Preset: %s` under Endpoints",
		  r->b != NULL ? "BATCH" : "CLUSTER");
}

/* Source: Amazon VPC user guide, NAT gateways; its quotas: five Elastic IP addresses a region. */
void rule_nat_gateways(const struct rules *r)
{
	enum { ADDRESSES = 5 };
	const struct net *n = judged(r);
	size_t zones = n != NULL ? private_zones(n) : 0;
	struct diag *d;

	if (n == NULL)
		return;
	if (n->nat == NETWORK_NAT_GATEWAY_SINGLE && zones > 1 &&
	    net_first(n, SUBNET_TYPE_PUBLIC) != NULL) {
		d = diag_one_nat(r->ds, nat_at(n), zones);
		diag_note(r->ds, d,
			  "traffic between zones is charged, and when the zone of the "
			  "gateway fails, all lose their way out");
		note_gb_price(r, d, STR("traffic-between-zones"), "each way between zones");
		diag_help(r->ds, d, "`PER_AZ` makes one in each zone");
	} else if (n->nat == NETWORK_NAT_GATEWAY_PER_AZ && zones > ADDRESSES) {
		d = diag_many_nats(r->ds, nat_at(n), zones, ADDRESSES);
		diag_help(r->ds, d, "ask for more, or write `NatGateway: REGIONAL`");
	}
}

/* ---- route tables of a VPC that exists ---- */

static void which_tables(const struct rules *r, const struct field_at *f, const char *what)
{
	struct diag *d = diag_which_route_tables(r->ds, f->value, what);

	diag_note(r->ds, d, "the route tables of subnets that exist are not known from their ids");
	diag_help(r->ds, d, "name them in `RouteTableIds`");
}

/* Source: EC2 API, CreateRoute and CreateVpcEndpoint: both go into route tables that are named. */
void rule_route_tables(const struct rules *r)
{
	const struct net *n = network(r);
	const struct endpoints *e;

	if (n == NULL || n->is_new || !ABSENT(n->m, route_table_ids))
		return;
	e = &n->m->endpoints;
	if (WRITTEN(n->m, nat_gateway) && n->m->nat_gateway != NETWORK_NAT_GATEWAY_NONE)
		which_tables(r, &n->m->at.nat_gateway, "the route to the NAT gateway");
	if (WRITTEN(e, s3) && e->s3)
		which_tables(r, &e->at.s3, "the endpoint of S3");
	if (WRITTEN(e, dynamo_db) && e->dynamo_db)
		which_tables(r, &e->at.dynamo_db, "the endpoint of DynamoDB");
}

/* ---- names ---- */

/*
 * The resolver of AWS: the third address of the VPC, or an address that is the same in every VPC. Source: Amazon VPC
 * user guide, Amazon DNS server.
 */
static bool is_resolver(const struct net *n, struct str ip)
{
	enum { RESOLVER = 2 };
	struct cidr address;
	struct str part;

	if (str_eq(ip, STR("169.254.169.253")))
		return true;
	return cidr_parse_address(ip, &address, &part) != CIDR_OK || n->nblocks == 0 ||
	       address.first == n->blocks[0].first + RESOLVER;
}

/* What has names that only AWS knows, or NULL. */
static const char *named_by_aws(const struct rules *r, const struct net *n)
{
	if (USABLE(n->m, endpoints) && has_interfaces(&n->m->endpoints))
		return "interface endpoints";
	return r->storage->n > 0 ? "file systems" : NULL;
}

void rule_name_servers_of_aws(const struct rules *r)
{
	const struct net *n = network(r);
	const struct dhcp_options *o;
	const char *what;
	struct diag *d;

	if (n == NULL || !n->is_new || !WRITTEN(&n->m->dhcp_options, domain_name_servers))
		return;
	o = &n->m->dhcp_options;
	what = named_by_aws(r, n);
	for (size_t i = 0; i < o->domain_name_servers.n; i++)
		if (what == NULL || is_resolver(n, o->domain_name_servers.items[i].text))
			return;
	if (what == NULL)
		return;
	d = diag_name_servers_of_others(r->ds, o->at.domain_name_servers.value, what);
	diag_help(r->ds, d,
		  r->e != NULL ? "leave them out, and name the domains of the data centre in "
				 "`ResolverRules`"
			       : "add `169.254.169.253`, the resolver of AWS");
}

/* ---- flow logs ---- */

static void flow_bucket(const struct rules *r, const struct flow_logs *f)
{
	struct file_buckets b = file_buckets(r, r->c == NULL ? "add it to `Buckets`"
							     : "write `Destination: CLOUDWATCH`");

	bucket_known(r, &b, &f->at.bucket, f->bucket);
}

void rule_flow_log_bucket(const struct rules *r)
{
	const struct net *n = network(r);
	const struct flow_logs *f;
	struct diag *d;
	bool to_s3;

	if (n == NULL || !USABLE(&n->m->flow_logs, destination))
		return;
	f = &n->m->flow_logs;
	to_s3 = f->destination == FLOW_LOGS_DESTINATION_S3;
	if (to_s3 && ABSENT(f, bucket)) {
		d = diag_missing_companion(r->ds, f->at.destination.value, STR("Destination: S3"),
					   PROP_NAME(FlowLogs_Bucket));
		diag_help(r->ds, d, "add `Bucket` with the Name of one of Buckets");
	} else if (to_s3 && WRITTEN(f, bucket)) {
		flow_bucket(r, f);
	} else if (!to_s3 && WRITTEN(f, bucket)) {
		d = diag_unused_flow_bucket(r->ds, f->at.bucket.key);
		if (WRITTEN(f, destination))
			diag_label(r->ds, d, f->at.destination.value, "they go here");
		diag_help(r->ds, d, "write `Destination: S3`, or leave Bucket out");
	}
}

/* Does KmsKeyId name a key by an alias, in either form? */
static bool is_alias(struct str key)
{
	return str_starts(key, STR("alias/")) || str_find_str(key, STR(":alias/"), 0) != SIZE_MAX;
}

static void key_of_bucket(const struct rules *r, const struct bucket *b)
{
	struct span at = b->at.kms_key_id.value;
	struct diag *d;

	if (KNOWN(b, kms_key_id) && is_alias(b->kms_key_id)) {
		d = diag_flow_log_alias(r->ds, at);
		diag_note(r->ds, d,
			  "a service of AWS writes them: an alias is looked for in the account of "
			  "who writes");
		diag_help(r->ds, d,
			  "`aws kms describe-key --key-id " STR_F "` tells the ARN of its key",
			  STR_A(b->kms_key_id));
		return;
	}
	d = diag_flow_log_key(r->ds, at, b->name);
	diag_note(
		r->ds, d,
		"its policy needs this: {\"Effect\": \"Allow\", \"Principal\": {\"Service\": "
		"\"delivery.logs.amazonaws.com\"}, \"Action\": [\"kms:Encrypt\", \"kms:Decrypt\", "
		"\"kms:ReEncrypt*\", \"kms:GenerateDataKey*\", \"kms:DescribeKey\"], "
		"\"Resource\": \"*\"}");
	diag_help(r->ds, d, "a key that this file makes has it: `KmsKey: {}`, and no KmsKeyId");
}

/* Source: Amazon VPC user guide, "Required key policy for use with SSE-KMS". */
void rule_flow_log_key(const struct rules *r)
{
	const struct flow_logs *f = &r->e->network.flow_logs;

	if (!f->enabled || f->destination != FLOW_LOGS_DESTINATION_S3 || !WRITTEN(f, bucket))
		return;
	for (size_t i = 0; i < r->e->buckets.n; i++) {
		const struct bucket *b = &r->e->buckets.items[i];

		if (WRITTEN(b, name) && str_eq(b->name, f->bucket) && WRITTEN(b, kms_key_id))
			key_of_bucket(r, b);
	}
}

void rule_flow_logs_on(const struct rules *r)
{
	const struct net *n = network(r);
	const struct flow_logs *f;
	struct diag *d;

	if (n == NULL || !n->m->flow_logs.section.written || !USABLE(n->m, flow_logs))
		return;
	f = &n->m->flow_logs;
	if (!ABSENT(f, enabled))
		return;
	d = diag_flow_logs_off(r->ds, section_span(&f->section));
	diag_help(r->ds, d, "add `Enabled: true`");
}

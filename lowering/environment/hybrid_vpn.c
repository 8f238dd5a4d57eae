/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_vpn.c - VPN connections: the other end, two tunnels, static routes, logs and alarms. */
#include "lowering/aws/arn.h"
#include "lowering/aws/lookup.h"
#include "lowering/environment/hybrid.h"

enum {
	TUNNELS = 2, /* of every connection */
	LOG_DAYS = 90,
	PERIOD = 300, /* seconds between two points of TunnelState */
	PERIODS = 2,  /* AWS replaces the end of one tunnel after the other, within minutes */
};
static const int64_t last_plain_asn = 2147483647; /* above it: BgpAsnExtended */

#define LOG_GROUP "VpnTunnelLogs"

/* ---- the other end ---- */

/*
 * With the name of the stack it is not taken for the one that another stack has made for this device: EC2 gives the one
 * that is there to who asks for the same again. Source: EC2 API, CreateCustomerGateway, DeviceName.
 */
static struct ir_value *customer_gateway(const struct hybrid *h, const struct vpn_connection *v)
{
	const struct customer_gateway *m = &v->customer_gateway;
	struct stack *st = &h->l->st;
	struct ir_resource *r = named_resource(
		&h->l->st, arena_fmt(st->a, "CustomerGateway" STR_F, STR_A(v->name)),
		"AWS::EC2::CustomerGateway", v->name, origin_of_section(&m->section));

	ir_put_text(st->g, r->properties, "Type", STR("ipsec.1"));
	ir_put_text(st->g, r->properties, "IpAddress", m->ip_address);
	ir_put_int(st->g, r->properties, m->bgp_asn > last_plain_asn ? "BgpAsnExtended" : "BgpAsn",
		   m->bgp_asn);
	ir_put(st->g, r->properties, "DeviceName",
	       ir_subf(st->g, "${AWS::StackName}-" STR_F, STR_A(v->name)));
	return ir_ref(st->g, r->id);
}

/* ---- tunnels ---- */

/* What holds for a tunnel that has no row. */
static bool is_logged(const struct vpn_connection *v, size_t i)
{
	const struct vpn_tunnel *t = i < v->tunnels.n ? &v->tunnels.items[i] : NULL;

	return t == NULL || t->log_enabled;
}

/* The name lets the service write there under its own policy, of which an account has few. */
static struct ir_value *log_group(const struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_resource *r = ir_find(g, STR(LOG_GROUP));

	if (r == NULL) {
		r = named_resource(&h->l->st, STR(LOG_GROUP), "AWS::Logs::LogGroup", STR("vpn"),
				   origin_of(&h->m->section, &h->m->at.vpn_connections));
		ir_put(g, r->properties, "LogGroupName",
		       ir_sub(g, STR("/aws/vendedlogs/vpn/${AWS::StackName}")));
		ir_put_int(g, r->properties, "RetentionInDays", LOG_DAYS);
		resource_goes(r, IR_DELETE);
	}
	/* Its attribute Arn ends with ":*", which is that of its streams. */
	return arn(&h->l->st, "logs",
		   arena_fmt(h->l->st.a, "log-group:${" STR_F "}", STR_A(r->id)));
}

static struct ir_value *log_options(const struct hybrid *h)
{
	struct ir *g = h->l->st.g;
	struct ir_value *watch = ir_object(g), *options = ir_object(g);

	ir_put_bool(g, watch, "LogEnabled", true);
	ir_put(g, watch, "LogGroupArn", log_group(h));
	ir_put_text(g, watch, "LogOutputFormat", STR("json"));
	return ir_put(g, options, "CloudwatchLogOptions", watch);
}

static struct ir_value *ike_versions(struct ir *g, const struct vpn_tunnel *t)
{
	static const struct model_string newest = {.text = STR_INIT("ikev2")};
	struct model_strings names = {&newest, 1};
	struct ir_value *versions = ir_list(g);

	if (t != NULL && t->ikeversions.n > 0)
		names = t->ikeversions;
	for (size_t i = 0; i < names.n; i++)
		ir_push(g, versions, ir_put_text(g, ir_object(g), "Value", names.items[i].text));
	return versions;
}

static struct ir_value *tunnel_options(const struct hybrid *h, const struct vpn_connection *v,
				       size_t i)
{
	const struct vpn_tunnel *t = i < v->tunnels.n ? &v->tunnels.items[i] : NULL;
	struct ir *g = h->l->st.g;
	struct ir_value *options = ir_object(g);

	if (t != NULL && t->tunnel_inside_cidr.n > 0)
		ir_put_text(g, options, "TunnelInsideCidr", t->tunnel_inside_cidr);
	if (t != NULL && t->startup_action == VPN_TUNNEL_STARTUP_ACTION_START)
		ir_put_text(g, options, "StartupAction", STR("start"));
	ir_put(g, options, "IKEVersions", ike_versions(g, t));
	if (is_logged(v, i))
		ir_put(g, options, "LogOptions", log_options(h));
	return options;
}

/* ---- the connection ---- */

static struct str connection_add(const struct hybrid *h, const struct vpn_connection *v)
{
	struct stack *st = &h->l->st;
	struct str keys =
		enum_text(PROP_VpnConnection_PreSharedKeyStorage, (int)v->pre_shared_key_storage);
	struct ir_value *customer = customer_gateway(h, v), *tunnels = ir_list(st->g);
	struct ir_resource *r =
		named_resource(&h->l->st, arena_fmt(st->a, "VpnConnection" STR_F, STR_A(v->name)),
			       "AWS::EC2::VPNConnection", v->name, origin_of_section(&v->section));

	for (size_t i = 0; i < TUNNELS; i++)
		ir_push(st->g, tunnels, tunnel_options(h, v, i));
	ir_put_text(st->g, r->properties, "Type", STR("ipsec.1"));
	ir_put(st->g, r->properties, "CustomerGatewayId", customer);
	ir_put(st->g, r->properties, h->transit ? "TransitGatewayId" : "VpnGatewayId",
	       h->l->gateway);
	ir_put_bool(st->g, r->properties, "StaticRoutesOnly", v->static_routes_only);
	ir_put_text(st->g, r->properties, "PreSharedKeyStorage", keys);
	if (vpn_bandwidth(v) == VPN_TUNNEL_TUNNEL_BANDWIDTH_LARGE)
		ir_put_text(st->g, r->properties, "TunnelBandwidth", STR("large"));
	ir_put(st->g, r->properties, "VpnTunnelOptionsSpecifications", tunnels);
	return r->id;
}

/*
 * The routes of a transit gateway stand in its own table, and lead to attachments: neither is an attribute of anything.
 */
static void transit_routes_add(const struct hybrid *h, const struct vpn_connection *v,
			       struct str connection)
{
	struct model_strings routes = vpn_routes(h->m, v);
	struct stack *st = &h->l->st;
	struct ir_origin origin = origin_of(&v->section, &v->at.static_routes);
	struct transit_attachment wanted = {h->l->gateway, h->l->network->vpc,
					    ir_ref(st->g, connection)};
	struct ir_resource *found;

	if (routes.n == 0)
		return;
	found = lookup_transit_attachment(
		st, arena_fmt(st->a, "LookupTransit" STR_F, STR_A(v->name)), &wanted, origin);
	ir_depend(st->g, found, h->attachment);
	for (size_t i = 0; i < routes.n; i++) {
		struct str parts[] = {v->name, routes.items[i].text};
		struct ir_resource *r =
			ir_add(st->g, ir_unique_id(st->g, "TransitRoute", parts, ARRAY_LEN(parts)),
			       "AWS::EC2::TransitGatewayRoute", origin);

		ir_put_text(st->g, r->properties, "DestinationCidrBlock", routes.items[i].text);
		ir_put(st->g, r->properties, "TransitGatewayRouteTableId",
		       ir_getatt(st->g, found->id, STR("Table")));
		ir_put(st->g, r->properties, "TransitGatewayAttachmentId",
		       ir_getatt(st->g, found->id, STR("Attachment")));
	}
}

/* A virtual private gateway takes the routes of a connection from the connection. */
static void static_routes_add(const struct hybrid *h, const struct vpn_connection *v,
			      struct str connection)
{
	struct model_strings routes = vpn_routes(h->m, v);
	struct ir *g = h->l->st.g;

	for (size_t i = 0; i < routes.n; i++) {
		struct str parts[] = {v->name, routes.items[i].text};
		struct ir_resource *r =
			ir_add(g, ir_unique_id(g, "VpnRoute", parts, ARRAY_LEN(parts)),
			       "AWS::EC2::VPNConnectionRoute",
			       origin_of(&v->section, &v->at.static_routes));

		ir_put_text(g, r->properties, "DestinationCidrBlock", routes.items[i].text);
		ir_put(g, r->properties, "VpnConnectionId", ir_ref(g, connection));
	}
}

/* ---- the alarm ---- */

/* It is on while both tunnels are down: with one of them the connection works. */
static void alarm_add(const struct hybrid *h, const struct vpn_connection *v, struct str connection)
{
	struct stack *st = &h->l->st;
	struct ir_resource *r = ir_add(st->g, arena_fmt(st->a, "VpnDown" STR_F, STR_A(v->name)),
				       "AWS::CloudWatch::Alarm", origin_of_section(&v->section));
	struct ir_value *p = r->properties, *dimension = ir_object(st->g);

	ir_put_text(st->g, dimension, "Name", STR("VpnId"));
	ir_put(st->g, dimension, "Value", ir_ref(st->g, connection));
	ir_put(st->g, p, "AlarmDescription",
	       ir_subf(st->g,
		       "Both tunnels of the VPN connection " STR_F " of ${AWS::StackName} are down",
		       STR_A(v->name)));
	ir_put_text(st->g, p, "Namespace", STR("AWS/VPN"));
	ir_put_text(st->g, p, "MetricName", STR("TunnelState"));
	ir_put(st->g, p, "Dimensions", ir_push(st->g, ir_list(st->g), dimension));
	ir_put_text(st->g, p, "Statistic", STR("Maximum"));
	ir_put_int(st->g, p, "Period", PERIOD);
	ir_put_int(st->g, p, "EvaluationPeriods", PERIODS);
	ir_put_int(st->g, p, "Threshold", 1);
	ir_put_text(st->g, p, "ComparisonOperator", STR("LessThanThreshold"));
	if (h->l->topic != NULL)
		ir_put(st->g, p, "AlarmActions", ir_push(st->g, ir_list(st->g), h->l->topic));
	tags_put(st, p, "Tags", NULL);
}

void hybrid_add_vpn(const struct hybrid *h)
{
	const struct vpn_connection_list *rows = &h->m->vpn_connections;
	struct stack *st = &h->l->st;

	h->l->vpn_connections = NEW_ARRAY(st->a, struct ir_value *, rows->n);
	for (size_t i = 0; i < rows->n; i++) {
		struct str id = connection_add(h, &rows->items[i]);

		h->l->vpn_connections[i] = ir_ref(st->g, id);
		if (h->transit)
			transit_routes_add(h, &rows->items[i], id);
		else
			static_routes_add(h, &rows->items[i], id);
		alarm_add(h, &rows->items[i], id);
	}
}

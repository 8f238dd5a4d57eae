/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid_asn.c - rules about the numbers of the two ends of BGP sessions. */
#include "compiler/check/rules/hybrid.h"

/* ---- the end of AWS ---- */

enum {
	PRIVATE_16_FIRST = 64512, /* RFC 6996 */
	PRIVATE_16_LAST = 65534,
};
static const int64_t private_32_first = 4200000000, private_32_last = 4294967294;

static bool is_private_asn(int64_t asn)
{
	return (asn >= PRIVATE_16_FIRST && asn <= PRIVATE_16_LAST) ||
	       (asn >= private_32_first && asn <= private_32_last);
}

static void amazon_asn(const struct rules *r, const struct field_at *at, int64_t asn)
{
	struct diag *d;

	if (!is_written(at) || is_private_asn(asn))
		return;
	d = diag_asn_not_private(r->ds, at->value, (long long)asn);
	diag_help(r->ds, d, "write one from %d to %d, or from %lld to %lld", PRIVATE_16_FIRST,
		  PRIVATE_16_LAST, (long long)private_32_first, (long long)private_32_last);
}

/* Source: EC2 API, CreateVpnGateway and CreateTransitGateway, AmazonSideAsn; Direct Connect API likewise. */
void rule_amazon_asn(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);

	if (h == NULL)
		return;
	amazon_asn(r, &h->gateway.at.amazon_side_asn, h->gateway.amazon_side_asn);
	amazon_asn(r, &h->direct_connect.at.amazon_side_asn, h->direct_connect.amazon_side_asn);
}

/* ---- the two ends ---- */

/* An ASN of AWS's end, where it is known: that of a gateway that is made. */
struct amazon_end {
	bool known;
	int64_t asn;
	struct span at; /* of the value, or of the section whose default it is */
	bool written;
};

static struct amazon_end gateway_end(const struct hybrid_gateway *g)
{
	return (struct amazon_end){
		.known = !gateway_exists(g) && USABLE(g, amazon_side_asn) && !g->section.poisoned,
		.asn = g->amazon_side_asn,
		.at = VALUE_AT(g, amazon_side_asn),
		.written = WRITTEN(g, amazon_side_asn),
	};
}

static struct amazon_end direct_connect_end(const struct direct_connect *d)
{
	return (struct amazon_end){
		.known = d->section.written && !d->section.poisoned && USABLE(d, amazon_side_asn) &&
			 d->at.direct_connect_gateway_id.state == FIELD_ABSENT,
		.asn = d->amazon_side_asn,
		.at = VALUE_AT(d, amazon_side_asn),
		.written = WRITTEN(d, amazon_side_asn),
	};
}

static void label_end(const struct rules *r, struct diag *d, const struct amazon_end *e)
{
	diag_label(r->ds, d, e->at,
		   e->written ? "the ASN of AWS is set here" : "the ASN of AWS is %lld by default",
		   (long long)e->asn);
}

/* An ASN of the data centre's end: a field, or the section whose default it is. */
static void ends_differ(const struct rules *r, const struct amazon_end *e, int64_t asn,
			struct span at)
{
	struct diag *d;

	if (!e->known || asn != e->asn)
		return;
	d = diag_same_asn(r->ds, at, (long long)asn);
	label_end(r, d, e);
	diag_note(r->ds, d,
		  "BGP between two networks takes routes only from an ASN that is not one's own");
}

/* Source: RFC 4271, external peers; AWS Site-to-Site VPN and Direct Connect user guides. */
void rule_different_asns(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct virtual_interface_list interfaces;
	struct amazon_end end;

	if (h == NULL)
		return;
	end = gateway_end(&h->gateway);
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		const struct vpn_connection *v = &h->vpn_connections.items[i];
		const struct customer_gateway *g = &v->customer_gateway;

		/* Without BGP nobody looks at it. */
		if (!v->static_routes_only && g->section.written && USABLE(g, bgp_asn))
			ends_differ(r, &end, g->bgp_asn, VALUE_AT(g, bgp_asn));
	}
	end = direct_connect_end(&h->direct_connect);
	interfaces = virtual_interfaces(&h->direct_connect);
	for (size_t i = 0; i < interfaces.n; i++) {
		const struct virtual_interface *v = &interfaces.items[i];

		if (WRITTEN(v, bgp_asn))
			ends_differ(r, &end, v->bgp_asn, v->at.bgp_asn.value);
	}
}

/* Source: AWS Direct Connect user guide, transit gateway associations. */
void rule_gateway_asns(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct amazon_end transit, direct;
	struct diag *d;

	if (h == NULL || !gateway_is_transit(&h->gateway))
		return;
	transit = gateway_end(&h->gateway);
	direct = direct_connect_end(&h->direct_connect);
	if (!transit.known || !direct.known || transit.asn != direct.asn)
		return;
	d = diag_same_asn_of_gateways(r->ds, direct.at, (long long)direct.asn);
	label_end(r, d, &transit);
	diag_help(r->ds, d, "give one of them another `AmazonSideAsn`");
}

/* ---- numbers that nobody may have ---- */

static const struct reserved_asn {
	int64_t asn;
	const char *region; /* where AWS keeps it; NULL: everywhere */
	const char *why;
	bool vpn_only;
} reserved[] = {
	/* Source: RFC 6793, RFC 7300. */
	{23456, NULL, "it stands for numbers of 32 bits where a router knows 16", false},
	{65535, NULL, "it is the last one of 16 bits and given to nobody", false},
	/* Source: AWS Site-to-Site VPN user guide, customer gateway options, read in 2026. */
	{7224, NULL, "it is Amazon's", false},
	{9059, "eu-west-1", "it is Amazon's in this region", true},
	{10124, "ap-northeast-1", "it is Amazon's in this region", true},
	{17943, "ap-southeast-1", "it is Amazon's in this region", true},
};

static void own_asn(const struct rules *r, const struct field_at *at, int64_t asn, bool vpn)
{
	for (size_t i = 0; is_written(at) && i < ARRAY_LEN(reserved); i++) {
		const struct reserved_asn *s = &reserved[i];
		struct diag *d;

		if (s->asn != asn || (s->vpn_only && !vpn) ||
		    (s->region != NULL && !str_eq(r->region_name, str_c(s->region))))
			continue;
		d = diag_reserved_asn(r->ds, at->value, (long long)asn);
		diag_note(r->ds, d, "%s", s->why);
		diag_help(r->ds, d, "a private one, from %d to %d, serves who has none",
			  PRIVATE_16_FIRST, PRIVATE_16_LAST);
	}
}

void rule_customer_asn(const struct rules *r)
{
	const struct hybrid_network *h = hybrid(r);
	struct virtual_interface_list interfaces;

	if (h == NULL)
		return;
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		const struct customer_gateway *g = &h->vpn_connections.items[i].customer_gateway;

		own_asn(r, &g->at.bgp_asn, g->bgp_asn, true);
	}
	interfaces = virtual_interfaces(&h->direct_connect);
	for (size_t i = 0; i < interfaces.n; i++)
		own_asn(r, &interfaces.items[i].at.bgp_asn, interfaces.items[i].bgp_asn, false);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* environment_cost.c - what of a network and its storage costs by the hour, whether anything runs there or not. */
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"
#include "compiler/facts/prices.h"

/* What the figure is: from where and of when; or that there is none. */
static void note_price(const struct rules *r, struct diag *d, const struct price *p,
		       const char *page)
{
	if (p->known != PRICE_NONE)
		diag_note(r->ds, d,
			  "at " STR_F " an hour, the list price in " STR_F " of " STR_F
			  ", %d hours a month",
			  STR_A(price_text(r->a, p, p->millionths)), STR_A(r->region_name),
			  STR_A(p->date), HOURS_A_MONTH);
	else if (r->region_name.n > 0)
		diag_note(r->ds, d,
			  "what one costs in " STR_F
			  " is not known here: https://aws.amazon.com/%s/pricing/",
			  STR_A(r->region_name), page);
	else
		diag_note(r->ds, d,
			  "what one costs depends on the Region, and the file names none");
}

void note_gb_price(const struct rules *r, struct diag *d, struct str item, const char *what)
{
	struct price p = price_of(r->facts, item, r->region_name);

	if (p.known != PRICE_NONE)
		diag_note(r->ds, d, "%s costs " STR_F " a GB in " STR_F, what,
			  STR_A(price_text(r->a, &p, p.millionths)), STR_A(r->region_name));
}

/* ---- NAT gateways ---- */

static bool has_subnet(const struct net *n, enum subnet_type type, size_t zone)
{
	for (size_t i = 0; i < n->nsubnets; i++)
		if (n->subnets[i].type == type && n->subnets[i].zone == zone)
			return true;
	return false;
}

/* One, or one in each zone that has both a place for it and somebody who needs it. */
static unsigned nat_gateways(const struct net *n)
{
	unsigned count = 0;

	for (size_t i = 0; n->nat == NETWORK_NAT_GATEWAY_PER_AZ && i < n->nzones; i++)
		count += has_subnet(n, SUBNET_TYPE_PUBLIC, i) &&
			 has_subnet(n, SUBNET_TYPE_PRIVATE, i);
	return count > 0 ? count : 1;
}

void rule_nat_gateways_cost(const struct rules *r)
{
	const struct net *n = r->net;
	struct price p = price_of(r->facts, STR("nat-gateway"), r->region_name);
	struct str cost = {0};
	struct diag *d;

	if (n == NULL || !WRITTEN(n->m, nat_gateway) || n->nat == NETWORK_NAT_GATEWAY_NONE ||
	    n->nat == NETWORK_NAT_GATEWAY_REGIONAL)
		return;
	if (p.known != PRICE_NONE)
		cost = price_text(r->a, &p, price_a_month(&p, 1));
	d = diag_nat_gateway_cost(r->ds, n->m->at.nat_gateway.value, nat_gateways(n), cost);
	note_price(r, d, &p, "vpc");
	note_gb_price(r, d, STR("nat-gateway-data"), "what goes through one");
}

/* ---- interface endpoints ---- */

/* How many the presets and the list come to, each service once. */
static unsigned interface_endpoints(const struct rules *r)
{
	const struct endpoints *m = &r->net->m->endpoints;
	size_t n = m->preset.n + m->interfaces.n;
	struct str *words = NEW_ARRAY(r->a, struct str, n + 1);

	for (size_t i = 0; i < n; i++)
		words[i] = i < m->preset.n ? m->preset.items[i].text
					   : m->interfaces.items[i - m->preset.n].text;
	return (unsigned)facts_endpoints_named(r->facts, words, n, r->region_name);
}

/* How many subnets each of them has an address in. */
static unsigned endpoint_subnets(const struct net *n)
{
	unsigned count = 0;
	size_t it = 0;

	if (n->m->endpoints.subnet_names.n > 0)
		return (unsigned)n->m->endpoints.subnet_names.n;
	while (net_next_inner_zone(n, &it) != NULL)
		count++;
	return count;
}

/* An endpoint costs as many times as it has subnets. */
void rule_endpoints_cost(const struct rules *r)
{
	const struct endpoints *m = r->net != NULL ? &r->net->m->endpoints : NULL;
	struct price p = price_of(r->facts, STR("interface-endpoint"), r->region_name);
	unsigned n, subnets;
	struct str cost = {0};

	if (m == NULL || is_poisoned(&r->net->m->at.endpoints) || !USABLE(m, preset) ||
	    !USABLE(m, interfaces) || !USABLE(m, subnet_names))
		return;
	n = interface_endpoints(r);
	subnets = endpoint_subnets(r->net);
	if (n == 0 || subnets == 0)
		return;
	if (p.known != PRICE_NONE)
		cost = price_text(r->a, &p, price_a_month(&p, (uint64_t)n * subnets));
	note_price(r,
		   diag_endpoint_cost(
			   r->ds, WRITTEN(m, preset) ? m->at.preset.value : m->at.interfaces.value,
			   n, subnets, cost),
		   &p, "privatelink");
}

/* ---- what stays ---- */

static void scratch_stays(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
	struct diag *d;

	if (!is_new_lustre(s) || is_persistent(f) || !USABLE(f, deployment_type) ||
	    !WRITTEN(f, deletion_policy) ||
	    f->deletion_policy != FSX_LUSTRE_SETTINGS_DELETION_POLICY_RETAIN)
		return;
	d = diag_scratch_stays(r->ds, f->at.deletion_policy.value, s->name);
	diag_note(r->ds, d,
		  "it is paid for by its size, full or empty: "
		  "https://aws.amazon.com/fsx/lustre/pricing/");
	diag_help(r->ds, d, "`Delete`, the default of scratch storage, ends it with the stack");
}

void rule_scratch_ends(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, scratch_stays);
}

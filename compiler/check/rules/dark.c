/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dark.c - nodes in subnets without a way to the internet: what they would take from there, and whom they call.
 *
 * Source: the scripts in templates/; doc/runtime.md, "Where software comes from".
 */
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/standing.h"
#include "compiler/model/hybrid.h"

/* ---- questions ---- */

static bool has_default_route(const struct model_strings *blocks)
{
	for (size_t i = 0; i < blocks->n; i++)
		if (!text_is_known(blocks->items[i].text) ||
		    str_ends(blocks->items[i].text, STR("/0")))
			return true;
	return false;
}

/* Does everything that has no other route go to the data centre of the environment, which may let it out? */
static bool leads_home(const struct rules *r)
{
	const struct hybrid_network *h = r->on != NULL ? &r->on->e->hybrid_network : NULL;

	if (h == NULL || !has_hybrid(h))
		return false;
	for (size_t i = 0; i < h->vpn_connections.n; i++) {
		struct model_strings routes = vpn_routes(h, &h->vpn_connections.items[i]);

		if (has_default_route(&routes))
			return true;
	}
	return has_default_route(&h->on_premises_cidrs);
}

/* Has a subnet no way to the internet, as far as its network tells? */
static bool is_dark(const struct rules *r, const struct net_subnet *s)
{
	const struct net *n = standing_net(r);

	if (s->type == SUBNET_TYPE_PUBLIC || (r->net == NULL && leads_home(r)))
		return false;
	if (s->type == SUBNET_TYPE_ISOLATED)
		return true;
	/* The routes of an existing subnet are as its Type says. */
	return s->type == SUBNET_TYPE_PRIVATE && s->id.n == 0 && n->nat == NETWORK_NAT_GATEWAY_NONE;
}

static bool is_head(const struct rules *r, const struct standing_nodes *n)
{
	return n->image == &r->c->head_node.image;
}

/*
 * The first subnet in the dark in which the nodes may stand; NULL as well where a proxy leads out, or where W1649 tells
 * the head node to stand elsewhere.
 */
static const struct net_subnet *dark_subnet(const struct rules *r, const struct standing_nodes *n)
{
	if (n->proxy == NULL || n->proxy->section.written ||
	    (is_head(r, n) && standing_cut_off(r) != NULL))
		return NULL;
	for (size_t i = 0; i < n->subnets->n; i++) {
		const struct net_subnet *s = standing_subnet(r, n->subnets->items[i].text);

		if (s != NULL && is_dark(r, s))
			return s;
	}
	return NULL;
}

/* That of the head node, likewise. */
static const struct net_subnet *dark_head(const struct rules *r)
{
	const struct head_node_networking *h = &r->c->head_node.networking;
	const struct net_subnet *s = standing_subnet(r, h->subnet_id);

	return s != NULL && !h->proxy.section.written && is_dark(r, s) &&
			       standing_cut_off(r) == NULL
		       ? s
		       : NULL;
}

/* ---- what nodes take from the internet ---- */

enum { MOST_TAKEN = 4 };

static bool is_amazon(enum image_os os)
{
	return os == IMAGE_OS_ALINUX2023 || os == IMAGE_OS_ALINUX2;
}

/* What nodes take that boot from an image of the distribution. How many. */
static size_t taken(const struct rules *r, const struct standing_nodes *n,
		    struct str ret[MOST_TAKEN])
{
	const struct image *image = &r->c->image;
	size_t k = 0;

	/* Only the head node builds Slurm, where the distribution has none that is new enough; others mount it. */
	if (is_head(r, n) && image->os != IMAGE_OS_UBUNTU2404)
		ret[k++] = STR("Slurm");
	if (!is_amazon(image->os))
		ret[k++] = arena_fmt(r->a, "the packages of " STR_F,
				     STR_A(enum_text(PROP_Image_Os, (int)image->os)));
	if (n->queue != NULL && queue_uses_efa(n->queue))
		ret[k++] = STR("the EFA software");
	if (n->dcv != NULL && USABLE(n->dcv, enabled) && n->dcv->enabled)
		ret[k++] = STR("DCV");
	return k;
}

static void dark_packages(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	const struct net_subnet *s = dark_subnet(r, n);
	struct str what[MOST_TAKEN];
	size_t k = taken(r, n, what);
	struct diag *d;

	(void)data;
	if (s == NULL || k == 0 || n->image->at.custom_ami.state != FIELD_ABSENT ||
	    n->image->section.poisoned)
		return;
	d = diag_dark_packages(r->ds, n->at, n->what, names_in_line(r, what, k), s->name);
	diag_label(r->ds, d, r->c->image.at.os.value, "the system");
	if (is_amazon(r->c->image.os))
		diag_note(r->ds, d,
			  "of what nodes install, only the packages of Amazon Linux are in S3");
	diag_help(r->ds, d, "write a `CustomAmi` that has it, or take a subnet with a NAT gateway");
}

void rule_dark_packages(const struct rules *r)
{
	const struct image *i = &r->c->image;

	if (standing_net(r) != NULL && WRITTEN(i, os) && i->at.custom_ami.state == FIELD_ABSENT &&
	    !i->section.poisoned)
		each_standing(r, dark_packages, NULL);
}

/* ---- whom the head node calls ---- */

static bool lists(const struct model_strings *words, struct str word)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq(words->items[i].text, word))
			return true;
	return false;
}

/* Is there an endpoint of the service: a listed one, or one of those for clusters? */
static bool has_endpoint(const struct rules *r, const struct endpoints *e, struct str service)
{
	const struct endpoint_service *s = facts_endpoint(r->facts, service);

	return lists(&e->interfaces, service) || (s != NULL && (s->presets & PRESET_CLUSTER) != 0 &&
						  lists(&e->preset, STR("CLUSTER")));
}

/* Has the partition Route 53 behind an endpoint? */
static bool offers_route53(const struct rules *r)
{
	return r->region == NULL || str_eq(r->region->partition, STR("aws"));
}

void rule_dark_names(const struct rules *r)
{
	const struct dns *dns = &r->c->scheduling.slurm_settings.dns;
	const struct net *n = standing_net(r);
	const struct net_subnet *s = n != NULL ? dark_head(r) : NULL;
	struct diag *d;

	if (s == NULL || !USABLE(dns, disable_managed_dns) || dns->disable_managed_dns ||
	    is_poisoned(&n->m->at.endpoints) ||
	    (offers_route53(r) && has_endpoint(r, &n->m->endpoints, STR("route53"))))
		return;
	d = diag_dark_names(r->ds, r->c->head_node.networking.at.subnet_id.value, s->name);
	diag_note(r->ds, d, "it writes the names of nodes to Route 53 when it starts them");
	diag_help(
		r->ds, d,
		"write `SlurmSettings: {Dns: {DisableManagedDns: true, UseEc2Hostnames: true}}`%s",
		offers_route53(r)
			? ", or give the network an endpoint: `Endpoints: {Preset: CLUSTER}`"
			: "");
}

static bool asks_fsx(const struct rules *r)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];

		if (s->fsx_lustre_settings.at.file_system_id.state != FIELD_ABSENT ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXONTAP ||
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FILECACHE)
			return true;
	}
	return false;
}

static bool has_secret(const struct cluster *c)
{
	return c->scheduling.slurm_settings.munge_key_secret_arn.n > 0 ||
	       c->scheduling.slurm_settings.database.password_secret_arn.n > 0 ||
	       c->directory_service.password_secret_arn.n > 0;
}

/* Those of the services that the cluster calls at boot and later to which no endpoint leads. How many. */
static size_t unreached(const struct rules *r, const struct endpoints *e, struct str *ret,
			size_t most)
{
	const struct cloud_watch_logs *logs = &r->c->monitoring.logs.cloud_watch;
	const struct {
		struct str service;
		bool called;
	} calls[] = {
		{STR("cloudformation"), true},
		{STR("ec2"), true},
		{STR("logs"), USABLE(logs, enabled) && logs->enabled},
		{STR("secretsmanager"), has_secret(r->c)},
		{STR("autoscaling"), r->c->login_nodes.pools.n > 0},
		{STR("fsx"), asks_fsx(r)},
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(calls) && n < most; i++)
		if (calls[i].called && !has_endpoint(r, e, calls[i].service))
			ret[n++] = calls[i].service;
	return n;
}

void rule_dark_services(const struct rules *r)
{
	enum { MOST = 6 };
	const struct net *n = standing_net(r);
	const struct net_subnet *s = n != NULL ? dark_head(r) : NULL;
	const struct endpoints *e = n != NULL ? &n->m->endpoints : NULL;
	struct str names[MOST];
	struct diag *d;
	size_t k;

	/* A VPC that exists may have endpoints that nobody describes. */
	if (s == NULL || !n->is_new || is_poisoned(&n->m->at.endpoints) || e->section.poisoned)
		return;
	k = unreached(r, e, names, MOST);
	/* W1023 says it of a network of the file's own, where there is a list. */
	if (k == 0 || (r->net != NULL && e->interfaces.n > 0 && e->preset.n == 0))
		return;
	d = diag_dark_services(r->ds, r->c->head_node.networking.at.subnet_id.value, s->name,
			       names_in_line(r, names, k));
	diag_label(r->ds, d, section_span(s->at), "it has no way to the internet");
	if (!lists(&e->preset, STR("CLUSTER")))
		diag_help(r->ds, d, "`Endpoints: {Preset: CLUSTER%s}` in the network makes them",
			  str_eq(names[k - 1], STR("fsx")) ? ", Interfaces: [fsx]" : "");
	else
		diag_help(r->ds, d, "add `Interfaces: [fsx]` to the endpoints of the network");
}

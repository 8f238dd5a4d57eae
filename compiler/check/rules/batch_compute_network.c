/* SPDX-License-Identifier: Apache-2.0 */
/* batch_compute_network.c - where compute environments stand, and what they reach from there. */
#include "compiler/check/rules/batch_compute.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/standing.h"
#include "compiler/model/network.h"

/* ---- there are subnets ---- */

/* Does the file say where it stands, or may it, where that is faulty? */
static bool says_ground(const struct rules *r)
{
	return !ABSENT(r->b, network) || !ABSENT(r->b, environment) || !USABLE(r->b, networking) ||
	       r->b->networking.section.poisoned;
}

static bool lacks_subnets(const struct batch_environment *e)
{
	return USABLE(e->m, networking) && e->m->networking.at.subnet_ids.state == FIELD_ABSENT &&
	       !e->m->networking.section.poisoned;
}

/* One finding for all of them. */
void rule_compute_has_subnets(const struct rules *r)
{
	struct diag *d = NULL;

	for (size_t i = 0; !says_ground(r) && i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];

		if (!lacks_subnets(e))
			continue;
		if (d != NULL) {
			diag_label(r->ds, d, section_span(&e->m->section), "nor has this one");
			continue;
		}
		d = diag_compute_without_subnets(r->ds, section_span(&e->m->section),
						 environment_words(r, e));
		diag_help(r->ds, d,
			  "write `Networking: {SubnetIds: [subnet-...]}` at the top of the file "
			  "or here, `Environment`, or a `Network` of its own");
	}
}

/* ---- they lead to AWS ---- */

/* Are there endpoints in the network, by which its subnets reach AWS without the internet? */
static bool has_endpoints(const struct net *n)
{
	const struct endpoints *e = &n->m->endpoints;

	return has_interfaces(e) || !USABLE(n->m, endpoints) || !USABLE(e, preset) ||
	       !USABLE(e, interfaces);
}

/* Do tasks ask for an address by their job definition? */
static bool jobs_take_address(const struct rules *r, const struct batch_environment *e)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		if (c.m->network_configuration.assign_public_ip && batch_runs_in(c.job, e))
			return true;
	return false;
}

/* Does what stands in the subnet have an address of the internet? */
static bool has_address(const struct rules *r, const struct batch_environment *e,
			const struct net_subnet *s)
{
	const struct batch_networking *n = &e->m->networking;

	if (!USABLE(n, assign_public_ip))
		return true;
	if (WRITTEN(n, assign_public_ip))
		return n->assign_public_ip;
	return e->fargate ? jobs_take_address(r, e) : s->map_public_ip;
}

/* Is it surely cut off in the subnet? What routes of private subnets lead to is the matter of other rules. */
static bool is_cut_off(const struct rules *r, const struct batch_environment *e,
		       const struct net_subnet *s)
{
	switch (s->type) {
	case SUBNET_TYPE_PUBLIC:
		return !has_address(r, e, s);
	case SUBNET_TYPE_ISOLATED:
		return true;
	case SUBNET_TYPE_PRIVATE:
	case SUBNET_TYPE_UNSET:
		return false;
	}
	BUG("no such type of subnet: %d", (int)s->type);
}

/* The first subnet of the environment when all of them are known to be so; NULL otherwise. */
static const struct net_subnet *
all_subnets(const struct rules *r, const struct batch_environment *e,
	    bool (*are)(const struct rules *r, const struct batch_environment *e,
			const struct net_subnet *s))
{
	const struct model_strings *subnets = &e->m->networking.subnet_ids;
	const struct net_subnet *first = NULL;

	for (size_t i = 0; i < subnets->n; i++) {
		const struct net_subnet *s = standing_subnet(r, subnets->items[i].text);

		if (s == NULL || !are(r, e, s))
			return NULL;
		first = first != NULL ? first : s;
	}
	return WRITTEN(&e->m->networking, subnet_ids) ? first : NULL;
}

static void help_way(const struct rules *r, struct diag *d, const struct net_subnet *s)
{
	if (s->type == SUBNET_TYPE_PUBLIC)
		diag_help(r->ds, d,
			  "write `AssignPublicIp: true` in Networking, or take private subnets "
			  "with a NAT gateway");
	else
		diag_help(r->ds, d,
			  "write `Endpoints: {Preset: [BATCH, FARGATE]}` in the network, or take "
			  "private subnets");
}

void rule_compute_way_out(const struct rules *r)
{
	const struct net *net = standing_net(r);

	for (size_t i = 0; net != NULL && !has_endpoints(net) && i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		const struct net_subnet *s = all_subnets(r, e, is_cut_off);
		struct diag *d;

		if (s == NULL || !USABLE(e->m, type))
			continue;
		d = (e->fargate ? diag_tasks_cut_off : diag_instances_cut_off)(
			r->ds, e->m->networking.at.subnet_ids.value, s->name);
		diag_label(r->ds, d, section_span(&e->m->section), "%s",
			   e->fargate ? "its tasks" : "its instances");
		diag_label(r->ds, d, section_span(s->at), "it is %s",
			   s->type == SUBNET_TYPE_PUBLIC ? "PUBLIC" : "ISOLATED");
		help_way(r, d, s);
	}
}

/* ---- images come from there ---- */

/* Registries on the internet, which no endpoint of AWS leads to. */
static bool is_on_internet(struct str image)
{
	static const char *const hosts[] = {"docker.io", "public.ecr.aws",   "quay.io",
					    "ghcr.io",	 "gcr.io",	     "nvcr.io",
					    "k8s.io",	 "mcr.microsoft.com"};
	size_t slash = str_find(image, '/', 0);
	struct str host = str_slice(image, 0, slash);

	if (slash == image.n ||
	    (str_find(host, '.', 0) == host.n && str_find(host, ':', 0) == host.n &&
	     !str_eq(host, STR("localhost"))))
		return true; /* without a host it is of Docker Hub */
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (str_ends(host, str_c(hosts[i])))
			return true;
	return false;
}

static bool has_no_internet(const struct rules *r, const struct batch_environment *e,
			    const struct net_subnet *s)
{
	return is_cut_off(r, e, s) || (s->type == SUBNET_TYPE_PRIVATE && s->id.n == 0 &&
				       standing_net(r)->nat == NETWORK_NAT_GATEWAY_NONE);
}

static void image_reached(const struct rules *r, const struct batch_container *c)
{
	for (size_t q = 0; q < c->job->nqueues; q++)
		for (size_t i = 0; i < c->job->queues[q]->nenvironments; i++) {
			const struct batch_environment *e = c->job->queues[q]->environments[i];
			const struct net_subnet *s = all_subnets(r, e, has_no_internet);
			struct diag *d;

			if (s == NULL)
				continue;
			d = diag_image_unreachable(r->ds, c->m->at.image.value, e->name);
			diag_label(r->ds, d, section_span(s->at),
				   "no way leads from its subnet to the internet");
			diag_help(r->ds, d,
				  "copy the image to one of `Repositories`, and name that "
				  "by `Repository`");
			return;
		}
}

/* Endpoints lead to the private registry of ECR alone. */
void rule_image_reached(const struct rules *r)
{
	struct batch_container c = {0};

	while (standing_net(r) != NULL && next_container(r->batch, &c))
		if (KNOWN(c.m, image) && has_endpoints(standing_net(r)) &&
		    is_on_internet(c.m->image))
			image_reached(r, &c);
}

/* ---- they have addresses ---- */

enum { KEPT_ADDRESSES = 5 }; /* of each subnet, by AWS */

/* Addresses of its subnets together; 0 where one is not known. */
static uint64_t addresses_of(const struct rules *r, const struct batch_environment *e)
{
	const struct model_strings *subnets = &e->m->networking.subnet_ids;
	uint64_t n = 0;

	for (size_t i = 0; i < subnets->n; i++) {
		const struct net_subnet *s = standing_subnet(r, subnets->items[i].text);

		if (s == NULL || !s->has_block || cidr_size(s->block) <= KEPT_ADDRESSES)
			return 0;
		n += cidr_size(s->block) - KEPT_ADDRESSES;
	}
	return n;
}

/* The fewest vCPUs of a job that may run there, and of more than one node; 1 where none says it. */
static double smallest_job(const struct rules *r, const struct batch_environment *e)
{
	struct batch_container c = {0};
	double least = 0;

	while (next_container(r->batch, &c))
		if (WRITTEN(c.m, vcpus) && c.m->vcpus > 0 && batch_runs_in(c.job, e) &&
		    (least == 0 || c.m->vcpus < least))
			least = c.m->vcpus;
	return least > 0 ? least : 1;
}

/* The most tasks or instances at a time; 0 unknown. */
static uint64_t most_of(const struct rules *r, const struct batch_environment *e)
{
	struct batch_type t = {0};
	uint64_t max = (uint64_t)e->m->maxv_cpus;
	unsigned least = 0;

	if (e->fargate)
		return (uint64_t)((double)max / smallest_job(r, e));
	while (next_batch_type(r, e, &t))
		if (least == 0 || t.type->vcpus < least)
			least = t.type->vcpus;
	return least > 0 ? max / least : 0;
}

void rule_compute_addresses(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		uint64_t there = addresses_of(r, e), most;
		bool twice = !e->fargate && runs_multinode(r, e);
		struct diag *d;

		if (there == 0 || !WRITTEN(e->m, maxv_cpus) || !USABLE(e->m, type))
			continue;
		most = most_of(r, e);
		if (most * (twice ? 2 : 1) <= there)
			continue;
		d = diag_few_addresses(r->ds, e->m->at.maxv_cpus.value, (unsigned long long)most,
				       e->fargate ? "tasks" : "instances",
				       (unsigned long long)there);
		diag_label(r->ds, d, e->m->networking.at.subnet_ids.value, "its subnets");
		if (twice)
			diag_note(r->ds, d, "each node of a multi-node job takes another address");
		diag_note(r->ds, d,
			  e->fargate ? "so many of the smallest job run at MaxvCpus"
				     : "so many of the smallest type run at MaxvCpus");
		diag_help(r->ds, d, "take larger subnets, or lower MaxvCpus");
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_multinode_network.c - how the nodes of one job reach each other: placement groups, zones, EFA, addresses.
 *
 * Source: AWS Batch user guide, Compute environment considerations of multi-node parallel jobs; Elastic Fabric Adapter.
 */
#include "compiler/check/rules/batch_fleet.h"
#include "compiler/check/rules/standing.h"
#include "compiler/model/network.h"

static bool has_group(const struct compute_environment *m)
{
	const struct placement_group *g = &m->networking.placement_group;

	return (WRITTEN(g, enabled) && g->enabled) || g->at.name.state != FIELD_ABSENT ||
	       g->at.id.state != FIELD_ABSENT || is_poisoned(&m->networking.at.placement_group) ||
	       g->section.poisoned || m->capacity_block;
}

bool batch_spans_zones(const struct rules *r, const struct compute_environment *m)
{
	const struct model_strings *ids = &m->networking.subnet_ids;
	size_t first = NET_NO_ZONE;

	for (size_t i = 0; i < ids->n; i++) {
		const struct net_subnet *s = standing_subnet(r, ids->items[i].text);

		if (s == NULL || s->zone == NET_NO_ZONE)
			continue;
		if (first == NET_NO_ZONE)
			first = s->zone;
		else if (s->zone != first)
			return true;
	}
	return false;
}

static void near_each_other(const struct rules *r, const struct batch_job *j,
			    const struct batch_environment *e)
{
	struct diag *d;

	if (batch_spans_zones(r, e->m)) {
		d = diag_multinode_zones(r->ds, job_span(j), e->name);
		diag_label(r->ds, d, e->m->networking.at.subnet_ids.value, "its subnets");
		diag_help(r->ds, d,
			  "give the compute environment one subnet, with `Networking: "
			  "{SubnetIds: [...]}`");
	} else if (!has_group(e->m)) {
		d = diag_multinode_no_group(r->ds, job_span(j), e->name);
		diag_help(r->ds, d,
			  "add to it `Networking: {PlacementGroup: {Enabled: true}}`: instances "
			  "stand close to each other, or do not start");
	}
}

/* Types of which each has EFA, and none uses it. */
static void efa_unused(const struct rules *r, const struct fleet *own, const struct batch_job *j)
{
	const struct efa *m = &own->e->m->efa;
	struct diag *d;

	if (!own->whole || own->n == 0 || m->at.enabled.state != FIELD_ABSENT ||
	    m->section.poisoned || is_poisoned(&own->e->m->at.efa))
		return;
	for (size_t i = 0; i < own->n; i++)
		if (own->types[i].type->efa_max == 0)
			return;
	d = diag_multinode_no_efa(r->ds, job_span(j), own->types[0].type->name, own->e->name);
	diag_label(r->ds, d, own->types[0].word->at, "a type with EFA");
	diag_help(r->ds, d, "add to the compute environment `Efa: {Enabled: true}`");
}

static void no_address(const struct rules *r, const struct batch_job *j,
		       const struct batch_environment *e)
{
	const struct batch_networking *n = &e->m->networking;
	struct diag *d;

	if (!WRITTEN(n, assign_public_ip) || !n->assign_public_ip)
		return;
	d = diag_multinode_public(r->ds, job_span(j), e->name);
	diag_label(r->ds, d, n->at.assign_public_ip.value, "public addresses are asked for here");
	diag_note(r->ds, d,
		  "each node has a network interface of its own, which gets no public address");
	diag_help(r->ds, d, "take private subnets with a NAT gateway or endpoints");
}

/* Each environment once for a job. */
static bool seen_before(const struct batch_job *j, size_t queue, size_t place)
{
	const struct batch_environment *e = j->queues[queue]->environments[place];

	for (size_t i = 0; i <= queue; i++)
		for (size_t k = 0; k < (i == queue ? place : j->queues[i]->nenvironments); k++)
			if (j->queues[i]->environments[k] == e)
				return true;
	return false;
}

static void job_network(const struct rules *r, const struct fleets *f, const struct batch_job *j)
{
	for (size_t i = 0; i < j->nqueues; i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments; k++) {
			const struct batch_environment *e = j->queues[i]->environments[k];

			if (e->fargate || e->spot || seen_before(j, i, k))
				continue;
			no_address(r, j, e);
			if (j->m->node_properties.num_nodes > 1) {
				near_each_other(r, j, e);
				efa_unused(r, fleet_of(f, e), j);
			}
		}
}

void rule_multinode_network(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	for (size_t i = 0; i < r->batch->njobs; i++)
		if (r->batch->jobs[i].multinode && !r->batch->jobs[i].fargate)
			job_network(r, &f, &r->batch->jobs[i]);
}

/* ---- memlock ---- */

void rule_efa_memlock(const struct rules *r)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c))
		for (size_t i = 0; job_uses_efa(c.job) && i < c.m->ulimits.n; i++) {
			const struct ulimit *u = &c.m->ulimits.items[i];
			struct diag *d;

			if (!WRITTEN(u, name) || u->name != ULIMIT_NAME_MEMLOCK ||
			    !WRITTEN(u, soft_limit) || !WRITTEN(u, hard_limit) ||
			    (u->soft_limit == -1 && u->hard_limit == -1))
				continue;
			d = diag_memlock_limited(r->ds, u->at.name.value);
			diag_label(r->ds, d,
				   u->soft_limit != -1 ? u->at.soft_limit.value
						       : u->at.hard_limit.value,
				   "a limit");
			diag_note(r->ds, d, "EFA pins the memory of its buffers");
			diag_help(r->ds, d,
				  "leave it out, which gives it none, or write `SoftLimit: -1`, "
				  "`HardLimit: -1`");
		}
}

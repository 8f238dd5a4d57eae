/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - one line about a stack: what it may grow to, and how large its template is. */
#include "compiler/base/shown.h"
#include "compiler/driver/driver.h"
#include "compiler/model/demand.h"

#include <inttypes.h>

/* What the nodes of a stack add up to when all run. */
struct totals {
	int64_t queues, nodes, always, vcpus, gpus, efa_nodes;
	int64_t environments, least_vcpus, most_vcpus; /* compute environments of AWS Batch */
};

/* The largest of the types that may be started, by vCPUs; NULL when none is known. */
static const struct instance_type *largest_type(const struct facts *f, const struct demand *d)
{
	const struct instance_type *best = NULL;

	for (size_t i = 0; i < d->ntypes; i++) {
		const struct instance_type *t = facts_instance(f, d->types[i].text);

		if (t != NULL && (best == NULL || t->vcpus > best->vcpus))
			best = t;
	}
	return best;
}

static void add_nodes(const struct facts *f, const struct demand *d, struct totals *t)
{
	const struct instance_type *type = largest_type(f, d);

	t->nodes += d->max;
	t->always += d->min;
	if (d->efa)
		t->efa_nodes += d->max;
	if (type == NULL)
		return;
	t->vcpus += d->max * (d->one_thread ? type->cores : type->vcpus);
	t->gpus += d->max * type->gpu.count;
}

static struct totals add_up(const struct facts *f, struct demand_list l)
{
	struct totals t = {0};

	for (size_t i = 0; i < l.n; i++) {
		const struct demand *d = &l.items[i];

		if (d->what == DEMAND_QUEUE)
			t.queues++;
		else if (d->what == DEMAND_COMPUTE_NODES)
			add_nodes(f, d, &t);
		if (d->what != DEMAND_ENVIRONMENT)
			continue;
		t.environments++;
		t.least_vcpus += d->min;
		t.most_vcpus += d->max;
	}
	return t;
}

/* Begins another part of the line. */
static void next_part(struct buf *b, const char **between)
{
	buf_fmt(b, "%s", *between);
	*between = "; ";
}

static void nodes(struct buf *b, const struct totals *t, const char **between)
{
	if (t->queues == 0)
		return;
	next_part(b, between);
	buf_fmt(b, "%" PRId64 " %s, %" PRId64 " to %" PRId64 " nodes, at most %" PRId64 " vCPUs",
		t->queues, t->queues == 1 ? "queue" : "queues", t->always, t->nodes, t->vcpus);
	if (t->gpus > 0)
		buf_fmt(b, " and %" PRId64 " GPUs", t->gpus);
	if (t->efa_nodes > 0)
		buf_fmt(b, ", EFA on %" PRId64, t->efa_nodes);
}

static void environments(struct buf *b, const struct totals *t, const char **between)
{
	if (t->environments == 0)
		return;
	next_part(b, between);
	buf_fmt(b, "%" PRId64 " compute %s, %" PRId64 " to %" PRId64 " vCPUs", t->environments,
		t->environments == 1 ? "environment" : "environments", t->least_vcpus,
		t->most_vcpus);
}

static void storage(struct buf *b, struct demand_list l, const char **between)
{
	bool first = true;

	for (size_t i = 0; i < l.n; i++) {
		const struct demand *d = &l.items[i];

		if (d->what != DEMAND_STORAGE)
			continue;
		if (first)
			next_part(b, between);
		buf_fmt(b, "%s" STR_F, first ? "storage " : ", ",
			STR_A(shown_line(b->a, span_text(d->types[0].at))));
		if (d->mount_dir.n > 0)
			buf_fmt(b, " on " STR_F, STR_A(shown_line(b->a, d->mount_dir)));
		else /* an environment mounts nothing */
			buf_fmt(b, " " STR_F, STR_A(shown_line(b->a, d->name)));
		first = false;
	}
}

/* What a network is made of, and what is stored beside file systems: each type that is told in numbers. */
static const struct {
	const char *type, *one, *several;
} counted[] = {
	{"AWS::EC2::Subnet", "subnet", "subnets"},
	{"AWS::EC2::NatGateway", "NAT gateway", "NAT gateways"},
	{"AWS::EC2::VPCEndpoint", "endpoint", "endpoints"},
	{"AWS::EC2::VPNConnection", "VPN connection", "VPN connections"},
	{"AWS::S3::Bucket", "bucket", "buckets"},
};

static void counts(struct buf *b, const struct ir *g, const char **between)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		size_t n = 0;

		for (size_t k = 0; k < g->resources.n; k++) {
			const struct ir_resource *r = g->resources.items[k].value;

			n += str_eq(r->type, str_c(counted[i].type));
		}
		if (n == 0)
			continue;
		if (first)
			next_part(b, between);
		buf_fmt(b, "%s%zu %s", first ? "" : ", ", n,
			n == 1 ? counted[i].one : counted[i].several);
		first = false;
	}
}

struct str summary_line(struct arena *a, const struct facts *facts, const struct compilation *c,
			size_t template_bytes)
{
	struct demand_list demand = demand_of(a, c->model);
	struct totals t = add_up(facts, demand);
	const char *between = ": ";
	struct buf b = buf_in(a);

	buf_add(&b, shown_line(a, c->src->name));
	if (c->declaration != NULL)
		buf_fmt(&b, " " STR_F, STR_A(c->declaration->name));
	nodes(&b, &t, &between);
	environments(&b, &t, &between);
	counts(&b, c->graph, &between);
	storage(&b, demand, &between);
	next_part(&b, &between);
	buf_fmt(&b, "%zu resources, %zu bytes%s\n", c->graph->resources.n, template_bytes,
		template_bytes > CFN_DIRECT_LIMIT ? " (over 51200: deploying needs a bucket)" : "");
	return buf_str(&b);
}

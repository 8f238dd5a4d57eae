/* SPDX-License-Identifier: Apache-2.0 */
/* placed.c - subnets and groups that a file does not name, from its network or its environment. */
#include "compiler/check/placed.h"

#include "compiler/base/open_text.h"
#include "compiler/check/placed_batch.h"
#include "compiler/model/effective.h"
#include "compiler/model/foundation.h"

#include <string.h>

/* Where the file stands. */
struct standing {
	struct arena *a;
	const struct facts *facts;
	const struct net *net;		 /* its own; NULL: it stands on an environment */
	struct str inner;		 /* the output of that environment for all nodes */
	const struct net_subnet *shared; /* the one for all queues, or NULL */
	struct span at;			 /* the key of the section that says it */
};

static struct field_at filled(const struct standing *w)
{
	return (struct field_at){FIELD_WRITTEN, w->at, w->at};
}

static struct model_strings list_of(const struct standing *w, struct str text)
{
	struct model_string *item = NEW(w->a, struct model_string);

	*item = (struct model_string){text, w->at};
	return (struct model_strings){item, 1};
}

/* ---- subnets of a network ---- */

static struct str id_of(const struct standing *w, const struct net_subnet *s)
{
	return s->id.n > 0 ? s->id
			   : text_refer(w->a, arena_fmt(w->a, SUBNET_WORD STR_F, STR_A(s->name)));
}

/* Where nodes stand that people log in to; NULL in a network without subnets, which is reported. */
static const struct net_subnet *front_subnet(const struct standing *w)
{
	const struct net_subnet *s = net_first(w->net, SUBNET_TYPE_PUBLIC);

	return s != NULL ? s : net_first_inner(w->net);
}

/* Is the type known not to be sold in the zone of the subnet? Of zones without an id nothing is known. */
static bool is_missing(const struct standing *w, const struct net_subnet *s, struct str type)
{
	return s->zone != NET_NO_ZONE && type.n > 0 &&
	       facts_offered_in_zone(w->facts, type, w->net->zones[s->zone].name) == KNOWN_NO;
}

/* Does the zone of the subnet sell one type of each compute resource? */
static bool sells(const struct standing *w, const struct slurm_queue *q, const struct net_subnet *s)
{
	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct slurm_compute_resource *r = &q->compute_resources.items[i];
		bool some = r->instances.n == 0 && !is_missing(w, s, r->instance_type);

		for (size_t k = 0; k < r->instances.n && !some; k++)
			some = !is_missing(w, s, r->instances.items[k].instance_type);
		if (!some)
			return false;
	}
	return true;
}

/* May the nodes of the queue stand in several zones? Not where a resource has one type, EFA or a placement group. */
static bool may_spread(const struct slurm_queue *q)
{
	for (size_t i = 0; i < q->compute_resources.n; i++) {
		struct compute it = {.queue = q, .resource = &q->compute_resources.items[i]};

		if (it.resource->at.instances.state == FIELD_ABSENT ||
		    efa_of(it.resource) != EFA_OFF || is_placed(effective_placement(&it)))
			return false;
	}
	return q->compute_resources.n > 0;
}

static bool sells_all(const struct standing *w, const struct slurm_queue_list *queues,
		      const struct net_subnet *s)
{
	for (size_t i = 0; i < queues->n; i++)
		if (!sells(w, &queues->items[i], s))
			return false;
	return true;
}

/* Is there a file system that the cluster makes in one zone, so that all queues belong there? */
static bool has_zonal_storage(const struct cluster *c)
{
	for (size_t i = 0; i < c->shared_storage.n; i++) {
		const struct shared_storage *s = &c->shared_storage.items[i];

		if (s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE &&
		    s->fsx_lustre_settings.at.file_system_id.state == FIELD_ABSENT)
			return true;
	}
	return false;
}

/* Where queues stand that nothing else tells of: in the first private subnet, or what there is instead. */
static const struct net_subnet *back_subnet(const struct standing *w)
{
	const struct net_subnet *s = net_first_inner(w->net);

	return s != NULL ? s : net_first(w->net, SUBNET_TYPE_PUBLIC);
}

/* The first subnet whose zone sells the types of all queues, or the first of all. */
static const struct net_subnet *shared_subnet(const struct standing *w, const struct cluster *c)
{
	const struct net_subnet *s, *first = back_subnet(w);

	for (size_t it = 0; (s = net_next_inner_zone(w->net, &it)) != NULL;)
		if (s->type == first->type && sells_all(w, &c->scheduling.slurm_queues, s))
			return s;
	return first;
}

/* The subnets of a queue: one in each zone in which it may stand, and where there is none the first. */
static struct model_strings queue_subnets(const struct standing *w, const struct slurm_queue *q)
{
	struct model_string *items = NEW_ARRAY(w->a, struct model_string, w->net->nsubnets + 1);
	const struct net_subnet *s, *first = w->shared != NULL ? w->shared : back_subnet(w);
	bool several = may_spread(q);
	size_t n = 0;

	for (size_t it = 0; w->shared == NULL && (s = net_next_inner_zone(w->net, &it)) != NULL;)
		if (s->type == first->type && sells(w, q, s) && (several || n == 0))
			items[n++] = (struct model_string){id_of(w, s), w->at};
	if (n == 0 && first != NULL)
		items[n++] = (struct model_string){id_of(w, first), w->at};
	return (struct model_strings){items, n};
}

/* Does the zone sell one type of each compute resource? Of families and other words of AWS Batch nothing is known. */
static bool sells_batch(const struct standing *w, const struct aws_batch_queue *q,
			const struct net_subnet *s)
{
	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct model_strings *types = &q->compute_resources.items[i].instance_types;
		bool some = types->n == 0;

		for (size_t k = 0; k < types->n && !some; k++)
			some = !is_missing(w, s, types->items[k].text);
		if (!some)
			return false;
	}
	return true;
}

/*
 * The one subnet of a queue of AWS Batch: where its types are sold, best in the zone of the head node, whose exports
 * its jobs mount.
 */
static struct model_strings batch_queue_subnet(const struct standing *w,
					       const struct aws_batch_queue *q)
{
	const struct net_subnet *s, *head = front_subnet(w), *back = back_subnet(w), *best = NULL;

	for (size_t it = 0; (s = net_next_inner_zone(w->net, &it)) != NULL;)
		if (s->type == back->type && sells_batch(w, q, s) &&
		    (best == NULL || (s->zone == head->zone && best->zone != head->zone)))
			best = s;
	best = best != NULL ? best : back;
	return best != NULL ? list_of(w, id_of(w, best)) : (struct model_strings){0};
}

/* ---- filling in ---- */

static struct model_strings front_list(const struct standing *w)
{
	const struct net_subnet *s = w->net != NULL ? front_subnet(w) : NULL;

	if (w->net == NULL)
		return list_of(w, w->inner);
	return s != NULL ? list_of(w, id_of(w, s)) : (struct model_strings){0};
}

/* Adds the environment's group to nodes of whose groups nothing is said. */
static void fill_groups(const struct standing *w, const struct field_at *groups,
			struct field_at *more_at, struct model_strings *more)
{
	if (w->net != NULL || groups->state != FIELD_ABSENT || more_at->state != FIELD_ABSENT)
		return;
	*more = list_of(w, text_refer(w->a, STR("env.SecurityGroup")));
	*more_at = filled(w);
}

static void fill_head(const struct standing *w, struct head_node_networking *n)
{
	struct model_strings front = front_list(w);

	fill_groups(w, &n->at.security_groups, &n->at.additional_security_groups,
		    &n->additional_security_groups);
	if (n->at.subnet_id.state != FIELD_ABSENT || front.n == 0)
		return;
	n->subnet_id = front.items[0].text;
	n->at.subnet_id = filled(w);
	/* An interface of its own gets no public address from the subnet: without one nothing leaves a public one. */
	if (w->net != NULL && front_subnet(w)->type == SUBNET_TYPE_PUBLIC &&
	    n->at.elastic_ip.state == FIELD_ABSENT) {
		n->elastic_ip = (struct model_flex){.flag = true};
		n->at.elastic_ip = filled(w);
	}
}

static void fill_queue(const struct standing *w, struct slurm_queue *q)
{
	struct slurm_queue_networking *n = &q->networking;

	fill_groups(w, &n->at.security_groups, &n->at.additional_security_groups,
		    &n->additional_security_groups);
	if (n->at.subnet_ids.state != FIELD_ABSENT)
		return;
	n->subnet_ids = w->net != NULL ? queue_subnets(w, q) : list_of(w, w->inner);
	n->at.subnet_ids = filled(w);
}

static void fill_batch_queue(const struct standing *w, struct aws_batch_queue *q)
{
	struct aws_batch_queue_networking *n = &q->networking;

	fill_groups(w, &n->at.security_groups, &n->at.additional_security_groups,
		    &n->additional_security_groups);
	if (n->at.subnet_ids.state != FIELD_ABSENT)
		return;
	n->subnet_ids = w->net != NULL ? batch_queue_subnet(w, q) : list_of(w, w->inner);
	n->at.subnet_ids = filled(w);
}

static void fill_pool(const struct standing *w, struct login_pool_networking *n)
{
	fill_groups(w, &n->at.security_groups, &n->at.additional_security_groups,
		    &n->additional_security_groups);
	if (n->at.subnet_ids.state != FIELD_ABSENT)
		return;
	n->subnet_ids = front_list(w);
	n->at.subnet_ids = filled(w);
}

static struct cluster *cluster_placed(const struct standing *w, const struct cluster *m)
{
	struct cluster *c = NEW(w->a, struct cluster);
	size_t nqueues = m->scheduling.slurm_queues.n, npools = m->login_nodes.pools.n;
	size_t nbatch = m->scheduling.aws_batch_queues.n;
	struct slurm_queue *queues = NEW_ARRAY(w->a, struct slurm_queue, nqueues);
	struct aws_batch_queue *batch = NEW_ARRAY(w->a, struct aws_batch_queue, nbatch);
	struct login_pool *pools = NEW_ARRAY(w->a, struct login_pool, npools);

	*c = *m;
	fill_head(w, &c->head_node.networking);
	for (size_t i = 0; i < nqueues; i++) {
		queues[i] = m->scheduling.slurm_queues.items[i];
		fill_queue(w, &queues[i]);
	}
	for (size_t i = 0; i < nbatch; i++) {
		batch[i] = m->scheduling.aws_batch_queues.items[i];
		fill_batch_queue(w, &batch[i]);
	}
	for (size_t i = 0; i < npools; i++) {
		pools[i] = m->login_nodes.pools.items[i];
		fill_pool(w, &pools[i].networking);
	}
	c->scheduling.slurm_queues.items = queues;
	c->scheduling.aws_batch_queues.items = batch;
	c->login_nodes.pools.items = pools;
	return c;
}

/* Is the section there, and without a fault that would have it read as absent? */
static bool stands(const struct section_at *s, const struct field_at *f)
{
	return s->written && is_written(f);
}

const struct model *model_placed(struct arena *a, const struct model *m, const struct facts *facts)
{
	struct standing w = {
		.a = a, .facts = facts, .inner = text_refer(a, STR("env.PrimaryPrivateSubnet"))};
	const struct cluster *c = m->cluster;
	struct model *placed;

	if ((m->variant & BATCH) != 0) {
		placed = NEW(a, struct model);
		*placed = *m;
		placed->batch = batch_placed(a, m);
		return placed;
	}
	if ((m->variant & CLUSTER) == 0)
		return m;
	if (stands(&c->network.section, &c->at.network)) {
		w.net = net_of(a, &c->network);
		w.at = c->at.network.key;
		w.shared = has_zonal_storage(c) ? shared_subnet(&w, c) : NULL;
	} else if (stands(&c->environment.section, &c->at.environment)) {
		w.at = c->at.environment.key;
		if (m->foundation != NULL && net_first_inner(m->foundation->net) == NULL)
			w.inner = text_refer(a, STR("env.PublicSubnet"));
	} else {
		return m;
	}
	placed = NEW(a, struct model);
	*placed = *m;
	placed->cluster = cluster_placed(&w, c);
	return placed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.c - nodes against the network that they stand in: their own, or that of the environment.
 *
 * What a file names by ids, in a network that nobody describes, is not known and not spoken of.
 */
#include "compiler/check/rules/standing.h"

#include "compiler/check/rules/batch_compute.h"
#include "compiler/model/deployment.h"

/* ---- questions ---- */

const struct net *standing_net(const struct rules *r)
{
	return r->net != NULL ? r->net : r->on != NULL ? r->on->net : NULL;
}

/* The one reference that a text is; false where it is something else. */
static bool whole_reference(struct str text, struct reference *ret)
{
	struct text_piece piece;

	if (!text_next(&text, &piece) || !piece.open || text.n > 0)
		return false;
	*ret = reference_of(piece.text);
	return true;
}

bool standing_refers(const struct rules *r, const struct reference *to)
{
	const struct deployment *d = r->deployment;

	if (r->on == NULL)
		return false;
	if (r->on != r->first)
		return to->kind == REFERENCE_STACK && str_eq(to->stack, r->on->stack);
	return to->kind == REFERENCE_ENVIRONMENT ||
	       (to->kind == REFERENCE_STACK && d != NULL && str_eq(to->stack, d->stack));
}

struct str standing_words(const struct rules *r, struct str name)
{
	if (r->on == r->first)
		return arena_fmt(r->a, "${env." STR_F "}", STR_A(name));
	return arena_fmt(r->a, "${stack." STR_F "." STR_F "}", STR_A(r->on->stack), STR_A(name));
}

const struct env_export *standing_export(const struct rules *r, struct str text)
{
	struct reference to;

	return whole_reference(text, &to) && standing_refers(r, &to)
		       ? export_named(&r->on->exports, to.name)
		       : NULL;
}

const struct net_subnet *standing_subnet(const struct rules *r, struct str text)
{
	const struct net *n = standing_net(r);
	const struct env_export *e = standing_export(r, text);
	struct reference to;

	if (n == NULL)
		return NULL;
	if (e != NULL)
		return e->what == EXPORT_SUBNET ? e->subnet : NULL;
	if (whole_reference(text, &to))
		return to.kind == REFERENCE_SUBNET ? net_subnet(n, to.name) : NULL;
	for (size_t i = 0; text_is_known(text) && i < n->nsubnets; i++)
		if (n->subnets[i].id.n > 0 && str_eq(n->subnets[i].id, text))
			return &n->subnets[i];
	return NULL;
}

struct str standing_zone(const struct rules *r, const struct net_subnet *s)
{
	const struct net *n = standing_net(r);

	return s != NULL && s->zone != NET_NO_ZONE ? n->zones[s->zone].name : (struct str){0};
}

struct span network_key(const struct rules *r)
{
	return r->c != NULL ? r->c->at.network.key : r->b->at.network.key;
}

struct span environment_key(const struct rules *r)
{
	return r->c != NULL ? r->c->at.environment.key : r->b->at.environment.key;
}

/* Does a job that runs in the environment have a mount point of the storage? */
static bool tasks_mount(const struct rules *r, const struct batch_environment *e,
			const struct shared_storage *s)
{
	struct batch_container c = {0};

	while (next_container(r->batch, &c)) {
		if (!batch_runs_in(c.job, e))
			continue;
		for (size_t i = 0; i < c.m->mount_points.n; i++)
			if (str_eq(c.m->mount_points.items[i].source_volume, s->name))
				return true;
	}
	return false;
}

bool standing_mounts(const struct rules *r, const struct standing_nodes *n,
		     const struct shared_storage *s)
{
	const struct batch_environment *e = n->environment;

	return e == NULL || (e->fargate ? tasks_mount(r, e, s) : batch_mounts(e, s));
}

typedef void standing_function(const struct rules *r, const struct standing_nodes *n,
			       const void *data);

static void each_environment(const struct rules *r, standing_function *f, const void *data)
{
	for (size_t i = 0; i < r->batch->nenvironments; i++) {
		const struct batch_environment *e = &r->batch->environments[i];
		const struct batch_networking *n = &e->m->networking;

		if (WRITTEN(n, subnet_ids))
			f(r,
			  &(struct standing_nodes){
				  .what = environment_words(r, e),
				  .environment = e,
				  .subnets = &n->subnet_ids,
				  .groups = &n->security_groups,
				  .more = &n->additional_security_groups,
				  .at = n->at.subnet_ids.value,
				  .groups_at = &n->at.security_groups,
				  .more_at = &n->at.additional_security_groups,
			  },
			  data);
	}
}

static void each_batch_queue(const struct rules *r, standing_function *f, const void *data)
{
	const struct aws_batch_queue_list *queues = &r->c->scheduling.aws_batch_queues;

	for (size_t i = 0; i < queues->n; i++) {
		const struct aws_batch_queue_networking *n = &queues->items[i].networking;

		if (WRITTEN(n, subnet_ids))
			f(r,
			  &(struct standing_nodes){
				  .what = arena_fmt(r->a, "the queue `" STR_F "`",
						    STR_A(queues->items[i].name)),
				  .jobs = &queues->items[i],
				  .subnets = &n->subnet_ids,
				  .groups = &n->security_groups,
				  .more = &n->additional_security_groups,
				  .at = n->at.subnet_ids.value,
				  .groups_at = &n->at.security_groups,
				  .more_at = &n->at.additional_security_groups,
			  },
			  data);
	}
}

static void each_node(const struct rules *r, standing_function *f, const void *data)
{
	const struct head_node_networking *head = &r->c->head_node.networking;
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	struct model_string one = {head->subnet_id, head->at.subnet_id.value};
	struct model_strings alone = {&one, 1};

	if (WRITTEN(head, subnet_id))
		f(r,
		  &(struct standing_nodes){
			  STR("the head node"), NULL, NULL, NULL, &alone, &head->security_groups,
			  &head->additional_security_groups, head->at.subnet_id.value,
			  &r->c->head_node.image, &head->proxy, &r->c->head_node.dcv,
			  &head->at.security_groups, &head->at.additional_security_groups},
		  data);
	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue_networking *n = &queues->items[i].networking;

		if (WRITTEN(n, subnet_ids))
			f(r,
			  &(struct standing_nodes){
				  arena_fmt(r->a, "the queue `" STR_F "`",
					    STR_A(queues->items[i].name)),
				  &queues->items[i], NULL, NULL, &n->subnet_ids,
				  &n->security_groups, &n->additional_security_groups,
				  n->at.subnet_ids.value, &queues->items[i].image, &n->proxy, NULL,
				  &n->at.security_groups, &n->at.additional_security_groups},
			  data);
	}
	each_batch_queue(r, f, data);
	for (size_t i = 0; i < pools->n; i++) {
		const struct login_pool_networking *n = &pools->items[i].networking;

		if (WRITTEN(n, subnet_ids))
			f(r,
			  &(struct standing_nodes){
				  arena_fmt(r->a, "the login pool `" STR_F "`",
					    STR_A(pools->items[i].name)),
				  NULL, NULL, NULL, &n->subnet_ids, &n->security_groups,
				  &n->additional_security_groups, n->at.subnet_ids.value,
				  &pools->items[i].image, &n->proxy, &pools->items[i].dcv,
				  &n->at.security_groups, &n->at.additional_security_groups},
			  data);
	}
}

void each_standing(const struct rules *r, standing_function *f, const void *data)
{
	if (r->c != NULL)
		each_node(r, f, data);
	else
		each_environment(r, f, data);
}

/* ---- kinds of subnets ---- */

/* Of those that were filled in nothing is said. */
bool standing_chosen(const struct rules *r, struct span at)
{
	return span_cmp(at, r->c->at.network.key) != 0 &&
	       span_cmp(at, r->c->at.environment.key) != 0;
}

static bool has_type(const struct net *n, enum subnet_type type)
{
	return net_first(n, type) != NULL;
}

const struct net_subnet *standing_cut_off(const struct rules *r)
{
	const struct head_node_networking *h = &r->c->head_node.networking;
	const struct net *n = standing_net(r);
	const struct net_subnet *s;

	if (n == NULL || !WRITTEN(h, subnet_id) || !standing_chosen(r, h->at.subnet_id.value))
		return NULL;
	s = standing_subnet(r, h->subnet_id);
	return s != NULL && s->type == SUBNET_TYPE_ISOLATED &&
			       (has_type(n, SUBNET_TYPE_PUBLIC) || has_type(n, SUBNET_TYPE_PRIVATE))
		       ? s
		       : NULL;
}

void rule_head_node_reached(const struct rules *r)
{
	const struct head_node_networking *h = &r->c->head_node.networking;
	const struct net_subnet *s = standing_cut_off(r);
	struct diag *d;

	if (s == NULL)
		return;
	d = diag_head_isolated(r->ds, h->at.subnet_id.value, s->name);
	diag_label(r->ds, d, section_span(s->at), "it is ISOLATED");
	diag_help(r->ds, d, "take a private subnet, or a public one with `ElasticIp: true`");
}

static void queue_in_public(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	(void)data;
	bool queue = n->queue != NULL || n->jobs != NULL;

	for (size_t i = 0; queue && i < n->subnets->n; i++) {
		const struct model_string *text = &n->subnets->items[i];
		const struct net_subnet *s = standing_subnet(r, text->text);
		struct diag *d;

		if (s == NULL || s->type != SUBNET_TYPE_PUBLIC || !standing_chosen(r, text->at) ||
		    !has_type(standing_net(r), SUBNET_TYPE_PRIVATE))
			continue;
		d = diag_queue_public(r->ds, text->at,
				      n->queue != NULL ? n->queue->name : n->jobs->name, s->name);
		diag_label(r->ds, d, section_span(s->at), "it is PUBLIC");
		diag_help(r->ds, d, "take a private subnet: its NAT gateway is the way out");
	}
}

void rule_queues_private(const struct rules *r)
{
	if (standing_net(r) != NULL)
		each_standing(r, queue_in_public, NULL);
}

/* ---- zones ---- */

static void missing_type(const struct rules *r, const struct named_type *t,
			 const struct net_subnet *s)
{
	struct str zone = standing_zone(r, s);
	struct diag *d;

	if (zone.n == 0 || facts_offered_in_zone(r->facts, t->name, zone) != KNOWN_NO)
		return;
	d = diag_type_not_in_zone(r->ds, t->at, t->name, zone);
	diag_label(r->ds, d, section_span(s->at), "its subnet `" STR_F "` is there",
		   STR_A(s->name));
	diag_help(r->ds, d, "`hpcc instances --zone " STR_F "` lists the types of the zone",
		  STR_A(zone));
}

/* Of a queue of AWS Batch, which passes over a type that the zone has not: that there is none at all. */
static void batch_types_in_zone(const struct rules *r, const struct aws_batch_queue *q,
				const struct net_subnet *s)
{
	struct str zone = standing_zone(r, s);

	for (size_t i = 0; zone.n > 0 && i < q->compute_resources.n; i++) {
		const struct model_strings *types = &q->compute_resources.items[i].instance_types;
		size_t k = 0;

		while (k < types->n &&
		       facts_offered_in_zone(r->facts, types->items[k].text, zone) == KNOWN_NO)
			k++;
		if (k == types->n && k > 0)
			missing_type(r,
				     &(struct named_type){types->items[0].text, types->items[0].at,
							  NULL},
				     s);
	}
}

static void types_in_zones(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	const struct net_subnet *jobs = n->jobs != NULL && n->subnets->n > 0
						? standing_subnet(r, n->subnets->items[0].text)
						: NULL;

	(void)data;
	if (jobs != NULL)
		batch_types_in_zone(r, n->jobs, jobs);
	for (size_t i = 0; n->queue != NULL && i < n->subnets->n && i < NET_MAX_ZONES; i++) {
		const struct net_subnet *s = standing_subnet(r, n->subnets->items[i].text);

		for (size_t k = 0; s != NULL && k < n->queue->compute_resources.n; k++) {
			struct named_type types[MAX_TYPES];
			size_t ntypes =
				compute_types(r, &n->queue->compute_resources.items[k], types);

			for (size_t t = 0; t < ntypes; t++)
				missing_type(r, &types[t], s);
		}
	}
}

void rule_types_in_zones(const struct rules *r)
{
	const struct head_node *h = &r->c->head_node;
	const struct net_subnet *s;

	if (standing_net(r) == NULL)
		return;
	each_standing(r, types_in_zones, NULL);
	s = standing_subnet(r, h->networking.subnet_id);
	if (s != NULL && WRITTEN(h, instance_type))
		missing_type(
			r, &(struct named_type){h->instance_type, h->at.instance_type.value, NULL},
			s);
}

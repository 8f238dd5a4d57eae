/* SPDX-License-Identifier: Apache-2.0 */
/* placed_batch.c - what sections of a batch file take from others. */
#include "compiler/check/placed_batch.h"

#include "compiler/base/open_text.h"
#include "compiler/model/foundation.h"
#include "compiler/model/inherit.h"
#include "compiler/model/network.h"

/* Where the file stands, and what its compute environments get of that. */
struct ground_of {
	struct span at;			      /* the key of the section that says it */
	struct model_strings subnets, groups; /* empty: it says nothing */
};

static struct model_strings one(struct arena *a, struct str text, struct span at)
{
	struct model_string *item = NEW(a, struct model_string);

	*item = (struct model_string){text, at};
	return (struct model_strings){item, 1};
}

/*
 * A subnet of each zone of a network that is not public. `word` begins the references to them; those of the file's own
 * network that are there have their ids.
 */
static struct model_strings inner_subnets(struct arena *a, const struct net *net, const char *word,
					  bool own, struct span at)
{
	struct model_string *items = NEW_ARRAY(a, struct model_string, net->nsubnets);
	const struct net_subnet *s;
	size_t n = 0;

	for (size_t it = 0; (s = net_next_inner_zone(net, &it)) != NULL;)
		items[n++] = (struct model_string){
			own && s->id.n > 0
				? s->id
				: text_refer(a, arena_fmt(a, "%s" STR_F, word, STR_A(s->name))),
			at};
	return (struct model_strings){items, n};
}

static struct ground_of ground_of(struct arena *a, const struct model *m)
{
	const struct batch *b = m->batch;
	struct ground_of g = {0};

	if (b->network.section.written && is_written(&b->at.network)) {
		g.at = b->at.network.key;
		g.subnets = inner_subnets(a, net_of(a, &b->network), SUBNET_WORD, true, g.at);
	} else if (b->environment.section.written && is_written(&b->at.environment)) {
		g.at = b->at.environment.key;
		/* Items of lists are exported one by one: without the file one of them is known. */
		g.subnets = m->foundation != NULL
				    ? inner_subnets(a, m->foundation->net, "env.", false, g.at)
				    : one(a, text_refer(a, STR("env.PrimaryPrivateSubnet")), g.at);
		g.groups = one(a, text_refer(a, STR("env.SecurityGroup")), g.at);
	}
	return g;
}

static bool is_ebs(const struct workflow *w)
{
	return is_written(&w->at.mode) && w->mode == WORKFLOW_MODE_EBS;
}

static bool starts(const struct job_queue *q, const struct compute_environment *e)
{
	const struct compute_environment_order_list *order = &q->compute_environment_order;

	for (size_t i = 0; i < order->n; i++)
		if (str_eq(order->items[i].compute_environment, e->name))
			return true;
	return false;
}

/* Does a workflow with a volume, which stands in one zone, run in a queue of the file that starts e? */
static bool has_volume(const struct batch *b, const struct compute_environment *e)
{
	for (size_t i = 0; i < b->workflows.n; i++) {
		const struct workflow *w = &b->workflows.items[i];
		bool named = w->at.job_queue.state != FIELD_ABSENT;

		if (!is_ebs(w) || w->at.compute_environment.state != FIELD_ABSENT)
			continue;
		for (size_t k = 0; k < b->job_queues.n; k++)
			if ((named ? str_eq(b->job_queues.items[k].name, w->job_queue)
				   : b->job_queues.n == 1) &&
			    starts(&b->job_queues.items[k], e))
				return true;
	}
	return false;
}

/* Where one_zone, of the subnets that the file stands in the first alone. */
static void fill(struct arena *a, const struct batch *b, const struct ground_of *g,
		 struct compute_environment *e, bool one_zone)
{
	struct batch_networking *n = &e->networking;
	const struct field_at given = {FIELD_WRITTEN, g->at, g->at};

	if (is_poisoned(&e->at.networking))
		return;
	section_inherit(a, SECTION_BatchNetworking, n, SECTION_BatchNetworking, &b->networking);
	if (n->at.subnet_ids.state == FIELD_ABSENT && g->subnets.n > 0) {
		n->subnet_ids = g->subnets;
		n->subnet_ids.n = one_zone ? 1 : g->subnets.n;
		n->at.subnet_ids = given;
	}
	if (n->at.security_groups.state == FIELD_ABSENT &&
	    n->at.additional_security_groups.state == FIELD_ABSENT && g->groups.n > 0) {
		n->security_groups = g->groups;
		n->at.security_groups = given;
	}
}

const struct batch *batch_placed(struct arena *a, const struct model *m)
{
	const struct batch *from = m->batch;
	const struct ground_of g = ground_of(a, m);
	struct batch *b = NEW(a, struct batch);
	struct compute_environment *environments =
		NEW_ARRAY(a, struct compute_environment, from->compute_environments.n);
	struct workflow *workflows = NEW_ARRAY(a, struct workflow, from->workflows.n);
	struct job_definition *jobs = NEW_ARRAY(a, struct job_definition, from->job_definitions.n);

	*b = *from;
	for (size_t i = 0; i < from->compute_environments.n; i++) {
		environments[i] = from->compute_environments.items[i];
		fill(a, from, &g, &environments[i], has_volume(from, &environments[i]));
	}
	for (size_t i = 0; i < from->workflows.n; i++) {
		workflows[i] = from->workflows.items[i];
		fill(a, from, &g, &workflows[i].compute_environment, is_ebs(&workflows[i]));
	}
	for (size_t i = 0; i < from->job_definitions.n; i++) {
		jobs[i] = from->job_definitions.items[i];
		section_inherit(a, SECTION_JobDefinition, &jobs[i], SECTION_JobDefaults,
				&from->job_defaults);
	}
	b->compute_environments.items = environments;
	b->workflows.items = workflows;
	b->job_definitions.items = jobs;
	return b;
}

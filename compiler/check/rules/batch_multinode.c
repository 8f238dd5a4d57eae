/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_multinode.c - jobs of several nodes: their ranges, and where they can run.
 *
 * Source: AWS Batch API, NodeProperties, NodeRangeProperty; AWS Batch user guide, Multi-node parallel jobs.
 */
#include "compiler/check/rules/batch_fleet.h"

/* ---- ranges ---- */

/* The nodes of a range; `open`: its end is that of the job. */
struct nodes {
	int64_t from, to;
	bool known;
};

static struct nodes nodes_of(const struct node_range *m, int64_t nodes)
{
	struct nodes n = {0, nodes - 1, WRITTEN(m, target_nodes)};
	struct str text = m->target_nodes, from, to;
	size_t colon = str_find(text, ':', 0);

	from = str_slice(text, 0, colon);
	to = colon < text.n ? str_slice(text, colon + 1, text.n) : from;
	n.known = n.known && (from.n == 0 || str_to_int(from, &n.from)) &&
		  (to.n == 0 || str_to_int(to, &n.to));
	return n;
}

/* False for one that no job can have, which is told. */
static bool range_ok(const struct rules *r, const struct node_properties *m,
		     const struct node_range *range)
{
	struct nodes n = nodes_of(range, m->num_nodes);
	struct diag *d;

	if (!n.known)
		return true;
	if (n.from > n.to && n.from < m->num_nodes)
		d = diag_node_range_bad(r->ds, range->at.target_nodes.value, range->target_nodes,
					STR("ends before it begins"));
	else if (n.to >= m->num_nodes || n.from >= m->num_nodes)
		d = diag_node_range_bad(r->ds, range->at.target_nodes.value, range->target_nodes,
					arena_fmt(r->a, "goes beyond the last node, %lld",
						  (long long)m->num_nodes - 1));
	else
		return true;
	diag_label(r->ds, d, m->at.num_nodes.value, "the nodes are counted from 0");
	return false;
}

/* The first node without a container, or -1. */
static int64_t uncovered(const struct node_properties *m)
{
	const struct node_range_list *list = &m->node_range_properties;
	int64_t next = 0;
	bool moved = true;

	while (moved && next < m->num_nodes) {
		moved = false;
		for (size_t i = 0; i < list->n; i++) {
			struct nodes n = nodes_of(&list->items[i], m->num_nodes);

			if (!n.known)
				return -1;
			if (n.from <= next && n.to >= next) {
				next = n.to + 1;
				moved = true;
			}
		}
	}
	return next < m->num_nodes ? next : -1;
}

static void nodes_ok(const struct rules *r, const struct node_properties *m)
{
	const struct node_range_list *list = &m->node_range_properties;
	bool right = true;
	int64_t missing;
	struct diag *d;

	if (!WRITTEN(m, num_nodes))
		return;
	if (WRITTEN(m, main_node) && m->main_node >= m->num_nodes) {
		d = diag_main_node(r->ds, m->at.main_node.value, (long long)m->main_node,
				   (long long)m->num_nodes);
		diag_label(r->ds, d, m->at.num_nodes.value, "NumNodes is set here");
		diag_help(r->ds, d, "the last one is %lld", (long long)m->num_nodes - 1);
	}
	if (!WRITTEN(m, node_range_properties))
		return;
	for (size_t i = 0; i < list->n; i++)
		right = range_ok(r, m, &list->items[i]) && right;
	missing = right ? uncovered(m) : -1;
	if (missing < 0)
		return;
	d = diag_nodes_uncovered(r->ds, m->at.node_range_properties.key, (long long)missing);
	diag_label(r->ds, d, m->at.num_nodes.value, "the nodes are counted from 0");
	diag_help(r->ds, d, "let the last range end with the job: `TargetNodes: \"%lld:\"`",
		  (long long)missing);
}

void rule_node_ranges(const struct rules *r)
{
	for (size_t i = 0; i < r->batch->njobs; i++)
		if (r->batch->jobs[i].multinode)
			nodes_ok(r, &r->batch->jobs[i].m->node_properties);
}

/* ---- queues ---- */

static void queue_refused(const struct rules *r, const struct batch_job *j,
			  const struct batch_queue *q, const char *why)
{
	const struct model_strings *named = &j->m->job_queues;

	for (size_t i = 0; i < named->n; i++)
		if (str_eq(named->items[i].text, q->name))
			diag_help(r->ds,
				  diag_multinode_queue(r->ds, named->items[i].at, q->name, why),
				  "give it a queue of environments of Type EC2");
}

static void multinode_queues(const struct rules *r, const struct batch_job *j)
{
	size_t fit = 0;
	struct diag *d;

	if (!j->placed)
		return;
	if (j->fargate) {
		d = diag_multinode_fargate(r->ds,
					   WRITTEN(j->m, type) ? j->m->at.type.value : job_span(j));
		diag_help(r->ds, d, "jobs of several nodes run on instances of Type EC2");
		return;
	}
	for (size_t i = 0; i < j->nqueues; i++)
		fit += !j->queues[i]->spot;
	for (size_t i = 0; i < j->nqueues; i++) {
		const struct batch_queue *q = j->queues[i];

		if (!q->spot)
			continue;
		if (names_queues(j))
			queue_refused(r, j, q, "Spot");
		else if (fit > 0)
			batch_queue_unfit(
				r, j, q, STR("jobs of several nodes do not run on Spot instances"));
	}
	if (fit == 0 && j->nqueues > 0 && !names_queues(j)) {
		d = diag_multinode_queue(r->ds, job_span(j), j->queues[0]->name, "Spot");
		diag_help(r->ds, d,
			  "add a queue of environments of Type EC2, and name it in "
			  "JobQueues");
	}
}

/* ---- types ---- */

static const struct model_string *type_word(const struct node_range *m)
{
	return WRITTEN(m, instance_types) && m->instance_types.n > 0 ? &m->instance_types.items[0]
								     : NULL;
}

static void types_equal(const struct rules *r, const struct node_range_list *list)
{
	const struct model_string *first = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct model_string *word = type_word(&list->items[i]);

		if (word == NULL)
			continue;
		if (first == NULL)
			first = word;
		else if (!str_eq(word->text, first->text))
			diag_label(r->ds,
				   diag_node_types_differ(r->ds, word->at, word->text, first->text),
				   first->at, "the type of the other range");
	}
}

/* Can some environment start some type that the word stands for? */
static bool can_start(const struct job_place *p, struct str word)
{
	const struct instance_type *t;

	for (size_t it = 0; (t = batch_next_type(p->r->facts, word, &it)) != NULL;)
		for (size_t i = 0; i < p->n; i++)
			for (size_t k = 0; k < p->fleets[i]->n; k++)
				if (p->fleets[i]->types[k].type == t)
					return true;
	return false;
}

static void type_started(const struct job_place *p, const struct fleets *f)
{
	const struct model_string *word = p->c->range != NULL ? type_word(p->c->range) : NULL;
	struct diag *d;

	(void)f;
	if (word == NULL || p->n == 0 || p->open)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!p->fleets[i]->whole)
			return;
	if (can_start(p, word->text))
		return;
	d = diag_node_type(p->r->ds, word->at, word->text, queues_words(p->r, p->c->job));
	diag_label(p->r->ds, d, p->fleets[0]->e->m->at.instance_types.value,
		   "the types that `" STR_F "` can start", STR_A(p->fleets[0]->e->name));
	diag_fix(p->r->ds, d, word->at, p->fleets[0]->types[0].word->text, false);
}

/* ---- MaxvCpus ---- */

/* The vCPUs of the smallest type that fits; 0 where none does, or not all are known. */
static int64_t smallest(const struct job_place *p)
{
	struct need n = batch_need(p->c->m);
	int64_t least = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct fleet *own = p->fleets[i];

		if (!own->whole)
			return 0;
		for (size_t k = 0; k < own->n; k++) {
			const struct instance_type *t = own->types[k].type;

			if ((lacks_of(t, &n, own->own_image) & ~(unsigned)LACKS_CERTAIN_MEMORY) ==
				    0 &&
			    (least == 0 || t->vcpus < least))
				least = t->vcpus;
		}
	}
	return least;
}

static void room_for_all(const struct job_place *p, const struct fleets *f)
{
	const struct node_properties *m = &p->c->job->m->node_properties;
	int64_t most = 0, each = smallest(p);
	struct diag *d;

	(void)f;
	if (p->c->range == NULL || p->c->range != m->node_range_properties.items ||
	    !WRITTEN(m, num_nodes) || p->n == 0 || p->open || each == 0)
		return;
	for (size_t i = 0; i < p->n; i++) {
		if (!WRITTEN(p->fleets[i]->e->m, maxv_cpus))
			return;
		if (p->fleets[i]->e->m->maxv_cpus > most)
			most = p->fleets[i]->e->m->maxv_cpus;
	}
	if (m->num_nodes * each <= most)
		return;
	d = diag_nodes_over_max(p->r->ds, m->at.num_nodes.value, (long long)m->num_nodes,
				(long long)each, (long long)m->num_nodes * each, (long long)most);
	diag_label(p->r->ds, d, p->fleets[0]->e->m->at.maxv_cpus.value, "the limit of `" STR_F "`",
		   STR_A(p->fleets[0]->e->name));
	diag_help(p->r->ds, d, "all nodes run at once: raise MaxvCpus, or take fewer nodes");
}

void rule_multinode_place(const struct rules *r)
{
	struct fleets f = fleets_of(r);

	for (size_t i = 0; i < r->batch->njobs; i++) {
		if (!r->batch->jobs[i].multinode)
			continue;
		multinode_queues(r, &r->batch->jobs[i]);
		types_equal(r, &r->batch->jobs[i].m->node_properties.node_range_properties);
	}
	each_place(r, &f, type_started);
	each_place(r, &f, room_for_all);
}

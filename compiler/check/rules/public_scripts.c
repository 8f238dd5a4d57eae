/* SPDX-License-Identifier: Apache-2.0 */
/*
 * public_scripts.c - custom actions that are published for ParallelCluster and ask for what nodes here do not have.
 *
 * Which they are stands in stdlib/facts/public-scripts.tsv. Judged by a release of ParallelCluster they are its own.
 */
#include "compiler/check/rules/rule.h"

/* Where an action runs. */
struct runs_on {
	const struct node_image *image; /* of the node, over that of the cluster */
	bool gpus;			/* it has some, or its type is not known */
};

/* Is its system one of "ubuntu,alinux"? */
static bool os_fits(const struct rules *r, struct str names)
{
	struct str os = enum_text(PROP_Image_Os, (int)r->c->image.os);

	if (!USABLE(&r->c->image, os))
		return true;
	while (names.s != NULL)
		if (str_starts(os, str_cut(&names, ',')))
			return true;
	return false;
}

static bool has_needs(const struct rules *r, const struct runs_on *on, struct str needs)
{
	if (str_starts(needs, STR("os:")))
		return os_fits(r, str_slice(needs, 3, needs.n));
	if (str_eq(needs, STR("Pyxis")))
		return r->c->containers.pyxis;
	return str_eq(needs, STR("gpu")) && on->gpus;
}

static void script_ok(const struct rules *r, const struct runs_on *on, struct str url,
		      struct span at)
{
	const struct public_script *s = facts_script(r->facts, url);
	bool own_image = r->c->image.at.custom_ami.state != FIELD_ABSENT ||
			 on->image->at.custom_ami.state != FIELD_ABSENT;
	struct diag *d;

	if (s == NULL || s->works || (!s->never && (own_image || has_needs(r, on, s->needs))))
		return;
	d = diag_public_script(r->ds, at, s->pattern, s->never, s->why);
	diag_help(r->ds, d, STR_F, STR_A(s->cure));
}

/* The script, and those that a script such as multi-runner gets as its arguments. */
static void command_ok(const struct rules *r, const struct runs_on *on, const struct str *script,
		       const struct field_at *at, const struct model_strings *args)
{
	if (is_written(at) && text_is_known(*script))
		script_ok(r, on, *script, at->value);
	for (size_t i = 0; i < args->n; i++)
		if (text_is_known(args->items[i].text) &&
		    str_find_str(args->items[i].text, STR("://"), 0) != SIZE_MAX)
			script_ok(r, on, args->items[i].text, args->items[i].at);
}

static void action_ok(const struct rules *r, const struct runs_on *on,
		      const struct custom_action *a)
{
	command_ok(r, on, &a->script, &a->at.script, &a->args);
	for (size_t i = 0; i < a->sequence.n; i++) {
		const struct custom_action_script *s = &a->sequence.items[i];

		command_ok(r, on, &s->script, &s->at.script, &s->args);
	}
}

static bool type_has_gpus(const struct rules *r, struct str name)
{
	const struct instance_type *t = facts_instance(r->facts, name);

	return t == NULL || t->gpu.count > 0;
}

/* One node of the queue without GPUs is enough for a script to fail. */
static bool queue_has_gpus(const struct rules *r, const struct slurm_queue *q)
{
	struct named_type types[MAX_TYPES];

	for (size_t i = 0; i < q->compute_resources.n; i++) {
		size_t n = compute_types(r, &q->compute_resources.items[i], types);

		for (size_t k = 0; k < n; k++)
			if (types[k].type != NULL && types[k].type->gpu.count == 0)
				return false;
	}
	return true;
}

void rule_public_scripts(const struct rules *r)
{
	const struct head_node *head = &r->c->head_node;
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	struct runs_on on = {&head->image, type_has_gpus(r, head->instance_type)};

	if (r->knows != 0)
		return;
	action_ok(r, &on, &head->custom_actions.on_node_start);
	action_ok(r, &on, &head->custom_actions.on_node_configured);
	action_ok(r, &on, &head->custom_actions.on_node_updated);
	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue *q = &queues->items[i];

		on = (struct runs_on){&q->image, queue_has_gpus(r, q)};
		action_ok(r, &on, &q->custom_actions.on_node_start);
		action_ok(r, &on, &q->custom_actions.on_node_configured);
	}
	for (size_t i = 0; i < pools->n; i++) {
		const struct login_pool *p = &pools->items[i];

		on = (struct runs_on){&p->image, type_has_gpus(r, p->instance_type)};
		action_ok(r, &on, &p->custom_actions.on_node_start);
		action_ok(r, &on, &p->custom_actions.on_node_configured);
		action_ok(r, &on, &p->custom_actions.on_node_updated);
	}
}

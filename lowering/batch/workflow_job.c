/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow_job.c - arguments of the calls by which an execution registers and submits its job.
 *
 * Each execution registers a revision of a definition of its own, which is that of the file with the storage mounted,
 * and takes it away at its end: image, vCPUs, memory and attempts may change without a deployment.
 */
#include "compiler/model/effective.h"
#include "lowering/batch/workflow.h"

#define STORAGE "hpcc-workflow"

/* Something being copied for a call: what stands for the figures is replaced. */
struct copying {
	struct batch_stack *l;
	const struct lowered_workflow *w;
};

static struct ir_value *copy(const struct copying *c, struct ir_value *v);

/* ---- the container ---- */

static struct ir_value *requirements(const struct copying *c, struct ir_value *list)
{
	struct ir *g = c->l->st.g;
	struct ir_value *ret = ir_list(g);

	for (size_t i = 0; i < list->n; i++) {
		struct str type = ir_get(list->items[i], STR("Type"))->text;
		struct ir_value *row = ir_object(g), *v = ir_get(list->items[i], STR("Value"));

		if (!c->w->w.job->multinode && str_eq(type, STR("VCPU")))
			v = ir_text(g, STR("{% $string($p.vcpus) %}"));
		if (!c->w->w.job->multinode && str_eq(type, STR("MEMORY")))
			v = ir_text(g, STR("{% $string($p.memory) %}"));
		ir_put_text(g, row, "Type", type);
		ir_push(g, ret, ir_put(g, row, "Value", v));
	}
	return ret;
}

static struct ir_value *list_with(const struct copying *c, struct ir_value *list,
				  struct ir_value *more)
{
	struct ir_value *ret = list != NULL ? copy(c, list) : ir_list(c->l->st.g);

	return ir_push(c->l->st.g, ret, more);
}

static struct ir_value *our_volume(const struct copying *c)
{
	struct ir *g = c->l->st.g;
	struct ir_value *v = ir_object(g), *host = ir_object(g);
	struct ir_value *source = ir_text(g, workflow_source(c->l->st.a, &c->w->w));

	ir_put(g, host, "SourcePath", states_literal(c->l, source));
	ir_put_text(g, v, "Name", STR(STORAGE));
	return ir_put(g, v, "Host", host);
}

static struct ir_value *our_mount(const struct copying *c)
{
	struct ir *g = c->l->st.g;
	struct ir_value *v = ir_object(g);

	ir_put_text(g, v, "SourceVolume", STR(STORAGE));
	ir_put_text(g, v, "ContainerPath", c->w->w.dir);
	return ir_put_bool(g, v, "ReadOnly", false);
}

static struct ir_value *container(const struct copying *c, struct ir_value *v)
{
	struct ir *g = c->l->st.g;
	struct ir_value *ret = ir_object(g);

	for (size_t i = 0; i < v->nmembers; i++) {
		struct str name = v->members[i].name;
		struct ir_value *value = v->members[i].value;

		if (str_eq(name, STR("Volumes")) || str_eq(name, STR("MountPoints")))
			continue;
		if (str_eq(name, STR("Image")) && !c->w->w.job->multinode)
			value = ir_text(g, STR("{% $p.image %}"));
		else
			value = str_eq(name, STR("ResourceRequirements")) ? requirements(c, value)
									  : copy(c, value);
		ir_put_str(g, ret, name, value);
	}
	ir_put(g, ret, "Volumes", list_with(c, ir_get(v, STR("Volumes")), our_volume(c)));
	return ir_put(g, ret, "MountPoints",
		      list_with(c, ir_get(v, STR("MountPoints")), our_mount(c)));
}

static struct ir_value *copy(const struct copying *c, struct ir_value *v)
{
	struct ir *g = c->l->st.g;
	struct ir_value *ret;

	if (v->kind == IR_LIST) {
		ret = ir_list(g);
		for (size_t i = 0; i < v->n; i++)
			ir_push(g, ret, copy(c, v->items[i]));
		return ret;
	}
	if (v->kind != IR_OBJECT)
		return states_literal(c->l, v);
	if (ir_get(v, STR("ResourceRequirements")) != NULL)
		return container(c, v);
	ret = ir_object(g);
	for (size_t i = 0; i < v->nmembers; i++)
		ir_put_str(g, ret, v->members[i].name, copy(c, v->members[i].value));
	return ret;
}

/* ---- the definition ---- */

static struct ir_value *retries(const struct copying *c, const struct ir_value *v)
{
	struct ir *g = c->l->st.g;
	struct ir_value *ret = ir_object(g), *rules = NULL;

	if (v != NULL)
		rules = ir_get(v, STR("EvaluateOnExit"));
	ir_put_text(g, ret, "Attempts", STR("{% $number($p.retryAttempts) %}"));
	return rules != NULL ? ir_put(g, ret, "EvaluateOnExit", copy(c, rules)) : ret;
}

static struct ir_value *definition(const struct copying *c)
{
	static const char *const own[] = {"JobDefinitionName", "Tags", "RetryStrategy",
					  "ResourceRetentionPolicy"};
	struct ir *g = c->l->st.g;
	struct ir_value *ret = ir_object(g), *v = c->w->job;

	ir_put(g, ret, "JobDefinitionName", c->w->definition);
	for (size_t i = 0; i < v->nmembers; i++) {
		bool ours = false;

		for (size_t k = 0; k < ARRAY_LEN(own); k++)
			ours = ours || str_eq(v->members[i].name, str_c(own[k]));
		if (!ours)
			ir_put_str(g, ret, v->members[i].name, copy(c, v->members[i].value));
	}
	ir_put(g, ret, "RetryStrategy", retries(c, ir_get(v, STR("RetryStrategy"))));
	return ir_put(g, ret, "Tags", workflow_tag_map(c->l, c->w));
}

/* ---- the job ---- */

/* Of the execution's input: `environment` as {NAME: value} or as a list of {Name, Value}, and `command`. */
static const char overrides[] = "{% ($e := $input.environment; $merge([{'Environment': $type($e) = "
				"'object' ? [$each($e, function($v, $k) "
				"{{'Name': $k, 'Value': $string($v)}})] : $exists($e) ? $e : []}, "
				"$exists($input.command) ? {'Command': $input.command} : {}])) %}";

static struct ir_value *node_overrides(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct node_range_list *ranges = &w->w.job->m->node_properties.node_range_properties;
	struct ir *g = l->st.g;
	struct ir_value *list = ir_list(g);

	for (size_t i = 0; i < ranges->n; i++) {
		struct ir_value *row = ir_object(g);

		ir_put_text(g, row, "TargetNodes", ranges->items[i].target_nodes);
		ir_push(g, list, ir_put_text(g, row, "ContainerOverrides", str_c(overrides)));
	}
	return ir_put(g, ir_object(g), "NodePropertyOverrides", list);
}

static struct ir_value *job(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct workflow *m = w->w.m;
	struct ir *g = l->st.g;
	struct ir_value *o = ir_object(g);

	ir_put_text(g, o, "JobName", STR("{% $c.name & '-' & $hash($root, 'SHA-1') %}"));
	ir_put(g, o, "JobQueue", w->queue);
	ir_put_text(g, o, "JobDefinition", STR("{% $definition %}"));
	if (m->share_identifier.n > 0)
		ir_put_text(g, o, "ShareIdentifier", m->share_identifier);
	if (m->array_size > 0)
		ir_put(g, o, "ArrayProperties", ir_put_int(g, ir_object(g), "Size", m->array_size));
	if (w->w.job->multinode)
		ir_put(g, o, "NodeOverrides", node_overrides(l, w));
	else
		ir_put_text(g, o, "ContainerOverrides", str_c(overrides));
	return ir_put(g, o, "Tags", workflow_tag_map(l, w));
}

void workflow_put_job(struct batch_stack *l, struct lowered_workflow *w, struct state_values *s)
{
	struct copying c = {l, w};

	state_value(l, s, "Definition", definition(&c));
	state_value(l, s, "DefinitionName", w->definition);
	state_value(l, s, "Job", job(l, w));
}

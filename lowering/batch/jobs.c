/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs.c - job definitions.
 *
 * A definition is never changed: each update registers a revision, so nothing here may depend on what changes without
 * the file. Source: AWS Batch API, RegisterJobDefinition, botocore 1.44.8; CloudFormation schema of
 * AWS::Batch::JobDefinition, cfn-lint 1.58.0.
 */
#include "lowering/batch/jobs.h"

/* ---- when an attempt is repeated ---- */

/* A rule of RetryOn. The first that fits decides; what fits none would be repeated. */
struct exit_rule {
	bool status; /* it looks at the reason of the status, and not at that of the container */
	const char *pattern; /* NULL: no rule */
};

/*
 * A lost instance or task, which is all that SPOT_INTERRUPTION repeats, and what INFRASTRUCTURE repeats beside it.
 * EvaluateOnExit takes five rules, and the last one ends what is left. Source: AWS Batch user guide, Automated job
 * retries; ECS developer guide, Stopped tasks error messages.
 */
static const struct exit_rule on_instances[] = {{true, "Host EC2*"},
						{false, "CannotPullContainerError*"},
						{false, "DockerTimeoutError*"},
						{false, "CannotStartContainerError*"}};
static const struct exit_rule on_fargate[] = {{true, "Your Spot Task was interrupted*"},
					      {false, "CannotPullContainerError*"},
					      {true, "ResourceInitializationError*"},
					      {false, "CannotStartContainerError*"}};

static void push_rule(struct batch_stack *l, struct ir_value *rules, bool retry,
		      const struct exit_rule *rule)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Action", retry ? STR("RETRY") : STR("EXIT"));
	ir_put_text(l->st.g, row, rule->status ? "OnStatusReason" : "OnReason",
		    str_c(rule->pattern));
	ir_push(l->st.g, rules, row);
}

/* What RetryOn stands for; empty for whatever failed. */
static void push_causes(struct batch_stack *l, struct ir_value *rules, const struct batch_job *j)
{
	enum retry_strategy_retry_on on = j->m->retry_strategy.retry_on;
	const struct exit_rule *causes = j->fargate ? on_fargate : on_instances;
	size_t n = on == RETRY_STRATEGY_RETRY_ON_SPOT_INTERRUPTION ? 1
		   : on == RETRY_STRATEGY_RETRY_ON_INFRASTRUCTURE  ? ARRAY_LEN(on_instances)
								   : 0;

	for (size_t i = 0; i < n; i++)
		push_rule(l, rules, true, &causes[i]);
	if (n > 0)
		push_rule(l, rules, false, &(struct exit_rule){false, "*"});
}

static void push_own_rule(struct batch_stack *l, struct ir_value *rules,
			  const struct evaluate_on_exit *m)
{
	struct ir_value *row = ir_object(l->st.g);

	ir_put_text(l->st.g, row, "Action", enum_text(PROP_EvaluateOnExit_Action, (int)m->action));
	if (m->on_reason.n > 0)
		ir_put_text(l->st.g, row, "OnReason", m->on_reason);
	if (m->on_status_reason.n > 0)
		ir_put_text(l->st.g, row, "OnStatusReason", m->on_status_reason);
	if (m->on_exit_code.n > 0)
		ir_put_text(l->st.g, row, "OnExitCode", m->on_exit_code);
	ir_push(l->st.g, rules, row);
}

static void put_retries(struct batch_stack *l, const struct batch_job *j,
			struct ir_value *properties)
{
	const struct retry_strategy *m = &j->m->retry_strategy;
	struct ir_value *strategy = ir_object(l->st.g), *rules = ir_list(l->st.g);

	if (!m->section.written)
		return;
	ir_put_int(l->st.g, strategy, "Attempts", m->attempts);
	for (size_t i = 0; i < m->evaluate_on_exit.n; i++)
		push_own_rule(l, rules, &m->evaluate_on_exit.items[i]);
	push_causes(l, rules, j);
	if (rules->n > 0)
		ir_put(l->st.g, strategy, "EvaluateOnExit", rules);
	ir_put(l->st.g, properties, "RetryStrategy", strategy);
}

/* ---- what it takes ---- */

static struct ir_value *consumable_of(struct batch_stack *l, struct str name)
{
	const struct consumable_resource_list *list = &l->b->consumable_resources;

	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].name, name))
			return ir_ref(l->st.g, l->consumables[i]);
	return ir_text(l->st.g, name); /* an ARN */
}

static void put_consumables(struct batch_stack *l, const struct job_definition *m,
			    struct ir_value *properties)
{
	struct ir *g = l->st.g;
	struct ir_value *list = ir_list(g);

	for (size_t i = 0; i < m->consumable_resources.n; i++) {
		const struct consumable_resource_requirement *r = &m->consumable_resources.items[i];
		struct ir_value *row = ir_object(g);

		ir_put(g, row, "ConsumableResource", consumable_of(l, r->consumable_resource));
		ir_put_int(g, row, "Quantity", r->quantity);
		ir_push(g, list, row);
	}
	if (list->n > 0)
		ir_put(g, properties, "ConsumableResourceProperties",
		       ir_put(g, ir_object(g), "ConsumableResourceList", list));
}

/* ---- nodes ---- */

static struct ir_value *range_of(struct batch_stack *l, const struct batch_container *c)
{
	struct ir_value *range = ir_object(l->st.g);

	ir_put_text(l->st.g, range, "TargetNodes", c->range->target_nodes);
	if (c->range->instance_types.n > 0)
		ir_put(l->st.g, range, "InstanceTypes",
		       text_list(&l->st, &c->range->instance_types));
	return ir_put(l->st.g, range, "Container", job_container_new(l, c));
}

static void put_nodes(struct batch_stack *l, const struct batch_job *j, struct ir_value *properties)
{
	const struct node_properties *m = &j->m->node_properties;
	struct ir_value *nodes = ir_object(l->st.g), *ranges = ir_list(l->st.g);

	for (size_t i = 0; i < m->node_range_properties.n; i++) {
		const struct node_range *range = &m->node_range_properties.items[i];

		ir_push(l->st.g, ranges,
			range_of(l, &(struct batch_container){j, &range->container, range}));
	}
	ir_put_int(l->st.g, nodes, "NumNodes", m->num_nodes);
	ir_put_int(l->st.g, nodes, "MainNode", m->main_node);
	ir_put(l->st.g, nodes, "NodeRangeProperties", ranges);
	ir_put(l->st.g, properties, "NodeProperties", nodes);
}

/* ---- the definition ---- */

static struct ir_value *parameters_of(struct batch_stack *l, const struct model_map *m)
{
	struct ir_value *map = ir_object(l->st.g);

	for (size_t i = 0; i < m->n; i++)
		ir_put_str(l->st.g, map, m->items[i].key, ir_text(l->st.g, m->items[i].value));
	return map;
}

/* A job of a queue with a scheduling policy is refused where nothing says its priority. */
static void put_priority(struct batch_stack *l, const struct batch_job *j,
			 struct ir_value *properties)
{
	if (j->shares || is_written(&j->m->at.scheduling_priority))
		ir_put_int(l->st.g, properties, "SchedulingPriority", j->m->scheduling_priority);
}

static void put_switches(struct batch_stack *l, const struct job_definition *m,
			 struct ir_value *properties)
{
	if (m->propagate_tags)
		ir_put_bool(l->st.g, properties, "PropagateTags", true);
	if (m->skip_deregister_on_update)
		ir_put(l->st.g, properties, "ResourceRetentionPolicy",
		       ir_put_bool(l->st.g, ir_object(l->st.g), "SkipDeregisterOnUpdate", true));
}

static struct str job_add(struct batch_stack *l, const struct batch_job *j)
{
	const struct job_definition *m = j->m;
	struct ir *g = l->st.g;
	struct ir_resource *r = ir_add(g, batch_id(l, "JobDefinition", m->name),
				       "AWS::Batch::JobDefinition", origin_of_section(&m->section));
	struct ir_value *p = r->properties,
			*platform = ir_text(g, j->fargate ? STR("FARGATE") : STR("EC2"));

	ir_put(g, p, "JobDefinitionName", batch_name(l, m->job_definition_name, m->name));
	ir_put_text(g, p, "Type", enum_text(PROP_JobDefinition_Type, (int)m->type));
	ir_put(g, p, "PlatformCapabilities", ir_push(g, ir_list(g), platform));
	if (j->multinode)
		put_nodes(l, j, p);
	else
		ir_put(g, p, "ContainerProperties",
		       job_container_new(
			       l, &(struct batch_container){j, &m->container_properties, NULL}));
	if (m->parameters.n > 0)
		ir_put(g, p, "Parameters", parameters_of(l, &m->parameters));
	put_retries(l, j, p);
	if (m->timeout.section.written)
		ir_put(g, p, "Timeout",
		       ir_put_int(g, ir_object(g), "AttemptDurationSeconds",
				  m->timeout.attempt_duration_seconds));
	put_priority(l, j, p);
	put_switches(l, m, p);
	put_consumables(l, m, p);
	batch_put_tags(l, p, &m->tags);
	return r->id;
}

void pass_batch_jobs(struct batch_stack *l)
{
	l->jobs = NEW_ARRAY(l->st.a, struct str, l->v->njobs);
	for (size_t i = 0; i < l->v->njobs; i++)
		l->jobs[i] = job_add(l, &l->v->jobs[i]);
}

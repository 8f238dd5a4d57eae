/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules.c - what the clock does: changes of capacity, jobs, workflows.
 *
 * EventBridge Scheduler calls AWS itself. Members of what it is told are those of the API with a capital letter, keys
 * of the user's own apart. A smaller MaxvCpus is refused while more is running: such a call is repeated for hours, one
 * that submits a job is not, since each may be a job more. Sources: EventBridge Scheduler user guide, Using universal
 * targets; AWS Batch API, UpdateComputeEnvironment, UpdateJobQueue, SubmitJob, botocore 1.44.8.
 */
#include "compiler/base/buf.h"
#include "compiler/base/json_text.h"
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/jobs.h"
#include "lowering/batch/watch.h"
#include "lowering/batch/workflow.h"

#define ROLE "SchedulerRole"

enum {
	ROOM = 2 << 10,
	MOST_ATTEMPTS = 185, /* that EventBridge Scheduler takes */
	CAPACITY_SECONDS = 6 * 3600,
	FEW_ATTEMPTS = 5,
	START_SECONDS = 3600,
};

/* A call under way. */
struct call {
	struct batch_stack *l;
	const struct schedule *m;
	const char *what;	/* "batch:submitJob" */
	struct json_text input; /* a format */
	struct ir_value *sub;	/* of it, with its variables */
	bool starts;		/* something that should not start twice */
};

/* ---- what the call is told ---- */

static void put(struct call *c, const char *key, struct str format)
{
	json_text_key(&c->input, str_c(key));
	json_text_string(&c->input, format);
}

static void put_int(struct call *c, const char *key, int64_t i)
{
	json_text_key(&c->input, str_c(key));
	json_text_word(&c->input, arena_fmt(c->l->st.a, "%lld", (long long)i));
}

static void open_object(struct call *c, const char *key)
{
	json_text_key(&c->input, str_c(key));
	json_text_open(&c->input, false);
}

static void close_object(struct call *c)
{
	json_text_close(&c->input, false, false);
}

static struct str reference(struct call *c, struct str resource)
{
	return arena_fmt(c->l->st.a, "${" STR_F "}", STR_A(resource));
}

/* The name at AWS of a definition, so that each job takes the newest revision. */
static struct str definition_name(struct call *c, const struct job_definition *m)
{
	struct ir_value *name = batch_name(c->l, m->job_definition_name, m->name);

	return name->kind == IR_STRING ? sub_literal(&c->l->st, name->text) : name->text;
}

/* A piece of a text that only the deployment knows, as it stands in a string of JSON. */
static struct str open_piece(struct call *c, struct str body)
{
	struct ir *g = c->l->st.g;
	struct ir_value *text = json_escaped(g, ir_text(g, text_refer(c->l->st.a, body)));
	struct str name = arena_fmt(c->l->st.a, "Text%u", c->sub->nmembers + 1);

	ir_put_str(g, c->sub, name, text);
	return reference(c, name);
}

/* A known piece as a format. One that ends in "${" would swallow the reference behind it, "${!${Text1}". */
static void add_known(struct call *c, struct buf *b, struct str text)
{
	struct str begin = STR("${");
	bool swallows = str_ends(text, begin);

	if (swallows)
		text.n -= begin.n;
	buf_add(b, sub_literal(&c->l->st, text));
	if (!swallows)
		return;
	buf_add(b, reference(c, STR("Begin")));
	if (ir_get(c->sub, STR("Begin")) == NULL)
		ir_put_text(c->l->st.g, c->sub, "Begin", begin);
}

/* A text of the file as a format. */
static struct str format_of(struct call *c, struct str text)
{
	struct buf b = buf_in(c->l->st.a);
	struct text_piece piece;

	while (text_next(&text, &piece))
		if (piece.open)
			buf_add(&b, open_piece(c, piece.text));
		else
			add_known(c, &b, piece.text);
	return buf_str(&b);
}

/* ---- capacity ---- */

static const struct lowered_environment *environment_of(const struct batch_stack *l,
							const struct schedule *m)
{
	const struct batch_environment *e = map_get(&l->v->by_environment, m->compute_environment);

	return &l->environments[e - l->v->environments];
}

static const struct lowered_job_queue *queue_of(const struct batch_stack *l, struct str name)
{
	const struct batch_queue *q = map_get(&l->v->by_queue, name);

	return &l->queues[q - l->v->queues];
}

static void put_state(struct call *c)
{
	if (is_written(&c->m->at.state))
		put(c, "State", enum_text(PROP_Schedule_State, (int)c->m->state));
}

/* Nothing but what changes: with more of ComputeResources it would replace instances. */
static void change_environment(struct call *c)
{
	c->what = "batch:updateComputeEnvironment";
	put(c, "ComputeEnvironment", reference(c, environment_of(c->l, c->m)->resource));
	put_state(c);
	if (!is_written(&c->m->at.minv_cpus) && !is_written(&c->m->at.maxv_cpus))
		return;
	open_object(c, "ComputeResources");
	if (is_written(&c->m->at.minv_cpus))
		put_int(c, "MinvCpus", c->m->minv_cpus);
	if (is_written(&c->m->at.maxv_cpus))
		put_int(c, "MaxvCpus", c->m->maxv_cpus);
	close_object(c);
}

static void change_queue(struct call *c)
{
	c->what = "batch:updateJobQueue";
	put(c, "JobQueue", reference(c, queue_of(c->l, c->m->job_queue)->resource));
	put_state(c);
}

/* ---- jobs ---- */

static const struct batch_job *definition_of(const struct call *c)
{
	return map_get(&c->l->v->by_job, c->m->job.job_definition);
}

/* The queue that the job names, or the only one that takes it. */
static const struct lowered_job_queue *queue_of_job(const struct call *c)
{
	if (c->m->job.job_queue.n > 0)
		return queue_of(c->l, c->m->job.job_queue);
	return &c->l->queues[batch_only_queue(definition_of(c)) - c->l->v->queues];
}

/* A job is called as its schedule, whose name may have signs that no job has. */
static struct str job_name(struct call *c)
{
	struct buf b = buf_in(c->l->st.a);
	struct str name = c->m->name;

	if (name.s[0] == '-' || name.s[0] == '_' || name.s[0] == '.')
		buf_add(&b, STR("job"));
	for (size_t i = 0; i < name.n; i++)
		buf_char(&b, name.s[i] == '.' ? '_' : name.s[i]);
	return buf_str(&b);
}

static void put_command(struct call *c)
{
	const struct model_strings *words = &c->m->job.command;

	json_text_key(&c->input, STR("Command"));
	json_text_open(&c->input, true);
	for (size_t i = 0; i < words->n; i++)
		json_text_string(&c->input, format_of(c, words->items[i].text));
	json_text_close(&c->input, true, words->n == 0);
}

/* Of a job of several nodes the command of each range. */
static void put_node_commands(struct call *c, const struct batch_job *job)
{
	const struct node_range_list *ranges = &job->m->node_properties.node_range_properties;

	open_object(c, "NodeOverrides");
	json_text_key(&c->input, STR("NodePropertyOverrides"));
	json_text_open(&c->input, true);
	for (size_t i = 0; i < ranges->n; i++) {
		json_text_open(&c->input, false);
		put(c, "TargetNodes", ranges->items[i].target_nodes);
		open_object(c, "ContainerOverrides");
		put_command(c);
		close_object(c);
		close_object(c);
	}
	json_text_close(&c->input, true, ranges->n == 0);
	close_object(c);
}

static void put_overrides(struct call *c, const struct batch_job *job)
{
	if (!is_written(&c->m->job.at.command))
		return;
	if (job->multinode) {
		put_node_commands(c, job);
		return;
	}
	open_object(c, "ContainerOverrides");
	put_command(c);
	close_object(c);
}

static void submit(struct call *c)
{
	const struct scheduled_job *m = &c->m->job;
	const struct batch_job *job = definition_of(c);

	c->what = "batch:submitJob";
	c->starts = true;
	put(c, "JobName", job_name(c));
	put(c, "JobQueue", reference(c, queue_of_job(c)->resource));
	put(c, "JobDefinition", definition_name(c, job->m));
	if (m->share_identifier.n > 0)
		put(c, "ShareIdentifier", m->share_identifier);
	if (is_written(&m->at.array_size)) {
		open_object(c, "ArrayProperties");
		put_int(c, "Size", m->array_size);
		close_object(c);
	}
	put_overrides(c, job);
}

/* ---- workflows ---- */

/* With a name of this call of the schedule, a repeated call starts nothing a second time. */
static void start(struct call *c)
{
	c->what = "sfn:startExecution";
	c->starts = true;
	put(c, "StateMachineArn", reference(c, workflow_id(c->l, c->m->workflow)));
	put(c, "Name", STR("<aws.scheduler.execution-id>"));
}

/* ---- rights ---- */

static void allow_one(struct call *c, struct ir_value *statements, const char *sid,
		      const char *action, struct ir_value *resource)
{
	allow(&c->l->st, statements, sid, action,
	      ir_push(c->l->st.g, ir_list(c->l->st.g), resource));
}

/* Both with and without a revision: which one Batch asks for depends on how a job names its definition. */
static void allow_submit(struct call *c, struct ir_value *statements)
{
	struct str name = definition_name(c, definition_of(c)->m);

	allow_one(c, statements, "Submit", "batch:SubmitJob",
		  ir_ref(c->l->st.g, queue_of_job(c)->resource));
	allow_one(c, statements, "Submit", "batch:SubmitJob",
		  arn(&c->l->st, "batch",
		      arena_fmt(c->l->st.a, "job-definition/" STR_F, STR_A(name))));
	allow_one(c, statements, "Submit", "batch:SubmitJob",
		  arn(&c->l->st, "batch",
		      arena_fmt(c->l->st.a, "job-definition/" STR_F ":*", STR_A(name))));
}

static void allow_call(struct call *c, struct ir_value *statements)
{
	struct ir *g = c->l->st.g;

	if (c->m->compute_environment.n > 0)
		allow_one(c, statements, "Capacity", "batch:UpdateComputeEnvironment",
			  ir_ref(g, environment_of(c->l, c->m)->resource));
	else if (c->m->job_queue.n > 0)
		allow_one(c, statements, "Queues", "batch:UpdateJobQueue",
			  ir_ref(g, queue_of(c->l, c->m->job_queue)->resource));
	else if (c->m->workflow.n > 0)
		allow_one(c, statements, "Workflows", "states:StartExecution",
			  ir_ref(g, workflow_id(c->l, c->m->workflow)));
	else
		allow_submit(c, statements);
}

/* ---- the schedule ---- */

static struct ir_value *target_of(struct call *c)
{
	struct ir *g = c->l->st.g;
	struct ir_value *target = ir_object(g), *retries = ir_object(g);

	ir_put(g, target, "Arn",
	       ir_subf(g, "arn:${AWS::Partition}:scheduler:::aws-sdk:%s", c->what));
	ir_put(g, target, "RoleArn", ir_getatt(g, STR(ROLE), STR("Arn")));
	ir_put(g, target, "Input", c->sub);
	ir_put_int(g, retries, "MaximumEventAgeInSeconds",
		   c->starts ? START_SECONDS : CAPACITY_SECONDS);
	ir_put_int(g, retries, "MaximumRetryAttempts", c->starts ? FEW_ATTEMPTS : MOST_ATTEMPTS);
	return ir_put(g, target, "RetryPolicy", retries);
}

static void schedule_add(struct batch_stack *l, const struct schedule *m,
			 struct ir_value *statements)
{
	struct ir *g = l->st.g;
	struct call c = {.l = l,
			 .m = m,
			 .input = json_text_new(l->st.a, ROOM, JSON_TEXT_MINIFIED, 0),
			 .sub = ir_sub(g, STR(""))};
	struct ir_resource *r = ir_add(g, batch_id(l, "Schedule", m->name),
				       "AWS::Scheduler::Schedule", origin_of_section(&m->section));

	json_text_open(&c.input, false);
	if (m->compute_environment.n > 0)
		change_environment(&c);
	else if (m->job_queue.n > 0)
		change_queue(&c);
	else if (m->workflow.n > 0)
		start(&c);
	else
		submit(&c);
	close_object(&c);
	c.sub->text = (struct str){c.input.s, c.input.n};
	allow_call(&c, statements);
	ir_put(g, r->properties, "FlexibleTimeWindow",
	       ir_put_text(g, ir_object(g), "Mode", STR("OFF")));
	ir_put(g, r->properties, "GroupName", ir_ref(g, STR(SCHEDULE_GROUP)));
	ir_put_text(g, r->properties, "ScheduleExpression", m->schedule_expression);
	if (m->schedule_expression_timezone.n > 0)
		ir_put_text(g, r->properties, "ScheduleExpressionTimezone",
			    m->schedule_expression_timezone);
	ir_put_text(g, r->properties, "State",
		    enum_text(PROP_Schedule_ScheduleState, (int)m->schedule_state));
	ir_put(g, r->properties, "Target", target_of(&c));
}

/* A group of their own: figures of schedules are those of their group. */
static void group_add(struct batch_stack *l)
{
	struct ir_resource *r =
		ir_add(l->st.g, STR(SCHEDULE_GROUP), "AWS::Scheduler::ScheduleGroup",
		       origin_of_section(&l->b->schedules.items[0].section));

	tags_put(&l->st, r->properties, "Tags", NULL);
}

void pass_batch_schedules(struct batch_stack *l)
{
	const struct schedule_list *list = &l->b->schedules;
	struct ir_value *statements = ir_list(l->st.g);
	struct ir_resource *role;

	if (list->n == 0)
		return;
	group_add(l);
	for (size_t i = 0; i < list->n; i++)
		schedule_add(l, &list->items[i], statements);
	role = role_add(&l->st, STR(ROLE), "scheduler", statements, ir_list(l->st.g),
			origin_of_section(&list->items[0].section));
	role_own_account(&l->st, role);
}

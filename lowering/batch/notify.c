/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.c - who hears of alarms, jobs and what is spent.
 *
 * Mails of jobs are text for people, and one a job: children of arrays and nodes are left out unless the file wants
 * them. Executions of workflows are told that end otherwise than well.
 */
#include "lowering/aws/notifications.h"
#include "lowering/batch/watch.h"
#include "lowering/batch/workflow.h"

enum { MACHINES_OF_A_RULE = 10 };

#define LOOK "\"aws batch describe-jobs --region <region> --jobs <id>\""
#define FAILED_TEXT                                 \
	"\"The job <name> has failed: <reason>\"\n" \
	"\"Job <id>, queue <queue>, log stream <log>\"\n" LOOK
#define SUCCEEDED_TEXT                        \
	"\"The job <name> has succeeded.\"\n" \
	"\"Job <id>, queue <queue>, log stream <log>\"\n" LOOK
#define BLOCKED_TEXT                                   \
	"\"The queue <queue> is blocked: <reason>\"\n" \
	"\"Its first job, <name>, cannot run; its id is <id>.\"\n" LOOK

#define WORKFLOW_TEXT                                             \
	"\"The workflow execution <name> has ended: <status>\"\n" \
	"\"<error> <cause>\"\n"                                   \
	"\"aws stepfunctions describe-execution --region <region> --execution-arn <execution>\""

struct variable {
	const char *name, *path;
};

static const struct variable of_jobs[] = {
	{"name", "$.detail.jobName"},
	{"id", "$.detail.jobId"},
	{"queue", "$.detail.jobQueue"},
	{"reason", "$.detail.statusReason"},
	{"log", "$.detail.container.logStreamName"},
	{"region", "$.region"},
};

/* The event has what DescribeExecution answers. Source: Step Functions developer guide, EventBridge. */
static const struct variable of_executions[] = {
	{"name", "$.detail.name"},
	{"status", "$.detail.status"},
	{"error", "$.detail.error"},
	{"cause", "$.detail.cause"},
	{"execution", "$.detail.executionArn"},
	{"region", "$.region"},
};

/* The topic, and the text that it is told: a variable that an event has not is left out of it. */
static struct ir_value *told(struct batch_stack *l, const char *words, const struct variable *v,
			     size_t n)
{
	struct ir *g = l->st.g;
	struct ir_value *target = ir_object(g), *text = ir_object(g), *paths = ir_object(g);

	for (size_t i = 0; i < n; i++)
		if (str_find_str(str_c(words), arena_fmt(l->st.a, "<%s>", v[i].name), 0) !=
		    SIZE_MAX)
			ir_put_text(g, paths, v[i].name, str_c(v[i].path));
	ir_put(g, text, "InputPathsMap", paths);
	ir_put_text(g, text, "InputTemplate", str_c(words));
	ir_put_text(g, target, "Id", STR("topic"));
	ir_put(g, target, "Arn", l->topic);
	return ir_put(g, target, "InputTransformer", text);
}

static struct ir_value *mail(struct batch_stack *l, const struct job_rule *m, struct str id)
{
	(void)id;
	return told(l, m->text, of_jobs, ARRAY_LEN(of_jobs));
}

static void tell_ends(struct batch_stack *l, const char *id, const char *status, const char *text)
{
	const struct notifications *m = &l->b->notifications;
	struct job_rule rule = {.id = id,
				.detail_type = "Batch Job State Change",
				.statuses = status,
				.no_children = !m->array_children,
				.no_nodes = true,
				.origin = origin_of(&m->section, &m->at.job_states),
				.target = mail,
				.text = text};

	if (batch_tells_end(l->b, str_c(status)))
		batch_rule_add(l, &rule);
}

static void tell_blocked(struct batch_stack *l)
{
	const struct notifications *m = &l->b->notifications;
	struct job_rule rule = {.id = "BlockedQueues",
				.detail_type = "Batch Job Queue Blocked",
				.origin = origin_of(&m->section, &m->at.queue_blocked),
				.target = mail,
				.text = BLOCKED_TEXT};

	if (m->queue_blocked)
		batch_rule_add(l, &rule);
}

/* ---- workflows ---- */

static void tell_machines(struct batch_stack *l, struct str id, struct ir_value *machines)
{
	struct ir_resource *r = ir_add(l->st.g, id, "AWS::Events::Rule",
				       origin_of_section(&l->b->notifications.section));
	struct ir_value *target = told(l, WORKFLOW_TEXT, of_executions, ARRAY_LEN(of_executions));

	ir_put(l->st.g, r->properties, "EventPattern", workflow_ended_badly(l, machines));
	ir_put(l->st.g, r->properties, "Targets", ir_push(l->st.g, ir_list(l->st.g), target));
	tags_put(&l->st, r->properties, "Tags", NULL);
}

/*
 * A pattern has at most 2,048 characters, and the ARN of a machine up to 145: with more than a few it is one rule for
 * each. Source: EventBridge quotas.
 */
static void tell_workflows(struct batch_stack *l)
{
	const struct workflow_list *list = &l->b->workflows;
	struct ir_value *all = ir_list(l->st.g);

	for (size_t i = 0; i < list->n; i++) {
		struct str machine = l->workflows[i].machine;

		if (machine.n == 0)
			continue;
		if (list->n > MACHINES_OF_A_RULE)
			tell_machines(l, batch_id(l, "FailedWorkflows", list->items[i].name),
				      ir_push(l->st.g, ir_list(l->st.g), ir_ref(l->st.g, machine)));
		else
			ir_push(l->st.g, all, ir_ref(l->st.g, machine));
	}
	if (all->n > 0)
		tell_machines(l, STR("FailedWorkflows"), all);
}

void pass_batch_notifications(struct batch_stack *l)
{
	const struct notifications *m = &l->b->notifications;

	if (!m->section.written)
		return;
	l->topic = topic_add(&l->st, m);
	topic_let_events(&l->st, m, l->topic);
	tell_ends(l, "FailedJobs", "FAILED", FAILED_TEXT);
	tell_ends(l, "SucceededJobs", "SUCCEEDED", SUCCEEDED_TEXT);
	tell_blocked(l);
	tell_workflows(l);
}

void pass_batch_budget(struct batch_stack *l)
{
	if (l->b->budget.section.written)
		budget_add(&l->st, &l->b->budget, &l->b->notifications);
}

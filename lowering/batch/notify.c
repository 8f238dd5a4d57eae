/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.c - who hears of alarms, jobs and what is spent.
 *
 * Mails of jobs are text for people, and one a job: children of arrays and nodes are left out unless the file wants
 * them.
 */
#include "lowering/aws/notifications.h"
#include "lowering/batch/watch.h"

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

static const struct {
	const char *name, *path;
} variables[] = {
	{"name", "$.detail.jobName"},
	{"id", "$.detail.jobId"},
	{"queue", "$.detail.jobQueue"},
	{"reason", "$.detail.statusReason"},
	{"log", "$.detail.container.logStreamName"},
	{"region", "$.region"},
};

/* The topic, and the text that it is told: a variable that an event has not is left out of it. */
static struct ir_value *mail(struct batch_stack *l, const struct job_rule *m, struct str id)
{
	struct ir *g = l->st.g;
	struct ir_value *target = ir_object(g), *text = ir_object(g), *paths = ir_object(g);

	(void)id;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		if (str_find_str(str_c(m->text), arena_fmt(l->st.a, "<%s>", variables[i].name),
				 0) != SIZE_MAX)
			ir_put_text(g, paths, variables[i].name, str_c(variables[i].path));
	ir_put(g, text, "InputPathsMap", paths);
	ir_put_text(g, text, "InputTemplate", str_c(m->text));
	ir_put_text(g, target, "Id", STR("topic"));
	ir_put(g, target, "Arn", l->topic);
	return ir_put(g, target, "InputTransformer", text);
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
}

void pass_batch_budget(struct batch_stack *l)
{
	if (l->b->budget.section.written)
		budget_add(&l->st, &l->b->budget, &l->b->notifications);
}

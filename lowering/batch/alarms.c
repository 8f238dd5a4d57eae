/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alarms.c - alarms on queues, jobs and instances.
 *
 * Nothing runs at night, or for weeks: figures that are missing are no reason for an alarm. A queue whose figures are
 * missing keeps the state that it had, since the function that publishes them does so for empty queues as well; that it
 * fails, or is not called at all, is an alarm of its own.
 */
#include "lowering/batch/watch.h"

enum {
	LOOKS = 300,
	HOUR = 3600,	 /* seconds between points */
	WHILE = 900,	 /* in which the function is called three times */
	SOME_ERRORS = 3, /* of one call, which Lambda repeats twice */
};

/* One alarm under way. */
struct alarm {
	struct batch_stack *l;
	struct ir_value *p; /* its properties */
	struct str id;
};

static struct alarm alarm_new(struct batch_stack *l, const char *kind, struct str name,
			      const struct field_at *at)
{
	const struct alarms *m = &l->b->monitoring.alarms;
	struct ir_resource *r = ir_add(l->st.g, batch_id(l, kind, name), "AWS::CloudWatch::Alarm",
				       origin_of(&m->section, at));

	ir_put(l->st.g, r->properties, "AlarmName",
	       ir_subf(l->st.g, "${AWS::StackName}-%s-" STR_F, kind, STR_A(name)));
	l->alarms[l->nalarms++] = r->id;
	return (struct alarm){l, r->properties, r->id};
}

static void compare(struct alarm *a, const char *how, int64_t threshold, const char *missing)
{
	struct ir *g = a->l->st.g;

	ir_put_int(g, a->p, "EvaluationPeriods", 1);
	ir_put_int(g, a->p, "Threshold", threshold);
	ir_put_text(g, a->p, "ComparisonOperator", str_c(how));
	ir_put_text(g, a->p, "TreatMissingData", str_c(missing));
	if (a->l->topic != NULL)
		ir_put(g, a->p, "AlarmActions", ir_push(g, ir_list(g), a->l->topic));
	tags_put(&a->l->st, a->p, "Tags", NULL);
}

static void add_dimension(struct ir *g, struct ir_value *list, const char *name,
			  struct ir_value *value)
{
	struct ir_value *d = ir_put_text(g, ir_object(g), "Name", str_c(name));

	ir_push(g, list, ir_put(g, d, "Value", value));
}

static struct ir_value *of_queue(struct batch_stack *l, const struct lowered_job_queue *q)
{
	struct ir_value *list = ir_list(l->st.g);

	add_dimension(l->st.g, list, "Queue", batch_filled(l, batch_queue_words(l, q)));
	return list;
}

static void put_metric(struct alarm *a, const char *space, const char *metric,
		       struct ir_value *dimensions, const char *statistic, int64_t period)
{
	struct ir *g = a->l->st.g;

	ir_put_text(g, a->p, "Namespace", str_c(space));
	ir_put_text(g, a->p, "MetricName", str_c(metric));
	ir_put(g, a->p, "Dimensions", dimensions);
	ir_put_text(g, a->p, "Statistic", str_c(statistic));
	ir_put_int(g, a->p, "Period", period);
}

static void describe(struct alarm *a, struct ir_value *text)
{
	ir_put(a->l->st.g, a->p, "AlarmDescription", text);
}

/* ---- queues ---- */

static void wait_alarm(struct batch_stack *l, const struct lowered_job_queue *q)
{
	const struct alarms *m = &l->b->monitoring.alarms;
	struct alarm a = alarm_new(l, "QueueWait", q->m->name, &m->at.queue_wait_minutes);
	struct str queue = batch_queue_words(l, q);

	describe(&a,
		 batch_filled(
			 l,
			 arena_fmt(l->st.a,
				   "A job of the queue " STR_F
				   " could run and has waited for more than %lld minutes: aws "
				   "batch list-jobs --job-queue " STR_F " --job-status RUNNABLE",
				   STR_A(queue), (long long)m->queue_wait_minutes, STR_A(queue))));
	put_metric(&a, BATCH_NAMESPACE, METRIC_WAIT, of_queue(l, q), "Maximum", LOOKS);
	compare(&a, "GreaterThanThreshold", m->queue_wait_minutes * 60, "ignore");
}

/* A metric that a figure is made of. */
static void part(struct ir *g, struct ir_value *metrics, const char *id, const char *metric,
		 struct ir_value *dimensions)
{
	struct ir_value *o = ir_object(g), *stat = ir_object(g), *of = ir_object(g);

	ir_put_text(g, of, "Namespace", STR(BATCH_NAMESPACE));
	ir_put_text(g, of, "MetricName", str_c(metric));
	ir_put(g, of, "Dimensions", dimensions);
	ir_put(g, stat, "Metric", of);
	ir_put_int(g, stat, "Period", HOUR);
	ir_put_text(g, stat, "Stat", STR("Sum"));
	ir_put_text(g, o, "Id", str_c(id));
	ir_put(g, o, "MetricStat", stat);
	ir_push(g, metrics, ir_put_bool(g, o, "ReturnData", false));
}

/* Where no job has ended there is nothing to divide, so there is no figure. */
static void failure_alarm(struct batch_stack *l, const struct lowered_job_queue *q)
{
	const struct alarms *m = &l->b->monitoring.alarms;
	struct alarm a = alarm_new(l, "JobFailures", q->m->name, &m->at.job_failure_percent);
	struct ir *g = l->st.g;
	struct ir_value *metrics = ir_list(g), *share = ir_object(g);

	describe(&a, batch_filled(l, arena_fmt(l->st.a,
					       "More than %lld %% of the jobs of the queue " STR_F
					       " that ended in the last hour have failed",
					       (long long)m->job_failure_percent,
					       STR_A(batch_queue_words(l, q)))));
	part(g, metrics, "failed", METRIC_FAILED, of_queue(l, q));
	part(g, metrics, "succeeded", METRIC_SUCCEEDED, of_queue(l, q));
	ir_put_text(g, share, "Id", STR("percent"));
	ir_put_text(g, share, "Expression", STR("100 * failed / (failed + succeeded)"));
	ir_put_text(g, share, "Label", STR("Failed jobs in percent"));
	ir_push(g, metrics, ir_put_bool(g, share, "ReturnData", true));
	ir_put(g, a.p, "Metrics", metrics);
	compare(&a, "GreaterThanThreshold", m->job_failure_percent, "notBreaching");
}

/* ---- what looks at queues, and what the clock does ---- */

static void tell_too(struct alarm *a, const char *actions)
{
	struct ir *g = a->l->st.g;

	if (a->l->topic != NULL)
		ir_put(g, a->p, actions, ir_push(g, ir_list(g), a->l->topic));
}

/*
 * Each call of the function is a figure, of no errors or one: without any for a while it is not called. That is told by
 * another state than ALARM, which a new alarm begins with, so that nobody is told of a new stack.
 */
static void monitor_alarm(struct batch_stack *l)
{
	struct alarm a = alarm_new(l, "Watch", STR("queues"), &l->b->monitoring.alarms.at.enabled);
	struct ir_value *of = ir_list(l->st.g);

	describe(&a, ir_text(l->st.g,
			     STR("The function that looks at the queues fails, or is not called: "
				 "other alarms on queues may be silent")));
	add_dimension(l->st.g, of, "FunctionName", ir_ref(l->st.g, STR(MONITOR)));
	put_metric(&a, "AWS/Lambda", "Errors", of, "Sum", WHILE);
	compare(&a, "GreaterThanThreshold", SOME_ERRORS, "missing");
	tell_too(&a, "InsufficientDataActions");
}

/* A call that was refused until its time was over. Source: EventBridge Scheduler user guide, CloudWatch metrics. */
static void clock_alarm(struct batch_stack *l)
{
	struct ir *g = l->st.g;
	struct ir_resource *r = ir_add(g, STR("SchedulesDropped"), "AWS::CloudWatch::Alarm",
				       origin_of_section(&l->b->schedules.items[0].section));
	struct alarm a = {l, r->properties, r->id};
	struct ir_value *of = ir_list(g);

	ir_put(g, a.p, "AlarmName", ir_sub(g, STR("${AWS::StackName}-Schedules")));
	describe(&a, ir_text(g, STR("What a schedule was to do was refused, and given up")));
	add_dimension(g, of, "ScheduleGroup", ir_ref(g, STR(SCHEDULE_GROUP)));
	put_metric(&a, "AWS/Scheduler", "InvocationDroppedCount", of, "Sum", LOOKS);
	compare(&a, "GreaterThanThreshold", 0, "notBreaching");
}

/* ---- instances ---- */

static struct ir_value *of_environment(struct batch_stack *l, const struct lowered_environment *e)
{
	struct ir_value *list = ir_list(l->st.g);

	add_dimension(l->st.g, list, "Stack", ir_ref(l->st.g, STR("AWS::StackName")));
	add_dimension(l->st.g, list, "Environment", ir_text(l->st.g, e->m->name));
	return list;
}

static void gpu_alarm(struct batch_stack *l, const struct lowered_environment *e)
{
	const struct alarms *m = &l->b->monitoring.alarms;
	struct alarm a = alarm_new(l, "GpuUse", e->m->name, &m->at.gpu_utilization_percent);

	describe(&a, ir_textf(l->st.g,
			      "The GPUs of the compute environment " STR_F
			      " were used less than %lld %% over an hour",
			      STR_A(e->m->name), (long long)m->gpu_utilization_percent));
	put_metric(&a, BATCH_NAMESPACE, METRIC_GPU, of_environment(l, e), "Average", HOUR);
	compare(&a, "LessThanThreshold", m->gpu_utilization_percent, "notBreaching");
}

static void memory_alarm(struct batch_stack *l, const struct lowered_environment *e)
{
	const struct alarms *m = &l->b->monitoring.alarms;
	struct alarm a = alarm_new(l, "MemoryUse", e->m->name, &m->at.memory_utilization_percent);

	describe(&a, ir_textf(l->st.g,
			      "An instance of the compute environment " STR_F
			      " uses more than %lld %% of its memory",
			      STR_A(e->m->name), (long long)m->memory_utilization_percent));
	put_metric(&a, BATCH_NAMESPACE, METRIC_MEMORY, of_environment(l, e), "Maximum", LOOKS);
	compare(&a, "GreaterThanThreshold", m->memory_utilization_percent, "notBreaching");
}

void pass_batch_alarms(struct batch_stack *l)
{
	if (l->topic != NULL && l->b->schedules.n > 0)
		clock_alarm(l);
	if (!batch_has_alarms(l->b))
		return;
	l->alarms = NEW_ARRAY(l->st.a, struct str, 2 * (l->v->nqueues + l->v->nenvironments) + 1);
	monitor_alarm(l);
	for (size_t i = 0; i < l->v->nqueues; i++) {
		wait_alarm(l, &l->queues[i]);
		failure_alarm(l, &l->queues[i]);
	}
	for (size_t i = 0; i < l->v->nenvironments; i++) {
		const struct lowered_environment *e = &l->environments[i];

		if (batch_watches_gpus(l, e->m))
			gpu_alarm(l, e);
		if (batch_watches_memory(l) && !e->m->fargate)
			memory_alarm(l, e);
	}
}

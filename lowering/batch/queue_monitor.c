/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_monitor.c - the function that publishes what alarms on queues look at (templates/queue_monitor.py).
 *
 * AWS Batch has no such metrics. The clock calls it every five minutes for what waits, and each end of a job for what
 * failed: of an array its children are counted, and not the array.
 */
#include "compiler/base/json_text.h"
#include "lowering/aws/function.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/watch.h"

enum { SECONDS = 240, MIB = 256, ROOM = 4 << 10 };

static struct ir_origin origin_of_alarms(const struct batch_stack *l)
{
	return origin_of_section(&l->b->monitoring.alarms.section);
}

/* What it looks at by the clock: {"Queues": [names]}. */
static struct ir_value *input(struct batch_stack *l)
{
	struct json_text o = json_text_new(l->st.a, ROOM, JSON_TEXT_MINIFIED, 0);

	json_text_open(&o, false);
	json_text_key(&o, STR("Queues"));
	json_text_open(&o, true);
	for (size_t i = 0; i < l->v->nqueues; i++)
		json_text_string(&o, batch_queue_words(l, &l->queues[i]));
	json_text_close(&o, true, l->v->nqueues == 0);
	json_text_close(&o, false, false);
	return batch_filled(l, (struct str){o.s, o.n});
}

static struct ir_value *target_of(struct batch_stack *l)
{
	struct ir_value *target = ir_object(l->st.g);

	ir_put_text(l->st.g, target, "Id", STR("monitor"));
	return ir_put(l->st.g, target, "Arn", ir_getatt(l->st.g, STR(MONITOR), STR("Arn")));
}

/* The events go to the function as they are. */
static struct ir_value *counted(struct batch_stack *l, const struct job_rule *m, struct str id)
{
	function_called_by(&l->st, STR(MONITOR), id, m->origin);
	return target_of(l);
}

static void clock_add(struct batch_stack *l)
{
	struct ir *g = l->st.g;
	struct ir_resource *r =
		ir_add(g, STR(MONITOR "Clock"), "AWS::Events::Rule", origin_of_alarms(l));

	ir_put_text(g, r->properties, "ScheduleExpression", STR("rate(5 minutes)"));
	ir_put(g, r->properties, "Targets",
	       ir_push(g, ir_list(g), ir_put(g, target_of(l), "Input", input(l))));
	tags_put(&l->st, r->properties, "Tags", NULL);
	function_called_by(&l->st, STR(MONITOR), r->id, origin_of_alarms(l));
}

static void ends_add(struct batch_stack *l)
{
	struct job_rule rule = {.id = MONITOR "Ends",
				.detail_type = "Batch Job State Change",
				.statuses = "FAILED SUCCEEDED",
				.no_arrays = true,
				.no_nodes = true,
				.origin = origin_of_alarms(l),
				.target = counted};

	batch_rule_add(l, &rule);
}

/* Jobs are listed and described on no narrower resource. Source: Service Authorization Reference. */
static struct ir_value *rights(struct batch_stack *l, struct str log)
{
	struct ir_value *statements = ir_list(l->st.g);

	function_allow_log(&l->st, statements, log);
	allow(&l->st, statements, "Look", "batch:DescribeJobs batch:ListJobs",
	      any_resource(&l->st));
	allow_when(&l->st,
		   allow(&l->st, statements, "Metrics", "cloudwatch:PutMetricData",
			 any_resource(&l->st)),
		   "cloudwatch:namespace", ir_text(l->st.g, STR(BATCH_NAMESPACE)));
	return statements;
}

void pass_batch_queue_monitor(struct batch_stack *l)
{
	struct function f = {.id = STR(MONITOR),
			     .description = STR("Publishes how long jobs wait, and how they end"),
			     .program = STR("queue_monitor.py"),
			     .seconds = SECONDS,
			     .mib = MIB,
			     .origin = origin_of_alarms(l)};

	if (!batch_has_alarms(l->b))
		return;
	f.log_group = function_log_add(&l->st, STR(MONITOR "Log"), f.origin);
	role_add(&l->st, STR(MONITOR "Role"), "lambda", rights(l, f.log_group), ir_list(l->st.g),
		 f.origin);
	f.role = ir_getatt(l->st.g, STR(MONITOR "Role"), STR("Arn"));
	function_add(&l->st, &f);
	clock_add(l);
	ends_add(l);
}

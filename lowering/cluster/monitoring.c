/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitoring.c - the log group, and metrics made of what the cluster reports in it.
 *
 * All nodes write to one group, a stream for each file and node. By default the group outlives the stack,
 * so its name must not come back when a cluster of the same name is made again: it ends in the first part of
 * the stack's id, which no other stack has and which stays over updates.
 *
 * The head node writes one JSON line for each event to the stream "*.events":
 *
 *   {"cluster": "<stack>", "event": "<word>", "count": <nodes>}
 *
 * One filter makes a metric `Events` of them with the event as a dimension, so a new kind of event needs no
 * new resource. The event launch-CODE counts nodes that EC2 refused to start, by the code of its error.
 */
#include "lowering/cluster/monitoring.h"

#include "lowering/cluster/cluster.h"

/* "/hpcc/<stack>/<8 hexadecimal digits of the stack id>" */
static struct ir_value *group_name(struct stack *st)
{
	return ir_put(st->g, ir_sub(st->g, STR("/hpcc/${AWS::StackName}/${Unique}")), "Unique",
		      stack_id_part(st, 0));
}

static void log_group_add(struct lowering *l, const struct cloud_watch_logs *m)
{
	struct ir_origin origin = origin_of_section(&m->section);
	struct ir_resource *r = ir_add(l->st.g, STR("LogGroup"), "AWS::Logs::LogGroup", origin);
	bool keep = m->deletion_policy != CLOUD_WATCH_LOGS_DELETION_POLICY_DELETE;

	resource_goes(r, keep ? IR_RETAIN : IR_DELETE);
	ir_put(l->st.g, r->properties, "LogGroupName", group_name(&l->st));
	if (m->retention_in_days > 0) /* 0: for ever, which CloudFormation says by saying nothing */
		ir_put_int(l->st.g, r->properties, "RetentionInDays", m->retention_in_days);
	tags_put(&l->st, r->properties, "Tags", NULL);
	l->log_group = ir_ref(l->st.g, r->id);
}

/* ---- metrics ---- */

static void add_dimension(struct stack *st, struct ir_value *list, const char *key,
			  const char *value)
{
	struct ir_value *d = ir_object(st->g);

	ir_put_text(st->g, d, "Key", str_c(key));
	ir_put_text(st->g, d, "Value", str_c(value));
	ir_push(st->g, list, d);
}

static void filter_add(struct lowering *l)
{
	struct ir_resource *r = ir_add(l->st.g, STR("EventMetric"), "AWS::Logs::MetricFilter",
				       origin_of_section(&l->c->monitoring.section));
	struct ir_value *t = ir_object(l->st.g), *dimensions = ir_list(l->st.g);

	add_dimension(&l->st, dimensions, "Cluster", "$.cluster");
	add_dimension(&l->st, dimensions, "Event", "$.event");
	ir_put_text(l->st.g, t, "MetricNamespace", STR(METRIC_NAMESPACE));
	ir_put_text(l->st.g, t, "MetricName", STR(METRIC_EVENTS));
	ir_put_text(l->st.g, t, "MetricValue", STR("$.count"));
	ir_put(l->st.g, t, "Dimensions", dimensions);
	ir_put(l->st.g, r->properties, "LogGroupName", l->log_group);
	ir_put_text(l->st.g, r->properties, "FilterPattern",
		    STR("{ ($.event = \"*\") && ($.count > 0) }"));
	ir_put(l->st.g, r->properties, "MetricTransformations",
	       ir_push(l->st.g, ir_list(l->st.g), t));
}

void pass_monitoring(struct lowering *l)
{
	const struct cloud_watch_logs *m = &l->c->monitoring.logs.cloud_watch;

	if (!m->enabled)
		return;
	log_group_add(l, m);
	if (l->c->monitoring.dashboards.cloud_watch.enabled)
		filter_add(l);
}

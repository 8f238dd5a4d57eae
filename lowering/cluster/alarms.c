/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alarms.c - alarms of the head node.
 *
 * Four alarms watch what ends a cluster when nobody looks: a failed status check, and CPU, memory and a disk
 * (the root's, or that of the homes) above 90 %. A composite alarm is on when any of them is, so that one
 * subscription is enough. Memory
 * and disk are known to the agent alone; without logs there is no agent and there are no such alarms.
 */
#include "compiler/base/buf.h"
#include "lowering/cluster/cluster.h"
#include "lowering/cluster/monitoring.h"

enum { MINUTE = 60, BASIC_PERIOD = 300 /* seconds between points without detailed monitoring */ };

struct alarm {
	const char *id, *suffix; /* the name is "<stack>-HeadNode-<suffix>" */
	const char *name_space, *metric, *what;
	int64_t above;
	bool basic;    /* a point a minute only with detailed monitoring */
	bool of_agent; /* needs the agent */
};

static const struct alarm head_alarms[] = {
	{"HeadNodeHealthAlarm", "Health", "AWS/EC2", "StatusCheckFailed",
	 "A status check of the head node fails", 0, false, false},
	{"HeadNodeCpuAlarm", "Cpu", "AWS/EC2", "CPUUtilization", "CPUs of the head node: over 90 %",
	 90, true, false},
	{"HeadNodeMemoryAlarm", "Mem", AGENT_NAMESPACE, "mem_used_percent",
	 "Memory of the head node: over 90 %", 90, false, true},
	{"HeadNodeDiskAlarm", "Disk", AGENT_NAMESPACE, "disk_used_percent",
	 "A disk of the head node: over 90 %", 90, false, true},
};

static void add_dimension(struct stack *st, struct ir_value *list, const char *name,
			  struct ir_value *value)
{
	struct ir_value *d = ir_object(st->g);

	ir_put_text(st->g, d, "Name", str_c(name));
	ir_push(st->g, list, ir_put(st->g, d, "Value", value));
}

static struct str alarm_add(struct lowering *l, const struct alarm *a)
{
	struct ir_resource *r = ir_add(l->st.g, str_c(a->id), "AWS::CloudWatch::Alarm",
				       origin_of_section(&l->c->monitoring.alarms.section));
	struct ir_value *p = r->properties, *dimensions = ir_list(l->st.g);
	bool slow = a->basic && !l->c->monitoring.detailed_monitoring;

	add_dimension(&l->st, dimensions, "InstanceId", ir_ref(l->st.g, l->head_node));
	ir_put(l->st.g, p, "AlarmName",
	       ir_subf(l->st.g, "${AWS::StackName}-HeadNode-%s", a->suffix));
	ir_put_text(l->st.g, p, "AlarmDescription", str_c(a->what));
	ir_put_text(l->st.g, p, "Namespace", str_c(a->name_space));
	ir_put_text(l->st.g, p, "MetricName", str_c(a->metric));
	ir_put(l->st.g, p, "Dimensions", dimensions);
	ir_put_text(l->st.g, p, "Statistic", STR("Maximum"));
	ir_put_int(l->st.g, p, "Period", slow ? BASIC_PERIOD : MINUTE);
	ir_put_int(l->st.g, p, "EvaluationPeriods", 1);
	ir_put_int(l->st.g, p, "Threshold", a->above);
	ir_put_text(l->st.g, p, "ComparisonOperator", STR("GreaterThanThreshold"));
	tags_put(&l->st, p, "Tags", NULL);
	return r->id;
}

static void composite_add(struct lowering *l, const struct str *ids, size_t n)
{
	struct ir_resource *r =
		ir_add(l->st.g, STR("HeadNodeAlarm"), "AWS::CloudWatch::CompositeAlarm",
		       origin_of_section(&l->c->monitoring.alarms.section));
	struct buf rule = buf_in(l->st.a);

	for (size_t i = 0; i < n; i++)
		buf_fmt(&rule, "%sALARM(\"${" STR_F ".Arn}\")", i > 0 ? " OR " : "", STR_A(ids[i]));
	ir_put(l->st.g, r->properties, "AlarmName",
	       ir_sub(l->st.g, STR("${AWS::StackName}-HeadNode")));
	ir_put_text(l->st.g, r->properties, "AlarmDescription",
		    STR("The head node needs attention"));
	ir_put(l->st.g, r->properties, "AlarmRule", ir_sub(l->st.g, buf_str(&rule)));
	tags_put(&l->st, r->properties, "Tags", NULL);
}

void pass_alarms(struct lowering *l)
{
	struct str ids[ARRAY_LEN(head_alarms)];
	size_t n = 0;

	if (l->c->monitoring.alarms.enabled) {
		for (size_t i = 0; i < ARRAY_LEN(head_alarms); i++)
			if (has_agent(l) || !head_alarms[i].of_agent)
				ids[n++] = alarm_add(l, &head_alarms[i]);
		composite_add(l, ids, n);
	}
	if (l->c->monitoring.dashboards.cloud_watch.enabled)
		dashboard_add(l, ids, n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network_flow_logs.c - records of the traffic, to a log group or to a bucket of the file.
 *
 * Source: VPC user guide, "Publish flow logs to CloudWatch Logs" and "Publish flow logs to Amazon S3".
 */
#include "lowering/aws/arn.h"
#include "lowering/aws/network_parts.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

/* The group has no name of its own: it stays when the stack goes, and must not be in the way of the next one. */
static struct ir_value *log_group_add(struct stack *st, const struct flow_logs *m)
{
	struct ir_resource *r = named_resource(st, STR("FlowLogGroup"), "AWS::Logs::LogGroup",
					       STR("flow-logs"), origin_of_section(&m->section));

	ir_put_int(st->g, r->properties, "RetentionInDays", m->retention_in_days);
	r->deletion_policy = IR_RETAIN_EXCEPT_ON_CREATE;
	r->update_replace_policy = IR_RETAIN;
	return ir_ref(st->g, r->id);
}

/* The service acts for flow logs of this account and region alone. */
static struct ir_value *role_of_logs_add(struct stack *st, const struct flow_logs *m)
{
	struct ir_value *statements = ir_list(st->g);
	struct ir_resource *r;
	struct ir_value *trust;

	allow(st, statements, "Log",
	      "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
	      ir_getatt(st->g, STR("FlowLogGroup"), STR("Arn")));
	r = role_add(st, STR("FlowLogRole"), "vpc-flow-logs", statements, ir_list(st->g),
		     origin_of_section(&m->section));
	trust = ir_get(ir_get(r->properties, STR("AssumeRolePolicyDocument")), STR("Statement"))
			->items[0];
	allow_when(st, trust, "aws:SourceAccount", ir_ref(st->g, STR("AWS::AccountId")));
	allow_if(st, trust, "ArnLike", "aws:SourceArn", arn(st, "ec2", STR("vpc-flow-log/*")));
	return ir_getatt(st->g, r->id, STR("Arn"));
}

/* The service looks whether it may write there when the flow log is made. */
static void deliver_to_bucket(struct stack *st, struct ir_resource *log,
			      const struct lowered_bucket *bucket)
{
	ir_put_text(st->g, log->properties, "LogDestinationType", STR("s3"));
	ir_put(st->g, log->properties, "LogDestination",
	       ir_getatt(st->g, bucket->resource, STR("Arn")));
	ir_depend(st->g, log, bucket->policy);
}

void network_add_flow_logs(struct stack *st, const struct lowered_network *n,
			   const struct lowered_bucket *bucket)
{
	const struct flow_logs *m = &n->net->m->flow_logs;
	struct str traffic = enum_text(PROP_FlowLogs_TrafficType, (int)m->traffic_type);
	struct ir_resource *r;

	if (!m->enabled || (m->destination == FLOW_LOGS_DESTINATION_S3 && bucket == NULL))
		return;
	r = named_resource(st, STR("FlowLog"), "AWS::EC2::FlowLog", STR(""),
			   origin_of_section(&m->section));
	ir_put_text(st->g, r->properties, "ResourceType", STR("VPC"));
	ir_put(st->g, r->properties, "ResourceId", n->vpc);
	ir_put_text(st->g, r->properties, "TrafficType", traffic);
	if (m->destination == FLOW_LOGS_DESTINATION_S3) {
		deliver_to_bucket(st, r, bucket);
		return;
	}
	ir_put_text(st->g, r->properties, "LogDestinationType", STR("cloud-watch-logs"));
	ir_put(st->g, r->properties, "LogGroupName", log_group_add(st, m));
	ir_put(st->g, r->properties, "DeliverLogsPermissionArn", role_of_logs_add(st, m));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_batch_operations.c - schedules, alarms, notifications, budget and dashboard, as a batch file makes them. */
#include "compiler/base/json.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(batch_operations, .fini = free_all);

#define BASE                                                                                    \
	"Kind: Batch\nRegion: us-east-1\n"                                                      \
	"Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"                                 \
	"ComputeEnvironments:\n"                                                                \
	"  - {Name: gpu, InstanceTypes: [g5.12xlarge], MaxvCpus: 96}\n"                         \
	"  - {Name: cpu, InstanceTypes: [m6i.large], MaxvCpus: 8}\n"                            \
	"  - {Name: tasks, Type: FARGATE, MaxvCpus: 8}\n"                                       \
	"JobQueues:\n"                                                                          \
	"  - {Name: work, ComputeEnvironmentOrder: [gpu]}\n"                                    \
	"  - {Name: rest, JobQueueName: the-rest, ComputeEnvironmentOrder: [cpu]}\n"            \
	"  - {Name: small, ComputeEnvironmentOrder: [tasks]}\n"                                 \
	"JobDefinitions:\n"                                                                     \
	"  - {Name: solve, JobQueues: [rest], ContainerProperties: {Image: busybox, Vcpus: 1, " \
	"Memory: 512}}\n"
#define MAIL "Notifications: {Emails: [hpc@example.com]}\n"

static const struct ir *graph(const char *rest)
{
	return graph_of(&mem, arena_fmt(&mem, BASE "%s", rest).s);
}

static const char *property(const struct ir *g, const char *id, const char *path)
{
	return text_at(&mem, found(g, id)->properties, path);
}

static void expect_all(const struct ir *g, const char *id, const char *const is[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(property(g, id, is[i][0]), is[i][1], "%s of %s", is[i][0], id);
}

#define EXPECT(g, id, ...)                                        \
	do {                                                      \
		static const char *const is[][2] = {__VA_ARGS__}; \
		expect_all(g, id, is, ARRAY_LEN(is));             \
	} while (0)

/* ---- schedules ---- */

#define AT "ScheduleExpression: cron(0 22 ? * MON-FRI *)"

Test(batch_operations, capacity_is_changed_by_nothing_but_what_changes)
{
	const struct ir *g =
		graph("Schedules:\n  - {Name: night, " AT
		      ", ScheduleExpressionTimezone: Asia/Tokyo, ComputeEnvironment: gpu, "
		      "MinvCpus: 0, MaxvCpus: 192, State: ENABLED}\n"
		      "  - {Name: closed, ScheduleState: DISABLED, " AT
		      ", JobQueue: rest, State: DISABLED}\n");

	EXPECT(g, "ScheduleNight", {"ScheduleExpression", "cron(0 22 ? * MON-FRI *)"},
	       {"ScheduleExpressionTimezone", "Asia/Tokyo"}, {"State", "ENABLED"},
	       {"FlexibleTimeWindow.Mode", "OFF"},
	       {"Target.Arn",
		"arn:${AWS::Partition}:scheduler:::aws-sdk:batch:updateComputeEnvironment"},
	       {"Target.RoleArn", "SchedulerRole.Arn"},
	       {"Target.Input",
		"{\"ComputeEnvironment\":\"${ComputeEnvironmentGpu}\",\"State\":\"ENABLED\","
		"\"ComputeResources\":{\"MinvCpus\":0,\"MaxvCpus\":192}}"},
	       {"Target.RetryPolicy.MaximumEventAgeInSeconds", "21600"},
	       {"Target.RetryPolicy.MaximumRetryAttempts", "185"});
	EXPECT(g, "ScheduleClosed", {"State", "DISABLED"}, {"ScheduleExpressionTimezone", ""},
	       {"Target.Input", "{\"JobQueue\":\"${JobQueueRest}\",\"State\":\"DISABLED\"}"});
	EXPECT(g, "SchedulerRole",
	       {"AssumeRolePolicyDocument.Statement.0.Principal.Service",
		"scheduler.amazonaws.com"},
	       {"AssumeRolePolicyDocument.Statement.0.Condition.StringEquals.aws:SourceAccount",
		"AWS::AccountId"},
	       {"Policies.0.PolicyDocument.Statement.0.Action.0", "batch:UpdateComputeEnvironment"},
	       {"Policies.0.PolicyDocument.Statement.0.Resource.0", "ComputeEnvironmentGpu"},
	       {"Policies.0.PolicyDocument.Statement.1.Action.0", "batch:UpdateJobQueue"},
	       {"Policies.0.PolicyDocument.Statement.1.Resource.0", "JobQueueRest"},
	       {"Policies.0.PolicyDocument.Statement.2", ""});
}

Test(batch_operations, a_job_is_submitted_by_name_and_not_again_and_again)
{
	const struct ir *g = graph("Buckets: [{Name: Data}]\nSchedules:\n  - {Name: -a.b, "
				   "ScheduleExpression: rate(1 day), "
				   "Job: {JobDefinition: solve, ArraySize: 3, Command: [run, 'a "
				   "\"b\" \\ ${self.Data}']}}\n");

	EXPECT(g, "ScheduleAB3FNK6B",
	       {"Target.Arn", "arn:${AWS::Partition}:scheduler:::aws-sdk:batch:submitJob"},
	       {"Target.Input",
		"{\"JobName\":\"job-a_b\",\"JobQueue\":\"${JobQueueRest}\","
		"\"JobDefinition\":\"${AWS::StackName}-solve\",\"ArrayProperties\":{\"Size\":3},"
		"\"ContainerOverrides\":{\"Command\":[\"run\",\"a \\\"b\\\" \\\\ ${Text1}\"]}}"},
	       {"Target.RetryPolicy.MaximumRetryAttempts", "5"});
	EXPECT(g, "SchedulerRole",
	       {"Policies.0.PolicyDocument.Statement.0.Resource.0", "JobQueueRest"},
	       {"Policies.0.PolicyDocument.Statement.0.Resource.1",
		"arn:${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}:job-definition/"
		"${AWS::StackName}-solve"},
	       {"Policies.0.PolicyDocument.Statement.0.Resource.2",
		"arn:${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}:job-definition/"
		"${AWS::StackName}-solve:*"});
}

Test(batch_operations, a_schedule_that_is_given_up_is_told)
{
	const char *night =
		"Schedules:\n  - {Name: night, " AT ", ComputeEnvironment: gpu, MinvCpus: 8}\n";
	const struct ir *g = graph(arena_fmt(&mem, MAIL "%s", night).s);

	EXPECT(g, "ScheduleNight", {"GroupName", "ScheduleGroup"});
	EXPECT(g, "SchedulesDropped", {"Namespace", "AWS/Scheduler"},
	       {"MetricName", "InvocationDroppedCount"}, {"Dimensions.0.Name", "ScheduleGroup"},
	       {"Dimensions.0.Value", "ScheduleGroup"}, {"Statistic", "Sum"}, {"Threshold", "0"},
	       {"TreatMissingData", "notBreaching"}, {"AlarmActions.0", "Topic"});
	g = graph(night);
	EXPECT(g, "ScheduleNight", {"GroupName", "ScheduleGroup"});
	cr_expect_null(ir_find(g, STR("SchedulesDropped")));
}

/* ---- alarms ---- */

Test(batch_operations, alarms_on_queues_tell_the_topic)
{
	const struct ir *g = graph(MAIL "Monitoring: {Alarms: {QueueWaitMinutes: 20}}\n");

	EXPECT(g, "QueueWaitRest", {"AlarmName", "${AWS::StackName}-QueueWait-rest"},
	       {"Namespace", "hpcc/Batch"}, {"MetricName", "OldestRunnableSeconds"},
	       {"Dimensions.0.Name", "Queue"}, {"Dimensions.0.Value", "the-rest"},
	       {"Statistic", "Maximum"}, {"Threshold", "1200"}, {"Period", "300"},
	       {"ComparisonOperator", "GreaterThanThreshold"}, {"TreatMissingData", "ignore"},
	       {"AlarmActions.0", "Topic"});
	EXPECT(g, "WatchQueues", {"Namespace", "AWS/Lambda"}, {"MetricName", "Errors"},
	       {"Dimensions.0.Name", "FunctionName"}, {"Dimensions.0.Value", "QueueMonitor"},
	       {"Statistic", "Sum"}, {"Threshold", "3"}, {"TreatMissingData", "missing"},
	       {"AlarmActions.0", "Topic"}, {"InsufficientDataActions.0", "Topic"});
	EXPECT(g, "JobFailuresWork", {"Metrics.0.MetricStat.Metric.MetricName", "JobsFailed"},
	       {"Metrics.0.MetricStat.Metric.Dimensions.0.Value", "${AWS::StackName}-work"},
	       {"Metrics.1.MetricStat.Metric.MetricName", "JobsSucceeded"},
	       {"Metrics.2.Expression", "100 * failed / (failed + succeeded)"}, {"Threshold", "10"},
	       {"TreatMissingData", "notBreaching"});
	EXPECT(g, "QueueMonitorClock", {"ScheduleExpression", "rate(5 minutes)"},
	       {"Targets.0.Input", "{\"Queues\":[\"${AWS::StackName}-work\",\"the-rest\",\"${AWS::"
				   "StackName}-small\"]}"});
	EXPECT(g, "QueueMonitorEnds", {"EventPattern.detail.status.0", "FAILED"},
	       {"EventPattern.detail.status.1", "SUCCEEDED"},
	       {"EventPattern.detail.jobQueue.2", "JobQueueSmall"},
	       {"Targets.0.InputTransformer", ""});
	cr_expect_not_null(at(found(g, "QueueMonitorEnds")->properties,
			      "EventPattern.detail.arrayProperties.size.0.exists"));
	cr_expect_eq(count_of(g, "AWS::CloudWatch::Alarm"), 7);
	cr_expect_eq(count_of(g, "AWS::Logs::ResourcePolicy"), 0);
	cr_expect_eq(count_of(g, "AWS::Lambda::Permission"), 2);
}

Test(batch_operations, instances_are_watched_where_the_file_says_so)
{
	const struct ir *g = graph("Monitoring: {Alarms: {GpuUtilizationPercent: 50, "
				   "MemoryUtilizationPercent: 90}}\n");

	EXPECT(g, "GpuUseGpu", {"MetricName", "nvidia_smi_utilization_gpu"},
	       {"Dimensions.0.Value", "AWS::StackName"}, {"Dimensions.1.Value", "gpu"},
	       {"Statistic", "Average"}, {"Period", "3600"}, {"Threshold", "50"},
	       {"ComparisonOperator", "LessThanThreshold"}, {"TreatMissingData", "notBreaching"},
	       {"AlarmActions", ""});
	EXPECT(g, "MemoryUseCpu", {"MetricName", "mem_used_percent"}, {"Threshold", "90"},
	       {"TreatMissingData", "notBreaching"});
	cr_expect_null(ir_find(g, STR("GpuUseCpu")));
	cr_expect_null(ir_find(g, STR("MemoryUseTasks")));
}

Test(batch_operations, without_the_section_nothing_is_watched)
{
	static const char *const rest[] = {
		MAIL, "Monitoring: {Alarms: {Enabled: false, MemoryUtilizationPercent: 90}}\n"};

	for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
		const struct ir *g = graph(rest[i]);

		cr_expect_eq(count_of(g, "AWS::CloudWatch::Alarm"), 0);
		cr_expect_eq(count_of(g, "AWS::CloudWatch::Dashboard"), 0);
		cr_expect_null(ir_find(g, STR("QueueMonitor")));
		cr_expect_null(strstr(text_at(&mem, found(g, "LaunchTemplateCpu")->properties,
					      "LaunchTemplateData.UserData"),
				      "agent"));
	}
}

/* ---- the dashboard ---- */

Test(batch_operations, the_dashboard_is_json_of_what_is_there)
{
	const struct ir *g =
		graph("Monitoring: {Alarms: {MemoryUtilizationPercent: 90}}\n"
		      "SharedStorage: [{Name: home, MountDir: /home, StorageType: Efs}]\n");
	const char *body = dashboard_of(&mem, g).s;
	struct str error;

	cr_assert_not_null(json_read(&mem, str_c(body), &error));
	cr_expect_not_null(
		strstr(body, "[\"hpcc/Batch\",\"RunnableJobs\",\"Queue\",\"the-rest\"]"));
	cr_expect_not_null(strstr(body, "\"Environment\",\"cpu\"]"));
	cr_expect_null(strstr(body, "\"Environment\",\"tasks\"]"));
	cr_expect_not_null(strstr(
		body, "[\"AWS/EFS\",\"DataReadIOBytes\",\"FileSystemId\",\"${FileSystemHome}\"]"));
	cr_expect_not_null(strstr(body, "${QueueWaitWork.Arn}"));
	cr_expect_not_null(strstr(body, "SOURCE '${JobLogs}'"));
	g = graph("Monitoring: {Dashboards: {CloudWatch: {Enabled: true}}}\n");
	cr_expect_null(strstr(dashboard_of(&mem, g).s, "RunnableJobs"));
	g = graph("Monitoring: {Alarms: {QueueWaitMinutes: 5}, Dashboards: {CloudWatch: {Enabled: "
		  "false}}}\n");
	cr_expect_null(ir_find(g, STR("Dashboard")));
}

/* ---- notifications ---- */

Test(batch_operations, mails_of_failed_jobs_leave_children_out)
{
	const struct ir *g = graph(MAIL);

	EXPECT(g, "FailedJobs", {"EventPattern.source.0", "aws.batch"},
	       {"EventPattern.detail-type.0", "Batch Job State Change"},
	       {"EventPattern.detail.status.0", "FAILED"}, {"EventPattern.detail.status.1", ""},
	       {"Targets.0.Arn", "Topic"},
	       {"Targets.0.InputTransformer.InputPathsMap.reason", "$.detail.statusReason"});
	cr_expect_not_null(at(found(g, "FailedJobs")->properties,
			      "EventPattern.detail.arrayProperties.index.0.exists"));
	EXPECT(g, "BlockedQueues", {"EventPattern.detail-type.0", "Batch Job Queue Blocked"},
	       {"Targets.0.InputTransformer.InputPathsMap.log", ""});
	EXPECT(g, "TopicPolicy",
	       {"PolicyDocument.Statement.0.Principal.Service", "events.amazonaws.com"},
	       {"PolicyDocument.Statement.1.Principal.Service", "cloudwatch.amazonaws.com"},
	       {"PolicyDocument.Statement.1.Condition.StringEquals.aws:SourceAccount",
		"AWS::AccountId"});
	cr_expect_null(
		at(found(g, "TopicPolicy")->properties, "PolicyDocument.Statement.0.Condition"));
	cr_expect_null(ir_find(g, STR("SucceededJobs")));
	cr_expect_not_null(map_get(&g->outputs, STR("NotificationTopic")));
}

#define WORKFLOW                                                               \
	"  - {Name: %s, Mode: Ebs, JobDefinition: solve, EbsSettings: {Size: " \
	"100}, ComputeEnvironment: {InstanceTypes: [m6i.large], MaxvCpus: 2}}\n"

Test(batch_operations, workflows_that_fail_are_told_by_name)
{
	struct str some = STR("Workflows:\n"), many;
	const struct ir *g;

	for (int i = 0; i < 2; i++)
		some = arena_fmt(&mem, STR_F WORKFLOW, STR_A(some), arena_fmt(&mem, "w%d", i).s);
	g = graph(arena_fmt(&mem, STR_F MAIL, STR_A(some)).s);
	EXPECT(g, "FailedWorkflows", {"EventPattern.source.0", "aws.states"},
	       {"EventPattern.detail.status.0", "ABORTED"},
	       {"EventPattern.detail.status.1", "TIMED_OUT"},
	       {"EventPattern.detail.status.2", "FAILED"},
	       {"EventPattern.detail.stateMachineArn.0", "WorkflowW0"},
	       {"EventPattern.detail.stateMachineArn.1", "WorkflowW1"}, {"Targets.0.Arn", "Topic"},
	       {"Targets.0.RoleArn", ""},
	       {"Targets.0.InputTransformer.InputPathsMap.cause", "$.detail.cause"},
	       {"Targets.0.InputTransformer.InputPathsMap.name", "$.detail.name"});
	cr_expect_null(ir_find(graph(some.s), STR("FailedWorkflows")));
	many = some;
	for (int i = 2; i < 11; i++)
		many = arena_fmt(&mem, STR_F WORKFLOW, STR_A(many), arena_fmt(&mem, "w%d", i).s);
	g = graph(arena_fmt(&mem, STR_F MAIL, STR_A(many)).s);
	EXPECT(g, "FailedWorkflowsW10", {"EventPattern.detail.stateMachineArn.0", "WorkflowW10"},
	       {"EventPattern.detail.stateMachineArn.1", ""});
}

Test(batch_operations, what_is_told_is_as_the_file_wishes)
{
	const struct ir *g = graph(
		"Notifications: {TopicArn: 'arn:aws:sns:us-east-1:123456789012:hpc', JobStates: "
		"[SUCCEEDED], ArrayChildren: true, QueueBlocked: false}\n");

	EXPECT(g, "SucceededJobs", {"EventPattern.detail.status.0", "SUCCEEDED"},
	       {"EventPattern.detail.arrayProperties", ""},
	       {"Targets.0.Arn", "arn:aws:sns:us-east-1:123456789012:hpc"});
	cr_expect_eq(count_of(g, "AWS::Events::Rule"), 1);
	cr_expect_eq(count_of(g, "AWS::SNS::TopicPolicy"), 0);
	cr_expect_null(map_get(&g->outputs, STR("NotificationTopic")));
}

Test(batch_operations, a_pattern_never_holds_more_queues_than_it_may)
{
	struct arena *a = &mem;
	struct str text = STR(
		"Kind: Batch\nRegion: us-east-1\nNetworking: {SubnetIds: "
		"[subnet-0123456789abcdef0]}\n"
		"ComputeEnvironments: [{Name: cpu, InstanceTypes: [m6i.large], MaxvCpus: 8}]\n" MAIL
		"JobQueues:\n");
	const struct ir *g;

	for (int i = 0; i < 8; i++)
		text = arena_fmt(a, STR_F "  - {Name: q%d, ComputeEnvironmentOrder: [cpu]}\n",
				 STR_A(text), i);
	g = graph_of(a, text.s);
	cr_expect_eq(count_of(g, "AWS::Events::Rule"), 16);
	EXPECT(g, "FailedJobsQ7", {"EventPattern.detail.jobQueue.0", "JobQueueQ7"},
	       {"EventPattern.detail.jobQueue.1", ""});
}

/* ---- the budget ---- */

Test(batch_operations, the_budget_tells_those_of_notifications)
{
	const struct ir *g = graph(MAIL "Budget: {Amount: 100}\n");

	EXPECT(g, "Budget", {"Budget.TimeUnit", "MONTHLY"},
	       {"NotificationsWithSubscribers.0.Subscribers.0.Address", "hpc@example.com"},
	       {"NotificationsWithSubscribers.2.Notification.NotificationType", "FORECASTED"},
	       {"Budget.BudgetLimit.Unit", "USD"}, {"Budget.BudgetName", ""});
	cr_expect_not_null(at(found(g, "Budget")->properties, "Budget.CostFilters.TagKeyValue"));
	g = graph_of(&mem, "Kind: Environment\nRegion: cn-north-1\n"
			   "Network: {AvailabilityZones: [cn-north-1a]}\n"
			   "Budget: {Amount: 100, Emails: [a@example.com]}\n");
	EXPECT(g, "Budget", {"Budget.BudgetLimit.Unit", "CNY"});
	g = graph("Budget: {Amount: 100, AllCosts: true, Emails: [a@example.com]}\n");
	cr_expect_null(at(found(g, "Budget")->properties, "Budget.CostFilters"));
}

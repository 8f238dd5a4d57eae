/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/json.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(monitoring, .fini = free_all);
TestSuite(dns, .fini = free_all);

#define PROPERTY(r, path) text_at(&mem, (r)->properties, path)

static const struct json_value *widgets_of(const struct ir *g)
{
	struct str error;
	const struct json_value *body = json_read(&mem, dashboard_of(&mem, g), &error);

	cr_assert_not_null(body, "%s", error.s);
	return json_get(body, STR("widgets"));
}

static bool has_title(const struct json_value *widgets, const char *title)
{
	for (const struct json_value *w = widgets->first; w != NULL; w = w->next) {
		const struct json_value *t = json_get(json_get(w, STR("properties")), STR("title"));

		if (t != NULL && str_eq(t->text, str_c(title)))
			return true;
	}
	return false;
}

/* ---- logs ---- */

Test(monitoring, logs_are_kept_by_default)
{
	const struct ir *g = graph_with(&mem, "");
	const struct ir_resource *r = ir_find(g, STR("LogGroup"));

	cr_assert_not_null(r);
	cr_assert_eq(r->deletion_policy, IR_RETAIN);
	cr_assert_str_eq(PROPERTY(r, "RetentionInDays"), "180");
	cr_assert_str_eq(PROPERTY(r, "LogGroupName"), "/hpcc/${AWS::StackName}/${Unique}");
}

Test(monitoring, retention_zero_is_for_ever)
{
	const struct ir *g = graph_with(
		&mem,
		"Monitoring: {Logs: {CloudWatch: {RetentionInDays: 0, DeletionPolicy: Delete}}}\n");
	const struct ir_resource *r = ir_find(g, STR("LogGroup"));

	cr_assert_eq(r->deletion_policy, IR_DELETE);
	cr_assert_null(at(r->properties, "RetentionInDays"));
}

/* Memory and disk of the head node come from the agent, which is there for logs. */
Test(monitoring, without_logs_nothing_needs_the_agent)
{
	const struct ir *g =
		graph_with(&mem, "Monitoring: {Logs: {CloudWatch: {Enabled: false}}}\n");

	cr_assert_null(ir_find(g, STR("LogGroup")));
	cr_assert_eq(count_of(g, "AWS::Logs::MetricFilter"), 0);
	cr_assert_eq(count_of(g, "AWS::CloudWatch::Alarm"), 2);
	cr_assert_not(has_title(widgets_of(g), "Head node: memory"));
	cr_assert_not(has_title(widgets_of(g), "Events"));
}

/* ---- alarms ---- */

Test(monitoring, four_alarms_and_one_of_them)
{
	const struct ir *g = graph_with(&mem, "");
	const struct ir_resource *all = only(g, "AWS::CloudWatch::CompositeAlarm");

	cr_assert_eq(count_of(g, "AWS::CloudWatch::Alarm"), 4);
	cr_assert_str_eq(PROPERTY(all, "AlarmRule"), "ALARM(\"${HeadNodeHealthAlarm.Arn}\") OR "
						     "ALARM(\"${HeadNodeCpuAlarm.Arn}\") OR "
						     "ALARM(\"${HeadNodeMemoryAlarm.Arn}\") OR "
						     "ALARM(\"${HeadNodeDiskAlarm.Arn}\")");
	/* The root's disk and that of the homes: the fullest counts. */
	cr_assert_str_eq(PROPERTY(ir_find(g, STR("HeadNodeDiskAlarm")), "Dimensions.1.Value"), "");
}

/* EC2 gives a point each five minutes, and each minute with detailed monitoring. */
Test(monitoring, period_follows_detailed_monitoring)
{
	const struct ir *basic = graph_with(&mem, "");
	const struct ir *detailed = graph_with(&mem, "Monitoring: {DetailedMonitoring: true}\n");

	cr_assert_str_eq(PROPERTY(ir_find(basic, STR("HeadNodeCpuAlarm")), "Period"), "300");
	cr_assert_str_eq(PROPERTY(ir_find(detailed, STR("HeadNodeCpuAlarm")), "Period"), "60");
	cr_assert_str_eq(PROPERTY(ir_find(basic, STR("HeadNodeHealthAlarm")), "Period"), "60");
}

Test(monitoring, alarms_off)
{
	const struct ir *g = graph_with(&mem, "Monitoring: {Alarms: {Enabled: false}}\n");

	cr_assert_eq(count_of(g, "AWS::CloudWatch::Alarm"), 0);
	cr_assert_eq(count_of(g, "AWS::CloudWatch::CompositeAlarm"), 0);
	cr_assert_not(has_title(widgets_of(g), "Alarms"));
}

/* ---- dashboard ---- */

Test(monitoring, dashboard_off)
{
	const struct ir *g =
		graph_with(&mem, "Monitoring: {Dashboards: {CloudWatch: {Enabled: false}}}\n");

	cr_assert_eq(count_of(g, "AWS::CloudWatch::Dashboard"), 0);
	cr_assert_eq(count_of(g, "AWS::Logs::MetricFilter"), 0);
}

Test(monitoring, dashboard_shows_each_storage_that_has_metrics)
{
	const struct ir *g =
		graph_with(&mem, "SharedStorage:\n"
				 "  - {Name: vol, MountDir: /v, StorageType: Ebs}\n"
				 "  - {Name: efs, MountDir: /e, StorageType: Efs}\n"
				 "  - {Name: fsx, MountDir: /f, StorageType: FsxLustre,\n"
				 "     FsxLustreSettings: {FileSystemId: fs-0123456789abcdef1}}\n"
				 "  - {Name: zfs, MountDir: /z, StorageType: FsxOpenZfs,\n"
				 "     FsxOpenZfsSettings: {VolumeId: fsvol-0123456789abcdef0}}\n");
	const struct json_value *w = widgets_of(g);

	cr_assert(has_title(w, "Alarms"));
	cr_assert(has_title(w, "Head node: CPU"));
	cr_assert(has_title(w, "vol: bytes"));
	cr_assert(has_title(w, "efs: bytes"));
	cr_assert(has_title(w, "fsx: free space"));
	cr_assert(has_title(w, "Events"));
	cr_assert_not(has_title(w, "zfs: bytes"));
}

/* ---- names ---- */

static const struct ir *with_dns(const char *dns)
{
	return graph_of(&mem,
			arena_fmt(&mem,
				  "Region: us-east-1\n"
				  "Image: {Os: alinux2023}\n"
				  "HeadNode: {InstanceType: m5.xlarge, Networking: {SubnetId: "
				  "subnet-0123456789abcdef0}}\n"
				  "Scheduling:\n"
				  "  Scheduler: slurm\n"
				  "  SlurmSettings: {Dns: {%s}}\n"
				  "  SlurmQueues:\n"
				  "    - Name: one\n"
				  "      ComputeResources: [{Name: a, InstanceType: m5.large}]\n"
				  "      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n",
				  dns)
				.s);
}

Test(dns, a_private_zone_for_the_cluster)
{
	const struct ir_resource *r = only(with_dns(""), "AWS::Route53::HostedZone");

	cr_assert_str_eq(PROPERTY(r, "Name"), "${AWS::StackName}.hpcc.");
	cr_assert_str_eq(PROPERTY(r, "VPCs.0.VPCId"), "Lookup.VpcId");
}

Test(dns, none_when_it_is_turned_off)
{
	const struct ir *g = with_dns("DisableManagedDns: true");

	cr_assert_eq(count_of(g, "AWS::Route53::HostedZone"), 0);
	cr_assert_null(at(ir_find(g, STR("Fleet"))->properties, "HostedZoneId"));
}

Test(dns, a_zone_that_is_there_is_used)
{
	const struct ir *g = with_dns("HostedZoneId: Z0123456789ABCDEFGHIJ");

	cr_assert_eq(count_of(g, "AWS::Route53::HostedZone"), 0);
	cr_assert_str_eq(PROPERTY(ir_find(g, STR("Fleet")), "HostedZoneId"),
			 "Z0123456789ABCDEFGHIJ");
}

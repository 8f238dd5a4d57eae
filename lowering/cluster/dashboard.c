/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dashboard.c - one page of graphs and logs of the cluster.
 *
 * The four graphs of the head node are a row. Of existing OpenZFS and ONTAP volumes only the FSx API knows the file
 * system that metrics go by, so they have no graph.
 */
#include "lowering/aws/dashboard.h"

#include "lowering/cluster/cluster.h"
#include "lowering/cluster/monitoring.h"

static const struct graph head_graphs[] = {
	{"Head node: CPU", "AWS/EC2", "InstanceId", "Average", {"CPUUtilization"}, NULL},
	{"Head node: network", "AWS/EC2", "InstanceId", "Sum", {"NetworkIn", "NetworkOut"}, NULL},
	{"Head node: status checks",
	 "AWS/EC2",
	 "InstanceId",
	 "Maximum",
	 {"StatusCheckFailed"},
	 NULL},
};

static const struct graph agent_graphs[] = {
	{"Head node: memory, disk",
	 AGENT_NAMESPACE,
	 "InstanceId",
	 "Maximum",
	 {"mem_used_percent", "disk_used_percent"},
	 "path=/"},
};

static const struct graph volume_graphs[] = {
	{"bytes", "AWS/EBS", "VolumeId", "Sum", {"VolumeReadBytes", "VolumeWriteBytes"}, NULL},
	{"operations", "AWS/EBS", "VolumeId", "Sum", {"VolumeReadOps", "VolumeWriteOps"}, NULL},
	{"queue", "AWS/EBS", "VolumeId", "Average", {"VolumeQueueLength"}, NULL},
};

static void head_node(struct page *p, const struct lowering *l)
{
	struct str id = arena_fmt(p->st->a, "${" STR_F "}", STR_A(l->head_node));

	for (size_t i = 0; i < ARRAY_LEN(head_graphs); i++)
		page_graph(p, &head_graphs[i], str_c(head_graphs[i].title), &id, 1);
	for (size_t i = 0; has_agent(l) && i < ARRAY_LEN(agent_graphs); i++)
		page_graph(p, &agent_graphs[i], str_c(agent_graphs[i].title), &id, 1);
}

/* ---- storage ---- */

static void storage_graphs(struct page *p, const struct lowered_storage *s,
			   const struct graph *graphs, size_t n, const char *member)
{
	struct ir_value *value = ir_get(s->settings, str_c(member));
	struct str name = ir_get(s->settings, STR("Name"))->text;
	size_t nids = value->kind == IR_LIST ? value->n : 1;
	struct str *ids = NEW_ARRAY(p->st->a, struct str, nids);

	for (size_t i = 0; i < nids; i++)
		ids[i] = page_in_sub(p, value->kind == IR_LIST ? value->items[i] : value);
	page_graphs_of(p, name, graphs, n, ids, nids);
}

static void storage(struct page *p, const struct lowered_storage *s)
{
	struct str kind = ir_get(s->settings, STR("Kind"))->text;

	if (str_eq(kind, STR("Ebs")) || str_eq(kind, STR("Raid")))
		storage_graphs(p, s, volume_graphs, ARRAY_LEN(volume_graphs), "VolumeIds");
	else if (str_eq(kind, STR("Efs")))
		storage_graphs(p, s, efs_graphs, ARRAY_LEN(efs_graphs), "FileSystemId");
	else if (str_eq(kind, STR("FsxLustre")))
		storage_graphs(p, s, lustre_graphs, ARRAY_LEN(lustre_graphs), "FileSystemId");
}

/* ---- events, logs ---- */

/* All events that the cluster reported, whatever they are called. */
static void events(struct page *p)
{
	page_open_graph(p, STR("Events"), "Sum");
	json_text_open(&p->text, true);
	json_text_open(&p->text, false);
	page_put(p, "expression",
		 STR("SEARCH('{" METRIC_NAMESPACE ",Cluster,Event} MetricName=\"" METRIC_EVENTS
		     "\" Cluster=\"${AWS::StackName}\"', 'Sum', 300)"));
	page_put(p, "label", STR(""));
	json_text_close(&p->text, false, false);
	page_close_list(p);
	page_close_graph(p);
}

static void logs(struct page *p, const struct lowering *l)
{
	struct str group = l->log_group->text;

	events(p);
	page_logs(
		p, "Events", group,
		"filter ispresent(event) | fields @timestamp, event, count | sort @timestamp desc "
		"| limit 100");
	page_logs(
		p, "Errors in logs", group,
		"filter @message like /(?i)(error|fail)/ | fields @timestamp, @logStream, @message "
		"| sort @timestamp desc | limit 100");
}

void dashboard_add(struct lowering *l, const struct str *alarms, size_t nalarms)
{
	struct page p = page_new(&l->st);

	page_alarms(&p, alarms, nalarms);
	head_node(&p, l);
	for (size_t i = 0; i < l->nstorage; i++)
		storage(&p, &l->storage[i]);
	if (l->log_group != NULL)
		logs(&p, l);
	page_add(&p, origin_of_section(&l->c->monitoring.dashboards.section));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dashboard.c - one page of graphs and logs of the cluster.
 *
 * A dashboard is JSON in a text property; ids that a deployment decides stand in it as ${LogicalId}, so the
 * text is the format of a Fn::Sub. Widgets have a size and no place: CloudWatch puts each in the next free
 * one. Of existing OpenZFS and ONTAP volumes only the FSx API knows the file system that metrics go by, so
 * they have no graph. Source: CloudWatch API, "Dashboard body structure and syntax".
 */
#include "compiler/base/json_text.h"
#include "lowering/cluster/cluster.h"
#include "lowering/cluster/monitoring.h"

/* Heights, and the widths of graphs, are the default, 6: the four graphs of the head node are a row. */
#define WIDTH_DEFAULT NULL
#define WIDTH_FULL "24"

enum { MAX_METRICS = 3, FIRST_ROOM = 16 << 10 };

/* A graph of metrics that share one dimension, whose value is an id. */
struct graph {
	const char *title, *name_space, *dimension, *statistic;
	const char *metrics[MAX_METRICS + 1];
	const char *extra; /* a second dimension of the last metric as "name=value", or NULL */
};

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

static const struct graph efs_graphs[] = {
	{"bytes",
	 "AWS/EFS",
	 "FileSystemId",
	 "Sum",
	 {"DataReadIOBytes", "DataWriteIOBytes", "MetadataIOBytes"},
	 NULL},
	{"clients", "AWS/EFS", "FileSystemId", "Sum", {"ClientConnections"}, NULL},
};

static const struct graph lustre_graphs[] = {
	{"bytes", "AWS/FSx", "FileSystemId", "Sum", {"DataReadBytes", "DataWriteBytes"}, NULL},
	{"operations",
	 "AWS/FSx",
	 "FileSystemId",
	 "Sum",
	 {"DataReadOperations", "DataWriteOperations", "MetadataOperations"},
	 NULL},
	{"free space", "AWS/FSx", "FileSystemId", "Sum", {"FreeDataStorageCapacity"}, NULL},
};

struct page {
	struct lowering *l;
	struct json_text text;
	struct ir_value *sub; /* of which the text is the format */
};

static void put(struct page *p, const char *key, struct str text)
{
	json_text_key(&p->text, str_c(key));
	json_text_string(&p->text, text);
}

static void push(struct page *p, struct str text)
{
	json_text_string(&p->text, text);
}

static void open_list(struct page *p, const char *key)
{
	json_text_key(&p->text, str_c(key));
	json_text_open(&p->text, true);
}

static void close_list(struct page *p)
{
	json_text_close(&p->text, true, false);
}

/* A new widget of a type at the end of the page; its properties come next, then close_widget. */
static void open_widget(struct page *p, const char *type, const char *width)
{
	json_text_open(&p->text, false);
	put(p, "type", str_c(type));
	if (width != NULL) {
		json_text_key(&p->text, STR("width"));
		json_text_word(&p->text, str_c(width));
	}
	json_text_key(&p->text, STR("properties"));
	json_text_open(&p->text, false);
}

static void close_widget(struct page *p)
{
	json_text_close(&p->text, false, false);
	json_text_close(&p->text, false, false);
}

/* A graph; its lines come next, then close_graph. */
static void open_graph(struct page *p, struct str title, const char *statistic)
{
	open_widget(p, "metric", WIDTH_DEFAULT);
	put(p, "title", title);
	put(p, "region", STR("${AWS::Region}"));
	put(p, "stat", str_c(statistic));
	open_list(p, "metrics");
}

static void close_graph(struct page *p)
{
	close_list(p);
	close_widget(p);
}

/* The k-th metric of one id: [namespace, metric, dimension, id]; "." is what the line before has there. */
static void add_line(struct page *p, const struct graph *g, size_t k, struct str id)
{
	struct str extra = str_c(g->extra);

	json_text_open(&p->text, true);
	push(p, k > 0 ? STR(".") : str_c(g->name_space));
	push(p, str_c(g->metrics[k]));
	push(p, k > 0 ? STR(".") : str_c(g->dimension));
	push(p, k > 0 ? STR(".") : id);
	if (g->extra != NULL && g->metrics[k + 1] == NULL) {
		push(p, str_cut(&extra, '='));
		push(p, extra);
	}
	close_list(p);
}

static void add_graph(struct page *p, const struct graph *g, struct str title,
		      const struct str *ids, size_t nids)
{
	open_graph(p, title, g->statistic);
	for (size_t i = 0; i < nids; i++)
		for (size_t k = 0; g->metrics[k] != NULL; k++)
			add_line(p, g, k, ids[i]);
	close_graph(p);
}

static void head_node(struct page *p)
{
	struct str id = arena_fmt(p->l->st.a, "${" STR_F "}", STR_A(p->l->head_node));

	for (size_t i = 0; i < ARRAY_LEN(head_graphs); i++)
		add_graph(p, &head_graphs[i], str_c(head_graphs[i].title), &id, 1);
	for (size_t i = 0; has_agent(p->l) && i < ARRAY_LEN(agent_graphs); i++)
		add_graph(p, &agent_graphs[i], str_c(agent_graphs[i].title), &id, 1);
}

/* ---- storage ---- */

/*
 * A reference or a text, as it stands in the format of the page. What a deployment knows is a variable of it, since the
 * page is written as JSON, which would spell references in another way.
 */
static struct str in_sub(struct page *p, struct ir_value *v)
{
	struct arena *a = p->l->st.a;
	struct str name;

	if (v->kind == IR_REF)
		return arena_fmt(a, "${" STR_F "}", STR_A(v->text));
	INVARIANT(v->kind == IR_STRING);
	if (text_is_known(v->text))
		return sub_literal(&p->l->st, v->text);
	name = arena_fmt(a, "Storage%u", p->sub->nmembers + 1);
	ir_put_str(p->l->st.g, p->sub, name, v);
	return arena_fmt(a, "${" STR_F "}", STR_A(name));
}

static void storage_graphs(struct page *p, const struct lowered_storage *s,
			   const struct graph *graphs, size_t n, const char *member)
{
	struct ir_value *value = ir_get(s->settings, str_c(member));
	struct str name = ir_get(s->settings, STR("Name"))->text;
	size_t nids = value->kind == IR_LIST ? value->n : 1;
	struct str *ids = NEW_ARRAY(p->l->st.a, struct str, nids);

	for (size_t i = 0; i < nids; i++)
		ids[i] = in_sub(p, value->kind == IR_LIST ? value->items[i] : value);
	for (size_t i = 0; i < n; i++)
		add_graph(p, &graphs[i],
			  sub_literal(&p->l->st, arena_fmt(p->l->st.a, STR_F ": %s", STR_A(name),
							   graphs[i].title)),
			  ids, nids);
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

/* ---- alarms, events, logs ---- */

static void alarm_states(struct page *p, const struct str *alarms, size_t n)
{
	if (n == 0)
		return;
	open_widget(p, "alarm", WIDTH_FULL);
	put(p, "title", STR("Alarms"));
	open_list(p, "alarms");
	for (size_t i = 0; i < n; i++)
		push(p, arena_fmt(p->l->st.a, "${" STR_F ".Arn}", STR_A(alarms[i])));
	close_list(p);
	close_widget(p);
}

/* All events that the cluster reported, whatever they are called. */
static void events(struct page *p)
{
	open_graph(p, STR("Events"), "Sum");
	json_text_open(&p->text, true);
	json_text_open(&p->text, false);
	put(p, "expression",
	    STR("SEARCH('{" METRIC_NAMESPACE ",Cluster,Event} MetricName=\"" METRIC_EVENTS
		"\" Cluster=\"${AWS::StackName}\"', 'Sum', 300)"));
	put(p, "label", STR(""));
	json_text_close(&p->text, false, false);
	close_list(p);
	close_graph(p);
}

static void log_table(struct page *p, const char *title, const char *query)
{
	open_widget(p, "log", WIDTH_FULL);
	put(p, "title", str_c(title));
	put(p, "view", STR("table"));
	put(p, "region", STR("${AWS::Region}"));
	put(p, "query",
	    arena_fmt(p->l->st.a, "SOURCE '${" STR_F "}' | %s", STR_A(p->l->log_group->text),
		      query));
	close_widget(p);
}

static void logs(struct page *p)
{
	events(p);
	log_table(
		p, "Events",
		"filter ispresent(event) | fields @timestamp, event, count | sort @timestamp desc "
		"| limit 100");
	log_table(
		p, "Errors in logs",
		"filter @message like /(?i)(error|fail)/ | fields @timestamp, @logStream, @message "
		"| sort @timestamp desc | limit 100");
}

/* The page, a Sub. */
static struct ir_value *body(struct lowering *l, const struct str *alarms, size_t nalarms)
{
	struct page p = {l, json_text_new(l->st.a, FIRST_ROOM, JSON_TEXT_MINIFIED, 0),
			 ir_sub(l->st.g, STR(""))};

	json_text_open(&p.text, false);
	open_list(&p, "widgets");
	alarm_states(&p, alarms, nalarms);
	head_node(&p);
	for (size_t i = 0; i < l->nstorage; i++)
		storage(&p, &l->storage[i]);
	if (l->log_group != NULL)
		logs(&p);
	close_list(&p);
	json_text_close(&p.text, false, false);
	p.sub->text = (struct str){p.text.s, p.text.n};
	return p.sub;
}

void dashboard_add(struct lowering *l, const struct str *alarms, size_t nalarms)
{
	struct ir_resource *r = ir_add(l->st.g, STR("Dashboard"), "AWS::CloudWatch::Dashboard",
				       origin_of_section(&l->c->monitoring.dashboards.section));

	ir_put(l->st.g, r->properties, "DashboardName",
	       ir_sub(l->st.g, STR("${AWS::StackName}-${AWS::Region}")));
	ir_put(l->st.g, r->properties, "DashboardBody", body(l, alarms, nalarms));
}

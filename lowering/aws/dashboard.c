/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard.c - one page of graphs and logs. */
#include "lowering/aws/dashboard.h"

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"

/* Heights, and the widths of graphs, are the default, 6. */
#define WIDTH_FULL "24"

enum { FIRST_ROOM = 16 << 10 };

const struct graph efs_graphs[2] = {
	{"bytes",
	 "AWS/EFS",
	 "FileSystemId",
	 "Sum",
	 {"DataReadIOBytes", "DataWriteIOBytes", "MetadataIOBytes"},
	 NULL},
	{"clients", "AWS/EFS", "FileSystemId", "Sum", {"ClientConnections"}, NULL},
};

const struct graph lustre_graphs[3] = {
	{"bytes", "AWS/FSx", "FileSystemId", "Sum", {"DataReadBytes", "DataWriteBytes"}, NULL},
	{"operations",
	 "AWS/FSx",
	 "FileSystemId",
	 "Sum",
	 {"DataReadOperations", "DataWriteOperations", "MetadataOperations"},
	 NULL},
	{"free space", "AWS/FSx", "FileSystemId", "Sum", {"FreeDataStorageCapacity"}, NULL},
};

struct page page_new(struct stack *st)
{
	struct page p = {st, json_text_new(st->a, FIRST_ROOM, JSON_TEXT_MINIFIED, 0),
			 ir_sub(st->g, STR(""))};

	json_text_open(&p.text, false);
	page_open_list(&p, "widgets");
	return p;
}

/*
 * What all graphs say is a variable: up to the title, and from the statistic to the metrics. Each is over 30 bytes, and
 * a page has ten graphs or more.
 */
static const struct str graph_begin = STR_INIT("{\"type\":\"metric\",\"properties\":{\"title\":\"");
static const struct str graph_metrics = STR_INIT("\",\"region\":\"${AWS::Region}\",\"metrics\":[[");

static struct str replaced(struct arena *a, struct str text, struct str from, struct str to)
{
	struct buf b = buf_in(a);
	size_t at;

	for (; (at = str_find_str(text, from, 0)) != SIZE_MAX;
	     text = str_slice(text, at + from.n, text.n)) {
		buf_add(&b, str_slice(text, 0, at));
		buf_add(&b, to);
	}
	buf_add(&b, text);
	return buf_str(&b);
}

/*
 * The page as a value. JSON in JSON has a backslash before each quotation mark, hundreds of them: there is a mark
 * instead that no text of the page has, and no id or ARN, and CloudFormation puts the quotation marks in.
 */
static struct ir_value *body(struct page *p, struct str text)
{
	const struct str quote = STR("\""), mark = STR("`");
	struct ir *g = p->st->g;
	struct arena *a = p->st->a;
	struct ir_value *join = ir_func(g, IR_JOIN, quote), *split = ir_func(g, IR_SPLIT, mark);

	p->sub->text = text;
	if (str_find_str(text, mark, 0) != SIZE_MAX)
		return p->sub;
	text = replaced(a, text, graph_begin, STR("${G}"));
	text = replaced(a, text, graph_metrics, STR("${M}"));
	if (text.n < p->sub->text.n) {
		ir_put_text(g, p->sub, "G", replaced(a, graph_begin, quote, mark));
		ir_put(g, p->sub, "M", ir_sub(g, replaced(a, graph_metrics, quote, mark)));
	}
	p->sub->text = replaced(a, text, quote, mark);
	join->boolean = true;
	return ir_push(g, join, ir_push(g, split, p->sub));
}

void page_add(struct page *p, struct ir_origin origin)
{
	struct ir *g = p->st->g;
	struct ir_resource *r = ir_add(g, STR("Dashboard"), "AWS::CloudWatch::Dashboard", origin);

	page_close_list(p);
	json_text_close(&p->text, false, false);
	ir_put(g, r->properties, "DashboardName",
	       ir_sub(g, STR("${AWS::StackName}-${AWS::Region}")));
	ir_put(g, r->properties, "DashboardBody", body(p, (struct str){p->text.s, p->text.n}));
}

void page_put(struct page *p, const char *key, struct str text)
{
	json_text_key(&p->text, str_c(key));
	json_text_string(&p->text, text);
}

void page_push(struct page *p, struct str text)
{
	json_text_string(&p->text, text);
}

void page_open_list(struct page *p, const char *key)
{
	json_text_key(&p->text, str_c(key));
	json_text_open(&p->text, true);
}

void page_close_list(struct page *p)
{
	json_text_close(&p->text, true, false);
}

void page_open_widget(struct page *p, const char *type, bool full)
{
	json_text_open(&p->text, false);
	page_put(p, "type", str_c(type));
	if (full) {
		json_text_key(&p->text, STR("width"));
		json_text_word(&p->text, STR(WIDTH_FULL));
	}
	json_text_key(&p->text, STR("properties"));
	json_text_open(&p->text, false);
}

void page_close_widget(struct page *p)
{
	json_text_close(&p->text, false, false);
	json_text_close(&p->text, false, false);
}

void page_open_graph(struct page *p, struct str title, const char *statistic)
{
	page_open_widget(p, "metric", false);
	page_put(p, "title", title);
	page_put(p, "stat", str_c(statistic));
	page_put(p, "region", STR("${AWS::Region}"));
	page_open_list(p, "metrics");
}

void page_close_graph(struct page *p)
{
	page_close_list(p);
	page_close_widget(p);
}

/* The k-th metric of one id: [namespace, metric, dimension, id]; "." is what the line before has there. */
static void add_line(struct page *p, const struct graph *g, size_t k, struct str id)
{
	struct str extra = str_c(g->extra);

	json_text_open(&p->text, true);
	page_push(p, k > 0 ? STR(".") : str_c(g->name_space));
	page_push(p, str_c(g->metrics[k]));
	page_push(p, k > 0 ? STR(".") : str_c(g->dimension));
	page_push(p, k > 0 ? STR(".") : id);
	if (g->extra != NULL && g->metrics[k + 1] == NULL) {
		page_push(p, str_cut(&extra, '='));
		page_push(p, extra);
	}
	page_close_list(p);
}

void page_graph(struct page *p, const struct graph *g, struct str title, const struct str *ids,
		size_t nids)
{
	page_open_graph(p, title, g->statistic);
	for (size_t i = 0; i < nids; i++)
		for (size_t k = 0; g->metrics[k] != NULL; k++)
			add_line(p, g, k, ids[i]);
	page_close_graph(p);
}

void page_graphs_of(struct page *p, struct str name, const struct graph *graphs, size_t n,
		    const struct str *ids, size_t nids)
{
	for (size_t i = 0; i < n; i++)
		page_graph(p, &graphs[i],
			   sub_literal(p->st, arena_fmt(p->st->a, STR_F ": %s", STR_A(name),
							graphs[i].title)),
			   ids, nids);
}

struct str page_in_sub(struct page *p, struct ir_value *v)
{
	struct arena *a = p->st->a;
	struct str name;

	if (v->kind == IR_REF)
		return arena_fmt(a, "${" STR_F "}", STR_A(v->text));
	INVARIANT(v->kind == IR_STRING);
	if (text_is_known(v->text))
		return sub_literal(p->st, v->text);
	name = arena_fmt(a, "Storage%u", p->sub->nmembers + 1);
	ir_put_str(p->st->g, p->sub, name, v);
	return arena_fmt(a, "${" STR_F "}", STR_A(name));
}

void page_alarms(struct page *p, const struct str *alarms, size_t n)
{
	if (n == 0)
		return;
	page_open_widget(p, "alarm", true);
	page_put(p, "title", STR("Alarms"));
	page_open_list(p, "alarms");
	for (size_t i = 0; i < n; i++)
		page_push(p, arena_fmt(p->st->a, "${" STR_F ".Arn}", STR_A(alarms[i])));
	page_close_list(p);
	page_close_widget(p);
}

void page_logs(struct page *p, const char *title, struct str log_group, const char *query)
{
	page_open_widget(p, "log", true);
	page_put(p, "title", str_c(title));
	page_put(p, "view", STR("table"));
	page_put(p, "region", STR("${AWS::Region}"));
	page_put(p, "query",
		 arena_fmt(p->st->a, "SOURCE '${" STR_F "}' | %s", STR_A(log_group), query));
	page_close_widget(p);
}

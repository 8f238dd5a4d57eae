/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dashboard.h - one page of graphs and logs, written piece by piece.
 *
 * A dashboard is JSON in a text property; ids that a deployment decides stand in it as ${LogicalId}, so the text is the
 * format of a Fn::Sub. Widgets have a size and no place: CloudWatch puts each in the next free one. Source: CloudWatch
 * API, "Dashboard body structure and syntax".
 */
#ifndef HPCC_DASHBOARD_H
#define HPCC_DASHBOARD_H

#include "compiler/base/json_text.h"
#include "lowering/aws/stack.h"

enum { MAX_METRICS = 3 };

/* A graph of metrics that share one dimension, whose value is an id. */
struct graph {
	const char *title, *name_space, *dimension, *statistic;
	const char *metrics[MAX_METRICS + 1];
	const char *extra; /* a second dimension of the last metric as "name=value", or NULL */
};

/* Graphs of file systems, each with the dimension FileSystemId. */
extern const struct graph efs_graphs[2], lustre_graphs[3];

struct page {
	struct stack *st;
	struct json_text text;
	struct ir_value *sub; /* of which the text is the format */
};

/* An empty page, to which widgets come. */
struct page page_new(struct stack *st);
/* The finished page as a resource, under the logical id Dashboard. */
void page_add(struct page *p, struct ir_origin origin);

/* A new widget of a type at the end of the page, as wide as the page where `full`; its properties come next. */
void page_open_widget(struct page *p, const char *type, bool full);
/* Ends it. */
void page_close_widget(struct page *p);
/* A member of what is open; `text` is a format. */
void page_put(struct page *p, const char *key, struct str text);
/* An item of the list that is open; likewise. */
void page_push(struct page *p, struct str text);
/* A list as a member of what is open. */
void page_open_list(struct page *p, const char *key);
/* Ends it. */
void page_close_list(struct page *p);

/* A graph; its lines come next. */
void page_open_graph(struct page *p, struct str title, const char *statistic);
/* Ends it. */
void page_close_graph(struct page *p);
/* A graph with lines for each of `ids`, which are formats. */
void page_graph(struct page *p, const struct graph *g, struct str title, const struct str *ids,
		size_t nids);
/* The same with a title of its own: "NAME: title" of a thing of the file. */
void page_graphs_of(struct page *p, struct str name, const struct graph *graphs, size_t n,
		    const struct str *ids, size_t nids);
/*
 * A reference or a text, as it stands in the format of the page. What a deployment knows is a variable of it, since the
 * page is written as JSON, which would spell references in another way.
 */
struct str page_in_sub(struct page *p, struct ir_value *v);
/* The states of alarms by their logical ids; nothing where there are none. */
void page_alarms(struct page *p, const struct str *alarms, size_t n);
/* What a query finds in a log group, by the logical id of that. */
void page_logs(struct page *p, const char *title, struct str log_group, const char *query);

#endif

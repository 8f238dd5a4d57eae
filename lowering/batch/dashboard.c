/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard.c - one page of what waits, what ended, what instances use, and what storage does. */
#include "lowering/aws/dashboard.h"

#include "lowering/batch/watch.h"

static const struct graph queue_graphs[] = {
	{"Jobs that wait", BATCH_NAMESPACE, "Queue", "Maximum", {METRIC_RUNNABLE}, NULL},
	{"Longest wait in seconds", BATCH_NAMESPACE, "Queue", "Maximum", {METRIC_WAIT}, NULL},
	{"Jobs that ended",
	 BATCH_NAMESPACE,
	 "Queue",
	 "Sum",
	 {METRIC_SUCCEEDED, METRIC_FAILED},
	 NULL},
};

static void queues(struct page *p, struct batch_stack *l)
{
	struct str *names = NEW_ARRAY(l->st.a, struct str, l->v->nqueues);

	for (size_t i = 0; i < l->v->nqueues; i++)
		names[i] = batch_queue_words(l, &l->queues[i]);
	for (size_t i = 0; i < ARRAY_LEN(queue_graphs); i++)
		page_graph(p, &queue_graphs[i], str_c(queue_graphs[i].title), names, l->v->nqueues);
}

/* A line of what the agent on instances sends. */
static void instance_line(struct page *p, const char *metric, const struct batch_environment *e)
{
	json_text_open(&p->text, true);
	page_push(p, STR(BATCH_NAMESPACE));
	page_push(p, str_c(metric));
	page_push(p, STR("Stack"));
	page_push(p, STR("${AWS::StackName}"));
	page_push(p, STR("Environment"));
	page_push(p, e->name);
	page_close_list(p);
}

static void instances(struct page *p, struct batch_stack *l)
{
	bool gpus = false;

	for (size_t i = 0; i < l->v->nenvironments; i++)
		gpus = gpus || batch_watches_gpus(l, &l->v->environments[i]);
	if (gpus) {
		page_open_graph(p, STR("GPUs used in percent"), "Average");
		for (size_t i = 0; i < l->v->nenvironments; i++)
			if (batch_watches_gpus(l, &l->v->environments[i]))
				instance_line(p, METRIC_GPU, &l->v->environments[i]);
		page_close_graph(p);
	}
	if (!batch_watches_memory(l))
		return;
	page_open_graph(p, STR("Memory used in percent"), "Maximum");
	for (size_t i = 0; i < l->v->nenvironments; i++)
		if (!l->v->environments[i].fargate)
			instance_line(p, METRIC_MEMORY, &l->v->environments[i]);
	page_close_graph(p);
}

static void storage(struct page *p, struct batch_stack *l, size_t i)
{
	const struct shared_storage *m = &l->b->shared_storage.items[i];
	bool lustre = m->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE;
	struct str id;

	if (!lustre && m->storage_type != SHARED_STORAGE_STORAGE_TYPE_EFS)
		return;
	id = page_in_sub(p, l->storage[i]);
	page_graphs_of(p, m->name, lustre ? lustre_graphs : efs_graphs,
		       lustre ? ARRAY_LEN(lustre_graphs) : ARRAY_LEN(efs_graphs), &id, 1);
}

void pass_batch_dashboard(struct batch_stack *l)
{
	struct page p;

	if (!batch_has_dashboard(l->b))
		return;
	p = page_new(&l->st);
	page_alarms(&p, l->alarms, l->nalarms);
	if (batch_has_alarms(l->b))
		queues(&p, l);
	instances(&p, l);
	for (size_t i = 0; i < l->b->shared_storage.n; i++)
		storage(&p, l, i);
	if (l->job_logs.n > 0)
		page_logs(&p, "Errors of jobs", l->job_logs,
			  "filter @message like /(?i)(error|fail)/ | fields @timestamp, "
			  "@logStream, @message | sort @timestamp desc | limit 100");
	page_add(&p, origin_of_section(l->b->monitoring.dashboards.section.written
					       ? &l->b->monitoring.dashboards.section
					       : &l->b->monitoring.alarms.section));
}

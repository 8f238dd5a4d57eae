/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflows.c - what a workflow comes to. */
#include "compiler/model/batch_workflows.h"

#include "compiler/model/effective.h"

static const struct batch_queue *queue_of(const struct batch_view *v, const struct workflow *m)
{
	const struct batch_queue *only = NULL;

	for (size_t i = 0; i < v->nqueues; i++)
		if (v->queues[i].workflow == m)
			return &v->queues[i];
	if (m->at.job_queue.state != FIELD_ABSENT)
		return map_get(&v->by_queue, m->job_queue);
	for (size_t i = 0; i < v->nqueues; i++) {
		if (v->queues[i].workflow != NULL)
			continue;
		if (only != NULL)
			return NULL;
		only = &v->queues[i];
	}
	return only;
}

static const struct batch_job *job_of(const struct batch_view *v, const struct workflow *m)
{
	if (m->at.job_definition.state != FIELD_ABSENT)
		return map_get(&v->by_job, m->job_definition);
	return v->njobs == 1 ? &v->jobs[0] : NULL;
}

struct batch_workflow workflow_of(struct arena *a, const struct batch_view *v,
				  const struct workflow *m)
{
	const struct data_repository_association_list *links =
		&m->fsx_lustre_settings.data_repository_associations;
	struct batch_workflow w = {.m = m, .queue = queue_of(v, m), .job = job_of(v, m)};

	w.lustre = m->mode == WORKFLOW_MODE_LUSTRETASKEXPORT ||
		   m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT;
	if (w.queue != NULL && w.queue->nenvironments == 1 && !w.queue->foreign)
		w.environment = w.queue->environments[0];
	w.dir = mount_dir(a, is_written(&m->at.mount_dir) ? m->mount_dir
			     : w.lustre			  ? STR("/scratch")
							  : STR("/data"));
	w.host = arena_fmt(a, "/mnt/hpcc/" STR_F, STR_A(m->name));
	if (w.lustre && links->n == 1)
		w.link = &links->items[0];
	return w;
}

bool workflow_whole(const struct batch_workflow *w)
{
	if (w->queue == NULL || w->job == NULL || w->environment == NULL || w->job->fargate ||
	    w->environment->fargate)
		return false;
	return w->lustre ? w->link != NULL : w->m->mode == WORKFLOW_MODE_EBS;
}

bool workflow_on(struct arena *a, const struct batch_view *v, const struct batch_environment *e,
		 struct batch_workflow *ret)
{
	for (size_t i = 0; i < v->m->workflows.n; i++) {
		*ret = workflow_of(a, v, &v->m->workflows.items[i]);
		if (ret->environment == e && workflow_whole(ret))
			return true;
	}
	return false;
}

struct str workflow_source(struct arena *a, const struct batch_workflow *w)
{
	struct str path = w->link != NULL ? w->link->file_system_path : (struct str){0};

	while (path.n > 0 && path.s[path.n - 1] == '/')
		path.n--;
	return path.n == 0 ? w->host
			   : arena_fmt(a, STR_F "%s" STR_F, STR_A(w->host),
				       path.s[0] == '/' ? "" : "/", STR_A(path));
}

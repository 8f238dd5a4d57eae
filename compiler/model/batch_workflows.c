/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflows.c - what a workflow comes to. */
#include "compiler/model/batch_workflows.h"

#include "compiler/model/effective.h"

static const struct batch_queue *queue_of(const struct batch_view *v, const struct workflow *m)
{
	const struct batch_queue *implied = v->implied[m - v->m->workflows.items];

	if (implied != NULL)
		return implied;
	if (m->at.job_queue.state != FIELD_ABSENT)
		return map_get(&v->by_queue, m->job_queue);
	return v->only_queue;
}

static const struct batch_job *job_of(const struct batch_view *v, const struct workflow *m)
{
	if (m->at.job_definition.state != FIELD_ABSENT)
		return map_get(&v->by_job, m->job_definition);
	return v->njobs == 1 ? &v->jobs[0] : NULL;
}

/* All but the texts. */
static struct batch_workflow look_at(const struct batch_view *v, const struct workflow *m)
{
	const struct data_repository_association_list *links =
		&m->fsx_lustre_settings.data_repository_associations;
	struct batch_workflow w = {.m = m, .queue = queue_of(v, m), .job = job_of(v, m)};

	w.lustre = m->mode == WORKFLOW_MODE_LUSTRETASKEXPORT ||
		   m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT;
	if (w.queue != NULL && w.queue->nenvironments == 1 && !w.queue->foreign)
		w.environment = w.queue->environments[0];
	if (w.lustre && links->n == 1)
		w.link = &links->items[0];
	return w;
}

struct batch_workflow workflow_of(struct arena *a, const struct batch_view *v,
				  const struct workflow *m)
{
	struct batch_workflow w = look_at(v, m);

	w.dir = mount_dir(a, is_written(&m->at.mount_dir) ? m->mount_dir
			     : w.lustre			  ? STR("/scratch")
							  : STR("/data"));
	w.host = arena_fmt(a, "/mnt/hpcc/" STR_F, STR_A(m->name));
	return w;
}

bool workflow_whole(const struct batch_workflow *w)
{
	if (w->queue == NULL || w->job == NULL || w->environment == NULL || w->job->fargate ||
	    w->environment->fargate)
		return false;
	return w->lustre ? w->link != NULL : w->m->mode == WORKFLOW_MODE_EBS;
}

void batch_place_workflows(struct batch_view *v)
{
	for (size_t i = 0; i < v->m->workflows.n; i++) {
		struct batch_workflow w = look_at(v, &v->m->workflows.items[i]);
		struct batch_environment *e;

		if (w.environment == NULL)
			continue;
		e = &v->environments[w.environment->number];
		if (e->taken_by == NULL)
			e->taken_by = w.m;
		if (e->run_by == NULL && workflow_whole(&w))
			e->run_by = w.m;
	}
}

bool workflow_on(struct arena *a, const struct batch_view *v, const struct batch_environment *e,
		 struct batch_workflow *ret)
{
	if (e->run_by == NULL)
		return false;
	*ret = workflow_of(a, v, e->run_by);
	return true;
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

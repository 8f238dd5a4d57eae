/* SPDX-License-Identifier: Apache-2.0 */
/* batch_jobs.c - what the jobs of a batch file need of the stack. */
#include "compiler/model/batch.h"

const struct batch_queue *batch_only_queue(const struct batch_job *j)
{
	const struct batch_queue *only = NULL;

	for (size_t i = 0; i < j->nqueues; i++) {
		if (j->queues[i]->m == NULL)
			continue;
		if (only != NULL)
			return NULL;
		only = j->queues[i];
	}
	return only;
}

/* ---- the role before a container starts ---- */

/* Source: AWS Batch user guide, Batch execution IAM role. On instances their own role does the rest. */
bool job_needs_execution_role(const struct batch_container *c)
{
	const struct container_properties *m = c->m;

	return m->execution_role_arn.n == 0 &&
	       (c->job->fargate || m->secrets.n > 0 || m->repository_credentials.section.written ||
		m->log_configuration.secret_options.n > 0);
}

static bool has_fargate(const struct batch_view *v)
{
	for (size_t i = 0; i < v->nenvironments; i++)
		if (v->environments[i].fargate)
			return true;
	return false;
}

bool batch_needs_execution_role(const struct batch_view *v)
{
	struct batch_container it = {0};

	if (v->m->job_roles.n > 0 && has_fargate(v))
		return true;
	while (next_container(v, &it))
		if (job_needs_execution_role(&it))
			return true;
	return false;
}

/* ---- devices ---- */

bool job_uses_efa(const struct batch_job *j)
{
	bool some = false, all = true;

	for (size_t i = 0; i < j->nqueues; i++)
		for (size_t k = 0; k < j->queues[i]->nenvironments; k++) {
			bool efa = j->queues[i]->environments[k]->m->efa.enabled;

			some = some || efa;
			all = all && efa;
		}
	return !j->fargate && some && (all || j->multinode);
}

/* ---- logs ---- */

const struct model_pair *log_option(const struct log_configuration *m, const char *name)
{
	for (size_t i = 0; i < m->options.n; i++)
		if (str_eq(m->options.items[i].key, str_c(name)))
			return &m->options.items[i];
	return NULL;
}

bool job_logs_in_stack(const struct batch_view *v, const struct batch_container *c)
{
	const struct log_configuration *m = &c->m->log_configuration;

	return v->m->monitoring.logs.cloud_watch.enabled &&
	       m->log_driver == LOG_CONFIGURATION_LOG_DRIVER_AWSLOGS &&
	       log_option(m, "awslogs-group") == NULL;
}

bool batch_logs_jobs(const struct batch_view *v)
{
	struct batch_container it = {0};

	if (v->m->job_roles.n > 0 && v->m->monitoring.logs.cloud_watch.enabled)
		return true;
	while (next_container(v, &it))
		if (job_logs_in_stack(v, &it))
			return true;
	return false;
}

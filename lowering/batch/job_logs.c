/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_logs.c - where the output of jobs goes.
 *
 * To one group of the stack, a stream for each attempt, whose name begins with that of the definition. The group may
 * outlive the stack, so its name has a part of the stack's id. Where logs are switched off, AWS Batch writes to its own
 * group, /aws/batch/job.
 */
#include "lowering/batch/jobs.h"

void job_put_logs(struct batch_stack *l, const struct batch_container *c,
		  struct ir_value *properties)
{
	const struct log_configuration *m = &c->m->log_configuration;
	struct ir *g = l->st.g;
	struct ir_value *logs = ir_object(g), *options = ir_object(g), *secrets = ir_list(g);
	bool here = job_logs_in_stack(l->v, c);

	if (!here && !m->section.written)
		return;
	ir_put_text(g, logs, "LogDriver",
		    enum_text(PROP_LogConfiguration_LogDriver, (int)m->log_driver));
	if (here)
		ir_put(g, options, "awslogs-group", ir_ref(g, l->job_logs));
	if (here && log_option(m, "awslogs-stream-prefix") == NULL)
		ir_put_text(g, options, "awslogs-stream-prefix", c->job->m->name);
	for (size_t i = 0; i < m->options.n; i++)
		ir_put_str(g, options, m->options.items[i].key,
			   ir_text(g, m->options.items[i].value));
	if (options->nmembers > 0)
		ir_put(g, logs, "Options", options);
	for (size_t i = 0; i < m->secret_options.n; i++)
		job_push_secret(l, secrets, m->secret_options.items[i].name,
				m->secret_options.items[i].value_from);
	if (secrets->n > 0)
		ir_put(g, logs, "SecretOptions", secrets);
	ir_put(g, properties, "LogConfiguration", logs);
}

void pass_batch_job_logs(struct batch_stack *l)
{
	const struct cloud_watch_logs *m = &l->b->monitoring.logs.cloud_watch;
	bool stays = m->deletion_policy != CLOUD_WATCH_LOGS_DELETION_POLICY_DELETE;
	struct ir *g = l->st.g;
	struct ir_resource *r;
	struct ir_value *name;

	if (!batch_logs_jobs(l->v))
		return;
	r = ir_add(g, STR("JobLogs"), "AWS::Logs::LogGroup", origin_of_section(&m->section));
	l->job_logs = r->id;
	resource_goes(r, stays ? IR_RETAIN_EXCEPT_ON_CREATE : IR_DELETE);
	name = ir_sub(g, STR("/hpcc/${AWS::StackName}/${Unique}/jobs"));
	ir_put(g, r->properties, "LogGroupName",
	       ir_put(g, name, "Unique", stack_id_part(&l->st, 0)));
	if (m->retention_in_days > 0) /* 0: for ever, which CloudFormation says by saying nothing */
		ir_put_int(g, r->properties, "RetentionInDays", m->retention_in_days);
	tags_put(&l->st, r->properties, "Tags", NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * submit_policy.c - a policy for those who define and submit jobs by other tools, with the roles of JobRoles.
 *
 * Source: Service authorization reference, actions and resource types of AWS Batch.
 */
#include "lowering/aws/arn.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/workflow.h"

/* Any definition, since such tools give them names of their own; or any job. */
static struct ir_value *any_of(struct batch_stack *l, const char *what)
{
	return arn(&l->st, "batch", arena_fmt(l->st.a, "%s/*", what));
}

/* What executions of workflows run is theirs alone. */
static void but_workflows(struct batch_stack *l, struct ir_value *statement)
{
	allow_if(&l->st, statement, "Null", "aws:ResourceTag/" WORKFLOW_TAG,
		 ir_text(l->st.g, STR("true")));
}

/* Does a job of the file have the rights of the instance it runs on? */
static bool any_privileged(const struct batch_stack *l)
{
	struct batch_container it = {0};

	while (next_container(l->v, &it))
		if (it.m->privileged)
			return true;
	return false;
}

/* New revisions of the stack's own definitions come with the stack alone: jobs take the newest one. */
static void allow_definitions(struct batch_stack *l, struct ir_value *statements)
{
	struct ir_value *s = allow(&l->st, statements, "Define", "batch:RegisterJobDefinition",
				   any_of(l, "job-definition"));

	if (!any_privileged(l))
		allow_if(&l->st, s, "BoolIfExists", "batch:Privileged",
			 ir_text(l->st.g, STR("false")));
	allow(&l->st, statements, "Undefine", "batch:DeregisterJobDefinition",
	      any_of(l, "job-definition"));
	deny(&l->st, statements, "OwnDefinitions",
	     "batch:RegisterJobDefinition batch:DeregisterJobDefinition",
	     arn(&l->st, "batch", STR("job-definition/${AWS::StackName}-*")));
}

static void allow_jobs(struct batch_stack *l, struct ir_value *statements)
{
	struct ir_value *submit = ir_list(l->st.g), *tag = ir_list(l->st.g);

	for (size_t i = 0; i < l->v->nqueues; i++)
		if (l->v->queues[i].workflow == NULL)
			ir_push(l->st.g, submit, ir_ref(l->st.g, l->queues[i].resource));
	ir_push(l->st.g, submit, any_of(l, "job-definition"));
	ir_push(l->st.g, tag, any_of(l, "job-definition"));
	ir_push(l->st.g, tag, any_of(l, "job"));
	allow_definitions(l, statements);
	allow(&l->st, statements, "Submit", "batch:SubmitJob", submit);
	but_workflows(l, allow(&l->st, statements, "Tag", "batch:TagResource", tag));
	but_workflows(l, allow(&l->st, statements, "Stop", "batch:CancelJob batch:TerminateJob",
			       any_of(l, "job")));
	/* these take no resource */
	allow(&l->st, statements, "Look",
	      "batch:DescribeJobs batch:DescribeJobDefinitions batch:DescribeJobQueues "
	      "batch:DescribeComputeEnvironments batch:ListJobs",
	      any_resource(&l->st));
}

/* The roles of JobRoles and the one that starts jobs may be named by definitions. */
static void allow_roles(struct batch_stack *l, struct ir_value *statements)
{
	struct ir_value *roles = ir_list(l->st.g);

	for (size_t i = 0; i < l->b->job_roles.n; i++)
		ir_push(l->st.g, roles, ir_getatt(l->st.g, l->job_roles[i], STR("Arn")));
	if (l->execution_role.n > 0)
		ir_push(l->st.g, roles, ir_getatt(l->st.g, l->execution_role, STR("Arn")));
	allow_when(&l->st, allow(&l->st, statements, "PassRole", "iam:PassRole", roles),
		   "iam:PassedToService", ir_text(l->st.g, STR("ecs-tasks.amazonaws.com")));
}

void pass_batch_submit_policy(struct batch_stack *l)
{
	struct ir_value *statements = ir_list(l->st.g);

	if (l->b->job_roles.n == 0)
		return;
	allow_jobs(l, statements);
	allow_roles(l, statements);
	if (l->job_logs.n > 0)
		allow(&l->st, statements, "Logs", "logs:GetLogEvents logs:FilterLogEvents",
		      ir_getatt(l->st.g, l->job_logs, STR("Arn")));
	l->submit_policy = STR("SubmitPolicy");
	managed_policy_add(&l->st, l->submit_policy, statements, origin_of_section(&l->b->section));
}

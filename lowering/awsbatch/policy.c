/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - what whoever submits jobs may do: users of the head node, and people who are given the policy.
 *
 * It allows what the commands awsb… and `aws batch` ask for, on things of this stack where AWS Batch knows them by
 * more than an id. Source: Service authorization reference, AWS Batch, Amazon ECS.
 */
#include "lowering/awsbatch/awsbatch.h"

/* Streams of jobs of a definition, and of none of the stack "NAME-more". Source: AWS Batch user guide, awslogs. */
static struct ir_value *stream_of(struct lowering *l, const char *name)
{
	return arn(&l->st, "logs",
		   arena_fmt(l->st.a, "log-group:/aws/batch/job:log-stream:${AWS::StackName}-%s/*",
			     name));
}

static void allow_jobs(struct lowering *l, struct ir_value *s)
{
	static const char *const names[] = {"serial", "mnp"};
	struct ir_value *submit = ir_list(l->st.g), *streams = ir_list(l->st.g);

	ir_push(l->st.g, submit, ir_ref(l->st.g, l->awsbatch.queue));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ir_push(l->st.g, submit, awsbatch_definition(l, names[i], false));
		ir_push(l->st.g, submit, awsbatch_definition(l, names[i], true));
		ir_push(l->st.g, streams, stream_of(l, names[i]));
	}
	allow(&l->st, s, "Submit", "batch:SubmitJob", submit);
	/* Jobs have an id, and nothing of the stack in it. */
	allow(&l->st, s, "Stop", "batch:CancelJob batch:TerminateJob",
	      arn(&l->st, "batch", STR("job/*")));
	/* These take no resource. */
	allow(&l->st, s, "Look",
	      "batch:DescribeComputeEnvironments batch:DescribeJobDefinitions "
	      "batch:DescribeJobQueues batch:DescribeJobs batch:ListJobs ec2:DescribeInstances",
	      any_resource(&l->st));
	allow(&l->st, s, "Output", "logs:GetLogEvents", streams);
}

/* AWS Batch calls the clusters of its environments so. */
static void allow_hosts(struct lowering *l, struct ir_value *s)
{
	allow(&l->st, s, "ListHosts", "ecs:ListContainerInstances",
	      arn(&l->st, "ecs", STR("cluster/AWSBatch-*")));
	allow(&l->st, s, "Hosts", "ecs:DescribeContainerInstances",
	      arn(&l->st, "ecs", STR("container-instance/AWSBatch-*")));
}

void pass_awsbatch_policy(struct lowering *l)
{
	struct ir_value *statements = ir_list(l->st.g);
	struct ir_resource *r;

	allow_jobs(l, statements);
	allow_hosts(l, statements);
	allow(&l->st, statements, "Send", "s3:PutObject", awsbatch_sent(l, "*"));
	/* Without a configuration file the commands ask the stack, by name: judged by "stack/<name>/" and a star. */
	allow(&l->st, statements, "Stack", "cloudformation:DescribeStacks",
	      arn(&l->st, "cloudformation", STR("stack/${AWS::StackName}/*")));
	r = managed_policy_add(&l->st, STR("BatchUserPolicy"), statements,
			       origin_of_section(&awsbatch_queue(l)->section));
	l->awsbatch.policy = r->id;
}

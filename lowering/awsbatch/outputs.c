/* SPDX-License-Identifier: Apache-2.0 */
/* outputs.c - outputs of the AWS Batch side. The commands awsb… read those that ParallelCluster had as well. */
#include "lowering/awsbatch/awsbatch.h"

static void output(struct lowering *l, const char *name, const char *description,
		   struct ir_value *value)
{
	ir_add_output(l->st.g, str_c(name), str_c(description), value,
		      origin_of_section(&awsbatch_queue(l)->section));
}

void pass_awsbatch_outputs(struct lowering *l)
{
	struct ir *g = l->st.g;

	output(l, "BatchComputeEnvironmentArn", "Compute environment",
	       ir_ref(g, l->awsbatch.environment));
	output(l, "BatchJobQueueArn", "Job queue", ir_ref(g, l->awsbatch.queue));
	output(l, "BatchJobDefinitionArn", "Job definition, its newest revision",
	       ir_ref(g, STR(AWSBATCH_SERIAL)));
	output(l, "BatchJobDefinitionMnpArn",
	       "Job definition of jobs of several nodes, its newest revision",
	       ir_ref(g, STR(AWSBATCH_MNP)));
	output(l, "BatchCliRequirements", "What awsbsub and the like have to be",
	       ir_text(g, STR(AWSBATCH_PACKAGE)));
	output(l, "BatchUserPolicy", "Policy for those who submit jobs",
	       ir_ref(g, l->awsbatch.policy));
	output(l, "ECRRepoName", "Repository of the image of jobs",
	       ir_ref(g, l->awsbatch.repository));
	output(l, "CodeBuildDockerImageBuilderProject", "Project that makes the image of jobs",
	       ir_ref(g, l->awsbatch.project));
	output(l, "JobBucket", "Bucket for what awsbsub sends", l->awsbatch.bucket);
	output(l, "AwsBatchCliConfig",
	       "For ~/.parallelcluster/awsbatch-cli.cfg of who submits from elsewhere",
	       l->awsbatch.commands);
}

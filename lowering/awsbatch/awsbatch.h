/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awsbatch.h - what the passes of the scheduler awsbatch share: the side of a cluster that AWS Batch runs.
 *
 * Their rows stand among those of clusters (lowering/cluster/passes.def), what they give in struct lowering. Compute
 * environment and queue are made by the passes of batch files, of what the cluster file says in the words of those.
 * The names of variables, outputs and parameters are those of ParallelCluster 3.15: job scripts read the first, the
 * package aws-parallelcluster-awsbatch-cli the others. Source: that package, 1.6.0, awsbatch/common.py, awsbsub.py.
 */
#ifndef HPCC_LOWERING_AWSBATCH_H
#define HPCC_LOWERING_AWSBATCH_H

#include "lowering/cluster/cluster.h"

/* What the commands may be: before 1.0.0 they knew other outputs. */
#define AWSBATCH_PACKAGE "aws-parallelcluster-awsbatch-cli>=1.0.0"
/* Below it lies what awsbsub sends; the file's name of the parameter that says where that is. */
#define AWSBATCH_ARTIFACTS "ArtifactS3RootDirectory"

/* Logical ids of the definitions of jobs, of one container and of several nodes. */
#define AWSBATCH_SERIAL "JobDefinitionSerial"
#define AWSBATCH_MNP "JobDefinitionMnp"

/* The one queue of the file. */
const struct aws_batch_queue *awsbatch_queue(const struct lowering *l);
/* Its one compute resource. */
const struct aws_batch_compute_resource *awsbatch_resource(const struct lowering *l);
/* The directories that all nodes share and the head node exports, in the order of the file, /home first. */
struct model_strings awsbatch_exports(struct lowering *l);
/* ARN of a definition of jobs of this stack, "serial" or "mnp", without a revision, or with any. */
struct ir_value *awsbatch_definition(struct lowering *l, const char *name, bool revision);
/* The ARN of what awsbsub sends: "<bucket>/<artifacts>/batch/" and `below`. */
struct ir_value *awsbatch_sent(struct lowering *l, const char *below);
/* Appends a variable of an environment, {"Name", "Value"}, to the list. */
void awsbatch_variable(struct lowering *l, struct ir_value *list, const char *name,
		       struct ir_value *value);

#endif

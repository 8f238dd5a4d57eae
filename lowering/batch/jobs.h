/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.h - what the files about job definitions share. */
#ifndef HPCC_LOWERING_BATCH_JOBS_H
#define HPCC_LOWERING_BATCH_JOBS_H

#include "lowering/batch/batch.h"

/* ContainerProperties of a container, with what only multi-node jobs or only Fargate take. */
struct ir_value *job_container_new(struct batch_stack *l, const struct batch_container *c);

/* Puts Volumes and MountPoints. */
void job_put_storage(struct batch_stack *l, const struct batch_container *c,
		     struct ir_value *properties);

/* Puts JobRoleArn, of a new role where its Iam or its storage asks for one, and ExecutionRoleArn. */
void job_put_roles(struct batch_stack *l, const struct batch_container *c,
		   struct ir_value *properties);

/* Puts LogConfiguration; nothing where AWS Batch is to do what it does by itself. */
void job_put_logs(struct batch_stack *l, const struct batch_container *c,
		  struct ir_value *properties);
/* Appends a variable or option whose value is a secret. */
void job_push_secret(struct batch_stack *l, struct ir_value *list, struct str name,
		     struct str value_from);

#endif

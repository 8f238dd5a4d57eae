/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.h - what the passes over a batch file share.
 *
 * passes.def lists the passes in order. Each is one function `void pass_<name>(struct batch_stack *l)`; it adds its
 * resources to l->st.g and fills the fields of l that stand under its name below. A field is filled by exactly one
 * pass and only read by later ones.
 */
#ifndef HPCC_LOWERING_BATCH_H
#define HPCC_LOWERING_BATCH_H

#include "compiler/model/batch.h"
#include "lowering/aws/buckets.h"
#include "lowering/aws/network.h"
#include "lowering/aws/stack.h"
#include "lowering/aws/tags.h"

struct lowered_environment {
	const struct batch_environment *m;
	struct str resource;		   /* logical id */
	struct ir_value *subnets, *groups; /* IR_LISTs of ids */
	struct str launch_template;	   /* logical id; empty with Fargate */
	struct ir_value *role_arn;	   /* of its instances; NULL with Fargate */
};

struct lowered_job_queue {
	const struct batch_queue *m;
	struct str resource; /* logical id */
};

struct batch_stack {
	struct stack st;
	const struct batch *b;
	const struct batch_view *v;

	/* pass_batch_buckets: one for each of b->buckets, and the one to which flow logs go, or NULL */
	struct lowered_bucket *buckets;
	const struct lowered_bucket *flow_logs;

	/* pass_batch_network: that of the section Network, or NULL; the id of the VPC */
	struct lowered_network *network;
	struct ir_value *vpc;

	/*
	 * pass_batch_groups: logical id of the group that the stack makes; empty where everything has groups of its
	 * own
	 */
	struct str group;
	size_t first_rule, nrules; /* where its rules stand among the resources */

	/*
	 * pass_batch_storage: of each of b->shared_storage the id of its file system, new or existing; NULL for volumes
	 * of instances. lowering/batch/storage.h has what instances mount.
	 */
	struct ir_value **storage;
	struct batch_storage *stores; /* the same, as instances mount them */

	/* Directories that instances mount from a server, its address a GetAtt; empty in a batch file */
	struct model_strings exports;
	struct ir_value *server;

	/* pass_batch_environments, pass_batch_queues: as v->environments and v->queues */
	struct lowered_environment *environments;
	struct ir_value *
		scripts; /* IR_OBJECT of the parts of user data, each stored once; NULL: there is none */
	struct lowered_job_queue *queues;
	struct str *policies;	 /* logical ids, one for each of b->scheduling_policies */
	struct str *consumables; /* the same of b->consumable_resources */

	/* pass_batch_repositories: logical ids, one for each of b->repositories */
	struct str *repositories;

	/*
	 * pass_batch_job_roles: logical ids, one for each of b->job_roles, and of the role by which images are pulled
	 * and secrets read; empty where no job needs it
	 */
	struct str *job_roles, execution_role;

	/* pass_batch_job_logs: logical id of the log group of all jobs; empty where nothing goes there */
	struct str job_logs;

	/* pass_batch_jobs: logical ids, as v->jobs */
	struct str *jobs;

	/* pass_batch_workflows: as b->workflows; lowering/batch/workflow.h */
	struct lowered_workflow *workflows;

	/* pass_batch_submit_policy: logical id of the policy for those who submit jobs; empty without JobRoles */
	struct str submit_policy;

	/* pass_batch_notifications: ARN of the topic, or NULL */
	struct ir_value *topic;

	/* pass_batch_alarms: logical ids */
	struct str *alarms;
	size_t nalarms;
};

/* Adds the launch template of a compute environment of instances; its logical id. */
struct str batch_launch_template(struct batch_stack *l, const struct lowered_environment *e);
/* Does the launch template say the interfaces, so that groups stand there and not in the compute environment? */
bool batch_names_interfaces(const struct batch_environment *e);
/* Puts the tags of the file and those of `own`, which may be NULL, as the mapping that AWS Batch takes. */
void batch_put_tags(struct batch_stack *l, struct ir_value *properties, const struct tag_list *own);
/* The name of a thing at AWS: the one that the file fixes, or STACK-Name where `fixed` is empty. */
struct ir_value *batch_name(struct batch_stack *l, struct str fixed, struct str name);
/* Logical id of what is made of the thing called `name`: prefix and name. Ask once for each. */
struct str batch_id(struct batch_stack *l, const char *prefix, struct str name);

/* ---- passes, one prototype a row of passes.def ---- */

#define PASS(variants, name, needs, gives) void pass_##name(struct batch_stack *l);
#include "lowering/batch/passes.def"
#undef PASS

/* `text` with `from`, one sign, written as `to`, by the deployment. */
struct ir_value *replaced(struct ir *g, struct ir_value *text, const char *from, const char *to);
/* A text that only the deployment knows, as it stands in a string of JSON. */
struct ir_value *json_escaped(struct ir *g, struct ir_value *text);
/*
 * Allows `actions` with the key that the file names so, through a service of AWS ("s3") alone; kms:CreateGrant, alone,
 * for what AWS makes. Allowing it again by this name adds actions.
 */
void batch_allow_key(struct batch_stack *l, struct ir_value *statements, const char *sid,
		     const char *actions, struct str key, const char *service);

#endif

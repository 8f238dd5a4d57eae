/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow.h - workflows: state machines that make storage, run a job on it, save its results and remove the storage.
 *
 * The states of all modes are templates/workflow.json, in the Amazon States Language with JSONata, and with what
 * workflow_states.c fills in: values as "@Name@", states and members that only some machines have ("?": words that must
 * or, with "!", must not hold), several names in Next of which the first one counts that is there, and short words for
 * the usual rows of Retry and Catch: what fails may have failed for a moment (usual: seven tries, the first after a
 * second, each pause twice as long) or be held up for minutes by an update or a running task (slow); what went wrong
 * is added to what the execution will say at its end (catch).
 *
 * An execution holds the lock of its workflow, a row of one table, from its first call to its last. One that ends
 * otherwise (stopped, timed out, or failed in the middle) leaves the lock behind; a rule then starts another execution
 * with {"finish": its ARN}, which takes the lock over, looks by tag for what is there, and goes on with the export or
 * the clean-up. So a lock that nobody holds means that nothing is left but what the failure of the execution named.
 */
#ifndef HPCC_LOWERING_BATCH_WORKFLOW_H
#define HPCC_LOWERING_BATCH_WORKFLOW_H

#include "compiler/model/batch_workflows.h"
#include "lowering/batch/batch.h"

/* Tags of what an execution makes, beside STACK_TAG: the Name of the workflow, the ARN of the execution. */
#define WORKFLOW_TAG "hpcc:workflow"
#define EXECUTION_TAG "hpcc:execution"

struct lowered_workflow {
	struct batch_workflow w;
	/* Logical ids: of the machine, of its parameters in Parameter Store or Secrets Manager. */
	struct str machine, parameters;
	bool secret;			  /* the latter */
	struct ir_value *environment;	  /* its compute environment */
	struct str launch_template;	  /* logical id */
	struct ir_value *queue;		  /* ARN */
	struct ir_value *job;		  /* properties of its job definition in this stack */
	struct ir_value *definition;	  /* name of the definition that executions register */
	struct ir_value *subnet, *groups; /* id, IR_LIST of ids: where a file system stands */
	struct ir_value *zone;		  /* of a volume */
};

/* Logical id of the state machine of the workflow called so; empty where there is none. After pass_batch_workflows. */
struct str workflow_id(const struct batch_stack *l, struct str name);

/* The EventPattern of executions of `machines`, an IR_LIST of ARNs, that failed, were stopped or took too long. */
struct ir_value *workflow_ended_badly(struct batch_stack *l, struct ir_value *machines);

/* ---- templates/workflow.json ---- */

struct state_values {
	struct map values; /* struct ir_value * by name; texts may stand inside texts */
	struct map words;  /* those that hold */
};

/* What stands for @name@. */
void state_value(struct batch_stack *l, struct state_values *s, const char *name,
		 struct ir_value *v);
/* A word of "?". */
void state_word(struct batch_stack *l, struct state_values *s, const char *word, bool holds);
/* The states of a machine as an IR_OBJECT. */
struct ir_value *states_new(struct batch_stack *l, const struct state_values *s);
/* A copy in which no text of the file is taken for an expression of JSONata. */
struct ir_value *states_literal(struct batch_stack *l, struct ir_value *v);

/* ---- its parts ---- */

/* Values of what stands in the parameters; makes the parameter or secret. */
void workflow_put_parameters(struct batch_stack *l, struct lowered_workflow *w,
			     struct state_values *s);
/* Arguments of the calls that make, find and export the storage. */
void workflow_put_storage(struct batch_stack *l, struct lowered_workflow *w,
			  struct state_values *s);
/* Arguments of those that register and submit the job. */
void workflow_put_job(struct batch_stack *l, struct lowered_workflow *w, struct state_values *s);
/* Does the link bring in the metadata of its bucket once it is made? It does unless the file says that it does not. */
bool workflow_imports(const struct lowered_workflow *w);
/* IR_LIST of tags, {Key, Value}, of what an execution makes. */
struct ir_value *workflow_tags(struct batch_stack *l, const struct lowered_workflow *w,
			       const char *name);
/* Those without a Name as {key: value}. */
struct ir_value *workflow_tag_map(struct batch_stack *l, const struct lowered_workflow *w);
/* The role of the machine. Returns its ARN. */
struct ir_value *workflow_role(struct batch_stack *l, const struct lowered_workflow *w,
			       struct str lock);

/*
 * Allows to use the key of the user under which the volumes of a workflow are made and attached; nothing where there is
 * none. EC2 does both with the rights of its caller. Source: EBS user guide, "Permissions for IAM users".
 */
void workflow_allow_key(struct batch_stack *l, const struct batch_workflow *w, struct ir_value *s);

/* What `link` leads to in S3: "s3://bucket/prefix", with `more` behind it. */
struct ir_value *workflow_place(struct batch_stack *l, const struct lowered_workflow *w,
				const char *more);

#endif

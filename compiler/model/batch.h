/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.h - what a batch file comes to: which queue starts which compute environments, and which jobs run in which
 * queue.
 *
 * Checks and lowering ask this, so that a default is decided once. Names that lead nowhere, and what is faulty, are
 * left out; the rules report them. Everything is in the order of the file, with what belongs to workflows behind it.
 */
#ifndef HPCC_BATCH_MODEL_H
#define HPCC_BATCH_MODEL_H

#include "compiler/base/arena.h"
#include "compiler/base/map.h"
#include "model.h" /* generated from stdlib/schema */

/* One compute environment. */
struct batch_environment {
	const struct compute_environment *m;
	const struct workflow *workflow; /* that has it as a section of its own, or NULL */
	struct str name; /* in this file: that of the row, or of the workflow; empty where faulty */
	bool fargate;	 /* FARGATE and FARGATE_SPOT, otherwise instances */
	bool spot;	 /* SPOT and FARGATE_SPOT */
	/* The default filled in; …_UNSET with Fargate and where faulty. */
	enum compute_environment_allocation_strategy strategy;
	size_t number; /* its place in batch_view.environments */
	/* The first two queues that try it, NULL for none. */
	const struct batch_queue *tried_by[2];
	/* The first workflow whose queue tries it alone, and the first of these that is whole (batch_workflows.h). */
	const struct workflow *taken_by, *run_by;
};

/* One queue, or the one that a workflow with a compute environment of its own implies. */
struct batch_queue {
	const struct job_queue *m;	 /* NULL: implied */
	const struct workflow *workflow; /* NULL: of JobQueues */
	struct str name;
	/* Those of the file that it tries, in ascending Order; ARNs of others are not among them. */
	const struct batch_environment **environments;
	size_t nenvironments;
	uint64_t *tries; /* the same, a bit for the number of each; see batch_tries() */
	bool foreign;	 /* it tries one of which only the ARN is known as well */
	bool fargate;	 /* of what it starts; mixed ones are reported, and the first one counts */
	bool spot;	 /* one of them is of Spot */
	bool shares;	 /* it has a scheduling policy */
};

/* One job definition. */
struct batch_job {
	const struct job_definition *m;
	bool fargate; /* PlatformCapabilities, or what its queues are */
	bool placed;  /* nothing that decides that, or which queues take it, is faulty */
	bool multinode;
	/* Queues that it is meant for: those of JobQueues, else all of its platform. */
	const struct batch_queue **queues;
	size_t nqueues;
	uint64_t *runs; /* where these start it, a bit for each environment; see batch_runs_in() */
	bool spot, shares; /* one of these queues has Spot; has a scheduling policy */
};

struct batch_view {
	const struct batch *m;
	struct batch_environment *environments;
	size_t nenvironments;
	struct batch_queue *queues;
	size_t nqueues;
	struct batch_job *jobs; /* as m->job_definitions */
	size_t njobs;
	struct map by_environment, by_queue, by_job; /* names to these; first one wins */
	bool whole; /* no compute environment, no queue and no order of one is faulty or missing */
	/* For each row of m->workflows the queue that it implies, or NULL. */
	const struct batch_queue **implied;
	const struct batch_queue *only_queue; /* the one of JobQueues, where there is exactly one */
	struct map by_storage;		      /* names of SharedStorage to its rows, likewise */
};

/* Looks through the file once; memory is from `a`. */
const struct batch_view *batch_of(struct arena *a, const struct batch *m);

/* Whether a queue tries a compute environment of the file. */
bool batch_tries(const struct batch_queue *q, const struct batch_environment *e);
/* Whether one of its queues starts the job there. */
bool batch_runs_in(const struct batch_job *j, const struct batch_environment *e);

/* One container of a job: that of ContainerProperties, or of a range of nodes. */
struct batch_container {
	const struct batch_job *job;
	const struct container_properties *m;
	const struct node_range *range; /* NULL: not of a multi-node job */
};

/* Steps over the containers of all jobs: start with *it = (struct batch_container){0}; false at the end. */
bool next_container(const struct batch_view *v, struct batch_container *it);

/* The shared storage of that name, or NULL. */
const struct shared_storage *batch_storage_named(const struct batch_view *v, struct str name);
/*
 * Do the instances of a compute environment mount this storage: is it among its SharedStorage, or does that stay out?
 * Tasks of Fargate mount by their jobs alone.
 */
bool batch_mounts(const struct batch_environment *e, const struct shared_storage *m);
/* What mount points name a disk by that is of the instance itself. */
#define BATCH_SCRATCH_VOLUME "ScratchVolume"
#define BATCH_EPHEMERAL_VOLUME "EphemeralVolume"
/*
 * Are disks of the instance store of a compute environment mounted: does it say so, or does a job of its queues name
 * them? Else nobody can reach them, and making a file system takes time.
 */
bool batch_mounts_store(const struct batch_view *v, const struct batch_environment *e);

/* The queue of JobQueues that a job is meant for; NULL where there is none, or more than one. */
const struct batch_queue *batch_only_queue(const struct batch_job *j);

/* ---- what jobs need ---- */

/* Does AWS Batch need a role to pull its image, read its secrets and write its logs, and does the file name none? */
bool job_needs_execution_role(const struct batch_container *c);
/* The same of any job; those that others define on Fargate with one of JobRoles need it too. */
bool batch_needs_execution_role(const struct batch_view *v);
/*
 * Do its containers get the devices of EFA? A device that is not there keeps a container from starting: so a job of one
 * node gets none where an environment of its queues has none. Jobs of several nodes are meant for those that have.
 */
bool job_uses_efa(const struct batch_job *j);
/* Does the output of the container go to the log group that the stack makes for jobs? */
bool job_logs_in_stack(const struct batch_view *v, const struct batch_container *c);
/* Is there that group? Jobs that others define with one of JobRoles write there as well. */
bool batch_logs_jobs(const struct batch_view *v);
/* The option of a log driver, NULL where the file does not say it. */
const struct model_pair *log_option(const struct log_configuration *m, const char *name);

/* ---- what is watched ---- */

/* Are there alarms: is the section written, and not switched off? */
bool batch_has_alarms(const struct batch *b);
/* Is there a dashboard: where there are alarms, or where the file has the section, unless it is switched off? */
bool batch_has_dashboard(const struct batch *b);
/* Are jobs told when they end so, "FAILED" or "SUCCEEDED"? */
bool batch_tells_end(const struct batch *b, struct str state);

/* Does the text of a property that takes "a name in this file, or an ARN" hold an ARN? */
bool is_arn(struct str text);

#endif

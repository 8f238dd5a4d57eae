/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - what looks at queues, jobs and instances, and tells of them. */
#ifndef HPCC_LOWERING_BATCH_WATCH_H
#define HPCC_LOWERING_BATCH_WATCH_H

#include "lowering/batch/storage.h"

/* A rule on events about the jobs of the queues. */
struct job_rule {
	const char *id; /* logical id, in which that of a queue may follow */
	const char *detail_type;
	const char *statuses; /* of the job, with blanks between; NULL: any */
	/*
	 * Which parts of a job are left out, all of them members of the event: its children of an array, the array
	 * that has children, the nodes of a job of several.
	 */
	bool no_children, no_arrays, no_nodes;
	struct ir_origin origin;
	/* Its target, which is made for each rule by its logical id. */
	struct ir_value *(*target)(struct batch_stack *l, const struct job_rule *m, struct str id);
	const char *text; /* for `target` of mails: an InputTemplate */
};

/*
 * Makes the rule. A pattern has at most 2,048 characters, and names are up to 128 long: with more than a few queues it
 * is one rule for each. Source: EventBridge quotas.
 */
void batch_rule_add(struct batch_stack *l, const struct job_rule *m);

/* The name of a queue at AWS, as it stands in a format; it is the dimension Queue of its metrics. */
struct str batch_queue_words(struct batch_stack *l, const struct lowered_job_queue *q);
/* A format as a value: a text where there is nothing to fill in. */
struct ir_value *batch_filled(struct batch_stack *l, struct str format);

/* Logical ids of the function that looks at queues, and of the group of all schedules. */
#define MONITOR "QueueMonitor"
#define SCHEDULE_GROUP "ScheduleGroup"

/* The metrics of templates/queue_monitor.py in BATCH_NAMESPACE, with the dimension Queue. */
#define METRIC_WAIT "OldestRunnableSeconds"
#define METRIC_RUNNABLE "RunnableJobs"
#define METRIC_FAILED "JobsFailed"
#define METRIC_SUCCEEDED "JobsSucceeded"
/* Those of the agent on instances, with the dimensions Stack and Environment. */
#define METRIC_MEMORY "mem_used_percent"
#define METRIC_GPU "nvidia_smi_utilization_gpu"

#endif

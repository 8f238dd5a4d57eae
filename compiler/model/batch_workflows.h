/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflows.h - what a workflow comes to: its queue, its job, where its storage is mounted. */
#ifndef HPCC_BATCH_WORKFLOWS_H
#define HPCC_BATCH_WORKFLOWS_H

#include "compiler/model/batch.h"

struct batch_workflow {
	const struct workflow *m;
	/* NULL: the name leads nowhere, or nothing is named and the file has not exactly one. */
	const struct batch_queue *queue;
	const struct batch_job *job;
	/* The one compute environment of its queue, NULL where there is not exactly one. */
	const struct batch_environment *environment;
	bool lustre;	 /* either of the Lustre modes; false with Ebs and a faulty Mode */
	struct str dir;	 /* where containers see the storage */
	struct str host; /* where instances mount it: /mnt/hpcc/NAME */
	/* The one link of its file system to S3; NULL with Ebs, or where there is not exactly one. */
	const struct data_repository_association *link;
};

/* Looks at one of v->m->workflows; memory is from `a`. */
struct batch_workflow workflow_of(struct arena *a, const struct batch_view *v,
				  const struct workflow *m);
/*
 * Has it all that an execution needs? Rules report what is missing; a finding may be suppressed, and then nothing is
 * made of the workflow.
 */
bool workflow_whole(const struct batch_workflow *w);
/* Says of each compute environment of `v` which workflow runs there; batch_of() asks for it. */
void batch_place_workflows(struct batch_view *v);
/* The first whole workflow whose compute environment this is, false where there is none. */
bool workflow_on(struct arena *a, const struct batch_view *v, const struct batch_environment *e,
		 struct batch_workflow *ret);
/* The directory of instances that its containers get: that of its link, or the whole volume. */
struct str workflow_source(struct arena *a, const struct batch_workflow *w);

#endif

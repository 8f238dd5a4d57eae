/* SPDX-License-Identifier: Apache-2.0 */
/* batch_workflows.h - what the rules about workflows have in common. */
#ifndef HPCC_RULES_BATCH_WORKFLOWS_H
#define HPCC_RULES_BATCH_WORKFLOWS_H

#include "compiler/check/rules/rule.h"
#include "compiler/model/batch_workflows.h"

/* A step over the workflows of the file; begin with {0}. */
struct workflow_walk {
	struct batch_workflow w;
	struct str mode; /* as the file writes it; empty where it is faulty */
	size_t next;
};

/* Steps to the next one; false behind the last. */
bool next_workflow(const struct rules *r, struct workflow_walk *it);
/* A place for a finding about a workflow as a whole: its Name. */
struct span workflow_span(const struct workflow *m);

#endif

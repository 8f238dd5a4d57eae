/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lower.h - the typed model to the resource graph.
 *
 * The passes and their order are in lowering/cluster/passes.def; each fills its part of the graph and of
 * `struct lowering`, and reads what earlier passes filled. Lowering sees the model, never the YAML.
 */
#ifndef HPCC_LOWER_H
#define HPCC_LOWER_H

#include "compiler/facts/facts.h"
#include "lowering/ir/ir.h"
#include "model.h"

/*
 * The graph of a cluster that was checked without errors, verified. NULL when it cannot be lowered
 * (reported: E05xx). `facts` answers questions about instance types, regions and images. With the name of a pass in
 * `until` the graph as it is after that pass; empty, all passes run.
 */
const struct ir *lower_cluster(struct arena *a, struct diags *ds, const struct cluster *c,
			       const struct facts *facts, struct str until);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - goes over all values of a graph.
 *
 * A walker is a struct that begins with a struct ir_walk; its functions get it back and cast it. Values
 * that stand in several places are visited in each. Order: that of the graph; a value before what it holds.
 */
#ifndef HPCC_WALK_H
#define HPCC_WALK_H

#include "lowering/ir/ir.h"

struct ir_walk {
	/* Called for each value; may be NULL. */
	void (*visit)(struct ir_walk *w, const struct ir_value *v);
	/*
	 * Called for each name that Ref (attribute empty), Fn::GetAtt or a placeholder of Fn::Sub gives, except
	 * variables of that Sub; may be NULL.
	 */
	void (*refer)(struct ir_walk *w, struct str name, struct str attribute);

	/* Where the walk is; set by the functions below. */
	const struct ir_resource *resource; /* NULL outside of resources */
	const char *part;		    /* "Properties", "Metadata", "Outputs" … */
	struct ir_origin origin;	    /* of the resource or output */
	unsigned depth;			    /* private */
};

/* All values of the graph: template metadata, parameters, mappings, conditions, resources, outputs. */
void ir_walk_graph(struct ir_walk *w, const struct ir *g);
/* Those of one resource: properties, metadata, policies. */
void ir_walk_resource(struct ir_walk *w, const struct ir_resource *r);

#endif

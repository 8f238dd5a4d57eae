/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lower.h - the typed model to the resource graph, and the texts that a stack holds.
 *
 * Who lowers which kind of file stands in lowerings.def, who shows which texts of it in views.def. Lowering sees the
 * model, never the YAML.
 */
#ifndef HPCC_LOWER_H
#define HPCC_LOWER_H

#include "compiler/facts/facts.h"
#include "lowering/ir/ir.h"
#include "model.h"

/* What a file is lowered to. */
enum target { TARGET_CLOUDFORMATION };

struct lower_options {
	enum target target;
	const struct facts *facts; /* answers questions about instance types, regions and images */
	struct str
		until; /* the last pass to run, for the graph as it leaves it; else, or where it is none, all */
};

/* The graph of a file that was checked without errors, verified. NULL when it cannot be lowered (reported: E05xx). */
typedef const struct ir *lowering_function(struct arena *a, struct diags *ds, const struct model *m,
					   const struct lower_options *o);

/* The same by lowerings.def. */
lowering_function lower_model;

/* ---- views ---- */

enum view {
	VIEW_USER_DATA,	 /* of each node: "head", "QUEUE/RESOURCE", "login/POOL"; "ENVIRONMENT" */
	VIEW_SCRIPTS,	 /* what all nodes share, by paths below /opt/hpcc */
	VIEW_SLURM_CONF, /* files of Slurm: "slurm.conf" */
};

/* A text that a stack holds. */
struct stack_text {
	struct str name, text;
};

struct stack_texts {
	struct stack_text *items;
	size_t n;
};

/* A file that was lowered, and what is asked of it. */
struct lowered_file {
	struct arena *a; /* what is made lives there */
	const struct facts *facts;
	const struct model *model;
	const struct ir *graph;
	const struct str *only; /* the others' texts may be empty; NULL: all are wanted */
	bool parts; /* of MIME messages their parts, each behind a line that names it, without the MIME */
};

/* All names in the order of the file. What only a deployment knows stands as ${Name} or ${Name.Attribute}. */
typedef struct stack_texts view_function(const struct lowered_file *f);

/* The texts of a view by views.def; false when files of this kind have none. */
bool lowered_texts(const struct lowered_file *f, enum view view, struct stack_texts *ret);

/*
 * For views.def: the user data of the instances and launch templates of a finished graph, those that are a Sub. `name`
 * says for whom a message is, by its variables.
 */
struct stack_texts user_data_texts(const struct lowered_file *f,
				   struct str (*name)(struct arena *a,
						      const struct ir_value *message));

#define LOWERING(variant, target, function, about) lowering_function function;
#include "lowering/lowerings.def"
#undef LOWERING
#define VIEW(variant, name, function) view_function function;
#include "lowering/views.def"
#undef VIEW

#endif

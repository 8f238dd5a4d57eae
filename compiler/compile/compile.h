/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.h - a file on its way: bytes, tree, model, graph, and what becomes of the findings.
 *
 * The list of passes stands in compile.c and nowhere else: verbs, tests and fuzzers call compile(). Nothing here reads
 * a command line, opens a file or prints.
 */
#ifndef HPCC_COMPILE_H
#define HPCC_COMPILE_H

#include "compiler/compile/config.h"
#include "compiler/facts/facts.h"
#include "compiler/hpc/hpc.h"
#include "compiler/model/foundation.h"
#include "compiler/schema/pattern.h"
#include "compiler/tree/vars.h"
#include "compiler/yaml/yaml_read.h"
#include "lowering/ir/ir.h"
#include "model.h"

/* How far to compile. */
enum stage { STAGE_TREE, STAGE_MODEL, STAGE_GRAPH };

/* An environment that a file describes: what others can stand on. */
struct ground_of_file {
	struct str declaration; /* of a program: its name there, and its stack */
	struct str stack;
	const struct foundation *foundation; /* NULL: the file has errors */
};

/* What became of a file that another one names. It outlives the compilation of that one. */
struct neighbour {
	struct str name;	   /* for messages */
	const char *path;	   /* where it is */
	const char *why;	   /* it could not be read: why; else NULL */
	bool known;		   /* it is a file for hpcc, as far as its signs tell */
	bool program;		   /* it is a program; else one file describes one thing */
	bool itself;		   /* a program names its own file */
	const struct model *model; /* NULL: nothing could be made of its text */
	unsigned errors;	   /* found in it */
	const struct ground_of_file
		*grounds; /* its environments; of a program all that it declares */
	size_t ngrounds;
};

/* Reads and checks the file that is called `name` in the file under way; NULL: the call is given up. */
typedef const struct neighbour *neighbour_function(void *data, struct str name);

/* What holds for all files of one call. The zero value with `facts` set is a call without options. */
struct compile_options {
	const struct facts *facts;
	struct vars vars;		/* for ${NAME} in the file */
	struct pattern_cache *patterns; /* kept over files, or NULL */
	release knows; /* judge by this release before that of the settings; 0: by theirs */
	const struct map *baseline;    /* fingerprints of findings to leave out, or NULL */
	struct yaml_limits limits;     /* of the tree; the zero value stands for YAML_LIMITS */
	struct str until;	       /* the last pass of lowering to run; empty: all */
	neighbour_function *neighbour; /* NULL: files that a file names are not looked at */
	void *neighbour_data;
	bool pass_over;	      /* files that are not for hpcc are passed over */
	bool no_suppressions; /* comments of the file take no finding back */
	/* Of programs; each may be NULL. */
	const struct hpc_host *host;
	const struct map *only;	       /* names of the declarations that are compiled; NULL: all */
	const struct map *stack_names; /* of declarations: struct str of the stack */
	bool asked;		       /* an expression is evaluated in the scope of the program */
	/* Programs whose policies hold for every declaration and every other file. */
	struct hpc_program *const *policies;
	size_t npolicies;
};

/*
 * One file on its way, or of a program its first declaration; fields of stages that were not reached are NULL. Findings
 * of a program and of all that it declares are those of the first one, until an emitter adds some to another.
 */
struct compilation {
	struct arena *a;
	struct diags ds;
	const struct source *src;
	const struct node *tree;
	const struct model *model;
	const struct ir *graph;
	const struct config *config;
	struct var_uses uses;
	struct hpc_program *program; /* NULL: the file is none */
	const struct hpc_declaration
		*declaration;	      /* NULL: no program, or one that declares nothing */
	const struct file_kind *kind; /* that of the declaration; NULL: the tree tells */
	struct compilation *next;     /* of the next declaration of the program */
	bool unreadable; /* the file or its settings could not be read; set by the caller */
	bool foreign;	 /* it is no file for hpcc and was passed over */
};

/*
 * Compiles src up to `to`, or as far as its faults allow, with the settings `config`, which *ret refers to. All faults
 * are in ret->ds, sorted. All memory is from `a`. True when the stage was reached without errors.
 */
bool compile(const struct compile_options *o, struct arena *a, const struct config *config,
	     const struct source *src, enum stage to, struct compilation *ret);
/*
 * Settles findings that were added to c->ds after compile(), by an emitter: suppressions and settings, but not the
 * baseline.
 */
void compile_settle_late(const struct compile_options *o, struct compilation *c);

/* ---- program.c ---- */

/* The stack that a declaration of this name becomes: its own name, unless the call says another. */
struct str stack_of_declaration(const struct compile_options *o, struct arena *a, struct str name);
/*
 * The model of a declaration as its program runs, for what that asks of it; NULL: it has errors, which are reported
 * when it is compiled.
 */
const struct model *declaration_model(const struct compile_options *o, struct arena *a,
				      struct str kind_word, const struct node *tree);

/* ---- foundation.c ---- */

/*
 * The environment whose file the tree of c names, or NULL: it names none, or one that cannot be used, which is
 * reported (E1641 to E1643).
 */
const struct foundation *foundation_find(const struct compile_options *o, struct compilation *c);

/* ---- origins.c ---- */

/* Adds to findings at values that variables brought what these were and where from; reports each `$NAME`. */
void origins_tell(struct compilation *c);

#endif

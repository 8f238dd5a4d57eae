/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passes.h - what compile.c and program.c share: the passes over one tree, with their findings in a list of the
 * caller. Nobody else includes it.
 */
#ifndef HPCC_PASSES_H
#define HPCC_PASSES_H

#include "compiler/compile/choices.h"
#include "compiler/compile/compile.h"

/* The environment that a file stands on. */
struct ground {
	const struct foundation *on;	 /* what it offers, or NULL */
	const struct foundation *others; /* likewise, of those that the file imports from as well */
	/* Its stack and where that is said, unless the file says it in a section of its own. */
	struct str stack;
	struct span at;
};

/* Checks c->tree and sets c->model. */
struct choices pass_check(const struct compile_options *o, struct compilation *c, struct diags *ds,
			  const struct ground *g);
/* What becomes of the findings in c->ds: suppressions, settings, the baseline. */
void pass_settle(const struct compile_options *o, struct compilation *c);
/* Holds the checked file against all policies: those of the options, and its own where it is a program. */
void pass_policies(const struct compile_options *o, struct compilation *c, struct diags *ds,
		   const struct choices *choices);
/* Sets c->graph of a file without errors. */
void pass_lower(const struct compile_options *o, struct compilation *c, struct diags *ds,
		const struct choices *choices);
/*
 * What only a graph tells of parameters: that they are called as its parts are, or decide more than values of it.
 * Whoever asks for no graph wants to know that as well.
 * False: the file has none.
 */
bool pass_parameters(const struct compile_options *o, struct compilation *c, struct diags *ds,
		     const struct choices *choices);

/* How a declaration of a program calls what its checks speak of. */
struct program_words {
	struct arena *a;
	const struct map *stacks;	 /* by the names of stacks: struct hpc_declaration */
	struct str ground;		 /* the declaration that it stands on, or empty */
	const struct program_file *main; /* whose parameters it uses */
};

/* Says a finding of a check as the program does. */
void program_words(const struct program_words *w, struct diag *d);
/* Makes the repairs of a finding about a tree such as a program takes, or drops them. */
void program_fixes(struct arena *a, struct diag *d);
/* Compiles a program: c is its first declaration, the others follow it. */
void compile_program(const struct compile_options *o, enum stage to, struct compilation *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passes.h - what compile.c and program.c share: the passes over one tree, with their findings in a list of the
 * caller. Nobody else includes it.
 */
#ifndef HPCC_PASSES_H
#define HPCC_PASSES_H

#include "compiler/compile/choices.h"
#include "compiler/compile/compile.h"
#include "compiler/hpc/program_words.h"

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
/*
 * Holds the checked file against all policies: those of the options, and its own where it is a program. *used: see
 * hpc_apply_policies().
 */
void pass_policies(const struct compile_options *o, struct compilation *c, struct diags *ds,
		   const struct choices *choices, size_t *used);
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

/* What references of YAML are called in the program; names->stacks is the caller's to fill. */
struct program_names program_names_of(struct arena *a, const struct hpc_program *p);
/*
 * Makes the texts of a finding about a tree such as a program has, and its repairs such as a program takes; those that
 * cannot be made are dropped.
 */
void program_texts(struct arena *a, const struct hpc_program *p, const struct program_names *names,
		   struct diag *d);
/* Compiles a program: c is its first declaration, the others follow it. */
void compile_program(const struct compile_options *o, enum stage to, struct compilation *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpc.h - the front end for `.hpc`: files of a program to the trees of its declarations.
 *
 * text -> parse (items) -> modules (all files) -> names (bindings) -> static checks -> evaluation -> one tree for
 * each declaration, as the YAML reader would have made it. Nothing here opens a file or prints; what it needs of the
 * world are the functions of struct hpc_host.
 */
#ifndef HPCC_HPC_HPC_H
#define HPCC_HPC_HPC_H

#include "compiler/base/map.h"
#include "compiler/facts/facts.h"
#include "compiler/hpc/value.h"
#include "compiler/tree/tree.h"

/* Limits of section 11 of doc/language.md. */
enum {
	HPC_MAX_STEPS = 1000000,
	HPC_MAX_POLICY_STEPS = 10000000, /* for all declarations of a file */
	HPC_MAX_CALLS = 60,
	HPC_MAX_ITEMS = 10000,
	HPC_MAX_TEXT = 1 << 20,
	HPC_MAX_VALUE_BYTES = 64 << 20,
	HPC_MAX_MEMORY = 256 << 20, /* values, and what is needed to make them */
	HPC_MAX_FILES = 64,
	HPC_MAX_TREE_VALUES = 100000,
};

/* Why a file of the program cannot be had. */
enum hpc_read { HPC_READ_OK, HPC_READ_OUTSIDE, HPC_READ_FAILED };

/* One declaration of the compiled file, evaluated. */
struct hpc_declaration {
	struct str name; /* after evaluation */
	struct span name_at;
	struct str kind_word; /* "cluster" */
	bool left_out;	      /* by `only`, but others need it */
	bool faulty;	      /* cost() found errors in it, which are to be reported even so */
	bool apart;	      /* some of its values may be faulty, see struct hpc_program */
	const struct item *item;
	const struct value *value; /* VALUE_POISON where its evaluation failed */
	const struct node *
		tree; /* with Kind and Parameters where the kind needs them; NULL where it failed */
};

/* What the stack of a declaration has to offer others. */
struct hpc_output {
	bool list;		 /* the output is a list, known as a whole or by number */
	const struct str *names; /* all outputs of the declaration, for messages */
	size_t nnames;
};

/* What became of a price. FAULTY: the declaration has errors, which its checks report. */
enum hpc_cost { HPC_COST_OK, HPC_COST_UNPRICED, HPC_COST_TOO_LARGE, HPC_COST_FAULTY };

/* What a program asks of the one who runs it. Each function may be NULL: then what needs it is refused or unpriced. */
/* What a declaration costs, USD an hour: what always runs, and when all runs; or the names of what has no price. */
struct hpc_cost_range {
	struct number min, max;
	struct str unpriced;
};

struct hpc_host {
	void *data;
	/*
	 * Reads the file `path`, relative to the file called `from`, links resolved. *ret has its text and its
	 * canonical name. HPC_READ_OUTSIDE: it is not below the root; *ret_why is the root then, else the words of
	 * the system.
	 */
	enum hpc_read (*read)(void *data, struct str from, struct str path,
			      const struct source **ret, struct str *ret_why);
	/*
	 * The value of --set or --vars for the parameter; NULL: not set. *ret_at is where it stands, unset for --set.
	 */
	const struct str *(*setting)(void *data, struct str name, struct span *ret_at);
	/* YAML or JSON text to a tree, with findings in ds; for data(). */
	const struct node *(*data_tree)(void *data, struct arena *a, struct diags *ds,
					const struct source *src);
	/*
	 * NAME.Outputs.X: is `output` one of the outputs of the stack that d makes? d->tree may be faulty; what is
	 * wrong with it is not reported here. ret->list says what it is, ret->names on false as well. Memory is from
	 * `a`.
	 */
	bool (*output)(void *data, struct arena *a, const struct hpc_declaration *d,
		       struct str output, struct hpc_output *ret);
	/*
	 * What the declaration costs, USD an hour; `unpriced`: what counts for each thing without a price, or NULL. Of
	 * HPC_COST_UNPRICED ret->unpriced has the words. Memory is from `a`.
	 */
	enum hpc_cost (*cost)(void *data, struct arena *a, const struct hpc_declaration *d,
			      const struct number *unpriced, struct hpc_cost_range *ret);
};

struct hpc_options {
	const struct facts *facts;
	const struct hpc_host *host;
	/*
	 * --only: keys are the names of the declarations that are wanted; the bodies of the others are not evaluated
	 * where nothing else needs them. NULL: all. That a name is not there is the caller's to say (E0758).
	 */
	const struct map *only;
	const struct map
		*stack_names; /* declaration -> name of its stack (--stack NAME=STACK), or NULL */
	bool asked; /* an expression is evaluated in its scope, which may use any name: none is unused */
};

/* A program after its passes. */
struct hpc_program {
	struct program_file *main;
	struct program_file *const *files; /* all, the compiled one first */
	size_t nfiles;
	const struct hpc_declaration *declarations; /* in the order of the text */
	size_t ndeclarations;
	struct evaluator *
		evaluator; /* keeps values of files for policies and eval; NULL after errors before evaluation */
	struct map left_out; /* keys: the computed names that `only` does not have, for messages */
	bool faulty;	     /* errors were reported */
	/*
	 * So many more were, each of a value of a property: the trees have poisoned nodes there, and the check of the
	 * whole file tells of the rest.
	 */
	unsigned apart;
};

/*
 * Runs the program whose first file is src. Findings go to ds. Never NULL. Stops behind syntax when there is an error
 * of syntax, behind names and static checks when there is one of those.
 */
struct hpc_program *hpc_run(struct arena *a, struct diags *ds, const struct source *src,
			    const struct hpc_options *o);

/* The value of an expression in the scope of the program's file, or of none (p NULL); VALUE_POISON after errors. */
const struct value *hpc_evaluate(struct arena *a, struct diags *ds, struct hpc_program *p,
				 const struct source *expression, const struct hpc_options *o);

/*
 * Applies the policies of `policies` (a program, run before) to a declaration: `checked` is the model of the file as
 * a value with all defaults filled in (model_value.c), `name` what findings call it, kind_word "cluster" … . *used:
 * the steps that the declarations before took, of HPC_MAX_POLICY_STEPS for all of a file. E0830, W0831.
 */
void hpc_apply_policies(struct diags *ds, struct hpc_program *policies, const struct value *checked,
			struct str kind_word, struct str name, size_t *used);
/* How many policies of the program look at declarations of the kind. */
unsigned hpc_policies_for(const struct hpc_program *policies, struct str kind_word);

/* A value as the tree that the YAML reader would have made of it. NULL for null. Limits are checked (E0009, E0834). */
const struct node *hpc_value_tree(struct arena *a, struct diags *ds, const struct value *v,
				  const struct type *place);

/* Is this the name of a program: does it end in ".hpc"? */
bool hpc_is_program(struct str file_name);

#endif

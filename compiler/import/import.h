/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - a YAML file to the program that a person would write for it.
 *
 * yaml_written.h -> survey.c (anchors, variables, parameters and their names and types) -> convert.c (pieces) ->
 * layout.h (text). Nothing is in the program that is not in the file; its comments stay where they stood.
 * doc/import.md says what becomes of what.
 */
#ifndef HPCC_IMPORT_H
#define HPCC_IMPORT_H

#include "compiler/source/diag.h"

struct import_options {
	struct str name;	  /* of the declaration; empty: the file tells (import_name) */
	const struct str *deploy; /* variables that are left open until deployment */
	size_t ndeploy;
	bool deploy_ids; /* and all that are ids, key names and the like */
};

/* What a program says, and what of it is told in words. */
struct import_result {
	struct str text;  /* empty after errors, which were reported */
	size_t comments;  /* of the YAML file */
	size_t variables; /* that became parameters */
};

/*
 * The program of src. Reports what the YAML reader does, E0104, E0851, W0852 and W0853. All memory is from `a`.
 * Linear in the size of the file.
 */
struct import_result import_program(struct arena *a, struct diags *ds, const struct source *src,
				    const struct import_options *o);
/*
 * A name for the declaration of a file at `path`: that of the file in lower case, or where it is called as its kind
 * ("cluster.yaml"), that of its folder, or "main".
 */
struct str import_name(struct arena *a, struct str path);
/*
 * What `s`, the name of a variable of YAML files, is called in a program: AWS_REGION is aws_region, PublicSubnet
 * public_subnet. What begins with a digit gets a `_`, what is empty a letter.
 */
struct str import_word(struct arena *a, struct str s);

#endif

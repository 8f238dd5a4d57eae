/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtins.h - the functions that the language brings along: rows of builtins.def.
 *
 * Names (names.c) looks them up by name and binds arguments to their parameters; static checks use the types of the
 * parameters for constants; the evaluator runs them.
 */
#ifndef HPCC_HPC_BUILTINS_H
#define HPCC_HPC_BUILTINS_H

#include "compiler/base/str.h"

struct builtin_parameter {
	struct str name;
	bool has_default; /* it may be left out */
	struct str
		type; /* a word of the language or the schema: "string", "int", "InstanceType", "any" … */
};

struct builtin_call; /* evaluator's: what a built-in gets to see */
struct value;

struct builtin {
	struct str name;
	const struct builtin_parameter *parameters;
	size_t nparameters;
	/* The last parameter takes any number of positional arguments, also none where it has_default. */
	bool variadic;
	const struct value *(*run)(struct builtin_call *call);
};

/* The built-in function of this name, exact case, or NULL. */
const struct builtin *builtin_named(struct str name);
/* All of them, sorted by name; *ret_n of them. */
const struct builtin *builtin_all(size_t *ret_n);

#endif

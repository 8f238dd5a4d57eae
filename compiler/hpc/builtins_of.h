/* SPDX-License-Identifier: Apache-2.0 */
/* builtins_of.h - the functions behind builtins.def, and how they see their arguments; for builtins*.c alone. */
#ifndef HPCC_HPC_BUILTINS_OF_H
#define HPCC_HPC_BUILTINS_OF_H

#include "compiler/hpc/eval.h"

#define BUILTIN(name, variadic, parameters) \
	const struct value *run_##name(struct builtin_call *call);
#include "compiler/hpc/builtins.def"
#undef BUILTIN

/*
 * Argument number i as what the function needs. False: it is something else, or known only at deployment, which is
 * reported. An argument that was left out is the caller's to see to.
 */
bool argument_text(struct builtin_call *call, size_t i, struct str *ret);
/* A whole number from `least` to `most`. */
bool argument_int(struct builtin_call *call, size_t i, int64_t least, int64_t most, int64_t *ret);
/* A number, plain or a quantity. */
bool argument_number(struct builtin_call *call, size_t i, struct number *ret);
/* A list; what is absent from a file that a policy checks is an empty one. */
bool argument_list(struct builtin_call *call, size_t i, const struct value **ret);
/* A section, also that of a declaration. */
bool argument_section(struct builtin_call *call, size_t i, const struct value **ret);
/* Is argument i known when compiling? Else E0822. */
bool argument_known(struct builtin_call *call, size_t i);
/* Reports E0801 of argument i. Poison. */
const struct value *wrong_argument(struct builtin_call *call, size_t i, const char *want);
/* Where argument i was written. */
struct span argument_at(const struct builtin_call *call, size_t i);
/* A number, where it fits; else E0812. */
const struct value *number_result(struct builtin_call *call, bool fits, struct number n);
/* A text, counted. */
const struct value *text_result(struct builtin_call *call, struct str s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* type_maker.h - what type.c and type_names.c share; nobody else includes it. */
#ifndef HPCC_HPC_TYPE_MAKER_H
#define HPCC_HPC_TYPE_MAKER_H

#include "compiler/base/map.h"
#include "compiler/base/regex.h"
#include "compiler/hpc/type.h"

/* Types within types, aliases included. */
enum { MOST_TYPES_DEEP = 200 };

struct type_maker {
	struct arena *a;
	struct diags *ds;
	struct map made; /* address of a row and variants -> struct type */
	struct map
		words; /* "SubnetId" -> struct type: patterns in capitals; filled when first asked */
	struct regex_room *regexes;
	const struct type_expr *open[MOST_TYPES_DEEP]; /* that are being made */
	size_t nopen;
};

/* A copy of t from the arena, to be changed. */
struct type *type_copy(struct type_maker *m, const struct type *t);

#endif

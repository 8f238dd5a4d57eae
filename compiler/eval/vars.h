/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vars.h - ${NAME} in YAML files.
 *
 * `${NAME}` and `${NAME:-default}` work inside any scalar value; `$${` is a literal `${`; `$(…)` and bare
 * `$NAME` are text. Order of precedence: --set, then --vars files (a later file wins), then the process
 * environment when --env allows it, then the default in the text.
 *
 * (This folder is below syntax/ in the order of layers: the YAML reader asks it for values.)
 */
#ifndef HPCC_VARS_H
#define HPCC_VARS_H

#include "compiler/base/map.h"
#include "compiler/source/diag.h"

struct vars {
	struct map set;				  /* name -> struct str *, from --set */
	struct map file;			  /* name -> struct str *, from --vars */
	const char *(*environment)(const char *); /* getenv, or NULL without --env */
};

/* True when name is [A-Za-z_][A-Za-z0-9_]*. */
bool vars_name_ok(struct str name);
/* The value of a name; false when nothing sets it. */
bool vars_get(const struct vars *v, struct arena *a, struct str name, struct str *ret);
/*
 * `text` with its references replaced. `at` is the scalar's place, for messages; `exact` says that text is
 * the bytes of `at` one to one (a plain scalar on one line), so that a reference can be shown exactly.
 * Reports E0016 and E0017; *ret_ok is false then, and the reference is left as it is.
 * *ret_whole is true when the text was one reference and nothing else (its value is then typed as if it
 * had been written there).
 */
struct str vars_expand(struct arena *a, struct diags *ds, const struct vars *v, struct str text,
		       struct span at, bool exact, bool *ret_whole, bool *ret_ok);

#endif

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
/* A scalar in which references are to be replaced. */
struct vars_text {
	struct str text;
	struct span at; /* of the scalar, for messages */
	bool exact; /* text is the bytes of `at` one to one, so that a reference can be shown exactly */
};

struct vars_result {
	struct str text;
	bool ok; /* false: a reference was faulty (reported) and is left as it is */
	bool whole; /* text was one reference and nothing else: its value is typed as if it stood there */
};

/* The text with its references replaced. Reports E0016 and E0017. */
struct vars_result vars_expand(struct arena *a, struct diags *ds, const struct vars *v,
			       struct vars_text in);

#endif

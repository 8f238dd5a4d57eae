/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vars.h - ${NAME} in YAML files.
 *
 * `${NAME}` and `${NAME:-default}` work inside any scalar value; `$${` is a literal `${`; `$(…)` and bare
 * `$NAME` are text. Order of precedence: --set, then --vars files (a later file wins), then the process
 * environment when --env allows it, then the default in the text.
 *
 * `${param.X}`, `${env.X}` and `${stack.NAME.X}` are no variables: they stay in the text, as references to values that
 * are known when the stack is deployed.
 *
 * (This folder is below syntax/ in the order of layers: the YAML reader asks it for values.)
 */
#ifndef HPCC_VARS_H
#define HPCC_VARS_H

#include "compiler/base/map.h"
#include "compiler/source/diag.h"

/* Where a value comes from. UNSET is a `${NAME}` without one, BARE a `$NAME`, which is text. */
enum var_origin { VAR_SET, VAR_FILE, VAR_ENVIRONMENT, VAR_DEFAULT, VAR_UNSET, VAR_BARE };

struct variable {
	struct str value;
	enum var_origin origin;
	struct span at; /* VAR_FILE: the value in its file */
};

/* One reference in a file. */
struct var_use {
	struct str name;
	struct variable variable;
	struct span scalar; /* the value it stands in, without its quotes */
	struct span ref;    /* the reference itself, where it can be told */
	bool told;	    /* a finding speaks of it */
};

/* What vars_expand met, in the order of the text; at most MOST_USES of one scalar. */
struct var_uses {
	struct var_use *items;
	size_t n, cap;
	struct map names; /* all names of `${NAME}`, also those that are not among the items */
};

struct vars {
	struct map set;				  /* name -> struct variable *, from --set */
	struct map file;			  /* name -> struct variable *, from --vars */
	const char *(*environment)(const char *); /* getenv, or NULL without --env */
	struct var_uses *uses;			  /* where uses are written down, or NULL */
};

enum { MOST_USES = 3 };

/* The text that variables may make of one file: as much as the largest file holds. */
enum { MOST_EXPANDED_MIB = 16 };

/* True when name is [A-Za-z_][A-Za-z0-9_]*. */
bool vars_name_ok(struct str name);
/* The value of a name and its origin; false when nothing sets it. */
bool vars_get(const struct vars *v, struct arena *a, struct str name, struct variable *ret);
/* A scalar in which references are to be replaced. */
struct vars_text {
	struct str text;
	struct span at; /* of the scalar, for messages */
	bool exact; /* text is the bytes of `at` one to one, so that a reference can be shown exactly */
	size_t *room; /* bytes that the results may have yet, MOST_EXPANDED_MIB at first; lowered */
};

struct vars_result {
	struct str text;
	bool ok; /* false: a reference was faulty (reported) and is left as it is */
	bool whole; /* text was one reference and nothing else: its value is typed as if it stood there */
	bool open; /* text holds values of the deployment, see compiler/base/open_text.h */
};

/* The text with its references replaced. Reports E0016, E0017, E1602 and, once, E0026. */
struct vars_result vars_expand(struct arena *a, struct diags *ds, const struct vars *v,
			       struct vars_text in);

#endif

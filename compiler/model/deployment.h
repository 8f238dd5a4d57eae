/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment.h - what of a file is known when its stack is deployed: its parameters, and where it refers to them and
 * to outputs of other stacks.
 *
 * In the fields of the model a reference stands in the text, see compiler/base/open_text.h. Only properties with
 * `open: true` in stdlib/schema hold such texts. Elsewhere the value of a parameter with AllowedValues may stand: the
 * model then holds one of these, and there is a model for each (compiler/compile/choices.c).
 */
#ifndef HPCC_DEPLOYMENT_H
#define HPCC_DEPLOYMENT_H

#include "compiler/base/map.h"
#include "compiler/base/open_text.h"
#include "compiler/model/model_base.h"

enum parameter_kind { PARAMETER_TEXT, PARAMETER_INT, PARAMETER_NUMBER, PARAMETER_BOOL };

/* Names of parameters that hpcc makes itself. */
#define ENVIRONMENT_STACK_PARAMETER "EnvironmentStack"

/* A parameter of the file. */
struct stack_parameter {
	struct str name;
	struct span at;	 /* its name */
	struct str word; /* its type as the file says it: "SubnetId", "[int]" */
	struct span type_at;
	enum parameter_kind kind; /* of its value, or of its items */
	bool list;
	bool key_name;		    /* PARAMETER_TEXT: the name of a key pair */
	const struct pattern *form; /* PARAMETER_TEXT: the form of its values, or NULL */
	struct str description;
	const struct node *given;	  /* Default, or NULL */
	const struct node *const *values; /* AllowedValues, for a bool true and false */
	size_t nvalues;
	const struct map *allowed; /* the values that the file lists, by their text; NULL for any */
	bool faulty;		   /* reported: nothing is said of its uses */
	bool used;
	bool chosen;   /* it stands where its value must be known: one of `values` is taken */
	size_t choice; /* index of that value */
	bool open;     /* it stands where it may be left open */
	const struct pattern
		*asked; /* that of the first property which it is the whole value of, or NULL */
	bool asked_strictly; /* nothing quotes what that lets through; one that does not goes before */
	bool part;	     /* it is a part of a text of which the same holds */
	bool exact;	     /* it is a part of a text in which no `*` may stand in its place */
	const void *judged;	   /* where its values were judged last: a property, or a text */
	const struct prop *number; /* the first such property that holds a number, or NULL */
};

/* A reference in the file. */
struct reference_use {
	struct reference to;
	struct span at;		 /* the value it stands in */
	const struct prop *prop; /* of that value */
	struct str path;	 /* of the section that has it, as in struct section_at */
	bool whole;		 /* it is the whole value, or a whole item of a list */
	bool faulty;		 /* reported */
};

struct deployment {
	struct stack_parameter *parameters; /* in the order of the file */
	size_t nparameters;
	struct map by_name; /* the same, by their names */
	struct str stack;   /* of the environment that the file stands on, or empty */
	struct span stack_at;
	struct map unknown;  /* names of parameters that there are not, and that were reported */
	bool no_environment; /* that nothing says what the file stands on is reported */
	size_t judged;	     /* bytes of texts in which values of parameters were judged */
	bool too_much;	     /* that they were too many is reported */
	struct reference_use *uses; /* in the order in which they were met */
	size_t nuses, capuses;
};

/* The parameter of this name, or NULL; d may be NULL. */
struct stack_parameter *deployment_parameter(const struct deployment *d, struct str name);
/* The value that a parameter has while nobody gives one: its default, else the first it may have; NULL for neither. */
const struct node *parameter_likely(const struct stack_parameter *p);

#endif

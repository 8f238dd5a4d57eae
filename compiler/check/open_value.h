/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_value.h - values of the deployment on their way into the model; for the files of the type check.
 *
 * A property with `open: true` takes the reference as it is. Any other must be known: of a parameter with
 * AllowedValues one of these stands there, that of check_options.choices, and the caller checks the file with each.
 */
#ifndef HPCC_CHECK_OPEN_VALUE_H
#define HPCC_CHECK_OPEN_VALUE_H

#include "compiler/check/walk.h"

/* Reads Parameters, and whom the file stands on, into c->deployment; reports what is wrong with parameters. */
void deployment_read(struct check *c, const struct node *root);
/* Says which parameters nothing uses. */
void deployment_finish(struct check *c);
/* The deployment of the file, made where there is none yet. */
struct deployment *deployment_of(struct check *c);

/*
 * What to bind for v, a text with references: v, or another one that is open as well, or a known value. NULL when it
 * may not stand there (reported).
 */
const struct node *open_value(struct check *c, const struct prop *prop, const struct node *v);
/* The same for an item of the list, or a value of the mapping, whose open_value() would be asked. */
const struct node *open_item_of(struct check *c, const struct prop *prop, const struct node *v);
/* Reports a reference where a section should stand. */
void open_section(struct check *c, const struct prop *prop, const struct node *v);

/* ---- types of parameters: parameter_type.c ---- */

/* Sets the type of p by the value of its property Type; false when that is none (reported). */
bool parameter_type_read(struct check *c, struct stack_parameter *p, const struct node *v);
/* "a whole number", "a list of subnet ids" …, for messages. */
struct str parameter_words(struct arena *a, const struct stack_parameter *p);
/* Is v, one value or one item of a list, of the type of p? */
bool parameter_takes(struct check *c, const struct stack_parameter *p, const struct node *v);
/* May p, or an item of it, be the whole value of prop, which takes text? */
bool parameter_fits(struct check *c, const struct stack_parameter *p, const struct prop *prop);

#endif

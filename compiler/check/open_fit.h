/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_fit.h - does a text with references fit its property? For open_value.c.
 *
 * It is judged as plain texts are, with something in the place of each reference: each value that a parameter may have
 * as far as the file says, else an example of what the parameter or the output is, else whatever might make it fit. So
 * what stands around a reference is held to what a plain text is held to.
 */
#ifndef HPCC_CHECK_OPEN_FIT_H
#define HPCC_CHECK_OPEN_FIT_H

#include "compiler/check/open_value.h"
#include "compiler/model/foundation.h"

/* Where a text with references stands. */
enum open_place {
	PLACE_VALUE, /* it is the value of the property */
	PLACE_LIST,  /* the same, of one that takes a list */
	PLACE_ITEM,  /* it is an item of a list or a mapping */
};

/* One text with references. */
struct open_text {
	struct check *c;
	const struct prop *prop;
	const struct node *v;
	enum open_place place;
	bool whole; /* it is one reference and nothing else */
};

/* The environment at hand that r is an output of, or NULL. */
const struct foundation *output_ground(const struct open_text *t, const struct reference *r);
/* Its output of that name, or NULL. */
const struct env_export *output_export(const struct open_text *t, const struct reference *r);
/* What the environment's file says of a list: the names of its items; NULL where r is none, or there is no file. */
const struct env_export *output_list(const struct open_text *t, const struct reference *r);
/* The first reference of the text as it is written. */
struct str reference_words(const struct open_text *t);

/*
 * Whether the text, whose references are all known to be such, may stand where it does; false when not (reported at
 * the value of the parameter, or at the text). Notes what is asked of its parameters.
 */
bool open_fits(const struct open_text *t);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.h - names that other tools have for what a file says otherwise. */
#ifndef HPCC_FOREIGN_H
#define HPCC_FOREIGN_H

#include "compiler/schema/schema.h"

/*
 * What to write for the key `key` of a section, as foreign.def says it, or NULL where it has no row. *ret_meant is the
 * property of the section that is meant, or NULL. Static.
 */
const char *foreign_help(const struct section *s, struct str key, const struct prop **ret_meant);

/* Does the row of `key` say that it holds what the property of the section says, alone or beside others? */
bool foreign_stands_for(const struct section *s, struct str key, const struct prop *prop);

struct foreign_value {
	int prop; /* enum prop_id */
	struct str word;
	struct str value; /* what is meant; empty where there is no such */
	const char *help;
};

/* What other tools mean by `word` as a value of prop, as foreign.def says it, or NULL. Static. */
const struct foreign_value *foreign_value(const struct prop *prop, struct str word);

#endif

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

#endif

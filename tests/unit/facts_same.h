/* SPDX-License-Identifier: Apache-2.0 */
/* facts_same.h - compares instance types member by member, for tests. */
#ifndef HPCC_FACTS_SAME_H
#define HPCC_FACTS_SAME_H

#include "compiler/facts/facts.h"

/* NULL when x and y say the same, else the name of the first member in which they differ. */
const char *instance_type_difference(const struct instance_type *x, const struct instance_type *y);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coerce.h - what ParallelCluster takes for an integer, a number and a boolean.
 *
 * Its schema library (marshmallow 3) converts before it judges: `"5"` and 5.7 are integers, `y` is a boolean.
 * A file that works today must work here, so the same conversions apply. Text is the exception: it must be a
 * YAML string. Each function returns false, and leaves *ret alone, for a value that is refused there.
 */
#ifndef HPCC_COERCE_H
#define HPCC_COERCE_H

#include "compiler/tree/tree.h"

/*
 * YAML integers; floats, cut toward zero; text that Python's int() reads: decimal, blanks around, a sign,
 * single `_` between digits. Not booleans. A value outside int64 is clamped.
 */
bool coerce_int(const struct node *v, int64_t *ret);
/* YAML integers and floats, and text that Python's float() reads; never infinite or NaN, not booleans. */
bool coerce_number(const struct node *v, double *ret);
/*
 * YAML booleans, 1 and 0 (also 1.0 and 0.0), and the texts t true on y yes 1 and f false off n no 0 in lower
 * case, UPPER case or, but for the last, Title case.
 */
bool coerce_bool(const struct node *v, bool *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the limits of a row, and values without a type, as words for messages. */
#ifndef HPCC_LIMITS_H
#define HPCC_LIMITS_H

#include "compiler/base/arena.h"
#include "compiler/schema/schema.h"
#include "compiler/tree/tree.h"

/* "between 3 and 120 minutes", "at least 1", "greater than 0 and at most 100": min and max of prop. */
struct str range_words(struct arena *a, const struct prop *prop);
/* "at most 10 items", "exactly 1 item" … */
struct str count_words(struct arena *a, const struct prop *prop);
/* "between 1 and 64 characters" … */
struct str length_words(struct arena *a, const struct prop *prop);
/*
 * "the values are `a`, `b` and `c`": all that the newest release takes, or, when these are more than twelve,
 * the three nearest to `word`.
 */
struct str values_words(struct arena *a, const struct prop *prop, struct str word);
/*
 * The value that `word` is a misspelling of, or NULL. *ret_sure: it differs in one letter or in case only, and
 * no other value does.
 */
const struct enum_value *nearest_value(const struct prop *prop, struct str word, bool *ret_sure);
/* A number without trailing zeros: "1.5", "4294967295". */
struct str decimal_text(struct arena *a, double x);
/* A value as YAML on one line; text that was not written plainly stands in quotes. */
struct str flow_text(struct arena *a, const struct node *v);

#endif

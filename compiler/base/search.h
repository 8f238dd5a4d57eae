/* SPDX-License-Identifier: Apache-2.0 */
/* search.h - where in a table something stands. */
#ifndef HPCC_SEARCH_H
#define HPCC_SEARCH_H

#include "compiler/base/bug.h"
#include "compiler/base/str.h"

/* The name of row i of a table. */
typedef struct str row_name(const void *table, size_t i);
/* A number that row i of a table has. */
typedef uint32_t row_number(const void *table, size_t i);

/* The row called `name` among n rows whose names ascend in byte order; n when there is none. */
size_t search_name(struct str name, const void *table, size_t n, row_name *name_of);

/* The first of n rows, whose numbers never fall, that has at least `least`; n when there is none. */
size_t search_least(uint32_t least, const void *table, size_t n, row_number *number_of);

/* The first of n words, in any order, that is `word`; n when there is none. */
size_t search_word(struct str word, const char *const *words, size_t n);
/* Is `word` one of an array of words? */
#define AMONG(word, words) (search_word((word), (words), ARRAY_LEN(words)) < ARRAY_LEN(words))

#endif

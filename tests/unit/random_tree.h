/* SPDX-License-Identifier: Apache-2.0 */
/* random_tree.h - trees of any form, made of bytes, and whether two are the same. */
#ifndef HPCC_TESTS_RANDOM_TREE_H
#define HPCC_TESTS_RANDOM_TREE_H

#include "compiler/tree/tree.h"

/* A tree made of bytes: all trees that a reader may have made come of some. Memory is from `a`. */
const struct node *random_tree(struct arena *a, const uint8_t *data, size_t n);
/* Do both say the same, wherever and however it is written? *ret_why: where they differ, a path. */
bool same_tree(struct arena *a, const struct node *one, const struct node *other,
	       struct str *ret_why);

#endif

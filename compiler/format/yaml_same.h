/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_same.h - do two texts say the same? */
#ifndef HPCC_YAML_SAME_H
#define HPCC_YAML_SAME_H

#include "compiler/format/yaml_pieces.h"
#include "compiler/tree/tree.h"

/* The same kinds, texts, keys in the same order, and ways of writing scalars; both may be NULL. */
bool trees_same(const struct node *a, const struct node *b);
/* The same signs, the same bytes of each that has one line, and the same comments, in the same order. */
bool pieces_same(const struct pieces *a, const struct pieces *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_print.h - the pieces of a YAML text in the one layout; doc/fmt.md describes it. */
#ifndef HPCC_YAML_PRINT_H
#define HPCC_YAML_PRINT_H

#include "compiler/format/yaml_pieces.h"

/* The text, in `a`; false when it has more than `most` bytes. */
bool pieces_print(struct arena *a, const struct pieces *p, size_t most, struct str *ret);

#endif

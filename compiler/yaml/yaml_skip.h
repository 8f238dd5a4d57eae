/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_skip.h - over what stands before a value in the text: libyaml's marks include its anchor and tag. */
#ifndef HPCC_YAML_SKIP_H
#define HPCC_YAML_SKIP_H

#include "compiler/base/str.h"

/* Is c a blank, a tab or a part of a line end? */
bool yaml_is_blank(char c);
/* Index after the blanks and comments at `i`. */
size_t yaml_skip_blanks(struct str s, size_t i);
/* Index after the anchor or tag at `i`, which is inside of s. */
size_t yaml_skip_property(struct str s, size_t i);
/* Where a value itself begins, behind the anchors and tags at `lo`; at most `hi`. */
size_t yaml_skip_properties(struct str s, size_t lo, size_t hi);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern.h - does a value have the form its pattern asks for?
 *
 * Patterns are anchored at the start; `$` is the end of the text, and not also what stands before a last newline, as
 * Python's re.match has it: a name with a line end is none.
 */
#ifndef HPCC_PATTERN_H
#define HPCC_PATTERN_H

#include "compiler/base/arena.h"
#include "compiler/schema/schema.h"

struct pattern_cache;

/* A cache that makes each pattern ready when it is first asked for. All its memory comes from `a`. */
struct pattern_cache *pattern_cache_new(struct arena *a);
/*
 * Whether `text` matches p, a row of schema_patterns. False for text on which the matcher would work too long.
 * A row that does not compile is a BUG.
 */
bool pattern_matches(struct pattern_cache *cache, const struct pattern *p, struct str text);
/* Whether a parameter of the form p may have the value: it matches template_regex, where p has one. */
bool pattern_takes_parameter(struct pattern_cache *cache, const struct pattern *p, struct str text);

#endif

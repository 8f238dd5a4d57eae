/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meant.h - which property of the schema is meant by a name that its section does not have.
 *
 * schema_nearest() finds misspelt ones. Here are those that are called by a part of their name, and those that stand
 * elsewhere.
 */
#ifndef HPCC_MEANT_H
#define HPCC_MEANT_H

#include "compiler/base/arena.h"
#include "compiler/schema/schema.h"

/* In which files a property counts. */
struct meant_in {
	uint16_t kind;	  /* variants of the kind of the file */
	uint16_t variant; /* that of the file, or all of the kind while it is not known */
};

/*
 * Path of the first section that knows `key`, at most `depth` levels below s, which is at `path` (empty: the root); or
 * empty. Lists have `[]` behind them. In `a`.
 */
struct str meant_below(struct arena *a, struct meant_in in, const struct section *s,
		       struct str path, struct str key, int depth);
/* The only property of s whose name has `key` as its first or last word, or that is such a word of it; or NULL. */
const struct prop *meant_by_word(struct meant_in in, const struct section *s, struct str key);
/* The first property of s that is a longer or shorter form of `key`, such as SlurmQueues for Queues; or NULL. */
const struct prop *meant_by_part(struct meant_in in, const struct section *s, struct str key);
/* Is another name of the section as near to `key` as `near` is, at `distance`? */
bool meant_is_rivalled(struct meant_in in, const struct section *s, const struct prop *near,
		       struct str key, unsigned distance);
/* Is it gone in the newest release? */
bool prop_is_gone(const struct prop *prop);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* inherit.h - properties that a section takes from another one where it says nothing itself. */
#ifndef HPCC_INHERIT_H
#define HPCC_INHERIT_H

#include "compiler/base/arena.h"
#include "model.h" /* generated from stdlib/schema */

/*
 * Gives the struct `item`, of section `to`, each property that it does not have and `base`, of section `from`, has:
 * value and place, faulty ones as well, but none that one of its own excludes, or that belongs to another value of what
 * chooses its settings. A section or list that it has counts whole; of a free mapping it gets the keys that it does not
 * have. `from` has no property that `to` lacks, and those of one name are of one kind (column `like` of stdlib/schema).
 * New memory is from `a`.
 */
void section_inherit(struct arena *a, enum section_id to, void *item, enum section_id from,
		     const void *base);

/* Has the struct `item`, of section s, a property that excludes p of the same section? */
bool section_excludes(const struct section *s, const void *item, const struct prop *p);

#endif

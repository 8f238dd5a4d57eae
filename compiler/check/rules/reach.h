/* SPDX-License-Identifier: Apache-2.0 */
/* reach.h - what rules ask of storage that a cluster mounts and its environment makes. */
#ifndef HPCC_RULES_REACH_H
#define HPCC_RULES_REACH_H

#include "compiler/check/rules/standing.h"

/* A storage of the file that the environment makes. */
struct ground_storage {
	struct str name; /* as the file calls it; where that is faulty, the environment */
	const struct shared_storage *mount; /* what the file says of it */
	const struct shared_storage *made;  /* what the environment says */
};

/* Is s such a one? */
bool ground_storage(const struct rules *r, const struct shared_storage *s,
		    struct ground_storage *ret);

#endif

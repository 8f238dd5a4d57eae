/* SPDX-License-Identifier: Apache-2.0 */
/* near.h - the best of many names, for "did you mean"; seen by this folder alone. */
#ifndef HPCC_NEAR_H
#define HPCC_NEAR_H

#include "compiler/base/str.h"

enum { NEAR_MOST = 8 };

/* The best names found so far, best first. */
struct near_list {
	struct str *names;
	unsigned scores[NEAR_MOST];
	unsigned n, max;
};

/* An empty list that keeps up to `max` (at most NEAR_MOST) names in `ret`, which is the caller's. */
struct near_list near_list(struct str *ret, unsigned max);
/* Takes up a name if it is among the best: the lower the score, the better; of equals the first. */
void near_add(struct near_list *l, struct str name, unsigned score);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foundation.h - the environment that a file stands on, where its own file is at hand.
 *
 * A cluster that names the file of its environment is checked against it: each name that it imports is known then,
 * with zone, kind of subnet, ports and file system.
 */
#ifndef HPCC_FOUNDATION_H
#define HPCC_FOUNDATION_H

#include "compiler/model/exports.h"

struct foundation {
	struct str name; /* of the file, for messages */
	const struct environment *e;
	const struct net *net;
	struct exports exports;
};

/* That of an environment without errors, in memory of `a`. */
const struct foundation *foundation_of(struct arena *a, struct str name,
				       const struct environment *e);

#endif

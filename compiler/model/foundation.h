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
	/*
	 * A declaration of a program may import from more than the one that it stands on, whose outputs are ${env.X}:
	 * in a list of such, the name of the stack, whose outputs are ${stack.STACK.X}, and the next one.
	 */
	struct str stack;
	const struct foundation *next;
};

/* The one of a list of others with this stack, or NULL. */
const struct foundation *foundation_of_stack(const struct foundation *others, struct str stack);

/* That of an environment without errors, in memory of `a`. */
const struct foundation *foundation_of(struct arena *a, struct str name,
				       const struct environment *e);

#endif

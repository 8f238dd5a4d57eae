/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - string keys to pointers, in insertion order.
 *
 * Iteration is over `items[0 .. n)`, in the order of the first map_put of each key: it may decide output.
 * Keys are borrowed. There is no deletion. The zero value is an empty map.
 *
 * Keys may be chosen by somebody who wants them to collide. They are hashed by SipHash-1-3 with a key that each
 * process draws anew, so that nobody can know which ones do; the order of the items does not show it.
 */
#ifndef HPCC_MAP_H
#define HPCC_MAP_H

#include "compiler/base/arena.h"

struct map_item {
	struct str key;
	const void *value;
};

struct map {
	struct map_item *items;
	size_t n, cap;
	uint32_t *slots; /* index + 1 into items, 0 = free; a power of two of them */
	size_t nslots;
	uint64_t secret[2]; /* drawn with the first slots */
};

/* The value of key, or NULL when it is not there. */
const void *map_get(const struct map *m, struct str key);
/* Sets key to value and returns the value it had, or NULL when it is new. Memory comes from `a`. */
const void *map_put(struct map *m, struct arena *a, struct str key, const void *value);

#endif

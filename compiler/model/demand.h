/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demand.h - what a stack will hold, as one list: nodes and storage, of whatever kind of file.
 *
 * Who adds up, warns of what runs for ever or asks what it costs reads this list and knows neither queues nor pools.
 */
#ifndef HPCC_DEMAND_H
#define HPCC_DEMAND_H

#include "compiler/base/arena.h"
#include "model.h" /* generated from stdlib/schema */

enum demand_what {
	DEMAND_HEAD_NODE,
	DEMAND_LOGIN_NODES,
	DEMAND_QUEUE, /* the nodes of which follow; it has no type */
	DEMAND_COMPUTE_NODES,
	DEMAND_STORAGE,
};

enum market { MARKET_ON_DEMAND, MARKET_SPOT, MARKET_CAPACITY_BLOCK };

/* One row. What the file says with a fault, which is reported already, counts as absent and as 0. */
struct demand {
	enum demand_what what;
	struct str name; /* as the file calls it; empty for the head node */
	/* Instance types, any of which may be started, the first preferred; of storage its one type. */
	const struct model_string *types;
	size_t ntypes;
	int64_t min,
		max; /* how many always run, and at most; 0: it exists already and is only used */
	enum market market;
	bool reserved;	 /* the capacity is paid for in advance */
	bool efa;	 /* each node has EFA interfaces */
	bool one_thread; /* nodes start with one thread a core */
	int64_t gib; /* of the root volume of each node, or of the storage; 0: not said, or as much as is used */
	struct str mount_dir; /* of storage */
	const struct field_at *min_at,
		*market_at; /* where `min` and `market` are said; never NULL */
};

/* In the order of the file: head node, queues with their nodes, login pools, storage. */
struct demand_list {
	const struct demand *items;
	size_t n;
};

/* What the stack of a file will hold, in memory of the arena. */
struct demand_list demand_of(struct arena *a, const struct model *m);

#endif

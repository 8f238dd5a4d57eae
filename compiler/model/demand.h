/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demand.h - what a stack will hold, as one list: nodes, storage, and what is paid for beside them, of whatever kind of
 * file.
 *
 * Who adds up, warns of what runs for ever, counts against a quota or asks what it costs reads this list and knows
 * neither queues nor pools nor compute environments.
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
	DEMAND_ENVIRONMENT, /* instances or tasks of AWS Batch, counted in vCPUs */
	DEMAND_STORAGE,
	DEMAND_ENDPOINTS, /* `types` are services and presets of them; `max` zones, each with all of these */
	DEMAND_SERVICE, /* what `parts` say, `max` times */
	DEMAND_BY_USE,	/* parts of which nobody knows how many; `min` and `max` are 0 */
};

enum market { MARKET_ON_DEMAND, MARKET_SPOT, MARKET_CAPACITY_BLOCK };

/* What is paid for, by the rows of demand_items.def. */
enum demand_item {
#define ITEM(id, key, words, unit, of_use) DEMAND_##id,
#include "compiler/model/demand_items.def"
#undef ITEM
	DEMAND_ITEM_COUNT,
};

enum demand_use { DEMAND_SIZED, DEMAND_SMALL, DEMAND_BY_WHAT_IS_DONE };

struct demand_item_row {
	struct str key;	  /* of stdlib/facts/service-prices.tsv, where the table has it */
	struct str words; /* one of it, for people */
	struct str unit;  /* what is counted */
	enum demand_use use;
};
/* By enum demand_item. */
extern const struct demand_item_row demand_item_rows[DEMAND_ITEM_COUNT];

/* So many units of an item, for each node or other thing that the row counts. */
struct demand_part {
	enum demand_item item;
	int64_t n;
};

/* One row. What the file says with a fault, which is reported already, counts as absent and as 0. */
struct demand {
	enum demand_what what;
	struct str
		name; /* as the file calls it; empty for the head node; of services words for people */
	/* Instance types, any of which may be started, the first preferred; of storage its one type. */
	const struct model_string *types;
	size_t ntypes;
	int64_t min,
		max; /* how many always run, and at most; 0: it exists already and is only used */
	bool vcpus; /* `min` and `max` count vCPUs; types may be families or words such as `optimal` */
	enum market market;
	bool reserved;	 /* the capacity is paid for in advance */
	bool efa;	 /* each node has EFA interfaces */
	bool one_thread; /* nodes start with one thread a core */
	bool only_gpus;	 /* it is there only if one of `types` may have GPUs of NVIDIA */
	int64_t gib; /* of the root volume of each node, or of the storage; 0: not said, or as much as is used */
	struct str mount_dir; /* of storage */
	/* Beside the types; with `vcpus` for each instance. What runs for the whole stack once is a row of its own. */
	const struct demand_part *parts;
	size_t nparts;
	const struct field_at *min_at,
		*market_at; /* where `min` and `market` are said; never NULL */
};

/*
 * In the order of the file: head node, queues with their nodes or compute environments, login pools, storage; then
 * services, and what is paid for by use.
 */
struct demand_list {
	const struct demand *items;
	size_t n;
};

/* What the stack of a file will hold, in memory of the arena. */
struct demand_list demand_of(struct arena *a, const struct model *m);
/* The rows of nodes and storage of it alone, without their parts: for rules, which run with every call. */
struct demand_list demand_nodes_of(struct arena *a, const struct model *m);

#endif

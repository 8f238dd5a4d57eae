/* SPDX-License-Identifier: Apache-2.0 */
/* demand_list.h - a list of demands while it grows; seen by the files that make one (demand*.c). */
#ifndef HPCC_DEMAND_LIST_H
#define HPCC_DEMAND_LIST_H

#include "compiler/model/demand.h"

enum { DEMAND_PARTS = 8 /* of one row at most */ };

struct demands {
	struct arena *a;
	bool nodes_only; /* neither parts nor services nor uses */
	struct demand *items;
	size_t n, cap;
	bool used[DEMAND_ITEM_COUNT]; /* items that are paid for by use, each once */
};

/* The parts of a row while they grow; what is 0 is left out. */
struct parts {
	struct demand_part items[DEMAND_PARTS];
	size_t n;
};

/* Appends a copy. */
void demand_add(struct demands *l, struct demand d);
/* The value, or 0 where it is faulty. */
int64_t demand_sound(const struct field_at *at, int64_t value);
/* Makes `name` the one type of d, if it was written without fault. */
void demand_put_type(struct demands *l, struct demand *d, const struct field_at *at,
		     struct str name);
/* Appends a part. */
void part_add(struct parts *p, enum demand_item item, int64_t n);
/* Gives them to d, in memory of the list. */
void demand_put_parts(struct demands *l, struct demand *d, const struct parts *p);
/* `n` of one thing, if that is more than 0. */
void demand_service(struct demands *l, struct str name, int64_t n, const struct parts *p);
/* The same where the thing is one unit of an item. */
void demand_item(struct demands *l, enum demand_item item, int64_t n);
/* That an item is paid for by use. */
void demand_use(struct demands *l, enum demand_item item);

/* A volume of EBS as a file says it. */
struct volume_said {
	struct str type;	  /* empty: gp3 */
	int64_t gib;		  /* 0: as its image */
	int64_t iops, throughput; /* 0: not said */
};

/* What `n` such volumes are paid for; of the size of an image by use. */
void parts_volume(struct demands *l, struct parts *p, const struct volume_said *v, int64_t n);

/* ---- demand_storage.c ---- */

/* Rows for a list SharedStorage. */
void demand_storage(struct demands *l, const struct shared_storage_list *storage);

/* ---- demand_network.c ---- */

/* Rows for a section Network that is there: NAT gateways, endpoints, flow logs. */
void demand_network(struct demands *l, const struct network *m);
/* Rows for what only an environment has. */
void demand_environment(struct demands *l, const struct environment *e);

/* ---- demand_batch.c ---- */

/* Rows for a batch file. */
void demand_batch(struct demands *l, const struct batch *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cost.h - what a stack costs: what always runs (floor), and when all runs that the file allows.
 *
 * It reads the list of compiler/model/demand.h and the prices of compiler/facts/prices.h, and knows no kind of file.
 * Each figure is priced, estimated or unpriced; nothing is made up. What is unpriced is named and counts as nothing, so
 * that a sum with it is "at least"; what only use tells (traffic, requests, contents of buckets) is listed and never
 * summed. doc/cost.md tells how each thing is computed, with sources.
 *
 * Sums are whole millionths of the currency for a month of HOURS_A_MONTH hours, in which prices by the hour and by the
 * month are both exact; cost_an_hour() makes hours of them.
 */
#ifndef HPCC_COST_H
#define HPCC_COST_H

#include "compiler/base/arena.h"
#include "compiler/facts/prices.h"
#include "compiler/model/demand.h"

enum cost_figure { COST_FLOOR, COST_CEILING, COST_USUAL, COST_FIGURES };

/*
 * What something costs: millionths of the currency for a month; more than INT64_MAX stays INT64_MAX. The usual figure
 * is that at the hours of struct cost_wish; without them it is the floor.
 */
struct cost_figures {
	int64_t month[COST_FIGURES];
	bool estimated[COST_FIGURES]; /* an estimate is in it */
	bool at_least[COST_FIGURES]; /* something that is unpriced belongs to it, and is left out */
};

/* One thing of a line: the instances of a compute resource, their volumes, the throughput of a file system. */
struct cost_part {
	struct str name;  /* of a compute resource as the file calls it, else words for people */
	struct str item;  /* instance type, or item of stdlib/facts/service-prices.tsv */
	struct str other; /* the type that the ceiling has, where it is another one; else empty */
	struct str unit;  /* what `min` and `max` count: "instance", "GB" */
	int64_t min, max;
	/* Of `item`: .known tells whether the part is priced, estimated or, PRICE_NONE, unpriced. */
	struct price price;
	bool spot;	 /* price less what Spot saves */
	unsigned saving; /* of `item` in percent */
	bool small;	 /* fixed, and some dollars a month at most */
	struct cost_figures sum;
};

/* One line: a queue, a compute environment, the head node, a storage, all alarms. */
struct cost_line {
	enum demand_what what;
	struct str
		name; /* as the file calls it; of services words for people; empty for the head node */
	int64_t min, max; /* nodes, or what `unit` says */
	struct str unit;  /* "node", "vCPU", or empty */
	const char
		*of_use; /* the word for --hours that sets its hours: its name, "head", or NULL */
	const struct cost_part *parts;
	size_t nparts;
	struct cost_figures sum;
};

/* What use alone tells. */
struct cost_use {
	struct str words;
	struct price price; /* of one unit, or PRICE_NONE */
};

struct cost {
	struct str region;   /* whose prices count; empty: of none, and nothing is priced */
	struct str currency; /* "USD", in China "CNY" */
	const struct cost_line *lines;
	size_t nlines;
	struct cost_figures sum;
	/* What has no price, each once: "p5.48xlarge", "c8g.large as Spot", "composite alarm". */
	const struct str *unpriced;
	size_t nunpriced;
	const struct cost_use *uses;
	size_t nuses;
	bool has_hours; /* `usual` is of hours that were asked for */
};

/* Hours a month for a queue, a compute environment or "head". */
struct cost_hours {
	struct str name;
	int64_t hours; /* 0 to HOURS_A_MONTH */
};

/* What a caller wants. The zero value is good. */
struct cost_wish {
	struct str region;   /* where the file names none */
	struct str currency; /* prices in another one count as none; empty: that of the region */
	const struct cost_hours *hours;
	size_t nhours;
	bool listed_only; /* estimates count as unpriced */
	/* NULL, or 10^-10 of the currency an hour for each thing without price. */
	const int64_t *unpriced;
};

/*
 * The cost of a file whose model has no error. Queues and compute environments that `hours` name run at their ceiling
 * for so many hours and at their floor for the rest; the instance of the head node runs so many hours, its volumes all.
 * Everything lives in `a`. Cost: linear in the model, times the types that a word such as `optimal` stands for.
 */
const struct cost *cost_of(struct arena *a, const struct facts *f, const struct model *m,
			   const struct cost_wish *w);

/* Is there a line that the name of --hours sets? */
bool cost_takes_hours(const struct cost *c, struct str name);

/* 10^-10 of the currency an hour for `month` millionths a month, rounded to the nearest; ties upwards. */
int64_t cost_an_hour(int64_t month);

/* ---- cost_range.c: for expressions ---- */

/* What an expression gets: USD an hour. */
struct cost_range {
	int64_t min, max; /* 10^-10 USD an hour; what always runs, and when all runs */
	/*
	 * What has no price that counts, each once: the call is then an error, and min and max are of the rest. Prices
	 * in another currency than USD are none.
	 */
	const struct str *unpriced;
	size_t nunpriced;
};

/*
 * For `cost(declaration)`. Without `unpriced` listed prices alone count: estimates, and so all of Spot, are among what
 * has none. With it estimates count, and each instance or other thing without a price counts `*unpriced` (10^-10 USD an
 * hour, 0 or more): a file system once, however large; nothing is in ret.unpriced then. Things of some dollars a month
 * (alarms, addresses, a hosted zone) count where their price is listed, and are passed over where it is not.
 */
struct cost_range cost_range(struct arena *a, const struct facts *f, const struct model *m,
			     const int64_t *unpriced);

/* ---- cost_print.c ---- */

/* As a table for people, with a final newline. `name` is that of the file. */
struct str cost_table(struct arena *a, const struct cost *c, struct str name);
/* As JSON, with a final newline; doc/cost.md describes it. */
struct str cost_json(struct arena *a, const struct cost *c, const struct model *m, struct str name);

#endif

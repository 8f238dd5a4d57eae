/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prices.h - what an instance type or a service costs, as far as a source that may be used tells.
 *
 * A figure has a date. Nothing is made up: what no source tells is unpriced, and a price that is derived from that of
 * another region says that it is an estimate. Tables: stdlib/facts/instance-prices.tsv, spot-savings.tsv and
 * service-prices.tsv.
 */
#ifndef HPCC_PRICES_H
#define HPCC_PRICES_H

#include "compiler/base/arena.h"
#include "compiler/facts/facts.h"

enum { HOURS_A_MONTH = 730 };

enum price_known {
	PRICE_NONE,	 /* unpriced */
	PRICE_ESTIMATED, /* that of us-east-1 times what its class of types costs more in the region */
	PRICE_LISTED,
};

struct price {
	enum price_known known;
	uint64_t millionths; /* of `currency`, for one `unit` */
	struct str currency; /* "USD"; "CNY" in China */
	struct str unit;     /* "hour", "GB-month", "GB" … */
	struct str date;     /* "2026-07-20", of the source; of an estimate that of the region */
	struct str source;   /* short name, see the head of the table */
};

/*
 * What costs `what` in the region: an instance type, on demand with Linux, or an item of service-prices.tsv
 * ("nat-gateway"). Every other member is empty where known is PRICE_NONE. Allocates nothing.
 */
struct price price_of(const struct facts *f, struct str what, struct str region);

/*
 * What an instance type costs as Spot: the price on demand less what Spot saved in the month before the date. A Spot
 * price moves, so it is an estimate, with the date of the saving; *ret_saving is in percent. PRICE_NONE where either is
 * not known.
 */
struct price spot_price_of(const struct facts *f, struct str type, struct str region,
			   unsigned *ret_saving);

/* Of `n` units for a month, in millionths: an hour counts HOURS_A_MONTH times, a month or GB-month once. */
uint64_t price_a_month(const struct price *p, uint64_t n);
/* "USD 32.85", an estimate "~USD 32.85"; two digits after the point, or as many more as the amount below 1 has. */
struct str price_text(struct arena *a, const struct price *p, uint64_t millionths);

#endif

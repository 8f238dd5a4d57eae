/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.h - numbers of programs: exact fractions, with a dimension.
 *
 * A number is num / den in lowest terms, den > 0, both within 64 bits. Nothing is rounded; what does not fit is said
 * (false), and the caller reports E0812. A quantity is a number of base units of its dimension: bytes, seconds, USD.
 */
#ifndef HPCC_HPC_NUMBER_H
#define HPCC_HPC_NUMBER_H

#include "compiler/base/arena.h"

/*
 * Powers of bytes, seconds and dollars: a size is {1, 0, 0}, a rate {1, -1, 0}, a price {0, -1, 1}, a rate per size
 * {0, -1, 0}, a plain number {0, 0, 0}. Each within int8; products that leave it do not fit.
 */
struct dimension {
	int8_t bytes, seconds, dollars;
};

struct number {
	int64_t num, den;
	struct dimension of;
};

enum { MAX_DIGITS = 18 };

/* The same powers. */
bool dimension_eq(struct dimension a, struct dimension b);
/* No powers at all. */
bool dimension_is_plain(struct dimension d);
/*
 * "a plain number", "a size", "a duration", "a rate", "money", "a price", "a rate per size"; for others "a quantity in
 * B^2/s". In `a`.
 */
struct str dimension_words(struct arena *a, struct dimension d);

/* n as a plain number. */
struct number number_int(int64_t n);
/*
 * Reads digits with `_` between them and at most one point, such as "1_200" or "0.25". The lexer has seen to the form.
 * False: more than MAX_DIGITS digits.
 */
bool number_read(struct str digits, struct number *ret);
/* Is it a whole number without dimension? */
bool number_is_int(struct number n);

/* Arithmetic. False: the result does not fit (E0812). Dimensions of sums are the caller's to compare (E0808). */
bool number_add(struct number a, struct number b, struct number *ret);
/* a - b, likewise. */
bool number_sub(struct number a, struct number b, struct number *ret);
/* a * b; so the dimensions. */
bool number_mul(struct number a, struct number b, struct number *ret);
/* b is not 0 (E0811 is the caller's). */
bool number_div(struct number a, struct number b, struct number *ret);
/* The rest, with the sign of b: a - b * floor(a / b). b is not 0. */
bool number_mod(struct number a, struct number b, struct number *ret);
/* <0, 0, >0; of one dimension. Never overflows. */
int number_cmp(struct number a, struct number b);
/* The greatest whole number that is not above n; the dimension stays. */
struct number number_floor(struct number n);
/* The least whole number that is not below n; the dimension stays. */
struct number number_ceil(struct number n);
/* n with at most `digits` (0 to 18) decimals, halves away from zero. False: it does not fit. */
bool number_round(struct number n, unsigned digits, struct number *ret);

/*
 * The decimal digits of num / den, without unit: "0.25", "-3". False: it has no finite decimal (E0834). In `a`.
 */
bool number_text(struct arena *a, struct number n, struct str *ret);

/* ---- units (unit.c, units.def) ---- */

/* A unit that a program writes behind a number, or that a property stores. */
struct unit {
	struct str word;     /* "GiB", "MB/s/TiB", "USD/h" */
	struct number value; /* one of it in base units, with the dimension */
};

/* The unit of this word, exact case, or NULL. */
const struct unit *unit_named(struct str word);
/* The unit that a person likely meant by `word` ("GIB", "minutes", "20m", "Gi", "days"), or NULL. */
const struct unit *unit_meant(struct str word);
/* The same where it is sure: another case, or a word of the table of such words; not for a typing mistake. */
const struct unit *unit_alias(struct str word);
/* Words of all units, for messages; *ret_n of them. */
const struct unit *unit_all(size_t *ret_n);
/*
 * The unit in which a property with this `unit` column of the schema ("GiB", "minutes", "MB/s per TiB", "USD/hour")
 * stores its number, or NULL: the property has no unit that quantities convert to (nodes, vCPUs, IOPS, percent).
 */
const struct unit *unit_stored(struct str column);
/*
 * The quantity as a program writes it, with the unit that leaves the shortest decimal not below one: "1200 GiB",
 * "10 min", "0.5 USD/h"; a plain number as number_text. Fractions without finite decimal are written "1/3", quantities
 * "(1/3) * 1 GiB". eval reads it again. In `a`.
 */
struct str number_shown(struct arena *a, struct number n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - what expressions come to.
 *
 * Values are const once made; sections and lists under construction belong to one builder. A value knows the expression
 * that wrote it and the calls and properties that led there: `at` is a span whose source may be one that is seen
 * through passages (compiler/source/source.h), so that every finding shows them without knowing.
 */
#ifndef HPCC_HPC_VALUE_H
#define HPCC_HPC_VALUE_H

#include "compiler/hpc/type.h"

enum value_kind {
	VALUE_POISON, /* a fault was reported; whatever is made of it says nothing */
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_NUMBER, /* plain or a quantity */
	VALUE_TEXT,   /* `open`: with values of the deployment in it (compiler/base/open_text.h) */
	VALUE_LIST,
	VALUE_SECTION,
	VALUE_RANGE,
	VALUE_OPEN_LIST, /* a list that only the deployment knows: `text` is text_refer_list() */
	/* A section that knows its declaration, for cost(); `open`: NAME.Outputs itself, without entries. */
	VALUE_DECLARATION,
};

struct value_entry {
	struct str key;
	struct span key_at;
	const struct value *value;
};

/* So many bytes of a text count as a value, where values are counted to know how long something takes. */
enum { BYTES_A_VALUE = 16 };

struct value {
	enum value_kind kind;
	bool open; /* TEXT with values of the deployment; a number or bool of it is such a text too */
	bool checked; /* its type was fitted already */
	bool apart; /* POISON: of a property, see value_apart(); the section that it stands in is none */
	bool holds_open; /* LIST, SECTION: something in it is known at deployment alone */
	uint8_t depth;	 /* levels of lists and sections in it; at most HPC_MAX_DEPTH */
	uint32_t
		weight; /* LIST, SECTION: values in it, each as often as it stands there; UINT32_MAX for more */
	struct span at; /* the expression that wrote it, with passages */
	const struct type *
		type; /* the type it was last fitted to, or NULL: what is absent in a section of known type is null */
	const struct type *
		open_type; /* OPEN texts, OPEN_LIST: the type of the deploy param or output, or NULL */
	struct span
		declared; /* OPEN texts, OPEN_LIST: where the `deploy param` or declaration stands */
	union {
		bool boolean;
		struct {
			struct number number;
			/*
			 * Of a plain number that a property stores: what it is counted in. It is that quantity
			 * as well, wherever one is asked for; NULL: it is not.
			 */
			const struct unit *unit;
		};
		struct str text;
		struct {
			const struct value *const *items;
			size_t n;
		} list;
		struct { /* SECTION and DECLARATION */
			const struct value_entry *entries;
			size_t n;
			struct map
				*index; /* key -> entry, made for sections of many keys; or NULL */
			const struct item *declaration;
		} section;
		struct {
			bool has_from, has_to;
			struct number from, to;
		} range;
	};
};

/* "a text", "an int", "a number", "a size", "true or false", "a list", "a section", "a range", "null": for messages. */
struct str value_kind_words(struct arena *a, const struct value *v);
/* The value as a program writes it, one line, shortened to about 60 characters where `brief`. `eval` reads it again. */
struct str value_shown(struct arena *a, const struct value *v, bool brief);
/* The number, or the quantity that the number of a property stands for. False: it does not fit (E0812). */
bool value_quantity(const struct value *v, struct number *ret);
/*
 * Two numbers as what they have in common, for sums and comparisons: a number of a property is plain beside plain ones
 * and a quantity beside quantities. *ret_unit: what a sum of them is counted in, or NULL. False: it does not fit.
 */
bool value_numbers(const struct value *a, const struct value *b, struct number *ret_a,
		   struct number *ret_b, const struct unit **ret_unit);
/* Deep equality; *ret_comparable is false when their kinds or dimensions can never be equal (E0809). */
bool value_eq(const struct value *a, const struct value *b, bool *ret_comparable);
/* The value of the key in a section, or NULL. */
const struct value *value_get(const struct value *section, struct str key);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_state.h - what the files of the checks without running share; nobody else includes it.
 *
 * static_check.c walks items, expressions and entries and says what type each place has; static_value.c judges
 * constants there, static_prop.c those of properties, static_unknown.c says what a misspelt property may be,
 * static_keys.c finds properties that are given twice.
 */
#ifndef HPCC_HPC_STATIC_STATE_H
#define HPCC_HPC_STATIC_STATE_H

#include "compiler/hpc/static_check.h"
#include "compiler/schema/pattern.h"

struct statics {
	struct arena *a;
	struct diags *ds;
	struct type_maker *types;
	const struct facts *facts;
	struct pattern_cache *patterns;
	struct evaluator *values;	  /* for static_value.c */
	const struct entry_list *literal; /* whose entries are walked */
	unsigned searches;		  /* of near names: there is a bound to them */
	struct map loops;		  /* address of the binding of a loop name -> struct type */
};

/* The place of a value: what it must be, and what findings call it. */
struct wanted {
	const struct type *type;
	struct str what;      /* "`n`", "the result of `f`" */
	struct span declared; /* where the type is said, or unset */
	struct span call;     /* that gives it, or unset */
	struct str callee;
	const struct prop *item_of; /* as in struct fit_for */
};

/* ---- static_keys.c ---- */

/* Reports properties that are set twice in the literal, or set and opened (E0734, E0735). */
void check_keys(struct statics *s, const struct entry_list *list);

/* ---- static_value.c ---- */

/* Makes what the other functions hold constants against types with. */
void values_begin(struct statics *s);
/* Holds e against the type when it is a constant: null, true, a number, a text without expressions. */
void judge_constant(struct statics *s, const struct expr *e, const struct wanted *w);
/* Reports that a list or section literal stands where the type takes none. False: it does take it. */
bool judge_shape(struct statics *s, const struct expr *e, const struct wanted *w);
/* The argument of a built-in function that names something of the catalogue. */
void judge_builtin_argument(struct statics *s, const struct builtin *f, size_t i,
			    const struct expr *e);
/* E0809: `op` compares a choice with a constant that is none of its values. t: the type of one side, e: the other. */
void judge_comparison(struct statics *s, const struct expr *comparison, const struct type *t,
		      const struct expr *e);
/* The text of e where that is a text without expressions. */
bool constant_text(const struct expr *e, struct str *ret);

/* ---- static_prop.c ---- */

/* Holds a value, a scalar, against what the property takes. */
void judge_prop(struct statics *s, const struct value *v, const struct type *t);
/* E0102 of a value of this kind. `got`: "a list". */
struct diag *wrong_kind_of_prop(struct statics *s, struct span at, const struct type *t,
				struct str got);
/* Reports E0109 unless a literal list has as many items as the property takes. */
void judge_count(struct statics *s, const struct expr *list, const struct type *t);
/* The kind of file that the variants are of, or NULL when they are of several. */
const struct file_kind *kind_of_variants(uint16_t variants);

/* ---- static_unknown.c ---- */

/* Reports E0101: t, a section or record, has no such property. */
void unknown_property(struct statics *s, struct span at, struct str key, const struct type *t);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kind.h - the kinds of files: what each begins with, how it is recognised, and its variants.
 *
 * The rows are in stdlib/schema/kinds.yaml. A kind has a bit for each variant (SLURM, AWSBATCH: the schedulers of a
 * cluster), or one for itself; properties, rules and passes have masks of them, so that "which kind?" and "which
 * scheduler?" are one question.
 */
#ifndef HPCC_KIND_H
#define HPCC_KIND_H

#include "compiler/schema/schema.h"
#include "compiler/tree/tree.h"

/* A variant of a kind that has several. */
struct file_variant {
	struct str word; /* the value of the property that chooses: "slurm" */
	uint16_t bit;
};

struct file_kind {
	struct str name;    /* of its row: "Cluster" */
	struct str article; /* for messages: "a cluster file" */
	struct str bare;    /* without article: "cluster file" */
	struct str kind;    /* what its property Kind says; empty: it has none */
	enum section_id root;
	uint16_t variants;	 /* the bits of all */
	const struct str *signs; /* properties of the root by which a file is recognised */
	uint16_t nsigns;
	/* The way from the root to the property that chooses the variant: enum prop_id; none: there is one variant. */
	const uint16_t *choice;
	uint16_t nchoice;
	const struct file_variant *variant_rows; /* where there is a choice */
	uint16_t nvariants;
};

/* All kinds, in the order of their rows. */
extern const struct file_kind schema_kinds[KIND_COUNT];

/* The kind that the property Kind of the file names, or NULL. */
const struct file_kind *kind_named(const struct node *root);
/*
 * The kind that knows most of what stands at the top of the file, of those that have a sign there; NULL where none has.
 * Ties go to the first row.
 */
const struct file_kind *kind_likely(const struct node *root);
/*
 * How many signs of kind stand at the top of the file that files of kind `beside` do not have; *ret_first: the first in
 * the order of the row, or NULL.
 */
unsigned kind_signs(const struct file_kind *kind, const struct file_kind *beside,
		    const struct node *root, const struct entry **ret_first);
/* The kind of the file with this tree: that of kind_named, else that of kind_likely, else the first row. Never NULL. */
const struct file_kind *kind_of(const struct node *root);

/*
 * Has the text the signs of a file for hpcc? True for text that cannot be parsed but looks like one; tree is NULL
 * then. Memory is from `a`.
 */
bool kind_is_known(struct arena *a, const struct source *src, const struct node *tree);

/* What a file of kind describes: "cluster". */
struct str kind_thing(const struct file_kind *kind);
/* The variant that a value of the choice of kind names, or NULL. */
const struct file_variant *kind_variant(const struct file_kind *kind, struct str word);
/* The property that chooses the variant, or NULL where there is one variant alone. */
const struct prop *kind_choice(const struct file_kind *kind);
/* The section of that property, or NULL. */
const struct section *kind_choice_section(const struct file_kind *kind);
/* Names of the kinds with one of `variants`, as words in backticks but for the first and the last of these. */
struct str kind_names(struct arena *a, unsigned variants);
/*
 * p as files of `kind` have it: with their values and default. p itself where nothing differs, else a copy from `a`.
 * The value of an enumeration is its index in p, not in the copy.
 */
const struct prop *kind_prop(struct arena *a, const struct file_kind *kind, const struct prop *p);
/* The words of the variants of kind that have p, `between` between them; empty when all have it, or none. */
struct str kind_only(struct arena *a, const struct file_kind *kind, const struct prop *p,
		     const char *between);
/* The first kind that has s, and all below it, as `kind` has it: its definition serves for both. `kind` has s. */
const struct file_kind *kind_definer(const struct file_kind *kind, const struct section *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type.h - the types of a program, and which value or literal fits one.
 *
 * A type is what a parameter, `let`, result or property wants. Sections of the schema and properties are types too,
 * made of the rows of stdlib/schema when first asked for. Types are const and shared; memory is the arena of the call.
 */
#ifndef HPCC_HPC_TYPE_H
#define HPCC_HPC_TYPE_H

#include "compiler/hpc/ast.h"
#include "compiler/schema/schema.h"

enum type_kind {
	TYPE_ANY,
	TYPE_BOOL,
	TYPE_STRING, /* limit: a regular expression, or a length */
	TYPE_NUMBER, /* limits from..to */
	TYPE_INT,
	TYPE_QUANTITY,	/* of `dimension`; limits from..to */
	TYPE_CHOICE,	/* one of `choices` */
	TYPE_LIST,	/* of `item`; limits: number of items */
	TYPE_RECORD,	/* `fields` and no others */
	TYPE_FREE,	/* any keys, values of `item` */
	TYPE_SECTION,	/* a section of the schema */
	TYPE_CATALOGUE, /* InstanceType, RegionName, Os */
	TYPE_PATTERN,	/* a text with a pattern of the schema; also KeyName, VpcId */
	TYPE_PROP,	/* what the property `prop` of the schema takes */
};

enum catalogue { CATALOGUE_INSTANCE_TYPE, CATALOGUE_REGION, CATALOGUE_OS };

struct record_field {
	struct ident name;
	const struct type *type;
	struct expr *otherwise; /* or NULL */
	uint32_t nslots;	/* of the frame of that */
};

struct type {
	enum type_kind kind;
	bool optional;	 /* T?: null is one of them */
	struct span at;	 /* where the program says it; unset for types of the schema */
	struct str name; /* as messages call it: "SlurmQueue", "network.Site", "[SubnetId]" */
	bool has_from, has_to;
	struct number from,
		to;	    /* limits of numbers, quantities; of the length of texts and lists */
	struct str pattern; /* TYPE_STRING: the regular expression, or empty */
	struct dimension dimension;
	const struct expr *const *choices; /* EXPR_TEXT of one known part, or EXPR_NUMBER */
	size_t nchoices;
	const struct type *item;
	const struct record_field *fields;
	size_t nfields;
	const struct map *
		index; /* the fields by name, NULL: a record of ours, which has few; of a CHOICE its values */
	const struct section *section;
	uint16_t variants; /* SECTION, PROP: bits of the kinds that are possible here (schema.h) */
	enum catalogue catalogue;
	const struct pattern *schema_pattern; /* TYPE_PATTERN; KeyName, VpcId: see type_names.c */
	const struct prop *prop;
	/* SECTION, of items that are written as a text alone too: the type of the property that the text is; or NULL */
	const struct type *alone;
};

struct type_maker; /* caches types of sections and properties over a program: type.c */

/* A cache; one for each call. */
struct type_maker *type_maker_new(struct arena *a, struct diags *ds);
/*
 * The type that `t` writes, E0746 and faults of its limits reported; NULL for NULL and after an error. Caches in
 * t->type.
 */
const struct type *type_of_expr(struct type_maker *m, struct type_expr *t);
/* The type that the language, the catalogue or the schema has under this name ("int", "SubnetId"), or NULL. */
const struct type *type_of_word(struct type_maker *m, struct str word);
/* The section of this name in the schema as a type ("SlurmQueue", "Cluster"), or NULL. */
const struct type *type_of_section_name(struct type_maker *m, struct str name);
/* The section, in files of `variants`. */
const struct type *type_of_section(struct type_maker *m, const struct section *s,
				   uint16_t variants);
/* What the property takes there. */
const struct type *type_of_prop(struct type_maker *m, const struct prop *p, uint16_t variants);
/*
 * The type of the declarations of a kind word ("cluster", "environment", "batch"): its root section; NULL: no such
 * kind.
 */
const struct type *type_of_kind(struct type_maker *m, struct str word);
/* May a policy look at values of t: the root section of a kind, or anything? */
bool type_is_checked(struct type_maker *m, const struct type *t);

/*
 * The type of the key in a section or record; NULL where the type says nothing of it (TYPE_ANY, free mappings, types
 * that cannot have it). *ret_known is false where the type is sure that there is no such key.
 */
const struct type *type_member(struct type_maker *m, const struct type *t, struct str key,
			       bool *ret_known);
/* The type of the items of a list; NULL where the type says nothing of them. */
const struct type *type_item(struct type_maker *m, const struct type *t);
/* Is the text one of the values of a choice? */
bool type_has_text(const struct type *t, struct str text);
/* The same of a number, with its dimension. */
bool type_has_number(const struct type *t, struct number n);
/* Makes what these two look into, of a choice that was just made. */
const struct map *type_choices(struct arena *a, const struct type *t);
/* Is it a section or record, as far as it is known? For TYPE_PROP by the kind of the row. */
bool type_is_mapping(const struct type *t);
/* Is it a list, likewise? */
bool type_is_list(const struct type *t);
/* The section of the schema behind it, for TYPE_SECTION and TYPE_PROP of a section; else NULL. */
const struct section *type_section(const struct type *t);
/* The property that names an item of a list of this type: `key` of the row, else "Name". */
struct str type_item_key(const struct type *t);

/* "an int from 1 to 64", "a text", "`\"dev\"` or `\"prod\"`", "a list of subnet ids", "a SlurmQueue": for messages. */
struct str type_words(struct arena *a, const struct type *t);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.h - the rows of stdlib/schema/ in memory, on their way to C.
 *
 * schema_read.c fills this from YAML, schema_link.c resolves references and judges the whole, the
 * schema_write_*.c files print it. Only tablegen sees this header; compiler/schema/schema.h is what they make.
 */
#ifndef HPCC_TABLEGEN_SCHEMA_H
#define HPCC_TABLEGEN_SCHEMA_H

#include "compiler/base/buf.h"
#include "compiler/tree/tree.h"
#include "stdlib/tablegen/tablegen.h"

/* What the word in the column `kind` means. */
struct row_kind {
	struct str word;	/* in the data: "int_or_string" */
	const char *enumerator; /* "PROP_INT_OR_STRING" */
	const char *field;	/* C type of the model field; NULL when it depends on the row */
	bool text;		/* pattern, writer and lengths make sense */
	bool map;		/* key_pattern makes sense */
	bool number;		/* min and max make sense */
	bool list;		/* min_items and max_items make sense */
	bool section;		/* needs `of` */
	bool values;		/* may have `values`; needs them when `values_must` */
	bool values_must;
};

struct row_value {
	struct str name;
	struct str since, removed; /* releases, or empty */
	unsigned variants;	   /* of kinds that have it */
	const struct node *at;
};

/* A default of some kinds, in place of that of the row. */
struct row_default {
	unsigned variants;
	const struct node *node;
	double value; /* as default_value */
};

/* An update policy of some kinds, in place of that of the row. */
struct row_update {
	unsigned variants;
	const struct schema_policy *policy;
};

struct schema_row;
struct schema_section;

struct schema_pattern {
	struct str name;
	struct str regex, article, form, example;
	struct str template_regex; /* what templates ask of parameters, or empty: regex */
	struct str parameter;	   /* type of a CloudFormation parameter, or empty */
	bool secret;		   /* what does not match may be a secret */
	struct str code;	   /* regex, compiled and packed */
	struct span at;
	bool used;
};

enum { MAX_VARIANTS = 16, MAX_CHOICE = 4, MAX_RELATED = 4 };

/* A variant of a kind of file. */
struct schema_variant {
	struct str word; /* the value that chooses it, or empty: the kind has one variant */
	struct str name; /* of its bit: "SLURM" */
	unsigned bit;
};

/* A row of kinds.yaml. */
struct schema_kind {
	struct str name; /* "Cluster" */
	struct span at;
	const struct node *node; /* all columns */
	struct str article;
	struct schema_section *root;
	unsigned variants; /* bits */
	struct {	   /* the way from the root to the property that chooses */
		struct schema_section *section;
		struct schema_row *row;
	} choice[MAX_CHOICE];
	size_t nchoice;
};

/* A row of update.yaml. */
struct schema_policy {
	struct str name, words;
	struct span at;
	bool never, used;
};

/* One property. Texts that are not given are empty; `has` of schema.h is told by the pointers. */
struct schema_row {
	struct str name;
	struct span at;
	const struct row_kind *kind;
	const struct node *node; /* all columns */
	struct schema_section *of;
	struct schema_policy *update, *update_within; /* NULL: BY_PLACE; none */
	struct schema_pattern *pattern,
		*key_pattern; /* of the text; of the keys of a free mapping */
	struct row_value *values;
	size_t nvalues;
	bool unique, min_exclusive, open, single, by_name, placed;
	unsigned variants; /* of kinds that have it: column `for` */
	unsigned required; /* of kinds in which it is required */
	unsigned idle; /* of kinds in which nothing comes of it: column `no_effect_for`, else all */
	const struct node *min, *max, *min_length, *max_length, *min_items, *max_items;
	struct str older;	      /* release before which older_max was the limit, or empty */
	const struct node *older_max; /* of a number, or of the items of a list */
	const struct node *default_node;
	double default_value; /* number, 0 or 1 for a bool, 1-based index of an enum value */
	struct str note, required_note; /* with what relations say */
	struct schema_row *chooser; /* column `settings_by`: of the value it belongs to, or NULL */
	unsigned choice;	    /* 1-based index of that value */
	bool needed;		    /* it is required with that value */
	struct row_default *defaults_for;
	size_t ndefaults_for;
	struct row_update *updates_for;
	size_t nupdates_for;
};

/* Properties of one section that exclude each other, or of which one is needed. */
struct relation {
	struct schema_row *rows[MAX_RELATED];
	size_t n;
	unsigned even_empty;		       /* bits by index: counts even when it is empty */
	struct str words;		       /* why; of a choice, an example for the first */
	struct str told_at;		       /* the one whose chapter says it; empty: all */
	struct schema_row *unless_in, *unless; /* a property inside that is enough, or NULL */
};

struct schema_section {
	struct str name;
	struct span at;
	const struct node *node; /* all columns */
	struct str doc, source;
	struct schema_row *rows;
	size_t nrows;
	struct str snake;
	struct str label;     /* path of the first place in the order of the data */
	unsigned places;      /* properties that lead here */
	bool is_root;	      /* of a kind */
	unsigned only;	      /* variants that may have it: column `for` */
	unsigned variants;    /* those that do */
	bool in_list, active; /* used as list items; on the path of the running walk */
	struct relation *exclude, *one_of;
	size_t nexclude, none_of;
	struct schema_row *chooser; /* of the section that belongs to a value, or NULL */
	struct schema_section *parent;
	size_t index; /* in schema_data.order */
};

struct schema_data {
	struct tablegen *tg;
	struct schema_section *sections; /* in the order of reading */
	size_t nsections;
	struct schema_pattern *patterns;
	size_t npatterns;
	struct schema_policy *policies;
	size_t npolicies;
	struct schema_kind *kinds; /* rows of kinds.yaml */
	size_t nkinds;
	struct schema_variant variants[MAX_VARIANTS]; /* of all kinds */
	size_t nvariants;
	struct str release, date;    /* the newest release, and the date of the rows */
	const struct node *releases; /* mapping with all releases as keys, or NULL */
	struct schema_section *
		*order; /* reachable ones, depth first from the roots: order of the ids */
	size_t norder;
	struct schema_section *
		*inner_first; /* the same, each after what it embeds: order of structs */
};

/* Reports a fault of the data at `at`. */
void data_fault(struct schema_data *d, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The text of a column of a row or section, or an empty one. */
struct str column(const struct node *map, const char *name);
/* The value of a column that must be of `kind`; NULL when absent or (reported) of another kind. */
const struct node *typed(struct schema_data *d, const struct node *map, const char *name,
			 enum node_kind kind);
/* Reports columns that are not among the n of `known`. */
void check_columns(struct schema_data *d, const struct node *map, const char *const *known,
		   size_t n);
/* The section of this name, or NULL. */
struct schema_section *find_section(struct schema_data *d, struct str name);
/* The row of this name in s, or NULL. */
struct schema_row *find_row(const struct schema_section *s, struct str name);

/* Reads one file of stdlib/schema into d; false when the file has no tree. */
bool schema_read_file(struct schema_data *d, const char *path);
/* Resolves `of` and `pattern`, orders the sections, and reports what does not hold together. */
void schema_link(struct schema_data *d);

/* The rows of kinds.yaml. */
void schema_read_kinds(struct schema_data *d, const struct node *root);
/* The bits of a word of `for`: a variant, or a kind with all of its variants; 0 when there is none. */
unsigned variant_mask(const struct schema_data *d, struct str name);
/* Sets *ret to the number for `n`, a default of r; false when it does not fit the row. */
bool default_ok(const struct schema_row *r, const struct node *n, double *ret);
/* The text of a default as one word of YAML; `{}` for an empty mapping. */
struct str default_text(const struct node *n);
/* The policy of this name, which is noted as used, or NULL. */
struct schema_policy *find_policy(struct schema_data *d, struct str name);
/* Reads required_for, default_for, values_for and update_for of a row whose `variants` are known. */
void schema_link_by_kind(struct schema_data *d, struct schema_row *r);
/* Resolves `exclude`, `one_of` and `settings_by`, and makes the notes of rows whole. */
void schema_link_relations(struct schema_data *d);
/* For schema_tables.c: the relations of s, and the fields of its row that point to them. */
void schema_write_relations(struct buf *b, const struct schema_section *s);
/* The fields in the row of s. */
void schema_write_related(struct buf *b, const struct schema_section *s);
/* The bits of all kinds. */
unsigned schema_every_variant(const struct schema_data *d);
/* Reads the column `for` of all sections and rows. */
void schema_link_masks(struct schema_data *d);
/* Resolves `root`, `signs` and `choice` of the kinds; false, and reported, where a kind has no root. */
bool schema_link_kinds(struct schema_data *d);
/* Fills schema_section.variants; reports rows that no kind has. */
void schema_reach(struct schema_data *d);
/* For schema_ids.h: the bits of the variants. */
void schema_write_variants(const struct schema_data *d, struct buf *b);
/* For model.h: `struct model`. */
void schema_write_model_struct(const struct schema_data *d, struct buf *b);
/* For schema_tables.c: the table of kinds. */
void schema_write_kinds(const struct schema_data *d, struct buf *b);

/* "SlurmQueue" -> "slurm_queue": `_` before an upper-case letter that follows a lower-case one or a digit. */
struct str snake_case(struct arena *a, struct str name);
/* "price-capacity" -> "PRICE_CAPACITY": upper-case, `_` for all but letters and digits. */
struct str upper_case(struct arena *a, struct str name);

/* schema_ids.h: an enumerator for each section and property. */
struct str schema_write_ids(const struct schema_data *d);
/* model.h: a struct for each section, an enum for each property with listed values. */
struct str schema_write_model(const struct schema_data *d);
/* schema_tables.c: the rows that the type check walks. */
struct str schema_write_tables(const struct schema_data *d);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.h - the rows of stdlib/schema/ in memory, on their way to C.
 *
 * schema_read.c fills this from YAML, schema_link.c resolves references and judges the whole, the
 * schema_write_*.c files print it. Only tablegen sees this header; compiler/schema/schema.h is what they make.
 */
#ifndef HPCC_TABLEGEN_SCHEMA_H
#define HPCC_TABLEGEN_SCHEMA_H

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
	const struct node *at;
};

struct schema_row;
struct schema_section;

struct schema_pattern {
	struct str name;
	struct str regex, article, form, example;
	struct str code; /* regex, compiled and packed */
	struct span at;
	bool used;
};

/* One property. Texts that are not given are empty; `has` of schema.h is told by the pointers. */
struct schema_row {
	struct str name;
	struct span at;
	const struct row_kind *kind;
	const struct node *node; /* all columns */
	struct schema_section *of;
	struct schema_pattern *pattern,
		*key_pattern; /* of the text; of the keys of a free mapping */
	struct row_value *values;
	size_t nvalues;
	bool required, unique, min_exclusive;
	const struct node *min, *max, *min_length, *max_length, *min_items, *max_items;
	struct str older;	      /* release before which older_max was the limit, or empty */
	const struct node *older_max; /* of a number, or of the items of a list */
	const struct node *default_node;
	double default_value; /* number, 0 or 1 for a bool, 1-based index of an enum value */
};

struct schema_section {
	struct str name;
	struct span at;
	struct str doc, source;
	struct schema_row *rows;
	size_t nrows;
	struct str snake;
	struct str label;     /* path of the first place in the order of the data */
	unsigned places;      /* properties that lead here */
	bool in_list, active; /* used as list items; on the path of the running walk */
	struct schema_section *parent;
	size_t index; /* in schema_data.order */
};

struct schema_data {
	struct tablegen *tg;
	struct schema_section *sections; /* in the order of reading */
	size_t nsections;
	struct schema_pattern *patterns;
	size_t npatterns;
	struct str release, date;    /* the newest release, and the date of the rows */
	const struct node *releases; /* mapping with all releases as keys, or NULL */
	struct schema_section *
		*order; /* reachable ones, depth first from Cluster: order of the ids */
	size_t norder;
	struct schema_section *
		*inner_first; /* the same, each after what it embeds: order of structs */
};

/* Reports a fault of the data at `at`. */
void data_fault(struct schema_data *d, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The text of a column of a row or section, or an empty one. */
struct str column(const struct node *map, const char *name);

/* Reads one file of stdlib/schema into d; false when the file has no tree. */
bool schema_read_file(struct schema_data *d, const char *path);
/* Resolves `of` and `pattern`, orders the sections, and reports what does not hold together. */
void schema_link(struct schema_data *d);

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

/* SPDX-License-Identifier: Apache-2.0 */
/* importer.h - what the parts of import share about one file; nobody else includes it. */
#ifndef HPCC_IMPORTER_H
#define HPCC_IMPORTER_H

#include "compiler/base/map.h"
#include "compiler/import/comments.h"
#include "compiler/import/import.h"
#include "compiler/import/text.h"
#include "compiler/schema/kind.h"

/* What a value is for. Both NULL: anything, as in a free mapping. */
struct place_of {
	const struct section *section; /* a mapping of it */
	const struct prop
		*prop; /* the property that the value, or the list around it, belongs to */
	bool item;     /* an item of the list at prop */
};

/* `${NAME}` of the file: a parameter of the program. */
struct import_variable {
	struct str name, ident;
	struct str
		type; /* as a program writes it; in the survey empty where it stands in texts alone */
	const struct prop *prop; /* where `type` is from, or NULL */
	struct span first;
	bool any_default, always_default; /* some use has a default, each has one */
	bool same_default;		  /* and all have the same */
	bool optional;			  /* it is an empty text, where none can be */
	bool deploy, told;
	struct str otherwise; /* the default, as the file has it */
};

/* An anchor that is used again. */
struct import_let {
	struct written *value;
	struct str ident;
	struct place_of at; /* where it stands */
	bool several;	    /* it is used at places of other types as well */
};

struct importer {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	const struct import_options *o;
	const struct file_kind *kind;
	struct written *root;
	struct str declaration;
	struct map taken;	  /* names that are in use */
	struct map counts;	  /* name -> the last number behind it */
	struct map variables;	  /* NAME -> struct import_variable, in the order of the text */
	struct map parameters;	  /* name in the file -> its name in the program: struct str */
	struct import_let **lets; /* in the order of the text */
	size_t nlets, lets_cap;
	struct remarks_list waiting; /* comments of what was left out, for the next entry */
	bool no_units; /* under way: what stands at places of several types, whose numbers get no unit */
};

/* The value of `key` in a mapping, also behind an alias; NULL: there is none, or w is none. */
const struct written *import_entry(const struct written *w, struct str key);
/* The mapping Parameters of the file, or NULL. */
const struct written *import_parameters(const struct importer *im);
/* Adds what an anchor becomes, behind those before it. */
void import_let_add(struct importer *im, struct import_let *let);

/* ---- names.c ---- */

/*
 * A name of the program for `wanted`, in lower case: free, no word of the language; else one made of `fallback`, or
 * with a number. It is taken then.
 */
struct str import_take_name(struct importer *im, struct str wanted, struct str fallback);
/* The name for a parameter of the file, which becomes `name` again in capitals. */
struct str import_take_parameter(struct importer *im, struct str name);

/* ---- place.c ---- */

/* The place of the value of `key` in a mapping at `at`. */
struct place_of place_of_key(const struct importer *im, struct place_of at, struct str key);
/* The place of the items of a list at `at`. */
struct place_of place_of_items(struct place_of at);
/* The type that a parameter has whose value stands at `at`: "SubnetId", "int", "string". */
struct str place_type(const struct importer *im, struct place_of at);
/* The type of a section or list of sections at `at` ("SlurmQueue", "[SlurmQueue]"), or empty. */
struct str place_section_type(const struct importer *im, struct place_of at);
/* Is it a place of any values, where none may be empty? */
bool place_is_free(struct place_of at);

/* ---- survey.c ---- */

/* Fills lets, variables and parameters. */
void import_survey(struct importer *im);

/* ---- references.c ---- */

/* A `${NAME}` or `${NAME:-otherwise}`. */
struct variable_use {
	struct str name, otherwise;
	bool has_default;
	bool whole; /* the text is nothing else */
};

/* Calls `found` for each variable of the text, those in defaults as well. */
typedef void variable_function(struct importer *im, const struct variable_use *use,
			       const void *data);
/* Calls `found` with `data` for each of them, in the order of the text. */
void import_each_variable(struct importer *im, struct str text, variable_function *found,
			  const void *data);
/*
 * The parts of a text with `${…}`: what is text there, and expressions of the program. *ret_whole is true where it
 * is one reference and nothing else. After the survey.
 */
struct text_bits import_text(struct importer *im, struct str text, bool *ret_whole);
/* A value out of a default, as an expression of the type. */
struct str import_default(struct importer *im, struct str type, struct str text);
/* Is the text a literal of the type, which is int, number, bool or a choice of numbers; or the type another one? */
bool default_fits(struct str type, struct str text);

/* ---- convert.c ---- */

/* The value as a piece: the name of its anchor where it has one. It is not null. */
struct piece *import_value(struct importer *im, const struct written *w, struct place_of at);
/* The same of what stands behind an anchor. */
struct piece *import_inner(struct importer *im, const struct written *w, struct place_of at);
/* The mapping at the top, without what does not become a property. */
struct piece *import_body(struct importer *im);
/* Is it an entry of the top that becomes something else: Kind, Parameters? */
bool import_is_apart(struct str key);
/* The value as a literal on one line, whatever its place: defaults and values of parameters. */
struct str import_literal(struct importer *im, const struct written *w);
/* Adds all comments in a value, or in an entry and at it. */
void import_collect_remarks(struct importer *im, struct remarks_list *to, const struct written *w);
/* The same of entry number i of a list or mapping, with those at it. */
void import_collect_entry(struct importer *im, struct remarks_list *to, const struct written *in,
			  size_t i);

/* ---- import.c ---- */

/* "cluster", "environment" … */
struct str import_kind_word(const struct importer *im);

#endif

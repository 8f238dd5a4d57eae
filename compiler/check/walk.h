/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - what the files of the type check share; nobody else includes it.
 *
 * check.c walks the sections, value.c judges and binds one value, mistype.c and unknown.c find out what was
 * meant.
 */
#ifndef HPCC_CHECK_WALK_H
#define HPCC_CHECK_WALK_H

#include "compiler/model/deployment.h"
#include "compiler/model/model_base.h"
#include "compiler/schema/kind.h"
#include "compiler/schema/pattern.h"
#include "compiler/tree/tree.h"

/* State of one check_tree. */
struct check {
	struct arena *a;
	struct diags *ds;
	release knows; /* release to judge by, or 0 */
	const struct file_kind *kind;
	bool program;	   /* the tree is that of a declaration of a program */
	bool kind_faulty;  /* what the property Kind says was reported */
	uint16_t variant;  /* SLURM …; all of the kind while it is not known */
	uint16_t gone;	   /* variants that a release removed as a whole */
	struct str chosen; /* what the file says of the variant, when it says something */
	struct span chosen_at;
	release chosen_gone; /* the release that removed a choice of which nothing is made, or 0 */
	struct pattern_cache *patterns;
	const struct foundation *on, *others; /* as in check_options, and the next two */
	const size_t *choices;
	const struct diags *read;
	struct str stack;
	struct span stack_at;
	const struct node *root;
	const struct section_at *in;   /* whose property is being bound */
	struct deployment *deployment; /* NULL while nothing is left open */
};

/* A section of the file on the way from the root to where the walk is. */
struct scope {
	const struct section *schema;
	const struct node *node; /* NODE_MAP */
	char *model;		 /* its struct; begins with *at */
	struct section_at *at;
	const struct scope *outer; /* NULL at the root */
};

/* Has the kind of the file this property? One of another kind is as unknown as any other name. */
static inline bool kind_has(const struct check *c, const struct prop *prop)
{
	return (prop->variants & c->kind->variants) != 0;
}

/* What the file is told to write, in its own language. */
static inline const char *in_language(const struct check *c, const char *yaml, const char *program)
{
	return c->program ? program : yaml;
}

/* The property of the section with this name that the kind of the file has, or NULL. */
static inline const struct prop *find_prop(const struct check *c, const struct section *s,
					   struct str name)
{
	const struct prop *prop = schema_find(s, name);

	return prop != NULL && kind_has(c, prop) ? prop : NULL;
}

/* The struct field_at of prop in the struct of its section. */
static inline struct field_at *prop_at(char *model, const struct prop *prop)
{
	return (struct field_at *)(void *)(model + prop->at_offset);
}

/*
 * The kind of a file, as far as it can be told; reports E1601 where its property Kind names none, or one that the
 * file is not of. NULL when nobody knows what the file may be.
 */
const struct file_kind *kind_said(struct check *c, const struct node *root);
/* Sets every field of a section and of the sections inside to its default. */
void defaults_fill(const struct check *c, const struct section *s, char *model);
/* Poisons every field of a section that is missing or no mapping, and of those inside: nobody knows what they say. */
void faulty_fill(const struct section *s, char *model);

/*
 * Judges v as a value of prop, which is no section, and stores it in the model. False when it was faulty; then
 * that was reported and the field is unchanged. v is not null.
 */
bool value_bind(struct check *c, const struct prop *prop, const struct node *v, char *model);

/* Length and form of a text, as a value of prop or an item of it; false when it is faulty (reported). */
bool text_ok(struct check *c, const struct prop *prop, const struct node *v);

/* Would `text` do as a value of prop, which takes text, or as an item of it? Nothing is reported. */
bool text_fits(const struct check *c, const struct prop *prop, struct str text);
/* Adds what a text of this pattern looks like. */
void help_form(struct check *c, struct diag *d, const struct pattern *p);
/* Adds which values prop takes, the one nearest to v first. */
void help_values(struct check *c, struct diag *d, const struct prop *prop, const struct node *v);

/*
 * Reports E0102; want: "text", "a whole number" … Adds what to write: what was probably meant where prop would take it,
 * else what it takes. prop is NULL where no row is at hand.
 */
struct diag *wrong_type(struct check *c, const struct prop *prop, struct str name, const char *want,
			const struct node *v);
/* The same for a value of prop, a number; tells which one was meant by a figure with a unit. */
void wrong_number(struct check *c, const struct prop *prop, const char *want, const struct node *v);
/* Adds what to write where a point was meant to group the thousands of a whole number, as in 1.200. */
void help_thousands(struct check *c, struct diag *d, const struct prop *prop, const struct node *v);
/* Reports W0117 where the whole number of v is i, and something else was written or meant. */
void remark_fraction(struct check *c, const struct prop *prop, const struct node *v, int64_t i);
/* The same as wrong_type() for true or false. */
void wrong_bool(struct check *c, const struct prop *prop, const struct node *v);
/* Remarks characters that pass for ASCII in a text that nothing else was said of. */
void remark_lookalikes(struct check *c, const struct prop *prop, const struct node *v);
/* The same for a value that should be the mapping of section s; prop is NULL for an item of a list. */
void wrong_section(struct check *c, const struct prop *prop, struct str name,
		   const struct section *s, const struct node *v);
/* Whether v is one word: no list, no mapping, not null. */
bool node_is_scalar(const struct node *v);
/* Reports E0109 unless the number of items is within min_items and max_items of prop. */
bool count_ok(struct check *c, const struct prop *prop, size_t n, struct span at);
/*
 * Whether a thing with these releases may be used; reports E0112 or E0114 by the release to judge by, or
 * N0113, which forbids nothing, when there is none.
 */
bool release_ok(struct check *c, struct str name, release since, release removed, struct span at);
/*
 * Adds to d what is missing of a text that does not match p, where p is the form of the URL of a file and the text
 * names a folder, a bucket or a host; true when that is all there is to say. Of a path it adds that nobody fetches it.
 */
bool help_address(struct check *c, struct diag *d, const struct pattern *p, struct str text);
/* Text that a message may quote: cut after 80 bytes. */
struct str shown(struct check *c, struct str text);

/* Adds of which kinds a name or a value is that the kind of the file has not. */
void note_kinds(struct check *c, struct diag *d, struct str name, uint16_t variants);
/*
 * Reports a key that the section does not know; false when that is no fault. *ret_meant: the property of the
 * section that it is a misspelling of, when there is one.
 */
bool unknown_key(struct check *c, const struct scope *in, const struct entry *e,
		 const struct prop **ret_meant);
/*
 * Whether an unknown key of the section is a misspelling of prop, or one that belongs in it, so that one
 * message is enough.
 */
bool is_misspelt(const struct check *c, const struct scope *in, const struct prop *prop);
/* Reports a required property that is not there. */
void missing_property(struct check *c, const struct scope *in, const struct prop *prop);

#endif

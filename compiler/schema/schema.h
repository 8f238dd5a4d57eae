/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.h - the shape of the generated property tables.
 *
 * stdlib/schema/ holds one row for every property of a file, of whichever kind it is; tablegen turns the rows
 * into the static tables declared here, into the identifiers of schema_ids.h and into the structs of model.h.
 * Nothing in these tables is pointer-heavy on purpose: they are read-only data of the program image.
 */
#ifndef HPCC_SCHEMA_H
#define HPCC_SCHEMA_H

#include "compiler/base/str.h"
#include "schema_ids.h" /* generated: SECTION_HeadNode …, PROP_HeadNode_InstanceType … */

enum prop_kind {
	PROP_STRING,
	PROP_INT,
	PROP_INTS, /* list of whole numbers; min and max apply to each item */
	PROP_NUMBER,
	PROP_BOOL,
	PROP_ENUM,	     /* text out of `values` */
	PROP_INT_ENUM,	     /* number out of `values` (Raid.Type, RetentionInDays) */
	PROP_BOOL_OR_STRING, /* ElasticIp */
	PROP_INT_OR_STRING,  /* LaunchTemplateOverrides.Version */
	PROP_STRINGS,	     /* list of text; pattern, lengths and values apply to each item */
	PROP_MAP,	     /* free mapping */
	PROP_MAPS,	     /* list of free mappings */
	PROP_ANY,	     /* anything: a value of the tree, judged where it is used */
	PROP_SECTION,	     /* mapping with the properties of `section` */
	PROP_SECTIONS,	     /* list of such mappings, or with by_name a mapping of names to them */
};

/* A release as major * 10000 + minor * 100 + patch: 3.11.1 is 31101; 0 means unlimited. */
typedef uint32_t release;

struct enum_value {
	struct str name;
	release since, removed; /* removed: first release without it, or 0 */
	uint16_t variants;	/* of the kinds that take it */
};

/* A default that some kinds have in place of that of the row. */
struct kind_default {
	uint16_t variants;
	struct str text; /* as default_text and default_value of struct prop */
	double value;
};

/* A pattern with a name for people: "a subnet id, `subnet-` and 8 or 17 lower-case letters or digits". */
struct pattern {
	struct str name;	    /* of the row in stdlib/schema/patterns.yaml */
	const char *regex;	    /* PCRE2, anchored at the start; `$` is the end */
	const char *template_regex; /* what templates ask of parameters, or NULL: the same */
	struct str code;	    /* regex, compiled: bytes of regex_packed() */
	struct str article;	    /* with article, for messages: "a subnet id" */
	struct str form;	    /* what it looks like: "`subnet-` and 8 or 17 of 0-9 a-z" */
	struct str example;
	struct str parameter; /* the type that CloudFormation has for such a parameter, or empty */
	bool secret;	      /* what does not match may be the secret itself, and is not shown */
};

/* When a changed value goes through in an update of what runs: a row of stdlib/schema/update.yaml. */
struct update_policy {
	struct str name;  /* "QUEUE_UPDATE_STRATEGY" */
	struct str words; /* "with the compute fleet stopped …" */
	bool never;	  /* an update with another value is refused */
};

/* An update policy that some kinds have in place of that of the row. */
struct kind_update {
	uint16_t variants;
	const struct update_policy *policy;
};

enum {
	HAS_MIN = 1,
	HAS_MAX = 2,
	HAS_MIN_LENGTH = 4,
	HAS_MAX_LENGTH = 8,
	HAS_MIN_ITEMS = 16,
	HAS_MAX_ITEMS = 32,
	HAS_DEFAULT = 64,
	MIN_EXCLUSIVE = 128
};

struct prop {
	struct str name; /* as the user writes it */
	enum prop_kind kind;
	uint16_t required; /* variants in which it must be there whenever its section is */
	bool open;	   /* may hold a value that only a deployment knows */
	bool by_name;	   /* SECTIONS: a mapping; its keys are the values of `key` */
	bool single; /* STRINGS: one text alone is a list of one; SECTIONS: an item that is text is its `key` */
	bool placed; /* not required where the file has a network or stands on an environment */
	bool unique; /* SECTIONS: items may not share the value of `key`; STRINGS: none is there twice */
	struct str required_note; /* required only sometimes: when, in words */
	uint16_t has;		  /* HAS_… */
	uint16_t variants;	  /* of the kinds that have it: SLURM … */
	enum section_id section;  /* SECTION(S): the properties inside */
	struct str key; /* SECTIONS: name of the property that identifies an item, or empty */
	const struct enum_value *values;
	uint16_t nvalues;
	const struct pattern *pattern;	   /* or NULL; MAP(S): of the values */
	const struct pattern *key_pattern; /* MAP(S): of the keys, or NULL */
	struct str
		writer; /* what quotes text that the pattern lets through, or empty: doc/architecture.md */
	double min, max;
	uint32_t min_length, max_length, min_items, max_items;
	/* Before this release, or 0, the limit of a number or of the items of a list was another. */
	release older;
	uint32_t older_max;
	struct str default_text; /* when HAS_DEFAULT: as YAML would write it */
	double default_value;	 /* the same: number, 0 or 1, 1-based index of an ENUM value */
	const struct kind_default *defaults_for;
	uint8_t ndefaults_for;
	struct str default_note; /* a default that depends on other things, in words */
	struct str unit;	 /* "GiB", "minutes" … or empty */
	struct str no_effect;	 /* why nothing comes of it here, or empty */
	uint16_t idle;		 /* variants in which that holds */
	uint8_t choice; /* SECTION: 1-based index of the value of the chooser it belongs to, or 0 */
	bool needed;	/* SECTION: required with that value */
	struct str target;  /* what it becomes: properties of CloudFormation, or empty */
	struct str example; /* a value to show, or empty */
	const struct update_policy *update; /* NULL: as the place that opens its section says */
	const struct update_policy
		*update_within; /* SECTION(S): what those inside are then, or NULL */
	const struct kind_update *updates_for;
	uint8_t nupdates_for;
	release since, removed;
	struct str doc, note,
		source;	       /* note: exclusions and differences between releases, or empty */
	uint32_t value_offset; /* of the field in the model struct of the section */
	uint32_t at_offset;    /* of its struct field_at */
};

enum { MAX_RELATED = 4 };

/* Properties of one section that exclude each other, or two of which one is needed. */
struct relation {
	uint16_t props[MAX_RELATED]; /* enum prop_id */
	uint8_t n;
	uint8_t even_empty; /* bits by index: this one counts even when it is empty */
	struct str words;   /* why they exclude each other; an example for the first of two */
	/* A property of a section inside, with which none of the two is needed. */
	bool has_unless;
	uint16_t unless_in, unless; /* the row that opens the section, and the property */
};

struct section {
	struct str name; /* the name in stdlib/schema: "HeadNodeNetworking" */
	struct str
		label; /* its place nearest to the root, for messages: "HeadNode.Networking"; empty for a root */
	struct str doc, source;
	enum section_id parent;	  /* the section of that place; a root is its own parent */
	uint16_t variants;	  /* of the kinds whose files may hold it */
	uint16_t places;	  /* properties that lead here; the root has one place */
	const struct prop *props; /* in the order of stdlib/schema */
	uint16_t nprops;
	enum prop_id first;	/* PROP id of props[0]; ids of a section are consecutive */
	const uint16_t *sorted; /* indices into props, by name: for lookup */
	/* Indices of the props with a default or a section inside, and of those that some kind requires. */
	const uint16_t *filled, *due;
	uint16_t nfilled, ndue;
	uint32_t size; /* of the model struct */
	const struct relation *exclude, *one_of;
	uint8_t nexclude, none_of;
	bool has_settings; /* sections inside belong to values of `chooser`: prop.choice */
	uint16_t chooser;  /* enum prop_id */
};

/* All sections, by enum section_id, those of a kind after its root. */
extern const struct section schema_sections[];
extern const uint16_t schema_nsections;
/* All properties, by enum prop_id. */
extern const struct prop schema_props[];
/* All rows of stdlib/schema/update.yaml, in their order. */
extern const struct update_policy schema_policies[];
extern const uint16_t schema_npolicies;
/* All rows of stdlib/schema/patterns.yaml, in their order; prop.pattern points into them. */
extern const struct pattern schema_patterns[];
extern const uint16_t schema_npatterns;
/* Of the facts: "3.16.3", the release whose properties are known, and the date of the rows. */
extern const struct str schema_release, schema_date;
extern const release schema_release_number;

/* Does the property at the top of a file say where it stands, so that rows with `placed` are not required? */
bool schema_says_where(const struct prop *p);
/* The row of `name` in s, or NULL. Exact case. Cost: binary search. */
const struct prop *schema_find(const struct section *s, struct str name);
/*
 * The row the user most likely meant by `name`, or NULL when none is near: edit distance (with
 * transpositions, case ignored) at most a third of the name. Ties go to the first in the table. Only rows of some of
 * `variants` count, here and in the next.
 */
const struct prop *schema_nearest(const struct section *s, struct str name, uint16_t variants);
/*
 * Sections other than `than` that know a property of this exact name, at most `max` of them, in table
 * order; returns how many were written to ret. For "this key belongs under X".
 */
unsigned schema_owners(struct str name, enum section_id than, uint16_t variants,
		       enum section_id *ret, unsigned max);

#endif

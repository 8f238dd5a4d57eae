/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - what the user wrote, as values.
 *
 * Every front end (YAML, later .hpc) makes this tree; everything after it knows no other. Scalars carry the
 * type that YAML 1.1 gives them and the text they were written with, because some properties take both.
 * The tree is const for all later passes. Memory is the compilation's arena.
 */
#ifndef HPCC_TREE_H
#define HPCC_TREE_H

#include "compiler/source/diag.h"

enum node_kind {
	NODE_NULL,
	NODE_BOOL,
	NODE_INT,
	NODE_FLOAT,
	NODE_STRING,
	NODE_TIMESTAMP, /* 2024-01-01: a date for YAML 1.1, so not a string */
	NODE_LIST,
	NODE_MAP,
};

struct entry;

struct node {
	enum node_kind kind;
	bool plain;    /* scalar written without quotes and not as a block */
	bool big;      /* NODE_INT that does not fit: `integer` is clamped */
	bool poisoned; /* a fault in it was reported already: say no more */
	bool open;   /* NODE_STRING with values of the deployment, see compiler/base/open_text.h */
	bool shared; /* stands at several places of the tree, by an alias or a merge key */
	struct span
		at; /* the value; a scalar's includes its quotes; for an empty value a point after the key */
	struct str text; /* scalars: the text after unquoting and substitution */
	union {
		bool boolean;	 /* NODE_BOOL */
		int64_t integer; /* NODE_INT */
		double number;	 /* NODE_FLOAT */
		struct {	 /* NODE_LIST */
			const struct node *const *items;
			size_t n;
		} list;
		struct { /* NODE_MAP: in source order, merged entries after the own ones */
			const struct entry *entries;
			size_t n;
		} map;
	};
};

struct entry {
	struct str key;
	enum node_kind
		key_kind; /* NODE_STRING, or what a plain key such as 3 or yes is for YAML 1.1 */
	struct span key_at;
	const struct node *value;
};

/* The value of `key` in a mapping, or NULL when it is absent or `map` is no mapping. First one wins. */
const struct node *tree_get(const struct node *map, struct str key);
/* The entry itself, for its key's place; NULL as tree_get. */
const struct entry *tree_find(const struct node *map, struct str key);
/* "text", "a number", "a list" … for messages; static. */
const char *node_kind_words(enum node_kind kind);
/* The tree as indented text, for --dump=tree: one line a value: `key: kind text  @line:col-line:col`. */
struct str tree_print(struct arena *a, const struct node *root);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_written.h - a YAML file as it is written, for tools that write it anew.
 *
 * The value tree (tree.h) says what a file means: aliases and merge keys are resolved, variables replaced. This
 * one says how that is written: where an anchor stands, which value is an alias, which entry a merge key. Its
 * scalars have the types of YAML 1.1, and variables are text.
 */
#ifndef HPCC_YAML_WRITTEN_H
#define HPCC_YAML_WRITTEN_H

#include "compiler/tree/tree.h"

enum written_kind { WRITTEN_SCALAR, WRITTEN_LIST, WRITTEN_MAP, WRITTEN_ALIAS };

struct written;
struct remarks;
struct import_let;

/* An entry of a mapping, or an item of a list (key is NULL). */
struct written_entry {
	struct written *key;
	struct written *value;
	bool merge; /* a plain `<<` */
};

struct written {
	enum written_kind kind;
	bool flow;  /* LIST, MAP: between brackets */
	bool block; /* SCALAR: behind `|` or `>` */
	/*
	 * The value. A block scalar begins with its sign and ends with its last character that is no blank; an
	 * empty scalar is a point. Begins behind anchor and tag; `lo` is where these begin.
	 */
	struct span at;
	uint32_t lo;
	struct str anchor; /* its name, or empty */
	struct node
		scalar; /* SCALAR: kind, value and text; an alias in place of a key has the text of its target */
	struct written *target; /* ALIAS */
	struct written_entry *entries;
	size_t n;
	unsigned aliases;	 /* how many aliases name it, also by merge keys */
	struct remarks *remarks; /* LIST, MAP: its comments, as the tool finds them */
	struct import_let *let;	 /* what an importer makes of its anchor */
};

/*
 * The one document of src, which yaml_read has read without an error before; NULL where it is empty. Memory is
 * from `a`. Its nesting is that which yaml_read allowed.
 */
struct written *yaml_written(struct arena *a, const struct source *src);

#endif

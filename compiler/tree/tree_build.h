/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_build.h - puts a value tree together from what a reader meets, in the order it meets it.
 *
 * It knows everything about trees and nothing about YAML's syntax: which key a value belongs to, duplicate
 * keys, anchors and aliases, merge keys, and the limits. There is no recursion. After a function has
 * returned false, reading must stop (reported).
 */
#ifndef HPCC_TREE_BUILD_H
#define HPCC_TREE_BUILD_H

#include "compiler/base/map.h"
#include "compiler/tree/tree.h"

struct frame;
struct pending;

struct builder {
	struct arena *a; /* the tree */
	struct diags *ds;
	unsigned max_depth;
	unsigned long max_nodes;
	const struct node *root; /* the result, once everything that was opened is closed */

	/* private */
	struct arena scratch;
	struct frame *frames; /* max_depth of them; the open lists and mappings */
	unsigned depth;
	struct pending *pending; /* children of all open ones, innermost last */
	size_t npending, cap;
	struct map anchors; /* name -> struct anchor */
	unsigned long nodes;
};

/* An empty builder; end it with build_end. */
struct builder build_begin(struct arena *a, struct diags *ds, unsigned max_depth,
			   unsigned long max_nodes);
/* Drops what only the builder needed. */
void build_end(struct builder *b);

/* True when the next thing is a key of the innermost mapping. */
bool build_wants_key(const struct builder *b);
/* The place of the key whose value is awaited; unset when none is. */
struct span build_key_place(const struct builder *b);

/* A list or mapping begins at `at`; what follows is inside. `anchor` may be empty. */
bool build_open(struct builder *b, enum node_kind kind, struct span at, struct str anchor);
/* The innermost one ends at byte `end`, or with its last child when `end` is 0. */
void build_close(struct builder *b, size_t end);
/* A scalar, which is copied. */
bool build_scalar(struct builder *b, const struct node *scalar, struct str anchor);
/* What the anchor `name` stands for, again. */
bool build_alias(struct builder *b, struct str name, struct span at);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.h - a program on paper: what import wants to write, and how it is laid out.
 *
 * Pieces are expressions, sections and lists with their comments. Whether one stands on a line by itself is
 * decided when it is printed, by section 14 of doc/language.md: `hpcc fmt` changes nothing in it.
 */
#ifndef HPCC_IMPORT_LAYOUT_H
#define HPCC_IMPORT_LAYOUT_H

#include "compiler/base/buf.h"

enum { LAYOUT_WIDTH = 100, LAYOUT_INDENT = 2 };

enum piece_kind {
	PIECE_TEXT,  /* an expression on one line */
	PIECE_BLOCK, /* text of several lines between `quotes` */
	PIECE_SECTION,
	PIECE_LIST,
};

/* A comment on a line of its own. */
struct remark {
	struct str text;
	bool after_empty; /* an empty line stands before it */
};

struct remarks_list {
	struct remark *items;
	size_t n, cap;
};

struct piece;

/* An entry of a section, or an item of a list (key is empty). */
struct piece_entry {
	struct str key; /* with dots, quoted where it must be; of a spread: "..." */
	bool replaces;	/* `Key: { … }`, not `Key { … }` */
	struct piece *value;
	struct remarks_list above;
	struct str behind; /* a comment, or empty */
	bool after_empty;
};

struct piece {
	enum piece_kind kind;
	struct str text;   /* TEXT; BLOCK: its lines, each with its newline */
	struct str quotes; /* BLOCK */
	struct piece_entry *entries;
	size_t n, cap;
	struct str open; /* a comment behind the opening bracket, or empty */
	struct remarks_list end;
	bool broken; /* each entry on its line, even where all fit on one */
};

/* An expression, which is on one line. */
struct piece *piece_text(struct arena *a, struct str text);
/* A section or list without entries. */
struct piece *piece_new(struct arena *a, enum piece_kind kind);
/* Adds an entry that is zero but for key and value. */
struct piece_entry *piece_add(struct arena *a, struct piece *in, struct str key,
			      struct piece *value);
/* Adds a comment that stands on a line of its own. */
void remark_add(struct arena *a, struct remarks_list *to, struct str text, bool after_empty);

/* Writes comments on lines of their own, indented by `level`. */
void layout_remarks(struct buf *b, const struct remarks_list *remarks, unsigned level, bool first);
/* Writes p where b ends, which is in column `column` of a line that is indented by `level`. */
void layout_piece(struct buf *b, const struct piece *p, unsigned level, size_t column);

#endif

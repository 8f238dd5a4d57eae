/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_pieces.h - a YAML text as pieces that are never changed inside, with what stands between them.
 *
 * A piece is a sign or a scalar. Every byte of the text is in a piece, in a comment, or is a blank or a line end that a
 * formatter may write otherwise. Each piece knows where it may stand: on which column, if it begins a line.
 */
#ifndef HPCC_YAML_PIECES_H
#define HPCC_YAML_PIECES_H

#include "compiler/yaml/yaml_tokens.h"

enum piece_kind {
	PIECE_DIRECTIVE,
	PIECE_START, /* --- */
	PIECE_END,   /* ... */
	PIECE_DASH,
	PIECE_QUESTION,
	PIECE_COLON,
	PIECE_COMMA,
	PIECE_OPEN,
	PIECE_CLOSE,
	PIECE_PROPERTY, /* an anchor or a tag */
	PIECE_ALIAS,
	PIECE_SCALAR,
	PIECE_BLOCK, /* a scalar as | or > */
};

/* How a piece may stand to the one before it. */
enum piece_place {
	PLACE_GLUED,  /* in its line */
	PLACE_FREE,   /* in its line, or on a line of its own */
	PLACE_STAYS,  /* the same, but as it was written: after --- */
	PLACE_BEGINS, /* begins a line */
};

struct comment {
	uint32_t lo, hi; /* from its # to the last byte that is no blank */
	uint32_t column; /* characters before it in its line */
	bool own;	 /* nothing else stands on its line */
	bool tight;	 /* for hpcc, and no blank is in front of it: so it is not read as one */
	bool blank;	 /* an empty line is in front of it */
};

struct piece {
	enum piece_kind kind;
	enum piece_place place;
	uint32_t lo, hi;
	uint32_t line, last_line; /* where it begins and ends, from 0 */
	uint32_t column;	  /* where it stands if it begins a line */
	uint32_t inner;		  /* column of the innermost block collection; 0 without one */
	uint32_t was_inner;	  /* the same as it is written, plus 1; 0 without one */
	uint32_t comments;	  /* index behind the last comment in front of it */
	uint32_t gap;		  /* bytes between the piece before and it */
	uint32_t width;		  /* characters of its first line */
	uint32_t other;		  /* PIECE_OPEN: index of its PIECE_CLOSE */
	bool flow;		  /* inside of brackets, or one of them */
	bool broken;		  /* a line end is in front of it */
	bool blank;		  /* an empty line is, after the last comment */
	bool multi;		  /* it has more than one line */
};

struct pieces {
	const struct source *src;
	struct piece *items; /* n of them, then one of no bytes for the end of the file */
	size_t n;
	struct comment *
		comments; /* in the order of the text, without those in the first lines of block scalars */
	size_t ncomments;
	uint32_t *marked; /* lines that comments for hpcc speak of; ascending */
	size_t nmarked;
};

/* The pieces of a text in which yaml_read found no fault of syntax; in `a`. */
struct pieces pieces_read(struct arena *a, const struct source *src);

/* Index of the first comment in front of piece i; the last ends at items[i].comments. */
size_t pieces_first_comment(const struct pieces *p, size_t i);
/* Does a comment for hpcc speak of a line from `first` to `last`? */
bool pieces_marked(const struct pieces *p, uint32_t first, uint32_t last);

/* Parts of a block scalar. */
struct block {
	struct str header;  /* | > and what belongs to it */
	struct str comment; /* behind the header; empty without one */
	uint32_t lo;	    /* byte where the line after the header begins */
	uint32_t
		end; /* byte where the last line with text ends, before its line end; that of the header without one */
	uint32_t indent; /* columns in front of each line of text */
	uint32_t digit;	 /* the indentation that the header names, or 0 */
	bool tight; /* the comment is for hpcc and right behind the header, see struct comment */
	bool text;  /* a line holds text */
	bool keep;  /* empty lines at the end are part of it */
	bool strip; /* the line end behind its text is no part of it */
};

/* Takes a block scalar apart that begins at byte lo and, for libyaml, ends at hi; was_inner as in struct piece. */
struct block block_read(struct str s, uint32_t lo, uint32_t hi, uint32_t was_inner);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - the text the user gave, and places in it.
 *
 * Places are byte offsets. Lines and columns are computed when somebody asks, from an index of line starts
 * that the first question builds.
 */
#ifndef HPCC_SOURCE_H
#define HPCC_SOURCE_H

#include "compiler/base/arena.h"

/*
 * A step of the way that a value took from where it is written to where it is judged: the call that it was an argument
 * of, the property that it became.
 */
struct passage {
	const struct source *src; /* with lo and hi: a span (declared below) without passages */
	uint32_t lo, hi;
	struct str text;	    /* a few words: "`queue` is called here" */
	const struct passage *next; /* the one that is farther from the value */
};

struct source {
	struct str
		name; /* as the user wrote the path; "-" or --stdin-filename for standard input */
	struct str text; /* all bytes; borrowed */
	struct arena *arena;
	/* private: built on demand */
	uint32_t *line_starts;
	uint32_t lines;
	struct source_count *counts;
	const struct source *base; /* of source_through; NULL: a text of its own */
	const struct passage *passages;
};

/* Half-open byte range [lo, hi) of one source; src NULL means "no place". */
struct span {
	const struct source *src;
	uint32_t lo, hi;
};

/* A place as people and tools count it. All are 1-based. */
struct place {
	uint32_t line;
	uint32_t column;      /* code points */
	uint32_t column_byte; /* bytes */
	uint32_t column_utf16;
};

/* A source in `a` over borrowed text, which is at most UINT32_MAX - 1 bytes (the reader's limit is lower). */
struct source *source_new(struct arena *a, struct str name, struct str text);

/*
 * The text of src, whose places are seen through `nearest` and what follows it: a finding there has them as labels,
 * the nearest MOST_PASSAGES of them. Every place of src is a place of the new source as well. src may be such a
 * source, whose passages are nearer then.
 */
struct source *source_through(struct arena *a, const struct source *src,
			      const struct passage *nearest);
enum { MOST_PASSAGES = 3 };

/* The only way to make a span: clamps lo and hi into the text and keeps lo <= hi. */
struct span span_in(const struct source *src, size_t lo, size_t hi);
/* Does the span show a place? The zero value does not. */
bool span_is_set(struct span at);
/* The text a span covers. */
struct str span_text(struct span at);
/* The same place without passages. */
struct span span_plain(struct span at);
/* Total order: by source name, begin, end. For qsort-like use. */
int span_cmp(struct span a, struct span b);

/* Where byte `offset` of src is. A CR, LF or CRLF ends a line, as in YAML 1.1. */
struct place source_place(const struct source *src, uint32_t offset);
/* Line number `line` (1-based) without its end; empty when there is no such line. */
struct str source_line(const struct source *src, uint32_t line);
/* Byte offset at which line `line` (1-based) begins. */
uint32_t source_line_start(const struct source *src, uint32_t line);

#endif

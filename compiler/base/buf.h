/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - text that grows.
 *
 * A buf lives in an arena. Growth copies, so a str taken from a buf is valid only until the next append.
 */
#ifndef HPCC_BUF_H
#define HPCC_BUF_H

#include "compiler/base/arena.h"

struct buf {
	struct arena *a;
	char *s;
	size_t n, cap; /* bytes used, bytes there */
};

/* An empty buf in `a`. */
struct buf buf_in(struct arena *a);
/* Appends the bytes of s, which are copied. */
void buf_add(struct buf *b, struct str s);
/* Appends one byte. */
void buf_char(struct buf *b, char c);
/* Appends what printf would print. */
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* n times the byte c. */
void buf_pad(struct buf *b, char c, size_t n);
/*
 * Appends s in double quotes, on one line: quotes, backslashes and control characters (\n, else \xNN) are
 * escaped, UTF-8 is not.
 */
void buf_quoted(struct buf *b, struct str s);
/* "a, b or c" with `between` ", " and `last` " or ". */
void buf_words(struct buf *b, const char *const *words, size_t n, const char *between,
	       const char *last);
/* The letters and digits of s; letters that begin a word in upper case: "gpu-spot" becomes "GpuSpot". */
void buf_pascal(struct buf *b, struct str s);
/* What was written so far; borrowed, see above. */
struct str buf_str(const struct buf *b);

#endif

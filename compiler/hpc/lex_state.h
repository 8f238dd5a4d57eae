/* SPDX-License-Identifier: Apache-2.0 */
/* lex_state.h - what the files of the lexer share. */
#ifndef HPCC_HPC_LEX_STATE_H
#define HPCC_HPC_LEX_STATE_H

#include "compiler/hpc/lex.h"

struct lexer {
	struct arena *a;
	struct lex *out;
	struct str text;
	size_t at;     /* next byte */
	size_t end;    /* nothing is read from here on: the end of the text or of a `${}` */
	uint32_t line; /* 0-based, of `at` */
	bool newline;  /* one or more stand before `at`, behind the last token */
	bool gap;
	bool first;	     /* no token of this line yet */
	bool semicolon;	     /* one stands before `at`, behind the last token */
	unsigned holes;	     /* `${}` around `at` */
	uint32_t depth;	     /* of brackets, as they stand */
	uint32_t check_line; /* 1-based: of the last `assert` or `warn` */
	uint32_t open_hole;  /* 1-based: the last line with a `${` that is not closed */
	size_t tokens_cap, comments_cap, faults_cap, lines_cap, indents_cap;
};

/* Adds a token from lo to `hi`, and sets ->at to hi. Its index. */
size_t lex_add(struct lexer *x, enum tok kind, size_t lo, size_t hi);
/* Keeps a fault. */
void lex_fault(struct lexer *x, enum fault_kind kind, size_t lo, size_t hi);
/* Is the character at `i` one that no text and comment may hold? Keeps it as a fault. */
void lex_hidden(struct lexer *x, size_t i);
/* Notes that a line begins at `at`. */
void lex_line(struct lexer *x, size_t at);
/* Sets how many faults stand before the end of each token. */
void lex_count_faults(struct lex *l);
/* Reads one token, or blanks and comments; false: nothing is left before ->end. */
bool lex_next(struct lexer *x);
/* Reads a number, with its unit. */
void lex_number(struct lexer *x);
/* Reads a text that begins at ->at. */
void lex_quoted(struct lexer *x);
/* Matches the brackets of the tokens, mends them, and says what is a separator. */
void lex_brackets(struct arena *a, struct lex *l);

#endif

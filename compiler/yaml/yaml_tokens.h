/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_tokens.h - the signs of a YAML text with the bytes that each takes, for who changes the layout of a text and
 * nothing else.
 *
 * They are those of libyaml's scanner, in the order of the text. Between two of them stand blanks, line ends and
 * comments alone.
 */
#ifndef HPCC_YAML_TOKENS_H
#define HPCC_YAML_TOKENS_H

#include "compiler/source/diag.h"

enum token_kind {
	TOKEN_DIRECTIVE,      /* %YAML 1.1 */
	TOKEN_DOCUMENT_START, /* --- */
	TOKEN_DOCUMENT_END,   /* ... */
	TOKEN_SEQUENCE, /* a block sequence begins: no bytes; none where its dashes stand under the key itself */
	TOKEN_MAPPING,	 /* a block mapping begins: no bytes */
	TOKEN_BLOCK_END, /* one of both ends: no bytes */
	TOKEN_OPEN,	 /* [ { */
	TOKEN_CLOSE,	 /* ] } */
	TOKEN_DASH,
	TOKEN_COMMA,
	TOKEN_KEY,   /* `?`; no bytes in front of a key that has none */
	TOKEN_VALUE, /* : */
	TOKEN_ANCHOR,
	TOKEN_TAG,
	TOKEN_ALIAS,
	TOKEN_SCALAR,
	TOKEN_BLOCK_SCALAR, /* | >, with the line ends behind its text, and empty lines there */
};

struct token {
	enum token_kind kind;
	uint32_t lo, hi; /* bytes of the source */
	uint32_t column; /* characters in front of it in its line */
};

struct tokens {
	const struct token *items;
	size_t n;
};

/* The tokens of a text in which yaml_read found no fault of syntax; in `a`. */
struct tokens yaml_tokens(struct arena *a, const struct source *src);

/* Bytes of the line end at byte i, as YAML 1.1 sees line ends: CR, LF, CR LF, NEL, LS, PS; 0 where there is none. */
size_t yaml_break(struct str s, size_t i);

#endif

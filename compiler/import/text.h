/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - texts as programs write them: which quotes, which escapes, one line or several. */
#ifndef HPCC_IMPORT_TEXT_H
#define HPCC_IMPORT_TEXT_H

#include "compiler/import/layout.h"

/* A part of a text: what it says, or an expression. */
struct text_bit {
	bool is_expression;
	struct str text;
};

struct text_bits {
	struct text_bit *items;
	size_t n, cap;
};

/* Adds a part; empty texts are left out. Two texts never follow each other. */
void text_add(struct arena *a, struct text_bits *bits, bool is_expression, struct str text);
/* The text of these parts, as one expression on a line or a block. */
struct piece *text_piece_of(struct arena *a, const struct text_bits *bits);
/* The text in double quotes, on one line. */
struct str text_quoted(struct arena *a, const struct text_bits *bits);
/* A key as it is written in a section: a name, or a text in quotes. */
struct str key_written(struct arena *a, struct str key);
/* Is s a name of the language that needs no quotes as a key? */
bool key_is_name(struct str s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hpc_layout.h - where lines of a program break, and where blanks stand.
 *
 * A pair of brackets stands on one line when it holds no line break and no comment and fits into FORMAT_WIDTH columns.
 * A list or call whose only item is a bracket hugs it. Else each entry has a line of its own. Branches of one
 * `if … else` are laid out alike.
 */
#ifndef HPCC_FORMAT_HPC_LAYOUT_H
#define HPCC_FORMAT_HPC_LAYOUT_H

#include "compiler/hpc/lex.h"

enum layout_kind { LAYOUT_LINE, LAYOUT_HUG, LAYOUT_LINES };

struct layout {
	const struct lex *l;
	const uint8_t *marks; /* enum mark */
	bool *dropped;	      /* tokens that are left out: `=>`, `then`, `=` before a brace */
	/* private: sums over the tokens before one */
	uint32_t *widths, *breaks;
	uint8_t *decided; /* of `{` of a chain: 1 + enum layout_kind */
};

/* What is known of the tokens of a text that parses. Memory is from `a`; linear. */
struct layout *layout_new(struct arena *a, const struct lex *l, const uint8_t *marks);
/* How the bracket that opens at the token is laid out, when it stands behind `column` columns. */
enum layout_kind layout_of(struct layout *y, size_t open, size_t column);
/* Does a blank stand between two tokens that follow each other on a line? `before` is the last token of a text. */
bool layout_blank(const struct layout *y, size_t before, size_t i);
/* Does the token begin a line of the old text? */
bool layout_line_begins(const struct layout *y, size_t i);
/* Behind the token; behind its partner where it opens. */
size_t layout_behind(const struct layout *y, size_t i);
/* The end of the entry that begins at the token, at most `to`: where the next one or a comma stands. */
size_t layout_entry_end(const struct layout *y, size_t i, size_t to);

#endif

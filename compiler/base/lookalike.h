/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookalike.h - characters that are taken for ASCII ones.
 *
 * Word processors, chats and keyboards of other scripts write them: curly quotes, no-break spaces, full-width
 * forms, dashes, letters of Greek and Cyrillic. lookalike.def has the rows.
 */
#ifndef HPCC_LOOKALIKE_H
#define HPCC_LOOKALIKE_H

#include "compiler/base/str.h"

struct lookalike {
	char ascii[2];	  /* the character that was meant; empty: none, it is invisible */
	const char *what; /* "a full-width form"; static */
};

/* What the code point is taken for; false when it is ASCII or no look-alike that is known. */
bool lookalike_find(uint32_t cp, struct lookalike *ret);
/*
 * As lookalike_find() for the character at text[i]; false for a Greek or Cyrillic letter of a word of its own script:
 * no ASCII letter is in the word, and another letter has no twin in ASCII.
 */
bool lookalike_in(struct str text, size_t i, struct lookalike *ret);
/* Has s bytes that are not ASCII? */
bool has_non_ascii(struct str s);
/*
 * Writes s with its look-alikes replaced into buf of `size` bytes. Other characters stay. When it does not fit,
 * s itself is returned.
 */
struct str lookalike_plain(struct str s, char *buf, size_t size);

#endif

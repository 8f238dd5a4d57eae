/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.h - regular expressions, by PCRE2; regex.c is the only file that sees it.
 *
 * Matches begin at the start of the text; `$` is its end, and not also what stands before a last newline. Compiling is
 * dear, so the generator does it when hpcc is built and keeps what came out (regex_packed); the program unpacks it,
 * which works where both have the same release of PCRE2 for machines of one kind, and compiles elsewhere.
 * Source: pcre2serialize(3).
 */
#ifndef HPCC_REGEX_H
#define HPCC_REGEX_H

#include "compiler/base/arena.h"

struct regex_room;
struct regex; /* one expression, ready to match */

/* What expressions are made and matched in; all memory comes from `a`. */
struct regex_room *regex_room_new(struct arena *a);

/* NULL for what is no expression: *ret_at is then the place of the fault in bytes. */
struct regex *regex_compile(struct regex_room *room, const char *text, size_t *ret_at);

/*
 * Do PCRE2 and the regular expressions of CloudFormation, which are Java's, read it alike? They do while it is
 * printable ASCII without numbers of characters. Two characters open a set inside of a set there.
 * Source: the documentation of java.util.regex.Pattern.
 */
bool regex_is_portable(const char *text);

/* The expression as bytes that regex_unpack takes, in the arena of the room. */
struct str regex_packed(struct regex_room *room, const struct regex *x);
/* NULL when the bytes are of another release or kind of machine. They must come from regex_packed. */
struct regex *regex_unpack(struct regex_room *room, struct str bytes);

/* Whether `text`, which must be UTF-8, matches. False for text on which the matcher would work too long. */
bool regex_matches(struct regex_room *room, const struct regex *x, struct str text);

/*
 * An expression that may match anywhere in a text. NULL for what is none: `why`, of `room_why` bytes, has the words of
 * the library then, in ASCII, ending in NUL.
 */
struct regex *regex_compile_search(struct regex_room *room, const char *text, char *why,
				   size_t room_why);
/*
 * The first match in `text`, which must be UTF-8: how many groups the expression has and one for all of the match, or 0
 * when there is none, or -1 when the matcher would work too long. The first `max` of them go to ret; one that takes no
 * part is {NULL, 0}.
 */
int regex_find(struct regex_room *room, const struct regex *x, struct str text, struct str *ret,
	       size_t max);

#endif

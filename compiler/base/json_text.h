/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_text.h - JSON written piece by piece, as text straight away.
 *
 * For what is large and known in order: a template, a dashboard. Everything else is built as values and written by
 * json.h, which is shorter to use. As values a template of 131 KB took 920 us, 11.1 million instructions and 890 KB of
 * touched memory; so it takes 135 us, 1.7 million and 132 KB. jansson is the judge in the tests, which read the
 * text back with it.
 *
 * Rules of RFC 8259: text is UTF-8. Readers of YAML, as which cfn-lint reads a template, know no pairs of
 * surrogates, so escapes are for what no reader should meet as it is: controls, line ends of Unicode, marks of
 * byte order and direction.
 */
#ifndef HPCC_JSON_TEXT_H
#define HPCC_JSON_TEXT_H

#include "compiler/base/arena.h"

enum { JSON_TEXT_MINIFIED = -1 }; /* instead of a number of blanks a level */

/* Levels of objects and lists that are told apart when lines are joined; what is deeper counts as the deepest. */
enum { JSON_TEXT_LEVELS = 16 };

/* n bytes of the text at `at` that short text does without. `level`: of a line end, how deep; else 0. */
struct json_gap {
	uint32_t at, n : 24, level : 8;
};

struct json_text {
	struct arena *a; /* of the text */
	char *s;	 /* n bytes of text in room for cap */
	size_t n, cap;
	int indent; /* blanks a level, or JSON_TEXT_MINIFIED */
	/*
	 * Above 0: gaps are remembered, in the order of the text, as long as the text without them is no longer than
	 * this, so that json_text_end can take them out. 0 from then on.
	 */
	size_t limit;
	struct json_gap *gaps;
	size_t ngaps, gaps_cap;
	size_t spare;			/* bytes in gaps */
	size_t lines[JSON_TEXT_LEVELS]; /* bytes of line ends and their blanks, by level */
	size_t either_at, either_n;	/* where the text is that has a shorter form */
	struct str shorter;		/* that form, quoted; empty: there is none */
	size_t aside_from;		/* where the member began that minified text leaves out */
	unsigned depth;			/* open objects and lists */
	bool first;			/* nothing stands yet in the open object or list */
	bool after_key;
	bool in_aside; /* all of it is one gap */
	bool aside_is_first;
	bool comma_aside; /* the comma that comes next belongs to the member that was left out */
};

/*
 * Text for one value, in the arena, with room for `room` bytes before it must grow; `limit` as above. Pages of an
 * arena that are not written are not touched, so room costs nothing.
 */
struct json_text json_text_new(struct arena *a, size_t room, int indent, size_t limit);

/* Begin and end an object, or a list. */
void json_text_open(struct json_text *o, bool list);
/* `empty`: nothing stands between. */
void json_text_close(struct json_text *o, bool list, bool empty);
/* The key of the value that comes next. */
void json_text_key(struct json_text *o, struct str name);
/* A text; it must be UTF-8, all else is a BUG. */
void json_text_string(struct json_text *o, struct str s);
/*
 * The same for a text that `shorter` may take the place of, once a value; where there is no limit, s is written. Behind
 * json_text_end the shorter one stands where that alone keeps the text within the limit.
 */
void json_text_either(struct json_text *o, struct str s, struct str shorter);
/* null, true, false or a number, as it stands. */
void json_text_word(struct json_text *o, struct str s);

/* A member that minified text leaves out comes next, or has ended; other members stand beside it. */
void json_text_aside(struct json_text *o, bool begins);

/*
 * The text so far with a final newline. Where it is longer than the limit it loses what it must to stay within: first
 * gaps other than line ends, with line ends from the deepest level up; then the longer of two texts, for which lines
 * may stay again. Where all of that does not help it stays as it is.
 */
struct str json_text_end(struct json_text *o);

#endif

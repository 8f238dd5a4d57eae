/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the command line, taken apart.
 *
 * Everything comes from the rows of options.def, choices.def and verbs.def: the fields of struct options, the
 * parser, the help, the completion scripts and the manual page.
 */
#ifndef HPCC_OPTIONS_H
#define HPCC_OPTIONS_H

#include "compiler/base/arena.h"

enum verb_id {
#define VERB(id, name, operands, summary, description) VERB_##id,
#include "compiler/driver/verbs.def"
#undef VERB
	VERB_COUNT
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST };

enum option_id {
#define OPTION(id, name, letter, kind, argument, verbs, help) OPTION_ID_##id,
#include "compiler/driver/options.def"
#undef OPTION
	OPTION_COUNT
};

struct verb_row {
	const char *name, *operands, *summary, *description;
};

/* The bit of a verb in sets of verbs, and the set of all. */
#define FOR(verb) (1u << VERB_##verb)
#define FOR_ALL UINT32_MAX

struct option_row {
	const char *name;
	char letter;
	enum option_kind kind;
	const char *argument;
	uint32_t verbs; /* those that take it */
	const char *help;
};

extern const struct verb_row verb_rows[VERB_COUNT];
extern const struct option_row option_rows[OPTION_COUNT];

/* The values an option was given. A FLAG has n > 0 when it was given. */
struct option_values {
	const char **values;
	size_t n;
};

struct options {
	enum verb_id verb;
	bool verb_named;	     /* false for `hpcc FILE` */
	const char *const *operands; /* without the verb */
	size_t noperands;
	char *const *command; /* exec: NULL-terminated, what follows "--"; else NULL */
	struct option_values given[OPTION_COUNT];
};

/*
 * Takes argv apart. False when the call was wrong: then *ret_error says what, in one or two lines, without
 * "hpcc: " before it.
 */
bool options_parse(struct arena *a, int argc, char **argv, struct options *ret,
		   struct str *ret_error);

/* Was the option given? */
#define GIVEN(o, id) ((o)->given[OPTION_ID_##id].n > 0)
/* Its last value as a C string, or `otherwise`. */
#define VALUE(o, id, otherwise)                                                             \
	(GIVEN(o, id) ? (o)->given[OPTION_ID_##id].values[(o)->given[OPTION_ID_##id].n - 1] \
		      : (otherwise))

/* ---- words that options take: choices.c ---- */

/* A row of choices.def. */
struct choice {
	enum option_id option;
	uint32_t verbs; /* those in which it takes the word */
	const char *word;
	int value;
	const char *help; /* NULL: not listed */
};

extern const struct choice choices[];
extern const size_t choices_n;

/* What the word stands for in the verb; false when the option takes no such word there. */
bool choice_find(enum option_id option, enum verb_id verb, struct str word, int *ret);
/* What the option's last value stands for, or the first of its words where it is not given. */
int option_choice(const struct options *o, enum option_id option);
/*
 * The words that the option takes in any of these verbs, each once: "a, b or c" with ", " between them and
 * " or " before the last; with those that are not listed where `exact`. Empty where it takes any text. A C string as
 * well.
 */
struct str choice_words(struct arena *a, enum option_id option, uint32_t verbs, const char *between,
			const char *last, bool exact);

/* What hpcc is for, in the help and the manual page. */
#define HPCC_PURPOSE                                                                \
	"Compiles files that describe clusters, written as for AWS "                \
	"ParallelCluster 3, or what clusters stand on, each to one CloudFormation " \
	"template."

/* ---- texts made from the tables: help.c, completion.c, man.c ---- */

/* Help of hpcc as a whole, or of one verb. */
struct str help_text(struct arena *a, const struct options *o);
/* Completion script for "bash", "zsh" or "fish"; empty for another shell. */
struct str completion_text(struct arena *a, struct str shell);
/* The manual page in roff (man macros). */
struct str man_text(struct arena *a);

#endif
